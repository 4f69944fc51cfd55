//! "This was not me" (不是我买的): a buyer whose identity somebody else used says so; what the parcel took of the yearly
//! allowance comes back at once, and an officer looks into it.
//!
//! A194 8 (paraphrase): whoever uses another's identity answers for it. PIPL (个人信息保护法) 46: a person may have wrong
//! data about oneself put right. That the allowance comes back before the case is settled is ours: the person has not
//! bought anything, and the wait would be the person's loss. Not covered here: what customs does about the offender.

use super::acts::shown_of;
use super::{Scene, after, appeal, list};
use crate::account::AccountRow;
use crate::command::{Act, ActKind, Verdict};
use crate::finding::{Code, Finding};
use crate::key::{CaseKey, Key};
use crate::record::{Case, Disowned, status};

/// A buyer disowns a parcel that is counted in the own year. One that is not released yet goes to a person first.
///
/// # Errors
/// `CASE_UNKNOWN` where it is no parcel of this person, whatever the reason; `NOT_COUNTED` where it takes nothing of the
/// allowance; `ACT_NOT_POSSIBLE` where it was disowned before.
pub(super) fn disown(scene: &mut Scene<'_>, act: &Act, key: &CaseKey, case: &mut Case) -> Result<(), Finding> {
    let account = scene.read::<AccountRow>(&Key::Account(act.by.id.clone())).filter(|account| !account.closed);
    let own = account.zip(after::list_of(scene, key)).is_some_and(|(a, list)| a.person.same(&list.buyer.id));
    if !own {
        return Err(unknown(key));
    }
    if case.disowned.is_some() {
        return Err(not_possible(case, act.kind));
    }
    if !case.takes_allowance() {
        return Err(Finding::new(Code::NotCounted, "A194 8", "").arg("state", after::state_words(case.status)));
    }
    count(scene, case, -1);
    let at = scene.setting.at;
    let number = format!("NM{}-{}", at.day().year(), scene.here().revision).into();
    case.disowned = Some(Disowned { number, at, ..Disowned::default() });
    if [status::MATCHED, status::EXAMINED].contains(&case.status)
        && let Some((shown, sender)) = shown_of(scene, key, case)
    {
        case.status = status::REVIEW;
        scene.send(sender, shown, status::REVIEW, "[Code:2500;Desc:人工审核]", Vec::new());
    }
    scene.outcome.verdict = Verdict::Done;
    Ok(())
}

/// An officer settles the case: somebody else's purchase (value 1), or the buyer's after all (0); then it counts again.
///
/// # Errors
/// `ACT_NOT_POSSIBLE` where there is nothing to settle.
pub(super) fn settle(scene: &mut Scene<'_>, act: &Act, case: &mut Case) -> Result<(), Finding> {
    let (at, denied) = (scene.setting.at, act.value == 0);
    match case.disowned.as_mut().filter(|d| d.settled.is_none()) {
        Some(open) => (open.settled, open.denied) = (Some(at), denied),
        None => return Err(not_possible(case, act.kind)),
    }
    if denied {
        count(scene, case, 1);
    }
    case.identity_decided = appeal::decided(scene, case, &act.by.id);
    scene.outcome.verdict = Verdict::Done;
    Ok(())
}

/// An appeal finds that it was somebody else's purchase after all: it is not counted any more.
pub(super) fn found_otherwise(scene: &mut Scene<'_>, case: &mut Case) {
    if let Some(denied) = case.disowned.as_mut().filter(|d| d.denied) {
        denied.denied = false;
        count(scene, case, -1);
    }
}

/// Nothing is released that its buyer disowns.
///
/// # Errors
/// `DISOWNED`, unless an officer found that it was the buyer.
pub(super) fn not_disowned(case: &Case) -> Result<(), Finding> {
    match case.disowned.as_ref().filter(|d| !d.denied) {
        Some(open) => Err(Finding::new(Code::Disowned, "A194 8", "").arg("number", &open.number)),
        None => Ok(()),
    }
}

/// What the parcel takes of its buyer's year is counted (1) or not any more (-1): the amount and each quantity, less
/// what has come back.
fn count(scene: &mut Scene<'_>, case: &Case, sign: i64) {
    if let Some(allowance) = &case.allowance {
        list::add(scene, &Key::Allowance(allowance.clone()), sign * case.allowance_used.0);
    }
    for q in after::quantities_left(case) {
        list::add(scene, &Key::Allowance(q.counter), sign * q.amount.0);
    }
}

fn unknown(key: &CaseKey) -> Finding {
    Finding::new(Code::CaseUnknown, "", "").arg("key", format!("{} {}", key.ebc, key.order_no))
}

fn not_possible(case: &Case, act: ActKind) -> Finding {
    let state = match &case.disowned {
        Some(d) if d.settled.is_some() => format!("异议已办结 settled {}", d.number),
        Some(d) => format!("异议办理中 open {}", d.number),
        None => after::state_words(case.status),
    };
    Finding::new(Code::ActNotPossible, "A194 8", "").arg("state", state).arg("act", act)
}
