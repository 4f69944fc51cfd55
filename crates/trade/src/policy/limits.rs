//! What one person may buy by retail import, and what is levied within it.
//!
//! Caiguanshui [2016] No. 18 (paraphrase): from 2016-04-08 a single purchase may be worth 2,000 yuan and a year's
//! purchases 20,000; within them duty is 0 and import VAT and consumption tax are 70 % of the statutory amount.
//! Above either limit, and for one indivisible item above the single limit, tax is due in full in the manner of
//! general trade.
//! Caiguanshui [2018] No. 49, points 1 and 2 (paraphrase): from 2019-01-01 the limits are 5,000 and 26,000. A
//! purchase of one item above 5,000 and below 26,000 pays in full and counts to the year; everything else above a
//! limit is to be imported as general trade.
//!
//! Reading 1: a value equal to a limit is within it ("exceed" is strictly more); the one item must be *below* the
//! yearly limit ("低于"). The value is the taxable price with freight and insurance. The year is the calendar year
//! of the day of declaration. Before 2019 an amount taxed in full counts to the year like any other [ours].
//! Not covered: whether the national system measures before or after a platform's promotion (rules.md 18.6).

use super::load::Cells;
use super::{Row, fen};
use crate::exact::Fraction;
use crate::finding::{Code, Finding};
use crate::money::Fen;
use crate::time::Day;

/// The limits of a day, and what follows above them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For one purchase (单次交易限值).
    pub single: Fen,
    /// For one person and calendar year (年度交易限值).
    pub annual: Fen,
    pub excess: Excess,
}

/// What happens to a purchase above a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excess {
    /// Let in, taxed in full in the manner of general trade (before 2019).
    TaxedInFull,
    /// Refused, but for one item within the yearly limit, which is taxed in full (since 2019).
    OneItemTaxedInFull,
}

/// What is levied within the limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relief {
    /// Share of the statutory VAT and consumption tax: 7/10.
    pub factor: Fraction,
    /// The rate of duty: 0.
    pub duty: Fraction,
}

crate::packed_names! {
    /// How a purchase is taxed.
    pub enum Regime {
        /// Within the limits.
        1 => Reduced "reduced",
        /// One item above the single limit: full duty, VAT and consumption tax (T49 2).
        2 => Full "full",
        /// Above a limit before 2019: in full, in the manner of general trade (T18).
        3 => OldLawFull "old-law-full",
    }
}

/// What the limits look at.
#[derive(Clone, Copy, Debug)]
pub struct Purchase {
    /// Taxable price of the whole list.
    pub value: Fen,
    /// Taxable prices of the buyer's other live lists of the year, less returns.
    pub year_so_far: Fen,
    /// One line with quantity 1.
    pub is_one_item: bool,
}

/// How a purchase is taxed, or every limit that it breaks, in the order of rules.md 2.4.
///
/// # Errors
/// `OVER_SINGLE_LIMIT` or `GENERAL_TRADE_REQUIRED`, then `OVER_ANNUAL_LIMIT`; `AMOUNT_OUT_OF_RANGE` for sums that
/// nobody can buy for.
pub fn regime(purchase: &Purchase, limits: &Row<Limits>, day: Day) -> Result<Regime, Vec<Finding>> {
    let Purchase { value, year_so_far, is_one_item } = *purchase;
    let Limits { single, annual, excess } = limits.value;
    let Some(year_then) = value.0.checked_add(year_so_far.0).map(Fen) else {
        return Err(vec![Finding::new(Code::AmountOutOfRange, "", "totalPrice").line(0)]);
    };
    let over_single = value > single;
    let over_annual = year_then > annual;
    if !over_single && !over_annual {
        return Ok(Regime::Reduced);
    }
    if excess == Excess::TaxedInFull {
        return Ok(Regime::OldLawFull);
    }
    let mut found = Vec::new();
    if over_single && !is_one_item {
        found.push(
            Finding::new(Code::OverSingleLimit, &limits.clause, "totalPrice").arg("value", value).arg("limit", single),
        );
    } else if value >= annual {
        let finding = Finding::new(Code::GeneralTradeRequired, &limits.clause, "totalPrice");
        found.push(finding.arg("value", value).arg("limit", annual));
    }
    if over_annual {
        found.push(
            Finding::new(Code::OverAnnualLimit, &limits.clause, "buyerIdNumber")
                .arg("value", value)
                .arg("year", day.year())
                .arg("sum", year_then)
                .arg("limit", annual),
        );
    }
    if found.is_empty() { Ok(Regime::Full) } else { Err(found) }
}

/// The text of `limits.toml` with other limits in the row that stands at `line` ([`Row::line`]).
pub fn with_limits(text: &str, line: u32, single: Fen, annual: Fen) -> String {
    let mut changed = String::with_capacity(text.len() + 8);
    let mut inside = false;
    for (number, line_text) in (1..).zip(text.split_inclusive('\n')) {
        if number > line && line_text.trim_start().starts_with("[[") {
            inside = false;
        }
        inside |= number == line;
        let key = line_text.split('=').next().unwrap_or_default().trim();
        match key {
            "single_fen" if inside => changed.push_str(&format!("single_fen = {}\n", single.0)),
            "annual_fen" if inside => changed.push_str(&format!("annual_fen = {}\n", annual.0)),
            _ => changed.push_str(line_text),
        }
    }
    changed
}

pub(super) const COLUMNS: &[&str] = &["single_fen", "annual_fen", "excess"];
pub(super) const RELIEF_COLUMNS: &[&str] = &["factor", "duty"];

pub(super) fn read_limits(cells: &mut Cells<'_>) -> Option<Limits> {
    let single = fen(cells, "single_fen");
    let annual = fen(cells, "annual_fen");
    let excess = cells.one_of(
        "excess",
        &[("taxed-in-full", Excess::TaxedInFull), ("one-item-taxed-in-full", Excess::OneItemTaxedInFull)],
    );
    Some(Limits { single: single?, annual: annual?, excess: excess? })
}

pub(super) fn read_relief(cells: &mut Cells<'_>) -> Option<Relief> {
    let factor = cells.fraction("factor");
    let duty = cells.rate("duty");
    let relief = Relief { factor: factor?, duty: duty? };
    if relief.factor > Fraction::ONE {
        cells.fault("factor", "factor 不得大于 1。".into(), "factor is above 1".into());
        return None;
    }
    Some(relief)
}
