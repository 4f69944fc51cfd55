//! The file of a correction: CSV, or JSON with the same columns. A line changes one value, or withdraws a list.

use std::collections::HashMap;

use serde_json::Value;

use super::{Change, Correction, Field, MOST, Row, What, content};
use crate::command::Actor;
use crate::finding::{Code, Finding};
use crate::registry::{Column, Form};

/// The largest file that is read: ten thousand lists with ten changes each have about 5 MB.
pub const MAX_BYTES: usize = 15 << 20;

/// Changes of one list.
const CHANGES: usize = 100;

/// The columns, as the template prints them.
pub const COLUMNS: &[Column] = &[
    Column {
        name: "list",
        form: Form::Text(20),
        optional: false,
        zh: "清单编号（invtNo）；撤销退货申请时为其编号（copNo）",
        en: "number of the list (invtNo); to withdraw a return, its number (copNo)",
    },
    Column {
        name: "what",
        form: Form::Word(&["amend", "withdraw"]),
        optional: true,
        zh: "amend 修改（默认），withdraw 撤销",
        en: "amend (where empty) or withdraw",
    },
    Column {
        name: "line",
        form: Form::Whole,
        optional: true,
        zh: "商品序号；表头为 0 或留空",
        en: "line of goods; 0 or empty for the head",
    },
    Column {
        name: "field",
        form: Form::Text(20),
        optional: true,
        zh: "要修改的字段，用报文中的名称，如 gcode",
        en: "the field to change, by its name in the message, such as gcode",
    },
    Column { name: "value", form: Form::Text(510), optional: true, zh: "新值", en: "the value it becomes" },
];

/// A file to begin with.
pub fn template() -> String {
    let names: Vec<&str> = COLUMNS.iter().map(|column| column.name).collect();
    let mut out = String::from("\u{feff}");
    for column in COLUMNS {
        out.push_str(&format!("# {}: {} {}\r\n", column.name, column.zh, column.en));
    }
    let fields: Vec<&str> = Field::ALL.iter().map(|field| field.name()).collect();
    out.push_str(&format!("# {}\r\n{}\r\n", fields.join(" "), names.join(",")));
    out
}

/// Reads a file. Never fails: what is wrong with it stands in the correction, line by line.
pub fn read(bytes: &[u8], by: Actor, enterprise: &str, number: &str) -> Correction {
    let mut reading = Reading::default();
    let whole = |what: &str| vec![Finding::new(Code::CorrectionFile, "", "").arg("what", what)];
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut own = number.to_owned();
    let faults = if bytes.len() > MAX_BYTES {
        whole("文件超过 15 MiB larger than 15 MiB")
    } else {
        match std::str::from_utf8(bytes) {
            Err(_) => whole("不是 UTF-8 编码 not UTF-8"),
            Ok(text) if text.trim_start().starts_with(['{', '[']) => json(text, &mut own, &mut reading),
            Ok(text) => csv(text, &mut reading),
        }
    };
    let rows = reading.rows;
    Correction {
        by,
        enterprise: enterprise.into(),
        number: own.trim().into(),
        content: content(&rows),
        length: bytes.len() as u64,
        rows,
        faults,
        ..Correction::default()
    }
}

/// The rows so far: lines about one list are gathered under it, in the order of its first.
#[derive(Default)]
struct Reading {
    rows: Vec<Row>,
    at: HashMap<String, usize>,
}

