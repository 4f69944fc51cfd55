//! Receipts whose form is ours, as XML and back: answers to bonded documents, statements of exports and of periods of
//! account books, bills of changes. As of customs' receipts, what a reader sees is exactly [`Shown`], whose hash the
//! journal proves: nothing else can stand in the file.

use std::borrow::Cow;

use trade::command::ActorRole;
use trade::correction::{Bill, Matter, Span};
use trade::documents::MessageKind;
use trade::finding::{Code, Finding};
use trade::money::{Fen, Quantity};
use trade::pack::Text;
use trade::policy::rights::Purpose;
use trade::receipt::Shown;
use trade::register::Statement;
use trade::registry::GoodsRow;
use trade::registry::filing::cells;
use trade::request::{RequestKind, RequestState, RequestTold};
use trade::time::{Day, Moment};

use super::NAMESPACE;
use super::tree::{self, Node};
use crate::ceb::escape;

/// True for the kinds of receipts that are written here.
pub fn is_ours(kind: MessageKind) -> bool {
    use MessageKind as K;
    let bonded =
        matches!(kind, K::VerificationReturn | K::FormReturn | K::SlipReturn | K::PassReturn | K::BondedReturn);
    let later = matches!(kind, K::DeclarationReturn | K::DeductionReturn | K::PassedReturn | K::StoppedReturn);
    let told = matches!(kind, K::AbroadProof | K::FilingReturn | K::RequestReturn)
        || matches!(kind, K::ExportStatement | K::CorrectionBill | K::PeriodStatement | K::ArticlesReturn);
    bonded || later || told || kind == K::TwoStepReturn
}

/// True for bytes whose root is that of one of our answers.
pub fn answers(bytes: &[u8]) -> bool {
    let name = tree::root_name(bytes).and_then(|name| name.strip_suffix("Message"));
    name.and_then(MessageKind::from_name).is_some_and(is_ours)
}

/// What a receipt shows, under the names of its file, in their order.
pub fn shown_values(shown: &Shown) -> Vec<(&'static str, Cow<'_, str>)> {
    let head = [
        ("guid", Cow::from(shown.guid.as_str())),
        ("dclPlcCuscd", Cow::from(shown.customs_code.as_str())),
        ("etpsno", Cow::from(shown.agent_code.as_str())),
        ("etpsInnerNo", Cow::from(shown.cop_no.as_str())),
        ("seqNo", Cow::from(shown.pre_no.as_str())),
        ("number", Cow::from(shown.invt_no.as_str())),
        ("returnStatus", Cow::from(shown.status.to_string())),
        ("returnTime", Cow::from(shown.at.compact_ms())),
        ("returnInfo", Cow::from(shown.info.as_str())),
        ("ebcCode", Cow::from(shown.ebc_code.as_str())),
    ];
    head.into_iter().chain(figures(shown)).collect()
}

