//! `onewindow backup`, `restore` and `doctor`: what an operator needs.

use crate::say::{Cannot, Done, Exit, Say};
use crate::zone::{ZoneArgs, no_zone};
use serde::Serialize;
use std::path::PathBuf;
use store::backup::Manifest;
use store::{JournalReader, StoreError, proof};

/// Copies a zone, which may be running, into an empty folder.
#[derive(clap::Args)]
pub struct BackupArgs {
    /// The empty folder
    #[arg(value_name = "DIR")]
    to: PathBuf,

    #[command(flatten)]
    zone: ZoneArgs,

    /// With the keys: whoever holds this copy can read it
    #[arg(long)]
    with_keys: bool,
}

/// Puts a backup into an empty place and proves that the journal has its hash.
#[derive(clap::Args)]
pub struct RestoreArgs {
    /// The backup
    #[arg(value_name = "DIR")]
    from: PathBuf,

    #[command(flatten)]
    zone: ZoneArgs,
}

/// Looks a zone over without changing it, also while it runs.
///
/// Keys, lock, journal with chain and tree, how far the views lag, state, vault.
#[derive(clap::Args)]
pub struct DoctorArgs {
    #[command(flatten)]
    zone: ZoneArgs,
}

#[derive(Serialize)]
struct Copied {
    entries: u64,
    hash: String,
    files: usize,
    bytes: u64,
    with_keys: bool,
}

impl Copied {
    fn of(manifest: &Manifest) -> Copied {
        Copied {
            entries: manifest.head.size,
            hash: proof::hex(&manifest.head.chain),
            files: manifest.files.len(),
            bytes: manifest.files.iter().map(|f| f.bytes).sum(),
            with_keys: manifest.with_keys,
        }
    }

    fn words(&self, what: &str) -> String {
        format!("{what} {} entries, {} files, {} bytes; hash {}", self.entries, self.files, self.bytes, self.hash)
    }
}

pub fn backup(args: &BackupArgs, say: &mut Say) -> Done {
    let manifest = store::backup::backup(&args.zone.place()?, &args.to, args.with_keys).map_err(Cannot::because)?;
    let copied = Copied::of(&manifest);
    say.tell(&copied, || copied.words("copied"))?;
    Ok(Exit::Well)
}

pub fn restore(args: &RestoreArgs, say: &mut Say) -> Done {
    let place = args.zone.place()?;
    if !args.from.join("manifest.json").is_file() {
        let why = "is no backup: it holds no manifest.json\n这不是备份：没有 manifest.json";
        return Err(Cannot::with(&args.from, why));
    }
    match store::backup::restore(&args.from, &place) {
        Ok(manifest) => {
            let copied = Copied::of(&manifest);
            say.tell(&copied, || copied.words("restored and proved"))?;
            Ok(Exit::Well)
        }
        // What was copied is not what stands there: the thing asked about is bad, not the asking.
        Err(error @ StoreError::Corrupt { .. }) => {
            say.words(&serde_json::json!({ "verdict": "invalid", "reason": error.to_string() }).to_string())?;
            Ok(Exit::Refused)
        }
        Err(error) => Err(Cannot::because(error)),
    }
}

#[derive(Serialize)]
struct Looked {
    what: &'static str,
    well: bool,
    said: String,
}

pub fn doctor(args: &DoctorArgs, say: &mut Say) -> Done {
    let place = args.zone.place()?;
    if !place.exists() {
        return Err(no_zone(&place.data));
    }
    let mut all_well = true;
    let mut look = |what: &'static str, found: Result<String, String>| -> Result<(), Cannot> {
        let (well, said) = match found {
            Ok(said) => (true, said),
            Err(said) => (false, said),
        };
        all_well &= well;
        let looked = Looked { what, well, said };
        say.tell(&looked, || format!("{} {}: {}", if looked.well { "ok " } else { "BAD" }, what, looked.said))
    };
    let outside = !place.keys.starts_with(&place.data);
    let there = place.keys.is_dir();
    look(
        "keys",
        match (there, outside) {
            (true, true) => Ok("they are there, outside of the data".into()),
            (true, false) => Err("they lie inside the data: every copy of the data can be read".into()),
            (false, _) => Err(format!("{} is missing: originals cannot be read", place.keys.display())),
        },
    )?;
    if place.data.join("lock").exists() {
        look(
            "lock",
            match store::zone::Lock::take(place.disk(), &place.data) {
                Ok(_) => Ok("nobody has the zone open for writing".into()),
                Err(StoreError::Locked(_)) => Ok("a process has the zone open for writing".into()),
                Err(StoreError::Io { source, .. }) if source.kind() == std::io::ErrorKind::PermissionDenied => {
                    Ok("whoever may not write here cannot ask".into())
                }
                Err(error) => Err(error.to_string()),
            },
        )?;
    }
    let journal = JournalReader::open(place.disk(), &place.journal());
    let checked = journal.as_ref().map_err(ToString::to_string).and_then(|j| j.check().map_err(|e| e.to_string()));
    look(
        "journal",
        checked.map(|head| format!("{} entries, chain and tree hold; hash {}", head.size, proof::hex(&head.chain))),
    )?;
    if let Ok(journal) = &journal {
        look("views", lag(&place, journal))?;
    }
    // What is derived is not in a backup: a restored zone makes it when it starts.
    if !place.vault().join("index").exists() {
        look("state", Ok("not started yet; snapshot and indexes are made from the journal at the first start".into()))?;
        return Ok(Exit::when(all_well));
    }
    let reading = store::zone::Reading::open(&place, Box::new(trade::record::settled));
    match reading {
        Err(error) => look("state", Err(error.to_string()))?,
        Ok(reading) => {
            let (at, last) = (reading.state.revision(), reading.journal.last());
            look("state", Ok(format!("newest snapshot at entry {at}; {} entries would be folded", last - at)))?;
            look("vault", originals(&reading))?;
        }
    }
    Ok(Exit::when(all_well))
}

/// How far the views are behind the journal.
fn lag(place: &store::Place, journal: &JournalReader) -> Result<String, String> {
    let last = journal.last();
    if !place.views().exists() {
        return Ok(format!("not made yet; {last} entries behind, filled when the window runs"));
    }
    let mark = store::Views::open_read(&place.views()).and_then(|views| views.mark());
    let (at, chain) = mark.map_err(|error| format!("{error}; onewindow views rebuild makes them anew"))?;
    match journal.chain(at) {
        Ok(own) if own == chain => Ok(format!("at entry {at}, {} entries behind", last.saturating_sub(at))),
        _ => Err("they are of another journal; onewindow views rebuild makes them anew".into()),
    }
}

/// Reads the newest originals back.
fn originals(reading: &store::zone::Reading) -> Result<String, String> {
    let last = reading.journal.last();
    let mut read = 0;
    for revision in (last.saturating_sub(200)..=last).rev() {
        match reading.vault.original(revision) {
            Ok(Some(_)) => read += 1,
            Ok(None) | Err(StoreError::Gone) => {}
            Err(error) => return Err(format!("original of entry {revision}: {error}")),
        }
    }
    Ok(format!("{read} originals of the newest entries can be read"))
}
