//! The documents of trade as the rules see them (those of export in [`export`]): every field that is not personal, pseudonyms for those
//! that are, and what was checked of them while they could be read.
//!
//! Field names follow the trade; the element of the CEB message stands in backticks where it differs. Free texts
//! (`note`, `reason`, descriptions) may hold anything, so they stay in the vault with the original.

use std::ops::Deref;
use std::sync::Arc;

use crate::money::{Fen, Price, Quantity};
use crate::pack::Text;
use crate::pseudonym::Pseudonyms;
use crate::time::{Day, Moment};
use crate::{packed, packed_choice, packed_names};

pub mod export;
pub use export::*;

packed_names! {
    /// What the sender wants done (`appType`).
    pub enum Action {
        1 => New "new",
        2 => Change "change",
        3 => Delete "delete",
    }
}

packed_names! {
    /// The messages of the family, by number.
    pub enum MessageKind {
        0 => Unknown "Unknown",
        213 => ExportRefund "CEB213",
        214 => ExportRefundReturn "CEB214",
        215 => Tally "CEB215",
        216 => TallyReturn "CEB216",
        303 => ExportOrder "CEB303",
        304 => ExportOrderReturn "CEB304",
        311 => Order "CEB311",
        312 => OrderReturn "CEB312",
        403 => ReceiptOfPayment "CEB403",
        404 => ReceiptOfPaymentReturn "CEB404",
        411 => Payment "CEB411",
        412 => PaymentReturn "CEB412",
        505 => ExportWaybill "CEB505",
        506 => ExportWaybillReturn "CEB506",
        507 => Arrival "CEB507",
        508 => ArrivalReturn "CEB508",
        509 => Departure "CEB509",
        510 => DepartureReturn "CEB510",
        511 => Waybill "CEB511",
        512 => WaybillReturn "CEB512",
        513 => WaybillStatus "CEB513",
        514 => WaybillStatusReturn "CEB514",
        603 => ExportList "CEB603",
        604 => ExportListReturn "CEB604",
        605 => ExportCancel "CEB605",
        606 => ExportCancelReturn "CEB606",
        607 => MasterBill "CEB607",
        608 => MasterBillReturn "CEB608",
        621 => List "CEB621",
        622 => ListReturn "CEB622",
        623 => Cancel "CEB623",
        624 => CancelReturn "CEB624",
        625 => Refund "CEB625",
        626 => RefundReturn "CEB626",
        701 => SummaryApply "CEB701",
        702 => SummaryReturn "CEB702",
        711 => Delivery "CEB711",
        712 => DeliveryReturn "CEB712",
        792 => SummaryResult "CEB792",
        816 => TaxBill "CEB816",
        818 => TaxBillState "CEB818",
        900 => FormatReturn "CEB900",
        // Answers to bonded documents; the form is ours (`wire::bonded`).
        9201 => VerificationReturn "INV201",
        9202 => FormReturn "SAS201",
        9203 => SlipReturn "SAS211",
        9204 => PassReturn "SAS221",
        9205 => BondedReturn "BND201",
        // What became of them later (rules.md 7.1 names these; which of them says what is our reading).
        /// The declaration of a verification list.
        9206 => DeclarationReturn "INV202",
        /// A verification list is deducted (记账).
        9207 => DeductionReturn "INV211",
        /// A pass went through the gate (过卡).
        9208 => PassedReturn "SAS223",
        /// A vehicle was stopped at the gate.
        9209 => StoppedReturn "SAS224",
        /// Answer to a pass of the two-step declaration (SAS251).
        9210 => TwoStepReturn "SAS253",
        /// A seller's exports of a month by tax treatment, and its income tax; the form is ours.
        9301 => ExportStatement "EXS201",
        /// A bill of changes (变更清单): what a correction changed; the form is ours.
        9401 => CorrectionBill "COR201",
        /// A period of an account book, closed (期末结转单); the form is ours.
        9501 => PeriodStatement "BND401",
        /// What personal articles came to: free, taxed, or goods; the form is ours.
        9216 => ArticlesReturn "ART201",
        /// Proof about stock abroad (海外仓出口、销售证明), for rebate or foreign exchange; the form is ours.
        9217 => AbroadProof "ABR201",
        /// What became of a filing of goods (商品备案) on appeal; the form is ours.
        9231 => FilingReturn "FIL201",
        /// How a request among departments (部门间请求) stands; the form is ours.
        9232 => RequestReturn "REQ201",
    }
}

