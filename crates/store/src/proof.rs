//! What proves an entry and a receipt without the store: hashes, paths, signed heads.
//!
//! Everything here is a pure function, so `onewindow verify` needs a receipt, its proof and a public key.
//!
//! - Trees are those of RFC 9162, section 2.1, with SHA-256: a leaf is `SHA-256(0x00 || data)`, a node
//!   `SHA-256(0x01 || left || right)`, the root of nothing `SHA-256("")`.
//! - The *receipts root* of an entry is the root of the tree whose leaves are its receipts.
//! - The chain: `chain(0)` is 32 zero bytes, and
//!   `chain(n) = SHA-256(chain(n-1) || n || at || SHA-256(body) || receipts root)`, numbers as 8 bytes, the most
//!   significant first, `at` in milliseconds since 1970. The hash of a journal is the chain of its last entry.
//! - The leaf of entry n in the journal's tree is over `n || at || SHA-256(body) || receipts root || chain(n)`.
//!   Leaf n has index n-1.
//! - Heads and their signatures stand in `head.rs`.

use crate::head::{Head, PublicKeys, SignedHead};
use sha2::{Digest, Sha256};
use trade::time::Moment;

/// A SHA-256.
pub type Hash = [u8; 32];

/// The chain before the first entry.
pub const CHAIN_START: Hash = [0; 32];

/// What the journal's leaf commits to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeafData {
    pub revision: u64,
    pub at: Moment,
    pub body: Hash,
    pub receipts_root: Hash,
    pub chain: Hash,
}

/// Shows that one receipt belongs to one entry and that entry to a journal with this head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptProof {
    /// The place of the receipt among the receipts of its entry, and how many those are.
    pub index: u64,
    pub receipts: u64,
    pub receipt_path: Vec<Hash>,
    pub leaf: LeafData,
    pub path: Vec<Hash>,
    pub head: SignedHead,
    /// The receipt's own bytes as they were sealed, to say in which value another differs; empty where the proof does
    /// not carry them. They are nothing to rely on but by their hash.
    pub shown: Vec<u8>,
}

/// Why a proof does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    #[error("the receipt is not the one of this entry")]
    Receipt,
    #[error("the entry is not in the journal of this head")]
    Entry,
    #[error("the head is not signed by this window")]
    Signature,
    #[error("the proof cannot be read")]
    Form,
}

/// Two signed words of one window that cannot both be true of one journal: whoever holds both has proved a fork.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fork {
    #[error("one key signed two different heads of {size} entries")]
    Head { size: u64 },
    #[error("one key signed two journals in which entry {revision} is not the same")]
    Entry { revision: u64 },
}

pub fn sha256(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// Over the parts one after the other.
pub fn sha256_of(parts: &[&[u8]]) -> Hash {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// The leaf over `data`, also of a receipt.
pub fn leaf_hash(data: &[u8]) -> Hash {
    sha256_of(&[&[0], data])
}

pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    sha256_of(&[&[1], left, right])
}

/// `chain(n)` from `chain(n-1)`.
pub fn chain_hash(before: &Hash, revision: u64, at: Moment, body: &Hash, receipts_root: &Hash) -> Hash {
    sha256_of(&[before, &revision.to_be_bytes(), &at.0.to_be_bytes(), body, receipts_root])
}

impl LeafData {
    pub fn hash(&self) -> Hash {
        sha256_of(&[
            &[0],
            &self.revision.to_be_bytes(),
            &self.at.0.to_be_bytes(),
            &self.body,
            &self.receipts_root,
            &self.chain,
        ])
    }
}

/// The root of the tree over these leaves.
pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => sha256(b""),
        [one] => *one,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len() as u64) as usize);
            node_hash(&root(left), &root(right))
        }
    }
}

