//! Compression of what is kept: zstd at its quickest level. Its tables are half a megabyte, so each thread keeps its
//! own, with room for what comes out.

use std::cell::RefCell;
use std::io;
use zstd::bulk::{Compressor, Decompressor};

const LEVEL: i32 = 1;

thread_local! {
    static PRESS: RefCell<Option<(Compressor<'static>, Vec<u8>)>> = const { RefCell::new(None) };
    static SPRING: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// Calls `take` with the bytes compressed.
///
/// # Errors
/// Where zstd has no memory.
pub fn squeezed<R>(bytes: &[u8], take: impl FnOnce(&[u8]) -> R) -> io::Result<R> {
    PRESS.with_borrow_mut(|kept| {
        let (press, room) = match kept {
            Some(kept) => kept,
            None => kept.insert((Compressor::new(LEVEL)?, Vec::new())),
        };
        room.clear();
        room.reserve(zstd::zstd_safe::compress_bound(bytes.len()));
        press.compress_to_buffer(bytes, room)?;
        Ok(take(room))
    })
}

/// The bytes that were compressed; they were `len`.
///
/// # Errors
/// Where they are no such bytes.
pub fn sprung(squeezed: &[u8], len: usize) -> io::Result<Vec<u8>> {
    SPRING.with_borrow_mut(|kept| {
        let spring = match kept {
            Some(kept) => kept,
            None => kept.insert(Decompressor::new()?),
        };
        let bytes = spring.decompress(squeezed, len)?;
        if bytes.len() == len { Ok(bytes) } else { Err(io::Error::from(io::ErrorKind::UnexpectedEof)) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_squeezed_springs_back_and_nothing_else_does() {
        for bytes in [&b""[..], b"short", &[7; 100_000]] {
            let small = squeezed(bytes, <[u8]>::to_vec).unwrap();
            assert_eq!(sprung(&small, bytes.len()).unwrap(), bytes);
            assert!(sprung(&small, bytes.len() + 1).is_err());
            assert!(bytes.is_empty() || sprung(&small, bytes.len() - 1).is_err());
            assert!(sprung(&small[1..], bytes.len()).is_err());
        }
    }
}
