//! A table of the law beside the adopted one: what is wrong, what is odd, and what changes, in words.

use crate::Portal;
use crate::law::Compared;
use crate::site::{Frame, Visit};
use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use trade::policy::diff::Difference;
use trade::policy::hygiene::Remark;
use trade::policy::{PolicyFault, SAMPLE};
use trade::record::Proposal;

#[derive(Template)]
#[template(path = "compare.html")]
struct Page<'a> {
    f: &'a Frame,
    asked: &'a Asked,
    found: Option<Compared>,
    /// Who proposed and who adopted a policy, the newest first.
    proposals: Vec<Proposal>,
}

#[derive(Deserialize, Default)]
pub struct Asked {
    #[serde(default)]
    file: String,
    #[serde(default)]
    text: String,
}

/// Rows of each list; the command has all.
const LISTED: usize = 100;

impl Page<'_> {
    fn service(&self) -> Option<usize> {
        None
    }

    fn named(&self, proposal: &Proposal) -> String {
        proposal.files.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ")
    }

    fn files(&self) -> impl Iterator<Item = &'static str> {
        SAMPLE.iter().map(|(name, _)| *name)
    }

    fn text(&self) -> &str {
        super::kept(&self.asked.text)
    }

    fn fault<'a>(&self, fault: &'a PolicyFault) -> &'a str {
        if self.f.english() { &fault.en } else { &fault.zh }
    }

    fn remark<'a>(&self, remark: &'a Remark) -> &'a str {
        if self.f.english() { &remark.en } else { &remark.zh }
    }

    fn difference<'a>(&self, difference: &'a Difference) -> &'a str {
        if self.f.english() { &difference.en } else { &difference.zh }
    }

    /// The declaration that shows a remark, and what the law answers to it.
    fn example(&self, remark: &Remark) -> String {
        let x = &remark.example;
        let hs = if x.hs.is_empty() { "*" } else { &x.hs };
        let codes = x.answer.iter().map(|code| code.name()).collect::<Vec<_>>().join(" ");
        let answer = if codes.is_empty() { self.f.t("compare.passes").to_owned() } else { codes };
        let (day, value) = (x.declared_on.to_string(), self.f.money(x.value.0));
        self.f.lang.fill("compare.example", &[&day, x.mode, hs, &x.country, &value, &answer])
    }

    fn flaw(&self, remark: &Remark) -> &str {
        use trade::policy::hygiene::Flaw;
        self.f.t(match remark.flaw {
            Flaw::Gap => "compare.gap",
            Flaw::Overlap => "compare.overlap",
            Flaw::Contradiction => "compare.contradiction",
            Flaw::Never => "compare.never",
        })
    }

    fn first<'v, V>(&self, all: &'v [V]) -> &'v [V] {
        &all[..all.len().min(LISTED)]
    }
}

pub async fn show(State(portal): State<Portal>, visit: Visit) -> Response {
    visit
        .page(&portal, |desk, f| {
            let proposals = desk.proposals(&f.sight)?;
            f.html(&Page { f, asked: &Asked::default(), found: None, proposals })
        })
        .await
}

pub async fn compared(State(portal): State<Portal>, visit: Visit, Form(asked): Form<Asked>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            // A form sends line ends as CR LF.
            let asked = Asked { text: asked.text.replace("\r\n", "\n"), ..asked };
            let found = desk.compare_law(&f.sight, &asked.file, &asked.text)?;
            let proposals = desk.proposals(&f.sight)?;
            f.html(&Page { f, asked: &asked, found: Some(found), proposals })
        })
        .await
}
