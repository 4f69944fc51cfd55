//! Appeals: who may, until when, by whom they are decided, what silence does, and what a decision carries with it.

mod after;
mod back;
mod rulings;

use super::disown::account;
use super::*;
use crate::record::{Appeal, AppealEnd, AppealOf, status};

impl Zone {
    fn act_by(&mut self, by: &str, role: ActorRole, kind: ActKind, parcel: &Parcel, number: &str) -> Outcome {
        let by = Actor { id: by.into(), role };
        let act = Act { by, kind, case: parcel.key(), number: number.into(), note: [7; 32], ..Act::default() };
        self.run(Command::Act(act)).outcomes.remove(0)
    }

    pub(super) fn appeal(&mut self, by: &str, role: ActorRole, parcel: &Parcel) -> Outcome {
        self.appeal_about(by, role, parcel, "")
    }

    /// About a return of this number; without one about the list.
    pub(super) fn appeal_about(&mut self, by: &str, role: ActorRole, parcel: &Parcel, number: &str) -> Outcome {
        self.act_by(by, role, ActKind::Appeal, parcel, number)
    }

    pub(super) fn allow(&mut self, officer: &str, parcel: &Parcel, aside: &str) -> Outcome {
        self.act_by(officer, ActorRole::Officer, ActKind::AllowAppeal, parcel, aside)
    }

    pub(super) fn reject(&mut self, officer: &str, parcel: &Parcel) -> Outcome {
        self.act_by(officer, ActorRole::Officer, ActKind::RejectAppeal, parcel, "")
    }

    fn last_appeal(&self, parcel: &Parcel) -> Appeal {
        self.case(parcel).appeals.last().cloned().unwrap()
    }
}

/// A bonded list of 500.00 at another address than its waybill's: refused.
fn refused(zone: &mut Zone, n: u32) -> Parcel {
    let mut parcel = Parcel::new(n).bonded().priced(1, 500);
    parcel.list.address = who("elsewhere");
    assert_eq!(codes(&zone.clear(&parcel)), ["ADDRESS_DIFFERS"]);
    parcel
}

fn zone() -> Zone {
    let mut zone = Zone::new("2026-03-01T14:00");
    zone.register(RegisterKind::Accounts, &[account("me", who("id")), account("other", who("another id"))]);
    zone
}

#[test]
fn a_won_appeal_decides_the_list_again_and_books_everything() {
    let mut zone = zone();
    let parcel = refused(&mut zone, 1);
    assert_eq!((zone.stock().reserved, zone.guarantee().due), (Quantity(0), Fen(0)));
    let filed = zone.appeal("AGENT", ActorRole::Enterprise, &parcel);
    assert_eq!((filed.verdict, filed.receipts[0].shown.status), (Verdict::Accepted, 100));
    assert!(filed.receipts[0].shown.info.contains("2026-04-30"), "{}", filed.receipts[0].shown.info);
    assert_eq!(zone.last_appeal(&parcel).of, AppealOf::Refusal);
    zone.now = Moment::parse("2026-03-20T09:00").unwrap();
    let done = zone.allow("wu", &parcel, "ADDRESS_DIFFERS");
    assert_eq!((done.verdict, done.day), (Verdict::Released, day("2026-03-01")), "the law of its own day");
    let statuses: Vec<i32> = done.receipts.iter().filter(|r| r.to == "AGENT").map(|r| r.shown.status).collect();
    assert_eq!(statuses, [100, 120, 399, 800, 1], "the decision, then what followed");
    assert_eq!(
        done.findings.iter().map(|f| (f.code.name(), f.forgiven)).collect::<Vec<_>>(),
        [("ADDRESS_DIFFERS", true)]
    );
    assert_eq!(zone.used(&parcel), 50_000);
    assert_eq!((zone.stock().sold, zone.guarantee().due), (Quantity::whole(1), Fen(4_550)));
    let appeal = zone.last_appeal(&parcel);
    assert_eq!(
        (appeal.end, appeal.officer.as_str(), &appeal.set_aside[..]),
        (AppealEnd::Allowed, "wu", &["ADDRESS_DIFFERS".into()][..])
    );
    assert!(zone.facts.dues.iter().all(|d| d.1 != u32::from(DueKind::AppealSilent.number())), "the clock stands");
    zone.appeal("AGENT", ActorRole::Enterprise, &parcel);
    assert_eq!(zone.last_appeal(&parcel).of, AppealOf::Tax, "released, only its tax is left to dispute");
}

