//! How far one's own person is certified, with every step, and the form by which it is verified.

use super::attempt::page_about;
use crate::Portal;
use crate::desk::{Both, Desk, Refused};
use crate::identity::{Certainty, Given, PersonStep};
use crate::site::{Fault, Frame, Visit};
use askama::Template;
use axum::extract::State;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::response::Response;
use trade::account::IdentityMethod;

#[derive(Template)]
#[template(path = "identity.html")]
struct Page<'a> {
    f: &'a Frame,
    of: &'a Certainty,
    wrong: Option<&'a Both>,
}

impl Page<'_> {
    fn service(&self) -> Option<usize> {
        Some(0)
    }

    fn grade(&self) -> String {
        self.f.named("identity.grade", &self.of.grade)
    }

    fn found(&self, step: &PersonStep) -> (&'static str, String) {
        (if step.found == "fits" { "ok" } else { "bad" }, self.f.named("identity.found", &step.found))
    }

    fn method(&self, step: &PersonStep) -> String {
        self.f.named("identity.method", &step.method)
    }

    fn methods(&self) -> &'static [IdentityMethod] {
        IdentityMethod::ALL
    }

    fn words(&self, method: &IdentityMethod) -> String {
        self.f.named("identity.method", method.name())
    }

    fn short<'t>(&self, answer: &'t str) -> &'t str {
        answer.get(..12).unwrap_or(answer)
    }
}

fn page(desk: &dyn Desk, f: &Frame, wrong: Option<&Both>) -> Result<Response, Fault> {
    let of = desk.certainty(f.known()?)?;
    f.answer(&Page { f, of: &of, wrong }, wrong.is_some())
}

pub async fn show(State(portal): State<Portal>, visit: Visit) -> Response {
    visit.page(&portal, |desk, f| page(desk, f, None)).await
}

pub async fn ask(State(portal): State<Portal>, visit: Visit, form: Result<Multipart, MultipartRejection>) -> Response {
    page_about(&portal, visit, form, move |desk, f, posted| {
        let said = |name: &str| posted.said.get(name).cloned().unwrap_or_default();
        let given = Given {
            name: said("name"),
            number: said("number").to_ascii_uppercase(),
            card: said("card"),
            telephone: said("telephone"),
            picture: posted.bytes.clone(),
        };
        let method = IdentityMethod::from_name(&said("method")).ok_or(Fault::Refused(Refused::NotFound))?;
        match desk.identify(f.known()?, method, &given) {
            Ok(_) => Ok(f.go("/me/identity")),
            Err(Refused::Cannot { said, .. }) => page(desk, f, Some(&said)),
            Err(other) => Err(other.into()),
        }
    })
    .await
}
