//! Corrections of lists: each row on an overlay of its own over a draft of the facts, so that a row sees what those
//! before it did; then all of it happens, or nothing.
//!
//! What may be corrected ([`crate::correction`]): a list of import that waits, stands matched, or is released with its tax
//! unpaid; of export, until it stands under a master bill (607). Goods that are to be inspected or are detained: nothing
//! (Order 220, [check]). Withdrawn is what is not released (rules.md 1.2); released goods come back by a return (625),
//! which may itself be withdrawn until they have come.
//!
//! A corrected list is judged as it would have been on its own day, with its buyer's year as it stands now. Reading [ours]:
//! after release no tax that the order collected is compared any more, for customs levies what is due (补征、退税) and
//! platform and buyer settle the rest; how the goods travelled is a matter of the past then; a parcel that stands on an
//! outgoing verification list keeps its items; nothing is changed where a return is under way, or the summary payment was
//! paid or is overdue.
//!
//! A rate that was adopted after its first day: a released list is *reassessed*, that is taxed again by the law of its own
//! day as it is adopted now, whether or not its tax was paid (TL, rules.md 3.7: what was levied too little is claimed,
//! what was levied too much is asked back [check]). Not covered: that both are bound to three years.

use std::collections::HashSet;

use sha2::{Digest, Sha256};

use super::list::Gathered;
use super::{Draft, Scene, Setting, State, after, alone, appeal, bonded, export, list, order_reasons};
use crate::command::{ActorRole, DueKind, Outcome, Verdict};
use crate::correction::{
    Bill, Change, Correction, Expected, Impact, MOST, Matter, Row, What, bill_rows, digest, impact, is_change, set,
    weight, yuan,
};
use crate::documents::{Document, List, MessageKind};
use crate::finding::{Code, Finding};
use crate::key::{CaseKey, Facts, Key, Pair, read};
use crate::money::{Fen, Quantity};
use crate::policy::rights::Action;
use crate::receipt::Shown;
use crate::record::{
    Case, CaseRef, Corrected, Corrections, Kept, Manifest, RefundState, Stock, TaxPayment, TaxStatement, status,
};
use crate::registry::{self, Asked, RoleKind};
use crate::verify;

/// The ground of corrections.
const CLAUSE: &str = "A194; Order 220 [check]";

/// Findings of single rows that a refusal tells; a preview tells all.
const TOLD: usize = 500;

/// Characters of a declarant's own number.
const LONGEST_NUMBER: usize = 40;

/// What a correction would do, row by row and in sum.
#[derive(Clone, Debug, Default)]
pub struct Preview {
    /// Why nothing of it can be done, whatever its rows say.
    pub against: Vec<Finding>,
    /// One for each row.
    pub outcomes: Vec<Outcome>,
    pub impact: Impact,
    pub expected: Expected,
}

impl Preview {
    /// How many of its rows cannot be done.
    pub fn refused(&self) -> usize {
        self.outcomes.iter().filter(|o| is_refused(o)).count()
    }
}

fn is_refused(outcome: &Outcome) -> bool {
    matches!(outcome.verdict, Verdict::Refused | Verdict::Failed)
}

/// Decides a correction on paper.
pub fn preview(correction: &Correction, setting: Setting<'_>, facts: &dyn Facts) -> Preview {
    let mut draft = Draft::over(facts);
    let mut numbering = 0;
    let against = {
        let scene = Scene::new(setting, &draft, 0, &mut numbering);
        against(&scene, correction)
    };
    let mut preview = rows(correction, setting, &mut draft, &mut numbering);
    preview.against = against;
    preview
}

pub(super) fn file(
    correction: &Correction,
    setting: Setting<'_>,
    state: &mut dyn State,
    numbering: &mut u32,
) -> Vec<Outcome> {
    let outcomes = decided(correction, setting, state, numbering);
    for outcome in &outcomes {
        state.apply(&outcome.effects, &[]);
    }
    outcomes
}

