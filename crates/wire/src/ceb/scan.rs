//! The fast way through a plain message: a scanner that knows which element comes next.
//!
//! It compares the bytes with the tag that the table expects, jumps to the next `<`, and builds the documents from
//! slices. Whatever it does not expect (an attribute, a comment, a reference, another order, a value that is not
//! right at once) makes it give up, and the general parser reads the whole message and words its faults. So it may
//! be narrow, and it never takes what the general parser refuses.

use super::documents::{Sheet, build};
use super::dsig;
use super::read::{Draft, Message, Transfer};
use super::schema::{Body, CEB, Item, Need, XSI, is_blank, length};
use super::table::{Message as Rows, base_transfer};
use super::tree::Tree;
use super::walk::Walk;
use super::{Mode, Pseudonymise};

/// Above this the signature is left to the general parser.
const MOST_SIGNATURE_ELEMENTS: usize = 100;

/// Reads a plain message, or gives up.
pub fn scan(source: &str, people: &impl Pseudonymise) -> Option<Message> {
    let bytes = source.as_bytes();
    if !is_plain(bytes) {
        return None;
    }
    let body = source.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>").unwrap_or(source);
    let mut s = Scan { source, at: source.len() - body.len(), prefix: "", ours: false };
    let (rows, guid) = s.root()?;
    let kind = rows.kind;
    if !kind.is_application() {
        return None;
    }
    let mut documents = Vec::new();
    let (mut head, mut lines) = (Vec::with_capacity(64), Vec::with_capacity(128));
    let (mut line, mut counted) = (1, 0);
    loop {
        s.blanks();
        let start = s.at;
        if !s.eat_open(rows.document.name) {
            break;
        }
        if documents.len() as u32 >= rows.document.max {
            return None;
        }
        head.clear();
        lines.clear();
        match rows.head.0 {
            "" => s.rows(rows.head.1, &mut head)?,
            name => s.element(name, rows.head.1, &mut head)?,
        }
        if !rows.lines.0.is_empty() {
            let Body::Flat([_, item]) = rows.document.body else { return None };
            let mut n = 0;
            loop {
                s.blanks();
                if !s.eat_open(rows.lines.0) {
                    break;
                }
                n += 1;
                s.rows(rows.lines.1, &mut lines)?;
                s.blanks();
                s.close(rows.lines.0)?;
            }
            if n == 0 || n > item.max {
                return None;
            }
        }
        s.blanks();
        s.close(rows.document.name)?;
        line += memchr::memchr_iter(b'\n', &bytes[counted..start]).count() as u32;
        counted = start;
        let document = build(kind, &Sheet { head: &head, lines: &lines }, people).ok()?;
        if documents.is_empty() {
            // The others are about as long as the first.
            let others = (source.len() - s.at) / (s.at - start);
            documents.reserve_exact((others + 2).min(rows.document.max as usize));
        }
        documents.push(Draft { line, span: start..s.at, outcome: Ok(document), notes: Vec::new() });
    }
    if documents.is_empty() {
        return None;
    }
    head.clear();
    s.element("BaseTransfer", base_transfer::FIELDS, &mut head)?;
    let transfer = Transfer {
        cop_code: head[base_transfer::copCode].to_owned(),
        cop_name: head[base_transfer::copName].to_owned(),
        dxp_id: head[base_transfer::dxpId].to_owned(),
    };
    s.blanks();
    let end = source.trim_end_matches([' ', '\t', '\n']);
    let end = end.strip_suffix('>')?.strip_suffix(rows.root.name)?.strip_suffix(s.prefix)?.strip_suffix("</")?.len();
    let signature = source.get(s.at..end)?;
    let signed = !signature.is_empty();
    if signed != kind.must_be_signed() && !signed || signed && !signature_is_plain(signature) {
        return None;
    }
    Some(Message { kind, guid: guid.to_owned(), transfer, signed, notes: Vec::new(), documents })
}

/// No control characters, no CR, no reference, none of the characters that XML does not have; and as many `>` as `<`: each
/// `<` that the scanner lets pass begins a tag, which has its own `>`, so none is left that stands in a value.
fn is_plain(bytes: &[u8]) -> bool {
    let mut open = 0i64;
    // Blocks without a way out, short enough for counters of a byte, so that they are compared many bytes at a time.
    let clean = bytes.chunks(128).all(|block| {
        let (mut odd, mut opened, mut closed) = (false, 0u8, 0u8);
        for &b in block {
            odd |= b < 0x20 && b != b'\n' && b != b'\t' || b == b'&';
            opened = opened.wrapping_add(u8::from(b == b'<'));
            closed = closed.wrapping_add(u8::from(b == b'>'));
        }
        open += i64::from(opened) - i64::from(closed);
        !odd
    });
    clean && open == 0 && memchr::memmem::find(bytes, b"\xef\xbf").is_none()
}

/// A signature that the general parser takes without a word, read by it alone.
fn signature_is_plain(fragment: &str) -> bool {
    // In comments and CDATA sections a `<` begins no tag.
    if memchr::memmem::find(fragment.as_bytes(), b"<!").is_some() {
        return false;
    }
    let Ok(tree) = Tree::parse(fragment.as_bytes()) else { return false };
    let item = &dsig::REQUIRED;
    let mut walk = Walk::new(&tree, Mode::Lenient);
    walk.element(0, item);
    let starts = fragment.starts_with('<') && !fragment.starts_with("<?");
    starts
        && tree.following(MOST_SIGNATURE_ELEMENTS as u32).is_none()
        && (tree.node(0).name, tree.node(0).space) == (item.name, item.space)
        && walk.take().is_empty()
}

