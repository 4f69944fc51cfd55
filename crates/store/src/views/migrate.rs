//! Numbered steps of a schema, each applied once and remembered with the checksum of its text.

use crate::{StoreError, proof};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

/// One step. A released step never changes; a correction is a step of its own.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    pub number: u32,
    pub name: &'static str,
    /// Views only: what is already there would be wrong after it, so they are made anew.
    pub refill: bool,
    pub sql: &'static str,
}

/// Applies the steps that are missing, each in a transaction of its own.
///
/// # Errors
/// `Order` if an applied step reads differently now, is unknown, or a missing one asks for a refill.
pub fn migrate(connection: &mut Connection, steps: &[Migration]) -> Result<(), StoreError> {
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS migration (
           number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum BLOB NOT NULL) STRICT;",
    )?;
    let applied: i64 = connection.query_row("SELECT count(*) FROM migration", [], |row| row.get(0))?;
    let mut matched = 0;
    for (i, step) in steps.iter().enumerate() {
        if i > 0 && steps[i - 1].number >= step.number {
            return Err(StoreError::Order(format!("migration {} is out of order", step.number)));
        }
        let checksum = proof::sha256(step.sql.as_bytes());
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let known: Option<[u8; 32]> = tx
            .query_row("SELECT checksum FROM migration WHERE number = ?1", [step.number], |row| row.get(0))
            .optional()?;
        match known {
            Some(known) if known == checksum => matched += 1,
            Some(_) => return Err(StoreError::Order(format!("migration {} was another one", step.number))),
            None if step.refill && applied > 0 => {
                return Err(StoreError::Order(format!("migration {} asks for a refill", step.number)));
            }
            None => {
                tx.execute_batch(step.sql)?;
                tx.execute("INSERT INTO migration VALUES (?1, ?2, ?3)", (step.number, step.name, checksum))?;
                tx.commit()?;
            }
        }
    }
    match matched == applied {
        true => Ok(()),
        false => Err(StoreError::Order("there are migrations that this program does not know".into())),
    }
}
