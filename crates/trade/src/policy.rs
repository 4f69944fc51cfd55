//! The law as dated data: which row holds on a day, and where it stands.
//!
//! A policy is a folder of tables (see `policy/README.md` in the repository). It is loaded whole or not at all, and
//! then answers by day, with the clause; it never asks what day it is. How a clause is read is code in the files
//! beside this one, one subject each.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::exact::Fraction;
use crate::money::{Fen, Quantity};
use crate::packed_names;
use crate::time::Day;

pub mod access;
pub mod ahead;
pub mod appeals;
pub mod articles;
pub mod bans;
pub mod bodies;
pub mod conditions;
pub mod deduction;
pub mod diff;
pub mod exemption;
pub mod export;
pub mod export_returns;
pub mod hygiene;
pub mod inspection;
pub mod limits;
mod load;
pub mod masking;
pub mod positive_list;
pub mod returns;
pub mod rights;
pub mod risk;
pub mod roles;
pub mod sharing;
pub mod standing;
pub mod tariff;
#[cfg(test)]
mod tests;

pub use bans::Ban;
pub use conditions::{Condition, Need};
pub use limits::{Excess, Limits, Relief};
pub use load::PolicyFault;
pub use positive_list::Positive;
pub use returns::Returns;
pub use rights::Rights;
pub use risk::RiskRule;
pub use tariff::TariffRow;

use load::{Between, Cells, Reader};

/// The edition of the readings of the clauses (DESIGN 4): an entry names it, a corrected reading gets the next one.
pub const READINGS: u16 = 1;

packed_names! {
    /// How sure we are of a row.
    pub enum Mark {
        1 => Sure "sure",
        2 => FairlySure "fairly-sure",
        /// To be read in the official text before a person relies on it.
        3 => Check "check",
        /// Not law: a convention of this project.
        4 => Ours "ours",
        /// Invented, for trying the program.
        5 => Sample "sample",
    }
}

/// A value, the days on which it holds, and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Row<V> {
    /// Its line in the table's file.
    pub line: u32,
    pub from: Day,
    /// The last day; `None` while it is in force.
    pub until: Option<Day>,
    /// The day from which it was known, where it was published after its first day.
    pub known_from: Option<Day>,
    /// Source, number, article: `财关税〔2018〕49号 一 (T49 1)`.
    pub clause: String,
    pub mark: Mark,
    /// What is doubtful about the row.
    pub note: String,
    pub value: V,
}

/// The rows of one matter in order of time; no two hold on the same day.
#[derive(Clone, Debug, PartialEq)]
pub struct Dated<V> {
    rows: Vec<Row<V>>,
}

impl<V> Dated<V> {
    /// The row that holds on `day`.
    pub fn on(&self, day: Day) -> Option<&Row<V>> {
        let after = self.rows.partition_point(|row| row.from <= day);
        let row = self.rows.get(after.checked_sub(1)?)?;
        (row.until.is_none_or(|until| day <= until)).then_some(row)
    }

    /// All rows, oldest first.
    pub fn rows(&self) -> &[Row<V>] {
        &self.rows
    }
}

