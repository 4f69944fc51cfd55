//! Appeals (行政复议): whom a decision concerns has it decided again, over the same facts, by another officer.
//!
//! Administrative Reconsideration Law (ARL) 2, 11, 20, 62, 68, 69 (paraphrase): who thinks that a decision infringes own
//! rights may ask for reconsideration, once; the organ upholds it, sets it aside or changes it, with reasons. The
//! clocks stand in `policy::appeals`. Ours: four eyes, that is an officer who has not acted on the parcel before.
//!
//! *Allowed*, a refused or sent-back list is decided anew by the law of its own day, without the reasons that the
//! officer found not to hold; everything else is held against it as before, and what that gives is booked, told and
//! may be appealed in its turn. Documents and registry are read as they stand now, so what was corrected in between
//! counts; ledgers are those of now, since nothing can be booked in the past, and no reason that follows from them can
//! be set aside. A detained parcel is released where its guarantee covers it; a parcel that an officer had found to be
//! the buyer's is not counted in the buyer's year any more, and the lists that the full year refused since are named.
//! A list of export is decided anew by the law of the day on which it was accepted.
//! Parcels that were ordered back after release, or from under a master bill: `back`. Refused returns: `returns`. The tax
//! of a released list: `tax`. What is no list (bonded documents, personal
//! articles, filings of goods): `rulings`.

mod back;
pub(super) mod returns;
pub(super) mod rulings;
mod tax;

pub use tax::bears_on_tax;
pub(super) use tax::taxed;

use super::access::enterprise_of;
use super::acts::shown_of;
use super::{Scene, after, disown, export, list};
use crate::account::AccountRow;
use crate::command::{Act, ActorRole, DueKind, Position, Verdict};
use crate::documents::{Document, List};
use crate::finding::{Code, Finding};
use crate::key::{CaseKey, Key};
use crate::policy::appeals::{Appeals, appeals};
use crate::record::{Appeal, AppealEnd, AppealOf, Case, Decided, Kept, Waiting, status};
use crate::time::{Day, Moment};

/// So many refused lists are named of one person's year; honest ones are few.
const MOST_NAMED: usize = 32;

/// The law of appeals today for such a case; without it nothing of a case is noted, so older journals decide as they
/// did.
fn law(scene: &Scene<'_>, case: &Case) -> Option<Appeals> {
    appeals(scene.policy(), scene.today()).filter(|law| law.exports || case.export.is_none())
}

/// Notes that this entry decides about the case, and by whom, for whoever appeals against it.
pub(super) fn decided(scene: &Scene<'_>, case: &Case, by: &str) -> Option<Decided> {
    law(scene, case).map(|_| Decided { at: scene.setting.at, place: scene.here(), by: by.into() })
}

/// Notes that an official has acted on the case.
pub(super) fn noted(scene: &Scene<'_>, act: &Act, case: &mut Case) {
    let official = !matches!(act.by.role, ActorRole::Consumer | ActorRole::Enterprise);
    if official && law(scene, case).is_some() && !case.hands.contains(&act.by.id) {
        case.hands.push(act.by.id.clone());
    }
}

/// True for an appeal against how the list itself stands, which another decision about it overtakes.
pub(super) fn of_the_list(appeal: &Appeal) -> bool {
    matches!(appeal.of, AppealOf::Refusal | AppealOf::Detention | AppealOf::SentBack)
}

/// Another decision takes the place of the one that is appealed against: the appeal has lost its object.
pub(super) fn overtaken(scene: &mut Scene<'_>, key: &CaseKey, case: &mut Case, is: impl Fn(&Appeal) -> bool) {
    let at = scene.setting.at;
    let Some(open) = case.appeals.last_mut().filter(|a| a.end == AppealEnd::Open && is(a)) else { return };
    (open.end, open.ended) = (AppealEnd::Overtaken, Some(at));
    let until = open.silent.is_none().then_some(open.until);
    stop_clock(scene, key, until);
}

