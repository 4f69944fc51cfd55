//! What is odd in the tables of export, of personal articles, and of conditions of entry.

use super::{COUNTRY, Example, Flaw, Remark, SMALL, contains, meets};
use crate::finding::Code;
use crate::money::{Amount, Fen, SCALE};
use crate::policy::articles::{Article, assess};
use crate::policy::conditions::{Condition, Need};
use crate::policy::export::{Ticket, TicketLine, choose};
use crate::policy::{Dated, Parameter, Policy, Row};
use crate::time::Day;

pub(super) fn remarks(policy: &Policy, found: &mut Vec<Remark>) {
    export_goods(policy, found);
    export_rates(policy, found);
    export_measures(policy, found);
    articles(policy, found);
    conditions(policy, found);
}

/// The first day after each row on which the series has none; the last row may end where `may_end`.
fn gaps<V>(rows: &Dated<V>, may_end: bool) -> impl Iterator<Item = (&Row<V>, Day)> {
    let last = rows.rows().last().map(|row| row.line);
    let ends = move |row: &&Row<V>| !may_end || Some(row.line) != last;
    let after = rows.rows().iter().filter(ends).filter_map(|row| Some((row, row.until?.plus(1))));
    after.filter(|(_, day)| rows.on(*day).is_none())
}

// -- export --------------------------------------------------------------------------------------------------------

const EXPORT: &str = "9610 出口 export";

impl Policy {
    /// What this policy answers to a ticket of export of one line, in dollars.
    fn ticket(&self, day: Day, hs: &str, currency: &str) -> Example {
        let value = self.in_renminbi(Amount(100 * SCALE), currency, day);
        let line = TicketLine { gnum: 1, gcode: hs, rebate: false };
        let ticket = Ticket { mode: "9610", flag: "A", in_zone: true, value, has_licence: false, lines: vec![line] };
        let lines = if hs.is_empty() { Vec::new() } else { ticket.lines };
        let choice = choose(&Ticket { lines, ..ticket }, self, day);
        let answer = choice.against.into_iter().map(|f| f.code).collect();
        Example {
            declared_on: day,
            hs: hs.into(),
            mode: EXPORT,
            value: value.unwrap_or(Fen(0)),
            answer,
            ..Example::default()
        }
    }
}

fn export_goods(policy: &Policy, found: &mut Vec<Remark>) {
    let file = "export_goods.csv";
    for (hs, rows) in &policy.export.goods {
        // A code that is abolished ends; one that comes back has a hole.
        for (row, day) in gaps(rows, true) {
            found.push(Remark {
                file,
                line: row.line,
                flaw: Flaw::Gap,
                zh: format!("出口商品 {hs} 自 {day} 起到下一行之前没有规定。"),
                en: format!("export of {hs}: nothing holds from {day} to the next row"),
                example: policy.ticket(day, hs, "142"),
            });
        }
        for row in rows.rows() {
            let goods = &row.value;
            let forbidden = goods.conditions.contains('8');
            if !goods.rebate.is_zero() && (forbidden || !goods.duty.is_zero()) {
                let (zh, en) = match forbidden {
                    true => ("禁止出口（监管条件 8）", "may not leave (condition 8)"),
                    false => ("征收出口关税", "bears export duty"),
                };
                found.push(Remark {
                    file,
                    line: row.line,
                    flaw: Flaw::Contradiction,
                    zh: format!("{hs} {zh}，同时又有退税率。"),
                    en: format!("{hs} {en} and is given a rebate all the same"),
                    example: policy.ticket(row.from, hs, "142"),
                });
            }
        }
    }
}

fn export_rates(policy: &Policy, found: &mut Vec<Remark>) {
    let file = "export_rates.csv";
    for (code, rows) in &policy.export.rates {
        for (row, day) in gaps(rows, false) {
            found.push(Remark {
                file,
                line: row.line,
                flaw: Flaw::Gap,
                zh: format!("币制 {code} 自 {day} 起没有汇率：以它成交的清单无法计算价值。"),
                en: format!("currency {code} has no rate from {day}: a ticket in it has no value"),
                example: policy.ticket(day, "", code),
            });
        }
        for row in rows.rows() {
            let known = policy.currencies.get(code).is_some_and(|c| c.rows().iter().any(|c| meets(c, row)));
            let why = match code.as_str() {
                "142" => Some(("人民币不折算", "renminbi are not converted")),
                _ if !known => Some(("币制表在此期间没有它", "the table of currencies does not have it then")),
                _ => None,
            };
            if let Some((zh, en)) = why {
                found.push(Remark {
                    file,
                    line: row.line,
                    flaw: Flaw::Never,
                    zh: format!("{code} 的汇率永远用不上：{zh}。"),
                    en: format!("the rate of {code} is never used: {en}"),
                    example: policy.ticket(row.from, "", code),
                });
            }
        }
    }
}

