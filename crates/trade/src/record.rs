//! What the state holds under each key.

mod abroad;
mod adoption;
mod appeal;
mod correction;
mod export;
mod taxes;
pub use abroad::*;
pub use adoption::*;
pub use appeal::*;
pub use correction::*;
pub use export::*;
pub use taxes::*;

use crate::command::{Actor, MediaKind, Position};
use crate::documents::Document;
use crate::key::{CaseKey, Key, PersonYear};
use crate::money::{Fen, Quantity};
use crate::pack::{Field, Pack, Text, Value};
use crate::packed;
use crate::policy::limits::Regime;
use crate::receipt::Shown;
use crate::tax::LineTax;
use crate::time::{Day, Moment};

packed! {
    /// A document that was taken in: `Key::Order`, `Payment`, `Waybill`, `List`, `Refund`, `Cancel`, `Delivery`.
    pub struct Kept {
        /// Field 1 is laid behind the rest by [`crate::effect::Keep`].
        1 => pub document: Option<Document>,
        2 => pub at: Position,
        3 => pub accepted: Moment,
        /// Hash of everything but `guid` and `appTime`.
        4 => pub content: [u8; 16],
        /// The transmitter (`copCode`), into whose outbox its receipts go.
        5 => pub from: Text,
        /// A later command deleted it; its number stays known.
        6 => pub deleted: bool,
    }
}

packed! {
    /// The same without the document, which is passed over unread; the tags are its own.
    pub struct KeptHead {
        2 => pub at: Position,
        5 => pub from: Text,
        6 => pub deleted: bool,
    }
}

/// `Key::Case`: what a list has been through. Statuses are the official ones (rules.md 1.2) and [`status::CANCELLED`].
pub mod status {
    pub const WAITING: i32 = 2;
    pub const REFUSED: i32 = 100;
    pub const MATCHED: i32 = 120;
    pub const REVIEW: i32 = 300;
    pub const EXAMINED: i32 = 399;
    pub const INSPECTION: i32 = 500;
    pub const DETAINED: [i32; 4] = [501, 502, 503, 599];
    pub const SENT_BACK: i32 = 700;
    pub const RELEASED: i32 = 800;
    pub const CLOSED: i32 = 899;
    /// Ours: a 623 was accepted. It never stands in a receipt of a list.
    pub const CANCELLED: i32 = 9_623;

    /// The word for a list's status, as `onewindow explain`, pages and views say it.
    pub fn name(status: i32) -> &'static str {
        match status {
            WAITING => "waiting",
            MATCHED => "matched",
            REVIEW => "review",
            INSPECTION => "inspection",
            EXAMINED => "finished",
            RELEASED => "released",
            CLOSED => "closed",
            SENT_BACK => "sent_back",
            CANCELLED => "cancelled",
            n if DETAINED.contains(&n) => "detained",
            _ => "refused",
        }
    }
}

