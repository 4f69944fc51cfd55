//! From files to dated rows: whatever is wrong with a policy folder is said at once, with file and line.
//!
//! A table is rows of named cells; whether they stand in TOML (`[[row]]`) or in CSV makes no difference.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::sync::Arc;

use super::{Dated, Mark, Row};
use crate::exact::Fraction;
use crate::time::Day;

/// One fault of a policy folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{file}:{line}: {en}")]
pub struct PolicyFault {
    pub file: String,
    /// Line in the file, from 1; 0 where it is about the file or folder.
    pub line: u32,
    /// The column, empty where it is about the whole row.
    pub column: String,
    pub zh: String,
    pub en: String,
}

/// The columns that every table has.
const COMMON: [&str; 6] = ["from", "until", "known_from", "clause", "mark", "note"];

/// What may lie between two rows of one key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Between {
    /// A value is needed on every day from the first row on: a day without one is a fault.
    NoGap,
    /// A thing may leave a list and come back.
    GapAllowed,
}

/// The folder while it is being read.
pub(super) struct Reader<'a> {
    files: BTreeMap<&'a str, &'a str>,
    pub faults: Vec<PolicyFault>,
    /// Rows that are marked as invented samples.
    pub samples: usize,
}

/// The cells of one row, as text, with their place.
pub(super) struct Cells<'r> {
    file: &'r str,
    pub line: u32,
    /// The line that names the columns; in TOML that of the row itself.
    heading: u32,
    cells: BTreeMap<Arc<str>, String>,
    faults: &'r mut Vec<PolicyFault>,
}

impl<'a> Reader<'a> {
    pub fn new(files: BTreeMap<&'a str, &'a str>) -> Reader<'a> {
        Reader { files, faults: Vec::new(), samples: 0 }
    }

    pub fn fault(&mut self, file: &str, (line, column): (u32, &str), zh: String, en: String) {
        self.faults.push(PolicyFault::at(file, line, column, zh, en));
    }

    /// True where the folder holds this file.
    pub fn has(&self, file: &str) -> bool {
        self.files.contains_key(file)
    }

    /// Reads the table in `file`: `read` turns the cells of a row into key and value, and says what is wrong by
    /// itself. The rows of a key must follow each other in time.
    pub fn table<K: Eq + Hash + Clone + std::fmt::Display, V>(
        &mut self,
        file: &str,
        columns: &[&str],
        between: Between,
        read: impl Fn(&mut Cells<'_>) -> Option<(K, V)>,
    ) -> HashMap<K, Dated<V>> {
        let Some(text) = self.files.remove(file) else {
            self.fault(file, (0, ""), "缺少此表。".into(), "this table is missing".into());
            return HashMap::new();
        };
        let mut raw = Vec::new();
        let mut heading = 0;
        if file.ends_with(".toml") {
            read_toml(file, text, &mut raw, &mut self.faults);
        } else {
            heading = read_csv(file, text, &mut raw, &mut self.faults);
        }
        if raw.is_empty() {
            self.fault(file, (0, ""), "表中没有数据行。".into(), "the table has no rows".into());
        }
        let mut series: HashMap<K, Vec<(u32, Row<V>)>> = HashMap::new();
        let mut order = Vec::new();
        for (nth, (line, cells)) in raw.into_iter().enumerate() {
            // In CSV the heading is at fault, and that is said once; in TOML every row names its cells.
            let is_csv = file.ends_with(".csv");
            let heading = if is_csv { heading } else { line };
            let names = cells.keys().filter(|_| nth == 0 || !is_csv);
            for name in names.filter(|n| !columns.contains(&&***n) && !COMMON.contains(&&***n)) {
                let (zh, en) = (format!("不认识的列 {name}。"), format!("unknown column {name}"));
                self.faults.push(PolicyFault::at(file, heading, name, zh, en));
            }
            let before = self.faults.len();
            let mut cells = Cells { file, line, heading, cells, faults: &mut self.faults };
            let frame = cells.frame();
            let (Some((key, value)), Some(frame)) = (read(&mut cells), frame) else {
                // A row that is left out is always a fault, also where its reader had no words for it.
                if self.faults.len() == before {
                    let en = "a value of this row is out of range";
                    self.fault(file, (line, ""), "此行的值超出范围。".into(), en.into());
                }
                continue;
            };
            self.samples += usize::from(frame.mark == Mark::Sample);
            let rows = series.entry(key.clone()).or_insert_with(|| {
                order.push(key);
                Vec::new()
            });
            rows.push((line, frame.with(line, value)));
        }
        let mut dated = HashMap::with_capacity(series.len());
        for key in order {
            let mut rows = series.remove(&key).unwrap_or_default();
            rows.sort_by_key(|(line, row)| (row.from, *line));
            for pair in rows.windows(2) {
                let [(first_line, earlier), (line, later)] = pair else { continue };
                let Some(next_day) = earlier.until.and_then(next_day).filter(|&next| next <= later.from) else {
                    let zh = format!("{key}：自 {} 起的这一行与第 {first_line} 行的期间重叠。", later.from);
                    let en = format!("{key}: the row from {} overlaps the one of line {first_line}", later.from);
                    self.faults.push(PolicyFault::at(file, *line, "from", zh, en));
                    continue;
                };
                if between == Between::NoGap && next_day < later.from {
                    let zh = format!("{key}：{next_day} 至 {} 前没有规定。", later.from);
                    let en = format!("{key}: no row covers {next_day} until before {}", later.from);
                    self.faults.push(PolicyFault::at(file, *line, "from", zh, en));
                }
            }
            dated.insert(key, Dated { rows: rows.into_iter().map(|(_, row)| row).collect() });
        }
        dated
    }

    /// What is left over is no table of a policy.
    pub fn finish(mut self) -> Result<(), Vec<PolicyFault>> {
        let unknown: Vec<_> = self.files.keys().filter(|n| n.ends_with(".csv") || n.ends_with(".toml")).collect();
        for file in unknown {
            let (zh, en) = ("不认识的表。".into(), "no table of a policy has this name".into());
            self.faults.push(PolicyFault::at(file, 0, "", zh, en));
        }
        self.faults.sort();
        self.faults.dedup();
        if self.faults.is_empty() { Ok(()) } else { Err(self.faults) }
    }
}

