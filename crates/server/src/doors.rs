//! Who comes in by which door: every route is registered with the action that it stands for, and nothing is served
//! before the table of rights (`policy/rights.csv`) has said yes. A route that nobody registered is closed.

use crate::api::Problem;
use crate::desk::{Caller, Sight};
use crate::lang::Lang;
use crate::site::{Fault, Visit, cookie_token};
use crate::{Portal, machines, sign};
use axum::Router;
use axum::extract::{FromRequestParts, MatchedPath, Query, Request, State};
use axum::handler::Handler;
use axum::http::header::{self, HeaderMap};
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use serde::Deserialize;
use std::collections::HashMap;
use trade::look::LookKind;
use trade::policy::rights::{Action, Purpose, Scope};

/// A way in: method, path without the language, and what it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Door {
    pub method: Method,
    pub path: String,
    pub action: Action,
}

/// All doors by path.
#[derive(Default)]
pub struct Doors(HashMap<String, Vec<Door>>);

/// The programs' doors; the test compares them with the OpenAPI document.
const API: &[(&str, &str, Action)] = &[
    ("POST", "/api/v1/messages", Action::MessageSend),
    ("GET", "/api/v1/receipts", Action::OutboxRead),
    ("GET", "/api/v1/receipts/{revision}/{index}", Action::ReceiptRead),
    ("GET", "/api/v1/registry/{table}", Action::RegistryRead),
    ("POST", "/api/v1/registry/{table}", Action::RegistryImport),
    ("POST", "/api/v1/registry/{table}/preview", Action::RegistryImport),
    ("GET", "/api/v1/registry/{table}/template.csv", Action::Public),
    ("GET", "/api/v1/parcels/{key}", Action::ParcelRead),
    ("GET", "/api/v1/explain/{key}", Action::ParcelExplain),
    ("POST", "/api/v1/acts", Action::DeskAct),
    ("POST", "/api/v1/acts/preview", Action::DeskRead),
    ("POST", "/api/v1/appeals", Action::ActAppeal),
    ("GET", "/api/v1/appeals", Action::AppealsRead),
    ("POST", "/api/v1/exchanges", Action::ActExchange),
    ("POST", "/api/v1/articles", Action::ArticlesDeclare),
    ("POST", "/api/v1/abroad-proofs", Action::ActProveAbroad),
    ("POST", "/api/v1/policy", Action::PolicyAdopt),
    ("POST", "/api/v1/clock", Action::ClockConfirm),
    ("GET", "/api/v1/originals", Action::ActDestroy),
    ("POST", "/api/v1/originals/{month}/destroy", Action::ActDestroy),
    ("POST", "/api/v1/sign-in/challenge", Action::Public),
    ("POST", "/api/v1/sign-in/certificate", Action::Public),
    ("POST", "/api/v1/keys", Action::AccessAdmit),
    ("POST", "/api/v1/keys/rotation", Action::KeyOwn),
    ("POST", "/api/v1/accounts", Action::AccessAdmit),
    ("GET", "/api/v1/standing", Action::CompanyRead),
    ("GET", "/api/v1/parties/{code}", Action::PartyRead),
    ("POST", "/api/v1/mandates", Action::MandateOwn),
    ("POST", "/api/v1/mandates/revocation", Action::MandateOwn),
    ("POST", "/api/v1/certifications", Action::CertificationOwn),
    ("POST", "/api/v1/bank-account", Action::AccountOwn),
    ("POST", "/api/v1/parties/{code}/bank-account", Action::AccountBank),
    ("POST", "/api/v1/parties/{code}/certifications", Action::CertificationVouch),
    ("GET", "/api/v1/goods", Action::CompanyRead),
    ("POST", "/api/v1/goods", Action::GoodsFile),
    ("GET", "/api/v1/goods/{ebc}/{item}", Action::CompanyRead),
    ("GET", "/api/v1/connectors", Action::ConnectorRead),
    ("GET", "/api/v1/hooks", Action::HookOwn),
    ("POST", "/api/v1/hooks", Action::HookOwn),
    ("POST", "/api/v1/hooks/{number}/end", Action::HookOwn),
    ("POST", "/api/v1/statements", Action::StatementBring),
    ("GET", "/api/v1/requests", Action::RequestRead),
    ("POST", "/api/v1/requests", Action::RequestAsk),
    ("GET", "/api/v1/requests/{number}", Action::RequestRead),
    ("POST", "/api/v1/requests/{number}", Action::RequestAnswer),
    ("POST", "/api/v1/corrections/preview", Action::ListCorrect),
    ("POST", "/api/v1/corrections", Action::ListCorrect),
    ("GET", "/api/v1/corrections/template.csv", Action::Public),
    ("GET", "/api/v1/corrections/{number}/bill.csv", Action::ListCorrect),
    ("GET", "/api/v1/stock", Action::StockRead),
    ("GET", "/api/v1/stock/{book}", Action::StockRead),
    ("GET", "/api/v1/stock/{book}/{item}", Action::StockRead),
    ("GET", "/api/v1/stock/{book}/periods", Action::StockRead),
    ("GET", "/api/v1/stock/{book}/periods/{n}/register.csv", Action::StockRead),
    ("GET", "/api/v1/summaries", Action::SummaryRead),
    ("GET", "/api/v1/transfers", Action::HeldRead),
    ("GET", "/api/v1/transfers/{number}", Action::HeldRead),
    ("GET", "/api/v1/returns/room", Action::HeldRead),
    ("GET", "/api/v1/returns/exports", Action::HeldRead),
    ("GET", "/api/v1/looks", Action::LooksRead),
    ("GET", "/api/v1/alarms", Action::AlarmRead),
    ("GET", "/api/v1/alarms/overdue", Action::AlarmRead),
    ("GET", "/api/v1/rights", Action::Public),
    ("GET", "/api/v1/heads/latest", Action::Public),
    ("GET", "/api/v1/heads/consistency", Action::Public),
    ("GET", "/api/v1/heads/succession", Action::Public),
    ("POST", "/api/v1/heads/rotation", Action::HeadRotate),
    ("GET", "/api/v1/heads/{size}", Action::Public),
    ("GET", "/api/v1/openapi.json", Action::Public),
    ("GET", "/healthz", Action::Public),
    ("GET", "/readyz", Action::Public),
    ("GET", "/metrics", Action::Public),
    ("GET", "/assets/{name}", Action::Public),
];