/// What a statement, a proof, a bill of changes or a word about articles says beyond what every receipt does, under the
/// names of its file, in their order; nothing of other receipts.
pub fn figures(shown: &Shown) -> Vec<(&'static str, Cow<'_, str>)> {
    let mut all = Vec::new();
    if let Some(of) = &shown.statement {
        all.extend([
            ("creditCode", Cow::from(of.uscc.as_str())),
            ("month", of.month.to_string().into()),
            ("rows", of.rows.to_string().into()),
            ("digest", hash_text(&of.digest).into()),
            ("unvalued", of.unvalued.to_string().into()),
            ("smallProfit", of.small.to_string().into()),
            ("clause", Cow::from(of.clause.as_str())),
        ]);
        let mut of = (**of).clone();
        all.extend(amounts(&mut of).map(|(name, fen)| (name, fen.to_string().into())));
    }
    if let Some(of) = &shown.period {
        all.extend([
            ("period", Cow::from(of.number.to_string())),
            ("periodBegin", of.from.map_or(String::new(), |day| day.to_string()).into()),
            ("periodEnd", of.until.to_string().into()),
            ("rows", of.rows.to_string().into()),
            ("digest", hash_text(&of.digest).into()),
            ("openingValue", of.opening.to_string().into()),
            ("closingValue", of.closing.to_string().into()),
            ("inFlight", of.in_flight.to_string().into()),
        ]);
    }
    if let Some(of) = &shown.abroad {
        all.extend([
            ("for", Cow::from(of.for_what.name())),
            ("left", of.left.to_string().into()),
            ("country", Cow::from(of.country.as_str())),
            ("lines", of.lines.to_string().into()),
            ("exported", of.exported.to_string().into()),
            ("sold", of.sold.to_string().into()),
            ("lost", of.lost.to_string().into()),
            ("returned", of.returned.to_string().into()),
            ("inStock", of.in_stock.to_string().into()),
            ("currency", Cow::from(of.currency.as_str())),
            ("soldAmount", of.sold_amount.to_string().into()),
            ("clause", Cow::from(of.clause.as_str())),
        ]);
    }
    if let Some(of) = &shown.articles {
        all.extend([
            ("fate", Cow::from(of.fate.name())),
            ("kinds", of.kinds.to_string().into()),
            ("taxable", of.value.to_string().into()),
            ("tax", of.tax.to_string().into()),
            ("due", of.due.to_string().into()),
            ("clause", Cow::from(of.clause.as_str())),
        ]);
    }
    if let Some(of) = &shown.request {
        all.extend([
            ("kind", Cow::from(of.kind.name())),
            ("from", of.from.name().into()),
            ("to", of.to.name().into()),
            ("set", of.set.as_str().into()),
            ("field", of.field.as_str().into()),
            ("about", of.about.as_str().into()),
            ("purpose", of.purpose.name().into()),
            ("case", of.case.as_str().into()),
            ("ground", of.ground.as_str().into()),
            ("until", of.until.map_or(String::new(), |day| day.to_string()).into()),
            ("state", of.state.name().into()),
            ("silent", u8::from(of.silent).to_string().into()),
            ("value", of.value.as_str().into()),
            ("declined", of.declined.as_str().into()),
            ("words", hash_text(&of.words).into()),
        ]);
    }
    if let Some(of) = &shown.filing {
        // Whose it is and its number stand in the head; the status tells what came of it.
        let named = cells(of).into_iter().filter_map(|(cell, value)| Some((filed_as(cell)?, Cow::from(value))));
        all.extend(named);
    }
    if let Some(of) = &shown.changes {
        all.extend([
            ("rows", Cow::from(of.rows.to_string())),
            ("digest", hash_text(&of.digest).into()),
            ("amended", of.amended.to_string().into()),
            ("withdrawn", of.withdrawn.to_string().into()),
        ]);
        for (matter, span) in Matter::ALL.iter().zip(&of.sums) {
            let (before, after) = sum_names(*matter);
            all.extend([(before, sum_text(*matter, span.before)), (after, sum_text(*matter, span.after))]);
        }
    }
    all
}

/// The cells of a filing of goods under the names of the receipt's file.
const FILED: [(&str, &str); 16] = [
    ("version", "version"),
    ("name_zh", "gname"),
    ("name_en", "gnameEn"),
    ("hs10", "gcode"),
    ("model", "gmodel"),
    ("bar_code", "barCode"),
    ("origin", "originCountry"),
    ("unit", "unit"),
    ("unit1", "unit1"),
    ("unit2", "unit2"),
    ("qty1", "qty1"),
    ("qty2", "qty2"),
    ("content", "content"),
    ("tags", "tags"),
    ("from", "validFrom"),
    ("until", "validUntil"),
];

fn filed_as(cell: &str) -> Option<&'static str> {
    FILED.iter().find(|(of, _)| *of == cell).map(|(_, name)| *name)
}

/// The names of a matter's sums in a bill of changes, before and after.
fn sum_names(matter: Matter) -> (&'static str, &'static str) {
    match matter {
        Matter::Tax => ("taxBefore", "taxAfter"),
        Matter::Allowance => ("allowanceBefore", "allowanceAfter"),
        Matter::Stock => ("stockBefore", "stockAfter"),
        Matter::Abroad => ("abroadBefore", "abroadAfter"),
        Matter::Guarantee => ("guaranteeBefore", "guaranteeAfter"),
        Matter::Summary => ("summaryBefore", "summaryAfter"),
        Matter::Lists => ("listsBefore", "listsAfter"),
        Matter::Exemption => ("exemptionBefore", "exemptionAfter"),
    }
}

