//! Truth of stock (rules.md 7.6, 7.7): stock-taking, differences with their causes, loss, destruction, and the
//! figures of the warehouse's own system.
//!
//! A count is compared with the shelf at its own instant, and what moves afterwards does not touch the difference, so
//! nothing has to stand still. Nobody's count changes a book: an official approves what the enterprise has explained.
//! Short goods are written off without tax for force majeure alone; else their value is told, to be taxed as general
//! trade with the tax that it owes; whether a penalty follows is for customs.

use std::collections::BTreeSet;

use super::{Answer, Because, Scene, Stage, Taken, books, misfit, not_in, period, unknown};
use crate::bonded::ledger::{MOST, Move};
use crate::bonded::proof;
use crate::bonded::record::{Difference, ShelfRecord, TakeRecord, WriteOffRecord};
use crate::bonded::{Cause, Count, CountLine, Decision, Explanation, Kind, Shelf, StockTake, Verdict, WriteOff};
use crate::finding::{Code, Finding};
use crate::key::{Key, Pair};
use crate::money::{Fen, Quantity, SCALE};
use crate::pack::Text;
use crate::policy::tariff::{self, Amounts};
use crate::record::Stock;
use crate::tax::{self, LineTax, Rules};
use crate::time::{HOUR_MS, Moment};

const CLAUSE: &str = "D256; rules 7.6";

/// STOCKTAKE
pub(super) fn open(scene: &mut Scene<'_>, take: &StockTake) -> Answer {
    let book = books::usable(scene, &take.ems_no, &take.head.etps)?;
    let unknown_items = take.items.iter().filter(|item| scene.stock(&take.ems_no, item).is_none());
    let found: Vec<Finding> = unknown_items
        .map(|item| Finding::new(Code::ItemNotInBook, CLAUSE, "gdsMtno").arg("item", item).arg("book", &take.ems_no))
        .collect();
    scene.clean(found)?;
    let number = scene.bonded_number("PD", &book.book.office, "");
    let mut record = TakeRecord {
        take: take.clone(),
        state: Stage::Passed,
        etps: take.head.etps.clone(),
        number: number.clone(),
        ..TakeRecord::default()
    };
    scene.walked(&mut record.trail);
    scene.put(&Key::StockTake(number.clone()), &record);
    period::begun(scene, &take.ems_no, Kind::StockTake, &number);
    let how = if take.blind { "盲盘" } else { "明盘" };
    Ok(Taken::passed(&number, &book.book.office, format!("盘点开始（{how}）")))
}

fn take_of(scene: &Scene<'_>, number: &str, etps: &str) -> Result<TakeRecord, Vec<Finding>> {
    let record = scene.read::<TakeRecord>(&Key::StockTake(number.into())).filter(|t| t.etps == etps);
    match record {
        None => Err(vec![unknown(Kind::StockTake, number, "takeNo")]),
        Some(record) if record.state != Stage::Passed => {
            Err(vec![not_in(record.state, Kind::StockTake, number, "takeNo")])
        }
        Some(record) => Ok(record),
    }
}

/// COUNT: an item counted again replaces its first count.
pub(super) fn count(scene: &mut Scene<'_>, count: &Count) -> Answer {
    let mut record = take_of(scene, &count.take_no, &count.head.etps)?;
    let items: BTreeSet<&Text> = record.take.items.iter().collect();
    let asked = |item: &Text| items.is_empty() || items.contains(item);
    let found = not_countable(scene, &record.take.ems_no, &count.lines, asked);
    scene.clean(found)?;
    let again: BTreeSet<&Text> = count.lines.iter().map(|line| &line.item_no).collect();
    record.differences.retain(|d| !again.contains(&d.item_no));
    for line in &count.lines {
        let Some(stock) = scene.stock(&record.take.ems_no, &line.item_no) else { continue };
        if stock.on_hand != line.qty {
            record.differences.push(Difference {
                item_no: line.item_no.clone(),
                counted: line.qty,
                on_hand: stock.on_hand,
                moves: stock.ledger.moves,
                cause: Cause::None,
            });
        }
    }
    record.counted += count.lines.len() as u32;
    scene.walked(&mut record.trail);
    scene.put(&Key::StockTake(count.take_no.clone()), &record);
    // Whoever counts blind is not told what the book says, nor whether it agrees.
    let info = match record.take.blind {
        true => format!("已记录{}项", count.lines.len()),
        false => format!("已记录{}项，共{}项不符", count.lines.len(), record.differences.len()),
    };
    Ok(Taken::closed(&count.take_no, "", info))
}

