//! Rules 2, 2.1, 2.2: the three documents, in every order of arrival, changed, deleted, repeated, named twice.

use super::*;

fn send(zone: &mut Zone, parcel: &Parcel, which: &[usize]) -> Vec<Outcome> {
    let documents = parcel.documents();
    which.iter().map(|n| zone.send(documents[*n].clone())).collect()
}

const ORDER: usize = 0;
const PAYMENT: usize = 1;
const WAYBILL: usize = 2;
const LIST: usize = 3;

#[test]
fn a_list_waits_until_the_last_instant_of_its_day() {
    let mut zone = Zone::new("2026-03-01T14:00");
    let mut parcel = Parcel::new(1).bonded().priced(11, 500);
    parcel.list.address = who("elsewhere");
    send(&mut zone, &parcel, &[LIST, ORDER, WAYBILL]);
    assert_eq!(zone.case(&parcel).status, 2);
    let mut in_time = zone.clone();
    in_time.until("2026-03-02T13:59:59.999");
    assert_eq!(in_time.case(&parcel).status, 2);
    let entries = zone.revision;
    zone.until("2026-03-02T14:00");
    assert_eq!((zone.case(&parcel).status, zone.revision), (100, entries + 1));
}

#[test]
fn the_end_of_the_wait_names_all_failed_rules_in_one_receipt() {
    let mut zone = Zone::new("2026-03-01T14:00");
    let mut parcel = Parcel::new(1).bonded().priced(11, 500);
    parcel.list.address = who("elsewhere");
    send(&mut zone, &parcel, &[LIST, ORDER, WAYBILL]);
    let (at, kind, key) = zone.facts.dues.first().cloned().unwrap();
    zone.now = at;
    let kind = DueKind::from_number(kind as u16).unwrap();
    let over = zone.run(Command::Due(DueNow { kind, key: key.into(), at })).outcomes.remove(0);
    let found = codes(&over);
    for code in ["UNPAID", "OVER_SINGLE_LIMIT", "STOCK_SHORT", "ADDRESS_DIFFERS", "WAIT_OVER"] {
        assert!(found.contains(&code), "{code} is not among {found:?}");
    }
    assert_eq!(found[0], "UNPAID", "the order of reasons");
    assert_eq!((over.receipts.len(), over.receipts[0].shown.status), (1, 100));
}

#[test]
fn m1_an_order_cannot_be_changed_or_deleted_while_a_list_waits_for_the_rest() {
    let mut zone = Zone::new("2026-03-01T14:00");
    let parcel = Parcel::new(1);
    send(&mut zone, &parcel, &[ORDER, LIST]);
    assert_eq!(zone.case(&parcel).status, 2);
    let mut cheaper = parcel.order.clone();
    cheaper.goods_value = Fen(1);
    cheaper.lines[0].total = Fen(1);
    for (order, action) in [(&cheaper, Action::Change), (&parcel.order, Action::Delete)] {
        let outcome = zone.send(again(Document::Order(order.clone()), "o1b", action));
        assert_eq!((codes(&outcome), outcome.receipts[0].shown.status), (vec!["ORDER_REFERRED"], -301011));
    }
    send(&mut zone, &parcel, &[PAYMENT, WAYBILL]);
    assert_eq!(zone.case(&parcel).status, 800);
    // After a refusal the order is free again.
    let mut zone = Zone::new("2026-03-01T14:00");
    let mut bad = parcel.clone();
    bad.list.currency = "502".into();
    zone.clear(&bad);
    let outcome = zone.send(again(Document::Order(parcel.order.clone()), "o1c", Action::Delete));
    assert_eq!(outcome.verdict, Verdict::Accepted);
    assert_eq!(zone.send(Document::List(parcel.list.clone())).verdict, Verdict::Waiting);
}

