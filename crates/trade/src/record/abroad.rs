//! Stock in overseas warehouses (海外仓, 9810; rules.md 6.4): what left, and what became of it.

use super::Moved;
use crate::key::CaseKey;
use crate::money::{Fen, Quantity};
use crate::pack::Text;
use crate::packed;
use crate::time::Day;

packed! {
    /// Where goods went that left for overseas warehouses. Never below nothing: `exported = in_stock + sold + lost +
    /// returned`, and what is announced to come back (`coming`) is still in stock.
    #[derive(Copy)]
    pub struct Whereabouts {
        1 => pub exported: Quantity,
        2 => pub in_stock: Quantity,
        3 => pub sold: Quantity,
        4 => pub lost: Quantity,
        5 => pub returned: Quantity,
        6 => pub coming: Quantity,
    }
}

impl Whereabouts {
    pub fn holds(&self) -> bool {
        let parts = [self.in_stock, self.sold, self.lost, self.returned];
        let sum = parts.iter().try_fold(Quantity(0), |sum, part| sum.checked_plus(*part));
        parts.iter().all(|part| part.0 >= 0)
            && sum == Some(self.exported)
            && (0..=self.in_stock.0).contains(&self.coming.0)
    }

    /// What may be sold, lost or announced to come back.
    pub fn free(&self) -> Quantity {
        self.in_stock.minus(self.coming)
    }

    /// What has left the stock.
    pub fn done(&self) -> Quantity {
        self.exported.minus(self.in_stock)
    }

    /// Goods leave the stock.
    pub fn take(&mut self, what: Moved, qty: Quantity) {
        let to = match what {
            Moved::Left => return,
            Moved::Back => &mut self.returned,
            Moved::Sold => &mut self.sold,
            Moved::Lost => &mut self.lost,
        };
        *to = to.up_to_all(qty);
        self.in_stock = self.in_stock.minus(qty);
    }
}

packed! {
    /// `Key::AbroadItem`: all lots of an item in a country.
    pub struct AbroadItem {
        1 => pub of: Whereabouts,
        2 => pub lots: u64,
        /// The first lot that is not empty, or the one after the last.
        3 => pub oldest: u64,
        4 => pub name: Text,
        5 => pub unit: Text,
    }
}

packed! {
    /// `Key::AbroadLot`: a line of a list that left for an overseas warehouse.
    pub struct AbroadLot {
        1 => pub of: Whereabouts,
        2 => pub case: CaseKey,
        3 => pub gnum: u32,
        4 => pub left: Day,
        5 => pub invt_no: Text,
        /// In renminbi, when it left.
        6 => pub value: Option<Fen>,
        /// A rebate was claimed when it left (离境即退税): it is provisional until it is sold.
        7 => pub rebate: bool,
    }
}

packed! {
    /// `Key::Warehouse`: an overseas warehouse as its seller has recorded it (own record; no filing since A167).
    pub struct Warehouse {
        1 => pub name: Text,
        2 => pub country: Text,
        3 => pub tenure: crate::bonded::Tenure,
        4 => pub contract: Text,
        5 => pub from: Day,
        6 => pub until: Option<Day>,
    }
}
