//! Step 6: entries are made durable in groups, whatever gathered while the last sync ran; then they are answered.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crossbeam_channel::Receiver;
use store::vault::{Block, Squeezed, Vault};
use store::{Journal, Sealed, StoreError};
use trade::command::Entry;

use crate::answer::Answer;
use crate::decider::ORIGINALS;
use crate::{Refused, Shared, Then, lock};

/// A decided command on its way to the disk.
pub struct Decided {
    pub sealed: Option<Sealed>,
    pub original: Option<Squeezed>,
    pub entry: Option<Entry>,
    pub then: Then,
}

impl Decided {
    /// Answers when everything before it is durable.
    pub fn nothing(then: Then) -> Decided {
        Decided { sealed: None, original: None, entry: None, then }
    }
}

pub struct Writer {
    journal: Journal,
    vault: Vault,
    shared: Arc<Shared>,
}

/// A group is no larger than this many bytes of entries.
const GROUP_BYTES: usize = 8 << 20;

impl Writer {
    pub fn new(journal: Journal, vault: Vault, shared: Arc<Shared>) -> Writer {
        Writer { journal, vault, shared }
    }

    pub fn run(mut self, queue: &Receiver<Decided>) {
        while let Ok(first) = queue.recv() {
            let mut group = vec![first];
            let mut bytes = 0;
            while bytes < GROUP_BYTES {
                let Ok(next) = queue.try_recv() else { break };
                bytes += next.sealed.as_ref().map_or(0, |s| s.body.len());
                group.push(next);
            }
            if let Err(error) = self.write(&mut group) {
                // Nobody knows what is on the disk: nothing more is answered, and the process has to start again.
                *lock(&self.shared.broken) = Some(error.to_string());
                for decided in group {
                    (decided.then)(Err(Refused::Broken(error.to_string())));
                }
                return;
            }
            for decided in group {
                (decided.then)(Ok(Answer::of(decided.sealed.map(|s| s.revision), decided.entry)));
            }
        }
    }

    /// Vault first, then journal: an entry never names an original that is not there.
    fn write(&mut self, group: &mut [Decided]) -> Result<(), StoreError> {
        let mut sealed = Vec::with_capacity(group.len());
        let mut originals = Vec::new();
        for decided in group.iter_mut() {
            let Some(entry) = decided.sealed.take() else { continue };
            if let Some(original) = decided.original.take() {
                originals.push((entry.revision, entry.at, original));
            }
            sealed.push(entry);
        }
        if sealed.is_empty() {
            return Ok(());
        }
        let blocks: Vec<Block<'_>> = originals
            .iter()
            .map(|(revision, at, original)| Block { revision: *revision, at: *at, class: ORIGINALS, original })
            .collect();
        self.patiently(|w| w.vault.append_reserved(&blocks))?;
        // Decided is decided: what is in the state must come into the journal, so the reserve may be used.
        self.patiently(|w| w.journal.append_reserved(&sealed).map(drop))?;
        let mut sealed = sealed.into_iter();
        for decided in group.iter_mut().filter(|d| d.entry.is_some()) {
            decided.sealed = sealed.next();
        }
        Ok(())
    }

    /// A full disk is waited out; meanwhile the doors say so.
    fn patiently(&mut self, mut write: impl FnMut(&mut Writer) -> Result<(), StoreError>) -> Result<(), StoreError> {
        loop {
            match write(self) {
                Err(StoreError::Full) => {
                    self.shared.full.store(true, Ordering::Relaxed);
                    self.shared.stuck.store(true, Ordering::Relaxed);
                    std::thread::sleep(Duration::from_millis(200));
                    if self.journal.make_room() {
                        self.vault.set_reserve_aside();
                    }
                }
                other => {
                    self.shared.stuck.store(false, Ordering::Relaxed);
                    self.shared.full.store(self.journal.reader().is_full(), Ordering::Relaxed);
                    return other;
                }
            }
        }
    }
}
