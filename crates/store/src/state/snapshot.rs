//! Snapshots: the state on disk, so that a start folds only what came later.
//!
//! A snapshot is copied shard by shard while folding goes on, so it shows some keys as they were at the revision
//! where copying began (`from`), others up to where it ended (`upto`). That does no harm: the entries after `from`
//! are folded again over it, and after the last of them each key holds what the last entry that touched it said.
//! For this the journal must reach to `upto`; a snapshot becomes visible only when it durably does, and is skipped
//! when it does not. The same holds for the files of the closed-case index, which only a snapshot makes part of
//! the state: files that no snapshot names are no part of it.

use super::cold::{Cold, ColdFile};
use super::{Due, Held, Recovered, SHARDS, Settled, State};
use crate::StoreError;
use crate::disk::{Disk, File};
use crate::journal::JournalReader;
use crate::proof::Hash;
use crate::squeeze;
use std::ops::Bound;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use trade::fact::Fact;
use trade::pack::{Blob, Pack, put_varint, take_varint};
use trade::packed;
use trade::time::Moment;

const MAGIC: &[u8; 8] = b"OWSNAP02";
const FRAME_HEADER: usize = 12;
const FRAME_RAW: usize = 1 << 20;
/// No frame that was written unpacks to more.
const MAX_FRAME: usize = crate::journal::MAX_ENTRY + FRAME_RAW;
const RECORDS: u8 = 1;
const DUES: u8 = 2;
const MANIFEST: u8 = 3;
const KEPT: usize = 2;

packed! {
    /// The last frame of a snapshot.
    struct Manifest {
        1 => from: u64,
        2 => upto: u64,
        /// The journal's hash at `from`.
        3 => chain: Blob,
        4 => records: u64,
        5 => dues: u64,
        /// The files of the closed-case index, oldest first.
        6 => cold: Vec<String>,
    }
}

pub fn name(from: u64) -> String {
    format!("snapshot-{from:020}")
}

/// The snapshots in `dir`, newest first.
fn names(disk: &Disk, dir: &Path) -> Result<Vec<String>, StoreError> {
    let all = disk.list(dir).map_err(|e| StoreError::io(dir, e))?;
    let is_one = |n: &String| n.strip_prefix("snapshot-").is_some_and(|n| n.parse::<u64>().is_ok());
    Ok(all.into_iter().filter(is_one).rev().collect())
}

pub fn save(state: &State, journal: &JournalReader) -> Result<u64, StoreError> {
    let (disk, dir) = (&state.0.disk, &state.0.dir);
    let from = state.revision();
    let fresh = dir.join("snapshot.new");
    let failed = |e| StoreError::io(&fresh, e);
    let file = disk.open(&fresh, true).map_err(failed)?;
    file.set_len(0).map_err(failed)?;
    file.write_all_at(MAGIC, 0).map_err(failed)?;
    let mut out = Out { file, end: MAGIC.len() as u64, raw: vec![RECORDS] };
    let mut manifest = Manifest { from, ..Manifest::default() };

    for shard in 0..SHARDS {
        {
            let records = state.read(shard);
            manifest.records += records.len() as u64;
            for Held { fact, .. } in records.iter() {
                put_varint(&mut out.raw, fact.bytes().len() as u64);
                out.raw.extend_from_slice(fact.bytes());
            }
        } // nobody waits while the copy is compressed and written
        out.end_if_full(RECORDS)?;
    }
    out.end(RECORDS, DUES)?;
    let mut last: Option<Due> = None;
    loop {
        let dues = state.dues();
        let rest = (last.as_ref().map_or(Bound::Unbounded, Bound::Excluded), Bound::Unbounded);
        let some: Vec<Due> = dues.range::<Due, _>(rest).take(10_000).cloned().collect();
        drop(dues);
        for Due { at, kind, key } in &some {
            put_varint(&mut out.raw, at.0 as u64);
            put_varint(&mut out.raw, u64::from(*kind));
            put_varint(&mut out.raw, key.len() as u64);
            out.raw.extend_from_slice(key);
        }
        manifest.dues += some.len() as u64;
        out.end_if_full(DUES)?;
        match some.into_iter().next_back() {
            Some(due) => last = Some(due),
            None => break,
        }
    }
    out.end(DUES, MANIFEST)?;

    manifest.upto = state.0.begun.load(Ordering::Acquire);
    manifest.cold = state.cold().files.iter().map(|f| f.name.clone()).collect();
    if manifest.upto > 0 && journal.wait(manifest.upto - 1, Duration::from_secs(60)) < manifest.upto {
        disk.remove(&fresh).map_err(failed)?;
        return Err(StoreError::Order(format!("the journal did not come to revision {}", manifest.upto)));
    }
    manifest.chain = Blob::from(&journal.chain(from)?[..]);
    let manifest_at = out.end;
    manifest.pack_into(&mut out.raw);
    out.end(MANIFEST, MANIFEST)?;
    let mut trailer = manifest_at.to_le_bytes().to_vec();
    trailer.extend_from_slice(MAGIC);
    out.file.write_all_at(&trailer, out.end).and_then(|()| out.file.sync()).map_err(failed)?;
    disk.rename(&fresh, &dir.join(name(from))).and_then(|()| disk.sync_dir(dir)).map_err(failed)?;
    clear_away(state)?;
    Ok(from)
}

