//! What the server needs from the rest of the house, in one trait, and the shapes in which it gets it.
//!
//! Nothing here knows HTTP or HTML. Every value that a person will read and that is not a number comes
//! in both languages ([`Both`]); personal values come masked. All calls may block: the server makes them
//! on threads made for that. `take_in` alone answers later, because one sync serves many messages.

mod caller;
mod home;
mod parcel;

pub use caller::*;
pub use home::*;
pub use parcel::*;

use crate::lang::Lang;
use crate::sign_ins::SignIns;
use crate::{
    connected, corrections, held, hooks, identity, law, requests, rulings, standing, statements, stock, summaries,
};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use trade::account::{AccountRow, ApiKeyRow};
use trade::bonded::record::TransitRecord;
use trade::finding::Language;
use trade::policy::rights::{Action, Rights};
pub use trade::record::Disowned;
use trade::time::{Day, Moment};
use window::retention::Originals;

/// A text in Chinese and English.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Both {
    pub zh: String,
    pub en: String,
}

impl Both {
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Both {
        Both { zh: zh.into(), en: en.into() }
    }

    /// The words under a key of the texts.
    pub fn words(key: &str) -> Both {
        Both::new(Lang::Zh.t(key), Lang::En.t(key))
    }

    /// A text that is the same in both languages: a name, a number, a code.
    pub fn same(text: impl Into<String>) -> Both {
        let text = text.into();
        Both { zh: text.clone(), en: text }
    }

    pub fn is_empty(&self) -> bool {
        self.zh.is_empty() && self.en.is_empty()
    }
}

/// Whole fen (100 fen = 1 yuan), as `trade` counts them.
pub type Fen = i64;

/// A look of an official, as its subject reads it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct LookLine {
    /// The entry of the journal that holds it.
    pub revision: u64,
    pub at: String,
    /// The official's account; never a person's name.
    pub who: String,
    pub role: String,
    /// `page`, `api`, `export`
    pub kind: String,
    /// What was read: `parcel.read`, `parcel.export`
    pub action: String,
    pub purpose: String,
    /// The clause that allows it.
    pub ground: String,
    /// The number of the case; empty where none was needed.
    pub case: String,
    /// How many records it showed, yours among them.
    pub records: u32,
    /// More than is usual in a day; the auditor has been told.
    pub unusual: bool,
}

/// A promise that a decision would have broken: nothing of it happened, and somebody has to look.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AlarmLine {
    /// The case number that the receipt named.
    pub case: String,
    /// The entry of the journal.
    pub revision: u64,
    pub at: String,
    /// Which promise.
    pub what: Both,
    /// Of which thing: account book and item, list, bill, guarantee.
    pub key: String,
    /// The command: a kind of document, act, due or registration.
    pub command: String,
    /// The document's own number.
    pub document: String,
    /// Who told it; empty for a due.
    pub by: String,
    /// Who looked into it, when, and in which entry that stands; nothing while it is open.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub settled_by: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub settled_at: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_in: Option<u64>,
}

/// A bonded document whose time is over while something of it is left undone.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct OverdueLine {
    /// When it was told.
    pub at: String,
    /// The entry of the journal.
    pub revision: u64,
    /// Its kind and number: a transfer's list, a customs transfer, a form, a bill.
    pub kind: String,
    pub number: String,
    /// Who was told.
    pub enterprise: String,
    /// What is missing, and what to do.
    pub reasons: Vec<crate::stock::Reason>,
    /// It still is.
    pub open: bool,
    /// The entry of the journal that mended it.
    pub settled: Option<u64>,
}

/// What stands between the two rules at the head of every page.
#[derive(Clone, Debug, Default)]
pub struct Dateline {
    pub zone: Both,
    /// The revision up to which the figures count.
    pub revision: u64,
    /// The journal's time of that revision.
    pub at: Moment,
    pub released: u64,
    pub refused: u64,
    /// From list to release, in milliseconds; `None` before the first release.
    pub median_ms: Option<u64>,
    /// Everything in this zone is made up.
    pub sample: bool,
}

/// The figures of one day.
#[derive(Clone, Debug, Default)]
pub struct Overview {
    pub day: Day,
    pub arrived: u64,
    pub arrived_last_minute: u64,
    pub taxable: Fen,
    pub tax: Fen,
    /// From a list's arrival to its first decision's receipt, in milliseconds.
    pub receipt_median_ms: Option<u64>,
    pub receipt_p95_ms: Option<u64>,
    /// How far the figures are behind the journal, in milliseconds.
    pub behind_ms: u64,
    /// Lists by state and regime; a pair without lists may be left out.
    pub counts: Vec<(State, String, u64)>,
    /// Lists that arrived in each interval, oldest first; each with the interval's start.
    pub arrivals: Vec<(Moment, u64)>,
    pub interval_minutes: u32,
    /// First reasons of today's refusals, most frequent first.
    pub reasons: Vec<Reason>,
    pub latest: Vec<Row>,
}

