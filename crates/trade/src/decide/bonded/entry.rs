//! Enter first, declare later (先入区后报关; rules.md 7.4).
//!
//! Goods from abroad come in on the bill of lading. What the bill says is on the shelf from the gate on, and may be
//! neither sold nor moved out. They are tallied, short and over goods are reported, and a verification list of kind 3
//! declares what was tallied: within 14 days from the arrival of the transport, else with a late fee for each day
//! (Customs Law Art. 24); after three months unclaimed goods are for customs to sell (Art. 30).
//!
//! Reading: day 1 is the day after arrival, the last day is counted whole. The fee is reckoned on the value of the
//! list, half up to the fen; its smallest amount and its rounding to yuan are not covered.

use std::collections::{BTreeMap, BTreeSet};

use super::results::Declared;
use super::{Answer, Because, Scene, Stage, Taken, books, misfit, not_in, numbered, ports, results, slips, unknown};
use crate::bonded::ledger::Move;
use crate::bonded::record::{EntryLine, EntryRecord, ListRecord};
use crate::bonded::{Entry, Kind, PassLine, Tally};
use crate::command::DueKind;
use crate::exact::{Exact, Fraction};
use crate::finding::{Code, Finding};
use crate::key::Key;
use crate::money::{Fen, Quantity};
use crate::pack::Pack;
use crate::pack::Text;
use crate::policy::Parameter;

const CLAUSE: &str = "Customs Law 24; rules 7.4";

/// ENTRY: the bill under which goods are to come in.
pub(super) fn file(scene: &mut Scene<'_>, entry: &Entry) -> Answer {
    books::usable(scene, &entry.ems_no, &entry.head.etps)?;
    let key = Key::Entry(entry.bill_no.clone());
    if let Some(known) = scene.read::<EntryRecord>(&key) {
        return Err(vec![not_in(known.state, Kind::Entry, &entry.bill_no, "billNo")]);
    }
    let mut found = numbered(entry.lines.iter().map(|l| l.gnum));
    if entry.bill_no.is_empty() {
        found.push(misfit("billNo", "", "…"));
    }
    let today = scene.today();
    if scene.party(&entry.head.etps).is_some_and(|party| party.is_untrusted(today)) {
        // Whose documents are not relied on declares first (rules.md 7.4).
        found.push(Finding::new(Code::PartyUntrusted, CLAUSE, "etpsno").arg("code", &entry.head.etps));
    }
    if entry.arrived_on > today {
        found.push(misfit("arrivedOn", &entry.arrived_on.to_string(), &format!("<= {today}")));
    }
    let mut named = BTreeSet::new();
    for line in &entry.lines {
        if scene.stock(&entry.ems_no, &line.item_no).is_none() {
            let finding = Finding::new(Code::ItemNotInBook, CLAUSE, "gdsMtno").line(line.gnum);
            found.push(finding.arg("item", &line.item_no).arg("book", &entry.ems_no));
        }
        if line.qty <= Quantity(0) {
            found.push(Finding::new(Code::ValueNotPositive, "", "dclQty").line(line.gnum));
        }
        if !named.insert(&line.item_no) {
            found.push(Finding::new(Code::DuplicateLine, "", "gdsMtno").line(line.gnum));
        }
    }
    // Quarantine at the port is done before the goods go on (A194; rules.md 8.4), and they need whatever they would need
    // if they were declared.
    let rows = entry.lines.iter().filter_map(|l| Some((l.gnum, scene.stock(&entry.ems_no, &l.item_no)?.row)));
    let rows: Vec<_> = rows.collect();
    let goods = || rows.iter().map(|(gnum, row)| (*gnum, row.hs10.as_str(), row.origin.as_str()));
    let mut relied = Vec::new();
    let mut codes: Vec<&str> = rows.iter().map(|(_, row)| row.hs10.as_str()).collect();
    if codes.is_empty() {
        codes.push("");
    }
    let mut not_done =
        codes.iter().filter_map(|hs| results::quarantined(scene, &entry.quarantine, &entry.office, hs, &mut relied));
    found.extend(not_done.next());
    let declared = Declared { licences: &entry.licences, office: &entry.office, transport: &entry.transport };
    found.extend(results::conditions(scene, goods(), &declared, &mut relied));
    let kinds = results::kinds_of_place(scene, goods());
    found.extend(ports::admit(scene, &entry.place, &kinds).err());
    scene.clean(found)?;
    let days = scene.policy().whole(Parameter::DeclareDays, today).unwrap_or(14);
    let declare_by = entry.arrived_on.plus(i32::try_from(days).unwrap_or(14));
    let lines =
        entry.lines.iter().map(|l| EntryLine { item_no: l.item_no.clone(), billed: l.qty, ..EntryLine::default() });
    let mut record = EntryRecord {
        entry: entry.clone(),
        state: Stage::Passed,
        etps: entry.head.etps.clone(),
        lines: lines.collect(),
        declare_by,
        relied,
        ..EntryRecord::default()
    };
    scene.walked(&mut record.trail);
    scene.put(&key, &record);
    let (overdue, unclaimed) = (declare_by.plus(1).starts(), entry.arrived_on.plus_months(3).plus(1).starts());
    scene.overlay.due(overdue.max(scene.setting.at), DueKind::EntryOverdue, &key);
    scene.overlay.due(unclaimed.max(scene.setting.at), DueKind::EntryUnclaimed, &key);
    Ok(Taken::passed(&entry.bill_no, &entry.office, format!("准予凭提运单先行入区，{declare_by} 前申报")))
}

