//! Bonded stock (保税货物): the documents that move an account book (账册), and the book itself.
//!
//! Decree 256 on comprehensive bonded zones, GACC Announcement 2018 No. 23 on the verification list (核注清单), and the
//! practice of clients of the special-area system (rules.md 7). Where the structure of a message was not at hand it is
//! ours: `wire::bonded` reads and writes every document as XML and as JSON, under the names given here in backticks.
//! [`ledger`] is the account of one item and what must hold of it after every command; [`record`] what each document
//! has been through; [`proof`] tells of a quantity which documents made it and where it went.

use crate::command::Actor;
use crate::finding::Finding;
use crate::key::Pair;
use crate::money::{Fen, Price, Quantity};
use crate::pack::Text;
use crate::time::{Day, Moment};
use crate::{packed, packed_choice, packed_names};

pub mod ledger;
pub mod period;
pub mod proof;
pub mod record;

packed! {
    /// A file of bonded documents: one command. Each document is decided on an overlay of its own.
    pub struct Filing {
        1 => pub by: Actor,
        /// Salted hash of the original bytes, which the vault holds.
        2 => pub commitment: [u8; 32],
        3 => pub length: u64,
        4 => pub documents: Vec<Filed>,
        /// Faults of the file as a whole: then there are no documents.
        5 => pub faults: Vec<Finding>,
        6 => pub idempotency_key: Text,
        /// What its preview said: it happens only while it would do just that.
        7 => pub expected: Option<crate::correction::Expected>,
    }
}

packed! {
    /// One document of a file.
    pub struct Filed {
        /// Absent where it could not be understood.
        1 => pub document: Option<Document>,
        /// Hash of the whole document: the same number with the same content is a repetition.
        2 => pub content: [u8; 16],
        3 => pub faults: Vec<Finding>,
        /// What could be read of a faulty document, for its receipt.
        4 => pub kind: Kind,
        5 => pub own_no: Text,
        6 => pub etps: Text,
    }
}

packed_names! {
    /// The kinds of documents, by the name under which files carry them.
    pub enum Kind {
        0 => Unknown "UNKNOWN",
        /// 账册
        1 => Book "EMS101",
        /// 保税核注清单
        2 => List "INV101",
        /// 业务申报表
        3 => Form "SAS101",
        /// 出入库单
        4 => Slip "SAS111",
        /// 核放单
        5 => Pass "SAS121",
        /// What the gate (卡口) read.
        6 => Gate "GATE",
        /// What an official decides about one of the others.
        7 => Decision "DECISION",
        /// Entry on the bill of lading (先入区后报关).
        8 => Entry "ENTRY",
        /// Count on arrival (理货).
        9 => Tally "TALLY",
        /// The released retail lists of a day are to be grouped.
        10 => Outgoing "OUTGOING",
        /// 盘点
        11 => StockTake "STOCKTAKE",
        12 => Count "COUNT",
        13 => Explanation "EXPLANATION",
        /// 灭失、销毁
        14 => WriteOff "WRITEOFF",
        /// The warehouse's own figures (仓储系统).
        15 => Shelf "SHELF",
        /// 转关
        16 => Transit "TRANSIT",
        17 => TransitStep "TRANSIT-STEP",
        /// 监管场所
        18 => Place "PLACE",
        /// 检验检疫结果互认
        19 => Certificate "CERTIFICATE",
        /// 海外仓
        20 => Overseas "OVERSEAS",
        /// 海外仓销售、灭失
        21 => Abroad "ABROAD",
        /// 期末结转
        22 => Period "PERIOD",
        /// 退货入区: a returned parcel is in the central return warehouse.
        23 => ReturnIn "RETURN-IN",
        /// 退货出区
        24 => ReturnOut "RETURN-OUT",
        /// 检验检疫结果认可
        25 => Recognition "RECOGNITION",
        /// 平台服务费
        27 => Fees "FEES",
    }
}

