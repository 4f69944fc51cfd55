//! Who may sign in and who may send, and who a person is: accounts, keys and what verifiers said are commands, so a
//! journal knows who could do what when.

use crate::command::{Actor, ActorRole};
use crate::pack::{Blob, Text};
use crate::policy::{Parameter, Policy};
use crate::pseudonym::Pseudonyms;
use crate::registry::Grade;
use crate::time::{Day, Moment};
use crate::{packed, packed_names};

packed! {
    /// `Key::Account`: a person's sign-in.
    pub struct AccountRow {
        1 => pub login: Text,
        2 => pub role: ActorRole,
        /// The enterprise that an enterprise's account acts for.
        3 => pub enterprise: Text,
        /// An argon2id hash in its standard text form; never the password.
        4 => pub password_hash: Text,
        5 => pub closed: bool,
        /// The customs office that an officer works for; empty for the whole zone.
        6 => pub office: Text,
        /// Of a consumer: whose identity document was looked at when the account was made.
        7 => pub person: Pseudonyms,
    }
}

packed! {
    /// `Key::Recovery`: an account gets a new password, an official's from two administrators (`decide::access`).
    pub struct Recovery {
        /// Who proposed it, or gave it alone, when and by which entry.
        1 => pub by: Actor,
        2 => pub at: Moment,
        3 => pub revision: u64,
        4 => pub role: ActorRole,
        5 => pub office: Text,
        /// It waits for the other administrator.
        6 => pub open: bool,
        7 => pub confirmed_by: Option<Actor>,
        /// When it last was done: second factors that were set up before count no more.
        8 => pub since: Option<Moment>,
    }
}

packed! {
    /// `Key::ApiKey`: a sender's key, known by its SHA-256 only.
    pub struct ApiKeyRow {
        1 => pub hash: [u8; 32],
        2 => pub enterprise: Text,
        /// What the operator calls it.
        3 => pub label: Text,
        4 => pub revoked: bool,
        /// Enterprise unless another is named.
        5 => pub role: ActorRole,
        /// As in [`AccountRow`].
        6 => pub office: Text,
        /// Names of actions: the key opens nothing else that its role may. All of it where there is none.
        7 => pub scopes: Vec<Text>,
        /// It opens nothing from then on.
        8 => pub until: Option<Moment>,
    }
}

impl ApiKeyRow {
    /// It was not taken back, and its time is not over.
    pub fn opens_at(&self, now: Moment) -> bool {
        !self.revoked && self.until.is_none_or(|until| now < until)
    }

    /// The key that takes its place and opens the same as long, and this one, which ends then or when it was to end.
    pub fn replaced(self, hash: [u8; 32], end: Moment) -> [ApiKeyRow; 2] {
        let new = ApiKeyRow { hash, ..self.clone() };
        [new, ApiKeyRow { until: Some(self.until.map_or(end, |until| until.min(end))), ..self }]
    }
}

packed! {
    /// `Key::HeadKeys`: the keys with which the window signs heads from here on.
    pub struct HeadKeysRow {
        /// 2 for the first that followed others.
        1 => pub generation: u32,
        /// What both the old and the new keys signed, as it is handed to readers (`store::head::Succession`).
        2 => pub statement: Blob,
    }
}

packed_names! {
    /// By which way a person is identified (实名核验).
    pub enum IdentityMethod {
        /// 银行卡四要素: name, identity number, card and telephone belong together, says who issued the card.
        1 => BankCard "bank-card",
        /// 公安身份信息查询: name and number stand in the register of residents.
        2 => Register "public-security",
        /// 人脸比对: the face is that of the register.
        3 => Face "face",
    }
}

packed_names! {
    pub enum IdentityFound {
        1 => Fits "fits",
        2 => Differs "differs",
        /// The verifier knows nobody of this number.
        3 => Unknown "unknown",
    }
}

packed! {
    /// The command by which it becomes a fact what a verifier said of a person. No value that was asked about is kept, and
    /// no picture: the number is a pseudonym, and of the answer its hash.
    pub struct Identified {
        /// Who asked.
        1 => pub by: Actor,
        /// The login of the person's account.
        2 => pub account: Text,
        3 => pub method: IdentityMethod,
        4 => pub found: IdentityFound,
        /// Who vouches.
        5 => pub verifier: Text,
        /// Whose number was asked about.
        6 => pub person: Pseudonyms,
        /// SHA-256 of the verifier's answer as it came.
        7 => pub answer: [u8; 32],
    }
}

