//! A period of an account book (核销周期) and its end (期末结转): what stood at the end of its last day, item by item, and
//! the register of it, which a statement with a hash over the rows proves.
//!
//! What is closed is what had moved until the last day was over. Movements are dated by the journal, which never goes
//! back, so nothing can come into a day that is over: a document about such a day moves today, with a remark. The
//! figures of a day that is over are those of now less what moved since ([`AsOf`]).

use super::Kind;
use super::ledger::{Ledger, Move, Movement};
use super::record::State;
use crate::command::Position;
use crate::key::{Facts, Key, MovementKey, Pair, read};
use crate::money::{Fen, Quantity, SCALE};
use crate::pack::Text;
use crate::packed;
use crate::record::Stock;
use crate::register;
use crate::time::{Day, Moment};

packed! {
    /// `Key::Periods`: the items of a book in the order in which they came, what is open, and how far it is closed.
    pub struct Periods {
        /// Items; each stands under its place, from 1.
        1 => pub items: u64,
        /// The last day of the newest closed period.
        2 => pub closed: Option<Day>,
        /// How many periods are closed.
        3 => pub number: u32,
        /// A closing is under way.
        4 => pub running: bool,
        /// What keeps the days since it was filed from being closed: of laws that did not chain it ([`OpenDocument`]).
        5 => pub open: Vec<Open>,
        /// The oldest and the newest open document of the chain; empty where there is none.
        6 => pub oldest: Text,
        7 => pub newest: Text,
    }
}

packed! {
    /// `Key::OpenDocument`: an open document of a book, and the numbers of those that were filed before and after it. It
    /// goes when the document is finished, so no record grows with what is open.
    pub struct OpenDocument {
        1 => pub open: Open,
        2 => pub before: Text,
        3 => pub after: Text,
    }
}

packed! {
    /// A document that is not finished: a list that is not deducted, a stock-taking, a write-off.
    pub struct Open {
        1 => pub kind: Kind,
        2 => pub number: Text,
        3 => pub since: Day,
    }
}

packed! {
    /// `Key::Period`: one period, by book and number.
    pub struct Period {
        1 => pub ems_no: Text,
        2 => pub number: u32,
        /// First and last day; the first of the first period is absent.
        3 => pub from: Option<Day>,
        4 => pub until: Day,
        5 => pub state: State,
        6 => pub etps: Text,
        7 => pub own_no: Text,
        /// Items looked at so far; rows, and the hash over them.
        8 => pub items: u64,
        9 => pub rows: u32,
        10 => pub digest: [u8; 32],
        /// Value in yuan of what lay on the shelf before and after: quantity by the book's price.
        11 => pub opening: Fen,
        12 => pub closing: Fen,
        /// Rows with something in flight, which goes over to the next period.
        13 => pub in_flight: u32,
        /// The statement.
        14 => pub told: Option<Position>,
        /// Why it cannot be closed, of as many items as are told.
        15 => pub faults: Vec<crate::finding::Finding>,
    }
}

packed! {
    /// `Key::BookItem`: which item has a place of a book.
    pub struct BookItem {
        1 => pub item_no: Text,
    }
}

packed! {
    /// `Key::PeriodRow`: an item as it stood when the period was over.
    pub struct PeriodRow {
        1 => pub stock: Stock,
    }
}

packed! {
    /// What a statement of a period says beside enterprise, office, time and book (`invt_no`).
    pub struct Statement {
        1 => pub number: u32,
        2 => pub from: Option<Day>,
        3 => pub until: Day,
        4 => pub rows: u32,
        5 => pub digest: [u8; 32],
        6 => pub opening: Fen,
        7 => pub closing: Fen,
        8 => pub in_flight: u32,
    }
}

impl Period {
    pub fn statement(&self) -> Statement {
        Statement {
            number: self.number,
            from: self.from,
            until: self.until,
            rows: self.rows,
            digest: self.digest,
            opening: self.opening,
            closing: self.closing,
            in_flight: self.in_flight,
        }
    }
}

/// An item as it stood at an instant, and what was reversed since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AsOf {
    pub stock: Stock,
    /// Of what had come in, or gone out, until then: taken back later.
    pub in_reversed: Quantity,
    pub out_reversed: Quantity,
}

