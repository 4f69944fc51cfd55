//! The closed-case index: settled records in immutable sorted files, the newer file winning.
//!
//! A file: blocks of records in the order of their places (kind of key, hash of all but its end, end), each of one kind,
//! compressed, with a checksum; then the first place of every block, a filter of sixteen bits a key, a footer. First
//! places and filter stay in memory, so a look-up of a key that is not there reads nothing (but in about one of a
//! thousand cases), and of one that is there reads one block. Many keys are of kinds that never come here: those ask no
//! filter.

use crate::StoreError;
use crate::disk::{Disk, File};
use crate::squeeze;
use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex};
use trade::pack::{put_varint, take_varint};

const MAGIC: &[u8; 8] = b"OWCOLD05";
const BLOCK_RAW: usize = 16 << 10;
const BLOCK_HEADER: usize = 12;
const FOOTER: usize = 56;
const CACHED_BLOCKS: usize = 1024;
/// So many files of about one size become one: each record is written again only once whenever there are so many times
/// more, and a look-up asks the filters of some more files for it.
const MERGED: usize = 8;
/// No block that was written unpacks to more: one record may be big, but no bigger than an entry.
const MAX_BLOCK: usize = crate::journal::MAX_ENTRY;

/// The files, oldest first.
#[derive(Clone, Default)]
pub struct Cold {
    pub files: Vec<Arc<ColdFile>>,
    cache: Arc<Mutex<Cache>>,
}

pub struct ColdFile {
    pub name: String,
    pub size: u64,
    /// Records, dropped ones among them.
    pub count: u64,
    file: File,
    blocks: Vec<BlockPlace>,
    filter: Filter,
    kinds: Kinds,
}

/// Which kinds of keys there are, by the keys' first bytes.
#[derive(Default)]
struct Kinds([u64; 4]);

struct BlockPlace {
    first: u64,
    offset: u64,
    len: u32,
}

#[derive(Default)]
struct Cache {
    blocks: HashMap<(String, usize), Arc<Vec<u8>>>,
    order: VecDeque<(String, usize)>,
}

impl Cold {
    /// True if some file may say something of `key`; never false if one does.
    pub fn may_hold(&self, key: &[u8]) -> bool {
        let hash = hash(key);
        self.files.iter().any(|f| f.may_hold(key, hash))
    }

    pub fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let hash = hash(key);
        for file in self.files.iter().rev().filter(|f| f.may_hold(key, hash)) {
            // The last block that begins before the place, and those that begin at it: two keys may have one place.
            let place = place(key);
            let first = file.blocks.partition_point(|b| b.first < place).saturating_sub(1);
            for number in first..file.blocks.partition_point(|b| b.first <= place) {
                let block = self.block(file, number)?;
                for record in Records(&block) {
                    let (found, said) =
                        record.ok_or_else(|| file.damaged(number, "the records cannot be told apart"))?;
                    if found == key {
                        return Ok(said.map(<[u8]>::to_vec));
                    }
                }
            }
        }
        Ok(None)
    }

    fn block(&self, file: &ColdFile, number: usize) -> Result<Arc<Vec<u8>>, StoreError> {
        let lock = || self.cache.lock().unwrap_or_else(|e| e.into_inner());
        let key = (file.name.clone(), number);
        if let Some(block) = lock().blocks.get(&key) {
            return Ok(block.clone());
        }
        let block = Arc::new(file.read_block(number)?);
        let mut cache = lock();
        if cache.blocks.insert(key.clone(), block.clone()).is_none() {
            cache.order.push_back(key);
        }
        if cache.order.len() > CACHED_BLOCKS
            && let Some(oldest) = cache.order.pop_front()
        {
            cache.blocks.remove(&oldest);
        }
        Ok(block)
    }

    /// The newest files that are worth merging: each is not much bigger than all newer ones together.
    pub fn worth_merging(&self) -> Option<Range<usize>> {
        let (mut from, mut size) = (self.files.len(), 0);
        while from > 0 && (size == 0 || self.files[from - 1].size <= 2 * size) {
            from -= 1;
            size += self.files[from].size;
        }
        (self.files.len() - from >= MERGED).then_some(from..self.files.len())
    }

    /// Writes what the files of `range` say together into one. What was dropped needs no mention in the oldest.
    pub fn merge(
        &self,
        disk: &Disk,
        dir: &Path,
        name: &str,
        range: Range<usize>,
    ) -> Result<Option<ColdFile>, StoreError> {
        let mut streams: Vec<Stream> = vec![];
        let mut passed = vec![];
        for file in &self.files[range.clone()] {
            let mut stream = Stream { file, block: vec![], next_block: 0, next: 0, at: 0, key: 0..0, value: None };
            if stream.advance()? {
                streams.push(stream);
            }
        }
        let mut writer = Writer::begin(disk, dir, name)?;
        // Of streams at one key the last is the newest.
        while let Some(newest) = streams.iter().rev().min_by(|a, b| a.at.cmp(&b.at).then_with(|| a.key().cmp(b.key())))
        {
            let (key, said) = (newest.key(), newest.said());
            if said.is_some() || range.start > 0 {
                writer.add(key, said)?;
            }
            passed.clear();
            passed.extend_from_slice(key);
            let mut at = 0;
            while at < streams.len() {
                if *streams[at].key() != passed[..] || streams[at].advance()? {
                    at += 1;
                } else {
                    streams.remove(at);
                }
            }
        }
        writer.end()
    }
}

