//! Receipts as XML and back. What a reader sees is exactly [`Shown`], whose hash the journal proves: what is read
//! must write the same, and nothing else may stand in the message.

use std::borrow::Cow;
use std::sync::OnceLock;

use super::Mode;
use super::read::{attribute, head_of, root};
use super::schema::{CEB, Item, Type, length};
use super::table::Message;
use super::tree::{Id, Tree, is_char};
use super::walk::Walk;
use super::write::{escape, is_plain};
use crate::bonded;
use trade::documents::MessageKind;
use trade::finding::{Code, Finding};
use trade::money::{Fen, Quantity};
use trade::receipt::{Bill, BillLine, ResultLine, Shown, SummaryResult};
use trade::time::Moment;

/// How many receipts one message of this kind may hold.
pub fn most(kind: MessageKind) -> usize {
    if bonded::is_ours(kind) {
        return 100;
    }
    Message::of(kind).map_or(0, |m| m.document.max.min(100) as usize)
}

/// The receipt as its message can show it: what has no place there, or does not fit its type, is taken out.
///
/// To be done before a receipt is committed; only then [`read_receipts`] of [`write_receipts`] gives the same.
/// Done twice, it changes nothing.
pub fn fit(shown: &mut Shown) {
    if bonded::is_ours(shown.kind) {
        return bonded::fit(shown);
    }
    if fits(shown) {
        return;
    }
    // Most often it says something that has no place, and all else is right.
    for (name, text) in layout(shown.kind).map_or(&[][..], |l| l.homeless.as_slice()) {
        if !text(shown).is_empty() {
            set(shown, name, "");
        }
    }
    if !fits(shown) {
        *shown = fitted(std::mem::take(shown));
    }
}

/// True where [`fitted`] would change nothing: nearly always, since rules name a receipt by what it shows.
pub(super) fn fits(shown: &Shown) -> bool {
    let Some(message) = Message::of(shown.kind).filter(|m| !m.kind.is_application()) else { return false };
    if shown.bill.is_some() != has_bill(shown.kind) || shown.result.is_some() != has_result(shown.kind) {
        return false;
    }
    if shown.statement.is_some() || shown.changes.is_some() || shown.period.is_some() {
        return false;
    }
    let told = shown.abroad.is_some() || shown.request.is_some() || shown.filing.is_some();
    if shown.articles.is_some() || told {
        return false;
    }
    if shown.seq != 0 && !message.head.1.iter().any(|i| i.name == "msgSeqNo") {
        return false;
    }
    if shown.result.iter().flat_map(|r| &r.lines).any(|l| !is_clean_line(l)) {
        return false;
    }
    let lines = shown.bill.iter().flat_map(|b| &b.lines);
    if lines.clone().next().is_some() && message.lines.1.is_empty() || lines.clone().any(|l| !is_clean(&l.gcode)) {
        return false;
    }
    let amounts = shown
        .bill
        .iter()
        .flat_map(|b| [("customsTax", b.duty), ("valueAddedTax", b.vat), ("consumptionTax", b.consumption_tax)]);
    if amounts.into_iter().any(|(name, fen)| fen != Fen::ZERO && !message.head.1.iter().any(|i| i.name == name)) {
        return false;
    }
    let Some(layout) = layout(shown.kind) else { return false };
    for (item, text) in layout.elements.iter().filter_map(|(item, text)| Some((item, (*text)?))) {
        let text = text(shown);
        if text.is_empty() {
            continue;
        }
        let stands_in = text.starts_with('-') && text == stand_in(item);
        let right = is_clean(text) && item.kind().is_none_or(|kind| kind.check(text).is_ok()) && !stands_in;
        if !right {
            return false;
        }
    }
    layout.homeless.iter().all(|(_, text)| text(shown).is_empty())
}

type Text = for<'a> fn(&'a Shown) -> &'a str;

