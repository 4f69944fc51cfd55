//! Verification lists (核注清单): every change of a book stands on one.
//!
//! A list is deducted (核扣) when its customs declaration is released, where it needs one, and all its goods are through
//! the gate. The two lists of a transfer are deducted together or not at all, by one entry of the journal.

use std::collections::BTreeMap;

use super::results::Declared;
use super::{
    Answer, Scene, Stage, Taken, books, entry, fields, misfit, mode, not_in, numbered, period, ports, processing,
    results, retail, slips, taking, unknown,
};
use crate::bonded::ledger::Move;
use crate::bonded::record::{LineState, ListRecord, Mode};
use crate::bonded::{Decision, Kind, Line, ListType, Verdict, VerificationList};
use crate::documents::MessageKind;
use crate::finding::{Code, Finding};
use crate::key::Key;
use crate::money::{Fen, Quantity, SCALE};
use crate::policy::Parameter;

const CLAUSE: &str = "D256; GACC 2018 No. 23";

/// INV101.
pub(super) fn file(scene: &mut Scene<'_>, list: &VerificationList) -> Answer {
    let mut record = checked(scene, list)?;
    let number = scene.bonded_number("QD", &list.office, &list.direction);
    record.list.number = number.clone();
    scene.walked(&mut record.trail);
    if holds_goods(list.kind) {
        period::begun(scene, &list.ems_no, Kind::List, &number);
    }
    match list.kind {
        ListType::Ordinary | ListType::InZone if is_transfer(list) => pair(scene, number.to_string(), record),
        ListType::Ordinary | ListType::ZonePort | ListType::TaxedOnce => ordinary(scene, number.to_string(), record),
        ListType::Batched | ListType::Display => {
            slips::gather(scene, &number, &mut record)?;
            in_place(scene, number.to_string(), record)
        }
        ListType::EnteredFirst => {
            entry::declare(scene, &number, &mut record)?;
            in_place(scene, number.to_string(), record)
        }
        ListType::Retail => {
            retail::named(scene, &number, &mut record)?;
            scene.put(&Key::VerificationList(number.clone()), &record);
            Ok(Taken::passed(&number, &list.office, "核注清单通过"))
        }
        ListType::Processing => {
            processing::make(scene, &number, &mut record)?;
            Ok(Taken::closed(&number, &list.office, "简单加工核注清单已核扣"))
        }
        ListType::InZone => Err(vec![misfit("rltPutrecNo", "", "…")]),
    }
}

/// A list that may be taken in, as it begins.
///
/// # Errors
/// All that speaks against it.
fn checked(scene: &Scene<'_>, list: &VerificationList) -> Result<ListRecord, Vec<Finding>> {
    scene.clean(numbered(list.lines.iter().map(|l| l.gnum)))?;
    let book = books::usable(scene, &list.ems_no, &list.head.etps)?;
    let mut found = head(list);
    found.extend(fields::of_head(scene, list));
    for line in &list.lines {
        found.extend(goods(scene, list, line));
    }
    let mut relied = Vec::new();
    let declared = Declared { licences: &list.licences, office: &list.office, transport: &list.transport };
    if list.direction == "I" && !is_transfer(list) {
        let goods = || list.lines.iter().map(|l| (l.gnum, l.hs10.as_str(), l.origin.as_str()));
        found.extend(results::conditions(scene, goods(), &declared, &mut relied));
        // Goods that came in on a bill were admitted to their place then.
        let at_a_place = matches!(list.kind, ListType::Ordinary | ListType::ZonePort);
        let asked = scene.policy().whole(Parameter::PlaceOnList, scene.today()) == Some(1);
        let kinds = if at_a_place && asked { results::kinds_of_place(scene, goods()) } else { Vec::new() };
        if !kinds.is_empty() {
            found.extend(ports::accepted(scene, &list.place, &kinds).err());
        }
    }
    let mode = mode::of(scene, list);
    if crosses_the_border(list, mode) {
        found.extend(results::inspected(scene, list, &declared, &mut relied));
    }
    if holds_goods(list.kind) && mode::asks_for_goods(mode, &list.direction) {
        found.extend(short(scene, list));
    }
    found.extend(mode::too_much(scene, list, mode));
    if is_transfer(list) && list.direction == "I" {
        found.extend(bonded_office(scene, &book.book.office));
    }
    scene.clean(found)?;
    Ok(ListRecord {
        list: list.clone(),
        state: Stage::Passed,
        lines: vec![LineState::default(); list.lines.len()],
        released: list.declared == "2",
        accepted: scene.setting.at,
        etps: list.head.etps.clone(),
        mode,
        relied,
        ..ListRecord::default()
    })
}

