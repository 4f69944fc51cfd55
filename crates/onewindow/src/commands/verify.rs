//! `onewindow verify`: proves a receipt offline.

use super::bytes_of;
use crate::say::{Cannot, Done, Exit, Say};
use serde::Serialize;
use std::path::{Path, PathBuf};
use store::proof::{Invalid, ReceiptProof, VerifyingKey, hex, leaf_hash, unhex};

/// Proves a receipt offline: R.xml with R.proof.json beside it and the window's public key.
#[derive(clap::Args)]
pub struct Args {
    /// The receipt; its proof is the file of the same name with .proof.json
    file: PathBuf,

    /// The proof, where it lies elsewhere
    #[arg(long, value_name = "FILE")]
    proof: Option<PathBuf>,

    /// The window's public key: 64 hexadecimal digits in a file. Without it, window.pub beside the receipt
    #[arg(long, value_name = "FILE", env = "ONEWINDOW_PUBLIC_KEY")]
    key: Option<PathBuf>,

    /// Another proof by the same window, perhaps of another party: where the two contradict each other, they prove
    /// that the window keeps two histories
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,

    /// Of a statement of exports: the register that it should be over (register.csv)
    #[arg(long, value_name = "FILE")]
    register: Option<PathBuf>,
}

#[derive(Serialize)]
struct Verdict {
    verdict: &'static str,
    reason: String,
    /// The leaf under which the receipt stands in its entry.
    receipt: Option<String>,
    revision: Option<u64>,
    root: Option<String>,
}

pub fn run(args: &Args, say: &mut Say) -> Done {
    let key_file = args.key.clone().unwrap_or_else(|| args.file.with_file_name("window.pub"));
    let key = read_key(&key_file)?;
    let receipt = bytes_of(&args.file, wire::ceb::MAX_BYTES)?;
    let proof_file = args.proof.clone().unwrap_or_else(|| args.file.with_extension("proof.json"));
    let proof = bytes_of(&proof_file, 1 << 20)?;
    let mut verdict = judge(&receipt, &proof, &key);
    if let Some(other) = args.against.as_ref().filter(|_| verdict.verdict == "valid") {
        hold_against(&mut verdict, &proof, &bytes_of(other, 1 << 20)?, &key);
    }
    if let Some(file) = args.register.as_ref().filter(|_| verdict.verdict == "valid") {
        hold_register(&mut verdict, &receipt, &super::text_of(file)?);
    }
    say.tell(&verdict, || {
        let revision = verdict.revision.map(|r| format!(", entry {r}")).unwrap_or_default();
        format!("{}: {}{revision}", verdict.verdict, verdict.reason)
    })?;
    Ok(Exit::when(verdict.verdict == "valid"))
}

fn judge(receipt: &[u8], proof: &[u8], key: &VerifyingKey) -> Verdict {
    let mut verdict = Verdict { verdict: "invalid", reason: String::new(), receipt: None, revision: None, root: None };
    let proof = serde_json::from_slice(proof).ok().and_then(|json| ReceiptProof::from_json(&json).ok());
    let leaf = match wire::ceb::read_receipts(receipt) {
        Err(findings) => {
            let first = findings.first().map(|f| f.text(trade::finding::Language::En)).unwrap_or_default();
            verdict.reason = format!("the file is not a receipt as a window writes it: {first}");
            return verdict;
        }
        Ok(shown) => match shown.as_slice() {
            [one] => leaf_hash(&one.leaf_bytes()),
            more => {
                verdict.reason = format!("a proof is for one receipt, the file holds {}", more.len());
                return verdict;
            }
        },
    };
    verdict.receipt = Some(hex(&leaf));
    let Some(proof) = proof else {
        verdict.reason = "the proof cannot be read".into();
        return verdict;
    };
    verdict.revision = Some(proof.leaf.revision);
    verdict.root = Some(hex(&proof.head.head.root));
    match proof.verify(&leaf, key) {
        Ok(()) => {
            verdict.verdict = "valid";
            verdict.reason = format!(
                "the receipt stands in the journal of {} entries that this window signed",
                proof.head.head.size
            );
        }
        Err(invalid) => verdict.reason = invalid.to_string(),
    }
    verdict
}

/// The register of a month: the one over which its statement was made, row by row, or another.
fn hold_register(verdict: &mut Verdict, receipt: &[u8], register: &str) {
    let shown = wire::ceb::read_receipts(receipt).ok().and_then(|shown| shown.into_iter().next());
    let statement = shown.and_then(|shown| shown.statement).map(|of| (of.rows, of.digest));
    (verdict.verdict, verdict.reason) = match (statement, trade::register::read(register)) {
        (None, _) => ("invalid", "the receipt is no statement of exports".into()),
        (_, None) => ("invalid", "the register cannot be read".into()),
        (Some(told), Some(found)) if told == found => {
            ("valid", format!("{}; its {} rows are those of the register", verdict.reason, found.0))
        }
        (Some(told), Some(found)) => {
            ("invalid", format!("the register is not the one of this statement: {} rows, told {}", found.0, told.0))
        }
    };
}

/// A second proof: invalid, not contradicting, or with the first one the proof of a fork.
fn hold_against(verdict: &mut Verdict, proof: &[u8], other: &[u8], key: &VerifyingKey) {
    let read = |bytes: &[u8]| serde_json::from_slice(bytes).map_or(Err(Invalid::Form), |j| ReceiptProof::from_json(&j));
    let fork = read(proof).and_then(|proof| read(other).and_then(|other| proof.fork(&other, key)));
    (verdict.verdict, verdict.reason) = match fork {
        Ok(None) => ("valid", format!("{}; the other proof does not contradict it", verdict.reason)),
        Ok(Some(fork)) => ("forked", fork.to_string()),
        Err(invalid) => ("invalid", format!("of the other proof: {invalid}")),
    };
}

fn read_key(path: &Path) -> Result<VerifyingKey, Cannot> {
    let text = super::text_of(path).map_err(|error| {
        Cannot::because(format!(
            "{error}; the window's public key is needed: --key FILE, or window.pub beside the receipt"
        ))
    })?;
    unhex::<32>(text.trim())
        .and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok())
        .ok_or_else(|| Cannot::with(path, "no public key: 64 hexadecimal digits are expected"))
}
