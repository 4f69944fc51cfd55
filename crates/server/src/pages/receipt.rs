//! A receipt on paper: what it says, and its proof as QR codes that `verify` and `onewindow verify` read offline.

use crate::Portal;
use crate::desk::{Desk, Fact, Parcel, Receipt, ReceiptLink, Refused, Tax};
use crate::live::broken;
use crate::site::{Fault, Frame, Visit};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use qrcodegen::{QrCode, QrCodeEcc};
use store::proof::ReceiptProof;

/// Characters of the proof in one code: at most 101 modules a side, which a telephone reads from 6 cm of paper.
const ROOM: usize = 1100;

#[derive(Template)]
#[template(path = "receipt.html")]
struct Page<'a> {
    f: &'a Frame,
    r: Receipt,
    codes: Vec<Code>,
    /// The number of entries of the head that is proved under.
    size: u64,
    /// The window's public keys: Ed25519, SM2.
    keys: (String, String),
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

/// A receipt's proof as codes, and the size of the head that it is proved under.
pub(super) fn codes_of(desk: &dyn Desk, f: &Frame, revision: u64, index: u32) -> Result<(Vec<Code>, u64), Fault> {
    let proof = desk.proof(&f.sight, revision, index, None)?;
    let proof = serde_json::from_slice(&proof).ok().and_then(|json| ReceiptProof::from_json(&json).ok());
    let proof = proof.ok_or_else(|| broken("a proof of our own cannot be read"))?;
    let codes = proof.to_codes(ROOM).into_iter().filter_map(Code::of).collect();
    Ok((codes, proof.head.head.size))
}

pub async fn show(State(portal): State<Portal>, visit: Visit, Path((revision, index)): Path<(u64, u32)>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let r = desk.receipt(&f.sight, revision, index)?;
            let (codes, size) = codes_of(desk, f, revision, index)?;
            f.html(&Page { f, r, codes, size, keys: desk.keys()? })
        })
        .await
}

#[derive(Template)]
#[template(path = "bill.html")]
struct BillPage<'a> {
    f: &'a Frame,
    p: &'a Parcel,
    tax: &'a Tax,
    /// The receipt that tells the bill.
    told: &'a ReceiptLink,
    codes: Vec<Code>,
    size: u64,
    keys: (String, String),
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
            let (codes, size) = codes_of(desk, f, told.revision, told.index)?;
            f.html(&BillPage { f, p: &p, tax, told, codes, size, keys: desk.keys()? })
        })
        .await
}
