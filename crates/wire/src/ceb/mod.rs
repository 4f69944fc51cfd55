//! CEB messages: bytes to documents and back, by one table ([`table`]).
//!
//! [`check`] words every fault, [`read`] gives documents, [`write_receipts`] answers, [`Writer`] makes applications.
//! Two parsers stand behind `read`: the general one ([`tree`], [`walk`]) judges and words everything; a scanner that
//! knows the order of the table takes plain messages faster and leaves all others to it.

mod documents;
mod dsig;
mod identity;
pub mod normalise;
mod read;
mod receipts;
mod scan;
pub mod schema;
pub mod sheet;
pub mod table;
pub mod transport;
mod tree;
mod walk;
mod write;

pub use read::{Checked, Draft, Message, Refusal, Transfer, check, read};
pub use receipts::{Difference, Outline, differences, fit, most, outlines, read_receipts, write_receipts};
pub use tree::MAX_BYTES;
pub use write::{Writer, escape};

use trade::pseudonym::{Kind, Pseudonyms};

/// How much is forgiven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The verdict of the official schema.
    Strict,
    /// What real clients send is taken where its meaning is plain.
    Lenient,
}

/// Makes the pseudonyms of a person's data; the keys are the caller's.
pub trait Pseudonymise {
    /// `normalised` has the form of [`normalise::normalise`] and is not empty.
    fn pseudonyms(&self, kind: Kind, normalised: &str) -> Pseudonyms;
}

/// For checks that keep nothing.
pub struct Nobody;

impl Pseudonymise for Nobody {
    fn pseudonyms(&self, _: Kind, _: &str) -> Pseudonyms {
        Pseudonyms::default()
    }
}

#[cfg(test)]
mod tests;