fn decided(correction: &Correction, setting: Setting<'_>, state: &dyn State, numbering: &mut u32) -> Vec<Outcome> {
    let first = *numbering;
    let key = Key::Correction(Pair { code: correction.enterprise.clone(), number: correction.number.clone() });
    let made = read::<Corrected>(state, &key);
    let refuse = |findings: Vec<Finding>, numbering: &mut u32| {
        *numbering = first;
        let outcome = alone(setting, state, numbering, |scene| {
            scene.from = correction.enterprise.clone();
            scene.refuse(MessageKind::CorrectionBill, shown(correction), findings);
        });
        vec![outcome]
    };
    let mut found = against(&Scene::new(setting, state, 0, numbering), correction);
    if found.is_empty()
        && let Some(made) = made
    {
        if made.content == correction.content {
            return vec![alone(setting, state, numbering, |scene| scene.repeat(made.at))];
        }
        let finding = Finding::new(Code::DuplicateKey, "", "number").arg("key", &correction.number);
        found.push(finding.arg("status", status::EXAMINED));
    }
    if !found.is_empty() {
        return refuse(found, numbering);
    }
    let mut draft = Draft::over(state);
    let preview = rows(correction, setting, &mut draft, numbering);
    let refused = preview.refused();
    if refused > 0 {
        let finding = Finding::new(Code::CorrectionRows, CLAUSE, "");
        found.push(finding.arg("refused", refused).arg("of", correction.rows.len()));
        let of_rows = preview.outcomes.iter().filter(|o| is_refused(o)).flat_map(|outcome| &outcome.findings);
        found.extend(of_rows.filter(|f| !f.forgiven).take(TOLD).cloned());
    } else if let Some(expected) = correction.expected.as_ref().filter(|e| **e != preview.expected) {
        found = moved(expected, &preview.expected);
    }
    if !found.is_empty() {
        return refuse(found, numbering);
    }
    let bill = bill_outcome(correction, setting, &draft, numbering, &key, &preview);
    let mut outcomes = preview.outcomes;
    outcomes.push(bill);
    outcomes
}

/// The bill of changes: the last outcome, whose receipt proves what was done and what it changed.
fn bill_outcome(
    correction: &Correction,
    setting: Setting<'_>,
    draft: &Draft<'_>,
    numbering: &mut u32,
    key: &Key,
    preview: &Preview,
) -> Outcome {
    let about = correction.rows.len() as u32;
    let mut scene = Scene::new(setting, draft, about, numbering);
    scene.from = correction.enterprise.clone();
    let (rows, digest) = digest(&bill_rows(correction, &preview.outcomes));
    let withdrawn = correction.rows.iter().filter(|row| row.what == What::Withdraw).count() as u32;
    let bill = Bill { rows, digest, amended: about - withdrawn, withdrawn, sums: preview.impact.sums.clone() };
    let receipt = *scene.numbering;
    let info = format!("变更清单：修改{}票，撤销{}票", bill.amended, bill.withdrawn);
    let shown = Shown { changes: Some(Box::new(bill)), ..shown(correction) };
    scene.answer(shown, status::EXAMINED, info);
    let chain = Key::Corrections(correction.enterprise.clone());
    let mut all = scene.read::<Corrections>(&chain).unwrap_or_default();
    let made = Corrected {
        at: scene.here(),
        content: correction.content,
        lists: about,
        moment: setting.at,
        previous: std::mem::replace(&mut all.newest, correction.number.clone()),
        tax: preview.impact.of(Matter::Tax).change(),
        receipt,
    };
    all.count += 1;
    scene.put(key, &made);
    scene.put(&chain, &all);
    scene.outcome.verdict = Verdict::Done;
    scene.finish()
}

fn shown(correction: &Correction) -> Shown {
    Shown {
        kind: MessageKind::CorrectionBill,
        agent_code: correction.enterprise.clone(),
        cop_no: correction.number.clone(),
        ..Shown::default()
    }
}

/// What speaks against the whole, whatever its rows say.
fn against(scene: &Scene<'_>, correction: &Correction) -> Vec<Finding> {
    let mut found = correction.faults.clone();
    let by = &correction.by;
    let own = match by.role {
        ActorRole::Window => true,
        ActorRole::Enterprise => by.id == correction.enterprise,
        _ => false,
    };
    if !own || !scene.policy().rights().allow(by.role, Action::ListCorrect, scene.today()) {
        found.push(Finding::new(Code::ActorRole, "", "").arg("who", by.role).arg("act", Action::ListCorrect));
    }
    let roles = [RoleKind::Declarant, RoleKind::Seller];
    found.extend(scene.neither(&correction.enterprise, roles, "enterprise", scene.today()));
    let length = correction.number.chars().count();
    if !(1..=LONGEST_NUMBER).contains(&length) || correction.number.chars().any(char::is_control) {
        found.push(Finding::new(Code::CorrectionNumber, "", "number").arg("most", LONGEST_NUMBER));
    }
    let rows = correction.rows.len();
    if !(1..=MOST).contains(&rows) && correction.faults.is_empty() {
        found.push(Finding::new(Code::CorrectionSize, "ours", "").arg("most", MOST).arg("rows", rows));
    }
    found
}

