//! Taking in what a list is compared with: orders, payments, waybills; and the notes that follow it.
//!
//! CEB specification 2022-05 (`appType`: 1 new, 2 change, 3 delete) and rules.md 2.1, 2.2: a key that was taken in
//! may be changed or deleted until a list refers to it; the same content again gets the first answer again.

use super::{Scene, Showing, list};
use crate::command::Verdict;
use crate::documents::{Action, Delivery, Document, Head, MessageKind, Order, Payment, Waybill, WaybillStatus};
use crate::finding::{Code, Finding};
use crate::key::{CaseKey, Key, Pair};
use crate::money::Fen;
use crate::policy::Parameter;
use crate::record::{Case, CaseRef, Kept, Payments, Waiting, status};
use crate::registry::RoleKind;
use crate::verify::not_negative;

/// CEB311. Sent by platform or seller; an entrusted express or postal operator may send it.
pub(super) fn order(scene: &mut Scene<'_>, order: &Order) {
    let key = CaseKey { ebc: order.ebc_code.clone(), order_no: order.number.clone() };
    scene.outcome.case = Some(key.clone());
    let mut found = Vec::new();
    let today = scene.today();
    for (code, role, field) in
        [(&order.ebp_code, RoleKind::Platform, "ebpCode"), (&order.ebc_code, RoleKind::Seller, "ebcCode")]
    {
        found.extend(scene.role_lacks(code, role, field, today));
    }
    if order.order_type != "I" {
        found.push(
            Finding::new(Code::ImportFlag, "", "orderType").arg("field", "orderType").arg("flag", &order.order_type),
        );
    }
    found.extend(numbering(order.lines.iter().map(|l| l.gnum)));
    for line in &order.lines {
        if line.qty.0 <= 0 || line.total <= Fen::ZERO {
            found.push(Finding::new(Code::ValueNotPositive, "", "qty").line(line.gnum));
        }
    }
    let amounts = [("freight", order.freight), ("discount", order.discount), ("taxTotal", order.tax_total)];
    found.extend(amounts.into_iter().filter_map(|(field, amount)| not_negative(field, amount)));
    let sum: Fen = order.lines.iter().map(|l| l.total).sum();
    if sum != order.goods_value {
        found.push(Finding::new(Code::OrderSum, "", "goodsValue").arg("value", order.goods_value).arg("sum", sum));
    }
    let referred = scene.case(&key).is_some_and(|c| is_live(&c));
    let paper = Paper {
        key: Key::Order(key.clone()),
        head: &order.head,
        number: [&order.ebc_code, &order.number],
        shown: order,
        referred: referred.then_some((Code::OrderReferred, "order 订单")),
    };
    take_in(scene, MessageKind::Order, paper, found);
    if scene.outcome.verdict == Verdict::Accepted && order.head.action != Action::Delete {
        list::wake(scene, &key);
    }
}

/// CEB411. Sent by the payment enterprise.
pub(super) fn payment(scene: &mut Scene<'_>, payment: &Payment) {
    let key = Pair { code: payment.pay_code.clone(), number: payment.transaction.clone() };
    let of = of_order(payment);
    let mut found = Vec::new();
    let today = scene.today();
    found.extend(scene.role_lacks(&payment.pay_code, RoleKind::Payment, "payCode", today));
    if payment.amount <= Fen::ZERO {
        found.push(Finding::new(Code::ValueNotPositive, "", "amountPaid"));
    }
    let awaited = Key::AwaitPayment(Pair { code: payment.ebp_code.clone(), number: payment.order_no.clone() });
    // The order that it paid for so far: a changed payment may name another.
    let before = match scene.read::<Kept>(&Key::Payment(key.clone())).filter(|k| !k.deleted).and_then(|k| k.document) {
        Some(Document::Payment(before)) => Some(of_order(&before)),
        _ => None,
    };
    // A payment that a matched list stands on can no longer be changed.
    let taken_by = before.as_ref().and_then(|of| scene.read::<Payments>(of)?.taken_by(&key).cloned());
    let referred = taken_by.and_then(|case| scene.case(&case)).is_some_and(|c| is_live(&c));
    let paper = Paper {
        key: Key::Payment(key.clone()),
        head: &payment.head,
        number: [&payment.pay_code, &payment.transaction],
        shown: payment,
        referred: referred.then_some((Code::ReferredDocument, "payment 支付单")),
    };
    take_in(scene, MessageKind::Payment, paper, found);
    if scene.outcome.verdict != Verdict::Accepted {
        return;
    }
    if let Some(before) = before.filter(|before| *before != of) {
        let mut payments = scene.read::<Payments>(&before).unwrap_or_default();
        payments.keys.retain(|k| *k != key);
        scene.put(&before, &payments);
    }
    let mut payments = scene.read::<Payments>(&of).unwrap_or_default();
    payments.keys.retain(|k| *k != key);
    if payment.head.action != Action::Delete {
        payments.keys.push(key);
    }
    scene.put(&of, &payments);
    wake_waiting(scene, &awaited);
}