/// Yuan, a quantity, or a number of lists.
fn sum_text(matter: Matter, sum: i64) -> Cow<'static, str> {
    match matter {
        Matter::Lists => sum.to_string(),
        matter if matter.is_money() => Fen(sum).to_string(),
        _ => Quantity(sum).to_string(),
    }
    .into()
}

/// The amounts of a statement in yuan, under the names of its file.
fn amounts(of: &mut Statement) -> [(&'static str, &mut Fen); 14] {
    [
        ("exempt", &mut of.exempt),
        ("exemptBack", &mut of.exempt_back),
        ("rebate", &mut of.rebate),
        ("rebateBack", &mut of.rebate_back),
        ("rebateSold", &mut of.rebate_sold),
        ("rebateLost", &mut of.rebate_lost),
        ("onEntry", &mut of.on_entry),
        ("onEntryBack", &mut of.on_entry_back),
        ("ordinary", &mut of.ordinary),
        ("ordinaryBack", &mut of.ordinary_back),
        ("yearRevenue", &mut of.year),
        ("yearIncome", &mut of.income),
        ("yearTax", &mut of.tax),
        ("taxDue", &mut of.due),
    ]
}

/// The receipt as its file can show it: what has no place there is taken out. Done twice, it changes nothing.
pub fn fit(shown: &mut Shown) {
    // Blanks at the ends go last: what is no text may have stood outside of them.
    let plain = |text: &str| -> String { text.chars().filter(|c| !c.is_control()).collect::<String>().trim().into() };
    let statement = shown.statement.take().filter(|_| shown.kind == MessageKind::ExportStatement).map(|mut of| {
        (of.uscc, of.clause) = (plain(&of.uscc).into(), plain(&of.clause).into());
        of
    });
    // Every sum has its place.
    let changes = shown.changes.take().filter(|_| shown.kind == MessageKind::CorrectionBill).map(|mut of| {
        of.sums.resize(Matter::ALL.len(), Span::default());
        of
    });
    let period = shown.period.take().filter(|_| shown.kind == MessageKind::PeriodStatement);
    let articles = shown.articles.take().filter(|_| shown.kind == MessageKind::ArticlesReturn).map(|mut of| {
        of.clause = plain(&of.clause).into();
        of
    });
    let abroad = shown.abroad.take().filter(|_| shown.kind == MessageKind::AbroadProof).map(|mut of| {
        (of.country, of.currency, of.clause) =
            (plain(&of.country).into(), plain(&of.currency).into(), plain(&of.clause).into());
        of
    });
    let request = shown.request.take().filter(|_| shown.kind == MessageKind::RequestReturn).map(|mut of| {
        for text in request_texts(&mut of) {
            *text = plain(text).into();
        }
        of
    });
    let (ebc, item_no) = (plain(&shown.ebc_code), plain(&shown.cop_no));
    let filing = shown.filing.take().filter(|_| shown.kind == MessageKind::FilingReturn).map(|mut of| {
        for text in filing_texts(&mut of) {
            *text = plain(text).into();
        }
        let tags = of.tags.iter().flat_map(|tag| tag.split(';')).map(plain).filter(|tag| !tag.is_empty());
        of.tags = tags.map(Text::from).collect();
        (of.ebc, of.item_no, of.approved) = (ebc.as_str().into(), item_no.as_str().into(), false);
        of
    });
    *shown = Shown {
        kind: shown.kind,
        guid: plain(&shown.guid).into(),
        status: shown.status,
        at: shown.at,
        info: plain(&shown.info).into(),
        customs_code: plain(&shown.customs_code).into(),
        agent_code: plain(&shown.agent_code).into(),
        cop_no: plain(&shown.cop_no).into(),
        pre_no: plain(&shown.pre_no).into(),
        invt_no: plain(&shown.invt_no).into(),
        ebc_code: plain(&shown.ebc_code).into(),
        statement,
        changes,
        period,
        abroad,
        articles,
        request,
        filing,
        ..Shown::default()
    };
}

/// The texts of a filing of goods.
fn filing_texts(of: &mut GoodsRow) -> [&mut Text; 9] {
    let GoodsRow { name_zh, name_en, hs10, model, bar_code, origin, unit, unit1, unit2, .. } = of;
    [name_zh, name_en, hs10, model, bar_code, origin, unit, unit1, unit2]
}

/// The texts of a request's receipt.
fn request_texts(of: &mut RequestTold) -> [&mut Text; 7] {
    let RequestTold { set, field, about, case, ground, value, declined, .. } = of;
    [set, field, about, case, ground, value, declined]
}

/// Writes receipts of one kind.
pub fn write_receipts<'r>(kind: MessageKind, guid: &str, receipts: impl IntoIterator<Item = &'r Shown>) -> Vec<u8> {
    let mut out = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{} xmlns=\"{NAMESPACE}\" guid=\"", root(kind))
        .into_bytes();
    escape(guid, true, &mut out);
    out.extend_from_slice(b"\">");
    for shown in receipts {
        out.extend_from_slice(b"<receipt>");
        for (name, value) in shown_values(shown).iter().filter(|(_, value)| !value.is_empty()) {
            out.extend_from_slice(format!("<{name}>").as_bytes());
            escape(value, false, &mut out);
            out.extend_from_slice(format!("</{name}>").as_bytes());
        }
        out.extend_from_slice(b"</receipt>");
    }
    out.extend_from_slice(format!("</{}>", root(kind)).as_bytes());
    out
}

