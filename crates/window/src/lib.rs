//! The walk: a message is read, decided, made durable and answered, in this order and in no other.
//! Never here: SQL, HTML, the clock (it is handed in), rules of trade.
//! Called by `server` and `onewindow`; start reading at [`Window::take_in`].
//!
//! Workers read messages in parallel (`read`); one thread puts commands into one order and decides them
//! (`decider`); one makes groups of entries durable and then answers (`writer`). `answer` renders receipts and their
//! proofs from what was committed, `story` tells what happened to a parcel, `replay` decides a journal again,
//! `what_if` under another law; `reopen` finds what a rate that came late touches.

mod answer;
pub mod articles;
pub mod attachment;
mod bonded;
pub mod corrections;
mod decider;
mod exports;
mod facts;
pub mod filing;
pub mod law;
mod looks;
mod people;
mod read;
pub mod reopen;
pub mod replay;
pub mod requests;
pub mod retention;
pub mod statements;
pub mod story;
pub mod succession;
pub mod verify;
pub mod what_if;
mod writer;

pub use answer::{Answer, Given, given_in};
pub use exports::{Abroad, ExportMonth, Register, SellerQuarter};
pub use people::People;

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use store::keys::Keys;
use store::vault::{Vault, VaultReader};
use store::{Journal, JournalReader, Ops, Place, State, Store, StoreError};
use trade::command::{Act, ActKind, Actor, Command, Entry, Heading};
use trade::correction::Expected;
use trade::key::{Facts, Key};
use trade::pack::Pack;
use trade::time::{Day, Moment};

/// The one clock; `onewindow` hands it in.
pub trait Clock: Send + Sync {
    fn now(&self) -> Moment;
}

/// How a window is opened.
#[derive(Clone)]
pub struct Config {
    /// Where the zone and its keys are kept.
    pub place: Place,
    /// Threads that read messages.
    pub workers: usize,
    /// Messages that may wait to be read before new ones are told to come later.
    pub queue: usize,
    /// Records in memory from which settled ones are moved to disk.
    pub hot_records: u64,
    /// Entries after which a snapshot is taken.
    pub snapshot_entries: u64,
    /// A command later than the last one by more than this stops intake until an operator confirms the time.
    pub largest_step_ms: i64,
}

impl Config {
    /// A zone in a folder on disk, its keys beside it.
    pub fn new(data: impl AsRef<Path>) -> Config {
        Config::at(Place::on_disk(data.as_ref()))
    }

    pub fn at(place: Place) -> Config {
        Config {
            place,
            workers: 2,
            queue: 64,
            hot_records: 3_000_000,
            snapshot_entries: 100_000,
            largest_step_ms: 400 * 86_400_000,
        }
    }
}

/// What a door hands over: bytes, and the sender's proof of identity as far as the door has checked it.
#[derive(Clone, Debug, Default)]
pub struct Incoming {
    pub bytes: Vec<u8>,
    /// The enterprise whose key or folder it came by; empty where the door knows nobody.
    pub sender: String,
    /// An official or a viewer whom the door knows; they file bonded documents in their own right.
    pub by: Option<Actor>,
    pub idempotency_key: String,
    /// What its preview said, where it is held to that.
    pub expected: Option<Expected>,
}

/// Why nothing was taken in. Everything else is answered by receipts.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Come back in a moment.
    #[error("the window is busy")]
    Busy,
    #[error("the disk is full")]
    Full,
    /// The clock has jumped: an operator has to confirm it.
    #[error("{}\n{}", jumped(*last, *now)[1], jumped(*last, *now)[0])]
    TimeJump { last: Moment, now: Moment },
    #[error("the window is closed")]
    Closed,
    #[error("the store broke: {0}")]
    Broken(String),
}

/// What to do about a clock that jumped, in Chinese and English.
pub fn jumped(last: Moment, now: Moment) -> [String; 2] {
    let day = now.day();
    [
        format!(
            "时钟从 {last} 跳到 {now}，暂不收件。时钟不对的，请校准；时钟对的，由管理方确认：onewindow act confirm-time {day}"
        ),
        format!(
            "The clock jumped from {last} to {now}; nothing is taken in. Set it right, or if it is right let an operator \
             confirm it: onewindow act confirm-time {day}"
        ),
    ]
}

