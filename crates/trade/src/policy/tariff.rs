//! Rates and statutory units of a ten-digit code, and how much of a line a specific tax or a price threshold looks at.
//!
//! Tariff and consumption tax rules (rules.md 3.3; Caiguanshui [2016] No. 48 for cosmetics): consumption tax is a
//! share of the price, an amount per unit, both, or a share from a price per unit of content on.
//!
//! Reading 1: cosmetics are high-end at 10 yuan per millilitre or gram, or 15 yuan per piece or sheet, reached
//! exactly or passed, measured on the taxable price with carriage. Goods counted in sheets (片, 张) are measured by
//! the sheet, others by their content: declared in ml, l, g or kg as it is, otherwise by the statutory quantities;
//! where the content cannot be told from the list, the net weight in the statutory kilograms stands for it [ours].
//! Not covered: a set of several articles, of which each is measured by itself.

use super::load::Cells;
use super::{Digits, Named};
use crate::exact::Fraction;
use crate::money::{Quantity, SCALE};

/// One code on some days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TariffRow {
    pub name: Named,
    pub duty: Fraction,
    pub vat: Fraction,
    pub consumption: ConsumptionRule,
    /// First statutory unit (法定第一单位).
    pub unit1: String,
    /// Second statutory unit, where there is one.
    pub unit2: Option<String>,
    /// Supervision conditions, one character each (rules.md 8.5); they do not bind goods on the positive list.
    pub conditions: String,
}

/// Consumption tax as the tariff writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsumptionRule {
    None,
    AdValorem {
        rate: Fraction,
    },
    Specific {
        fen_per_unit: Fraction,
        unit: Measure,
    },
    Compound {
        rate: Fraction,
        fen_per_unit: Fraction,
        unit: Measure,
    },
    /// A share from a price per unit on; `per_piece` for goods counted in pieces or sheets.
    Threshold {
        rate: Fraction,
        per_content: Option<Fraction>,
        per_piece: Option<Fraction>,
    },
}

/// What a specific tax is reckoned by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    Litre,
    Kilogram,
    Piece,
}

/// Consumption tax as it meets one line: with the line's own quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consumption {
    None,
    AdValorem {
        rate: Fraction,
    },
    /// `quantity` in the unit of `fen_per_unit`.
    Specific {
        fen_per_unit: Fraction,
        quantity: Fraction,
    },
    Compound {
        rate: Fraction,
        fen_per_unit: Fraction,
        quantity: Fraction,
    },
    /// Taxed where price >= threshold * content.
    Threshold {
        rate: Fraction,
        fen_per_content: Fraction,
        content: Fraction,
    },
}

/// The rates that one line is taxed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    pub duty: Fraction,
    pub vat: Fraction,
    pub consumption: Consumption,
}

