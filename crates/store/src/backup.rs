//! A copy of a zone while it runs, and the way back with its hash proved.
//!
//! A backup is a folder: the journal up to a revision, the vault as far as these entries name it, and a manifest
//! with the hash of every file and of the journal. What is derived is not in it; the keys only if asked for: a
//! backup with its keys can be read by whoever holds it, one without them only beside a copy of the keys.

use crate::head::Head;
use crate::journal::JournalReader;
use crate::proof::{hex, unhex};
use crate::zone::{Lock, Place};
use crate::{Disk, Hash, StoreError};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use trade::time::Moment;

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The head of the journal that was copied: `chain` is its hash.
    pub head: Head,
    pub with_keys: bool,
    pub files: Vec<Copied>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// In the backup's folder, with `/`.
    pub path: String,
    pub bytes: u64,
    pub sha256: Hash,
}

const MANIFEST: &str = "manifest.json";
const FORM: &str = "onewindow backup 1";

/// Copies the zone into the empty folder `to`. The zone may be running; the copy ends at a revision of now.
///
/// # Errors
/// `Order` if there is no zone or the folder is not empty; `Corrupt` if the journal is damaged.
pub fn backup(place: &Place, to: &Path, with_keys: bool) -> Result<Manifest, StoreError> {
    let disk = place.disk();
    if !place.exists() {
        return Err(StoreError::Order(format!("there is no zone in {}", place.data.display())));
    }
    let failed = |e| StoreError::io(to, e);
    disk.make_dir(to).map_err(failed)?;
    if !disk.list(to).map_err(failed)?.is_empty() {
        return Err(StoreError::Order(format!("{} is not empty", to.display())));
    }
    // First the journal's end, then the vault: it holds then all that these entries name, and perhaps more.
    let journal = JournalReader::open(disk, &place.journal())?;
    let (tip, extent) = journal.extent()?;
    let head = journal.head(tip.revision)?.expect("the tip is an entry or 0");
    let mut files = vec![];
    let mut copy = |folder: &str, from: &Path, bytes: Option<u64>| -> Result<(), StoreError> {
        let name = from.file_name().and_then(|n| n.to_str()).expect("a file that was listed has a name");
        disk.make_dir(&to.join(folder)).map_err(failed)?;
        let secret = folder == "keys";
        if let Some((bytes, sha256)) = copy_file(disk, from, &to.join(folder).join(name), bytes, secret)? {
            files.push(Copied { path: format!("{folder}/{name}"), bytes, sha256 });
        }
        Ok(())
    };
    for (path, bytes) in extent {
        copy("journal", &path, Some(bytes))?;
    }
    let mut folders = vec![("vault", place.vault(), ".vault")];
    if with_keys {
        folders.extend([("keys", place.keys.clone(), ".key"), ("keys", place.keys.clone(), ".gone")]);
    }
    for (folder, from, suffix) in folders {
        for name in disk.list(&from).map_err(failed)?.iter().filter(|n| n.ends_with(suffix)) {
            copy(folder, &from.join(name), None)?;
        }
    }
    for folder in ["journal", "vault", "keys"] {
        if files.iter().any(|f| f.path.starts_with(folder)) {
            disk.sync_dir(&to.join(folder)).map_err(failed)?;
        }
    }
    let manifest = Manifest { head, with_keys, files };
    let text = serde_json::to_vec_pretty(&manifest.to_json()).expect("values without floats are JSON");
    disk.replace(&to.join(MANIFEST), &text).map_err(failed)?;
    Ok(manifest)
}

