//! Appeals about what is no list: a bonded document that was refused, by rule or by an official.
//!
//! What is needed to decide it again is noted where it is refused (`record::Ruling`), under the enterprise that filed it
//! and its own number. *Allowed*, a document is decided again as of the day on which it was refused, as if it were filed
//! then and without the reasons that were set aside; where an official had refused it, the one who hears the appeal
//! approves it in the same entry. What follows is booked now: stock, what a form's guarantee secures, what is held. It
//! gets a number of its own; the one that was refused stays so. Refused again, that is a decision in its turn.
//!
//! Readings [ours]: what follows from a ledger, a state or another document is never set aside. A document that was
//! filed again under its own number and taken in overtakes the appeal. The same again for the same reasons is no new
//! decision.

use super::{enterprise_of, not_appealable, once, set_aside};
use crate::bonded::Document;
use crate::command::{Act, ActKind, ActorRole, DueKind, Verdict};
use crate::decide::{Scene, bonded};
use crate::finding::{Code, Finding};
use crate::key::{Key, Pair};
use crate::pack::Text;
use crate::policy::appeals::{Appeals, appeals};
use crate::record::{Appeal, AppealEnd, AppealOf, Decided, Ruling};

/// What an official, or who is concerned, does about a ruling.
///
/// # Errors
/// As for lists; `CASE_UNKNOWN` where there is no such ruling, or it is none of the appellant's.
pub(in crate::decide) fn act(scene: &mut Scene<'_>, act: &Act, of: &Pair) -> Result<(), Finding> {
    let ruling = scene.read::<Ruling>(&Key::Ruling(of.clone()));
    let concerned = act.kind != ActKind::Appeal || concerns(scene, act, of);
    let Some(mut ruling) = ruling.filter(|_| concerned) else {
        return Err(Finding::new(Code::CaseUnknown, "", "").arg("key", format!("{} {}", of.code, of.number)));
    };
    scene.outcome.day = scene.today();
    ruling.trail.push(scene.here());
    match act.kind {
        ActKind::Appeal => file(scene, act, of, &mut ruling)?,
        ActKind::AllowAppeal => allow(scene, act, of, &mut ruling)?,
        ActKind::RejectAppeal => reject(scene, act, of, &mut ruling)?,
        kind => {
            let finding = Finding::new(Code::ActNotPossible, "", "").arg("state", &of.number);
            return Err(finding.arg("act", kind));
        }
    }
    scene.put(&Key::Ruling(of.clone()), &ruling);
    Ok(())
}

/// The enterprise that filed, or a declarant whom it has entrusted.
fn concerns(scene: &Scene<'_>, act: &Act, of: &Pair) -> bool {
    let today = scene.today();
    let own = |code: Text| code == of.code || scene.party(&of.code).is_some_and(|party| party.entrusts(&code, today));
    act.by.role == ActorRole::Enterprise && enterprise_of(scene, &act.by).is_some_and(own)
}

fn law(scene: &Scene<'_>, of: AppealOf) -> Option<Appeals> {
    appeals(scene.policy(), scene.today()).filter(|law| law.hears_ruling(of))
}

fn file(scene: &mut Scene<'_>, act: &Act, at: &Pair, ruling: &mut Ruling) -> Result<(), Finding> {
    let Some(law) = law(scene, ruling.of) else {
        return Err(not_appealable("", "当日没有复议的规定 no law of appeals today"));
    };
    if let Some(open) = ruling.open_appeal() {
        return Err(once(&law, &open.number));
    }
    let decided = ruling.decided.clone();
    let decided = decided.ok_or_else(|| not_appealable(&law.clause, "没有拒绝 nothing stands refused"))?;
    if let Some(earlier) = ruling.appeals.iter().find(|appeal| appeal.against == decided.place) {
        return Err(once(&law, &earlier.number));
    }
    let known = Some(decided.at.day());
    let appeal = Appeal { of: ruling.of, against: decided.place, ..super::accepted(scene, act, &law, known)? };
    scene.overlay.due(appeal.until.plus(1).starts(), DueKind::AppealSilent, &Key::Ruling(at.clone()));
    scene.outcome.verdict = Verdict::Accepted;
    tell(scene, at, ruling, &format!("复议申请已受理[{}]，应于{}前决定", appeal.number, appeal.until), Vec::new());
    ruling.appeals.push(appeal);
    Ok(())
}

