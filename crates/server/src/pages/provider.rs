//! Ways in by an identity provider: to it, back from it, and the own second factor where it says of none.

use crate::Portal;
use crate::desk::{Account, Desk, Refused};
use crate::providers::{Proved, Provider, Providers, Ticket, Why, derived};
use crate::sign::{self, Back, set_cookie};
use crate::site::{Fault, Frame, Visit, hex, inside, quoted, see_other};
use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header;
use axum::response::Response;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use trade::time::Moment;

pub const COOKIE: &str = "ow_provider";
/// Back from a provider, the second factor is proved within this time.
const WAITS_MS: i64 = 5 * 60_000;

#[derive(Template)]
#[template(path = "provider.html")]
struct Page<'a> {
    f: &'a Frame,
    label: &'a str,
    told: Told,
}

/// What is said on the page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Down,
    Refused,
    False,
    Stale,
    /// Nobody has linked that identity with an account.
    Unlinked,
    /// Another account has.
    Taken,
    Code,
    WrongCode,
    /// The account has a passkey and no codes.
    Passkey,
}

impl Page<'_> {
    fn service(&self) -> Option<usize> {
        None
    }

    fn words(&self) -> (&'static str, &'static str) {
        match self.told {
            Told::Down => ("provider.down", "provider.down.next"),
            Told::Refused => ("provider.refused", "provider.refused.next"),
            Told::False => ("provider.false", "provider.false.next"),
            Told::Stale => ("provider.stale", "provider.stale.next"),
            Told::Unlinked => ("provider.unlinked", "provider.unlinked.next"),
            Told::Taken => ("provider.taken", "provider.taken.next"),
            Told::Code => ("provider.code", "provider.code.next"),
            Told::WrongCode => ("account.wrong.code", "provider.code.next"),
            Told::Passkey => ("provider.passkey", "provider.passkey.next"),
        }
    }

    fn asks(&self) -> bool {
        matches!(self.told, Told::Code | Told::WrongCode)
    }
}

/// The page; an old ticket goes where no new one is given.
fn told(f: &Frame, label: &str, told: Told, ticket: Option<String>, secure: bool) -> Result<Response, Fault> {
    let mut page = f.html(&Page { f, label, told })?;
    *page.status_mut() = match told {
        Told::Down => StatusCode::SERVICE_UNAVAILABLE,
        Told::Taken => StatusCode::UNPROCESSABLE_ENTITY,
        Told::Code => StatusCode::OK,
        _ => StatusCode::UNAUTHORIZED,
    };
    let (text, seconds) = ticket.map_or((String::new(), 0), |ticket| (ticket, WAITS_MS / 1000));
    // A wrong code may be mended with the same ticket.
    if told != Told::WrongCode
        && let Some(cookie) = set_cookie(COOKIE, &text, seconds, true, secure)
    {
        page.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(page)
}

fn why(f: &Frame, portal: &Portal, provider: &Provider, why: &Why) -> Result<Response, Fault> {
    if let Why::False(what) = why {
        tracing::error!(provider = provider.id, what, "what an identity provider says does not hold");
    }
    let kind = match why {
        Why::Down(_) => Told::Down,
        Why::Refused => Told::Refused,
        Why::False(_) => Told::False,
        Why::Stale => Told::Stale,
    };
    told(f, provider.label(f.lang), kind, None, portal.secure)
}

pub(super) fn named<'p>(portal: &'p Portal, id: &str) -> Result<(&'p Providers, &'p Provider), Fault> {
    let all = portal.providers.as_deref().ok_or(Refused::NotFound)?;
    Ok((all, all.named(id).ok_or(Refused::NotFound)?))
}

/// Scheme and host of this window, where it is reached under a name of its own.
pub(super) fn home(portal: &Portal, f: &Frame) -> Result<String, Fault> {
    let host = portal.challenges.own(&f.host).ok_or(Refused::NotFound)?;
    Ok(format!("{}://{host}", if portal.secure { "https" } else { "http" }))
}

