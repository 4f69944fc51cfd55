//! Which goods of which origin must not come in (R15): epidemic areas, emergency measures.
//!
//! A194 and the quarantine law (paraphrase): that goods are on the positive list does not free them from a ban on
//! goods of an epidemic area or from an emergency measure against a risk.
//!
//! Reading 1: a row names the first digits of the code and the customs code of the country of origin (`*` for all);
//! the ban of the day of declaration holds. The widest row is named where several stop the goods.
//! Reading 2: the joint catalogue of animals, plants and their products that may not be carried or mailed in (2021 No. 470,
//! before it 2012 No. 1712; rules.md 8.4) is a table of the same form, and binds parcels of direct purchase (9610) and
//! what comes by mail (transport 6); goods that come as freight to a bonded area are not mailed.
//! Not covered: bans on parts of a country (a prefecture, a zone): the list does not say where in a country goods
//! are from, so such a row bans the whole country or is left to people.

use std::collections::HashMap;

use super::load::{Between, Cells, Reader};
use super::{Dated, Digits, Row};
use crate::time::Day;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ban {
    pub zh: String,
    pub en: String,
}

/// Bans of what comes by mail or in a parcel alone.
pub(super) const MAIL: &str = "mail.csv";

/// By country (`*` for all), then by the digits that the code begins with.
#[derive(Debug, Default)]
pub(super) struct Bans {
    by_country: HashMap<String, Vec<(String, Dated<Ban>)>>,
}

impl Bans {
    pub fn on(&self, hs: &str, country: &str, day: Day) -> Option<&Row<Ban>> {
        let of = |country: &str| {
            let rows = self.by_country.get(country)?;
            rows.iter().filter(|(prefix, _)| hs.starts_with(prefix.as_str())).find_map(|(_, rows)| rows.on(day))
        };
        of("*").or_else(|| of(country))
    }

    /// First digits, country and rows, in no order.
    pub fn rows(&self) -> impl Iterator<Item = (&str, &str, &Dated<Ban>)> {
        self.by_country
            .iter()
            .flat_map(|(country, all)| all.iter().map(move |(prefix, rows)| (prefix.as_str(), country.as_str(), rows)))
    }
}

/// `bans.csv`, or `mail.csv`: what may not come in by mail or in a parcel (禁止寄递进境).
pub(super) fn load(r: &mut Reader<'_>, file: &str) -> Bans {
    // Policies adopted by older programs have no catalogue.
    if file == MAIL && !r.has(file) {
        return Bans::default();
    }
    let all = r.table(file, &["hs_prefix", "country", "zh", "en"], Between::GapAllowed, read);
    let mut by_country: HashMap<String, Vec<(String, Dated<Ban>)>> = HashMap::new();
    for (Goods { prefix, country }, rows) in all {
        by_country.entry(country).or_default().push((prefix.to_string(), rows));
    }
    for rows in by_country.values_mut() {
        rows.sort_by(|a, b| (a.0.len(), &a.0).cmp(&(b.0.len(), &b.0)));
    }
    Bans { by_country }
}

/// First digits of the HS code, and country of origin or `*`: which goods a row is about.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Goods {
    pub prefix: Digits,
    pub country: String,
}

impl std::fmt::Display for Goods {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} / {}", self.prefix, self.country)
    }
}

fn read(cells: &mut Cells<'_>) -> Option<(Goods, Ban)> {
    let goods = goods_of(cells);
    let zh = cells.text("zh");
    let en = cells.text("en");
    Some((goods?, Ban { zh: zh?, en: en? }))
}

pub(super) fn goods_of(cells: &mut Cells<'_>) -> Option<Goods> {
    let (prefix, country) = (cells.text("hs_prefix"), cells.text("country"));
    let (prefix, country) = (prefix?, country?);
    let Some(prefix) = Digits::of(&prefix).filter(|_| (2..=10).contains(&prefix.len())) else {
        cells.fault("hs_prefix", "hs_prefix 应为 2 至 10 位数字。".into(), "hs_prefix should be 2 to 10 digits".into());
        return None;
    };
    if country != "*" && (country.len() != 3 || !country.bytes().all(|b| b.is_ascii_digit())) {
        cells.fault("country", "country 应为三位国别代码或 *。".into(), "country should be three digits or *".into());
        return None;
    }
    Some(Goods { prefix, country })
}
