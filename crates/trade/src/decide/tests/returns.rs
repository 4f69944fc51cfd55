//! Rule 5.1 and the cancellation of 1.2: what comes back, when, and what is given back with it.

use super::*;

fn arrived(zone: &mut Zone, n: &str, on: &str) -> Outcome {
    zone.act(ActKind::Arrive, CaseKey { ebc: "AGENT".into(), order_no: "".into() }, n, on)
}

/// Three pieces at 33.33 with freight: nothing divides evenly.
fn uneven(n: u32) -> Parcel {
    let mut parcel = Parcel::new(n).bonded();
    for (qty, price, total) in [
        {
            let l = &mut parcel.order.lines[0];
            (&mut l.qty, &mut l.price, &mut l.total)
        },
        {
            let l = &mut parcel.list.lines[0];
            (&mut l.qty, &mut l.price, &mut l.total)
        },
    ] {
        (*qty, *price, *total) = (Quantity::whole(3), Price(3_333_000), Fen(9_999));
    }
    let order = &mut parcel.order;
    // (99.99 + 10.00) * 9.1 % = 10.00909
    (order.goods_value, order.tax_total, order.paid) = (Fen(9_999), Fen(1_001), Fen(12_000));
    parcel.payment.amount = Fen(12_000);
    parcel
}

#[test]
fn the_day_of_release_is_day_nought_and_the_last_days_are_in() {
    // released, applied, arrived, reason; by the law of the day of release
    let table = "
        2026-03-01 2026-03-31 2026-04-15 -
        2026-03-01 2026-04-01 2026-04-01 RETURN_APPLIED_LATE
        2026-03-01 2026-03-31 2026-04-16 RETURN_ARRIVED_LATE
        2024-01-31 2024-03-01 2024-03-16 -
        2024-01-31 2024-03-02 2024-03-02 RETURN_APPLIED_LATE
        2023-01-31 2023-03-02 2023-03-17 -
        2025-12-31 2026-01-30 2026-02-14 -
        2025-12-31 2026-01-31 2026-01-31 RETURN_APPLIED_LATE
        2020-03-28 2020-04-27 2020-05-12 -
        2020-03-27 2020-04-26 2020-04-26 -
        2020-03-27 2020-04-26 2020-04-27 RETURN_ARRIVED_LATE
        2019-01-01 2019-01-31 2019-01-31 -
        2018-12-31 2019-01-30 2019-01-30 -
        2018-12-31 2019-01-30 2019-01-31 RETURN_ARRIVED_LATE
    ";
    for row in table.lines().map(str::trim).filter(|r| !r.is_empty()) {
        let cells: Vec<&str> = row.split_whitespace().collect();
        let mut zone = Zone::new(&format!("{}T14:00", cells[0]));
        let mut parcel = Parcel::new(1).at(zone.now);
        let mut ignored = Vec::new();
        let tax = crate::verify::assess(&parcel.list, Fen(0), &zone.policy, &mut ignored).unwrap().tax.total();
        parcel.order.tax_total = tax;
        parcel.order.paid = Fen(25_000).plus(tax);
        parcel.payment.amount = parcel.order.paid;
        assert_eq!(zone.clear(&parcel).verdict, Verdict::Released, "{row}");
        let invt_no = zone.case(&parcel).invt_no;
        let used = zone.used(&parcel);
        zone.until(&format!("{}T23:59:59", cells[1]));
        let applied = zone.send(refund(&parcel, &invt_no, 2, "r1"));
        if cells[3] == "RETURN_APPLIED_LATE" {
            assert_eq!(codes(&applied), ["RETURN_APPLIED_LATE"], "{row}");
            assert_eq!(zone.used(&parcel), used);
            continue;
        }
        assert_eq!(applied.verdict, Verdict::Accepted, "{row}: {:?}", codes(&applied));
        let done = arrived(&mut zone, "r1", cells[2]);
        let expected: Vec<&str> = Some(cells[3]).filter(|r| *r != "-").into_iter().collect();
        assert_eq!(codes(&done), expected, "{row}");
        let left = if expected.is_empty() { 0 } else { used };
        assert_eq!(zone.used(&parcel), left, "{row}");
    }
}

