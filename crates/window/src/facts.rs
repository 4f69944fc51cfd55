//! The state as the rules see it, with what the command at hand has changed on top.

use std::cell::RefCell;
use std::sync::Arc;

use hashbrown::HashMap;
use store::{Change, State, StoreError};
use trade::command::{Command, Entry, Submitted};
use trade::decide::Setting;
use trade::documents::Document;
use trade::effect::{Effect, kept_value};
use trade::key::{Facts, Found, Key};
use trade::pack::{Blob, Pack};
use trade::registry::Party;

/// Decides a command, and gives its receipts the form that they have on the wire: what a message cannot show is not
/// part of what is proved.
pub fn decide(
    command: Command,
    read: Vec<Option<Document>>,
    setting: Setting<'_>,
    state: &mut dyn trade::decide::State,
) -> Entry {
    let mut entry = trade::decide::decide(command, read, setting, state);
    for receipt in entry.outcomes.iter_mut().flat_map(|o| &mut o.receipts) {
        wire::ceb::fit(&mut receipt.shown);
    }
    entry
}

/// Reads a key of the state.
///
/// # Panics
/// If the closed-case index is damaged: then nobody knows the facts, and deciding on would be worse than ending.
pub fn look(state: &State, key: &[u8]) -> Option<Found<'static>> {
    state.get(key).expect("the closed-case index can be read; its damage ends the program")
}

/// Enterprises that were read before, with the bytes that they were read from. Every document names five or six, and
/// there are few; while a record is the same piece of memory, what was read from it holds.
#[derive(Default)]
pub struct Parties(RefCell<HashMap<String, (Found<'static>, Arc<Party>)>>);

impl Parties {
    fn read(&self, code: &str, found: Found<'static>) -> Option<Arc<Party>> {
        let same = |a: &Found<'_>, b: &Found<'_>| match (a, b) {
            (Found::Shared(a, _), Found::Shared(b, _)) => Arc::ptr_eq(a, b),
            _ => false,
        };
        let mut known = self.0.borrow_mut();
        if let Some((_, party)) = known.get(code).filter(|(from, _)| same(from, &found)) {
            return Some(party.clone());
        }
        let party = Arc::new(Party::unpack(&found).expect("a record under a checked journal is readable"));
        known.insert(code.to_owned(), (found, party.clone()));
        Some(party)
    }
}

/// The facts while one command is decided: what its documents changed so far lies over the state, and goes into the
/// state with the whole entry.
pub struct Pending<'a> {
    state: &'a State,
    parties: &'a Parties,
    changed: HashMap<Blob, Changed>,
}

enum Changed {
    To(Blob),
    /// Head, and the document behind it.
    Kept(Blob, Blob),
    Gone,
}

impl<'a> Pending<'a> {
    pub fn over(state: &'a State, parties: &'a Parties) -> Pending<'a> {
        Pending { state, parties, changed: HashMap::new() }
    }
}

impl Facts for Pending<'_> {
    fn look(&self, key: &[u8]) -> Option<Found<'_>> {
        match self.changed.get(key) {
            Some(Changed::To(value)) => Some(Found::Lent(value)),
            Some(Changed::Kept(head, document)) => Some(Found::Made(kept_value(head, document))),
            Some(Changed::Gone) => None,
            None => look(self.state, key),
        }
    }

    fn party(&self, code: &str) -> Option<Arc<Party>> {
        let key = Key::Party(code.into()).bytes();
        if self.changed.contains_key(&key[..]) {
            return trade::key::read(self, &Key::Party(code.into())).map(Arc::new);
        }
        self.parties.read(code, look(self.state, &key)?)
    }
}

impl trade::decide::State for Pending<'_> {
    fn apply(&mut self, effects: &[Effect], documents: &[Submitted]) {
        for effect in effects {
            let (key, value) = match effect {
                Effect::Put(put) => (&put.key, Changed::To(put.value.clone())),
                Effect::Keep(keep) => {
                    let document = documents.get(keep.doc as usize).map(|d| d.document.clone()).unwrap_or_default();
                    (&keep.key, Changed::Kept(keep.head.clone(), document))
                }
                Effect::Drop(gone) => (&gone.key, Changed::Gone),
                Effect::Due(_) | Effect::Undue(_) => continue,
            };
            self.changed.insert(key.clone(), value);
        }
    }
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
    let document = |number: u32| documents.get(number as usize).map_or(&[][..], |d| &d.document);
    let changes: Vec<Change<'_>> = entry
        .outcomes
        .iter()
        .flat_map(|o| &o.effects)
        .map(|effect| match effect {
            Effect::Put(put) => Change::Put { key: &put.key, value: &put.value },
            Effect::Keep(keep) => Change::Keep { key: &keep.key, head: &keep.head, doc: document(keep.doc) },
            Effect::Drop(gone) => Change::Drop { key: &gone.key },
            Effect::Due(due) => Change::Due { at: due.at, kind: due.kind, key: &due.key },
            Effect::Undue(due) => Change::Undue { at: due.at, kind: due.kind, key: &due.key },
        })
        .collect();
    state.fold(revision, &changes)
}
