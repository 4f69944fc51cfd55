//! Who looked at what: rows of the trace, by their subject.

use rusqlite::{Row, Transaction, params};
use trade::command::{Command, Entry, Verdict};
use trade::finding::Code;
use trade::key::CaseKey;
use trade::time::Moment;

use super::Views;
use crate::StoreError;

pub(super) const SQL: &str = "
        CREATE TABLE look (
          revision INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL, role TEXT NOT NULL,
          kind TEXT NOT NULL, action TEXT NOT NULL, purpose TEXT NOT NULL, ground TEXT NOT NULL,
          case_no TEXT NOT NULL, records INTEGER NOT NULL, unusual INTEGER NOT NULL) STRICT;
        CREATE INDEX look_unusual ON look (unusual, revision);
        CREATE TABLE looked_at (
          subject TEXT NOT NULL, revision INTEGER NOT NULL,
          PRIMARY KEY (subject, revision)) STRICT, WITHOUT ROWID;";

/// An official's look as its subject reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LookRow {
    pub revision: u64,
    pub at: Moment,
    /// The official's account.
    pub who: String,
    pub role: String,
    pub kind: String,
    pub action: String,
    pub purpose: String,
    pub ground: String,
    pub case_no: String,
    pub records: u32,
    pub unusual: bool,
}

/// Whose looks are meant.
#[derive(Clone, Copy, Debug)]
pub enum Subject<'a> {
    Parcel(&'a CaseKey),
    Enterprise(&'a str),
}

impl Subject<'_> {
    fn text(self) -> String {
        match self {
            Subject::Parcel(key) => format!("parcel {} {}", key.ebc, key.order_no),
            Subject::Enterprise(code) => format!("enterprise {code}"),
        }
    }
}

/// Writes the rows of a look that was allowed.
pub(super) fn entry(tx: &Transaction<'_>, revision: u64, entry: &Entry) -> Result<(), StoreError> {
    let Some(Command::Look(look)) = &entry.command else { return Ok(()) };
    let Some(outcome) = entry.outcomes.first().filter(|o| o.verdict == Verdict::Done) else { return Ok(()) };
    let unusual = outcome.findings.iter().any(|f| [Code::LookUnusual, Code::LookEmergency].contains(&f.code));
    tx.prepare_cached("INSERT OR IGNORE INTO look VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")?.execute(
        params![
            revision as i64,
            entry.at.0,
            look.by.id.as_str(),
            look.by.role.name(),
            look.kind.name(),
            look.action.name(),
            look.purpose.name(),
            look.ground.as_str(),
            look.case.as_str(),
            look.records,
            unusual
        ],
    )?;
    let parcels = look.parcels.iter().map(|key| Subject::Parcel(key).text());
    let enterprises = look.enterprises.iter().map(|code| Subject::Enterprise(code).text());
    for subject in parcels.chain(enterprises) {
        tx.prepare_cached("INSERT OR IGNORE INTO looked_at VALUES (?1, ?2)")?
            .execute(params![subject, revision as i64])?;
    }
    Ok(())
}

fn row(row: &Row<'_>) -> rusqlite::Result<LookRow> {
    Ok(LookRow {
        revision: row.get::<_, i64>(0)? as u64,
        at: Moment(row.get(1)?),
        who: row.get(2)?,
        role: row.get(3)?,
        kind: row.get(4)?,
        action: row.get(5)?,
        purpose: row.get(6)?,
        ground: row.get(7)?,
        case_no: row.get(8)?,
        records: row.get(9)?,
        unusual: row.get(10)?,
    })
}

const COLUMNS: &str = "revision, at, who, role, kind, action, purpose, ground, case_no, records, unusual";

impl Views {
    /// The looks at any of these subjects before an entry, newest first.
    ///
    /// # Errors
    /// Whatever SQL says; so with all below.
    pub fn looks_at(&self, subjects: &[Subject<'_>], before: u64, limit: usize) -> Result<Vec<LookRow>, StoreError> {
        let places = vec!["?"; subjects.len()].join(", ");
        let question = format!(
            "SELECT {COLUMNS} FROM look WHERE revision IN
               (SELECT revision FROM looked_at WHERE subject IN ({places}) AND revision < ?
                ORDER BY revision DESC LIMIT ?) ORDER BY revision DESC LIMIT ?"
        );
        let mut values: Vec<rusqlite::types::Value> = subjects.iter().map(|s| s.text().into()).collect();
        // One look may have several of the subjects.
        let most = limit.clamp(1, 1_000) as i64;
        let within = most.saturating_mul(subjects.len().max(1) as i64);
        values.extend([i64::try_from(before).unwrap_or(i64::MAX).into(), within.into(), most.into()]);
        self.read(|db| {
            let mut asked = db.prepare_cached(&question)?;
            let rows = asked.query_map(rusqlite::params_from_iter(values), row)?;
            Ok(rows.collect::<Result<Vec<_>, _>>()?)
        })
    }

    /// All looks before an entry, newest first; with `unusual` only those that were marked.
    pub fn looks(&self, unusual: bool, before: u64, limit: usize) -> Result<Vec<LookRow>, StoreError> {
        let question =
            format!("SELECT {COLUMNS} FROM look WHERE revision < ?1 AND unusual >= ?2 ORDER BY revision DESC LIMIT ?3");
        let before = i64::try_from(before).unwrap_or(i64::MAX);
        self.read(|db| {
            let mut asked = db.prepare_cached(&question)?;
            let rows = asked.query_map(params![before, unusual, limit.clamp(1, 1_000) as i64], row)?;
            Ok(rows.collect::<Result<Vec<_>, _>>()?)
        })
    }

    /// How many looks there were, and how many of them were unusual.
    pub fn look_count(&self) -> Result<(u64, u64), StoreError> {
        self.read(|db| {
            let counted = db
                .prepare_cached("SELECT count(*), coalesce(sum(unusual), 0) FROM look")?
                .query_row([], |row| Ok((row.get::<_, i64>(0)? as u64, row.get::<_, i64>(1)? as u64)))?;
            Ok(counted)
        })
    }
}
