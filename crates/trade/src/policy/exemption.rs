//! Export tax policies: value-added and consumption tax exempt without invoice (T103), income tax at a deemed rate (T36).
//!
//! T103 (paraphrase): retail exports without a valid purchase invoice are exempt from VAT and consumption tax where the
//! enterprise is registered in a pilot zone and has registered each export on the zone's platform, the goods were cleared
//! by the customs of the zone's place, and they are not among those whose rebate or exemption was abolished. T36
//! (paraphrase): such an enterprise, with accurate revenue, pays income tax on 4 % of its revenue; small profits up to
//! 3,000,000 yuan at 5 % in effect until the end of 2027, otherwise 25 %, encouraged industries of Hainan 15 %.
//!
//! Reading 1: this window is the zone's platform, so an export that stands in it is registered there. Pilot zones are the
//! cities of `pilots.csv`, as for the ways of export [ours]; check which zone the State Council named for a place. Goods
//! without a rate of rebate count as goods whose rebate was abolished [ours]; under a heading, where one of its goods has
//! none. Where a rebate is wanted for a line (filing of the goods), the line is not exempt: never both. Goods of a special
//! area (1210) had their rebate when they entered it [check], so they are not exempt either. The law is that of the day of
//! departure. A taxable income equal to the limit of small profits is within it. Tax is rounded once, half up to the fen.
//! Not covered: whether a purchase invoice exists, which only the tax office can see; consumption tax of single goods;
//! whether the enterprise is still assessed at a deemed rate.

use super::export::of_line;
use super::{Parameter, Policy};
use crate::exact::Fraction;
use crate::finding::{Code, Finding};
use crate::money::Fen;
use crate::record::{ExportTax, Unmet};
use crate::time::Day;

const T103: &str = "财税〔2018〕103号 (T103)";

/// What the treatment of a line depends on.
#[derive(Clone, Copy, Debug)]
pub struct Exported<'a> {
    /// Where its seller is registered (GB/T 2260), and the place of the office that cleared it.
    pub seller_place: &'a str,
    pub office_city: &'a str,
    pub mode: &'a str,
    pub gnum: u32,
    pub gcode: &'a str,
    pub rebate_wanted: bool,
}

/// How a line is treated for value-added and consumption tax when it leaves, and why it is not exempt without invoice.
/// There is one treatment for a line, so it can never be exempt and rebated both.
pub fn treat(line: &Exported<'_>, policy: &Policy, day: Day) -> (ExportTax, Vec<Unmet>) {
    let unmet = unmet(line, policy, day);
    let tax = match (line.mode, line.rebate_wanted) {
        ("1210", _) => ExportTax::RebateOnEntry,
        (_, true) => ExportTax::Rebate,
        _ if unmet.is_empty() => ExportTax::Exempt,
        _ => ExportTax::Ordinary,
    };
    (tax, unmet)
}

/// Every condition of the exemption that fails; none where the line is exempt.
fn unmet(line: &Exported<'_>, policy: &Policy, day: Day) -> Vec<Unmet> {
    let goods = of_line(policy, line.gcode, day);
    let conditions = [
        (Unmet::NoRule, policy.whole(Parameter::ExemptWithoutInvoice, day) != Some(1)),
        (Unmet::Seller, policy.pilot(line.seller_place, day).is_none()),
        (Unmet::Office, policy.pilot(line.office_city, day).is_none()),
        (Unmet::NotRetail, !matches!(line.mode, "9610" | "1210")),
        (Unmet::RebatedOnEntry, line.mode == "1210"),
        (Unmet::Goods, goods.is_empty() || goods.iter().any(|row| row.value.rebate.is_zero())),
        (Unmet::Rebate, line.rebate_wanted),
    ];
    conditions.into_iter().filter(|(_, fails)| *fails).map(|(unmet, _)| unmet).collect()
}

/// The condition in words, with the field that it looks at.
pub fn finding(unmet: Unmet, gnum: u32, gcode: &str) -> Finding {
    let (field, why) = match unmet {
        Unmet::NoRule => ("ieDate", "出口日没有该政策 no such rule on the day"),
        Unmet::Seller => ("ebcCode", "企业未在综试区注册 the seller is not registered in a pilot zone"),
        Unmet::Office => ("customsCode", "未通过综试区所在地海关申报 not cleared by an office of a pilot zone"),
        Unmet::NotRetail => ("tradeMode", "不是零售出口 not a retail export"),
        Unmet::RebatedOnEntry => ("tradeMode", "入区时已退税，不得再免税 its rebate was given on entry into the area"),
        Unmet::Goods => ("gcode", "已取消退税或税则未列 its rebate was abolished, or the goods are unknown"),
        Unmet::Rebate => ("itemNo", "已备案退税，不得再免税 a rebate is filed for it: never both"),
    };
    Finding::new(Code::NotExempt, T103, field).line(gnum).arg("hs", gcode).arg("what", why).forgiven()
}

/// A treatment in Chinese and in English.
pub fn names(tax: ExportTax) -> [&'static str; 2] {
    match tax {
        ExportTax::Undecided => ["未定", "undecided"],
        ExportTax::Exempt => ["无票免税", "exempt without invoice"],
        ExportTax::Rebate => ["出口退税", "rebate claimed"],
        ExportTax::RebateOnEntry => ["入区退税", "rebated on entry into the area"],
        ExportTax::Ordinary => ["凭票退税或视同内销", "rebate with an invoice, else taxed as a domestic sale"],
    }
}

/// Income tax on revenue at the deemed rate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncomeTax {
    pub income: Fen,
    pub tax: Fen,
    pub small: bool,
    pub clause: String,
}

