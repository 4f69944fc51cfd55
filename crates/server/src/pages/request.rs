//! Requests among departments: what was asked of whom, with forms to ask and to answer.

use super::standing::Said;
use crate::Portal;
use crate::desk::{Both, Desk, Refused, Role};
use crate::requests::{Line, MayAsk, Question, Reply, Requests, Sheet, WORDS};
use crate::site::{Fault, Frame, Visit, quoted};
use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use trade::command::ActorRole;
use trade::policy::rights::Action;
use trade::request::DEPARTMENTS;

/// How a request stands, in colour and words.
fn stands(f: &Frame, of: &Line) -> (&'static str, String) {
    let (tone, key) = match (of.state.as_str(), of.silent) {
        ("open", true) => ("bad", "silent"),
        ("open", false) => ("wait", "open"),
        ("declined", _) => ("bad", "declined"),
        (_, true) => ("hold", "late"),
        _ => ("ok", "answered"),
    };
    (tone, f.t(&format!("request.state.{key}")).to_owned())
}

/// What is asked for, in words.
fn what(f: &Frame, of: &Line) -> String {
    match of.kind.as_str() {
        "fact" => f.t(&format!("request.what.{}.{}", of.set, of.field)).to_owned(),
        _ => f.t("request.kind.assistance").to_owned(),
    }
}

/// The ground in the reader's language.
fn lead<'l>(f: &Frame, of: &'l Line) -> &'l str {
    if f.english() { &of.en } else { &of.zh }
}

fn at(number: &str) -> String {
    format!("/requests/{}", quoted(number))
}

#[derive(Template)]
#[template(path = "requests.html")]
struct ListPage<'a> {
    f: &'a Frame,
    of: &'a Requests,
    /// The reader's department; none of an enterprise or an auditor.
    own: Option<ActorRole>,
    wrong: Option<&'a Both>,
    question: &'a Question,
}

impl ListPage<'_> {
    fn service(&self) -> Option<usize> {
        None
    }

    fn tables(&self) -> Vec<(&'static str, &[Line])> {
        let mut all = Vec::new();
        match self.own {
            Some(_) => all.extend([("request.received", &*self.of.received), ("request.asked", &*self.of.asked)]),
            None => all.push(("request.about", &*self.of.asked)),
        }
        all
    }

    fn others(&self) -> Vec<ActorRole> {
        DEPARTMENTS.into_iter().filter(|role| Some(*role) != self.own).collect()
    }

    fn fact(&self, of: &MayAsk) -> String {
        let to = self.f.named("role", &of.to);
        format!("{to} · {}", self.f.t(&format!("request.what.{}.{}", of.set, of.field)))
    }

    fn chosen(&self, of: &MayAsk) -> bool {
        self.question.set == of.set && self.question.field == of.field
    }
}

#[derive(Template)]
#[template(path = "request.html")]
struct OnePage<'a> {
    f: &'a Frame,
    of: &'a Sheet,
    answers: bool,
    wrong: Option<&'a Both>,
}

impl OnePage<'_> {
    fn service(&self) -> Option<usize> {
        None
    }

    fn file(&self, ending: &str) -> String {
        self.f.to(format!("{}/{ending}", at(&self.of.line.number)))
    }
}

fn listed(desk: &dyn Desk, f: &Frame, question: &Question, wrong: Option<&Both>) -> Result<Response, Fault> {
    let of = desk.requests(&f.sight)?;
    let own = f.caller.as_ref().map(|caller| caller.role.actor());
    let own = own.filter(|own| DEPARTMENTS.contains(own));
    f.answer(&ListPage { f, of: &of, own, wrong, question }, wrong.is_some())
}

fn shown(desk: &dyn Desk, f: &Frame, number: &str, wrong: Option<&Both>) -> Result<Response, Fault> {
    let of = desk.request(&f.sight, number)?;
    let role = f.known()?.role;
    let answers =
        of.mine && role != Role::Auditor && desk.rights().allow(role.actor(), Action::RequestAnswer, f.now.day());
    f.answer(&OnePage { f, of: &of, answers, wrong }, wrong.is_some())
}

pub async fn list(State(portal): State<Portal>, visit: Visit) -> Response {
    visit.page(&portal, |desk, f| listed(desk, f, &Question::default(), None)).await
}

pub async fn show(State(portal): State<Portal>, visit: Visit, Path(number): Path<String>) -> Response {
    visit.page(&portal, move |desk, f| shown(desk, f, &number, None)).await
}

type Pairs = Form<Vec<(String, String)>>;

pub async fn ask(State(portal): State<Portal>, visit: Visit, Form(pairs): Pairs) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let said = Said(pairs);
            let get = |name: &str| said.get(name).to_owned();
            // Of a fact the form names set and field in one.
            let (set, field) = said.get("what").split_once('.').unwrap_or_default();
            let question = Question {
                kind: get("kind"),
                to: get("to"),
                set: set.to_owned(),
                field: field.to_owned(),
                about: get("about"),
                case: get("case"),
                ground: get("ground"),
                words: get("words"),
            };
            match desk.ask_department(f.known()?, &question) {
                Ok(number) => Ok(f.go(&at(&number))),
                Err(Refused::Cannot { said, .. }) => listed(desk, f, &question, Some(&said)),
                Err(other) => Err(other.into()),
            }
        })
        .await
}

pub async fn reply(
    State(portal): State<Portal>,
    visit: Visit,
    Path(number): Path<String>,
    Form(pairs): Pairs,
) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let said = Said(pairs);
            let reply = Reply {
                decline: said.get("step") == "decline",
                ground: said.get("ground").to_owned(),
                value: said.get("value").to_owned(),
                words: said.get("words").to_owned(),
            };
            match desk.reply_department(f.known()?, &number, &reply) {
                Ok(()) => Ok(f.go(&at(&number))),
                Err(Refused::Cannot { said, .. }) => shown(desk, f, &number, Some(&said)),
                Err(other) => Err(other.into()),
            }
        })
        .await
}

pub async fn receipt(State(portal): State<Portal>, visit: Visit, Path(number): Path<String>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let (receipt, _) = desk.request_receipt(&f.sight, &number)?;
            Ok(([(header::CONTENT_TYPE, "application/xml")], receipt.xml).into_response())
        })
        .await
}

pub async fn proof(State(portal): State<Portal>, visit: Visit, Path(number): Path<String>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let (_, proof) = desk.request_receipt(&f.sight, &number)?;
            Ok(([(header::CONTENT_TYPE, "application/json")], proof).into_response())
        })
        .await
}
