//! Order, payment, waybill and list of an import parcel side by side (rules.md 2). Personal values are not shown: only
//! whether they agree.

use trade::documents::{List, Order, Payment, Waybill};
use trade::money::Fen;
use trade::time::Moment;

use super::{Compared, agreement};

pub(super) fn compare(
    order: Option<&Order>,
    payment: Option<&Payment>,
    waybill: Option<&Waybill>,
    list: Option<&List>,
) -> Vec<Compared> {
    let mut rows = Vec::new();
    let mut row = |rule, field: &str, zh, en, cells: [Option<String>; 4], same: Option<bool>, tolerant: bool| {
        rows.push(Compared { rule, field: field.to_owned(), zh, en, cells, outcome: agreement(same, tolerant) });
    };
    let text = |t: Option<&trade::pack::Text>| t.filter(|t| !t.is_empty()).map(ToString::to_string);
    let hidden = |there: bool| there.then(|| "•••".to_owned());
    let o = order;
    row(
        "M1",
        "ebpCode",
        "平台",
        "platform",
        [text(o.map(|o| &o.ebp_code)), text(payment.map(|p| &p.ebp_code)), None, text(list.map(|l| &l.ebp_code))],
        o.zip(list).map(|(o, l)| o.ebp_code == l.ebp_code),
        false,
    );
    row(
        "M2",
        "logisticsNo",
        "运单编号",
        "waybill number",
        [None, None, text(waybill.map(|w| &w.number)), text(list.map(|l| &l.logistics_no))],
        waybill.zip(list).map(|(w, l)| w.number == l.logistics_no),
        false,
    );
    row(
        "M3",
        "payTransactionId",
        "支付交易编号",
        "payment number",
        [text(o.map(|o| &o.pay_transaction)), text(payment.map(|p| &p.transaction)), None, None],
        o.zip(payment).map(|(o, p)| o.pay_transaction.is_empty() || o.pay_transaction == p.transaction),
        false,
    );
    row(
        "M4",
        "acturalPaid",
        "实付",
        "paid",
        [o.map(|o| o.paid.to_string()), payment.map(|p| p.amount.to_string()), None, None],
        o.zip(payment).map(|(o, p)| o.paid == p.amount),
        false,
    );
    row(
        "M5",
        "currency",
        "币制",
        "currency",
        [text(o.map(|o| &o.currency)), text(payment.map(|p| &p.currency)), None, text(list.map(|l| &l.currency))],
        o.zip(payment)
            .map(|(o, p)| [&o.currency, &p.currency].into_iter().chain(list.map(|l| &l.currency)).all(|c| c == "142")),
        false,
    );
    row(
        "M6",
        "buyerName",
        "订购人姓名",
        "buyer's name",
        [hidden(o.is_some()), None, None, hidden(list.is_some())],
        o.zip(list).map(|(o, l)| o.buyer.name.same(&l.buyer.name)),
        false,
    );
    row(
        "M6",
        "buyerIdNumber",
        "订购人证件",
        "buyer's identity",
        [hidden(o.is_some()), None, None, hidden(list.is_some())],
        o.zip(list).map(|(o, l)| o.buyer.id.same(&l.buyer.id)),
        false,
    );
    row(
        "M7",
        "payerIdNumber",
        "支付人即订购人",
        "payer is the buyer",
        [hidden(o.is_some()), hidden(payment.is_some()), None, None],
        o.zip(payment).map(|(o, p)| o.buyer.id.same(&p.payer.id) && o.buyer.name.same(&p.payer.name)),
        false,
    );
    row(
        "M8",
        "consignee",
        "收货人",
        "consignee",
        [hidden(o.is_some()), None, hidden(waybill.is_some()), None],
        o.zip(waybill).map(|(o, w)| o.consignee.name.same(&w.consignee.name)),
        false,
    );
    row(
        "M8",
        "consigneeTelephone",
        "收货人电话",
        "consignee's telephone",
        [hidden(o.is_some()), None, hidden(waybill.is_some()), None],
        o.zip(waybill)
            .map(|(o, w)| o.consignee.telephone.is_absent() || o.consignee.telephone.same(&w.consignee.telephone)),
        false,
    );
    row(
        "M8 M9",
        "consigneeAddress",
        "收货地址",
        "consignee's address",
        [hidden(o.is_some()), None, hidden(waybill.is_some()), hidden(list.is_some())],
        o.zip(list).map(|(o, l)| {
            o.consignee.address.same(&l.address)
                && waybill.is_none_or(|w| o.consignee.address.same(&w.consignee.address))
        }),
        false,
    );
    let sum = list.map(|l| l.lines.iter().map(|l| l.total).sum::<Fen>());
    row(
        "M11",
        "goodsValue",
        "货款",
        "goods value",
        [o.map(|o| o.goods_value.to_string()), None, None, sum.map(|s| s.to_string())],
        o.zip(sum).map(|(o, s)| o.goods_value == s),
        false,
    );
    let carriage = list.map(|l| l.freight.plus(l.insured_fee));
    row(
        "M12",
        "freight",
        "运保费",
        "carriage",
        [o.map(|o| o.freight.to_string()), None, None, carriage.map(|c| c.to_string())],
        o.zip(carriage).map(|(o, c)| o.freight == c),
        false,
    );
    row(
        "M13",
        "grossWeight",
        "毛重（千克）",
        "gross weight, kg",
        [None, None, waybill.map(|w| w.weight.to_string()), list.map(|l| l.gross_weight.to_string())],
        waybill.zip(list).map(|(w, l)| w.weight == l.gross_weight),
        true,
    );
    row(
        "M18",
        "payTime",
        "时间",
        "times",
        [
            o.map(|o| to_the_second(o.head.sent_at)),
            payment.map(|p| to_the_second(p.paid_at)),
            None,
            list.map(|l| to_the_second(l.head.sent_at)),
        ],
        payment.zip(list).map(|(p, l)| p.paid_at <= l.head.sent_at),
        false,
    );
    for line in list.iter().flat_map(|l| &l.lines) {
        let theirs = o.and_then(|o| o.lines.iter().find(|t| t.gnum == line.gnum));
        let words = |name: &str,
                     qty: &dyn std::fmt::Display,
                     price: &dyn std::fmt::Display,
                     total: &dyn std::fmt::Display| format!("{name} × {qty} @ {price} = {total}");
        let mine = if line.item_name.is_empty() { &line.gname } else { &line.item_name };
        let same = theirs.map(|t| {
            t.item_name == *mine
                && t.qty == line.qty
                && t.price == line.price
                && t.total == line.total
                && t.unit == line.unit
        });
        row(
            "M10",
            &format!("gnum {}", line.gnum),
            "商品行",
            "line of goods",
            [
                theirs.map(|t| words(&t.item_name, &t.qty, &t.price, &t.total)),
                None,
                None,
                Some(words(mine, &line.qty, &line.price, &line.total)),
            ],
            same.or(o.map(|_| false)),
            false,
        );
    }
    rows
}

/// `2026-03-01 10:14:22`, Beijing time: documents say no more.
fn to_the_second(at: Moment) -> String {
    let text = at.to_string();
    text.get(..19).unwrap_or(&text).replace('T', " ")
}
