//! Account books (账册) and what officials decide about bonded documents.
//!
//! A book that came with the registry's opening stock counts as approved: its items are the ones that retail lists
//! (1210) sell from. There is one stock, whichever way it was opened.

use std::collections::BTreeSet;

use super::{
    Answer, Because, Scene, Stage, Taken, gate, lists, misfit, not_in, period, ports, room, slips, taking, unknown,
};
use crate::bonded::ledger::Move;
use crate::bonded::record::{
    BookRecord, FormRecord, ListRecord, PassRecord, ReturnOutRecord, Said, TakeRecord, TransitRecord, WriteOffRecord,
};
use crate::bonded::{Book, Decision, Document, Form, Head, Item, Kind, Verdict, VerificationList};
use crate::command::Actor;
use crate::decide::appeal::rulings::{self, Refused};
use crate::finding::{Code, Finding};
use crate::key::Key;
use crate::money::{Fen, Quantity};
use crate::pack::Text;
use crate::record::Stock;
use crate::registry::StockRow;
use crate::time::Day;

const CLAUSE: &str = "D256; GACC 2018 No. 23";

/// EMS101: a new book, or more items for one.
pub(super) fn file(scene: &mut Scene<'_>, book: &Book) -> Answer {
    let mut found = Vec::new();
    if !is_book_number(&book.ems_no) {
        found.push(misfit("putrecNo", &book.ems_no, "T|H + 4 + letter + 6"));
    }
    let known = scene.read::<BookRecord>(&Key::Book(book.ems_no.clone()));
    match &known {
        Some(known) if known.etps != book.head.etps => found.push(unknown(Kind::Book, &book.ems_no, "putrecNo")),
        Some(known) if !matches!(known.state, Stage::Passed | Stage::Waiting) => {
            found.push(not_in(known.state, Kind::Book, &book.ems_no, "putrecNo"));
        }
        _ => {}
    }
    let mut filed = BTreeSet::new();
    for (n, item) in book.items.iter().enumerate() {
        let line = n as u32 + 1;
        if item.item_no.is_empty() || !filed.insert(&item.item_no) {
            found.push(Finding::new(Code::DuplicateLine, CLAUSE, "gdsMtno").line(line));
        }
        if scene.policy().tariff(&item.hs10, scene.today()).is_none() {
            let finding = Finding::new(Code::HsNotInTariff, "T18", "gdecd").line(line);
            found.push(finding.arg("hs", &item.hs10).arg("day", scene.today()));
        }
        if item.price < Fen::ZERO {
            found.push(Finding::new(Code::ValueNotPositive, "", "dclUprcAmt").line(line));
        }
        if !item.currency.is_empty() && scene.policy().currency(&item.currency, scene.today()).is_none() {
            found.push(misfit("dclCurrcd", &item.currency, "currencies.csv").line(line));
        }
        // The number of an item is stable: what is known under it stays what it is.
        if let Some(stock) = scene.stock(&book.ems_no, &item.item_no) {
            found.extend(differences(&stock, item, line));
        }
    }
    scene.clean(found)?;
    let mut record = known.unwrap_or_else(|| BookRecord { etps: book.head.etps.clone(), ..BookRecord::default() });
    record.waiting.retain(|waits| !filed.contains(&waits.item_no));
    record.waiting.extend(book.items.iter().cloned());
    if record.approved_on.is_none() {
        record.state = Stage::Waiting;
    }
    record.book = Book { items: Vec::new(), ..book.clone() };
    scene.walked(&mut record.trail);
    scene.put(&Key::Book(book.ems_no.clone()), &record);
    Ok(Taken::waits(&book.ems_no, &book.office, format!("账册备案待审核，商品{}项", book.items.len())))
}

fn is_book_number(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 12
        && matches!(bytes[0], b'T' | b'H')
        && bytes[1..5].iter().all(u8::is_ascii_digit)
        && bytes[5].is_ascii_uppercase()
        && bytes[6..].iter().all(u8::is_ascii_digit)
}

fn differences(stock: &Stock, item: &Item, line: u32) -> Vec<Finding> {
    let expiry = |day: Option<Day>| day.map_or_else(|| "-".to_owned(), |d| d.to_string());
    let compared = [
        ("HS", item.hs10.clone(), stock.row.hs10.clone()),
        ("unit", item.unit.clone(), stock.row.unit.clone()),
        ("expiry", expiry(item.expires_on).into(), expiry(stock.row.expires_on).into()),
    ];
    // What the book has not been told yet, it may be told.
    let l = &stock.ledger;
    let told = [
        ("spec", item.spec.clone(), l.spec.clone()),
        ("currency", item.currency.clone(), l.currency.clone()),
        ("batch", item.batch.clone(), l.batch.clone()),
    ];
    let compared = compared.into_iter().chain(told.into_iter().filter(|(_, _, book)| !book.is_empty()));
    let differs = compared.filter(|(_, given, book)| given != book);
    differs
        .map(|(what, given, book)| {
            let finding = Finding::new(Code::ItemDiffers, CLAUSE, "gdsMtno").line(line).arg("item", &item.item_no);
            finding.arg("what", what).arg("given", given).arg("book", book)
        })
        .collect()
}

