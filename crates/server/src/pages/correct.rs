//! Corrections of an enterprise: one list or a file of many, what it would do before it is sent, and those that were
//! made, each with its bill of changes.

use crate::Portal;
use crate::corrections::{File, ListLine, Made, Previewed, SHOWN};
use crate::desk::{Refused, Said};
use crate::site::{Fault, Frame, Visit, quoted};
use askama::Template;
use axum::Form;
use axum::extract::multipart::{Multipart, MultipartError, MultipartRejection};
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use trade::correction::{COLUMNS, Field};

#[derive(Template)]
#[template(path = "correct.html")]
struct Page<'a> {
    f: &'a Frame,
    entered: &'a Entered,
    previewed: Option<&'a Previewed>,
    /// Why what was sent was not done.
    refused: &'a [Said],
    /// The number of the correction that was just made.
    done: &'a str,
    /// The message that was sent as it was looked at.
    sent: &'a str,
    /// What was looked at is not held any more.
    lost: bool,
    made: &'a [Made],
    /// The rows of the correction that was asked for, and its number.
    bill: Option<(&'a str, &'a [[String; COLUMNS.len()]])>,
}

/// What stood in the forms.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Entered {
    #[serde(default)]
    number: String,
    #[serde(default)]
    list: String,
    #[serde(default)]
    what: String,
    #[serde(default)]
    line: String,
    #[serde(default)]
    field: String,
    #[serde(default)]
    value: String,
    #[serde(default)]
    text: String,
}

impl Page<'_> {
    fn service(&self) -> Option<usize> {
        Some(0)
    }

    fn fields(&self) -> impl Iterator<Item = &'static str> {
        Field::ALL.iter().map(|field| field.name())
    }

    /// The number that was entered, or one that was not used yet.
    fn number(&self) -> String {
        match self.entered.number.is_empty() {
            true => format!("C{}", self.f.now.compact()),
            false => self.entered.number.clone(),
        }
    }

    fn text(&self) -> &str {
        super::kept(&self.entered.text)
    }

    /// Lists that cannot be done come first.
    fn lists<'p>(&self, p: &'p Previewed) -> Vec<&'p ListLine> {
        let faulty = p.lists.iter().filter(|list| !list.done);
        faulty.chain(p.lists.iter().filter(|list| list.done)).take(SHOWN).collect()
    }

    fn faulty<'p>(&self, p: &'p Previewed) -> impl Iterator<Item = &'p ListLine> {
        p.lists.iter().filter(|list| !list.done).take(SHOWN)
    }

    fn verdict(&self, p: &Previewed) -> String {
        let (rows, refused) = (self.f.n(u64::from(p.rows)), self.f.n(u64::from(p.refused)));
        match (p.may_be_done(), p.rows) {
            (true, 1) => self.f.t("correct.may.one").to_owned(),
            (true, _) => self.f.t1("correct.may", rows),
            (false, 0) => self.f.t("correct.may_not.file").to_owned(),
            (false, _) => self.f.t2("correct.may_not", rows, refused),
        }
    }

    fn hidden(&self, p: &Previewed) -> usize {
        p.lists.len().saturating_sub(SHOWN)
    }

    fn first(&self, list: &ListLine) -> String {
        let words = list.findings.iter().find(|said| !said.forgiven).map(|said| self.f.reason(said).0);
        format!("{} {}: {}", self.f.t1("correct.line", list.line), list.list, words.unwrap_or_default())
    }

    fn what<'p>(&'p self, list: &'p ListLine) -> &'p str {
        self.done_to(&list.what)
    }

    fn state(&self, list: &ListLine) -> String {
        list.state().map(|state| self.f.chip(state)).unwrap_or_default()
    }

    fn count(&self, made: &Made) -> String {
        self.f.n(u64::from(made.made.lists))
    }

    fn bill(&self, made: &Made) -> String {
        format!("/api/v1/corrections/{}/bill.csv", quoted(&made.number))
    }

    /// Where the rows of one that was made stand.
    fn opened(&self, made: &Made) -> String {
        self.f.to(format!("/company/correct?made={}#rows", quoted(&made.number)))
    }

    fn rows<'b>(&self, rows: &'b [[String; COLUMNS.len()]]) -> impl Iterator<Item = BillRow<'b>> {
        rows.iter().take(SHOWN).map(|[_, list, _, _, what, line, field, before, after, tax_before, tax_after, _]| {
            BillRow { list, what, line, field, before, after, tax_before, tax_after }
        })
    }

    fn done_to<'p>(&'p self, what: &'p str) -> &'p str {
        match what {
            "withdraw" => self.f.t("correct.withdraw"),
            "amend" => self.f.t("correct.amend"),
            "reassess" => self.f.t("correct.reassess"),
            message => message,
        }
    }

    fn receipt(&self, made: &Made) -> String {
        format!("/api/v1/receipts/{}/{}", made.made.at.revision, made.made.receipt)
    }
}

