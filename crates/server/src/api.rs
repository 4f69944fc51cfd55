//! The programs' door: messages in, receipts out, the registry, acts, and what watches over them.
//!
//! Senders prove themselves with `Authorization: Bearer <key>`; reading also works from a signed-in
//! browser, so that links on pages lead here. Faults are `application/problem+json` with a stable code
//! and its words in Chinese and English.

mod access;
mod corrections;
mod goods;
mod held;
mod hooks;
mod originals;
mod requests;
mod seen;
mod sign_in;
mod standing;
mod statements;
mod stock;
mod summaries;

use crate::desk::{
    self, Act, ActOn, AlarmLine, Answer, Caller, Head, Imported, Intake, LookLine, Outbox, OverdueLine, Parcel,
    Refused, Sight, Table,
};
use crate::doors::Admitted;
use crate::lang::Lang;
use crate::site::case_number;
use crate::{Portal, pages};
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, JsonRejection};
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use base64::Engine;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::fmt::Write;
use std::sync::atomic::Ordering;
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use trade::command::ActorRole;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{IntoParams, OpenApi, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Why a request was not done: RFC 9457, with a code that stays and its words in both languages.
#[derive(Serialize, ToSchema)]
pub struct Problem {
    #[serde(rename = "type")]
    kind: String,
    /// The English words.
    title: String,
    status: u16,
    /// UPPER_SNAKE, stable.
    code: String,
    zh: String,
    en: String,
    /// What it is about: an enterprise, a case number.
    #[serde(skip_serializing_if = "String::is_empty")]
    about: String,
    /// Faults of the message, each at its place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    problems: Vec<desk::Problem>,
    #[serde(skip)]
    retry_after_s: Option<u32>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, code: &str) -> Box<Problem> {
        let key = format!("problem.{code}");
        let words = |lang: Lang| lang.t(&key).to_owned();
        Box::new(Problem {
            kind: format!("urn:onewindow:problem:{code}"),
            title: words(Lang::En),
            status: status.as_u16(),
            code: code.to_owned(),
            zh: words(Lang::Zh),
            en: words(Lang::En),
            about: String::new(),
            problems: vec![],
            retry_after_s: None,
        })
    }

    fn about(mut self: Box<Problem>, about: impl Into<String>) -> Box<Problem> {
        self.about = about.into();
        self
    }

    fn not_now(seconds: u32) -> Box<Problem> {
        let mut problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "NOT_NOW");
        problem.retry_after_s = Some(seconds);
        problem
    }

    pub(crate) fn forbidden() -> Box<Problem> {
        Problem::new(StatusCode::FORBIDDEN, "NOT_ALLOWED")
    }
}

impl From<Refused> for Box<Problem> {
    fn from(refused: Refused) -> Box<Problem> {
        match refused {
            Refused::NotNow { retry_after_s } => Problem::not_now(retry_after_s),
            Refused::ClockJumped { said } => Box::new(Problem {
                title: said.en.clone(),
                zh: said.zh,
                en: said.en,
                retry_after_s: Some(60),
                ..*Problem::new(StatusCode::SERVICE_UNAVAILABLE, "CLOCK_JUMPED")
            }),
            Refused::Unsigned { said } => Box::new(Problem {
                title: said.en.clone(),
                zh: said.zh,
                en: said.en,
                retry_after_s: Some(60),
                ..*Problem::new(StatusCode::SERVICE_UNAVAILABLE, "HEAD_UNSIGNED")
            }),
            Refused::NotAllowed { what } => Problem::forbidden().about(what),
            Refused::NotFound => Problem::new(StatusCode::NOT_FOUND, "NOT_FOUND"),
            Refused::KeyReused => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "KEY_REUSED"),
            Refused::Broken { case } => Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL").about(case),
            Refused::Cannot { code, said, problems } => Box::new(Problem {
                kind: format!("urn:onewindow:problem:{code}"),
                title: said.en.clone(),
                code,
                zh: said.zh,
                en: said.en,
                problems,
                ..*Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "CANNOT")
            }),
        }
    }
}