/// How much there is of a line: declared quantity with its unit, then the statutory ones.
#[derive(Clone, Copy, Debug)]
pub struct Amounts<'a> {
    pub declared: (&'a str, Quantity),
    pub statutory: [(&'a str, Quantity); 2],
}

impl Amounts<'_> {
    /// The amounts, declared first.
    fn all(&self) -> [(&str, Quantity); 3] {
        [self.declared, self.statutory[0], self.statutory[1]]
    }

    /// In litres, kilograms or pieces, where a unit says so.
    fn measure(&self, measure: Measure) -> Option<Fraction> {
        self.all().into_iter().find_map(|(unit, quantity)| {
            let (of, num, den) = measure_of(unit)?;
            (of == measure).then(|| scaled(quantity, num, den))?
        })
    }

    /// Millilitres or grams.
    fn content(&self) -> Option<Fraction> {
        self.all().into_iter().find_map(|(unit, quantity)| match measure_of(unit)? {
            (Measure::Litre | Measure::Kilogram, num, den) => scaled(quantity, num * 1_000, den),
            (Measure::Piece, ..) => None,
        })
    }

    /// Sheets or pieces, where the goods are counted in them.
    fn sheets(&self) -> Option<Fraction> {
        self.all()
            .into_iter()
            .find_map(|(unit, quantity)| matches!(unit, "010" | "020").then(|| scaled(quantity, 1, 1))?)
    }
}

/// What a unit measures, and how many of the measure's unit it holds.
fn measure_of(unit: &str) -> Option<(Measure, i64, i64)> {
    Some(match unit {
        "095" => (Measure::Litre, 1, 1),
        "096" => (Measure::Litre, 1, 1_000),
        "035" => (Measure::Kilogram, 1, 1),
        "036" => (Measure::Kilogram, 1, 1_000),
        "007" | "008" | "011" | "010" | "020" => (Measure::Piece, 1, 1),
        _ => return None,
    })
}

fn scaled(quantity: Quantity, num: i64, den: i64) -> Option<Fraction> {
    Fraction::new(quantity.0.checked_mul(num)?, SCALE.checked_mul(den)?)
}

/// The rates of a line, or `None` where its quantities do not tell what the tax is reckoned by.
pub fn rates(row: &TariffRow, amounts: &Amounts<'_>) -> Option<Rates> {
    let consumption = match row.consumption {
        ConsumptionRule::None => Consumption::None,
        ConsumptionRule::AdValorem { rate } => Consumption::AdValorem { rate },
        ConsumptionRule::Specific { fen_per_unit, unit } => {
            Consumption::Specific { fen_per_unit, quantity: amounts.measure(unit)? }
        }
        ConsumptionRule::Compound { rate, fen_per_unit, unit } => {
            Consumption::Compound { rate, fen_per_unit, quantity: amounts.measure(unit)? }
        }
        ConsumptionRule::Threshold { rate, per_content, per_piece } => {
            let by_sheet = per_piece.zip(amounts.sheets());
            let by_content = || per_content.zip(amounts.content());
            let by_piece = || per_piece.zip(amounts.measure(Measure::Piece));
            let (fen_per_content, content) = by_sheet.or_else(by_content).or_else(by_piece)?;
            Consumption::Threshold { rate, fen_per_content, content }
        }
    };
    Some(Rates { duty: row.duty, vat: row.vat, consumption })
}

pub(super) const COLUMNS: &[&str] = &[
    "hs10",
    "zh",
    "en",
    "duty",
    "vat",
    "ct_kind",
    "ct_rate",
    "ct_fen_per_unit",
    "ct_unit",
    "ct_fen_per_content",
    "ct_fen_per_piece",
    "unit1",
    "unit2",
    "conditions",
];

pub(super) fn read(cells: &mut Cells<'_>) -> Option<(Digits, TariffRow)> {
    let hs10 = cells.digits("hs10", 10);
    let name = super::name(cells);
    let duty = cells.fraction("duty");
    let vat = cells.rate("vat");
    let consumption = read_consumption(cells);
    let unit1 = cells.digits("unit1", 3);
    let unit2 = cells.maybe("unit2", |cells, name| cells.digits(name, 3));
    let conditions = cells.optional("conditions").unwrap_or_default();
    let row = TariffRow {
        name: name?,
        duty: duty?,
        vat: vat?,
        consumption: consumption?,
        unit1: unit1?,
        unit2: unit2?,
        conditions,
    };
    Some((Digits::of(&hs10?)?, row))
}

fn read_consumption(cells: &mut Cells<'_>) -> Option<ConsumptionRule> {
    #[derive(Clone, Copy, PartialEq)]
    enum Kind {
        None,
        AdValorem,
        Specific,
        Compound,
        Threshold,
    }
    let kinds = [
        ("none", Kind::None),
        ("ad_valorem", Kind::AdValorem),
        ("specific", Kind::Specific),
        ("compound", Kind::Compound),
        ("threshold", Kind::Threshold),
    ];
    let units = [("litre", Measure::Litre), ("kilogram", Measure::Kilogram), ("piece", Measure::Piece)];
    let kind = cells.one_of("ct_kind", &kinds)?;
    Some(match kind {
        Kind::None => ConsumptionRule::None,
        Kind::AdValorem => ConsumptionRule::AdValorem { rate: cells.rate("ct_rate")? },
        Kind::Specific => {
            let (fen_per_unit, unit) = (cells.fraction("ct_fen_per_unit"), cells.one_of("ct_unit", &units));
            ConsumptionRule::Specific { fen_per_unit: fen_per_unit?, unit: unit? }
        }
        Kind::Compound => {
            let rate = cells.rate("ct_rate");
            let (fen_per_unit, unit) = (cells.fraction("ct_fen_per_unit"), cells.one_of("ct_unit", &units));
            ConsumptionRule::Compound { rate: rate?, fen_per_unit: fen_per_unit?, unit: unit? }
        }
        Kind::Threshold => {
            let rate = cells.rate("ct_rate");
            let per_content = cells.maybe("ct_fen_per_content", Cells::fraction)?;
            let per_piece = cells.maybe("ct_fen_per_piece", Cells::fraction)?;
            if per_content.is_none() && per_piece.is_none() {
                cells.fault(
                    "ct_fen_per_content",
                    "threshold 需要 ct_fen_per_content 或 ct_fen_per_piece。".into(),
                    "a threshold needs ct_fen_per_content or ct_fen_per_piece".into(),
                );
                return None;
            }
            ConsumptionRule::Threshold { rate: rate?, per_content, per_piece }
        }
    })
}
