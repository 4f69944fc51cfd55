//! `onewindow verify`: proves a receipt offline, or what a witness or a fork file says.

use super::bytes_of;
use crate::say::{Cannot, Done, Exit, Say};
use crate::zone::{PUBLIC_KEY, SUCCESSION};
use serde::Serialize;
use serde_json::Value;
use std::path::{Path, PathBuf};
use store::head::{PublicKeys, Succession, Trusted, Witnessed, fork_from_json, trusted};
use store::proof::{Invalid, ReceiptProof, hex};
use window::verify::Verified;

/// Proves a receipt offline: R.xml with R.proof.json beside it and the window's public keys. Also reads what a witness
/// signed, and two heads that prove a fork.
#[derive(clap::Args)]
pub struct Args {
    /// The receipt; its proof is the file of the same name with .proof.json. Or the text of the codes printed on it, or a
    /// JSON file of `onewindow witness`
    file: PathBuf,

    /// The proof, where it lies elsewhere
    #[arg(long, value_name = "FILE")]
    proof: Option<PathBuf>,

    /// The window's public key: 64 hexadecimal digits in a file. Without it, window.pub beside the receipt. Its key for
    /// SM2 is asked for too where it lies beside: window.sm2.pub
    #[arg(long, value_name = "FILE", env = "ONEWINDOW_PUBLIC_KEY")]
    key: Option<PathBuf>,

    /// How the window's keys followed others, for a reader who knows older ones: what /api/v1/heads/succession gives.
    /// Without it, window.succession.json beside the receipt, if it is there
    #[arg(long, value_name = "FILE")]
    succession: Option<PathBuf>,

    /// Another proof by the same window, perhaps of another party: where the two contradict each other, they prove
    /// that the window keeps two histories
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,

    /// The head that a witness signed too: it has to be the head of the proof
    #[arg(long, value_name = "FILE", requires = "witness_key")]
    witnessed: Option<PathBuf>,

    /// The public key by which that witness is known
    #[arg(long, value_name = "FILE")]
    witness_key: Option<PathBuf>,

    /// Of a statement of exports or of a period of a book, or a bill of changes: the file that it should be over
    /// (register.csv, bill.csv)
    #[arg(long, value_name = "FILE")]
    register: Option<PathBuf>,
}

const FORKED: &str = "窗口以同一密钥签了两份不同的日志";

#[derive(Serialize)]
struct Verdict {
    verdict: &'static str,
    reason: String,
    /// The same in Chinese.
    zh: String,
    /// The leaf under which the receipt stands in its entry.
    receipt: Option<String>,
    revision: Option<u64>,
    root: Option<String>,
    /// The signatures of the head that were looked at.
    signatures: Vec<&'static str>,
    /// Where the receipt was changed: element, what was sealed, what stands there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changes: Vec<(String, String, String)>,
}

impl Verdict {
    fn of(verdict: &'static str, zh: String, reason: String) -> Verdict {
        let (receipt, revision, root) = (None, None, None);
        Verdict { verdict, reason, zh, receipt, revision, root, signatures: vec![], changes: vec![] }
    }
}

pub fn run(args: &Args, say: &mut Say) -> Done {
    let key_file = args.key.clone().unwrap_or_else(|| args.file.with_file_name(PUBLIC_KEY));
    let keys = read_keys(&key_file)?;
    let file = bytes_of(&args.file, wire::ceb::MAX_BYTES)?;
    let verdict = match serde_json::from_slice::<Value>(&file) {
        Ok(json) => judge_json(&json, &keys),
        Err(_) => judge(args, &file, &trusted(&keys, &succession(args)?))?,
    };
    say.tell(&verdict, || {
        let revision = verdict.revision.map(|r| format!(", entry {r}")).unwrap_or_default();
        format!("{}: {}{revision}", verdict.verdict, verdict.reason)
    })?;
    Ok(Exit::when(verdict.verdict == "valid"))
}

/// The statements that the reader was given.
fn succession(args: &Args) -> Result<Vec<Succession>, Cannot> {
    let beside = args.file.with_file_name(SUCCESSION);
    let file = match &args.succession {
        Some(file) => file,
        None if beside.is_file() => &beside,
        None => return Ok(Vec::new()),
    };
    let json: Value = serde_json::from_slice(&bytes_of(file, 1 << 20)?).map_err(|e| Cannot::with(file, e))?;
    let all = json.as_array().map_or(std::slice::from_ref(&json), Vec::as_slice);
    all.iter().map(Succession::from_json).collect::<Result<_, _>>().map_err(|e| Cannot::with(file, e))
}

