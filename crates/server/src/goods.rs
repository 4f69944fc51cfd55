//! Filings of goods (商品备案): the own with what was decided about them, those that wait for an official, the review, and
//! what is filed, which a form, a spreadsheet and a program hold to the law in the same way before it is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use store::StoreError;
use trade::command::{Act, ActKind, AttachedTo};
use trade::key::{CaseKey, Key, Pair};
use trade::record::Ruling;
use trade::registry::filing::{cells, units};
use trade::registry::{self, Column, GoodsRow};
use utoipa::ToSchema;

use crate::attachments::held;
use crate::bulk::rows::record;
use crate::corrections::Previewed;
use crate::desk::{Answer, Both, Caller, Desk, Filing, Filings, Imported, Problem, Refused, Said, Sight, Table};
use crate::house::House;
use crate::live::{actor, broken, not_taken, taken};
use crate::traced::Shows;

/// Filings that an official reads at once; the next ones come when these are reviewed.
const QUEUE: usize = 25;

/// A page of the filings of the reader's enterprises, enterprise by enterprise in the order of their numbers; for an
/// official those that wait for review, the oldest first.
pub(crate) fn filings(house: &House, sight: &Sight, after: &str, limit: usize) -> Answer<Filings> {
    let error = |e: StoreError| broken(&e.to_string());
    let views = house.views();
    house.catch_up();
    if sight.is_official() {
        let waiting = views.goods_waiting(limit.min(QUEUE)).map_err(error)?;
        let rows: Vec<Filing> = waiting.into_iter().filter_map(|of| told(house, of)).collect();
        let enterprises = rows.iter().map(|filing| filing.row.ebc.to_string()).collect();
        house.trace(sight, Shows { enterprises, records: rows.len(), ..Shows::default() })?;
        return Ok(Filings { total: rows.len() as u64, rows, next: None });
    }
    let mut own = sight.caller.as_ref().map(|caller| caller.enterprises.clone()).unwrap_or_default();
    own.sort();
    let (from, item) = after.split_once('/').unwrap_or_default();
    let (mut places, mut total) = (Vec::new(), 0);
    for ebc in &own {
        total += views.goods_count(ebc).map_err(error)?;
        if ebc.as_str() >= from && places.len() <= limit {
            let item = if ebc == from { item } else { "" };
            places.extend(views.goods_of(ebc, item, (limit - places.len()).saturating_add(1)).map_err(error)?);
        }
    }
    let more = places.len() > limit;
    places.truncate(limit);
    let next = places.last().filter(|_| more).map(|of| format!("{}/{}", of.code, of.number));
    Ok(Filings { rows: places.into_iter().filter_map(|of| told(house, of)).collect(), total, next })
}

/// One of them. An official reads any.
pub(crate) fn filing(house: &House, sight: &Sight, ebc: &str, item: &str) -> Answer<Filing> {
    if !sight.sees([ebc], "") {
        return Err(Refused::NotFound);
    }
    // Whoever has just approved it sees its receipt.
    house.catch_up();
    let found = told(house, Pair { code: ebc.into(), number: item.into() }).ok_or(Refused::NotFound)?;
    house.trace(sight, Shows { enterprises: vec![ebc.to_owned()], records: 1, ..Shows::default() })?;
    Ok(found)
}

/// Filings that wait are on disk where memory is short.
fn told(house: &House, of: Pair) -> Option<Filing> {
    let row = house.window().read::<GoodsRow>(&Key::Goods(of.clone()))?;
    let receipt = house.views().goods_told(&of).ok().flatten();
    Some(Filing { refused: refused(house, &row), attached: held(house, AttachedTo::Goods, of), receipt, row })
}

/// What an official has decided against a filing, and wrote to its enterprise.
fn refused(house: &House, row: &GoodsRow) -> Option<(trade::time::Moment, String, String)> {
    let at = Pair { code: row.ebc.clone(), number: format!("GOODS {}", row.item_no).into() };
    let decided = house.window().read::<Ruling>(&Key::Ruling(at)).filter(|_| !row.approved)?.decided?;
    let words = house.window().words_of(decided.place.revision).ok().flatten().unwrap_or_default();
    Some((decided.at, decided.by.to_string(), words))
}

