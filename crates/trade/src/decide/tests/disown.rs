//! "This was not me": what it gives back, who may say it, and what comes after.

use super::*;
use crate::account::AccountRow;
use crate::record::status;

pub(super) fn account(login: &str, person: Pseudonyms) -> AccountRow {
    AccountRow { login: login.into(), role: ActorRole::Consumer, person, ..AccountRow::default() }
}

impl Zone {
    pub(super) fn disown(&mut self, by: &str, parcel: &Parcel) -> Outcome {
        let by = Actor { id: by.into(), role: ActorRole::Consumer };
        let act = Act { by, kind: ActKind::Disown, case: parcel.key(), ..Act::default() };
        self.run(Command::Act(act)).outcomes.remove(0)
    }

    pub(super) fn settle(&mut self, parcel: &Parcel, value: i64) -> Outcome {
        let by = Actor { id: "lin".into(), role: ActorRole::Officer };
        let act = Act { by, kind: ActKind::SettleDisowned, case: parcel.key(), value, ..Act::default() };
        self.run(Command::Act(act)).outcomes.remove(0)
    }
}

/// Of the buyer of every parcel here, and of another.
fn zone() -> Zone {
    let mut zone = Zone::new("2026-03-01T14:00");
    let closed = AccountRow { closed: true, ..account("closed", who("id")) };
    zone.register(RegisterKind::Accounts, &[account("me", who("id")), account("other", who("another id")), closed]);
    zone
}

#[test]
fn the_allowance_comes_back_at_once_and_counts_again_only_where_it_was_the_buyer() {
    let mut zone = zone();
    let (mine, strange) = (Parcel::new(1), Parcel::new(2));
    zone.clear(&mine);
    zone.clear(&strange);
    assert_eq!(zone.used(&strange), 50_000);
    let done = zone.disown("me", &strange);
    assert_eq!((done.verdict, done.receipts.len(), done.case), (Verdict::Done, 0, Some(strange.key())));
    assert_eq!(zone.used(&strange), 25_000, "at once");
    let disowned = zone.case(&strange).disowned.unwrap();
    assert_eq!((disowned.number.as_str(), disowned.settled), (&*format!("NM2026-{}", zone.revision), None));
    assert_eq!(zone.case(&strange).status, status::RELEASED, "what is out stays out");
    assert_eq!(codes(&zone.disown("me", &strange)), ["ACT_NOT_POSSIBLE"], "once");
    assert_eq!(codes(&zone.settle(&mine, 1)), ["ACT_NOT_POSSIBLE"], "nothing to settle");

    let mut denied = zone.clone();
    assert_eq!(denied.settle(&strange, 0).verdict, Verdict::Done);
    assert_eq!(denied.used(&strange), 50_000, "it was the buyer after all");
    assert_eq!(codes(&denied.disown("me", &strange)), ["ACT_NOT_POSSIBLE"], "and that was the last word");
    assert_eq!(zone.settle(&strange, 1).verdict, Verdict::Done);
    assert_eq!(zone.used(&strange), 25_000);
    assert_eq!(codes(&zone.settle(&strange, 0)), ["ACT_NOT_POSSIBLE"], "settled once");
}

#[test]
fn only_the_buyer_s_own_open_account_may_say_so_and_learns_nothing_of_others() {
    let mut zone = zone();
    let parcel = Parcel::new(1);
    zone.clear(&parcel);
    for by in ["other", "closed", "nobody", ""] {
        let outcome = zone.disown(by, &parcel);
        assert_eq!((codes(&outcome), outcome.effects.len()), (vec!["CASE_UNKNOWN"], 0), "{by:?}");
    }
    assert_eq!(codes(&zone.disown("me", &Parcel::new(9))), ["CASE_UNKNOWN"], "the same words as for what is not there");
    assert_eq!(zone.used(&parcel), 25_000);
    let officer =
        Act { by: Actor { id: "me".into(), role: ActorRole::Officer }, kind: ActKind::Disown, ..Act::default() };
    assert_eq!(codes(&zone.run(Command::Act(officer)).outcomes[0]), ["ACTOR_ROLE"]);
}

#[test]
fn nothing_counted_is_nothing_restored() {
    let mut zone = zone();
    let parcel = Parcel::new(1);
    zone.send(Document::List(parcel.list.clone()));
    assert_eq!(codes(&zone.disown("me", &parcel)), ["NOT_COUNTED"], "it waits for its documents");
}

#[test]
fn what_is_held_is_not_released_while_its_buyer_disowns_it() {
    let mut zone = zone();
    let parcel = Parcel::new(1);
    zone.clear(&parcel);
    let mut case = zone.case(&parcel);
    // As if a rule of risk had stopped it.
    case.status = status::INSPECTION;
    zone.facts.map.insert(Key::Case(parcel.key()).bytes(), case.pack());
    assert_eq!(zone.disown("me", &parcel).verdict, Verdict::Done);
    for act in [ActKind::Release, ActKind::InspectPassed] {
        assert_eq!(codes(&zone.act(act, parcel.key(), "", "")), ["DISOWNED"]);
    }
    let mut upheld = zone.clone();
    upheld.settle(&parcel, 1);
    assert_eq!(codes(&upheld.act(ActKind::Release, parcel.key(), "", "")), ["DISOWNED"], "nobody is there to take it");
    assert_eq!(upheld.act(ActKind::Detain, parcel.key(), "A-1", "").verdict, Verdict::Done);
    zone.settle(&parcel, 0);
    assert_ne!(codes(&zone.act(ActKind::InspectPassed, parcel.key(), "", "")), ["DISOWNED"]);
}

#[test]
fn what_comes_back_of_a_disowned_parcel_is_not_restored_twice() {
    let mut zone = zone();
    let parcel = Parcel::new(1).bonded();
    zone.clear(&parcel);
    let invt_no = zone.case(&parcel).invt_no;
    zone.send(refund(&parcel, &invt_no, 1, "r1"));
    zone.disown("me", &parcel);
    assert_eq!(zone.used(&parcel), 0);
    let back = CaseKey { ebc: "AGENT".into(), order_no: "".into() };
    assert_eq!(zone.act(ActKind::Arrive, back, "r1", "2026-03-20").verdict, Verdict::Done);
    assert_eq!(zone.used(&parcel), 0, "nor below nothing");
    zone.settle(&parcel, 0);
    assert_eq!(zone.used(&parcel), zone.case(&parcel).allowance_used.0, "only what did not come back");
    assert_eq!(zone.used(&parcel), 12_500);
}