/// One file read from its first record to its last.
struct Stream<'a> {
    file: &'a ColdFile,
    block: Vec<u8>,
    next_block: usize,
    /// Where in the block the next record begins.
    next: usize,
    /// The place of the record at hand.
    at: u64,
    /// Where in the block the record at hand has its key, and its value if it has one.
    key: Range<usize>,
    value: Option<Range<usize>>,
}

impl Stream<'_> {
    fn key(&self) -> &[u8] {
        &self.block[self.key.clone()]
    }

    fn said(&self) -> Option<&[u8]> {
        self.value.clone().map(|at| &self.block[at])
    }

    /// Goes to the next record; false where there is none.
    fn advance(&mut self) -> Result<bool, StoreError> {
        while self.next == self.block.len() {
            if self.next_block == self.file.blocks.len() {
                return Ok(false);
            }
            self.block = self.file.read_block(self.next_block)?;
            self.next_block += 1;
            self.next = 0;
        }
        let mut records = Records(&self.block[self.next..]);
        let damaged = || self.file.damaged(self.next_block - 1, "the records cannot be told apart");
        let (key, said) = records.next().flatten().ok_or_else(damaged)?;
        self.at = place(key);
        let at = |part: &[u8]| {
            let from = part.as_ptr() as usize - self.block.as_ptr() as usize;
            from..from + part.len()
        };
        (self.key, self.value) = (at(key), said.map(at));
        self.next = self.block.len() - records.0.len();
        Ok(true)
    }
}

/// The records of a block; `None` where they make no sense.
struct Records<'a>(&'a [u8]);

impl<'a> Iterator for Records<'a> {
    type Item = Option<(&'a [u8], Option<&'a [u8]>)>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let mut take = || {
            let len = usize::try_from(take_varint(&mut self.0).ok()?).ok()?;
            let (key, rest) = self.0.split_at_checked(len)?;
            self.0 = rest;
            let len = usize::try_from(take_varint(&mut self.0).ok()?).ok()?;
            let Some(len) = len.checked_sub(1) else { return Some((key, None)) };
            let (value, rest) = self.0.split_at_checked(len)?;
            self.0 = rest;
            Some((key, Some(value)))
        };
        let record = take();
        if record.is_none() {
            self.0 = &[];
        }
        Some(record)
    }
}

impl ColdFile {
    /// # Errors
    /// `Corrupt` if its end is not what was written; its blocks are looked at when they are read.
    pub fn open(disk: &Disk, dir: &Path, name: &str) -> Result<ColdFile, StoreError> {
        let path = dir.join(name);
        let failed = |e| StoreError::io(&path, e);
        let file = disk.open_read(&path).map_err(failed)?;
        let size = file.len().map_err(failed)?;
        let damaged = || StoreError::corrupt(&path, size, "the end of the file is not what was written");
        let mut footer = [0; FOOTER];
        let at = size.checked_sub(FOOTER as u64).ok_or_else(damaged)?;
        file.read_exact_at(&mut footer, at).map_err(failed)?;
        let n = |i: usize| u64::from_le_bytes(footer[i * 8..i * 8 + 8].try_into().expect("eight bytes"));
        let (index_at, filter_at, count, crc) = (n(0), n(1), n(2), n(3));
        let tail_len = at.checked_sub(index_at).ok_or_else(damaged)?;
        if &footer[48..] != MAGIC || n(4) != size || index_at > filter_at || filter_at > at {
            return Err(damaged());
        }
        let mut tail = vec![0; usize::try_from(tail_len).map_err(|_| damaged())?];
        file.read_exact_at(&mut tail, index_at).map_err(failed)?;
        if u64::from(crc32fast::hash(&tail)) != crc {
            return Err(damaged());
        }
        let (mut index, filter) = tail.split_at((filter_at - index_at) as usize);
        let mut blocks = vec![];
        while !index.is_empty() {
            let mut take = || {
                let (first, rest) = index.split_first_chunk()?;
                index = rest;
                let first = u64::from_le_bytes(*first);
                let offset = take_varint(&mut index).ok()?;
                let len = u32::try_from(take_varint(&mut index).ok()?).ok()?;
                Some(BlockPlace { first, offset, len })
            };
            blocks.push(take().ok_or_else(damaged)?);
        }
        let mut kinds = Kinds::default();
        blocks.iter().for_each(|block| kinds.add(kind_of(block.first)));
        Ok(ColdFile { name: name.to_owned(), size, count, file, blocks, filter: Filter(filter.into()), kinds })
    }

