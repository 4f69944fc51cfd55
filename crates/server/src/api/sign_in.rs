//! Machines sign in by a certificate (`crate::machines`).

use super::{Done, Problem, blocking, json};
use crate::Portal;
use crate::machines::{Asked, For, Opened, Why, statement};
use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::http::header::{self, HeaderMap};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

fn host(headers: &HeaderMap) -> String {
    headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default().to_owned()
}

fn refused(why: Why) -> Box<Problem> {
    match why {
        Why::Host => Problem::new(StatusCode::MISDIRECTED_REQUEST, "OTHER_HOST"),
        Why::Challenge => Problem::new(StatusCode::UNAUTHORIZED, "CHALLENGE"),
        Why::Certificate => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "CERTIFICATE"),
        Why::Signature => Problem::new(StatusCode::UNAUTHORIZED, "CERTIFICATE_SIGNATURE"),
        Why::Scope => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "SCOPE"),
        Why::Unbound => Problem::new(StatusCode::UNAUTHORIZED, "CERTIFICATE_UNBOUND"),
        Why::Day => Problem::new(StatusCode::UNAUTHORIZED, "CERTIFICATE_DAY"),
        Why::Suspended => Problem::new(StatusCode::UNAUTHORIZED, "SUSPENDED"),
    }
}

/// What a machine has to sign.
#[derive(Serialize, ToSchema)]
pub(super) struct ChallengeBody {
    /// 112 hexadecimal digits; it counts once, and only under the name by which the window was reached.
    challenge: String,
    /// Until when it is to be answered.
    until: String,
    /// An example of the whole text that is signed, for all actions: four lines, each with its line feed. Write `host`
    /// yourself, as you reach the window, so that nobody passes your signature on.
    statement: String,
}

/// A challenge for a machine that signs in by its certificate.
#[utoipa::path(post, path = "/sign-in/challenge", tag = "access",
    responses((status = 200, body = ChallengeBody),
        (status = 421, body = Problem, content_type = "application/problem+json", description = "the window is not reached under that name")))]
pub(super) async fn challenge(State(portal): State<Portal>, headers: HeaderMap) -> Done<Json<ChallengeBody>> {
    let host = host(&headers);
    let (challenge, until) = portal.challenges.new_one(For::Machine, &host, portal.desk.now())?.map_err(refused)?;
    let statement = statement(&host.to_ascii_lowercase(), &challenge, &[]);
    Ok(Json(ChallengeBody { challenge, until: until.to_string(), statement }))
}

/// The proof that a machine has its certificate's key.
#[derive(Deserialize, ToSchema)]
pub(super) struct CertificateBody {
    /// In PEM, or DER in base64.
    certificate: String,
    challenge: String,
    /// In base64, of the statement `onewindow sign-in 1`, `host: …`, `challenge: …`, `scopes: …`, a line feed after each:
    /// RSA (2048 bits or more) by PKCS #1 v1.5 with SHA-256; SM2 with SM3 and the usual user id, in DER or as r and s.
    signature: String,
    /// Actions of `/api/v1/rights`, in the order of the statement; where there is none, `scopes: all` is signed.
    #[serde(default)]
    scopes: Vec<String>,
}

/// A machine's session.
#[derive(Serialize, ToSchema)]
pub(super) struct MachineBody {
    /// For `Authorization: Bearer`, wherever an enterprise's key is; told once.
    key: String,
    /// It opens nothing from then on, nor once the certificate is not in force or the enterprise may not act.
    until: String,
    enterprise: String,
    scopes: Vec<String>,
}

/// Signs a machine in by its certificate, for an hour.
#[utoipa::path(post, path = "/sign-in/certificate", tag = "access", request_body = CertificateBody,
    responses((status = 200, body = MachineBody),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "challenge, signature, certificate or enterprise do not hold"),
        (status = 421, body = Problem, content_type = "application/problem+json", description = "the window is not reached under that name"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "no certificate, or no such scope")))]
pub(super) async fn certificate(
    State(portal): State<Portal>,
    headers: HeaderMap,
    body: Result<Json<CertificateBody>, JsonRejection>,
) -> Done<Json<MachineBody>> {
    let CertificateBody { certificate, challenge, signature, scopes } = json(body)?;
    let signature = STANDARD.decode(signature.split_whitespace().collect::<String>());
    let signature = signature.map_err(|_| refused(Why::Signature))?;
    let (host, inner) = (host(&headers), portal.clone());
    let opened = blocking(&portal, move |desk| {
        let asked = Asked { certificate: &certificate, challenge: &challenge, signature: &signature, scopes: &scopes };
        inner.challenges.open(desk, &host, &asked)
    });
    let Opened { key, machine } = opened.await?.map_err(refused)?;
    let scopes = machine.scopes.split_whitespace().map(str::to_owned).collect();
    Ok(Json(MachineBody { key, until: machine.expires.to_string(), enterprise: machine.enterprise, scopes }))
}
