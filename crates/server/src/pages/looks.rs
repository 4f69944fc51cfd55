//! Who looked at you, and who may look: the trace for its subjects, and the table of rights for everybody.

use crate::Portal;
use crate::desk::{LookLine, Refused};
use crate::pages::export::{Sheet, is_csv};
use crate::site::{Fault, Frame, Visit};
use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::Value;
use trade::policy::Row;
use trade::policy::rights::{Action, Right, Scope};

#[derive(Template)]
#[template(path = "looks.html")]
struct LooksPage<'a> {
    f: &'a Frame,
    /// Whose looks they are: `own`, `zone`, `person`.
    of: Scope,
    looks: Option<Vec<LookLine>>,
    unusual: bool,
    older: Option<u64>,
    /// A person's own numbers did not belong together.
    wrong: bool,
    key: &'a str,
}

impl LooksPage<'_> {
    fn service(&self) -> Option<usize> {
        None
    }

    /// Whether the reader is asked for the numbers that prove a person.
    fn person(&self) -> bool {
        self.of == Scope::Person && self.f.caller.is_none()
    }

    fn zone(&self) -> bool {
        self.of == Scope::Zone
    }

    fn lead(&self) -> &str {
        match self.of {
            Scope::Zone => self.f.t("looks.lead.zone"),
            Scope::Person => self.f.t("looks.lead.person"),
            _ => self.f.t("looks.lead.own"),
        }
    }
}

impl Frame {
    /// The words for one of the names in the trace or the table of rights.
    pub fn named(&self, kind: &str, name: impl AsRef<str>) -> String {
        let key = format!("{kind}.{}", name.as_ref());
        if self.lang.has(&key) { self.t(&key).to_owned() } else { name.as_ref().to_owned() }
    }
}

#[derive(Deserialize)]
pub struct Asked {
    before: Option<u64>,
    #[serde(default)]
    unusual: String,
}

const PAGE: usize = 50;

pub async fn show(State(portal): State<Portal>, visit: Visit, Query(asked): Query<Asked>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let of = f.sight.right.scope;
            let unusual = asked.unusual == "yes";
            let looks = match of {
                // Nobody is signed in: a person proves to be one by two numbers.
                Scope::Person if f.caller.is_none() => None,
                Scope::Public => None,
                _ => Some(desk.looks(&f.sight, unusual, asked.before, PAGE)?),
            };
            let older = looks.as_ref().filter(|l| l.len() == PAGE).and_then(|l| l.last()).map(|l| l.revision);
            f.html(&LooksPage { f, of, looks, unusual, older, wrong: false, key: "" })
        })
        .await
}

/// Looks that one export gives; what is older is asked for by `before`.
const EXPORTED: usize = 1_000;

/// The looks as CSV or JSON; none for somebody who is not known.
pub async fn export(State(portal): State<Portal>, visit: Visit, Query(asked): Query<Asked>) -> Response {
    let csv = is_csv(&visit);
    visit
        .page(&portal, move |desk, f| {
            let looks = match f.caller {
                Some(_) => desk.looks(&f.sight, asked.unusual == "yes", asked.before, EXPORTED)?,
                None => Vec::new(),
            };
            let line = |l: LookLine| {
                let words = [l.at, l.who, l.role, l.kind, l.action, l.purpose, l.ground, l.case].map(Value::from);
                let [at, who, role, kind, action, purpose, ground, case] = words;
                let (records, unusual) = (l.records.into(), l.unusual.into());
                [l.revision.into(), at, who, role, kind, action, purpose, ground, case, records, unusual]
            };
            let columns =
                ["revision", "at", "who", "role", "kind", "action", "purpose", "ground", "case", "records", "unusual"];
            Ok(Sheet { columns, rows: looks.into_iter().map(line).collect() }.answer(csv))
        })
        .await
}

#[derive(Deserialize)]
pub struct Person {
    #[serde(default)]
    key: String,
    #[serde(default)]
    identity: String,
}