packed_choice! {
    pub enum Document {
        1 => Book(Book),
        2 => List(VerificationList),
        3 => Form(Form),
        4 => Slip(Slip),
        5 => Pass(Pass),
        6 => Gate(Gate),
        7 => Decision(Decision),
        8 => Entry(Entry),
        9 => Tally(Tally),
        10 => Outgoing(Outgoing),
        11 => StockTake(StockTake),
        12 => Count(Count),
        13 => Explanation(Explanation),
        14 => WriteOff(WriteOff),
        15 => Shelf(Shelf),
        16 => Transit(Transit),
        17 => TransitStep(TransitStep),
        18 => Place(Place),
        19 => Certificate(Certificate),
        20 => Overseas(Overseas),
        21 => Abroad(Abroad),
        22 => Period(Period),
        23 => ReturnIn(ReturnIn),
        24 => ReturnOut(ReturnOut),
        25 => Recognition(Recognition),
        27 => Fees(Fees),
    }
}

packed! {
    /// What every document says of itself: the filing enterprise's code and its own number, unique together with the
    /// kind (`etpsInnerInvtNo` and `bizopEtpsno` of INV101; `etpsPreentNo` and `etpsno` elsewhere).
    pub struct Head {
        1 => pub own_no: Text,
        2 => pub etps: Text,
        /// `dclTypecd`: 1 new, 2 change, 3 delete.
        3 => pub action: Text,
    }
}

packed! {
    /// An account book as the zone enterprise files it; an official approves it. Filed again, it gains items.
    pub struct Book {
        1 => pub head: Head,
        /// `putrecNo`: T or H, customs 4, kind letter, serial (`T3105W000293`).
        2 => pub ems_no: Text,
        /// `masterCuscd`: the customs office in charge.
        3 => pub office: Text,
        /// `validDate`: the last day on which it may be used; absent where none is set.
        4 => pub valid_until: Option<Day>,
        5 => pub items: Vec<Item>,
    }
}

packed! {
    /// An item of a book (rules.md 7.2). Its number is stable; another HS code or another expiry date is another item,
    /// so first in, first out is a matter of items.
    pub struct Item {
        /// `gdsMtno`: item number (料号), what lists of retail call `itemRecordNo`.
        1 => pub item_no: Text,
        /// `putrecSeqno`
        2 => pub seq_no: u32,
        /// `gdecd`
        3 => pub hs10: Text,
        /// `gdsNm`
        4 => pub name: Text,
        /// `dclUnitcd`
        5 => pub unit: Text,
        /// `lawfUnitcd`, `secdLawfUnitcd`
        6 => pub unit1: Text,
        7 => pub unit2: Text,
        /// `lawfFactor`, `secdLawfFactor`: statutory quantity of one declared unit.
        8 => pub factor1: Option<Quantity>,
        9 => pub factor2: Option<Quantity>,
        /// `natcd`
        10 => pub origin: Text,
        /// `dclUprcAmt`, yuan
        11 => pub price: Fen,
        /// `expiresOn`
        12 => pub expires_on: Option<Day>,
        /// `gdsSpcfModelDesc`, `dclCurrcd`, `batchNo`
        13 => pub spec: Text,
        14 => pub currency: Text,
        15 => pub batch: Text,
    }
}

packed_names! {
    /// `invtType`
    pub enum ListType {
        /// 普通
        0 => Ordinary "0",
        /// 集报
        1 => Batched "1",
        /// 先入区后报关
        3 => EnteredFirst "3",
        /// 简单加工
        4 => Processing "4",
        /// 保税展示交易
        5 => Display "5",
        /// 区内流转
        6 => InZone "6",
        /// 区港联动
        7 => ZonePort "7",
        /// 保税电商
        8 => Retail "8",
        /// 一纳成品内销
        9 => TaxedOnce "9",
    }
}