packed_names! {
    /// Single values of the law and of this project; the name is the key in `parameters.toml`.
    pub enum Parameter {
        /// How long a list waits for its three documents.
        1 => MatchWaitHours "import.match_wait_hours",
        /// `declTime` may differ from the day of acceptance by so many days (R20).
        2 => DeclarationToleranceDays "import.declaration_tolerance_days",
        /// The larger of the two is the difference of weights that stops nothing (M13).
        3 => WeightToleranceKg "match.weight_tolerance_kg",
        4 => WeightToleranceRate "match.weight_tolerance_rate",
        /// Weight in statutory kilograms against net weight (R14).
        5 => NetWeightToleranceRate "import.net_weight_tolerance_rate",
        6 => WaybillReuseMonths "waybill.reuse_months",
        /// Days after release on which the summary tax bill is paid.
        7 => TaxPayFirstDay "import.tax_pay_first_day",
        8 => TaxPayLastDay "import.tax_pay_last_day",
        /// Per day of delay (滞纳金).
        9 => LateSurchargeRate "import.late_surcharge_rate",
        /// By how many fen a line and tax a declared tax may differ from ours.
        10 => TaxDifferenceFen "import.tax_difference_fen",
        /// Younger buyers are accepted but scored.
        11 => AdultAge "import.adult_age",
        /// Amounts under one list of purchase data are kept so many years.
        12 => TradeRecordYears "records.trade_years",
        /// Points of risk from which a person looks at a parcel, and from which it is inspected.
        13 => RiskReviewPoints "risk.review_points",
        14 => RiskInspectPoints "risk.inspect_points",
        /// 1 where a platform must have opened its interface for original payment data (M17).
        15 => PlatformConnected "import.platform_connected",
        /// A look at so many records needs the number of a case.
        40 => LookBulkFrom "looks.bulk_from",
        /// More parcels opened, or records listed, by one official in a day are unusual.
        41 => LookUnusualOpened "looks.unusual_opened",
        42 => LookUnusualListed "looks.unusual_listed",
        /// By how much the scales of a gate may differ from the pass (rules.md 7.3).
        16 => GateToleranceRate "bonded.gate_tolerance_rate",
        /// Days from the arrival of the transport within which goods that entered first are declared (7.4).
        17 => DeclareDays "bonded.declare_days",
        /// Days after which something in flight is a finding (7.7).
        18 => InFlightDays "bonded.in_flight_days",
        /// The months that a period of an account book has at most (7.6); absent, books have no periods.
        19 => PeriodMonths "bonded.period_months",
        /// The most that a ticket of export may be worth that goes by a short form (R42).
        20 => ExportTicketLimit "export.simple_ticket_limit",
        /// Day of the next month by which closed lists are declared in summary (rules.md 6.2).
        21 => SummaryDay "export.summary_day",
        /// Lines of one declaration.
        22 => SummaryLines "export.summary_lines",
        /// 1 where an export list needs a receipt of payment (403).
        23 => ReceiptRequired "export.receipt_of_payment_required",
        /// Exported goods may come back for so many months (A44), and for so many bear no tax (X16).
        24 => ExportReturnMonths "export.return_limit_months",
        25 => ExportReturnTaxFreeMonths "export.return_months_tax_free",
        /// Income tax of exempt exports: deemed income, small profits, the ordinary rate, and Hainan's (rules.md 6.6).
        26 => CitDeemedRate "cit.deemed_rate",
        27 => CitSmallProfitLimit "cit.small_profit_limit",
        28 => CitSmallProfitRate "cit.small_profit_rate",
        29 => CitRate "cit.rate",
        30 => CitEncouragedRate "cit.encouraged_rate",
        /// Personal articles (rules.md 3.8): a tax up to this is free; what a parcel may be worth.
        31 => ArticlesTaxFree "articles.tax_free",
        32 => ArticlesLimitNear "articles.value_limit_hk_mo_tw",
        33 => ArticlesLimit "articles.value_limit",
        /// 1 where retail exports are exempt without invoice (T103).
        34 => ExemptWithoutInvoice "export.exempt_without_invoice",
        /// Appeals: days to appeal, to decide, and to go to court after that (`policy::appeals`). Where the law has no
        /// days there are no appeals.
        50 => AppealFileDays "appeal.file_days",
        51 => AppealDecideDays "appeal.decide_days",
        52 => AppealCourtDays "appeal.court_days",
        /// So many persons adopt a policy together: one, or two. Absent, one.
        53 => AdoptionPersons "policy.adoption_persons",
        /// 1 where officials sign in with a second factor. Absent, or in a sandbox, it is asked of those who set one up.
        54 => SecondFactor "sign_in.second_factor",
        /// So many administrators give an official a new password. Absent, one.
        55 => RecoveryPersons "access.recovery_persons",
        /// Lists of export may be appealed too; without it they are judged as before it was a row.
        56 => AppealExports "appeal.exports",
        /// 1 where returned parcels of bonded retail may be gathered in a central return warehouse (A70).
        60 => CentralReturns "returns.central",
        /// 1 where a verification list names the place at which goods come in that need one for their kind (8.3).
        65 => PlaceOnList "bonded.place_on_list",
        /// The days within which a bonded transfer arrives (5.4). Absent, nobody is told.
        66 => TransferDays "bonded.transfer_days",
        /// 1 where each open document of a book is a record of its own. Absent, they stand in one of the book.
        67 => OpenDocumentsChained "bonded.open_documents_chained",
        /// 1 where answers bear the name of what they answer or tell. Absent, one name serves for all of a document.
        68 => ReceiptsByEvent "bonded.receipts_by_event",
        /// 1 where a customs transfer names the result of quarantine at the port, and goods whose vehicle an official has
        /// to look at do not go on (8.2, 8.4).
        69 => QuarantineAtPort "bonded.quarantine_at_port",
        /// 1 where the quantities of a summary are compared with its results too, not its values and lines alone.
        70 => SummaryQuantities "export.summary_quantities",
        /// 1 where a form keeps account of its slips: they are chained and may be deleted, draw on its guarantee, and what is
        /// open after its last day can be settled (7.1).
        71 => FormAccounts "bonded.form_accounts",
        /// Goods that went out to be declared together later are, by the end of the so manieth month after, and not over the
        /// year (5.4). Absent, the last day of their form is all that binds.
        73 => BatchMonths "bonded.batch_months",
        /// 1 where opening stock may be reversed (F), and is registered otherwise only until goods of the item have moved.
        74 => OpeningStock "bonded.opening_stock",
        /// 1 where refused returns may be appealed, and where the tax of a released list may; without the row they are
        /// judged as before it was one.
        80 => AppealReturns "appeal.returns",
        81 => AppealTax "appeal.tax",
        /// Days after a won appeal within which the goods of a return may still come.
        82 => AppealReturnDays "appeal.return_days",
        /// 1 where tax is paid before an appeal about it.
        83 => AppealTaxPaid "appeal.tax_paid_first",
        /// So many officers release a parcel that was held for manual review (人工审核). Absent, one.
        84 => ReviewPersons "review.persons",
        /// What the zone promises (服务承诺): 95 of 100 receipts are given, and 95 of 100 pages shown, within so long.
        85 => ReceiptPromise "service.receipt_p95_ms",
        86 => PagePromise "service.page_p95_ms",
        /// 1 where the consent to a sale inside China says what is owed (7.6).
        87 => DomesticTax "bonded.domestic_tax",
        /// 1 where orders to send back a released parcel, or one under a master bill, may be appealed.
        94 => AppealSentBackLate "appeal.sent_back_late",
        /// 1 where what a payment bore for being late (滞纳金) is paid back with the tax that was too high.
        95 => AppealSurcharge "appeal.surcharge",
        /// 1 where refused bonded documents may be appealed.
        96 => AppealBonded "appeal.bonded",
        /// 1 where what personal articles came to may be, and refused filings of goods.
        97 => AppealArticles "appeal.articles",
        98 => AppealFilings "appeal.filings",
        /// So often a day a person may not fit before verifiers are asked no more. Absent, as often as one likes.
        99 => IdentityTries "identity.tries",
        /// What a verifier said counts so many months. Absent, without end.
        100 => IdentityMonths "identity.valid_months",
        /// Days after a small transfer within which its amount is said back. Absent, without end.
        101 => AccountDays "account.answer_days",
        /// Wrong answers that end the check of an account. Absent, none does.
        102 => AccountTries "account.tries",
        /// What was found of a bank account counts so many months. Absent, without end.
        103 => AccountMonths "account.valid_months",
        /// Working days in which a department answers another: about a shared fact, about help. Absent, there is no clock.
        104 => SharingDays "sharing.answer_days",
        105 => AssistanceDays "assistance.answer_days",
        /// 1 where the review of a filing of goods is answered with a receipt. Absent, there is none.
        110 => FilingReceipts "filing.receipts",
    }
}

