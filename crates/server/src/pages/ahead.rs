//! What a law that is adopted before its first day will change for an enterprise: by day, and by its own goods.

use crate::Portal;
use crate::law::{Ahead, Goods};
use crate::pages::export::{Sheet, is_csv};
use crate::site::{Frame, Visit};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use std::collections::BTreeSet;
use trade::policy::ahead::{Coming, Matter};
use trade::time::Day;

#[derive(Template)]
#[template(path = "ahead.html")]
struct Page<'a> {
    f: &'a Frame,
    a: &'a Ahead,
}

/// Rows of one day; CSV and JSON have all.
const LISTED: usize = 60;

impl Frame {
    /// `duty 7% becomes 5%` in the reader's language.
    pub fn coming(&self, coming: &Coming) -> String {
        let matter = self.t(match coming.matter {
            Matter::Duty => "ahead.duty",
            Matter::Vat => "ahead.vat",
            Matter::Consumption => "ahead.consumption",
            Matter::Listed => "ahead.listed",
            Matter::BondedOnly => "ahead.bonded_only",
            Matter::YearLimit => "ahead.year_limit",
            Matter::Banned => "ahead.banned",
            Matter::SingleLimit => "ahead.single_limit",
            Matter::AnnualLimit => "ahead.annual_limit",
            Matter::ReturnDays => "ahead.return_days",
            Matter::Relief => "ahead.relief",
        });
        let value = |text: &str| match (text, coming.matter) {
            ("yes", _) => self.t("ahead.yes").to_owned(),
            ("no", _) | ("", Matter::Listed | Matter::Banned | Matter::BondedOnly) => self.t("ahead.no").to_owned(),
            ("", _) => self.t("ahead.none").to_owned(),
            (text, _) => text.to_owned(),
        };
        self.lang.fill("ahead.becomes", &[matter, &value(&coming.before), &value(&coming.after)])
    }
}

impl Page<'_> {
    fn service(&self) -> Option<usize> {
        Some(0)
    }

    fn days(&self) -> BTreeSet<Day> {
        let of_goods = self.a.goods.iter().flat_map(|(_, coming)| coming);
        self.a.all.iter().chain(of_goods).map(|c| c.on).collect()
    }

    fn all(&self, day: &Day) -> Vec<&Coming> {
        self.a.all.iter().filter(|c| c.on == *day).collect()
    }

    /// The goods that change on a day, each with what changes.
    fn goods(&self, day: &Day) -> Vec<(&Goods, Vec<&Coming>)> {
        let of_day =
            self.a.goods.iter().map(|(goods, coming)| (goods, coming.iter().filter(|c| c.on == *day).collect()));
        of_day.filter(|(_, coming): &(_, Vec<_>)| !coming.is_empty()).collect()
    }

    fn shown<'g>(&self, goods: &'g [(&'g Goods, Vec<&'g Coming>)]) -> &'g [(&'g Goods, Vec<&'g Coming>)] {
        &goods[..goods.len().min(LISTED)]
    }

    fn lead(&self, day: &Day) -> String {
        let n = self.goods(day).len();
        self.f.lang.fill("ahead.day", &[&day.to_string(), &n.to_string(), &self.a.of.to_string()])
    }
}

pub async fn show(State(portal): State<Portal>, visit: Visit) -> Response {
    visit
        .page(&portal, |desk, f| {
            let ahead = desk.ahead(&f.sight)?;
            f.html(&Page { f, a: &ahead })
        })
        .await
}

/// A line for each change: of one of the goods, or of all where none is named.
pub async fn export(State(portal): State<Portal>, visit: Visit) -> Response {
    let csv = is_csv(&visit);
    visit
        .page(&portal, move |desk, f| {
            let ahead = desk.ahead(&f.sight)?;
            let line = |goods: Option<&Goods>, c: &Coming| {
                let [ebc, item_no, hs10] = match goods {
                    Some(goods) => [&goods.ebc, &goods.item_no, &goods.hs10].map(|text| text.as_str().into()),
                    None => ["".into(), "".into(), "".into()],
                };
                let (on, matter) = (c.on.to_string().into(), c.matter.name().into());
                let [before, after, clause] = [&c.before, &c.after, &c.clause].map(|text| text.as_str().into());
                [on, ebc, item_no, hs10, matter, before, after, clause]
            };
            let all = ahead.all.iter().map(|c| line(None, c));
            let goods = ahead.goods.iter().flat_map(|(goods, coming)| coming.iter().map(|c| line(Some(goods), c)));
            let columns = ["on", "ebc", "item_no", "hs10", "matter", "before", "after", "clause"];
            Ok(Sheet { columns, rows: all.chain(goods).collect() }.answer(csv))
        })
        .await
}
