//! The documents of one parcel as values in the order of the message table, before they are bytes.

use std::borrow::Cow;
use std::fmt::Write;
use std::sync::Arc;

use trade::documents::MessageKind;
use trade::money::{Fen, Quantity, SCALE};
use trade::policy::limits::Limits;
use trade::policy::tariff::{self, Amounts};
use trade::policy::{Policy, Row};
use trade::tax::{Assessment, Line, Rules, assess};
use trade::time::Moment;
use wire::ceb::table::{
    delivery_head, delivery_list, inventory_head, inventory_list, invt_cancel, invt_refund_head, invt_refund_list,
};
use wire::ceb::table::{logistics_head, logistics_status, order_head, order_list, payment_head};
use wire::ceb::{Transfer, Writer};

use crate::dice::Dice;
use crate::people::Person;
use crate::zone::{Firm, Item, price_of};

/// A value of a field; empty where the field is left out.
pub type Value<'p> = Cow<'p, str>;

/// One document: a head and lines, their values at the places of the message table.
#[derive(Clone, Debug)]
pub struct Paper<'p> {
    pub kind: MessageKind,
    pub head: Vec<Value<'p>>,
    pub lines: Vec<Vec<Value<'p>>>,
}

impl Paper<'_> {
    /// The same, of its own: its parcel may go or be changed.
    pub fn into_owned(self) -> Paper<'static> {
        let own = |values: Vec<Value<'_>>| values.into_iter().map(|v| Cow::Owned(v.into_owned())).collect();
        Paper { kind: self.kind, head: own(self.head), lines: self.lines.into_iter().map(own).collect() }
    }
}

/// Goods and how many of them are bought, at a price of the day.
#[derive(Clone, Copy, Debug)]
pub struct Pick<'z> {
    pub item: &'z Item,
    pub pieces: u32,
    pub price: Fen,
}

/// Everything that the four documents of a parcel say.
#[derive(Clone, Debug)]
pub struct Parcel<'z> {
    pub order_no: String,
    pub waybill_no: String,
    pub transaction: String,
    pub cop_no: String,
    pub bonded: bool,
    pub office: &'static str,
    pub seller: &'z Firm,
    pub platform: &'z Firm,
    pub payer: &'z Firm,
    pub carrier: &'z Firm,
    pub agent: &'z Firm,
    /// Account book and its operator, for bonded goods.
    pub book: Option<(&'z str, &'z Firm)>,
    pub flight: Arc<Flight>,
    pub buyer: Person,
    pub picks: Vec<Pick<'z>>,
    pub freight: Fen,
    pub discount: Fen,
    pub tax: Fen,
    pub goods: Fen,
    /// Taxable value of the whole list.
    pub taxable: Fen,
    pub ordered: Moment,
    pub paid: Moment,
    pub shipped: Moment,
    pub declared: Moment,
}

/// The flight that a direct parcel came with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flight {
    pub bill_no: String,
    pub voyage_no: String,
    pub traf_no: String,
}

/// Packaging of a parcel.
const WRAPPING: Quantity = Quantity(12_000);

impl Parcel<'_> {
    /// Computes goods, taxable value and tax as the law of the day has them; `None` where no rates are known.
    /// Limits are not asked: what passes them is for the window to find, and bears what was collected as if below them.
    pub fn assess(&mut self, policy: &Policy, year_so_far: Fen) -> Option<()> {
        let day = self.declared.day();
        let rules = Rules::on(policy, day).ok()?;
        let mut lines = Vec::with_capacity(self.picks.len());
        for (i, pick) in self.picks.iter().enumerate() {
            let goods = &pick.item.goods;
            let row = policy.tariff(&goods.hs10, day)?;
            let qty = Quantity::whole(i64::from(pick.pieces));
            let second = goods.qty2.map_or(Quantity(0), |q| pick.times(q));
            let statutory = [(goods.unit1.as_str(), pick.times(goods.qty1)), (goods.unit2.as_str(), second)];
            let amounts = Amounts { declared: (&goods.unit, qty), statutory };
            let rates = tariff::rates(&row.value, &amounts)?;
            let price = price_of(pick.price);
            lines.push(Line { gnum: i as u32 + 1, price, qty, goods: price.times(qty)?, rates });
        }
        self.goods = lines.iter().map(|l| l.goods).sum();
        self.taxable = self.goods.plus(self.freight);
        let assessment = Assessment {
            day,
            lines: &lines,
            promotion: Fen::ZERO,
            freight: self.freight,
            insurance: Fen::ZERO,
            year_so_far,
        };
        let assessed = assess(&assessment, &rules).or_else(|_| {
            let value = Limits { single: self.taxable, annual: self.taxable, ..rules.limits.value };
            assess(&assessment, &Rules { limits: &Row { value, ..rules.limits.clone() }, ..rules })
        });
        self.tax = assessed.map_or(Fen::ZERO, |a| a.totals().tax());
        Some(())
    }

    pub fn amount_paid(&self) -> Fen {
        self.goods.plus(self.freight).plus(self.tax).minus(self.discount)
    }
}

