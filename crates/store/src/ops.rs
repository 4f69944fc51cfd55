//! What is neither truth nor derived: sessions, used one-time things, delivery cursors, notes.
//!
//! Losing this file costs a sign-in, second factors, passkeys and links, or a repeated delivery. Secrets stand here as
//! SHA-256 only, and times are handed in.

use crate::keys::Secret;
use crate::views::{Migration, migrate, open_writer};
use crate::{Hash, StoreError};
use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit, Nonce};
use rusqlite::{Connection, OptionalExtension};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};
use trade::time::Moment;

const SCHEMA: &[Migration] = &[
    Migration {
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
    },
    Migration {
        number: 2,
        name: "what a session rests on; second factors",
        refill: false,
        sql: "ALTER TABLE session ADD COLUMN grounds BLOB NOT NULL DEFAULT x'';
          CREATE TABLE factor (
            account TEXT PRIMARY KEY, sealed BLOB NOT NULL, begun INTEGER NOT NULL, step INTEGER NOT NULL
          ) STRICT, WITHOUT ROWID;
          CREATE TABLE recovery (
            account TEXT NOT NULL, code BLOB NOT NULL, PRIMARY KEY (account, code)
          ) STRICT, WITHOUT ROWID;",
    },
    Migration {
        number: 3,
        name: "machines that signed in by a certificate",
        refill: false,
        sql: "CREATE TABLE machine (
            token BLOB PRIMARY KEY, enterprise TEXT NOT NULL, certificate BLOB NOT NULL, scopes TEXT NOT NULL,
            begun INTEGER NOT NULL, expires INTEGER NOT NULL
          ) STRICT, WITHOUT ROWID;",
    },
    Migration {
        number: 4,
        name: "passkeys",
        refill: false,
        sql: "CREATE TABLE passkey (
            id BLOB PRIMARY KEY, account TEXT NOT NULL, grounds BLOB NOT NULL, key BLOB NOT NULL, count INTEGER NOT NULL,
            begun INTEGER NOT NULL, used INTEGER NOT NULL
          ) STRICT, WITHOUT ROWID;
          CREATE INDEX passkey_account ON passkey (account);",
    },
    Migration {
        number: 5,
        name: "identities at providers; sessions that began with two factors",
        refill: false,
        sql: "ALTER TABLE session ADD COLUMN second INTEGER NOT NULL DEFAULT 0;
          CREATE TABLE link (
            issuer TEXT NOT NULL, subject TEXT NOT NULL, account TEXT NOT NULL, grounds BLOB NOT NULL,
            begun INTEGER NOT NULL, PRIMARY KEY (issuer, subject)
          ) STRICT, WITHOUT ROWID;
          CREATE UNIQUE INDEX link_account ON link (account, issuer);",
    },
];

/// The operators' tables; clones are the same tables.
#[derive(Clone)]
pub struct Ops(Arc<Mutex<Connection>>);

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub account: String,
    pub begun: Moment,
    pub expires: Moment,
    /// Hash of what the account was when it signed in: while it is the same, the session holds. Empty in sessions of
    /// older programs, which end.
    pub grounds: Vec<u8>,
    /// It began with two factors by the word of an identity provider.
    pub second: bool,
}

/// An identity at a provider that an account's owner has linked with the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub issuer: String,
    pub subject: String,
    pub account: String,
    /// As in [`Passkey`].
    pub grounds: Vec<u8>,
    pub begun: Moment,
}

/// A machine that signed in by a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// Whose the certificate was then.
    pub enterprise: String,
    /// SHA-256 of the certificate.
    pub certificate: Hash,
    /// Names of actions, with blanks between them; empty for all that an enterprise's program may do.
    pub scopes: String,
    pub begun: Moment,
    pub expires: Moment,
}

/// A passkey of an account: an authenticator that knows its owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkey {
    pub account: String,
    /// Hash of what it rests on: while the account has the same, it counts.
    pub grounds: Vec<u8>,
    /// Its public half, as the authenticator told it.
    pub key: Vec<u8>,
    /// How often it has signed, as it said last; 0 where it does not count.
    pub count: u32,
    pub begun: Moment,
    /// When it signed last.
    pub used: Moment,
}