/// The tax of a released list was corrected: that is another decision about it.
pub(super) fn tax_anew(scene: &mut Scene<'_>, key: &CaseKey, case: &mut Case) {
    if law(scene, case).is_some_and(|law| law.tax) {
        case.tax_decided = decided(scene, case, "");
        overtaken(scene, key, case, |appeal| appeal.of == AppealOf::Tax);
    }
}

/// A list was refused because its buyer's year is full: an appeal that gives room will name it.
pub(super) fn year_refused(scene: &mut Scene<'_>, key: &CaseKey, list: &List, found: &[Finding]) {
    let by_year = |f: &Finding| matches!(f.code, Code::OverAnnualLimit | Code::OverAnnualQuantity);
    if !found.iter().any(by_year) || appeals(scene.policy(), scene.today()).is_none() {
        return;
    }
    let at = Key::YearRefused(list::person_year(list));
    let mut refused = scene.read::<Waiting>(&at).unwrap_or_default();
    if !refused.cases.contains(key) && refused.cases.len() < MOST_NAMED {
        refused.cases.push(key.clone());
        scene.put(&at, &refused);
    }
}

/// Whom a decision concerns appeals against it: the enterprises of a list, and its buyer. `act.number` names a refused
/// return; without it the appeal is about the list itself, or its tax once it is released.
///
/// # Errors
/// `CASE_UNKNOWN` where the list is none of the appellant's; `NOT_APPEALABLE`, `APPEAL_ONCE`, `APPEAL_LATE`,
/// `APPEAL_UNPAID`.
pub(super) fn file(scene: &mut Scene<'_>, act: &Act, key: &CaseKey, case: &mut Case) -> Result<(), Finding> {
    if !concerns(scene, act, key) && !returns::applied(scene, act, case) {
        return Err(Finding::new(Code::CaseUnknown, "", "").arg("key", format!("{} {}", key.ebc, key.order_no)));
    }
    let Some(law) = law(scene, case) else {
        return Err(not_appealable("", "当日没有复议的规定 no law of appeals today"));
    };
    if let Some(open) = case.open_appeal() {
        return Err(once(&law, &open.number));
    }
    let by_number = Some(&act.number).filter(|number| law.returns && !number.is_empty());
    let refused = by_number.and_then(|number| case.refused_return(number));
    let of = match by_number {
        Some(_) => refused.map(|_| AppealOf::Return),
        None => case.appealable(act.by.role).filter(|of| law.hears(*of, case)),
    };
    let of = of.ok_or_else(|| not_appealable(&law.clause, &after::state_words(case.status)))?;
    let refund = refused.map(|refused| refused.number.clone());
    let against = refused.map(|refused| &refused.decided).or_else(|| case.decision_of(of));
    if of == AppealOf::Tax
        && let Some(clause) = &law.tax_paid_first
        && !case.bill.as_ref().is_some_and(|bill| bill.paid)
    {
        return Err(Finding::new(Code::AppealUnpaid, clause, ""));
    }
    // What was decided before decisions were noted: the last thing that happened, and its day is not held against
    // the appellant.
    let before = case.trail.iter().rev().nth(1).copied().unwrap_or_default();
    // The tax of a list is decided when it is released, and noted where that is done again.
    let before = if of == AppealOf::Tax { Position::default() } else { before };
    let place = against.map_or(before, |decided| decided.place);
    let released = case.released.filter(|_| of == AppealOf::Tax);
    if let Some(earlier) = case.heard(of, place) {
        return Err(once(&law, &earlier.number));
    }
    let known = against.map(|decided| decided.at).or(released).map(|at| at.day());
    let appeal = Appeal { of, against: place, refund, ..accepted(scene, act, &law, known)? };
    let (number, until) = (appeal.number.clone(), appeal.until);
    scene.overlay.due(until.plus(1).starts(), DueKind::AppealSilent, &Key::Case(key.clone()));
    case.appeals.push(appeal);
    scene.outcome.verdict = Verdict::Accepted;
    tell(scene, key, case, &format!("复议申请已受理[{number}]，应于{until}前决定"), Vec::new());
    Ok(())
}

