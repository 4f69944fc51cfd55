//! The table of documents: which field stands under which name, in which form, and which must be there.

use super::tree::Node;
use trade::bonded::*;
use trade::finding::{Code, Finding};
use trade::key::Pair;
use trade::money::{AmountError, Fen, Price, Quantity};
use trade::pack::Text;
use trade::time::{Day, Moment};

/// Lines of one document.
const MOST_LINES: usize = 50_000;
/// Characters of a text; codes and numbers are shorter, names and routes may have so many.
const MOST_TEXT: usize = 255;

/// What is wrong in a document, each with its path.
pub struct Faults {
    path: String,
    pub found: Vec<Finding>,
}

impl Faults {
    pub fn at(path: &str) -> Faults {
        Faults { path: format!("/{path}"), found: Vec::new() }
    }

    fn add(&mut self, code: Code, name: &str, args: &[(&str, String)]) {
        // A hundred faults of one document tell enough.
        if self.found.len() < 100 {
            let finding = Finding::new(code, "", &format!("{}/{name}", self.path));
            self.found.push(args.iter().fold(finding, |f, (name, value)| f.arg(name, value)));
        }
    }

    /// A field that has one value in this document, given or not.
    pub fn fixed(&mut self, map: &mut Vec<(String, Node)>, name: &str, value: &str) {
        match look(map, name) {
            None => map.push((name.to_owned(), Node::Text(value.to_owned()))),
            Some(Node::Text(text)) if text.trim() == value => {}
            Some(_) => self.add(Code::ValueUnknown, name, &[("expected", value.to_owned())]),
        }
    }

    fn below<T>(&mut self, name: &str, n: usize, body: impl FnOnce(&mut Faults) -> T) -> T {
        let length = self.path.len();
        self.path.push_str(&format!("/{name}[{}]", n + 1));
        let out = body(self);
        self.path.truncate(length);
        out
    }
}

type Entries = [(String, Node)];

fn look<'a>(map: &'a Entries, name: &str) -> Option<&'a Node> {
    map.iter().find(|(n, _)| n == name).map(|(_, node)| node)
}

/// A structure that is a table of named fields.
pub trait Sheet: Default {
    fn read(map: &Entries, faults: &mut Faults) -> Self;
    fn write(&self) -> Vec<(String, Node)>;
    fn names() -> Vec<(&'static str, bool)>;
}

/// A value that can stand in a field.
trait Cell: Sized + Default + PartialEq {
    fn read(text: &str, name: &str, faults: &mut Faults) -> Option<Self>;
    fn text(&self) -> String;
}

/// A field: one value, one that may be absent, or several.
trait Field: Default {
    fn read(node: Option<&Node>, name: &str, needed: bool, faults: &mut Faults) -> Self;
    fn write(&self, name: &str, out: &mut Vec<(String, Node)>);
}

impl<C: Cell> Field for C {
    fn read(node: Option<&Node>, name: &str, needed: bool, faults: &mut Faults) -> C {
        match node {
            None => {
                if needed {
                    faults.add(Code::ElementMissing, name, &[]);
                }
                C::default()
            }
            Some(Node::Text(text)) => {
                let text = text.trim();
                if text.is_empty() {
                    if needed {
                        faults.add(Code::ElementMissing, name, &[]);
                    }
                    return C::default();
                }
                C::read(text, name, faults).unwrap_or_default()
            }
            Some(Node::List(_)) => {
                faults.add(Code::ElementTwice, name, &[]);
                C::default()
            }
            Some(Node::Map(_)) => {
                faults.add(Code::ValueForm, name, &[("expected", "text".into())]);
                C::default()
            }
        }
    }

    fn write(&self, name: &str, out: &mut Vec<(String, Node)>) {
        if *self != C::default() {
            out.push((name.to_owned(), Node::Text(self.text())));
        }
    }
}

impl<C: Cell> Field for Option<C> {
    fn read(node: Option<&Node>, name: &str, needed: bool, faults: &mut Faults) -> Option<C> {
        match node {
            Some(Node::Text(text)) if !text.trim().is_empty() => C::read(text.trim(), name, faults),
            Some(Node::Text(_)) | None if !needed => None,
            node => Some(<C as Field>::read(node, name, needed, faults)),
        }
    }

