//! A seller's register of exports by tax treatment, and its statement of account (rules.md 6.5, 6.6).
//!
//! T103 wants of each exempt export: day, name, unit, quantity, unit price, amount. The register holds these for every
//! line that left or came back, one row each, in the order in which they were closed. A month's statement carries a hash
//! over its rows, so whoever has the statement and its proof can hold the register's file against it, offline.
//!
//! Reading 1: a line belongs to the month in which its list was closed here, at the rate of exchange of the day on which
//! it left; what comes back counts in the month of its return, by its share of the line's value [ours]. Income tax is
//! reckoned on the year's exempt revenue so far, and what the months before came to is taken off [ours: the way of
//! prepayments].

use sha2::{Digest, Sha256};

use crate::documents::ExportList;
use crate::money::{Fen, Quantity};
use crate::pack::Text;
use crate::packed;
use crate::policy::Policy;
use crate::policy::exemption::income_tax;
use crate::record::{ExportTax, Moved, TaxEntry, TaxMonth, TaxedLine};
use crate::time::Day;

packed! {
    /// What a statement says beside seller, time and number.
    pub struct Statement {
        /// `yyyymm`
        1 => pub month: u32,
        /// Unified social credit code of the seller.
        2 => pub uscc: Text,
        /// Rows of the register, and the hash over them.
        3 => pub rows: u32,
        4 => pub digest: [u8; 32],
        /// By treatment: what left, what came back.
        5 => pub exempt: Fen,
        6 => pub exempt_back: Fen,
        7 => pub rebate: Fen,
        8 => pub rebate_back: Fen,
        9 => pub on_entry: Fen,
        10 => pub on_entry_back: Fen,
        11 => pub ordinary: Fen,
        12 => pub ordinary_back: Fen,
        /// Rows without a value.
        13 => pub unvalued: u32,
        /// Exempt revenue since January, 4 % of it, the income tax on that, and what is new of it.
        14 => pub year: Fen,
        15 => pub income: Fen,
        16 => pub tax: Fen,
        17 => pub due: Fen,
        /// Within small profits.
        18 => pub small: bool,
        /// Of the income tax; empty where no such rule was in force.
        19 => pub clause: Text,
        /// Of what was rebated on departure (9810): sold since, so that its rebate is settled; lost, so that it is paid back.
        20 => pub rebate_sold: Fen,
        21 => pub rebate_lost: Fen,
    }
}

/// What a month comes to; `before`: the year's exempt revenue and its tax with the month before.
pub fn statement(
    month: u32,
    of: &TaxMonth,
    before: (Fen, Fen),
    uscc: &str,
    encouraged: bool,
    policy: &Policy,
) -> Statement {
    let [exempt, rebate, on_entry, ordinary] =
        [ExportTax::Exempt, ExportTax::Rebate, ExportTax::RebateOnEntry, ExportTax::Ordinary].map(|tax| of.sum(tax));
    let year = Fen(before.0.0.saturating_add(exempt.exported.0).saturating_sub(exempt.returned.0));
    // Returns of what was sold last year may be more than was sold since.
    let tax = income_tax(year.max(Fen::ZERO), encouraged, policy, last_day(month));
    let told = Statement {
        month,
        uscc: uscc.into(),
        rows: of.lines,
        digest: of.digest,
        exempt: exempt.exported,
        exempt_back: exempt.returned,
        rebate: rebate.exported,
        rebate_back: rebate.returned,
        rebate_sold: rebate.sold,
        rebate_lost: rebate.lost,
        on_entry: on_entry.exported,
        on_entry_back: on_entry.returned,
        ordinary: ordinary.exported,
        ordinary_back: ordinary.returned,
        unvalued: of.unvalued,
        year,
        ..Statement::default()
    };
    match tax {
        None => told,
        Some(tax) => Statement {
            income: tax.income,
            tax: tax.tax,
            due: Fen(tax.tax.0.saturating_sub(before.1.0)),
            small: tax.small,
            clause: tax.clause.into(),
            ..told
        },
    }
}