struct Scan<'a> {
    source: &'a str,
    at: usize,
    /// Of the elements, with its colon; empty where they are in the default namespace.
    prefix: &'a str,
    /// It is the one of [`Item::tag`].
    ours: bool,
}

impl<'a> Scan<'a> {
    fn rest(&self) -> &'a [u8] {
        &self.source.as_bytes()[self.at..]
    }

    #[inline]
    fn blanks(&mut self) {
        let bytes = self.source.as_bytes();
        while self.at < bytes.len() && is_blank(bytes[self.at]) {
            self.at += 1;
        }
    }

    /// The root's opening tag: its message and guid.
    fn root(&mut self) -> Option<(&'static Rows, &'a str)> {
        self.blanks();
        let tag_end = self.at + memchr::memchr(b'>', self.rest())?;
        let tag = self.source.get(self.at..tag_end)?.strip_prefix('<')?;
        let (name, mut rest) = tag.split_at(tag.find([' ', '\n', '\t'])?);
        let local = name.split_once(':').map_or(name, |(_, local)| local);
        self.prefix = &name[..name.len() - local.len()];
        self.ours = self.prefix == "ceb:";
        let rows = Rows::rooted(local)?;
        let (mut space, mut guid, mut version, mut xsi) = (false, None, false, false);
        loop {
            let trimmed = rest.trim_start_matches([' ', '\n', '\t']);
            if trimmed.is_empty() {
                break;
            }
            if trimmed.len() == rest.len() {
                return None;
            }
            let (key, after) = trimmed.split_once("=\"")?;
            let (value, after) = after.split_once('"')?;
            if value.contains(['<', '&', '\n', '\t']) {
                return None;
            }
            let seen = match key {
                "guid" if length(value) == 36 => guid.replace(value).is_some(),
                "version" if (1..=10).contains(&length(value)) => std::mem::replace(&mut version, true),
                "xmlns:xsi" if value == XSI => std::mem::replace(&mut xsi, true),
                "xmlns" if self.prefix.is_empty() && value == CEB => std::mem::replace(&mut space, true),
                _ => {
                    let declared = key.strip_prefix("xmlns:")?;
                    if value != CEB || self.prefix.strip_suffix(':') != Some(declared) {
                        return None;
                    }
                    std::mem::replace(&mut space, true)
                }
            };
            if seen {
                return None;
            }
            rest = after;
        }
        self.at = tag_end + 1;
        (space && version && self.prefix != "xsi:").then_some((rows, guid?))
    }

    /// Takes `<prefix:name>` where it stands.
    #[inline]
    fn eat_open(&mut self, name: &str) -> bool {
        let after = self.rest().strip_prefix(b"<").and_then(|r| r.strip_prefix(self.prefix.as_bytes()));
        let after = after.and_then(|r| r.strip_prefix(name.as_bytes())).and_then(|r| r.strip_prefix(b">"));
        match after {
            Some(after) => {
                self.at = self.source.len() - after.len();
                true
            }
            None => false,
        }
    }

    #[inline]
    fn close(&mut self, name: &str) -> Option<()> {
        let after = self.rest().strip_prefix(b"</")?.strip_prefix(self.prefix.as_bytes())?;
        let after = after.strip_prefix(name.as_bytes())?.strip_prefix(b">")?;
        self.at = self.source.len() - after.len();
        Some(())
    }

    fn element(&mut self, name: &str, items: &[Item], out: &mut Vec<&'a str>) -> Option<()> {
        self.blanks();
        if !self.eat_open(name) {
            return None;
        }
        self.rows(items, out)?;
        self.blanks();
        self.close(name)
    }

    /// As [`Scan::eat_open`], most often with one comparison.
    #[inline]
    fn eat_row(&mut self, item: &Item) -> bool {
        if !self.ours {
            return self.eat_open(item.name);
        }
        let tag = &item.tag.as_bytes()[2..];
        let found = self.rest().strip_prefix(b"<").is_some_and(|r| r.starts_with(tag));
        self.at += if found { 1 + tag.len() } else { 0 };
        found
    }

    #[inline]
    fn close_row(&mut self, item: &Item) -> Option<()> {
        if !self.ours {
            return self.close(item.name);
        }
        self.rest().starts_with(item.tag.as_bytes()).then(|| self.at += item.tag.len())
    }

    /// The rows of an element in their order, one value each, empty where absent.
    fn rows(&mut self, items: &[Item], out: &mut Vec<&'a str>) -> Option<()> {
        for item in items {
            self.blanks();
            if !self.eat_row(item) {
                if item.need != Need::May {
                    return None;
                }
                out.push("");
                continue;
            }
            let end = self.at + memchr::memchr(b'<', self.rest())?;
            let value = self.source.get(self.at..end)?;
            let bytes = value.as_bytes();
            let (first, last) = (*bytes.first()?, *bytes.last()?);
            if is_blank(first) || is_blank(last) {
                return None;
            }
            let Body::Value(kind) = item.body else { return None };
            kind.check(value).ok()?;
            out.push(value);
            self.at = end;
            self.close_row(item)?;
        }
        Some(())
    }
}
