//! The watched folder: `inbox/<sender>/` in, `outbox/<sender>/` out, one message a file.
//!
//! A file counts as written when its size and time stay the same from one pass to the next (better: the
//! sender writes elsewhere and renames it in). It moves to `work/` before it is read and to `done/` or
//! `failed/` after its answer; what a crash leaves in `work/` is taken in again with the same idempotency
//! key, so it gets the first answer. Receipts come from the sender's outbox by cursor, so that those of
//! later days are written too.

use crate::desk::{Caller, Desk, Intake, Receipts, Refused, Sight};
use crate::site::hex;
use rustix::fs::{Mode, OFlags};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, SystemTime};
use trade::policy::rights::Action;

/// Files of one sender in one pass; the rest waits for the next.
const AT_ONCE: usize = 500;
/// Receipts asked for at a time.
const RECEIPTS: usize = 500;

/// What a pass did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pass {
    pub done: usize,
    pub failed: usize,
    /// Not taken now; they stay in `work/` for the next pass.
    pub later: usize,
    pub receipts: usize,
}

pub struct Folder {
    root: PathBuf,
    desk: Arc<dyn Desk>,
    largest: u64,
    /// Size and time of files in the inboxes as the last pass saw them.
    seen: BTreeMap<PathBuf, (u64, SystemTime)>,
}

impl Folder {
    /// Watches `root`, making `inbox`, `work`, `done`, `failed` and `outbox` in it. Files above `largest`
    /// bytes are not read.
    ///
    /// # Errors
    /// A folder cannot be made.
    pub fn open(root: &Path, desk: Arc<dyn Desk>, largest: u64) -> io::Result<Folder> {
        for part in ["inbox", "work", "done", "failed", "outbox"] {
            fs::create_dir_all(root.join(part))?;
        }
        Ok(Folder { root: root.to_owned(), desk, largest, seen: BTreeMap::new() })
    }

    /// One pass over all senders. The program calls it again and again, with a pause between.
    ///
    /// # Errors
    /// The folder itself cannot be read or written; what one sender's file has wrong is told in `failed/`.
    pub fn pass(&mut self) -> io::Result<Pass> {
        let mut pass = Pass::default();
        let mut seen = BTreeMap::new();
        for sender in folders(&self.root.join("inbox"))? {
            let Some(caller) = self.desk.folder_owner(&sender) else { continue };
            for part in ["work", "done", "failed", "outbox"] {
                fs::create_dir_all(self.root.join(part).join(&sender))?;
            }
            self.fetch(&sender, &mut seen)?;
            self.hand_over(&sender, &caller, &mut pass)?;
            self.deliver(&sender, &caller, &mut pass)?;
        }
        self.seen = seen;
        Ok(pass)
    }

    /// Passes again and again, with a pause between, until `stop` is set.
    ///
    /// # Errors
    /// As [`Folder::pass`].
    pub fn watch(&mut self, pause: Duration, stop: &AtomicBool) -> io::Result<()> {
        while !stop.load(Ordering::Relaxed) {
            let pass = self.pass()?;
            // Where much lies ready there is no need to wait.
            if pass.done < AT_ONCE {
                std::thread::sleep(pause);
            }
        }
        Ok(())
    }

    /// Moves what is whole from the inbox to `work/`.
    fn fetch(&self, sender: &str, seen: &mut BTreeMap<PathBuf, (u64, SystemTime)>) -> io::Result<()> {
        for (name, meta) in files(&self.root.join("inbox").join(sender))? {
            let from = self.root.join("inbox").join(sender).join(&name);
            let now = (meta.len(), meta.modified()?);
            if self.seen.get(&from) == Some(&now) {
                let to = free(&self.root.join("work").join(sender), &name);
                // The sender may have taken it back in between.
                if fs::rename(&from, to).is_err() {
                    continue;
                }
            } else {
                seen.insert(from, now);
            }
        }
        Ok(())
    }

    /// Takes in what stands in `work/`, in the order of names, and files it by its answer.
    fn hand_over(&self, sender: &str, caller: &Caller, pass: &mut Pass) -> io::Result<()> {
        let work = self.root.join("work").join(sender);
        let (tell, hear) = channel::<(String, Receipts)>();
        for (name, _) in files(&work)? {
            let tell = tell.clone();
            match read(&work.join(&name), self.largest) {
                Ok(bytes) => {
                    let idempotency = Some(format!("folder/{}", hex(&Sha256::digest(&bytes))));
                    let answered = Box::new(move |receipts| drop(tell.send((name, receipts))));
                    self.desk.take_in(
                        Intake { caller: caller.clone(), bytes, idempotency, expect: String::new() },
                        answered,
                    );
                }
                Err(e) => drop(tell.send((name, Box::new(move || Err(cannot_read(&e)))))),
            }
        }
        drop(tell);
        // Ends when every answer has come, or was given up.
        for (name, receipts) in hear {
            let from = work.join(&name);
            match receipts() {
                Ok(_) => {
                    fs::rename(&from, free(&self.root.join("done").join(sender), &name))?;
                    pass.done += 1;
                }
                Err(Refused::NotNow { .. } | Refused::ClockJumped { .. }) => pass.later += 1,
                Err(refused) => {
                    let to = free(&self.root.join("failed").join(sender), &name);
                    fs::rename(&from, &to)?;
                    let mut told = to.into_os_string();
                    told.push(".problem.json");
                    written(Path::new(&told), &problem(refused))?;
                    pass.failed += 1;
                }
            }
        }
        Ok(())
    }

