use super::*;
use crate::policy::SAMPLE;

/// The sample with one piece of a table replaced, or a row added where nothing is.
fn law(file: &str, from: &str, to: &str) -> Policy {
    let files: Vec<(&str, String)> = SAMPLE
        .iter()
        .map(|(name, text)| {
            if *name != file {
                return (*name, (*text).to_owned());
            }
            assert!(text.contains(from), "{from} is not in {file}");
            (*name, if from.is_empty() { format!("{text}{to}\n") } else { text.replace(from, to) })
        })
        .collect();
    Policy::load(&files).unwrap_or_else(|faults| panic!("{faults:?}"))
}

/// The one remark that the sample does not have.
fn new(policy: &Policy) -> Remark {
    let before: Vec<_> = remarks(&Policy::sample()).into_iter().map(|r| r.en).collect();
    let mut found: Vec<_> = remarks(policy).into_iter().filter(|r| !before.contains(&r.en)).collect();
    assert_eq!(found.len(), 1, "{found:#?}");
    found.remove(0)
}

#[test]
fn each_flaw_is_found_and_shown_by_a_declaration_that_the_law_judges() {
    use Code::*;
    use Flaw::*;
    let rule = |text: &str| format!("{text},2019-01-01,,,本项目 (ours),sample,");
    let cases = [
        // A law that ends: nobody knows what holds on the next day.
        (
            "limits.toml",
            "from = \"2019-01-01\"",
            "from = \"2019-01-01\"\nuntil = \"2027-12-31\"".into(),
            Gap,
            "2028-01-01",
            vec![NoRuleKnown],
        ),
        (
            "limits.toml",
            "annual_fen = 2600000",
            "annual_fen = 400000".into(),
            Contradiction,
            "2019-01-01",
            vec![OverAnnualLimit],
        ),
        (
            "positive_list.csv",
            "",
            "99990000,虚构,invented,,,,,,,,2024-05-01,,,示例 (sample),sample,".into(),
            Gap,
            "2024-05-01",
            vec![HsNotInTariff],
        ),
        (
            "bans.csv",
            "",
            "0306,116,窄,narrow,2024-01-01,,,示例 (sample),sample,".into(),
            Never,
            "2024-01-01",
            vec![GoodsBanned],
        ),
        (
            "risk.csv",
            "",
            rule("X-1,无此商品,no such goods,hs,9999,10"),
            Never,
            "2019-01-01",
            vec![NotOnPositiveList, HsNotInTariff],
        ),
        (
            "risk.csv",
            "",
            rule("X-1,过高,too high,value_over_fen,2600000,10"),
            Never,
            "2019-01-01",
            vec![OverSingleLimit, OverAnnualLimit],
        ),
        ("risk.csv", "", rule("X-1,再次,again,origin,199,5"), Overlap, "2019-01-01", vec![]),
    ];
    for (file, from, to, flaw, day, answer) in cases {
        let found = new(&law(file, from, &to));
        let day = Day::parse(day).unwrap();
        assert_eq!((found.file, found.flaw, found.example.declared_on), (file, flaw, day), "{found:?}");
        let mut said = found.example.answer.clone();
        // Whatever else the made-up goods break is told too.
        said.retain(|code| answer.contains(code));
        assert_eq!(said, answer, "{to}: {found:?}");
        assert!(found.line > 0 && !found.zh.is_empty());
    }
}

