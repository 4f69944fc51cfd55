//! Appeals about what follows release: returns that were refused, and the tax.

use super::*;
use crate::record::{RefundState, TaxPayment};

/// Of two pieces at 125.00.
pub(super) const TAX: Fen = Fen(2_275);

impl Zone {
    fn returned(&self, number: &str) -> RefundState {
        let key = Key::Refund(Pair { code: "AGENT".into(), number: number.into() });
        crate::key::read(&self.facts, &key).unwrap_or_default()
    }

    fn arrives(&mut self, number: &str, on: &str) -> Outcome {
        self.act(ActKind::Arrive, CaseKey { ebc: "AGENT".into(), order_no: "".into() }, number, on)
    }

    fn payment(&self, number: &str) -> TaxPayment {
        crate::key::read(&self.facts, &Key::TaxPayment(number.into())).unwrap_or_default()
    }
}

/// Two pieces at 125.00, released on 2026-03-01; a return of both, applied for on day 31.
fn applied_late() -> (Zone, Parcel) {
    let mut zone = zone();
    let parcel = Parcel::new(1).bonded();
    assert_eq!(zone.clear(&parcel).verdict, Verdict::Released);
    let invt_no = zone.case(&parcel).invt_no;
    zone.until("2026-04-01T09:00");
    assert_eq!(codes(&zone.send(refund(&parcel, &invt_no, 2, "r1"))), ["RETURN_APPLIED_LATE"]);
    (zone, parcel)
}

#[test]
fn a_return_that_was_refused_is_decided_again_and_restores_everything() {
    let (mut zone, parcel) = applied_late();
    assert_eq!(codes(&zone.appeal("OTHER", ActorRole::Enterprise, &parcel)), ["CASE_UNKNOWN"]);
    assert_eq!(codes(&zone.appeal_about("AGENT", ActorRole::Enterprise, &parcel, "r9")), ["NOT_APPEALABLE"]);
    let filed = zone.appeal_about("AGENT", ActorRole::Enterprise, &parcel, "r1");
    assert_eq!((filed.verdict, codes(&filed)), (Verdict::Accepted, vec![]));
    assert_eq!(zone.last_appeal(&parcel).of, AppealOf::Return);
    zone.until("2026-04-10T09:00");
    let mut silent = zone.clone();
    let done = zone.allow("wu", &parcel, "RETURN_APPLIED_LATE");
    assert_eq!((done.verdict, codes(&done)), (Verdict::Accepted, vec!["RETURN_APPLIED_LATE"]));
    let told: Vec<_> = done.receipts.iter().map(|r| (r.shown.kind, r.shown.status)).collect();
    let returned = MessageKind::RefundReturn;
    assert_eq!(told, [(MessageKind::ListReturn, 800), (returned, 2), (returned, 120), (returned, 399)]);
    let state = zone.returned("r1");
    assert_eq!((state.status, state.applied_on, state.deadline), (399, day("2026-04-01"), day("2026-04-25")));
    // The 15 days after the decision, on both sides.
    let mut late = zone.clone();
    late.until("2026-04-26T00:00");
    assert_eq!((late.returned("r1").status, late.used(&parcel)), (100, 25_000));
    let number = zone.case(&parcel).bill.unwrap().ent_duty_no;
    zone.until("2026-04-25T23:59");
    assert!(zone.payment(&number).overdue, "the payment of the day was not made");
    assert_eq!(zone.arrives("r1", "2026-04-25").verdict, Verdict::Done);
    let case = zone.case(&parcel);
    assert_eq!((zone.used(&parcel), zone.guarantee().due, zone.stock().on_hand), (0, Fen(0), Quantity::whole(10)));
    assert_eq!((case.bill.unwrap().state, zone.payment(&number).amount), (3, Fen(0)));
    assert!(case.refused_returns.is_empty());
    // Silence, by the same clock as for the others.
    silent.until("2026-06-01T00:00");
    assert!(silent.last_appeal(&parcel).silent.is_some());
    assert_eq!(silent.allow("wu", &parcel, "RETURN_APPLIED_LATE").verdict, Verdict::Accepted, "late is still one");
}

