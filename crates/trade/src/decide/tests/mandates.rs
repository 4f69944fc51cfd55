//! Powers of attorney: what is declared by one, on both sides of each border; who gives it and takes it back.

use super::*;
use crate::bonded;
use crate::policy::rights::Action as Doing;

/// OTHER may declare for SELLER (or another principal), as `change` has it.
fn mandate(principal: &str, change: impl FnOnce(&mut Entrusted)) -> Mandate {
    let mut of = Entrusted {
        code: "OTHER".into(),
        number: "W-1".into(),
        from: day("2026-01-01"),
        until: Some(day("2026-12-31")),
        ..Entrusted::default()
    };
    change(&mut of);
    Mandate { principal: principal.into(), of }
}

impl Zone {
    fn gives(&mut self, by: Actor, rows: &[Mandate]) -> Outcome {
        let rows = rows.iter().map(|row| row.pack().into()).collect();
        let rows = Register { by, kind: RegisterKind::Mandates, rows, part: 1, parts: 1, expected: None };
        self.run(Command::Register(rows)).outcomes.remove(0)
    }

    fn powers(&self, of: &str) -> Vec<Entrusted> {
        let party: Party = crate::key::read(&self.facts, &Key::Party(of.into())).unwrap();
        party.agents.into_iter().filter(|of| !of.number.is_empty()).collect()
    }
}

fn seller() -> Actor {
    Actor { id: "SELLER".into(), role: ActorRole::Enterprise }
}

/// A parcel that OTHER declares; its list is worth 250.00.
fn by_other(n: u32) -> Parcel {
    let mut parcel = Parcel::new(n);
    parcel.list.agent_code = "OTHER".into();
    parcel
}

#[test]
fn r06_a_power_covers_its_matters_up_to_its_limit_from_its_first_to_its_last_day() {
    type Change = fn(&mut Entrusted);
    use Matter::*;
    // What the power says, and the reason on 1 March 2026 for a list worth 250.00.
    let table: &[(Change, &str)] = &[
        (|_| {}, ""),
        (|m| m.limit = Some(Fen(25_001)), ""),
        (|m| m.limit = Some(Fen(25_000)), ""),
        (|m| m.limit = Some(Fen(24_999)), "MANDATE_LIMIT"),
        (|m| m.from = day("2026-03-01"), ""),
        (|m| m.from = day("2026-03-02"), "MANDATE_TIME"),
        (|m| m.until = Some(day("2026-03-01")), ""),
        (|m| m.until = Some(day("2026-02-28")), "MANDATE_TIME"),
        (|m| m.revoked = Some(day("2026-03-02")), ""),
        (|m| m.revoked = Some(day("2026-03-01")), "MANDATE_REVOKED"),
        (|m| m.matters = vec![ImportLists], ""),
        (|m| m.matters = vec![Returns, ImportLists], ""),
        (|m| m.matters = vec![ExportLists, Bonded, Returns, Appeals], "MANDATE_MATTER"),
        (|m| m.code = "POST".into(), "AGENT_NOT_ENTRUSTED"),
    ];
    for (n, (change, reason)) in table.iter().enumerate() {
        let mut zone = Zone::new("2026-03-01T14:00");
        assert_eq!(codes(&zone.gives(Actor::default(), &[mandate("SELLER", change)])), [""; 0], "row {n}");
        let outcome = zone.clear(&by_other(1));
        let expected: Vec<&str> = Some(*reason).filter(|r| !r.is_empty()).into_iter().collect();
        assert_eq!(codes(&outcome), expected, "row {n}");
        assert_eq!(outcome.verdict == Verdict::Released, reason.is_empty(), "row {n}");
    }
}

#[test]
fn of_several_powers_one_that_covers_is_enough_and_else_the_nearest_is_told() {
    let power = |number: &str, change: fn(&mut Entrusted)| {
        mandate("SELLER", |m| {
            m.number = number.into();
            change(m);
        })
    };
    let over = power("OVER", |m| m.until = Some(day("2026-02-01")));
    let small = power("SMALL", |m| m.limit = Some(Fen(1)));
    let other = power("OTHER", |m| m.matters = vec![Matter::Bonded]);
    let wide = power("WIDE", |_| {});
    let mut zone = Zone::new("2026-03-01T14:00");
    zone.gives(Actor::default(), &[over, other, small]);
    let refused = zone.clear(&by_other(1));
    assert_eq!(codes(&refused), ["MANDATE_LIMIT"]);
    let said = refused.findings[0].text(crate::finding::Language::En);
    assert!(said.contains("SMALL") && said.contains("0.01") && said.contains("250.00"), "{said}");
    assert!(refused.findings[0].text(crate::finding::Language::Zh).contains("250.00"));
    zone.gives(Actor::default(), &[wide]);
    assert_eq!(codes(&zone.clear(&by_other(2).at(zone.now))), [""; 0]);
}

