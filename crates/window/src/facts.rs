//! The state as the rules see it, with what the command at hand has changed on top.

use std::borrow::Cow;
use std::collections::HashMap;

use store::{Change, State, StoreError};
use trade::command::{Command, Entry, Submitted};
use trade::decide::Setting;
use trade::effect::{Effect, kept_value};
use trade::key::Facts;

/// Decides a command, and gives its receipts the form that they have on the wire: what a message cannot show is not
/// part of what is proved.
pub fn decide(command: Command, setting: Setting<'_>, state: &mut dyn trade::decide::State) -> Entry {
    let mut entry = trade::decide::decide(command, setting, state);
    for receipt in entry.outcomes.iter_mut().flat_map(|o| &mut o.receipts) {
        receipt.shown = wire::ceb::fitted(std::mem::take(&mut receipt.shown));
    }
    entry
}

/// Reads a key of the state.
///
/// # Panics
/// If the closed-case index is damaged: then nobody knows the facts, and deciding on would be worse than ending.
pub fn look(state: &State, key: &[u8]) -> Option<Vec<u8>> {
    state.get(key).expect("the closed-case index can be read; its damage ends the program")
}

/// The facts while one command is decided: what its documents changed so far lies over the state, and goes into the
/// state with the whole entry.
pub struct Pending<'a> {
    state: &'a State,
    changed: HashMap<Vec<u8>, Option<Vec<u8>>>,
}

impl<'a> Pending<'a> {
    pub fn over(state: &'a State) -> Pending<'a> {
        Pending { state, changed: HashMap::new() }
    }
}

impl Facts for Pending<'_> {
    fn look(&self, key: &[u8]) -> Option<Cow<'_, [u8]>> {
        match self.changed.get(key) {
            Some(value) => value.as_deref().map(Cow::Borrowed),
            None => look(self.state, key).map(Cow::Owned),
        }
    }
}

impl trade::decide::State for Pending<'_> {
    fn apply(&mut self, effects: &[Effect], documents: &[Submitted]) {
        for effect in effects {
            let (key, value) = match effect {
                Effect::Put(put) => (&put.key, Some(put.value.0.clone())),
                Effect::Keep(keep) => (&keep.key, Some(kept_value(&keep.head.0, document(documents, keep.doc)))),
                Effect::Drop(gone) => (&gone.key, None),
                Effect::Due(_) | Effect::Undue(_) => continue,
            };
            self.changed.insert(key.0.clone(), value);
        }
    }
}

fn document(documents: &[Submitted], number: u32) -> &[u8] {
    documents.get(number as usize).map_or(&[], |d| &d.document.0)
}

/// Folds everything that followed from an entry into the state.
///
/// # Errors
/// As [`State::fold`].
pub fn fold(state: &State, revision: u64, entry: &Entry) -> Result<(), StoreError> {
    let documents: &[Submitted] = match &entry.command {
        Some(Command::Message(message)) => &message.documents,
        _ => &[],
    };
    let changes: Vec<Change<'_>> = entry
        .outcomes
        .iter()
        .flat_map(|o| &o.effects)
        .map(|effect| match effect {
            Effect::Put(put) => Change::Put { key: &put.key.0, value: &put.value.0 },
            Effect::Keep(keep) => {
                Change::Keep { key: &keep.key.0, head: &keep.head.0, doc: document(documents, keep.doc) }
            }
            Effect::Drop(gone) => Change::Drop { key: &gone.key.0 },
            Effect::Due(due) => Change::Due { at: due.at, kind: due.kind, key: &due.key.0 },
            Effect::Undue(due) => Change::Undue { at: due.at, kind: due.kind, key: &due.key.0 },
        })
        .collect();
    state.fold(revision, &changes)
}
