//! Stock in overseas warehouses (海外仓, 9810; rules.md 6.4): what left, and what became of it.

use super::Moved;
use crate::key::CaseKey;
use crate::money::{Amount, Fen, Quantity};
use crate::pack::Text;
use crate::time::Day;
use crate::{packed, packed_names};

packed! {
    /// Where goods went that left for overseas warehouses. Never below nothing: `exported + moved_in = in_stock + sold +
    /// lost + returned + moved_out`, and what is announced to come back (`coming`) is still in stock. Over all countries
    /// what moved in is what moved out.
    #[derive(Copy)]
    pub struct Whereabouts {
        1 => pub exported: Quantity,
        2 => pub in_stock: Quantity,
        3 => pub sold: Quantity,
        4 => pub lost: Quantity,
        5 => pub returned: Quantity,
        6 => pub coming: Quantity,
        /// From and to warehouses in other countries.
        7 => pub moved_in: Quantity,
        8 => pub moved_out: Quantity,
    }
}

impl Whereabouts {
    pub fn holds(&self) -> bool {
        let parts = [self.in_stock, self.sold, self.lost, self.returned, self.moved_out];
        let sum = parts.iter().try_fold(Quantity(0), |sum, part| sum.checked_plus(*part));
        parts.iter().chain([&self.moved_in]).all(|part| part.0 >= 0)
            && sum.is_some()
            && sum == self.exported.checked_plus(self.moved_in)
            && (0..=self.in_stock.0).contains(&self.coming.0)
    }

    /// What may be sold, lost or announced to come back.
    pub fn free(&self) -> Quantity {
        self.in_stock.minus(self.coming)
    }

    /// What has left the stock.
    pub fn done(&self) -> Quantity {
        self.exported.plus(self.moved_in).minus(self.in_stock)
    }

    /// Goods go to a warehouse in another country.
    pub fn move_out(&mut self, qty: Quantity) {
        self.moved_out = self.moved_out.up_to_all(qty);
        self.in_stock = self.in_stock.minus(qty);
    }

    /// Goods come from a warehouse in another country.
    pub fn move_in(&mut self, qty: Quantity) {
        self.moved_in = self.moved_in.up_to_all(qty);
        self.in_stock = self.in_stock.up_to_all(qty);
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
    /// `Key::AbroadLot`: a line of a list that left for an overseas warehouse, or a part of one that moved on.
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
        /// Of goods that moved here: how much of their line had gone before them. The lots of a line are parts of it, one
        /// after another.
        8 => pub base: Quantity,
    }
}

impl AbroadLot {
    /// How much of its line goes before what is taken from it next.
    pub fn before(&self) -> Quantity {
        self.base.plus(self.of.done())
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

packed_names! {
    /// What a proof about stock abroad is for.
    pub enum ProofFor {
        /// Rebate claimed on departure, settled on sale (离境即退税、销售再核算, W3).
        1 => Rebate "rebate",
        /// Foreign exchange for what was sold (收汇).
        2 => Exchange "fx",
    }
}

packed! {
    /// What became of the goods of a list by the day of a proof. Amounts in fen at the value with which they left, the sale
    /// also in the list's currency.
    pub struct AbroadProof {
        1 => pub for_what: ProofFor,
        /// The day on which they left: the proof of shipping.
        2 => pub left: Day,
        3 => pub country: Text,
        /// Lines of the list that it is about: for the rebate those for which one was claimed.
        4 => pub lines: u32,
        5 => pub exported: Fen,
        6 => pub sold: Fen,
        7 => pub lost: Fen,
        8 => pub returned: Fen,
        /// What is not settled yet: exported less the rest.
        9 => pub in_stock: Fen,
        10 => pub currency: Text,
        11 => pub sold_amount: Amount,
        12 => pub clause: Text,
    }
}
