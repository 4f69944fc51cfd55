//! A key in a token (密码机、智能密码钥匙): slots with tokens, a session that a PIN opens, keys found by their label,
//! mechanisms that the token offers or not. The private key is made there and stays there.
//!
//! [`Module`] has the shape of PKCS#11 2.40 and no more of it than signing needs; [`super::pkcs11`] is a maker's module
//! behind it, [`super::soft`] a folder.

use super::{Algorithm, Signer, Unsigned};
use crate::proof::{bytes, hex, sha256};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// A module and the tokens that it reaches.
pub trait Module: Send + Sync {
    /// The tokens that are there now.
    ///
    /// # Errors
    /// `Module`, `Away`.
    fn tokens(&self) -> Result<Vec<Found>, Unsigned>;

    /// Opens a session with the token of this label and logs in as its user.
    ///
    /// # Errors
    /// `NoToken`, `WrongPin`, `Locked`, `Away`.
    fn open(&self, token: &str, pin: &str) -> Result<Box<dyn Session>, Unsigned>;
}

/// A token, as a list of them shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub label: String,
    /// What it can sign with.
    pub offers: Vec<Algorithm>,
}

/// A session in which the user is logged in. Dropping it ends it.
pub trait Session: Send {
    /// The public half of the key pair with this label; `None` where there is none.
    ///
    /// # Errors
    /// `Away`.
    fn find(&mut self, label: &str, algorithm: Algorithm) -> Result<Option<Vec<u8>>, Unsigned>;

    /// Makes a key pair that cannot be taken out; its public half.
    ///
    /// # Errors
    /// `NoMechanism`, `Away`.
    fn make(&mut self, label: &str, algorithm: Algorithm) -> Result<Vec<u8>, Unsigned>;

    /// # Errors
    /// `NoKey`, `NoMechanism`, `Away`.
    fn sign(&mut self, label: &str, algorithm: Algorithm, bytes: &[u8]) -> Result<Vec<u8>, Unsigned>;

    /// Destroys the key pair; nothing happens where there is none.
    ///
    /// # Errors
    /// `Away`.
    fn destroy(&mut self, label: &str, algorithm: Algorithm) -> Result<(), Unsigned>;
}

/// Where keys lie in a token, as configuration names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenPlace {
    /// The file of a maker's PKCS#11 module, or `soft:DIR`.
    pub module: String,
    /// The token's label.
    pub token: String,
    /// The file whose first line is the user's PIN. The PIN itself stands nowhere else.
    pub pin_file: PathBuf,
    /// How the labels of the keys begin: `LABEL-head`, `LABEL-head-sm2`, later `LABEL-head-2` and so on.
    pub label: String,
    /// Which keys lie there; others lie in files.
    pub algorithms: Vec<Algorithm>,
    /// The maker's number of SM2 with SM3 over the whole message (PKCS#11 has none of its own), and that of making a
    /// key pair of it, without which one made beforehand is used.
    pub sm2_mechanism: Option<u64>,
    pub sm2_make: Option<u64>,
}

impl TokenPlace {
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "module": self.module, "token": self.token, "pin_file": self.pin_file, "label": self.label,
            "algorithms": self.algorithms.iter().map(|a| a.name()).collect::<Vec<_>>(),
            "sm2_mechanism": self.sm2_mechanism, "sm2_make": self.sm2_make,
        })
    }

    pub(crate) fn from_json(json: &Value) -> Option<TokenPlace> {
        let text = |name: &str| json[name].as_str().map(str::to_owned);
        let algorithms = json["algorithms"].as_array()?.iter().map(|a| Algorithm::from_name(a.as_str()?));
        Some(TokenPlace {
            module: text("module")?,
            token: text("token")?,
            pin_file: text("pin_file")?.into(),
            label: text("label")?,
            algorithms: algorithms.collect::<Option<_>>()?,
            sm2_mechanism: json["sm2_mechanism"].as_u64(),
            sm2_make: json["sm2_make"].as_u64(),
        })
    }

    /// The module, ready to be asked.
    ///
    /// # Errors
    /// `Module`.
    pub fn module(&self) -> Result<Arc<dyn Module>, Unsigned> {
        Ok(match self.module.strip_prefix("soft:") {
            Some(folder) => Arc::new(super::soft::SoftModule::new(folder)),
            None => Arc::new(super::pkcs11::Pkcs11Module::load(&self.module, self.sm2_mechanism, self.sm2_make)?),
        })
    }
}

