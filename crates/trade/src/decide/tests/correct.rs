//! Corrections: which list may be changed when, what it does to every ledger, and that all of it happens or nothing.

use super::*;
use crate::correction::{self, Change, Correction, Expected, Field, Impact, Matter, Row, What};
use crate::decide::{Preview, preview};
use crate::key::PersonYear;
use crate::record::{BillGroupState, Kept, Manifest, TaxPayment, status};
use proptest::prelude::*;

impl Zone {
    pub(super) fn correct(&mut self, correction: Correction) -> Vec<Outcome> {
        self.run(Command::Correct(correction)).outcomes
    }

    /// What came of the whole.
    fn corrected(&mut self, rows: Vec<Row>) -> Outcome {
        let number = format!("K{}", self.revision);
        self.correct(correction(&number, rows)).pop().unwrap()
    }

    fn preview(&self, correction: &Correction) -> Preview {
        let setting = Setting {
            at: self.now,
            revision: self.revision + 1,
            window: 1,
            policy: &self.policy,
            policy_revision: 1,
            is_mute: false,
        };
        preview(correction, setting, &self.facts)
    }

    fn kept(&self, parcel: &Parcel) -> List {
        match crate::key::read::<Kept>(&self.facts, &Key::List(parcel.key())).unwrap().document {
            Some(Document::List(list)) => list,
            other => panic!("{other:?}"),
        }
    }

    /// Everything that adds up: allowances, guarantees, payments, manifests, and of stock all but the number of moves.
    fn sums(&self) -> std::collections::BTreeMap<Vec<u8>, Vec<i64>> {
        let mut sums = std::collections::BTreeMap::new();
        for (key, value) in &self.facts.map {
            let of = match Key::unpack(key).unwrap() {
                Key::Allowance(_) => vec![Counter::unpack(value).unwrap().used],
                Key::Guarantee(_) => {
                    let held = Guarantee::unpack(value).unwrap();
                    vec![held.reserved.0, held.due.0]
                }
                Key::Stock(_) => {
                    let s = Stock::unpack(value).unwrap();
                    assert_eq!(crate::bonded::ledger::holds(&s), Ok(()));
                    vec![s.on_hand.0, s.reserved.0, s.sold.0, s.returned.0, s.book().0]
                }
                Key::TaxPayment(_) => vec![TaxPayment::unpack(value).unwrap().amount.0],
                Key::BillGroup(_) => vec![i64::from(BillGroupState::unpack(value).unwrap().count)],
                Key::Manifest(_) => vec![i64::from(Manifest::unpack(value).unwrap().used)],
                Key::Case(_) => {
                    let case = Case::unpack(value).unwrap();
                    let bill = case.bill.as_ref().map_or(0, |bill| bill.total().0);
                    let tax = case.tax.as_ref().map_or(0, |tax| tax.total().0);
                    vec![i64::from(case.status), case.allowance_used.0, bill, tax]
                }
                _ => continue,
            };
            if of.iter().any(|n| *n != 0) {
                sums.insert(key.clone(), of);
            }
        }
        sums
    }
}

fn correction(number: &str, rows: Vec<Row>) -> Correction {
    Correction {
        by: Actor { id: "AGENT".into(), role: ActorRole::Enterprise },
        enterprise: "AGENT".into(),
        number: number.into(),
        content: correction::content(&rows),
        rows,
        ..Correction::default()
    }
}

fn amend(list: &str, changes: &[(u32, Field, &str)]) -> Row {
    let changes =
        changes.iter().map(|(gnum, field, value)| Change { gnum: *gnum, field: *field, value: (*value).into() });
    Row { list: list.into(), what: What::Amend, changes: changes.collect(), ..Row::default() }
}

fn withdraw(list: &str) -> Row {
    Row { list: list.into(), what: What::Withdraw, ..Row::default() }
}

const OIL: &[(u32, Field, &str)] = &[(1, Field::Gcode, "1509300000")];
const MILK: &[(u32, Field, &str)] = &[(1, Field::Gcode, "1901101090")];

/// A zone with one released parcel of milk, and its list number.
fn released() -> (Zone, Parcel, String) {
    let mut zone = Zone::new("2026-03-01T14:00");
    let parcel = Parcel::new(1);
    assert_eq!(zone.clear(&parcel).verdict, Verdict::Released);
    let number = zone.case(&parcel).invt_no.to_string();
    (zone, parcel, number)
}

