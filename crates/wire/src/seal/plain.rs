//! The fast way: messages whose bytes are their own canonical form, recognised without a tree.
//!
//! Soundness does not rest on this file reading XML well. What is hashed is the message's own bytes,
//! every one of them from the root's start tag to its end tag but the Signature and, where tolerated, the
//! white space beside it; and the Signature stands where only one place is possible, before the root's
//! end tag. So whatever passes was written so by the signer. Being conservative here serves something
//! else: that both ways give one verdict for every well-formed message. (Whether a message is
//! well-formed XML is for the reader of documents to say.)

use std::ops::Range;

use memchr::memmem;

/// A longer Signature goes the general way.
const SIGNATURE_MAX: usize = 64 << 10;

/// Where the parts of a canonical message stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parts {
    /// The root's start tag.
    pub root_tag: Range<usize>,
    /// From the root's start tag to the white space before the Signature.
    pub body: Range<usize>,
    pub space_before: Range<usize>,
    pub signature: Range<usize>,
    pub space_after: Range<usize>,
    /// The root's end tag.
    pub end_tag: Range<usize>,
}

/// Finds the parts of a message that is canonical outside its Signature; `None` where that is not certain.
pub(super) fn parts(message: &[u8]) -> Option<Parts> {
    let root_tag = root_tag(message)?;
    let end_tag = end_tag(message, &root_tag)?;
    let signature_end = trim_end(message, end_tag.start);
    let signature = signature(message, root_tag.end, signature_end)?;
    let body_end = trim_end(message, signature.start);
    let parts = Parts {
        body: root_tag.start..body_end,
        space_before: body_end..signature.start,
        space_after: signature.end..end_tag.start,
        root_tag,
        signature,
        end_tag,
    };
    let inner = message.get(parts.root_tag.end..parts.signature.start)?;
    // A second Signature, or anything that looks like one, is for the general way to judge.
    (canonical(inner)
        && !message[parts.space_after.clone()].contains(&b'\r')
        && memmem::find(inner, b"Signature").is_none())
    .then_some(parts)
}

/// As [`parts`], for a message that has no Signature yet: the root's start and end tag.
pub(super) fn unsigned(message: &[u8]) -> Option<(Range<usize>, Range<usize>)> {
    let root_tag = root_tag(message)?;
    let end_tag = end_tag(message, &root_tag)?;
    let inner = message.get(root_tag.end..end_tag.start)?;
    (canonical(inner) && memmem::find(inner, b"Signature").is_none()).then_some((root_tag, end_tag))
}

fn space(b: u8) -> bool {
    matches!(b, b' ' | b'\t' | b'\n' | b'\r')
}

fn trim_end(message: &[u8], mut end: usize) -> usize {
    while end > 0 && space(message[end - 1]) {
        end -= 1;
    }
    end
}

/// Content between two tags that are not in it: elements without attributes, each with start and end
/// tag, and text that needs no reference.
///
/// Every attribute has `=` and then a quote or white space; every empty-element tag ends in `/>`; white
/// space in a tag that holds no attribute stands before `>`. Comments, CDATA sections and instructions
/// begin with `<!` or `<?`. With all these excluded, there is one `>` for each tag, so more of them than
/// of `<` means a `>` in text, which canonical XML would escape. One pass without branches, so that the
/// compiler can take many bytes at a time.
fn canonical(inner: &[u8]) -> bool {
    const STEP: usize = 128;
    let odd = |b: u8, next: u8| -> u8 {
        u8::from(b == b'\r')
            | u8::from(b == b'&')
            | (u8::from(b == b'<') & (u8::from(next == b'!') | u8::from(next == b'?')))
            | (u8::from(next == b'>') & (u8::from(b == b'/') | u8::from(b <= b' ')))
            | (u8::from(b == b'=') & (u8::from(next <= b' ') | u8::from(next == b'"') | u8::from(next == b'\'')))
    };
    let mut unbalanced = 0i64;
    let mut at = 0;
    while at + STEP < inner.len() {
        let (these, following) = (&inner[at..at + STEP], &inner[at + 1..at + STEP + 1]);
        // Cannot wrap in so few steps; said so, because the check would keep the loop from being widened.
        let (mut odd_ones, mut opened, mut closed) = (0u8, 0u8, 0u8);
        for (&b, &next) in these.iter().zip(following) {
            odd_ones |= odd(b, next);
            opened = opened.wrapping_add(u8::from(b == b'<'));
            closed = closed.wrapping_add(u8::from(b == b'>'));
        }
        if odd_ones != 0 {
            return false;
        }
        unbalanced += i64::from(opened) - i64::from(closed);
        at += STEP;
    }
    for here in at..inner.len() {
        let b = inner[here];
        // What follows the content is the `<` of a tag.
        if odd(b, inner.get(here + 1).copied().unwrap_or(b'<')) != 0 {
            return false;
        }
        unbalanced += i64::from(b == b'<') - i64::from(b == b'>');
    }
    unbalanced == 0
}

