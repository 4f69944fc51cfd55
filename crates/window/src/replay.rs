//! Deciding a journal again: the same commands at the same times give the same entries, and another policy shows
//! what it would have done (static: nobody behaves otherwise than they did).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use store::{JournalReader, Place, StoreError, proof};
use trade::command::{Command, DueKind, DueNow, Entry, Submitted, Verdict};
use trade::decide::{self, Setting};
use trade::effect::Effect;
use trade::fact::Fact;
use trade::key::{Facts, Found, Key};
use trade::pack::{Blob, Pack};
use trade::policy::Policy;
use trade::record::{Case, status};
use trade::time::Moment;

use crate::facts;

/// A state in memory alone: the plain map that [`store::State`] has to be equal to.
#[derive(Default)]
pub struct Memory {
    records: HashMap<Box<[u8]>, Fact>,
    dues: BTreeSet<(Moment, u32, Blob)>,
}

impl Facts for Memory {
    fn look(&self, key: &[u8]) -> Option<Found<'_>> {
        self.records.get(key).map(|fact| Found::Lent(fact.rest()))
    }
}

impl decide::State for Memory {
    fn apply(&mut self, effects: &[Effect], documents: &[Submitted]) {
        for effect in effects {
            match effect {
                Effect::Put(put) => self.hold(put.0.clone()),
                Effect::Keep(keep) => self.hold(keep.whole(facts::packed(documents)(keep.doc()))),
                Effect::Drop(gone) => drop(self.records.remove(&gone.key[..])),
                Effect::Due(due) => drop(self.dues.insert((due.at, due.kind, due.key.clone()))),
                Effect::Undue(due) => drop(self.dues.remove(&(due.at, due.kind, due.key.clone()))),
            }
        }
    }
}

impl Memory {
    fn hold(&mut self, fact: Fact) {
        self.records.insert(fact.key().into(), fact);
    }

    fn due_by(&self, at: Moment) -> Option<DueNow> {
        let (due_at, kind, key) = self.dues.first().filter(|(due_at, ..)| *due_at <= at)?;
        let kind = u16::try_from(*kind).ok().and_then(DueKind::from_number).unwrap_or_default();
        Some(DueNow { kind, key: key.clone(), at: *due_at })
    }