/// The payments of the order that a payment names.
fn of_order(payment: &Payment) -> Key {
    Key::PaymentsOf(Pair { code: payment.ebp_code.clone(), number: payment.order_no.clone() })
}

/// CEB511. Sent by the logistics enterprise.
pub(super) fn waybill(scene: &mut Scene<'_>, waybill: &Waybill) {
    let pair = Pair { code: waybill.logistics_code.clone(), number: waybill.number.clone() };
    let key = Key::Waybill(pair.clone());
    let today = scene.today();
    let mut found = Vec::new();
    found.extend(scene.neither(&waybill.logistics_code, CARRIERS, "logisticsCode", today));
    if waybill.pack_no != 1 {
        found.push(Finding::new(Code::PackNo, "A194", "packNo").arg("packs", waybill.pack_no));
    }
    let weight = waybill.weight;
    if weight.0 < 0 {
        found.push(Finding::new(Code::AmountNegative, "ours", "weight").arg("field", "weight").arg("value", weight));
    }
    let amounts = [("freight", waybill.freight), ("insuredFee", waybill.insured_fee)];
    found.extend(amounts.into_iter().filter_map(|(field, amount)| not_negative(field, amount)));
    let action = waybill.head.action;
    let used = scene.read::<CaseRef>(&Key::WaybillUse(pair.clone()));
    let referred = used.as_ref().and_then(|u| scene.case(&u.case)).is_some_and(|c| is_live(&c));
    if action == Action::New && is_free_again(scene, &key, &pair, "CEB 511", &mut found) {
        scene.overlay.drop(&key);
        scene.overlay.drop(&Key::WaybillUse(pair.clone()));
    }
    let referred = (referred && action != Action::New).then_some((Code::ReferredDocument, "waybill 运单"));
    let number = [waybill.logistics_code.as_str(), waybill.number.as_str()];
    let paper = Paper { key, head: &waybill.head, number, shown: waybill, referred };
    take_in(scene, MessageKind::Waybill, paper, found);
    if scene.outcome.verdict == Verdict::Accepted {
        wake_waiting(scene, &Key::AwaitWaybill(pair));
    }
}

/// Who carries parcels.
pub(super) const CARRIERS: [RoleKind; 2] = [RoleKind::Express, RoleKind::Postal];

/// True where a waybill's number was used, and is now for a new parcel: the prose of 511 and 505 lets it be used again
/// after six months. Before that it is a fault.
pub(super) fn is_free_again(scene: &Scene<'_>, key: &Key, pair: &Pair, clause: &str, found: &mut Vec<Finding>) -> bool {
    let used = scene.read::<Kept>(key).filter(|k| !k.deleted && k.content != scene.content());
    let Some(since) = used.map(|kept| kept.accepted.day()) else { return false };
    let today = scene.today();
    let months = scene.policy().whole(Parameter::WaybillReuseMonths, today).unwrap_or(6);
    if today < since.plus_months(months as i32) {
        let finding = Finding::new(Code::WaybillReused, clause, "logisticsNo");
        found.push(finding.arg("waybill", &pair.number).arg("since", since));
    }
    found.is_empty()
}

