//! What is computed from the segments and can be computed again: fixed-size records in a file, and the tree.

use super::frame::POSITION;
use crate::StoreError;
use crate::disk::File;
use crate::proof::{Hash, node_hash, sha256};
use std::sync::{RwLock, RwLockReadGuard};

/// Records of `N` bytes: the first in a file, those that the file does not hold (yet) in memory.
pub struct Records<const N: usize>(RwLock<Inner>);

struct Inner {
    file: Option<File>,
    filed: u64,
    tail: Vec<u8>,
}

impl<const N: usize> Records<N> {
    /// `file` is absent for a reader that finds none.
    pub fn open(file: Option<File>) -> Result<Records<N>, StoreError> {
        let filed = match &file {
            Some(file) => file.len().map_err(|e| StoreError::io(file.path(), e))? / N as u64,
            None => 0,
        };
        Ok(Records(RwLock::new(Inner { file, filed, tail: vec![] })))
    }

    fn inner(&self) -> RwLockReadGuard<'_, Inner> {
        self.0.read().unwrap_or_else(|e| e.into_inner())
    }

    pub fn len(&self) -> u64 {
        let inner = self.inner();
        inner.filed + (inner.tail.len() / N) as u64
    }

    pub fn get(&self, index: u64) -> Result<[u8; N], StoreError> {
        let mut out = [0; N];
        let inner = self.inner();
        match (&inner.file, index.checked_sub(inner.filed)) {
            (Some(file), None) => {
                let file = file.clone();
                drop(inner);
                file.read_exact_at(&mut out, index * N as u64).map_err(|e| StoreError::io(file.path(), e))?;
            }
            (_, i) => {
                let at = i.unwrap_or(u64::MAX / N as u64) as usize * N;
                let bytes = inner.tail.get(at..at.saturating_add(N));
                out.copy_from_slice(bytes.ok_or_else(|| StoreError::Order(format!("there is no record {index}")))?);
            }
        }
        Ok(out)
    }

    /// Adds records in memory; [`Records::flush`] brings them into the file.
    pub fn push(&self, records: &[u8]) {
        self.0.write().unwrap_or_else(|e| e.into_inner()).tail.extend_from_slice(records);
    }

    /// Writes what is only in memory. A full disk is no failure: the records stay in memory.
    pub fn flush(&self) -> Result<(), StoreError> {
        let (file, filed, tail) = {
            let inner = self.inner();
            match &inner.file {
                Some(file) if !inner.tail.is_empty() => (file.clone(), inner.filed, inner.tail.clone()),
                _ => return Ok(()),
            }
        };
        match file.write_all_at(&tail, filed * N as u64).map_err(|e| StoreError::io(file.path(), e)) {
            Err(StoreError::Full) => return Ok(()),
            other => other?,
        }
        let mut inner = self.0.write().unwrap_or_else(|e| e.into_inner());
        inner.filed += (tail.len() / N) as u64;
        inner.tail.clear(); // the writer alone adds and flushes
        Ok(())
    }

    pub fn sync(&self) -> Result<(), StoreError> {
        let file = self.inner().file.clone();
        file.map_or(Ok(()), |file| file.sync().map_err(|e| StoreError::io(file.path(), e)))
    }

    /// Forgets the records from `len` on. With `write` the file is cut too.
    pub fn truncate(&self, len: u64, write: bool) -> Result<(), StoreError> {
        let mut inner = self.0.write().unwrap_or_else(|e| e.into_inner());
        inner.tail.clear();
        inner.filed = inner.filed.min(len);
        match &inner.file {
            Some(file) if write => file.set_len(inner.filed * N as u64).map_err(|e| StoreError::io(file.path(), e)),
            _ => Ok(()),
        }
    }
}

pub type Positions = Records<POSITION>;

/// The nodes of all complete subtrees in the order in which they became complete, 32 bytes each. The node over
/// leaves `i * 2^k .. (i+1) * 2^k` follows the last of these leaves, after the smaller nodes that it completes.
pub type Nodes = Records<32>;

/// How many nodes a tree of `leaves` leaves has written.
pub fn node_count(leaves: u64) -> u64 {
    2 * leaves - u64::from(leaves.count_ones())
}

fn node_place(level: u32, index: u64) -> u64 {
    let last_leaf = ((index + 1) << level) - 1;
    node_count(last_leaf) + u64::from(level)
}

/// The root of the leaves `from..to`, where `from` is a multiple of the next power of two at or above `to - from`.
pub fn range_root(nodes: &Nodes, from: u64, to: u64) -> Result<Hash, StoreError> {
    let size = to - from;
    if size == 0 {
        return Ok(sha256(b""));
    }
    if size.is_power_of_two() {
        let level = size.trailing_zeros();
        return nodes.get(node_place(level, from >> level));
    }
    let middle = from + size.next_power_of_two() / 2;
    Ok(node_hash(&range_root(nodes, from, middle)?, &range_root(nodes, middle, to)?))
}

/// The growing edge of the tree: the roots of its largest complete subtrees, largest first.
#[derive(Clone, Default)]
pub struct Edge {
    size: u64,
    peaks: Vec<Hash>,
}

impl Edge {
    pub fn of(nodes: &Nodes, size: u64) -> Result<Edge, StoreError> {
        let (mut peaks, mut from) = (vec![], 0);
        for level in (0..64).rev().filter(|l| size >> l & 1 == 1) {
            peaks.push(nodes.get(node_place(level, from >> level))?);
            from += 1 << level;
        }
        Ok(Edge { size, peaks })
    }

    /// Adds a leaf and writes the nodes that it completes.
    pub fn push(&mut self, leaf: Hash, nodes: &mut Vec<u8>) {
        nodes.extend_from_slice(&leaf);
        let mut node = leaf;
        for _ in 0..self.size.trailing_ones() {
            node = node_hash(&self.peaks.pop().expect("a one bit of the size has its peak"), &node);
            nodes.extend_from_slice(&node);
        }
        self.peaks.push(node);
        self.size += 1;
    }

    pub fn root(&self) -> Hash {
        self.peaks.iter().rev().copied().reduce(|right, left| node_hash(&left, &right)).unwrap_or_else(|| sha256(b""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proof::{self, leaf_hash};

    #[test]
    fn the_flat_tree_is_the_tree_of_the_rfc() {
        let nodes = Nodes::open(None).unwrap();
        let mut edge = Edge::default();
        let mut leaves = vec![];
        for n in 0..70u64 {
            let leaf = leaf_hash(&n.to_le_bytes());
            leaves.push(leaf);
            let mut more = vec![];
            edge.push(leaf, &mut more);
            nodes.push(&more);
            assert_eq!(nodes.len(), node_count(n + 1));
            assert_eq!(edge.root(), proof::root(&leaves));
            assert_eq!(Edge::of(&nodes, n + 1).unwrap().root(), proof::root(&leaves));
            for size in 1..=n + 1 {
                assert_eq!(range_root(&nodes, 0, size).unwrap(), proof::root(&leaves[..size as usize]));
            }
        }
    }
}
