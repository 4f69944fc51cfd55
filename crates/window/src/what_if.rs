//! What another law would have done: the commands of a journal decided again under one or several drafts.
//!
//! Static: the commands are those that came, at the times at which they came; nobody behaves otherwise than they did.
//! Dues are made anew, adoptions and looks are skipped, a draft replaces everything that was ever adopted.
//!
//! One thread reads the journal and remembers how each list ended; one thread a draft decides, and hands back what it is
//! done with, so that deciding is all it does. At the end the lists are compared by as many threads as the machine has
//! cores. What only receipts and their proofs need is left out, since nobody reads them. The report names the journal
//! and the drafts by their hashes: the same program gives the same report for the same hashes.

mod report;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::hash::BuildHasher;
use std::ops::ControlFlow;
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use hashbrown::{DefaultHashBuilder, HashMap};
use store::{JournalReader, Place, StoreError, proof};
use trade::command::{Command, Entry, Message, Outcome, Verdict};
use trade::documents::{Document, MessageKind};
use trade::fact::Fact;
use trade::finding::Code;
use trade::key::{CaseKey, Key, Pair, PersonYear};
use trade::money::Fen;
use trade::pack::{Field, Form, Pack, PackError, Text, Value};
use trade::packed;
use trade::policy::{Policy, PolicyFault};
use trade::record::status;
use trade::time::Moment;

use crate::replay::Again;
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
struct Step {
    at: Moment,
    /// `None` where only the time counts.
    given: Option<Given>,
}

struct Given {
    command: Command,
    documents: Arc<Vec<Option<Document>>>,
    /// The hashes of keys that they will ask for.
    sought: Vec<u64>,
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

packed! {
    /// The same of a [`trade::record::Case`].
    struct ToldCase {
        1 => status: i32,
        17 => bill: Option<ToldBill>,
    }
}

packed! {
    /// The same of a [`trade::record::BillState`].
    struct ToldBill {
        2 => state: u32,
        3 => duty: Fen,
        4 => consumption_tax: Fen,
        5 => vat: Fen,
    }
}

/// What of an [`trade::effect::Effect`] is compared: the key of the case that it puts, where it puts one, and how the
/// case stands then.
#[derive(Clone, Debug, PartialEq, Eq)]
struct CasePut(Option<(Box<[u8]>, Stand)>);

impl Value for CasePut {
    const FORM: Form = Form::Bytes;
    fn is_default(&self) -> bool {
        false
    }
    /// An entry is read by it; it is never written.
    fn write(&self, _: &mut Vec<u8>) {}
    fn read(mut bytes: &[u8]) -> Result<CasePut, PackError> {
        let Some(put) = Field::next(&mut bytes)?.filter(|effect| effect.tag == 1) else { return Ok(CasePut(None)) };
        let mut parts = put.bytes();
        let Some(key) = Field::next(&mut parts)?.filter(|key| key.tag == 1 && Key::kind(key.bytes()) == Key::CASE)
        else {
            return Ok(CasePut(None));
        };
        let value = Field::next(&mut parts)?.filter(|value| value.tag == 2);
        let stand = value.map(|value| Stand::of(value.bytes())).transpose()?.unwrap_or_default();
        Ok(CasePut(Some((key.bytes().into(), stand))))
    }
}

/// How a list stands: released, refused, tax in fen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Stand {
    status: i32,
    tax: i64,
}

impl Stand {
    fn of(case: &[u8]) -> Result<Stand, PackError> {
        let case = ToldCase::unpack(case)?;
        // A void bill is owed by nobody.
        let bill = case.bill.filter(|bill| bill.state != 3);
        let tax = bill.map_or(0, |bill| bill.duty.plus(bill.consumption_tax).plus(bill.vat).0);
        Ok(Stand { status: case.status, tax })
    }

    fn is_released(self) -> bool {
        matches!(self.status, status::RELEASED | status::CLOSED)
    }

    fn is_refused(self) -> bool {
        self.status == status::REFUSED
    }
}

