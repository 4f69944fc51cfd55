//! Manual review with four eyes, alarms that somebody settles, and what may be attached to what.

use super::*;
use crate::command::{Attach, AttachedTo};
use crate::decide::attach::{LARGEST, MOST};
use crate::record::{Attachments, FirstOfTwo, status};

impl Zone {
    fn by(&mut self, who: &str, role: ActorRole, kind: ActKind, case: CaseKey, number: &str) -> Outcome {
        let by = Actor { id: who.into(), role };
        self.run(Command::Act(Act { by, kind, case, number: number.into(), ..Act::default() })).outcomes.remove(0)
    }

    fn officer(&mut self, who: &str, kind: ActKind, parcel: &Parcel) -> Outcome {
        self.by(who, ActorRole::Officer, kind, parcel.key(), "")
    }

    fn attach(&mut self, who: &str, role: ActorRole, to: AttachedTo, of: (&str, &str), size: u64) -> Outcome {
        let (by, of) = (Actor { id: who.into(), role }, Pair { code: of.0.into(), number: of.1.into() });
        self.run(Command::Attach(Attach { by, to, of, size, ..Attach::default() })).outcomes.remove(0)
    }

    fn first(&self, parcel: &Parcel) -> Option<FirstOfTwo> {
        crate::key::read(&self.facts, &Key::FirstOfTwo(parcel.key()))
    }
}

/// A zone whose law asks for so many officers, and a parcel that a risk rule holds for review.
fn held(persons: u32) -> (Zone, Parcel) {
    let mut zone = Zone::new("2026-03-01T14:00");
    let with = |(name, text): &(&str, &str)| {
        let one = "key = \"review.persons\"\nvalue = 1";
        ((*name).to_owned(), text.replace(one, &format!("key = \"review.persons\"\nvalue = {persons}")))
    };
    zone.policy = Policy::load(&crate::policy::SAMPLE.iter().map(with).collect::<Vec<_>>()).unwrap().into();
    let mut parcel = Parcel::new(1);
    parcel.list.lines[0].country = "199".into();
    assert_eq!(zone.clear(&parcel).verdict, Verdict::Review);
    (zone, parcel)
}

#[test]
fn a_review_takes_as_many_officers_as_the_law_asks_for() {
    for kind in [ActKind::Review, ActKind::Release] {
        let (mut zone, parcel) = held(1);
        assert_eq!(zone.officer("lin", kind, &parcel).verdict, Verdict::Released, "{kind}");
        assert_eq!(zone.first(&parcel), None);

        let (mut zone, parcel) = held(2);
        let first = zone.officer("lin", kind, &parcel);
        assert_eq!((first.verdict, first.receipts.len()), (Verdict::Review, 0), "nobody is told yet");
        assert_eq!((zone.case(&parcel).status, zone.guarantee().due), (status::REVIEW, Fen(0)));
        assert_eq!(zone.first(&parcel).unwrap().by, "lin");
        for again in [ActKind::Review, ActKind::Release] {
            assert_eq!(codes(&zone.officer("lin", again, &parcel)), ["SECOND_OFFICER"]);
        }
        assert_eq!(zone.officer("wu", ActKind::Release, &parcel).verdict, Verdict::Released);
        assert_eq!((zone.case(&parcel).status, zone.first(&parcel)), (status::RELEASED, None));
    }
}

#[test]
fn the_second_officer_may_send_it_to_inspection_instead() {
    let (mut zone, parcel) = held(2);
    zone.officer("lin", ActKind::Review, &parcel);
    assert_eq!(zone.officer("wu", ActKind::Inspect, &parcel).verdict, Verdict::Inspection);
    assert_eq!(zone.first(&parcel), None, "what the first one found is overtaken");
    // An inspection has its own result; the law asks for two after a review alone.
    assert_eq!(zone.officer("wu", ActKind::InspectPassed, &parcel).verdict, Verdict::Released);
}

