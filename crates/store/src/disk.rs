//! The seam between the store and the machine: a real disk, or one in memory that fails on command.
//!
//! The disk in memory keeps apart what was written and what was synced. [`Disk::cut_after`] takes the power
//! away at a chosen write; [`Disk::restart`] brings the machine back with what was synced, and of the rest
//! whatever a seed decides: kept, lost or torn.

use std::collections::BTreeMap;
use std::io::{Error, ErrorKind, Result};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

/// A disk; clones are the same disk.
#[derive(Clone)]
pub struct Disk(Option<Arc<Mutex<Memory>>>);

/// An open file; clones are the same file. Reads and writes name their place.
#[derive(Clone)]
pub struct File {
    path: Arc<PathBuf>,
    kind: Kind,
}

#[derive(Clone)]
enum Kind {
    Real(Arc<std::fs::File>),
    Memory { disk: Arc<Mutex<Memory>>, inode: usize, boot: u64 },
}

#[derive(Clone, Default)]
struct Memory {
    inodes: Vec<Inode>,
    names: BTreeMap<PathBuf, usize>,
    /// The names as they are on the platter, and the changes not yet synced, oldest first.
    kept_names: BTreeMap<PathBuf, usize>,
    name_changes: Vec<NameChange>,
    writes: u64,
    cut_at: Option<u64>,
    sync_fails_at: Option<u64>,
    capacity: Option<u64>,
    off: bool,
    boot: u64,
}

#[derive(Clone, Default)]
struct Inode {
    bytes: Vec<u8>,
    len: u64,
    kept: Vec<u8>,
    kept_len: u64,
    pending: Vec<Pending>,
}

#[derive(Clone)]
enum Pending {
    Write(u64, Vec<u8>),
    Len(u64),
}

#[derive(Clone)]
enum NameChange {
    Set(PathBuf, usize),
    Remove(PathBuf),
    Rename(PathBuf, PathBuf),
}

impl Disk {
    pub fn real() -> Disk {
        Disk(None)
    }

    /// An empty disk in memory, for tests.
    pub fn memory() -> Disk {
        Disk(Some(Arc::default()))
    }

    /// Opens `path` for reading and writing; `create` makes it if it is not there.
    pub fn open(&self, path: &Path, create: bool) -> Result<File> {
        self.open_mode(path, create, 0o644)
    }

    /// Like [`Disk::open`] with `create`; only the owner may read a file made here.
    pub fn open_secret(&self, path: &Path) -> Result<File> {
        self.open_mode(path, true, 0o600)
    }

    /// Opens `path` for reading only.
    pub fn open_read(&self, path: &Path) -> Result<File> {
        match &self.0 {
            None => {
                Ok(File { path: Arc::new(path.to_owned()), kind: Kind::Real(Arc::new(std::fs::File::open(path)?)) })
            }
            Some(_) => self.open(path, false),
        }
    }

    fn open_mode(&self, path: &Path, create: bool, mode: u32) -> Result<File> {
        let kind = match &self.0 {
            None => Kind::Real(Arc::new(
                std::fs::OpenOptions::new().read(true).write(true).create(create).mode(mode).open(path)?,
            )),
            Some(disk) => {
                let mut m = powered(disk)?;
                let inode = match m.names.get(path) {
                    Some(&inode) => inode,
                    None if create => {
                        m.count()?;
                        let inode = m.inodes.len();
                        m.inodes.push(Inode::default());
                        m.names.insert(path.to_owned(), inode);
                        m.name_changes.push(NameChange::Set(path.to_owned(), inode));
                        inode
                    }
                    None => return Err(ErrorKind::NotFound.into()),
                };
                Kind::Memory { disk: disk.clone(), inode, boot: m.boot }
            }
        };
        Ok(File { path: Arc::new(path.to_owned()), kind })
    }

    pub fn exists(&self, path: &Path) -> bool {
        match &self.0 {
            None => path.exists(),
            Some(disk) => powered(disk).is_ok_and(|m| m.names.contains_key(path)),
        }
    }