/// The path of leaf `index` in the tree over these leaves, from the leaf up; `None` if there is no such leaf.
pub fn path(leaves: &[Hash], index: u64) -> Option<Vec<Hash>> {
    let range_root = |from: u64, to: u64| Ok::<_, std::convert::Infallible>(root(&leaves[from as usize..to as usize]));
    (index < leaves.len() as u64).then(|| match inclusion_path(index, leaves.len() as u64, range_root) {
        Ok(path) => path,
        Err(never) => match never {},
    })
}

/// The largest power of two below `n` (n > 1).
fn split(n: u64) -> u64 {
    1 << (63 - (n - 1).leading_zeros())
}

/// PATH(m, D[n]) of RFC 9162, 2.1.3.1; `range_root` gives the root of the leaves `from..to`.
pub(crate) fn inclusion_path<E>(
    index: u64,
    size: u64,
    mut range_root: impl FnMut(u64, u64) -> Result<Hash, E>,
) -> Result<Vec<Hash>, E> {
    let (mut from, mut to) = (0, size);
    let mut down = vec![];
    while to - from > 1 {
        let middle = from + split(to - from);
        if index < middle {
            down.push(range_root(middle, to)?);
            to = middle;
        } else {
            down.push(range_root(from, middle)?);
            from = middle;
        }
    }
    down.reverse();
    Ok(down)
}

/// PROOF(m, D[n]) of RFC 9162, 2.1.4.1.
pub(crate) fn consistency_path<E>(
    old: u64,
    new: u64,
    mut range_root: impl FnMut(u64, u64) -> Result<Hash, E>,
) -> Result<Vec<Hash>, E> {
    if old == 0 || old >= new {
        return Ok(vec![]);
    }
    let (mut from, mut to, mut whole) = (0, new, true);
    let mut down = vec![];
    while to != old {
        let middle = from + split(to - from);
        if old <= middle {
            down.push(range_root(middle, to)?);
            to = middle;
        } else {
            down.push(range_root(from, middle)?);
            from = middle;
            whole = false;
        }
    }
    if !whole {
        down.push(range_root(from, to)?);
    }
    down.reverse();
    Ok(down)
}

/// True if `leaf` has this index in the tree of `size` leaves with this root (RFC 9162, 2.1.3.2).
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, path: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut place, mut last, mut hash) = (index, size - 1, *leaf);
    for beside in path {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            hash = node_hash(beside, &hash);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, beside);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// True if the tree of `old` leaves is the beginning of the tree of `new` leaves (RFC 9162, 2.1.4.2).
