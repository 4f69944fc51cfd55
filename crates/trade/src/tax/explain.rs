//! The arithmetic of one line as a person would write it on paper, for the page of a parcel. Not on the fast path.

use super::{LineTax, Reckoned, line_tax, reaches, reckon};
use crate::exact::{Exact, Fraction};
use crate::money::Fen;
use crate::policy::limits::{Regime, Relief};
use crate::policy::tariff::{Consumption, Rates};

/// One line of the arithmetic, amounts in yuan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub zh: &'static str,
    pub en: &'static str,
    /// `(305.00 + 0) / (1 - 0.1) * 0.1 * 0.7`
    pub formula: String,
    /// The value before rounding: `23.72222222…`
    pub exact: String,
    /// The payable amount; `None` for a step on the way, which is not rounded.
    pub rounded: Option<Fen>,
}

/// The steps from a line's taxable price to its three taxes; the rounded values are those of [`super::assess`].
/// `None` where they cannot be reckoned.
pub fn explain_line(taxable: Fen, rates: &Rates, regime: Regime, relief: &Relief) -> Option<(LineTax, Vec<Step>)> {
    let tax = line_tax(0, taxable, rates, regime, relief)?;
    let Reckoned { duty, specific, consumption, vat, factor } = reckon(taxable, rates, regime, relief)?;
    let duty_rate = if regime == Regime::Reduced { relief.duty } else { rates.duty };
    let levied = |full: Exact| full.times(factor);
    let times_factor = if factor == Fraction::ONE { String::new() } else { format!(" * {factor}") };
    let mut steps = vec![Step {
        zh: "关税",
        en: "duty",
        formula: format!("{taxable} * {duty_rate}"),
        exact: yuan(duty)?,
        rounded: Some(tax.duty),
    }];
    let base = format!("({taxable} + {})", yuan(duty)?);
    let formula = match rates.consumption {
        Consumption::None => None,
        Consumption::AdValorem { rate } => Some(format!("{base} / (1 - {rate}) * {rate}")),
        Consumption::Specific { .. } => Some(yuan(specific)?),
        Consumption::Compound { rate, .. } => {
            let specific = yuan(specific)?;
            Some(format!("({taxable} + {} + {specific}) / (1 - {rate}) * {rate} + {specific}", yuan(duty)?))
        }
        Consumption::Threshold { rate, fen_per_content, content } => {
            let is_taxed = reaches(taxable, fen_per_content, content)?;
            steps.push(Step {
                zh: if is_taxed { "达到消费税价格界限" } else { "未达到消费税价格界限" },
                en: if is_taxed { "at or above the threshold" } else { "below the threshold" },
                formula: format!("{taxable} / {content} : {}", yuan(fen_per_content.exact())?),
                exact: content.inverse().map(|by| Exact::fen(taxable).times(by).and_then(yuan))??,
                rounded: None,
            });
            is_taxed.then(|| format!("{base} / (1 - {rate}) * {rate}"))
        }
    };
    if let Consumption::Specific { fen_per_unit, quantity } | Consumption::Compound { fen_per_unit, quantity, .. } =
        rates.consumption
    {
        steps.push(Step {
            zh: "从量部分",
            en: "specific part",
            formula: format!("{quantity} * {}", yuan(fen_per_unit.exact())?),
            exact: yuan(specific)?,
            rounded: None,
        });
    }
    steps.push(Step {
        zh: "消费税",
        en: "consumption tax",
        formula: formula.map_or("0".into(), |formula| match times_factor.is_empty() {
            true => formula,
            false => format!("({formula}){times_factor}"),
        }),
        exact: yuan(levied(consumption)?)?,
        rounded: Some(tax.consumption_tax),
    });
    steps.push(Step {
        zh: "增值税",
        en: "VAT",
        formula: format!("({taxable} + {} + {}) * {}{times_factor}", yuan(duty)?, yuan(consumption)?, rates.vat),
        exact: yuan(levied(vat)?)?,
        rounded: Some(tax.vat),
    });
    Some((tax, steps))
}

/// Fen as yuan.
fn yuan(fen: Exact) -> Option<String> {
    Some(fen.times(Fraction::new(1, 100)?)?.to_string())
}