/// The elements of receipts that are texts as they stand in [`Shown`]; `note` of a tax bill is its `returnInfo`.
const TEXTS: [(&str, Text); 33] = [
    ("guid", |s| &s.guid),
    ("returnInfo", |s| &s.info),
    ("customsCode", |s| &s.customs_code),
    ("ebpCode", |s| &s.ebp_code),
    ("ebcCode", |s| &s.ebc_code),
    ("agentCode", |s| &s.agent_code),
    ("orderNo", |s| &s.order_no),
    ("payCode", |s| &s.pay_code),
    ("payTransactionId", |s| &s.pay_transaction),
    ("logisticsCode", |s| &s.logistics_code),
    ("logisticsNo", |s| &s.logistics_no),
    ("logisticsStatus", |s| &s.logistics_status),
    ("copNo", |s| &s.cop_no),
    ("preNo", |s| &s.pre_no),
    ("invtNo", |s| &s.invt_no),
    ("operatorCode", |s| &s.operator_code),
    ("rkdNo", |s| &s.rkd_no),
    ("oriCopMsgId", |s| &s.original_id),
    ("oriMessageType", |s| &s.original_type),
    ("taxNo", |s| s.bill.as_ref().map_or("", |b| &b.tax_no)),
    ("entDutyNo", |s| s.bill.as_ref().map_or("", |b| &b.ent_duty_no)),
    ("assureCode", |s| s.bill.as_ref().map_or("", |b| &b.assure_code)),
    ("billNo", |s| &s.bill_no),
    ("statisticsFlag", |s| &s.statistics_flag),
    ("sumNo", |s| &s.sum_no),
    ("declSeqNo", |s| s.result.as_ref().map_or("", |r| &r.decl_seq_no)),
    ("decTmpNo", |s| s.result.as_ref().map_or("", |r| &r.dec_tmp_no)),
    ("decPreNo", |s| s.result.as_ref().map_or("", |r| &r.dec_pre_no)),
    ("entryId", |s| s.result.as_ref().map_or("", |r| &r.entry_id)),
    ("agentName", |s| s.result.as_ref().map_or("", |r| &r.agent_name)),
    ("ebcName", |s| s.result.as_ref().map_or("", |r| &r.ebc_name)),
    ("declAgentCode", |s| s.result.as_ref().map_or("", |r| &r.decl_agent_code)),
    ("declAgentName", |s| s.result.as_ref().map_or("", |r| &r.decl_agent_name)),
];

/// The name in [`TEXTS`] of an element that some messages call otherwise.
fn plain_name(name: &str) -> &str {
    match name {
        "note" => "returnInfo",
        "coElNo" => "copNo",
        "payNo" => "payTransactionId",
        name => name,
    }
}

fn text_of(name: &str) -> Option<Text> {
    let name = plain_name(name);
    TEXTS.iter().find(|(n, _)| *n == name).map(|(_, text)| *text)
}

/// An element of a receipt and where its text comes from.
type Element = (&'static Item, Option<Text>);

/// What a receipt of one kind can show.
struct Layout {
    kind: MessageKind,
    elements: Vec<Element>,
    /// Of [`TEXTS`] those for which it has no element.
    homeless: Vec<(&'static str, Text)>,
}

/// The layout of a receipt of this kind: looked up by name once and for all.
fn layout(kind: MessageKind) -> Option<&'static Layout> {
    static ALL: OnceLock<Vec<Layout>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let of = |m: &'static Message| {
            let elements: Vec<Element> = m.head.1.iter().filter(|i| i.max > 0).map(|i| (i, text_of(i.name))).collect();
            let shows = |name| elements.iter().any(|(i, _)| plain_name(i.name) == name);
            Layout {
                kind: m.kind,
                homeless: TEXTS.iter().copied().filter(|(name, _)| !shows(*name)).collect(),
                elements,
            }
        };
        Message::all().filter(|m| !m.kind.is_application()).map(of).collect()
    });
    all.iter().find(|l| l.kind == kind)
}

