//! Statements of other bodies: read and verified here, decided by the law of the day (`trade::decide::statements`).

use store::proof::unhex;
use store::signer::{Algorithm, Unsigned};
use store::statement::SignedText;
use trade::command::{Actor, Command};
use trade::policy::Policy;
use trade::statement::{Stated, Statement, StatementKind};
use trade::time::Day;

use crate::{Answer, Refused, Window};

/// Bytes of a statement with its signatures.
pub const LARGEST: usize = 4_096;

/// What a statement may say. Anything else is refused: a body's signature covers all that it says, and nothing of it is to
/// be passed over.
const NAMES: [&str; 12] =
    ["body", "kind", "number", "about", "issued", "from", "until", "what", "result", "country", "hs", "withdraws"];

/// Why a file is no statement at all; nothing of it is written down.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// The words are for whoever wrote it.
    #[error("{0}")]
    Form(String),
    #[error("{0}")]
    Refused(#[from] Refused),
}

fn read(text: &str) -> Result<Statement, String> {
    let json: serde_json::Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let of = json.as_object().ok_or("a statement is an object of texts")?;
    if let Some((name, _)) = of.iter().find(|(name, value)| !NAMES.contains(&name.as_str()) || !value.is_string()) {
        return Err(format!("{name}: not one of {}, or no text", NAMES.join(", ")));
    }
    let word = |name: &str| of.get(name).and_then(|value| value.as_str()).unwrap_or_default();
    let day = |name: &str| {
        let text = word(name);
        Day::parse(text).filter(|_| text.len() == 10).ok_or_else(|| format!("{name}: a day like 2026-03-01"))
    };
    Ok(Statement {
        kind: StatementKind::from_name(word("kind")).ok_or("kind: inspection, certificate or credit-class")?,
        issued: day("issued")?,
        from: day("from")?,
        until: of.contains_key("until").then(|| day("until")).transpose()?,
        body: word("body").into(),
        number: word("number").into(),
        about: word("about").into(),
        what: word("what").into(),
        result: word("result").into(),
        country: word("country").into(),
        hs: word("hs").into(),
        withdraws: word("withdraws").into(),
    })
}

impl Window {
    /// Takes a signed statement. `policy` is the law whose bodies have keys; which of them count today is decided.
    ///
    /// # Errors
    /// `Form` where it cannot be read; else as [`Window::take_in`].
    pub fn take_statement(&self, by: &Actor, bytes: &[u8], policy: &Policy) -> Result<Answer, NotTaken> {
        if bytes.len() > LARGEST {
            return Err(NotTaken::Form(format!("a statement has {LARGEST} bytes at most")));
        }
        let json: serde_json::Value = serde_json::from_slice(bytes).map_err(|e| NotTaken::Form(e.to_string()))?;
        let no_form = || NotTaken::Form("form, statement and signatures: see docs/departments.md".into());
        let signed = SignedText::from_json(&json).ok_or_else(no_form)?;
        let statement = read(&signed.text).map_err(NotTaken::Form)?;
        let holds = |algorithm: &str, key: &str| {
            let (algorithm, public) = (Algorithm::from_name(algorithm)?, public(key)?);
            signed.is_signed_by(algorithm, &public).then_some(())
        };
        let mut keys: Vec<_> = policy.keys_of_body(&statement.body).collect();
        keys.retain(|of| holds(of.algorithm, &of.key).is_some());
        let mut keys: Vec<_> = keys.into_iter().map(|of| of.key.as_str().into()).collect();
        keys.sort_unstable();
        keys.dedup();
        let text = signed.to_json().to_string().into();
        let stated = Stated { by: by.clone(), statement, text, hash: signed.hash(), keys };
        Ok(self.command_of(Command::State(stated), None)?)
    }

    /// Signs a statement of this window with the keys by which it signs heads.
    ///
    /// # Errors
    /// `Form` where the text is no statement.
    pub fn sign_statement(&self, text: &str) -> Result<SignedText, NotSigned> {
        read(text).map_err(NotSigned::Form)?;
        Ok(SignedText::sign(text, &self.head_keys()?)?)
    }
}

/// Why a statement of this window's own is not signed.
#[derive(Debug, thiserror::Error)]
pub enum NotSigned {
    #[error("{0}")]
    Form(String),
    #[error("{0}")]
    Store(#[from] store::StoreError),
    #[error("{0}")]
    Unsigned(#[from] Unsigned),
}

fn public(key: &str) -> Option<Vec<u8>> {
    unhex::<32>(key).map(Vec::from).or_else(|| unhex::<65>(key).map(Vec::from))
}
