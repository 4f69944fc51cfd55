//! Passkeys (通行密钥; W3C Web Authentication Level 2): an authenticator that knows its owner by a PIN or a finger signs in
//! without password and code.
//!
//! The browser says for which origin it asked, the authenticator for which name and whether it knew its owner; both have
//! to be this window's, and the owner known (that is the second factor). The challenge is one of [`Challenges`]: for the
//! name under which the window was reached, for ten minutes, once. Read from sections 7.1 and 7.2 of that standard. What
//! make of authenticator it is nobody asks (attestation "none", so nothing of it is verified); its key is ES256, Ed25519
//! or RS256 (RFC 9053, RFC 8812). Not covered here: extensions, makes of authenticators.

use crate::desk::Answer;
use crate::machines::{Challenges, For};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use trade::time::Moment;

/// A challenge in a page is answered within this time.
pub const ANSWERED_MS: i64 = 10 * 60_000;
/// Passkeys of one account.
pub const MOST: usize = 10;

/// How a key begins (COSE_Key, RFC 9052, in the one form that CTAP 2 allows, with nothing optional): kind, algorithm,
/// curve, up to the value.
const ES256: [u8; 10] = [0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
const ES256_Y: [u8; 3] = [0x22, 0x58, 0x20];
const EDDSA: [u8; 10] = [0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20];
/// Of 2,048 bits, with the exponent 65,537.
const RS256: [u8; 11] = [0xa4, 0x01, 0x03, 0x03, 0x39, 0x01, 0x00, 0x20, 0x59, 0x01, 0x00];
const RS256_E: [u8; 5] = [0x21, 0x43, 0x01, 0x00, 0x01];

/// Flags of what an authenticator says: somebody is there, its owner is known, a new key or extensions come with it.
const PRESENT: u8 = 0x01;
const KNOWN: u8 = 0x04;
const NEW_KEY: u8 = 0x40;
const EXTENDED: u8 = 0x80;

/// What a form brings from the browser, each in base64.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct Brought {
    pub id: String,
    /// The browser's word (`clientDataJSON`).
    pub client: String,
    /// The authenticator's (`authenticatorData`).
    pub data: String,
    pub signature: String,
    /// Whose passkey it is, by the authenticator (`userHandle`).
    pub user: String,
}

/// A word that fits, but for the count.
#[derive(Debug, PartialEq, Eq)]
pub struct Proved {
    /// The challenge that it answers, with the time until which that counts: to be used up.
    pub challenge: String,
    pub until: Moment,
    /// How often the authenticator has signed; 0 where it does not count.
    pub count: u32,
}

/// A new passkey.
#[derive(Debug, PartialEq, Eq)]
pub struct Made {
    pub id: Vec<u8>,
    /// As the authenticator told it.
    pub key: Vec<u8>,
    pub proved: Proved,
}

#[derive(Deserialize)]
struct Client {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    cross: bool,
}

/// What was said, with its bytes: they are what was signed.
struct Said {
    proved: Proved,
    client: Vec<u8>,
    data: Vec<u8>,
}

/// A challenge for a page with a passkey's form; `None` where the window is not reached under a name of its own, or by
/// number: authenticators know names alone.
///
/// # Errors
/// There is no randomness.
pub fn challenge(all: &Challenges, host: &str, now: Moment) -> Answer<Option<(String, Moment)>> {
    if name_of(&host.to_ascii_lowercase()).is_none() {
        return Ok(None);
    }
    Ok(all.new_one(For::Passkey, host, now)?.ok())
}

impl Brought {
    /// The passkey's number, as the authenticator chose it; at most 1,023 bytes.
    pub fn number(&self) -> Option<Vec<u8>> {
        STANDARD.decode(&self.id).ok().filter(|id| (1..=1023).contains(&id.len()))
    }

    pub fn is_of(&self, handle: &[u8; 16]) -> bool {
        STANDARD.decode(&self.user).is_ok_and(|user| user == handle)
    }

