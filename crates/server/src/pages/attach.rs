//! Pictures and papers of a parcel, and the filings of goods with theirs. A file is never shown on a page: it is given
//! to be saved, under a name made here.

use super::attempt::page_about;
use crate::Portal;
use crate::desk::{Answer, Desk, Filing, Refused};
use crate::site::{Fault, Frame, Visit, quoted};
use askama::Template;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use trade::command::MediaKind;
use window::attachment::ending;

/// A file to be saved, whatever a browser would rather do with it.
fn saved(revision: u64, (kind, bytes): (MediaKind, Vec<u8>)) -> Response {
    let name = format!("attachment; filename=\"{revision}.{}\"", ending(kind));
    ([(header::CONTENT_TYPE, kind.name().to_owned()), (header::CONTENT_DISPOSITION, name)], bytes).into_response()
}

pub async fn give(State(portal): State<Portal>, visit: Visit, Path((key, revision)): Path<(String, u64)>) -> Response {
    visit.page(&portal, move |desk, f| Ok(saved(revision, desk.attachment(&f.sight, key.trim(), revision)?))).await
}

pub async fn give_of_goods(
    State(portal): State<Portal>,
    visit: Visit,
    Path((ebc, item, revision)): Path<(String, String, u64)>,
) -> Response {
    visit
        .page(&portal, move |desk, f| {
            Ok(saved(revision, desk.attachment(&f.sight, &format!("goods:{ebc}:{item}"), revision)?))
        })
        .await
}

pub async fn take(
    State(portal): State<Portal>,
    visit: Visit,
    Path(key): Path<String>,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    page_about(&portal, visit, form, move |desk, f, posted| {
        desk.attach(&f.sight, key.trim(), &posted.bytes)?;
        Ok(f.go(&format!("/parcels/{}#attachments", quoted(key.trim()))))
    })
    .await
}

pub async fn take_of_goods(
    State(portal): State<Portal>,
    visit: Visit,
    Path((ebc, item)): Path<(String, String)>,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    page_about(&portal, visit, form, move |desk, f, posted| {
        desk.attach(&f.sight, &format!("goods:{ebc}:{item}"), &posted.bytes)?;
        Ok(f.go(&format!("/company/filings/{}/{}#attachments", quoted(&ebc), quoted(&item))))
    })
    .await
}

#[derive(Template)]
#[template(path = "filings.html")]
struct FilingsPage<'a> {
    f: &'a Frame,
    filings: &'a [Filing],
    of: usize,
}

/// Filings on the page; the register's interface has all.
const SHOWN: usize = 100;

pub async fn filings(State(portal): State<Portal>, visit: Visit) -> Response {
    visit
        .page(&portal, |desk, f| {
            let all = desk.filings(&f.sight)?;
            f.html(&FilingsPage { f, filings: &all[..all.len().min(SHOWN)], of: all.len() })
        })
        .await
}

#[derive(Template)]
#[template(path = "filing.html")]
struct FilingPage<'a> {
    f: &'a Frame,
    x: &'a Filing,
    scans: bool,
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
            let english = self.f.english() && !x.row.name_en.is_empty();
            if english { &x.row.name_en } else { &x.row.name_zh }
        }
    })* };
}

of_goods!(FilingsPage, FilingPage);

fn one(desk: &dyn Desk, f: &Frame, ebc: &str, item: &str) -> Answer<Filing> {
    let of = |x: &Filing| x.row.ebc == ebc && x.row.item_no == item;
    desk.filings(&f.sight)?.into_iter().find(of).ok_or(Refused::NotFound)
}

pub async fn filing(State(portal): State<Portal>, visit: Visit, Path((ebc, item)): Path<(String, String)>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let x = one(desk, f, &ebc, &item).map_err(Fault::from)?;
            f.html(&FilingPage { f, x: &x, scans: desk.scans() })
        })
        .await
}
