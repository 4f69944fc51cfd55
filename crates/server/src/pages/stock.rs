//! Bonded stock for officers and warehouses: the books, documents against customs' book against shelf, the proof of an
//! item, and the document behind a movement.

use super::export::{Sheet, is_csv};
use crate::Portal;
use crate::site::{Frame, Visit, quoted};
use crate::stock::{self, BookRow, Closings, ItemLine, ItemPage, Paper, Shelves};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;
use trade::bonded::ledger::Movement;
use trade::bonded::period::Period;
use trade::bonded::proof::Compared;
use trade::money::Quantity;
use trade::time::Moment;

/// Items on one page.
pub const ITEMS: usize = 50;
/// Movements on one page, the newest first.
pub const MOVEMENTS: u64 = 50;

#[derive(Template)]
#[template(path = "stock.html")]
struct BooksPage<'a> {
    f: &'a Frame,
    books: Vec<BookRow>,
}

#[derive(Template)]
#[template(path = "stock_book.html")]
struct BookPage<'a> {
    f: &'a Frame,
    book: &'a str,
    all: bool,
    shelves: Shelves,
}

#[derive(Template)]
#[template(path = "stock_periods.html")]
struct PeriodsPage<'a> {
    f: &'a Frame,
    book: &'a str,
    closings: Closings,
}

#[derive(Template)]
#[template(path = "stock_item.html")]
struct ProofPage<'a> {
    f: &'a Frame,
    book: &'a str,
    item: ItemPage,
}

#[derive(Template)]
#[template(path = "stock_paper.html")]
struct PaperPage<'a> {
    f: &'a Frame,
    paper: Paper,
}

impl Frame {
    /// An address below `/stock`.
    pub fn stock(&self, steps: &[&str]) -> String {
        steps.iter().fold(self.to("/stock"), |path, step| format!("{path}/{}", quoted(step)))
    }

    /// How far a bonded document is.
    pub fn stage(&self, state: &str) -> String {
        self.t(&format!("stage.{state}")).to_owned()
    }

    /// With its sign, where it is not nothing.
    pub fn off(&self, qty: impl std::borrow::Borrow<Quantity>) -> String {
        let qty = qty.borrow();
        match qty.0 {
            0 => "0".to_owned(),
            more if more > 0 => format!("+{qty}"),
            _ => qty.to_string().replace('-', "−"),
        }
    }
}

impl BookPage<'_> {
    fn shelf(&self, row: &Compared) -> String {
        row.shelf.map_or_else(|| "–".to_owned(), |(qty, _)| qty.to_string())
    }

    fn in_flight(&self, row: &Compared) -> String {
        let parts = [("stock.undeclared", row.undeclared), ("stock.leaving", row.leaving), ("stock.away", row.away)];
        let said = parts.iter().filter(|(_, qty)| qty.0 != 0);
        said.map(|(what, qty)| format!("{} {qty}", self.f.t(what))).collect::<Vec<_>>().join(" · ")
    }

    /// Titles of the reasons, and the remedy of each that is no mere remark.
    fn why(&self, row: &Compared) -> Vec<(String, String)> {
        let zh = self.f.lang == crate::lang::Lang::Zh;
        let language = if zh { trade::finding::Language::Zh } else { trade::finding::Language::En };
        let told = row.reasons(self.shelves.since);
        let said = |f: &trade::finding::Finding| {
            let remedy = if f.forgiven { String::new() } else { f.remedy(language) };
            (self.f.t(&format!("title.{}", f.code)).to_owned(), remedy)
        };
        told.iter().map(said).collect()
    }

    fn report(&self) -> String {
        self.f.stock(&[self.book, "report.csv"])
    }

    fn next(&self) -> Option<String> {
        let after = self.shelves.next.as_ref()?;
        let all = if self.all { "all=1&" } else { "" };
        Some(format!("{}?{all}after={}", self.f.stock(&[self.book]), quoted(after)))
    }
}

impl PeriodsPage<'_> {
    fn file(&self, period: &Period) -> Option<String> {
        period.told?;
        Some(self.f.stock(&[self.book, "periods", &period.number.to_string(), "register.csv"]))
    }

    fn days(&self, period: &Period) -> String {
        let from = period.from.map_or_else(|| "…".to_owned(), |day| day.to_string());
        format!("{from} – {}", period.until)
    }
}

impl ProofPage<'_> {
    fn kind(&self, m: &Movement) -> String {
        self.f.t(&format!("move.{}", m.kind)).to_owned()
    }

    /// The change of the shelf.
    fn change(&self, m: &Movement) -> String {
        self.f.off(Quantity(m.qty.0 * m.kind.shelf()))
    }

    /// What happened after shelf and documents last agreed and before they first differed.
    fn is_suspect(&self, m: &Movement) -> bool {
        let row = &self.item.compared;
        row.differs_since.is_some_and(|until| m.moment <= until && row.agreed.is_none_or(|from| m.moment > from))
    }

    fn older(&self) -> Option<String> {
        let before = self.item.older?;
        Some(format!("{}?before={before}", self.f.stock(&[self.book, &self.item.compared.item_no])))
    }

    /// The address that follows the goods of a row; what moves nothing on the shelf has none.
    fn follow(&self, m: &Movement, row: &usize) -> Option<String> {
        let number = self.item.newest.checked_sub(*row as u64)?;
        let here = self.f.stock(&[self.book, &self.item.compared.item_no]);
        (m.kind.shelf() != 0).then(|| format!("{here}?of={number}#f"))
    }

    /// Both ends of a part: its column, the movement, and what there is where there is none.
    fn ends<'m>(
        &self,
        came: &'m Option<Movement>,
        went: &'m Option<Movement>,
    ) -> Vec<(&'static str, Option<&'m Movement>, &'static str)> {
        vec![("stock.came", came.as_ref(), "stock.opening"), ("stock.gone", went.as_ref(), "stock.here")]
    }

    fn paper(&self, m: &Movement) -> Option<String> {
        let number = m.document.split_once(' ')?.1;
        m.case.is_none().then(|| self.f.stock(&["document", number]))
    }

    fn parcel(&self, m: &Movement) -> Option<String> {
        m.case.as_ref().map(|case| self.f.parcel(format!("{}_{}", case.ebc, case.order_no)))
    }

    fn when(&self, at: &Option<Moment>) -> String {
        at.map_or_else(|| "–".to_owned(), |at| self.f.stamp(at))
    }
}

