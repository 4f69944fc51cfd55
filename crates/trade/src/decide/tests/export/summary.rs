//! What a summary does where its chain has a hole, and when its sums agree.

use super::*;
use crate::pack::Text;
use crate::record::add_quantities;

/// Three closed lists of March, as they stand before they are declared in summary.
fn three_closed() -> Play {
    let mut play = Play::new();
    for n in 1..=3 {
        play.step(&format!("When ticket {n}"), &["flag B"]).unwrap();
    }
    for step in ["When arrival 1", "When bill 1", "When departure 1"] {
        play.step(step, &["parcels 1 2 3"]).unwrap();
    }
    play.step("Given it is 2026-04-10 09:00", &[]).unwrap();
    play
}

const APPLY: (&str, [&str; 2]) = ("When summary 1", ["from 2026-03-01 00:00", "until 2026-03-31 23:59"]);

#[test]
fn a_summary_whose_chain_names_a_case_that_is_gone_ends_with_what_it_has() {
    let mut play = three_closed();
    let case = |key: &Vec<u8>| match Key::unpack(key) {
        Ok(Key::Case(case)) => Some(case),
        _ => None,
    };
    let cases: Vec<CaseKey> = play.zone.facts.map.keys().filter_map(case).collect();
    assert_eq!(cases.len(), 3);
    play.zone.facts.map.remove(&Key::Case(cases[1].clone()).bytes());
    play.step(APPLY.0, &APPLY.1).unwrap();
    assert!(play.receipts.iter().any(|r| r.shown.kind.number() == 702 && r.shown.status == 399), "it is done");
}

#[test]
fn a_summary_keeps_the_quantities_of_its_lists_and_results() {
    let mut play = three_closed();
    play.step(APPLY.0, &APPLY.1).unwrap();
    let number = play.zone.facts.map.keys().find_map(|k| match Key::unpack(k) {
        Ok(Key::Summary(number)) => Some(number),
        _ => None,
    });
    let summary: Summary = crate::key::read(&play.zone.facts, &Key::Summary(number.unwrap())).unwrap();
    assert!(summary.agrees() && !summary.quantities.is_empty());

    // One piece more or less on either side, and it does not.
    let mut more = summary.clone();
    more.told_quantities[0].qty.0 += 1;
    let mut worth = summary.clone();
    worth.values[0].value.0 -= 1;
    let lines = Summary { told_lines: summary.told_lines + 1, ..summary.clone() };
    let large = Summary { out_of_range: true, ..summary.clone() };
    let none = Summary { told_quantities: vec![], ..summary };
    for (n, summary) in [more, worth, lines, large, none].iter().enumerate() {
        assert!(!summary.agrees(), "{n}");
    }
}

#[test]
fn quantities_are_added_unit_by_unit_and_one_too_large_is_told() {
    let (piece, kg, none) = (Text::from("011"), Text::from("035"), Text::default());
    let mut sums = Vec::new();
    let q = Quantity::whole;
    assert!(add_quantities(&mut sums, [(&piece, q(2)), (&kg, q(1)), (&none, q(9))]));
    assert!(add_quantities(&mut sums, [(&kg, q(4)), (&kg, q(4)), (&piece, q(3))]));
    let told: Vec<(u32, &str, i64)> = sums.iter().map(|s| (s.which, s.unit.as_str(), s.qty.0 / q(1).0)).collect();
    assert_eq!(told, [(0, "011", 2), (0, "035", 4), (1, "035", 5), (2, "011", 3)]);
    let before = sums.clone();
    assert!(!add_quantities(&mut sums, [(&piece, Quantity(i64::MAX)), (&none, q(0)), (&none, q(0))]));
    assert_eq!(sums, before, "a sum that is too large stays as it was");
}

/// Under a law that does not ask for it, a summary is decided as it was before quantities were compared.
#[test]
fn without_its_parameter_a_summary_keeps_no_quantities() {
    assert!(Summary::default().agrees() && !Summary::default().by_quantity);
    let bytes = crate::pack::Pack::pack(&Summary { lists: 3, ..Summary::default() });
    let wider = crate::pack::Pack::pack(&Summary { lists: 3, by_quantity: true, ..Summary::default() });
    assert!(bytes.len() < wider.len(), "what is not asked for takes no room");
}
