//! How two laws differ, in words: which matter, from which day, what it was and what it becomes, by which clause.

use std::collections::{BTreeMap, BTreeSet};

use super::PolicyFault;
use super::load::{RawRow, read_rows};
use crate::money::Fen;
use crate::packed_names;

packed_names! {
    pub enum Change {
        1 => Added "added",
        2 => Removed "removed",
        3 => Changed "changed",
    }
}

/// One row that is there in one law alone, or says something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub file: String,
    pub change: Change,
    /// What the row is about: an HS code, a parameter, a role and an action; empty for a table of one matter.
    pub key: String,
    /// The first day of the row, as it is written.
    pub from: String,
    /// Where it stands; of a removed row, where it stood.
    pub clause: String,
    /// Column, before, after. An added row is compared with the one that held before it.
    pub cells: Vec<Cell>,
    pub zh: String,
    pub en: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    pub column: String,
    pub before: String,
    pub after: String,
}

/// The columns that name what a row is about; a table that is not here has one matter.
fn key_columns(file: &str) -> &'static [&'static str] {
    match file {
        "parameters.toml" => &["key"],
        "tariff.csv" | "export_goods.csv" => &["hs10"],
        "positive_list.csv" => &["hs8"],
        "bans.csv" | "mail.csv" | "access.csv" => &["hs_prefix", "country"],
        "deduction.csv" => &["invt_type", "direction", "supv_mode"],
        "inspection.csv" => &["hs_prefix", "class"],
        "inspection_needs.csv" => &["class", "supv_mode"],
        "recognition.csv" => &["kind", "counts_as", "issuer", "office", "hs_prefix"],
        "conditions.csv" => &["hs_prefix", "country", "what", "name"],
        "rights.csv" => &["role", "action", "purpose"],
        "masking.csv" => &["role", "purpose", "field"],
        "bodies.csv" => &["body", "statement", "algorithm"],
        "sharing.csv" => &["department", "set", "field", "purpose"],
        "risk.csv" => &["id"],
        "roles.csv" => &["role", "registered", "what"],
        "notices.csv" => &["number"],
        "pilots.csv" => &["city"],
        "food_chapters.csv" => &["chapter"],
        "export_measures.csv" => &["measure", "district"],
        "offices.csv"
        | "trade_modes.csv"
        | "currencies.csv"
        | "units.csv"
        | "countries.csv"
        | "guarantee_kinds.csv"
        | "export_rates.csv" => &["code"],
        "calendar.csv" => &["day"],
        "article_rates.csv" => &["band"],
        _ => &[],
    }
}

/// Columns that say how sure we are, and not what holds.
const ASIDE: [&str; 2] = ["mark", "note"];

/// Words for the columns that people ask about; the others keep their names.
fn column_words(column: &str) -> Option<(&'static str, &'static str)> {
    Some(match column {
        "single_fen" => ("单次交易限值", "single limit"),
        "annual_fen" => ("年度交易限值", "yearly limit"),
        "excess" => ("超限处理", "above the limits"),
        "factor" => ("限额内征收比例", "share levied within the limits"),
        "duty" | "duty_mfn" => ("关税税率", "duty"),
        "vat" => ("增值税税率", "VAT"),
        "consumption" => ("消费税", "consumption tax"),
        "apply_days" => ("申请退货天数", "days to apply for a return"),
        "arrive_days" => ("运抵天数", "days to be back"),
        "value" => ("值", "value"),
        "rate" => ("税率", "rate"),
        "yuan" => ("折合人民币", "yuan"),
        "points" => ("分值", "points"),
        "until" => ("止日", "last day"),
        "remark" => ("备注", "remark"),
        "scope" => ("范围", "scope"),
        "traced" => ("留痕", "traced"),
        "clause" => ("依据", "clause"),
        "zh" => ("名称", "Chinese name"),
        "en" => ("英文名称", "English name"),
        _ => return None,
    })
}

/// A cell for people: fen as yuan.
fn shown(column: &str, text: &str) -> String {
    match text.parse() {
        Ok(fen) if column.ends_with("_fen") => Fen(fen).to_string(),
        _ if text.is_empty() => "—".to_owned(),
        _ => text.to_owned(),
    }
}

/// Everything that differs, by table, key and day. A table that `after` lacks stays as it is, as when it is adopted.
///
/// # Errors
/// Files that are neither readable TOML nor CSV.
pub fn diff(
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
) -> Result<Vec<Difference>, Vec<PolicyFault>> {
    let mut found = Vec::new();
    let mut faults = Vec::new();
    for (file, text) in after.iter().filter(|(file, text)| before.get(*file) != Some(text)) {
        let mut read = |text: &str| {
            let (rows, wrong) = read_rows(file, text);
            faults.extend(wrong);
            by_matter(file, rows)
        };
        let (old, new) = (before.get(file).map(|text| read(text)).unwrap_or_default(), read(text));
        tables(file, &old, &new, &mut found);
    }
    if faults.is_empty() { Ok(found) } else { Err(faults) }
}

type Cells = BTreeMap<String, String>;
/// By key and first day; equal ones stand beside each other.
type Matters = BTreeMap<(String, String), Vec<Cells>>;

