//! Stock abroad (9810; rules.md 6.4): what left for overseas warehouses, and what became of it.
//!
//! Each line of a 9810 list becomes a lot when it leaves; sales, losses and moves to another country are taken from the
//! oldest lots first (先进先出) [ours: platforms settle by item, rebates by declaration]. What moves stays of its list. Goods that are announced to come back (213) are held until
//! they are tallied or may not come any more. A lot and the sums of its item change together, and the invariants look at
//! both before anything happens. Each taking is an entry of the seller's register, by which a rebate that was claimed on
//! departure is settled (离境即退税、销售再核算, W3).

use super::{Scene, taxes};
use crate::documents::ExportList;
use crate::finding::{Code, Finding};
use crate::key::{AbroadPart, CaseKey, Key};
use crate::money::Quantity;
use crate::pack::Text;
use crate::record::{
    AbroadAt, AbroadItem, AbroadLot, Case, ExportState, ExportTax, Moved, RefundState, Returned, TaxEntry, TaxedLine,
    Whereabouts,
};
use crate::time::Day;

/// Lots that one line of a report may be taken from, so that no entry grows with the trade of a year.
const MOST_LOTS: u64 = 500;
const CLAUSE: &str = "A75; A167; ours (rules 6.4)";

fn part(list: &ExportList, gnum: u32, number: u64) -> AbroadPart {
    let item_no = list.lines.iter().find(|line| line.gnum == gnum).map(|line| line.item_no.clone()).unwrap_or_default();
    AbroadPart { ebc: list.ebc_code.clone(), item_no, country: list.country.clone(), number }
}

/// A list has left for an overseas warehouse.
pub(super) fn left(
    scene: &mut Scene<'_>,
    key: &CaseKey,
    case: &Case,
    export: &mut ExportState,
    list: &ExportList,
    lines: &[TaxedLine],
) {
    if list.trade_mode != "9810" {
        return;
    }
    let day = export.departed.map_or(scene.today(), |at| at.day());
    for (line, taxed) in list.lines.iter().zip(lines) {
        let at = part(list, line.gnum, 0);
        let mut item = scene.read::<AbroadItem>(&Key::AbroadItem(at.clone())).unwrap_or_default();
        item.lots += 1;
        item.oldest = item.oldest.max(1);
        (item.name, item.unit) = (line.gname.clone(), line.unit.clone());
        item.of.exported = item.of.exported.up_to_all(line.qty);
        item.of.in_stock = item.of.in_stock.up_to_all(line.qty);
        let lot = AbroadLot {
            of: Whereabouts { exported: line.qty, in_stock: line.qty, ..Whereabouts::default() },
            case: key.clone(),
            gnum: line.gnum,
            left: day,
            invt_no: case.invt_no.clone(),
            value: taxed.value,
            rebate: taxed.tax == ExportTax::Rebate,
            ..AbroadLot::default()
        };
        export.abroad.push(AbroadAt { gnum: line.gnum, number: item.lots, ..AbroadAt::default() });
        scene.put(&Key::AbroadLot(AbroadPart { number: item.lots, ..at.clone() }), &lot);
        scene.put(&Key::AbroadItem(at), &item);
    }
}

/// The lots that a line of a list became, the oldest first; none where it is none of 9810.
pub(super) fn lots(scene: &Scene<'_>, case: &Case, list: &ExportList, gnum: u32) -> Vec<(AbroadPart, AbroadLot)> {
    let known = case.export.iter().flat_map(|export| &export.abroad).filter(|at| at.gnum == gnum);
    let lot = |at: &AbroadAt| {
        let mut part = part(list, gnum, at.number);
        if !at.country.is_empty() {
            part.country = at.country.clone();
        }
        let lot = scene.read::<AbroadLot>(&Key::AbroadLot(part.clone()))?;
        Some((part, lot))
    };
    known.filter_map(lot).collect()
}