#[test]
fn a_released_list_is_taxed_anew_and_everything_follows() {
    let (mut zone, parcel, number) = released();
    let before = zone.sums();
    // 250.00 at 9 % VAT times seven tenths instead of 13 %.
    let told = zone.preview(&correction("K1", vec![amend(&number, OIL)]));
    assert_eq!(told.against, []);
    let span = |matter| (told.impact.of(matter).before, told.impact.of(matter).after);
    assert_eq!(span(Matter::Tax), (2_275, 1_575));
    assert_eq!(span(Matter::Allowance), (25_000, 25_000));
    assert_eq!(span(Matter::Guarantee), (1_000_000 - 2_275, 1_000_000 - 1_575));
    assert_eq!(zone.sums(), before, "a preview changes nothing");

    let outcomes = zone.correct(correction("K1", vec![amend(&number, OIL)]));
    let [row, bill] = &outcomes[..] else { panic!("{outcomes:?}") };
    assert_eq!((row.verdict, &row.case), (Verdict::Done, &Some(parcel.key())));
    assert_eq!(codes(row), ["CORRECTED_LINE", "CORRECTION_TAX", "CORRECTION_WEIGHED"]);
    let case = zone.case(&parcel);
    assert_eq!(
        (case.status, case.bill.clone().unwrap().total(), case.tax.unwrap().total()),
        (800, Fen(1_575), Fen(1_575))
    );
    assert_eq!((zone.guarantee().due, zone.used(&parcel)), (Fen(1_575), 25_000));
    assert_eq!(zone.kept(&parcel).lines[0].gcode, "1509300000");
    let [receipt] = &bill.receipts[..] else { panic!("{bill:?}") };
    assert_eq!((receipt.to.as_str(), receipt.shown.status), ("AGENT", 399));
    let changes = receipt.shown.changes.as_ref().unwrap();
    assert_eq!((changes.rows, changes.amended, changes.withdrawn), (1, 1, 0));
    assert_eq!(changes.sums[Matter::Tax.place()].change(), -700);

    assert_eq!(zone.corrected(vec![amend(&number, MILK)]).verdict, Verdict::Done);
    assert_eq!(zone.sums(), before, "the reverse correction restores everything");
}

#[test]
fn the_file_of_a_bill_is_what_its_receipt_is_over() {
    let (mut zone, _, number) = released();
    let changes = [(1, Field::Gcode, "1509300000"), (0, Field::LoctNo, "L 7"), (1, Field::Gname, "=oil")];
    let entry = zone.run(Command::Correct(correction("K1", vec![amend(&number, &changes)])));
    let rows = correction::bill_of(&entry).unwrap();
    assert_eq!(rows.len(), 3);
    assert_eq!(
        rows[0][1..],
        [&*number, "EB1", "SELLER", "amend", "1", "gcode", "1901101090", "1509300000", "22.75", "15.75", "800"]
            .map(String::from)
    );
    let told = entry.outcomes.last().unwrap().receipts[0].shown.changes.clone().unwrap();
    assert_eq!((told.rows, told.digest), correction::digest(&rows));
    assert_eq!(correction::read_bill(&correction::bill_file(&rows)), Some((told.rows, told.digest)));
    let refused = zone.run(Command::Correct(correction("K2", vec![withdraw("NONE")])));
    assert_eq!(correction::bill_of(&refused), None, "what was refused has no bill");
}

#[test]
fn a_list_that_waits_is_matched_with_its_new_values() {
    let mut zone = Zone::new("2026-03-01T14:00");
    let mut parcel = Parcel::new(1);
    parcel.list.bill_no = "BILL2".into();
    assert_eq!(zone.clear(&parcel).verdict, Verdict::Waiting, "there is no such manifest");
    let number = zone.case(&parcel).invt_no.to_string();
    let outcomes = zone.correct(correction("K1", vec![amend(&number, &[(0, Field::BillNo, "BILL1")])]));
    assert_eq!(outcomes.iter().map(|o| o.verdict).collect::<Vec<_>>(), [Verdict::Released, Verdict::Done]);
    assert_eq!(zone.case(&parcel).status, status::RELEASED);
    assert!(outcomes[0].receipts.iter().any(|r| r.shown.status == 800), "it is told as every release");
    assert!(zone.facts.dues.iter().all(|(_, kind, _)| *kind != u32::from(DueKind::MatchWait.number())));

    // A value that its documents contradict refuses the correction and leaves the list waiting.
    let mut other = Parcel::new(2);
    other.list.bill_no = "BILL2".into();
    zone.clear(&other);
    let number = zone.case(&other).invt_no.to_string();
    let before = zone.facts.map.clone();
    let changes = [
        (0, Field::BillNo, "BILL1"),
        (1, Field::Gname, "tins"),
        (1, Field::Qty, "1"),
        (1, Field::TotalPrice, "120.00"),
    ];
    let refused = zone.corrected(vec![amend(&number, &changes)]);
    assert_eq!(refused.verdict, Verdict::Refused);
    assert_eq!(codes(&refused)[0], "CORRECTION_ROWS");
    assert!(codes(&refused).len() > 1, "{:?}", codes(&refused));
    assert_eq!(zone.facts.map, before, "nothing happened");
}

