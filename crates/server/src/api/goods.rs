//! Filings of goods, for programs: what the pages `/company/filings` show and take.

use super::{Done, Paging, Problem, Reader, Sender, Slot, blocking, json, place};
use crate::Portal;
use crate::desk::{Filing, Imported};
use crate::goods::{self, Goods};
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Portal> {
    OpenApiRouter::new().routes(routes!(list, file)).routes(routes!(one))
}

/// Goods that are filed, and what became of them.
#[derive(Serialize, ToSchema)]
struct Filed {
    ebc: String,
    version: u32,
    /// `open` while it waits for review, `approved`, `refused`
    state: &'static str,
    /// Why it was refused, as the official wrote it.
    #[serde(skip_serializing_if = "String::is_empty")]
    words: String,
    /// The receipt of its review; approved, it is its certificate (备案证书).
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<String>,
    #[serde(flatten)]
    goods: Goods,
}

impl Filed {
    fn of(x: Filing) -> Filed {
        let state = match (x.row.approved, &x.refused) {
            (true, _) => "approved",
            (false, Some(_)) => "refused",
            (false, None) => "open",
        };
        Filed {
            ebc: x.row.ebc.to_string(),
            version: x.row.version,
            state,
            words: x.refused.map(|(_, _, words)| words).unwrap_or_default(),
            receipt: x.receipt.map(|(revision, index)| place(revision, index)),
            goods: Goods::of(&x.row),
        }
    }
}

/// A page of filings.
#[derive(Serialize, ToSchema)]
struct FiledPage {
    goods: Vec<Filed>,
    /// Of all pages.
    total: u64,
    next: Option<String>,
}

/// What the caller's enterprise has filed, in the order of its numbers.
#[utoipa::path(get, path = "/goods", tag = "registry", params(Paging),
    responses((status = 200, body = FiledPage), (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json")),
    security(("key" = [])))]
async fn list(State(portal): State<Portal>, reader: Reader, Query(paging): Query<Paging>) -> Done<Json<FiledPage>> {
    let after = paging.after.clone().unwrap_or_default();
    let found = blocking(&portal, move |desk| desk.filings(&reader.0, &after, paging.limit())).await?;
    let goods = found.rows.into_iter().map(Filed::of).collect();
    Ok(Json(FiledPage { goods, total: found.total, next: found.next }))
}

/// One filing.
#[utoipa::path(get, path = "/goods/{ebc}/{item}", tag = "registry",
    params(("ebc" = String, Path, description = "customs code of the enterprise"), ("item" = String, Path, description = "its number of the goods")),
    responses((status = 200, body = Filed), (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "no such filing, or another's")),
    security(("key" = [])))]
async fn one(
    State(portal): State<Portal>,
    reader: Reader,
    Path((ebc, item)): Path<(String, String)>,
) -> Done<Json<Filed>> {
    Ok(Json(Filed::of(blocking(&portal, move |desk| desk.filing(&reader.0, &ebc, &item)).await?)))
}

/// Goods to file.
#[derive(Deserialize, ToSchema)]
struct ToFile {
    /// 1 to 1,000: all of them, or none.
    goods: Vec<Goods>,
}

/// Files goods (商品备案) of the caller's enterprise, held to the law as the form and the spreadsheet are. What is filed
/// already becomes a new version; an official reviews it.
#[utoipa::path(post, path = "/goods", tag = "registry", request_body = ToFile,
    responses((status = 200, body = Imported), (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "every fault with its row, from 1, and its field; nothing was filed")),
    security(("key" = [])))]
async fn file(
    State(portal): State<Portal>,
    Sender(caller): Sender,
    _slot: Slot,
    body: Result<Json<ToFile>, JsonRejection>,
) -> Done<Json<Imported>> {
    let goods = json(body)?.goods;
    blocking(&portal, move |desk| goods::file(desk, &caller, &goods)).await.map(Json)
}
