//! Who may come in by a program: keys and accounts.

use super::{Adopted, Done, Problem, Sender, blocking, json};
use crate::desk::{Admission, Adoption, Caller};
use crate::doors::bearer;
use crate::sign::{is_password_hash, key_hash};
use crate::{Portal, keys};
use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::http::header::HeaderMap;
use serde::Deserialize;
use trade::account::{AccountRow, ApiKeyRow};
use trade::command::ActorRole;
use trade::policy::rights::Action;
use utoipa::ToSchema;

/// A key by its hash: whoever made it keeps the key.
#[derive(Deserialize, ToSchema)]
pub(super) struct KeyBody {
    /// SHA-256 of the key, 64 hexadecimal digits.
    hash: String,
    /// `enterprise`, `officer`, `operator`, `viewer`
    role: String,
    #[serde(default)]
    enterprise: String,
    #[serde(default)]
    label: String,
    #[serde(default)]
    revoked: bool,
    /// The customs office that an officer's program works for; empty for the whole zone.
    #[serde(default)]
    office: String,
    /// Actions of `/api/v1/rights`, such as `message.send`: the key opens nothing else. Everything of its role where it
    /// names none.
    #[serde(default)]
    scopes: Vec<String>,
    /// The key opens nothing after so many days; without end where it is left out.
    days: Option<u16>,
}

/// Lets a program in by a key, or takes the key back. For the security administrator.
#[utoipa::path(post, path = "/keys", tag = "access", request_body = KeyBody,
    responses((status = 200, body = Adopted), (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "no such enterprise")),
    security(("key" = [])))]
pub(super) async fn keys(
    State(portal): State<Portal>,
    Sender(caller): Sender,
    body: Result<Json<KeyBody>, JsonRejection>,
) -> Done<Json<Adopted>> {
    let body = json(body)?;
    let bad = |what: &str| Problem::new(StatusCode::BAD_REQUEST, "BAD_JSON").about(what);
    let hash = hash_of(&body.hash).ok_or_else(|| bad("hash"))?;
    let role = role_named(&body.role).ok_or_else(|| bad("role"))?;
    let KeyBody { enterprise, label, revoked, office, scopes, days, .. } = body;
    let (enterprise, label, office) = (enterprise.into(), label.into(), office.into());
    let scopes = scopes.iter().map(|scope| Action::from_name(scope).map(|action| action.name().into()));
    let scopes = scopes.collect::<Option<Vec<_>>>().ok_or_else(|| bad("scopes"))?;
    let until = days.map(|days| keys::after(portal.desk.now(), days.into()));
    let row = ApiKeyRow { hash, enterprise, label, revoked, role, office, scopes, until };
    admit(&portal, caller, Admission::Keys(vec![row])).await
}

/// The hash of the key that is to come after the one that asks.
#[derive(Deserialize, ToSchema)]
pub(super) struct RotationBody {
    /// SHA-256 of the new key, 64 hexadecimal digits.
    hash: String,
    /// The old key goes on opening so many days; 7 where it is left out, 30 at most.
    keep_days: Option<u16>,
}

/// Puts a new key in the place of the one with which the request is signed in: it opens the same, and the old one ends.
#[utoipa::path(post, path = "/keys/rotation", tag = "access", request_body = RotationBody,
    responses((status = 200, body = Adopted), (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "that key is known already")),
    security(("key" = [])))]
pub(super) async fn rotation(
    State(portal): State<Portal>,
    Sender(caller): Sender,
    headers: HeaderMap,
    body: Result<Json<RotationBody>, JsonRejection>,
) -> Done<Json<Adopted>> {
    let RotationBody { hash, keep_days } = json(body)?;
    let bad = |what: &str| Problem::new(StatusCode::BAD_REQUEST, "BAD_JSON").about(what);
    let new = hash_of(&hash).ok_or_else(|| bad("hash"))?;
    let old = bearer(&headers).map(key_hash).unwrap_or_default();
    let keep = keep_days.map_or(keys::KEEP_DAYS, i64::from);
    let Adoption { revision, proposed } =
        blocking(&portal, move |desk| keys::rotate(desk, &caller, &old, new, keep)).await?;
    Ok(Json(Adopted { revision, proposed }))
}