/// What `open` found.
#[derive(Debug, Default)]
pub struct Report {
    /// Bytes of a torn tail that were cut: nobody had been answered from them.
    pub cut: u64,
    pub revision: u64,
    /// Entries folded after the snapshot.
    pub folded: u64,
    pub notes: Vec<String>,
}

/// A running window; clones are the same window.
#[derive(Clone)]
pub struct Window(Arc<Inner>);

struct Inner {
    config: Config,
    clock: Arc<dyn Clock>,
    state: State,
    journal: JournalReader,
    vault: VaultReader,
    keys: Keys,
    doors: Mutex<Option<Doors>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    shared: Arc<Shared>,
    ops: Ops,
    /// The head that was signed last: all receipts of a message are proved under one.
    head: Mutex<Option<store::SignedHead>>,
    /// Records that readers asked for.
    looked: AtomicU64,
    /// One process writes a folder; readers need no lock.
    _lock: Option<store::zone::Lock>,
}

/// The ways in; dropping them ends the threads one after the other.
#[derive(Clone)]
struct Doors {
    messages: Sender<read::Task>,
    commands: Sender<(u64, decider::Task)>,
    looks: Sender<decider::Task>,
    tickets: Arc<Mutex<u64>>,
    /// Nothing is ever sent: that it is gone ends the keeper.
    _open: Sender<()>,
}

/// What the threads tell each other beside the queues.
#[derive(Default)]
pub(crate) struct Shared {
    full: AtomicBool,
    /// Also the room that was set aside for looks is used up.
    stuck: AtomicBool,
    broken: Mutex<Option<String>>,
    /// The last entry that an act of a person or program made, neither a message nor a look.
    acted: AtomicU64,
    /// Heads that were asked for while the keys were away.
    unsigned: AtomicU64,
}

/// Called with the answer when it is durable.
pub type Then = Box<dyn FnOnce(Result<Answer, Refused>) + Send>;

impl Window {
    /// Opens the zone at `config.place`: newest snapshot, then the tail of the journal.
    ///
    /// # Errors
    /// `Locked` where another process has it open; `Corrupt` with the place where anything but a torn tail is damaged.
    pub fn open(config: Config, clock: Arc<dyn Clock>) -> Result<(Window, Report), StoreError> {
        let settled: store::state::Settled = Box::new(trade::record::settled);
        let Store { lock, keys, journal, vault, state, ops, opened, .. } = Store::open(&config.place, settled)?;
        let reader = journal.reader();
        let mut report = Report {
            cut: opened.journal.cut.as_ref().map_or(0, |c| c.bytes),
            notes: opened.state.skipped,
            revision: reader.last(),
            folded: 0,
        };
        report.folded = fold_tail(&reader, &state)?;
        let shared = Arc::new(Shared::default());
        let inner = Inner {
            clock,
            state,
            journal: reader,
            vault: vault.reader(),
            keys,
            doors: Mutex::new(None),
            threads: Mutex::new(Vec::new()),
            shared,
            config,
            ops,
            head: Mutex::default(),
            looked: AtomicU64::new(0),
            _lock: Some(lock),
        };
        let window = Window(Arc::new(inner));
        window.finish_destroying()?;
        window.start(journal, vault)?;
        Ok((window, report))
    }

    /// Opens a zone beside the process that writes it, or without any: as it is at this moment, for reading only.
    /// Every command is refused as `Closed`.
    ///
    /// # Errors
    /// If there is no zone; `Corrupt` as [`Window::open`].
    pub fn beside(config: Config, clock: Arc<dyn Clock>) -> Result<Window, StoreError> {
        let settled: store::state::Settled = Box::new(trade::record::settled);
        let store::zone::Reading { keys, journal, vault, state } = store::zone::Reading::open(&config.place, settled)?;
        fold_tail(&journal, &state)?;
        let inner = Inner {
            clock,
            state,
            journal,
            vault,
            keys,
            doors: Mutex::new(None),
            threads: Mutex::new(Vec::new()),
            shared: Arc::default(),
            config,
            ops: Ops::in_memory()?,
            head: Mutex::default(),
            looked: AtomicU64::new(0),
            _lock: None,
        };
        Ok(Window(Arc::new(inner)))
    }

