//! The bytes of a segment file: a header, then frames that begin at multiples of eight.
//!
//! A frame holds whole entries, compressed, or one part of a big entry; the last part says so. It names the
//! first revision of the group it was synced with. So a damaged frame can be told from a torn one: a good frame
//! behind it that belongs to a later group could only be written after the damaged one was durable.

use super::{MAX_ENTRY, Sealed};
use crate::disk::File;
use crate::proof::{self, Hash};
use crate::{Disk, StoreError, squeeze};
use std::ops::Range;
use std::path::{Path, PathBuf};
use trade::pack::{put_varint, take_varint};
use trade::time::Moment;

pub const SEGMENT_HEADER: u64 = 128;
const SEGMENT_MAGIC: &[u8; 8] = b"OWJRNL01";
const FRAME_MAGIC: &[u8; 4] = b"OWG1";
const FRAME_HEADER: usize = 72;
/// Entries are gathered into a frame up to this size before compression; a look at one entry unpacks one frame.
const FRAME_RAW: usize = 256 << 10;
/// A bigger entry is written in parts of this size.
pub const PART_RAW: usize = 4 << 20;
/// No frame that was written unpacks to more.
const MAX_RAW: u32 = (PART_RAW + FRAME_RAW + 4096) as u32;

const WHOLE: u8 = 0;
const PART: u8 = 1;
const END: u8 = 2;

/// The first 128 bytes of a segment: where the journal stood when it was begun.
#[derive(Clone, Debug)]
pub struct SegmentHeader {
    pub first: u64,
    pub chain_before: Hash,
    pub root_before: Hash,
    pub at_before: Moment,
}

impl SegmentHeader {
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = SEGMENT_MAGIC.to_vec();
        out.extend_from_slice(&self.first.to_le_bytes());
        out.extend_from_slice(&self.chain_before);
        out.extend_from_slice(&self.root_before);
        out.extend_from_slice(&self.at_before.0.to_le_bytes());
        out.resize(SEGMENT_HEADER as usize - 4, 0);
        out.extend_from_slice(&crc32fast::hash(&out).to_le_bytes());
        out
    }

    /// `None` if the bytes are no header.
    pub fn read(file: &File) -> std::io::Result<Option<SegmentHeader>> {
        let mut bytes = [0; SEGMENT_HEADER as usize];
        if file.read_at(&mut bytes, 0)? < bytes.len()
            || !bytes.starts_with(SEGMENT_MAGIC)
            || crc32fast::hash(&bytes[..124]).to_le_bytes() != bytes[124..]
        {
            return Ok(None);
        }
        Ok(Some(SegmentHeader {
            first: u64_at(&bytes, 8),
            chain_before: hash_at(&bytes, 16),
            root_before: hash_at(&bytes, 48),
            at_before: Moment(u64_at(&bytes, 80) as i64),
        }))
    }
}

pub fn segment_path(dir: &Path, first: u64) -> PathBuf {
    dir.join(format!("{first:020}.seg"))
}

/// The segments in `dir`, by their first revision.
pub fn segments(disk: &Disk, dir: &Path) -> Result<Vec<(u64, PathBuf)>, StoreError> {
    let names = disk.list(dir).map_err(|e| StoreError::io(dir, e))?;
    Ok(names.iter().filter_map(|n| Some((n.strip_suffix(".seg")?.parse().ok()?, dir.join(n)))).collect())
}

/// Frames of one group, ready to be written one after the other.
#[derive(Default)]
pub struct FrameWriter {
    out: Vec<u8>,
    /// How many bytes of this group were given to `flush`.
    given: u64,
    /// Where each unit of this group begins, counted from the group's begin, and how many entries it holds.
    units: Vec<(u64, u32)>,
    open_unit: Option<u64>,
    group_first: u64,
    raw: Vec<u8>,
    first: u64,
    count: u32,
    /// The chain before the entries gathered in `raw`.
    chain: Hash,
}

impl FrameWriter {
    pub fn begin(&mut self, group_first: u64) {
        self.out.clear();
        self.raw.clear();
        self.units.clear();
        (self.given, self.open_unit, self.group_first, self.count) = (0, None, group_first, 0);
    }

