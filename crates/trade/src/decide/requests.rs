//! Requests among departments: what may be asked of whom, who answers, until when.
//!
//! Interim rules on sharing (国发〔2016〕51号, paraphrase): data is shared by a catalogue for the duties of whoever receives
//! it; who is asked answers within ten working days, and gives reasons for a no. Administrative Penalty Law (行政处罚法) 26
//! (paraphrase): an organ may ask another for assistance, which gives it within its powers, by law.
//! Readings: a fact is asked for one enterprise at a time, in a case of the asker's own; a row of the catalogue has to
//! share it with the asker, for the purpose, on the day on which it is asked *and* on the day on which it is answered:
//! what is no longer shared is not given. The clock counts working days; the day of asking does not count, the last one
//! is in. It is stamped when the question stands in the journal, whether or not its system can be reached then.
//! Readings [ours]: silence changes nothing but is an event for both; an answer after it is taken and is late. The same
//! question again while it is open, and the same answer again, are repetitions.
//! Not covered: whether an answer is true. Who answers stands in the journal by name.

use super::{Scene, registry};
use crate::command::{ActorRole, DueKind, Verdict};
use crate::documents::MessageKind;
use crate::finding::{Code, Finding};
use crate::key::{Key, Pair};
use crate::pack::Text;
use crate::policy::Parameter;
use crate::policy::rights::Action;
use crate::policy::sharing::{ASKED, Share};
use crate::receipt::Shown;
use crate::registry::Party;
use crate::request::{
    DEPARTMENTS, LONGEST, Latest, Of, Request, RequestKind, RequestSaid, RequestState, RequestStep, RequestTold,
};
use crate::time::Day;

const SHARING: &str = "国发〔2016〕51号 (interim rules on sharing)";
const HELP: &str = "行政处罚法 第二十六条 (Administrative Penalty Law 26)";

fn clause(kind: RequestKind) -> &'static str {
    match kind {
        RequestKind::Fact => SHARING,
        RequestKind::Help => HELP,
    }
}

pub(super) fn said(scene: &mut Scene<'_>, said: &RequestSaid) {
    let action = match said.step {
        RequestStep::Ask => Action::RequestAsk,
        RequestStep::Answer | RequestStep::Decline => Action::RequestAnswer,
    };
    if !registry::by_right(scene, &said.by, action) {
        return;
    }
    scene.outcome.verdict = Verdict::Done;
    let done = match said.step {
        RequestStep::Ask => ask(scene, said),
        RequestStep::Answer | RequestStep::Decline => end(scene, said).map_err(|finding| vec![finding]),
    };
    if let Err(found) = done {
        scene.outcome.verdict = Verdict::Refused;
        scene.outcome.findings.extend(found);
    }
}

fn form(kind: RequestKind, field: &str, what: &str) -> Finding {
    Finding::new(Code::RequestForm, clause(kind), field).arg("what", what)
}

/// One line of so many characters.
fn fits(text: &str) -> bool {
    (1..=LONGEST).contains(&text.chars().count()) && text.trim() == text && !text.chars().any(char::is_control)
}

