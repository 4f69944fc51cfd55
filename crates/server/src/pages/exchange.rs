//! An exchange (换货): which order replaces a parcel that comes back. And a proof about stock abroad.

use crate::Portal;
use crate::desk::{Parcel, Refused};
use crate::site::{Fault, Frame, Visit, quoted};
use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "exchange.html")]
struct Page<'a> {
    f: &'a Frame,
    p: &'a Parcel,
}

impl Page<'_> {
    fn service(&self) -> Option<usize> {
        Some(0)
    }
}

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    key: String,
}

pub async fn ask(State(portal): State<Portal>, visit: Visit, Query(asked): Query<Asked>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let parcel = desk.parcel(&f.sight, asked.key.trim())?;
            if !parcel.may_exchange {
                return Err(Fault::Refused(Refused::NotFound));
            }
            f.html(&Page { f, p: &parcel })
        })
        .await
}

#[derive(Deserialize)]
pub struct Exchange {
    #[serde(default)]
    key: String,
    #[serde(default)]
    order: String,
}

pub async fn link(State(portal): State<Portal>, visit: Visit, Form(form): Form<Exchange>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let caller = f.caller.as_ref().ok_or(Fault::SignIn)?;
            desk.exchange(caller, form.key.trim(), form.order.trim())?;
            Ok(f.go(&format!("/parcels/{}#k", quoted(form.key.trim()))))
        })
        .await
}

#[derive(Deserialize)]
pub struct Proof {
    #[serde(default)]
    key: String,
    #[serde(default, rename = "for")]
    for_what: String,
}

/// A proof about the stock abroad of a list: it stands among the receipts of its page.
pub async fn prove(State(portal): State<Portal>, visit: Visit, Form(form): Form<Proof>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let caller = f.caller.as_ref().ok_or(Fault::SignIn)?;
            desk.prove_abroad(caller, form.key.trim(), form.for_what.trim())?;
            Ok(f.go(&format!("/parcels/{}#r", quoted(form.key.trim()))))
        })
        .await
}
