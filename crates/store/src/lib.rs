//! Where everything is kept: journal, vault, state, closed-case index, views, operators' tables.
//! Never here: rules of trade, HTTP, a clock. Keys, values and entries are bytes whose meaning others know.
//! Called by `window` (append, fold, look up) and by `server` and `onewindow` (views, proofs, backup).

pub mod backup;
pub mod baseline;
pub mod codes;
pub mod disk;
pub mod head;
pub mod journal;
pub mod keys;
pub mod ops;
pub mod proof;
pub mod signer;
mod squeeze;
pub mod state;
pub mod statement;
#[cfg(test)]
mod suite;
pub mod vault;
pub mod views;
pub mod zone;

pub use disk::Disk;
pub use head::{Head, SignedHead};
pub use journal::{Entry, Journal, JournalReader, Sealed};
pub use keys::Keys;
pub use ops::Ops;
pub use proof::Hash;
pub use state::{Due, State};
pub use vault::{Vault, VaultReader};
pub use views::{Project, Views};
pub use zone::{Engine, Place, Reading, Store};

use std::path::{Path, PathBuf};

/// What can go wrong in keeping things, sorted by what the caller must do.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk is full. Nothing was changed; the same call may be tried again.
    #[error("no room on the disk")]
    Full,
    /// A write or sync failed, so nobody knows what is on the disk: the process must end and start again.
    #[error("storage broke: {0}")]
    Broken(String),
    /// Kept bytes are not what was written. `at` is the byte in `file`.
    #[error("{} is damaged at byte {at}: {why}", file.display())]
    Corrupt { file: PathBuf, at: u64, why: String },
    /// Another process holds the folder.
    #[error("{} is in use by another process", .0.display())]
    Locked(PathBuf),
    /// A zone is there, and its keys are not.
    #[error(
        "{} is missing: put the copy of this zone's keys there. Without any copy make an empty folder of this name; then \
         originals cannot be read, persons' sums begin anew, and heads are signed by another key",
        .0.display()
    )]
    KeysMissing(PathBuf),
    /// The key was destroyed, and with it what it had locked.
    #[error("deleted for good: its key was destroyed")]
    Gone,
    /// What was to be signed is not, and can be later. Nothing that was kept is touched.
    #[error("not signed: {0}")]
    Unsigned(#[from] signer::Unsigned),
    /// The caller broke the sequence or a limit.
    #[error("{0}")]
    Order(String),
    #[error("the tables: {0}")]
    Sql(#[from] rusqlite::Error),
    #[error("{}: {source}", file.display())]
    Io { file: PathBuf, source: std::io::Error },
}

impl StoreError {
    fn io(file: &Path, source: std::io::Error) -> StoreError {
        match source.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => StoreError::Full,
            _ => StoreError::Io { file: file.to_owned(), source },
        }
    }

    fn corrupt(file: &Path, at: u64, why: impl Into<String>) -> StoreError {
        StoreError::Corrupt { file: file.to_owned(), at, why: why.into() }
    }
}
