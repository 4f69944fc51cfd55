//! Period end of an account book (期末结转; rules.md 7.6).
//!
//! PERIOD names a day that is over. While something filed by then is not finished the book is not closed: a list that
//! is not deducted, a stock-taking, a write-off, goods that came in and were not credited, goods that left and are on
//! no deducted list. What is away under a form goes over to the next period. The items are written down as they stood
//! when the day was over, so many at a time, and a statement goes to the enterprise with a hash over them.
//!
//! Reading: what has to be finished is what was begun in the period, not what came after it; so a busy warehouse can be
//! closed without standing still [ours].

use super::{Answer, Scene, Stage, Taken, books, misfit, not_in};
use crate::bonded::period::{self, AsOf, BookItem, Open, OpenDocument, Period as Closing, PeriodRow, Periods};
use crate::bonded::record::{BookRecord, EntryRecord, ListRecord, PassRecord, SlipRecord};
use crate::bonded::{Document, Kind, Period};
use crate::command::{DueKind, Verdict};
use crate::documents::MessageKind;
use crate::finding::{Code, Finding};
use crate::key::{Key, Pair};
use crate::money::{Fen, Quantity};
use crate::pack::Text;
use crate::policy::Parameter;
use crate::receipt::Shown;
use crate::record::Stock;
use crate::register;
use crate::time::Day;

const CLAUSE: &str = "rules 7.6";
/// Items, and movements since then, that one entry looks at: no entry grows with the size of a warehouse.
const MOST_ITEMS: u64 = 500;
const MOST_MOVES: u64 = 20_000;
/// Reasons that are told; the enterprise sees the rest when these are mended.
const MOST_FAULTS: usize = 50;

fn most_months(scene: &Scene<'_>) -> Option<i64> {
    scene.policy().whole(Parameter::PeriodMonths, scene.today())
}

fn periods(scene: &Scene<'_>, ems_no: &str) -> Periods {
    scene.read(&Key::Periods(ems_no.into())).unwrap_or_default()
}

/// An item gets its place in its book.
pub(in crate::decide) fn enrol(scene: &mut Scene<'_>, stock: &mut Stock) {
    if stock.ledger.place != 0 || most_months(scene).is_none() {
        return;
    }
    let mut of = periods(scene, &stock.row.ems_no);
    of.items += 1;
    stock.ledger.place = of.items;
    let item = BookItem { item_no: stock.row.item_record_no.clone() };
    scene.put(&period::item_key(&stock.row.ems_no, of.items), &item);
    scene.put(&Key::Periods(stock.row.ems_no.clone()), &of);
}

/// The last day of the newest closed period of a book.
pub(in crate::decide) fn closed(scene: &Scene<'_>, ems_no: &str) -> Option<Day> {
    scene.read::<Periods>(&Key::Periods(ems_no.into()))?.closed
}

/// A document is not finished, and its day cannot be closed until it is.
pub(super) fn begun(scene: &mut Scene<'_>, ems_no: &str, kind: Kind, number: &str) {
    if most_months(scene).is_some() {
        let mut of = periods(scene, ems_no);
        let open = Open { kind, number: number.into(), since: scene.today() };
        if scene.policy().whole(Parameter::OpenDocumentsChained, scene.today()) == Some(1) {
            let before = std::mem::replace(&mut of.newest, number.into());
            link(scene, ems_no, &before, |last| last.after = number.into());
            if before.is_empty() {
                of.oldest = number.into();
            }
            let chained = OpenDocument { open, before, ..OpenDocument::default() };
            scene.put(&period::open_key(ems_no, number), &chained);
        } else {
            of.open.push(open);
        }
        scene.put(&Key::Periods(ems_no.into()), &of);
    }
}

/// Changes a neighbour in the chain of open documents, where there is one.
fn link(scene: &mut Scene<'_>, ems_no: &str, number: &str, change: impl FnOnce(&mut OpenDocument)) {
    let key = period::open_key(ems_no, number);
    if let Some(mut document) = scene.read::<OpenDocument>(&key) {
        change(&mut document);
        scene.put(&key, &document);
    }
}

