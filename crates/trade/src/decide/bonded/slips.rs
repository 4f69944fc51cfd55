//! Business declaration forms (业务申报表) and the stock slips (出入库单) under them: goods go out, come back, or are
//! declared together later by a batched list (集报); nothing under a form stays undeclared past its time.
//!
//! Under a form goods leave the area and come back to it. Goods from inside China that come in under a form are not
//! covered: they enter by a list.

use std::collections::BTreeMap;

use super::{Answer, Scene, Stage, Taken, books, clean, misfit, not_in, numbered, processing, unknown};
use crate::bonded::ledger::Move;
use crate::bonded::record::{FormGoods, FormRecord, ListRecord, SlipRecord};
use crate::bonded::{Business, Decision, Form, Kind, ListType, Slip, Verdict};
use crate::command::DueKind;
use crate::finding::{Code, Finding};
use crate::key::Key;
use crate::money::{Fen, Quantity};
use crate::pack::Text;

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
    clean(found)?;
    let number = scene.bonded_number("SB", &form.office, "");
    let goods = form.goods.iter().map(|a| FormGoods { item_no: a.item_no.clone(), ..FormGoods::default() });
    let mut record = FormRecord {
        form: form.clone(),
        state: Stage::Waiting,
        goods: goods.collect(),
        etps: form.head.etps.clone(),
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
    clean(numbered(slip.lines.iter().map(|l| l.gnum)))?;
    let key = Key::Form(slip.form_no.clone());
    let Some(mut form) = scene.read::<FormRecord>(&key).filter(|f| f.etps == slip.head.etps) else {
        return Err(vec![unknown(Kind::Form, &slip.form_no, "sasDclNo")]);
    };
    let today = scene.today();
    if form.state != Stage::Passed || today < form.form.from || form.form.until < today {
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
    let out = slip.direction == "E";
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
    }
    clean(found)?;
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
    scene.walked(&mut form.trail);
    if out {
        form.open.push(number.clone());
    }
    scene.put(&key, &form);
    scene.put(&Key::Slip(number.clone()), &record);
    Ok(Taken::passed(&number, &office, "出入库单通过"))
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
    }
    record.state = Stage::Done;
    scene.walked(&mut record.trail);
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
        if slip.state != Stage::Done || slip.slip.direction != "E" || !slip.declared_by.is_empty() {
            found.push(not_in(slip.state, Kind::Slip, slip_no, "stockNo"));
            continue;
        }
        for line in &slip.slip.lines {
            *sums.entry(line.item_no.clone()).or_default() += line.qty.0;
        }
        slip.declared_by = number.into();
        scene.walked(&mut slip.trail);
        scene.put(&key, &slip);
        form.open.retain(|open| open != slip_no);
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
    clean(found)?;
    for at in 0..list.lines.len() {
        books::move_line(scene, number, record, at, Move::FormDeclared);
    }
    scene.walked(&mut form.trail);
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

/// The last day of a form is over.
pub(super) fn form_over(scene: &mut Scene<'_>, number: &str) {
    let key = Key::Form(number.into());
    let Some(mut record) = scene.read::<FormRecord>(&key).filter(|f| f.state == Stage::Passed) else { return };
    let left = |g: &&FormGoods| g.passed_out.0 > g.back.0 + g.declared.0;
    let open: Vec<Finding> = record
        .goods
        .iter()
        .filter(left)
        .map(|g| {
            let left = Quantity(g.passed_out.0 - g.back.0 - g.declared.0);
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
