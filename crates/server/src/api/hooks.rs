//! Subscriptions to own receipts, for programs: what the page `/hooks` shows and takes.

use super::{Done, Problem, Reader, Sender, blocking, json};
use crate::Portal;
use crate::connected::Connected;
use crate::hooks::{Hook, Made};
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Portal> {
    OpenApiRouter::new().routes(routes!(connectors)).routes(routes!(list, make)).routes(routes!(end))
}

/// How the connections with departments' systems stand: all of them for whoever runs the zone, a department's own for it.
#[utoipa::path(get, path = "/connectors", tag = "departments",
    responses((status = 200, body = Vec<Connected>), (status = 403, body = Problem, content_type = "application/problem+json")),
    security(("key" = [])))]
async fn connectors(State(portal): State<Portal>, reader: Reader) -> Done<Json<Vec<Connected>>> {
    Ok(Json(blocking(&portal, move |desk| desk.connected(&reader.0)).await?))
}

/// Where the caller's own receipts are brought, and how far each address is.
#[utoipa::path(get, path = "/hooks", tag = "receipts",
    responses((status = 200, body = Vec<Hook>), (status = 403, body = Problem, content_type = "application/problem+json")),
    security(("key" = [])))]
async fn list(State(portal): State<Portal>, reader: Reader) -> Done<Json<Vec<Hook>>> {
    Ok(Json(blocking(&portal, move |desk| desk.hooks(&reader.0)).await?))
}

#[derive(Deserialize, ToSchema)]
struct HookBody {
    /// `https://…`, on the public network.
    address: String,
}

/// Has new receipts brought to an address. The answer holds the key of its signatures, once.
#[utoipa::path(post, path = "/hooks", tag = "receipts", request_body = HookBody,
    responses((status = 200, body = Made), (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json")),
    security(("key" = [])))]
async fn make(
    State(portal): State<Portal>,
    Sender(caller): Sender,
    body: Result<Json<HookBody>, JsonRejection>,
) -> Done<Json<Made>> {
    let HookBody { address } = json(body)?;
    Ok(Json(blocking(&portal, move |desk| desk.subscribe(&caller, &address)).await?))
}

/// Ends a subscription.
#[utoipa::path(post, path = "/hooks/{number}/end", tag = "receipts", params(("number" = String, Path)),
    responses((status = 204, description = "nothing is brought there any more"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json")),
    security(("key" = [])))]
async fn end(
    State(portal): State<Portal>,
    Sender(caller): Sender,
    Path(number): Path<String>,
) -> Done<axum::http::StatusCode> {
    blocking(&portal, move |desk| desk.unsubscribe(&caller, &number)).await?;
    Ok(axum::http::StatusCode::NO_CONTENT)
}