pub(super) fn finished(scene: &mut Scene<'_>, ems_no: &str, number: &str) {
    let mut of = periods(scene, ems_no);
    let key = period::open_key(ems_no, number);
    if let Some(OpenDocument { before, after, .. }) = scene.read(&key) {
        scene.overlay.drop(&key);
        link(scene, ems_no, &before, |document| document.after = after.clone());
        link(scene, ems_no, &after, |document| document.before = before.clone());
        if of.oldest == number {
            of.oldest = after.clone();
        }
        if of.newest == number {
            of.newest = before;
        }
        scene.put(&Key::Periods(ems_no.into()), &of);
        return;
    }
    let before = of.open.len();
    of.open.retain(|open| open.number != number);
    if of.open.len() != before {
        scene.put(&Key::Periods(ems_no.into()), &of);
    }
}

/// PERIOD
pub(super) fn file(scene: &mut Scene<'_>, filed: &Period) -> Answer {
    let book = books::held(scene, &filed.ems_no, &filed.head.etps)?;
    let Some(months) = most_months(scene) else {
        return Err(vec![misfit("periodEnd", &filed.until.to_string(), Parameter::PeriodMonths.name())]);
    };
    let mut of = periods(scene, &filed.ems_no);
    if of.running {
        return Err(vec![not_in(Stage::Moving, Kind::Period, &filed.ems_no, "putrecNo")]);
    }
    let from = of.closed.map(|day| day.plus(1));
    let first = from.or(book.approved_on).unwrap_or_default();
    let last = first.plus_months(i32::try_from(months).unwrap_or(i32::MAX)).plus(-1).min(scene.today().plus(-1));
    let mut found = Vec::new();
    if filed.until < first || last < filed.until {
        let finding = Finding::new(Code::PeriodDay, CLAUSE, "periodEnd").arg("book", &filed.ems_no);
        found.push(finding.arg("day", filed.until).arg("first", first).arg("last", last));
    }
    // The oldest come first, and none is older than the one before it.
    let open = period::open_documents(&scene.overlay, &filed.ems_no, MOST_FAULTS);
    for open in open.iter().filter(|open| open.since <= filed.until) {
        let finding = Finding::new(Code::PeriodOpen, CLAUSE, "periodEnd").arg("kind", open.kind);
        found.push(finding.arg("number", &open.number).arg("since", open.since));
    }
    scene.clean(found)?;
    let number = of.number + 1;
    let closing = Closing {
        ems_no: filed.ems_no.clone(),
        number,
        from,
        until: filed.until,
        state: Stage::Moving,
        etps: filed.head.etps.clone(),
        own_no: filed.head.own_no.clone(),
        ..Closing::default()
    };
    let key = period::key(&filed.ems_no, number);
    of.running = true;
    scene.put(&Key::Periods(filed.ems_no.clone()), &of);
    scene.put(&key, &closing);
    scene.overlay.due(scene.setting.at, DueKind::PeriodGoesOn, &key);
    let name = name_of(&closing);
    Ok(Taken::waits(&name, &book.book.office, format!("第{number}期结转中，截至 {}", filed.until)))
}

/// Book and number of a period, as receipts name it.
fn name_of(closing: &Closing) -> String {
    format!("{}-{:02}", closing.ems_no, closing.number)
}

/// The next items of a book that is being closed.
pub(super) fn go_on(scene: &mut Scene<'_>, pair: &Pair) {
    let key = Key::Period(pair.clone());
    let Some(mut closing) = scene.read::<Closing>(&key).filter(|c| c.state == Stage::Moving) else { return };
    let mut of = periods(scene, &closing.ems_no);
    scene.outcome.verdict = Verdict::Done;
    let over = closing.until.plus(1).starts();
    let (mut items, mut moves) = (0, 0);
    while closing.items < of.items && items < MOST_ITEMS && moves < MOST_MOVES {
        closing.items += 1;
        items += 1;
        let item = scene.read::<BookItem>(&period::item_key(&closing.ems_no, closing.items)).unwrap_or_default();
        let Some(stock) = scene.stock(&closing.ems_no, &item.item_no) else { continue };
        if stock.row.entered_on > closing.until && stock.row.qty == Quantity(0) {
            // It came onto the book after the period.
            continue;
        }
        let as_of = AsOf::before(&scene.overlay, &stock, over);
        moves += stock.ledger.moves - as_of.stock.ledger.moves;
        one_item(scene, &mut closing, &stock, as_of);
    }
    if closing.items < of.items {
        scene.put(&key, &closing);
        scene.overlay.due(scene.setting.at, DueKind::PeriodGoesOn, &key);
        return;
    }
    of.running = false;
    let name = name_of(&closing);
    let office = scene.read::<BookRecord>(&Key::Book(closing.ems_no.clone())).unwrap_or_default().book.office;
    if closing.faults.is_empty() {
        (of.closed, of.number) = (Some(closing.until), closing.number);
        closing.state = Stage::Done;
        closing.told = Some(scene.here());
        let shown = Shown {
            kind: MessageKind::PeriodStatement,
            customs_code: office,
            agent_code: closing.etps.clone(),
            cop_no: closing.own_no.clone(),
            invt_no: name.into(),
            period: Some(Box::new(closing.statement())),
            ..Shown::default()
        };
        let info = format!("账册 {} 第{}期已结转，截至 {}", closing.ems_no, closing.number, closing.until);
        scene.send(closing.etps.clone(), shown, super::status::CLOSED, info, Vec::new());
    } else {
        closing.state = Stage::Refused;
        let faults = std::mem::take(&mut closing.faults);
        scene.outcome.findings.extend(faults.clone());
        let info = crate::receipt::info_of(&faults, "");
        scene.tell_filer(Kind::Period, &closing.etps, &closing.own_no, &name, (100, info, faults));
    }
    scene.put(&Key::Periods(closing.ems_no.clone()), &of);
    scene.put(&key, &closing);
}

