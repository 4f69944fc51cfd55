//! A parcel as lists and its own page show it, and what is done with it.

use serde::Serialize;
use trade::record::Disowned;
use trade::time::{Day, Moment};

use super::{Both, Fen};

/// One of the twelve states in which a parcel stands (DESIGN section 7, `explain`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Accepted,
    Waiting,
    Matched,
    Review,
    Inspection,
    Detained,
    Finished,
    Released,
    Closed,
    Refused,
    SentBack,
    Cancelled,
}

impl State {
    pub const ALL: [State; 12] = [
        State::Accepted,
        State::Waiting,
        State::Matched,
        State::Review,
        State::Inspection,
        State::Detained,
        State::Finished,
        State::Released,
        State::Closed,
        State::Refused,
        State::SentBack,
        State::Cancelled,
    ];

    pub fn name(self) -> &'static str {
        match self {
            State::Accepted => "accepted",
            State::Waiting => "waiting",
            State::Matched => "matched",
            State::Review => "review",
            State::Inspection => "inspection",
            State::Detained => "detained",
            State::Finished => "finished",
            State::Released => "released",
            State::Closed => "closed",
            State::Refused => "refused",
            State::SentBack => "sent_back",
            State::Cancelled => "cancelled",
        }
    }

    pub fn parse(name: &str) -> Option<State> {
        State::ALL.into_iter().find(|s| s.name() == name)
    }
}

/// How a thing stands, for colour and shape; a word always goes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Ok,
    Wait,
    Hold,
    Bad,
    None,
}

impl Tone {
    pub fn class(self) -> &'static str {
        match self {
            Tone::Ok => "ok",
            Tone::Wait => "wait",
            Tone::Hold => "hold",
            Tone::Bad => "bad",
            Tone::None => "none",
        }
    }
}

impl State {
    pub fn tone(self) -> Tone {
        match self {
            State::Released => Tone::Ok,
            State::Waiting => Tone::Wait,
            State::Review | State::Inspection => Tone::Hold,
            State::Refused | State::Detained | State::SentBack => Tone::Bad,
            State::Accepted | State::Matched | State::Finished | State::Closed | State::Cancelled => Tone::None,
        }
    }
}

/// A parcel in a list of parcels. Nothing personal.
#[derive(Clone, Debug)]
pub struct Row {
    /// The list number, or before there is one the order number.
    pub key: String,
    pub state: State,
    pub regime: String,
    pub at: Moment,
    /// First goods, shortened; empty where the reader may not know.
    pub goods: String,
    pub taxable: Option<Fen>,
    pub tax: Option<Fen>,
    /// For the desk: points of risk, and the rules that gave them.
    pub risk: Option<u32>,
    pub rules: Vec<String>,
    /// For the desk: when an answer is due.
    pub due: Option<Moment>,
}

/// A page of parcels, with where the next one begins.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    pub rows: Vec<Row>,
    pub total: u64,
    pub next: Option<String>,
}

/// Which parcels a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub states: Vec<State>,
    pub regime: Option<String>,
    pub reason: Option<String>,
    /// Only those of this seller.
    pub seller: Option<String>,
    /// Only those that their buyers disown and nobody has looked into yet.
    pub disowned: bool,
    /// Only those about which an appeal waits for a decision.
    pub appealed: bool,
    pub after: Option<String>,
    pub limit: usize,
}

/// What a search for any number or word found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    pub hits: Vec<Hit>,
    /// How the query was read: as a list number, a waybill, an identifier with its check digit ...
    pub read_as: Vec<Both>,
    /// The query is the number of a summary of exports that the reader may see.
    pub summary: bool,
    /// Enterprises of that name.
    pub firms: Vec<Firm>,
    /// Of what a word means there is more than is shown.
    pub more: bool,
}

/// An enterprise that a search found.
#[derive(Clone, Debug)]
pub struct Firm {
    pub code: String,
    pub name: Both,
    /// Of which it is the seller, within the reader's reach.
    pub parcels: u64,
    /// The reader may open its page.
    pub opens: bool,
}

#[derive(Clone, Debug)]
pub struct Hit {
    pub row: Row,
    /// What of it the query met: its order number, its waybill ...
    pub met: Both,
}

