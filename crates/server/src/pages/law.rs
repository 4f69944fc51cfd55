//! Another law tried on what was declared: the form, the run in the background, and its report.

use crate::Portal;
use crate::chart;
use crate::desk::{Both, Refused};
use crate::lang::table_fen;
use crate::law::{Limits, MOST_DRAFTS, Trial};
use crate::pages::export::{Sheet, is_csv};
use crate::site::{Fault, Frame, Visit};
use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;
use trade::finding::Code;
use trade::money::Fen;
use window::what_if::{COLUMNS, Dimension, Drafted, Report, Tally};

#[derive(Template)]
#[template(path = "law_try.html")]
struct TryPage<'a> {
    f: &'a Frame,
    now: Option<Limits>,
    trials: Vec<Trial>,
    asked: &'a Asked,
    /// Fields that cannot be read, with what is wrong.
    wrong: Vec<(&'static str, &'static str)>,
    said: Option<Both>,
}

/// The form: yuan, as people write them. The first draft must be there.
#[derive(Deserialize, Default)]
pub struct Asked {
    #[serde(default)]
    single1: String,
    #[serde(default)]
    annual1: String,
    #[serde(default)]
    single2: String,
    #[serde(default)]
    annual2: String,
    #[serde(default)]
    single3: String,
    #[serde(default)]
    annual3: String,
}

/// Names of the fields of each draft.
const FIELDS: [(&str, &str); MOST_DRAFTS] = [("single1", "annual1"), ("single2", "annual2"), ("single3", "annual3")];
/// More than anybody buys for in a year, in fen.
const MOST: i64 = 100_000_000_000;

impl Asked {
    fn of(now: Option<Limits>) -> Asked {
        let words = |fen: Option<Fen>| fen.map(|fen| fen.to_string()).unwrap_or_default();
        Asked { single1: words(now.map(|l| l.single)), annual1: words(now.map(|l| l.annual)), ..Asked::default() }
    }

    fn pairs(&self) -> [(&str, &str); MOST_DRAFTS] {
        [(&self.single1, &self.annual1), (&self.single2, &self.annual2), (&self.single3, &self.annual3)]
            .map(|(single, annual): (&String, &String)| (single.trim(), annual.trim()))
    }

    /// The drafts, or what is wrong with which field.
    fn read(&self) -> Result<Vec<Limits>, Vec<(&'static str, &'static str)>> {
        let (mut drafts, mut wrong) = (Vec::new(), Vec::new());
        for (number, ((single, annual), fields)) in self.pairs().into_iter().zip(FIELDS).enumerate() {
            if number > 0 && single.is_empty() && annual.is_empty() {
                continue;
            }
            let amount = |text: &str| {
                let fen = Fen::from_yuan_text(&text.replace(',', "")).ok();
                fen.filter(|fen| (1..=MOST).contains(&fen.0))
            };
            match (amount(single), amount(annual)) {
                (Some(single), Some(annual)) if single <= annual => drafts.push(Limits { single, annual }),
                (Some(_), Some(_)) => wrong.push((fields.1, "law.wrong.order")),
                (single, annual) => {
                    let missing = [(single, fields.0), (annual, fields.1)];
                    let bad = missing.into_iter().filter(|(fen, _)| fen.is_none());
                    wrong.extend(bad.map(|(_, field)| (field, "law.wrong.amount")));
                }
            }
        }
        if wrong.is_empty() { Ok(drafts) } else { Err(wrong) }
    }
}

/// A field of the form.
struct Field<'a> {
    name: &'static str,
    label: &'static str,
    value: &'a str,
    wrong: Option<&'static str>,
}

impl TryPage<'_> {
    fn service(&self) -> Option<usize> {
        None
    }

    fn drafts(&self) -> Vec<(usize, [Field<'_>; 2])> {
        let wrong = |name| self.wrong.iter().find(|(field, _)| *field == name).map(|(_, key)| *key);
        let field = |name, label, value| Field { name, label, value, wrong: wrong(name) };
        let pairs = self.asked.pairs().into_iter().zip(FIELDS).enumerate();
        pairs
            .map(|(n, ((single, annual), fields))| {
                (n + 1, [field(fields.0, "law.single", single), field(fields.1, "law.annual", annual)])
            })
            .collect()
    }
}

