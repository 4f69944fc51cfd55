use super::*;
use trade::correction::Correction;
use trade::effect::{Effect, Keep, Put};
use trade::record::{BillState, Case};

fn tally(released: [u64; 2], tax_fen: [i64; 2]) -> Tally {
    Tally { lists: 1, changed: 1, released, tax_fen, ..Tally::default() }
}

#[test]
fn sellers_stand_from_those_that_lose_most_to_those_that_gain_most() {
    let mut groups = Groups::default();
    let regime = (Text::from("9610"), false);
    let mut add = |ebc: &str, one| {
        groups.add(&CaseKey { ebc: ebc.into(), ..CaseKey::default() }, Some((&regime, "1901")), &one);
    };
    add("gains", tally([0, 1], [0, 500]));
    add("taxed", tally([1, 1], [100, 300]));
    add("refused", tally([1, 0], [100, 0]));
    add("refused", tally([1, 0], [100, 0]));
    add("same", tally([1, 1], [100, 100]));
    (0..11).for_each(|_| add("large", tally([1, 1], [7, 7])));
    let mut found = Drafted::default();
    groups.into_report(&mut found);

    let sellers: Vec<&str> = found.rows(Dimension::Seller).iter().map(|(code, _)| code.as_str()).collect();
    assert_eq!(sellers, ["refused", "taxed", "gains"]);
    assert_eq!((found.sellers_hit, found.sellers_gaining), (2, 1));
    let sizes: Vec<_> = found.rows(Dimension::Size).iter().map(|(size, t)| (size.as_str(), t.lists)).collect();
    assert_eq!(sizes, [("1-10", 5), ("11-100", 11)]);
    assert_eq!(found.rows(Dimension::Regime)[0].0, "9610 import");
    assert_eq!(found.rows(Dimension::Heading)[0].1.tax_fen, [477, 977]);
}

#[test]
fn a_fingerprint_is_that_of_the_content_and_not_of_the_order() {
    let files =
        |pairs: &[(&str, &str)]| pairs.iter().map(|(n, t)| ((*n).to_owned(), (*t).to_owned())).collect::<Vec<_>>();
    let one = fingerprint(&files(&[("a", "12"), ("b", "3")]));
    assert_eq!(one, fingerprint(&files(&[("b", "3"), ("a", "12")])));
    // Where one text ends and the next name begins is part of it.
    assert_ne!(one, fingerprint(&files(&[("a", "1"), ("2b", "3")])));
    assert_ne!(one, fingerprint(&files(&[("a", "12"), ("b", "4")])));
}

#[test]
fn of_an_entry_the_command_the_verdicts_and_the_cases_are_read() {
    let fact = |key: Key| Fact::new(&key.bytes(), b"value");
    let key = Key::Case(CaseKey { ebc: "4601".into(), order_no: "A1".into() }).bytes();
    let bill = BillState { state: 1, duty: Fen(3), consumption_tax: Fen(20), vat: Fen(100), ..BillState::default() };
    let case = Case { status: status::RELEASED, pre_no: "1".into(), bill: Some(bill), ..Case::default() };
    let effects = vec![
        Effect::Put(Put(fact(Key::Policy("limits.toml".into())))),
        Effect::Put(Put(Fact::new(&key, &case.pack()))),
        Effect::Keep(Keep::new(Fact::new(&Key::List(CaseKey::default()).bytes(), b""), 0, b"document"[..].into())),
    ];
    let outcome = Outcome { verdict: Verdict::Refused, effects, ..Outcome::default() };
    let command = Some(Command::Act(trade::command::Act::default()));
    let entry = Entry { at: Moment(7), command, outcomes: vec![outcome, Outcome::default()], texts: 1, reading: 1 };
    let told = Told::unpack(&entry.pack()).unwrap();
    assert_eq!((told.at, &told.command), (entry.at, &entry.command));
    let [first, second] = &told.outcomes[..] else { panic!("{told:?}") };
    assert_eq!((first.verdict, second.verdict), (Verdict::Refused, Verdict::Accepted));
    assert_eq!(
        first.effects.iter().filter_map(|e| e.0.clone()).collect::<Vec<_>>(),
        [(key.into(), Stand { status: status::RELEASED, tax: 123 })]
    );
}

/// An expectation is that of one law: under another the correction is made all the same.
#[test]
fn what_a_correction_expected_is_left_out() {
    let correction = Correction { number: "K1".into(), expected: Some(Default::default()), ..Correction::default() };
    let entry = Entry { command: Some(Command::Correct(correction)), ..Entry::default() };
    let told = Told::unpack(&entry.pack()).unwrap();
    assert!(matches!(&told.command, Some(Command::Correct(c)) if c.expected.is_some()));
    let step = Was::default().step(told);
    let Some(Given { command: Command::Correct(correction), .. }) = step.given else { panic!("no correction") };
    assert_eq!((correction.number.as_str(), correction.expected), ("K1", None));
}