    fn start(&self, journal: Journal, vault: Vault) -> Result<(), StoreError> {
        let inner = &self.0;
        let (messages, message_queue) = bounded::<read::Task>(inner.config.queue);
        let (commands, command_queue) = bounded::<(u64, decider::Task)>(inner.config.queue);
        let (looks, look_queue) = bounded::<decider::Task>(inner.config.queue);
        let (entries, entry_queue) = bounded::<writer::Decided>(1_024);
        let mut threads = Vec::new();
        let verifier = Arc::new(wire::seal::Verifier::new(1_024));
        for n in 0..inner.config.workers.max(1) {
            let (queue, out) = (message_queue.clone(), commands.clone());
            let reader = read::Reader {
                keys: inner.keys.clone(),
                verifier: verifier.clone(),
                clock: inner.clock.clone(),
                shared: inner.shared.clone(),
            };
            threads.push(spawn(format!("read-{n}"), move || reader.run(&queue, &out)));
        }
        let decider = decider::Decider::new(
            inner.state.clone(),
            &inner.journal,
            inner.vault.clone(),
            inner.clock.clone(),
            inner.config.largest_step_ms,
        )?;
        threads.push(spawn("decide".into(), move || decider.run(look_queue, &command_queue, &entries)));
        let writer = writer::Writer::new(journal, vault, inner.shared.clone());
        threads.push(spawn("write".into(), move || writer.run(&entry_queue)));
        let (open, closing) = bounded(0);
        let keeper = Keeper {
            state: inner.state.clone(),
            journal: inner.journal.clone(),
            shared: inner.shared.clone(),
            config: inner.config.clone(),
            closing,
        };
        threads.push(spawn("keep".into(), move || keeper.run()));
        *lock(&inner.doors) = Some(Doors { messages, commands, looks, tickets: Arc::default(), _open: open });
        *lock(&inner.threads) = threads;
        Ok(())
    }

    /// Takes a message in and waits until its answer is durable.
    ///
    /// # Errors
    /// Only where the message could not be taken at all; what is wrong with it stands in its receipts.
    pub fn take_in(&self, incoming: Incoming) -> Result<Answer, Refused> {
        let (then, answer) = waiting();
        self.submit(incoming, true, then)?;
        answer.recv().map_err(|_| self.gone())?
    }

    /// Takes a message in; `then` is called when its answer is durable. With `patient` it waits for room.
    ///
    /// # Errors
    /// `Busy` without room, `Full`, `Closed`.
    pub fn submit(&self, incoming: Incoming, patient: bool, then: Then) -> Result<(), Refused> {
        if self.0.shared.full.load(Ordering::Relaxed) {
            return Err(Refused::Full);
        }
        let doors = lock(&self.0.doors).clone().ok_or_else(|| self.gone())?;
        // The ticket is the message's place in the order of arrival; workers may finish in another.
        let mut tickets = lock(&doors.tickets);
        let task = read::Task { ticket: *tickets, incoming, then };
        if !patient && doors.messages.is_full() {
            return Err(Refused::Busy);
        }
        doors.messages.send(task).map_err(|_| self.gone())?;
        *tickets += 1;
        Ok(())
    }

    /// Decides a command that is no message (a filing, an act, a policy) and waits until it is durable.
    ///
    /// # Errors
    /// As [`Window::take_in`].
    pub fn command(&self, command: Command) -> Result<Answer, Refused> {
        self.command_of(command, None)
    }

    /// Decides an act; the words with it go into the vault as the original of the command, committed to by the entry.
    ///
    /// # Errors
    /// As [`Window::take_in`].
    pub fn act(&self, act: Act, note: &str) -> Result<Answer, Refused> {
        let original = if note.is_empty() { None } else { read::Original::of(note.as_bytes()) };
        self.command_of(Command::Act(act), original)
    }

