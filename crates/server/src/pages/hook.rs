//! Where own receipts are brought: what stands, and forms to begin and to end.

use crate::Portal;
use crate::connected::Connected;
use crate::desk::{Both, Desk, Refused};
use crate::hooks::{Hook, Made};
use crate::site::{Fault, Frame, Visit};
use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "hooks.html")]
struct Page<'a> {
    f: &'a Frame,
    hooks: &'a [Hook],
    made: Option<&'a Made>,
    wrong: Option<&'a Both>,
}

impl Page<'_> {
    fn service(&self) -> Option<usize> {
        None
    }

    /// Tone and words.
    fn stands(&self, of: &Hook) -> (&'static str, String) {
        let tone = match of.state.as_str() {
            "ok" => "ok",
            "trying" => "bad",
            _ => "",
        };
        (tone, self.f.t(&format!("hook.state.{}", of.state)).to_owned())
    }

    fn failures(&self, of: &Hook) -> String {
        let next = of.next.as_deref().unwrap_or("–");
        self.f.t("hook.failures").replace("{0}", &of.failures.to_string()).replace("{1}", next).replace("{2}", &of.why)
    }

    fn may_end(&self) -> bool {
        self.hooks.iter().any(|of| of.state != "ended")
    }
}

fn page(desk: &dyn Desk, f: &Frame, made: Option<&Made>, wrong: Option<&Both>) -> Result<Response, Fault> {
    let hooks = desk.hooks(&f.sight)?;
    f.answer(&Page { f, hooks: &hooks, made, wrong }, wrong.is_some())
}

#[derive(Template)]
#[template(path = "connectors.html")]
struct ConnectorsPage<'a> {
    f: &'a Frame,
    all: &'a [Connected],
}

impl ConnectorsPage<'_> {
    fn service(&self) -> Option<usize> {
        None
    }

    fn kind(&self, of: &Connected) -> String {
        self.f.named("connector.kind", &of.kind)
    }

    /// Tone and words.
    fn stands(&self, of: &Connected) -> (&'static str, String) {
        let tone = match of.state.as_str() {
            "ok" => "ok",
            "trying" => "bad",
            _ => "wait",
        };
        (tone, self.f.named("connector.state", &of.state))
    }

    fn failures(&self, of: &Connected) -> String {
        let [since, next] = [&of.since, &of.next].map(|at| at.as_deref().unwrap_or("–"));
        let failures = of.failures.to_string();
        self.f.lang.fill("connector.failures", &[&failures, since, next, &of.why])
    }
}

pub async fn connectors(State(portal): State<Portal>, visit: Visit) -> Response {
    visit.page(&portal, |desk, f| f.html(&ConnectorsPage { f, all: &desk.connected(&f.sight)? })).await
}

pub async fn show(State(portal): State<Portal>, visit: Visit) -> Response {
    visit.page(&portal, |desk, f| page(desk, f, None, None)).await
}

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    address: String,
    #[serde(default)]
    number: String,
}

pub async fn make(State(portal): State<Portal>, visit: Visit, Form(asked): Form<Asked>) -> Response {
    visit
        .page(&portal, move |desk, f| match desk.subscribe(f.known()?, &asked.address) {
            Ok(made) => page(desk, f, Some(&made), None),
            Err(Refused::Cannot { said, .. }) => page(desk, f, None, Some(&said)),
            Err(other) => Err(other.into()),
        })
        .await
}

pub async fn end(State(portal): State<Portal>, visit: Visit, Form(asked): Form<Asked>) -> Response {
    visit
        .page(&portal, move |desk, f| match desk.unsubscribe(f.known()?, &asked.number) {
            Ok(()) => Ok(f.go("/hooks")),
            Err(Refused::Cannot { said, .. }) => page(desk, f, None, Some(&said)),
            Err(other) => Err(other.into()),
        })
        .await
}