/// One token and the session with it, which is opened when it is first needed and again after it was lost.
pub struct Token {
    place: TokenPlace,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    module: Option<Arc<dyn Module>>,
    session: Option<Box<dyn Session>>,
    /// The hash of the PIN that was refused.
    refused: Option<[u8; 32]>,
}

impl Token {
    pub fn new(place: TokenPlace) -> Token {
        Token { place, held: Mutex::default() }
    }

    #[cfg(test)]
    pub(super) fn over(place: TokenPlace, module: Arc<dyn Module>) -> Token {
        Token { place, held: Mutex::new(Held { module: Some(module), ..Held::default() }) }
    }

    pub fn place(&self) -> &TokenPlace {
        &self.place
    }

    /// The public half of the key with this label, which is made where it is not there yet.
    ///
    /// # Errors
    /// As the token says.
    pub fn find_or_make(&self, label: &str, algorithm: Algorithm) -> Result<Vec<u8>, Unsigned> {
        self.with(|session| match session.find(label, algorithm)? {
            Some(public) => Ok(public),
            None => session.make(label, algorithm),
        })
    }

    /// # Errors
    /// As the token says; none where the key is gone already.
    pub fn destroy(&self, label: &str, algorithm: Algorithm) -> Result<(), Unsigned> {
        self.with(|session| session.destroy(label, algorithm))
    }

    /// Asks within a session. One that was lost since it was last used is opened anew, once.
    fn with<T>(&self, ask: impl Fn(&mut dyn Session) -> Result<T, Unsigned>) -> Result<T, Unsigned> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(session) = &mut held.session {
            match ask(session.as_mut()) {
                Err(Unsigned::Away(_)) => held.session = None,
                other => return other,
            }
        }
        let mut session = self.open(&mut held)?;
        let answer = ask(session.as_mut());
        if !matches!(answer, Err(Unsigned::Away(_))) {
            held.session = Some(session);
        }
        answer
    }

    fn open(&self, held: &mut Held) -> Result<Box<dyn Session>, Unsigned> {
        let name = || self.place.token.clone();
        let text = std::fs::read_to_string(&self.place.pin_file);
        let text = zeroize::Zeroizing::new(text.map_err(|error| Unsigned::NoPin(name(), error.to_string()))?);
        let pin = text.lines().next().unwrap_or_default();
        let hash = sha256(pin.as_bytes());
        if held.refused == Some(hash) {
            return Err(Unsigned::WrongPin(name()));
        }
        let module = match &held.module {
            Some(module) => module.clone(),
            None => held.module.insert(self.place.module()?).clone(),
        };
        let session = module.open(&self.place.token, pin);
        held.refused = matches!(session, Err(Unsigned::WrongPin(_))).then_some(hash);
        session
    }
}

/// A key in a token.
pub(crate) struct TokenKey {
    token: Arc<Token>,
    label: String,
    algorithm: Algorithm,
    public: Vec<u8>,
}

impl TokenKey {
    pub(crate) fn new(token: Arc<Token>, label: String, algorithm: Algorithm, public: Vec<u8>) -> TokenKey {
        TokenKey { token, label, algorithm, public }
    }

    /// What the folder of keys has in the place of the key: where it is, and its public half.
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "at": self.token.place.to_json(), "key": self.label, "algorithm": self.algorithm.name(),
            "public": hex(&self.public),
        })
    }

    /// Reads what [`TokenKey::to_json`] wrote; `token` hands out the one connection with a place.
    pub(crate) fn from_json(json: &Value, token: impl FnOnce(TokenPlace) -> Arc<Token>) -> Option<TokenKey> {
        let place = TokenPlace::from_json(&json["at"])?;
        let algorithm = Algorithm::from_name(json["algorithm"].as_str()?)?;
        let (label, public) = (json["key"].as_str()?.to_owned(), bytes(json["public"].as_str()?)?);
        Some(TokenKey { token: token(place), label, algorithm, public })
    }

    pub(crate) fn destroy(&self) -> Result<(), Unsigned> {
        self.token.destroy(&self.label, self.algorithm)
    }
}

impl Signer for TokenKey {
    fn public(&self) -> &[u8] {
        &self.public
    }

    fn sign(&self, bytes: &[u8]) -> Result<[u8; 64], Unsigned> {
        let signature = self.token.with(|session| session.sign(&self.label, self.algorithm, bytes))?;
        // Whatever the token did, nothing goes out that does not hold.
        let held = <[u8; 64]>::try_from(signature).ok();
        held.filter(|signature| self.algorithm.verifies(&self.public, bytes, signature))
            .ok_or_else(|| Unsigned::Wrong(self.label.clone()))
    }
}
