//! Files that belong to a parcel or to a filing of goods: looked at by content, scanned by a configured program, kept
//! in the vault, and given back as files only.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use trade::command::{Attach, AttachedTo, MediaKind};
use trade::finding::{Code, Finding};
use trade::key::{Key, Pair};
use trade::policy::rights::Action;
use trade::record::{Attached, Attachments};
use trade::registry::GoodsRow;
use window::attachment::{LARGEST, MOST, kind_of};

use crate::desk::{Answer, Refused, Sight};
use crate::house::House;
use crate::live::{actor, broken, refusal, taken};
use crate::program::answer_of;
use crate::traced::Shows;

/// A program that takes a file on its standard input and ends with 0 where it finds nothing, with 1 and a line on its
/// standard output where it does (as `clamdscan -` and the like).
#[derive(Clone, Debug)]
pub struct Scanner(pub PathBuf);

/// A scan takes this long at most.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a scanner said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scanned {
    Clean,
    Found(String),
}

impl Scanner {
    /// Scans a file; nothing of it is written to disk.
    ///
    /// # Errors
    /// The program cannot be run, or does not end: then nothing is taken in.
    pub fn scan(&self, bytes: &[u8]) -> Result<Scanned, String> {
        scan(&self.0, bytes, PATIENCE)
    }
}

fn scan(program: &Path, bytes: &[u8], patience: Duration) -> Result<Scanned, String> {
    let (ended, said) = answer_of(Command::new(program), bytes.to_vec(), 4_096, patience)?;
    let line = String::from_utf8_lossy(&said).lines().next().unwrap_or_default().chars().take(200).collect();
    match ended {
        Some(0) => Ok(Scanned::Clean),
        Some(1) => Ok(Scanned::Found(line)),
        other => Err(format!("the scanner ended with {other:?}")),
    }
}

/// What a file is attached to: the number of a parcel, or `goods:SELLER:ITEM`.
fn target(house: &House, sight: &Sight, key: &str) -> Answer<(AttachedTo, Pair, Shows)> {
    if let Some((code, number)) = key.strip_prefix("goods:").and_then(|rest| rest.split_once(':')) {
        let of = Pair { code: code.into(), number: number.into() };
        let known = house.window().read::<GoodsRow>(&Key::Goods(of.clone())).is_some();
        let shows = Shows { enterprises: vec![code.to_owned()], records: 1, ..Shows::default() };
        return match known && sight.sees([code], "") {
            true => Ok((AttachedTo::Goods, of, shows)),
            false => Err(Refused::NotFound),
        };
    }
    let (case, parties, office) = house.parties_of(key)?;
    if !sight.sees(&parties, &office) {
        return Err(Refused::NotFound);
    }
    let of = Pair { code: case.ebc.clone(), number: case.order_no.clone() };
    Ok((AttachedTo::Case, of, Shows { parcels: vec![case], enterprises: parties, records: 1 }))
}

fn place(to: AttachedTo, of: Pair) -> Key {
    match to {
        AttachedTo::Case => Key::Attachments(of),
        AttachedTo::Goods => Key::GoodsAttachments(of),
    }
}

/// Those of a place, oldest first.
pub(crate) fn held(house: &House, to: AttachedTo, of: Pair) -> Vec<Attached> {
    house.window().read::<Attachments>(&place(to, of)).unwrap_or_default().all
}

/// Takes a file in; the entry that holds its commitment.
pub(crate) fn attach(house: &House, sight: &Sight, key: &str, bytes: &[u8]) -> Answer<u64> {
    let caller = sight.caller.as_ref().ok_or(Refused::NotAllowed { what: String::new() })?;
    let (to, of, _) = target(house, sight, key)?;
    let size = bytes.len() as u64;
    if size > LARGEST || size == 0 {
        let limit = Finding::new(Code::AttachmentLimit, "", "").arg("most", MOST as u64).arg("size", size);
        return Err(refusal(&limit.arg("largest", LARGEST)));
    }
    let Some(kind) = kind_of(bytes) else { return Err(refusal(&Finding::new(Code::AttachmentKind, "", ""))) };
    let scanned = match house.scanner() {
        None => false,
        Some(scanner) => match scanner.scan(bytes) {
            Ok(Scanned::Clean) => true,
            Ok(Scanned::Found(said)) => {
                return Err(refusal(&Finding::new(Code::AttachmentUnsafe, "", "").arg("said", said)));
            }
            Err(error) => return Err(broken(&error)),
        },
    };
    let attach = Attach { by: actor(caller), to, of, kind, size, scanned, ..Attach::default() };
    let answer = house.window().attach(attach, bytes)?;
    taken(&answer)?;
    Ok(answer.revision)
}

/// A file that was taken in, by the entry that holds its commitment. The look is written down first.
pub(crate) fn attachment(house: &House, sight: &Sight, key: &str, revision: u64) -> Answer<(MediaKind, Vec<u8>)> {
    let (to, of, shows) = target(house, sight, key)?;
    let found = held(house, to, of).into_iter().find(|one| one.revision == revision).ok_or(Refused::NotFound)?;
    house.trace(sight, shows)?;
    let bytes = house.window().original(revision).map_err(|e| broken(&e.to_string()))?;
    Ok((found.kind, bytes.ok_or(Refused::NotFound)?))
}

/// Whether somebody may read attachments at all.
pub(crate) fn may_read(house: &House, sight: &Sight) -> bool {
    let role = sight.caller.as_ref().map(|caller| caller.role.actor());
    role.is_some()
        && house.rights_in_force().of(role, Action::AttachmentRead, None, house.window().now().day()).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::of_words as scanner;

    #[test]
    fn a_scanner_says_clean_found_or_nothing_in_time() {
        let long = Duration::from_secs(20);
        let (_a, path) = scanner("grep -q EVIL && { echo 'Eicar found'; exit 1; } || exit 0");
        assert_eq!(scan(&path, b"a picture", long), Ok(Scanned::Clean));
        assert_eq!(
            scan(&path, &[b"x".repeat(3 << 20), b"\nEVIL".to_vec()].concat(), long),
            Ok(Scanned::Found("Eicar found".into()))
        );
        let (_b, path) = scanner("exit 2");
        assert!(scan(&path, b"x", long).is_err());
        let (_c, path) = scanner("exec sleep 60");
        assert_eq!(scan(&path, b"x", Duration::from_millis(100)), Err("the program does not end".into()));
        assert!(scan(Path::new("/nothing/here"), b"x", long).is_err());
    }
}