impl PaperPage<'_> {
    fn name(&self, key: &str) -> String {
        self.f.t(&format!("paper.{key}")).to_owned()
    }
}

pub async fn books(State(portal): State<Portal>, visit: Visit) -> Response {
    visit
        .page(&portal, |desk, f| {
            let books = desk.books(&f.sight)?;
            f.html(&BooksPage { f, books })
        })
        .await
}

#[derive(Deserialize, Default)]
pub struct Asked {
    /// Every item, not only those that somebody has to look at.
    #[serde(default)]
    all: String,
    #[serde(default)]
    after: String,
    before: Option<u64>,
    /// The number of a movement whose goods are followed.
    of: Option<u64>,
}

pub async fn book(
    State(portal): State<Portal>,
    visit: Visit,
    Path(book): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let all = !asked.all.is_empty();
            let which = stock::Asked { book: &book, all, after: &asked.after, limit: ITEMS };
            let shelves = desk.shelves(&f.sight, &which)?;
            f.html(&BookPage { f, book: &book, all, shelves })
        })
        .await
}

/// The three-way report (三方对账) of a whole book, with reasons and remedies in the language of the page.
pub async fn report(State(portal): State<Portal>, visit: Visit, Path(book): Path<String>) -> Response {
    let csv = is_csv(&visit);
    visit
        .page(&portal, move |desk, f| {
            let all = stock::Asked { book: &book, all: true, after: "", limit: usize::MAX - 1 };
            let shelves = desk.shelves(&f.sight, &all)?;
            let zh = f.lang == crate::lang::Lang::Zh;
            let line = |row: &Compared| {
                let line = ItemLine::of(row, shelves.since);
                let words = line.reasons.iter().map(|r| if zh { r.zh.as_str() } else { r.en.as_str() });
                let words = words.collect::<Vec<_>>().join(" | ");
                let codes = line.reasons.iter().map(|r| r.code.as_str()).collect::<Vec<_>>().join(" ");
                [
                    line.item.into(),
                    line.name.into(),
                    line.on_hand.into(),
                    line.customs_book.into(),
                    line.shelf.into(),
                    line.shelf_at.into(),
                    line.documents_less_book.into(),
                    line.difference.into(),
                    line.shelf_less_book.into(),
                    line.undeclared.into(),
                    line.leaving.into(),
                    line.away.into(),
                    line.value.into(),
                    line.agreed.into(),
                    line.differs_since.into(),
                    line.in_flight_since.into(),
                    line.open.into(),
                    codes.into(),
                    Value::from(words),
                ]
            };
            let rows = shelves.rows.iter().map(line).collect();
            Ok(Sheet { columns: REPORT, rows }.answer(csv))
        })
        .await
}

/// The periods of a book (期末结转), and what is to be finished before the next one can be closed.
pub async fn periods(State(portal): State<Portal>, visit: Visit, Path(book): Path<String>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let closings = desk.closings(&f.sight, &book)?;
            f.html(&PeriodsPage { f, book: &book, closings })
        })
        .await
}

/// The register of a closed period: the file over which its statement has a hash, byte for byte.
pub async fn period(State(portal): State<Portal>, visit: Visit, Path((book, n)): Path<(String, u32)>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let file = desk.period_register(&f.sight, &book, n)?;
            Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], file).into_response())
        })
        .await
}

/// Columns of the report; quantities are of the declared unit, times are Beijing's.
const REPORT: [&str; 19] = [
    "item",
    "name",
    "documents",
    "customs_book",
    "shelf",
    "shelf_at",
    "documents_less_book",
    "shelf_less_documents",
    "shelf_less_book",
    "undeclared",
    "leaving",
    "away",
    "value",
    "agreed",
    "differs_since",
    "in_flight_since",
    "open",
    "codes",
    "reasons",
];

pub async fn item(
    State(portal): State<Portal>,
    visit: Visit,
    Path((book, item)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let moves = stock::Moves { before: asked.before, limit: MOVEMENTS, of: asked.of };
            let item = desk.stock_item(&f.sight, (&book, &item), &moves)?;
            f.html(&ProofPage { f, book: &book, item })
        })
        .await
}

pub async fn document(State(portal): State<Portal>, visit: Visit, Path(number): Path<String>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let paper = desk.paper(&f.sight, &number)?;
            f.html(&PaperPage { f, paper })
        })
        .await
}

macro_rules! customs {
    ($($page:ident),*) => { $(impl $page<'_> {
        fn service(&self) -> Option<usize> {
            Some(0)
        }
    })* };
}

customs!(BooksPage, BookPage, PeriodsPage, ProofPage, PaperPage);