#[test]
fn a_return_is_appealed_once_for_one_decision_and_what_a_ledger_says_stays() {
    let (mut zone, parcel) = applied_late();
    let invt_no = zone.case(&parcel).invt_no;
    // The same again, for the same reasons, is no new decision.
    let first = zone.case(&parcel).refused_returns[0].decided.clone();
    assert_eq!(codes(&zone.send(refund(&parcel, &invt_no, 2, "r1"))), ["RETURN_APPLIED_LATE"]);
    assert_eq!(zone.case(&parcel).refused_returns[0].decided, first);
    zone.appeal_about("AGENT", ActorRole::Enterprise, &parcel, "r1");
    assert_eq!(codes(&zone.allow("wu", &parcel, "RETURN_QUANTITY")), ["NOT_SET_ASIDE"]);
    let again = zone.allow("wu", &parcel, "");
    assert_eq!((again.verdict, codes(&again)), (Verdict::Refused, vec!["RETURN_APPLIED_LATE"]), "the same facts");
    // That is a new decision; who made it does not decide about it.
    assert_eq!(zone.appeal_about("me", ActorRole::Consumer, &parcel, "r1").verdict, Verdict::Accepted, "its buyer");
    assert_eq!(codes(&zone.allow("wu", &parcel, "RETURN_APPLIED_LATE")), ["FOUR_EYES"]);
    assert_eq!(zone.reject("he", &parcel).verdict, Verdict::Done);
    assert_eq!(codes(&zone.appeal_about("AGENT", ActorRole::Enterprise, &parcel, "r1")), ["APPEAL_ONCE"]);
    // Another application is another decision.
    assert_eq!(codes(&zone.send(refund(&parcel, &invt_no, 1, "r2"))), ["RETURN_APPLIED_LATE"]);
    assert_eq!(zone.appeal_about("AGENT", ActorRole::Enterprise, &parcel, "r2").verdict, Verdict::Accepted);
    zone.until("2026-04-02T00:00");
    let number = zone.last_appeal(&parcel).number;
    assert!(zone.allow("zhao", &parcel, "RETURN_APPLIED_LATE").receipts[0].shown.info.contains(&*number));
    assert_eq!(zone.case(&parcel).refused_returns.len(), 1, "r1 stays refused");
}

#[test]
fn goods_that_came_too_late_are_taken_back_on_appeal_also_after_the_tax_was_paid() {
    let mut zone = zone();
    let parcel = Parcel::new(1).bonded();
    zone.clear(&parcel);
    let invt_no = zone.case(&parcel).invt_no;
    zone.until("2026-03-31T09:00");
    zone.send(refund(&parcel, &invt_no, 1, "r1"));
    zone.until("2026-04-01T09:00");
    let number = zone.case(&parcel).bill.unwrap().ent_duty_no;
    zone.act(ActKind::Pay, CaseKey::default(), &number, "2026-04-10");
    zone.until("2026-04-15T20:00");
    assert_eq!(codes(&zone.arrives("r1", "2026-04-16")), ["RETURN_ARRIVED_LATE"]);
    assert_eq!((zone.returned("r1").came, zone.used(&parcel)), (Some(day("2026-04-16")), 25_000));
    zone.appeal_about("AGENT", ActorRole::Enterprise, &parcel, "r1");
    let by = zone.case(&parcel).refused_returns[0].decided.by.clone();
    assert_eq!(codes(&zone.allow(&by, &parcel, "RETURN_ARRIVED_LATE")), ["FOUR_EYES"], "who refused it");
    let done = zone.allow("wu", &parcel, "RETURN_ARRIVED_LATE");
    assert_eq!((done.verdict, zone.returned("r1").status), (Verdict::Done, 899), "the goods are there: it is done");
    let case = zone.case(&parcel);
    assert_eq!((zone.used(&parcel), zone.stock().on_hand), (12_500, Quantity::whole(9)));
    assert_eq!((case.bill.unwrap().total(), case.to_repay), (Fen(1_137), Fen(1_138)), "paid: it is paid back");
    assert_eq!(zone.payment(&number).amount, Fen(2_275));
}

#[test]
fn a_return_that_nobody_saw_may_come_after_all() {
    let (mut zone, parcel) = (zone(), Parcel::new(1).bonded());
    zone.clear(&parcel);
    let invt_no = zone.case(&parcel).invt_no;
    zone.send(refund(&parcel, &invt_no, 1, "r1"));
    zone.until("2026-04-16T00:00");
    assert_eq!(zone.returned("r1").status, 100);
    zone.appeal_about("AGENT", ActorRole::Enterprise, &parcel, "r1");
    let done = zone.allow("wu", &parcel, "RETURN_ARRIVED_LATE");
    assert_eq!((done.verdict, zone.returned("r1").deadline), (Verdict::Accepted, day("2026-05-01")));
    assert_eq!(zone.arrives("r1", "2026-05-01").verdict, Verdict::Done);
    assert_eq!(zone.used(&parcel), 12_500);
}