/// Export, personal articles and conditions of entry: each fault planted alone is the one remark that is new.
#[test]
fn each_flaw_of_the_other_tables_is_found_and_shown_by_what_the_law_answers() {
    use Code::*;
    use Flaw::*;
    let goods = |hs: &str, duty: &str, rebate: &str, conditions: &str, from: &str, until: &str| {
        format!("{hs},虚构,invented,{duty},{rebate},{conditions},035,,{from},{until},,示例 (sample),sample,")
    };
    let hole = format!(
        "{}\n{}",
        goods("9999000001", "0", "0", "", "2020-01-01", "2020-12-31"),
        goods("9999000001", "0", "0", "", "2022-01-01", "")
    );
    let asked = |row: &str| format!("{row},要求,a need,{},,示例 (sample),sample,", "2024-01-01,");
    let twice = format!(
        "1201,*,document,letter,要求,a need,2020-01-01,2022-12-31,,示例 (sample),sample,\n{}",
        "120100,*,document,letter,要求,a need,2022-01-01,2023-12-31,,示例 (sample),sample,"
    );
    let gone = format!(
        "1201,*,document,letter,要求,a need,2020-01-01,2020-12-31,,示例 (sample),sample,\n{}",
        "1201,*,document,letter,要求,a need,2022-01-01,,,示例 (sample),sample,"
    );
    let rate = |row: &str| format!("{row},,,汇率 (rates),sample,");
    let band = |row: &str| format!("{row},,,税委会 (C11),sample,");
    type Planted<'a> = (&'static str, &'a str, String, Flaw, &'a str, Vec<Code>);
    let cases: Vec<Planted<'_>> = vec![
        ("export_goods.csv", "", hole, Gap, "2021-01-01", vec![ExportGoodsUnknown]),
        (
            "export_goods.csv",
            "",
            goods("9999000001", "0", "13%", "8", "2024-01-01", ""),
            Contradiction,
            "2024-01-01",
            vec![ExportBanned],
        ),
        (
            "export_goods.csv",
            "",
            goods("9999000001", "20%", "13%", "", "2024-01-01", ""),
            Contradiction,
            "2024-01-01",
            vec![ShortFormDuty],
        ),
        (
            "export_rates.csv",
            "116,0.048,2019-01-01,,",
            "116,0.048,2019-01-01,2027-12-31,".into(),
            Gap,
            "2028-01-01",
            vec![ExchangeRateUnknown],
        ),
        ("export_rates.csv", "", rate("142,1.00,2019-01-01"), Never, "2019-01-01", vec![]),
        ("export_rates.csv", "", rate("999,1.00,2019-01-01"), Never, "2019-01-01", vec![]),
        (
            "export_measures.csv",
            "",
            "return-elsewhere,51,再次,again,2026-06-01,,,示例 (sample),sample,".into(),
            Never,
            "2026-06-01",
            vec![],
        ),
        (
            "export_measures.csv",
            "",
            "inspect-first,03,无此关区,no such district,2026-06-01,,,示例 (sample),sample,".into(),
            Never,
            "2026-06-01",
            vec![],
        ),
        (
            "article_rates.csv",
            "",
            format!("9,虚构,invented,10%,2024-01-01,2024-12-31{}", &band("")[1..]),
            Gap,
            "2025-01-01",
            vec![NoRuleKnown],
        ),
        (
            "article_rates.csv",
            "",
            band("9,\"书报、电脑、食品、家具、玩具、药品等\",again,10%,2024-01-01"),
            Overlap,
            "2024-01-01",
            vec![],
        ),
        (
            "parameters.toml",
            "value = 80000\n",
            "value = 120000\n".into(),
            Contradiction,
            "2016-04-08",
            vec![ArticlesOverLimit],
        ),
        (
            "parameters.toml",
            "value = 5000\nunit = \"fen\"\nfrom = \"2016-04-08\"\nclause = \"海关总署公告2010年第43号\"",
            "value = 60000\nunit = \"fen\"\nfrom = \"2016-04-08\"\nclause = \"海关总署公告2010年第43号\"".into(),
            Never,
            "2016-04-08",
            vec![],
        ),
        ("conditions.csv", "", gone, Gap, "2021-01-01", vec![]),
        ("conditions.csv", "", asked("0201,*,place,meat"), Never, "2024-01-01", vec![ConditionMissing; 4]),
        ("conditions.csv", "", asked("0306,116,document,letter"), Never, "2024-01-01", vec![ConditionMissing]),
        ("conditions.csv", "", twice, Overlap, "2022-01-01", vec![ConditionMissing; 2]),
        ("conditions.csv", "", asked("0202,*,place,fruit"), Contradiction, "2024-01-01", vec![ConditionMissing; 4]),
    ];
    for (file, from, to, flaw, day, answer) in cases {
        println!("{file}: {to}");
        let found = new(&law(file, from, &to));
        let on = Day::parse(day).unwrap();
        assert_eq!((found.file, found.flaw, found.example.declared_on), (file, flaw, on), "{to}: {found:?}");
        assert_eq!(found.example.answer, answer, "{to}: {found:?}");
        assert!(found.line > 0 && !found.zh.is_empty() && !found.example.mode.is_empty());
    }
}

#[test]
fn borders_that_are_no_flaws_are_not_remarked() {
    let same = |file, from, to: &str| {
        let before = remarks(&Policy::sample()).len();
        assert_eq!(remarks(&law(file, from, to)).len(), before, "{file}: {to}");
    };
    let rule = |text: &str| format!("{text},2019-01-01,,,本项目 (ours),sample,");
    same("limits.toml", "annual_fen = 2600000", "annual_fen = 500000");
    // A fen below the yearly limit is one item that is taxed in full and scored.
    same("risk.csv", "", &rule("X-1,一件,one item,value_over_fen,2599999,10"));
    // Another time, another country, a wider row.
    same("bans.csv", "", "0306,116,早,earlier,2023-08-23,2024-01-01,,示例 (sample),sample,");
    same("bans.csv", "", "0306,117,他国,another,2024-01-01,,,示例 (sample),sample,");
}

#[test]
fn the_sample_is_clean_but_for_what_is_known() {
    let found = remarks(&Policy::sample());
    let told: Vec<_> = found.iter().map(|r| format!("{} {} {}", r.file, r.flaw, r.en)).collect();
    assert!(told.len() <= 12, "{told:#?}");
    for remark in found.iter().filter(|r| r.flaw == Flaw::Gap) {
        assert!(!remark.example.answer.is_empty(), "a gap has no answer that lets it pass: {remark:?}");
    }
}
