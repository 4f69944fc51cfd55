//! The journal: sealed entries in one sequence, chained by hash, each a leaf of a Merkle tree.
//!
//! One [`Journal`] writes; any number of [`JournalReader`]s, on other threads or in other processes, see what
//! is durable. Files: segments (the truth), and `positions` and `tree`, which are derived from them and made
//! anew when they are missing or do not fit. How bytes lie in a segment stands in `frame.rs`, what is hashed
//! in [`crate::proof`].
//!
//! When the disk is full, [`Journal::append`] says [`StoreError::Full`] and has changed nothing. The caller stops
//! taking in, and brings what was already decided to its end with [`Journal::append_reserved`], which uses a
//! segment that was set aside for this; the same call then carries officials' looks until the reserve is used up.

mod derived;
mod frame;
#[cfg(test)]
mod tests;

use crate::StoreError;
use crate::disk::{Disk, File};
use crate::head::{Head, SignedHead};
use crate::proof::{self, CHAIN_START, Hash, LeafData, ReceiptProof};
use derived::{Edge, Nodes, Positions, node_count, range_root};
use frame::{Found, FrameWriter, Position, Rest, SEGMENT_HEADER, SegmentHeader, Unit};
use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, RwLock};
use std::time::Duration;
use trade::time::Moment;

/// No entry may be longer, in bytes.
pub const MAX_ENTRY: usize = 1 << 30;

/// An entry as the decider hands it over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// One more than the entry before; the first is 1.
    pub revision: u64,
    /// Never before the entry before.
    pub at: Moment,
    /// The packed entry.
    pub body: Vec<u8>,
    /// [`proof::leaf_hash`] of each receipt of this entry. The journal keeps only their root; who wants to prove
    /// a receipt makes them again from the body.
    pub receipts: Vec<Hash>,
}

/// An entry as it is read back.
#[derive(Clone)]
pub struct Entry {
    pub revision: u64,
    pub at: Moment,
    pub receipts_root: Hash,
    unit: Arc<Unit>,
    range: Range<usize>,
}

impl Entry {
    pub fn body(&self) -> &[u8] {
        &self.unit.raw[self.range.clone()]
    }
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "entry {} at {}, {} bytes", self.revision, self.at, self.range.len())
    }
}

/// Where a journal ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tip {
    /// The last revision; 0 for an empty journal.
    pub revision: u64,
    /// The time of the last entry, or 0.
    pub at: Moment,
    /// The hash of the journal.
    pub chain: Hash,
}

/// Sizes of files, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    pub segment: u64,
    pub reserve: u64,
}

impl Default for Sizes {
    fn default() -> Sizes {
        Sizes { segment: 128 << 20, reserve: 32 << 20 }
    }
}

/// What [`Journal::open`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// The torn tail that was cut from the last segment: nobody was ever answered from it.
    pub cut: Option<Cut>,
    /// The positions and the tree were made anew from all segments.
    pub rebuilt: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    pub file: PathBuf,
    pub at: u64,
    pub bytes: u64,
    pub why: &'static str,
}

/// The one who writes. Belongs to one thread.
pub struct Journal {
    reader: JournalReader,
    sizes: Sizes,
    tip: Tip,
    edge: Edge,
    frames: FrameWriter,
    segment: Segment,
    broken: Option<String>,
}

struct Segment {
    first: u64,
    file: File,
    /// Where the next frame goes, and how far room is set aside.
    end: u64,
    allocated: u64,
}

/// A cheap handle that sees the durable entries.
#[derive(Clone)]
pub struct JournalReader(Arc<Shared>);

struct Shared {
    disk: Disk,
    dir: PathBuf,
    tip: Mutex<Tip>,
    moved: Condvar,
    full: AtomicBool,
    segments: RwLock<BTreeMap<u64, File>>,
    positions: Positions,
    nodes: Nodes,
    cache: Mutex<VecDeque<Arc<Unit>>>,
}