    /// A new passkey, made for us, with a key of a kind that we can check.
    pub fn made(&self, challenges: &Challenges, host: &str, now: Moment) -> Option<Made> {
        let Said { proved, data, .. } = self.said("webauthn.create", NEW_KEY, challenges, host, now)?;
        // After name, flags and count: the make (16 bytes), the length of the number, the number, the key.
        let (length, rest) = data.get(53..)?.split_first_chunk::<2>()?;
        let (id, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        let (_, more) = key_of(rest)?;
        let whole = more.is_empty() || data[32] & EXTENDED != 0;
        let key = rest[..rest.len() - more.len()].to_vec();
        (whole && self.number()? == id).then(|| Made { id: id.to_vec(), key, proved })
    }

    /// A word of the passkey with this key.
    pub fn signed(&self, key: &[u8], challenges: &Challenges, host: &str, now: Moment) -> Option<Proved> {
        let Said { proved, client, data } = self.said("webauthn.get", 0, challenges, host, now)?;
        let (key, _) = key_of(key)?;
        let signature = STANDARD.decode(&self.signature).ok()?;
        key.signed(&[&data[..], &Sha256::digest(&client)[..]].concat(), &signature).then_some(proved)
    }

    fn said(&self, kind: &str, flags: u8, challenges: &Challenges, host: &str, now: Moment) -> Option<Said> {
        let host = challenges.own(host)?;
        let name = name_of(&host)?;
        let client = STANDARD.decode(&self.client).ok()?;
        let said: Client = serde_json::from_slice(&client).ok()?;
        // Only this machine's own name does without TLS, as browsers have it.
        let at_home = said.origin == format!("https://{host}")
            || (name == "localhost" && said.origin == format!("http://{host}"));
        let challenge = String::from_utf8(URL_SAFE_NO_PAD.decode(&said.challenge).ok()?).ok()?;
        let until = challenges.known(For::Passkey, &host, &challenge).filter(|until| now < *until)?;
        let data = STANDARD.decode(&self.data).ok()?;
        let (of, rest) = data.split_first_chunk::<32>()?;
        let (&has, rest) = rest.split_first()?;
        let count = u32::from_be_bytes(*rest.first_chunk::<4>()?);
        let wanted = PRESENT | KNOWN | flags;
        let ours = *of == <[u8; 32]>::from(Sha256::digest(name)) && has & wanted == wanted;
        let fits = said.kind == kind && at_home && !said.cross && ours;
        fits.then_some(Said { proved: Proved { challenge, until, count }, client, data })
    }
}

/// The name alone, without a port; `None` for a number.
fn name_of(host: &str) -> Option<&str> {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let number = name.starts_with('[') || name.parse::<std::net::Ipv4Addr>().is_ok();
    (!number && !name.is_empty()).then_some(name)
}

enum Key<'a> {
    /// A point, uncompressed.
    P256(Vec<u8>),
    Edwards(&'a [u8; 32]),
    Rsa(&'a [u8; 256]),
}

impl Key<'_> {
    fn signed(&self, text: &[u8], signature: &[u8]) -> bool {
        let checked = match self {
            Key::P256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(text, signature),
            Key::Edwards(key) => UnparsedPublicKey::new(&ED25519, key).verify(text, signature),
            Key::Rsa(n) => RsaPublicKeyComponents { n: &n[..], e: &RS256_E[2..] }.verify(
                &RSA_PKCS1_2048_8192_SHA256,
                text,
                signature,
            ),
        };
        checked.is_ok()
    }
}

/// The key that stands here, and what follows it.
fn key_of(bytes: &[u8]) -> Option<(Key<'_>, &[u8])> {
    if let Some(rest) = bytes.strip_prefix(&ES256) {
        let (x, rest) = rest.split_first_chunk::<32>()?;
        let (y, rest) = rest.strip_prefix(&ES256_Y)?.split_first_chunk::<32>()?;
        return Some((Key::P256([&[4], &x[..], y].concat()), rest));
    }
    if let Some(rest) = bytes.strip_prefix(&EDDSA) {
        let (key, rest) = rest.split_first_chunk()?;
        return Some((Key::Edwards(key), rest));
    }
    let (n, rest) = bytes.strip_prefix(&RS256)?.split_first_chunk()?;
    Some((Key::Rsa(n), rest.strip_prefix(&RS256_E)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256};

    const HOST: &str = "window.example";
    const HOME: &str = "https://window.example";
    const NOW: Moment = Moment(1_000_000);

    enum Authenticator {
        P256(EcdsaKeyPair),
        Edwards(Ed25519KeyPair),
        Rsa(ring::signature::RsaKeyPair),
    }

    impl Authenticator {
        fn new() -> Authenticator {
            let random = SystemRandom::new();
            let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
            let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, key.as_ref(), &random).unwrap();
            Authenticator::P256(key)
        }

        fn edwards() -> Authenticator {
            Authenticator::Edwards(Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap())
        }

        fn rsa() -> Authenticator {
            let pem = include_str!("../../wire/tests/golden/seal/rsa-2048.key.pem");
            let lines: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
            let key = STANDARD.decode(lines).unwrap();
            Authenticator::Rsa(ring::signature::RsaKeyPair::from_pkcs8(&key).unwrap())
        }

        fn key(&self) -> Vec<u8> {
            match self {
                Authenticator::P256(pair) => {
                    let point = pair.public_key().as_ref();
                    [&ES256, &point[1..33], &ES256_Y, &point[33..]].concat()
                }
                Authenticator::Edwards(pair) => [&EDDSA, pair.public_key().as_ref()].concat(),
                Authenticator::Rsa(pair) => {
                    // In DER nine bytes stand before the modulus.
                    [&RS256, &pair.public().as_ref()[9..265], &RS256_E].concat()
                }
            }
        }

        fn sign(&self, data: &[u8], client: &[u8]) -> String {
            let over = [data, &Sha256::digest(client)[..]].concat();
            let random = SystemRandom::new();
            match self {
                Authenticator::P256(pair) => STANDARD.encode(pair.sign(&random, &over).unwrap()),
                Authenticator::Edwards(pair) => STANDARD.encode(pair.sign(&over)),
                Authenticator::Rsa(pair) => {
                    let mut signature = vec![0; pair.public().modulus_len()];
                    pair.sign(&RSA_PKCS1_SHA256, &random, &over, &mut signature).unwrap();
                    STANDARD.encode(signature)
                }
            }
        }
    }

    fn data(name: &str, flags: u8, count: u32) -> Vec<u8> {
        [&Sha256::digest(name)[..], &[flags], &count.to_be_bytes()].concat()
    }

    /// With a new key.
    fn attested(flags: u8, id: &[u8], key: &[u8]) -> Vec<u8> {
        let length = (id.len() as u16).to_be_bytes();
        [&data(HOST, flags, 0)[..], &[0; 16], &length, id, key].concat()
    }

    fn client(kind: &str, challenge: &str, origin: &str) -> Vec<u8> {
        let challenge = URL_SAFE_NO_PAD.encode(challenge);
        serde_json::json!({"type": kind, "challenge": challenge, "origin": origin}).to_string().into_bytes()
    }

    fn brought(authenticator: &Authenticator, data: &[u8], client: &[u8]) -> Brought {
        Brought {
            id: STANDARD.encode(b"number"),
            client: STANDARD.encode(client),
            data: STANDARD.encode(data),
            signature: authenticator.sign(data, client),
            ..Brought::default()
        }
    }

    fn challenges() -> (Challenges, String) {
        let all = Challenges::new(vec![HOST.into()]);
        let (challenge, _) = challenge(&all, HOST, NOW).unwrap().unwrap();
        (all, challenge)
    }

    #[test]
    fn a_passkey_signs_in_only_for_this_window_and_its_known_owner() {
        let (all, challenge) = challenges();
        let (key, other) = (Authenticator::new(), Authenticator::new());
        let good = (data(HOST, PRESENT | KNOWN, 6), client("webauthn.get", &challenge, HOME));
        let fits = |brought: &Brought, host: &str, at: Moment| brought.signed(&key.key(), &all, host, at).is_some();
        let by = |data: &[u8], client: &[u8]| fits(&brought(&key, data, client), HOST, NOW);
        assert!(by(&good.0, &good.1));
        // The browser's word.
        for origin in [
            "http://window.example",
            "https://evil.example",
            "https://window.example:8443",
            "https://window.example.evil.example",
            "https://login.window.example",
            "null",
            "",
        ] {
            assert!(!by(&good.0, &client("webauthn.get", &challenge, origin)), "{origin}");
        }
        assert!(!by(&good.0, &client("webauthn.create", &challenge, HOME)));
        assert!(!by(&good.0, &client("webauthn.get", &"ab".repeat(56), HOME)), "no challenge of ours");
        let (machines, _) = all.new_one(For::Machine, HOST, NOW).unwrap().unwrap();
        assert!(!by(&good.0, &client("webauthn.get", &machines, HOME)), "a challenge for machines");
        let mut framed: serde_json::Value = serde_json::from_slice(&good.1).unwrap();
        framed["crossOrigin"] = true.into();
        assert!(!by(&good.0, framed.to_string().as_bytes()), "in a frame of another site");
        assert!(!by(&good.0, b"{}") && !by(&good.0, b""));
        // The authenticator's word.
        assert!(!by(&data("evil.example", PRESENT | KNOWN, 6), &good.1));
        for flags in [0, PRESENT, KNOWN] {
            assert!(!by(&data(HOST, flags, 6), &good.1), "{flags}");
        }
        assert!(!by(&good.0[..36], &good.1) && !by(b"", &good.1));
        // Time, name, key, a changed byte.
        let said = brought(&key, &good.0, &good.1);
        assert!(fits(&said, HOST, Moment(NOW.0 + ANSWERED_MS - 1)));
        assert!(!fits(&said, HOST, Moment(NOW.0 + ANSWERED_MS)));
        assert!(!fits(&said, "localhost", NOW) && !fits(&said, "evil.example", NOW));
        assert!(said.signed(&other.key(), &all, HOST, NOW).is_none());
        assert!(said.signed(b"no key", &all, HOST, NOW).is_none());
        let changed = Brought { data: STANDARD.encode(data(HOST, PRESENT | KNOWN, 7)), ..said };
        assert!(!fits(&changed, HOST, NOW), "what was not signed");
    }

    #[test]
    fn each_kind_of_key_signs_for_itself_alone() {
        let (all, challenge) = challenges();
        let keys = [Authenticator::new(), Authenticator::edwards(), Authenticator::rsa()];
        let word = (data(HOST, PRESENT | KNOWN, 0), client("webauthn.get", &challenge, HOME));
        for (n, key) in keys.iter().enumerate() {
            let said = brought(key, &word.0, &word.1);
            for (of, other) in keys.iter().enumerate() {
                assert_eq!(said.signed(&other.key(), &all, HOST, NOW).is_some(), n == of, "{n} {of}");
            }
        }
    }

    #[test]
    fn a_new_passkey_is_named_by_its_authenticator_and_has_a_key_of_a_known_kind() {
        let (all, challenge) = challenges();
        let one = Authenticator::new();
        let word = client("webauthn.create", &challenge, HOME);
        let made = |data: &[u8]| brought(&one, data, &word).made(&all, HOST, NOW);
        let flags = PRESENT | KNOWN | NEW_KEY;
        for key in [Authenticator::new().key(), Authenticator::edwards().key(), Authenticator::rsa().key()] {
            let new = made(&attested(flags, b"number", &key)).unwrap();
            assert_eq!((new.id.as_slice(), &new.key, new.proved.count), (&b"number"[..], &key, 0));
            // What follows a key are extensions, where it says so, and they are no part of it.
            let more = [&key[..], &[0xa0]].concat();
            assert!(made(&attested(flags, b"number", &more)).is_none());
            assert_eq!(made(&attested(flags | EXTENDED, b"number", &more)).unwrap().key, key);
            for cut in [0, 1, 10, key.len() - 1] {
                assert!(made(&attested(flags, b"number", &key[..cut])).is_none(), "{cut}");
            }
        }
        let key = one.key();
        for (flags, id) in [(flags, &b"another"[..]), (PRESENT | KNOWN, b"number"), (PRESENT | NEW_KEY, b"number")] {
            assert!(made(&attested(flags, id, &key)).is_none(), "{flags} {id:?}");
        }
        // Another curve, another algorithm, a weak exponent.
        for (at, byte) in [(0, 0xa4), (2, 1), (4, 0x27), (6, 2)] {
            let mut odd = key.clone();
            odd[at] = byte;
            assert!(made(&attested(flags, b"number", &odd)).is_none(), "{at}");
        }
        let mut weak = Authenticator::rsa().key();
        let last = weak.len() - 1;
        weak[last] = 3;
        assert!(made(&attested(flags, b"number", &weak)).is_none());
        let longest = [7; 1024];
        let long = brought(&one, &attested(flags, &longest, &key), &word);
        assert!(Brought { id: STANDARD.encode(longest), ..long }.made(&all, HOST, NOW).is_none());
        let signs = client("webauthn.get", &challenge, HOME);
        assert!(brought(&one, &attested(flags, b"number", &key), &signs).made(&all, HOST, NOW).is_none());
    }

    #[test]
    fn without_tls_only_this_machine_s_own_name_is_taken_and_no_number() {
        let all = Challenges::new(vec!["203.0.113.7".into()]);
        let key = Authenticator::new();
        let signs = |host: &str, origin: &str| {
            let (challenge, _) = challenge(&all, host, NOW).unwrap()?;
            let name = host.split(':').next().unwrap();
            let said = brought(&key, &data(name, PRESENT | KNOWN, 0), &client("webauthn.get", &challenge, origin));
            said.signed(&key.key(), &all, host, NOW)
        };
        assert!(signs("localhost:8207", "http://localhost:8207").is_some());
        assert!(signs("localhost:8207", "http://localhost:8208").is_none());
        for number in ["127.0.0.1:8207", "203.0.113.7", "[::1]:8207", "[::1]", ":8207", "", "evil.example"] {
            assert_eq!(challenge(&all, number, NOW).unwrap(), None, "{number}");
        }
    }
}
