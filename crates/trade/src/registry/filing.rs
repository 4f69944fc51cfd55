//! A filing of goods (商品备案) as an enterprise makes it: what the law of its first day asks of it, and its row as cells
//! of the registry's table.
//!
//! Readings [ours]: goods are filed under a code that the tariff or the table of export goods has, and where it is not
//! an export good, under one that the positive list lets in as they are tagged (T18). The statutory units are those of
//! the code; origin and unit of sale stand in the tables of the day; what is banned from its origin is not filed. A
//! filing whose first day is over is held to today's law.

use super::GoodsRow;
use crate::documents::ListLine;
use crate::finding::{Code, Finding};
use crate::policy::positive_list::{self, Goods};
use crate::policy::{ModeKind, Policy};
use crate::time::Day;
use crate::verify;

/// Everything that keeps a row from being filed; `n` is its number among those that are filed together, from 1. A
/// finding's field is the column of the registry's table.
pub fn check(row: &GoodsRow, n: u32, today: Day, policy: &Policy) -> Vec<Finding> {
    let day = row.from.max(today);
    let mut found = Vec::new();
    let about = |code, clause: &str, field: &str| Finding::new(code, clause, field).line(n);
    if row.approved {
        found.push(about(Code::FilingReviewed, "ours", "approved"));
    }
    for (field, value, known, what) in [
        ("origin", &row.origin, policy.country(&row.origin, day).is_some(), "国别（地区）代码表 country codes"),
        ("unit", &row.unit, policy.unit(&row.unit, day).is_some(), "计量单位代码表 unit codes"),
    ] {
        if !known {
            found.push(about(Code::FilingUnknown, "A194", field).arg("value", value).arg("day", day).arg("what", what));
        }
    }
    if let Some(ban) = policy.ban(&row.hs10, &row.origin, day) {
        let finding = about(Code::GoodsBanned, &ban.clause, "hs10").arg("hs", &row.hs10).arg("country", &row.origin);
        found.push(finding.arg("day", day).arg("ban", format!("{} {}", ban.value.zh, ban.value.en)));
    }
    let ([unit1, unit2], clause) = match units(policy, &row.hs10, day) {
        Ok(found) => found,
        Err(unknown) => {
            found.push(unknown.line(n));
            return found;
        }
    };
    // As a line of a list that declares one of them.
    let line = ListLine {
        gnum: n,
        unit1: row.unit1.clone(),
        unit2: row.unit2.clone(),
        qty1: row.qty1,
        qty2: row.qty2,
        ..ListLine::default()
    };
    verify::statutory_units(&line, [unit1, unit2], clause, &mut found);
    if policy.export_goods(&row.hs10, day).is_none() {
        let tagged = |tag: &str| row.tags.iter().any(|t| t == tag);
        let article = row.tags.iter().find(|t| !matches!(t.as_str(), "species" | "dual-use"));
        let goods = Goods {
            hs: &row.hs10,
            is_listed_species: tagged("species"),
            is_dual_use: tagged("dual-use"),
            article: article.map_or("", |tag| tag.as_str()),
        };
        let refused = positive_list::check(policy, &goods, ("1210", ModeKind::Bonded), n, day).err();
        found.extend(refused.map(|finding| Finding { field: "hs10".into(), ..finding }));
    }
    found
}

