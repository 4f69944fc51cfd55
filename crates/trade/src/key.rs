//! The keys of the state, and the one door through which rules read it.

use std::ops::Deref;
use std::sync::Arc;

use crate::command::Position;
use crate::documents::SharedDocument;
use crate::fact::Fact;
use crate::pack::{Pack, Text, take_varint};
use crate::pseudonym::Pseudonym;
use crate::registry::Party;
use crate::time::Day;
use crate::{packed, packed_choice};

/// What the rules may know: the facts as they stand before the document at hand is decided.
pub trait Facts {
    /// The value under a packed [`Key`]. Whether it was in memory or on disk does not show.
    fn look(&self, key: &[u8]) -> Option<Found<'_>>;

    /// The same of a document that was kept ([`crate::effect::Keep`]), but for the document itself, which may be missing.
    fn head(&self, key: &[u8]) -> Option<Found<'_>> {
        self.look(key)
    }

    /// The document that a command brought, where whoever holds the facts still has it read: then nobody unpacks it.
    fn document(&self, _at: &Position) -> Option<SharedDocument> {
        None
    }

    /// The enterprise under `code`. Every document names several, so whoever holds the facts may keep them read.
    fn party(&self, code: &str) -> Option<Arc<Party>> {
        read::<Party>(self, &Key::Party(code.into())).map(Arc::new)
    }
}

/// A value that was looked up: lent, or shared with the state, so that looking copies nothing.
#[derive(Clone, Debug)]
pub enum Found<'a> {
    Lent(&'a [u8]),
    Shared(Fact),
    Made(Vec<u8>),
}

impl Deref for Found<'_> {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        match self {
            Found::Lent(bytes) => bytes,
            Found::Shared(fact) => fact.rest(),
            Found::Made(bytes) => bytes,
        }
    }
}

impl AsRef<[u8]> for Found<'_> {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

/// Where the bytes lie makes no difference.
impl<T: AsRef<[u8]>> PartialEq<T> for Found<'_> {
    fn eq(&self, other: &T) -> bool {
        **self == *other.as_ref()
    }
}

packed! {
    /// A parcel's case: the key of its order and of its list (`orderNo` + `ebcCode`).
    #[derive(Hash, PartialOrd, Ord)]
    pub struct CaseKey {
        1 => pub ebc: Text,
        2 => pub order_no: Text,
    }
}

packed! {
    /// Two numbers that identify something together: an enterprise and a number of its own.
    pub struct Pair {
        1 => pub code: Text,
        2 => pub number: Text,
    }
}

packed! {
    pub struct PersonYear {
        1 => pub person: Pseudonym,
        2 => pub year: u32,
        /// Eight digits of HS for quantity limits, empty for the amount.
        3 => pub hs8: Text,
    }
}

packed! {
    /// The tax bills of one agent, office and day of release, which are summed up together.
    pub struct BillGroup {
        1 => pub agent: Text,
        2 => pub office: Text,
        3 => pub released_on: Day,
    }
}

packed! {
    /// Released parcels that leave an account book together: one book, seller, office and day (rules.md 7.1).
    #[derive(Hash)]
    pub struct RetailGroup {
        1 => pub ems_no: Text,
        2 => pub ebc: Text,
        3 => pub office: Text,
        4 => pub day: Day,
    }
}

packed! {
    /// The lists of one declarant, seller and office that were closed in a month and are declared in summary.
    #[derive(Hash)]
    pub struct SummaryMonth {
        1 => pub agent: Text,
        2 => pub ebc: Text,
        3 => pub office: Text,
        /// `yyyymm`
        4 => pub month: u32,
    }
}

packed! {
    /// A seller's exports of a month; with a number, an entry of their register.
    #[derive(Hash)]
    pub struct SellerMonth {
        1 => pub ebc: Text,
        /// `yyyymm`
        2 => pub month: u32,
        3 => pub number: u32,
    }
}

packed! {
    /// What was sold over a platform in a quarter, of all sellers or of one.
    pub struct PlatformPart {
        1 => pub platform: Text,
        /// `yyyyq`
        2 => pub quarter: u32,
        3 => pub ebc: Text,
    }
}

packed! {
    /// What a seller has of an item in the overseas warehouses of a country; with a number, one lot of it, from 1.
    pub struct AbroadPart {
        1 => pub ebc: Text,
        2 => pub item_no: Text,
        /// Country of arrival (运抵国).
        3 => pub country: Text,
        4 => pub number: u64,
    }
}

packed! {
    /// A movement by its number: book, item, and which of the item's movements it is, from 1.
    pub struct MovementKey {
        1 => pub ems_no: Text,
        2 => pub item_no: Text,
        3 => pub number: u64,
    }
}

