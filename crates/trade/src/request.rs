//! Requests among departments (部门间请求): one asks another for a fact about an enterprise that the catalogue shares with
//! it, or for help in a case (协助), and gets an answer or a reasoned no, within a clock.
//!
//! What is decided about them: `decide::requests`. Each step is an entry of the journal with its receipt; the words that go
//! with a step may name persons and lie in the vault.

use crate::command::{Actor, ActorRole, Position};
use crate::key::Key;
use crate::pack::Text;
use crate::policy::rights::Purpose;
use crate::time::{Day, Moment};
use crate::{packed, packed_names};

/// Whoever has facts and duties of its own at the window: customs and the other departments.
pub const DEPARTMENTS: [ActorRole; 5] =
    [ActorRole::Officer, ActorRole::Tax, ActorRole::Exchange, ActorRole::Commerce, ActorRole::Market];

/// Characters of an answered value, and of a ground.
pub const LONGEST: usize = 200;

/// What requests are found by: who asked, who is asked, which enterprise a fact is about, or that they were not answered
/// in time. Under each name they form a chain, the newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of<'a> {
    From(ActorRole),
    To(ActorRole),
    About(&'a str),
    Silent,
}

impl Of<'_> {
    /// Under which the newest one stands ([`Latest`]).
    pub fn key(self) -> Key {
        let name: Text = match self {
            Of::From(role) => format!("from {role}").into(),
            Of::To(role) => format!("to {role}").into(),
            Of::About(code) => format!("about {code}").into(),
            Of::Silent => "silent".into(),
        };
        Key::Requests(name)
    }

    /// The one before a request in this chain; empty for the oldest.
    pub fn before(self, request: &Request) -> &Text {
        match self {
            Of::From(_) => &request.before_from,
            Of::To(_) => &request.before_to,
            Of::About(_) => &request.before_about,
            Of::Silent => &request.before_silent,
        }
    }
}

packed_names! {
    pub enum RequestKind {
        /// 共享: a fact about an enterprise, by the catalogue.
        0 => Fact "fact",
        /// 协助: that something is done or looked into, by the asker's own law.
        1 => Help "assistance",
    }
}

packed_names! {
    pub enum RequestStep {
        0 => Ask "ask",
        1 => Answer "answer",
        2 => Decline "decline",
    }
}

packed! {
    /// A step: it is asked, answered or declined.
    pub struct RequestSaid {
        1 => pub by: Actor,
        2 => pub step: RequestStep,
        /// Which one is answered or declined.
        3 => pub number: Text,
        4 => pub kind: RequestKind,
        /// Who is asked.
        5 => pub to: ActorRole,
        /// The fact that is asked for (`policy::sharing::ASKED`), and about which enterprise.
        6 => pub set: Text,
        7 => pub field: Text,
        8 => pub about: Text,
        9 => pub purpose: Purpose,
        /// The asker's own case.
        10 => pub case: Text,
        /// The law on which help is asked, or on which something is declined.
        11 => pub ground: Text,
        /// The fact itself, in the words of whoever has it; of an enterprise, never of a person.
        12 => pub value: Text,
        /// Of all that is asked, and the words: the same again while it is open is a repetition.
        13 => pub content: [u8; 16],
        /// SHA-256 of the words, salted: what the vault holds under this entry's revision.
        14 => pub commitment: [u8; 32],
        /// There are words.
        15 => pub worded: bool,
    }
}

packed_names! {
    pub enum RequestState {
        0 => Open "open",
        1 => Answered "answered",
        2 => Declined "declined",
    }
}

packed! {
    /// `Key::Request`: a request by the number that this window gave, and how it stands.
    pub struct Request {
        1 => pub kind: RequestKind,
        2 => pub from: ActorRole,
        3 => pub to: ActorRole,
        /// Who asked, in the entry `asked`.
        4 => pub by: Actor,
        5 => pub at: Moment,
        6 => pub asked: Position,
        7 => pub set: Text,
        8 => pub field: Text,
        9 => pub about: Text,
        10 => pub purpose: Purpose,
        11 => pub case: Text,
        /// Of a fact: the clause of the catalogue's row. Of help: as the asker names it.
        12 => pub ground: Text,
        /// The last day on which an answer is in time; none where no clock is written.
        13 => pub until: Option<Day>,
        14 => pub state: RequestState,
        /// The clock was over and nobody had answered.
        15 => pub silent: Option<Moment>,
        16 => pub ended: Option<Moment>,
        17 => pub ended_by: Option<Actor>,
        18 => pub ended_in: Position,
        19 => pub value: Text,
        /// Why it was declined.
        20 => pub declined: Text,
        /// The newest receipt.
        21 => pub told: Position,
        /// The one before it, of the same asker, of the same department that is asked, about the same enterprise.
        22 => pub before_from: Text,
        23 => pub before_to: Text,
        24 => pub before_about: Text,
        25 => pub content: [u8; 16],
        /// There are words with the question, and with the answer.
        26 => pub worded: bool,
        27 => pub answer_worded: bool,
        /// Of one that was not answered in time: the entry that says so, and the one before it.
        28 => pub silent_in: u64,
        29 => pub before_silent: Text,
    }
}

impl Request {
    pub fn is_open(&self) -> bool {
        self.state == RequestState::Open
    }

    /// It was answered or declined, after its last day.
    pub fn is_late(&self) -> bool {
        self.silent.is_some() && self.ended.is_some()
    }
}

packed! {
    /// How a request stands, as its receipt shows it.
    pub struct RequestTold {
        1 => pub kind: RequestKind,
        2 => pub from: ActorRole,
        3 => pub to: ActorRole,
        4 => pub set: Text,
        5 => pub field: Text,
        6 => pub about: Text,
        7 => pub purpose: Purpose,
        8 => pub case: Text,
        9 => pub ground: Text,
        10 => pub until: Option<Day>,
        11 => pub state: RequestState,
        12 => pub silent: bool,
        13 => pub value: Text,
        14 => pub declined: Text,
        /// Salted SHA-256 of the words that came with this step; zeros where there were none.
        15 => pub words: [u8; 32],
    }
}

packed! {
    /// The number of the newest request: `Key::Requests` of a department that asks or is asked, or about an enterprise;
    /// `Key::RequestOf` of the same question.
    pub struct Latest {
        1 => pub number: Text,
    }
}