#[test]
fn parts_add_up_to_the_whole_whatever_their_order() {
    for parts in [vec![1, 1, 1], vec![2, 1], vec![1, 2], vec![3]] {
        let mut zone = Zone::new("2026-03-01T14:00");
        let parcel = uneven(1);
        assert_eq!(zone.clear(&parcel).verdict, Verdict::Released);
        let case = zone.case(&parcel);
        let whole = case.tax.unwrap();
        assert_eq!((whole.taxable, whole.total()), (Fen(10_999), Fen(1_001)));
        let names: Vec<String> = (0..parts.len()).map(|n| format!("r{n}")).collect();
        for (name, pieces) in names.iter().zip(&parts) {
            assert_eq!(zone.send(refund(&parcel, &case.invt_no, *pieces, name)).verdict, Verdict::Accepted);
        }
        assert_eq!(
            codes(&zone.send(refund(&parcel, &case.invt_no, 1, "r9"))),
            ["RETURN_QUANTITY"],
            "all is applied for"
        );
        // They come back in the other order.
        for name in names.iter().rev() {
            assert_eq!(arrived(&mut zone, name, "2026-03-20").verdict, Verdict::Done);
        }
        let case = zone.case(&parcel);
        assert_eq!((zone.used(&parcel), case.allowance_used, zone.guarantee().due), (0, Fen(0), Fen(0)), "{parts:?}");
        let bill = case.bill.unwrap();
        assert_eq!((bill.state, bill.total(), case.status), (3, Fen(0), 899));
        assert_eq!(codes(&arrived(&mut zone, "r0", "2026-03-20")), ["ACT_NOT_POSSIBLE"], "nothing comes back twice");
    }
}

#[test]
fn a_return_that_arrives_after_the_summary_makes_the_payment_smaller_and_a_whole_one_void() {
    let mut zone = Zone::new("2026-03-01T14:00");
    let (back, stays) = (Parcel::new(1).bonded(), Parcel::new(2).bonded());
    for parcel in [&back, &stays] {
        zone.clear(parcel);
    }
    let invt_no = zone.case(&back).invt_no;
    zone.until("2026-03-31T23:00");
    zone.send(refund(&back, &invt_no, 2, "r1"));
    zone.until("2026-04-05T12:00");
    let number = zone.case(&back).bill.unwrap().ent_duty_no;
    let payment =
        |z: &Zone| crate::key::read::<crate::record::TaxPayment>(&z.facts, &Key::TaxPayment(number.clone())).unwrap();
    assert_eq!(payment(&zone).amount, Fen(4_550), "a pending return is summed up");
    // Before payment.
    let mut before = zone.clone();
    let done = arrived(&mut before, "r1", "2026-04-05");
    assert_eq!(done.receipts.iter().filter(|r| r.shown.kind == MessageKind::TaxBillState).count(), 1, "818, void");
    assert_eq!((before.case(&back).bill.unwrap().state, payment(&before).amount), (3, Fen(2_275)));
    assert_eq!((before.used(&back), before.guarantee().due), (25_000, Fen(2_275)), "the other parcel's");
    assert_eq!(before.act(ActKind::Pay, CaseKey::default(), &number, "2026-04-10").verdict, Verdict::Done);
    before.until("2026-04-10T00:00");
    assert_eq!(before.guarantee().due, Fen(0));
    assert_eq!(before.case(&back).bill.unwrap().state, 3, "what is void is not paid");
    // After payment: the allowance comes back, the guarantee is free already, the bill is what is left of it.
    let mut after = zone.clone();
    after.act(ActKind::Pay, CaseKey::default(), &number, "2026-04-04");
    after.until("2026-04-05T12:00");
    assert_eq!(after.guarantee().due, Fen(0));
    assert_eq!(arrived(&mut after, "r1", "2026-04-05").verdict, Verdict::Done);
    assert_eq!((after.guarantee().due, after.used(&back), payment(&after).amount), (Fen(0), 25_000, Fen(4_550)));
    assert_eq!(after.case(&back).bill.map(|b| (b.state, b.paid, b.total())), Some((2, true, Fen(0))));
}