packed! {
    pub struct Case {
        1 => pub status: i32,
        2 => pub accepted: Moment,
        3 => pub pre_no: Text,
        4 => pub invt_no: Text,
        5 => pub declared_on: Day,
        /// The order, payment and waybill that it was matched with.
        6 => pub order: Option<Position>,
        7 => pub payment: Option<Position>,
        8 => pub waybill: Option<Position>,
        /// Everything that happened to it, oldest first.
        9 => pub trail: Vec<Position>,
        10 => pub tax: Option<TaxStatement>,
        /// What was booked and has to be given back: the allowance counter and what of it is still used.
        11 => pub allowance: Option<PersonYear>,
        12 => pub allowance_used: Fen,
        13 => pub quantities: Vec<QuantityUsed>,
        /// Guarantor and customs district of the guarantee that covers the tax.
        14 => pub guarantee_code: Text,
        15 => pub guarantee_office: Text,
        16 => pub released: Option<Moment>,
        17 => pub bill: Option<BillState>,
        18 => pub returned: Vec<Returned>,
        19 => pub risk: u32,
        20 => pub signed_for: Option<Moment>,
        21 => pub out: bool,
        /// Next case in the chain of lists that wait for one manifest; see `waits_for_bill`.
        22 => pub next_waiting: Option<CaseKey>,
        /// The waybill and bill it uses, for giving them free again.
        23 => pub waybill_code: Text,
        24 => pub waybill_no: Text,
        25 => pub bill_no: Text,
        26 => pub agent: Text,
        27 => pub office: Text,
        28 => pub mode: Text,
        /// The bill in whose chain this case is linked, whatever its status; empty where in none.
        29 => pub waits_for_bill: Text,
        /// The parcel that was released before it in its group's chain (`Key::RetailDay`), and the verification list on
        /// which it leaves the account book.
        30 => pub previous_of_day: Option<CaseKey>,
        31 => pub outgoing: Text,
        /// Of an export list: its way to the border and what follows.
        40 => pub export: Option<ExportState>,
        /// Its buyer says that it was somebody else's purchase.
        50 => pub disowned: Option<Disowned>,
        /// The decision about it that stands, and what an officer said about its buyer's "not me"; noted where the law
        /// of the day knows appeals.
        60 => pub decided: Option<Decided>,
        61 => pub identity_decided: Option<Decided>,
        /// Officials who have acted on it, each once: another decides an appeal.
        62 => pub hands: Vec<Text>,
        /// Oldest first; at most the last one is open.
        63 => pub appeals: Vec<Appeal>,
        /// What of it is or was in the central return warehouse (退货中心仓), parcel by parcel.
        64 => pub in_room: Vec<InRoom>,
        /// The order that replaces it (换货), and who said so.
        65 => pub exchanged: Option<Exchanged>,
        /// Returns that were refused, for whoever appeals.
        75 => pub refused_returns: Vec<RefusedReturn>,
        /// Its tax was decided anew after release.
        76 => pub tax_decided: Option<Decided>,
        /// Tax that was paid and has to be paid back; below zero, what is still to be levied after that.
        77 => pub to_repay: Fen,
    }
}

packed! {
    /// Two parcels that are one exchange (换货; rules.md 5.1): under the original, and by `Key::Replaces` under the
    /// order that replaces it, the other one of the two.
    pub struct Exchanged {
        1 => pub other: CaseKey,
        2 => pub at: Moment,
        /// The entry that linked them.
        3 => pub place: Position,
    }
}

packed! {
    /// A returned parcel in the central return warehouse (A70).
    pub struct InRoom {
        /// The number that it was given there.
        1 => pub number: Text,
        2 => pub place: Text,
        3 => pub waybill: Text,
        4 => pub on: Day,
        5 => pub lines: Vec<RoomLine>,
    }
}

packed! {
    /// Goods of one line of the list: `qty` came, and of it `taken` went back to stock by a 625, `gone` left, `leaving`
    /// waits for an official to let it leave.
    pub struct RoomLine {
        1 => pub gnum: u32,
        2 => pub qty: Quantity,
        3 => pub fit: bool,
        4 => pub taken: Quantity,
        5 => pub leaving: Quantity,
        6 => pub gone: Quantity,
    }
}

impl RoomLine {
    /// What lies in the room and waits for nothing.
    pub fn free(&self) -> Quantity {
        self.qty.minus(self.taken).minus(self.leaving).minus(self.gone)
    }
}

impl InRoom {
    /// Nothing of it is in the room any more.
    pub fn is_empty(&self) -> bool {
        self.lines.iter().all(|line| line.qty == line.taken.plus(line.gone))
    }
}

packed! {
    /// What came of a buyer's "this was not me".
    pub struct Disowned {
        /// Of the officer's case.
        1 => pub number: Text,
        2 => pub at: Moment,
        3 => pub settled: Option<Moment>,
        /// Settled, and it was the buyer after all: the parcel counts in the buyer's year again.
        4 => pub denied: bool,
    }
}

packed! {
    /// `Key::FirstOfTwo`: an officer passed it in manual review; another has to.
    pub struct FirstOfTwo {
        1 => pub by: Text,
        2 => pub at: Moment,
        3 => pub revision: u64,
    }
}