impl Journal {
    /// Opens the journal in `dir` for writing, or begins one. Every checksum is looked at.
    ///
    /// # Errors
    /// `Corrupt` with the place, if anything but the tail of the last segment is damaged.
    pub fn open(disk: &Disk, dir: &Path, sizes: Sizes) -> Result<(Journal, Opened), StoreError> {
        disk.make_dir(dir).map_err(|e| StoreError::io(dir, e))?;
        let loaded = load(disk, dir, true)?;
        let Loaded { shared, tip, edge, opened, last } = loaded;
        let reader = JournalReader(Arc::new(shared));
        let frames = FrameWriter::default();
        let segment = match last {
            Some((first, file, end)) => {
                if opened.cut.is_some() {
                    file.set_len(end).and_then(|()| file.sync()).map_err(|e| StoreError::io(file.path(), e))?;
                }
                let allocated = file.len().map_err(|e| StoreError::io(file.path(), e))?;
                Segment { first, file, end, allocated }
            }
            None => {
                let file = new_segment(disk, dir, &header(&tip, &edge), sizes.segment)?;
                reader.0.segments.write().unwrap_or_else(|e| e.into_inner()).insert(1, file.clone());
                Segment { first: 1, file, end: SEGMENT_HEADER, allocated: sizes.segment }
            }
        };
        let mut journal = Journal { reader, sizes, tip, edge, frames, segment, broken: None };
        let full = matches!(journal.room(0, false), Err(StoreError::Full));
        journal.reader.0.full.store(full, Ordering::Relaxed);
        journal.set_reserve_aside();
        Ok((journal, opened))
    }

    /// Makes the entries durable with one sync and returns the last revision.
    ///
    /// # Errors
    /// `Full` if there is no room: nothing was changed. `Order` if revision or time do not follow.
    /// After `Broken` the process must end: what is on the disk is not known.
    pub fn append(&mut self, group: &[Sealed]) -> Result<u64, StoreError> {
        self.append_in(group, false)
    }

    /// Like [`Journal::append`], but takes the reserve if there is no other room. For what was decided before
    /// the disk was found full, and for officials' looks; never for what is taken in anew.
    ///
    /// # Errors
    /// As [`Journal::append`]; `Full` when the reserve is used up.
    pub fn append_reserved(&mut self, group: &[Sealed]) -> Result<u64, StoreError> {
        self.append_in(group, true)
    }

    /// Tries whether there is room again after `Full`, and sets a new reserve aside if so.
    pub fn make_room(&mut self) -> bool {
        let room = self.broken.is_none() && self.room(0, false).is_ok();
        self.reader.0.full.store(!room, Ordering::Relaxed);
        if room {
            self.set_reserve_aside();
        }
        room
    }

    pub fn tip(&self) -> Tip {
        self.tip
    }

    pub fn reader(&self) -> JournalReader {
        self.reader.clone()
    }

    fn append_in(&mut self, group: &[Sealed], reserved: bool) -> Result<u64, StoreError> {
        if let Some(why) = &self.broken {
            return Err(StoreError::Broken(why.clone()));
        }
        if group.is_empty() {
            return Ok(self.tip.revision);
        }
        let result = self.write_group(group, reserved);
        match &result {
            Ok(_) | Err(StoreError::Order(_)) => {}
            Err(StoreError::Full) => self.reader.0.full.store(true, Ordering::Relaxed),
            Err(other) => self.broken = Some(other.to_string()),
        }
        match result {
            Err(StoreError::Io { .. } | StoreError::Corrupt { .. }) => {
                Err(StoreError::Broken(self.broken.clone().unwrap_or_default()))
            }
            other => other,
        }
    }

