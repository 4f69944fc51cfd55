//! Making signatures: where the key is kept is the [`Signer`]'s secret.

use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use roxmltree::Document;
use rsa::pkcs1v15;
use rsa::pkcs8::{DecodePrivateKey, EncodePrivateKey, EncodePublicKey};
use rsa::rand_core::TryCryptoRng;
use sha1::Sha1;
use sm2::dsa::signature::{Keypair, SignatureEncoding, Signer as _};

use super::envelope::{C14N, DSIG, ENVELOPED};
use super::fault::{Code, Flaw, SealFault};
use super::{Algorithm, Certificate, Digest, KeyKind, Method, SM2_ID, c14n, digest_of, envelope, guard, parse, plain};

/// Something that signs with a key that it does not show. In production a signing server or a hardware
/// module; in sandboxes and tests a [`SoftwareKey`].
pub trait Signer: Send + Sync {
    /// The certificate of the key, put into each Signature.
    fn certificate(&self) -> &Certificate;

    /// Which algorithms the signature names.
    fn algorithm(&self) -> Algorithm {
        match self.certificate().kind {
            KeyKind::Rsa { .. } => Algorithm { method: Method::RsaSha1, digest: Digest::Sha1 },
            KeyKind::Sm2 => Algorithm { method: Method::Sm2Sm3, digest: Digest::Sm3 },
        }
    }

    /// Signs these bytes (not their hash): PKCS #1 v1.5 with SHA-1 for RSA; for SM2 with the user id
    /// [`SM2_ID`] and SM3, the result being r and s in 32 bytes each.
    ///
    /// # Errors
    /// A text for the operator, where the device cannot be reached or refuses.
    fn sign(&self, bytes: &[u8]) -> Result<Vec<u8>, String>;
}

/// Signs a message: puts an enveloped Signature before the root's end tag and changes nothing else, so
/// that a canonical message stays canonical.
///
/// # Errors
/// As [`super::verify`] for a message that is not well-formed; `AlreadySigned`; `SignerFailed`.
pub fn sign(message: &[u8], signer: &dyn Signer) -> Result<Vec<u8>, SealFault> {
    sign_unplaced(message, signer).map_err(|flaw| flaw.of(message))
}

fn sign_unplaced(message: &[u8], signer: &dyn Signer) -> Result<Vec<u8>, Flaw> {
    let algorithm = signer.algorithm();
    let Unsigned { root_tag, end_tag, digest } = match unsigned_plain(message, algorithm.digest) {
        Some(parts) => parts,
        None => unsigned_tree(message, algorithm.digest)?,
    };
    let signed_info = format!(
        "<ds:SignedInfo><ds:CanonicalizationMethod Algorithm=\"{C14N}\"></ds:CanonicalizationMethod>\
         <ds:SignatureMethod Algorithm=\"{}\"></ds:SignatureMethod>\
         <ds:Reference URI=\"\"><ds:Transforms><ds:Transform Algorithm=\"{ENVELOPED}\"></ds:Transform></ds:Transforms>\
         <ds:DigestMethod Algorithm=\"{}\"></ds:DigestMethod><ds:DigestValue>{}</ds:DigestValue></ds:Reference></ds:SignedInfo>",
        algorithm.method.uri(),
        algorithm.digest.uri(),
        STANDARD.encode(digest)
    );
    let open = format!("<ds:Signature xmlns:ds=\"{DSIG}\">");

    // SignedInfo is signed with the name spaces of all that it will stand in: the root and the Signature.
    let mut skeleton = message[root_tag].to_vec();
    skeleton.extend_from_slice(open.as_bytes());
    skeleton.extend_from_slice(signed_info.as_bytes());
    skeleton.extend_from_slice(b"</ds:Signature>");
    skeleton.extend_from_slice(&message[end_tag.clone()]);
    let at_root = |code| move || Flaw::new(code, 0, "");
    let text = std::str::from_utf8(&skeleton).map_err(|_| at_root(Code::NotUtf8)())?;
    let tree = parse(text).map_err(|flaw| at_root(flaw.code)())?;
    let node = tree.root_element().first_element_child().and_then(|s| s.first_element_child());
    let value = signer.sign(&c14n::element(node.ok_or_else(at_root(Code::NotXml))?));
    let value = value.map_err(|why| Flaw::new(Code::Signer, 0, &why))?;

    let certificate = signer.certificate();
    let tail = format!(
        "<ds:SignatureValue>{}</ds:SignatureValue><ds:KeyInfo><ds:KeyName>{}</ds:KeyName>\
         <ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>",
        STANDARD.encode(value),
        certificate.serial,
        STANDARD.encode(&certificate.der)
    );
    let mut out = Vec::with_capacity(message.len() + open.len() + signed_info.len() + tail.len());
    out.extend_from_slice(&message[..end_tag.start]);
    for part in [open, signed_info, tail] {
        out.extend_from_slice(part.as_bytes());
    }
    out.extend_from_slice(&message[end_tag.start..]);
    Ok(out)
}

