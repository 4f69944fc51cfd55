//! Commands: everything that anyone tells the window, in the form in which the journal keeps it.

use crate::correction::Expected;
use crate::documents::MessageKind;
use crate::effect::Effect;
use crate::finding::Finding;
use crate::key::{CaseKey, Pair};
use crate::pack::{Blob, Text};
use crate::receipt::{Receipt, Shown};
use crate::time::{Day, Moment};
use crate::{packed, packed_choice, packed_names};

packed! {
    /// Who tells the window something, and in which capacity.
    pub struct Actor {
        /// An enterprise's code, an official's login name; empty for the window itself.
        1 => pub id: Text,
        2 => pub role: ActorRole,
    }
}

packed_names! {
    pub enum ActorRole {
        0 => Window "window",
        1 => Enterprise "enterprise",
        2 => Officer "officer",
        3 => Operator "operator",
        4 => Viewer "viewer",
        /// Lets people in and puts them out, and does nothing else (安全管理员).
        5 => Security "security",
        /// Reads who looked at what, and changes nothing (审计管理员).
        6 => Auditor "auditor",
        /// A person who buys (消费者): reads what is of the own identity, and says what was not the own purchase.
        7 => Consumer "consumer",
        /// Departments that read what is shared with them, each by its own law: taxation (税务), foreign exchange (外汇管理),
        /// commerce (商务), market supervision (市场监管).
        8 => Tax "tax",
        9 => Exchange "exchange",
        10 => Commerce "commerce",
        11 => Market "market",
    }
}

packed_choice! {
    pub enum Command {
        1 => Message(Message),
        2 => Register(Register),
        3 => Act(Act),
        4 => Due(DueNow),
        5 => Adopt(Adopt),
        6 => Open(Open),
        20 => Look(crate::look::Look),
        /// A file of bonded documents.
        21 => Bonded(crate::bonded::Filing),
        /// Lists that were declared are changed or withdrawn, all or none.
        30 => Correct(crate::correction::Correction),
        /// A picture or a paper that belongs to a parcel or to goods.
        34 => Attach(Attach),
        /// What a verifier said of a person.
        36 => Identified(crate::account::Identified),
        /// What an enterprise or its bank says of a bank account.
        37 => Account(crate::account::AccountSaid),
        /// A department asks another, or answers.
        38 => Request(crate::request::RequestSaid),
        /// Receipts are brought to an address from here on, or no more.
        39 => Subscribe(crate::subscription::Subscribe),
        /// A statement of another body is brought.
        40 => State(crate::statement::Stated),
        /// Personal articles of one parcel are declared.
        32 => Articles(crate::articles::Declaration),
    }
}

impl Command {
    /// What a preview said that the command is held to. A correction knows its own (`decide::correct`).
    pub fn expected(&self) -> Option<&Expected> {
        match self {
            Command::Message(message) => message.expected.as_ref(),
            Command::Register(register) => register.expected.as_ref(),
            Command::Act(act) => act.expected.as_ref(),
            Command::Bonded(filing) => filing.expected.as_ref(),
            _ => None,
        }
    }

    /// Holds the command to what a preview said; other commands cannot be.
    pub fn expect(&mut self, expected: Option<Expected>) {
        match self {
            Command::Message(message) => message.expected = expected,
            Command::Register(register) => register.expected = expected,
            Command::Act(act) => act.expected = expected,
            Command::Bonded(filing) => filing.expected = expected,
            Command::Correct(correction) => correction.expected = expected,
            _ => {}
        }
    }

    /// The documents of a message, which effects name by their number.
    pub fn documents(&self) -> &[Submitted] {
        match self {
            Command::Message(message) => &message.documents,
            _ => &[],
        }
    }
}

