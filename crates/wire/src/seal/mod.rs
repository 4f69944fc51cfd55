//! Signatures of messages: enveloped XML-DSig, as the customs' cross-border specification has it
//! (ceb-messages.md, "Signature"): the whole message less its Signature, inclusive canonical XML 1.0,
//! RSA with SHA-1 or SM2 with SM3, the certificate inside.
//! Never here: whether a certificate is trusted (the registry's business), what a message says, a clock,
//! randomness that is not handed in.
//! Called by whoever takes messages in ([`verify`], [`Verifier`]) and by whoever sends some ([`sign`]).
//!
//! There are two ways to the same verdict. Messages whose bytes are canonical as they stand are hashed as
//! they came (`plain`); all others go through a tree (`c14n`). The first only ever says yes; every refusal
//! is worded by the second.

pub mod authority;
mod c14n;
mod certificate;
mod envelope;
mod fault;
mod guard;
mod plain;
mod sign;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::Arc;

use roxmltree::{Document, ParsingOptions};
use sha1::Sha1;
use sm3::{Digest as Hash, Sm3};

pub use certificate::{Certificate, KeyKind, SM2_ID};
pub use fault::{Code, SealFault, Tolerance};
pub use sign::{PrivateKey, Signer, SoftwareKey, sign};

use certificate::Known;
use envelope::Envelope;
use fault::Flaw;

/// A signature that holds: who made it, over what.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// From the message itself; whether the registry knows it is not decided here.
    pub certificate: Arc<Certificate>,
    pub algorithm: Algorithm,
    /// What had to be forgiven, in the order of [`Tolerance::ALL`].
    pub tolerated: Vec<Tolerance>,
    /// Where the Signature element stands in the message. All else of the root element is signed.
    pub signature: Range<usize>,
    /// What was signed, where that is not the message's own bytes: the canonical form of the message
    /// without its Signature. Decode this and not the message, so that nothing is believed that was not
    /// signed. `None`: the root element as it came, less `signature` and the white space beside it, is
    /// what was signed, byte for byte.
    pub canonical: Option<Vec<u8>>,
}

/// How a message was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Algorithm {
    pub method: Method,
    pub digest: Digest,
}

/// The SignatureMethod.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    RsaSha1,
    /// SM2 with SM3 by the address of the specification of 2022-04.
    Sm2Sm3,
    /// SM2 with SM3 by the address that clients in the field use, in the name space of XML-DSig.
    Sm2Sm3Field,
}

impl Method {
    pub fn uri(self) -> &'static str {
        match self {
            Method::RsaSha1 => "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
            Method::Sm2Sm3 => "http://www.chinaport.gov.cn/2022/04/xmldsig#sm2-sm3",
            Method::Sm2Sm3Field => "http://www.w3.org/2000/09/xmldsig#sm2-sm3",
        }
    }

    fn of(uri: &str) -> Option<Method> {
        [Method::RsaSha1, Method::Sm2Sm3, Method::Sm2Sm3Field].into_iter().find(|m| m.uri() == uri)
    }
}

/// The DigestMethod.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Digest {
    Sha1,
    Sm3,
}

impl Digest {
    pub fn uri(self) -> &'static str {
        match self {
            Digest::Sha1 => "http://www.w3.org/2000/09/xmldsig#sha1",
            Digest::Sm3 => "http://www.chinaport.gov.cn/2022/04/xmldsig#sm3",
        }
    }

    fn of(uri: &str) -> Option<Digest> {
        match uri {
            // The spelling that belongs to `Sm2Sm3Field`.
            "http://www.w3.org/2000/09/xmldsig#sm3" => Some(Digest::Sm3),
            _ => [Digest::Sha1, Digest::Sm3].into_iter().find(|d| d.uri() == uri),
        }
    }
}

/// Verifies the signature of one message; see [`Verifier::verify`], which is cheaper for many.
///
/// # Errors
/// As [`Verifier::verify`].
pub fn verify(message: &[u8]) -> Result<Option<Sealed>, SealFault> {
    Verifier::new(0).verify(message)
}

/// Verifies signatures and remembers the certificates it saw, at most twice `capacity` of them. To be
/// shared by all workers.
pub struct Verifier {
    known: Known,
}

impl Verifier {
    pub fn new(capacity: usize) -> Verifier {
        Verifier { known: Known::new(capacity) }
    }

    /// Verifies the signature of a message as it came. `Ok(None)`: it carries none.
    ///
    /// A signature that holds says that the key of the certificate signed all of the root element but the
    /// Signature. It does not say that the message is well-formed or valid, nor that the certificate is
    /// anybody's.
    ///
    /// # Errors
    /// The first fault found, with its place; [`Code`] lists them.
    pub fn verify(&self, message: &[u8]) -> Result<Option<Sealed>, SealFault> {
        // XML has no second way to write an element's name.
        if memchr::memmem::find(message, b"Signature").is_none() {
            return Ok(None);
        }
        if let Some(sealed) = self.verify_plain(message) {
            return Ok(Some(sealed));
        }
        self.verify_tree(message).map_err(|flaw| flaw.of(message))
    }

