//! The central return warehouse (A70; rules.md 5.1): what may come in, when a return is done, what leaves.

use super::*;
use crate::bonded::{self, Decision, Filed, Filing, Leaves, PartOfLine, Place, Quality, ReturnIn, ReturnOut, Sorted};
use crate::pack::Text;

fn head(etps: &str, own_no: &str) -> bonded::Head {
    bonded::Head { own_no: own_no.into(), etps: etps.into(), action: "1".into() }
}

fn file(zone: &mut Zone, document: bonded::Document) -> Outcome {
    let head = document.head().clone();
    let official = ["CUSTOMS", "GATE"].contains(&head.etps.as_str());
    let role = if official { ActorRole::Officer } else { ActorRole::Enterprise };
    let by = Actor { id: head.etps.clone(), role };
    let mut content = [0; 16];
    for (at, byte) in head.own_no.bytes().enumerate() {
        content[at % 16] ^= byte;
    }
    let kind = document.kind();
    let filed =
        Filed { document: Some(document), content, kind, own_no: head.own_no, etps: head.etps, ..Filed::default() };
    zone.run(Command::Bonded(Filing { by, documents: vec![filed], ..Filing::default() })).outcomes.remove(0)
}

fn place(zone: &mut Zone, number: &str, office: &str, kind: &str) {
    let place = Place {
        head: head("GATE", number),
        number: number.into(),
        office: office.into(),
        kinds: vec![kind.into()],
        from: day("2016-01-01"),
        ..Place::default()
    };
    assert_eq!(file(zone, bonded::Document::Place(place)).verdict, Verdict::Done);
}

/// A zone with a room, and a parcel of two tins that was released on the day.
fn released(now: &str) -> (Zone, Parcel, Text) {
    let mut zone = Zone::new(now);
    place(&mut zone, "ROOM", "6402", "central-return");
    place(&mut zone, "SHED", "6402", "warehouse");
    place(&mut zone, "FAR", "6403", "central-return");
    let parcel = Parcel::new(1).bonded().at(zone.now);
    assert_eq!(zone.clear(&parcel).verdict, Verdict::Released);
    let invt_no = zone.case(&parcel).invt_no;
    (zone, parcel, invt_no)
}

fn came(invt_no: &Text, n: &str, (fit, unfit): (i64, i64)) -> ReturnIn {
    let line = |qty, quality| Sorted { gnum: 1, qty: Quantity::whole(qty), quality };
    let lines = [line(fit, Quality::Fit), line(unfit, Quality::Unfit)];
    ReturnIn {
        head: head("AREA", n),
        place: "ROOM".into(),
        waybill: n.into(),
        invt_no: invt_no.clone(),
        lines: lines.into_iter().filter(|l| l.qty.0 > 0).collect(),
        ..ReturnIn::default()
    }
}

fn comes(zone: &mut Zone, parcel: ReturnIn) -> Outcome {
    file(zone, bonded::Document::ReturnIn(parcel))
}

fn number(outcome: &Outcome) -> Text {
    outcome.receipts.last().unwrap().shown.invt_no.clone()
}

fn leaves(zone: &mut Zone, out: (&Text, &Text), n: &str, qty: i64, to: Leaves) -> Outcome {
    let lines = vec![PartOfLine { gnum: 1, qty: Quantity::whole(qty) }];
    let (invt_no, number) = (out.0.clone(), out.1.clone());
    file(zone, bonded::Document::ReturnOut(ReturnOut { head: head("AREA", n), invt_no, number, to, lines }))
}

fn decides(zone: &mut Zone, number: &Text, verdict: bonded::Verdict) -> Outcome {
    let own = format!("D{number}{verdict}");
    let decision = Decision { head: head("CUSTOMS", &own), verdict, number: number.clone(), ..Decision::default() };
    file(zone, bonded::Document::Decision(decision))
}

#[test]
fn a_return_is_done_when_goods_and_application_are_both_there_in_either_order() {
    for applied_first in [true, false] {
        let (mut zone, parcel, invt_no) = released("2026-03-01T14:00");
        let shelf = zone.stock().on_hand;
        zone.until("2026-03-20T10:00");
        if applied_first {
            let applied = zone.send(refund(&parcel, &invt_no, 2, "r1"));
            assert_eq!((applied.verdict, zone.used(&parcel)), (Verdict::Accepted, 25_000), "only applied for");
            let back = ReturnIn { agent: "AGENT".into(), cop_no: "r1".into(), ..came(&invt_no, "P1", (2, 0)) };
            assert_eq!(comes(&mut zone, back).verdict, Verdict::Done);
        } else {
            assert_eq!(comes(&mut zone, came(&invt_no, "P1", (2, 0))).verdict, Verdict::Done);
            assert_eq!(zone.used(&parcel), 25_000, "only in the room");
            let again = comes(&mut zone, came(&invt_no, "P2", (1, 0)));
            assert_eq!(codes(&again), ["RETURN_QUANTITY"], "no more comes than the buyer has");
            zone.send(refund(&parcel, &invt_no, 2, "r1"));
        }
        let case = zone.case(&parcel);
        assert_eq!((zone.used(&parcel), case.bill.map(|b| b.state)), (0, Some(3)), "{applied_first}");
        assert_eq!(zone.stock().on_hand, shelf.plus(Quantity::whole(2)), "back on the book");
        assert!(case.in_room[0].is_empty());
    }
}