#[test]
fn which_list_may_be_corrected_in_which_state() {
    // state, an amendment, a withdrawal; a word stands for the reason
    let table = "
        waiting      done              done
        review       done              done
        inspection   CORRECTION_STATE  LIST_STATE
        detained     CORRECTION_STATE  LIST_STATE
        released     done              LIST_STATE
        returning    CORRECTION_STATE  LIST_STATE
        summed       done              LIST_STATE
        paid         CORRECTION_STATE  LIST_STATE
        overdue      CORRECTION_STATE  LIST_STATE
        cancelled    CORRECTION_STATE  LIST_STATE
    ";
    for row in table.lines().map(str::trim).filter(|row| !row.is_empty()) {
        let [state, amended, withdrawn] = row.split_whitespace().collect::<Vec<_>>()[..] else { panic!("{row}") };
        let (zone, parcel) = in_state(state);
        let number = zone.case(&parcel).invt_no.to_string();
        let note = [(0, Field::LoctNo, "L7")];
        for (rows, expected) in [(amend(&number, &note), amended), (withdraw(&number), withdrawn)] {
            let mut zone = zone.clone();
            let before = zone.sums();
            let outcome = zone.corrected(vec![rows]);
            match expected {
                "done" => assert_eq!(outcome.verdict, Verdict::Done, "{row}: {:?}", codes(&outcome)),
                reason => {
                    assert_eq!(codes(&outcome), ["CORRECTION_ROWS", reason], "{row}");
                    assert_eq!(zone.sums(), before, "{row}");
                }
            }
        }
    }
}

fn in_state(state: &str) -> (Zone, Parcel) {
    let mut zone = Zone::new("2026-03-01T14:00");
    let mut parcel = Parcel::new(1);
    let stopped = |zone: &mut Zone, parcel: &Parcel, to: i32| {
        // A rule of risk that stops it is not needed: an officer may look at what waits.
        let mut case = zone.case(parcel);
        case.status = to;
        zone.facts.map.insert(Key::Case(parcel.key()).bytes(), case.pack());
    };
    match state {
        "waiting" => {
            parcel.list.bill_no = "BILL2".into();
            zone.clear(&parcel);
        }
        "review" | "inspection" | "detained" => {
            zone.clear(&parcel);
            // As if it had not been released: the bill is not there, what is due is reserved.
            let mut case = zone.case(&parcel);
            let total = case.tax.as_ref().unwrap().total();
            (case.bill, case.released) = (None, None);
            zone.facts.map.insert(Key::Case(parcel.key()).bytes(), case.pack());
            let mut held = zone.guarantee();
            (held.reserved, held.due) = (total, Fen(0));
            let at = Key::Guarantee(Pair { code: "PLATFORM".into(), number: "64".into() });
            zone.facts.map.insert(at.bytes(), held.pack());
            let to = if state == "review" {
                300
            } else if state == "inspection" {
                500
            } else {
                501
            };
            stopped(&mut zone, &parcel, to);
        }
        "cancelled" => {
            parcel.list.bill_no = "BILL2".into();
            zone.clear(&parcel);
            stopped(&mut zone, &parcel, status::CANCELLED);
        }
        _ => {
            zone.clear(&parcel);
        }
    }
    match state {
        "returning" => {
            let case = zone.case(&parcel);
            let back = refund(&parcel, &case.invt_no, 1, "r1");
            assert_eq!(zone.send(back).verdict, Verdict::Accepted);
        }
        "summed" => zone.until("2026-04-02T00:00"),
        "paid" => {
            zone.until("2026-04-02T00:00");
            let number = zone.case(&parcel).bill.unwrap().ent_duty_no;
            let paid = zone.act(ActKind::Pay, CaseKey::default(), &number, "2026-04-02");
            assert_eq!(paid.verdict, Verdict::Done, "{paid:?}");
        }
        "overdue" => zone.until("2026-05-01T00:00"),
        _ => {}
    }
    (zone, parcel)
}

