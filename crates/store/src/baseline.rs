//! The yardstick of `onewindow bench`: how a window is built without a second thought, one transaction a document on
//! SQLite with full sync, a row for each document, look-ups by key. The product does not use it.

use crate::StoreError;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use std::path::Path;

/// The tables.
pub struct Baseline(Connection);

/// What the plain implementation knows of a document.
#[derive(Clone, Copy, Debug)]
pub struct Plain<'a> {
    /// 311, 411, 511 or 621.
    pub kind: u32,
    /// Enterprise and number: the document's key.
    pub code: &'a str,
    pub number: &'a str,
    pub order_no: &'a str,
    /// The waybill that a list names: carrier and number.
    pub waybill: (&'a str, &'a str),
    /// In fen: what an order asks and a payment pays.
    pub amount: i64,
    pub body: &'a [u8],
}

impl Baseline {
    /// # Errors
    /// If the file cannot be made.
    pub fn open(path: &Path) -> Result<Baseline, StoreError> {
        let db = Connection::open(path)?;
        db.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
             CREATE TABLE document (kind INTEGER, code TEXT, number TEXT, order_no TEXT, amount INTEGER, body BLOB,
                 PRIMARY KEY (kind, code, number));
             CREATE INDEX document_order ON document (kind, order_no);
             CREATE TABLE decision (code TEXT, number TEXT, released INTEGER, PRIMARY KEY (code, number));
             CREATE TABLE receipt (id INTEGER PRIMARY KEY, kind INTEGER, code TEXT, number TEXT, status INTEGER);",
        )?;
        Ok(Baseline(db))
    }

    /// Takes a document in, in a transaction of its own; a list is matched and decided. Gives the receipt's status:
    /// 120, 800 where the list's documents are there and order and payment agree, 100 where not.
    ///
    /// # Errors
    /// Whatever SQL says.
    pub fn take(&mut self, document: &Plain<'_>) -> Result<i32, StoreError> {
        let Plain { kind, code, number, order_no, waybill, amount, body } = *document;
        let tx = self.0.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.prepare_cached("INSERT OR REPLACE INTO document VALUES (?, ?, ?, ?, ?, ?)")?
            .execute(params![kind, code, number, order_no, amount, body])?;
        let mut status = 120;
        if kind == 621 {
            let by_key = "SELECT amount FROM document WHERE kind = ? AND code = ? AND number = ?";
            let order: Option<i64> =
                tx.prepare_cached(by_key)?.query_row(params![311, code, number], |r| r.get(0)).optional()?;
            let carried: Option<i64> =
                tx.prepare_cached(by_key)?.query_row(params![511, waybill.0, waybill.1], |r| r.get(0)).optional()?;
            let paid: Option<i64> = tx
                .prepare_cached("SELECT amount FROM document WHERE kind = 411 AND order_no = ?")?
                .query_row([order_no], |r| r.get(0))
                .optional()?;
            let released = order.is_some() && carried.is_some() && order == paid;
            status = if released { 800 } else { 100 };
            tx.prepare_cached("INSERT OR REPLACE INTO decision VALUES (?, ?, ?)")?
                .execute(params![code, number, released])?;
        }
        tx.prepare_cached("INSERT INTO receipt (kind, code, number, status) VALUES (?, ?, ?, ?)")?.execute(params![
            kind + 1,
            code,
            number,
            status
        ])?;
        tx.commit()?;
        Ok(status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_released_only_with_documents_that_agree() {
        let folder = tempfile::tempdir().unwrap();
        let mut plain = Baseline::open(&folder.path().join("plain.db")).unwrap();
        let paper = |kind, code, number, amount| Plain {
            kind,
            code,
            number,
            order_no: "o",
            waybill: ("l", "w"),
            amount,
            body: b"",
        };
        assert_eq!(plain.take(&paper(311, "e", "o", 5)).unwrap(), 120);
        assert_eq!(plain.take(&paper(411, "p", "t", 4)).unwrap(), 120);
        assert_eq!(plain.take(&paper(511, "l", "w", 0)).unwrap(), 120);
        assert_eq!(plain.take(&paper(621, "e", "o", 0)).unwrap(), 100);
        assert_eq!(plain.take(&paper(411, "p", "t", 5)).unwrap(), 120);
        assert_eq!(plain.take(&paper(621, "e", "o", 0)).unwrap(), 800);
    }
}
