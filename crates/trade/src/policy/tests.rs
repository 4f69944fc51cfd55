use super::*;
use crate::policy::limits::{Purchase, Regime, regime};
use proptest::prelude::*;

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// The sample folder with one file replaced.
fn with(file: &str, text: &str) -> Result<Policy, Vec<String>> {
    let files: Vec<_> = SAMPLE.iter().map(|&(n, t)| if n == file { (n, text) } else { (n, t) }).collect();
    Policy::load(&files).map_err(|faults| faults.iter().map(ToString::to_string).collect())
}

#[test]
fn the_sample_policy_loads_and_answers_with_the_clause() {
    let policy = Policy::sample();
    let row = policy.limits(day("2026-03-01")).unwrap();
    assert_eq!((row.value.single, row.value.annual), (Fen::yuan(5_000), Fen::yuan(26_000)));
    assert!(row.clause.contains("49号"));
    assert_eq!(policy.whole(Parameter::MatchWaitHours, day("2026-03-01")), Some(24));
    for hs10 in ["1901101090", "3304990099", "2402200000"] {
        assert!(policy.tariff(hs10, day("2026-03-01")).is_some(), "{hs10}");
    }
    assert!(policy.positive("2402200000", day("2026-03-01")).is_none(), "cigarettes are not on the list");
}

#[test]
fn limits_on_both_sides_of_each_border() {
    let policy = Policy::sample();
    let table = "
        # day        value     year so far  items
        2016-04-07   1.00             0.00  one   => no rule
        2016-04-08   2000.00          0.00  many  => reduced
        2016-04-08   2000.01          0.00  many  => old-law-full
        2018-12-31   2000.01          0.00  one   => old-law-full
        2018-12-31   1000.00      19000.00  many  => reduced
        2018-12-31   1000.01      19000.00  many  => old-law-full
        2018-12-31   30000.00     19000.00  many  => old-law-full
        2019-01-01   2000.01          0.00  many  => reduced
        2019-01-01   5000.00      21000.00  many  => reduced
        2019-01-01   5000.01          0.00  one   => full
        2019-01-01   5000.01          0.00  many  => OVER_SINGLE_LIMIT
        2019-01-01   5000.01      21000.00  many  => OVER_SINGLE_LIMIT OVER_ANNUAL_LIMIT
        2019-01-01   5000.00      21000.01  many  => OVER_ANNUAL_LIMIT
        2019-01-01   5000.01      20999.99  one   => full
        2019-01-01   5000.01      21000.00  one   => OVER_ANNUAL_LIMIT
        2019-01-01   25999.99         0.00  one   => full
        2019-01-01   26000.00         0.00  one   => GENERAL_TRADE_REQUIRED
        2019-01-01   26000.00         0.01  one   => GENERAL_TRADE_REQUIRED OVER_ANNUAL_LIMIT
    ";
    for row in table.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')) {
        let (left, right) = row.split_once("=>").unwrap();
        let cells: Vec<_> = left.split_whitespace().collect();
        let on = day(cells[0]);
        let said = match policy.limits(on) {
            None => "no rule".to_owned(),
            Some(limits) => {
                let purchase = Purchase {
                    value: Fen::from_yuan_text(cells[1]).unwrap(),
                    year_so_far: Fen::from_yuan_text(cells[2]).unwrap(),
                    is_one_item: cells[3] == "one",
                };
                match regime(&purchase, limits, on) {
                    Ok(regime) => regime.name().to_owned(),
                    Err(found) => found.iter().map(|f| f.code.name()).collect::<Vec<_>>().join(" "),
                }
            }
        };
        assert_eq!(said, right.trim(), "{row}");
    }
}

