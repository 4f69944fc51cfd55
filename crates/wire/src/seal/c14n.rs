//! Inclusive canonical XML 1.0 without comments (W3C REC-xml-c14n-20010315), from a tree.
//!
//! Written for the two node sets of an enveloped signature: a whole document less one element, and a
//! whole element with the name spaces (and `xml:` attributes) of its ancestors. The tree must have been
//! built from text whose line ends are LF ([`super::guard::check`] sees to that).

use roxmltree::{Node, NodeId, NodeType};

const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// The whole document, less the element `without` and all in it. Also says at which byte of the output
/// that element would have stood.
pub(super) fn document(document: &roxmltree::Document<'_>, without: Option<NodeId>) -> (Vec<u8>, usize) {
    let mut out = Vec::with_capacity(document.input_text().len());
    let mut hole = 0;
    let root = document.root_element().id();
    let mut after_root = false;
    for top in document.root().children() {
        match top.node_type() {
            NodeType::Element => hole = write(top, without, &mut out),
            NodeType::PI if after_root => {
                out.push(b'\n');
                instruction(top, &mut out);
            }
            NodeType::PI => {
                instruction(top, &mut out);
                out.push(b'\n');
            }
            _ => {}
        }
        after_root |= top.id() == root;
    }
    (out, hole)
}

/// One element with all in it, as it is signed when it is the only thing referred to.
pub(super) fn element(apex: Node<'_, '_>) -> Vec<u8> {
    let mut out = Vec::new();
    write(apex, None, &mut out);
    out
}

/// Walks without recursion: depth costs no stack.
fn write(apex: Node<'_, '_>, without: Option<NodeId>, out: &mut Vec<u8>) -> usize {
    let mut hole = 0;
    let mut node = apex;
    loop {
        let left_out = Some(node.id()) == without;
        if left_out {
            hole = out.len();
        }
        match node.node_type() {
            NodeType::Element if !left_out => {
                open(node, node == apex, out);
                if let Some(child) = node.first_child() {
                    node = child;
                    continue;
                }
                close(node, out);
            }
            NodeType::Text => text(node.text().unwrap_or_default(), out),
            NodeType::PI => instruction(node, out),
            _ => {}
        }
        // To the next node after this one, closing what ends here.
        loop {
            if node == apex {
                return hole;
            }
            if let Some(next) = node.next_sibling() {
                node = next;
                break;
            }
            let Some(parent) = node.parent() else { return hole };
            node = parent;
            close(node, out);
        }
    }
}

/// The name as it was written, prefix included: the tree keeps only what the prefix stands for.
fn name<'a>(node: Node<'a, '_>) -> &'a str {
    let tag = &node.document().input_text()[node.range().start + 1..];
    let end = tag.find(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>').unwrap_or(tag.len());
    &tag[..end]
}

fn open(node: Node<'_, '_>, apex: bool, out: &mut Vec<u8>) {
    out.push(b'<');
    out.extend_from_slice(name(node).as_bytes());
    declarations(node, apex, out);
    attributes(node, apex, out);
    out.push(b'>');
}

fn close(node: Node<'_, '_>, out: &mut Vec<u8>) {
    out.extend_from_slice(b"</");
    out.extend_from_slice(name(node).as_bytes());
    out.push(b'>');
}

/// Every declaration that the output does not have in force already, ordered by prefix.
fn declarations(node: Node<'_, '_>, apex: bool, out: &mut Vec<u8>) {
    let above = if apex { None } else { node.parent_element() };
    if above.is_some_and(|p| p.namespaces().eq(node.namespaces())) {
        return;
    }
    let in_force = |prefix: Option<&str>| {
        let above = above?.namespaces().find(|n| n.name() == prefix)?;
        Some(above.uri()).filter(|uri| !uri.is_empty())
    };
    let mut new: Vec<(&str, &str)> = node
        .namespaces()
        .filter(|n| n.name() != Some("xml"))
        .filter(|n| Some(n.uri()).filter(|uri| !uri.is_empty()) != in_force(n.name()))
        .map(|n| (n.name().unwrap_or_default(), n.uri()))
        .collect();
    new.sort_unstable();
    for (prefix, uri) in new {
        out.extend_from_slice(if prefix.is_empty() { b" xmlns" } else { b" xmlns:" });
        out.extend_from_slice(prefix.as_bytes());
        value(uri, out);
    }
}

/// Attributes ordered by the name space of their prefix, then by name.
fn attributes(node: Node<'_, '_>, apex: bool, out: &mut Vec<u8>) {
    if node.attributes().len() == 0 && !apex {
        return;
    }
    let input = node.document().input_text();
    let mut all: Vec<_> = node.attributes().collect();
    if apex {
        // `xml:lang` and the like of ancestors that are left out are inherited (section 2.4).
        for ancestor in node.ancestors().skip(1) {
            for inherited in ancestor.attributes().filter(|a| a.namespace() == Some(XML)) {
                if !all.iter().any(|a| a.namespace() == Some(XML) && a.name() == inherited.name()) {
                    all.push(inherited);
                }
            }
        }
    }
    all.sort_unstable_by_key(|a| (a.namespace().unwrap_or_default(), a.name()));
    for attribute in all {
        out.push(b' ');
        out.extend_from_slice(input[attribute.range_qname()].as_bytes());
        value(attribute.value(), out);
    }
}

fn value(text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"=\"");
    escape(text, out, |b| match b {
        b'&' => Some(b"&amp;"),
        b'<' => Some(b"&lt;"),
        b'"' => Some(b"&quot;"),
        b'\t' => Some(b"&#x9;"),
        b'\n' => Some(b"&#xA;"),
        b'\r' => Some(b"&#xD;"),
        _ => None,
    });
    out.push(b'"');
}

fn text(text: &str, out: &mut Vec<u8>) {
    escape(text, out, |b| match b {
        b'&' => Some(b"&amp;"),
        b'<' => Some(b"&lt;"),
        b'>' => Some(b"&gt;"),
        b'\r' => Some(b"&#xD;"),
        _ => None,
    });
}

fn escape(text: &str, out: &mut Vec<u8>, replaced: impl Fn(u8) -> Option<&'static [u8]>) {
    let bytes = text.as_bytes();
    let mut from = 0;
    for (at, &b) in bytes.iter().enumerate() {
        if let Some(reference) = replaced(b) {
            out.extend_from_slice(&bytes[from..at]);
            out.extend_from_slice(reference);
            from = at + 1;
        }
    }
    out.extend_from_slice(&bytes[from..]);
}

fn instruction(node: Node<'_, '_>, out: &mut Vec<u8>) {
    let Some(pi) = node.pi() else { return };
    out.extend_from_slice(b"<?");
    out.extend_from_slice(pi.target.as_bytes());
    if let Some(value) = pi.value {
        out.push(b' ');
        out.extend_from_slice(value.as_bytes());
    }
    out.extend_from_slice(b"?>");
}
