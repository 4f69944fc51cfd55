//! Whose API keys there are: their hashes, by enterprise. What a key opens stands in the state.

use rusqlite::{Connection, params};
use trade::account::ApiKeyRow;

use super::Views;
use crate::StoreError;

pub(super) const SQL: &str = "
        CREATE TABLE api_key (
          enterprise TEXT NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (enterprise, hash)) STRICT, WITHOUT ROWID;";

pub(super) fn key(tx: &Connection, row: &ApiKeyRow) -> Result<(), StoreError> {
    tx.prepare_cached("INSERT OR IGNORE INTO api_key VALUES (?1, ?2)")?
        .execute(params![row.enterprise.as_str(), row.hash])?;
    Ok(())
}

impl Views {
    /// The hashes of all keys that this enterprise ever had.
    ///
    /// # Errors
    /// Whatever SQL says, as for all questions here.
    pub fn keys_of(&self, enterprise: &str) -> Result<Vec<[u8; 32]>, StoreError> {
        self.read(|db| {
            let mut ask = db.prepare_cached("SELECT hash FROM api_key WHERE enterprise = ?1")?;
            Ok(ask.query_map(params![enterprise], |row| row.get(0))?.collect::<Result<Vec<_>, _>>()?)
        })
    }
}
