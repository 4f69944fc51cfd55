//! Taking in what an export list is compared with: order or booking (303), receipt of payment (403), waybill (505).

use super::super::papers::{CARRIERS, Paper, is_free_again, numbering, take_in};
use super::{Scene, is_live, list};
use crate::command::Verdict;
use crate::documents::{Action, ExportOrder, ExportWaybill, MessageKind, ReceiptOfPayment};
use crate::finding::{Code, Finding};
use crate::key::{CaseKey, Key, Pair};
use crate::money::Amount;
use crate::record::ParcelState;
use crate::registry::RoleKind;

/// CEB303: an order (E, B), or the booking of an overseas warehouse (W). Between enterprises (B, W) the seller may be
/// its own platform.
pub(super) fn order(scene: &mut Scene<'_>, order: &ExportOrder) {
    let key = CaseKey { ebc: order.ebc_code.clone(), order_no: order.number.clone() };
    scene.outcome.case = Some(key.clone());
    let today = scene.today();
    let mut found = Vec::new();
    if order.order_type == "E" || order.ebp_code != order.ebc_code {
        found.extend(scene.role_lacks(&order.ebp_code, RoleKind::Platform, "ebpCode", today));
    }
    found.extend(scene.role_lacks(&order.ebc_code, RoleKind::Seller, "ebcCode", today));
    if !matches!(order.order_type.as_str(), "E" | "B" | "W") {
        let finding = Finding::new(Code::ExportFlag, "CEB 303", "orderType");
        found.push(finding.arg("flag", &order.order_type).arg("expected", "E, B, W"));
    }
    found.extend(numbering(order.lines.iter().map(|l| l.gnum)));
    for line in order.lines.iter().filter(|l| l.qty.0 <= 0 || l.total.0 <= 0) {
        found.push(Finding::new(Code::ValueNotPositive, "", "qty").line(line.gnum));
    }
    let sum = order.lines.iter().try_fold(Amount::ZERO, |sum, line| sum.checked_plus(line.total));
    let one_currency = order.lines.iter().all(|l| l.currency == order.currency);
    match sum {
        None => found.push(Finding::new(Code::AmountOutOfRange, "", "totalPrice")),
        Some(sum) if one_currency && sum != order.goods_value => {
            found.push(Finding::new(Code::OrderSum, "", "goodsValue").arg("value", order.goods_value).arg("sum", sum))
        }
        Some(_) => {}
    }
    let referred = scene.case(&key).is_some_and(|c| is_live(&c));
    let paper = Paper {
        key: Key::Order(key.clone()),
        head: &order.head,
        number: [&order.ebc_code, &order.number],
        shown: order,
        referred: referred.then_some((Code::OrderReferred, "order 订单")),
    };
    take_in(scene, MessageKind::ExportOrder, paper, found);
    if scene.outcome.verdict == Verdict::Accepted && order.head.action != Action::Delete {
        list::wake(scene, &key);
    }
}

/// CEB403: kept for foreign exchange; demanded until A167 (`export.receipt_of_payment_required`).
pub(super) fn receipt(scene: &mut Scene<'_>, receipt: &ReceiptOfPayment) {
    let key = CaseKey { ebc: receipt.ebc_code.clone(), order_no: receipt.order_no.clone() };
    scene.outcome.case = Some(key.clone());
    let today = scene.today();
    let mut found = Vec::new();
    found.extend(scene.role_lacks(&receipt.ebc_code, RoleKind::Seller, "ebcCode", today));
    if receipt.amount.0 <= 0 {
        found.push(Finding::new(Code::ValueNotPositive, "", "charge"));
    }
    let paper = Paper {
        key: Key::ReceiptOfPayment(key.clone()),
        head: &receipt.head,
        number: [&receipt.ebc_code, &receipt.order_no],
        shown: receipt,
        referred: None,
    };
    take_in(scene, MessageKind::ReceiptOfPayment, paper, found);
    if scene.outcome.verdict == Verdict::Accepted && receipt.head.action != Action::Delete {
        list::wake(scene, &key);
    }
}

/// CEB505. Sent by the logistics enterprise.
pub(super) fn waybill(scene: &mut Scene<'_>, waybill: &ExportWaybill) {
    let pair = Pair { code: waybill.logistics_code.clone(), number: waybill.number.clone() };
    let key = Key::Waybill(pair.clone());
    let today = scene.today();
    let mut found = Vec::new();
    found.extend(scene.neither(&waybill.logistics_code, CARRIERS, "logisticsCode", today));
    if waybill.gross_weight.0 <= 0 {
        found.push(Finding::new(Code::ValueNotPositive, "", "grossWeight"));
    }
    let parcel = scene.read::<ParcelState>(&Key::Parcel(pair.clone())).unwrap_or_default();
    let live = parcel.case.as_ref().and_then(|case| scene.case(case)).is_some_and(|c| is_live(&c));
    let referred = live && waybill.head.action != Action::New;
    if waybill.head.action == Action::New && is_free_again(scene, &key, &pair, "CEB 505", &mut found) {
        scene.overlay.drop(&key);
        scene.overlay.drop(&Key::Parcel(pair.clone()));
    }
    let paper = Paper {
        key,
        head: &waybill.head,
        number: [&pair.code, &pair.number],
        shown: waybill,
        referred: referred.then_some((Code::ReferredDocument, "waybill 运单")),
    };
    take_in(scene, MessageKind::ExportWaybill, paper, found);
    if scene.outcome.verdict == Verdict::Accepted && waybill.head.action != Action::Delete {
        for case in parcel.waiting {
            list::wake(scene, &case);
        }
    }
}
