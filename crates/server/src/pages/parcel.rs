//! A parcel's own page: how it stands, why, its story, its documents side by side, its tax, its receipts.

use crate::Portal;
use crate::chart;
use crate::desk::{Allowance, Both, Compared, Fact, MayAppeal, Outcome, Parcel, State, Step, When};
use crate::lang::{Plain, clock_ms, parted, table_fen};
use crate::site::{Frame, Visit, quoted};
use askama::Template;
use axum::extract;
use axum::response::Response;
use trade::policy::rights::Action;
use trade::time::Moment;

#[derive(Template)]
#[template(path = "parcel.html")]
struct Page<'a> {
    f: &'a Frame,
    p: &'a Parcel,
    /// The reader may read attachments and add one.
    attaches: bool,
    scans: bool,
}

struct Shown<'a> {
    step: &'a Step,
    class: &'static str,
    at: String,
    /// The day, where it is another than in the step before.
    day: String,
    took: String,
}

struct Row<'a> {
    row: &'a Compared,
    cells: Vec<(String, Option<&'a Both>)>,
    differs: bool,
    class: &'static str,
    said: String,
}

impl<'a> Page<'a> {
    /// A tax bill was told, and the reader has its receipt.
    fn has_bill(&self) -> bool {
        self.p.receipts.iter().any(|receipt| receipt.message == super::receipt::BILL)
    }

    /// Where attachments are added and given.
    fn attach_base(&self) -> String {
        format!("{}/attachments", self.f.parcel(&self.p.key))
    }

    fn service(&self) -> Option<usize> {
        Some(0)
    }

    fn parted(&self) -> String {
        parted(&self.p.key)
    }

    fn sign_in(&self) -> String {
        self.f.to(format!("/login?back={}", quoted(&format!("/parcels/{}", quoted(&self.p.key)))))
    }

    /// Only a ticket of export is compared by its kind of order (R40).
    fn of_export(&self) -> bool {
        self.p.compared.iter().any(|c| c.rule == "R40")
    }

    /// The list, as it was sent, in a form.
    fn mend(&self) -> String {
        let kind = if self.of_export() { "CEB603" } else { "CEB621" };
        self.f.to(format!("/mend/{}/{kind}", quoted(&self.p.key)))
    }

    fn correction(&self, step: &Step) -> String {
        self.f.to(format!("/company/correct?made={}#rows", quoted(&step.correction)))
    }

    fn appeal(&self, may: &MayAppeal) -> String {
        self.f.to(format!("/appeal?key={}&about={}", quoted(&self.p.key), quoted(&may.about)))
    }

    fn exchange(&self) -> String {
        self.f.to(format!("/exchange?key={}", quoted(&self.p.key)))
    }

