//! The vault: original bytes, compressed and encrypted with keys that can be destroyed.
//!
//! One file for each month and retention class; a block in it belongs to one entry. A block is durable before the
//! entry that names it; a block whose entry never came is wiped at the next start. Entries commit to their
//! original by a salted hash, so that an entry proves what it was made from as long as the original is there, and
//! gives nothing away when it is not.
//!
//! A block: magic, CRC, lengths, revision, the last four bytes of the nonce, then the zstd bytes under AES-256-GCM.
//! The nonce is the revision and four random bytes (a revision is sealed again under the same key only if a crash
//! came between block and entry); month, class, revision and length are authenticated with it. The file `index`
//! (derived) holds for each revision the file and the place of its block.

use crate::disk::{Disk, File};
use crate::keys::{Class, Keys, Month, hmac};
use crate::proof::{self, Hash};
use crate::{StoreError, squeeze};
use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit, Nonce};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use trade::pack::Pack;
use trade::packed;
use trade::time::Moment;

/// No original may be longer, in bytes.
pub const MAX_ORIGINAL: usize = 256 << 20;

const MAGIC: &[u8; 4] = b"OWV1";
const HEADER: usize = 32;
const SLOT: u64 = 16;
/// How much may be added before the index is made durable, so that a start looks at no more than that.
const INDEX_EVERY: u64 = 64 << 20;
const RESERVE: u64 = 16 << 20;

/// Original bytes, compressed: made by a worker, before the revision is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Squeezed {
    len: u32,
    bytes: Vec<u8>,
}

impl Squeezed {
    /// # Errors
    /// `Order` above [`MAX_ORIGINAL`].
    pub fn new(original: &[u8]) -> Result<Squeezed, StoreError> {
        if original.len() > MAX_ORIGINAL {
            return Err(StoreError::Order(format!("an original of {} bytes is too long", original.len())));
        }
        let bytes =
            squeeze::squeezed(original, <[u8]>::to_vec).map_err(|e| StoreError::Broken(format!("zstd: {e}")))?;
        Ok(Squeezed { len: original.len() as u32, bytes })
    }
}

/// What is to be kept for one entry: at most one block a revision.
#[derive(Clone, Copy, Debug)]
pub struct Block<'a> {
    pub revision: u64,
    pub at: Moment,
    pub class: Class,
    pub original: &'a Squeezed,
}

/// The one who writes. Belongs to one thread.
pub struct Vault {
    shared: Arc<Shared>,
    files: HashMap<(Month, Class), Open>,
    unmarked: u64,
    broken: Option<String>,
}

struct Open {
    file: File,
    end: u64,
    aead: Aes256Gcm,
}

/// A cheap handle that reads originals.
#[derive(Clone)]
pub struct VaultReader(Arc<Shared>);

struct Shared {
    disk: Disk,
    dir: PathBuf,
    keys: Keys,
    index: File,
    /// The salt keys, derived once.
    salts: Mutex<HashMap<(Month, Class), Hash>>,
}

packed! {
    /// Up to where each file's blocks are in the durable index.
    struct Marks {
        1 => files: Vec<Mark>,
    }
}

packed! {
    struct Mark {
        1 => name: String,
        2 => len: u64,
    }
}

/// The salt of the commitment of this entry to its original: derived from the vault key and the position.
///
/// # Errors
/// `Gone` if the key was destroyed.
pub fn salt(keys: &Keys, at: Moment, class: Class, revision: u64) -> Result<Hash, StoreError> {
    Ok(salt_of(&salt_key(keys, Month::of(at), class)?, revision))
}

fn salt_key(keys: &Keys, month: Month, class: Class) -> Result<Hash, StoreError> {
    Ok(hmac(keys.vault_key(month, class)?.bytes(), &[b"onewindow vault salt 1"]))
}

fn salt_of(salt_key: &Hash, revision: u64) -> Hash {
    hmac(salt_key, &[&revision.to_be_bytes()])
}

/// What an entry says of its original: HMAC-SHA-256 of the original's SHA-256 under the salt.
pub fn commitment(salt: &Hash, original_sha256: &Hash) -> Hash {
    hmac(salt, &[original_sha256])
}

fn file_name(month: Month, class: Class) -> String {
    format!("{:06}-{class}.vault", month.0)
}

fn parse_name(name: &str) -> Option<(Month, Class)> {
    let (month, class) = name.strip_suffix(".vault")?.split_once('-')?;
    Some((Month(month.parse().ok()?), class.parse().ok()?))
}

