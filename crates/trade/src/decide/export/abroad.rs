//! Stock abroad (9810; rules.md 6.4): what left for overseas warehouses, and what became of it.
//!
//! Each line of a 9810 list becomes a lot when it leaves; sales and losses are taken from the oldest lots first (先进先出)
//! [ours: platforms settle by item, rebates by declaration]. Goods that are announced to come back (213) are held until
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
        };
        export.abroad.push(AbroadAt { gnum: line.gnum, number: item.lots });
        scene.put(&Key::AbroadLot(AbroadPart { number: item.lots, ..at.clone() }), &lot);
        scene.put(&Key::AbroadItem(at), &item);
    }
}

/// The lot that a line of a list became; `None` where it is none of 9810.
pub(super) fn lot(scene: &Scene<'_>, case: &Case, list: &ExportList, gnum: u32) -> Option<(AbroadPart, AbroadLot)> {
    let number = case.export.as_ref()?.abroad.iter().find(|at| at.gnum == gnum)?.number;
    let at = part(list, gnum, number);
    let lot = scene.read::<AbroadLot>(&Key::AbroadLot(at.clone()))?;
    Some((at, lot))
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
        let (at, lot) = lot(scene, case, list, line.gnum)?;
        let finding = || Finding::new(Code::AbroadShort, CLAUSE, "qty").line(line.gnum).arg("item", &at.item_no);
        (line.pending > lot.of.free()).then(|| finding().arg("free", lot.of.free()).arg("qty", line.pending))
    };
    lines.iter().filter_map(more).collect()
}

/// Goods are announced to come back, or may not come any more (`sign` below nought).
pub(super) fn announce(scene: &mut Scene<'_>, case: &Case, list: &ExportList, lines: &[Returned], sign: i64) {
    for line in lines {
        let Some((at, lot)) = lot(scene, case, list, line.gnum) else { continue };
        let qty = sign * line.pending.0;
        change(scene, &at, lot, |of| of.coming = Quantity(of.coming.0.saturating_add(qty)));
    }
}

/// Goods have come back.
pub(super) fn back(scene: &mut Scene<'_>, state: &RefundState, case: &Case, list: &ExportList) {
    for line in &state.lines {
        let Some((at, lot)) = lot(scene, case, list, line.gnum) else { continue };
        change(scene, &at, lot, |of| {
            of.coming = of.coming.minus(line.pending);
            of.take(Moved::Back, line.pending);
        });
    }
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
        taxes::settled(scene, &lot, (what, on, number), part);
        change(scene, &at, lot, |of| of.take(what, part));
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
