//! The sample zone: its registry as tables inside the program, and what its sellers offer.

use std::collections::HashMap;

use trade::money::{Fen, Price, Quantity};
use trade::pack::Text;
use trade::registry::{Fault, GoodsRow, Party, Row, Table};

macro_rules! files {
    ($($table:ident $name:literal)*) => {
        /// The registry of the sample zone in the form that `onewindow import` reads, in the order of import.
        pub const FILES: &[(Table, &str)] = &[$((Table::$table, include_str!(concat!("../zone/", $name, ".csv")))),*];
    };
}

files! {
    Zones "zones"
    Parties "parties"
    Certificates "certificates"
    Goods "goods"
    Guarantees "guarantees"
    Manifests "manifests"
    OpeningStock "opening_stock"
    BlockedIdentities "blocked_identities"
    Mandates "mandates"
    Certifications "certifications"
}

const PLACE: &str = "4602960W01";

const ASSORTMENT: &str = include_str!("../zone/assortment.csv");

/// An enterprise of the zone as messages name it.
#[derive(Clone, Debug)]
pub struct Firm {
    pub code: String,
    pub name: String,
}

/// Goods that a seller offers.
#[derive(Clone, Debug)]
pub struct Item {
    pub goods: GoodsRow,
    pub price: Price,
    pub gross: Quantity,
    pub net: Quantity,
    pub direct: bool,
    /// Account book and book item, where it is in bonded stock.
    pub book: Option<(String, String)>,
    /// How often it is bought, beside the other goods of its seller.
    pub weight: u32,
}

/// A seller with its goods and the enterprises that work for it.
#[derive(Clone, Debug)]
pub struct Seller {
    pub firm: Firm,
    pub platform: usize,
    pub agent: usize,
    pub items: Vec<Item>,
    /// Sum of its items' weights.
    pub weight: u32,
}

/// The zone as traffic needs it.
#[derive(Clone, Debug)]
pub struct Zone {
    pub sellers: Vec<Seller>,
    pub platforms: Vec<Firm>,
    pub payers: Vec<Firm>,
    /// Two express operators, then the post.
    pub carriers: Vec<Firm>,
    pub agents: Vec<Firm>,
    pub operators: HashMap<String, Firm>,
    /// Who runs the supervised place into which flights are unloaded.
    pub place: Firm,
    /// Goods for planted faults.
    pub special: Vec<Item>,
    parties: HashMap<String, Party>,
    goods: HashMap<(Text, Text), GoodsRow>,
}

/// Reads one of [`FILES`].
///
/// # Errors
/// Never: a test reads them all.
pub fn rows(table: Table) -> Result<Vec<Row>, Vec<Fault>> {
    let text = FILES.iter().find(|(t, _)| *t == table).map_or("", |(_, text)| text);
    trade::registry::read(table, text)
}

impl Zone {
    /// The sample zone.
    pub fn sample() -> Zone {
        let mut parties = HashMap::new();
        for row in rows(Table::Parties).unwrap_or_default() {
            if let Row::Party(party) = row {
                parties.insert(party.code.to_string(), party);
            }
        }
        let mut goods = HashMap::new();
        for row in rows(Table::Goods).unwrap_or_default() {
            if let Row::Goods(row) = row {
                goods.insert((row.ebc.clone(), row.item_no.clone()), row);
            }
        }
        let firm = |code: &str| {
            let name = parties.get(code).map(|p: &Party| p.name_zh.clone()).unwrap_or_default();
            Firm { code: code.to_owned(), name: name.to_string() }
        };
        let firms = |codes: &[&str]| codes.iter().map(|c| firm(c)).collect::<Vec<_>>();
        let agents = firms(&["4602980A01", "4602980A02", "4602980A03"]);
        let mut operators = HashMap::new();
        let mut booked = HashMap::new();
        for row in rows(Table::OpeningStock).unwrap_or_default() {
            if let Row::Stock(row) = row {
                booked.insert(row.item_record_no, row.ems_no.clone());
                operators.entry(row.ems_no.to_string()).or_insert_with(|| firm(&row.area_code));
            }
        }
        let mut sellers: Vec<Seller> = Vec::new();
        for (code, item) in assortment(&goods) {
            let at = match sellers.iter().position(|s| s.firm.code == code) {
                Some(at) => at,
                None => {
                    let first = parties.get(&code).and_then(|p| p.agents.first());
                    let agent = agents.iter().position(|a| first.is_some_and(|f| f.code == a.code)).unwrap_or(0);
                    let platform = sellers.len() % 3;
                    sellers.push(Seller { firm: firm(&code), platform, agent, items: Vec::new(), weight: 0 });
                    sellers.len() - 1
                }
            };
            sellers[at].weight += item.weight;
            sellers[at].items.push(item);
        }
        Zone {
            sellers,
            platforms: firms(&["4602960P01", "4602960P02", "4601960P03"]),
            payers: firms(&["4602960Y01", "4602960Y02"]),
            carriers: firms(&["4602960L01", "4601960L02", "4602960L03"]),
            agents,
            operators,
            place: firm(PLACE),
            special: special(&goods, &booked),
            parties,
            goods,
        }
    }