impl IntoResponse for Box<Problem> {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(&self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

type Done<T> = Result<T, Box<Problem>>;

/// A program with a live API key, which the table of rights let in.
pub struct Sender(Caller);

impl FromRequestParts<Portal> for Sender {
    type Rejection = Box<Problem>;

    async fn from_request_parts(parts: &mut Parts, _: &Portal) -> Done<Sender> {
        let admitted = parts.extensions.get::<Admitted>().filter(|admitted| admitted.by_key);
        let caller = admitted.and_then(|admitted| admitted.sight.caller.clone());
        caller.map(Sender).ok_or_else(|| Problem::new(StatusCode::UNAUTHORIZED, "UNKNOWN_KEY"))
    }
}

/// A program, or somebody signed in at a browser: for reading only, and as far as the right reaches.
pub struct Reader(Sight);

impl FromRequestParts<Portal> for Reader {
    type Rejection = Box<Problem>;

    async fn from_request_parts(parts: &mut Parts, _: &Portal) -> Done<Reader> {
        let admitted = parts.extensions.get::<Admitted>();
        admitted.map(|admitted| Reader(admitted.sight.clone())).ok_or_else(Problem::forbidden)
    }
}

/// Room for one more body. Taken before the body is read, so that memory stays bounded.
pub struct Slot(#[expect(dead_code, reason = "held until the answer")] OwnedSemaphorePermit);

impl FromRequestParts<Portal> for Slot {
    type Rejection = Box<Problem>;

    async fn from_request_parts(_: &mut Parts, portal: &Portal) -> Done<Slot> {
        portal.slots.clone().try_acquire_owned().map(Slot).map_err(|_| Problem::not_now(1))
    }
}

fn whole(body: Result<Bytes, BytesRejection>) -> Done<Bytes> {
    body.map_err(|e| match e.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE"),
        _ => Problem::new(StatusCode::BAD_REQUEST, "BROKEN_OFF"),
    })
}

fn idempotency(headers: &HeaderMap) -> Done<Option<String>> {
    let Some(key) = headers.get("idempotency-key") else { return Ok(None) };
    match key.to_str() {
        Ok(key) if (1..=200).contains(&key.len()) => Ok(Some(key.to_owned())),
        _ => Err(Problem::new(StatusCode::BAD_REQUEST, "IDEMPOTENCY_KEY")),
    }
}

/// Work that may block, off the network threads.
async fn blocking<T, F>(portal: &Portal, work: F) -> Done<T>
where
    T: Send + 'static,
    F: FnOnce(&dyn desk::Desk) -> Answer<T> + Send + 'static,
{
    let desk = portal.desk.clone();
    match tokio::task::spawn_blocking(move || work(&*desk)).await {
        Ok(answer) => answer.map_err(Box::<Problem>::from),
        Err(_) => Err(broken("a call to the desk broke")),
    }
}

fn broken(what: &str) -> Box<Problem> {
    let case = case_number();
    tracing::error!(case, "{what}");
    Refused::Broken { case }.into()
}

/// JSON lines; or with `Accept: application/xml` the receipts themselves, several as `multipart/mixed`.
fn told(receipts: &[desk::Receipt], headers: &HeaderMap) -> Response {
    let accept = headers.get(header::ACCEPT).and_then(|h| h.to_str().ok()).unwrap_or("");
    let xml = accept.split(',').next().is_some_and(|first| first.contains("xml"));
    match receipts {
        [one] if xml => ([(header::CONTENT_TYPE, "application/xml")], one.xml.clone()).into_response(),
        many if xml => {
            let mark = mark_not_in(many);
            let mut body = Vec::new();
            for r in many {
                let place = place(r.revision, r.index);
                body.extend_from_slice(
                    format!("--{mark}\r\nContent-Type: application/xml\r\nContent-Location: {place}.xml\r\n\r\n")
                        .as_bytes(),
                );
                body.extend_from_slice(&r.xml);
                body.extend_from_slice(b"\r\n");
            }
            body.extend_from_slice(format!("--{mark}--\r\n").as_bytes());
            ([(header::CONTENT_TYPE, format!("multipart/mixed; boundary={mark}"))], body).into_response()
        }
        many => {
            let mut body = String::new();
            for r in many {
                let _ = writeln!(body, "{}", serde_json::to_string(r).unwrap_or_default());
            }
            ([(header::CONTENT_TYPE, "application/x-ndjson")], body).into_response()
        }
    }
}

fn place(revision: u64, index: u32) -> String {
    format!("/api/v1/receipts/{revision}/{index}")
}

/// A boundary that none of the receipts holds.
fn mark_not_in(receipts: &[desk::Receipt]) -> String {
    let mut mark = String::from("receipt");
    while receipts.iter().any(|r| r.xml.windows(mark.len()).any(|w| w == mark.as_bytes())) {
        mark.push_str(&case_number());
    }
    mark
}

/// A message wrapped in JSON, for clients that cannot send XML as a body.
#[derive(Deserialize, ToSchema)]
struct Wrapped {
    /// The message's bytes in base64.
    data: String,
}

#[derive(Deserialize, IntoParams)]
struct Held {
    /// What its preview said (`POST /corrections/preview` looks at messages too): nothing of it happens where it would do
    /// something else by now.
    #[serde(default)]
    expect: String,
}

/// Takes a message in. Answers once its entry is durable, with the receipts of its own documents so far.
#[utoipa::path(post, path = "/messages", tag = "messages",
    params(Held, ("Idempotency-Key" = Option<String>, Header, description = "repeating with the same key gets the same answer")),
    request_body(content((String = "application/xml"), (Wrapped = "application/json"), (String = "text/csv"))),
    responses(
        (status = 200, body = desk::Receipt, content_type = "application/x-ndjson", description = "one receipt a line; with Accept: application/xml the receipts themselves"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "unknown or revoked key"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "not allowed to act for that enterprise"),
        (status = 413, body = Problem, content_type = "application/problem+json", description = "larger than 16 MB"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "no message, or the idempotency key had another body"),
        (status = 503, body = Problem, content_type = "application/problem+json", description = "not now; see Retry-After")),
    security(("key" = [])))]
