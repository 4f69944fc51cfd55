//! A person's own affairs: the parcels whose list names the identity of the account, what they take of the year's
//! allowance, and "this was not me".

use std::collections::BTreeSet;
use std::collections::hash_map::{Entry, HashMap};

use serde_json::{Map, Value, json};
use store::StoreError;
use store::views::rows::ParcelRow;
use trade::account::AccountRow;
use trade::command::{Act as ActCommand, ActKind};
use trade::documents::{Document, List};
use trade::key::{Key, PersonYear};
use trade::pack::Pack;
use trade::pseudonym::Pseudonyms;
use trade::record::{AppealOf, Case, Counter, Kept};
use wire::ceb::sheet::Sheet;

use crate::desk::*;
use crate::house::{House, row};
use crate::live::{actor, broken, taken};
use crate::masked::sheets;

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
    house.catch_up();
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

/// Everything that the window has of a person, in one file (PIPL 45: 查阅、复制): each parcel as it is told, who looked at
/// it, and the documents with their values in plain as they came in, as long as the originals are kept.
pub(crate) fn copy(house: &House, sight: &Sight) -> Answer<Value> {
    let caller = sight.caller.as_ref().ok_or(Refused::NotAllowed { what: String::new() })?;
    let error = |e: StoreError| broken(&e.to_string());
    let own = person(house, sight)?;
    let rows = house.views().parcels_of(&house.person_of(caller), COUNTED).map_err(error)?;
    let more = rows.len() == COUNTED;
    let mut read: HashMap<u64, Option<Vec<Sheet>>> = HashMap::new();
    let mut parcels = Vec::new();
    for row in rows {
        let Some(story) = house.window().story(&row.key).map_err(error)? else { continue };
        let mut told = story.explain();
        told["looks"] = serde_json::to_value(house.looks_at_parcel(&row.key)?).unwrap_or_default();
        let kept = [
            story.order.map(|o| o.1.at),
            story.payment.map(|p| p.1.at),
            story.waybill.map(|w| w.1.at),
            story.list.map(|l| l.1.at),
        ];
        let mut documents = Vec::new();
        for at in kept.into_iter().flatten() {
            let sheets = match read.entry(at.revision) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => new.insert(sheets(house, at.revision)?),
            };
            // Only this person's document of the hundred that one message may hold.
            let sheet = sheets.as_ref().and_then(|all| all.get(at.index as usize));
            documents.push(sheet.map_or(json!({ "revision": at.revision, "destroyed": true }), |sheet| {
                let part = |told: Vec<(&str, &str)>| told.into_iter().map(|(k, v)| (k.to_owned(), json!(v))).collect();
                let mut parts = sheet.told().map(part);
                let head: Map<String, Value> = parts.next().unwrap_or_default();
                let lines: Vec<Map<String, Value>> = parts.collect();
                json!({ "message": sheet.message.kind.name(), "revision": at.revision, "head": head, "lines": lines })
            }));
        }
        told["documents"] = Value::Array(documents);
        parcels.push(told);
    }
    Ok(json!({
        "form": "onewindow own copy 1",
        "account": caller.name,
        "at": house.now().to_string(),
        "allowance": { "year": own.year, "limit_fen": own.limit, "used_fen": own.used, "tax_fen": own.tax },
        "parcels": parcels,
        "more": more,
    }))
}

fn own(house: &House, caller: &Caller, found: ParcelRow, case: &Case) -> Own {
    let list = house.window().read::<Kept>(&Key::List(found.key.clone())).and_then(|kept| kept.document);
    let seller = match list {
        Some(Document::List(List { ebc_name, .. })) => ebc_name.to_string(),
        _ => String::new(),
    };
    // Read whole only where something can be or was appealed.
    // The tax of what is released can nearly always be: the parcel's own page offers that.
    let of = case.appealable(caller.role.actor()).filter(|of| *of != AppealOf::Tax);
    let concerned = of.is_some() || !case.refused_returns.is_empty() || !case.appeals.is_empty();
    let story = if concerned { house.window().story(&found.key).ok().flatten() } else { None };
    Own {
        seller,
        year: case.allowance.as_ref().map_or(0, |year| year.year as i32),
        used: if case.counts() && case.allowance.is_some() { case.allowance_used.0 } else { 0 },
        disowned: case.disowned.clone(),
        may_disown: case.takes_allowance() && case.disowned.is_none(),
        may_appeal: story.as_ref().is_some_and(|story| !crate::appeals::may(house, caller, true, story).is_empty()),
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
    taken(&answer)?;
    let case: Option<Case> = house.window().read(&Key::Case(case));
    Ok(case.and_then(|case| case.disowned).map(|d| d.number.to_string()).unwrap_or_default())
}
