//! Appeals about parcels that were ordered back after their release.

use super::after::TAX;
use super::*;
use crate::record::{CaseRef, Payments, Taken, TaxPayment};

impl Zone {
    fn orders_back(&mut self, parcel: &Parcel) -> Outcome {
        self.act_by("lin", ActorRole::Officer, ActKind::SendBack, parcel, "")
    }

    fn payment_of(&self, parcel: &Parcel) -> TaxPayment {
        let number = self.case(parcel).bill.unwrap().ent_duty_no;
        crate::key::read(&self.facts, &Key::TaxPayment(number)).unwrap_or_default()
    }
}

/// Two pieces at 125.00, released on 2026-03-01 and ordered back at `when`.
fn ordered_back(when: &str) -> (Zone, Parcel) {
    let mut zone = zone();
    let parcel = Parcel::new(1).bonded();
    assert_eq!(zone.clear(&parcel).verdict, Verdict::Released);
    zone.until(when);
    assert_eq!(zone.orders_back(&parcel).verdict, Verdict::Done);
    assert_eq!((zone.case(&parcel).status, zone.used(&parcel), zone.guarantee().due), (700, 0, Fen(0)));
    (zone, parcel)
}

#[test]
fn an_order_to_send_back_after_release_is_void_and_everything_follows() {
    let (mut zone, parcel) = ordered_back("2026-03-05T09:00");
    assert_eq!(codes(&zone.appeal("OTHER", ActorRole::Enterprise, &parcel)), ["CASE_UNKNOWN"]);
    let filed = zone.appeal("SELLER", ActorRole::Enterprise, &parcel);
    assert_eq!((filed.verdict, zone.last_appeal(&parcel).of), (Verdict::Accepted, AppealOf::SentBack));
    assert_eq!(codes(&zone.appeal("me", ActorRole::Consumer, &parcel)), ["APPEAL_ONCE"]);
    assert_eq!(codes(&zone.allow("lin", &parcel, "")), ["FOUR_EYES"], "who ordered it");
    zone.until("2026-03-20T09:00");
    let (mut silent, mut lost) = (zone.clone(), zone.clone());
    let stock = zone.stock();
    let done = zone.allow("wu", &parcel, "");
    assert_eq!((done.verdict, codes(&done)), (Verdict::Released, vec![]));
    let told: Vec<_> = done.receipts.iter().map(|r| (r.shown.kind, r.shown.status)).collect();
    assert_eq!(told, [(MessageKind::ListReturn, 800), (MessageKind::TaxBill, 1)]);
    let case = zone.case(&parcel);
    assert_eq!((case.status, zone.used(&parcel), zone.guarantee().due), (800, 25_000, TAX));
    assert_eq!(zone.stock(), stock, "it had kept what it took");
    let waybill = Pair { code: case.waybill_code.clone(), number: case.waybill_no.clone() };
    let used: Option<CaseRef> = crate::key::read(&zone.facts, &Key::WaybillUse(waybill));
    assert_eq!(used.map(|used| used.case), Some(parcel.key()), "no other list takes its waybill");
    // Summed up and paid like any other of its day.
    zone.until("2026-04-01T09:00");
    assert_eq!((zone.case(&parcel).bill.unwrap().state, zone.payment_of(&parcel).amount), (2, TAX));
    let number = zone.case(&parcel).bill.unwrap().ent_duty_no;
    zone.act(ActKind::Pay, CaseKey::default(), &number, "2026-04-02");
    assert!(zone.case(&parcel).bill.unwrap().paid && zone.guarantee().due == Fen(0));
    // The tax is a decision again, to be appealed in its turn.
    assert_eq!(zone.appeal("AGENT", ActorRole::Enterprise, &parcel).verdict, Verdict::Accepted);
    assert_eq!(zone.last_appeal(&parcel).of, AppealOf::Tax);

    // Upheld, nothing changes, and it is not heard twice.
    assert_eq!(lost.reject("wu", &parcel).verdict, Verdict::Done);
    assert_eq!((lost.case(&parcel).status, lost.used(&parcel)), (700, 0));
    assert_eq!(codes(&lost.appeal("AGENT", ActorRole::Enterprise, &parcel)), ["APPEAL_ONCE"]);
    // Silence, by the same clock as for the others; a late decision is still one.
    silent.until("2026-05-05T00:00");
    assert!(silent.last_appeal(&parcel).silent.is_some() && silent.case(&parcel).status == 700);
    assert_eq!(silent.allow("wu", &parcel, "").verdict, Verdict::Released);
}

