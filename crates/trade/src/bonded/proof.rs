//! Proof of stock: which documents made a quantity, and where it went; and the three-way comparison of ledger, customs'
//! book and shelf (rules.md 7.7). Reads facts and changes nothing.

use std::collections::VecDeque;

use super::ledger::{Flown, Movement};
use super::record::{FormRecord, ListRecord, RetailDay, ShelfRecord, SlipRecord, State};
use crate::finding::{Code, Finding};
use crate::key::{CaseKey, Facts, Key, MovementKey, Pair, RetailGroup, read};
use crate::money::{Fen, Quantity};
use crate::pack::Text;
use crate::record::{Case, Stock};
use crate::time::Moment;

/// Everything that ever happened to an item, oldest first, with the sums that it makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    pub stock: Stock,
    pub movements: Vec<Movement>,
    /// What the movements add up to, counted again from nothing but them and the opening quantity.
    pub on_hand: Quantity,
    /// True where ledger and movements agree.
    pub agrees: bool,
}

/// A part of a quantity, from the movement that brought it onto the shelf to the one that took it off. Movements are
/// numbered from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// `None`: it is of the opening stock.
    pub came: Option<u64>,
    /// `None`: it is still there.
    pub went: Option<u64>,
    pub qty: Quantity,
}

impl Proof {
    /// Where everything that ever lay there came from and went, first in, first out, in the order in which it went: the
    /// pieces of an item cannot be told apart, and what came in first is sold first (7.2, 7.5 I8). Goods that come back
    /// are the newest.
    pub fn parts(&self) -> Vec<Part> {
        let mut there = VecDeque::from([(None, self.stock.row.qty.0)]);
        let mut parts = Vec::new();
        for (movement, number) in self.movements.iter().zip(1..) {
            let change = movement.kind.shelf() * movement.qty.0;
            if change > 0 {
                there.push_back((Some(number), change));
            }
            let mut left = (-change).max(0);
            while left > 0 {
                // Where movements do not add up the proof says so itself.
                let Some((came, lot)) = there.front_mut() else { break };
                let qty = left.min(*lot);
                if qty > 0 {
                    parts.push(Part { came: *came, went: Some(number), qty: Quantity(qty) });
                }
                (*lot, left) = (*lot - qty, left - qty);
                if *lot == 0 {
                    there.pop_front();
                }
            }
        }
        let still = there.into_iter().filter(|(_, qty)| *qty > 0);
        parts.extend(still.map(|(came, qty)| Part { came, went: None, qty: Quantity(qty) }));
        parts
    }

    /// The movement with a number.
    pub fn movement(&self, number: u64) -> Option<&Movement> {
        self.movements.get(usize::try_from(number.checked_sub(1)?).ok()?)
    }
}

/// The proof of one item; `None` where the book has no such item.
///
/// Goods that were sold or came back before movements were kept are part of the ledger and of no movement: then the
/// proof does not agree, and says so.
pub fn of_item(facts: &(impl Facts + ?Sized), ems_no: &str, item_no: &str) -> Option<Proof> {
    let stock: Stock = read(facts, &Key::Stock(Pair { code: ems_no.into(), number: item_no.into() }))?;
    let movements: Vec<Movement> = movements(facts, &stock, 1..=stock.ledger.moves).collect();
    let moved: i64 = movements.iter().map(|m| m.kind.shelf() * m.qty.0).sum();
    let on_hand = Quantity(stock.row.qty.0 + moved);
    let agrees = on_hand == stock.on_hand && movements.len() as u64 == stock.ledger.moves;
    Some(Proof { stock, movements, on_hand, agrees })
}