    /// The two characters, or the word, in the seal.
    fn verdict(&self) -> &'static str {
        match self.p.state {
            State::Accepted => "verdict.accepted",
            State::Waiting => "verdict.waiting",
            State::Matched => "verdict.matched",
            State::Review => "verdict.review",
            State::Inspection => "verdict.inspection",
            State::Detained => "verdict.detained",
            State::Finished => "verdict.finished",
            State::Released => "verdict.released",
            State::Closed => "verdict.closed",
            State::Refused => "verdict.refused",
            State::SentBack => "verdict.sent_back",
            State::Cancelled => "verdict.cancelled",
        }
    }

    /// The particulars in two columns.
    fn halves(&self) -> Vec<&'a [Fact]> {
        let (left, right) = self.p.facts.split_at(self.p.facts.len().div_ceil(2));
        [left, right].into_iter().filter(|half| !half.is_empty()).collect()
    }

    fn persons_note(&self) -> &str {
        let masked = self.p.persons.iter().any(|of| of.masked);
        self.f.t(if masked { "parcel.persons.masked" } else { "parcel.persons.whole" })
    }

    fn steps(&self) -> Vec<Shown<'a>> {
        let mut before: Option<Moment> = None;
        self.p
            .story
            .iter()
            .map(|step| {
                let (at, day, took, class) = match step.at {
                    When::At(at) => {
                        let new_day = before.is_none_or(|b| b.day() != at.day());
                        let took = before.map_or(String::new(), |b| self.took(b, at));
                        before = Some(at);
                        let day = if new_day { at.day().to_string() } else { String::new() };
                        (clock_ms(at), day, took, step.tone.class())
                    }
                    When::On(day) => {
                        let left = day.0 - self.f.now.day().0;
                        let left = if left > 0 { self.f.t1("parcel.days_left", left) } else { String::new() };
                        (day.to_string(), String::new(), left, "next")
                    }
                };
                Shown { step, class, at, day, took }
            })
            .collect()
    }

    fn took(&self, from: Moment, to: Moment) -> String {
        let ms = (to.0 - from.0).max(0) as u64;
        if ms < 60_000 { format!("+{}.{:03} s", ms / 1000, ms % 1000) } else { format!("+{}", self.f.lang.span(ms)) }
    }

    fn documents(&self) -> Vec<String> {
        let names = if self.of_export() {
            ["document.export_order", "document.export_receipt", "document.export_waybill", "document.export_list"]
        } else {
            ["document.order", "document.payment", "document.waybill", "document.list"]
        };
        names.map(|key| self.f.t(key).to_owned()).to_vec()
    }

    fn comparisons(&self) -> Vec<Row<'a>> {
        let names = self.documents();
        self.p
            .compared
            .iter()
            .map(|row| {
                let (class, said) = match &row.outcome {
                    Outcome::Same => ("eq", format!("＝ {}", self.f.t("compared.same"))),
                    Outcome::Near(how) => ("near", format!("≈ {}", self.f.lang.of(how))),
                    Outcome::Differ => ("ne", format!("≠ {}", self.f.t("compared.differ"))),
                    Outcome::Missing => ("near", self.f.t("compared.missing").to_owned()),
                };
                let cells = names.iter().cloned().zip(row.cells.iter().map(Option::as_ref)).collect();
                Row { row, cells, differs: row.outcome == Outcome::Differ, class, said }
            })
            .collect()
    }

    fn compared_note(&self) -> String {
        let differ = self.p.compared.iter().filter(|c| c.outcome == Outcome::Differ).count();
        if differ == 0 { self.f.t("compared.none_differ").to_owned() } else { self.f.t1("compared.n_differ", differ) }
    }

    /// Whether any line bears duty: within the limits the column would be empty.
    fn duty(&self) -> bool {
        self.p.tax.as_ref().is_some_and(|tax| tax.total.duty != 0)
    }

    fn meter(&self, a: impl Plain<Allowance>) -> String {
        let a = a.plain();
        chart::meter(a.limit, a.before, a.this, &self.allowance_said(a))
    }

    fn allowance_said(&self, a: impl Plain<Allowance>) -> String {
        let a = a.plain();
        let left = table_fen(a.limit - a.before - a.this);
        self.f
            .lang
            .fill("parcel.allowance.said", &[&table_fen(a.limit), &table_fen(a.before), &table_fen(a.this), &left])
    }
}

pub async fn show(
    extract::State(portal): extract::State<Portal>,
    visit: Visit,
    extract::Path(key): extract::Path<String>,
) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let mut p = desk.parcel(&f.sight, key.trim())?;
            if !sees_whole(&f.sight, &p) {
                p = p.for_anybody();
            }
            if f.is("consumer") {
                // They are the enterprises' own; what they say is on the page.
                p.receipts.clear();
            }
            if !f.is("officer") {
                p.acts.clear();
            }
            let role = f.caller.as_ref().map(|caller| caller.role.actor());
            let may = desk.rights().of(role, Action::AttachmentSend, None, f.now.day()).is_some();
            f.html(&Page { f, p: &p, attaches: role.is_some() && may && p.whole, scans: desk.scans() })
        })
        .await
}

/// As far as the reader's right reaches: an enterprise sees those that it takes part in, an officer those of the office,
/// a person the own.
pub fn sees_whole(sight: &crate::desk::Sight, p: &Parcel) -> bool {
    p.mine || sight.sees(&p.enterprises, &p.office)
}