#[test]
fn without_the_reason_that_holds_it_is_refused_again_and_may_be_appealed_again() {
    let mut zone = zone();
    let mut parcel = Parcel::new(1).bonded().priced(1, 500);
    parcel.list.address = who("elsewhere");
    parcel.payment.amount = parcel.payment.amount.plus(Fen(10_000));
    let first = zone.clear(&parcel);
    assert!(first.findings.len() > 1, "{:?}", codes(&first));
    zone.appeal("AGENT", ActorRole::Enterprise, &parcel);
    let again = zone.allow("wu", &parcel, "ADDRESS_DIFFERS");
    assert_eq!(again.verdict, Verdict::Refused);
    let stays: Vec<_> = again.findings.iter().filter(|f| !f.forgiven).map(|f| f.code).collect();
    let expected: Vec<_> = first.findings.iter().map(|f| f.code).filter(|c| c.name() != "ADDRESS_DIFFERS").collect();
    assert_eq!(stays, expected, "the rest stands");
    assert_eq!(zone.appeal("AGENT", ActorRole::Enterprise, &parcel).verdict, Verdict::Accepted, "a new decision");
    assert_eq!(codes(&zone.allow("wu", &parcel, "LINES_DIFFER")), ["FOUR_EYES"], "who decided the first one");
    assert_eq!(zone.reject("he", &parcel).verdict, Verdict::Done);
    assert_eq!(codes(&zone.appeal("AGENT", ActorRole::Enterprise, &parcel)), ["APPEAL_ONCE"], "lost is lost");
    assert_eq!(codes(&zone.appeal("me", ActorRole::Consumer, &parcel)), ["APPEAL_ONCE"], "for everybody");
}

#[test]
fn lost_twice_is_two_decisions_and_no_more() {
    let mut zone = zone();
    let parcel = refused(&mut zone, 1);
    zone.appeal("SELLER", ActorRole::Enterprise, &parcel);
    let lost = zone.reject("wu", &parcel);
    assert_eq!((lost.verdict, lost.receipts.len(), zone.case(&parcel).status), (Verdict::Done, 1, status::REFUSED));
    assert!(lost.receipts[0].shown.info.contains("维持"), "{}", lost.receipts[0].shown.info);
    assert_eq!(codes(&zone.reject("he", &parcel)), ["ACT_NOT_POSSIBLE"]);
    // Declared again it is a new decision.
    let list = again(Document::List(parcel.list.clone()), "l1b", crate::documents::Action::New);
    assert_eq!(codes(&zone.send(list)), ["ADDRESS_DIFFERS"]);
    assert_eq!(zone.appeal("SELLER", ActorRole::Enterprise, &parcel).verdict, Verdict::Accepted);
    assert_eq!(zone.reject("he", &parcel).verdict, Verdict::Done);
    assert_eq!(codes(&zone.appeal("SELLER", ActorRole::Enterprise, &parcel)), ["APPEAL_ONCE"]);
    assert_eq!(zone.case(&parcel).appeals.len(), 2);
}

/// 60 days: for who appeals lengthened to the next working day, for who decides not.
#[test]
fn both_sides_of_the_clocks() {
    for (now, filed) in [("2026-04-30T23:59", true), ("2026-05-06T23:59", false)] {
        let mut zone = zone();
        let parcel = refused(&mut zone, 1);
        zone.now = Moment::parse(now).unwrap();
        let found = zone.appeal("AGENT", ActorRole::Enterprise, &parcel);
        assert_eq!(codes(&found).is_empty(), filed, "{now}: {:?}", codes(&found));
        assert!(filed || codes(&found) == ["APPEAL_LATE"]);
    }
    // Refused on 2026-03-04: day 60 is a holiday, 2026-05-06 the next working day.
    for (now, filed) in [("2026-05-06T23:59", true), ("2026-05-07T00:00", false)] {
        let mut zone = Zone::new("2026-03-04T14:00");
        let mut parcel = Parcel::new(1).bonded().priced(1, 500).at(zone.now);
        parcel.list.address = who("elsewhere");
        zone.clear(&parcel);
        zone.now = Moment::parse(now).unwrap();
        assert_eq!(codes(&zone.appeal("AGENT", ActorRole::Enterprise, &parcel)).is_empty(), filed, "{now}");
    }
    // To decide: day 60 is in, then it is silence.
    for (now, silent) in [("2026-04-30T23:59:59.999", false), ("2026-05-01T00:00", true)] {
        let mut zone = zone();
        let parcel = refused(&mut zone, 1);
        zone.appeal("AGENT", ActorRole::Enterprise, &parcel);
        zone.until(now);
        assert_eq!(zone.last_appeal(&parcel).silent.is_some(), silent, "{now}");
    }
}