#[test]
fn every_fault_of_a_folder_is_said_at_once_with_its_line() {
    let wrong = "\
[[row]]
single_fen = 1
annual_fen = -2
excess = \"perhaps\"
from = \"2016-02-30\"
mark = \"sure\"

[[row]]
single_fen = 1
annual_fen = 2
excess = \"taxed-in-full\"
colour = 3
from = \"2016-04-08\"
until = \"2016-12-31\"
clause = \"x\"
mark = \"sure\"

[[row]]
single_fen = 1
annual_fen = 2
excess = \"taxed-in-full\"
from = \"2017-02-01\"
clause = \"x\"
mark = \"sure\"

[[row]]
single_fen = 1
annual_fen = 2
excess = \"taxed-in-full\"
from = \"2018-01-01\"
clause = \"x\"
mark = \"certain\"

[other]
";
    let faults = with("limits.toml", wrong).unwrap_err().join("\n");
    for said in [
        "limits.toml:1: annual_fen is negative",
        "limits.toml:1: excess = perhaps: should be taxed-in-full | one-item-taxed-in-full",
        "limits.toml:1: from = 2016-02-30: should be a date, year-month-day",
        "limits.toml:1: clause is not given",
        "limits.toml:8: unknown column colour",
        "limits.toml:18: *: no row covers 2017-01-01 until before 2017-02-01",
        "limits.toml:26: mark = certain",
        "limits.toml:34: unknown key other",
    ] {
        assert!(faults.contains(said), "{said}\n--- in\n{faults}");
    }
    let overlap = "city,zh,en,from,until,clause,mark\n1,a,a,2016-01-01,,x,sure\n1,a,a,2017-01-01,,x,sure\n1,2\n";
    let faults = with("pilots.csv", overlap).unwrap_err().join("\n");
    assert!(faults.contains("pilots.csv:3: 1: the row from 2017-01-01 overlaps the one of line 2"), "{faults}");
    assert!(faults.contains("pilots.csv:4: this line is not readable CSV"), "{faults}");
    assert!(with("units.csv", "code,zh,en,from,until,clause,mark\n").unwrap_err().join("\n").contains("no rows"));
    let others = SAMPLE.iter().copied().filter(|(file, _)| *file != "bans.csv");
    let missing: Vec<_> = others.chain([("rules.csv", "a,b\n")]).collect();
    let faults = Policy::load(&missing).unwrap_err();
    assert!(faults.iter().any(|f| f.file == "bans.csv" && f.en == "this table is missing"));
    assert!(faults.iter().any(|f| f.file == "rules.csv"));
    assert!(faults.iter().all(|f| !f.zh.is_ascii()), "every fault is said in Chinese too");
}

/// Rows of `left => right`; `said` gets the cells of the left side.
fn check(table: &str, said: impl Fn(&[&str]) -> String) {
    let rows = table.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut count = 0;
    for row in rows {
        let (left, right) = row.split_once("=>").unwrap();
        assert_eq!(said(&left.split_whitespace().collect::<Vec<_>>()), right.trim(), "{row}");
        count += 1;
    }
    assert!(count > 0);
}

#[test]
fn returns_on_both_sides_of_each_border() {
    let policy = Policy::sample();
    check(
        "
        # released   applied     back
        2016-04-07   2016-04-08  2016-04-08  => no rule
        2018-12-01   2018-12-31  2018-12-31  => fine
        2018-12-01   2019-01-01  2019-01-01  => RETURN_APPLIED_LATE RETURN_ARRIVED_LATE
        2019-01-01   2019-01-31  2019-01-31  => fine
        2019-01-01   2019-01-31  2019-02-01  => RETURN_ARRIVED_LATE
        2020-03-27   2020-04-26  2020-04-26  => fine
        2020-03-27   2020-04-26  2020-04-27  => RETURN_ARRIVED_LATE
        2020-03-28   2020-04-27  2020-05-12  => fine
        2020-03-28   2020-04-28  2020-05-12  => RETURN_APPLIED_LATE
        2020-03-28   2020-04-27  2020-05-13  => RETURN_ARRIVED_LATE
        2026-06-02   2026-06-02  2026-06-02  => fine
        ",
        |cells| {
            let (released, applied, back) = (day(cells[0]), day(cells[1]), day(cells[2]));
            let Some(rule) = policy.returns(released) else { return "no rule".into() };
            let found: Vec<_> = returns::applied_late(rule, released, applied)
                .into_iter()
                .chain(returns::arrived_late(rule, released, back))
                .map(|f| f.code.name())
                .collect();
            let is_in_time = back <= returns::last_arrival(rule, released);
            assert_eq!(is_in_time, !found.contains(&"RETURN_ARRIVED_LATE"));
            if found.is_empty() { "fine".into() } else { found.join(" ") }
        },
    );
}

