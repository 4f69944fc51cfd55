//! Export tax policies (rules.md 6.5 to 6.7): how each line is treated when it leaves, what comes back of it, the
//! statement of a seller's month, and what platforms have to report of their sellers.
//!
//! A list enters its seller's register once, when it is closed; each return of it once, when it is taken back. Both are
//! entries of their month that are never written again; sums and hash of the month go with them. The month's statement is
//! a receipt to the seller, so it proves itself as every receipt does.

use super::{Scene, abroad};
use crate::command::{DueKind, Verdict};
use crate::documents::{ExportList, MessageKind};
use crate::key::{CaseKey, Facts, Key, Pair, PlatformPart, SellerMonth};
use crate::money::{Fen, Quantity};
use crate::pack::Text;
use crate::policy::Policy;
use crate::policy::exemption::{Exported, treat};
use crate::receipt::Shown;
use crate::record::{
    AbroadLot, Case, ExportState, Moved, PlatformQuarter, PlatformSeller, RefundState, TaxEntry, TaxMonth, TaxSum,
    TaxedLine, Told,
};
use crate::register;
use crate::registry::GoodsRow;
use crate::time::Day;

/// A line worth more is not reckoned with: 10 trillion yuan.
const MOST: Fen = Fen(1_000_000_000_000_000);

/// How the lines of a list are treated that leaves on `day`.
pub fn treated(facts: &dyn Facts, policy: &Policy, list: &ExportList, day: Day) -> Vec<TaxedLine> {
    let place = facts.party(&list.ebc_code).map(|party| party.place.clone()).unwrap_or_default();
    let city = policy.office(&list.customs_code, day).map(|office| office.value.city.clone()).unwrap_or_default();
    let of_line = |line: &crate::documents::ExportListLine| {
        let at = Key::Goods(Pair { code: list.ebc_code.clone(), number: line.item_no.clone() });
        let filed = crate::key::read::<GoodsRow>(facts, &at);
        let (tax, unmet) = treat(
            &Exported {
                seller_place: &place,
                office_city: &city,
                mode: &list.trade_mode,
                gnum: line.gnum,
                gcode: &line.gcode,
                rebate_wanted: filed.is_some_and(|row| row.tags.iter().any(|tag| tag == "rebate")),
            },
            policy,
            day,
        );
        let value = policy.in_renminbi(line.total, &line.currency, day).filter(|value| *value <= MOST);
        TaxedLine { gnum: line.gnum, qty: line.qty, value, tax, unmet }
    };
    list.lines.iter().map(of_line).collect()
}

/// A list has left the country.
pub(super) fn left(scene: &mut Scene<'_>, key: &CaseKey, case: &Case, export: &mut ExportState, list: &ExportList) {
    let day = export.departed.map_or(scene.today(), |at| at.day());
    let lines = treated(&scene.overlay, scene.policy(), list, day);
    abroad::left(scene, key, case, export, list, &lines);
    let entry = TaxEntry { case: key.clone(), day, lines, at: scene.here(), ..TaxEntry::default() };
    (export.taxed_month, export.taxed_number) = enter(scene, &entry, list, &case.invt_no);
}

/// Goods of a list have come back; `case` still says what had come back before them.
pub(super) fn back(scene: &mut Scene<'_>, state: &RefundState, case: &Case, list: &ExportList) {
    let Some(export) = &case.export else { return };
    let (ebc, month, number) = (state.case.ebc.clone(), export.taxed_month, export.taxed_number);
    let Some(left) = scene.read::<TaxEntry>(&Key::TaxEntry(SellerMonth { ebc, month, number })) else { return };
    let part = |line: &crate::record::Returned| {
        let of = left.lines.iter().find(|l| l.gnum == line.gnum)?;
        let before = case.returned.iter().find(|r| r.gnum == line.gnum).map_or(Quantity(0), |r| r.qty);
        // Of goods in overseas warehouses, sales and losses have had their share, too.
        let parts = match abroad::coming(scene, case, list, (line.gnum, line.pending)) {
            parts if parts.is_empty() => vec![(before, line.pending)],
            parts => parts,
        };
        let worth = |(before, qty): &(Quantity, Quantity)| part_of(of, *before, *qty).value;
        let value = parts.iter().map(worth).try_fold(Fen::ZERO, |sum, value| Some(sum.plus(value?)));
        Some(TaxedLine { qty: line.pending, value, ..of.clone() })
    };
    let entry = TaxEntry {
        case: state.case.clone(),
        day: scene.today(),
        under: state.cop_no.clone(),
        what: Moved::Back,
        lines: state.lines.iter().filter_map(part).collect(),
        at: scene.here(),
    };
    enter(scene, &entry, list, &case.invt_no);
}

/// Goods of a lot were sold or lost abroad.
pub(super) fn settled(scene: &mut Scene<'_>, lot: &AbroadLot, (what, day, number): (Moved, Day, &Text), qty: Quantity) {
    let Some((list, of)) = abroad::entered(scene, lot) else { return };
    let entry = TaxEntry {
        case: lot.case.clone(),
        day,
        under: number.clone(),
        what,
        lines: vec![part_of(&of, lot.before(), qty)],
        at: scene.here(),
    };
    enter(scene, &entry, &list, &lot.invt_no);
}

