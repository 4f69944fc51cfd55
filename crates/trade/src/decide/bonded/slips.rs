//! Business declaration forms (业务申报表) and the stock slips (出入库单) under them: goods go out, come back, or are
//! declared together later by a batched list (集报); nothing under a form stays undeclared past its time.
//!
//! Under a form goods leave the area and come back to it. Goods from inside China that come in under a form are not
//! covered: they enter by a list.
//!
//! A form that names a guarantee secures with it what goods would owe in general trade while they are out (`owed`): a
//! slip draws on it by the price of the book and the tariff of its day, and is refused where it does not do; what comes
//! back through the gate gives its part back, as does the list that declares it when it is done. Reading: the guarantee
//! secures duties, not values; a form without one secures nothing, which the office decides when it approves [ours].

use std::collections::BTreeMap;

use super::{Answer, Scene, Stage, Taken, books, misfit, not_in, numbered, processing, taking, unknown};
use crate::bonded::ledger::Move;
use crate::bonded::period;
use crate::bonded::record::{FormGoods, FormRecord, ListRecord, SlipRecord};
use crate::bonded::{Business, Decision, Form, Kind, ListType, Slip, SlipLine, Verdict, VerificationList};
use crate::command::DueKind;
use crate::finding::{Code, Finding};
use crate::key::Key;
use crate::money::{Fen, Quantity};
use crate::pack::{Pack, Text};
use crate::policy::Parameter;
use crate::time::Day;

const CLAUSE: &str = "D256; rules 7.1";

/// SAS101: an official approves it.
pub(super) fn form(scene: &mut Scene<'_>, form: &Form) -> Answer {
    books::usable(scene, &form.ems_no, &form.head.etps)?;
    let mut found = Vec::new();
    if form.until < form.from || form.until < scene.today() {
        found.push(misfit("validEndDate", &form.until.to_string(), ">= validBegDate, today"));
    }
    if form.guaranteed < Fen::ZERO || form.guarantee.is_empty() != (form.guaranteed == Fen::ZERO) {
        // Its number and its amount go together.
        found.push(misfit("guaranteeAmt", &form.guaranteed.to_string(), "guaranteeNo, > 0"));
    }
    if form.goods.is_empty() {
        found.push(Finding::new(Code::NoLines, "", "gdsMtno"));
    }
    for (n, allowed) in form.goods.iter().enumerate() {
        let line = n as u32 + 1;
        if scene.stock(&form.ems_no, &allowed.item_no).is_none() {
            let finding = Finding::new(Code::ItemNotInBook, CLAUSE, "gdsMtno").line(line);
            found.push(finding.arg("item", &allowed.item_no).arg("book", &form.ems_no));
        }
        if allowed.qty <= Quantity(0) {
            found.push(Finding::new(Code::ValueNotPositive, "", "dclQty").line(line));
        }
        let same =
            |other: &&crate::bonded::Allowed| (&other.item_no, &other.product) == (&allowed.item_no, &allowed.product);
        if form.goods[..n].iter().any(|other| same(&other)) {
            found.push(Finding::new(Code::DuplicateLine, "", "gdsMtno").line(line));
        }
    }
    found.extend(processing::form_lines(scene, form));
    scene.clean(found)?;
    let number = scene.bonded_number("SB", &form.office, "");
    let goods = form.goods.iter().map(|a| FormGoods { item_no: a.item_no.clone(), ..FormGoods::default() });
    let mut record = FormRecord {
        form: form.clone(),
        state: Stage::Waiting,
        goods: goods.collect(),
        etps: form.head.etps.clone(),
        accounted: scene.policy().whole(Parameter::FormAccounts, scene.today()) == Some(1),
        ..FormRecord::default()
    };
    scene.walked(&mut record.trail);
    scene.put(&Key::Form(number.clone()), &record);
    Ok(Taken::waits(&number, &form.office, "业务申报表待审核"))
}

