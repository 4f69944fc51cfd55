//! The general parser: any bytes to a bounded tree of elements, or one fault with its place.
//!
//! Well-formedness is judged here (names, characters, references, namespaces); what belongs where is not.

use super::schema::{Space, is_blank};
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use std::borrow::Cow;
use trade::finding::{Code, Finding};

/// No message is larger: a hundred lists of 99 lines stay far below.
pub const MAX_BYTES: usize = 32 << 20;
const MAX_ELEMENTS: usize = 1_000_000;
const MAX_DEPTH: usize = 200;
const MAX_ATTRIBUTES: usize = 64;

/// An element of the tree; 0 is the root.
pub type Id = u32;
const NONE: Id = u32::MAX;

pub struct Node<'a> {
    pub name: &'a str,
    pub space: Space,
    /// The text of an element without elements inside.
    pub text: Cow<'a, str>,
    /// There is text other than white space beside elements.
    pub stray: bool,
    /// Byte range in the message as it was sent.
    pub start: u32,
    pub end: u32,
    first: Id,
    last: Id,
    next: Id,
    attributes: (u32, u32),
}

pub struct Attr<'a> {
    pub name: &'a str,
    pub space: Space,
    pub value: Cow<'a, str>,
}

/// A well-formed message.
pub struct Tree<'a> {
    pub source: &'a str,
    nodes: Vec<Node<'a>>,
    attributes: Vec<Attr<'a>>,
    /// It began with a byte-order mark; offsets count from behind it.
    pub marked: bool,
    /// There are comments or processing instructions, which no reading shows.
    pub remarks: bool,
}

/// Bytes as text, without a byte-order mark.
///
/// # Errors
/// `EncodingWrong` says which encoding it looks like, `MessageTooLarge` the limit.
pub fn text_of(bytes: &[u8]) -> Result<(&str, bool), Finding> {
    if bytes.len() > MAX_BYTES {
        return Err(Finding::new(Code::MessageTooLarge, "", "")
            .arg("what", "the number of bytes")
            .arg("limit", MAX_BYTES));
    }
    let (body, marked) = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => (rest, true),
        rest => (rest, false),
    };
    match std::str::from_utf8(body) {
        Ok(text) if !matches!(body, [0, ..] | [_, 0, ..]) => Ok((text, marked)),
        outcome => {
            let at = outcome.err().map_or(0, |e| e.valid_up_to());
            if outcome.is_err_and(|e| e.error_len().is_none()) && at > 3 {
                let mut finding = Finding::new(Code::NotXml, "", "").arg("what", "it ends within a character");
                finding.source_line = 1 + memchr::memchr_iter(b'\n', &body[..at]).count() as u32;
                return Err(finding);
            }
            let looks = match bytes {
                [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, ..] | [_, 0, ..] => "UTF-16",
                _ if looks_like_gbk(&body[at..]) => "GBK (GB 18030)",
                _ => "no encoding we know",
            };
            let mut finding = Finding::new(Code::EncodingWrong, "", "").arg("looks", looks);
            finding.source_line = 1 + memchr::memchr_iter(b'\n', &body[..at]).count() as u32;
            Err(finding)
        }
    }
}

/// Every byte above 127 begins a pair (or a group of four) of GB 18030, over the first few thousand bytes.
fn looks_like_gbk(bytes: &[u8]) -> bool {
    let mut rest = &bytes[..bytes.len().min(4_096)];
    let cut = rest.len() < bytes.len();
    loop {
        rest = match rest {
            [] => return true,
            [0..=0x7f, rest @ ..] => rest,
            [0x81..=0xfe, 0x40..=0x7e | 0x80..=0xfe, rest @ ..] => rest,
            [0x81..=0xfe, 0x30..=0x39, 0x81..=0xfe, 0x30..=0x39, rest @ ..] => rest,
            rest => return cut && rest.len() < 4,
        };
    }
}