packed! {
    /// INV101.
    pub struct VerificationList {
        1 => pub head: Head,
        /// `bondInvtNo`, only where one is deleted.
        2 => pub number: Text,
        3 => pub ems_no: Text,
        4 => pub kind: ListType,
        /// `impexpMarkcd`: I or E.
        5 => pub direction: Text,
        /// `supvModecd`
        6 => pub supv_mode: Text,
        /// `trspModecd`
        7 => pub transport: Text,
        /// `impexpPortcd`
        8 => pub port: Text,
        /// `dclPlcCuscd`
        9 => pub office: Text,
        /// `stshipTrsarvNatcd`
        10 => pub country: Text,
        /// `dclcusFlag`: 1 with a customs declaration, 2 without.
        11 => pub declared: Text,
        /// `entryNo`
        12 => pub entry_no: Text,
        /// `rltInvtNo`, `rltPutrecNo`: the other half of a transfer.
        13 => pub other_list: Text,
        14 => pub other_ems: Text,
        /// `dclEtpsno`
        15 => pub declarant: Text,
        /// `billNo`, of goods that entered first.
        16 => pub bill_no: Text,
        /// `sasDclNo`: the form whose slips a batched list gathers.
        17 => pub form_no: Text,
        /// `stockNo`: those slips.
        18 => pub slips: Vec<Text>,
        /// `cbecBillNo`: `invtNo` of the retail lists.
        19 => pub retail_lists: Vec<Text>,
        20 => pub lines: Vec<Line>,
        /// `licenceNo`: numbers of registered results that its goods need (`CERTIFICATE`).
        21 => pub licences: Vec<Text>,
        /// `placeNo`: the supervised place at which goods come in that need one for their kind.
        22 => pub place: Text,
        /// `seqNo`: pre-entry number of the single window (统一编号).
        23 => pub seq_no: Text,
        /// `dclcusTypecd`: the declaration is linked (1, 关联) or corresponding (2, 对应).
        24 => pub declaration_kind: Text,
        /// `genDecFlag`, `decType`: whether and which declaration is made of it.
        25 => pub generates: Text,
        26 => pub declaration_type: Text,
        /// `rltEntryNo`: the other declaration, where it is linked.
        27 => pub other_entry: Text,
        /// `mtpckEndprdMarkcd`: I material, E product.
        28 => pub part: Text,
        /// Of the business and the declaring enterprise all but the code, which stands above.
        29 => pub business: Enterprise,
        30 => pub declaring: Enterprise,
        31 => pub receiving: Enterprise,
        /// `quarantineNo`, of goods that come in by the first line without a bill of entry and are under quarantine.
        32 => pub quarantine: Text,
    }
}

packed! {
    /// An enterprise as a list names it (`bizop…`, `dcl…`, `rcvgd…`).
    pub struct Enterprise {
        /// Customs registration code, 10.
        1 => pub code: Text,
        /// Unified social credit code, 18.
        2 => pub uscc: Text,
        3 => pub name: Text,
    }
}

packed! {
    pub struct Line {
        /// `gdsSeqno`, from 1.
        1 => pub gnum: u32,
        2 => pub item_no: Text,
        3 => pub hs10: Text,
        /// `dclUnitcd`, `dclQty`
        4 => pub unit: Text,
        5 => pub qty: Quantity,
        /// `lawfUnitcd`, `lawfQty`, `secdLawfUnitcd`, `secdLawfQty`
        6 => pub unit1: Text,
        7 => pub qty1: Quantity,
        8 => pub unit2: Text,
        9 => pub qty2: Option<Quantity>,
        /// `dclUprcAmt`, four decimals
        10 => pub price: Price,
        /// `dclTotalAmt`
        11 => pub total: Fen,
        /// `dclCurrcd`
        12 => pub currency: Text,
        /// `natcd`
        13 => pub origin: Text,
        /// `grossWt`, `netWt` in kilograms
        14 => pub gross: Quantity,
        15 => pub net: Quantity,
        /// `mtpckEndprdMarkcd`, with simple processing: I material, E what was made of it.
        16 => pub part: Text,
        /// `putrecSeqno`
        17 => pub book_seq: u32,
        /// `gdsNm`, `gdsSpcfModelDesc`
        18 => pub name: Text,
        19 => pub spec: Text,
        /// `destinationNatcd`
        20 => pub destination: Text,
        /// `lvyrlfModecd` (征免方式)
        21 => pub levy_mode: Text,
    }
}

packed! {
    /// SAS101: the frame for moves that are declared together later, or that come back.
    pub struct Form {
        1 => pub head: Head,
        2 => pub ems_no: Text,
        3 => pub office: Text,
        4 => pub business: Business,
        /// `validBegDate`, `validEndDate`
        5 => pub from: Day,
        6 => pub until: Day,
        7 => pub goods: Vec<Allowed>,
        /// `guaranteeNo`, `guaranteeAmt`: what secures the duties of goods that are out under it.
        8 => pub guarantee: Text,
        9 => pub guaranteed: Fen,
    }
}