#[test]
fn silence_is_an_event_that_changes_no_decision_and_opens_the_way_to_court() {
    let mut zone = zone();
    let parcel = refused(&mut zone, 1);
    zone.appeal("AGENT", ActorRole::Enterprise, &parcel);
    let (at, kind, key) = zone.facts.dues.first().cloned().unwrap();
    zone.now = at;
    let kind = DueKind::from_number(kind as u16).unwrap();
    let over = zone.run(Command::Due(DueNow { kind, key: key.into(), at })).outcomes.remove(0);
    assert_eq!((codes(&over), over.verdict), (vec!["APPEAL_SILENT"], Verdict::Done));
    assert!(over.findings[0].forgiven, "an alarm, no refusal");
    assert_eq!((over.receipts.len(), over.receipts[0].shown.status), (1, 100), "something to show at court");
    assert_eq!(over.case, Some(parcel.key()));
    let appeal = zone.last_appeal(&parcel);
    assert_eq!((appeal.end, appeal.court_until), (AppealEnd::Open, Some(day("2026-05-15"))));
    assert_eq!(zone.case(&parcel).status, status::REFUSED);
    assert_eq!(codes(&zone.appeal("AGENT", ActorRole::Enterprise, &parcel)), ["APPEAL_ONCE"]);
    // Late is still a decision.
    assert_eq!(zone.allow("wu", &parcel, "ADDRESS_DIFFERS").verdict, Verdict::Released);
}

#[test]
fn who_is_not_concerned_learns_nothing_and_officials_do_not_appeal() {
    let mut zone = zone();
    let parcel = refused(&mut zone, 1);
    for (by, role) in [
        ("OTHER", ActorRole::Enterprise),
        ("CARRIER", ActorRole::Enterprise),
        ("other", ActorRole::Consumer),
        ("nobody", ActorRole::Consumer),
    ] {
        assert_eq!(codes(&zone.appeal(by, role, &parcel)), ["CASE_UNKNOWN"], "{by}");
    }
    assert_eq!(codes(&zone.appeal("wu", ActorRole::Officer, &parcel)), ["ACTOR_ROLE"]);
    assert_eq!(codes(&zone.act_by("AGENT", ActorRole::Enterprise, ActKind::AllowAppeal, &parcel, "")), ["ACTOR_ROLE"]);
    assert_eq!(codes(&zone.allow("wu", &parcel, "")), ["ACT_NOT_POSSIBLE"], "nobody has appealed");
    let filed = zone.appeal("me", ActorRole::Consumer, &parcel);
    assert_eq!((filed.verdict, filed.receipts[0].to.as_str()), (Verdict::Accepted, ""), "in no enterprise's outbox");
}

#[test]
fn what_cannot_be_appealed_says_so() {
    let mut zone = zone();
    let (waits, released) = (Parcel::new(1), Parcel::new(2));
    zone.send(Document::List(waits.list.clone()));
    zone.clear(&released);
    assert_eq!(codes(&zone.appeal("AGENT", ActorRole::Enterprise, &waits)), ["NOT_APPEALABLE"]);
    assert_eq!(codes(&zone.appeal("me", ActorRole::Consumer, &waits)), ["NOT_APPEALABLE"]);
    assert_eq!(codes(&zone.appeal_about("AGENT", ActorRole::Enterprise, &released, "r1")), ["NOT_APPEALABLE"]);
}

