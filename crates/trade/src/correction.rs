//! Corrections (更正): what a declarant changes or withdraws of lists that it has declared, many at once and all or none;
//! what that does to tax, allowance, stock, guarantee, summary and exemption; and the bill of changes (变更清单).
//!
//! A194 (paraphrase, [check]): lists are changed and cancelled as declarations are, that is by GAC Order 220 (海关总署令
//! 第220号, 报关单修改和撤销): a slip of the pen or a wrong classification may be mended; nothing is while goods are to be
//! inspected or a breach is looked into. What follows is decided in `decide::correct`.

pub mod file;
mod impact;
mod slots;

pub use impact::{Impact, Matter, Part, Span, expected, impact, weight};
pub use slots::set;

use sha2::{Digest, Sha256};

use crate::command::{Actor, Entry, Verdict};
use crate::finding::{Arg, Code, Finding};
use crate::money::Fen;
use crate::pack::Text;
use crate::register;
use crate::{packed, packed_names};

/// Lists in one correction.
pub const MOST: usize = 10_000;

packed! {
    /// One correction: all its rows are done, or none.
    pub struct Correction {
        1 => pub by: Actor,
        /// The declarant in whose name it is made.
        2 => pub enterprise: Text,
        /// The declarant's own number: the same again gets the first answer.
        3 => pub number: Text,
        4 => pub rows: Vec<Row>,
        /// What its preview said; absent where it is made without looking.
        5 => pub expected: Option<Expected>,
        /// SHA-256 of the original bytes, salted.
        6 => pub commitment: [u8; 32],
        7 => pub length: u64,
        /// Hash of the rows: the same rows under the same number are a repetition.
        8 => pub content: [u8; 16],
        /// What is wrong with the file as a whole.
        9 => pub faults: Vec<Finding>,
    }
}

packed_names! {
    pub enum What {
        1 => Amend "amend",
        2 => Withdraw "withdraw",
        /// Taxed again by the law of its day as it is adopted now: a rate came late.
        3 => Reassess "reassess",
    }
}

packed! {
    /// What is to be done with one list.
    pub struct Row {
        /// `invtNo`; of a return that is withdrawn its `copNo`
        1 => pub list: Text,
        2 => pub what: What,
        3 => pub changes: Vec<Change>,
        /// Its first line in the file.
        4 => pub source_line: u32,
        /// What could not be read of it.
        5 => pub faults: Vec<Finding>,
    }
}

packed! {
    /// A value that becomes another.
    pub struct Change {
        /// Line of goods, 0 for the head.
        1 => pub gnum: u32,
        2 => pub field: Field,
        3 => pub value: Text,
    }
}

packed_names! {
    /// What may be changed of a list, by the names of the message. Buyer, order, seller, declarant, office, regime and
    /// account book make a list what it is: another one of these is another list [ours].
    pub enum Field {
        1 => AssureCode "assureCode",
        2 => PortCode "portCode",
        3 => IeDate "ieDate",
        4 => TrafMode "trafMode",
        5 => TrafNo "trafNo",
        6 => TrafName "trafName",
        7 => VoyageNo "voyageNo",
        8 => BillNo "billNo",
        9 => LoctNo "loctNo",
        10 => LicenseNo "licenseNo",
        11 => Country "country",
        12 => Pod "POD",
        13 => Freight "freight",
        14 => InsuredFee "insuredFee",
        15 => WrapType "wrapType",
        16 => GrossWeight "grossWeight",
        17 => NetWeight "netWeight",
        18 => StatisticsFlag "statisticsFlag",
        // Of a line; `country` is the line's where a line is named.
        30 => ItemRecordNo "itemRecordNo",
        31 => ItemNo "itemNo",
        32 => ItemName "itemName",
        33 => Gcode "gcode",
        34 => Gname "gname",
        35 => Gmodel "gmodel",
        36 => BarCode "barCode",
        37 => TradeCountry "tradeCountry",
        38 => Qty "qty",
        39 => Unit "unit",
        40 => Qty1 "qty1",
        41 => Unit1 "unit1",
        42 => Qty2 "qty2",
        43 => Unit2 "unit2",
        44 => Price "price",
        45 => TotalPrice "totalPrice",
    }
}

impl Field {
    /// How the goods travelled: a matter of the past once they are released [ours].
    pub fn is_of_transport(self) -> bool {
        matches!(
            self,
            Field::IeDate | Field::TrafMode | Field::TrafNo | Field::TrafName | Field::VoyageNo | Field::BillNo
        )
    }
}

packed! {
    /// What a preview said: a fingerprint over everything, and by how much each sum changes (by number of [`Matter`]).
    pub struct Expected {
        1 => pub fingerprint: [u8; 16],
        2 => pub sums: Vec<i64>,
    }
}

impl Expected {
    /// As pages, API and command line hand it on: 32 hexadecimal digits and the sums.
    pub fn to_text(&self) -> String {
        let hex: String = self.fingerprint.iter().map(|byte| format!("{byte:02x}")).collect();
        let sums: Vec<String> = self.sums.iter().map(i64::to_string).collect();
        format!("{hex}.{}", sums.join("."))
    }

    /// Reads [`Expected::to_text`]; `None` where it is none.
    pub fn parse(text: &str) -> Option<Expected> {
        let (hex, sums) = text.trim().split_once('.')?;
        let mut fingerprint = [0; 16];
        for (at, byte) in fingerprint.iter_mut().enumerate() {
            *byte = u8::from_str_radix(hex.get(2 * at..2 * at + 2)?, 16).ok()?;
        }
        let sums: Option<Vec<i64>> = sums.split('.').map(|sum| sum.parse().ok()).collect();
        let sums = sums.filter(|sums| sums.len() == Matter::ALL.len() && hex.len() == 32)?;
        Some(Expected { fingerprint, sums })
    }
}

