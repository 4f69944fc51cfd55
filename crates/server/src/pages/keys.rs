//! The keys with which the programs of one's own enterprise come in.

use crate::Portal;
use crate::desk::Desk;
use crate::keys::{self, KEEP_DAYS};
use crate::sign;
use crate::sign_ins::Seen;
use crate::site::{Fault, Frame, Visit, hex};
use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use store::proof::unhex;
use trade::account::ApiKeyRow;
use trade::policy::rights::Action;

#[derive(Template)]
#[template(path = "keys.html")]
struct Page<'a> {
    f: &'a Frame,
    keys: &'a [ApiKeyRow],
    scopes: &'a [Action],
    /// Signed in by a certificate.
    machines: &'a [Seen],
    /// Shown once.
    new: Option<&'a str>,
    wrong: bool,
}

impl Page<'_> {
    fn service(&self) -> Option<usize> {
        Some(0)
    }

    fn hash(&self, key: &ApiKeyRow) -> String {
        hex(&key.hash)
    }

    fn opens(&self, key: &ApiKeyRow) -> bool {
        key.opens_at(self.f.now)
    }

    fn scopes(&self, key: &ApiKeyRow) -> String {
        key.scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(", ")
    }

    fn words(&self, action: &Action) -> String {
        self.f.t(&format!("action.{action}")).to_owned()
    }

    fn keep(&self) -> i64 {
        KEEP_DAYS
    }
}

/// What a form says. It has the password again: a session that somebody took makes no key that outlives it.
#[derive(Default)]
struct Wanted {
    password: String,
    label: String,
    scopes: Vec<String>,
    days: String,
    hash: String,
}

type Pairs = Form<Vec<(String, String)>>;

impl Wanted {
    fn of(Form(pairs): Pairs) -> Wanted {
        let mut wanted = Wanted::default();
        for (name, value) in pairs {
            match name.as_str() {
                "password" => wanted.password = value,
                "label" => wanted.label = value,
                "scope" => wanted.scopes.push(value),
                "days" => wanted.days = value,
                "hash" => wanted.hash = value,
                _ => {}
            }
        }
        wanted
    }

    fn days(&self) -> Option<i64> {
        self.days.trim().parse().ok().filter(|days| (0..=3660).contains(days))
    }

    fn key(&self) -> [u8; 32] {
        unhex(&self.hash).unwrap_or_default()
    }
}

fn page(desk: &dyn Desk, f: &Frame, new: Option<&str>, wrong: bool) -> Result<Response, Fault> {
    let mut keys = desk.own_keys(f.known()?);
    keys.sort_by(|a, b| (!a.opens_at(f.now), &a.label, a.hash).cmp(&(!b.opens_at(f.now), &b.label, b.hash)));
    let enterprises = f.known()?.enterprises.iter();
    let machines: Vec<_> = enterprises.flat_map(|code| desk.sign_ins().machines(Some(code), f.now)).collect();
    f.answer(&Page { f, keys: &keys, scopes: &keys::scopes(desk), machines: &machines, new, wrong }, wrong)
}

pub async fn show(State(portal): State<Portal>, visit: Visit) -> Response {
    visit.page(&portal, |desk, f| page(desk, f, None, false)).await
}

/// Does something with keys and says the new one, if there is one.
type Act = fn(&dyn Desk, &Frame, &Wanted) -> Result<Option<String>, Fault>;

/// Does something for whoever proves again to be the account's owner.
async fn proved(portal: Portal, visit: Visit, wanted: Wanted, act: Act) -> Response {
    let inner = portal.clone();
    let turn = portal.sign_ins.clone().acquire_owned().await;
    visit
        .page(&portal, move |desk, f| {
            let _turn = turn;
            let name = f.known()?.name.as_str();
            if !sign::proves(&inner, desk, name, &wanted.password, f.now)? {
                return page(desk, f, None, true);
            }
            match act(desk, f, &wanted)? {
                Some(key) => page(desk, f, Some(&key), false),
                None => Ok(f.go("/company/keys")),
            }
        })
        .await
}

pub async fn make(State(portal): State<Portal>, visit: Visit, form: Pairs) -> Response {
    proved(portal, visit, Wanted::of(form), |desk, f, wanted| {
        let key = keys::drawn()?;
        let hash = sign::key_hash(&key);
        keys::make(desk, f.known()?, hash, &wanted.label, &wanted.scopes, wanted.days().filter(|days| *days > 0))?;
        Ok(Some(key))
    })
    .await
}

pub async fn replace(State(portal): State<Portal>, visit: Visit, form: Pairs) -> Response {
    proved(portal, visit, Wanted::of(form), |desk, f, wanted| {
        let key = keys::drawn()?;
        let keep = wanted.days().unwrap_or(KEEP_DAYS);
        keys::rotate(desk, f.known()?, &wanted.key(), sign::key_hash(&key), keep)?;
        Ok(Some(key))
    })
    .await
}

pub async fn revoke(State(portal): State<Portal>, visit: Visit, form: Pairs) -> Response {
    proved(portal, visit, Wanted::of(form), |desk, f, wanted| {
        keys::revoke(desk, f.known()?, &wanted.key())?;
        Ok(None)
    })
    .await
}

#[derive(Deserialize)]
pub struct Which {
    #[serde(default)]
    id: String,
}

/// Ends the session of an own machine.
pub async fn end(State(portal): State<Portal>, visit: Visit, Form(which): Form<Which>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            for code in &f.known()?.enterprises {
                desk.sign_ins().end_machines(Some(code), Some(&which.id), f.now);
            }
            Ok(f.go("/company/keys"))
        })
        .await
}
