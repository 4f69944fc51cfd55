//! Requests among departments, for programs: what the page `/requests` shows and takes.

use super::{Done, Problem, Reader, Sender, blocking, json};
use crate::Portal;
use crate::requests::{Question, Reply, Requests, Sheet};
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Portal> {
    OpenApiRouter::new().routes(routes!(list, ask)).routes(routes!(one, reply))
}

/// What the caller's department asked and was asked, and what it may ask for today; for an enterprise the facts about it.
#[utoipa::path(get, path = "/requests", tag = "departments",
    responses((status = 200, body = Requests), (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json")),
    security(("key" = [])))]
async fn list(State(portal): State<Portal>, reader: Reader) -> Done<Json<Requests>> {
    Ok(Json(blocking(&portal, move |desk| desk.requests(&reader.0)).await?))
}

#[derive(Serialize, ToSchema)]
struct Numbered {
    number: String,
}

/// Asks another department for a fact that the catalogue shares, or for help. The same question again while it is open
/// gets the same number.
#[utoipa::path(post, path = "/requests", tag = "departments", request_body = Question,
    responses((status = 200, body = Numbered), (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "not shared, or not complete: all that is wrong")),
    security(("key" = [])))]
async fn ask(
    State(portal): State<Portal>,
    Sender(caller): Sender,
    body: Result<Json<Question>, JsonRejection>,
) -> Done<Json<Numbered>> {
    let question = json(body)?;
    let number = blocking(&portal, move |desk| desk.ask_department(&caller, &question)).await?;
    Ok(Json(Numbered { number }))
}

/// A request with its words, for the two departments.
#[utoipa::path(get, path = "/requests/{number}", tag = "departments", params(("number" = String, Path)),
    responses((status = 200, body = Sheet), (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "no such request, or another's")),
    security(("key" = [])))]
async fn one(State(portal): State<Portal>, reader: Reader, Path(number): Path<String>) -> Done<Json<Sheet>> {
    Ok(Json(blocking(&portal, move |desk| desk.request(&reader.0, &number)).await?))
}

/// Answers a request, or declines it on a ground. The same answer again changes nothing.
#[utoipa::path(post, path = "/requests/{number}", tag = "departments", request_body = Reply, params(("number" = String, Path)),
    responses((status = 200, body = Numbered), (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json")),
    security(("key" = [])))]
async fn reply(
    State(portal): State<Portal>,
    Sender(caller): Sender,
    Path(number): Path<String>,
    body: Result<Json<Reply>, JsonRejection>,
) -> Done<Json<Numbered>> {
    let reply = json(body)?;
    let of = number.clone();
    blocking(&portal, move |desk| desk.reply_department(&caller, &of, &reply)).await?;
    Ok(Json(Numbered { number }))
}
