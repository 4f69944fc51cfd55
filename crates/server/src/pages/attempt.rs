//! "Try a message": paste or choose a file, see every fault under its line. Nothing is kept.

use crate::Portal;
use crate::desk::{Checked, Desk, Mode, Problem};
use crate::site::{Fault, Frame, Visit};
use askama::Template;
use axum::extract::State;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::response::Response;
use std::collections::{BTreeMap, BTreeSet};
use tokio::sync::OwnedSemaphorePermit;

/// Faults and lines that are shown; a page stays a page whatever is pasted.
const SHOWN_PROBLEMS: usize = 60;
const SHOWN_LINES: usize = 160;
const AROUND: usize = 2;
const LONGEST_LINE: usize = 240;

#[derive(Template)]
#[template(path = "try.html")]
struct Page<'a> {
    f: &'a Frame,
    mode: Mode,
    text: &'a str,
    name: &'a str,
    size: usize,
    checked: Option<&'a Checked>,
    lines: Vec<Line<'a>>,
    unplaced: Vec<&'a Problem>,
}

/// A line of the message, or a gap, with what is said under it.
struct Line<'a> {
    number: usize,
    text: String,
    said: Vec<&'a Problem>,
    gap: bool,
}

impl Line<'_> {
    /// Red where anything is refused, ochre where all was forgiven.
    fn class(&self) -> &'static str {
        if self.gap {
            "gap"
        } else if self.said.is_empty() {
            ""
        } else if self.said.iter().all(|p| p.forgiven) {
            "f forgiven"
        } else {
            "f"
        }
    }
}

impl Page<'_> {
    fn service(&self) -> Option<usize> {
        Some(0)
    }

    fn said<'p>(&self, problem: &'p Problem) -> &'p str {
        if self.f.english() { &problem.en } else { &problem.zh }
    }

    fn refused(&self) -> Vec<&Problem> {
        self.checked.map_or(vec![], |c| c.problems.iter().filter(|p| !p.forgiven).take(SHOWN_PROBLEMS).collect())
    }

    fn verdict(&self) -> String {
        let Some(checked) = self.checked else { return String::new() };
        let kind = checked.message.as_deref().unwrap_or_else(|| self.f.t("try.no_message"));
        let refused = checked.problems.iter().filter(|p| !p.forgiven).count().to_string();
        let forgiven = checked.problems.iter().filter(|p| p.forgiven).count().to_string();
        let key = if checked.valid { "try.valid" } else { "try.invalid" };
        self.f.lang.fill(key, &[kind, &checked.documents.to_string(), &refused, &forgiven])
    }

    fn hidden(&self) -> usize {
        self.checked.map_or(0, |c| c.problems.len().saturating_sub(SHOWN_PROBLEMS))
    }

    fn file(&self) -> &str {
        if self.name.is_empty() { "FILE.xml" } else { self.name }
    }

    /// A fault without a line leads to the list of such faults.
    fn place(&self, problem: &Problem) -> String {
        match problem.line {
            Some(line) => format!("#L{line}"),
            None => "#unplaced".to_owned(),
        }
    }

    fn where_said(&self, problem: &Problem) -> String {
        match problem.line {
            Some(line) => self.f.t2("try.at", line, self.said(problem)),
            None => self.said(problem).to_owned(),
        }
    }
}

/// The lines around faults, with gaps between; all of a short message.
fn placed<'a>(text: &str, problems: &'a [Problem]) -> Vec<Line<'a>> {
    let all: Vec<&str> = text.lines().collect();
    let mut at: BTreeMap<usize, Vec<&Problem>> = BTreeMap::new();
    for problem in problems.iter().take(SHOWN_PROBLEMS) {
        if let Some(line) = problem.line.map(|l| l as usize).filter(|l| (1..=all.len()).contains(l)) {
            at.entry(line).or_default().push(problem);
        }
    }
    let numbers: BTreeSet<usize> = if all.len() <= SHOWN_LINES {
        (1..=all.len()).collect()
    } else if at.is_empty() {
        (1..=40).collect()
    } else {
        at.keys().flat_map(|n| n.saturating_sub(AROUND).max(1)..=(n + AROUND).min(all.len())).collect()
    };
    let mut lines = vec![];
    let mut before = 0;
    for number in numbers.into_iter().take(SHOWN_LINES * 2) {
        if number > before + 1 {
            lines.push(Line { number: 0, text: String::new(), said: vec![], gap: true });
        }
        before = number;
        let text = short(all[number - 1], LONGEST_LINE);
        lines.push(Line { number, text, said: at.remove(&number).unwrap_or_default(), gap: false });
    }
    if before < all.len() {
        lines.push(Line { number: 0, text: String::new(), said: vec![], gap: true });
    }
    lines
}

