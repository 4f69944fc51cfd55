//! Decisions about what is no list, and their appeals: for whom they concern what stands, with the appeal; for officers
//! the appeals that wait, with what decides them.

use super::held::Page;
use crate::Portal;
use crate::held::Listed;
use crate::rulings::{Line, Sheet};
use crate::site::{Frame, Visit, quoted};
use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

/// Rows of one page.
const ROWS: usize = 50;

/// The address of a ruling, without the language.
pub fn at(key: &str) -> String {
    format!("/appeals/one?key={}", quoted(key))
}

#[derive(Template)]
#[template(path = "rulings.html")]
struct ListPage<'a> {
    f: &'a Frame,
    all: bool,
    list: Listed<Line>,
}

impl ListPage<'_> {
    fn service(&self) -> Option<usize> {
        Some(0)
    }

    fn one(&self, line: &Line) -> String {
        self.f.to(at(&line.key))
    }

    fn reasons(&self, line: &Line) -> String {
        let mut all: Vec<String> =
            crate::rulings::reasons(line).iter().map(|both| self.f.of_both(both).to_owned()).collect();
        all.extend((!line.reason.is_empty()).then(|| line.reason.clone()));
        all.join(if self.f.english() { "; " } else { "；" })
    }
}

/// How a ruling stands, in colour and words.
fn stands(f: &Frame, line: &Line) -> (&'static str, String) {
    let tone = match (line.state.as_str(), line.silent) {
        ("open", true) | ("stands", _) => "bad",
        ("open", false) => "hold",
        _ => "ok",
    };
    (tone, f.t(&format!("ruling.state.{}", line.state)).to_owned())
}

#[derive(Template)]
#[template(path = "ruling.html")]
struct OnePage<'a> {
    f: &'a Frame,
    of: &'a Sheet,
    coming: Vec<String>,
}

impl OnePage<'_> {
    fn service(&self) -> Option<usize> {
        Some(0)
    }

    fn matter(&self) -> String {
        self.f.t(&format!("ruling.of.{}", self.of.line.of)).to_owned()
    }
}

pub async fn list(State(portal): State<Portal>, visit: Visit, Query(page): Query<Page>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let asked = page.asked(ROWS);
            let list = desk.rulings(&f.sight, &asked)?;
            f.html(&ListPage { f, all: asked.all, list })
        })
        .await
}

#[derive(Deserialize)]
pub struct Named {
    #[serde(default)]
    key: String,
}

pub async fn one(State(portal): State<Portal>, visit: Visit, Query(named): Query<Named>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let of = desk.ruling(&f.sight, named.key.trim())?;
            f.html(&OnePage { f, of: &of, coming: Vec::new() })
        })
        .await
}

#[derive(Deserialize)]
pub struct Appeal {
    #[serde(default)]
    key: String,
    #[serde(default)]
    words: String,
}

pub async fn file(State(portal): State<Portal>, visit: Visit, Form(form): Form<Appeal>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let words = super::appeal::ground(&form.words)?;
            let key = form.key.trim();
            desk.appeal(f.known()?, key, "", &words)?;
            Ok(f.go(&at(key)))
        })
        .await
}