/// A line of the three-way report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    pub ems_no: Text,
    pub item_no: Text,
    pub name: Text,
    /// What should lie on the shelf by the documents.
    pub on_hand: Quantity,
    /// What customs has credited and not deducted.
    pub book: Quantity,
    /// What customs' book of it is worth by the item's price: duty on it is suspended (保税货值, 7.5 I9).
    pub value: Fen,
    /// The warehouse's own figure, and when it was taken; `None` where it never sent one.
    pub shelf: Option<(Quantity, Moment)>,
    pub undeclared: Quantity,
    pub leaving: Quantity,
    pub away: Quantity,
    /// Shelf less documents at the time of the figure: below zero something is missing.
    pub difference: Quantity,
    /// Shelf less customs' book at that time; `None` without a figure.
    pub from_book: Option<Quantity>,
    /// When shelf and documents last agreed, and when they first did not after that.
    pub agreed: Option<Moment>,
    pub differs_since: Option<Moment>,
    /// When the oldest thing in flight happened; only asked for where something is in flight.
    pub in_flight_since: Option<Moment>,
}

impl Compared {
    /// True where somebody has to look: the shelf differs, or something is in flight since before `since`.
    pub fn is_open(&self, since: Moment) -> bool {
        self.difference != Quantity(0) || self.in_flight_since.is_some_and(|at| at < since)
    }

    /// Why the three do not agree, each with what is to be done (rules.md 7.7). What is as it should be for now is a
    /// remark: something in flight since `since` or later, or a shelf of which nothing was said since then.
    pub fn reasons(&self, since: Moment) -> Vec<Finding> {
        const CLAUSE: &str = "rules 7.5, 7.7";
        let about = |code, field: &str| Finding::new(code, CLAUSE, field).arg("item", &self.item_no);
        let at = |at: Option<Moment>| at.map_or_else(|| "-".to_owned(), |at| at.to_string());
        let mut found = Vec::new();
        match self.difference.0 {
            0 => {}
            off => {
                let code = if off < 0 { Code::ShelfShort } else { Code::ShelfOver };
                let finding = about(code, "qty").arg("qty", Quantity(off.saturating_abs()));
                found.push(finding.arg("agreed", at(self.agreed)).arg("since", at(self.differs_since)));
            }
        }
        let flights = [
            (self.undeclared, Code::StockUndeclared),
            (self.leaving, Code::StockLeaving),
            (self.away, Code::StockAway),
        ];
        for (qty, code) in flights.into_iter().filter(|(qty, _)| *qty != Quantity(0)) {
            let finding = about(code, "dclQty").arg("qty", qty).arg("since", at(self.in_flight_since));
            let late = self.in_flight_since.is_some_and(|at| at < since);
            found.push(if late { finding } else { finding.forgiven() });
        }
        let last = self.shelf.map(|(_, at)| at);
        if self.on_hand != Quantity(0) && last.is_none_or(|last| last < since) {
            found.push(about(Code::ShelfUnsaid, "countedAt").arg("last", at(last)).forgiven());
        }
        found
    }
}

/// Ledger, book and shelf of one item. The difference is that of the instant when the warehouse sent its figure: what
/// moved since then is no difference.
pub fn compare(facts: &(impl Facts + ?Sized), stock: &Stock) -> Compared {
    let (ems_no, item_no) = (&stock.row.ems_no, &stock.row.item_record_no);
    let shelf: Option<ShelfRecord> = read(facts, &Key::Shelf(Pair { code: ems_no.clone(), number: item_no.clone() }));
    let in_flight = stock.undeclared() != Quantity(0) || stock.leaving() != Quantity(0) || stock.away() != Quantity(0);
    Compared {
        ems_no: ems_no.clone(),
        item_no: item_no.clone(),
        name: stock.row.name.clone(),
        on_hand: stock.on_hand,
        book: stock.book(),
        value: super::period::value_at(stock, stock.book()),
        shelf: shelf.as_ref().map(|s| (s.qty, s.at)),
        undeclared: stock.undeclared(),
        leaving: stock.leaving(),
        away: stock.away(),
        agreed: shelf.as_ref().and_then(|s| s.agreed),
        differs_since: shelf.as_ref().and_then(|s| s.differs_since),
        from_book: shelf.as_ref().and_then(|s| Some(s.qty.minus(s.book?))),
        difference: shelf.map_or(Quantity(0), |s| s.qty.minus(s.on_hand)),
        in_flight_since: in_flight.then(|| oldest_in_flight(facts, stock)).flatten(),
    }
}