/// `dclTypecd` 2: a list is declared otherwise, under its number, before anything of it has moved, stands on a pass, is
/// released by customs, or is agreed with the other half of a transfer. What it is of stays: book, kind, direction and
/// the other book; lists that gather other documents are deleted and filed again.
pub(super) fn change(scene: &mut Scene<'_>, list: &VerificationList) -> Answer {
    let key = Key::VerificationList(list.number.clone());
    let Some(old) = scene.read::<ListRecord>(&key).filter(|r| r.etps == list.head.etps) else {
        return Err(vec![unknown(Kind::List, &list.number, "bondInvtNo")]);
    };
    let untouched = matches!(old.state, Stage::Passed | Stage::Waiting) && old.pair.is_empty() && !old.in_place;
    let released = old.released && old.list.declared == "1";
    if !untouched || released || !holds_goods(old.list.kind) || old.lines.iter().any(|l| l.used != Quantity(0)) {
        return Err(vec![not_in(old.state, Kind::List, &list.number, "bondInvtNo")]);
    }
    let fixed = [
        ("putrecNo", &list.ems_no, &old.list.ems_no),
        ("impexpMarkcd", &list.direction, &old.list.direction),
        ("rltPutrecNo", &list.other_ems, &old.list.other_ems),
        ("dclPlcCuscd", &list.office, &old.list.office),
    ];
    let mut found: Vec<Finding> = fixed
        .into_iter()
        .filter(|(_, given, was)| given != was)
        .map(|(field, given, was)| misfit(field, given, was))
        .collect();
    if list.kind != old.list.kind {
        found.push(misfit("invtType", list.kind.name(), old.list.kind.name()));
    }
    scene.clean(found)?;
    // What it held is free for what it is to hold.
    mode::hold(scene, &old, -1);
    let mut record = ListRecord { accepted: old.accepted, trail: old.trail, ..checked(scene, list)? };
    scene.walked(&mut record.trail);
    if is_transfer(list) {
        record.state = Stage::Waiting;
        scene.put(&key, &record);
        return Ok(Taken {
            status: super::status::WAITING,
            ..Taken::waits(&list.number, &list.office, "核注清单已变更")
        });
    }
    let taken = ordinary(scene, list.number.to_string(), record)?;
    Ok(Taken { info: format!("核注清单已变更；{}", taken.info), ..taken })
}

/// Goods come into the country by the list, or leave it.
fn crosses_the_border(list: &VerificationList, mode: Mode) -> bool {
    let first_line = matches!(list.kind, ListType::Ordinary | ListType::ZonePort) && !is_transfer(list);
    let moves = !matches!(mode, Mode::Nothing | Mode::Check);
    match list.direction.as_str() {
        "I" => (first_line && moves) || list.kind == ListType::EnteredFirst,
        _ => first_line && moves && !is_domestic(list),
    }
}

/// Lists whose goods are held from the list on until they have left.
pub(super) fn holds_goods(kind: ListType) -> bool {
    matches!(kind, ListType::Ordinary | ListType::InZone | ListType::ZonePort | ListType::TaxedOnce)
}

/// One half of a transfer between books.
pub(super) fn is_transfer(list: &VerificationList) -> bool {
    !list.other_ems.is_empty()
}