impl Vault {
    /// Opens the vault in `dir`. Blocks of revisions after `last`, the journal's last, are wiped: their entries
    /// never came.
    ///
    /// # Errors
    /// If the folder cannot be read or written.
    pub fn open(disk: &Disk, dir: &Path, keys: &Keys, last: u64) -> Result<Vault, StoreError> {
        let failed = |e| StoreError::io(dir, e);
        disk.make_dir(dir).map_err(failed)?;
        let index_path = dir.join("index");
        let known = disk.exists(&index_path);
        let index = disk.open(&index_path, true).map_err(failed)?;
        let marks = match disk.read(&dir.join("marks")) {
            Ok(bytes) if known => Marks::unpack(&bytes).unwrap_or_default(),
            _ => Marks::default(),
        };
        let marks: BTreeMap<String, u64> = marks.files.into_iter().map(|m| (m.name, m.len)).collect();
        let shared = Arc::new(Shared {
            disk: disk.clone(),
            dir: dir.to_owned(),
            keys: keys.clone(),
            index,
            salts: Mutex::default(),
        });
        for name in disk.list(dir).map_err(failed)? {
            if let Some(place) = parse_name(&name) {
                shared.look_through(place, marks.get(&name).copied().unwrap_or(0), last)?;
            }
        }
        let mut vault = Vault { shared, files: HashMap::new(), unmarked: 0, broken: None };
        vault.mark()?;
        vault.set_reserve_aside();
        Ok(vault)
    }

    pub fn reader(&self) -> VaultReader {
        VaultReader(self.shared.clone())
    }