impl<'a> Tree<'a> {
    /// # Errors
    /// The first thing that makes the bytes unreadable.
    pub fn parse(bytes: &'a [u8]) -> Result<Tree<'a>, Finding> {
        let (source, marked) = text_of(bytes)?;
        let mut building = Building {
            tree: Tree { source, nodes: Vec::new(), attributes: Vec::new(), marked, remarks: false },
            open: Vec::new(),
            scopes: vec![("xml", Space::Xml)],
            ended: false,
        };
        match building.run() {
            Ok(()) => Ok(building.tree),
            Err((finding, at)) => Err(Finding { source_line: line_of(source, at), field: building.path(), ..*finding }),
        }
    }

    pub fn node(&self, id: Id) -> &Node<'a> {
        &self.nodes[id as usize]
    }

    pub fn children(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        let mut at = self.nodes[id as usize].first;
        std::iter::from_fn(move || {
            let now = at;
            (now != NONE).then(|| {
                at = self.nodes[now as usize].next;
                now
            })
        })
    }

    /// The element after this one, in the order of the message.
    pub fn following(&self, id: Id) -> Option<Id> {
        (id as usize + 1 < self.nodes.len()).then_some(id + 1)
    }

    pub fn has_children(&self, id: Id) -> bool {
        self.nodes[id as usize].first != NONE
    }

    pub fn attributes(&self, id: Id) -> &[Attr<'a>] {
        let (from, to) = self.nodes[id as usize].attributes;
        &self.attributes[from as usize..to as usize]
    }

    /// The line, from 1, on which an element begins.
    pub fn line(&self, id: Id) -> u32 {
        line_of(self.source, self.nodes[id as usize].start as usize)
    }
}

pub fn line_of(source: &str, at: usize) -> u32 {
    1 + memchr::memchr_iter(b'\n', &source.as_bytes()[..at.min(source.len())]).count() as u32
}

struct Building<'a> {
    tree: Tree<'a>,
    /// Open elements, each with the scopes that were known before it.
    open: Vec<(Id, usize)>,
    scopes: Vec<(&'a str, Space)>,
    ended: bool,
}

type Fault = (Box<Finding>, usize);

fn not_xml(what: &str, at: usize) -> Fault {
    (Box::new(Finding::new(Code::NotXml, "", "").arg("what", what)), at)
}

fn too_large(what: &str, limit: usize, at: usize) -> Fault {
    (Box::new(Finding::new(Code::MessageTooLarge, "", "").arg("what", what).arg("limit", limit)), at)
}

impl<'a> Building<'a> {
    fn path(&self) -> String {
        let mut path = String::new();
        for (id, _) in self.open.iter().take(8) {
            path.push('/');
            path.extend(self.tree.node(*id).name.chars().take(64));
        }
        path
    }