#[test]
fn a_summary_payment_follows_the_bills_in_it() {
    let (mut zone, parcel) = in_state("summed");
    let number = zone.case(&parcel).invt_no.to_string();
    let payment = |zone: &Zone| {
        let number = zone.case(&parcel).bill.unwrap().ent_duty_no;
        crate::key::read::<TaxPayment>(&zone.facts, &Key::TaxPayment(number)).unwrap().amount
    };
    assert_eq!(payment(&zone), Fen(2_275));
    let told = zone.preview(&correction("K1", vec![amend(&number, OIL)])).impact;
    assert_eq!((told.of(Matter::Summary).before, told.of(Matter::Summary).after), (2_275, 1_575));
    zone.corrected(vec![amend(&number, OIL)]);
    assert_eq!((payment(&zone), zone.guarantee().due), (Fen(1_575), Fen(1_575)));
}

#[test]
fn a_released_parcel_of_a_book_takes_another_item() {
    let mut zone = Zone::new("2026-03-01T14:00");
    let item = |n: &str, hs10: &str| StockRow {
        ems_no: "T6402W000001".into(),
        item_record_no: n.into(),
        area_code: "AREA".into(),
        hs10: hs10.into(),
        unit: "122".into(),
        qty: Quantity::whole(3),
        ..StockRow::default()
    };
    zone.register(RegisterKind::OpeningStock, &[item("2", "1509300000"), item("3", "1901101090")]);
    let parcel = Parcel::new(1).bonded();
    assert_eq!(zone.clear(&parcel).verdict, Verdict::Released);
    let before = zone.sums();
    let number = zone.case(&parcel).invt_no.to_string();
    let of = |zone: &Zone, n: &str| {
        let at = Key::Stock(Pair { code: "T6402W000001".into(), number: n.into() });
        crate::key::read::<Stock>(&zone.facts, &at).unwrap().on_hand
    };
    let other = [(1, Field::ItemRecordNo, "2"), (1, Field::Gcode, "1509300000")];
    let told = zone.preview(&correction("K", vec![amend(&number, &other)])).impact;
    let parts: Vec<_> =
        told.parts.iter().filter(|p| p.matter == Matter::Stock).map(|p| (p.name.as_str(), p.span.change())).collect();
    assert_eq!(parts, [("T6402W000001 1", 200_000), ("T6402W000001 2", -200_000)]);
    assert_eq!(
        codes(&zone.corrected(vec![amend(&number, OIL)])),
        ["CORRECTION_ROWS", "ITEM_DIFFERS"],
        "the item says which goods it is"
    );
    assert_eq!(zone.corrected(vec![amend(&number, &other)]).verdict, Verdict::Done);
    assert_eq!((of(&zone, "1"), of(&zone, "2")), (Quantity::whole(10), Quantity::whole(1)));
    let back = [(1, Field::ItemRecordNo, "1"), (1, Field::Gcode, "1901101090")];
    assert_eq!(zone.corrected(vec![amend(&number, &back)]).verdict, Verdict::Done);
    assert_eq!(zone.sums(), before);

    // Once it stands on an outgoing list its items stay.
    let mut case = zone.case(&parcel);
    case.outgoing = "QD".into();
    zone.facts.map.insert(Key::Case(parcel.key()).bytes(), case.pack());
    assert_eq!(codes(&zone.corrected(vec![amend(&number, &other)])), ["CORRECTION_ROWS", "CORRECTION_STATE"]);
    assert_eq!(
        zone.corrected(vec![amend(&number, &[(0, Field::LoctNo, "x")])]).verdict,
        Verdict::Done,
        "all else may change"
    );
}

#[test]
fn a_quantity_limit_follows_the_code() {
    let (mut zone, parcel, number) = released();
    let before = zone.sums();
    let sugar = |zone: &Zone| {
        let person = parcel.list.buyer.id.of_year(2026).unwrap();
        let at = Key::Allowance(PersonYear { person, year: 2026, hs8: "17019990".into() });
        crate::key::read::<Counter>(&zone.facts, &at).unwrap_or_default().used
    };
    assert_eq!(zone.corrected(vec![amend(&number, &[(1, Field::Gcode, "1701999000")])]).verdict, Verdict::Done);
    assert_eq!(sugar(&zone), 160_000, "1.6 kg of the two that a person may have");
    let mut second = Parcel::new(2);
    second.list.lines[0].gcode = "1901101090".into();
    zone.clear(&second);
    let other = zone.case(&second).invt_no.to_string();
    let refused = zone.corrected(vec![amend(&other, &[(1, Field::Gcode, "1701999000")])]);
    assert_eq!(codes(&refused), ["CORRECTION_ROWS", "OVER_ANNUAL_QUANTITY"]);
    assert_eq!(zone.corrected(vec![amend(&number, MILK)]).verdict, Verdict::Done);
    assert_eq!(sugar(&zone), 0);
    let mut twin = released().0;
    twin.clear(&second);
    assert_eq!(zone.sums(), twin.sums(), "as if nothing had been corrected");
    assert!(before.len() < zone.sums().len());
}

