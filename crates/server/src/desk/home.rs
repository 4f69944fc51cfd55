//! What somebody has before them: a person, an enterprise, a department, the zone.

use trade::record::Disowned;
use trade::time::{Day, Moment};

use super::{Appealed, Both, Fen, Reason, Receipt, Row, Rows, State, Tone};

/// What a person has before it: the parcels whose list names the own identity, and the year's allowance.
#[derive(Clone, Debug, Default)]
pub struct Person {
    pub year: i32,
    /// Of the year, by the law of today; `None` where no law of today is adopted.
    pub limit: Option<Fen>,
    /// As the counter says; the sum of what [`Own::used`] of the year's parcels say.
    pub used: Fen,
    /// Released in the year, less what was returned.
    pub tax: Fen,
    /// The newest first.
    pub parcels: Vec<Own>,
    /// There are more than are shown.
    pub more: bool,
}

/// A person's own parcel.
#[derive(Clone, Debug)]
pub struct Own {
    pub row: Row,
    pub seller: String,
    /// The year whose allowance it takes.
    pub year: i32,
    /// What it takes of that; nothing while it is disowned.
    pub used: Fen,
    pub disowned: Option<Disowned>,
    /// The person may say that it was somebody else's purchase.
    pub may_disown: bool,
    /// The newest appeal, and whether one may be made.
    pub appeal: Option<Appealed>,
    pub may_appeal: bool,
}

/// A filing of goods (商品备案) with its pictures.
#[derive(Clone, Debug, Default)]
pub struct Filing {
    pub row: trade::registry::GoodsRow,
    /// An official has refused it: when, by whom, and what was written with it.
    pub refused: Option<(Moment, String, String)>,
    /// The receipt of its review, by its place in the journal: approved, it is its certificate.
    pub receipt: Option<(u64, u32)>,
    pub attached: Vec<trade::record::Attached>,
}

/// A page of them.
#[derive(Clone, Debug, Default)]
pub struct Filings {
    pub rows: Vec<Filing>,
    /// Of all pages; for an official those that are shown.
    pub total: u64,
    /// The place after which the next page begins.
    pub next: Option<String>,
}

/// A home page that is figures and tables: a department's, or the zone's. All words are keys of the text tables.
#[derive(Clone, Debug, Default)]
pub struct Board {
    pub figures: Vec<(&'static str, Cell)>,
    pub tables: Vec<BoardTable>,
    /// Cities (GB/T 2260) with an office, and how many lists were released there this month: the map over the table
    /// `offices`.
    pub cities: Vec<(String, u64)>,
}

/// A table of a board: `board.NAME` is its title, `board.NAME.note` what it shows and in which order.
#[derive(Clone, Debug)]
pub struct BoardTable {
    pub name: &'static str,
    /// `board.col.…`
    pub columns: Vec<&'static str>,
    pub rows: Vec<Vec<Cell>>,
    /// On which grounds it is shared with the reader, and from which days.
    pub grounds: Vec<(String, Day)>,
}

/// What stands in a cell of a board, or as a figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    Text(Both),
    Code(String),
    Count(u64),
    Money(Fen),
    Span(u64),
    On(Day),
    /// A key of the text tables, and its tone.
    Word(&'static str, Tone),
    Empty,
}

/// What an enterprise has before it: lists in which it is seller or declarant, receipts, money.
#[derive(Clone, Debug, Default)]
pub struct Company {
    /// Lists by state.
    pub counts: Vec<(State, u64)>,
    /// The newest that stand refused.
    pub refused: Rows,
    /// What was told about lists that stand refused, the most frequent first; a list may have several reasons.
    pub reasons: Vec<Reason>,
    /// The newest first.
    pub receipts: Vec<Receipt>,
    pub guarantees: Vec<Held>,
    /// By day of release, the newest first.
    pub bills: Vec<Bills>,
    /// Exports by tax treatment, the newest month first.
    pub exports: Vec<window::ExportMonth>,
}

/// A guarantee (税款担保) in one customs district: free = limit - reserved - due.
#[derive(Clone, Debug)]
pub struct Held {
    pub code: String,
    pub district: String,
    pub limit: Fen,
    /// From match to release.
    pub reserved: Fen,
    /// Released, not paid.
    pub due: Fen,
    pub free: Fen,
}

/// The tax bills of one office and day of release.
#[derive(Clone, Debug)]
pub struct Bills {
    pub office: String,
    pub released_on: Day,
    pub count: u32,
    /// The payment that they are summed up in, from day 31.
    pub payment: Option<Payment>,
}

/// A summary payment (汇总缴税).
#[derive(Clone, Debug)]
pub struct Payment {
    pub number: String,
    pub amount: Fen,
    pub due_on: Day,
    pub paid_on: Option<Day>,
    pub overdue: bool,
    pub surcharge: Fen,
}
