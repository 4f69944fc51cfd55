//! A message made by hand, or mended: a form from the same table that reads messages. Nothing here needs a script.

use crate::Portal;
use crate::desk::{Both, Checked, Desk, Intake, Mode, Problem, Receipt, Refused, Said};
use crate::pages::attempt;
use crate::pages::live::with_script;
use crate::site::{Fault, Frame, Visit, guid};
use askama::Template;
use axum::Form;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use std::collections::BTreeMap;
use trade::documents::MessageKind;
use trade::finding::{Code, Finding};
use wire::ceb::Transfer;
use wire::ceb::schema::{Item, Need, Type};
use wire::ceb::sheet::{Place, Sheet};
use wire::ceb::table::Message;

/// What the form holds beside the document: its number and who transmits.
#[derive(Clone, Default)]
struct Around {
    guid: String,
    transfer: Transfer,
}

#[derive(Template)]
#[template(path = "form.html")]
struct Page<'a> {
    f: &'a Frame,
    sheet: &'a Sheet,
    around: &'a Around,
    checked: Option<&'a Checked>,
    /// What was answered to a message that was sent.
    receipts: &'a [Receipt],
    not_sent: Option<&'a Both>,
}

/// One input of the form.
struct Field<'a> {
    id: String,
    label: &'a str,
    name: &'static str,
    hint: &'a str,
    value: &'a str,
    required: bool,
    most: u32,
    /// `numeric`, `decimal` or `text`
    keys: &'static str,
    faults: Vec<&'a str>,
}

impl<'a> Page<'a> {
    fn service(&self) -> Option<usize> {
        Some(0)
    }

    fn name(&self) -> String {
        message_name(self.f, self.sheet.message.kind)
    }

    fn action(&self) -> String {
        self.f.to(format!("/write/{}", self.sheet.message.kind.name()))
    }

    fn must_be_signed(&self) -> bool {
        self.sheet.message.kind.must_be_signed()
    }

    fn may_send(&self) -> bool {
        !self.must_be_signed() && self.f.caller.as_ref().is_some_and(|c| !c.enterprises.is_empty())
    }

    fn refused(&self) -> Vec<&'a Problem> {
        self.checked.map_or(vec![], |c| c.problems.iter().filter(|p| !p.forgiven).take(60).collect())
    }

    fn said(&self, problem: &'a Problem) -> &'a str {
        if self.f.english() { &problem.en } else { &problem.zh }
    }

    /// The field that a fault is about; the first one where it is about none.
    fn anchor(&self, problem: &Problem) -> String {
        match self.sheet.place(&problem.path) {
            Some(place) => format!("#{}", self.id(place)),
            None => "#copCode".to_owned(),
        }
    }

    fn label(&self, problem: &Problem) -> String {
        let label = |rows: &'static [Item], row: usize| term(self.f, &rows[row]).to_owned();
        match self.sheet.place(&problem.path) {
            Some(Place::Head(row)) => label(self.sheet.message.head.1, row),
            Some(Place::Line(line, row)) => self.f.t2("form.line.of", line + 1, label(self.sheet.message.lines.1, row)),
            None => String::new(),
        }
    }

    fn id(&self, place: Place) -> String {
        match place {
            Place::Head(row) => format!("h-{}", self.sheet.message.head.1[row].name),
            Place::Line(line, row) => format!("l{}-{}", line + 1, self.sheet.message.lines.1[row].name),
        }
    }

    fn head(&self) -> Vec<Field<'a>> {
        self.fields(self.sheet.message.head.1, &self.sheet.head, Place::Head)
    }

    fn lines(&self) -> Vec<Vec<Field<'a>>> {
        let rows = self.sheet.message.lines.1;
        let lines = self.sheet.lines.iter().enumerate();
        lines.map(|(n, values)| self.fields(rows, values, |row| Place::Line(n, row))).collect()
    }

    fn fields(&self, rows: &'static [Item], values: &'a [String], place: impl Fn(usize) -> Place) -> Vec<Field<'a>> {
        let refused = self.refused();
        let shown = |item: &Item| item.need != Need::Extra && item.name != "guid";
        let made = rows.iter().zip(values).enumerate().filter(|(_, (item, _))| shown(item));
        made.map(|(row, (item, value))| {
            let here = place(row);
            let about = refused.iter().filter(|p| self.sheet.place(&p.path) == Some(here));
            let (most, keys) = match item.kind() {
                Some(Type::Text(_, most) | Type::Prose(_, _, most)) => (most.min(5_000), "text"),
                Some(Type::Day) => (8, "numeric"),
                Some(Type::Time) => (14, "numeric"),
                Some(Type::Decimal) => (21, "decimal"),
                Some(Type::Int(digits)) => (digits, "numeric"),
                _ => (100, "text"),
            };
            Field {
                id: self.id(here),
                label: term(self.f, item),
                name: item.name,
                hint: match item.kind() {
                    Some(Type::Day) => self.f.lang.t("form.day"),
                    Some(Type::Time) => self.f.lang.t("form.time"),
                    _ => "",
                },
                value,
                required: item.need == Need::Must,
                most,
                keys,
                faults: about.map(|p| self.said(p)).collect(),
            }
        })
        .collect()
    }
}