/// A list of 500.00, another of the same day; after the summary on day 31 where `summed`.
fn taxed(summed: bool, paid: bool) -> (Zone, Parcel, crate::pack::Text) {
    let mut zone = zone();
    let parcel = Parcel::new(1).bonded().priced(1, 500);
    for parcel in [&parcel, &Parcel::new(2).bonded().priced(1, 500)] {
        assert_eq!(zone.clear(parcel).verdict, Verdict::Released);
    }
    if summed {
        zone.until("2026-04-02T09:00");
    }
    let number = zone.case(&parcel).bill.unwrap().ent_duty_no;
    if paid {
        zone.act(ActKind::Pay, CaseKey::default(), &number, "2026-04-05");
        zone.until("2026-04-05T00:00");
    }
    (zone, parcel, number)
}

const TO_400: &str = "1:price=400.00 1:totalPrice=400.00";

#[test]
fn a_value_that_was_too_high_is_put_right_in_bill_guarantee_summary_and_allowance() {
    for (summed, paid) in [(false, false), (true, false), (true, true)] {
        let (mut zone, parcel, number) = taxed(summed, paid);
        let before = (zone.guarantee().due, zone.payment(&number).amount, zone.used(&parcel));
        let filed = zone.appeal("AGENT", ActorRole::Enterprise, &parcel);
        assert_eq!((filed.verdict, zone.last_appeal(&parcel).of), (Verdict::Accepted, AppealOf::Tax));
        assert_eq!(codes(&zone.clone().allow("wu", &parcel, "")), ["APPEAL_WORSE"], "the same values, the same tax");
        let done = zone.allow("wu", &parcel, TO_400);
        assert_eq!((done.verdict, codes(&done)), (Verdict::Done, vec!["CORRECTED_LINE", "CORRECTED_LINE"]));
        assert_eq!(done.receipts.iter().filter(|r| r.shown.kind == MessageKind::TaxBill).count(), 1, "816 anew");
        let (case, appeal) = (zone.case(&parcel), zone.last_appeal(&parcel));
        // 9.1 % of 100.00
        let less = Fen(910);
        assert_eq!((case.bill.as_ref().unwrap().total(), case.tax.unwrap().taxable), (Fen(3_640), Fen(40_000)));
        assert_eq!(zone.used(&parcel), before.2 - 10_000);
        let told = appeal.tax.unwrap();
        assert_eq!((told.before.total(), told.after.total(), appeal.end), (Fen(4_550), Fen(3_640), AppealEnd::Allowed));
        if paid {
            assert_eq!((case.to_repay, told.repaid, zone.guarantee().due), (less, less, Fen(0)));
            assert_eq!(zone.payment(&number).amount, before.1, "what was paid was paid");
        } else {
            assert_eq!((case.to_repay, zone.guarantee().due), (Fen(0), before.0.minus(less)));
            assert_eq!(zone.payment(&number).amount, if summed { before.1.minus(less) } else { Fen(0) });
        }
        // What comes back then comes back at the new tax; the next decision may be appealed, by its buyer too.
        assert_eq!(zone.appeal("me", ActorRole::Consumer, &parcel).verdict, Verdict::Accepted, "another decision");
        assert_eq!(codes(&zone.allow("wu", &parcel, TO_400)), ["FOUR_EYES"]);
        assert_eq!(zone.reject("he", &parcel).verdict, Verdict::Done);
        if !summed {
            let invt_no = zone.case(&parcel).invt_no;
            zone.send(refund(&parcel, &invt_no, 1, "r1"));
            assert_eq!(zone.arrives("r1", "2026-03-20").verdict, Verdict::Done);
            assert_eq!((zone.used(&parcel), zone.guarantee().due), (50_000, Fen(4_550)), "only the other parcel's");
        }
    }
}

#[test]
fn of_what_came_back_before_only_the_rest_is_put_right() {
    let mut zone = zone();
    let parcel = Parcel::new(1).bonded().priced(2, 500);
    zone.clear(&parcel);
    let invt_no = zone.case(&parcel).invt_no;
    zone.send(refund(&parcel, &invt_no, 1, "r1"));
    zone.arrives("r1", "2026-03-10");
    assert_eq!((zone.used(&parcel), zone.guarantee().due), (50_000, Fen(4_550)));
    zone.appeal("AGENT", ActorRole::Enterprise, &parcel);
    assert_eq!(zone.allow("wu", &parcel, "1:price=400.00 1:totalPrice=800.00").verdict, Verdict::Done);
    assert_eq!((zone.used(&parcel), zone.guarantee().due), (40_000, Fen(3_640)));
    assert_eq!(zone.case(&parcel).bill.unwrap().total(), Fen(3_640));
}

