//! Matching of the three documents (三单比对): list against order, payment and waybill (rules.md 2, M1 to M18).
//!
//! A194 section 3 (paraphrase): transaction, payment and logistics data are sent by three parties before the
//! declaration, each answering for its truth. What the national system compares has not been published in full; the
//! table joins the message prose, client practice and convention.
//!
//! It says everything and decides nothing. Keys that need the state (a waybill used twice, several payments,
//! manifest, stock) are looked up by [`crate::decide`]; here documents are held against each other.

use crate::documents::{List, Order, Payment, Waybill};
use crate::finding::{Code, Finding};
use crate::money::{Fen, Quantity};

const CLAUSE: &str = "A194 3";

/// What has arrived for a list so far, in whatever order.
#[derive(Clone, Copy, Debug, Default)]
pub struct Arrived<'a> {
    pub order: Option<&'a Order>,
    pub payment: Option<&'a Payment>,
    pub waybill: Option<&'a Waybill>,
}

/// How far apart two weights may be before it counts as risk: at most `absolute`, or a share of the heavier (M13).
#[derive(Clone, Copy, Debug)]
pub struct WeightTolerance {
    /// Kilograms.
    pub absolute: Quantity,
    /// Numerator and denominator.
    pub share: (i64, i64),
}

/// What the comparison found: differences refuse, remarks add to the risk score.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    pub differs: Vec<Finding>,
    pub remarks: Vec<Finding>,
}

/// Compares a list with whatever of its three documents has arrived. `authenticated` is true where the platform has
/// authenticated the buyer's identity (M7, rules.md 2.3).
pub fn compare(list: &List, arrived: Arrived<'_>, authenticated: bool, weight: WeightTolerance) -> Compared {
    let mut found = Compared::default();
    if let Some(order) = arrived.order {
        list_and_order(list, order, &mut found.differs);
    }
    if let Some(payment) = arrived.payment {
        payment_time(list, arrived.order, payment, &mut found);
        if let Some(order) = arrived.order {
            order_and_payment(order, payment, authenticated, &mut found.differs);
        }
    }
    if let Some(waybill) = arrived.waybill {
        gross_weight(list, waybill, weight, &mut found.remarks);
        if let Some(order) = arrived.order {
            order_and_waybill(order, waybill, &mut found.differs);
        }
    }
    found
}

fn differ(code: Code, field: &str) -> Finding {
    Finding::new(code, CLAUSE, field)
}

fn list_and_order(list: &List, order: &Order, out: &mut Vec<Finding>) {
    // M1
    if list.ebp_code != order.ebp_code {
        out.push(differ(Code::PlatformDiffers, "ebpCode").arg("list", &list.ebp_code).arg("order", &order.ebp_code));
    }
    // M6
    let (mine, theirs) = (&list.buyer, &order.buyer);
    for (same, what, field) in [
        (mine.name.same(&theirs.name), "buyerName", "buyerName"),
        (mine.id_type == theirs.id_type, "buyerIdType", "buyerIdType"),
        (mine.id.same(&theirs.id), "buyerIdNumber", "buyerIdNumber"),
    ] {
        if !same {
            out.push(differ(Code::BuyerDiffers, field).arg("what", what));
        }
    }
    // M9
    if !list.address.same(&order.consignee.address) {
        out.push(differ(Code::AddressDiffers, "consigneeAddress"));
    }
    lines(list, order, out);
    // M11
    let sum: Fen = list.lines.iter().map(|l| l.total).sum();
    if sum != order.goods_value {
        out.push(differ(Code::GoodsValueDiffers, "totalPrice").arg("list", sum).arg("order", order.goods_value));
    }
    // M12 [ours]: the order has one field for carriage, the list has two.
    let carriage = list.freight.plus(list.insured_fee);
    if carriage != order.freight {
        out.push(differ(Code::FreightDiffers, "freight").arg("list", carriage).arg("order", order.freight));
    }
}