packed! {
    /// What a bill of changes says beside enterprise, number and time.
    pub struct Bill {
        /// Rows of its file, and the hash over them.
        1 => pub rows: u32,
        2 => pub digest: [u8; 32],
        3 => pub amended: u32,
        4 => pub withdrawn: u32,
        /// Before and after, by number of [`Matter`].
        5 => pub sums: Vec<Span>,
    }
}

/// The columns of a bill's file: a row for each value that changed, and one for each list that was withdrawn.
pub const COLUMNS: [&str; 12] = [
    "number",
    "list",
    "order",
    "seller",
    "what",
    "line",
    "field",
    "before",
    "after",
    "tax_before",
    "tax_after",
    "state_after",
];

/// The rows of the bill's file, read off the outcomes of its lists.
pub fn bill_rows(correction: &Correction, outcomes: &[crate::command::Outcome]) -> Vec<[String; COLUMNS.len()]> {
    let mut rows: Vec<[String; COLUMNS.len()]> = Vec::new();
    for (row, outcome) in correction.rows.iter().zip(outcomes) {
        let case = outcome.case.clone().unwrap_or_default();
        let arg = |finding: Option<&Finding>, name: &str| -> String {
            let value = finding.and_then(|f| f.args.iter().find(|a: &&Arg| a.name == name));
            value.map(|a| a.value.clone()).unwrap_or_default()
        };
        let weighed = outcome.findings.iter().find(|f| f.code == Code::CorrectionWeighed);
        let changed = outcome.findings.iter().filter(|f| is_change(f));
        let lines: Vec<Option<&Finding>> = match row.what {
            What::Amend => changed.map(Some).collect(),
            What::Withdraw | What::Reassess => vec![None],
        };
        for change in lines {
            let line = change.map(|c| c.gnum).filter(|gnum| *gnum > 0);
            rows.push([
                (rows.len() + 1).to_string(),
                row.list.to_string(),
                case.order_no.to_string(),
                case.ebc.to_string(),
                row.what.name().into(),
                line.map(|gnum| gnum.to_string()).unwrap_or_default(),
                change.map(|c| c.field.clone()).unwrap_or_default(),
                arg(change, "before"),
                arg(change, "after"),
                arg(weighed, "tax_before"),
                arg(weighed, "tax_after"),
                arg(weighed, "status"),
            ]);
        }
    }
    rows
}

/// True for the finding that says what became of a value.
pub fn is_change(finding: &Finding) -> bool {
    matches!(finding.code, Code::CorrectedHead | Code::CorrectedLine)
}

/// The hash over the rows of a bill's file, one after the other, and how many there are.
pub fn digest(rows: &[[String; COLUMNS.len()]]) -> (u32, [u8; 32]) {
    let over = rows.iter().fold([0; 32], |before, row| register::digest(&before, &register::line(row)));
    (rows.len() as u32, over)
}

/// The file of a bill of changes: a head line and the rows, each ended by CR LF.
pub fn bill_file(rows: &[[String; COLUMNS.len()]]) -> String {
    let mut out = register::line(&COLUMNS) + "\r\n";
    for row in rows {
        out.push_str(&register::line(row));
        out.push_str("\r\n");
    }
    out
}

/// How many rows a bill's file has, and the hash over them; `None` where it is no such file.
pub fn read_bill(file: &str) -> Option<(u32, [u8; 32])> {
    register::read_under(&COLUMNS, file)
}

/// The rows of the bill that an entry gave; `None` where it gave none.
pub fn bill_of(entry: &Entry) -> Option<Vec<[String; COLUMNS.len()]>> {
    let Some(crate::command::Command::Correct(correction)) = &entry.command else { return None };
    let done = entry.outcomes.last().is_some_and(|last| last.verdict == Verdict::Done);
    done.then(|| bill_rows(correction, &entry.outcomes))
}

/// The hash by which a repetition is known.
pub fn content(rows: &[Row]) -> [u8; 16] {
    let mut hash = Sha256::new();
    for row in rows {
        hash.update(crate::pack::Pack::pack(row));
    }
    let mut content = [0; 16];
    content.copy_from_slice(&hash.finalize()[..16]);
    content
}

/// Yuan with two decimals, of fen as sums hold them.
pub fn yuan(fen: i64) -> String {
    Fen(fen).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_expected_is_read_back_and_nothing_else_is() {
        let sums = (0..Matter::ALL.len() as i64).map(|n| n * -3).collect();
        let expected = Expected { fingerprint: [0xa7; 16], sums };
        assert_eq!(Expected::parse(&expected.to_text()), Some(expected.clone()));
        let text = expected.to_text();
        for wrong in ["", "a7", &text[1..], &format!("{text}.0"), &text.replace('.', ","), &format!("é{text}")] {
            assert_eq!(Expected::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_file_of_a_bill_is_read_back_and_a_changed_one_is_another() {
        let mut row: [String; COLUMNS.len()] = Default::default();
        (row[1], row[7]) = ("64022026I000000001".into(), "=1+1".into());
        let rows = [row.clone(), row];
        assert_eq!(read_bill(&bill_file(&rows)), Some(digest(&rows)));
        assert_ne!(read_bill(&bill_file(&rows).replace("=1", "=2")), Some(digest(&rows)));
        assert_eq!(read_bill("number"), None);
    }
}
