//! What follows a list: cancelling it (623), its tax bill (816, 818) and payment, returns (625), closing.
//!
//! A194 section 4 (paraphrase): the tax of retail imports is secured; within 30 days after release a return or
//! cancellation is possible and the tax is not levied; from day 31 to day 45 the agent pays what was summed up.
//! A45 (returns): applied for within 30 days, back in the original place within 45 days from release.

use super::{Scene, Showing, appeal, bonded, list, papers::is_live, papers::new_only};
use crate::command::{ActKind, DueKind, Position, Verdict};
use crate::documents::{Cancel, Document, List, MessageKind, Refund};
use crate::exact::Fraction;
use crate::finding::{Code, Finding};
use crate::key::{BillGroup, CaseKey, Key, Pair};
use crate::money::{Fen, Quantity};
use crate::pack::Text;
use crate::packed;
use crate::policy::{Parameter, returns};
use crate::receipt::{Bill, BillLine, Shown, info_of};
use crate::record::{
    BillGroupState, BillState, Case, CaseRef, Counter, Guarantee, Kept, Manifest, Overdue, Payments, QuantityUsed,
    RefundState, Returned, Stock, TaxPayment, TaxStatement, status,
};
use crate::registry::{Asked, Matter, in_force};
use crate::tax::{LineTax, returned_part};
use crate::time::Day;

pub(super) const A45: &str = "A45";

// -- cancelling ----------------------------------------------------------------------------------------------------

/// CEB623: a list may be cancelled until it is released (rules.md 1.2: 2 to 399), but not while it is inspected or
/// detained; everything it booked is given back.
pub(super) fn cancel(scene: &mut Scene<'_>, cancel: &Cancel) {
    let shown = cancel.shown();
    let number = if cancel.cop_no.is_empty() { &cancel.head.guid } else { &cancel.cop_no };
    let key = Key::Cancel(Pair { code: cancel.agent_code.clone(), number: number.clone() });
    let earlier = scene.read::<Kept>(&key);
    if let Some(kept) = earlier.as_ref().filter(|k| k.content == scene.content()) {
        return scene.repeat(kept.at);
    }
    // Told under the parcel that it names, also where its list is not found.
    scene.outcome.case = Some(CaseKey { ebc: cancel.ebc_code.clone(), order_no: cancel.order_no.clone() });
    let refuse = |scene: &mut Scene<'_>, shown, finding| scene.refuse(MessageKind::Cancel, shown, vec![finding]);
    if earlier.is_some() {
        return refuse(scene, shown, Finding::new(Code::AppliedAlready, "", "copNo"));
    }
    if let Some(finding) = new_only(MessageKind::Cancel, cancel.head.action) {
        return refuse(scene, shown, finding);
    }
    let Some((case_key, mut case)) = named_case(scene, &cancel.invt_no, &cancel.ebc_code, &cancel.order_no) else {
        let finding = Finding::new(Code::ListNotFound, "A194 3", "invtNo").arg("invt", &cancel.invt_no);
        return refuse(scene, shown, finding);
    };
    scene.outcome.day = case.declared_on;
    let asked = Asked::to(&cancel.agent_code, Matter::ImportLists, scene.today());
    if let Some(finding) = not_the_declarant(scene, &case, &case_key, &asked, A45) {
        return refuse(scene, shown, finding);
    }
    if !may_be_cancelled(&case) {
        let finding = Finding::new(Code::ListState, "A194 3", "invtNo")
            .arg("invt", &cancel.invt_no)
            .arg("state", state_words(case.status));
        return refuse(scene, shown, finding);
    }
    scene.keep(&key);
    let shown = Shown { pre_no: case.pre_no.clone(), invt_no: case.invt_no.clone(), ..shown };
    scene.answer(shown.clone(), status::WAITING, format!("新增申报成功[{}]", cancel.head.guid));
    case.trail.push(scene.here());
    withdraw(scene, &case_key, &mut case);
    scene.outcome.verdict = Verdict::Done;
    scene.answer(shown.clone(), status::MATCHED, "海关入库");
    scene.answer(shown, status::EXAMINED, "海关审结，清单已撤销");
    wake_freed(scene, &case);
}

/// A list may be taken back until it is released, but not while it is inspected or detained.
pub(super) fn may_be_cancelled(case: &Case) -> bool {
    matches!(case.status, status::WAITING | status::MATCHED | status::REVIEW | status::EXAMINED)
}

/// The list is taken back, and with it everything that it booked.
pub(super) fn withdraw(scene: &mut Scene<'_>, key: &CaseKey, case: &mut Case) {
    if case.status == status::WAITING {
        if let Some(list) = list_of(scene, key) {
            list::waits_no_more(scene, key, case, &list);
        }
    } else {
        give_back_bookings(scene, key, case);
    }
    case.status = status::CANCELLED;
    scene.put(&Key::Case(key.clone()), case);
}

/// Its place on the manifest is free for a list that waits. What becomes of that is not this document's verdict.
pub(super) fn wake_freed(scene: &mut Scene<'_>, case: &Case) {
    if !case.bill_no.is_empty() {
        let (verdict, tax, risk) = (scene.outcome.verdict, scene.outcome.tax.take(), scene.outcome.risk);
        list::wake_for_manifest(scene, &case.bill_no);
        (scene.outcome.verdict, scene.outcome.tax, scene.outcome.risk) = (verdict, tax, risk);
    }
}

/// The guarantee reserves `amount` less for a list that is not released.
pub(super) fn reserve_less(scene: &mut Scene<'_>, case: &Case, amount: Fen) {
    if let Some((at, mut guarantee)) = guarantee_of(scene, case) {
        guarantee.reserved = guarantee.reserved.minus(amount);
        scene.put(&at, &guarantee);
    }
}