fn short(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

pub async fn show(State(portal): State<Portal>, visit: Visit) -> Response {
    visit
        .page(&portal, |_, f| {
            let page = Page {
                f,
                mode: Mode::Lenient,
                text: "",
                name: "",
                size: 0,
                checked: None,
                lines: vec![],
                unplaced: vec![],
            };
            f.html(&page)
        })
        .await
}

/// The fields of the form: pasted text, or a file with its name.
#[derive(Default)]
pub struct Posted {
    pub bytes: Vec<u8>,
    pub name: String,
    /// Which button was pressed, and other short answers of the form by their names.
    pub said: BTreeMap<String, String>,
    strict: bool,
    /// The room that the body takes until this is dropped.
    _slot: Option<OwnedSemaphorePermit>,
}

/// A page about a message that was pasted or uploaded.
pub async fn page_about<F>(
    portal: &Portal,
    visit: Visit,
    form: Result<Multipart, MultipartRejection>,
    work: F,
) -> Response
where
    F: FnOnce(&dyn Desk, &Frame, Posted) -> Result<Response, Fault> + Send + 'static,
{
    let posted = read(portal, form).await;
    visit.page(portal, move |desk, f| work(desk, f, posted?)).await
}

async fn read(portal: &Portal, form: Result<Multipart, MultipartRejection>) -> Result<Posted, Fault> {
    // Room before the body is read, as for messages.
    let slot = portal.slots.clone().try_acquire_owned();
    let slot = slot.map_err(|_| Fault::Refused(crate::desk::Refused::NotNow { retry_after_s: 1 }))?;
    let mut form = form.map_err(|_| Fault::Refused(crate::desk::Refused::NotFound))?;
    let mut posted = Posted { _slot: Some(slot), ..Posted::default() };
    while let Some(field) = form.next_field().await.map_err(|e| too_large(&e))? {
        let (kind, name) = (field.name().unwrap_or("").to_owned(), field.file_name().unwrap_or("").to_owned());
        let bytes = field.bytes().await.map_err(|e| too_large(&e))?;
        match kind.as_str() {
            "text" if posted.bytes.is_empty() => posted.bytes = bytes.to_vec(),
            "file" if !bytes.is_empty() => {
                posted.bytes = bytes.to_vec();
                posted.name = short(&name.replace(|c: char| c.is_control(), ""), 80);
            }
            "mode" => posted.strict = &bytes[..] == b"strict",
            "method" | "name" | "number" | "card" | "telephone" if bytes.len() <= 200 => {
                posted.said.insert(kind, String::from_utf8_lossy(&bytes).trim().to_owned());
            }
            "do" | "words" | "copCode" | "copName" | "dxpId" | "to" | "of" if bytes.len() <= 2_000 => {
                posted.said.insert(kind, String::from_utf8_lossy(&bytes).trim().to_owned());
            }
            _ => {}
        }
    }
    Ok(posted)
}

fn too_large(error: &axum::extract::multipart::MultipartError) -> Fault {
    if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
        Fault::TooLarge
    } else {
        Fault::Refused(crate::desk::Refused::NotFound)
    }
}

pub async fn check(
    State(portal): State<Portal>,
    visit: Visit,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    page_about(&portal, visit, form, |desk, f, posted| {
        let mode = if posted.strict { Mode::Strict } else { Mode::Lenient };
        if posted.bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(f.go("/try"));
        }
        let checked = desk.check(&posted.bytes, mode);
        let text = String::from_utf8_lossy(&posted.bytes);
        let kept = if posted.name.is_empty() { super::kept(&text) } else { "" };
        f.html(&Page {
            f,
            mode,
            text: kept,
            name: &posted.name,
            size: posted.bytes.len(),
            lines: placed(&text, &checked.problems),
            unplaced: checked.problems.iter().filter(|p| p.line.is_none()).take(SHOWN_PROBLEMS).collect(),
            checked: Some(&checked),
        })
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(line: u32) -> Problem {
        let text = String::new;
        Problem { code: "X".into(), path: text(), line: Some(line), zh: text(), en: text(), forgiven: false }
    }

    #[test]
    fn a_long_message_is_shown_around_its_faults() {
        let text = "x\n".repeat(10_000);
        let problems = [fault(5_000), fault(5_001), fault(99_999), fault(0)];
        let lines = placed(&text, &problems);
        let numbers: Vec<_> = lines.iter().filter(|l| !l.gap).map(|l| l.number).collect();
        assert_eq!(numbers, [4998, 4999, 5000, 5001, 5002, 5003]);
        assert!(lines[0].gap && lines[lines.len() - 1].gap);
        assert_eq!(lines.iter().map(|l| l.said.len()).sum::<usize>(), 2);
    }

    #[test]
    fn one_endless_line_is_cut_at_a_letter() {
        let lines = placed(&"票".repeat(1_000_000), &[]);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].text.chars().count() == LONGEST_LINE + 1);
    }

    #[test]
    fn many_faults_stay_a_page() {
        let problems: Vec<_> = (1..5_000).map(|n| fault(n * 10)).collect();
        assert!(placed(&"x\n".repeat(60_000), &problems).len() < 2 * SHOWN_LINES * 2);
    }
}
