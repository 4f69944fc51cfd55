//! Summaries of exports (汇总申报): whose they are and when they were applied for. What they hold is read from the state.

use rusqlite::{Connection, params};
use trade::record::Summary;

use super::Views;
use crate::StoreError;

pub(super) const SQL: &str = "
        CREATE TABLE summary (
          number TEXT PRIMARY KEY, agent TEXT NOT NULL, ebc TEXT NOT NULL, office TEXT NOT NULL,
          revision INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX summary_by_revision ON summary (revision, number);
        CREATE INDEX summary_by_agent ON summary (agent, revision, number);
        CREATE INDEX summary_by_seller ON summary (ebc, revision, number);
        CREATE INDEX summary_by_office ON summary (office, revision, number);";

/// A summary goes on entry by entry; it is listed by its first.
pub(super) fn summary(tx: &Connection, number: &str, of: &Summary, revision: u64) -> Result<(), StoreError> {
    tx.prepare_cached("INSERT OR IGNORE INTO summary VALUES (?1, ?2, ?3, ?4, ?5)")?.execute(params![
        number,
        of.agent.as_str(),
        of.ebc.as_str(),
        of.office.as_str(),
        revision as i64
    ])?;
    Ok(())
}

/// Whose summaries a list shows.
#[derive(Clone, Copy, Debug)]
pub enum Whose<'a> {
    All,
    Office(&'a str),
    /// Of which one of these is declarant or seller.
    Enterprises(&'a [String]),
}

/// A place in the list: revision and number.
pub type After = (u64, String);

impl Views {
    /// The numbers of summaries that come after a place in the list, the newest first, each with its own place.
    ///
    /// # Errors
    /// Whatever SQL says, as for all questions here.
    pub fn summaries(&self, whose: Whose<'_>, after: Option<&After>, limit: usize) -> Result<Vec<After>, StoreError> {
        let all = [String::new()];
        let office;
        let (columns, values): (&[&str], &[String]) = match whose {
            Whose::All => (&["?1"], &all),
            Whose::Office(code) => {
                office = [code.to_owned()];
                (&["office"], &office)
            }
            Whose::Enterprises(codes) => (&["agent", "ebc"], codes),
        };
        let end = (u64::MAX >> 1, String::new());
        let (revision, number) = after.unwrap_or(&end);
        self.read(|db| {
            let mut found = std::collections::BTreeSet::new();
            for column in columns {
                let question = format!(
                    "SELECT revision, number FROM summary WHERE {column} = ?1 AND (revision, number) < (?2, ?3)
                     ORDER BY revision DESC, number DESC LIMIT ?4"
                );
                let mut ask = db.prepare_cached(&question)?;
                for value in values {
                    let row = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)? as u64, row.get(1)?));
                    for place in ask.query_map(params![value, *revision as i64, number, limit as i64], row)? {
                        found.insert(place?);
                    }
                }
            }
            Ok(found.into_iter().rev().take(limit).collect())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows::SCHEMA;
    use super::*;

    #[test]
    fn one_s_own_summaries_come_newest_first_each_once_page_by_page() {
        let views = Views::in_memory(SCHEMA).unwrap();
        views
            .read(|db| {
                for (number, agent, ebc, office, revision) in
                    [("S1", "A", "B", "6401", 3), ("S2", "A", "A", "6409", 3), ("S3", "C", "B", "6401", 9)]
                {
                    let (agent, ebc, office) = (agent.into(), ebc.into(), office.into());
                    summary(db, number, &Summary { agent, ebc, office, ..Summary::default() }, revision)?;
                    summary(db, number, &Summary::default(), revision + 1)?;
                }
                Ok(())
            })
            .unwrap();
        let codes = |all: &[&str]| all.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>();
        let numbers = |whose, after: Option<&After>, limit| {
            views.summaries(whose, after, limit).unwrap().into_iter().map(|(_, n)| n).collect::<Vec<_>>().join(" ")
        };
        let (one, two) = (codes(&["A"]), codes(&["A", "B"]));
        let after = (3, "S2".to_owned());
        assert_eq!(numbers(Whose::All, None, 9), "S3 S2 S1");
        assert_eq!(numbers(Whose::Office("6401"), None, 9), "S3 S1");
        assert_eq!(numbers(Whose::Enterprises(&one), None, 9), "S2 S1");
        assert_eq!(numbers(Whose::Enterprises(&two), None, 9), "S3 S2 S1");
        assert_eq!(numbers(Whose::Enterprises(&two), Some(&after), 9), "S1");
        assert_eq!(numbers(Whose::Enterprises(&two), None, 1), "S3");
        assert_eq!(numbers(Whose::Enterprises(&[]), None, 9), "");
    }
}
