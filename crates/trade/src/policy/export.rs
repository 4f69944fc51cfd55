//! Which way an export ticket may go (rules.md 6.1), and the data that this depends on.
//!
//! A75 and the rules of the pilot zones (paraphrase): a ticket of at most 5,000 yuan that bears no export duty, needs no
//! licence and no inspection may go by list in place of a declaration; in a pilot zone, where no rebate is claimed, it
//! may be counted in the statistics alone, and by fewer digits of the code.
//!
//! Reading 1: one line that a condition hits makes the whole ticket one that it hits. The value is FOB, all lines, in
//! renminbi; a value equal to the limit is within it. A code that ends in zeros is the short form of a heading (six
//! zeros) or subheading (four) unless the tariff has it as a code of ten digits. A heading is free of what none of its
//! goods needs. Whether a rebate is wanted says the filing of the goods (tag `rebate`) [ours]: no message has a field
//! for it.
//! Not covered: dangerous goods by mode of transport, and intellectual property.

use std::collections::{BTreeMap, HashMap};

use super::load::{Between, Cells, Reader};
use super::{Dated, Named, Parameter, Policy, Row};
use crate::exact::Fraction;
use crate::finding::{Code, Finding};
use crate::money::{Amount, Fen, SCALE};
use crate::record::Way;
use crate::time::Day;

/// What the law says of goods that leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportGoods {
    pub name: Named,
    pub duty: Fraction,
    /// Rebate of value-added tax (出口退税率); nought where none is given.
    pub rebate: Fraction,
    /// Supervision conditions, one character each (rules.md 8.5).
    pub conditions: String,
    pub unit1: String,
    pub unit2: Option<String>,
}

/// A measure that holds in some customs districts only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Inspect before loading (先查验后装运, A167).
    InspectFirst,
    /// Takes back goods that were exported in another district (A167; district 00: all of them).
    ReturnElsewhere,
}

/// The tables of export. A policy of an older program has none of them.
#[derive(Debug, Default)]
pub(super) struct Export {
    pub(super) goods: BTreeMap<String, Dated<ExportGoods>>,
    pub(super) rates: HashMap<String, Dated<Fraction>>,
    pub(super) measures: HashMap<String, Dated<Measure>>,
    /// Chapters of the tariff that are food.
    food: HashMap<String, Dated<Named>>,
}

pub(super) fn load(r: &mut Reader<'_>) -> Export {
    let columns = &["hs10", "zh", "en", "duty", "rebate", "conditions", "unit1", "unit2"];
    Export {
        goods: r.optional_table("export_goods.csv", columns, goods).into_iter().collect(),
        rates: r.optional_table("export_rates.csv", &["code", "yuan"], |c| {
            let code = c.digits("code", 3);
            Some((code?, c.fraction("yuan")?))
        }),
        measures: r.optional_table("export_measures.csv", &["measure", "district", "zh", "en"], |c| {
            let named = [("inspect-first", Measure::InspectFirst), ("return-elsewhere", Measure::ReturnElsewhere)];
            let measure = c.one_of("measure", &named);
            let district = c.digits("district", 2);
            let (measure, district) = (measure?, district?);
            Some((measure_key(measure, &district), measure))
        }),
        food: r.optional_table("food_chapters.csv", &["chapter", "zh", "en"], |c| {
            let chapter = c.digits("chapter", 2);
            let name = super::name(c);
            Some((chapter?, name?))
        }),
    }
}

fn measure_key(measure: Measure, district: &str) -> String {
    let name = match measure {
        Measure::InspectFirst => "inspect-first",
        Measure::ReturnElsewhere => "return-elsewhere",
    };
    format!("{name}/{district}")
}

fn goods(cells: &mut Cells<'_>) -> Option<(String, ExportGoods)> {
    let hs10 = cells.digits("hs10", 10);
    let name = super::name(cells);
    let (duty, rebate) = (cells.fraction("duty"), cells.fraction("rebate"));
    let conditions = cells.optional("conditions").unwrap_or_default();
    let unit1 = cells.text("unit1");
    let unit2 = cells.optional("unit2");
    Some((hs10?, ExportGoods { name: name?, duty: duty?, rebate: rebate?, conditions, unit1: unit1?, unit2 }))
}

