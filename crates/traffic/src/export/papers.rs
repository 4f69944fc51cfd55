//! The messages of an exported ticket, field by field.

use trade::documents::{ExportList, MessageKind};
use trade::money::{Amount, Price, Quantity};
use trade::time::Moment;
use wire::ceb::table::export::{
    arrival_head, arrival_list, departure_head, departure_list, inventory_head, inventory_list, invt_refund_detail,
    invt_refund_head, invt_refund_list, logistics, order_head, order_list, summary_apply_head, way_bill_head,
    way_bill_list,
};

use super::wares::Ware;
use super::{OFFICE, PORT, Ticket, Underway};
use crate::dice::Dice;
use crate::paper::{Paper, Value, count, head, quantity, set};
use crate::zone::Firm;

/// An amount of any currency, two decimals.
fn amount(of: Amount) -> Value<'static> {
    of.to_string().into()
}

fn price_text(price: Price) -> Value<'static> {
    Amount(price.0).to_string().into()
}

impl Ticket<'_> {
    fn total(&self, ware: &Ware, pieces: u32) -> Amount {
        Amount(ware.price.0 * i64::from(pieces))
    }

    fn value(&self) -> Amount {
        Amount(self.picks.iter().map(|(ware, pieces)| self.total(ware, *pieces).0).sum())
    }

    fn currency(&self) -> &'static str {
        self.picks.first().map_or("502", |(ware, _)| ware.currency)
    }

    fn weights(&self) -> (Quantity, Quantity) {
        let sum = |of: fn(&Ware) -> Quantity| {
            Quantity(self.picks.iter().map(|(ware, pieces)| of(ware).0 * i64::from(*pieces)).sum())
        };
        (sum(|w| w.gross).plus(Quantity(5_000)), sum(|w| w.net))
    }
}

