//! Steps 4 and 5: one thread puts commands into one order and decides them. It is the only one that changes the
//! state, and the only one that asks the clock what time a command has.

use std::collections::BTreeMap;
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, never, select};
use store::vault::{VaultReader, commitment};
use store::{JournalReader, Sealed, State, StoreError, proof};
use trade::command::{Command, DueKind, DueNow, Entry};
use trade::decide::Setting;
use trade::documents::Document;
use trade::pack::{Blob, Pack};
use trade::policy::{Policy, PolicyFault};
use trade::record::PolicyRecord;
use trade::time::Moment;

use crate::facts::{self, Live, Parties};
use crate::law::{self, Tables};
use crate::read::Original;
use crate::writer::Decided;
use crate::{Clock, Refused, Then};

/// The retention class of original messages (rules.md 17: trade records, at least three years).
pub const ORIGINALS: store::keys::Class = 1;

/// A command, what belongs to it, and who is told when it is durable.
pub struct Task {
    pub command: Command,
    /// The documents of a message as the reader still has them.
    pub read: Vec<Option<Document>>,
    pub original: Option<Original>,
    pub then: Then,
}

/// A task that only lets dues happen: it leaves no entry of its own.
pub fn tick() -> Command {
    Command::Due(DueNow::default())
}

pub struct Decider {
    state: State,
    vault: VaultReader,
    clock: Arc<dyn Clock>,
    largest_step_ms: i64,
    last: Moment,
    window: u32,
    files: Tables,
    policy: Arc<Policy>,
    policy_revision: u64,
    parties: Parties,
    /// Room that is set aside for the next entry, in bytes.
    largest: usize,
}

impl Decider {
    /// # Errors
    /// If the journal's first entry or an adopted policy cannot be read.
    pub fn new(
        state: State,
        journal: &JournalReader,
        vault: VaultReader,
        clock: Arc<dyn Clock>,
        largest_step_ms: i64,
    ) -> Result<Decider, StoreError> {
        let window = match journal.entry(1)? {
            Some(first) => match Entry::unpack(first.body()).ok().and_then(|e| e.command) {
                Some(Command::Open(open)) => open.window,
                _ => 0,
            },
            None => 0,
        };
        let mut files = Tables::new();
        let mut policy_revision = 0;
        state.each_of(trade::key::Key::POLICY, |key, value| {
            if let (Ok(trade::key::Key::Policy(name)), Ok(record)) =
                (trade::key::Key::unpack(key), PolicyRecord::unpack(value))
            {
                policy_revision = policy_revision.max(record.adopted);
                files.insert(name.into(), record.text);
            }
        });
        let policy = law::read(&files).map_err(|faults| StoreError::Order(listed(&faults)))?;
        let last = journal.tip().at;
        let parties = Parties::default();
        Ok(Decider {
            state,
            vault,
            clock,
            largest_step_ms,
            last,
            window,
            files,
            policy,
            policy_revision,
            parties,
            largest: 0,
        })
    }

    /// Decides what comes by `queue` in the order of the tickets, and what comes by `ahead` before all of that: a look
    /// changes nothing that others are decided by, and somebody waits for the page. It ends with the queue.
    pub fn run(mut self, mut ahead: Receiver<Task>, queue: &Receiver<(u64, Task)>, out: &Sender<Decided>) {
        let mut early: BTreeMap<u64, Task> = BTreeMap::new();
        let mut next = 0;
        loop {
            let task = if let Ok(task) = ahead.try_recv() {
                task
            } else if let Some(task) = early.remove(&next) {
                next += 1;
                task
            } else {
                select! {
                    recv(ahead) -> task => match task {
                        Ok(task) => task,
                        // The doors are closed; what came in before is decided still.
                        Err(_) => {
                            ahead = never();
                            continue;
                        }
                    },
                    recv(queue) -> task => match task {
                        Ok((ticket, task)) => {
                            early.insert(ticket, task);
                            continue;
                        }
                        Err(_) => return,
                    },
                }
            };
            if self.step(task, out).is_err() {
                return;
            }
        }
    }

    /// Lets what is due happen, then decides the command. `Err` where the writer is gone.
    fn step(&mut self, task: Task, out: &Sender<Decided>) -> Result<(), ()> {
        let Task { command, read, original, then } = task;
        let now = self.clock.now().max(self.last);
        let step = now.0 - self.last.0;
        let confirmed = || matches!(&command, Command::Act(act) if trade::decide::confirms(act, now.day()));
        if self.last.0 != 0 && step > self.largest_step_ms && !confirmed() {
            then(Err(Refused::TimeJump { last: self.last, now }));
            return Ok(());
        }
        while let Some(due) = self.state.due_by(now) {
            let kind = u16::try_from(due.kind).ok().and_then(DueKind::from_number).unwrap_or_default();
            let command = Command::Due(DueNow { kind, key: Blob::from(&due.key[..]), at: due.at });
            let at = due.at.max(self.last);
            let decided = self.decide(command, Vec::new(), None, at, Box::new(|_| {}));
            out.send(decided).map_err(drop)?;
        }
        if command == tick() {
            return out.send(Decided::nothing(then)).map_err(drop);
        }
        let decided = self.decide(command, read, original, now, then);
        out.send(decided).map_err(drop)
    }