#[test]
fn a_return_is_for_whoever_has_a_power_for_returns_of_that_value() {
    type Change = fn(&mut Entrusted);
    // One tin of 120.00 comes back; the list was OTHER's own.
    let table: &[(Change, &str)] = &[
        (|_| {}, ""),
        (|m| m.limit = Some(Fen(12_000)), ""),
        (|m| m.limit = Some(Fen(11_999)), "MANDATE_LIMIT"),
        (|m| m.matters = vec![Matter::Returns], ""),
        (|m| m.matters = vec![Matter::ImportLists], "MANDATE_MATTER"),
        (|m| m.revoked = Some(day("2026-03-02")), "MANDATE_REVOKED"),
        (|m| m.revoked = Some(day("2026-03-03")), ""),
    ];
    for (n, (change, reason)) in table.iter().enumerate() {
        let mut zone = Zone::new("2026-03-01T14:00");
        zone.gives(Actor::default(), &[mandate("SELLER", |m| m.number = "LIST".into())]);
        let parcel = by_other(1);
        assert_eq!(zone.clear(&parcel).verdict, Verdict::Released);
        zone.gives(
            seller(),
            &[mandate("SELLER", |m| (m.number, m.revoked) = ("LIST".into(), Some(day("2026-03-01"))))],
        );
        zone.gives(Actor::default(), &[mandate("SELLER", change)]);
        zone.now = Moment::parse("2026-03-02T10:00").unwrap();
        zone.cop = "OTHER".into();
        let Document::Refund(mut back) = refund(&parcel, &zone.case(&parcel).invt_no.clone(), 1, "R1") else {
            panic!("a return")
        };
        back.agent_code = "OTHER".into();
        zone.facts.map.remove(&Key::Certificate([9; 32]).bytes());
        let outcome = zone.send(Document::Refund(back));
        let expected: Vec<&str> = Some(*reason).filter(|r| !r.is_empty()).into_iter().collect();
        assert_eq!(codes(&outcome), expected, "row {n}");
    }
}

#[test]
fn a_bonded_document_is_filed_by_whoever_has_a_power_for_it() {
    let file = |zone: &mut Zone, total: i64, currency: &str| {
        let line = bonded::Line { total: Fen(total), currency: currency.into(), ..bonded::Line::default() };
        let head = bonded::Head { own_no: "L1".into(), etps: "AREA".into(), action: "1".into() };
        let list = bonded::VerificationList { head, lines: vec![line], ..bonded::VerificationList::default() };
        let document = bonded::Document::List(list);
        let (kind, etps) = (document.kind(), "AREA".into());
        let filed = bonded::Filed { document: Some(document), kind, etps, own_no: "L1".into(), ..Default::default() };
        let by = Actor { id: "OTHER".into(), role: ActorRole::Enterprise };
        let filing = bonded::Filing { by, documents: vec![filed], ..bonded::Filing::default() };
        let outcome = zone.run(Command::Bonded(filing)).outcomes.remove(0);
        let about_power = |code: &&str| code.starts_with("MANDATE") || *code == "SENDER_OTHER";
        codes(&outcome).into_iter().find(about_power).unwrap_or_default()
    };
    type Change = fn(&mut Entrusted);
    let table: &[(Change, i64, &str, &str)] = &[
        (|m| m.code = "AGENT".into(), 0, "142", ""),
        (|_| {}, 1_000, "142", ""),
        (|m| m.matters = vec![Matter::Bonded], 1_000, "142", ""),
        (|m| m.matters = vec![Matter::ImportLists], 1_000, "142", "MANDATE_MATTER"),
        (|m| m.limit = Some(Fen(1_000)), 1_000, "142", ""),
        (|m| m.limit = Some(Fen(1_000)), 1_001, "", "MANDATE_LIMIT"),
        (|m| m.limit = Some(Fen(1_000)), 1, "999", "MANDATE_VALUE"),
        (|_| {}, 1, "999", ""),
    ];
    for (n, (change, total, currency, reason)) in table.iter().enumerate().skip(1) {
        let mut zone = Zone::new("2026-03-01T14:00");
        assert_eq!(file(&mut zone, *total, currency), "SENDER_OTHER", "without a power");
        let mut zone = Zone::new("2026-03-01T14:00");
        zone.gives(Actor::default(), &[mandate("AREA", change)]);
        assert_eq!(file(&mut zone, *total, currency), *reason, "row {n}");
    }
}

