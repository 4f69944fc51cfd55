//! Bonded stock for programs: what the pages below `/stock` show, as JSON.

use super::{Done, Problem, Reader, blocking};
use crate::Portal;
use crate::stock::{Asked, ItemLine, MovementLine, Moves, PartLine, PeriodLine};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Portal> {
    OpenApiRouter::new()
        .routes(routes!(books))
        .routes(routes!(book))
        .routes(routes!(item))
        .routes(routes!(periods))
        .routes(routes!(period))
}

/// An account book.
#[derive(Serialize, ToSchema)]
struct Book {
    book: String,
    enterprise: String,
    /// `waiting`, `passed`, `refused` …
    state: &'static str,
    items: usize,
    /// Items that somebody has to look at.
    open: usize,
}

/// The account books that the caller may read. An official's look is written down.
#[utoipa::path(get, path = "/stock", tag = "stock",
    responses((status = 200, body = Vec<Book>), (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json")),
    security(("key" = [])))]
async fn books(State(portal): State<Portal>, reader: Reader) -> Done<Json<Vec<Book>>> {
    let rows = blocking(&portal, move |desk| desk.books(&reader.0)).await?;
    let book = |row: crate::stock::BookRow| Book {
        book: row.number,
        enterprise: row.enterprise,
        state: row.state,
        items: row.items,
        open: row.open,
    };
    Ok(Json(rows.into_iter().map(book).collect()))
}

#[derive(Deserialize, IntoParams)]
struct BookAsked {
    /// Only items that somebody has to look at: the shelf differs, or something is in flight for too long.
    open: Option<bool>,
    /// Only items after this one.
    after: Option<String>,
    /// At most this many; 100 unless told, 1,000 at most.
    limit: Option<usize>,
}

/// A page of the three-way report.
#[derive(Serialize, ToSchema)]
struct Items {
    /// Items of the whole book, and those of them that somebody has to look at.
    count: usize,
    open: usize,
    /// What customs' book is worth, and the general guarantee of its enterprise in the customs district with what of it is
    /// free; yuan.
    value: String,
    guarantee: Option<String>,
    guarantee_free: Option<String>,
    items: Vec<ItemLine>,
    /// `after` for the next page.
    next: Option<String>,
}

/// Documents, customs' book and shelf of a book's items, in their order: the three-way report (三方对账).
#[utoipa::path(get, path = "/stock/{book}", tag = "stock", params(("book" = String, Path), BookAsked),
    responses((status = 200, body = Items), (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "no such book, or another's")),
    security(("key" = [])))]
async fn book(
    State(portal): State<Portal>,
    reader: Reader,
    Path(book): Path<String>,
    Query(asked): Query<BookAsked>,
) -> Done<Json<Items>> {
    let limit = asked.limit.unwrap_or(100).clamp(1, 1_000);
    let shelves = blocking(&portal, move |desk| {
        let all = !asked.open.unwrap_or(false);
        let after = asked.after.as_deref().unwrap_or_default();
        desk.shelves(&reader.0, &Asked { book: &book, all, after, limit })
    });
    let shelves = shelves.await?;
    let items = shelves.rows.iter().map(|row| ItemLine::of(row, shelves.since)).collect();
    Ok(Json(Items {
        count: shelves.items,
        open: shelves.open,
        value: shelves.value.to_string(),
        guarantee: shelves.guarantee.map(|(limit, _)| limit.to_string()),
        guarantee_free: shelves.guarantee.map(|(_, free)| free.to_string()),
        items,
        next: shelves.next,
    }))
}

#[derive(Deserialize, IntoParams)]
struct ItemAsked {
    /// Only movements before this number.
    before: Option<u64>,
    /// At most this many movements; 100 unless told, 1,000 at most.
    limit: Option<u64>,
    /// The number of a movement, from 1: where its goods came from and went.
    of: Option<u64>,
}

/// The proof of one item.
#[derive(Serialize, ToSchema)]
struct Proof {
    #[serde(flatten)]
    item: ItemLine,
    opening: String,
    /// Movements ever, and what they make with the opening quantity: `on_hand`, or the proof does not hold.
    moves: u64,
    movements_make: String,
    agrees: bool,
    /// The newest first.
    movements: Vec<MovementLine>,
    /// The number of the first of them.
    newest: u64,
    /// `before` for the next page.
    older: Option<u64>,
    /// Where the goods of movement `of` came from and went, first in, first out; at most 1,000 parts.
    parts: Option<Vec<PartLine>>,
}

/// Proof of stock: every movement of an item with the document that made it.
#[utoipa::path(get, path = "/stock/{book}/{item}", tag = "stock",
    params(("book" = String, Path), ("item" = String, Path), ItemAsked),
    responses((status = 200, body = Proof), (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "no such item, or another's")),
    security(("key" = [])))]
async fn item(
    State(portal): State<Portal>,
    reader: Reader,
    Path((book, item)): Path<(String, String)>,
    Query(asked): Query<ItemAsked>,
) -> Done<Json<Proof>> {
    let limit = asked.limit.unwrap_or(100).clamp(1, 1_000);
    let moves = Moves { before: asked.before, limit, of: asked.of };
    let page = blocking(&portal, move |desk| desk.stock_item(&reader.0, (&book, &item), &moves)).await?;
    Ok(Json(Proof {
        item: ItemLine::of(&page.compared, page.since),
        opening: page.opening.to_string(),
        moves: page.moves,
        movements_make: page.proved.to_string(),
        agrees: page.agrees,
        movements: page.movements.iter().map(MovementLine::of).collect(),
        newest: page.newest,
        older: page.older,
        parts: page.followed.map(|(_, parts)| parts.iter().map(PartLine::of).collect()),
    }))
}

/// A document that is not finished: the days since it was filed cannot be closed.
#[derive(Serialize, ToSchema)]
struct OpenDocument {
    kind: String,
    number: String,
    since: String,
}

/// How far a book is closed.
#[derive(Serialize, ToSchema)]
struct Periods {
    /// The last day of the newest closed period.
    closed: Option<String>,
    open: Vec<OpenDocument>,
    /// The newest first.
    periods: Vec<PeriodLine>,
}

/// The periods of a book (期末结转), and what is to be finished before the next can be closed. A period is closed by
/// sending `PERIOD`.
#[utoipa::path(get, path = "/stock/{book}/periods", tag = "stock", params(("book" = String, Path)),
    responses((status = 200, body = Periods), (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "no such book, or another's")),
    security(("key" = [])))]
async fn periods(State(portal): State<Portal>, reader: Reader, Path(book): Path<String>) -> Done<Json<Periods>> {
    let of = blocking(&portal, move |desk| desk.closings(&reader.0, &book)).await?;
    let open = of.open.into_iter().map(|(kind, number, since)| OpenDocument { kind, number, since: since.to_string() });
    Ok(Json(Periods {
        closed: of.closed.map(|day| day.to_string()),
        open: open.collect(),
        periods: of.periods.iter().map(PeriodLine::of).collect(),
    }))
}

/// The register of a closed period: the file over which its statement has a hash.
#[utoipa::path(get, path = "/stock/{book}/periods/{n}/register.csv", tag = "stock",
    params(("book" = String, Path), ("n" = u32, Path)),
    responses((status = 200, body = String, content_type = "text/csv"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "no such period, or another's")),
    security(("key" = [])))]
async fn period(
    State(portal): State<Portal>,
    reader: Reader,
    Path((book, number)): Path<(String, u32)>,
) -> Done<Response> {
    let file = blocking(&portal, move |desk| desk.period_register(&reader.0, &book, number)).await?;
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], file).into_response())
}
