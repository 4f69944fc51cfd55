use super::*;
use crate::policy::limits::{Purchase, regime};

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
    let missing: Vec<_> = SAMPLE[1..].iter().copied().chain([("rules.csv", "a,b\n")]).collect();
    let faults = Policy::load(&missing).unwrap_err();
    assert!(faults.iter().any(|f| f.file == SAMPLE[0].0 && f.en == "this table is missing"));
    assert!(faults.iter().any(|f| f.file == "rules.csv"));
    assert!(faults.iter().all(|f| !f.zh.is_ascii()), "every fault is said in Chinese too");
}
