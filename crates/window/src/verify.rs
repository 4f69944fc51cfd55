//! Verifying a receipt offline: the file, its proof and the window's public keys, and nothing else.

use store::head::{PublicKeys, Trusted, Witnessed};
use store::proof::{Hash, Invalid, ReceiptProof, leaf_hash};
use trade::finding::Language;
use trade::pack::Pack;
use trade::receipt::Shown;
use wire::ceb::{Difference, differences, read_receipts, write_receipts};

/// What was found out about a file that is said to be a receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The leaf under which the receipt would stand in its entry.
    pub receipt: Option<Hash>,
    /// The proof, where it can be read: its words are to be relied on only where the verdict is good.
    pub proof: Option<ReceiptProof>,
    /// The number of entries of the journal in which the receipt stands, or why it is not proved.
    pub verdict: Result<u64, NotProved>,
}

/// Why a receipt is not proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotProved {
    /// The file is not what a window writes: the first fault, in Chinese and English.
    NoReceipt(String, String),
    /// A proof is for one receipt; the file holds so many.
    Receipts(usize),
    /// The proof is of this receipt, and these values were changed.
    Changed(Vec<Difference>),
    Invalid(Invalid),
    /// The head is signed with keys that were revoked when the journal had so many entries.
    Revoked(u64),
    /// The witness signed another head than the one of the proof: of so many entries.
    NotWitnessed(u64),
}

/// Verifies a receipt against its proof, under whichever of these keys signed the head.
pub fn verify_under(receipt: &[u8], proof: &[u8], keys: &[Trusted]) -> Verified {
    let mut found = None;
    for (keys, most) in keys {
        let mut here = verify(receipt, proof, keys);
        if let (Ok(size), Some(most)) = (&here.verdict, most)
            && size > most
        {
            here.verdict = Err(NotProved::Revoked(*most));
        }
        if here.verdict != Err(NotProved::Invalid(Invalid::Signature)) {
            return here;
        }
        found = Some(here);
    }
    found.unwrap_or(Verified { receipt: None, proof: None, verdict: Err(NotProved::Invalid(Invalid::Signature)) })
}

/// Verifies a receipt against its proof.
pub fn verify(receipt: &[u8], proof: &[u8], keys: &PublicKeys) -> Verified {
    let proof = serde_json::from_slice(proof).ok().and_then(|json| ReceiptProof::from_json(&json).ok());
    let not = |receipt, proof, why| Verified { receipt, proof, verdict: Err(why) };
    let shown = match read_receipts(receipt).as_deref() {
        Ok([one]) => one.clone(),
        Ok(more) => return not(None, proof, NotProved::Receipts(more.len())),
        Err(findings) => {
            let first = |language| findings.first().map(|f| f.text(language)).unwrap_or_default();
            return not(None, proof, NotProved::NoReceipt(first(Language::Zh), first(Language::En)));
        }
    };
    let leaf = leaf_hash(&shown.leaf_bytes());
    let Some(proof) = proof else { return not(Some(leaf), None, NotProved::Invalid(Invalid::Form)) };
    let verdict = match proof.verify(&leaf, keys) {
        Ok(()) => Ok(proof.head.head.size),
        Err(Invalid::Receipt) => Err(changed(&shown, &proof)),
        Err(invalid) => Err(NotProved::Invalid(invalid)),
    };
    Verified { receipt: Some(leaf), proof: Some(proof), verdict }
}

/// The receipt and its proof, as files, from the text of the codes that are printed on it; `None` where the text is
/// not that of all its codes. Nothing of it is to be relied on before it is verified.
pub fn from_codes(text: &str) -> Option<(Vec<u8>, Vec<u8>)> {
    let proof = ReceiptProof::from_codes(text).ok()?;
    let shown = Shown::unpack(&proof.shown).ok()?;
    let receipt = write_receipts(shown.kind, &shown.guid, std::slice::from_ref(&shown));
    Some((receipt, proof.to_json().to_string().into_bytes()))
}

impl Verified {
    /// Holds the head of the proof to what a witness signed. `witness` are the keys that the reader knows it by.
    ///
    /// # Errors
    /// `Signature` where the witness, or the window to it, did not say so.
    pub fn hold_to(&mut self, witnessed: &Witnessed, witness: &PublicKeys, keys: &PublicKeys) -> Result<(), Invalid> {
        witnessed.verify()?;
        if witnessed.witness != *witness || witnessed.window.ed25519 != keys.ed25519 {
            return Err(Invalid::Signature);
        }
        let head = self.proof.as_ref().map(|proof| proof.head.head);
        if self.verdict.is_ok() && head != Some(witnessed.head.head) {
            self.verdict = Err(NotProved::NotWitnessed(witnessed.head.head.size));
        }
        Ok(())
    }
}

/// In which values the receipt is not the one that was sealed, where the proof carries that.
fn changed(shown: &Shown, proof: &ReceiptProof) -> NotProved {
    let sealed = Shown::unpack(&proof.shown).ok().filter(|_| proof.shows_what_was_sealed());
    match sealed.map(|sealed| differences(&sealed, shown)) {
        Some(differences) if !differences.is_empty() => NotProved::Changed(differences),
        _ => NotProved::Invalid(Invalid::Receipt),
    }
}

impl NotProved {
    /// In words, Chinese and English.
    pub fn words(&self) -> (String, String) {
        match self {
            NotProved::NoReceipt(zh, en) => (
                format!("文件不是窗口所写的回执：{zh}"),
                format!("the file is not a receipt as a window writes it: {en}"),
            ),
            NotProved::Receipts(count) => (
                format!("一份凭据只证明一张回执，文件里有 {count} 张"),
                format!("a proof is for one receipt, the file holds {count}"),
            ),
            NotProved::Changed(differences) => {
                let each = |of: &dyn Fn(&Difference) -> String| differences.iter().map(of).collect::<Vec<_>>();
                let zh = each(&|d| format!("{} 原为“{}”，现为“{}”", d.place, d.one, d.other)).join("；");
                let en = each(&|d| format!("{} was \"{}\" and is \"{}\"", d.place, d.one, d.other)).join("; ");
                (format!("回执被改动：{zh}"), format!("the receipt was changed: {en}"))
            }
            NotProved::Invalid(invalid) => (
                match invalid {
                    Invalid::Receipt => "回执不是这条日志里的那一张",
                    Invalid::Entry => "这条日志不在该树头的日志里",
                    Invalid::Signature => "树头不是本窗口签名的",
                    Invalid::Form => "凭据读不懂",
                }
                .into(),
                invalid.to_string(),
            ),
            NotProved::Revoked(size) => (
                format!("树头的密钥在第 {size} 条日志之后已作废；请向窗口索取新密钥下的凭据"),
                format!(
                    "the head is signed with keys that were revoked after {size} entries; ask the window for the proof \
                     under its new ones"
                ),
            ),
            NotProved::NotWitnessed(size) => (
                format!(
                    "见证方签的是 {size} 条日志的树头，与凭据的树头不是同一个；请向窗口索取该树头下的凭据（head={size}）"
                ),
                format!(
                    "the witness signed a head of {size} entries, which is not the head of this proof; ask the window for \
                     the proof under it (head={size})"
                ),
            ),
        }
    }
}