impl Pick<'_> {
    /// So many times a quantity of one piece.
    fn times(&self, one: Quantity) -> Quantity {
        Quantity(one.0 * i64::from(self.pieces))
    }

    pub fn goods(&self) -> Fen {
        Fen(self.price.0 * i64::from(self.pieces))
    }
}

/// A quantity without superfluous zeros, as its `Display` has it; never below zero here.
pub fn quantity(n: Quantity) -> Value<'static> {
    let (whole, mut fraction) = (n.0.unsigned_abs() / SCALE as u64, n.0.unsigned_abs() % SCALE as u64);
    let mut out = String::with_capacity(12);
    digits(whole, 1, &mut out);
    if fraction > 0 {
        let mut places = 5;
        while fraction.is_multiple_of(10) {
            fraction /= 10;
            places -= 1;
        }
        out.push('.');
        digits(fraction, places, &mut out);
    }
    Cow::Owned(out)
}

/// Two decimals, as clients write amounts.
fn yuan(fen: Fen) -> Value<'static> {
    let mut out = String::with_capacity(10);
    let n = fen.0.unsigned_abs();
    if fen.0 < 0 {
        out.push('-');
    }
    digits(n / 100, 1, &mut out);
    out.push('.');
    digits(n % 100, 2, &mut out);
    Cow::Owned(out)
}

/// A number with at least `least` digits.
pub fn digits(n: u64, least: usize, out: &mut String) {
    let mut buffer = [b'0'; 20];
    let mut at = 20;
    let mut rest = n;
    while rest > 0 || 20 - at < least {
        at -= 1;
        buffer[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    out.push_str(std::str::from_utf8(&buffer[at..]).unwrap_or_default());
}

/// The Beijing day of a moment, `20260301`.
pub fn day(at: Moment) -> String {
    let mut text = at.compact();
    text.truncate(8);
    text
}

const SMALL: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

pub fn count(n: u32) -> Value<'static> {
    SMALL.get(n as usize).map_or_else(|| n.to_string().into(), |s| Cow::Borrowed(*s))
}

fn guid(dice: &mut Dice) -> Value<'static> {
    let mut out = String::with_capacity(36);
    dice.guid(&mut out);
    Cow::Owned(out)
}

/// The head with nothing in it but what every document has.
pub fn head<'z>(len: usize, at: Moment, dice: &mut Dice) -> Vec<Value<'z>> {
    let mut head = vec![Cow::Borrowed(""); len];
    head[0] = guid(dice);
    head[1] = "1".into();
    head[2] = at.compact().into();
    head[3] = "2".into();
    head
}

/// Sets places of a table: `set!(head, order_head { orderNo: value, … })`.
macro_rules! set {
    ($values:ident, $table:ident { $($field:ident: $value:expr),* $(,)? }) => {
        $($values[$table::$field] = std::borrow::Cow::from($value);)*
    };
}
pub(crate) use set;

