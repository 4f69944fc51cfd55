//! What is neither truth nor derived: sessions, used one-time things, delivery cursors, notes.
//!
//! Losing this file costs a sign-in or a repeated delivery. Secrets stand here as SHA-256 only, and times are
//! handed in.

use crate::views::{Migration, migrate, open_writer};
use crate::{Hash, StoreError};
use rusqlite::{Connection, OptionalExtension};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};
use trade::time::Moment;

const SCHEMA: &[Migration] = &[Migration {
    number: 1,
    name: "sessions, one-time things, cursors, notes",
    refill: false,
    sql: "CREATE TABLE session (
            token BLOB PRIMARY KEY, account TEXT NOT NULL, begun INTEGER NOT NULL, expires INTEGER NOT NULL
          ) STRICT, WITHOUT ROWID;
          CREATE INDEX session_account ON session (account);
          CREATE TABLE used (thing BLOB PRIMARY KEY, expires INTEGER NOT NULL) STRICT, WITHOUT ROWID;
          CREATE TABLE cursor (name TEXT PRIMARY KEY, revision INTEGER NOT NULL) STRICT, WITHOUT ROWID;
          CREATE TABLE note (
            kind TEXT NOT NULL, name TEXT NOT NULL, value BLOB NOT NULL, expires INTEGER NOT NULL,
            PRIMARY KEY (kind, name)
          ) STRICT, WITHOUT ROWID;",
}];

/// The operators' tables; clones are the same tables.
#[derive(Clone)]
pub struct Ops(Arc<Mutex<Connection>>);

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub account: String,
    pub begun: Moment,
    pub expires: Moment,
}

impl Ops {
    /// # Errors
    /// If the file cannot be written or is of another program.
    pub fn open(path: &Path) -> Result<Ops, StoreError> {
        Ops::with(open_writer(path)?)
    }

    /// Tables that live as long as the process; for tests.
    ///
    /// # Errors
    /// None in practice.
    pub fn in_memory() -> Result<Ops, StoreError> {
        Ops::with(Connection::open_in_memory()?)
    }

    fn with(mut connection: Connection) -> Result<Ops, StoreError> {
        migrate(&mut connection, SCHEMA)?;
        Ok(Ops(Arc::new(Mutex::new(connection))))
    }