/// A parcel's whole story.
#[derive(Clone, Debug)]
pub struct Parcel {
    pub key: String,
    pub state: State,
    /// `returnStatus` and the text with it, as the receipts say.
    pub status: String,
    pub at: Moment,
    pub revision: u64,
    /// One or two sentences: what happened and what comes next.
    pub lead: Both,
    pub facts: Vec<Fact>,
    pub story: Vec<Step>,
    pub compared: Vec<Compared>,
    pub tax: Option<Tax>,
    pub findings: Vec<Finding>,
    pub allowance: Option<Allowance>,
    pub receipts: Vec<ReceiptLink>,
    /// Customs codes of the enterprises that take part: they may read it whole.
    pub enterprises: Vec<String>,
    /// The reader bought it: a person sees the own parcel whole.
    pub mine: bool,
    pub disowned: Option<Disowned>,
    /// Oldest first.
    pub appeals: Vec<Appealed>,
    /// The reader may appeal against how it stands.
    pub may_appeal: Vec<MayAppeal>,
    /// The reader may say which order replaces it (换货).
    pub may_exchange: bool,
    /// The reader may ask for proofs about its stock abroad.
    pub may_prove: bool,
    /// The open appeal is about tax: whoever allows it says which values hold.
    pub finds_values: bool,
    /// Reasons that an officer may set aside when the open appeal is decided.
    pub aside: Vec<String>,
    /// Acts that an officer may do now.
    pub acts: Vec<Act>,
    /// Returns whose goods have not come yet, by their numbers.
    pub coming: Vec<String>,
    /// The officer who has passed it in manual review where a second one has to; only officials are told.
    pub first: Option<(String, Moment)>,
    /// What its documents say of persons, as far as the reader may see it.
    pub persons: Vec<crate::masked::OfPerson>,
    /// Photographs and papers, oldest first, for whoever may read them.
    pub attachments: Vec<trade::record::Attached>,
    /// The customs office that the list was declared at.
    pub office: String,
    /// The entry in which this very look stands, where it had to be written down.
    pub look: Option<u64>,
    /// Whether this is the whole story or what anybody may know.
    pub whole: bool,
}

impl Parcel {
    /// What anybody may know who has the number: how it stands, when what arrived, no amounts and no names.
    pub fn for_anybody(mut self) -> Parcel {
        self.whole = false;
        self.facts.retain(|f| f.public);
        self.lead = Both::default();
        for step in &mut self.story {
            step.note = Both::default();
            step.words.clear();
            step.correction.clear();
        }
        self.compared.clear();
        self.tax = None;
        self.allowance = None;
        self.receipts.clear();
        self.disowned = None;
        self.appeals.clear();
        (self.may_exchange, self.may_prove) = (false, false);
        self.aside.clear();
        self.acts.clear();
        self.coming.clear();
        self.first = None;
        self.persons.clear();
        self.attachments.clear();
        for finding in &mut self.findings {
            finding.what = Both::default();
            finding.would = Both::default();
            finding.who = Both::default();
        }
        self
    }
}

#[derive(Clone, Debug)]
pub struct Fact {
    pub name: Both,
    pub code: String,
    pub text: Both,
    pub note: Both,
    /// A page of this portal that says more, without the language; empty where there is none.
    pub to: String,
    pub public: bool,
}

/// One step of a parcel's story.
#[derive(Clone, Debug)]
pub struct Step {
    pub at: When,
    pub tone: Tone,
    pub what: Both,
    /// Message and status: `621 → 2`.
    pub code: String,
    pub note: Both,
    /// What an officer or operator wrote with it; empty for whoever may not read that.
    pub words: String,
    /// The number of the correction that it was; empty for whoever may not read its bill.
    pub correction: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    At(Moment),
    /// Still to come, on a day of law.
    On(Day),
}

/// One row of the comparison: order, payment, waybill, list.
#[derive(Clone, Debug)]
pub struct Compared {
    /// `M4`
    pub rule: String,
    pub field: Both,
    pub cells: [Option<Both>; 4],
    pub outcome: Outcome,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Same,
    /// Not equal, but within the tolerance, which is told with its numbers.
    Near(Both),
    Differ,
    /// A document is still missing.
    Missing,
}

/// The tax of a list, line by line.
#[derive(Clone, Debug)]
pub struct Tax {
    /// Which rules were applied, in one sentence.
    pub note: Both,
    pub source: String,
    pub lines: Vec<TaxLine>,
    pub total: TaxSum,
    pub paid: Fen,
    pub paid_agrees: bool,
}