#[test]
fn who_appeals_about_tax_is_not_worse_off_and_a_refused_decision_changes_nothing() {
    let (mut zone, parcel, _) = taxed(false, false);
    zone.appeal("AGENT", ActorRole::Enterprise, &parcel);
    let before = (zone.case(&parcel), zone.facts.map.clone());
    for (values, code) in [
        ("1:price=600.00 1:totalPrice=600.00", "APPEAL_WORSE"),
        ("1:gname=milk", "APPEAL_VALUE"),
        ("gcode=1509300000", "APPEAL_VALUE"),
        ("1:gcode", "APPEAL_VALUE"),
        ("9:gcode=1509300000", "CORRECTION_FIELD"),
        ("1:totalPrice=x", "VALUE_FORM"),
    ] {
        assert_eq!(codes(&zone.allow("wu", &parcel, values)), [code], "{values}");
        assert_eq!((zone.case(&parcel), zone.facts.map.clone()), before, "{values}");
    }
    // A heading that no list has is no heading for it.
    let found = codes(&zone.allow("wu", &parcel, "1:gcode=9999999999"));
    assert!(!found.is_empty() && zone.case(&parcel) == before.0, "{found:?}");
}

#[test]
fn a_correction_takes_the_place_of_the_tax_that_is_appealed_against_and_leaving_does_not() {
    let (mut zone, parcel, _) = taxed(false, false);
    zone.appeal("AGENT", ActorRole::Enterprise, &parcel);
    zone.act(ActKind::Out, parcel.key(), "", "");
    assert_eq!(zone.last_appeal(&parcel).end, AppealEnd::Open);
    let mut back = zone.clone();
    back.act(ActKind::SendBack, parcel.key(), "", "");
    assert_eq!(back.last_appeal(&parcel).end, AppealEnd::Overtaken, "it owes nothing any more");
    assert!(back.facts.dues.iter().all(|d| d.1 != u32::from(DueKind::AppealSilent.number())));
}

/// Until 2024-11-30 who disputes tax pays it first (Customs Law 64).
#[test]
fn tax_is_paid_before_the_appeal_until_the_tariff_law() {
    for (today, unpaid) in [("2024-11-30T23:59", true), ("2024-12-01T00:00", false)] {
        let mut zone = Zone::new("2024-11-20T14:00");
        let parcel = Parcel::new(1).bonded().priced(1, 500).at(zone.now);
        assert_eq!(zone.clear(&parcel).verdict, Verdict::Released);
        zone.until(today);
        let found = zone.appeal("AGENT", ActorRole::Enterprise, &parcel);
        assert_eq!(codes(&found), if unpaid { vec!["APPEAL_UNPAID"] } else { vec![] }, "{today}");
    }
}

/// 60 days from release, lengthened to a working day.
#[test]
fn both_sides_of_the_clock_of_tax() {
    for (today, filed) in [("2026-04-30T23:59", true), ("2026-05-06T23:59", false)] {
        let (mut zone, parcel, _) = taxed(false, false);
        zone.until(today);
        let found = zone.appeal("AGENT", ActorRole::Enterprise, &parcel);
        assert_eq!(codes(&found), if filed { vec![] } else { vec!["APPEAL_LATE"] }, "{today}");
    }
}

#[test]
fn a_surcharge_goes_back_with_the_tax_that_it_was_reckoned_from() {
    // The last day, then 1, 2 and 10 days late at 0.05 % a day of the 9.10 that were too much.
    for (paid_on, borne) in [("2026-04-15", 0), ("2026-04-16", 0), ("2026-04-17", 1), ("2026-04-25", 5)] {
        let (mut zone, parcel, number) = taxed(true, false);
        zone.until(&format!("{paid_on}T09:00"));
        zone.act(ActKind::Pay, CaseKey::default(), &number, paid_on);
        zone.until(&format!("{paid_on}T10:00"));
        zone.appeal("AGENT", ActorRole::Enterprise, &parcel);
        assert_eq!(zone.allow("wu", &parcel, TO_400).verdict, Verdict::Done, "{paid_on}");
        let told = zone.last_appeal(&parcel).tax.unwrap();
        assert_eq!((told.surcharge, told.repaid), (Fen(borne), Fen(910 + borne)), "{paid_on}");
        assert_eq!(zone.case(&parcel).to_repay, told.repaid, "{paid_on}");
    }
}