packed! {
    /// A declaration of a summary, or a page of its result.
    pub struct SummaryPart {
        1 => pub sum_no: Text,
        2 => pub declaration: u32,
        3 => pub page: u32,
    }
}

packed_choice! {
    /// A key of the state. Packed, it is the map's key; numbers are kept for ever.
    pub enum Key {
        // Cases. `record::Kept<…>` of the document, or what it has been through.
        1 => Order(CaseKey),
        2 => List(CaseKey),
        /// What a list has been through.
        3 => Case(CaseKey),
        4 => Payment(Pair),
        /// The payments of an order: platform + `orderNo`.
        5 => PaymentsOf(Pair),
        6 => Waybill(Pair),
        /// The live list that uses a waybill.
        7 => WaybillUse(Pair),
        /// From `invtNo` to the case.
        8 => ListNumber(Text),
        9 => Refund(Pair),
        10 => Cancel(Pair),
        11 => Delivery(Pair),
        12 => WaybillStatus(Pair),
        /// Lists that wait for the payment of an order (platform + `orderNo`), a waybill, a manifest.
        13 => AwaitPayment(Pair),
        14 => AwaitWaybill(Pair),
        15 => AwaitManifest(Text),
        /// The answer to a document that was refused: transmitter, and the guids of message and document.
        16 => Answered(Pair),
        // Ledgers.
        20 => Allowance(PersonYear),
        21 => Guarantee(Pair),
        22 => Stock(Pair),
        23 => BillGroup(BillGroup),
        24 => TaxPayment(Text),
        25 => Counter(Text),
        26 => Overdue(Text),
        // Registry.
        30 => Party(Text),
        31 => Certificate([u8; 32]),
        32 => Goods(Pair),
        33 => Manifest(Text),
        34 => Blocked(Pseudonym),
        35 => Zone(Text),
        36 => Policy(Text),
        37 => Account(Text),
        38 => ApiKey([u8; 32]),
        /// What an official has looked at today, by account.
        45 => LookCount(String),
        // Bonded stock; what stands under them: `bonded::record`.
        60 => Book(Text),
        61 => VerificationList(Text),
        /// What was said to a filer's own number: enterprise, kind and number.
        62 => BondedOwn(Pair),
        63 => Form(Text),
        64 => Slip(Text),
        65 => Pass(Text),
        66 => Movement(MovementKey),
        67 => RetailDay(RetailGroup),
        /// The groups of a book (`code`) on a day (`number`).
        68 => RetailDays(Pair),
        /// By the bill's number.
        69 => Entry(Text),
        70 => StockTake(Text),
        71 => WriteOff(Text),
        /// The warehouse's own figure for an item.
        72 => Shelf(Pair),
        73 => Transit(Text),
        74 => Place(Text),
        75 => InspectionResult(Text),
        // Export. Orders, waybills, lists and their cases stand under the keys of import: a number is used once.
        90 => ReceiptOfPayment(CaseKey),
        91 => Arrival(Pair),
        92 => Departure(Pair),
        93 => MasterBill(Pair),
        /// `record::ParcelState` of an export waybill.
        94 => Parcel(Pair),
        95 => SummaryMonth(SummaryMonth),
        /// By its application: `agentCode`, and `copNo` with the number of the message.
        96 => SummaryApplied(Pair),
        /// By `sumNo`.
        97 => Summary(Text),
        /// By summary, and the head that its lists share.
        98 => SummaryHead(Pair),
        99 => SummaryDeclaration(SummaryPart),
        /// By summary, and head and key of the line.
        100 => SummaryLine(Pair),
        101 => SummaryPage(SummaryPart),
        102 => Tally(Pair),
        /// From the parcel in which exported goods come back to the application: `Pair` of `agentCode` and `coElNo`.
        103 => ReturnParcel(Pair),
        // Export tax policies: a seller's month, its entries by number, and what platforms report.
        110 => TaxMonth(SellerMonth),
        111 => TaxEntry(SellerMonth),
        112 => PlatformQuarter(PlatformPart),
        113 => PlatformSeller(PlatformPart),
        // Overseas warehouses: by seller and number; stock by item, and its lots.
        120 => Warehouse(Pair),
        121 => AbroadItem(AbroadPart),
        122 => AbroadLot(AbroadPart),
        /// A correction by its declarant and number, and the newest of a declarant.
        130 => Correction(Pair),
        131 => Corrections(Text),
        /// The lists that a buyer's full year refused, of this year: an appeal that gives room names them.
        140 => YearRefused(PersonYear),
        /// A policy that was proposed, by the hash of its content.
        141 => Proposal(Text),
        /// What a zone is from its first day.
        142 => Founding(Text),
        // Periods of account books; what stands under them: `bonded::period`.
        150 => Periods(Text),
        /// By book and place of the item in it.
        151 => BookItem(MovementKey),
        /// By book, and number of the period.
        152 => Period(Pair),
        /// By book, item, and number of the period.
        153 => PeriodRow(MovementKey),
        /// An open document of an account book, by book and its number.
        210 => OpenDocument(Pair),
        /// The newest customs transfer of a bill of lading.
        211 => TransitOfBill(Text),
        /// An official's account that gets a new password, by its login.
        170 => Recovery(Text),
        /// What was found of the person of an account, by its login.
        240 => Identity(Text),
        /// The checks of an enterprise's bank accounts.
        241 => BankAccount(Text),
        /// A request among departments by its number; the newest under a name (`from tax`, `to market`, `about CODE`, `silent`); the
        /// same question by who asks and its content.
        242 => Request(Text),
        243 => Requests(Text),
        244 => RequestOf(Pair),
        /// A statement that another body signed, by body and number.
        246 => Statement(Pair),
        /// Where an owner has receipts brought; under the empty name all owners.
        245 => Subscriptions(Text),
        /// How the window's own keys of this generation (from `2` on) followed those before.
        196 => HeadKeys(Text),
        /// A month (`2026-03`) whose originals are destroyed.
        190 => Destroyed(Text),
        /// What leaves the central return warehouse, by the number of the application.
        200 => ReturnOut(Text),
        /// `record::Exchanged` of the order that replaces a parcel (换货).
        216 => Replaces(CaseKey),
        /// The officer who has passed a parcel in manual review that a second one has to pass too.
        224 => FirstOfTwo(CaseKey),
        /// What came of an alarm, by its case number.
        225 => AlarmSettled(Text),
        /// What is attached to a parcel (seller, order number), and to a filing of goods (seller, item number).
        226 => Attachments(Pair),
        227 => GoodsAttachments(Pair),
        /// Personal articles by who declared them and the waybill, and by the number that this window gave; the newest of
        /// a person, by the oldest live pseudonym.
        217 => Articles(Pair),
        218 => ArticlesNumber(Text),
        219 => ArticlesOf(Pseudonym),
        /// The document of a return that was refused: `agentCode` and `copNo` of its application.
        220 => RefusedReturn(Pair),
        /// Where a parcel is held that went from place to place, by carrier and waybill (`bonded::record`); the load of a
        /// vehicle that is on its way.
        230 => Held(Pair),
        231 => Load(Text),
        /// `record::Ruling` about what is no list: whom it concerns, and kind and number (`INV101 L-7`).
        232 => Ruling(Pair),
    }
}

