//! The smaller pages: verify, the journal, the interfaces, what this cannot do yet, and the reader's own look.

use crate::Portal;
use crate::desk::{Entry, Table, Verified};
use crate::pages::export::{Sheet, is_csv};
use crate::sign::set_cookie;
use crate::site::{Fault, Frame, Visit, inside};
use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "verify.html")]
struct VerifyPage<'a> {
    f: &'a Frame,
    receipt: &'a str,
    proof: &'a str,
    verified: Option<Verified>,
    /// The window's public keys: Ed25519, SM2.
    keys: (String, String),
}

#[derive(Deserialize)]
pub struct Proven {
    #[serde(default)]
    receipt: String,
    #[serde(default)]
    proof: String,
}

pub async fn verify(State(portal): State<Portal>, visit: Visit) -> Response {
    visit
        .page(&portal, |desk, f| {
            let keys = desk.keys()?;
            f.html(&VerifyPage { f, receipt: "", proof: "", verified: None, keys })
        })
        .await
}

/// One file that verifies receipts with the network off: it carries the window's key and the tables of its receipts.
pub async fn verify_offline(State(portal): State<Portal>, visit: Visit) -> Response {
    visit
        .page(&portal, |desk, _| {
            let (ed25519, sm2) = desk.keys()?;
            let page = OFFLINE.replace("@KEY@", &ed25519).replace("@SM2@", &sm2);
            let page = page.replace("@KINDS@", &kinds().to_string());
            let name = (header::CONTENT_DISPOSITION, "attachment; filename=\"verify.html\"");
            Ok(([(header::CONTENT_TYPE, "text/html; charset=utf-8"), name], page).into_response())
        })
        .await
}

const OFFLINE: &str = include_str!("../../assets/verify.html");

/// The tables of the receipts, as the offline page reads them.
fn kinds() -> serde_json::Value {
    let of = |o: &wire::ceb::Outline| {
        let elements: serde_json::Map<_, _> =
            o.elements.iter().map(|(name, no)| ((*name).into(), (*no).into())).collect();
        serde_json::json!({
            "root": o.root, "number": o.kind.number(), "document": o.document, "head": o.head, "lines": o.lines,
            "elements": elements, "nested": if o.bill { 21 } else if o.result { 28 } else { 0 },
        })
    };
    wire::ceb::outlines().iter().map(of).collect()
}

/// A receipt of a hundred returns with its proof stays well below this.
const LONGEST: usize = 512 * 1024;
/// What was pasted stays in the form up to this size, so that the page keeps its budget.
const KEPT: usize = 12 * 1024;

pub async fn verified(State(portal): State<Portal>, visit: Visit, Form(form): Form<Proven>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            if form.receipt.len() + form.proof.len() > LONGEST {
                return Err(Fault::TooLarge);
            }
            // A form sends line ends as CR LF; a receipt has none of its own that are not LF.
            let receipt = form.receipt.replace("\r\n", "\n");
            let verified = match window::verify::from_codes(&receipt) {
                Some((receipt, proof)) => desk.verify(&receipt, &proof),
                None => desk.verify(receipt.as_bytes(), form.proof.as_bytes()),
            };
            let kept = |text| if receipt.len() + form.proof.len() <= KEPT { text } else { "" };
            let (receipt, proof, keys) = (kept(&receipt), kept(&form.proof), desk.keys()?);
            f.html(&VerifyPage { f, receipt, proof, verified: Some(verified), keys })
        })
        .await
}

#[derive(Template)]
#[template(path = "journal.html")]
struct JournalPage<'a> {
    f: &'a Frame,
    entries: Vec<Entry>,
    older: Option<u64>,
}

#[derive(Deserialize)]
pub struct Before {
    before: Option<u64>,
}

const ENTRIES: usize = 20;
/// Entries that one export gives; what is older is asked for by `before`.
const EXPORTED: usize = 200;

