//! Files of bonded documents: XML and JSON to documents and back, by one table a document ([`sheet`]).
//!
//! Field names are those of the special-area system where they were at hand (rules.md 7.1), else ours. A file holds one
//! document or several: in XML `<BondedFile><INV101>…</INV101>…</BondedFile>` or a document as the root, also under the
//! name `INV101Message`; in JSON `{"INV101": {…}}`, with a list for several, or a list of such objects. What repeats
//! (`lines`, `rltNo`) is an element that stands several times, or a list. What was counted may come as CSV ([`table`]).

mod receipts;
mod sheet;
mod table;
mod tree;

pub use receipts::{answers, figures, fit, is_ours, read_receipts, shown_values, write_receipts};

use sha2::{Digest, Sha256};
use trade::bonded::{Document, Filed, Filing, Kind, PassType};
use trade::command::Actor;
use trade::finding::{Code, Finding};
use trade::pack::Pack;

use sheet::Faults;
use tree::Node;

/// The largest file that is taken: 50,000 lines of a stock-taking have about 4 MB.
pub const MAX_BYTES: usize = 16 << 20;

/// Documents in one file; larger imports are sent in parts.
const MOST: usize = 1_000;

/// The name under which a pass of the two-step declaration (两步申报) may come; it is SAS121 of type 7.
const TWO_STEP: &str = "SAS251";

/// The namespace of our XML.
pub const NAMESPACE: &str = "urn:onewindow:bonded:1";

/// True for bytes that are a file of bonded documents and no customs message: JSON, XML with one of our roots, or a table
/// of what was counted.
pub fn is_bonded(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    match text.first() {
        Some(b'{' | b'[') => true,
        Some(b'<') => tree::root_name(text).is_some_and(|name| name == "BondedFile" || kind_of(name).is_some()),
        _ => table::is_table(text),
    }
}

/// True for JSON that names one of our documents at its top: what else is JSON may be something else.
pub fn holds_documents(bytes: &[u8]) -> bool {
    let mut named = Vec::new();
    if is_bonded(bytes)
        && let Ok(node) = tree::parse(bytes)
    {
        gather(node, &mut named);
    }
    named.iter().any(|(name, _)| kind_of(name).is_some())
}

/// XML may write the word behind a name.
fn bare(name: &str) -> &str {
    name.strip_suffix("Message").unwrap_or(name)
}

/// A document's kind by the name that it has in a file.
fn kind_of(name: &str) -> Option<Kind> {
    match bare(name) {
        TWO_STEP => Some(Kind::Pass),
        name => Kind::from_name(name).filter(|kind| *kind != Kind::Unknown),
    }
}

/// Reads a file. Never fails: what cannot be read is a filing with faults, and a faulty document spoils no other.
pub fn read(bytes: &[u8], by: Actor) -> Filing {
    let mut filing = Filing { by, length: bytes.len() as u64, ..Filing::default() };
    match documents(bytes) {
        Ok(documents) => filing.documents = documents,
        Err(fault) => filing.faults.push(fault),
    }
    filing
}

fn documents(bytes: &[u8]) -> Result<Vec<Filed>, Finding> {
    if bytes.len() > MAX_BYTES {
        let finding = Finding::new(Code::MessageTooLarge, "", "").arg("what", format!("{} B", bytes.len()));
        return Err(finding.arg("limit", format!("{MAX_BYTES} B")));
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let found = if table::is_table(text) { table::parse(text)? } else { tree::parse(bytes)? };
    let mut named: Vec<(String, Node)> = Vec::new();
    gather(found, &mut named);
    if named.is_empty() {
        return Err(Finding::new(Code::BondedKind, "", "").arg("what", "-"));
    }
    if named.len() > MOST {
        let finding = Finding::new(Code::MessageTooLarge, "", "").arg("what", format!("{} documents", named.len()));
        return Err(finding.arg("limit", MOST));
    }
    Ok(named.into_iter().map(|(name, node)| document(&name, node)).collect())
}

/// Takes the documents out of what holds them, in their order.
fn gather(node: Node, out: &mut Vec<(String, Node)>) {
    match node {
        Node::Map(entries) => {
            for (name, value) in entries {
                match value {
                    Node::List(values) => out.extend(values.into_iter().map(|value| (name.clone(), value))),
                    value if name == "BondedFile" => gather(value, out),
                    value => out.push((name, value)),
                }
            }
        }
        Node::List(values) => values.into_iter().for_each(|value| gather(value, out)),
        Node::Text(_) => {}
    }
}

fn document(name: &str, node: Node) -> Filed {
    let Some(kind) = kind_of(name) else {
        let shown: String = name.chars().take(64).collect();
        return Filed { faults: vec![Finding::new(Code::BondedKind, "", "").arg("what", shown)], ..Filed::default() };
    };
    let mut map = match node {
        Node::Map(map) => map,
        // An empty element: everything is missing.
        _ => Vec::new(),
    };
    let mut faults = Faults::at(bare(name));
    if bare(name) == TWO_STEP {
        faults.fixed(&mut map, "passportTypecd", PassType::TwoStep.name());
    }
    let document = sheet::read(kind, &map, &mut faults);
    let head = document.head().clone();
    let faults = faults.found;
    let mut content = [0; 16];
    content.copy_from_slice(&Sha256::digest(document.pack())[..16]);
    let document = faults.is_empty().then_some(document);
    Filed { document, content, faults, kind, own_no: head.own_no, etps: head.etps }
}

/// Writes documents as XML.
pub fn write_xml(documents: &[Document]) -> String {
    let mut out = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<BondedFile xmlns=\"{NAMESPACE}\">\n");
    for document in documents {
        tree::write_xml(document.kind().name(), &Node::Map(sheet::write(document)), 1, &mut out);
    }
    out.push_str("</BondedFile>\n");
    out
}

/// Writes documents as JSON: a list of objects with one document each.
pub fn write_json(documents: &[Document]) -> String {
    let object =
        |document: &Document| Node::Map(vec![(document.kind().name().to_owned(), Node::Map(sheet::write(document)))]);
    let mut out = String::new();
    tree::write_json(&Node::List(documents.iter().map(object).collect()), 0, &mut out);
    out.push('\n');
    out
}

/// The fields of a document kind, and of what repeats in it, for the description.
pub fn fields(kind: Kind) -> Vec<(&'static str, bool)> {
    sheet::fields(kind)
}

#[cfg(test)]
mod tests;
