//! Deciding a journal again: the same commands at the same times give the same entries.

use std::cell::RefCell;
use std::collections::{BTreeSet, VecDeque};
use std::hash::BuildHasher;
use std::sync::Arc;

use hashbrown::hash_table::Entry as Slot;
use hashbrown::{DefaultHashBuilder, HashTable};
use store::{JournalReader, Place, StoreError, proof};
use trade::command::{Command, DueKind, DueNow, Entry, Position, Submitted};
use trade::decide::{self, Setting};
use trade::documents::{Document, SharedDocument};
use trade::effect::{self, Effect};
use trade::fact::Fact;
use trade::key::{Facts, Found, Key};
use trade::pack::{Blob, Pack};
use trade::policy::Policy;
use trade::registry::Party;
use trade::time::Moment;

use crate::facts::{self, Parties};
use crate::law::{self, Tables};

/// A state in memory alone: the plain map that [`store::State`] has to be equal to.
pub(crate) struct Memory {
    seed: DefaultHashBuilder,
    /// In many tables: what one leaves behind when it grows has the size that another needs next.
    shards: Vec<HashTable<Held>>,
    dues: BTreeSet<(Moment, u32, Blob)>,
    /// Enterprises that were read before, as in [`facts::Live`].
    parties: RefCell<Parties>,
    pub(crate) recent: Recent,
}

/// The documents of the last commands as they were read: a list comes soon after what it is compared with, which then
/// need not be unpacked.
#[derive(Default)]
pub(crate) struct Recent {
    /// By revision, which grows.
    commands: VecDeque<(u64, Arc<Vec<Option<Document>>>)>,
    documents: usize,
}

/// So many documents stay in hand: some 150 MB.
const IN_HAND: usize = 100_000;

impl Recent {
    /// Takes the documents of a command in hand, and hands back those for which there is no more room.
    pub(crate) fn take(
        &mut self,
        revision: u64,
        documents: &Arc<Vec<Option<Document>>>,
    ) -> impl Iterator<Item = Arc<Vec<Option<Document>>>> {
        if !documents.is_empty() {
            self.documents += documents.len();
            self.commands.push_back((revision, documents.clone()));
        }
        std::iter::from_fn(move || {
            if self.documents <= IN_HAND {
                return None;
            }
            let (_, oldest) = self.commands.pop_front()?;
            self.documents -= oldest.len();
            Some(oldest)
        })
    }

    fn at(&self, at: &Position) -> Option<SharedDocument> {
        let place = self.commands.binary_search_by_key(&at.revision, |(revision, _)| *revision).ok()?;
        SharedDocument::of(&self.commands[place].1, at.index as usize)
    }
}

/// What stands under a key, with the key's hash: a table that grows need not look at facts that lie elsewhere.
struct Held {
    hash: u64,
    fact: Fact,
    /// Of a document that was kept: it is shared with the command that brought it, and the fact is its head.
    document: Option<Blob>,
}

impl Held {
    fn is(&self, hash: u64, key: &[u8]) -> bool {
        self.hash == hash && self.fact.key() == key
    }
}

impl Facts for Memory {
    fn look(&self, key: &[u8]) -> Option<Found<'_>> {
        let held = self.held(key)?;
        let Some(document) = &held.document else { return Some(Found::Lent(held.fact.rest())) };
        let mut value = Vec::with_capacity(held.fact.rest().len() + document.len() + 8);
        effect::put_kept(&mut value, held.fact.rest(), document);
        Some(Found::Made(value))
    }

    fn head(&self, key: &[u8]) -> Option<Found<'_>> {
        self.held(key).map(|held| Found::Lent(held.fact.rest()))
    }

    fn document(&self, at: &Position) -> Option<SharedDocument> {
        self.recent.at(at)
    }

    fn party(&self, code: &str) -> Option<Arc<Party>> {
        if let Some(party) = self.parties.borrow().get(code) {
            return Some(party.clone());
        }
        let party = Arc::new(trade::key::read::<Party>(self, &Key::Party(code.into()))?);
        self.parties.borrow_mut().insert(code.into(), party.clone());
        Some(party)
    }
}