#[test]
fn a_deletion_sent_again_gets_the_first_answer() {
    let mut zone = Zone::new("2026-03-01T14:00");
    let parcel = Parcel::new(1);
    send(&mut zone, &parcel, &[ORDER, PAYMENT, WAYBILL]);
    for document in &parcel.documents()[..3] {
        let delete = again(document.clone(), "gone", Action::Delete);
        assert_eq!(zone.send(delete.clone()).verdict, Verdict::Accepted);
        let repeat = zone.send(delete);
        assert_eq!(repeat.verdict, Verdict::Repeated, "{}: {:?}", document.kind(), codes(&repeat));
        assert_eq!(zone.send(document.clone()).verdict, Verdict::Accepted, "and it may be sent anew");
    }
}

#[test]
fn m2_a_waybill_number_rests_for_six_months() {
    for (first, second, reason) in [
        ("2026-03-01", "2026-08-31", "WAYBILL_REUSED"),
        ("2026-03-01", "2026-09-01", ""),
        ("2025-08-31", "2026-02-27", "WAYBILL_REUSED"),
        ("2025-08-31", "2026-02-28", ""),
        ("2023-08-31", "2024-02-28", "WAYBILL_REUSED"),
        ("2023-08-31", "2024-02-29", ""),
    ] {
        let mut zone = Zone::new(&format!("{first}T14:00"));
        let parcel = Parcel::new(1).at(zone.now);
        assert_eq!(zone.clear(&parcel).verdict, Verdict::Released, "{first}");
        zone.now = Moment::parse(&format!("{second}T14:00")).unwrap();
        let mut other = Parcel::new(2).at(zone.now);
        other.waybill.number = parcel.waybill.number.clone();
        other.list.logistics_no = parcel.waybill.number.clone();
        let outcome = zone.send(Document::Waybill(other.waybill.clone()));
        assert_eq!(codes(&outcome).contains(&"WAYBILL_REUSED"), !reason.is_empty(), "{first} {second}");
        let outcome = zone.clear(&other);
        let expected = if reason.is_empty() { Verdict::Released } else { Verdict::Refused };
        assert_eq!(outcome.verdict, expected, "{first} {second}: {:?}", codes(&outcome));
    }
}

#[test]
fn m2_of_two_lists_in_one_message_with_one_waybill_the_first_has_it() {
    let mut zone = Zone::new("2026-03-01T14:00");
    let (first, mut second) = (Parcel::new(1), Parcel::new(2));
    second.list.logistics_no = first.waybill.number.clone();
    send(&mut zone, &first, &[ORDER, PAYMENT, WAYBILL]);
    send(&mut zone, &second, &[ORDER, PAYMENT, WAYBILL]);
    let outcomes = zone.send_together(&[Document::List(first.list.clone()), Document::List(second.list.clone())]);
    assert_eq!(outcomes[0].verdict, Verdict::Released);
    assert_eq!(codes(&outcomes[1]), ["WAYBILL_USED"]);
}

#[test]
fn m2_everybody_who_waits_for_a_waybill_is_woken_by_it() {
    let mut zone = Zone::new("2026-03-01T14:00");
    let (first, mut second) = (Parcel::new(1), Parcel::new(2));
    second.list.logistics_no = first.waybill.number.clone();
    send(&mut zone, &first, &[ORDER, PAYMENT, LIST]);
    send(&mut zone, &second, &[LIST]);
    assert_eq!((zone.case(&first).status, zone.case(&second).status), (2, 2));
    send(&mut zone, &first, &[WAYBILL]);
    assert_eq!((zone.case(&first).status, zone.case(&second).status), (800, 2), "the stranger takes nothing away");
    let outcome = send(&mut zone, &second, &[ORDER, PAYMENT]).remove(1);
    assert!(codes(&outcome).contains(&"WAYBILL_USED"), "{:?}", codes(&outcome));
    // A crowd of strangers is bounded.
    let mut zone = Zone::new("2026-03-01T14:00");
    for n in 10..60 {
        let mut stranger = Parcel::new(n);
        stranger.list.logistics_no = first.waybill.number.clone();
        send(&mut zone, &stranger, &[LIST]);
    }
    send(&mut zone, &first, &[ORDER, PAYMENT, LIST]);
    let longest = zone.facts.map.values().map(Vec::len).max().unwrap();
    assert!(longest < 2_000, "{longest}");
    zone.until("2026-03-02T14:00");
    assert_eq!(zone.facts.map.keys().filter(|k| matches!(Key::unpack(k), Ok(Key::AwaitWaybill(_)))).count(), 0);
}

