//! Export: a ticket from its documents over the border to its summary (rules.md 6).
//!
//! A list (603) is held against the law, its way is chosen, and it is compared with order and waybill: 120 and 399. Its
//! parcel arrives in the supervised place (507), is put under a master bill (607) and released, 800, and leaves (509):
//! closed, 899. What goes by summary declaration is then summed up by the month (701, 792). What comes back is applied
//! for and tallied (213, 215).

pub(super) mod abroad;
mod border;
pub(super) mod list;
mod papers;
mod proof;
pub(super) mod returns;
mod summary;
pub(super) mod taxes;

pub(super) use list::decide_again;
pub(super) use proof::prove;

use super::{Scene, keys_of, list::numbered, papers::is_live};
use crate::command::{Act, ActKind, DueKind, Verdict};
use crate::documents::{Document, ExportList, MessageKind};
use crate::finding::{Code, Finding};
use crate::key::{CaseKey, Key, Pair};
use crate::pack::Text;
use crate::receipt::Shown;
use crate::record::{Case, ExportState, Kept, ParcelState, RefundState, Stock, status};

/// Decides a document of export.
pub(super) fn document(scene: &mut Scene<'_>, kind: MessageKind, document: &Document) {
    match document {
        Document::ExportOrder(order) => papers::order(scene, order),
        Document::ReceiptOfPayment(receipt) => papers::receipt(scene, receipt),
        Document::ExportWaybill(waybill) => papers::waybill(scene, waybill),
        Document::ExportList(list) => list::declare(scene, list),
        Document::ExportCancel(cancel) => list::cancel(scene, cancel),
        Document::Arrival(arrival) => border::arrival(scene, arrival),
        Document::MasterBill(bill) => border::master_bill(scene, bill),
        Document::Departure(departure) => border::departure(scene, departure),
        Document::SummaryApply(apply) => summary::apply(scene, apply),
        Document::ExportRefund(refund) => returns::apply(scene, refund),
        Document::Tally(tally) => returns::tally(scene, tally),
        _ => {
            let finding = Finding::new(Code::NotTakenHere, "", "").arg("message", kind.root());
            scene.refuse(kind, keys_of(document), vec![finding]);
        }
    }
}

/// True where the due belongs to export and was dealt with.
pub(super) fn fall_due(scene: &mut Scene<'_>, kind: DueKind, key: &Key) -> bool {
    match (kind, key) {
        (DueKind::MatchWait, Key::Case(case)) if scene.case(case).is_some_and(|c| c.export.is_some()) => {
            list::wait_is_over(scene, case);
        }
        (DueKind::ReturnOverdue, Key::Refund(refund)) => {
            let Some(state) = scene.read::<RefundState>(key).filter(|state| state.export.is_some()) else {
                return false;
            };
            returns::overdue(scene, refund, state);
        }
        (DueKind::SummaryGoesOn, Key::Summary(number)) => summary::go_on(scene, number),
        (DueKind::SummaryOverdue, Key::SummaryMonth(month)) => summary::overdue(scene, month),
        (DueKind::ExportMonthOver, Key::TaxMonth(month)) => taxes::month_over(scene, month),
        _ => return false,
    }
    true
}

/// What an official does about a list of export; the caller writes the case.
pub(super) fn act(scene: &mut Scene<'_>, act: &Act, key: &CaseKey, case: &mut Case) -> Result<(), Finding> {
    let before = case.status;
    let detained = status::DETAINED.contains(&before);
    let Some((list, from)) = list_of(scene, key) else {
        return Err(Finding::new(Code::CaseUnknown, "", "").arg("key", format!("{} {}", key.ebc, key.order_no)));
    };
    scene.from = from;
    let shown = numbered(list.shown(), case);
    scene.outcome.verdict = Verdict::Done;
    let mut export = case.export.take().unwrap_or_default();
    match act.kind {
        ActKind::Inspect if before == status::EXAMINED => {
            export.inspect = true;
            if export.arrived.is_some() {
                border::stop(scene, case, shown);
            }
        }
        ActKind::InspectPassed | ActKind::Release if before == status::INSPECTION || detained => {
            let_go(scene, case, &mut export, &list, shown);
        }
        ActKind::Detain if before == status::INSPECTION => {
            let to = i32::try_from(act.value).ok().filter(|to| status::DETAINED.contains(to)).unwrap_or(599);
            case.status = to;
            scene.answer(shown, to, format!("扣留，案件编号 {}", act.number));
        }
        ActKind::SendBack if before == status::INSPECTION || detained => {
            case.status = status::SENT_BACK;
            give_back(scene, key, &list, &mut export);
            scene.answer(shown, status::SENT_BACK, "退回");
        }
        _ => {
            let finding = Finding::new(Code::ActNotPossible, "A194 3", "");
            return Err(finding.arg("state", super::after::state_words(before)).arg("act", act.kind));
        }
    }
    case.export = Some(export);
    Ok(())
}

