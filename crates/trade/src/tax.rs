//! Retail import tax: taxable prices, regime, duty, consumption tax and VAT of each line, and what a return gives back.
//!
//! Source: rules.md 3.2 to 3.6 (T18, T49, D272). Exact until the rule says round, then once, half up, each payable
//! tax of each line; head amounts are sums of the rounded lines. Input out of range is a finding, never a panic.

use crate::exact::{Exact, Fraction};
use crate::finding::{Code, Finding};
use crate::money::{Fen, Price, Quantity};
use crate::packed;
use crate::policy::limits::{Limits, Purchase, Regime, Relief, regime};
use crate::policy::tariff::{Consumption, Rates};
use crate::policy::{Policy, Row};
use crate::time::Day;

mod explain;
#[cfg(test)]
mod tests;

pub use explain::{Step, explain_line};

/// Nobody buys for more than a hundred billion yuan; above it nothing is reckoned [ours].
pub const LARGEST: Fen = Fen(10_000_000_000_000);

/// One line of goods as the tax looks at it.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    pub gnum: u32,
    pub price: Price,
    pub qty: Quantity,
    /// Price times quantity, to the fen (3.4 point 1): `totalPrice`.
    pub goods: Fen,
    pub rates: Rates,
}

/// A list to be taxed.
#[derive(Clone, Copy, Debug)]
pub struct Assessment<'a> {
    /// The day whose law holds: `declTime`.
    pub day: Day,
    pub lines: &'a [Line],
    /// Price reduction open to every buyer; on the wire it is in the prices already, so 0.
    pub promotion: Fen,
    pub freight: Fen,
    pub insurance: Fen,
    /// Taxable prices of the buyer's other live lists of the year, less returns.
    pub year_so_far: Fen,
}

/// The rows of the law that a day's tax needs.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'p> {
    pub limits: &'p Row<Limits>,
    pub relief: &'p Row<Relief>,
}

packed! {
    /// What one line owes.
    pub struct LineTax {
        1 => pub gnum: u32,
        /// Taxable price (完税价格): goods less promotion, plus its share of freight and insurance.
        2 => pub taxable: Fen,
        3 => pub duty: Fen,
        4 => pub consumption_tax: Fen,
        5 => pub vat: Fen,
    }
}

/// What a list owes, and by which regime.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessed {
    pub regime: Regime,
    /// In the order of the list.
    pub lines: Vec<LineTax>,
}

/// Sums of lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub taxable: Fen,
    pub duty: Fen,
    pub consumption_tax: Fen,
    pub vat: Fen,
}

impl<'p> Rules<'p> {
    /// The rules of a day.
    ///
    /// # Errors
    /// `NO_RULE_KNOWN` before 2016-04-08, or where the policy has a hole.
    pub fn on(policy: &'p Policy, day: Day) -> Result<Rules<'p>, Finding> {
        let none = || Finding::new(Code::NoRuleKnown, "", "declTime").arg("day", day).arg("what", "limits, relief");
        let limits = policy.limits(day).ok_or_else(none)?;
        let relief = policy.relief(day).ok_or_else(none)?;
        Ok(Rules { limits, relief })
    }
}

impl LineTax {
    /// Duty, consumption tax and VAT.
    pub fn tax(&self) -> Fen {
        self.duty.plus(self.consumption_tax).plus(self.vat)
    }
}

impl Assessed {
    pub fn totals(&self) -> Totals {
        Totals::of(&self.lines)
    }

    /// What the buyer has to pay: taxable price and tax, less what was settled by non-cash means. `None` out of range.
    pub fn payment_due(&self, noncash: Fen) -> Option<Fen> {
        let totals = self.totals();
        totals.taxable.plus(totals.tax()).0.checked_sub(noncash.0).map(Fen)
    }
}

impl Totals {
    pub fn of(lines: &[LineTax]) -> Totals {
        lines.iter().fold(Totals::default(), |sum, line| Totals {
            taxable: sum.taxable.plus(line.taxable),
            duty: sum.duty.plus(line.duty),
            consumption_tax: sum.consumption_tax.plus(line.consumption_tax),
            vat: sum.vat.plus(line.vat),
        })
    }