impl Policy {
    /// The goods of a ten-digit code, as they leave.
    pub fn export_goods(&self, hs10: &str, day: Day) -> Option<&Row<ExportGoods>> {
        self.export.goods.get(hs10)?.on(day)
    }

    /// All goods of the day whose code begins so.
    fn export_goods_under<'p>(
        &'p self,
        digits: &'p str,
        day: Day,
    ) -> impl Iterator<Item = (&'p str, &'p Row<ExportGoods>)> {
        let from = self.export.goods.range(digits.to_owned()..);
        let under = from.take_while(move |(code, _)| code.starts_with(digits));
        under.filter_map(move |(code, rows)| Some((code.as_str(), rows.on(day)?)))
    }

    /// Every code of the day, for samples.
    pub fn export_codes(&self, day: Day) -> Vec<(&str, &ExportGoods)> {
        self.export_goods_under("", day).map(|(code, row)| (code, &row.value)).collect()
    }

    /// True where goods of this customs district (two digits) are inspected before they are loaded.
    pub fn inspects_first(&self, office: &str, day: Day) -> bool {
        self.measure(Measure::InspectFirst, office.get(..2).unwrap_or_default(), day)
    }

    fn measure(&self, measure: Measure, district: &str, day: Day) -> bool {
        self.export.measures.get(&measure_key(measure, district)).is_some_and(|rows| rows.on(day).is_some())
    }

    /// True where an office takes back goods that were exported in another customs district.
    pub fn takes_returns_from_elsewhere(&self, office: &str, day: Day) -> bool {
        let open = |district| self.measure(Measure::ReturnElsewhere, district, day);
        open("00") || open(office.get(..2).unwrap_or_default())
    }

    /// True for food, by the chapter of its code.
    pub fn is_food(&self, gcode: &str, day: Day) -> bool {
        let chapter = self.export.food.get(gcode.get(..2).unwrap_or_default());
        chapter.is_some_and(|rows| rows.on(day).is_some())
    }

    /// An amount of a currency in renminbi, half up to the fen; `None` without a rate of the day.
    pub fn in_renminbi(&self, amount: Amount, currency: &str, day: Day) -> Option<Fen> {
        if currency == "142" {
            // Hundred-thousandths of a yuan are thousandths of a fen.
            return Some(Fen((amount.0 + 500).div_euclid(1_000)));
        }
        let (n, d) = self.export.rates.get(currency)?.on(day)?.value.parts();
        let (n, d) = (i128::from(n), i128::from(d) * i128::from(SCALE));
        let product = i128::from(amount.0).checked_mul(n)?.checked_mul(100)?;
        i64::try_from((2 * product + d).div_euclid(2 * d)).ok().map(Fen)
    }
}

/// How a code is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digits {
    Four,
    Six,
    Ten,
}

/// The form of a code of ten characters on a day.
pub fn digits(policy: &Policy, gcode: &str, day: Day) -> Digits {
    match gcode {
        _ if policy.export_goods(gcode, day).is_some() => Digits::Ten,
        code if code.ends_with("000000") => Digits::Four,
        code if code.ends_with("0000") => Digits::Six,
        _ => Digits::Ten,
    }
}

/// A ticket as the ways look at it.
pub struct Ticket<'a> {
    pub mode: &'a str,
    pub flag: &'a str,
    /// The office lies in a pilot zone.
    pub in_zone: bool,
    pub value: Option<Fen>,
    pub has_licence: bool,
    pub lines: Vec<TicketLine<'a>>,
}

pub struct TicketLine<'a> {
    pub gnum: u32,
    pub gcode: &'a str,
    /// Its seller has filed that a rebate will be claimed.
    pub rebate: bool,
}

/// The way that was chosen, and what stands against it; the shorter ways, each with what stands against it.
pub struct Choice {
    pub way: Way,
    pub against: Vec<Finding>,
    pub shorter: Vec<(Way, Vec<Finding>)>,
}

const A75: &str = "A75; A194 3";
const ZONE: &str = "A194 3; 综试区规则 (zone rule)";

/// Licences and permits of goods that leave, by their letter (rules.md 8.5); the others are of imports.
const LICENCES: &str = "34DEGIJLTUVWXZxy";

