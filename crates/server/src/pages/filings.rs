//! Filings of goods (商品备案): the own, made in a form from the table that reads them or in bulk by spreadsheet, and the
//! review of an official. Nothing here needs a script.

use super::attempt::page_about;
use super::bulk::{Told, XLSX, file, not_written, told};
use super::live::with_script;
use super::receipt::{Proved, as_pdf, proved};
use crate::Portal;
use crate::bulk::rows::{Rows, headings, written};
use crate::bulk::{self, Heading};
use crate::corrections::Previewed;
use crate::desk::{Desk, Filing, Filings, Refused, Table};
use crate::goods::{Drafted, Faults, Values, columns, drafted, fixed, is_open, look};
use crate::site::{Fault, Frame, Visit, quoted};
use askama::Template;
use axum::Form;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value};
use trade::policy::{Named, Policy};
use trade::registry::filing::cells;
use trade::registry::{Column, Form as Shape};
use trade::time::Day;

/// Filings on the page; the export has all.
const SHOWN: usize = 100;
/// Rows that one file may have: they are filed together or not at all.
const MOST_ROWS: usize = 1_000;

#[derive(Template)]
#[template(path = "filings.html")]
struct ListPage<'a> {
    f: &'a Frame,
    of: &'a Filings,
    /// So many were filed just now.
    done: u64,
}

#[derive(Template)]
#[template(path = "filing.html")]
struct OnePage<'a> {
    f: &'a Frame,
    x: &'a Filing,
    scans: bool,
    done: bool,
}

fn name<'n>(f: &Frame, x: &'n Filing) -> &'n str {
    if f.english() && !x.row.name_en.is_empty() { &x.row.name_en } else { &x.row.name_zh }
}

macro_rules! of_goods {
    ($($page:ident),*) => { $(impl $page<'_> {
        fn service(&self) -> Option<usize> {
            Some(0)
        }

        fn to(&self, x: &Filing) -> String {
            self.f.to(format!("/company/filings/{}/{}", quoted(&x.row.ebc), quoted(&x.row.item_no)))
        }

        fn name<'n>(&self, x: &'n Filing) -> &'n str {
            name(self.f, x)
        }

        /// Tone and word of how it stands.
        fn stands(&self, x: &Filing) -> (&'static str, &'static str) {
            match (x.row.approved, &x.refused) {
                (true, _) => ("ok", self.f.lang.t("filings.approved")),
                (false, Some(_)) => ("bad", self.f.lang.t("filings.refused")),
                (false, None) => ("wait", self.f.lang.t("filings.open")),
            }
        }
    })* };
}

/// The certificate of a filing (备案证书) on paper; it verifies like its receipt.
#[derive(Template)]
#[template(path = "certificate.html")]
struct CertificatePage<'a> {
    f: &'a Frame,
    x: &'a Filing,
    /// The receipt's place in the journal.
    place: (u64, u32),
    proved: Proved,
}

of_goods!(ListPage, OnePage, CertificatePage);

impl ListPage<'_> {
    fn next(&self) -> Option<String> {
        self.of.next.as_ref().map(|after| self.f.to(format!("/company/filings?after={}", quoted(after))))
    }
}

impl OnePage<'_> {
    /// Where an appeal against its refusal is made.
    fn appeal(&self) -> String {
        let key = format!("{}/GOODS/{}", self.x.row.ebc, self.x.row.item_no);
        self.f.to(format!("/appeals/one?key={}", quoted(&key)))
    }
}

#[derive(Deserialize, Default)]
pub struct Asked {
    /// So many were filed just now.
    #[serde(default)]
    done: u64,
    /// The place after which the page begins.
    #[serde(default)]
    after: String,
}

pub async fn list(State(portal): State<Portal>, visit: Visit, Query(asked): Query<Asked>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            f.html(&ListPage { f, of: &desk.filings(&f.sight, &asked.after, SHOWN)?, done: asked.done })
        })
        .await
}

pub async fn one(
    State(portal): State<Portal>,
    visit: Visit,
    Path((ebc, item)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let x = desk.filing(&f.sight, &ebc, &item)?;
            f.html(&OnePage { f, x: &x, scans: desk.scans(), done: asked.done > 0 })
        })
        .await
}