async fn messages(
    State(portal): State<Portal>,
    Sender(caller): Sender,
    _slot: Slot,
    Query(held): Query<Held>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Done<Response> {
    let bytes = whole(body)?;
    let kind = headers.get(header::CONTENT_TYPE).and_then(|h| h.to_str().ok()).unwrap_or("");
    let bytes = if kind.starts_with("application/json") { from_json(bytes)? } else { bytes.into() };
    let intake = Intake { caller, bytes, idempotency: idempotency(&headers)?, expect: held.expect };
    let (tell, hear) = oneshot::channel();
    // If the sender has gone, nobody hears the answer; the receipts are in its outbox.
    portal.desk.take_in(intake, Box::new(move |receipts| drop(tell.send(receipts))));
    let receipts = hear.await.map_err(|_| broken("a message was never answered"))?;
    let answer = blocking(&portal, move |_| Ok(told(&receipts()?, &headers))).await?;
    portal.taken.fetch_add(1, Ordering::Relaxed);
    Ok(answer)
}

/// A message in base64, or bonded documents, which are JSON themselves.
fn from_json(bytes: Bytes) -> Done<Vec<u8>> {
    if wire::bonded::holds_documents(&bytes) {
        return Ok(bytes.into());
    }
    let bad = || Problem::new(StatusCode::BAD_REQUEST, "BAD_BASE64");
    let wrapped: Wrapped = serde_json::from_slice(&bytes).map_err(|_| bad())?;
    base64::engine::general_purpose::STANDARD.decode(wrapped.data.trim()).map_err(|_| bad())
}

#[derive(Deserialize, IntoParams)]
struct Paging {
    /// Where the last answer ended.
    after: Option<String>,
    /// At most this many; 100 unless told, 1,000 at most.
    limit: Option<usize>,
}

impl Paging {
    fn limit(&self) -> usize {
        self.limit.unwrap_or(100).clamp(1, 1000)
    }
}

/// A page of the outbox.
#[derive(Serialize, ToSchema)]
struct OutboxPage {
    receipts: Vec<desk::Receipt>,
    /// Ask with this next; unchanged when there is nothing new.
    cursor: String,
}

/// The caller's outbox: receipts after a cursor, oldest first.
#[utoipa::path(get, path = "/receipts", tag = "receipts", params(Paging),
    responses((status = 200, body = OutboxPage), (status = 401, body = Problem, content_type = "application/problem+json")),
    security(("key" = [])))]
async fn outbox(
    State(portal): State<Portal>,
    Sender(caller): Sender,
    Query(paging): Query<Paging>,
) -> Done<Json<OutboxPage>> {
    let outbox: Outbox =
        blocking(&portal, move |desk| desk.receipts_after(&caller, paging.after.as_deref(), paging.limit())).await?;
    Ok(Json(OutboxPage { receipts: outbox.receipts, cursor: outbox.cursor }))
}

#[derive(Deserialize, IntoParams)]
struct UnderHead {
    /// The proof under the head of so many entries, which a witness may have signed; the newest unless told.
    head: Option<u64>,
}

/// One receipt: `{index}` as JSON, `{index}.xml` its bytes as they were sent, `{index}.proof.json` its proof.
#[utoipa::path(get, path = "/receipts/{revision}/{index}", tag = "receipts",
    params(("revision" = u64, Path, description = "entry of the journal"), ("index" = String, Path, description = "place in the entry, with .xml or .proof.json"), UnderHead),
    responses((status = 200, body = desk::Receipt), (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "none, or not the caller's")),
    security(("key" = [])))]
async fn receipt(
    State(portal): State<Portal>,
    reader: Reader,
    Path((revision, file)): Path<(u64, String)>,
    Query(UnderHead { head }): Query<UnderHead>,
) -> Done<Response> {
    let sight = reader.0;
    let none = || Problem::new(StatusCode::NOT_FOUND, "NOT_FOUND");
    let (index, kind) = file.split_once('.').unwrap_or((&file, ""));
    let index: u32 = index.parse().map_err(|_| none())?;
    let name = format!("attachment; filename=\"R-{revision}-{index}.{kind}\"");
    let (kind, body) = match kind {
        "" => {
            let receipt = blocking(&portal, move |desk| desk.receipt(&sight, revision, index)).await?;
            return Ok(Json(receipt).into_response());
        }
        "xml" => ("application/xml", blocking(&portal, move |desk| desk.receipt(&sight, revision, index)).await?.xml),
        "proof.json" => {
            ("application/json", blocking(&portal, move |desk| desk.proof(&sight, revision, index, head)).await?)
        }
        _ => return Err(none()),
    };
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, &name)], body).into_response())
}

