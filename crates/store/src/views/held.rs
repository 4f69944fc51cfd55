//! What customs hold beside lists: transfers (转关、批量流转), what lies in central return warehouses (退货中心仓), returns of
//! exports; decisions about what is no list, with their appeals. Whose each is and whether it is open; what it holds is read from the state.

use rusqlite::{Connection, params};
use trade::bonded::record::{State, TransitRecord};
use trade::command::{Command, Entry, Outcome};
use trade::key::{CaseKey, Pair};
use trade::record::{Case, RefundState, Ruling, status};

use super::Views;
use super::summaries::Whose;
use crate::StoreError;

pub(super) const SQL: &str = "
        CREATE TABLE held (
          kind TEXT NOT NULL, number TEXT NOT NULL, first TEXT NOT NULL, second TEXT NOT NULL,
          ebc TEXT NOT NULL, order_no TEXT NOT NULL, office TEXT NOT NULL, other_office TEXT NOT NULL,
          open INTEGER NOT NULL, revision INTEGER NOT NULL, PRIMARY KEY (kind, number, first)) STRICT, WITHOUT ROWID;
        CREATE INDEX held_by_revision ON held (kind, open, revision, number);";

/// What is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Transfer,
    Room,
    Return,
    /// Decisions about what is no list: those that stand are open; and their appeals, while they wait.
    Ruling,
    Appeal,
}

impl What {
    fn name(self) -> &'static str {
        match self {
            What::Transfer => "transfer",
            What::Room => "room",
            What::Return => "return",
            What::Ruling => "ruling",
            What::Appeal => "appeal",
        }
    }
}

/// A row of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeldRow {
    /// Of the transfer, of the parcel in the warehouse (`returnNo`), of the application (`copNo`).
    pub number: String,
    /// Who filed it.
    pub by: String,
    /// The parcel; empty of a transfer.
    pub case: CaseKey,
    /// The entry in which it began.
    pub revision: u64,
}

type Of<'a> = ([&'a str; 3], &'a CaseKey, [&'a str; 2], bool);

/// It is listed by the entry in which it began, and by whoever filed it then.
fn row(tx: &Connection, what: What, revision: u64, (who, case, offices, open): Of<'_>) -> Result<(), StoreError> {
    let [number, first, second] = who;
    tx.prepare_cached(
        "INSERT INTO held VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT (kind, number, first) DO UPDATE SET open = excluded.open",
    )?
    .execute(params![
        what.name(),
        number,
        first,
        second,
        case.ebc.as_str(),
        case.order_no.as_str(),
        offices[0],
        offices[1],
        open,
        revision as i64
    ])?;
    Ok(())
}

pub(super) fn transfer(tx: &Connection, number: &str, of: &TransitRecord, revision: u64) -> Result<(), StoreError> {
    let open = !matches!(of.state, State::Done | State::Refused | State::Deleted);
    let who = [number, of.etps.as_str(), of.transit.carrier.as_str()];
    row(tx, What::Transfer, revision, (who, &CaseKey::default(), [&of.transit.from, &of.transit.to], open))
}

pub(super) fn room(
    tx: &Connection,
    key: &CaseKey,
    case: &Case,
    (entry, outcome): (&Entry, &Outcome),
    revision: u64,
) -> Result<(), StoreError> {
    let Some(newest) = case.in_room.last() else { return Ok(()) };
    if let Some(Command::Bonded(filing)) = &entry.command
        && let Some(document) = filing.documents.get(outcome.about as usize).and_then(|f| f.document.as_ref())
        && document.kind() == trade::bonded::Kind::ReturnIn
    {
        let who = [newest.number.as_str(), document.head().etps.as_str(), case.agent.as_str()];
        row(tx, What::Room, revision, (who, key, [&case.office, ""], true))?;
    }
    for parcel in &case.in_room {
        tx.prepare_cached("UPDATE held SET open = ?1 WHERE kind = 'room' AND number = ?2")?
            .execute(params![!parcel.is_empty(), parcel.number.as_str()])?;
    }
    Ok(())
}

pub(super) fn returned(tx: &Connection, at: &Pair, of: &RefundState, revision: u64) -> Result<(), StoreError> {
    let Some(export) = &of.export else { return Ok(()) };
    let open = matches!(of.status, status::MATCHED | status::REVIEW);
    let who = [at.number.as_str(), at.code.as_str(), export.waybill_code.as_str()];
    row(tx, What::Return, revision, (who, &of.case, [&export.office, ""], open))
}

