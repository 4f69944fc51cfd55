//! X.509 certificates as far as a registry and a signature need them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use sha2::{Digest as _, Sha256};
use sm2::dsa::signature::Verifier as _;
use sm2::dsa::{Signature, VerifyingKey};
use trade::time::Moment;
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::certificate::{CertificateInner, Raw};
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::der::{Decode, Encode, Reader, SliceReader, Tag, Tagged};
use x509_cert::name::Name;
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use super::Method;
use super::fault::Code;

/// The user id that SM2 signatures of the trade are made with (GB/T 35276).
pub const SM2_ID: &str = "1234567812345678";

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const SM2_CURVE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.301");

/// What a certificate says, and the key that it carries.
///
/// It is not decided here whether it is to be trusted: the registry knows the fingerprints of the
/// certificates that enterprises filed, and the days on which they are valid.
#[derive(Clone)]
pub struct Certificate {
    /// SHA-256 over the DER form.
    pub fingerprint: [u8; 32],
    /// The serial number in lower-case hexadecimal, two digits a byte.
    pub serial: String,
    /// Distinguished names in the form of RFC 4514, the most particular part first. The subject of an
    /// operator's certificate is a person by name: personal data.
    pub subject: String,
    pub issuer: String,
    /// The first and the last instant of validity.
    pub not_before: Moment,
    pub not_after: Moment,
    pub kind: KeyKind,
    /// The certificate in DER.
    pub der: Vec<u8>,
    key: PublicKey,
}

impl std::fmt::Debug for Certificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Certificate").field("serial", &self.serial).field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Certificate) -> bool {
        self.der == other.der
    }
}

impl Eq for Certificate {}

/// The kind of a public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// RSA; the length of its modulus in bits, 1024 to 4096.
    Rsa { bits: u16 },
    /// SM2 on the national curve (OID 1.2.156.10197.1.301).
    Sm2,
}

#[derive(Clone)]
enum PublicKey {
    /// RSAPublicKey in DER (RFC 8017 A.1.1).
    Rsa(Vec<u8>),
    Sm2(Box<VerifyingKey>),
}

impl Certificate {
    /// Reads a certificate in PEM, in DER, or in bare base64 as an X509Certificate element holds it.
    ///
    /// # Errors
    /// `CertificateUnreadable` if it is no X.509; `Key` if its key is of a kind that signs no messages.
    pub fn parse(text: &[u8]) -> Result<Certificate, Code> {
        // DER of a certificate begins with SEQUENCE and a long length; neither is a letter of base64.
        if text.starts_with(&[0x30]) && text.get(1).is_some_and(|b| *b >= 0x80) {
            return Certificate::from_der(text);
        }
        let body = match memchr::memmem::find(text, b"-----BEGIN CERTIFICATE-----") {
            Some(at) => {
                let body = &text[at + 27..];
                &body[..memchr::memmem::find(body, b"-----END").ok_or(Code::CertificateUnreadable)?]
            }
            None => text,
        };
        let base64: Vec<u8> = body.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect();
        Certificate::from_der(&STANDARD.decode(base64).map_err(|_| Code::CertificateUnreadable)?)
    }

    /// Reads a certificate in DER. Errors as [`Certificate::parse`].
    pub fn from_der(der: &[u8]) -> Result<Certificate, Code> {
        let x509 = CertificateInner::<Raw>::from_der(der).map_err(|_| Code::CertificateUnreadable)?;
        let tbs = x509.tbs_certificate();
        let moment = |time: x509_cert::time::Time| -> Result<Moment, Code> {
            let ms = time.to_unix_duration().as_millis();
            Ok(Moment(i64::try_from(ms).map_err(|_| Code::CertificateUnreadable)?))
        };
        let serial = match tbs.serial_number().as_bytes() {
            [0, rest @ ..] if !rest.is_empty() => hex(rest),
            all => hex(all),
        };
        let (kind, key) = public_key(tbs.subject_public_key_info())?;
        Ok(Certificate {
            fingerprint: Sha256::digest(der).into(),
            serial,
            subject: name(tbs.subject()),
            issuer: name(tbs.issuer()),
            not_before: moment(tbs.validity().not_before)?,
            not_after: moment(tbs.validity().not_after)?,
            kind,
            der: der.to_vec(),
            key,
        })
    }