    /// Writes the sender's new receipts, then remembers how far.
    fn deliver(&self, sender: &str, caller: &Caller, pass: &mut Pass) -> io::Result<()> {
        let outbox = self.root.join("outbox").join(sender);
        let mark = outbox.join(".cursor");
        let mut cursor = fs::read_to_string(&mark).ok();
        let sight = Sight::of(caller, Action::ReceiptRead, &self.desk.rights(), self.desk.now().day());
        loop {
            let Ok(page) = self.desk.receipts_after(caller, cursor.as_deref(), RECEIPTS) else { return Ok(()) };
            for r in &page.receipts {
                let name = format!("{:012}-{}-{}", r.revision, r.index, ascii(&r.message));
                if let Ok(proof) = self.desk.proof(&sight, r.revision, r.index, None) {
                    written(&outbox.join(format!("{name}.proof.json")), &proof)?;
                }
                // The receipt last: who sees it finds its proof too.
                written(&outbox.join(format!("{name}.xml")), &r.xml)?;
                pass.receipts += 1;
            }
            if cursor.as_deref() != Some(&page.cursor) {
                written(&mark, page.cursor.as_bytes())?;
            }
            let more = page.receipts.len() == RECEIPTS && cursor.as_deref() != Some(&page.cursor);
            cursor = Some(page.cursor);
            if !more {
                return Ok(());
            }
        }
    }
}

/// Names of the real folders in a folder: no links, no hidden ones, nothing but letters, digits, `-`, `_`.
fn folders(dir: &Path) -> io::Result<Vec<String>> {
    let mut names = vec![];
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let plain = (1..=64).contains(&name.len()) && ascii(&name) == name;
        if plain && entry.file_type()?.is_dir() {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// The real files of a folder in the order of names: no links, no hidden ones, none still being written.
fn files(dir: &Path) -> io::Result<Vec<(String, fs::Metadata)>> {
    let mut found = vec![];
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let unfinished = [".tmp", ".part", ".filepart", "~"].iter().any(|end| name.ends_with(end));
        if name.starts_with('.') || unfinished || name.chars().any(char::is_control) || !entry.file_type()?.is_file() {
            continue;
        }
        if let Ok(meta) = fs::symlink_metadata(entry.path()) {
            found.push((name, meta));
        }
        if found.len() == AT_ONCE {
            break;
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(found)
}

fn ascii(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect()
}

/// A path in `dir` that is not taken: the name, or the name with a number before its ending.
fn free(dir: &Path, name: &str) -> PathBuf {
    let plain = dir.join(name);
    if fs::symlink_metadata(&plain).is_err() {
        return plain;
    }
    let (stem, ending) = name.rsplit_once('.').map_or((name, String::new()), |(s, e)| (s, format!(".{e}")));
    (2u64..)
        .map(|n| dir.join(format!("{stem}-{n}{ending}")))
        .find(|path| fs::symlink_metadata(path).is_err())
        .unwrap_or(plain)
}

/// The bytes of a file that is no link and not above `largest`.
fn read(path: &Path, largest: u64) -> io::Result<Vec<u8>> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    if !file.metadata()?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut bytes = Vec::new();
    file.take(largest + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > largest {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(bytes)
}

fn cannot_read(e: &io::Error) -> Refused {
    let (code, zh, en) = match e.kind() {
        io::ErrorKind::FileTooLarge => (
            "TOO_LARGE",
            "文件太大，没有收下。请分几份再放。",
            "The file is too large; nothing was taken. Put it in parts.",
        ),
        _ => (
            "UNREADABLE_FILE",
            "文件读不了，没有收下。请重放。",
            "The file cannot be read; nothing was taken. Put it again.",
        ),
    };
    Refused::Cannot { code: code.into(), said: crate::desk::Both::new(zh, en), problems: vec![] }
}

/// What the API would have answered.
fn problem(refused: Refused) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(&Box::<crate::api::Problem>::from(refused)).unwrap_or_default();
    text.push(b'\n');
    text
}

/// Writes a whole file or none: beside it first, synced, then renamed.
fn written(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut beside = path.to_owned().into_os_string();
    beside.push(".tmp");
    let mut file = File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_data()?;
    fs::rename(&beside, path)
}
