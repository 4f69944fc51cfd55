//! A list as other programs read it: CSV with a head line, or JSON, one object a line. Money in fen, Beijing time.

use crate::site::Visit;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

/// Rows under named columns.
pub struct Sheet<const N: usize> {
    pub columns: [&'static str; N],
    pub rows: Vec<[Value; N]>,
}

impl<const N: usize> Sheet<N> {
    /// CSV where the address ends so, else JSON.
    pub fn answer(self, csv: bool) -> Response {
        match csv {
            true => ([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], self.csv()).into_response(),
            false => ([(header::CONTENT_TYPE, "application/x-ndjson")], self.json()).into_response(),
        }
    }

    fn csv(&self) -> String {
        let mut out = self.columns.join(",") + "\r\n";
        for row in &self.rows {
            let cells = row.iter().map(|value| match value {
                Value::Null => String::new(),
                Value::String(text) => cell(text),
                other => other.to_string(),
            });
            out.push_str(&cells.collect::<Vec<_>>().join(","));
            out.push_str("\r\n");
        }
        out
    }

    fn json(self) -> String {
        let line = |row: [Value; N]| {
            let object: Map<String, Value> = self.columns.iter().map(|name| (*name).to_owned()).zip(row).collect();
            Value::Object(object).to_string() + "\n"
        };
        self.rows.into_iter().map(line).collect()
    }
}

/// Whether the address asks for CSV.
pub fn is_csv(visit: &Visit) -> bool {
    visit.path.ends_with(".csv")
}

/// A quoted cell. What a spreadsheet would take for a formula gets an apostrophe before it.
pub(crate) fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    format!("\"{}{}\"", if formula { "'" } else { "" }, text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        assert_eq!(cell("=1+1"), "\"'=1+1\"");
        assert_eq!(cell("a\"b,c"), "\"a\"\"b,c\"");
    }

    #[test]
    fn both_forms_hold_the_same() {
        let sheet = || Sheet { columns: ["key", "fen"], rows: vec![["a".into(), 5.into()], ["b".into(), Value::Null]] };
        assert_eq!(sheet().csv(), "key,fen\r\n\"a\",5\r\n\"b\",\r\n");
        assert_eq!(sheet().json(), "{\"fen\":5,\"key\":\"a\"}\n{\"fen\":null,\"key\":\"b\"}\n");
    }
}
