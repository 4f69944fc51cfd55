//! Statements of other bodies, for programs.

use super::{Done, Problem, Sender, blocking};
use crate::Portal;
use crate::statements::Taken;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Portal> {
    OpenApiRouter::new().routes(routes!(take))
}

/// Takes a statement that a recognised body signed: a result of inspection, a certificate, a credit class. The same one
/// again changes nothing.
#[utoipa::path(post, path = "/statements", tag = "departments", request_body(content = String, content_type = "application/json", description = "`{form, statement, signatures}`, as the body signed it; 4,096 bytes at most"),
    responses((status = 200, body = Taken), (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "all that speaks against it")),
    security(("key" = [])))]
async fn take(State(portal): State<Portal>, Sender(caller): Sender, body: Bytes) -> Done<Json<Taken>> {
    Ok(Json(blocking(&portal, move |desk| desk.take_statement(&caller, &body)).await?))
}