#[derive(Clone, Debug)]
pub struct TaxLine {
    pub number: u32,
    pub goods: String,
    pub hs: String,
    /// `3 × 96.50`
    pub quantity: String,
    pub sum: TaxSum,
    /// One formula a line, with the unrounded value and the rounding.
    pub how: Vec<Both>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TaxSum {
    pub price: Fen,
    pub promotion: Fen,
    pub carriage: Fen,
    pub taxable: Fen,
    pub duty: Fen,
    pub consumption: Fen,
    pub vat: Fen,
}

impl TaxSum {
    pub fn tax(&self) -> Fen {
        self.duty + self.consumption + self.vat
    }
}

/// A reason, with everything that lets somebody mend it.
#[derive(Clone, Debug)]
pub struct Finding {
    pub code: String,
    /// The receipt's code where it has one: `-621005`.
    pub status: String,
    pub title: Both,
    pub what: Both,
    pub who: Both,
    pub would: Both,
    pub clause: Clause,
    /// Tolerated or only scored; not why it was refused.
    pub minor: bool,
}

/// A clause as it stood on the day that the law names.
#[derive(Clone, Debug, Default)]
pub struct Clause {
    pub text: Both,
    pub source: Both,
    pub since: Option<Day>,
    pub on: Day,
    /// The text is our wording, not the official one.
    pub paraphrase: bool,
}

#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    pub limit: Fen,
    pub before: Fen,
    pub this: Fen,
}

#[derive(Clone, Debug)]
pub struct ReceiptLink {
    pub revision: u64,
    pub index: u32,
    /// `CEB622`
    pub message: String,
    pub status: String,
    pub at: Moment,
    /// The first and last digits of its hash.
    pub hash: String,
}

/// An appeal, and what it changed.
#[derive(Clone, Debug, Default)]
pub struct Appealed {
    pub number: String,
    pub at: Moment,
    /// What it is against.
    pub of: Both,
    /// How it stands.
    pub said: Both,
    pub open: bool,
    /// Nobody had decided it in time.
    pub silent: bool,
    pub won: bool,
    /// Both decisions side by side, in sentences.
    pub difference: Vec<Both>,
    /// Lists that were refused later because of what was set aside; only for officials and the buyer.
    pub named: Vec<String>,
}

/// What a reader may appeal against.
#[derive(Clone, Debug, Default)]
pub struct MayAppeal {
    /// The return (`copNo`) that was refused; empty for the list itself and its tax.
    pub about: String,
    pub of: Both,
    /// Since when the decision is known, and until when it may be appealed; nothing where that was not noted.
    pub known: Option<Day>,
    pub last: Option<Day>,
    /// When it is to be decided if it is filed today.
    pub decided_by: Day,
    pub clause: String,
    /// Why the return was refused.
    pub reasons: Vec<Both>,
}

/// What an officer does with a parcel, in its simplest form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    Review,
    Inspect,
    Detain,
    Release,
    Refuse,
    /// The buyer did not buy it: somebody else used the identity.
    Uphold,
    /// It was the buyer after all.
    Deny,
    /// An appeal is allowed: the decision is set aside and made again.
    Allow,
    /// An appeal is rejected: the decision stands.
    Reject,
    /// A parcel that was released is ordered back.
    OrderBack,
    /// Goods of a return are there.
    Arrive,
    /// The parcel has left the supervised place.
    Out,
}

impl Act {
    pub const ALL: [Act; 12] = [
        Act::Review,
        Act::Inspect,
        Act::Detain,
        Act::Release,
        Act::Refuse,
        Act::Uphold,
        Act::Deny,
        Act::Allow,
        Act::Reject,
        Act::OrderBack,
        Act::Arrive,
        Act::Out,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Act::Review => "review",
            Act::Inspect => "inspect",
            Act::Detain => "detain",
            Act::Release => "release",
            Act::Refuse => "refuse",
            Act::Uphold => "uphold",
            Act::Deny => "deny",
            Act::Allow => "allow",
            Act::Reject => "reject",
            Act::OrderBack => "order-back",
            Act::Arrive => "arrive",
            Act::Out => "out",
        }
    }

    /// Its words in the text tables.
    pub fn key(self) -> &'static str {
        match self {
            Act::Review => "act.review",
            Act::Inspect => "act.inspect",
            Act::Detain => "act.detain",
            Act::Release => "act.release",
            Act::Refuse => "act.refuse",
            Act::Uphold => "act.uphold",
            Act::Deny => "act.deny",
            Act::Allow => "act.allow",
            Act::Reject => "act.reject",
            Act::OrderBack => "act.order_back",
            Act::Arrive => "act.arrive",
            Act::Out => "act.out",
        }
    }

    pub fn parse(name: &str) -> Option<Act> {
        Act::ALL.into_iter().find(|a| a.name() == name)
    }
}

/// An officer's act on its way to the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActOn {
    pub act: Act,
    pub key: String,
    /// For `inspect`: what was found, if it is done; empty means "send to inspection". For `arrive` the number (`copNo`)
    /// of the return.
    pub result: String,
    pub reason: String,
    pub idempotency: Option<String>,
    /// What its preview said; it happens only while it would do just that. Empty where nobody looked.
    pub expect: String,
}