impl Parameter {
    /// The unit that its rows must state.
    pub fn unit(self) -> &'static str {
        match self {
            Parameter::MatchWaitHours => "hours",
            Parameter::DeclarationToleranceDays => "days",
            Parameter::WeightToleranceKg => "kg",
            Parameter::WeightToleranceRate | Parameter::NetWeightToleranceRate | Parameter::GateToleranceRate => {
                "share"
            }
            Parameter::DeclareDays | Parameter::InFlightDays | Parameter::TransferDays => "days",
            Parameter::AdoptionPersons | Parameter::RecoveryPersons | Parameter::ReviewPersons => "persons",
            Parameter::AppealFileDays | Parameter::AppealDecideDays | Parameter::AppealCourtDays => "days",
            Parameter::PeriodMonths | Parameter::BatchMonths => "months",
            Parameter::IdentityMonths | Parameter::AccountMonths => "months",
            Parameter::IdentityTries | Parameter::AccountTries => "tries",
            Parameter::AccountDays => "days",
            Parameter::SharingDays | Parameter::AssistanceDays => "working days",
            Parameter::AppealReturnDays => "days",
            Parameter::WaybillReuseMonths | Parameter::ExportReturnMonths | Parameter::ExportReturnTaxFreeMonths => {
                "months"
            }
            Parameter::TaxPayFirstDay | Parameter::TaxPayLastDay => "day after release",
            Parameter::LateSurchargeRate => "share per day",
            Parameter::TaxDifferenceFen => "fen",
            Parameter::AdultAge | Parameter::TradeRecordYears => "years",
            Parameter::RiskReviewPoints | Parameter::RiskInspectPoints => "points",
            Parameter::SecondFactor => "0 or 1",
            Parameter::PlatformConnected | Parameter::ReceiptRequired | Parameter::ExemptWithoutInvoice => "0 or 1",
            Parameter::AppealReturns | Parameter::AppealTax | Parameter::AppealTaxPaid => "0 or 1",
            Parameter::AppealExports
            | Parameter::AppealSentBackLate
            | Parameter::AppealSurcharge
            | Parameter::AppealBonded
            | Parameter::AppealArticles
            | Parameter::AppealFilings
            | Parameter::FilingReceipts
            | Parameter::CentralReturns
            | Parameter::PlaceOnList
            | Parameter::OpeningStock
            | Parameter::DomesticTax
            | Parameter::FormAccounts
            | Parameter::SummaryQuantities => "0 or 1",
            Parameter::OpenDocumentsChained | Parameter::ReceiptsByEvent | Parameter::QuarantineAtPort => "0 or 1",
            Parameter::LookBulkFrom | Parameter::LookUnusualOpened | Parameter::LookUnusualListed => "records",
            Parameter::ExportTicketLimit | Parameter::CitSmallProfitLimit => "fen",
            Parameter::ArticlesTaxFree | Parameter::ArticlesLimitNear | Parameter::ArticlesLimit => "fen",
            Parameter::CitDeemedRate | Parameter::CitSmallProfitRate => "share",
            Parameter::CitRate | Parameter::CitEncouragedRate => "share",
            Parameter::SummaryDay => "day of month",
            Parameter::SummaryLines => "lines",
            Parameter::ReceiptPromise | Parameter::PagePromise => "ms",
        }
    }

    /// True for what policies adopted by older programs do not have: absent, it asks for nothing, or whoever asks knows
    /// what is usual.
    fn may_be_absent(self) -> bool {
        use Parameter::{DeclareDays, GateToleranceRate, InFlightDays, PeriodMonths, PlatformConnected};
        use Parameter::{ExportReturnMonths, ExportReturnTaxFreeMonths};
        use Parameter::{ExportTicketLimit, ReceiptRequired, SummaryDay, SummaryLines};
        use Parameter::{LookBulkFrom, LookUnusualListed, LookUnusualOpened};
        matches!(self, PlatformConnected | GateToleranceRate | DeclareDays | InFlightDays | PeriodMonths)
            || matches!(self, LookBulkFrom | LookUnusualOpened | LookUnusualListed)
            || matches!(self, ExportTicketLimit | SummaryDay | SummaryLines | ReceiptRequired)
            || matches!(self, ExportReturnMonths | ExportReturnTaxFreeMonths)
            || matches!(self.number(), 26..=34 | 50..=56 | 60..=74 | 80..=87 | 94..=105 | 110)
    }

    /// True where only a whole number makes sense.
    fn is_whole(self) -> bool {
        !matches!(
            self,
            Parameter::WeightToleranceKg
                | Parameter::WeightToleranceRate
                | Parameter::NetWeightToleranceRate
                | Parameter::LateSurchargeRate
                | Parameter::GateToleranceRate
                | Parameter::CitDeemedRate
                | Parameter::CitSmallProfitRate
                | Parameter::CitRate
                | Parameter::CitEncouragedRate
        )
    }
}

