//! Subscriptions (订阅): a department or an enterprise has its own receipts brought to an address of its own, instead of
//! fetching them. What is brought is what stands in the outbox; whether it arrived is no matter of the journal.

use crate::command::{Actor, ActorRole};
use crate::pack::Text;
use crate::packed;
use crate::time::Moment;

/// Open subscriptions of one owner.
pub const MOST: usize = 3;
/// Characters of an address.
pub const LONGEST: usize = 200;

packed! {
    /// It begins, or ends.
    pub struct Subscribe {
        1 => pub by: Actor,
        /// Which one ends; empty where one begins.
        2 => pub number: Text,
        /// `https://example.org/receipts`
        3 => pub address: Text,
    }
}

packed! {
    pub struct Subscription {
        /// The number that this window gave.
        1 => pub number: Text,
        2 => pub address: Text,
        3 => pub by: Actor,
        4 => pub from: Moment,
        /// The entry with which it began: what stands after it is brought.
        5 => pub entry: u64,
        6 => pub ended: Option<Moment>,
    }
}

packed! {
    /// `Key::Subscriptions` of an owner: an enterprise's code, or a department's name. Under the empty name, all owners.
    pub struct Subscriptions {
        1 => pub all: Vec<Subscription>,
        2 => pub owners: Vec<Text>,
    }
}

impl Subscription {
    pub fn is_open(&self) -> bool {
        self.ended.is_none()
    }
}

/// Whose outbox a role reads: the enterprise's own, or that of its department.
pub fn owner(role: ActorRole, enterprise: &str) -> Option<Text> {
    match role {
        ActorRole::Enterprise => (!enterprise.is_empty()).then(|| enterprise.into()),
        role => crate::request::DEPARTMENTS.contains(&role).then(|| role.name().into()),
    }
}

/// `host` and what follows it, of an address that may be written down: `http` or `https`, a host, nothing that names a
/// user or breaks a line. Whether anybody may be sent there is decided where it is sent.
pub fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let host = rest.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default()).unwrap_or_default();
    let plain = text.len() <= LONGEST && text.bytes().all(|b| b.is_ascii_graphic() && !b"\"'<>\\^`{|}#".contains(&b));
    plain && !host.is_empty() && !host.contains('@')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_a_host_and_nobody_and_breaks_no_line() {
        for (text, good) in [
            ("https://example.org/receipts?of=1", true),
            ("https://example.org:8443", true),
            ("http://127.0.0.1:9000/x", true),
            ("ftp://example.org/", false),
            ("https://", false),
            ("https:///path", false),
            ("https://user:word@example.org/", false),
            ("https://example.org/\r\nHost: a", false),
            ("https://example.org/ a", false),
            ("https://例子.org/", false),
            ("https://example.org/#part", false),
        ] {
            assert_eq!(is_address(text), good, "{text}");
        }
        assert!(!is_address(&format!("https://example.org/{}", "a".repeat(LONGEST))));
    }
}