/// Gives back what a matched, unreleased list holds: allowance, quantities, guarantee, stock, manifest, waybill.
pub(super) fn give_back_bookings(scene: &mut Scene<'_>, key: &CaseKey, case: &mut Case) {
    let Some(tax) = case.tax.clone() else { return };
    give_back_year(scene, case);
    reserve_less(scene, case, tax.total());
    for_each_stock_line(scene, key, case, |item, qty| item.reserved = item.reserved.minus(qty));
    if !case.bill_no.is_empty() {
        let manifest_key = Key::Manifest(case.bill_no.clone());
        if let Some(mut manifest) = scene.read::<Manifest>(&manifest_key) {
            manifest.used = manifest.used.saturating_sub(1);
            scene.put(&manifest_key, &manifest);
        }
    }
    free_documents(scene, key, case);
}

/// A released parcel is ordered back (rules.md 1.2: 800 to 700): what it still owes is not levied, and the buyer's year
/// is as if it had not come. It leaves the country, so neither manifest nor account book get anything back.
///
/// # Errors
/// Where the tax has been paid: then the payer asks it back under the ordinary rules (3.7).
pub(super) fn order_back_released(scene: &mut Scene<'_>, key: &CaseKey, case: &mut Case) -> Result<(), Finding> {
    let Some(bill) = case.bill.as_mut().filter(|b| !b.paid) else {
        let finding = Finding::new(Code::ActNotPossible, "A194 4", "");
        return Err(finding.arg("state", "800 税款已缴 released, tax paid").arg("act", ActKind::SendBack));
    };
    let owed = bill.total();
    (bill.duty, bill.consumption_tax, bill.vat, bill.state) = (Fen::ZERO, Fen::ZERO, Fen::ZERO, 3);
    let ent_duty_no = bill.ent_duty_no.clone();
    not_levied(scene, case, &ent_duty_no, owed);
    give_back_year(scene, case);
    free_documents(scene, key, case);
    tell_state_of_bill(scene, case);
    Ok(())
}

/// The buyer's year is as if the parcel had not come. One that its buyer disowned is not counted there any more.
pub(super) fn give_back_year(scene: &mut Scene<'_>, case: &mut Case) {
    let left = quantities_left(case);
    case.quantities.clear();
    let used = std::mem::take(&mut case.allowance_used);
    if !case.counts() {
        return;
    }
    if let Some(allowance) = &case.allowance {
        list::add(scene, &Key::Allowance(allowance.clone()), -used.0);
    }
    for q in left {
        list::add(scene, &Key::Allowance(q.counter), -q.amount.0);
    }
}

/// The quantities that a parcel takes of its buyer's year, less what has come back of it.
pub(super) fn quantities_left(case: &Case) -> Vec<QuantityUsed> {
    let lines = case.tax.as_ref().map_or(&[][..], |tax| &tax.lines);
    let left = |q: &QuantityUsed| {
        let line = lines.iter().find(|l| l.tax.gnum == q.gnum);
        let back = case.returned.iter().find(|r| r.gnum == q.gnum).map_or(Quantity(0), |r| r.qty);
        let whole = LineTax { taxable: Fen(q.amount.0), ..LineTax::default() };
        let given = line.and_then(|l| returned_part(&whole, l.qty, Quantity(0), back)).map_or(0, |p| p.taxable.0);
        QuantityUsed { amount: Quantity(q.amount.0 - given), ..q.clone() }
    };
    case.quantities.iter().map(left).collect()
}

/// The guarantee no longer carries `amount`, nor does the summary payment that it stands in, if any.
pub(super) fn not_levied(scene: &mut Scene<'_>, case: &Case, ent_duty_no: &str, amount: Fen) {
    if let Some((at, mut guarantee)) = guarantee_of(scene, case) {
        guarantee.due = guarantee.due.minus(amount);
        scene.put(&at, &guarantee);
    }
    if !ent_duty_no.is_empty() {
        // Summed up already, not paid yet: the payment is made smaller.
        let payment_key = Key::TaxPayment(ent_duty_no.into());
        if let Some(mut payment) = scene.read::<TaxPayment>(&payment_key) {
            payment.amount = payment.amount.minus(amount);
            scene.put(&payment_key, &payment);
        }
    }
}

/// Waybill and payment are no list's any more.
fn free_documents(scene: &mut Scene<'_>, key: &CaseKey, case: &Case) {
    scene.overlay.drop(&Key::WaybillUse(Pair { code: case.waybill_code.clone(), number: case.waybill_no.clone() }));
    if let Some(list) = list_of(scene, key) {
        let of = list::payments_of(&list);
        if let Some(mut payments) = scene.read::<Payments>(&of) {
            payments.taken.retain(|t| t.case != *key);
            scene.put(&of, &payments);
        }
    }
}

pub(super) fn guarantee_of(scene: &Scene<'_>, case: &Case) -> Option<(Key, Guarantee)> {
    let pair = Pair { code: case.guarantee_code.clone(), number: case.guarantee_office.clone() };
    let at = Key::Guarantee(pair);
    scene.read::<Guarantee>(&at).map(|g| (at, g))
}

/// A parcel that stood longer is released only while its guarantee is in force and not overdrawn.
pub(super) fn still_covered(scene: &Scene<'_>, case: &Case) -> Result<(), Finding> {
    let today = scene.today();
    let finding = |code| Finding::new(code, "A194 4; TL 3", "assureCode").arg("assure", &case.guarantee_code);
    match guarantee_of(scene, case) {
        Some((_, g)) if in_force(g.row.from, g.row.until, today) => match &case.tax {
            Some(tax) if g.free() < Fen::ZERO => {
                let free = g.free().plus(tax.total());
                Err(finding(Code::GuaranteeInsufficient).arg("free", free).arg("tax", tax.total()))
            }
            _ => Ok(()),
        },
        _ => Err(finding(Code::GuaranteeMissing).arg("day", today)),
    }
}

pub(super) fn list_of(scene: &Scene<'_>, key: &CaseKey) -> Option<List> {
    match scene.read::<Kept>(&Key::List(key.clone()))?.document? {
        Document::List(list) => Some(list),
        _ => None,
    }
}

fn for_each_stock_line(scene: &mut Scene<'_>, key: &CaseKey, case: &Case, change: impl Fn(&mut Stock, Quantity)) {
    if case.mode == "9610" {
        return;
    }
    let Some(list) = list_of(scene, key) else { return };
    for line in &list.lines {
        let at = Key::Stock(Pair { code: list.ems_no.clone(), number: line.item_record_no.clone() });
        if let Some(mut item) = scene.read::<Stock>(&at) {
            change(&mut item, line.qty);
            scene.put(&at, &item);
        }
    }
}