/// Goods that were announced to come back from abroad do not.
pub(super) fn not_coming(scene: &mut Scene<'_>, state: &RefundState, case: &Case) {
    if let Some((list, _)) = list_of(scene, &state.case) {
        abroad::not_coming(scene, case, &list, &state.lines);
    }
}

/// Nothing holds it any more.
fn let_go(scene: &mut Scene<'_>, case: &mut Case, export: &mut ExportState, list: &ExportList, shown: Shown) {
    export.inspect = false;
    if export.master_bill.is_empty() {
        // Inspected before it is loaded (A167): it is put under a master bill without a second look.
        case.status = status::EXAMINED;
        scene.answer(shown, status::EXAMINED, format!("海关审结[{}]", case.invt_no));
    } else {
        border::release(scene, case, export, list, shown);
    }
}

/// The list, where it may stand again as it did under its master bill: its parcel is no other's, and what it takes of an
/// account book is there.
pub(super) fn may_stand_again(scene: &Scene<'_>, key: &CaseKey, case: &Case) -> Result<ExportList, Finding> {
    let (list, _) =
        list_of(scene, key).ok_or_else(|| Finding::new(Code::CaseUnknown, "", "").arg("key", &key.order_no))?;
    let parcel = scene.read::<ParcelState>(&parcel_key(&list)).unwrap_or_default();
    let bill = case.export.as_ref().map(|export| &export.master_bill);
    if parcel.case.is_some() || bill != Some(&parcel.master_bill) {
        return Err(Finding::new(Code::WaybillUsed, "A194 3", "logisticsNo").arg("waybill", &list.logistics_no));
    }
    match list::book(scene, &list).into_iter().next() {
        Some(finding) => Err(finding),
        None => Ok(list),
    }
}

/// An appeal against the order to send it back was allowed: it is let go from the inspection that it was in.
pub(super) fn stand_again(scene: &mut Scene<'_>, key: &CaseKey, case: &mut Case, list: &ExportList) {
    let at = parcel_key(list);
    let parcel = scene.read::<ParcelState>(&at).unwrap_or_default();
    scene.put(&at, &ParcelState { case: Some(key.clone()), ..parcel });
    if list.trade_mode == "1210" {
        each_item(scene, list, |item, qty| item.reserved = item.reserved.up_to_all(qty));
        if let Some(export) = case.export.as_mut() {
            export.stock = true;
        }
    }
    free(scene, key, case);
}

/// An appeal against a detention was allowed.
pub(super) fn free(scene: &mut Scene<'_>, key: &CaseKey, case: &mut Case) {
    let Some((list, _)) = list_of(scene, key) else { return };
    let shown = numbered(list.shown(), case);
    let mut export = case.export.take().unwrap_or_default();
    scene.outcome.verdict = Verdict::Done;
    let_go(scene, case, &mut export, &list, shown);
    case.export = Some(export);
}

fn list_of(scene: &Scene<'_>, key: &CaseKey) -> Option<(ExportList, Text)> {
    let kept = scene.read::<Kept>(&Key::List(key.clone()))?;
    match kept.document? {
        Document::ExportList(list) => Some((list, kept.from)),
        _ => None,
    }
}

fn parcel_key(list: &ExportList) -> Key {
    Key::Parcel(Pair { code: list.logistics_code.clone(), number: list.logistics_no.clone() })
}

/// The list will not leave: its waybill is free again, and so is the stock that it held.
fn give_back(scene: &mut Scene<'_>, key: &CaseKey, list: &ExportList, export: &mut ExportState) {
    let at = parcel_key(list);
    if let Some(mut parcel) = scene.read::<ParcelState>(&at).filter(|p| p.case.as_ref() == Some(key)) {
        parcel.case = None;
        scene.put(&at, &parcel);
    }
    if export.stock {
        each_item(scene, list, |item, qty| item.reserved = item.reserved.minus(qty));
        export.stock = false;
    }
}

/// The items of the account book that the lines of a list from a special area (1210) take.
fn each_item(scene: &mut Scene<'_>, list: &ExportList, change: impl Fn(&mut Stock, crate::money::Quantity)) {
    for line in &list.lines {
        let at = Key::Stock(Pair { code: list.ems_no.clone(), number: line.item_record_no.clone() });
        if let Some(mut item) = scene.read::<Stock>(&at) {
            change(&mut item, line.qty);
            scene.put(&at, &item);
        }
    }
}
