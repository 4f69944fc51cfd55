//! A receipt's proof as the text of QR codes: numbers and hexadecimal digits in capitals, parted by strokes, since a code
//! holds these characters in five and a half bits each. The receipt itself is in it (`shown`), so the text is enough.

use crate::head::{Head, SignedHead};
use crate::proof::{Hash, Invalid, LeafData, ReceiptProof, bytes, hex, unhex};
use trade::time::Moment;

/// How each of the codes begins: the form's number, then which code of how many: `OW1:2/3:`.
pub const MARK: &str = "OW1:";

/// The most codes that a text is read from.
const MOST: usize = 64;

impl ReceiptProof {
    /// The texts of the codes, each with at most `room` characters of the proof.
    pub fn to_codes(&self, room: usize) -> Vec<String> {
        let hash = |h: &[u8]| hex(h).to_uppercase();
        let path = |hashes: &[Hash]| hash(&hashes.concat());
        let (leaf, head) = (&self.leaf, &self.head.head);
        let text = [
            self.index.to_string(),
            self.receipts.to_string(),
            path(&self.receipt_path),
            leaf.revision.to_string(),
            leaf.at.0.to_string(),
            hash(&leaf.body),
            hash(&leaf.receipts_root),
            hash(&leaf.chain),
            path(&self.path),
            head.size.to_string(),
            hash(&head.root),
            hash(&head.chain),
            head.at.0.to_string(),
            hash(&self.head.signature),
            self.head.sm2.map(|s| hash(&s)).unwrap_or_default(),
            hash(&self.shown),
        ]
        .join("/");
        let room = room.clamp(text.len().div_ceil(MOST).max(1), text.len());
        let parts: Vec<&str> = text.as_bytes().chunks(room).filter_map(|part| std::str::from_utf8(part).ok()).collect();
        parts.iter().enumerate().map(|(i, part)| format!("{MARK}{}/{}:{part}", i + 1, parts.len())).collect()
    }

    /// Reads what [`ReceiptProof::to_codes`] wrote: all codes, parted by white space, in any order.
    ///
    /// # Errors
    /// `Form` if a code is missing or not what it should be.
    pub fn from_codes(text: &str) -> Result<ReceiptProof, Invalid> {
        read(text).ok_or(Invalid::Form)
    }
}

fn read(text: &str) -> Option<ReceiptProof> {
    let mut parts: Vec<(usize, usize, &str)> = Vec::new();
    for code in text.split_ascii_whitespace() {
        let (place, part) = code.strip_prefix(MARK)?.split_once(':')?;
        let (place, of) = place.split_once('/')?;
        parts.push((place.parse().ok()?, of.parse().ok()?, part));
    }
    // A code that was read twice says the same.
    parts.sort_unstable();
    parts.dedup();
    let of = parts.len();
    if of > MOST || parts.iter().enumerate().any(|(i, part)| part.0 != i + 1 || part.1 != of) {
        return None;
    }
    let whole: String = parts.iter().map(|part| part.2).collect();
    let fields: Vec<&str> = whole.split('/').collect();
    let &[
        index,
        receipts,
        receipt_path,
        revision,
        at,
        body,
        root,
        chain,
        path,
        size,
        top,
        last,
        signed,
        one,
        two,
        shown,
    ] = fields.as_slice()
    else {
        return None;
    };
    let hashes = |text: &str| -> Option<Vec<Hash>> {
        let bytes = bytes(text)?;
        let (hashes, rest) = bytes.as_chunks::<32>();
        (rest.is_empty() && hashes.len() <= 64).then(|| hashes.to_vec())
    };
    Some(ReceiptProof {
        index: index.parse().ok()?,
        receipts: receipts.parse().ok()?,
        receipt_path: hashes(receipt_path)?,
        leaf: LeafData {
            revision: revision.parse().ok()?,
            at: Moment(at.parse().ok()?),
            body: unhex(body)?,
            receipts_root: unhex(root)?,
            chain: unhex(chain)?,
        },
        path: hashes(path)?,
        head: SignedHead {
            head: Head {
                size: size.parse().ok()?,
                root: unhex(top)?,
                chain: unhex(last)?,
                at: Moment(signed.parse().ok()?),
            },
            signature: unhex(one)?,
            sm2: if two.is_empty() { None } else { Some(unhex(two)?) },
        },
        shown: bytes(shown)?,
    })
}
