//! What an enterprise asks about its own: where it declares, and its receipts.

use std::collections::BTreeSet;

use rusqlite::params;

use super::Views;
use crate::StoreError;

impl Views {
    /// The offices at which an enterprise has declared.
    pub fn offices(&self, agent: &str) -> Result<Vec<String>, StoreError> {
        self.read(|db| {
            let mut offices = Vec::new();
            let mut ask = db.prepare_cached("SELECT min(office) FROM holds WHERE agent = ?1 AND office > ?2")?;
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
    fn where_one_declared_and_what_came_for_it() {
        let views = Views::in_memory(SCHEMA).unwrap();
        views
            .read(|db| {
                for (order, agent, office) in
                    [("1", "D", "6402"), ("2", "S", "6409"), ("3", "D", "6402"), ("4", "E", "")]
                {
                    db.execute(
                        "INSERT INTO parcel VALUES ('S', ?1, 'released', 0, '', ?3, ?2, '', '', 0, 0, 0, 0, 0, 0, '')",
                        params![order, agent, office],
                    )?;
                }
                for (enterprise, revision) in [("S", 1), ("S", 4), ("D", 3), ("D", 4), ("E", 9)] {
                    db.execute("INSERT INTO outbox VALUES (?1, ?2)", params![enterprise, revision])?;
                }
                Ok(())
            })
            .unwrap();
        let names = |all: &[&str]| all.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        assert_eq!((views.offices("D").unwrap(), views.offices("E").unwrap()), (names(&["6402"]), vec![]));
        assert_eq!(views.newest_receipts(&names(&["S", "D"]), 2).unwrap(), [4, 3]);
    }
}