fn next_day(day: Day) -> Option<Day> {
    day.0.checked_add(1).map(Day)
}

/// What every row has around its value.
struct Frame {
    from: Day,
    until: Option<Day>,
    known_from: Option<Day>,
    clause: String,
    mark: Mark,
    note: String,
}

impl PolicyFault {
    fn at(file: &str, line: u32, column: &str, zh: String, en: String) -> PolicyFault {
        PolicyFault { file: file.to_owned(), line, column: column.to_owned(), zh, en }
    }
}

impl Frame {
    fn with<V>(self, line: u32, value: V) -> Row<V> {
        let Frame { from, until, known_from, clause, mark, note } = self;
        Row { line, from, until, known_from, clause, mark, note, value }
    }
}

impl Cells<'_> {
    pub fn fault(&mut self, column: &str, zh: String, en: String) {
        self.faults.push(PolicyFault::at(self.file, self.line, column, zh, en));
    }

    /// The text of a cell that may be empty.
    pub fn optional(&self, name: &str) -> Option<String> {
        self.filled(name).map(str::to_owned)
    }

    fn filled(&self, name: &str) -> Option<&str> {
        self.cells.get(name).map(|text| text.trim()).filter(|text| !text.is_empty())
    }

    pub fn text(&mut self, name: &str) -> Option<String> {
        let text = self.optional(name);
        if text.is_none() && self.line != self.heading && !self.cells.contains_key(name) {
            let (zh, en) = (format!("缺少 {name} 这一列。"), format!("the column {name} is missing"));
            self.faults.push(PolicyFault::at(self.file, self.heading, name, zh, en));
        } else if text.is_none() {
            self.fault(name, format!("{name} 未填写。"), format!("{name} is not given"));
        }
        text
    }

    /// A cell read by `read`; `form` says in both languages what it should be, and is asked only where it is not.
    fn read<T>(&mut self, name: &str, form: impl Fn() -> [String; 2], read: impl Fn(&str) -> Option<T>) -> Option<T> {
        if let Some(value) = self.filled(name).and_then(&read) {
            return Some(value);
        }
        let text = self.text(name)?;
        let [zh, en] = form();
        self.fault(name, format!("{name} = {text}：应为{zh}。"), format!("{name} = {text}: should be {en}"));
        None
    }

    /// `Some(None)` for an empty cell, `None` for a wrong one.
    pub fn maybe<T>(&mut self, name: &str, read: impl Fn(&mut Self, &str) -> Option<T>) -> Option<Option<T>> {
        if self.filled(name).is_none() { Some(None) } else { read(self, name).map(Some) }
    }

    pub fn whole(&mut self, name: &str) -> Option<i64> {
        self.read(
            name,
            || ["整数", "a whole number"].map(str::to_owned),
            |t| t.parse().ok().filter(|n: &i64| n.abs() < 1_000_000_000_000),
        )
    }

    /// A rate or measure that is not negative.
    pub fn fraction(&mut self, name: &str) -> Option<Fraction> {
        let form = ["不小于零的小数、百分数或分数", "a decimal, percentage or fraction not below zero"];
        self.read(name, || form.map(str::to_owned), |t| Fraction::parse(t).filter(|f| !f.is_negative()))
    }

    /// A rate from 0 to below 1.
    pub fn rate(&mut self, name: &str) -> Option<Fraction> {
        let form = ("小于 1 的税率", "a rate below 1");
        let rate = self.fraction(name)?;
        if rate < Fraction::ONE {
            return Some(rate);
        }
        let en = format!("{name} = {rate}: should be {}", form.1);
        self.fault(name, format!("{name} = {rate}：应为{}。", form.0), en);
        None
    }

    /// `yes`, `no` or empty for no.
    pub fn flag(&mut self, name: &str) -> Option<bool> {
        self.maybe(name, |cells, name| {
            cells.read(
                name,
                || ["yes 或 no", "yes or no"].map(str::to_owned),
                |t| match t {
                    "yes" | "true" => Some(true),
                    "no" | "false" => Some(false),
                    _ => None,
                },
            )
        })
        .map(|flag| flag.unwrap_or(false))
    }

    /// Exactly `n` decimal digits.
    pub fn digits(&mut self, name: &str, n: usize) -> Option<String> {
        let form = || [format!("{n} 位数字"), format!("{n} digits")];
        self.read(name, form, |t| (t.len() == n && t.bytes().all(|b| b.is_ascii_digit())).then(|| t.to_owned()))
    }

    /// One of the given names.
    pub fn one_of<T: Copy>(&mut self, name: &str, names: &[(&str, T)]) -> Option<T> {
        let form = || {
            let all = names.iter().map(|(n, _)| *n).collect::<Vec<_>>().join(" | ");
            [all.clone(), all]
        };
        self.read(name, form, |t| names.iter().find(|(n, _)| *n == t).map(|(_, value)| *value))
    }

    pub fn day(&mut self, name: &str) -> Option<Day> {
        self.read(
            name,
            || ["日期（年-月-日）", "a date, year-month-day"].map(str::to_owned),
            |t| (t.len() == 10).then(|| Day::parse(t)).flatten(),
        )
    }

    fn frame(&mut self) -> Option<Frame> {
        // Every part is read before any is asked for, so that all faults show.
        let from = self.day("from");
        let until = self.maybe("until", Self::day);
        let known_from = self.maybe("known_from", Self::day);
        let clause = self.text("clause");
        let marks: Vec<_> = Mark::ALL.iter().map(|&m| (m.name(), m)).collect();
        let mark = self.one_of("mark", &marks);
        let note = self.optional("note").unwrap_or_default();
        let frame = Frame { from: from?, until: until?, known_from: known_from?, clause: clause?, mark: mark?, note };
        if frame.until.is_some_and(|until| until < frame.from) {
            self.fault("until", "until 早于 from。".into(), "until lies before from".into());
            return None;
        }
        Some(frame)
    }
}