/// The specification's term, in the reader's language.
fn term(f: &Frame, item: &Item) -> &'static str {
    if f.english() { item.en } else { item.zh }
}

pub(super) fn message_name(f: &Frame, kind: MessageKind) -> String {
    format!("{} {}", kind.name(), f.t(&format!("message.{}", kind.number())))
}

/// The messages that a trader sends.
pub(super) fn kinds() -> impl Iterator<Item = MessageKind> {
    Message::all().map(|m| m.kind).filter(|kind| kind.is_application())
}

#[derive(Template)]
#[template(path = "write.html")]
struct Choice<'a> {
    f: &'a Frame,
    receipts: &'a [Receipt],
    sent: bool,
    not_sent: Option<&'a Both>,
}

impl Choice<'_> {
    fn service(&self) -> Option<usize> {
        Some(0)
    }

    fn kinds(&self) -> Vec<(String, String, bool)> {
        kinds()
            .map(|kind| {
                (self.f.to(format!("/write/{}", kind.name())), message_name(self.f, kind), kind.must_be_signed())
            })
            .collect()
    }

    fn may_send(&self) -> bool {
        self.f.caller.as_ref().is_some_and(|c| !c.enterprises.is_empty())
    }
}

pub async fn choose(State(portal): State<Portal>, visit: Visit) -> Response {
    visit.page(&portal, |_, f| f.html(&Choice { f, receipts: &[], sent: false, not_sent: None })).await
}

pub async fn show(State(portal): State<Portal>, visit: Visit, Path(kind): Path<String>) -> Response {
    visit
        .page(&portal, move |_, f| {
            let kind = named(&kind)?;
            let sheet = Sheet::begun(kind, f.now).ok_or(Refused::NotFound)?;
            form(f, &sheet, &Around { guid: guid(), transfer: transfer_of(f) })
        })
        .await
}

/// The document that an enterprise itself sent last for a parcel, to be mended.
pub async fn mend(State(portal): State<Portal>, visit: Visit, Path((key, kind)): Path<(String, String)>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let kinds = match kind.as_str() {
                "list" => vec![MessageKind::List, MessageKind::ExportList],
                kind => vec![named(kind)?],
            };
            let sent = desk.sent(&f.sight, key.trim())?;
            let mut readable = sent.iter().filter_map(|(bytes, document)| {
                let (sheets, transfer) = Sheet::read(bytes).ok()?;
                let sheet = sheets.into_iter().nth(*document as usize)?;
                kinds.contains(&sheet.message.kind).then_some((sheet, transfer))
            });
            let (sheet, transfer) = readable.next_back().ok_or(Refused::NotFound)?;
            form(f, &sheet, &Around { guid: guid(), transfer })
        })
        .await
}

