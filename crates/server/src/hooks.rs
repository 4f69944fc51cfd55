//! Where a department's or an enterprise's own receipts are brought, as its page and its programs see it.

use serde::Serialize;
use trade::command::Command;
use trade::key::Key;
use trade::pack::Text;
use trade::subscription::{Subscribe, Subscriptions, owner};
use utoipa::ToSchema;

use crate::courier;
use crate::desk::{Answer, Caller, Refused, Sight};
use crate::house::House;
use crate::live::{actor, taken};

/// A subscription, and how far its address is.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Hook {
    pub number: String,
    pub address: String,
    pub from: String,
    /// `ok`, `trying`, `ended`
    pub state: String,
    /// The last entry of the journal whose receipts were delivered.
    pub delivered: u64,
    /// Failed tries in a row, when the next one is, and why the last failed.
    pub failures: u32,
    pub next: Option<String>,
    pub why: String,
}

/// A subscription that began.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Made {
    pub number: String,
    /// 64 hexadecimal digits: the key of its signatures. It is told once.
    pub secret: String,
}

fn own(caller: &Caller) -> Answer<Text> {
    let enterprise = caller.enterprises.first().map_or("", String::as_str);
    owner(caller.role.actor(), enterprise).ok_or(Refused::NotFound)
}

fn all(house: &House, owner: &Text) -> Subscriptions {
    house.window().read(&Key::Subscriptions(owner.clone())).unwrap_or_default()
}

pub(crate) fn list(house: &House, sight: &Sight) -> Answer<Vec<Hook>> {
    let owner = own(sight.caller.as_ref().ok_or(Refused::NotFound)?)?;
    let hook = |of: &trade::subscription::Subscription| {
        let stands = courier::stands(house, &owner, &of.number)?;
        let state = match (of.is_open(), stands.failures) {
            (false, _) => "ended",
            (true, 0) => "ok",
            (true, _) => "trying",
        };
        let delivered = stands.cursor.split('.').next().and_then(|entry| entry.parse().ok());
        Ok(Hook {
            number: of.number.to_string(),
            address: of.address.to_string(),
            from: of.from.to_string(),
            state: state.to_owned(),
            delivered: delivered.unwrap_or(of.entry),
            failures: stands.failures,
            next: (stands.failures > 0).then(|| trade::time::Moment(stands.next).to_string()),
            why: stands.why,
        })
    };
    all(house, &owner).all.iter().rev().map(hook).collect()
}

/// Begins one.
pub(crate) fn subscribe(house: &House, caller: &Caller, address: &str) -> Answer<Made> {
    let owner = own(caller)?;
    let said = Subscribe { by: actor(caller), address: address.trim().into(), ..Subscribe::default() };
    let answer = house.window().command(Command::Subscribe(said))?;
    taken(&answer)?;
    let made = all(house, &owner).all.into_iter().find(|of| of.entry == answer.revision).ok_or(Refused::NotFound)?;
    let secret = courier::secret(house, &owner, &made.number)?;
    Ok(Made { number: made.number.to_string(), secret: store::proof::hex(&secret) })
}

/// Ends one.
pub(crate) fn unsubscribe(house: &House, caller: &Caller, number: &str) -> Answer<()> {
    own(caller)?;
    let number = number.trim();
    if number.is_empty() {
        return Err(Refused::NotFound);
    }
    let said = Subscribe { by: actor(caller), number: number.into(), ..Subscribe::default() };
    taken(&house.window().command(Command::Subscribe(said))?)
}