fn named_case(scene: &Scene<'_>, invt_no: &str, ebc: &str, order_no: &str) -> Option<(CaseKey, Case)> {
    let key = scene.read::<CaseRef>(&Key::ListNumber(invt_no.into()))?.case;
    let case = scene.case(&key)?;
    // Declared again, it has another number.
    let named = key.ebc == ebc && key.order_no == order_no && case.invt_no == invt_no && case.export.is_none();
    named.then_some((key, case))
}

/// Who may cancel or return: the list's declarant, or the seller's domestic agent (A45; message prose -625013). Whoever
/// has its power by number has it as it is written, also for a list of its own. `clause` is the one of returns and
/// cancellations that the answer names.
pub(super) fn not_the_declarant(
    scene: &Scene<'_>,
    case: &Case,
    key: &CaseKey,
    asked: &Asked<'_>,
    clause: &'static str,
) -> Option<Finding> {
    match scene.entrusted_by(&key.ebc, asked, "agentCode") {
        Err(None) if case.agent != asked.agent => {
            Some(Finding::new(Code::NotTheDeclarant, clause, "agentCode").arg("agent", asked.agent))
        }
        Err(lacking) => lacking,
        Ok(()) => None,
    }
}

/// The state of a list in words that fit a receipt.
pub(super) fn state_words(status: i32) -> String {
    let words = match status {
        status::WAITING => "等单证 waiting",
        status::REFUSED => "退单 refused",
        status::MATCHED => "入库 matched",
        status::REVIEW => "人工审核 review",
        status::EXAMINED => "审结 examined",
        status::INSPECTION => "查验 inspection",
        status::SENT_BACK => "退运 sent back",
        status::RELEASED => "放行 released",
        status::CLOSED => "结关 closed",
        status::CANCELLED => return "已撤销 cancelled".to_owned(),
        _ => "扣留 detained",
    };
    format!("{status} {words}")
}

// -- the tax bill --------------------------------------------------------------------------------------------------

/// At release the reserved tax becomes due, stock leaves, and the electronic tax bill (816) is made.
pub(super) fn make_bill(scene: &mut Scene<'_>, key: &CaseKey, case: &mut Case, list: Option<&List>) {
    let Some(tax) = case.tax.clone() else { return };
    if let Some((at, mut guarantee)) = guarantee_of(scene, case) {
        guarantee.reserved = guarantee.reserved.minus(tax.total());
        guarantee.due = guarantee.due.plus(tax.total());
        scene.put(&at, &guarantee);
    }
    bonded::sold(scene, key, case, list);
    let today = scene.today();
    let group = BillGroup { agent: case.agent.clone(), office: case.office.clone(), released_on: today };
    let previous = joined(scene, key, group);
    let bill = BillState {
        tax_no: format!("T{}", case.invt_no).into(),
        state: 1,
        duty: tax.duty,
        consumption_tax: tax.consumption_tax,
        vat: tax.vat,
        ent_duty_no: Text::default(),
        previous,
        paid: false,
        grouped_on: None,
    };
    case.bill = Some(bill);
    tell_bill(scene, key, case, &tax);
}

/// A bill joins those of its agent, office and day, whose turn comes on day 31; the one before it in their chain.
pub(super) fn joined(scene: &mut Scene<'_>, key: &CaseKey, group: BillGroup) -> Option<CaseKey> {
    let day = group.released_on;
    let group_key = Key::BillGroup(group);
    let mut state = scene.read::<BillGroupState>(&group_key).unwrap_or_default();
    if state.count == 0 {
        let first = day.plus(pay_day(scene, Parameter::TaxPayFirstDay, day));
        scene.overlay.due(first.starts(), DueKind::BillSummary, &group_key);
    }
    let previous = state.newest.replace(key.clone());
    state.count += 1;
    scene.put(&group_key, &state);
    previous
}

/// The electronic tax bill (816).
pub(super) fn tell_bill(scene: &mut Scene<'_>, key: &CaseKey, case: &Case, tax: &TaxStatement) {
    let Some(bill) = &case.bill else { return };
    let shown = || Shown {
        kind: MessageKind::TaxBill,
        invt_no: case.invt_no.clone(),
        ebc_code: key.ebc.clone(),
        logistics_code: case.waybill_code.clone(),
        agent_code: case.agent.clone(),
        customs_code: case.office.clone(),
        bill: Some(Box::new(Bill {
            tax_no: bill.tax_no.clone(),
            duty: bill.duty,
            vat: bill.vat,
            consumption_tax: bill.consumption_tax,
            ent_duty_no: bill.ent_duty_no.clone(),
            assure_code: case.guarantee_code.clone(),
            lines: tax
                .lines
                .iter()
                .map(|l| BillLine {
                    gnum: l.tax.gnum,
                    gcode: l.gcode.clone(),
                    taxable: l.tax.taxable,
                    duty: l.tax.duty,
                    vat: l.tax.vat,
                    consumption_tax: l.tax.consumption_tax,
                })
                .collect(),
        })),
        ..Shown::default()
    };
    let (to, state) = (case.agent.clone(), bill.state as i32);
    send_bill(scene, to, shown, state);
}

/// 816 and 818 have no `returnInfo`; their note is empty.
fn send_bill(scene: &mut Scene<'_>, to: Text, shown: impl Showing, state: i32) {
    scene.send(to, shown, state, "-", Vec::new());
}

fn tell_state_of_bill(scene: &mut Scene<'_>, case: &Case) {
    if let Some(bill) = &case.bill {
        tell_bill_state(scene, bill, &case.agent, &case.invt_no, &case.guarantee_code);
    }
}

