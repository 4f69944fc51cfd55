//! Rule 3.7: guarantee, tax bill, the summary of day 31, the last day, arrears.

use super::*;
use crate::record::TaxPayment;

fn payment(zone: &Zone, number: &str) -> TaxPayment {
    crate::key::read(&zone.facts, &Key::TaxPayment(number.into())).unwrap()
}

#[test]
fn day_45_moves_on_to_a_working_day_and_the_day_after_it_is_late() {
    // release, day 31, last day: 45 or the first working day from it
    for (released, summed, last) in [
        ("2026-03-01", "2026-04-01", "2026-04-15"),
        // Day 45 is Saturday 11 April, then Sunday.
        ("2026-02-25", "2026-03-28", "2026-04-13"),
        // Day 45 is 4 April, Qingming until the 6th.
        ("2026-02-18", "2026-03-21", "2026-04-07"),
        // Day 45 is 1 May, Labour Day until the 5th.
        ("2026-03-17", "2026-04-17", "2026-05-06"),
        // Day 45 is 1 October, National Day until the 7th.
        ("2026-08-17", "2026-09-17", "2026-10-08"),
        // Day 45 is Sunday 20 September, which is worked on.
        ("2026-08-06", "2026-09-06", "2026-09-20"),
        // A leap year: day 45 is Friday 15 March.
        ("2024-01-30", "2024-03-01", "2024-03-15"),
    ] {
        let mut zone = Zone::new(&format!("{released}T14:00"));
        let parcel = Parcel::new(1).at(zone.now);
        assert_eq!(zone.clear(&parcel).verdict, Verdict::Released, "{released}");
        zone.until(&format!("{}T23:59:59.999", day(summed).plus(-1)));
        assert_eq!(zone.case(&parcel).bill.unwrap().state, 1, "{released}: day 30");
        zone.until(&format!("{summed}T00:00"));
        let bill = zone.case(&parcel).bill.unwrap();
        assert_eq!(bill.state, 2, "{released}: day 31");
        assert_eq!(payment(&zone, &bill.ent_duty_no).due_on, day(last), "{released}");
        zone.until(&format!("{last}T23:59:59.999"));
        assert!(!payment(&zone, &bill.ent_duty_no).overdue);
        zone.until(&format!("{}T00:00", day(last).plus(1)));
        assert!(payment(&zone, &bill.ent_duty_no).overdue);
    }
}

#[test]
fn who_owes_nothing_is_not_in_arrears() {
    let mut zone = Zone::new("2026-03-01T14:00");
    let parcel = Parcel::new(1).bonded();
    zone.clear(&parcel);
    let invt_no = zone.case(&parcel).invt_no;
    zone.until("2026-03-31T12:00");
    zone.send(refund(&parcel, &invt_no, 2, "r1"));
    zone.until("2026-04-10T12:00");
    zone.act(ActKind::Arrive, CaseKey { ebc: "AGENT".into(), order_no: "".into() }, "r1", "2026-04-10");
    zone.until("2026-04-16T12:00");
    let next = Parcel::new(2).at(zone.now);
    assert_eq!((zone.clear(&next).verdict, zone.case(&parcel).status), (Verdict::Released, 899));
}

#[test]
fn an_agent_in_arrears_declares_nothing_until_all_is_paid_and_others_go_on() {
    let mut zone = Zone::new("2026-03-01T14:00");
    let (first, second) = (Parcel::new(1), Parcel::new(2));
    zone.clear(&first);
    zone.until("2026-03-02T14:00");
    zone.clear(&second.clone().at(zone.now));
    let waiting = Parcel::new(3);
    zone.until("2026-04-17T12:00");
    let numbers = [&first, &second].map(|p| zone.case(p).bill.unwrap().ent_duty_no);
    let declare = |zone: &mut Zone, n: u32| codes(&zone.clear(&Parcel::new(n).at(zone.now)));
    assert_eq!(declare(&mut zone, 4), ["AGENT_OVERDUE"]);
    assert!(codes(&zone.send(Document::List(waiting.at(zone.now).list))).contains(&"AGENT_OVERDUE"));
    let refused = zone.act(ActKind::Pay, CaseKey::default(), "640220269999", "");
    assert_eq!(refused.verdict, Verdict::Refused, "no such payment");
    zone.act(ActKind::Pay, CaseKey::default(), &numbers[0], "");
    assert_eq!(declare(&mut zone, 5), ["AGENT_OVERDUE"], "one is still owed");
    // Another declarant of the same seller is not stopped.
    let mut seller: Party = crate::key::read(&zone.facts, &Key::Party("SELLER".into())).unwrap();
    seller.agents.push(Entrusted { code: "OTHER".into(), from: day("2026-01-01"), ..Entrusted::default() });
    zone.register(RegisterKind::Parties, &[seller]);
    let mut others = Parcel::new(6).at(zone.now);
    others.list.agent_code = "OTHER".into();
    zone.register(RegisterKind::Manifests, &[manifest("BILL1", "XX1", 9)]);
    assert_eq!(codes(&zone.clear(&others)), [""; 0]);
    zone.act(ActKind::Pay, CaseKey::default(), &numbers[1], "");
    assert_eq!(declare(&mut zone, 7), [""; 0]);
    assert_eq!(codes(&zone.act(ActKind::Pay, CaseKey::default(), &numbers[1], "")), ["ACT_NOT_POSSIBLE"], "paid once");
}

#[test]
fn a_guarantee_is_used_to_its_last_fen() {
    for (limit, reason) in [(2_275, ""), (2_274, "GUARANTEE_INSUFFICIENT")] {
        let mut zone = Zone::new("2026-03-01T14:00");
        zone.register(RegisterKind::Guarantees, &[GuaranteeRow { limit: Fen(limit), ..zone.guarantee().row }]);
        let outcome = zone.clear(&Parcel::new(1));
        assert_eq!(codes(&outcome), if reason.is_empty() { vec![] } else { vec![reason] }, "{limit}");
        assert_eq!(zone.guarantee().due, Fen(if reason.is_empty() { limit } else { 0 }));
    }
}

#[test]
fn a_parcel_that_stood_is_released_only_while_its_guarantee_covers() {
    type Change = fn(&mut GuaranteeRow);
    let table: &[(Change, &str)] = &[
        (|_| {}, ""),
        (|g| g.until = Some(day("2026-03-05")), ""),
        (|g| g.until = Some(day("2026-03-04")), "GUARANTEE_MISSING"),
        (|g| g.limit = Fen(2_275), ""),
        (|g| g.limit = Fen(2_274), "GUARANTEE_INSUFFICIENT"),
    ];
    for (n, (change, reason)) in table.iter().enumerate() {
        let mut zone = Zone::new("2026-03-01T14:00");
        let mut parcel = Parcel::new(1);
        parcel.list.lines[0].country = "701".into();
        assert_eq!(zone.clear(&parcel).verdict, Verdict::Inspection);
        zone.until("2026-03-05T09:00");
        let mut row = zone.guarantee().row;
        change(&mut row);
        zone.register(RegisterKind::Guarantees, &[row]);
        let outcome = zone.act(ActKind::InspectPassed, parcel.key(), "", "");
        match *reason {
            "" => assert_eq!((outcome.verdict, zone.case(&parcel).status), (Verdict::Released, 800), "row {n}"),
            reason => assert_eq!((codes(&outcome), zone.case(&parcel).status), (vec![reason], 500), "row {n}"),
        }
    }
}