/// What the zone tells everybody, in both languages: title and text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notice {
    pub zh: String,
    pub en: String,
    pub text_zh: String,
    pub text_en: String,
}

/// Something with a code and a name in both languages: a unit, currency, country.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub zh: String,
    /// Empty where we know no English name.
    pub en: String,
}

/// A supervision mode (监管方式).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TradeMode {
    pub name: Named,
    pub kind: ModeKind,
}

/// What a mode is to retail import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModeKind {
    /// Direct purchase: manifest instead of account book (9610).
    Direct,
    /// From the account book of a special area (1210, 1239).
    Bonded,
    /// Not a mode of retail import.
    Other,
}

/// A customs office (关区).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Office {
    pub name: Named,
    /// A district head: a declaration names an office, not the district.
    pub is_district: bool,
    /// Modes of retail import that the office handles.
    pub modes: Vec<String>,
    /// GB/T 2260 code of its city, empty where unknown.
    pub city: String,
}

/// A day that is not what its weekday says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Special {
    Holiday,
    /// A Saturday or Sunday that is worked on instead.
    WorkDay,
}

/// Everything that the rules know as data.
#[derive(Debug)]
pub struct Policy {
    parameters: Vec<Option<Dated<Fraction>>>,
    limits: Dated<Limits>,
    relief: Dated<Relief>,
    returns: Dated<Returns>,
    tariff: HashMap<Digits, Dated<TariffRow>>,
    positive: HashMap<Digits, Dated<Positive>>,
    rights: Arc<Rights>,
    bans: bans::Bans,
    mail: bans::Bans,
    inspection: inspection::Inspection,
    recognition: inspection::Recognition,
    conditions: conditions::Conditions,
    roles: roles::Roles,
    access: access::Access,
    sharing: sharing::Sharing,
    bodies: bodies::Bodies,
    masking: masking::Masking,
    deduction: deduction::Deduction,
    export: export::Export,
    articles: HashMap<String, Dated<articles::Band>>,
    risk: risk::RiskRules,
    pilots: HashMap<String, Dated<Named>>,
    offices: HashMap<String, Dated<Office>>,
    trade_modes: HashMap<String, Dated<TradeMode>>,
    currencies: HashMap<String, Dated<Named>>,
    units: HashMap<String, Dated<Named>>,
    countries: HashMap<String, Dated<Named>>,
    guarantee_kinds: HashMap<String, Dated<Named>>,
    calendar: HashMap<String, Dated<Special>>,
    samples: usize,
}

/// A code of digits as a number, with its length, so that `01` and `1` differ: quick to hash and to compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Digits {
    number: u64,
    len: u8,
}

impl Digits {
    fn of(text: &str) -> Option<Digits> {
        if text.is_empty() || text.len() > 15 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let number = text.bytes().fold(0, |n, b| n * 10 + u64::from(b - b'0'));
        Some(Digits { number, len: text.len() as u8 })
    }

    /// Its first `n` digits as a number, or all of it.
    fn first(self, n: u8) -> u64 {
        self.number / 10u64.pow(u32::from(self.len.saturating_sub(n)))
    }

    fn begins_with(self, text: &str) -> bool {
        Digits::of(text).is_some_and(|head| head.len <= self.len && self.first(head.len) == head.number)
    }
}

impl std::fmt::Display for Digits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:0width$}", self.number, width = usize::from(self.len))
    }
}

