//! Many documents in one table: a template by the rows of the table that reads the message, the table read back, every
//! fault at its cell, and the messages that it makes. A spreadsheet is read as it is stored: nothing is evaluated.
//!
//! One row is one line of goods; rows that name the same order follow each other, and the first of them holds the head.

pub mod rows;

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use calamine::{DataRef, Reader, Xlsx};
use rust_xlsxwriter::{Color, Format, FormatBorder, Note, Workbook, Worksheet, XlsxError};
use trade::documents::MessageKind;
use trade::time::Moment;
use wire::ceb::Transfer;
use wire::ceb::schema::{Item, Need, Type};
use wire::ceb::sheet::{MOST_LINES, Place, Sheet};
use wire::ceb::table::Message;

use crate::desk::{Both, Checked, Desk, Mode};
use crate::lang::Lang;
use crate::site::guid;

/// Bytes of a file.
pub const LARGEST: usize = 4 << 20;
/// Bytes that a spreadsheet's parts have when they are unpacked.
const UNPACKED: u64 = 48 << 20;
/// Parts of a spreadsheet; one with a sheet has about a dozen.
const MOST_PARTS: usize = 1_000;
/// Rows with documents, and columns.
pub const MOST_ROWS: usize = 2_000;
const MOST_COLUMNS: usize = 200;
/// Characters of a cell; the longest field of any message has less.
const LONGEST: usize = 5_000;
/// Documents of one message (A194, technical specification of messages: at most 100 in one).
pub const MOST_TOGETHER: usize = 100;

/// A table as it was read: the heading, and rows by their number in the file, from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grid {
    pub heading: Vec<String>,
    pub rows: Vec<(usize, Vec<String>)>,
    /// Cells that cannot be taken as they are.
    pub faults: Vec<Marked>,
}

/// A cell with what is wrong in it. Row 0 is the file as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked {
    pub row: usize,
    pub column: usize,
    pub said: Both,
}

impl Marked {
    fn at(row: usize, column: usize, key: &str, with: &[&str]) -> Marked {
        Marked { row, column, said: Both::new(Lang::Zh.fill(key, with), Lang::En.fill(key, with)) }
    }

    /// `C5`, as spreadsheets call it.
    pub fn cell(&self) -> String {
        let (mut name, mut rest) = (String::new(), self.column + 1);
        while rest > 0 {
            name.insert(0, char::from(b'A' + ((rest - 1) % 26) as u8));
            rest = (rest - 1) / 26;
        }
        format!("{name}{}", self.row)
    }
}

/// A column of the table: of the head, or of a line.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub item: &'static Item,
    place: Place,
}

impl Column {
    /// Its heading: `orderNo`, and `line.qty` for what each line has of its own.
    pub fn name(&self) -> String {
        match self.place {
            Place::Head(_) => self.item.name.to_owned(),
            Place::Line(..) => format!("line.{}", self.item.name),
        }
    }

    pub fn must(&self) -> bool {
        self.item.need == Need::Must && !matches!(self.item.kind(), Some(Type::Fixed(_)))
    }
}

/// A column of a template: its name, what it means to people, and whether it has to be filled.
pub struct Heading {
    pub name: String,
    pub words: &'static str,
    pub must: bool,
}

/// The headings of a message's table.
pub fn headings(message: &Message, lang: Lang) -> Vec<Heading> {
    let of = |column: &Column| {
        let words = if lang == Lang::Zh { column.item.zh } else { column.item.en };
        Heading { name: column.name(), words, must: column.must() }
    };
    columns(message).iter().map(of).collect()
}

/// The columns of a message's table. Numbers of document and line are made here.
pub fn columns(message: &Message) -> Vec<Column> {
    let shown = |item: &&'static Item| item.need != Need::Extra && !["guid", "gnum"].contains(&item.name);
    let of = |rows: &'static [Item], place: fn(usize) -> Place| {
        rows.iter()
            .enumerate()
            .filter(move |(_, item)| shown(item))
            .map(move |(n, item)| Column { item, place: place(n) })
    };
    of(message.head.1, Place::Head).chain(of(message.lines.1, |row| Place::Line(0, row))).collect()
}

/// The element whose value tells one document from the next.
fn key(message: &Message) -> &'static str {
    ["orderNo", "payTransactionId", "logisticsNo", "copNo"]
        .into_iter()
        .find(|name| message.head.1.iter().any(|item| item.name == *name))
        .unwrap_or("guid")
}

