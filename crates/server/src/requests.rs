//! Requests among departments as pages and programs see them: what one's own department asked and was asked, what may be
//! asked, and for an enterprise which facts about it were asked for.

use serde::{Deserialize, Serialize};
use trade::command::{ActorRole, Verdict};
use trade::policy::rights::Action;
use trade::policy::sharing::{ASKED, Share};
use trade::request::{DEPARTMENTS, Of, Request, RequestKind, RequestSaid, RequestStep};
use utoipa::ToSchema;
use window::requests::lead;

use crate::desk::*;
use crate::house::House;
use crate::live::{actor, broken, refusal, refused};

/// Requests of one list.
const SHOWN: usize = 100;
/// Characters of the words with a request or an answer.
pub const WORDS: usize = 2_000;

/// A request, as lists and programs read it.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Line {
    /// The number that this window gave.
    pub number: String,
    /// `fact`, `assistance`
    pub kind: String,
    /// Departments: `officer` (customs), `tax`, `exchange`, `commerce`, `market`.
    pub from: String,
    pub to: String,
    pub at: String,
    /// What is asked for: a field of a set of the catalogue.
    pub set: String,
    pub field: String,
    /// The enterprise that it is about.
    pub about: String,
    pub purpose: String,
    /// The asker's own case.
    pub case: String,
    pub ground: String,
    /// The last day on which an answer is in time.
    pub until: Option<String>,
    /// `open`, `answered`, `declined`
    pub state: String,
    /// Nobody had answered when the clock was over.
    pub silent: bool,
    pub ended: Option<String>,
    /// Why it was declined.
    pub declined: String,
    /// The fact.
    pub value: String,
    /// The entries of the journal in which it was asked and ended.
    pub asked_in: u64,
    pub ended_in: Option<u64>,
    pub zh: String,
    pub en: String,
}

impl Line {
    pub fn of(number: &str, of: &Request) -> Line {
        let [zh, en] = lead(number, of);
        Line {
            number: number.to_owned(),
            kind: of.kind.name().to_owned(),
            from: of.from.name().to_owned(),
            to: of.to.name().to_owned(),
            at: of.at.to_string(),
            set: of.set.to_string(),
            field: of.field.to_string(),
            about: of.about.to_string(),
            purpose: of.purpose.name().to_owned(),
            case: of.case.to_string(),
            ground: of.ground.to_string(),
            until: of.until.map(|day| day.to_string()),
            state: of.state.name().to_owned(),
            silent: of.silent.is_some(),
            ended: of.ended.map(|at| at.to_string()),
            declined: of.declined.to_string(),
            value: of.value.to_string(),
            asked_in: of.asked.revision,
            ended_in: of.ended.map(|_| of.ended_in.revision),
            zh,
            en,
        }
    }
}

/// What may be asked for today, of whom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct MayAsk {
    pub set: String,
    pub field: String,
    /// Who has it.
    pub to: String,
    pub clause: String,
}

/// What a department, or an enterprise, sees of requests.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Requests {
    /// By the own department; of an enterprise, about it.
    pub asked: Vec<Line>,
    /// Of the own department.
    pub received: Vec<Line>,
    /// Facts that the catalogue shares with the own department today.
    pub may_ask: Vec<MayAsk>,
}

/// A request with its words.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Sheet {
    #[serde(flatten)]
    pub line: Line,
    /// For the two departments alone.
    pub words: Option<String>,
    pub answer_words: Option<String>,
    /// The reader's department answers it.
    pub mine: bool,
}

/// What is asked.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct Question {
    /// `fact` (the default) or `assistance`
    pub kind: String,
    /// The department that is asked for help; of a fact, whoever has its set.
    pub to: String,
    pub set: String,
    pub field: String,
    /// Customs code of the enterprise.
    pub about: String,
    /// The asker's own case.
    pub case: String,
    /// Of help: the law on which it is asked.
    pub ground: String,
    /// Of help: what is asked, 2,000 characters at most; it lies in the vault, for the two departments.
    pub words: String,
}

/// An answer, or a reasoned no.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct Reply {
    /// It is declined, on `ground`.
    pub decline: bool,
    pub ground: String,
    /// The fact, one line.
    pub value: String,
    pub words: String,
}

fn department(caller: &Caller) -> Option<ActorRole> {
    DEPARTMENTS.into_iter().find(|role| *role == caller.role.actor())
}

/// What the reader may know of a request: its department, or whom a fact is about.
fn sees(sight: &Sight, of: &Request) -> bool {
    let Some(caller) = &sight.caller else { return false };
    match (department(caller), caller.role) {
        (Some(own), _) => own == of.from || own == of.to,
        (None, Role::Enterprise) => {
            of.kind == RequestKind::Fact && caller.enterprises.iter().any(|code| *code == *of.about)
        }
        (None, Role::Auditor) => true,
        _ => false,
    }
}

pub(crate) fn list(house: &House, sight: &Sight) -> Answer<Requests> {
    let caller = sight.caller.as_ref().ok_or(Refused::NotFound)?;
    let of = |of| house.window().requests(of, SHOWN);
    let lines = |mut all: Vec<(trade::pack::Text, Request)>| {
        all.sort_by_key(|(_, request)| std::cmp::Reverse(request.asked.revision));
        all.truncate(SHOWN);
        all.iter().map(|(number, request)| Line::of(number, request)).collect::<Vec<_>>()
    };
    Ok(match (department(caller), caller.role) {
        (Some(own), _) => {
            let (asked, received) = (lines(of(Of::From(own))), lines(of(Of::To(own))));
            Requests { asked, received, may_ask: may_ask(house, own, sight) }
        }
        (None, Role::Auditor) => {
            let asked = lines(DEPARTMENTS.iter().flat_map(|own| of(Of::From(*own))).collect());
            Requests { asked, ..Requests::default() }
        }
        (None, _) => {
            let asked = lines(caller.enterprises.iter().flat_map(|code| of(Of::About(code))).collect());
            Requests { asked, ..Requests::default() }
        }
    })
}

