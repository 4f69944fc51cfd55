//! What an enterprise asks about its own: the lists in which it is seller or declarant, and its receipts.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, params};

use super::Views;
use crate::StoreError;

/// An enterprise's lists, those of which it is the seller and those that it declared, each once.
fn own(columns: &str) -> String {
    format!("SELECT {columns}, ebc, order_no FROM parcel WHERE ebc = ?1 OR agent = ?1")
}

/// Calls `row` for every list of these enterprises, once for each list.
fn each(
    db: &Connection,
    enterprises: &[String],
    columns: &str,
    mut row: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<()>,
) -> Result<(), StoreError> {
    let several = enterprises.len() > 1;
    let width = columns.split(',').count();
    let mut seen = BTreeSet::new();
    let mut ask = db.prepare_cached(&own(columns))?;
    for enterprise in enterprises {
        let mut rows = ask.query([enterprise])?;
        while let Some(found) = rows.next()? {
            if !several || seen.insert((found.get::<_, String>(width)?, found.get::<_, String>(width + 1)?)) {
                row(found)?;
            }
        }
    }
    Ok(())
}

/// How an enterprise's lists stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// By state.
    pub states: BTreeMap<String, u64>,
    /// Codes of findings of those that stand refused, the most frequent first.
    pub reasons: Vec<(String, u64)>,
}

impl Views {
    /// How the lists of these enterprises stand, as seller or declarant.
    ///
    /// # Errors
    /// Whatever SQL says, as for all questions here.
    pub fn standing(&self, enterprises: &[String]) -> Result<Standing, StoreError> {
        self.read(|db| {
            let mut standing = Standing::default();
            let mut reasons: BTreeMap<String, u64> = BTreeMap::new();
            each(db, enterprises, "state, reasons", |row| {
                let state = row.get_ref(0)?.as_str()?;
                if state == "refused" {
                    // Several lines may have failed for one reason: it is one list all the same.
                    let codes: BTreeSet<&str> = row.get_ref(1)?.as_str()?.split_ascii_whitespace().collect();
                    for code in codes {
                        *reasons.entry(code.to_owned()).or_default() += 1;
                    }
                }
                match standing.states.get_mut(state) {
                    Some(n) => *n += 1,
                    None => drop(standing.states.insert(state.to_owned(), 1)),
                }
                Ok(())
            })?;
            standing.reasons = reasons.into_iter().collect();
            standing.reasons.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
            Ok(standing)
        })
    }

    /// The offices at which an enterprise has declared.
    pub fn offices(&self, agent: &str) -> Result<Vec<String>, StoreError> {
        self.read(|db| {
            let mut offices = Vec::new();
            let mut ask = db.prepare_cached("SELECT min(office) FROM parcel WHERE agent = ?1 AND office > ?2")?;
            let mut last = String::new();
            while let Some(office) = ask.query_row(params![agent, last], |row| row.get::<_, Option<String>>(0))? {
                offices.push(office.clone());
                last = office;
            }
            Ok(offices)
        })
    }

    /// The entries that hold the newest receipts for these enterprises, the newest first.
    pub fn newest_receipts(&self, enterprises: &[String], limit: usize) -> Result<Vec<u64>, StoreError> {
        self.read(|db| {
            let mut all = BTreeSet::new();
            let mut ask =
                db.prepare_cached("SELECT revision FROM outbox WHERE enterprise = ?1 ORDER BY revision DESC LIMIT ?2")?;
            for enterprise in enterprises {
                for revision in ask.query_map(params![enterprise, limit as i64], |row| row.get::<_, i64>(0))? {
                    all.insert(revision? as u64);
                }
            }
            Ok(all.into_iter().rev().take(limit).collect())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows::SCHEMA;
    use super::*;

    #[test]
    fn one_s_own_lists_are_counted_once_and_found_without_reading_all() {
        let views = Views::in_memory(SCHEMA).unwrap();
        views
            .read(|db| {
                for (ebc, order, state, agent, office, reasons) in [
                    ("S", "1", "refused", "D", "6402", "PAYMENT_AMOUNT UNPAID"),
                    ("S", "2", "refused", "S", "6409", "UNPAID UNPAID"),
                    ("S", "3", "released", "D", "6402", "FORGIVEN"),
                    ("T", "1", "released", "D", "6402", ""),
                    ("T", "2", "waiting", "E", "", ""),
                ] {
                    db.execute(
                        "INSERT INTO parcel VALUES (?1, ?2, ?3, 0, '', ?5, ?4, '', '', 0, 0, 0, 0, 0, 0, ?6)",
                        params![ebc, order, state, agent, office, reasons],
                    )?;
                }
                for (enterprise, revision) in [("S", 1), ("S", 4), ("D", 3), ("D", 4), ("E", 9)] {
                    db.execute("INSERT INTO outbox VALUES (?1, ?2)", params![enterprise, revision])?;
                }
                let plan: Vec<String> = db
                    .prepare(&format!("EXPLAIN QUERY PLAN {}", own("state")))?
                    .query_map(["S"], |row| row.get(3))?
                    .collect::<Result<_, _>>()?;
                assert!(!plan.iter().any(|step| step.starts_with("SCAN parcel")), "{plan:?}");
                Ok(())
            })
            .unwrap();
        let names = |all: &[&str]| all.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        let seller = views.standing(&names(&["S"])).unwrap();
        assert_eq!(seller.states, BTreeMap::from([("refused".to_owned(), 2), ("released".to_owned(), 1)]));
        assert_eq!(seller.reasons, [("UNPAID".to_owned(), 2), ("PAYMENT_AMOUNT".to_owned(), 1)]);
        let both = views.standing(&names(&["S", "D"])).unwrap();
        assert_eq!(both.states.values().sum::<u64>(), 4, "{both:?}");
        assert_eq!(views.standing(&names(&["X"])).unwrap(), Standing::default());
        assert_eq!((views.offices("D").unwrap(), views.offices("E").unwrap()), (names(&["6402"]), vec![]));
        assert_eq!(views.newest_receipts(&names(&["S", "D"]), 2).unwrap(), [4, 3]);
    }
}