fn not_countable(scene: &Scene<'_>, ems_no: &str, lines: &[CountLine], asked: impl Fn(&Text) -> bool) -> Vec<Finding> {
    let mut found = Vec::new();
    if lines.is_empty() {
        found.push(Finding::new(Code::NoLines, "", "gdsMtno"));
    }
    let mut seen = BTreeSet::new();
    for (n, line) in lines.iter().enumerate() {
        let gnum = n as u32 + 1;
        if !asked(&line.item_no) || scene.stock(ems_no, &line.item_no).is_none() {
            let finding = Finding::new(Code::ItemNotInBook, CLAUSE, "gdsMtno").line(gnum);
            found.push(finding.arg("item", &line.item_no).arg("book", ems_no));
        }
        if !(0..=MOST).contains(&line.qty.0) {
            found.push(misfit("qty", &line.qty.to_string(), ">= 0"));
        }
        if !seen.insert(&line.item_no) {
            found.push(Finding::new(Code::DuplicateLine, "", "gdsMtno").line(gnum));
        }
    }
    found
}

/// EXPLANATION
pub(super) fn explain(scene: &mut Scene<'_>, explanation: &Explanation) -> Answer {
    let mut record = take_of(scene, &explanation.take_no, &explanation.head.etps)?;
    let mut found = Vec::new();
    for (n, line) in explanation.lines.iter().enumerate() {
        let Some(difference) = record.differences.iter_mut().find(|d| d.item_no == line.item_no) else {
            let finding = Finding::new(Code::ItemNotInBook, CLAUSE, "gdsMtno").line(n as u32 + 1);
            found.push(finding.arg("item", &line.item_no).arg("book", &explanation.take_no));
            continue;
        };
        let over = difference.counted > difference.on_hand;
        if line.cause == Cause::None || over != (line.cause == Cause::OverDelivered) && line.cause != Cause::Miscount {
            found.push(misfit("cause", line.cause.name(), if over { "over-delivered, miscount" } else { "…" }));
        }
        difference.cause = line.cause;
    }
    scene.clean(found)?;
    scene.walked(&mut record.trail);
    scene.put(&Key::StockTake(explanation.take_no.clone()), &record);
    Ok(Taken::waits(&explanation.take_no, "", "差异说明待审核"))
}

/// An official closes a stock-taking: every difference has a cause, and the book follows the shelf.
pub(super) fn decided(scene: &mut Scene<'_>, decision: &Decision, mut record: TakeRecord) -> Answer {
    if decision.verdict != Verdict::Approve || record.state != Stage::Passed {
        return books::not_now(Kind::StockTake, decision, record.state);
    }
    let ems_no = record.take.ems_no.clone();
    let mut found = Vec::new();
    for d in record.differences.iter().filter(|d| matches!(d.cause, Cause::None | Cause::Miscount)) {
        let finding = Finding::new(Code::DifferenceUnreported, CLAUSE, "cause").arg("item", &d.item_no);
        found.push(finding.arg("counted", d.counted).arg("expected", d.on_hand));
    }
    for d in record.differences.iter().filter(|d| d.counted < d.on_hand) {
        let (lost, stock) = (d.on_hand.minus(d.counted), scene.stock(&ems_no, &d.item_no).unwrap_or_default());
        if stock.available() < lost {
            let finding = Finding::new(Code::StockShort, CLAUSE, "gdsMtno").arg("item", &d.item_no);
            found.push(finding.arg("available", stock.available()).arg("qty", lost));
        }
    }
    scene.clean(found)?;
    let mut told = Vec::new();
    for (n, d) in record.differences.iter().enumerate() {
        let because = Because::of(Kind::StockTake, &record.number, n as u32 + 1, "");
        if d.counted > d.on_hand {
            let more = d.counted.minus(d.on_hand);
            scene.move_stock((&ems_no, &d.item_no), Move::Found, more, Quantity(0), because);
        } else {
            let less = d.on_hand.minus(d.counted);
            scene.move_stock((&ems_no, &d.item_no), Move::Lost, less, Quantity(0), because);
            told.extend(to_be_taxed(scene, &ems_no, &d.item_no, less, d.cause));
        }
    }
    record.state = Stage::Done;
    scene.walked(&mut record.trail);
    scene.put(&Key::StockTake(record.number.clone()), &record);
    period::finished(scene, &ems_no, &record.number);
    let info = format!("盘点办结，差异{}项", record.differences.len());
    let answer = (super::status::CLOSED, info.clone(), told.clone());
    scene.tell_filer(Kind::StockTake, &record.etps, &record.take.head.own_no, &record.number, answer);
    Ok(Taken { findings: told, ..Taken::closed(&record.number, "", info) })
}

