//! What the state holds of each bonded document: the document, and what it has been through.

use super::{
    Book, Cause, Certificate, Entry, Form, Pass, Place, Slip, StockTake, Transit, VerificationList, Word, WriteOff,
};
use crate::command::Position;
use crate::finding::Finding;
use crate::key::{CaseKey, Pair};
use crate::money::{Fen, Quantity};
use crate::pack::Text;
use crate::receipt::Shown;
use crate::time::{Day, Moment};
use crate::{packed, packed_names};

packed! {
    /// `Key::BondedOwn`: what was said to the document with a filer's own number.
    pub struct Said {
        1 => pub at: Position,
        2 => pub content: [u8; 16],
        3 => pub refused: bool,
        /// Without its guid and time.
        4 => pub shown: Shown,
        /// The number that the window gave.
        5 => pub number: Text,
    }
}

packed_names! {
    /// How far a document is.
    pub enum State {
        /// Waits for an official, or for the other half of a transfer.
        1 => Waiting "waiting",
        /// 通过
        2 => Passed "passed",
        /// 部分过卡 or, of a pass of two steps, the first gate.
        3 => Moving "moving",
        /// 已核扣, 已过卡, counted, closed.
        4 => Done "done",
        5 => Refused "refused",
        6 => Deleted "deleted",
        /// Its time is over and something is left undone.
        7 => Overdue "overdue",
    }
}

packed! {
    /// What happened to a document, oldest first.
    pub struct Trail {
        1 => pub steps: Vec<Position>,
    }
}

packed! {
    /// `Key::Book`; its items stand under `Key::Stock`.
    pub struct BookRecord {
        /// Without items.
        1 => pub book: Book,
        2 => pub state: State,
        3 => pub approved_on: Option<Day>,
        4 => pub trail: Trail,
        /// The enterprise whose book it is.
        5 => pub etps: Text,
        /// Items that were filed and wait for approval.
        6 => pub waiting: Vec<super::Item>,
    }
}

packed_names! {
    /// How a list changes its book (核扣方式; `policy::deduction`).
    pub enum Mode {
        /// Forward: what comes in is credited, what goes out is deducted.
        0 => Add "D",
        /// Reverse: what goes out takes back what had come in, what comes in takes back what had left; no sum grows.
        1 => Reverse "F",
        /// Book and shelf stay; done when its declaration is released.
        2 => Nothing "N",
        /// As that, and what it names has to be there when it is filed.
        3 => Check "NF",
        /// A bonded warehouse (保税仓): no gate of the area is between, goods move with the release of the declaration.
        4 => Warehouse "E",
    }
}

packed! {
    /// `Key::VerificationList`
    pub struct ListRecord {
        1 => pub list: VerificationList,
        2 => pub state: State,
        /// Of each line: on passes, through the gate.
        3 => pub lines: Vec<LineState>,
        /// The customs declaration was released, or none is needed.
        4 => pub released: bool,
        5 => pub trail: Trail,
        6 => pub accepted: Moment,
        /// The enterprise that filed it.
        7 => pub etps: Text,
        /// The other half of a transfer.
        8 => pub pair: Text,
        /// The goods need no gate: they are in, or they stay where they are.
        9 => pub in_place: bool,
        /// Lists of retail made from released parcels: the newest and how many.
        10 => pub newest: Option<CaseKey>,
        11 => pub parcels: u32,
        12 => pub day: Option<Day>,
        /// 滞报金
        13 => pub late_fee: Fen,
        14 => pub mode: Mode,
        /// Of the giver's half of a transfer that is on the road: when it counts as missing.
        15 => pub missing_from: Option<Moment>,
        /// Results of other offices that it relied on.
        16 => pub relied: Vec<Relied>,
    }
}

packed! {
    pub struct LineState {
        /// On passes (`passportUsedQty`).
        1 => pub used: Quantity,
        /// Through the gate (`actlPassQty`).
        2 => pub passed: Quantity,
    }
}

packed! {
    /// `Key::Form`
    pub struct FormRecord {
        1 => pub form: Form,
        2 => pub state: State,
        3 => pub goods: Vec<FormGoods>,
        4 => pub trail: Trail,
        5 => pub etps: Text,
        /// Slips that a batched list has not gathered yet: of laws that kept no account ([`FormRecord::accounted`]).
        6 => pub open: Vec<Text>,
        /// It was filed under a law that keeps account of its slips (`bonded.form_accounts`).
        7 => pub accounted: bool,
        /// Its newest slip, each of which names the one before it; and how many out of the area no list has gathered.
        8 => pub newest: Text,
        9 => pub undeclared: u32,
    }
}

impl FormRecord {
    /// What of an item neither came back nor was declared; where account is kept, also what has not gone yet and is not
    /// back by the gate yet: as long as its slip stands, it is to be brought to an end.
    pub fn open_of(&self, goods: &FormGoods) -> Quantity {
        let (out, back) = if self.accounted { (goods.out, goods.returned) } else { (goods.passed_out, goods.back) };
        Quantity(out.0 - back.0 - goods.declared.0)
    }

