//! Personal articles by mail or express (进境物品, formerly 行邮税): what a parcel that is no e-commerce bears.
//!
//! C11 and the rules before it (paraphrase): articles are taxed in bands of one rate each; GACC 2010 No. 43: a tax of 50
//! yuan or less is free; a parcel from Hong Kong, Macao or Taiwan may be worth 800 yuan, from elsewhere 1,000; above that
//! it goes back or is declared as goods, unless it holds one indivisible article for personal use.
//!
//! Reading 1: the taxable price is that of the official table; where the declared one lies between half and twice of it,
//! both included, the declared one. Each article's tax is rounded once, half up to the fen; the free amount is compared
//! with their sum. Articles without a table price are taken at what is declared. Which band goods belong to is stated.

use super::load::{Between, Reader};
use super::{Dated, Named, Parameter, Policy};
use crate::exact::{Exact, Fraction};
use crate::finding::{Code, Finding};
use crate::money::Fen;
use crate::time::Day;

/// The rate of a band.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Band {
    pub name: Named,
    pub rate: Fraction,
}

pub(super) fn load(r: &mut Reader<'_>) -> std::collections::HashMap<String, Dated<Band>> {
    if !r.has("article_rates.csv") {
        return std::collections::HashMap::new();
    }
    r.table("article_rates.csv", &["band", "zh", "en", "rate"], Between::GapAllowed, |c| {
        let (band, name, rate) = (c.text("band"), super::name(c), c.fraction("rate"));
        Some((band?, Band { name: name?, rate: rate? }))
    })
}

/// Hong Kong, Macao and Taiwan, by their customs codes: a parcel from there may be worth less (GACC 2010 No. 43).
const NEAR: [&str; 3] = ["110", "121", "143"];

/// Whether the lower limit holds for what was sent from there.
pub fn is_near(country: &str) -> bool {
    NEAR.contains(&country)
}

/// An article, or several of one kind.
#[derive(Clone, Debug)]
pub struct Article {
    /// `1`, `2`, `3`, `medicine`.
    pub band: String,
    pub declared: Fen,
    /// By the official price table.
    pub table: Option<Fen>,
}

impl Article {
    /// The price that is taxed.
    pub fn price(&self) -> Fen {
        match self.table {
            Some(table) if self.declared.0 * 2 < table.0 || self.declared.0 > table.0 * 2 => table,
            _ => self.declared,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessed {
    pub value: Fen,
    /// By article.
    pub taxes: Vec<Fen>,
    pub tax: Fen,
    /// The tax is not more than the free amount: nothing is paid.
    pub free: bool,
}

impl Assessed {
    pub fn due(&self) -> Fen {
        if self.free { Fen::ZERO } else { self.tax }
    }
}

/// Reckons a parcel of articles. `near`: from Hong Kong, Macao or Taiwan; `indivisible`: one article that cannot be
/// divided, for personal use.
///
/// # Errors
/// `ARTICLES_OVER_LIMIT` where it has to go back or be declared as goods; `NO_RULE_KNOWN` without a rate of the day.
pub fn assess(
    articles: &[Article],
    near: bool,
    indivisible: bool,
    policy: &Policy,
    day: Day,
) -> Result<Assessed, Finding> {
    let none = |what: &str| Finding::new(Code::NoRuleKnown, "C11", "").arg("day", day).arg("what", what);
    let value: Fen = articles.iter().map(Article::price).sum();
    let which = if near { Parameter::ArticlesLimitNear } else { Parameter::ArticlesLimit };
    let row = policy.parameter(which, day).ok_or_else(|| none("articles.value_limit"))?;
    let limit = Fen(row.value.as_whole().unwrap_or(0));
    if value > limit && !(indivisible && articles.len() == 1) {
        let finding = Finding::new(Code::ArticlesOverLimit, &row.clause, "value");
        return Err(finding.arg("value", value).arg("limit", limit));
    }
    let mut taxes = Vec::with_capacity(articles.len());
    for article in articles {
        let band = policy.article_band(&article.band, day).ok_or_else(|| none(&article.band))?;
        let exact: Option<Exact> = band.value.rate.exact().times(Fraction::whole(article.price().0));
        taxes.push(Fen(exact.and_then(|e| e.half_up()).ok_or_else(|| none(&article.band))?));
    }
    let tax = taxes.iter().copied().sum();
    let free = policy.whole(Parameter::ArticlesTaxFree, day).is_some_and(|free| tax <= Fen(free));
    Ok(Assessed { value, taxes, tax, free })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_on_both_sides_of_each_border() {
        let policy = Policy::sample();
        for (on, articles, near, indivisible, expected) in [
            // Rules.md 3.8: snacks 384.00 -> 49.92 free; 385.00 -> 50.05 pays the whole; cream 250.00 at 20 % -> 50.00 free.
            ("2026-03-02", vec![("1", 38_400)], false, false, Ok((4_992, 0))),
            ("2026-03-02", vec![("1", 38_500)], false, false, Ok((5_005, 5_005))),
            ("2026-03-02", vec![("2", 25_000)], false, false, Ok((5_000, 0))),
            ("2026-03-02", vec![("2", 25_003)], false, false, Ok((5_001, 5_001))),
            // 800 yuan from near, 1,000 from elsewhere, both inside.
            ("2026-03-02", vec![("3", 80_000)], true, false, Ok((40_000, 40_000))),
            ("2026-03-02", vec![("3", 80_001)], true, false, Err("ARTICLES_OVER_LIMIT")),
            ("2026-03-02", vec![("3", 100_000)], false, false, Ok((50_000, 50_000))),
            ("2026-03-02", vec![("3", 50_000), ("3", 50_001)], false, true, Err("ARTICLES_OVER_LIMIT")),
            ("2026-03-02", vec![("3", 120_000)], false, true, Ok((60_000, 60_000))),
            // The bands of 2016, 2018 and 2019.
            ("2018-10-31", vec![("2", 50_000)], false, false, Ok((15_000, 15_000))),
            ("2018-11-01", vec![("2", 50_000)], false, false, Ok((12_500, 12_500))),
            ("2019-04-08", vec![("1", 50_000)], false, false, Ok((7_500, 7_500))),
            ("2019-04-09", vec![("1", 50_000)], false, false, Ok((6_500, 6_500))),
            ("2016-04-07", vec![("1", 50_000)], false, false, Err("NO_RULE_KNOWN")),
        ] {
            let article =
                |(band, price): &(&str, i64)| Article { band: (*band).to_owned(), declared: Fen(*price), table: None };
            let of: Vec<Article> = articles.iter().map(article).collect();
            let found = assess(&of, near, indivisible, &policy, Day::parse(on).unwrap());
            let found = found.map(|a| (a.tax.0, a.due().0)).map_err(|f| f.code.name());
            assert_eq!(found, expected, "{on} {articles:?}");
        }
    }

    #[test]
    fn the_table_price_is_taken_below_half_and_above_twice() {
        for (declared, expected) in [(4_999, 10_000), (5_000, 5_000), (20_000, 20_000), (20_001, 10_000)] {
            let article = Article { band: "1".into(), declared: Fen(declared), table: Some(Fen(10_000)) };
            assert_eq!(article.price(), Fen(expected));
        }
    }
}
