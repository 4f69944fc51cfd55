//! What was counted, as a warehouse's own system writes tables: CSV in UTF-8 with a head line.
//!
//! The first column is headed by the kind of the document, `SHELF`, `COUNT` or `TALLY`, and holds the document's own
//! number; the others are headed by the names of its fields. Rows with one number are the lines of one document, and
//! say the same of its head.

use std::collections::BTreeMap;

use super::tree::{Node, malformed};
use super::{kind_of, sheet};
use trade::bonded::Kind;
use trade::finding::Finding;

/// The named fields of a document or of one of its lines.
type Fields = Vec<(String, Node)>;

/// The kind of what may be such a table, by its first cell.
fn kind(text: &str) -> Option<Kind> {
    let first = text.split([',', '\r', '\n']).next()?.trim().trim_matches('"');
    kind_of(first).filter(|kind| matches!(kind, Kind::Shelf | Kind::Count | Kind::Tally))
}

/// True for a table, which begins with the name of a document.
pub fn is_table(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(64)];
    let start = std::str::from_utf8(start).or_else(|e| std::str::from_utf8(&start[..e.valid_up_to()]));
    start.is_ok_and(|text| kind(text).is_some())
}

/// Reads a table whose byte order mark is gone, to what its documents would be in JSON.
///
/// # Errors
/// A row that is no row, with its line.
pub fn parse(bytes: &[u8]) -> Result<Node, Finding> {
    let text = std::str::from_utf8(bytes).map_err(|_| malformed("UTF-8"))?;
    let kind = kind(text).ok_or_else(|| malformed("SHELF, COUNT, TALLY"))?;
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let names: Vec<String> = reader.headers().map_err(malformed)?.iter().skip(1).map(str::to_owned).collect();
    let of_head = sheet::fields(kind);
    let is_head = |name: &str| name != "lines" && of_head.iter().any(|(known, _)| *known == name);
    let mut documents: Vec<(Fields, Vec<Node>)> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for row in reader.records() {
        let row = row.map_err(malformed)?;
        let mut cells = row.iter();
        let own_no = cells.next().unwrap_or_default();
        let place = *places.entry(own_no.to_owned()).or_insert_with(|| {
            documents.push((vec![("etpsPreentNo".to_owned(), Node::Text(own_no.to_owned()))], Vec::new()));
            documents.len() - 1
        });
        let (head, lines) = &mut documents[place];
        let mut line = Vec::new();
        for (name, value) in names.iter().zip(cells) {
            if is_head(name) {
                say(head, name, value);
            } else if !value.is_empty() {
                line.push((name.clone(), Node::Text(value.to_owned())));
            }
        }
        lines.push(Node::Map(line));
    }
    let document = |(mut head, lines): (Fields, Vec<Node>)| {
        head.push(("lines".to_owned(), Node::List(lines)));
        Node::Map(head)
    };
    let documents = documents.into_iter().map(document).collect();
    Ok(Node::Map(vec![(kind.name().to_owned(), Node::List(documents))]))
}

/// A field of the head; where rows do not say the same, it stands twice and is refused like any that does.
fn say(head: &mut Fields, name: &str, value: &str) {
    match head.iter_mut().find(|(known, _)| known == name) {
        Some((_, Node::Text(said))) if said == value => {}
        Some((_, said)) => *said = Node::List(vec![Node::Text(value.to_owned()); 2]),
        None => head.push((name.to_owned(), Node::Text(value.to_owned()))),
    }
}
