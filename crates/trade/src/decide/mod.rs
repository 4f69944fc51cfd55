//! Deciding: a command, the facts, the policy and the time go in; outcomes with reasons and effects come out.
//!
//! Pure: the same input gives the same outcomes for ever. Each document of a message is decided on an overlay of its
//! own, so a failing one never spoils its neighbours; what it changed is folded into the state before the next.
//!
//! `list` is the heart: a declaration list from acceptance to release. `papers` takes in what it is compared with,
//! `after` is what follows release (returns, bills, summary payment), `acts` what officials do, `registry` the rest.

mod access;
mod accounts;
mod acts;
pub use acts::confirms;
mod appeal;
mod articles;
pub use appeal::{bears_on_tax, may_be_set_aside};
pub use bonded::may_be_set_aside as may_be_set_aside_of_bonded;
mod after;
pub mod attach;
mod bonded;
mod correct;
pub mod destroy;
mod disown;
mod draft;
mod exchange;
mod export;
mod held;
mod identify;
mod list;
mod looks;
mod overlay;
mod papers;
mod parties;
mod registry;
mod requests;
mod statements;
mod subscriptions;
#[cfg(test)]
mod tests;

pub use correct::{Preview, preview};
pub use draft::Draft;
pub use export::list::shorter_ways;
pub use export::taxes::{before as taxed_before, treated};
pub use held::{Foreseen, foresee};
pub use overlay::Overlay;

use std::fmt::Display;
use std::sync::Arc;

use smol_str::ToSmolStr;

use crate::command::{Command, DueKind, DueNow, Entry, Message, Outcome, Position, Submitted, Verdict};
use crate::documents::*;
use crate::effect::Effect;
use crate::finding::{Code, Finding, TEXTS};
use crate::key::{CaseKey, Facts, Key, Pair};
use crate::pack::{Blob, Pack, Text, Value};
use crate::policy::Policy;
use crate::receipt::{Receipt, Shown, info_of};
use crate::record::{Answered, Case, Kept, KeptHead};
use crate::registry::Party;
use crate::time::{Day, Moment};

/// The edition of the readings of clauses in this crate; an entry names the one that it was decided by.
pub const READING: u16 = 1;

/// Facts that change as documents are decided.
pub trait State: Facts {
    /// Folds the effects of one document into the facts.
    fn apply(&mut self, effects: &[Effect], documents: &[Submitted]);
}

/// What a decision depends on beside the command and the facts.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    pub at: Moment,
    /// The revision that the entry will have.
    pub revision: u64,
    /// The window's number, first in every guid it gives.
    pub window: u32,
    pub policy: &'a Policy,
    /// The revision at which that policy was adopted last.
    pub policy_revision: u64,
    /// Nobody reads the receipts: those on which nothing depends are not made. The facts change as they do otherwise.
    pub is_mute: bool,
}

/// Decides one command and folds what follows into `state`.
///
/// `read` are the documents of a message as its reader still has them, in their order; what is missing there is
/// unpacked from the command, which says the same.
pub fn decide(command: Command, read: &[Option<Document>], setting: Setting<'_>, state: &mut dyn State) -> Entry {
    let outcomes = match command.expected() {
        Some(expected) => held::decided(&command, expected, read, setting, state),
        None => outcomes(&command, read, setting, state),
    };
    Entry { at: setting.at, command: Some(command), outcomes, texts: TEXTS, reading: READING }
}

fn outcomes(command: &Command, read: &[Option<Document>], setting: Setting<'_>, state: &mut dyn State) -> Vec<Outcome> {
    let mut numbering = 0;
    match command {
        Command::Message(message) => messages(message, read, setting, state, &mut numbering),
        Command::Bonded(filing) => bonded::file(filing, setting, state, &mut numbering),
        Command::Correct(correction) => correct::file(correction, setting, state, &mut numbering),
        other => {
            let outcome = alone(setting, state, &mut numbering, |scene| match other {
                Command::Register(register) => registry::filed(scene, register),
                Command::Adopt(adopt) => registry::adopted(scene, adopt),
                Command::Open(open) => registry::open(scene, open),
                Command::Act(act) => acts::act(scene, act),
                Command::Due(due) => fall_due(scene, due),
                Command::Look(look) => looks::look(scene, look),
                Command::Attach(attach) => attach::attach(scene, attach),
                Command::Articles(declaration) => articles::declare(scene, declaration),
                Command::Identified(found) => identify::identified(scene, found),
                Command::Account(said) => accounts::said(scene, said),
                Command::Request(said) => requests::said(scene, said),
                Command::State(said) => statements::stated(scene, said),
                Command::Subscribe(said) => subscriptions::subscribe(scene, said),
                Command::Message(_) | Command::Bonded(_) | Command::Correct(_) => {
                    unreachable!("decided document by document")
                }
            });
            state.apply(&outcome.effects, &[]);
            vec![outcome]
        }
    }
}