/// CEB311.
pub fn order<'p>(p: &'p Parcel<'_>, dice: &mut Dice) -> Paper<'p> {
    let mut h = head(order_head::FIELDS.len(), p.ordered, dice);
    set!(
        h,
        order_head {
            orderType: "I",
            orderNo: p.order_no.as_str(),
            ebpCode: p.platform.code.as_str(),
            ebpName: p.platform.name.as_str(),
            ebcCode: p.seller.code.as_str(),
            ebcName: p.seller.name.as_str(),
            goodsValue: yuan(p.goods),
            freight: yuan(p.freight),
            discount: yuan(p.discount),
            taxTotal: yuan(p.tax),
            acturalPaid: yuan(p.amount_paid()),
            currency: "142",
            buyerRegNo: p.buyer.account.as_str(),
            buyerName: p.buyer.name.as_str(),
            buyerTelephone: p.buyer.telephone.as_str(),
            buyerIdType: "1",
            buyerIdNumber: p.buyer.id_number.as_str(),
            payCode: p.payer.code.as_str(),
            payName: p.payer.name.as_str(),
            payTransactionId: p.transaction.as_str(),
            consignee: p.buyer.name.as_str(),
            consigneeTelephone: p.buyer.telephone.as_str(),
            consigneeAddress: p.buyer.address.as_str(),
        }
    );
    let line = |(i, pick): (usize, &'p Pick<'_>)| {
        let goods = &pick.item.goods;
        let mut l = vec![Cow::Borrowed(""); order_list::FIELDS.len()];
        set!(
            l,
            order_list {
                gnum: count(i as u32 + 1),
                itemNo: goods.item_no.as_str(),
                itemName: goods.name_zh.as_str(),
                gmodel: goods.model.as_str(),
                barCode: goods.bar_code.as_str(),
                unit: goods.unit.as_str(),
                qty: count(pick.pieces),
                price: yuan(pick.price),
                totalPrice: yuan(pick.goods()),
                currency: "142",
                country: goods.origin.as_str(),
            }
        );
        l
    };
    Paper { kind: MessageKind::Order, head: h, lines: p.picks.iter().enumerate().map(line).collect() }
}

/// CEB411.
pub fn payment<'p>(p: &'p Parcel<'_>, dice: &mut Dice) -> Paper<'p> {
    let mut h = head(payment_head::FIELDS.len(), Moment(p.paid.0 + 4_000), dice);
    set!(
        h,
        payment_head {
            payCode: p.payer.code.as_str(),
            payName: p.payer.name.as_str(),
            payTransactionId: p.transaction.as_str(),
            orderNo: p.order_no.as_str(),
            ebpCode: p.platform.code.as_str(),
            ebpName: p.platform.name.as_str(),
            payerIdType: "1",
            payerIdNumber: p.buyer.id_number.as_str(),
            payerName: p.buyer.name.as_str(),
            telephone: p.buyer.telephone.as_str(),
            amountPaid: yuan(p.amount_paid()),
            currency: "142",
            payTime: p.paid.compact(),
        }
    );
    Paper { kind: MessageKind::Payment, head: h, lines: Vec::new() }
}

/// CEB511.
pub fn waybill<'p>(p: &'p Parcel<'_>, dice: &mut Dice) -> Paper<'p> {
    let mut h = head(logistics_head::FIELDS.len(), p.shipped, dice);
    set!(
        h,
        logistics_head {
            logisticsCode: p.carrier.code.as_str(),
            logisticsName: p.carrier.name.as_str(),
            logisticsNo: p.waybill_no.as_str(),
            billNo: p.flight.bill_no.as_str(),
            orderNo: p.order_no.as_str(),
            freight: yuan(p.freight),
            insuredFee: "0",
            currency: "142",
            weight: quantity(p.weights().0),
            packNo: "1",
            goodsInfo: p.picks.first().map_or("", |pick| pick.item.goods.name_zh.as_str()),
            consignee: p.buyer.name.as_str(),
            consigneeAddress: p.buyer.address.as_str(),
            consigneeTelephone: p.buyer.telephone.as_str(),
        }
    );
    Paper { kind: MessageKind::Waybill, head: h, lines: Vec::new() }
}

/// CEB513: signed for, a day after it was declared.
pub fn signed_for<'p>(p: &'p Parcel<'_>, at: Moment, dice: &mut Dice) -> Paper<'p> {
    let mut h = head(logistics_status::FIELDS.len(), at, dice);
    set!(
        h,
        logistics_status {
            logisticsCode: p.carrier.code.as_str(),
            logisticsName: p.carrier.name.as_str(),
            logisticsNo: p.waybill_no.as_str(),
            logisticsStatus: "S",
            logisticsTime: at.compact(),
        }
    );
    Paper { kind: MessageKind::WaybillStatus, head: h, lines: Vec::new() }
}

/// CEB711: these parcels came into the supervised place.
pub fn delivery<'p>(
    cop_no: &'p str,
    operator: &'p Firm,
    flight: &'p Flight,
    carrier: &'p Firm,
    waybills: &'p [String],
    at: Moment,
    dice: &mut Dice,
) -> Paper<'p> {
    let mut h = head(delivery_head::FIELDS.len(), at, dice);
    set!(
        h,
        delivery_head {
            customsCode: "6402",
            copNo: cop_no,
            operatorCode: operator.code.as_str(),
            operatorName: operator.name.as_str(),
            ieFlag: "I",
            trafMode: "5",
            trafNo: flight.traf_no.as_str(),
            voyageNo: flight.voyage_no.as_str(),
            billNo: flight.bill_no.as_str(),
            logisticsCode: carrier.code.as_str(),
            logisticsName: carrier.name.as_str(),
            unloadLocation: "A-1",
        }
    );
    let line = |(i, waybill): (usize, &'p String)| {
        let mut l = vec![Cow::Borrowed(""); delivery_list::FIELDS.len()];
        set!(l, delivery_list { gnum: count(i as u32 + 1), logisticsNo: waybill.as_str() });
        l
    };
    Paper { kind: MessageKind::Delivery, head: h, lines: waybills.iter().enumerate().map(line).collect() }
}

