//! What the exporters of the sample zone offer, and how often each regime is gone.

use trade::money::{Price, Quantity};
use trade::registry::GoodsRow;

use crate::zone::{Firm, Zone};

const WARES: &str = include_str!("../../zone/export_assortment.csv");
const REGIMES: &str = include_str!("../../zone/regimes.csv");

/// One way to go, and how often it is gone.
#[derive(Clone, Debug)]
pub struct Regime {
    pub name: &'static str,
    pub mode: &'static str,
    pub flag: &'static str,
    pub digits: usize,
    pub share: u64,
}

/// The shares of regimes of one direction, from the data file.
pub fn regimes(direction: &str) -> Vec<Regime> {
    let rows = REGIMES.lines().filter(|l| !l.starts_with('#')).skip(1);
    let row = |line: &'static str| {
        let cells: Vec<&str> = line.split(',').collect();
        let [of, name, mode, flag, digits, share, ..] = cells[..] else { return None };
        let (digits, share) = (digits.parse().ok()?, share.parse().ok()?);
        (of == direction).then_some(Regime { name, mode, flag, digits, share })
    };
    rows.filter_map(row).collect()
}

/// How many of a hundred parcels of a seller with bonded stock come from it.
pub fn bonded_share() -> u64 {
    regimes("import").iter().find(|r| r.name == "bonded").map_or(0, |r| r.share)
}

/// Goods that an exporter offers.
#[derive(Clone, Debug)]
pub struct Ware {
    pub goods: GoodsRow,
    pub price: Price,
    pub currency: &'static str,
    pub gross: Quantity,
    pub net: Quantity,
    /// How often it is bought; 0 for goods of planted faults.
    pub weight: u64,
    /// May be declared by four or six digits (A75): no goods of the heading are subject to inspection.
    pub short: bool,
    /// Account book and book item.
    pub book: Option<(&'static str, &'static str)>,
}

impl Ware {
    pub fn rebate(&self) -> bool {
        self.goods.tags.iter().any(|tag| tag == "rebate")
    }
}

/// An exporter with its goods and who works for it.
#[derive(Clone, Debug)]
pub struct Exporter {
    pub firm: Firm,
    pub agent: Firm,
    pub wares: Vec<Ware>,
}

pub fn exporters(zone: &Zone) -> Vec<Exporter> {
    let mut all: Vec<Exporter> = Vec::new();
    for line in WARES.lines().filter(|l| !l.starts_with('#')).skip(1) {
        let cells: Vec<&'static str> = line.split(',').collect();
        let [ebc, item_no, price, currency, gross, net, weight, ems_no, record, short] = cells[..] else { continue };
        let Some(goods) = zone.filed(ebc, item_no) else { continue };
        let ware = Ware {
            goods: goods.clone(),
            price: Price::from_yuan_text(price).unwrap_or_default(),
            currency,
            gross: Quantity::parse(gross).unwrap_or_default(),
            net: Quantity::parse(net).unwrap_or_default(),
            weight: weight.parse().unwrap_or(1),
            short: short == "yes",
            book: (!ems_no.is_empty()).then_some((ems_no, record)),
        };
        match all.iter_mut().find(|e| e.firm.code == ebc) {
            Some(exporter) => exporter.wares.push(ware),
            None => {
                all.push(Exporter { firm: zone.firm(ebc), agent: zone.agent_of(ebc), wares: vec![ware] });
            }
        }
    }
    all
}
