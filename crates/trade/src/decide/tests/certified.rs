//! Certification: what a role asks for on a day, on both sides of each border; steps beside each other; who vouches.

use super::*;
use crate::policy::SAMPLE;

/// Who vouches, in the tests.
fn officer() -> Actor {
    Actor { id: "zhao".into(), role: ActorRole::Officer }
}

fn enterprise(code: &str) -> Actor {
    Actor { id: code.into(), role: ActorRole::Enterprise }
}

impl Zone {
    fn certifies(&mut self, by: Actor, party: &str, of: &[Certified]) -> Outcome {
        let row = |of: &Certified| Certification { party: party.into(), of: of.clone() }.pack().into();
        let rows = of.iter().map(row).collect();
        let rows = Register { by, kind: RegisterKind::Certifications, rows, part: 1, parts: 1, expected: None };
        self.run(Command::Register(rows)).outcomes.remove(0)
    }

    fn party(&self, code: &str) -> Party {
        crate::key::read(&self.facts, &Key::Party(code.into())).unwrap()
    }

    /// A party is certified for this alone.
    fn bare(&mut self, code: &str, certified: Vec<Certified>) {
        let row = Party { certified, ..self.party(code) };
        self.facts.map.insert(Key::Party(code.into()).bytes(), row.pack());
    }
}

#[test]
fn a_role_is_refused_where_its_condition_is_not_met_on_the_day() {
    use Certifiable::*;
    use Grade::*;
    // Party, matter, grade, first and last day; what a list of 1 March 2026 is answered.
    type Step = (Grade, &'static str, Option<&'static str>);
    let table: &[(&str, Certifiable, &[Step], &str)] = &[
        ("PLATFORM", CreditCode, &[(Verified, "2026-03-01", None)], ""),
        ("PLATFORM", CreditCode, &[(Verified, "2026-03-02", None)], "ROLE_CONDITION"),
        ("PLATFORM", CreditCode, &[(Verified, "2026-01-01", Some("2026-03-01"))], ""),
        ("PLATFORM", CreditCode, &[(Verified, "2026-01-01", Some("2026-02-28"))], "ROLE_CONDITION"),
        ("PLATFORM", CreditCode, &[(Filed, "2026-01-01", None)], "ROLE_CONDITION"),
        ("PLATFORM", CreditCode, &[(Inspected, "2026-01-01", None)], ""),
        ("PLATFORM", CreditCode, &[], "ROLE_CONDITION"),
        ("SELLER", ForeignRegistration, &[(Filed, "2026-01-01", None)], ""),
        ("SELLER", ForeignRegistration, &[], "ROLE_CONDITION"),
        ("AGENT", CustomsFiling, &[(Verified, "2026-01-01", None)], ""),
        ("AGENT", CustomsFiling, &[(Filed, "2026-01-01", None)], "ROLE_CONDITION"),
        ("PAYER", PaymentLicence, &[(Filed, "2026-01-01", None)], "ROLE_CONDITION"),
        ("CARRIER", ExpressLicence, &[(Filed, "2026-01-01", None)], "ROLE_CONDITION"),
        // Suspended, and verified anew.
        (
            "AGENT",
            CustomsFiling,
            &[(Verified, "2020-01-01", None), (Suspended, "2026-03-01", None)],
            "CERTIFICATION_SUSPENDED",
        ),
        ("AGENT", CustomsFiling, &[(Verified, "2020-01-01", None), (Suspended, "2026-03-02", None)], ""),
        ("AGENT", CustomsFiling, &[(Verified, "2020-01-01", None), (Suspended, "2026-02-01", Some("2026-02-28"))], ""),
        (
            "AGENT",
            CustomsFiling,
            &[(Verified, "2020-01-01", None), (Suspended, "2026-02-01", None), (Verified, "2026-03-01", None)],
            "",
        ),
        (
            "AGENT",
            CustomsFiling,
            &[(Verified, "2020-01-01", None), (Suspended, "2026-02-01", None), (Filed, "2026-02-02", None)],
            "CERTIFICATION_SUSPENDED",
        ),
        // A paper that is filed anew takes nothing away from what was verified.
        ("AGENT", CustomsFiling, &[(Verified, "2020-01-01", None), (Filed, "2026-02-02", None)], ""),
    ];
    for (n, (party, fact, steps, reason)) in table.iter().enumerate() {
        let mut zone = Zone::new("2026-03-01T14:00");
        let others = zone.party(party).certified.into_iter().filter(|row| row.fact != *fact);
        let steps = steps.iter().map(|(grade, from, until)| certified(*fact, *grade, from, *until));
        zone.bare(party, others.chain(steps).collect());
        let parcel = Parcel::new(1);
        let outcomes: Vec<Outcome> = parcel.documents().into_iter().map(|d| zone.send(d)).collect();
        let all: Vec<&str> = outcomes.iter().flat_map(codes).collect();
        match *reason {
            "" => assert_eq!(zone.case(&parcel).status, 800, "row {n} {party}: {all:?}"),
            reason => {
                assert!(all.contains(&reason), "row {n} {party}: {all:?}");
                let case = crate::key::read::<Case>(&zone.facts, &Key::Case(parcel.key()));
                assert_ne!(case.map(|c| c.status), Some(800), "row {n}");
            }
        }
    }
}