/// CEB621.
pub fn list<'p>(p: &'p Parcel<'_>, dice: &mut Dice) -> Paper<'p> {
    let mut h = head(inventory_head::FIELDS.len(), p.declared, dice);
    let (gross, net) = p.weights();
    set!(
        h,
        inventory_head {
            orderNo: p.order_no.as_str(),
            ebpCode: p.platform.code.as_str(),
            ebpName: p.platform.name.as_str(),
            ebcCode: p.seller.code.as_str(),
            ebcName: p.seller.name.as_str(),
            logisticsNo: p.waybill_no.as_str(),
            logisticsCode: p.carrier.code.as_str(),
            logisticsName: p.carrier.name.as_str(),
            copNo: p.cop_no.as_str(),
            assureCode: p.platform.code.as_str(),
            ieFlag: "I",
            declTime: day(p.declared),
            customsCode: p.office,
            portCode: p.office,
            buyerIdType: "1",
            buyerIdNumber: p.buyer.id_number.as_str(),
            buyerName: p.buyer.name.as_str(),
            buyerTelephone: p.buyer.telephone.as_str(),
            consigneeAddress: p.buyer.address.as_str(),
            agentCode: p.agent.code.as_str(),
            agentName: p.agent.name.as_str(),
            freight: yuan(p.freight),
            insuredFee: "0",
            currency: "142",
            wrapType: "2",
            packNo: "1",
            grossWeight: quantity(gross),
            netWeight: quantity(net),
        }
    );
    let origin = p.picks.first().map_or("142", |pick| pick.item.goods.origin.as_str());
    if let Some((book, operator)) = p.book {
        set!(
            h,
            inventory_head {
                emsNo: book,
                areaCode: operator.code.as_str(),
                areaName: operator.name.as_str(),
                tradeMode: "1210",
                trafMode: "7",
                country: "142",
            }
        );
    } else {
        set!(
            h,
            inventory_head {
                tradeMode: "9610",
                trafMode: "5",
                trafNo: p.flight.traf_no.as_str(),
                voyageNo: p.flight.voyage_no.as_str(),
                billNo: p.flight.bill_no.as_str(),
                country: origin,
            }
        );
    }
    let line = |(i, pick): (usize, &'p Pick<'_>)| {
        let goods = &pick.item.goods;
        let mut l = vec![Cow::Borrowed(""); inventory_list::FIELDS.len()];
        set!(
            l,
            inventory_list {
                gnum: count(i as u32 + 1),
                itemNo: goods.item_no.as_str(),
                itemName: goods.name_zh.as_str(),
                gcode: goods.hs10.as_str(),
                gname: goods.name_zh.as_str(),
                gmodel: goods.model.as_str(),
                barCode: goods.bar_code.as_str(),
                country: goods.origin.as_str(),
                currency: "142",
                qty: count(pick.pieces),
                unit: goods.unit.as_str(),
                qty1: quantity(pick.times(goods.qty1)),
                unit1: goods.unit1.as_str(),
                price: yuan(pick.price),
                totalPrice: yuan(pick.goods()),
            }
        );
        if let Some((_, record)) = pick.item.book.as_ref().filter(|_| p.bonded) {
            set!(l, inventory_list { itemRecordNo: record.as_str() });
        }
        if let Some(qty2) = goods.qty2 {
            set!(l, inventory_list { qty2: quantity(pick.times(qty2)), unit2: goods.unit2.as_str() });
        }
        l
    };
    Paper { kind: MessageKind::List, head: h, lines: p.picks.iter().enumerate().map(line).collect() }
}