pub async fn certificate(
    State(portal): State<Portal>,
    visit: Visit,
    Path((ebc, item)): Path<(String, String)>,
) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let x = desk.filing(&f.sight, &ebc, &item)?;
            let place = x.receipt.filter(|_| x.row.approved).ok_or(Refused::NotFound)?;
            let pdf = format!("/company/filings/{}/{}/certificate.pdf", quoted(&ebc), quoted(&item));
            let proved = proved(desk, f, place, &pdf)?;
            f.html(&CertificatePage { f, x: &x, place, proved })
        })
        .await
}

pub async fn certificate_pdf(State(portal): State<Portal>, visit: Visit, Path(of): Path<(String, String)>) -> Response {
    as_pdf(portal.clone(), visit, "certificate", |visit| certificate(State(portal), visit, Path(of))).await
}

/// All own filings in the form in which they are filed: a table that is changed and uploaded again, or JSON.
pub async fn export(State(portal): State<Portal>, visit: Visit) -> Response {
    let csv = super::export::is_csv(&visit);
    visit
        .page(&portal, move |desk, f| {
            let all = desk.filings(&f.sight, "", usize::MAX)?.rows;
            if csv {
                let headings = headings(columns(), &fixed(""), f.lang);
                let row = |x: &Filing| {
                    let open = cells(&x.row).into_iter().filter(|(name, _)| is_open(name));
                    open.map(|(_, value)| value).collect()
                };
                let rows: Vec<Vec<String>> = all.iter().map(row).collect();
                let text = written(&headings, &rows);
                return Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], text).into_response());
            }
            let line = |x: &Filing| {
                let row = cells(&x.row).map(|(name, value)| (name.to_owned(), Value::from(value)));
                Value::Object(row.into_iter().collect::<Map<_, _>>()).to_string() + "\n"
            };
            let text: String = all.iter().map(line).collect();
            Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], text).into_response())
        })
        .await
}

fn seller(f: &Frame) -> Result<&str, Fault> {
    let caller = f.known()?;
    Ok(caller.enterprises.first().map_or("", String::as_str))
}

/// What the law of a day says of a code.
struct Law {
    name: String,
    units: String,
    /// In which words the positive list has it; `None` where it has not.
    positive: Option<String>,
}

fn named<'n>(f: &Frame, named: &'n Named) -> &'n str {
    if f.english() && !named.en.is_empty() { &named.en } else { &named.zh }
}

fn law_of(f: &Frame, policy: &Policy, hs10: &str, day: Day) -> Option<Law> {
    let unit = |code: &str| match policy.unit(code, day) {
        Some(row) => format!("{code} {}", named(f, &row.value)),
        None => code.to_owned(),
    };
    let row = policy.tariff(hs10, day)?;
    let units = std::iter::once(&row.value.unit1).chain(&row.value.unit2).map(|code| unit(code)).collect::<Vec<_>>();
    let positive = policy.positive(hs10, day).map(|row| match row.value.remark.as_str() {
        "" => row.clause.clone(),
        remark => format!("{}：{remark}", row.clause),
    });
    Some(Law { name: named(f, &row.value.name).to_owned(), units: units.join(" · "), positive })
}

/// One input of the form.
struct Field {
    column: &'static Column,
    hint: &'static str,
    value: String,
    /// Codes to choose from, with their names.
    choice: Vec<(String, String)>,
    faults: Vec<String>,
}

impl Field {
    /// `date`, `select`, or how the keyboard of a telephone is to look.
    fn kind(&self) -> &'static str {
        match self.column.form {
            _ if !self.choice.is_empty() => "select",
            Shape::Day => "date",
            Shape::Digits(_) | Shape::Whole => "numeric",
            Shape::Quantity | Shape::Yuan => "decimal",
            _ => "text",
        }
    }

    fn most(&self) -> usize {
        match self.column.form {
            Shape::Text(most) | Shape::Code(most) | Shape::Digits(most) => most,
            _ => 200,
        }
    }
}

#[derive(Template)]
#[template(path = "filing_form.html")]
struct FormPage<'a> {
    f: &'a Frame,
    ebc: &'a str,
    fields: Vec<Field>,
    law: Option<Law>,
    /// Faults that are about no field.
    against: Vec<String>,
    checked: bool,
}

impl FormPage<'_> {
    fn service(&self) -> Option<usize> {
        Some(0)
    }

    fn means(&self, field: &Field) -> &'static str {
        if self.f.english() { field.column.en } else { field.column.zh }
    }

    fn wrong(&self) -> usize {
        self.against.len() + self.fields.iter().map(|field| field.faults.len()).sum::<usize>()
    }
}

