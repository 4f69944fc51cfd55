//! Appeals about parcels that were ordered back after their release, or from under a master bill.
//!
//! *Allowed*, the order is void and the parcel stands as it would have stood without it: a list of import is released,
//! owes its tax again (816 anew) and takes its part of its buyer's year; one of export is let go from the inspection in
//! which it was ordered back. Nothing is overdrawn for an appeal: year, guarantee, stock, waybill and payment have to
//! have room for it now, else the officer is told what has not, and the appeal stays open.
//!
//! Readings [ours]: the tax is that of the release, less what came back before the order. Its bill joins the summary
//! payment of its day while that is not made, else the bills that are summed up for today's releases; where the last
//! day to pay is over, as many days follow as A45 gives between applying and arriving. Whether goods that have left the
//! country meanwhile come back is no matter of the window: what is due then is damages (国家赔偿法), not release.

use super::{Scene, after, decided, end, export, law, list, not_appealable, shown_of, tax, tell};
use crate::command::{Act, DueKind, Verdict};
use crate::documents::List;
use crate::finding::{Code, Finding};
use crate::key::{BillGroup, CaseKey, Key, Pair};
use crate::record::{AppealEnd, BillGroupState, BillState, Case, CaseRef, Kept, Payments, Taken, TaxPayment, status};
use crate::registry::in_force;
use crate::time::Day;

/// # Errors
/// What has no room for the parcel now; then nothing of it happens.
pub(super) fn again(
    scene: &mut Scene<'_>,
    act: &Act,
    key: &CaseKey,
    case: &mut Case,
    info: &str,
) -> Result<(), Finding> {
    if case.export.is_some() {
        let listed = export::may_stand_again(scene, key, case)?;
        end(scene, act, key, case, AppealEnd::Allowed);
        tell(scene, key, case, info, Vec::new());
        scene.from = shown_of(scene, key, case).map(|(_, from)| from).unwrap_or_default();
        export::stand_again(scene, key, case, &listed);
        return Ok(());
    }
    let list = after::list_of(scene, key).ok_or_else(|| not_appealable("", "-"))?;
    let (Some(statement), Some(bill)) = (case.tax.clone(), case.bill.clone()) else {
        return Err(not_appealable("", "-"));
    };
    let levied = tax::sum(&statement, &case.returned);
    let mut found = Vec::new();
    let payment = documents(scene, key, case, &list, &mut found);
    let year = list::year(scene, &list, &mut found);
    let guarantee = after::guarantee_of(scene, case).filter(|(_, g)| in_force(g.row.from, g.row.until, scene.today()));
    let finding = |code| Finding::new(code, "A194 4; TL 3", "assureCode").arg("assure", &case.guarantee_code);
    match &guarantee {
        None => found.push(finding(Code::GuaranteeMissing).arg("day", scene.today())),
        Some((_, g)) if levied.total() > g.free() => {
            let finding = finding(Code::GuaranteeInsufficient).arg("free", g.free());
            found.push(finding.arg("tax", levied.total()));
        }
        Some(_) => {}
    }
    let (Some((at, mut guarantee)), Some(year), Some(payment), []) = (guarantee, year, payment, found.as_slice())
    else {
        return Err(found.into_iter().next().unwrap_or_else(|| not_appealable("", "-")));
    };
    guarantee.due = guarantee.due.plus(levied.total());
    scene.put(&at, &guarantee);
    let waybill = Pair { code: case.waybill_code.clone(), number: case.waybill_no.clone() };
    scene.put(&Key::WaybillUse(waybill), &CaseRef { case: key.clone() });
    let of = list::payments_of(&list);
    let mut payments = scene.read::<Payments>(&of).unwrap_or_default();
    payments.taken.push(Taken { payment, case: key.clone() });
    scene.put(&of, &payments);
    list::add(scene, &Key::Allowance(year.allowance.clone()), levied.taxable.0);
    case.allowance = Some(year.allowance);
    (case.allowance_used, case.quantities) = (levied.taxable, year.quantities);
    for q in after::quantities_left(case) {
        list::add(scene, &Key::Allowance(q.counter), q.amount.0);
    }
    let bill = BillState { duty: levied.duty, consumption_tax: levied.consumption_tax, vat: levied.vat, ..bill };
    case.bill = Some(billed(scene, key, case, bill));
    case.status = status::RELEASED;
    case.decided = decided(scene, case, &act.by.id);
    case.tax_decided = case.decided.clone();
    end(scene, act, key, case, AppealEnd::Allowed);
    tell(scene, key, case, info, Vec::new());
    after::tell_bill(scene, key, case, &statement);
    scene.outcome.verdict = Verdict::Released;
    scene.outcome.tax = Some(statement);
    Ok(())
}

/// The payment that the list stood on, where that and its waybill are no other list's by now.
fn documents(scene: &Scene<'_>, key: &CaseKey, case: &Case, list: &List, found: &mut Vec<Finding>) -> Option<Pair> {
    let waybill = Pair { code: case.waybill_code.clone(), number: case.waybill_no.clone() };
    found.extend(list::waybill_used(scene, waybill, key, list));
    let payments = scene.read::<Payments>(&list::payments_of(list)).unwrap_or_default();
    let stood_on = |at: &&Pair| scene.read::<Kept>(&Key::Payment((*at).clone())).map(|kept| kept.at) == case.payment;
    let Some(payment) = payments.keys.iter().find(stood_on) else {
        found.push(Finding::new(Code::Unpaid, "A194 3", "orderNo").arg("order", &list.order_no));
        return None;
    };
    found.extend(list::payment_used(scene, &payments, payment, key, list));
    Some(payment.clone())
}

/// Puts a void bill back among those that are summed up and paid.
fn billed(scene: &mut Scene<'_>, key: &CaseKey, case: &Case, bill: BillState) -> BillState {
    let day = bill.grouped_on.or(case.released.map(|at| at.day())).unwrap_or_default();
    let group = |released_on: Day| BillGroup { agent: case.agent.clone(), office: case.office.clone(), released_on };
    let of = scene.read::<BillGroupState>(&Key::BillGroup(group(day))).unwrap_or_default();
    if of.payment.is_empty() {
        // Its day comes yet.
        return BillState { state: 1, ..bill };
    }
    let at = Key::TaxPayment(of.payment.clone());
    let unpaid = scene.read::<TaxPayment>(&at).filter(|payment| payment.paid_on.is_none());
    let Some(mut payment) = unpaid else {
        let today = scene.today();
        let previous = after::joined(scene, key, group(today));
        return BillState { state: 1, ent_duty_no: "".into(), previous, grouped_on: Some(today), ..bill };
    };
    payment.amount = payment.amount.plus(bill.total());
    payment.bills += u32::from(bill.ent_duty_no.is_empty());
    let today = scene.today();
    if payment.due_on < today && !payment.overdue {
        // Nothing was owed when the day came.
        let days = law(scene, case).map_or(0, |law| law.return_days);
        payment.due_on = scene.policy().working_day_from(today.plus(days));
        scene.overlay.due(payment.due_on.plus(1).starts(), DueKind::PaymentOverdue, &at);
    }
    scene.put(&at, &payment);
    BillState { state: 2, ent_duty_no: of.payment, ..bill }
}
