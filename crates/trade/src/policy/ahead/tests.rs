use super::*;
use crate::policy::SAMPLE;

fn law(changes: &[(&str, &str, &str)]) -> Policy {
    let files: Vec<(&str, String)> = SAMPLE
        .iter()
        .map(|(name, text)| {
            let mut text = (*text).to_owned();
            for (_, from, to) in changes.iter().filter(|(file, ..)| file == name) {
                assert!(text.contains(from), "{from} is not in {name}");
                text = text.replace(from, to);
            }
            (*name, text)
        })
        .collect();
    Policy::load(&files).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

#[test]
fn what_begins_or_ends_after_today_is_told_with_its_clause() {
    let next = "excess = \"one-item-taxed-in-full\"\nfrom = \"2019-01-01\"\nuntil = \"2026-12-31\"";
    let row = "\n[[row]]\nsingle_fen = 600000\nannual_fen = 2600000\nexcess = \"one-item-taxed-in-full\"\nfrom = \"2027-01-01\"\nclause = \"X1 2\"\nmark = \"check\"\n\n# end";
    let text = SAMPLE.iter().find(|(name, _)| *name == "limits.toml").unwrap().1;
    let last = text.rfind("[[row]]").unwrap();
    let whole = format!(
        "{}{}{row}",
        &text[..last],
        text[last..].replace("excess = \"one-item-taxed-in-full\"\nfrom = \"2019-01-01\"", next)
    );
    let policy = law(&[("limits.toml", text, &whole)]);
    let coming = for_all(&policy, day("2026-03-02"));
    let told: Vec<_> =
        coming.iter().map(|c| (c.on, c.matter, c.before.as_str(), c.after.as_str(), c.clause.as_str())).collect();
    assert_eq!(told, [(day("2027-01-01"), Matter::SingleLimit, "5000.00", "6000.00", "X1 2")]);
    // The day before it is coming, on the day it is there.
    assert_eq!(for_all(&policy, day("2026-12-31")).len(), 1);
    assert_eq!(for_all(&policy, day("2027-01-01")), []);
}

#[test]
fn goods_hear_of_rates_lists_and_bans_of_their_own() {
    let ban = ("bans.csv", "0409,304,", "1901,303,虚构,invented,2026-06-01,,,示例 (sample),sample,\n0409,304,");
    let policy = law(&[ban]);
    let told = |origin| {
        let coming = for_goods(&policy, "1901101090", origin, day("2026-03-02"));
        coming.into_iter().map(|c| (c.on, c.matter, c.before, c.after)).collect::<Vec<_>>()
    };
    assert_eq!(told("303"), [(day("2026-06-01"), Matter::Banned, String::new(), "yes".to_owned())]);
    assert_eq!(told("304"), []);
    assert_eq!(for_goods(&policy, "not a code", "303", day("2026-03-02")), []);
}

#[test]
fn another_share_of_the_taxes_is_told_to_everybody() {
    let until = ("relief.toml", "from = \"2016-04-08\"", "from = \"2016-04-08\"\nuntil = \"2026-12-31\"");
    let next = "mark = \"sure\"\n\n[[row]]\nfactor = \"9/10\"\nduty = \"0\"\nfrom = \"2027-01-01\"\nclause = \"X1 3\"\nmark = \"check\"\n";
    let policy = law(&[until, ("relief.toml", "mark = \"sure\"", next)]);
    let told: Vec<_> = for_all(&policy, day("2026-12-31")).into_iter().map(|c| (c.on, c.matter, c.clause)).collect();
    assert_eq!(told, [(day("2027-01-01"), Matter::Relief, "X1 3".to_owned())]);
}
