//! A table of many documents: its template, what is wrong in it cell by cell, and sent when nothing is.

use super::attempt::page_about;
use super::form::{handed_in, kinds, message_name, named, transfer_of};
use crate::Portal;
use crate::bulk::{self, Bulk, Grid, Heading, Marked};
use crate::desk::{Both, Receipt, Refused};
use crate::site::{Fault, Frame, Visit};
use askama::Template;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use trade::documents::MessageKind;
use wire::ceb::Transfer;
use wire::ceb::table::Message;

pub(super) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// Faults and receipts that a page shows; the file that is given back has all faults.
const SHOWN: usize = 60;

#[derive(Template)]
#[template(path = "bulk_choose.html")]
struct Choice<'a> {
    f: &'a Frame,
}

impl Choice<'_> {
    fn service(&self) -> Option<usize> {
        Some(0)
    }

    fn kinds(&self) -> Vec<(&'static str, String, bool)> {
        kinds().map(|kind| (kind.name(), message_name(self.f, kind), kind.must_be_signed())).collect()
    }
}

/// A fault of a table as a page tells it.
pub(super) struct Told {
    pub cell: String,
    pub column: String,
    /// What stands there, shortened.
    pub value: String,
    pub said: String,
}

/// The first faults of a table; the file that is given back has all.
pub(super) fn told(f: &Frame, grid: &Grid, faults: &[Marked]) -> Vec<Told> {
    let tell = |fault: &Marked| Told {
        cell: if fault.row == 0 { f.t("bulk.file").to_owned() } else { fault.cell() },
        column: if fault.row == 0 { String::new() } else { grid.heading(fault).to_owned() },
        value: if fault.row == 0 { String::new() } else { grid.value(fault).chars().take(60).collect() },
        said: f.of_both(&fault.said).to_owned(),
    };
    faults.iter().take(SHOWN).map(tell).collect()
}

#[derive(Template)]
#[template(path = "bulk.html")]
struct Page<'a> {
    f: &'a Frame,
    message: &'static Message,
    transfer: &'a Transfer,
    /// The file's name, where one was looked at.
    file: &'a str,
    bulk: Option<&'a Bulk>,
    receipts: &'a [Receipt],
    not_sent: Option<&'a Both>,
    sent: bool,
}

impl Page<'_> {
    fn service(&self) -> Option<usize> {
        Some(0)
    }

    fn name(&self) -> String {
        message_name(self.f, self.message.kind)
    }

    fn action(&self) -> String {
        self.f.to(format!("/bulk/{}", self.message.kind.name()))
    }

    fn must_be_signed(&self) -> bool {
        self.message.kind.must_be_signed()
    }

    fn may_send(&self) -> bool {
        self.f.caller.as_ref().is_some_and(|caller| !caller.enterprises.is_empty())
    }

    fn columns(&self) -> Vec<Heading> {
        bulk::headings(self.message, self.f.lang)
    }

    fn told(&self, bulk: &Bulk) -> Vec<Told> {
        told(self.f, &bulk.grid, &bulk.faults)
    }

    fn shown(&self) -> &[Receipt] {
        &self.receipts[..self.receipts.len().min(SHOWN)]
    }

    fn largest(&self) -> usize {
        bulk::LARGEST >> 20
    }

    fn rows(&self) -> usize {
        bulk::MOST_ROWS
    }
}

pub async fn choose(State(portal): State<Portal>, visit: Visit) -> Response {
    visit.page(&portal, |_, f| f.html(&Choice { f })).await
}

fn message_of(kind: &str) -> Result<&'static Message, Fault> {
    let kind: MessageKind = named(kind)?;
    Message::of(kind).ok_or(Fault::Refused(Refused::NotFound))
}

pub async fn show(State(portal): State<Portal>, visit: Visit, Path(kind): Path<String>) -> Response {
    visit
        .page(&portal, move |_, f| {
            let (message, transfer) = (message_of(&kind)?, &transfer_of(f));
            let page = Page { f, message, transfer, file: "", bulk: None, receipts: &[], not_sent: None, sent: false };
            f.html(&page)
        })
        .await
}

pub(super) fn file(name: String, kind: &str, bytes: Vec<u8>) -> Response {
    let name = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, name)], bytes).into_response()
}

pub(super) fn not_written(error: &rust_xlsxwriter::XlsxError) -> Fault {
    crate::live::broken(&error.to_string()).into()
}

pub async fn template(State(portal): State<Portal>, visit: Visit, Path(kind): Path<String>) -> Response {
    visit
        .page(&portal, move |_, f| {
            let bytes =
                bulk::template(&bulk::headings(message_of(&kind)?, f.lang), f.lang).map_err(|e| not_written(&e))?;
            Ok(file(format!("{kind}.xlsx"), XLSX, bytes))
        })
        .await
}

pub async fn template_csv(State(portal): State<Portal>, visit: Visit, Path(kind): Path<String>) -> Response {
    visit
        .page(&portal, move |_, f| {
            let text = bulk::template_csv(&bulk::headings(message_of(&kind)?, f.lang));
            Ok(file(format!("{kind}.csv"), "text/csv; charset=utf-8", text.into_bytes()))
        })
        .await
}

/// Looks at a table, gives it back marked, gives its messages as a file, or sends them where nothing is wrong.
pub async fn act(
    State(portal): State<Portal>,
    visit: Visit,
    Path(kind): Path<String>,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    page_about(&portal, visit, form, move |desk, f, posted| {
        let message = message_of(&kind)?;
        let said = |name: &str| posted.said.get(name).cloned().unwrap_or_default();
        let transfer = Transfer { cop_code: said("copCode"), cop_name: said("copName"), dxp_id: said("dxpId") };
        let mut bulk = Bulk::of(message.kind, bulk::read(&posted.bytes), f.now).ok_or(Refused::NotFound)?;
        bulk.check(desk, &transfer);
        let sound = bulk.faults.is_empty();
        let (mut receipts, mut not_sent) = (Vec::new(), None);
        match said("do").as_str() {
            "marked" => {
                let bytes = bulk.grid.marked(&bulk.faults, f.lang).map_err(|e| not_written(&e))?;
                return Ok(file(format!("{kind}-marked.xlsx"), XLSX, bytes));
            }
            "file" if sound && bulk.documents.len() <= bulk::MOST_TOGETHER => {
                let bytes = bulk.messages(&transfer).remove(0);
                return Ok(file(format!("{kind}.xml"), "application/xml", bytes));
            }
            "send" if sound && !message.kind.must_be_signed() => {
                for bytes in bulk.messages(&transfer) {
                    let (more, refused) = handed_in(desk, f, bytes)?;
                    receipts.extend(more);
                    not_sent = not_sent.or(refused);
                }
            }
            _ => {}
        }
        let sent = !receipts.is_empty();
        let (transfer, bulk, not_sent, name) = (&transfer, Some(&bulk), not_sent.as_ref(), &posted.name);
        f.html(&Page { f, message, transfer, file: name, bulk, receipts: &receipts, not_sent, sent })
    })
    .await
}
