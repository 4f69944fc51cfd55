//! The views: SQL tables for pages, searches and statistics, derived from the journal and behind it.
//!
//! One follower writes them in bulk, the mark of how far it came in the same transaction, so that a crash costs
//! nothing but repetition. What rows an entry makes, and the tables themselves, are handed in ([`Project`],
//! [`Migration`]); they stand beside this file, for no SQL stands outside this crate. Views that do not fit the
//! journal or the schema are thrown away and made anew.

pub mod alarms;
pub mod goods;
pub mod held;
pub mod keys;
pub mod lists;
pub mod looks;
mod migrate;
mod own;
mod people;
pub mod rows;
pub mod shared;
pub mod summaries;
#[cfg(test)]
mod tests;
pub mod words;

pub use migrate::Migration;
pub(crate) use migrate::migrate;

use crate::journal::{Entry, JournalReader};
use crate::{Hash, StoreError};
use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, TransactionBehavior};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

/// Turns entries into rows.
pub trait Project {
    /// The tables it fills, in the order of their numbers.
    fn schema(&self) -> &'static [Migration];

    /// Writes the rows of one entry. Called once for each, in order; what it wrote is undone if the group that it
    /// belongs to is not committed, and the call comes again.
    ///
    /// # Errors
    /// Whatever SQL says; the views then stand still.
    fn entry(&mut self, tx: &Transaction<'_>, entry: &Entry) -> Result<(), StoreError>;

    /// Called when a group is not committed, or the tables were emptied: what it remembers beside them is to be
    /// forgotten.
    fn undone(&mut self) {}
}

/// The views; clones are the same views.
#[derive(Clone)]
pub struct Views(Arc<Inner>);

struct Inner {
    writer: Mutex<Connection>,
    /// Idle readers. In memory there is none: the one connection does all.
    readers: Mutex<Vec<Connection>>,
    back: Condvar,
    in_memory: bool,
    revision: Mutex<u64>,
    moved: Condvar,
}

/// What [`Views::open`] did with what it found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// They fit the journal and go on from this revision.
    At(u64),
    /// There were none, or they were thrown away for this reason.
    Fresh(String),
}

/// A group is committed after so many entries or bytes, or when there are no more.
const GROUP_ENTRIES: usize = 4096;
const GROUP_BYTES: usize = 16 << 20;