/// What the journal tells of a list.
#[derive(Default)]
struct Listed {
    /// `None` where its declaration never became a case.
    stand: Option<Stand>,
    /// What of its newest declaration says into which groups it belongs.
    about: Option<About>,
}

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
    let seed = was.seed.clone();
    let decided = std::thread::scope(|scope| {
        let (done, spent) = unbounded();
        let (queues, deciders): (Vec<_>, Vec<_>) = drafts
            .iter()
            .map(|draft| {
                let (queue, steps) = bounded(QUEUE);
                let done = done.clone();
                let again = Again::under(draft.policy.clone(), seed.clone());
                (queue, scope.spawn(move || decide_all(again, &steps, &done)))
            })
            .unzip();
        drop(done);
        was.read_all(&journal, &Ahead { queues, spent }, &mut progress)?;
        // A decider that panics has shown a defect of the rules: nothing is reported then.
        Ok::<_, NoReport>(
            deciders.into_iter().map(|d| d.join().unwrap_or_else(|e| std::panic::resume_unwind(e))).collect::<Vec<_>>(),
        )
    })?;
    let compared = drafts.iter().zip(&decided).map(|(draft, decided)| was.compared_with(draft, decided)).collect();
    let report = Report {
        revision: was.revision,
        hash: journal.chain(was.revision)?,
        first: was.first,
        last: was.last,
        drafts: compared,
    };
    // Nobody waits until millions of records are given back.
    std::thread::spawn(move || drop((was, decided)));
    Ok(report)
}

/// The deciders, as the reader sees them.
struct Ahead {
    queues: Vec<Sender<Batch>>,
    /// What they are done with, to be dropped by the reader: it has the time.
    spent: Receiver<Spent>,
}

type Batch = Arc<Vec<Step>>;
type Spent = (Batch, Vec<Command>, Vec<Arc<Vec<Option<Document>>>>);

impl Ahead {
    fn hand_over(&self, batch: &mut Vec<Step>) {
        let steps = Arc::new(std::mem::replace(batch, Vec::with_capacity(BATCH)));
        // One that has ended has panicked, which shows when it is joined.
        self.queues.iter().for_each(|queue| drop(queue.send(steps.clone())));
        self.spent.try_iter().for_each(drop);
    }
}

/// How the journal tells it.
#[derive(Default)]
struct Was {
    /// By it the states of the drafts are sought.
    seed: DefaultHashBuilder,
    /// By the bytes of their keys.
    lists: HashMap<Box<[u8]>, Listed>,
    revision: u64,
    first: Moment,
    last: Moment,
}

impl Was {
    fn read_all(
        &mut self,
        journal: &JournalReader,
        ahead: &Ahead,
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
                ahead.hand_over(&mut batch);
            }
            if progress(kept.revision, end).is_break() {
                return Err(NoReport::Cancelled);
            }
        }
        ahead.hand_over(&mut batch);
        Ok(())
    }

    fn step(&mut self, entry: Told) -> Step {
        let refused = entry.outcomes.iter().map(|o| o.verdict == Verdict::Refused).collect();
        for (key, stand) in entry.outcomes.into_iter().flat_map(|o| o.effects).filter_map(|CasePut(case)| case) {
            self.lists.entry(key).or_default().stand = Some(stand);
        }
        let command = match entry.command {
            None | Some(Command::Due(_) | Command::Adopt(_) | Command::Look(_) | Command::Attach(_)) => {
                return Step { at: entry.at, given: None };
            }
            // Under another law its impact is another; what was wanted is the same.
            Some(mut command) => {
                command.expect(None);
                command
            }
        };
        let documents = match &command {
            Command::Message(message) => message.documents.iter().map(|d| Document::unpack(&d.document).ok()).collect(),
            _ => Vec::new(),
        };
        let mut sought = Vec::with_capacity(6 * documents.len());
        for document in documents.iter().flatten() {
            self.note(document);
            sought_by(document, |key| sought.push(self.seed.hash_one(&key.bytes()[..])));
        }
        Step { at: entry.at, given: Some(Given { command, documents: Arc::new(documents), sought, refused }) }
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
        let about = About {
            regime: (mode.clone(), export),
            heading: gcode.and_then(|gcode| gcode.get(..4)).unwrap_or_default().into(),
        };
        let key = Key::Case(CaseKey { ebc: ebc.clone(), order_no: order_no.clone() }).bytes();
        self.lists.entry(key.into()).or_default().about = Some(about);
    }
}