    /// The names of the files in `dir`, sorted; none if there is no such folder.
    pub fn list(&self, dir: &Path) -> Result<Vec<String>> {
        let mut names: Vec<String> = match &self.0 {
            None => match std::fs::read_dir(dir) {
                Ok(read) => read
                    .filter_map(|e| e.ok())
                    .filter(|e| e.file_type().is_ok_and(|t| t.is_file()))
                    .filter_map(|e| e.file_name().into_string().ok())
                    .collect(),
                Err(e) if e.kind() == ErrorKind::NotFound => vec![],
                Err(e) => return Err(e),
            },
            Some(disk) => powered(disk)?
                .names
                .keys()
                .filter(|p| p.parent() == Some(dir))
                .filter_map(|p| p.file_name()?.to_str().map(str::to_owned))
                .collect(),
        };
        names.sort();
        Ok(names)
    }

    pub fn make_dir(&self, dir: &Path) -> Result<()> {
        match &self.0 {
            None => std::fs::create_dir_all(dir),
            Some(_) => Ok(()),
        }
    }

    pub fn rename(&self, from: &Path, to: &Path) -> Result<()> {
        let Some(disk) = &self.0 else { return std::fs::rename(from, to) };
        let mut m = powered(disk)?;
        m.count()?;
        let inode = m.names.remove(from).ok_or(ErrorKind::NotFound)?;
        m.names.insert(to.to_owned(), inode);
        m.name_changes.push(NameChange::Rename(from.to_owned(), to.to_owned()));
        Ok(())
    }

    pub fn remove(&self, path: &Path) -> Result<()> {
        let Some(disk) = &self.0 else { return std::fs::remove_file(path) };
        let mut m = powered(disk)?;
        m.count()?;
        m.names.remove(path).ok_or(ErrorKind::NotFound)?;
        m.name_changes.push(NameChange::Remove(path.to_owned()));
        Ok(())
    }

    /// Makes the names in `dir` durable.
    pub fn sync_dir(&self, dir: &Path) -> Result<()> {
        let Some(disk) = &self.0 else { return std::fs::File::open(dir)?.sync_all() };
        let mut m = powered(disk)?;
        m.count()?;
        let changes = std::mem::take(&mut m.name_changes);
        for change in changes {
            if change.place() == Some(dir) {
                change.apply(&mut m.kept_names);
            } else {
                m.name_changes.push(change);
            }
        }
        Ok(())
    }

    /// The whole content of a small file.
    pub fn read(&self, path: &Path) -> Result<Vec<u8>> {
        let file = self.open_read(path)?;
        let mut bytes = vec![0; usize::try_from(file.len()?).map_err(|_| ErrorKind::FileTooLarge)?];
        file.read_exact_at(&mut bytes, 0)?;
        Ok(bytes)
    }

    /// Puts `bytes` under `path` so that after a crash it has the old content or the new, never a mixture.
    pub fn replace(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        self.replace_mode(path, bytes, 0o644)
    }

    /// Like [`Disk::replace`]; only the owner may read the file.
    pub fn replace_secret(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        self.replace_mode(path, bytes, 0o600)
    }

    fn replace_mode(&self, path: &Path, bytes: &[u8], mode: u32) -> Result<()> {
        let fresh = path.with_extension("new");
        let file = self.open_mode(&fresh, true, mode)?;
        file.set_len(0)?;
        file.write_all_at(bytes, 0)?;
        file.sync()?;
        self.rename(&fresh, path)?;
        self.sync_dir(path.parent().unwrap_or(Path::new(".")))
    }

    /// True for the disk in memory.
    pub fn is_memory(&self) -> bool {
        self.0.is_some()
    }
}

/// The commands of the disk in memory; on a real disk they do nothing.
impl Disk {
    /// How many writes (also creations, renames, syncs) were begun so far.
    pub fn writes(&self) -> u64 {
        self.memory_do(|m| m.writes).unwrap_or(0)
    }

    /// Takes the power away during the `n`-th write from now (0: the next one). Everything fails from then on.
    pub fn cut_after(&self, n: u64) {
        self.memory_do(|m| m.cut_at = Some(m.writes + n));
    }

    /// The `n`-th write from now, if it is a sync, and every sync after it reports a failure.
    pub fn fail_sync_after(&self, n: u64) {
        self.memory_do(|m| m.sync_fails_at = Some(m.writes + n));
    }

    /// Another disk that holds the same at this moment, so that many stories can begin at one place. A real disk is
    /// only named once more.
    pub fn fork(&self) -> Disk {
        Disk(self.memory_do(|m| m.clone()).map(|memory| Arc::new(Mutex::new(memory))))
    }

    /// How many bytes fit on the disk in all; `None` is any number.
    pub fn set_capacity(&self, bytes: Option<u64>) {
        self.memory_do(|m| m.capacity = bytes);
    }

