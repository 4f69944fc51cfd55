//! What goods from abroad need before they come in: a supervised place accepted for their kind, and documents.
//!
//! Quarantine law of animals and plants, GACC Decree 248 and A194 (paraphrase; rules.md 8.3, 8.4): meat, fruit, chilled
//! aquatic products, grain and the like come in only at sites accepted for them; meat and fruit need a quarantine permit
//! (进境动植物检疫许可证), meat also a foreign establishment that is registered.
//!
//! Reading: a row names the first digits of the code, the customs code of the country of origin (`*` for all) and one
//! thing that is needed; all rows that fit hold together, by the day on which the goods are declared or enter.
//! Which goods may come from which country at all stands in [`super::access`].

use super::load::{Between, Cells, Reader};
use super::{Dated, Digits, Row};
use crate::time::Day;

/// What is needed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Need {
    /// A supervised place that is accepted for this kind (指定监管场地).
    Place(String),
    /// A document of this kind, registered with its result: `permit`, `establishment`, or a letter of 8.5.
    Document(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    pub need: Need,
    pub zh: String,
    pub en: String,
}

/// By the digits that the code begins with.
#[derive(Debug, Default)]
pub(super) struct Conditions(Vec<Fitting>);

#[derive(Debug)]
struct Fitting {
    prefix: String,
    country: String,
    rows: Dated<Condition>,
}

impl Conditions {
    /// Every series: prefix, country and rows.
    pub fn rows(&self) -> impl Iterator<Item = (&str, &str, &Dated<Condition>)> {
        self.0.iter().map(|fitting| (fitting.prefix.as_str(), fitting.country.as_str(), &fitting.rows))
    }

    pub fn on(&self, hs: &str, country: &str, day: Day) -> impl Iterator<Item = &Row<Condition>> {
        let of_country = move |fitting: &Fitting| fitting.country == "*" || fitting.country == country;
        let fits = self.0.iter().filter(move |fitting| hs.starts_with(&fitting.prefix) && of_country(fitting));
        fits.filter_map(move |fitting| fitting.rows.on(day))
    }
}

pub(super) fn load(r: &mut Reader<'_>) -> Conditions {
    let columns = &["hs_prefix", "country", "what", "name", "zh", "en"];
    let all = r.table("conditions.csv", columns, Between::GapAllowed, read);
    let mut rows: Vec<_> = all.into_iter().collect();
    rows.sort_by_key(|(key, _): &(Key, _)| key.to_string());
    let fitting = |(key, rows): (Key, _)| Fitting { prefix: key.prefix.to_string(), country: key.country, rows };
    Conditions(rows.into_iter().map(fitting).collect())
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    prefix: Digits,
    country: String,
    need: Need,
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (what, name) = match &self.need {
            Need::Place(name) => ("place", name),
            Need::Document(name) => ("document", name),
        };
        write!(f, "{} / {} / {what} {name}", self.prefix, self.country)
    }
}

fn read(cells: &mut Cells<'_>) -> Option<(Key, Condition)> {
    let goods = super::bans::goods_of(cells);
    let what = cells.one_of("what", &[("place", true), ("document", false)]);
    let name = cells.text("name");
    let (zh, en) = (cells.text("zh"), cells.text("en"));
    let need = if what? { Need::Place(name?) } else { Need::Document(name?) };
    let super::bans::Goods { prefix, country } = goods?;
    Some((Key { prefix, country, need: need.clone() }, Condition { need, zh: zh?, en: en? }))
}
