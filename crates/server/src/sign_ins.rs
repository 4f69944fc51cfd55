//! Who is signed in, by which second factor and passkey: what the ops tables keep, and how one-time codes are made and
//! checked.
//!
//! A session rests on what its account was when it began ([`Account::grounds`]); where role, enterprise, office or
//! password are others now, it has ended. One-time codes are those of RFC 6238 (SHA-1, six digits, 30 seconds, one step
//! of grace); each is taken once. The shared secret is sealed with a key outside the data folder, recovery codes stand
//! here by their SHA-256. Where the tables cannot be read nobody comes in.

use crate::desk::Account;
use crate::site::hex;
use sha2::{Digest, Sha256};
use store::keys::hmac;
use store::ops::{Factor, Link, Machine, Passkey, Session, seal, unseal};
use store::{Disk, Hash, Keys, Ops, StoreError};
use totp_rs::{Builder, Secret, Totp};
use trade::time::Moment;

/// The key that seals shared secrets.
const KEY: &str = "sign-in";
/// A secret that was offered is confirmed within this time.
const OFFER_MS: i64 = 15 * 60_000;
const RECOVERY_CODES: usize = 10;
/// RFC 4648 letters, in small.
const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// Sessions and second factors of one zone.
#[derive(Clone)]
pub struct SignIns {
    ops: Ops,
    keys: Keys,
}

/// A session as its owner and the security administrator see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The beginning of the token's hash, by which it is ended.
    pub id: String,
    pub account: String,
    pub begun: Moment,
    pub until: Moment,
    /// The one that asks.
    pub this: bool,
    /// Of a machine: the beginning of its certificate's SHA-256.
    pub certificate: Option<String>,
}

/// A secret to be put into an authenticator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// In base32, four letters a group.
    pub secret: String,
    /// The same as `otpauth:` address.
    pub address: String,
}

impl SignIns {
    pub fn new(ops: Ops, keys: Keys) -> SignIns {
        SignIns { ops, keys }
    }

    /// As long as the process; for tests.
    ///
    /// # Errors
    /// None in practice.
    pub fn in_memory() -> Result<SignIns, StoreError> {
        let keys = Keys::open(&Disk::memory(), std::path::Path::new("keys"))?;
        Ok(SignIns::new(Ops::in_memory()?, keys))
    }

    /// Begins a session; with `second` it began with two factors by a provider's word.
    ///
    /// # Errors
    /// If it cannot be kept: then nobody is signed in.
    pub fn begin(
        &self,
        token: &Hash,
        account: &Account,
        (begun, expires): (Moment, Moment),
        second: bool,
    ) -> Result<(), StoreError> {
        let (name, grounds) = (account.caller.name.clone(), account.grounds());
        let session = Session { account: name, begun, expires, grounds, second };
        self.ops.forget_expired(begun)?;
        self.ops.put_session(token, &session)
    }

    /// Begins a machine's session.
    ///
    /// # Errors
    /// As [`SignIns::begin`].
    pub fn begin_machine(&self, token: &Hash, machine: &Machine) -> Result<(), StoreError> {
        self.ops.forget_expired(machine.begun)?;
        self.ops.put_machine(token, machine)
    }

    pub fn machine(&self, token: &Hash, now: Moment) -> Option<Machine> {
        self.ops.machine(token, now).unwrap_or_else(told)
    }

    pub fn end_machine(&self, token: &Hash) {
        self.ops.end_machine(token).unwrap_or_else(told);
    }

    /// Live sessions of the machines of one enterprise, or of all.
    pub fn machines(&self, enterprise: Option<&str>, now: Moment) -> Vec<Seen> {
        let seen = |(token, kept): (Hash, Machine)| Seen {
            id: hex(&token[..8]),
            account: kept.enterprise,
            begun: kept.begun,
            until: kept.expires,
            this: false,
            certificate: Some(hex(&kept.certificate[..6])),
        };
        self.ops.machines(enterprise, now).unwrap_or_else(told).into_iter().map(seen).collect()
    }

    /// Ends sessions of one enterprise's machines, or of any: the one with this id, or all. How many ended.
    pub fn end_machines(&self, enterprise: Option<&str>, id: Option<&str>, now: Moment) -> usize {
        let all = self.ops.machines(enterprise, now).unwrap_or_else(told).into_iter().map(|(token, _)| token);
        let meant: Vec<_> = all.filter(|token| id.is_none_or(|id| hex(&token[..8]) == id)).collect();
        meant.iter().for_each(|token| self.end_machine(token));
        meant.len()
    }