/// A row of a bill of changes.
struct BillRow<'a> {
    list: &'a str,
    what: &'a str,
    line: &'a str,
    field: &'a str,
    before: &'a str,
    after: &'a str,
    tax_before: &'a str,
    tax_after: &'a str,
}

fn page(desk: &dyn crate::desk::Desk, f: &Frame, of: Shown<'_>) -> Result<Response, Fault> {
    let made = desk.corrections(&f.sight)?;
    let bill = match of.opened {
        "" => None,
        number => Some(desk.bill_of_changes(&f.sight, number)?),
    };
    let bill = bill.as_ref().map(|bill| (of.opened, &bill.rows[..]));
    let Shown { entered, previewed, refused, done, sent, lost, .. } = of;
    f.html(&Page { f, entered, previewed, refused, done, sent, lost, made: &made, bill })
}

struct Shown<'a> {
    entered: &'a Entered,
    previewed: Option<&'a Previewed>,
    refused: &'a [Said],
    done: &'a str,
    sent: &'a str,
    lost: bool,
    /// The number of a correction whose rows are asked for.
    opened: &'a str,
}

impl<'a> Shown<'a> {
    fn form(entered: &'a Entered) -> Shown<'a> {
        Shown { entered, previewed: None, refused: &[], done: "", sent: "", lost: false, opened: "" }
    }
}

#[derive(Deserialize, Default)]
pub struct Asked {
    /// A list to begin with.
    #[serde(default)]
    list: String,
    #[serde(default)]
    done: String,
    /// The message that was sent.
    #[serde(default)]
    sent: String,
    /// A correction that was made, by its number: its rows are shown.
    #[serde(default)]
    made: String,
}

pub async fn show(State(portal): State<Portal>, visit: Visit, Query(asked): Query<Asked>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let entered = Entered { list: asked.list.chars().take(18).collect(), ..Entered::default() };
            let cut = |text: &str| text.chars().take(40).collect::<String>();
            let (done, sent, opened) = (cut(&asked.done), cut(&asked.sent), cut(&asked.made));
            page(desk, f, Shown { done: &done, sent: &sent, opened: &opened, ..Shown::form(&entered) })
        })
        .await
}

/// The one list that was written into the form, as a line of a file.
fn as_file(e: &Entered) -> Vec<u8> {
    let cell = |text: &str| format!("\"{}\"", text.trim().replace('"', "\"\""));
    let withdraw = e.what == "withdraw";
    let of_value = |text: &str| if withdraw { cell("") } else { cell(text) };
    let (line, field, value) = (of_value(&e.line), of_value(&e.field), of_value(&e.value));
    format!("list,what,line,field,value\n{},{},{line},{field},{value}\n", cell(&e.list), cell(&e.what)).into_bytes()
}

fn too_large(error: &MultipartError) -> Fault {
    if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
        Fault::TooLarge
    } else {
        Fault::Refused(Refused::NotFound)
    }
}