/// The keys that a document of retail import asks for and that nothing asked for lately. What is missing here costs time
/// and nothing else.
fn sought_by(document: &Document, mut seek: impl FnMut(Key)) {
    let pair = |code: &Text, number: &Text| Pair { code: code.clone(), number: number.clone() };
    match document {
        Document::Order(d) => {
            let case = CaseKey { ebc: d.ebc_code.clone(), order_no: d.number.clone() };
            seek(Key::Order(case.clone()));
            seek(Key::Case(case));
        }
        Document::Payment(d) => {
            seek(Key::Payment(pair(&d.pay_code, &d.transaction)));
            seek(Key::PaymentsOf(pair(&d.ebp_code, &d.order_no)));
            seek(Key::AwaitPayment(pair(&d.ebp_code, &d.order_no)));
        }
        Document::Waybill(d) => {
            let waybill = pair(&d.logistics_code, &d.number);
            seek(Key::Waybill(waybill.clone()));
            seek(Key::WaybillUse(waybill.clone()));
            seek(Key::AwaitWaybill(waybill));
        }
        Document::List(d) => {
            let case = CaseKey { ebc: d.ebc_code.clone(), order_no: d.order_no.clone() };
            let waybill = pair(&d.logistics_code, &d.logistics_no);
            seek(Key::Case(case.clone()));
            seek(Key::Order(case.clone()));
            seek(Key::List(case));
            seek(Key::Waybill(waybill.clone()));
            seek(Key::WaybillUse(waybill));
            seek(Key::PaymentsOf(pair(&d.ebp_code, &d.order_no)));
            let year = d.declared_on.year();
            if let Some(person) = d.buyer.id.of_year(year) {
                seek(Key::Allowance(PersonYear { person, year: year as u32, hs8: Text::default() }));
            }
        }
        _ => {}
    }
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

fn decide_all(again: Again, batches: &Receiver<Batch>, spent: &Sender<Spent>) -> Decided {
    let mut decided = Decided { again, why: HashMap::new(), void: BTreeMap::new() };
    let mut revision = 0;
    for mut batch in batches {
        let (mut commands, mut past) = (Vec::with_capacity(BATCH), Vec::with_capacity(BATCH));
        for at in 0..batch.len() {
            let moment = batch[at].at;
            while let Some(due) = decided.again.state.due_by(moment) {
                revision += 1;
                let at = due.at.max(decided.again.last);
                let entry = decided.again.decide(Command::Due(due), &[], at, revision);
                decided.refusals(&entry);
            }
            // Where no other draft looks at it, the command need not be copied.
            let own = Arc::get_mut(&mut batch).and_then(|steps| steps[at].given.as_mut());
            let own = own.map(|given| std::mem::replace(&mut given.command, crate::decider::tick()));
            if let Some(Given { command, documents, sought, refused }) = &batch[at].given {
                revision += 1;
                decided.again.state.fetch(sought);
                past.extend(decided.again.state.recent.take(revision, documents));
                let entry = decided.again.decide(own.unwrap_or_else(|| command.clone()), documents, moment, revision);
                decided.refusals(&entry);
                decided.voided(&entry, refused);
                commands.extend(entry.command);
            }
        }
        // The reader that does not take it any more has ended.
        drop(spent.send((batch, commands, past)));
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
            Some(Command::Articles(_)) => "articles",
            Some(Command::Identified(_)) => "identities",
            Some(Command::Account(_)) => "accounts",
            Some(Command::Request(_)) => "requests",
            Some(Command::State(_)) => "statements",
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

impl Was {
    fn compared_with(&self, draft: &Draft, decided: &Decided) -> Drafted {
        let after: Vec<&Fact> = decided.again.state.records().collect();
        let why = &decided.why;
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let mut found = std::thread::scope(|scope| {
            let parts: Vec<_> = after
                .chunks(after.len().div_ceil(threads).max(1))
                .map(|part| scope.spawn(move || self.compare(part, why)))
                .collect();
            let mut whole = Compared::default();
            for part in parts {
                whole.join(part.join().unwrap_or_else(|e| std::panic::resume_unwind(e)));
            }
            whole
        });
        // Lists that the draft never came to.
        if found.met < self.lists.values().filter(|listed| listed.stand.is_some()).count() {
            let state = &decided.again.state;
            let missed = |key: &[u8], listed: &Listed| listed.stand.is_some() && !state.holds(key);
            for (key, listed) in self.lists.iter().filter(|(key, listed)| missed(key, listed)) {
                found.add(key, Some(listed), Stand::default(), why);
            }
        }
        let Compared { mut drafted, groups, mut examples, .. } = found;
        drafted.name = draft.name.clone();
        drafted.fingerprint = draft.fingerprint;
        drafted.void = decided.void.clone();
        examples.sort();
        examples.truncate(20);
        drafted.examples = examples;
        groups.into_report(&mut drafted);
        drafted
    }

    fn compare(&self, after: &[&Fact], why: &HashMap<CaseKey, Code>) -> Compared {
        let mut found = Compared::default();
        // Each thread looks at its own part of the memory, which is most of the work.
        for fact in after.iter().filter(|fact| Key::kind(fact.key()) == Key::CASE) {
            let now = Stand::of(fact.rest()).unwrap_or_default();
            found.add(fact.key(), self.lists.get(fact.key()), now, why);
        }
        found
    }
}

/// Lists compared, or a part of them.
#[derive(Default)]
struct Compared {
    drafted: Drafted,
    groups: Groups,
    /// Those that end otherwise.
    examples: Vec<(String, String)>,
    /// Of how many the journal tells.
    met: usize,
}

impl Compared {
    fn add(&mut self, key: &[u8], listed: Option<&Listed>, now: Stand, why: &HashMap<CaseKey, Code>) {
        let Ok(Key::Case(key)) = Key::unpack(key) else { return };
        let then = listed.and_then(|listed| listed.stand);
        self.met += usize::from(then.is_some());
        let then = then.unwrap_or_default();
        let one = Tally {
            lists: 1,
            changed: u64::from(then != now),
            released: [then.is_released().into(), now.is_released().into()],
            refused: [then.is_refused().into(), now.is_refused().into()],
            tax_fen: [then.tax, now.tax],
        };
        let found = &mut self.drafted;
        found.total.add(&one);
        let about = listed.and_then(|listed| listed.about.as_ref());
        self.groups.add(&key, about.map(|a| (&a.regime, a.heading.as_str())), &one);
        if then == now {
            return;
        }
        self.examples.push((key.ebc.to_string(), key.order_no.to_string()));
        found.newly_released += u64::from(now.is_released() && !then.is_released());
        if now.is_refused() && !then.is_refused() {
            found.newly_refused += 1;
            let why = why.get(&key).map_or("", |code| code.name());
            *found.reasons.entry(why.to_owned()).or_default() += 1;
        }
        if now.is_released() && then.is_released() {
            found.taxed_more += u64::from(now.tax > then.tax);
            found.taxed_less += u64::from(now.tax < then.tax);
        }
    }

    fn join(&mut self, other: Compared) {
        let (found, more) = (&mut self.drafted, other.drafted);
        found.total.add(&more.total);
        found.newly_released += more.newly_released;
        found.newly_refused += more.newly_refused;
        found.taxed_more += more.taxed_more;
        found.taxed_less += more.taxed_less;
        more.reasons.into_iter().for_each(|(why, n)| *found.reasons.entry(why).or_default() += n);
        self.groups.join(other.groups);
        self.examples.extend(other.examples);
        self.met += other.met;
    }
}