/// `INV201Message`
fn root(kind: MessageKind) -> String {
    format!("{}Message", kind.name())
}

/// Reads what [`write_receipts`] wrote, and nothing else: a file that differs by one byte is refused.
///
/// # Errors
/// If it is no file of ours.
pub fn read_receipts(bytes: &[u8]) -> Result<Vec<Shown>, Vec<Finding>> {
    let wrong = || vec![Finding::new(Code::ValueForm, "", "receipt").arg("expected", "receipt")];
    let name = tree::root_name(bytes).and_then(|name| name.strip_suffix("Message")).unwrap_or_default();
    let Some(kind) = MessageKind::from_name(name).filter(|kind| is_ours(*kind)) else {
        return Err(vec![Finding::new(Code::WrongRoot, "", "").arg("root", name)]);
    };
    let parsed = tree::parse(bytes).map_err(|fault| vec![fault])?;
    let Node::Map(root) = parsed else { return Err(wrong()) };
    let nodes = match root.into_iter().next().map(|(_, node)| node) {
        Some(Node::Map(entries)) => entries,
        _ => return Err(wrong()),
    };
    let mut receipts = Vec::new();
    for (_, node) in nodes {
        let several = match node {
            Node::List(several) => several,
            single => vec![single],
        };
        for node in several {
            receipts.push(receipt(kind, &node).ok_or_else(wrong)?);
        }
    }
    let guid = guid_of(bytes);
    if write_receipts(kind, &guid, &receipts) != bytes { Err(wrong()) } else { Ok(receipts) }
}