    /// Whether `at` lies within the certificate's own dates, the borders included.
    pub fn valid_at(&self, at: Moment) -> bool {
        self.not_before <= at && at <= self.not_after
    }

    /// The fingerprint in lower-case hexadecimal.
    pub fn fingerprint_hex(&self) -> String {
        hex(&self.fingerprint)
    }

    /// The certificate in PEM.
    pub fn pem(&self) -> String {
        super::pem("CERTIFICATE", &self.der)
    }

    /// Whether a KeyName means this certificate: its serial number in hexadecimal, in either case, with or
    /// without leading zeros.
    pub fn is_named(&self, key_name: &str) -> bool {
        let bare = |t: &str| t.trim_start_matches('0').to_ascii_lowercase();
        bare(key_name) == bare(&self.serial)
    }

    /// Whether this certificate was issued with the SM2 key of `issuer` (sm2-with-sm3, the kind that
    /// [`super::authority`] issues). Says nothing of dates or of the issuer's right to issue.
    pub fn is_issued_by(&self, issuer: &Certificate) -> bool {
        let (PublicKey::Sm2(key), Some((tbs, signature))) = (&issuer.key, signed_part(&self.der)) else { return false };
        Signature::from_der(&signature).is_ok_and(|signature| key.verify(tbs, &signature).is_ok())
    }

    /// Whether `method` can be used with this key.
    pub(super) fn fits(&self, method: Method) -> bool {
        matches!(
            (method, self.kind),
            (Method::RsaSha1, KeyKind::Rsa { .. }) | (Method::Sm2Sm3 | Method::Sm2Sm3Field, KeyKind::Sm2)
        )
    }

    /// Whether `value` is this key's signature of `signed`: RSA by PKCS #1 v1.5 with SHA-1, or SM2 with
    /// SM3, `value` being r and s in 32 bytes each.
    pub(super) fn made(&self, value: &[u8], signed: &[u8]) -> bool {
        match &self.key {
            PublicKey::Rsa(key) => {
                let key = UnparsedPublicKey::new(&RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY, key);
                key.verify(signed, value).is_ok()
            }
            PublicKey::Sm2(key) => Signature::from_slice(value).is_ok_and(|s| key.verify(signed, &s).is_ok()),
        }
    }

