//! Which goods may come in by retail import (跨境电子商务零售进口商品清单).
//!
//! The list names eight-digit codes, some with a remark (备注) that narrows them: bonded import only; so much a
//! person and year; not goods of the catalogue of wild animals and plants; not dual-use goods; one kind of article.
//!
//! Reading 1: the list of the day of declaration holds. The first eight digits of `gcode` are looked up. The
//! quantity of a year is that of the calendar year, counted in the limit's unit, and equal is within.
//! Not covered: remarks on package size or price; they stand in `remark` and bind people, not this program.

use super::load::Cells;
use super::{Digits, ModeKind, Named, Policy, Row};
use crate::exact::Fraction;
use crate::finding::{Code, Finding};
use crate::money::{Quantity, SCALE};
use crate::time::Day;

/// A row of the list, its remark taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Positive {
    pub name: Named,
    /// 仅限网购保税商品.
    pub bonded_only: bool,
    /// So much a person and year, in the unit with this code.
    pub year_limit: Option<(Quantity, String)>,
    /// 列入《进出口野生动植物种商品目录》的商品除外: goods flagged as such are not on the list.
    pub species_excluded: bool,
    /// Dual-use and ozone-depleting goods are not on the list.
    pub dual_use_excluded: bool,
    /// Only goods filed as this kind of article.
    pub article: Option<String>,
    /// The remark as it stands.
    pub remark: String,
}

/// What is known of goods beyond their code (from the filing of goods).
#[derive(Clone, Copy, Debug, Default)]
pub struct Goods<'a> {
    pub hs: &'a str,
    /// Made of a listed wild animal or plant.
    pub is_listed_species: bool,
    /// A dual-use or ozone-depleting good.
    pub is_dual_use: bool,
    /// The kind of article that they were filed as.
    pub article: &'a str,
}

/// The row under which goods may come in by a mode of this kind.
///
/// # Errors
/// `NOT_ON_POSITIVE_LIST`, also where a remark leaves the goods out; `BONDED_ONLY`.
pub fn check<'p>(
    policy: &'p Policy,
    goods: &Goods<'_>,
    mode: (&str, ModeKind),
    gnum: u32,
    day: Day,
) -> Result<&'p Row<Positive>, Finding> {
    let missing = |clause: &str| {
        Finding::new(Code::NotOnPositiveList, clause, "gcode").line(gnum).arg("hs", goods.hs).arg("day", day)
    };
    let row = policy.positive(goods.hs, day).ok_or_else(|| missing("清单 (positive list)"))?;
    let value = &row.value;
    if value.species_excluded && goods.is_listed_species
        || value.dual_use_excluded && goods.is_dual_use
        || value.article.as_ref().is_some_and(|article| article != goods.article)
    {
        return Err(missing(&row.clause));
    }
    if value.bonded_only && mode.1 != ModeKind::Bonded {
        let finding = Finding::new(Code::BondedOnly, &row.clause, "tradeMode").line(gnum);
        return Err(finding.arg("hs", goods.hs).arg("mode", mode.0));
    }
    Ok(row)
}

/// `OVER_ANNUAL_QUANTITY` where the buyer's year, with what this list holds of the code so far, passes the limit.
pub fn over_year_quantity(
    row: &Row<Positive>,
    hs: &str,
    year_so_far: Quantity,
    quantity: Quantity,
    gnum: u32,
) -> Option<Finding> {
    let (limit, _) = row.value.year_limit.as_ref()?;
    let finding = |sum: String| {
        let finding = Finding::new(Code::OverAnnualQuantity, &row.clause, "qty1").line(gnum);
        finding.arg("hs", hs.get(..8).unwrap_or(hs)).arg("sum", sum).arg("limit", limit)
    };
    match year_so_far.0.checked_add(quantity.0).map(Quantity) {
        None => Some(finding("?".into())),
        Some(sum) => (sum > *limit).then(|| finding(sum.to_string())),
    }
}

pub(super) const COLUMNS: &[&str] = &[
    "hs8",
    "zh",
    "en",
    "bonded_only",
    "year_limit",
    "year_unit",
    "species_excluded",
    "dual_use_excluded",
    "article",
    "remark",
];

pub(super) fn read(cells: &mut Cells<'_>) -> Option<(Digits, Positive)> {
    let hs8 = cells.digits("hs8", 8);
    let name = super::name(cells);
    let bonded_only = cells.flag("bonded_only");
    let limit = cells.maybe("year_limit", Cells::fraction);
    let unit = cells.optional("year_unit");
    let species_excluded = cells.flag("species_excluded");
    let dual_use_excluded = cells.flag("dual_use_excluded");
    let article = cells.optional("article");
    let remark = cells.optional("remark").unwrap_or_default();
    let year_limit = match (limit?, unit) {
        (None, None) => None,
        (Some(limit), Some(unit)) => {
            let scaled = limit.exact().times(Fraction::whole(SCALE)).map(|exact| exact.parts());
            let Some((n, 1)) = scaled else {
                cells.fault(
                    "year_limit",
                    "year_limit 至多五位小数。".into(),
                    "year_limit has more than five decimals".into(),
                );
                return None;
            };
            Some((Quantity(i64::try_from(n).ok()?), unit))
        }
        _ => {
            cells.fault(
                "year_unit",
                "year_limit 与 year_unit 应同时填写。".into(),
                "year_limit and year_unit go together".into(),
            );
            return None;
        }
    };
    let positive = Positive {
        name: name?,
        bonded_only: bonded_only?,
        year_limit,
        species_excluded: species_excluded?,
        dual_use_excluded: dual_use_excluded?,
        article,
        remark,
    };
    Some((Digits::of(&hs8?)?, positive))
}
