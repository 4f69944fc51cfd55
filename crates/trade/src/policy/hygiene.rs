//! What is wrong with a law that loads: gaps, overlaps, contradictions, rows that can never apply. Each is shown by a
//! declaration that the row or the gap judges, so that a lawyer sees what would happen and to whom.
//!
//! Nothing here refuses a policy: an odd law may be meant. What cannot be read at all, and two rows of one matter on
//! one day, are faults of loading.
//! Not covered: rights, and whether one of the declarations shown is believable otherwise.

mod rest;

use std::collections::BTreeMap;

use super::bans::Ban;
use super::positive_list::{Goods, check};
use super::risk::{Fact, RiskRule};
use super::{Dated, ModeKind, Parameter, Policy, Positive, Row, quantity_in};
use crate::finding::Code;
use crate::money::{Fen, Quantity};
use crate::packed_names;
use crate::policy::limits::{Purchase, regime};
use crate::time::Day;

packed_names! {
    pub enum Flaw {
        /// A day or goods for which something is asked and nothing is said.
        1 => Gap "gap",
        /// Two rows say the same, or both count, for the same goods and day.
        2 => Overlap "overlap",
        /// Two rows that cannot both be followed.
        3 => Contradiction "contradiction",
        /// A row that no declaration can meet.
        4 => Never "never",
    }
}

/// Something odd in a policy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remark {
    pub file: &'static str,
    /// The row that it is about.
    pub line: u32,
    pub flaw: Flaw,
    pub zh: String,
    pub en: String,
    pub example: Example,
}

/// A declaration of one line, as little of it as the law looks at: by retail import, or as `mode` says a ticket of
/// export, a parcel of articles, an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Example {
    pub declared_on: Day,
    /// Eight or ten digits; empty where any goods show it.
    pub hs: String,
    /// Customs code of the country of origin.
    pub country: String,
    pub mode: &'static str,
    /// Taxable value; several pieces.
    pub value: Fen,
    /// What this policy answers to it; nothing where it would let it pass.
    pub answer: Vec<Code>,
}

/// A country that no ban names, for examples: 502 is the United States.
const COUNTRY: &str = "502";
/// A value that no limit looks at.
const SMALL: Fen = Fen(10_000);

/// Everything odd, in order of table and line.
pub fn remarks(policy: &Policy) -> Vec<Remark> {
    let mut found = Vec::new();
    ends(policy, &mut found);
    sums(policy, &mut found);
    positive_list(policy, &mut found);
    bans(policy, &mut found);
    risk(policy, &mut found);
    offices(policy, &mut found);
    rest::remarks(policy, &mut found);
    found.sort();
    found
}

impl Policy {
    /// What this policy answers to an example, by the functions that decide.
    fn answer(&self, example: &Example) -> Vec<Code> {
        let day = example.declared_on;
        let mut codes = Vec::new();
        match (self.limits(day), self.relief(day)) {
            (Some(limits), Some(_)) => {
                let purchase = Purchase { value: example.value, year_so_far: Fen(0), is_one_item: false };
                codes.extend(regime(&purchase, limits, day).err().into_iter().flatten().map(|f| f.code));
            }
            _ => codes.push(Code::NoRuleKnown),
        }
        if !example.hs.is_empty() {
            let mode = self.trade_mode(example.mode, day).map_or(ModeKind::Other, |m| m.value.kind);
            let goods = Goods { hs: &example.hs, ..Goods::default() };
            codes.extend(check(self, &goods, (example.mode, mode), 1, day).err().map(|f| f.code));
            codes.extend(self.ban(&example.hs, &example.country, day).map(|_| Code::GoodsBanned));
            if !self.codes_of(&example.hs).any(|rows| rows.on(day).is_some()) {
                codes.push(Code::HsNotInTariff);
            }
        }
        codes
    }

    /// The tariff rows of a code, or of all that begin with it.
    fn codes_of<'p>(&'p self, hs: &'p str) -> impl Iterator<Item = &'p Dated<super::TariffRow>> {
        self.tariff.iter().filter(move |(code, _)| code.begins_with(hs)).map(|(_, rows)| rows)
    }

    fn example(&self, day: Day, hs: &str, country: &str, mode: &'static str, value: Fen) -> Example {
        let example = Example { declared_on: day, hs: hs.into(), country: country.into(), mode, value, answer: vec![] };
        Example { answer: self.answer(&example), ..example }
    }
}