#[test]
fn the_positive_list_and_its_remarks() {
    let policy = Policy::sample();
    check(
        "
        # day        code        mode  goods
        2016-04-07   1901101090  9610  -        => NOT_ON_POSITIVE_LIST
        2016-04-08   1901101090  9610  -        => fine
        2026-03-01   2402200000  1210  -        => NOT_ON_POSITIVE_LIST
        2019-12-31   2203000000  9610  -        => NOT_ON_POSITIVE_LIST
        2020-01-01   2203000000  9610  -        => fine
        2026-03-01   0306179000  9610  -        => BONDED_ONLY
        2026-03-01   0306179000  1210  -        => fine
        2026-03-01   0306179000  1239  -        => fine
        2026-03-01   4202210090  9610  -        => fine
        2026-03-01   4202210090  9610  species  => NOT_ON_POSITIVE_LIST
        2026-03-01   1901101090  9610  species  => fine
        2026-03-01   3215190000  9610  -        => NOT_ON_POSITIVE_LIST
        2026-03-01   3215190000  9610  household-printer-ink  => fine
        2026-03-01   12          9610  -        => NOT_ON_POSITIVE_LIST
        2026-03-01   照相机       9610  -        => NOT_ON_POSITIVE_LIST
        ",
        |cells| {
            let on = day(cells[0]);
            let mode = (cells[2], policy.trade_mode(cells[2], on).map_or(ModeKind::Other, |row| row.value.kind));
            let is_listed_species = cells[3] == "species";
            let goods = positive_list::Goods { hs: cells[1], is_listed_species, is_dual_use: false, article: cells[3] };
            match positive_list::check(&policy, &goods, mode, 1, on) {
                Ok(row) => {
                    assert!(!row.clause.is_empty());
                    "fine".into()
                }
                Err(finding) => finding.code.name().into(),
            }
        },
    );
    let rice = policy.positive("1006302000", day("2026-03-01")).unwrap();
    let over = |so_far: &str, now: &str| {
        let quantity = |text| Quantity::parse(text).unwrap();
        positive_list::over_year_quantity(rice, "1006302000", quantity(so_far), quantity(now), 1).map(|f| f.code.name())
    };
    assert_eq!(over("15", "5"), None, "20 kilograms are within");
    assert_eq!(over("15", "5.00001"), Some("OVER_ANNUAL_QUANTITY"));
    assert_eq!(
        positive_list::over_year_quantity(rice, "1006302000", Quantity(i64::MAX), Quantity(1), 1).map(|f| f.code),
        Some(crate::finding::Code::OverAnnualQuantity)
    );
}

#[test]
fn rates_on_both_sides_of_each_border() {
    let policy = Policy::sample();
    check(
        "
        # day        code        => duty, VAT
        2016-04-07   1901101090  => none
        2016-04-08   1901101090  => 0.15 0.17
        2018-04-30   1901101090  => 0.15 0.17
        2018-05-01   1901101090  => 0.15 0.16
        2019-03-31   1901101090  => 0.15 0.16
        2019-04-01   1901101090  => 0.15 0.13
        2017-06-30   0409000000  => 0.15 0.13
        2017-07-01   0409000000  => 0.15 0.11
        2018-05-01   0409000000  => 0.15 0.1
        2019-04-01   0409000000  => 0.15 0.09
        2018-06-30   4202210090  => 0.1 0.16
        2018-07-01   4202210090  => 0.06 0.16
        2026-03-01   9999999999  => none
        2026-03-01   190110109   => none
        ",
        |cells| match policy.tariff(cells[1], day(cells[0])) {
            Some(row) => format!("{} {}", row.value.duty, row.value.vat),
            None => "none".into(),
        },
    );
    let perfume = |on| policy.tariff("3303000000", day(on)).unwrap().value.consumption;
    assert!(matches!(perfume("2016-09-30"), tariff::ConsumptionRule::AdValorem { .. }));
    assert!(matches!(perfume("2016-10-01"), tariff::ConsumptionRule::Threshold { .. }));
}

#[test]
fn what_a_tax_is_reckoned_by_is_found_in_the_quantities_of_a_line() {
    let policy = Policy::sample();
    check(
        "
        # code      declared     statutory               => measured
        3304990099  1    140     0.35  035   0     -     => 350 at 1000
        3304990099  10   020     0.35  035   0     -     => 10 at 1500
        3304990099  30   096     0.05  035   0     -     => 30 at 1000
        3304990099  0.5  095     0.05  035   0     -     => 500 at 1000
        3304990099  1    011     0.05  035   1     011   => 50 at 1000
        3304990099  1    140     1     142   0     -     => nothing
        9102110000  2    008     2     008   0     -     => 2 at 1000000
        2203000000  12   142     3.96  095   4.1   035   => 3.96 by 6250/247
        2203000000  12   142     4.1   035   0     -     => nothing
        2208200000  2    142     1.4   095   1.5   035   => 1.4 by 91.2
        2208200000  1400 096     1.4   095   1.5   035   => 1.4 by 91.2
        1901101090  2    122     1.6   035   0     -     => none
        ",
        |cells| {
            let row = policy.tariff(cells[0], day("2026-03-01")).unwrap();
            let quantity = |text: &str| Quantity::parse(text).unwrap();
            let amounts = tariff::Amounts {
                declared: (cells[2], quantity(cells[1])),
                statutory: [(cells[4], quantity(cells[3])), (cells[6], quantity(cells[5]))],
            };
            match tariff::rates(&row.value, &amounts).map(|rates| rates.consumption) {
                None => "nothing".into(),
                Some(tariff::Consumption::Threshold { fen_per_content, content, .. }) => {
                    format!("{content} at {fen_per_content}")
                }
                Some(tariff::Consumption::Specific { fen_per_unit, quantity })
                | Some(tariff::Consumption::Compound { fen_per_unit, quantity, .. }) => {
                    format!("{quantity} by {fen_per_unit}")
                }
                Some(_) => "none".into(),
            }
        },
    );
}

