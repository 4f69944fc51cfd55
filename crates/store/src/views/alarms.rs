//! Alarms: promises that a decision would have broken, so that nothing of it happened. The journal keeps each as the
//! finding of an outcome that failed; here are their rows. And what is overdue: a document whose time is over while
//! something of it is left undone, which its due told, or a transfer of which a vehicle stands; whether it still does, the
//! state says.

use rusqlite::{Row, Transaction, params};
use trade::bonded::{Document as Filed, Kind};
use trade::command::{Command, Entry, Outcome, Verdict};
use trade::documents::Document;
use trade::finding::{Code, Finding};
use trade::pack::Pack;
use trade::time::Moment;

use super::Views;
use crate::StoreError;

pub(super) const SQL: &str = "
        CREATE TABLE alarm (
          revision INTEGER NOT NULL, place INTEGER NOT NULL, at INTEGER NOT NULL, what TEXT NOT NULL,
          key TEXT NOT NULL, command TEXT NOT NULL, document TEXT NOT NULL, who TEXT NOT NULL,
          PRIMARY KEY (revision, place)) STRICT, WITHOUT ROWID;
        CREATE INDEX alarm_by_time ON alarm (at);";

pub(super) const OVERDUE: &str = "
        CREATE TABLE overdue (
          revision INTEGER NOT NULL, place INTEGER NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL,
          number TEXT NOT NULL, who TEXT NOT NULL, PRIMARY KEY (revision, place)) STRICT, WITHOUT ROWID;";

/// A bonded document whose time was over, or a transfer of which a vehicle came otherwise than it left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OverdueRow {
    pub revision: u64,
    pub place: u32,
    pub at: Moment,
    pub kind: Kind,
    pub number: String,
    /// Who was told.
    pub who: String,
}

/// A broken promise as an operator reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlarmRow {
    pub revision: u64,
    /// Which document of the command, from 0.
    pub place: u32,
    pub at: Moment,
    /// Which promise, in the words of the rule.
    pub what: String,
    /// Of which thing.
    pub key: String,
    /// The command: a kind of document, act, due or registration.
    pub command: String,
    /// The document's own number; empty where there is none.
    pub document: String,
    /// Who told it; empty for a due.
    pub who: String,
}

impl AlarmRow {
    /// The case number that the receipt names.
    pub fn case(&self) -> String {
        format!("{}-{}", self.revision, self.place)
    }

    /// Entry and place of a case number.
    pub fn place_of(case: &str) -> Option<(u64, u32)> {
        let (revision, place) = case.split_once('-')?;
        Some((revision.parse().ok()?, place.parse().ok()?))
    }
}

/// The document that a finding says is overdue.
fn is_overdue(finding: &Finding) -> Option<(Kind, &str)> {
    let (kind, name) = match finding.code {
        Code::TransferMissing => (Kind::List, "list"),
        Code::TransitMissing => (Kind::Transit, "number"),
        Code::FormUndeclared => (Kind::Form, "form"),
        Code::SlipUndeclared => (Kind::Slip, "slip"),
        Code::EntryOverdue | Code::EntryUnclaimed => (Kind::Entry, "bill"),
        _ => return None,
    };
    finding.args.iter().find(|arg| arg.name == name).map(|arg| (kind, arg.value.as_str()))
}

/// The transfer of which a vehicle came late, short, or under another seal, and stands until an official has looked.
fn stands<'e>(entry: &'e Entry, outcome: &Outcome) -> Option<(Kind, &'e str)> {
    let Some(Command::Bonded(filing)) = &entry.command else { return None };
    match filing.documents.get(outcome.about as usize)?.document.as_ref()? {
        Filed::TransitStep(step) if outcome.verdict == Verdict::Inspection => Some((Kind::Transit, &step.number)),
        _ => None,
    }
}

fn overdue(tx: &Transaction<'_>, revision: u64, entry: &Entry) -> Result<(), StoreError> {
    let due = matches!(entry.command, Some(Command::Due(_)));
    for outcome in &entry.outcomes {
        let over = outcome.findings.iter().filter(|_| due).find_map(is_overdue);
        let Some((kind, number)) = over.or_else(|| stands(entry, outcome)) else { continue };
        let who = outcome.receipts.first().map_or("", |receipt| receipt.to.as_str());
        tx.prepare_cached("INSERT OR IGNORE INTO overdue VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?.execute(params![
            revision as i64,
            outcome.about,
            entry.at.0,
            kind.name(),
            number,
            who
        ])?;
    }
    Ok(())
}