packed! {
    /// A message as it was read: one command, whatever number of documents it holds.
    pub struct Message {
        /// The connected enterprise (authenticated by the door), or empty where the door knows nobody.
        1 => pub sender: Text,
        /// `copCode` of BaseTransfer: the enterprise that speaks.
        2 => pub cop_code: Text,
        3 => pub kind: MessageKind,
        4 => pub guid: Text,
        5 => pub seal: Option<Seal>,
        /// SHA-256 of the original bytes, salted: what the vault holds under this entry's revision.
        6 => pub commitment: [u8; 32],
        7 => pub length: u64,
        /// Faults of the whole message: then there are no documents, and the answer is a 900.
        8 => pub faults: Vec<Finding>,
        /// What was forgiven.
        9 => pub notes: Vec<Finding>,
        10 => pub documents: Vec<Submitted>,
        11 => pub idempotency_key: Text,
        /// `CopMsgId` of the transport envelope, where there was one.
        12 => pub envelope_id: Text,
        /// The signature did not hold; a document that needs one is refused with this.
        13 => pub seal_fault: Option<Finding>,
        /// What its preview said: it happens only while it would do just that.
        14 => pub expected: Option<Expected>,
    }
}

packed! {
    /// The signature that stood on the message and was found true to its bytes.
    pub struct Seal {
        /// SHA-256 of the certificate.
        1 => pub certificate: [u8; 32],
        2 => pub serial: Text,
        3 => pub algorithm: Text,
    }
}

packed! {
    /// One document of a message.
    pub struct Submitted {
        /// The packed [`crate::documents::Document`]; empty where it could not be understood.
        1 => pub document: Blob,
        /// Hash of everything but `guid` and `appTime`: equal content is a repetition.
        2 => pub content: [u8; 16],
        3 => pub faults: Vec<Finding>,
        4 => pub notes: Vec<Finding>,
        /// The keys that could be read of a faulty document, for its receipt.
        5 => pub keys: Option<Box<Shown>>,
        /// Where the document stands in the original, in bytes.
        6 => pub start: u64,
        7 => pub end: u64,
    }
}

packed_names! {
    /// What can be registered; the names are those of `onewindow import`.
    pub enum RegisterKind {
        1 => Zones "zones",
        2 => Parties "parties",
        3 => Certificates "certificates",
        4 => Goods "goods",
        5 => Guarantees "guarantees",
        6 => Manifests "manifests",
        7 => OpeningStock "opening-stock",
        8 => BlockedIdentities "blocked-identities",
        9 => Accounts "accounts",
        10 => ApiKeys "api-keys",
        /// The window's own keys, by which it signs heads, follow others.
        11 => HeadKeys "head-keys",
        /// Powers of attorney, also those that an enterprise gives and takes back itself.
        12 => Mandates "mandates",
        /// What parties are certified for; an enterprise files its own.
        13 => Certifications "certifications",
    }
}

packed! {
    /// Rows for the registry: one part of an imported file, or a single filing.
    pub struct Register {
        1 => pub by: Actor,
        2 => pub kind: RegisterKind,
        /// Packed rows of `crate::registry`.
        3 => pub rows: Vec<Blob>,
        /// Which part of how many, of an import.
        4 => pub part: u32,
        5 => pub parts: u32,
        /// As [`Message::expected`].
        6 => pub expected: Option<Expected>,
    }
}

packed_names! {
    pub enum ActKind {
        /// 300: looked at by a person and found in order, goes on.
        1 => Review "review",
        /// Send to inspection (布控): 500.
        2 => Inspect "inspect",
        /// The inspection's result: in order.
        3 => InspectPassed "inspect-passed",
        4 => Detain "detain",
        5 => Release "release",
        6 => SendBack "send-back",
        /// A returned parcel is back in the supervised place.
        7 => Arrive "arrive",
        /// A summary payment has been made.
        8 => Pay "pay",
        /// The parcel has left the supervised place.
        9 => Out "out",
        /// A goods filing was looked at and approved or refused.
        10 => Approve "approve",
        /// An operator says that the clock is right although it jumped; `on` is the day that it is.
        11 => ConfirmTime "confirm-time",
        /// A buyer says: this was not me (不是我买的). See `decide::disown`.
        12 => Disown "disown",
        /// An officer has looked into that: `value` 1, it was another; 0, it was the buyer.
        13 => SettleDisowned "settle-disowned",
        /// Whom a decision concerns appeals against it. See `decide::appeal`.
        14 => Appeal "appeal",
        /// Another officer sets the decision aside: `number` names the reasons that do not hold, separated by blanks.
        15 => AllowAppeal "allow-appeal",
        /// Another officer finds that the decision stands.
        16 => RejectAppeal "reject-appeal",
        /// An enterprise says that the order `number` of the same seller replaces the parcel (换货). See
        /// `decide::exchange`.
        21 => Exchange "exchange",
        /// An enterprise asks for a proof about its stock abroad, `number` says what for (`record::ProofFor`). See
        /// `decide::export::proof`.
        22 => ProveAbroad "prove-abroad",
        /// The originals of the month of `on` are destroyed. See `decide::destroy`.
        20 => Destroy "destroy",
        /// Somebody has looked into an alarm; `number` is its case number, the note says what came of it.
        26 => SettleAlarm "settle-alarm",
    }
}