    pub fn tax(&self) -> Fen {
        self.duty.plus(self.consumption_tax).plus(self.vat)
    }
}

/// Taxes a list.
///
/// # Errors
/// `VALUE_NOT_POSITIVE` for every such line; the limits it breaks, in the order of rules.md 2.4;
/// `AMOUNT_OUT_OF_RANGE` where it cannot be reckoned.
pub fn assess(list: &Assessment<'_>, rules: &Rules<'_>) -> Result<Assessed, Vec<Finding>> {
    let taxable = taxable_prices(list)?;
    let value: i64 = taxable.iter().map(|fen| fen.0).sum();
    let is_one_item = matches!(list.lines, [line] if line.qty == Quantity::whole(1));
    let purchase = Purchase { value: Fen(value), year_so_far: list.year_so_far, is_one_item };
    let regime = regime(&purchase, rules.limits, list.day)?;
    let mut lines = Vec::with_capacity(list.lines.len());
    let mut found = Vec::new();
    let mut sum: i64 = 0;
    for (line, taxable) in list.lines.iter().zip(taxable) {
        let tax = line_tax(line.gnum, taxable, &line.rates, regime, &rules.relief.value);
        sum = tax.as_ref().map_or(sum, |tax| sum.saturating_add(tax.tax().0));
        match tax.filter(|_| sum <= LARGEST.0) {
            Some(tax) => lines.push(tax),
            None => found.push(out_of_range(line.gnum)),
        }
    }
    if found.is_empty() { Ok(Assessed { regime, lines }) } else { Err(found) }
}

/// What goods owe as general trade (一般贸易): duty, consumption tax and VAT in full, and no limit is asked. `None` out of
/// range.
pub fn general(gnum: u32, taxable: Fen, rates: &Rates, rules: &Rules<'_>) -> Option<LineTax> {
    line_tax(gnum, taxable, rates, Regime::Full, &rules.relief.value)
}

/// Taxable price of each line (3.4): goods less its share of the promotion, plus its share of freight and insurance.
///
/// # Errors
/// As [`assess`], without the limits.
pub fn taxable_prices(list: &Assessment<'_>) -> Result<Vec<Fen>, Vec<Finding>> {
    let mut found = Vec::new();
    let mut goods: i64 = 0;
    for line in list.lines {
        if line.price.0 <= 0 || line.qty.0 <= 0 || line.goods.0 <= 0 {
            found.push(Finding::new(Code::ValueNotPositive, "R13", "totalPrice").line(line.gnum));
        } else if line.goods > LARGEST {
            found.push(out_of_range(line.gnum));
        } else {
            goods = goods.saturating_add(line.goods.0);
        }
    }
    let first = list.lines.first().map_or(0, |line| line.gnum);
    let carriage = list.freight.0.checked_add(list.insurance.0).map(Fen);
    let carriage = carriage.filter(|_| list.freight.0 >= 0 && list.insurance.0 >= 0);
    let Some(carriage) = carriage.filter(|&c| found.is_empty() && c <= LARGEST && goods <= LARGEST.0) else {
        if found.is_empty() {
            found.push(out_of_range(first));
        }
        return Err(found);
    };
    if list.promotion.0 < 0 || list.promotion.0 >= goods {
        return Err(vec![Finding::new(Code::ValueNotPositive, "3.4", "totalPrice").line(first)]);
    }
    let mut prices: Vec<(u32, Fen)> = list.lines.iter().map(|line| (line.gnum, line.goods)).collect();
    let promotion = allocate(list.promotion, &prices);
    for (price, share) in prices.iter_mut().zip(promotion) {
        price.1 = price.1.minus(share);
    }
    let carriage = allocate(carriage, &prices);
    Ok(prices.iter().zip(carriage).map(|(price, share)| price.1.plus(share)).collect())
}

/// Divides `whole` in proportion to the weights, by the largest remainder: exact share, floor to the fen, the missing
/// fen one by one to the largest fractions, ties to the lower `gnum` (3.4 point 4). The parts always add up to the
/// whole. Weights are not negative and their sum is above zero, unless `whole` is zero.
pub fn allocate(whole: Fen, weights: &[(u32, Fen)]) -> Vec<Fen> {
    let sum: i128 = weights.iter().map(|(_, weight)| i128::from(weight.0)).sum();
    if whole.0 == 0 || sum <= 0 {
        return vec![Fen::ZERO; weights.len()];
    }
    if let [_] = weights {
        return vec![whole];
    }
    let mut rests = Vec::with_capacity(weights.len());
    let mut missing = whole.0;
    let mut parts: Vec<Fen> = Vec::with_capacity(weights.len());
    for (index, (gnum, weight)) in weights.iter().enumerate() {
        let product = i128::from(whole.0) * i128::from(weight.0);
        // A part of `whole`, so within i64.
        let part = i64::try_from(product / sum).unwrap_or(whole.0);
        rests.push((std::cmp::Reverse(product % sum), *gnum, index));
        missing -= part;
        parts.push(Fen(part));
    }
    rests.sort_unstable();
    // Fewer fen are missing than there are lines, as every share lost less than one.
    for (_, _, index) in rests.into_iter().take(usize::try_from(missing).unwrap_or(0)) {
        parts[index].0 += 1;
    }
    parts
}

/// The taxes of a line by the formulae of 3.3, not yet rounded; the payable ones are `k` times consumption tax and VAT.
#[derive(Clone, Copy, Debug)]
struct Reckoned {
    duty: Exact,
    /// The specific part of consumption tax, in full.
    specific: Exact,
    /// Consumption tax in full.
    consumption: Exact,
    /// VAT in full.
    vat: Exact,
    /// What is levied of consumption tax and VAT.
    factor: Fraction,
}

/// `None` where numbers grow beyond 128 bits.
fn reckon(taxable: Fen, rates: &Rates, regime: Regime, relief: &Relief) -> Option<Reckoned> {
    let (duty_rate, factor) = match regime {
        Regime::Reduced => (relief.duty, relief.factor),
        Regime::Full | Regime::OldLawFull => (rates.duty, Fraction::ONE),
    };
    let price = Exact::fen(taxable);
    let duty = if duty_rate.is_zero() { Exact::ZERO } else { price.times(duty_rate)? };
    let before = price.plus(duty)?;
    let (specific, consumption) = match rates.consumption {
        Consumption::None => (Exact::ZERO, Exact::ZERO),
        Consumption::AdValorem { rate } => (Exact::ZERO, before.times(rate.inside_out()?)?),
        Consumption::Specific { fen_per_unit, quantity } => {
            let specific = quantity.exact().times(fen_per_unit)?;
            (specific, specific)
        }
        Consumption::Compound { rate, fen_per_unit, quantity } => {
            let specific = quantity.exact().times(fen_per_unit)?;
            (specific, before.plus(specific)?.times(rate.inside_out()?)?.plus(specific)?)
        }
        Consumption::Threshold { rate, fen_per_content, content } => {
            if reaches(taxable, fen_per_content, content)? {
                (Exact::ZERO, before.times(rate.inside_out()?)?)
            } else {
                (Exact::ZERO, Exact::ZERO)
            }
        }
    };
    let vat = before.plus(consumption)?.times(rates.vat)?;
    Some(Reckoned { duty, specific, consumption, vat, factor })
}

/// True where the price of a unit of content is the threshold or more, compared without a division.
fn reaches(taxable: Fen, fen_per_content: Fraction, content: Fraction) -> Option<bool> {
    let line = content.exact().times(fen_per_content)?;
    let (num, den) = line.parts();
    Some(i128::from(taxable.0).checked_mul(den)? >= num)
}

fn line_tax(gnum: u32, taxable: Fen, rates: &Rates, regime: Regime, relief: &Relief) -> Option<LineTax> {
    let reckoned = reckon(taxable, rates, regime, relief)?;
    let levied = |full: Exact| {
        let payable = if reckoned.factor == Fraction::ONE { full } else { full.times(reckoned.factor)? };
        payable.half_up().map(Fen).filter(|&tax| tax <= LARGEST)
    };
    let duty = reckoned.duty.half_up().map(Fen).filter(|&tax| tax <= LARGEST)?;
    Some(LineTax { gnum, taxable, duty, consumption_tax: levied(reckoned.consumption)?, vat: levied(reckoned.vat)? })
}

fn out_of_range(gnum: u32) -> Finding {
    Finding::new(Code::AmountOutOfRange, "", "totalPrice").line(gnum)
}

/// What a return of `now` pieces gives back of a line, when `before` of its `qty` had been given back already: for
/// each amount round(X * returned_total / qty), new minus old, so that the parts add up to the whole (3.6 [ours]).
/// `None` where `before + now` is not within `qty`, or `now` is not above zero.
pub fn returned_part(line: &LineTax, qty: Quantity, before: Quantity, now: Quantity) -> Option<LineTax> {
    let after = before.0.checked_add(now.0).map(Quantity)?;
    if before.0 < 0 || now.0 <= 0 || after > qty {
        return None;
    }
    let part = |amount: Fen| Some(share(amount, after, qty)?.minus(share(amount, before, qty)?));
    Some(LineTax {
        gnum: line.gnum,
        taxable: part(line.taxable)?,
        duty: part(line.duty)?,
        consumption_tax: part(line.consumption_tax)?,
        vat: part(line.vat)?,
    })
}

/// round(amount * part / whole), half up.
fn share(amount: Fen, part: Quantity, whole: Quantity) -> Option<Fen> {
    let product = i128::from(amount.0) * i128::from(part.0);
    let (fen, rest) = (product.div_euclid(i128::from(whole.0)), product.rem_euclid(i128::from(whole.0)));
    i64::try_from(fen + i128::from(2 * rest >= i128::from(whole.0))).ok().map(Fen)
}