/// The last day of a series, where it has one: a value is asked for on the next day too.
fn end<V>(rows: &Dated<V>) -> Option<(&Row<V>, Day)> {
    let last = rows.rows().last()?;
    Some((last, last.until?.plus(1)))
}

/// Matters that end and are asked for on every day.
fn ends(policy: &Policy, found: &mut Vec<Remark>) {
    let mut gap = |file, line, day: Day, zh: &str, en: &str| {
        found.push(Remark {
            file,
            line,
            flaw: Flaw::Gap,
            zh: format!("{zh}：自 {day} 起没有规定。"),
            en: format!("{en}: nothing holds from {day} on"),
            example: policy.example(day, "", COUNTRY, "9610", SMALL),
        });
    };
    if let Some((row, day)) = end(&policy.limits) {
        gap("limits.toml", row.line, day, "限额", "limits");
    }
    if let Some((row, day)) = end(&policy.relief) {
        gap("relief.toml", row.line, day, "限额内税率", "relief within the limits");
    }
    if let Some((row, day)) = end(&policy.returns) {
        gap("returns.toml", row.line, day, "退货期限", "days for returns");
    }
    for parameter in Parameter::ALL {
        if let Some((row, day)) =
            policy.parameters.get(usize::from(parameter.number())).and_then(Option::as_ref).and_then(end)
        {
            gap("parameters.toml", row.line, day, parameter.name(), parameter.name());
        }
    }
    // Limits without relief, or relief without limits: one of the two begins later.
    if let (Some(limits), Some(relief)) = (policy.limits.rows().first(), policy.relief.rows().first())
        && limits.from != relief.from
    {
        let (file, line, zh, en) = match limits.from < relief.from {
            true => ("relief.toml", relief.line, "限额已有规定而限额内税率尚无", "there are limits and no relief yet"),
            false => ("limits.toml", limits.line, "限额内税率已有规定而限额尚无", "there is relief and no limits yet"),
        };
        gap(file, line, limits.from.min(relief.from), zh, en);
    }
}

/// Single values that do not fit together.
fn sums(policy: &Policy, found: &mut Vec<Remark>) {
    for row in policy.limits.rows().iter().filter(|row| row.value.single > row.value.annual) {
        let value = Fen(row.value.annual.0 + 1);
        found.push(Remark {
            file: "limits.toml",
            line: row.line,
            flaw: Flaw::Contradiction,
            zh: format!("单次限值 {} 元高于年度限值 {} 元，单次限值不起作用。", row.value.single, row.value.annual),
            en: format!(
                "the single limit of {} is above the yearly one of {} and has no effect",
                row.value.single, row.value.annual
            ),
            example: policy.example(row.from, "", COUNTRY, "9610", value),
        });
    }
    let points = |parameter: Parameter| policy.parameters.get(usize::from(parameter.number())).and_then(Option::as_ref);
    for row in points(Parameter::RiskReviewPoints).map_or(&[][..], Dated::rows) {
        let inspect = points(Parameter::RiskInspectPoints).and_then(|rows| rows.on(row.from));
        if let Some(inspect) = inspect.filter(|inspect| inspect.value <= row.value) {
            found.push(Remark {
                file: "parameters.toml",
                line: row.line,
                flaw: Flaw::Never,
                zh: format!("审核分值不低于布控分值（第 {} 行）：没有包裹会只送审核。", inspect.line),
                en: format!(
                    "points for review are not below those for inspection (line {}): no parcel is only reviewed",
                    inspect.line
                ),
                example: policy.example(row.from, "", COUNTRY, "9610", SMALL),
            });
        }
    }
}