/// An account's second factor: the shared secret of one-time codes (RFC 6238), sealed with a key outside the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Factor {
    pub sealed: Vec<u8>,
    pub begun: Moment,
    /// The newest step whose code was taken; no code of it or before counts again (RFC 6238, 5.2).
    pub step: u64,
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
            "INSERT INTO session VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (token) DO UPDATE
               SET account = excluded.account, begun = excluded.begun, expires = excluded.expires,
                   grounds = excluded.grounds, second = excluded.second",
            (token, &session.account, session.begun.0, session.expires.0, &session.grounds, session.second),
        )?;
        Ok(())
    }

    /// The session of this token, if it lives at `now`.
    pub fn session(&self, token: &Hash, now: Moment) -> Result<Option<Session>, StoreError> {
        let found = self.db().query_row(
            "SELECT account, begun, expires, grounds, second FROM session WHERE token = ?1 AND expires > ?2",
            (token, now.0),
            session_of,
        );
        Ok(found.optional()?)
    }

    /// Sessions that live at `now`, of one account or of all, by account and then the newest first.
    pub fn sessions(&self, account: Option<&str>, now: Moment) -> Result<Vec<(Hash, Session)>, StoreError> {
        let db = self.db();
        let mut statement = db.prepare(
            "SELECT account, begun, expires, grounds, second, token FROM session
               WHERE expires > ?1 AND (?2 IS NULL OR account = ?2) ORDER BY account, begun DESC",
        )?;
        let rows = statement.query_map((now.0, account), |row| Ok((row.get(5)?, session_of(row)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
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

    /// Begins a machine's session under the SHA-256 of its token.
    pub fn put_machine(&self, token: &Hash, machine: &Machine) -> Result<(), StoreError> {
        let Machine { enterprise, certificate, scopes, begun, expires } = machine;
        self.db().execute(
            "INSERT INTO machine VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            (token, enterprise, certificate, scopes, begun.0, expires.0),
        )?;
        Ok(())
    }

    /// The machine of this token, if its session lives at `now`.
    pub fn machine(&self, token: &Hash, now: Moment) -> Result<Option<Machine>, StoreError> {
        let found = self.db().query_row(
            "SELECT enterprise, certificate, scopes, begun, expires FROM machine WHERE token = ?1 AND expires > ?2",
            (token, now.0),
            machine_of,
        );
        Ok(found.optional()?)
    }

    /// Machines whose sessions live at `now`, of one enterprise or of all, by enterprise and then the newest first.
    pub fn machines(&self, enterprise: Option<&str>, now: Moment) -> Result<Vec<(Hash, Machine)>, StoreError> {
        let db = self.db();
        let mut statement = db.prepare(
            "SELECT enterprise, certificate, scopes, begun, expires, token FROM machine
               WHERE expires > ?1 AND (?2 IS NULL OR enterprise = ?2) ORDER BY enterprise, begun DESC",
        )?;
        let rows = statement.query_map((now.0, enterprise), |row| Ok((row.get(5)?, machine_of(row)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub fn end_machine(&self, token: &Hash) -> Result<(), StoreError> {
        self.db().execute("DELETE FROM machine WHERE token = ?1", [token])?;
        Ok(())
    }

    /// Gives an account a passkey and forgets those of it that rest on something else; false where one of this number is
    /// there, whosever it is.
    pub fn put_passkey(&self, id: &[u8], passkey: &Passkey) -> Result<bool, StoreError> {
        let Passkey { account, grounds, key, count, begun, used } = passkey;
        let mut db = self.db();
        let all = db.transaction()?;
        all.execute("DELETE FROM passkey WHERE account = ?1 AND grounds <> ?2", (account, grounds))?;
        let row = (id, account, grounds, key, count, begun.0, used.0);
        let new = all.execute("INSERT OR IGNORE INTO passkey VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)", row)?;
        all.commit()?;
        Ok(new == 1)
    }

    pub fn passkey(&self, id: &[u8]) -> Result<Option<Passkey>, StoreError> {
        let sql = "SELECT account, grounds, key, count, begun, used FROM passkey WHERE id = ?1";
        Ok(self.db().query_row(sql, [id], passkey_of).optional()?)
    }

    /// Passkeys of an account with their numbers, the oldest first.
    pub fn passkeys(&self, account: &str) -> Result<Vec<(Vec<u8>, Passkey)>, StoreError> {
        let db = self.db();
        let sql =
            "SELECT account, grounds, key, count, begun, used, id FROM passkey WHERE account = ?1 ORDER BY begun, id";
        let mut statement = db.prepare(sql)?;
        let rows = statement.query_map([account], |row| Ok((row.get(6)?, passkey_of(row)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Notes that a passkey has signed, so often by its own word; false where it said as much before, and has ever counted.
    pub fn count_passkey(&self, id: &[u8], count: u32, now: Moment) -> Result<bool, StoreError> {
        let sql = "UPDATE passkey SET count = ?2, used = ?3 WHERE id = ?1 AND (count < ?2 OR (count = 0 AND ?2 = 0))";
        Ok(self.db().execute(sql, (id, count, now.0))? == 1)
    }

    /// Takes a passkey from its account; another's stays.
    pub fn drop_passkey(&self, account: &str, id: &[u8]) -> Result<bool, StoreError> {
        Ok(self.db().execute("DELETE FROM passkey WHERE account = ?1 AND id = ?2", (account, id))? == 1)
    }

    /// Links an identity with an account, in place of the account's former one of this issuer; false where it is linked
    /// with another account, and then all stays.
    pub fn put_link(&self, link: &Link) -> Result<bool, StoreError> {
        let Link { issuer, subject, account, grounds, begun } = link;
        let mut db = self.db();
        let all = db.transaction()?;
        all.execute("DELETE FROM link WHERE account = ?1 AND issuer = ?2", (account, issuer))?;
        let sql = "INSERT OR IGNORE INTO link VALUES (?1, ?2, ?3, ?4, ?5)";
        if all.execute(sql, (issuer, subject, account, grounds, begun.0))? == 0 {
            return Ok(false);
        }
        all.commit()?;
        Ok(true)
    }

    pub fn link(&self, issuer: &str, subject: &str) -> Result<Option<Link>, StoreError> {
        let sql = "SELECT issuer, subject, account, grounds, begun FROM link WHERE issuer = ?1 AND subject = ?2";
        Ok(self.db().query_row(sql, [issuer, subject], link_of).optional()?)
    }

    /// The identities that are linked with an account.
    pub fn links(&self, account: &str) -> Result<Vec<Link>, StoreError> {
        let db = self.db();
        let sql = "SELECT issuer, subject, account, grounds, begun FROM link WHERE account = ?1 ORDER BY issuer";
        let mut statement = db.prepare(sql)?;
        let rows = statement.query_map([account], link_of)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Takes an account's identity of this issuer away.
    pub fn drop_link(&self, account: &str, issuer: &str) -> Result<bool, StoreError> {
        Ok(self.db().execute("DELETE FROM link WHERE account = ?1 AND issuer = ?2", [account, issuer])? == 1)
    }

    /// The second factor of an account, once it was confirmed.
    pub fn factor(&self, account: &str) -> Result<Option<Factor>, StoreError> {
        let found =
            self.db().query_row("SELECT sealed, begun, step FROM factor WHERE account = ?1", [account], |row| {
                let step = row.get::<_, i64>(2)?.unsigned_abs();
                Ok(Factor { sealed: row.get(0)?, begun: Moment(row.get(1)?), step })
            });
        Ok(found.optional()?)
    }

    /// Gives an account a second factor in place of the one it had, with the SHA-256 of its recovery codes.
    pub fn put_factor(&self, account: &str, factor: &Factor, recovery: &[Hash]) -> Result<(), StoreError> {
        let mut db = self.db();
        let all = db.transaction()?;
        all.execute(
            "INSERT OR REPLACE INTO factor VALUES (?1, ?2, ?3, ?4)",
            (account, &factor.sealed, factor.begun.0, factor.step as i64),
        )?;
        all.execute("DELETE FROM recovery WHERE account = ?1", [account])?;
        for code in recovery {
            all.execute("INSERT INTO recovery VALUES (?1, ?2)", (account, code))?;
        }
        Ok(all.commit()?)
    }

    /// Takes a second factor away, and its recovery codes with it.
    pub fn drop_factor(&self, account: &str) -> Result<(), StoreError> {
        let db = self.db();
        db.execute("DELETE FROM factor WHERE account = ?1", [account])?;
        db.execute("DELETE FROM recovery WHERE account = ?1", [account])?;
        Ok(())
    }

    /// Takes the code of a step; false if one of this step or a later one was taken before.
    pub fn take_step(&self, account: &str, step: u64) -> Result<bool, StoreError> {
        let taken = self
            .db()
            .execute("UPDATE factor SET step = ?2 WHERE account = ?1 AND step < ?2", (account, step as i64))?;
        Ok(taken == 1)
    }

    /// Takes a recovery code by its SHA-256; false if it is none, or was taken before.
    pub fn take_recovery(&self, account: &str, code: &Hash) -> Result<bool, StoreError> {
        Ok(self.db().execute("DELETE FROM recovery WHERE account = ?1 AND code = ?2", (account, code))? == 1)
    }

    /// How many recovery codes an account has left.
    pub fn recovery_left(&self, account: &str) -> Result<u32, StoreError> {
        let count =
            self.db().query_row("SELECT count(*) FROM recovery WHERE account = ?1", [account], |row| row.get(0));
        Ok(count?)
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
            "DELETE FROM machine WHERE expires <= ?1",
            "DELETE FROM used WHERE expires <= ?1",
            "DELETE FROM note WHERE expires <= ?1",
        ] {
            db.execute(sql, [now.0])?;
        }
        Ok(())
    }
}

fn session_of(row: &rusqlite::Row<'_>) -> rusqlite::Result<Session> {
    let (begun, expires) = (Moment(row.get(1)?), Moment(row.get(2)?));
    Ok(Session { account: row.get(0)?, begun, expires, grounds: row.get(3)?, second: row.get(4)? })
}

fn machine_of(row: &rusqlite::Row<'_>) -> rusqlite::Result<Machine> {
    let (begun, expires) = (Moment(row.get(3)?), Moment(row.get(4)?));
    Ok(Machine { enterprise: row.get(0)?, certificate: row.get(1)?, scopes: row.get(2)?, begun, expires })
}

fn link_of(row: &rusqlite::Row<'_>) -> rusqlite::Result<Link> {
    let (issuer, subject, begun) = (row.get(0)?, row.get(1)?, Moment(row.get(4)?));
    Ok(Link { issuer, subject, account: row.get(2)?, grounds: row.get(3)?, begun })
}

fn passkey_of(row: &rusqlite::Row<'_>) -> rusqlite::Result<Passkey> {
    let (begun, used) = (Moment(row.get(4)?), Moment(row.get(5)?));
    Ok(Passkey { account: row.get(0)?, grounds: row.get(1)?, key: row.get(2)?, count: row.get(3)?, begun, used })
}

/// Seals a small secret with a key that lies outside the data folder; `about` says whose it is and is not secret.
///
/// # Errors
/// If there is no randomness.
pub fn seal(key: &Secret, about: &str, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
    let mut nonce = [0u8; 12];
    getrandom::fill(&mut nonce).map_err(|e| StoreError::Broken(format!("no randomness: {e}")))?;
    let payload = Payload { msg: plain, aad: about.as_bytes() };
    let sealed = Aes256Gcm::new(key.bytes().into()).encrypt(&Nonce::from(nonce), payload);
    let sealed = sealed.map_err(|_| StoreError::Broken("a secret cannot be sealed".into()))?;
    Ok([nonce.as_slice(), &sealed].concat())
}

/// What [`seal`] sealed under this key about the same thing; `None` for anything else.
pub fn unseal(key: &Secret, about: &str, sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, sealed) = sealed.split_first_chunk::<12>()?;
    let payload = Payload { msg: sealed, aad: about.as_bytes() };
    Aes256Gcm::new(key.bytes().into()).decrypt(&Nonce::from(*nonce), payload).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_live_until_they_expire_or_are_ended() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ops.sqlite");
        let ops = Ops::open(&path).unwrap();
        let session = |account: &str| Session {
            account: account.into(),
            begun: Moment(1),
            expires: Moment(100),
            grounds: vec![7; 32],
            second: true,
        };
        ops.put_session(&[1; 32], &session("ann")).unwrap();
        ops.put_session(&[2; 32], &session("ann")).unwrap();
        ops.put_session(&[3; 32], &session("bob")).unwrap();
        drop(ops);
        let ops = Ops::open(&path).unwrap();
        assert_eq!(ops.session(&[1; 32], Moment(99)).unwrap(), Some(session("ann")));
        let of =
            |account| ops.sessions(account, Moment(99)).unwrap().into_iter().map(|(t, _)| t[0]).collect::<Vec<_>>();
        assert_eq!((of(None), of(Some("ann")), of(Some("eve"))), (vec![1, 2, 3], vec![1, 2], vec![]));
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
    fn machines_are_kept_beside_sessions_until_they_expire_or_are_ended() {
        let ops = Ops::in_memory().unwrap();
        let machine = |enterprise: &str, expires| Machine {
            enterprise: enterprise.into(),
            certificate: [5; 32],
            scopes: "message.send".into(),
            begun: Moment(1),
            expires: Moment(expires),
        };
        for (token, enterprise, expires) in [(1, "a", 100), (2, "a", 50), (3, "b", 100)] {
            ops.put_machine(&[token; 32], &machine(enterprise, expires)).unwrap();
        }
        assert_eq!(ops.session(&[1; 32], Moment(2)).unwrap(), None, "no browser comes in by it");
        assert_eq!(ops.machine(&[1; 32], Moment(99)).unwrap(), Some(machine("a", 100)));
        assert_eq!(ops.machine(&[1; 32], Moment(100)).unwrap(), None);
        let of = |enterprise, now| {
            let all = ops.machines(enterprise, Moment(now)).unwrap();
            all.into_iter().map(|(token, _)| token[0]).collect::<Vec<_>>()
        };
        assert_eq!((of(None, 49), of(Some("a"), 50), of(Some("c"), 1)), (vec![1, 2, 3], vec![1], vec![]));
        ops.end_machine(&[1; 32]).unwrap();
        ops.forget_expired(Moment(50)).unwrap();
        assert_eq!(of(None, 0), [3], "one was ended, one has expired");
    }

    #[test]
    fn an_identity_is_one_account_s_and_an_account_has_one_of_each_issuer() {
        let ops = Ops::in_memory().unwrap();
        let link = |issuer: &str, subject: &str, account: &str| Link {
            issuer: issuer.into(),
            subject: subject.into(),
            account: account.into(),
            grounds: vec![1],
            begun: Moment(2),
        };
        assert!(ops.put_link(&link("a", "1", "ann")).unwrap() && ops.put_link(&link("b", "1", "ann")).unwrap());
        assert!(ops.put_link(&link("a", "2", "bob")).unwrap());
        assert!(!ops.put_link(&link("a", "1", "bob")).unwrap(), "it is not taken over");
        assert_eq!(ops.link("a", "2").unwrap(), Some(link("a", "2", "bob")), "and what was there stays");
        assert_eq!(ops.links("ann").unwrap(), [link("a", "1", "ann"), link("b", "1", "ann")]);
        assert!(ops.put_link(&link("a", "3", "ann")).unwrap());
        assert_eq!((ops.link("a", "1").unwrap(), ops.link("A", "3").unwrap()), (None, None));
        assert!(!ops.drop_link("bob", "b").unwrap() && ops.drop_link("ann", "b").unwrap());
        assert_eq!(ops.links("ann").unwrap(), [link("a", "3", "ann")]);
    }

    #[test]
    fn a_passkey_is_one_account_s_and_its_count_only_grows() {
        let ops = Ops::in_memory().unwrap();
        let passkey = |account: &str, count, grounds: u8| Passkey {
            account: account.into(),
            grounds: vec![grounds],
            key: vec![2],
            count,
            begun: Moment(3),
            used: Moment(3),
        };
        assert!(ops.put_passkey(b"one", &passkey("ann", 4, 1)).unwrap());
        assert!(!ops.put_passkey(b"one", &passkey("bob", 0, 1)).unwrap(), "it is not taken over");
        assert_eq!(ops.passkey(b"one").unwrap(), Some(passkey("ann", 4, 1)));
        for (id, count, goes_on) in [(&b"one"[..], 4, false), (b"one", 0, false), (b"one", 5, true), (b"two", 5, false)]
        {
            assert_eq!(ops.count_passkey(id, count, Moment(9)).unwrap(), goes_on, "{count}");
        }
        assert_eq!(ops.passkey(b"one").unwrap(), Some(Passkey { used: Moment(9), ..passkey("ann", 5, 1) }));
        assert!(ops.put_passkey(b"two", &passkey("ann", 0, 1)).unwrap());
        assert!(ops.count_passkey(b"two", 0, Moment(9)).unwrap(), "it never counted");
        assert_eq!((ops.passkeys("ann").unwrap().len(), ops.passkeys("bob").unwrap().len()), (2, 0));
        assert!(!ops.drop_passkey("bob", b"one").unwrap() && ops.drop_passkey("ann", b"one").unwrap());
        assert_eq!(ops.passkey(b"one").unwrap(), None);
        // One that rests on something else takes the place of those before, of this account alone.
        assert!(ops.put_passkey(b"bob's", &passkey("bob", 0, 1)).unwrap());
        assert!(ops.put_passkey(b"three", &passkey("ann", 0, 2)).unwrap());
        assert_eq!(ops.passkeys("ann").unwrap(), [(b"three".to_vec(), passkey("ann", 0, 2))]);
        assert!(ops.passkey(b"bob's").unwrap().is_some());
    }

    #[test]
    fn a_code_and_a_recovery_code_are_taken_once() {
        let folder = tempfile::tempdir().unwrap();
        let keys = crate::Keys::open(&crate::Disk::real(), folder.path()).unwrap();
        let key = keys.get_or_make("sign-in").unwrap();
        let sealed = seal(&key, "ann", b"a shared secret").unwrap();
        assert!(!sealed.windows(6).any(|w| w == b"shared"));
        assert_eq!(unseal(&key, "ann", &sealed).as_deref(), Some(&b"a shared secret"[..]));
        assert_eq!(unseal(&key, "bob", &sealed), None, "another's is not taken");
        let ops = Ops::in_memory().unwrap();
        assert!(!ops.take_step("ann", 5).unwrap(), "no factor yet");
        ops.put_factor("ann", &Factor { sealed, begun: Moment(1), step: 4 }, &[[1; 32], [2; 32]]).unwrap();
        assert!(ops.take_step("ann", 5).unwrap());
        assert!(!ops.take_step("ann", 5).unwrap() && !ops.take_step("ann", 4).unwrap());
        assert!(ops.take_recovery("ann", &[1; 32]).unwrap());
        assert!(!ops.take_recovery("ann", &[1; 32]).unwrap() && !ops.take_recovery("bob", &[2; 32]).unwrap());
        assert_eq!(ops.recovery_left("ann").unwrap(), 1);
        ops.drop_factor("ann").unwrap();
        assert_eq!((ops.factor("ann").unwrap(), ops.recovery_left("ann").unwrap()), (None, 0));
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