#[test]
fn bans_pilots_modes_and_working_days() {
    let policy = Policy::sample();
    check(
        "
        ban    2023-08-23 0306179000 116  => no
        ban    2023-08-24 0306179000 116  => yes
        ban    2026-03-01 0306179000 110  => no
        ban    2026-03-01 1901101090 116  => no
        ban    2019-03-31 1602100000 302  => yes
        ban    2019-04-01 1602100000 302  => no
        ban    2017-12-10 1901101090 305  => yes
        pilot  2020-01-16 460200 -        => no
        pilot  2020-01-17 460200 -        => yes
        pilot  2016-04-08 330100 -        => yes
        pilot  2018-12-31 110000 -        => no
        pilot  2019-01-01 110000 -        => yes
        pilot  2026-03-01 620200 -        => no
        pilot  2026-03-01 4 -             => no
        mode   2016-11-30 1239 -          => no
        mode   2016-12-01 1239 -          => yes
        mode   2026-03-01 0000 -          => no
        works  2026-02-14 - -             => yes
        works  2026-02-15 - -             => no
        works  2026-02-23 - -             => no
        works  2026-02-24 - -             => yes
        works  2026-03-01 - -             => no
        works  2026-03-02 - -             => yes
        office 2026-03-01 6402 -          => yes
        office 2026-03-01 6499 -          => no
        unit   2026-03-01 035 -           => yes
        unit   2026-03-01 999 -           => no
        money  2026-03-01 142 -           => yes
        land   2026-03-01 609 -           => yes
        land   2026-03-01 000 -           => no
        ",
        |cells| {
            let on = day(cells[1]);
            let is_so = match cells[0] {
                "ban" => policy.ban(cells[2], cells[3], on).is_some(),
                "pilot" => policy.pilot(cells[2], on).is_some(),
                "mode" => policy.trade_mode(cells[2], on).is_some(),
                "works" => policy.is_working_day(on),
                "office" => policy.office(cells[2], on).is_some(),
                "unit" => policy.unit(cells[2], on).is_some(),
                "money" => policy.currency(cells[2], on).is_some(),
                "land" => policy.country(cells[2], on).is_some(),
                other => panic!("{other}"),
            };
            if is_so { "yes".into() } else { "no".into() }
        },
    );
    assert_eq!(policy.working_day_from(day("2026-02-15")), day("2026-02-24"));
    assert_eq!(policy.working_day_from(day("2026-03-02")), day("2026-03-02"));
}

/// A zone reaches back to the first day of retail import: every parameter and every good has its row then.
#[test]
fn the_sample_reaches_back_to_2016() {
    let policy = Policy::sample();
    for &parameter in Parameter::ALL {
        assert!(policy.parameter(parameter, day("2016-04-08")).is_some(), "{parameter}");
        assert!(policy.parameter(parameter, day("2030-01-01")).is_some(), "{parameter}");
    }
    assert!(policy.limits(day("2016-04-08")).is_some() && policy.relief(day("2016-04-08")).is_some());
    for (hs8, rows) in policy.positive_rows() {
        for row in rows.rows() {
            let has_rates = policy
                .tariff_rows()
                .iter()
                .any(|(hs10, _)| hs10.starts_with(&hs8) && policy.tariff(hs10, row.from).is_some());
            assert!(has_rates, "{hs8} has a rate on {}", row.from);
        }
    }
    for (_, rows) in policy.tariff_rows() {
        assert!(
            rows.rows().iter().all(|row| row.mark == Mark::Sample && !row.note.is_empty()),
            "invented, and said so"
        );
    }
}