pub(super) fn decided(scene: &mut Scene<'_>, decision: &Decision, mut record: FormRecord) -> Answer {
    let (number, office) = (decision.number.clone(), record.form.office.clone());
    let (status, info) = match decision.verdict {
        Verdict::Approve if record.state == Stage::Waiting => {
            record.state = Stage::Passed;
            let over = record.form.until.plus(1).starts();
            scene.overlay.due(over, DueKind::FormOver, &Key::Form(number.clone()));
            (super::status::PASSED, "业务申报表通过")
        }
        Verdict::Refuse if record.state == Stage::Waiting => {
            record.state = Stage::Refused;
            (100, "业务申报表退单")
        }
        _ => return books::not_now(Kind::Form, decision, record.state),
    };
    scene.walked(&mut record.trail);
    let told = (status, info.to_owned(), Vec::new());
    scene.tell_filer(Kind::Form, &record.etps, &record.form.head.own_no, &number, told);
    scene.put(&Key::Form(number.clone()), &record);
    Ok(Taken::closed(&number, &office, info))
}

/// SAS111: one move under a form; a pass takes it through the gate.
pub(super) fn slip(scene: &mut Scene<'_>, slip: &Slip) -> Answer {
    scene.clean(numbered(slip.lines.iter().map(|l| l.gnum)))?;
    let key = Key::Form(slip.form_no.clone());
    let Some(mut form) = scene.read::<FormRecord>(&key).filter(|f| f.etps == slip.head.etps) else {
        return Err(vec![unknown(Kind::Form, &slip.form_no, "sasDclNo")]);
    };
    let today = scene.today();
    let out = slip.direction == "E";
    let open = form.state == Stage::Passed && form.form.from <= today && today <= form.form.until;
    // After its last day goods may still come back: that settles it.
    let settles = form.accounted && form.state == Stage::Overdue && !out;
    if !open && !settles {
        return Err(vec![not_in(form.state, Kind::Form, &slip.form_no, "sasDclNo")]);
    }
    let mut found = Vec::new();
    if form.form.business == Business::SimpleProcessing {
        // It happens inside: nothing goes out under it.
        found.push(misfit("sasDclNo", form.form.business.name(), "A … F, H"));
    }
    if !["I", "E"].contains(&slip.direction.as_str()) {
        found.push(misfit("stockTypecd", &slip.direction, "I, E"));
    }
    let secures = form.accounted && out && form.form.guaranteed > Fen::ZERO;
    for line in &slip.lines {
        let allowed = form.form.goods.iter().find(|a| a.item_no == line.item_no).map(|a| a.qty);
        let state = form.goods.iter_mut().find(|g| g.item_no == line.item_no);
        let (Some(allowed), Some(state)) = (allowed, state) else {
            let finding = Finding::new(Code::NotUnderForm, CLAUSE, "gdsMtno").line(line.gnum);
            found.push(finding.arg("item", &line.item_no).arg("form", &slip.form_no));
            continue;
        };
        if line.qty <= Quantity(0) {
            found.push(Finding::new(Code::ValueNotPositive, "", "dclQty").line(line.gnum));
            continue;
        }
        // Outside at a time: what is out or on its way out, less what came back or was declared.
        let left = match out {
            true => allowed.0 - (state.out.0 - state.back.0 - state.declared.0),
            false => state.passed_out.0 - state.back.0 - state.declared.0,
        };
        if line.qty.0 > left {
            let finding = Finding::new(Code::QuantityOver, CLAUSE, "dclQty").line(line.gnum).arg("qty", line.qty);
            found.push(finding.arg("left", Quantity(left)).arg("of", &slip.form_no).arg("item", &line.item_no));
            continue;
        }
        let counter = if out { &mut state.out } else { &mut state.back };
        *counter = counter.up_to_all(line.qty);
        if out {
            let available = scene.stock(&form.form.ems_no, &line.item_no).map_or(Quantity(0), |s| s.available());
            if available < line.qty {
                let finding = Finding::new(Code::StockShort, CLAUSE, "dclQty").line(line.gnum);
                let finding = finding.arg("item", &line.item_no).arg("available", available);
                found.push(finding.arg("qty", line.qty));
            } else {
                scene.freeze(&form.form.ems_no, &line.item_no, line.qty.0);
            }
        }
        if secures {
            found.extend(secure(scene, &mut form, line, &slip.form_no));
        }
    }
    scene.clean(found)?;
    let office = form.form.office.clone();
    let number = scene.bonded_number("CR", &office, &slip.direction);
    let mut record = SlipRecord {
        slip: slip.clone(),
        state: Stage::Passed,
        etps: slip.head.etps.clone(),
        ems_no: form.form.ems_no.clone(),
        ..SlipRecord::default()
    };
    scene.walked(&mut record.trail);
    if form.accounted {
        record.before = std::mem::replace(&mut form.newest, number.clone());
        form.undeclared += u32::from(out);
    } else {
        scene.walked(&mut form.trail);
        if out {
            form.open.push(number.clone());
        }
    }
    scene.put(&key, &form);
    scene.put(&Key::Slip(number.clone()), &record);
    Ok(Taken::passed(&number, &office, "出入库单通过"))
}