macro_rules! sample {
    ($($name:literal)*) => {
        /// The copy of `policy/` that a new zone adopts: file names and contents.
        pub const SAMPLE: &[(&str, &str)] =
            &[$(($name, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../policy/", $name)))),*];
    };
}

sample! {
    "access.csv" "article_rates.csv" "bans.csv" "bodies.csv" "calendar.csv" "conditions.csv" "countries.csv" "currencies.csv"
    "deduction.csv" "export_goods.csv" "export_measures.csv" "export_rates.csv" "food_chapters.csv" "guarantee_kinds.csv"
    "inspection.csv" "inspection_needs.csv" "limits.toml" "mail.csv" "masking.csv" "notices.csv" "offices.csv" "parameters.toml"
    "pilots.csv" "positive_list.csv" "recognition.csv" "relief.toml" "returns.toml" "rights.csv" "risk.csv" "roles.csv"
    "sharing.csv" "tariff.csv" "trade_modes.csv" "units.csv"
}

/// The rights of a zone that has adopted none.
pub const RIGHTS: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../policy/rights.csv"));

/// The rows of a code table on a day, in order of their codes.
fn listed(table: &HashMap<String, Dated<Named>>, day: Day) -> Vec<(&str, &Named)> {
    let mut all: Vec<(&str, &Named)> =
        table.iter().filter_map(|(code, rows)| Some((code.as_str(), &rows.on(day)?.value))).collect();
    all.sort_unstable_by_key(|(code, _)| *code);
    all
}

impl Policy {
    /// Loads the tables from `(file name, content)`; other files than `.toml` and `.csv` are passed over.
    ///
    /// # Errors
    /// All faults at once, in order of file and line.
    pub fn load<N: AsRef<str>, T: AsRef<str>>(files: &[(N, T)]) -> Result<Policy, Vec<PolicyFault>> {
        let mut files: BTreeMap<&str, &str> = files.iter().map(|(n, t)| (n.as_ref(), t.as_ref())).collect();
        // Policies adopted by older programs have no rights of their own.
        files.entry("rights.csv").or_insert(RIGHTS);
        let mut reader = Reader::new(files);
        let r = &mut reader;
        let mut policy = Policy {
            parameters: load_parameters(r),
            limits: single(r, "limits.toml", limits::COLUMNS, limits::read_limits),
            relief: single(r, "relief.toml", limits::RELIEF_COLUMNS, limits::read_relief),
            returns: single(r, "returns.toml", returns::COLUMNS, returns::read),
            tariff: r.table("tariff.csv", tariff::COLUMNS, Between::NoGap, tariff::read),
            positive: r.table("positive_list.csv", positive_list::COLUMNS, Between::GapAllowed, positive_list::read),
            rights: Arc::new(rights::load(r)),
            bans: bans::load(r, "bans.csv"),
            mail: bans::load(r, bans::MAIL),
            inspection: inspection::load(r),
            recognition: inspection::load_recognition(r),
            conditions: conditions::load(r),
            roles: roles::load(r),
            access: access::load(r),
            sharing: sharing::load(r),
            bodies: bodies::load(r),
            masking: masking::load(r),
            deduction: deduction::load(r),
            export: export::load(r),
            articles: articles::load(r),
            risk: risk::load(r),
            pilots: r.table("pilots.csv", &["city", "zh", "en"], Between::GapAllowed, |c| named(c, "city")),
            offices: r.table(
                "offices.csv",
                &["code", "zh", "en", "kind", "modes", "city"],
                Between::GapAllowed,
                office,
            ),
            trade_modes: r.table("trade_modes.csv", &["code", "zh", "en", "kind"], Between::GapAllowed, trade_mode),
            currencies: r
                .table("currencies.csv", &["code", "zh", "en", "iso"], Between::GapAllowed, |c| named(c, "code")),
            units: r.table("units.csv", &["code", "zh", "en"], Between::GapAllowed, |c| named(c, "code")),
            countries: r
                .table("countries.csv", &["code", "zh", "en", "iso"], Between::GapAllowed, |c| named(c, "code")),
            guarantee_kinds: r
                .table("guarantee_kinds.csv", &["code", "zh", "en"], Between::GapAllowed, |c| named(c, "code")),
            calendar: r.table("calendar.csv", &["day", "kind", "zh", "en"], Between::GapAllowed, special),
            samples: 0,
        };
        if r.has("notices.csv") {
            // No rule reads them: whoever shows them takes the rows of the day (`standing`).
            r.table("notices.csv", &["number", "zh", "en", "text_zh", "text_en"], Between::GapAllowed, notice);
        }
        policy.samples = r.samples;
        policy.cross_check(r);
        reader.finish().map(|()| policy)
    }

    /// What a zone knows before it has adopted anything: no rule at all.
    pub fn none() -> Policy {
        Policy {
            parameters: Vec::new(),
            limits: Dated { rows: Vec::new() },
            relief: Dated { rows: Vec::new() },
            returns: Dated { rows: Vec::new() },
            tariff: HashMap::new(),
            positive: HashMap::new(),
            rights: Arc::default(),
            bans: bans::Bans::default(),
            mail: bans::Bans::default(),
            inspection: inspection::Inspection::default(),
            recognition: inspection::Recognition::default(),
            conditions: conditions::Conditions::default(),
            roles: roles::Roles::default(),
            access: access::Access::default(),
            sharing: sharing::Sharing::default(),
            bodies: bodies::Bodies::default(),
            masking: masking::Masking::default(),
            deduction: deduction::Deduction::default(),
            export: export::Export::default(),
            articles: HashMap::new(),
            risk: risk::RiskRules::default(),
            pilots: HashMap::new(),
            offices: HashMap::new(),
            trade_modes: HashMap::new(),
            currencies: HashMap::new(),
            units: HashMap::new(),
            countries: HashMap::new(),
            guarantee_kinds: HashMap::new(),
            calendar: HashMap::new(),
            samples: 0,
        }
    }

    /// The sample policy.
    pub fn sample() -> Policy {
        Policy::load(SAMPLE).expect("a test loads the sample policy")
    }

    /// How many rows are invented samples, and no law.
    pub fn samples(&self) -> usize {
        self.samples
    }

    /// A single value of the day.
    pub fn parameter(&self, parameter: Parameter, day: Day) -> Option<&Row<Fraction>> {
        self.parameters.get(usize::from(parameter.number()))?.as_ref()?.on(day)
    }

    /// The bands of personal articles that hold on `day`, by name.
    pub fn article_bands(&self, day: Day) -> Vec<(String, articles::Band)> {
        let on = |(band, rows): (&String, &Dated<articles::Band>)| Some((band.clone(), rows.on(day)?.value.clone()));
        let mut all: Vec<_> = self.articles.iter().filter_map(on).collect();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all
    }

    /// The band of personal articles of a day.
    pub fn article_band(&self, band: &str, day: Day) -> Option<&Row<articles::Band>> {
        self.articles.get(band)?.on(day)
    }

    /// A single value of the day that is a whole number (hours, days, months, fen).
    pub fn whole(&self, parameter: Parameter, day: Day) -> Option<i64> {
        self.parameter(parameter, day)?.value.as_whole()
    }

    /// What one person may buy by retail import (T18, T49).
    pub fn limits(&self, day: Day) -> Option<&Row<Limits>> {
        self.limits.on(day)
    }

    /// What is levied within the limits (T18).
    pub fn relief(&self, day: Day) -> Option<&Row<Relief>> {
        self.relief.on(day)
    }

    /// Until when a released parcel may go back (A45 and before). The day is that of release.
    pub fn returns(&self, day: Day) -> Option<&Row<Returns>> {
        self.returns.on(day)
    }

    /// Who may do what.
    pub fn rights(&self) -> &Arc<Rights> {
        &self.rights
    }

    /// The tariff row of a ten-digit code.
    pub fn tariff(&self, hs10: &str, day: Day) -> Option<&Row<TariffRow>> {
        self.tariff.get(&Digits::of(hs10)?)?.on(day)
    }

    /// The positive list's row for the first eight digits of `hs` (eight or ten digits).
    pub fn positive(&self, hs: &str, day: Day) -> Option<&Row<Positive>> {
        self.positive.get(&Digits::of(hs.get(..8)?)?)?.on(day)
    }

    /// The ban that stops goods of `hs` and origin `country` (customs code), the widest one first.
    pub fn ban(&self, hs: &str, country: &str, day: Day) -> Option<&Row<Ban>> {
        self.bans.on(hs, country, day)
    }

    /// The row of the catalogue by which such goods may not come in by mail or in a parcel.
    pub fn mail_ban(&self, hs: &str, country: &str, day: Day) -> Option<&Row<Ban>> {
        self.mail.on(hs, country, day)
    }

    /// Inspection class and need of goods that enter or leave in a supervision mode.
    pub fn inspection<'p>(
        &'p self,
        hs: &'p str,
        enters: bool,
        mode: &'p str,
        day: Day,
    ) -> impl Iterator<Item = (inspection::Class, &'p Row<Option<inspection::Asked>>)> {
        self.inspection.asked(hs, enters, mode, day)
    }

    /// The row by which another office's result counts.
    pub fn recognised(&self, of: inspection::Elsewhere<'_>, day: Day) -> Option<&Row<()>> {
        self.recognition.on(of, day)
    }

    /// The law says which results count elsewhere; without it all do.
    pub fn recognition_is_law(&self) -> bool {
        self.recognition.is_law()
    }

    /// How a field of the window's data stands in the catalogue of what is shared with a department.
    pub fn share(
        &self,
        with: crate::command::ActorRole,
        of: (&str, &str),
        purpose: rights::Purpose,
        day: Day,
    ) -> sharing::Share<'_> {
        self.sharing.of(with, of, purpose, day)
    }

    /// How far a personal value is shown to whoever reads a parcel by a right of this role and purpose.
    pub fn shows(
        &self,
        role: crate::command::ActorRole,
        purpose: rights::Purpose,
        field: crate::masking::Personal,
        day: Day,
    ) -> crate::masking::Show {
        self.masking.on(role, purpose, field, day)
    }

    /// The keys by which a body's statements of this kind are recognised on a day; none where they are not.
    pub fn body_keys<'p>(
        &'p self,
        body: &'p str,
        kind: crate::statement::StatementKind,
        day: Day,
    ) -> impl Iterator<Item = &'p Row<bodies::BodyKey>> {
        self.bodies.on(body, kind, day)
    }

    /// All keys that a body ever had.
    pub fn keys_of_body<'p>(&'p self, body: &'p str) -> impl Iterator<Item = &'p bodies::BodyKey> {
        self.bodies.keys(body)
    }

    /// The list on which goods of this code and origin are not, where they are under one.
    pub fn access_missing(&self, hs: &str, country: &str, day: Day) -> Option<&Row<access::Listed>> {
        self.access.missing(hs, country, day)
    }

    /// How a verification list of a kind, direction and supervision mode changes its book.
    pub fn deduction(&self, of: [&str; 3], day: Day) -> crate::bonded::record::Mode {
        self.deduction.on(of, day).map_or_else(Default::default, |row| row.value)
    }

    /// What a role asks of an enterprise on a day.
    pub fn asked_of<'p>(
        &'p self,
        party: &crate::registry::Party,
        role: crate::registry::RoleKind,
        day: Day,
    ) -> impl Iterator<Item = &'p Row<roles::Condition>> {
        self.roles.on(party, role, day)
    }

    /// What goods of this code and origin need before they come in, by the order of the digits.
    pub fn conditions(&self, hs: &str, country: &str, day: Day) -> impl Iterator<Item = &Row<Condition>> {
        self.conditions.on(hs, country, day)
    }

    /// The risk rules of the day that meet a list, with their numbers.
    pub fn risk<'p>(
        &'p self,
        list: &crate::documents::List,
        day: Day,
    ) -> impl Iterator<Item = (&'p str, &'p Row<RiskRule>)> {
        self.risk.meeting(list, day)
    }

    /// The row that makes a city (GB/T 2260) a pilot of 1210 on the day: its own, or that of its whole province.
    pub fn pilot(&self, city: &str, day: Day) -> Option<&Row<Named>> {
        let own = self.pilots.get(city).and_then(|rows| rows.on(day));
        own.or_else(|| self.pilots.get(&format!("{}0000", city.get(..2)?))?.on(day))
    }

    pub fn office(&self, code: &str, day: Day) -> Option<&Row<Office>> {
        self.offices.get(code)?.on(day)
    }

    /// The offices that there are on the day, in no order.
    pub fn offices_on(&self, day: Day) -> impl Iterator<Item = &Office> {
        self.offices.values().filter_map(move |rows| Some(&rows.on(day)?.value))
    }

    pub fn trade_mode(&self, code: &str, day: Day) -> Option<&Row<TradeMode>> {
        self.trade_modes.get(code)?.on(day)
    }

    pub fn currency(&self, code: &str, day: Day) -> Option<&Row<Named>> {
        self.currencies.get(code)?.on(day)
    }

    pub fn unit(&self, code: &str, day: Day) -> Option<&Row<Named>> {
        self.units.get(code)?.on(day)
    }

    pub fn country(&self, code: &str, day: Day) -> Option<&Row<Named>> {
        self.countries.get(code)?.on(day)
    }

    /// The units of measurement of a day by code.
    pub fn units_on(&self, day: Day) -> Vec<(&str, &Named)> {
        listed(&self.units, day)
    }

    /// Countries and regions of a day by code.
    pub fn countries_on(&self, day: Day) -> Vec<(&str, &Named)> {
        listed(&self.countries, day)
    }

    pub fn guarantee_kind(&self, code: &str, day: Day) -> Option<&Row<Named>> {
        self.guarantee_kinds.get(code)?.on(day)
    }

    /// Monday to Friday, but for the days that the calendar names. Beyond the calendar's years only weekends rest.
    pub fn is_working_day(&self, day: Day) -> bool {
        match self.calendar.get(&day.to_string()).and_then(|rows| rows.on(day)) {
            Some(row) => row.value == Special::WorkDay,
            // 1970-01-01 was a Thursday.
            None => (day.0 + 3).rem_euclid(7) < 5,
        }
    }

    /// `day`, or the first working day after it (rules.md 3.7).
    pub fn working_day_from(&self, day: Day) -> Day {
        // The longest holiday has nine days; a calendar without an end would stop here too.
        (0..40).map(|n| day.plus(n)).find(|&day| self.is_working_day(day)).unwrap_or(day)
    }

    /// The last of so many working days after `day`, which itself does not count.
    pub fn working_days_after(&self, day: Day, days: i32) -> Day {
        (0..days).fold(day, |last, _| self.working_day_from(last.plus(1)))
    }

    /// Every tariff row, for lists and samples: ten-digit code and its rows, in order of the code.
    pub fn tariff_rows(&self) -> Vec<(String, &Dated<TariffRow>)> {
        let mut all: Vec<_> = self.tariff.iter().map(|(code, rows)| (code.to_string(), rows)).collect();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all
    }

    /// Every row of the positive list: eight-digit code and its rows, in order of the code.
    pub fn positive_rows(&self) -> Vec<(String, &Dated<Positive>)> {
        let mut all: Vec<_> = self.positive.iter().map(|(code, rows)| (code.to_string(), rows)).collect();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all
    }

    /// The codes of one table that point into another.
    fn cross_check(&self, r: &mut Reader<'_>) {
        for (hs10, rows) in self.tariff_rows() {
            for row in rows.rows() {
                for (column, unit) in [("unit1", Some(&row.value.unit1)), ("unit2", row.value.unit2.as_ref())] {
                    let Some(unit) = unit else { continue };
                    if self.unit(unit, row.from).is_none() {
                        let zh = format!("{hs10}：{} 计量单位表中没有 {unit}。", row.from);
                        r.fault(
                            "tariff.csv",
                            (row.line, column),
                            zh,
                            format!("{hs10}: no unit {unit} on {}", row.from),
                        );
                    }
                }
            }
        }
        for (hs8, rows) in self.positive_rows() {
            for row in rows.rows() {
                if let Some((_, unit)) = &row.value.year_limit
                    && self.unit(unit, row.from).is_none()
                {
                    let zh = format!("{hs8}：{} 计量单位表中没有 {unit}。", row.from);
                    r.fault(
                        "positive_list.csv",
                        (row.line, "year_unit"),
                        zh,
                        format!("{hs8}: no unit {unit} on {}", row.from),
                    );
                }
            }
        }
        for (code, rows) in &self.offices {
            for row in rows.rows() {
                for mode in &row.value.modes {
                    if !self.trade_modes.contains_key(mode) {
                        let zh = format!("{code}：监管方式表中没有 {mode}。");
                        r.fault("offices.csv", (row.line, "modes"), zh, format!("{code}: no trade mode {mode}"));
                    }
                }
            }
        }
    }
}

