//! The one form of Signature that a message may carry, and nothing else of XML-DSig.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use roxmltree::{Document, Node};

use super::fault::{Code, Flaw};
use super::{Algorithm, Digest, Method};

pub(super) const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
pub(super) const C14N: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
pub(super) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

/// What a Signature of the right form says.
pub(super) struct Envelope<'a, 'input> {
    pub signature: Node<'a, 'input>,
    pub signed_info: Node<'a, 'input>,
    pub algorithm: Algorithm,
    pub digest: Vec<u8>,
    pub value: Vec<u8>,
    pub key_name: Option<&'a str>,
    /// DER of the certificate.
    pub certificate: Vec<u8>,
    /// Where the certificate stands.
    pub certificate_at: usize,
}

/// Finds and reads the one Signature of `document`; `None` if there is no element of that name.
pub(super) fn read<'a, 'input>(document: &'a Document<'input>) -> Result<Option<Envelope<'a, 'input>>, Flaw> {
    let root = document.root_element();
    let mut named = root.descendants().filter(|n| n.is_element() && n.tag_name().name() == "Signature");
    let Some(signature) = named.next() else { return Ok(None) };
    if let Some(second) = named.next() {
        return Err(flaw(Code::Twice, second, ""));
    }
    if signature.tag_name().namespace() != Some(DSIG) {
        return Err(flaw(Code::Namespace, signature, ""));
    }
    let beside = |n: Node<'_, '_>| n.is_comment() || n.is_pi() || is_space(n);
    if signature.parent() != Some(root) || !signature.next_siblings().skip(1).all(beside) {
        return Err(flaw(Code::Misplaced, signature, ""));
    }

    let [signed_info, signature_value, key_info] = three(signature, ["SignedInfo", "SignatureValue", "KeyInfo"])?;
    let (algorithm, digest) = read_signed_info(signed_info)?;
    let value = base64(signature_value)?;
    let (key_name, (certificate, certificate_at)) = read_key_info(key_info)?;
    Ok(Some(Envelope { signature, signed_info, algorithm, digest, value, key_name, certificate, certificate_at }))
}

fn read_signed_info(signed_info: Node<'_, '_>) -> Result<(Algorithm, Vec<u8>), Flaw> {
    let references = elements(signed_info).filter(|n| is(*n, "Reference")).count();
    if references > 1 {
        return Err(flaw(Code::References, signed_info, ""));
    }
    let [c14n, method, reference] = three(signed_info, ["CanonicalizationMethod", "SignatureMethod", "Reference"])?;
    expect(c14n, Code::Canonicalization, |uri| (uri == C14N).then_some(()))?;
    let method = expect(method, Code::Method, Method::of)?;
    match reference.attribute("URI") {
        Some("") => {}
        Some(elsewhere) => return Err(flaw(Code::Reference, reference, elsewhere)),
        None => return Err(flaw(Code::Reference, reference, "-")),
    }
    let [transforms, digest_method, digest_value] = three(reference, ["Transforms", "DigestMethod", "DigestValue"])?;
    let mut transform = elements(transforms);
    match (transform.next(), transform.next()) {
        (Some(one), None) if is(one, "Transform") => {
            expect(one, Code::Transform, |uri| (uri == ENVELOPED).then_some(()))?;
        }
        (_, Some(another)) => {
            let uri = another.attribute("Algorithm").unwrap_or_default();
            return Err(flaw(Code::Transform, another, uri));
        }
        _ => return Err(flaw(Code::Transform, transforms, "")),
    }
    let digest = expect(digest_method, Code::Digest, Digest::of)?;
    // Field practice knows RSA with SHA-1 only, SM2 with either digest.
    if method == Method::RsaSha1 && digest == Digest::Sm3 {
        return Err(flaw(Code::Digest, digest_method, digest_method.attribute("Algorithm").unwrap_or_default()));
    }
    Ok((Algorithm { method, digest }, base64(digest_value)?))
}

/// `KeyName`, and the certificate with its place.
type Key<'a> = (Option<&'a str>, (Vec<u8>, usize));

fn read_key_info<'a>(key_info: Node<'a, '_>) -> Result<Key<'a>, Flaw> {
    let key_name = elements(key_info).find(|n| is(*n, "KeyName")).and_then(|n| n.text()).map(str::trim);
    let mut certificates =
        elements(key_info).filter(|n| is(*n, "X509Data")).flat_map(elements).filter(|n| is(*n, "X509Certificate"));
    let Some(certificate) = certificates.next() else {
        return Err(flaw(Code::CertificateMissing, key_info, ""));
    };
    if let Some(another) = certificates.next() {
        return Err(flaw(Code::CertificateMany, another, ""));
    }
    Ok((key_name, (base64(certificate)?, certificate.range().start)))
}

fn flaw(code: Code, node: Node<'_, '_>, what: &str) -> Flaw {
    Flaw::new(code, node.range().start, what)
}

fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.has_tag_name((DSIG, name))
}

fn is_space(node: Node<'_, '_>) -> bool {
    node.is_text() && node.text().is_some_and(|t| t.bytes().all(|b| b.is_ascii_whitespace()))
}

fn elements<'a, 'input: 'a>(node: Node<'a, 'input>) -> impl Iterator<Item = Node<'a, 'input>> {
    node.children().filter(|n| n.is_element())
}

/// The children of `parent`: exactly these three elements in this order, with only white space between.
fn three<'a, 'input: 'a>(parent: Node<'a, 'input>, names: [&str; 3]) -> Result<[Node<'a, 'input>; 3], Flaw> {
    if let Some(stray) = parent.children().find(|n| !n.is_element() && !is_space(*n)) {
        return Err(flaw(Code::Shape, stray, parent.tag_name().name()));
    }
    let mut children = elements(parent);
    let mut next = |name: &str| match children.next() {
        Some(child) if is(child, name) => Ok(child),
        Some(other) => Err(flaw(Code::Shape, other, other.tag_name().name())),
        None => Err(flaw(Code::Shape, parent, name)),
    };
    let found = [next(names[0])?, next(names[1])?, next(names[2])?];
    match children.next() {
        Some(more) => Err(flaw(Code::Shape, more, more.tag_name().name())),
        None => Ok(found),
    }
}

/// The algorithm that an empty element names, if it is one of ours.
fn expect<T>(node: Node<'_, '_>, code: Code, known: impl Fn(&str) -> Option<T>) -> Result<T, Flaw> {
    let uri = node.attribute("Algorithm").unwrap_or_default();
    match known(uri) {
        // Parameters (an XPath, an HMAC length) would change the algorithm.
        Some(_) if !node.children().all(is_space) => Err(flaw(code, node, uri)),
        Some(algorithm) => Ok(algorithm),
        None => Err(flaw(code, node, uri)),
    }
}

/// The bytes of an element that holds base64 with any white space in it, and nothing else.
fn base64(node: Node<'_, '_>) -> Result<Vec<u8>, Flaw> {
    let wrong = || flaw(Code::NotBase64, node, node.tag_name().name());
    let text = match node.first_child() {
        Some(only) if only.is_text() && only.next_sibling().is_none() => only.text().unwrap_or_default(),
        _ => return Err(wrong()),
    };
    let bytes = if text.bytes().any(|b| b.is_ascii_whitespace()) {
        STANDARD.decode(text.bytes().filter(|b| !b.is_ascii_whitespace()).collect::<Vec<u8>>())
    } else {
        STANDARD.decode(text)
    };
    bytes.ok().filter(|b| !b.is_empty()).ok_or_else(wrong)
}