packed_names! {
    /// What the check of an identity number gave when it was read (GB 11643; identifiers.md).
    pub enum IdCheck {
        0 => Unchecked "unchecked",
        1 => Valid "valid",
        /// Valid, and its birth date makes the person younger than 18 on the day of the document.
        2 => ValidMinor "valid-minor",
        3 => Invalid "invalid",
    }
}

packed! {
    /// What every document says of itself.
    pub struct Head {
        /// `guid`, 36 characters.
        1 => pub guid: Text,
        /// `appType`.
        2 => pub action: Action,
        /// `appTime`: when the sender says it was sent.
        3 => pub sent_at: Moment,
        /// `appStatus`: 1 draft, 2 declare.
        4 => pub app_status: Text,
    }
}

packed! {
    /// A natural person as a document names one: buyer (订购人) or payer (支付人).
    pub struct Person {
        /// 1 resident identity card, 2 other (`buyerIdType`, `payerIdType`).
        1 => pub id_type: Text,
        /// Upper case, blanks removed.
        2 => pub id: Pseudonyms,
        3 => pub id_check: IdCheck,
        /// Trimmed.
        4 => pub name: Pseudonyms,
        /// Absent where the message has none.
        5 => pub telephone: Pseudonyms,
    }
}

packed! {
    /// Where the parcel goes (收货人). Blanks and full-width forms are folded before hashing (M8).
    pub struct Consignee {
        1 => pub name: Pseudonyms,
        2 => pub telephone: Pseudonyms,
        3 => pub address: Pseudonyms,
    }
}

packed! {
    /// CEB311 order (订单). Key: `number` + `ebc_code`.
    pub struct Order {
        1 => pub head: Head,
        /// `orderType`, fixed `I`.
        2 => pub order_type: Text,
        /// `orderNo`.
        3 => pub number: Text,
        /// Platform (电商平台).
        4 => pub ebp_code: Text,
        5 => pub ebp_name: Text,
        /// Seller (电商企业).
        6 => pub ebc_code: Text,
        7 => pub ebc_name: Text,
        /// After promotion; includes what was paid by non-cash means.
        8 => pub goods_value: Fen,
        9 => pub freight: Fen,
        /// Non-cash deduction (非现金抵扣).
        10 => pub discount: Fen,
        /// Tax collected in advance.
        11 => pub tax_total: Fen,
        /// `acturalPaid`, misspelt in the standard.
        12 => pub paid: Fen,
        13 => pub currency: Text,
        /// `buyerRegNo`, the buyer's account on the platform.
        14 => pub buyer_account: Pseudonyms,
        15 => pub buyer: Person,
        16 => pub pay_code: Text,
        17 => pub pay_name: Text,
        /// `payTransactionId`.
        18 => pub pay_transaction: Text,
        19 => pub batch_numbers: Text,
        20 => pub consignee: Consignee,
        /// `consigneeDistrict`, six digits of GB/T 2260.
        21 => pub district: Text,
        22 => pub lines: Vec<OrderLine>,
    }
}

packed! {
    pub struct OrderLine {
        1 => pub gnum: u32,
        2 => pub item_no: Text,
        3 => pub item_name: Text,
        4 => pub model: Text,
        5 => pub bar_code: Text,
        6 => pub unit: Text,
        7 => pub qty: Quantity,
        8 => pub price: Price,
        9 => pub total: Fen,
        10 => pub currency: Text,
        11 => pub country: Text,
    }
}

packed! {
    /// CEB411 payment (支付单). Key: `pay_code` + `transaction`; it belongs to `ebp_code` + `order_no`.
    pub struct Payment {
        1 => pub head: Head,
        2 => pub pay_code: Text,
        3 => pub pay_name: Text,
        /// `payTransactionId`.
        4 => pub transaction: Text,
        5 => pub order_no: Text,
        6 => pub ebp_code: Text,
        7 => pub ebp_name: Text,
        8 => pub payer: Person,
        9 => pub amount: Fen,
        10 => pub currency: Text,
        11 => pub paid_at: Moment,
    }
}