    /// Bytes taken.
    pub fn used(&self) -> u64 {
        self.memory_do(|m| m.used()).unwrap_or(0)
    }

    /// True if the power is off.
    pub fn is_cut(&self) -> bool {
        self.memory_do(|m| m.off).unwrap_or(false)
    }

    /// Takes the power away (if [`Disk::cut_after`] did not yet) and brings it back: what was synced is there,
    /// of the rest whatever `seed` decides. With seed 0 all that was not synced is lost. Open files are dead.
    pub fn restart(&self, seed: u64) {
        self.memory_do(|m| m.restart(seed));
    }

    fn memory_do<T>(&self, f: impl FnOnce(&mut Memory) -> T) -> Option<T> {
        self.0.as_ref().map(|disk| f(&mut disk.lock().unwrap_or_else(|e| e.into_inner())))
    }
}

impl File {
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn len(&self) -> Result<u64> {
        match &self.kind {
            Kind::Real(file) => Ok(file.metadata()?.len()),
            Kind::Memory { .. } => self.memory(|m, i| Ok(m.inodes[i].len)),
        }
    }

    pub fn is_empty(&self) -> Result<bool> {
        Ok(self.len()? == 0)
    }

    /// Reads what is there, at most the buffer; 0 at the end.
    pub fn read_at(&self, out: &mut [u8], at: u64) -> Result<usize> {
        match &self.kind {
            Kind::Real(file) => file.read_at(out, at),
            Kind::Memory { .. } => self.memory(|m, i| Ok(m.inodes[i].read(out, at))),
        }
    }

    pub fn read_exact_at(&self, out: &mut [u8], at: u64) -> Result<()> {
        match &self.kind {
            Kind::Real(file) => file.read_exact_at(out, at),
            Kind::Memory { .. } => match self.read_at(out, at)? {
                n if n == out.len() => Ok(()),
                _ => Err(ErrorKind::UnexpectedEof.into()),
            },
        }
    }

    pub fn write_all_at(&self, bytes: &[u8], at: u64) -> Result<()> {
        match &self.kind {
            Kind::Real(file) => file.write_all_at(bytes, at),
            Kind::Memory { .. } => self.memory(|m, i| {
                let grows = (at + bytes.len() as u64).saturating_sub(m.inodes[i].len);
                m.room(grows)?;
                let done = m.count();
                m.inodes[i].write(bytes, at); // the write during which the power goes may still reach the disk
                done
            }),
        }
    }

    /// Makes the content durable (not the name: [`Disk::sync_dir`]).
    pub fn sync(&self) -> Result<()> {
        match &self.kind {
            Kind::Real(file) => file.sync_data(),
            Kind::Memory { .. } => self.memory(|m, i| {
                m.count()?;
                if m.sync_fails_at.is_some_and(|at| m.writes > at) {
                    return Err(Error::other("the sync failed on command"));
                }
                m.inodes[i].sync();
                Ok(())
            }),
        }
    }

    pub fn set_len(&self, len: u64) -> Result<()> {
        match &self.kind {
            Kind::Real(file) => file.set_len(len),
            Kind::Memory { .. } => self.memory(|m, i| {
                m.room(len.saturating_sub(m.inodes[i].len))?;
                m.count()?;
                m.inodes[i].set_len(len);
                Ok(())
            }),
        }
    }

    /// Takes the room for `len` bytes now, so that later writes below it find it. The file reads as zeros there.
    pub fn allocate(&self, len: u64) -> Result<()> {
        match &self.kind {
            Kind::Real(file) => {
                if file.metadata()?.len() >= len {
                    return Ok(());
                }
                match rustix::fs::fallocate(file, rustix::fs::FallocateFlags::empty(), 0, len) {
                    // A file system that cannot do it tells at the write, which is handled too.
                    Err(rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::NOSYS) => file.set_len(len),
                    other => other.map_err(Error::from),
                }
            }
            Kind::Memory { .. } => match self.len()? {
                now if now < len => self.set_len(len),
                _ => Ok(()),
            },
        }
    }

    fn memory<T>(&self, f: impl FnOnce(&mut Memory, usize) -> Result<T>) -> Result<T> {
        let Kind::Memory { disk, inode, boot } = &self.kind else { unreachable!("only called for memory files") };
        let mut m = powered(disk)?;
        if m.boot != *boot {
            return Err(Error::other("the file was open when the power went"));
        }
        f(&mut m, *inode)
    }
}

