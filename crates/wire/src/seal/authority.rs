//! The sandbox's own authority: keys and X.509 certificates from a seed, for zones that play, for tests
//! and for benches. Nothing in production trusts it.

use rsa::rand_core::{Infallible, TryCryptoRng, TryRng};
use sha2::{Digest, Sha256};
use trade::time::{Day, Moment};

use super::{Certificate, KeyKind, PrivateKey, SM2_ID, SoftwareKey};

/// Issues certificates with an SM2 key of its own. The same seed gives the same keys and certificates.
pub struct Authority {
    seed: [u8; 32],
    key: sm2::dsa::SigningKey,
    certificate: Certificate,
}

/// Whom a certificate is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The customs code of the enterprise: the common name.
    pub code: String,
    /// The enterprise: the organisation.
    pub name: String,
}

/// First and last instant of a certificate, whole seconds.
pub type Validity = (Moment, Moment);

impl Authority {
    /// An authority whose own certificate is valid for `validity`.
    pub fn new(seed: &[u8; 32], validity: Validity) -> Authority {
        let secret = sm2_key(seed, "authority");
        let subject = Subject { code: "ONEWINDOW-SANDBOX-CA".into(), name: "OneWindow Sandbox".into() };
        let public = PrivateKey::Sm2(Box::new(secret.clone())).public_der();
        let certificate = issue(&secret, &subject, &subject, &public, validity, true);
        Authority { seed: *seed, key: secret, certificate }
    }

    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// A certificate for the public half of `key`.
    pub fn issue(&self, subject: &Subject, key: &PrivateKey, validity: Validity) -> Certificate {
        let issuer = Subject { code: "ONEWINDOW-SANDBOX-CA".into(), name: "OneWindow Sandbox".into() };
        issue(&self.key, &issuer, subject, &key.public_der(), validity, false)
    }

    /// The key of an enterprise and its certificate, both from the seed, the enterprise's code and `kind`.
    ///
    /// # Panics
    /// For RSA of other lengths than 1024 to 4096 bits.
    pub fn enterprise(&self, subject: &Subject, kind: KeyKind, validity: Validity) -> SoftwareKey {
        let key = match kind {
            KeyKind::Sm2 => PrivateKey::Sm2(Box::new(sm2_key(&self.seed, &subject.code))),
            KeyKind::Rsa { bits } => {
                let mut random = Stream::new(&self.seed, &format!("rsa {bits} {}", subject.code));
                PrivateKey::generate(kind, &mut random).expect("a length that RSA keys may have")
            }
        };
        let certificate = self.issue(subject, &key, validity);
        SoftwareKey::new(key, certificate).expect("the certificate was issued for this key")
    }
}

fn sm2_key(seed: &[u8; 32], whose: &str) -> sm2::dsa::SigningKey {
    let mut random = Stream::new(seed, &format!("sm2 {whose}"));
    loop {
        let mut scalar = [0; 32];
        random.fill(&mut scalar);
        if let Ok(key) = sm2::dsa::SigningKey::from_slice(SM2_ID, &scalar) {
            return key;
        }
    }
}

/// Random numbers from a seed and a purpose: SHA-256 over both and a counter.
pub struct Stream {
    start: Sha256,
    counter: u64,
    block: [u8; 32],
    used: usize,
}

impl Stream {
    pub fn new(seed: &[u8; 32], purpose: &str) -> Stream {
        let start = Sha256::new_with_prefix(seed).chain_update(purpose.as_bytes());
        Stream { start, counter: 0, block: [0; 32], used: 32 }
    }

    fn fill(&mut self, out: &mut [u8]) {
        for byte in out {
            if self.used == self.block.len() {
                self.block = self.start.clone().chain_update(self.counter.to_be_bytes()).finalize().into();
                self.counter += 1;
                self.used = 0;
            }
            *byte = self.block[self.used];
            self.used += 1;
        }
    }
}

impl TryRng for Stream {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.fill(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        self.fill(out);
        Ok(())
    }
}

impl TryCryptoRng for Stream {}