#[test]
fn every_table_of_the_folder_is_in_the_sample() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../policy");
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".csv") || name.ends_with(".toml"))
        .collect();
    names.sort();
    assert_eq!(names, SAMPLE.iter().map(|(name, _)| *name).collect::<Vec<_>>());
}

#[test]
fn a_row_is_never_left_out_silently() {
    let huge = "hs8,zh,en,year_limit,year_unit,from,clause,mark\n10063020,a,a,999999999999999,035,2016-04-08,x,sure\n";
    let faults = with("positive_list.csv", huge).unwrap_err().join("\n");
    assert!(faults.contains("positive_list.csv:2: a value of this row is out of range"), "{faults}");
}

proptest! {
    /// Damaged tables are faults with words, never a panic; and a policy that loads answers every day.
    #[test]
    fn a_damaged_folder_is_never_a_panic(
        file in 0..SAMPLE.len(), at in 0usize..4_000, len in 0usize..12,
        put in prop_oneof![Just(""), Just(","), Just("\n"), Just("-"), Just("9999999999999999"), Just("\""), Just("\u{0}"), Just("年"), Just("[["), Just("= ")],
        days in -800_000i32..2_900_000,
    ) {
        let (name, text) = SAMPLE[file];
        let mut cut = at % text.len();
        while !text.is_char_boundary(cut) { cut -= 1; }
        let mut end = (cut + len).min(text.len());
        while !text.is_char_boundary(end) { end += 1; }
        let damaged = format!("{}{put}{}", &text[..cut], &text[end..]);
        let files: Vec<_> = SAMPLE.iter().map(|&(n, t)| if n == name { (n, damaged.as_str()) } else { (n, t) }).collect();
        match Policy::load(&files) {
            Err(faults) => prop_assert!(!faults.is_empty()),
            Ok(policy) => {
                let on = Day(days);
                let _ = (policy.limits(on), policy.returns(on), policy.tariff("1901101090", on), policy.ban("0306", "116", on));
                let _ = policy.working_day_from(on);
            }
        }
    }

    /// What is within the limits stays so when it costs less or when less was bought before.
    #[test]
    fn limits_are_monotone(value in 1i64..3_000_000, year in 0i64..3_000_000, less in 0i64..3_000_000, is_one_item: bool, on in 16_899i32..22_000) {
        static POLICY: std::sync::LazyLock<Policy> = std::sync::LazyLock::new(Policy::sample);
        let limits = POLICY.limits(Day(on)).unwrap();
        let of = |value: i64, year: i64| {
            regime(&Purchase { value: Fen(value), year_so_far: Fen(year), is_one_item }, limits, Day(on))
        };
        if of(value, year) == Ok(Regime::Reduced) {
            prop_assert_eq!(of((value - less).max(1), year), Ok(Regime::Reduced));
            prop_assert_eq!(of(value, (year - less).max(0)), Ok(Regime::Reduced));
        }
        if limits.value.excess == Excess::OneItemTaxedInFull && of(value, year).is_ok() {
            prop_assert!(value + year <= limits.value.annual.0, "what is let in is within the year");
            prop_assert!(value <= limits.value.single.0 || is_one_item);
        }
        if let Err(found) = of(value, year) {
            prop_assert!(!found.is_empty() && found.iter().all(|f| !f.clause.is_empty()));
        }
    }
}

#[test]
fn other_limits_stand_in_one_row_alone() {
    let day = |text| Day::parse(text).unwrap();
    let text = SAMPLE.iter().find(|(name, _)| *name == "limits.toml").unwrap().1;
    let now = day("2026-03-02");
    let line = Policy::sample().limits(now).unwrap().line;
    let changed = limits::with_limits(text, line, Fen(800_000), Fen(2_700_000));
    let files: Vec<_> =
        SAMPLE.iter().map(|(n, t)| (*n, if *n == "limits.toml" { changed.as_str() } else { *t })).collect();
    let policy = Policy::load(&files).unwrap();
    let limits = |on| {
        let row = policy.limits(on).unwrap();
        (row.value.single, row.value.annual)
    };
    assert_eq!(limits(now), (Fen(800_000), Fen(2_700_000)));
    assert_eq!(limits(day("2018-12-31")), (Fen(200_000), Fen(2_000_000)));
    assert_eq!(changed.lines().count(), text.lines().count());
    // The first row alone, and nothing behind it.
    let first = Policy::sample().limits(day("2018-12-31")).unwrap().line;
    let changed = limits::with_limits(text, first, Fen(1), Fen(2));
    assert_eq!(changed.matches("single_fen = 1\n").count(), 1);
    assert!(changed.contains("single_fen = 500000"));
}
