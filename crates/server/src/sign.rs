//! The local sign-in: name and password against argon2, a second factor where the account has one, or a passkey alone; a
//! session in a cookie, a lock after five wrong tries.

use crate::Portal;
use crate::desk::{Account, Desk, Role};
use crate::pages::live::with_script;
use crate::pages::provider::starts;
use crate::passkeys::{self, Brought};
use crate::providers::Provider;
use crate::site::{Fault, Frame, Visit, cookie, hex, inside};
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::response::Response;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};
use trade::time::{HOUR_MS, Moment};

const COOKIE: &str = "ow_session";
const SESSION_HOURS: i64 = 8;
const TRIES: u32 = 5;
const LOCK_MS: i64 = 15 * 60_000;
/// Names whose wrong tries are remembered; beyond that the oldest are forgotten.
const REMEMBERED: usize = 10_000;

/// Wrong tries by name.
#[derive(Default)]
pub struct Locks(Mutex<HashMap<String, (u32, Moment)>>);

impl Locks {
    /// How long a name stays locked, in seconds.
    pub(crate) fn locked(&self, name: &str, now: Moment) -> Option<u32> {
        let tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (wrong, last) = tries.get(name)?;
        let left = last.0 + LOCK_MS - now.0;
        (*wrong >= TRIES && left > 0).then_some((left / 1000 + 1) as u32)
    }

    pub(crate) fn wrong(&self, name: &str, now: Moment) {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tries.len() >= REMEMBERED && !tries.contains_key(name) {
            tries.retain(|_, (_, last)| last.0 + LOCK_MS > now.0);
            if let Some(oldest) = tries.iter().min_by_key(|(_, (_, last))| *last).map(|(n, _)| n.clone()) {
                tries.remove(&oldest);
            }
        }
        let entry = tries.entry(name.to_owned()).or_insert((0, now));
        // A lock that has run out begins anew.
        if entry.1.0 + LOCK_MS <= now.0 {
            entry.0 = 0;
        }
        *entry = (entry.0 + 1, now);
    }

    pub(crate) fn right(&self, name: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }
}

/// SHA-256 of the session cookie of a request: what the ops tables know it by.
pub fn token(headers: &HeaderMap) -> Option<[u8; 32]> {
    let value = cookie(headers, COOKIE)?;
    (value.len() == 64 && value.bytes().all(|b| b.is_ascii_hexdigit())).then(|| Sha256::digest(value.as_bytes()).into())
}

/// SHA-256 of an API key, as the registry keeps it.
pub fn key_hash(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

/// The PHC hash of a password, with salt of its own, for accounts that are made here.
///
/// # Errors
/// Only if there is no randomness.
pub fn hash_password(password: &str) -> Result<String, String> {
    Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(|e| e.to_string())
}

/// How every hash begins: argon2id with the memory, passes and lanes of [`hash_password`].
const FORM: &str = "$argon2id$v=19$m=19456,t=2,p=1$";

/// Compared with where there is no such account, so that the time does not tell which names exist. No word is known whose
/// hash it is.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IG5vYm9keSBubw$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// True for a hash that an account may have. It takes as long to check as any other, or the time would tell whose it is;
/// one of another form could never sign in.
pub fn is_password_hash(phc: &str) -> bool {
    phc.starts_with(FORM) && phc.len() == NOBODY.len() && PasswordHash::new(phc).is_ok()
}

/// Whether this is the account's password. There is one check where there is no account too.
fn password_fits(portal: &Portal, password: &str, account: Option<&Account>) -> bool {
    portal.checked.fetch_add(1, Ordering::Relaxed);
    let phc = account.map_or(NOBODY, |account| account.password.as_str());
    let fits =
        PasswordHash::new(phc).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
    fits && account.is_some()
}

/// Where a role's work begins.
fn home(role: Role) -> &'static str {
    match role {
        Role::Officer => "/desk",
        Role::Operator => "/zone",
        Role::Tax | Role::Exchange | Role::Commerce | Role::Market => "/department",
        Role::Auditor => "/looks",
        Role::Enterprise => "/company",
        Role::Consumer => "/me",
        Role::Viewer | Role::Security => "/",
    }
}

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage<'a> {
    f: &'a Frame,
    name: &'a str,
    back: &'a str,
    wrong: Option<Wrong>,
    /// For a passkey, where the window is reached under a name of its own.
    challenge: Option<String>,
    providers: &'a [Provider],
}