packed! {
    /// `Key::AlarmSettled`: somebody has looked into it; the words lie in the vault, under that entry.
    pub struct AlarmSettled {
        1 => pub by: Actor,
        2 => pub at: Moment,
        3 => pub revision: u64,
    }
}

packed! {
    /// `Key::Attachments`, `Key::GoodsAttachments`: oldest first. The bytes are the originals of these entries.
    pub struct Attachments {
        1 => pub all: Vec<Attached>,
    }
}

packed! {
    pub struct Attached {
        1 => pub revision: u64,
        2 => pub at: Moment,
        3 => pub by: Actor,
        4 => pub kind: MediaKind,
        /// Bytes.
        5 => pub size: u64,
        6 => pub scanned: bool,
    }
}

impl Case {
    /// Whether it takes something of its buyer's year that the buyer may say was not the own purchase (A194 8).
    pub fn takes_allowance(&self) -> bool {
        let nothing = [status::WAITING, status::REFUSED, status::CANCELLED, status::SENT_BACK];
        self.allowance.is_some() && !nothing.contains(&self.status)
    }

    /// Whether the buyer's counters count what `allowance_used` and `quantities` say.
    pub fn counts(&self) -> bool {
        self.disowned.as_ref().is_none_or(|d| d.denied)
    }
}

packed! {
    /// A yearly quantity counter that a list has used (sugar, rice).
    pub struct QuantityUsed {
        1 => pub counter: PersonYear,
        2 => pub gnum: u32,
        3 => pub amount: Quantity,
    }
}

packed! {
    /// The figures of a decision: what is due, line by line.
    pub struct TaxStatement {
        1 => pub regime: Regime,
        2 => pub taxable: Fen,
        3 => pub duty: Fen,
        4 => pub consumption_tax: Fen,
        5 => pub vat: Fen,
        6 => pub lines: Vec<TaxLine>,
        /// The limits' clause.
        7 => pub clause: Text,
        /// The buyer's year before and after.
        8 => pub year_before: Fen,
        9 => pub year_after: Fen,
        10 => pub year: u32,
    }
}

packed! {
    pub struct TaxLine {
        1 => pub tax: LineTax,
        2 => pub gcode: Text,
        3 => pub qty: Quantity,
        /// The tariff row's clause.
        4 => pub clause: Text,
    }
}

impl TaxStatement {
    pub fn total(&self) -> Fen {
        self.duty.plus(self.consumption_tax).plus(self.vat)
    }
}

packed! {
    /// The tax bill of a released list (816, 818).
    pub struct BillState {
        1 => pub tax_no: Text,
        /// 1 generated, 2 summarised, 3 void.
        2 => pub state: u32,
        /// What is due now: the bill less what was returned.
        3 => pub duty: Fen,
        4 => pub consumption_tax: Fen,
        5 => pub vat: Fen,
        6 => pub ent_duty_no: Text,
        /// The bill before it in its group's chain.
        7 => pub previous: Option<CaseKey>,
        8 => pub paid: bool,
        /// The day with whose releases it is summed up, where that is not the day of its own.
        9 => pub grouped_on: Option<Day>,
    }
}

impl BillState {
    pub fn total(&self) -> Fen {
        self.duty.plus(self.consumption_tax).plus(self.vat)
    }
}

packed! {
    /// What has come back of one line.
    pub struct Returned {
        1 => pub gnum: u32,
        /// Accepted and arrived.
        2 => pub qty: Quantity,
        /// Applied for, not arrived yet.
        3 => pub pending: Quantity,
    }
}

packed! {
    /// `Key::Refund`: a return application and how far it is.
    pub struct RefundState {
        1 => pub case: CaseKey,
        2 => pub status: i32,
        3 => pub applied_on: Day,
        4 => pub lines: Vec<Returned>,
        5 => pub pre_no: Text,
        6 => pub from: Text,
        7 => pub content: [u8; 16],
        8 => pub at: Position,
        9 => pub agent: Text,
        10 => pub cop_no: Text,
        11 => pub deadline: Day,
        12 => pub invt_no: Text,
        /// Of goods that were exported.
        20 => pub export: Option<ReturnState>,
        /// When goods that came too late came.
        21 => pub came: Option<Day>,
    }
}

