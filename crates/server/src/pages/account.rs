//! How one signs in: own sessions and second factor; for the security administrator, everybody's sessions.

use crate::Portal;
use crate::desk::{Desk, Refused};
use crate::sign;
use crate::sign_ins::{Offer, Seen};
use crate::site::{Fault, Frame, Visit, case_number};
use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use store::StoreError;
use trade::time::Moment;

#[derive(Template)]
#[template(path = "account.html")]
struct Page<'a> {
    f: &'a Frame,
    name: &'a str,
    sessions: &'a [Seen],
    since: Option<Moment>,
    left: u32,
    /// The role needs a second factor.
    asked: bool,
    offer: Option<Offer>,
    /// Shown once.
    recovery: &'a [String],
    wrong: Option<Wrong>,
}

/// What did not fit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wrong {
    Password,
    Code,
}

impl Page<'_> {
    fn service(&self) -> Option<usize> {
        None
    }

    fn wrong(&self) -> Option<(&'static str, &'static str)> {
        self.wrong.map(|wrong| match wrong {
            Wrong::Password => ("account.wrong.password", "#password"),
            Wrong::Code => ("account.wrong.code", "#code"),
        })
    }

    fn is_wrong(&self, field: &str) -> bool {
        self.wrong().is_some_and(|(_, at)| &at[1..] == field)
    }
}

fn broken(_: StoreError) -> Fault {
    Fault::Refused(Refused::Broken { case: case_number() })
}

/// The page; with an offer only where one waits for its code, with recovery codes only once.
fn page(
    desk: &dyn Desk,
    f: &Frame,
    token: Option<[u8; 32]>,
    recovery: &[String],
    wrong: Option<Wrong>,
) -> Result<Response, Fault> {
    let caller = f.known()?;
    let (all, name) = (desk.sign_ins(), caller.name.as_str());
    let page = Page {
        f,
        name,
        sessions: &all.sessions(Some(name), token.as_ref(), f.now),
        since: desk.factor_since(name).map_err(broken)?,
        left: all.recovery_left(name),
        asked: desk.asks_factor(caller.role),
        offer: all.offered(name, f.now),
        recovery,
        wrong,
    };
    f.answer(&page, wrong.is_some())
}

pub async fn show(State(portal): State<Portal>, visit: Visit) -> Response {
    let token = visit.token;
    visit.page(&portal, move |desk, f| page(desk, f, token, &[], None)).await
}

#[derive(Deserialize)]
pub struct Which {
    /// One session; all but the one that asks where empty.
    #[serde(default)]
    id: String,
    /// Of this account; only where others' sessions are ended.
    #[serde(default)]
    account: String,
}

/// Ends own sessions.
pub async fn end(State(portal): State<Portal>, visit: Visit, Form(which): Form<Which>) -> Response {
    let token = visit.token;
    visit
        .page(&portal, move |desk, f| {
            let name = &f.known()?.name;
            let id = Some(which.id.as_str()).filter(|id| !id.is_empty());
            desk.sign_ins().end_among(Some(name), id, token.as_ref(), f.now);
            Ok(f.go("/account"))
        })
        .await
}

#[derive(Deserialize)]
pub struct Proof {
    #[serde(default)]
    password: String,
    #[serde(default)]
    code: String,
}

/// Makes a new secret for whoever proves again to be the account's owner: a session that somebody took sets up nothing.
pub async fn begin_factor(State(portal): State<Portal>, visit: Visit, Form(proof): Form<Proof>) -> Response {
    let (inner, token) = (portal.clone(), visit.token);
    let turn = portal.sign_ins.clone().acquire_owned().await;
    visit
        .page(&portal, move |desk, f| {
            let _turn = turn;
            let name = f.known()?.name.as_str();
            if proof.password.len() > 1000 || !sign::proves(&inner, desk, name, &proof.password, f.now)? {
                return page(desk, f, token, &[], Some(Wrong::Password));
            }
            // Who has one proves that too.
            let has = desk.factor_since(name).map_err(broken)?.is_some();
            if has && !desk.sign_ins().fits(name, &proof.code, f.now) {
                inner.locks.wrong(name, f.now);
                return page(desk, f, token, &[], Some(Wrong::Code));
            }
            desk.sign_ins().offer(name, f.now).map_err(broken)?;
            Ok(f.go("/account"))
        })
        .await
}

/// The first code makes the secret the second factor; other sessions, which began without it, end.
pub async fn confirm_factor(State(portal): State<Portal>, visit: Visit, Form(proof): Form<Proof>) -> Response {
    let (inner, token) = (portal.clone(), visit.token);
    visit
        .page(&portal, move |desk, f| {
            let name = f.known()?.name.as_str();
            if let Some(retry_after_s) = inner.locks.locked(name, f.now) {
                return Err(Fault::TooMany { retry_after_s });
            }
            match desk.sign_ins().confirm(name, &proof.code, f.now).map_err(broken)? {
                Some(codes) => {
                    desk.sign_ins().end_among(Some(name), None, token.as_ref(), f.now);
                    page(desk, f, token, &codes, None)
                }
                None => {
                    inner.locks.wrong(name, f.now);
                    page(desk, f, token, &[], Some(Wrong::Code))
                }
            }
        })
        .await
}

#[derive(Template)]
#[template(path = "sessions.html")]
struct AllPage<'a> {
    f: &'a Frame,
    sessions: &'a [Seen],
}

impl AllPage<'_> {
    fn service(&self) -> Option<usize> {
        None
    }
}

pub async fn all(State(portal): State<Portal>, visit: Visit) -> Response {
    let token = visit.token;
    visit
        .page(&portal, move |desk, f| {
            let all = desk.sign_ins();
            let sessions = [all.sessions(None, token.as_ref(), f.now), all.machines(None, f.now)].concat();
            f.html(&AllPage { f, sessions: &sessions })
        })
        .await
}

/// Ends a session of somebody, or all of an account.
pub async fn end_any(State(portal): State<Portal>, visit: Visit, Form(which): Form<Which>) -> Response {
    let token = visit.token;
    visit
        .page(&portal, move |desk, f| {
            let by = f.known()?;
            let [id, account] = [&which.id, &which.account].map(|text| Some(text.as_str()).filter(|t| !t.is_empty()));
            // Neither would be everybody.
            if id.is_none() && account.is_none() {
                return Err(Refused::NotFound.into());
            }
            let all = desk.sign_ins();
            let ended = all.end_among(account, id, token.as_ref(), f.now) + all.end_machines(account, id, f.now);
            tracing::info!(by = by.name, account, ended, "sessions were ended");
            Ok(f.go("/zone/sessions"))
        })
        .await
}