impl Overview {
    pub fn count(&self, state: State) -> u64 {
        self.counts.iter().filter(|(s, _, _)| *s == state).map(|(_, _, n)| n).sum()
    }

    pub fn total(&self) -> u64 {
        self.counts.iter().map(|(_, _, n)| n).sum()
    }
}

#[derive(Clone, Debug)]
pub struct Reason {
    pub code: String,
    pub title: Both,
    pub remedy: Both,
    pub lists: u64,
}

/// Who may come in: secrets as hashes only.
#[derive(Clone, Debug)]
pub enum Admission {
    /// All of them or none.
    Keys(Vec<ApiKeyRow>),
    /// With the number of the identity document that was looked at, where it is a consumer's; it is not kept.
    Account(AccountRow, String),
    /// A power of attorney that is given, or taken back.
    Mandate(trade::registry::Mandate),
    /// A step of a party's certification.
    Certification(trade::registry::Certification),
    /// What is said of a bank account, with its number and holder in plain, which are not kept.
    BankAccount(trade::account::AccountSaid, String, String),
}

/// A message on its way in.
#[derive(Clone, Debug)]
pub struct Intake {
    pub caller: Caller,
    pub bytes: Vec<u8>,
    pub idempotency: Option<String>,
    /// What its preview said, as [`trade::correction::Expected::to_text`]; empty where it is held to nothing.
    pub expect: String,
}

/// A receipt, as it was committed and rendered. As JSON it is the line that every door says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Receipt {
    /// `CEB622`
    pub message: String,
    /// `returnStatus`: 2, 120, 800 ...
    pub status: String,
    /// The first reason that was not forgiven.
    pub code: Option<String>,
    pub text: String,
    /// `orderNo`, `ebcCode`, `invtNo` ...: also those of the parcel that the receipt's own message cannot name.
    pub keys: BTreeMap<String, String>,
    pub revision: u64,
    pub index: u32,
    pub findings: Vec<Said>,
    #[serde(skip)]
    pub xml: Vec<u8>,
    /// What it says in figures, under the names of its file: a statement, a proof, a bill of changes.
    #[serde(skip)]
    pub figures: Vec<(String, String)>,
}

impl Receipt {
    /// It says what to mend in a document that a form can open.
    pub fn is_to_mend(&self) -> bool {
        self.code.is_some() && self.message.starts_with("CEB")
    }
}

/// A finding as programs read it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Said {
    /// UPPER_SNAKE, stable.
    pub code: String,
    pub clause: String,
    pub field: String,
    /// In the message as it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The line of goods or the row of a table that it is about, from 1; 0 for the whole.
    #[serde(skip)]
    pub row: u32,
    pub zh: String,
    pub en: String,
    pub remedy: Both,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub forgiven: bool,
}

impl Said {
    pub fn of(finding: &trade::finding::Finding) -> Said {
        Said {
            code: finding.code.name().to_owned(),
            clause: finding.clause.clone(),
            field: finding.field.clone(),
            line: (finding.source_line > 0).then_some(finding.source_line),
            row: finding.gnum,
            zh: finding.text(Language::Zh),
            en: finding.text(Language::En),
            remedy: Both { zh: finding.remedy(Language::Zh), en: finding.remedy(Language::En) },
            forgiven: finding.forgiven,
        }
    }
}

/// A page of a caller's outbox.
#[derive(Clone, Debug, Default)]
pub struct Outbox {
    pub receipts: Vec<Receipt>,
    /// Where to go on; the same as asked for when there is nothing new.
    pub cursor: String,
}

/// A fault in a message, at its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    pub code: String,
    pub path: String,
    pub line: Option<u32>,
    pub zh: String,
    pub en: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub forgiven: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    #[default]
    Lenient,
    Strict,
}

impl Mode {
    pub fn name(self) -> &'static str {
        match self {
            Mode::Lenient => "lenient",
            Mode::Strict => "strict",
        }
    }
}

/// What checking one message by itself said.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// `CEB621`, or `None` where it is no message.
    pub message: Option<String>,
    pub documents: u32,
    pub valid: bool,
    pub problems: Vec<Problem>,
}

/// What checking a receipt with its proof said.
#[derive(Clone, Debug)]
pub struct Verified {
    pub valid: bool,
    pub reason: Both,
    pub receipt: String,
    pub revision: Option<u64>,
    pub root: String,
}

/// What the zone promises (服务承诺); nothing where the law has no row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Promises {
    /// 95 of 100 lists have their first decision within so many milliseconds.
    pub receipt_ms: Option<u64>,
    /// 95 of 100 pages are made within so many milliseconds.
    pub page_ms: Option<u64>,
}