packed_names! {
    /// What an attachment (附件) belongs to.
    pub enum AttachedTo {
        /// A parcel, by seller and order number: photographs of its inspection, papers that customs asked for.
        1 => Case "case",
        /// A filing of goods, by seller and item number: pictures of the goods.
        2 => Goods "goods",
    }
}

packed_names! {
    /// What an attachment is, by its content and never by its name.
    pub enum MediaKind {
        1 => Jpeg "image/jpeg",
        2 => Png "image/png",
        3 => Pdf "application/pdf",
    }
}

packed! {
    /// A file is added. Its bytes are the original of this command and lie in the vault alone; a name that it had is not
    /// kept, since it may name a person.
    pub struct Attach {
        1 => pub by: Actor,
        2 => pub to: AttachedTo,
        /// Seller, and the number of order or item.
        3 => pub of: Pair,
        4 => pub kind: MediaKind,
        /// Bytes.
        5 => pub size: u64,
        /// The salted hash of the bytes (`store::vault::commitment`).
        6 => pub commitment: [u8; 32],
        /// A scanner was asked and found nothing.
        7 => pub scanned: bool,
    }
}

packed! {
    /// What an official, an operator or a bank does about one thing.
    pub struct Act {
        1 => pub by: Actor,
        2 => pub kind: ActKind,
        3 => pub case: CaseKey,
        /// Another number where the thing is not a case: `entDutyNo`, the return's `copNo`.
        4 => pub number: Text,
        /// 501, 502, 503, 599 for a detention; amounts in fen for a payment.
        5 => pub value: i64,
        /// Free words, the original of this command: they may name people, so they lie in the vault and are committed to
        /// here.
        6 => pub note: [u8; 32],
        /// The day that counts (goods arrived, payment made); the day of the act where empty.
        7 => pub on: Option<Day>,
        /// As [`Message::expected`].
        8 => pub expected: Option<Expected>,
        /// Of an appeal that is about no list: what it is about (`record::Ruling`).
        9 => pub ruling: Option<Pair>,
    }
}

packed_names! {
    /// What can fall due; dues of one instant happen in the order of these numbers.
    pub enum DueKind {
        1 => MatchWait "match-wait",
        2 => BillSummary "bill-summary",
        3 => PaymentOverdue "payment-overdue",
        4 => ReturnOverdue "return-overdue",
        /// The rest of a summary payment's bills is marked as paid.
        5 => BillsPaid "bills-paid",
        /// More of a day's released parcels go onto outgoing verification lists.
        20 => OutgoingList "outgoing-list",
        /// Goods that entered first should have been declared by now.
        21 => EntryOverdue "entry-overdue",
        /// The time of a form is over.
        22 => FormOver "form-over",
        /// Goods that entered first count as unclaimed from now on.
        23 => EntryUnclaimed "entry-unclaimed",
        /// An account book is closed, so many items at a time.
        24 => PeriodGoesOn "period-goes-on",
        /// A customs transfer should have arrived by now, and what left on a bonded transfer should have come in.
        26 => TransitOverdue "transit-overdue",
        27 => TransferOverdue "transfer-overdue",
        /// A slip of goods that are declared together later is not declared.
        28 => SlipUndeclared "slip-undeclared",
        /// A summary declaration goes on.
        30 => SummaryGoesOn "summary-goes-on",
        /// The day of the summary is over: what no summary took in goes over to the next month.
        31 => SummaryOverdue "summary-overdue",
        /// A seller's month of exports is over: its statement is given.
        40 => ExportMonthOver "export-month-over",
        /// An appeal should have been decided by now.
        50 => AppealSilent "appeal-silent",
        /// A department should have answered another by now.
        60 => RequestSilent "request-silent",
    }
}

