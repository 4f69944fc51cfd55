//! Appeals about returns that were refused: an application (625, 213), a tally (215), or goods that came too late.
//!
//! Which of them stand refused, for what and by whom, is noted in the case; the document of one that was refused is kept
//! beside it. *Allowed*, it is decided again as of its own day without the reasons that were set aside, and what follows
//! is booked as if it had been accepted then: tax, guarantee, bill and summary, the buyer's year, stock, exemption.
//! Reading [ours]: the time that the appeal took is not held against whoever won it, so goods that have not come yet may
//! come for some days more (`appeal.return_days`).

use super::{Scene, after, end, enterprise_of, export, law, overtaken, tell};
use crate::command::{Act, ActorRole};
use crate::documents::Document;
use crate::finding::{Code, Finding};
use crate::key::{CaseKey, Key, Pair};
use crate::policy::appeals::appeals;
use crate::record::{AppealEnd, Case, Decided, Kept, RefusedReturn};
use crate::time::Day;

/// So many refused returns are noted of one parcel; honest ones are few.
const MOST: usize = 16;

/// Whether refused returns of such a case may be appealed today.
pub(in crate::decide) fn are_heard(scene: &Scene<'_>, case: &Case) -> bool {
    law(scene, case).is_some_and(|law| law.returns)
}

/// The document at hand, or the one of an appeal, was refused: it is kept, and noted in its case. The same again for the
/// same reasons is no new decision; nor is what was sent by somebody who may not return these goods.
pub(in crate::decide) fn refused(scene: &mut Scene<'_>, key: &CaseKey, number: &Pair) {
    let Some(mut case) = scene.case(key).filter(|case| are_heard(scene, case)) else { return };
    if scene.outcome.findings.iter().any(|f| f.code == Code::NotTheDeclarant) {
        return;
    }
    if scene.submitted.is_some() {
        let at = Key::RefusedReturn(number.clone());
        let before = scene.read::<Kept>(&at).is_some_and(|kept| kept.content == scene.content());
        if before && case.refused_returns.iter().any(|r| r.number == *number && r.codes == codes(scene)) {
            return;
        }
        scene.keep(&at);
    }
    case.trail.push(scene.here());
    add(scene, &mut case, number, "");
    scene.put(&Key::Case(key.clone()), &case);
}

/// Goods came too late, or not at all: noted, and no document has to be kept for it.
pub(in crate::decide) fn note(scene: &mut Scene<'_>, case: &mut Case, number: &Pair, by: &str) {
    if are_heard(scene, case) {
        forget_document(scene, number);
        add(scene, case, number, by);
    }
}

fn codes(scene: &Scene<'_>) -> Vec<crate::pack::Text> {
    scene.outcome.findings.iter().filter(|f| !f.forgiven).map(|f| f.code.name().into()).collect()
}

fn add(scene: &mut Scene<'_>, case: &mut Case, number: &Pair, by: &str) {
    case.refused_returns.retain(|refused| refused.number != *number);
    if case.refused_returns.len() >= MOST {
        let oldest = case.refused_returns.remove(0);
        forget_document(scene, &oldest.number);
    }
    let decided = Decided { at: scene.setting.at, place: scene.here(), by: by.into() };
    case.refused_returns.push(RefusedReturn { number: number.clone(), decided, codes: codes(scene) });
}

fn forget_document(scene: &mut Scene<'_>, number: &Pair) {
    let at = Key::RefusedReturn(number.clone());
    if scene.read::<Kept>(&at).is_some() {
        scene.overlay.drop(&at);
    }
}

/// The return stands now, whatever was refused of it before.
pub(in crate::decide) fn accepted(scene: &mut Scene<'_>, key: &CaseKey, case: &mut Case, number: &Pair) {
    if !case.refused_returns.iter().any(|refused| refused.number == *number) {
        return;
    }
    case.refused_returns.retain(|refused| refused.number != *number);
    forget_document(scene, number);
    overtaken(scene, key, case, |appeal| appeal.refund.as_ref() == Some(number));
}

/// Until when goods of an appeal that won may come, where they could come until `deadline`.
pub(in crate::decide) fn last_day(scene: &Scene<'_>, deadline: Day) -> Day {
    let days = appeals(scene.policy(), scene.today()).map_or(0, |law| law.return_days);
    deadline.max(scene.today().plus(days))
}

/// The return that the open appeal is about is decided again.
pub(super) fn again(scene: &mut Scene<'_>, act: &Act, key: &CaseKey, case: &mut Case, aside: &[Code], info: &str) {
    let Some(number) = case.open_appeal().and_then(|appeal| appeal.refund.clone()) else { return };
    end(scene, act, key, case, AppealEnd::Allowed);
    tell(scene, key, case, info, Vec::new());
    scene.put(&Key::Case(key.clone()), case);
    let paid = paid(case);
    let kept = scene.read::<Kept>(&Key::RefusedReturn(number.clone()));
    let kept = kept.and_then(|kept| kept.document.clone().map(|document| (document, kept)));
    if let Some((_, head)) = &kept {
        scene.from = head.from.clone();
    }
    let gone = match &kept {
        Some((Document::Refund(refund), head)) => after::refund_again(scene, &number, refund, head, aside),
        Some((Document::ExportRefund(refund), head)) => {
            export::returns::apply_again(scene, &number, refund, head, aside)
        }
        Some((Document::Tally(tally), head)) => export::returns::tally_again(scene, tally, head, aside),
        _ => after::come_again(scene, &number, aside),
    };
    *case = scene.case(key).unwrap_or_default();
    case.trail.dedup();
    case.to_repay = case.to_repay.plus(paid.minus(self::paid(case)));
    if let Some(appeal) = case.appeals.last_mut() {
        appeal.set_aside = gone.iter().map(|f| f.code.name().into()).collect();
    }
    scene.outcome.findings.extend(gone.into_iter().map(Finding::forgiven));
}

/// What of the bill was paid.
fn paid(case: &Case) -> crate::money::Fen {
    case.bill.as_ref().filter(|bill| bill.paid).map(|bill| bill.total()).unwrap_or_default()
}

/// Who refused the return of this number; empty where the window did.
pub(super) fn refused_by<'c>(case: &'c Case, number: Option<&Pair>) -> &'c str {
    let of = number.and_then(|number| case.refused_returns.iter().find(|refused| refused.number == *number));
    of.map_or("", |refused| &refused.decided.by)
}

/// The appellant had applied for the return that `act.number` names, without taking part in the list.
pub(super) fn applied(scene: &Scene<'_>, act: &Act, case: &Case) -> bool {
    let of = case.refused_return(&act.number).filter(|_| act.by.role == ActorRole::Enterprise);
    of.is_some_and(|refused| enterprise_of(scene, &act.by).is_some_and(|code| code == refused.number.code))
}