    /// The enterprise under `code`, its name empty where the registry does not know it.
    pub fn firm(&self, code: &str) -> Firm {
        let name = self.parties.get(code).map(|p| p.name_zh.clone()).unwrap_or_default();
        Firm { code: code.to_owned(), name: name.to_string() }
    }

    /// Goods that a seller has filed.
    pub fn filed(&self, ebc: &str, item_no: &str) -> Option<&GoodsRow> {
        self.goods.get(&(ebc.into(), item_no.into()))
    }

    /// The first declarant that a seller has entrusted.
    pub fn agent_of(&self, ebc: &str) -> Firm {
        let first = self.parties.get(ebc).and_then(|p| p.agents.first());
        self.firm(first.map_or("", |a| a.code.as_str()))
    }

    /// Everybody who signs messages: the declarants, the unknown one of a planted fault, the supervised place, and the
    /// carriers of what leaves.
    pub fn signers(&self) -> Vec<Firm> {
        let mut codes: Vec<&String> = self.parties.keys().collect();
        codes.sort();
        let declares = |p: &Party| p.roles.iter().any(|r| r.kind == trade::registry::RoleKind::Declarant);
        let signs = |c: &&&String| {
            declares(&self.parties[**c]) || **c == PLACE || self.carriers[..2].iter().any(|f| f.code == ***c)
        };
        codes.iter().filter(signs).map(|c| self.firm(c)).collect()
    }
}

fn assortment(goods: &HashMap<(Text, Text), GoodsRow>) -> Vec<(String, Item)> {
    let mut out = Vec::new();
    for line in ASSORTMENT.lines().filter(|l| !l.starts_with('#')).skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let [ebc, item_no, price, gross, net, modes, ems_no, record, weight] = cells[..] else { continue };
        let Some(goods) = goods.get(&(ebc.into(), item_no.into())) else { continue };
        let item = Item {
            goods: goods.clone(),
            price: Price::from_yuan_text(price).unwrap_or_default(),
            gross: Quantity::parse(gross).unwrap_or_default(),
            net: Quantity::parse(net).unwrap_or_default(),
            direct: modes.contains('d'),
            book: (!ems_no.is_empty()).then(|| (ems_no.to_owned(), record.to_owned())),
            weight: weight.parse().unwrap_or(1),
        };
        out.push((ebc.to_owned(), item));
    }
    out
}

/// Goods that the registry holds only for planted faults: their item numbers begin with `X-`.
fn special(goods: &HashMap<(Text, Text), GoodsRow>, booked: &HashMap<Text, Text>) -> Vec<Item> {
    let mut rows: Vec<&GoodsRow> = goods.values().filter(|g| g.item_no.starts_with("X-")).collect();
    rows.sort_by(|a, b| a.item_no.cmp(&b.item_no));
    let item = |goods: &GoodsRow| {
        let net = if goods.unit1 == "035" { goods.qty1 } else { goods.qty2.unwrap_or(Quantity(30_000)) };
        Item {
            goods: goods.clone(),
            price: Price::default(),
            gross: net.plus(Quantity(10_000)),
            net,
            direct: true,
            book: booked.get(&goods.item_no).map(|ems| (ems.to_string(), goods.item_no.to_string())),
            weight: 0,
        }
    };
    rows.into_iter().map(item).collect()
}

/// A price in whole fen.
pub fn price_of(fen: Fen) -> Price {
    Price(fen.0 * 1_000)
}