/// 818.
fn tell_bill_state(scene: &mut Scene<'_>, bill: &BillState, agent: &Text, invt_no: &Text, guarantee_code: &Text) {
    let shown = || Shown {
        kind: MessageKind::TaxBillState,
        invt_no: invt_no.clone(),
        bill: Some(Box::new(Bill {
            tax_no: bill.tax_no.clone(),
            ent_duty_no: bill.ent_duty_no.clone(),
            assure_code: guarantee_code.clone(),
            ..Bill::default()
        })),
        ..Shown::default()
    };
    let (to, state) = (agent.clone(), bill.state as i32);
    send_bill(scene, to, shown, state);
}

/// Days after release between which the summary bill is paid. Before 2019 the policy has none; then the days of 2019
/// are used, because a due has to stand somewhere [ours].
fn pay_day(scene: &Scene<'_>, which: Parameter, day: Day) -> i32 {
    let otherwise = if which == Parameter::TaxPayFirstDay { 31 } else { 45 };
    scene.policy().whole(which, day).and_then(|n| i32::try_from(n).ok()).unwrap_or(otherwise)
}

/// 0.05 % a day of what is late (滞纳金), half up to the fen.
fn surcharge(scene: &Scene<'_>, amount: Fen, days: i32, day: Day) -> Fen {
    let Some(rate) = scene.policy().parameter(Parameter::LateSurchargeRate, day) else { return Fen::ZERO };
    let exact =
        rate.value.exact().times(Fraction::whole(amount.0)).and_then(|e| e.times(Fraction::whole(i64::from(days))));
    exact.and_then(|e| e.half_up()).map_or(Fen::ZERO, Fen)
}

/// What a payment that was made late bore for this part of it.
pub(super) fn borne(scene: &Scene<'_>, number: &str, part: Fen) -> Fen {
    let payment = scene.read::<TaxPayment>(&Key::TaxPayment(number.into())).unwrap_or_default();
    let Some(on) = payment.paid_on else { return Fen::ZERO };
    surcharge(scene, part, (on.0 - payment.due_on.0).max(0), on)
}

/// So many bills at most are summed up or marked as paid by one entry; the rest follows in entries of its own at the
/// same time, so that no entry grows with the trade of a day.
const BILLS_AT_ONCE: usize = if cfg!(test) { 1 } else { 500 };