/// Fields of the head that have to fit each other.
fn head(list: &VerificationList) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut expect = |field: &str, given: &str, allowed: &[&str]| {
        if !allowed.contains(&given) {
            found.push(misfit(field, given, &allowed.join(", ")));
        }
    };
    expect("impexpMarkcd", &list.direction, &["I", "E"]);
    match list.kind {
        ListType::Ordinary if is_transfer(list) => expect("dclcusFlag", &list.declared, &["1", "2"]),
        ListType::InZone | ListType::Retail | ListType::Processing => expect("dclcusFlag", &list.declared, &["2"]),
        _ => expect("dclcusFlag", &list.declared, &["1"]),
    }
    match list.kind {
        ListType::EnteredFirst => expect("impexpMarkcd", &list.direction, &["I"]),
        ListType::Retail | ListType::Batched | ListType::Display | ListType::Processing => {
            expect("impexpMarkcd", &list.direction, &["E"])
        }
        ListType::TaxedOnce => {
            // Finished goods are sold inside China, or they would need no tax.
            expect("impexpMarkcd", &list.direction, &["E"]);
            expect("supvModecd", &list.supv_mode, &["0110"]);
        }
        _ => {}
    }
    let given = [
        ("billNo", !list.bill_no.is_empty(), list.kind == ListType::EnteredFirst),
        (
            "sasDclNo",
            !list.form_no.is_empty(),
            matches!(list.kind, ListType::Batched | ListType::Display | ListType::Processing),
        ),
        ("cbecBillNo", !list.retail_lists.is_empty(), list.kind == ListType::Retail),
    ];
    for (field, given, needed) in given {
        if given != needed {
            let (given, expected) = if needed { ("", "…") } else { ("…", "-") };
            found.push(misfit(field, given, expected));
        }
    }
    if list.kind == ListType::ZonePort && list.port.is_empty() {
        found.push(misfit("impexpPortcd", "", "…"));
    }
    let transfers = matches!(list.kind, ListType::Ordinary | ListType::InZone);
    if is_transfer(list) && !transfers || list.kind == ListType::InZone && !is_transfer(list) {
        found.push(misfit("rltPutrecNo", &list.other_ems, if transfers { "…" } else { "-" }));
    }
    if is_transfer(list) && list.other_list.is_empty() != (list.direction == "I") {
        // The receiver files first; whoever gives names the receiver's list.
        found.push(misfit("rltInvtNo", &list.other_list, if list.direction == "I" { "-" } else { "QD…" }));
    }
    if list.other_ems == list.ems_no {
        found.push(misfit("rltPutrecNo", &list.other_ems, "another book"));
    }
    found
}

/// A line against the book's item (rules.md 7.2, 7.5 I7).
fn goods(scene: &Scene<'_>, list: &VerificationList, line: &Line) -> Vec<Finding> {
    let mut found = Vec::new();
    let finding = |code, field: &str| Finding::new(code, CLAUSE, field).line(line.gnum);
    let Some(stock) = scene.stock(&list.ems_no, &line.item_no) else {
        let finding = finding(Code::ItemNotInBook, "gdsMtno").arg("item", &line.item_no);
        return vec![finding.arg("book", &list.ems_no)];
    };
    let pairs = [("HS", &line.hs10, &stock.row.hs10), ("unit", &line.unit, &stock.row.unit)];
    for (what, given, book) in pairs.into_iter().filter(|(_, given, book)| given != book) {
        let finding = finding(Code::ItemDiffers, "gdsMtno").arg("item", &line.item_no).arg("what", what);
        found.push(finding.arg("given", given).arg("book", book));
    }
    found.extend(fields::of_line(scene, line, &stock));
    if line.qty <= Quantity(0) || line.total <= Fen::ZERO {
        found.push(finding(Code::ValueNotPositive, "dclQty"));
        return found;
    }
    match line.price.times(line.qty) {
        Some(expected) if expected == line.total => {}
        // The lists of a day have one line an item at the item's mean price, which need not be a round one.
        Some(_) if list.kind == ListType::Retail => {}
        Some(expected) => {
            found.push(finding(Code::LineTotal, "dclTotalAmt").arg("total", line.total).arg("expected", expected));
        }
        None => found.push(finding(Code::AmountOutOfRange, "dclQty")),
    }
    if line.gross != Quantity(0) && (line.net <= Quantity(0) || line.gross < line.net) {
        found.push(finding(Code::Weight, "netWt").arg("gross", line.gross).arg("net", line.net));
    }
    let factors =
        [("lawfQty", stock.ledger.factor1, Some(line.qty1)), ("secdLawfQty", stock.ledger.factor2, line.qty2)];
    for (field, factor, given) in factors {
        let Some(factor) = factor else { continue };
        let exact = i128::from(line.qty.0) * i128::from(factor.0);
        let given = given.unwrap_or_default();
        // Within a hundred-thousandth (I7).
        if (i128::from(given.0) * i128::from(SCALE) - exact).abs() > i128::from(SCALE) {
            let expected = Quantity(i64::try_from(exact / i128::from(SCALE)).unwrap_or(i64::MAX));
            let finding = finding(Code::StatutoryFactor, field).arg("item", &line.item_no);
            found.push(finding.arg("given", given).arg("expected", expected));
        }
    }
    found
}