    /// Makes the blocks durable. Called before the journal's append of the entries that name them.
    ///
    /// # Errors
    /// `Full` if there is no room; the same call may be tried again. `Gone` if the key of a block's month was
    /// destroyed. After `Broken` the process must end.
    pub fn append(&mut self, blocks: &[Block<'_>]) -> Result<(), StoreError> {
        if let Some(why) = &self.broken {
            return Err(StoreError::Broken(why.clone()));
        }
        let written = self.write(blocks);
        match written {
            Err(error @ (StoreError::Io { .. } | StoreError::Broken(_) | StoreError::Corrupt { .. })) => {
                self.broken = Some(error.to_string());
                Err(StoreError::Broken(error.to_string()))
            }
            other => other,
        }
    }

    /// Like [`Vault::append`], but gives the reserve back to the disk if there is no other room. For what was
    /// decided before the disk was found full.
    ///
    /// # Errors
    /// As [`Vault::append`].
    pub fn append_reserved(&mut self, blocks: &[Block<'_>]) -> Result<(), StoreError> {
        match self.append(blocks) {
            Err(StoreError::Full) => {
                let reserve = self.shared.dir.join("reserve");
                if !self.shared.disk.exists(&reserve) {
                    return Err(StoreError::Full);
                }
                self.shared.disk.remove(&reserve).map_err(|e| StoreError::io(&reserve, e))?;
                self.append(blocks)
            }
            other => other,
        }
    }

    /// Sets the reserve aside again, once there is room.
    pub fn set_reserve_aside(&mut self) {
        let Shared { disk, dir, .. } = &*self.shared;
        let path = dir.join("reserve");
        if disk.is_memory() || disk.exists(&path) {
            return; // a disk in memory has no room to set aside
        }
        if disk.open(&path, true).and_then(|file| file.allocate(RESERVE)).is_err() {
            let _ = disk.remove(&path);
        }
    }

    fn write(&mut self, blocks: &[Block<'_>]) -> Result<(), StoreError> {
        if self.unmarked > INDEX_EVERY {
            self.mark()?;
        }
        #[expect(clippy::type_complexity, reason = "bytes and (revision, offset) by file, used only here")]
        let mut by_file: BTreeMap<(Month, Class), (Vec<u8>, Vec<(u64, u64)>)> = BTreeMap::new();
        for block in blocks {
            let place = (Month::of(block.at), block.class);
            self.file(place)?;
            let (out, slots) = by_file.entry(place).or_default();
            slots.push((block.revision, out.len() as u64));
            self.files[&place].seal(place, block, out)?;
        }
        for (place, (out, slots)) in &by_file {
            let open = self.files.get_mut(place).expect("opened above");
            let failed = |e| StoreError::io(open.file.path(), e);
            if let Err(error) = open.file.write_all_at(out, open.end).map_err(failed) {
                if matches!(error, StoreError::Full) {
                    open.file.set_len(open.end).map_err(failed)?;
                }
                return Err(error);
            }
            open.file.sync().map_err(|e| StoreError::Broken(format!("{}: {e}", open.file.path().display())))?;
            for (revision, offset) in slots {
                match self.shared.set_slot(*revision, *place, open.end + offset) {
                    Ok(()) | Err(StoreError::Full) => {} // found again at the next start
                    Err(error) => return Err(error),
                }
            }
            open.end += out.len() as u64;
            self.unmarked += out.len() as u64;
        }
        Ok(())
    }

    fn file(&mut self, place: (Month, Class)) -> Result<&mut Open, StoreError> {
        if !self.files.contains_key(&place) {
            let key = self.shared.keys.vault_key(place.0, place.1)?;
            let Shared { disk, dir, .. } = &*self.shared;
            let path = dir.join(file_name(place.0, place.1));
            let failed = |e| StoreError::io(&path, e);
            let file = disk.open(&path, true).map_err(failed)?;
            disk.sync_dir(dir).map_err(failed)?;
            let end = file.len().map_err(failed)?.next_multiple_of(8);
            self.files.insert(place, Open { file, end, aead: aead(key.bytes()) });
        }
        Ok(self.files.get_mut(&place).expect("inserted above"))
    }

    /// Makes the index durable and notes how far it reaches.
    fn mark(&mut self) -> Result<(), StoreError> {
        let Shared { disk, dir, index, .. } = &*self.shared;
        let failed = |e| StoreError::io(dir, e);
        index.sync().map_err(failed)?;
        let mut marks = Marks::default();
        for name in disk.list(dir).map_err(failed)?.into_iter().filter(|n| parse_name(n).is_some()) {
            let len = disk.open_read(&dir.join(&name)).and_then(|file| file.len()).map_err(failed)?;
            marks.files.push(Mark { name, len });
        }
        match disk.replace(&dir.join("marks"), &marks.pack()).map_err(failed) {
            Ok(()) => self.unmarked = 0,
            Err(StoreError::Full) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

fn aead(key: &[u8; 32]) -> Aes256Gcm {
    Aes256Gcm::new(&hmac(key, &[b"onewindow vault seal 1"]).into())
}

fn authenticated((month, class): (Month, Class), revision: u64, len: u32) -> [u8; 18] {
    let mut out = [0; 18];
    out[..4].copy_from_slice(&month.0.to_be_bytes());
    out[4..6].copy_from_slice(&class.to_be_bytes());
    out[6..14].copy_from_slice(&revision.to_be_bytes());
    out[14..].copy_from_slice(&len.to_be_bytes());
    out
}

fn nonce(revision: u64, tail: &[u8]) -> [u8; 12] {
    let mut out = [0; 12];
    out[..8].copy_from_slice(&revision.to_be_bytes());
    out[8..].copy_from_slice(tail);
    out
}

impl Open {
    fn seal(&self, place: (Month, Class), block: &Block<'_>, out: &mut Vec<u8>) -> Result<(), StoreError> {
        let mut tail = [0; 4];
        getrandom::fill(&mut tail).map_err(|e| StoreError::Broken(format!("no randomness: {e}")))?;
        let len = block.original.len;
        let aad = authenticated(place, block.revision, len);
        let sealed = self
            .aead
            .encrypt(&Nonce::from(nonce(block.revision, &tail)), Payload { msg: &block.original.bytes, aad: &aad })
            .map_err(|_| StoreError::Order("an original is too long to be encrypted".into()))?;
        let start = out.len();
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(&(sealed.len() as u32).to_le_bytes());
        out.extend_from_slice(&len.to_le_bytes());
        out.extend_from_slice(&block.revision.to_le_bytes());
        out.extend_from_slice(&tail);
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(&sealed);
        let crc = crc32fast::hash(&out[start + 8..]);
        out[start + 4..start + 8].copy_from_slice(&crc.to_le_bytes());
        out.resize(out.len().next_multiple_of(8), 0);
        Ok(())
    }
}

/// A block as it lies in its file, its checksum found right.
struct Found {
    revision: u64,
    len: u32,
    nonce_tail: [u8; 4],
    sealed: Vec<u8>,
    next: u64,
}

fn read_block(file: &File, at: u64) -> std::io::Result<Option<Found>> {
    let mut head = [0; HEADER];
    if file.read_at(&mut head, at)? < HEADER || !head.starts_with(MAGIC) {
        return Ok(None);
    }
    let n = |i: usize| u32::from_le_bytes(head[i..i + 4].try_into().expect("four bytes"));
    if n(8) as usize > 2 * MAX_ORIGINAL || at + HEADER as u64 + u64::from(n(8)) > file.len()? {
        return Ok(None);
    }
    let mut sealed = vec![0; n(8) as usize];
    file.read_exact_at(&mut sealed, at + HEADER as u64)?;
    let mut crc = crc32fast::Hasher::new();
    crc.update(&head[8..]);
    crc.update(&sealed);
    Ok((crc.finalize() == n(4)).then(|| Found {
        revision: u64::from_le_bytes(head[16..24].try_into().expect("eight bytes")),
        len: n(12),
        nonce_tail: head[24..28].try_into().expect("four bytes"),
        next: (at + HEADER as u64 + sealed.len() as u64).next_multiple_of(8),
        sealed,
    }))
}

impl Shared {
    fn set_slot(&self, revision: u64, (month, class): (Month, Class), offset: u64) -> Result<(), StoreError> {
        let mut slot = [0; SLOT as usize];
        slot[..4].copy_from_slice(&month.0.to_le_bytes());
        slot[4..6].copy_from_slice(&class.to_le_bytes());
        slot[8..].copy_from_slice(&offset.to_le_bytes());
        let at = revision.checked_sub(1).ok_or_else(|| StoreError::Order("revisions begin at 1".into()))? * SLOT;
        self.index.write_all_at(&slot, at).map_err(|e| StoreError::io(self.index.path(), e))
    }

    /// The file of the block of this revision, and its place there.
    #[expect(clippy::type_complexity, reason = "a place, or none, or an error")]
    fn slot(&self, revision: u64) -> Result<Option<((Month, Class), u64)>, StoreError> {
        let mut slot = [0; SLOT as usize];
        let Some(at) = revision.checked_sub(1).and_then(|n| n.checked_mul(SLOT)) else { return Ok(None) };
        let read = self.index.read_at(&mut slot, at).map_err(|e| StoreError::io(self.index.path(), e))?;
        let month = u32::from_le_bytes(slot[..4].try_into().expect("four bytes"));
        let class = u16::from_le_bytes(slot[4..6].try_into().expect("two bytes"));
        let offset = u64::from_le_bytes(slot[8..].try_into().expect("eight bytes"));
        Ok((read == slot.len() && month > 0).then_some(((Month(month), class), offset)))
    }

    /// Brings the blocks of a file from `from` on into the index, and wipes those after `last`.
    fn look_through(&self, place: (Month, Class), from: u64, last: u64) -> Result<(), StoreError> {
        let path = self.dir.join(file_name(place.0, place.1));
        let failed = |e| StoreError::io(&path, e);
        let file = self.disk.open(&path, false).map_err(failed)?;
        let len = file.len().map_err(failed)?;
        let mut at = from.next_multiple_of(8);
        let mut wiped = false;
        while at < len {
            match read_block(&file, at).map_err(failed)? {
                Some(found) => {
                    if found.revision > last {
                        file.write_all_at(&vec![0; (found.next.min(len) - at) as usize], at).map_err(failed)?;
                        wiped = true;
                    } else {
                        self.set_slot(found.revision, place, at)?;
                    }
                    at = found.next;
                }
                None => at += 8, // a torn block; a good one may stand behind it
            }
        }
        if wiped { file.sync().map_err(failed) } else { Ok(()) }
    }
}

impl VaultReader {
    /// Reads the vault of a zone that another process may be writing.
    ///
    /// # Errors
    /// If there is none.
    pub fn open(disk: &Disk, dir: &Path, keys: &Keys) -> Result<VaultReader, StoreError> {
        let index = disk.open_read(&dir.join("index")).map_err(|e| StoreError::io(dir, e))?;
        Ok(VaultReader(Arc::new(Shared {
            disk: disk.clone(),
            dir: dir.to_owned(),
            keys: keys.clone(),
            index,
            salts: Mutex::default(),
        })))
    }

    /// The original that entry `revision` was made from, or `None` if none was kept for it.
    ///
    /// # Errors
    /// `Gone` if it was deleted; `Corrupt` if it is damaged.
    pub fn original(&self, revision: u64) -> Result<Option<Vec<u8>>, StoreError> {
        let Some((place, offset)) = self.0.slot(revision)? else { return Ok(None) };
        let key = self.0.keys.vault_key(place.0, place.1)?;
        let path = self.0.dir.join(file_name(place.0, place.1));
        let failed = |e: std::io::Error| match e.kind() {
            std::io::ErrorKind::NotFound => StoreError::Gone,
            _ => StoreError::io(&path, e),
        };
        let damaged = |why| StoreError::corrupt(&path, offset, why);
        let file = self.0.disk.open_read(&path).map_err(failed)?;
        let found = match read_block(&file, offset).map_err(failed)? {
            Some(found) if found.revision == revision => found,
            _ => return Err(damaged("the block is not what was written")),
        };
        let squeezed = aead(key.bytes())
            .decrypt(
                &Nonce::from(nonce(revision, &found.nonce_tail)),
                Payload { msg: &found.sealed, aad: &authenticated(place, revision, found.len) },
            )
            .map_err(|_| damaged("the block is not the one that was encrypted"))?;
        squeeze::sprung(&squeezed, found.len as usize).map(Some).map_err(|_| damaged("the block cannot be unpacked"))
    }

    /// As [`salt`], keeping what was derived.
    ///
    /// # Errors
    /// `Gone` if the key was destroyed.
    pub fn salt(&self, at: Moment, class: Class, revision: u64) -> Result<Hash, StoreError> {
        let place = (Month::of(at), class);
        let mut salts = self.0.salts.lock().unwrap_or_else(|e| e.into_inner());
        let key = match salts.get(&place) {
            Some(key) => *key,
            None => *salts.entry(place).or_insert(salt_key(&self.0.keys, place.0, place.1)?),
        };
        Ok(salt_of(&key, revision))
    }

    /// True if `original` is what the entry committed to.
    ///
    /// # Errors
    /// `Gone` if the key was destroyed.
    pub fn is_committed(
        &self,
        commitment: &Hash,
        at: Moment,
        class: Class,
        revision: u64,
        original: &[u8],
    ) -> Result<bool, StoreError> {
        Ok(self::commitment(&self.salt(at, class, revision)?, &proof::sha256(original)) == *commitment)
    }

    /// Deletes for good what was kept during this month under this class: first the key, then the bytes.
    ///
    /// # Errors
    /// If the key or the file cannot be destroyed; the call may be repeated.
    pub fn forget(&self, month: Month, class: Class) -> Result<(), StoreError> {
        self.0.keys.forget_vault(month, class)?;
        self.0.salts.lock().unwrap_or_else(|e| e.into_inner()).remove(&(month, class));
        let path = self.0.dir.join(file_name(month, class));
        match self.0.disk.remove(&path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(StoreError::io(&path, e)),
            _ => Ok(()),
        }
    }

    /// The months and classes of which there are blocks.
    pub fn kept(&self) -> Result<Vec<(Month, Class)>, StoreError> {
        let names = self.0.disk.list(&self.0.dir).map_err(|e| StoreError::io(&self.0.dir, e))?;
        Ok(names.iter().filter_map(|n| parse_name(n)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Moment {
        Moment::parse(text).unwrap()
    }

    fn keys(disk: &Disk) -> Keys {
        Keys::open(disk, Path::new("/keys")).unwrap()
    }

    fn open(disk: &Disk, last: u64) -> Vault {
        Vault::open(disk, Path::new("/zone/vault"), &keys(disk), last).unwrap()
    }

    fn original(revision: u64) -> Vec<u8> {
        format!("<Message guid='{revision}'>Zhang San 110101199003070039</Message>").repeat(20).into_bytes()
    }

    fn store(vault: &mut Vault, revisions: std::ops::RangeInclusive<u64>, day: &str) -> Result<(), StoreError> {
        let squeezed: Vec<_> = revisions.map(|r| (r, Squeezed::new(&original(r)).unwrap())).collect();
        let blocks = squeezed.iter().map(|(revision, original)| Block {
            revision: *revision,
            at: at(day),
            class: (*revision % 2) as u16,
            original,
        });
        vault.append(&blocks.collect::<Vec<_>>())
    }

    #[test]
    fn originals_come_back_and_are_not_legible_on_the_disk() {
        let disk = Disk::memory();
        let mut vault = open(&disk, 0);
        store(&mut vault, 1..=20, "2026-03-31T23:59:59").unwrap();
        store(&mut vault, 22..=40, "2026-04-01").unwrap();
        let reader = vault.reader();
        let holds = |reader: &VaultReader| {
            for revision in (1..=20).chain(22..=40) {
                assert_eq!(reader.original(revision).unwrap(), Some(original(revision)));
            }
            assert_eq!(reader.original(21).unwrap(), None);
            assert_eq!(reader.original(0).unwrap(), None);
            assert_eq!(reader.original(u64::MAX).unwrap(), None);
        };
        holds(&reader);
        assert_eq!(reader.kept().unwrap().len(), 4);
        for name in disk.list(Path::new("/zone/vault")).unwrap() {
            let bytes = disk.read(&Path::new("/zone/vault").join(name)).unwrap();
            assert!(!bytes.windows(9).any(|w| w == b"Zhang San"));
        }
        drop(vault);
        disk.remove(Path::new("/zone/vault/index")).unwrap();
        holds(&open(&disk, 40).reader());
        let other = Keys::open(&disk, Path::new("/other")).unwrap();
        let stolen = VaultReader::open(&disk, Path::new("/zone/vault"), &other).unwrap();
        assert!(matches!(stolen.original(1), Err(StoreError::Corrupt { .. })), "without the key it is noise");
    }

    #[test]
    fn destroying_a_key_deletes_its_originals_and_nothing_else() {
        let disk = Disk::memory();
        let mut vault = open(&disk, 0);
        store(&mut vault, 1..=6, "2026-03-01").unwrap();
        let reader = vault.reader();
        let salt = reader.salt(at("2026-03-01"), 1, 3).unwrap();
        let commitment = commitment(&salt, &proof::sha256(&original(3)));
        assert!(reader.is_committed(&commitment, at("2026-03-01"), 1, 3, &original(3)).unwrap());
        assert!(!reader.is_committed(&commitment, at("2026-03-01"), 1, 3, &original(5)).unwrap());
        reader.forget(Month(202603), 1).unwrap();
        assert!(matches!(reader.original(3), Err(StoreError::Gone)));
        assert!(matches!(reader.salt(at("2026-03-01"), 1, 3), Err(StoreError::Gone)));
        assert_eq!(reader.original(2).unwrap(), Some(original(2)));
        assert!(matches!(open(&disk, 6).reader().original(3), Err(StoreError::Gone)));
    }

    #[test]
    fn what_was_acknowledged_survives_a_cut_and_what_has_no_entry_is_wiped() {
        let story = |disk: &Disk| -> u64 {
            let dir = Path::new("/zone/vault");
            let Ok(keys) = Keys::open(disk, Path::new("/keys")) else { return 0 };
            let Ok(mut vault) = Vault::open(disk, dir, &keys, 0) else { return 0 };
            let mut done = 0;
            for n in 0..4 {
                if store(&mut vault, n * 3 + 1..=n * 3 + 3, "2026-03-01").is_err() {
                    break;
                }
                done = n * 3 + 3;
            }
            done
        };
        let calm = Disk::memory();
        assert_eq!(story(&calm), 12);
        for n in 0..calm.writes() {
            for seed in 0..4 {
                let disk = Disk::memory();
                disk.cut_after(n);
                let done = story(&disk);
                disk.restart(seed);
                let mut vault = open(&disk, done);
                for revision in 1..=done {
                    assert_eq!(vault.reader().original(revision).unwrap(), Some(original(revision)), "write {n}");
                }
                store(&mut vault, done + 1..=done + 2, "2026-03-01").unwrap();
                let again = open(&disk, done + 1);
                assert_eq!(again.reader().original(done + 1).unwrap(), Some(original(done + 1)));
                let files = disk.list(Path::new("/zone/vault")).unwrap();
                let blocks = files.iter().filter(|n| n.ends_with(".vault")).flat_map(|n| {
                    let file = disk.open(&Path::new("/zone/vault").join(n), false).unwrap();
                    let len = file.len().unwrap();
                    (0..len)
                        .step_by(8)
                        .filter_map(|at| read_block(&file, at).unwrap())
                        .map(|b| b.revision)
                        .collect::<Vec<_>>()
                });
                assert!(blocks.max().unwrap() <= done + 1, "write {n}: an original without an entry is left");
            }
        }
    }

    #[test]
    fn a_full_disk_refuses_and_recovers() {
        let disk = Disk::memory();
        let mut vault = open(&disk, 0);
        store(&mut vault, 1..=2, "2026-03-01").unwrap();
        disk.set_capacity(Some(disk.used() + 10));
        assert!(matches!(store(&mut vault, 3..=4, "2026-03-01"), Err(StoreError::Full)));
        disk.set_capacity(None);
        store(&mut vault, 3..=4, "2026-03-01").unwrap();
        for revision in 1..=4 {
            assert_eq!(vault.reader().original(revision).unwrap(), Some(original(revision)));
        }
    }
}