impl decide::State for Memory {
    fn apply(&mut self, effects: &[Effect], documents: &[Submitted]) {
        for effect in effects {
            match effect {
                Effect::Put(put) => self.hold(put.0.clone(), None),
                Effect::Keep(keep) => {
                    let document = documents.get(keep.doc()).map(|submitted| submitted.document.clone());
                    self.hold(keep.fact().clone(), Some(document.unwrap_or_default()));
                }
                Effect::Drop(gone) => self.forget(&gone.key),
                Effect::Due(due) => drop(self.dues.insert((due.at, due.kind, due.key.clone()))),
                Effect::Undue(due) => drop(self.dues.remove(&(due.at, due.kind, due.key.clone()))),
            }
        }
    }
}

impl Default for Memory {
    fn default() -> Memory {
        Memory::seeded(DefaultHashBuilder::default())
    }
}

const SHARDS: usize = 256;

/// A table uses the low and the highest bits of a hash; which table, those between say.
fn shard_of(hash: u64) -> usize {
    (hash >> 40) as usize % SHARDS
}

impl Memory {
    fn held(&self, key: &[u8]) -> Option<&Held> {
        let hash = self.seed.hash_one(key);
        self.shards[shard_of(hash)].find(hash, |held| held.is(hash, key))
    }

    /// One whose keys have these hashes.
    pub(crate) fn seeded(seed: DefaultHashBuilder) -> Memory {
        Memory {
            seed,
            shards: (0..SHARDS).map(|_| HashTable::new()).collect(),
            dues: BTreeSet::new(),
            parties: RefCell::default(),
            recent: Recent::default(),
        }
    }

    /// Looks at what a command will ask for, so that it is at hand when it is decided: a state of gigabytes lies far
    /// from the processor, but many things can be on their way from there at once.
    pub(crate) fn fetch(&self, hashes: &[u64]) {
        let held = |hash: &&u64| self.shards[shard_of(**hash)].find(**hash, |held| held.hash == **hash);
        let there = hashes.iter().filter(|hash| held(hash).is_some_and(|held| held.fact.bytes().first() != Some(&1)));
        std::hint::black_box(there.count());
    }

    /// Something stands under the key.
    pub(crate) fn holds(&self, key: &[u8]) -> bool {
        self.held(key).is_some()
    }

    fn hold(&mut self, fact: Fact, document: Option<Blob>) {
        self.changes(fact.key());
        let hash = self.seed.hash_one(fact.key());
        match self.shards[shard_of(hash)].entry(hash, |held| held.is(hash, fact.key()), |held| held.hash) {
            Slot::Occupied(mut slot) => {
                let held = slot.get_mut();
                (held.fact, held.document) = (fact, document);
            }
            Slot::Vacant(slot) => drop(slot.insert(Held { hash, fact, document })),
        }
    }

    fn forget(&mut self, key: &[u8]) {
        self.changes(key);
        let hash = self.seed.hash_one(key);
        if let Ok(slot) = self.shards[shard_of(hash)].find_entry(hash, |held| held.is(hash, key)) {
            slot.remove();
        }
    }

    fn changes(&mut self, key: &[u8]) {
        if Key::kind(key) == Key::PARTY {
            self.parties.get_mut().clear();
        }
    }

    pub(crate) fn due_by(&self, at: Moment) -> Option<DueNow> {
        let (due_at, kind, key) = self.dues.first().filter(|(due_at, ..)| *due_at <= at)?;
        let kind = u16::try_from(*kind).ok().and_then(DueKind::from_number).unwrap_or_default();
        Some(DueNow { kind, key: key.clone(), at: *due_at })
    }

    /// Everything but kept documents, in no order: what is known of every list, among other things.
    pub(crate) fn records(&self) -> impl Iterator<Item = &Fact> {
        self.shards.iter().flatten().filter(|held| held.document.is_none()).map(|held| &held.fact)
    }
}