/// A vehicle with goods of the bill is through the gate; each part with its line of the pass.
pub(super) fn through(scene: &mut Scene<'_>, pass_no: &str, bill_no: &str, parts: &[(u32, &PassLine)]) {
    let key = Key::Entry(bill_no.into());
    let Some(mut record) = scene.read::<EntryRecord>(&key) else { return };
    for (n, part) in parts {
        let Some(line) = record.lines.get_mut(part.gnum as usize - 1) else { continue };
        line.passed = line.passed.up_to_all(part.qty);
        let because = Because::of(Kind::Pass, pass_no, *n, bill_no);
        let item = (record.entry.ems_no.as_str(), line.item_no.as_str());
        scene.move_stock(item, Move::FirstLine, part.qty, Quantity(0), because);
    }
    record.entered = record.lines.iter().all(|l| l.passed == l.billed);
    if record.state == Stage::Passed {
        record.state = Stage::Moving;
    }
    scene.walked(&mut record.trail);
    scene.put(&key, &record);
}

/// TALLY: what was counted on arrival; arrivals may be split.
pub(super) fn tally(scene: &mut Scene<'_>, tally: &Tally) -> Answer {
    let key = Key::Entry(tally.bill_no.clone());
    let Some(mut record) = scene.read::<EntryRecord>(&key).filter(|e| e.etps == tally.head.etps) else {
        return Err(vec![unknown(Kind::Entry, &tally.bill_no, "billNo")]);
    };
    if !matches!(record.state, Stage::Moving | Stage::Overdue) || record.tallied {
        return Err(vec![not_in(record.state, Kind::Entry, &tally.bill_no, "billNo")]);
    }
    let mut found = Vec::new();
    for (n, counted) in tally.lines.iter().enumerate() {
        if counted.qty < Quantity(0) || counted.qty.0 > crate::bonded::ledger::MOST {
            found.push(misfit("tallyQty", &counted.qty.to_string(), ">= 0"));
            continue;
        }
        let at = match record.lines.iter().position(|l| l.item_no == counted.item_no) {
            Some(at) => at,
            None if scene.stock(&record.entry.ems_no, &counted.item_no).is_some() => {
                // Goods that the bill does not name: over.
                record.lines.push(EntryLine { item_no: counted.item_no.clone(), ..EntryLine::default() });
                record.lines.len() - 1
            }
            None => {
                let finding = Finding::new(Code::ItemNotInBook, CLAUSE, "gdsMtno").line(n as u32 + 1);
                found.push(finding.arg("item", &counted.item_no).arg("book", &record.entry.ems_no));
                continue;
            }
        };
        let line = &mut record.lines[at];
        line.tallied = Quantity(line.tallied.0.saturating_add(counted.qty.0));
        if !counted.reason.is_empty() {
            line.reason = counted.reason.clone();
        }
    }
    if tally.last {
        for line in record.lines.iter().filter(|l| l.tallied != l.billed && l.reason.is_empty()) {
            let finding = Finding::new(Code::DifferenceUnreported, CLAUSE, "difference").arg("item", &line.item_no);
            found.push(finding.arg("counted", line.tallied).arg("expected", line.billed));
        }
    }
    scene.clean(found)?;
    scene.walked(&mut record.trail);
    let mut off = 0;
    if tally.last {
        record.tallied = true;
        let ems_no = record.entry.ems_no.clone();
        for (n, line) in record.lines.iter().enumerate() {
            let because = Because::of(Kind::Tally, &tally.head.own_no, n as u32 + 1, &tally.bill_no);
            // Movements are never changed: what the bill said too much is reversed, what it lacked comes on top.
            let (kind, qty) = match line.tallied.0 - line.passed.0 {
                0 => continue,
                more if more > 0 => (Move::FirstLine, more),
                less => (Move::FirstLineReversed, -less),
            };
            off += 1;
            scene.move_stock((&ems_no, &line.item_no), kind, Quantity(qty), Quantity(0), because);
        }
    }
    let office = record.entry.office.clone();
    scene.put(&key, &record);
    let info = if tally.last { format!("理货完成，{off}项溢短") } else { "理货记录".to_owned() };
    Ok(Taken::closed(&tally.bill_no, &office, info))
}