packed! {
    /// `Key::PaymentsOf`: the accepted payments of one order number on a platform.
    pub struct Payments {
        1 => pub keys: Vec<crate::key::Pair>,
        /// Payments that a matched list stands on.
        2 => pub taken: Vec<Taken>,
    }
}

packed! {
    /// A payment and the list that was matched with it.
    pub struct Taken {
        1 => pub payment: crate::key::Pair,
        2 => pub case: CaseKey,
    }
}

impl Payments {
    /// The list that stands on `payment`.
    pub fn taken_by(&self, payment: &crate::key::Pair) -> Option<&CaseKey> {
        self.taken.iter().find(|t| t.payment == *payment).map(|t| &t.case)
    }
}

packed! {
    /// `Key::WaybillUse`, `ListNumber`, `AwaitManifest`: the case that is meant.
    pub struct CaseRef {
        1 => pub case: CaseKey,
    }
}

packed! {
    /// `Key::AwaitPayment`, `AwaitWaybill`: the lists that wait for a document, in order of arrival.
    pub struct Waiting {
        1 => pub cases: Vec<CaseKey>,
    }
}

packed! {
    /// `Key::Answered`: what was said to a document that was refused, or a draft, and where it stands.
    pub struct Answered {
        1 => pub at: Position,
        /// Without its guid and time.
        2 => pub shown: Shown,
        /// As in [`Kept`], of a list that was declared and refused; nought of what was turned away before.
        3 => pub content: [u8; 16],
    }
}

packed! {
    /// `Key::Allowance`: an amount in fen, or a quantity in hundred-thousandths where the key names goods.
    pub struct Counter {
        1 => pub used: i64,
    }
}

packed! {
    /// `Key::Guarantee` (rules.md 3.7): free = limit - reserved - due.
    pub struct Guarantee {
        1 => pub row: crate::registry::GuaranteeRow,
        /// From match to release.
        2 => pub reserved: Fen,
        /// Released, not paid.
        3 => pub due: Fen,
    }
}

impl Guarantee {
    pub fn free(&self) -> Fen {
        self.row.limit.minus(self.reserved).minus(self.due)
    }
}

packed! {
    /// `Key::Stock`: a book item and its movements (rules.md 7.5).
    pub struct Stock {
        1 => pub row: crate::registry::StockRow,
        2 => pub on_hand: Quantity,
        /// Lists from match to release.
        3 => pub reserved: Quantity,
        4 => pub sold: Quantity,
        5 => pub returned: Quantity,
        6 => pub ledger: crate::bonded::ledger::Ledger,
    }
}

impl Stock {
    /// What may be promised: not reserved by lists, not held by bonded documents, and cleared by customs.
    pub fn available(&self) -> Quantity {
        Quantity(self.on_hand.0 - self.reserved.0 - self.ledger.frozen.0 - self.undeclared().0)
    }
}

packed! {
    /// `Key::Manifest`: a house bill and how many of its parcels have been declared.
    pub struct Manifest {
        1 => pub row: crate::registry::ManifestRow,
        2 => pub used: u32,
    }
}

packed! {
    /// `Key::BillGroup`: the newest bill of the group; each names the one before it.
    pub struct BillGroupState {
        1 => pub newest: Option<CaseKey>,
        2 => pub count: u32,
        /// `entDutyNo` of the payment that its bills are summed up in, from day 31.
        3 => pub payment: Text,
        /// The bill at which summing up goes on; none is left where it is absent.
        4 => pub next: Option<CaseKey>,
    }
}

packed! {
    /// `Key::TaxPayment`: a summary payment (缴款书).
    pub struct TaxPayment {
        1 => pub agent: Text,
        2 => pub office: Text,
        3 => pub amount: Fen,
        4 => pub bills: u32,
        5 => pub due_on: Day,
        6 => pub paid_on: Option<Day>,
        7 => pub overdue: bool,
        8 => pub surcharge: Fen,
        9 => pub newest: Option<CaseKey>,
        /// The bill at which marking them as paid goes on.
        10 => pub next: Option<CaseKey>,
    }
}