/// How the receipts of one kind are written, for readers that are not this program.
pub struct Outline {
    pub kind: MessageKind,
    pub root: &'static str,
    pub document: &'static str,
    /// Empty where the document holds its elements itself.
    pub head: &'static str,
    /// Empty where there are no lines.
    pub lines: &'static str,
    /// Elements, and what stands in each where the schema asks for one and there is no value.
    pub elements: Vec<(&'static str, &'static str)>,
    /// It has a [`Bill`], or a [`SummaryResult`].
    pub bill: bool,
    pub result: bool,
}

/// All kinds of receipts of the CEB family.
pub fn outlines() -> Vec<Outline> {
    let of = |m: &'static Message| Outline {
        kind: m.kind,
        root: m.root.name,
        document: m.document.name,
        head: m.head.0,
        lines: if m.lines.1.is_empty() { "" } else { m.lines.0 },
        elements: m.head.1.iter().filter(|i| i.max > 0).map(|i| (i.name, stand_in(i))).collect(),
        bill: has_bill(m.kind),
        result: has_result(m.kind),
    };
    Message::all().filter(|m| !m.kind.is_application()).map(of).collect()
}

/// The long way to [`fit`].
pub(super) fn fitted(mut shown: Shown) -> Shown {
    let empty = Shown { kind: shown.kind, status: shown.status, at: shown.at, ..Shown::default() };
    let Some(message) = Message::of(shown.kind).filter(|m| !m.kind.is_application()) else { return empty };
    let mut fit = empty;
    if has_bill(shown.kind) {
        let bill = shown.bill.get_or_insert_default();
        let lines = if message.lines.1.is_empty() { Vec::new() } else { std::mem::take(&mut bill.lines) };
        let lines = lines.into_iter().map(|mut line| {
            line.gcode = clean(&line.gcode).into();
            line
        });
        fit.bill = Some(Box::new(Bill { lines: lines.collect(), ..Bill::default() }));
    }
    if has_result(shown.kind) {
        let result = shown.result.get_or_insert_default();
        let lines = std::mem::take(&mut result.lines).into_iter().map(|line| ResultLine {
            invt_no: clean(&line.invt_no).into(),
            logistics_no: clean(&line.logistics_no).into(),
            gcode: clean(&line.gcode).into(),
            ..line
        });
        fit.result = Some(Box::new(SummaryResult { lines: lines.collect(), ..SummaryResult::default() }));
    }
    for item in message.head.1.iter().filter(|i| i.max > 0) {
        let Some(value) = value(&shown, item.name) else { continue };
        let value = clean(&value);
        let fits = item.kind().is_none_or(|kind| kind.check(&value).is_ok());
        let value: String = match item.kind() {
            // Words are cut; a number or name that is cut would be another one.
            _ if fits => value,
            Some(Type::Text(_, most)) if matches!(item.name, "returnInfo" | "note") => {
                value.chars().take(most as usize).collect()
            }
            _ => String::new(),
        };
        let value = if value == stand_in(item) { "" } else { &value };
        set(&mut fit, item.name, value);
    }
    fit
}

fn clean(text: &str) -> String {
    if is_clean(text) { text.to_owned() } else { text.chars().filter(|&c| is_char(c)).collect() }
}

fn is_clean(text: &str) -> bool {
    is_plain(text) || text.chars().all(is_char)
}

fn is_clean_line(line: &ResultLine) -> bool {
    is_clean(&line.invt_no) && is_clean(&line.logistics_no) && is_clean(&line.gcode)
}

fn has_result(kind: MessageKind) -> bool {
    kind == MessageKind::SummaryResult
}

fn has_bill(kind: MessageKind) -> bool {
    matches!(kind, MessageKind::TaxBill | MessageKind::TaxBillState)
}

/// What stands in an element that the schema demands and for which there is no value: as many dashes as it needs.
fn stand_in(item: &Item) -> &'static str {
    match (item.min, item.kind()) {
        (1, Some(Type::Text(min @ 1.., _))) => &"------------------------------------"[..min.min(36) as usize],
        _ => "",
    }
}

