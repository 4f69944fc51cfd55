//! Simple processing in the area (简单加工; rules.md 7.1): goods are sorted, packed together, labelled or mounted, and what
//! comes of it is another item of the same book.
//!
//! A form of business G names each material, the product it goes into, and how much of it one product takes (单耗); an
//! official approves it. A list of kind 4 says what was made and what was used. Both change the book at once, where the
//! goods lie: no vehicle, no declaration. Materials used are exactly what the products take, to a hundred-thousandth.
//!
//! Reading: one list holds both sides, marked line by line (`mtpckEndprdMarkcd` I material, E product), so that no half
//! of it can happen; waste is no item and is not reckoned [ours].

use std::collections::BTreeMap;

use super::{Scene, Stage, books, misfit, not_in, unknown};
use crate::bonded::ledger::Move;
use crate::bonded::record::{FormRecord, ListRecord};
use crate::bonded::{Business, Form, Kind};
use crate::finding::{Code, Finding};
use crate::key::Key;
use crate::money::{Quantity, SCALE};

const CLAUSE: &str = "D256; rules 7.1";

/// What a form of business G has to say of its lines, and no other may.
pub(super) fn form_lines(scene: &Scene<'_>, form: &Form) -> Vec<Finding> {
    let mut found = Vec::new();
    let processes = form.business == Business::SimpleProcessing;
    for (n, line) in form.goods.iter().enumerate() {
        if processes != (!line.product.is_empty() && line.consumption > Quantity(0)) {
            let expected = if processes { "prdGdsMtno, ucnsQty > 0" } else { "-" };
            found.push(misfit("ucnsQty", &line.consumption.to_string(), expected));
        } else if processes && scene.stock(&form.ems_no, &line.product).is_none() {
            let finding = Finding::new(Code::ItemNotInBook, CLAUSE, "prdGdsMtno").line(n as u32 + 1);
            found.push(finding.arg("item", &line.product).arg("book", &form.ems_no));
        } else if processes && form.goods.iter().any(|other| other.product == line.item_no) {
            found.push(misfit("prdGdsMtno", &line.item_no, "materials are no products"));
        }
    }
    found
}

/// A list of kind 4: materials go into products.
pub(super) fn make(scene: &mut Scene<'_>, number: &str, record: &mut ListRecord) -> Result<(), Vec<Finding>> {
    let list = record.list.clone();
    let key = Key::Form(list.form_no.clone());
    let known = scene.read::<FormRecord>(&key).filter(|f| f.etps == record.etps && f.form.ems_no == list.ems_no);
    let Some(mut form) = known else { return Err(vec![unknown(Kind::Form, &list.form_no, "sasDclNo")]) };
    let today = scene.today();
    if form.state != Stage::Passed || today < form.form.from || form.form.until < today {
        return Err(vec![not_in(form.state, Kind::Form, &list.form_no, "sasDclNo")]);
    }
    if form.form.business != Business::SimpleProcessing {
        return Err(vec![misfit("sasDclNo", form.form.business.name(), Business::SimpleProcessing.name())]);
    }
    let mut found = Vec::new();
    let (mut used, mut made) = (BTreeMap::<&str, i64>::new(), BTreeMap::<&str, i64>::new());
    for line in &list.lines {
        let material = match line.part.as_str() {
            "I" => true,
            "E" => false,
            other => {
                found.push(misfit("mtpckEndprdMarkcd", other, "I, E"));
                continue;
            }
        };
        let mut goods = form.form.goods.iter();
        let on_form = goods.any(|g| if material { g.item_no == line.item_no } else { g.product == line.item_no });
        if !on_form {
            let finding = Finding::new(Code::NotUnderForm, CLAUSE, "gdsMtno").line(line.gnum);
            found.push(finding.arg("item", &line.item_no).arg("form", &list.form_no));
        }
        let sum = if material { &mut used } else { &mut made }.entry(line.item_no.as_str()).or_default();
        *sum = sum.saturating_add(line.qty.0);
    }
    if made.is_empty() {
        found.push(misfit("mtpckEndprdMarkcd", "", "E"));
    }
    // What the products take, material by material; a hundred-thousandth that is begun counts.
    let mut takes = BTreeMap::<&str, i64>::new();
    for (goods, state) in form.form.goods.iter().zip(&mut form.goods) {
        let of = made.get(goods.product.as_str()).copied().unwrap_or_default();
        let exact = (i128::from(of) * i128::from(goods.consumption.0) + i128::from(SCALE) - 1) / i128::from(SCALE);
        let qty = i64::try_from(exact).unwrap_or(i64::MAX);
        let sum = takes.entry(goods.item_no.as_str()).or_default();
        *sum = sum.saturating_add(qty);
        let left = goods.qty.0.saturating_sub(state.declared.0);
        if qty > left {
            let finding = Finding::new(Code::QuantityOver, CLAUSE, "dclQty").arg("qty", Quantity(qty));
            found.push(finding.arg("left", Quantity(left)).arg("of", &list.form_no).arg("item", &goods.item_no));
        }
        state.declared = state.declared.up_to_all(Quantity(qty));
    }
    for (item, expected) in takes {
        let given = used.get(item).copied().unwrap_or_default();
        if given != expected {
            let finding = Finding::new(Code::ProcessingDiffers, CLAUSE, "dclQty").arg("item", item);
            found.push(finding.arg("given", Quantity(given)).arg("expected", Quantity(expected)));
        }
    }
    for (item, qty) in &used {
        let available = scene.stock(&list.ems_no, item).map_or(Quantity(0), |stock| stock.available());
        if available.0 < *qty {
            let finding = Finding::new(Code::StockShort, CLAUSE, "dclQty").arg("item", *item);
            found.push(finding.arg("available", available).arg("qty", Quantity(*qty)));
        }
    }
    scene.clean(found)?;
    for (at, line) in list.lines.iter().enumerate() {
        let kind = if line.part == "I" { Move::Used } else { Move::Made };
        books::move_line(scene, number, record, at, kind);
        (record.lines[at].used, record.lines[at].passed) = (line.qty, line.qty);
    }
    (record.state, record.in_place) = (Stage::Done, true);
    scene.walked(&mut form.trail);
    scene.put(&key, &form);
    scene.put(&Key::VerificationList(number.into()), record);
    Ok(())
}
