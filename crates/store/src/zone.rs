//! A zone's folder as a whole: the lock, and everything in it opened in the right order.

use crate::StoreError;
use crate::disk::Disk;
use crate::journal::{self, Journal, JournalReader};
use crate::keys::Keys;
use crate::ops::Ops;
use crate::signer::token::TokenPlace;
use crate::state::{Recovered, Settled, State};
use crate::vault::{Vault, VaultReader};
use crate::views::{self, Migration, Views};
use std::fs::TryLockError;
use std::path::{Path, PathBuf};

/// What keeps the journal, the vault and the state.
#[derive(Clone)]
pub enum Engine {
    /// Files of one process, on a real disk or one in memory.
    Embedded(Disk),
    // PostgreSQL, for more than one machine, is the next one: journal and vault blocks as tables, a lease row
    // whose epoch every append checks (`StoreError::Fenced`). It will pass `suite.rs` as this one does.
}

/// Where a zone is kept.
#[derive(Clone)]
pub struct Place {
    pub engine: Engine,
    pub data: PathBuf,
    /// Never inside `data`: who copies the data must not get the keys with it.
    pub keys: PathBuf,
    /// Derives new keys instead of drawing them: for tests and for proving a history again.
    pub seed: Option<[u8; 32]>,
    /// Where new keys that sign heads are made; in files beside the others where nothing is said.
    pub token: Option<TokenPlace>,
    pub sizes: journal::Sizes,
}

impl Place {
    /// On a real disk; the keys lie beside the data, in `DATA.keys`, unless the caller puts them elsewhere.
    pub fn on_disk(data: &Path) -> Place {
        let mut keys = data.as_os_str().to_owned();
        keys.push(".keys");
        Place {
            engine: Engine::Embedded(Disk::real()),
            data: data.to_owned(),
            keys: keys.into(),
            seed: None,
            token: None,
            sizes: journal::Sizes::default(),
        }
    }

    /// On a disk in memory, with keys derived from a seed and small files; for tests.
    pub fn in_memory(disk: &Disk, seed: [u8; 32]) -> Place {
        Place {
            engine: Engine::Embedded(disk.clone()),
            data: "/zone".into(),
            keys: "/keys".into(),
            seed: Some(seed),
            token: None,
            sizes: journal::Sizes { segment: 1 << 20, reserve: 1 << 16 },
        }
    }

    pub fn disk(&self) -> &Disk {
        let Engine::Embedded(disk) = &self.engine;
        disk
    }

    pub fn journal(&self) -> PathBuf {
        self.data.join("journal")
    }

    pub fn vault(&self) -> PathBuf {
        self.data.join("vault")
    }

    pub fn state(&self) -> PathBuf {
        self.data.join("state")
    }

    pub fn views(&self) -> PathBuf {
        self.data.join("views.sqlite")
    }

    pub fn ops(&self) -> PathBuf {
        self.data.join("ops.sqlite")
    }

    /// True if a zone was ever begun here.
    pub fn exists(&self) -> bool {
        self.disk().list(&self.journal()).is_ok_and(|names| names.iter().any(|n| n.ends_with(".seg")))
    }

    fn open_keys(&self) -> Result<Keys, StoreError> {
        if self.keys.starts_with(&self.data) {
            return Err(StoreError::Order(format!("the keys must not lie in {}", self.data.display())));
        }
        // New keys in their place would go unnoticed: heads signed by another, persons counted anew.
        if self.seed.is_none() && !self.disk().is_memory() && self.exists() && !self.keys.is_dir() {
            return Err(StoreError::KeysMissing(self.keys.clone()));
        }
        Keys::open_with(self.disk(), &self.keys, self.seed, self.token.clone())
    }
}

/// A zone opened for writing. The parts go to the threads that use them; the lock stays as long as [`Lock`] does.
pub struct Store {
    pub lock: Lock,
    pub keys: Keys,
    pub journal: Journal,
    pub vault: Vault,
    /// At its newest snapshot: the entries after [`State::revision`] are still to be folded.
    pub state: State,
    pub ops: Ops,
    pub opened: Opened,
    place: Place,
}

/// What the start found, for the operator.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    pub journal: journal::Opened,
    pub state: Recovered,
}

impl Store {
    /// Opens a zone, or begins one.
    ///
    /// # Errors
    /// `Locked` if another process has it; `Corrupt` with the place if the journal is damaged.
    pub fn open(place: &Place, settled: Settled) -> Result<Store, StoreError> {
        let disk = place.disk();
        disk.make_dir(&place.data).map_err(|e| StoreError::io(&place.data, e))?;
        let lock = Lock::take(disk, &place.data)?;
        let keys = place.open_keys()?;
        let (journal, opened) = Journal::open(disk, &place.journal(), place.sizes)?;
        let vault = Vault::open(disk, &place.vault(), &keys, journal.tip().revision)?;
        let (state, recovered) = State::open(disk, &place.state(), &journal.reader(), settled)?;
        let ops = if disk.is_memory() { Ops::in_memory()? } else { Ops::open(&place.ops())? };
        let opened = Opened { journal: opened, state: recovered };
        Ok(Store { lock, keys, journal, vault, state, ops, opened, place: place.clone() })
    }

    /// Opens the views with these tables and so many readers; on a disk in memory they are in memory too.
    ///
    /// # Errors
    /// As [`Views::open`].
    pub fn open_views(&self, schema: &[Migration], readers: usize) -> Result<(Views, views::Found), StoreError> {
        match self.place.disk().is_memory() {
            true => Ok((Views::in_memory(schema)?, views::Found::Fresh("they are in memory".into()))),
            false => Views::open(&self.place.views(), schema, &self.journal.reader(), readers),
        }
    }
}

/// A zone opened beside the process that writes it, as it is at this moment.
pub struct Reading {
    pub keys: Keys,
    pub journal: JournalReader,
    pub vault: VaultReader,
    /// At its newest snapshot, as in [`Store`]. It is this reader's own; sweeping and snapshots are the writer's.
    pub state: State,
}

impl Reading {
    /// # Errors
    /// If there is no zone; `Corrupt` as [`Store::open`].
    pub fn open(place: &Place, settled: Settled) -> Result<Reading, StoreError> {
        if !place.exists() {
            return Err(StoreError::Order(format!("there is no zone in {}", place.data.display())));
        }
        let (disk, keys) = (place.disk(), place.open_keys()?);
        let journal = JournalReader::open(disk, &place.journal())?;
        let vault = VaultReader::open(disk, &place.vault(), &keys)?;
        let (state, _) = State::open(disk, &place.state(), &journal, settled)?;
        Ok(Reading { keys, journal, vault, state })
    }
}

/// One process writes a folder; the system lets the lock go when the process ends, however it ends.
pub struct Lock(#[expect(dead_code, reason = "held, not read")] Option<std::fs::File>);

impl Lock {
    /// # Errors
    /// `Locked` if another process has it.
    pub fn take(disk: &Disk, dir: &Path) -> Result<Lock, StoreError> {
        if disk.is_memory() {
            return Ok(Lock(None));
        }
        let path = dir.join("lock");
        let failed = |e| StoreError::io(&path, e);
        let file = std::fs::OpenOptions::new().write(true).create(true).truncate(false).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Lock(Some(file))),
            Err(TryLockError::WouldBlock) => Err(StoreError::Locked(dir.to_owned())),
            Err(TryLockError::Error(e)) => Err(failed(e)),
        }
    }
}
