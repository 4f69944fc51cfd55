//! The state: one map from key bytes to value bytes and one queue of dues, the fold of all recorded changes.
//!
//! Open cases are hot, in memory, in many small shards, so that no single insert has to move them all. What the
//! caller calls settled is swept out to the closed-case index on disk (`cold.rs`); a look-up does not show where
//! a fact was. One thread folds; any thread may look up, sweep, merge or take a snapshot (`snapshot.rs`).

mod cold;
mod snapshot;
#[cfg(test)]
mod tests;

use crate::StoreError;
use crate::disk::Disk;
use crate::journal::JournalReader;
use cold::Cold;
use hashbrown::{DefaultHashBuilder, HashTable};
use std::collections::{BTreeMap, BTreeSet};
use std::hash::BuildHasher;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard};
use trade::command::{Command, Entry, Position};
use trade::effect::{self, Effect};
use trade::fact::Fact;
use trade::key::{Found, Key};
use trade::pack::Pack;
use trade::record;
use trade::time::Moment;

/// Something that is to happen; dues happen in the order of their fields.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due {
    pub at: Moment,
    pub kind: u32,
    pub key: Box<[u8]>,
}

/// What [`State::open`] started from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovered {
    /// The revision of the snapshot; without one the whole journal is to be folded.
    pub snapshot: Option<u64>,
    /// Newer snapshots that could not be used, and why.
    pub skipped: Vec<String>,
}

/// How much there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub hot: u64,
    /// Bytes of keys and values in memory, without what the maps themselves take (about 25 a record).
    pub hot_bytes: u64,
    pub dues: u64,
    pub cold_files: u64,
    /// Records in the files, also those that newer ones stand before.
    pub cold: u64,
}

/// How much of a record (key, value) has to be written when it leaves memory, from its beginning; `None` if it may not.
/// The third is a revision that is durable and was reached when the sweep before began: what is younger is rather
/// needed again.
pub type Settled = Box<dyn for<'v> Fn(&[u8], &'v [u8], u64) -> Option<&'v [u8]> + Send + Sync>;

/// The state; clones are the same state.
#[derive(Clone)]
pub struct State(Arc<Inner>);

struct Inner {
    disk: Disk,
    dir: PathBuf,
    /// Has the documents that the closed-case index does not write again.
    journal: JournalReader,
    /// The documents of the entry that was asked for last.
    documents: Mutex<Option<(u64, Entry)>>,
    settled: Settled,
    /// Seeded, because keys come from outside.
    seed: DefaultHashBuilder,
    shards: Vec<RwLock<HashTable<Held>>>,
    /// The keys of the kinds that can be listed, by kind.
    listed: RwLock<BTreeMap<u64, BTreeSet<Box<[u8]>>>>,
    dues: Mutex<BTreeSet<Due>>,
    /// The revision whose fold has begun, and the one whose fold is done.
    begun: AtomicU64,
    folded: AtomicU64,
    /// Hashes of keys whose records may leave memory, now or when they are old enough: whether one may is told by the
    /// record itself, so it is asked once, when it is put, and a sweep looks at no others. Some may be open again.
    passing: Mutex<Vec<u64>>,
    /// While records are on their way out, a drop always leaves a mark that outlives them.
    sweeping: AtomicBool,
    cold: RwLock<Arc<Cold>>,
    hot_bytes: AtomicU64,
    /// Sweeps, merges and snapshots take turns.
    keeper: Mutex<Keeper>,
}

struct Keeper {
    next_file: u64,
    /// The revision at which the last sweep began.
    swept_at: u64,
}

/// A fact in memory, with the hash of its key: a table that grows or compares need not look at the fact itself, which
/// lies elsewhere.
#[derive(Clone)]
struct Held {
    hash: u64,
    fact: Fact,
}

impl Held {
    fn is(&self, hash: u64, key: &[u8]) -> bool {
        self.hash == hash && self.fact.key() == key
    }
}

const SHARDS: usize = 1024;