packed_names! {
    /// `businessTypecd`
    pub enum Business {
        /// 分送集报
        1 => Batched "A",
        /// 外发加工
        2 => Processing "B",
        /// 保税展示交易
        3 => Display "C",
        /// 设备检测
        4 => Testing "D",
        /// 设备维修
        5 => Repair "E",
        /// 模具外发
        6 => Moulds "F",
        /// 简单加工
        7 => SimpleProcessing "G",
        /// 其他业务
        8 => Other "H",
    }
}

packed! {
    pub struct Allowed {
        1 => pub item_no: Text,
        /// So much may be outside at a time; with simple processing, so much may be used in all.
        2 => pub qty: Quantity,
        /// `prdGdsMtno`, `ucnsQty` (单耗), with simple processing: the item that is made of it, and how much of it goes
        /// into one of them.
        3 => pub product: Text,
        4 => pub consumption: Quantity,
    }
}

packed! {
    /// SAS111: one move under a form.
    pub struct Slip {
        1 => pub head: Head,
        /// `sasDclNo`
        2 => pub form_no: Text,
        /// `stockTypecd`: I or E.
        3 => pub direction: Text,
        /// `packageQty`
        4 => pub packages: u32,
        /// `grossWt`, `netWt`
        5 => pub gross: Quantity,
        6 => pub net: Quantity,
        7 => pub lines: Vec<SlipLine>,
        /// `sasStockNo`, only where one is deleted.
        8 => pub number: Text,
    }
}

packed! {
    pub struct SlipLine {
        1 => pub gnum: u32,
        2 => pub item_no: Text,
        3 => pub qty: Quantity,
    }
}

packed_names! {
    /// `passportTypecd`
    pub enum PassType {
        /// 先入区后报关
        1 => EnterFirst "1",
        /// 一线一体化
        2 => FirstLine "2",
        /// 二线进出区
        3 => SecondLine "3",
        /// 非报关
        4 => NoDeclaration "4",
        /// 卡口登记货物
        5 => GateRegistered "5",
        /// 空车
        6 => Empty "6",
        /// 两步申报
        7 => TwoStep "7",
    }
}

packed! {
    /// SAS121: one vehicle through the gate.
    pub struct Pass {
        1 => pub head: Head,
        /// `passportNo`, only where one is deleted.
        2 => pub number: Text,
        3 => pub kind: PassType,
        /// `bindTypecd`: 1 one vehicle, several lists; 2 one to one; 3 one list, several vehicles.
        4 => pub bind: Text,
        /// `rltTbTypecd`: 1 verification list, 2 stock slip, 3 bill of lading.
        5 => pub related: Text,
        /// `rltNo`
        6 => pub numbers: Vec<Text>,
        /// `masterCuscd`
        7 => pub office: Text,
        /// `ioTypecd`: I into the area, E out of it.
        8 => pub direction: Text,
        /// `vehicleNo`
        9 => pub vehicle: Text,
        /// `vehicleWt`, `vehicleFrameWt`, `containerWt`, `totalGrossWt`, `totalNetWt`, `totalWt`; kilograms
        10 => pub vehicle_weight: Quantity,
        11 => pub frame_weight: Quantity,
        12 => pub gross: Quantity,
        13 => pub net: Quantity,
        14 => pub total: Quantity,
        /// `containerNo`
        15 => pub container: Text,
        /// `sealNo`
        16 => pub seal: Text,
        /// With one list and several vehicles: what is on this one.
        17 => pub lines: Vec<PassLine>,
    }
}

packed! {
    pub struct PassLine {
        /// `rltNo`
        1 => pub number: Text,
        /// `gdsSeqno`
        2 => pub gnum: u32,
        /// `dclQty`
        3 => pub qty: Quantity,
    }
}

packed! {
    /// What scales, camera and reader at the gate saw (rules.md 7.3).
    pub struct Gate {
        1 => pub head: Head,
        2 => pub pass_no: Text,
        /// `plateNo`
        3 => pub plate: Text,
        /// `measuredWt`, kilograms
        4 => pub weight: Quantity,
        /// `sealNo` as it was read; empty where none hung.
        5 => pub seal: Text,
        /// `passTime`
        6 => pub at: Option<Moment>,
    }
}

