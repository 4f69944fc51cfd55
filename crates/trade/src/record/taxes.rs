//! What the state holds of export tax policies: a seller's register of exports by months (rules.md 6.5, 6.6), and what
//! each platform's sellers earned in a quarter (6.7).

use super::ExportTax;
use crate::command::Position;
use crate::key::CaseKey;
use crate::money::{Fen, Quantity};
use crate::pack::Text;
use crate::time::Day;
use crate::{packed, packed_names};

packed_names! {
    /// A condition of the exemption without invoice that a line does not meet; their words: `policy::exemption`.
    pub enum Unmet {
        1 => NoRule "no-rule",
        2 => Seller "seller",
        3 => Office "office",
        4 => NotRetail "not-retail",
        5 => RebatedOnEntry "rebated-on-entry",
        6 => Goods "goods",
        7 => Rebate "rebate",
    }
}

packed_names! {
    /// What became of goods.
    pub enum Moved {
        0 => Left "export",
        1 => Back "return",
        /// Sold from an overseas warehouse, or lost there.
        2 => Sold "sale",
        3 => Lost "loss",
    }
}

packed! {
    /// A line of a list as it left, or came back.
    pub struct TaxedLine {
        1 => pub gnum: u32,
        2 => pub qty: Quantity,
        /// In renminbi; absent where no rate is known, or none that can be reckoned with.
        3 => pub value: Option<Fen>,
        4 => pub tax: ExportTax,
        /// Why it is not exempt without invoice.
        5 => pub unmet: Vec<Unmet>,
    }
}

packed! {
    /// `Key::TaxEntry`: a list that left, or what became of goods of it. Never written again.
    pub struct TaxEntry {
        1 => pub case: CaseKey,
        /// The day of departure, of return, of sale or loss.
        2 => pub day: Day,
        /// `coElNo` of the return, number of the report of sale or loss; empty for what left.
        3 => pub under: Text,
        4 => pub lines: Vec<TaxedLine>,
        5 => pub at: Position,
        6 => pub what: Moved,
    }
}

packed! {
    /// What was treated alike in a month.
    pub struct TaxSum {
        1 => pub tax: ExportTax,
        2 => pub lines: u32,
        3 => pub exported: Fen,
        4 => pub returned: Fen,
        /// Of 9810, at their value when they left.
        5 => pub sold: Fen,
        6 => pub lost: Fen,
    }
}

impl TaxSum {
    /// The sum of what became of goods so.
    pub fn of(&mut self, what: Moved) -> &mut Fen {
        match what {
            Moved::Left => &mut self.exported,
            Moved::Back => &mut self.returned,
            Moved::Sold => &mut self.sold,
            Moved::Lost => &mut self.lost,
        }
    }
}

packed! {
    /// `Key::TaxMonth`: what a seller's exports and returns of a month come to.
    pub struct TaxMonth {
        1 => pub entries: u32,
        2 => pub lines: u32,
        /// Over the lines of the register, one after the other (`register::digest`).
        3 => pub digest: [u8; 32],
        4 => pub sums: Vec<TaxSum>,
        /// Lines without a value.
        5 => pub unvalued: u32,
        /// When the month was over: its statement.
        6 => pub told: Option<Told>,
    }
}

packed! {
    /// A statement that was given, and what the year came to with it.
    pub struct Told {
        1 => pub at: Position,
        /// Exempt revenue since January, less returns.
        2 => pub year: Fen,
        /// Income tax on it.
        3 => pub tax: Fen,
    }
}

impl TaxMonth {
    /// What was treated so.
    pub fn sum(&self, tax: ExportTax) -> TaxSum {
        self.sums.iter().find(|sum| sum.tax == tax).cloned().unwrap_or(TaxSum { tax, ..TaxSum::default() })
    }
}

packed! {
    /// `Key::PlatformQuarter`: the sellers who exported over a platform in a quarter; each names the one before it.
    pub struct PlatformQuarter {
        1 => pub newest: Text,
        2 => pub sellers: u32,
    }
}

packed! {
    /// `Key::PlatformSeller`: what one of them earned.
    pub struct PlatformSeller {
        1 => pub orders: u32,
        2 => pub gross: Fen,
        3 => pub refunds: Fen,
        4 => pub unvalued: u32,
        5 => pub previous: Text,
        /// What the platform says that it charged (`FEES`).
        6 => pub fees: Option<Fen>,
    }
}
