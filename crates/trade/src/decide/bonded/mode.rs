//! Deduction modes (核扣方式) of verification lists: what each holds while it is open, and books when it is done.
//!
//! Which list has which mode is data ([`crate::policy::deduction`]); what a mode does is said at [`Mode`]. A list that
//! reverses (F) moves at the gate as any other; when it is done, one movement takes the goods out of what had come in, or
//! left, and out of what was credited, or deducted; also out of opening stock (`bonded.opening_stock`). Until then so
//! much of these sums is held, so that no two lists reverse the same.

use super::{Because, Finding, ListRecord, Move, Quantity, Scene, lists};
use crate::bonded::record::Mode;
use crate::bonded::{Kind, VerificationList};
use crate::finding::Code;
use crate::key::{Key, Pair};
use crate::policy::Parameter;
use crate::record::Stock;
use std::collections::BTreeMap;

/// The mode of a list by the law of today.
pub(super) fn of(scene: &Scene<'_>, list: &VerificationList) -> Mode {
    let asked = lists::holds_goods(list.kind) && !lists::is_transfer(list);
    let of = [list.kind.name(), &list.direction, &list.supv_mode];
    if asked { scene.policy().deduction(of, scene.today()) } else { Mode::Add }
}

/// Nothing of a list with this mode passes the gate.
pub(super) fn without_gate(mode: Mode) -> bool {
    matches!(mode, Mode::Nothing | Mode::Check | Mode::Warehouse)
}

/// What a list of this mode and direction has to find on the shelf when it is filed.
pub(super) fn asks_for_goods(mode: Mode, direction: &str) -> bool {
    mode == Mode::Check || direction == "E" && mode != Mode::Nothing
}

/// The movement by which goods of a list go.
pub(super) fn moves(list: &VerificationList) -> Move {
    match list.direction.as_str() {
        "I" => Move::FirstLine,
        _ if list.supv_mode == "0110" => Move::Domestic,
        _ => Move::Abroad,
    }
}

/// What can be reversed of an item: of what came in by the first line and was credited, or left and was deducted.
fn reversible(scene: &Scene<'_>, stock: &Stock, list: &VerificationList) -> Quantity {
    let l = &stock.ledger;
    let left = if list.direction == "E" {
        entered(stock).0 + of_opening(scene, stock).0 - l.reversing_in.0
    } else {
        let had_left = if taken_back(list) == Move::DomesticReversed { l.domestic } else { l.abroad };
        had_left.0.min(l.deducted.0) - l.reversing_out.0
    };
    Quantity(left.max(0))
}

/// Came in by the first line and credited. What is undeclared may still be reversed by a tally.
fn entered(stock: &Stock) -> Quantity {
    let l = &stock.ledger;
    Quantity((l.first_line.0 - stock.undeclared().0).min(l.credited.0).max(0))
}

/// Of the opening stock, where the law lets it be reversed: it had come in, and was credited, before the book was kept
/// here.
fn of_opening(scene: &Scene<'_>, stock: &Stock) -> Quantity {
    let asked = scene.policy().whole(Parameter::OpeningStock, scene.today()) == Some(1);
    if asked { stock.row.qty.minus(stock.ledger.opening_reversed) } else { Quantity(0) }
}

/// The movement that reverses, when a list is done.
fn taken_back(list: &VerificationList) -> Move {
    match (list.direction.as_str(), list.supv_mode.as_str()) {
        ("E", _) => Move::InReversed,
        // Goods that had been sold inside China come back under the mode of that sale.
        (_, "0110") => Move::DomesticReversed,
        _ => Move::AbroadReversed,
    }
}

/// A list that reverses reverses no more than there is.
pub(super) fn too_much(scene: &Scene<'_>, list: &VerificationList, mode: Mode) -> Vec<Finding> {
    let mut wanted: BTreeMap<&str, i64> = BTreeMap::new();
    let mut found = Vec::new();
    for line in list.lines.iter().filter(|_| mode == Mode::Reverse) {
        let sum = wanted.entry(&line.item_no).or_default();
        *sum = sum.saturating_add(line.qty.0);
        let left = scene.stock(&list.ems_no, &line.item_no).map_or(Quantity(0), |s| reversible(scene, &s, list));
        if *sum > left.0 {
            let finding = Finding::new(Code::ReversedMore, "rules 7.1", "dclQty").line(line.gnum);
            found.push(finding.arg("item", &line.item_no).arg("qty", Quantity(*sum)).arg("left", left));
        }
    }
    found
}

/// A list begins to hold what it needs until it is done, or (`sign` -1) lets go what it still holds.
pub(super) fn hold(scene: &mut Scene<'_>, record: &ListRecord, sign: i64) {
    let list = &record.list;
    let held = lists::holds_goods(list.kind) && !matches!(record.mode, Mode::Nothing | Mode::Check);
    for line in list.lines.iter().filter(|_| held) {
        if list.direction == "E" {
            scene.freeze(&list.ems_no, &line.item_no, sign * line.qty.0);
        }
        if record.mode == Mode::Reverse {
            reserve(scene, list, &line.item_no, sign * line.qty.0);
        }
    }
}

fn reserve(scene: &mut Scene<'_>, list: &VerificationList, item_no: &str, change: i64) {
    let key = Key::Stock(Pair { code: list.ems_no.clone(), number: item_no.into() });
    let Some(mut stock) = scene.read::<Stock>(&key) else { return };
    let l = &mut stock.ledger;
    let held = if list.direction == "E" { &mut l.reversing_in } else { &mut l.reversing_out };
    *held = Quantity(held.0.saturating_add(change));
    scene.put(&key, &stock);
}

/// A list is done: its book changes as its mode says.
pub(super) fn done(scene: &mut Scene<'_>, number: &str, record: &ListRecord) {
    let list = &record.list;
    let kind = match (record.mode, list.direction.as_str()) {
        (Mode::Nothing | Mode::Check, _) => return,
        (Mode::Reverse, _) => taken_back(list),
        (_, "I") => Move::Credited,
        _ => Move::Deducted,
    };
    for line in &list.lines {
        let item = (list.ems_no.as_str(), line.item_no.as_str());
        let because = || Because::of(Kind::List, number, line.gnum, "");
        if record.mode == Mode::Reverse {
            reserve(scene, list, &line.item_no, -line.qty.0);
        }
        if record.mode == Mode::Warehouse {
            let thaw = if list.direction == "E" { line.qty } else { Quantity(0) };
            scene.move_stock(item, moves(list), line.qty, thaw, because());
        }
        let mut qty = line.qty;
        if kind == Move::InReversed {
            // What came in here goes first, then what was there before [ours].
            let Some(stock) = scene.stock(&list.ems_no, &line.item_no) else { continue };
            let of_opening = qty.minus(entered(&stock)).min(of_opening(scene, &stock));
            if of_opening > Quantity(0) {
                scene.move_stock(item, Move::OpeningReversed, of_opening, Quantity(0), because());
            }
            qty = qty.minus(of_opening.max(Quantity(0)));
        }
        if qty > Quantity(0) {
            scene.move_stock(item, kind, qty, Quantity(0), because());
        }
    }
}