fn table_named(name: &str) -> Done<Table> {
    Table::parse(name).ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "UNKNOWN_TABLE"))
}

/// A page of a registry table.
#[derive(Serialize, ToSchema)]
struct RegistryPage {
    #[schema(value_type = Vec<Object>)]
    rows: Vec<serde_json::Value>,
    next: Option<String>,
}

/// Rows of a registry table: zones, parties, certificates, goods, positive-list, tariff, guarantees, manifests, opening-stock, blocked-identities.
#[utoipa::path(get, path = "/registry/{table}", tag = "registry", params(("table" = String, Path), Paging),
    responses((status = 200, body = RegistryPage), (status = 403, body = Problem, content_type = "application/problem+json")),
    security(("key" = [])))]
async fn table(
    State(portal): State<Portal>,
    reader: Reader,
    Path(name): Path<String>,
    Query(paging): Query<Paging>,
) -> Done<Response> {
    let table = table_named(&name)?;
    let rows =
        blocking(&portal, move |desk| desk.table(&reader.0, table, paging.after.as_deref(), paging.limit())).await?;
    Ok(Json(RegistryPage { rows: rows.rows, next: rows.next }).into_response())
}

/// The head line of a table's CSV.
#[utoipa::path(get, path = "/registry/{table}/template.csv", tag = "registry", params(("table" = String, Path)),
    responses((status = 200, body = String, content_type = "text/csv")))]
async fn template(State(portal): State<Portal>, Path(name): Path<String>) -> Done<Response> {
    let table = table_named(&name)?;
    let csv = blocking(&portal, move |desk| Ok(desk.template(table))).await?;
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], csv).into_response())
}

#[derive(Deserialize, IntoParams)]
struct Seen {
    /// What its preview said: the rows are taken in while they do just that.
    #[serde(default)]
    expect: String,
}

/// Imports rows from CSV with a head line. For the operator.
#[utoipa::path(post, path = "/registry/{table}", tag = "registry",
    params(("table" = String, Path), Seen, ("Idempotency-Key" = Option<String>, Header)),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, body = Imported), (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "every fault with its line; nothing was taken")),
    security(("key" = [])))]
async fn import(
    State(portal): State<Portal>,
    Sender(caller): Sender,
    _slot: Slot,
    Path(name): Path<String>,
    Query(seen): Query<Seen>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Done<Json<Imported>> {
    let table = table_named(&name)?;
    let (bytes, key) = (whole(body)?, idempotency(&headers)?);
    let imported = blocking(&portal, move |desk| match seen.expect.as_str() {
        "" => desk.import(&caller, table, &bytes, key.as_deref()),
        expect => desk.import_as_seen(&caller, table, &bytes, expect),
    });
    imported.await.map(Json)
}

/// How a parcel stands.
#[derive(Serialize, ToSchema)]
struct ParcelBrief {
    key: String,
    #[schema(value_type = String)]
    state: desk::State,
    /// `returnStatus`
    status: String,
    at: String,
    revision: u64,
    /// Codes of all findings.
    findings: Vec<String>,
    /// For those who take part: what it costs, in fen.
    #[serde(skip_serializing_if = "Option::is_none")]
    taxable_fen: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tax_fen: Option<i64>,
    /// For those who take part: addresses of its receipts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    receipts: Vec<String>,
    /// What its documents say of persons, as far as the law shows it to the caller: whole, masked, or nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    persons: Vec<crate::masked::OfPerson>,
}

impl ParcelBrief {
    fn of(p: Parcel) -> ParcelBrief {
        ParcelBrief {
            at: p.at.to_string(),
            findings: p.findings.iter().map(|f| f.code.clone()).collect(),
            taxable_fen: p.tax.as_ref().map(|t| t.total.taxable),
            tax_fen: p.tax.as_ref().map(|t| t.total.tax()),
            persons: p.persons,
            receipts: p.receipts.iter().map(|r| place(r.revision, r.index)).collect(),
            key: p.key,
            state: p.state,
            status: p.status,
            revision: p.revision,
        }
    }
}

/// How a parcel stands now; amounts and receipts only for those who take part.
#[utoipa::path(get, path = "/parcels/{key}", tag = "parcels", params(("key" = String, Path, description = "list or order number")),
    responses((status = 200, body = ParcelBrief), (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn parcel(State(portal): State<Portal>, reader: Reader, Path(key): Path<String>) -> Done<Json<ParcelBrief>> {
    let sight = reader.0;
    let parcel = blocking(&portal, move |desk| {
        let p = desk.parcel(&sight, &key)?;
        Ok(if pages::parcel::sees_whole(&sight, &p) { p } else { p.for_anybody() })
    });
    parcel.await.map(|p| Json(ParcelBrief::of(p)))
}

/// A parcel's story, decisions, reasons and figures: the JSON of `onewindow explain`.
#[utoipa::path(get, path = "/explain/{key}", tag = "parcels", params(("key" = String, Path)),
    responses((status = 200, body = Object), (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")),
    security(("key" = [])))]
async fn explain(
    State(portal): State<Portal>,
    reader: Reader,
    Path(key): Path<String>,
) -> Done<Json<serde_json::Value>> {
    blocking(&portal, move |desk| desk.explain(&reader.0, &key)).await.map(Json)
}

/// An officer's act.
#[derive(Deserialize, ToSchema)]
struct ActBody {
    act: Act,
    key: String,
    /// For inspect: what was found, when it is done. For allow: the codes of the reasons that do not hold. For arrive:
    /// the number (`copNo`) of the return.
    #[serde(default)]
    result: String,
    reason: String,
    /// What its preview said: it does just that or nothing. Without it, it is done unseen.
    #[serde(default)]
    expect: String,
}

impl ActBody {
    fn act(self, idempotency: Option<String>) -> Done<ActOn> {
        let (reason, result) = (self.reason.trim().to_owned(), self.result.trim().to_owned());
        if reason.is_empty() || reason.chars().count() > 200 || result.chars().count() > 200 {
            return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "REASON_MISSING"));
        }
        Ok(ActOn { act: self.act, key: self.key, result, reason, idempotency, expect: self.expect })
    }
}

/// Reviews, inspects, detains, releases, refuses or orders back a parcel, decides its appeal, or says that it left or
/// that goods of a return came. For officers.
#[utoipa::path(post, path = "/acts", tag = "acts", request_body = ActBody,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = desk::Receipt, content_type = "application/x-ndjson"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "the parcel's state does not allow it")),
    security(("key" = [])))]