impl Frame {
    /// `8,000.00 / 26,000.00` for each draft.
    pub fn law_drafts(&self, trial: &Trial) -> String {
        let words = |l: &Limits| format!("{} / {}", table_fen(l.single.0), table_fen(l.annual.0));
        trial.drafts.iter().map(words).collect::<Vec<_>>().join("; ")
    }

    /// How far a run is, in words, and its tone.
    pub fn law_state(&self, trial: &Trial) -> (String, &'static str) {
        use crate::law::State;
        match &trial.state {
            State::Running => (self.t2("law.running", self.n(trial.done), self.n(trial.of)), "wait"),
            State::Done(_) => (self.t("law.done").to_owned(), "ok"),
            State::Cancelled => (self.t("law.cancelled").to_owned(), "bad"),
            State::Failed(case) => (self.t1("law.failed", case), "bad"),
        }
    }
}

pub async fn show(State(portal): State<Portal>, visit: Visit) -> Response {
    visit
        .page(&portal, |desk, f| {
            let now = desk.limits();
            let trials = desk.trials(&f.sight)?;
            f.html(&TryPage { f, now, trials, asked: &Asked::of(now), wrong: Vec::new(), said: None })
        })
        .await
}

pub async fn begin(State(portal): State<Portal>, visit: Visit, Form(asked): Form<Asked>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let again = |wrong, said| -> Result<Response, Fault> {
                let (now, trials) = (desk.limits(), desk.trials(&f.sight)?);
                f.answer(&TryPage { f, now, trials, asked: &asked, wrong, said }, true)
            };
            let drafts = match asked.read() {
                Ok(drafts) => drafts,
                Err(wrong) => return again(wrong, None),
            };
            match desk.try_law(&f.sight, &drafts) {
                Ok(number) => Ok(f.go(&format!("/law/try/{number}"))),
                Err(Refused::Cannot { said, .. }) => again(Vec::new(), Some(said)),
                Err(other) => Err(other.into()),
            }
        })
        .await
}

pub async fn cancel(State(portal): State<Portal>, visit: Visit, Path(number): Path<String>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let number = number.parse().map_err(|_| Refused::NotFound)?;
            desk.cancel_trial(&f.sight, number)?;
            Ok(f.go(&format!("/law/try/{number}")))
        })
        .await
}

#[derive(Template)]
#[template(path = "law_trial.html")]
struct TrialPage<'a> {
    f: &'a Frame,
    t: &'a Trial,
}

/// Headings that the drawing shows, and that the table behind it has at most; CSV and JSON have all.
const DRAWN: usize = 12;
const LISTED: usize = 30;