#[test]
fn m3_the_payment_that_the_order_names_is_waited_for_and_counts() {
    let mut zone = Zone::new("2026-03-01T14:00");
    let mut parcel = Parcel::new(1);
    (parcel.order.pay_code, parcel.order.pay_transaction) = ("PAYER".into(), "PT1".into());
    let mut other = parcel.payment.clone();
    other.transaction = "PT9".into();
    zone.send(Document::Payment(other));
    send(&mut zone, &parcel, &[ORDER, WAYBILL, LIST]);
    assert_eq!(zone.case(&parcel).status, 2, "another payment is not the one");
    let mut late = zone.clone();
    send(&mut zone, &parcel, &[PAYMENT]);
    assert_eq!(zone.case(&parcel).status, 800, "exactly one payment has the key");
    let (at, kind, key) = late.facts.dues.first().cloned().unwrap();
    late.now = at;
    let kind = DueKind::from_number(kind as u16).unwrap();
    let over = late.run(Command::Due(DueNow { kind, key: key.into(), at })).outcomes.remove(0);
    assert_eq!(codes(&over)[0], "UNPAID");
    assert!(codes(&over).contains(&"PAYMENT_REFERENCE"));
}

#[test]
fn m3_one_payment_does_not_pay_for_two_orders() {
    // By a change: the same transaction first named order 1, then order 2.
    let mut zone = Zone::new("2026-03-01T14:00");
    let (first, second) = (Parcel::new(1), Parcel::new(2));
    send(&mut zone, &first, &[ORDER, PAYMENT, WAYBILL]);
    let mut moved = first.payment.clone();
    moved.order_no = second.order.number.clone();
    let moved = again(Document::Payment(moved), "p1b", Action::Change);
    assert_eq!(zone.send(moved.clone()).verdict, Verdict::Accepted);
    send(&mut zone, &second, &[ORDER, WAYBILL, LIST]);
    assert_eq!(zone.case(&second).status, 800, "it pays for the second");
    send(&mut zone, &first, &[LIST]);
    assert_eq!(zone.case(&first).status, 2, "and the first is unpaid");
    // It cannot move back: a matched list stands on it.
    let back = again(Document::Payment(first.payment.clone()), "p1c", Action::Change);
    assert_eq!(codes(&zone.send(back)), ["REFERRED_DOCUMENT"]);
    let gone = again(Document::Payment(first.payment.clone()), "p1d", Action::Delete);
    assert_eq!(codes(&zone.send(gone)), ["REFERRED_DOCUMENT"]);
    // By the same order number of two sellers on one platform.
    let mut zone = Zone::new("2026-03-01T14:00");
    let mut seller: Party = crate::key::read(&zone.facts, &Key::Party("SELLER".into())).unwrap();
    seller.code = "SELLER2".into();
    zone.register(RegisterKind::Parties, &[seller]);
    let (first, mut second) = (Parcel::new(1), Parcel::new(2));
    (second.order.number, second.list.order_no) = ("EB1".into(), "EB1".into());
    (second.order.ebc_code, second.list.ebc_code) = ("SELLER2".into(), "SELLER2".into());
    assert_eq!(zone.clear(&first).verdict, Verdict::Released);
    send(&mut zone, &second, &[ORDER, WAYBILL]);
    assert_eq!(codes(&send(&mut zone, &second, &[LIST])[0]), ["PAYMENT_USED"]);
}