/// So many slips of a form are looked through for open ones.
const MOST_SLIPS: usize = 10_000;

/// Slips of a form that took goods out and that no list has gathered, the oldest first where the law kept no account of
/// them, else the newest first; at most so many, of the newest ones.
pub fn open_slips(facts: &(impl Facts + ?Sized), form: &FormRecord, most: usize) -> Vec<Text> {
    let mut open: Vec<Text> = form.open.iter().take(most).cloned().collect();
    let mut next = form.newest.clone();
    for _ in 0..MOST_SLIPS {
        if open.len() >= most.min(form.open.len() + form.undeclared as usize) {
            break;
        }
        let Some(slip) = read::<SlipRecord>(facts, &Key::Slip(next.clone())) else { break };
        let gone = slip.slip.direction == "E" && slip.state != State::Deleted;
        if gone && slip.declared_by.is_empty() {
            open.push(next);
        }
        next = slip.before;
    }
    open
}

/// The movements of an item with these numbers, which count from 1, in their order.
fn movements<F: Facts + ?Sized>(
    facts: &F,
    stock: &Stock,
    numbers: impl Iterator<Item = u64>,
) -> impl Iterator<Item = Movement> {
    let (ems_no, item_no) = (stock.row.ems_no.clone(), stock.row.item_record_no.clone());
    let key = move |number| MovementKey { ems_no: ems_no.clone(), item_no: item_no.clone(), number };
    numbers.filter_map(move |number| read(facts, &Key::Movement(key(number))))
}

fn newest_first<F: Facts + ?Sized>(facts: &F, stock: &Stock) -> impl Iterator<Item = Movement> {
    movements(facts, stock, (1..=stock.ledger.moves).rev())
}

/// What should have lain on the shelf at an instant, and what customs' book had then: what is there now, less what moved
/// since.
pub fn at(facts: &(impl Facts + ?Sized), stock: &Stock, at: Moment) -> (Quantity, Quantity) {
    let (mut on_hand, mut book) = (stock.on_hand.0, stock.book().0);
    for movement in newest_first(facts, stock).take_while(|m| m.moment > at) {
        on_hand -= movement.kind.shelf() * movement.qty.0;
        book -= movement.kind.book() * movement.qty.0;
    }
    (Quantity(on_hand), Quantity(book))
}

/// One of the sums of [`Flown`].
type Of = fn(&Flown) -> Quantity;

/// What [`Compared::is_open`] says of an item, without finding out since when it is so.
pub fn is_open(facts: &(impl Facts + ?Sized), stock: &Stock, since: Moment) -> bool {
    let (code, number) = (stock.row.ems_no.clone(), stock.row.item_record_no.clone());
    let shelf: Option<ShelfRecord> = read(facts, &Key::Shelf(Pair { code, number }));
    shelf.is_some_and(|s| s.qty != s.on_hand) || was_in_flight(facts, stock, since)
}

/// Whether something that is in flight now was so before a moment: then all that had flown until then passes what has
/// landed since.
fn was_in_flight(facts: &(impl Facts + ?Sized), stock: &Stock, before: Moment) -> bool {
    let aloft: Vec<_> = flights(stock).into_iter().filter(|(_, _, now)| *now > Quantity(0)).collect();
    if aloft.is_empty() {
        return false;
    }
    // How many movements lie before it; mostly it is asked of a moment before the first one, or there are none.
    let moment = |number| movements(facts, stock, std::iter::once(number)).next();
    let (mut low, mut high) = (0, stock.ledger.moves);
    if moment(1).is_none_or(|first| first.moment >= before) {
        return false;
    }
    while low < high {
        let middle = high - (high - low) / 2;
        match moment(middle) {
            Some(movement) if movement.moment < before => low = middle,
            _ => high = middle - 1,
        }
    }
    moment(low).is_some_and(|last| aloft.iter().any(|(of, all, now)| of(&last.flown) > all.minus(*now)))
}