/// A table of one matter only.
fn single<V>(r: &mut Reader<'_>, file: &str, columns: &[&str], read: impl Fn(&mut Cells<'_>) -> Option<V>) -> Dated<V> {
    let mut all = r.table(file, columns, Between::NoGap, |cells| Some((String::from("*"), read(cells)?)));
    all.remove("*").unwrap_or(Dated { rows: Vec::new() })
}

fn load_parameters(r: &mut Reader<'_>) -> Vec<Option<Dated<Fraction>>> {
    let file = "parameters.toml";
    let keys: Vec<_> = Parameter::ALL.iter().map(|&p| (p.name(), p)).collect();
    let mut all = r.table(file, &["key", "value", "unit"], Between::NoGap, |cells| {
        let parameter = cells.one_of("key", &keys);
        let value = cells.fraction("value");
        let unit = cells.text("unit");
        let (parameter, value, unit) = (parameter?, value?, unit?);
        if unit != parameter.unit() {
            let right = parameter.unit();
            cells.fault(
                "unit",
                format!("{parameter} 的单位应为 {right}。"),
                format!("the unit of {parameter} is {right}"),
            );
            return None;
        }
        if parameter.is_whole() && value.as_whole().is_none() {
            cells.fault("value", format!("{parameter} 应为整数。"), format!("{parameter} should be a whole number"));
            return None;
        }
        let most = if parameter.unit() == "fen" { 100_000_000_000 } else { 1_000_000 };
        if value.as_whole().is_some_and(|n| !(0..=most).contains(&n)) {
            cells.fault(
                "value",
                format!("{parameter} 应在 0 与 {most} 之间。"),
                format!("{parameter} should be within 0 and {most}"),
            );
            return None;
        }
        Some((parameter, value))
    });
    let last = Parameter::ALL.iter().map(|p| usize::from(p.number())).max().unwrap_or(0);
    let mut table: Vec<Option<Dated<Fraction>>> = (0..=last).map(|_| None).collect();
    for &parameter in Parameter::ALL {
        let rows = all.remove(&parameter);
        if rows.is_none() && !parameter.may_be_absent() {
            r.fault(file, (0, ""), format!("缺少 {parameter}。"), format!("{parameter} is missing"));
        }
        table[usize::from(parameter.number())] = rows;
    }
    table
}