/// A list of kind 3 declares what was tallied.
pub(super) fn declare(scene: &mut Scene<'_>, number: &str, record: &mut ListRecord) -> Result<(), Vec<Finding>> {
    let list = &record.list;
    let key = Key::Entry(list.bill_no.clone());
    let known = scene.read::<EntryRecord>(&key);
    let Some(mut entry) = known.filter(|e| e.etps == record.etps && e.entry.ems_no == list.ems_no) else {
        return Err(vec![unknown(Kind::Entry, &list.bill_no, "billNo")]);
    };
    if !entry.list_no.is_empty() {
        return Err(vec![not_in(Stage::Done, Kind::Entry, &list.bill_no, "billNo")]);
    }
    if !entry.tallied {
        return Err(vec![Finding::new(Code::NotTallied, CLAUSE, "billNo").arg("bill", &list.bill_no)]);
    }
    let mut sums: BTreeMap<Text, i64> = BTreeMap::new();
    for line in entry.lines.iter().filter(|l| l.tallied != Quantity(0)) {
        *sums.entry(line.item_no.clone()).or_default() += line.tallied.0;
    }
    scene.clean(slips::sums_differ(list, &sums, "billNo"))?;
    let late = scene.today().0 - entry.declare_by.0;
    if late > 0 {
        let value: Fen = list.lines.iter().map(|l| l.total).sum();
        let fee = late_fee(value, late);
        record.late_fee = fee;
        let finding = Finding::new(Code::DeclaredLate, CLAUSE, "billNo").arg("bill", &list.bill_no);
        scene.outcome.findings.push(finding.arg("days", late).arg("value", value).arg("fee", fee).forgiven());
    }
    entry.list_no = number.into();
    entry.state = Stage::Done;
    scene.walked(&mut entry.trail);
    ports::leave(scene, &entry.entry.place);
    scene.put(&key, &entry);
    let overdue = entry.declare_by.plus(1).starts();
    scene.overlay.undue(overdue, DueKind::EntryOverdue, &key);
    scene.overlay.undue(entry.entry.arrived_on.plus_months(3).plus(1).starts(), DueKind::EntryUnclaimed, &key);
    Ok(())
}

/// 0.05 % of the dutiable value a day.
fn late_fee(value: Fen, days: i32) -> Fen {
    let rate = Fraction::new(i64::from(days) * 5, 10_000);
    let fee = rate.and_then(|rate| Exact::fen(value).times(rate)).and_then(|fee| fee.half_up());
    Fen(fee.unwrap_or_default())
}

/// The last day without late fee is over.
pub(super) fn overdue(scene: &mut Scene<'_>, bill: &str) {
    late(scene, bill, Code::EntryOverdue);
}

/// Three months have passed.
pub(super) fn unclaimed(scene: &mut Scene<'_>, bill: &str) {
    late(scene, bill, Code::EntryUnclaimed);
}

fn late(scene: &mut Scene<'_>, bill: &str, code: Code) {
    let key = Key::Entry(bill.into());
    let Some(mut record) = scene.read::<EntryRecord>(&key).filter(|e| e.list_no.is_empty()) else { return };
    record.state = Stage::Overdue;
    scene.walked(&mut record.trail);
    let finding = Finding::new(code, CLAUSE, "billNo").arg("bill", bill).arg("last", record.declare_by);
    scene.outcome.verdict = crate::command::Verdict::Done;
    scene.outcome.findings.push(finding.clone());
    let info = crate::receipt::info_of(std::slice::from_ref(&finding), "");
    let told = (100, info, vec![finding]);
    scene.tell_filer(Kind::Entry, &record.etps, &record.entry.head.own_no, bill, told);
    scene.put(&key, &record);
}

/// What must hold of an entry that was written.
pub(super) fn holds(value: &[u8]) -> Result<(), &'static str> {
    let right = |l: &EntryLine| Quantity(0) <= l.passed && l.passed <= l.used && l.used <= l.billed;
    match EntryRecord::unpack(value) {
        Ok(record) if record.lines.iter().all(right) => Ok(()),
        _ => Err("entry: more on passes or through the gate than the bill names"),
    }
}