/// CEB623, for the list with this number.
pub fn cancel<'p>(p: &'p Parcel<'_>, invt_no: &'p str, at: Moment, dice: &mut Dice) -> Paper<'p> {
    let mut h = head(invt_cancel::FIELDS.len(), at, dice);
    set!(
        h,
        invt_cancel {
            customsCode: p.office,
            orderNo: p.order_no.as_str(),
            ebpCode: p.platform.code.as_str(),
            ebpName: p.platform.name.as_str(),
            ebcCode: p.seller.code.as_str(),
            ebcName: p.seller.name.as_str(),
            logisticsNo: p.waybill_no.as_str(),
            logisticsCode: p.carrier.code.as_str(),
            logisticsName: p.carrier.name.as_str(),
            copNo: format!("X{}", &p.cop_no[1..]),
            invtNo: invt_no,
            buyerIdType: "1",
            buyerIdNumber: p.buyer.id_number.as_str(),
            buyerName: p.buyer.name.as_str(),
            buyerTelephone: p.buyer.telephone.as_str(),
            agentCode: p.agent.code.as_str(),
            agentName: p.agent.name.as_str(),
            reason: "消费者取消订单",
        }
    );
    Paper { kind: MessageKind::Cancel, head: h, lines: Vec::new() }
}

/// CEB625: `pieces` of the first line come back.
pub fn refund<'p>(p: &'p Parcel<'_>, invt_no: &'p str, pieces: u32, at: Moment, dice: &mut Dice) -> Paper<'p> {
    let mut h = head(invt_refund_head::FIELDS.len(), at, dice);
    set!(
        h,
        invt_refund_head {
            customsCode: p.office,
            orderNo: p.order_no.as_str(),
            ebpCode: p.platform.code.as_str(),
            ebpName: p.platform.name.as_str(),
            ebcCode: p.seller.code.as_str(),
            ebcName: p.seller.name.as_str(),
            logisticsNo: p.waybill_no.as_str(),
            logisticsCode: p.carrier.code.as_str(),
            logisticsName: p.carrier.name.as_str(),
            copNo: format!("R{}", &p.cop_no[1..]),
            invtNo: invt_no,
            buyerIdType: "1",
            buyerIdNumber: p.buyer.id_number.as_str(),
            buyerName: p.buyer.name.as_str(),
            buyerTelephone: p.buyer.telephone.as_str(),
            agentCode: p.agent.code.as_str(),
            agentName: p.agent.name.as_str(),
            reason: "消费者七日内退货",
        }
    );
    let mut l = vec![Cow::Borrowed(""); invt_refund_list::FIELDS.len()];
    if let Some(pick) = p.picks.first() {
        set!(
            l,
            invt_refund_list {
                gnum: "1",
                gcode: pick.item.goods.hs10.as_str(),
                gname: pick.item.goods.name_zh.as_str(),
                qty: count(pieces),
                unit: pick.item.goods.unit.as_str(),
            }
        );
    }
    Paper { kind: MessageKind::Refund, head: h, lines: vec![l] }
}

impl Parcel<'_> {
    /// Gross and net weight.
    pub fn weights(&self) -> (Quantity, Quantity) {
        let sum = |of: fn(&Item) -> Quantity| {
            Quantity(self.picks.iter().map(|pick| of(pick.item).0 * i64::from(pick.pieces)).sum())
        };
        (sum(|i| i.gross).plus(WRAPPING), sum(|i| i.net))
    }
}

/// Gathers documents of one kind and sender into a message.
pub struct Envelope {
    pub kind: MessageKind,
    writer: Writer,
    pub documents: usize,
}

impl Envelope {
    /// With room for so many documents of the usual length.
    pub fn new(kind: MessageKind, documents: usize, dice: &mut Dice) -> Envelope {
        let mut writer = Writer::new(kind, &guid(dice)).expect("traffic makes applications only");
        let usual = match kind {
            MessageKind::Order => 1_700,
            MessageKind::List => 2_500,
            _ => 800,
        };
        writer.reserve(documents * usual);
        Envelope { kind, writer, documents: 0 }
    }

    pub fn add(&mut self, paper: &Paper<'_>) {
        self.writer.add(paper.head.iter().map(|v| &**v), paper.lines.iter().map(|line| line.iter().map(|v| &**v)));
        self.documents += 1;
    }

    /// The bytes of the message, sent by `sender`.
    pub fn close(self, sender: &Firm) -> Vec<u8> {
        self.writer.finish(&transfer(sender))
    }
}

/// Who transmits a message.
pub fn transfer(sender: &Firm) -> Transfer {
    let mut dxp_id = String::from("DXPENT");
    let _ = write!(dxp_id, "{:0>10}", sender.code);
    Transfer { cop_code: sender.code.clone(), cop_name: sender.name.clone(), dxp_id }
}
