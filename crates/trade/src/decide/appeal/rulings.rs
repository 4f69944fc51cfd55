//! Appeals about what is no list: a bonded document that was refused, by rule or by an official; what personal articles
//! came to; a filing of goods that an official refused.
//!
//! What is needed to decide it again is noted where it is decided (`record::Ruling`), under whom it concerns and kind and
//! number. *Allowed*, a document is decided again as of the day on which it was refused, as if it were filed then and
//! without the reasons that were set aside; where an official had refused it, the one who hears the appeal approves it in
//! the same entry. What follows is booked now: stock, what a form's guarantee secures, what is held. It gets a number of
//! its own; the one that was refused stays so. Articles are reckoned again by the law of their own day with the values
//! that the official found, and nobody is worse off for it; where the tax was paid, what is to be paid back is noted. A
//! filing of goods is approved as it was filed. Refused again, that is a decision in its turn.
//!
//! Readings [ours]: what follows from a ledger, a state or another document is never set aside. What was filed again
//! under its own number and taken in overtakes the appeal. The same again for the same reasons is no new decision.

use super::{enterprise_of, not_appealable, once, set_aside};
use crate::account::AccountRow;
use crate::articles::ArticlesState;
use crate::bonded::Document;
use crate::command::{Act, ActKind, ActorRole, DueKind, Verdict};
use crate::decide::{Scene, articles, bonded};
use crate::documents::MessageKind;
use crate::finding::{Code, Finding};
use crate::key::{Key, Pair};
use crate::pack::Text;
use crate::policy::Parameter;
use crate::policy::appeals::{Appeals, appeals};
use crate::receipt::Shown;
use crate::record::{Appeal, AppealEnd, AppealOf, Decided, Ruling};
use crate::registry::{Asked, GoodsRow, Matter};

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

/// The enterprise that filed, or a declarant whom it has entrusted; of articles also whose they are.
fn concerns(scene: &Scene<'_>, act: &Act, of: &Pair) -> bool {
    let today = scene.today();
    if act.by.role == ActorRole::Consumer {
        let Some(state) = scene.read::<ArticlesState>(&Key::Articles(filed_under(of))) else { return false };
        let account = scene.read::<AccountRow>(&Key::Account(act.by.id.clone())).filter(|account| !account.closed);
        let own = act.by.id == of.code && state.enterprise.is_empty();
        return account.is_some_and(|account| own || account.person.same(&state.person));
    }
    let entrusted = |code: &str| {
        let asked = Asked::to(code, Matter::Appeals, today);
        scene.party(&of.code).is_some_and(|party| party.entrusts(&asked).is_ok())
    };
    let own = |code: Text| code == of.code || entrusted(&code);
    act.by.role == ActorRole::Enterprise && enterprise_of(scene, &act.by).is_some_and(own)
}

/// The own number under which it was filed.
fn filed_under(of: &Pair) -> Pair {
    let (_, number) = of.number.split_once(' ').unwrap_or_default();
    Pair { code: of.code.clone(), number: number.into() }
}

/// Whether such decisions may be appealed today.
pub(in crate::decide) fn hears(scene: &Scene<'_>, of: AppealOf) -> bool {
    law(scene, of).is_some()
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
    if let Some(clause) = &law.tax_paid_first
        && ruling.of == AppealOf::Articles
        && unpaid(scene, at)
    {
        return Err(Finding::new(Code::AppealUnpaid, clause, ""));
    }
    let known = Some(decided.at.day());
    let appeal = Appeal { of: ruling.of, against: decided.place, ..super::accepted(scene, act, &law, known)? };
    scene.overlay.due(appeal.until.plus(1).starts(), DueKind::AppealSilent, &Key::Ruling(at.clone()));
    scene.outcome.verdict = Verdict::Accepted;
    tell(scene, at, ruling, &format!("复议申请已受理[{}]，应于{}前决定", appeal.number, appeal.until), Vec::new());
    ruling.appeals.push(appeal);
    Ok(())
}

/// The tax of articles waits to be paid.
fn unpaid(scene: &Scene<'_>, at: &Pair) -> bool {
    let state = scene.read::<ArticlesState>(&Key::Articles(filed_under(at)));
    state.is_some_and(|state| state.status == crate::record::status::EXAMINED)
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
    let decided = ruling.decided.clone().ok_or_else(|| not_appealable("", "-"))?;
    let info = format!("复议决定[{number}]：撤销原决定，重新作出决定");
    match ruling.of {
        AppealOf::Articles => {
            let changed = articles::again(scene, &filed_under(at), &act.number, &info)?;
            end(scene, act, at, ruling, AppealEnd::Allowed);
            let bears = changed.after.duty > crate::money::Fen::ZERO;
            let (by, place) = (act.by.id.clone(), scene.here());
            ruling.decided = bears.then_some(Decided { at: scene.setting.at, place, by });
            ruling.codes.clear();
            if let Some(appeal) = ruling.appeals.last_mut() {
                appeal.tax = Some(changed);
            }
        }
        AppealOf::Filing => {
            let key = Key::Goods(filed_under(at));
            let row = scene.read::<GoodsRow>(&key).ok_or_else(|| not_appealable("", "-"))?;
            scene.put(&key, &GoodsRow { approved: true, ..row });
            end(scene, act, at, ruling, AppealEnd::Allowed);
            ruling.decided = None;
            scene.outcome.verdict = Verdict::Accepted;
            tell(scene, at, ruling, &format!("{info}：备案通过"), Vec::new());
        }
        _ => document_again(scene, act, at, ruling, decided, &info)?,
    }
    Ok(())
}