#[test]
fn what_was_expected_has_to_come_or_nothing_does() {
    let (mut zone, parcel, number) = released();
    zone.corrected(vec![amend(&number, OIL)]);
    let rows = vec![amend(&number, MILK)];
    let expected = zone.preview(&correction("K1", rows.clone())).expected;
    let asked = |expected: &Expected, number: &str| Correction {
        expected: Some(expected.clone()),
        ..correction(number, rows.clone())
    };
    // Somebody else corrects the list in between.
    zone.corrected(vec![amend(&number, &[(1, Field::Gcode, "2106909090")])]);
    let before = zone.facts.map.clone();
    let outcomes = zone.correct(asked(&expected, "K1"));
    let [refused] = &outcomes[..] else { panic!("{outcomes:?}") };
    assert!(codes(refused).iter().all(|code| *code == "IMPACT_MOVED"), "{:?}", codes(refused));
    let words = refused.findings[0].text(crate::finding::Language::En);
    assert!(words.contains("the tax would change by 0.00 now, by 7.00 then"), "{words}");
    assert_eq!(zone.facts.map, before);
    // Of what goes on beside it nothing is held against it.
    let expected = zone.preview(&correction("K1", rows.clone())).expected;
    zone.clear(&Parcel::new(2).bought_by("another"));
    assert_eq!(zone.correct(asked(&expected, "K1")).pop().unwrap().verdict, Verdict::Done);
    assert_eq!(zone.kept(&parcel).lines[0].gcode, "1901101090");
}

#[test]
fn the_same_again_gets_the_first_answer_and_another_needs_another_number() {
    let (mut zone, _, number) = released();
    let first = zone.correct(correction("K1", vec![amend(&number, OIL)]));
    assert_eq!(first.len(), 2);
    let at = Position { revision: zone.revision, index: 1 };
    let again = zone.correct(correction("K1", vec![amend(&number, OIL)]));
    assert_eq!((again.len(), again[0].verdict, again[0].repeats), (1, Verdict::Repeated, Some(at)));
    assert_eq!(codes(&zone.correct(correction("K1", vec![amend(&number, MILK)]))[0]), ["DUPLICATE_KEY"]);
    // What was refused may be mended and sent under its number.
    assert_eq!(
        codes(&zone.correct(correction("K2", vec![amend(&number, OIL)]))[0]),
        ["CORRECTION_ROWS", "CORRECTION_NOTHING"]
    );
    assert_eq!(zone.correct(correction("K2", vec![amend(&number, MILK)])).len(), 2);
}

#[test]
fn who_may_correct_whose_lists() {
    let (mut zone, _, number) = released();
    let rows = || vec![amend(&number, OIL)];
    let by = |id: &str, role, enterprise: &str| Correction {
        by: Actor { id: id.into(), role },
        enterprise: enterprise.into(),
        ..correction("K1", rows())
    };
    use ActorRole::*;
    for (asked, reasons) in [
        (by("OTHER", Enterprise, "OTHER"), vec!["CORRECTION_ROWS", "NOT_THE_DECLARANT"]),
        (by("OTHER", Enterprise, "AGENT"), vec!["ACTOR_ROLE"]),
        (by("lin", Officer, "AGENT"), vec!["ACTOR_ROLE"]),
        (by("op", Operator, "AGENT"), vec!["ACTOR_ROLE"]),
        (by("me", Consumer, "AGENT"), vec!["ACTOR_ROLE"]),
        (by("PAYER", Enterprise, "PAYER"), vec!["PARTY_ROLE"]),
        (by("NOBODY", Enterprise, "NOBODY"), vec!["PARTY_UNKNOWN"]),
        (Correction { number: "".into(), ..by("AGENT", Enterprise, "AGENT") }, vec!["CORRECTION_NUMBER"]),
        (Correction { rows: vec![], ..by("AGENT", Enterprise, "AGENT") }, vec!["CORRECTION_SIZE"]),
    ] {
        let outcomes = zone.correct(asked.clone());
        assert_eq!((outcomes.len(), codes(&outcomes[0])), (1, reasons), "{:?} {}", asked.by, asked.enterprise);
        assert_eq!(outcomes[0].effects.len(), 0);
    }
    assert_eq!(zone.correct(by("", Window, "AGENT")).len(), 2, "the window's own hand may");
}

