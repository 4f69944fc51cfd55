//! What a parcel says of persons, as far as the reader may see it (脱敏): the law of the day says it by role, purpose and
//! field (`policy::masking`). Values come from the originals in the vault, and only where something of them is shown.

use serde::Serialize;
use store::StoreError;
use trade::masking::{Personal, Show};
use utoipa::ToSchema;
use window::story::Story;
use wire::ceb::sheet::Sheet;

use crate::desk::*;
use crate::house::House;
use crate::live::broken;

/// A value of a person, whole or masked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OfPerson {
    /// The element of the message: `buyerName`, `payerIdNumber`, `consigneeAddress` …
    pub field: String,
    #[serde(skip)]
    pub name: Both,
    /// `name`, `identity`, `telephone`, `address`, `account`
    pub what: String,
    pub value: String,
    /// Not all of it is shown.
    pub masked: bool,
}

/// The values of a parcel's persons for whoever reads it whole; each once, in the order of list, order, payment, waybill.
///
/// # Errors
/// If the vault cannot be read. Where the originals are destroyed there is nothing.
pub(crate) fn persons(house: &House, sight: &Sight, story: &Story) -> Answer<Vec<OfPerson>> {
    let Some(caller) = &sight.caller else { return Ok(Vec::new()) };
    let (policy, today) = (house.policy(), house.now().day());
    let how = |what| policy.shows(caller.role.actor(), sight.right.purpose, what, today);
    if Personal::ALL.iter().all(|what| how(*what) == Show::Nothing) {
        return Ok(Vec::new());
    }
    let places = [
        story.list.as_ref().map(|of| of.1.at),
        story.order.as_ref().map(|of| of.1.at),
        story.payment.as_ref().map(|of| of.1.at),
        story.waybill.as_ref().map(|of| of.1.at),
    ];
    let mut told: Vec<OfPerson> = Vec::new();
    for at in places.into_iter().flatten() {
        let original = original(house, at.revision)?;
        let Some(sheet) = original.and_then(|bytes| Sheet::nth(&bytes, at.index as usize)) else { continue };
        for (item, what, value) in sheet.personal() {
            if told.iter().any(|of| of.field == item.name) {
                continue;
            }
            let Some(value) = what.shown(value, how(what)) else { continue };
            told.push(OfPerson {
                field: item.name.to_owned(),
                name: Both::new(item.zh, item.en),
                what: what.name().to_owned(),
                value,
                masked: how(what) == Show::Masked,
            });
        }
    }
    Ok(told)
}

/// The documents of a message as they came in; `None` where its original is destroyed.
pub(crate) fn sheets(house: &House, revision: u64) -> Answer<Option<Vec<Sheet>>> {
    Ok(original(house, revision)?.and_then(|bytes| Sheet::read(&bytes).ok()).map(|(sheets, _)| sheets))
}

fn original(house: &House, revision: u64) -> Answer<Option<Vec<u8>>> {
    match house.window().original(revision) {
        Ok(original) => Ok(original),
        Err(StoreError::Gone) => Ok(None),
        Err(other) => Err(broken(&other.to_string())),
    }
}