packed! {
    /// What was found of a person once.
    pub struct IdentityStep {
        1 => pub method: IdentityMethod,
        2 => pub found: IdentityFound,
        3 => pub verifier: Text,
        4 => pub person: Pseudonyms,
        5 => pub answer: [u8; 32],
        6 => pub at: Moment,
        /// The last day on which it counts.
        7 => pub until: Option<Day>,
        /// The entry of the journal.
        8 => pub entry: u64,
    }
}

packed! {
    /// `Key::Identity`: what was found of the person of an account, step by step.
    pub struct Identity {
        1 => pub steps: Vec<IdentityStep>,
    }
}

impl Identity {
    /// How far the person is certified on a day: filed where the account was only made with the document at hand,
    /// verified by a register or by a bank, inspected where the face was compared too. Steps about another person, whom
    /// the account had before, do not count.
    pub fn grade(&self, person: &Pseudonyms, day: Day) -> Grade {
        let fits = |step: &&IdentityStep| {
            let in_time = step.at.day() <= day && step.until.is_none_or(|until| day <= until);
            step.found == IdentityFound::Fits && in_time && step.person.same(person)
        };
        let of = |step: &IdentityStep| match step.method {
            IdentityMethod::Face => Grade::Inspected,
            IdentityMethod::BankCard | IdentityMethod::Register => Grade::Verified,
        };
        self.steps.iter().filter(fits).map(of).max().unwrap_or(Grade::Filed)
    }

    /// Whether a verifier may still be asked on a day: not where so often on it what was given did not fit.
    pub fn may_ask(&self, policy: &Policy, day: Day) -> bool {
        let failed = self.steps.iter().filter(|step| step.found != IdentityFound::Fits && step.at.day() == day).count();
        let most = policy.whole(Parameter::IdentityTries, day).unwrap_or(i64::MAX);
        i64::try_from(failed).is_ok_and(|failed| failed < most)
    }
}

packed_names! {
    /// What is said of a bank account.
    pub enum AccountStep {
        /// By the enterprise: this is my account at that bank.
        1 => Filed "filed",
        /// By the bank: this amount was sent there.
        2 => Sent "sent",
        /// By the enterprise: this amount came.
        3 => Answered "answered",
        /// By the bank: the account is the enterprise's.
        4 => Vouched "vouched",
    }
}

packed! {
    /// A step towards a verified bank account. Number and holder are pseudonyms.
    pub struct AccountSaid {
        1 => pub by: Actor,
        2 => pub step: AccountStep,
        /// Whose account it is.
        3 => pub party: Text,
        /// Which bank, where it is filed.
        4 => pub bank: Text,
        5 => pub account: Pseudonyms,
        6 => pub holder: Pseudonyms,
        /// Fen, where it was sent or came.
        7 => pub amount: i64,
    }
}

packed_names! {
    /// How the check of an account stands.
    pub enum AccountState {
        0 => Open "open",
        1 => Verified "verified",
        /// Too many wrong answers.
        2 => Ended "ended",
        /// The answer came too late.
        3 => Late "late",
        /// Another account was filed.
        4 => Replaced "replaced",
    }
}

packed! {
    /// One check of one account.
    pub struct AccountCheck {
        1 => pub bank: Text,
        2 => pub account: Pseudonyms,
        3 => pub holder: Pseudonyms,
        4 => pub filed: Day,
        5 => pub filed_in: u64,
        /// Fen that the bank sent; shown to nobody.
        6 => pub amount: i64,
        7 => pub sent: Option<Day>,
        8 => pub sent_in: u64,
        /// Wrong answers so far.
        9 => pub wrong: u32,
        10 => pub state: AccountState,
    }
}

packed! {
    /// `Key::BankAccount`: all checks of an enterprise's accounts, the last one newest.
    pub struct AccountChecks {
        1 => pub all: Vec<AccountCheck>,
    }
}

impl AccountCheck {
    pub fn is_open(&self) -> bool {
        self.state == AccountState::Open
    }
}