/// What the list lets in and another table does not know or forbids.
fn positive_list(policy: &Policy, found: &mut Vec<Remark>) {
    // By eight digits: asked of every row of the list, and a tariff has ten thousands of codes.
    let mut tariff: BTreeMap<u64, Vec<&Dated<super::TariffRow>>> = BTreeMap::new();
    for (code, rows) in &policy.tariff {
        tariff.entry(code.first(8)).or_default().push(rows);
    }
    for (digits, rows) in &policy.positive {
        let hs = digits.to_string();
        let codes = tariff.get(&digits.first(8)).map_or(&[][..], Vec::as_slice);
        for row in rows.rows() {
            if let Some(day) = first_uncovered(codes, row) {
                found.push(listed(
                    policy,
                    row,
                    &hs,
                    day,
                    Flaw::Gap,
                    format!("清单列有 {hs}，但 {day} 税则中没有该编码：无法计税。"),
                    format!("{hs} is on the list, and on {day} no code of the tariff begins so: nobody knows its rate"),
                ));
            }
            if let Some(ban) = banned_all_along(policy, &hs, row) {
                found.push(listed(
                    policy,
                    row,
                    &hs,
                    row.from,
                    Flaw::Contradiction,
                    format!("清单列有 {hs}，但同期所有国家的该商品都被禁止（bans.csv 第 {} 行）。", ban.line),
                    format!(
                        "{hs} is on the list, and all the time banned from every country (bans.csv, line {})",
                        ban.line
                    ),
                ));
            }
            let measured = row.value.year_limit.as_ref().filter(|(_, unit)| {
                let units = codes.iter().filter_map(|rows| rows.on(row.from)).map(|t| &t.value);
                let mut units = units.peekable();
                units.peek().is_some()
                    && units.all(|t| {
                        let second = t.unit2.as_deref().unwrap_or_default();
                        quantity_in(unit, [(&t.unit1, Quantity(0)), (second, Quantity(0))]).is_none()
                    })
            });
            if let Some((limit, unit)) = measured {
                found.push(listed(policy, row, &hs, row.from, Flaw::Contradiction,
                    format!("{hs} 的年度限量 {limit} 以 {unit} 计，而税则的法定单位不是它：无法计量。"),
                    format!("the yearly quantity of {hs} ({limit}) is in unit {unit}, which is no statutory unit of the code: nobody can measure it")));
            }
        }
    }
}

fn listed(policy: &Policy, row: &Row<Positive>, hs: &str, day: Day, flaw: Flaw, zh: String, en: String) -> Remark {
    let mode = if row.value.bonded_only { "1210" } else { "9610" };
    let example = policy.example(day, hs, COUNTRY, mode, SMALL);
    Remark { file: "positive_list.csv", line: row.line, flaw, zh, en, example }
}

/// The first day of a row on which none of the series has a row.
fn first_uncovered<V, W>(series: &[&Dated<V>], row: &Row<W>) -> Option<Day> {
    let after = series.iter().flat_map(|rows| rows.rows()).filter_map(|r| Some(r.until?.plus(1)));
    let mut days: Vec<Day> = after.filter(|day| covers(row, *day)).collect();
    days.push(row.from);
    days.sort();
    days.into_iter().find(|day| series.iter().all(|rows| rows.on(*day).is_none()))
}

fn covers<V>(row: &Row<V>, day: Day) -> bool {
    row.from <= day && row.until.is_none_or(|until| day <= until)
}

/// Whether `outer` holds on every day of `inner`.
fn contains<V, W>(outer: &Row<V>, inner: &Row<W>) -> bool {
    let ends_later = match (outer.until, inner.until) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(outer), Some(inner)) => outer >= inner,
    };
    outer.from <= inner.from && ends_later
}

fn meets<V, W>(one: &Row<V>, other: &Row<W>) -> bool {
    one.from <= other.until.unwrap_or(Day(i32::MAX)) && other.from <= one.until.unwrap_or(Day(i32::MAX))
}

/// The ban of all countries that holds as long as the row does.
fn banned_all_along<'p>(policy: &'p Policy, hs: &str, row: &Row<Positive>) -> Option<&'p Row<Ban>> {
    let all = policy.bans.rows().filter(|(prefix, country, _)| *country == "*" && hs.starts_with(prefix));
    all.flat_map(|(_, _, rows)| rows.rows()).find(|ban| contains(*ban, row))
}

/// A ban that another one covers is never the one that is named.
fn bans(policy: &Policy, found: &mut Vec<Remark>) {
    let all: Vec<_> =
        policy.bans.rows().flat_map(|(p, c, rows)| rows.rows().iter().map(move |row| (p, c, row))).collect();
    for (prefix, country, row) in &all {
        let wider = all.iter().find(|(p, c, outer)| {
            outer.line != row.line
                && prefix.starts_with(p)
                && (*c == "*" || c == country)
                && (p.len() < prefix.len() || *c == "*" && *country != "*")
                && contains(*outer, *row)
        });
        if let Some((_, _, outer)) = wider {
            let origin = if *country == "*" { COUNTRY } else { country };
            found.push(Remark {
                file: "bans.csv",
                line: row.line,
                flaw: Flaw::Never,
                zh: format!("第 {} 行已禁止同期的这些商品，此行永远不会被引用。", outer.line),
                en: format!(
                    "line {} bans these goods all the time; this row is never the one that is named",
                    outer.line
                ),
                example: policy.example(row.from, prefix, origin, "9610", SMALL),
            });
        }
    }
}