fn judge(args: &Args, receipt: &[u8], trusted: &[Trusted]) -> Result<Verdict, Cannot> {
    let text = std::str::from_utf8(receipt).unwrap_or_default();
    let (receipt, proof) = match window::verify::from_codes(text) {
        Some(both) => both,
        None if text.trim_start().starts_with(store::codes::MARK) => {
            let en = "a printed code is missing, or one was not read as it was printed";
            return Ok(Verdict::of("invalid", "缺少验真码，或者有的没有照原样读出".into(), en.into()));
        }
        None => {
            let proof = args.proof.clone().unwrap_or_else(|| args.file.with_extension("proof.json"));
            (receipt.to_vec(), bytes_of(&proof, 1 << 20)?)
        }
    };
    let receipt = receipt.as_slice();
    let mut found = window::verify::verify_under(receipt, &proof, trusted);
    // What others say is held to the keys that signed this head.
    let signed = |(keys, _): &&Trusted| found.proof.as_ref().is_some_and(|proof| proof.head.verify(keys).is_ok());
    let keys = trusted.iter().find(signed).or(trusted.first()).map(|(keys, _)| keys.clone());
    let keys = &keys.ok_or_else(|| Cannot::because("no public key is known"))?;
    let mut verdict = said(&found, keys);
    if let (Some(witnessed), Some(key)) = (&args.witnessed, &args.witness_key) {
        let (json, witness) = (bytes_of(witnessed, 1 << 20)?, read_keys(key)?);
        let read = serde_json::from_slice(&json).map_or(Err(Invalid::Form), |json| Witnessed::from_json(&json));
        let held = read.and_then(|seen| found.hold_to(&seen, &witness, keys));
        if verdict.verdict == "valid" {
            verdict = match held {
                Err(invalid) => {
                    let reason = format!("of the witness's head: {invalid}");
                    Verdict { verdict: "invalid", reason, zh: "见证方的树头不成立".into(), ..verdict }
                }
                Ok(()) => {
                    let held = said(&found, keys);
                    let also = if found.verdict.is_ok() {
                        ("；见证方签了同一个树头", ", and the witness signed that head too")
                    } else {
                        ("", "")
                    };
                    Verdict { zh: held.zh.clone() + also.0, reason: held.reason.clone() + also.1, ..held }
                }
            };
        }
    }
    if let Some(other) = args.against.as_ref().filter(|_| verdict.verdict == "valid") {
        hold_against(&mut verdict, found.proof.as_ref(), &bytes_of(other, 1 << 20)?, keys);
    }
    if let Some(file) = args.register.as_ref().filter(|_| verdict.verdict == "valid") {
        hold_register(&mut verdict, receipt, &super::text_of(file)?);
    }
    Ok(verdict)
}

fn said(found: &Verified, keys: &PublicKeys) -> Verdict {
    let (zh, en) = match &found.verdict {
        Ok(size) => (
            format!("回执在本窗口签名的 {size} 条日志里"),
            format!("the receipt stands in the journal of {size} entries that this window signed"),
        ),
        Err(why) => why.words(),
    };
    let signatures = if keys.sm2.is_some() { vec!["ed25519", "sm2"] } else { vec!["ed25519"] };
    let changes = match &found.verdict {
        Err(window::verify::NotProved::Changed(all)) => all.clone(),
        _ => vec![],
    };
    Verdict {
        receipt: found.receipt.map(|hash| hex(&hash)),
        revision: found.proof.as_ref().map(|proof| proof.leaf.revision),
        root: found.proof.as_ref().map(|proof| hex(&proof.head.head.root)),
        signatures,
        changes: changes.into_iter().map(|d| (d.place, d.one, d.other)).collect(),
        ..Verdict::of(if found.verdict.is_ok() { "valid" } else { "invalid" }, zh, en)
    }
}

