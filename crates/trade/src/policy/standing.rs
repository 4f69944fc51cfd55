//! The rows of a table of the law that stand on a day, as they are written: what anybody may read.

use super::load::read_rows;
use crate::time::Day;

/// Columns that every table has and that say when, by what and how surely.
const ABOUT: [&str; 6] = ["from", "until", "known_from", "clause", "mark", "note"];

/// A table on a day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// What the rows say, in the order of the table; a table in TOML has it by name.
    pub columns: Vec<String>,
    pub rows: Vec<Stood>,
    /// Rows of all days.
    pub of: usize,
    /// The days on which something begins or has ended, each once, the oldest first.
    pub changes: Vec<Day>,
}

/// A row as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stood {
    /// Its line in the file.
    pub line: u32,
    /// In the order of the columns.
    pub cells: Vec<String>,
    pub from: String,
    /// The last day; empty where there is none yet.
    pub until: String,
    pub clause: String,
    /// How sure the row is: `sure`, `fairly-sure`, `check`, `ours`, `sample`.
    pub mark: String,
    pub note: String,
}

/// The rows of `text` that stand on `day`. What cannot be read is left out: an adopted table has nothing of that.
pub fn standing(file: &str, text: &str, day: Day) -> Standing {
    let (all, _) = read_rows(file, text);
    let heading = text.lines().find(|line| !line.starts_with('#') && !line.trim().is_empty()).unwrap_or_default();
    let mut columns: Vec<String> = match file.ends_with(".csv") {
        true => heading.trim_start_matches('\u{feff}').split(',').map(|name| name.trim().to_owned()).collect(),
        false => Vec::new(),
    };
    for name in all.iter().flat_map(|(_, cells)| cells.keys()) {
        if columns.iter().all(|known| **known != **name) {
            columns.push(name.to_string());
        }
    }
    columns.retain(|name| !ABOUT.contains(&name.as_str()));
    let mut standing = Standing { of: all.len(), ..Standing::default() };
    for (line, cells) in all {
        let cell = |name: &str| cells.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
        let (from, until) = (cell("from"), cell("until"));
        let (first, last) = (Day::parse(&from), Day::parse(&until));
        standing.changes.extend(first.into_iter().chain(last.map(|last| last.plus(1))));
        if first.is_none_or(|first| first <= day) && last.is_none_or(|last| day <= last) {
            let (clause, mark, note) = (cell("clause"), cell("mark"), cell("note"));
            let cells = columns.iter().map(|name| cell(name)).collect();
            standing.rows.push(Stood { line, cells, from, until, clause, mark, note });
        }
    }
    standing.changes.sort_unstable();
    standing.changes.dedup();
    standing.columns = columns;
    standing
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::SAMPLE;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn a_table_stands_as_its_rows_say_on_both_sides_of_each_border() {
        let text = SAMPLE.iter().find(|(name, _)| *name == "limits.toml").unwrap().1;
        for (on, single) in [
            ("2016-04-07", None),
            ("2016-04-08", Some("200000")),
            ("2018-12-31", Some("200000")),
            ("2019-01-01", Some("500000")),
            ("2026-11-27", Some("500000")),
        ] {
            let standing = standing("limits.toml", text, day(on));
            let at = standing.columns.iter().position(|name| name == "single_fen").unwrap();
            assert_eq!(standing.rows.first().map(|row| row.cells[at].as_str()), single, "{on}");
            assert_eq!(standing.rows.len(), usize::from(single.is_some()));
            assert_eq!((standing.of, standing.changes[0]), (2, day("2016-04-08")));
        }
    }

    #[test]
    fn every_table_of_the_sample_can_be_read_so_and_has_its_columns_in_their_order() {
        for (name, text) in SAMPLE {
            let standing = standing(name, text, day("2026-11-27"));
            // Of the calendar a row stands on its own day alone.
            assert!(*name == "calendar.csv" || !standing.rows.is_empty(), "{name}");
            assert!(!standing.columns.is_empty(), "{name}");
            assert!(standing.rows.iter().all(|row| row.cells.len() == standing.columns.len()));
        }
        let tariff = SAMPLE.iter().find(|(name, _)| *name == "tariff.csv").unwrap().1;
        assert_eq!(standing("tariff.csv", tariff, day("2026-11-27")).columns[..3], ["hs10", "zh", "en"]);
    }
}