/// The root's start tag, if it and what stands before it leave nothing for canonical XML to change: a
/// declaration of XML 1.0 in UTF-8 (which is dropped), white space, then declarations in order of their
/// prefixes, then attributes without prefix in order.
fn root_tag(message: &[u8]) -> Option<Range<usize>> {
    let mut rest = message.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(message);
    if let Some(declaration) = rest.strip_prefix(b"<?xml") {
        let mut d = declaration.strip_prefix(br#" version="1.0""#)?;
        if let Some(encoding) = d.strip_prefix(br#" encoding=""#) {
            d = encoding.get(5..).filter(|_| encoding[..5].eq_ignore_ascii_case(b"utf-8"))?.strip_prefix(b"\"")?;
        }
        for standalone in [&br#" standalone="no""#[..], br#" standalone="yes""#] {
            d = d.strip_prefix(standalone).unwrap_or(d);
        }
        rest = d.strip_prefix(b" ").unwrap_or(d).strip_prefix(b"?>")?;
    }
    rest = rest.trim_ascii_start();
    let start = message.len() - rest.len();
    rest = rest.strip_prefix(b"<")?;
    rest = &rest[name(rest)?.len()..];
    let mut last: Option<(bool, &[u8])> = None;
    loop {
        if let Some(inner) = rest.strip_prefix(b">") {
            return Some(start..message.len() - inner.len());
        }
        rest = rest.strip_prefix(b" ")?;
        let name = name(rest)?;
        rest = rest[name.len()..].strip_prefix(b"=\"")?;
        let end = memchr::memchr(b'"', rest)?;
        let value = &rest[..end];
        if value.iter().any(|b| !matches!(b, b' '..=b'~') || matches!(b, b'<' | b'>' | b'&')) {
            return None;
        }
        rest = &rest[end + 1..];
        // Declarations before attributes; the default name space (an empty prefix) before all.
        let key = match name.strip_prefix(b"xmlns") {
            Some(b"") => (false, &b""[..]),
            Some([b':', prefix @ ..]) if !prefix.starts_with(b"xml") => (false, prefix),
            _ if name.contains(&b':') || name.starts_with(b"xml") => return None,
            _ => (true, name),
        };
        if last.is_some_and(|last| last >= key) || (!key.0 && value.is_empty()) {
            return None;
        }
        last = Some(key);
    }
}

/// A name in ASCII, with at most one prefix.
fn name(text: &[u8]) -> Option<&[u8]> {
    let end = text.iter().position(|&b| !(b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b':')))?;
    let name = &text[..end];
    let mut words = name.split(|&b| b == b':');
    let sound = |word: &[u8]| word.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_');
    (words.next().is_some_and(sound) && words.next().is_none_or(sound) && words.next().is_none()).then_some(name)
}

/// The root's end tag, after which only white space may follow.
fn end_tag(message: &[u8], root_tag: &Range<usize>) -> Option<Range<usize>> {
    let root = name(&message[root_tag.start + 1..])?;
    let end = trim_end(message, message.len());
    let start = end.checked_sub(root.len() + 3).filter(|start| *start >= root_tag.end)?;
    let tag = &message[start..end];
    (tag.starts_with(b"</") && tag.ends_with(b">") && &tag[2..tag.len() - 1] == root).then_some(start..end)
}

/// The Signature that ends at `end`, if one does.
fn signature(message: &[u8], from: usize, end: usize) -> Option<Range<usize>> {
    let from = from.max(end.saturating_sub(SIGNATURE_MAX));
    let window = message.get(from..end)?.strip_suffix(b">")?;
    let close = memmem::rfind(window, b"</")?;
    let name = &window[close + 2..];
    if name != b"Signature" && !name.ends_with(b":Signature") {
        return None;
    }
    let mut before = window.len();
    // The last `<ds:Signature` that is not `<ds:SignatureValue`.
    loop {
        let at = memmem::rfind(&window[..before], name)?;
        let follows = window.get(at + name.len()).is_some_and(|b| *b == b'>' || space(*b));
        if follows && at > 0 && window[at - 1] == b'<' {
            return Some(from + at - 1..end);
        }
        before = at;
    }
}
