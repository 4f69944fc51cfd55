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

/// What is never written as it stands, or not in an attribute.
const fn special(b: u8) -> bool {
    b < 0x20 || matches!(b, b'&' | b'<' | b'>' | b'"')
}

/// [`special`], looked up.
const SPECIAL: [bool; 256] = {
    let mut table = [false; 256];
    let mut b = 0;
    while b < 256 {
        table[b] = special(b as u8);
        b += 1;
    }
    table
};

/// Nearly every text is plain (U+FFFE and U+FFFF are the other ones that XML does not have); blocks without a way out are
/// compared at once.
#[inline]
pub(super) fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (blocks, rest) = bytes.as_chunks::<16>();
    let (mut found, mut rare) = (false, false);
    for &b in rest {
        found |= SPECIAL[usize::from(b)];
        rare |= b == 0xef;
    }
    for block in blocks {
        for &b in block {
            found |= special(b);
            rare |= b == 0xef;
        }
    }
    !found && (!rare || !bytes.windows(3).any(|w| matches!(w, [0xef, 0xbf, 0xbe | 0xbf])))
}

/// Writes a text as canonical XML does; in an attribute quotes and white space too. What XML cannot carry is left out.
pub fn escape(text: &str, attribute: bool, out: &mut Vec<u8>) {
    if is_plain(text) {
        return out.extend_from_slice(text.as_bytes());
    }
    let mut rest = text;
    loop {
        let run = rest.bytes().position(|b| special(b) || b == 0xef).unwrap_or(rest.len());
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