pub(super) fn entry(tx: &Transaction<'_>, revision: u64, entry: &Entry) -> Result<(), StoreError> {
    if let Some(Command::Due(_) | Command::Bonded(_)) = &entry.command {
        overdue(tx, revision, entry)?;
    }
    for outcome in entry.outcomes.iter().filter(|o| o.verdict == Verdict::Failed) {
        let Some(fault) = outcome.findings.iter().find(|f| f.code == Code::WindowFault) else { continue };
        let key = fault.args.iter().find(|arg| arg.name == "key").map_or("", |arg| arg.value.as_str());
        let [command, document, who] = told(entry, outcome);
        tx.prepare_cached("INSERT OR IGNORE INTO alarm VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?.execute(params![
            revision as i64,
            outcome.about,
            entry.at.0,
            fault.field.as_str(),
            key,
            command,
            document,
            who
        ])?;
    }
    Ok(())
}

/// Kind, own number and sender of what failed.
fn told(entry: &Entry, outcome: &Outcome) -> [String; 3] {
    let at = outcome.about as usize;
    let (command, document, who) = match &entry.command {
        Some(Command::Bonded(filing)) => match filing.documents.get(at) {
            Some(filed) => {
                let own_no = filed.document.as_ref().map_or(&filed.own_no, |d| &d.head().own_no);
                let kind = filed.document.as_ref().map_or(filed.kind, trade::bonded::Document::kind);
                (kind.name().to_owned(), own_no.to_string(), &filing.by.id)
            }
            None => (String::new(), String::new(), &filing.by.id),
        },
        Some(Command::Message(message)) => {
            let document = message.documents.get(at).and_then(|s| Document::unpack(&s.document).ok());
            let guid = document.map_or_else(String::new, |d| d.head().guid.to_string());
            (message.kind.name().to_owned(), guid, &message.cop_code)
        }
        Some(Command::Act(act)) => {
            let number = if act.number.is_empty() { &act.case.order_no } else { &act.number };
            (act.kind.name().to_owned(), number.to_string(), &act.by.id)
        }
        Some(Command::Register(register)) => (register.kind.name().to_owned(), String::new(), &register.by.id),
        Some(Command::Correct(correction)) => {
            ("correction".to_owned(), correction.number.to_string(), &correction.enterprise)
        }
        Some(Command::Due(due)) => return [due.kind.name().to_owned(), String::new(), String::new()],
        _ => return Default::default(),
    };
    [command, document, who.to_string()]
}

fn row(row: &Row<'_>) -> rusqlite::Result<AlarmRow> {
    Ok(AlarmRow {
        revision: row.get::<_, i64>(0)? as u64,
        place: row.get(1)?,
        at: Moment(row.get(2)?),
        what: row.get(3)?,
        key: row.get(4)?,
        command: row.get(5)?,
        document: row.get(6)?,
        who: row.get(7)?,
    })
}

impl Views {
    /// Alarms of entries after one and before a place in the journal, the newest first.
    ///
    /// # Errors
    /// Whatever SQL says; so with the next.
    pub fn alarms(&self, after: u64, before: (u64, u32), limit: usize) -> Result<Vec<AlarmRow>, StoreError> {
        let whole = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        self.read(|db| {
            let mut asked = db.prepare_cached(
                "SELECT revision, place, at, what, key, command, document, who FROM alarm
                 WHERE revision > ?1 AND (revision, place) < (?2, ?3)
                 ORDER BY revision DESC, place DESC LIMIT ?4",
            )?;
            let rows =
                asked.query_map(params![whole(after), whole(before.0), before.1, limit.clamp(1, 1_000) as i64], row)?;
            Ok(rows.collect::<Result<Vec<_>, _>>()?)
        })
    }

    /// What was told as overdue, the newest first.
    ///
    /// # Errors
    /// Whatever SQL says.
    pub fn overdue(&self, limit: usize) -> Result<Vec<OverdueRow>, StoreError> {
        self.read(|db| {
            let mut asked = db.prepare_cached(
                "SELECT revision, place, at, kind, number, who FROM overdue ORDER BY revision DESC, place DESC LIMIT ?1",
            )?;
            let rows = asked.query_map([limit.clamp(1, 1_000) as i64], |row| {
                Ok(OverdueRow {
                    revision: row.get::<_, i64>(0)? as u64,
                    place: row.get(1)?,
                    at: Moment(row.get(2)?),
                    kind: Kind::from_name(&row.get::<_, String>(3)?).unwrap_or_default(),
                    number: row.get(4)?,
                    who: row.get(5)?,
                })
            })?;
            Ok(rows.collect::<Result<Vec<_>, _>>()?)
        })
    }

    /// How many alarms there were since a time.
    pub fn alarms_since(&self, at: Moment) -> Result<u64, StoreError> {
        self.read(|db| {
            let counted = db
                .prepare_cached("SELECT count(*) FROM alarm WHERE at >= ?1")?
                .query_row([at.0], |row| row.get::<_, i64>(0))?;
            Ok(counted as u64)
        })
    }
}