/// What let nobody in. Of a name, a password and a code it is not told which.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wrong {
    Credentials,
    Passkey,
}

impl LoginPage<'_> {
    fn service(&self) -> Option<usize> {
        None
    }

    fn is_wrong(&self) -> bool {
        self.wrong == Some(Wrong::Credentials)
    }

    fn starts(&self, provider: &Provider) -> String {
        starts(self.f, &provider.id, self.back)
    }

    fn label<'p>(&self, provider: &'p Provider) -> &'p str {
        provider.label(self.f.lang)
    }
}

#[derive(Deserialize)]
pub struct Back {
    #[serde(default)]
    pub back: String,
}

#[derive(Deserialize)]
pub struct Credentials {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
    /// A one-time code or a recovery code, where the account has a second factor.
    #[serde(default)]
    code: String,
    #[serde(default)]
    back: String,
}

pub async fn show(State(portal): State<Portal>, visit: Visit, Query(q): Query<Back>) -> Response {
    let inner = portal.clone();
    visit.page(&portal, move |_, f| login(&inner, f, ("", &q.back), None)).await
}

fn login(portal: &Portal, f: &Frame, (name, back): (&str, &str), wrong: Option<Wrong>) -> Result<Response, Fault> {
    let challenge = passkeys::challenge(&portal.challenges, &f.host, f.now)?.map(|(challenge, _)| challenge);
    let scripted = challenge.is_some();
    let providers = portal.providers.as_deref().map_or(&[][..], |all| all.all());
    let mut page = f.html(&LoginPage { f, name, back: inside(back), wrong, challenge, providers })?;
    if wrong.is_some() {
        *page.status_mut() = StatusCode::UNAUTHORIZED;
    }
    Ok(if scripted { with_script(page) } else { page })
}

pub async fn enter(State(portal): State<Portal>, visit: Visit, Form(form): Form<Credentials>) -> Response {
    let inner = portal.clone();
    // Waits for its turn; the body has been read and is small.
    let turn = portal.sign_ins.clone().acquire_owned().await;
    visit
        .page(&portal, move |desk, f| {
            let _turn = turn;
            let name = form.name.trim().to_lowercase();
            if name.len() > 100 || form.password.len() > 1000 || form.code.len() > 100 {
                return login(&inner, f, ("", "/"), Some(Wrong::Credentials));
            }
            if let Some(retry_after_s) = inner.locks.locked(&name, f.now) {
                return Err(Fault::TooMany { retry_after_s });
            }
            match signed_in(&inner, desk, &name, (&form.password, &form.code), f.now) {
                Some(account) => {
                    inner.locks.right(&name);
                    came_in(&inner, desk, f, &account, &form.back, false)
                }
                None => {
                    inner.locks.wrong(&name, f.now);
                    login(&inner, f, (&form.name, &form.back), Some(Wrong::Credentials))
                }
            }
        })
        .await
}

#[derive(Deserialize)]
pub struct ByPasskey {
    #[serde(default)]
    back: String,
    #[serde(flatten)]
    brought: Brought,
}

/// Signs in by a passkey alone: its authenticator knows its owner. Nothing can be guessed here, so nothing is locked, and
/// a name that strangers have locked comes in.
pub async fn enter_by_passkey(State(portal): State<Portal>, visit: Visit, Form(form): Form<ByPasskey>) -> Response {
    let inner = portal.clone();
    visit
        .page(&portal, move |desk, f| match by_passkey(&inner, desk, f, &form.brought, None) {
            Some(account) => came_in(&inner, desk, f, &account, &form.back, false),
            // A form that no authenticator has filled in is none.
            None if form.brought.id.is_empty() => {
                let mut page = login(&inner, f, ("", &form.back), Some(Wrong::Passkey))?;
                *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
                Ok(page)
            }
            None => login(&inner, f, ("", &form.back), Some(Wrong::Passkey)),
        })
        .await
}