/// What `qty` of a line is worth, after `before` of it.
fn part_of(of: &TaxedLine, before: Quantity, qty: Quantity) -> TaxedLine {
    let at = |qty| of.value.map_or(0, |value| register::share(value.0, qty, of.qty));
    let value = of.value.map(|_| Fen(at(before.plus(qty)) - at(before)));
    TaxedLine { qty, value, ..of.clone() }
}

/// One more entry of the seller's month; where it stands.
fn enter(scene: &mut Scene<'_>, entry: &TaxEntry, list: &ExportList, invt_no: &str) -> (u32, u32) {
    let month = register::month_of(scene.today());
    let ebc = entry.case.ebc.clone();
    let at = |number| SellerMonth { ebc: ebc.clone(), month, number };
    let key = Key::TaxMonth(at(0));
    let mut state = scene.read::<TaxMonth>(&key).unwrap_or_default();
    if state.entries == 0 {
        scene.overlay.due(register::next_month(month).starts(), DueKind::ExportMonthOver, &key);
    }
    state.entries += 1;
    for line in &entry.lines {
        state.lines += 1;
        let row = register::row(state.lines, entry, line, list, invt_no);
        state.digest = register::digest(&state.digest, &register::line(&row));
        state.unvalued += u32::from(line.value.is_none());
        if state.sums.iter().all(|sum| sum.tax != line.tax) {
            state.sums.push(TaxSum { tax: line.tax, ..TaxSum::default() });
        }
        let Some(sum) = state.sums.iter_mut().find(|sum| sum.tax == line.tax) else { continue };
        sum.lines += 1;
        add(sum.of(entry.what), line.value);
    }
    scene.put(&Key::TaxEntry(at(state.entries)), entry);
    scene.put(&key, &state);
    earned(scene, entry, list, register::quarter_of(month));
    (month, state.entries)
}

/// Adds to what a platform reports of a seller. What leaves for an overseas warehouse is earned when it is sold, at the
/// value with which it left [ours: the price of the sale is the platform's own figure].
fn earned(scene: &mut Scene<'_>, entry: &TaxEntry, list: &ExportList, quarter: u32) {
    let abroad = list.trade_mode == "9810";
    let earns = if abroad { Moved::Sold } else { Moved::Left };
    if entry.what != earns && (abroad || entry.what != Moved::Back) {
        return;
    }
    let part = PlatformPart { platform: list.ebp_code.clone(), quarter, ebc: entry.case.ebc.clone() };
    let key = Key::PlatformSeller(part.clone());
    let mut seller = match scene.read::<PlatformSeller>(&key) {
        Some(seller) => seller,
        None => {
            let whole = Key::PlatformQuarter(PlatformPart { ebc: Default::default(), ..part.clone() });
            let mut state = scene.read::<PlatformQuarter>(&whole).unwrap_or_default();
            let previous = std::mem::replace(&mut state.newest, part.ebc);
            state.sellers += 1;
            scene.put(&whole, &state);
            PlatformSeller { previous, ..PlatformSeller::default() }
        }
    };
    seller.orders += u32::from(entry.what == Moved::Left);
    for line in &entry.lines {
        seller.unvalued += u32::from(line.value.is_none());
        add(if entry.what == earns { &mut seller.gross } else { &mut seller.refunds }, line.value);
    }
    scene.put(&key, &seller);
}

fn add(sum: &mut Fen, value: Option<Fen>) {
    sum.0 = sum.0.saturating_add(value.unwrap_or_default().0);
}

/// What the year came to with the last month before this one.
pub fn before(facts: &dyn Facts, of: &SellerMonth) -> (Fen, Fen) {
    let told = |month| {
        let key = Key::TaxMonth(SellerMonth { month, number: 0, ..of.clone() });
        crate::key::read::<TaxMonth>(facts, &key)?.told
    };
    let january = of.month / 100 * 100 + 1;
    (january..of.month).rev().find_map(told).map_or((Fen::ZERO, Fen::ZERO), |told| (told.year, told.tax))
}

/// A month is over: its statement goes to the seller.
pub(super) fn month_over(scene: &mut Scene<'_>, of: &SellerMonth) {
    let key = Key::TaxMonth(of.clone());
    let Some(mut state) = scene.read::<TaxMonth>(&key).filter(|state| state.told.is_none()) else { return };
    let uscc = scene.party(&of.ebc).map(|party| party.uscc.clone()).unwrap_or_default();
    let before = before(&scene.overlay, of);
    let statement = register::statement(of.month, &state, before, &uscc, false, scene.policy());
    state.told = Some(Told { at: scene.here(), year: statement.year, tax: statement.tax });
    scene.put(&key, &state);
    scene.outcome.verdict = Verdict::Done;
    let info = format!("{} 月出口免税与所得税对账单", of.month);
    let shown = Shown {
        kind: MessageKind::ExportStatement,
        ebc_code: of.ebc.clone(),
        statement: Some(Box::new(statement)),
        ..Shown::default()
    };
    scene.send(of.ebc.clone(), shown, crate::record::status::EXAMINED, info, Vec::new());
}