/// Why a file is no table at all.
fn unreadable(key: &str, with: &[&str]) -> Grid {
    Grid { faults: vec![Marked::at(0, 0, key, with)], ..Grid::default() }
}

/// Reads a file as a table: a spreadsheet (xlsx) or CSV, told apart by its content.
pub fn read(bytes: &[u8]) -> Grid {
    if bytes.len() > LARGEST {
        return unreadable("bulk.fault.large", &[&(LARGEST >> 20).to_string()]);
    }
    match bytes {
        [b'P', b'K', 3, 4, ..] => spreadsheet(bytes),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => unreadable("bulk.fault.old", &[]),
        _ => comma_separated(bytes),
    }
}

/// Unpacks every part and throws it away, to see that they are not more than they may be: what a file says of its own
/// size proves nothing.
fn is_small(bytes: &[u8]) -> bool {
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) else { return false };
    let (parts, mut left) = (archive.len(), UNPACKED);
    let fits = |part| {
        let Ok(part) = archive.by_index(part) else { return false };
        match std::io::copy(&mut part.take(left + 1), &mut std::io::sink()) {
            Ok(read) if read <= left => {
                left -= read;
                true
            }
            _ => false,
        }
    };
    parts <= MOST_PARTS && (0..parts).all(fits)
}

fn spreadsheet(bytes: &[u8]) -> Grid {
    if !is_small(bytes) {
        return unreadable("bulk.fault.unpacked", &[&(UNPACKED >> 20).to_string()]);
    }
    let Ok(mut book) = Xlsx::new(Cursor::new(bytes)) else { return unreadable("bulk.fault.unreadable", &[]) };
    let Some(first) = book.sheet_names().first().cloned() else { return unreadable("bulk.fault.unreadable", &[]) };
    let Ok(mut cells) = book.worksheet_cells_reader(&first) else { return unreadable("bulk.fault.unreadable", &[]) };
    // Cell by cell, since a sheet with two cells may span more than any memory has.
    let (mut all, mut faults) = (BTreeMap::<usize, BTreeMap<usize, String>>::new(), Vec::new());
    loop {
        let cell = match cells.next_cell_with_formula_metadata() {
            Ok(Some(cell)) => cell,
            Ok(None) => break,
            Err(_) => return unreadable("bulk.fault.unreadable", &[]),
        };
        let (row, column) = (cell.pos.0 as usize + 1, cell.pos.1 as usize);
        if cell.formula.is_some() {
            if row <= MOST_ROWS + 2 && column < MOST_COLUMNS {
                faults.push(Marked::at(row, column, "bulk.fault.formula", &[]));
            }
            continue;
        }
        let text = match &cell.value {
            DataRef::Empty => continue,
            DataRef::Int(n) => n.to_string(),
            // Beyond this a spreadsheet has already changed the digits.
            DataRef::Float(n) if n.abs() >= 1e15 => {
                faults.push(Marked::at(row, column.min(MOST_COLUMNS), "bulk.fault.digits", &[]));
                continue;
            }
            DataRef::Float(n) => n.to_string(),
            DataRef::String(text) => text.trim().to_owned(),
            DataRef::SharedString(text) => text.trim().to_owned(),
            DataRef::Bool(yes) => u8::from(*yes).to_string(),
            DataRef::DateTime(at) => {
                let (y, m, d, h, min, s, _) = at.to_ymd_hms_milli();
                format!("{y:04}{m:02}{d:02}{h:02}{min:02}{s:02}")
            }
            DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
                text.chars().filter(char::is_ascii_digit).collect()
            }
            DataRef::Error(_) => {
                faults.push(Marked::at(row, column.min(MOST_COLUMNS), "bulk.fault.error", &[]));
                continue;
            }
        };
        if text.is_empty() {
            continue;
        }
        if row > MOST_ROWS + 2 || column >= MOST_COLUMNS {
            let most = (MOST_ROWS.to_string(), MOST_COLUMNS.to_string());
            return unreadable("bulk.fault.many", &[&most.0, &most.1]);
        }
        if text.chars().count() > LONGEST {
            faults.push(Marked::at(row, column, "bulk.fault.long", &[&LONGEST.to_string()]));
            continue;
        }
        all.entry(row).or_default().insert(column, text);
    }
    let filled = |cells: &BTreeMap<usize, String>| {
        let width = cells.keys().next_back().map_or(0, |last| last + 1);
        (0..width).map(|column| cells.get(&column).cloned().unwrap_or_default()).collect::<Vec<_>>()
    };
    let mut rows = all.iter().map(|(row, cells)| (*row, filled(cells)));
    let heading = rows.next().map(|(_, cells)| cells).unwrap_or_default();
    Grid { heading, rows: rows.collect(), faults }
}