/// CEB513: the parcel was signed for. It closes nothing by itself; a closed case needs its tax settled too.
pub(super) fn waybill_status(scene: &mut Scene<'_>, status: &WaybillStatus) {
    let pair = Pair { code: status.logistics_code.clone(), number: status.number.clone() };
    let shown = status.shown();
    let mut found = Vec::new();
    found.extend(new_only(MessageKind::WaybillStatus, status.head.action));
    if status.status != "S" {
        found.push(
            Finding::new(Code::StatusUnknown, "CEB 513", "logisticsStatus")
                .arg("field", "logisticsStatus")
                .arg("given", &status.status)
                .arg("expected", "S"),
        );
    }
    let key = Key::WaybillStatus(pair.clone());
    if let Some(kept) = scene.read::<Kept>(&key) {
        if kept.content == scene.content() {
            return scene.repeat(kept.at);
        }
        // A waybill is signed for once; a number that is used again is a new parcel.
        let reused = scene.read::<Kept>(&Key::Waybill(pair.clone())).is_some_and(|w| w.accepted > kept.accepted);
        if !reused {
            let key = format!("{}_{}", pair.code, pair.number);
            let finding = Finding::new(Code::DuplicateKey, "", "logisticsNo");
            found.push(finding.arg("key", key).arg("status", status::MATCHED));
        }
    }
    if scene.read::<Kept>(&Key::Waybill(pair.clone())).is_none_or(|w| w.deleted) {
        found.push(
            Finding::new(Code::WaybillMissing, "CEB 513", "logisticsNo")
                .arg("waybill", &pair.number)
                .arg("carrier", &pair.code),
        );
    }
    if !found.is_empty() {
        return scene.refuse(MessageKind::WaybillStatus, shown, found);
    }
    scene.keep(&key);
    if let Some(used) = scene.read::<CaseRef>(&Key::WaybillUse(pair)) {
        scene.outcome.case = Some(used.case.clone());
        if let Some(mut case) = scene.case(&used.case) {
            case.signed_for = Some(status.happened_at);
            case.out = case.out || case.status == status::RELEASED;
            case.trail.push(scene.here());
            super::after::close_if_settled(scene, &used.case, &mut case);
            scene.put(&Key::Case(used.case), &case);
        }
    }
    accepted(scene, shown.clone(), &status.head.guid);
    scene.answer(shown, status::MATCHED, "海关入库");
}

/// CEB711: parcels came into the supervised place.
pub(super) fn delivery(scene: &mut Scene<'_>, delivery: &Delivery) {
    let shown = delivery.shown();
    let key = Key::Delivery(Pair { code: delivery.operator_code.clone(), number: delivery.cop_no.clone() });
    if let Some(kept) = scene.read::<Kept>(&key) {
        if kept.content == scene.content() {
            return scene.repeat(kept.at);
        }
        let finding = Finding::new(Code::DuplicateKey, "", "copNo");
        let key = format!("{}_{}", delivery.operator_code, delivery.cop_no);
        return scene.refuse(
            MessageKind::Delivery,
            shown,
            vec![finding.arg("key", key).arg("status", status::EXAMINED)],
        );
    }
    let today = scene.today();
    let mut found = Vec::new();
    found.extend(new_only(MessageKind::Delivery, delivery.head.action));
    let place = [RoleKind::Declarant, RoleKind::AreaOperator];
    found.extend(scene.neither(&delivery.operator_code, place, "operatorCode", today));
    if delivery.ie_flag != "I" {
        found.push(Finding::new(Code::ImportFlag, "", "ieFlag").arg("field", "ieFlag").arg("flag", &delivery.ie_flag));
    }
    if delivery.waybills.is_empty() {
        found.push(Finding::new(Code::NoLines, "", "DeliveryList"));
    }
    if !found.is_empty() {
        return scene.refuse(MessageKind::Delivery, shown, found);
    }
    scene.keep(&key);
    accepted(scene, shown.clone(), &delivery.head.guid);
    scene.answer(shown.clone(), status::MATCHED, "海关入库");
    scene.answer(shown, status::EXAMINED, "海关审结");
}

