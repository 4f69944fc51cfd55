//! The law of some files, read once for all who ask: the decider, pages, a replay, and a zone that is opened again.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use trade::policy::{Policy, PolicyFault};

use crate::lock;

/// The tables of a policy, by the names of their files.
pub type Tables = BTreeMap<String, String>;

/// What was read last. A law changes some times a year, and to compare its text is little beside reading it.
static LAST: Mutex<Option<(Tables, Arc<Policy>)>> = Mutex::new(None);

/// The law of these files; where there are none, no rule is known.
///
/// # Errors
/// As [`Policy::load`].
pub fn read(files: &Tables) -> Result<Arc<Policy>, Vec<PolicyFault>> {
    if let Some((_, policy)) = lock(&LAST).as_ref().filter(|(last, _)| last == files) {
        return Ok(policy.clone());
    }
    if files.is_empty() {
        return Ok(Arc::new(Policy::none()));
    }
    let policy = Arc::new(Policy::load(&files.iter().collect::<Vec<_>>())?);
    *lock(&LAST) = Some((files.clone(), policy.clone()));
    Ok(policy)
}