impl AsOf {
    /// `stock` before everything that moved at `at` or later.
    pub fn before(facts: &(impl Facts + ?Sized), stock: &Stock, at: Moment) -> AsOf {
        let mut as_of = AsOf { stock: stock.clone(), in_reversed: Quantity(0), out_reversed: Quantity(0) };
        // What is held back has no history, and is no part of what is carried over.
        (as_of.stock.reserved, as_of.stock.ledger.frozen) = (Quantity(0), Quantity(0));
        let l = &mut as_of.stock.ledger;
        (l.reversing_in, l.reversing_out) = (Quantity(0), Quantity(0));
        let (ems_no, item_no) = (&stock.row.ems_no, &stock.row.item_record_no);
        for number in (1..=stock.ledger.moves).rev() {
            let key = MovementKey { ems_no: ems_no.clone(), item_no: item_no.clone(), number };
            let movement: Option<Movement> = read(facts, &Key::Movement(key));
            let Some(movement) = movement.filter(|m| m.moment >= at) else { break };
            as_of.stock.unbook_move(movement.kind, movement.qty);
            match movement.kind {
                Move::FirstLineReversed | Move::InReversed => as_of.in_reversed = as_of.in_reversed.plus(movement.qty),
                Move::SoldReversed | Move::AbroadReversed | Move::DomesticReversed | Move::OpeningReversed => {
                    as_of.out_reversed = as_of.out_reversed.plus(movement.qty);
                }
                _ => {}
            }
        }
        as_of
    }

    /// Of what had come in by then: not credited to this day.
    pub fn undeclared(&self, now: &Stock) -> Quantity {
        let l = &self.stock.ledger;
        let left = l.first_line.0 + l.transfer_in.0 - self.in_reversed.0 - now.ledger.credited.0;
        Quantity(left.max(0))
    }

    /// Of what had left by then: not deducted to this day.
    pub fn leaving(&self, now: &Stock) -> Quantity {
        let l = &self.stock.ledger;
        let left = self.stock.sold.0 + l.transfer_out.0 + l.abroad.0 + l.domestic.0;
        Quantity((left - self.out_reversed.0 - now.ledger.deducted.0).max(0))
    }
}

/// Whether something is between shelf and customs' book.
pub fn is_in_flight(stock: &Stock) -> bool {
    [stock.undeclared(), stock.leaving(), stock.away()].iter().any(|qty| qty.0 != 0)
}

/// In yuan, down to the fen.
pub fn value_of(stock: &Stock) -> Fen {
    value_at(stock, stock.on_hand)
}

/// Value of a quantity of an item by the price of its book.
pub fn value_at(stock: &Stock, qty: Quantity) -> Fen {
    let exact = i128::from(stock.row.price.0) * i128::from(qty.0) / i128::from(SCALE);
    Fen(i64::try_from(exact).unwrap_or(i64::MAX))
}

/// The columns of the register: quantities of the declared unit, the value in yuan.
pub const COLUMNS: [&str; 28] = [
    "number",
    "item",
    "goods",
    "hs",
    "unit",
    "opening",
    "first_line",
    "transfer_in",
    "returned",
    "found",
    "made",
    "sold",
    "transfer_out",
    "abroad",
    "domestic",
    "lost",
    "destroyed",
    "used",
    "form_out",
    "form_back",
    "closing",
    "customs_book",
    "undeclared",
    "leaving",
    "away",
    "price",
    "value",
    "moves",
];

/// A row, as it stands in the file.
pub type Row = [String; COLUMNS.len()];

