//! What customs hold beside lists, for programs: transfers, central return warehouses, returns of exports.

use super::{Done, Problem, Reader, blocking};
use crate::Portal;
use crate::held::{Asked, BackLine, MovedLine, RoomLine, TransferLine};
use crate::rulings::Line;
use axum::Json;
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Portal> {
    OpenApiRouter::new()
        .routes(routes!(transfers))
        .routes(routes!(transfer))
        .routes(routes!(room))
        .routes(routes!(exports))
        .routes(routes!(rulings))
}

#[derive(Deserialize, IntoParams)]
struct HeldAsked {
    /// Also what is over.
    all: Option<bool>,
    /// `next` of the page before.
    after: Option<String>,
    /// At most this many; 100 unless told, 1,000 at most.
    limit: Option<usize>,
}

impl HeldAsked {
    fn asked(&self) -> Asked<'_> {
        let limit = self.limit.unwrap_or(100).clamp(1, 1_000);
        Asked { all: self.all.unwrap_or(false), after: self.after.as_deref().unwrap_or_default(), limit }
    }
}

/// A page of transfers, the newest first.
#[derive(Serialize, ToSchema)]
struct Transfers {
    transfers: Vec<TransferLine>,
    /// `after` for the next page.
    next: Option<String>,
}

/// Transfers (转关、批量流转) that the caller filed or carries, or those from and to an officer's office. An official's look
/// is written down.
#[utoipa::path(get, path = "/transfers", tag = "transfers", params(HeldAsked),
    responses((status = 200, body = Transfers), (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json")),
    security(("key" = [])))]
async fn transfers(
    State(portal): State<Portal>,
    reader: Reader,
    Query(asked): Query<HeldAsked>,
) -> Done<Json<Transfers>> {
    let list = blocking(&portal, move |desk| desk.transfers(&reader.0, &asked.asked())).await?;
    let transfers = list.rows.iter().map(|(number, of)| TransferLine::of(number, of)).collect();
    Ok(Json(Transfers { transfers, next: list.next }))
}

/// A page of decisions about what is no list, the newest first.
#[derive(Serialize, ToSchema)]
struct Rulings {
    rulings: Vec<Line>,
    /// `after` for the next page.
    next: Option<String>,
}

/// Decisions about what is no list (bonded documents, personal articles, filings of goods) that stand against the caller
/// and may be appealed; for officers those whose appeals wait. What becomes of one says `/explain/{key}`.
#[utoipa::path(get, path = "/appeals", tag = "acts", params(HeldAsked),
    responses((status = 200, body = Rulings), (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json")),
    security(("key" = [])))]
async fn rulings(State(portal): State<Portal>, reader: Reader, Query(asked): Query<HeldAsked>) -> Done<Json<Rulings>> {
    let list = blocking(&portal, move |desk| desk.rulings(&reader.0, &asked.asked())).await?;
    Ok(Json(Rulings { rulings: list.rows, next: list.next }))
}

/// A transfer with its parcels.
#[derive(Serialize, ToSchema)]
struct TransferTold {
    #[serde(flatten)]
    transfer: TransferLine,
    parcels: Vec<MovedLine>,
}

/// A transfer, and where each of its parcels is held since when.
#[utoipa::path(get, path = "/transfers/{number}", tag = "transfers", params(("number" = String, Path)),
    responses((status = 200, body = TransferTold), (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "no such transfer, or another's")),
    security(("key" = [])))]
async fn transfer(
    State(portal): State<Portal>,
    reader: Reader,
    Path(number): Path<String>,
) -> Done<Json<TransferTold>> {
    let told = blocking(&portal, {
        let number = number.clone();
        move |desk| desk.transfer(&reader.0, &number)
    });
    let told = told.await?;
    let parcels = told.parcels.iter().map(MovedLine::of).collect();
    Ok(Json(TransferTold { transfer: TransferLine::of(&number, &told.of), parcels }))
}

/// A page of what lies in central return warehouses, the newest first.
#[derive(Serialize, ToSchema)]
struct Room {
    parcels: Vec<RoomLine>,
    /// `after` for the next page.
    next: Option<String>,
}

/// What lies in the central return warehouses (退货中心仓): since when, and what is due of it by when. An official's look is
/// written down.
#[utoipa::path(get, path = "/returns/room", tag = "transfers", params(HeldAsked),
    responses((status = 200, body = Room), (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json")),
    security(("key" = [])))]
async fn room(State(portal): State<Portal>, reader: Reader, Query(asked): Query<HeldAsked>) -> Done<Json<Room>> {
    let today = portal.desk.now().day();
    let list = blocking(&portal, move |desk| desk.room(&reader.0, &asked.asked())).await?;
    Ok(Json(Room { parcels: list.rows.iter().map(|row| RoomLine::of(row, today)).collect(), next: list.next }))
}

/// A page of returns of exports, the newest first.
#[derive(Serialize, ToSchema)]
struct Backs {
    returns: Vec<BackLine>,
    /// `after` for the next page.
    next: Option<String>,
}

/// Returns of exported goods (213) and their tally (215). An official's look is written down.
#[utoipa::path(get, path = "/returns/exports", tag = "transfers", params(HeldAsked),
    responses((status = 200, body = Backs), (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json")),
    security(("key" = [])))]
async fn exports(State(portal): State<Portal>, reader: Reader, Query(asked): Query<HeldAsked>) -> Done<Json<Backs>> {
    let list = blocking(&portal, move |desk| desk.backs(&reader.0, &asked.asked())).await?;
    Ok(Json(Backs { returns: list.rows.iter().map(BackLine::of).collect(), next: list.next }))
}