/// The document that a receipt answers, to be mended, with what the receipt says of it at its fields.
pub async fn mend_answered(
    State(portal): State<Portal>,
    visit: Visit,
    Path((revision, index)): Path<(u64, u32)>,
) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let receipt = desk.receipt(&f.sight, revision, index)?;
            let (bytes, document) = desk.answered(&f.sight, revision, index)?;
            let (sheets, transfer) = Sheet::read(&bytes).map_err(|finding| cannot(&finding))?;
            let sheet = sheets.into_iter().nth(document as usize).ok_or(Refused::NotFound)?;
            let problems = receipt.findings.iter().filter(|said| !said.forgiven).map(|said| told(&sheet, said));
            let checked = Checked { problems: problems.collect(), ..Checked::default() };
            let around = &Around { guid: guid(), transfer };
            shown(f, &Page { f, sheet: &sheet, around, checked: Some(&checked), receipts: &[], not_sent: None })
        })
        .await
}

/// What a receipt says, at its place in the form.
fn told(sheet: &Sheet, said: &Said) -> Problem {
    let (message, field) = (sheet.message, &said.field);
    let head = if message.head.0.is_empty() { message.document.name } else { message.head.0 };
    let of_line = said.row > 0 && message.lines.1.iter().any(|item| item.name == *field);
    let path = match sheet.place(field) {
        Some(_) => field.clone(),
        None if of_line => format!("{}[{}]/{field}", message.lines.0, said.row),
        None => format!("{head}/{field}"),
    };
    Problem {
        code: said.code.clone(),
        path,
        line: said.line,
        zh: format!("{}{}", said.zh, said.remedy.zh),
        en: format!("{} {}", said.en, said.remedy.en),
        forgiven: false,
    }
}

pub(super) fn named(kind: &str) -> Result<MessageKind, Fault> {
    kinds().find(|k| k.name() == kind).ok_or(Fault::Refused(Refused::NotFound))
}

pub(super) fn transfer_of(f: &Frame) -> Transfer {
    let code = f.caller.as_ref().and_then(|c| c.enterprises.first().cloned()).unwrap_or_default();
    Transfer { cop_code: code, ..Transfer::default() }
}

fn form(f: &Frame, sheet: &Sheet, around: &Around) -> Result<Response, Fault> {
    shown(f, &Page { f, sheet, around, checked: None, receipts: &[], not_sent: None })
}

/// The page, with the script that asks what is wrong while it is filled in.
fn shown(f: &Frame, page: &Page<'_>) -> Result<Response, Fault> {
    Ok(with_script(f.html(page)?))
}

/// Opens a message that was pasted or uploaded in its form; the first document of several.
pub async fn open(
    State(portal): State<Portal>,
    visit: Visit,
    form_: Result<Multipart, MultipartRejection>,
) -> Response {
    attempt::page_about(&portal, visit, form_, |_, f, posted| {
        let (sheets, transfer) = Sheet::read(&posted.bytes).map_err(|finding| cannot(&finding))?;
        let sheet = sheets.into_iter().next().ok_or(Refused::NotFound)?;
        let kind = sheet.message.kind;
        if kinds().all(|k| k != kind) {
            let not_here = Finding::new(Code::NotTakenHere, "", "").arg("message", kind.name());
            return Err(cannot(&not_here).into());
        }
        form(f, &sheet, &Around { guid: guid(), transfer })
    })
    .await
}

fn cannot(finding: &Finding) -> Refused {
    let said = Said::of(finding);
    Refused::Cannot {
        code: said.code,
        said: Both::new(format!("{}{}", said.zh, said.remedy.zh), format!("{} {}", said.en, said.remedy.en)),
        problems: vec![],
    }
}

/// Checks what was filled in, adds or removes a line, or gives the message as a file.
pub async fn act(
    State(portal): State<Portal>,
    visit: Visit,
    Path(kind): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let kind = named(&kind)?;
            let (mut sheet, around, wanted) = filled(kind, f, pairs)?;
            let message = sheet.write(&around.guid, &around.transfer);
            match wanted.as_str() {
                "more" => {
                    sheet.add_line();
                    return form(f, &sheet, &around);
                }
                "less" => {
                    sheet.lines.truncate(sheet.lines.len().saturating_sub(1).max(1));
                    return form(f, &sheet, &around);
                }
                "file" => {
                    let name = format!("attachment; filename=\"{}.xml\"", kind.name());
                    let heads =
                        [(header::CONTENT_TYPE, "application/xml"), (header::CONTENT_DISPOSITION, name.as_str())];
                    return Ok((heads, message).into_response());
                }
                _ => {}
            }
            let checked = Some(&desk.check(&message, Mode::Lenient));
            shown(f, &Page { f, sheet: &sheet, around: &around, checked, receipts: &[], not_sent: None })
        })
        .await
}