/// Divides a quantity of a line among its lots, the oldest first, by what each of them has of it.
fn divided(
    lots: Vec<(AbroadPart, AbroadLot)>,
    mut qty: Quantity,
    has: impl Fn(&Whereabouts) -> Quantity,
) -> Vec<(AbroadPart, AbroadLot, Quantity)> {
    let mut parts = Vec::new();
    for (at, lot) in lots {
        let part = has(&lot.of).min(qty);
        if part.0 > 0 {
            qty = qty.minus(part);
            parts.push((at, lot, part));
        }
    }
    parts
}

/// What is announced of a line to come back, as parts of the line: how much goes before each, and how much it is.
pub(super) fn coming(
    scene: &Scene<'_>,
    case: &Case,
    list: &ExportList,
    (gnum, qty): (u32, Quantity),
) -> Vec<(Quantity, Quantity)> {
    let parts = divided(lots(scene, case, list, gnum), qty, |of| of.coming);
    parts.into_iter().map(|(_, lot, part)| (lot.before(), part)).collect()
}

/// Changes a lot and the sums of its item alike.
fn change(scene: &mut Scene<'_>, at: &AbroadPart, mut lot: AbroadLot, how: impl Fn(&mut Whereabouts)) {
    let key = Key::AbroadItem(AbroadPart { number: 0, ..at.clone() });
    let mut item = scene.read::<AbroadItem>(&key).unwrap_or_default();
    how(&mut lot.of);
    how(&mut item.of);
    scene.put(&Key::AbroadLot(at.clone()), &lot);
    let empty = |number| {
        let lot = scene.read::<AbroadLot>(&Key::AbroadLot(AbroadPart { number, ..at.clone() }));
        lot.is_some_and(|lot| lot.of.in_stock == Quantity(0))
    };
    while empty(item.oldest) {
        item.oldest += 1;
    }
    scene.put(&key, &item);
}

/// Why goods of a list cannot come back: they were sold or lost abroad.
pub(super) fn short(scene: &Scene<'_>, case: &Case, list: &ExportList, lines: &[Returned]) -> Vec<Finding> {
    let more = |line: &Returned| {
        let lots = lots(scene, case, list, line.gnum);
        let item = lots.first().map(|(at, _)| at.item_no.clone())?;
        let free = lots.iter().fold(Quantity(0), |sum, (_, lot)| sum.plus(lot.of.free()));
        let finding = || Finding::new(Code::AbroadShort, CLAUSE, "qty").line(line.gnum).arg("item", &item);
        (line.pending > free).then(|| finding().arg("free", free).arg("qty", line.pending))
    };
    lines.iter().filter_map(more).collect()
}

/// Goods are announced to come back.
pub(super) fn announce(scene: &mut Scene<'_>, case: &Case, list: &ExportList, lines: &[Returned]) {
    for line in lines {
        for (at, lot, part) in divided(lots(scene, case, list, line.gnum), line.pending, Whereabouts::free) {
            change(scene, &at, lot, |of| of.coming = of.coming.up_to_all(part));
        }
    }
}

/// They may not come any more.
pub(super) fn not_coming(scene: &mut Scene<'_>, case: &Case, list: &ExportList, lines: &[Returned]) {
    for line in lines {
        for (at, lot, part) in divided(lots(scene, case, list, line.gnum), line.pending, |of| of.coming) {
            change(scene, &at, lot, |of| of.coming = of.coming.minus(part));
        }
    }
}

/// Goods have come back.
pub(super) fn back(scene: &mut Scene<'_>, state: &RefundState, case: &Case, list: &ExportList) {
    for line in &state.lines {
        for (at, lot, part) in divided(lots(scene, case, list, line.gnum), line.pending, |of| of.coming) {
            change(scene, &at, lot, |of| {
                of.coming = of.coming.minus(part);
                of.take(Moved::Back, part);
            });
        }
    }
}