/// Writes a message of receipts, at most [`most`] of them, all of `kind`.
pub fn write_receipts<'r>(kind: MessageKind, guid: &str, receipts: impl IntoIterator<Item = &'r Shown>) -> Vec<u8> {
    if bonded::is_ours(kind) {
        return bonded::write_receipts(kind, guid, receipts);
    }
    let receipts = receipts.into_iter();
    let mut out = Vec::with_capacity(256 + receipts.size_hint().0 * 640);
    let Some(message) = Message::of(kind) else { return out };
    let elements = layout(kind).map_or(&[][..], |l| l.elements.as_slice());
    out.extend_from_slice(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<");
    out.extend_from_slice(message.root.name.as_bytes());
    out.extend_from_slice(b" xmlns=\"");
    out.extend_from_slice(CEB.as_bytes());
    out.extend_from_slice(b"\" guid=\"");
    escape(guid, true, &mut out);
    out.extend_from_slice(b"\" version=\"1.0\">");
    for shown in receipts {
        tag(b"<", message.document.name, &mut out);
        if !message.head.0.is_empty() {
            tag(b"<", message.head.0, &mut out);
        }
        for (item, text) in elements {
            match text {
                Some(text) => element(item, text(shown), &mut out),
                None if item.name == "oriBizMessage" => {
                    tag(b"<", item.name, &mut out);
                    out.extend_from_slice(b"<![CDATA[]]>");
                    tag(b"</", item.name, &mut out);
                }
                None => element(item, &value(shown, item.name).unwrap_or_default(), &mut out),
            }
        }
        if !message.head.0.is_empty() {
            tag(b"</", message.head.0, &mut out);
        }
        for line in shown.bill.iter().flat_map(|b| &b.lines).filter(|_| !message.lines.1.is_empty()) {
            tag(b"<", message.lines.0, &mut out);
            for item in message.lines.1 {
                element(item, &line_value(line, item.name), &mut out);
            }
            tag(b"</", message.lines.0, &mut out);
        }
        for line in shown.result.iter().flat_map(|r| &r.lines) {
            tag(b"<", message.lines.0, &mut out);
            for item in message.lines.1 {
                element(item, &result_value(line, item.name), &mut out);
            }
            tag(b"</", message.lines.0, &mut out);
        }
        tag(b"</", message.document.name, &mut out);
    }
    tag(b"</", message.root.name, &mut out);
    out
}

/// One value in which two receipts differ: where it stands, and what stands there in the one and in the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// An element, or an element of a line: `taxList[2]/customsTax`.
    pub place: String,
    pub one: String,
    pub other: String,
}

/// Where two receipts say something else. Receipts of two kinds differ in their kind alone.
pub fn differences(one: &Shown, other: &Shown) -> Vec<Difference> {
    let differ = |place: &str, one: &str, other: &str| {
        let (one, other) = (one.to_owned(), other.to_owned());
        (one != other).then(|| Difference { place: place.to_owned(), one, other })
    };
    if one.kind != other.kind {
        return differ("", &one.kind.root(), &other.kind.root()).into_iter().collect();
    }
    let Some(message) = Message::of(one.kind) else {
        // What only one of them says differs from nothing.
        let values = [bonded::shown_values(one), bonded::shown_values(other)];
        let of = |which: usize, name| values[which].iter().find(|(n, _)| *n == name).map_or("", |(_, text)| text);
        let more = values[1].iter().filter(|(name, _)| values[0].iter().all(|(n, _)| n != name));
        let names = values[0].iter().chain(more).map(|(name, _)| *name);
        return names.filter_map(|name| differ(name, of(0, name), of(1, name))).collect();
    };
    let texts = |shown: &Shown, name| value(shown, name).unwrap_or_default().into_owned();
    let head = message.head.1.iter().filter_map(|i| differ(i.name, &texts(one, i.name), &texts(other, i.name)));
    let line = |shown: &Shown, at: usize, name: &str| match (&shown.bill, &shown.result) {
        (Some(bill), _) => bill.lines.get(at).map_or_else(String::new, |line| line_value(line, name)),
        (_, Some(result)) => result.lines.get(at).map_or_else(String::new, |line| result_value(line, name)),
        _ => String::new(),
    };
    let count = |shown: &Shown| {
        shown.bill.as_ref().map_or(0, |b| b.lines.len()).max(shown.result.as_ref().map_or(0, |r| r.lines.len()))
    };
    let lines = (0..count(one).max(count(other))).flat_map(|at| message.lines.1.iter().map(move |i| (at, i.name)));
    let lines = lines.filter_map(|(at, name)| {
        differ(&format!("{}[{}]/{name}", message.lines.0, at + 1), &line(one, at, name), &line(other, at, name))
    });
    head.chain(lines).collect()
}