/// CEB303: an order, or the booking of an overseas warehouse.
pub fn order<'p>(p: &'p Ticket<'_>, dice: &mut Dice) -> Paper<'p> {
    let mut h = head(order_head::FIELDS.len(), p.at, dice);
    let kind = match p.regime.mode {
        "9710" => "B",
        "9810" => "W",
        _ => "E",
    };
    let more: i64 = p.picks.iter().map(|(ware, _)| ware.price.0 * i64::from(p.ordered_more)).sum();
    set!(
        h,
        order_head {
            orderType: kind,
            orderNo: p.order_no.as_str(),
            ebpCode: p.platform.code.as_str(),
            ebpName: p.platform.name.as_str(),
            ebcCode: p.exporter.firm.code.as_str(),
            ebcName: p.exporter.firm.name.as_str(),
            goodsValue: amount(Amount(p.value().0 + more)),
            freight: "0",
            currency: p.currency(),
        }
    );
    let line = |(i, (ware, pieces)): (usize, &(&'p Ware, u32))| {
        let pieces = pieces + p.ordered_more;
        let mut l: Vec<Value<'p>> = vec![Value::default(); order_list::FIELDS.len()];
        set!(
            l,
            order_list {
                gnum: count(i as u32 + 1),
                itemNo: ware.goods.item_no.as_str(),
                itemName: ware.goods.name_zh.as_str(),
                unit: ware.goods.unit.as_str(),
                currency: ware.currency,
                qty: count(pieces),
                price: price_text(ware.price),
                totalPrice: amount(p.total(ware, pieces)),
            }
        );
        l
    };
    Paper { kind: MessageKind::ExportOrder, head: h, lines: p.picks.iter().enumerate().map(line).collect() }
}

/// CEB505.
pub fn waybill<'p>(p: &'p Ticket<'_>, dice: &mut Dice) -> Paper<'p> {
    let mut h = head(logistics::FIELDS.len(), p.at, dice);
    set!(
        h,
        logistics {
            logisticsCode: p.carrier.code.as_str(),
            logisticsName: p.carrier.name.as_str(),
            logisticsNo: p.waybill_no.as_str(),
            freight: "0",
            insuredFee: "0",
            currency: "142",
            grossWeight: quantity(p.weights().0),
            packNo: "1",
            goodsInfo: p.picks.first().map_or("", |(ware, _)| ware.goods.name_zh.as_str()),
            ebcCode: p.exporter.firm.code.as_str(),
            ebcName: p.exporter.firm.name.as_str(),
        }
    );
    Paper { kind: MessageKind::ExportWaybill, head: h, lines: Vec::new() }
}

/// CEB603.
pub fn list<'p>(p: &'p Ticket<'_>, dice: &mut Dice) -> Paper<'p> {
    let mut h = head(inventory_head::FIELDS.len(), p.at, dice);
    let (gross, net) = p.weights();
    set!(
        h,
        inventory_head {
            customsCode: OFFICE,
            ebpCode: p.platform.code.as_str(),
            ebpName: p.platform.name.as_str(),
            orderNo: p.order_no.as_str(),
            logisticsCode: p.carrier.code.as_str(),
            logisticsName: p.carrier.name.as_str(),
            logisticsNo: p.waybill_no.as_str(),
            copNo: p.cop_no.as_str(),
            ieFlag: "E",
            portCode: PORT,
            ieDate: crate::paper::day(p.at),
            statisticsFlag: p.regime.flag,
            agentCode: p.exporter.agent.code.as_str(),
            agentName: p.exporter.agent.name.as_str(),
            ebcCode: p.exporter.firm.code.as_str(),
            ebcName: p.exporter.firm.name.as_str(),
            ownerCode: p.exporter.firm.code.as_str(),
            ownerName: p.exporter.firm.name.as_str(),
            tradeMode: p.regime.mode,
            trafMode: "5",
            country: p.destination,
            POD: "000",
            freight: "0",
            fCurrency: "142",
            fFlag: "3",
            insuredFee: "0",
            iCurrency: "142",
            iFlag: "3",
            wrapType: "2",
            packNo: "1",
            grossWeight: quantity(gross),
            netWeight: quantity(net),
        }
    );
    if let Some((ems_no, _)) = p.picks.first().and_then(|(ware, _)| ware.book).filter(|_| p.regime.mode == "1210") {
        set!(h, inventory_head { iacCode: p.operator.code.as_str(), iacName: p.operator.name.as_str(), emsNo: ems_no });
    }
    let line = |(i, (ware, pieces)): (usize, &(&'p Ware, u32))| {
        let goods = &ware.goods;
        let times = |one: Quantity| quantity(Quantity(one.0 * i64::from(*pieces)));
        let mut l: Vec<Value<'p>> = vec![Value::default(); inventory_list::FIELDS.len()];
        let gcode = match p.regime.digits {
            10 => goods.hs10.to_string(),
            short => format!("{:0<10}", &goods.hs10[..short]),
        };
        set!(
            l,
            inventory_list {
                gnum: count(i as u32 + 1),
                itemNo: goods.item_no.as_str(),
                itemName: goods.name_zh.as_str(),
                gcode: gcode,
                gname: goods.name_zh.as_str(),
                gmodel: goods.model.as_str(),
                barCode: "无",
                country: p.destination,
                currency: ware.currency,
                qty: count(*pieces),
                qty1: times(goods.qty1),
                unit: goods.unit.as_str(),
                unit1: goods.unit1.as_str(),
                price: price_text(ware.price),
                totalPrice: amount(p.total(ware, *pieces)),
            }
        );
        if let Some((_, record)) = ware.book.filter(|_| p.regime.mode == "1210") {
            set!(l, inventory_list { itemRecordNo: record });
        }
        if let Some(qty2) = goods.qty2 {
            set!(l, inventory_list { qty2: times(qty2), unit2: goods.unit2.as_str() });
        }
        l
    };
    Paper { kind: MessageKind::ExportList, head: h, lines: p.picks.iter().enumerate().map(line).collect() }
}

/// What comes back of an exported list: `pieces` of its first line, under these numbers of its own.
pub struct Comes<'p> {
    pub list: &'p ExportList,
    pub invt_no: &'p str,
    pub agent: &'p Firm,
    pub place: &'p Firm,
    pub waybill: String,
    pub cop_no: String,
    pub pieces: u32,
}

/// CEB213.
pub fn refund<'p>(of: &'p Comes<'_>, at: Moment, dice: &mut Dice) -> Paper<'p> {
    let list = of.list;
    let mut h = head(invt_refund_head::FIELDS.len(), at, dice);
    set!(
        h,
        invt_refund_head {
            customsCode: list.customs_code.as_str(),
            ebpCode: list.ebp_code.as_str(),
            ebpName: list.ebp_name.as_str(),
            ebcCode: list.ebc_code.as_str(),
            ebcName: list.ebc_name.as_str(),
            logisticsNo: of.waybill.as_str(),
            logisticsCode: list.logistics_code.as_str(),
            logisticsName: list.logistics_name.as_str(),
            coElNo: of.cop_no.as_str(),
            invtNo: of.invt_no,
            tradeMode: if list.trade_mode == "1210" { "1261" } else { "9661" },
            agentCode: of.agent.code.as_str(),
            agentName: of.agent.name.as_str(),
            billNo: "999-00000000",
            ieFlag: "I",
            trafMode: "5",
            trafName: "XX航空",
            portCode: list.port_code.as_str(),
            reason: "境外买方退货",
            country: "142",
            voyageNo: "XX1",
        }
    );
    let mut l: Vec<Value<'p>> = vec![Value::default(); invt_refund_list::FIELDS.len()];
    if let Some(line) = list.lines.first() {
        let part = |qty: Quantity| {
            let pieces = i128::from(of.pieces) * 100_000;
            quantity(Quantity((i128::from(qty.0) * pieces / i128::from(line.qty.0.max(1))) as i64))
        };
        set!(
            l,
            invt_refund_list {
                gnum: count(line.gnum),
                gcode: line.gcode.as_str(),
                gname: line.gname.as_str(),
                gmodel: line.model.as_str(),
                qty: count(of.pieces),
                qty1: part(line.qty1),
                unit: line.unit.as_str(),
                unit1: line.unit1.as_str(),
            }
        );
        if let Some(qty2) = line.qty2 {
            set!(l, invt_refund_list { qty2: part(qty2), unit2: line.unit2.as_str() });
        }
    }
    Paper { kind: MessageKind::ExportRefund, head: h, lines: vec![l] }
}

/// CEB215.
pub fn tally<'p>(of: &'p Comes<'_>, at: Moment, dice: &mut Dice) -> Paper<'p> {
    let list = of.list;
    let mut h = head(invt_refund_detail::FIELDS.len(), at, dice);
    set!(
        h,
        invt_refund_detail {
            customsCode: list.customs_code.as_str(),
            operatorCode: of.place.code.as_str(),
            operatorName: of.place.name.as_str(),
            logisticsCode: list.logistics_code.as_str(),
            logisticsName: list.logistics_name.as_str(),
            logisticsNo: of.waybill.as_str(),
            invtNo: of.invt_no,
            coElNo: format!("T{}", of.invt_no),
            billNo: "999-00000000",
            ieFlag: "I",
            trafMode: "5",
            trafName: "XX航空",
            voyageNo: "XX1",
        }
    );
    Paper { kind: MessageKind::Tally, head: h, lines: Vec::new() }
}

/// The lines of a sheet that names parcels by their waybills.
macro_rules! numbered {
    ($list:ident, $parcels:expr) => {{
        let line = |(i, parcel): (usize, &&'p Underway)| {
            let mut l: Vec<Value<'p>> = vec![Value::default(); $list::FIELDS.len()];
            set!(l, $list { gnum: count(i as u32 + 1), logisticsNo: parcel.waybill_no.as_str() });
            l
        };
        $parcels.iter().enumerate().map(line).collect()
    }};
}

/// CEB507.
pub fn arrival<'p>(
    cop_no: &'p str,
    operator: &'p Firm,
    carrier: &'p Firm,
    parcels: &[&'p Underway],
    at: Moment,
    dice: &mut Dice,
) -> Paper<'p> {
    let mut h = head(arrival_head::FIELDS.len(), at, dice);
    set!(
        h,
        arrival_head {
            customsCode: OFFICE,
            copNo: cop_no,
            operatorCode: operator.code.as_str(),
            operatorName: operator.name.as_str(),
            ieFlag: "E",
            trafMode: "5",
            domesticTrafNo: "琼B00000",
            logisticsCode: carrier.code.as_str(),
            logisticsName: carrier.name.as_str(),
            msgCount: "1",
            msgSeqNo: "1",
        }
    );
    Paper { kind: MessageKind::Arrival, head: h, lines: numbered!(arrival_list, parcels) }
}

