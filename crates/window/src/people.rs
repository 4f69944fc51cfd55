//! Pseudonyms of personal values, under every key that is alive.

use store::StoreError;
use store::keys::{Keyed, Keys};
use trade::pseudonym::{Kind, Pseudonym, Pseudonyms};
use trade::time::Moment;

/// Names, telephones and addresses are only compared with what came in not long before, so two years' keys are enough
/// for them; an identity is looked up for as long as its counters and blocks are kept.
const COMPARED_YEARS: usize = 2;

/// Hashes normalised personal values with the keys of their kind; the newest year's hash stands first.
pub struct People {
    year: i32,
    source: Keys,
    /// How often a key had been destroyed when these were read.
    destroyed: u64,
    keys: Vec<(Kind, Vec<(u16, Keyed)>)>,
}

impl People {
    /// With the keys that are alive at a moment; its year's keys are made if they were never there.
    ///
    /// # Errors
    /// If the folder of keys cannot be read or written.
    pub fn at(keys: &Keys, now: Moment) -> Result<People, StoreError> {
        let (year, destroyed) = (now.day().year(), keys.destroyed());
        let of_kind = |kind: Kind| {
            let alive = keys.pseudonym_keys(kind.name(), year)?.into_iter().filter(|(y, _)| *y <= year);
            let most = if kind == Kind::Identity { usize::MAX } else { COMPARED_YEARS };
            let alive =
                alive.take(most).map(|(y, secret)| (u16::try_from(y).unwrap_or(0), Keyed::new(&secret))).collect();
            Ok((kind, alive))
        };
        let known = Kind::ALL.iter().copied().map(of_kind).collect::<Result<_, StoreError>>()?;
        Ok(People { year, source: keys.clone(), destroyed, keys: known })
    }

    /// True while these are still the right keys.
    pub fn fit(&self, now: Moment) -> bool {
        now.day().year() == self.year && self.source.destroyed() == self.destroyed
    }

    /// What a text that was typed may be of a person, with its pseudonyms: a whole name, telephone or identity number.
    pub fn sought(&self, text: &str) -> [(Kind, Pseudonyms); 3] {
        [Kind::Name, Kind::Telephone, Kind::Identity].map(|kind| (kind, self.of(kind, text)))
    }

    /// The pseudonyms of a value in any form.
    pub fn of(&self, kind: Kind, text: &str) -> Pseudonyms {
        let normal = wire::ceb::normalise::normalise(kind, text);
        if normal.is_empty() { Pseudonyms::default() } else { wire::ceb::Pseudonymise::pseudonyms(self, kind, &normal) }
    }
}

impl wire::ceb::Pseudonymise for People {
    fn pseudonyms(&self, kind: Kind, normalised: &str) -> Pseudonyms {
        let alive = self.keys.iter().find(|(k, _)| *k == kind).map_or(&[][..], |(_, alive)| alive);
        let hash = |key: &Keyed| {
            let mut tag = [0; 16];
            tag.copy_from_slice(&key.hash(normalised.as_bytes())[..16]);
            tag
        };
        Pseudonyms(alive.iter().map(|(year, key)| Pseudonym { year: *year, tag: hash(key) }).collect())
    }
}
