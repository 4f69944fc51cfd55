use trade::documents::MessageKind;
use trade::policy::Policy;
use trade::registry::Table;
use trade::time::Day;
use wire::ceb::{Mode, check};

use super::*;

fn plan(parcels: u64) -> Plan {
    Plan { per_message: 7, truths: true, ..Plan::day(5, parcels, Day::ymd(2026, 3, 2).unwrap()) }
}

#[test]
fn every_table_of_the_zone_reads_without_fault() {
    for &(table, _) in zone::FILES {
        let rows = zone::rows(table).unwrap_or_else(|faults| panic!("{table}: {faults:?}"));
        assert!(!rows.is_empty(), "{table}");
    }
    assert_eq!(zone::FILES.len(), Table::ALL.len());
    let zone = zone::Zone::sample();
    assert!(zone.sellers.len() >= 15 && zone.sellers.iter().all(|s| !s.items.is_empty()));
}

#[test]
fn the_same_seed_makes_the_same_bytes_and_another_other_ones() {
    let (zone, policy) = (zone::Zone::sample(), Policy::sample());
    let story = |seed| Story::new(Plan { seed, ..plan(300) }, &zone, &policy).collect::<Vec<_>>();
    assert!(story(1) == story(1));
    assert!(story(1) != story(2));
}

#[test]
fn messages_are_valid_but_for_the_signature_and_lists_follow_their_documents() {
    let (zone, policy) = (zone::Zone::sample(), Policy::sample());
    let mut seen = std::collections::HashMap::new();
    let (mut last, mut released) = (None, 0);
    for sent in Story::new(plan(500), &zone, &policy) {
        assert!(last <= Some(sent.at));
        last = Some(sent.at);
        let checked = check(&sent.bytes, Mode::Strict);
        let unsigned = |f: &trade::finding::Finding| f.code == trade::finding::Code::SignatureMissing;
        assert!(checked.problems.iter().all(unsigned), "{:?}", checked.problems.first());
        assert_eq!(checked.documents as usize, sent.documents);
        assert_eq!(checked.problems.is_empty(), !sent.kind.must_be_signed());
        let text = String::from_utf8(sent.bytes).unwrap();
        for order in text.split("<ceb:orderNo>").skip(1).map(|t| t[..t.find('<').unwrap()].to_owned()) {
            let before: &mut Vec<MessageKind> = seen.entry(order).or_default();
            if sent.kind == MessageKind::List {
                assert_eq!(before.len(), 3, "the three documents come first");
            }
            before.push(sent.kind);
        }
        released += sent.truths.len();
    }
    assert_eq!(released, 500);
    assert_eq!(seen.len(), 500);
}

#[test]
fn every_direct_parcel_is_unloaded_once_and_no_bonded_one() {
    let (zone, policy) = (zone::Zone::sample(), Policy::sample());
    let (mut direct, mut unloaded, mut named) = (Vec::new(), Vec::new(), 0);
    for sent in Story::new(Plan { per_message: 100, ..plan(3_000) }, &zone, &policy) {
        let text = String::from_utf8(sent.bytes).unwrap();
        let waybills = |part: &str| -> Vec<String> {
            part.split("<ceb:logisticsNo>").skip(1).map(|t| t[..t.find('<').unwrap()].to_owned()).collect()
        };
        match sent.kind {
            MessageKind::List => {
                let lists = text.split("<ceb:Inventory>").filter(|l| l.contains(">9610<"));
                lists.for_each(|list| direct.extend(waybills(list)));
            }
            MessageKind::Delivery => {
                let truth = sent.delivery.expect("a delivery has its truth");
                assert_eq!((truth.expect, truth.waybills), ("finished", waybills(&text).len()));
                assert!(text.contains(&truth.cop_no) && text.contains(&truth.bill_no) && truth.waybills <= 500);
                unloaded.extend(waybills(&text));
                named += 1;
            }
            _ => assert_eq!(sent.delivery, None),
        }
    }
    direct.sort();
    unloaded.sort();
    assert!(direct.len() > 500 && named > 2, "{} in {named}", direct.len());
    assert_eq!(direct, unloaded);
}

#[test]
fn every_fault_is_planted_with_reasons_that_exist() {
    let (zone, policy) = (zone::Zone::sample(), Policy::sample());
    let mut told = std::collections::BTreeSet::new();
    for parcels in [0, 10, 1_000] {
        told.clear();
        for sent in Story::new(Plan { faults: true, ..plan(parcels) }, &zone, &policy) {
            for truth in sent.truths.iter().filter(|t| !t.fault.is_empty()) {
                for reason in &truth.reasons {
                    assert!(trade::finding::Code::from_name(reason).is_some(), "{reason}");
                }
                told.insert(truth.fault);
            }
        }
        assert_eq!(told.len(), FAULTS, "{parcels} parcels");
    }
    let rules = (1..=18).map(|n| format!("M{n}")).chain((1..=18).chain([20]).map(|n| format!("R{n:02}")));
    for rule in rules {
        assert!(told.iter().any(|name| name.split(' ').any(|word| word == rule)), "no fault of {rule}");
    }
}