#[test]
fn the_bill_finds_its_payment_whenever_the_order_falls() {
    // Ordered back before the bills of its day are summed up, or after; put right before the last day, or after.
    for (back, right, last) in [
        ("2026-03-05T09:00", "2026-04-02T09:00", "2026-04-17"),
        ("2026-04-02T09:00", "2026-04-10T09:00", "2026-04-15"),
        ("2026-04-02T09:00", "2026-04-15T09:00", "2026-04-15"),
        ("2026-04-02T09:00", "2026-04-16T09:00", "2026-05-01"),
    ] {
        let (mut zone, parcel) = ordered_back(back);
        zone.appeal("AGENT", ActorRole::Enterprise, &parcel);
        zone.until(right);
        assert_eq!(zone.allow("wu", &parcel, "").verdict, Verdict::Released, "{back} {right}");
        let bill = zone.case(&parcel).bill.unwrap();
        if bill.state == 1 {
            // All of its day were void, so there was no payment: it goes with the releases of today.
            zone.until("2026-05-03T09:00");
            assert_eq!((zone.case(&parcel).bill.unwrap().state, zone.payment_of(&parcel).amount), (2, TAX), "{right}");
            continue;
        }
        let payment = zone.payment_of(&parcel);
        assert_eq!((bill.state, payment.amount, payment.bills), (2, TAX, 1), "{right}");
        let last = zone.policy.working_day_from(day(last));
        assert_eq!(payment.due_on, last, "{right}");
        zone.until(&format!("{last}T23:59"));
        assert!(!zone.payment_of(&parcel).overdue, "{right}");
        zone.until(&format!("{}T00:00", last.plus(1)));
        assert!(zone.payment_of(&parcel).overdue, "{right}: it is owed like any other");
        zone.act(ActKind::Pay, CaseKey::default(), &bill.ent_duty_no, "");
        assert!(zone.case(&parcel).bill.unwrap().paid && zone.guarantee().due == Fen(0), "{right}");
    }
}

#[test]
fn a_bill_whose_payment_was_made_without_it_goes_with_the_releases_of_today() {
    let mut zone = zone();
    let parcels = [1, 2, 3].map(|n| Parcel::new(n).bonded());
    for parcel in &parcels {
        zone.clear(parcel);
    }
    let [first, middle, last] = &parcels;
    zone.orders_back(middle);
    zone.until("2026-04-01T09:00");
    let number = zone.case(first).bill.unwrap().ent_duty_no;
    assert_eq!(zone.payment_of(first).bills, 2);
    zone.act(ActKind::Pay, CaseKey::default(), &number, "2026-04-02");
    zone.until("2026-04-02T10:00");
    let other = Parcel::new(4).bonded().at(zone.now);
    assert_eq!(zone.clear(&other).verdict, Verdict::Released);
    zone.appeal("AGENT", ActorRole::Enterprise, middle);
    assert_eq!(zone.allow("wu", middle, "").verdict, Verdict::Released);
    let bill = zone.case(middle).bill.unwrap();
    assert_eq!((bill.state, bill.grouped_on, bill.previous), (1, Some(day("2026-04-02")), Some(other.key())));
    // Ordered back and put right once more, before its second day comes: it stays where it is.
    assert_eq!(zone.act_by("zhao", ActorRole::Officer, ActKind::SendBack, middle, "").verdict, Verdict::Done);
    zone.appeal("AGENT", ActorRole::Enterprise, middle);
    assert_eq!(zone.allow("he", middle, "").verdict, Verdict::Released);
    assert_eq!(zone.case(middle).bill.unwrap().previous, Some(other.key()));
    zone.until("2026-05-03T09:00");
    let payment = zone.payment_of(middle);
    assert_eq!((payment.amount, payment.bills), (Fen(TAX.0 * 2), 2));
    zone.act(ActKind::Pay, CaseKey::default(), &zone.case(middle).bill.unwrap().ent_duty_no, "");
    zone.until("2026-05-03T10:00");
    for parcel in [first, middle, last, &other] {
        assert!(zone.case(parcel).bill.unwrap().paid);
    }
    assert_eq!(zone.guarantee().due, Fen(0));
}

