//! What another law would have done: the commands of a journal decided again under one or several drafts.
//!
//! Static: the commands are those that came, at the times at which they came; nobody behaves otherwise than they did.
//! Dues are made anew, adoptions and looks are skipped, a draft replaces everything that was ever adopted.
//!
//! One thread reads the journal and remembers how each list ended; one thread a draft decides. What only receipts and
//! their proofs need is left out, since nobody reads them. The report names the journal and the drafts by their
//! hashes: the same program gives the same report for the same hashes.

mod report;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, bounded};
use hashbrown::HashMap;
use store::{JournalReader, Place, StoreError, proof};
use trade::command::{Command, Entry, Message, Outcome, Verdict};
use trade::documents::{Document, MessageKind};
use trade::effect::{Effect, Put};
use trade::fact::Fact;
use trade::finding::Code;
use trade::key::{CaseKey, Key};
use trade::pack::{Field, Form, Pack, PackError, Text, Value};
use trade::packed;
use trade::policy::{Policy, PolicyFault};
use trade::record::{Case, status};
use trade::time::Moment;

use crate::replay::{Again, Memory};
pub use report::{COLUMNS, Dimension, Drafted, Groups, Report, Tally};

/// A law that is tried: a whole folder of tables.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What people call it: a folder, a number.
    pub name: String,
    /// SHA-256 over names and texts of the tables, in order of the names.
    pub fingerprint: [u8; 32],
    policy: Arc<Policy>,
}

impl Draft {
    /// # Errors
    /// All faults of the tables.
    pub fn load(name: impl Into<String>, files: &[(String, String)]) -> Result<Draft, Vec<PolicyFault>> {
        let policy = Arc::new(Policy::load(files)?);
        Ok(Draft { name: name.into(), fingerprint: fingerprint(files), policy })
    }
}

