//! Statements of other bodies: who is recognised for what on both sides of each border, and what a statement becomes.

use super::*;
use crate::bonded::record::CertificateRecord;
use crate::statement::{Stated, Statement, StatementKind};
use ActorRole::{Auditor, Enterprise, Market, Officer};

const HEAD: &str = "body,statement,algorithm,key,zh,en,from,until,known_from,clause,mark,note\n";

fn key(digit: &str) -> String {
    digit.repeat(64)
}

/// LAB speaks of inspections by key a until 03-10 and by b from 03-11, of certificates by a and an SM2 key.
fn bodies() -> String {
    let row = |statement: &str, algorithm: &str, key: &str, from: &str, until: &str| {
        format!("LAB,{statement},{algorithm},{key},机构,Lab,{from},{until},,协议第一条 (agreement 1),sample,\n")
    };
    [
        HEAD.to_owned(),
        row("inspection", "ed25519", &key("a"), "2026-03-02", "2026-03-10"),
        row("inspection", "ed25519", &key("b"), "2026-03-11", "2026-12-31"),
        row("certificate", "ed25519", &key("a"), "2026-01-01", ""),
        row("certificate", "sm2", &"c".repeat(130), "2026-03-05", ""),
        row("credit-class", "ed25519", &key("a"), "2026-01-01", ""),
    ]
    .concat()
}

fn zone(now: &str) -> Zone {
    let mut zone = Zone::new(now);
    let bodies = bodies();
    let files =
        crate::policy::SAMPLE.iter().map(|(name, of)| (*name, if *name == "bodies.csv" { &bodies } else { *of }));
    zone.policy = Policy::load(&files.collect::<Vec<_>>()).unwrap().into();
    zone
}

fn inspection() -> Statement {
    Statement {
        body: "LAB".into(),
        kind: StatementKind::Inspection,
        number: "L-1".into(),
        about: "SELLER".into(),
        issued: day("2026-03-01"),
        from: day("2026-03-01"),
        until: Some(day("2026-03-20")),
        what: "lab".into(),
        result: "passed".into(),
        ..Statement::default()
    }
}

fn certificate() -> Statement {
    Statement { kind: StatementKind::Certificate, what: "premises".into(), result: "inspected".into(), ..inspection() }
}

fn class() -> Statement {
    Statement { kind: StatementKind::CreditClass, what: "".into(), result: "AA".into(), ..inspection() }
}

/// Brought by an official; the signature holds under key a.
fn said(statement: Statement) -> Stated {
    let by = Actor { id: "officer".into(), role: Officer };
    Stated { by, statement, text: "{}".into(), hash: [7; 32], keys: vec![key("a").into()] }
}

impl Zone {
    fn states(&mut self, said: Stated) -> Outcome {
        let outcome = self.run(Command::State(said)).outcomes.remove(0);
        assert!(outcome.effects.is_empty() || outcome.verdict == Verdict::Done, "{outcome:?}");
        outcome
    }

    fn stood(&self, code: &str) -> Party {
        crate::key::read(&self.facts, &Key::Party(code.into())).unwrap()
    }

    fn result(&self, number: &str) -> Option<CertificateRecord> {
        crate::key::read(&self.facts, &Key::InspectionResult(number.into()))
    }
}

