//! Corrections for programs: what one would do, making it, and its bill.

use super::{Done, Problem, Reader, Sender, Slot, blocking, idempotency, told, whole};
use crate::Portal;
use crate::corrections::{File, Previewed};
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::{self, HeaderMap};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use trade::correction::file::template;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Portal> {
    OpenApiRouter::new().routes(routes!(preview)).routes(routes!(correct)).routes(routes!(blank)).routes(routes!(bill))
}

#[derive(Deserialize, IntoParams)]
struct Asked {
    /// The declarant's own number for this correction, at most 40 characters; the file may have it too.
    #[serde(default)]
    number: String,
    /// For which enterprise, where the key speaks for several.
    #[serde(default)]
    enterprise: String,
    /// What its preview said; refused where the impact would be another by now. Without it, it is made unseen.
    #[serde(default)]
    expect: String,
}

/// What a correction of up to 10,000 lists would do: tax, allowance, stock, guarantee, summary and exemption before and
/// after, and every list with what changes or why it cannot be done. Nothing happens.
#[utoipa::path(post, path = "/corrections/preview", tag = "corrections", params(Asked),
    request_body(content((String = "text/csv"), (String = "application/json"))),
    responses((status = 200, body = Previewed), (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json")),
    security(("key" = [])))]
async fn preview(
    State(portal): State<Portal>,
    Sender(caller): Sender,
    _slot: Slot,
    Query(asked): Query<Asked>,
    body: Result<Bytes, BytesRejection>,
) -> Done<Json<Previewed>> {
    let file = File { bytes: whole(body)?.into(), number: asked.number, enterprise: asked.enterprise };
    blocking(&portal, move |desk| desk.preview_correction(&caller, file)).await.map(Json)
}

/// Makes a correction, all of it or nothing. The answer is its bill of changes; the same number with the same rows gets
/// the first answer again.
#[utoipa::path(post, path = "/corrections", tag = "corrections",
    params(Asked, ("Idempotency-Key" = Option<String>, Header, description = "stands for `number` where there is none")),
    request_body(content((String = "text/csv"), (String = "application/json"))),
    responses((status = 200, body = crate::desk::Receipt, content_type = "application/x-ndjson", description = "the receipts, the bill of changes last; status 100 where it was refused"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json")),
    security(("key" = [])))]
async fn correct(
    State(portal): State<Portal>,
    Sender(caller): Sender,
    _slot: Slot,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Done<Response> {
    let bytes = whole(body)?;
    if bytes.is_empty() {
        return Err(Problem::new(StatusCode::BAD_REQUEST, "BROKEN_OFF"));
    }
    let number = if asked.number.is_empty() { idempotency(&headers)?.unwrap_or_default() } else { asked.number };
    let file = File { bytes: bytes.into(), number, enterprise: asked.enterprise };
    let sent = blocking(&portal, move |desk| desk.correct(&caller, file, &asked.expect)).await?;
    Ok(told(&sent.receipts, &headers))
}

/// The columns with their meaning, and a file to begin with.
#[utoipa::path(get, path = "/corrections/template.csv", tag = "corrections",
    responses((status = 200, body = String, content_type = "text/csv")))]
async fn blank() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"corrections.csv\""),
    ];
    (headers, template()).into_response()
}

/// The rows of a bill of changes: the file over which its receipt has a hash.
#[utoipa::path(get, path = "/corrections/{number}/bill.csv", tag = "corrections", params(("number" = String, Path)),
    responses((status = 200, body = String, content_type = "text/csv"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "no such correction, or another's")),
    security(("key" = [])))]
async fn bill(State(portal): State<Portal>, reader: Reader, Path(number): Path<String>) -> Done<Response> {
    let bill = blocking(&portal, move |desk| desk.bill_of_changes(&reader.0, &number)).await?;
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], bill.file()).into_response())
}
