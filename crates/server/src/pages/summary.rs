//! A summary of exports, opened step by step: declarations, lines, lists; and back.

use super::export::{Sheet, is_csv};
use crate::Portal;
use crate::site::{Frame, Visit, quoted};
use crate::summaries::{Asked, Listed, Part, Told};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::Value;
use trade::record::Summary;
use window::story::summary::{Place, Standing, standing, words};

/// Declarations or lists on one page.
pub const ROWS: usize = 25;

#[derive(Template)]
#[template(path = "summary.html")]
struct SummaryPage<'a> {
    f: &'a Frame,
    number: &'a str,
    told: Told,
}

impl SummaryPage<'_> {
    fn service(&self) -> Option<usize> {
        Some(0)
    }

    fn lead(&self) -> String {
        let [zh, en] = words(&self.told.summary);
        if self.f.english() { en } else { zh }
    }

    fn differs(&self) -> bool {
        standing(&self.told.summary) == Standing::Differs
    }

    /// Of what, in which currency or unit, the sum of the lists, and that of the results.
    fn sums(&self) -> Vec<(&str, String, String, String)> {
        let s = &self.told.summary;
        let mut rows: Vec<_> = s
            .values
            .iter()
            .map(|sum| {
                let told = s.told_values.iter().find(|told| told.currency == sum.currency);
                let told = told.map_or_else(|| "–".to_owned(), |told| told.value.to_string());
                (self.f.t("summary.value"), sum.currency.to_string(), sum.value.to_string(), told)
            })
            .collect();
        let names = ["summary.qty", "summary.qty1", "summary.qty2"];
        rows.extend(s.quantities.iter().map(|sum| {
            let told = s.told_quantities.iter().find(|told| (told.which, &told.unit) == (sum.which, &sum.unit));
            let told = told.map_or_else(|| "–".to_owned(), |told| told.qty.to_string());
            let name = names.get(sum.which as usize).copied().unwrap_or("summary.qty");
            (self.f.t(name), sum.unit.to_string(), sum.qty.to_string(), told)
        }));
        rows.push((self.f.t("summary.lines"), String::new(), s.list_lines.to_string(), s.told_lines.to_string()));
        rows
    }

    /// An address in this summary.
    fn at(&self, steps: &[u32]) -> String {
        steps.iter().fold(self.f.summary(self.number), |path, step| format!("{path}/{step}"))
    }

    fn next(&self) -> Option<String> {
        match &self.told.part {
            Part::Declarations { next, .. } => next.map(|n| format!("{}?after={n}", self.at(&[]))),
            Part::Lists { n, line, next, .. } => {
                next.map(|to| format!("{}?page={}&offset={}", self.at(&[*n, line.line]), to.page, to.offset))
            }
            Part::Lines { .. } => None,
        }
    }
}

impl Frame {
    /// A summary's own address.
    pub fn summary(&self, number: &str) -> String {
        self.to(format!("/summaries/{}", quoted(number)))
    }
}

#[derive(Deserialize, Default)]
pub struct From {
    #[serde(default)]
    after: u32,
    #[serde(default)]
    page: u32,
    #[serde(default)]
    offset: usize,
}

#[derive(Template)]
#[template(path = "summaries.html")]
struct ListPage<'a> {
    f: &'a Frame,
    list: Listed,
}

impl ListPage<'_> {
    fn service(&self) -> Option<usize> {
        Some(0)
    }

    fn state(&self, of: &Summary) -> &str {
        match standing(of) {
            Standing::GoesOn => self.f.t("summaries.goes_on"),
            Standing::Agrees => self.f.t("summaries.agrees"),
            Standing::Differs => self.f.t("summaries.differs"),
        }
    }

    fn tone(&self, of: &Summary) -> &'static str {
        match standing(of) {
            Standing::GoesOn => "wait",
            Standing::Agrees => "ok",
            Standing::Differs => "bad",
        }
    }

    fn values(&self, of: &Summary) -> String {
        of.values.iter().map(|sum| format!("{} ({})", sum.value, sum.currency)).collect::<Vec<_>>().join(", ")
    }
}

#[derive(Deserialize, Default)]
pub struct Page {
    #[serde(default)]
    after: String,
}

/// The summaries that the reader may open.
pub async fn list(State(portal): State<Portal>, visit: Visit, Query(asked): Query<Page>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let list = desk.summaries(&f.sight, &asked.after, ROWS)?;
            f.html(&ListPage { f, list })
        })
        .await
}

/// Summaries that one export gives; what is older is asked for by `after`.
const EXPORTED: usize = 1_000;

/// The same list as CSV or JSON.
pub async fn export(State(portal): State<Portal>, visit: Visit, Query(asked): Query<Page>) -> Response {
    let csv = is_csv(&visit);
    visit
        .page(&portal, move |desk, f| {
            let rows = desk.summaries(&f.sight, &asked.after, EXPORTED)?.rows;
            Ok(Sheet { columns: COLUMNS, rows: rows.iter().map(row).collect() }.answer(csv))
        })
        .await
}

const COLUMNS: [&str; 10] =
    ["sumNo", "at", "agent", "seller", "office", "copNo", "state", "lists", "declarations", "values"];

/// A summary as other programs read it; its values are `amount currency`, one after another.
fn row((number, of): &(String, Summary)) -> [Value; 10] {
    let state = match standing(of) {
        Standing::GoesOn => "accepted",
        Standing::Agrees => "finished",
        Standing::Differs => "refused",
    };
    let values = of.values.iter().map(|sum| format!("{} {}", sum.value, sum.currency)).collect::<Vec<_>>().join(" ");
    let [agent, ebc, office, cop_no] = [&of.agent, &of.ebc, &of.office, &of.cop_no].map(|t| Value::from(t.as_str()));
    let (at, lists, many) = (of.at.to_string().into(), of.lists.into(), of.declarations.into());
    [number.as_str().into(), at, agent, ebc, office, cop_no, state.into(), lists, many, values.into()]
}

async fn shown(
    portal: Portal,
    visit: Visit,
    number: String,
    (declaration, line): (Option<u32>, Option<u32>),
    from: From,
) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let place = Place { page: from.page, offset: from.offset };
            let asked = Asked { number: &number, declaration, line, after: from.after, from: place, limit: ROWS };
            let told = desk.summary(&f.sight, &asked)?;
            f.html(&SummaryPage { f, number: &number, told })
        })
        .await
}

pub async fn show(
    State(portal): State<Portal>,
    visit: Visit,
    Path(number): Path<String>,
    Query(from): Query<From>,
) -> Response {
    shown(portal, visit, number, (None, None), from).await
}

pub async fn declaration(
    State(portal): State<Portal>,
    visit: Visit,
    Path((number, n)): Path<(String, u32)>,
) -> Response {
    shown(portal, visit, number, (Some(n), None), From::default()).await
}

pub async fn line(
    State(portal): State<Portal>,
    visit: Visit,
    Path((number, n, seq)): Path<(String, u32, u32)>,
    Query(from): Query<From>,
) -> Response {
    shown(portal, visit, number, (Some(n), Some(seq)), from).await
}