/// M10: line by line by `gnum`; the list's goods name may be longer than the name as sold.
fn lines(list: &List, order: &Order, out: &mut Vec<Finding>) {
    let differs = |gnum, what: &str, mine: &dyn std::fmt::Display, theirs: &dyn std::fmt::Display| {
        differ(Code::LinesDiffer, what).line(gnum).arg("what", what).arg("list", mine).arg("order", theirs)
    };
    if list.lines.len() != order.lines.len() {
        out.push(differs(0, "gnum", &list.lines.len(), &order.lines.len()));
        return;
    }
    for mine in &list.lines {
        let Some(theirs) = order.lines.iter().find(|l| l.gnum == mine.gnum) else {
            out.push(differs(mine.gnum, "gnum", &mine.gnum, &"-"));
            continue;
        };
        // `itemName` may be absent in the list; then `gname` has to begin with or hold the name as sold.
        let name = if mine.item_name.is_empty() { &mine.gname } else { &mine.item_name };
        let same_name = mine.item_name == theirs.item_name
            || (mine.item_name.is_empty() && mine.gname.contains(&*theirs.item_name));
        if !same_name {
            out.push(differs(mine.gnum, "itemName", name, &theirs.item_name));
        }
        if mine.qty != theirs.qty {
            out.push(differs(mine.gnum, "qty", &mine.qty, &theirs.qty));
        }
        if mine.unit != theirs.unit {
            out.push(differs(mine.gnum, "unit", &mine.unit, &theirs.unit));
        }
        if mine.price != theirs.price {
            out.push(differs(mine.gnum, "price", &mine.price, &theirs.price));
        }
        if mine.total != theirs.total {
            out.push(differs(mine.gnum, "totalPrice", &mine.total, &theirs.total));
        }
    }
}

/// True where an order names this payment, or none in particular (M3).
pub fn names_payment(order: &Order, pay_code: &str, transaction: &str) -> bool {
    let named = |mine: &str, theirs: &str| mine.is_empty() || mine == theirs;
    named(&order.pay_code, pay_code) && named(&order.pay_transaction, transaction)
}

fn order_and_payment(order: &Order, payment: &Payment, authenticated: bool, out: &mut Vec<Finding>) {
    // M3, the part that documents can say: the order names its payment.
    if !names_payment(order, &payment.pay_code, &payment.transaction) {
        out.push(differ(Code::PaymentReference, "payTransactionId"));
    }
    // M5
    for (currency, field) in [(&payment.currency, "currency"), (&order.currency, "currency")] {
        if currency != "142" {
            out.push(differ(Code::PaymentCurrency, field).arg("currency", currency));
            break;
        }
    }
    // M7
    let same_person = payment.payer.id.same(&order.buyer.id) && payment.payer.name.same(&order.buyer.name);
    if !authenticated && !same_person {
        out.push(Finding::new(Code::PayerNotBuyer, "T18; A194 4", "payerIdNumber"));
    }
    // M4: equal to the fen, and the order's own sum holds.
    let own_sum = order.goods_value.plus(order.freight).plus(order.tax_total).minus(order.discount);
    if payment.amount != order.paid {
        out.push(differ(Code::PaymentAmount, "amountPaid").arg("paid", payment.amount).arg("expected", order.paid));
    } else if order.paid != own_sum {
        out.push(differ(Code::PaymentAmount, "acturalPaid").arg("paid", order.paid).arg("expected", own_sum));
    }
}

/// M18 [ours]: paid after the list was sent refuses, paid before the order was made only scores.
fn payment_time(list: &List, order: Option<&Order>, payment: &Payment, found: &mut Compared) {
    if payment.paid_at > list.head.sent_at {
        found
            .differs
            .push(differ(Code::PaidAfterList, "payTime").arg("paid", payment.paid_at).arg("list", list.head.sent_at));
    }
    if let Some(order) = order.filter(|o| payment.paid_at < o.head.sent_at) {
        found.remarks.push(
            differ(Code::PaidBeforeOrder, "payTime")
                .arg("paid", payment.paid_at)
                .arg("order", order.head.sent_at)
                .forgiven(),
        );
    }
}

/// M8
fn order_and_waybill(order: &Order, waybill: &Waybill, out: &mut Vec<Finding>) {
    let (mine, theirs) = (&order.consignee, &waybill.consignee);
    for (same, field) in [
        (mine.name.same(&theirs.name), "consignee"),
        // Clients of 2018 left the order's telephone out; then there is nothing to compare.
        (mine.telephone.is_absent() || mine.telephone.same(&theirs.telephone), "consigneeTelephone"),
        (mine.address.same(&theirs.address), "consigneeAddress"),
    ] {
        if !same {
            out.push(differ(Code::ConsigneeDiffers, field).arg("what", field));
        }
    }
}

/// M13 [ours]: only scores.
fn gross_weight(list: &List, waybill: &Waybill, tolerance: WeightTolerance, out: &mut Vec<Finding>) {
    let (a, b) = (i128::from(list.gross_weight.0), i128::from(waybill.weight.0));
    let (n, d) = tolerance.share;
    // difference > share * heavier, without a division
    let difference = (a - b).abs();
    if difference > i128::from(tolerance.absolute.0) && difference * i128::from(d) > a.max(b) * i128::from(n) {
        out.push(
            differ(Code::WeightDiffers, "grossWeight")
                .arg("list", list.gross_weight)
                .arg("waybill", waybill.weight)
                .forgiven(),
        );
    }
}