/// Goods of a line go out: the guarantee stands for what they owe, or there is not enough of it.
fn secure(scene: &Scene<'_>, form: &mut FormRecord, line: &SlipLine, form_no: &str) -> Option<Finding> {
    let stock = scene.stock(&form.form.ems_no, &line.item_no)?;
    let value = period::value_at(&stock, line.qty);
    let Some(tax) = taking::owed(scene, &stock, line.qty, value).map(|owed| owed.tax()) else {
        let finding = Finding::new(Code::HsNotInTariff, "T18", "gdecd").line(line.gnum);
        return Some(finding.arg("hs", &stock.row.hs10).arg("day", scene.today()));
    };
    let free = form.form.guaranteed.minus(form.drawn());
    if tax > free {
        let finding = Finding::new(Code::FormGuaranteeShort, CLAUSE, "dclQty").line(line.gnum);
        return Some(finding.arg("form", form_no).arg("free", free).arg("tax", tax));
    }
    let goods = form.goods.iter_mut().find(|goods| goods.item_no == line.item_no)?;
    goods.secured = goods.secured.plus(tax);
    goods.secured_qty = goods.secured_qty.up_to_all(line.qty);
    None
}

/// Goods are no longer out: their part of what the guarantee stands for is free, all of it with the last of them.
fn set_free(goods: &mut FormGoods, qty: Quantity) {
    let qty = qty.min(goods.secured_qty);
    if qty <= Quantity(0) {
        return;
    }
    let part = i128::from(goods.secured.0) * i128::from(qty.0) / i128::from(goods.secured_qty.0);
    goods.secured = goods.secured.minus(Fen(i64::try_from(part).unwrap_or_default()));
    goods.secured_qty = goods.secured_qty.minus(qty);
}

/// A batched list is done: what it declared is secured no longer.
pub(super) fn declared(scene: &mut Scene<'_>, list: &VerificationList) {
    let key = Key::Form(list.form_no.clone());
    let Some(mut form) = scene.read::<FormRecord>(&key).filter(|form| form.accounted) else { return };
    for line in &list.lines {
        if let Some(goods) = form.goods.iter_mut().find(|goods| goods.item_no == line.item_no) {
            set_free(goods, line.qty);
        }
    }
    scene.put(&key, &form);
}

