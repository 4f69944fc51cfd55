//! What the desk says of decisions about what is no list (bonded documents, personal articles, filings of goods) and of
//! their appeals, and how it takes one: whom they concern read the own, officers those of their office that wait.

use serde::Serialize;
use store::views::held::What;
use trade::account::AccountRow;
use trade::articles::ArticlesState;
use trade::command::{Act as ActCommand, ActKind};
use trade::finding::Code;
use trade::key::{Key, Pair};
use trade::policy::appeals::appeals;
use trade::record::{AppealOf, Ruling, status};
use trade::registry;
use trade::time::Moment;
use utoipa::ToSchema;
use window::story::appeal::of_words;
use window::story::ruling::Told;

use crate::appeals::appealed;
use crate::desk::*;
use crate::held::{Asked, Listed};
use crate::house::{House, title};
use crate::live::{actor, broken, taken};
use crate::traced::Shows;

/// A ruling, as lists and programs read it.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// Whom it concerns, kind and number: what an appeal and its decision name.
    pub key: String,
    /// `document`, `articles`, `filing`
    pub of: String,
    /// `open` (an appeal waits), `stands` (it may be appealed), `settled`
    pub state: String,
    /// Since when it stands.
    pub decided_at: Option<String>,
    /// Codes of its reasons, and an official's word.
    pub codes: Vec<String>,
    pub reason: String,
    pub office: String,
    /// The newest appeal, until when it is to be decided, whether that was missed, and how it ended.
    pub appeal: Option<String>,
    pub until: Option<String>,
    pub silent: bool,
    pub end: Option<String>,
}

impl Line {
    fn of(at: &Pair, of: &Ruling) -> Line {
        let last = of.appeals.last();
        let open = of.open_appeal().is_some();
        let state = if open { "open" } else { of.decided.as_ref().map_or("settled", |_| "stands") };
        Line {
            key: Ruling::name_of(at),
            of: of.of.name().to_owned(),
            state: state.to_owned(),
            decided_at: of.decided.as_ref().map(|decided| decided.at.to_string()),
            codes: of.codes.iter().map(ToString::to_string).collect(),
            reason: of.reason.to_string(),
            office: of.office.to_string(),
            appeal: last.map(|appeal| appeal.number.to_string()),
            until: last.map(|appeal| appeal.until.to_string()),
            silent: last.is_some_and(|appeal| appeal.silent.is_some()),
            end: last.map(|appeal| appeal.end.name().to_owned()),
        }
    }
}

/// A ruling as its page tells it.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    pub line: Line,
    pub what: Both,
    pub lead: Both,
    pub reasons: Vec<Said>,
    /// When, in which entry, what; and for officials the words with it.
    pub events: Vec<(Moment, u64, Both, Option<String>)>,
    pub appeals: Vec<Appealed>,
    pub may: Option<MayAppeal>,
    /// An official may decide its open appeal.
    pub acts: Vec<Act>,
    pub aside: Vec<String>,
    pub finds_values: bool,
}

/// The ruling that a name means, where there is one.
pub(crate) fn named(house: &House, key: &str) -> Option<(Pair, Ruling)> {
    let at = Ruling::named(key)?;
    let ruling = house.window().read(&Key::Ruling(at.clone()))?;
    Some((at, ruling))
}

/// The command by which somebody acts on a ruling: files an appeal, or decides it.
pub(crate) fn act(caller: &Caller, kind: ActKind, at: Pair, number: &str) -> ActCommand {
    ActCommand { by: actor(caller), kind, ruling: Some(at), number: number.into(), ..ActCommand::default() }
}

/// Takes an appeal. What is not the caller's is answered like what is not there.
pub(crate) fn file(house: &House, caller: &Caller, at: Pair, words: &str) -> Answer<String> {
    if !concerns(house, caller, &at) {
        return Err(Refused::NotFound);
    }
    let answer = house.window().act(act(caller, ActKind::Appeal, at.clone(), ""), words)?;
    taken(&answer)?;
    let ruling = house.window().read::<Ruling>(&Key::Ruling(at)).unwrap_or_default();
    Ok(ruling.appeals.last().map(|appeal| appeal.number.to_string()).unwrap_or_default())
}

fn concerns(house: &House, caller: &Caller, at: &Pair) -> bool {
    match caller.role {
        Role::Enterprise => {
            let today = house.now().day();
            let party = house.window().read::<registry::Party>(&Key::Party(at.code.clone()));
            let entrusted = |own: &String| {
                let asked = registry::Asked::to(own, registry::Matter::Appeals, today);
                party.as_ref().is_some_and(|party| party.entrusts(&asked).is_ok())
            };
            caller.enterprises.iter().any(|own| *own == *at.code || entrusted(own))
        }
        Role::Consumer => {
            let number = at.number.strip_prefix("ARTICLES ").unwrap_or_default().into();
            let under = Key::Articles(Pair { code: at.code.clone(), number });
            let Some(state) = house.window().read::<ArticlesState>(&under) else { return false };
            let account = house.window().read::<AccountRow>(&Key::Account(caller.name.as_str().into()));
            let own = state.enterprise.is_empty() && caller.name == at.code.as_str();
            own || account.is_some_and(|account| !account.closed && account.person.same(&state.person))
        }
        _ => false,
    }
}