fn tag(open: &[u8], name: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(open);
    out.extend_from_slice(name.as_bytes());
    out.push(b'>');
}

fn element(item: &Item, value: &str, out: &mut Vec<u8>) {
    let value = if value.is_empty() { stand_in(item) } else { value };
    if value.is_empty() && item.min == 0 {
        return;
    }
    // Behind the prefix, which receipts do without.
    let name = &item.tag.as_bytes()[6..];
    out.push(b'<');
    out.extend_from_slice(name);
    escape(value, false, out);
    out.extend_from_slice(b"</");
    out.extend_from_slice(name);
}

/// Reads a message of receipts, in the namespace or in none.
///
/// # Errors
/// All that keeps it from being exactly what [`write_receipts`] could have written, however it is laid out.
pub fn read_receipts(bytes: &[u8]) -> Result<Vec<Shown>, Vec<Finding>> {
    if bonded::answers(bytes) {
        return bonded::read_receipts(bytes);
    }
    let tree = Tree::parse(bytes).map_err(|f| vec![f])?;
    let mut walk = Walk::new(&tree, Mode::Lenient);
    let Some(message) = root(&tree, &mut walk, Mode::Lenient).filter(|m| !m.kind.is_application()) else {
        walk.wrong_root();
        return Err(walk.take());
    };
    walk.element(0, &message.root);
    if tree.remarks {
        walk.fault(Code::StrayText, "", 0, false);
    }
    let mut receipts = Vec::new();
    for (number, id) in tree.children(0).enumerate() {
        walk.enter(id, number as u32 + 1);
        receipts.push(receipt(&tree, &mut walk, message, id));
        walk.leave();
    }
    let mut findings = walk.take();
    // Order is forgiven, since nothing hides in it.
    findings.retain(|f| !f.forgiven || f.code == Code::ExtraElement);
    // The root says nothing of its own: a message of one receipt carries that receipt's guid.
    if let [one] = receipts.as_slice()
        && (attribute(&tree, "guid") != one.guid || attribute(&tree, "version") != "1.0")
        && findings.is_empty()
    {
        findings.push(Finding::new(Code::AttributeUnknown, "", &message.kind.root()).arg("attribute", "guid"));
    }
    for id in std::iter::successors(Some(0), |&id| tree.following(id)) {
        let smuggled = tree.attributes(id).iter().any(|a| id != 0 || !matches!(a.name, "guid" | "version"));
        if smuggled && findings.is_empty() {
            findings.push(Finding::new(Code::AttributeUnknown, "", tree.node(id).name).arg("attribute", "?"));
        }
    }
    if findings.is_empty() { Ok(receipts) } else { Err(findings) }
}

