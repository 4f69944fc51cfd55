//! Exchange (换货): which two parcels may be linked, and that nothing follows from it.

use super::*;
use crate::record::Exchanged;

impl Zone {
    fn exchange(&mut self, who: &str, case: CaseKey, order: &str) -> Outcome {
        let by = Actor { id: who.into(), role: ActorRole::Enterprise };
        let act = Act { by, kind: ActKind::Exchange, case, number: order.into(), ..Act::default() };
        self.run(Command::Act(act)).outcomes.remove(0)
    }

    fn order(&mut self, parcel: &Parcel) {
        assert_eq!(self.send(Document::Order(parcel.order.clone())).verdict, Verdict::Accepted);
    }
}

/// Parcel 1 is released and its return is applied for.
fn returning() -> (Zone, Parcel) {
    let mut zone = Zone::new("2026-03-01T14:00");
    let parcel = Parcel::new(1).bonded();
    assert_eq!(zone.clear(&parcel).verdict, Verdict::Released);
    zone.until("2026-03-05T10:00");
    let invt_no = zone.case(&parcel).invt_no;
    assert_eq!(zone.send(refund(&parcel, &invt_no, 2, "r1")).verdict, Verdict::Accepted);
    (zone, parcel)
}

#[test]
fn the_two_are_linked_once_and_only_where_they_are_one_exchange() {
    type Before = fn(&mut Zone, &mut Parcel);
    let rows: [(&str, &str, Before, &str, &[&str]); 9] = [
        ("the order of the same buyer that came after the release", "AGENT", |_, _| {}, "EB2", &[]),
        ("the platform says so", "PLATFORM", |_, _| {}, "EB2", &[]),
        ("a stranger", "OTHER", |_, _| {}, "EB2", &["CASE_UNKNOWN"]),
        ("an order that is not there", "AGENT", |_, _| {}, "EB9", &["EXCHANGE_ORDER"]),
        ("the parcel itself", "AGENT", |_, _| {}, "EB1", &["EXCHANGE_ORDER"]),
        ("another buyer", "AGENT", |_, new| new.order.buyer.id = who("another"), "EB2", &["EXCHANGE_BUYER"]),
        (
            "the replacement's list was cancelled",
            "AGENT",
            |zone, new| {
                zone.send(Document::List(new.list.clone()));
                let key = Key::Case(new.key());
                let mut case: Case = crate::key::read(&zone.facts, &key).unwrap();
                case.status = crate::record::status::CANCELLED;
                zone.facts.map.insert(key.bytes(), case.pack());
            },
            "EB2",
            &["EXCHANGE_ORDER"],
        ),
        (
            "an earlier replacement",
            "AGENT",
            |zone, _| {
                let other = Parcel::new(3);
                zone.order(&other);
                let key = CaseKey { ebc: "SELLER".into(), order_no: "EB1".into() };
                assert_eq!(zone.exchange("AGENT", key, "EB3").verdict, Verdict::Done);
            },
            "EB2",
            &["EXCHANGE_ONCE"],
        ),
        (
            "the return did not come in time",
            "AGENT",
            |zone, _| zone.until("2026-05-01T00:00"),
            "EB2",
            &["EXCHANGE_NO_RETURN"],
        ),
    ];
    for (what, by, before, order, expected) in rows {
        let (mut zone, old) = returning();
        let mut new = Parcel::new(2).bonded();
        before(&mut zone, &mut new);
        zone.send(Document::Order(new.order.clone()));
        let outcome = zone.exchange(by, old.key(), order);
        assert_eq!(codes(&outcome), expected, "{what}");
        let linked = zone.case(&old).exchanged.map(|link| link.other);
        match expected {
            [] => assert_eq!(linked, Some(new.key()), "{what}"),
            _ => assert!(outcome.effects.is_empty() && linked != Some(new.key()), "{what}"),
        }
    }
}

#[test]
fn a_replacement_is_ordered_after_the_release_and_not_before() {
    for (ordered, expected) in [
        ("2026-03-01T13:59:59.999", &["EXCHANGE_EARLIER"][..]),
        ("2026-03-01T14:00", &[]),
        ("2026-03-01T14:00:01", &[]),
    ] {
        let mut zone = Zone::new("2026-03-01T13:00");
        let (old, new) = (Parcel::new(1).bonded(), Parcel::new(2).bonded());
        if ordered < "2026-03-01T14:00" {
            zone.until(ordered);
            zone.order(&new);
        }
        zone.until("2026-03-01T14:00");
        assert_eq!(zone.clear(&old).verdict, Verdict::Released);
        if ordered >= "2026-03-01T14:00" {
            zone.until(ordered);
            zone.order(&new);
        }
        let invt_no = zone.case(&old).invt_no;
        assert_eq!(codes(&zone.exchange("AGENT", old.key(), "EB2")), ["EXCHANGE_NO_RETURN"], "not applied for yet");
        zone.send(refund(&old, &invt_no, 1, "r1"));
        assert_eq!(codes(&zone.exchange("AGENT", old.key(), "EB2")), expected, "{ordered}");
    }
    let mut zone = Zone::new("2026-03-01T14:00");
    let waiting = Parcel::new(1);
    zone.send(Document::List(waiting.list.clone()));
    assert_eq!(codes(&zone.exchange("AGENT", waiting.key(), "EB2")), ["ACT_NOT_POSSIBLE"], "not released");
}

#[test]
fn a_link_changes_no_sum_and_a_replacement_may_be_exchanged_again() {
    let (mut zone, old) = returning();
    let new = Parcel::new(2).bonded().at(zone.now);
    assert_eq!(zone.clear(&new).verdict, Verdict::Released);
    // The replacement was sent before the return arrived: both are used until it does (rules 5.1).
    let both = zone.used(&old);
    assert_eq!(both, 50_000);
    let sums = |zone: &Zone| (zone.used(&old), zone.guarantee(), zone.stock(), zone.case(&new));
    let before = sums(&zone);
    assert_eq!(zone.exchange("AGENT", old.key(), "EB2").verdict, Verdict::Done);
    assert_eq!(sums(&zone), before, "the link decides nothing");
    let link: Exchanged = crate::key::read(&zone.facts, &Key::Replaces(new.key())).unwrap();
    assert_eq!(link.other, old.key());

    zone.act(ActKind::Arrive, CaseKey { ebc: "AGENT".into(), order_no: "".into() }, "r1", "2026-03-20");
    assert_eq!(zone.used(&new), both / 2, "the return restores");

    let third = Parcel::new(3).bonded();
    zone.order(&third);
    let invt_no = zone.case(&new).invt_no;
    assert_eq!(zone.send(refund(&new, &invt_no, 2, "r2")).verdict, Verdict::Accepted);
    assert_eq!(zone.exchange("AGENT", new.key(), "EB3").verdict, Verdict::Done);
    let fourth = Parcel::new(4).bonded().at(zone.now);
    assert_eq!(zone.clear(&fourth).verdict, Verdict::Released);
    let invt_no = zone.case(&fourth).invt_no;
    zone.send(refund(&fourth, &invt_no, 2, "r3"));
    let taken = zone.exchange("AGENT", fourth.key(), "EB3");
    assert_eq!(codes(&taken), ["EXCHANGE_ONCE"], "an order replaces one parcel");
}