#[test]
fn reasons_are_needed_and_what_a_ledger_says_is_not_set_aside() {
    let mut zone = zone();
    let full = Parcel::new(9).bonded().priced(2, 2_600);
    assert!(codes(&zone.clear(&full)).contains(&"OVER_SINGLE_LIMIT"));
    zone.appeal("AGENT", ActorRole::Enterprise, &full);
    for code in ["OVER_SINGLE_LIMIT", "STOCK_SHORT", "GUARANTEE_INSUFFICIENT", "UNPAID", "NO_SUCH_CODE"] {
        assert_eq!(codes(&zone.allow("wu", &full, code)), ["NOT_SET_ASIDE"], "{code}");
    }
    let by = Actor { id: "wu".into(), role: ActorRole::Officer };
    let silent = Act { by, kind: ActKind::RejectAppeal, case: full.key(), ..Act::default() };
    assert_eq!(codes(&zone.run(Command::Act(silent)).outcomes[0]), ["APPEAL_REASONS"]);
    let again = zone.allow("wu", &full, "");
    assert_eq!(again.verdict, Verdict::Refused, "the same facts, the same limit");
    assert_eq!(zone.used_by(&full), 0);
}

impl Zone {
    /// Of the year of the parcel's buyer, booked or not.
    fn used_by(&self, parcel: &Parcel) -> i64 {
        let key = Key::Allowance(super::super::list::person_year(&parcel.list));
        crate::key::read::<Counter>(&self.facts, &key).unwrap_or_default().used
    }
}

#[test]
fn facts_put_right_in_between_count() {
    let mut zone = zone();
    zone.register(RegisterKind::Guarantees, &[GuaranteeRow { limit: Fen(1), ..zone.guarantee().row }]);
    let parcel = Parcel::new(1).bonded().priced(1, 500);
    assert_eq!(codes(&zone.clear(&parcel)), ["GUARANTEE_INSUFFICIENT"]);
    zone.appeal("AGENT", ActorRole::Enterprise, &parcel);
    assert_eq!(codes(&zone.clone().allow("wu", &parcel, "")), ["GUARANTEE_INSUFFICIENT"]);
    zone.register(RegisterKind::Guarantees, &[GuaranteeRow { limit: Fen::yuan(10_000), ..zone.guarantee().row }]);
    assert_eq!(zone.allow("wu", &parcel, "").verdict, Verdict::Released);
}

#[test]
fn a_detained_parcel_is_released_and_one_that_was_sent_back_is_decided_anew_by_another_officer() {
    let mut zone = zone();
    let parcel = Parcel::new(1).bonded().priced(1, 500);
    zone.clear(&parcel);
    let mut case = zone.case(&parcel);
    // As if a rule of risk had stopped it before anything was booked out.
    let mut stopped = super::Zone::new("2026-03-01T14:00");
    stopped.register(RegisterKind::Accounts, &[account("me", who("id"))]);
    stopped.policy = std::rc::Rc::new(strict());
    stopped.clear(&parcel);
    case.status = stopped.case(&parcel).status;
    assert_eq!(case.status, status::INSPECTION, "a rule of risk stops it");
    let lin = |zone: &mut Zone, kind| zone.act_by("lin", ActorRole::Officer, kind, &parcel, "A-1");
    let mut detained = stopped.clone();
    assert_eq!(lin(&mut detained, ActKind::Detain).verdict, Verdict::Done);
    detained.appeal("SELLER", ActorRole::Enterprise, &parcel);
    assert_eq!(detained.last_appeal(&parcel).of, AppealOf::Detention);
    assert_eq!(codes(&detained.allow("lin", &parcel, "")), ["FOUR_EYES"]);
    let mut other = detained.clone();
    assert_eq!(lin(&mut other, ActKind::Release).verdict, Verdict::Released);
    assert_eq!(other.last_appeal(&parcel).end, AppealEnd::Overtaken, "the officer thought again");
    assert_eq!(detained.allow("wu", &parcel, "").verdict, Verdict::Released);
    let mut back = stopped.clone();
    assert_eq!(lin(&mut back, ActKind::SendBack).verdict, Verdict::Done);
    assert_eq!(back.used_by(&parcel), 0);
    back.appeal("me", ActorRole::Consumer, &parcel);
    back.policy = Policy::sample().into();
    assert_eq!(back.allow("wu", &parcel, "").verdict, Verdict::Released);
    assert_eq!((back.used_by(&parcel), back.guarantee().reserved), (50_000, Fen(0)));
}