    fn write_group(&mut self, group: &[Sealed], reserved: bool) -> Result<u64, StoreError> {
        let mut tip = self.tip;
        for sealed in group {
            if sealed.revision != tip.revision + 1 || sealed.at < tip.at || sealed.body.len() > MAX_ENTRY {
                return Err(StoreError::Order(format!(
                    "entry {} at {} of {} bytes cannot follow entry {} at {}",
                    sealed.revision,
                    sealed.at,
                    sealed.body.len(),
                    tip.revision,
                    tip.at
                )));
            }
            (tip.revision, tip.at) = (sealed.revision, sealed.at);
        }
        self.room(frame::bound(group), reserved)?;

        let Segment { first, file, end: start, .. } = &self.segment;
        let (segment, file, start) = (*first, file.clone(), *start);
        let mut end = start;
        let mut flush = |out: &mut Vec<u8>| {
            file.write_all_at(out, end).map_err(|e| StoreError::io(file.path(), e))?;
            end += out.len() as u64;
            out.clear();
            Ok(())
        };
        let mut edge = self.edge.clone();
        let (mut positions, mut nodes) = (Vec::new(), Vec::new());
        let mut chain = self.tip.chain;
        self.frames.begin(group[0].revision);
        let mut written = Ok(());
        for sealed in group {
            let receipts_root = proof::root(&sealed.receipts);
            written = self.frames.entry(sealed, &receipts_root, &chain, &mut flush);
            if written.is_err() {
                break;
            }
            let leaf = frame::leaf(sealed.revision, sealed.at, &sealed.body, &receipts_root, &chain);
            chain = leaf.chain;
            edge.push(leaf.hash(), &mut nodes);
            positions.extend_from_slice(&Position { segment, offset: 0, chain }.bytes());
        }
        if written.is_ok() {
            written = self.frames.finish(&mut flush);
        }
        if let Err(StoreError::Full) = written {
            // The file system did not keep its promise of room. Nothing of this group may be found later.
            file.set_len(start).map_err(|e| StoreError::io(file.path(), e))?;
            self.segment.allocated = start;
        }
        written?;
        file.sync().map_err(|e| StoreError::Broken(format!("{}: {e}", file.path().display())))?;

        // From here on the group is in the journal.
        self.frames.place(&mut positions, start);
        tip.chain = chain;
        (self.tip, self.edge, self.segment.end) = (tip, edge, end);
        let shared = &self.reader.0;
        shared.positions.push(&positions);
        shared.nodes.push(&nodes);
        shared.positions.flush()?;
        shared.nodes.flush()?;
        *shared.tip.lock().unwrap_or_else(|e| e.into_inner()) = tip;
        shared.moved.notify_all();
        Ok(tip.revision)
    }

    /// Sees to it that `bound` bytes fit behind the end of the current segment, or goes on to the next one.
    fn room(&mut self, bound: u64, reserved: bool) -> Result<(), StoreError> {
        let size = self.sizes.segment;
        let stop = self.segment.end + bound;
        if stop <= self.segment.allocated && (reserved || self.segment.allocated >= size) {
            return Ok(());
        }
        let file = self.segment.file.clone();
        let failed = |e| StoreError::io(file.path(), e);
        let got = if stop <= size || self.segment.end == SEGMENT_HEADER {
            let wanted = size.max(stop);
            file.allocate(wanted).and_then(|()| file.sync()).map_err(failed).map(|()| self.segment.allocated = wanted)
        } else {
            self.next_segment(|j| new_segment(&j.disk, &j.dir, &j.header, size.max(SEGMENT_HEADER + bound)))
        };
        match got {
            Ok(()) => {
                if self.reader.0.full.swap(false, Ordering::Relaxed) {
                    self.set_reserve_aside();
                }
                Ok(())
            }
            Err(StoreError::Full) if reserved && stop <= self.segment.allocated => Ok(()),
            Err(StoreError::Full) if reserved && self.segment.end > SEGMENT_HEADER => self.next_segment(|j| {
                let reserve = j.dir.join(RESERVE);
                let failed = |e| StoreError::io(&reserve, e);
                let file = match j.disk.open(&reserve, false) {
                    Ok(file) if file.len().map_err(failed)? >= SEGMENT_HEADER + bound => file,
                    _ => return Err(StoreError::Full),
                };
                file.write_all_at(&j.header.bytes(), 0).and_then(|()| file.sync()).map_err(failed)?;
                let path = frame::segment_path(&j.dir, j.header.first);
                j.disk.rename(&reserve, &path).and_then(|()| j.disk.sync_dir(&j.dir)).map_err(failed)?;
                j.disk.open(&path, false).map_err(failed)
            }),
            Err(other) => Err(other),
        }
    }

