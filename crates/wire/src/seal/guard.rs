//! What is refused before a tree is built, so that hostile bytes cost no more than their length.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter, memchr3, memmem};

use super::fault::{Code, Flaw};

/// Elements may be nested this deep; messages of the trade need six levels.
const DEPTH_MAX: usize = 64;
const ATTRIBUTES_MAX: usize = 64;
/// Declarations in force at one place.
const NAMESPACES_MAX: usize = 64;
/// The largest messages (100 documents of 99 lines) have about half a million nodes in 15 MB.
pub(super) const NODES_MAX: u32 = 2_000_000;
const BYTES_MAX: usize = 64 << 20;

/// The message as text with every line ending in one LF (XML 1.0, 2.11: before it is parsed), if it is
/// UTF-8, has no DOCTYPE, and is neither too large, too deep nor too wide.
///
/// Places in that text, also those of flaws, are brought back to the message by [`as_it_came`].
pub(super) fn check(message: &[u8]) -> Result<Cow<'_, str>, Flaw> {
    if message.len() > BYTES_MAX {
        return Err(Flaw::new(Code::TooLarge, 0, ""));
    }
    let text = std::str::from_utf8(message).map_err(|e| Flaw::new(Code::NotUtf8, e.valid_up_to(), ""))?;
    let text = match memchr(b'\r', message) {
        None => Cow::Borrowed(text),
        // The tree's builder confuses a line break that is written out with one that is referred to.
        Some(_) => Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")),
    };
    check_encoding(&text)?;
    check_tags(text.as_bytes())?;
    Ok(text)
}

/// Where in `message` the byte `at` of its text stands.
pub(super) fn as_it_came(message: &[u8], at: usize) -> usize {
    let shortened = memchr_iter(b'\r', message).filter(|i| message.get(i + 1) == Some(&b'\n'));
    // The nth line break that was shortened stands n bytes further on in the message.
    at + shortened.enumerate().take_while(|(n, i)| i - n < at).count()
}

/// Where roxmltree found the message not well-formed.
pub(super) fn flaw(text: &str, error: &roxmltree::Error) -> Flaw {
    let code = match error {
        roxmltree::Error::DtdDetected => Code::Doctype,
        roxmltree::Error::NodesLimitReached => Code::TooLarge,
        _ => Code::NotXml,
    };
    let place = error.pos();
    let (row, column) = (place.row.max(1) as usize - 1, place.col.max(1) as usize - 1);
    let line = match row {
        0 => 0,
        _ => memchr::memchr_iter(b'\n', text.as_bytes()).nth(row - 1).map_or(text.len(), |at| at + 1),
    };
    let at = line + text[line..].char_indices().nth(column).map_or(text.len() - line, |(at, _)| at);
    Flaw::new(code, at, "")
}

/// A declaration that names another encoding than UTF-8 would have other readers see other characters.
fn check_encoding(text: &str) -> Result<(), Flaw> {
    let Some(declaration) = text.trim_start_matches('\u{FEFF}').strip_prefix("<?xml") else { return Ok(()) };
    let declaration = &declaration[..declaration.find("?>").unwrap_or(declaration.len())];
    let Some(at) = declaration.find("encoding") else { return Ok(()) };
    let value = declaration[at + 8..].trim_start().trim_start_matches('=').trim_start();
    let named = value.get(1..).and_then(|v| v.split(['"', '\'']).next()).unwrap_or_default();
    if named.eq_ignore_ascii_case("utf-8") { Ok(()) } else { Err(Flaw::new(Code::NotUtf8, 0, named)) }
}

/// One walk over the tags, without a tree.
fn check_tags(message: &[u8]) -> Result<(), Flaw> {
    // For each open element, how many declarations were in force around it.
    let mut around = Vec::new();
    let mut namespaces = 0;
    let mut at = 0;
    while let Some(found) = memchr(b'<', &message[at..]) {
        let start = at + found;
        let rest = &message[start..];
        let until = |end: &[u8]| {
            let length = memmem::find(rest, end).ok_or_else(|| Flaw::new(Code::NotXml, start, ""))?;
            Ok(start + length + end.len())
        };
        at = match rest.get(1) {
            Some(b'?') => until(b"?>")?,
            Some(b'/') => {
                namespaces = around.pop().unwrap_or(0);
                until(b">")?
            }
            Some(b'!') if rest.starts_with(b"<!--") => until(b"-->")?,
            Some(b'!') if rest.starts_with(b"<![CDATA[") => until(b"]]>")?,
            Some(b'!') if rest.starts_with(b"<!DOCTYPE") => return Err(Flaw::new(Code::Doctype, start, "")),
            _ => {
                let tag = start_tag(message, start)?;
                if tag.attributes > ATTRIBUTES_MAX {
                    return Err(Flaw::new(Code::TooManyAttributes, start, ""));
                }
                if !tag.empty {
                    around.push(namespaces);
                    namespaces += tag.namespaces;
                }
                if around.len() > DEPTH_MAX {
                    return Err(Flaw::new(Code::TooDeep, start, ""));
                }
                if namespaces > NAMESPACES_MAX {
                    return Err(Flaw::new(Code::TooManyNamespaces, start, ""));
                }
                tag.end
            }
        };
    }
    Ok(())
}

/// Where the start tag that begins at `start` ends.
pub(super) fn start_tag_end(message: &[u8], start: usize) -> Result<usize, Flaw> {
    start_tag(message, start).map(|tag| tag.end)
}

struct StartTag {
    end: usize,
    attributes: usize,
    namespaces: usize,
    empty: bool,
}

fn start_tag(message: &[u8], start: usize) -> Result<StartTag, Flaw> {
    let broken = || Flaw::new(Code::NotXml, start, "");
    let (mut attributes, mut namespaces) = (0, 0);
    let mut at = start + 1;
    loop {
        let next = at + memchr3(b'"', b'\'', b'>', &message[at..]).ok_or_else(broken)?;
        if message[next] == b'>' {
            return Ok(StartTag { end: next + 1, attributes, namespaces, empty: message[next - 1] == b'/' });
        }
        attributes += 1;
        namespaces += usize::from(memmem::find(&message[at..next], b"xmlns").is_some());
        at = next + 2 + memchr(message[next], &message[next + 1..]).ok_or_else(broken)?;
    }
}