packed_names! {
    /// What is decided about a document.
    pub enum Verdict {
        1 => Approve "approve",
        2 => Refuse "refuse",
        /// The customs declaration of a verification list was released.
        3 => Release "release",
        /// A vehicle that the gate had stopped may go (人工放行).
        4 => LetPass "let-pass",
        /// The seal of a customs transfer was looked at and found whole.
        5 => SealWhole "seal-whole",
    }
}

packed! {
    pub struct Decision {
        1 => pub head: Head,
        2 => pub verdict: Verdict,
        /// The document's number as the window gave it.
        3 => pub number: Text,
        /// `entryNo`
        4 => pub entry_no: Text,
        /// `reason`, a word of a list and no person's name.
        5 => pub reason: Text,
    }
}

packed! {
    /// Goods come in on the bill of lading before they are declared (rules.md 7.4).
    pub struct Entry {
        1 => pub head: Head,
        2 => pub ems_no: Text,
        /// `billNo`
        3 => pub bill_no: Text,
        /// `masterCuscd`
        4 => pub office: Text,
        /// `impexpPortcd`: the port of entry, any of the province.
        5 => pub port: Text,
        /// `trspModecd`
        6 => pub transport: Text,
        /// `voyageNo`
        7 => pub voyage: Text,
        /// `arrivedOn`: arrival of the means of transport, from which the days are counted.
        8 => pub arrived_on: Day,
        /// `quarantineNo`: number of the result of quarantine at the port.
        9 => pub quarantine: Text,
        /// `placeNo`: the supervised place that takes them in.
        10 => pub place: Text,
        11 => pub lines: Vec<SlipLine>,
        /// `licenceNo`, as of a list.
        12 => pub licences: Vec<Text>,
    }
}

packed! {
    /// What was counted on arrival.
    pub struct Tally {
        1 => pub head: Head,
        2 => pub bill_no: Text,
        /// `tallyEnd`: nothing more comes under this bill. Split arrivals are tallied one by one.
        3 => pub last: bool,
        4 => pub lines: Vec<TallyLine>,
    }
}

packed! {
    pub struct TallyLine {
        1 => pub item_no: Text,
        2 => pub qty: Quantity,
        /// `difference`: why it is not what the bill says; a report of short or over goods (短装、溢装).
        3 => pub reason: Text,
    }
}

packed! {
    /// The released retail lists of a day leave the book: verification lists of kind 8 are made from them.
    pub struct Outgoing {
        1 => pub head: Head,
        2 => pub ems_no: Text,
        /// `releasedOn`
        3 => pub day: Day,
    }
}

packed! {
    /// A stock-taking is opened.
    pub struct StockTake {
        1 => pub head: Head,
        2 => pub ems_no: Text,
        /// `blind`: the counters do not see what the book says.
        3 => pub blind: bool,
        /// `gdsMtno`; none for the whole book.
        4 => pub items: Vec<Text>,
    }
}

packed! {
    pub struct Count {
        1 => pub head: Head,
        /// `takeNo`
        2 => pub take_no: Text,
        3 => pub lines: Vec<CountLine>,
    }
}

packed! {
    pub struct CountLine {
        1 => pub item_no: Text,
        2 => pub qty: Quantity,
    }
}

packed_names! {
    /// Why a count and the book differ, or what became of goods (D256; rules.md 7.6).
    pub enum Cause {
        0 => None "none",
        /// Counted wrongly; a new count says so.
        1 => Miscount "miscount",
        /// 不可抗力: written off without tax.
        2 => ForceMajeure "force-majeure",
        /// 毁损: taxed by the remaining value.
        3 => Damage "damage",
        /// 被盗: taxed.
        4 => Theft "theft",
        /// 保管不善: taxed.
        5 => Mismanagement "mismanagement",
        /// 销毁 under supervision.
        6 => Destruction "destruction",
        /// More was delivered than was declared; corrected inbound.
        7 => OverDelivered "over-delivered",
    }
}

packed! {
    /// What the enterprise says about the differences of a stock-taking.
    pub struct Explanation {
        1 => pub head: Head,
        2 => pub take_no: Text,
        3 => pub lines: Vec<ExplainedLine>,
    }
}