/// A signed head (树头) of the journal: all hashes, keys and signatures in hexadecimal.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Head {
    pub revision: u64,
    /// Entries in the journal of this head.
    pub size: u64,
    pub root: String,
    pub chain: String,
    /// Time of the last entry, milliseconds since 1970.
    pub at: i64,
    /// The Ed25519 key and signature.
    pub key: String,
    pub signature: String,
    /// The SM2 key (an uncompressed point) and signature (r and s).
    pub sm2_key: String,
    pub sm2: String,
}

/// An entry of the journal, as its readers see it.
#[derive(Clone, Debug)]
pub struct Entry {
    pub revision: u64,
    pub at: Moment,
    pub kind: Both,
    pub by: String,
    pub what: Both,
    pub hash: String,
}

/// The tables of the registry. Names are those of `onewindow import`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Table {
    Zones,
    Parties,
    Certificates,
    Goods,
    PositiveList,
    Tariff,
    Guarantees,
    Manifests,
    OpeningStock,
    BlockedIdentities,
    Mandates,
    Certifications,
}

impl Table {
    pub const ALL: [Table; 12] = [
        Table::Zones,
        Table::Parties,
        Table::Certificates,
        Table::Goods,
        Table::PositiveList,
        Table::Tariff,
        Table::Guarantees,
        Table::Manifests,
        Table::OpeningStock,
        Table::BlockedIdentities,
        Table::Mandates,
        Table::Certifications,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Table::Zones => "zones",
            Table::Parties => "parties",
            Table::Certificates => "certificates",
            Table::Goods => "goods",
            Table::PositiveList => "positive-list",
            Table::Tariff => "tariff",
            Table::Guarantees => "guarantees",
            Table::Manifests => "manifests",
            Table::OpeningStock => "opening-stock",
            Table::BlockedIdentities => "blocked-identities",
            Table::Mandates => "mandates",
            Table::Certifications => "certifications",
        }
    }

    pub fn parse(name: &str) -> Option<Table> {
        Table::ALL.into_iter().find(|t| t.name() == name)
    }
}

/// Rows of a registry table.
#[derive(Clone, Debug, Default)]
pub struct TableRows {
    pub rows: Vec<serde_json::Value>,
    pub next: Option<String>,
}

/// What an import did: all rows or none of a part.
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
pub struct Imported {
    pub rows: u64,
    pub revision: u64,
    /// A table of the law that holds when another person imports or adopts the same.
    pub proposed: bool,
}

/// By which entry a policy holds, or was proposed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Adoption {
    pub revision: u64,
    pub proposed: bool,
}

/// A figure for `/metrics`.
#[derive(Clone, Debug)]
pub struct Metric {
    pub name: &'static str,
    pub help: &'static str,
    /// A counter only grows; the other kind is a gauge.
    pub counter: bool,
    pub value: f64,
}

/// Why something was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Not now: full, starting, or no room on the disk. Nothing was taken in.
    NotNow {
        retry_after_s: u32,
    },
    /// The clock has jumped, and nothing is taken in until an operator confirms it.
    ClockJumped {
        said: Both,
    },
    /// The keys that sign heads are away. What was taken in stays; its proof comes when they are back.
    Unsigned {
        said: Both,
    },
    /// The caller may not act for this enterprise, or not do this at all.
    NotAllowed {
        what: String,
    },
    NotFound,
    /// It cannot be done as things stand, or what was sent cannot be understood.
    Cannot {
        code: String,
        said: Both,
        problems: Vec<Problem>,
    },
    /// The idempotency key was used with another body.
    KeyReused,
    /// Something broke; it is written down under this number.
    Broken {
        case: String,
    },
}

pub type Answer<T> = Result<T, Refused>;

/// Called once, from any thread, when a message's entry is durable, or when it was refused. That thread makes entries
/// durable, and others wait for it: whoever hears the answer makes the receipts.
pub type Answered = Box<dyn FnOnce(Receipts) + Send>;

/// Makes the receipts of a message that was taken in, or says why it was not.
pub type Receipts = Box<dyn FnOnce() -> Answer<Vec<Receipt>> + Send>;