/// What a replay found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replayed {
    pub entries: u64,
    pub commands: u64,
    /// The hash that the replayed journal has.
    pub hash: [u8; 32],
    /// It is the hash of the journal, and every entry came out as it stands there.
    pub same: bool,
    pub differences: u64,
    /// The first entries that came out otherwise.
    pub first_differences: Vec<u64>,
}

/// Decides the whole journal again and compares; `progress` hears how far it is.
///
/// # Errors
/// If the journal cannot be read.
pub fn replay(place: &Place, mut progress: impl FnMut(u64, u64)) -> Result<Replayed, StoreError> {
    let journal = JournalReader::open(place.disk(), &place.journal())?;
    let mut again = Again::default();
    let mut found = Replayed::default();
    let mut chain = proof::CHAIN_START;
    for kept in journal.after(0) {
        let kept = kept?;
        let revision = kept.revision;
        let entry = read(revision, kept.body())?;
        let mut fits = true;
        match &entry.command {
            // A due is an outcome: it must be the one that stands first in our own queue.
            Some(Command::Due(due)) => fits = again.state.due_by(entry.at).as_ref() == Some(due),
            Some(_) => {
                found.commands += 1;
                fits = again.state.due_by(entry.at).is_none();
            }
            None => {}
        }
        let at = entry.at;
        let decided = again.decide(entry.command.unwrap_or(crate::decider::tick()), &[], at, revision);
        let body = decided.pack();
        if !fits || body != kept.body() {
            found.differences += 1;
            if found.first_differences.len() < 10 {
                found.first_differences.push(revision);
            }
        }
        let leaves: Vec<proof::Hash> = decided
            .outcomes
            .iter()
            .flat_map(|o| &o.receipts)
            .map(|r| proof::leaf_hash(&r.shown.leaf_bytes()))
            .collect();
        chain = proof::chain_hash(&chain, revision, at, &proof::sha256(&body), &proof::root(&leaves));
        found.entries += 1;
        progress(revision, journal.last());
    }
    found.hash = chain;
    found.same = found.differences == 0 && chain == journal.tip().chain;
    Ok(found)
}

pub(crate) fn read(revision: u64, body: &[u8]) -> Result<Entry, StoreError> {
    Entry::unpack(body).map_err(|e| StoreError::Order(format!("entry {revision} cannot be read: {e}")))
}

/// The decider without queues, clock and disk.
#[derive(Default)]
pub(crate) struct Again {
    pub state: Memory,
    window: u32,
    files: Tables,
    policy: Option<Arc<Policy>>,
    policy_revision: u64,
    /// The policy is not the journal's, and nobody looks at the receipts.
    fixed: bool,
    pub last: Moment,
}

impl Again {
    /// One that decides by this policy, whatever is adopted; its state is sought by these hashes.
    pub(crate) fn under(policy: Arc<Policy>, seed: DefaultHashBuilder) -> Again {
        Again { state: Memory::seeded(seed), policy: Some(policy), fixed: true, ..Again::default() }
    }

    /// `read` are the documents of the command, as far as somebody has unpacked them already.
    pub(crate) fn decide(&mut self, command: Command, read: &[Option<Document>], at: Moment, revision: u64) -> Entry {
        if let Command::Open(open) = &command {
            self.window = open.window;
        }
        let none = Policy::none();
        let setting = Setting {
            at,
            revision,
            window: self.window,
            policy: self.policy.as_deref().unwrap_or(&none),
            policy_revision: self.policy_revision,
            is_mute: self.fixed,
        };
        let decide = if self.fixed { decide::decide } else { facts::decide };
        let entry = decide(command, read, setting, &mut self.state);
        self.last = at;
        if !self.fixed && !entry.adopted().is_empty() {
            self.files.extend(entry.adopted().iter().map(|f| (f.name.clone(), f.text.clone())));
            self.policy = law::read(&self.files).ok();
            self.policy_revision = revision;
        }
        entry
    }
}
