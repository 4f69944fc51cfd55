//! A person's own affairs: the parcels whose list names the identity of the account, what they take of the year's
//! allowance, and "this was not me".

use std::collections::BTreeSet;

use store::StoreError;
use store::views::rows::ParcelRow;
use trade::account::AccountRow;
use trade::command::{Act as ActCommand, ActKind, Verdict};
use trade::documents::{Document, List};
use trade::key::{Key, PersonYear};
use trade::pack::Pack;
use trade::pseudonym::Pseudonyms;
use trade::record::{Case, Counter, Kept};

use crate::desk::*;
use crate::house::{House, row};
use crate::live::{actor, broken, refusal};

/// Parcels on the page.
const SHOWN: usize = 100;
/// Parcels from which the year is counted: more than anybody buys in one.
const COUNTED: usize = 2_000;

impl House {
    /// The identity of an account; nobody's where it has none.
    pub(crate) fn person_of(&self, caller: &Caller) -> Pseudonyms {
        let account: Option<AccountRow> = self.window().read(&Key::Account(caller.name.as_str().into()));
        account.filter(|account| !account.closed).map(|account| account.person).unwrap_or_default()
    }
}

pub(crate) fn person(house: &House, sight: &Sight) -> Answer<Person> {
    let caller = sight.caller.as_ref().ok_or(Refused::NotAllowed { what: String::new() })?;
    let identity = house.person_of(caller);
    let error = |e: StoreError| broken(&e.to_string());
    // What the person has just done is on the page.
    house.views().wait(house.window().journal().last(), crate::house::PATIENCE);
    let rows = house.views().parcels_of(&identity, COUNTED).map_err(error)?;
    let today = house.now().day();
    let mut told = Person {
        year: today.year(),
        limit: house.policy().limits(today).map(|limits| limits.value.annual.0),
        more: rows.len() > SHOWN,
        ..Person::default()
    };
    let mut counters: BTreeSet<Vec<u8>> = BTreeSet::new();
    for found in rows {
        let case: Case = house.window().read(&Key::Case(found.key.clone())).unwrap_or_default();
        let of_this_year = |year: &&PersonYear| i32::try_from(year.year) == Ok(told.year);
        if let Some(year) = case.allowance.as_ref().filter(of_this_year) {
            counters.insert(Key::Allowance(year.clone()).bytes());
        }
        if case.released.is_some_and(|at| at.day().year() == told.year) {
            told.tax += case.bill.as_ref().map_or(0, |bill| bill.total().0);
        }
        if told.parcels.len() < SHOWN {
            told.parcels.push(own(house, caller, found, &case));
        }
    }
    let used = |key: &Vec<u8>| {
        let found = trade::key::Facts::look(house.window(), key);
        found.and_then(|bytes| Counter::unpack(&bytes).ok()).map_or(0, |counter| counter.used)
    };
    told.used = counters.iter().map(used).sum();
    Ok(told)
}

fn own(house: &House, caller: &Caller, found: ParcelRow, case: &Case) -> Own {
    let list = house.window().read::<Kept>(&Key::List(found.key.clone())).and_then(|kept| kept.document);
    let seller = match list {
        Some(Document::List(List { ebc_name, .. })) => ebc_name.to_string(),
        _ => String::new(),
    };
    // Read whole only where something can be or was appealed.
    let concerned = case.appealable(caller.role.actor()).is_some() || !case.appeals.is_empty();
    let story = if concerned { house.window().story(&found.key).ok().flatten() } else { None };
    Own {
        seller,
        year: case.allowance.as_ref().map_or(0, |year| year.year as i32),
        used: if case.counts() && case.allowance.is_some() { case.allowance_used.0 } else { 0 },
        disowned: case.disowned.clone(),
        may_disown: case.takes_allowance() && case.disowned.is_none(),
        may_appeal: story.as_ref().and_then(|story| crate::appeals::may(house, caller, true, story)).is_some(),
        appeal: story.as_ref().and_then(|story| crate::appeals::told(story, true).pop()),
        row: row(found),
    }
}

pub(crate) fn disown(house: &House, caller: &Caller, key: &str, words: &str) -> Answer<String> {
    // Only among the own parcels: a number of another's is answered like one that is nobody's.
    let identity = house.person_of(caller);
    let buyer = |kept: Kept| match kept.document {
        Some(Document::List(list)) => identity.same(&list.buyer.id),
        _ => false,
    };
    let own = |case: &trade::key::CaseKey| house.window().read(&Key::List(case.clone())).is_some_and(buyer);
    let case = house.cases(key).into_iter().find(own).ok_or(Refused::NotFound)?;
    let command = ActCommand { by: actor(caller), kind: ActKind::Disown, case: case.clone(), ..ActCommand::default() };
    let answer = house.window().act(command, words)?;
    let refused = answer.entry.iter().flat_map(|e| &e.outcomes).find(|o| o.verdict == Verdict::Refused);
    if let Some(finding) = refused.and_then(|o| o.findings.first()) {
        return Err(refusal(finding));
    }
    let case: Option<Case> = house.window().read(&Key::Case(case));
    Ok(case.and_then(|case| case.disowned).map(|d| d.number.to_string()).unwrap_or_default())
}