/// Line, and cells by their columns.
pub(super) type RawRow = (u32, BTreeMap<Arc<str>, String>);

/// The rows of a table as they are written, with what cannot be read.
pub(super) fn read_rows(file: &str, text: &str) -> (Vec<RawRow>, Vec<PolicyFault>) {
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    if file.ends_with(".toml") {
        read_toml(file, text, &mut rows, &mut faults);
    } else {
        read_csv(file, text, &mut rows, &mut faults);
    }
    (rows, faults)
}

/// Returns the line of the heading.
fn read_csv(file: &str, text: &str, rows: &mut Vec<RawRow>, faults: &mut Vec<PolicyFault>) -> u32 {
    let mut reader =
        csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let unreadable = |error: csv::Error| PolicyFault {
        file: file.to_owned(),
        line: error.position().map_or(0, |p| p.line() as u32),
        column: String::new(),
        zh: "此行不是可读的 CSV（列数应与表头相同）。".into(),
        en: "this line is not readable CSV (as many cells as the heading has)".into(),
    };
    let headings = match reader.headers() {
        Ok(headings) => headings.clone(),
        Err(error) => {
            faults.push(unreadable(error));
            return 0;
        }
    };
    let heading = headings.position().map_or(1, |p| p.line() as u32);
    let names: Vec<Arc<str>> = headings.iter().map(|name| name.trim().into()).collect();
    let mut record = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {
                let line = record.position().map_or(0, |p| p.line() as u32);
                let cells = names.iter().cloned().zip(record.iter().map(str::to_owned));
                rows.push((line, cells.collect()));
            }
            Ok(false) => return heading,
            Err(error) => faults.push(unreadable(error)),
        }
    }
}