/// What names the content of a policy: SHA-256 over names and texts with their lengths, in order of the names.
pub fn fingerprint(files: &[(String, String)]) -> [u8; 32] {
    let mut sorted: Vec<_> = files.iter().collect();
    sorted.sort();
    let lengths: Vec<_> =
        sorted.iter().map(|(n, t)| [(n.len() as u64).to_be_bytes(), (t.len() as u64).to_be_bytes()]).collect();
    let parts = sorted
        .iter()
        .zip(&lengths)
        .flat_map(|((name, text), [n, t])| [&n[..], name.as_bytes(), &t[..], text.as_bytes()]);
    proof::sha256_of(&parts.collect::<Vec<_>>())
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum NoReport {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Whoever hears the progress wanted no more of it.
    #[error("cancelled\n已取消")]
    Cancelled,
}

/// Entries that are handed from thread to thread at once.
const BATCH: usize = 64;
/// Batches that may lie between two threads.
const QUEUE: usize = 32;

/// What a draft has to decide about one entry.
#[derive(Clone)]
struct Step {
    at: Moment,
    /// `None` where only the time counts.
    given: Option<Given>,
}

#[derive(Clone)]
struct Given {
    command: Command,
    documents: Vec<Option<Document>>,
    /// Which documents were refused then.
    refused: Vec<bool>,
}

packed! {
    /// What of an [`Entry`] is compared; the tags are its own. Receipts and findings are passed over unread.
    struct Told {
        1 => at: Moment,
        2 => command: Option<Command>,
        3 => outcomes: Vec<ToldOutcome>,
    }
}

packed! {
    /// The same of an [`Outcome`].
    struct ToldOutcome {
        2 => verdict: Verdict,
        5 => effects: Vec<CasePut>,
    }
}

/// What of an [`Effect`] is compared: the case that it puts, where it puts one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct CasePut(Option<Fact>);

impl Value for CasePut {
    const FORM: Form = Form::Bytes;
    fn is_default(&self) -> bool {
        false
    }
    fn write(&self, out: &mut Vec<u8>) {
        // Never written: an entry is read by it.
        if let CasePut(Some(fact)) = self {
            Effect::Put(Put(fact.clone())).pack_into(out);
        }
    }
    fn read(mut bytes: &[u8]) -> Result<CasePut, PackError> {
        let Some(put) = Field::next(&mut bytes)?.filter(|effect| effect.tag == 1) else { return Ok(CasePut(None)) };
        let key = Field::next(&mut put.bytes())?.filter(|key| key.tag == 1 && Key::kind(key.bytes()) == Key::CASE);
        Ok(CasePut(key.map(|_| put.read::<Put>()).transpose()?.map(|put| put.0)))
    }
}

/// What of a list says into which groups it belongs.
struct About {
    regime: (Text, bool),
    heading: Text,
}

/// Decides the whole journal again under each draft; `progress` hears how many entries of how many are read, and ends
/// it by `Break`.
///
/// # Errors
/// If the journal cannot be read, or `progress` wanted no more.
pub fn what_if(
    place: &Place,
    drafts: &[Draft],
    mut progress: impl FnMut(u64, u64) -> ControlFlow<()>,
) -> Result<Report, NoReport> {
    let journal = JournalReader::open(place.disk(), &place.journal())?;
    let mut was = Was::default();
    let decided = std::thread::scope(|scope| {
        let (queues, deciders): (Vec<_>, Vec<_>) = drafts
            .iter()
            .map(|draft| {
                let (queue, steps) = bounded(QUEUE);
                (queue, scope.spawn(move || decide_all(draft.policy.clone(), &steps)))
            })
            .unzip();
        was.read_all(&journal, &queues, &mut progress)?;
        drop(queues);
        // A decider that panics has shown a defect of the rules: nothing is reported then.
        Ok::<_, NoReport>(
            deciders.into_iter().map(|d| d.join().unwrap_or_else(|e| std::panic::resume_unwind(e))).collect::<Vec<_>>(),
        )
    })?;
    let drafts = drafts.iter().zip(&decided).map(|(draft, decided)| was.compared_with(draft, decided)).collect();
    Ok(Report { revision: was.revision, hash: journal.chain(was.revision)?, first: was.first, last: was.last, drafts })
}

/// How the journal tells it.
#[derive(Default)]
struct Was {
    /// The cases alone.
    cases: Memory,
    about: HashMap<CaseKey, About>,
    revision: u64,
    first: Moment,
    last: Moment,
}

impl Was {
    fn read_all(
        &mut self,
        journal: &JournalReader,
        queues: &[Sender<Arc<Vec<Step>>>],
        progress: &mut impl FnMut(u64, u64) -> ControlFlow<()>,
    ) -> Result<(), NoReport> {
        // What is written while we read is left for another time.
        let end = journal.last();
        let mut batch = Vec::with_capacity(BATCH);
        for kept in journal.after(0) {
            let kept = kept?;
            if kept.revision > end {
                break;
            }
            let entry = Told::unpack(kept.body())
                .map_err(|e| StoreError::Order(format!("entry {} cannot be read: {e}", kept.revision)))?;
            self.revision = kept.revision;
            self.last = entry.at;
            if kept.revision == 1 {
                self.first = entry.at;
            }
            batch.push(self.step(entry));
            if batch.len() == BATCH {
                hand_over(&mut batch, queues);
            }
            if progress(kept.revision, end).is_break() {
                return Err(NoReport::Cancelled);
            }
        }
        hand_over(&mut batch, queues);
        Ok(())
    }

    fn step(&mut self, entry: Told) -> Step {
        let refused = entry.outcomes.iter().map(|o| o.verdict == Verdict::Refused).collect();
        for CasePut(case) in entry.outcomes.into_iter().flat_map(|o| o.effects) {
            case.into_iter().for_each(|case| self.cases.hold(case));
        }
        let command = match entry.command {
            None | Some(Command::Due(_) | Command::Adopt(_) | Command::Look(_)) => {
                return Step { at: entry.at, given: None };
            }
            Some(command) => command,
        };
        let documents = match &command {
            Command::Message(message) => message.documents.iter().map(|d| Document::unpack(&d.document).ok()).collect(),
            _ => Vec::new(),
        };
        documents.iter().flatten().for_each(|document| self.note(document));
        Step { at: entry.at, given: Some(Given { command, documents, refused }) }
    }

    fn note(&mut self, document: &Document) {
        let (ebc, order_no, mode, export, gcode) = match document {
            Document::List(d) => {
                let most = d.lines.iter().max_by_key(|line| line.total);
                (&d.ebc_code, &d.order_no, &d.trade_mode, false, most.map(|line| &line.gcode))
            }
            Document::ExportList(d) => {
                let most = d.lines.iter().max_by_key(|line| line.total);
                (&d.ebc_code, &d.order_no, &d.trade_mode, true, most.map(|line| &line.gcode))
            }
            _ => return,
        };
        let heading = gcode.and_then(|gcode| gcode.get(..4)).unwrap_or_default().into();
        let about = About { regime: (mode.clone(), export), heading };
        self.about.insert(CaseKey { ebc: ebc.clone(), order_no: order_no.clone() }, about);
    }
}

fn hand_over(batch: &mut Vec<Step>, queues: &[Sender<Arc<Vec<Step>>>]) {
    let steps = Arc::new(std::mem::replace(batch, Vec::with_capacity(BATCH)));
    // One that has ended has panicked, which shows when it is joined.
    queues.iter().for_each(|queue| drop(queue.send(steps.clone())));
}

fn is_refused(outcome: &Outcome) -> bool {
    outcome.verdict == Verdict::Refused
}

/// What came of a draft.
struct Decided {
    again: Again,
    /// Why a list was refused last.
    why: HashMap<CaseKey, Code>,
    /// Commands whose ground is gone, by what they are.
    void: BTreeMap<String, u64>,
}

fn decide_all(policy: Arc<Policy>, batches: &Receiver<Arc<Vec<Step>>>) -> Decided {
    let mut decided = Decided { again: Again::under(policy), why: HashMap::new(), void: BTreeMap::new() };
    let mut revision = 0;
    for batch in batches {
        for step in Arc::unwrap_or_clone(batch) {
            while let Some(due) = decided.again.state.due_by(step.at) {
                revision += 1;
                let at = due.at.max(decided.again.last);
                let entry = decided.again.decide(Command::Due(due), Vec::new(), at, revision);
                decided.refusals(&entry);
            }
            if let Some(Given { command, documents, refused }) = step.given {
                revision += 1;
                let entry = decided.again.decide(command, documents, step.at, revision);
                decided.refusals(&entry);
                decided.voided(&entry, &refused);
            }
        }
    }
    decided
}

impl Decided {
    fn refusals(&mut self, entry: &Entry) {
        // A refused cancellation says nothing of the list.
        if matches!(&entry.command, Some(Command::Message(message)) if !is_declared(message.kind)) {
            return;
        }
        for outcome in entry.outcomes.iter().filter(|o| is_refused(o)) {
            if let (Some(case), Some(finding)) = (&outcome.case, outcome.findings.iter().find(|f| !f.forgiven)) {
                self.why.insert(case.clone(), finding.code);
            }
        }
    }

    /// Acts, filings and documents about a list that are refused now and were not then. Of the list itself and what it
    /// is compared with, that is the answer, and no void command.
    fn voided(&mut self, entry: &Entry, then: &[bool]) {
        let what = match &entry.command {
            Some(Command::Act(act)) => act.kind.name(),
            Some(Command::Bonded(_)) => "bonded",
            Some(Command::Correct(_)) => "correction",
            Some(Command::Register(register)) => register.kind.name(),
            Some(Command::Message(Message { kind, .. })) if !is_declared(*kind) => kind.name(),
            _ => return,
        };
        let now = entry.outcomes.iter().map(is_refused);
        let void = now.zip(then).filter(|(now, then)| *now && !**then).count() as u64;
        if void > 0 {
            *self.void.entry(what.to_owned()).or_default() += void;
        }
    }
}

fn is_declared(kind: MessageKind) -> bool {
    use MessageKind::{ExportList, ExportOrder, ExportWaybill, List, Order, Payment, ReceiptOfPayment, Waybill};
    matches!(kind, Order | Payment | Waybill | List | ExportOrder | ExportWaybill | ReceiptOfPayment | ExportList)
}

/// How a list stands: released, refused, tax in fen.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Stand {
    status: i32,
    tax: i64,
}