#[test]
fn a_january_return_of_a_december_parcel_goes_back_to_december() {
    let mut zone = Zone::new("2025-12-31T23:30");
    let person = |year: i32| {
        let ids = Pseudonyms([2026, 2025].map(|y| Pseudonym { year: y, tag: [y as u8; 16] }).to_vec());
        ids.0.into_iter().find(|p| i32::from(p.year) == year).unwrap()
    };
    let with_keys = |mut parcel: Parcel, years: &[i32]| {
        let ids = Pseudonyms(years.iter().map(|y| person(*y)).collect());
        for p in [&mut parcel.list.buyer, &mut parcel.order.buyer, &mut parcel.payment.payer] {
            p.id = ids.clone();
        }
        parcel
    };
    let year = |zone: &Zone, key_year: i32, year: u32| {
        let key = crate::key::PersonYear { person: person(key_year), year, hs8: "".into() };
        crate::key::read::<Counter>(&zone.facts, &Key::Allowance(key)).unwrap_or_default().used
    };
    let december = with_keys(Parcel::new(1).bonded().priced(1, 4_000).at(zone.now), &[2025]);
    assert_eq!(zone.clear(&december).verdict, Verdict::Released);
    zone.until("2026-01-05T10:00");
    let january = with_keys(Parcel::new(2).bonded().priced(1, 3_000).at(zone.now), &[2026, 2025]);
    assert_eq!(zone.clear(&january).verdict, Verdict::Released);
    assert_eq!((year(&zone, 2025, 2025), year(&zone, 2026, 2026)), (400_000, 300_000));
    let invt_no = zone.case(&december).invt_no;
    zone.send(refund(&december, &invt_no, 1, "r1"));
    arrived(&mut zone, "r1", "2026-01-06");
    assert_eq!((year(&zone, 2025, 2025), year(&zone, 2026, 2026)), (0, 300_000), "the new year does not grow");
    // Declared on New Year's Eve for the next day, when the new year has no key yet: it still counts in that year.
    let mut zone = Zone::new("2025-12-31T23:30");
    let mut early = with_keys(Parcel::new(1).bonded().priced(1, 5_000).at(zone.now), &[2025]);
    early.list.declared_on = day("2026-01-01");
    assert_eq!(zone.clear(&early).verdict, Verdict::Released);
    zone.until("2026-01-02T10:00");
    for n in 2..=5 {
        let next = with_keys(Parcel::new(n).bonded().priced(1, 5_000).at(zone.now), &[2026, 2025]);
        assert_eq!(zone.clear(&next).verdict, Verdict::Released, "{n}");
    }
    let over = with_keys(Parcel::new(6).bonded().priced(1, 1_001).at(zone.now), &[2026, 2025]);
    assert_eq!(codes(&zone.clear(&over)), ["OVER_ANNUAL_LIMIT"], "26,001 in 2026");
    let within = with_keys(Parcel::new(7).bonded().priced(1, 1_000).at(zone.now), &[2026, 2025]);
    assert_eq!(zone.clear(&within).verdict, Verdict::Released);
}

#[test]
fn declared_in_december_and_accepted_in_january_counts_in_december() {
    let mut zone = Zone::new("2026-01-01T00:10");
    let mut parcel = Parcel::new(1).priced(1, 5_000);
    parcel = parcel.at(Moment::parse("2025-12-31T23:50").unwrap());
    assert_eq!(zone.clear(&parcel).verdict, Verdict::Released);
    assert_eq!(zone.case(&parcel).allowance.unwrap().year, 2025);
}

#[test]
fn only_the_declarant_or_the_domestic_agent_returns_and_cancels() {
    for (agent, allowed) in [("AGENT", true), ("OTHER", false)] {
        let mut zone = Zone::new("2026-03-01T14:00");
        let parcel = Parcel::new(1);
        zone.clear(&parcel);
        let invt_no = zone.case(&parcel).invt_no;
        let Document::Refund(mut back) = refund(&parcel, &invt_no, 1, "r1") else { panic!() };
        back.agent_code = agent.into();
        let outcome = zone.send(Document::Refund(back));
        assert_eq!(codes(&outcome), if allowed { vec![] } else { vec!["NOT_THE_DECLARANT"] });
        let mut zone = Zone::new("2026-03-01T14:00");
        zone.send(Document::List(parcel.list.clone()));
        let Document::Cancel(mut gone) = cancel(&parcel, &zone.case(&parcel).invt_no, "c1") else { panic!() };
        gone.agent_code = agent.into();
        assert_eq!(zone.send(Document::Cancel(gone)).verdict == Verdict::Done, allowed);
    }
}

