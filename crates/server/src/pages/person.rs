//! A person's own page: parcels, the year's allowance with what used it, tax, and "this was not me".

use crate::Portal;
use crate::chart;
use crate::desk::{Own, Person, Refused};
use crate::lang::table_fen;
use crate::pages::export::{Sheet, is_csv};
use crate::site::{Fault, Frame, Visit, quoted};
use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;
use window::articles::Articles;

#[derive(Template)]
#[template(path = "me.html")]
struct Page<'a> {
    f: &'a Frame,
    p: &'a Person,
    /// The number of the case that was just opened.
    done: &'a str,
    /// Personal articles that were declared for the person.
    articles: &'a [Articles],
}

impl Page<'_> {
    fn service(&self) -> Option<usize> {
        Some(0)
    }

    fn of_articles(&self, of: &Articles) -> String {
        let [zh, en] = of.lead();
        if self.f.english() { en } else { zh }
    }

    fn meter(&self) -> Option<String> {
        self.p.limit.map(|limit| chart::meter(limit, self.p.used, 0, &self.said(limit)))
    }

    fn said(&self, limit: i64) -> String {
        let p = self.p;
        let [limit, used, left] = [limit, p.used, (limit - p.used).max(0)].map(table_fen);
        self.f.lang.fill("me.allowance.said", &[&p.year.to_string(), &limit, &used, &left])
    }

    fn summary(&self) -> String {
        self.p.limit.map_or_else(|| self.f.t("me.allowance.no_law").to_owned(), |limit| self.said(limit))
    }

    /// Those that take something of this year's allowance.
    fn takes(&self) -> impl Iterator<Item = &Own> {
        self.p.parcels.iter().filter(|own| own.year == self.p.year && own.used != 0)
    }

    /// What parcels take that are not on the page.
    fn rest(&self) -> i64 {
        self.p.used - self.takes().map(|own| own.used).sum::<i64>()
    }

    fn ask(&self, own: &Own) -> String {
        self.f.to(format!("/me/not-me?key={}", quoted(&own.row.key)))
    }

    fn appeal(&self, own: &Own) -> String {
        self.f.to(format!("/appeal?key={}", quoted(&own.row.key)))
    }

    /// How the case about a disowned parcel stands, and its tone.
    fn about(&self, own: &Own) -> Option<(String, &'static str)> {
        let disowned = own.disowned.as_ref()?;
        Some(match (disowned.settled, disowned.denied) {
            (None, _) => (self.f.t1("me.case.open", &disowned.number), "hold"),
            (Some(_), false) => (self.f.t1("me.case.upheld", &disowned.number), "ok"),
            (Some(_), true) => (self.f.t1("me.case.denied", &disowned.number), "bad"),
        })
    }
}

#[derive(Deserialize, Default)]
pub struct Done {
    #[serde(default)]
    done: String,
}

pub async fn show(State(portal): State<Portal>, visit: Visit, Query(done): Query<Done>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let person = desk.person(&f.sight)?;
            let own =
                |number: &str| person.parcels.iter().any(|o| o.disowned.as_ref().is_some_and(|d| d.number == number));
            let done = if own(&done.done) { done.done.as_str() } else { "" };
            let articles = desk.own_articles(&f.sight)?;
            f.html(&Page { f, p: &person, done, articles: &articles })
        })
        .await
}

/// The own parcels as CSV or JSON (PIPL 45: a copy of one's own data).
pub async fn export(State(portal): State<Portal>, visit: Visit) -> Response {
    let csv = is_csv(&visit);
    visit
        .page(&portal, move |desk, f| {
            let line = |own: Own| {
                let row = own.row;
                let case = own.disowned.map(|d| d.number.to_string());
                let (goods, seller) = (row.goods.into(), own.seller.into());
                let (at, state) = (row.at.to_string().into(), row.state.name().into());
                let money = [row.taxable, row.tax, Some(own.used)].map(Value::from);
                let [taxable, tax, used] = money;
                [row.key.into(), state, at, goods, seller, taxable, tax, own.year.into(), used, case.into()]
            };
            let columns =
                ["key", "state", "at", "goods", "seller", "taxable_fen", "tax_fen", "year", "allowance_fen", "case"];
            let rows = desk.person(&f.sight)?.parcels.into_iter().map(line).collect();
            Ok(Sheet { columns, rows }.answer(csv))
        })
        .await
}

/// Everything that the window has of the person, as one file.
pub async fn copy(State(portal): State<Portal>, visit: Visit) -> Response {
    visit
        .page(&portal, |desk, f| {
            let text = serde_json::to_string_pretty(&desk.own_copy(&f.sight)?).unwrap_or_default();
            let name = (header::CONTENT_DISPOSITION, "attachment; filename=\"onewindow-own-copy.json\"");
            Ok(([(header::CONTENT_TYPE, "application/json; charset=utf-8"), name], text).into_response())
        })
        .await
}

#[derive(Template)]
#[template(path = "notme.html")]
struct AskPage<'a> {
    f: &'a Frame,
    p: &'a Person,
    own: &'a Own,
}

impl AskPage<'_> {
    fn service(&self) -> Option<usize> {
        Some(0)
    }

    /// Used of the year's allowance after the act; a parcel of another year leaves this year as it is.
    fn after(&self) -> i64 {
        if self.own.year == self.p.year { self.p.used - self.own.used } else { self.p.used }
    }

    fn back(&self) -> i64 {
        self.p.used - self.after()
    }
}

#[derive(Deserialize)]
pub struct Key {
    #[serde(default)]
    key: String,
}

/// What the act would change, before it is done.
pub async fn ask(State(portal): State<Portal>, visit: Visit, Query(asked): Query<Key>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let person = desk.person(&f.sight)?;
            let own = person.parcels.iter().find(|own| own.row.key == asked.key && own.may_disown);
            f.html(&AskPage { f, p: &person, own: own.ok_or(Refused::NotFound)? })
        })
        .await
}

#[derive(Deserialize)]
pub struct NotMe {
    #[serde(default)]
    key: String,
    #[serde(default)]
    words: String,
}

pub async fn disown(State(portal): State<Portal>, visit: Visit, Form(form): Form<NotMe>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let words: String = form.words.trim().chars().filter(|c| !c.is_control()).take(500).collect();
            let caller = f.caller.as_ref().ok_or(Fault::SignIn)?;
            let number = desk.disown(caller, form.key.trim(), &words)?;
            Ok(f.go(&format!("/me?done={}", quoted(&number))))
        })
        .await
}