    /// The fast way, which only ever says yes.
    fn verify_plain(&self, message: &[u8]) -> Option<Sealed> {
        let parts = plain::parts(message)?;
        // The Signature under its root, as if the message held nothing else.
        let skeleton = [&parts.root_tag, &parts.signature, &parts.end_tag].map(|r| &message[r.clone()]).concat();
        let document = Document::parse(std::str::from_utf8(&skeleton).ok()?).ok()?;
        let envelope = envelope::read(&document).ok()??;
        let pieces =
            [&parts.body, &parts.space_before, &parts.space_after, &parts.end_tag].map(|r| &message[r.clone()]);
        let tolerated = fitting(envelope.algorithm.digest, pieces, &envelope.digest)?;
        self.conclude(&envelope, tolerated, parts.signature.clone(), None).ok()
    }

    /// The general way.
    fn verify_tree(&self, message: &[u8]) -> Result<Option<Sealed>, Flaw> {
        let text = guard::check(message)?;
        let document = parse(&text)?;
        let Some(envelope) = envelope::read(&document)? else { return Ok(None) };
        let (canonical, hole) = c14n::document(&document, Some(envelope.signature.id()));
        let space = |b: &&u8| matches!(**b, b' ' | b'\t' | b'\n');
        let before = hole - canonical[..hole].iter().rev().take_while(space).count();
        let after = hole + canonical[hole..].iter().take_while(space).count();
        let pieces = [&canonical[..before], &canonical[before..hole], &canonical[hole..after], &canonical[after..]];
        let range = envelope.signature.range();
        let tolerated = fitting(envelope.algorithm.digest, pieces, &envelope.digest)
            .ok_or_else(|| Flaw::new(Code::DigestDiffers, range.start, ""))?;
        let mut sealed = self.conclude(&envelope, tolerated, range, Some(canonical))?;
        let Range { start, end } = sealed.signature;
        sealed.signature = guard::as_it_came(message, start)..guard::as_it_came(message, end);
        Ok(Some(sealed))
    }

    /// The content fits its digest; now the signature over that digest.
    fn conclude(
        &self,
        envelope: &Envelope<'_, '_>,
        mut tolerated: Vec<Tolerance>,
        signature: Range<usize>,
        canonical: Option<Vec<u8>>,
    ) -> Result<Sealed, Flaw> {
        let certificate = self
            .known
            .certificate(envelope.certificate.clone())
            .map_err(|code| Flaw::new(code, envelope.certificate_at, ""))?;
        if !certificate.fits(envelope.algorithm.method) {
            return Err(Flaw::new(Code::KeyDoesNotFit, envelope.certificate_at, ""));
        }
        if !certificate.made(&envelope.value, &c14n::element(envelope.signed_info)) {
            return Err(Flaw::new(Code::SignatureWrong, signature.start, ""));
        }
        if envelope.key_name.is_some_and(|name| !certificate.is_named(name)) {
            tolerated.push(Tolerance::KeyName);
        }
        Ok(Sealed { certificate, algorithm: envelope.algorithm, tolerated, signature, canonical })
    }
}

fn parse(text: &str) -> Result<Document<'_>, Flaw> {
    let options = ParsingOptions { nodes_limit: guard::NODES_MAX, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|error| guard::flaw(text, &error))
}

/// Which white space must be left out for the content to fit `digest`: none, that before the Signature,
/// that after it, or both (a real client takes the digest before it puts the Signature in, with line
/// breaks). `None`: it does not fit. The content is hashed once.
fn fitting(kind: Digest, pieces: [&[u8]; 4], digest: &[u8]) -> Option<Vec<Tolerance>> {
    fn search<H: Hash + Clone>([body, before, after, end]: [&[u8]; 4], digest: &[u8]) -> Option<Vec<Tolerance>> {
        let hashed = H::new_with_prefix(body);
        for left_out in [
            &[][..],
            &[Tolerance::SpaceBefore],
            &[Tolerance::SpaceAfter],
            &[Tolerance::SpaceBefore, Tolerance::SpaceAfter],
        ] {
            let mut hash = hashed.clone();
            if !left_out.contains(&Tolerance::SpaceBefore) {
                hash.update(before);
            }
            if !left_out.contains(&Tolerance::SpaceAfter) {
                hash.update(after);
            }
            hash.update(end);
            if hash.finalize().as_slice() == digest {
                return Some(left_out.to_vec());
            }
        }
        None
    }
    match kind {
        Digest::Sha1 => search::<Sha1>(pieces, digest),
        Digest::Sm3 => search::<Sm3>(pieces, digest),
    }
}

/// The digest of `content`, whole.
fn digest_of(kind: Digest, content: &[u8]) -> Vec<u8> {
    match kind {
        Digest::Sha1 => Sha1::digest(content).to_vec(),
        Digest::Sm3 => Sm3::digest(content).to_vec(),
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    use base64::Engine;
    let base64 = base64::engine::general_purpose::STANDARD.encode(der);
    let mut text = format!("-----BEGIN {label}-----\n");
    for line in base64.as_bytes().chunks(64) {
        text.extend(line.iter().map(|b| char::from(*b)));
        text.push('\n');
    }
    text + &format!("-----END {label}-----\n")
}