/// How what was expected differs from what would come now.
pub(super) fn moved(then: &Expected, now: &Expected) -> Vec<Finding> {
    let finding = |what: &str, then: String, now: String| {
        Finding::new(Code::ImpactMoved, "ours", "").arg("what", what).arg("now", now).arg("then", then)
    };
    let told = |matter: &Matter, change: i64| match matter {
        Matter::Lists => change.to_string(),
        matter if matter.is_money() => yuan(change),
        _ => Quantity(change).to_string(),
    };
    let mut found: Vec<Finding> = Matter::ALL
        .iter()
        .zip(then.sums.iter().zip(&now.sums))
        .filter(|(_, (then, now))| then != now)
        .map(|(matter, (then, now))| finding(matter.words(), told(matter, *then), told(matter, *now)))
        .collect();
    if found.is_empty() {
        let short = |e: &Expected| e.to_text().chars().take(8).collect::<String>();
        found.push(finding("逐票结果 the result of single lists", short(then), short(now)));
    }
    found
}

/// Decides every row, each over what those before it changed.
fn rows(correction: &Correction, setting: Setting<'_>, draft: &mut Draft<'_>, numbering: &mut u32) -> Preview {
    let mut preview = Preview::default();
    let mut hash = Sha256::new();
    let mut seen = HashSet::with_capacity(correction.rows.len());
    for (about, row) in correction.rows.iter().take(MOST).enumerate() {
        let mut scene = Scene::new(setting, &*draft, about as u32, numbering);
        scene.from = correction.enterprise.clone();
        let done = if seen.insert(&row.list) {
            one(&mut scene, correction, row)
        } else {
            Err(vec![Finding::new(Code::CorrectionTwice, "", "list")])
        };
        let mut outcome = match done {
            Ok(()) => scene.finish(),
            Err(mut found) => {
                order_reasons(&mut found);
                let (case, day) = (scene.outcome.case.take(), scene.outcome.day);
                let verdict = Verdict::Refused;
                Outcome { about: about as u32, verdict, findings: found, case, day, ..Outcome::default() }
            }
        };
        for finding in outcome.findings.iter_mut().filter(|f| f.source_line == 0) {
            finding.source_line = row.source_line;
        }
        let case_key = outcome.case.clone().map(Key::Case);
        let case = |draft: &Draft<'_>| case_key.as_ref().and_then(|key| read::<Case>(draft, key));
        let was = case(draft);
        draft.apply(&outcome.effects, &[]);
        let is = case(draft);
        let ((tax_was, year_was), (tax, year)) = (weight(was.as_ref()), weight(is.as_ref()));
        let status = is.as_ref().map_or(0, |case| case.status);
        if !is_refused(&outcome) {
            let finding = Finding::new(Code::CorrectionWeighed, CLAUSE, "");
            let finding = finding.arg("tax_before", tax_was).arg("tax_after", tax);
            let finding = finding.arg("year_before", year_was).arg("year_after", year).arg("status", status);
            outcome.findings.push(Finding { source_line: row.source_line, ..finding.forgiven() });
        }
        hash.update([row.what as u8, u8::from(is_refused(&outcome)), row.list.len() as u8]);
        hash.update(&*row.list);
        for number in [i64::from(status), tax_was.0, tax.0, year.0 - year_was.0] {
            hash.update(number.to_le_bytes());
        }
        for change in outcome.findings.iter().filter(|f| is_change(f)) {
            hash.update(crate::pack::Pack::pack(change));
        }
        preview.outcomes.push(outcome);
    }
    preview.impact = impact(draft.base(), draft, draft.changed());
    let sums = preview.impact.changes();
    sums.iter().for_each(|sum| hash.update(sum.to_le_bytes()));
    let mut fingerprint = [0; 16];
    fingerprint.copy_from_slice(&hash.finalize()[..16]);
    preview.expected = Expected { fingerprint, sums };
    preview
}

