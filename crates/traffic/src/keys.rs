//! The keys of those who sign in the sample zone, from a seed, and the certificates that the registry has to know.

use std::collections::HashMap;
use std::fmt::Write;

use trade::time::Day;
use wire::seal::authority::{Authority, Subject};
use wire::seal::{KeyKind, SealFault, Signer, SoftwareKey, sign};

use crate::story::Sent;
use crate::zone::{Firm, Zone};

/// One key for each enterprise that declares.
pub struct Keys {
    keys: HashMap<String, SoftwareKey>,
    from: Day,
    until: Day,
}

impl Keys {
    /// Keys of the zone's declarants, certified by the sandbox's authority of this seed, for `from ..= until`. RSA
    /// keys take a second each.
    pub fn new(seed: &[u8; 32], kind: KeyKind, zone: &Zone, (from, until): (Day, Day)) -> Keys {
        let validity = (from.starts(), until.plus(1).starts());
        let authority = Authority::new(seed, validity);
        let key = |firm: &Firm| {
            let subject = Subject { code: firm.code.clone(), name: firm.name.clone() };
            (firm.code.clone(), authority.enterprise(&subject, kind, validity))
        };
        Keys { keys: zone.signers().iter().map(key).collect(), from, until }
    }

    /// The message as it is to be sent: signed where its kind must be. One whose sender has no key here (a planted
    /// fault) stays unsigned.
    ///
    /// # Errors
    /// As [`wire::seal::sign`].
    pub fn seal(&self, sent: &Sent) -> Result<Vec<u8>, SealFault> {
        Ok(self.signed(sent)?.unwrap_or_else(|| sent.bytes.clone()))
    }

    /// As [`Keys::seal`]; `None` for a message that stays as it is.
    ///
    /// # Errors
    /// As [`wire::seal::sign`].
    pub fn signed(&self, sent: &Sent) -> Result<Option<Vec<u8>>, SealFault> {
        let key = self.keys.get(&sent.sender).filter(|_| sent.kind.must_be_signed());
        key.map(|key| sign(&sent.bytes, key)).transpose()
    }

    /// The rows of the certificates table, with its header.
    pub fn certificates_csv(&self) -> String {
        let mut out = trade::registry::template(trade::registry::Table::Certificates);
        let mut codes: Vec<_> = self.keys.iter().collect();
        codes.sort_by_key(|(code, _)| *code);
        for (code, key) in codes {
            let certificate = key.certificate();
            let fingerprint = certificate.fingerprint_hex();
            let _ = writeln!(out, "{fingerprint},{code},{},{},{}", self.from, self.until, &fingerprint[..16]);
        }
        out
    }
}