    fn db(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// Begins a session under the SHA-256 of its token, or changes one.
    ///
    /// # Errors
    /// Whatever SQL says; so with all below.
    pub fn put_session(&self, token: &Hash, session: &Session) -> Result<(), StoreError> {
        self.db().execute(
            "INSERT INTO session VALUES (?1, ?2, ?3, ?4) ON CONFLICT (token) DO UPDATE
               SET account = excluded.account, begun = excluded.begun, expires = excluded.expires",
            (token, &session.account, session.begun.0, session.expires.0),
        )?;
        Ok(())
    }

    /// The session of this token, if it lives at `now`.
    pub fn session(&self, token: &Hash, now: Moment) -> Result<Option<Session>, StoreError> {
        let found = self.db().query_row(
            "SELECT account, begun, expires FROM session WHERE token = ?1 AND expires > ?2",
            (token, now.0),
            |row| Ok(Session { account: row.get(0)?, begun: Moment(row.get(1)?), expires: Moment(row.get(2)?) }),
        );
        Ok(found.optional()?)
    }

    pub fn end_session(&self, token: &Hash) -> Result<(), StoreError> {
        self.db().execute("DELETE FROM session WHERE token = ?1", [token])?;
        Ok(())
    }

    /// Ends every session of an account: its password or rights changed.
    pub fn end_sessions_of(&self, account: &str) -> Result<(), StoreError> {
        self.db().execute("DELETE FROM session WHERE account = ?1", [account])?;
        Ok(())
    }

    /// Uses a one-time thing, named by its SHA-256; false if it was used before. It is remembered until `expires`.
    pub fn use_once(&self, thing: &Hash, expires: Moment) -> Result<bool, StoreError> {
        Ok(self.db().execute("INSERT OR IGNORE INTO used VALUES (?1, ?2)", (thing, expires.0))? == 1)
    }

    /// How far a delivery came; 0 if it never began.
    pub fn cursor(&self, name: &str) -> Result<u64, StoreError> {
        let found: Option<i64> =
            self.db().query_row("SELECT revision FROM cursor WHERE name = ?1", [name], |row| row.get(0)).optional()?;
        Ok(found.unwrap_or(0).unsigned_abs())
    }

    pub fn set_cursor(&self, name: &str, revision: u64) -> Result<(), StoreError> {
        self.db().execute(
            "INSERT INTO cursor VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET revision = excluded.revision",
            (name, revision as i64),
        )?;
        Ok(())
    }

    /// All cursors by name.
    pub fn cursors(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let db = self.db();
        let mut statement = db.prepare("SELECT name, revision FROM cursor ORDER BY name")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs())))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Keeps a value under a kind and a name until `expires` (an upload under way, a form half filled).
    pub fn put_note(&self, kind: &str, name: &str, value: &[u8], expires: Moment) -> Result<(), StoreError> {
        self.db().execute(
            "INSERT INTO note VALUES (?1, ?2, ?3, ?4) ON CONFLICT (kind, name) DO UPDATE
               SET value = excluded.value, expires = excluded.expires",
            (kind, name, value, expires.0),
        )?;
        Ok(())
    }

    pub fn note(&self, kind: &str, name: &str, now: Moment) -> Result<Option<Vec<u8>>, StoreError> {
        let found = self.db().query_row(
            "SELECT value FROM note WHERE kind = ?1 AND name = ?2 AND expires > ?3",
            (kind, name, now.0),
            |row| row.get(0),
        );
        Ok(found.optional()?)
    }

    pub fn drop_note(&self, kind: &str, name: &str) -> Result<(), StoreError> {
        self.db().execute("DELETE FROM note WHERE kind = ?1 AND name = ?2", [kind, name])?;
        Ok(())
    }

    /// Forgets what expired before `now`.
    pub fn forget_expired(&self, now: Moment) -> Result<(), StoreError> {
        let db = self.db();
        for sql in [
            "DELETE FROM session WHERE expires <= ?1",
            "DELETE FROM used WHERE expires <= ?1",
            "DELETE FROM note WHERE expires <= ?1",
        ] {
            db.execute(sql, [now.0])?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_live_until_they_expire_or_are_ended() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ops.sqlite");
        let ops = Ops::open(&path).unwrap();
        let session = |account: &str| Session { account: account.into(), begun: Moment(1), expires: Moment(100) };
        ops.put_session(&[1; 32], &session("ann")).unwrap();
        ops.put_session(&[2; 32], &session("ann")).unwrap();
        ops.put_session(&[3; 32], &session("bob")).unwrap();
        drop(ops);
        let ops = Ops::open(&path).unwrap();
        assert_eq!(ops.session(&[1; 32], Moment(99)).unwrap(), Some(session("ann")));
        assert_eq!(ops.session(&[1; 32], Moment(100)).unwrap(), None);
        assert_eq!(ops.session(&[9; 32], Moment(2)).unwrap(), None);
        ops.end_session(&[1; 32]).unwrap();
        assert_eq!(ops.session(&[1; 32], Moment(2)).unwrap(), None);
        ops.end_sessions_of("ann").unwrap();
        assert_eq!(ops.session(&[2; 32], Moment(2)).unwrap(), None);
        ops.forget_expired(Moment(100)).unwrap();
        assert_eq!(ops.session(&[3; 32], Moment(2)).unwrap(), None);
    }

    #[test]
    fn once_is_once_and_cursors_stay() {
        let ops = Ops::in_memory().unwrap();
        assert!(ops.use_once(&[1; 32], Moment(10)).unwrap());
        assert!(!ops.use_once(&[1; 32], Moment(10)).unwrap());
        assert_eq!(ops.cursor("outbox/a").unwrap(), 0);
        ops.set_cursor("outbox/a", 7).unwrap();
        ops.set_cursor("outbox/a", 9).unwrap();
        assert_eq!(ops.cursor("outbox/a").unwrap(), 9);
        assert_eq!(ops.cursors().unwrap(), [("outbox/a".to_owned(), 9)]);
        ops.put_note("upload", "x", b"half", Moment(10)).unwrap();
        ops.put_note("upload", "x", b"whole", Moment(10)).unwrap();
        assert_eq!(ops.note("upload", "x", Moment(9)).unwrap().unwrap(), b"whole");
        assert_eq!(ops.note("upload", "x", Moment(10)).unwrap(), None);
        ops.drop_note("upload", "x").unwrap();
        assert_eq!(ops.note("upload", "x", Moment(0)).unwrap(), None);
    }
}