/// The cookie that a browser takes along to a provider.
pub(super) fn ticket_cookie(portal: &Portal, ticket: &Ticket) -> Result<header::HeaderValue, Fault> {
    let sealed = portal.providers.as_deref().and_then(|all| all.sealed(ticket));
    let seconds = crate::providers::ANSWERED_MS / 1000;
    let cookie = sealed.and_then(|sealed| set_cookie(COOKIE, &sealed, seconds, true, portal.secure));
    cookie.ok_or(Fault::Refused(Refused::Broken { case: crate::site::case_number() }))
}

/// Leads to a provider.
pub async fn start(
    State(portal): State<Portal>,
    visit: Visit,
    Path(id): Path<String>,
    Query(q): Query<Back>,
) -> Response {
    let inner = portal.clone();
    let turn = portal.provided.clone().try_acquire_owned();
    visit
        .page(&portal, move |_, f| {
            let (all, provider) = named(&inner, &id)?;
            let _turn = turn.map_err(|_| Refused::NotNow { retry_after_s: 5 })?;
            match all.start(provider, &home(&inner, f)?, (inside(&q.back), None), f.now) {
                Ok((to, ticket)) => {
                    let mut response = see_other(&to);
                    response.headers_mut().insert(header::SET_COOKIE, ticket_cookie(&inner, &ticket)?);
                    Ok(response)
                }
                Err(told) => why(f, &inner, provider, &told),
            }
        })
        .await
}

/// What a provider's answer brings.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Answered {
    code: String,
    state: String,
    error: String,
    iss: String,
}

/// Back from a provider.
pub async fn back(
    State(portal): State<Portal>,
    visit: Visit,
    Path(id): Path<String>,
    Query(answered): Query<Answered>,
) -> Response {
    let (inner, ticket) = (portal.clone(), visit.ticket.clone());
    let turn = portal.provided.clone().try_acquire_owned();
    visit
        .page(&portal, move |desk, f| {
            let (all, provider) = named(&inner, &id)?;
            let _turn = turn.map_err(|_| Refused::NotNow { retry_after_s: 5 })?;
            let ticket = ticket.and_then(|ticket| all.unsealed(&ticket, f.now));
            let Some(Ticket::Away { secret, provider: of, until, back, link }) = ticket else {
                return why(f, &inner, provider, &Why::Stale);
            };
            // The answer is to this browser's question to this provider, and counts once.
            let ours = of == provider.id && answered.state == derived("state", &secret);
            let thing = Sha256::digest(format!("provider {secret}")).into();
            if !ours || !desk.sign_ins().use_once(&thing, Moment(until)) {
                return why(f, &inner, provider, &Why::Stale);
            }
            if !answered.error.is_empty() || answered.code.is_empty() {
                return why(f, &inner, provider, &Why::Refused);
            }
            let answer = (secret.as_str(), answered.code.as_str(), answered.iss.as_str());
            let proved = match all.finish(provider, &home(&inner, f)?, answer, f.now) {
                Ok(proved) => proved,
                Err(told) => return why(f, &inner, provider, &told),
            };
            match link {
                Some(name) => linked(&inner, desk, f, provider, &proved, &name),
                None => entered(&inner, desk, f, provider, &proved, &back),
            }
        })
        .await
}

/// The account that its owner has linked with this identity, as it is now.
fn account_of(desk: &dyn Desk, issuer: &str, subject: &str) -> Option<Account> {
    let link = desk.sign_ins().link(issuer, subject)?;
    desk.account(&link.account).filter(|account| account.password_grounds() == link.grounds)
}

