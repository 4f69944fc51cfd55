//! The account of one book item, and what must hold of it after every command (rules.md 7.5).
//!
//! `on_hand` is what should lie on the shelf; `book` what customs has credited and not deducted (核扣). They differ by
//! what is in flight: goods that came in and are not credited yet (`undeclared`), goods that left and are not deducted
//! yet (`leaving`), and goods that are outside under a form (`away`).
//!
//! Rules.md 7.5 writes `on_hand - book = released not yet deducted - entered not yet credited`; with its own definition
//! of `on_hand`, from which retail goods are taken at release, the signs are the other way round. We keep the
//! definition: `on_hand - book = undeclared - leaving - away`.

use crate::command::Position;
use crate::key::CaseKey;
use crate::money::Quantity;
use crate::pack::Text;
use crate::record::Stock;
use crate::time::Moment;
use crate::{packed, packed_names};

packed! {
    /// Sums of all movements of an item but for opening stock, retail sales and retail returns, which stand in
    /// [`Stock`] itself. All are quantities of the declared unit, never below zero.
    pub struct Ledger {
        /// 一线进境
        1 => pub first_line: Quantity,
        /// 转入
        2 => pub transfer_in: Quantity,
        /// 盘盈
        3 => pub found: Quantity,
        /// 转出
        4 => pub transfer_out: Quantity,
        /// 退运出境
        5 => pub abroad: Quantity,
        /// 内销
        6 => pub domestic: Quantity,
        /// 灭失、盘亏
        7 => pub lost: Quantity,
        /// 销毁
        8 => pub destroyed: Quantity,
        /// Held by documents whose goods have not moved yet (预核扣), and by write-offs that wait for an official.
        9 => pub frozen: Quantity,
        /// Of `first_line` and `transfer_in`: credited by customs.
        10 => pub credited: Quantity,
        /// Of `sold`, `transfer_out`, `abroad`, `domestic`: deducted by customs.
        11 => pub deducted: Quantity,
        /// Out under forms, come back, and declared after all.
        12 => pub form_out: Quantity,
        13 => pub form_back: Quantity,
        14 => pub form_declared: Quantity,
        /// Movements so far: the number of the last one.
        15 => pub moves: u64,
        /// `putrecSeqno`, and statutory quantities of one declared unit.
        16 => pub seq_no: u32,
        17 => pub factor1: Option<Quantity>,
        18 => pub factor2: Option<Quantity>,
        /// Its place among the items of its book, from 1; 0 where the law asks for no periods.
        19 => pub place: u64,
        /// 加工成品、加工耗料: by simple processing, where it lies.
        20 => pub made: Quantity,
        21 => pub used: Quantity,
        /// Held by lists that reverse what had come in, and what had left (反扣), until they are done.
        22 => pub reversing_in: Quantity,
        23 => pub reversing_out: Quantity,
        /// Of the book's item: specification, currency of its price, batch.
        24 => pub spec: Text,
        25 => pub currency: Text,
        26 => pub batch: Text,
        /// Of the opening stock: taken back by lists that reverse (反扣).
        27 => pub opening_reversed: Quantity,
        28 => pub flown: Flown,
    }
}

packed! {
    /// All that ever came into flight with an item, by what ends it: never taken off, not even by what reverses it. So it
    /// only rises, and what has been in flight longest is found among a million movements by looking at twenty.
    pub struct Flown {
        /// Entered: ends when customs credits it.
        1 => pub entered: Quantity,
        /// Left: ends when customs deducts it.
        2 => pub left: Quantity,
        /// Out under forms: ends when it comes back or is declared.
        3 => pub went_out: Quantity,
    }
}

impl Flown {
    /// The sum that movements of a kind add to; none where they bring nothing into flight.
    fn sum(&mut self, kind: Move) -> Option<&mut Quantity> {
        match kind {
            Move::FirstLine | Move::TransferIn => Some(&mut self.entered),
            Move::Sold | Move::TransferOut | Move::Abroad | Move::Domestic | Move::FormDeclared => Some(&mut self.left),
            Move::FormOut => Some(&mut self.went_out),
            _ => None,
        }
    }
}

