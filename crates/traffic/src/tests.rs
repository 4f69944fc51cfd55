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
