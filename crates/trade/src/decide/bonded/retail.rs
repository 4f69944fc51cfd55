//! Retail from the book (1210): parcels that were released leave it together, on verification lists of kind 8.
//!
//! Grouping (rules.md 7.1): by book, seller, office and day of release; the quantities are those of the lists and of
//! nothing else (I4). The parcels of a group are chained from the newest, so the list can be made again from them.

use std::collections::BTreeMap;

use super::super::after;
use super::{Answer, Because, Scene, Stage, Taken, books, slips};
use crate::bonded::ledger::Move;
use crate::bonded::record::{LineState, ListRecord, RetailDay, RetailDays};
use crate::bonded::{Head, Kind, Line, ListType, Outgoing, VerificationList};
use crate::command::DueKind;
use crate::documents::{ExportList, List};
use crate::finding::{Code, Finding};
use crate::key::{CaseKey, Key, Pair, RetailGroup};
use crate::money::{Fen, Price, Quantity};
use crate::pack::Text;
use crate::record::{Case, CaseRef, status};

/// Parcels on one outgoing list, so that no entry grows with the trade of a day.
const MOST: u32 = 500;

/// A parcel is released: its goods are sold, and it waits to leave the book.
pub(in crate::decide) fn sold(scene: &mut Scene<'_>, key: &CaseKey, case: &mut Case, list: Option<&List>) {
    if case.mode == "9610" {
        return;
    }
    let kept = if list.is_none() { after::list_of(scene, key) } else { None };
    let Some(list) = list.or(kept.as_ref()) else { return };
    for line in &list.lines {
        let Some(mut stock) = scene.stock(&list.ems_no, &line.item_record_no) else { continue };
        stock.reserved = stock.reserved.minus(line.qty);
        let because = because(&case.invt_no, line.gnum, key);
        if scene.book_movement(&list.ems_no, &line.item_record_no, &mut stock, Move::Sold, line.qty, because) {
            scene.put_stock(&list.ems_no, &line.item_record_no, &stock);
        }
    }
    let group = group_of(scene, list, case);
    let at = Key::RetailDay(group.clone());
    let mut day = scene.read::<RetailDay>(&at).unwrap_or_default();
    if day.count == 0 {
        let days_at = Key::RetailDays(Pair { code: group.ems_no.clone(), number: group.day.to_string().into() });
        let mut days = scene.read::<RetailDays>(&days_at).unwrap_or_default();
        days.groups.push(group);
        scene.put(&days_at, &days);
    }
    case.previous_of_day = day.newest.replace(key.clone());
    day.count += 1;
    scene.put(&at, &day);
}

/// A released list is corrected: what it took of the book is there again, movement by movement.
pub(in crate::decide) fn unsold(scene: &mut Scene<'_>, key: &CaseKey, invt_no: &str, list: &List) {
    for line in &list.lines {
        let because = because(invt_no, line.gnum, key);
        scene.move_stock((&list.ems_no, &line.item_record_no), Move::SoldReversed, line.qty, Quantity(0), because);
    }
}

/// What it takes as it is now.
pub(in crate::decide) fn sold_anew(scene: &mut Scene<'_>, key: &CaseKey, invt_no: &str, list: &List) {
    for line in &list.lines {
        let because = because(invt_no, line.gnum, key);
        scene.move_stock((&list.ems_no, &line.item_record_no), Move::Sold, line.qty, Quantity(0), because);
    }
}

fn because<'a>(invt_no: &str, line: u32, case: &'a CaseKey) -> Because<'a> {
    Because { document: format!("CEB621 {invt_no}"), line, under: "", case: Some(case) }
}

fn group_of(scene: &Scene<'_>, list: &List, case: &Case) -> RetailGroup {
    let day = case.released.map_or_else(|| scene.today(), |released| released.day());
    RetailGroup { ems_no: list.ems_no.clone(), ebc: list.ebc_code.clone(), office: case.office.clone(), day }
}

/// The same for an export list out of a special area (603 with mode 1210): its goods go abroad.
pub(in crate::decide) fn sold_abroad(scene: &mut Scene<'_>, key: &CaseKey, invt_no: &str, list: &ExportList) {
    for line in &list.lines {
        let Some(mut stock) = scene.stock(&list.ems_no, &line.item_record_no) else { continue };
        stock.reserved = stock.reserved.minus(line.qty);
        let because = Because { document: format!("CEB603 {invt_no}"), line: line.gnum, under: "", case: Some(key) };
        if scene.book_movement(&list.ems_no, &line.item_record_no, &mut stock, Move::Sold, line.qty, because) {
            scene.put_stock(&list.ems_no, &line.item_record_no, &stock);
        }
    }
}

/// Goods of a parcel are back on the shelf (A45); customs' book has them again at once.
pub(in crate::decide) fn returned(
    scene: &mut Scene<'_>,
    ems_no: &str,
    item_no: &str,
    qty: Quantity,
    (document, gnum, case): (String, u32, &CaseKey),
) {
    let because = Because { document, line: gnum, under: "", case: Some(case) };
    scene.move_stock((ems_no, item_no), Move::Returned, qty, Quantity(0), because);
}