pub fn verify_consistency(old: u64, new: u64, old_root: &Hash, new_root: &Hash, path: &[Hash]) -> bool {
    if old > new {
        return false;
    }
    if old == new {
        return path.is_empty() && old_root == new_root;
    }
    if old == 0 {
        return path.is_empty() && *old_root == sha256(b"");
    }
    let mut steps = path.iter();
    let (mut place, mut last) = (old - 1, new - 1);
    while place & 1 == 1 {
        place >>= 1;
        last >>= 1;
    }
    let start = if old.is_power_of_two() { Some(old_root) } else { steps.next() };
    let Some(start) = start else { return false };
    let (mut old_hash, mut new_hash) = (*start, *start);
    for beside in steps {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            old_hash = node_hash(beside, &old_hash);
            new_hash = node_hash(beside, &new_hash);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = node_hash(&new_hash, beside);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && old_hash == *old_root && new_hash == *new_root
}

impl ReceiptProof {
    /// Proves that the receipt with this [`leaf_hash`] stands in the journal of the signed head.
    ///
    /// # Errors
    /// The first thing that does not hold.
    pub fn verify(&self, receipt: &Hash, keys: &PublicKeys) -> Result<(), Invalid> {
        self.head.verify(keys)?;
        let root = &self.leaf.receipts_root;
        if !verify_inclusion(receipt, self.index, self.receipts, &self.receipt_path, root) {
            return Err(Invalid::Receipt);
        }
        self.holds(keys)
    }

    /// True if the entry stands in the journal of the head, and the head is signed with this key.
    fn holds(&self, keys: &PublicKeys) -> Result<(), Invalid> {
        self.head.verify(keys)?;
        let head = &self.head.head;
        let Some(place) = self.leaf.revision.checked_sub(1) else { return Err(Invalid::Entry) };
        match verify_inclusion(&self.leaf.hash(), place, head.size, &self.path, &head.root) {
            true => Ok(()),
            false => Err(Invalid::Entry),
        }
    }

    /// True if the proof's own bytes of the receipt ([`ReceiptProof::shown`]) are those that were sealed.
    pub fn shows_what_was_sealed(&self) -> bool {
        let root = &self.leaf.receipts_root;
        verify_inclusion(&leaf_hash(&self.shown), self.index, self.receipts, &self.receipt_path, root)
    }

    /// The fork that two proofs show together. `None` says only that these two do not contradict each other: heads of
    /// different sizes about different entries are compared by a consistency proof.
    ///
    /// # Errors
    /// What does not hold in either of them: a word that the window never gave proves nothing against it.
    pub fn fork(&self, other: &ReceiptProof, keys: &PublicKeys) -> Result<Option<Fork>, Invalid> {
        self.holds(keys)?;
        other.holds(keys)?;
        let (a, b) = (&self.head.head, &other.head.head);
        if a.size == b.size && a != b {
            return Ok(Some(Fork::Head { size: a.size }));
        }
        let (one, two) = (&self.leaf, &other.leaf);
        // The chain after entry n stands in its leaf, and in the head of n entries.
        let differs = |leaf: &LeafData, head: &Head| leaf.revision == head.size && leaf.chain != head.chain;
        let at = match () {
            () if one.revision == two.revision && one != two => Some(one.revision),
            () if differs(one, b) => Some(one.revision),
            () if differs(two, a) => Some(two.revision),
            () => None,
        };
        Ok(at.map(|revision| Fork::Entry { revision }))
    }

    /// The form of `R.proof.json`: numbers, and hashes in hexadecimal.
    pub fn to_json(&self) -> serde_json::Value {
        let path = |hashes: &[Hash]| hashes.iter().map(|h| hex(h)).collect::<Vec<_>>();
        serde_json::json!({
            "form": "onewindow receipt proof 1",
            "receipt": { "index": self.index, "of": self.receipts, "path": path(&self.receipt_path) },
            "leaf": {
                "revision": self.leaf.revision, "at": self.leaf.at.0, "body": hex(&self.leaf.body),
                "receipts_root": hex(&self.leaf.receipts_root), "chain": hex(&self.leaf.chain),
            },
            "path": path(&self.path),
            "head": self.head.to_json(),
            "shown": hex(&self.shown),
        })
    }

    /// Reads what [`ReceiptProof::to_json`] wrote.
    ///
    /// # Errors
    /// `Form` if a part is missing or not what it should be.
    pub fn from_json(json: &serde_json::Value) -> Result<ReceiptProof, Invalid> {
        let number = |at: &str| json.pointer(at).and_then(|v| v.as_u64()).ok_or(Invalid::Form);
        let moment = |at: &str| json.pointer(at).and_then(|v| v.as_i64()).map(Moment).ok_or(Invalid::Form);
        let hash = |at: &str| json.pointer(at).and_then(|v| unhex(v.as_str()?)).ok_or(Invalid::Form);
        let path = |at: &str| -> Result<Vec<Hash>, Invalid> {
            let list = json.pointer(at).and_then(|v| v.as_array()).filter(|l| l.len() <= 64).ok_or(Invalid::Form)?;
            list.iter().map(|v| v.as_str().and_then(unhex).ok_or(Invalid::Form)).collect()
        };
        if json.pointer("/form").and_then(|v| v.as_str()) != Some("onewindow receipt proof 1") {
            return Err(Invalid::Form);
        }
        Ok(ReceiptProof {
            index: number("/receipt/index")?,
            receipts: number("/receipt/of")?,
            receipt_path: path("/receipt/path")?,
            leaf: LeafData {
                revision: number("/leaf/revision")?,
                at: moment("/leaf/at")?,
                body: hash("/leaf/body")?,
                receipts_root: hash("/leaf/receipts_root")?,
                chain: hash("/leaf/chain")?,
            },
            path: path("/path")?,
            head: SignedHead::from_json(json.get("head").ok_or(Invalid::Form)?)?,
            shown: json["shown"].as_str().map_or(Some(vec![]), bytes).ok_or(Invalid::Form)?,
        })
    }
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|b| [b >> 4, b & 15]).map(|n| char::from_digit(n.into(), 16).unwrap_or('?')).collect()
}