fn form(desk: &dyn Desk, f: &Frame, values: &Values, faults: &Faults, checked: bool) -> Result<Response, Fault> {
    let (policy, today) = (desk.law(), f.now.day());
    let codes = |all: Vec<(&str, &Named)>| {
        all.into_iter().map(|(code, row)| (code.to_owned(), format!("{code} {}", named(f, row)))).collect::<Vec<_>>()
    };
    let value = |name: &str| values.get(name).cloned().unwrap_or_default();
    let field = |column: &'static Column| Field {
        column,
        hint: match column.name {
            "hs10" => f.lang.t("filings.hint.hs10"),
            "unit1" => f.lang.t("filings.hint.unit1"),
            "tags" => f.lang.t("filings.hint.tags"),
            _ => "",
        },
        value: value(column.name),
        choice: match column.name {
            "unit" | "unit1" | "unit2" => codes(policy.units_on(today)),
            "origin" => codes(policy.countries_on(today)),
            _ => Vec::new(),
        },
        faults: faults
            .iter()
            .filter(|(_, at, _)| *at == column.name)
            .map(|(_, _, b)| f.of_both(b).to_owned())
            .collect(),
    };
    let fields: Vec<Field> = columns().iter().filter(|column| is_open(column.name)).map(field).collect();
    let unplaced = faults.iter().filter(|(_, at, _)| fields.iter().all(|field| field.column.name != at));
    let page = FormPage {
        f,
        ebc: seller(f)?,
        law: law_of(f, &policy, &value("hs10"), today),
        against: unplaced.map(|(_, _, said)| f.of_both(said).to_owned()).collect(),
        fields,
        checked,
    };
    Ok(with_script(f.html(&page)?))
}

pub async fn new(State(portal): State<Portal>, visit: Visit) -> Response {
    visit
        .page(&portal, |desk, f| {
            let values = Values::from([("from", f.now.day().to_string())]);
            form(desk, f, &values, &Vec::new(), false)
        })
        .await
}

/// A filing as it stands, to be filed anew as its next version.
pub async fn edit(State(portal): State<Portal>, visit: Visit, Path((ebc, item)): Path<(String, String)>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let x = desk.filing(&f.sight, &ebc, &item)?;
            form(desk, f, &cells(&x.row).into_iter().collect(), &Vec::new(), false)
        })
        .await
}

/// Checks what was filled in, or files it where nothing is wrong.
pub async fn send(State(portal): State<Portal>, visit: Visit, Form(pairs): Form<Vec<(String, String)>>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let mut values: Values =
                fixed(seller(f)?).into_iter().map(|(name, value)| (name, value.to_owned())).collect();
            for column in columns().iter().filter(|column| is_open(column.name)) {
                let said = pairs.iter().find(|(name, _)| name == column.name).map_or("", |(_, value)| value.trim());
                values.insert(column.name, said.to_owned());
            }
            let Drafted { csv, faults, previewed } = drafted(desk, f.known()?, std::slice::from_mut(&mut values))?;
            let wants = pairs.iter().any(|(name, value)| name == "do" && value == "file");
            if wants && faults.is_empty() {
                desk.import_as_seen(f.known()?, Table::Goods, csv.as_bytes(), &previewed.expect)?;
                let (ebc, item) = (quoted(&values["ebc"]), quoted(&values["item_no"]));
                return Ok(f.go(&format!("/company/filings/{ebc}/{item}?done=1")));
            }
            form(desk, f, &values, &faults, true)
        })
        .await
}

#[derive(Template)]
#[template(path = "filings_bulk.html")]
struct BulkPage<'a> {
    f: &'a Frame,
    file: &'a str,
    /// What was read, and every cell that is wrong.
    read: Option<(&'a Rows, Vec<Told>)>,
}

impl BulkPage<'_> {
    fn service(&self) -> Option<usize> {
        Some(0)
    }

    fn columns(&self) -> Vec<Heading> {
        headings(columns(), &fixed(""), self.f.lang)
    }

    fn largest(&self) -> String {
        (bulk::LARGEST >> 20).to_string()
    }

    fn most(&self) -> String {
        MOST_ROWS.to_string()
    }
}

pub async fn table(State(portal): State<Portal>, visit: Visit) -> Response {
    visit.page(&portal, |_, f| f.html(&BulkPage { f, file: "", read: None })).await
}

pub async fn template(State(portal): State<Portal>, visit: Visit) -> Response {
    let csv = super::export::is_csv(&visit);
    visit
        .page(&portal, move |_, f| {
            let headings = headings(columns(), &fixed(""), f.lang);
            if csv {
                let text = bulk::template_csv(&headings);
                return Ok(file("filings.csv".into(), "text/csv; charset=utf-8", text.into_bytes()));
            }
            let bytes = bulk::template(&headings, f.lang).map_err(|e| not_written(&e))?;
            Ok(file("filings.xlsx".into(), XLSX, bytes))
        })
        .await
}