    fn next_segment(&mut self, make: impl FnOnce(&NewSegment) -> Result<File, StoreError>) -> Result<(), StoreError> {
        let shared = self.reader.0.clone();
        let header = header(&self.tip, &self.edge);
        // What the next segment's header vouches for must be durable before it.
        shared.positions.sync()?;
        shared.nodes.sync()?;
        let first = header.first;
        let file = make(&NewSegment { disk: shared.disk.clone(), dir: shared.dir.clone(), header })?;
        let old = std::mem::replace(
            &mut self.segment,
            Segment {
                first,
                allocated: file.len().map_err(|e| StoreError::io(file.path(), e))?,
                file: file.clone(),
                end: SEGMENT_HEADER,
            },
        );
        shared.segments.write().unwrap_or_else(|e| e.into_inner()).insert(first, file);
        // Room that was set aside and not used goes back.
        old.file.set_len(old.end).and_then(|()| old.file.sync()).map_err(|e| StoreError::io(old.file.path(), e))
    }

    /// Best effort: without room for a reserve there is none, and `append_reserved` says `Full`.
    fn set_reserve_aside(&self) {
        let Shared { disk, dir, .. } = &*self.reader.0;
        let path = dir.join(RESERVE);
        if disk.exists(&path) || self.sizes.reserve == 0 {
            return;
        }
        let made = disk.open(&path, true).and_then(|file| {
            file.allocate(self.sizes.reserve)?;
            file.sync()?;
            disk.sync_dir(dir)
        });
        if made.is_err() {
            let _ = disk.remove(&path);
        }
    }
}

const RESERVE: &str = "reserve";

struct NewSegment {
    disk: Disk,
    dir: PathBuf,
    header: SegmentHeader,
}

fn header(tip: &Tip, edge: &Edge) -> SegmentHeader {
    SegmentHeader { first: tip.revision + 1, chain_before: tip.chain, root_before: edge.root(), at_before: tip.at }
}

fn new_segment(disk: &Disk, dir: &Path, header: &SegmentHeader, size: u64) -> Result<File, StoreError> {
    let path = frame::segment_path(dir, header.first);
    let failed = |e| StoreError::io(&path, e);
    let file = disk.open(&path, true).map_err(failed)?;
    let made = file
        .set_len(0)
        .and_then(|()| file.allocate(size))
        .and_then(|()| file.write_all_at(&header.bytes(), 0))
        .and_then(|()| file.sync())
        .and_then(|()| disk.sync_dir(dir));
    match made.map_err(failed) {
        Ok(()) => Ok(file),
        Err(StoreError::Full) => {
            disk.remove(&path).map_err(failed)?;
            Err(StoreError::Full)
        }
        Err(other) => Err(other),
    }
}

struct Loaded {
    shared: Shared,
    tip: Tip,
    edge: Edge,
    opened: Opened,
    /// The last segment and where its good frames end.
    last: Option<(u64, File, u64)>,
}