fn messages(
    message: &Message,
    read: &[Option<Document>],
    setting: Setting<'_>,
    state: &mut dyn State,
    numbering: &mut u32,
) -> Vec<Outcome> {
    if !message.faults.is_empty() {
        return vec![alone(setting, state, numbering, |scene| scene.answer_unreadable(message))];
    }
    let gate = parties::gate(message, setting.policy, setting.at.day(), state);
    let mut outcomes = Vec::with_capacity(message.documents.len());
    for (about, submitted) in message.documents.iter().enumerate() {
        let mut scene = Scene::new(setting, state, about as u32, numbering);
        scene.from = message.cop_code.clone();
        scene.message = &message.guid;
        document(&mut scene, message, submitted, read.get(about).and_then(Option::as_ref), &gate);
        scene.answer_alike(submitted);
        let outcome = scene.finish();
        state.apply(&outcome.effects, &message.documents);
        outcomes.push(outcome);
    }
    outcomes
}

fn alone(setting: Setting<'_>, facts: &dyn State, numbering: &mut u32, body: impl FnOnce(&mut Scene<'_>)) -> Outcome {
    let mut scene = Scene::new(setting, facts, 0, numbering);
    body(&mut scene);
    scene.finish()
}

/// A due is taken off the queue by the entry that it makes, whatever comes of it.
fn fall_due(scene: &mut Scene<'_>, due: &DueNow) {
    let Ok(key) = Key::read(&due.key.0) else { return };
    scene.overlay.undue(due.at, due.kind, &key);
    if export::fall_due(scene, due.kind, &key) {
        return;
    }
    match (due.kind, key) {
        (DueKind::MatchWait, Key::Case(case)) => list::wait_is_over(scene, &case),
        (DueKind::BillSummary, Key::BillGroup(group)) => after::summarise_bills(scene, &group),
        (DueKind::PaymentOverdue, Key::TaxPayment(number)) => after::payment_overdue(scene, &number),
        (DueKind::BillsPaid, Key::TaxPayment(number)) => after::mark_paid(scene, &number),
        (DueKind::ReturnOverdue, Key::Refund(refund)) => after::return_overdue(scene, &refund),
        (DueKind::AppealSilent, Key::Case(case)) => appeal::silent(scene, &case),
        (DueKind::AppealSilent, Key::Ruling(of)) => appeal::rulings::silent(scene, &of),
        (DueKind::RequestSilent, Key::Request(number)) => requests::silent(scene, &number),
        (kind, key) => bonded::fall_due(scene, kind, &key),
    }
}

fn document(
    scene: &mut Scene<'_>,
    message: &Message,
    submitted: &Submitted,
    read: Option<&Document>,
    gate: &[Finding],
) {
    let unpacked = if read.is_none() { Document::unpack(&submitted.document).ok() } else { None };
    let Some(document) = read.or(unpacked.as_ref()).filter(|_| submitted.faults.is_empty()) else {
        let keys = submitted.keys.as_deref().cloned().unwrap_or_default();
        let shown = Shown { kind: message.kind.receipt(), ..keys };
        return scene.refuse(message.kind, shown, submitted.faults.clone());
    };
    scene.submitted = Some(Papers { content: submitted.content, packed: submitted.document.clone() });
    let shown = || keys_of(document);
    let app_status = &document.head().app_status;
    if app_status != "1" && app_status != "2" {
        let finding = Finding::new(Code::StatusUnknown, "", "appStatus").arg("field", "appStatus");
        return scene.refuse(message.kind, shown, vec![finding.arg("given", app_status).arg("expected", "1, 2")]);
    }
    if app_status == "1" {
        // Stored as a draft: nothing is declared, and nothing is kept ([ours]: the sender keeps its own drafts).
        scene.outcome.findings.push(Finding::new(Code::Draft, "", "appStatus").arg("status", "1").forgiven());
        return scene.answer(shown, 1, "电子口岸已暂存，未申报");
    }
    if !gate.is_empty() {
        return scene.refuse(message.kind, shown, gate.to_vec());
    }
    match document {
        Document::Order(order) => papers::order(scene, order),
        Document::Payment(payment) => papers::payment(scene, payment),
        Document::Waybill(waybill) => papers::waybill(scene, waybill),
        Document::WaybillStatus(status) => papers::waybill_status(scene, status),
        Document::Delivery(delivery) => papers::delivery(scene, delivery),
        Document::List(list) => list::declare(scene, list),
        Document::Cancel(cancel) => after::cancel(scene, cancel),
        Document::Refund(refund) => after::refund(scene, refund),
        _ => export::document(scene, message.kind, document),
    }
}