#[test]
fn what_has_no_room_now_is_told_and_the_appeal_stays_open() {
    let (mut zone, parcel) = ordered_back("2026-03-05T09:00");
    zone.appeal("AGENT", ActorRole::Enterprise, &parcel);
    let open = |zone: &Zone| zone.last_appeal(&parcel).end == AppealEnd::Open && zone.case(&parcel).status == 700;
    // Its waybill, or its payment, is another list's by now.
    let other = Parcel::new(2).bonded().at(zone.now);
    let case = zone.case(&parcel);
    let waybill = Key::WaybillUse(Pair { code: case.waybill_code, number: case.waybill_no });
    let of = Key::PaymentsOf(Pair { code: parcel.list.ebp_code.clone(), number: parcel.list.order_no.clone() });
    let mut payments: Payments = crate::key::read(&zone.facts, &of).unwrap();
    payments.taken.push(Taken { payment: payments.keys[0].clone(), case: other.key() });
    let taken = CaseRef { case: other.key() };
    for (key, value, code) in [(waybill, taken.pack(), "WAYBILL_USED"), (of, payments.pack(), "PAYMENT_USED")] {
        let mut used = zone.clone();
        used.clear(&other);
        used.facts.map.insert(key.bytes().to_vec(), value);
        assert_eq!(codes(&used.allow("wu", &parcel, "")), [code]);
        assert!(open(&used), "{code}");
    }
    // The guarantee is smaller.
    let mut poor = zone.clone();
    let row = poor.guarantee().row;
    poor.register(RegisterKind::Guarantees, &[GuaranteeRow { limit: Fen(TAX.0 - 1), ..row.clone() }]);
    assert_eq!(codes(&poor.allow("wu", &parcel, "")), ["GUARANTEE_INSUFFICIENT"]);
    assert!(open(&poor) && poor.used(&parcel) == 0);
    poor.register(RegisterKind::Guarantees, &[GuaranteeRow { limit: TAX, ..row.clone() }]);
    assert_eq!(poor.allow("wu", &parcel, "").verdict, Verdict::Released, "just enough");
    // Over: it is not in force any more.
    let mut over = zone.clone();
    over.register(RegisterKind::Guarantees, &[GuaranteeRow { until: Some(day("2026-03-04")), ..row }]);
    assert_eq!(codes(&over.allow("wu", &parcel, "")), ["GUARANTEE_MISSING"]);
    // The year was used otherwise meanwhile: 25,750.01 of 26,000 leave no room for 250.
    for (taken, verdict) in [(2_575_000, Verdict::Released), (2_575_001, Verdict::Refused)] {
        let mut full = zone.clone();
        let at = Key::Allowance(full.case(&parcel).allowance.unwrap());
        full.facts.map.insert(at.bytes().to_vec(), crate::record::Counter { used: taken }.pack());
        let done = full.allow("wu", &parcel, "");
        assert_eq!(done.verdict, verdict, "{taken}: {:?}", codes(&done));
        assert_eq!(verdict == Verdict::Refused, codes(&done) == ["OVER_ANNUAL_LIMIT"]);
    }
}

#[test]
fn what_came_back_before_the_order_is_not_taxed_again() {
    let mut zone = zone();
    let parcel = Parcel::new(1).bonded();
    zone.clear(&parcel);
    let invt_no = zone.case(&parcel).invt_no;
    zone.send(refund(&parcel, &invt_no, 1, "r1"));
    zone.act(ActKind::Arrive, CaseKey { ebc: "AGENT".into(), order_no: "".into() }, "r1", "2026-03-02");
    let before = (zone.used(&parcel), zone.guarantee().due, zone.case(&parcel).bill.unwrap().total());
    zone.orders_back(&parcel);
    zone.appeal("AGENT", ActorRole::Enterprise, &parcel);
    assert_eq!(zone.allow("wu", &parcel, "").verdict, Verdict::Released);
    assert_eq!((zone.used(&parcel), zone.guarantee().due, zone.case(&parcel).bill.unwrap().total()), before);
    assert_eq!(before.0, 12_500);
}

#[test]
fn a_policy_without_the_row_hears_no_such_appeal() {
    let (mut zone, parcel) = ordered_back("2026-03-05T09:00");
    let files: Vec<(&str, String)> = crate::policy::SAMPLE
        .iter()
        .map(|(name, text)| {
            (*name, text.replace("\"appeal.sent_back_late\"\nvalue = 1", "\"appeal.sent_back_late\"\nvalue = 0"))
        })
        .collect();
    zone.policy = Policy::load(&files).unwrap().into();
    assert_eq!(codes(&zone.appeal("AGENT", ActorRole::Enterprise, &parcel)), ["NOT_APPEALABLE"]);
}