fn receipt(kind: MessageKind, node: &Node) -> Option<Shown> {
    let Node::Map(entries) = node else { return None };
    let mut shown = Shown { kind, ..Shown::default() };
    for (name, value) in entries {
        let Node::Text(text) = value else { return None };
        let slot = match name.as_str() {
            "guid" => &mut shown.guid,
            "dclPlcCuscd" => &mut shown.customs_code,
            "etpsno" => &mut shown.agent_code,
            "etpsInnerNo" => &mut shown.cop_no,
            "seqNo" => &mut shown.pre_no,
            "number" => &mut shown.invt_no,
            "returnInfo" => &mut shown.info,
            "ebcCode" => &mut shown.ebc_code,
            "returnStatus" => {
                shown.status = text.parse().ok()?;
                continue;
            }
            "returnTime" => {
                let (seconds, ms) = text.split_at_checked(14)?;
                shown.at = Moment(Moment::parse_compact(seconds)?.0 + ms.parse::<i64>().ok()?);
                continue;
            }
            name if kind == MessageKind::ExportStatement => {
                stated(shown.statement.get_or_insert_default(), name, text)?;
                continue;
            }
            name if kind == MessageKind::AbroadProof => {
                proved(shown.abroad.get_or_insert_default(), name, text)?;
                continue;
            }
            name if kind == MessageKind::ArticlesReturn => {
                reckoned(shown.articles.get_or_insert_default(), name, text)?;
                continue;
            }
            name if kind == MessageKind::RequestReturn => {
                requested(shown.request.get_or_insert_default(), name, text)?;
                continue;
            }
            name if kind == MessageKind::FilingReturn => {
                filed(shown.filing.get_or_insert_default(), name, text)?;
                continue;
            }
            name if kind == MessageKind::PeriodStatement => {
                closed(shown.period.get_or_insert_default(), name, text)?;
                continue;
            }
            name if kind == MessageKind::CorrectionBill => {
                let empty = || Box::new(Bill { sums: vec![Span::default(); Matter::ALL.len()], ..Bill::default() });
                changed(shown.changes.get_or_insert_with(empty), name, text)?;
                continue;
            }
            _ => return None,
        };
        *slot = text.as_str().into();
    }
    if let Some(of) = &mut shown.filing {
        (of.ebc, of.item_no) = (shown.ebc_code.clone(), shown.cop_no.clone());
    }
    Some(shown)
}

/// Reads one value of a bill of changes, likewise.
fn changed(of: &mut Bill, name: &str, text: &str) -> Option<()> {
    match name {
        "rows" => of.rows = text.parse().ok()?,
        "amended" => of.amended = text.parse().ok()?,
        "withdrawn" => of.withdrawn = text.parse().ok()?,
        "digest" => of.digest = hash_of(text)?,
        name => {
            let matter =
                Matter::ALL.iter().find(|matter| [sum_names(**matter).0, sum_names(**matter).1].contains(&name));
            let matter = *matter?;
            let span = of.sums.get_mut(matter.place())?;
            let side = if sum_names(matter).0 == name { &mut span.before } else { &mut span.after };
            *side = match matter {
                Matter::Lists => text.parse().ok()?,
                matter if matter.is_money() => Fen::from_yuan_text(text).ok()?.0,
                _ => Quantity::parse(text).ok()?.0,
            };
        }
    }
    Some(())
}

/// Reads one value of a proof about stock abroad, likewise.
fn proved(of: &mut trade::record::AbroadProof, name: &str, text: &str) -> Option<()> {
    let fen = Fen::from_yuan_text(text);
    match name {
        "for" => of.for_what = trade::record::ProofFor::from_name(text)?,
        "left" => of.left = Day::parse(text)?,
        "country" => of.country = text.into(),
        "lines" => of.lines = text.parse().ok()?,
        "exported" => of.exported = fen.ok()?,
        "sold" => of.sold = fen.ok()?,
        "lost" => of.lost = fen.ok()?,
        "returned" => of.returned = fen.ok()?,
        "inStock" => of.in_stock = fen.ok()?,
        "currency" => of.currency = text.into(),
        "soldAmount" => of.sold_amount = trade::money::Amount::parse(text).ok()?,
        "clause" => of.clause = text.into(),
        _ => return None,
    }
    Some(())
}

/// Reads one value of what personal articles came to, likewise.
fn reckoned(of: &mut trade::articles::Verdict, name: &str, text: &str) -> Option<()> {
    match name {
        "fate" => of.fate = trade::articles::Fate::from_name(text)?,
        "kinds" => of.kinds = text.parse().ok()?,
        "taxable" => of.value = Fen::from_yuan_text(text).ok()?,
        "tax" => of.tax = Fen::from_yuan_text(text).ok()?,
        "due" => of.due = Fen::from_yuan_text(text).ok()?,
        "clause" => of.clause = text.into(),
        _ => return None,
    }
    Some(())
}