    fn cases(&self) -> impl Iterator<Item = (&[u8], Case)> {
        let is_case = |key: &[u8]| matches!(Key::unpack(key), Ok(Key::Case(_)));
        let cases = self.records.values().filter(move |fact| is_case(fact.key()));
        cases.filter_map(|fact| Some((fact.key(), Case::unpack(fact.rest()).ok()?)))
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

/// What another policy would have done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WhatIf {
    /// Lists that end in another state or with another tax.
    pub changed: u64,
    /// Commands whose ground is gone under the other policy.
    pub void: u64,
    /// Lists in all.
    pub of: u64,
    pub tax_before_fen: i64,
    pub tax_after_fen: i64,
    pub released_before: u64,
    pub released_after: u64,
    pub refused_before: u64,
    pub refused_after: u64,
    /// Numbers of the first lists that changed: seller and order.
    pub examples: Vec<(String, String)>,
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
        let decided = again.decide(entry.command.unwrap_or(crate::decider::tick()), at, revision);
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

/// Replays the commands under another policy: `files` replace everything that was ever adopted; dues are made anew.
///
/// # Errors
/// `Order` with all faults where the policy cannot be loaded; else as [`replay`].
pub fn what_if(
    place: &Place,
    files: &[(String, String)],
    mut progress: impl FnMut(u64, u64),
) -> Result<WhatIf, StoreError> {
    let policy = Policy::load(files)
        .map_err(|faults| StoreError::Order(faults.iter().map(|f| f.to_string()).collect::<Vec<_>>().join("\n")))?;
    let journal = JournalReader::open(place.disk(), &place.journal())?;
    let mut was = Memory::default();
    let mut again = Again { policy: Some(policy), fixed: true, ..Again::default() };
    let mut found = WhatIf::default();
    let mut revision = 0;
    for kept in journal.after(0) {
        let kept = kept?;
        let entry = read(kept.revision, kept.body())?;
        let documents: &[Submitted] = match &entry.command {
            Some(Command::Message(message)) => &message.documents,
            _ => &[],
        };
        for outcome in &entry.outcomes {
            decide::State::apply(&mut was, &outcome.effects, documents);
        }
        while let Some(due) = again.state.due_by(entry.at) {
            revision += 1;
            let at = due.at.max(again.last);
            again.decide(Command::Due(due), at, revision);
        }
        match entry.command {
            None | Some(Command::Due(_) | Command::Adopt(_) | Command::Look(_)) => {}
            Some(command) => {
                revision += 1;
                let is_act = matches!(command, Command::Act(_));
                let decided = again.decide(command, entry.at, revision);
                let refused =
                    |outcomes: &[trade::command::Outcome]| outcomes.iter().any(|o| o.verdict == Verdict::Refused);
                if is_act && refused(&decided.outcomes) && !refused(&entry.outcomes) {
                    found.void += 1;
                }
            }
        }
        progress(kept.revision, journal.last());
    }
    compare(&was, &again.state, &mut found);
    Ok(found)
}

fn compare(was: &Memory, is: &Memory, found: &mut WhatIf) {
    let mut changed: Vec<(String, String)> = Vec::new();
    let released = |c: &Case| matches!(c.status, status::RELEASED | status::CLOSED);
    let levied = |c: &Case| c.bill.as_ref().filter(|b| b.state != 3).map_or(0, |b| b.total().0);
    for (key, before) in was.cases() {
        let after = is.records.get(key).and_then(|fact| Case::unpack(fact.rest()).ok()).unwrap_or_default();
        found.of += 1;
        found.tax_before_fen += levied(&before);
        found.tax_after_fen += levied(&after);
        found.released_before += u64::from(released(&before));
        found.released_after += u64::from(released(&after));
        found.refused_before += u64::from(before.status == status::REFUSED);
        found.refused_after += u64::from(after.status == status::REFUSED);
        if before.status != after.status || levied(&before) != levied(&after) {
            found.changed += 1;
            if let Ok(Key::Case(key)) = Key::unpack(key) {
                changed.push((key.ebc.to_string(), key.order_no.to_string()));
            }
        }
    }
    changed.sort();
    changed.truncate(20);
    found.examples = changed;
}

fn read(revision: u64, body: &[u8]) -> Result<Entry, StoreError> {
    Entry::unpack(body).map_err(|e| StoreError::Order(format!("entry {revision} cannot be read: {e}")))
}

/// The decider without queues, clock and disk.
#[derive(Default)]
struct Again {
    state: Memory,
    window: u32,
    files: BTreeMap<String, String>,
    policy: Option<Policy>,
    policy_revision: u64,
    /// The policy is not the journal's.
    fixed: bool,
    last: Moment,
}

impl Again {
    fn decide(&mut self, command: Command, at: Moment, revision: u64) -> Entry {
        if let Command::Open(open) = &command {
            self.window = open.window;
        }
        let none = Policy::none();
        let setting = Setting {
            at,
            revision,
            window: self.window,
            policy: self.policy.as_ref().unwrap_or(&none),
            policy_revision: self.policy_revision,
        };
        let entry = facts::decide(command, Vec::new(), setting, &mut self.state);
        self.last = at;
        if !self.fixed && !entry.adopted().is_empty() {
            self.files.extend(entry.adopted().iter().map(|f| (f.name.clone(), f.text.clone())));
            let files: Vec<(&str, &str)> = self.files.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
            self.policy = Policy::load(&files).ok();
            self.policy_revision = revision;
        }
        entry
    }
}
