//! XML and JSON as one tree of named texts. Depth and size are bounded before anything is built.

use quick_xml::Reader;
use quick_xml::events::Event;
use trade::finding::{Code, Finding};

/// What a file holds: a text, named values in their order, or several values under one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    Text(String),
    Map(Vec<(String, Node)>),
    List(Vec<Node>),
}

/// File, document, line: four levels are used.
const DEPTH: usize = 8;

/// What is no file of ours, and where.
pub fn malformed(what: impl std::fmt::Display) -> Finding {
    Finding::new(Code::NotXml, "", "").arg("what", what)
}

/// Reads either form.
pub fn parse(bytes: &[u8]) -> Result<Node, Finding> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|_| malformed("UTF-8"))?;
    match text.trim_start().as_bytes().first() {
        Some(b'<') => xml(text),
        _ => json(text),
    }
}

/// The local name of the root element, without reading the rest.
pub fn root_name(text: &[u8]) -> Option<&str> {
    let mut rest =
        std::str::from_utf8(&text[..text.len().min(4_096)]).or_else(|e| std::str::from_utf8(&text[..e.valid_up_to()]));
    while let Ok(text) = rest {
        let text = text.trim_start();
        if let Some(after) = text.strip_prefix("<?") {
            rest = Ok(after.split_once("?>")?.1);
        } else if let Some(after) = text.strip_prefix("<!--") {
            rest = Ok(after.split_once("-->")?.1);
        } else {
            let name = text.strip_prefix('<')?.split([' ', '>', '/', '\t', '\r', '\n']).next()?;
            return Some(name.rsplit(':').next().unwrap_or(name));
        }
    }
    None
}

fn xml(text: &str) -> Result<Node, Finding> {
    let mut reader = Reader::from_str(text);
    let mut open: Open = Vec::new();
    let mut root: Option<(String, Node)> = None;
    let at = |reader: &Reader<&[u8]>| {
        let place = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX).min(text.len());
        format!("line {}", text.as_bytes()[..place].iter().filter(|b| **b == b'\n').count() + 1)
    };
    loop {
        let event = reader.read_event().map_err(|e| malformed(format!("{e} ({})", at(&reader))))?;
        match event {
            Event::Start(start) => {
                if open.len() >= DEPTH || root.is_some() {
                    return Err(malformed(at(&reader)));
                }
                let name = start.local_name().into_inner().to_owned();
                open.push((name, Vec::new(), String::new()));
            }
            Event::Empty(start) => {
                let name = start.local_name().into_inner().to_owned();
                close(name, Node::Text(String::new()), &mut open, &mut root).map_err(|()| malformed(at(&reader)))?;
            }
            Event::End(_) => {
                let Some((name, children, words)) = open.pop() else { return Err(malformed(at(&reader))) };
                let blank = words.trim().is_empty();
                let node = match children.is_empty() {
                    true => Node::Text(words.trim().to_owned()),
                    false if blank => Node::Map(gathered(children)),
                    false => return Err(Finding::new(Code::StrayText, "", &name)),
                };
                close(name, node, &mut open, &mut root).map_err(|()| malformed(at(&reader)))?;
            }
            Event::Text(words) => match open.last_mut() {
                Some((.., text)) => text.push_str(&words),
                None if words.trim().is_empty() => {}
                None => return Err(malformed(at(&reader))),
            },
            Event::CData(words) => {
                let Some((.., text)) = open.last_mut() else { return Err(malformed(at(&reader))) };
                text.push_str(&words);
            }
            Event::GeneralRef(name) => {
                let Some((.., text)) = open.last_mut() else { return Err(malformed(at(&reader))) };
                let character = match name.resolve_char_ref() {
                    Ok(Some(c)) => c,
                    _ => match &name[..] {
                        "lt" => '<',
                        "gt" => '>',
                        "amp" => '&',
                        "quot" => '"',
                        "apos" => '\'',
                        _ => return Err(Finding::new(Code::EntityRefused, "", "").arg("entity", at(&reader))),
                    },
                };
                text.push(character);
            }
            Event::DocType(_) => return Err(Finding::new(Code::DoctypeRefused, "", "")),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    match root.filter(|_| open.is_empty()) {
        Some((name, node)) => Ok(Node::Map(vec![(name, node)])),
        None => Err(malformed(at(&reader))),
    }
}

/// Open elements: name, children, text so far.
type Open = Vec<(String, Vec<(String, Node)>, String)>;

fn close(name: String, node: Node, open: &mut Open, root: &mut Option<(String, Node)>) -> Result<(), ()> {
    match open.last_mut() {
        Some((_, children, _)) => children.push((name, node)),
        None if root.is_none() => *root = Some((name, node)),
        None => return Err(()),
    }
    Ok(())
}

/// Elements of one name that follow each other are a list.
fn gathered(children: Vec<(String, Node)>) -> Vec<(String, Node)> {
    let mut out: Vec<(String, Node)> = Vec::new();
    for (name, node) in children {
        match out.last_mut() {
            Some((last, value)) if *last == name => match value {
                Node::List(values) => values.push(node),
                single => {
                    let first = std::mem::replace(single, Node::Text(String::new()));
                    *single = Node::List(vec![first, node]);
                }
            },
            _ => out.push((name, node)),
        }
    }
    out
}

/// A reader of JSON (RFC 8259) that keeps numbers as they were written: no quantity is rounded on its way.
struct Json<'a> {
    text: &'a str,
    at: usize,
}