#[test]
fn the_days_of_a_return_stay() {
    // In the room on, applied for on; released on 2026-03-01: day 30 and day 45 are in.
    for (room, applied, code) in [
        ("2026-03-31", "2026-03-31", None),
        ("2026-03-20", "2026-04-01", Some("RETURN_APPLIED_LATE")),
        ("2026-04-15", "2026-03-31", None),
        ("2026-04-16", "2026-03-31", Some("RETURN_ARRIVED_LATE")),
    ] {
        let (mut zone, parcel, invt_no) = released("2026-03-01T14:00");
        let apply = |zone: &mut Zone| zone.send(refund(&parcel, &invt_no, 2, "r1"));
        let mut found = Vec::new();
        if room <= applied {
            zone.until(&format!("{room}T10:00"));
            comes(&mut zone, came(&invt_no, "P1", (2, 0)));
            zone.until(&format!("{applied}T12:00"));
            found.extend(codes(&apply(&mut zone)));
        } else {
            zone.until(&format!("{applied}T12:00"));
            assert_eq!(apply(&mut zone).verdict, Verdict::Accepted);
            zone.until(&format!("{room}T10:00"));
            let back = ReturnIn { agent: "AGENT".into(), cop_no: "r1".into(), ..came(&invt_no, "P1", (2, 0)) };
            let came = comes(&mut zone, back);
            // On day 46 the application is over by itself.
            found.extend(
                codes(&came).into_iter().map(|c| if c == "REFUND_NOT_FOUND" { "RETURN_ARRIVED_LATE" } else { c }),
            );
        }
        assert_eq!(found, Vec::from_iter(code), "{room} {applied}");
        assert_eq!(zone.used(&parcel), if code.is_none() { 0 } else { 25_000 }, "{room} {applied}");
    }
}

#[test]
fn what_may_not_come_into_the_room() {
    // Released, place, direct purchase, reason.
    for (now, place, direct, code) in [
        ("2021-09-10T10:00", "ROOM", false, None),
        ("2021-09-09T10:00", "ROOM", false, Some("RETURN_ROOM")),
        ("2026-03-01T10:00", "ROOM", true, Some("RETURN_ROOM")),
        ("2026-03-01T10:00", "FAR", false, Some("RETURN_ROOM")),
        ("2026-03-01T10:00", "SHED", false, Some("PLACE_NOT_FIT")),
        ("2026-03-01T10:00", "NOWHERE", false, Some("PLACE_NOT_FIT")),
    ] {
        let (mut zone, _, bonded) = released(now);
        let invt_no = if direct {
            let parcel = Parcel::new(2).at(zone.now);
            zone.clear(&parcel);
            zone.case(&parcel).invt_no
        } else {
            bonded
        };
        let outcome = comes(&mut zone, ReturnIn { place: place.into(), ..came(&invt_no, "P1", (1, 0)) });
        assert!(code.is_none_or(|code| codes(&outcome).contains(&code)), "{now} {place}: {:?}", codes(&outcome));
        assert_eq!(outcome.verdict == Verdict::Done, code.is_none(), "{now} {place}: {:?}", codes(&outcome));
    }
}

#[test]
fn what_is_unfit_is_no_return_and_leaves_by_an_officials_decision() {
    let (mut zone, parcel, invt_no) = released("2026-03-01T14:00");
    zone.until("2026-03-10T10:00");
    let number_in = number(&comes(&mut zone, came(&invt_no, "P1", (1, 1))));
    assert_eq!(codes(&zone.send(refund(&parcel, &invt_no, 2, "r1"))), ["RETURN_QUANTITY"], "one of two is fit");
    let shelf = zone.stock().on_hand;
    zone.send(refund(&parcel, &invt_no, 1, "r2"));
    assert_eq!(zone.stock().on_hand, shelf.plus(Quantity::whole(1)), "the fit one is back");
    let used = zone.used(&parcel);
    assert_eq!(used, 12_500, "half");

    let too_much = leaves(&mut zone, (&invt_no, &number_in), "O1", 2, Leaves::Abroad);
    assert_eq!(codes(&too_much), ["RETURN_QUANTITY"]);
    let out = leaves(&mut zone, (&invt_no, &number_in), "O2", 1, Leaves::Abroad);
    assert_eq!(out.verdict, Verdict::Waiting);
    assert_eq!(codes(&leaves(&mut zone, (&invt_no, &number_in), "O3", 1, Leaves::Buyer)), ["RETURN_QUANTITY"], "held");
    assert_eq!(decides(&mut zone, &number(&out), bonded::Verdict::Refuse).verdict, Verdict::Done);
    assert!(!zone.case(&parcel).in_room[0].is_empty(), "it lies there still");
    let out = leaves(&mut zone, (&invt_no, &number_in), "O4", 1, Leaves::Destroyed);
    assert_eq!(decides(&mut zone, &number(&out), bonded::Verdict::Approve).verdict, Verdict::Done);
    assert!(zone.case(&parcel).in_room[0].is_empty());
    assert_eq!((zone.used(&parcel), zone.stock().on_hand), (used, shelf.plus(Quantity::whole(1))), "nothing else");
    let twice = decides(&mut zone, &number(&out), bonded::Verdict::Refuse);
    assert!(codes(&twice).contains(&"BONDED_STATE"));
}