/// Removes older snapshots, and files of the index that neither the state nor a snapshot names.
fn clear_away(state: &State) -> Result<(), StoreError> {
    let (disk, dir) = (&state.0.disk, &state.0.dir);
    let mut named: Vec<String> = state.cold().files.iter().map(|f| f.name.clone()).collect();
    let mut kept = 0;
    let failed = |e| StoreError::io(dir, e);
    for name in names(disk, dir)? {
        let path = dir.join(&name);
        let manifest = disk.open_read(&path).map_err(failed).and_then(|file| read_manifest(&file));
        match manifest {
            Ok((manifest, _)) if kept < KEPT => {
                kept += 1;
                named.extend(manifest.cold);
            }
            _ => disk.remove(&path).map_err(failed)?,
        }
    }
    for file in disk.list(dir).map_err(failed)? {
        if file.starts_with("cold-") && !named.contains(&file) {
            disk.remove(&dir.join(file)).map_err(failed)?;
        }
    }
    Ok(())
}

pub fn load(
    disk: &Disk,
    dir: &Path,
    journal: &JournalReader,
    settled: Settled,
) -> Result<(State, Recovered), StoreError> {
    let mut recovered = Recovered::default();
    let mut state = State::with(disk, dir, journal, settled);
    for name in names(disk, dir)? {
        match load_one(&state, journal, &name) {
            Ok(from) => {
                recovered.snapshot = Some(from);
                break;
            }
            Err(why) => {
                recovered.skipped.push(format!("{name}: {why}"));
                // What was read so far is no state. The seed and the settled rule go on.
                let inner = Arc::into_inner(state.0).expect("nobody else has the state yet");
                state = State::with(disk, dir, journal, inner.settled);
            }
        }
    }
    // A file left over from before a crash is overwritten by nobody.
    let numbers = disk.list(dir).map_err(|e| StoreError::io(dir, e))?;
    let numbers = numbers.iter().filter_map(|n| n.strip_prefix("cold-")?.parse::<u64>().ok());
    state.keeper().next_file = numbers.max().unwrap_or(0) + 1;
    Ok((state, recovered))
}

fn load_one(state: &State, journal: &JournalReader, name: &str) -> Result<u64, StoreError> {
    let (disk, dir) = (&state.0.disk, &state.0.dir);
    let path = dir.join(name);
    let file = disk.open_read(&path).map_err(|e| StoreError::io(&path, e))?;
    let (manifest, end) = read_manifest(&file)?;
    let chain: Option<Hash> = manifest.chain[..].try_into().ok();
    if manifest.upto > journal.last() || chain != Some(journal.chain(manifest.from)?) {
        return Err(StoreError::corrupt(&path, end, "it belongs to another journal or a longer one"));
    }
    let mut cold = Cold::default();
    for name in &manifest.cold {
        cold.files.push(Arc::new(ColdFile::open(disk, dir, name)?));
    }
    state.change_cold(|there| *there = cold);
    let (mut at, mut records, mut dues) = (MAGIC.len() as u64, 0, 0);
    while at < end {
        let (raw, next) = read_frame(&file, at)?;
        let damaged = || StoreError::corrupt(&path, at, "the records cannot be told apart");
        let (kind, mut rest) = raw.split_first().ok_or_else(damaged)?;
        while !rest.is_empty() {
            match *kind {
                RECORDS => {
                    state.set(take_record(&mut rest).ok_or_else(damaged)?);
                    records += 1;
                }
                DUES => {
                    state.dues().insert(take_due(&mut rest).ok_or_else(damaged)?);
                    dues += 1;
                }
                _ => return Err(damaged()),
            }
        }
        at = next;
    }
    if (records, dues) != (manifest.records, manifest.dues) {
        return Err(StoreError::corrupt(&path, at, "records are missing"));
    }
    state.0.begun.store(manifest.from, Ordering::Release);
    state.0.folded.store(manifest.from, Ordering::Release);
    Ok(manifest.from)
}