impl Views {
    /// Opens the views at `path` with so many readers. Views of another journal, of a longer one, or under another
    /// schema are thrown away.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn open(
        path: &Path,
        schema: &[Migration],
        journal: &JournalReader,
        readers: usize,
    ) -> Result<(Views, Found), StoreError> {
        let (writer, found) = match open_fitting(path, schema, journal) {
            Ok((writer, revision)) if revision > 0 => (writer, Found::At(revision)),
            Ok((writer, _)) => (writer, Found::Fresh("there were none".into())),
            Err(why) => {
                remove(path)?;
                (open_fitting(path, schema, journal)?.0, Found::Fresh(why.to_string()))
            }
        };
        let readers = (0..readers.max(1)).map(|_| open_reader(path)).collect::<Result<_, _>>()?;
        Ok((Views::with(writer, readers, false)?, found))
    }

    /// Opens the views of a zone that another process may be writing, for reading.
    ///
    /// # Errors
    /// If there are none.
    pub fn open_read(path: &Path) -> Result<Views, StoreError> {
        Views::with(open_reader(path)?, vec![open_reader(path)?], false)
    }

    /// Views that live as long as the process; for tests.
    ///
    /// # Errors
    /// If the schema is wrong.
    pub fn in_memory(schema: &[Migration]) -> Result<Views, StoreError> {
        let mut writer = Connection::open_in_memory()?;
        prepare(&mut writer, schema)?;
        Views::with(writer, vec![], true)
    }

    fn with(writer: Connection, readers: Vec<Connection>, in_memory: bool) -> Result<Views, StoreError> {
        let revision = mark(&writer)?.0;
        Ok(Views(Arc::new(Inner {
            writer: Mutex::new(writer),
            readers: Mutex::new(readers),
            back: Condvar::new(),
            in_memory,
            revision: Mutex::new(revision),
            moved: Condvar::new(),
        })))
    }

    /// How far the views have come. The lag is the journal's last revision less this.
    pub fn revision(&self) -> u64 {
        *lock(&self.0.revision)
    }

    /// How far the tables themselves are, whoever fills them, with the journal's chain there.
    ///
    /// # Errors
    /// Whatever SQL says.
    pub fn mark(&self) -> Result<(u64, Hash), StoreError> {
        self.read(mark)
    }

    /// Waits until the views show `revision`, at most so long; returns how far they are then.
    pub fn wait(&self, revision: u64, at_most: Duration) -> u64 {
        let now = lock(&self.0.revision);
        *self.0.moved.wait_timeout_while(now, at_most, |now| *now < revision).unwrap_or_else(|e| e.into_inner()).0
    }

    /// Asks the tables. Waits if all readers are busy.
    ///
    /// # Errors
    /// Whatever SQL says.
    pub fn read<T>(&self, ask: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        if self.0.in_memory {
            return ask(&lock(&self.0.writer));
        }
        let idle = self.0.back.wait_while(lock(&self.0.readers), |idle| idle.is_empty());
        let connection = idle.unwrap_or_else(|e| e.into_inner()).pop().expect("waited until there is one");
        // Also on a panic in `ask` the reader comes back.
        let lent = Lent { to: &self.0, connection: Some(connection) };
        ask(lent.connection.as_ref().expect("taken only when dropped"))
    }

    /// Brings one group of entries into the tables; returns how far they are then. Only one thread does this.
    ///
    /// # Errors
    /// What SQL, the journal or `project` say; the group is undone.
    pub fn follow(&self, journal: &JournalReader, project: &mut dyn Project) -> Result<u64, StoreError> {
        let group = self.group(journal, project);
        match &group {
            Ok(revision) => {
                *lock(&self.0.revision) = *revision;
                self.0.moved.notify_all();
            }
            Err(_) => project.undone(),
        }
        group
    }

    fn group(&self, journal: &JournalReader, project: &mut dyn Project) -> Result<u64, StoreError> {
        let mut writer = lock(&self.0.writer);
        let shown = mark(&writer)?.0;
        if shown >= journal.last() {
            return Ok(shown);
        }
        let tx = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Asked again under the lock: somebody may have emptied the tables.
        let mut revision = mark(&tx)?.0;
        if revision < self.revision() {
            project.undone();
        }
        let mut bytes = 0;
        for entry in journal.after(revision).take(GROUP_ENTRIES) {
            let entry = entry?;
            project.entry(&tx, &entry)?;
            revision = entry.revision;
            bytes += entry.body().len();
            if bytes > GROUP_BYTES {
                break;
            }
        }
        let chain = journal.chain(revision)?;
        tx.execute("UPDATE view_mark SET revision = ?1, chain = ?2", (revision as i64, chain))?;
        tx.commit()?;
        Ok(revision)
    }

    /// Follows the journal until `stop` is set; `trouble` hears what goes wrong, and it is tried again.
    pub fn follow_until(
        &self,
        journal: &JournalReader,
        project: &mut dyn Project,
        stop: &AtomicBool,
        mut trouble: impl FnMut(&StoreError),
    ) {
        while !stop.load(Ordering::Relaxed) {
            match self.follow(journal, project) {
                Ok(revision) => drop(journal.wait(revision, Duration::from_millis(200))),
                Err(error) => {
                    trouble(&error);
                    std::thread::sleep(Duration::from_millis(500));
                }
            }
        }
    }

    /// Follows the journal to its end of now.
    ///
    /// # Errors
    /// As [`Views::follow`].
    pub fn catch_up(&self, journal: &JournalReader, project: &mut dyn Project) -> Result<u64, StoreError> {
        let last = journal.last();
        loop {
            match self.follow(journal, project)? {
                revision if revision < last => {}
                revision => return Ok(revision),
            }
        }
    }
}