/// I1: what goes out is there, all lines of an item taken together.
fn short(scene: &Scene<'_>, list: &VerificationList) -> Vec<Finding> {
    let mut wanted: BTreeMap<&str, i64> = BTreeMap::new();
    let mut found = Vec::new();
    for line in &list.lines {
        let sum = wanted.entry(&line.item_no).or_default();
        *sum = sum.saturating_add(line.qty.0);
        let available = scene.stock(&list.ems_no, &line.item_no).map_or(Quantity(0), |s| s.available());
        if *sum > available.0 {
            let finding = Finding::new(Code::StockShort, CLAUSE, "dclQty").line(line.gnum).arg("item", &line.item_no);
            found.push(finding.arg("available", available).arg("qty", Quantity(*sum)));
        }
    }
    found
}

/// A194: goods that came in under 1210 may move between areas, but not to a place that only has 1239.
fn bonded_office(scene: &Scene<'_>, office: &str) -> Option<Finding> {
    let row = scene.policy().office(office, scene.today())?;
    let modes = &row.value.modes;
    let refused = modes.iter().any(|m| m == "1239") && !modes.iter().any(|m| m == "1210");
    refused.then(|| Finding::new(Code::OfficeMode, "A194", "dclPlcCuscd").arg("office", office).arg("mode", "1210"))
}

/// Into the book or out of it through the gate. Goods that came in under 1210 are sold inside China by general trade
/// only with the customs' consent (rules.md 7.6).
fn ordinary(scene: &mut Scene<'_>, number: String, mut record: ListRecord) -> Answer {
    let office = record.list.office.clone();
    mode::hold(scene, &record, 1);
    if record.list.direction == "E" && is_domestic(&record.list) {
        record.state = Stage::Waiting;
    }
    scene.put(&Key::VerificationList(number.clone().into()), &record);
    Ok(match record.state {
        Stage::Waiting => Taken::waits(&number, &office, "内销待海关同意"),
        _ => Taken::passed(&number, &office, "核注清单通过，已预核扣"),
    })
}

fn is_domestic(list: &VerificationList) -> bool {
    list.supv_mode == "0110"
}

/// Goods that are where they belong already: the list is complete but for its declaration.
fn in_place(scene: &mut Scene<'_>, number: String, mut record: ListRecord) -> Answer {
    record.in_place = true;
    for (state, line) in record.lines.iter_mut().zip(&record.list.lines) {
        (state.used, state.passed) = (line.qty, line.qty);
    }
    record.state = Stage::Moving;
    let office = record.list.office.clone();
    complete(scene, &number, record);
    Ok(Taken::passed(&number, &office, "核注清单通过"))
}

/// Two lists that are one transfer (转入、转出): the receiver's waits; the giver's names it, and both pass together.
fn pair(scene: &mut Scene<'_>, number: String, mut record: ListRecord) -> Answer {
    let (office, list) = (record.list.office.clone(), record.list.clone());
    if list.direction == "I" {
        record.state = Stage::Waiting;
        scene.put(&Key::VerificationList(number.clone().into()), &record);
        return Ok(Taken { status: super::status::WAITING, ..Taken::waits(&number, &office, "等待转出方清单") });
    }
    let key = Key::VerificationList(list.other_list.clone());
    let Some(mut other) = scene.read::<ListRecord>(&key).filter(|o| o.list.other_ems == list.ems_no) else {
        return Err(vec![unknown(Kind::List, &list.other_list, "rltInvtNo")]);
    };
    if other.state != Stage::Waiting || !other.pair.is_empty() {
        return Err(vec![not_in(other.state, Kind::List, &list.other_list, "rltInvtNo")]);
    }
    scene.clean(disagreements(&list, &other.list))?;
    record.pair = list.other_list.clone();
    other.pair = number.clone().into();
    other.state = Stage::Passed;
    scene.walked(&mut other.trail);
    let told = (super::status::PASSED, format!("转出方清单 {number} 已申报，核注清单通过"), Vec::new());
    scene.tell_filer(Kind::List, &other.etps, &other.list.head.own_no, &list.other_list, told);
    if list.kind == ListType::InZone {
        // Nothing passes a gate: the goods change books where they lie, both sides in this one entry (I5).
        for (at, line) in list.lines.iter().enumerate() {
            books::move_line(scene, &number, &record, at, Move::TransferOut);
            books::move_line(scene, &list.other_list, &other, at, Move::TransferIn);
            for half in [&mut record.lines[at], &mut other.lines[at]] {
                (half.used, half.passed) = (line.qty, line.qty);
            }
        }
    } else {
        for line in &list.lines {
            scene.freeze(&list.ems_no, &line.item_no, line.qty.0);
        }
    }
    scene.put(&key, &other);
    complete(scene, &number, record);
    Ok(Taken::passed(&number, &office, "转移清单通过"))
}

