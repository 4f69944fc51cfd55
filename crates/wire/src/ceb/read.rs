//! Reading a message: the verdict for `check`, the documents for the window.

use super::documents::{self, Sheet, Unclear};
use super::schema::{Item, Space, Type, Wrong, trim};
use super::table::{Message as Rows, base_transfer};
use super::tree::{Id, Tree};
use super::walk::Walk;
use super::{Mode, Nobody, Pseudonymise};
use std::ops::Range;
use trade::documents::{Document, MessageKind};
use trade::finding::{Code, Finding};
use trade::receipt::Shown;

/// The verdict on a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    pub kind: MessageKind,
    pub documents: u32,
    /// No problem stands against it; what was forgiven does not.
    pub valid: bool,
    pub problems: Vec<Finding>,
}

/// Who transmits (`BaseTransfer`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transfer {
    pub cop_code: String,
    pub cop_name: String,
    pub dxp_id: String,
}

/// A message that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub kind: MessageKind,
    pub guid: String,
    pub transfer: Transfer,
    /// Whether it carries a signature; what that is worth says `seal`.
    pub signed: bool,
    /// What was forgiven in the message itself.
    pub notes: Vec<Finding>,
    pub documents: Vec<Draft>,
}

/// One document of a message: understood, or refused for itself alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Line in the message, from 1, on which it begins.
    pub line: u32,
    /// Its bytes in the message as it was sent.
    pub span: Range<usize>,
    pub outcome: Result<Document, Refusal>,
    /// What was forgiven in it.
    pub notes: Vec<Finding>,
}

/// A document that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The key fields that could be read, under the kind of the receipt that answers; the `guid` stays empty.
    pub keys: Box<Shown>,
    /// `guid` of the document, as far as it could be read.
    pub guid: String,
    pub findings: Vec<Finding>,
}

/// The verdict on any bytes: kind, number of documents, all problems.
///
/// Strict is the verdict of the official schema for this family; lenient is what [`read`] takes. Of a message in a
/// transport envelope it is the verdict on both.
pub fn check(bytes: &[u8], mode: Mode) -> Checked {
    if super::transport::is_envelope(bytes) { super::transport::check(bytes, mode) } else { check_message(bytes, mode) }
}

pub(super) fn check_message(bytes: &[u8], mode: Mode) -> Checked {
    let mut checked = Checked { kind: MessageKind::Unknown, documents: 0, valid: false, problems: Vec::new() };
    let tree = match Tree::parse(bytes) {
        Ok(tree) => tree,
        Err(finding) => {
            checked.problems.push(finding);
            return checked;
        }
    };
    let mut walk = Walk::new(&tree, mode);
    match root(&tree, &mut walk, mode) {
        Some(rows) => {
            checked.kind = rows.kind;
            checked.documents = tree.children(0).filter(|&c| is_document(&walk, c, rows)).count() as u32;
            walk.element(0, &rows.root);
            if mode == Mode::Lenient {
                remark(&tree, &mut walk);
                if rows.kind.is_application() {
                    values(&tree, &mut walk, rows);
                }
            }
        }
        None => walk.wrong_root(),
    }
    checked.problems = walk.take();
    checked.valid = checked.problems.iter().all(|p| p.forgiven);
    checked
}

/// Reads an application message leniently.
///
/// # Errors
/// The faults that spoil the message as a whole; a fault of one document stands in its [`Draft`].
pub fn read(bytes: &[u8], people: &impl Pseudonymise) -> Result<Message, Vec<Finding>> {
    if let Ok((source, false)) = super::tree::text_of(bytes)
        && let Some(message) = super::scan::scan(source, people)
    {
        return Ok(message);
    }
    read_generally(bytes, people)
}

/// As [`read`], by the general parser alone.
pub(super) fn read_generally(bytes: &[u8], people: &impl Pseudonymise) -> Result<Message, Vec<Finding>> {
    let tree = Tree::parse(bytes).map_err(|f| vec![f])?;
    read_tree(&tree, people)
}