packed! {
    pub struct ExplainedLine {
        1 => pub item_no: Text,
        /// `cause`
        2 => pub cause: Cause,
    }
}

packed! {
    /// Application to write goods off: lost, damaged, or to be destroyed under supervision.
    pub struct WriteOff {
        1 => pub head: Head,
        2 => pub ems_no: Text,
        3 => pub cause: Cause,
        /// `proof`: hash or number of the evidence (film, weighing).
        4 => pub proof: Text,
        5 => pub lines: Vec<CountLine>,
    }
}

packed! {
    /// What the warehouse's own system holds on its shelves (rules.md 7.7).
    pub struct Shelf {
        1 => pub head: Head,
        2 => pub ems_no: Text,
        /// `countedAt`
        3 => pub at: Option<Moment>,
        4 => pub lines: Vec<CountLine>,
    }
}

packed! {
    /// A customs transfer (转关): goods go under control from a port to a place of the zone (rules.md 8.1); or parcels of
    /// retail go together from one place to another, also of another district (批量流转, 5.4).
    pub struct Transit {
        1 => pub head: Head,
        /// `billNo`, of goods that come in on a bill.
        2 => pub bill_no: Text,
        /// `exitOffice`, `entryOffice`
        3 => pub from: Text,
        4 => pub to: Text,
        /// `placeNo`
        5 => pub place: Text,
        /// `carrierCode`
        6 => pub carrier: Text,
        /// `vehicleNo`
        7 => pub vehicle: Text,
        /// `packageQty`: all pieces under the bill.
        8 => pub pieces: u32,
        /// `route`
        9 => pub route: Text,
        /// `arriveBy`; of parcels, the days that the law gives where it is absent.
        10 => pub arrive_by: Option<Moment>,
        /// `quarantineNo`, as of an entry: quarantine is done at the port, before the goods go on.
        11 => pub quarantine: Text,
        /// `fromPlaceNo`, of parcels: the supervised place in which they are.
        12 => pub from_place: Text,
        /// Parcels by carrier and waybill (`logisticsCode`, `logisticsNo`).
        13 => pub parcels: Vec<Pair>,
    }
}

packed_names! {
    /// `step`
    pub enum Step {
        1 => Accepted "accepted",
        2 => Departed "departed",
        3 => Arrived "arrived",
    }
}

packed! {
    /// What happens to a customs transfer on its way.
    pub struct TransitStep {
        1 => pub head: Head,
        /// `transferNo`
        2 => pub number: Text,
        3 => pub step: Step,
        4 => pub vehicle: Text,
        5 => pub seal: Text,
        /// `packageQty`: pieces that left or came with this vehicle; a bill may arrive split.
        6 => pub pieces: u32,
        /// `happenedAt`
        7 => pub at: Option<Moment>,
        /// The parcels that left or came with it; without any, all that had not left, all that were on it.
        8 => pub parcels: Vec<Pair>,
    }
}

packed! {
    /// A supervised place (监管场所) with what it is accepted for.
    pub struct Place {
        1 => pub head: Head,
        /// `placeNo`
        2 => pub number: Text,
        3 => pub office: Text,
        /// `kinds`: `warehouse`, and designated sites such as `meat`, `fruit`, `aquatic`.
        4 => pub kinds: Vec<Text>,
        /// `capacity`: consignments that may be in it at a time; 0 for no bound.
        5 => pub capacity: u32,
        /// `opens`, `closes`: hours of the day; equal for always.
        6 => pub opens: u32,
        7 => pub closes: u32,
        8 => pub from: Day,
        9 => pub until: Option<Day>,
    }
}

packed! {
    /// A result of inspection or quarantine, or a licence, that another office recognises (rules.md 8.2).
    pub struct Certificate {
        1 => pub head: Head,
        /// `certNo`
        2 => pub number: Text,
        /// `certKind`: `Q` for quarantine at the port, `permit` (进境动植物检疫许可证), `establishment` (境外企业注册), or the
        /// letter of a supervision condition (监管证件); `lab` for a report of an accredited laboratory.
        3 => pub kind: Text,
        /// `natcd`, `issuer`
        4 => pub country: Text,
        5 => pub issuer: Text,
        /// `gdecd`: the goods it is for, by the first digits.
        6 => pub hs: Text,
        /// `result`: `passed` or `failed`.
        7 => pub result: Text,
        8 => pub from: Day,
        9 => pub until: Option<Day>,
        /// `office` that made it.
        10 => pub office: Text,
    }
}