/// What programs do at their doors, each once.
pub fn api_actions() -> Vec<Action> {
    let mut all: Vec<_> = API.iter().map(|(_, _, action)| *action).filter(|action| *action != Action::Public).collect();
    all.sort_unstable();
    all.dedup();
    all
}

impl Doors {
    pub fn of(pages: Vec<Door>) -> Doors {
        let api = API.iter().map(|(method, path, action)| Door {
            method: Method::from_bytes(method.as_bytes()).unwrap_or_default(),
            path: (*path).to_owned(),
            action: *action,
        });
        let mut doors: HashMap<String, Vec<Door>> = HashMap::new();
        for door in api.chain(pages) {
            doors.entry(door.path.clone()).or_default().push(door);
        }
        Doors(doors)
    }

    /// Every door, in order of path and method.
    pub fn all(&self) -> Vec<Door> {
        let mut all: Vec<_> = self.0.values().flatten().cloned().collect();
        all.sort_by(|a, b| (&a.path, a.method.as_str()).cmp(&(&b.path, b.method.as_str())));
        all
    }
}

/// Pages while they are being registered.
#[derive(Default)]
pub struct Pages {
    pub router: Router<Portal>,
    pub doors: Vec<Door>,
}

impl Pages {
    pub fn get<H, T>(self, path: &str, action: Action, handler: H) -> Pages
    where
        H: Handler<T, Portal>,
        T: 'static,
    {
        self.at(Method::GET, MethodFilter::GET, path, action, handler)
    }