/// Reads exactly `N` bytes of hexadecimal.
pub fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    bytes(text)?.try_into().ok()
}

/// Reads hexadecimal.
pub(crate) fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.chars().map(|c| c.to_digit(16).map(|n| n as u8)).collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(n: u64) -> Vec<Hash> {
        (0..n).map(|i| leaf_hash(&i.to_be_bytes())).collect()
    }

    /// The vectors of the certificate transparency reference implementation (RFC 6962 and 9162 agree here).
    #[test]
    fn roots_are_those_of_the_rfc() {
        let data: [&[u8]; 8] = [
            b"",
            &[0x00],
            &[0x10],
            &[0x20, 0x21],
            &[0x30, 0x31],
            &[0x40, 0x41, 0x42, 0x43],
            &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
            &[0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f],
        ];
        let leaves: Vec<Hash> = data.iter().map(|d| leaf_hash(d)).collect();
        assert_eq!(hex(&root(&[])), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(hex(&root(&leaves[..1])), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
        assert_eq!(hex(&root(&leaves[..2])), "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
        assert_eq!(hex(&root(&leaves)), "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
    }

    #[test]
    fn every_path_proves_its_leaf_and_nothing_else() {
        for size in 1..40 {
            let leaves = leaves(size);
            let whole = root(&leaves);
            for index in 0..size {
                let mut path = path(&leaves, index).unwrap();
                let leaf = leaves[index as usize];
                assert!(verify_inclusion(&leaf, index, size, &path, &whole), "{index} of {size}");
                assert!(!verify_inclusion(&leaf, (index + 1) % size, size, &path, &whole) || size == 1);
                assert!(!verify_inclusion(&leaf_hash(b"other"), index, size, &path, &whole));
                assert!(!verify_inclusion(&leaf, index, size, &path, &leaf_hash(b"other")));
                path.push([0; 32]);
                assert!(!verify_inclusion(&leaf, index, size, &path, &whole));
            }
        }
    }

    #[test]
    fn a_longer_tree_proves_that_it_begins_with_the_shorter() {
        let range_root = |leaves: &[Hash], a: u64, b: u64| root(&leaves[a as usize..b as usize]);
        for new in 1..34 {
            let leaves = leaves(new);
            for old in 0..=new {
                let path = consistency_path(old, new, |a, b| Ok::<_, ()>(range_root(&leaves, a, b))).unwrap();
                let (before, after) = (root(&leaves[..old as usize]), root(&leaves));
                assert!(verify_consistency(old, new, &before, &after, &path), "{old} in {new}");
                assert!(!verify_consistency(old, new, &leaf_hash(b"x"), &after, &path), "{old} in {new}");
                if old > 0 && old < new {
                    assert!(!verify_consistency(old, new, &before, &leaf_hash(b"x"), &path), "{old} in {new}");
                    assert!(!verify_consistency(old, new, &before, &after, &path[1..]), "{old} in {new}");
                }
            }
        }
    }

    #[test]
    fn hexadecimal_goes_there_and_back() {
        assert_eq!(unhex::<3>("00a9ff"), Some([0, 0xa9, 0xff]));
        assert_eq!(hex(&[0, 0xa9, 0xff]), "00a9ff");
        assert_eq!(unhex::<3>("00a9f"), None);
        assert_eq!(unhex::<3>("00a9fg"), None);
        assert_eq!(unhex::<3>("Ω0a9f0"), None);
    }
}