/// Where a Signature goes, and what it is to vouch for.
struct Unsigned {
    root_tag: Range<usize>,
    end_tag: Range<usize>,
    digest: Vec<u8>,
}

/// A message that is canonical as it stands and holds no Signature.
fn unsigned_plain(message: &[u8], digest: Digest) -> Option<Unsigned> {
    let (root_tag, end_tag) = plain::unsigned(message)?;
    let digest = digest_of(digest, &message[root_tag.start..end_tag.end]);
    Some(Unsigned { root_tag, end_tag, digest })
}

fn unsigned_tree(message: &[u8], digest: Digest) -> Result<Unsigned, Flaw> {
    let text = guard::check(message)?;
    let tree: Document<'_> = parse(&text)?;
    if envelope::read(&tree)?.is_some() {
        return Err(Flaw::new(Code::AlreadySigned, 0, ""));
    }
    let root = tree.root_element().range();
    let root = guard::as_it_came(message, root.start)..guard::as_it_came(message, root.end);
    let root_tag = root.start..guard::start_tag_end(message, root.start)?;
    let close = memchr::memmem::rfind(&message[root.clone()], b"</").map(|at| root.start + at);
    let Some(close) = close.filter(|at| *at >= root_tag.end) else {
        return Err(Flaw::new(Code::Shape, root.start, "/>"));
    };
    let (canonical, _) = c14n::document(&tree, None);
    Ok(Unsigned { root_tag, end_tag: close..root.end, digest: digest_of(digest, &canonical) })
}

/// A private key in memory. For sandboxes and tests: RSA of this kind is open to timing attacks
/// (RUSTSEC-2023-0071) and SM2 of this kind is not audited.
pub enum PrivateKey {
    Rsa(Box<pkcs1v15::SigningKey<Sha1>>),
    Sm2(Box<sm2::dsa::SigningKey>),
}

impl PrivateKey {
    /// A new key from a source of random numbers; the same numbers give the same key. RSA takes seconds
    /// in builds without optimisation.
    ///
    /// # Errors
    /// `Key` for a length other than 1024 to 4096 bits.
    pub fn generate<R: TryCryptoRng>(kind: KeyKind, random: &mut R) -> Result<PrivateKey, Code> {
        match kind {
            KeyKind::Rsa { bits } if (1024..=4096).contains(&bits) => {
                let key = rsa::PrivateKey::new(random, usize::from(bits)).map_err(|_| Code::Key)?;
                Ok(PrivateKey::Rsa(Box::new(pkcs1v15::SigningKey::new(key))))
            }
            KeyKind::Rsa { .. } => Err(Code::Key),
            KeyKind::Sm2 => loop {
                let mut scalar = [0; 32];
                random.try_fill_bytes(&mut scalar).map_err(|_| Code::Key)?;
                // Zero, and what is not below the order of the curve, is no key: about one in 2^32.
                if let Ok(key) = sm2::dsa::SigningKey::from_slice(SM2_ID, &scalar) {
                    return Ok(PrivateKey::Sm2(Box::new(key)));
                }
            },
        }
    }