/// What a receipt shows of its document. It is made where somebody will read the receipt, and not before.
trait Showing {
    fn make(self) -> Shown;
}

impl Showing for Shown {
    fn make(self) -> Shown {
        self
    }
}

impl Showing for &Shown {
    fn make(self) -> Shown {
        self.clone()
    }
}

impl<F: FnOnce() -> Shown> Showing for F {
    fn make(self) -> Shown {
        self()
    }
}

/// The key fields by which a receipt names its document.
fn keys_of(document: &Document) -> Shown {
    match document {
        Document::Order(d) => d.shown(),
        Document::Payment(d) => d.shown(),
        Document::Waybill(d) => d.shown(),
        Document::WaybillStatus(d) => d.shown(),
        Document::List(d) => d.shown(),
        Document::Cancel(d) => d.shown(),
        Document::Refund(d) => d.shown(),
        Document::Delivery(d) => d.shown(),
        Document::ExportOrder(d) => d.shown(),
        Document::ReceiptOfPayment(d) => d.shown(),
        Document::ExportWaybill(d) => d.shown(),
        Document::Arrival(d) => d.shown(),
        Document::Departure(d) => d.shown(),
        Document::ExportList(d) => d.shown(),
        Document::ExportCancel(d) => d.shown(),
        Document::MasterBill(d) => d.shown(),
        Document::SummaryApply(d) => d.shown(),
        Document::ExportRefund(d) => d.shown(),
        Document::Tally(d) => d.shown(),
    }
}

/// Gives a document the keys that its receipt shows: the fields named, under their names there.
macro_rules! shown {
    ($($document:ident as $kind:ident { $($at:ident : $field:ident),* $(,)? })*) => {$(
        impl $document {
            fn shown(&self) -> Shown {
                Shown { kind: MessageKind::$kind, $($at: self.$field.clone(),)* ..Shown::default() }
            }
        }
        impl Showing for &$document {
            fn make(self) -> Shown {
                self.shown()
            }
        }
    )*};
}