/// An item as it stood goes into the register, or says why the book cannot be closed.
fn one_item(scene: &mut Scene<'_>, closing: &mut Closing, stock: &Stock, as_of: AsOf) {
    let item_no = &stock.row.item_record_no;
    let left = [(as_of.undeclared(stock), Code::PeriodUndeclared), (as_of.leaving(stock), Code::PeriodLeaving)];
    for (qty, code) in left.into_iter().filter(|(qty, _)| *qty != Quantity(0)) {
        if closing.faults.len() < MOST_FAULTS {
            let finding = Finding::new(code, CLAUSE, "periodEnd").arg("item", item_no).arg("qty", qty);
            closing.faults.push(finding.arg("until", closing.until));
        }
    }
    let before: Option<PeriodRow> =
        scene.read(&period::row_key(&closing.ems_no, item_no, closing.number.saturating_sub(1)));
    let opening = before.as_ref().map_or_else(
        || Stock { on_hand: stock.row.qty, row: stock.row.clone(), ..Stock::default() },
        |row| row.stock.clone(),
    );
    let row = PeriodRow { stock: as_of.stock };
    let cells = period::row(closing.rows + 1, &row.stock, before.as_ref().map(|row| &row.stock));
    closing.rows += 1;
    closing.digest = register::digest(&closing.digest, &register::line(&cells));
    let more = |sum: Fen, stock: &Stock| Fen(sum.0.saturating_add(period::value_of(stock).0));
    (closing.opening, closing.closing) = (more(closing.opening, &opening), more(closing.closing, &row.stock));
    closing.in_flight += u32::from(period::is_in_flight(&row.stock));
    scene.put(&period::row_key(&closing.ems_no, item_no, closing.number), &row);
}

/// A document about a day of a closed period: what it moves, moves today.
pub(super) fn late(scene: &Scene<'_>, document: &Document) -> Option<Finding> {
    let (ems_no, day) = match document {
        Document::Entry(entry) => (entry.ems_no.clone(), entry.arrived_on),
        Document::Outgoing(outgoing) => (outgoing.ems_no.clone(), outgoing.day),
        Document::Shelf(shelf) => (shelf.ems_no.clone(), shelf.at?.day()),
        Document::Gate(gate) => (book_of_pass(scene, &gate.pass_no)?, gate.at?.day()),
        _ => return None,
    };
    let closed = closed(scene, &ems_no).filter(|closed| day <= *closed)?;
    let finding = Finding::new(Code::PeriodLate, CLAUSE, "periodEnd").arg("book", ems_no);
    Some(finding.arg("day", day).arg("closed", closed).forgiven())
}

/// The book of what is on a vehicle.
fn book_of_pass(scene: &Scene<'_>, pass_no: &str) -> Option<Text> {
    let pass = scene.read::<PassRecord>(&Key::Pass(pass_no.into()))?;
    let number = pass.pass.numbers.first()?.clone();
    match pass.pass.related.as_str() {
        "1" => scene.read::<ListRecord>(&Key::VerificationList(number)).map(|r| r.list.ems_no),
        "2" => scene.read::<SlipRecord>(&Key::Slip(number)).map(|r| r.ems_no),
        _ => scene.read::<EntryRecord>(&Key::Entry(number)).map(|r| r.entry.ems_no),
    }
}