packed! {
    /// CEB511 waybill (运单). Key: `logistics_code` + `number`, not repeated within six months.
    pub struct Waybill {
        1 => pub head: Head,
        2 => pub logistics_code: Text,
        3 => pub logistics_name: Text,
        /// `logisticsNo`.
        4 => pub number: Text,
        5 => pub bill_no: Text,
        /// Empty from clients that follow the prose.
        6 => pub order_no: Text,
        7 => pub freight: Fen,
        8 => pub insured_fee: Fen,
        9 => pub currency: Text,
        /// Gross, kilograms.
        10 => pub weight: Quantity,
        11 => pub pack_no: u32,
        12 => pub consignee: Consignee,
    }
}

packed! {
    /// CEB513 waybill state (运单状态): signed for.
    pub struct WaybillStatus {
        1 => pub head: Head,
        2 => pub logistics_code: Text,
        3 => pub logistics_name: Text,
        4 => pub number: Text,
        /// Limited to `S`, signed for.
        5 => pub status: Text,
        6 => pub happened_at: Moment,
    }
}

packed! {
    /// CEB621 import list (清单). Key: `order_no` + `ebc_code`.
    pub struct List {
        1 => pub head: Head,
        2 => pub order_no: Text,
        3 => pub ebp_code: Text,
        4 => pub ebp_name: Text,
        5 => pub ebc_code: Text,
        6 => pub ebc_name: Text,
        7 => pub logistics_no: Text,
        8 => pub logistics_code: Text,
        9 => pub logistics_name: Text,
        10 => pub cop_no: Text,
        11 => pub pre_no: Text,
        /// Guarantor (担保人).
        12 => pub assure_code: Text,
        /// Account book (账册), bonded modes.
        13 => pub ems_no: Text,
        14 => pub invt_no: Text,
        15 => pub ie_flag: Text,
        /// `declTime`.
        16 => pub declared_on: Day,
        17 => pub customs_code: Text,
        18 => pub port_code: Text,
        19 => pub ie_date: Option<Day>,
        20 => pub buyer: Person,
        21 => pub address: Pseudonyms,
        /// Declarant (申报企业).
        22 => pub agent_code: Text,
        23 => pub agent_name: Text,
        /// Area operator (区内企业).
        24 => pub area_code: Text,
        25 => pub area_name: Text,
        26 => pub trade_mode: Text,
        27 => pub traf_mode: Text,
        28 => pub traf_no: Text,
        29 => pub voyage_no: Text,
        30 => pub bill_no: Text,
        31 => pub loct_no: Text,
        32 => pub license_no: Text,
        /// Country of dispatch; 142 when bonded.
        33 => pub country: Text,
        34 => pub freight: Fen,
        35 => pub insured_fee: Fen,
        36 => pub currency: Text,
        37 => pub wrap_type: Text,
        38 => pub pack_no: u32,
        /// Kilograms.
        39 => pub gross_weight: Quantity,
        40 => pub net_weight: Quantity,
        41 => pub lines: Vec<ListLine>,
    }
}

packed! {
    pub struct ListLine {
        1 => pub gnum: u32,
        /// Book item (账册料号), bonded modes.
        2 => pub item_record_no: Text,
        3 => pub item_no: Text,
        4 => pub item_name: Text,
        /// HS code, ten digits.
        5 => pub gcode: Text,
        6 => pub gname: Text,
        7 => pub model: Text,
        8 => pub bar_code: Text,
        /// Country of origin.
        9 => pub country: Text,
        10 => pub trade_country: Text,
        11 => pub currency: Text,
        12 => pub qty: Quantity,
        13 => pub unit: Text,
        14 => pub qty1: Quantity,
        15 => pub unit1: Text,
        16 => pub qty2: Option<Quantity>,
        17 => pub unit2: Text,
        18 => pub price: Price,
        19 => pub total: Fen,
    }
}

packed! {
    /// CEB623 cancel application (撤销申请单).
    pub struct Cancel {
        1 => pub head: Head,
        2 => pub customs_code: Text,
        3 => pub order_no: Text,
        4 => pub ebp_code: Text,
        5 => pub ebc_code: Text,
        6 => pub logistics_no: Text,
        7 => pub logistics_code: Text,
        8 => pub cop_no: Text,
        9 => pub pre_no: Text,
        10 => pub invt_no: Text,
        11 => pub buyer: Person,
        12 => pub agent_code: Text,
        13 => pub agent_name: Text,
    }
}