/// The sample, but every parcel is inspected.
fn strict() -> Policy {
    let text = |name: &str, text: &str| match name {
        "parameters.toml" => {
            text.replace("key = \"risk.inspect_points\"\nvalue = ", "key = \"risk.inspect_points\"\nvalue = 0\n# was ")
        }
        _ => text.to_owned(),
    };
    let files: Vec<_> = crate::policy::SAMPLE.iter().map(|(name, all)| (*name, text(name, all))).collect();
    Policy::load(&files).unwrap()
}

#[test]
fn a_person_s_lost_case_is_won_on_appeal_the_year_has_room_again_and_what_it_refused_is_named() {
    let mut zone = zone();
    let strange: Vec<Parcel> = (1..=5).map(|n| Parcel::new(n).bonded().priced(1, 4_999)).collect();
    for parcel in &strange {
        assert_eq!(zone.clear(parcel).verdict, Verdict::Released);
    }
    zone.disown("me", &strange[0]);
    zone.settle(&strange[0], 0);
    let mine = Parcel::new(6).bonded().priced(1, 1_500);
    assert_eq!(codes(&zone.clear(&mine)), ["OVER_ANNUAL_LIMIT"]);
    assert_eq!(zone.used_by(&mine), 2_499_500);
    let mut other = zone.clone();
    other.appeal("AGENT", ActorRole::Enterprise, &strange[0]);
    assert_eq!(other.last_appeal(&strange[0]).of, AppealOf::Tax, "the identity is the buyer's own");
    assert_eq!(zone.appeal("me", ActorRole::Consumer, &strange[0]).verdict, Verdict::Accepted);
    assert_eq!(codes(&zone.allow("lin", &strange[0], "")), ["FOUR_EYES"], "who settled it");
    let mut lost = zone.clone();
    lost.reject("wu", &strange[0]);
    assert_eq!(lost.used_by(&mine), 2_499_500);
    lost.appeal("me", ActorRole::Consumer, &strange[0]);
    assert_eq!(lost.last_appeal(&strange[0]).of, AppealOf::Tax, "the identity once");
    assert_eq!(zone.allow("wu", &strange[0], "").verdict, Verdict::Done);
    assert_eq!(zone.used_by(&mine), 1_999_600, "restored");
    assert_eq!(zone.last_appeal(&strange[0]).named, [mine.key()]);
    assert_eq!(zone.case(&strange[0]).disowned.map(|d| d.denied), Some(false));
    // And the list that was refused for it can be decided again.
    zone.appeal("me", ActorRole::Consumer, &mine);
    assert_eq!(zone.allow("he", &mine, "").verdict, Verdict::Released);
    assert_eq!(zone.used_by(&mine), 2_149_600);
}

/// What a journal decided before the law of appeals was adopted: nothing more is noted than was then.
#[test]
fn a_policy_without_the_clocks_notes_nothing_and_takes_no_appeal() {
    let mut zone = zone();
    zone.policy = sample_before("\"appeal.").into();
    let parcel = refused(&mut zone, 1);
    let full = Parcel::new(2).bonded().priced(1, 4_999);
    for n in 3..9 {
        zone.clear(&Parcel::new(n).bonded().priced(1, 4_999));
    }
    assert!(codes(&zone.clear(&full)).contains(&"OVER_ANNUAL_LIMIT"));
    for parcel in [&parcel, &full] {
        let case = zone.case(parcel);
        assert_eq!((case.decided, case.hands.len(), case.appeals.len()), (None, 0, 0));
    }
    assert!(zone.facts.map.keys().all(|key| !matches!(Key::unpack(key), Ok(Key::YearRefused(_)))));
    assert_eq!(codes(&zone.appeal("AGENT", ActorRole::Enterprise, &parcel)), ["NOT_APPEALABLE"]);
    // Adopted later, it holds for what was decided before too, and nobody is held to a day that was not noted.
    zone.policy = Policy::sample().into();
    zone.now = Moment::parse("2026-12-01T09:00").unwrap();
    assert_eq!(zone.appeal("AGENT", ActorRole::Enterprise, &parcel).verdict, Verdict::Accepted);
    assert_eq!(zone.allow("wu", &parcel, "ADDRESS_DIFFERS").verdict, Verdict::Released);
}
