//! A token that is a folder: for trying, and for tests of what a device does that is wrong, locked, or gone.
//!
//! `token.json` has its label, the salt of its PIN and how often a wrong one was given; each key is a file sealed under
//! the PIN (Argon2id, AES-256-GCM). It keeps keys from whoever copies the folder without the PIN. From whoever runs
//! this machine it keeps nothing: that is what a device is for.

use super::token::{Found, Module, Session};
use super::{Algorithm, Signer as _, Software, Unsigned};
use crate::keys::Secret;
use crate::ops::{seal, unseal};
use crate::proof::{hex, unhex};
use serde_json::{Value, json};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// Wrong PINs after which it is locked.
const TRIES: u64 = 10;
const CHECK: &[u8] = b"onewindow soft token 1";

/// A folder that is one token.
pub struct SoftModule {
    folder: PathBuf,
}

struct SoftSession {
    folder: PathBuf,
    token: String,
    key: Secret,
}

impl SoftModule {
    pub fn new(folder: impl AsRef<Path>) -> SoftModule {
        SoftModule { folder: folder.as_ref().to_owned() }
    }

    /// Makes the folder a token with this label and PIN (C_InitToken, C_InitPIN).
    ///
    /// # Errors
    /// `Module` where something is there already, or it cannot be written.
    pub fn init(&self, label: &str, pin: &str) -> Result<(), Unsigned> {
        let failed = |why: String| Unsigned::Module(self.folder.display().to_string(), why);
        if self.folder.join("token.json").exists() {
            return Err(failed("there is a token already".into()));
        }
        std::fs::create_dir_all(&self.folder).map_err(|error| failed(error.to_string()))?;
        let mut salt = [0; 16];
        getrandom::fill(&mut salt).map_err(|error| failed(error.to_string()))?;
        let check = seal(&key_of(pin, &salt)?, label, CHECK).map_err(|error| failed(error.to_string()))?;
        let json = json!({ "label": label, "salt": hex(&salt), "check": hex(&check), "wrong": 0 });
        write(&self.folder.join("token.json"), json.to_string().as_bytes())
    }

    fn read(&self) -> Result<Option<Value>, Unsigned> {
        match std::fs::read(self.folder.join("token.json")) {
            Ok(bytes) => {
                let broken =
                    |error: serde_json::Error| Unsigned::Module(self.folder.display().to_string(), error.to_string());
                serde_json::from_slice(&bytes).map(Some).map_err(broken)
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Unsigned::Away(error.to_string())),
        }
    }
}

impl Module for SoftModule {
    fn tokens(&self) -> Result<Vec<Found>, Unsigned> {
        let label = |json: Value| json["label"].as_str().unwrap_or_default().to_owned();
        let found = |json| Found { label: label(json), offers: Algorithm::ALL.to_vec() };
        Ok(self.read()?.map(found).into_iter().collect())
    }

    fn open(&self, token: &str, pin: &str) -> Result<Box<dyn Session>, Unsigned> {
        let json = self.read()?.filter(|json| json["label"] == token);
        let Some(mut json) = json else { return Err(Unsigned::NoToken(token.into())) };
        let wrong = json["wrong"].as_u64().unwrap_or(TRIES);
        if wrong >= TRIES {
            return Err(Unsigned::Locked(token.into()));
        }
        let salt = json["salt"].as_str().and_then(unhex::<16>).unwrap_or_default();
        let check = json["check"].as_str().and_then(crate::proof::bytes).unwrap_or_default();
        let key = key_of(pin, &salt)?;
        let fits = unseal(&key, token, &check).is_some_and(|plain| plain == CHECK);
        let tries = if fits { 0 } else { wrong + 1 };
        if tries != wrong {
            json["wrong"] = tries.into();
            write(&self.folder.join("token.json"), json.to_string().as_bytes())?;
        }
        match fits {
            true => Ok(Box::new(SoftSession { folder: self.folder.clone(), token: token.into(), key })),
            false => Err(Unsigned::WrongPin(token.into())),
        }
    }
}

impl SoftSession {
    fn file(&self, label: &str, algorithm: Algorithm) -> Result<PathBuf, Unsigned> {
        if label.is_empty() || !label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            return Err(Unsigned::NoKey(label.into()));
        }
        Ok(self.folder.join(format!("{label}.{}", algorithm.name())))
    }

    fn key(&self, label: &str, algorithm: Algorithm) -> Result<Option<Software>, Unsigned> {
        let path = self.file(label, algorithm)?;
        if !self.folder.join("token.json").exists() {
            return Err(Unsigned::Away(format!("{} was taken out", self.token)));
        }
        let sealed = match std::fs::read(&path) {
            Ok(sealed) => sealed,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Unsigned::Away(error.to_string())),
        };
        let plain = unseal(&self.key, &name(label, algorithm), &sealed).map(zeroize::Zeroizing::new);
        let secret = plain.and_then(|plain| <[u8; 32]>::try_from(plain.as_slice()).ok());
        let secret = secret.ok_or_else(|| Unsigned::Away(format!("{} is damaged", path.display())))?;
        Ok(Some(Software::new(algorithm, &secret)))
    }
}

impl Session for SoftSession {
    fn find(&mut self, label: &str, algorithm: Algorithm) -> Result<Option<Vec<u8>>, Unsigned> {
        Ok(self.key(label, algorithm)?.map(|key| key.public().to_vec()))
    }

    fn make(&mut self, label: &str, algorithm: Algorithm) -> Result<Vec<u8>, Unsigned> {
        if self.key(label, algorithm)?.is_some() {
            return Err(Unsigned::Away(format!("there is a key {label} already")));
        }
        let mut secret = zeroize::Zeroizing::new([0; 32]);
        getrandom::fill(secret.as_mut_slice()).map_err(|error| Unsigned::Away(error.to_string()))?;
        let sealed = seal(&self.key, &name(label, algorithm), secret.as_slice());
        write(&self.file(label, algorithm)?, &sealed.map_err(|error| Unsigned::Away(error.to_string()))?)?;
        Ok(Software::new(algorithm, &secret).public().to_vec())
    }

    fn sign(&mut self, label: &str, algorithm: Algorithm, bytes: &[u8]) -> Result<Vec<u8>, Unsigned> {
        let key = self.key(label, algorithm)?.ok_or_else(|| Unsigned::NoKey(label.into()))?;
        key.sign(bytes).map(|signature| signature.to_vec())
    }

    fn destroy(&mut self, label: &str, algorithm: Algorithm) -> Result<(), Unsigned> {
        match self.key(label, algorithm)? {
            None => Ok(()),
            Some(_) => std::fs::remove_file(self.file(label, algorithm)?).map_err(|e| Unsigned::Away(e.to_string())),
        }
    }
}

fn name(label: &str, algorithm: Algorithm) -> String {
    format!("{label} {}", algorithm.name())
}

fn key_of(pin: &str, salt: &[u8]) -> Result<Secret, Unsigned> {
    let mut key = [0; 32];
    argon2::Argon2::default()
        .hash_password_into(pin.as_bytes(), salt, &mut key)
        .map_err(|error| Unsigned::Away(error.to_string()))?;
    Ok(Secret::from(key))
}

/// Whole or not at all, durable, and for its owner only.
fn write(path: &Path, bytes: &[u8]) -> Result<(), Unsigned> {
    use std::io::Write as _;
    let part = path.with_added_extension("part");
    let mut options = std::fs::OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(0o600).open(&part);
    file.and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| std::fs::rename(&part, path))
        .map_err(|error| Unsigned::Away(error.to_string()))
}