shown! {
    Order as OrderReturn { ebp_code: ebp_code, ebc_code: ebc_code, order_no: number }
    Payment as PaymentReturn { pay_code: pay_code, pay_transaction: transaction }
    Waybill as WaybillReturn { logistics_code: logistics_code, logistics_no: number }
    WaybillStatus as WaybillStatusReturn {
        logistics_code: logistics_code, logistics_no: number, logistics_status: status,
    }
    List as ListReturn {
        customs_code: customs_code, ebp_code: ebp_code, ebc_code: ebc_code, agent_code: agent_code, cop_no: cop_no,
        pre_no: pre_no, order_no: order_no,
    }
    Cancel as CancelReturn {
        customs_code: customs_code, agent_code: agent_code, ebp_code: ebp_code, ebc_code: ebc_code, cop_no: cop_no,
        pre_no: pre_no, invt_no: invt_no, order_no: order_no,
    }
    Refund as RefundReturn {
        customs_code: customs_code, agent_code: agent_code, ebp_code: ebp_code, ebc_code: ebc_code, cop_no: cop_no,
        pre_no: pre_no, invt_no: invt_no, order_no: order_no,
    }
    Delivery as DeliveryReturn {
        customs_code: customs_code, operator_code: operator_code, cop_no: cop_no, pre_no: pre_no, rkd_no: rkd_no,
    }
    ExportOrder as ExportOrderReturn { ebp_code: ebp_code, ebc_code: ebc_code, order_no: number }
    ReceiptOfPayment as ReceiptOfPaymentReturn {
        ebc_code: ebc_code, order_no: order_no, pay_transaction: transaction,
    }
    ExportWaybill as ExportWaybillReturn { logistics_code: logistics_code, logistics_no: number }
    Arrival as ArrivalReturn {
        operator_code: operator_code, logistics_code: logistics_code, pre_no: pre_no, cop_no: cop_no, bill_no: bill_no,
        seq: msg_seq,
    }
    Departure as DepartureReturn { logistics_code: logistics_code, cop_no: cop_no, pre_no: pre_no, seq: msg_seq }
    ExportList as ExportListReturn {
        agent_code: agent_code, cop_no: cop_no, pre_no: pre_no, ebc_code: ebc_code, ebp_code: ebp_code,
        order_no: order_no, statistics_flag: statistics_flag,
    }
    ExportCancel as ExportCancelReturn {
        agent_code: agent_code, cop_no: cop_no, pre_no: pre_no, invt_no: invt_no,
    }
    MasterBill as MasterBillReturn {
        agent_code: agent_code, logistics_code: logistics_code, cop_no: cop_no, pre_no: pre_no, bill_no: bill_no,
        seq: msg_seq,
    }
    SummaryApply as SummaryReturn {
        agent_code: agent_code, ebc_code: ebc_code, cop_no: cop_no, pre_no: pre_no, sum_no: sum_no, seq: msg_seq,
    }
    ExportRefund as ExportRefundReturn {
        ebp_code: ebp_code, ebc_code: ebc_code, agent_code: agent_code, cop_no: cop_no, pre_no: pre_no,
        invt_no: invt_no,
    }
    Tally as TallyReturn {
        operator_code: operator_code, logistics_code: logistics_code, logistics_no: logistics_no, cop_no: cop_no,
        pre_no: pre_no,
    }
}

/// The bytes of the document at hand, for keeping it.
struct Papers {
    content: [u8; 16],
    packed: Blob,
}

/// One document being decided: the facts as it sees them, and its outcome so far.
struct Scene<'a> {
    setting: Setting<'a>,
    overlay: Overlay<'a>,
    outcome: Outcome,
    /// The transmitter of the message.
    from: Text,
    /// The message's guid.
    message: &'a str,
    submitted: Option<Papers>,
    /// The day by whose law a document is decided again, where that is not today; and what an appeal has set aside.
    as_of: Option<Day>,
    aside: Vec<Code>,
    /// Receipts given in this entry so far, and before this document.
    numbering: &'a mut u32,
    given_before: u32,
}

impl<'a> Scene<'a> {
    fn new(setting: Setting<'a>, facts: &'a dyn State, about: u32, numbering: &'a mut u32) -> Scene<'a> {
        let outcome = Outcome { about, day: setting.at.day(), policy: setting.policy_revision, ..Outcome::default() };
        let overlay = Overlay::over(facts);
        let given_before = *numbering;
        Scene {
            setting,
            overlay,
            outcome,
            from: Text::default(),
            message: "",
            submitted: None,
            as_of: None,
            aside: Vec::new(),
            numbering,
            given_before,
        }
    }

    /// The day whose law holds.
    fn today(&self) -> Day {
        self.as_of.unwrap_or(self.setting.at.day())
    }

    fn here(&self) -> Position {
        Position { revision: self.setting.revision, index: self.outcome.about }
    }

    fn policy(&self) -> &'a Policy {
        self.setting.policy
    }

    fn read<R: Pack>(&self, key: &Key) -> Option<R> {
        self.overlay.read(key)
    }

    /// The document of this kind that is kept under `key`, and what is known of its coming; none that was deleted.
    fn kept(&self, key: &Key, kind: MessageKind) -> Option<(SharedDocument, KeptHead)> {
        let head = KeptHead::unpack(&self.overlay.head(&key.bytes())?).ok().filter(|head| !head.deleted)?;
        let unpacked = || self.read::<Kept>(key)?.document.map(SharedDocument::from);
        let document = self.overlay.document(&head.at).or_else(unpacked).filter(|document| document.kind() == kind)?;
        Some((document, head))
    }

    fn party(&self, code: &str) -> Option<Arc<Party>> {
        self.overlay.party(code)
    }

    fn put<R: Pack>(&mut self, key: &Key, record: &R) {
        self.overlay.put(key, record);
    }