fn one(scene: &mut Scene<'_>, correction: &Correction, row: &Row) -> Result<(), Vec<Finding>> {
    if !row.faults.is_empty() {
        return Err(row.faults.clone());
    }
    let found = scene.read::<CaseRef>(&Key::ListNumber(row.list.clone()));
    // Declared again, it has another number.
    let found = found.and_then(|r| Some((scene.case(&r.case).filter(|c| c.invt_no == row.list)?, r.case)));
    let Some((mut case, key)) = found else {
        // No list: the number under which the declarant applied for a return (`copNo`).
        let refund = Pair { code: correction.enterprise.clone(), number: row.list.clone() };
        if let Some(state) = scene.read::<RefundState>(&Key::Refund(refund.clone())) {
            return withdraw_return(scene, refund, state, row);
        }
        return Err(vec![Finding::new(Code::ListNotFound, CLAUSE, "list").arg("invt", &row.list)]);
    };
    let matter = if case.export.is_some() { registry::Matter::ExportLists } else { registry::Matter::ImportLists };
    let asked = Asked::to(&correction.enterprise, matter, scene.today());
    if let Some(finding) = after::not_the_declarant(scene, &case, &key, &asked, after::A45) {
        return Err(vec![finding]);
    }
    scene.outcome.case = Some(key.clone());
    scene.outcome.day = case.declared_on;
    case.trail.push(scene.here());
    match (row.what, case.export.is_some()) {
        (What::Withdraw, false) => withdraw(scene, key, case),
        (What::Amend, false) => amend(scene, key, case, row),
        (What::Reassess, false) => reassess(scene, key, case),
        (What::Reassess, true) => Err(vec![not_so(&case, "出口清单没有税单 a list of export has no tax bill")]),
        (What::Withdraw, true) => {
            export::list::withdraw(scene, &key, &mut case).map_err(|finding| vec![finding])?;
            scene.put(&Key::Case(key), &case);
            scene.outcome.verdict = Verdict::Done;
            Ok(())
        }
        (What::Amend, true) => {
            let Some(Kept { document: Some(mut document), .. }) = scene.read(&Key::List(key.clone())) else {
                return Err(vec![not_so(&case, "清单不在 the list is gone")]);
            };
            changed(scene, &mut document, row, None)?;
            export::list::amend(scene, key, case, document)
        }
    }
}

fn not_so(case: &Case, what: &str) -> Finding {
    let finding = Finding::new(Code::CorrectionState, CLAUSE, "list").arg("invt", &case.invt_no);
    finding.arg("state", after::state_words(case.status)).arg("what", what)
}

fn withdraw(scene: &mut Scene<'_>, key: CaseKey, mut case: Case) -> Result<(), Vec<Finding>> {
    if !after::may_be_cancelled(&case) {
        let finding = Finding::new(Code::ListState, "A194 3", "list").arg("invt", &case.invt_no);
        return Err(vec![finding.arg("state", after::state_words(case.status))]);
    }
    after::withdraw(scene, &key, &mut case);
    scene.outcome.verdict = Verdict::Done;
    after::wake_freed(scene, &case);
    Ok(())
}

/// An application for a return (625, 213) is taken back while its goods are on the way: nothing of them is pending any
/// more, and the list may be corrected or returned anew. A45 and A154 know no withdrawal [ours]: until the goods have
/// come, an application books nothing that somebody else stands on.
fn withdraw_return(scene: &mut Scene<'_>, refund: Pair, mut state: RefundState, row: &Row) -> Result<(), Vec<Finding>> {
    let key = Key::Refund(refund);
    let under_way = if state.export.is_some() { status::MATCHED } else { status::EXAMINED };
    let against = |what: &str| {
        let finding = Finding::new(Code::CorrectionState, CLAUSE, "list").arg("invt", &row.list);
        vec![finding.arg("state", after::state_words(state.status)).arg("what", what)]
    };
    if row.what != What::Withdraw {
        return Err(against("退货申请只能撤销 a return may only be withdrawn"));
    }
    let case = scene.case(&state.case).filter(|_| state.status == under_way);
    let Some(mut case) = case else {
        return Err(against("退货已办结、已到货或已作废 the return is done with, or its goods have come"));
    };
    scene.outcome.case = Some(state.case.clone());
    scene.outcome.day = scene.today();
    if state.export.is_some() {
        export::not_coming(scene, &state, &case);
    }
    scene.overlay.undue(state.deadline.plus(1).starts(), DueKind::ReturnOverdue, &key);
    after::no_longer_under_way(&mut case, &state.lines);
    state.status = status::CANCELLED;
    case.trail.push(scene.here());
    let info = format!("退货申请已撤销[{}]", state.cop_no);
    scene.send(state.from.clone(), after::refund_shown(&state, &case), status::EXAMINED, info, Vec::new());
    scene.put(&Key::Case(state.case.clone()), &case);
    scene.put(&key, &state);
    scene.outcome.verdict = Verdict::Done;
    Ok(())
}