/// # Errors
/// All that speaks against the question at once.
fn ask(scene: &mut Scene<'_>, said: &RequestSaid) -> Result<(), Vec<Finding>> {
    let (from, to, kind, today) = (said.by.role, said.to, said.kind, scene.today());
    let mut found = Vec::new();
    if to == from || !DEPARTMENTS.contains(&to) {
        found.push(form(kind, "to", "被请求部门 the department that is asked"));
    }
    if !fits(&said.case) {
        found.push(form(kind, "case", "本部门案号 the asker's own case"));
    }
    let known = || scene.read::<Party>(&Key::Party(said.about.clone())).is_some();
    if (kind == RequestKind::Fact || !said.about.is_empty()) && !known() {
        found.push(Finding::new(Code::PartyUnknown, clause(kind), "about").arg("code", &said.about));
    }
    let mut ground = said.ground.clone();
    match kind {
        RequestKind::Fact if !ASKED.iter().any(|(set, of, _)| *set == said.set && *of == to) => {
            found.push(form(kind, "set", "被请求部门掌握的数据集 a set that the department has"));
        }
        RequestKind::Fact => match shared(scene, from, said, today) {
            Ok(of) => ground = of,
            Err(finding) => found.push(finding),
        },
        RequestKind::Help => {
            if !fits(&said.ground) {
                found.push(form(kind, "ground", "请求协助的法律依据 the law on which help is asked"));
            }
            if !said.worded {
                found.push(form(kind, "words", "请求协助的事项 what help is asked for"));
            }
        }
    }
    if !found.is_empty() {
        return Err(found);
    }
    let same = Key::RequestOf(Pair { code: from.name().into(), number: hex(&said.content).into() });
    if let Some(latest) = scene.read::<Latest>(&same)
        && let Some(open) = scene.read::<Request>(&Key::Request(latest.number)).filter(Request::is_open)
    {
        scene.repeat(open.asked);
        return Ok(());
    }
    let (clock, mark) = match kind {
        RequestKind::Fact => (Parameter::SharingDays, "GX"),
        RequestKind::Help => (Parameter::AssistanceDays, "XZ"),
    };
    let here = scene.here();
    let number: Text = format!("{mark}{}-{}", today.year(), here.revision).into();
    let days = scene.policy().whole(clock, today).and_then(|days| i32::try_from(days).ok());
    let until = days.map(|days| scene.policy().working_days_after(today, days));
    if let Some(until) = until {
        scene.overlay.due(until.plus(1).starts(), DueKind::RequestSilent, &Key::Request(number.clone()));
    }
    let is_fact = kind == RequestKind::Fact;
    let of_fact = |text: &Text| if is_fact { text.clone() } else { Text::default() };
    let mut request = Request {
        kind,
        from,
        to,
        by: said.by.clone(),
        at: scene.setting.at,
        asked: here,
        set: of_fact(&said.set),
        field: of_fact(&said.field),
        about: said.about.clone(),
        purpose: said.purpose,
        case: said.case.clone(),
        ground,
        until,
        content: said.content,
        worded: said.worded,
        ..Request::default()
    };
    request.before_from = newest(scene, Of::From(from), &number);
    request.before_to = newest(scene, Of::To(to), &number);
    if is_fact {
        request.before_about = newest(scene, Of::About(&said.about), &number);
    }
    scene.put(&same, &Latest { number: number.clone() });
    let last = until.map_or(String::new(), |until| format!("，应于{until}前答复"));
    tell(scene, &number, &mut request, said.commitment, &format!("部门间请求已登记[{number}]{last}"), Vec::new());
    scene.put(&Key::Request(number), &request);
    Ok(())
}

/// Puts a request in front of its chain; the one that was newest before.
fn newest(scene: &mut Scene<'_>, of: Of<'_>, number: &Text) -> Text {
    let key = of.key();
    let before = scene.read::<Latest>(&key).unwrap_or_default().number;
    scene.put(&key, &Latest { number: number.clone() });
    before
}

/// The clause by which the catalogue shares a fact with whoever asks.
///
/// # Errors
/// `REQUEST_NOT_SHARED`
fn shared(scene: &Scene<'_>, with: ActorRole, said: &RequestSaid, day: Day) -> Result<Text, Finding> {
    match scene.policy().share(with, (&said.set, &said.field), said.purpose, day) {
        Share::By(row) => Ok(row.clause.as_str().into()),
        Share::No | Share::Unwritten => {
            let finding = Finding::new(Code::RequestNotShared, SHARING, "field").arg("with", with);
            let finding = finding.arg("set", &said.set).arg("field", &said.field).arg("purpose", said.purpose);
            Err(finding.arg("day", day))
        }
    }
}