/// The book of opening stock that was registered: it is there from now on.
pub(in crate::decide) fn of_registry(scene: &mut Scene<'_>, row: &StockRow) {
    let key = Key::Book(row.ems_no.clone());
    if scene.read::<BookRecord>(&key).is_some() {
        return;
    }
    let office = row.ems_no.get(1..5).unwrap_or_default().to_owned();
    let head = Head { etps: row.area_code.clone(), ..Head::default() };
    let book = Book { head, ems_no: row.ems_no.clone(), office: office.into(), ..Book::default() };
    let approved_on = Some(scene.today());
    let mut record =
        BookRecord { book, state: Stage::Passed, approved_on, etps: row.area_code.clone(), ..BookRecord::default() };
    scene.walked(&mut record.trail);
    scene.put(&key, &record);
}

/// The book, where `etps` may use it today.
///
/// # Errors
/// Why it may not.
pub(super) fn usable(scene: &Scene<'_>, ems_no: &str, etps: &str) -> Result<BookRecord, Vec<Finding>> {
    let record = held(scene, ems_no, etps)?;
    let today = scene.today();
    if let Some(last) = record.book.valid_until.filter(|last| today > *last) {
        let finding = Finding::new(Code::BookOver, CLAUSE, "putrecNo").arg("book", ems_no);
        return Err(vec![finding.arg("last", last).arg("day", today)]);
    }
    Ok(record)
}

/// The book of an enterprise, also where its last day is over: it is still to be closed.
///
/// # Errors
/// Where it is another's, or not approved.
pub(super) fn held(scene: &Scene<'_>, ems_no: &str, etps: &str) -> Result<BookRecord, Vec<Finding>> {
    match scene.read::<BookRecord>(&Key::Book(ems_no.into())).filter(|b| b.etps == etps) {
        None => Err(vec![unknown(Kind::Book, ems_no, "putrecNo")]),
        Some(record) if record.state != Stage::Passed => {
            Err(vec![not_in(record.state, Kind::Book, ems_no, "putrecNo")])
        }
        Some(record) => Ok(record),
    }
}

/// What an official decides about the document with a number; a refusal is noted for whoever appeals against it.
pub(super) fn decide(scene: &mut Scene<'_>, decision: &Decision, by: &Actor) -> Answer {
    let refused = (decision.verdict == Verdict::Refuse).then(|| asked_for(scene, &decision.number)).flatten();
    let taken = decide_about(scene, decision)?;
    if let Some(document) = refused {
        let content = scene.read::<Said>(&super::own_key(document.kind(), document.head()));
        let content = content.map(|said| said.content).unwrap_or_default();
        let (number, by, reason) = (decision.number.clone(), by.id.clone(), decision.reason.clone());
        rulings::refused(scene, Refused { document, content, found: &[], number, by, reason });
    }
    Ok(taken)
}

/// What was filed under the number, as it would be filed anew.
fn asked_for(scene: &Scene<'_>, number: &Text) -> Option<Document> {
    let anew = |head: Head| Head { action: "1".into(), ..head };
    if let Some(BookRecord { book, waiting, .. }) = scene.read(&Key::Book(number.clone())) {
        return Some(Document::Book(Book { head: anew(book.head.clone()), items: waiting, ..book }));
    }
    if let Some(ListRecord { list, .. }) = scene.read(&Key::VerificationList(number.clone())) {
        return Some(Document::List(VerificationList { head: anew(list.head.clone()), ..list }));
    }
    if let Some(FormRecord { form, .. }) = scene.read(&Key::Form(number.clone())) {
        return Some(Document::Form(Form { head: anew(form.head.clone()), ..form }));
    }
    let write_off = scene.read(&Key::WriteOff(number.clone())).map(|r: WriteOffRecord| Document::WriteOff(r.write_off));
    let transit = || scene.read(&Key::Transit(number.clone())).map(|r: TransitRecord| Document::Transit(r.transit));
    let out = || scene.read(&Key::ReturnOut(number.clone())).map(|r: ReturnOutRecord| Document::ReturnOut(r.out));
    write_off.or_else(transit).or_else(out)
}

/// Of a book that is decided again alone: what else of it waits, which stays so. A new book that was refused is one
/// that waits.
pub(super) fn set_apart(scene: &mut Scene<'_>, document: &Document) -> Vec<Item> {
    let Document::Book(book) = document else { return Vec::new() };
    let key = Key::Book(book.ems_no.clone());
    let Some(mut record) = scene.read::<BookRecord>(&key) else { return Vec::new() };
    let others = std::mem::take(&mut record.waiting);
    if record.state == Stage::Refused {
        record.state = Stage::Waiting;
    }
    scene.put(&key, &record);
    others
}