    /// The passkeys that count for an account as it is now, with their numbers.
    ///
    /// # Errors
    /// If the tables cannot be read.
    pub fn passkeys(&self, account: &Account) -> Result<Vec<(Vec<u8>, Passkey)>, StoreError> {
        let grounds = account.password_grounds();
        let all = self.ops.passkeys(&account.caller.name)?;
        Ok(all.into_iter().filter(|(_, passkey)| passkey.grounds == grounds).collect())
    }

    pub fn passkey(&self, id: &[u8]) -> Option<Passkey> {
        self.ops.passkey(id).unwrap_or_else(told)
    }

    /// Sixteen bytes by which an authenticator tells an account's passkeys from those of others. They say nobody's name,
    /// also not to who guesses (section 14.6.1 of the standard): a key is in them.
    ///
    /// # Errors
    /// If there is no key.
    pub fn handle(&self, account: &str) -> Result<[u8; 16], StoreError> {
        let key = self.keys.get_or_make(KEY)?;
        let mut handle = [0; 16];
        handle.copy_from_slice(&hmac(key.bytes(), &[b"passkey of ", account.as_bytes()])[..16]);
        Ok(handle)
    }

    /// Keeps the challenge for a new passkey of whoever has just proved to be the account's owner.
    ///
    /// # Errors
    /// If the tables cannot be written; so with all below.
    pub fn offer_passkey(&self, account: &str, challenge: &str, until: Moment) -> Result<(), StoreError> {
        self.ops.put_note("passkey", account, challenge.as_bytes(), until)
    }

    /// Takes the challenge that was offered last, where it is this one.
    pub fn takes_offer(&self, account: &str, challenge: &str, now: Moment) -> Result<bool, StoreError> {
        let offered = self.ops.note("passkey", account, now)?;
        self.ops.drop_note("passkey", account)?;
        Ok(offered.is_some_and(|offered| offered == challenge.as_bytes()))
    }

    /// Gives an account a passkey; false where one of this number is there.
    pub fn add_passkey(
        &self,
        id: &[u8],
        account: &Account,
        key: Vec<u8>,
        count: u32,
        now: Moment,
    ) -> Result<bool, StoreError> {
        let (account, grounds) = (account.caller.name.clone(), account.password_grounds());
        self.ops.put_passkey(id, &Passkey { account, grounds, key, count, begun: now, used: now })
    }

    /// Notes that a passkey has signed; false where it does not go on counting.
    pub fn count_passkey(&self, id: &[u8], count: u32, now: Moment) -> bool {
        self.ops.count_passkey(id, count, now).unwrap_or_else(told)
    }

    /// Takes a passkey from its account; false where it has none of this number.
    pub fn drop_passkey(&self, account: &str, id: &[u8]) -> Result<bool, StoreError> {
        self.ops.drop_passkey(account, id)
    }

    pub fn link(&self, issuer: &str, subject: &str) -> Option<Link> {
        self.ops.link(issuer, subject).unwrap_or_else(told)
    }

    /// The identities that count for an account as it is now.
    pub fn links(&self, account: &Account) -> Result<Vec<Link>, StoreError> {
        let grounds = account.password_grounds();
        let all = self.ops.links(&account.caller.name)?;
        Ok(all.into_iter().filter(|link| link.grounds == grounds).collect())
    }

    /// Links an identity with an account. Whoever asks has looked that it is no live one of another account; a dead one
    /// makes room.
    pub fn put_link(&self, issuer: &str, subject: &str, account: &Account, now: Moment) -> Result<bool, StoreError> {
        let name = account.caller.name.as_str();
        if let Some(dead) = self.ops.link(issuer, subject)?.filter(|link| link.account != name) {
            self.ops.drop_link(&dead.account, issuer)?;
        }
        self.ops.put_link(&Link {
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
            account: name.to_owned(),
            grounds: account.password_grounds(),
            begun: now,
        })
    }

    pub fn drop_link(&self, account: &str, issuer: &str) -> Result<bool, StoreError> {
        self.ops.drop_link(account, issuer)
    }

    /// Uses a thing that counts once; false if it was used before, or where that cannot be told.
    pub fn use_once(&self, thing: &Hash, until: Moment) -> bool {
        self.ops.use_once(thing, until).unwrap_or_else(told)
    }