/// The statutory units of a code by the tariff or the table of export goods, the second empty where there is none, and
/// their ground.
///
/// # Errors
/// `HS_NOT_IN_TARIFF`
pub fn units<'p>(policy: &'p Policy, hs10: &str, day: Day) -> Result<([&'p str; 2], &'p str), Finding> {
    let tariff = policy.tariff(hs10, day).map(|row| (&row.value.unit1, &row.value.unit2, &row.clause));
    let export = || policy.export_goods(hs10, day).map(|row| (&row.value.unit1, &row.value.unit2, &row.clause));
    match tariff.or_else(export) {
        Some((first, second, clause)) => Ok(([first, second.as_deref().unwrap_or_default()], clause)),
        None => Err(Finding::new(Code::HsNotInTariff, "TL; T18", "hs10").arg("hs", hs10).arg("day", day)),
    }
}

/// The row as cells of the registry's table, in order of its columns; read again they are the row.
pub fn cells(row: &GoodsRow) -> [(&'static str, String); 19] {
    let maybe = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
    let tags: Vec<&str> = row.tags.iter().map(|tag| tag.as_str()).collect();
    [
        ("ebc", row.ebc.to_string()),
        ("item_no", row.item_no.to_string()),
        ("version", row.version.to_string()),
        ("name_zh", row.name_zh.to_string()),
        ("name_en", row.name_en.to_string()),
        ("hs10", row.hs10.to_string()),
        ("model", row.model.to_string()),
        ("bar_code", row.bar_code.to_string()),
        ("origin", row.origin.to_string()),
        ("unit", row.unit.to_string()),
        ("unit1", row.unit1.to_string()),
        ("unit2", row.unit2.to_string()),
        ("qty1", row.qty1.to_string()),
        ("qty2", row.qty2.map(|qty| qty.to_string()).unwrap_or_default()),
        ("content", if row.content.0 == 0 { String::new() } else { row.content.to_string() }),
        ("tags", tags.join(";")),
        ("from", row.from.to_string()),
        ("until", maybe(row.until)),
        ("approved", if row.approved { "yes" } else { "no" }.to_owned()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Quantity;
    use crate::registry::{Row, Table, read};

    fn milk() -> GoodsRow {
        GoodsRow {
            ebc: "4602980A01".into(),
            item_no: "MILK,\"900\"".into(),
            name_zh: "婴幼儿配方奶粉".into(),
            hs10: "1901101090".into(),
            origin: "609".into(),
            unit: "122".into(),
            unit1: "035".into(),
            qty1: Quantity::parse("0.9").unwrap(),
            from: Day::ymd(2026, 3, 2).unwrap(),
            ..GoodsRow::default()
        }
    }

    #[test]
    fn each_thing_that_the_law_asks_of_a_filing_is_told_at_its_column() {
        let (policy, today) = (Policy::sample(), Day::ymd(2026, 3, 2).unwrap());
        let told = |change: &dyn Fn(&mut GoodsRow)| {
            let mut row = milk();
            change(&mut row);
            let found = check(&row, 7, today, &policy);
            assert!(found.iter().all(|f| f.gnum == 7), "{found:?}");
            found.into_iter().map(|f| (f.code.name(), f.field)).collect::<Vec<_>>()
        };
        let one = |code, field: &str| vec![(code, field.to_owned())];
        assert_eq!(told(&|_| ()), vec![]);
        assert_eq!(told(&|row| row.approved = true), one("FILING_REVIEWED", "approved"));
        assert_eq!(told(&|row| row.origin = "000".into()), one("FILING_UNKNOWN", "origin"));
        assert_eq!(told(&|row| row.unit = "999".into()), one("FILING_UNKNOWN", "unit"));
        assert_eq!(told(&|row| row.hs10 = "1901101099".into()), one("HS_NOT_IN_TARIFF", "hs10"));
        assert_eq!(told(&|row| row.unit1 = "011".into()), one("STATUTORY_UNIT", "unit1"));
        assert_eq!(told(&|row| row.qty1 = Quantity(0)), one("STATUTORY_QUANTITY", "qty1"));
        assert_eq!(told(&|row| row.qty2 = Some(Quantity(1))), one("STATUTORY_QUANTITY", "qty2"));
        let all = told(&|row| (row.origin, row.unit, row.unit1) = ("000".into(), "999".into(), "011".into()));
        assert_eq!(all.len(), 3, "all at once: {all:?}");
    }

    #[test]
    fn the_positive_list_is_asked_on_the_filing_s_first_day_and_on_no_day_that_is_over() {
        let policy = Policy::sample();
        let crab = |from: (i32, u32, u32)| GoodsRow {
            hs10: "0306149000".into(),
            from: Day::ymd(from.0, from.1, from.2).unwrap(),
            ..milk()
        };
        let codes = |row: &GoodsRow, today: (i32, u32, u32)| {
            let found = check(row, 1, Day::ymd(today.0, today.1, today.2).unwrap(), &policy);
            found.into_iter().map(|f| f.code).collect::<Vec<_>>()
        };
        // Frozen crabs are on the list from 1 January 2020.
        assert_eq!(codes(&crab((2019, 12, 31)), (2019, 12, 31)), [Code::NotOnPositiveList]);
        assert_eq!(codes(&crab((2020, 1, 1)), (2019, 12, 31)), []);
        assert_eq!(codes(&crab((2019, 12, 31)), (2020, 1, 1)), [], "the day is over: today's law");
    }

    #[test]
    fn a_row_written_as_cells_is_read_again() {
        let row = GoodsRow {
            version: 3,
            qty2: Some(Quantity::parse("2").unwrap()),
            tags: vec!["species".into(), "household-printer-ink".into()],
            until: Day::ymd(2027, 1, 1),
            content: Quantity::parse("900").unwrap(),
            ..milk()
        };
        let mut csv = csv::Writer::from_writer(Vec::new());
        csv.write_record(cells(&row).map(|(name, _)| name)).unwrap();
        csv.write_record(cells(&row).map(|(_, value)| value)).unwrap();
        let text = String::from_utf8(csv.into_inner().unwrap()).unwrap();
        assert_eq!(read(Table::Goods, &text).unwrap(), [Row::Goods(row)]);
        let columns: Vec<_> = Table::Goods.columns().iter().map(|c| c.name).collect();
        assert_eq!(cells(&milk()).map(|(name, _)| name).to_vec(), columns);
    }
}