/// Of each kind of flight: its sum, all that ever flew so, and what is in flight now.
fn flights(stock: &Stock) -> [(Of, Quantity, Quantity); 3] {
    let flown = &stock.ledger.flown;
    [
        (|f| f.entered, flown.entered, stock.undeclared()),
        (|f| f.left, flown.left, stock.leaving()),
        (|f| f.went_out, flown.went_out, stock.away()),
    ]
}

/// The oldest movement that is not credited, deducted, back or declared: first in, first out, each kind for itself. What
/// is in flight is the newest of what ever was, so it begins where all that had flown before passes what has landed since.
fn oldest_in_flight(facts: &(impl Facts + ?Sized), stock: &Stock) -> Option<Moment> {
    let aloft = flights(stock).into_iter().filter(|(_, _, now)| *now > Quantity(0));
    aloft.filter_map(|(of, all, now)| first_beyond(facts, stock, of, all.minus(now))).map(|m| m.moment).min()
}

/// The first movement with which one of the sums passed this much.
fn first_beyond(facts: &(impl Facts + ?Sized), stock: &Stock, of: Of, landed: Quantity) -> Option<Movement> {
    let nth = |number| movements(facts, stock, std::iter::once(number)).next();
    let (mut low, mut high) = (1, stock.ledger.moves);
    while low < high {
        let middle = low + (high - low) / 2;
        if of(&nth(middle)?.flown) > landed { high = middle } else { low = middle + 1 }
    }
    nth(low).filter(|movement| of(&movement.flown) > landed)
}

/// The parcels on an outgoing list, newest first: found again from the chain of released parcels.
pub fn parcels_on(facts: &(impl Facts + ?Sized), number: &str, record: &ListRecord) -> Vec<CaseKey> {
    let mut next = record.newest.clone();
    let mut keys = Vec::new();
    while let Some(key) = next.filter(|_| keys.len() < record.parcels as usize) {
        let Some(case) = read::<Case>(facts, &Key::Case(key.clone())) else { break };
        next = case.previous_of_day;
        if case.outgoing == number {
            keys.push(key);
        }
    }
    keys
}