/// Puts a backup into an empty place and proves that the journal there has the hash of the manifest. Keys that
/// are in the backup are put where they belong; otherwise they must be there already or be put there.
///
/// # Errors
/// `Order` if the place is not empty; `Corrupt` with the file if anything is not what was copied.
pub fn restore(from: &Path, place: &Place) -> Result<Manifest, StoreError> {
    let disk = place.disk();
    let manifest_path = from.join(MANIFEST);
    let bytes = disk.read(&manifest_path).map_err(|e| StoreError::io(&manifest_path, e))?;
    let manifest = serde_json::from_slice(&bytes).ok().as_ref().and_then(Manifest::from_json);
    let manifest = manifest.ok_or_else(|| StoreError::corrupt(&manifest_path, 0, "it is no manifest of a backup"))?;
    disk.make_dir(&place.data).map_err(|e| StoreError::io(&place.data, e))?;
    let _lock = Lock::take(disk, &place.data)?;
    if place.exists() {
        return Err(StoreError::Order(format!("there is a zone in {}", place.data.display())));
    }
    for copied in &manifest.files {
        let (folder, name) = copied.path.split_once('/').unwrap_or_default();
        let folder = match folder {
            "journal" => place.journal(),
            "vault" => place.vault(),
            _ => place.keys.clone(),
        };
        disk.make_dir(&folder).map_err(|e| StoreError::io(&folder, e))?;
        let (source, secret) = (from.join(&copied.path), folder == place.keys);
        let there = copy_file(disk, &source, &folder.join(name), None, secret)?;
        if there != Some((copied.bytes, copied.sha256)) {
            return Err(StoreError::corrupt(&source, 0, "it is not the file that was copied"));
        }
        disk.sync_dir(&folder).map_err(|e| StoreError::io(&folder, e))?;
    }
    let head = JournalReader::open(disk, &place.journal())?.check()?;
    match head == manifest.head {
        true => Ok(manifest),
        false => Err(StoreError::corrupt(&place.journal(), 0, "the journal has not the hash of the manifest")),
    }
}

/// Copies `bytes` of a file, or all; `None` if it is not there (any more).
fn copy_file(
    disk: &Disk,
    from: &Path,
    to: &Path,
    bytes: Option<u64>,
    secret: bool,
) -> Result<Option<(u64, Hash)>, StoreError> {
    let source = match disk.open_read(from) {
        Ok(source) => source,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(StoreError::io(from, e)),
    };
    let len = match bytes {
        Some(bytes) => bytes,
        None => source.len().map_err(|e| StoreError::io(from, e))?,
    };
    let failed = |e| StoreError::io(to, e);
    let target = if secret { disk.open_secret(to) } else { disk.open(to, true) }.map_err(failed)?;
    let (mut at, mut buffer, mut hasher) = (0, vec![0; 1 << 20], Sha256::new());
    while at < len {
        let n = (len - at).min(buffer.len() as u64) as usize;
        source.read_exact_at(&mut buffer[..n], at).map_err(|e| StoreError::io(from, e))?;
        target.write_all_at(&buffer[..n], at).map_err(failed)?;
        hasher.update(&buffer[..n]);
        at += n as u64;
    }
    target.sync().map_err(failed)?;
    Ok(Some((len, hasher.finalize().into())))
}

impl Manifest {
    fn to_json(&self) -> serde_json::Value {
        let files = self
            .files
            .iter()
            .map(|f| serde_json::json!({ "path": f.path, "bytes": f.bytes, "sha256": hex(&f.sha256) }));
        serde_json::json!({
            "form": FORM, "revision": self.head.size, "at": self.head.at.0, "hash": hex(&self.head.chain),
            "root": hex(&self.head.root), "keys": self.with_keys, "files": files.collect::<Vec<_>>(),
        })
    }

    fn from_json(json: &serde_json::Value) -> Option<Manifest> {
        if json.get("form")?.as_str()? != FORM {
            return None;
        }
        let files = json.get("files")?.as_array()?.iter().map(|file| {
            let path = file.get("path")?.as_str()?.to_owned();
            let inside = PathBuf::from(path.split_once('/')?.1).components().count() == 1 && !path.contains("..");
            let known = ["journal/", "vault/", "keys/"].iter().any(|folder| path.starts_with(folder));
            let copied =
                Copied { path, bytes: file.get("bytes")?.as_u64()?, sha256: unhex(file.get("sha256")?.as_str()?)? };
            (inside && known).then_some(copied)
        });
        Some(Manifest {
            head: Head {
                size: json.get("revision")?.as_u64()?,
                root: unhex(json.get("root")?.as_str()?)?,
                chain: unhex(json.get("hash")?.as_str()?)?,
                at: Moment(json.get("at")?.as_i64()?),
            },
            with_keys: json.get("keys")?.as_bool()?,
            files: files.collect::<Option<_>>()?,
        })
    }
}
