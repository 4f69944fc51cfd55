//! What a seller and a platform read of exports by tax treatment: months with their statements, the register of one, and
//! the quarter's extract. Nothing is decided here again.

use store::StoreError;
use trade::command::Position;
use trade::decide::taxed_before;
use trade::documents::{Document, ExportList};
use trade::key::{AbroadPart, Key, PlatformPart, SellerMonth};
use trade::pack::Pack;
use trade::policy::Policy;
use trade::record::{AbroadItem, AbroadLot, Case, Kept, PlatformQuarter, PlatformSeller, TaxEntry, TaxMonth};
use trade::register::{self, Statement, month_of};
use trade::registry::Party;
use trade::time::Day;

use crate::Window;

/// A month of a seller's exports.
#[derive(Clone, Debug)]
pub struct ExportMonth {
    pub seller: String,
    /// As it was told, or as it stands while the month goes on.
    pub statement: Statement,
    /// The receipt that told it: revision, and number among the receipts of its entry.
    pub told: Option<Position>,
}

/// The register of a month: its rows, and whether they are what its hash is over.
#[derive(Clone, Debug, Default)]
pub struct Register {
    pub rows: Vec<[String; register::COLUMNS.len()]>,
    pub agrees: bool,
}

/// A seller as its platform reports it (State Council Decree 810).
#[derive(Clone, Debug)]
pub struct SellerQuarter {
    pub code: String,
    pub name: String,
    pub uscc: String,
    pub earned: PlatformSeller,
}

/// An item of a seller in the overseas warehouses of a country.
#[derive(Clone, Debug)]
pub struct Abroad {
    pub part: AbroadPart,
    pub item: AbroadItem,
    /// Not settled yet, the oldest first; at most [`LOTS`] of them.
    pub lots: Vec<AbroadLot>,
}

/// Open lots of an item that are told.
const LOTS: usize = 200;

/// How far back months are looked for.
const MONTHS: i32 = 36;

impl Window {
    /// The months in which a seller exported, the newest first, three years back.
    ///
    /// # Errors
    /// If the journal cannot be read.
    pub fn export_months(&self, ebc: &str, today: Day, policy: &Policy) -> Result<Vec<ExportMonth>, StoreError> {
        let (year, month, _) = today.date();
        let first = Day::ymd(year, month, 1).unwrap_or(today);
        let mut months = Vec::new();
        for back in 0..MONTHS {
            let at = SellerMonth { ebc: ebc.into(), month: month_of(first.plus_months(-back)), number: 0 };
            let Some(state) = self.read::<TaxMonth>(&Key::TaxMonth(at.clone())) else { continue };
            let told = state.told.as_ref().map(|told| told.at);
            let receipt = told.map(|at| self.receipt(at.revision, 0)).transpose()?.flatten();
            let statement = match receipt.and_then(|given| given.receipt.shown.statement) {
                Some(told) => *told,
                None => {
                    let uscc = self.read::<Party>(&Key::Party(ebc.into())).map(|p| p.uscc).unwrap_or_default();
                    register::statement(at.month, &state, taxed_before(self, &at), &uscc, false, policy)
                }
            };
            months.push(ExportMonth { seller: ebc.to_owned(), statement, told });
        }
        Ok(months)
    }

    /// The register of a seller's month; `None` where nothing left or came back in it.
    pub fn export_register(&self, ebc: &str, month: u32) -> Option<Register> {
        let at = |number| SellerMonth { ebc: ebc.into(), month, number };
        let state = self.read::<TaxMonth>(&Key::TaxMonth(at(0)))?;
        let (mut register, mut digest) = (Register::default(), [0; 32]);
        for number in 1..=state.entries {
            let Some(entry) = self.read::<TaxEntry>(&Key::TaxEntry(at(number))) else { continue };
            let Some(list) = self.export_list(&entry) else { continue };
            let invt_no = self.read::<Case>(&Key::Case(entry.case.clone())).unwrap_or_default().invt_no;
            for line in &entry.lines {
                let row = register::row(register.rows.len() as u32 + 1, &entry, line, &list, &invt_no);
                digest = register::digest(&digest, &register::line(&row));
                register.rows.push(row);
            }
        }
        register.agrees = (digest, register.rows.len() as u32) == (state.digest, state.lines);
        Some(register)
    }

    fn export_list(&self, entry: &TaxEntry) -> Option<ExportList> {
        match self.read::<Kept>(&Key::List(entry.case.clone()))?.document? {
            Document::ExportList(list) => Some(list),
            _ => None,
        }
    }

    /// What lies in overseas warehouses of a seller, item by item and country by country, with the lots that are not
    /// settled yet.
    pub fn abroad(&self, ebc: &str) -> Vec<Abroad> {
        let mut items = Vec::new();
        self.state().each_of(Key::ABROAD_ITEM, |key, value| {
            if let (Ok(Key::AbroadItem(part)), Ok(item)) = (Key::unpack(key), AbroadItem::unpack(value))
                && part.ebc == ebc
            {
                items.push(Abroad { part, item, lots: Vec::new() });
            }
        });
        items.sort_by(|a, b| (&a.part.item_no, &a.part.country).cmp(&(&b.part.item_no, &b.part.country)));
        for abroad in &mut items {
            let lot = |number| self.read::<AbroadLot>(&Key::AbroadLot(AbroadPart { number, ..abroad.part.clone() }));
            let open = (abroad.item.oldest.max(1)..=abroad.item.lots).filter_map(lot);
            abroad.lots = open.filter(|lot| lot.of.in_stock.0 > 0).take(LOTS).collect();
        }
        items
    }

    /// The sellers who exported over a platform in a quarter (`yyyyq`), by code.
    pub fn platform_sellers(&self, platform: &str, quarter: u32) -> Vec<SellerQuarter> {
        let part = |ebc: &str| PlatformPart { platform: platform.into(), quarter, ebc: ebc.into() };
        let state = self.read::<PlatformQuarter>(&Key::PlatformQuarter(part(""))).unwrap_or_default();
        let (mut code, mut sellers) = (state.newest.to_string(), Vec::new());
        while let Some(earned) = self.read::<PlatformSeller>(&Key::PlatformSeller(part(&code))) {
            let next = earned.previous.to_string();
            let party = self.read::<Party>(&Key::Party(code.as_str().into())).unwrap_or_default();
            sellers.push(SellerQuarter { code, name: party.name_zh.to_string(), uscc: party.uscc.to_string(), earned });
            code = next;
        }
        sellers.sort_by(|a, b| a.code.cmp(&b.code));
        sellers
    }
}
