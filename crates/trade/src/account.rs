//! Who may sign in and who may send: accounts and keys are commands, so a journal knows who could do what when.

use crate::command::{Actor, ActorRole};
use crate::pack::{Blob, Text};
use crate::packed;
use crate::pseudonym::Pseudonyms;
use crate::time::Moment;

packed! {
    /// `Key::Account`: a person's sign-in.
    pub struct AccountRow {
        1 => pub login: Text,
        2 => pub role: ActorRole,
        /// The enterprise that an enterprise's account acts for.
        3 => pub enterprise: Text,
        /// An argon2id hash in its standard text form; never the password.
        4 => pub password_hash: Text,
        5 => pub closed: bool,
        /// The customs office that an officer works for; empty for the whole zone.
        6 => pub office: Text,
        /// Of a consumer: whose identity document was looked at when the account was made.
        7 => pub person: Pseudonyms,
    }
}

packed! {
    /// `Key::Recovery`: an official's account gets a new password from two administrators (`decide::access`).
    pub struct Recovery {
        /// Who proposed it, when and by which entry.
        1 => pub by: Actor,
        2 => pub at: Moment,
        3 => pub revision: u64,
        4 => pub role: ActorRole,
        5 => pub office: Text,
        /// It waits for the other administrator.
        6 => pub open: bool,
        7 => pub confirmed_by: Option<Actor>,
        /// When it last was done: second factors that were set up before count no more.
        8 => pub since: Option<Moment>,
    }
}

packed! {
    /// `Key::ApiKey`: a sender's key, known by its SHA-256 only.
    pub struct ApiKeyRow {
        1 => pub hash: [u8; 32],
        2 => pub enterprise: Text,
        /// What the operator calls it.
        3 => pub label: Text,
        4 => pub revoked: bool,
        /// Enterprise unless another is named.
        5 => pub role: ActorRole,
        /// As in [`AccountRow`].
        6 => pub office: Text,
        /// Names of actions: the key opens nothing else that its role may. All of it where there is none.
        7 => pub scopes: Vec<Text>,
        /// It opens nothing from then on.
        8 => pub until: Option<Moment>,
    }
}

impl ApiKeyRow {
    /// It was not taken back, and its time is not over.
    pub fn opens_at(&self, now: Moment) -> bool {
        !self.revoked && self.until.is_none_or(|until| now < until)
    }

    /// The key that takes its place and opens the same as long, and this one, which ends then or when it was to end.
    pub fn replaced(self, hash: [u8; 32], end: Moment) -> [ApiKeyRow; 2] {
        let new = ApiKeyRow { hash, ..self.clone() };
        [new, ApiKeyRow { until: Some(self.until.map_or(end, |until| until.min(end))), ..self }]
    }
}

packed! {
    /// `Key::HeadKeys`: the keys with which the window signs heads from here on.
    pub struct HeadKeysRow {
        /// 2 for the first that followed others.
        1 => pub generation: u32,
        /// What both the old and the new keys signed, as it is handed to readers (`store::head::Succession`).
        2 => pub statement: Blob,
    }
}