    pub fn session(&self, token: &Hash, now: Moment) -> Option<Session> {
        self.ops.session(token, now).unwrap_or_else(told)
    }

    pub fn end(&self, token: &Hash) {
        self.ops.end_session(token).unwrap_or_else(told);
    }

    /// Live sessions of one account, or of all.
    pub fn sessions(&self, account: Option<&str>, own: Option<&Hash>, now: Moment) -> Vec<Seen> {
        let seen = |(token, kept): (Hash, Session)| Seen {
            id: hex(&token[..8]),
            account: kept.account,
            begun: kept.begun,
            until: kept.expires,
            this: own == Some(&token),
            certificate: None,
        };
        self.ops.sessions(account, now).unwrap_or_else(told).into_iter().map(seen).collect()
    }

    /// Ends sessions of one account, or of any: the one with this id; without an id all but `keep`. How many ended.
    pub fn end_among(&self, account: Option<&str>, id: Option<&str>, keep: Option<&Hash>, now: Moment) -> usize {
        let meant = |token: &Hash| match id {
            Some(id) => hex(&token[..8]) == id,
            None => keep != Some(token),
        };
        let sessions = self.ops.sessions(account, now).unwrap_or_else(told);
        let meant: Vec<_> = sessions.into_iter().filter(|(token, _)| meant(token)).collect();
        meant.iter().for_each(|(token, _)| self.end(token));
        meant.len()
    }

    /// When the account's second factor was set up; `None` where it has none.
    ///
    /// # Errors
    /// If the tables cannot be read.
    pub fn factor_since(&self, account: &str) -> Result<Option<Moment>, StoreError> {
        Ok(self.ops.factor(account)?.map(|factor| factor.begun))
    }

    pub fn recovery_left(&self, account: &str) -> u32 {
        self.ops.recovery_left(account).unwrap_or_else(told)
    }

    /// Makes a new secret, to be confirmed by its first code. What the account has counts until then.
    ///
    /// # Errors
    /// If there is no randomness, or the tables cannot be written.
    pub fn offer(&self, account: &str, now: Moment) -> Result<Offer, StoreError> {
        let mut secret = [0u8; 20];
        getrandom::fill(&mut secret).map_err(|e| StoreError::Broken(format!("no randomness: {e}")))?;
        let sealed = seal(&self.keys.get_or_make(KEY)?, account, &secret)?;
        self.ops.put_note("factor", account, &sealed, Moment(now.0 + OFFER_MS))?;
        Ok(offer_of(account, &secret))
    }

    /// The secret that waits for its first code.
    pub fn offered(&self, account: &str, now: Moment) -> Option<Offer> {
        let sealed = self.ops.note("factor", account, now).unwrap_or_else(told)?;
        self.unsealed(account, &sealed).map(|secret| offer_of(account, &secret))
    }

    /// Confirms the offered secret by a code of it: from now on it is the account's second factor. Its recovery codes,
    /// which nobody can see again; `None` where the code does not fit.
    ///
    /// # Errors
    /// As [`SignIns::offer`].
    pub fn confirm(&self, account: &str, code: &str, now: Moment) -> Result<Option<Vec<String>>, StoreError> {
        let Some(sealed) = self.ops.note("factor", account, now)? else { return Ok(None) };
        let secret = self.unsealed(account, &sealed);
        let Some(step) = secret.and_then(|secret| step_of(&secret, code, now)) else { return Ok(None) };
        let codes = (0..RECOVERY_CODES).map(|_| recovery_code()).collect::<Result<Vec<_>, _>>()?;
        let hashes: Vec<Hash> = codes.iter().map(|code| hash_of(code)).collect();
        self.ops.put_factor(account, &Factor { sealed, begun: now, step }, &hashes)?;
        self.ops.drop_note("factor", account)?;
        Ok(Some(codes))
    }

    /// Whether a one-time code, or a recovery code, is the account's. It is used up then.
    pub fn fits(&self, account: &str, code: &str, now: Moment) -> bool {
        let Ok(Some(factor)) = self.ops.factor(account) else { return false };
        let secret = self.unsealed(account, &factor.sealed);
        match secret.and_then(|secret| step_of(&secret, code, now)) {
            Some(step) => self.ops.take_step(account, step).unwrap_or_else(told),
            None => self.ops.take_recovery(account, &hash_of(code)).unwrap_or_else(told),
        }
    }