/// OUTGOING: the parcels of a day that stand on no list yet.
pub(super) fn outgoing(scene: &mut Scene<'_>, outgoing: &Outgoing) -> Answer {
    books::usable(scene, &outgoing.ems_no, &outgoing.head.etps)?;
    let key = Key::RetailDays(Pair { code: outgoing.ems_no.clone(), number: outgoing.day.to_string().into() });
    let groups = scene.read::<RetailDays>(&key).unwrap_or_default().groups;
    let mut numbers = Vec::new();
    for group in &groups {
        numbers.extend(make(scene, group, &outgoing.head.etps));
    }
    let Some(first) = numbers.first().cloned() else {
        let finding = Finding::new(Code::NothingToGroup, "rules 7.1", "releasedOn").arg("book", &outgoing.ems_no);
        return Err(vec![finding.arg("day", outgoing.day)]);
    };
    Ok(Taken::closed(&first, &groups[0].office, format!("出区核注清单{}份：{}", numbers.len(), numbers.join("、"))))
}

/// More of a group whose parcels did not fit on one list.
pub(super) fn go_on(scene: &mut Scene<'_>, group: &RetailGroup) {
    let book = scene.read::<crate::bonded::record::BookRecord>(&Key::Book(group.ems_no.clone()));
    let Some(book) = book else { return };
    scene.outcome.verdict = crate::command::Verdict::Done;
    make(scene, group, &book.etps);
}

/// Makes one verification list of the newest parcels of a group that stand on none; `None` where there are none.
fn make(scene: &mut Scene<'_>, group: &RetailGroup, etps: &str) -> Option<String> {
    let at = Key::RetailDay(group.clone());
    let mut day = scene.read::<RetailDay>(&at).filter(|day| day.grouped < day.count)?;
    let number = scene.bonded_number("QD", &group.office, "E");
    let mut sums: BTreeMap<Text, (Quantity, Fen)> = BTreeMap::new();
    let (mut next, mut parcels, mut newest, mut more) = (day.newest.clone(), 0, None, false);
    while let Some(key) = next {
        let Some(mut case) = scene.case(&key) else { break };
        next = case.previous_of_day.clone();
        if !case.outgoing.is_empty() {
            continue;
        }
        if parcels == MOST {
            more = true;
            break;
        }
        add_parcel(scene, &key, &mut sums);
        case.outgoing = number.clone();
        scene.put(&Key::Case(key.clone()), &case);
        newest.get_or_insert(key);
        parcels += 1;
    }
    newest.as_ref()?;
    let lines: Vec<Line> = sums.into_iter().enumerate().filter_map(|(n, sum)| line(scene, group, n, sum)).collect();
    let mut record = ListRecord {
        lines: vec![LineState::default(); lines.len()],
        list: VerificationList {
            head: Head { own_no: number.clone(), etps: etps.into(), action: "1".into() },
            number: number.clone(),
            ems_no: group.ems_no.clone(),
            kind: ListType::Retail,
            direction: "E".into(),
            supv_mode: "1210".into(),
            office: group.office.clone(),
            declared: "2".into(),
            lines,
            ..VerificationList::default()
        },
        state: Stage::Passed,
        released: true,
        accepted: scene.setting.at,
        etps: etps.into(),
        newest,
        parcels,
        day: Some(group.day),
        ..ListRecord::default()
    };
    scene.walked(&mut record.trail);
    scene.put(&Key::VerificationList(number.clone()), &record);
    day.grouped += parcels;
    day.lists.push(number.clone());
    scene.put(&at, &day);
    if more {
        scene.overlay.due(scene.setting.at, DueKind::OutgoingList, &at);
    }
    let told = (super::status::PASSED, format!("出区核注清单，包裹{parcels}件"), Vec::new());
    scene.tell_filer(Kind::List, etps, &number, &number, told);
    Some(number.to_string())
}

fn add_parcel(scene: &Scene<'_>, key: &CaseKey, sums: &mut BTreeMap<Text, (Quantity, Fen)>) {
    for line in after::list_of(scene, key).iter().flat_map(|list| &list.lines) {
        let (qty, total) = sums.entry(line.item_record_no.clone()).or_default();
        *qty = qty.up_to_all(line.qty);
        *total = total.plus(line.total);
    }
}

