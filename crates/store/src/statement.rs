//! A signed statement as a file: the text that was signed, as it was, and the signatures over it.
//!
//! `{"form": "onewindow statement 1", "statement": "{…}", "signatures": [{"algorithm": "ed25519", "signature": "…"}, …]}`.
//! What is signed is `"onewindow statement 1\n"` and the bytes of the text, so that there is one way to read it and none
//! to spell it otherwise. Signatures are in hexadecimal, 64 bytes each.

use crate::head::HeadKeys;
use crate::proof::{Hash, hex, sha256, unhex};
use crate::signer::{Algorithm, Unsigned};
use serde_json::{Value, json};

const FORM: &str = "onewindow statement 1";

/// A text and who is said to have signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedText {
    pub text: String,
    pub signatures: Vec<(Algorithm, [u8; 64])>,
}

impl SignedText {
    /// Signs with both keys of a window.
    ///
    /// # Errors
    /// Where one of them does not sign.
    pub fn sign(text: &str, keys: &HeadKeys) -> Result<SignedText, Unsigned> {
        let (ed25519, sm2) = keys.sign_bytes(&signed_bytes(text))?;
        let signatures = vec![(Algorithm::Ed25519, ed25519), (Algorithm::Sm2, sm2)];
        Ok(SignedText { text: text.to_owned(), signatures })
    }

    /// Of what was signed, whoever signed it.
    pub fn hash(&self) -> Hash {
        sha256(&signed_bytes(&self.text))
    }

    /// Whether this public key signed it.
    pub fn is_signed_by(&self, algorithm: Algorithm, public: &[u8]) -> bool {
        let bytes = signed_bytes(&self.text);
        let of = self.signatures.iter().filter(|(of, _)| *of == algorithm);
        of.into_iter().any(|(_, signature)| algorithm.verifies(public, &bytes, signature))
    }

    pub fn to_json(&self) -> Value {
        let signature =
            |(of, signature): &(Algorithm, [u8; 64])| json!({ "algorithm": of.name(), "signature": hex(signature) });
        let signatures: Vec<_> = self.signatures.iter().map(signature).collect();
        json!({ "form": FORM, "statement": self.text, "signatures": signatures })
    }

    /// `None` for anything else; at most four signatures are read.
    pub fn from_json(json: &Value) -> Option<SignedText> {
        let signatures = json["signatures"].as_array().filter(|all| json["form"] == FORM && all.len() <= 4)?;
        let read =
            |of: &Value| Some((Algorithm::from_name(of["algorithm"].as_str()?)?, unhex(of["signature"].as_str()?)?));
        let signatures = signatures.iter().map(read).collect::<Option<_>>()?;
        Some(SignedText { text: json["statement"].as_str()?.to_owned(), signatures })
    }
}

fn signed_bytes(text: &str) -> Vec<u8> {
    [FORM.as_bytes(), b"\n", text.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_signed_is_the_text_and_every_byte_of_it() {
        let keys = HeadKeys::new(&[7; 32], &[7; 32]);
        let public = |algorithm, n: u8| {
            use crate::signer::{Signer as _, Software};
            Software::new(algorithm, &[n; 32]).public().to_vec()
        };
        let signed = SignedText::sign("{\"number\": \"1\"}", &keys).unwrap();
        assert_eq!(SignedText::from_json(&signed.to_json()), Some(signed.clone()));
        let changed = SignedText { text: "{\"number\": \"2\"}".into(), ..signed.clone() };
        assert_ne!(changed.hash(), signed.hash());
        for algorithm in Algorithm::ALL {
            assert!(signed.is_signed_by(algorithm, &public(algorithm, 7)));
            assert!(!signed.is_signed_by(algorithm, &public(algorithm, 8)));
            assert!(!changed.is_signed_by(algorithm, &public(algorithm, 7)));
            assert!(!signed.is_signed_by(algorithm, b"no key"));
        }
        // A head's signature is none over a statement, and the other way round.
        let head =
            keys.sign(crate::Head { size: 1, root: [0; 32], chain: [0; 32], at: trade::time::Moment(0) }).unwrap();
        let borrowed = SignedText { signatures: vec![(Algorithm::Ed25519, head.signature)], ..signed.clone() };
        assert!(!borrowed.is_signed_by(Algorithm::Ed25519, &public(Algorithm::Ed25519, 7)));
        for (name, value) in [
            ("form", json!("other")),
            ("statement", json!(1)),
            ("signatures", json!("")),
            ("signatures", json!([{ "algorithm": "rsa", "signature": "" }])),
            ("signatures", json!([{ "algorithm": "sm2", "signature": "00" }])),
        ] {
            let mut json = signed.to_json();
            json[name] = value;
            assert_eq!(SignedText::from_json(&json), None, "{name}");
        }
    }
}