/// A measure of a district that has no office, or that holds everywhere anyway.
fn export_measures(policy: &Policy, found: &mut Vec<Remark>) {
    let all: Vec<_> = policy
        .export
        .measures
        .iter()
        .filter_map(|(key, rows)| Some((key.split_once('/')?, rows)))
        .flat_map(|((measure, district), rows)| rows.rows().iter().map(move |row| (measure, district, row)))
        .collect();
    for (measure, district, row) in &all {
        let everywhere = *measure == "return-elsewhere";
        let wider = all
            .iter()
            .find(|(m, d, outer)| everywhere && m == measure && *d == "00" && d != district && contains(*outer, *row));
        let is_district = |office: &&String| office.starts_with(district);
        let lives = everywhere && *district == "00"
            || policy
                .offices
                .keys()
                .filter(is_district)
                .any(|office| policy.offices[office].rows().iter().any(|o| meets(o, *row)));
        let (zh, en) = match wider {
            Some((_, _, outer)) => (
                format!("第 {} 行在全国同期已有此措施，此行不起作用。", outer.line),
                format!("line {} has the measure everywhere all the time; this row has no effect", outer.line),
            ),
            None if !lives => (
                format!("关区 {district} 在此期间没有海关，此措施不起作用。"),
                format!("district {district} has no office in that time; the measure has no effect"),
            ),
            None => continue,
        };
        let example = policy.ticket(row.from, "", "142");
        found.push(Remark { file: "export_measures.csv", line: row.line, flaw: Flaw::Never, zh, en, example });
    }
}

// -- personal articles ---------------------------------------------------------------------------------------------

const ARTICLES: &str = "物品 articles";

impl Policy {
    fn parcel_of(&self, day: Day, band: &str, value: Fen, near: bool) -> Example {
        let article = Article { band: band.into(), declared: value, table: None };
        let answer = assess(&[article], near, false, self, day).err().map(|f| f.code).into_iter().collect();
        Example { declared_on: day, mode: ARTICLES, value, answer, ..Example::default() }
    }

    /// Rows of a parameter.
    fn of(&self, parameter: Parameter) -> &[Row<crate::exact::Fraction>] {
        let rows = self.parameters.get(usize::from(parameter.number())).and_then(Option::as_ref);
        rows.map_or(&[], Dated::rows)
    }
}

fn articles(policy: &Policy, found: &mut Vec<Remark>) {
    let mut bands: Vec<_> = policy.articles.iter().collect();
    bands.sort_by_key(|(band, _)| band.as_str());
    for (at, (band, rows)) in bands.iter().enumerate() {
        for (row, day) in gaps(rows, false) {
            found.push(Remark {
                file: "article_rates.csv",
                line: row.line,
                flaw: Flaw::Gap,
                zh: format!("物品税率第 {band} 档自 {day} 起没有规定。"),
                en: format!("band {band} of articles: nothing holds from {day}"),
                example: policy.parcel_of(day, band, SMALL, false),
            });
        }
        for (other, again) in &bands[at + 1..] {
            let same = |row: &&Row<super::super::articles::Band>| {
                rows.rows().iter().any(|r| r.value.name.zh == row.value.name.zh && meets(r, *row))
            };
            if let Some(row) = again.rows().iter().find(same) {
                found.push(Remark {
                    file: "article_rates.csv",
                    line: row.line,
                    flaw: Flaw::Overlap,
                    zh: format!("{} 同时属于第 {band} 档和第 {other} 档。", row.value.name.zh),
                    en: format!("the same goods stand in bands {band} and {other}"),
                    example: policy.parcel_of(row.from, other, SMALL, false),
                });
            }
        }
    }
    for row in policy.of(Parameter::ArticlesLimitNear) {
        let far = policy.parameter(Parameter::ArticlesLimit, row.from);
        if let Some(far) = far.filter(|far| row.value.as_whole() > far.value.as_whole()) {
            let value = Fen(row.value.as_whole().unwrap_or(0));
            found.push(Remark {
                file: "parameters.toml",
                line: row.line,
                flaw: Flaw::Contradiction,
                zh: format!("港澳台物品限值 {value} 元高于其他地区的限值（第 {} 行）。", far.line),
                en: format!(
                    "the limit of articles from nearby, {value}, is above that from elsewhere (line {})",
                    far.line
                ),
                example: policy.parcel_of(row.from, "1", value, false),
            });
        }
    }
    // Free up to more than the dearest parcel can owe: nobody ever pays.
    for row in policy.of(Parameter::ArticlesTaxFree) {
        let limit = [Parameter::ArticlesLimit, Parameter::ArticlesLimitNear];
        let limit = limit.iter().filter_map(|p| policy.whole(*p, row.from)).max();
        let Some(limit) = limit.map(Fen) else { continue };
        let taxes = bands.iter().filter_map(|(band, _)| {
            let article = Article { band: (*band).clone(), declared: limit, table: None };
            assess(&[article], false, true, policy, row.from).ok()
        });
        let mut taxes = taxes.peekable();
        if taxes.peek().is_some() && taxes.all(|assessed| assessed.free) {
            found.push(Remark {
                file: "parameters.toml",
                line: row.line,
                flaw: Flaw::Never,
                zh: format!("免税额不低于限值 {limit} 元的物品在最高税率下的税款：没有包裹会缴税。"),
                en: format!(
                    "articles at the limit of {limit} owe no more than is free at the highest rate: no parcel ever pays"
                ),
                example: policy.parcel_of(row.from, "1", limit, false),
            });
        }
    }
}