    pub fn post<H, T>(self, path: &str, action: Action, handler: H) -> Pages
    where
        H: Handler<T, Portal>,
        T: 'static,
    {
        self.at(Method::POST, MethodFilter::POST, path, action, handler)
    }

    fn at<H, T>(mut self, method: Method, filter: MethodFilter, path: &str, action: Action, handler: H) -> Pages
    where
        H: Handler<T, Portal>,
        T: 'static,
    {
        self.router = self.router.route(path, on(filter, handler));
        self.doors.push(Door { method, path: path.to_owned(), action });
        self
    }

    pub fn layer(mut self, limit: axum::extract::DefaultBodyLimit) -> Pages {
        self.router = self.router.layer(limit);
        self
    }
}

/// Who was let in, and with which right.
#[derive(Clone, Debug)]
pub struct Admitted {
    pub sight: Sight,
    /// By an API key: only then may a program change something.
    pub by_key: bool,
}

/// Somebody whom the table lets do what the route is for.
impl FromRequestParts<Portal> for Admitted {
    type Rejection = Box<Problem>;

    async fn from_request_parts(parts: &mut axum::http::request::Parts, _: &Portal) -> Result<Admitted, Box<Problem>> {
        parts.extensions.get::<Admitted>().cloned().ok_or_else(Problem::forbidden)
    }
}

/// What a reader says about a look: for which purpose, in which case.
#[derive(Deserialize, Default)]
struct Asked {
    #[serde(default)]
    purpose: String,
    #[serde(default)]
    case: String,
}

/// A case's number: short, and nothing that could break a line.
fn case_number(text: &str) -> String {
    text.trim().chars().filter(|c| !c.is_control()).take(100).collect()
}

pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = text.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && !key.trim().is_empty()).then(|| key.trim())
}

/// `/zh/parcels/{key}` is the door `/parcels/{key}`.
fn door_path(matched: &str) -> &str {
    let of_page = Lang::ALL.iter().find_map(|lang| matched.strip_prefix('/')?.strip_prefix(lang.name()));
    match of_page {
        Some("" | "/") => "/",
        Some(rest) if rest.starts_with('/') => rest,
        _ => matched,
    }
}

/// Lets a request in by right, or says why not. It runs for every route, and before its handler.
pub async fn admit(State(portal): State<Portal>, mut request: Request, next: Next) -> Response {
    let Some(matched) = request.extensions().get::<MatchedPath>().cloned() else {
        // Nothing is there: the fallback says so.
        return next.run(request).await;
    };
    let path = door_path(matched.as_str());
    let Some(doors) = portal.doors.0.get(path) else {
        tracing::error!(path, "a route that is not registered with a right; it stays closed");
        return Problem::forbidden().into_response();
    };
    let method = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
    let Some(door) = doors.iter().find(|door| door.method == *method) else {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    };
    let api = path.starts_with("/api/");
    if door.action == Action::Public {
        return worded(api, next.run(request).await);
    }
    match admitted(&portal, door, api, request.uri(), request.headers()) {
        Ok(admitted) => {
            request.extensions_mut().insert(admitted);
            worded(api, next.run(request).await)
        }
        Err(refused) if api => refused.problem().into_response(),
        Err(refused) => {
            let (mut parts, _) = request.into_parts();
            let Ok(visit) = Visit::from_request_parts(&mut parts, &portal).await;
            let fault = refused.fault();
            visit.page(&portal, move |_, _| Err(fault)).await
        }
    }
}

/// What is wrong with an address or a question is told like every other fault, and what was asked is not said again.
fn worded(api: bool, response: Response) -> Response {
    let plain =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    match response.status() {
        status if plain && status.is_client_error() => match api {
            true => Problem::new(status, "BAD_ADDRESS").into_response(),
            false => status.into_response(),
        },
        _ => response,
    }
}

/// Why somebody is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NotAdmitted {
    Unknown,
    NoRight,
    /// The second factor that is asked of the role is still to be set up.
    NoFactor,
}