/// Reads what is there. With `write` false nothing is changed, also not what is derived.
fn load(disk: &Disk, dir: &Path, write: bool) -> Result<Loaded, StoreError> {
    let derived = |name: &str| -> Result<Option<File>, StoreError> {
        let path = dir.join(name);
        match disk.exists(&path) || write {
            true if write => disk.open(&path, true).map(Some).map_err(|e| StoreError::io(&path, e)),
            true => disk.open_read(&path).map(Some).map_err(|e| StoreError::io(&path, e)),
            false => Ok(None),
        }
    };
    let (positions, nodes) = (Positions::open(derived("positions")?)?, Nodes::open(derived("tree")?)?);
    let mut opened = Opened::default();
    let mut segments: Vec<(u64, File, SegmentHeader)> = vec![];
    let names = frame::segments(disk, dir)?;
    for (i, (first, path)) in names.iter().enumerate() {
        let failed = |e| StoreError::io(path, e);
        let file = if write { disk.open(path, false) } else { disk.open_read(path) }.map_err(failed)?;
        match SegmentHeader::read(&file).map_err(failed)? {
            Some(header) if header.first == *first && (i > 0 || *first == 1) => {
                segments.push((*first, file, header));
            }
            None if i + 1 == names.len() && !matches!(frame::rest(&file, 8, 0)?, Rest::Later) => {
                // The power went while the segment was made; it never held an entry.
                if write {
                    disk.remove(path).and_then(|()| disk.sync_dir(dir)).map_err(failed)?;
                }
            }
            _ => return Err(StoreError::corrupt(path, 0, "the header of the segment is wrong")),
        }
    }
    let mut tip = Tip { revision: 0, at: Moment(0), chain: CHAIN_START };
    let mut edge = Edge::default();
    let mut last = None;
    if let Some((first, _, header)) = segments.last() {
        // Sealed segments need their checksums looked at; what is derived from them is trusted if it fits.
        let from = if derived_fits(&positions, &nodes, header)? { *first } else { 1 };
        positions.truncate(from - 1, write)?;
        nodes.truncate(node_count(from - 1), write)?;
        opened.rebuilt = from < *first;
        edge = Edge::of(&nodes, from - 1)?;
        for (i, (first, file, header)) in segments.iter().enumerate() {
            let next = segments.get(i + 1).map(|(first, ..)| *first);
            let unpack = *first >= from;
            let known = *first > from || from == 1;
            if unpack && known && (header.chain_before != tip.chain || header.root_before != edge.root()) {
                return Err(StoreError::corrupt(file.path(), 0, "the segment does not follow the one before"));
            }
            tip = Tip { revision: first - 1, at: header.at_before, chain: header.chain_before };
            let mut more = Derived { positions: vec![], nodes: vec![] };
            let (end, why) = walk(*first, file, unpack, &mut tip, &mut edge, &mut more)?;
            positions.push(&more.positions);
            nodes.push(&more.nodes);
            if write {
                positions.flush()?;
                nodes.flush()?;
            }
            let rest = frame::rest(file, end, tip.revision + 1)?;
            match (next, rest) {
                (Some(next), Rest::Zeros) if next == tip.revision + 1 => {}
                (None, Rest::Zeros) => {}
                (None, Rest::Torn { bytes }) => {
                    opened.cut = Some(Cut { file: file.path().to_owned(), at: end, bytes, why });
                }
                _ => return Err(StoreError::corrupt(file.path(), end, why)),
            }
            last = Some((*first, file.clone(), end));
        }
        if write && opened.rebuilt {
            positions.sync()?;
            nodes.sync()?;
        }
    } else {
        positions.truncate(0, write)?;
        nodes.truncate(0, write)?;
    }
    let shared = Shared {
        disk: disk.clone(),
        dir: dir.to_owned(),
        tip: Mutex::new(tip),
        moved: Condvar::new(),
        full: AtomicBool::new(false),
        segments: RwLock::new(segments.into_iter().map(|(first, file, _)| (first, file)).collect()),
        positions,
        nodes,
        cache: Mutex::default(),
    };
    Ok(Loaded { shared, tip, edge, opened, last })
}

/// True if positions and tree hold what the header of the last segment says was before it.
fn derived_fits(positions: &Positions, nodes: &Nodes, header: &SegmentHeader) -> Result<bool, StoreError> {
    let before = header.first - 1;
    if before == 0 {
        return Ok(true);
    }
    if positions.len() < before || nodes.len() < node_count(before) {
        return Ok(false);
    }
    Ok(Position::read(&positions.get(before - 1)?).chain == header.chain_before
        && range_root(nodes, 0, before)? == header.root_before)
}