packed_names! {
    /// What an office says of a result (`verdict`).
    pub enum Word {
        /// 认可: of another office's.
        1 => Recognise "recognise",
        /// 不认可: of another office's, because of a risk.
        2 => Refuse "refuse",
        /// 撤回: of its own.
        3 => Withdraw "withdraw",
    }
}

packed! {
    /// An official's word on a registered result (检验检疫结果互认; rules.md 8.2): kept with who said it, when and why.
    pub struct Recognition {
        1 => pub head: Head,
        /// `certNo`
        2 => pub number: Text,
        /// `masterCuscd`: the office that says it.
        3 => pub office: Text,
        /// `verdict`
        4 => pub word: Word,
        /// `reason`: the ground; no person's name.
        5 => pub reason: Text,
    }
}

packed_names! {
    /// By which right a seller uses an overseas warehouse (`tenure`).
    pub enum Tenure {
        1 => Owned "owned",
        2 => Leased "leased",
        /// The platform's own (FBA and the like).
        3 => Platform "platform",
    }
}

packed! {
    /// An overseas warehouse (海外仓) as its seller records it; filed again, the record is replaced.
    pub struct Overseas {
        1 => pub head: Head,
        /// `warehouseNo`
        2 => pub number: Text,
        /// `warehouseName`
        3 => pub name: Text,
        /// `natcd`: country of arrival.
        4 => pub country: Text,
        5 => pub tenure: Tenure,
        /// `contractNo`
        6 => pub contract: Text,
        7 => pub from: Day,
        8 => pub until: Option<Day>,
    }
}

packed! {
    /// What a platform charged its sellers in a quarter (平台向经营者收取的佣金、服务费), for its report of them (State Council
    /// Decree 810; rules.md 6.7). Filed again, the newest figure of a seller stands.
    pub struct Fees {
        1 => pub head: Head,
        /// `year`
        2 => pub year: u32,
        /// `quarter`: 1 to 4.
        3 => pub quarter: u32,
        4 => pub lines: Vec<Fee>,
    }
}

packed! {
    pub struct Fee {
        /// `ebcCode`
        1 => pub seller: Text,
        /// `feeAmt`, in renminbi, of the whole quarter.
        2 => pub fee: Fen,
    }
}

packed_names! {
    /// `what`
    pub enum Fate {
        1 => Sold "sold",
        /// Lost, destroyed or given up abroad.
        2 => Lost "lost",
        /// Brought to a warehouse in another country.
        3 => Moved "moved",
    }
}

packed! {
    /// What became of goods in an overseas warehouse (海外仓销售、灭失、移仓), item by item.
    pub struct Abroad {
        1 => pub head: Head,
        /// `warehouseNo`
        2 => pub warehouse: Text,
        3 => pub what: Fate,
        /// `settlementNo`: the platform's settlement of the sale, or the evidence of the loss.
        4 => pub proof: Text,
        /// `happenedOn`
        5 => pub on: Day,
        6 => pub lines: Vec<CountLine>,
        /// `toWarehouseNo`: of what moved, the warehouse that it came to.
        7 => pub to: Text,
    }
}

packed! {
    /// A period of an account book is over (期末结转).
    pub struct Period {
        1 => pub head: Head,
        2 => pub ems_no: Text,
        /// `periodEnd`: its last day, which is over.
        3 => pub until: Day,
    }
}

packed! {
    /// A returned parcel came into the central return warehouse (退货中心仓, A70) and was sorted there.
    pub struct ReturnIn {
        1 => pub head: Head,
        /// `placeNo`: a supervised place of kind `central-return`.
        2 => pub place: Text,
        /// `logisticsNo`: under which waybill it came back.
        3 => pub waybill: Text,
        /// `invtNo`: the list under which it had been released.
        4 => pub invt_no: Text,
        /// `arrivedOn`: the day of filing where absent.
        5 => pub on: Option<Day>,
        6 => pub lines: Vec<Sorted>,
        /// `agentCode`, `copNo`: the application (625) that it comes for, where one was made before.
        7 => pub agent: Text,
        8 => pub cop_no: Text,
    }
}