fn comma_separated(bytes: &[u8]) -> Grid {
    let Ok(text) = std::str::from_utf8(bytes) else { return unreadable("bulk.fault.utf8", &[]) };
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let (mut grid, mut row) = (Grid::default(), 0);
    for record in reader.records() {
        let Ok(record) = record else { return unreadable("bulk.fault.unreadable", &[]) };
        if record.len() > MOST_COLUMNS || grid.rows.len() > MOST_ROWS {
            return unreadable("bulk.fault.many", &[&MOST_ROWS.to_string(), &MOST_COLUMNS.to_string()]);
        }
        row += 1 + record.position().map_or(0, |at| blank_before(text, at.byte() as usize));
        // What was written out with an apostrophe, so that no spreadsheet takes it for a formula, comes back without.
        let plain = |cell: &str| {
            let cell = cell.trim();
            let guarded = cell.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@']));
            guarded.unwrap_or(cell).to_owned()
        };
        let cells: Vec<String> = record.iter().map(plain).collect();
        if let Some(long) = cells.iter().position(|cell| cell.chars().count() > LONGEST) {
            grid.faults.push(Marked::at(row, long, "bulk.fault.long", &[&LONGEST.to_string()]));
        } else if cells.iter().any(|cell| !cell.is_empty()) {
            if grid.heading.is_empty() { grid.heading = cells } else { grid.rows.push((row, cells)) }
        }
    }
    grid
}

/// Empty lines that stand before a record, which the reader passes over and a spreadsheet counts.
fn blank_before(text: &str, start: usize) -> usize {
    let (before, rest) = text.as_bytes().split_at(start.min(text.len()));
    // The reader may stand between the two characters that end the record before.
    let rest = if before.last() == Some(&b'\r') { rest.strip_prefix(b"\n").unwrap_or(rest) } else { rest };
    rest.iter().take_while(|b| [b'\r', b'\n'].contains(b)).filter(|b| **b == b'\n').count()
}

/// A document of the table, with the rows that it was made from: the first holds its head.
pub struct Filled {
    pub sheet: Sheet,
    rows: Vec<usize>,
}

/// The table as documents, and every cell that keeps it from being sent.
pub struct Bulk {
    pub message: &'static Message,
    pub grid: Grid,
    columns: Vec<Column>,
    /// Where each column of the message stands in the file.
    at: Vec<Option<usize>>,
    pub documents: Vec<Filled>,
    pub faults: Vec<Marked>,
}

impl Bulk {
    /// Makes documents of a table. `None` for a kind that traders do not send.
    pub fn of(kind: MessageKind, grid: Grid, now: Moment) -> Option<Bulk> {
        let begun = Sheet::begun(kind, now)?;
        let columns = columns(begun.message);
        let mut bulk = Bulk { message: begun.message, columns, at: vec![], documents: vec![], faults: vec![], grid };
        bulk.faults = bulk.grid.faults.clone();
        if bulk.faults.iter().any(|fault| fault.row == 0) {
            return Some(bulk);
        }
        bulk.head();
        let key = key(bulk.message);
        let key = bulk.columns.iter().position(|column| column.item.name == key);
        let Some(key) = key.and_then(|key| bulk.at[key]) else {
            let name = self::key(bulk.message);
            bulk.faults.push(Marked::at(0, 0, "bulk.fault.no_key", &[name]));
            return Some(bulk);
        };
        bulk.rows(&begun, key);
        Some(bulk)
    }

    /// Finds the columns by their heading, in any order; what nobody knows is told, so that nothing is lost unseen.
    fn head(&mut self) {
        let names: Vec<String> = self.columns.iter().map(Column::name).collect();
        self.at = names.iter().map(|name| self.grid.heading.iter().position(|cell| cell == name)).collect();
        for (column, cell) in self.grid.heading.iter().enumerate() {
            if !cell.is_empty() && !names.contains(cell) {
                self.faults.push(Marked::at(1, column, "bulk.fault.column", &[cell]));
            }
        }
    }

    /// The second row of a template names the columns for people.
    fn is_words(&self, cells: &[String]) -> bool {
        let named = |(column, at): (&Column, &Option<usize>)| {
            let cell = cells.get((*at)?)?;
            Some([column.item.zh, column.item.en].contains(&cell.as_str()))
        };
        let mut known = self.columns.iter().zip(&self.at).filter_map(named);
        known.any(|words| words)
    }