impl TrialPage<'_> {
    fn service(&self) -> Option<usize> {
        None
    }

    fn hash(&self, report: &Report) -> String {
        store::proof::hex(&report.hash)
    }

    fn fingerprint(&self, drafted: &Drafted) -> String {
        store::proof::hex(&drafted.fingerprint)
    }

    /// The headings whose tax changes most, the largest change first.
    fn chart(&self, drafted: &Drafted) -> String {
        let mut rows: Vec<_> = self.changed(drafted, Dimension::Heading);
        rows.sort_by_key(|(heading, t)| (std::cmp::Reverse((t.tax_fen[1] - t.tax_fen[0]).abs()), heading.clone()));
        let rows: Vec<_> =
            rows.into_iter().take(DRAWN).map(|(heading, t)| (heading, t.tax_fen[1] - t.tax_fen[0])).collect();
        chart::differences(&rows, |fen| self.f.signed(fen), self.f.t("law.chart"))
    }

    /// The groups in which something ends otherwise, those whose tax changes most first where there are too many.
    fn changed(&self, drafted: &Drafted, dimension: Dimension) -> Vec<(String, Tally)> {
        let mut rows: Vec<_> = drafted.rows(dimension).iter().filter(|(_, tally)| tally.changed > 0).cloned().collect();
        if dimension == Dimension::Heading && rows.len() > LISTED {
            rows.sort_by_key(|(_, t)| std::cmp::Reverse((t.tax_fen[1] - t.tax_fen[0]).abs()));
            rows.truncate(LISTED);
        }
        rows
    }

    fn tables(&self, drafted: &Drafted) -> Vec<(&'static str, Vec<(String, Tally)>)> {
        let all = [
            ("law.by.regime", Dimension::Regime),
            ("law.by.heading", Dimension::Heading),
            ("law.by.size", Dimension::Size),
            ("law.by.seller", Dimension::Seller),
        ];
        let all = all.map(|(key, dimension)| (key, self.changed(drafted, dimension)));
        all.into_iter().filter(|(_, rows)| !rows.is_empty()).collect()
    }

    fn group(&self, key: &str, name: &str) -> String {
        match (key, name.split_once(' ')) {
            ("law.by.regime", Some((mode, "import"))) => format!("{mode} {}", self.f.t("law.import")),
            ("law.by.regime", Some((mode, _))) => format!("{mode} {}", self.f.t("law.export")),
            _ => name.to_owned(),
        }
    }

    fn reasons<'a>(&self, drafted: &'a Drafted) -> Vec<(String, &'a str, u64)> {
        let title = |code: &'a String| {
            let known = Code::from_name(code).map(|_| self.f.t(&format!("title.{code}")).to_owned());
            known.unwrap_or_else(|| self.f.t("law.reason.other").to_owned())
        };
        drafted.reasons.iter().map(|(code, n)| (title(code), code.as_str(), *n)).collect()
    }

    fn voided(&self, drafted: &Drafted) -> String {
        let words = |(what, n): (&String, &u64)| format!("{what} {n}");
        drafted.void.iter().map(words).collect::<Vec<_>>().join(", ")
    }

    fn key(&self, (ebc, order_no): &(String, String)) -> String {
        format!("{ebc}_{order_no}")
    }
}

pub async fn trial(State(portal): State<Portal>, visit: Visit, Path(number): Path<String>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let number = number.parse().map_err(|_| Refused::NotFound)?;
            let trial = desk.trial(&f.sight, number)?;
            f.html(&TrialPage { f, t: &trial })
        })
        .await
}

/// The report as CSV, a row for each draft and group, or as JSON, an object for each draft: as `onewindow replay
/// --policy` writes them.
pub async fn export(State(portal): State<Portal>, visit: Visit, Path(number): Path<String>) -> Response {
    let csv = is_csv(&visit);
    visit
        .page(&portal, move |desk, f| {
            let number = number.parse().map_err(|_| Refused::NotFound)?;
            let trial = desk.trial(&f.sight, number)?;
            let report = trial.report().ok_or(Refused::NotFound)?;
            if csv {
                let rows = report.csv_rows().into_iter().map(|row| row.map(Value::from)).collect();
                return Ok(Sheet { columns: COLUMNS, rows }.answer(true));
            }
            let lines: String = report.drafts.iter().map(|d| report.json(d).to_string() + "\n").collect();
            Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], lines).into_response())
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_as_people_write_them_and_each_fault_has_its_field() {
        let ask = |single1: &str, annual1: &str, single2: &str, annual2: &str| {
            let [single1, annual1, single2, annual2] = [single1, annual1, single2, annual2].map(str::to_owned);
            Asked { single1, annual1, single2, annual2, ..Asked::default() }.read()
        };
        let limits = |single, annual| Limits { single: Fen(single), annual: Fen(annual) };
        assert_eq!(ask(" 8,000 ", "26000.00", "", ""), Ok(vec![limits(800_000, 2_600_000)]));
        assert_eq!(ask("1", "1", "2", "3"), Ok(vec![limits(100, 100), limits(200, 300)]));
        assert_eq!(ask("", "26000", "", ""), Err(vec![("single1", "law.wrong.amount")]));
        assert_eq!(ask("8000", "5000", "", ""), Err(vec![("annual1", "law.wrong.order")]));
        assert_eq!(
            ask("8000", "26000", "x", "0"),
            Err(vec![("single2", "law.wrong.amount"), ("annual2", "law.wrong.amount"),])
        );
        assert_eq!(ask("8000", "26000", "", "9"), Err(vec![("single2", "law.wrong.amount")]));
        assert_eq!(
            ask("0.001", "1e9", "", ""),
            Err(vec![("single1", "law.wrong.amount"), ("annual1", "law.wrong.amount"),])
        );
    }
}