    /// Reads an unencrypted key in PKCS #8 PEM.
    ///
    /// # Errors
    /// `Key` if it is neither RSA nor SM2.
    pub fn from_pem(pem: &str) -> Result<PrivateKey, Code> {
        if let Ok(key) = sm2::SecretKey::from_pkcs8_pem(pem) {
            let key = sm2::dsa::SigningKey::new(SM2_ID, &key).map_err(|_| Code::Key)?;
            return Ok(PrivateKey::Sm2(Box::new(key)));
        }
        let key = rsa::PrivateKey::from_pkcs8_pem(pem).map_err(|_| Code::Key)?;
        Ok(PrivateKey::Rsa(Box::new(pkcs1v15::SigningKey::new(key))))
    }

    /// The key in PKCS #8 PEM.
    pub fn to_pem(&self) -> String {
        let der = match self {
            PrivateKey::Rsa(key) => key.to_pkcs8_der(),
            PrivateKey::Sm2(key) => sm2::SecretKey::from(key.as_nonzero_scalar()).to_pkcs8_der(),
        };
        super::pem("PRIVATE KEY", der.expect("a key in memory can be written").as_bytes())
    }

    /// SubjectPublicKeyInfo of the public half, in DER.
    pub fn public_der(&self) -> Vec<u8> {
        let der = match self {
            PrivateKey::Rsa(key) => key.verifying_key().to_public_key_der(),
            PrivateKey::Sm2(key) => key.verifying_key().to_public_key_der(),
        };
        der.expect("a key in memory can be written").into_vec()
    }

    pub(super) fn sign(&self, bytes: &[u8]) -> Result<Vec<u8>, String> {
        match self {
            PrivateKey::Rsa(key) => key.try_sign(bytes).map(|s| s.to_vec()),
            PrivateKey::Sm2(key) => key.try_sign(bytes).map(|s| s.to_vec()),
        }
        .map_err(|e| e.to_string())
    }
}

/// A private key with its certificate.
pub struct SoftwareKey {
    key: PrivateKey,
    certificate: Certificate,
    algorithm: Option<Algorithm>,
}

impl SoftwareKey {
    /// # Errors
    /// `KeyDoesNotFit` if the certificate is another key's.
    pub fn new(key: PrivateKey, certificate: Certificate) -> Result<SoftwareKey, Code> {
        let own = key.public_der();
        if memchr::memmem::find(&certificate.der, &own).is_none() {
            return Err(Code::KeyDoesNotFit);
        }
        Ok(SoftwareKey { key, certificate, algorithm: None })
    }

    /// Names other algorithms than usual, as some clients do: the other address of SM2 with SM3, SHA-1 as
    /// digest.
    ///
    /// # Errors
    /// `KeyDoesNotFit` if the key cannot sign so.
    pub fn with(self, algorithm: Algorithm) -> Result<SoftwareKey, Code> {
        if !self.certificate.fits(algorithm.method) {
            return Err(Code::KeyDoesNotFit);
        }
        Ok(SoftwareKey { algorithm: Some(algorithm), ..self })
    }

    /// The key itself, to be written to a file.
    pub fn key(&self) -> &PrivateKey {
        &self.key
    }
}

impl Signer for SoftwareKey {
    fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    fn algorithm(&self) -> Algorithm {
        self.algorithm.unwrap_or(match self.certificate.kind {
            KeyKind::Rsa { .. } => Algorithm { method: Method::RsaSha1, digest: Digest::Sha1 },
            KeyKind::Sm2 => Algorithm { method: Method::Sm2Sm3, digest: Digest::Sm3 },
        })
    }

    fn sign(&self, bytes: &[u8]) -> Result<Vec<u8>, String> {
        self.key.sign(bytes)
    }
}