#[test]
fn all_that_a_role_lacks_is_told_at_once_with_clause_and_both_languages() {
    let mut zone = Zone::new("2026-03-01T14:00");
    zone.bare("AREA", vec![certified(Certifiable::CustomsFiling, Grade::Filed, "2020-01-01", None)]);
    let mut row = zone.party("AREA");
    row.roles[0].licence_until = Some(day("2026-02-28"));
    zone.facts.map.insert(Key::Party("AREA".into()).bytes(), row.pack());
    let head = Head { app_status: "2".into(), ..Head::default() };
    let (operator_code, waybills) = ("AREA".into(), vec!["LG1".into()]);
    let delivery = Delivery { head, operator_code, ie_flag: "I".into(), waybills, ..Delivery::default() };
    let outcome = zone.send(Document::Delivery(delivery));
    let expected = ["LICENCE_EXPIRED", "ROLE_CONDITION", "ROLE_CONDITION", "ROLE_CONDITION"];
    assert_eq!(codes(&outcome), expected);
    let english: Vec<String> = outcome.findings[1..].iter().map(|f| f.text(crate::finding::Language::En)).collect();
    let (system, filing) = (&english[0], &english[1]);
    assert!(system.contains("warehouse system") && system.ends_with("it is not filed."), "{english:?}");
    assert!(filing.contains("filing with customs in the special area (verified)"), "{english:?}");
    assert!(filing.ends_with("on 2026-03-01 it is filed."), "{english:?}");
    let chinese = outcome.findings[2].text(crate::finding::Language::Zh);
    assert!(chinese.contains("特殊区域内海关备案（核验）") && chinese.ends_with("为：已备案。"), "{chinese}");
    assert!(outcome.findings[1..].iter().all(|f| f.clause.contains("194") || f.clause.contains("D256")));
    assert_eq!(outcome.receipts[0].shown.status, -10101);
}

#[test]
fn a_policy_without_conditions_asks_for_none_and_before_their_day_none_holds() {
    let older: Vec<_> = SAMPLE.iter().filter(|(name, _)| *name != "roles.csv").copied().collect();
    for (on, policy, reason) in [
        ("2026-03-01", Policy::load(&older).unwrap(), ""),
        ("2026-03-01", Policy::sample(), "ROLE_CONDITION"),
        ("2019-01-01", Policy::sample(), "ROLE_CONDITION"),
        ("2018-12-31", Policy::sample(), ""),
    ] {
        let mut zone = Zone::new(&format!("{on}T14:00"));
        zone.policy = policy.into();
        for code in ["PLATFORM", "SELLER", "PAYER", "CARRIER", "AGENT"] {
            zone.bare(code, vec![]);
        }
        let all: Vec<&str> = Parcel::new(1)
            .at(zone.now)
            .documents()
            .into_iter()
            .flat_map(|document| codes(&zone.send(document)))
            .filter(|code| *code == "ROLE_CONDITION")
            .collect();
        assert_eq!(all.first().copied().unwrap_or_default(), reason, "{on}");
    }
}

