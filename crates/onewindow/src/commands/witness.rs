//! `onewindow witness`: signs another window's heads, as long as each continues the one before.

use super::remote::get;
use crate::clock::Clock;
use crate::say::{Cannot, Done, Exit, Say};
use crate::zone::{ZoneArgs, no_zone, write_whole};
use serde::Serialize;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::Duration;
use store::head::{
    Consistency, HeadKeys, PublicKeys, SignedHead, Succession, Trusted, Witnessed, fork_to_json, trusted,
};
use store::proof::{Invalid, hex};

/// Watches another window: signs its newest head if that continues the one signed before, and keeps the proof if it
/// does not. The zone is one's own, whose keys sign; it may be running.
#[derive(clap::Args)]
pub struct Args {
    /// The window that is watched (http://HOST:PORT)
    #[arg(long, value_name = "URL")]
    url: String,

    #[command(flatten)]
    zone: ZoneArgs,

    /// The watched window's public key, from another source. Without it, the key that it gives at first sight
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,

    /// Where what was signed is kept, for anybody to have; DIR/witness unless told
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Goes on, and looks again after so many seconds
    #[arg(long, value_name = "SECONDS")]
    every: Option<u64>,
}

/// One look at the other window.
#[derive(Serialize)]
struct Look {
    verdict: &'static str,
    zh: String,
    en: String,
    window: String,
    /// Entries of the head that was signed before.
    before: Option<u64>,
    size: Option<u64>,
    root: Option<String>,
    /// What was written: the head with both signatures, or the two heads of a fork.
    file: Option<PathBuf>,
}

pub fn run(args: &Args, say: &mut Say, clock: &Clock) -> Done {
    let place = args.zone.place()?;
    if !place.exists() {
        return Err(no_zone(&place.data));
    }
    let zone = args.zone.read(clock)?;
    let (keys, all) = (zone.head_keys().map_err(Cannot::because)?, zone.own_keys().map_err(Cannot::because)?);
    zone.close();
    let folder = args.out.clone().unwrap_or_else(|| place.data.join("witness"));
    std::fs::create_dir_all(&folder).map_err(|error| Cannot::with(&folder, error))?;
    let known = args.key.as_deref().map(super::verify::read_keys).transpose()?;
    let (ed25519, sm2) = keys.public().to_text();
    write_whole(&folder.join("witness.pub"), (ed25519 + "\n").as_bytes())?;
    write_whole(&folder.join("witness.sm2.pub"), (sm2.unwrap_or_default() + "\n").as_bytes())?;
    loop {
        let look = look(&args.url, (&keys, &all), known.as_ref(), &folder);
        if let Ok(look) = &look {
            say.tell(look, || format!("{}: {}", look.verdict, look.en))?;
            say.flush()?;
        }
        match (look, args.every) {
            // A window that is away is asked again; one that contradicts itself is not signed any more.
            (Err(cannot), Some(seconds)) => {
                eprintln!("{cannot}");
                std::thread::sleep(Duration::from_secs(seconds.max(1)));
            }
            (Ok(look), Some(seconds)) if look.is_well() => std::thread::sleep(Duration::from_secs(seconds.max(1))),
            (Ok(look), _) => return Ok(Exit::when(look.is_well())),
            (Err(cannot), None) => return Err(cannot),
        }
    }
}

impl Look {
    fn is_well(&self) -> bool {
        matches!(self.verdict, "first" | "continues")
    }
}

