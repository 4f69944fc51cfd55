//! A fact: a key of the state and what it holds, in one piece of memory. The effect that made it, the entry that
//! carries it and the state that holds it share that piece, so a fact is written down once however many look at it.

use std::sync::Arc;

use crate::pack::{put_varint, take_varint};

/// Twice the length of the key (and one more where the key holds nothing any more), the key, the value.
#[derive(Clone, PartialEq, Eq)]
pub struct Fact(Arc<[u8]>);

impl Fact {
    pub fn new(key: &[u8], value: &[u8]) -> Fact {
        Fact::of_parts(key, &[value])
    }

    /// The value is what the parts are, laid end to end.
    pub fn of_parts(key: &[u8], parts: &[&[u8]]) -> Fact {
        let mut bytes = Vec::with_capacity(4 + key.len() + parts.iter().map(|p| p.len()).sum::<usize>());
        Fact::begin(&mut bytes, key);
        parts.iter().for_each(|part| bytes.extend_from_slice(part));
        Fact(bytes.into())
    }

    /// Says that `key` holds nothing any more.
    pub fn gone(key: &[u8]) -> Fact {
        let mut bytes = Vec::with_capacity(4 + key.len());
        put_varint(&mut bytes, key.len() as u64 * 2 + 1);
        bytes.extend_from_slice(key);
        Fact(bytes.into())
    }

    /// Writes what stands before a value: a value behind it makes the bytes of a fact.
    pub fn begin(bytes: &mut Vec<u8>, key: &[u8]) {
        put_varint(bytes, key.len() as u64 * 2);
        bytes.extend_from_slice(key);
    }

    /// The fact that has these bytes ([`Fact::bytes`]); `None` where they are those of none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Fact> {
        let mut rest = bytes;
        let len = usize::try_from(take_varint(&mut rest).ok()? / 2).ok()?;
        (len <= rest.len()).then(|| Fact(bytes.into()))
    }

    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub fn key(&self) -> &[u8] {
        let (from, to) = self.key_at();
        &self.0[from..to]
    }

    /// `None` where the key holds nothing any more.
    pub fn value(&self) -> Option<&[u8]> {
        (self.0[0] & 1 == 0).then(|| self.rest())
    }

    /// What stands behind the key.
    pub fn rest(&self) -> &[u8] {
        &self.0[self.key_at().1..]
    }

    /// True where both are the same piece of memory.
    pub fn is_same(&self, other: &Fact) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    fn key_at(&self) -> (usize, usize) {
        let mut head = usize::from(self.0[0] & 0x7f);
        let mut from = 1;
        while self.0[from - 1] >= 0x80 {
            head |= usize::from(self.0[from] & 0x7f) << (7 * from);
            from += 1;
        }
        (from, from + head / 2)
    }
}

impl std::fmt::Debug for Fact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Fact").field(&self.key()).field(&self.value()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_and_value_are_told_apart_whatever_their_lengths() {
        for len in [0, 1, 63, 64, 127, 8_191, 8_192, 70_000] {
            let key = vec![7; len];
            for value in [&b""[..], b"\0", b"value"] {
                let fact = Fact::of_parts(&key, &[value, b"!"]);
                assert_eq!((fact.key(), fact.value()), (&key[..], Some(&[value, b"!"].concat()[..])), "{len}");
                assert_eq!(Fact::from_bytes(fact.bytes()), Some(fact));
            }
            let gone = Fact::gone(&key);
            assert_eq!((gone.key(), gone.value()), (&key[..], None), "{len}");
            assert_eq!(Fact::from_bytes(gone.bytes()), Some(gone));
        }
        for torn in [&b""[..], b"\x80", b"\x04k"] {
            assert_eq!(Fact::from_bytes(torn), None);
        }
    }
}
