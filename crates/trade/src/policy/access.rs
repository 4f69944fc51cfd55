//! From which country which goods may come in at all (准予进口的国家和产品): access lists of what is under quarantine.
//!
//! A194 and the quarantine law (paraphrase; rules.md 8.3): meat, fruit, aquatic products and the like come in only from
//! countries whose product was assessed and listed.
//!
//! Reading: a row lists a country for the goods that begin with its digits. Where a row of any country fits goods on the
//! day, the goods are under an access list, and come in only from a country for which one fits. Goods that no row fits
//! are under no list: the lists have to be entered whole.

use super::bans::Goods;
use super::load::{Between, Cells, Reader};
use super::{Dated, Row};
use crate::time::Day;

/// A country that is listed for goods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub zh: String,
    pub en: String,
}

/// First digits, country and rows, in the order of both.
#[derive(Debug, Default)]
pub(super) struct Access(Vec<(String, String, Dated<Listed>)>);

impl Access {
    /// The row that speaks of the list where goods of a country are not on it.
    pub fn missing(&self, hs: &str, country: &str, day: Day) -> Option<&Row<Listed>> {
        let fitting = || {
            let rows = self.0.iter().filter(|(prefix, ..)| hs.starts_with(prefix.as_str()));
            rows.filter_map(|(_, of, rows)| Some((of, rows.on(day)?)))
        };
        if fitting().any(|(of, _)| of == country) { None } else { fitting().next().map(|(_, row)| row) }
    }
}

pub(super) fn load(r: &mut Reader<'_>) -> Access {
    // Policies adopted by older programs have no lists.
    if !r.has("access.csv") {
        return Access::default();
    }
    let all = r.table("access.csv", &["hs_prefix", "country", "zh", "en"], Between::GapAllowed, read);
    let mut rows: Vec<_> = all.into_iter().map(|(key, rows)| (key.prefix.to_string(), key.country, rows)).collect();
    rows.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
    Access(rows)
}

fn read(cells: &mut Cells<'_>) -> Option<(Goods, Listed)> {
    let goods = super::bans::goods_of(cells);
    let (zh, en) = (cells.text("zh"), cells.text("en"));
    let goods = goods?;
    if goods.country == "*" {
        cells.fault("country", "名单逐国填写。".into(), "a list names each country".into());
        return None;
    }
    Some((goods, Listed { zh: zh?, en: en? }))
}

#[cfg(test)]
mod tests {
    use crate::policy::{Policy, SAMPLE};
    use crate::time::Day;

    #[test]
    fn goods_under_a_list_come_from_its_countries_and_others_from_anywhere() {
        let rows = "hs_prefix,country,zh,en,from,until,known_from,clause,mark,note\n\
            0808,609,苹果,apples,2020-01-01,,,示例 (sample),sample,\n\
            080830,412,梨,pears,2024-01-01,2024-12-31,,示例 (sample),sample,\n";
        let files = SAMPLE.iter().map(|(name, text)| (*name, if *name == "access.csv" { rows } else { *text }));
        let policy = Policy::load(&files.collect::<Vec<_>>()).unwrap();
        let day = |text| Day::parse(text).unwrap();
        for (hs, country, on, listed) in [
            ("0808108000", "609", "2024-06-01", true),
            ("0808108000", "412", "2024-06-01", false),
            ("0808301000", "412", "2023-12-31", false),
            ("0808301000", "412", "2024-01-01", true),
            ("0808301000", "412", "2024-12-31", true),
            ("0808301000", "412", "2025-01-01", false),
            ("0808108000", "412", "2019-12-31", true),
            ("0809100000", "412", "2024-06-01", true),
        ] {
            assert_eq!(policy.access_missing(hs, country, day(on)).is_none(), listed, "{hs} of {country} on {on}");
        }
        let older: Vec<_> = SAMPLE.iter().filter(|(name, _)| *name != "access.csv").collect();
        let older: Vec<_> = older.into_iter().copied().collect();
        assert!(Policy::load(&older).unwrap().access_missing("0808108000", "412", day("2024-06-01")).is_none());
    }
}