#[test]
fn a_body_is_heard_for_what_it_is_recognised_for_by_the_keys_of_the_day() {
    let both = || vec![key("a").into(), "c".repeat(130).into()];
    for (now, statement, keys, expected) in [
        ("2026-03-01T23:59:59", inspection(), vec![key("a").into()], "STATEMENT_NOT_RECOGNISED"),
        ("2026-03-02T00:00", inspection(), vec![key("a").into()], ""),
        ("2026-03-10T23:59:59", inspection(), vec![key("a").into()], ""),
        // The key of before, revoked or rotated, and the next one too early.
        ("2026-03-11T00:00", inspection(), vec![key("a").into()], "STATEMENT_KEY"),
        ("2026-03-11T00:00", inspection(), vec![key("b").into()], ""),
        ("2026-03-10T23:59:59", inspection(), vec![key("b").into()], "STATEMENT_KEY"),
        ("2026-03-10T10:00", inspection(), vec![], "STATEMENT_SIGNATURE"),
        // Both algorithms from the day on which both have a row.
        ("2026-03-04T10:00", certificate(), vec![key("a").into()], ""),
        ("2026-03-05T10:00", certificate(), vec![key("a").into()], "STATEMENT_KEY"),
        ("2026-03-05T10:00", certificate(), both(), ""),
        ("2026-03-05T10:00", certificate(), vec!["c".repeat(130).into()], "STATEMENT_KEY"),
        ("2026-03-05T10:00", class(), vec![key("a").into()], ""),
        // Its validity, and its day.
        ("2026-03-10T10:00", Statement { until: Some(day("2026-03-10")), ..inspection() }, vec![key("a").into()], ""),
        (
            "2026-03-10T10:00",
            Statement { until: Some(day("2026-03-09")), ..inspection() },
            vec![key("a").into()],
            "STATEMENT_EXPIRED",
        ),
        ("2026-03-10T10:00", Statement { until: None, ..inspection() }, vec![key("a").into()], ""),
        ("2026-03-10T10:00", Statement { issued: day("2026-03-10"), ..inspection() }, vec![key("a").into()], ""),
        (
            "2026-03-10T10:00",
            Statement { issued: day("2026-03-11"), ..inspection() },
            vec![key("a").into()],
            "STATEMENT_FORM",
        ),
        ("2026-03-10T10:00", Statement { body: "BAL".into(), ..inspection() }, vec![], "STATEMENT_BODY"),
        // All at once.
        (
            "2026-03-10T10:00",
            Statement { body: "BAL".into(), about: "NOBODY".into(), until: Some(day("2026-03-09")), ..inspection() },
            vec![],
            "PARTY_UNKNOWN STATEMENT_EXPIRED STATEMENT_BODY",
        ),
    ] {
        let outcome = zone(now).states(Stated { keys, ..said(statement.clone()) });
        assert_eq!(codes(&outcome).join(" "), expected, "{now} {statement:?}");
    }
}

#[test]
fn a_statement_that_says_too_little_or_nothing_that_is_known_is_refused_by_its_field() {
    let long = || "x".repeat(61);
    for (change, field) in [
        ((|s| s.number = "".into()) as fn(&mut Statement), "number"),
        (|s| s.number = " 1".into(), "number"),
        (|s| s.what = "a\nb".into(), "what"),
        (|s| s.result = "well".into(), "result"),
        (|s| s.until = Some(day("2026-02-28")), "until"),
        (|s| (s.kind, s.what, s.result) = (StatementKind::Certificate, "beauty".into(), "verified".into()), "what"),
        (|s| (s.kind, s.what, s.result) = (StatementKind::Certificate, "premises".into(), "filed".into()), "result"),
        (|s| (s.kind, s.result) = (StatementKind::CreditClass, "".into()), "result"),
        (|s| (s.kind, s.withdraws) = (StatementKind::CreditClass, "L-0".into()), "withdraws"),
        (|s| s.withdraws = "L-0".into(), "withdraws"),
    ] {
        let mut statement = inspection();
        change(&mut statement);
        let outcome = zone("2026-03-02T10:00").states(said(statement));
        let of = outcome.findings.iter().find(|f| f.code.name() == "STATEMENT_FORM");
        assert_eq!(of.map(|f| f.field.as_str()), Some(field));
    }
    let outcome = zone("2026-03-02T10:00").states(said(Statement { country: long().into(), ..inspection() }));
    assert_eq!(codes(&outcome), ["STATEMENT_FORM"]);
}

#[test]
fn who_brings_a_statement_and_about_whom() {
    let bring = |role, id: &str, about: &str, kind| {
        let statement = Statement { about: about.into(), ..if kind == 0 { inspection() } else { class() } };
        let stated = Stated { by: Actor { id: id.into(), role }, ..said(statement) };
        codes(&zone("2026-03-02T10:00").states(stated)).join(" ")
    };
    assert_eq!(bring(Enterprise, "SELLER", "SELLER", 0), "");
    assert_eq!(bring(Enterprise, "SELLER", "AGENT", 0), "STATEMENT_OTHER");
    assert_eq!(bring(Enterprise, "SELLER", "", 0), "STATEMENT_OTHER");
    assert_eq!(bring(Market, "market", "AGENT", 0), "");
    assert_eq!(bring(Officer, "officer", "", 0), "", "a result may be about goods alone");
    assert_eq!(bring(Officer, "officer", "", 1), "PARTY_UNKNOWN", "a class is not");
    assert_eq!(bring(Officer, "officer", "NOBODY", 1), "PARTY_UNKNOWN");
    assert_eq!(bring(Auditor, "auditor", "SELLER", 0), "ACTOR_ROLE");
}

