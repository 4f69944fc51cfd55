//! What anybody may read of the window itself: how it serves, the law of any day, notices, and for whom the pages work.

use super::export::{Sheet, is_csv};
use crate::Portal;
use crate::desk::{Overview, Refused};
use crate::service::{self, Part, Serves};
use crate::site::{Fault, Frame, Visit, quoted};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use std::collections::BTreeMap;
use trade::policy::Notice;
use trade::policy::standing::{Standing, Stood, standing};
use trade::time::Day;

#[derive(Template)]
#[template(path = "status.html")]
struct StatusPage<'a> {
    f: &'a Frame,
    parts: &'a [Part],
    o: &'a Overview,
    /// Pages that were measured.
    pages: usize,
}

impl StatusPage<'_> {
    /// The worst of the parts speaks for all.
    fn all(&self) -> Serves {
        self.parts.iter().map(|part| part.serves).max().unwrap_or(Serves::Up)
    }

    fn lead(&self) -> &str {
        self.f.t(match self.all() {
            Serves::Up => "status.lead.up",
            Serves::Slow => "status.lead.slow",
            Serves::Down => "status.lead.down",
        })
    }

    fn name(&self, part: &Part) -> String {
        self.f.t(&format!("status.{}", part.name)).to_owned()
    }

    fn how(&self, part: &Part) -> String {
        self.f.t(&format!("status.{}.how", part.name)).to_owned()
    }

    fn chip(&self, serves: &Serves) -> String {
        let (tone, seal, word) = (serves.tone().class(), self.f.t(serves.seal()), self.f.t(serves.key()));
        format!(r#"<span class="st {tone}"><b aria-hidden="true">{seal}</b>{word}</span>"#)
    }

    /// Lists that arrived, hour by hour of today.
    fn hours(&self) -> Vec<(String, u64)> {
        let mut hours: BTreeMap<String, u64> = BTreeMap::new();
        for (at, n) in &self.o.arrivals {
            *hours.entry(format!("{}:00", &crate::lang::clock(*at)[..2])).or_default() += n;
        }
        hours.into_iter().collect()
    }
}

pub async fn status(State(portal): State<Portal>, visit: Visit) -> Response {
    let of = portal.clone();
    visit
        .page(&portal, move |desk, f| {
            let parts = service::parts(desk, &of.times)?;
            let pages = of.times.p95().map_or(0, |(_, pages)| pages);
            f.html(&StatusPage { f, parts: &parts, o: &desk.overview()?, pages })
        })
        .await
}

pub async fn status_export(State(portal): State<Portal>, visit: Visit) -> Response {
    let (csv, of) = (is_csv(&visit), portal.clone());
    visit
        .page(&portal, move |desk, _| {
            let line = |part: Part| {
                [
                    part.name.into(),
                    part.serves.name().into(),
                    part.measured_ms.into(),
                    part.promised_ms.into(),
                    part.why.into(),
                ]
            };
            let rows = service::parts(desk, &of.times)?.into_iter().map(line).collect();
            Ok(Sheet { columns: ["part", "serves", "p95_ms", "promised_ms", "why"], rows }.answer(csv))
        })
        .await
}

#[derive(Deserialize, Default)]
pub struct On {
    #[serde(default)]
    on: String,
    #[serde(default)]
    after: usize,
    #[serde(default)]
    q: String,
}

#[derive(Template)]
#[template(path = "policies.html")]
struct PoliciesPage<'a> {
    f: &'a Frame,
    /// File, title, rows.
    tables: Vec<(&'a str, String, usize)>,
    on: Day,
}

#[derive(Template)]
#[template(path = "policy.html")]
struct PolicyPage<'a> {
    f: &'a Frame,
    file: &'a str,
    title: String,
    on: Day,
    asked: &'a On,
    s: &'a Standing,
    rows: &'a [Stood],
    found: usize,
    next: Option<usize>,
}

impl PolicyPage<'_> {
    fn at(&self, on: &Day, after: usize) -> String {
        let query = if self.asked.q.is_empty() { String::new() } else { format!("&q={}", quoted(&self.asked.q)) };
        let after = if after == 0 { String::new() } else { format!("&after={after}") };
        self.f.to(format!("/policies/{}?on={on}{query}{after}", quoted(self.file)))
    }

    /// The days of change around the one that is shown: the last five before, the next five after.
    fn near(&self) -> Vec<Day> {
        let at = self.s.changes.partition_point(|day| *day <= self.on);
        self.s.changes[at.saturating_sub(5)..(at + 5).min(self.s.changes.len())].to_vec()
    }

    fn shown<'c>(&self, cell: &'c str) -> &'c str {
        if cell.is_empty() { "–" } else { cell }
    }

    fn is_number(&self, cell: &str) -> bool {
        !cell.is_empty() && cell.bytes().all(|b| b.is_ascii_digit() || b".%-".contains(&b))
    }
}