/// Writes and signs an X.509 v3 certificate (RFC 5280) with sm2-with-sm3.
fn issue(
    key: &sm2::dsa::SigningKey,
    issuer: &Subject,
    subject: &Subject,
    public: &[u8],
    validity: Validity,
    authority: bool,
) -> Certificate {
    use sm2::dsa::signature::Signer;
    // 1.2.156.10197.1.501, sm2-with-sm3.
    let algorithm = tlv(0x30, &[&tlv(0x06, &[&[0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x01, 0x83, 0x75]])]);
    let mut serial: [u8; 32] = Sha256::new_with_prefix(subject.code.as_bytes()).chain_update(public).finalize().into();
    // Eight bytes, positive, the first not zero: sixteen hexadecimal digits.
    serial[0] = serial[0] & 0x3F | 0x40;
    // Of signatures only; of certificates and revocation lists for the authority.
    let usage: &[u8] = if authority { &[0x03, 0x02, 0x01, 0x06] } else { &[0x03, 0x02, 0x07, 0x80] };
    let constraints: &[u8] = if authority { &[0x30, 0x03, 0x01, 0x01, 0xFF] } else { &[0x30, 0x00] };
    let extension = |id: u8, value: &[u8]| {
        tlv(0x30, &[&tlv(0x06, &[&[0x55, 0x1D, id]]), &[0x01, 0x01, 0xFF], &tlv(0x04, &[value])])
    };
    let extensions = tlv(0x30, &[&extension(0x13, constraints), &extension(0x0F, usage)]);
    let tbs = tlv(
        0x30,
        &[
            &[0xA0, 0x03, 0x02, 0x01, 0x02],
            &tlv(0x02, &[&serial[..8]]),
            &algorithm,
            &name(issuer),
            &tlv(0x30, &[&time(validity.0), &time(validity.1)]),
            &name(subject),
            public,
            &tlv(0xA3, &[&extensions]),
        ],
    );
    let signature: sm2::dsa::Signature = key.sign(&tbs);
    let signature = tlv(0x03, &[&[0], signature.to_der().as_bytes()]);
    Certificate::from_der(&tlv(0x30, &[&tbs, &algorithm, &signature])).expect("written by the rules just above")
}

/// CN, O and C=CN.
fn name(subject: &Subject) -> Vec<u8> {
    let part = |id: u8, tag: u8, text: &str| {
        tlv(0x31, &[&tlv(0x30, &[&tlv(0x06, &[&[0x55, 0x04, id]]), &tlv(tag, &[text.as_bytes()])])])
    };
    tlv(0x30, &[&part(6, 0x13, "CN"), &part(10, 0x0C, &subject.name), &part(3, 0x0C, &subject.code)])
}

/// UTCTime until 2049, GeneralizedTime after (RFC 5280 4.1.2.5).
fn time(at: Moment) -> Vec<u8> {
    let seconds = at.0.div_euclid(1000);
    let (year, month, day) = Day(seconds.div_euclid(86_400) as i32).date();
    let clock = seconds.rem_euclid(86_400);
    let rest = format!("{month:02}{day:02}{:02}{:02}{:02}Z", clock / 3600, clock / 60 % 60, clock % 60);
    match year {
        1950..=2049 => tlv(0x17, &[format!("{:02}{rest}", year % 100).as_bytes()]),
        _ => tlv(0x18, &[format!("{year:04}{rest}").as_bytes()]),
    }
}

/// One value in DER: tag, length, content.
fn tlv(tag: u8, content: &[&[u8]]) -> Vec<u8> {
    let content = content.concat();
    let mut out = vec![tag];
    match content.len() {
        length @ 0..=0x7F => out.push(length as u8),
        length => {
            let bytes = length.to_be_bytes();
            let bytes = &bytes[bytes.iter().take_while(|b| **b == 0).count()..];
            out.push(0x80 | bytes.len() as u8);
            out.extend_from_slice(bytes);
        }
    }
    out.extend_from_slice(&content);
    out
}
