//! Pictures and papers of a parcel or a filing of goods. A file is never shown on a page: it is given
//! to be saved, under a name made here.

use super::attempt::page_about;
use crate::Portal;
use crate::site::{Visit, quoted};
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