/// `notices.csv` is `policies.table.notices`.
fn table_title(f: &Frame, file: &str) -> String {
    let key = format!("policies.table.{}", file.split('.').next().unwrap_or(file));
    if f.lang.has(&key) { f.t(&key).to_owned() } else { file.to_owned() }
}

/// The day that is asked for; today where none is. What is no day is told.
fn day_of(f: &Frame, on: &str) -> Result<Day, Fault> {
    match on.trim() {
        "" => Ok(f.now.day()),
        text => Day::parse(text).ok_or(Fault::Refused(Refused::NotFound)),
    }
}

pub async fn policies(State(portal): State<Portal>, visit: Visit, Query(asked): Query<On>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let (on, law) = (day_of(f, &asked.on)?, desk.law_text());
            let table = |(file, text): (&'_ String, &String)| {
                let rows = standing(file, text, on).rows.len();
                (file.clone(), table_title(f, file), rows)
            };
            let all: Vec<_> = law.iter().map(table).collect();
            let tables = all.iter().map(|(file, title, rows)| (file.as_str(), title.clone(), *rows)).collect();
            f.html(&PoliciesPage { f, tables, on })
        })
        .await
}

/// Rows of a table on one page: the widest table stays within the budget.
const ROWS: usize = 30;

pub async fn policy(
    State(portal): State<Portal>,
    visit: Visit,
    Path(file): Path<String>,
    Query(asked): Query<On>,
) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let on = day_of(f, &asked.on)?;
            let law = desk.law_text();
            let text = law.get(&file).ok_or(Refused::NotFound)?;
            let mut s = standing(&file, text, on);
            let wanted = asked.q.trim().to_lowercase();
            if !wanted.is_empty() {
                let has = |cell: &String| cell.to_lowercase().contains(&wanted);
                s.rows.retain(|row| row.cells.iter().any(has) || has(&row.clause));
            }
            let found = s.rows.len();
            let from = asked.after.min(found);
            let to = (from + ROWS).min(found);
            let (next, title) = ((to < found).then_some(to), table_title(f, &file));
            let (rows, asked) = (&s.rows[from..to], &asked);
            f.html(&PolicyPage { f, file: &file, title, on, asked, s: &s, rows, found, next })
        })
        .await
}

/// The whole table with the rows of all days, as it was adopted.
pub async fn policy_text(State(portal): State<Portal>, visit: Visit, Path(file): Path<String>) -> Response {
    visit
        .page(&portal, move |desk, _| {
            let text = desk.law_text().remove(&file).ok_or(Refused::NotFound)?;
            let kind = if file.ends_with(".csv") { "text/csv; charset=utf-8" } else { "text/plain; charset=utf-8" };
            let name = format!("attachment; filename=\"{file}\"");
            Ok(([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, name)], text).into_response())
        })
        .await
}

#[derive(Template)]
#[template(path = "notices.html")]
struct NoticesPage<'a> {
    f: &'a Frame,
    notices: &'a [(String, Day, Notice)],
}

impl NoticesPage<'_> {
    fn title<'n>(&self, notice: &'n Notice) -> &'n str {
        if self.f.english() { &notice.en } else { &notice.zh }
    }

    fn text<'n>(&self, notice: &'n Notice) -> &'n str {
        if self.f.english() { &notice.text_en } else { &notice.text_zh }
    }
}

pub async fn notices(State(portal): State<Portal>, visit: Visit) -> Response {
    visit.page(&portal, |desk, f| f.html(&NoticesPage { f, notices: &desk.notices() })).await
}

#[derive(Template)]
#[template(path = "accessibility.html")]
struct AccessibilityPage<'a> {
    f: &'a Frame,
}

pub async fn accessibility(State(portal): State<Portal>, visit: Visit) -> Response {
    visit.page(&portal, |_, f| f.html(&AccessibilityPage { f })).await
}

macro_rules! no_service {
    ($($page:ident),*) => { $(impl $page<'_> {
        fn service(&self) -> Option<usize> {
            None
        }
    })* };
}

no_service!(StatusPage, PoliciesPage, PolicyPage, NoticesPage, AccessibilityPage);
