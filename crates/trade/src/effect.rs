//! What a decision changes. State is one map from key bytes to value bytes; an effect names a change of it, and
//! folding the effects of all entries in order gives the state again, without deciding anything twice.

use crate::pack::Blob;
use crate::time::Moment;
use crate::{packed, packed_choice};

packed_choice! {
    pub enum Effect {
        1 => Put(Put),
        2 => Keep(Keep),
        3 => Drop(Drop),
        4 => Due(Due),
        5 => Undue(Due),
    }
}

impl Effect {
    /// The key of the state that changes; dues are not part of it.
    pub fn key(&self) -> Option<&[u8]> {
        self.shared_key().map(|key| &**key)
    }

    pub(crate) fn shared_key(&self) -> Option<&Blob> {
        match self {
            Effect::Put(e) => Some(&e.key),
            Effect::Keep(e) => Some(&e.key),
            Effect::Drop(e) => Some(&e.key),
            Effect::Due(_) | Effect::Undue(_) => None,
        }
    }
}

packed! {
    /// `key` now holds `value`.
    pub struct Put {
        1 => pub key: Blob,
        2 => pub value: Blob,
    }
}

packed! {
    /// `key` now holds `head` followed by field 1 = the packed document number `doc` of this command: a document
    /// stands in the entry once, as it came, and is not written again for the state.
    pub struct Keep {
        1 => pub key: Blob,
        2 => pub head: Blob,
        3 => pub doc: u32,
    }
}

packed! {
    /// `key` holds nothing any more.
    pub struct Drop {
        1 => pub key: Blob,
    }
}

packed! {
    /// Something is to happen at a time; it is a command of its own when the time has come.
    pub struct Due {
        1 => pub at: Moment,
        /// [`crate::command::DueKind`] as a number: dues of one instant happen in this order, then by key.
        2 => pub kind: u32,
        3 => pub key: Blob,
    }
}

/// The value that a [`Keep`] stands for: its head, and the document behind it.
pub fn kept_value(head: &[u8], document: &[u8]) -> Vec<u8> {
    let mut value = Vec::with_capacity(head.len() + document.len() + 4);
    value.extend_from_slice(head);
    crate::pack::put_bytes(&mut value, 1, |out| out.extend_from_slice(document));
    value
}