fn take_record(rest: &mut &[u8]) -> Option<Fact> {
    let len = usize::try_from(take_varint(rest).ok()?).ok()?;
    let (bytes, after) = rest.split_at_checked(len)?;
    *rest = after;
    Fact::from_bytes(bytes)
}

fn take_due(rest: &mut &[u8]) -> Option<Due> {
    let at = Moment(take_varint(rest).ok()? as i64);
    let kind = u32::try_from(take_varint(rest).ok()?).ok()?;
    let len = usize::try_from(take_varint(rest).ok()?).ok()?;
    let (key, after) = rest.split_at_checked(len)?;
    *rest = after;
    Some(Due { at, kind, key: key.into() })
}

/// The manifest and where it begins.
fn read_manifest(file: &File) -> Result<(Manifest, u64), StoreError> {
    let failed = |e| StoreError::io(file.path(), e);
    let len = file.len().map_err(failed)?;
    let damaged = || StoreError::corrupt(file.path(), len, "the end of the file is not what was written");
    let mut trailer = [0; 16];
    file.read_exact_at(&mut trailer, len.checked_sub(16).ok_or_else(damaged)?).map_err(failed)?;
    let at = u64::from_le_bytes(trailer[..8].try_into().expect("eight bytes"));
    if &trailer[8..] != MAGIC || at >= len {
        return Err(damaged());
    }
    let (raw, _) = read_frame(file, at)?;
    match raw.split_first() {
        Some((&MANIFEST, rest)) => Ok((Manifest::unpack(rest).map_err(|_| damaged())?, at)),
        _ => Err(damaged()),
    }
}

fn read_frame(file: &File, at: u64) -> Result<(Vec<u8>, u64), StoreError> {
    let failed = |e| StoreError::io(file.path(), e);
    let damaged = |why| StoreError::corrupt(file.path(), at, why);
    let mut head = [0; FRAME_HEADER];
    file.read_exact_at(&mut head, at).map_err(failed)?;
    let n = |i: usize| u32::from_le_bytes(head[i * 4..i * 4 + 4].try_into().expect("four bytes"));
    let (len, raw_len) = (u64::from(n(1)), n(2) as usize);
    if at + FRAME_HEADER as u64 + len > file.len().map_err(failed)? || raw_len > MAX_FRAME {
        return Err(damaged("the frame's length cannot be"));
    }
    let mut payload = vec![0; len as usize];
    file.read_exact_at(&mut payload, at + FRAME_HEADER as u64).map_err(failed)?;
    let mut crc = crc32fast::Hasher::new();
    crc.update(&head[4..]);
    crc.update(&payload);
    if crc.finalize() != n(0) {
        return Err(damaged("the checksum is wrong"));
    }
    let raw = squeeze::sprung(&payload, raw_len).map_err(|_| damaged("the frame cannot be unpacked"))?;
    Ok((raw, at + FRAME_HEADER as u64 + len))
}

struct Out {
    file: File,
    end: u64,
    /// The kind of the frame, then what it holds so far.
    raw: Vec<u8>,
}

impl Out {
    fn end_if_full(&mut self, kind: u8) -> Result<(), StoreError> {
        if self.raw.len() >= FRAME_RAW { self.end(kind, kind) } else { Ok(()) }
    }

    /// Writes the frame and begins one of the kind `next`.
    fn end(&mut self, kind: u8, next: u8) -> Result<(), StoreError> {
        let failed = |e| StoreError::io(self.file.path(), e);
        debug_assert_eq!(self.raw[0], kind);
        if self.raw.len() > 1 {
            let mut frame = vec![0; 8];
            frame.extend_from_slice(&(self.raw.len() as u32).to_le_bytes());
            squeeze::squeezed(&self.raw, |payload| frame.extend_from_slice(payload)).map_err(failed)?;
            let len = (frame.len() - FRAME_HEADER) as u32;
            frame[4..8].copy_from_slice(&len.to_le_bytes());
            let crc = crc32fast::hash(&frame[4..]);
            frame[..4].copy_from_slice(&crc.to_le_bytes());
            self.file.write_all_at(&frame, self.end).map_err(failed)?;
            self.end += frame.len() as u64;
        }
        self.raw.clear();
        self.raw.push(next);
        Ok(())
    }
}
