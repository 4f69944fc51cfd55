//! For the operator: how long the originals of each month are kept, and the end of those whose time is over.

use crate::Portal;
use crate::desk::Refused;
use crate::site::{Frame, Visit};
use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use trade::time::Day;
use window::retention::Originals;

#[derive(Template)]
#[template(path = "originals.html")]
struct Page<'a> {
    f: &'a Frame,
    months: &'a [Originals],
}

impl Page<'_> {
    fn service(&self) -> Option<usize> {
        None
    }

    fn is_over(&self, month: &Originals) -> bool {
        month.kept && month.until.is_some_and(|until| until <= self.f.now.day())
    }
}

pub async fn show(State(portal): State<Portal>, visit: Visit) -> Response {
    visit.page(&portal, |desk, f| f.html(&Page { f, months: &desk.originals()? })).await
}

#[derive(Deserialize)]
pub struct Which {
    #[serde(default)]
    month: String,
}

pub async fn destroy(State(portal): State<Portal>, visit: Visit, Form(which): Form<Which>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let month = Day::of_month(&which.month).ok_or(Refused::NotFound)?;
            desk.destroy(f.known()?, month)?;
            Ok(f.go("/zone/originals"))
        })
        .await
}