impl NotAdmitted {
    fn problem(self) -> Box<Problem> {
        match self {
            NotAdmitted::Unknown => Problem::new(StatusCode::UNAUTHORIZED, "UNKNOWN_KEY"),
            NotAdmitted::NoRight | NotAdmitted::NoFactor => Problem::forbidden(),
        }
    }

    fn fault(self) -> Fault {
        match self {
            NotAdmitted::Unknown => Fault::SignIn,
            NotAdmitted::NoFactor => Fault::Factor,
            NotAdmitted::NoRight => Fault::Refused(crate::desk::Refused::NotAllowed { what: String::new() }),
        }
    }
}

fn admitted(portal: &Portal, door: &Door, api: bool, uri: &Uri, headers: &HeaderMap) -> Result<Admitted, NotAdmitted> {
    let (caller, by_key) = caller(portal, door, api, headers)?;
    let asked = Query::<Asked>::try_from_uri(uri).map(|q| q.0).unwrap_or_default();
    let purpose = match asked.purpose.as_str() {
        "" => None,
        name => Some(Purpose::from_name(name).ok_or(NotAdmitted::NoRight)?),
    };
    let kind = match door.action {
        Action::ParcelExport => LookKind::Export,
        _ if !api && (door.path.ends_with(".csv") || door.path.ends_with(".json")) => LookKind::Export,
        _ if api => LookKind::Api,
        _ => LookKind::Page,
    };
    let today = portal.desk.now().day();
    let role = caller.as_ref().map(|c| c.role.actor());
    let rights = portal.desk.rights();
    let row = rights.of(role, door.action, purpose, today);
    let row = row.ok_or(if role.is_none() { NotAdmitted::Unknown } else { NotAdmitted::NoRight })?;
    let (right, ground) = (row.value, row.clause.clone());
    // A person proves to be one by a form; no program speaks for a person yet.
    if api && right.scope == Scope::Person {
        return Err(if role.is_none() { NotAdmitted::Unknown } else { NotAdmitted::NoRight });
    }
    Ok(Admitted { sight: Sight { caller, right, ground, case: case_number(&asked.case), kind }, by_key })
}

/// Whoever proves to be somebody: a program by its key; a browser by its session, which never lets a program's door
/// change anything.
fn caller(portal: &Portal, door: &Door, api: bool, headers: &HeaderMap) -> Result<(Option<Caller>, bool), NotAdmitted> {
    if api && headers.contains_key(header::AUTHORIZATION) {
        let holder = bearer(headers).and_then(|key| match key.starts_with(machines::KEY) {
            true => portal.desk.machine(&sign::key_hash(key)),
            false => portal.desk.key_holder(&sign::key_hash(key)),
        });
        let now = portal.desk.now();
        let holder = holder.filter(|holder| holder.until.is_none_or(|until| now < until));
        return match holder.ok_or(NotAdmitted::Unknown)? {
            holder if holder.opens(door.action) => Ok((Some(holder.caller), true)),
            _ => Err(NotAdmitted::NoRight),
        };
    }
    if api && door.method != Method::GET {
        return Err(NotAdmitted::Unknown);
    }
    let Some(token) = cookie_token(headers) else { return Ok((None, false)) };
    let session = portal.desk.session(&token).filter(|s| s.until > portal.desk.now());
    if session.as_ref().is_some_and(|s| s.limited) && door.action != Action::SessionOwn {
        return Err(NotAdmitted::NoFactor);
    }
    Ok((session.map(|s| s.caller), false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_one_door_in_every_language() {
        assert_eq!(door_path("/zh/parcels/{key}"), "/parcels/{key}");
        assert_eq!(door_path("/en"), "/");
        assert_eq!(door_path("/en/"), "/");
        assert_eq!(door_path("/english"), "/english");
        assert_eq!(door_path("/api/v1/acts"), "/api/v1/acts");
    }

    #[test]
    fn a_case_number_is_one_short_line() {
        assert_eq!(case_number("  JC-2026\r\n-1 "), "JC-2026-1");
        assert_eq!(case_number(&"a".repeat(500)).len(), 100);
    }
}
