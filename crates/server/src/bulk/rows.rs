//! Rows of a registry table from a spreadsheet: as the CSV that the registry reads, and every fault at its cell.

use trade::registry::Column;

use super::{Grid, Heading, Marked, line};
use crate::desk::Both;
use crate::lang::Lang;

/// The headings of a registry table, without those that are filled in here.
pub fn headings(columns: &'static [Column], fixed: &[(&str, &str)], lang: Lang) -> Vec<Heading> {
    let open = columns.iter().filter(|column| fixed.iter().all(|(name, _)| *name != column.name));
    let words = |column: &Column| if lang == Lang::Zh { column.zh } else { column.en };
    open.map(|c| Heading { name: c.name.to_owned(), words: words(c), must: !c.optional }).collect()
}

/// A record of the CSV that the registry reads. One record, one line: a line break within a cell would move all that follow.
pub fn record<'c>(cells: impl Iterator<Item = &'c str>) -> String {
    let plain = cells.map(|cell| format!("\"{}\"", cell.replace('"', "\"\"").replace(['\r', '\n'], " ")));
    plain.collect::<Vec<_>>().join(",") + "\n"
}

/// A table that was read, with the rows that the registry is to take.
pub struct Rows {
    pub grid: Grid,
    pub faults: Vec<Marked>,
    csv: String,
    /// The row of the file that each record of the CSV was made of.
    from: Vec<usize>,
}

impl Rows {
    /// Makes the CSV. Columns may stand in any order; those that nobody knows are told, so that nothing is lost unseen;
    /// `fixed` are values that no file says.
    pub fn of(columns: &'static [Column], fixed: &[(&str, &str)], grid: Grid) -> Rows {
        let mut rows = Rows { faults: grid.faults.clone(), csv: String::new(), from: Vec::new(), grid };
        if rows.faults.iter().any(|fault| fault.row == 0) {
            return rows;
        }
        let known = |name: &str| columns.iter().any(|c| c.name == name) && fixed.iter().all(|(f, _)| *f != name);
        let mut taken: Vec<(usize, &Column)> = Vec::new();
        for (at, cell) in rows.grid.heading.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            match columns.iter().find(|c| c.name == cell && known(cell)) {
                Some(column) => taken.push((at, column)),
                None => rows.faults.push(Marked::at(1, at, "bulk.fault.column", &[cell])),
            }
        }
        let names = taken.iter().map(|(_, column)| column.name);
        rows.csv = record(names.chain(fixed.iter().map(|(name, _)| *name)));
        for (n, (row, cells)) in rows.grid.rows.iter().enumerate() {
            let cell = |at: usize| cells.get(at).map_or("", String::as_str);
            // The second row of a template names the columns for people.
            let words = |(at, column): &(usize, &Column)| [column.zh, column.en].contains(&cell(*at));
            if n == 0 && taken.iter().any(words) {
                continue;
            }
            let said = taken.iter().map(|(at, _)| cell(*at));
            rows.csv += &record(said.chain(fixed.iter().map(|(_, value)| *value)));
            rows.from.push(*row);
        }
        if rows.from.is_empty() && rows.faults.is_empty() {
            rows.faults.push(Marked::at(0, 0, "bulk.fault.empty", &[]));
        }
        rows
    }

    /// What the registry reads.
    pub fn csv(&self) -> &str {
        &self.csv
    }

    /// How many rows there are to take.
    pub fn count(&self) -> usize {
        self.from.len()
    }

    /// Marks what is wrong in a line of the CSV, from 1 for its heading, at the cell of the file.
    pub fn mark(&mut self, line: u32, column: &str, said: Both) {
        let row = (line as usize).checked_sub(2).and_then(|n| self.from.get(n)).copied();
        let at = self.grid.heading.iter().position(|name| name == column);
        let marked = match (row, at) {
            (Some(row), Some(column)) => Marked { row, column, said },
            // The column is not in the file, or the fault is none of one cell.
            (row, _) if column.is_empty() => Marked { row: row.unwrap_or_default(), column: 0, said },
            _ => {
                let said = Both::new(format!("{column}：{}", said.zh), format!("{column}: {}", said.en));
                Marked { row: 0, column: 0, said }
            }
        };
        if !self.faults.contains(&marked) {
            self.faults.push(marked);
            self.faults.sort_by_key(|fault| (fault.row, fault.column));
        }
    }
}

/// Rows that stand in the registry, as a table that can be changed and read again.
pub fn written(headings: &[Heading], rows: &[Vec<String>]) -> String {
    let heading = line(headings.iter().map(|h| h.name.as_str()));
    let rows = rows.iter().map(|cells| line(cells.iter().map(String::as_str)));
    std::iter::once(format!("\u{feff}{heading}")).chain(rows).collect()
}
