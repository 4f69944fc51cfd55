use super::*;

fn law(tables: &[(&str, &str)]) -> BTreeMap<String, String> {
    tables.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

const LIMITS: &str = "[[row]]\nsingle_fen = 500000\nannual_fen = 2600000\nexcess = \"one-item-taxed-in-full\"\nfrom = \"2019-01-01\"\nclause = \"T49 1\"\nmark = \"sure\"\n";

#[test]
fn a_new_row_is_compared_with_what_held_before_it() {
    let closed = LIMITS.replace("from = \"2019-01-01\"", "from = \"2019-01-01\"\nuntil = \"2026-12-31\"");
    let next = LIMITS.replace("500000", "600000").replace("2019-01-01", "2027-01-01").replace("T49 1", "X1 2");
    let found = diff(&law(&[("limits.toml", LIMITS)]), &law(&[("limits.toml", &format!("{closed}\n{next}"))])).unwrap();
    let [ends, begins] = &found[..] else { panic!("{found:#?}") };
    assert_eq!((ends.change, begins.change), (Change::Changed, Change::Added));
    assert_eq!(ends.zh, "limits：自 2019-01-01 起的一行，止日 2026-12-31（T49 1）");
    assert_eq!(ends.en, "limits: in the row from 2019-01-01 on, last day 2026-12-31 (T49 1)");
    assert_eq!(begins.zh, "limits：自 2027-01-01 起单次交易限值由 5000.00 改为 6000.00（X1 2）");
    assert_eq!(begins.en, "limits: from 2027-01-01 on single limit 5000.00 becomes 6000.00 (X1 2)");
    assert_eq!(begins.cells.iter().filter(|c| c.column == "single_fen").count(), 1);
}

#[test]
fn rows_are_told_by_what_they_are_about_and_order_does_not_matter() {
    let head = "hs10,zh,en,duty,from,until,clause,mark,note\n";
    let one = "0101,马,horses,5%,2020-01-01,,TL,sure,\n";
    let two = "0102,牛,cattle,7%,2020-01-01,,TL,sure,\n";
    let before = law(&[("tariff.csv", &format!("{head}{one}{two}"))]);
    let same = law(&[("tariff.csv", &format!("{head}{two}{}", one.replace("sure,", "check,read again")))]);
    assert_eq!(diff(&before, &same).unwrap(), []);

    let after = law(&[("tariff.csv", &format!("{head}{}", one.replace("5%", "6%")))]);
    let found = diff(&before, &after).unwrap();
    let told: Vec<_> = found.iter().map(|d| (d.change, d.key.as_str(), d.en.as_str())).collect();
    assert_eq!(
        told[0],
        (Change::Changed, "0101", "tariff 0101: in the row from 2020-01-01 on, duty 5% becomes 6% (TL)")
    );
    assert_eq!((told[1].0, told[1].1), (Change::Removed, "0102"));
    assert!(found[1].en.contains("is gone") && found[1].zh.contains("删去"), "{found:?}");

    // A table that the draft lacks stays as it is; one that cannot be read is a fault.
    assert_eq!(diff(&before, &BTreeMap::new()).unwrap(), []);
    assert!(diff(&before, &law(&[("tariff.csv", "a,b\n1,2,3\n")])).is_err());
}