async fn entered(form: Result<Multipart, MultipartRejection>) -> Result<(Entered, Vec<u8>), Fault> {
    let mut form = form.map_err(|_| Fault::Refused(Refused::NotFound))?;
    let (mut entered, mut bytes) = (Entered::default(), Vec::new());
    while let Some(field) = form.next_field().await.map_err(|e| too_large(&e))? {
        let name = field.name().unwrap_or("").to_owned();
        let given = field.bytes().await.map_err(|e| too_large(&e))?;
        let slot = match name.as_str() {
            "file" if !given.is_empty() => {
                bytes = given.to_vec();
                continue;
            }
            "text" => &mut entered.text,
            "number" => &mut entered.number,
            "list" => &mut entered.list,
            "what" => &mut entered.what,
            "line" => &mut entered.line,
            "field" => &mut entered.field,
            "value" => &mut entered.value,
            _ => continue,
        };
        *slot = String::from_utf8_lossy(&given).into_owned();
    }
    if bytes.is_empty() {
        bytes = match entered.text.trim().is_empty() {
            false => entered.text.clone().into_bytes(),
            true => as_file(&entered),
        };
    }
    Ok((entered, bytes))
}

/// What it would do.
pub async fn preview(
    State(portal): State<Portal>,
    visit: Visit,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    // Room before the body is read, as for messages.
    let slot = portal.slots.clone().try_acquire_owned();
    let slot = slot.map_err(|_| Fault::Refused(Refused::NotNow { retry_after_s: 1 }));
    let read = match &slot {
        Ok(_) => entered(form).await,
        Err(_) => Ok((Entered::default(), Vec::new())),
    };
    visit
        .page(&portal, move |desk, f| {
            let _slot = slot?;
            let (entered, bytes) = read?;
            let caller = f.caller.as_ref().ok_or(Fault::SignIn)?;
            let file = File { bytes, number: entered.number.trim().to_owned(), ..File::default() };
            let previewed = desk.preview_correction(caller, file)?;
            page(desk, f, Shown { previewed: Some(&previewed), ..Shown::form(&entered) })
        })
        .await
}

#[derive(Deserialize)]
pub struct Pressed {
    expect: String,
    #[serde(default)]
    enterprise: String,
    #[serde(default)]
    number: String,
    /// Where it is no correction.
    #[serde(default)]
    message: String,
}

/// Makes what was looked at, or says why not.
pub async fn send(State(portal): State<Portal>, visit: Visit, Form(pressed): Form<Pressed>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let caller = f.caller.as_ref().ok_or(Fault::SignIn)?;
            let file = File { enterprise: pressed.enterprise.clone(), ..File::default() };
            let entered = Entered::default();
            match desk.correct(caller, file, &pressed.expect) {
                Ok(sent) if sent.refused.is_empty() && !pressed.message.is_empty() => {
                    Ok(f.go(&format!("/company/correct?sent={}", quoted(&pressed.message))))
                }
                Ok(sent) if sent.refused.is_empty() => {
                    Ok(f.go(&format!("/company/correct?done={}", quoted(&pressed.number))))
                }
                Ok(sent) => page(desk, f, Shown { refused: &sent.refused, ..Shown::form(&entered) }),
                Err(Refused::NotFound) => page(desk, f, Shown { lost: true, ..Shown::form(&entered) }),
                Err(refused) => Err(refused.into()),
            }
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_list_in_the_form_is_a_file_of_one() {
        let entered = Entered {
            list: " A1 ".into(),
            field: "gname".into(),
            line: "1".into(),
            value: "a \"b\", c".into(),
            ..Entered::default()
        };
        let read = |e: &Entered| trade::correction::file::read(&as_file(e), Default::default(), "E", "1");
        let correction = read(&entered);
        assert_eq!((correction.faults.len(), correction.rows[0].list.as_str()), (0, "A1"));
        assert_eq!(correction.rows[0].changes[0].value, "a \"b\", c");
        let withdrawn = read(&Entered { what: "withdraw".into(), ..entered });
        assert!(withdrawn.rows[0].faults.is_empty() && withdrawn.rows[0].changes.is_empty());
    }
}