fn may_ask(house: &House, own: ActorRole, sight: &Sight) -> Vec<MayAsk> {
    let (policy, today) = (house.policy(), house.now().day());
    let fields = ASKED.iter().flat_map(|(set, to, fields)| fields.iter().map(move |field| (*set, *to, *field)));
    let row =
        |(set, to, field): (&str, ActorRole, &str)| match policy.share(own, (set, field), sight.right.purpose, today) {
            Share::By(row) if to != own => Some(MayAsk {
                set: set.to_owned(),
                field: field.to_owned(),
                to: to.name().to_owned(),
                clause: row.clause.to_string(),
            }),
            _ => None,
        };
    fields.filter_map(row).collect()
}

fn found(house: &House, sight: &Sight, number: &str) -> Answer<Request> {
    house.window().request_numbered(number).filter(|of| sees(sight, of)).ok_or(Refused::NotFound)
}

pub(crate) fn one(house: &House, sight: &Sight, number: &str) -> Answer<Sheet> {
    let of = found(house, sight, number)?;
    let own = sight.caller.as_ref().and_then(department);
    let words = |worded: bool, revision| match own {
        Some(_) if worded => house.window().words_of(revision).map_err(|e| broken(&e.to_string())),
        _ => Ok(None),
    };
    Ok(Sheet {
        line: Line::of(number, &of),
        words: words(of.worded, of.asked.revision)?,
        answer_words: words(of.answer_worded, of.ended_in.revision)?,
        mine: own == Some(of.to) && of.is_open(),
    })
}

/// `explain` of a request, for whoever sees it.
pub(crate) fn explained(house: &House, sight: &Sight, number: &str) -> Answer<serde_json::Value> {
    Ok(window::requests::explain(number, &found(house, sight, number)?))
}

/// Its newest receipt, and the proof.
pub(crate) fn receipt(house: &House, sight: &Sight, number: &str) -> Answer<(Receipt, Vec<u8>)> {
    let of = found(house, sight, number)?;
    // The first is the asker's, the second that of whoever was asked.
    let own = sight.caller.as_ref().and_then(department);
    let index = u32::from(own == Some(of.to));
    let given = house.doors.given(of.told.revision, index)?;
    Ok((crate::live::shown(&given), house.doors.proof(of.told.revision, index, None)?))
}

/// Asks; the number of the request.
pub(crate) fn ask(house: &House, caller: &Caller, question: &Question) -> Answer<String> {
    let by = actor(caller);
    let kind = if question.kind.is_empty() { Some(RequestKind::Fact) } else { RequestKind::from_name(&question.kind) };
    let kind = kind.ok_or_else(|| form("kind"))?;
    let named = ActorRole::from_name(question.to.trim());
    let holder = ASKED.iter().find(|(set, ..)| *set == question.set.trim()).map(|(_, to, _)| *to);
    let to = if kind == RequestKind::Fact { holder.or(named) } else { named };
    let right =
        house.policy().rights().of(Some(by.role), Action::RequestAsk, None, house.now().day()).map(|row| row.value);
    let said = RequestSaid {
        kind,
        to: to.unwrap_or(ActorRole::Window),
        set: question.set.trim().into(),
        field: question.field.trim().into(),
        about: question.about.trim().into(),
        purpose: right.map(|right| right.purpose).unwrap_or_default(),
        case: question.case.trim().into(),
        ground: question.ground.trim().into(),
        by,
        ..RequestSaid::default()
    };
    let entry = say(house, said, &question.words)?;
    let number =
        entry.outcomes.iter().flat_map(|outcome| &outcome.receipts).next().map(|r| r.shown.invt_no.to_string());
    match number {
        Some(number) => Ok(number),
        // A repetition: the first answer has the number.
        None => {
            let first = entry.outcomes.iter().find_map(|outcome| outcome.repeats).ok_or(Refused::NotFound)?;
            Ok(house.doors.given(first.revision, 0)?.receipt.shown.invt_no.to_string())
        }
    }
}

pub(crate) fn reply(house: &House, caller: &Caller, number: &str, reply: &Reply) -> Answer<()> {
    let said = RequestSaid {
        by: actor(caller),
        step: if reply.decline { RequestStep::Decline } else { RequestStep::Answer },
        number: number.into(),
        ground: if reply.decline { reply.ground.trim().into() } else { Default::default() },
        value: if reply.decline { Default::default() } else { reply.value.trim().into() },
        ..RequestSaid::default()
    };
    say(house, said, &reply.words).map(drop)
}

fn form(what: &str) -> Refused {
    refusal(&trade::finding::Finding::new(trade::finding::Code::RequestForm, "", what).arg("what", what))
}

fn say(house: &House, said: RequestSaid, words: &str) -> Answer<trade::command::Entry> {
    let words = words.trim();
    if words.chars().count() > WORDS {
        return Err(form("words"));
    }
    let answer = house.window().request(said, words)?;
    let entry = answer.entry.ok_or(Refused::NotFound)?;
    match entry.outcomes.iter().find(|outcome| outcome.verdict == Verdict::Refused) {
        Some(outcome) => Err(refused(outcome)),
        None => Ok(entry),
    }
}