#[test]
fn one_faulty_row_of_many_leaves_all_as_it_was_and_is_named_by_its_line() {
    let mut zone = Zone::new("2026-03-01T14:00");
    let parcels: Vec<Parcel> = (1..=3).map(Parcel::new).collect();
    let mut rows: Vec<Row> = parcels
        .iter()
        .enumerate()
        .map(|(n, parcel)| {
            zone.clear(parcel);
            Row { source_line: n as u32 + 2, ..amend(&zone.case(parcel).invt_no, OIL) }
        })
        .collect();
    rows[1].changes[0].value = "9999999999".into();
    let before = zone.facts.map.clone();
    let told = zone.preview(&correction("K1", rows.clone()));
    assert_eq!((told.refused(), told.outcomes.len()), (1, 3));
    let refused = zone.corrected(rows.clone());
    assert_eq!(refused.verdict, Verdict::Refused);
    let lines: Vec<_> = refused.findings.iter().map(|f| (f.code.name(), f.source_line)).collect();
    assert!(lines.contains(&("HS_NOT_IN_TARIFF", 3)), "{lines:?}");
    assert_eq!(zone.facts.map, before);
    rows.remove(1);
    assert_eq!(zone.corrected(rows.clone()).verdict, Verdict::Done);
    rows.push(rows[0].clone());
    let twice = zone.corrected(rows);
    assert!(codes(&twice).contains(&"CORRECTION_TWICE"), "{:?}", codes(&twice));
}

/// The impact that was told is what the ledgers changed by.
fn agrees(impact: &Impact, before: &Zone, after: &Zone) {
    let sum = |zone: &Zone, kind: u64, at: usize| -> i64 {
        zone.sums().iter().filter(|(key, _)| Key::kind(key) == kind).map(|(_, sums)| sums[at]).sum()
    };
    let change = |kind, at| sum(after, kind, at) - sum(before, kind, at);
    assert_eq!(impact.of(Matter::Guarantee).change(), -change(Key::GUARANTEE, 0) - change(Key::GUARANTEE, 1));
    assert_eq!(impact.of(Matter::Stock).change(), change(Key::STOCK, 0) - change(Key::STOCK, 1));
    let years = |zone: &Zone| -> i64 {
        let of = |(key, value): (&Vec<u8>, &Vec<u8>)| match Key::unpack(key).unwrap() {
            Key::Allowance(year) if year.hs8.is_empty() => Counter::unpack(value).unwrap().used,
            _ => 0,
        };
        zone.facts.map.iter().map(of).sum()
    };
    assert_eq!(impact.of(Matter::Allowance).change(), years(after) - years(before));
    assert_eq!(
        impact.of(Matter::Tax).change(),
        -impact.of(Matter::Guarantee).change(),
        "the guarantee carries the tax"
    );
}

/// Some parcels in different states, and what might be done with each.
fn zone_of(parcels: u32) -> (Zone, Vec<String>) {
    let mut zone = Zone::new("2026-03-01T14:00");
    let rows: Vec<StockRow> = (2..=3)
        .map(|n| StockRow {
            ems_no: "T6402W000001".into(),
            item_record_no: n.to_string().into(),
            area_code: "AREA".into(),
            hs10: if n == 2 { "1509300000".into() } else { "1901101090".into() },
            unit: "122".into(),
            qty: Quantity::whole(6),
            ..StockRow::default()
        })
        .collect();
    zone.register(RegisterKind::OpeningStock, &rows);
    let numbers = (1..=parcels).map(|n| {
        let mut parcel = Parcel::new(n).bought_by(["a", "b"][n as usize % 2]);
        if n % 3 == 0 {
            parcel = parcel.bonded();
        } else if n % 3 == 1 {
            parcel.list.bill_no = "BILL2".into();
        }
        zone.clear(&parcel);
        zone.case(&parcel).invt_no.to_string()
    });
    let numbers = numbers.collect();
    (zone, numbers)
}