/// The number of the open appeal, where this official may decide it.
fn may_decide(scene: &Scene<'_>, act: &Act, ruling: &Ruling) -> Result<Text, Finding> {
    let clause = law(scene, ruling.of).map(|law| law.clock_clause).unwrap_or_default();
    let Some(open) = ruling.open_appeal() else {
        let finding = Finding::new(Code::ActNotPossible, &clause, "").arg("state", "没有复议 no appeal");
        return Err(finding.arg("act", act.kind));
    };
    let decided_by = ruling.decided.as_ref().map_or("", |decided| &decided.by);
    super::another(act, &clause, ruling.hands.contains(&act.by.id) || decided_by == act.by.id, open)?;
    Ok(open.number.clone())
}

fn reject(scene: &mut Scene<'_>, act: &Act, at: &Pair, ruling: &mut Ruling) -> Result<(), Finding> {
    let number = may_decide(scene, act, ruling)?;
    end(scene, act, at, ruling, AppealEnd::Upheld);
    scene.outcome.verdict = Verdict::Done;
    let court = ruling.appeals.last().and_then(|a| a.court_until).unwrap_or_default();
    tell(scene, at, ruling, &format!("复议决定[{number}]：维持原决定；不服的可于{court}前起诉"), Vec::new());
    Ok(())
}

fn allow(scene: &mut Scene<'_>, act: &Act, at: &Pair, ruling: &mut Ruling) -> Result<(), Finding> {
    let number = may_decide(scene, act, ruling)?;
    let aside = set_aside(&act.number)?;
    if let Some(held) = aside.iter().find(|code| !bonded::may_be_set_aside(**code)) {
        return Err(Finding::new(Code::NotSetAside, "", "").arg("code", held.name()));
    }
    let (Some(decided), Some(document)) = (ruling.decided.clone(), ruling.document.clone()) else {
        return Err(not_appealable("", "-"));
    };
    tell(scene, at, ruling, &format!("复议决定[{number}]：撤销原决定，重新作出决定"), Vec::new());
    let again = bonded::Again { document: &document, content: ruling.content, number: &ruling.number };
    let refused = bonded::again(scene, again, act, decided.at.day(), aside.clone());
    end(scene, act, at, ruling, AppealEnd::Allowed);
    let gone: Vec<Code> = aside.into_iter().filter(|code| ruling.codes.iter().any(|c| c == code.name())).collect();
    if let Some(appeal) = ruling.appeals.last_mut() {
        appeal.set_aside = gone.iter().map(|code| code.name().into()).collect();
    }
    match refused {
        None => (ruling.decided, ruling.document) = (None, None),
        Some(found) => {
            let by = act.by.id.clone();
            ruling.decided = Some(Decided { at: decided.at, place: scene.here(), by });
            ruling.codes = codes(&found);
            (ruling.number, ruling.reason) = (Text::default(), Text::default());
        }
    }
    Ok(())
}

fn end(scene: &mut Scene<'_>, act: &Act, at: &Pair, ruling: &mut Ruling, end: AppealEnd) {
    let court = law(scene, ruling.of).map(|law| law.last_for_court(scene.today()));
    if !ruling.hands.contains(&act.by.id) {
        ruling.hands.push(act.by.id.clone());
    }
    let Some(open) = ruling.appeals.last_mut() else { return };
    super::ended(scene, act, open, end, court);
    stop_clock(scene, at, open);
}

fn stop_clock(scene: &mut Scene<'_>, at: &Pair, appeal: &Appeal) {
    if appeal.silent.is_none() {
        let due = appeal.until.plus(1).starts();
        scene.overlay.undue(due, DueKind::AppealSilent, &Key::Ruling(at.clone()));
    }
}