impl Key {
    /// Kinds that [`Key::kind`] tells apart.
    pub const ORDER: u64 = 1;
    pub const LIST: u64 = 2;
    pub const CASE: u64 = 3;
    pub const PAYMENT: u64 = 4;
    pub const PAYMENTS_OF: u64 = 5;
    pub const WAYBILL: u64 = 6;
    pub const WAYBILL_USE: u64 = 7;
    pub const LIST_NUMBER: u64 = 8;
    pub const CANCEL: u64 = 10;
    pub const DELIVERY: u64 = 11;
    pub const WAYBILL_STATUS: u64 = 12;
    pub const ANSWERED: u64 = 16;
    pub const ALLOWANCE: u64 = 20;
    pub const GUARANTEE: u64 = 21;
    pub const STOCK: u64 = 22;
    pub const BOOK: u64 = 60;
    pub const PARTY: u64 = 30;
    pub const CERTIFICATE: u64 = 31;
    pub const GOODS: u64 = 32;
    pub const MANIFEST: u64 = 33;
    pub const BLOCKED: u64 = 34;
    pub const ZONE: u64 = 35;
    pub const POLICY: u64 = 36;
    pub const ACCOUNT: u64 = 37;
    pub const API_KEY: u64 = 38;
    pub const PROPOSAL: u64 = 141;
    pub const VERIFICATION_LIST: u64 = 61;
    pub const BONDED_OWN: u64 = 62;
    pub const FORM: u64 = 63;
    pub const MOVEMENT: u64 = 66;
    pub const ENTRY: u64 = 69;
    pub const RECEIPT_OF_PAYMENT: u64 = 90;
    pub const ARRIVAL: u64 = 91;
    pub const DEPARTURE: u64 = 92;
    pub const MASTER_BILL: u64 = 93;
    pub const PARCEL: u64 = 94;
    pub const SUMMARY_APPLIED: u64 = 96;
    pub const SUMMARY: u64 = 97;
    pub const SUMMARY_HEAD: u64 = 98;
    pub const SUMMARY_DECLARATION: u64 = 99;
    pub const SUMMARY_LINE: u64 = 100;
    pub const SUMMARY_PAGE: u64 = 101;
    pub const TALLY: u64 = 102;
    pub const RETURN_PARCEL: u64 = 103;
    pub const REFUSED_RETURN: u64 = 220;
    pub const HELD: u64 = 230;
    pub const RULING: u64 = 232;
    pub const TRANSIT: u64 = 73;
    pub const TAX_ENTRY: u64 = 111;
    pub const BOOK_ITEM: u64 = 151;
    pub const PERIOD_ROW: u64 = 153;
    pub const REPLACES: u64 = 216;
    pub const ARTICLES: u64 = 217;
    pub const ARTICLES_NUMBER: u64 = 218;
    pub const ABROAD_ITEM: u64 = 121;
    pub const ABROAD_LOT: u64 = 122;