async fn acts(
    State(portal): State<Portal>,
    Sender(caller): Sender,
    headers: HeaderMap,
    body: Result<Json<ActBody>, JsonRejection>,
) -> Done<Response> {
    let act = json(body)?.act(idempotency(&headers)?)?;
    let receipts = blocking(&portal, move |desk| desk.act(&caller, act)).await?;
    Ok(told(&receipts, &headers))
}

/// An appeal against how a list stands.
#[derive(Deserialize, ToSchema)]
struct AppealBody {
    /// List or order number; or what else was decided about, as `GET /appeals` names it (`4601950005/INV101/L-7`).
    key: String,
    /// The number (`copNo`) of a return that was refused; without it the appeal is about the list, or its tax once it is
    /// released.
    #[serde(default)]
    about: String,
    /// Why; it is kept in the vault and shown to whoever decides.
    words: String,
}

/// The number of an appeal.
#[derive(Serialize, ToSchema)]
struct AppealNumber {
    number: String,
}

/// Appeals against a refusal, a detention, an order to send back, a refused return or the tax of a released list, a refused
/// bonded document or filing of goods, or what personal articles came to (行政复议). For whom it concerns.
#[utoipa::path(post, path = "/appeals", tag = "acts", request_body = AppealBody,
    responses((status = 200, body = AppealNumber),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "it cannot be appealed, or not any more")),
    security(("key" = [])))]
async fn appeals(
    State(portal): State<Portal>,
    Sender(caller): Sender,
    body: Result<Json<AppealBody>, JsonRejection>,
) -> Done<Json<AppealNumber>> {
    let body = json(body)?;
    let words = body.words.trim().to_owned();
    if words.is_empty() || words.chars().count() > 2_000 {
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "REASON_MISSING"));
    }
    let number = blocking(&portal, move |desk| desk.appeal(&caller, &body.key, body.about.trim(), &words)).await?;
    Ok(Json(AppealNumber { number }))
}

/// An exchange: the parcel that comes back, and the order that replaces it.
#[derive(Deserialize, ToSchema)]
struct ExchangeBody {
    /// List or order number of the parcel that comes back.
    key: String,
    /// `orderNo` of the replacement, of the same seller.
    order: String,
}

/// Links a returned parcel and the order that replaces it (换货). Nothing follows for tax, allowance or stock: the
/// return restores, the replacement counts. For enterprises of the parcel.
#[utoipa::path(post, path = "/exchanges", tag = "acts", request_body = ExchangeBody,
    responses((status = 200, body = Holds),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "the two are no exchange")),
    security(("key" = [])))]
async fn exchanges(
    State(portal): State<Portal>,
    Sender(caller): Sender,
    body: Result<Json<ExchangeBody>, JsonRejection>,
) -> Done<Json<Holds>> {
    let body = json(body)?;
    let revision = blocking(&portal, move |desk| desk.exchange(&caller, body.key.trim(), body.order.trim())).await?;
    Ok(Json(Holds { revision }))
}

/// Which list's stock abroad is to be proved, and what for.
#[derive(Deserialize, ToSchema)]
struct ProofBody {
    /// List or order number.
    key: String,
    /// `rebate`, or `fx` for foreign exchange.
    #[serde(rename = "for")]
    for_what: String,
}