packed! {
    /// `Key::Overdue`: the unpaid summary payments of an agent.
    pub struct Overdue {
        1 => pub payments: Vec<Text>,
    }
}

packed! {
    /// `Key::Policy`: one adopted file.
    pub struct PolicyRecord {
        1 => pub text: String,
        2 => pub adopted: u64,
    }
}

/// What has to be written of a record that nothing waits on any more, which may lie on disk until somebody asks for it;
/// `None` where something may. Documents that came in after revision `young` stay, for their list may be on its way;
/// of the others all is written but the document itself, which the journal has ([`lacks_document`]). What a settled
/// record is does not show in any entry, so this may be changed at will.
pub fn settled<'v>(key: &[u8], value: &'v [u8], young: u64) -> Option<&'v [u8]> {
    let status = |case: &[u8]| i32::try_from(number(case, 1)).unwrap_or_default();
    let may_leave = match Key::kind(key) {
        kind if may_be_awaited(kind) => {
            return kept_at(value).filter(|at| at.revision <= young).map(|_| before_document(value));
        }
        Key::PAYMENTS_OF | Key::WAYBILL_USE | Key::LIST_NUMBER | Key::ANSWERED => true,
        Key::CANCEL | Key::DELIVERY | Key::WAYBILL_STATUS | Key::MOVEMENT | Key::BONDED_OWN => true,
        Key::BOOK_ITEM | Key::PERIOD_ROW | Key::REPLACES | Key::ARTICLES_NUMBER | Key::HELD | Key::RULING => true,
        Key::ARTICLES => matches!(status(value), status::REFUSED | status::RELEASED),
        // A filing that waits for review is relied on by no list.
        Key::GOODS => number(value, 19) == 0,
        // Of export. What a summary has written is read again while it is summed up, which takes seconds.
        Key::TALLY | Key::RETURN_PARCEL | Key::TAX_ENTRY | Key::REFUSED_RETURN => true,
        Key::ARRIVAL | Key::DEPARTURE | Key::MASTER_BILL | Key::SUMMARY_APPLIED => true,
        Key::SUMMARY_HEAD | Key::SUMMARY_DECLARATION | Key::SUMMARY_LINE | Key::SUMMARY_PAGE => true,
        // It has left the country.
        Key::PARCEL => field(value, 2).is_some(),
        Key::SUMMARY => status(value) == status::EXAMINED,
        Key::CASE => {
            matches!(status(value), status::REFUSED | status::RELEASED | status::CLOSED | status::CANCELLED)
        }
        _ => false,
    };
    may_leave.then_some(value)
}

/// Whether the records of a kind can be listed ([`Key::kind`]): registry, accounts, keys, policies and proposals, account
/// books and their items, goods abroad. They are few beside parcels, and none of them ever leaves memory.
pub fn listed(kind: u64) -> bool {
    matches!(
        kind,
        Key::GUARANTEE | Key::STOCK | Key::PARTY | Key::CERTIFICATE | Key::MANIFEST
            ..=Key::API_KEY | Key::BOOK | Key::ABROAD_ITEM | Key::PROPOSAL
    )
}

/// Where in the journal the document stands that the record of a kept document, as it was written down, lacks: the
/// entry, and the number of the document in its message.
pub fn lacks_document(key: &[u8], value: &[u8]) -> Option<Position> {
    kept_at(value).filter(|_| may_be_awaited(Key::kind(key)) && field(value, 1).is_none())
}

/// The kinds of [`Kept`] documents that come before their list, and the list.
fn may_be_awaited(kind: u64) -> bool {
    matches!(kind, Key::ORDER | Key::LIST | Key::PAYMENT | Key::WAYBILL | Key::RECEIPT_OF_PAYMENT)
}

/// [`Kept::at`].
fn kept_at(kept: &[u8]) -> Option<Position> {
    field(kept, 2).and_then(|at| Pack::unpack(at).ok())
}

/// A kept record up to its document, where that comes last.
fn before_document(kept: &[u8]) -> &[u8] {
    let mut rest = kept;
    while let (at, Ok(Some(field))) = (kept.len() - rest.len(), Field::next(&mut rest)) {
        if field.tag == 1 && rest.is_empty() {
            return &kept[..at];
        }
    }
    kept
}