/// `dclTypecd` 3: a slip whose goods have not gone, and that is on no pass; what it held is free.
pub(super) fn delete(scene: &mut Scene<'_>, slip: &Slip) -> Answer {
    let key = Key::Slip(slip.number.clone());
    let known = scene.read::<SlipRecord>(&key).filter(|record| record.etps == slip.head.etps);
    let Some(mut record) = known else { return Err(vec![unknown(Kind::Slip, &slip.number, "sasStockNo")]) };
    let form_key = Key::Form(record.slip.form_no.clone());
    let Some(mut form) = scene.read::<FormRecord>(&form_key).filter(|form| form.accounted) else {
        return Err(vec![unknown(Kind::Form, &record.slip.form_no, "sasDclNo")]);
    };
    if record.state != Stage::Passed || !record.pass_no.is_empty() {
        return Err(vec![not_in(record.state, Kind::Slip, &slip.number, "sasStockNo")]);
    }
    let out = record.slip.direction == "E";
    for line in &record.slip.lines {
        let Some(goods) = form.goods.iter_mut().find(|goods| goods.item_no == line.item_no) else { continue };
        if out {
            goods.out = goods.out.minus(line.qty);
            set_free(goods, line.qty);
            scene.freeze(&record.ems_no, &line.item_no, -line.qty.0);
        } else {
            goods.back = goods.back.minus(line.qty);
        }
    }
    form.undeclared = form.undeclared.saturating_sub(u32::from(out));
    record.state = Stage::Deleted;
    scene.walked(&mut record.trail);
    scene.put(&key, &record);
    let number = record.slip.form_no.clone();
    settled(scene, &number, &mut form);
    scene.put(&form_key, &form);
    Ok(Taken::closed(&slip.number, &form.form.office, "出入库单已删除"))
}

/// A slip's goods are through the gate: line `at` of it.
pub(super) fn through(scene: &mut Scene<'_>, number: &str, gnum: u32, because: super::Because<'_>) {
    let key = Key::Slip(number.into());
    let Some(mut record) = scene.read::<SlipRecord>(&key) else { return };
    let Some(line) = record.slip.lines.iter().find(|l| l.gnum == gnum).cloned() else { return };
    let item = (record.ems_no.as_str(), line.item_no.as_str());
    if record.slip.direction == "E" {
        scene.move_stock(item, Move::FormOut, line.qty, line.qty, because);
        let form_key = Key::Form(record.slip.form_no.clone());
        if let Some(mut form) = scene.read::<FormRecord>(&form_key) {
            if let Some(goods) = form.goods.iter_mut().find(|g| g.item_no == line.item_no) {
                goods.passed_out = goods.passed_out.up_to_all(line.qty);
            }
            scene.put(&form_key, &form);
        }
    } else {
        scene.move_stock(item, Move::FormBack, line.qty, Quantity(0), because);
        let number = record.slip.form_no.clone();
        if let Some(mut form) = scene.read::<FormRecord>(&Key::Form(number.clone())).filter(|form| form.accounted) {
            if let Some(goods) = form.goods.iter_mut().find(|g| g.item_no == line.item_no) {
                goods.returned = goods.returned.up_to_all(line.qty);
                set_free(goods, line.qty);
            }
            settled(scene, &number, &mut form);
            scene.put(&Key::Form(number), &form);
        }
    }
    record.state = Stage::Done;
    scene.walked(&mut record.trail);
    scene.put(&key, &record);
    if let Some(last) = declare_by(scene, &record) {
        scene.overlay.due(last.plus(1).starts(), DueKind::SlipUndeclared, &key);
    }
}

/// The last day by which goods that go out today under a form of later declaration (分送集报) are declared: the end of the
/// following month, and not over the year (rules.md 5.4).
fn declare_by(scene: &Scene<'_>, slip: &SlipRecord) -> Option<Day> {
    let months = i32::try_from(scene.policy().whole(Parameter::BatchMonths, scene.today())?).ok()?;
    let form = scene.read::<FormRecord>(&Key::Form(slip.slip.form_no.clone()))?;
    let batched = form.accounted && form.form.business == Business::Batched && slip.slip.direction == "E";
    let (year, month, _) = scene.today().date();
    let end = Day::ymd(year, month, 1)?.plus_months(months + 1).plus(-1);
    batched.then_some(end.min(Day::ymd(year, 12, 31)?))
}