/// An appeal with its clock, against a decision that became known on that day.
///
/// # Errors
/// `APPEAL_LATE`
fn accepted(scene: &Scene<'_>, act: &Act, law: &Appeals, known: Option<Day>) -> Result<Appeal, Finding> {
    if let Some(known) = known {
        let last = law.last_to_file(scene.policy(), known);
        if scene.today() > last {
            return Err(Finding::new(Code::AppealLate, &law.clause, "").arg("known", known).arg("last", last));
        }
    }
    let at = scene.setting.at;
    let number = format!("FY{}-{}", at.day().year(), scene.here().revision).into();
    let until = law.last_to_decide(at.day());
    Ok(Appeal { number, at, by: act.by.clone(), until, ..Appeal::default() })
}

/// The appellant takes part in the list, or is its buyer.
pub(super) fn concerns(scene: &Scene<'_>, act: &Act, key: &CaseKey) -> bool {
    let id = &act.by.id;
    let Some(list) = scene.read::<Kept>(&Key::List(key.clone())).and_then(|kept| kept.document) else { return false };
    match act.by.role {
        ActorRole::Enterprise => {
            let code = enterprise_of(scene, &act.by);
            code.is_some_and(|code| list.takes_part().is_some_and(|parties| parties.contains(&&code)))
        }
        ActorRole::Consumer => {
            let Document::List(list) = &list else { return false };
            scene
                .read::<AccountRow>(&Key::Account(id.clone()))
                .is_some_and(|account| !account.closed && account.person.same(&list.buyer.id))
        }
        _ => false,
    }
}

/// The decision stands; with reasons, by an officer who has not acted before.
///
/// # Errors
/// `ACT_NOT_POSSIBLE` where there is no open appeal; `FOUR_EYES`, `APPEAL_REASONS`.
pub(super) fn reject(scene: &mut Scene<'_>, act: &Act, key: &CaseKey, case: &mut Case) -> Result<(), Finding> {
    let number = may_decide(scene, act, case)?;
    end(scene, act, key, case, AppealEnd::Upheld);
    scene.outcome.verdict = Verdict::Done;
    let court = case.appeals.last().and_then(|a| a.court_until).unwrap_or_default();
    tell(scene, key, case, &format!("复议决定[{number}]：维持原决定；不服的可于{court}前起诉"), Vec::new());
    Ok(())
}

/// The decision is set aside and the matter decided again; what follows is carried through. `act.number` names the
/// reasons that do not hold, or the values by which a list is taxed again.
///
/// # Errors
/// As [`reject`]; `NOT_SET_ASIDE` for a reason that follows from a ledger; why a parcel cannot be released now.
pub(super) fn allow(scene: &mut Scene<'_>, act: &Act, key: &CaseKey, case: &mut Case) -> Result<(), Finding> {
    let number = may_decide(scene, act, case)?;
    let of = case.open_appeal().map(|a| a.of).unwrap_or_default();
    let aside = if of == AppealOf::Tax { Vec::new() } else { set_aside(&act.number, may_be_set_aside)? };
    let info = format!("复议决定[{number}]：撤销原决定，重新作出决定");
    match of {
        AppealOf::Return => returns::again(scene, act, key, case, &aside, &info),
        AppealOf::Tax => tax::again(scene, act, key, case, &info)?,
        AppealOf::Identity => {
            end(scene, act, key, case, AppealEnd::Allowed);
            let since = case.disowned.as_ref().and_then(|d| d.settled);
            disown::found_otherwise(scene, case);
            let named = refused_since(scene, case, since.unwrap_or_default());
            if let Some(appeal) = case.appeals.last_mut() {
                appeal.named = named;
            }
            scene.outcome.verdict = Verdict::Done;
            tell(scene, key, case, &info, Vec::new());
        }
        AppealOf::Detention => {
            disown::not_disowned(case)?;
            if case.export.is_none() {
                after::still_covered(scene, case)?;
            }
            let Some((shown, to)) = shown_of(scene, key, case) else { return Err(not_appealable("", "-")) };
            end(scene, act, key, case, AppealEnd::Allowed);
            tell(scene, key, case, &info, Vec::new());
            scene.from = to;
            match case.export {
                Some(_) => export::free(scene, key, case),
                None => list::release(scene, key, case, None, shown),
            }
        }
        AppealOf::SentBack if case.sent_back_late() => {
            disown::not_disowned(case)?;
            back::again(scene, act, key, case, &info)?;
        }
        AppealOf::Document | AppealOf::Articles | AppealOf::Filing => return Err(not_appealable("", "-")),
        AppealOf::Refusal | AppealOf::SentBack => {
            disown::not_disowned(case)?;
            let kept = scene.read::<Kept>(&Key::List(key.clone()));
            let Some(Kept { document: Some(document), from, .. }) = kept else {
                return Err(not_appealable("", "-"));
            };
            end(scene, act, key, case, AppealEnd::Allowed);
            tell(scene, key, case, &info, Vec::new());
            scene.from = from;
            let gone = match &document {
                Document::List(list) => list::decide_again(scene, key, case.clone(), list, &aside),
                Document::ExportList(list) => export::decide_again(scene, key, case.clone(), list, &aside),
                _ => Vec::new(),
            };
            *case = scene.case(key).unwrap_or_default();
            if let Some(appeal) = case.appeals.last_mut() {
                appeal.set_aside = gone.iter().map(|f| f.code.name().into()).collect();
            }
            scene.outcome.findings.extend(gone.into_iter().map(Finding::forgiven));
        }
    }
    Ok(())
}