fn by_matter(file: &str, rows: Vec<RawRow>) -> Matters {
    let columns = key_columns(file);
    let mut matters = Matters::new();
    for (_, cells) in rows {
        let cell = |name: &str| cells.get(name).map(|t| t.trim().to_owned()).unwrap_or_default();
        let key: Vec<_> = columns.iter().map(|c| cell(c)).filter(|text| !text.is_empty()).collect();
        let place = (key.join(" / "), cell("from"));
        let cells = cells.into_iter().map(|(name, text)| (name.to_string(), text.trim().to_owned())).collect();
        matters.entry(place).or_default().push(cells);
    }
    matters
}

fn tables(file: &str, old: &Matters, new: &Matters, found: &mut Vec<Difference>) {
    let none = Vec::new();
    let places: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    for place in places {
        let (was, is) = (old.get(place).unwrap_or(&none), new.get(place).unwrap_or(&none));
        let gone: Vec<_> = was.iter().filter(|row| !is.contains(row)).collect();
        let come: Vec<_> = is.iter().filter(|row| !was.contains(row)).collect();
        for number in 0..gone.len().max(come.len()) {
            let difference = match (gone.get(number), come.get(number)) {
                (Some(was), Some(is)) => tell(file, place, Change::Changed, Some(was), is),
                (Some(was), None) => tell(file, place, Change::Removed, None, was),
                (None, Some(is)) => tell(file, place, Change::Added, held_before(old, place), is),
                (None, None) => continue,
            };
            found.extend(difference);
        }
    }
}

/// The row of the same matter that began last before this one.
fn held_before<'m>(old: &'m Matters, (key, from): &(String, String)) -> Option<&'m Cells> {
    let mut earlier = old.range(..(key.clone(), from.clone())).rev().take_while(|((k, _), _)| k == key);
    earlier.next().and_then(|(_, rows)| rows.last())
}

/// `None` where nothing differs but how sure we are.
fn tell(
    file: &str,
    (key, from): &(String, String),
    change: Change,
    was: Option<&Cells>,
    is: &Cells,
) -> Option<Difference> {
    let keys = key_columns(file);
    let text = |row: Option<&Cells>, column: &str| row.and_then(|r| r.get(column)).cloned().unwrap_or_default();
    let columns: BTreeSet<&String> = is.keys().chain(was.into_iter().flat_map(|r| r.keys())).collect();
    let said = columns
        .into_iter()
        .filter(|c| !ASIDE.contains(&c.as_str()) && c.as_str() != "from" && !keys.contains(&c.as_str()));
    let cells: Vec<Cell> = said
        .map(|c| match change {
            Change::Removed => Cell { column: c.clone(), before: text(Some(is), c), after: String::new() },
            _ => Cell { column: c.clone(), before: text(was, c), after: text(Some(is), c) },
        })
        .filter(|cell| cell.before != cell.after)
        .collect();
    if cells.is_empty() && change == Change::Changed {
        return None;
    }
    let clause = text(Some(is), "clause");
    let [zh, en] = words(file, key, from, change, &cells, &clause);
    let (file, key, from) = (file.to_owned(), key.clone(), from.clone());
    Some(Difference { file, change, key, from, clause, cells, zh, en })
}

fn words(file: &str, key: &str, from: &str, change: Change, cells: &[Cell], clause: &str) -> [String; 2] {
    let table = file.split('.').next().unwrap_or(file);
    let name = |c: &Cell, zh: bool| match column_words(&c.column) {
        Some((words, _)) if zh => words.to_owned(),
        Some((_, words)) => words.to_owned(),
        None => c.column.clone(),
    };
    // The clause stands at the end, and a row that begins says little by having no end.
    let told = cells.iter().filter(|c| c.column != "clause" && !(change == Change::Added && c.column == "until"));
    let list = |zh: bool| {
        let one = |c: &Cell| {
            let (before, after) = (shown(&c.column, &c.before), shown(&c.column, &c.after));
            match (zh, c.before.is_empty() || change == Change::Removed) {
                (true, true) if change == Change::Removed => format!("{} {before}", name(c, true)),
                (false, true) if change == Change::Removed => format!("{} {before}", name(c, false)),
                (true, true) => format!("{} {after}", name(c, true)),
                (false, true) => format!("{} {after}", name(c, false)),
                (true, false) => format!("{}由 {before} 改为 {after}", name(c, true)),
                (false, false) => format!("{} {before} becomes {after}", name(c, false)),
            }
        };
        told.clone().map(one).collect::<Vec<_>>().join(if zh { "，" } else { ", " })
    };
    let about = if key.is_empty() { table.to_owned() } else { format!("{table} {key}") };
    let (zh, en) = match change {
        Change::Added => {
            (format!("{about}：自 {from} 起{}", list(true)), format!("{about}: from {from} on {}", list(false)))
        }
        Change::Removed => (
            format!("{about}：删去自 {from} 起的一行（{}）", list(true)),
            format!("{about}: the row from {from} on is gone ({})", list(false)),
        ),
        Change::Changed => (
            format!("{about}：自 {from} 起的一行，{}", list(true)),
            format!("{about}: in the row from {from} on, {}", list(false)),
        ),
    };
    let zh = if clause.is_empty() { zh } else { format!("{zh}（{clause}）") };
    let en = if clause.is_empty() { en } else { format!("{en} ({clause})") };
    [zh, en]
}

#[cfg(test)]
mod tests;
