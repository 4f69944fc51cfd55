//! Until when exported goods may come back, and what tax they bear then (213, 215; rules.md 5.2, 5.3).
//!
//! A44 (paraphrase): all or part of the goods of an export list may come back within one year from release. X16, before
//! it 2023 No. 4 and No. 34 (paraphrase): goods exported under 9610, 1210, 9710 or 9810 within its days that come back
//! within six months, unsold or returned and in their original state, bear no import duty, import VAT or consumption
//! tax, and export duty is refunded; not food. Where a rebate was taken it has to be paid back first. A167 and the
//! notice of March 2026: a return under 9610 may go to another customs district than that of export.
//!
//! Reading 1: the day of export is the day of departure, for 1210 the day of release, on which the goods left the area;
//! the row of that day holds. The time ends with the day of the same number so many months later, which is in. One line
//! of food makes the whole return one of food. Food is what `food_chapters.csv` names [ours]. What is applied for by 213
//! counts as returned, in its original state: neither stands in the message. An officer who finds otherwise detains it.
//! Not covered: the refund of export duty as a sum; goods for repair; unsold goods as a ground of their own.

use super::{Parameter, Policy};
use crate::finding::{Code, Finding};
use crate::record::Treatment;
use crate::time::Day;

/// Goods that come back.
#[derive(Clone, Copy, Debug)]
pub struct Returning {
    pub exported: Day,
    pub entered: Day,
    pub food: bool,
}

/// The last day on which goods exported on this day may come back; `None` where no rule was in force.
pub fn last_entry(policy: &Policy, exported: Day) -> Option<(Day, String)> {
    let row = policy.parameter(Parameter::ExportReturnMonths, exported)?;
    Some((exported.plus_months(months(row.value.as_whole())), row.clause.clone()))
}

/// `EXPORT_RETURN_LATE` where the goods come after the last day.
pub fn late(policy: &Policy, exported: Day, on: Day) -> Option<Finding> {
    let Some((last, clause)) = last_entry(policy, exported) else {
        return Some(Finding::new(Code::NoRuleKnown, "A44", "").arg("day", exported).arg("what", "213"));
    };
    let finding = || Finding::new(Code::ExportReturnLate, &clause, "appTime").arg("exported", exported);
    (on > last).then(|| finding().arg("last", last).arg("day", on))
}

/// What tax they bear, and why, as a finding that refuses nothing.
pub fn treatment(of: &Returning, policy: &Policy) -> (Treatment, Finding) {
    let ordinary = |why: &str| {
        let finding = Finding::new(Code::ReturnOrdinary, "X16; 4561 退运货物", "").arg("why", why);
        (Treatment::Ordinary, finding.arg("exported", of.exported).arg("day", of.entered).forgiven())
    };
    // A row of no months says that no such rule was in force.
    let row = policy.parameter(Parameter::ExportReturnTaxFreeMonths, of.exported);
    let Some(row) = row.filter(|row| months(row.value.as_whole()) > 0) else {
        return ordinary("出口日不在政策期内 exported outside the days of the rule");
    };
    if of.food {
        return ordinary("食品除外 food is excepted");
    }
    if of.entered > of.exported.plus_months(months(row.value.as_whole())) {
        return ordinary("超过六个月 later than six months");
    }
    let finding = Finding::new(Code::ReturnTaxFree, &row.clause, "").arg("exported", of.exported);
    (Treatment::TaxFree, finding.arg("day", of.entered).forgiven())
}

fn months(value: Option<i64>) -> i32 {
    value.and_then(|n| i32::try_from(n).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_months_and_the_days_of_the_rule_on_both_sides() {
        let policy = Policy::sample();
        let day = |text: &str| Day::parse(text).unwrap();
        for (exported, entered, food, expected) in [
            ("2026-03-15", "2026-09-15", false, Treatment::TaxFree),
            ("2026-03-15", "2026-09-16", false, Treatment::Ordinary),
            ("2026-08-31", "2027-02-28", false, Treatment::TaxFree),
            ("2026-08-31", "2027-03-01", false, Treatment::Ordinary),
            ("2026-03-15", "2026-03-20", true, Treatment::Ordinary),
            ("2023-01-29", "2023-03-01", false, Treatment::Ordinary),
            ("2023-01-30", "2023-03-01", false, Treatment::TaxFree),
            ("2025-12-31", "2026-01-05", false, Treatment::TaxFree),
            ("2027-12-31", "2028-06-30", false, Treatment::TaxFree),
            ("2028-01-01", "2028-01-02", false, Treatment::Ordinary),
        ] {
            let of = Returning { exported: day(exported), entered: day(entered), food };
            assert_eq!(treatment(&of, &policy).0, expected, "{of:?}");
        }
        assert!(late(&policy, day("2026-03-02"), day("2027-03-02")).is_none());
        assert!(late(&policy, day("2026-03-02"), day("2027-03-03")).is_some());
    }
}