    pub fn open(&self, item_no: &str) -> Quantity {
        self.goods.iter().find(|goods| goods.item_no == item_no).map_or(Quantity(0), |goods| self.open_of(goods))
    }

    /// Of its guarantee: what goods that are out owe.
    pub fn drawn(&self) -> Fen {
        self.goods.iter().map(|goods| goods.secured).sum()
    }
}

packed! {
    pub struct FormGoods {
        1 => pub item_no: Text,
        /// On slips that are out or on their way out.
        2 => pub out: Quantity,
        /// Outside by the gate.
        3 => pub passed_out: Quantity,
        4 => pub back: Quantity,
        5 => pub declared: Quantity,
        /// Back by the gate.
        6 => pub returned: Quantity,
        /// What the guarantee stands for, and for how much of the goods: out, not back by the gate, and not on a list that
        /// is done.
        7 => pub secured: Fen,
        8 => pub secured_qty: Quantity,
    }
}

packed! {
    /// `Key::Slip`
    pub struct SlipRecord {
        1 => pub slip: Slip,
        2 => pub state: State,
        3 => pub trail: Trail,
        4 => pub etps: Text,
        /// `centralizedDclTypecd`: the batched list that declared it.
        5 => pub declared_by: Text,
        6 => pub ems_no: Text,
        7 => pub pass_no: Text,
        /// The slip that was filed before it under the form.
        8 => pub before: Text,
    }
}

packed! {
    /// `Key::Pass`
    pub struct PassRecord {
        1 => pub pass: Pass,
        2 => pub state: State,
        /// What is on the vehicle, from the lists, slips or bills that it names.
        3 => pub load: Vec<super::PassLine>,
        4 => pub trail: Trail,
        5 => pub etps: Text,
        /// Why the gate stopped it; empty again when an official let it pass.
        6 => pub stopped: Vec<Finding>,
        7 => pub let_pass: bool,
        8 => pub passed: Option<Moment>,
        9 => pub measured: Quantity,
    }
}

packed! {
    /// `Key::Entry`: goods that came in before they were declared.
    pub struct EntryRecord {
        1 => pub entry: Entry,
        2 => pub state: State,
        3 => pub trail: Trail,
        4 => pub etps: Text,
        /// Of each line of the bill.
        5 => pub lines: Vec<EntryLine>,
        /// Nothing more comes.
        6 => pub tallied: bool,
        /// The list that declared them.
        7 => pub list_no: Text,
        /// The last day without late fee.
        8 => pub declare_by: Day,
        /// All that the bill names is through the gate.
        9 => pub entered: bool,
        /// Results of other offices that it relied on.
        10 => pub relied: Vec<Relied>,
    }
}

packed! {
    pub struct EntryLine {
        1 => pub item_no: Text,
        2 => pub billed: Quantity,
        /// On passes, through the gate.
        3 => pub used: Quantity,
        4 => pub passed: Quantity,
        5 => pub tallied: Quantity,
        6 => pub reason: Text,
    }
}

packed! {
    /// `Key::RetailDay`: released parcels of one book, seller, office and day, chained from the newest.
    pub struct RetailDay {
        1 => pub newest: Option<CaseKey>,
        2 => pub count: u32,
        /// Parcels that stand on verification lists.
        3 => pub grouped: u32,
        /// The lists made of them.
        4 => pub lists: Vec<Text>,
    }
}

packed! {
    /// `Key::RetailDays`: the groups of one book and day.
    pub struct RetailDays {
        1 => pub groups: Vec<crate::key::RetailGroup>,
    }
}

packed! {
    /// `Key::StockTake`
    pub struct TakeRecord {
        1 => pub take: StockTake,
        2 => pub state: State,
        3 => pub trail: Trail,
        4 => pub etps: Text,
        /// Items that differ; what agrees is only counted.
        5 => pub differences: Vec<Difference>,
        6 => pub counted: u32,
        7 => pub number: Text,
    }
}

packed! {
    /// Count and shelf at the instant of the count.
    pub struct Difference {
        1 => pub item_no: Text,
        2 => pub counted: Quantity,
        3 => pub on_hand: Quantity,
        /// Movements of the item until then: what came after is not part of the difference.
        4 => pub moves: u64,
        5 => pub cause: Cause,
    }
}

packed! {
    /// `Key::WriteOff`
    pub struct WriteOffRecord {
        1 => pub write_off: WriteOff,
        2 => pub state: State,
        3 => pub trail: Trail,
        4 => pub etps: Text,
    }
}

packed! {
    /// `Key::ReturnOut`
    pub struct ReturnOutRecord {
        1 => pub out: super::ReturnOut,
        2 => pub state: State,
        3 => pub trail: Trail,
        4 => pub etps: Text,
    }
}