    fn rows(&mut self, begun: &Sheet, key: usize) {
        let mut current = String::new();
        let rows = std::mem::take(&mut self.grid.rows);
        for (number, cells) in rows.iter().enumerate().map(|(n, (row, cells))| ((n, *row), cells)) {
            let (n, row) = number;
            if n == 0 && self.is_words(cells) {
                continue;
            }
            let named = cells.get(key).cloned().unwrap_or_default();
            let more = !self.message.lines.1.is_empty() && (named.is_empty() || named == current);
            if named.is_empty() && self.documents.is_empty() {
                self.faults.push(Marked::at(row, key, "bulk.fault.key_empty", &[]));
                continue;
            }
            if !more {
                current = named;
                self.documents.push(Filled { sheet: begun.clone(), rows: vec![] });
            }
            self.row(row, cells, more);
        }
        self.grid.rows = rows;
        if self.documents.is_empty() && self.faults.is_empty() {
            self.faults.push(Marked::at(0, 0, "bulk.fault.empty", &[]));
        }
    }

    /// Puts a row into the last document: its head, or one more line.
    fn row(&mut self, row: usize, cells: &[String], more: bool) {
        let Some(filled) = self.documents.last_mut() else { return };
        if more && filled.sheet.lines.len() >= MOST_LINES {
            self.faults.push(Marked::at(row, 0, "bulk.fault.lines", &[&MOST_LINES.to_string()]));
            return;
        }
        if more {
            filled.sheet.add_line();
        }
        filled.rows.push(row);
        let line = filled.sheet.lines.len().saturating_sub(1);
        for (column, at) in self.columns.iter().zip(&self.at) {
            let Some(at) = *at else { continue };
            let Some(cell) = cells.get(at).filter(|cell| !cell.is_empty()) else { continue };
            // A day that a spreadsheet keeps as a day has a time of midnight.
            let cell = match column.item.kind() {
                Some(Type::Day) if cell.len() == 14 && cell.ends_with("000000") => cell[..8].to_owned(),
                _ => cell.clone(),
            };
            match column.place {
                Place::Head(head) if more => {
                    if filled.sheet.head[head] != cell {
                        self.faults.push(Marked::at(row, at, "bulk.fault.head_differs", &[&filled.sheet.head[head]]));
                    }
                }
                Place::Head(_) => filled.sheet.set(column.place, cell),
                Place::Line(_, of) => filled.sheet.set(Place::Line(line, of), cell),
            }
        }
    }

    /// Reads each document as it would be read when it comes, and marks what is wrong at its cell.
    pub fn check(&mut self, desk: &dyn Desk, transfer: &Transfer) {
        let mut found = Vec::new();
        for filled in &self.documents {
            let checked = desk.check(&filled.sheet.write(&guid(), transfer), Mode::Lenient);
            self.mark(filled, &checked, &mut found);
        }
        self.faults.extend(found);
        self.faults.sort_by_key(|fault| (fault.row, fault.column));
    }

    fn mark(&self, filled: &Filled, checked: &Checked, found: &mut Vec<Marked>) {
        for problem in checked.problems.iter().filter(|problem| !problem.forgiven) {
            let place = filled.sheet.place(&problem.path);
            let (row, named) = match place {
                Some(Place::Line(line, of)) => (filled.rows.get(line), Some(Place::Line(0, of))),
                other => (filled.rows.first(), other),
            };
            let at = named.and_then(|named| {
                let known = self.columns.iter().position(|column| column.place == named)?;
                self.at[known]
            });
            if let (Some(named), None) = (named, at) {
                // The column is not in the file: said once, and which one it is.
                let name = self.columns.iter().find(|column| column.place == named).map(Column::name);
                let name = name.unwrap_or_default();
                let (zh, en) = (format!("{name}：{}", problem.zh), format!("{name}: {}", problem.en));
                let missing = Marked { row: 0, column: 0, said: Both::new(zh, en) };
                if !found.contains(&missing) {
                    found.push(missing);
                }
                continue;
            }
            let said = Both::new(problem.zh.clone(), problem.en.clone());
            let row = row.copied().unwrap_or_default();
            found.push(Marked { row, column: at.unwrap_or_default(), said });
        }
    }