/// Puts the new values into a list; each that changed is told. `released`: then some may not change any more.
fn changed(
    scene: &mut Scene<'_>,
    document: &mut Document,
    row: &Row,
    released: Option<&Case>,
) -> Result<(), Vec<Finding>> {
    let (mut wrong, mut said) = (Vec::new(), Vec::new());
    for change in &row.changes {
        let Change { gnum, field, .. } = *change;
        if released.is_some() && field.is_of_transport() {
            wrong.push(Finding::new(Code::CorrectionField, CLAUSE, field.name()).line(gnum).arg("name", field));
            continue;
        }
        match set(document, change) {
            Err(finding) => wrong.push(finding),
            Ok([before, after]) if before == after => {}
            Ok([before, after]) => {
                let code = if gnum == 0 { Code::CorrectedHead } else { Code::CorrectedLine };
                let finding = Finding::new(code, CLAUSE, field.name()).line(gnum);
                said.push(finding.arg("before", before).arg("after", after).forgiven());
            }
        }
    }
    if wrong.is_empty() && said.is_empty() {
        wrong.push(Finding::new(Code::CorrectionNothing, CLAUSE, "list").arg("invt", &row.list));
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    scene.outcome.findings.extend(said);
    Ok(())
}

/// What a list of import holds until it is corrected.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Held {
    /// Matched, not released: reserved.
    Reserved,
    /// Released, not paid: due.
    Due,
}

fn amend(scene: &mut Scene<'_>, key: CaseKey, case: Case, row: &Row) -> Result<(), Vec<Finding>> {
    let held = match case.status {
        status::WAITING => None,
        status::MATCHED | status::REVIEW | status::EXAMINED => Some(Held::Reserved),
        status::RELEASED => Some(Held::Due),
        status::REFUSED => return Err(vec![not_so(&case, "退单的改正后重发 a refused list is sent again")]),
        s if s == status::INSPECTION || status::DETAINED.contains(&s) => {
            return Err(vec![not_so(&case, "货物待查验或被扣留 the goods are to be inspected or are detained")]);
        }
        _ => return Err(vec![not_so(&case, "手续已办结 nothing of it is open")]),
    };
    if held == Some(Held::Due) {
        may_still_change(scene, &case)?;
    }
    let list_key = Key::List(key.clone());
    let kept = scene.read::<Kept>(&list_key);
    let Some(Kept { document: Some(Document::List(old)), from, .. }) = kept.clone() else {
        return Err(vec![not_so(&case, "清单不在 the list is gone")]);
    };
    let mut document = Document::List(old.clone());
    changed(scene, &mut document, row, (held == Some(Held::Due)).then_some(&case))?;
    let Document::List(new) = document.clone() else { return Ok(()) };
    scene.put(&list_key, &Kept { document: Some(document), ..kept.unwrap_or_default() });

    let mut found = list::parties(scene, &new);
    // Arrears keep new lists away, not the correction of an old one.
    found.retain(|f| f.code != Code::AgentOverdue);
    found.extend(verify::list(&new, case.accepted.day(), scene.policy()));
    found.extend(list::goods(scene, &new));
    if !found.is_empty() {
        return Err(found);
    }
    match held {
        None => wait_again(scene, key, case, (&old, &new), from),
        Some(held) => book_again(scene, key, case, (&old, &new), held),
    }
}

/// Whether the tax of a released list is still open.
fn may_still_change(scene: &Scene<'_>, case: &Case) -> Result<(), Vec<Finding>> {
    let Some(bill) = case.bill.as_ref().filter(|bill| !bill.paid && bill.state != 3) else {
        return Err(vec![not_so(case, "税款已缴或税单已作废 the tax was paid or the bill is void")]);
    };
    let payment = scene.read::<TaxPayment>(&Key::TaxPayment(bill.ent_duty_no.clone()));
    if payment.is_some_and(|payment| payment.paid_on.is_some() || payment.overdue) {
        return Err(vec![not_so(case, "汇总缴款书已缴或已逾期 the summary payment was paid or is overdue")]);
    }
    if !case.returned.is_empty() {
        return Err(vec![not_so(case, "已申请退货 a return was applied for")]);
    }
    Ok(())
}