/// Calls `visit` with the cases of a chain of bills from `next` on, as many as fit one entry, and hears from it which is
/// the next; returns where to go on.
fn each_bill(
    scene: &mut Scene<'_>,
    mut next: Option<CaseKey>,
    mut visit: impl FnMut(&mut Scene<'_>, CaseKey) -> Option<CaseKey>,
) -> Option<CaseKey> {
    for _ in 0..BILLS_AT_ONCE {
        next = visit(scene, next?);
    }
    next
}

packed! {
    /// What of a [`Case`] the summing up of its bill needs; the tags are its own. All bills of a day come at once.
    struct Billed {
        4 => invt_no: Text,
        9 => trail: Vec<Position>,
        14 => guarantee_code: Text,
        17 => bill: Option<BillState>,
        26 => agent: Text,
    }
}

/// Day 31: the bills of one agent, office and day of release, less what is void, become one payment (state 2).
pub(super) fn summarise_bills(scene: &mut Scene<'_>, group: &BillGroup) {
    let group_key = Key::BillGroup(group.clone());
    let Some(mut state) = scene.read::<BillGroupState>(&group_key) else { return };
    let released = group.released_on;
    if state.payment.is_empty() {
        let number = scene.next_number(format!("duty/{}/{}", group.office, scene.today().year()));
        state.payment = format!("{}{:04}D{number:09}", group.office, scene.today().year()).into();
        state.next = state.newest.clone();
    }
    let payment_key = Key::TaxPayment(state.payment.clone());
    let mut payment = scene.read::<TaxPayment>(&payment_key).unwrap_or_else(|| TaxPayment {
        agent: group.agent.clone(),
        office: group.office.clone(),
        newest: state.newest.clone(),
        ..TaxPayment::default()
    });
    state.next = each_bill(scene, state.next.take(), |scene, key| {
        let at = Key::Case(key);
        let mut case = scene.read::<Billed>(&at)?;
        let bill = case.bill.as_mut()?;
        let previous = bill.previous.clone();
        if bill.state != 1 {
            return previous;
        }
        bill.state = 2;
        bill.ent_duty_no = state.payment.clone();
        payment.amount = payment.amount.plus(bill.total());
        payment.bills += 1;
        case.trail.push(scene.here());
        tell_bill_state(scene, bill, &case.agent, &case.invt_no, &case.guarantee_code);
        scene.overlay.put_part(&at, &case);
        previous
    });
    scene.outcome.verdict = Verdict::Done;
    if payment.bills > 0 {
        payment.due_on =
            scene.policy().working_day_from(released.plus(pay_day(scene, Parameter::TaxPayLastDay, released)));
        scene.put(&payment_key, &payment);
    }
    scene.put(&group_key, &state);
    if state.next.is_some() {
        let day = released.plus(pay_day(scene, Parameter::TaxPayFirstDay, released));
        scene.overlay.due(day.starts(), DueKind::BillSummary, &group_key);
    } else if payment.bills > 0 {
        scene.overlay.due(payment.due_on.plus(1).starts(), DueKind::PaymentOverdue, &payment_key);
    }
}

/// Day 46 (or the day after a later last day): unpaid is overdue, and the agent's new lists wait for it [ours].
pub(super) fn payment_overdue(scene: &mut Scene<'_>, number: &str) {
    let key = Key::TaxPayment(number.into());
    // Where everything has come back nothing is owed.
    let owed = |p: &TaxPayment| p.paid_on.is_none() && p.amount > Fen::ZERO;
    let Some(mut payment) = scene.read::<TaxPayment>(&key).filter(owed) else { return };
    payment.overdue = true;
    let overdue_key = Key::Overdue(payment.agent.clone());
    let mut overdue = scene.read::<Overdue>(&overdue_key).unwrap_or_default();
    overdue.payments.push(number.into());
    scene.put(&overdue_key, &overdue);
    scene.put(&key, &payment);
    let finding = Finding::new(Code::AgentOverdue, "A194 4; ours (rules 3.7)", "");
    scene.outcome.findings.push(finding.arg("agent", &payment.agent).arg("payment", number).forgiven());
    scene.outcome.verdict = Verdict::Done;
}

/// The bank's or the treasury's word that a summary payment was made: guarantees are free again, lists may close.
pub(super) fn pay(scene: &mut Scene<'_>, number: &str, on: Day) -> Result<(), Finding> {
    let key = Key::TaxPayment(number.into());
    let Some(mut payment) = scene.read::<TaxPayment>(&key) else {
        return Err(Finding::new(Code::CaseUnknown, "", "entDutyNo").arg("key", number));
    };
    if payment.paid_on.is_some() {
        return Err(Finding::new(Code::ActNotPossible, "", "entDutyNo").arg("state", "paid 已缴").arg("act", "pay"));
    }
    let late = (on.0 - payment.due_on.0).max(0);
    payment.surcharge = surcharge(scene, payment.amount, late, on);
    payment.paid_on = Some(on);
    if payment.overdue {
        let overdue_key = Key::Overdue(payment.agent.clone());
        let mut overdue = scene.read::<Overdue>(&overdue_key).unwrap_or_default();
        overdue.payments.retain(|p| p != number);
        scene.put(&overdue_key, &overdue);
    }
    payment.next = payment.newest.clone();
    scene.put(&key, &payment);
    mark_paid(scene, number);
    scene.outcome.verdict = Verdict::Done;
    Ok(())
}

/// The bills of a payment that was made are paid: guarantees are free again, lists may close.
pub(super) fn mark_paid(scene: &mut Scene<'_>, number: &str) {
    let key = Key::TaxPayment(number.into());
    let Some(mut payment) = scene.read::<TaxPayment>(&key) else { return };
    payment.next = each_bill(scene, payment.next.take(), |scene, case_key| {
        let mut case = scene.case(&case_key)?;
        let bill = case.bill.as_mut()?;
        let previous = bill.previous.clone();
        // What is void is not paid.
        if bill.ent_duty_no != number || bill.state != 2 {
            return previous;
        }
        bill.paid = true;
        let total = bill.total();
        if let Some((at, mut guarantee)) = guarantee_of(scene, &case) {
            guarantee.due = guarantee.due.minus(total);
            scene.put(&at, &guarantee);
        }
        case.trail.push(scene.here());
        close_if_settled(scene, &case_key, &mut case);
        scene.put(&Key::Case(case_key), &case);
        previous
    });
    if payment.next.is_some() {
        scene.overlay.due(scene.setting.at, DueKind::BillsPaid, &key);
    }
    scene.put(&key, &payment);
    scene.outcome.verdict = Verdict::Done;
}

/// 899: goods out, and the tax settled or void (rules.md 1.2).
pub(super) fn close_if_settled(scene: &mut Scene<'_>, key: &CaseKey, case: &mut Case) {
    let settled = case.bill.as_ref().is_some_and(|b| b.paid || b.state == 3);
    if case.status == status::RELEASED && case.out && settled {
        case.status = status::CLOSED;
        if let Some(list) = list_of(scene, key) {
            let to = scene.read::<Kept>(&Key::List(key.clone())).map(|k| k.from).unwrap_or_default();
            let shown = list::numbered(list.shown(), case);
            scene.send(to, shown, status::CLOSED, format!("海关结关[{}]", case.invt_no), Vec::new());
        }
    }
}

// -- returns -------------------------------------------------------------------------------------------------------

/// CEB625: application for the return of all or part of a released list. It books nothing yet; that waits for the
/// goods ([`arrive`]).
pub(super) fn refund(scene: &mut Scene<'_>, refund: &Refund) {
    let shown = refund.shown();
    let number = if refund.cop_no.is_empty() { refund.head.guid.clone() } else { refund.cop_no.clone() };
    let pair = Pair { code: refund.agent_code.clone(), number };
    let key = Key::Refund(pair.clone());
    if applied_before(scene, &key, MessageKind::Refund, &shown, Finding::new(Code::AppliedAlready, A45, "copNo")) {
        return;
    }
    scene.outcome.case = Some(CaseKey { ebc: refund.ebc_code.clone(), order_no: refund.order_no.clone() });
    let mut found = Vec::new();
    found.extend(new_only(MessageKind::Refund, refund.head.action));
    if refund.lines.is_empty() {
        found.push(Finding::new(Code::NoLines, "CEB 625", "InvtRefundList"));
    }
    match examine(scene, refund, scene.today(), &mut found) {
        Some(application) if found.is_empty() => {
            let head = Kept { content: scene.content(), from: scene.from.clone(), ..Kept::default() };
            stands(scene, &pair, refund, application, &head);
        }
        application => {
            scene.refuse(MessageKind::Refund, shown, found);
            if let Some(application) = application {
                appeal::returns::refused(scene, &application.key, &pair);
            }
        }
    }
}

/// An appeal was allowed: the application is decided again as of its own day, without the reasons that were set aside;
/// those that did stand against it are given back.
pub(super) fn refund_again(
    scene: &mut Scene<'_>,
    pair: &Pair,
    refund: &Refund,
    head: &Kept,
    aside: &[Code],
) -> Vec<Finding> {
    let mut found = Vec::new();
    let application = examine(scene, refund, head.accepted.day(), &mut found);
    let (gone, stays): (Vec<_>, Vec<_>) = found.into_iter().partition(|f| aside.contains(&f.code));
    match application {
        Some(application) if stays.is_empty() => {
            let deadline = appeal::returns::last_day(scene, application.deadline);
            stands(scene, pair, refund, Application { deadline, ..application }, head);
        }
        application => {
            scene.refuse(MessageKind::Refund, refund.shown(), stays);
            if let Some(application) = application {
                appeal::returns::refused(scene, &application.key, pair);
            }
        }
    }
    gone
}

/// An application for a return and what it finds.
struct Application {
    key: CaseKey,
    case: Case,
    lines: Vec<Returned>,
    applied: Day,
    deadline: Day,
}

/// What comes back is worth, by the prices of its list; lines that are not there are other faults.
fn worth(list: &List, refund: &Refund) -> Option<Fen> {
    let mut sum = Fen::ZERO;
    for line in &refund.lines {
        let Some(original) = list.lines.iter().find(|l| l.gnum == line.gnum) else { continue };
        sum = Fen(sum.0.checked_add(original.price.times(line.qty)?.0)?);
    }
    Some(sum)
}

/// Holds an application against the list and the law of its release; `None` where there is nothing to return.
fn examine(scene: &mut Scene<'_>, refund: &Refund, applied: Day, found: &mut Vec<Finding>) -> Option<Application> {
    let named = named_case(scene, &refund.invt_no, &refund.ebc_code, &refund.order_no);
    let named =
        named.filter(|(_, c)| matches!(c.status, status::RELEASED | status::CLOSED) || c.status >= 500 && is_live(c));
    let Some((key, case)) = named else {
        found.push(Finding::new(Code::ListNotFound, A45, "invtNo").arg("invt", &refund.invt_no));
        return None;
    };
    let list = list_of(scene, &key);
    let value = list.as_ref().map_or(Some(Fen::ZERO), |list| worth(list, refund));
    let asked = Asked::to(&refund.agent_code, Matter::Returns, applied).worth(value);
    found.extend(not_the_declarant(scene, &case, &key, &asked, A45));
    let Some(released) = case.released.map(|m| m.day()) else {
        found.push(
            Finding::new(Code::ListState, A45, "invtNo")
                .arg("invt", &refund.invt_no)
                .arg("state", state_words(case.status)),
        );
        return None;
    };
    let Some(law) = scene.policy().returns(released) else {
        found.push(Finding::new(Code::ReturnNotAllowedThen, "A194 7", "appTime").arg("day", released));
        return None;
    };
    scene.outcome.day = released;
    found.extend(returns::applied_late(law, released, applied));
    let tax = case.tax.clone().unwrap_or_default();
    let units = list.map(|l| l.lines).unwrap_or_default();
    let mut lines: Vec<Returned> = Vec::new();
    for line in &refund.lines {
        let same_unit = units.iter().any(|l| l.gnum == line.gnum && l.unit == line.unit);
        let original = tax.lines.iter().find(|l| l.tax.gnum == line.gnum && l.gcode == line.gcode);
        let Some(original) = original.filter(|_| same_unit) else {
            found.push(Finding::new(Code::LineNotFound, &law.clause, "gnum").line(line.gnum));
            continue;
        };
        let lost = bonded::room::lost_to_returns(&case, line.gnum);
        let left = left_of(&case, &lines, line.gnum, original.qty).minus(lost);
        if line.qty.0 <= 0 || line.qty > left {
            found.push(
                Finding::new(Code::ReturnQuantity, &law.clause, "qty")
                    .line(line.gnum)
                    .arg("qty", line.qty)
                    .arg("left", left),
            );
            continue;
        }
        lines.push(Returned { gnum: line.gnum, qty: Quantity(0), pending: line.qty });
    }
    let deadline = returns::last_arrival(law, released);
    Some(Application { key, case, lines, applied, deadline })
}

/// The goods are under way back. `head` is that of the application as it was kept.
fn stands(scene: &mut Scene<'_>, pair: &Pair, refund: &Refund, application: Application, head: &Kept) {
    let Application { key: case_key, mut case, lines, applied, deadline } = application;
    set_out(&mut case, &lines);
    let key = Key::Refund(pair.clone());
    let state = RefundState {
        case: case_key.clone(),
        status: status::EXAMINED,
        applied_on: applied,
        lines,
        pre_no: case.pre_no.clone(),
        from: head.from.clone(),
        content: head.content,
        at: scene.here(),
        agent: refund.agent_code.clone(),
        cop_no: refund.cop_no.clone(),
        deadline,
        invt_no: case.invt_no.clone(),
        ..RefundState::default()
    };
    scene.overlay.due(deadline.plus(1).starts(), DueKind::ReturnOverdue, &key);
    scene.put(&key, &state);
    appeal::returns::accepted(scene, &case_key, &mut case, pair);
    case.trail.push(scene.here());
    scene.put(&Key::Case(case_key), &case);
    scene.outcome.verdict = Verdict::Accepted;
    let shown = Shown { pre_no: case.pre_no.clone(), ..refund.shown() };
    scene.answer(shown.clone(), status::WAITING, format!("新增申报成功[{}]", refund.head.guid));
    scene.answer(shown.clone(), status::MATCHED, "海关入库");
    scene.answer(shown, status::EXAMINED, format!("海关审结，请于{deadline}前运抵原监管场所"));
    bonded::room::meet(scene, pair);
}

/// True where an application under `key` came before: it is repeated, or this one is refused by `already`. After a
/// refusal or a withdrawal it may be applied anew.
pub(super) fn applied_before(
    scene: &mut Scene<'_>,
    key: &Key,
    kind: MessageKind,
    shown: &Shown,
    already: Finding,
) -> bool {
    let Some(earlier) = scene.read::<RefundState>(key) else { return false };
    if earlier.content == scene.content() {
        scene.repeat(earlier.at);
    } else if !matches!(earlier.status, status::REFUSED | status::CANCELLED) {
        scene.refuse(kind, shown.clone(), vec![already]);
    } else {
        return false;
    }
    true
}

/// What of a line of `whole` may still be applied for: less what has come back, what is under way, and what `here` asks.
pub(super) fn left_of(case: &Case, here: &[Returned], gnum: u32, whole: Quantity) -> Quantity {
    let before = case.returned.iter().find(|r| r.gnum == gnum).cloned().unwrap_or_default();
    let here = here.iter().filter(|r| r.gnum == gnum).fold(Quantity(0), |q, r| q.plus(r.pending));
    whole.minus(before.qty).minus(before.pending).minus(here)
}

/// What was applied for is under way.
pub(super) fn set_out(case: &mut Case, lines: &[Returned]) {
    for line in lines {
        match case.returned.iter_mut().find(|r| r.gnum == line.gnum) {
            Some(r) => r.pending = r.pending.plus(line.pending),
            None => case.returned.push(line.clone()),
        }
    }
}

/// The goods are back on day `on`: in time, tax is not levied and allowance, quantities, guarantee and stock are
/// restored together; late, nothing is.
pub(super) fn arrive(scene: &mut Scene<'_>, refund: &Pair, on: Day, by: &str) -> Result<(), Finding> {
    let key = Key::Refund(refund.clone());
    let unknown = || Finding::new(Code::RefundNotFound, A45, "copNo").arg("number", &refund.number);
    let state = scene.read::<RefundState>(&key).ok_or_else(unknown)?;
    if state.export.is_some() {
        return super::export::returns::proved(scene, refund, state);
    }
    let case = scene.case(&state.case).ok_or_else(unknown)?;
    if state.status != status::EXAMINED || case.status == status::SENT_BACK {
        return Err(Finding::new(Code::ActNotPossible, A45, "copNo")
            .arg("state", state_words(state.status))
            .arg("act", "arrive"));
    }
    scene.outcome.case = Some(state.case.clone());
    let released = case.released.map(|m| m.day()).unwrap_or_default();
    scene.outcome.day = released;
    scene.overlay.undue(state.deadline.plus(1).starts(), DueKind::ReturnOverdue, &key);
    if on > state.deadline {
        too_late(scene, refund, RefundState { came: Some(on), ..state }, case, on, by);
    } else {
        came_back(scene, refund, state, case);
    }
    Ok(())
}

/// What was applied for is back: everything is as if it had not been sold.
pub(super) fn came_back(scene: &mut Scene<'_>, refund: &Pair, mut state: RefundState, mut case: Case) {
    let (tax, counts) = (case.tax.clone().unwrap_or_default(), case.counts());
    let (mut value, mut levied) = (Fen::ZERO, [Fen::ZERO; 3]);
    for line in &state.lines {
        let Some(original) = tax.lines.iter().find(|l| l.tax.gnum == line.gnum) else { continue };
        let Some(back) = case.returned.iter_mut().find(|r| r.gnum == line.gnum) else { continue };
        let before = back.qty;
        back.qty = back.qty.plus(line.pending);
        back.pending = back.pending.minus(line.pending);
        // For each amount: what all returns so far give back, less what earlier ones gave (rules.md 3.6).
        let Some(part) = returned_part(&original.tax, original.qty, before, line.pending) else { continue };
        value = value.plus(part.taxable);
        levied[0] = levied[0].plus(part.duty);
        levied[1] = levied[1].plus(part.consumption_tax);
        levied[2] = levied[2].plus(part.vat);
        for q in case.quantities.iter().filter(|q| q.gnum == line.gnum && counts) {
            // The counter counts content; what comes back of it is the same share of the line, reckoned alike.
            let whole = LineTax { taxable: Fen(q.amount.0), ..LineTax::default() };
            let restored = returned_part(&whole, original.qty, before, line.pending).map_or(0, |p| p.taxable.0);
            list::add(scene, &Key::Allowance(q.counter.clone()), -restored);
        }
    }
    if let Some(allowance) = &case.allowance {
        // Back to the year of the original list [ours]: a January return does not enlarge the new year.
        if counts {
            list::add(scene, &Key::Allowance(allowance.clone()), -value.0);
        }
        case.allowance_used = case.allowance_used.minus(value);
    }
    let not_levied = levied[0].plus(levied[1]).plus(levied[2]);
    let whole = tax.lines.iter().all(|l| case.returned.iter().any(|r| r.gnum == l.tax.gnum && r.qty == l.qty));
    if let Some(bill) = case.bill.as_mut() {
        bill.duty = bill.duty.minus(levied[0]);
        bill.consumption_tax = bill.consumption_tax.minus(levied[1]);
        bill.vat = bill.vat.minus(levied[2]);
        if whole && !bill.paid {
            bill.state = 3;
        }
    }
    if let Some(bill) = case.bill.as_ref().filter(|b| !b.paid) {
        let ent_duty_no = bill.ent_duty_no.clone();
        self::not_levied(scene, &case, &ent_duty_no, not_levied);
    }
    restock(scene, &state, &case);
    if case.bill.as_ref().is_some_and(|b| b.state == 3) {
        tell_state_of_bill(scene, &case);
        if whole {
            case.out = true;
        }
    }
    state.status = status::CLOSED;
    case.trail.push(scene.here());
    close_if_settled(scene, &state.case, &mut case);
    scene.outcome.verdict = Verdict::Done;
    let shown = refund_shown(&state, &case);
    let info = format!("退货办结：恢复额度{value}元，不征税款{not_levied}元");
    scene.send(state.from.clone(), shown, status::EXAMINED, info, Vec::new());
    scene.put(&Key::Case(state.case.clone()), &case);
    scene.put(&Key::Refund(refund.clone()), &state);
}

/// An appeal was allowed: what was refused because it came too late is held against the list again, without the reasons
/// that were set aside; those that did stand against it are given back.
pub(super) fn come_again(scene: &mut Scene<'_>, number: &Pair, aside: &[Code]) -> Vec<Finding> {
    let state = scene.read::<RefundState>(&Key::Refund(number.clone())).filter(|s| s.status == status::REFUSED);
    let Some((mut state, mut case)) = state.and_then(|state| scene.case(&state.case).map(|case| (state, case))) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    if state.export.is_some() {
        found = super::export::returns::against_coming(scene, &state, &case);
    } else {
        if case.status == status::SENT_BACK {
            let finding = Finding::new(Code::ListState, A45, "invtNo").arg("invt", &state.invt_no);
            found.push(finding.arg("state", state_words(case.status)));
        }
        for line in &state.lines {
            let of = case.tax.iter().flat_map(|tax| &tax.lines).find(|l| l.tax.gnum == line.gnum);
            let whole = of.map(|l| l.qty).unwrap_or_default().minus(bonded::room::lost_to_returns(&case, line.gnum));
            found.extend(too_many(&case, line, whole));
        }
        found.extend(late(scene, &case, state.came.unwrap_or(scene.today())));
    }
    let (gone, stays): (Vec<_>, Vec<_>) = found.into_iter().partition(|f| aside.contains(&f.code));
    scene.from = state.from.clone();
    if !stays.is_empty() {
        stays_out(scene, number, state, case, stays, "");
    } else if state.export.is_some() {
        super::export::returns::come_again(scene, number, state, case);
    } else {
        set_out(&mut case, &state.lines);
        if state.came.is_some() {
            let key = state.case.clone();
            appeal::returns::accepted(scene, &key, &mut case, number);
            came_back(scene, number, state, case);
        } else {
            state.status = status::EXAMINED;
            state.deadline = appeal::returns::last_day(scene, state.deadline);
            let info = format!("复议后恢复受理，请于{}前运抵原监管场所", state.deadline);
            comes_again(scene, number, state, case, info);
        }
    }
    gone
}

/// What was refused is under way again.
pub(super) fn comes_again(scene: &mut Scene<'_>, number: &Pair, state: RefundState, mut case: Case, info: String) {
    let key = Key::Refund(number.clone());
    scene.overlay.due(state.deadline.plus(1).starts(), DueKind::ReturnOverdue, &key);
    let case_key = state.case.clone();
    appeal::returns::accepted(scene, &case_key, &mut case, number);
    case.trail.push(scene.here());
    scene.outcome.verdict = Verdict::Accepted;
    scene.send(state.from.clone(), refund_shown(&state, &case), state.status, info, Vec::new());
    scene.put(&Key::Case(case_key), &case);
    scene.put(&key, &state);
}

/// More of a line than may still come back.
pub(super) fn too_many(case: &Case, line: &Returned, whole: Quantity) -> Option<Finding> {
    let left = left_of(case, &[], line.gnum, whole);
    let finding = || Finding::new(Code::ReturnQuantity, A45, "qty").line(line.gnum);
    (line.pending > left).then(|| finding().arg("qty", line.pending).arg("left", left))
}

/// 1210: accepted goods go back on the account book (A45; rules.md 5.1).
fn restock(scene: &mut Scene<'_>, state: &RefundState, case: &Case) {
    if case.mode == "9610" {
        return;
    }
    let Some(list) = list_of(scene, &state.case) else { return };
    for back in &state.lines {
        let Some(line) = list.lines.iter().find(|l| l.gnum == back.gnum) else { continue };
        let because = (format!("CEB625 {}", state.cop_no), line.gnum, &state.case);
        bonded::returned(scene, &list.ems_no, &line.item_record_no, back.pending, because);
    }
}

/// The keys of an application's receipts, of import (626) or export (214).
pub(super) fn refund_shown(state: &RefundState, case: &Case) -> Shown {
    let export = state.export.as_ref();
    Shown {
        kind: export.map_or(MessageKind::RefundReturn, |_| MessageKind::ExportRefundReturn),
        customs_code: case.office.clone(),
        ebp_code: export.map(|export| export.platform.clone()).unwrap_or_default(),
        agent_code: state.agent.clone(),
        ebc_code: state.case.ebc.clone(),
        cop_no: state.cop_no.clone(),
        pre_no: state.pre_no.clone(),
        invt_no: state.invt_no.clone(),
        ..Shown::default()
    }
}

/// The day has passed and the goods are not back: the tax is levied after all, the allowance stays used.
pub(super) fn return_overdue(scene: &mut Scene<'_>, refund: &Pair) {
    let Some(state) = scene.read::<RefundState>(&Key::Refund(refund.clone())).filter(|s| s.status == status::EXAMINED)
    else {
        return;
    };
    let Some(case) = scene.case(&state.case) else { return };
    scene.outcome.case = Some(state.case.clone());
    let today = scene.today();
    too_late(scene, refund, state, case, today, "");
}

fn too_late(scene: &mut Scene<'_>, refund: &Pair, mut state: RefundState, case: Case, on: Day, by: &str) {
    let Some(finding) = late(scene, &case, on) else { return };
    scene.outcome.day = case.released.map(|m| m.day()).unwrap_or_default();
    state.came = state.came.filter(|_| appeal::returns::are_heard(scene, &case));
    may_not_come(scene, refund, state, case, finding, by);
}

/// Why the goods of a released list come too late on this day.
pub(super) fn late(scene: &Scene<'_>, case: &Case, on: Day) -> Option<Finding> {
    let released = case.released.map(|m| m.day()).unwrap_or_default();
    scene.policy().returns(released).and_then(|law| returns::arrived_late(law, released, on))
}

/// What was applied for may not come any more, and is no longer under way.
pub(super) fn may_not_come(
    scene: &mut Scene<'_>,
    refund: &Pair,
    state: RefundState,
    mut case: Case,
    finding: Finding,
    by: &str,
) {
    less_pending(&mut case, &state.lines);
    stays_out(scene, refund, state, case, vec![finding], by);
}

/// The return is refused, and may be appealed about.
pub(super) fn stays_out(
    scene: &mut Scene<'_>,
    refund: &Pair,
    mut state: RefundState,
    mut case: Case,
    found: Vec<Finding>,
    by: &str,
) {
    state.status = status::REFUSED;
    case.trail.push(scene.here());
    scene.outcome.verdict = Verdict::Refused;
    scene.outcome.findings.extend(found.iter().cloned());
    let info = info_of(&found, "");
    scene.send(state.from.clone(), refund_shown(&state, &case), 100, info, found);
    appeal::returns::note(scene, &mut case, refund, by);
    scene.put(&Key::Case(state.case.clone()), &case);
    scene.put(&Key::Refund(refund.clone()), &state);
}

fn less_pending(case: &mut Case, lines: &[Returned]) {
    for line in lines {
        if let Some(back) = case.returned.iter_mut().find(|r| r.gnum == line.gnum) {
            back.pending = back.pending.minus(line.pending);
        }
    }
}

/// What was applied for was taken back: lines of which nothing has come are as they were before.
pub(super) fn no_longer_under_way(case: &mut Case, lines: &[Returned]) {
    less_pending(case, lines);
    case.returned.retain(|back| back.qty.0 > 0 || back.pending.0 > 0);
}

/// Used by the registry's invariants: a counter never falls below zero.
pub(super) fn counter_holds(counter: &Counter) -> bool {
    counter.used >= 0
}