fn read_tree(tree: &Tree<'_>, people: &impl Pseudonymise) -> Result<Message, Vec<Finding>> {
    let mut walk = Walk::new(tree, Mode::Lenient);
    let Some(rows) = root(tree, &mut walk, Mode::Lenient) else {
        walk.wrong_root();
        return Err(walk.take());
    };
    if !rows.kind.is_application() {
        let finding = Finding::new(Code::NotAnApplication, "", "").arg("kind", rows.kind.name());
        return Err(vec![finding]);
    }
    // The message around its documents, which are taken for themselves.
    let documents: Vec<Id> = tree.children(0).filter(|&c| is_document(&walk, c, rows)).collect();
    walk.element_around(0, &rows.root, &rows.document);
    remark(tree, &mut walk);
    let notes = walk.take();
    if notes.iter().any(|n| !n.forgiven) {
        return Err(notes);
    }
    let mut message = Message {
        kind: rows.kind,
        guid: attribute(tree, "guid"),
        transfer: Transfer::default(),
        signed: tree.children(0).any(|c| tree.node(c).space == Space::Dsig),
        notes,
        documents: Vec::with_capacity(documents.len()),
    };
    if let Some(transfer) = tree.children(0).find(|&c| tree.node(c).name == "BaseTransfer") {
        let values = collect(tree, &walk, transfer, base_transfer::FIELDS);
        message.transfer = Transfer {
            cop_code: values[base_transfer::copCode].to_owned(),
            cop_name: values[base_transfer::copName].to_owned(),
            dxp_id: values[base_transfer::dxpId].to_owned(),
        };
    }
    // Behind a byte-order mark the text begins three bytes later.
    let shift = if tree.marked { 3 } else { 0 };
    for (number, id) in documents.into_iter().enumerate() {
        let node = tree.node(id);
        walk.enter(id, number as u32 + 1);
        walk.element(id, &rows.document);
        walk.leave();
        let outcome = document(tree, &mut walk, rows, id, number as u32 + 1, people);
        let (notes, findings): (Vec<_>, Vec<_>) = walk.take().into_iter().partition(|f| f.forgiven);
        message.documents.push(Draft {
            line: tree.line(id),
            span: node.start as usize + shift..node.end as usize + shift,
            outcome: match outcome {
                Ok(document) if findings.is_empty() => Ok(document),
                Ok(document) => {
                    Err(Refusal { guid: document.head().guid.to_string(), ..refusal(tree, &walk, rows, id, findings) })
                }
                Err(()) => Err(refusal(tree, &walk, rows, id, findings)),
            },
            notes,
        });
    }
    Ok(message)
}

fn refusal(tree: &Tree<'_>, walk: &Walk<'_, '_>, rows: &Rows, id: Id, findings: Vec<Finding>) -> Refusal {
    let head = head_of(tree, walk, rows, id).map(|h| collect(tree, walk, h, rows.head.1)).unwrap_or_default();
    Refusal {
        keys: Box::new(documents::keys(rows.kind, &head)),
        guid: head.first().map(|g| (*g).to_owned()).unwrap_or_default(),
        findings,
    }
}

/// The rows of the root element, and the walk set up on it.
pub(super) fn root<'t, 'a>(tree: &'t Tree<'a>, walk: &mut Walk<'t, 'a>, mode: Mode) -> Option<&'static Rows> {
    walk.enter(0, 0);
    let node = tree.node(0);
    let rows = Rows::rooted(node.name)?;
    walk.export = rows.kind.is_export();
    match node.space {
        Space::Ceb => {}
        // Receipts of the production system were seen without a namespace.
        Space::None if mode == Mode::Lenient && !rows.kind.is_application() => walk.bare = true,
        _ => return None,
    }
    Some(rows)
}

/// What was forgiven in the message before any element.
fn remark(tree: &Tree<'_>, walk: &mut Walk<'_, '_>) {
    if tree.marked {
        walk.fault(Code::ByteOrderMark, "", 0, true);
    }
    if walk.bare {
        walk.fault(Code::NoNamespace, "", 0, true);
    }
}