struct Derived {
    positions: Vec<u8>,
    nodes: Vec<u8>,
}

/// Goes through the frames of a segment up to the first that is not good; says where that is and why.
fn walk(
    segment: u64,
    file: &File,
    unpack: bool,
    tip: &mut Tip,
    edge: &mut Edge,
    more: &mut Derived,
) -> Result<(u64, &'static str), StoreError> {
    let mut offset = SEGMENT_HEADER;
    loop {
        let (unit, count) = match frame::read_unit(file, offset, unpack)? {
            Found::Good(found) => found,
            Found::Bad(why) => return Ok((offset, why)),
        };
        if unit.first != tip.revision + 1 || unpack && unit.chain_before != tip.chain {
            return Ok((offset, "the frame does not follow the one before"));
        }
        for (record, revision) in unit.records.iter().zip(unit.first..) {
            let leaf =
                frame::leaf(revision, record.at, &unit.raw[record.body.clone()], &record.receipts_root, &tip.chain);
            more.positions.extend_from_slice(&Position { segment, offset, chain: leaf.chain }.bytes());
            edge.push(leaf.hash(), &mut more.nodes);
            (tip.chain, tip.at) = (leaf.chain, record.at);
        }
        tip.revision += u64::from(count);
        offset = unit.next;
    }
}

impl JournalReader {
    /// Reads the journal in `dir` as it is now, without the lock; another process may be writing it. What is
    /// written later is not seen: open again.
    ///
    /// # Errors
    /// As [`Journal::open`].
    pub fn open(disk: &Disk, dir: &Path) -> Result<JournalReader, StoreError> {
        Ok(JournalReader(Arc::new(load(disk, dir, false)?.shared)))
    }