/// The clock has run out. The decision stands; the desk and the appellant are told.
pub(super) fn silent(scene: &mut Scene<'_>, key: &CaseKey) {
    let Some(mut case) = scene.case(key) else { return };
    let Some(law) = law(scene, &case) else { return };
    let open = case.appeals.last_mut().filter(|a| a.end == AppealEnd::Open && a.silent.is_none());
    let Some(finding) = open.map(|open| silence(scene, &law, open)) else { return };
    case.trail.push(scene.here());
    scene.outcome.case = Some(key.clone());
    scene.outcome.day = scene.today();
    scene.outcome.verdict = Verdict::Done;
    scene.outcome.findings.push(finding.clone());
    let info = crate::receipt::info_of(std::slice::from_ref(&finding), "");
    tell(scene, key, &case, &info, vec![finding]);
    scene.put(&Key::Case(key.clone()), &case);
}

/// Notes in the appeal that nobody decided it in time, and what there is to say of it.
fn silence(scene: &Scene<'_>, law: &Appeals, open: &mut Appeal) -> Finding {
    let court = law.last_for_court(open.until);
    (open.silent, open.court_until) = (Some(scene.setting.at), Some(court));
    let finding = Finding::new(Code::AppealSilent, &law.clock_clause, "").arg("number", &open.number);
    finding.arg("until", open.until).arg("court", court).forgiven()
}

/// The number of the open appeal, where this official may decide it.
fn may_decide(scene: &Scene<'_>, act: &Act, case: &Case) -> Result<String, Finding> {
    let clause = law(scene, case).map(|law| law.clock_clause).unwrap_or_default();
    let Some(open) = case.open_appeal() else {
        let state = match case.appeals.last() {
            Some(last) => format!("复议 {} 已办结 decided", last.number),
            None => "没有复议 no appeal".to_owned(),
        };
        return Err(Finding::new(Code::ActNotPossible, &clause, "").arg("state", state).arg("act", act.kind));
    };
    let decided_by = match open.of {
        AppealOf::Return => returns::refused_by(case, open.refund.as_ref()),
        AppealOf::Tax => case.tax_decided.as_ref().map_or("", |decided| &decided.by),
        _ => "",
    };
    another(act, &clause, case.hands.contains(&act.by.id) || decided_by == act.by.id, open)?;
    Ok(open.number.to_string())
}

/// Whoever decides an appeal has had no hand in it before, and says why.
///
/// # Errors
/// `FOUR_EYES`, `APPEAL_REASONS`
fn another(act: &Act, clause: &str, had_a_hand: bool, open: &Appeal) -> Result<(), Finding> {
    if had_a_hand || open.by.id == act.by.id {
        return Err(Finding::new(Code::FourEyes, clause, "").arg("who", &act.by.id));
    }
    if act.note == [0; 32] {
        return Err(Finding::new(Code::AppealReasons, clause, ""));
    }
    Ok(())
}