/// A notice of the zone (公告) under its number.
fn notice(cells: &mut Cells<'_>) -> Option<(String, Notice)> {
    let [number, zh, en] = ["number", "zh", "en"].map(|column| cells.text(column));
    let [text_zh, text_en] = ["text_zh", "text_en"].map(|column| cells.text(column));
    Some((number?, Notice { zh: zh?, en: en?, text_zh: text_zh?, text_en: text_en? }))
}

fn name(cells: &mut Cells<'_>) -> Option<Named> {
    let zh = cells.text("zh");
    let en = cells.optional("en").unwrap_or_default();
    Some(Named { zh: zh?, en })
}

fn named(cells: &mut Cells<'_>, key: &str) -> Option<(String, Named)> {
    let code = cells.text(key);
    let name = name(cells);
    Some((code?, name?))
}

fn office(cells: &mut Cells<'_>) -> Option<(String, Office)> {
    let code = cells.digits("code", 4);
    let name = name(cells);
    let is_district = cells.one_of("kind", &[("district", true), ("office", false)]);
    let modes =
        cells.optional("modes").unwrap_or_default().split(' ').filter(|m| !m.is_empty()).map(Into::into).collect();
    let city = cells.optional("city").unwrap_or_default();
    Some((code?, Office { name: name?, is_district: is_district?, modes, city }))
}