/// Reads one value of how a request stands, likewise.
fn requested(of: &mut RequestTold, name: &str, text: &str) -> Option<()> {
    match name {
        "kind" => of.kind = RequestKind::from_name(text)?,
        "from" => of.from = ActorRole::from_name(text)?,
        "to" => of.to = ActorRole::from_name(text)?,
        "set" => of.set = text.into(),
        "field" => of.field = text.into(),
        "about" => of.about = text.into(),
        "purpose" => of.purpose = Purpose::from_name(text)?,
        "case" => of.case = text.into(),
        "ground" => of.ground = text.into(),
        "until" => of.until = Some(Day::parse(text)?),
        "state" => of.state = RequestState::from_name(text)?,
        "silent" => of.silent = text == "1",
        "value" => of.value = text.into(),
        "declined" => of.declined = text.into(),
        "words" => of.words = hash_of(text)?,
        _ => return None,
    }
    Some(())
}

/// Reads one value of a filing of goods, likewise.
fn filed(of: &mut GoodsRow, name: &str, text: &str) -> Option<()> {
    match FILED.iter().find(|(_, known)| *known == name)?.0 {
        "version" => of.version = text.parse().ok()?,
        "name_zh" => of.name_zh = text.into(),
        "name_en" => of.name_en = text.into(),
        "hs10" => of.hs10 = text.into(),
        "model" => of.model = text.into(),
        "bar_code" => of.bar_code = text.into(),
        "origin" => of.origin = text.into(),
        "unit" => of.unit = text.into(),
        "unit1" => of.unit1 = text.into(),
        "unit2" => of.unit2 = text.into(),
        "qty1" => of.qty1 = Quantity::parse(text).ok()?,
        "qty2" => of.qty2 = Some(Quantity::parse(text).ok()?),
        "content" => of.content = Quantity::parse(text).ok()?,
        "tags" => of.tags = text.split(';').map(Text::from).collect(),
        "from" => of.from = Day::parse(text)?,
        "until" => of.until = Some(Day::parse(text)?),
        _ => return None,
    }
    Some(())
}

/// Reads one value of the statement of a period, likewise.
fn closed(of: &mut trade::bonded::period::Statement, name: &str, text: &str) -> Option<()> {
    match name {
        "period" => of.number = text.parse().ok()?,
        "periodBegin" => of.from = Some(Day::parse(text)?),
        "periodEnd" => of.until = Day::parse(text)?,
        "rows" => of.rows = text.parse().ok()?,
        "digest" => of.digest = hash_of(text)?,
        "openingValue" => of.opening = Fen::from_yuan_text(text).ok()?,
        "closingValue" => of.closing = Fen::from_yuan_text(text).ok()?,
        "inFlight" => of.in_flight = text.parse().ok()?,
        _ => return None,
    }
    Some(())
}

/// As [`hash_of`] reads it.
fn hash_text(hash: &[u8; 32]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// 64 hexadecimal digits.
fn hash_of(text: &str) -> Option<[u8; 32]> {
    let mut hash = [0; 32];
    for (at, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(hash)
}

/// Reads one value of a statement; whether it was written so is seen when the whole is written again.
fn stated(of: &mut Statement, name: &str, text: &str) -> Option<()> {
    match name {
        "creditCode" => of.uscc = text.into(),
        "clause" => of.clause = text.into(),
        "month" => of.month = text.parse().ok()?,
        "rows" => of.rows = text.parse().ok()?,
        "unvalued" => of.unvalued = text.parse().ok()?,
        "smallProfit" => of.small = text.parse().ok()?,
        "digest" => of.digest = hash_of(text)?,
        name => {
            let (_, amount) = amounts(of).into_iter().find(|(known, _)| *known == name)?;
            *amount = Fen::from_yuan_text(text).ok()?;
        }
    }
    Some(())
}

/// The guid on the root, as it was written.
fn guid_of(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let after = text.split_once("guid=\"").map_or("", |(_, after)| after);
    after.split_once('"').map_or("", |(guid, _)| guid).to_owned()
}