fn read_toml(file: &str, text: &str, rows: &mut Vec<RawRow>, faults: &mut Vec<PolicyFault>) {
    let line_at =
        |offset: usize| text.as_bytes()[..offset.min(text.len())].iter().filter(|&&b| b == b'\n').count() as u32 + 1;
    let mut fault = |offset: usize, zh: String, en: String| {
        faults.push(PolicyFault::at(file, line_at(offset), "", zh, en));
    };
    let (document, errors) = toml::de::DeTable::parse_recoverable(text);
    for error in errors {
        let at = error.span().map_or(0, |span| span.start);
        fault(at, "不是可读的 TOML。".into(), format!("not readable TOML: {}", error.message()));
    }
    for (name, value) in document.get_ref() {
        let Some(array) = value.get_ref().as_array().filter(|_| name.get_ref() == "row") else {
            let (zh, en) = (format!("不认识的键 {}。", name.get_ref()), format!("unknown key {}", name.get_ref()));
            fault(name.span().start, zh, en);
            continue;
        };
        for item in array.iter() {
            let Some(table) = item.get_ref().as_table() else {
                fault(item.span().start, "应为 [[row]] 表。".into(), "should be a [[row]] table".into());
                continue;
            };
            let mut cells = BTreeMap::new();
            for (key, cell) in table {
                let value = cell.get_ref();
                let text = match value {
                    toml::de::DeValue::String(text) => text.to_string(),
                    toml::de::DeValue::Integer(n) => n.to_string(),
                    toml::de::DeValue::Float(n) => n.to_string(),
                    toml::de::DeValue::Boolean(flag) => flag.to_string(),
                    toml::de::DeValue::Datetime(day) => day.to_string(),
                    _ => {
                        let name = key.get_ref();
                        fault(cell.span().start, format!("{name} 应为单个值。"), format!("{name} should be one value"));
                        continue;
                    }
                };
                cells.insert(key.get_ref().as_ref().into(), text);
            }
            rows.push((line_at(item.span().start), cells));
        }
    }
}