#[test]
fn what_stops_the_release_stops_the_first_officer_too() {
    let (mut zone, parcel) = held(2);
    zone.register(RegisterKind::Accounts, &[super::disown::account("me", who("id"))]);
    assert_eq!(zone.disown("me", &parcel).verdict, Verdict::Done);
    assert_eq!(codes(&zone.officer("lin", ActKind::Release, &parcel)), ["DISOWNED"]);
    assert_eq!(zone.first(&parcel), None);
}

#[test]
fn an_alarm_is_settled_once_and_by_its_number() {
    let mut zone = Zone::new("2026-03-01T14:00");
    let settle =
        |zone: &mut Zone, role, number: &str| zone.by("lin", role, ActKind::SettleAlarm, CaseKey::default(), number);
    for number in ["", "3", "x-0", "3-x", "9999-0"] {
        assert_eq!(codes(&settle(&mut zone, ActorRole::Officer, number)), ["ALARM_SETTLED"], "{number:?}");
    }
    assert_eq!(settle(&mut zone, ActorRole::Operator, "3-0").verdict, Verdict::Done);
    assert_eq!(codes(&settle(&mut zone, ActorRole::Officer, "3-0")), ["ALARM_SETTLED"], "once");
    assert_eq!(settle(&mut zone, ActorRole::Officer, "3-1").verdict, Verdict::Done);
    assert_eq!(codes(&settle(&mut zone, ActorRole::Enterprise, "4-0")), ["ACTOR_ROLE"]);
}

#[test]
fn files_are_attached_by_those_who_have_a_part_in_it_up_to_a_number_and_a_size() {
    use ActorRole::{Consumer, Enterprise, Officer};
    use AttachedTo::{Case, Goods};
    let mut zone = Zone::new("2026-03-01T14:00");
    let parcel = Parcel::new(1);
    zone.clear(&parcel);
    let row = GoodsRow { ebc: "SELLER".into(), item_no: "MILK".into(), ..GoodsRow::default() };
    zone.register(RegisterKind::Goods, &[row]);
    let (case, goods) = (("SELLER", "EB1"), ("SELLER", "MILK"));
    for (who, role, to, of, size, said) in [
        ("lin", Officer, Case, case, 1, ""),
        ("AGENT", Enterprise, Case, case, LARGEST, ""),
        ("SELLER", Enterprise, Goods, goods, 1, ""),
        ("lin", Officer, Case, case, 0, "ATTACHMENT_LIMIT"),
        ("lin", Officer, Case, case, LARGEST + 1, "ATTACHMENT_LIMIT"),
        ("OTHER", Enterprise, Case, case, 1, "CASE_UNKNOWN"),
        ("OTHER", Enterprise, Goods, goods, 1, "CASE_UNKNOWN"),
        ("lin", Officer, Case, ("SELLER", "EB2"), 1, "CASE_UNKNOWN"),
        ("lin", Officer, Goods, ("SELLER", "EB1"), 1, "CASE_UNKNOWN"),
        ("me", Consumer, Case, case, 1, "ACTOR_ROLE"),
    ] {
        let outcome = zone.attach(who, role, to, of, size);
        assert_eq!(codes(&outcome).join(" "), said, "{who} {to} {of:?} {size}");
        assert_eq!(outcome.verdict, if said.is_empty() { Verdict::Done } else { Verdict::Refused });
    }
    let key = Key::Attachments(Pair { code: case.0.into(), number: case.1.into() });
    let held = |zone: &Zone| crate::key::read::<Attachments>(&zone.facts, &key).unwrap().all;
    let last = held(&zone)[1].clone();
    assert_eq!((held(&zone).len(), last.by.id.as_str(), last.size), (2, "AGENT", LARGEST));
    for _ in held(&zone).len()..MOST {
        assert_eq!(zone.attach("lin", Officer, Case, case, 1).verdict, Verdict::Done);
    }
    assert_eq!(codes(&zone.attach("lin", Officer, Case, case, 1)), ["ATTACHMENT_LIMIT"]);
    assert_eq!(held(&zone).len(), MOST);
}
