//! Whose parcel it is: buyer and consignee by pseudonym, and what the buyer disowns.
//!
//! Of a buyer's pseudonyms of identity only the one under the oldest live key is kept: every value that is read while
//! that key lives has it, so an account that was made in another year finds its parcels by it. Of names and telephones,
//! which are hashed under two years' keys, it is the newest: the value is found until that key is the oldest one.
//!
//! Pseudonyms are random, and an index of all of them would be written at another place by every parcel. So they are
//! kept in batches, each in its own order; who looks for one asks every batch.

use rusqlite::{Connection, OptionalExtension, params};
use trade::documents::Document;
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

pub(super) const PERSONS: &str = "
        DROP TABLE buyer;
        CREATE TABLE person (
          batch INTEGER NOT NULL, tag BLOB NOT NULL, ebc TEXT NOT NULL, order_no TEXT NOT NULL,
          PRIMARY KEY (batch, tag, ebc, order_no)) STRICT, WITHOUT ROWID;";

/// So many pseudonyms are one batch.
const BATCH: u64 = 100_000;

/// The batch that is being filled, and how many it has; read from the table when it is first needed.
#[derive(Default)]
pub(super) struct Persons(Option<(i64, u64)>);

impl Persons {
    pub fn forget(&mut self) {
        self.0 = None;
    }

    /// An order names buyer and consignee, a list the buyer's identity.
    pub fn named(&mut self, tx: &Connection, case: &CaseKey, document: &Document) -> Result<(), StoreError> {
        let newest = |all: &Pseudonyms| all.0.first().map(|one| one.tag);
        let mut tags: Vec<[u8; 16]> = match document {
            Document::Order(order) => {
                let (buyer, to) = (&order.buyer, &order.consignee);
                [&buyer.name, &buyer.telephone, &to.name, &to.telephone].into_iter().filter_map(newest).collect()
            }
            Document::List(list) => list.buyer.id.0.last().map(|one| one.tag).into_iter().collect(),
            _ => return Ok(()),
        };
        tags.sort_unstable();
        tags.dedup();
        for tag in tags {
            let batch = self.batch(tx)?;
            tx.prepare_cached("INSERT OR IGNORE INTO person VALUES (?1, ?2, ?3, ?4)")?.execute(params![
                batch,
                tag,
                case.ebc.as_str(),
                case.order_no.as_str()
            ])?;
        }
        Ok(())
    }

    fn batch(&mut self, tx: &Connection) -> Result<i64, StoreError> {
        let (batch, filled) = match self.0 {
            Some(known) => known,
            None => {
                let last: i64 = tx.query_row("SELECT coalesce(max(batch), 0) FROM person", [], |row| row.get(0))?;
                let count = "SELECT count(*) FROM person WHERE batch = ?1";
                (last, tx.query_row(count, [last], |row| row.get::<_, i64>(0))?.unsigned_abs())
            }
        };
        let now = if filled >= BATCH { (batch + 1, 1) } else { (batch, filled + 1) };
        self.0 = Some(now);
        Ok(now.0)
    }
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
        "SELECT {columns} FROM person b CROSS JOIN parcel p ON p.ebc = b.ebc AND p.order_no = b.order_no
         WHERE b.batch = ?1 AND b.tag = ?2 ORDER BY p.revision DESC, p.order_no, p.ebc LIMIT ?3"
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

    /// The parcels that name a person by one of these pseudonyms, of whatever kind; newest first.
    ///
    /// # Errors
    /// Whatever SQL says, as for all questions here.
    pub fn parcels_of(&self, person: &Pseudonyms, limit: usize) -> Result<Vec<ParcelRow>, StoreError> {
        let question = question();
        let mut all = self.read(|db| {
            let mut all = Vec::new();
            let last: i64 =
                db.prepare_cached("SELECT coalesce(max(batch), 0) FROM person")?.query_row([], |row| row.get(0))?;
            let mut ask = db.prepare_cached(&question)?;
            for one in &person.0 {
                for batch in (0..=last).rev() {
                    let rows = ask.query_map(params![batch, one.tag, limit as i64], parcel_row)?;
                    all.extend(rows.collect::<Result<Vec<_>, _>>()?);
                }
            }
            Ok(all)
        })?;
        all.sort_by(|a, b| (b.revision, &a.key.order_no, &a.key.ebc).cmp(&(a.revision, &b.key.order_no, &b.key.ebc)));
        all.dedup_by(|a, b| a.key == b.key);
        all.truncate(limit);
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows::SCHEMA;
    use super::*;
    use trade::pseudonym::Pseudonym;

    fn person(of: u8, years: &[u16]) -> Pseudonyms {
        let one = |year: &u16| Pseudonym { year: *year, tag: [of, (*year - 2000) as u8].repeat(8).try_into().unwrap() };
        Pseudonyms(years.iter().map(one).collect())
    }

    fn list(buyer: Pseudonyms) -> Document {
        let mut list = trade::documents::List::default();
        list.buyer.id = buyer;
        Document::List(list)
    }

    #[test]
    fn a_person_finds_the_own_parcels_of_any_year_and_nobody_else_does() {
        let views = Views::in_memory(SCHEMA).unwrap();
        let mut persons = Persons::default();
        let mut add = |order: &str, document: &Document, revision: i64| {
            let key = CaseKey { ebc: "S".into(), order_no: order.into() };
            views
                .read(|tx| {
                    tx.execute(
                        "INSERT OR IGNORE INTO parcel VALUES
                           ('S', ?1, 'released', 800, '', '', '', '', '', 0, 0, ?2, 0, 0, 0, '')",
                        params![order, revision],
                    )?;
                    persons.named(tx, &key, document)?;
                    // As if each were in a batch of its own, and as if the program began anew.
                    match revision % 2 {
                        0 => persons.0 = persons.0.map(|(batch, _)| (batch, BATCH)),
                        _ => persons.forget(),
                    }
                    Ok(())
                })
                .unwrap();
        };
        add("old", &list(person(7, &[2025])), 1);
        add("new", &list(person(7, &[2027, 2026, 2025])), 3);
        add("later", &list(person(7, &[2028, 2027])), 4);
        add("other", &list(person(8, &[2028, 2027])), 5);
        let mut order = trade::documents::Order::default();
        order.buyer.name = person(1, &[2028, 2027]);
        order.consignee.telephone = person(2, &[2028, 2027]);
        add("later", &Document::Order(order.clone()), 6);
        add("sent", &Document::Order(order), 6);
        let found = |of: u8, years: &[u16], limit| {
            let rows = views.parcels_of(&person(of, years), limit).unwrap();
            rows.into_iter().map(|row| row.key.order_no.to_string()).collect::<Vec<_>>()
        };
        let nobody: [&str; 0] = [];
        assert_eq!(found(7, &[2026, 2025], 9), ["new", "old"], "the key of 2025 was lost before the third came");
        assert_eq!(found(7, &[2027, 2026, 2025], 2), ["later", "new"]);
        assert_eq!(found(7, &[2024], 9), nobody);
        assert_eq!(found(1, &[2028, 2027], 9), ["sent", "later"], "by name");
        assert_eq!(found(2, &[2029, 2028], 9), ["sent", "later"], "by telephone, a year later");
        assert_eq!(found(2, &[2030, 2029], 9), nobody, "its key is not asked any more");
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