/// What a year's revenue of exempt exports pays; `None` where no such rule was in force on the day, or no sum is so large.
pub fn income_tax(revenue: Fen, encouraged: bool, policy: &Policy, day: Day) -> Option<IncomeTax> {
    let deemed = policy.parameter(Parameter::CitDeemedRate, day).filter(|row| !row.value.is_zero())?;
    let exact = deemed.value.exact().times(Fraction::whole(revenue.0))?;
    let income = Fen(exact.half_up()?);
    let limit = policy.whole(Parameter::CitSmallProfitLimit, day).map(Fen).filter(|limit| *limit > Fen::ZERO);
    let small = limit.is_some_and(|limit| income <= limit);
    let rate = match (small, encouraged) {
        (true, _) => Parameter::CitSmallProfitRate,
        (false, true) => Parameter::CitEncouragedRate,
        (false, false) => Parameter::CitRate,
    };
    let row = policy.parameter(rate, day)?;
    let tax = Fen(exact.times(row.value)?.half_up()?);
    Some(IncomeTax { income, tax, small, clause: format!("{}; {}", deemed.clause, row.clause) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Language;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn income_tax_on_both_sides_of_each_border() {
        let policy = Policy::sample();
        for (on, revenue, encouraged, expected) in [
            // Rules.md 6.6: 18,000,000.00 -> 720,000.00 -> 36,000.00; 80,000,000 -> 3,200,000 -> 800,000.
            ("2026-03-02", 1_800_000_000, false, Some((72_000_000, 3_600_000, true))),
            ("2026-03-02", 8_000_000_000, false, Some((320_000_000, 80_000_000, false))),
            ("2026-03-02", 8_000_000_000, true, Some((320_000_000, 48_000_000, false))),
            // An income of 3,000,000.00 is within the limit, a fen more is not.
            ("2026-03-02", 7_500_000_000, false, Some((300_000_000, 15_000_000, true))),
            ("2026-03-02", 7_500_000_025, false, Some((300_000_001, 75_000_000, false))),
            // Before 2020 there was no such rule; after 2027 no relief for small profits is known.
            ("2019-12-31", 1_800_000_000, false, None),
            ("2020-01-01", 1_800_000_000, false, Some((72_000_000, 18_000_000, false))),
            ("2027-12-31", 1_800_000_000, false, Some((72_000_000, 3_600_000, true))),
            ("2028-01-01", 1_800_000_000, false, Some((72_000_000, 18_000_000, false))),
            ("2026-03-02", 0, false, Some((0, 0, true))),
        ] {
            let tax = income_tax(Fen(revenue), encouraged, &policy, day(on));
            assert_eq!(tax.map(|t| (t.income.0, t.tax.0, t.small)), expected, "{on} {revenue}");
        }
    }

    #[test]
    fn each_condition_of_the_exemption_can_fail_alone() {
        use ExportTax::{Exempt, Ordinary, Rebate, RebateOnEntry};
        let policy = Policy::sample();
        let fits = Exported {
            seller_place: "460200",
            office_city: "460100",
            mode: "9610",
            gnum: 1,
            gcode: "3926909090",
            rebate_wanted: false,
        };
        for (line, on, expected, fields) in [
            (fits, "2026-03-02", Exempt, vec![]),
            (Exported { seller_place: "", ..fits }, "2026-03-02", Ordinary, vec!["ebcCode"]),
            (Exported { seller_place: "320800", ..fits }, "2026-03-02", Ordinary, vec!["ebcCode"]),
            (Exported { office_city: "320800", ..fits }, "2026-03-02", Ordinary, vec!["customsCode"]),
            (Exported { mode: "9710", ..fits }, "2026-03-02", Ordinary, vec!["tradeMode"]),
            (Exported { mode: "9810", ..fits }, "2026-03-02", Ordinary, vec!["tradeMode"]),
            (Exported { mode: "1210", ..fits }, "2026-03-02", RebateOnEntry, vec!["tradeMode"]),
            (Exported { gcode: "7113191100", ..fits }, "2026-03-02", Ordinary, vec!["gcode"]),
            (Exported { gcode: "9999999999", ..fits }, "2026-03-02", Ordinary, vec!["gcode"]),
            (Exported { rebate_wanted: true, ..fits }, "2026-03-02", Rebate, vec!["itemNo"]),
            // A heading is as good as the worst of its goods: 7113 has one without rebate.
            (Exported { gcode: "3926000000", ..fits }, "2026-03-02", Exempt, vec![]),
            (Exported { gcode: "7113000000", ..fits }, "2026-03-02", Ordinary, vec!["gcode"]),
            // Sanya became a pilot on 2020-01-17; T103 is of 2018-10-01 (goods of the sample are known from 2019).
            (fits, "2020-01-16", Ordinary, vec!["ebcCode"]),
            (fits, "2020-01-17", Exempt, vec![]),
            (Exported { seller_place: "460100", ..fits }, "2019-01-01", Exempt, vec![]),
            (
                Exported { seller_place: "330100", office_city: "330100", ..fits },
                "2018-09-30",
                Ordinary,
                vec!["ieDate", "gcode"],
            ),
            (Exported { seller_place: "330100", office_city: "330100", ..fits }, "2018-10-01", Ordinary, vec!["gcode"]),
        ] {
            let (tax, unmet) = treat(&line, &policy, day(on));
            let said: Vec<String> = unmet.iter().map(|u| finding(*u, 1, "").field.to_string()).collect();
            assert!(unmet.iter().all(|u| finding(*u, 1, "").text(Language::En).is_ascii()));
            assert_eq!((tax, said), (expected, fields.iter().map(|f| (*f).to_owned()).collect()), "{on} {line:?}");
        }
    }
}