fn entered(
    portal: &Portal,
    desk: &dyn Desk,
    f: &Frame,
    provider: &Provider,
    proved: &Proved,
    back: &str,
) -> Result<Response, Fault> {
    let (label, secure) = (provider.label(f.lang), portal.secure);
    let Some(account) = account_of(desk, &proved.issuer, &proved.subject) else {
        return told(f, label, Told::Unlinked, None, secure);
    };
    if proved.second || !desk.has_second(&account)? {
        return sign::came_in(portal, desk, f, &account, back, proved.second);
    }
    if desk.factor_since(&account.caller.name)?.is_none() {
        return told(f, label, Told::Passkey, None, secure);
    }
    let mut once = [0; 16];
    getrandom::fill(&mut once).map_err(|_| Refused::Broken { case: crate::site::case_number() })?;
    let ticket = Ticket::Waits {
        issuer: proved.issuer.clone(),
        subject: proved.subject.clone(),
        until: f.now.0 + WAITS_MS,
        back: back.to_owned(),
        once: hex(&once),
    };
    let sealed = portal.providers.as_deref().and_then(|all| all.sealed(&ticket));
    told(f, label, Told::Code, sealed, secure)
}

#[derive(Deserialize)]
pub struct Second {
    #[serde(default)]
    code: String,
}

/// The account's own one-time code, after its provider's word.
pub async fn code(State(portal): State<Portal>, visit: Visit, Form(second): Form<Second>) -> Response {
    let (inner, ticket) = (portal.clone(), visit.ticket.clone());
    visit
        .page(&portal, move |desk, f| {
            let all = inner.providers.as_deref().ok_or(Refused::NotFound)?;
            let ticket = ticket.and_then(|ticket| all.unsealed(&ticket, f.now));
            let Some(Ticket::Waits { issuer, subject, until, back, once }) = ticket else {
                return told(f, "", Told::Stale, None, inner.secure);
            };
            let label = all.of_issuer(&issuer).map_or("", |provider| provider.label(f.lang));
            let Some(account) = account_of(desk, &issuer, &subject) else {
                return told(f, label, Told::Unlinked, None, inner.secure);
            };
            let name = account.caller.name.clone();
            if let Some(retry_after_s) = inner.locks.locked(&name, f.now) {
                return Err(Fault::TooMany { retry_after_s });
            }
            let codes = desk.factor_since(&name)?.is_some();
            if !codes || second.code.len() > 100 || !desk.sign_ins().fits(&name, &second.code, f.now) {
                inner.locks.wrong(&name, f.now);
                return told(f, label, Told::WrongCode, None, inner.secure);
            }
            if !desk.sign_ins().use_once(&Sha256::digest(format!("waits {once}")).into(), Moment(until)) {
                return told(f, label, Told::Stale, None, inner.secure);
            }
            inner.locks.right(&name);
            sign::came_in(&inner, desk, f, &account, &back, false)
        })
        .await
}

/// The link of an identity with the account of whoever is signed in and began it.
fn linked(
    portal: &Portal,
    desk: &dyn Desk,
    f: &Frame,
    provider: &Provider,
    proved: &Proved,
    name: &str,
) -> Result<Response, Fault> {
    let (label, all) = (provider.label(f.lang), desk.sign_ins());
    let account = f.caller.as_ref().filter(|caller| caller.name == name).and_then(|caller| desk.account(&caller.name));
    let Some(account) = account else { return told(f, label, Told::Stale, None, portal.secure) };
    if account_of(desk, &proved.issuer, &proved.subject).is_some_and(|other| other.caller.name != name) {
        return told(f, label, Told::Taken, None, portal.secure);
    }
    all.put_link(&proved.issuer, &proved.subject, &account, f.now)?;
    tracing::info!(account = name, provider = provider.id, "an identity was linked");
    Ok(f.go("/account"))
}

/// Where a sign-in at a provider starts, in the reader's language.
pub fn starts(f: &Frame, id: &str, back: &str) -> String {
    f.to(format!("/login/with/{id}?back={}", quoted(back)))
}