/// `yyyymm` of a day.
pub fn month_of(day: Day) -> u32 {
    let (year, month, _) = day.date();
    year as u32 * 100 + month
}

/// `yyyyq` of a month.
pub fn quarter_of(month: u32) -> u32 {
    month / 100 * 10 + (month % 100).div_ceil(3)
}

/// The first day after a month.
pub fn next_month(month: u32) -> Day {
    let (year, month) = if month % 100 >= 12 { (month / 100 + 1, 1) } else { (month / 100, month % 100 + 1) };
    Day::ymd(year as i32, month, 1).unwrap_or_default()
}

fn last_day(month: u32) -> Day {
    next_month(month).plus(-1)
}

/// The part of `whole` that falls on `part` of `all`, half up: over all parts it comes to the whole.
pub fn share(whole: i64, part: Quantity, all: Quantity) -> i64 {
    if all.0 <= 0 {
        return 0;
    }
    let (n, d) = (i128::from(whole) * i128::from(part.0), i128::from(all.0));
    i64::try_from((2 * n + d).div_euclid(2 * d)).unwrap_or(whole)
}

/// The columns of the register.
pub const COLUMNS: [&str; 21] = [
    "number",
    "what",
    "day",
    "list",
    "order",
    "line",
    "item",
    "goods",
    "hs",
    "quantity",
    "unit",
    "price",
    "amount",
    "currency",
    "amount_cny",
    "treatment",
    "unmet",
    "mode",
    "office",
    "platform",
    "under",
];

/// A row of the register, number `number` of its month. Amounts are decimal; what came back, was
/// sold or lost abroad has an amount in yuan alone, by its share of the value with which it left.
pub fn row(number: u32, entry: &TaxEntry, line: &TaxedLine, list: &ExportList, invt_no: &str) -> [String; 21] {
    let of = list.lines.iter().find(|l| l.gnum == line.gnum).cloned().unwrap_or_default();
    let left = entry.what == Moved::Left;
    [
        number.to_string(),
        entry.what.name().into(),
        entry.day.to_string(),
        invt_no.into(),
        entry.case.order_no.to_string(),
        line.gnum.to_string(),
        of.item_no.to_string(),
        of.gname.to_string(),
        of.gcode.to_string(),
        line.qty.to_string(),
        of.unit.to_string(),
        of.price.to_string(),
        if left { of.total.to_string() } else { String::new() },
        of.currency.to_string(),
        line.value.map(|value| value.to_string()).unwrap_or_default(),
        line.tax.name().into(),
        line.unmet.iter().map(|unmet| unmet.name()).collect::<Vec<_>>().join(" "),
        list.trade_mode.to_string(),
        list.customs_code.to_string(),
        list.ebp_code.to_string(),
        entry.under.to_string(),
    ]
}

/// A line of the register's file: cells in quotes, no line break in them, and none that a spreadsheet takes for a formula.
pub fn line(cells: &[impl AsRef<str>]) -> String {
    let cell = |text: &str| {
        let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let formula = plain.starts_with(['=', '+', '-', '@']);
        format!("\"{}{}\"", if formula { "'" } else { "" }, plain.replace('"', "\"\""))
    };
    cells.iter().map(|text| cell(text.as_ref())).collect::<Vec<_>>().join(",")
}

/// The register's file: a head line and the rows, each ended by CR LF.
pub fn file(rows: &[[String; 21]]) -> String {
    let mut out = line(&COLUMNS) + "\r\n";
    for row in rows {
        out.push_str(&line(row));
        out.push_str("\r\n");
    }
    out
}

/// The hash over the lines so far and one more: SHA-256 over the hash before and the line; 32 zero bytes before the first.
pub fn digest(before: &[u8; 32], line: &str) -> [u8; 32] {
    Sha256::new().chain_update(before).chain_update(line).finalize().into()
}

/// How many rows a register's file has, and the hash over them; `None` where it is no such file.
pub fn read(file: &str) -> Option<(u32, [u8; 32])> {
    read_under(&COLUMNS, file)
}