/// Everything that the server asks of the rest of the house.
///
/// Whoever asks has passed the table of rights ([`crate::doors`]). Where the [`Sight`] is traced, the implementation
/// writes the look into the journal *before* it hands over what was asked for, and hands over nothing where that
/// cannot be done. It checks scope and masks personal values; the server strips what a caller has no part in
/// ([`Parcel::for_anybody`]).
pub trait Desk: Send + Sync + 'static {
    /// The one clock, handed in by the program.
    fn now(&self) -> Moment;
    fn dateline(&self) -> Dateline;
    /// `Err` says since when and why it cannot take anything in.
    fn ready(&self) -> Result<(), String>;
    fn metrics(&self) -> Vec<Metric>;

    /// The sender whose API key has this SHA-256; `None` if unknown or revoked. This, `session` and `now` are asked
    /// for on the network's threads and must be quick.
    fn key_holder(&self, key: &[u8; 32]) -> Option<Holder>;
    /// The keys of the caller's enterprises, those that open nothing any more too, the newest label first.
    fn own_keys(&self, caller: &Caller) -> Vec<ApiKeyRow>;
    /// The sender that owns the folder `inbox/<name>/`; `None` if there is no such sender.
    fn folder_owner(&self, name: &str) -> Option<Caller>;
    fn account(&self, name: &str) -> Option<Account>;
    fn sign_ins(&self) -> &SignIns;
    /// What the registry says of the certificate with this SHA-256; `None` where it knows none.
    fn bound(&self, certificate: &[u8; 32]) -> Option<Bound>;
    /// The machine that signed in under this token, while its certificate is in force and still its enterprise's, and
    /// that one may act. As quick as `session`.
    fn machine(&self, token: &[u8; 32]) -> Option<Holder> {
        let kept = self.sign_ins().machine(token, self.now())?;
        let bound = self.bound(&kept.certificate);
        if !bound.is_some_and(|b| b.in_force && b.active && b.enterprise == kept.enterprise) {
            self.sign_ins().end_machine(token);
            return None;
        }
        let scopes = kept.scopes.split_whitespace().map(Action::from_name).collect();
        let (name, enterprises) = (kept.enterprise.clone(), vec![kept.enterprise]);
        let caller = Caller { name, role: Role::Enterprise, enterprises, office: String::new() };
        Some(Holder { caller, scopes, until: Some(kept.expires) })
    }
    /// Whether accounts of this role sign in with a second factor only.
    fn asks_factor(&self, _role: Role) -> bool {
        false
    }
    /// When administrators last gave the account a new password: second factors of before count no more.
    fn recovered(&self, _account: &str) -> Option<Moment> {
        None
    }
    /// When the second factor was set up that counts; `None` where there is none.
    ///
    /// # Errors
    /// If the tables cannot be read: then nobody comes in.
    fn factor_since(&self, account: &str) -> Result<Option<Moment>, store::StoreError> {
        let recovered = self.recovered(account);
        Ok(self.sign_ins().factor_since(account)?.filter(|begun| recovered.is_none_or(|at| *begun > at)))
    }
    /// Whether the password alone lets nobody in: there are one-time codes, or a passkey.
    ///
    /// # Errors
    /// As [`Desk::factor_since`].
    fn has_second(&self, account: &Account) -> Result<bool, store::StoreError> {
        let codes = self.factor_since(&account.caller.name)?.is_some();
        Ok(codes || !self.sign_ins().passkeys(account)?.is_empty())
    }
    /// A session that lives, while its account is what it was when the session began.
    fn session(&self, token: &[u8; 32]) -> Option<Session> {
        let kept = self.sign_ins().session(token, self.now())?;
        let Some(account) = self.account(&kept.account).filter(|account| account.grounds() == kept.grounds) else {
            self.sign_ins().end(token);
            return None;
        };
        let limited = self.asks_factor(account.caller.role) && !kept.second && !self.has_second(&account).ok()?;
        Some(Session { caller: account.caller, until: kept.expires, limited })
    }

    /// Hands a message over and returns at once; without room `answered` hears `NotNow`. It must be called in any
    /// case, also where the walk ends: somebody waits for it.
    fn take_in(&self, intake: Intake, answered: Answered);
    /// Milliseconds within which 95 of 100 of the last messages had their receipts, from when they came in: what the
    /// window answers for, whatever a list then waits for.
    fn answered_p95(&self) -> Option<u64> {
        None
    }
    fn act(&self, caller: &Caller, act: ActOn) -> Answer<Vec<Receipt>>;
    /// What an act would do; nothing happens.
    fn preview_act(&self, caller: &Caller, act: &ActOn) -> Answer<corrections::Previewed>;
    fn table(&self, sight: &Sight, table: Table, after: Option<&str>, limit: usize) -> Answer<TableRows>;
    /// Takes rows in from CSV with a head line; the columns are those of `onewindow import --template`.
    fn import(&self, caller: &Caller, table: Table, csv: &[u8], idempotency: Option<&str>) -> Answer<Imported>;
    /// What rows of the registry would do, at most a thousand, and how many there are; nothing happens.
    fn preview_rows(&self, caller: &Caller, table: Table, csv: &[u8]) -> Answer<corrections::Previewed>;
    /// Takes rows in while they would do just what was expected; without bytes those that the caller looked at last.
    ///
    /// # Errors
    /// `NotFound` where they are not held any more.
    fn import_as_seen(&self, caller: &Caller, table: Table, csv: &[u8], expect: &str) -> Answer<Imported>;
    fn template(&self, table: Table) -> String;
    /// Adopts policy files by content, or with `dry_run` only checks them; the revision from which they hold.
    /// Where the law asks for two persons, the first one's files are proposed, and hold when another adopts the same.
    fn adopt(&self, caller: &Caller, files: &[(String, String)], dry_run: bool) -> Answer<Adoption>;
    /// Policies that one person proposed and another adopted, or has yet to, the newest first.
    fn proposals(&self, _sight: &Sight) -> Answer<Vec<trade::record::Proposal>> {
        Ok(Vec::new())
    }
    /// Lets somebody in by a key or an account, or takes that back.
    /// Where the law asks for two administrators, the first one's new password for an official is proposed.
    fn admit(&self, caller: &Caller, who: Admission) -> Answer<Adoption>;
    /// An operator says that it is this day and that the clock is right although it jumped.
    fn confirm_time(&self, caller: &Caller, day: Day) -> Answer<u64>;
    /// The originals by month, newest first.
    fn originals(&self) -> Answer<Vec<Originals>>;
    /// Destroys those of a month whose time is over; the revision of the entry.
    fn destroy(&self, caller: &Caller, month: Day) -> Answer<u64>;

    fn receipts_after(&self, caller: &Caller, cursor: Option<&str>, limit: usize) -> Answer<Outbox>;
    /// `NotFound` also where the caller has no part in it.
    fn receipt(&self, sight: &Sight, revision: u64, index: u32) -> Answer<Receipt>;
    /// The JSON that `onewindow verify` reads beside the receipt, under the newest head or the one of `head` entries.
    fn proof(&self, sight: &Sight, revision: u64, index: u32, head: Option<u64>) -> Answer<Vec<u8>>;
    /// The newest head, or the one of `size` entries.
    fn head(&self, size: Option<u64>) -> Answer<Head>;
    /// The JSON that shows that the journal of `from` entries is the beginning of that of `to`.
    fn consistency(&self, from: u64, to: u64) -> Answer<Vec<u8>>;
    /// How the window's keys followed others, as they are handed on: the oldest first.
    fn succession(&self) -> Answer<serde_json::Value>;
    /// Puts new keys in the place of those that sign.
    fn rotate_head(&self, caller: &Caller, revoked: bool) -> Answer<Adoption>;
    /// The window's public keys: Ed25519, SM2.
    fn keys(&self) -> Answer<(String, String)>;

    fn overview(&self) -> Answer<Overview>;
    /// What the zone promises by the law of today.
    fn promises(&self) -> Promises {
        Promises::default()
    }
    /// The adopted tables of the law by their file's name, as they are written.
    fn law_text(&self) -> BTreeMap<String, String> {
        BTreeMap::new()
    }
    /// The notices of today, the newest first: number, since when, and what they say.
    fn notices(&self) -> Vec<(String, Day, trade::policy::Notice)> {
        Vec::new()
    }
    /// Adds a file to a parcel, or to a filing of goods (`goods:SELLER:ITEM`); the entry with its commitment.
    ///
    /// `Cannot` where its content, its size or the scanner speak against it.
    fn attach(&self, _sight: &Sight, _key: &str, _bytes: &[u8]) -> Answer<u64> {
        Err(Refused::NotFound)
    }
    /// A file that was added, by its entry.
    fn attachment(&self, _sight: &Sight, _key: &str, _revision: u64) -> Answer<(trade::command::MediaKind, Vec<u8>)> {
        Err(Refused::NotFound)
    }
    /// What makes papers as PDF, where the zone has set up something.
    fn press(&self) -> Option<&crate::press::Press> {
        None
    }

    /// Whether files are scanned before they are taken.
    fn scans(&self) -> bool {
        false
    }
    /// A page of the filings of goods of the reader's enterprises after a place in the list; for an official those that
    /// wait for review.
    fn filings(&self, _sight: &Sight, _after: &str, _limit: usize) -> Answer<Filings> {
        Ok(Filings::default())
    }
    /// One of them. `NotFound` also where it is another's.
    fn filing(&self, _sight: &Sight, _ebc: &str, _item: &str) -> Answer<Filing> {
        Err(Refused::NotFound)
    }
    /// An official approves a filing of goods, or refuses it with a reason that the enterprise reads; the entry.
    fn review_filing(&self, _caller: &Caller, _ebc: &str, _item: &str, _approve: bool, _reason: &str) -> Answer<u64> {
        Err(Refused::NotFound)
    }
    /// The law that is adopted.
    fn law(&self) -> Arc<trade::policy::Policy> {
        Arc::new(trade::policy::Policy::none())
    }
    /// What a department has before it, by the reader's role.
    fn department(&self, _sight: &Sight) -> Answer<Board> {
        Ok(Board::default())
    }
    /// How the zone stands, for whoever runs it.
    fn zone_board(&self, _sight: &Sight) -> Answer<Board> {
        Ok(Board::default())
    }
    /// A single hit is not a look: whoever asked is led to its page, which is one.
    fn find(&self, sight: &Sight, query: &str) -> Answer<Found>;
    fn parcels(&self, sight: &Sight, filter: &Filter) -> Answer<Rows>;
    /// How many parcels a list would have; nothing of them is shown.
    fn count(&self, sight: &Sight, filter: &Filter) -> Answer<u64>;
    fn parcel(&self, sight: &Sight, key: &str) -> Answer<Parcel>;
    /// What the person of the account has before it.
    fn person(&self, sight: &Sight) -> Answer<Person>;
    /// Everything that the window has of the person, in one piece.
    fn own_copy(&self, sight: &Sight) -> Answer<serde_json::Value>;
    /// A person says: this was not me. The number of the case that an officer looks into.
    ///
    /// `Cannot` where it is not the person's parcel, or takes nothing of the allowance.
    fn disown(&self, caller: &Caller, key: &str, words: &str) -> Answer<String>;
    /// Whom a decision concerns appeals against it: `about` a return by its number, else the list or its tax. The number
    /// of the appeal.
    ///
    /// `NotFound` where the parcel is none of the caller's, `Cannot` where it cannot be appealed.
    fn appeal(&self, caller: &Caller, key: &str, about: &str, words: &str) -> Answer<String>;
    /// Declares personal articles: one's own, or for a person as the operator that carries them.
    ///
    /// `Cannot` where something is missing, or the parcel was declared otherwise before.
    fn declare_articles(&self, _caller: &Caller, _form: &crate::articles::Form) -> Answer<window::articles::Articles> {
        Err(Refused::NotFound)
    }
    /// A declaration by its number. `NotFound` also where it is another's.
    fn articles(&self, _sight: &Sight, _number: &str) -> Answer<window::articles::Articles> {
        Err(Refused::NotFound)
    }
    /// Those of the person of the account, the newest first.
    fn own_articles(&self, _sight: &Sight) -> Answer<Vec<window::articles::Articles>> {
        Ok(Vec::new())
    }
    /// Its newest receipt, and the proof of it.
    fn articles_receipt(&self, _sight: &Sight, _number: &str) -> Answer<(Receipt, Vec<u8>)> {
        Err(Refused::NotFound)
    }
    /// The bands of rates on articles that hold today.
    fn article_bands(&self) -> Vec<(String, trade::policy::articles::Band)> {
        Vec::new()
    }
    /// An enterprise of a returned parcel says which order of its seller replaces it (换货). The entry.
    ///
    /// `NotFound` where the parcel is none of the caller's, `Cannot` where the two are no exchange.
    fn exchange(&self, _caller: &Caller, _key: &str, _order: &str) -> Answer<u64> {
        Err(Refused::NotFound)
    }
    /// A proof about the stock abroad of a list, for `rebate` or `fx`.
    ///
    /// `NotFound` where the list is none of the caller's, `Cannot` where there is nothing to prove.
    fn prove_abroad(&self, _caller: &Caller, _key: &str, _for_what: &str) -> Answer<Receipt> {
        Err(Refused::NotFound)
    }
    /// What the reader's enterprises have before them.
    fn company(&self, sight: &Sight) -> Answer<Company>;
    /// The messages that the reader's enterprises themselves sent for a parcel, as they came, oldest first, each with
    /// the place of its document in it.
    fn sent(&self, sight: &Sight, key: &str) -> Answer<Vec<(Vec<u8>, u32)>>;
    /// The message of the reader's enterprise that a receipt answers, as it came, with the place of its document in it.
    fn answered(&self, _sight: &Sight, _revision: u64, _index: u32) -> Answer<(Vec<u8>, u32)> {
        Err(Refused::NotFound)
    }
    /// The register of exports of a month (`yyyymm`), the newest where none is named, as a file.
    fn export_register(&self, _sight: &Sight, _month: Option<u32>) -> Answer<window::Register> {
        Ok(window::Register::default())
    }
    /// What lies in overseas warehouses of the reader's enterprises.
    fn abroad(&self, _sight: &Sight) -> Answer<Vec<window::Abroad>> {
        Ok(Vec::new())
    }
    /// What the reader's platforms report of their sellers in a quarter (`yyyyq`), the current one where none is named.
    fn export_sellers(&self, _sight: &Sight, _quarter: Option<u32>) -> Answer<Vec<window::SellerQuarter>> {
        Ok(Vec::new())
    }
    /// What a correction would do; nothing happens.
    fn preview_correction(&self, _caller: &Caller, _file: corrections::File) -> Answer<corrections::Previewed> {
        Ok(corrections::Previewed::default())
    }
    /// Makes a correction, all of it or nothing. A file without bytes is the one that the caller previewed last with
    /// this expectation; `NotFound` where it is not held any more.
    fn correct(&self, _caller: &Caller, _file: corrections::File, _expect: &str) -> Answer<corrections::Sent> {
        Ok(corrections::Sent::default())
    }
    /// The corrections of the reader's enterprises, the newest first.
    fn corrections(&self, _sight: &Sight) -> Answer<Vec<corrections::Made>> {
        Ok(Vec::new())
    }
    /// The bill of changes of one of them. `NotFound` also where it is another's.
    fn bill_of_changes(&self, _sight: &Sight, _number: &str) -> Answer<window::corrections::BillOfChanges> {
        Err(Refused::NotFound)
    }
    /// The account books that the reader may see; a desk without bonded stock has none.
    fn books(&self, _sight: &Sight) -> Answer<Vec<stock::BookRow>> {
        Ok(Vec::new())
    }
    /// A page of a book's items. `NotFound` also where the book is another's.
    fn shelves(&self, _sight: &Sight, _asked: &stock::Asked<'_>) -> Answer<stock::Shelves> {
        Err(Refused::NotFound)
    }
    /// An item of a book with some of its movements, the newest first.
    fn stock_item(&self, _sight: &Sight, _item: (&str, &str), _moves: &stock::Moves) -> Answer<stock::ItemPage> {
        Err(Refused::NotFound)
    }
    /// The periods of a book. `NotFound` also where the book is another's.
    fn closings(&self, _sight: &Sight, _book: &str) -> Answer<stock::Closings> {
        Err(Refused::NotFound)
    }
    /// The register's file of a closed period.
    fn period_register(&self, _sight: &Sight, _book: &str, _number: u32) -> Answer<String> {
        Err(Refused::NotFound)
    }
    /// A bonded document by the number that this window gave.
    fn paper(&self, _sight: &Sight, _number: &str) -> Answer<stock::Paper> {
        Err(Refused::NotFound)
    }
    /// A page of the summaries that the reader may open, after a place in the list.
    fn summaries(&self, _sight: &Sight, _after: &str, _limit: usize) -> Answer<summaries::Listed> {
        Ok(summaries::Listed::default())
    }
    /// A part of a summary of exports. `NotFound` also where the summary is another's.
    fn summary(&self, _sight: &Sight, _asked: &summaries::Asked<'_>) -> Answer<summaries::Told> {
        Err(Refused::NotFound)
    }
    /// A page of the transfers that the reader filed or carries, or of the office; a desk without bonded stock has none.
    fn transfers(&self, _sight: &Sight, _asked: &held::Asked<'_>) -> Answer<held::Listed<(String, TransitRecord)>> {
        Ok(held::Listed::default())
    }
    /// A transfer with its parcels. `NotFound` also where it is another's.
    fn transfer(&self, _sight: &Sight, _number: &str) -> Answer<held::Told> {
        Err(Refused::NotFound)
    }
    /// How far the person of the caller's account is certified.
    fn certainty(&self, _caller: &Caller) -> Answer<identity::Certainty> {
        Err(Refused::NotFound)
    }
    /// Has a verifier asked about the person of the caller's account. `Cannot` where the identity is another's, it did
    /// not fit too often today, or nobody answers.
    fn identify(
        &self,
        _caller: &Caller,
        _method: trade::account::IdentityMethod,
        _given: &identity::Given,
    ) -> Answer<trade::account::IdentityFound> {
        Err(Refused::NotFound)
    }
    /// How a party stands, or the reader's own where none is named. `NotFound` also where it is another's.
    fn standing(&self, _sight: &Sight, _code: Option<&str>) -> Answer<standing::Standing> {
        Err(Refused::NotFound)
    }
    /// Where the own receipts are brought.
    fn connected(&self, _sight: &Sight) -> Answer<Vec<connected::Connected>> {
        Ok(Vec::new())
    }
    fn hooks(&self, _sight: &Sight) -> Answer<Vec<hooks::Hook>> {
        Ok(Vec::new())
    }
    /// Has them brought to an address. `Cannot` where it is none, or there are enough.
    fn subscribe(&self, _caller: &Caller, _address: &str) -> Answer<hooks::Made> {
        Err(Refused::NotFound)
    }
    /// Ends that.
    fn unsubscribe(&self, _caller: &Caller, _number: &str) -> Answer<()> {
        Err(Refused::NotFound)
    }
    /// Requests among departments: the own department's, or about the own enterprise.
    fn requests(&self, _sight: &Sight) -> Answer<requests::Requests> {
        Ok(requests::Requests::default())
    }
    /// One of them. `NotFound` also where it is another's.
    fn request(&self, _sight: &Sight, _number: &str) -> Answer<requests::Sheet> {
        Err(Refused::NotFound)
    }
    /// Asks another department; the number of the request. `Cannot` with all that speaks against it.
    fn ask_department(&self, _caller: &Caller, _question: &requests::Question) -> Answer<String> {
        Err(Refused::NotFound)
    }
    /// Takes a statement that another body signed; `Cannot` with all that speaks against it.
    fn take_statement(&self, _caller: &Caller, _statement: &[u8]) -> Answer<statements::Taken> {
        Err(Refused::NotFound)
    }
    /// Answers or declines what the own department was asked.
    fn reply_department(&self, _caller: &Caller, _number: &str, _reply: &requests::Reply) -> Answer<()> {
        Err(Refused::NotFound)
    }
    /// The newest receipt of a request, and its proof.
    fn request_receipt(&self, _sight: &Sight, _number: &str) -> Answer<(Receipt, Vec<u8>)> {
        Err(Refused::NotFound)
    }
    /// A page of decisions about what is no list: the own that stand, for officials those whose appeals wait.
    fn rulings(&self, _sight: &Sight, _asked: &held::Asked<'_>) -> Answer<held::Listed<rulings::Line>> {
        Ok(held::Listed::default())
    }
    /// Such a decision with its story. `NotFound` also where it is another's.
    fn ruling(&self, _sight: &Sight, _key: &str) -> Answer<rulings::Sheet> {
        Err(Refused::NotFound)
    }
    /// What lies in central return warehouses.
    fn room(&self, _sight: &Sight, _asked: &held::Asked<'_>) -> Answer<held::Listed<held::RoomRow>> {
        Ok(held::Listed::default())
    }
    /// Returns of exports with their tally.
    fn backs(&self, _sight: &Sight, _asked: &held::Asked<'_>) -> Answer<held::Listed<held::BackRow>> {
        Ok(held::Listed::default())
    }
    /// What one person may buy by the law of today; `None` where none is adopted.
    fn limits(&self) -> Option<law::Limits> {
        None
    }
    /// What the adopted law will change after today for the goods of the reader's enterprises.
    fn ahead(&self, _sight: &Sight) -> Answer<law::Ahead> {
        Ok(law::Ahead::default())
    }
    /// Sets a table of the law beside the adopted one of that name; nothing is adopted.
    fn compare_law(&self, _sight: &Sight, _file: &str, _text: &str) -> Answer<law::Compared> {
        Ok(law::Compared::default())
    }
    /// Begins to decide the journal again under drafts that differ in these limits; the number of the run.
    ///
    /// `Cannot` while another one runs.
    fn try_law(&self, _sight: &Sight, _drafts: &[law::Limits]) -> Answer<u32> {
        Err(Refused::NotFound)
    }
    /// The newest runs first.
    fn trials(&self, _sight: &Sight) -> Answer<Vec<law::Trial>> {
        Ok(Vec::new())
    }
    fn trial(&self, _sight: &Sight, _number: u32) -> Answer<law::Trial> {
        Err(Refused::NotFound)
    }
    fn cancel_trial(&self, _sight: &Sight, _number: u32) -> Answer<()> {
        Err(Refused::NotFound)
    }
    /// The JSON of `onewindow explain`.
    fn explain(&self, sight: &Sight, key: &str) -> Answer<serde_json::Value>;
    fn journal(&self, sight: &Sight, before: Option<u64>, limit: usize) -> Answer<Vec<Entry>>;
    /// Alarms before the one with a case number, the newest first; all where it is none.
    fn alarms(&self, _sight: &Sight, _before: &str, _limit: usize) -> Answer<Vec<AlarmLine>> {
        Ok(Vec::new())
    }
    /// Somebody has looked into an alarm and says what came of it; the entry.
    ///
    /// `Cannot` where there is no such alarm, or it is settled.
    fn settle_alarm(&self, _caller: &Caller, _case: &str, _words: &str) -> Answer<u64> {
        Err(Refused::NotFound)
    }
    /// How many there were in the last seven days that nobody has settled; nothing of them is shown.
    fn alarms_lately(&self) -> Answer<u64> {
        Ok(0)
    }

    /// What was told as overdue, the newest first.
    fn overdue(&self, _sight: &Sight, _limit: usize) -> Answer<Vec<OverdueLine>> {
        Ok(Vec::new())
    }
    /// How many documents are overdue now; nothing of them is shown.
    fn overdue_now(&self) -> Answer<u64> {
        Ok(0)
    }

    /// The table of rights that is in force.
    fn rights(&self) -> Arc<Rights>;
    /// Officials' looks at the caller's enterprises, or all looks where the right reaches over the zone; newest first.
    fn looks(&self, sight: &Sight, unusual: bool, before: Option<u64>, limit: usize) -> Answer<Vec<LookLine>>;
    /// Officials' looks at a parcel, for the person who bought it: who knows a number of the parcel and the number of
    /// the buyer's identity document.
    ///
    /// `NotFound` where the two do not belong together, whatever the reason.
    fn looks_of_person(&self, key: &str, identity: &str) -> Answer<Vec<LookLine>>;

    /// Reads a message as intake would, keeps nothing.
    fn check(&self, bytes: &[u8], mode: Mode) -> Checked;
    /// Checks a receipt and its proof with this window's public key, without looking into the journal.
    fn verify(&self, receipt: &[u8], proof: &[u8]) -> Verified;
}