/// The account whose passkey has signed what was asked; where that is known already (`of`), the authenticator need not say
/// whose it is.
fn by_passkey(portal: &Portal, desk: &dyn Desk, f: &Frame, brought: &Brought, of: Option<&str>) -> Option<Account> {
    let all = desk.sign_ins();
    let id = brought.number()?;
    let passkey = all.passkey(&id)?;
    let name = passkey.account.as_str();
    let handle = all.handle(name).map_err(|error| tracing::error!(%error, "no key for sign-ins")).ok()?;
    let named = brought.is_of(&handle) || (of == Some(name) && brought.user.is_empty());
    if !named || of.is_some_and(|of| of != name) {
        return None;
    }
    let proved = brought.signed(&passkey.key, &portal.challenges, &f.host, f.now)?;
    let account = desk.account(name).filter(|account| account.password_grounds() == passkey.grounds)?;
    // The challenge counts once, whoever else asks in the same moment.
    if !all.use_once(&Sha256::digest(proved.challenge.as_bytes()).into(), proved.until) {
        return None;
    }
    let goes_on = all.count_passkey(&id, proved.count, f.now);
    if !goes_on {
        tracing::error!(account = name, "a passkey does not go on counting: there may be a copy of it");
    }
    goes_on.then_some(account)
}

/// The session of who came in, and where to; with `second` by two factors of a provider.
pub(crate) fn came_in(
    portal: &Portal,
    desk: &dyn Desk,
    f: &Frame,
    account: &Account,
    back: &str,
    second: bool,
) -> Result<Response, Fault> {
    let start = match inside(back) {
        "/" => home(account.caller.role),
        back => back,
    };
    let mut response = f.go(start);
    response.headers_mut().insert(header::SET_COOKIE, open(desk, account, f.now, (portal.secure, second))?);
    Ok(response)
}

/// The account of this name, where the password fits, and the code if it has a second factor. Which of them does not
/// fit is not told.
fn signed_in(
    portal: &Portal,
    desk: &dyn Desk,
    name: &str,
    (password, code): (&str, &str),
    now: Moment,
) -> Option<Account> {
    let account = desk.account(name);
    let fits = password_fits(portal, password, account.as_ref());
    let account = account.filter(|_| fits)?;
    let name = account.caller.name.as_str();
    let proved = match desk.factor_since(name) {
        Ok(Some(_)) => desk.sign_ins().fits(name, code, now),
        // Who has a passkey comes in by it, and not by the password alone.
        Ok(None) => desk.has_second(&account).is_ok_and(|has| !has),
        Err(_) => false,
    };
    proved.then_some(account)
}

/// The account of this name, where this is its password; wrong tries count as those of a sign-in do.
///
/// # Errors
/// `TooMany` while the name is locked.
fn by_password(
    portal: &Portal,
    desk: &dyn Desk,
    name: &str,
    password: &str,
    now: Moment,
) -> Result<Option<Account>, Fault> {
    if let Some(retry_after_s) = portal.locks.locked(name, now) {
        return Err(Fault::TooMany { retry_after_s });
    }
    let account = desk.account(name);
    let fits = password.len() <= 1000 && password_fits(portal, password, account.as_ref());
    if !fits {
        portal.locks.wrong(name, now);
    }
    Ok(account.filter(|_| fits))
}

/// Whether this is the account's password. Where there is a second factor too, wrong tries of that stay counted: a right
/// password says nothing of it.
///
/// # Errors
/// `TooMany` while the name is locked.
pub(crate) fn proves(portal: &Portal, desk: &dyn Desk, name: &str, password: &str, now: Moment) -> Result<bool, Fault> {
    let Some(account) = by_password(portal, desk, name, password, now)? else { return Ok(false) };
    if !desk.has_second(&account)? {
        portal.locks.right(name);
    }
    Ok(true)
}

/// What an account's owner proves again: the password, and a code or a passkey where there are some.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Proof {
    password: String,
    pub code: String,
    #[serde(flatten)]
    brought: Brought,
}

/// What of it does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lacks {
    Password,
    Second,
}

/// Whether who is signed in proves again to be the account's owner, and whose account that is; wrong tries count as those
/// of a sign-in do, also of codes after a right password.
///
/// # Errors
/// `TooMany` while the name is locked.
pub(crate) fn owner(
    portal: &Portal,
    desk: &dyn Desk,
    f: &Frame,
    proof: &Proof,
) -> Result<Result<Account, Lacks>, Fault> {
    let name = f.known()?.name.as_str();
    let Some(account) = by_password(portal, desk, name, &proof.password, f.now)? else {
        return Ok(Err(Lacks::Password));
    };
    let codes = desk.factor_since(name)?.is_some();
    let proved = !desk.has_second(&account)?
        || (codes && desk.sign_ins().fits(name, &proof.code, f.now))
        || by_passkey(portal, desk, f, &proof.brought, Some(name)).is_some();
    if !proved {
        portal.locks.wrong(name, f.now);
        return Ok(Err(Lacks::Second));
    }
    portal.locks.right(name);
    Ok(Ok(account))
}