    pub(crate) fn command_of(&self, command: Command, original: Option<read::Original>) -> Result<Answer, Refused> {
        // As of messages: whoever acts is told at once instead of waiting for room.
        if self.0.shared.full.load(Ordering::Relaxed) {
            return Err(Refused::Full);
        }
        let (then, answer) = waiting();
        self.line_up(decider::Task { command, read: Vec::new(), original, then })?;
        let answer = answer.recv().map_err(|_| self.gone())??;
        self.0.shared.acted.fetch_max(answer.revision, Ordering::Relaxed);
        Ok(answer)
    }

    /// Puts a command behind everything that came before it.
    fn line_up(&self, task: decider::Task) -> Result<(), Refused> {
        let doors = lock(&self.0.doors).clone().ok_or_else(|| self.gone())?;
        let mut tickets = lock(&doors.tickets);
        doors.commands.send((*tickets, task)).map_err(|_| self.gone())?;
        *tickets += 1;
        Ok(())
    }

    /// The last entry that an act made, neither a message nor a look: so far views have to be for whoever acted to see it.
    pub fn acted(&self) -> u64 {
        self.0.shared.acted.load(Ordering::Relaxed)
    }

    /// Lets everything happen that is due by now. Returns how many entries that made.
    ///
    /// # Errors
    /// As [`Window::take_in`].
    pub fn tick(&self) -> Result<u64, Refused> {
        let now = self.0.clock.now();
        if self.0.state.due_by(now).is_none() {
            return Ok(0);
        }
        let before = self.0.journal.last();
        let (then, answer) = waiting();
        self.line_up(decider::Task { command: decider::tick(), read: Vec::new(), original: None, then })?;
        answer.recv().map_err(|_| self.gone())??;
        Ok(self.0.journal.last() - before)
    }

    /// An operator confirms that it is this day, and that the clock is right although it jumped.
    ///
    /// # Errors
    /// `TimeJump` where the clock shows another day; else as [`Window::take_in`].
    pub fn confirm_time(&self, by: Actor, day: Day) -> Result<Answer, Refused> {
        self.act(Act { by, kind: ActKind::ConfirmTime, on: Some(day), ..Act::default() }, "")
    }

    /// Reads a record of the state as it stands after everything decided so far.
    pub fn read<R: Pack>(&self, key: &Key) -> Option<R> {
        trade::key::read(self, key)
    }

    /// How many records of the state were asked for by readers since the start, there or not; the walk's are not among
    /// them. What takes as many look-ups takes the same time.
    pub fn looked(&self) -> u64 {
        self.0.looked.load(Ordering::Relaxed)
    }

    pub fn journal(&self) -> &JournalReader {
        &self.0.journal
    }

    pub fn state(&self) -> &State {
        &self.0.state
    }

    pub fn keys(&self) -> &Keys {
        &self.0.keys
    }

    /// Sessions, cursors, things used once.
    pub fn ops(&self) -> &Ops {
        &self.0.ops
    }

    pub fn config(&self) -> &Config {
        &self.0.config
    }

    pub fn now(&self) -> Moment {
        self.0.clock.now()
    }

    /// Hashes a personal value as the reader of messages does, for look-ups and registrations.
    ///
    /// # Errors
    /// If the keys cannot be read.
    pub fn people(&self) -> Result<People, StoreError> {
        People::at(&self.0.keys, self.now())
    }

    /// The entry of a revision.
    ///
    /// # Errors
    /// If the journal cannot be read there.
    pub fn entry(&self, revision: u64) -> Result<Option<Entry>, StoreError> {
        self.unpacked(revision)
    }

    /// What was commanded in the entry of a revision, and when.
    ///
    /// # Errors
    /// As [`Window::entry`].
    pub fn heading(&self, revision: u64) -> Result<Option<Heading>, StoreError> {
        self.unpacked(revision)
    }