#[test]
fn m3_a_cancelled_list_gives_its_payment_back() {
    let mut zone = Zone::new("2026-03-01T14:00");
    let mut parcel = Parcel::new(1);
    parcel.list.lines[0].country = "199".into(); // a person looks at it
    assert_eq!(zone.clear(&parcel).verdict, Verdict::Review);
    let change = |zone: &mut Zone, guid: &str| {
        let mut payment = parcel.payment.clone();
        payment.payer.telephone = who(guid);
        zone.send(again(Document::Payment(payment), guid, Action::Change))
    };
    assert_eq!(codes(&change(&mut zone, "p1b")), ["REFERRED_DOCUMENT"]);
    let invt_no = zone.case(&parcel).invt_no;
    assert_eq!(zone.send(cancel(&parcel, &invt_no, "c1")).verdict, Verdict::Done);
    assert_eq!(change(&mut zone, "p1c").verdict, Verdict::Accepted);
}

#[test]
fn m13_weights_may_differ_by_fifty_grams_or_three_per_cent() {
    for (list, waybill, differs) in [
        ("1.6", "1.65", false),
        ("1.6", "1.65001", true),
        ("10", "9.7", false),
        ("10", "9.69999", true),
        ("9.7", "10", false),
        ("9.69999", "10", true),
    ] {
        let mut zone = Zone::new("2026-03-01T14:00");
        let mut parcel = Parcel::new(1);
        parcel.list.gross_weight = Quantity::parse(list).unwrap();
        parcel.waybill.weight = Quantity::parse(waybill).unwrap();
        let outcome = zone.clear(&parcel);
        assert_eq!(outcome.verdict, Verdict::Released, "it only scores");
        assert_eq!(codes(&outcome), if differs { vec!["WEIGHT_DIFFERS"] } else { vec![] }, "{list} {waybill}");
        assert_eq!(outcome.risk > 0, differs);
    }
}

#[test]
fn m18_a_payment_of_the_same_second_as_the_list_is_in_time() {
    for (paid, found) in [
        ("20260301130000", vec![]),
        ("20260301130001", vec!["PAID_AFTER_LIST"]),
        ("20260301101500", vec![]),
        ("20260301101459", vec!["PAID_BEFORE_ORDER"]),
    ] {
        let mut zone = Zone::new("2026-03-01T14:00");
        let mut parcel = Parcel::new(1);
        parcel.payment.paid_at = Moment::parse_compact(paid).unwrap();
        let outcome = zone.clear(&parcel);
        assert_eq!(codes(&outcome), found, "{paid}");
        assert_eq!(outcome.verdict == Verdict::Refused, found == ["PAID_AFTER_LIST"]);
    }
}

#[test]
fn m15_an_exhausted_manifest_is_waited_for_until_it_has_room() {
    let full = || {
        let mut zone = Zone::new("2026-03-01T14:00");
        let mut stopped = Parcel::new(1);
        stopped.list.lines[0].country = "199".into();
        zone.clear(&stopped);
        for n in 2..=3 {
            assert_eq!(zone.clear(&Parcel::new(n)).verdict, Verdict::Released);
        }
        for n in 4..=5 {
            let outcome = zone.clear(&Parcel::new(n));
            assert_eq!((outcome.verdict, codes(&outcome)), (Verdict::Waiting, vec!["MANIFEST_EXHAUSTED"]));
        }
        (zone, stopped)
    };
    let status = |zone: &Zone| [4, 5].map(|n| zone.case(&Parcel::new(n)).status);
    // Nobody makes room.
    let (mut zone, stopped) = full();
    let mut more = zone.clone();
    zone.until("2026-03-02T14:00");
    assert_eq!(status(&zone), [100, 100]);
    // The carrier corrects the manifest.
    more.register(RegisterKind::Manifests, &[manifest("BILL1", "XX1", 5)]);
    assert_eq!(status(&more), [800, 800]);
    // One is cancelled: one of them has its place, and the cancellation is what it is.
    let (mut zone, _) = full();
    let invt_no = zone.case(&stopped).invt_no;
    let outcome = zone.send(cancel(&stopped, &invt_no, "c1"));
    assert_eq!((outcome.verdict, outcome.tax), (Verdict::Done, None));
    let mut now = status(&zone);
    now.sort_unstable();
    assert_eq!(now, [2, 800]);
    zone.register(RegisterKind::Manifests, &[manifest("BILL1", "XX1", 4)]);
    assert_eq!(status(&zone), [800, 800], "the other one is still in the chain");
    // A manifest of nothing.
    let mut zone = Zone::new("2026-03-01T14:00");
    zone.register(RegisterKind::Manifests, &[manifest("BILL1", "XX1", 0)]);
    assert_eq!(codes(&zone.clear(&Parcel::new(1))), ["MANIFEST_EXHAUSTED"]);
}