/// What the halves of a transfer do not agree on.
fn disagreements(out: &VerificationList, into: &VerificationList) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut differ = |what: &str, gnum: u32, given: String, other: String| {
        if given != other {
            let finding = Finding::new(Code::PairDiffers, CLAUSE, "rltInvtNo").line(gnum).arg("what", what);
            found.push(finding.arg("given", given).arg("other", other));
        }
    };
    differ("putrecNo", 0, out.other_ems.to_string(), into.ems_no.to_string());
    differ("invtType", 0, out.kind.to_string(), into.kind.to_string());
    differ("lines", 0, out.lines.len().to_string(), into.lines.len().to_string());
    for (a, b) in out.lines.iter().zip(&into.lines) {
        differ("gdecd", a.gnum, a.hs10.to_string(), b.hs10.to_string());
        differ("dclUnitcd", a.gnum, a.unit.to_string(), b.unit.to_string());
        differ("dclQty", a.gnum, a.qty.to_string(), b.qty.to_string());
    }
    found
}

/// Writes the list, and deducts it where all that it waits for has come: both halves of a transfer at once.
pub(super) fn complete(scene: &mut Scene<'_>, number: &str, record: ListRecord) {
    let key = Key::VerificationList(number.into());
    scene.put(&key, &record);
    let ready = |r: &ListRecord| {
        r.released
            && matches!(r.state, Stage::Passed | Stage::Moving | Stage::Overdue)
            && r.lines.iter().zip(&r.list.lines).all(|(s, l)| s.passed == l.qty)
    };
    if !ready(&record) {
        return;
    }
    let mut both = vec![(number.to_owned(), record)];
    if !both[0].1.pair.is_empty() {
        let other_no = both[0].1.pair.clone();
        match scene.read::<ListRecord>(&Key::VerificationList(other_no.clone())).filter(ready) {
            Some(other) => both.push((other_no.to_string(), other)),
            None => return,
        }
    }
    for (number, mut record) in both {
        mode::done(scene, &number, &record);
        if matches!(record.list.kind, ListType::Batched | ListType::Display) {
            slips::declared(scene, &record.list);
        }
        record.state = Stage::Done;
        scene.walked(&mut record.trail);
        period::finished(scene, &record.list.ems_no, &number);
        scene.put(&Key::VerificationList(number.clone().into()), &record);
        let told = (super::status::CLOSED, "已核扣".to_owned(), Vec::new());
        let name = scene.answer_name(MessageKind::DeductionReturn, Kind::List);
        scene.tell_as(name, &record.etps, &record.list.head.own_no, &number, told);
    }
}