    /// Takes an account's second factor away.
    ///
    /// # Errors
    /// If the tables cannot be written.
    pub fn drop_factor(&self, account: &str) -> Result<(), StoreError> {
        self.ops.drop_factor(account)
    }

    fn unsealed(&self, account: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let key = self.keys.get_or_make(KEY).map_err(|error| tracing::error!(%error, "no key for sign-ins")).ok()?;
        unseal(&key, account, sealed)
    }
}

/// A fault of the tables lets nobody in and ends nothing.
fn told<T: Default>(error: StoreError) -> T {
    tracing::error!(%error, "the tables of sign-ins cannot be used");
    T::default()
}

fn totp(secret: &[u8]) -> Option<Totp> {
    Builder::new().with_secret(Secret::new(secret.into())).build().ok()
}

/// The step to which a code belongs, this one or a neighbour.
fn step_of(secret: &[u8], code: &str, now: Moment) -> Option<u64> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    totp(secret)?.check(&code, u64::try_from(now.0 / 1000).ok()?)
}

fn offer_of(account: &str, secret: &[u8]) -> Offer {
    let letters = Secret::new(secret.into()).to_base32();
    let name = crate::site::quoted(account);
    let address = format!("otpauth://totp/OneWindow:{name}?secret={letters}&issuer=OneWindow");
    let groups: Vec<_> = letters.as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
    Offer { secret: groups.join(" "), address }
}

/// 80 random bits, in four groups of four letters.
fn recovery_code() -> Result<String, StoreError> {
    let mut bytes = [0u8; 16];
    getrandom::fill(&mut bytes).map_err(|e| StoreError::Broken(format!("no randomness: {e}")))?;
    let letters: String = bytes.iter().map(|b| char::from(LETTERS[usize::from(b & 31)])).collect();
    Ok([&letters[..4], &letters[4..8], &letters[8..12], &letters[12..]].join("-"))
}

/// However it was typed.
fn hash_of(code: &str) -> Hash {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    Sha256::digest(plain.to_lowercase().as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, the last six of its eight digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = b"12345678901234567890";
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924")] {
            let at = |seconds: i64| Moment(seconds * 1000);
            assert_eq!(step_of(secret, code, at(seconds)), Some(seconds as u64 / 30), "{code}");
            assert_eq!(step_of(secret, code, at(seconds + 30)), Some(seconds as u64 / 30), "one step of grace");
            assert_eq!(step_of(secret, code, at(seconds + 90)), None, "no more");
            assert_eq!(step_of(b"12345678901234567891", code, at(seconds)), None);
        }
        assert_eq!(step_of(secret, "287 082", Moment(59_000)), Some(1));
        for odd in ["", "28708", "2870820", "２８７０８２", "abcdef"] {
            assert_eq!(step_of(secret, odd, Moment(59_000)), None, "{odd}");
        }
    }

    #[test]
    fn a_code_is_taken_once_and_a_recovery_code_once() {
        let all = SignIns::in_memory().unwrap();
        let now = Moment(1_234_567_890_000);
        let offer = all.offer("ann", now).unwrap();
        assert_eq!(all.offered("ann", now), Some(offer.clone()));
        assert_eq!(all.offered("ann", Moment(now.0 + OFFER_MS)), None, "not for ever");
        let secret = Secret::try_from_base32(offer.secret.replace(' ', "")).unwrap();
        let code = |at: Moment| totp(secret.as_bytes()).unwrap().generate(at.0 as u64 / 1000).to_string();
        assert!(all.confirm("bob", &code(now), now).unwrap().is_none());
        assert!(all.confirm("ann", "000000", now).unwrap().is_none() || code(now) == "000000");
        assert!(all.factor_since("ann").unwrap().is_none());
        let recovery = all.confirm("ann", &code(now), now).unwrap().unwrap();
        assert_eq!((recovery.len(), all.recovery_left("ann")), (RECOVERY_CODES, 10));
        assert!(!all.fits("ann", &code(now), now), "the code that confirmed is used up");
        let later = Moment(now.0 + 60_000);
        assert!(!all.fits("bob", &code(later), later));
        assert!(all.fits("ann", &code(later), later));
        assert!(!all.fits("ann", &code(later), later), "once");
        assert!(all.fits("ann", &recovery[3].to_uppercase(), later));
        assert!(!all.fits("ann", &recovery[3], later) && !all.fits("ann", "", later));
        assert_eq!(all.recovery_left("ann"), 9);
    }
}