/// One of the changes that might be made, and what takes it back.
fn choice(n: u8) -> Vec<(u32, Field, &'static str)> {
    match n % 7 {
        0 => OIL.to_vec(),
        1 => vec![(1, Field::Gcode, "3304100000")],
        2 => vec![(0, Field::Freight, "4.00"), (0, Field::InsuredFee, "6.00")],
        3 => vec![(1, Field::ItemRecordNo, "3")],
        4 => vec![(1, Field::ItemRecordNo, "2"), (1, Field::Gcode, "1509300000")],
        5 => vec![(1, Field::Gcode, "1701999000"), (0, Field::LoctNo, "L1")],
        _ => vec![(1, Field::Country, "701"), (1, Field::Gname, "goods")],
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn a_batch_is_its_rows_one_by_one_or_nothing_and_the_reverse_restores_all_sums(
        picks in proptest::collection::vec((0..6usize, any::<u8>(), any::<bool>()), 1..6),
    ) {
        let (zone, numbers) = zone_of(6);
        let mut rows: Vec<Row> = Vec::new();
        for (at, n, back) in picks {
            let row = if back && at % 3 == 1 { withdraw(&numbers[at]) } else { amend(&numbers[at], &choice(n)) };
            if rows.iter().all(|r| r.list != row.list) {
                rows.push(row);
            }
        }
        let told = zone.preview(&correction("B", rows.clone()));
        // One by one, as far as each can be done after those before it.
        let mut single = zone.clone();
        let mut well = true;
        for row in &rows {
            well &= single.corrected(vec![row.clone()]).verdict == Verdict::Done;
        }
        let mut batch = zone.clone();
        let done = batch.corrected(rows.clone()).verdict == Verdict::Done;
        prop_assert_eq!(done, well, "{:?}", told.outcomes);
        prop_assert_eq!(done, told.refused() == 0);
        if !done {
            prop_assert_eq!(batch.facts.map, zone.facts.map);
            return Ok(());
        }
        prop_assert_eq!(batch.sums(), single.sums());
        agrees(&told.impact, &zone, &batch);
        // Back again, where nothing was withdrawn: the values before stand in what was told.
        if rows.iter().any(|row| row.what == What::Withdraw) {
            return Ok(());
        }
        let reverse = rows.iter().zip(&told.outcomes).map(|(row, outcome)| {
            let changes = outcome.findings.iter().filter(|f| correction::is_change(f)).map(|f| Change {
                gnum: f.gnum,
                field: Field::from_name(&f.field).unwrap(),
                value: f.args.iter().find(|a| a.name == "before").unwrap().value.as_str().into(),
            });
            Row { changes: changes.collect(), ..row.clone() }
        });
        let reverse: Vec<Row> = reverse.collect();
        prop_assert_eq!(batch.corrected(reverse).verdict, Verdict::Done);
        prop_assert_eq!(batch.sums(), zone.sums());
    }
}

/// A return is withdrawn until its goods have come; then the list is as it was before, and may be corrected or returned.
#[test]
fn a_return_is_withdrawn_until_its_goods_have_come() {
    let mut zone = Zone::new("2026-03-01T14:00");
    let parcel = Parcel::new(1);
    assert_eq!(zone.clear(&parcel).verdict, Verdict::Released);
    let invt_no = zone.case(&parcel).invt_no;
    let before = zone.sums();
    let refund = |n: &str| refund(&parcel, &invt_no, 1, n);
    assert_eq!(zone.send(refund("r1")).verdict, Verdict::Accepted);
    assert_eq!(codes(&zone.corrected(vec![amend(&invt_no, OIL)])), ["CORRECTION_ROWS", "CORRECTION_STATE"]);
    assert_eq!(codes(&zone.corrected(vec![amend("r1", OIL)])), ["CORRECTION_ROWS", "CORRECTION_STATE"]);
    assert_eq!(codes(&zone.corrected(vec![withdraw("r2")])), ["CORRECTION_ROWS", "LIST_NOT_FOUND"]);

    let outcomes = zone.correct(correction("W1", vec![withdraw("r1")]));
    assert_eq!(outcomes.iter().map(|o| o.verdict).collect::<Vec<_>>(), [Verdict::Done, Verdict::Done]);
    let told = &outcomes[0].receipts[0].shown;
    assert_eq!((told.kind, told.status, &*told.cop_no), (MessageKind::RefundReturn, status::EXAMINED, "r1"));
    assert_eq!((zone.case(&parcel).returned, zone.sums()), (vec![], before.clone()));
    assert!(zone.facts.dues.iter().all(|due| due.1 != u32::from(DueKind::ReturnOverdue.number())), "a clock stands");
    assert_eq!(codes(&zone.corrected(vec![withdraw("r1")])), ["CORRECTION_ROWS", "CORRECTION_STATE"], "once");
    // Goods that come all the same are nobody's return.
    let case = CaseKey { ebc: "AGENT".into(), order_no: "".into() };
    assert_eq!(codes(&zone.act(ActKind::Arrive, case.clone(), "r1", "2026-03-05")), ["ACT_NOT_POSSIBLE"]);

    // Applied for anew under the same number, and arrived: then it stays.
    assert_eq!(zone.send(super::refund(&parcel, &invt_no, 2, "r1")).verdict, Verdict::Accepted);
    assert_eq!(zone.act(ActKind::Arrive, case, "r1", "2026-03-05").verdict, Verdict::Done);
    assert_eq!(codes(&zone.corrected(vec![withdraw("r1")])), ["CORRECTION_ROWS", "CORRECTION_STATE"]);
    assert_ne!(zone.sums(), before);
}

/// The sample with another share of the taxes that retail imports bear (7/10).
fn relief(factor: &str) -> std::rc::Rc<crate::policy::Policy> {
    let text = |name: &str, text: &str| match name {
        "relief.toml" => text.replace("factor = \"7/10\"", &format!("factor = \"{factor}\"")),
        _ => text.to_owned(),
    };
    let files: Vec<_> = crate::policy::SAMPLE.iter().map(|(name, all)| (*name, text(name, all))).collect();
    crate::policy::Policy::load(&files).unwrap().into()
}

/// A rate that was adopted after its first day: what was released by the old one is taxed again, in one correction.
#[test]
fn a_rate_that_came_late_is_levied_or_paid_back_by_one_correction() {
    let reassess = |list: &str| Row { list: list.into(), what: What::Reassess, ..Row::default() };
    for (factor, summed, paid) in [
        ("1/2", false, false),
        ("1/2", true, false),
        ("1/2", true, true),
        ("9/10", false, false),
        ("9/10", true, false),
        ("9/10", true, true),
    ] {
        let mut zone = Zone::new("2026-03-01T14:00");
        let parcels: Vec<Parcel> = (1..=3).map(|n| Parcel::new(n).bonded().priced(1, 500)).collect();
        for parcel in &parcels {
            zone.clear(parcel);
        }
        if summed {
            zone.until("2026-04-02T09:00");
        }
        let lists: Vec<_> = parcels.iter().map(|parcel| zone.case(parcel).invt_no).collect();
        let number = zone.case(&parcels[0]).bill.unwrap().ent_duty_no;
        if paid {
            zone.act(ActKind::Pay, CaseKey::default(), &number, "2026-04-05");
            zone.until("2026-04-05T00:00");
        }
        let rows: Vec<Row> = lists.iter().map(|list| reassess(list)).collect();
        assert_eq!(
            codes(&zone.corrected(rows.clone())),
            ["CORRECTION_ROWS"].into_iter().chain(["CORRECTION_NOTHING"; 3]).collect::<Vec<_>>()
        );
        zone.policy = relief(factor);
        let (due, used) = (zone.guarantee().due, zone.used(&parcels[0]));
        // 13 % of 500.00 is 65.00: 45.50 at 7/10.
        let (is, less) = if factor == "1/2" { (Fen(3_250), Fen(1_300)) } else { (Fen(5_850), Fen(-1_300)) };
        let mut looked = correction("L", rows.clone());
        let preview = zone.preview(&looked);
        assert_eq!(preview.impact.of(Matter::Tax).change(), -3 * less.0, "{factor} {summed} {paid}");
        looked.expected = Some(preview.expected);
        let outcomes = zone.correct(looked);
        assert_eq!(outcomes.last().unwrap().verdict, Verdict::Done, "{:?}", codes(outcomes.last().unwrap()));
        for parcel in &parcels {
            let case = zone.case(parcel);
            assert_eq!((case.bill.unwrap().total(), case.tax.unwrap().total()), (is, is));
            assert_eq!(case.to_repay, if paid { less } else { Fen(0) }, "paid: it is paid back or still to be levied");
        }
        assert_eq!(zone.used(&parcels[0]), used);
        let due_then = if paid { due } else { due.minus(Fen(3 * less.0)) };
        assert_eq!(zone.guarantee().due, due_then, "{factor} {summed} {paid}");
        if summed && !paid {
            let payment = crate::key::read::<TaxPayment>(&zone.facts, &Key::TaxPayment(number)).unwrap();
            assert_eq!(payment.amount, Fen(3 * is.0));
        }
        // More than the guarantee carries is not levied by a correction, and then none is.
        zone.policy = relief("1");
        let row = GuaranteeRow { limit: zone.guarantee().due.plus(Fen(1)), ..zone.guarantee().row };
        zone.register(RegisterKind::Guarantees, &[row]);
        let before = zone.sums();
        let found = zone.corrected(rows);
        assert_eq!(paid, found.verdict == Verdict::Done, "{:?}", codes(&found));
        assert!(paid || codes(&found).contains(&"GUARANTEE_INSUFFICIENT") && zone.sums() == before);
    }
}