    fn write(&self, name: &str, out: &mut Vec<(String, Node)>) {
        if let Some(value) = self {
            out.push((name.to_owned(), Node::Text(value.text())));
        }
    }
}

impl Field for Vec<Text> {
    fn read(node: Option<&Node>, name: &str, needed: bool, faults: &mut Faults) -> Vec<Text> {
        several(node, name, needed, faults, |node, faults| <Text as Field>::read(Some(node), name, true, faults))
    }

    fn write(&self, name: &str, out: &mut Vec<(String, Node)>) {
        if !self.is_empty() {
            out.push((name.to_owned(), Node::List(self.iter().map(|text| Node::Text(text.to_string())).collect())));
        }
    }
}

/// Lines: a list of tables.
struct Lines;

impl Lines {
    fn read<S: Sheet>(node: Option<&Node>, name: &str, needed: bool, faults: &mut Faults) -> Vec<S> {
        several(node, name, needed, faults, |node, faults| match node {
            Node::Map(map) => S::read(map, faults),
            _ => {
                faults.add(Code::ValueForm, "", &[("expected", "fields".into())]);
                S::default()
            }
        })
    }

    fn write<S: Sheet>(lines: &[S], name: &str, out: &mut Vec<(String, Node)>) {
        if !lines.is_empty() {
            out.push((name.to_owned(), Node::List(lines.iter().map(|l| Node::Map(l.write())).collect())));
        }
    }
}

fn several<T>(
    node: Option<&Node>,
    name: &str,
    needed: bool,
    faults: &mut Faults,
    mut read: impl FnMut(&Node, &mut Faults) -> T,
) -> Vec<T> {
    let nodes = match node {
        Some(Node::List(nodes)) => nodes.as_slice(),
        Some(Node::Text(text)) if text.trim().is_empty() => &[],
        Some(node) => std::slice::from_ref(node),
        None => &[],
    };
    if nodes.is_empty() && needed {
        faults.add(Code::ElementMissing, name, &[]);
    }
    if nodes.len() > MOST_LINES {
        faults.add(Code::TooManyElements, name, &[("max", MOST_LINES.to_string())]);
        return Vec::new();
    }
    nodes.iter().enumerate().map(|(n, node)| faults.below(name, n, |faults| read(node, faults))).collect()
}

impl Cell for Text {
    fn read(text: &str, name: &str, faults: &mut Faults) -> Option<Text> {
        let length = text.chars().count();
        if length > MOST_TEXT {
            faults.add(Code::TooLong, name, &[("length", length.to_string()), ("max", MOST_TEXT.to_string())]);
            return None;
        }
        if text.chars().any(char::is_control) {
            faults.add(Code::ValueForm, name, &[("expected", "text".into())]);
            return None;
        }
        Some(text.into())
    }
    fn text(&self) -> String {
        self.to_string()
    }
}

fn amount<T>(read: Result<T, AmountError>, name: &str, faults: &mut Faults) -> Option<T> {
    read.map_err(|error| {
        let code = match error {
            AmountError::Form => Code::NotANumber,
            AmountError::Digits => Code::TooManyDigits,
            AmountError::Range => Code::NumberOutOfRange,
            AmountError::FinerThanFen => Code::AmountFinerThanFen,
        };
        faults.add(code, name, &[]);
    })
    .ok()
}

impl Cell for Quantity {
    fn read(text: &str, name: &str, faults: &mut Faults) -> Option<Quantity> {
        amount(Quantity::parse(text), name, faults)
    }
    fn text(&self) -> String {
        self.to_string()
    }
}

impl Cell for Price {
    fn read(text: &str, name: &str, faults: &mut Faults) -> Option<Price> {
        amount(Price::from_yuan_text(text), name, faults)
    }
    fn text(&self) -> String {
        self.to_string()
    }
}

impl Cell for Fen {
    fn read(text: &str, name: &str, faults: &mut Faults) -> Option<Fen> {
        amount(Fen::from_yuan_text(text), name, faults)
    }
    fn text(&self) -> String {
        self.to_string()
    }
}

impl Cell for u32 {
    fn read(text: &str, name: &str, faults: &mut Faults) -> Option<u32> {
        let number = text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten();
        number.filter(|n| *n <= 999_999_999).or_else(|| {
            faults.add(Code::NotANumber, name, &[]);
            None
        })
    }
    fn text(&self) -> String {
        self.to_string()
    }
}

impl Cell for bool {
    fn read(text: &str, name: &str, faults: &mut Faults) -> Option<bool> {
        match text {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => {
                faults.add(Code::ValueUnknown, name, &[("expected", "true, false, 1, 0".into())]);
                None
            }
        }
    }
    fn text(&self) -> String {
        self.to_string()
    }
}

impl Cell for Day {
    fn read(text: &str, name: &str, faults: &mut Faults) -> Option<Day> {
        Day::parse(text).or_else(|| {
            faults.add(Code::DateUnreadable, name, &[("expected", "yyyyMMdd, yyyy-MM-dd".into())]);
            None
        })
    }
    fn text(&self) -> String {
        self.to_string()
    }
}

impl Cell for Moment {
    fn read(text: &str, name: &str, faults: &mut Faults) -> Option<Moment> {
        Moment::parse_compact(text).or_else(|| Moment::parse(text)).or_else(|| {
            faults.add(Code::DateUnreadable, name, &[("expected", "yyyyMMddHHmmss, yyyy-MM-ddTHH:mm".into())]);
            None
        })
    }
    fn text(&self) -> String {
        self.to_string()
    }
}

macro_rules! names {
    ($($name:ty),*) => {$(
        impl Cell for $name {
            fn read(text: &str, name: &str, faults: &mut Faults) -> Option<Self> {
                <$name>::from_name(text).or_else(|| {
                    let all: Vec<_> = <$name>::ALL.iter().map(|n| n.name()).collect();
                    faults.add(Code::ValueUnknown, name, &[("expected", all.join(", "))]);
                    None
                })
            }
            fn text(&self) -> String {
                self.name().to_owned()
            }
        }
    )*};
}

names!(Business, Cause, Step, Verdict, Word);

// These have a first value that is written out, too.
macro_rules! written_names {
    ($($name:ty),*) => {$(
        impl Field for $name {
            fn read(node: Option<&Node>, name: &str, needed: bool, faults: &mut Faults) -> Self {
                let text = <Text as Field>::read(node, name, needed, faults);
                if text.is_empty() {
                    return Self::default();
                }
                <$name>::from_name(&text).unwrap_or_else(|| {
                    let all: Vec<_> = <$name>::ALL.iter().map(|n| n.name()).collect();
                    faults.add(Code::ValueUnknown, name, &[("expected", all.join(", "))]);
                    Self::default()
                })
            }
            fn write(&self, name: &str, out: &mut Vec<(String, Node)>) {
                out.push((name.to_owned(), Node::Text(self.name().to_owned())));
            }
        }
    )*};
}

written_names!(Fate, Leaves, ListType, PassType, Quality, Tenure);

/// The columns of a structure: field (or one of a field), its name in files, whether it must be there (`needed`); lines
/// stand as `[Type]`.
macro_rules! sheet {
    ($type:ident $(, $own:literal, $etps:literal)? { $($field:ident $(. $part:ident)? $([$line:ident])? $name:literal $($need:ident)?;)* }) => {
        impl Sheet for $type {
            fn read(map: &Entries, faults: &mut Faults) -> $type {
                let names = <$type as Sheet>::names();
                for (name, _) in map.iter().filter(|(n, _)| names.iter().all(|(known, _)| known != n)) {
                    let name: String = name.chars().take(64).collect();
                    faults.add(Code::UnknownElement, &name, &[("field", name.clone())]);
                }
                let mut out = <$type>::default();
                $(out.head = Head {
                    own_no: <Text as Field>::read(look(map, $own), $own, true, faults),
                    etps: <Text as Field>::read(look(map, $etps), $etps, true, faults),
                    action: match look(map, "dclTypecd") {
                        None => "1".into(),
                        node => <Text as Field>::read(node, "dclTypecd", true, faults),
                    },
                };)?
                $(out.$field$(.$part)? = sheet!(@read map faults $name $([$line])? $($need)?);)*
                out
            }
            fn write(&self) -> Vec<(String, Node)> {
                let mut out = Vec::new();
                $(
                    self.head.own_no.write($own, &mut out);
                    self.head.etps.write($etps, &mut out);
                    self.head.action.write("dclTypecd", &mut out);
                )?
                $(sheet!(@write (self.$field$(.$part)?) out $name $([$line])?);)*
                out
            }
            fn names() -> Vec<(&'static str, bool)> {
                vec![$(($own, true), ($etps, true), ("dclTypecd", false),)? $(($name, sheet!(@need $($need)?))),*]
            }
        }
    };
    (@read $map:ident $faults:ident $name:literal [$line:ident] $($need:ident)?) => {
        Lines::read::<$line>(look($map, $name), $name, sheet!(@need $($need)?), $faults)
    };
    (@read $map:ident $faults:ident $name:literal $($need:ident)?) => {
        Field::read(look($map, $name), $name, sheet!(@need $($need)?), $faults)
    };
    (@write ($value:expr) $out:ident $name:literal [$line:ident]) => {
        Lines::write($value.as_slice(), $name, &mut $out)
    };
    (@write ($value:expr) $out:ident $name:literal) => { $value.write($name, &mut $out) };
    (@need needed) => { true };
    (@need) => { false };
}

sheet! { Book, "etpsPreentNo", "etpsno" {
    ems_no "putrecNo" needed;
    office "masterCuscd" needed;
    valid_until "validDate";
    items [Item] "items" needed;
} }

sheet! { Item {
    item_no "gdsMtno" needed;
    seq_no "putrecSeqno";
    hs10 "gdecd" needed;
    name "gdsNm" needed;
    unit "dclUnitcd" needed;
    unit1 "lawfUnitcd";
    unit2 "secdLawfUnitcd";
    factor1 "lawfFactor";
    factor2 "secdLawfFactor";
    origin "natcd" needed;
    price "dclUprcAmt";
    expires_on "expiresOn";
    spec "gdsSpcfModelDesc";
    currency "dclCurrcd";
    batch "batchNo";
} }

sheet! { VerificationList, "etpsInnerInvtNo", "bizopEtpsno" {
    number "bondInvtNo";
    ems_no "putrecNo";
    kind "invtType";
    direction "impexpMarkcd";
    supv_mode "supvModecd";
    transport "trspModecd";
    port "impexpPortcd";
    office "dclPlcCuscd";
    country "stshipTrsarvNatcd";
    declared "dclcusFlag";
    entry_no "entryNo";
    other_list "rltInvtNo";
    other_ems "rltPutrecNo";
    declarant "dclEtpsno";
    bill_no "billNo";
    form_no "sasDclNo";
    slips "stockNo";
    retail_lists "cbecBillNo";
    licences "licenceNo";
    place "placeNo";
    seq_no "seqNo";
    declaration_kind "dclcusTypecd";
    generates "genDecFlag";
    declaration_type "decType";
    other_entry "rltEntryNo";
    part "mtpckEndprdMarkcd";
    business.uscc "bizopEtpsSccd";
    business.name "bizopEtpsNm";
    declaring.uscc "dclEtpsSccd";
    declaring.name "dclEtpsNm";
    receiving.code "rcvgdEtpsno";
    receiving.uscc "rvsngdEtpsSccd";
    receiving.name "rcvgdEtpsNm";
    quarantine "quarantineNo";
    lines [Line] "lines";
} }

sheet! { Line {
    gnum "gdsSeqno" needed;
    item_no "gdsMtno" needed;
    hs10 "gdecd" needed;
    unit "dclUnitcd" needed;
    qty "dclQty" needed;
    unit1 "lawfUnitcd";
    qty1 "lawfQty";
    unit2 "secdLawfUnitcd";
    qty2 "secdLawfQty";
    price "dclUprcAmt" needed;
    total "dclTotalAmt" needed;
    currency "dclCurrcd";
    origin "natcd";
    gross "grossWt";
    net "netWt";
    part "mtpckEndprdMarkcd";
    book_seq "putrecSeqno";
    name "gdsNm";
    spec "gdsSpcfModelDesc";
    destination "destinationNatcd";
    levy_mode "lvyrlfModecd";
} }

sheet! { Form, "etpsPreentNo", "etpsno" {
    ems_no "putrecNo" needed;
    office "masterCuscd" needed;
    business "businessTypecd" needed;
    from "validBegDate" needed;
    until "validEndDate" needed;
    guarantee "guaranteeNo";
    guaranteed "guaranteeAmt";
    goods [Allowed] "lines" needed;
} }

sheet! { Allowed { item_no "gdsMtno" needed; qty "dclQty" needed; product "prdGdsMtno"; consumption "ucnsQty"; } }

sheet! { Period, "etpsPreentNo", "etpsno" {
    ems_no "putrecNo" needed;
    until "periodEnd" needed;
} }

sheet! { Slip, "etpsPreentNo", "etpsno" {
    form_no "sasDclNo" needed;
    direction "stockTypecd" needed;
    packages "packageQty";
    gross "grossWt";
    net "netWt";
    number "sasStockNo";
    lines [SlipLine] "lines";
} }

sheet! { SlipLine { gnum "gdsSeqno" needed; item_no "gdsMtno" needed; qty "dclQty" needed; } }

sheet! { Pass, "etpsPreentNo", "etpsno" {
    number "passportNo";
    kind "passportTypecd";
    bind "bindTypecd";
    related "rltTbTypecd";
    numbers "rltNo";
    office "masterCuscd";
    direction "ioTypecd";
    vehicle "vehicleNo";
    vehicle_weight "vehicleWt";
    frame_weight "vehicleFrameWt";
    gross "totalGrossWt";
    net "totalNetWt";
    total "totalWt";
    container "containerNo";
    seal "sealNo";
    lines [PassLine] "lines";
} }

sheet! { PassLine { number "rltNo" needed; gnum "gdsSeqno" needed; qty "dclQty" needed; } }

sheet! { Gate, "etpsPreentNo", "etpsno" {
    pass_no "passportNo" needed;
    plate "plateNo" needed;
    weight "measuredWt" needed;
    seal "sealNo";
    at "passTime";
} }

sheet! { Decision, "etpsPreentNo", "etpsno" {
    verdict "verdict" needed;
    number "number" needed;
    entry_no "entryNo";
    reason "reason";
} }

sheet! { Entry, "etpsPreentNo", "etpsno" {
    ems_no "putrecNo" needed;
    bill_no "billNo" needed;
    office "masterCuscd" needed;
    port "impexpPortcd" needed;
    transport "trspModecd" needed;
    voyage "voyageNo";
    arrived_on "arrivedOn" needed;
    quarantine "quarantineNo";
    place "placeNo" needed;
    licences "licenceNo";
    lines [SlipLine] "lines" needed;
} }

sheet! { Tally, "etpsPreentNo", "etpsno" {
    bill_no "billNo" needed;
    last "tallyEnd";
    lines [TallyLine] "lines" needed;
} }

sheet! { TallyLine { item_no "gdsMtno" needed; qty "tallyQty" needed; reason "difference"; } }

sheet! { Outgoing, "etpsPreentNo", "etpsno" { ems_no "putrecNo" needed; day "releasedOn" needed; } }

sheet! { StockTake, "etpsPreentNo", "etpsno" { ems_no "putrecNo" needed; blind "blind"; items "gdsMtno"; } }

sheet! { Count, "etpsPreentNo", "etpsno" { take_no "takeNo" needed; lines [CountLine] "lines" needed; } }

sheet! { CountLine { item_no "gdsMtno" needed; qty "qty" needed; } }

sheet! { Explanation, "etpsPreentNo", "etpsno" { take_no "takeNo" needed; lines [ExplainedLine] "lines" needed; } }

sheet! { ExplainedLine { item_no "gdsMtno" needed; cause "cause" needed; } }

sheet! { WriteOff, "etpsPreentNo", "etpsno" {
    ems_no "putrecNo" needed;
    cause "cause" needed;
    proof "proof";
    lines [CountLine] "lines" needed;
} }

sheet! { Shelf, "etpsPreentNo", "etpsno" { ems_no "putrecNo" needed; at "countedAt"; lines [CountLine] "lines" needed; } }

sheet! { Transit, "etpsPreentNo", "etpsno" {
    bill_no "billNo";
    from "exitOffice" needed;
    to "entryOffice" needed;
    place "placeNo" needed;
    carrier "carrierCode" needed;
    vehicle "vehicleNo";
    pieces "packageQty";
    route "route" needed;
    arrive_by "arriveBy";
    quarantine "quarantineNo";
    from_place "fromPlaceNo";
    parcels [Pair] "lines";
} }

sheet! { Pair { code "logisticsCode" needed; number "logisticsNo" needed; } }

sheet! { TransitStep, "etpsPreentNo", "etpsno" {
    number "transferNo" needed;
    step "step" needed;
    vehicle "vehicleNo";
    seal "sealNo";
    pieces "packageQty";
    at "happenedAt";
    parcels [Pair] "lines";
} }

sheet! { Place, "etpsPreentNo", "etpsno" {
    number "placeNo" needed;
    office "masterCuscd" needed;
    kinds "kinds" needed;
    capacity "capacity";
    opens "opens";
    closes "closes";
    from "validBegDate" needed;
    until "validEndDate";
} }

sheet! { Certificate, "etpsPreentNo", "etpsno" {
    number "certNo" needed;
    kind "certKind" needed;
    country "natcd";
    issuer "issuer";
    hs "gdecd";
    result "result" needed;
    from "validBegDate" needed;
    until "validEndDate";
    office "masterCuscd" needed;
} }

sheet! { Recognition, "etpsPreentNo", "etpsno" {
    number "certNo" needed;
    office "masterCuscd" needed;
    word "verdict" needed;
    reason "reason" needed;
} }

sheet! { Overseas, "etpsPreentNo", "etpsno" {
    number "warehouseNo" needed;
    name "warehouseName";
    country "natcd" needed;
    tenure "tenure" needed;
    contract "contractNo";
    from "validBegDate" needed;
    until "validEndDate";
} }

sheet! { Abroad, "etpsPreentNo", "etpsno" {
    warehouse "warehouseNo" needed;
    what "what" needed;
    to "toWarehouseNo";
    proof "settlementNo" needed;
    on "happenedOn" needed;
    lines [CountLine] "lines" needed;
} }

sheet! { Fees, "etpsPreentNo", "etpsno" {
    year "year" needed;
    quarter "quarter" needed;
    lines [Fee] "lines" needed;
} }

sheet! { Fee { seller "ebcCode" needed; fee "feeAmt" needed; } }

sheet! { ReturnIn, "etpsPreentNo", "etpsno" {
    place "placeNo" needed;
    waybill "logisticsNo" needed;
    invt_no "invtNo" needed;
    on "arrivedOn";
    agent "agentCode";
    cop_no "copNo";
    lines [Sorted] "lines" needed;
} }

sheet! { Sorted { gnum "gdsSeqno" needed; qty "qty" needed; quality "quality" needed; } }

sheet! { ReturnOut, "etpsPreentNo", "etpsno" {
    invt_no "invtNo" needed;
    number "returnNo" needed;
    to "goesTo" needed;
    lines [PartOfLine] "lines" needed;
} }

sheet! { PartOfLine { gnum "gdsSeqno" needed; qty "qty" needed; } }

macro_rules! kinds {
    ($($kind:ident $type:ident,)*) => {
        /// Reads a document; `Unknown` is none and was turned away before.
        pub fn read(kind: Kind, map: &Entries, faults: &mut Faults) -> Document {
            match kind {
                $(Kind::$kind => Document::$kind(<$type as Sheet>::read(map, faults)),)*
                Kind::Unknown => {
                    faults.add(Code::BondedKind, "", &[("what", "-".into())]);
                    Document::Outgoing(Outgoing::default())
                }
            }
        }

        pub fn write(document: &Document) -> Vec<(String, Node)> {
            match document { $(Document::$kind(document) => Sheet::write(document)),* }
        }

        pub fn fields(kind: Kind) -> Vec<(&'static str, bool)> {
            match kind { $(Kind::$kind => <$type as Sheet>::names(),)* Kind::Unknown => Vec::new() }
        }
    };
}

kinds! {
    Book Book, List VerificationList, Form Form, Slip Slip, Pass Pass, Gate Gate, Decision Decision, Entry Entry,
    Tally Tally, Outgoing Outgoing, StockTake StockTake, Count Count, Explanation Explanation, WriteOff WriteOff,
    Shelf Shelf, Transit Transit, TransitStep TransitStep, Place Place, Certificate Certificate,
    Overseas Overseas, Abroad Abroad, Period Period,
    ReturnIn ReturnIn, ReturnOut ReturnOut, Recognition Recognition, Fees Fees,
}