impl Stand {
    fn of(case: &[u8]) -> Stand {
        let case = Case::unpack(case).unwrap_or_default();
        // A void bill is owed by nobody.
        let tax = case.bill.as_ref().filter(|b| b.state != 3).map_or(0, |b| b.total().0);
        Stand { status: case.status, tax }
    }

    fn is_released(self) -> bool {
        matches!(self.status, status::RELEASED | status::CLOSED)
    }

    fn is_refused(self) -> bool {
        self.status == status::REFUSED
    }
}

impl Was {
    fn compared_with(&self, draft: &Draft, decided: &Decided) -> Drafted {
        let mut found = Drafted {
            name: draft.name.clone(),
            fingerprint: draft.fingerprint,
            void: decided.void.clone(),
            ..Drafted::default()
        };
        let mut groups = Groups::default();
        let mut examples = Vec::new();
        let after = &decided.again.state;
        let only_after = after.cases().filter(|fact| self.cases.get(fact.key()).is_none());
        for fact in self.cases.cases().chain(only_after) {
            let Ok(Key::Case(key)) = Key::unpack(fact.key()) else { continue };
            let stand = |memory: &Memory| memory.get(fact.key()).map(|f| Stand::of(f.rest())).unwrap_or_default();
            let (then, now) = (stand(&self.cases), stand(after));
            let one = Tally {
                lists: 1,
                changed: u64::from(then != now),
                released: [then.is_released().into(), now.is_released().into()],
                refused: [then.is_refused().into(), now.is_refused().into()],
                tax_fen: [then.tax, now.tax],
            };
            found.total.add(&one);
            groups.add(&key, self.about.get(&key).map(|a| (&a.regime, a.heading.as_str())), &one);
            if then == now {
                continue;
            }
            examples.push((key.ebc.to_string(), key.order_no.to_string()));
            found.newly_released += u64::from(now.is_released() && !then.is_released());
            if now.is_refused() && !then.is_refused() {
                found.newly_refused += 1;
                let why = decided.why.get(&key).map_or("", |code| code.name());
                *found.reasons.entry(why.to_owned()).or_default() += 1;
            }
            if now.is_released() && then.is_released() {
                found.taxed_more += u64::from(now.tax > then.tax);
                found.taxed_less += u64::from(now.tax < then.tax);
            }
        }
        examples.sort();
        examples.truncate(20);
        found.examples = examples;
        groups.into_report(&mut found);
        found
    }
}