fn receipt(tree: &Tree<'_>, walk: &mut Walk<'_, '_>, message: &Message, id: Id) -> Shown {
    let mut shown = Shown { kind: message.kind, ..Shown::default() };
    if has_bill(message.kind) {
        shown.bill = Some(Box::default());
    }
    if has_result(message.kind) {
        shown.result = Some(Box::default());
    }
    if let Some(head) = head_of(tree, walk, message, id) {
        for child in tree.children(head) {
            let Some((at, _)) = walk.find(child, message.head.1) else { continue };
            let item = &message.head.1[at];
            let text = tree.node(child).text.as_ref();
            let meant = if text == stand_in(item) { "" } else { text };
            if !set(&mut shown, item.name, meant) || value(&shown, item.name).as_deref() != Some(meant) {
                walk.fault(Code::ValueForm, item.name, child, false);
            }
        }
    }
    for line in tree.children(id).filter(|&c| !message.lines.0.is_empty() && tree.node(c).name == message.lines.0) {
        if let Some(result) = &mut shown.result {
            let mut read = ResultLine::default();
            for child in tree.children(line) {
                let Some((at, _)) = walk.find(child, message.lines.1) else { continue };
                let name = message.lines.1[at].name;
                let text = tree.node(child).text.as_ref();
                if !set_result(&mut read, name, text) || result_value(&read, name) != text {
                    walk.fault(Code::ValueForm, name, child, false);
                }
            }
            result.lines.push(read);
            continue;
        }
        let mut read = BillLine::default();
        for child in tree.children(line) {
            let Some((at, _)) = walk.find(child, message.lines.1) else { continue };
            let name = message.lines.1[at].name;
            let text = tree.node(child).text.as_ref();
            if !set_line(&mut read, name, text) || line_value(&read, name) != text {
                walk.fault(Code::ValueForm, name, child, false);
            }
        }
        shown.bill.get_or_insert_default().lines.push(read);
    }
    shown
}

/// The value of a receipt's element; `None` where a receipt has no such value.
fn value<'a>(shown: &'a Shown, name: &str) -> Option<Cow<'a, str>> {
    let bill = || shown.bill.as_ref();
    Some(match name {
        // Of a tax bill alone.
        "taxNo" | "entDutyNo" | "assureCode" if shown.bill.is_none() => return None,
        "msgSeqNo" => shown.seq.to_string().into(),
        "msgCount" => shown.result.as_ref()?.msg_count.to_string().into(),
        "grossWeight" => shown.result.as_ref()?.gross_weight.to_string().into(),
        "netWeight" => shown.result.as_ref()?.net_weight.to_string().into(),
        "returnStatus" | "status" | "decState" => shown.status.to_string().into(),
        "returnTime" | "opDate" => shown.at.compact_ms().into(),
        "customsTax" => bill()?.duty.to_string().into(),
        "valueAddedTax" => bill()?.vat.to_string().into(),
        "consumptionTax" => bill()?.consumption_tax.to_string().into(),
        "oriBizMessage" => "".into(),
        name => text_of(name)?(shown).into(),
    })
}

