//! A document's own view of the state: what it changes is seen by itself at once and by others only when it is done.

use std::borrow::Cow;

use crate::command::DueKind;
use crate::effect::{Drop, Due, Effect, Keep, Put, kept_value};
use crate::key::{Facts, Key};
use crate::pack::{Blob, Pack};
use crate::time::Moment;

/// Changes over facts, in the order in which they were made. A parcel touches some twenty keys, so a list that is
/// searched from its end is quicker than a map.
pub struct Overlay<'a> {
    base: &'a dyn Facts,
    writes: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    effects: Vec<Effect>,
}

impl Facts for Overlay<'_> {
    fn look(&self, key: &[u8]) -> Option<Cow<'_, [u8]>> {
        match self.writes.iter().rev().find(|(k, _)| k == key) {
            Some((_, value)) => value.as_deref().map(Cow::Borrowed),
            None => self.base.look(key),
        }
    }
}

impl<'a> Overlay<'a> {
    pub fn over(base: &'a dyn Facts) -> Overlay<'a> {
        Overlay { base, writes: Vec::new(), effects: Vec::new() }
    }

    pub fn read<R: Pack>(&self, key: &Key) -> Option<R> {
        crate::key::read(self, key)
    }

    pub fn put<R: Pack>(&mut self, key: &Key, record: &R) {
        let (key, value) = (key.bytes(), record.pack());
        // The last of several puts of one key is the one that counts; the entry need not hold the others.
        match self.effects.iter_mut().rev().find(|e| e.key() == Some(&key[..])) {
            Some(Effect::Put(put)) => put.value = Blob(value.clone()),
            _ => self.effects.push(Effect::Put(Put { key: Blob(key.clone()), value: Blob(value.clone()) })),
        }
        self.writes.push((key, Some(value)));
    }

    /// Keeps document number `doc` of the command, whose packed bytes are `document`.
    pub fn keep<R: Pack>(&mut self, key: &Key, head: &R, doc: u32, document: &[u8]) {
        let (key, head) = (key.bytes(), head.pack());
        self.writes.push((key.clone(), Some(kept_value(&head, document))));
        self.effects.push(Effect::Keep(Keep { key: Blob(key), head: Blob(head), doc }));
    }

    pub fn drop(&mut self, key: &Key) {
        let key = key.bytes();
        self.effects.push(Effect::Drop(Drop { key: Blob(key.clone()) }));
        self.writes.push((key, None));
    }

    pub fn due(&mut self, at: Moment, kind: DueKind, key: &Key) {
        self.effects.push(Effect::Due(Due { at, kind: u32::from(kind.number()), key: Blob(key.bytes()) }));
    }

    pub fn undue(&mut self, at: Moment, kind: DueKind, key: &Key) {
        self.effects.push(Effect::Undue(Due { at, kind: u32::from(kind.number()), key: Blob(key.bytes()) }));
    }

    /// The keys written, each once, with their last value.
    pub fn written(&self) -> impl Iterator<Item = (&[u8], Option<&[u8]>)> {
        self.writes
            .iter()
            .enumerate()
            .filter(|(i, (key, _))| !self.writes[i + 1..].iter().any(|(k, _)| k == key))
            .map(|(_, (key, value))| (key.as_slice(), value.as_deref()))
    }

    pub fn into_effects(self) -> Vec<Effect> {
        self.effects
    }
}
