//! Summaries of exports for programs: those that the caller may open.

use super::{Done, Problem, Reader, blocking};
use crate::Portal;
use axum::Json;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use trade::record::Summary;
use utoipa::{IntoParams, ToSchema};
use window::story::summary::{Standing, standing};

#[derive(Deserialize, IntoParams)]
pub struct SummariesAsked {
    /// `next` of the page before.
    after: Option<String>,
    /// At most this many; 100 unless told, 1,000 at most.
    limit: Option<usize>,
}

/// What lists are worth in one currency.
#[derive(Serialize, ToSchema)]
struct SummaryValue {
    currency: String,
    value: String,
}

/// A summary application (701) and what came of it.
#[derive(Serialize, ToSchema)]
struct SummaryLine {
    #[serde(rename = "sumNo")]
    number: String,
    at: String,
    agent: String,
    seller: String,
    office: String,
    #[serde(rename = "copNo")]
    cop_no: String,
    /// `accepted` while it goes on, `finished` where the lists are the results, `refused` where they are not.
    state: &'static str,
    lists: u32,
    declarations: u32,
    values: Vec<SummaryValue>,
}

/// A page of summaries, the newest first.
#[derive(Serialize, ToSchema)]
pub struct SummaryLines {
    summaries: Vec<SummaryLine>,
    /// `after` for the next page.
    next: Option<String>,
}

fn line((number, of): (String, Summary)) -> SummaryLine {
    SummaryLine {
        number,
        at: of.at.to_string(),
        agent: of.agent.to_string(),
        seller: of.ebc.to_string(),
        office: of.office.to_string(),
        cop_no: of.cop_no.to_string(),
        state: match standing(&of) {
            Standing::GoesOn => "accepted",
            Standing::Agrees => "finished",
            Standing::Differs => "refused",
        },
        lists: of.lists,
        declarations: of.declarations,
        values: of
            .values
            .iter()
            .map(|sum| SummaryValue { currency: sum.currency.to_string(), value: sum.value.to_string() })
            .collect(),
    }
}

/// Summaries of exports (汇总申报) of which the caller is declarant or seller, or those of an officer's office, newest
/// first. An official's look is written down.
#[utoipa::path(get, path = "/summaries", tag = "summaries", params(SummariesAsked),
    responses((status = 200, body = SummaryLines), (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json")),
    security(("key" = [])))]
pub async fn summaries(
    State(portal): State<Portal>,
    reader: Reader,
    Query(asked): Query<SummariesAsked>,
) -> Done<Json<SummaryLines>> {
    let limit = asked.limit.unwrap_or(100).clamp(1, 1_000);
    let list = blocking(&portal, move |desk| desk.summaries(&reader.0, asked.after.as_deref().unwrap_or(""), limit));
    let list = list.await?;
    Ok(Json(SummaryLines { summaries: list.rows.into_iter().map(line).collect(), next: list.next }))
}