    pub fn bytes(&self) -> Vec<u8> {
        self.pack()
    }

    /// The number of a packed key's kind, without reading the rest of it.
    pub fn kind(mut packed: &[u8]) -> u64 {
        take_varint(&mut packed).map_or(0, |head| head >> 3)
    }
}

/// Reads the record under `key`; `None` where there is none.
///
/// # Panics
/// Never on bytes that this program wrote: a record that cannot be read is a broken store, which recovery finds by
/// its checksums before anything is decided.
pub fn read<R: Pack>(facts: &(impl Facts + ?Sized), key: &Key) -> Option<R> {
    let bytes = facts.look(&key.bytes())?;
    Some(R::unpack(&bytes).expect("a record under a checked journal is readable"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_of_a_key_is_read_off_its_bytes() {
        for (key, kind) in [
            (Key::Allowance(PersonYear::default()), Key::ALLOWANCE),
            (Key::Guarantee(Pair { code: "4601".into(), number: "64".into() }), Key::GUARANTEE),
            (Key::Stock(Pair::default()), Key::STOCK),
            (Key::Party(Text::default()), Key::PARTY),
            (Key::Order(CaseKey::default()), Key::ORDER),
            (Key::List(CaseKey::default()), Key::LIST),
            (Key::Case(CaseKey::default()), Key::CASE),
            (Key::Goods(Pair::default()), Key::GOODS),
            (Key::Payment(Pair::default()), Key::PAYMENT),
            (Key::PaymentsOf(Pair::default()), Key::PAYMENTS_OF),
            (Key::Waybill(Pair::default()), Key::WAYBILL),
            (Key::WaybillUse(Pair::default()), Key::WAYBILL_USE),
            (Key::ListNumber(Text::default()), Key::LIST_NUMBER),
            (Key::Cancel(Pair::default()), Key::CANCEL),
            (Key::Delivery(Pair::default()), Key::DELIVERY),
            (Key::WaybillStatus(Pair::default()), Key::WAYBILL_STATUS),
            (Key::Answered(Pair::default()), Key::ANSWERED),
            (Key::Form(Text::default()), Key::FORM),
            (Key::ReceiptOfPayment(CaseKey::default()), Key::RECEIPT_OF_PAYMENT),
            (Key::Arrival(Pair::default()), Key::ARRIVAL),
            (Key::Departure(Pair::default()), Key::DEPARTURE),
            (Key::MasterBill(Pair::default()), Key::MASTER_BILL),
            (Key::Parcel(Pair::default()), Key::PARCEL),
            (Key::SummaryApplied(Pair::default()), Key::SUMMARY_APPLIED),
            (Key::Summary(Text::default()), Key::SUMMARY),
            (Key::SummaryHead(Pair::default()), Key::SUMMARY_HEAD),
            (Key::SummaryDeclaration(SummaryPart::default()), Key::SUMMARY_DECLARATION),
            (Key::SummaryLine(Pair::default()), Key::SUMMARY_LINE),
            (Key::SummaryPage(SummaryPart::default()), Key::SUMMARY_PAGE),
            (Key::Tally(Pair::default()), Key::TALLY),
            (Key::ReturnParcel(Pair::default()), Key::RETURN_PARCEL),
            (Key::RefusedReturn(Pair::default()), Key::REFUSED_RETURN),
            (Key::TaxEntry(SellerMonth::default()), Key::TAX_ENTRY),
            (Key::BookItem(MovementKey::default()), Key::BOOK_ITEM),
            (Key::PeriodRow(MovementKey::default()), Key::PERIOD_ROW),
            (Key::Replaces(CaseKey::default()), Key::REPLACES),
            (Key::Articles(Pair::default()), Key::ARTICLES),
            (Key::ArticlesNumber(Text::default()), Key::ARTICLES_NUMBER),
            (Key::Ruling(Pair::default()), Key::RULING),
            (Key::AbroadItem(AbroadPart::default()), Key::ABROAD_ITEM),
            (Key::AbroadLot(AbroadPart::default()), Key::ABROAD_LOT),
        ] {
            assert_eq!(Key::kind(&key.bytes()), kind, "{key:?}");
        }
        assert_eq!(Key::kind(&[]), 0);
    }
}