#[test]
fn m15_lists_refused_for_want_of_a_manifest_and_declared_again_are_woken_once_by_it() {
    let mut zone = Zone::new("2026-03-01T14:00");
    let parcels: Vec<Parcel> = (1..=4)
        .map(|n| {
            let mut parcel = Parcel::new(n);
            parcel.list.bill_no = "LATE".into();
            parcel
        })
        .collect();
    for parcel in &parcels {
        zone.clear(parcel);
    }
    zone.until("2026-03-02T14:00");
    for (n, parcel) in parcels.iter().enumerate() {
        assert_eq!(zone.case(parcel).status, 100);
        let mut list = parcel.list.clone();
        list.declared_on = day("2026-03-02");
        if n == 2 {
            list.bill_no = "OTHER".into(); // meant for another bill all along
        }
        assert_eq!(zone.send(again(Document::List(list), &format!("l{n}b"), Action::New)).verdict, Verdict::Waiting);
    }
    // Of another voyage: still not the one, and they wait on.
    zone.register(RegisterKind::Manifests, &[manifest("LATE", "XX9", 9)]);
    assert!(parcels.iter().all(|p| zone.case(p).status == 2));
    zone.register(RegisterKind::Manifests, &[manifest("LATE", "XX1", 9)]);
    assert_eq!(statuses(&zone, &parcels), [800, 800, 2, 800]);
    zone.register(RegisterKind::Manifests, &[manifest("OTHER", "XX1", 9)]);
    assert_eq!(statuses(&zone, &parcels), [800; 4]);
    let used = crate::key::read::<crate::record::Manifest>(&zone.facts, &Key::Manifest("LATE".into())).unwrap().used;
    assert_eq!(used, 3);
}

fn statuses(zone: &Zone, parcels: &[Parcel]) -> Vec<i32> {
    parcels.iter().map(|p| zone.case(p).status).collect()
}

#[test]
fn rules_2_2_a_list_is_replaced_after_a_refusal_and_after_nothing_else() {
    type Lead = fn(&mut Zone, &mut Parcel);
    let table: &[(&str, Lead, bool)] = &[
        (
            "100 refused",
            |z, p| {
                p.list.currency = "502".into();
                z.clear(p);
            },
            true,
        ),
        ("2 waiting", |z, p| drop(z.send(Document::List(p.list.clone()))), false),
        (
            "300 review",
            |z, p| {
                p.list.lines[0].country = "199".into();
                z.clear(p);
            },
            false,
        ),
        (
            "500 inspection",
            |z, p| {
                p.list.lines[0].country = "701".into();
                z.clear(p);
            },
            false,
        ),
        (
            "599 detained",
            |z, p| {
                p.list.lines[0].country = "701".into();
                z.clear(p);
                z.act(ActKind::Detain, p.key(), "A-1", "");
            },
            false,
        ),
        (
            "700 sent back",
            |z, p| {
                p.list.lines[0].country = "701".into();
                z.clear(p);
                z.act(ActKind::SendBack, p.key(), "", "");
            },
            false,
        ),
        ("800 released", |z, p| drop(z.clear(p)), false),
    ];
    for (name, lead, may) in table {
        let mut zone = Zone::new("2026-03-01T14:00");
        let mut parcel = Parcel::new(1);
        lead(&mut zone, &mut parcel);
        let mut other = Parcel::new(1).list;
        other.gross_weight = Quantity::parse("2.01").unwrap();
        let outcome = zone.send(again(Document::List(other), "l1b", Action::New));
        match may {
            true => assert_eq!(outcome.verdict, Verdict::Released, "{name}: {:?}", codes(&outcome)),
            false => assert_eq!(codes(&outcome), ["DUPLICATE_KEY"], "{name}"),
        }
    }
}