#[test]
fn a_folder_holds_messages_in_order_the_registry_and_the_truth() {
    let out = tempfile::tempdir().unwrap();
    let plan = Plan { faults: true, ..plan(40) };
    let done = generate(out.path(), plan, None, &Policy::sample(), wire::seal::KeyKind::Sm2).unwrap();
    let mut names: Vec<_> =
        std::fs::read_dir(out.path().join("messages")).unwrap().map(|f| f.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names.len() as u64, done.messages);
    assert!(names[0].to_str().unwrap().ends_with("-CEB311.xml"));
    let truth = std::fs::read_to_string(out.path().join("truth.jsonl")).unwrap();
    assert_eq!(truth.lines().count() as u64, done.truths);
    let first: serde_json::Value = serde_json::from_str(truth.lines().next().unwrap()).unwrap();
    for key in ["orderNo", "ebcCode", "expect", "reasons", "tax_fen", "from"] {
        assert!(first.get(key).is_some(), "{key}");
    }
    for &(table, _) in zone::FILES {
        let text = std::fs::read_to_string(out.path().join(format!("{table}.csv"))).unwrap();
        assert!(trade::registry::read(table, &text).is_ok(), "{table}");
    }
}

#[test]
fn messages_of_export_are_valid_but_for_the_signature_and_each_regime_is_used() {
    let zone = zone::Zone::sample();
    let start = Day::ymd(2026, 3, 2).unwrap();
    let plan = ExportPlan { seed: 3, tickets: 400, per_message: 7, start, days: 2, faults: true, summary: true };
    let messages: Vec<Sent> = Export::new(plan, &zone).collect();
    assert!(messages == Export::new(plan, &zone).collect::<Vec<_>>(), "the same seed makes the same bytes");
    let (mut last, mut closed, mut lists) = (None, 0, String::new());
    for sent in &messages {
        assert!(last <= Some(sent.at), "{} {:?}", sent.kind, sent.at);
        last = Some(sent.at);
        let checked = check(&sent.bytes, Mode::Strict);
        let unsigned = |f: &trade::finding::Finding| f.code == trade::finding::Code::SignatureMissing;
        assert!(checked.problems.iter().all(unsigned), "{} {:?}", sent.kind, checked.problems.first());
        assert_eq!(checked.documents as usize, sent.documents);
        closed += sent.truths.iter().filter(|t| t.expect == "closed").count();
        if sent.kind == MessageKind::ExportList {
            lists.push_str(&String::from_utf8_lossy(&sent.bytes));
        }
    }
    assert_eq!(closed, 400);
    for mode in ["9610", "9710", "9810", "1210"] {
        assert!(lists.contains(&format!("<ceb:tradeMode>{mode}</ceb:tradeMode>")), "{mode}");
    }
    let faults: std::collections::BTreeSet<_> = messages.iter().flat_map(|m| &m.truths).map(|t| t.fault).collect();
    assert_eq!(faults.len(), EXPORT_FAULTS + 1, "{faults:?}");
}

#[test]
fn a_bonded_week_is_the_same_from_a_seed_and_its_files_can_be_read() {
    let plan = BondedPlan { seed: 5, start: Day::ymd(2026, 3, 2).unwrap(), released: Day::ymd(2026, 3, 1) };
    let bytes = |week: &[Filing]| week.iter().map(|f| f.bytes(&Default::default())).collect::<Vec<_>>();
    let week = bonded_week(plan);
    assert_eq!(bytes(&week), bytes(&bonded_week(plan)), "the same seed makes the same bytes");
    assert_ne!(bytes(&week), bytes(&bonded_week(BondedPlan { seed: 6, ..plan })));
    // Numbers that only a window gives are filled in by the name of their document.
    let given = week.iter().map(|f| (f.name, vec![format!("N-{}", f.name)])).collect();
    let (mut last, mut faults, mut missing) = (None, 0, 0);
    for filing in &week {
        assert!(last <= Some(filing.at), "{}", filing.name);
        last = Some(filing.at);
        let text = String::from_utf8(filing.bytes(&given)).unwrap();
        assert!(!text.contains("\"{"), "a number is not filled in: {text}");
        let read = wire::bonded::read(text.as_bytes(), filing.by.clone());
        assert!(read.documents.iter().all(|d| d.document.is_some() && d.faults.is_empty()), "{text} {read:?}");
        faults += usize::from(!filing.truth.fault.is_empty());
        missing += usize::from(filing.truth.missing.is_some());
    }
    assert_eq!((faults, missing), (8, 1));
    let without = bonded_week(BondedPlan { released: None, ..plan });
    assert!(without.len() < week.len() && without.iter().all(|f| !matches!(f.name, "O1" | "H3" | "K3" | "O2")));
}