/// An official's word on a list: consent to a sale inside China, or release of its customs declaration.
pub(super) fn decided(scene: &mut Scene<'_>, decision: &Decision, mut record: ListRecord) -> Answer {
    let (number, office) = (decision.number.clone(), record.list.office.clone());
    let waits_for_consent = record.state == Stage::Waiting && !is_transfer(&record.list);
    let own_no = record.list.head.own_no.clone();
    scene.walked(&mut record.trail);
    match decision.verdict {
        Verdict::Release
            if !record.released && matches!(record.state, Stage::Passed | Stage::Moving | Stage::Overdue) =>
        {
            record.released = true;
            record.list.entry_no = decision.entry_no.clone();
            if mode::without_gate(record.mode) {
                for (state, line) in record.lines.iter_mut().zip(&record.list.lines) {
                    (state.used, state.passed) = (line.qty, line.qty);
                }
            }
            let name = scene.answer_name(MessageKind::DeclarationReturn, Kind::List);
            if name == MessageKind::DeclarationReturn {
                let told = (super::status::PASSED, format!("报关单 {} 已放行", decision.entry_no), Vec::new());
                scene.tell_as(name, &record.etps, &own_no, &number, told);
            }
            complete(scene, &number, record);
            Ok(Taken::closed(&number, &office, format!("报关单 {} 已放行", decision.entry_no)))
        }
        Verdict::Approve if waits_for_consent => {
            record.state = Stage::Passed;
            let owed = sold_inside(scene, &record.list);
            let told = (super::status::PASSED, "同意内销".to_owned(), owed.clone());
            scene.tell_filer(Kind::List, &record.etps, &own_no, &number, told);
            scene.put(&Key::VerificationList(number.clone()), &record);
            Ok(Taken { findings: owed, ..Taken::closed(&number, &office, "同意内销") })
        }
        Verdict::Refuse if waits_for_consent => {
            mode::hold(scene, &record, -1);
            period::finished(scene, &record.list.ems_no, &number);
            record.state = Stage::Refused;
            let told = (100, format!("退单 {}", decision.reason), Vec::new());
            scene.tell_filer(Kind::List, &record.etps, &own_no, &number, told);
            scene.put(&Key::VerificationList(number.clone()), &record);
            Ok(Taken::closed(&number, &office, "退单"))
        }
        _ => books::not_now(Kind::List, decision, record.state),
    }
}

/// What each line of a sale inside China owes as general trade, by the price of the sale and the tariff of the day of the
/// consent (rules.md 7.6: full tax). Reading: the price of the sale is the value; D256 does not say so itself [check]. A
/// price in another currency is left to people.
fn sold_inside(scene: &Scene<'_>, list: &VerificationList) -> Vec<Finding> {
    if scene.policy().whole(Parameter::DomesticTax, scene.today()) != Some(1) {
        return Vec::new();
    }
    let of = |line: &Line| {
        let in_yuan = line.currency.is_empty() || line.currency == "142";
        let stock = scene.stock(&list.ems_no, &line.item_no)?;
        let owed = taking::owed(scene, &stock, line.qty, line.total).filter(|_| in_yuan);
        let finding = Finding::new(Code::DomesticTaxed, CLAUSE, "dclTotalAmt").line(line.gnum);
        Some(taking::with_taxes(finding.arg("item", &line.item_no).arg("qty", line.qty), line.total, owed))
    };
    list.lines.iter().filter_map(of).collect()
}

/// `dclTypecd` 3: a list nothing of which has moved or stands on a pass. Of a transfer both halves go.
pub(super) fn delete(scene: &mut Scene<'_>, list: &VerificationList) -> Answer {
    let read = |scene: &Scene<'_>, number: &str| scene.read::<ListRecord>(&Key::VerificationList(number.into()));
    let Some(record) = read(scene, &list.number).filter(|r| r.etps == list.head.etps) else {
        return Err(vec![unknown(Kind::List, &list.number, "bondInvtNo")]);
    };
    let mut halves = vec![(list.number.clone(), record)];
    if let Some(other) = read(scene, &halves[0].1.pair.clone()) {
        halves.push((halves[0].1.pair.clone(), other));
    }
    for (number, half) in &halves {
        let still = matches!(half.state, Stage::Passed | Stage::Waiting) && !half.in_place;
        if !still || half.lines.iter().any(|l| l.used != Quantity(0)) {
            return Err(vec![not_in(half.state, Kind::List, number, "bondInvtNo")]);
        }
    }
    let office = halves[0].1.list.office.clone();
    for (number, mut half) in halves {
        mode::hold(scene, &half, -1);
        period::finished(scene, &half.list.ems_no, &number);
        if half.list.kind == ListType::Retail {
            retail::ungroup(scene, &number, &half);
        }
        half.state = Stage::Deleted;
        scene.walked(&mut half.trail);
        scene.put(&Key::VerificationList(number.clone()), &half);
        if number != list.number {
            let told = (100, format!("对方清单 {} 已删除", list.number), Vec::new());
            scene.tell_filer(Kind::List, &half.etps, &half.list.head.own_no, &number, told);
        }
    }
    Ok(Taken::closed(&list.number, &office, "核注清单已删除"))
}