    /// Where the durable entries end.
    pub fn tip(&self) -> Tip {
        *self.0.tip.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// The last durable revision; 0 if there is none.
    pub fn last(&self) -> u64 {
        self.tip().revision
    }

    /// True from a `Full` until there is room again: nothing new should be taken in.
    pub fn is_full(&self) -> bool {
        self.0.full.load(Ordering::Relaxed)
    }

    /// Waits until there is an entry after `seen`, at most so long; returns the last durable revision.
    pub fn wait(&self, seen: u64, at_most: Duration) -> u64 {
        let tip = self.0.tip.lock().unwrap_or_else(|e| e.into_inner());
        let waited = self.0.moved.wait_timeout_while(tip, at_most, |tip| tip.revision <= seen);
        waited.unwrap_or_else(|e| e.into_inner()).0.revision
    }

    /// The entry with this revision, or `None` if there is none (yet).
    pub fn entry(&self, revision: u64) -> Result<Option<Entry>, StoreError> {
        if revision == 0 || revision > self.last() {
            return Ok(None);
        }
        let lock = || self.0.cache.lock().unwrap_or_else(|e| e.into_inner());
        let holds = |unit: &Unit| (unit.first..unit.first + unit.records.len() as u64).contains(&revision);
        let cached = lock().iter().find(|unit| holds(unit)).cloned();
        let unit = match cached {
            Some(unit) => unit,
            None => {
                let unit = Arc::new(self.unit(revision)?);
                let mut cache = lock();
                cache.push_front(unit.clone());
                cache.truncate(CACHED_UNITS);
                unit
            }
        };
        Ok(Some(entry_of(&unit, revision)))
    }

    /// The entries after `seen`, oldest first, up to the last that is durable when it is reached.
    pub fn after(&self, seen: u64) -> Entries {
        Entries { reader: self.clone(), seen, unit: None }
    }

    /// The head after `size` entries, `None` if there are not so many.
    pub fn head(&self, size: u64) -> Result<Option<Head>, StoreError> {
        let tip = self.tip();
        let (at, chain) = match size {
            0 => (Moment(0), CHAIN_START),
            n if n == tip.revision => (tip.at, tip.chain),
            n => match self.entry(n)? {
                Some(entry) => (entry.at, self.chain(n)?),
                None => return Ok(None),
            },
        };
        Ok(Some(Head { size, root: range_root(&self.0.nodes, 0, size)?, chain, at }))
    }

    /// The chain after this entry: the hash of the journal up to here.
    ///
    /// # Errors
    /// `Order` if there is no such entry.
    pub fn chain(&self, revision: u64) -> Result<Hash, StoreError> {
        match revision {
            0 => Ok(CHAIN_START),
            n => Ok(Position::read(&self.0.positions.get(n - 1)?).chain),
        }
    }

    /// Shows that this entry is among the first `size`: the path for [`proof::verify_inclusion`].
    ///
    /// # Errors
    /// `Order` if it is not; `Corrupt` if the tree is damaged (no false path is given out).
    pub fn inclusion(&self, revision: u64, size: u64) -> Result<Vec<Hash>, StoreError> {
        if revision == 0 || revision > size || size > self.last() {
            return Err(StoreError::Order(format!("entry {revision} is not among the first {size}")));
        }
        let nodes = &self.0.nodes;
        let path = proof::inclusion_path(revision - 1, size, |from, to| range_root(nodes, from, to))?;
        let (leaf, root) = (range_root(nodes, revision - 1, revision)?, range_root(nodes, 0, size)?);
        match proof::verify_inclusion(&leaf, revision - 1, size, &path, &root) {
            true => Ok(path),
            false => {
                Err(StoreError::corrupt(&self.0.dir.join("tree"), 0, "it does not fit itself; remove it and start"))
            }
        }
    }

    /// Shows that the journal of `old` entries is the beginning of that of `new`: the path for
    /// [`proof::verify_consistency`].
    ///
    /// # Errors
    /// `Order` if there are not so many entries.
    pub fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, StoreError> {
        if old > new || new > self.last() {
            return Err(StoreError::Order(format!("there is no way from {old} to {new} entries")));
        }
        proof::consistency_path(old, new, |from, to| range_root(&self.0.nodes, from, to))
    }

    /// What the leaf of this entry commits to.
    ///
    /// # Errors
    /// `Order` if there is no such entry.
    pub fn leaf(&self, revision: u64) -> Result<LeafData, StoreError> {
        let entry = self.entry(revision)?.ok_or_else(|| StoreError::Order(format!("there is no entry {revision}")))?;
        let before = self.chain(revision - 1)?;
        Ok(frame::leaf(revision, entry.at, entry.body(), &entry.receipts_root, &before))
    }

    /// Proves receipt `index` of this entry under a signed head. `receipts` are the leaf hashes that were sealed.
    ///
    /// # Errors
    /// `Order` if these are not the receipts of this entry, or the head is older than the entry.
    pub fn prove(
        &self,
        revision: u64,
        receipts: &[Hash],
        index: u64,
        head: SignedHead,
    ) -> Result<ReceiptProof, StoreError> {
        let leaf = self.leaf(revision)?;
        let path = proof::path(receipts, index).filter(|_| proof::root(receipts) == leaf.receipts_root);
        let receipt_path =
            path.ok_or_else(|| StoreError::Order(format!("entry {revision} has other receipts than these")))?;
        let path = self.inclusion(revision, head.head.size)?;
        Ok(ReceiptProof { index, receipts: receipts.len() as u64, receipt_path, leaf, path, head, shown: vec![] })
    }

    /// Computes every hash again from the bodies and compares it with the chain and the tree.
    ///
    /// # Errors
    /// `Corrupt` with the first entry that does not fit.
    pub fn check(&self) -> Result<Head, StoreError> {
        let (mut chain, mut at, mut edge, mut nodes) = (CHAIN_START, Moment(0), Edge::default(), vec![]);
        let mut size = 0;
        for entry in self.after(0) {
            let entry = entry?;
            let leaf = frame::leaf(entry.revision, entry.at, entry.body(), &entry.receipts_root, &chain);
            (chain, at, size) = (leaf.chain, entry.at, entry.revision);
            nodes.clear();
            edge.push(leaf.hash(), &mut nodes);
            if chain != self.chain(size)? {
                return Err(StoreError::corrupt(
                    &self.0.dir,
                    0,
                    format!("entry {size} is not the one that was chained"),
                ));
            }
        }
        let head = Head { size, root: edge.root(), chain, at };
        match head.root == range_root(&self.0.nodes, 0, size)? {
            true => Ok(head),
            false => Err(StoreError::corrupt(&self.0.dir.join("tree"), 0, "the tree is not over these entries")),
        }
    }

    pub fn dir(&self) -> &Path {
        &self.0.dir
    }

    /// The segments and how many bytes of each hold entries, up to the tip of this moment.
    pub(crate) fn extent(&self) -> Result<(Tip, Vec<(PathBuf, u64)>), StoreError> {
        let tip = self.tip();
        let segments: Vec<File> = self
            .0
            .segments
            .read()
            .unwrap_or_else(|e| e.into_inner())
            .range(..=tip.revision.max(1))
            .map(|(_, f)| f.clone())
            .collect();
        let mut extent = vec![];
        for (i, file) in segments.iter().enumerate() {
            let end = match (i + 1 == segments.len(), tip.revision) {
                (true, 0) => SEGMENT_HEADER,
                (true, last) => {
                    let position = Position::read(&self.0.positions.get(last - 1)?);
                    match frame::read_unit(file, position.offset, false)? {
                        Found::Good((unit, _)) => unit.next,
                        Found::Bad(why) => return Err(StoreError::corrupt(file.path(), position.offset, why)),
                    }
                }
                (false, _) => file.len().map_err(|e| StoreError::io(file.path(), e))?,
            };
            extent.push((file.path().to_owned(), end));
        }
        Ok((tip, extent))
    }

    fn unit(&self, revision: u64) -> Result<Unit, StoreError> {
        let position = Position::read(&self.0.positions.get(revision - 1)?);
        let segments = self.0.segments.read().unwrap_or_else(|e| e.into_inner());
        let file = segments.get(&position.segment).cloned();
        drop(segments);
        let damaged =
            |why: &str| StoreError::corrupt(&frame::segment_path(&self.0.dir, position.segment), position.offset, why);
        let file = file.ok_or_else(|| damaged("the segment is missing"))?;
        match frame::read_unit(&file, position.offset, true)? {
            Found::Good((unit, count)) if (unit.first..unit.first + u64::from(count)).contains(&revision) => Ok(unit),
            Found::Good(_) => Err(damaged("the entry is not where it should be")),
            Found::Bad(why) => Err(damaged(why)),
        }
    }
}

const CACHED_UNITS: usize = 16;

fn entry_of(unit: &Arc<Unit>, revision: u64) -> Entry {
    let record = &unit.records[(revision - unit.first) as usize];
    Entry {
        revision,
        at: record.at,
        receipts_root: record.receipts_root,
        unit: unit.clone(),
        range: record.body.clone(),
    }
}

/// Entries in their order; see [`JournalReader::after`].
pub struct Entries {
    reader: JournalReader,
    seen: u64,
    unit: Option<Arc<Unit>>,
}

impl Iterator for Entries {
    type Item = Result<Entry, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        let revision = self.seen + 1;
        let unit = match &self.unit {
            Some(unit) if revision < unit.first + unit.records.len() as u64 => unit.clone(),
            _ if revision > self.reader.last() => return None,
            _ => match self.reader.unit(revision) {
                Ok(unit) => self.unit.insert(Arc::new(unit)).clone(),
                Err(error) => return Some(Err(error)),
            },
        };
        self.seen = revision;
        Some(Ok(entry_of(&unit, revision)))
    }
}
