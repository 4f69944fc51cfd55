//! Acts and rows of the registry, looked at by programs before they are done.

use super::{ActBody, Done, Problem, Reader, Sender, Slot, blocking, json, table_named, whole};
use crate::Portal;
use crate::corrections::Previewed;
use crate::desk::Refused;
use crate::pages::parcel::sees_whole;
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, JsonRejection};
use axum::extract::{Path, State};
use trade::record::Ruling;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Portal> {
    OpenApiRouter::new().routes(routes!(act)).routes(routes!(rows))
}

/// What an act would do to tax, allowance, stock, guarantee, summary and exemption. Nothing happens; with `expect` sent
/// along, the act does just that or nothing. For officers; it is a look at the parcel.
#[utoipa::path(post, path = "/acts/preview", tag = "acts", request_body = ActBody,
    responses((status = 200, body = Previewed),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")),
    security(("key" = [])))]
async fn act(
    State(portal): State<Portal>,
    reader: Reader,
    body: Result<Json<ActBody>, JsonRejection>,
) -> Done<Json<Previewed>> {
    let act = json(body)?.act(None)?;
    let sight = reader.0;
    let previewed = blocking(&portal, move |desk| {
        let not_allowed = || Refused::NotAllowed { what: String::new() };
        let caller = sight.caller.as_ref().ok_or_else(not_allowed)?;
        match Ruling::named(&act.key) {
            Some(_) => drop(desk.ruling(&sight, &act.key)?),
            None if sees_whole(&sight, &desk.parcel(&sight, &act.key)?) => {}
            None => return Err(not_allowed()),
        }
        desk.preview_act(caller, &act)
    });
    previewed.await.map(Json)
}

/// What rows of the registry would do, at most a thousand. Nothing happens; with `expect` sent along, they are taken in
/// while they do just that. For the operator.
#[utoipa::path(post, path = "/registry/{table}/preview", tag = "registry", params(("table" = String, Path)),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, body = Previewed), (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "every fault with its line")),
    security(("key" = [])))]
async fn rows(
    State(portal): State<Portal>,
    Sender(caller): Sender,
    _slot: Slot,
    Path(name): Path<String>,
    body: Result<Bytes, BytesRejection>,
) -> Done<Json<Previewed>> {
    let (table, bytes) = (table_named(&name)?, whole(body)?);
    blocking(&portal, move |desk| desk.preview_rows(&caller, table, &bytes)).await.map(Json)
}