fn trade_mode(cells: &mut Cells<'_>) -> Option<(String, TradeMode)> {
    let code = cells.digits("code", 4);
    let name = name(cells);
    let kinds = [("direct", ModeKind::Direct), ("bonded", ModeKind::Bonded), ("other", ModeKind::Other)];
    let kind = cells.one_of("kind", &kinds);
    Some((code?, TradeMode { name: name?, kind: kind? }))
}

fn special(cells: &mut Cells<'_>) -> Option<(String, Special)> {
    let day = cells.day("day");
    let kind = cells.one_of("kind", &[("holiday", Special::Holiday), ("work", Special::WorkDay)]);
    Some((day?.to_string(), kind?))
}

/// The line's yearly quantity in the unit of a limit, from its statutory quantities; `None` where neither has it.
pub fn quantity_in(unit: &str, statutory: [(&str, Quantity); 2]) -> Option<Quantity> {
    statutory.into_iter().find(|(name, _)| *name == unit).map(|(_, quantity)| quantity)
}

/// Fen of a cell, not negative.
fn fen(cells: &mut Cells<'_>, name: &str) -> Option<Fen> {
    let fen = cells.whole(name)?;
    if fen < 0 {
        cells.fault(name, format!("{name} 不得为负。"), format!("{name} is negative"));
        return None;
    }
    Some(Fen(fen))
}
