//! The officer's desk: what waits for a person, and the acts that settle it.

use crate::Portal;
use crate::desk::{Desk, Filter, Parcel, Row, Rows, State};
use crate::pages::live::with_script;
use crate::pages::rows::PAGE;
use crate::pages::{Way, ways};
use crate::site::{Fault, Frame, Visit, quoted};
use askama::Template;
use axum::extract::{self, Query};
use axum::response::Response;
use serde::Deserialize;

#[derive(Deserialize, Default)]
pub struct Asked {
    #[serde(default)]
    state: String,
    #[serde(default)]
    sel: String,
    #[serde(default)]
    after: String,
    #[serde(default)]
    done: String,
    #[serde(default)]
    live: String,
}

/// The states in which a person is asked.
const HELD: [State; 3] = [State::Review, State::Inspection, State::Detained];

#[derive(Template)]
#[template(path = "desk.html")]
struct Page<'a> {
    f: &'a Frame,
    asked: &'a Asked,
    list: &'a Rows,
    selected: Option<&'a Parcel>,
    counts: [(State, u64); 3],
    /// Cases of misused identity that nobody has settled.
    disowned: u64,
    /// Appeals that nobody has decided.
    appealed: u64,
    alarms: crate::alarms::Told,
    ways: Vec<Way>,
    /// Its figures move.
    live: bool,
}

/// The tab of what buyers disown, among the states.
const DISOWNED: &str = "disowned";
/// The tab of appeals.
const APPEALED: &str = "appealed";

impl Page<'_> {
    fn service(&self) -> Option<usize> {
        Some(0)
    }

    fn tab(&self, state: &str) -> String {
        self.f.to(if state.is_empty() { "/desk".to_owned() } else { format!("/desk?state={state}") })
    }

    fn pick(&self, row: &Row) -> String {
        self.f.to(format!("/desk?state={}&sel={}#sheet", quoted(&self.asked.state), quoted(&row.key)))
    }

    fn is_picked(&self, row: &Row) -> bool {
        self.selected.is_some_and(|p| p.key == row.key)
    }

    fn next(&self) -> Option<String> {
        let after = self.list.next.as_ref()?;
        Some(self.f.to(format!("/desk?state={}&after={}", quoted(&self.asked.state), quoted(after))))
    }

    /// The same parcels in the list that is exported, with the number of a case where there are many.
    fn all_held(&self) -> Option<String> {
        let state = self.asked.state.as_str();
        let of = if state.is_empty() { "review,inspection,detained" } else { state };
        (![DISOWNED, APPEALED].contains(&state)).then(|| self.f.to(format!("/parcels?state={}", quoted(of))))
    }

    fn all(&self) -> u64 {
        self.counts.iter().map(|(_, n)| n).sum()
    }

    /// What is left until an answer is due: text, and whether it is late.
    fn left(&self, row: &Row) -> (String, bool) {
        match row.due {
            None => (String::new(), false),
            Some(due) if due < self.f.now => (self.f.t("desk.late").to_owned(), true),
            Some(due) => (self.f.lang.span((due.0 - self.f.now.0) as u64), false),
        }
    }
}

/// What waits, by tab.
pub struct Counted {
    pub states: [(State, u64); 3],
    /// Cases of misused identity that nobody has settled.
    pub disowned: u64,
    /// Appeals that nobody has decided.
    pub appealed: u64,
}

/// Counts what waits; nothing of it is shown.
pub fn counted(desk: &dyn Desk, f: &Frame) -> Result<Counted, Fault> {
    let one = Filter { limit: 1, ..Filter::default() };
    let mut states = [(State::Review, 0); 3];
    for (slot, state) in states.iter_mut().zip(HELD) {
        *slot = (state, desk.count(&f.sight, &Filter { states: vec![state], ..one.clone() })?);
    }
    let disowned = desk.count(&f.sight, &Filter { disowned: true, ..one.clone() })?;
    let appealed = desk.count(&f.sight, &Filter { appealed: true, ..one })?;
    Ok(Counted { states, disowned, appealed })
}

pub async fn show(
    extract::State(portal): extract::State<Portal>,
    visit: Visit,
    Query(asked): Query<Asked>,
) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let of = |states: Vec<State>, limit, after: &str| Filter {
                states,
                limit,
                after: (!after.is_empty()).then(|| after.to_owned()),
                ..Filter::default()
            };
            let Counted { states: counts, disowned, appealed } = counted(desk, f)?;
            let states = match State::parse(&asked.state).filter(|s| HELD.contains(s)) {
                Some(state) => vec![state],
                None => HELD.to_vec(),
            };
            let wanted = match asked.state.as_str() {
                DISOWNED => Filter { disowned: true, ..of(vec![], PAGE, &asked.after) },
                APPEALED => Filter { appealed: true, ..of(vec![], PAGE, &asked.after) },
                _ => of(states, PAGE, &asked.after),
            };
            let list = desk.parcels(&f.sight, &wanted)?;
            let selected = match asked.sel.as_str() {
                "" => None,
                key => Some(desk.parcel(&f.sight, key)?),
            };
            let alarms = crate::alarms::lately(desk, f)?;
            let selected = selected.as_ref();
            let live = asked.live == "1";
            let (asked, list, ways) = (&asked, &list, ways(desk, f));
            let page = f.html(&Page { f, asked, list, selected, counts, disowned, appealed, alarms, ways, live })?;
            Ok(if live { with_script(page) } else { page })
        })
        .await
}