/// A released list is taxed again by the law of its day as it is adopted now.
fn reassess(scene: &mut Scene<'_>, key: CaseKey, mut case: Case) -> Result<(), Vec<Finding>> {
    if !matches!(case.status, status::RELEASED | status::CLOSED) || case.bill.as_ref().is_none_or(|b| b.state == 3) {
        return Err(vec![not_so(&case, "没有有效的税单 it has no tax bill that stands")]);
    }
    let kept = scene.read::<Kept>(&Key::List(key.clone())).and_then(|kept| kept.document);
    let Some(Document::List(list)) = kept else {
        return Err(vec![not_so(&case, "清单不在 the list is gone")]);
    };
    let mut found = verify::list(&list, case.accepted.day(), scene.policy());
    found.extend(list::goods(scene, &list));
    let taxed = appeal::taxed(scene, &mut case, &list, &mut found);
    let Some((now, changed)) = taxed.filter(|_| found.is_empty()) else { return Err(found) };
    if changed.before == changed.after {
        return Err(vec![Finding::new(Code::CorrectionNothing, CLAUSE, "list").arg("invt", &case.invt_no)]);
    }
    appeal::tax_anew(scene, &key, &mut case);
    scene.outcome.tax = Some(now.clone());
    after::tell_bill(scene, &key, &case, &now);
    scene.put(&Key::Case(key), &case);
    scene.outcome.verdict = Verdict::Done;
    Ok(())
}

/// A list that waits is looked at again with its new values, as if they had come first.
fn wait_again(
    scene: &mut Scene<'_>,
    key: CaseKey,
    case: Case,
    (old, new): (&List, &List),
    from: crate::pack::Text,
) -> Result<(), Vec<Finding>> {
    list::waits_no_more(scene, &key, &case, old);
    let said = std::mem::take(&mut scene.outcome.findings);
    let sender = std::mem::replace(&mut scene.from, from);
    let gathered = Gathered::of(scene, new, &key);
    scene.outcome.verdict = Verdict::Accepted;
    list::settle(scene, &key, case, new, gathered, list::Wait::Begin);
    scene.from = sender;
    if scene.outcome.verdict == Verdict::Refused {
        return Err(scene.outcome.findings.iter().filter(|f| !f.forgiven).cloned().collect());
    }
    scene.outcome.findings.splice(0..0, said);
    Ok(())
}