fn look(
    url: &str,
    (own, all): (&HeadKeys, &[Trusted]),
    known: Option<&PublicKeys>,
    folder: &Path,
) -> Result<Look, Cannot> {
    let answer = get(url, "/api/v1/heads/latest")?;
    let (head, said) = read_head(&answer)
        .ok_or_else(|| Cannot::because(format!("{url}: that is no head of a window; perhaps it has no entry yet")))?;
    let statements = get(url, "/api/v1/heads/succession").ok();
    let statements: Vec<Succession> = statements
        .and_then(|json| json.as_array().map(|all| all.iter().filter_map(|s| Succession::from_json(s).ok()).collect()))
        .unwrap_or_default();
    // A window is known by its first key, wherever it answers and whichever keys followed.
    let origin = statements.first().filter(|_| trusts(&statements, &said)).map_or(&said, |first| &first.from);
    let name = known.unwrap_or(origin).to_text().0[..16].to_owned();
    let file = folder.join(format!("{name}.json"));
    let before = match std::fs::read(&file) {
        Ok(bytes) => Some(
            serde_json::from_slice(&bytes)
                .ok()
                .and_then(|json| Witnessed::from_json(&json).ok())
                .filter(|seen| seen.verify().is_ok() && all.iter().any(|(keys, _)| *keys == seen.witness))
                .ok_or_else(|| Cannot::with(&file, "that is not what this zone signed"))?,
        ),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(Cannot::with(&file, error)),
    };
    let window = known.or(before.as_ref().map(|seen| &seen.window)).unwrap_or(&said);
    let mut look = Look {
        verdict: "first",
        zh: format!("首次见到 {} 条日志的树头，已签", head.head.size),
        en: format!("seen for the first time with {} entries, and signed", head.head.size),
        window: window.to_text().0,
        before: before.as_ref().map(|seen| seen.head.head.size),
        size: Some(head.head.size),
        root: Some(hex(&head.head.root)),
        file: Some(file.clone()),
    };
    let mut not = |verdict, zh: &str, en: &str| {
        (look.verdict, look.zh, look.en, look.file) = (verdict, zh.into(), en.into(), None);
    };
    // The keys that it signs with now, as far as the known ones lead there.
    let followed = trusted(window, &statements);
    let holds = |(keys, most): &&Trusted| most.is_none_or(|most| head.head.size <= most) && head.verify(keys).is_ok();
    let window = followed.iter().find(holds).map_or(window, |(keys, _)| keys);
    if head.verify(window).is_err() {
        not(
            "invalid",
            "树头不是该窗口的密钥签名的，未签",
            "the head is not signed with this window's keys; not signed",
        );
        return Ok(look);
    }
    if let Some(seen) = &before {
        let old = &seen.head;
        if head.head.size < old.head.size {
            not("behind", "窗口的日志比从前短，未签", "the window shows fewer entries than before; not signed");
            return Ok(look);
        }
        let path = format!("/api/v1/heads/consistency?from={}&to={}", old.head.size, head.head.size);
        let shown = Consistency::from_json(&get(url, &path)?).map_err(|e| Cannot::because(format!("{url}: {e}")))?;
        // The window signs its head of the old size once more: if that is another one, both together prove the fork.
        let fork = [&shown.from, &head].into_iter().find_map(|said| Some((said, old.fork(said, window).ok()??)));
        if let Some((said, fork)) = fork {
            let proof = folder.join(format!("{name}.fork.json"));
            write_json(&proof, &fork_to_json(window, old, said))?;
            not("forked", "窗口以同一密钥签了两份不同的日志，证据已存", &format!("{fork}; the proof is kept"));
            look.file = Some(proof);
            return Ok(look);
        }
        if shown.from.head != old.head || shown.to.head != head.head || shown.verify(window).is_err() {
            not(
                "inconsistent",
                "窗口不能证明新的日志接着从前的，未签",
                "the window cannot show that its journal continues the one before; not signed",
            );
            return Ok(look);
        }
        (look.verdict, look.zh, look.en) = (
            "continues",
            format!("{} 条日志接着从前的 {} 条，已签", head.head.size, old.head.size),
            format!("{} entries continue the {} of before; signed", head.head.size, old.head.size),
        );
    }
    let seen = own.countersign(window.clone(), head).map_err(Cannot::because)?;
    write_json(&file, &seen.to_json())?;
    Ok(look)
}

/// Whether the statements lead from their first keys to these.
fn trusts(statements: &[Succession], to: &PublicKeys) -> bool {
    let first = statements.first().map(|statement| &statement.from);
    first.is_some_and(|first| trusted(first, statements).iter().any(|(keys, _)| keys == to))
}

/// What `/api/v1/heads/…` answers: the head and the keys it names.
fn read_head(answer: &Value) -> Option<(SignedHead, PublicKeys)> {
    let head = SignedHead::from_json(answer).map_err(|_: Invalid| ()).ok()?;
    Some((head, PublicKeys::from_text(answer["key"].as_str()?, answer["sm2_key"].as_str())?))
}

fn write_json(path: &Path, json: &Value) -> Result<(), Cannot> {
    write_whole(path, &serde_json::to_vec_pretty(json).map_err(Cannot::because)?)
}