/// Judges a ticket. The way is chosen by mode, `statisticsFlag` and the digits of the codes (R40, R42 to R44).
pub fn choose(ticket: &Ticket<'_>, policy: &Policy, day: Day) -> Choice {
    let forms: Vec<Digits> = ticket.lines.iter().map(|l| digits(policy, l.gcode, day)).collect();
    let any = |form| forms.contains(&form);
    let between_enterprises = matches!(ticket.mode, "9710" | "9810");
    let way = match (between_enterprises, ticket.flag) {
        (true, "A") if any(Digits::Six) => Way::B2bSubheading,
        (true, _) => Way::B2bList,
        (false, "B") => Way::SummaryDeclaration,
        (false, _) if any(Digits::Four) => Way::Heading,
        (false, _) => Way::SummaryStatistics,
    };
    let mut against = Vec::new();
    if !matches!(ticket.flag, "A" | "B") {
        against.push(Finding::new(Code::StatisticsFlag, "CEB 603", "statisticsFlag").arg("given", ticket.flag));
    }
    if between_enterprises && ticket.flag == "B" {
        against.push(Finding::new(Code::SummaryWayMode, "A194 3; A75", "statisticsFlag").arg("mode", ticket.mode));
    }
    // R44
    for (line, form) in ticket.lines.iter().zip(&forms) {
        let fits = match way {
            Way::Heading => matches!(form, Digits::Four | Digits::Ten),
            Way::B2bSubheading => matches!(form, Digits::Six | Digits::Ten),
            _ => *form == Digits::Ten,
        };
        if !fits {
            let digits = if *form == Digits::Four { 4 } else { 6 };
            let finding = Finding::new(Code::HsDigits, A75, "gcode").line(line.gnum);
            against.push(finding.arg("hs", line.gcode).arg("digits", digits).arg("way", words(way)));
        }
    }
    against.extend(facts(ticket, policy, day));
    against.extend(conditions(way, ticket, policy, day));
    let shorter: &[Way] = match way {
        Way::SummaryDeclaration => &[Way::SummaryStatistics],
        _ => &[],
    };
    let shorter = shorter.iter().map(|w| (*w, conditions(*w, ticket, policy, day))).collect();
    Choice { way, against, shorter }
}

/// Each way that is shorter than that of the ticket, and what stands against it: nothing where it is open.
pub fn shorter(way: Way, ticket: &Ticket<'_>, policy: &Policy, day: Day) -> Vec<(Way, Vec<Finding>)> {
    let ways: &[Way] = match way {
        Way::SummaryDeclaration => &[Way::SummaryStatistics, Way::Heading],
        Way::SummaryStatistics => &[Way::Heading],
        Way::B2bList => &[Way::B2bSubheading],
        Way::Heading | Way::B2bSubheading | Way::Undecided => &[],
    };
    ways.iter().map(|way| (*way, conditions(*way, ticket, policy, day))).collect()
}

/// What holds on every way: the goods are known, none is forbidden to leave, and a licence that is needed is named.
fn facts(ticket: &Ticket<'_>, policy: &Policy, day: Day) -> Vec<Finding> {
    let mut found = Vec::new();
    for line in &ticket.lines {
        let goods = of_line(policy, line.gcode, day);
        let finding = |code| Finding::new(code, "", "gcode").line(line.gnum).arg("hs", line.gcode).arg("day", day);
        if goods.is_empty() {
            found.push(finding(Code::ExportGoodsUnknown));
        }
        if let Some(row) = goods.iter().find(|row| row.value.conditions.contains('8')) {
            found.push(Finding { clause: row.clause.clone(), ..finding(Code::ExportBanned) });
        }
        let licence =
            goods.iter().find_map(|r| Some((*r, r.value.conditions.chars().find(|c| LICENCES.contains(*c))?)));
        if let Some((row, letter)) = licence.filter(|_| !ticket.has_licence) {
            found.push(Finding { clause: row.clause.clone(), ..finding(Code::ExportLicence) }.arg("condition", letter));
        }
    }
    found
}

