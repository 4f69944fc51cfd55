//! What signs (签名器): one private key that is used and never read, in a file of this machine or in a token.
//!
//! Heads, successions and what a witness countersigns are signed by whatever is behind [`Signer`]; none of them knows
//! which. [`Software`] is a key of the folder of keys; [`token`] is one in a device of the shape of PKCS#11.

pub mod pkcs11;
pub mod soft;
pub mod token;

use crate::proof::sha256;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sm2::elliptic_curve::sec1::ToSec1Point as _;

/// The identity that SM2 signatures are made under where no other is agreed (GM/T 0009).
pub(crate) const SM2_ID: &str = "1234567812345678";

/// What a head is signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// RFC 8032.
    Ed25519,
    /// GM/T 0003.2 with SM3 and the identity `1234567812345678`; a signature is `r || s`.
    Sm2,
}

impl Algorithm {
    pub const ALL: [Algorithm; 2] = [Algorithm::Ed25519, Algorithm::Sm2];

    pub fn name(self) -> &'static str {
        match self {
            Algorithm::Ed25519 => "ed25519",
            Algorithm::Sm2 => "sm2",
        }
    }

    pub fn from_name(name: &str) -> Option<Algorithm> {
        Algorithm::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// Whether this public key made this signature over these bytes; false too where the key is none.
    pub fn verifies(self, public: &[u8], bytes: &[u8], signature: &[u8; 64]) -> bool {
        use sm2::dsa::signature::Verifier as _;
        let held = match self {
            Algorithm::Ed25519 => <[u8; 32]>::try_from(public)
                .ok()
                .and_then(|key| VerifyingKey::from_bytes(&key).ok())
                .map(|key| key.verify_strict(bytes, &Signature::from_bytes(signature)).is_ok()),
            Algorithm::Sm2 => sm2::dsa::VerifyingKey::from_sec1_bytes(SM2_ID, public).ok().map(|key| {
                sm2::dsa::Signature::from_bytes(signature.into()).is_ok_and(|s| key.verify(bytes, &s).is_ok())
            }),
        };
        held == Some(true)
    }
}

/// One private key that signs.
pub trait Signer: Send + Sync {
    /// The public half: 32 bytes of Ed25519, 65 of SM2 (an uncompressed point). It is known also while the key is away.
    fn public(&self) -> &[u8];

    /// Signs these bytes themselves, not their hash.
    ///
    /// # Errors
    /// Why there is no signature. One that does not hold under [`Signer::public`] is never handed out.
    fn sign(&self, bytes: &[u8]) -> Result<[u8; 64], Unsigned>;
}

/// Why nothing was signed. What was to be signed stays as it is, and can be signed later.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsigned {
    #[error("the module {0} cannot be used: {1}")]
    Module(String, String),
    #[error("no token `{0}` is there; is it plugged in?")]
    NoToken(String),
    #[error("the PIN of token `{0}` cannot be read: {1}")]
    NoPin(String, String),
    /// It is not tried again before it is another: a token locks itself after a few.
    #[error("token `{0}` refuses its PIN")]
    WrongPin(String),
    #[error("token `{0}` is locked after wrong PINs; its security officer unlocks it")]
    Locked(String),
    #[error("there is no key `{0}` in the token")]
    NoKey(String),
    #[error("the token does not offer {0}")]
    NoMechanism(String),
    /// It was there and is not any more, or does not answer as it should; the next call asks again.
    #[error("the token is away: {0}")]
    Away(String),
    /// It signed with another key, or not what it was given.
    #[error("the token's signature does not hold under the key `{0}`; it was thrown away")]
    Wrong(String),
}

/// A key that lies in a file and is used in this process.
#[derive(Clone)]
pub struct Software {
    key: Secret,
    public: Vec<u8>,
}

#[derive(Clone)]
enum Secret {
    Ed25519(Box<SigningKey>),
    Sm2(Box<sm2::dsa::SigningKey>),
}

impl Software {
    /// From 32 secret bytes.
    pub fn new(algorithm: Algorithm, secret: &[u8; 32]) -> Software {
        match algorithm {
            Algorithm::Ed25519 => {
                let key = SigningKey::from_bytes(secret);
                let public = key.verifying_key().as_bytes().to_vec();
                Software { key: Secret::Ed25519(Box::new(key)), public }
            }
            Algorithm::Sm2 => {
                // Of 2^32 numbers about one is no key of SM2: then it is the hash of it.
                let mut scalar = *secret;
                let key = loop {
                    match sm2::dsa::SigningKey::from_slice(SM2_ID, &scalar) {
                        Ok(key) => break key,
                        Err(_) => scalar = sha256(&scalar),
                    }
                };
                let public = key.verifying_key().to_sec1_point(false).as_bytes().to_vec();
                Software { key: Secret::Sm2(Box::new(key)), public }
            }
        }
    }
}

impl Signer for Software {
    fn public(&self) -> &[u8] {
        &self.public
    }

    fn sign(&self, bytes: &[u8]) -> Result<[u8; 64], Unsigned> {
        Ok(match &self.key {
            Secret::Ed25519(key) => key.sign(bytes).to_bytes(),
            Secret::Sm2(key) => {
                let signature: sm2::dsa::Signature = key.sign(bytes);
                signature.to_bytes().into()
            }
        })
    }
}

#[cfg(test)]
mod tests;