/// Throws the views at `path` away; the next [`Views::open`] makes them anew. Nobody may have them open.
///
/// # Errors
/// If they cannot be removed.
pub fn remove(path: &Path) -> Result<(), StoreError> {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        match std::fs::remove_file(PathBuf::from(&name)) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(StoreError::io(path, e)),
            _ => {}
        }
    }
    Ok(())
}

/// Empties views that another process may be following the journal with; it fills them again.
///
/// # Errors
/// If there are none, or whatever SQL says.
pub fn empty(path: &Path) -> Result<(), StoreError> {
    // Opened for reading first: that fails where there is no file, and makes none.
    drop(open_reader(path)?);
    let mut writer = open_writer(path)?;
    let tx = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let tables: Vec<String> = tx
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('migration', 'view_mark')")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for table in tables {
        tx.execute(&format!("DELETE FROM \"{table}\""), [])?;
    }
    tx.execute("UPDATE view_mark SET revision = 0, chain = zeroblob(32)", [])?;
    tx.commit()?;
    Ok(())
}

struct Lent<'a> {
    to: &'a Inner,
    connection: Option<Connection>,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        lock(&self.to.readers).extend(self.connection.take());
        self.to.back.notify_one();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|e| e.into_inner())
}

const OWN: &[Migration] = &[Migration {
    number: 0,
    name: "how far the follower came",
    refill: false,
    sql: "CREATE TABLE view_mark (revision INTEGER NOT NULL, chain BLOB NOT NULL) STRICT;
          INSERT INTO view_mark VALUES (0, zeroblob(32));",
}];

fn prepare(writer: &mut Connection, schema: &[Migration]) -> Result<(), StoreError> {
    let all: Vec<Migration> = OWN.iter().chain(schema).copied().collect();
    migrate(writer, &all)
}

fn mark(connection: &Connection) -> Result<(u64, Hash), StoreError> {
    let row = connection
        .query_row("SELECT revision, chain FROM view_mark", [], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?)))
        .optional()?;
    let (revision, chain) = row.ok_or_else(|| StoreError::Order("the views have no mark".into()))?;
    Ok((revision.unsigned_abs(), chain))
}

fn open_fitting(path: &Path, schema: &[Migration], journal: &JournalReader) -> Result<(Connection, u64), StoreError> {
    let mut writer = open_writer(path)?;
    prepare(&mut writer, schema)?;
    let (revision, chain) = mark(&writer)?;
    if revision > journal.last() || journal.chain(revision)? != chain {
        return Err(StoreError::Order(format!("the views are of another journal (at revision {revision})")));
    }
    Ok((writer, revision))
}

/// A connection that writes: a lost commit is made again from the journal, so NORMAL is enough. Pages are of 4 KiB, since
/// most rows change a page each, and each page that changed is written whole. The log goes into the tables 8 MiB at a time:
/// the disk syncs one thing after the other, and a larger piece holds the journal up (docs/figures.md).
pub(crate) fn open_writer(path: &Path) -> Result<Connection, StoreError> {
    let writer = Connection::open(path)?;
    writer.execute_batch(
        "PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536;
         PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 2048; PRAGMA journal_size_limit = 268435456;",
    )?;
    writer.busy_timeout(Duration::from_secs(10))?;
    writer.set_prepared_statement_cache_capacity(256);
    Ok(writer)
}

fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let reader = Connection::open_with_flags(path, flags)?;
    reader.execute_batch("PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY;")?;
    reader.busy_timeout(Duration::from_secs(10))?;
    reader.set_prepared_statement_cache_capacity(128);
    Ok(reader)
}
