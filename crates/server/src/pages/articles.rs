//! Personal articles: a form for the person or the operator that declares for one, and what the window said.

use crate::Portal;
use crate::articles::{ArticleLine, Form as Declared};
use crate::desk::{Refused, Said};
use crate::site::{Fault, Frame, Visit, quoted};
use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use std::collections::HashMap;
use trade::articles::Fate;
use trade::money::Fen;
use trade::policy::articles::Band;
use window::articles::Articles;

/// Kinds of articles that the form has room for; a program may send more.
const ROWS: usize = 5;

#[derive(Template)]
#[template(path = "articles.html")]
struct FormPage<'a> {
    f: &'a Frame,
    own: &'a [Articles],
    form: &'a Declared,
    wrong: &'a [Problem],
    bands: &'a [(String, Band)],
}

/// What is wrong with what was sent, in the reader's language.
struct Problem {
    path: String,
    text: String,
}

impl FormPage<'_> {
    fn service(&self) -> Option<usize> {
        Some(0)
    }

    fn rows(&self) -> Vec<(usize, ArticleLine)> {
        (1..=ROWS).map(|n| (n, self.form.articles.get(n - 1).cloned().unwrap_or_default())).collect()
    }

    fn band(&self, band: &(String, Band)) -> String {
        let name = if self.f.english() { &band.1.name.en } else { &band.1.name.zh };
        format!("{} · {name}", band.1.rate)
    }

    fn lead(&self, of: &Articles) -> String {
        let [zh, en] = of.lead();
        if self.f.english() { en } else { zh }
    }
}

#[derive(Template)]
#[template(path = "articles_told.html")]
struct ToldPage<'a> {
    f: &'a Frame,
    of: &'a Articles,
}

impl ToldPage<'_> {
    fn service(&self) -> Option<usize> {
        Some(0)
    }

    fn lead(&self) -> String {
        let [zh, en] = self.of.lead();
        if self.f.english() { en } else { zh }
    }

    fn tone(&self) -> &'static str {
        match self.of.state.status {
            800 => "ok",
            399 => "wait",
            _ => "bad",
        }
    }

    fn fate(&self) -> String {
        self.f.t(&format!("articles.fate.{}", self.of.state.verdict.fate.name())).to_owned()
    }

    fn findings(&self) -> Vec<Said> {
        self.of.findings.iter().map(Said::of).collect()
    }

    fn lines(&self) -> Vec<(usize, &trade::articles::Declared, Option<Fen>)> {
        let lines = self.of.declaration.articles.iter().enumerate();
        lines.map(|(n, line)| (n + 1, line, self.of.state.taxes.get(n).copied())).collect()
    }

    /// Something stands against the person, or stood.
    fn ruled(&self) -> bool {
        !self.of.state.holds.articles.is_empty() && (self.of.state.verdict.fate != Fate::Free || self.of.was_heard())
    }

    fn ruling(&self) -> String {
        self.f.to(super::ruling::at(&trade::record::Ruling::name_of(&self.of.ruled_at())))
    }

    fn file(&self, ending: &str) -> String {
        self.f.to(format!("/articles/{}/{ending}", quoted(&self.of.state.number)))
    }
}

pub async fn ask(State(portal): State<Portal>, visit: Visit) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let own = desk.own_articles(&f.sight)?;
            let bands = desk.article_bands();
            f.html(&FormPage { f, own: &own, form: &Declared::default(), wrong: &[], bands: &bands })
        })
        .await
}

/// A browser sends a row of the form as `name1`, `band1`, `value1`, `table1`; rows without anything are left out.
fn sent(fields: &HashMap<String, String>) -> Declared {
    let get = |name: &str| fields.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
    let line = |n: usize| {
        let [name, band, value, table] = ["name", "band", "value", "table"].map(|of| get(&format!("{of}{n}")));
        ArticleLine { name, band, value, table }
    };
    Declared {
        waybill: get("waybill"),
        country: get("country"),
        office: get("office"),
        identity: get("identity"),
        indivisible: get("indivisible") == "yes",
        articles: (1..=ROWS)
            .map(line)
            .filter(|line| !(line.name.is_empty() && line.value.is_empty() && line.table.is_empty()))
            .collect(),
    }
}

pub async fn declare(
    State(portal): State<Portal>,
    visit: Visit,
    Form(fields): Form<HashMap<String, String>>,
) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let caller = f.caller.as_ref().ok_or(Fault::SignIn)?;
            let form = sent(&fields);
            match desk.declare_articles(caller, &form) {
                Ok(told) => Ok(f.go(&format!("/articles/{}", quoted(&told.state.number)))),
                Err(Refused::Cannot { said, problems, .. }) => {
                    let own = desk.own_articles(&f.sight)?;
                    let bands = desk.article_bands();
                    let mut wrong: Vec<Problem> = problems
                        .into_iter()
                        .map(|p| Problem { path: p.path, text: if f.english() { p.en } else { p.zh } })
                        .collect();
                    if wrong.is_empty() {
                        wrong.push(Problem { path: "waybill".into(), text: f.of_both(&said).to_owned() });
                    }
                    f.answer(&FormPage { f, own: &own, form: &form, wrong: &wrong, bands: &bands }, true)
                }
                Err(other) => Err(other.into()),
            }
        })
        .await
}

pub async fn show(State(portal): State<Portal>, visit: Visit, Path(number): Path<String>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let of = desk.articles(&f.sight, &number)?;
            f.html(&ToldPage { f, of: &of })
        })
        .await
}

pub async fn receipt(State(portal): State<Portal>, visit: Visit, Path(number): Path<String>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let (receipt, _) = desk.articles_receipt(&f.sight, &number)?;
            Ok(([(header::CONTENT_TYPE, "application/xml")], receipt.xml).into_response())
        })
        .await
}

pub async fn proof(State(portal): State<Portal>, visit: Visit, Path(number): Path<String>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let (_, proof) = desk.articles_receipt(&f.sight, &number)?;
            Ok(([(header::CONTENT_TYPE, "application/json")], proof).into_response())
        })
        .await
}
