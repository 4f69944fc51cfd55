//! Exchange (换货): a parcel that comes back and the order that replaces it, told as one.
//!
//! Rules 5.1 and A45 (paraphrase): there is no document of exchange. It is a return and a new order with new documents of
//! its own; a price difference of nothing still has a payment, and a replacement that is sent before the return arrives
//! uses the allowance twice until the return restores it.
//! Reading [ours]: so the link decides nothing about tax, allowance, quantity or stock; it says which two parcels belong
//! together, on both of them. An enterprise of the returned parcel makes it, when the return is applied for or done. The
//! seller is one, and on import the buyer; the documents of export name no buyer. The replacement is ordered after the
//! original's release, and may be exchanged again in its turn.
//! Not covered: whether the goods of the two are alike.

use super::{Scene, appeal};
use crate::command::{Act, Verdict};
use crate::documents::Document;
use crate::finding::{Code, Finding};
use crate::key::{CaseKey, Key};
use crate::record::{Case, Exchanged, Kept, status};

const CLAUSE: &str = "A45; ours (rules 5.1)";

/// Links the parcel `key` with the order that replaces it; the caller writes the case.
///
/// # Errors
/// `CASE_UNKNOWN` where the parcel is none of the enterprise's; `ACT_NOT_POSSIBLE`, `EXCHANGE_…`.
pub(super) fn link(scene: &mut Scene<'_>, act: &Act, key: &CaseKey, case: &mut Case) -> Result<(), Finding> {
    let finding = |code| Finding::new(code, CLAUSE, "orderNo");
    if !appeal::concerns(scene, act, key) {
        return Err(Finding::new(Code::CaseUnknown, "", "").arg("key", words(key)));
    }
    let released = [status::RELEASED, status::CLOSED].contains(&case.status).then_some(case.released).flatten();
    let Some(released) = released else {
        let state = super::after::state_words(case.status);
        return Err(Finding::new(Code::ActNotPossible, CLAUSE, "").arg("state", state).arg("act", act.kind));
    };
    if case.returned.iter().all(|line| line.qty.0 == 0 && line.pending.0 == 0) {
        return Err(finding(Code::ExchangeNoReturn).arg("key", words(key)));
    }
    let order = CaseKey { ebc: key.ebc.clone(), order_no: act.number.clone() };
    let linked = |of: &CaseKey, other: &Exchanged| {
        finding(Code::ExchangeOnce).arg("key", words(of)).arg("other", words(&other.other))
    };
    if let Some(other) = &case.exchanged {
        return Err(linked(key, other));
    }
    if let Some(other) = scene.read::<Exchanged>(&Key::Replaces(order.clone())) {
        return Err(linked(&order, &other));
    }
    let (accepted, buyer_agrees) = replacement(scene, key, &order, case).ok_or_else(|| {
        let way = if case.export.is_some() { "出口 export" } else { "进口 import" };
        finding(Code::ExchangeOrder).arg("seller", &key.ebc).arg("order", &order.order_no).arg("way", way)
    })?;
    if !buyer_agrees {
        return Err(finding(Code::ExchangeBuyer).arg("order", &order.order_no));
    }
    if accepted < released {
        let finding = finding(Code::ExchangeEarlier).arg("order", &order.order_no);
        return Err(finding.arg("ordered", accepted).arg("released", released));
    }
    let link = Exchanged { other: order.clone(), at: scene.setting.at, place: scene.here() };
    scene.put(&Key::Replaces(order), &Exchanged { other: key.clone(), ..link.clone() });
    case.exchanged = Some(link);
    scene.outcome.verdict = Verdict::Done;
    Ok(())
}

/// When the order came that should replace the parcel, and whether its buyer is the parcel's; `None` where there is no
/// such order of the same direction, or its list will not clear.
fn replacement(scene: &Scene<'_>, key: &CaseKey, order: &CaseKey, case: &Case) -> Option<(crate::time::Moment, bool)> {
    let kept = |at: Key| scene.read::<Kept>(&at).filter(|kept| !kept.deleted);
    let new = kept(Key::Order(order.clone()))?;
    let over = [status::CANCELLED, status::SENT_BACK];
    if order == key || scene.case(order).is_some_and(|case| over.contains(&case.status)) {
        return None;
    }
    let agrees = match (new.document?, kept(Key::List(key.clone()))?.document?) {
        (Document::Order(order), Document::List(list)) if case.export.is_none() => order.buyer.id.same(&list.buyer.id),
        (Document::ExportOrder(_), Document::ExportList(_)) => true,
        _ => return None,
    };
    Some((new.accepted, agrees))
}

fn words(key: &CaseKey) -> String {
    format!("{}_{}", key.ebc, key.order_no)
}