#[test]
fn the_goods_are_those_of_the_list() {
    type Change = fn(&mut Refund);
    let table: &[(Change, &[&str])] = &[
        (|_| {}, &[]),
        (|r| r.invt_no = "640220269999999999".into(), &["LIST_NOT_FOUND"]),
        (|r| r.order_no = "EB2".into(), &["LIST_NOT_FOUND"]),
        (|r| r.lines[0].gnum = 0, &["LINE_NOT_FOUND"]),
        (|r| r.lines[0].gcode = "1905310000".into(), &["LINE_NOT_FOUND"]),
        (|r| r.lines[0].unit = "035".into(), &["LINE_NOT_FOUND"]),
        (|r| r.lines[0].qty = Quantity(0), &["RETURN_QUANTITY"]),
        (|r| r.lines[0].qty = Quantity(-1), &["RETURN_QUANTITY"]),
        (|r| r.lines[0].qty = Quantity(i64::MAX), &["RETURN_QUANTITY"]),
        (|r| r.lines[0].qty = Quantity(200_001), &["RETURN_QUANTITY"]),
        (|r| r.lines.push(r.lines[0].clone()), &[]),
        (|r| r.lines.extend([r.lines[0].clone(), r.lines[0].clone()]), &["RETURN_QUANTITY"]),
        (|r| r.lines.clear(), &["NO_LINES"]),
    ];
    for (n, (change, found)) in table.iter().enumerate() {
        let mut zone = Zone::new("2026-03-01T14:00");
        let parcel = Parcel::new(1);
        zone.clear(&parcel);
        let Document::Refund(mut back) = refund(&parcel, &zone.case(&parcel).invt_no, 1, "r1") else { panic!() };
        change(&mut back);
        let outcome = zone.send(Document::Refund(back));
        assert_eq!(codes(&outcome), *found, "row {n}");
        assert_eq!(zone.case(&parcel).returned.len(), usize::from(found.is_empty()), "row {n}");
    }
}

#[test]
fn a_list_is_cancelled_in_the_states_from_2_to_399_and_in_no_other() {
    let stopped = |country: &str| {
        let mut zone = Zone::new("2026-03-01T14:00");
        let mut parcel = Parcel::new(1).bonded();
        parcel.list.lines[0].country = country.into();
        let before = (zone.guarantee(), zone.stock());
        zone.clear(&parcel);
        (zone, parcel, before)
    };
    let (mut zone, parcel, before) = stopped("199");
    assert_eq!((zone.case(&parcel).status, zone.used(&parcel)), (300, 25_000));
    assert_eq!(zone.stock().reserved, Quantity::whole(2));
    let invt_no = zone.case(&parcel).invt_no;
    let outcome = zone.send(cancel(&parcel, &invt_no, "c1"));
    assert_eq!((outcome.verdict, zone.used(&parcel)), (Verdict::Done, 0));
    assert_eq!((zone.guarantee(), zone.stock()), before, "everything is given back");
    assert_eq!(codes(&zone.send(refund(&parcel, &invt_no, 1, "r1"))), ["LIST_NOT_FOUND"], "a cancelled list");
    assert_eq!(codes(&zone.send(cancel(&parcel, &invt_no, "c2"))), ["LIST_STATE"], "cancelled once");
    assert_eq!(zone.send(cancel(&parcel, &invt_no, "c1")).verdict, Verdict::Repeated);
    let mut other = cancel(&parcel, &invt_no, "c1");
    if let Document::Cancel(c) = &mut other {
        c.customs_code = "6401".into()
    }
    assert_eq!(codes(&zone.send(other)), ["APPLIED_ALREADY"], "another application under one number");
    assert_eq!(zone.act(ActKind::Review, parcel.key(), "", "").verdict, Verdict::Refused);
    // Customs are looking at it: it cannot be withdrawn from them.
    let (mut zone, parcel, _) = stopped("701");
    let invt_no = zone.case(&parcel).invt_no;
    let refused = zone.send(cancel(&parcel, &invt_no, "c1"));
    assert_eq!((zone.case(&parcel).status, codes(&refused)), (500, vec!["LIST_STATE"]));
    zone.act(ActKind::Detain, parcel.key(), "A-1", "");
    assert_eq!(codes(&zone.send(cancel(&parcel, &invt_no, "c2"))), ["LIST_STATE"]);
    zone.act(ActKind::Release, parcel.key(), "", "");
    assert_eq!(codes(&zone.send(cancel(&parcel, &invt_no, "c3"))), ["LIST_STATE"]);
    // Cancelled while it waits: nothing finds it any more, and it may be declared again.
    let mut zone = Zone::new("2026-03-01T14:00");
    let parcel = Parcel::new(1);
    zone.send(Document::List(parcel.list.clone()));
    let first = zone.case(&parcel).invt_no;
    zone.send(cancel(&parcel, &first, "c1"));
    let [order, payment, waybill, list] = parcel.documents();
    for document in [order, payment, waybill] {
        zone.send(document);
    }
    assert_eq!((zone.case(&parcel).status, zone.facts.dues.len()), (9_623, 0));
    assert!(!zone.facts.map.keys().any(|k| matches!(Key::unpack(k), Ok(Key::AwaitPayment(_) | Key::AwaitWaybill(_)))));
    assert_eq!(zone.send(again(list, "l1b", Action::New)).verdict, Verdict::Released);
    // The first declaration's number means that one, and not the list that came after it.
    assert_ne!(zone.case(&parcel).invt_no, first);
    assert_eq!(codes(&zone.send(cancel(&parcel, &first, "c2"))), ["LIST_NOT_FOUND"]);
    assert_eq!(codes(&zone.send(refund(&parcel, &first, 1, "r1"))), ["LIST_NOT_FOUND"]);
}