    /// The documents as messages of at most [`MOST_TOGETHER`], each with a number of its own.
    pub fn messages(&self, transfer: &Transfer) -> Vec<Vec<u8>> {
        let numbered = |part: &[Filled]| {
            let sheets: Vec<(String, &Sheet)> = part.iter().map(|filled| (guid(), &filled.sheet)).collect();
            Sheet::write_all(&sheets, &guid(), transfer)
        };
        self.documents.chunks(MOST_TOGETHER).map(numbered).collect()
    }
}

impl Grid {
    /// What a cell of the file says.
    pub fn value(&self, fault: &Marked) -> &str {
        let row = self.rows.iter().find(|(row, _)| *row == fault.row).map(|(_, cells)| cells);
        let row = if fault.row == 1 { Some(&self.heading) } else { row };
        row.and_then(|cells| cells.get(fault.column)).map_or("", String::as_str)
    }

    /// The heading above a cell.
    pub fn heading(&self, fault: &Marked) -> &str {
        self.heading.get(fault.column).map_or("", String::as_str)
    }

    /// The file as it came, with its faulty cells filled and a note at each.
    ///
    /// # Errors
    /// Whatever the writer says; a table that was read can be written.
    pub fn marked(&self, faults: &[Marked], lang: Lang) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        let (text, head) = (text_format(), head_format());
        let wrong = text_format().set_background_color(Color::RGB(0xFF_D9_D4)).set_border(FormatBorder::Thin);
        let mut notes: BTreeMap<(usize, usize), String> = BTreeMap::new();
        for fault in faults {
            let note = notes.entry((fault.row.max(1), fault.column)).or_default();
            if !note.is_empty() {
                note.push('\n');
            }
            note.push_str(lang.of(&fault.said));
        }
        let rows = std::iter::once((1, &self.heading, &head));
        for (row, cells, plain) in rows.chain(self.rows.iter().map(|(row, cells)| (*row, cells, &text))) {
            for (column, cell) in cells.iter().enumerate() {
                let format = if notes.contains_key(&(row, column)) { &wrong } else { plain };
                write(sheet, (row, column), cell, format)?;
            }
        }
        for ((row, column), said) in notes {
            if self.value(&Marked { row, column, said: Both::default() }).is_empty() {
                write(sheet, (row, column), "", &wrong)?;
            }
            let said: String = said.chars().take(1_000).collect();
            sheet.insert_note(row as u32 - 1, column as u16, &Note::new(said))?;
        }
        finished(sheet, self.heading.len())?;
        book.save_to_buffer()
    }
}

fn text_format() -> Format {
    // Text, so that no number loses digits and nothing becomes a formula or a day.
    Format::new().set_num_format("@")
}

fn head_format() -> Format {
    text_format().set_bold().set_background_color(Color::RGB(0xE0_E9_E7))
}

/// A cell is always written as text, whatever it begins with.
fn write(sheet: &mut Worksheet, (row, column): (usize, usize), cell: &str, format: &Format) -> Result<(), XlsxError> {
    sheet.write_string_with_format(row as u32 - 1, column as u16, cell, format).map(drop)
}

fn finished(sheet: &mut Worksheet, columns: usize) -> Result<(), XlsxError> {
    sheet.set_freeze_panes(2, 0)?;
    for column in 0..columns {
        sheet.set_column_width(column as u16, 18)?;
        sheet.set_column_format(column as u16, &text_format())?;
    }
    Ok(())
}

/// An empty table for people to fill: names, what they mean, and what may be left empty.
///
/// # Errors
/// Whatever the writer says.
pub fn template(columns: &[Heading], lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    finished(sheet, columns.len())?;
    for (at, column) in columns.iter().enumerate() {
        write(sheet, (1, at), &column.name, &head_format())?;
        write(sheet, (2, at), column.words, &text_format().set_italic())?;
        let need = if column.must { "bulk.must" } else { "bulk.may" };
        sheet.insert_note(0, at as u16, &Note::new(lang.t(need)))?;
    }
    book.save_to_buffer()
}

/// The same as CSV, with the mark that tells spreadsheets that it is UTF-8.
pub fn template_csv(columns: &[Heading]) -> String {
    let names = line(columns.iter().map(|column| column.name.as_str()));
    let words = line(columns.iter().map(|column| column.words));
    format!("\u{feff}{names}{words}")
}

/// A line for spreadsheets.
fn line<'c>(cells: impl Iterator<Item = &'c str>) -> String {
    cells.map(crate::pages::export::cell).collect::<Vec<_>>().join(",") + "\r\n"
}

#[cfg(test)]
#[path = "bulk/tests.rs"]
mod tests;