packed! {
    /// `Key::Shelf`: the last figure of the warehouse's own system for an item.
    pub struct ShelfRecord {
        1 => pub qty: Quantity,
        2 => pub at: Moment,
        3 => pub by: Position,
        /// `on_hand` when it came in.
        4 => pub on_hand: Quantity,
        /// When figure and shelf last agreed, and when they first did not after that: it went between the two.
        5 => pub agreed: Option<Moment>,
        6 => pub differs_since: Option<Moment>,
        /// What customs' book had at the time of the figure; absent in records of before it was kept.
        7 => pub book: Option<Quantity>,
    }
}

packed! {
    /// `Key::Transit`
    pub struct TransitRecord {
        1 => pub transit: Transit,
        2 => pub state: State,
        3 => pub trail: Trail,
        4 => pub etps: Text,
        /// Vehicles on the way and come in.
        5 => pub legs: Vec<Leg>,
        6 => pub number: Text,
        /// Results of other offices that it relied on.
        7 => pub relied: Vec<Relied>,
    }
}

packed! {
    /// `Key::TransitOfBill`: the newest customs transfer of a bill.
    pub struct TransitOfBill {
        1 => pub number: Text,
    }
}

packed! {
    pub struct Leg {
        1 => pub vehicle: Text,
        2 => pub seal: Text,
        3 => pub pieces: u32,
        4 => pub left: Moment,
        5 => pub arrived: Option<Moment>,
        /// Broken seal, other vehicle, late, short: an official has to look.
        6 => pub faults: Vec<Finding>,
        /// Of parcels: what left on it, and what of that was not there when it arrived.
        7 => pub parcels: Vec<Pair>,
        8 => pub missing: Vec<Pair>,
    }
}

impl Leg {
    /// Pieces that came with it.
    pub fn came(&self) -> u32 {
        if self.arrived.is_some() { self.pieces - self.missing.len() as u32 } else { 0 }
    }
}

packed_names! {
    /// How a parcel is held.
    pub enum Holding {
        /// In a supervised place.
        1 => There "there",
        /// There, and named on a transfer that it has not left on.
        2 => Announced "announced",
        /// On a vehicle, under seal.
        3 => Moving "moving",
        /// Come, and an official has to look at its vehicle.
        4 => Stands "stands",
        /// Its vehicle came without it.
        5 => Missing "missing",
    }
}

packed! {
    /// `Key::Held`: where a parcel is under customs control that went with others from place to place.
    pub struct Held {
        1 => pub holding: Holding,
        /// The supervised place in which it is, or from which it left.
        2 => pub place: Text,
        /// In it, or on the road, since.
        3 => pub since: Moment,
        /// The transfer that it is or was last on.
        4 => pub transfer: Text,
        5 => pub trail: Trail,
    }
}

packed! {
    /// `Key::Load`: what is on a vehicle that is on its way, joined under one seal.
    pub struct Load {
        1 => pub seal: Text,
        2 => pub transfers: Vec<Text>,
    }
}

packed! {
    /// `Key::Place`
    pub struct PlaceRecord {
        1 => pub place: Place,
        /// Consignments in it.
        2 => pub inside: u32,
    }
}

packed! {
    /// `Key::Certificate`
    pub struct CertificateRecord {
        1 => pub certificate: Certificate,
        2 => pub at: Position,
        3 => pub by: Text,
        /// What other offices say of it, one word an office.
        4 => pub recognised: Vec<Recognised>,
        /// The word by which its own office took it back.
        5 => pub withdrawn: Option<Recognised>,
        /// By which another body's signed statement it stands; none where an office registered it.
        6 => pub stated: Option<crate::statement::Ground>,
    }
}

impl CertificateRecord {
    /// It stands, until its own office takes it back.
    pub fn state(&self) -> State {
        if self.withdrawn.is_some() { State::Deleted } else { State::Done }
    }

    /// Its registration, and every word on it that still counts.
    pub fn trail(&self) -> Trail {
        let words = self.recognised.iter().chain(&self.withdrawn).map(|word| word.at);
        Trail { steps: std::iter::once(self.at).chain(words).collect() }
    }
}

packed! {
    /// An office's word on a result.
    pub struct Recognised {
        1 => pub office: Text,
        2 => pub word: Word,
        /// The official's account.
        3 => pub signer: Text,
        4 => pub on: Day,
        5 => pub ground: Text,
        6 => pub at: Position,
    }
}

packed! {
    /// A result of one office on which another relied for a consignment (rules.md 8.2).
    pub struct Relied {
        1 => pub number: Text,
        2 => pub kind: Text,
        3 => pub country: Text,
        /// The authority that it names.
        4 => pub issuer: Text,
        /// The office that registered it, and its last day.
        5 => pub office: Text,
        6 => pub until: Option<Day>,
        /// The office that recognised it; who signed, empty where a rule of the law says it for all; day and ground.
        7 => pub by: Text,
        8 => pub signer: Text,
        9 => pub on: Day,
        10 => pub ground: Text,
        11 => pub at: Position,
    }
}
