//! Personal articles that the post carries (进境物品; rules.md 3.8): free, taxed, indivisible, and the mistakes made with
//! them. Each is told on both sides of a border.

use trade::articles::{Declaration, Declared};
use trade::command::{Actor, ActorRole};
use trade::money::Fen;
use trade::time::{Day, HOUR_MS, Moment};

use crate::dice::{Dice, mix};
use crate::export::{Later, LaterTruth, Step};
use crate::people::person;

/// The post of the sample zone.
const POST: &str = "4602960L03";

/// What a parcel holds: what it is, the band of its rate, its price in yuan, how often, and one piece for own use.
type Held = (&'static str, &'static str, i64, usize, bool);
/// The country that it comes from, what it holds, and what becomes of it.
type Row = (&'static str, Held, (&'static str, &'static str, &'static str));

const PARCELS: &[Row] = &[
    // 13 % of 384 yuan is 49.92: free. Of 385 it is 50.05: all of it is paid.
    ("502", ("巧克力", "1", 384, 1, false), ("released", "", "")),
    ("502", ("巧克力", "1", 385, 1, false), ("accepted", "", "")),
    // Two kinds are one parcel.
    ("116", ("咖啡豆", "1", 200, 2, false), ("accepted", "", "")),
    ("110", ("唇膏", "3", 800, 1, false), ("accepted", "", "")),
    ("110", ("唇膏", "3", 801, 1, false), ("refused", "ARTICLES_OVER_LIMIT", "articles: above 800 from Hong Kong")),
    ("502", ("玩具", "1", 1_001, 1, false), ("refused", "ARTICLES_OVER_LIMIT", "articles: above 1,000 from elsewhere")),
    ("502", ("大提琴", "2", 4_000, 1, true), ("accepted", "", "")),
    ("502", ("巧克力", "9", 100, 1, false), ("refused", "ARTICLES_FORM", "articles: a band that there is not")),
    ("502", ("巧克力", "1", 0, 1, false), ("refused", "ARTICLES_FORM", "articles: worth nothing")),
    ("502", ("巧克力", "1", 100, 1, false), ("refused", "ARTICLES_PERSON", "articles: nobody's")),
];

/// A day of the post.
pub fn articles(seed: u64, day: Day) -> Vec<Later> {
    let mut dice = Dice::new(mix(seed ^ 0x6172_7469_636c_6573));
    let mut out = Vec::new();
    for (n, (country, (name, band, value, kinds, indivisible), told)) in PARCELS.iter().enumerate() {
        let (expect, reason, fault) = *told;
        let at = Moment(day.starts().0 + 9 * HOUR_MS + n as i64 * 300_000);
        let waybill = format!("EP{}{:02}", 10_000_000 + dice.below(80_000_000), n);
        let one =
            Declared { name: (*name).into(), band: (*band).into(), value: Fen::yuan(*value), ..Declared::default() };
        let declaration = Declaration {
            by: Actor { id: POST.into(), role: ActorRole::Enterprise },
            enterprise: POST.into(),
            waybill: waybill.as_str().into(),
            country: (*country).into(),
            office: "6402".into(),
            indivisible: *indivisible,
            articles: vec![one; *kinds],
            ..Declaration::default()
        };
        let nobody = fault.ends_with("nobody's");
        let identity = if nobody { String::new() } else { person(400_000_000 + dice.below(1_000_000)).id_number };
        let truth =
            LaterTruth { what: "articles", key: waybill, expect, reason, fault, from: at.to_string(), abroad: None };
        out.push(Later { at, step: Step::Articles(declaration, identity), truth });
    }
    out
}