#[test]
fn what_is_only_sent_as_new_is_not_taken_as_a_change() {
    let mut zone = Zone::new("2026-03-01T14:00");
    let parcel = Parcel::new(1);
    zone.clear(&parcel);
    let invt_no = zone.case(&parcel).invt_no;
    let status = Document::WaybillStatus(WaybillStatus {
        head: Head { app_status: "2".into(), ..Head::default() },
        logistics_code: "CARRIER".into(),
        number: "LG1".into(),
        status: "S".into(),
        happened_at: zone.now,
        ..WaybillStatus::default()
    });
    for document in [
        Document::List(Parcel::new(2).list),
        cancel(&parcel, &invt_no, "c1"),
        refund(&parcel, &invt_no, 1, "r1"),
        status.clone(),
    ] {
        for action in [Action::Change, Action::Delete] {
            let outcome = zone.send(again(document.clone(), "x", action));
            assert!(codes(&outcome).contains(&"ACTION_NOT_POSSIBLE"), "{} {action}", document.kind());
            assert!(outcome.receipts[0].shown.status < 0);
        }
    }
    // Signed for once: the same again is a repetition, another time is another word.
    assert_eq!(zone.send(again(status.clone(), "s", Action::New)).verdict, Verdict::Accepted);
    assert_eq!(zone.send(again(status.clone(), "t", Action::New)).verdict, Verdict::Repeated);
    let Document::WaybillStatus(mut later) = status else { panic!() };
    later.happened_at = Moment(zone.now.0 + 60_000);
    assert_eq!(codes(&zone.send(Document::WaybillStatus(later))), ["DUPLICATE_KEY"]);
    let mut odd = Parcel::new(3).order;
    odd.head.app_status = "3".into();
    assert_eq!(codes(&zone.send(Document::Order(odd))), ["STATUS_UNKNOWN"]);
}

/// Promise 2 for what is not kept: known by its guids, it gets the same receipt while the words are the same.
#[test]
fn a_refusal_sent_again_is_the_first_one_until_something_else_is_to_be_said() {
    let mut zone = Zone::new("2026-03-01T14:00");
    let mut order = Parcel::new(1).order;
    order.ebc_code = "NOBODY".into();
    let document = Document::Order(order);
    let message = |guid: &str| Message {
        cop_code: "PLATFORM".into(),
        guid: guid.into(),
        kind: MessageKind::Order,
        documents: vec![submitted(&document)],
        ..Message::default()
    };
    let send = |zone: &mut Zone, guid: &str| zone.run(Command::Message(message(guid))).outcomes.remove(0);
    let first = send(&mut zone, "m1");
    assert_eq!((first.verdict, codes(&first)), (Verdict::Refused, vec!["PARTY_UNKNOWN"]));
    let at = Position { revision: zone.revision, index: 0 };
    let again = send(&mut zone, "m1");
    assert_eq!((again.verdict, again.repeats, again.receipts.len()), (Verdict::Repeated, Some(at), 0));
    assert_eq!(send(&mut zone, "m2").verdict, Verdict::Refused, "another message");
    // The seller is registered, for another role: there is something new to say.
    let mut party: Party = crate::key::read(&zone.facts, &Key::Party("POST".into())).unwrap();
    party.code = "NOBODY".into();
    zone.register(RegisterKind::Parties, &[party]);
    assert_eq!(codes(&send(&mut zone, "m1")), ["PARTY_ROLE"]);
    assert_eq!(send(&mut zone, "m1").verdict, Verdict::Repeated);
}