/// What the reader may appeal against today.
fn may(house: &House, caller: &Caller, at: &Pair, of: &Ruling) -> Option<MayAppeal> {
    let (policy, today) = (house.policy(), house.now().day());
    let law = appeals(&policy, today).filter(|law| law.hears_ruling(of.of))?;
    let decided = of.decided.as_ref().filter(|_| of.open_appeal().is_none() && concerns(house, caller, at))?;
    if of.appeals.iter().any(|appeal| appeal.against == decided.place) {
        return None;
    }
    let own = at.number.strip_prefix("ARTICLES ").unwrap_or_default().into();
    let state = house.window().read::<ArticlesState>(&Key::Articles(Pair { code: at.code.clone(), number: own }));
    if law.tax_paid_first.is_some() && state.is_some_and(|state| state.status == status::EXAMINED) {
        return None;
    }
    let known = decided.at.day();
    let last = law.last_to_file(&policy, known);
    let (zh, en) = of_words(of.of);
    (today <= last).then(|| MayAppeal {
        of: Both::new(zh, en),
        known: Some(known),
        last: Some(last),
        decided_by: law.last_to_decide(today),
        clause: law.clause.clone(),
        ..MayAppeal::default()
    })
}

impl House {
    /// A page of rulings: the own that stand, or for officials those whose appeals wait; with `all` also what is over.
    pub(crate) fn rulings_read(&self, sight: &Sight, asked: &Asked<'_>) -> Answer<Listed<Line>> {
        if let Some(caller) = sight.caller.as_ref().filter(|caller| caller.role == Role::Consumer) {
            let own = self.window().articles_of(&self.person_of(caller), asked.limit);
            let own = own.map_err(|e| broken(&e.to_string()))?;
            let read = |at: Pair| Some(Line::of(&at, &self.window().read(&Key::Ruling(at.clone()))?));
            let rows = own.iter().filter_map(|articles| read(articles.ruled_at()));
            return Ok(Listed { rows: rows.filter(|line| asked.all || line.state != "settled").collect(), next: None });
        }
        let what = if sight.is_official() { What::Appeal } else { What::Ruling };
        let (found, next) = self.held_rows(sight, what, asked)?;
        let read = |at: Pair| Some(Line::of(&at, &self.window().read(&Key::Ruling(at.clone()))?));
        let rows: Vec<Line> = found
            .into_iter()
            .filter_map(|row| read(Pair { code: row.by.as_str().into(), number: row.number.as_str().into() }))
            .collect();
        let enterprises = rows.iter().filter_map(|line| Some(line.key.split_once('/')?.0.to_owned())).collect();
        self.trace(sight, Shows { enterprises, records: rows.len(), ..Shows::default() })?;
        Ok(Listed { rows, next })
    }

    /// A ruling with its story and what the reader may do about it.
    ///
    /// # Errors
    /// `NotFound` also where it is another's.
    pub(crate) fn ruling_read(&self, sight: &Sight, key: &str) -> Answer<Sheet> {
        let (at, told) = self.ruling_told(sight, key)?;
        let caller = sight.caller.as_ref().ok_or(Refused::NotFound)?;
        let of = &told.ruling;
        let official = sight.is_official();
        let mut events = Vec::new();
        for event in &told.events {
            let words = (official && event.is_act).then(|| self.window().words_of(event.revision));
            let words = words.and_then(Result::ok).flatten();
            let [zh, en] = event.said.clone();
            events.push((event.at, event.revision, Both::new(zh, en), words));
        }
        let open = official && caller.role == Role::Officer && of.open_appeal().is_some();
        let aside = if open { told.reasons_to_set_aside() } else { Vec::new() };
        let (zh, en) = of_words(of.of);
        let [lead_zh, lead_en] = told.lead();
        Ok(Sheet {
            line: Line::of(&at, of),
            what: Both::new(zh, en),
            lead: Both::new(lead_zh, lead_en),
            reasons: told.reasons.iter().filter(|_| of.decided.is_some()).map(Said::of).collect(),
            events,
            appeals: told.heard.into_iter().map(|heard| appealed(heard, Vec::new())).collect(),
            may: may(self, caller, &at, of),
            acts: if open { vec![Act::Allow, Act::Reject] } else { Vec::new() },
            aside: aside.into_iter().map(|code| code.name().to_owned()).collect(),
            finds_values: open && of.of == AppealOf::Articles,
        })
    }

    /// A ruling that the reader may read; a look of an official is written down.
    pub(crate) fn ruling_told(&self, sight: &Sight, key: &str) -> Answer<(Pair, Told)> {
        let at = Ruling::named(key).ok_or(Refused::NotFound)?;
        let told = self.window().ruling(&at).map_err(|e| broken(&e.to_string()))?.ok_or(Refused::NotFound)?;
        let caller = sight.caller.as_ref().ok_or(Refused::NotFound)?;
        // A matter that names no office is every office's.
        let official =
            sight.sees([&at.code], &told.ruling.office) || sight.is_official() && told.ruling.office.is_empty();
        if !official && !concerns(self, caller, &at) {
            return Err(Refused::NotFound);
        }
        self.trace(sight, Shows { enterprises: vec![at.code.to_string()], records: 1, ..Shows::default() })?;
        Ok((at, told))
    }
}

/// What a code says, for a list.
pub fn reasons(line: &Line) -> Vec<Both> {
    line.codes.iter().filter_map(|name| Code::from_name(name)).map(title).collect()
}