impl Reading {
    fn line(&mut self, number: u32, [list, what, line, field, value]: [&str; 5]) {
        let at = *self.at.entry(list.to_owned()).or_insert_with(|| {
            self.rows.push(Row { list: list.into(), source_line: number, ..Row::default() });
            self.rows.len() - 1
        });
        let row = &mut self.rows[at];
        let first = row.changes.is_empty() && row.faults.is_empty() && row.source_line == number;
        let finding = |code, field: &str| Finding { source_line: number, ..Finding::new(code, "", field) };
        let wrong = |field: &str, form: &str| finding(Code::ValueForm, field).arg("expected", form);
        if row.faults.len() + row.changes.len() >= CHANGES {
            return;
        }
        let length = list.chars().count();
        if !(1..=18).contains(&length) || list.chars().any(char::is_control) {
            row.faults.push(wrong("list", "C18"));
        }
        let kind = match what {
            "" => Some(What::Amend),
            what => What::from_name(what),
        };
        match kind {
            None => return row.faults.push(wrong("what", "amend / withdraw / reassess")),
            Some(kind) if first => row.what = kind,
            Some(kind) if kind != row.what || kind != What::Amend => {
                row.faults.push(finding(Code::CorrectionTwice, "list"));
            }
            Some(_) => {}
        }
        if kind != Some(What::Amend) {
            if ![line, field, value].concat().is_empty() {
                row.faults.push(finding(Code::CorrectionField, field).arg("name", field));
            }
            return;
        }
        let gnum = if line.is_empty() { Some(0) } else { line.parse::<u32>().ok().filter(|n| *n < 1_000) };
        let known = Field::from_name(field);
        if gnum.is_none() {
            row.faults.push(wrong("line", "N3"));
        }
        let Some(field) = known else {
            let shown: String = field.chars().filter(|c| !c.is_control()).take(32).collect();
            return row.faults.push(finding(Code::CorrectionField, "field").arg("name", shown));
        };
        let gnum = gnum.unwrap_or_default();
        if row.changes.iter().any(|change| (change.gnum, change.field) == (gnum, field)) {
            row.faults.push(finding(Code::CorrectionTwice, field.name()).line(gnum));
        }
        row.changes.push(Change { gnum, field, value: value.into() });
    }

    fn is_full(&self) -> bool {
        self.rows.len() > MOST
    }
}

fn csv(text: &str, reading: &mut Reading) -> Vec<Finding> {
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).comment(Some(b'#')).trim(csv::Trim::All).from_reader(text.as_bytes());
    let broken = |line: u64, what: String| {
        let source_line = u32::try_from(line).unwrap_or_default();
        vec![Finding { source_line, ..Finding::new(Code::CorrectionFile, "", "").arg("what", what) }]
    };
    let Ok(header) = reader.headers().cloned() else {
        return broken(1, "表头无法读取 the header line cannot be read".into());
    };
    let mut places = [None; COLUMNS.len()];
    for (at, name) in header.iter().enumerate() {
        let Some(column) = COLUMNS.iter().position(|column| column.name == name) else {
            let shown: String = name.chars().filter(|c| !c.is_control()).take(32).collect();
            return broken(1, format!("没有 {shown} 这一列 there is no column {shown}"));
        };
        places[column] = Some(at);
    }
    if places[0].is_none() {
        return broken(1, "缺少 list 列 the column list is missing".into());
    }
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                return broken(line, "不是有效的 CSV not valid CSV".into());
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |at: usize| places[at].and_then(|place| record.get(place)).unwrap_or("");
        let cells = [cell(0), cell(1), cell(2), cell(3), cell(4)];
        // A line of a spreadsheet that holds nothing.
        if cells.iter().any(|cell| !cell.is_empty()) {
            reading.line(u32::try_from(line).unwrap_or_default(), cells);
        }
        if reading.is_full() {
            break;
        }
    }
    Vec::new()
}