    fn decide(
        &mut self,
        mut command: Command,
        read: Vec<Option<Document>>,
        original: Option<Original>,
        at: Moment,
        then: Then,
    ) -> Decided {
        let revision = self.state.revision() + 1;
        if let Some(original) = &original {
            // A destroyed key of this very month cannot be: intake would have to be in the past.
            let salt = self.vault.salt(at, ORIGINALS, revision).unwrap_or_default();
            match &mut command {
                Command::Message(message) => message.commitment = commitment(&salt, &original.hash),
                Command::Act(act) => act.note = commitment(&salt, &original.hash),
                Command::Bonded(filing) => filing.commitment = commitment(&salt, &original.hash),
                Command::Articles(declaration) => declaration.commitment = commitment(&salt, &original.hash),
                Command::Correct(correction) => correction.commitment = commitment(&salt, &original.hash),
                Command::Attach(attach) => attach.commitment = commitment(&salt, &original.hash),
                Command::Request(said) => said.commitment = commitment(&salt, &original.hash),
                _ => {}
            }
        }
        if let Command::Open(open) = &command {
            self.window = open.window;
        }
        let setting = Setting {
            at,
            revision,
            window: self.window,
            policy: &self.policy,
            policy_revision: self.policy_revision,
            is_mute: false,
        };
        self.state.begin(revision).expect("the decider alone folds, one revision after the other");
        let entry = facts::decide(command, &read, setting, &mut Live::over(&self.state, &mut self.parties));
        self.state.end();
        self.adopted(&entry, revision);
        self.last = at;
        let mut body = Vec::with_capacity(self.largest);
        entry.pack_into(&mut body);
        // Entries of one kind of message are about alike; room that is there need not be moved into.
        self.largest = (self.largest / 8 * 7).max(body.len() + body.len() / 8).min(4 << 20);
        let receipts = trade::receipt::leaves_in(&body).map(proof::leaf_hash).collect();
        let sealed = Sealed { revision, at, body, receipts };
        Decided { sealed: Some(sealed), original: original.map(|o| o.squeezed), entry: Some(entry), then }
    }

    /// A policy that was adopted decides from the next command on.
    fn adopted(&mut self, entry: &Entry, revision: u64) {
        if entry.adopted().is_empty() {
            return;
        }
        self.files.extend(entry.adopted().iter().map(|f| (f.name.clone(), f.text.clone())));
        self.policy = law::read(&self.files).expect("an adopted policy was loaded before it was adopted");
        self.policy_revision = revision;
    }
}

fn listed(faults: &[PolicyFault]) -> String {
    faults.iter().map(|f| f.to_string()).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossbeam_channel::{bounded, unbounded};
    use store::{Disk, Place, Store};
    use trade::command::Act;
    use trade::look::Look;

    struct Still;

    impl Clock for Still {
        fn now(&self) -> Moment {
            Moment(1_772_000_000_000)
        }
    }

    /// Two commands wait, the second of which was read first; then somebody looks.
    #[test]
    fn a_look_is_decided_before_what_waits_and_the_rest_by_ticket() {
        let place = Place::in_memory(&Disk::memory(), [7; 32]);
        let store = Store::open(&place, Box::new(trade::record::settled)).unwrap();
        let (journal, vault) = (store.journal.reader(), store.vault.reader());
        let decider = Decider::new(store.state, &journal, vault, Arc::new(Still), i64::MAX).unwrap();
        let task = |command| Task { command, read: Vec::new(), original: None, then: Box::new(drop) };
        let ((looks, ahead), (commands, queue), (out, decided)) = (bounded(4), bounded(4), unbounded());
        for ticket in [1_i64, 0] {
            let act = Act { value: ticket, ..Act::default() };
            commands.send((ticket.unsigned_abs(), task(Command::Act(act)))).unwrap();
        }
        looks.send(task(Command::Look(Look::default()))).unwrap();
        drop((looks, commands));
        decider.run(ahead, &queue, &out);
        drop(out);
        let told = decided.iter().map(|one: Decided| match one.entry.and_then(|entry| entry.command) {
            Some(Command::Act(act)) => act.value.to_string(),
            Some(Command::Look(_)) => "look".to_owned(),
            other => format!("{other:?}"),
        });
        assert_eq!(told.collect::<Vec<_>>(), ["look", "0", "1"]);
    }
}
