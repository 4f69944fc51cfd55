//! The window's own keys follow others: planned, or because the old ones may be in other hands.
//!
//! Old and new keys sign one statement; it is an entry of the journal, and readers who know the old keys follow it. The
//! old secret keys are destroyed when the entry is durable.

use serde_json::Value;
use store::StoreError;
use store::head::{HeadKeys, PublicKeys, Succession, Trusted, trusted};
use trade::account::HeadKeysRow;
use trade::command::{Actor, RegisterKind};
use trade::key::Key;
use trade::pack::Blob;

use crate::{Answer, Refused, Window};

impl Window {
    /// The keys that sign heads now.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn head_keys(&self) -> Result<HeadKeys, StoreError> {
        self.keys().head_keys(1 + self.head_rows().len() as u32)
    }

    /// How often a head was asked for and could not be signed since the window was opened.
    pub fn unsigned(&self) -> u64 {
        self.0.shared.unsigned.load(std::sync::atomic::Ordering::Relaxed)
    }

    fn head_rows(&self) -> Vec<HeadKeysRow> {
        (2..).map_while(|generation: u32| self.read(&Key::HeadKeys(generation.to_string().into()))).collect()
    }

    /// How keys followed others, the oldest first.
    pub fn successions(&self) -> Vec<Succession> {
        let read = |row: HeadKeysRow| {
            let json: Value = serde_json::from_slice(&row.statement).ok()?;
            Succession::from_json(&json).ok()
        };
        self.head_rows().into_iter().filter_map(read).collect()
    }

    /// All public keys that this window signs or signed with, and for heads of how many entries.
    ///
    /// # Errors
    /// If the keys cannot be read.
    pub fn own_keys(&self) -> Result<Vec<Trusted>, StoreError> {
        let statements = self.successions();
        let first: PublicKeys = match statements.first() {
            Some(statement) => statement.from.clone(),
            None => self.head_keys()?.public(),
        };
        Ok(trusted(&first, &statements))
    }

    /// Puts new keys in the place of those that sign; the old ones are destroyed. `revoked` says that they may be in other
    /// hands: then heads of theirs with more entries than now count for nothing.
    ///
    /// # Errors
    /// As [`Window::register`]; `Store` where a key cannot be read, made or destroyed. What an old key's token cannot
    /// destroy now it destroys at the next start.
    pub fn rotate_head_keys(&self, by: &Actor, revoked: bool) -> Result<Answer, NotRotated> {
        let generation = 2 + self.head_rows().len() as u32;
        let head =
            self.head()?.ok_or_else(|| StoreError::Order("a window without entries has signed nothing".into()))?;
        let next = self.keys().head_keys(generation)?;
        let statement = next.succeed(&self.head_keys()?, head.head, revoked).map_err(StoreError::from)?;
        let statement = Blob::from(statement.to_json().to_string().into_bytes());
        let row = HeadKeysRow { generation, statement };
        let answer = self.register(by, RegisterKind::HeadKeys, &[row]).map_err(NotRotated::Refused)?;
        if self.head_rows().len() as u32 + 1 == generation {
            *crate::lock(&self.0.head) = None;
            self.keys().forget_head(generation - 1)?;
        }
        Ok(answer)
    }
}

/// Why the keys are still those of before, or the old ones are still there.
#[derive(Debug, thiserror::Error)]
pub enum NotRotated {
    #[error("{0}")]
    Refused(Refused),
    #[error("{0}")]
    Store(#[from] StoreError),
}