// Read where it stands, because a sweep asks of millions of records.

fn field(mut record: &[u8], tag: u32) -> Option<&[u8]> {
    std::iter::from_fn(|| Field::next(&mut record).ok().flatten()).find(|f| f.tag == tag).map(|f| f.bytes())
}

fn number(record: &[u8], tag: u32) -> i64 {
    field(record, tag).and_then(|bytes| i64::read(bytes).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::Order;
    use crate::key::{Pair, SummaryMonth, SummaryPart};
    use crate::registry::GoodsRow;

    #[test]
    fn what_may_leave_memory_is_read_off_the_bytes() {
        let case = |status| Case { status, pre_no: "B".into(), ..Case::default() }.pack();
        let at = |revision| Kept { at: Position { revision, index: 3 }, from: "4601".into(), ..Kept::default() }.pack();
        let left = |departed| ParcelState { departed, ..ParcelState::default() };
        let summed = |status| Summary { status, ..Summary::default() }.pack();
        let filed = |approved| GoodsRow { item_no: "M".into(), approved, ..GoodsRow::default() }.pack();
        let order = Key::Order(CaseKey::default()).bytes();
        let gone = Kept { document: Some(Document::Order(Order::default())), deleted: true, ..Kept::default() };
        let gone = Kept { at: Position { revision: 9, index: 0 }, ..gone }.pack();
        for (key, value, expected) in [
            (Key::Case(CaseKey::default()).bytes(), case(status::RELEASED), true),
            (Key::Case(CaseKey::default()).bytes(), case(-621_005), false),
            (Key::Case(CaseKey::default()).bytes(), case(status::WAITING), false),
            (Key::Case(CaseKey::default()).bytes(), case(status::INSPECTION), false),
            (order.clone(), at(100), true),
            (order.clone(), at(101), false),
            (order, gone, true),
            (Key::WaybillUse(Pair::default()).bytes(), vec![], true),
            (
                Key::Parcel(Pair::default()).bytes(),
                ParcelState { arrived: Some(Moment(1)), ..left(None) }.pack(),
                false,
            ),
            (Key::Parcel(Pair::default()).bytes(), left(Some(Moment(1))).pack(), true),
            (Key::Summary("S".into()).bytes(), summed(status::MATCHED), false),
            (Key::Summary("S".into()).bytes(), summed(status::EXAMINED), true),
            (Key::SummaryPage(SummaryPart::default()).bytes(), vec![], true),
            (Key::SummaryMonth(SummaryMonth::default()).bytes(), vec![], false),
            (Key::ReceiptOfPayment(CaseKey::default()).bytes(), at(101), false),
            (Key::Guarantee(Pair::default()).bytes(), vec![], false),
            (Key::Goods(Pair::default()).bytes(), filed(false), true),
            (Key::Goods(Pair::default()).bytes(), filed(true), false),
        ] {
            let written = settled(&key, &value, 100);
            assert_eq!(written, expected.then_some(&value[..]), "{:?}", Key::unpack(&key));
        }
    }

    #[test]
    fn a_document_that_the_journal_has_is_not_written_again() {
        let head = Kept { at: Position { revision: 7, index: 3 }, from: "4601".into(), ..Kept::default() };
        let document = Document::Order(Order { number: "A1".into(), ..Order::default() });
        let key = Key::Order(CaseKey::default()).bytes();
        let fact = crate::effect::kept(&key, &head.pack(), &document.pack());
        let whole = fact.value().unwrap();

        assert_eq!(lacks_document(&key, whole), None);
        let written = settled(&key, whole, 7).unwrap();
        assert_eq!(written, head.pack());
        assert_eq!(lacks_document(&key, written), Some(head.at));
        assert_eq!(lacks_document(&Key::Case(CaseKey::default()).bytes(), written), None);
        let restored = crate::effect::kept(&key, written, &document.pack());
        assert_eq!(Kept::unpack(restored.value().unwrap()), Ok(Kept { document: Some(document), ..head }));
    }
}