fn document_again(
    scene: &mut Scene<'_>,
    act: &Act,
    at: &Pair,
    ruling: &mut Ruling,
    decided: Decided,
    info: &str,
) -> Result<(), Finding> {
    let aside = set_aside(&act.number, bonded::may_be_set_aside)?;
    let document = ruling.document.clone().ok_or_else(|| not_appealable("", "-"))?;
    tell(scene, at, ruling, info, Vec::new());
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
            ruling.decided = Some(Decided { at: scene.setting.at, place: scene.here(), by });
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
    stands(scene, AppealOf::Document, &at, &mut ruling, refused.by);
    let ruling = Ruling {
        office: bonded::office_of(scene, &refused.document),
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
    settled(scene, &place_of(document));
}

/// This is decided now, against whom it concerns; by an official, or by the window.
pub(in crate::decide) fn decided(scene: &mut Scene<'_>, of: AppealOf, at: &Pair, by: &str, office: &Text) {
    if !hears(scene, of) {
        return;
    }
    let key = Key::Ruling(at.clone());
    let mut ruling = scene.read::<Ruling>(&key).unwrap_or_default();
    stands(scene, of, at, &mut ruling, by.into());
    (ruling.codes, ruling.office) = (codes(&scene.outcome.findings), office.clone());
    scene.put(&key, &ruling);
}

fn stands(scene: &mut Scene<'_>, of: AppealOf, at: &Pair, ruling: &mut Ruling, by: Text) {
    overtaken(scene, at, ruling);
    ruling.trail.push(scene.here());
    ruling.of = of;
    ruling.decided = Some(Decided { at: scene.setting.at, place: scene.here(), by });
}

/// Nothing stands any more against whom it concerned.
pub(in crate::decide) fn settled(scene: &mut Scene<'_>, at: &Pair) {
    let key = Key::Ruling(at.clone());
    let Some(mut ruling) = scene.read::<Ruling>(&key).filter(|ruling| ruling.decided.is_some()) else { return };
    overtaken(scene, at, &mut ruling);
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

/// Whether the law of today has reviews of filings answered with receipts.
fn filings_are_answered(scene: &Scene<'_>) -> bool {
    scene.policy().whole(Parameter::FilingReceipts, scene.today()) == Some(1)
}

/// The receipt of a filing that was reviewed: approved, it is its certificate (备案证书).
pub(in crate::decide) fn reviewed(scene: &mut Scene<'_>, row: &GoodsRow) {
    if !filings_are_answered(scene) {
        return;
    }
    let (status, word) = if row.approved { (800, "备案通过") } else { (100, "备案不予通过") };
    let shown = || Shown {
        kind: MessageKind::FilingReturn,
        ebc_code: row.ebc.clone(),
        cop_no: row.item_no.clone(),
        filing: Some(Box::new(row.clone())),
        ..Shown::default()
    };
    let info = format!("商品{word}[{}]，第{}版", row.item_no, row.version);
    scene.send(row.ebc.clone(), shown, status, info, Vec::new());
}

/// Where a decision about a filing of goods stands.
pub(in crate::decide) fn filing_of(row: &GoodsRow) -> Pair {
    Pair { code: row.ebc.clone(), number: format!("GOODS {}", row.item_no).into() }
}

fn codes(found: &[Finding]) -> Vec<Text> {
    found.iter().filter(|f| !f.forgiven).map(|f| f.code.name().into()).collect()
}

/// A receipt to whom the ruling concerns; one to a consumer goes into nobody's outbox.
fn tell(scene: &mut Scene<'_>, at: &Pair, ruling: &Ruling, info: &str, findings: Vec<Finding>) {
    let own = filed_under(at);
    let (to, shown, status) = match ruling.of {
        AppealOf::Articles => {
            let Some(state) = scene.read::<ArticlesState>(&Key::Articles(own.clone())) else { return };
            (state.enterprise.clone(), articles::shown_of(&own, &state), state.status)
        }
        AppealOf::Filing => {
            let row = scene.read::<GoodsRow>(&Key::Goods(own.clone()));
            let approved = row.as_ref().is_some_and(|row| row.approved);
            let filing = row.filter(|_| filings_are_answered(scene)).map(Box::new);
            let (kind, ebc_code, cop_no) = (MessageKind::FilingReturn, own.code.clone(), own.number);
            (own.code, Shown { kind, ebc_code, cop_no, filing, ..Shown::default() }, if approved { 800 } else { 100 })
        }
        _ => (own.code, bonded::shown_of(at, ruling.document.as_ref(), &ruling.number), 100),
    };
    scene.send(to, shown, status, info, findings);
}