/// # Errors
/// `REQUEST_UNKNOWN` where there is none of that number for whoever speaks, `REQUEST_STATE`, `REQUEST_FORM`,
/// `REQUEST_NOT_SHARED`.
fn end(scene: &mut Scene<'_>, said: &RequestSaid) -> Result<(), Finding> {
    let number = said.number.clone();
    let request = scene.read::<Request>(&Key::Request(number.clone())).filter(|request| request.to == said.by.role);
    let unknown = || Finding::new(Code::RequestUnknown, "", "number").arg("number", &number);
    let mut request = request.ok_or_else(unknown)?;
    let kind = request.kind;
    let state = match said.step {
        RequestStep::Decline => RequestState::Declined,
        _ => RequestState::Answered,
    };
    if !request.is_open() {
        if request.state == state && request.value == said.value && request.declined == said.ground {
            scene.repeat(request.ended_in);
            return Ok(());
        }
        let finding = Finding::new(Code::RequestState, clause(kind), "number").arg("number", &number);
        return Err(finding.arg("state", request.state));
    }
    match (said.step, kind) {
        (RequestStep::Decline, _) if !fits(&said.ground) => {
            return Err(form(kind, "ground", "不予提供的理由和依据 the ground of a no"));
        }
        (RequestStep::Decline, _) => {}
        (_, RequestKind::Fact) => {
            if !fits(&said.value) {
                return Err(form(
                    kind,
                    "value",
                    "答复内容（一行，200 字以内） the answer, one line of 200 characters at most",
                ));
            }
            let question = RequestSaid {
                set: request.set.clone(),
                field: request.field.clone(),
                purpose: request.purpose,
                ..RequestSaid::default()
            };
            shared(scene, request.from, &question, scene.today())?;
        }
        (_, RequestKind::Help) if !said.worded => {
            return Err(form(kind, "words", "协助结果 what came of it"));
        }
        (_, RequestKind::Help) => {}
    }
    if let Some(until) = request.until.filter(|_| request.silent.is_none()) {
        scene.overlay.undue(until.plus(1).starts(), DueKind::RequestSilent, &Key::Request(number.clone()));
    }
    request.state = state;
    request.ended = Some(scene.setting.at);
    request.ended_by = Some(said.by.clone());
    request.ended_in = scene.here();
    request.answer_worded = said.worded;
    let word = match (state, kind) {
        (RequestState::Declined, _) => {
            request.declined = said.ground.clone();
            "不予提供"
        }
        (_, RequestKind::Fact) => {
            request.value = said.value.clone();
            "已答复"
        }
        (_, RequestKind::Help) => "已协助",
    };
    let late = if request.is_late() { "（逾期）" } else { "" };
    tell(scene, &number, &mut request, said.commitment, &format!("部门间请求[{number}]{word}{late}"), Vec::new());
    scene.put(&Key::Request(number), &request);
    Ok(())
}

/// The clock is over and nobody has answered.
pub(super) fn silent(scene: &mut Scene<'_>, number: &Text) {
    let key = Key::Request(number.clone());
    let Some(mut request) = scene.read::<Request>(&key).filter(Request::is_open) else { return };
    request.silent = Some(scene.setting.at);
    request.silent_in = scene.setting.revision;
    request.before_silent = newest(scene, Of::Silent, number);
    let finding = Finding::new(Code::RequestSilent, clause(request.kind), "until").arg("number", number);
    let finding = finding.arg("to", request.to).arg("until", request.until.unwrap_or_default());
    scene.outcome.verdict = Verdict::Done;
    scene.outcome.findings.push(finding.clone());
    tell(scene, number, &mut request, [0; 32], &format!("部门间请求[{number}]逾期未答复"), vec![finding]);
    scene.put(&key, &request);
}

/// A receipt to both, in the outboxes of their departments.
fn tell(scene: &mut Scene<'_>, number: &Text, of: &mut Request, words: [u8; 32], info: &str, found: Vec<Finding>) {
    of.told = scene.here();
    let told = RequestTold {
        kind: of.kind,
        from: of.from,
        to: of.to,
        set: of.set.clone(),
        field: of.field.clone(),
        about: of.about.clone(),
        purpose: of.purpose,
        case: of.case.clone(),
        ground: of.ground.clone(),
        until: of.until,
        state: of.state,
        silent: of.silent.is_some(),
        value: of.value.clone(),
        declined: of.declined.clone(),
        words,
    };
    let status = if of.state == RequestState::Declined { STATUS_DECLINED } else { STATUS_TAKEN };
    for to in [of.from, of.to] {
        let shown = || Shown {
            kind: MessageKind::RequestReturn,
            invt_no: number.clone(),
            request: Some(Box::new(told.clone())),
            ..Shown::default()
        };
        scene.send(to.name().into(), shown, status, info, found.clone());
    }
}

/// `returnStatus` of a request's receipts: taken in, answered or silent; declined.
const STATUS_TAKEN: i32 = 2;
const STATUS_DECLINED: i32 = 100;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
