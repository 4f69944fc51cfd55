//! Writing messages by the table, in bytes that are canonical XML as they stand: one namespace declaration at the
//! root, double quotes, no CR, no empty-element tags, no white space between elements.

use super::read::Transfer;
use super::schema::{CEB, Item};
use super::table::{BASE_TRANSFER, Message, base_transfer};
use trade::documents::MessageKind;

/// Makes one application message, document after document.
///
/// ```
/// use trade::documents::MessageKind;
/// use wire::ceb::{Transfer, Writer, table::payment_head as t};
/// let mut head = vec![""; t::FIELDS.len()];
/// head[t::orderNo] = "EB1 & more";
/// let mut writer = Writer::new(MessageKind::Payment, "02DF822A-251A-530E-BBA8-6AA076E7B000").unwrap();
/// writer.document(&head, &[]);
/// let bytes = writer.finish(&Transfer::default());
/// assert!(String::from_utf8(bytes).unwrap().contains("<ceb:orderNo>EB1 &amp; more</ceb:orderNo>"));
/// ```
pub struct Writer {
    message: &'static Message,
    out: Vec<u8>,
}

impl Writer {
    /// `None` for a kind that traders do not send.
    pub fn new(kind: MessageKind, guid: &str) -> Option<Writer> {
        let message = Message::of(kind).filter(|_| kind.is_application())?;
        let mut out = Vec::with_capacity(4_096);
        out.extend_from_slice(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ceb:");
        out.extend_from_slice(message.root.name.as_bytes());
        out.extend_from_slice(b" xmlns:ceb=\"");
        out.extend_from_slice(CEB.as_bytes());
        out.extend_from_slice(b"\" guid=\"");
        escape(guid, true, &mut out);
        out.extend_from_slice(b"\" version=\"1.0\">");
        Some(Writer { message, out })
    }

    /// Makes room for so many bytes, that they need not be moved while the message grows.
    pub fn reserve(&mut self, bytes: usize) {
        self.out.reserve(bytes);
    }

    /// Adds a document: its head and its lines, values in the order of the table, empty ones left out. A value too
    /// few counts as empty, one too many is not written.
    pub fn document(&mut self, head: &[&str], lines: &[&[&str]]) {
        self.add(head.iter().copied(), lines.iter().map(|line| line.iter().copied()));
    }

    /// As [`Writer::document`], for values that stand elsewhere.
    pub fn add<'v, L: Iterator<Item = &'v str>>(
        &mut self,
        head: impl Iterator<Item = &'v str>,
        lines: impl Iterator<Item = L>,
    ) {
        let (head_name, head_rows) = self.message.head;
        let (line_name, line_rows) = self.message.lines;
        let out = &mut self.out;
        open(self.message.document.name, out);
        match head_name {
            "" => rows(head_rows, head, out),
            name => element(name, head_rows, head, out),
        }
        for line in lines {
            element(line_name, line_rows, line, out);
        }
        close(self.message.document.name, out);
    }

    /// Closes the message; a signature goes before the last closing tag.
    pub fn finish(mut self, transfer: &Transfer) -> Vec<u8> {
        let mut values = [""; base_transfer::FIELDS.len()];
        values[base_transfer::copCode] = &transfer.cop_code;
        values[base_transfer::copName] = &transfer.cop_name;
        values[base_transfer::dxpMode] = "DXP";
        values[base_transfer::dxpId] = &transfer.dxp_id;
        element(BASE_TRANSFER.name, base_transfer::FIELDS, values.into_iter(), &mut self.out);
        close(self.message.root.name, &mut self.out);
        self.out
    }
}

fn element<'v>(name: &str, items: &[Item], values: impl Iterator<Item = &'v str>, out: &mut Vec<u8>) {
    open(name, out);
    rows(items, values, out);
    close(name, out);
}

