//! What an enterprise of a parcel does about it beside its documents: the link of an exchange (换货), proofs about stock
//! abroad.

use trade::command::{Act, ActKind};
use trade::key::CaseKey;
use trade::record::status;
use window::story::Story;

use crate::appeals::concerns;
use crate::desk::*;
use crate::house::House;
use crate::live::{actor, taken};

/// What is not the caller's is answered like what is not there.
pub(crate) fn link(house: &House, caller: &Caller, key: &str, order: &str) -> Answer<u64> {
    acted(house, caller, ActKind::Exchange, key, order).map(|answer| answer.revision)
}

/// A proof about the stock abroad of a list; `for_what` is a name of `ProofFor`. What is not the caller's is answered like
/// what is not there.
pub(crate) fn prove(house: &House, caller: &Caller, key: &str, for_what: &str) -> Answer<Receipt> {
    let given = acted(house, caller, ActKind::ProveAbroad, key, for_what)?.given().into_iter().next();
    given.map(|given| crate::live::shown(&given)).ok_or(Refused::NotFound)
}

fn acted(house: &House, caller: &Caller, kind: ActKind, key: &str, number: &str) -> Answer<window::Answer> {
    let own = |case: &CaseKey| concerns(house, caller, case);
    let case = house.cases(key).into_iter().find(own).ok_or(Refused::NotFound)?;
    let command = Act { by: actor(caller), kind, case, number: number.into(), ..Act::default() };
    let answer = house.window().act(command, "")?;
    taken(&answer)?;
    Ok(answer)
}

/// Whether the reader can ask for proofs about it: it left for an overseas warehouse.
pub(crate) fn may_prove(house: &House, caller: &Caller, story: &Story) -> bool {
    let abroad = story.export.as_ref().is_some_and(|ticket| !ticket.abroad.is_empty());
    abroad && caller.role == Role::Enterprise && concerns(house, caller, &story.key)
}

/// Whether the reader can link an order to the parcel now: it comes back, and nothing replaces it yet.
pub(crate) fn may(house: &House, caller: &Caller, story: &Story) -> bool {
    let comes_back = story.case.as_ref().is_some_and(|case| {
        [status::RELEASED, status::CLOSED].contains(&case.status)
            && case.returned.iter().any(|line| line.qty.0 > 0 || line.pending.0 > 0)
    });
    comes_back && story.replaced_by.is_none() && caller.role == Role::Enterprise && concerns(house, caller, &story.key)
}