packed! {
    /// Goods of one line of the list as they were found.
    pub struct Sorted {
        /// `gnum` of the list
        1 => pub gnum: u32,
        2 => pub qty: Quantity,
        /// `quality`
        3 => pub quality: Quality,
    }
}

packed_names! {
    /// Whether returned goods may be sold again (A45).
    pub enum Quality {
        1 => Fit "fit",
        /// Expired, damaged, or against a rule: they leave the country or are destroyed.
        2 => Unfit "unfit",
    }
}

packed! {
    /// Goods leave the central return warehouse under customs control; an official decides.
    pub struct ReturnOut {
        1 => pub head: Head,
        2 => pub invt_no: Text,
        /// `returnNo`: the number that RETURN-IN was given.
        3 => pub number: Text,
        /// `goesTo`
        4 => pub to: Leaves,
        5 => pub lines: Vec<PartOfLine>,
    }
}

packed_names! {
    pub enum Leaves {
        1 => Abroad "abroad",
        2 => Destroyed "destroyed",
        /// Back to the buyer: the return is not taken, tax and allowance stay.
        3 => Buyer "buyer",
    }
}

packed! {
    pub struct PartOfLine {
        1 => pub gnum: u32,
        2 => pub qty: Quantity,
    }
}

impl Document {
    pub fn kind(&self) -> Kind {
        match self {
            Document::Book(_) => Kind::Book,
            Document::List(_) => Kind::List,
            Document::Form(_) => Kind::Form,
            Document::Slip(_) => Kind::Slip,
            Document::Pass(_) => Kind::Pass,
            Document::Gate(_) => Kind::Gate,
            Document::Decision(_) => Kind::Decision,
            Document::Entry(_) => Kind::Entry,
            Document::Tally(_) => Kind::Tally,
            Document::Outgoing(_) => Kind::Outgoing,
            Document::StockTake(_) => Kind::StockTake,
            Document::Count(_) => Kind::Count,
            Document::Explanation(_) => Kind::Explanation,
            Document::WriteOff(_) => Kind::WriteOff,
            Document::Shelf(_) => Kind::Shelf,
            Document::Transit(_) => Kind::Transit,
            Document::TransitStep(_) => Kind::TransitStep,
            Document::Place(_) => Kind::Place,
            Document::Certificate(_) => Kind::Certificate,
            Document::Overseas(_) => Kind::Overseas,
            Document::Abroad(_) => Kind::Abroad,
            Document::Period(_) => Kind::Period,
            Document::ReturnIn(_) => Kind::ReturnIn,
            Document::ReturnOut(_) => Kind::ReturnOut,
            Document::Recognition(_) => Kind::Recognition,
            Document::Fees(_) => Kind::Fees,
        }
    }

    pub fn head(&self) -> &Head {
        match self {
            Document::Book(d) => &d.head,
            Document::List(d) => &d.head,
            Document::Form(d) => &d.head,
            Document::Slip(d) => &d.head,
            Document::Pass(d) => &d.head,
            Document::Gate(d) => &d.head,
            Document::Decision(d) => &d.head,
            Document::Entry(d) => &d.head,
            Document::Tally(d) => &d.head,
            Document::Outgoing(d) => &d.head,
            Document::StockTake(d) => &d.head,
            Document::Count(d) => &d.head,
            Document::Explanation(d) => &d.head,
            Document::WriteOff(d) => &d.head,
            Document::Shelf(d) => &d.head,
            Document::Transit(d) => &d.head,
            Document::TransitStep(d) => &d.head,
            Document::Place(d) => &d.head,
            Document::Certificate(d) => &d.head,
            Document::Overseas(d) => &d.head,
            Document::Abroad(d) => &d.head,
            Document::Period(d) => &d.head,
            Document::ReturnIn(d) => &d.head,
            Document::ReturnOut(d) => &d.head,
            Document::Recognition(d) => &d.head,
            Document::Fees(d) => &d.head,
        }
    }
}