    fn unpacked<T: Pack>(&self, revision: u64) -> Result<Option<T>, StoreError> {
        let Some(kept) = self.0.journal.entry(revision)? else { return Ok(None) };
        let unpacked = T::unpack(kept.body()).map_err(|e| StoreError::Order(format!("entry {revision}: {e}")))?;
        Ok(Some(unpacked))
    }

    pub(crate) fn vault(&self) -> &VaultReader {
        &self.0.vault
    }

    /// The original bytes of the message of a revision.
    ///
    /// # Errors
    /// `Gone` where its key was destroyed.
    pub fn original(&self, revision: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.vault.original(revision)
    }

    /// Ends intake, waits until everything decided is durable, and takes a snapshot.
    pub fn close(&self) {
        if lock(&self.0.doors).take().is_none() {
            return;
        }
        for thread in lock(&self.0.threads).drain(..) {
            // A thread that ended badly has said so in `broken`; closing goes on.
            let _ = thread.join();
        }
        if lock(&self.0.shared.broken).is_none() {
            // A snapshot only makes the next start quicker.
            let _ = self.0.state.snapshot(&self.0.journal);
        }
    }

    fn gone(&self) -> Refused {
        match &*lock(&self.0.shared.broken) {
            Some(what) => Refused::Broken(what.clone()),
            None => Refused::Closed,
        }
    }
}

impl Facts for Window {
    fn look(&self, key: &[u8]) -> Option<trade::key::Found<'_>> {
        self.0.looked.fetch_add(1, Ordering::Relaxed);
        facts::look(&self.0.state, key)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // The threads end when their queues do; what they hold is durable before they go.
        *lock(&self.doors) = None;
        for thread in lock(&self.threads).drain(..) {
            let _ = thread.join();
        }
    }
}

/// Sweeps, merges and snapshots beside the walk.
struct Keeper {
    state: State,
    journal: JournalReader,
    shared: Arc<Shared>,
    config: Config,
    closing: Receiver<()>,
}

impl Keeper {
    fn run(&self) {
        let mut snapshot_at = self.state.revision();
        let mut sweep_above = self.config.hot_records;
        while self.closing.recv_timeout(Duration::from_millis(100)) == Err(RecvTimeoutError::Timeout) {
            let kept = (|| {
                if self.state.count().hot > sweep_above {
                    self.state.sweep()?;
                    while self.state.merge()? {}
                    // What stays is open; the next sweep is worth it when there is something to move again.
                    let rest = self.state.count().hot + self.config.hot_records / 2;
                    sweep_above = rest.max(self.config.hot_records);
                }
                if self.state.revision() >= snapshot_at + self.config.snapshot_entries {
                    snapshot_at = self.state.snapshot(&self.journal)?;
                }
                Ok::<(), StoreError>(())
            })();
            if let Err(StoreError::Broken(what)) = kept {
                *lock(&self.shared.broken) = Some(what);
                return;
            }
        }
    }
}

/// Folds what stands after the snapshot; returns how many entries that were.
fn fold_tail(journal: &JournalReader, state: &State) -> Result<u64, StoreError> {
    let mut folded = 0;
    for entry in journal.after(state.revision()) {
        let entry = entry?;
        let unpacked = Entry::unpack(entry.body()).map_err(|e| {
            let revision = entry.revision;
            StoreError::Order(format!("entry {revision} cannot be read: {e}; this program is older than its journal"))
        })?;
        facts::fold(state, entry.revision, &unpacked)?;
        folded += 1;
    }
    Ok(folded)
}

fn spawn(name: String, body: impl FnOnce() + Send + 'static) -> JoinHandle<()> {
    std::thread::Builder::new().name(name).spawn(body).expect("a process can start its few threads")
}

fn waiting() -> (Then, Receiver<Result<Answer, Refused>>) {
    let (send, receive) = bounded(1);
    // Nobody may be waiting any more; then the answer is only in the journal.
    (Box::new(move |answer| drop(send.send(answer))), receive)
}

/// A poisoned lock means that a thread of ours panicked; what it guarded is still whole, for all are set at once.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