    fn may_hold(&self, key: &[u8], hash: u64) -> bool {
        self.kinds.have(key.first().copied().unwrap_or_default()) && self.filter.may_hold(hash)
    }

    fn damaged(&self, block: usize, why: &str) -> StoreError {
        StoreError::corrupt(self.file.path(), self.blocks[block].offset, why)
    }

    fn read_block(&self, number: usize) -> Result<Vec<u8>, StoreError> {
        let place = &self.blocks[number];
        let mut bytes = vec![0; place.len as usize];
        self.file.read_exact_at(&mut bytes, place.offset).map_err(|e| StoreError::io(self.file.path(), e))?;
        let raw_len = bytes.get(4..8).map(|b| u32::from_le_bytes(b.try_into().expect("four bytes")) as usize);
        match raw_len {
            Some(raw_len) if raw_len <= MAX_BLOCK && crc32fast::hash(&bytes[4..]).to_le_bytes() == bytes[..4] => {
                squeeze::sprung(&bytes[BLOCK_HEADER..], raw_len)
                    .map_err(|_| self.damaged(number, "the block cannot be unpacked"))
            }
            _ => Err(self.damaged(number, "the checksum is wrong")),
        }
    }
}

/// Writes one file; records come in ascending order of their places, then of their keys.
pub struct Writer {
    disk: Disk,
    dir: std::path::PathBuf,
    name: String,
    file: File,
    raw: Vec<u8>,
    first: u64,
    out: Vec<u8>,
    flushed: u64,
    index: Vec<u8>,
    hashes: Vec<u64>,
}

impl Writer {
    pub fn begin(disk: &Disk, dir: &Path, name: &str) -> Result<Writer, StoreError> {
        let path = dir.join(name);
        let failed = |e| StoreError::io(&path, e);
        let file = disk.open(&path, true).map_err(failed)?;
        file.set_len(0).map_err(failed)?;
        Ok(Writer {
            disk: disk.clone(),
            dir: dir.to_owned(),
            name: name.to_owned(),
            file,
            raw: vec![],
            first: 0,
            out: MAGIC.to_vec(),
            flushed: 0,
            index: vec![],
            hashes: vec![],
        })
    }

    /// `None` says that the key was dropped.
    pub fn add(&mut self, key: &[u8], value: Option<&[u8]>) -> Result<(), StoreError> {
        let place = place(key);
        if !self.raw.is_empty() && kind_of(place) != kind_of(self.first) {
            self.block()?;
        }
        if self.raw.is_empty() {
            self.first = place;
        }
        self.hashes.push(hash(key));
        put_varint(&mut self.raw, key.len() as u64);
        self.raw.extend_from_slice(key);
        put_varint(&mut self.raw, value.map_or(0, |v| v.len() as u64 + 1));
        self.raw.extend_from_slice(value.unwrap_or_default());
        if self.raw.len() >= BLOCK_RAW { self.block() } else { Ok(()) }
    }

