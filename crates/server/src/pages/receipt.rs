//! A receipt on paper: what it says, and its proof as QR codes that `verify` and `onewindow verify` read offline; as PDF
//! where a program makes one.

use crate::Portal;
use crate::desk::{Desk, Fact, Parcel, Receipt, ReceiptLink, Refused, Tax};
use crate::live::broken;
use crate::press::Lacks;
use crate::site::{Fault, Frame, Visit, quoted};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use qrcodegen::{QrCode, QrCodeEcc};
use store::proof::ReceiptProof;

/// Characters of the proof in one code: at most 101 modules a side, which a telephone reads from 6 cm of paper.
const ROOM: usize = 1100;

#[derive(Template)]
#[template(path = "receipt.html")]
struct Page<'a> {
    f: &'a Frame,
    r: Receipt,
    proved: Proved,
}

/// What a paper is verified by.
pub(super) struct Proved {
    pub codes: Vec<Code>,
    /// The number of entries of the head that is proved under.
    pub size: u64,
    /// The window's public keys: Ed25519, SM2.
    pub keys: (String, String),
    /// The address of the paper as PDF, where this window makes any.
    pub pdf: Option<String>,
}

impl Page<'_> {
    fn service(&self) -> Option<usize> {
        None
    }

    /// A statement by its name, another receipt by its message and status.
    fn name(&self) -> String {
        match self.r.figures.is_empty() {
            true => self.f.t2("parcel.receipt", &self.r.message, &self.r.status),
            false => self.f.t(&format!("receipt.of.{}", self.r.message)).to_owned(),
        }
    }

    fn figure(&self, name: &str) -> String {
        self.f.t(&format!("figure.{name}")).to_owned()
    }
}

pub(super) struct Code {
    pub text: String,
    /// Modules a side, with the four of quiet ground around.
    pub side: i32,
    /// The dark modules, row by row, as strokes of one module's width.
    pub path: String,
}

impl Code {
    fn of(text: String) -> Option<Code> {
        let code = QrCode::encode_text(&text, QrCodeEcc::Low).ok()?;
        let mut path = String::new();
        for y in 0..code.size() {
            path += &format!("M4 {}.5", y + 4);
            let mut x = 0;
            while x < code.size() {
                let dark = code.get_module(x, y);
                let run = (x..code.size()).take_while(|x| code.get_module(*x, y) == dark).count();
                path += &if dark { format!("h{run}") } else { format!("m{run} 0") };
                x += run as i32;
            }
        }
        Some(Code { text, side: code.size() + 8, path })
    }
}

/// What verifies the paper of a receipt.
pub(super) fn proved(desk: &dyn Desk, f: &Frame, (revision, index): (u64, u32), pdf: &str) -> Result<Proved, Fault> {
    let proof = desk.proof(&f.sight, revision, index, None)?;
    let proof = serde_json::from_slice(&proof).ok().and_then(|json| ReceiptProof::from_json(&json).ok());
    let proof = proof.ok_or_else(|| broken("a proof of our own cannot be read"))?;
    let codes = proof.to_codes(ROOM).into_iter().filter_map(Code::of).collect();
    let pdf = desk.press().map(|_| f.to(pdf));
    Ok(Proved { codes, size: proof.head.head.size, keys: desk.keys()?, pdf })
}

/// A page as PDF; where this window makes none, a page that says so.
pub(super) async fn as_pdf<F>(portal: Portal, visit: Visit, name: &str, page: impl FnOnce(Visit) -> F) -> Response
where
    F: Future<Output = Response>,
{
    let Some(press) = portal.desk.press().cloned() else { return no_pdf(&portal, visit, Lacks::Program).await };
    // Before anything is read for it.
    if let Err(lacks) = press.ready() {
        return no_pdf(&portal, visit, lacks).await;
    }
    let shown = page(visit.on_paper()).await;
    if shown.status() != StatusCode::OK {
        return shown;
    }
    let turn = portal.papers.clone().acquire_owned().await;
    let bytes = axum::body::to_bytes(shown.into_body(), LARGEST_PAGE).await.unwrap_or_default();
    let made = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        press.print(&String::from_utf8_lossy(&bytes))
    });
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"{name}.pdf\"")),
    ];
    match made.await.unwrap_or(Err(Lacks::Answer)) {
        Ok(pdf) => (headers, pdf).into_response(),
        Err(lacks) => no_pdf(&portal, visit, lacks).await,
    }
}

async fn no_pdf(portal: &Portal, visit: Visit, lacks: Lacks) -> Response {
    visit.page(portal, move |_, _| Err(Fault::NoPdf(lacks))).await
}

/// A page of HTML is far smaller.
const LARGEST_PAGE: usize = 4 << 20;

pub async fn show(State(portal): State<Portal>, visit: Visit, Path((revision, index)): Path<(u64, u32)>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let r = desk.receipt(&f.sight, revision, index)?;
            let proved = proved(desk, f, (revision, index), &format!("/receipts/{revision}/{index}/paper.pdf"))?;
            f.html(&Page { f, r, proved })
        })
        .await
}

pub async fn pdf(State(portal): State<Portal>, visit: Visit, Path(at): Path<(u64, u32)>) -> Response {
    let name = format!("receipt-{}-{}", at.0, at.1);
    as_pdf(portal.clone(), visit, &name, |visit| show(State(portal), visit, Path(at))).await
}

#[derive(Template)]
#[template(path = "bill.html")]
struct BillPage<'a> {
    f: &'a Frame,
    p: &'a Parcel,
    tax: &'a Tax,
    /// The receipt that tells the bill.
    told: &'a ReceiptLink,
    proved: Proved,
}

impl BillPage<'_> {
    fn service(&self) -> Option<usize> {
        Some(1)
    }

    /// The bill's number and how it stands, and whom it concerns.
    fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.p.facts.iter().filter(|x| {
            ["taxNo", "ebcCode", "ebpCode", "agentCode", "assureCode", "orderNo"].contains(&x.code.as_str())
        })
    }
}

/// The receipt that tells a tax bill (税单).
pub(super) const BILL: &str = "CEB816";

/// A parcel's tax bill on paper; it verifies like its receipt.
pub async fn bill(State(portal): State<Portal>, visit: Visit, Path(key): Path<String>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let p = desk.parcel(&f.sight, key.trim())?;
            if !super::parcel::sees_whole(&f.sight, &p) {
                return Err(Refused::NotFound.into());
            }
            let told = p.receipts.iter().rfind(|receipt| receipt.message == BILL).ok_or(Refused::NotFound)?;
            let tax = p.tax.as_ref().ok_or(Refused::NotFound)?;
            let proved =
                proved(desk, f, (told.revision, told.index), &format!("/parcels/{}/bill.pdf", quoted(&p.key)))?;
            f.html(&BillPage { f, p: &p, tax, told, proved })
        })
        .await
}

pub async fn bill_pdf(State(portal): State<Portal>, visit: Visit, Path(key): Path<String>) -> Response {
    as_pdf(portal.clone(), visit, "tax-bill", |visit| bill(State(portal), visit, Path(key))).await
}