    /// Keeps the document at hand under `key`.
    fn keep(&mut self, key: &Key) {
        let papers = self.submitted.as_ref().expect("only submitted documents are kept");
        let head = Kept {
            document: None,
            at: Position { revision: self.setting.revision, index: self.outcome.about },
            accepted: self.setting.at,
            content: papers.content,
            from: self.from.clone(),
            deleted: false,
        };
        self.overlay.keep(key, &head, self.outcome.about, papers.packed.clone());
    }

    fn content(&self) -> [u8; 16] {
        self.submitted.as_ref().map(|p| p.content).unwrap_or_default()
    }

    /// A consecutive number of the series `name`, from 1.
    fn next_number(&mut self, name: impl Into<Text>) -> u64 {
        let key = Key::Counter(name.into());
        let mut counter = self.read::<crate::record::Counter>(&key).unwrap_or_default();
        counter.used += 1;
        self.put(&key, &counter);
        counter.used as u64
    }

    /// Gives a receipt of this document to its sender.
    fn answer(&mut self, shown: impl Showing, status: i32, info: impl Display) {
        let to = self.from.clone();
        self.send(to, shown, status, info, Vec::new());
    }

    /// Gives a receipt to `to`, and keeps why.
    fn send(&mut self, to: Text, shown: impl Showing, status: i32, info: impl Display, findings: Vec<Finding>) {
        let number = *self.numbering;
        *self.numbering += 1;
        // A refusal, and the answer to what changes nothing, may be kept for its repetition.
        if self.setting.is_mute && findings.is_empty() && !self.overlay.is_untouched() {
            return;
        }
        let mut shown = shown.make();
        shown.status = status;
        shown.at = self.setting.at;
        let info = info.to_smolstr();
        shown.info = if info.is_empty() { Text::new_static("-") } else { info };
        shown.guid = self.guid(number);
        self.outcome.receipts.push(Receipt { shown, to, about: self.outcome.about, findings });
    }

    /// The guid of receipt `n` of the entry: window, receipt in the entry, revision. It is a UUID of version 8, unique by construction, and
    /// tells where the receipt stands in the journal.
    fn guid(&self, n: u32) -> Text {
        let n = u128::from(n);
        let number = u128::from(self.setting.window) << 96
            | (n & 0xffff) << 80
            | (0x8000 | ((n >> 16) & 0xfff)) << 64
            | (0x8000 | (n >> 28)) << 48
            | u128::from(self.setting.revision & 0xffff_ffff_ffff);
        let mut guid = [b'-'; 36];
        let places = (0..36).filter(|at| !matches!(at, 8 | 13 | 18 | 23));
        for (digit, at) in places.enumerate() {
            guid[at] = b"0123456789ABCDEF"[(number >> (124 - 4 * digit)) as usize & 0xf];
        }
        Text::new(std::str::from_utf8(&guid).expect("digits are ASCII"))
    }

    /// Refuses the document: nothing it did is kept, and its receipt names the first reason and tells the others.
    fn refuse(&mut self, kind: MessageKind, shown: impl Showing, mut findings: Vec<Finding>) {
        order_reasons(&mut findings);
        let status = status_of(kind, &findings);
        self.outcome.verdict = Verdict::Refused;
        self.outcome.findings.extend(findings.clone());
        let to = self.from.clone();
        self.send(to, shown, status, info_of(&findings, ""), findings);
    }

    /// The message could not be read at all: a 900.
    fn answer_unreadable(&mut self, message: &Message) {
        self.from = if message.cop_code.is_empty() { message.sender.clone() } else { message.cop_code.clone() };
        let shown = Shown {
            kind: MessageKind::FormatReturn,
            original_id: message.envelope_id.clone(),
            original_type: if message.kind == MessageKind::Unknown {
                "Unknown".into()
            } else {
                message.kind.root().into()
            },
            ..Shown::default()
        };
        self.refuse(message.kind, shown, message.faults.clone());
    }