/// Goods of an item move to a warehouse in another country, the oldest lots first: how many lots they came from. Each
/// part becomes a lot there, which is still of its list: its rebate, its return and its sale are those of the list.
///
/// # Errors
/// As [`settle`].
pub(in crate::decide) fn relocate(
    scene: &mut Scene<'_>,
    item: &AbroadPart,
    (to, on): (&Text, Day),
    qty: Quantity,
) -> Result<u32, Finding> {
    let known = scene.read::<AbroadItem>(&Key::AbroadItem(item.clone())).unwrap_or_default();
    let there = AbroadPart { country: to.clone(), ..item.clone() };
    each_lot(scene, item, on, qty, |scene, at, lot, part| {
        let before = lot.before();
        let moved = AbroadLot { of: Whereabouts::default(), left: on, base: before, ..lot.clone() };
        change(scene, at, lot, |of| of.move_out(part));
        let mut other = scene.read::<AbroadItem>(&Key::AbroadItem(there.clone())).unwrap_or_default();
        other.lots += 1;
        other.oldest = other.oldest.max(1);
        (other.name, other.unit) = (known.name.clone(), known.unit.clone());
        let number = other.lots;
        scene.put(&Key::AbroadItem(there.clone()), &other);
        let (key, gnum) = (moved.case.clone(), moved.gnum);
        change(scene, &AbroadPart { number, ..there.clone() }, moved, |of| of.move_in(part));
        if let Some(mut case) = scene.case(&key) {
            if case.trail.last() != Some(&scene.here()) {
                case.trail.push(scene.here());
            }
            if let Some(export) = &mut case.export {
                export.abroad.push(AbroadAt { gnum, number, country: to.clone() });
            }
            scene.put(&Key::Case(key), &case);
        }
    })
}

/// A report of sale or loss, of one item in a country, on a day: how many lots it was taken from.
///
/// # Errors
/// Where less lay there, or it lies in too many lots.
pub(in crate::decide) fn settle(
    scene: &mut Scene<'_>,
    item: &AbroadPart,
    (what, on, number): (Moved, Day, &Text),
    qty: Quantity,
) -> Result<u32, Finding> {
    each_lot(scene, item, on, qty, |scene, at, lot, part| {
        taxes::settled(scene, &lot, (what, on, number), part);
        change(scene, at, lot, |of| of.take(what, part));
    })
}

/// Takes a quantity of an item from its lots, the oldest first: how many they were.
fn each_lot(
    scene: &mut Scene<'_>,
    item: &AbroadPart,
    on: Day,
    qty: Quantity,
    mut take: impl FnMut(&mut Scene<'_>, &AbroadPart, AbroadLot, Quantity),
) -> Result<u32, Finding> {
    let known = scene.read::<AbroadItem>(&Key::AbroadItem(item.clone())).unwrap_or_default();
    let (mut rest, mut taken) = (qty, 0);
    for n in known.oldest..=known.lots {
        if rest == Quantity(0) {
            break;
        }
        if n - known.oldest >= MOST_LOTS {
            let finding = Finding::new(Code::AbroadParts, CLAUSE, "qty").arg("item", &item.item_no);
            return Err(finding.arg("most", MOST_LOTS));
        }
        let at = AbroadPart { number: n, ..item.clone() };
        let Some(lot) = scene.read::<AbroadLot>(&Key::AbroadLot(at.clone())) else { continue };
        let part = lot.of.free().min(rest);
        if part.0 <= 0 || lot.left > on {
            continue;
        }
        take(scene, &at, lot, part);
        rest = rest.minus(part);
        taken += 1;
    }
    if rest == Quantity(0) {
        return Ok(taken);
    }
    let finding = Finding::new(Code::AbroadShort, CLAUSE, "qty").arg("item", &item.item_no);
    Err(finding.arg("free", qty.minus(rest)).arg("qty", qty))
}

/// What was entered of a lot when it left.
pub(super) fn entered(scene: &Scene<'_>, lot: &AbroadLot) -> Option<(ExportList, TaxedLine)> {
    let (list, _) = super::list_of(scene, &lot.case)?;
    let export = scene.case(&lot.case)?.export?;
    let at =
        crate::key::SellerMonth { ebc: lot.case.ebc.clone(), month: export.taxed_month, number: export.taxed_number };
    let entry = scene.read::<TaxEntry>(&Key::TaxEntry(at))?;
    let line = entry.lines.into_iter().find(|line| line.gnum == lot.gnum)?;
    Some((list, line))
}