/// What the three documents have alike.
pub(super) struct Paper<'a, S> {
    pub key: Key,
    pub head: &'a Head,
    /// Enterprise and number.
    pub number: [&'a str; 2],
    pub shown: S,
    /// Where a list stands on it: the finding, and what it is called.
    pub referred: Option<(Code, &'static str)>,
}

/// New, change, delete and repeat, alike for the three documents.
pub(super) fn take_in(
    scene: &mut Scene<'_>,
    kind: MessageKind,
    paper: Paper<'_, impl Showing>,
    mut found: Vec<Finding>,
) {
    let Paper { key, head, number, shown, referred } = paper;
    // As receipts say it.
    let number = || number.join("_");
    let kept = scene.read::<Kept>(&key);
    if let Some(kept) = &kept
        && kept.content == scene.content()
    {
        return scene.repeat(kept.at);
    }
    let kept = kept.filter(|k| !k.deleted);
    match (head.action, &kept) {
        (Action::New, Some(_)) => {
            found.push(Finding::new(Code::DuplicateKey, "", "").arg("key", number()).arg("status", status::WAITING));
        }
        (Action::Change | Action::Delete, None) => {
            found.push(Finding::new(Code::NothingToChange, "", "appType").arg("key", number()));
        }
        (Action::Change | Action::Delete, Some(_)) => {
            if let Some((code, what)) = referred {
                let finding = Finding::new(code, "A194 3", "appType");
                found.push(finding.arg("order", number()).arg("what", what).arg("key", number()));
            }
        }
        _ => {}
    }
    if !found.is_empty() {
        return scene.refuse(kind, shown, found);
    }
    if head.action == Action::Delete {
        let mut gone = kept.unwrap_or_default();
        gone.deleted = true;
        gone.document = None;
        gone.content = scene.content();
        gone.at = scene.here();
        scene.put(&key, &gone);
    } else {
        scene.keep(&key);
    }
    accepted(scene, shown, &head.guid);
}

pub(super) fn accepted(scene: &mut Scene<'_>, shown: impl Showing, guid: &str) {
    scene.outcome.verdict = Verdict::Accepted;
    scene.answer(shown, status::WAITING, format_args!("新增申报成功[{guid}]"));
}

/// Matches the lists that wait under `key` again, in order of their arrival.
fn wake_waiting(scene: &mut Scene<'_>, key: &Key) {
    for case in scene.read::<Waiting>(key).unwrap_or_default().cases {
        if scene.outcome.case.is_none() {
            scene.outcome.case = Some(case.clone());
        }
        list::wake(scene, &case);
    }
}

/// Messages that are only sent as new (`appType` 1): CEB prose of 623; of the others [ours].
pub(super) fn new_only(kind: MessageKind, action: Action) -> Option<Finding> {
    (action != Action::New).then(|| {
        let finding = Finding::new(Code::ActionNotPossible, "", "appType");
        finding.arg("message", kind).arg("action", action.number())
    })
}

/// True while a list stands on its documents: waiting, matched, released, but not refused or cancelled.
pub(super) fn is_live(case: &Case) -> bool {
    !matches!(case.status, status::REFUSED | status::CANCELLED | status::SENT_BACK) && case.status > 0
}

/// Lines are numbered from 1 without gaps, each once.
pub(super) fn numbering(numbers: impl Iterator<Item = u32>) -> Option<Finding> {
    let mut numbers: Vec<u32> = numbers.collect();
    if numbers.is_empty() {
        return Some(Finding::new(Code::NoLines, "", "gnum"));
    }
    numbers.sort_unstable();
    let wrong = numbers.iter().enumerate().find(|(i, n)| **n != *i as u32 + 1)?;
    Some(Finding::new(Code::DuplicateLine, "", "gnum").line(*wrong.1))
}