packed! {
    /// A due whose time has come.
    pub struct DueNow {
        1 => pub kind: DueKind,
        2 => pub key: Blob,
        /// When it was due; the entry may stand later, where the window had been closed.
        3 => pub at: Moment,
    }
}

packed! {
    /// A policy takes force by this command and by nothing else.
    pub struct Adopt {
        1 => pub by: Actor,
        2 => pub files: Vec<PolicyFile>,
    }
}

packed! {
    pub struct PolicyFile {
        1 => pub name: String,
        2 => pub text: String,
    }
}

packed! {
    /// The first command of every journal.
    pub struct Open {
        1 => pub name_zh: Text,
        2 => pub name_en: Text,
        /// Stands first in every guid that this window gives.
        3 => pub window: u32,
        4 => pub sandbox: bool,
        /// The law from the first day; in the same command, so that no zone is ever without.
        5 => pub files: Vec<PolicyFile>,
        /// What is registered from the first day.
        6 => pub registry: Vec<Register>,
    }
}

packed! {
    /// What a journal entry holds: a command, when, and everything that followed from it.
    pub struct Entry {
        1 => pub at: Moment,
        2 => pub command: Option<Command>,
        3 => pub outcomes: Vec<Outcome>,
        /// Edition of texts that receipts were worded with.
        4 => pub texts: u16,
        /// Edition of the readings of clauses (`trade::decide::READING`).
        5 => pub reading: u16,
    }
}

packed! {
    /// The beginning of an entry: what was commanded, without what followed from it. It is read from the entry's own bytes,
    /// for those who only say what it was.
    pub struct Heading {
        1 => pub at: Moment,
        2 => pub command: Option<Command>,
    }
}

impl Entry {
    /// The policy files that took force by it.
    pub fn adopted(&self) -> &[PolicyFile] {
        let files: &[PolicyFile] = match &self.command {
            Some(Command::Adopt(adopt)) => &adopt.files,
            Some(Command::Open(open)) => &open.files,
            _ => &[],
        };
        if self.outcomes.iter().all(|o| o.verdict == Verdict::Done) { files } else { &[] }
    }
}

packed_names! {
    pub enum Verdict {
        0 => Accepted "accepted",
        1 => Waiting "waiting",
        2 => Refused "refused",
        3 => Released "released",
        4 => Review "review",
        5 => Inspection "inspection",
        6 => Done "done",
        7 => Repeated "repeated",
        8 => Failed "failed",
    }
}

packed! {
    /// What followed for one document of the command (or for the command as a whole).
    pub struct Outcome {
        /// Number of the document in the command, from 0.
        1 => pub about: u32,
        2 => pub verdict: Verdict,
        /// All of them, the reason first.
        3 => pub findings: Vec<Finding>,
        4 => pub receipts: Vec<Receipt>,
        5 => pub effects: Vec<Effect>,
        /// The first answer, where the document repeats an earlier one.
        6 => pub repeats: Option<Position>,
        /// The day whose law was applied.
        7 => pub day: Day,
        /// The case it belongs to.
        8 => pub case: Option<CaseKey>,
        /// The figures of a decision about tax.
        9 => pub tax: Option<crate::record::TaxStatement>,
        /// Points of risk; the findings that carry them are forgiven ones.
        10 => pub risk: u32,
        /// Revision of the policy that it was decided by.
        11 => pub policy: u64,
    }
}

packed! {
    /// A place in the journal: entry, and outcome within it.
    #[derive(Copy)]
    pub struct Position {
        1 => pub revision: u64,
        2 => pub index: u32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::Pack;

    #[test]
    fn the_heading_of_an_entry_is_its_beginning() {
        let documents = vec![Submitted::default(); 3];
        let command = Some(Command::Message(Message { cop_code: "4601".into(), documents, ..Message::default() }));
        let outcomes = vec![Outcome { verdict: Verdict::Refused, ..Outcome::default() }; 3];
        let entry = Entry { at: Moment(7), command: command.clone(), outcomes, ..Entry::default() };
        assert_eq!(Heading::unpack(&entry.pack()), Ok(Heading { at: Moment(7), command }));
    }
}