/// The codes that an officer sets aside.
///
/// # Errors
/// `NOT_SET_ASIDE` for one that follows from a ledger or from missing documents, or that does not exist.
fn set_aside(named: &str, may: fn(Code) -> bool) -> Result<Vec<Code>, Finding> {
    let refuse = |name: &str| Finding::new(Code::NotSetAside, "", "").arg("code", name);
    let read = |name: &str| {
        let code = Code::from_name(name).ok_or_else(|| refuse(name))?;
        if may(code) { Ok(code) } else { Err(refuse(name)) }
    };
    named.split([' ', ',']).filter(|name| !name.is_empty()).map(read).collect()
}

/// Whether an officer may find that a reason does not hold. What follows from a ledger or from a missing or used
/// document holds until that is corrected: otherwise an allowance, a guarantee or a stock would be overdrawn. Nor can
/// anything be reckoned with amounts that are none.
pub fn may_be_set_aside(code: Code) -> bool {
    let ledger = matches!(code.number(), 7..=10 | 12 | 120 | 126 | 150..=153);
    let documents = matches!(code.number(), 4 | 200 | 201 | 203 | 205 | 214 | 215 | 220 | 221 | 815 | 817)
        || matches!(code.number(), 300 | 302 | 303 | 305..=307 | 309 | 843 | 847);
    let amounts = matches!(code.number(), 3 | 14 | 15 | 122 | 127 | 139 | 142 | 800 | 805 | 810);
    !ledger && !documents && !amounts
}

fn end(scene: &mut Scene<'_>, act: &Act, key: &CaseKey, case: &mut Case, end: AppealEnd) {
    let court = law(scene, case).map(|law| law.last_for_court(scene.today()));
    let Some(open) = case.appeals.last_mut() else { return };
    ended(scene, act, open, end, court);
    let until = open.silent.is_none().then_some(open.until);
    stop_clock(scene, key, until);
}

/// Notes in the appeal who decided it, and how.
fn ended(scene: &Scene<'_>, act: &Act, open: &mut Appeal, end: AppealEnd, court: Option<Day>) {
    (open.end, open.ended, open.decision) = (end, Some(scene.setting.at), Some(scene.here()));
    (open.officer, open.court_until) = (act.by.id.clone(), court);
}

fn stop_clock(scene: &mut Scene<'_>, key: &CaseKey, until: Option<Day>) {
    if let Some(until) = until {
        let due = until.plus(1).starts();
        scene.overlay.undue(due, DueKind::AppealSilent, &Key::Case(key.clone()));
    }
}

/// The lists of the parcel's buyer that the full year has refused since, and that are still refused.
fn refused_since(scene: &Scene<'_>, case: &Case, since: Moment) -> Vec<CaseKey> {
    let Some(year) = case.allowance.clone() else { return Vec::new() };
    let refused = scene.read::<Waiting>(&Key::YearRefused(year)).unwrap_or_default();
    let is_since = |case: &Case| case.decided.as_ref().is_some_and(|decided| decided.at >= since);
    let still = |key: &CaseKey| scene.case(key).is_some_and(|c| c.status == status::REFUSED && is_since(&c));
    refused.cases.into_iter().filter(still).collect()
}

/// A receipt about the list: to its transmitter where an enterprise appealed; one to a consumer lies on the parcel's
/// page and goes into nobody's outbox, for it is no business of the enterprises.
fn tell(scene: &mut Scene<'_>, key: &CaseKey, case: &Case, info: &str, findings: Vec<Finding>) {
    let Some((shown, sender)) = shown_of(scene, key, case) else { return };
    let consumer = case.appeals.last().is_some_and(|a| a.by.role == ActorRole::Consumer);
    let to = if consumer { Default::default() } else { sender };
    scene.send(to, shown, case.status, info, findings);
}

fn once(law: &Appeals, number: &str) -> Finding {
    Finding::new(Code::AppealOnce, &law.clause, "").arg("number", number)
}

fn not_appealable(clause: &str, why: &str) -> Finding {
    Finding::new(Code::NotAppealable, clause, "").arg("why", why)
}