packed! {
    /// CEB625 return application (退货申请单).
    pub struct Refund {
        1 => pub head: Head,
        2 => pub customs_code: Text,
        3 => pub order_no: Text,
        4 => pub ebp_code: Text,
        5 => pub ebc_code: Text,
        6 => pub logistics_no: Text,
        7 => pub logistics_code: Text,
        8 => pub cop_no: Text,
        9 => pub pre_no: Text,
        10 => pub invt_no: Text,
        11 => pub buyer: Person,
        12 => pub agent_code: Text,
        13 => pub agent_name: Text,
        14 => pub lines: Vec<RefundLine>,
    }
}

packed! {
    pub struct RefundLine {
        /// The list's line number.
        1 => pub gnum: u32,
        2 => pub gcode: Text,
        3 => pub gname: Text,
        4 => pub qty: Quantity,
        5 => pub unit: Text,
    }
}

packed! {
    /// CEB711 warehouse-in detail (入库明细单): which parcels came into the supervised place.
    pub struct Delivery {
        1 => pub head: Head,
        2 => pub customs_code: Text,
        3 => pub cop_no: Text,
        4 => pub pre_no: Text,
        5 => pub rkd_no: Text,
        6 => pub operator_code: Text,
        7 => pub operator_name: Text,
        8 => pub ie_flag: Text,
        9 => pub traf_mode: Text,
        10 => pub traf_no: Text,
        11 => pub voyage_no: Text,
        12 => pub bill_no: Text,
        13 => pub logistics_code: Text,
        14 => pub logistics_name: Text,
        15 => pub unload_location: Text,
        /// `logisticsNo` of each line.
        16 => pub waybills: Vec<Text>,
    }
}

packed_choice! {
    /// One business document of a message.
    pub enum Document {
        1 => Order(Order),
        2 => Payment(Payment),
        3 => Waybill(Waybill),
        4 => WaybillStatus(WaybillStatus),
        5 => List(List),
        6 => Cancel(Cancel),
        7 => Refund(Refund),
        8 => Delivery(Delivery),
        9 => ExportOrder(ExportOrder),
        10 => ReceiptOfPayment(ReceiptOfPayment),
        11 => ExportWaybill(ExportWaybill),
        12 => Arrival(Arrival),
        13 => Departure(Departure),
        14 => ExportList(ExportList),
        15 => ExportCancel(ExportCancel),
        16 => MasterBill(MasterBill),
        17 => SummaryApply(SummaryApply),
        18 => ExportRefund(ExportRefund),
        19 => Tally(Tally),
    }
}

/// A document that was read once and is shared by all who look at it: one of those of its message, or one alone.
#[derive(Clone, Debug)]
pub struct SharedDocument {
    of: Arc<Vec<Option<Document>>>,
    at: usize,
}

impl SharedDocument {
    /// Number `at` of the documents of a message, where it could be understood.
    pub fn of(documents: &Arc<Vec<Option<Document>>>, at: usize) -> Option<SharedDocument> {
        documents.get(at)?.as_ref()?;
        Some(SharedDocument { of: documents.clone(), at })
    }
}

impl From<Document> for SharedDocument {
    fn from(document: Document) -> SharedDocument {
        SharedDocument { of: Arc::new(vec![Some(document)]), at: 0 }
    }
}

impl Deref for SharedDocument {
    type Target = Document;
    fn deref(&self) -> &Document {
        self.of[self.at].as_ref().expect("it was there when this was made")
    }
}

impl Document {
    pub fn order(&self) -> Option<&Order> {
        match self {
            Document::Order(order) => Some(order),
            _ => None,
        }
    }

    pub fn payment(&self) -> Option<&Payment> {
        match self {
            Document::Payment(payment) => Some(payment),
            _ => None,
        }
    }

    pub fn waybill(&self) -> Option<&Waybill> {
        match self {
            Document::Waybill(waybill) => Some(waybill),
            _ => None,
        }
    }

    pub fn kind(&self) -> MessageKind {
        match self {
            Document::Order(_) => MessageKind::Order,
            Document::Payment(_) => MessageKind::Payment,
            Document::Waybill(_) => MessageKind::Waybill,
            Document::WaybillStatus(_) => MessageKind::WaybillStatus,
            Document::List(_) => MessageKind::List,
            Document::Cancel(_) => MessageKind::Cancel,
            Document::Refund(_) => MessageKind::Refund,
            Document::Delivery(_) => MessageKind::Delivery,
            Document::ExportOrder(_) => MessageKind::ExportOrder,
            Document::ReceiptOfPayment(_) => MessageKind::ReceiptOfPayment,
            Document::ExportWaybill(_) => MessageKind::ExportWaybill,
            Document::Arrival(_) => MessageKind::Arrival,
            Document::Departure(_) => MessageKind::Departure,
            Document::ExportList(_) => MessageKind::ExportList,
            Document::ExportCancel(_) => MessageKind::ExportCancel,
            Document::MasterBill(_) => MessageKind::MasterBill,
            Document::SummaryApply(_) => MessageKind::SummaryApply,
            Document::ExportRefund(_) => MessageKind::ExportRefund,
            Document::Tally(_) => MessageKind::Tally,
        }
    }