fn powered(disk: &Arc<Mutex<Memory>>) -> Result<MutexGuard<'_, Memory>> {
    let m = disk.lock().unwrap_or_else(|e| e.into_inner());
    if m.off { Err(Error::other("the power is off")) } else { Ok(m) }
}

impl Memory {
    fn count(&mut self) -> Result<()> {
        if self.cut_at.is_some_and(|at| self.writes >= at) {
            self.off = true;
            return Err(Error::other("the power went"));
        }
        self.writes += 1;
        Ok(())
    }

    fn used(&self) -> u64 {
        self.names.values().map(|&i| self.inodes[i].len).sum()
    }

    fn room(&self, more: u64) -> Result<()> {
        match self.capacity {
            Some(capacity) if more > 0 && self.used() + more > capacity => Err(ErrorKind::StorageFull.into()),
            _ => Ok(()),
        }
    }

    fn restart(&mut self, seed: u64) {
        let mut dice = Dice(seed);
        for change in std::mem::take(&mut self.name_changes) {
            // File systems keep the order of name changes: a prefix of them survives.
            if seed == 0 || dice.roll(3) == 0 {
                break;
            }
            change.apply(&mut self.kept_names);
        }
        self.names = self.kept_names.clone();
        for inode in &mut self.inodes {
            inode.crash(seed, &mut dice);
        }
        (self.off, self.cut_at, self.sync_fails_at) = (false, None, None);
        self.boot += 1;
    }
}

impl NameChange {
    fn place(&self) -> Option<&Path> {
        match self {
            NameChange::Set(path, _) | NameChange::Remove(path) | NameChange::Rename(_, path) => path.parent(),
        }
    }

    fn apply(self, names: &mut BTreeMap<PathBuf, usize>) {
        match self {
            NameChange::Set(path, inode) => drop(names.insert(path, inode)),
            NameChange::Remove(path) => drop(names.remove(&path)),
            NameChange::Rename(from, to) => {
                if let Some(inode) = names.remove(&from) {
                    names.insert(to, inode);
                }
            }
        }
    }
}

impl Inode {
    fn read(&self, out: &mut [u8], at: u64) -> usize {
        let n = self.len.saturating_sub(at).min(out.len() as u64) as usize;
        out[..n].fill(0);
        if let Some(there) = self.bytes.get(at as usize..) {
            let have = there.len().min(n);
            out[..have].copy_from_slice(&there[..have]);
        }
        n
    }

    fn write(&mut self, bytes: &[u8], at: u64) {
        put(&mut self.bytes, bytes, at);
        self.len = self.len.max(at + bytes.len() as u64);
        self.pending.push(Pending::Write(at, bytes.to_vec()));
    }

    fn set_len(&mut self, len: u64) {
        self.bytes.truncate(len as usize);
        self.len = len;
        self.pending.push(Pending::Len(len));
    }

    fn sync(&mut self) {
        for pending in std::mem::take(&mut self.pending) {
            self.keep(pending);
        }
    }

    fn keep(&mut self, pending: Pending) {
        match pending {
            Pending::Write(at, bytes) => {
                put(&mut self.kept, &bytes, at);
                self.kept_len = self.kept_len.max(at + bytes.len() as u64);
            }
            Pending::Len(len) => {
                self.kept.truncate(len as usize);
                self.kept_len = len;
            }
        }
    }

    fn crash(&mut self, seed: u64, dice: &mut Dice) {
        for pending in std::mem::take(&mut self.pending) {
            match (pending, if seed == 0 { 0 } else { dice.roll(4) }) {
                (_, 0) => {}
                (Pending::Write(at, mut bytes), 1) => {
                    bytes.truncate(dice.roll(bytes.len() as u64 + 1) as usize);
                    self.keep(Pending::Write(at, bytes));
                }
                (pending, _) => self.keep(pending),
            }
        }
        self.bytes = self.kept.clone();
        self.len = self.kept_len;
    }
}

fn put(into: &mut Vec<u8>, bytes: &[u8], at: u64) {
    let (at, end) = (at as usize, at as usize + bytes.len());
    if into.len() < end {
        into.resize(end, 0);
    }
    into[at..end].copy_from_slice(bytes);
}

/// SplitMix64: a seed gives the same crash every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below
    }
}