/// A row of the register: an item as it stood after the period, and before it (`None` in its first).
pub fn row(number: u32, now: &Stock, before: Option<&Stock>) -> Row {
    let opening = before.map_or(now.row.qty, |stock| stock.on_hand);
    let was = before.cloned().unwrap_or_default();
    let sum = |of: &dyn Fn(&Ledger) -> Quantity| Quantity(of(&now.ledger).0 - of(&was.ledger).0).to_string();
    [
        number.to_string(),
        now.row.item_record_no.to_string(),
        now.row.name.to_string(),
        now.row.hs10.to_string(),
        now.row.unit.to_string(),
        opening.to_string(),
        // Opening stock that was taken back stands as an entry less.
        sum(&|l| Quantity(l.first_line.0 - l.opening_reversed.0)),
        sum(&|l| l.transfer_in),
        now.returned.minus(was.returned).to_string(),
        sum(&|l| l.found),
        sum(&|l| l.made),
        now.sold.minus(was.sold).to_string(),
        sum(&|l| l.transfer_out),
        sum(&|l| l.abroad),
        // What went out under a form and was declared after all is out for good.
        sum(&|l| l.domestic),
        sum(&|l| l.lost),
        sum(&|l| l.destroyed),
        sum(&|l| l.used),
        sum(&|l| l.form_out),
        Quantity(
            (now.ledger.form_back.0 + now.ledger.form_declared.0)
                - (was.ledger.form_back.0 + was.ledger.form_declared.0),
        )
        .to_string(),
        now.on_hand.to_string(),
        now.book().to_string(),
        now.undeclared().to_string(),
        now.leaving().to_string(),
        now.away().to_string(),
        now.row.price.to_string(),
        value_of(now).to_string(),
        now.ledger.moves.to_string(),
    ]
}

/// The register of a period, made again from what was written of each item, and whether it is the one that its
/// statement is over.
pub fn rows(facts: &(impl Facts + ?Sized), period: &Period) -> (Vec<Row>, bool) {
    let (mut rows, mut digest) = (Vec::new(), [0; 32]);
    for place in 1..=period.items {
        let Some(item) = read::<BookItem>(facts, &item_key(&period.ems_no, place)) else { continue };
        let at = |number| row_key(&period.ems_no, &item.item_no, number);
        let Some(now) = read::<PeriodRow>(facts, &at(period.number)) else { continue };
        let before = read::<PeriodRow>(facts, &at(period.number.saturating_sub(1)));
        let row = row(rows.len() as u32 + 1, &now.stock, before.as_ref().map(|row| &row.stock));
        digest = register::digest(&digest, &register::line(&row));
        rows.push(row);
    }
    let agrees = (rows.len() as u32, digest) == (period.rows, period.digest);
    (rows, agrees)
}

/// The register's file, as that of exports.
pub fn file(rows: &[Row]) -> String {
    let lines = rows.iter().map(|row| register::line(row));
    std::iter::once(register::line(&COLUMNS)).chain(lines).map(|line| line + "\r\n").collect()
}

/// How many rows a register's file has, and the hash over them; `None` where it is no such file.
pub fn read_file(file: &str) -> Option<(u32, [u8; 32])> {
    register::read_under(&COLUMNS, file)
}

/// Where an open document of a book stands.
pub fn open_key(ems_no: &str, number: &str) -> Key {
    Key::OpenDocument(Pair { code: ems_no.into(), number: number.into() })
}

/// The open documents of a book, the oldest first; at most so many.
pub fn open_documents(facts: &(impl Facts + ?Sized), ems_no: &str, most: usize) -> Vec<Open> {
    let of: Periods = read(facts, &Key::Periods(ems_no.into())).unwrap_or_default();
    let mut open: Vec<Open> = of.open.into_iter().take(most).collect();
    let mut next = of.oldest;
    while open.len() < most
        && let Some(document) = read::<OpenDocument>(facts, &open_key(ems_no, &next))
    {
        open.push(document.open);
        next = document.after;
    }
    open
}

/// Where the name of the item at a place of a book stands.
pub fn item_key(ems_no: &str, place: u64) -> Key {
    Key::BookItem(MovementKey { ems_no: ems_no.into(), item_no: Text::default(), number: place })
}

/// Where an item as it stood after a period stands.
pub fn row_key(ems_no: &str, item_no: &str, number: u32) -> Key {
    Key::PeriodRow(MovementKey { ems_no: ems_no.into(), item_no: item_no.into(), number: number.into() })
}

/// Where a period stands.
pub fn key(ems_no: &str, number: u32) -> Key {
    Key::Period(Pair { code: ems_no.into(), number: number.to_string().into() })
}