/// Looks at a table, gives it back marked, or files its rows where nothing is wrong.
pub async fn upload(
    State(portal): State<Portal>,
    visit: Visit,
    posted: Result<Multipart, MultipartRejection>,
) -> Response {
    page_about(&portal, visit, posted, move |desk, f, posted| {
        let mut rows = Rows::of(columns(), &fixed(seller(f)?), bulk::read(&posted.bytes));
        let mut previewed = Previewed::default();
        if rows.count() > 0 {
            let (faults, seen) = look(desk, f.known()?, rows.csv())?;
            faults.into_iter().for_each(|(line, column, said)| rows.mark(line, &column, said));
            previewed = seen;
        }
        match posted.said.get("do").map_or("", String::as_str) {
            "marked" => {
                let bytes = rows.grid.marked(&rows.faults, f.lang).map_err(|e| not_written(&e))?;
                return Ok(file("filings-marked.xlsx".into(), XLSX, bytes));
            }
            "send" if rows.faults.is_empty() => {
                desk.import_as_seen(f.known()?, Table::Goods, rows.csv().as_bytes(), &previewed.expect)?;
                return Ok(f.go(&format!("/company/filings?done={}", rows.count())));
            }
            _ => {}
        }
        let cells = told(f, &rows.grid, &rows.faults);
        f.html(&BulkPage { f, file: &posted.name, read: Some((&rows, cells)) })
    })
    .await
}

#[derive(Template)]
#[template(path = "filings_queue.html")]
struct QueuePage<'a> {
    f: &'a Frame,
    filings: &'a [Filing],
    picked: Option<(&'a Filing, Option<Law>)>,
    done: &'a str,
    wrong: bool,
}

impl QueuePage<'_> {
    fn service(&self) -> Option<usize> {
        Some(0)
    }

    fn name<'n>(&self, x: &'n Filing) -> &'n str {
        name(self.f, x)
    }

    fn pick(&self, x: &Filing) -> String {
        let key = format!("{}/{}", x.row.ebc, x.row.item_no);
        self.f.to(format!("/desk/filings?sel={}#sheet", quoted(&key)))
    }

    fn is_picked(&self, x: &Filing) -> bool {
        self.picked.as_ref().is_some_and(|(picked, _)| picked.row == x.row)
    }
}

#[derive(Deserialize, Default)]
pub struct Picked {
    #[serde(default)]
    sel: String,
    #[serde(default)]
    done: String,
    /// It was to be refused without a reason.
    #[serde(default)]
    wrong: u8,
}

fn queue_page(desk: &dyn Desk, f: &Frame, asked: &Picked) -> Result<Response, Fault> {
    let all = desk.filings(&f.sight, "", SHOWN)?.rows;
    let is_asked = |x: &&Filing| asked.sel.split_once('/') == Some((&x.row.ebc, &x.row.item_no));
    let policy = desk.law();
    let picked = all.iter().find(is_asked).map(|x| (x, law_of(f, &policy, &x.row.hs10, f.now.day())));
    f.html(&QueuePage { f, filings: &all, picked, done: &asked.done, wrong: asked.wrong > 0 })
}

/// The filings that wait for an official.
pub async fn queue(State(portal): State<Portal>, visit: Visit, Query(asked): Query<Picked>) -> Response {
    visit.page(&portal, move |desk, f| queue_page(desk, f, &asked)).await
}

#[derive(Deserialize, Default)]
pub struct Word {
    #[serde(default)]
    key: String,
    #[serde(default)]
    reason: String,
    #[serde(default, rename = "do")]
    wanted: String,
}

/// An official approves, or refuses with a reason.
pub async fn review(State(portal): State<Portal>, visit: Visit, Form(word): Form<Word>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let (ebc, item) = word.key.split_once('/').ok_or(Refused::NotFound)?;
            let (approve, reason) = (word.wanted == "approve", word.reason.trim());
            if !approve && reason.is_empty() {
                return Ok(f.go(&format!("/desk/filings?sel={}&wrong=1#sheet", quoted(&word.key))));
            }
            desk.review_filing(f.known()?, ebc, item, approve, reason)?;
            Ok(f.go(&format!("/desk/filings?done={}", quoted(&word.key))))
        })
        .await
}