packed_names! {
    /// What a movement did.
    pub enum Move {
        1 => FirstLine "first-line",
        2 => TransferIn "transfer-in",
        3 => Returned "returned",
        4 => Found "found",
        5 => Sold "sold",
        6 => TransferOut "transfer-out",
        7 => Abroad "abroad",
        8 => Domestic "domestic",
        9 => Lost "lost",
        10 => Destroyed "destroyed",
        11 => FormOut "form-out",
        12 => FormBack "form-back",
        /// Out under a form, and declared by a batched list: it stays out for good.
        13 => FormDeclared "form-declared",
        /// A count on arrival found less than the bill said; the entry is reversed so far.
        14 => FirstLineReversed "first-line-reversed",
        /// 核增
        15 => Credited "credited",
        /// 核减
        16 => Deducted "deducted",
        /// A list that was released is corrected: it took another item, or is to take it anew.
        17 => SoldReversed "sold-reversed",
        /// Went into goods that were made of it in the area (简单加工), and was made of others.
        18 => Used "used",
        19 => Made "made",
        /// 反扣: what left is no export but takes back what had come in; what came in is no import but takes back what had
        /// left the country, or been sold inside it.
        20 => InReversed "in-reversed",
        21 => AbroadReversed "abroad-reversed",
        22 => DomesticReversed "domestic-reversed",
        /// As `InReversed`, of goods that were there when the book began to be kept here.
        23 => OpeningReversed "opening-reversed",
    }
}

packed! {
    /// `Key::Movement`: one movement of one item by one line of one document. Never changed.
    pub struct Movement {
        1 => pub kind: Move,
        2 => pub qty: Quantity,
        /// The document that moved it: kind and number (`INV101 QD…`, `SAS121 P…`, `CEB621 6402…`).
        3 => pub document: Text,
        4 => pub line: u32,
        /// The list, slip or bill that the document was made for, where it is another.
        5 => pub under: Text,
        6 => pub at: Position,
        7 => pub moment: Moment,
        /// `on_hand` and `book` afterwards.
        8 => pub on_hand: Quantity,
        9 => pub book: Quantity,
        /// The parcel, of a retail sale or return.
        10 => pub case: Option<CaseKey>,
        /// [`Ledger::flown`] afterwards.
        11 => pub flown: Flown,
    }
}

/// One of the sums of an item.
type Sum = fn(&mut Ledger) -> &mut Quantity;

impl Move {
    /// By how much a unit of it changes what lies on the shelf.
    pub fn shelf(self) -> i64 {
        match self {
            Move::FirstLine | Move::TransferIn | Move::Returned | Move::Found | Move::FormBack => 1,
            Move::SoldReversed | Move::Made => 1,
            Move::Sold | Move::TransferOut | Move::Abroad | Move::Domestic | Move::Lost | Move::Destroyed => -1,
            Move::FormOut | Move::FirstLineReversed | Move::Used => -1,
            Move::FormDeclared | Move::Credited | Move::Deducted => 0,
            Move::InReversed | Move::OpeningReversed | Move::AbroadReversed | Move::DomesticReversed => 0,
        }
    }

    /// By how much a unit of it changes the sum of its kind: what is reversed is taken off.
    fn counts(self) -> i64 {
        use Move::{AbroadReversed, DomesticReversed, FirstLineReversed, InReversed, SoldReversed};
        let reversed = [FirstLineReversed, SoldReversed, InReversed, AbroadReversed, DomesticReversed];
        if reversed.contains(&self) { -1 } else { 1 }
    }

    /// The other sums that a unit of it changes, and by how much.
    fn also(self) -> &'static [(Sum, i64)] {
        match self {
            // It leaves the country's bonded stock for good.
            Move::FormDeclared => &[(|l| &mut l.domestic, 1)],
            Move::InReversed => &[(|l| &mut l.abroad, -1), (|l| &mut l.credited, -1)],
            Move::OpeningReversed => &[(|l| &mut l.abroad, -1)],
            Move::AbroadReversed | Move::DomesticReversed => &[(|l| &mut l.first_line, -1), (|l| &mut l.deducted, -1)],
            _ => &[],
        }
    }

    /// By how much a unit of it changes what customs' book has.
    pub fn book(self) -> i64 {
        match self {
            Move::Credited | Move::Returned | Move::Found | Move::Made => 1,
            Move::AbroadReversed | Move::DomesticReversed => 1,
            Move::Deducted | Move::Lost | Move::Destroyed | Move::Used => -1,
            Move::InReversed | Move::OpeningReversed => -1,
            _ => 0,
        }
    }
}

/// What cannot be: a quantity that is not there, or a sum larger than can be reckoned with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overdrawn;