    /// Gives the rest of the group to `flush`.
    pub fn finish(&mut self, flush: impl FnMut(&mut Vec<u8>) -> Result<(), StoreError>) -> Result<(), StoreError> {
        self.end_frame()?;
        self.give(flush)
    }

    /// Writes into the position records of this group where each entry stands; the group began at `start`.
    pub fn place(&self, positions: &mut [u8], start: u64) {
        let offsets = self.units.iter().flat_map(|(at, count)| std::iter::repeat_n(start + at, *count as usize));
        for (record, offset) in positions.chunks_exact_mut(POSITION).zip(offsets) {
            record[8..16].copy_from_slice(&offset.to_le_bytes());
        }
    }

    fn give(&mut self, mut flush: impl FnMut(&mut Vec<u8>) -> Result<(), StoreError>) -> Result<(), StoreError> {
        self.given += self.out.len() as u64;
        flush(&mut self.out)
    }

    /// Adds an entry; `chain` is the chain before it. `flush` takes finished frames when they are many.
    pub fn entry(
        &mut self,
        sealed: &Sealed,
        receipts_root: &Hash,
        chain: &Hash,
        mut flush: impl FnMut(&mut Vec<u8>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let size = sealed.body.len() + 64;
        if self.raw.len() + size > FRAME_RAW {
            self.end_frame()?;
        }
        if self.count == 0 {
            (self.first, self.chain) = (sealed.revision, *chain);
        }
        self.raw.extend_from_slice(&sealed.at.0.to_le_bytes());
        self.raw.extend_from_slice(receipts_root);
        put_varint(&mut self.raw, sealed.body.len() as u64);
        if size <= PART_RAW {
            self.raw.extend_from_slice(&sealed.body);
            self.count += 1;
            return if self.out.len() > 2 * PART_RAW { self.give(flush) } else { Ok(()) };
        }
        let mut left = sealed.body.as_slice();
        loop {
            let (part, rest) = left.split_at(left.len().min(PART_RAW - self.raw.len()));
            self.raw.extend_from_slice(part);
            left = rest;
            if left.is_empty() {
                self.frame(END, 1)?;
                return self.give(flush);
            }
            self.frame(PART, 0)?;
            self.give(&mut flush)?;
        }
    }

    fn end_frame(&mut self) -> Result<(), StoreError> {
        match self.count {
            0 => Ok(()),
            n => {
                self.count = 0;
                self.frame(WHOLE, n)
            }
        }
    }

    fn frame(&mut self, kind: u8, count: u32) -> Result<(), StoreError> {
        let start = self.out.len();
        let unit = *self.open_unit.get_or_insert(self.given + start as u64);
        if kind != PART {
            self.units.push((unit, count));
            self.open_unit = None;
        }
        self.out.resize(start + FRAME_HEADER, 0);
        squeeze::squeezed(&self.raw, |bytes| self.out.extend_from_slice(bytes))
            .map_err(|e| StoreError::Broken(format!("zstd: {e}")))?;
        let len = self.out.len() - start - FRAME_HEADER;
        let head = &mut self.out[start..start + FRAME_HEADER];
        head[..4].copy_from_slice(FRAME_MAGIC);
        head[8] = kind;
        head[12..16].copy_from_slice(&(len as u32).to_le_bytes());
        head[16..20].copy_from_slice(&(self.raw.len() as u32).to_le_bytes());
        head[20..24].copy_from_slice(&count.to_le_bytes());
        head[24..32].copy_from_slice(&self.first.to_le_bytes());
        head[32..40].copy_from_slice(&self.group_first.to_le_bytes());
        head[40..72].copy_from_slice(&self.chain);
        let crc = crc32fast::hash(&self.out[start + 8..]);
        self.out[start + 4..start + 8].copy_from_slice(&crc.to_le_bytes());
        self.out.resize(self.out.len().next_multiple_of(8), 0);
        self.raw.clear();
        Ok(())
    }
}

/// How many bytes a group can take at most.
pub fn bound(group: &[Sealed]) -> u64 {
    group.iter().map(|e| e.body.len() as u64 + e.body.len() as u64 / 128 + 256).sum::<u64>() + 512
}

/// Whole frames, unpacked: the entries `first ..= last`, or one big one.
pub struct Unit {
    pub first: u64,
    pub group_first: u64,
    pub chain_before: Hash,
    pub next: u64,
    pub raw: Vec<u8>,
    pub records: Vec<Record>,
}

pub struct Record {
    pub at: Moment,
    pub receipts_root: Hash,
    pub body: Range<usize>,
}

/// A frame as it lies on the disk, its checksum found right.
struct Frame {
    kind: u8,
    raw_len: u32,
    count: u32,
    first: u64,
    group_first: u64,
    chain_before: Hash,
    payload: Vec<u8>,
    next: u64,
}

/// What stands at a place of a segment.
pub enum Found<T> {
    Good(T),
    /// Nothing that was written: zeros, the end, or damage.
    Bad(&'static str),
}

fn read_frame(file: &File, at: u64, end: u64) -> Result<Found<Frame>, StoreError> {
    let mut head = [0; FRAME_HEADER];
    if at + FRAME_HEADER as u64 > end {
        return Ok(Found::Bad("the file ends"));
    }
    let failed = |e| StoreError::io(file.path(), e);
    file.read_exact_at(&mut head, at).map_err(failed)?;
    if &head[..4] != FRAME_MAGIC {
        return Ok(Found::Bad("no frame begins here"));
    }
    let payload_len = u32_at(&head, 12);
    let raw_len = u32_at(&head, 16);
    let stop = at + FRAME_HEADER as u64 + u64::from(payload_len);
    if raw_len > MAX_RAW || payload_len > 2 * MAX_RAW || stop > end {
        return Ok(Found::Bad("the frame's length cannot be"));
    }
    let mut payload = vec![0; payload_len as usize];
    file.read_exact_at(&mut payload, at + FRAME_HEADER as u64).map_err(failed)?;
    let mut crc = crc32fast::Hasher::new();
    crc.update(&head[8..]);
    crc.update(&payload);
    if crc.finalize() != u32_at(&head, 4) {
        return Ok(Found::Bad("the checksum is wrong"));
    }
    Ok(Found::Good(Frame {
        kind: head[8],
        raw_len,
        count: u32_at(&head, 20),
        first: u64_at(&head, 24),
        group_first: u64_at(&head, 32),
        chain_before: hash_at(&head, 40),
        payload,
        next: stop.next_multiple_of(8),
    }))
}

/// Reads the unit that begins at `at`. With `unpack` false only checksums are looked at and `raw` stays empty.
pub fn read_unit(file: &File, at: u64, unpack: bool) -> Result<Found<(Unit, u32)>, StoreError> {
    let end = file.len().map_err(|e| StoreError::io(file.path(), e))?;
    let mut unit = Unit { first: 0, group_first: 0, chain_before: [0; 32], next: at, raw: vec![], records: vec![] };
    let mut begun = false;
    loop {
        let frame = match read_frame(file, unit.next, end)? {
            Found::Good(frame) => frame,
            Found::Bad(why) => return Ok(Found::Bad(if begun { "a big entry has no end" } else { why })),
        };
        if !begun {
            (unit.first, unit.group_first) = (frame.first, frame.group_first);
            unit.chain_before = frame.chain_before;
        } else if frame.first != unit.first || frame.kind == WHOLE || frame.chain_before != unit.chain_before {
            return Ok(Found::Bad("a big entry has no end"));
        }
        unit.next = frame.next;
        if unpack {
            if unit.raw.len() + frame.raw_len as usize > MAX_ENTRY + 4096 {
                return Ok(Found::Bad("an entry is too big"));
            }
            match squeeze::sprung(&frame.payload, frame.raw_len as usize) {
                Ok(raw) if begun => unit.raw.extend_from_slice(&raw),
                Ok(raw) => unit.raw = raw,
                Err(_) => return Ok(Found::Bad("the frame cannot be unpacked")),
            }
        }
        begun = true;
        match frame.kind {
            PART => continue,
            WHOLE | END if frame.count > 0 => {
                if unpack {
                    match records(&unit.raw, frame.count) {
                        Some(records) => unit.records = records,
                        None => return Ok(Found::Bad("the entries cannot be told apart")),
                    }
                }
                return Ok(Found::Good((unit, frame.count)));
            }
            _ => return Ok(Found::Bad("a frame of unknown kind")),
        }
    }
}

fn records(raw: &[u8], count: u32) -> Option<Vec<Record>> {
    let mut left = raw;
    let mut records = Vec::with_capacity(count.min(1 << 16) as usize);
    for _ in 0..count {
        let (at, rest) = left.split_first_chunk::<8>()?;
        let (root, rest) = rest.split_first_chunk::<32>()?;
        left = rest;
        let len = usize::try_from(take_varint(&mut left).ok()?).ok()?;
        let start = raw.len() - left.len();
        left = left.get(len..)?;
        records.push(Record { at: Moment(i64::from_le_bytes(*at)), receipts_root: *root, body: start..start + len });
    }
    left.is_empty().then_some(records)
}

/// What lies behind a place where no good frame begins.
pub enum Rest {
    Zeros,
    /// Bytes of a group whose sync never ended; `bytes` up to the last that is not zero.
    Torn {
        bytes: u64,
    },
    /// A frame that was written after `revision` had been durable: what stands here was damaged later.
    Later,
}

/// Looks at everything behind `at`, where the entry `revision` should begin.
pub fn rest(file: &File, at: u64, revision: u64) -> Result<Rest, StoreError> {
    let failed = |e| StoreError::io(file.path(), e);
    let end = file.len().map_err(failed)?;
    let mut buffer = vec![0; 1 << 20];
    let (mut place, mut last) = (at, at);
    while place < end {
        let n = file.read_at(&mut buffer, place).map_err(failed)?;
        let chunk = &buffer[..n];
        if n == 0 {
            break;
        }
        // What is set aside and not written yet is zeros, a hundred megabytes of them: they are passed over quickly.
        let is_written = chunk.iter().fold(0, |all, byte| all | byte) != 0;
        if is_written && let Some(i) = chunk.iter().rposition(|&b| b != 0) {
            last = place + i as u64 + 1;
            for i in (0..n).step_by(8).filter(|&i| chunk[i..].starts_with(FRAME_MAGIC)) {
                if let Found::Good(frame) = read_frame(file, place + i as u64, end)?
                    && frame.group_first > revision
                {
                    return Ok(Rest::Later);
                }
            }
        }
        place += n as u64 / 8 * 8;
        if n < 8 {
            break;
        }
    }
    Ok(if last > at { Rest::Torn { bytes: last - at } } else { Rest::Zeros })
}

/// The position record of one entry: which segment, where in it, and the chain after the entry.
pub struct Position {
    pub segment: u64,
    pub offset: u64,
    pub chain: Hash,
}

pub const POSITION: usize = 48;

impl Position {
    pub fn bytes(&self) -> [u8; POSITION] {
        let mut out = [0; POSITION];
        out[..8].copy_from_slice(&self.segment.to_le_bytes());
        out[8..16].copy_from_slice(&self.offset.to_le_bytes());
        out[16..].copy_from_slice(&self.chain);
        out
    }

    pub fn read(bytes: &[u8; POSITION]) -> Position {
        Position { segment: u64_at(bytes, 0), offset: u64_at(bytes, 8), chain: hash_at(bytes, 16) }
    }
}

/// The hashes of an entry, given the chain before it.
pub fn leaf(revision: u64, at: Moment, body: &[u8], receipts_root: &Hash, before: &Hash) -> proof::LeafData {
    let body = proof::sha256(body);
    let chain = proof::chain_hash(before, revision, at, &body, receipts_root);
    proof::LeafData { revision, at, body, receipts_root: *receipts_root, chain }
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}

fn hash_at(bytes: &[u8], at: usize) -> Hash {
    bytes[at..at + 32].try_into().expect("thirty-two bytes")
}