#[test]
fn the_same_again_is_a_repetition_and_another_under_its_number_is_refused() {
    let mut zone = zone("2026-03-02T10:00");
    assert_eq!(zone.states(said(class())).verdict, Verdict::Done);
    let first = zone.revision;
    // Also when the statement is over and its key too.
    for now in ["2026-03-02T11:00", "2026-04-01T10:00", "2027-04-01T10:00"] {
        zone.now = Moment::parse(now).unwrap();
        let again = zone.states(said(class()));
        assert_eq!((again.verdict, again.repeats.unwrap().revision), (Verdict::Repeated, first), "{now}");
    }
    zone.now = Moment::parse("2026-03-03T10:00").unwrap();
    let other = Stated { hash: [8; 32], ..said(Statement { result: "D".into(), ..class() }) };
    assert_eq!(codes(&zone.states(other)), ["STATEMENT_NUMBER"]);
    let party = zone.stood("SELLER");
    assert_eq!(party.credit.iter().map(|of| of.class.as_str()).collect::<Vec<_>>(), ["AA"]);
    // What was refused was not taken: mended, it may come under the same number.
    let wrong = Stated { hash: [9; 32], ..said(Statement { number: "L-2".into(), result: "".into(), ..class() }) };
    assert_eq!(codes(&zone.states(wrong)), ["STATEMENT_FORM"]);
    let mended = Stated { hash: [10; 32], ..said(Statement { number: "L-2".into(), ..class() }) };
    assert_eq!(codes(&zone.states(mended)), [""; 0]);
    // Registered anew by its row, a party keeps what others said of it.
    let row = Party { certified: vec![], credit: vec![], ..zone.stood("SELLER") };
    zone.register(RegisterKind::Parties, &[row]);
    assert_eq!(zone.stood("SELLER").credit.len(), 2);
}

#[test]
fn a_statement_becomes_a_step_a_class_or_a_result_with_its_ground() {
    let mut zone = zone("2026-03-02T10:00");
    zone.states(said(certificate()));
    let step = zone.stood("SELLER").certified.last().cloned().unwrap();
    assert_eq!((step.by.as_str(), step.method, step.grade), ("LAB", Method::Signed, Grade::Inspected));
    assert_eq!((step.proof, step.entry, step.number.as_str()), ([7; 32], zone.revision, "L-1"));
    // Nobody enters such a step by word.
    let certified = zone.stood("SELLER").certified.len();
    let row = Certification { party: "SELLER".into(), of: Certified { grade: Grade::Verified, ..step } };
    zone.register(RegisterKind::Certifications, &[row]);
    assert_eq!(zone.stood("SELLER").certified.len(), certified);
    let suspended = Statement { number: "L-2".into(), result: "suspended".into(), ..certificate() };
    zone.states(Stated { hash: [8; 32], ..said(suspended) });
    assert!(!zone.stood("SELLER").reaches(Certifiable::Premises, Grade::Filed, day("2026-03-02")));

    zone.states(Stated { hash: [9; 32], ..said(Statement { number: "K-1".into(), ..class() }) });
    let of = zone.stood("SELLER").credit[0].clone();
    assert_eq!((of.class.as_str(), of.ground.body.as_str(), of.ground.hash), ("AA", "LAB", [9; 32]));
    assert_eq!((of.ground.on, of.ground.clause.as_str()), (day("2026-03-02"), "协议第一条 (agreement 1)"));

    zone.states(Stated { hash: [10; 32], ..said(Statement { number: "R-1".into(), ..inspection() }) });
    let result = zone.result("R-1").unwrap();
    assert_eq!(result.stated.as_ref().map(|of| (of.body.as_str(), of.about.as_str())), Some(("LAB", "SELLER")));
    let back = |number: &str, withdraws: &str, hash| {
        let statement = Statement { number: number.into(), withdraws: withdraws.into(), ..inspection() };
        Stated { hash: [hash; 32], ..said(Statement { what: "".into(), result: "".into(), ..statement }) }
    };
    assert_eq!(codes(&zone.states(back("R-2", "R-0", 11))), ["STATEMENT_FORM"], "no such result");
    assert!(zone.result("R-1").unwrap().withdrawn.is_none());
    assert_eq!(codes(&zone.states(back("R-2", "R-1", 12))), [""; 0]);
    assert!(zone.result("R-1").unwrap().withdrawn.is_some());
}
