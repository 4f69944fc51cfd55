//! An enterprise's own page: what it has to mend, what was answered, and its money.

use crate::Portal;
use crate::chart;
use crate::desk::{Company, Held, Payment, Reason, Row, State};
use crate::lang::table_fen;
use crate::site::{Frame, Visit, quoted};
use askama::Template;
use axum::extract;
use axum::response::Response;
use std::collections::BTreeSet;

#[derive(Template)]
#[template(path = "company.html")]
struct Page<'a> {
    f: &'a Frame,
    c: &'a Company,
}

/// The states that the figures name, each with those that it gathers.
const FIGURES: [&[State]; 4] = [
    &[State::Refused, State::SentBack],
    &[State::Waiting],
    &[State::Review, State::Inspection, State::Detained],
    &[State::Released, State::Closed],
];

/// A figure: words, number, and where the lists are.
struct Figure {
    name: &'static str,
    n: u64,
    to: String,
}

impl Page<'_> {
    fn service(&self) -> Option<usize> {
        Some(0)
    }

    fn who(&self) -> String {
        self.f.caller.as_ref().map(|c| c.enterprises.join(", ")).unwrap_or_default()
    }

    fn figures(&self) -> Vec<Figure> {
        ["company.to_mend", "company.waiting", "company.held", "company.released"]
            .into_iter()
            .zip(FIGURES)
            .map(|(name, states)| {
                let n = self.c.counts.iter().filter(|(s, _)| states.contains(s)).map(|(_, n)| n).sum();
                let names: Vec<_> = states.iter().map(|s| s.name()).collect();
                Figure { name, n, to: self.f.to(format!("/parcels?state={}", names.join(","))) }
            })
            .collect()
    }

    /// The list as it was sent, in a form.
    fn mend(&self, row: &Row) -> String {
        self.f.to(format!("/mend/{}/CEB621", quoted(&row.key)))
    }

    /// Titles of the reasons; a code without words stays a code.
    fn why(&self, row: &Row) -> String {
        let title = |code: &String| {
            let known = trade::finding::Code::from_name(code);
            known.map_or(code.clone(), |_| self.f.t(&format!("title.{code}")).to_owned())
        };
        let codes: BTreeSet<&String> = row.rules.iter().collect();
        codes.into_iter().map(title).collect::<Vec<_>>().join(" · ")
    }

    fn by_reason(&self, reason: &Reason) -> String {
        self.f.to(format!("/parcels?state=refused&reason={}", quoted(&reason.code)))
    }

    fn meter(&self, held: &Held) -> String {
        chart::meter(held.limit, held.due, held.reserved, &self.held(held))
    }

    fn held(&self, held: &Held) -> String {
        let [limit, due, reserved, free] = [held.limit, held.due, held.reserved, held.free].map(table_fen);
        self.f.lang.fill("company.guarantee.said", &[&held.code, &held.district, &limit, &due, &reserved, &free])
    }

    /// How a payment stands, and its tone.
    fn paid(&self, payment: &Payment) -> (String, &'static str) {
        match (payment.paid_on, payment.overdue) {
            (Some(day), _) => (self.f.t1("company.bills.paid", day), "ok"),
            (None, true) => (self.f.t1("company.bills.overdue", table_fen(payment.surcharge)), "bad"),
            (None, false) => (self.f.t1("company.bills.due", payment.due_on), "wait"),
        }
    }
}

pub async fn show(extract::State(portal): extract::State<Portal>, visit: Visit) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let company = desk.company(&f.sight)?;
            f.html(&Page { f, c: &company })
        })
        .await
}
