//! What is reckoned beside retail import: personal articles, income tax at the deemed rate, exemption without invoice.

use serde_json::{Value, json};

use super::input::{Articles, Exemption};
use crate::finding::{Finding, Language};
use crate::money::Fen;
use crate::policy::exemption::{self, Exported, income_tax, treat};
use crate::policy::{Policy, articles as law};
use crate::time::Day;

/// `{"outcome": "free" | "taxed" | "reject", "value_fen", "tax_fen", "due_fen", "taxes_fen"}`.
pub(super) fn articles(of: &Articles, policy: &Policy) -> Value {
    match law::assess(&of.articles, of.near, of.indivisible, policy, of.day) {
        Ok(found) => json!({
            "outcome": if found.free { "free" } else { "taxed" },
            "value_fen": found.value.0,
            "tax_fen": found.tax.0,
            "due_fen": found.due().0,
            "taxes_fen": found.taxes.iter().map(|tax| tax.0).collect::<Vec<_>>(),
        }),
        Err(finding) => reject(&finding),
    }
}

/// `{"outcome": "taxed" | "none", "income_fen", "tax_fen", "small_profit", "clause"}`.
pub(super) fn income(day: Day, revenue: Fen, encouraged: bool, policy: &Policy) -> Value {
    match income_tax(revenue, encouraged, policy, day) {
        Some(found) => json!({
            "outcome": "taxed", "revenue_fen": revenue.0, "income_fen": found.income.0, "tax_fen": found.tax.0,
            "small_profit": found.small, "clause": found.clause,
        }),
        None => json!({ "outcome": "none", "revenue_fen": revenue.0 }),
    }
}

/// `{"outcome": "exempt" | "rebate" | "rebate-on-entry" | "ordinary", "because": [{"field", "zh", "en", "clause"}]}`: how
/// an exported line is treated, and every condition that keeps it from being exempt without invoice.
pub(super) fn exemption(of: &Exemption, policy: &Policy) -> Value {
    let city = policy.office(&of.office, of.day).map(|office| office.value.city.clone()).unwrap_or_default();
    let line = Exported {
        seller_place: &of.seller_place,
        office_city: &city,
        mode: &of.trade_mode,
        gnum: 1,
        gcode: &of.hs10,
        rebate_wanted: of.rebate_wanted,
    };
    let (tax, unmet) = treat(&line, policy, of.day);
    let because = |unmet| {
        let f = exemption::finding(unmet, 1, &of.hs10);
        json!({ "field": f.field, "zh": f.text(Language::Zh), "en": f.text(Language::En), "clause": f.clause })
    };
    json!({ "outcome": tax.name(), "because": unmet.into_iter().map(because).collect::<Vec<_>>() })
}

fn reject(finding: &Finding) -> Value {
    json!({
        "outcome": "reject", "reason": finding.code.name(), "zh": finding.text(Language::Zh),
        "en": finding.text(Language::En), "clause": finding.clause,
    })
}