/// The goods that a line may hold: those of its code, or all under its short form.
pub(super) fn of_line<'p>(policy: &'p Policy, gcode: &'p str, day: Day) -> Vec<&'p Row<ExportGoods>> {
    let prefix = match digits(policy, gcode, day) {
        Digits::Four => gcode.get(..4),
        Digits::Six => gcode.get(..6),
        Digits::Ten => Some(gcode),
    };
    policy.export_goods_under(prefix.unwrap_or(gcode), day).map(|(_, row)| row).collect()
}

/// True where one of the goods is subject to inspection when it leaves (condition B; R45).
pub fn needs_inspection<'a>(policy: &Policy, mut codes: impl Iterator<Item = &'a str>, day: Day) -> bool {
    codes.any(|code| of_line(policy, code, day).iter().any(|row| row.value.conditions.contains('B')))
}

/// What stands against a way (R42, R43); nothing where it is open.
fn conditions(way: Way, ticket: &Ticket<'_>, policy: &Policy, day: Day) -> Vec<Finding> {
    let mut found = Vec::new();
    if matches!(way, Way::SummaryDeclaration | Way::Undecided) {
        return found;
    }
    let free_of_rebate = way != Way::B2bList;
    if free_of_rebate && !ticket.in_zone {
        found.push(Finding::new(Code::ShortFormZone, ZONE, "customsCode").arg("way", words(way)));
    }
    match policy.parameter(Parameter::ExportTicketLimit, day) {
        None => found.push(Finding::new(Code::NoRuleKnown, A75, "").arg("day", day).arg("what", words(way))),
        Some(row) => match (ticket.value, Fen(row.value.as_whole().unwrap_or(0))) {
            (Some(value), limit) if value <= limit => {}
            (Some(value), limit) => found.push(
                Finding::new(Code::ShortFormValue, &row.clause, "totalPrice")
                    .arg("way", words(way))
                    .arg("value", value)
                    .arg("limit", limit),
            ),
            (None, _) => found.push(Finding::new(Code::ExchangeRateUnknown, &row.clause, "currency").arg("day", day)),
        },
    }
    for line in &ticket.lines {
        for row in of_line(policy, line.gcode, day) {
            let goods = &row.value;
            let hit = |code| {
                let finding = Finding::new(code, A75, "gcode").line(line.gnum).arg("hs", line.gcode);
                finding.arg("way", words(way))
            };
            if !goods.duty.is_zero() {
                found.push(hit(Code::ShortFormDuty));
            }
            if let Some(letter) = goods.conditions.chars().find(|c| LICENCES.contains(*c)) {
                found.push(hit(Code::ShortFormLicence).arg("condition", letter));
            }
            if goods.conditions.contains('B') {
                found.push(hit(Code::ShortFormInspection));
            }
            if !found.is_empty() && found.last().is_some_and(|f| f.gnum == line.gnum) {
                break;
            }
        }
        if free_of_rebate && line.rebate {
            let finding = Finding::new(Code::ShortFormRebate, ZONE, "itemNo").line(line.gnum);
            found.push(finding.arg("hs", line.gcode).arg("way", words(way)));
        }
    }
    found
}

/// A way in Chinese and in English.
pub fn names(way: Way) -> [&'static str; 2] {
    match way {
        Way::Undecided => ["未定", "undecided"],
        Way::SummaryDeclaration => ["清单核放、汇总申报", "list release with summary declaration"],
        Way::SummaryStatistics => ["清单核放、汇总统计", "list release with summary statistics"],
        Way::Heading => ["四位商品编码简化申报", "by four-digit heading"],
        Way::B2bList => ["B2B 出口清单", "B2B list"],
        Way::B2bSubheading => ["B2B 六位商品编码简化申报", "B2B list by six-digit subheading"],
    }
}

/// Both, as arguments of findings have them.
pub fn words(way: Way) -> String {
    names(way).join(" ")
}

/// Used by the loader: a table that older policies do not have.
impl Reader<'_> {
    fn optional_table<V>(
        &mut self,
        file: &str,
        columns: &[&str],
        read: impl Fn(&mut Cells<'_>) -> Option<(String, V)>,
    ) -> HashMap<String, Dated<V>> {
        if self.has(file) { self.table(file, columns, Between::GapAllowed, read) } else { HashMap::new() }
    }
}