impl Stock {
    /// Entered, not credited by customs yet: may be neither sold nor moved out (rules.md 7.4).
    pub fn undeclared(&self) -> Quantity {
        let l = &self.ledger;
        Quantity(l.first_line.0 + l.transfer_in.0 - l.credited.0)
    }

    /// Left, not deducted by customs yet.
    pub fn leaving(&self) -> Quantity {
        let l = &self.ledger;
        Quantity(self.sold.0 + l.transfer_out.0 + l.abroad.0 + l.domestic.0 - l.deducted.0)
    }

    /// Outside under forms.
    pub fn away(&self) -> Quantity {
        let l = &self.ledger;
        Quantity(l.form_out.0 - l.form_back.0 - l.form_declared.0)
    }

    /// On hand as customs sees it.
    pub fn book(&self) -> Quantity {
        let l = &self.ledger;
        let (opening, found) = (self.row.qty.0 - l.opening_reversed.0, l.found.0 + l.made.0 + self.returned.0);
        Quantity(opening + found + l.credited.0 - l.lost.0 - l.destroyed.0 - l.used.0 - l.deducted.0)
    }

    /// What `on_hand` must be by all that was moved.
    pub fn moved(&self) -> Quantity {
        let l = &self.ledger;
        let opening = self.row.qty.0 - l.opening_reversed.0;
        let came = opening + l.first_line.0 + l.transfer_in.0 + self.returned.0 + l.found.0 + l.made.0;
        let out = self.sold.0 + l.transfer_out.0 + l.abroad.0 + l.domestic.0;
        let went = out + l.lost.0 + l.destroyed.0 + l.used.0;
        Quantity(came - went - self.away().0)
    }

    /// Books `qty` of `kind`: the counter of the movement, and what lies on the shelf.
    ///
    /// # Errors
    /// Where the sums are larger than can be reckoned with; what goes below zero is found by [`holds`].
    pub fn book_move(&mut self, kind: Move, qty: Quantity) -> Result<(), Overdrawn> {
        let on_hand = kind.shelf().checked_mul(qty.0).and_then(|d| self.on_hand.0.checked_add(d)).ok_or(Overdrawn)?;
        let counter = self.counter(kind);
        counter.0 = counter.0.checked_add(kind.counts() * qty.0).filter(|n| n.abs() <= MOST).ok_or(Overdrawn)?;
        for (sum, sign) in kind.also() {
            let sum = sum(&mut self.ledger);
            sum.0 = sum.0.checked_add(sign * qty.0).filter(|n| n.abs() <= MOST).ok_or(Overdrawn)?;
        }
        if let Some(flown) = self.ledger.flown.sum(kind) {
            flown.0 = flown.0.checked_add(qty.0).filter(|n| *n <= MOST).ok_or(Overdrawn)?;
        }
        self.on_hand = Quantity(on_hand);
        self.ledger.moves += 1;
        Ok(())
    }

    /// The sum that movements of a kind make.
    fn counter(&mut self, kind: Move) -> &mut Quantity {
        let l = &mut self.ledger;
        match kind {
            Move::FirstLine | Move::FirstLineReversed | Move::InReversed => &mut l.first_line,
            Move::TransferIn => &mut l.transfer_in,
            Move::Returned => &mut self.returned,
            Move::Found => &mut l.found,
            Move::Sold | Move::SoldReversed => &mut self.sold,
            Move::TransferOut => &mut l.transfer_out,
            Move::Abroad | Move::AbroadReversed => &mut l.abroad,
            Move::Domestic | Move::DomesticReversed => &mut l.domestic,
            Move::Lost => &mut l.lost,
            Move::Destroyed => &mut l.destroyed,
            Move::FormOut => &mut l.form_out,
            Move::FormBack => &mut l.form_back,
            Move::FormDeclared => &mut l.form_declared,
            Move::Credited => &mut l.credited,
            Move::Deducted => &mut l.deducted,
            Move::Used => &mut l.used,
            Move::Made => &mut l.made,
            Move::OpeningReversed => &mut l.opening_reversed,
        }
    }

    /// The item as it was before its newest movement, which is this one: to look back, never to book.
    pub fn unbook_move(&mut self, kind: Move, qty: Quantity) {
        self.counter(kind).0 -= kind.counts() * qty.0;
        for (sum, sign) in kind.also() {
            sum(&mut self.ledger).0 -= sign * qty.0;
        }
        if let Some(flown) = self.ledger.flown.sum(kind) {
            flown.0 -= qty.0;
        }
        self.on_hand.0 -= kind.shelf() * qty.0;
        self.ledger.moves -= 1;
    }
}