    fn block(&mut self) -> Result<(), StoreError> {
        if self.raw.is_empty() {
            return Ok(());
        }
        let start = self.out.len();
        let offset = self.flushed + start as u64;
        self.out.extend_from_slice(&[0; 4]);
        self.out.extend_from_slice(&(self.raw.len() as u32).to_le_bytes());
        self.out.extend_from_slice(&[0; 4]);
        squeeze::squeezed(&self.raw, |bytes| self.out.extend_from_slice(bytes))
            .map_err(|e| StoreError::io(self.file.path(), e))?;
        let crc = crc32fast::hash(&self.out[start + 4..]);
        self.out[start..start + 4].copy_from_slice(&crc.to_le_bytes());
        self.index.extend_from_slice(&self.first.to_le_bytes());
        put_varint(&mut self.index, offset);
        put_varint(&mut self.index, (self.out.len() - start) as u64);
        self.raw.clear();
        if self.out.len() >= 1 << 20 { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        self.file.write_all_at(&self.out, self.flushed).map_err(|e| StoreError::io(self.file.path(), e))?;
        self.flushed += self.out.len() as u64;
        self.out.clear();
        Ok(())
    }

    /// Makes the file durable and opens it; `None` (and no file) if nothing was added.
    pub fn end(mut self) -> Result<Option<ColdFile>, StoreError> {
        let path = self.dir.join(&self.name);
        if self.hashes.is_empty() {
            self.disk.remove(&path).map_err(|e| StoreError::io(&path, e))?;
            return Ok(None);
        }
        self.block()?;
        let index_at = self.flushed + self.out.len() as u64;
        let filter = Filter::over(&self.hashes);
        let filter_at = index_at + self.index.len() as u64;
        let mut tail = std::mem::take(&mut self.index);
        tail.extend_from_slice(&filter.0);
        let size = index_at + tail.len() as u64 + FOOTER as u64;
        self.out.extend_from_slice(&tail);
        let crc = u64::from(crc32fast::hash(&tail));
        for n in [index_at, filter_at, self.hashes.len() as u64, crc, size, 0] {
            self.out.extend_from_slice(&n.to_le_bytes());
        }
        self.out.extend_from_slice(MAGIC);
        self.flush()?;
        self.file.sync().and_then(|()| self.disk.sync_dir(&self.dir)).map_err(|e| StoreError::io(&path, e))?;
        ColdFile::open(&self.disk, &self.dir, &self.name).map(Some)
    }
}

/// A Bloom filter in blocks of 64 bytes, sixteen bits a key, seven of them set: a look-up touches one cache line.
struct Filter(Box<[u8]>);

const FILTER_BLOCK: usize = 64;

impl Filter {
    fn over(hashes: &[u64]) -> Filter {
        let blocks = (hashes.len() * 2).div_ceil(FILTER_BLOCK).max(1);
        let mut filter = Filter(vec![0u8; blocks * FILTER_BLOCK].into_boxed_slice());
        for &hash in hashes {
            let at = filter.block(hash);
            bits(hash).for_each(|bit| filter.0[at + bit / 8] |= 1 << (bit % 8));
        }
        filter
    }

    fn may_hold(&self, hash: u64) -> bool {
        let Some(block) = self.0.get(self.block(hash)..).and_then(|b| b.get(..FILTER_BLOCK)) else { return true };
        bits(hash).all(|bit| block[bit / 8] >> (bit % 8) & 1 == 1)
    }

    fn block(&self, hash: u64) -> usize {
        let blocks = (self.0.len() / FILTER_BLOCK) as u128;
        ((u128::from(hash) * blocks) >> 64) as usize * FILTER_BLOCK
    }
}

impl Kinds {
    fn add(&mut self, kind: u8) {
        self.0[usize::from(kind / 64)] |= 1 << (kind % 64);
    }

    fn have(&self, kind: u8) -> bool {
        self.0[usize::from(kind / 64)] >> (kind % 64) & 1 == 1
    }
}

/// Seven places in a block: nine bits each of a second hash.
fn bits(hash: u64) -> impl Iterator<Item = usize> {
    let hash = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (hash >> 31);
    (0..7).map(move |i| (hash >> (9 * i)) as usize % (FILTER_BLOCK * 8))
}

/// Where a key stands in a file: those of one kind together, because they compress well beside each other, and among
/// them those that differ in their last two bytes alone, because numbers are given and asked for one after the other.
pub fn place(key: &[u8]) -> u64 {
    let kind = key.first().copied().unwrap_or_default();
    let (stem, end) = key.split_at(key.len().saturating_sub(2));
    let end = end.iter().fold(0, |end, b| end << 8 | u64::from(*b));
    u64::from(kind) << 56 | (hash(stem) >> 24) << 16 | end
}

fn kind_of(place: u64) -> u8 {
    (place >> 56) as u8
}

/// The hash of filters and places. It is on the disk, so it never changes.
fn hash(key: &[u8]) -> u64 {
    let mut h = 0x2545_f491_4f6c_dd1d ^ key.len() as u64;
    for chunk in key.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        h = (h ^ u64::from_le_bytes(word)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        h ^= h >> 32;
    }
    h = (h ^ (h >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    h ^ (h >> 32)
}
