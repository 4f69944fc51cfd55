//! The originals by month, and the end of those whose time is over.

use super::{Done, Holds, Problem, Sender, blocking};
use crate::Portal;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Serialize;
use trade::time::Day;
use utoipa::ToSchema;

/// The originals that came in during one month.
#[derive(Serialize, ToSchema)]
pub(super) struct MonthLine {
    /// `2026-03`
    month: String,
    /// There are some that can be read.
    kept: bool,
    /// The first day on which they may be destroyed.
    until: Option<String>,
    /// The entry that had them destroyed.
    destroyed: Option<u64>,
}

/// How long the originals of each month are kept. For the operator.
#[utoipa::path(get, path = "/originals", tag = "access", responses((status = 200, body = Vec<MonthLine>)),
    security(("key" = [])))]
pub(super) async fn all(State(portal): State<Portal>, Sender(_): Sender) -> Done<Json<Vec<MonthLine>>> {
    let months = blocking(&portal, |desk| desk.originals()).await?;
    let line = |month: window::retention::Originals| MonthLine {
        month: month.month,
        kept: month.kept,
        until: month.until.map(|day| day.to_string()),
        destroyed: month.destroyed.map(|gone| gone.revision),
    };
    Ok(Json(months.into_iter().map(line).collect()))
}

/// Destroys the originals of a month whose time is over: nobody can read them any more, and every proof holds.
#[utoipa::path(post, path = "/originals/{month}/destroy", tag = "access",
    params(("month" = String, Path, description = "`2026-03`")),
    responses((status = 200, body = Holds), (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "they are still to be kept")),
    security(("key" = [])))]
pub(super) async fn destroy(
    State(portal): State<Portal>,
    Sender(caller): Sender,
    Path(month): Path<String>,
) -> Done<Json<Holds>> {
    let month =
        Day::of_month(&month).ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, "BAD_JSON").about("month"))?;
    let revision = blocking(&portal, move |desk| desk.destroy(&caller, month)).await?;
    Ok(Json(Holds { revision }))
}