/// An official's word on a filing.
pub(crate) fn review(
    house: &House,
    caller: &Caller,
    (ebc, item): (&str, &str),
    approve: bool,
    reason: &str,
) -> Answer<u64> {
    let of = Pair { code: ebc.into(), number: item.into() };
    let waits = house.window().read::<GoodsRow>(&Key::Goods(of)).is_some_and(|row| !row.approved);
    if !waits {
        return Err(Refused::NotFound);
    }
    let act = Act {
        by: actor(caller),
        kind: ActKind::Approve,
        case: CaseKey { ebc: ebc.into(), order_no: "".into() },
        number: item.into(),
        value: i64::from(approve),
        ..Act::default()
    };
    let answer = house.window().act(act, reason)?;
    taken(&answer)?;
    Ok(answer.revision)
}

/// What is filled in, by column of the registry's table.
pub(crate) type Values = BTreeMap<&'static str, String>;

pub(crate) fn columns() -> &'static [Column] {
    registry::Table::Goods.columns()
}

/// What nobody fills in: the seller is whoever files, the window counts versions, an official approves.
pub(crate) fn fixed(ebc: &str) -> [(&'static str, &str); 3] {
    [("ebc", ebc), ("version", "0"), ("approved", "no")]
}

/// The columns that somebody fills in.
pub(crate) fn is_open(name: &str) -> bool {
    fixed("").iter().all(|(fixed, _)| *fixed != name)
}

/// What was wrong with rows, each with its line of the CSV, from 2, and its column.
pub(crate) type Faults = Vec<(u32, String, Both)>;

/// What is wrong, and what to do.
fn both(said: &Said) -> Both {
    let join = |words: &str, remedy: &str| format!("{words} {remedy}").trim_end().to_owned();
    Both::new(join(&said.zh, &said.remedy.zh), join(&said.en, &said.remedy.en))
}

/// Holds a CSV to the law and to what is there, without filing it.
///
/// # Errors
/// What is no matter of the rows.
pub(crate) fn look(desk: &dyn Desk, caller: &Caller, csv: &str) -> Answer<(Faults, Previewed)> {
    match desk.preview_rows(caller, Table::Goods, csv.as_bytes()) {
        Ok(previewed) => {
            let said = |said: &Said| (said.row + 1, said.field.clone(), both(said));
            let lists = previewed.lists.iter().filter(|list| !list.done).flat_map(|list| &list.findings);
            let faults = previewed.against.iter().chain(lists).map(said).collect();
            Ok((faults, previewed))
        }
        Err(Refused::Cannot { problems, said, .. }) if problems.is_empty() => {
            Ok((vec![(0, String::new(), said)], Previewed::default()))
        }
        Err(Refused::Cannot { problems, .. }) => {
            let fault = |p: Problem| (p.line.unwrap_or_default(), p.path, Both::new(p.zh, p.en));
            Ok((problems.into_iter().map(fault).collect(), Previewed::default()))
        }
        Err(other) => Err(other),
    }
}

/// Rows as they are to be filed, and what is wrong with them.
pub(crate) struct Drafted {
    pub csv: String,
    pub faults: Faults,
    pub previewed: Previewed,
}

/// Looks at rows as somebody filled them in. The statutory units stand in the tariff: whoever leaves them empty gets them
/// from there.
///
/// # Errors
/// As [`look`].
pub(crate) fn drafted(desk: &dyn Desk, caller: &Caller, rows: &mut [Values]) -> Answer<Drafted> {
    let (policy, today) = (desk.law(), desk.now().day());
    let mut csv = record(columns().iter().map(|column| column.name));
    let mut unknown = Vec::new();
    for (row, line) in rows.iter_mut().zip(2..) {
        let value = |name: &str| row.get(name).map_or("", String::as_str);
        let (hs10, bare) = (value("hs10").to_owned(), value("unit1").is_empty() && value("unit2").is_empty());
        match units(&policy, &hs10, today) {
            Ok(([unit1, unit2], _)) if bare => {
                row.extend([("unit1", unit1.to_owned()), ("unit2", unit2.to_owned())]);
            }
            Err(finding) if hs10.len() == 10 => unknown.push((line, bare, both(&Said::of(&finding)))),
            _ => {}
        }
        csv += &record(columns().iter().map(|column| row.get(column.name).map_or("", String::as_str)));
    }
    let (mut faults, previewed) = look(desk, caller, &csv)?;
    for (line, bare, said) in unknown {
        // The code comes first: its units follow.
        faults.retain(|(of, at, _)| *of != line || (at != "hs10" && (at != "unit1" || !bare)));
        faults.push((line, "hs10".into(), said));
    }
    Ok(Drafted { csv, faults, previewed })
}

/// Goods as a program files them. All values are text, so that no digit is lost on the way.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Goods {
    /// The enterprise's own number of the goods; filed again it is a new version.
    pub item_no: String,
    pub name_zh: String,
    pub name_en: String,
    pub hs10: String,
    pub model: String,
    pub bar_code: String,
    /// Three digits, as in messages.
    pub origin: String,
    pub unit: String,
    /// Statutory units; of the tariff where both are empty.
    pub unit1: String,
    pub unit2: String,
    /// Statutory quantities of one unit.
    pub qty1: String,
    pub qty2: String,
    /// What price thresholds are measured by, in one unit: millilitres, grams, pieces.
    pub content: String,
    /// Separated by `;`: `species`, `dual-use`, or the kind of article that the positive list asks for.
    pub tags: String,
    /// `yyyy-mm-dd`
    pub from: String,
    pub until: String,
}

