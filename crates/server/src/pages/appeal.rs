//! An appeal: what it is against and until when, asked before it is filed.

use crate::Portal;
use crate::desk::{self, Both, MayAppeal, Parcel, Refused};
use crate::site::{Fault, Frame, Visit, quoted};
use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

/// Characters of an appeal's ground.
const MOST: usize = 2_000;

#[derive(Template)]
#[template(path = "appeal.html")]
struct Page<'a> {
    f: &'a Frame,
    p: &'a Parcel,
    may: &'a MayAppeal,
}

impl Page<'_> {
    fn service(&self) -> Option<usize> {
        Some(0)
    }

    /// The reasons for how the list stands are those of the decision.
    fn of_refusal(&self) -> bool {
        self.may.about.is_empty() && self.p.state == desk::State::Refused
    }
}

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    key: String,
    #[serde(default)]
    about: String,
}

pub async fn ask(State(portal): State<Portal>, visit: Visit, Query(asked): Query<Asked>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let parcel = desk.parcel(&f.sight, asked.key.trim())?;
            let about = asked.about.trim();
            let may = parcel.may_appeal.iter().find(|may| about.is_empty() || may.about == about);
            let may = may.ok_or(Refused::NotFound)?;
            f.html(&Page { f, p: &parcel, may })
        })
        .await
}

#[derive(Deserialize)]
pub struct Appeal {
    #[serde(default)]
    key: String,
    #[serde(default)]
    about: String,
    #[serde(default)]
    words: String,
}

/// The ground of an appeal, as it was written.
///
/// # Errors
/// `REASON_MISSING` where there is none, or too much of it.
pub(super) fn ground(words: &str) -> Result<String, Fault> {
    let words: String = words.trim().chars().filter(|c| !c.is_control()).collect();
    if words.is_empty() || words.chars().count() > MOST {
        return Err(Fault::Refused(Refused::Cannot {
            code: "REASON_MISSING".into(),
            said: Both::words("appeal.words.missing"),
            problems: vec![],
        }));
    }
    Ok(words)
}

pub async fn file(State(portal): State<Portal>, visit: Visit, Form(form): Form<Appeal>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let words = ground(&form.words)?;
            let caller = f.caller.as_ref().ok_or(Fault::SignIn)?;
            desk.appeal(caller, form.key.trim(), form.about.trim(), &words)?;
            Ok(f.go(&format!("/parcels/{}#y", quoted(form.key.trim()))))
        })
        .await
}