    /// Whether this key signed a statement that is no message: RSA of 2048 bits or more by PKCS #1 v1.5 with SHA-256, or
    /// SM2 with SM3 and [`SM2_ID`], r and s in 32 bytes each or in DER as OpenSSL writes them.
    ///
    /// SM2 signs messages with the same key and digest: a statement has to begin with what no SignedInfo begins with.
    pub fn signed(&self, statement: &[u8], signature: &[u8]) -> bool {
        match &self.key {
            PublicKey::Rsa(key) => {
                UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key).verify(statement, signature).is_ok()
            }
            PublicKey::Sm2(key) => {
                let read = [Signature::from_slice(signature), Signature::from_der(signature)];
                read.into_iter().flatten().any(|signature| key.verify(statement, &signature).is_ok())
            }
        }
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// A name in the form of RFC 4514. Older certificates of the trade write names in UTF-16 (BMPString).
pub(super) fn name(name: &Name) -> String {
    let mut parts: Vec<String> = name.iter().map(attribute).collect();
    parts.reverse();
    parts.join(",")
}

fn attribute(part: &AttributeTypeAndValue) -> String {
    let oid = part.oid.to_string();
    let kind = match oid.as_str() {
        "2.5.4.3" => "CN",
        "2.5.4.5" => "SERIALNUMBER",
        "2.5.4.6" => "C",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        "1.2.840.113549.1.9.1" => "EMAIL",
        other => other,
    };
    let bytes = part.value.value();
    let text = match part.value.tag() {
        Tag::BmpString => {
            let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            String::from_utf16(&units).ok().filter(|_| bytes.len().is_multiple_of(2))
        }
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String | Tag::TeletexString => {
            std::str::from_utf8(bytes).ok().map(str::to_owned)
        }
        _ => None,
    };
    let Some(text) = text else { return format!("{kind}=#{}", hex(&part.value.to_der().unwrap_or_default())) };
    let mut out = format!("{kind}=");
    for (at, c) in text.char_indices() {
        let edge = at == 0 || at + c.len_utf8() == text.len();
        match c {
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => out.extend(['\\', c]),
            ' ' if edge => out.push_str("\\ "),
            '#' if at == 0 => out.push_str("\\#"),
            c if c.is_control() => out.extend(c.to_string().bytes().map(|b| format!("\\{b:02x}"))),
            c => out.push(c),
        }
    }
    out
}

fn public_key(info: &SubjectPublicKeyInfoOwned) -> Result<(KeyKind, PublicKey), Code> {
    let bytes = info.subject_public_key.as_bytes().ok_or(Code::Key)?;
    let parameters = info.algorithm.parameters.as_ref().and_then(|p| p.decode_as::<ObjectIdentifier>().ok());
    match info.algorithm.oid {
        RSA => {
            let key = rsa::pkcs1::RsaPublicKeyRef::from_der(bytes).map_err(|_| Code::Key)?;
            let modulus = key.modulus.as_bytes();
            let bits = modulus.len() * 8 - modulus.first().map_or(8, |b| b.leading_zeros() as usize);
            if !(1024..=4096).contains(&bits) {
                return Err(Code::Key);
            }
            Ok((KeyKind::Rsa { bits: bits as u16 }, PublicKey::Rsa(bytes.to_vec())))
        }
        // Some issuers name the curve where the kind of key belongs.
        oid if oid == SM2_CURVE || (oid == EC && parameters == Some(SM2_CURVE)) => {
            let key = VerifyingKey::from_sec1_bytes(SM2_ID, bytes).map_err(|_| Code::Key)?;
            Ok((KeyKind::Sm2, PublicKey::Sm2(Box::new(key))))
        }
        _ => Err(Code::Key),
    }
}

/// The bytes of a certificate that its issuer signed, and that signature.
fn signed_part(der: &[u8]) -> Option<(&[u8], Vec<u8>)> {
    let x509 = CertificateInner::<Raw>::from_der(der).ok()?;
    let signature = x509.signature().as_bytes()?.to_vec();
    let mut outer = SliceReader::new(der).ok()?;
    let header = x509_cert::der::Header::decode(&mut outer).ok()?;
    let from = usize::try_from(header.encoded_len().ok()?).ok()?;
    let mut inner = SliceReader::new(&der[from..]).ok()?;
    let tbs = inner.tlv_bytes().ok()?;
    Some((tbs, signature))
}

/// Certificates read before, so that a declarant's next message costs no X.509. Holds at most twice its
/// capacity: when the young half is full it becomes the old half, and the old one is forgotten.
pub(super) struct Known {
    capacity: usize,
    halves: Mutex<Halves>,
}

#[derive(Default)]
struct Halves {
    young: HashMap<Vec<u8>, Arc<Certificate>>,
    old: HashMap<Vec<u8>, Arc<Certificate>>,
}

impl Known {
    pub fn new(capacity: usize) -> Known {
        Known { capacity, halves: Mutex::default() }
    }

    /// The certificate of these DER bytes, read now if it is not known.
    pub fn certificate(&self, der: Vec<u8>) -> Result<Arc<Certificate>, Code> {
        {
            let mut halves = self.halves.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(known) = halves.young.get(&der) {
                return Ok(known.clone());
            }
            if let Some(known) = halves.old.remove(&der) {
                halves.keep(der, &known, self.capacity);
                return Ok(known);
            }
        }
        let certificate = Arc::new(Certificate::from_der(&der)?);
        if self.capacity > 0 {
            self.halves.lock().unwrap_or_else(PoisonError::into_inner).keep(der, &certificate, self.capacity);
        }
        Ok(certificate)
    }

    #[cfg(test)]
    pub fn count(&self) -> usize {
        let halves = self.halves.lock().expect("no test panics while it holds this");
        halves.young.len() + halves.old.len()
    }
}

impl Halves {
    fn keep(&mut self, der: Vec<u8>, certificate: &Arc<Certificate>, capacity: usize) {
        if self.young.len() >= capacity {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(der, certificate.clone());
    }
}