impl Goods {
    pub(crate) fn of(row: &GoodsRow) -> Goods {
        let open = cells(row).into_iter().filter(|(name, _)| is_open(name));
        let object = open.map(|(name, value)| (name.to_owned(), value.into())).collect();
        serde_json::from_value(serde_json::Value::Object(object)).unwrap_or_default()
    }

    fn values(&self, ebc: &str) -> Values {
        let said = serde_json::to_value(self).unwrap_or_default();
        let value = |column: &Column| said[column.name].as_str().unwrap_or_default().trim().to_owned();
        let open = columns().iter().map(|column| (column.name, value(column)));
        open.chain(fixed(ebc).map(|(name, value)| (name, value.to_owned()))).collect()
    }
}

/// Files goods of the caller's enterprise together, or none of them.
///
/// # Errors
/// `Cannot` with all that is wrong, each with the number of its row, from 1, and its column.
pub(crate) fn file(desk: &dyn Desk, caller: &Caller, goods: &[Goods]) -> Answer<Imported> {
    let ebc = caller.enterprises.first().ok_or(Refused::NotAllowed { what: String::new() })?;
    let mut rows: Vec<Values> = goods.iter().map(|of| of.values(ebc)).collect();
    let Drafted { csv, faults, previewed } = drafted(desk, caller, &mut rows)?;
    if faults.is_empty() {
        return desk.import_as_seen(caller, Table::Goods, csv.as_bytes(), &previewed.expect);
    }
    let problem = |(line, path, said): (u32, String, Both)| Problem {
        code: "FAULTY_ROW".into(),
        path,
        line: line.checked_sub(1).filter(|row| *row > 0),
        zh: said.zh,
        en: said.en,
        forgiven: false,
    };
    Err(not_taken(faults.into_iter().map(problem)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_files_every_column_that_is_open_and_no_other() {
        let said = serde_json::to_value(Goods::default()).unwrap();
        let mut fields: Vec<&str> = said.as_object().unwrap().keys().map(String::as_str).collect();
        let mut open: Vec<&str> = columns().iter().map(|column| column.name).filter(|name| is_open(name)).collect();
        fields.sort_unstable();
        open.sort_unstable();
        assert_eq!(fields, open);
        let row = GoodsRow { item_no: "M".into(), tags: vec!["a".into(), "b".into()], ..GoodsRow::default() };
        assert_eq!((Goods::of(&row).item_no.as_str(), Goods::of(&row).tags.as_str()), ("M", "a;b"));
    }
}