/// The clock has run out. The decision stands; the desk and the appellant are told.
pub(in crate::decide) fn silent(scene: &mut Scene<'_>, at: &Pair) {
    let key = Key::Ruling(at.clone());
    let Some(mut ruling) = scene.read::<Ruling>(&key) else { return };
    let Some(law) = law(scene, ruling.of) else { return };
    let open = ruling.appeals.last_mut().filter(|a| a.end == AppealEnd::Open && a.silent.is_none());
    let Some(finding) = open.map(|open| super::silence(scene, &law, open)) else { return };
    ruling.trail.push(scene.here());
    scene.outcome.day = scene.today();
    scene.outcome.verdict = Verdict::Done;
    scene.outcome.findings.push(finding.clone());
    let info = crate::receipt::info_of(std::slice::from_ref(&finding), "");
    tell(scene, at, &ruling, &info, vec![finding]);
    scene.put(&key, &ruling);
}

/// A bonded document was refused: by a rule, or by an official under the number that it had.
pub(in crate::decide) struct Refused<'a> {
    pub document: Document,
    pub content: [u8; 16],
    pub found: &'a [Finding],
    pub number: Text,
    pub by: Text,
    pub reason: Text,
}

/// Notes what was refused, for whoever appeals against it.
pub(in crate::decide) fn refused(scene: &mut Scene<'_>, refused: Refused<'_>) {
    if law(scene, AppealOf::Document).is_none() {
        return;
    }
    let at = place_of(&refused.document);
    let key = Key::Ruling(at.clone());
    let mut ruling = scene.read::<Ruling>(&key).unwrap_or_default();
    let codes = codes(refused.found);
    let alike = ruling.content == refused.content && ruling.codes == codes && refused.number == ruling.number;
    if alike && ruling.decided.is_some() {
        return;
    }
    overtaken(scene, &at, &mut ruling);
    ruling.trail.push(scene.here());
    let decided = Decided { at: scene.setting.at, place: scene.here(), by: refused.by };
    let ruling = Ruling {
        of: AppealOf::Document,
        decided: Some(decided),
        codes,
        reason: refused.reason,
        document: Some(refused.document),
        content: refused.content,
        number: refused.number,
        ..ruling
    };
    scene.put(&key, &ruling);
}

/// The document was taken in after all: nothing stands against whoever filed it.
pub(in crate::decide) fn accepted(scene: &mut Scene<'_>, document: &Document) {
    let at = place_of(document);
    let key = Key::Ruling(at.clone());
    let Some(mut ruling) = scene.read::<Ruling>(&key).filter(|ruling| ruling.decided.is_some()) else { return };
    overtaken(scene, &at, &mut ruling);
    (ruling.decided, ruling.document) = (None, None);
    ruling.trail.push(scene.here());
    scene.put(&key, &ruling);
}

/// Another decision takes the place of the one that is appealed against.
fn overtaken(scene: &mut Scene<'_>, at: &Pair, ruling: &mut Ruling) {
    let now = scene.setting.at;
    let Some(open) = ruling.appeals.last_mut().filter(|a| a.end == AppealEnd::Open) else { return };
    (open.end, open.ended) = (AppealEnd::Overtaken, Some(now));
    stop_clock(scene, at, open);
}

fn place_of(document: &Document) -> Pair {
    let head = document.head();
    Pair { code: head.etps.clone(), number: format!("{} {}", document.kind(), head.own_no).into() }
}

fn codes(found: &[Finding]) -> Vec<Text> {
    found.iter().filter(|f| !f.forgiven).map(|f| f.code.name().into()).collect()
}

/// A receipt to whom the ruling concerns.
fn tell(scene: &mut Scene<'_>, at: &Pair, ruling: &Ruling, info: &str, findings: Vec<Finding>) {
    let shown = bonded::shown_of(at, ruling.document.as_ref(), &ruling.number);
    scene.send(at.code.clone(), shown, 100, info, findings);
}