/// Gives back what a matched or released list holds, and books it anew by its new values.
fn book_again(
    scene: &mut Scene<'_>,
    key: CaseKey,
    mut case: Case,
    (old, new): (&List, &List),
    held: Held,
) -> Result<(), Vec<Finding>> {
    let items = |list: &List| -> Vec<_> {
        list.lines.iter().map(|l| (l.item_record_no.clone(), l.qty)).collect::<Vec<(_, Quantity)>>()
    };
    let other_items = case.mode != "9610" && items(old) != items(new);
    if held == Held::Due && other_items && !case.outgoing.is_empty() {
        let what = "已列入出区核注清单，料号不能再改 it stands on an outgoing verification list, which keeps its items";
        return Err(vec![not_so(&case, what)]);
    }
    let Some(tax) = case.tax.clone() else {
        return Err(vec![not_so(&case, "没有税款记录 its tax is not known")]);
    };
    let ent_duty_no = case.bill.as_ref().map(|bill| bill.ent_duty_no.clone()).unwrap_or_default();
    let other_bill = case.mode == "9610" && old.bill_no != new.bill_no;

    // Back.
    after::give_back_year(scene, &mut case);
    match held {
        Held::Due => after::not_levied(scene, &case, &ent_duty_no, tax.total()),
        Held::Reserved => after::reserve_less(scene, &case, tax.total()),
    }
    if held == Held::Due && other_items {
        bonded::unsold(scene, &key, &case.invt_no, old);
    } else if held == Held::Reserved {
        stock_of(scene, old, |item, qty| item.reserved = item.reserved.minus(qty));
    }
    on_manifest(scene, &old.bill_no, &case, |used| used.saturating_sub(1));

    // Again.
    let mut found = Vec::new();
    let gathered = Gathered::of(scene, new, &key);
    found.extend(gathered.missing.iter().cloned());
    let compared = gathered.differences(scene, new);
    found.extend(compared.differs);
    let booking = book(scene, new, &gathered, (held, other_items), &mut found);
    let Some((year, guarantee)) = booking.filter(|_| found.is_empty()) else { return Err(found) };
    let list::Year { tax: mut now, allowance, quantities } = year;
    if case.counts() {
        list::add(scene, &Key::Allowance(allowance.clone()), now.taxable.0);
        for q in &quantities {
            list::add(scene, &Key::Allowance(q.counter.clone()), q.amount.0);
        }
    }
    now.year = new.declared_on.year() as u32;
    case.allowance = Some(allowance);
    case.allowance_used = now.taxable;
    case.quantities = quantities;
    (case.guarantee_code, case.guarantee_office) = (guarantee.code, guarantee.number);
    match held {
        // The same the other way round: more is levied, and the payment that it stands in is larger.
        Held::Due => after::not_levied(scene, &case, &ent_duty_no, Fen(-now.total().0)),
        Held::Reserved => after::reserve_less(scene, &case, Fen(-now.total().0)),
    }
    if held == Held::Due && other_items {
        bonded::sold_anew(scene, &key, &case.invt_no, new);
    } else if held == Held::Reserved {
        stock_of(scene, new, |item, qty| item.reserved = item.reserved.plus(qty));
    }
    on_manifest(scene, &new.bill_no, &case, |used| used + 1);
    if case.mode == "9610" {
        case.bill_no = new.bill_no.clone();
    }
    rebill(&mut case, &now);
    if held == Held::Due {
        appeal::tax_anew(scene, &key, &mut case);
    }
    (case.risk, _) = verify::risk(new, compared.remarks, scene.policy());
    scene.outcome.tax = Some(now.clone());
    case.tax = Some(now);
    scene.put(&Key::Case(key), &case);
    scene.outcome.verdict = Verdict::Done;
    if other_bill {
        after::wake_freed(scene, &Case { bill_no: old.bill_no.clone(), ..case });
    }
    Ok(())
}

/// Limits, guarantee and stock of the corrected list (R16, R17), and, until it is released, what was paid (check 8 of
/// rules.md 2.4).
fn book(
    scene: &mut Scene<'_>,
    new: &List,
    gathered: &Gathered,
    (held, other_items): (Held, bool),
    found: &mut Vec<Finding>,
) -> Option<(list::Year, Pair)> {
    let year = match held {
        Held::Reserved => list::year_paid(scene, new, gathered, found),
        Held::Due => list::year(scene, new, found),
    }?;
    let guarantee = list::guarantee(scene, new, year.tax.total(), found).map(|(at, _)| at);
    let mut short = Vec::new();
    list::stock(scene, new, &mut short);
    // What a released parcel has taken is not there a second time.
    short.retain(|f| held == Held::Reserved || other_items || f.code != Code::StockShort);
    found.extend(short);
    if held == Held::Due
        && let Some(collected) = gathered.tax_collected()
        && (collected.0 - year.tax.total().0).abs() > verify::tax_tolerance(new, scene.policy())
    {
        let finding = Finding::new(Code::CorrectionTax, "A194 4", "taxTotal").arg("declared", collected);
        scene.outcome.findings.push(finding.arg("computed", year.tax.total()).forgiven());
    }
    Some((year, guarantee?))
}

fn rebill(case: &mut Case, now: &TaxStatement) {
    if let Some(bill) = case.bill.as_mut() {
        (bill.duty, bill.consumption_tax, bill.vat) = (now.duty, now.consumption_tax, now.vat);
    }
}

fn stock_of(scene: &mut Scene<'_>, list: &List, change: impl Fn(&mut Stock, Quantity)) {
    if list.trade_mode == "9610" {
        return;
    }
    for line in &list.lines {
        let at = Key::Stock(Pair { code: list.ems_no.clone(), number: line.item_record_no.clone() });
        if let Some(mut item) = scene.read::<Stock>(&at) {
            change(&mut item, line.qty);
            scene.put(&at, &item);
        }
    }
}

fn on_manifest(scene: &mut Scene<'_>, bill: &str, case: &Case, change: impl Fn(u32) -> u32) {
    let at = Key::Manifest(bill.into());
    if case.mode == "9610"
        && let Some(mut manifest) = scene.read::<Manifest>(&at)
    {
        manifest.used = change(manifest.used);
        scene.put(&at, &manifest);
    }
}