// -- conditions of entry -------------------------------------------------------------------------------------------

impl Policy {
    /// What goods of a code and country need on a day.
    fn entry(&self, day: Day, hs: &str, country: &str) -> Example {
        let answer = self.conditions.on(hs, country, day).map(|_| Code::ConditionMissing).collect();
        Example {
            declared_on: day,
            hs: hs.into(),
            country: country.into(),
            mode: "入境 entry",
            answer,
            ..Example::default()
        }
    }
}

fn conditions(policy: &Policy, found: &mut Vec<Remark>) {
    type Asked<'p> = (&'p str, &'p str, &'p Row<Condition>);
    let all: Vec<Asked<'_>> = policy
        .conditions
        .rows()
        .flat_map(|(prefix, country, rows)| rows.rows().iter().map(move |row| (prefix, country, row)))
        .collect();
    let origin = |country: &str| if country == "*" { COUNTRY } else { country }.to_owned();
    let mut tell = |row: &Row<Condition>, flaw, day, hs: &str, country: &str, zh: String, en: String| {
        let example = policy.entry(day, hs, &origin(country));
        found.push(Remark { file: "conditions.csv", line: row.line, flaw, zh, en, example });
    };
    for (prefix, country, rows) in policy.conditions.rows() {
        for (row, day) in gaps(rows, true) {
            let (zh, en) = (&row.value.zh, &row.value.en);
            tell(
                row,
                Flaw::Gap,
                day,
                prefix,
                country,
                format!("{prefix} 自 {day} 起到下一行之前不要求{zh}。"),
                format!("{prefix}: {en} is not asked for from {day} to the next row"),
            );
        }
    }
    for (at, (prefix, country, row)) in all.iter().enumerate() {
        // The same goods of the same origin: one prefix begins with the other.
        let wider = |(p, c, outer): &&Asked<'_>| {
            outer.line != row.line
                && prefix.starts_with(p)
                && (*c == "*" || c == country)
                && (p, c) != (prefix, country)
        };
        let same_need = |(_, _, outer): &&Asked<'_>| outer.value.need == row.value.need;
        let outer = all.iter().filter(wider).filter(same_need);
        if let Some((_, _, outer)) = outer.clone().find(|(_, _, outer)| contains(*outer, *row)) {
            tell(
                row,
                Flaw::Never,
                row.from,
                prefix,
                country,
                format!("第 {} 行同期对这些商品已有同样要求，此行不增加什么。", outer.line),
                format!("line {} asks the same of these goods all the time; this row adds nothing", outer.line),
            );
        } else if let Some((_, _, outer)) = outer.clone().find(|(_, _, outer)| meets(*outer, *row)) {
            tell(
                row,
                Flaw::Overlap,
                row.from.max(outer.from),
                prefix,
                country,
                format!("与第 {} 行在一段时间内对这些商品要求相同。", outer.line),
                format!("for a time it asks the same of these goods as line {}", outer.line),
            );
        }
        if let Some(ban) = policy
            .bans
            .rows()
            .filter(|(p, c, _)| prefix.starts_with(p) && (*c == "*" || c == country))
            .flat_map(|(_, _, rows)| rows.rows())
            .find(|ban| contains(*ban, *row))
        {
            tell(
                row,
                Flaw::Never,
                row.from,
                prefix,
                country,
                format!("这些商品同期被禁止（bans.csv 第 {} 行），不会问到此要求。", ban.line),
                format!("these goods are banned all the time (bans.csv, line {}); nobody is asked for it", ban.line),
            );
        }
        let Need::Place(kind) = &row.value.need else { continue };
        for (p, c, other) in &all[at + 1..] {
            let Need::Place(theirs) = &other.value.need else { continue };
            let goods = p.starts_with(prefix) || prefix.starts_with(p);
            let countries = *c == "*" || *country == "*" || c == country;
            if goods && countries && kind != theirs && meets(*other, *row) {
                let narrow = if p.len() > prefix.len() { p } else { prefix };
                let of = if *c == "*" { country } else { c };
                tell(
                    other,
                    Flaw::Contradiction,
                    row.from.max(other.from),
                    narrow,
                    of,
                    format!("{narrow} 须运往 {kind} 场地（第 {} 行），又须运往 {theirs} 场地。", row.line),
                    format!("{narrow} has to go to a place for {kind} (line {}) and to one for {theirs}", row.line),
                );
            }
        }
    }
}
