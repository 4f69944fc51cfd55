//! What changes for some goods from a coming day on: a law that is adopted before its first day is told to those whom
//! it will touch.

use std::collections::BTreeSet;

use super::tariff::ConsumptionRule;
use super::{Dated, Policy, Row};
use crate::packed_names;
use crate::time::Day;

packed_names! {
    /// What of the law changes.
    pub enum Matter {
        1 => Duty "duty",
        2 => Vat "vat",
        3 => Consumption "consumption",
        /// The goods come onto the positive list or leave it.
        4 => Listed "listed",
        5 => BondedOnly "bonded-only",
        6 => YearLimit "year-limit",
        7 => Banned "banned",
        /// Of everything that is bought by retail import.
        20 => SingleLimit "single-limit",
        21 => AnnualLimit "annual-limit",
        /// Days to apply for a return, and to be back.
        22 => ReturnDays "return-days",
        /// The share of VAT and consumption tax that retail imports bear, and of duty.
        23 => Relief "relief",
    }
}

/// One change on one day.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Coming {
    pub on: Day,
    pub matter: Matter,
    /// As the policy writes it; `no` and `yes` where it is one or the other, empty where nothing holds.
    pub before: String,
    pub after: String,
    /// Of the row that begins, or of the one that ends.
    pub clause: String,
}

/// What changes for goods of this ten-digit code and origin after `today`, in order of the days.
pub fn for_goods(policy: &Policy, hs10: &str, origin: &str, today: Day) -> Vec<Coming> {
    let mut found = Vec::new();
    let tariff = super::Digits::of(hs10).and_then(|code| policy.tariff.get(&code));
    of_series(tariff, today, &mut found, |t| {
        vec![
            (Matter::Duty, t.duty.to_string()),
            (Matter::Vat, t.vat.to_string()),
            (Matter::Consumption, consumption(&t.consumption)),
        ]
    });
    let listed = hs10.get(..8).and_then(super::Digits::of).and_then(|code| policy.positive.get(&code));
    of_series(listed, today, &mut found, |p| {
        let limit = p.year_limit.as_ref().map(|(quantity, unit)| format!("{quantity} ({unit})")).unwrap_or_default();
        vec![
            (Matter::Listed, "yes".into()),
            (Matter::BondedOnly, if p.bonded_only { "yes" } else { "no" }.into()),
            (Matter::YearLimit, limit),
        ]
    });
    for (prefix, country, rows) in policy.bans.rows() {
        if hs10.starts_with(prefix) && (country == "*" || country == origin) {
            of_series(Some(rows), today, &mut found, |_| vec![(Matter::Banned, "yes".into())]);
        }
    }
    // What leaves the list has no remark any more that could change.
    let leaves: BTreeSet<Day> = found.iter().filter(|c| c.matter == Matter::Listed).map(|c| c.on).collect();
    found.retain(|c| {
        !matches!(c.matter, Matter::BondedOnly | Matter::YearLimit) || !leaves.contains(&c.on) || c.after == "yes"
    });
    found.sort();
    found
}

/// What changes for all goods of retail import after `today`.
pub fn for_all(policy: &Policy, today: Day) -> Vec<Coming> {
    let mut found = Vec::new();
    of_series(Some(&policy.limits), today, &mut found, |l| {
        vec![(Matter::SingleLimit, l.single.to_string()), (Matter::AnnualLimit, l.annual.to_string())]
    });
    of_series(Some(&policy.returns), today, &mut found, |r| {
        vec![(Matter::ReturnDays, format!("{} / {}", r.apply_days, r.arrive_days))]
    });
    of_series(Some(&policy.relief), today, &mut found, |r| {
        vec![(Matter::Relief, format!("{} / {}", r.factor, r.duty))]
    });
    found.sort();
    found
}

fn consumption(rule: &ConsumptionRule) -> String {
    match rule {
        ConsumptionRule::None => "0".into(),
        ConsumptionRule::AdValorem { rate } | ConsumptionRule::Threshold { rate, .. } => rate.to_string(),
        ConsumptionRule::Specific { fen_per_unit, .. } => format!("{fen_per_unit} fen"),
        ConsumptionRule::Compound { rate, fen_per_unit, .. } => format!("{rate} + {fen_per_unit} fen"),
    }
}

/// The days after `today` on which a series says something else than the day before.
fn of_series<V>(
    rows: Option<&Dated<V>>,
    today: Day,
    found: &mut Vec<Coming>,
    say: impl Fn(&V) -> Vec<(Matter, String)>,
) {
    let Some(rows) = rows else { return };
    let begins = rows.rows().iter().map(|row| row.from);
    let ends = rows.rows().iter().filter_map(|row| Some(row.until?.plus(1)));
    let days: BTreeSet<Day> = begins.chain(ends).filter(|day| *day > today).collect();
    for on in days {
        let (was, is): (Option<&Row<V>>, Option<&Row<V>>) = (rows.on(on.plus(-1)), rows.on(on));
        let clause = is.or(was).map(|row| row.clause.clone()).unwrap_or_default();
        let told = |row: Option<&Row<V>>| row.map(|row| say(&row.value)).unwrap_or_default();
        let (before, after) = (told(was), told(is));
        let matters: BTreeSet<Matter> = before.iter().chain(&after).map(|(matter, _)| *matter).collect();
        for matter in matters {
            let value = |said: &[(Matter, String)]| {
                said.iter().find(|(m, _)| *m == matter).map(|(_, text)| text.clone()).unwrap_or_default()
            };
            let (before, after) = (value(&before), value(&after));
            if before != after {
                found.push(Coming { on, matter, before, after, clause: clause.clone() });
            }
        }
    }
}

#[cfg(test)]
mod tests;
