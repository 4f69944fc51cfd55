//! Whose parcel it is: the buyer by pseudonym, and what the buyer disowns.
//!
//! Of a buyer's pseudonyms only the one under the oldest live key is kept: every value that is read while that key
//! lives has it, so an account that was made in another year finds its parcels by it.

use rusqlite::{Connection, OptionalExtension, params};
use trade::key::CaseKey;
use trade::pseudonym::Pseudonyms;
use trade::record::Case;

use super::Views;
use super::rows::{COLUMNS, ParcelRow, parcel_row};
use crate::StoreError;

pub(super) const SQL: &str = "
        CREATE TABLE buyer (
          year INTEGER NOT NULL, tag BLOB NOT NULL, ebc TEXT NOT NULL, order_no TEXT NOT NULL,
          PRIMARY KEY (year, tag, ebc, order_no)) STRICT, WITHOUT ROWID;
        CREATE TABLE disowned (
          ebc TEXT NOT NULL, order_no TEXT NOT NULL, number TEXT NOT NULL, at INTEGER NOT NULL, settled INTEGER,
          denied INTEGER NOT NULL, PRIMARY KEY (ebc, order_no)) STRICT, WITHOUT ROWID;
        CREATE INDEX disowned_open ON disowned (settled, at);";

/// A list names its buyer.
pub(super) fn buyer(tx: &Connection, case: &CaseKey, buyer: &Pseudonyms) -> Result<(), StoreError> {
    if let Some(oldest) = buyer.0.last() {
        tx.prepare_cached("INSERT OR IGNORE INTO buyer VALUES (?1, ?2, ?3, ?4)")?.execute(params![
            oldest.year,
            oldest.tag,
            case.ebc.as_str(),
            case.order_no.as_str()
        ])?;
    }
    Ok(())
}

/// Appeals that wait for a decision, and until when.
pub(super) const APPEALS: &str = "
        CREATE TABLE appeal (
          ebc TEXT NOT NULL, order_no TEXT NOT NULL, number TEXT NOT NULL, until INTEGER NOT NULL,
          PRIMARY KEY (ebc, order_no)) STRICT, WITHOUT ROWID;";

pub(super) fn appeal(tx: &Connection, key: &CaseKey, case: &Case) -> Result<(), StoreError> {
    if let Some(open) = case.open_appeal() {
        tx.prepare_cached("INSERT OR REPLACE INTO appeal VALUES (?1, ?2, ?3, ?4)")?.execute(params![
            key.ebc.as_str(),
            key.order_no.as_str(),
            open.number.as_str(),
            open.until.plus(1).starts().0
        ])?;
    } else if !case.appeals.is_empty() {
        tx.prepare_cached("DELETE FROM appeal WHERE ebc = ?1 AND order_no = ?2")?
            .execute(params![key.ebc.as_str(), key.order_no.as_str()])?;
    }
    Ok(())
}

pub(super) fn disowned(tx: &Connection, key: &CaseKey, case: &Case) -> Result<(), StoreError> {
    if let Some(disowned) = &case.disowned {
        tx.prepare_cached("INSERT OR REPLACE INTO disowned VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?.execute(params![
            key.ebc.as_str(),
            key.order_no.as_str(),
            disowned.number.as_str(),
            disowned.at.0,
            disowned.settled.map(|at| at.0),
            disowned.denied
        ])?;
    }
    Ok(())
}

/// The parcels of one pseudonym; the newest first.
fn question() -> String {
    let columns = COLUMNS.split(", ").map(|c| format!("p.{c}")).collect::<Vec<_>>().join(", ");
    format!(
        "SELECT {columns} FROM buyer b JOIN parcel p ON p.ebc = b.ebc AND p.order_no = b.order_no
         WHERE b.year = ?1 AND b.tag = ?2 ORDER BY p.revision DESC LIMIT ?3"
    )
}

impl Views {
    /// When the open appeal about a parcel should be decided.
    ///
    /// # Errors
    /// Whatever SQL says, as for all questions here.
    pub fn appeal_until(&self, key: &CaseKey) -> Result<Option<trade::time::Moment>, StoreError> {
        self.read(|db| {
            let until = db
                .prepare_cached("SELECT until FROM appeal WHERE ebc = ?1 AND order_no = ?2")?
                .query_row(params![key.ebc.as_str(), key.order_no.as_str()], |row| row.get(0))
                .optional()?;
            Ok(until.map(trade::time::Moment))
        })
    }

    /// The parcels whose list names this buyer, newest first.
    ///
    /// # Errors
    /// Whatever SQL says, as for all questions here.
    pub fn parcels_of(&self, person: &Pseudonyms, limit: usize) -> Result<Vec<ParcelRow>, StoreError> {
        let question = question();
        let mut all = self.read(|db| {
            let mut all = Vec::new();
            let mut ask = db.prepare_cached(&question)?;
            for one in &person.0 {
                let rows = ask.query_map(params![one.year, one.tag, limit as i64], parcel_row)?;
                all.extend(rows.collect::<Result<Vec<_>, _>>()?);
            }
            Ok(all)
        })?;
        all.sort_by_key(|row| std::cmp::Reverse(row.revision));
        all.truncate(limit);
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows::SCHEMA;
    use super::*;
    use trade::pseudonym::Pseudonym;

    fn person(years: &[u16]) -> Pseudonyms {
        Pseudonyms(years.iter().map(|year| Pseudonym { year: *year, tag: [7; 16] }).collect())
    }

    #[test]
    fn a_person_finds_the_own_parcels_of_any_year_and_nobody_else_does() {
        let views = Views::in_memory(SCHEMA).unwrap();
        let add = |order: &str, years: &[u16], revision: i64| {
            let key = CaseKey { ebc: "S".into(), order_no: order.into() };
            views
                .read(|tx| {
                    tx.execute(
                        "INSERT INTO parcel VALUES ('S', ?1, 'released', 800, '', '', '', '', '', 0, 0, ?2, 0, 0, 0, '')",
                        params![order, revision],
                    )?;
                    buyer(tx, &key, &person(years))
                })
                .unwrap();
        };
        add("old", &[2025], 1);
        add("new", &[2027, 2026, 2025], 3);
        add("later", &[2028, 2027], 4);
        let found = |years: &[u16], limit| {
            let rows = views.parcels_of(&person(years), limit).unwrap();
            rows.into_iter().map(|row| row.key.order_no.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(found(&[2026, 2025], 9), ["new", "old"], "the key of 2025 was lost before the third came");
        assert_eq!(found(&[2027, 2026, 2025], 2), ["later", "new"]);
        assert_eq!(found(&[2024], 9), [] as [&str; 0]);
        let plan: Vec<String> = views
            .read(|db| {
                let mut ask = db.prepare(&format!("EXPLAIN QUERY PLAN {}", question()))?;
                let steps = ask.query_map(params![1, [7u8; 16], 1], |row| row.get(3))?.collect::<Result<_, _>>()?;
                Ok(steps)
            })
            .unwrap();
        assert!(!plan.iter().any(|step| step.starts_with("SCAN")), "{plan:?}");
    }
}