#[test]
fn a_power_is_given_and_taken_back_by_the_principal_alone_and_never_changed() {
    let mut zone = Zone::new("2026-03-01T14:00");
    let officer = Actor { id: "zhao".into(), role: ActorRole::Officer };
    let other = Actor { id: "OTHER".into(), role: ActorRole::Enterprise };
    let given = [mandate("SELLER", |m| m.limit = Some(Fen::yuan(500)))];
    assert_eq!(codes(&zone.gives(other, &given)), ["MANDATE_NOT_OWN"], "nobody gives power to himself");
    assert_eq!(codes(&zone.gives(officer, &given)), ["ACTOR_ROLE"]);
    assert_eq!(zone.powers("SELLER"), []);
    assert_eq!(codes(&zone.gives(seller(), &given)), [""; 0]);
    let first = zone.powers("SELLER");
    assert_eq!((first.len(), first[0].given_in), (1, zone.revision), "the entry that gave it");
    // The same again is the same; another content under its number is none.
    assert_eq!(codes(&zone.gives(seller(), &given)), [""; 0]);
    let more = [mandate("SELLER", |m| m.limit = Some(Fen::yuan(501)))];
    assert_eq!(codes(&zone.gives(seller(), &more)), ["ROW_FAULT"]);
    // What was done by it stands: it is taken back from today on or later, and a later day can still be brought forward.
    let back = |on: &str| [mandate("SELLER", |m| (m.limit, m.revoked) = (Some(Fen::yuan(500)), Some(day(on))))];
    assert_eq!(codes(&zone.gives(seller(), &back("2026-02-28"))), ["ROW_FAULT"]);
    assert_eq!(codes(&zone.gives(seller(), &back("2026-04-01"))), [""; 0]);
    assert_eq!(codes(&zone.gives(seller(), &back("2026-03-01"))), [""; 0]);
    assert_eq!(codes(&zone.gives(seller(), &back("2026-03-05"))), ["ROW_FAULT"], "it is taken back already");
    assert_eq!(codes(&zone.gives(seller(), &given)), ["ROW_FAULT"], "and not given again");
    let last = zone.powers("SELLER");
    let expected = Entrusted { revoked: Some(day("2026-03-01")), revoked_in: last[0].revoked_in, ..first[0].clone() };
    assert_eq!((last.clone(), last[0].revoked_in > first[0].given_in), (vec![expected], true));
    // To register the enterprise again leaves its powers alone.
    let mut row: Party = crate::key::read(&zone.facts, &Key::Party("SELLER".into())).unwrap();
    row.agents.retain(|of| of.number.is_empty());
    row.name_zh = "更名".into();
    zone.register(RegisterKind::Parties, &[row]);
    assert_eq!(zone.powers("SELLER"), last);
    type Change = fn(&mut Entrusted);
    let faulty: &[(Change, &str)] = &[
        (|m| m.code = "NOBODY".into(), "agent"),
        (|m| m.code = "SELLER".into(), "agent"),
        (|m| m.number = "".into(), "number"),
        (|m| m.until = None, "until"),
        (|m| m.until = Some(day("2025-12-31")), "until"),
        (|m| m.limit = Some(Fen::ZERO), "limit_yuan"),
    ];
    for (change, column) in faulty {
        let row = mandate("SELLER", |m| {
            m.number = "W-2".into();
            change(m);
        });
        let outcome = zone.gives(seller(), &[row]);
        assert_eq!(codes(&outcome), ["ROW_FAULT"], "{column}");
        assert!(outcome.findings[0].args.iter().any(|arg| arg.name == "column" && arg.value == *column));
    }
    assert!(Doing::from_name("mandate.own").is_some());
}