/// An account; its password as a hash in PHC form: argon2id (v=19, m=19456, t=2, p=1), salt of 16 bytes, output of 32.
#[derive(Deserialize, ToSchema)]
pub(super) struct AccountBody {
    login: String,
    /// `enterprise`, `officer`, `operator`, `viewer`, `security`, `auditor`, `consumer`
    role: String,
    #[serde(default)]
    enterprise: String,
    #[serde(default)]
    password_hash: String,
    #[serde(default)]
    closed: bool,
    /// The customs office that an officer works for; empty for the whole zone.
    #[serde(default)]
    office: String,
    /// Of a consumer: the number of the identity document that was looked at. It becomes a pseudonym and is not kept.
    #[serde(default)]
    identity: String,
}

/// Makes or changes an account, or closes it. For the security administrator.
#[utoipa::path(post, path = "/accounts", tag = "access", request_body = AccountBody,
    responses((status = 200, body = Adopted), (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "no such account to close"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "no such enterprise")),
    security(("key" = [])))]
pub(super) async fn accounts(
    State(portal): State<Portal>,
    Sender(caller): Sender,
    body: Result<Json<AccountBody>, JsonRejection>,
) -> Done<Json<Adopted>> {
    let AccountBody { login, role, enterprise, password_hash, closed, office, identity } = json(body)?;
    let bad = |what: &str| Problem::new(StatusCode::BAD_REQUEST, "BAD_JSON").about(what);
    // Whoever closes an account from elsewhere need not know what it may do.
    let role = role_named(&role).or(closed.then(ActorRole::default)).filter(|_| !login.is_empty());
    let role = role.ok_or_else(|| bad("role"))?;
    if !closed && !is_password_hash(&password_hash) {
        return Err(bad("password_hash"));
    }
    let row = AccountRow {
        login: login.into(),
        role,
        enterprise: enterprise.into(),
        password_hash: password_hash.into(),
        closed,
        office: office.into(),
        ..AccountRow::default()
    };
    admit(&portal, caller, Admission::Account(row, identity)).await
}

async fn admit(portal: &Portal, caller: Caller, who: Admission) -> Done<Json<Adopted>> {
    let Adoption { revision, proposed } = blocking(portal, move |desk| desk.admit(&caller, who)).await?;
    Ok(Json(Adopted { revision, proposed }))
}

fn role_named(name: &str) -> Option<ActorRole> {
    ActorRole::from_name(name).filter(|role| *role != ActorRole::Window)
}

fn hash_of(text: &str) -> Option<[u8; 32]> {
    let mut hash = [0; 32];
    let pairs = text.as_bytes().chunks(2);
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (byte, pair) in hash.iter_mut().zip(pairs) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(hash)
}

/// How the window's keys followed others, for readers who know older ones: statements that old and new keys signed
/// (form `onewindow succession 1`), the oldest first.
#[utoipa::path(get, path = "/heads/succession", tag = "journal", responses((status = 200, body = Vec<Object>)))]
pub(super) async fn succession(State(portal): State<Portal>) -> Done<Json<serde_json::Value>> {
    Ok(Json(blocking(&portal, |desk| desk.succession()).await?))
}

#[derive(Deserialize, ToSchema)]
pub(super) struct HeadRotationBody {
    /// The old keys may be in other hands: what they sign over more entries than now counts for nothing.
    #[serde(default)]
    revoked: bool,
}

/// Puts new keys in the place of those with which the window signs its heads. For the security administrator.
#[utoipa::path(post, path = "/heads/rotation", tag = "access", request_body = HeadRotationBody,
    responses((status = 200, body = Adopted), (status = 403, body = Problem, content_type = "application/problem+json")),
    security(("key" = [])))]
pub(super) async fn head_rotation(
    State(portal): State<Portal>,
    Sender(caller): Sender,
    body: Result<Json<HeadRotationBody>, JsonRejection>,
) -> Done<Json<Adopted>> {
    let revoked = json(body)?.revoked;
    let Adoption { revision, proposed } = blocking(&portal, move |desk| desk.rotate_head(&caller, revoked)).await?;
    Ok(Json(Adopted { revision, proposed }))
}