    /// A document that was refused, or a draft, is known by its guid: sent again, and answered in the same words, it
    /// gets the first answer. Where the words are others by now, it gets these.
    fn answer_alike(&mut self, submitted: &Submitted) {
        let untouched = self.overlay.is_untouched();
        if self.message.is_empty() || !untouched && self.outcome.verdict != Verdict::Refused {
            return;
        }
        let [receipt] = &self.outcome.receipts[..] else { return };
        if *self.numbering - self.given_before != 1 {
            return;
        }
        let shown = Shown { guid: Text::default(), at: Moment::default(), ..receipt.shown.clone() };
        let guid = match Document::unpack(&submitted.document) {
            Ok(document) => document.head().guid.clone(),
            Err(_) => self.outcome.about.to_string().into(),
        };
        let key = self.answered_key(&guid);
        match self.read::<Answered>(&key).filter(|first| untouched && first.shown == shown) {
            Some(first) => {
                self.outcome.receipts.clear();
                self.repeat(first.at);
            }
            None => {
                let content = if untouched { [0; 16] } else { submitted.content };
                self.put(&key, &Answered { at: self.here(), shown, content });
            }
        }
    }

    fn answered_key(&self, guid: &str) -> Key {
        Key::Answered(Pair { code: self.from.clone(), number: format!("{}/{guid}", self.message).into() })
    }

    /// Answers a repetition with the first answer.
    fn repeat(&mut self, first: Position) {
        self.outcome.verdict = Verdict::Repeated;
        self.outcome.repeats = Some(first);
    }

    fn case(&self, key: &CaseKey) -> Option<Case> {
        self.read(&Key::Case(key.clone()))
    }

    fn finish(mut self) -> Outcome {
        if let Err(broken) = registry::invariants(&self.overlay) {
            // The decision would break a promise: nothing of it happens, and somebody has to look.
            let case = format!("{}-{}", self.setting.revision, self.outcome.about);
            let fault = Finding::new(Code::WindowFault, "", broken.what).arg("case", case).arg("key", broken.key);
            let receipts = std::mem::take(&mut self.outcome.receipts);
            self.outcome = Outcome { about: self.outcome.about, verdict: Verdict::Failed, ..Outcome::default() };
            self.outcome.findings.push(fault.clone());
            if let Some(first) = receipts.into_iter().next() {
                self.send(
                    first.to,
                    first.shown,
                    Code::WindowFault.text().status,
                    info_of(std::slice::from_ref(&fault), ""),
                    vec![fault],
                );
            }
            return self.outcome;
        }
        self.outcome.effects = self.overlay.into_effects();
        self.outcome
    }
}

/// Puts the reason first: the order of rules.md 2.4, its first three line by line, then the others as they were found.
fn order_reasons(findings: &mut [Finding]) {
    findings.sort_by_key(|f| match f.code.number() {
        // How many rows of a correction speak against it comes before what they say.
        _ if f.code == Code::CorrectionRows => (0, 0, 0),
        n @ 1..=3 => (1, f.gnum, n),
        n @ (4..=99 | 300..=399) => (n, 0, 0),
        _ => (1_000, 0, 0),
    });
}

/// The status that a refusal's receipt carries: that of its reason, in the number range of the message at hand.
fn status_of(kind: MessageKind, findings: &[Finding]) -> i32 {
    let status = findings.first().map_or(100, |f| f.code.text().status);
    match (kind, status) {
        (MessageKind::Order, -621001) => -301008,
        (MessageKind::Payment, -621001) => -401009,
        (MessageKind::Waybill, -621001) => -504011,
        (MessageKind::WaybillStatus, -621001) => -505011,
        (MessageKind::Refund, -621001) => -625001,
        (MessageKind::Cancel, -621001) => -623001,
        (MessageKind::Delivery, -621001) => -800001,
        (MessageKind::WaybillStatus, -621011) => -505014,
        (MessageKind::Refund, -621011) => -625001,
        (MessageKind::Cancel, -621011) => -623001,
        (MessageKind::Delivery, -621011) => -800001,
        (MessageKind::Cancel, -625204) => -623003,
        (MessageKind::Refund, -623005) => 100,
        (MessageKind::Refund, -623009) => -625022,
        (MessageKind::Refund, -621026 | -621029) => -625005,
        (MessageKind::Cancel, -621026) => -623017,
        (MessageKind::Cancel, -621029) => -623029,
        // The receipts of export returns have no numbers of their own for reasons.
        (MessageKind::ExportRefund | MessageKind::Tally, _) => 100,
        (MessageKind::Payment, -301009) => -401006,
        (MessageKind::Waybill, -301009) => -504014,
        (_, status) => status,
    }
}