/// The table uses the high and the low bits of a hash; the shard is chosen by those between.
fn shard_of(hash: u64) -> usize {
    (hash >> 32) as usize % SHARDS
}

/// A sweep takes at most so much at once.
const SWEEP_BYTES: usize = 1 << 30;
impl State {
    /// Opens the state in `dir` at the newest snapshot that fits the journal. The caller then folds the entries
    /// after [`State::revision`].
    ///
    /// # Errors
    /// Only if the folder cannot be read: a damaged snapshot is skipped and reported.
    pub fn open(
        disk: &Disk,
        dir: &Path,
        journal: &JournalReader,
        settled: Settled,
    ) -> Result<(State, Recovered), StoreError> {
        disk.make_dir(dir).map_err(|e| StoreError::io(dir, e))?;
        snapshot::load(disk, dir, journal, settled)
    }

    fn with(disk: &Disk, dir: &Path, journal: &JournalReader, settled: Settled) -> State {
        State(Arc::new(Inner {
            disk: disk.clone(),
            dir: dir.to_owned(),
            journal: journal.clone(),
            documents: Mutex::default(),
            settled,
            seed: DefaultHashBuilder::default(),
            shards: (0..SHARDS).map(|_| RwLock::default()).collect(),
            listed: RwLock::default(),
            dues: Mutex::default(),
            begun: AtomicU64::new(0),
            folded: AtomicU64::new(0),
            passing: Mutex::default(),
            sweeping: AtomicBool::new(false),
            cold: RwLock::default(),
            hot_bytes: AtomicU64::new(0),
            keeper: Mutex::new(Keeper { next_file: 1, swept_at: 0 }),
        }))
    }

    /// The last revision that was folded.
    pub fn revision(&self) -> u64 {
        self.0.folded.load(Ordering::Acquire)
    }

    /// Applies all changes of entry `revision`; `document` tells the packed documents of its command by their numbers.
    ///
    /// # Errors
    /// As [`State::begin`]; nothing was changed.
    pub fn fold<'e, 'd>(
        &self,
        revision: u64,
        effects: impl IntoIterator<Item = &'e Effect>,
        document: impl Fn(usize) -> &'d [u8],
    ) -> Result<(), StoreError> {
        self.begin(revision)?;
        effects.into_iter().for_each(|effect| self.apply(effect, &document));
        self.end();
        Ok(())
    }

    /// Begins the changes of entry `revision`: each is [applied](State::apply) as it is decided, and the state is that
    /// of the revision when it [ends](State::end). Only one thread folds; what is not ended never becomes part of a
    /// snapshot.
    ///
    /// # Errors
    /// `Order` if the revision is not the next one.
    pub fn begin(&self, revision: u64) -> Result<(), StoreError> {
        if revision != self.revision() + 1 {
            return Err(StoreError::Order(format!("revision {revision} cannot follow {}", self.revision())));
        }
        self.0.begun.store(revision, Ordering::Release);
        Ok(())
    }