/// What is missing by theft, mismanagement or damage pays like general trade (D256), by the price of its book and the
/// tariff of the day on which customs decide.
fn to_be_taxed(scene: &Scene<'_>, ems_no: &str, item_no: &str, qty: Quantity, cause: Cause) -> Option<Finding> {
    if matches!(cause, Cause::ForceMajeure | Cause::Destruction | Cause::OverDelivered) {
        return None;
    }
    let stock = scene.stock(ems_no, item_no)?;
    let value = crate::bonded::period::value_at(&stock, qty);
    let finding = Finding::new(Code::ShortTaxed, CLAUSE, "cause").arg("item", item_no).arg("qty", qty);
    Some(with_taxes(finding.arg("cause", cause), value, owed(scene, &stock, qty, value)))
}

/// Says what is owed; where the tariff does not know it, the figures are left to people: `-`.
pub(super) fn with_taxes(finding: Finding, value: Fen, owed: Option<LineTax>) -> Finding {
    let fen = |of: &dyn Fn(&LineTax) -> Fen| owed.as_ref().map_or_else(|| "-".to_owned(), |owed| of(owed).to_string());
    let finding = finding.arg("value", value).arg("tax", fen(&LineTax::tax)).arg("duty", fen(&|t| t.duty));
    finding.arg("consumption", fen(&|t| t.consumption_tax)).arg("vat", fen(&|t| t.vat)).forgiven()
}

/// What a quantity of an item of this value owes as general trade, where the tariff of the day knows it.
pub(super) fn owed(scene: &Scene<'_>, stock: &Stock, qty: Quantity, value: Fen) -> Option<LineTax> {
    let (today, row) = (scene.today(), &stock.row);
    let tariff = scene.policy().tariff(&row.hs10, today)?;
    // Statutory quantities of what is missing.
    let times = |factor: Option<Quantity>| {
        let exact = i128::from(factor?.0) * i128::from(qty.0) / i128::from(SCALE);
        i64::try_from(exact).ok().map(Quantity)
    };
    let statutory = [
        (row.unit1.as_str(), times(stock.ledger.factor1).unwrap_or_default()),
        (row.unit2.as_str(), times(stock.ledger.factor2).unwrap_or_default()),
    ];
    let rates = tariff::rates(&tariff.value, &Amounts { declared: (&row.unit, qty), statutory })?;
    tax::general(1, value, &rates, &Rules::on(scene.policy(), today).ok()?)
}

/// WRITEOFF: goods that are lost, damaged or to be destroyed; held back until an official has decided.
pub(super) fn write_off(scene: &mut Scene<'_>, write_off: &WriteOff) -> Answer {
    let book = books::usable(scene, &write_off.ems_no, &write_off.head.etps)?;
    let mut found = not_countable(scene, &write_off.ems_no, &write_off.lines, |_| true);
    if matches!(write_off.cause, Cause::None | Cause::Miscount | Cause::OverDelivered) {
        found.push(misfit("cause", write_off.cause.name(), "force-majeure, damage, theft, mismanagement, destruction"));
    }
    if write_off.proof.is_empty() {
        found.push(misfit("proof", "", "…"));
    }
    for (n, line) in write_off.lines.iter().enumerate() {
        let available = scene.stock(&write_off.ems_no, &line.item_no).map_or(Quantity(0), |s| s.available());
        if line.qty <= Quantity(0) || available < line.qty {
            let finding = Finding::new(Code::StockShort, CLAUSE, "qty").line(n as u32 + 1).arg("item", &line.item_no);
            found.push(finding.arg("available", available).arg("qty", line.qty));
        }
    }
    scene.clean(found)?;
    for line in &write_off.lines {
        scene.freeze(&write_off.ems_no, &line.item_no, line.qty.0);
    }
    let number = scene.bonded_number("HX", &book.book.office, "");
    let mut record = WriteOffRecord {
        write_off: write_off.clone(),
        state: Stage::Waiting,
        etps: write_off.head.etps.clone(),
        ..WriteOffRecord::default()
    };
    scene.walked(&mut record.trail);
    scene.put(&Key::WriteOff(number.clone()), &record);
    period::begun(scene, &write_off.ems_no, Kind::WriteOff, &number);
    Ok(Taken::waits(&number, &book.book.office, "核销申请待审核，货物已冻结"))
}

