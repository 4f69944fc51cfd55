//! Which parcels a person looks at, or inspects: rules that give points and a reason (布控).
//!
//! [ours] Rules are data: one fact, one value, points. The points of a parcel are the sum of the rules that meet it,
//! and of the remarks that matching makes (M13, M18); from `risk.review_points` a person looks at it, from
//! `risk.inspect_points` it is inspected. A parcel that no rule stops is released. Nothing here refuses.
//! Not covered: learned scores, and facts beyond one list (consumers, rings, prices): they come with their own issue.

use super::load::{Between, Cells, Reader};
use super::{Dated, Named};
use crate::documents::List;
use crate::money::Fen;
use crate::time::Day;

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RiskRule {
    pub name: Named,
    pub fact: Fact,
    pub points: u32,
}

/// What a rule looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// First digits of a line's HS code.
    Hs(String),
    /// Customs code of a line's country of origin.
    Origin(String),
    Seller(String),
    Agent(String),
    Carrier(String),
    /// The goods of the list are worth more than so many fen.
    ValueOver(Fen),
}

impl RiskRule {
    pub fn meets(&self, list: &List) -> bool {
        match &self.fact {
            Fact::Hs(digits) => list.lines.iter().any(|l| l.gcode.starts_with(digits.as_str())),
            Fact::Origin(country) => list.lines.iter().any(|l| l.country == *country),
            Fact::Seller(code) => list.ebc_code == *code,
            Fact::Agent(code) => list.agent_code == *code,
            Fact::Carrier(code) => list.logistics_code == *code,
            Fact::ValueOver(fen) => list.lines.iter().map(|l| l.total).sum::<Fen>() > *fen,
        }
    }
}

/// The rules, by their number.
#[derive(Debug, Default)]
pub(super) struct RiskRules(Vec<(String, Dated<RiskRule>)>);

impl RiskRules {
    /// By their numbers.
    pub fn rows(&self) -> impl Iterator<Item = (&str, &Dated<RiskRule>)> {
        self.0.iter().map(|(id, rows)| (id.as_str(), rows))
    }

    /// The rules in force that meet a list.
    pub fn meeting<'p>(&'p self, list: &List, day: Day) -> impl Iterator<Item = (&'p str, &'p super::Row<RiskRule>)> {
        let rows = self.0.iter().filter_map(move |(id, rows)| Some((id.as_str(), rows.on(day)?)));
        rows.filter(|(_, row)| row.value.meets(list)).collect::<Vec<_>>().into_iter()
    }
}

pub(super) fn load(r: &mut Reader<'_>) -> RiskRules {
    let columns = &["id", "zh", "en", "fact", "value", "points"];
    let mut rules: Vec<_> = r.table("risk.csv", columns, Between::GapAllowed, read).into_iter().collect();
    rules.sort_by(|a, b| a.0.cmp(&b.0));
    RiskRules(rules)
}

fn read(cells: &mut Cells<'_>) -> Option<(String, RiskRule)> {
    let id = cells.text("id");
    let name = super::name(cells);
    let fact = cells.text("fact");
    let value = cells.text("value");
    let points = cells.whole("points");
    let (id, name, fact, value, points) = (id?, name?, fact?, value?, points?);
    let fact = match fact.as_str() {
        "hs" => Fact::Hs(value),
        "origin" => Fact::Origin(value),
        "seller" => Fact::Seller(value),
        "agent" => Fact::Agent(value),
        "carrier" => Fact::Carrier(value),
        "value_over_fen" => match value.parse() {
            Ok(fen) => Fact::ValueOver(Fen(fen)),
            Err(_) => {
                cells.fault("value", "value 应为以分计的整数。".into(), "value should be a whole number of fen".into());
                return None;
            }
        },
        _ => {
            let known = "hs, origin, seller, agent, carrier, value_over_fen";
            cells.fault("fact", format!("fact 应为其中之一：{known}。"), format!("fact should be one of {known}"));
            return None;
        }
    };
    let Ok(points) = u32::try_from(points) else {
        cells.fault("points", "points 不得为负。".into(), "points is negative".into());
        return None;
    };
    Some((id, RiskRule { name, fact, points }))
}
