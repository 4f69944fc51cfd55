//! What stands in the journal where a person's data would stand.
//!
//! A pseudonym is a keyed hash of a normalised value (identity, name, telephone, address). Keys are kept by kind
//! and year, so one value has one pseudonym for every key that was alive when the message was read; two values
//! are the same where any of them agrees. Destroying a key makes its pseudonyms meaningless.

use crate::pack::{Form, PackError, Value};
use crate::packed_names;

packed_names! {
    /// What kind of personal value a pseudonym stands for; each kind has keys of its own.
    pub enum Kind {
        1 => Identity "identity",
        2 => Name "name",
        3 => Telephone "telephone",
        4 => Address "address",
        5 => Account "account",
    }
}

/// One keyed hash, and the year of the key that made it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pseudonym {
    pub year: u16,
    pub tag: [u8; 16],
}

/// The pseudonyms of one value under every live key, newest year first. Empty where the value was absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pseudonyms(pub Vec<Pseudonym>);

impl Pseudonyms {
    pub fn is_absent(&self) -> bool {
        self.0.is_empty()
    }

    /// True where both stand for one value: some key made the same hash of both. Two absent values are not the same.
    pub fn same(&self, other: &Pseudonyms) -> bool {
        self.0.iter().any(|mine| other.0.contains(mine))
    }

    /// The pseudonym that counters of `year` are kept under: that year's key, else the newest there is.
    pub fn of_year(&self, year: i32) -> Option<Pseudonym> {
        self.0.iter().find(|p| i32::from(p.year) == year).or(self.0.first()).copied()
    }
}

const LEN: usize = 18;

impl Value for Pseudonyms {
    const FORM: Form = Form::Bytes;
    fn is_default(&self) -> bool {
        self.0.is_empty()
    }
    fn write(&self, out: &mut Vec<u8>) {
        for p in &self.0 {
            p.write(out);
        }
    }
    fn length(&self) -> Option<usize> {
        Some(self.0.len() * LEN)
    }
    fn read(bytes: &[u8]) -> Result<Self, PackError> {
        if !bytes.len().is_multiple_of(LEN) {
            return Err(PackError::Form);
        }
        bytes.chunks(LEN).map(Pseudonym::read).collect::<Result<_, _>>().map(Pseudonyms)
    }
}

impl Value for Pseudonym {
    const FORM: Form = Form::Bytes;
    fn is_default(&self) -> bool {
        *self == Pseudonym::default()
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.year.to_be_bytes());
        out.extend_from_slice(&self.tag);
    }
    fn read(bytes: &[u8]) -> Result<Self, PackError> {
        match bytes {
            [a, b, tag @ ..] => {
                let tag = tag.try_into().map_err(|_| PackError::Form)?;
                Ok(Pseudonym { year: u16::from_be_bytes([*a, *b]), tag })
            }
            _ => Err(PackError::Form),
        }
    }
}