fn open(desk: &dyn Desk, account: &Account, now: Moment, (secure, second): (bool, bool)) -> Result<HeaderValue, Fault> {
    let broken = || Fault::Refused(crate::desk::Refused::Broken { case: crate::site::case_number() });
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).map_err(|_| broken())?;
    let secret = hex(&bytes);
    let (token, until) = (Sha256::digest(secret.as_bytes()).into(), Moment(now.0 + SESSION_HOURS * HOUR_MS));
    desk.sign_ins().begin(&token, account, (now, until), second).map_err(|_| broken())?;
    set_cookie(COOKIE, &secret, SESSION_HOURS * 3600, true, secure).ok_or_else(broken)
}

/// A cookie for this host only, not sent along from other sites' forms.
pub fn set_cookie(name: &str, value: &str, seconds: i64, hidden: bool, secure: bool) -> Option<HeaderValue> {
    let hidden = if hidden { "; HttpOnly" } else { "" };
    let secure = if secure { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{name}={value}; Path=/; Max-Age={seconds}; SameSite=Lax{hidden}{secure}")).ok()
}

pub async fn leave(State(portal): State<Portal>, visit: Visit) -> Response {
    let (token, secure) = (visit.token, portal.secure);
    visit
        .page(&portal, move |desk, f| {
            if let Some(token) = token {
                desk.sign_ins().end(&token);
            }
            let mut response = f.go("/");
            if let Some(gone) = set_cookie(COOKIE, "", 0, true, secure) {
                response.headers_mut().insert(header::SET_COOKIE, gone);
            }
            Ok(response)
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_wrong_tries_lock_a_name_for_a_quarter_of_an_hour() {
        let locks = Locks::default();
        let at = |minutes: i64| Moment(minutes * 60_000);
        for _ in 0..4 {
            locks.wrong("a", at(0));
        }
        assert_eq!(locks.locked("a", at(0)), None);
        locks.wrong("a", at(0));
        assert_eq!(locks.locked("a", at(1)), Some(14 * 60 + 1));
        assert_eq!(locks.locked("b", at(1)), None);
        assert_eq!(locks.locked("a", at(15)), None);
        locks.wrong("a", at(16));
        assert_eq!(locks.locked("a", at(16)), None, "begins anew");
    }

    #[test]
    fn a_right_password_forgets_the_wrong_ones() {
        let locks = Locks::default();
        for _ in 0..5 {
            locks.wrong("a", Moment(0));
        }
        locks.right("a");
        assert_eq!(locks.locked("a", Moment(0)), None);
    }

    #[test]
    fn remembered_names_do_not_grow_without_bound() {
        let locks = Locks::default();
        for i in 0..REMEMBERED + 50 {
            locks.wrong(&i.to_string(), Moment(i as i64));
        }
        assert!(locks.0.lock().unwrap().len() <= REMEMBERED);
    }

    #[test]
    fn a_password_fits_only_its_own_hash() {
        let hash = hash_password("open sesame").unwrap();
        let fits = |password: &str| {
            let hash = PasswordHash::new(&hash).unwrap();
            Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
        };
        assert!(fits("open sesame") && !fits("open Sesame"));
    }

    /// Or the time of its check would tell an account from none.
    #[test]
    fn a_hash_of_another_form_than_ours_is_taken_for_no_account() {
        let own = hash_password("open sesame").unwrap();
        assert!(is_password_hash(&own) && is_password_hash(NOBODY), "{own}");
        for (from, to) in
            [("m=19456", "m=4096"), ("t=2", "t=9"), ("p=1", "p=4"), ("argon2id", "argon2i"), ("v=19", "v=16")]
        {
            assert!(own.contains(from) && !is_password_hash(&own.replacen(from, to, 1)), "{to}");
        }
        for odd in ["", "no hash at all", FORM, &own[..own.len() - 4], &format!("{own}AAAA")] {
            assert!(!is_password_hash(odd), "{odd}");
        }
    }
}