fn json(text: &str) -> Result<Node, Finding> {
    let mut json = Json { text, at: 0 };
    let node = json.value(0)?;
    json.blank();
    if json.at < text.len() { Err(json.wrong()) } else { Ok(node) }
}

impl Json<'_> {
    fn wrong(&self) -> Finding {
        let lines = self.text.as_bytes()[..self.at.min(self.text.len())].iter().filter(|b| **b == b'\n').count() + 1;
        malformed(format!("JSON, line {lines}"))
    }

    fn blank(&mut self) {
        let rest = self.text.as_bytes()[self.at..].iter();
        self.at += rest.take_while(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n')).count();
    }

    fn peek(&mut self) -> Option<u8> {
        self.blank();
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> Result<(), Finding> {
        match self.peek() {
            Some(b) if b == byte => {
                self.at += 1;
                Ok(())
            }
            _ => Err(self.wrong()),
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node, Finding> {
        if depth > DEPTH {
            return Err(self.wrong());
        }
        match self.peek() {
            Some(b'{') => {
                self.at += 1;
                let mut entries: Vec<(String, Node)> = Vec::new();
                while self.peek() != Some(b'}') {
                    if !entries.is_empty() {
                        self.take(b',')?;
                        self.blank();
                    }
                    let name = self.string()?;
                    self.take(b':')?;
                    let value = self.value(depth + 1)?;
                    // Small objects: a name that stands twice would hide one of its values.
                    if entries.iter().any(|(n, _)| *n == name) {
                        return Err(Finding::new(Code::ElementTwice, "", &name));
                    }
                    entries.push((name, value));
                    if entries.len() > 1_000 {
                        return Err(self.wrong());
                    }
                }
                self.at += 1;
                Ok(Node::Map(entries))
            }
            Some(b'[') => {
                self.at += 1;
                let mut values = Vec::new();
                while self.peek() != Some(b']') {
                    if !values.is_empty() {
                        self.take(b',')?;
                    }
                    values.push(self.value(depth + 1)?);
                }
                self.at += 1;
                Ok(Node::List(values))
            }
            Some(b'"') => self.string().map(Node::Text),
            Some(b'-' | b'0'..=b'9') => self.number().map(Node::Text),
            _ => self.word(),
        }
    }

    fn word(&mut self) -> Result<Node, Finding> {
        for (word, meant) in [("true", "true"), ("false", "false"), ("null", "")] {
            if self.text[self.at..].starts_with(word) {
                self.at += word.len();
                return Ok(Node::Text(meant.to_owned()));
            }
        }
        Err(self.wrong())
    }

    fn number(&mut self) -> Result<String, Finding> {
        let from = self.at;
        let bytes = self.text.as_bytes();
        while bytes.get(self.at).is_some_and(|b| b.is_ascii_digit() || matches!(b, b'-' | b'+' | b'.' | b'e' | b'E')) {
            self.at += 1;
        }
        Ok(self.text[from..self.at].to_owned())
    }

    fn string(&mut self) -> Result<String, Finding> {
        if self.text.as_bytes().get(self.at) != Some(&b'"') {
            return Err(self.wrong());
        }
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = &self.text[self.at..];
            let Some(c) = rest.chars().next() else { return Err(self.wrong()) };
            self.at += c.len_utf8();
            match c {
                '"' => return Ok(out),
                '\\' => {
                    let Some(escape) = self.text[self.at..].chars().next() else { return Err(self.wrong()) };
                    self.at += escape.len_utf8();
                    out.push(match escape {
                        '"' | '\\' | '/' => escape,
                        'b' => '\u{8}',
                        'f' => '\u{c}',
                        'n' => '\n',
                        'r' => '\r',
                        't' => '\t',
                        'u' => self.escaped()?,
                        _ => return Err(self.wrong()),
                    });
                }
                c if c < ' ' => return Err(self.wrong()),
                c => out.push(c),
            }
        }
    }

    fn hex(&mut self) -> Result<u32, Finding> {
        let digits = self.text.get(self.at..self.at + 4).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        let Some(unit) = digits.and_then(|d| u32::from_str_radix(d, 16).ok()) else { return Err(self.wrong()) };
        self.at += 4;
        Ok(unit)
    }

    /// A `\u` escape, with its second half where it is one of a pair.
    fn escaped(&mut self) -> Result<char, Finding> {
        let first = self.hex()?;
        let code = match first {
            0xD800..=0xDBFF if self.text[self.at..].starts_with("\\u") => {
                self.at += 2;
                let second = self.hex()?;
                if !(0xDC00..=0xDFFF).contains(&second) {
                    return Err(self.wrong());
                }
                0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)
            }
            other => other,
        };
        char::from_u32(code).ok_or_else(|| self.wrong())
    }
}

pub fn write_xml(name: &str, node: &Node, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    match node {
        Node::List(values) => values.iter().for_each(|value| write_xml(name, value, depth, out)),
        Node::Map(entries) => {
            out.push_str(&format!("{indent}<{name}>\n"));
            for (name, value) in entries {
                write_xml(name, value, depth + 1, out);
            }
            out.push_str(&format!("{indent}</{name}>\n"));
        }
        Node::Text(text) => {
            let mut escaped = Vec::new();
            crate::ceb::escape(text, false, &mut escaped);
            out.push_str(&format!("{indent}<{name}>{}</{name}>\n", String::from_utf8_lossy(&escaped)));
        }
    }
}

pub fn write_json(node: &Node, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth + 1);
    let mut many = |open: char, close: char, items: Vec<(Option<&str>, &Node)>| {
        out.push(open);
        for (n, (name, value)) in items.iter().enumerate() {
            out.push_str(if n == 0 { "\n" } else { ",\n" });
            out.push_str(&indent);
            if let Some(name) = name {
                quote(name, out);
                out.push_str(": ");
            }
            write_json(value, depth + 1, out);
        }
        if !items.is_empty() {
            out.push('\n');
            out.push_str(&"  ".repeat(depth));
        }
        out.push(close);
    };
    match node {
        Node::Map(entries) => many('{', '}', entries.iter().map(|(n, v)| (Some(n.as_str()), v)).collect()),
        Node::List(values) => many('[', ']', values.iter().map(|v| (None, v)).collect()),
        Node::Text(text) => quote(text, out),
    }
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}
