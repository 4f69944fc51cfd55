//! Lists of parcels, and the search for any number or word.

use crate::Portal;
use crate::desk::{Filter, Firm, Found, Row, Rows, State};
use crate::pages::export::{Sheet, is_csv};
use crate::site::{Frame, Visit, quoted};
use askama::Template;
use axum::extract::{self, Query};
use axum::response::Response;
use serde::Deserialize;

/// Rows on a page: a stacked phone page of them stays within the budget of 60 KB.
pub const PAGE: usize = 25;

#[derive(Deserialize, Default)]
pub struct Asked {
    #[serde(default)]
    pub state: String,
    #[serde(default)]
    pub regime: String,
    #[serde(default)]
    pub reason: String,
    /// Code of an enterprise.
    #[serde(default)]
    pub seller: String,
    #[serde(default)]
    pub after: String,
}

impl Asked {
    pub fn filter(&self) -> Filter {
        let some = |text: &str| (!text.is_empty() && text.len() <= 100).then(|| text.to_owned());
        Filter {
            states: self.state.split(',').filter_map(State::parse).take(12).collect(),
            regime: some(&self.regime),
            reason: some(&self.reason),
            seller: some(&self.seller),
            disowned: false,
            appealed: false,
            after: some(&self.after),
            limit: PAGE,
        }
    }

    /// The same list from another place.
    pub fn query(&self, after: &str) -> String {
        let pairs =
            [("state", &self.state), ("regime", &self.regime), ("reason", &self.reason), ("seller", &self.seller)];
        let mut out: Vec<_> =
            pairs.iter().filter(|(_, v)| !v.is_empty()).map(|(k, v)| format!("{k}={}", quoted(v))).collect();
        if !after.is_empty() {
            out.push(format!("after={}", quoted(after)));
        }
        out.join("&")
    }
}

#[derive(Template)]
#[template(path = "parcels.html")]
struct ListPage<'a> {
    f: &'a Frame,
    asked: &'a Asked,
    filter: &'a Filter,
    list: &'a Rows,
}

impl ListPage<'_> {
    fn service(&self) -> Option<usize> {
        Some(0)
    }

    fn states(&self) -> [State; 12] {
        State::ALL
    }

    fn chosen(&self, state: &State) -> bool {
        self.filter.states.len() == 1 && self.filter.states[0] == *state
    }

    fn export(&self, ending: &str) -> String {
        self.f.to(format!("/parcels.{ending}?{}", self.asked.query(&self.asked.after)))
    }

    fn next(&self) -> Option<String> {
        self.list.next.as_ref().map(|after| self.f.to(format!("/parcels?{}", self.asked.query(after))))
    }
}

pub async fn list(
    extract::State(portal): extract::State<Portal>,
    visit: Visit,
    Query(asked): Query<Asked>,
) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let filter = asked.filter();
            let list = desk.parcels(&f.sight, &filter)?;
            f.html(&ListPage { f, asked: &asked, filter: &filter, list: &list })
        })
        .await
}

/// Rows that one export gives; what goes beyond has to be narrowed by filters.
const EXPORTED: usize = 1000;

/// The list as CSV or JSON.
pub async fn export(
    extract::State(portal): extract::State<Portal>,
    visit: Visit,
    Query(asked): Query<Asked>,
) -> Response {
    let csv = is_csv(&visit);
    visit
        .page(&portal, move |desk, f| {
            let filter = Filter { limit: EXPORTED, ..asked.filter() };
            let rows = desk.parcels(&f.sight, &filter)?.rows;
            Ok(sheet(rows.iter()).answer(csv))
        })
        .await
}

/// Parcels as other programs read them.
fn sheet<'a>(rows: impl Iterator<Item = &'a Row>) -> Sheet<7> {
    let line = |row: &Row| {
        [
            row.key.as_str().into(),
            row.state.name().into(),
            row.regime.as_str().into(),
            row.at.to_string().into(),
            row.goods.as_str().into(),
            row.taxable.into(),
            row.tax.into(),
        ]
    };
    let columns = ["key", "state", "regime", "at", "goods", "taxable_fen", "tax_fen"];
    Sheet { columns, rows: rows.map(line).collect() }
}

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage<'a> {
    f: &'a Frame,
    query: &'a str,
    found: &'a Found,
}

impl SearchPage<'_> {
    fn party(&self, firm: &Firm) -> String {
        self.f.to(format!("/zone/parties/{}", quoted(&firm.code)))
    }

    fn lists(&self, firm: &Firm) -> String {
        self.f.to(format!("/parcels?seller={}", quoted(&firm.code)))
    }

    fn service(&self) -> Option<usize> {
        Some(0)
    }
}

#[derive(Deserialize)]
pub struct Question {
    #[serde(default)]
    q: String,
}

/// Longer than any number that we know; what goes beyond is not looked for.
const LONGEST: usize = 200;

pub async fn search(
    extract::State(portal): extract::State<Portal>,
    visit: Visit,
    Query(asked): Query<Question>,
) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let query: String = asked.q.trim().chars().filter(|c| !c.is_control()).take(LONGEST).collect();
            if query.is_empty() {
                return f.html(&SearchPage { f, query: &query, found: &Found::default() });
            }
            let mut found = desk.find(&f.sight, &query)?;
            // One hit leads to its page, which is the look.
            if let ([one], []) = (found.hits.as_slice(), found.firms.as_slice()) {
                return Ok(f.go(&format!("/parcels/{}", quoted(&one.row.key))));
            }
            found.hits.truncate(PAGE);
            f.html(&SearchPage { f, query: &query, found: &found })
        })
        .await
}