/// No sum of an item may be larger: then no sum of these sums leaves the range of the type.
pub const MOST: i64 = i64::MAX / 32;

/// The invariants of one item; the words say which one is broken.
///
/// # Errors
/// The first that does not hold.
pub fn holds(stock: &Stock) -> Result<(), &'static str> {
    let l = &stock.ledger;
    let counters = [
        stock.on_hand,
        stock.reserved,
        stock.sold,
        stock.returned,
        stock.row.qty,
        l.first_line,
        l.transfer_in,
        l.found,
        l.transfer_out,
        l.abroad,
        l.domestic,
        l.lost,
        l.destroyed,
        l.frozen,
        l.credited,
        l.deducted,
        l.form_out,
        l.form_back,
        l.form_declared,
        l.made,
        l.used,
        l.reversing_in,
        l.reversing_out,
        l.opening_reversed,
    ];
    if counters.iter().any(|q| !(0..=MOST).contains(&q.0)) {
        return Err("stock: a sum is below zero, or too large");
    }
    if stock.row.qty < l.opening_reversed {
        return Err("stock: more of the opening stock reversed than there was");
    }
    if stock.undeclared() < Quantity(0) {
        return Err("stock: more credited than entered");
    }
    if stock.leaving() < Quantity(0) {
        return Err("stock: more deducted than left");
    }
    if stock.away() < Quantity(0) {
        return Err("stock: more came back than went out");
    }
    if stock.available() < Quantity(0) {
        return Err("stock: more promised than there is");
    }
    if stock.moved() != stock.on_hand {
        return Err("stock: on hand is not the sum of the movements");
    }
    if stock.book().0 != stock.on_hand.0 - stock.undeclared().0 + stock.leaving().0 + stock.away().0 {
        return Err("stock: book and shelf differ by something else than what is in flight");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_that_does_not_add_up_is_found() {
        let mut stock = Stock { on_hand: Quantity::whole(10), ..Stock::default() };
        stock.row.qty = Quantity::whole(10);
        assert_eq!(holds(&stock), Ok(()));
        for (kind, qty) in [
            (Move::FirstLine, 5),
            (Move::FirstLineReversed, 1),
            (Move::Credited, 4),
            (Move::Sold, 3),
            (Move::Deducted, 2),
            (Move::FormOut, 4),
            (Move::FormBack, 1),
            (Move::FormDeclared, 2),
            (Move::Returned, 1),
            (Move::Found, 1),
            (Move::Lost, 1),
            (Move::Destroyed, 1),
            (Move::Abroad, 1),
            (Move::TransferOut, 1),
            (Move::TransferIn, 1),
            (Move::Used, 2),
            (Move::Made, 2),
            (Move::InReversed, 1),
            (Move::FirstLine, 2),
            (Move::DomesticReversed, 1),
            (Move::Abroad, 1),
            (Move::AbroadReversed, 1),
            (Move::Abroad, 2),
            (Move::OpeningReversed, 2),
        ] {
            let before = stock.clone();
            stock.book_move(kind, Quantity::whole(qty)).unwrap();
            let mut back = stock.clone();
            back.unbook_move(kind, Quantity::whole(qty));
            assert_eq!(back, before, "{kind}");
            assert_eq!(holds(&stock), Ok(()), "{kind}");
        }
        assert_eq!(stock.on_hand, Quantity::whole(10 + 5 - 1 - 3 - 4 + 1 + 1 + 1 - 1 - 1 - 1 - 1 + 1 + 2 - 1 - 2));
        assert_eq!(stock.away(), Quantity::whole(1));
        let broken = |change: &dyn Fn(&mut Stock)| {
            let mut other = stock.clone();
            change(&mut other);
            holds(&other)
        };
        assert!(broken(&|s| s.on_hand = s.on_hand.plus(Quantity(1))).is_err());
        assert!(broken(&|s| s.ledger.deducted = Quantity::whole(90)).is_err());
        assert!(broken(&|s| s.ledger.credited = Quantity::whole(90)).is_err());
        assert!(broken(&|s| s.ledger.frozen = Quantity::whole(90)).is_err());
        assert!(broken(&|s| s.ledger.form_back = Quantity::whole(90)).is_err());
        assert!(stock.book_move(Move::Found, Quantity(i64::MAX)).is_err());
    }
}