/// Sends what was filled in, where it has no fault.
pub async fn send(
    State(portal): State<Portal>,
    visit: Visit,
    Path(kind): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let (sheet, around, _) = filled(named(&kind)?, f, pairs)?;
            let message = sheet.write(&around.guid, &around.transfer);
            let checked = desk.check(&message, Mode::Lenient);
            let (receipts, not_sent) = if checked.valid { handed_in(desk, f, message)? } else { Default::default() };
            let (checked, not_sent) = (Some(&checked), not_sent.as_ref());
            shown(f, &Page { f, sheet: &sheet, around: &around, checked, receipts: &receipts, not_sent })
        })
        .await
}

/// Hands a message in as its sender and waits for what is answered, or why it was not taken.
pub(super) fn handed_in(desk: &dyn Desk, f: &Frame, bytes: Vec<u8>) -> Result<(Vec<Receipt>, Option<Both>), Fault> {
    let caller = f.known()?.clone();
    let (tell, hear) = std::sync::mpsc::channel();
    desk.take_in(
        Intake { caller, bytes, idempotency: None, expect: String::new() },
        Box::new(move |receipts| drop(tell.send(receipts))),
    );
    match hear.recv().map_or(Err(Refused::NotNow { retry_after_s: 5 }), |receipts| receipts()) {
        Ok(receipts) => Ok((receipts, None)),
        Err(Refused::Cannot { said, .. }) => Ok((Vec::new(), Some(said))),
        Err(other) => Err(other.into()),
    }
}

/// Sends a file as it is: a message that was made here and signed with the enterprise's own tool.
pub async fn send_file(
    State(portal): State<Portal>,
    visit: Visit,
    form_: Result<Multipart, MultipartRejection>,
) -> Response {
    attempt::page_about(&portal, visit, form_, |desk, f, posted| {
        let (receipts, not_sent) = handed_in(desk, f, posted.bytes)?;
        f.html(&Choice { f, receipts: &receipts, sent: true, not_sent: not_sent.as_ref() })
    })
    .await
}

/// The form as it was posted, and which button was pressed.
fn filled(kind: MessageKind, f: &Frame, pairs: Vec<(String, String)>) -> Result<(Sheet, Around, String), Fault> {
    let mut sheet = Sheet::begun(kind, f.now).ok_or(Refused::NotFound)?;
    sheet.head.iter_mut().for_each(String::clear);
    sheet.lines.clear();
    let mut around = Around::default();
    let mut wanted = String::new();
    let mut lines: BTreeMap<usize, Vec<(usize, String)>> = BTreeMap::new();
    for (name, value) in pairs {
        let row = |rows: &[Item], field: &str| rows.iter().position(|item| item.name == field);
        match name.as_str() {
            "do" => wanted = value,
            "guid" if value.len() == 36 => around.guid = value,
            "copCode" => around.transfer.cop_code = value.trim().to_owned(),
            "copName" => around.transfer.cop_name = value.trim().to_owned(),
            "dxpId" => around.transfer.dxp_id = value.trim().to_owned(),
            name => {
                if let Some(row) = name.strip_prefix("h-").and_then(|field| row(sheet.message.head.1, field)) {
                    sheet.set(Place::Head(row), value);
                } else if let Some((line, field)) = name.strip_prefix('l').and_then(|rest| rest.split_once('-'))
                    && let (Ok(line @ 1..=99), Some(row)) = (line.parse(), row(sheet.message.lines.1, field))
                {
                    lines.entry(line).or_default().push((row, value));
                }
            }
        }
    }
    for values in lines.into_values() {
        sheet.add_line();
        let line = sheet.lines.len() - 1;
        sheet.lines[line].iter_mut().for_each(String::clear);
        values.into_iter().for_each(|(row, value)| sheet.set(Place::Line(line, row), value));
    }
    if around.guid.is_empty() {
        around.guid = guid();
    }
    Ok((sheet, around, wanted))
}