pub async fn journal_export(State(portal): State<Portal>, visit: Visit, Query(q): Query<Before>) -> Response {
    let csv = is_csv(&visit);
    visit
        .page(&portal, move |desk, f| {
            let line = |e: Entry| {
                let (kind, what) = (f.of_both(&e.kind), f.of_both(&e.what));
                [
                    e.revision.into(),
                    e.at.to_string().into(),
                    kind.into(),
                    e.by.as_str().into(),
                    what.into(),
                    e.hash.into(),
                ]
            };
            let rows = desk.journal(&f.sight, q.before, EXPORTED)?.into_iter().map(line).collect();
            let columns = ["revision", "at", "kind", "by", "what", "hash"];
            Ok(Sheet { columns, rows }.answer(csv))
        })
        .await
}

pub async fn journal(State(portal): State<Portal>, visit: Visit, Query(q): Query<Before>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let entries = desk.journal(&f.sight, q.before, ENTRIES)?;
            let older = entries.last().map(|e| e.revision).filter(|r| *r > 1 && entries.len() == ENTRIES);
            f.html(&JournalPage { f, entries, older })
        })
        .await
}

#[derive(Template)]
#[template(path = "interfaces.html")]
struct InterfacesPage<'a> {
    f: &'a Frame,
}

impl InterfacesPage<'_> {
    fn tables(&self) -> [Table; 12] {
        Table::ALL
    }
}

pub async fn interfaces(State(portal): State<Portal>, visit: Visit) -> Response {
    visit.page(&portal, |_, f| f.html(&InterfacesPage { f })).await
}

#[derive(Template)]
#[template(path = "limits.html")]
struct LimitsPage<'a> {
    f: &'a Frame,
}

/// What is not done yet, by service. Kept here so that the test of the word tables sees the keys.
const LIMITS: [(&str, &[&str]); 6] = [
    ("customs", &["limits.export", "limits.real", "limits.four_eyes", "limits.law"]),
    ("tax", &["limits.tax"]),
    ("exchange", &["limits.exchange"]),
    ("commerce", &["limits.commerce", "limits.consumer"]),
    ("logistics", &["limits.logistics"]),
    ("finance", &["limits.finance"]),
];

impl LimitsPage<'_> {
    fn parts(&self) -> Vec<(&'static str, String, &'static [&'static str])> {
        LIMITS.iter().map(|(name, keys)| (*name, self.f.t(&format!("service.{name}")).to_owned(), *keys)).collect()
    }
}

pub async fn limits(State(portal): State<Portal>, visit: Visit) -> Response {
    visit.page(&portal, |_, f| f.html(&LimitsPage { f })).await
}

#[derive(Deserialize)]
pub struct Look {
    #[serde(default)]
    text: String,
    #[serde(default)]
    theme: String,
    #[serde(default)]
    back: String,
}

const YEAR_S: i64 = 365 * 86_400;

/// Large text and dark, kept in cookies; back to where the reader was.
pub async fn look(State(portal): State<Portal>, visit: Visit, Form(form): Form<Look>) -> Response {
    let secure = portal.secure;
    visit
        .page(&portal, move |_, f| {
            let mut response = f.go(inside(&form.back));
            let chosen = [
                ("ow_text", form.text.as_str(), ["large", "normal"]),
                ("ow_theme", form.theme.as_str(), ["light", "dark"]),
            ];
            for (name, value, known) in chosen {
                if let Some(cookie) =
                    known.contains(&value).then(|| set_cookie(name, value, YEAR_S, true, secure)).flatten()
                {
                    response.headers_mut().append(header::SET_COOKIE, cookie);
                }
            }
            Ok(response)
        })
        .await
}

macro_rules! no_service {
    ($($page:ident),*) => { $(impl $page<'_> {
        fn service(&self) -> Option<usize> {
            None
        }
    })* };
}

no_service!(VerifyPage, JournalPage, InterfacesPage, LimitsPage);