/// How far a day's parcels have left the book.
pub fn retail_day(facts: &(impl Facts + ?Sized), group: &RetailGroup) -> RetailDay {
    read(facts, &Key::RetailDay(group.clone())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bonded::ledger::Move;
    use crate::key::Found;
    use crate::pack::Pack;
    use std::collections::HashMap;

    /// By which movement it came, by which it went, and how much.
    type Followed = (Option<u64>, Option<u64>, i64);
    type Row<'a> = (&'a [(Move, i64)], &'a [Followed]);

    #[derive(Default)]
    struct Kept(HashMap<Vec<u8>, Vec<u8>>);

    impl Facts for Kept {
        fn look(&self, key: &[u8]) -> Option<Found<'_>> {
            self.0.get(key).map(|value| Found::Lent(value))
        }
    }

    #[test]
    fn what_has_been_in_flight_longest_is_what_reading_back_every_movement_finds() {
        let kinds = [
            (&[Move::FirstLine, Move::TransferIn][..], Stock::undeclared as fn(&Stock) -> Quantity),
            (&[Move::Sold, Move::TransferOut, Move::Abroad, Move::Domestic, Move::FormDeclared], Stock::leaving),
            (&[Move::FormOut], Stock::away),
        ];
        let (mut facts, mut stock, mut moved) = (Kept::default(), Stock::default(), Vec::<Movement>::new());
        stock.row.qty = Quantity(1_000_000);
        stock.on_hand = Quantity(1_000_000);
        let (mut seed, mut aloft) = (7_u64, 0);
        for step in 0..3_000_i64 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let (kind, qty) =
                (Move::ALL[(seed >> 33) as usize % Move::ALL.len()], Quantity(1 + (seed >> 50) as i64 % 9));
            let before = stock.clone();
            if stock.book_move(kind, qty).is_err() || crate::bonded::ledger::holds(&stock).is_err() {
                stock = before;
            } else {
                // Several in one instant, as the lines of one document are.
                let (flown, moment) = (stock.ledger.flown.clone(), Moment(step / 4));
                let movement = Movement { kind, qty, moment, flown, ..Movement::default() };
                let (ems_no, item_no) = (stock.row.ems_no.clone(), stock.row.item_record_no.clone());
                let key = MovementKey { ems_no, item_no, number: stock.ledger.moves };
                facts.0.insert(Key::Movement(key).bytes(), movement.pack());
                moved.push(movement);
            }
            let oldest = kinds.iter().filter_map(|(kinds, now)| {
                let mut left = now(&stock).0;
                let aloft = moved.iter().rev().filter(|m| kinds.contains(&m.kind)).take_while(|m| {
                    left -= m.qty.0;
                    left + m.qty.0 > 0
                });
                aloft.last().map(|m| m.moment)
            });
            let oldest = oldest.min();
            aloft += usize::from(oldest.is_some());
            assert_eq!(oldest_in_flight(&facts, &stock), oldest, "after {step}: {kind} {qty}");
            for since in [0, 1, step / 8, step / 4 - 3, step / 4, step / 4 + 1].map(Moment) {
                let is_open = compare(&facts, &stock).is_open(since);
                assert_eq!(super::is_open(&facts, &stock, since), is_open, "after {step}, since {since}");
            }
        }
        assert!(moved.len() > 1_000 && aloft > 1_000, "{} movements, {aloft} times something in flight", moved.len());
    }

    /// Opening stock of 10; each movement changes the shelf by so much.
    fn proof(moves: &[(Move, i64)]) -> Proof {
        let movement = |(kind, qty): &(Move, i64)| Movement { kind: *kind, qty: Quantity(*qty), ..Movement::default() };
        let mut stock = Stock::default();
        stock.row.qty = Quantity(10);
        Proof { stock, movements: moves.iter().map(movement).collect(), on_hand: Quantity(0), agrees: true }
    }

    #[test]
    fn goods_are_followed_from_the_document_that_brought_them_to_the_one_that_took_them() {
        let (here, opening) = (None, None);
        let table: &[Row<'_>] = &[
            (&[], &[(opening, here, 10)]),
            // What is there goes before what came later, and not before it is all gone.
            (&[(Move::FirstLine, 5), (Move::Sold, 10)], &[(opening, Some(2), 10), (Some(1), here, 5)]),
            (
                &[(Move::FirstLine, 5), (Move::Sold, 11)],
                &[(opening, Some(2), 10), (Some(1), Some(2), 1), (Some(1), here, 4)],
            ),
            // A return is the newest; what changes the book alone moves nothing.
            (
                &[(Move::Sold, 4), (Move::Returned, 1), (Move::Deducted, 4), (Move::Abroad, 6), (Move::Lost, 1)],
                &[(opening, Some(1), 4), (opening, Some(4), 6), (Some(2), Some(5), 1)],
            ),
            // More than ever came in: the proof does not agree, and nothing is made up.
            (&[(Move::Sold, 12)], &[(opening, Some(1), 10)]),
        ];
        for (moves, expected) in table {
            let parts: Vec<_> = proof(moves).parts().iter().map(|p| (p.came, p.went, p.qty.0)).collect();
            assert_eq!(parts, *expected, "{moves:?}");
        }
        let proof = proof(&[(Move::Sold, 4)]);
        assert!(proof.movement(0).is_none() && proof.movement(1).is_some() && proof.movement(2).is_none());
    }
}
