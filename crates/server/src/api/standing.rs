//! How parties stand, for programs: what the pages `/company/standing` and `/zone/parties/CODE` show and take.

use super::{Adopted, Done, Problem, Reader, Sender, blocking, json};
use crate::Portal;
use crate::desk::{Admission, Adoption, Caller, Refused};
use crate::pages::standing::taken_back;
use crate::standing::Standing;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use store::proof::unhex;
use trade::account::{AccountSaid, AccountStep};
use trade::money::Fen;
use trade::registry::{Certifiable, Certification, Certified, Entrusted, Grade, Mandate, Matter, Method};
use trade::time::Day;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Portal> {
    OpenApiRouter::new()
        .routes(routes!(own))
        .routes(routes!(party))
        .routes(routes!(mandates))
        .routes(routes!(revoke))
        .routes(routes!(file))
        .routes(routes!(vouch))
        .routes(routes!(account))
        .routes(routes!(account_word))
}

/// How the caller's own enterprise stands: roles with their conditions, certifications, powers of attorney.
#[utoipa::path(get, path = "/standing", tag = "parties",
    responses((status = 200, body = Standing), (status = 403, body = Problem, content_type = "application/problem+json")),
    security(("key" = [])))]
async fn own(State(portal): State<Portal>, reader: Reader) -> Done<Json<Standing>> {
    Ok(Json(blocking(&portal, move |desk| desk.standing(&reader.0, None)).await?))
}

/// How a party stands. For officials; the look is written down.
#[utoipa::path(get, path = "/parties/{code}", tag = "parties", params(("code" = String, Path, description = "customs registration code")),
    responses((status = 200, body = Standing), (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")),
    security(("key" = [])))]
async fn party(State(portal): State<Portal>, reader: Reader, Path(code): Path<String>) -> Done<Json<Standing>> {
    Ok(Json(blocking(&portal, move |desk| desk.standing(&reader.0, Some(&code))).await?))
}

/// A power of attorney that the caller's enterprise gives.
#[derive(Deserialize, ToSchema)]
struct MandateBody {
    agent: String,
    /// Its own number: it is never changed, only taken back.
    number: String,
    /// `import-lists`, `export-lists`, `bonded`, `returns`, `appeals`; everything where none is named.
    #[serde(default)]
    matters: Vec<String>,
    /// The most that one declaration may be worth.
    limit_fen: Option<i64>,
    /// First and last day: `2026-03-01`.
    from: String,
    until: String,
}

/// Gives a power of attorney.
#[utoipa::path(post, path = "/mandates", tag = "parties", request_body = MandateBody,
    responses((status = 200, body = Adopted), (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json")),
    security(("key" = [])))]
async fn mandates(
    State(portal): State<Portal>,
    Sender(caller): Sender,
    body: Result<Json<MandateBody>, JsonRejection>,
) -> Done<Json<Adopted>> {
    let body = json(body)?;
    let matters = body.matters.iter().map(|name| Matter::from_name(name)).collect::<Option<Vec<_>>>();
    let of = Entrusted {
        code: body.agent.into(),
        from: day(&body.from, "from")?,
        until: Some(day(&body.until, "until")?),
        number: body.number.into(),
        matters: matters.ok_or_else(|| bad("matters"))?,
        limit: body.limit_fen.map(Fen),
        ..Entrusted::default()
    };
    let principal = own_code(&caller)?;
    admit(&portal, caller, Admission::Mandate(Mandate { principal: principal.into(), of })).await
}

#[derive(Deserialize, ToSchema)]
struct RevocationBody {
    number: String,
    /// The day from which it holds no more; today where it is left out.
    on: Option<String>,
}

/// Takes a power of attorney back.
#[utoipa::path(post, path = "/mandates/revocation", tag = "parties", request_body = RevocationBody,
    responses((status = 200, body = Adopted), (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json")),
    security(("key" = [])))]
async fn revoke(
    State(portal): State<Portal>,
    reader: Reader,
    Sender(caller): Sender,
    body: Result<Json<RevocationBody>, JsonRejection>,
) -> Done<Json<Adopted>> {
    let RevocationBody { number, on } = json(body)?;
    let on = on.map_or_else(|| Ok(portal.desk.now().day()), |on| day(&on, "on"))?;
    let of = blocking(&portal, move |desk| desk.standing(&reader.0, None)).await?;
    let known = of.given.iter().find(|power| !number.is_empty() && power.number == number);
    let row = known.map(|power| taken_back(&of.code, power, on)).ok_or(Refused::NotFound)?;
    admit(&portal, caller, Admission::Mandate(row)).await
}

/// A step of a certification.
#[derive(Deserialize, ToSchema)]
struct CertificationBody {
    /// `credit-code`, `foreign-registration`, `customs-filing`, `payment-licence`, `express-licence`, `connection`,
    /// `bank-account`, `legal-representative`, `premises`
    what: String,
    /// `verified`, `inspected`, `suspended`; an enterprise only files.
    #[serde(default)]
    grade: String,
    /// Who vouches.
    #[serde(default)]
    by: String,
    /// `papers`, `register`, `small-transfer`, `bank`, `on-site`, `person`
    #[serde(default)]
    method: String,
    /// Of the licence or paper; names no person.
    #[serde(default)]
    number: String,
    from: String,
    until: Option<String>,
    /// SHA-256 of what it rests on, 64 hexadecimal digits.
    #[serde(default)]
    proof: String,
}