/// A proof about what left for an overseas warehouse (9810): departure, sold, lost, returned, in stock; a receipt that
/// proves itself. For enterprises of the list.
#[utoipa::path(post, path = "/abroad-proofs", tag = "acts", request_body = ProofBody,
    responses((status = 200, body = desk::Receipt),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "there is nothing to prove")),
    security(("key" = [])))]
async fn abroad_proofs(
    State(portal): State<Portal>,
    Sender(caller): Sender,
    body: Result<Json<ProofBody>, JsonRejection>,
) -> Done<Json<desk::Receipt>> {
    let body = json(body)?;
    blocking(&portal, move |desk| desk.prove_abroad(&caller, body.key.trim(), body.for_what.trim())).await.map(Json)
}

/// Declares personal articles (个人物品) for the person who gets the parcel: free, taxed with its amount, or to go the way
/// of goods. For postal and express operators.
#[utoipa::path(post, path = "/articles", tag = "articles", request_body = crate::articles::Form,
    responses((status = 200, body = crate::articles::Told),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "something is missing, or the parcel was declared otherwise before")),
    security(("key" = [])))]
async fn declare_articles(
    State(portal): State<Portal>,
    Sender(caller): Sender,
    body: Result<Json<crate::articles::Form>, JsonRejection>,
) -> Done<Json<crate::articles::Told>> {
    let form = json(body)?;
    let told = blocking(&portal, move |desk| desk.declare_articles(&caller, &form)).await?;
    Ok(Json(crate::articles::Told::of(&told)))
}

/// Policy files to adopt.
#[derive(Deserialize, ToSchema)]
struct PolicyBody {
    files: Vec<PolicyFile>,
    /// Only checks them.
    #[serde(default)]
    dry_run: bool,
}

#[derive(Deserialize, ToSchema)]
struct PolicyFile {
    /// As in a policy folder: `limits.toml`.
    name: String,
    text: String,
}

/// From which entry on something holds.
#[derive(Serialize, ToSchema)]
struct Holds {
    revision: u64,
}

/// By which entry something holds; `proposed` where another person has to do the same first.
#[derive(Serialize, ToSchema)]
struct Adopted {
    revision: u64,
    proposed: bool,
}

fn json<T>(body: Result<Json<T>, JsonRejection>) -> Done<T> {
    let bad = |e: JsonRejection| match e.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE"),
        _ => Problem::new(StatusCode::BAD_REQUEST, "BAD_JSON").about(e.body_text()),
    };
    body.map(|Json(body)| body).map_err(bad)
}

/// Adopts policy files by their content; files that are not named stay as they are. For operators: where the law asks
/// for two persons, the first one proposes, and they hold when another one sends the same files.
#[utoipa::path(post, path = "/policy", tag = "policy", request_body = PolicyBody,
    responses((status = 200, body = Adopted), (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "every fault with file, line and column; nothing was adopted")),
    security(("key" = [])))]
async fn policy(
    State(portal): State<Portal>,
    Sender(caller): Sender,
    _slot: Slot,
    body: Result<Json<PolicyBody>, JsonRejection>,
) -> Done<Json<Adopted>> {
    let PolicyBody { files, dry_run } = json(body)?;
    let files: Vec<_> = files.into_iter().map(|f| (f.name, f.text)).collect();
    let adopted = blocking(&portal, move |desk| desk.adopt(&caller, &files, dry_run)).await?;
    Ok(Json(Adopted { revision: adopted.revision, proposed: adopted.proposed }))
}

/// The day that it is.
#[derive(Deserialize, ToSchema)]
struct ClockBody {
    /// `2026-03-01`
    day: String,
}

/// Confirms that it is this day, after the clock has jumped. For the operator.
#[utoipa::path(post, path = "/clock", tag = "acts", request_body = ClockBody,
    responses((status = 200, body = Holds), (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "the clock shows another day")),
    security(("key" = [])))]
async fn clock(
    State(portal): State<Portal>,
    Sender(caller): Sender,
    body: Result<Json<ClockBody>, JsonRejection>,
) -> Done<Json<Holds>> {
    let day = json(body)?.day;
    let day = trade::time::Day::parse(&day);
    let day = day.ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, "BAD_JSON").about("day"))?;
    let revision = blocking(&portal, move |desk| desk.confirm_time(&caller, day)).await?;
    Ok(Json(Holds { revision }))
}

#[derive(Deserialize, IntoParams)]
struct LooksAsked {
    /// Only looks before this entry of the journal.
    before: Option<u64>,
    /// At most this many; 100 unless told, 1,000 at most.
    limit: Option<usize>,
    /// Only those that were marked as unusual. For the auditor.
    unusual: Option<bool>,
}

/// Who looked at you: officials' looks at the data of the caller's enterprises, newest first; for the auditor all.
#[utoipa::path(get, path = "/looks", tag = "looks", params(LooksAsked),
    responses((status = 200, body = Vec<LookLine>), (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json")),
    security(("key" = [])))]