/// `[{"list": …, "what": …, "line": …, "field": …, "value": …}]`, or an object with `number` and such `rows`.
fn json(text: &str, number: &mut String, reading: &mut Reading) -> Vec<Finding> {
    let broken = |what: &str| vec![Finding::new(Code::CorrectionFile, "", "").arg("what", what)];
    let rows = match serde_json::from_str(text) {
        Ok(Value::Array(rows)) => rows,
        Ok(Value::Object(mut whole)) => {
            if let Some(Value::String(own)) = whole.remove("number").filter(|_| number.is_empty()) {
                *number = own;
            }
            match whole.remove("rows") {
                Some(Value::Array(rows)) => rows,
                _ => return broken("缺少 rows the member rows is missing"),
            }
        }
        Ok(_) => return broken("不是列表 not a list"),
        Err(_) => return broken("不是有效的 JSON not valid JSON"),
    };
    for (at, row) in rows.iter().enumerate() {
        let text = |name: &str| match row.get(name) {
            Some(Value::String(text)) => text.trim().to_owned(),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        };
        let cells: [String; COLUMNS.len()] = std::array::from_fn(|n| text(COLUMNS[n].name));
        reading.line(at as u32 + 1, cells.each_ref().map(String::as_str));
        if reading.is_full() {
            break;
        }
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Correction {
        super::read(text.as_bytes(), Actor::default(), "AGENT", "K1")
    }

    #[test]
    fn csv_and_json_say_the_same() {
        let csv = read(
            "\u{feff}# a remark\r\nlist,what,line,field,value\r\nA,,1,gcode,1901101090\r\nB,withdraw,,,\r\nA,amend,0,freight,1.50\r\n,,,,\r\n",
        );
        let json = read(
            r#"{"number": "K9", "rows": [
                {"list": "A", "line": 1, "field": "gcode", "value": "1901101090"},
                {"list": "B", "what": "withdraw"},
                {"list": "A", "what": "amend", "line": 0, "field": "freight", "value": 1.50}]}"#,
        );
        for correction in [&csv, &json] {
            assert_eq!(correction.faults, []);
            let rows: Vec<_> = correction.rows.iter().map(|r| (r.list.as_str(), r.what, r.changes.len())).collect();
            assert_eq!(rows, [("A", What::Amend, 2), ("B", What::Withdraw, 0)]);
            assert!(correction.rows.iter().all(|row| row.faults.is_empty()));
            assert_eq!(correction.number, "K1", "the number that was given apart goes before that of the file");
        }
        assert_eq!(super::read(br#"{"number": "K9", "rows": []}"#, Actor::default(), "AGENT", "").number, "K9");
    }

    #[test]
    fn every_fault_stands_at_its_line() {
        let correction = read(
            "list,what,line,field,value\nA,,x,gcode,1\nB,,1,buyerName,x\nC,cancel,,,\nD,withdraw,1,,\nE,,0,freight,1\n\
             E,,0,freight,2\nF,withdraw,,,\nF,,0,freight,1\n,,0,freight,1\nG-0123456789012345678,,0,freight,1\n",
        );
        let faults: Vec<_> =
            correction.rows.iter().flat_map(|r| &r.faults).map(|f| (f.source_line, f.code.name())).collect();
        let expected = [
            (2, "VALUE_FORM"),
            (3, "CORRECTION_FIELD"),
            (4, "VALUE_FORM"),
            (5, "CORRECTION_FIELD"),
            (7, "CORRECTION_TWICE"),
            (9, "CORRECTION_TWICE"),
            (10, "VALUE_FORM"),
            (11, "VALUE_FORM"),
        ];
        assert_eq!(faults, expected);
    }

    #[test]
    fn what_is_no_file_of_corrections_is_said_to_be_none() {
        for text in ["list;what\n", "what,line\n", "{}", "[1", "\"x\"", "", "{\"rows\": 1}"] {
            let correction = read(text);
            assert!(correction.rows.is_empty(), "{text}");
            assert_eq!(correction.faults.len(), 1, "{text}");
        }
        assert_eq!(super::read(b"\xff\xfe", Actor::default(), "A", "1").faults.len(), 1);
        assert!(read(&template()).faults.is_empty(), "the template is a file of no rows");
    }

    #[test]
    fn a_file_of_too_many_lists_is_read_no_further() {
        let line = |n: usize| format!("L{n},withdraw,,,\n");
        let text: String =
            std::iter::once("list,what,line,field,value\n".into()).chain((0..MOST + 9).map(line)).collect();
        assert_eq!(read(&text).rows.len(), MOST + 1);
    }
}
