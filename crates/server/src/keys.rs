//! The keys of one's own enterprise: made, put in the place of others, taken back.
//!
//! Whoever makes a key gets it once; the journal knows its hash only. `decide` says whose keys they are.

use crate::desk::{Admission, Adoption, Answer, Both, Caller, Desk, Refused};
use crate::site::hex;
use trade::account::ApiKeyRow;
use trade::command::ActorRole;
use trade::policy::rights::{Action, Purpose};
use trade::time::{HOUR_MS, Moment};

/// How long an old key goes on opening beside the new one, and the longest that it may.
pub const KEEP_DAYS: i64 = 7;
const LONGEST_DAYS: i64 = 30;
const LONGEST_LABEL: usize = 60;

pub fn after(now: Moment, days: i64) -> Moment {
    Moment(now.0 + days * 24 * HOUR_MS)
}

/// A new key; only its hash is to be kept.
///
/// # Errors
/// `Broken` if there is no randomness.
pub fn drawn() -> Answer<String> {
    let mut bytes = [0u8; 24];
    getrandom::fill(&mut bytes).map_err(|_| Refused::Broken { case: crate::site::case_number() })?;
    Ok(format!("ow_{}", hex(&bytes)))
}

/// What a key of an enterprise may be limited to: what programs do, by the rights of the day.
pub fn scopes(desk: &dyn Desk) -> Vec<Action> {
    let (rights, day) = (desk.rights(), desk.now().day());
    let of_programs = crate::doors::api_actions();
    of_programs
        .into_iter()
        .filter(|action| rights.purposes(ActorRole::Enterprise, *action, day).contains(&Purpose::OwnBusiness))
        .collect()
}

/// Makes a key for the caller's enterprise.
///
/// # Errors
/// `Cannot` where the label or a scope is none; as [`Desk::admit`].
pub fn make(
    desk: &dyn Desk,
    caller: &Caller,
    hash: [u8; 32],
    label: &str,
    wanted: &[String],
    days: Option<i64>,
) -> Answer<Adoption> {
    let known = scopes(desk);
    let scopes = wanted.iter().map(|name| known.iter().find(|a| a.name() == name).map(|a| a.name().into()));
    let (Some(scopes), Some(label)) = (scopes.collect(), short(label)) else { return Err(no_such_key()) };
    let enterprise = caller.enterprises.first().ok_or_else(no_such_key)?.as_str().into();
    let until = days.map(|days| after(desk.now(), days));
    let role = ActorRole::Enterprise;
    let row = ApiKeyRow { hash, enterprise, label: label.into(), role, scopes, until, ..ApiKeyRow::default() };
    desk.admit(caller, Admission::Keys(vec![row]))
}

/// Puts a new key in the place of an own one: it opens the same, and the old one ends in so many days.
///
/// # Errors
/// `Cannot` where the old key opens nothing, or the new one is known already; as [`Desk::admit`].
pub fn rotate(desk: &dyn Desk, caller: &Caller, old: &[u8; 32], hash: [u8; 32], keep_days: i64) -> Answer<Adoption> {
    let now = desk.now();
    let known = desk.own_keys(caller);
    if desk.key_holder(&hash).is_some() || known.iter().any(|key| key.hash == hash) {
        return Err(no_such_key());
    }
    let old = known.into_iter().find(|key| key.hash == *old && key.opens_at(now)).ok_or_else(no_such_key)?;
    let end = after(now, keep_days.clamp(0, LONGEST_DAYS));
    desk.admit(caller, Admission::Keys(old.replaced(hash, end).into()))
}

/// Takes an own key back.
///
/// # Errors
/// As [`rotate`].
pub fn revoke(desk: &dyn Desk, caller: &Caller, hash: &[u8; 32]) -> Answer<Adoption> {
    let known = desk.own_keys(caller).into_iter().find(|key| key.hash == *hash && !key.revoked);
    let gone = ApiKeyRow { revoked: true, ..known.ok_or_else(no_such_key)? };
    desk.admit(caller, Admission::Keys(vec![gone]))
}

fn short(label: &str) -> Option<&str> {
    let label = label.trim();
    let fits = !label.is_empty() && label.chars().count() <= LONGEST_LABEL && !label.chars().any(char::is_control);
    fits.then_some(label)
}

fn no_such_key() -> Refused {
    Refused::Cannot {
        code: "KEY".into(),
        said: Both::new(
            "没有这样的密钥，或名称、权限范围、新密钥不合要求。请看「我的密钥」页。",
            "There is no such key, or its label, its scopes or the new key do not fit. See the page of your keys.",
        ),
        problems: vec![],
    }
}