/// The register of a month, or the rows of a bill of changes: the file over which the receipt was made, row by row, or
/// another.
fn hold_register(verdict: &mut Verdict, receipt: &[u8], register: &str) {
    let shown = wire::ceb::read_receipts(receipt).ok().and_then(|shown| shown.into_iter().next()).unwrap_or_default();
    let (told, found) = match (&shown.statement, &shown.changes, &shown.period) {
        (Some(of), _, _) => (Some((of.rows, of.digest)), trade::register::read(register)),
        (_, Some(of), _) => (Some((of.rows, of.digest)), trade::correction::read_bill(register)),
        (_, _, Some(of)) => (Some((of.rows, of.digest)), trade::bonded::period::read_file(register)),
        (None, None, None) => (None, None),
    };
    (verdict.verdict, verdict.zh, verdict.reason) = match (told, found) {
        (None, _) => (
            "invalid",
            "回执不是出口台账表、变更清单或期末结转单".into(),
            "the receipt is no statement of exports or of a period, and no bill of changes".into(),
        ),
        (_, None) => ("invalid", "台账读不懂".into(), "the register cannot be read".into()),
        (Some(told), Some(found)) if told == found => (
            "valid",
            format!("{}；它的 {} 行与台账一致", verdict.zh, found.0),
            format!("{}; its {} rows are those of the register", verdict.reason, found.0),
        ),
        (Some(told), Some(found)) => (
            "invalid",
            format!("台账不是这张表的：有 {} 行，表上 {} 行", found.0, told.0),
            format!("the register is not the one of this statement: {} rows, told {}", found.0, told.0),
        ),
    };
}

/// A second proof: invalid, not contradicting, or with the first one the proof of a fork.
fn hold_against(verdict: &mut Verdict, proof: Option<&ReceiptProof>, other: &[u8], keys: &PublicKeys) {
    let other = serde_json::from_slice(other).map_or(Err(Invalid::Form), |json| ReceiptProof::from_json(&json));
    let fork = proof.ok_or(Invalid::Form).and_then(|proof| proof.fork(&other?, keys));
    (verdict.verdict, verdict.zh, verdict.reason) = match fork {
        Ok(None) => (
            "valid",
            format!("{}；另一份凭据与它不矛盾", verdict.zh),
            format!("{}; the other proof does not contradict it", verdict.reason),
        ),
        Ok(Some(fork)) => ("forked", FORKED.into(), fork.to_string()),
        Err(invalid) => ("invalid", "另一份凭据不成立".into(), format!("of the other proof: {invalid}")),
    };
}

/// What a witness signed, or a fork.
fn judge_json(json: &Value, keys: &PublicKeys) -> Verdict {
    let invalid = |invalid: Invalid| Verdict::of("invalid", "文件不成立".into(), invalid.to_string());
    if let Ok(seen) = Witnessed::from_json(json) {
        return match seen.verify() {
            Ok(()) if seen.window.ed25519 == keys.ed25519 => {
                let size = seen.head.head.size;
                let (zh, en) = (
                    format!("见证方签了本窗口 {size} 条日志的树头"),
                    format!("a witness signed this window's head of {size} entries"),
                );
                Verdict { root: Some(hex(&seen.head.head.root)), ..Verdict::of("valid", zh, en) }
            }
            Ok(()) => invalid(Invalid::Signature),
            Err(why) => invalid(why),
        };
    }
    match fork_from_json(json) {
        Ok((window, _)) if window.ed25519 != keys.ed25519 => invalid(Invalid::Signature),
        Ok((_, Some(fork))) => Verdict::of("forked", FORKED.into(), fork.to_string()),
        Ok((_, None)) => {
            Verdict::of("valid", "两个树头并不矛盾".into(), "the two heads do not contradict each other".into())
        }
        Err(why) => invalid(why),
    }
}

/// The public keys in a file and beside it: `NAME.pub` for Ed25519, `NAME.sm2.pub` for SM2 if it is there.
pub fn read_keys(path: &Path) -> Result<PublicKeys, Cannot> {
    let text = super::text_of(path).map_err(|error| {
        Cannot::because(format!(
            "{error}; the window's public key is needed: --key FILE, or window.pub beside the receipt"
        ))
    })?;
    let beside = path.with_extension("sm2.pub");
    let sm2 = if beside.exists() { Some(super::text_of(&beside)?) } else { None };
    PublicKeys::from_text(&text, None)
        .ok_or_else(|| Cannot::with(path, "no public key: 64 hexadecimal digits are expected"))
        .and_then(|_| {
            let both = PublicKeys::from_text(&text, sm2.as_deref());
            both.ok_or_else(|| Cannot::with(&beside, "no public key of SM2: 130 hexadecimal digits are expected"))
        })
}