    fn run(&mut self) -> Result<(), Fault> {
        let source = self.tree.source;
        if let Some((at, _)) = source.char_indices().find(|&(_, c)| !is_char(c)) {
            return Err(not_xml("a control character", at));
        }
        let mut reader = Reader::from_str(source);
        reader.config_mut().check_comments = true;
        loop {
            let at = reader.buffer_position() as usize;
            let event = reader.read_event().map_err(|e| {
                let what = match e {
                    quick_xml::Error::Syntax(_) => "a tag, comment or instruction that is not closed",
                    quick_xml::Error::IllFormed(_) => "a closing tag does not fit, or a comment or name is wrong",
                    _ => "it cannot be read",
                };
                not_xml(what, reader.error_position() as usize)
            })?;
            match event {
                Event::Start(e) => self.start(&e, at, false, reader.buffer_position() as usize)?,
                Event::Empty(e) => self.start(&e, at, true, reader.buffer_position() as usize)?,
                Event::End(_) => self.end(reader.buffer_position() as usize),
                Event::Text(t) => {
                    if t.contains("]]>") {
                        return Err(not_xml("]]> in a text", at));
                    }
                    let blank = t.bytes().all(is_blank);
                    if self.open.is_empty() && !blank {
                        return Err(not_xml("text outside the root element", at));
                    }
                    // The slice itself, so that nothing is copied.
                    let raw = &source[at..at + t.len()];
                    let text = if raw.contains('\r') { Cow::Owned(t.xml10_content().into_owned()) } else { raw.into() };
                    self.text(text);
                }
                Event::CData(t) => {
                    if self.open.is_empty() {
                        return Err(not_xml("CDATA outside the root element", at));
                    }
                    self.text(Cow::Owned(t.xml10_content().into_owned()));
                }
                Event::GeneralRef(name) => {
                    if self.open.is_empty() {
                        return Err(not_xml("text outside the root element", at));
                    }
                    let c = reference(&name).ok_or((Box::new(Finding::new(Code::EntityRefused, "", "")), at))?;
                    self.text(Cow::Owned(c.to_string()));
                }
                Event::Comment(_) => self.tree.remarks = true,
                Event::PI(pi) => {
                    self.tree.remarks = true;
                    if !is_ncname(pi.target()) || pi.target().eq_ignore_ascii_case("xml") {
                        return Err(not_xml("a processing instruction with a wrong name", at));
                    }
                }
                Event::Decl(_) => {
                    let raw = &source[at..reader.buffer_position() as usize];
                    if at != 0 {
                        return Err(not_xml("an XML declaration that is not at the start", at));
                    }
                    declaration(raw).map_err(|finding| (Box::new(finding), at))?;
                }
                Event::DocType(_) => return Err((Box::new(Finding::new(Code::DoctypeRefused, "", "")), at)),
                Event::Eof if self.ended && self.open.is_empty() => return Ok(()),
                Event::Eof => return Err(not_xml("it ends before the root element is closed", source.len())),
            }
        }
    }

    fn start(&mut self, e: &BytesStart<'_>, at: usize, empty: bool, after: usize) -> Result<(), Fault> {
        let source = self.tree.source;
        if self.ended {
            return Err(not_xml("a second root element", at));
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(too_large("nesting", MAX_DEPTH, at));
        }
        if self.tree.nodes.len() >= MAX_ELEMENTS {
            return Err(too_large("the number of elements", MAX_ELEMENTS, at));
        }
        let name_len = e.name().as_ref().len();
        let name = source.get(at + 1..at + 1 + name_len).unwrap_or("");
        let known_before = self.scopes.len();
        let from = self.tree.attributes.len();
        let tail = after - if empty { 2 } else { 1 };
        let mut found = Vec::new();
        attributes(source, at + 1 + name_len, tail, &mut found)?;
        for (name, value, _) in &found {
            let prefix = match name.strip_prefix("xmlns") {
                Some("") => "",
                Some(rest) => match rest.strip_prefix(':') {
                    Some(prefix) => prefix,
                    None => continue,
                },
                None => continue,
            };
            let space = Space::of(value);
            let reserved = value == "http://www.w3.org/2000/xmlns/" || (prefix == "xml") != (space == Space::Xml);
            if prefix == "xmlns" || reserved || (!prefix.is_empty() && (value.is_empty() || !is_ncname(prefix))) {
                return Err(not_xml("a wrong namespace declaration", at));
            }
            self.scopes.push((prefix, space));
        }
        for (name, value, at) in found {
            if name == "xmlns" || name.starts_with("xmlns:") {
                continue;
            }
            let (prefix, local) = split_name(name).ok_or_else(|| not_xml("a wrong attribute name", at))?;
            let space = if prefix.is_empty() { Space::None } else { self.scope(prefix, at)? };
            if self.tree.attributes[from..].iter().any(|a| a.name == local && a.space == space && space != Space::Other)
            {
                return Err(not_xml("an attribute stands twice", at));
            }
            self.tree.attributes.push(Attr { name: local, space, value });
        }
        let (prefix, local) = split_name(name).ok_or_else(|| not_xml("a wrong element name", at))?;
        let space = self.scope(prefix, at)?;
        let id = self.tree.nodes.len() as Id;
        self.tree.nodes.push(Node {
            name: local,
            space,
            text: Cow::Borrowed(""),
            stray: false,
            start: at as u32,
            end: after as u32,
            first: NONE,
            last: NONE,
            next: NONE,
            attributes: (from as u32, self.tree.attributes.len() as u32),
        });
        if let Some(&(parent, _)) = self.open.last() {
            let parent = &mut self.tree.nodes[parent as usize];
            parent.stray |= !parent.text.bytes().all(is_blank);
            parent.text = Cow::Borrowed("");
            let before = std::mem::replace(&mut parent.last, id);
            if before == NONE {
                parent.first = id;
            } else {
                self.tree.nodes[before as usize].next = id;
            }
        }
        self.open.push((id, known_before));
        if empty {
            self.end(after);
        }
        Ok(())
    }