fn is_document(walk: &Walk<'_, '_>, id: Id, rows: &Rows) -> bool {
    walk.find(id, std::slice::from_ref(&rows.document)).is_some()
}

/// The element that carries the rows of the head.
pub(super) fn head_of(tree: &Tree<'_>, walk: &Walk<'_, '_>, rows: &Rows, document: Id) -> Option<Id> {
    if rows.head.0.is_empty() {
        return Some(document);
    }
    tree.children(document).find(|&c| tree.node(c).name == rows.head.0 && walk.space(c) == Space::Ceb)
}

/// The values of an element in the order of its rows, trimmed where they fit so.
fn collect<'t>(tree: &'t Tree<'_>, walk: &Walk<'_, '_>, id: Id, items: &[Item]) -> Vec<&'t str> {
    let mut values = vec![""; items.len()];
    for child in tree.children(id) {
        if let Some((at, _)) = walk.find(child, items) {
            let text = tree.node(child).text.as_ref();
            let trimmed = trim(text);
            let fits = |t: &str| items[at].kind().is_none_or(|k| k.check(t).is_ok());
            values[at] = if trimmed.len() < text.len() && !fits(trimmed) && fits(text) { text } else { trimmed };
        }
    }
    values
}

/// Checks what the values of all documents mean.
fn values(tree: &Tree<'_>, walk: &mut Walk<'_, '_>, rows: &Rows) {
    let documents: Vec<Id> = tree.children(0).filter(|&c| is_document(walk, c, rows)).collect();
    for (number, id) in documents.into_iter().enumerate() {
        // Only what stands against it counts here; it is added to the findings.
        let _ = document(tree, walk, rows, id, number as u32 + 1, &Nobody);
    }
}

/// Builds one document from the tree; what is unclear is added to the findings, unless they name the field already.
fn document(
    tree: &Tree<'_>,
    walk: &mut Walk<'_, '_>,
    rows: &Rows,
    id: Id,
    number: u32,
    people: &impl Pseudonymise,
) -> Result<Document, ()> {
    let head_id = head_of(tree, walk, rows, id).unwrap_or(id);
    let head = collect(tree, walk, head_id, rows.head.1);
    let line_ids: Vec<Id> = match rows.lines.0 {
        "" => Vec::new(),
        name => tree.children(id).filter(|&c| tree.node(c).name == name && walk.space(c) == Space::Ceb).collect(),
    };
    let mut lines = Vec::with_capacity(line_ids.len() * rows.lines.1.len());
    for &line in &line_ids {
        lines.extend(collect(tree, walk, line, rows.lines.1));
    }
    let unclear = match documents::build(rows.kind, &Sheet { head: &head, lines: &lines }, people) {
        Ok(document) => return Ok(document),
        Err(unclear) => unclear,
    };
    for Unclear { line, place, code, expected } in unclear {
        let (parent, items) = match line {
            0 => (head_id, rows.head.1),
            n => (line_ids[n - 1], rows.lines.1),
        };
        let item = &items[place];
        let at = tree.children(parent).find(|&c| walk.find(c, items).is_some_and(|(i, _)| i == place));
        walk.enter(id, number);
        if parent != id {
            walk.enter(parent, line as u32);
        }
        if let Some(at) = at {
            // What the schema refused already has its finding.
            let text = tree.node(at).text.as_ref();
            let known = item.kind().is_some_and(|k: Type| k.check(text).is_err() && k.check(trim(text)).is_err());
            if !known || matches!(item.kind(), Some(Type::Day)) && trim(text).len() == 14 {
                walk.wrong(&Wrong { code, length: 0, bound: 0, expected }, item.name, at, false);
            }
        }
        if parent != id {
            walk.leave();
        }
        walk.leave();
    }
    Err(())
}

pub(super) fn attribute(tree: &Tree<'_>, name: &str) -> String {
    let found = tree.attributes(0).iter().find(|a| a.name == name && a.space == Space::None);
    found.map(|a| a.value.to_string()).unwrap_or_default()
}