async fn looks(
    State(portal): State<Portal>,
    reader: Reader,
    Query(asked): Query<LooksAsked>,
) -> Done<Json<Vec<LookLine>>> {
    let limit = asked.limit.unwrap_or(100).clamp(1, 1000);
    let unusual = asked.unusual.unwrap_or(false);
    blocking(&portal, move |desk| desk.looks(&reader.0, unusual, asked.before, limit)).await.map(Json)
}

#[derive(Deserialize, IntoParams)]
struct AlarmsAsked {
    /// Only alarms before the one with this case number.
    before: Option<String>,
    /// At most this many; 100 unless told, 1,000 at most.
    limit: Option<usize>,
}

/// Promises that a decision would have broken, newest first: nothing of it happened, and somebody has to look. For
/// operators and officers.
#[utoipa::path(get, path = "/alarms", tag = "journal", params(AlarmsAsked),
    responses((status = 200, body = Vec<AlarmLine>), (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json")),
    security(("key" = [])))]
async fn alarms(
    State(portal): State<Portal>,
    reader: Reader,
    Query(asked): Query<AlarmsAsked>,
) -> Done<Json<Vec<AlarmLine>>> {
    let limit = asked.limit.unwrap_or(100).clamp(1, 1000);
    blocking(&portal, move |desk| desk.alarms(&reader.0, &asked.before.unwrap_or_default(), limit)).await.map(Json)
}

#[derive(Deserialize, IntoParams)]
struct OverdueAsked {
    /// At most this many; 100 unless told, 1,000 at most.
    limit: Option<usize>,
}

/// Bonded documents whose time was over while something of them was left undone, the newest first, and whether they
/// still are so: transfers, customs transfers, forms, goods that entered first. For operators and officers.
#[utoipa::path(get, path = "/alarms/overdue", tag = "journal", params(OverdueAsked),
    responses((status = 200, body = Vec<OverdueLine>), (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json")),
    security(("key" = [])))]
async fn overdue(
    State(portal): State<Portal>,
    reader: Reader,
    Query(asked): Query<OverdueAsked>,
) -> Done<Json<Vec<OverdueLine>>> {
    let limit = asked.limit.unwrap_or(100).clamp(1, 1000);
    blocking(&portal, move |desk| desk.overdue(&reader.0, limit)).await.map(Json)
}

/// A row of the table of rights.
#[derive(Serialize, ToSchema)]
struct RightLine {
    /// `anybody`, `enterprise`, `officer`, `operator`, `viewer`, `security`, `auditor`
    role: &'static str,
    action: &'static str,
    /// `public`, `person`, `own`, `office`, `zone`
    scope: &'static str,
    purpose: &'static str,
    /// A look by this right is written into the journal before it is shown.
    traced: bool,
    clause: String,
}

/// Who may see and do what today, for what purpose and on which ground.
#[utoipa::path(get, path = "/rights", tag = "looks", responses((status = 200, body = Vec<RightLine>)))]
async fn rights(State(portal): State<Portal>) -> Done<Json<Vec<RightLine>>> {
    let lines = blocking(&portal, |desk| {
        let rights = desk.rights();
        let line = |row: &trade::policy::Row<trade::policy::rights::Right>| RightLine {
            role: row.value.role.map_or("anybody", ActorRole::name),
            action: row.value.action.name(),
            scope: row.value.scope.name(),
            purpose: row.value.purpose.name(),
            traced: row.value.traced,
            clause: row.clause.clone(),
        };
        Ok(rights.on(desk.now().day()).into_iter().map(line).collect::<Vec<_>>())
    });
    lines.await.map(Json)
}

/// The latest signed head of the journal.
#[utoipa::path(get, path = "/heads/latest", tag = "journal", responses((status = 200, body = Head)))]
async fn head(State(portal): State<Portal>) -> Done<Json<Head>> {
    blocking(&portal, |desk| desk.head(None)).await.map(Json)
}

/// The signed head of the journal after `size` entries. A window that signs two for one size has forked its journal.
#[utoipa::path(get, path = "/heads/{size}", tag = "journal", params(("size" = u64, Path, description = "entries")),
    responses((status = 200, body = Head),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "there are not so many entries")))]
async fn head_of(State(portal): State<Portal>, Path(size): Path<u64>) -> Done<Json<Head>> {
    blocking(&portal, move |desk| desk.head(Some(size))).await.map(Json)
}

#[derive(Deserialize, IntoParams)]
struct FromTo {
    /// Entries of the head that is known.
    from: u64,
    /// Entries of the head that is to continue it.
    to: u64,
}

/// Shows that one signed head continues another (RFC 9162, 2.1.4): both heads, and the path between them.
#[utoipa::path(get, path = "/heads/consistency", tag = "journal", params(FromTo),
    responses((status = 200, content_type = "application/json", description = "form `onewindow head consistency 1`"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "there are not so many entries, or the first has more")))]