    fn end(&mut self, after: usize) {
        // quick-xml has checked that the tags fit.
        if let Some((id, known)) = self.open.pop() {
            self.tree.nodes[id as usize].end = after as u32;
            self.scopes.truncate(known);
        }
        self.ended = self.open.is_empty();
    }

    fn text(&mut self, text: Cow<'a, str>) {
        let Some(&(id, _)) = self.open.last() else { return };
        let node = &mut self.tree.nodes[id as usize];
        if node.first != NONE {
            node.stray |= !text.bytes().all(is_blank);
        } else if node.text.is_empty() {
            node.text = text;
        } else {
            node.text.to_mut().push_str(&text);
        }
    }

    fn scope(&self, prefix: &str, at: usize) -> Result<Space, Fault> {
        match self.scopes.iter().rev().find(|(known, _)| *known == prefix) {
            Some(&(_, space)) => Ok(space),
            None if prefix.is_empty() => Ok(Space::None),
            None => Err(not_xml("a prefix without a namespace", at)),
        }
    }
}

/// Reads the attributes between a tag's name and its end: name, value with references resolved, place.
fn attributes<'a>(
    source: &'a str,
    from: usize,
    to: usize,
    out: &mut Vec<(&'a str, Cow<'a, str>, usize)>,
) -> Result<(), Fault> {
    let bytes = source.as_bytes();
    let skip = |mut i: usize| {
        while i < to && is_blank(bytes[i]) {
            i += 1;
        }
        i
    };
    let mut i = from;
    loop {
        let next = skip(i);
        if next >= to {
            return Ok(());
        }
        if next == i {
            return Err(not_xml("no blank before an attribute", i));
        }
        if out.len() >= MAX_ATTRIBUTES {
            return Err(too_large("the number of attributes", MAX_ATTRIBUTES, i));
        }
        let end = (next..to).find(|&k| is_blank(bytes[k]) || bytes[k] == b'=').unwrap_or(to);
        let name = &source[next..end];
        let equals = skip(end);
        let open = skip(equals + 1);
        let quote = match (bytes.get(equals), bytes.get(open)) {
            (Some(b'='), Some(&q @ (b'"' | b'\''))) if open < to => q,
            _ => return Err(not_xml("an attribute without a value in quotes", next)),
        };
        let close = memchr::memchr(quote, &bytes[open + 1..to])
            .map(|k| open + 1 + k)
            .ok_or_else(|| not_xml("an attribute value that is not closed", next))?;
        let raw = &source[open + 1..close];
        let value = attribute_value(raw).map_err(|code| match code {
            Code::EntityRefused => (Box::new(Finding::new(code, "", "")), next),
            _ => not_xml("< in an attribute value", next),
        })?;
        if out.iter().any(|(known, _, _)| *known == name) {
            return Err(not_xml("an attribute stands twice", next));
        }
        out.push((name, value, next));
        i = close + 1;
    }
}