    /// Declarant, seller and platform of a list, of import or export.
    pub fn takes_part(&self) -> Option<[&Text; 3]> {
        match self {
            Document::List(d) => Some([&d.agent_code, &d.ebc_code, &d.ebp_code]),
            Document::ExportList(d) => Some([&d.agent_code, &d.ebc_code, &d.ebp_code]),
            _ => None,
        }
    }

    pub fn head_mut(&mut self) -> &mut Head {
        match self {
            Document::Order(d) => &mut d.head,
            Document::Payment(d) => &mut d.head,
            Document::Waybill(d) => &mut d.head,
            Document::WaybillStatus(d) => &mut d.head,
            Document::List(d) => &mut d.head,
            Document::Cancel(d) => &mut d.head,
            Document::Refund(d) => &mut d.head,
            Document::Delivery(d) => &mut d.head,
            Document::ExportOrder(d) => &mut d.head,
            Document::ReceiptOfPayment(d) => &mut d.head,
            Document::ExportWaybill(d) => &mut d.head,
            Document::Arrival(d) => &mut d.head,
            Document::Departure(d) => &mut d.head,
            Document::ExportList(d) => &mut d.head,
            Document::ExportCancel(d) => &mut d.head,
            Document::MasterBill(d) => &mut d.head,
            Document::SummaryApply(d) => &mut d.head,
            Document::ExportRefund(d) => &mut d.head,
            Document::Tally(d) => &mut d.head,
        }
    }

    pub fn head(&self) -> &Head {
        match self {
            Document::Order(d) => &d.head,
            Document::Payment(d) => &d.head,
            Document::Waybill(d) => &d.head,
            Document::WaybillStatus(d) => &d.head,
            Document::List(d) => &d.head,
            Document::Cancel(d) => &d.head,
            Document::Refund(d) => &d.head,
            Document::Delivery(d) => &d.head,
            Document::ExportOrder(d) => &d.head,
            Document::ReceiptOfPayment(d) => &d.head,
            Document::ExportWaybill(d) => &d.head,
            Document::Arrival(d) => &d.head,
            Document::Departure(d) => &d.head,
            Document::ExportList(d) => &d.head,
            Document::ExportCancel(d) => &d.head,
            Document::MasterBill(d) => &d.head,
            Document::SummaryApply(d) => &d.head,
            Document::ExportRefund(d) => &d.head,
            Document::Tally(d) => &d.head,
        }
    }
}

impl MessageKind {
    /// The receipt that answers this message: 312 for 311.
    pub fn receipt(self) -> MessageKind {
        MessageKind::from_number(self.number() + 1)
            .filter(|_| self.is_application())
            .unwrap_or(MessageKind::FormatReturn)
    }

    /// True for what a trader sends, false for what the window answers.
    pub fn is_application(self) -> bool {
        matches!(self.number(), 311 | 411 | 511 | 513 | 621 | 623 | 625 | 711) || self.is_export_application()
    }

    fn is_export_application(self) -> bool {
        matches!(self.number(), 213 | 215 | 303 | 403 | 505 | 507 | 509 | 603 | 605 | 607 | 701)
    }

    /// True for the messages of export and their receipts.
    pub fn is_export(self) -> bool {
        self.is_export_application()
            || MessageKind::from_number(self.number().wrapping_sub(1)).is_some_and(MessageKind::is_export_application)
            || self == MessageKind::SummaryResult
    }

    /// True where the schema or the prose demands a signature (A194; CEB specification 2022-05). On 509, 603, 605, 607
    /// and 701 only the prose does.
    pub fn must_be_signed(self) -> bool {
        matches!(self.number(), 509 | 603 | 605 | 607 | 621 | 623 | 625 | 701 | 711)
    }

    /// `CEB311Message`, the root element.
    pub fn root(self) -> String {
        format!("{}Message", self.name())
    }
}
