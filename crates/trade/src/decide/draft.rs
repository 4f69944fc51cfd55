//! Facts that change on paper: what a decision would do is seen over the facts that it was made on, and thrown away or
//! kept as a whole.

use std::collections::HashMap;
use std::sync::Arc;

use super::State;
use crate::command::Submitted;
use crate::effect::Effect;
use crate::fact::Fact;
use crate::key::{Facts, Found};
use crate::registry::Party;

/// Changes over facts that stay as they are.
pub struct Draft<'a> {
    base: &'a dyn Facts,
    /// What stands under a key now; `None` where nothing does any more.
    changed: HashMap<Box<[u8]>, Option<Fact>>,
}

impl<'a> Draft<'a> {
    pub fn over(base: &'a dyn Facts) -> Draft<'a> {
        Draft { base, changed: HashMap::new() }
    }

    /// The facts as they were.
    pub fn base(&self) -> &'a dyn Facts {
        self.base
    }

    /// The keys that were written, in no order.
    pub fn changed(&self) -> impl Iterator<Item = &[u8]> {
        self.changed.keys().map(|key| &**key)
    }
}

impl Facts for Draft<'_> {
    fn look(&self, key: &[u8]) -> Option<Found<'_>> {
        match self.changed.get(key) {
            Some(Some(fact)) => Some(Found::Lent(fact.rest())),
            Some(None) => None,
            None => self.base.look(key),
        }
    }

    /// No draft registers an enterprise.
    fn party(&self, code: &str) -> Option<Arc<Party>> {
        self.base.party(code)
    }
}

impl State for Draft<'_> {
    fn apply(&mut self, effects: &[Effect], documents: &[Submitted]) {
        for effect in effects {
            let Some(key) = effect.key() else { continue };
            let now = match effect {
                Effect::Put(put) => Some(put.0.clone()),
                Effect::Keep(keep) => {
                    let document = documents.get(keep.doc()).map_or(&[][..], |d| &d.document);
                    Some(keep.whole(document))
                }
                _ => None,
            };
            self.changed.insert(key.into(), now);
        }
    }
}