#[test]
fn an_enterprise_files_for_itself_and_others_vouch_and_nothing_is_written_over() {
    let mut zone = Zone::new("2026-03-01T14:00");
    zone.bare("PAYER", vec![]);
    let licence = |grade, by: &str| Certified {
        by: by.into(),
        ..certified(Certifiable::PaymentLicence, grade, "2026-03-01", Some("2026-12-31"))
    };
    let filed = licence(Grade::Filed, "PAYER");
    assert_eq!(
        codes(&zone.certifies(enterprise("AGENT"), "PAYER", std::slice::from_ref(&filed))),
        ["CERTIFICATION_OWN"]
    );
    let own = licence(Grade::Verified, "PAYER");
    assert_eq!(codes(&zone.certifies(enterprise("PAYER"), "PAYER", std::slice::from_ref(&own))), ["CERTIFICATION_OWN"]);
    let forged = licence(Grade::Filed, "人民银行");
    assert_eq!(codes(&zone.certifies(enterprise("PAYER"), "PAYER", &[forged])), ["CERTIFICATION_OWN"]);
    assert_eq!(codes(&zone.certifies(officer(), "PAYER", &[own])), ["ROW_FAULT"], "nobody vouches for himself");
    assert_eq!(zone.party("PAYER").certified, []);

    assert_eq!(codes(&zone.certifies(enterprise("PAYER"), "PAYER", &[filed])), [""; 0]);
    let auditor = Actor { id: "sun".into(), role: ActorRole::Auditor };
    let verified = licence(Grade::Verified, "人民银行");
    assert_eq!(codes(&zone.certifies(auditor, "PAYER", std::slice::from_ref(&verified))), ["ACTOR_ROLE"]);
    let unproved = Certified { proof: [0; 32], ..verified.clone() };
    assert_eq!(codes(&zone.certifies(officer(), "PAYER", &[unproved])), ["ROW_FAULT"]);
    let backwards = Certified { until: Some(day("2026-02-28")), ..verified.clone() };
    assert_eq!(codes(&zone.certifies(officer(), "PAYER", &[backwards])), ["ROW_FAULT"]);
    assert_eq!(codes(&zone.certifies(officer(), "NOBODY", std::slice::from_ref(&verified))), ["ROW_FAULT"]);
    for row in [&verified, &verified] {
        assert_eq!(codes(&zone.certifies(officer(), "PAYER", std::slice::from_ref(row))), [""; 0]);
    }
    let suspended = Certified { grade: Grade::Suspended, proof: [0; 32], ..verified };
    assert_eq!(codes(&zone.certifies(officer(), "PAYER", &[suspended])), [""; 0]);
    // The enterprise registered anew keeps its history.
    let row = Party { certified: vec![], name_zh: "更名".into(), ..zone.party("PAYER") };
    let command = Register { kind: RegisterKind::Parties, rows: vec![row.pack().into()], ..Register::default() };
    zone.run(Command::Register(command));
    let history = zone.party("PAYER").certified;
    let grades: Vec<Grade> = history.iter().map(|row| row.grade).collect();
    assert_eq!(grades, [Grade::Filed, Grade::Verified, Grade::Suspended]);
    assert!(history.windows(2).all(|two| two[0].entry < two[1].entry), "each names its entry");
    assert_eq!(zone.party("PAYER").certified(Certifiable::PaymentLicence, zone.now.day()), Some(&history[2]));
}