#[test]
fn a_released_parcel_that_is_ordered_back_owes_nothing() {
    let released = || {
        let mut zone = Zone::new("2026-03-01T14:00");
        let parcel = uneven(1);
        zone.clear(&parcel);
        let invt_no = zone.case(&parcel).invt_no;
        zone.send(refund(&parcel, &invt_no, 1, "r1"));
        zone.send(refund(&parcel, &invt_no, 1, "r2"));
        arrived(&mut zone, "r1", "2026-03-05");
        (zone, parcel)
    };
    let gone = |zone: &mut Zone, parcel: &Parcel| {
        let outcome = zone.act(ActKind::SendBack, parcel.key(), "", "");
        assert_eq!((outcome.verdict, zone.case(parcel).status), (Verdict::Done, 700));
        assert_eq!((zone.used(parcel), zone.guarantee().due), (0, Fen(0)), "what was left of it");
        assert_eq!(zone.case(parcel).bill.map(|b| (b.state, b.total())), Some((3, Fen(0))));
        assert_eq!(codes(&arrived(zone, "r2", "2026-03-06")), ["ACT_NOT_POSSIBLE"], "it cannot come back twice");
    };
    // Before the summary, after it, and after payment.
    let (mut zone, parcel) = released();
    gone(&mut zone, &parcel);
    zone.until("2026-05-01T00:00");
    assert!(!zone.facts.map.keys().any(|k| matches!(Key::unpack(k), Ok(Key::Overdue(_)))), "nobody owes anything");
    let (mut zone, parcel) = released();
    zone.until("2026-04-02T00:00");
    let number = zone.case(&parcel).bill.unwrap().ent_duty_no;
    let mut paid = zone.clone();
    gone(&mut zone, &parcel);
    let payment: crate::record::TaxPayment = crate::key::read(&zone.facts, &Key::TaxPayment(number.clone())).unwrap();
    assert_eq!(payment.amount, Fen(0));
    paid.act(ActKind::Pay, CaseKey::default(), &number, "");
    assert_eq!(codes(&paid.act(ActKind::SendBack, parcel.key(), "", "")), ["ACT_NOT_POSSIBLE"]);
}

/// Rules 1.2: which act is possible in which state.
#[test]
fn acts_lead_from_state_to_state_and_never_back() {
    use ActKind::*;
    let acts = [Review, Inspect, InspectPassed, Detain, Release, SendBack, Out];
    // state, origin of the goods that leads there, acts on the way, and what each act makes of it
    let table: &[(i32, &str, &[ActKind], [i32; 7])] = &[
        (300, "199", &[], [800, 500, 0, 0, 800, 0, 0]),
        (500, "701", &[], [0, 0, 800, 599, 800, 700, 0]),
        (599, "701", &[Detain], [0, 0, 0, 0, 800, 700, 0]),
        (700, "701", &[SendBack], [0, 0, 0, 0, 0, 0, 0]),
        (800, "609", &[], [0, 0, 0, 0, 0, 700, 800]),
    ];
    for (state, origin, way, after) in table {
        for (act, to) in acts.iter().zip(after) {
            let mut zone = Zone::new("2026-03-01T14:00");
            let mut parcel = Parcel::new(1);
            parcel.list.lines[0].country = (*origin).into();
            zone.clear(&parcel);
            way.iter().for_each(|act| drop(zone.act(*act, parcel.key(), "", "")));
            assert_eq!(zone.case(&parcel).status, *state);
            let outcome = zone.act(*act, parcel.key(), "", "");
            match to {
                0 => assert_eq!((codes(&outcome), zone.case(&parcel).status), (vec!["ACT_NOT_POSSIBLE"], *state)),
                to => assert_eq!(zone.case(&parcel).status, *to, "{state} {act}: {:?}", codes(&outcome)),
            }
        }
    }
}