/// What [`set_apart`] took, beside the document that was decided again.
pub(super) fn put_beside(scene: &mut Scene<'_>, document: &Document, mut others: Vec<Item>) {
    let Document::Book(book) = document else { return };
    let key = Key::Book(book.ems_no.clone());
    others.retain(|other| book.items.iter().all(|item| item.item_no != other.item_no));
    if let Some(mut record) = scene.read::<BookRecord>(&key).filter(|_| !others.is_empty()) {
        record.waiting.extend(others);
        scene.put(&key, &record);
    }
}

fn decide_about(scene: &mut Scene<'_>, decision: &Decision) -> Answer {
    let number = &decision.number;
    if let Some(record) = scene.read::<BookRecord>(&Key::Book(number.clone())) {
        return book(scene, decision, record);
    }
    if let Some(record) = scene.read::<ListRecord>(&Key::VerificationList(number.clone())) {
        return lists::decided(scene, decision, record);
    }
    if let Some(record) = scene.read::<PassRecord>(&Key::Pass(number.clone())) {
        return gate::decided(scene, decision, record);
    }
    if let Some(record) = scene.read::<FormRecord>(&Key::Form(number.clone())) {
        return slips::decided(scene, decision, record);
    }
    if let Some(record) = scene.read::<TakeRecord>(&Key::StockTake(number.clone())) {
        return taking::decided(scene, decision, record);
    }
    if let Some(record) = scene.read::<WriteOffRecord>(&Key::WriteOff(number.clone())) {
        return taking::written_off(scene, decision, record);
    }
    if let Some(record) = scene.read::<TransitRecord>(&Key::Transit(number.clone())) {
        return ports::decided(scene, decision, record);
    }
    if let Some(record) = scene.read::<ReturnOutRecord>(&Key::ReturnOut(number.clone())) {
        return room::left(scene, decision, record);
    }
    Err(vec![unknown(Kind::Decision, number, "number")])
}

/// The verdict does not fit a document of this kind, or not now.
pub(super) fn not_now(kind: Kind, decision: &Decision, state: Stage) -> Answer {
    let finding = not_in(state, kind, &decision.number, "verdict");
    Err(vec![finding, misfit("verdict", decision.verdict.name(), "-")])
}

fn book(scene: &mut Scene<'_>, decision: &Decision, mut record: BookRecord) -> Answer {
    let waits = record.state == Stage::Waiting || !record.waiting.is_empty();
    let (status, info) = match decision.verdict {
        Verdict::Approve if waits => {
            let items = std::mem::take(&mut record.waiting);
            for item in &items {
                open(scene, &record, item);
            }
            record.state = Stage::Passed;
            record.approved_on = record.approved_on.or(Some(scene.today()));
            (super::status::PASSED, format!("账册通过，商品{}项", items.len()))
        }
        Verdict::Refuse if waits => {
            record.waiting.clear();
            if record.approved_on.is_none() {
                record.state = Stage::Refused;
            }
            (100, format!("账册退单 {}", decision.reason))
        }
        _ => return not_now(Kind::Book, decision, record.state),
    };
    scene.walked(&mut record.trail);
    let (ems_no, office) = (record.book.ems_no.clone(), record.book.office.clone());
    scene.tell_filer(Kind::Book, &record.etps, &record.book.head.own_no, &ems_no, (status, info.clone(), vec![]));
    scene.put(&Key::Book(ems_no.clone()), &record);
    Ok(Taken::closed(&ems_no, &office, info))
}

/// An item comes onto the book, with nothing of it there.
fn open(scene: &mut Scene<'_>, record: &BookRecord, item: &Item) {
    let ems_no = &record.book.ems_no;
    let mut stock = scene.stock(ems_no, &item.item_no).unwrap_or_else(|| Stock {
        row: StockRow {
            ems_no: ems_no.clone(),
            item_record_no: item.item_no.clone(),
            area_code: record.etps.clone(),
            hs10: item.hs10.clone(),
            name: item.name.clone(),
            unit: item.unit.clone(),
            unit1: item.unit1.clone(),
            unit2: item.unit2.clone(),
            qty: Quantity(0),
            origin: item.origin.clone(),
            price: item.price,
            entered_on: scene.today(),
            expires_on: item.expires_on,
        },
        ..Stock::default()
    });
    stock.ledger.seq_no = item.seq_no;
    stock.ledger.factor1 = item.factor1;
    stock.ledger.factor2 = item.factor2;
    let l = &mut stock.ledger;
    (l.spec, l.currency, l.batch) = (item.spec.clone(), item.currency.clone(), item.batch.clone());
    period::enrol(scene, &mut stock);
    scene.put_stock(ems_no, &item.item_no, &stock);
}

/// Moves one line of a list by the list itself, where no gate is between.
pub(super) fn move_line(scene: &mut Scene<'_>, number: &str, record: &ListRecord, at: usize, kind: Move) {
    let line = &record.list.lines[at];
    let because = Because::of(Kind::List, number, line.gnum, "");
    scene.move_stock((&record.list.ems_no, &line.item_no), kind, line.qty, Quantity(0), because);
}