/// Sets what [`value`] gives; false where the text has no such meaning.
fn set(shown: &mut Shown, name: &str, text: &str) -> bool {
    let slot = match name {
        "guid" => &mut shown.guid,
        "returnInfo" | "note" => &mut shown.info,
        "customsCode" => &mut shown.customs_code,
        "ebpCode" => &mut shown.ebp_code,
        "ebcCode" => &mut shown.ebc_code,
        "agentCode" => &mut shown.agent_code,
        "orderNo" => &mut shown.order_no,
        "payCode" => &mut shown.pay_code,
        "payTransactionId" | "payNo" => &mut shown.pay_transaction,
        "logisticsCode" => &mut shown.logistics_code,
        "logisticsNo" => &mut shown.logistics_no,
        "logisticsStatus" => &mut shown.logistics_status,
        "copNo" | "coElNo" => &mut shown.cop_no,
        "preNo" => &mut shown.pre_no,
        "invtNo" => &mut shown.invt_no,
        "operatorCode" => &mut shown.operator_code,
        "rkdNo" => &mut shown.rkd_no,
        "oriCopMsgId" => &mut shown.original_id,
        "oriMessageType" => &mut shown.original_type,
        "oriBizMessage" => return text.is_empty(),
        "returnStatus" | "status" | "decState" => return text.parse().map(|n| shown.status = n).is_ok(),
        "returnTime" | "opDate" => return stamp(text).map(|at| shown.at = at).is_some(),
        "billNo" => &mut shown.bill_no,
        "statisticsFlag" => &mut shown.statistics_flag,
        "sumNo" => &mut shown.sum_no,
        "msgSeqNo" => return text.parse().map(|n| shown.seq = n).is_ok(),
        _ if shown.result.is_some() => {
            let Some(result) = &mut shown.result else { return false };
            match name {
                "declSeqNo" => &mut result.decl_seq_no,
                "decTmpNo" => &mut result.dec_tmp_no,
                "decPreNo" => &mut result.dec_pre_no,
                "entryId" => &mut result.entry_id,
                "agentName" => &mut result.agent_name,
                "ebcName" => &mut result.ebc_name,
                "declAgentCode" => &mut result.decl_agent_code,
                "declAgentName" => &mut result.decl_agent_name,
                "msgCount" => return text.parse().map(|n| result.msg_count = n).is_ok(),
                "grossWeight" => return Quantity::parse(text).map(|n| result.gross_weight = n).is_ok(),
                "netWeight" => return Quantity::parse(text).map(|n| result.net_weight = n).is_ok(),
                _ => return false,
            }
        }
        _ => {
            let Some(bill) = &mut shown.bill else { return false };
            match name {
                "taxNo" => &mut bill.tax_no,
                "entDutyNo" => &mut bill.ent_duty_no,
                "assureCode" => &mut bill.assure_code,
                "customsTax" => return fen(text, &mut bill.duty),
                "valueAddedTax" => return fen(text, &mut bill.vat),
                "consumptionTax" => return fen(text, &mut bill.consumption_tax),
                _ => return false,
            }
        }
    };
    *slot = text.into();
    true
}

fn line_value(line: &BillLine, name: &str) -> String {
    match name {
        "gnum" => line.gnum.to_string(),
        "gcode" => line.gcode.to_string(),
        "taxPrice" => line.taxable.to_string(),
        "customsTax" => line.duty.to_string(),
        "valueAddedTax" => line.vat.to_string(),
        "consumptionTax" => line.consumption_tax.to_string(),
        _ => String::new(),
    }
}

fn set_line(line: &mut BillLine, name: &str, text: &str) -> bool {
    match name {
        "gnum" => text.parse().map(|n| line.gnum = n).is_ok(),
        "gcode" => {
            line.gcode = text.into();
            true
        }
        "taxPrice" => fen(text, &mut line.taxable),
        "customsTax" => fen(text, &mut line.duty),
        "valueAddedTax" => fen(text, &mut line.vat),
        "consumptionTax" => fen(text, &mut line.consumption_tax),
        _ => false,
    }
}

fn result_value(line: &ResultLine, name: &str) -> String {
    match name {
        "invtNo" => line.invt_no.to_string(),
        "logisticsNo" => line.logistics_no.to_string(),
        "gseqno" => line.seq.to_string(),
        "gnum" => line.gnum.to_string(),
        "gcode" => line.gcode.to_string(),
        _ => String::new(),
    }
}

fn set_result(line: &mut ResultLine, name: &str, text: &str) -> bool {
    let slot = match name {
        "invtNo" => &mut line.invt_no,
        "logisticsNo" => &mut line.logistics_no,
        "gcode" => &mut line.gcode,
        "gseqno" => return text.parse().map(|n| line.seq = n).is_ok(),
        "gnum" => return text.parse().map(|n| line.gnum = n).is_ok(),
        _ => return false,
    };
    *slot = text.into();
    true
}

fn fen(text: &str, slot: &mut Fen) -> bool {
    Fen::from_yuan_text(text).map(|n| *slot = n).is_ok()
}

/// `yyyyMMddHHmmssSSS`
fn stamp(text: &str) -> Option<Moment> {
    let (seconds, ms) = text.split_at_checked(14)?;
    let ms = ms.bytes().all(|b| b.is_ascii_digit()).then(|| ms.parse::<i64>().ok())??;
    (length(text) == 17).then_some(())?;
    Moment::parse_compact(seconds).map(|at| Moment(at.0 + ms))
}