async fn consistency(State(portal): State<Portal>, Query(FromTo { from, to }): Query<FromTo>) -> Done<Response> {
    let shown = blocking(&portal, move |desk| desk.consistency(from, to)).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], shown).into_response())
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "OneWindow",
        description = "The open single window of a cross-border e-commerce pilot zone. Errors are problem+json with stable codes in Chinese and English."
    ),
    modifiers(&Keys)
)]
struct Api;

struct Keys;

impl utoipa::Modify for Keys {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let key = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        api.components.get_or_insert_default().add_security_scheme("key", key);
    }
}

/// All routes under `/api/v1`, and what watches: `/healthz`, `/readyz`, `/metrics`.
pub fn routes() -> Router<Portal> {
    let (router, api) = OpenApiRouter::with_openapi(Api::openapi())
        .nest(
            "/api/v1",
            OpenApiRouter::new()
                .routes(routes!(messages))
                .routes(routes!(outbox))
                .routes(routes!(receipt))
                .routes(routes!(table, import))
                .routes(routes!(template))
                .routes(routes!(parcel))
                .routes(routes!(explain))
                .routes(routes!(acts))
                .routes(routes!(appeals))
                .routes(routes!(exchanges))
                .routes(routes!(abroad_proofs))
                .routes(routes!(declare_articles))
                .routes(routes!(policy))
                .routes(routes!(clock))
                .routes(routes!(originals::all))
                .routes(routes!(originals::destroy))
                .routes(routes!(sign_in::challenge))
                .routes(routes!(sign_in::certificate))
                .routes(routes!(access::keys))
                .routes(routes!(access::rotation))
                .routes(routes!(access::accounts))
                .merge(stock::routes())
                .merge(held::routes())
                .merge(corrections::routes())
                .merge(seen::routes())
                .merge(goods::routes())
                .merge(hooks::routes())
                .merge(requests::routes())
                .merge(statements::routes())
                .merge(standing::routes())
                .routes(routes!(summaries::summaries))
                .routes(routes!(looks))
                .routes(routes!(alarms))
                .routes(routes!(overdue))
                .routes(routes!(rights))
                .routes(routes!(head))
                .routes(routes!(head_of))
                .routes(routes!(consistency))
                .routes(routes!(access::succession))
                .routes(routes!(access::head_rotation)),
        )
        .split_for_parts();
    let text = api.to_json().unwrap_or_default();
    router
        .route(
            "/api/v1/openapi.json",
            axum::routing::get(|| async move { ([(header::CONTENT_TYPE, "application/json")], text) }),
        )
        .route("/healthz", axum::routing::get(async || "ok\n"))
        .route("/readyz", axum::routing::get(ready))
        .route("/metrics", axum::routing::get(metrics))
}

async fn ready(State(portal): State<Portal>) -> Response {
    match blocking(&portal, |desk| Ok(desk.ready())).await {
        Ok(Ok(())) => "ready\n".into_response(),
        Ok(Err(why)) => (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "10")], why + "\n").into_response(),
        Err(problem) => problem.into_response(),
    }
}

/// Prometheus text, version 0.0.4.
async fn metrics(State(portal): State<Portal>) -> Done<Response> {
    let figures = blocking(&portal, |desk| Ok(desk.metrics())).await?;
    let mut text = String::new();
    for m in figures {
        let kind = if m.counter { "counter" } else { "gauge" };
        let _ =
            writeln!(text, "# HELP {0} {1}\n# TYPE {0} {kind}\n{0} {2}", m.name, m.help.replace('\n', " "), m.value);
    }
    let _ = writeln!(text, "# HELP onewindow_http_responses_total Answers by class of status.");
    let _ = writeln!(text, "# TYPE onewindow_http_responses_total counter");
    for (class, count) in portal.answers.iter().enumerate() {
        let count = count.load(Ordering::Relaxed);
        let _ = writeln!(text, "onewindow_http_responses_total{{class=\"{}xx\"}} {count}", class + 1);
    }
    let (taken, free) = (portal.taken.load(Ordering::Relaxed), portal.slots.available_permits());
    let _ = writeln!(text, "# HELP onewindow_http_messages_total Messages answered with receipts.");
    let _ = writeln!(text, "# TYPE onewindow_http_messages_total counter\nonewindow_http_messages_total {taken}");
    let checked = portal.checked.load(Ordering::Relaxed);
    let _ = writeln!(text, "# HELP onewindow_password_checks_total Passwords checked, right or wrong, for any name.");
    let _ = writeln!(text, "# TYPE onewindow_password_checks_total counter\nonewindow_password_checks_total {checked}");
    let _ = writeln!(text, "# HELP onewindow_http_slots_free Bodies that could be read at once just now.");
    let _ = writeln!(text, "# TYPE onewindow_http_slots_free gauge\nonewindow_http_slots_free {free}");
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response())
}

/// An address under `/api` that leads nowhere.
pub fn nowhere(method: &Method, uri: &Uri) -> Response {
    Problem::new(StatusCode::NOT_FOUND, "NO_SUCH_ROUTE")
        .about(json!(format!("{method} {}", uri.path())).to_string())
        .into_response()
}