    /// Applies one change of the entry that has begun; `document` as for [`State::fold`].
    pub fn apply<'d>(&self, effect: &Effect, document: impl Fn(usize) -> &'d [u8]) {
        match effect {
            Effect::Put(put) => self.set(put.0.clone()),
            Effect::Keep(keep) => self.set(keep.whole(document(keep.doc()))),
            Effect::Drop(gone) => self.drop_key(&gone.key),
            Effect::Due(due) => drop(self.dues().insert(Due::from(due))),
            Effect::Undue(due) => drop(self.dues().remove(&Due::from(due))),
        }
    }

    /// All changes of the entry that has begun are applied.
    pub fn end(&self) {
        self.0.folded.store(self.0.begun.load(Ordering::Acquire), Ordering::Release);
    }

    /// The value under `key`.
    ///
    /// # Errors
    /// If a file of the closed-case index is damaged or cannot be read.
    pub fn get(&self, key: &[u8]) -> Result<Option<Found<'static>>, StoreError> {
        let (shard, hash) = self.place(key);
        if let Some(held) = self.read(shard).find(hash, |h| h.is(hash, key)) {
            return Ok(held.fact.value().map(|_| Found::Shared(held.fact.clone())));
        }
        // A record is in a file before it leaves memory, so there is no moment at which it is in neither.
        let Some(written) = self.cold().get(key)? else { return Ok(None) };
        match record::lacks_document(key, &written) {
            None => Ok(Some(Found::Made(written))),
            Some(at) => Ok(Some(Found::Shared(self.with_document(key, &written, at)?))),
        }
    }

    /// A kept record as it was in memory: its document is taken from the journal. Who asks for one document often asks
    /// for its neighbours next, so the entry is kept at hand.
    fn with_document(&self, key: &[u8], written: &[u8], at: Position) -> Result<Fact, StoreError> {
        let mut known = self.0.documents.lock().unwrap_or_else(|e| e.into_inner());
        if known.as_ref().is_none_or(|(revision, _)| *revision != at.revision) {
            let entry = self.0.journal.entry(at.revision)?.and_then(|entry| Entry::unpack(entry.body()).ok());
            *known = entry.map(|entry| (at.revision, entry));
        }
        let document = match known.as_ref().and_then(|(_, entry)| entry.command.as_ref()) {
            Some(Command::Message(message)) => message.documents.get(at.index as usize),
            _ => None,
        };
        let document = document.ok_or_else(|| {
            StoreError::Order(format!("entry {} has no document {} for the closed-case index", at.revision, at.index))
        })?;
        Ok(effect::kept(key, written, &document.document))
    }

    /// The first due of all, whenever it is.
    pub fn next_due(&self) -> Option<Due> {
        self.dues().first().cloned()
    }

    /// The first due at or before `at`.
    pub fn due_by(&self, at: Moment) -> Option<Due> {
        self.dues().first().filter(|due| due.at <= at).cloned()
    }

    /// Calls `each` with every record of a kind that can be listed ([`record::listed`]), in the order of their keys.
    pub fn each_of(&self, kind: u64, mut each: impl FnMut(&[u8], &[u8])) {
        debug_assert!(record::listed(kind), "kind {kind} is not kept in order");
        let listed = self.0.listed.read().unwrap_or_else(|e| e.into_inner());
        let keys: Vec<Box<[u8]>> = listed.get(&kind).into_iter().flatten().cloned().collect();
        drop(listed);
        for key in keys {
            if let Some(value) = self.get(&key).ok().flatten() {
                each(&key, &value);
            }
        }
    }

    /// Calls `each` with every record in memory, in no order, however many there are. For checks, not for pages.
    pub fn each_hot(&self, mut each: impl FnMut(&[u8], &[u8])) {
        for shard in 0..SHARDS {
            for Held { fact, .. } in self.read(shard).iter() {
                if let Some(value) = fact.value() {
                    each(fact.key(), value);
                }
            }
        }
    }

    pub fn count(&self) -> Count {
        let cold = self.cold();
        Count {
            hot: (0..SHARDS).map(|s| self.read(s).len() as u64).sum(),
            hot_bytes: self.0.hot_bytes.load(Ordering::Relaxed),
            dues: self.dues().len() as u64,
            cold_files: cold.files.len() as u64,
            cold: cold.files.iter().map(|f| f.count).sum(),
        }
    }

    /// Moves settled records to the disk; returns how many left memory. Call it now and then from a thread of
    /// its own; folding goes on meanwhile.
    pub fn sweep(&self) -> Result<u64, StoreError> {
        let mut keeper = self.keeper();
        self.0.sweeping.store(true, Ordering::SeqCst);
        let swept = self.sweep_out(&mut keeper);
        self.0.sweeping.store(false, Ordering::SeqCst);
        swept
    }

    fn sweep_out(&self, keeper: &mut Keeper) -> Result<u64, StoreError> {
        // Where each goes, and how many bytes of its value are written.
        let mut out: Vec<(u64, Held, usize)> = vec![];
        let mut bytes = 0;
        // What is not durable yet is not in the journal, so what leaves must be older than that too.
        let young = std::mem::replace(&mut keeper.swept_at, self.revision()).min(self.0.journal.last());
        let mut passing = std::mem::take(&mut *self.passing());
        passing.sort_unstable_by_key(|&hash| (shard_of(hash), hash));
        passing.dedup();
        let mut stay = vec![];
        for hashes in passing.chunk_by(|one, other| shard_of(*one) == shard_of(*other)) {
            let shard = self.read(shard_of(hashes[0]));
            for &hash in hashes {
                for held in shard.iter_hash(hash).filter(|held| held.hash == hash) {
                    match self.leaving(&held.fact, young).filter(|_| bytes <= SWEEP_BYTES) {
                        Some(written) => {
                            bytes += held.fact.bytes().len();
                            out.push((cold::place(held.fact.key()), held.clone(), written));
                        }
                        None if self.leaving(&held.fact, u64::MAX).is_some() => stay.push(hash),
                        None => {}
                    }
                }
            }
        }
        let left = self.write_out(keeper, &mut out);
        if left.is_err() {
            stay.extend(out.iter().map(|(_, held, _)| held.hash));
        }
        self.passing().append(&mut stay);
        left
    }

    /// Writes records (where each goes, how many bytes of its value) to a file and lets them leave memory.
    fn write_out(&self, keeper: &mut Keeper, out: &mut [(u64, Held, usize)]) -> Result<u64, StoreError> {
        if out.is_empty() {
            return Ok(0);
        }
        out.sort_unstable_by(|(a, one, _), (b, other, _)| a.cmp(b).then_with(|| one.fact.key().cmp(other.fact.key())));
        let mut writer = cold::Writer::begin(&self.0.disk, &self.0.dir, &keeper.file_name())?;
        for (_, Held { fact, .. }, written) in out.iter() {
            writer.add(fact.key(), fact.value().map(|value| &value[..*written]))?;
        }
        if let Some(file) = writer.end()? {
            self.change_cold(|cold| cold.files.push(Arc::new(file)));
        }
        // Only what is as it was when it was copied leaves memory; what changed meanwhile is newer and stays.
        let mut left = 0;
        for (_, Held { hash, fact }, _) in out.iter() {
            if let Ok(found) = self.write(shard_of(*hash)).find_entry(*hash, |h| h.fact.is_same(fact)) {
                found.remove();
                self.0.hot_bytes.fetch_sub(fact.bytes().len() as u64, Ordering::Relaxed);
                left += 1;
            } else {
                self.passing().push(*hash);
            }
        }
        Ok(left)
    }

    /// How many bytes of its value are written when the record leaves memory; `None` if it may not. `young` as for
    /// [`Settled`]: with the highest of all, whether it may one day as it is.
    fn leaving(&self, fact: &Fact, young: u64) -> Option<usize> {
        match fact.value() {
            Some(value) => (self.0.settled)(fact.key(), value, young).map(<[u8]>::len),
            None => Some(0),
        }
    }

    /// Merges files of the closed-case index if they have become many; true if it did. The old files are removed
    /// by the next snapshots, which no longer name them.
    pub fn merge(&self) -> Result<bool, StoreError> {
        let mut keeper = self.keeper();
        let cold = self.cold();
        let Some(range) = cold.worth_merging() else { return Ok(false) };
        let merged = cold.merge(&self.0.disk, &self.0.dir, &keeper.file_name(), range.clone())?;
        self.change_cold(|cold| drop(cold.files.splice(range, merged.map(Arc::new))));
        Ok(true)
    }

    /// Writes a snapshot, waiting until `journal` is durable as far as it reaches; returns its revision. Folding
    /// goes on meanwhile. The two newest snapshots and the files they name are kept.
    ///
    /// # Errors
    /// `Order` if the journal does not come that far within a minute.
    pub fn snapshot(&self, journal: &JournalReader) -> Result<u64, StoreError> {
        let _turn = self.keeper();
        snapshot::save(self, journal)
    }

    fn set(&self, fact: Fact) {
        let (shard, hash) = self.place(fact.key());
        self.set_in(&mut self.write(shard), Held { hash, fact });
    }

    fn set_in(&self, records: &mut HashTable<Held>, held: Held) {
        self.0.hot_bytes.fetch_add(held.fact.bytes().len() as u64, Ordering::Relaxed);
        let hash = held.hash;
        let mut passes = self.leaving(&held.fact, u64::MAX).is_some();
        let listed = record::listed(Key::kind(held.fact.key())).then(|| held.fact.clone());
        match records.find_mut(hash, |h| h.is(hash, held.fact.key())) {
            Some(old) => {
                self.0.hot_bytes.fetch_sub(old.fact.bytes().len() as u64, Ordering::Relaxed);
                // Then its hash is there already.
                passes &= self.leaving(&old.fact, u64::MAX).is_none();
                *old = held;
            }
            None => drop(records.insert_unique(hash, held, |h| h.hash)),
        }
        if let Some(fact) = listed {
            self.list(fact.key(), fact.value().is_some());
        }
        if passes {
            self.passing().push(hash);
        }
    }

    fn drop_key(&self, key: &[u8]) {
        let (shard, hash) = self.place(key);
        let mut records = self.write(shard);
        // The sweeper sets its flag before it looks at any shard: if it copied the key, the flag is seen here.
        if self.0.sweeping.load(Ordering::SeqCst) || self.cold().may_hold(key) {
            return self.set_in(&mut records, Held { hash, fact: Fact::gone(key) });
        }
        if let Ok(found) = records.find_entry(hash, |h| h.is(hash, key)) {
            let (old, _) = found.remove();
            self.list(key, false);
            self.0.hot_bytes.fetch_sub(old.fact.bytes().len() as u64, Ordering::Relaxed);
        }
    }

    /// A key of a kind that can be listed is there, or is not.
    fn list(&self, key: &[u8], there: bool) {
        let kind = Key::kind(key);
        if record::listed(kind) {
            let mut listed = self.0.listed.write().unwrap_or_else(|e| e.into_inner());
            let of = listed.entry(kind).or_default();
            match there {
                true if of.contains(key) => {}
                true => drop(of.insert(key.into())),
                false => drop(of.remove(key)),
            }
        }
    }

    fn place(&self, key: &[u8]) -> (usize, u64) {
        let hash = self.0.seed.hash_one(key);
        (shard_of(hash), hash)
    }

    fn read(&self, shard: usize) -> RwLockReadGuard<'_, HashTable<Held>> {
        self.0.shards[shard].read().unwrap_or_else(|e| e.into_inner())
    }

    fn write(&self, shard: usize) -> RwLockWriteGuard<'_, HashTable<Held>> {
        self.0.shards[shard].write().unwrap_or_else(|e| e.into_inner())
    }

    fn dues(&self) -> MutexGuard<'_, BTreeSet<Due>> {
        self.0.dues.lock().unwrap_or_else(|e| e.into_inner())
    }

    fn passing(&self) -> MutexGuard<'_, Vec<u64>> {
        self.0.passing.lock().unwrap_or_else(|e| e.into_inner())
    }

    fn cold(&self) -> Arc<Cold> {
        self.0.cold.read().unwrap_or_else(|e| e.into_inner()).clone()
    }

    fn change_cold(&self, change: impl FnOnce(&mut Cold)) {
        change(Arc::make_mut(&mut self.0.cold.write().unwrap_or_else(|e| e.into_inner())));
    }

    fn keeper(&self) -> MutexGuard<'_, Keeper> {
        self.0.keeper.lock().unwrap_or_else(|e| e.into_inner())
    }
}

impl Keeper {
    fn file_name(&mut self) -> String {
        self.next_file += 1;
        format!("cold-{:010}", self.next_file - 1)
    }
}

impl From<&effect::Due> for Due {
    fn from(due: &effect::Due) -> Due {
        Due { at: due.at, kind: due.kind, key: due.key[..].into() }
    }
}