fn rows<'v>(items: &[Item], values: impl Iterator<Item = &'v str>, out: &mut Vec<u8>) {
    for (item, value) in items.iter().zip(values) {
        if !value.is_empty() {
            let end_tag = item.tag.as_bytes();
            out.push(b'<');
            out.extend_from_slice(&end_tag[2..]);
            escape(value, false, out);
            out.extend_from_slice(end_tag);
        }
    }
}

fn open(name: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"<ceb:");
    out.extend_from_slice(name.as_bytes());
    out.push(b'>');
}

fn close(name: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"</ceb:");
    out.extend_from_slice(name.as_bytes());
    out.push(b'>');
}

/// What may have to be written in another way: control characters, `&`, `<`, `>`, `"`, and the first byte of U+FFFE and
/// U+FFFF, which XML does not have.
const fn special(b: u8) -> bool {
    b < 0x20 || matches!(b, b'&' | b'<' | b'>' | b'"' | 0xef)
}

/// True where one of the eight bytes is [`special`]: they are compared all at once, within one number.
#[inline]
fn any_special(bytes: [u8; 8]) -> bool {
    const fn all(b: u8) -> u64 {
        u64::from_ne_bytes([b; 8])
    }
    let word = u64::from_ne_bytes(bytes);
    // The top bit of a byte says that it, or a byte below it, was 0; or, taking away 0x20, less than that.
    let zero = |word: u64| word.wrapping_sub(all(1)) & !word;
    let low = word.wrapping_sub(all(0x20)) & !word;
    // `<` and `>` differ in one bit, `"` and `&` in another.
    let marks = low | zero((word | all(2)) ^ all(b'>')) | zero((word | all(4)) ^ all(b'&')) | zero(word ^ all(0xef));
    marks & all(0x80) != 0
}

/// True of nearly every text; then it is written as it stands. Others may be too.
#[inline]
pub(super) fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let Some(last) = bytes.last_chunk::<8>() else { return !bytes.iter().any(|&b| special(b)) };
    let (words, _) = bytes.as_chunks::<8>();
    !words.iter().fold(any_special(*last), |found, word| found | any_special(*word))
}

/// Writes a text as canonical XML does; in an attribute quotes and white space too. What XML cannot carry is left out.
pub fn escape(text: &str, attribute: bool, out: &mut Vec<u8>) {
    if is_plain(text) {
        return out.extend_from_slice(text.as_bytes());
    }
    let mut rest = text;
    loop {
        let run = rest.bytes().position(special).unwrap_or(rest.len());
        let (clean, after) = rest.split_at(run);
        out.extend_from_slice(clean.as_bytes());
        let Some(c) = after.chars().next() else { return };
        rest = &after[c.len_utf8()..];
        let name: &[u8] = match c {
            '&' => b"&amp;",
            '<' => b"&lt;",
            '>' if !attribute => b"&gt;",
            '"' if attribute => b"&quot;",
            '\t' if attribute => b"&#x9;",
            '\n' if attribute => b"&#xA;",
            '\r' => b"&#xD;",
            c if !super::tree::is_char(c) => b"",
            c => {
                out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                continue;
            }
        };
        out.extend_from_slice(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each byte that can stand in a text, at each place of a text of each length.
    #[test]
    fn no_special_byte_is_overlooked() {
        for length in 0..40 {
            assert!(is_plain(&"7".repeat(length)));
            for place in 0..length {
                for b in 0..0x80u8 {
                    let mut bytes = vec![b'7'; length];
                    bytes[place] = b;
                    let text = String::from_utf8(bytes).unwrap();
                    assert_eq!(is_plain(&text), !special(b), "{b:#x} at {place} of {length}");
                }
            }
            for c in ['é', '海', '\u{ffff}', '\u{fffe}', '，', '😀'] {
                let text = format!("{}{c}", "7".repeat(length));
                assert_eq!(is_plain(&text), !text.bytes().any(special), "{text}");
            }
        }
    }
}