/// A line of an outgoing list: an item with its sum and mean price (four decimals, downwards).
fn line(scene: &Scene<'_>, group: &RetailGroup, n: usize, sum: (Text, (Quantity, Fen))) -> Option<Line> {
    let (item_no, (qty, total)) = sum;
    let stock = scene.stock(&group.ems_no, &item_no)?;
    let mean = i128::from(total.0) * 100_000_000 / i128::from(qty.0.max(1));
    let statutory = |factor: Option<Quantity>| {
        factor.and_then(|f| i64::try_from(i128::from(qty.0) * i128::from(f.0) / i128::from(crate::money::SCALE)).ok())
    };
    Some(Line {
        gnum: n as u32 + 1,
        item_no,
        hs10: stock.row.hs10,
        unit: stock.row.unit,
        qty,
        unit1: stock.row.unit1,
        qty1: Quantity(statutory(stock.ledger.factor1).unwrap_or_default()),
        unit2: stock.row.unit2,
        qty2: statutory(stock.ledger.factor2).map(Quantity),
        price: Price(i64::try_from(mean).unwrap_or_default() / 10 * 10),
        total,
        currency: "142".into(),
        origin: stock.row.origin,
        ..Line::default()
    })
}

/// A list of kind 8 that the enterprise made itself: the retail lists it names are released, leave this book and stand
/// on no other list, and their sums are its lines (I4).
pub(super) fn named(scene: &mut Scene<'_>, number: &str, record: &mut ListRecord) -> Result<(), Vec<Finding>> {
    let list = record.list.clone();
    let mut found = Vec::new();
    let mut sums = BTreeMap::new();
    let mut totals: BTreeMap<Text, Fen> = BTreeMap::new();
    let mut group: Option<RetailGroup> = None;
    for invt_no in &list.retail_lists {
        let wrong = || {
            let finding = Finding::new(Code::RetailListWrong, "rules 7.1; 7.5 I4", "cbecBillNo");
            finding.arg("invt", invt_no).arg("book", &list.ems_no)
        };
        let key = scene.read::<CaseRef>(&Key::ListNumber(invt_no.clone())).map(|r| r.case);
        let known = key.and_then(|key| Some((scene.case(&key)?, after::list_of(scene, &key)?, key)));
        let Some((mut case, retail, key)) = known else {
            found.push(wrong());
            continue;
        };
        let its_group = group_of(scene, &retail, &case);
        let released = matches!(case.status, status::RELEASED | status::CLOSED) && case.invt_no == *invt_no;
        let fits = case.mode != "9610" && retail.ems_no == list.ems_no && case.outgoing.is_empty();
        if !released || !fits || *group.get_or_insert_with(|| its_group.clone()) != its_group {
            found.push(wrong());
            continue;
        }
        for line in &retail.lines {
            *sums.entry(line.item_record_no.clone()).or_insert(0) += line.qty.0;
            let total = totals.entry(line.item_record_no.clone()).or_default();
            *total = total.plus(line.total);
        }
        case.outgoing = number.into();
        scene.put(&Key::Case(key.clone()), &case);
        record.newest.get_or_insert(key);
        record.parcels += 1;
    }
    found.extend(slips::sums_differ(&list, &sums, "cbecBillNo"));
    for line in &list.lines {
        let total = totals.get(&line.item_no).copied().unwrap_or_default();
        let once = list.lines.iter().filter(|l| l.item_no == line.item_no).count() == 1;
        if once && total != line.total {
            let finding = Finding::new(Code::LineTotal, "rules 7.5 I4", "dclTotalAmt").line(line.gnum);
            found.push(finding.arg("total", line.total).arg("expected", total));
        }
    }
    scene.clean(found)?;
    record.day = group.as_ref().map(|g| g.day);
    count(scene, group, record.parcels, |grouped, parcels| grouped + parcels);
    Ok(())
}

fn count(scene: &mut Scene<'_>, group: Option<RetailGroup>, parcels: u32, change: impl Fn(u32, u32) -> u32) {
    let Some(at) = group.map(Key::RetailDay) else { return };
    if let Some(mut day) = scene.read::<RetailDay>(&at) {
        day.grouped = change(day.grouped, parcels);
        scene.put(&at, &day);
    }
}

/// A list of kind 8 is deleted: its parcels stand on none again.
pub(super) fn ungroup(scene: &mut Scene<'_>, number: &str, record: &ListRecord) {
    let named = record.list.retail_lists.iter();
    let mut keys: Vec<CaseKey> =
        named.filter_map(|invt_no| scene.read::<CaseRef>(&Key::ListNumber(invt_no.clone())).map(|r| r.case)).collect();
    if keys.is_empty() {
        keys = parcels_of(&scene.overlay, number, record);
    }
    let mut group = None;
    for key in keys {
        let Some(mut case) = scene.case(&key).filter(|c| c.outgoing == number) else { continue };
        if group.is_none() {
            group = after::list_of(scene, &key).map(|list| group_of(scene, &list, &case));
        }
        case.outgoing = Text::default();
        scene.put(&Key::Case(key), &case);
    }
    count(scene, group, record.parcels, u32::saturating_sub);
}

/// The parcels on a list, newest first: found again from their chain.
fn parcels_of(facts: &impl crate::key::Facts, number: &str, record: &ListRecord) -> Vec<CaseKey> {
    crate::bonded::proof::parcels_on(facts, number, record)
}