/// CEB607.
pub fn master_bill<'p>(cop_no: &'p str, tag: &str, parcels: &[&'p Underway], at: Moment, dice: &mut Dice) -> Paper<'p> {
    let mut h = head(way_bill_head::FIELDS.len(), at, dice);
    let first = parcels[0];
    set!(
        h,
        way_bill_head {
            customsCode: OFFICE,
            copNo: cop_no,
            agentCode: first.agent.code.as_str(),
            agentName: first.agent.name.as_str(),
            trafMode: "5",
            trafName: "XX航空",
            voyageNo: format!("XX{}", &at.compact()[4..8]),
            billNo: format!("9{tag}{}", &cop_no[2..]),
            grossWeight: count(parcels.len() as u32),
            logisticsCode: first.carrier.code.as_str(),
            logisticsName: first.carrier.name.as_str(),
            msgCount: "1",
            msgSeqNo: "1",
        }
    );
    Paper { kind: MessageKind::MasterBill, head: h, lines: numbered!(way_bill_list, parcels) }
}

/// CEB509.
pub fn departure<'p>(cop_no: &'p str, tag: &str, parcels: &[&'p Underway], at: Moment, dice: &mut Dice) -> Paper<'p> {
    let mut h = head(departure_head::FIELDS.len(), at, dice);
    let first = parcels[0];
    set!(
        h,
        departure_head {
            customsCode: OFFICE,
            copNo: cop_no,
            logisticsCode: first.carrier.code.as_str(),
            logisticsName: first.carrier.name.as_str(),
            trafMode: "5",
            trafName: "XX航空",
            voyageNo: format!("XX{}", &at.compact()[4..8]),
            billNo: format!("9{tag}{}", &cop_no[2..]),
            leaveTime: at.compact(),
            msgCount: "1",
            msgSeqNo: "1",
        }
    );
    Paper { kind: MessageKind::Departure, head: h, lines: numbered!(departure_list, parcels) }
}

/// CEB701, for a period.
pub fn summary<'p>(
    cop_no: &'p str,
    agent: &'p Firm,
    seller: &'p Firm,
    (from, until): (Moment, Moment),
    at: Moment,
    dice: &mut Dice,
) -> Paper<'p> {
    let mut h = head(summary_apply_head::FIELDS.len(), at, dice);
    set!(
        h,
        summary_apply_head {
            customsCode: OFFICE,
            copNo: cop_no,
            agentCode: agent.code.as_str(),
            agentName: agent.name.as_str(),
            ebcCode: seller.code.as_str(),
            ebcName: seller.name.as_str(),
            declAgentCode: agent.code.as_str(),
            declAgentName: agent.name.as_str(),
            startTime: from.compact(),
            endTime: until.compact(),
            summaryFlag: "1",
            itemNameFlag: "2",
            msgCount: "1",
            msgSeqNo: "1",
        }
    );
    Paper { kind: MessageKind::SummaryApply, head: h, lines: Vec::new() }
}