/// Rules that no parcel meets, and two that count one fact twice.
fn risk(policy: &Policy, found: &mut Vec<Remark>) {
    let rules: Vec<_> =
        policy.risk.rows().flat_map(|(id, rows)| rows.rows().iter().map(move |row| (id, row))).collect();
    for (at, (id, row)) in rules.iter().enumerate() {
        let never = |zh: String, en: String, example| Remark {
            file: "risk.csv",
            line: row.line,
            flaw: Flaw::Never,
            zh,
            en,
            example,
        };
        match &row.value.fact {
            Fact::Hs(digits) => {
                let begins = |hs: &super::Digits| {
                    let hs = hs.to_string();
                    hs.starts_with(digits.as_str()) || digits.starts_with(&hs)
                };
                let mut listed = policy.positive.iter().filter(|(hs, _)| begins(hs)).flat_map(|(_, rows)| rows.rows());
                if !listed.any(|l| meets(l, *row)) {
                    found.push(never(
                        format!("{id}：正面清单在此期间没有 {digits} 开头的商品，清单在评分之前就会退单。"),
                        format!("{id}: no goods that begin with {digits} are on the positive list then; a list is refused before it is scored"),
                        policy.example(row.from, digits, COUNTRY, "9610", SMALL),
                    ));
                }
            }
            Fact::ValueOver(fen) => {
                // The goods of a list that is not refused stay within the year's limit, since the law refuses above it.
                let most = policy.limits.rows().iter().filter(|l| meets(*l, *row)).map(|l| match l.value.excess {
                    super::Excess::OneItemTaxedInFull => Some(l.value.annual),
                    super::Excess::TaxedInFull => None,
                });
                let most = most.collect::<Option<Vec<_>>>().and_then(|most| most.into_iter().max());
                if let Some(most) = most.filter(|most| fen >= most) {
                    let value = Fen(fen.0.saturating_add(1));
                    found.push(never(
                        format!("{id}：高于 {fen} 元的清单必超年度限值 {most} 元，评分之前就会退单。"),
                        format!("{id}: a list above {fen} is over the yearly limit of {most} and refused before it is scored"),
                        policy.example(row.from, "", COUNTRY, "9610", value),
                    ));
                }
            }
            _ => {}
        }
        let twice = |other: &&(&str, &Row<RiskRule>)| other.1.value.fact == row.value.fact && meets(other.1, *row);
        if let Some((other, again)) = rules[at + 1..].iter().find(twice) {
            let (hs, country) = match &row.value.fact {
                Fact::Hs(digits) => (digits.as_str(), COUNTRY),
                Fact::Origin(country) => ("", country.as_str()),
                _ => ("", COUNTRY),
            };
            found.push(Remark {
                file: "risk.csv",
                line: again.line,
                flaw: Flaw::Overlap,
                zh: format!("{id}（第 {} 行）与 {other} 看的是同一事实，两者的分值相加。", row.line),
                en: format!("{id} (line {}) and {other} look at the same fact, and their points add up", row.line),
                example: policy.example(row.from.max(again.from), hs, country, "9610", SMALL),
            });
        }
    }
}

/// An office may handle a mode on a day on which the mode is none.
fn offices(policy: &Policy, found: &mut Vec<Remark>) {
    for (code, rows) in &policy.offices {
        for row in rows.rows() {
            for mode in &row.value.modes {
                let known = policy.trade_modes.get(mode);
                if let Some(known) = known.filter(|known| !known.rows().iter().any(|m| meets(m, row))) {
                    let first = known.rows().first().map_or(row.from, |m| m.from);
                    found.push(Remark {
                        file: "offices.csv",
                        line: row.line,
                        flaw: Flaw::Never,
                        zh: format!("{code} 办理 {mode}，但该监管方式在此期间不存在（自 {first} 起）。"),
                        en: format!("{code} handles {mode}, which is no mode in that time (it begins on {first})"),
                        example: policy.example(row.from, "", COUNTRY, "9610", SMALL),
                    });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