/// A person proves to be a parcel's buyer by two numbers that only the buyer has together.
pub async fn of_person(State(portal): State<Portal>, visit: Visit, Form(form): Form<Person>) -> Response {
    let inner = portal.clone();
    visit
        .page(&portal, move |desk, f| {
            let key: String = form.key.trim().chars().filter(|c| !c.is_control()).take(200).collect();
            let identity: String = form.identity.chars().filter(|c| !c.is_whitespace()).take(50).collect();
            if let Some(retry_after_s) = inner.person_locks.locked(&key, f.now) {
                return Err(Fault::TooMany { retry_after_s });
            }
            let page =
                |looks, wrong| LooksPage { f, of: Scope::Person, looks, unusual: false, older: None, wrong, key: &key };
            match desk.looks_of_person(&key, &identity) {
                Ok(looks) => {
                    inner.person_locks.right(&key);
                    f.html(&page(Some(looks), false))
                }
                Err(Refused::NotFound) => {
                    inner.person_locks.wrong(&key, f.now);
                    let mut page = f.html(&page(None, true))?;
                    *page.status_mut() = axum::http::StatusCode::NOT_FOUND;
                    Ok(page)
                }
                Err(other) => Err(other.into()),
            }
        })
        .await
}

#[derive(Template)]
#[template(path = "rights.html")]
struct RightsPage<'a> {
    f: &'a Frame,
    rows: Vec<&'a Row<Right>>,
}

impl RightsPage<'_> {
    fn service(&self) -> Option<usize> {
        None
    }

    fn actions(&self) -> Vec<(&'static str, Vec<&Row<Right>>)> {
        let of = |action: Action| self.rows.iter().filter(|r| r.value.action == action).copied().collect::<Vec<_>>();
        let all = Action::ALL.iter().map(|action| (action.name(), of(*action)));
        all.filter(|(_, rows)| !rows.is_empty()).collect()
    }

    fn role(&self, row: &Row<Right>) -> String {
        self.f.named("role", row.value.role.map_or("anybody", |role| role.name()))
    }
}

pub async fn rights(State(portal): State<Portal>, visit: Visit) -> Response {
    visit
        .page(&portal, |desk, f| {
            let rights = desk.rights();
            f.html(&RightsPage { f, rows: rights.on(f.now.day()) })
        })
        .await
}

/// The table of rights that is in force today, as it stands in `rights.csv`.
pub async fn rights_export(State(portal): State<Portal>, visit: Visit) -> Response {
    let csv = is_csv(&visit);
    visit
        .page(&portal, move |desk, f| {
            let rights = desk.rights();
            let line = |row: &Row<Right>| {
                let right = &row.value;
                let role = right.role.map_or("anybody", |role| role.name());
                let (scope, purpose) = (right.scope.name(), right.purpose.name());
                let words = [role, right.action.name(), scope, purpose].map(Value::from);
                let [role, action, scope, purpose] = words;
                [role, action, scope, purpose, right.traced.into(), row.clause.to_string().into()]
            };
            let rows = rights.on(f.now.day()).into_iter().map(line).collect();
            let columns = ["role", "action", "scope", "purpose", "traced", "clause"];
            Ok(Sheet { columns, rows }.answer(csv))
        })
        .await
}

#[cfg(test)]
mod tests {
    use crate::lang::Lang;
    use trade::policy::rights::{Action, Purpose, Scope};

    #[test]
    fn every_name_in_the_table_of_rights_has_words() {
        let actions = Action::ALL.iter().map(|a| format!("action.{}", a.name()));
        let purposes = Purpose::ALL.iter().map(|p| format!("purpose.{}", p.name()));
        let scopes = Scope::ALL.iter().map(|s| format!("scope.{}", s.name()));
        let kinds = trade::look::LookKind::ALL.iter().map(|k| format!("way.{}", k.name()));
        for key in actions.chain(purposes).chain(scopes).chain(kinds) {
            assert!(Lang::ALL.iter().all(|lang| lang.has(&key)), "{key}");
        }
    }
}