/// The same of a file with other columns.
pub fn read_under(columns: &[&str], file: &str) -> Option<(u32, [u8; 32])> {
    let rows = file.strip_prefix(&(line(columns) + "\r\n"))?;
    let mut found = (0, [0; 32]);
    for row in rows.split_inclusive("\r\n") {
        found = (found.0 + 1, digest(&found.1, row.strip_suffix("\r\n")?));
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::TaxSum;

    #[test]
    fn parts_come_to_the_whole() {
        for (whole, all) in [(100, 3), (1, 7), (0, 2), (99_999, 4)] {
            let at = |n| share(whole, Quantity::whole(n), Quantity::whole(all));
            let parts: i64 = (0..all).map(|n| at(n + 1) - at(n)).sum();
            assert_eq!(parts, whole);
            assert!((0..all).all(|n| at(n) <= at(n + 1)));
        }
        assert_eq!(share(100, Quantity::whole(1), Quantity(0)), 0);
    }

    #[test]
    fn a_file_is_read_back_and_a_changed_one_is_another() {
        let row = |goods: &str| {
            let mut row: [String; 21] = Default::default();
            row[7] = goods.to_owned();
            row
        };
        let rows = [row("=SUM(A1)"), row("a \"b\"\r\nc")];
        let text = file(&rows);
        let expected = rows.iter().fold([0; 32], |before, row| digest(&before, &line(row)));
        assert_eq!(read(&text), Some((2, expected)));
        assert_eq!(text.lines().count(), 3, "no cell breaks a line");
        assert!(text.contains("\"'=SUM(A1)\"") && text.contains("\"a \"\"b\"\"  c\""));
        assert_ne!(read(&text.replace("SUM", "SUN")), read(&text));
        assert_eq!(read(&file(&[])), Some((0, [0; 32])));
        for broken in [&text[1..], text.trim_end(), ""] {
            assert_eq!(read(broken), None);
        }
    }

    #[test]
    fn a_year_is_told_month_by_month() {
        let policy = Policy::sample();
        let month = |exported, returned| TaxMonth {
            sums: vec![TaxSum {
                tax: ExportTax::Exempt,
                exported: Fen(exported),
                returned: Fen(returned),
                ..TaxSum::default()
            }],
            ..TaxMonth::default()
        };
        let told = |month: u32, of: &TaxMonth, before| statement(month, of, before, "U", false, &policy);
        let january = told(202601, &month(1_800_000_000, 0), (Fen(0), Fen(0)));
        assert_eq!(
            (january.income, january.tax, january.due, january.small),
            (Fen(72_000_000), Fen(3_600_000), Fen(3_600_000), true)
        );
        // Above small profits the whole year is taxed at the full rate.
        let february = told(202602, &month(6_300_000_000, 100_000_000), (january.year, january.tax));
        assert_eq!((february.year, february.tax, february.small), (Fen(8_000_000_000), Fen(80_000_000), false));
        assert_eq!(february.due, Fen(80_000_000 - 3_600_000));
        // What comes back is taken off, and never below nothing.
        let march = told(202603, &month(0, 9_000_000_000), (february.year, february.tax));
        assert_eq!((march.year, march.tax, march.due), (Fen(-1_000_000_000), Fen(0), Fen(-80_000_000)));
        let before_the_rule = told(201912, &month(100, 0), (Fen(0), Fen(0)));
        assert_eq!(
            (before_the_rule.year, before_the_rule.tax, before_the_rule.clause.as_str()),
            (Fen(100), Fen(0), "")
        );
    }

    #[test]
    fn months_and_quarters() {
        let day = |text| Day::parse(text).unwrap();
        for (on, month, quarter, next) in [
            ("2026-01-01", 202601, 20261, "2026-02-01"),
            ("2026-03-31", 202603, 20261, "2026-04-01"),
            ("2026-04-01", 202604, 20262, "2026-05-01"),
            ("2026-12-31", 202612, 20264, "2027-01-01"),
        ] {
            assert_eq!(month_of(day(on)), month);
            assert_eq!((quarter_of(month), next_month(month)), (quarter, day(next)));
        }
    }
}
