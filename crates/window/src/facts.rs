//! The state as the rules see it, with what the command at hand has changed on top.

use std::cell::RefCell;
use std::sync::Arc;

use hashbrown::HashMap;
use store::{State, StoreError};
use trade::command::{Command, Entry, Submitted};
use trade::decide::Setting;
use trade::documents::Document;
use trade::effect::Effect;
use trade::key::{Facts, Found, Key};
use trade::pack::Text;
use trade::registry::Party;

/// Decides a command, and gives its receipts the form that they have on the wire: what a message cannot show is not
/// part of what is proved.
pub fn decide(
    command: Command,
    read: &[Option<Document>],
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

/// Enterprises that were read before: every document names five or six, and there are few. What is known of one is
/// forgotten when its record changes.
pub type Parties = HashMap<Text, Arc<Party>>;

/// The facts while an entry is decided: the state itself, into which each document's changes go as it is decided.
pub struct Live<'a> {
    state: &'a State,
    parties: RefCell<&'a mut Parties>,
}

impl<'a> Live<'a> {
    pub fn over(state: &'a State, parties: &'a mut Parties) -> Live<'a> {
        Live { state, parties: RefCell::new(parties) }
    }
}

impl Facts for Live<'_> {
    fn look(&self, key: &[u8]) -> Option<Found<'_>> {
        look(self.state, key)
    }

    fn party(&self, code: &str) -> Option<Arc<Party>> {
        let mut known = self.parties.borrow_mut();
        if let Some(party) = known.get(code) {
            return Some(party.clone());
        }
        let party = Arc::new(trade::key::read::<Party>(self, &Key::Party(code.into()))?);
        known.insert(code.into(), party.clone());
        Some(party)
    }
}

impl trade::decide::State for Live<'_> {
    fn apply(&mut self, effects: &[Effect], documents: &[Submitted]) {
        for effect in effects {
            if effect.key().is_some_and(|key| Key::kind(key) == Key::PARTY) {
                self.parties.get_mut().clear();
            }
            self.state.apply(effect, packed(documents));
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
    state.fold(revision, entry.outcomes.iter().flat_map(|o| &o.effects), packed(documents))
}

/// The packed documents of a command by their numbers.
pub fn packed<'d>(documents: &'d [Submitted]) -> impl Fn(usize) -> &'d [u8] {
    |number| documents.get(number).map_or(&[][..], |d| &d.document)
}