/// Its days are over and no list has declared a slip: what of its goods has not come back either is told.
pub(super) fn undeclared(scene: &mut Scene<'_>, number: &str) {
    let key = Key::Slip(number.into());
    let to_declare = |slip: &SlipRecord| slip.state == Stage::Done && slip.declared_by.is_empty();
    let Some(mut record) = scene.read::<SlipRecord>(&key).filter(to_declare) else { return };
    let Some(form) = scene.read::<FormRecord>(&Key::Form(record.slip.form_no.clone())) else { return };
    let last = scene.today().plus(-1);
    let open = record.slip.lines.iter().filter_map(|line| {
        let goods = form.goods.iter().find(|goods| goods.item_no == line.item_no)?;
        let left = line.qty.min(form.open_of(goods));
        let finding = Finding::new(Code::SlipUndeclared, "rules 5.4", "stockNo").line(line.gnum).arg("slip", number);
        let finding = finding.arg("item", &line.item_no).arg("qty", left).arg("last", last);
        (left > Quantity(0)).then(|| finding.arg("form", &record.slip.form_no))
    });
    let open: Vec<Finding> = open.collect();
    scene.outcome.verdict = crate::command::Verdict::Done;
    if open.is_empty() {
        return;
    }
    record.state = Stage::Overdue;
    scene.walked(&mut record.trail);
    scene.outcome.findings.extend(open.clone());
    let info = crate::receipt::info_of(&open, "");
    scene.tell_filer(Kind::Slip, &record.etps, &record.slip.head.own_no, number, (100, info, open));
    scene.put(&key, &record);
}

/// A batched list gathers slips: what they took out is declared, and nothing else.
pub(super) fn gather(scene: &mut Scene<'_>, number: &str, record: &mut ListRecord) -> Result<(), Vec<Finding>> {
    let list = record.list.clone();
    let form_key = Key::Form(list.form_no.clone());
    let known = scene.read::<FormRecord>(&form_key);
    let Some(mut form) = known.filter(|f| f.etps == record.etps && f.form.ems_no == list.ems_no) else {
        return Err(vec![unknown(Kind::Form, &list.form_no, "sasDclNo")]);
    };
    let mut sums: BTreeMap<Text, i64> = BTreeMap::new();
    let mut found = Vec::new();
    if list.kind == ListType::Display && form.form.business != Business::Display {
        // What is sold from a display (保税展示交易) went out under a form for it.
        found.push(misfit("sasDclNo", form.form.business.name(), Business::Display.name()));
    }
    for slip_no in &list.slips {
        let key = Key::Slip(slip_no.clone());
        let Some(mut slip) = scene.read::<SlipRecord>(&key).filter(|s| s.slip.form_no == list.form_no) else {
            found.push(unknown(Kind::Slip, slip_no, "stockNo"));
            continue;
        };
        if !matches!(slip.state, Stage::Done | Stage::Overdue)
            || slip.slip.direction != "E"
            || !slip.declared_by.is_empty()
        {
            found.push(not_in(slip.state, Kind::Slip, slip_no, "stockNo"));
            continue;
        }
        for line in &slip.slip.lines {
            *sums.entry(line.item_no.clone()).or_default() += line.qty.0;
        }
        slip.declared_by = number.into();
        slip.state = Stage::Done;
        scene.walked(&mut slip.trail);
        scene.put(&key, &slip);
        form.open.retain(|open| open != slip_no);
        form.undeclared = form.undeclared.saturating_sub(1);
    }
    found.extend(sums_differ(&list, &sums, "stockNo"));
    // What came back is not declared: it is inside again.
    for (item_no, sum) in &sums {
        if let Some(goods) = form.goods.iter_mut().find(|g| g.item_no == *item_no) {
            let left = goods.passed_out.0 - goods.back.0 - goods.declared.0;
            if *sum > left {
                let finding = Finding::new(Code::QuantityOver, CLAUSE, "dclQty").arg("item", item_no);
                found.push(finding.arg("qty", Quantity(*sum)).arg("left", Quantity(left)).arg("of", &list.form_no));
            }
            goods.declared = Quantity(goods.declared.0 + sum);
        }
    }
    scene.clean(found)?;
    for at in 0..list.lines.len() {
        books::move_line(scene, number, record, at, Move::FormDeclared);
    }
    scene.walked(&mut form.trail);
    settled(scene, &list.form_no, &mut form);
    scene.put(&form_key, &form);
    Ok(())
}