pub(super) fn ruling(tx: &Connection, at: &Pair, of: &Ruling, revision: u64) -> Result<(), StoreError> {
    let who = [at.number.as_str(), at.code.as_str(), ""];
    let one = |what, open| row(tx, what, revision, (who, &CaseKey::default(), [&of.office, ""], open));
    one(What::Ruling, of.decided.is_some())?;
    if of.appeals.is_empty() { Ok(()) } else { one(What::Appeal, of.open_appeal().is_some()) }
}

impl Views {
    /// What is held of a kind, the newest first, after a place (entry and number); with `open` what is not over.
    ///
    /// # Errors
    /// Whatever SQL says, as for all questions here.
    pub fn held(
        &self,
        what: What,
        whose: Whose<'_>,
        open: bool,
        after: Option<&(u64, String)>,
        limit: usize,
    ) -> Result<Vec<HeldRow>, StoreError> {
        let end = (u64::MAX >> 1, String::new());
        let (revision, number) = after.unwrap_or(&end);
        let nobody = [String::new()];
        let (fits, values): (&str, Vec<String>) = match whose {
            Whose::All => ("?5 = ''", nobody.to_vec()),
            Whose::Office(code) => ("?5 IN (office, other_office)", vec![code.to_owned()]),
            Whose::Enterprises(codes) => ("?5 IN (first, second, ebc)", codes.to_vec()),
        };
        let question = format!(
            "SELECT number, first, ebc, order_no, revision FROM held
              WHERE kind = ?1 AND open >= ?2 AND (revision, number) < (?3, ?4) AND {fits}
              ORDER BY revision DESC, number DESC LIMIT ?6"
        );
        self.read(|db| {
            let mut found: Vec<HeldRow> = Vec::new();
            let mut ask = db.prepare_cached(&question)?;
            for value in &values {
                let row = |row: &rusqlite::Row<'_>| {
                    let case =
                        CaseKey { ebc: row.get::<_, String>(2)?.into(), order_no: row.get::<_, String>(3)?.into() };
                    let revision = row.get::<_, i64>(4)? as u64;
                    Ok(HeldRow { number: row.get(0)?, by: row.get(1)?, case, revision })
                };
                let asked = params![what.name(), open, *revision as i64, number, value, limit as i64];
                for row in ask.query_map(asked, row)? {
                    found.push(row?);
                }
            }
            found.sort_by(|a, b| (b.revision, &b.number, &b.by).cmp(&(a.revision, &a.number, &a.by)));
            found.dedup();
            found.truncate(limit);
            Ok(found)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows::SCHEMA;
    use super::*;
    use trade::bonded::Transit;

    #[test]
    fn one_s_own_and_the_offices_transfers_come_newest_first_each_once() {
        let views = Views::in_memory(SCHEMA).unwrap();
        let of = |etps: &str, carrier: &str, from: &str, to: &str, state| TransitRecord {
            transit: Transit { carrier: carrier.into(), from: from.into(), to: to.into(), ..Transit::default() },
            etps: etps.into(),
            state,
            ..TransitRecord::default()
        };
        views
            .read(|db| {
                transfer(db, "Z1", &of("A", "C", "6401", "5100", State::Waiting), 3)?;
                transfer(db, "Z2", &of("A", "A", "6401", "6402", State::Moving), 4)?;
                transfer(db, "Z1", &of("A", "C", "6401", "5100", State::Done), 5)
            })
            .unwrap();
        let codes = |all: &[&str]| all.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>();
        let numbers = |whose, open, after: Option<&(u64, String)>| {
            let rows = views.held(What::Transfer, whose, open, after, 9).unwrap();
            rows.into_iter().map(|row| row.number).collect::<Vec<_>>().join(" ")
        };
        let (a, both) = (codes(&["A"]), codes(&["A", "C"]));
        assert_eq!(numbers(Whose::All, false, None), "Z2 Z1");
        assert_eq!(numbers(Whose::All, true, None), "Z2", "what is done is not open");
        assert_eq!(numbers(Whose::Office("5100"), false, None), "Z1", "the office of arrival too");
        assert_eq!(numbers(Whose::Enterprises(&a), false, None), "Z2 Z1");
        assert_eq!(numbers(Whose::Enterprises(&both), false, Some(&(4, "Z2".into()))), "Z1");
        assert_eq!(numbers(Whose::Enterprises(&[]), false, None), "");
        assert_eq!(views.held(What::Room, Whose::All, false, None, 9).unwrap(), []);
    }
}
