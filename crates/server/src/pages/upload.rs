//! Rows of the registry from a file: what they would do to the ledgers, and taken in as they were looked at.

use super::attempt::page_about;
use crate::Portal;
use crate::corrections::Previewed;
use crate::desk::{Both, Problem, Refused, Table};
use crate::live::registry_table;
use crate::site::{Fault, Frame, Visit};
use askama::Template;
use axum::Form;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;
use trade::registry::Column;

/// Faults that are shown; the API has all.
const SHOWN: usize = 60;

#[derive(Template)]
#[template(path = "upload.html")]
struct Page<'a> {
    f: &'a Frame,
    table: Table,
    file: &'a str,
    previewed: Option<&'a Previewed>,
    /// Why nothing was taken, and where.
    refused: Option<(&'a Both, &'a [Problem])>,
    /// The entry of the rows that were taken in, and how many they are.
    done: Option<(u64, u64)>,
}

impl Page<'_> {
    fn service(&self) -> Option<usize> {
        Some(0)
    }

    fn tables(&self) -> impl Iterator<Item = Table> {
        Table::ALL.into_iter().filter(|table| registry_table(*table).is_some())
    }

    fn to(&self, table: &Table) -> String {
        self.f.to(format!("/zone/registry/{}", table.name()))
    }

    fn name(&self, table: &Table) -> String {
        self.f.named("registry", table.name())
    }

    fn rows(&self, p: &Previewed) -> String {
        self.f.n(u64::from(p.rows))
    }

    fn template(&self) -> String {
        format!("/api/v1/registry/{}/template.csv", self.table.name())
    }

    fn columns(&self) -> &'static [Column] {
        registry_table(self.table).map(|table| table.columns()).unwrap_or_default()
    }

    fn means(&self, column: &Column) -> &'static str {
        if self.f.english() { column.en } else { column.zh }
    }

    fn problems<'p>(&self, all: &'p [Problem]) -> &'p [Problem] {
        &all[..all.len().min(SHOWN)]
    }

    fn said<'p>(&self, problem: &'p Problem) -> &'p str {
        if self.f.english() { &problem.en } else { &problem.zh }
    }
}

impl<'a> Page<'a> {
    fn of(f: &'a Frame, table: Table) -> Page<'a> {
        Page { f, table, file: "", previewed: None, refused: None, done: None }
    }
}

fn table_of(name: &str) -> Result<Table, Fault> {
    let table = Table::parse(name).filter(|table| registry_table(*table).is_some());
    table.ok_or(Fault::Refused(Refused::NotFound))
}

#[derive(Deserialize, Default)]
pub struct Asked {
    /// The entry and the number of rows that were taken in.
    #[serde(default)]
    entry: u64,
    #[serde(default)]
    rows: u64,
}

pub async fn choose(State(portal): State<Portal>, visit: Visit) -> Response {
    visit.page(&portal, |_, f| f.html(&Page::of(f, Table::Goods))).await
}

pub async fn show(
    State(portal): State<Portal>,
    visit: Visit,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    visit
        .page(&portal, move |_, f| {
            let done = (asked.entry > 0).then_some((asked.entry, asked.rows));
            f.html(&Page { done, ..Page::of(f, table_of(&name)?) })
        })
        .await
}

/// What the rows would do.
pub async fn look(
    State(portal): State<Portal>,
    visit: Visit,
    Path(name): Path<String>,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    page_about(&portal, visit, form, move |desk, f, posted| {
        let page = Page { file: &posted.name, ..Page::of(f, table_of(&name)?) };
        match desk.preview_rows(f.known()?, page.table, &posted.bytes) {
            Ok(previewed) => f.html(&Page { previewed: Some(&previewed), ..page }),
            Err(Refused::Cannot { said, problems, .. }) => f.html(&Page { refused: Some((&said, &problems)), ..page }),
            Err(refused) => Err(refused.into()),
        }
    })
    .await
}

#[derive(Deserialize)]
pub struct Pressed {
    #[serde(default)]
    expect: String,
}

/// Takes in what was looked at, or says why not.
pub async fn take(
    State(portal): State<Portal>,
    visit: Visit,
    Path(name): Path<String>,
    Form(pressed): Form<Pressed>,
) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let table = table_of(&name)?;
            let refused = match desk.import_as_seen(f.known()?, table, &[], &pressed.expect) {
                Ok(done) => {
                    let path = format!("/zone/registry/{name}?entry={}&rows={}", done.revision, done.rows);
                    return Ok(f.go(&path));
                }
                Err(refused) => refused,
            };
            let lost = Both::words("upload.lost");
            match refused {
                Refused::NotFound => f.html(&Page { refused: Some((&lost, &[])), ..Page::of(f, table) }),
                Refused::Cannot { said, problems, .. } => {
                    f.html(&Page { refused: Some((&said, &problems)), ..Page::of(f, table) })
                }
                other => Err(other.into()),
            }
        })
        .await
}