/// The lines of a list are the sums of the documents that it names, item by item.
pub(super) fn sums_differ(
    list: &crate::bonded::VerificationList,
    sums: &BTreeMap<Text, i64>,
    field: &str,
) -> Vec<Finding> {
    let mut declared: BTreeMap<&str, i64> = BTreeMap::new();
    for line in &list.lines {
        let sum = declared.entry(&line.item_no).or_default();
        *sum = sum.saturating_add(line.qty.0);
    }
    let items = declared.keys().copied().chain(sums.keys().map(Text::as_str));
    let items: std::collections::BTreeSet<&str> = items.collect();
    items
        .into_iter()
        .filter_map(|item| {
            let of = |n: Option<&i64>| n.copied().unwrap_or(0);
            let (given, sum) = (of(declared.get(item)), of(sums.get(item)));
            let finding = Finding::new(Code::SumsDiffer, "rules 7.5 I4", field).arg("item", item);
            (given != sum).then(|| finding.arg("qty", Quantity(given)).arg("sum", Quantity(sum)))
        })
        .collect()
}

/// An overdue form under which nothing is open any more is settled, and its filer is told.
fn settled(scene: &mut Scene<'_>, number: &str, form: &mut FormRecord) {
    let open = form.goods.iter().any(|goods| form.open_of(goods) > Quantity(0));
    if !form.accounted || form.state != Stage::Overdue || open {
        return;
    }
    form.state = Stage::Done;
    scene.walked(&mut form.trail);
    let told = (super::status::CLOSED, "业务申报表已结清".to_owned(), Vec::new());
    scene.tell_filer(Kind::Form, &form.etps, &form.form.head.own_no, number, told);
}

/// What must hold of a form that was written.
pub(super) fn holds(value: &[u8]) -> Result<(), &'static str> {
    let right = |form: &FormRecord| {
        let stands = form.goods.iter().all(|g| g.secured >= Fen::ZERO && g.secured_qty >= Quantity(0));
        stands && form.drawn() <= form.form.guaranteed
    };
    match FormRecord::unpack(value) {
        Ok(form) if right(&form) => Ok(()),
        _ => Err("form: its guarantee is overdrawn"),
    }
}

/// The last day of a form is over.
pub(super) fn form_over(scene: &mut Scene<'_>, number: &str) {
    let key = Key::Form(number.into());
    let Some(mut record) = scene.read::<FormRecord>(&key).filter(|f| f.state == Stage::Passed) else { return };
    let open: Vec<Finding> = record
        .goods
        .iter()
        .map(|goods| (goods, record.open_of(goods)))
        .filter(|(_, left)| *left > Quantity(0))
        .map(|(g, left)| {
            let finding = Finding::new(Code::FormUndeclared, CLAUSE, "validEndDate").arg("form", number);
            finding.arg("item", &g.item_no).arg("qty", left).arg("last", record.form.until)
        })
        .collect();
    record.state = if open.is_empty() { Stage::Done } else { Stage::Overdue };
    scene.walked(&mut record.trail);
    scene.outcome.verdict = crate::command::Verdict::Done;
    scene.outcome.findings.extend(open.clone());
    let status = if open.is_empty() { super::status::CLOSED } else { 100 };
    let info = crate::receipt::info_of(&open, "业务申报表到期，已结清");
    scene.tell_filer(Kind::Form, &record.etps, &record.form.head.own_no, number, (status, info, open));
    scene.put(&key, &record);
}