fn attribute_value(raw: &str) -> Result<Cow<'_, str>, Code> {
    if raw.contains('<') {
        return Err(Code::NotXml);
    }
    if !raw.contains(['&', '\t', '\n', '\r']) {
        return Ok(Cow::Borrowed(raw));
    }
    let (mut value, mut rest) = (String::with_capacity(raw.len()), raw);
    while let Some(at) = rest.find(['&', '\t', '\n', '\r']) {
        value.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix('&') {
            let (name, after) = after.split_once(';').ok_or(Code::EntityRefused)?;
            value.push(reference(name).ok_or(Code::EntityRefused)?);
            rest = after;
        } else {
            value.push(' ');
            rest = rest.strip_prefix("\r\n").unwrap_or(&rest[1..]);
        }
    }
    value.push_str(rest);
    Ok(Cow::Owned(value))
}

/// The character that a reference stands for; only the five of XML and numbers are known.
fn reference(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let digits = name.strip_prefix('#')?;
            let n = match digits.strip_prefix('x') {
                Some(hex) if hex.bytes().all(|b| b.is_ascii_hexdigit()) => u32::from_str_radix(hex, 16).ok()?,
                None if digits.bytes().all(|b| b.is_ascii_digit()) => digits.parse().ok()?,
                _ => return None,
            };
            char::from_u32(n).filter(|&c| is_char(c))
        }
    }
}

/// `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`, with only what XML allows and an encoding that is ours.
fn declaration(raw: &str) -> Result<(), Finding> {
    let wrong = |what: &str| Finding::new(Code::NotXml, "", "").arg("what", what);
    let mut found = Vec::new();
    let end = raw.len().saturating_sub(2);
    attributes(raw, 5, end, &mut found).map_err(|_| wrong("a wrong XML declaration"))?;
    let mut names = found.iter().map(|(name, value, _)| (*name, value.as_ref())).peekable();
    match names.next() {
        Some(("version", v)) if v.strip_prefix("1.").is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit())) => {}
        _ => return Err(wrong("an XML declaration without version 1.0")),
    }
    if let Some((_, encoding)) = names.next_if(|(name, _)| *name == "encoding")
        && !encoding.eq_ignore_ascii_case("utf-8")
        && !encoding.eq_ignore_ascii_case("utf8")
        && !encoding.eq_ignore_ascii_case("us-ascii")
        && !encoding.eq_ignore_ascii_case("ascii")
    {
        let looks: String = encoding.chars().filter(|c| c.is_ascii_graphic()).take(40).collect();
        return Err(Finding::new(Code::EncodingWrong, "", "").arg("looks", looks));
    }
    if let Some((_, value)) = names.next_if(|(name, _)| *name == "standalone")
        && value != "yes"
        && value != "no"
    {
        return Err(wrong("a wrong XML declaration"));
    }
    if names.next().is_some() { Err(wrong("a wrong XML declaration")) } else { Ok(()) }
}

/// Production `Char` of XML 1.0.
pub fn is_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// Production `NameStartChar`, with the colon.
pub fn starts_name(c: char) -> bool {
    matches!(c, ':' | '_' | 'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}'
        | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}'
        | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}'
        | '\u{10000}'..='\u{effff}')
}

/// Production `NameChar`.
pub fn goes_on_name(c: char) -> bool {
    starts_name(c) || matches!(c, '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}

fn is_ncname(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c != ':' && starts_name(c)) && chars.all(|c| c != ':' && goes_on_name(c))
}

/// Prefix (or nothing) and local name.
fn split_name(name: &str) -> Option<(&str, &str)> {
    match name.split_once(':') {
        None => is_ncname(name).then_some(("", name)),
        Some((prefix, local)) => (is_ncname(prefix) && is_ncname(local)).then_some((prefix, local)),
    }
}
