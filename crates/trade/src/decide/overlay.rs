//! A document's own view of the state: what it changes is seen by itself at once and by others only when it is done.

use std::collections::HashMap;
use std::sync::Arc;

use crate::command::{DueKind, Position};
use crate::documents::SharedDocument;
use crate::effect::{Drop, Due, Effect, Keep, Put};
use crate::fact::Fact;
use crate::key::{Facts, Found, Key};
use crate::pack::{Blob, Pack, laid_over};
use crate::registry::Party;
use crate::time::Moment;

/// Changes over facts, in the order in which they were made.
pub struct Overlay<'a> {
    base: &'a dyn Facts,
    effects: Vec<Effect>,
    /// A mark of each effect's key: where two differ, so do the keys.
    marks: Vec<u64>,
    /// The last effect of each key, once there are many: a parcel touches some twenty keys, and for these searching
    /// from the end is quicker than a map; a summary of bills touches thousands.
    last: HashMap<Box<[u8]>, usize>,
    /// Where a key is packed before it is looked for.
    key: Vec<u8>,
    /// Where a fact is packed before it is laid into a piece of memory of its own.
    scratch: Vec<u8>,
}

const FEW: usize = 48;

/// The kind of a key and its end, where keys of one kind differ.
fn mark(key: &[u8]) -> u64 {
    let end = key.last_chunk().map_or(key.len() as u64, |end| u64::from_le_bytes(*end));
    end.rotate_left(8) ^ key.first().map_or(0, |kind| u64::from(*kind) << 32)
}

impl Facts for Overlay<'_> {
    fn look(&self, key: &[u8]) -> Option<Found<'_>> {
        match self.last(key).map(|at| &self.effects[at]) {
            Some(Effect::Put(put)) => Some(Found::Lent(put.value())),
            Some(Effect::Keep(keep)) => Some(Found::Made(keep.value())),
            Some(_) => None,
            None => self.base.look(key),
        }
    }

    fn head(&self, key: &[u8]) -> Option<Found<'_>> {
        match self.last(key).map(|at| &self.effects[at]) {
            Some(Effect::Put(put)) => Some(Found::Lent(put.value())),
            Some(Effect::Keep(keep)) => Some(Found::Lent(keep.head())),
            Some(_) => None,
            None => self.base.head(key),
        }
    }

    fn document(&self, at: &Position) -> Option<SharedDocument> {
        self.base.document(at)
    }

    /// No message changes an enterprise; a command that does reads those that it changes by their key.
    fn party(&self, code: &str) -> Option<Arc<Party>> {
        self.base.party(code)
    }
}

impl<'a> Overlay<'a> {
    pub fn over(base: &'a dyn Facts) -> Overlay<'a> {
        Overlay {
            base,
            effects: Vec::with_capacity(8),
            marks: Vec::with_capacity(32),
            last: HashMap::new(),
            key: Vec::with_capacity(128),
            scratch: Vec::with_capacity(1_024),
        }
    }

    pub fn read<R: Pack>(&self, key: &Key) -> Option<R> {
        crate::key::read(self, key)
    }

    pub fn put<R: Pack>(&mut self, key: &Key, record: &R) {
        let fact = self.fact(key, record);
        self.hold(fact);
    }

    fn fact<R: Pack>(&mut self, key: &Key, record: &R) -> Fact {
        self.key.clear();
        key.pack_into(&mut self.key);
        self.scratch.clear();
        Fact::begin(&mut self.scratch, &self.key);
        record.pack_into(&mut self.scratch);
        Fact::from_bytes(&self.scratch).expect("a key and a value make a fact")
    }

    /// The last of several puts of one key is the one that counts; the entry need not hold the others.
    fn hold(&mut self, fact: Fact) {
        match self.last(fact.key()).map(|at| &mut self.effects[at]) {
            Some(Effect::Put(before)) => *before = Put(fact),
            _ => self.push(Effect::Put(Put(fact))),
        }
    }

    /// Changes some fields of the record under a key that is there: those of `part`.
    pub fn put_part<P: Pack>(&mut self, key: &Key, part: &P) {
        let key = key.bytes();
        let Some(whole) = self.look(&key) else { return };
        let value = laid_over(part, &whole).expect("a record that was written can be read");
        self.hold(Fact::new(&key, &value));
    }

    /// Keeps document number `doc` of the command, whose packed bytes are `document`.
    pub fn keep<R: Pack>(&mut self, key: &Key, head: &R, doc: u32, document: Blob) {
        let fact = self.fact(key, head);
        self.push(Effect::Keep(Keep::new(fact, doc, document)));
    }

    pub fn drop(&mut self, key: &Key) {
        let key = self.packed(key);
        self.push(Effect::Drop(Drop { key }));
    }

    pub fn due(&mut self, at: Moment, kind: DueKind, key: &Key) {
        let key = self.packed(key);
        self.push(Effect::Due(Due { at, kind: u32::from(kind.number()), key }));
    }

    pub fn undue(&mut self, at: Moment, kind: DueKind, key: &Key) {
        let key = self.packed(key);
        self.push(Effect::Undue(Due { at, kind: u32::from(kind.number()), key }));
    }

    /// The records put under keys of these kinds, each once, with their last value.
    pub fn put_records(&self, kinds: &[u64]) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.effects.iter().enumerate().filter_map(|(i, effect)| match effect {
            Effect::Put(put) if kinds.contains(&Key::kind(put.0.key())) && self.last(put.0.key()) == Some(i) => {
                Some((put.0.key(), put.value()))
            }
            _ => None,
        })
    }

    /// Nothing of what was changed so far happens.
    pub fn forget(&mut self) {
        self.effects.clear();
        self.marks.clear();
        self.last.clear();
    }

    /// True where nothing was changed.
    pub fn is_untouched(&self) -> bool {
        self.effects.is_empty()
    }

    pub fn into_effects(self) -> Vec<Effect> {
        self.effects
    }

    /// The number of the last effect on a key.
    fn last(&self, key: &[u8]) -> Option<usize> {
        if self.effects.len() <= FEW {
            let mark = mark(key);
            let is_it = |(at, m): &(usize, &u64)| **m == mark && self.effects[*at].key() == Some(key);
            return self.marks.iter().enumerate().rfind(is_it).map(|(at, _)| at);
        }
        self.last.get(key).copied()
    }

    fn push(&mut self, effect: Effect) {
        self.marks.push(effect.key().map_or(0, mark));
        self.effects.push(effect);
        let new = match self.effects.len() {
            0..=FEW => return,
            n if self.last.is_empty() => 0..n,
            n => n - 1..n,
        };
        for at in new {
            if let Some(key) = self.effects[at].key() {
                self.last.insert(key.into(), at);
            }
        }
    }

    fn packed(&mut self, value: &impl Pack) -> Blob {
        self.scratch.clear();
        value.pack_into(&mut self.scratch);
        Blob::from(&self.scratch[..])
    }
}