pub(super) fn written_off(scene: &mut Scene<'_>, decision: &Decision, mut record: WriteOffRecord) -> Answer {
    let number = decision.number.clone();
    if record.state != Stage::Waiting || !matches!(decision.verdict, Verdict::Approve | Verdict::Refuse) {
        return books::not_now(Kind::WriteOff, decision, record.state);
    }
    let write_off = record.write_off.clone();
    let mut told = Vec::new();
    for (n, line) in write_off.lines.iter().enumerate() {
        if decision.verdict == Verdict::Refuse {
            scene.freeze(&write_off.ems_no, &line.item_no, -line.qty.0);
            continue;
        }
        let kind = if write_off.cause == Cause::Destruction { Move::Destroyed } else { Move::Lost };
        let because = Because::of(Kind::WriteOff, &number, n as u32 + 1, &write_off.proof);
        scene.move_stock((&write_off.ems_no, &line.item_no), kind, line.qty, line.qty, because);
        told.extend(to_be_taxed(scene, &write_off.ems_no, &line.item_no, line.qty, write_off.cause));
    }
    let approved = decision.verdict == Verdict::Approve;
    record.state = if approved { Stage::Done } else { Stage::Refused };
    scene.walked(&mut record.trail);
    scene.put(&Key::WriteOff(number.clone()), &record);
    period::finished(scene, &write_off.ems_no, &number);
    let (status, info) = if approved { (super::status::CLOSED, "准予核销") } else { (100, "不予核销") };
    let answer = (status, info.to_owned(), told.clone());
    scene.tell_filer(Kind::WriteOff, &record.etps, &write_off.head.own_no, &number, answer);
    Ok(Taken { findings: told, ..Taken::closed(&number, "", info) })
}

/// So many days back a figure may lie [ours].
const SHELF_DAYS: i64 = 7;

/// SHELF: the figures of the warehouse's own system, kept beside ours for the daily comparison.
pub(super) fn shelf(scene: &mut Scene<'_>, shelf: &Shelf) -> Answer {
    let book = books::usable(scene, &shelf.ems_no, &shelf.head.etps)?;
    scene.clean(not_countable(scene, &shelf.ems_no, &shelf.lines, |_| true))?;
    let at = shelf.at.unwrap_or(scene.setting.at);
    if at > scene.setting.at {
        return Err(vec![misfit("countedAt", &at.to_string(), &format!("<= {}", scene.setting.at))]);
    }
    // What moved since then is reckoned back, movement by movement.
    let oldest = Moment(scene.setting.at.0.saturating_sub(SHELF_DAYS * 24 * HOUR_MS));
    if at < oldest {
        return Err(vec![misfit("countedAt", &at.to_string(), &format!(">= {oldest}"))]);
    }
    let mut off = 0;
    for line in &shelf.lines {
        let stock = scene.stock(&shelf.ems_no, &line.item_no);
        let (on_hand, book) = stock.map_or_else(Default::default, |stock| proof::at(&scene.overlay, &stock, at));
        off += u32::from(on_hand != line.qty);
        let key = Key::Shelf(Pair { code: shelf.ems_no.clone(), number: line.item_no.clone() });
        let before = scene.read::<ShelfRecord>(&key).unwrap_or_default();
        if before.at > at {
            return Err(vec![misfit("countedAt", &at.to_string(), &format!(">= {} ({})", before.at, line.item_no))]);
        }
        let agrees = on_hand == line.qty;
        let record = ShelfRecord {
            qty: line.qty,
            at,
            by: scene.here(),
            on_hand,
            book: Some(book),
            agreed: if agrees { Some(at) } else { before.agreed },
            differs_since: if agrees { None } else { before.differs_since.or(Some(at)) },
        };
        scene.put(&key, &record);
    }
    let info = format!("已对账{}项，{off}项与底账不符", shelf.lines.len());
    Ok(Taken::closed(&shelf.head.own_no, &book.book.office, info))
}
