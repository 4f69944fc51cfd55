//! The keys, in a folder outside the data folder: who has the data alone can read nothing personal.
//!
//! One file a key, readable by its owner only, made when it is first asked for and durable before it is used.
//! Destroying a key leaves a mark, so that it is never made again under the same name: what it locked is gone.
//! Keys that sign heads may lie in a token instead ([`crate::signer`]): then the folder has their place and public half.
//! With a seed, new keys are derived from it instead of drawn: the same commands then give the same journal.

use crate::disk::Disk;
use crate::head::HeadKeys;
use crate::signer::token::{Token, TokenKey, TokenPlace};
use crate::signer::{Algorithm, Signer, Software};
use crate::{StoreError, proof};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sha2::block_api::compress256;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use trade::time::Moment;
use zeroize::Zeroize;

/// 32 secret bytes; wiped from memory when no longer needed, never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 32]);

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl Secret {
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl From<[u8; 32]> for Secret {
    fn from(bytes: [u8; 32]) -> Secret {
        Secret(bytes)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// A month of Beijing time, as the number YYYYMM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(pub u32);

impl Month {
    pub fn of(at: Moment) -> Month {
        let (year, month, _) = at.day().date();
        Month(year.unsigned_abs() * 100 + month)
    }
}

/// How long something is kept, by a number whose meaning the caller knows.
pub type Class = u16;

/// The folder of keys; clones are the same folder.
#[derive(Clone)]
pub struct Keys(Arc<Inner>);

struct Inner {
    disk: Disk,
    dir: PathBuf,
    seed: Option<Secret>,
    /// Where new keys that sign heads are made.
    token: Option<TokenPlace>,
    /// One connection with each token, whatever keys lie there.
    tokens: Mutex<Vec<Arc<Token>>>,
    signers: Mutex<HashMap<String, Arc<dyn Signer>>>,
    known: Mutex<HashMap<String, Secret>>,
    destroyed: AtomicU64,
}

impl Keys {
    /// Opens or makes the folder; its keys are drawn at random.
    ///
    /// # Errors
    /// If the folder cannot be read or written.
    pub fn open(disk: &Disk, dir: &Path) -> Result<Keys, StoreError> {
        Keys::open_with(disk, dir, None, None)
    }

    /// Like [`Keys::open`], but new keys are derived from `seed`. For tests and for proving a history again.
    ///
    /// # Errors
    /// As [`Keys::open`].
    pub fn open_seeded(disk: &Disk, dir: &Path, seed: [u8; 32]) -> Result<Keys, StoreError> {
        Keys::open_with(disk, dir, Some(seed), None)
    }

    /// Like [`Keys::open`], or with a seed like [`Keys::open_seeded`]; new keys that sign heads are made in the token.
    ///
    /// # Errors
    /// As [`Keys::open`]. Whether the token is there shows when it is needed.
    pub fn open_with(
        disk: &Disk,
        dir: &Path,
        seed: Option<[u8; 32]>,
        token: Option<TokenPlace>,
    ) -> Result<Keys, StoreError> {
        disk.make_dir(dir).map_err(|e| StoreError::io(dir, e))?;
        let keys = Keys(Arc::new(Inner {
            disk: disk.clone(),
            dir: dir.to_owned(),
            seed: seed.map(Secret),
            token,
            tokens: Mutex::default(),
            signers: Mutex::default(),
            known: Mutex::default(),
            destroyed: AtomicU64::new(0),
        }));
        // A crash may have come between the mark and the end of the key.
        for name in disk.list(dir).map_err(|e| StoreError::io(dir, e))? {
            if let Some(name) = name.strip_suffix(".gone") {
                match keys.destroy(name) {
                    // What a token keeps is destroyed when it is there again.
                    Ok(()) | Err(StoreError::Unsigned(_)) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(keys)
    }

    /// The keys that sign heads, of this generation: 1 for the first. Their public halves are what receipts are verified
    /// with.
    ///
    /// # Errors
    /// `Gone` if they were destroyed; `Unsigned` where one is to be made in a token that does not make it.
    pub fn head_keys(&self, generation: u32) -> Result<HeadKeys, StoreError> {
        let [ed25519, sm2] = head_names(generation);
        // What a token does not make is noticed before the other key lies in a file, which would be taken for this one.
        let sm2_first = self.0.token.as_ref().is_some_and(|place| place.algorithms.contains(&Algorithm::Sm2));
        if sm2_first {
            self.signer(&sm2, Algorithm::Sm2)?;
        }
        let (ed25519, sm2) = (self.signer(&ed25519, Algorithm::Ed25519)?, self.signer(&sm2, Algorithm::Sm2)?);
        HeadKeys::of(ed25519, sm2).ok_or_else(|| StoreError::corrupt(self.dir(), 0, "a public key is none"))
    }

    /// Where the key is: in its file, in the token that the folder names, or where new ones are made.
    fn signer(&self, name: &str, algorithm: Algorithm) -> Result<Arc<dyn Signer>, StoreError> {
        let mut signers = self.0.signers.lock().unwrap_or_else(|e| e.into_inner());
        if let Some(signer) = signers.get(name) {
            return Ok(signer.clone());
        }
        let there = |end: &str| self.0.disk.exists(&self.0.dir.join(format!("{name}.{end}")));
        let wanted = self.0.token.as_ref().filter(|place| place.algorithms.contains(&algorithm));
        let signer: Arc<dyn Signer> = match (self.in_token(name)?, wanted) {
            (Some(key), _) => Arc::new(key),
            (None, Some(place)) if !there("key") && !there("gone") => {
                Arc::new(self.make_in(place.clone(), name, algorithm)?)
            }
            _ => Arc::new(Software::new(algorithm, self.get_or_make(name)?.bytes())),
        };
        signers.insert(name.to_owned(), signer.clone());
        Ok(signer)
    }

    /// A key made beforehand under its label is taken; so is one that was made just before a crash.
    fn make_in(&self, place: TokenPlace, name: &str, algorithm: Algorithm) -> Result<TokenKey, StoreError> {
        let label = format!("{}-{name}", place.label);
        let token = self.token(place);
        let key = TokenKey::new(token.clone(), label.clone(), algorithm, token.find_or_make(&label, algorithm)?);
        // One that does not sign is noticed here, and not by the first who asks for a head.
        key.sign(b"onewindow key 1")?;
        let path = self.0.dir.join(format!("{name}.token"));
        let text = key.to_json().to_string();
        self.0.disk.replace_secret(&path, text.as_bytes()).map_err(|e| StoreError::io(&path, e))?;
        Ok(key)
    }

    /// The key's place in a token, as the folder has it.
    fn in_token(&self, name: &str) -> Result<Option<TokenKey>, StoreError> {
        let path = self.0.dir.join(format!("{name}.token"));
        let bytes = match self.0.disk.read(&path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(StoreError::io(&path, e)),
        };
        let json = serde_json::from_slice(&bytes).ok();
        let key = json.and_then(|json| TokenKey::from_json(&json, |place| self.token(place)));
        key.map(Some).ok_or_else(|| StoreError::corrupt(&path, 0, "it names no key in a token"))
    }

    fn token(&self, place: TokenPlace) -> Arc<Token> {
        let mut tokens = self.0.tokens.lock().unwrap_or_else(|e| e.into_inner());
        if let Some(known) = tokens.iter().find(|token| *token.place() == place) {
            return known.clone();
        }
        let token = Arc::new(Token::new(place));
        tokens.push(token.clone());
        token
    }

    /// Destroys the keys of a generation: nobody signs with them any more.
    pub fn forget_head(&self, generation: u32) -> Result<(), StoreError> {
        let [ed25519, sm2] = head_names(generation).map(|name| self.forget(&name));
        ed25519.and(sm2)
    }

    /// The key of what was taken in during this month under this class.
    ///
    /// # Errors
    /// `Gone` if it was destroyed.
    pub fn vault_key(&self, month: Month, class: Class) -> Result<Secret, StoreError> {
        self.get_or_make(&vault_name(month, class))
    }

    /// The keys of pseudonyms of this kind that are alive, newest year first; that of `year` is made if it was
    /// never there. An index by year of the law, so that one year's pseudonyms can be forgotten.
    ///
    /// # Errors
    /// If the folder cannot be read or written. A destroyed key of `year` is just not among them.
    pub fn pseudonym_keys(&self, kind: &str, year: i32) -> Result<Vec<(i32, Secret)>, StoreError> {
        match self.get_or_make(&pseudonym_name(kind, year)) {
            Ok(_) | Err(StoreError::Gone) => {}
            Err(other) => return Err(other),
        }
        let mut found = vec![];
        let prefix = pseudonym_name(kind, 0).trim_end_matches("0000").to_owned();
        for file in self.0.disk.list(&self.0.dir).map_err(|e| StoreError::io(&self.0.dir, e))? {
            let name = file.strip_suffix(".key").unwrap_or_default();
            if let Some(year) = name.strip_prefix(&prefix).and_then(|y| y.parse::<i32>().ok()) {
                found.push((year, self.get_or_make(name)?));
            }
        }
        found.sort_by_key(|(year, _)| std::cmp::Reverse(*year));
        Ok(found)
    }

    /// Destroys the key of a month and class: what the vault holds of it can never be read again.
    pub fn forget_vault(&self, month: Month, class: Class) -> Result<(), StoreError> {
        self.forget(&vault_name(month, class))
    }

    /// Destroys the pseudonym key of a kind and year: its pseudonyms can never again be traced to a value.
    pub fn forget_pseudonyms(&self, kind: &str, year: i32) -> Result<(), StoreError> {
        self.forget(&pseudonym_name(kind, year))
    }

    /// A key by a name of the caller's own (letters, digits, `-`).
    ///
    /// # Errors
    /// `Gone` if it was destroyed.
    pub fn get_or_make(&self, name: &str) -> Result<Secret, StoreError> {
        let Inner { disk, dir, seed, known, .. } = &*self.0;
        let mut known = known.lock().unwrap_or_else(|e| e.into_inner());
        if let Some(secret) = known.get(name) {
            return Ok(secret.clone());
        }
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            return Err(StoreError::Order("a key's name has letters, digits and `-`".into()));
        }
        if disk.exists(&dir.join(format!("{name}.gone"))) {
            return Err(StoreError::Gone);
        }
        let path = dir.join(format!("{name}.key"));
        let failed = |e| StoreError::io(&path, e);
        let secret = match disk.read(&path) {
            Ok(bytes) => Secret(bytes.try_into().map_err(|_| StoreError::corrupt(&path, 0, "a key has 32 bytes"))?),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                let mut secret = Secret([0; 32]);
                match seed {
                    Some(seed) => secret.0 = hmac(seed.bytes(), &[name.as_bytes()]),
                    None => {
                        getrandom::fill(&mut secret.0).map_err(|e| StoreError::Broken(format!("no randomness: {e}")))?
                    }
                }
                disk.replace_secret(&path, &secret.0).map_err(failed)?;
                secret
            }
            Err(e) => return Err(failed(e)),
        };
        known.insert(name.to_owned(), secret.clone());
        Ok(secret)
    }

    /// How many keys were destroyed since the folder was opened: whoever holds keys beside it looks whether it changed.
    pub fn destroyed(&self) -> u64 {
        self.0.destroyed.load(Ordering::Acquire)
    }

    fn forget(&self, name: &str) -> Result<(), StoreError> {
        let mark = self.0.dir.join(format!("{name}.gone"));
        self.0.disk.replace_secret(&mark, b"").map_err(|e| StoreError::io(&mark, e))?;
        self.0.known.lock().unwrap_or_else(|e| e.into_inner()).remove(name);
        self.0.signers.lock().unwrap_or_else(|e| e.into_inner()).remove(name);
        self.0.destroyed.fetch_add(1, Ordering::AcqRel);
        self.destroy(name)
    }

    fn destroy(&self, name: &str) -> Result<(), StoreError> {
        let Inner { disk, dir, .. } = &*self.0;
        if let Some(key) = self.in_token(name)? {
            key.destroy()?;
            let place = dir.join(format!("{name}.token"));
            let removed = disk.remove(&place).and_then(|()| disk.sync_dir(dir));
            removed.map_err(|e| StoreError::io(&place, e))?;
        }
        let path = dir.join(format!("{name}.key"));
        if !disk.exists(&path) {
            return Ok(());
        }
        let wiped = disk.open(&path, false).and_then(|file| {
            file.write_all_at(&[0; 32], 0)?;
            file.sync()?;
            disk.remove(&path)?;
            disk.sync_dir(dir)
        });
        wiped.map_err(|e| StoreError::io(&path, e))
    }

    pub fn dir(&self) -> &Path {
        &self.0.dir
    }
}

fn head_names(generation: u32) -> [String; 2] {
    let end = if generation == 1 { String::new() } else { format!("-{generation}") };
    [format!("head{end}"), format!("head-sm2{end}")]
}

fn vault_name(month: Month, class: Class) -> String {
    format!("vault-{:06}-{class}", month.0)
}

fn pseudonym_name(kind: &str, year: i32) -> String {
    format!("pseudonym-{kind}-{year:04}")
}

/// HMAC-SHA-256 over the parts one after the other.
pub fn hmac(key: &[u8; 32], parts: &[&[u8]]) -> proof::Hash {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// A key made ready once, for hashing many short values: what [`hmac`] makes of the key in its inner and its outer hash
/// (RFC 2104) is reckoned beforehand, which is half the work.
#[derive(Clone)]
pub struct Keyed {
    key: Secret,
    inner: [u32; 8],
    outer: [u32; 8],
}

/// Longer values than fit into so many blocks are hashed by [`hmac`] itself.
const SHORT_BLOCKS: usize = 4;

impl Keyed {
    pub fn new(key: &Secret) -> Keyed {
        let after = |pad: u8| {
            let mut block = [pad; 64];
            block.iter_mut().zip(key.bytes()).for_each(|(b, k)| *b ^= k);
            let mut state = SHA256_START;
            compress256(&mut state, &[block]);
            state
        };
        Keyed { key: key.clone(), inner: after(0x36), outer: after(0x5c) }
    }

    /// What [`hmac`] gives for the one part.
    pub fn hash(&self, value: &[u8]) -> proof::Hash {
        // A one bit, and eight bytes that tell the length, which counts the key's block.
        let blocks = (value.len() + 9).div_ceil(64);
        if blocks > SHORT_BLOCKS {
            return hmac(self.key.bytes(), &[value]);
        }
        let mut padded = [[0; 64]; SHORT_BLOCKS];
        let flat = padded.as_flattened_mut();
        flat[..value.len()].copy_from_slice(value);
        flat[value.len()] = 0x80;
        flat[blocks * 64 - 8..blocks * 64].copy_from_slice(&(8 * (64 + value.len() as u64)).to_be_bytes());
        let mut state = self.inner;
        compress256(&mut state, &padded[..blocks]);
        let mut last = [0; 64];
        last[..32].copy_from_slice(&bytes(&state));
        last[32] = 0x80;
        last[56..].copy_from_slice(&(8 * (64 + 32u64)).to_be_bytes());
        let mut state = self.outer;
        compress256(&mut state, &[last]);
        bytes(&state)
    }
}

impl Drop for Keyed {
    fn drop(&mut self) {
        self.inner.zeroize();
        self.outer.zeroize();
    }
}

/// Where SHA-256 begins (FIPS 180-4, 5.3.3).
const SHA256_START: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

fn bytes(state: &[u32; 8]) -> proof::Hash {
    let mut out = [0; 32];
    out.chunks_exact_mut(4).zip(state).for_each(|(bytes, word)| bytes.copy_from_slice(&word.to_be_bytes()));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_key_made_ready_hashes_alike() {
        let key = Secret([7; 32]);
        for value in (0..400).map(|length| "46010119900307123X海南省".bytes().cycle().take(length).collect::<Vec<u8>>())
        {
            assert_eq!(Keyed::new(&key).hash(&value), hmac(key.bytes(), &[&value]), "{} bytes", value.len());
        }
    }

    #[test]
    fn keys_are_made_once_kept_and_destroyed_for_good() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::real();
        let open = || Keys::open(&disk, folder.path()).unwrap();
        let march = Month::of(Moment::parse("2026-03-01").unwrap());
        assert_eq!(march, Month(202603));
        let key = open().vault_key(march, 1).unwrap();
        assert_eq!(open().vault_key(march, 1).unwrap(), key);
        assert_ne!(open().vault_key(march, 2).unwrap(), key);
        let mode = std::fs::metadata(folder.path().join("vault-202603-1.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);

        let keys = open();
        keys.forget_vault(march, 1).unwrap();
        assert!(matches!(keys.vault_key(march, 1), Err(StoreError::Gone)));
        assert!(matches!(open().vault_key(march, 1), Err(StoreError::Gone)));
        assert!(!folder.path().join("vault-202603-1.key").exists());
        open().vault_key(march, 2).unwrap();
        assert!(keys.get_or_make("../outside").is_err());
    }

    #[test]
    fn every_live_year_of_pseudonyms_is_listed() {
        let disk = Disk::memory();
        let keys = Keys::open_seeded(&disk, Path::new("/keys"), [1; 32]).unwrap();
        let years = |keys: &Keys, kind, year| {
            keys.pseudonym_keys(kind, year).unwrap().into_iter().map(|(y, _)| y).collect::<Vec<_>>()
        };
        assert_eq!(years(&keys, "identity", 2025), [2025]);
        assert_eq!(years(&keys, "identity", 2026), [2026, 2025]);
        assert_eq!(years(&keys, "name", 2026), [2026]);
        keys.forget_pseudonyms("identity", 2025).unwrap();
        assert_eq!(years(&keys, "identity", 2026), [2026]);
        assert_eq!(years(&keys, "identity", 2025), [2026], "it is not made again");
        let again = Keys::open_seeded(&Disk::memory(), Path::new("/keys"), [1; 32]).unwrap();
        assert_eq!(again.pseudonym_keys("name", 2026).unwrap(), keys.pseudonym_keys("name", 2026).unwrap());
        let other = Keys::open_seeded(&Disk::memory(), Path::new("/keys"), [2; 32]).unwrap();
        assert_ne!(other.pseudonym_keys("name", 2026).unwrap(), keys.pseudonym_keys("name", 2026).unwrap());
    }

    #[test]
    fn a_key_that_was_used_survives_a_cut() {
        for n in 0..8 {
            for seed in 0..4 {
                let disk = Disk::memory();
                let keys = Keys::open(&disk, Path::new("/keys")).unwrap();
                disk.cut_after(n);
                let used = keys.get_or_make("head").ok();
                disk.restart(seed);
                let after = Keys::open(&disk, Path::new("/keys")).unwrap().get_or_make("head").unwrap();
                assert!(used.is_none_or(|used| used == after));
            }
        }
    }
}