/// Files what the caller's enterprise is to be certified for.
#[utoipa::path(post, path = "/certifications", tag = "parties", request_body = CertificationBody,
    responses((status = 200, body = Adopted), (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json")),
    security(("key" = [])))]
async fn file(
    State(portal): State<Portal>,
    Sender(caller): Sender,
    body: Result<Json<CertificationBody>, JsonRejection>,
) -> Done<Json<Adopted>> {
    let code = own_code(&caller)?;
    let body = CertificationBody { by: code.clone(), grade: "filed".into(), method: "statement".into(), ..json(body)? };
    admit(&portal, caller, Admission::Certification(row(body, code)?)).await
}

/// Vouches for a party: verified, inspected, suspended. For officials.
#[utoipa::path(post, path = "/parties/{code}/certifications", tag = "parties", request_body = CertificationBody,
    params(("code" = String, Path, description = "customs registration code")),
    responses((status = 200, body = Adopted), (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json")),
    security(("key" = [])))]
async fn vouch(
    State(portal): State<Portal>,
    Sender(caller): Sender,
    Path(code): Path<String>,
    body: Result<Json<CertificationBody>, JsonRejection>,
) -> Done<Json<Adopted>> {
    admit(&portal, caller, Admission::Certification(row(json(body)?, code)?)).await
}

/// A bank account of the caller's enterprise is filed, or the amount is said that came there.
#[derive(Deserialize, ToSchema)]
struct AccountBody {
    /// Code of the bank, where the account is filed.
    #[serde(default)]
    bank: String,
    /// Its number, which becomes a pseudonym and is not kept.
    #[serde(default)]
    account: String,
    /// Fen that came, where the amount is said.
    amount_fen: Option<i64>,
}

/// Files the bank account of the caller's enterprise, which is held in its registered name; or says which amount came.
#[utoipa::path(post, path = "/bank-account", tag = "parties", request_body = AccountBody,
    responses((status = 200, body = Adopted), (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json")),
    security(("key" = [])))]
async fn account(
    State(portal): State<Portal>,
    reader: Reader,
    Sender(caller): Sender,
    body: Result<Json<AccountBody>, JsonRejection>,
) -> Done<Json<Adopted>> {
    let AccountBody { bank, account, amount_fen } = json(body)?;
    let of = blocking(&portal, move |desk| desk.standing(&reader.0, None)).await?;
    let said = AccountSaid {
        step: amount_fen.map_or(AccountStep::Filed, |_| AccountStep::Answered),
        party: of.code.into(),
        bank: bank.into(),
        amount: amount_fen.unwrap_or_default(),
        ..AccountSaid::default()
    };
    admit(&portal, caller, Admission::BankAccount(said, account, of.name_zh)).await
}

/// What a bank says of an account.
#[derive(Deserialize, ToSchema)]
struct AccountWordBody {
    /// Number and holder as the bank has them; they become pseudonyms and are not kept.
    account: String,
    holder: String,
    /// Fen that it sent there, 1 to 99; left out, the bank vouches for the account.
    amount_fen: Option<i64>,
}

/// A bank, by its own key, says which amount it sent to the account that an enterprise filed, or that the account is the
/// enterprise's.
#[utoipa::path(post, path = "/parties/{code}/bank-account", tag = "parties", request_body = AccountWordBody,
    params(("code" = String, Path, description = "customs registration code of the enterprise")),
    responses((status = 200, body = Adopted), (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json")),
    security(("key" = [])))]
async fn account_word(
    State(portal): State<Portal>,
    Sender(caller): Sender,
    Path(code): Path<String>,
    body: Result<Json<AccountWordBody>, JsonRejection>,
) -> Done<Json<Adopted>> {
    let AccountWordBody { account, holder, amount_fen } = json(body)?;
    let said = AccountSaid {
        step: amount_fen.map_or(AccountStep::Vouched, |_| AccountStep::Sent),
        party: code.into(),
        amount: amount_fen.unwrap_or_default(),
        ..AccountSaid::default()
    };
    admit(&portal, caller, Admission::BankAccount(said, account, holder)).await
}

fn row(body: CertificationBody, party: String) -> Done<Certification> {
    let until = body.until.as_deref().map(|until| day(until, "until")).transpose()?;
    let proof = if body.proof.is_empty() { Some([0; 32]) } else { unhex(&body.proof) };
    let of = Certified {
        fact: Certifiable::from_name(&body.what).ok_or_else(|| bad("what"))?,
        grade: Grade::from_name(&body.grade).ok_or_else(|| bad("grade"))?,
        by: body.by.into(),
        method: Method::from_name(&body.method).ok_or_else(|| bad("method"))?,
        number: body.number.into(),
        from: day(&body.from, "from")?,
        until,
        proof: proof.ok_or_else(|| bad("proof"))?,
        entry: 0,
    };
    Ok(Certification { party: party.into(), of })
}

fn bad(what: &str) -> Box<Problem> {
    Problem::new(StatusCode::BAD_REQUEST, "BAD_JSON").about(what)
}

fn day(text: &str, what: &str) -> Done<Day> {
    Day::parse(text).ok_or_else(|| bad(what))
}

fn own_code(caller: &Caller) -> Done<String> {
    caller.enterprises.first().cloned().ok_or_else(|| Refused::NotAllowed { what: String::new() }.into())
}

async fn admit(portal: &Portal, caller: Caller, who: Admission) -> Done<Json<Adopted>> {
    let Adoption { revision, proposed } = blocking(portal, move |desk| desk.admit(&caller, who)).await?;
    Ok(Json(Adopted { revision, proposed }))
}
