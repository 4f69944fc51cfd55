//! What the state holds of export: a list's way to the border, and the summary declarations that follow.

use crate::key::CaseKey;
use crate::money::{Amount, Fen, Quantity};
use crate::pack::Text;
use crate::time::{Day, Moment};
use crate::{packed, packed_names};

packed_names! {
    /// How an export list is cleared (rules.md 6.1), the shortest last.
    pub enum Way {
        0 => Undecided "undecided",
        /// 清单核放、汇总申报: a declaration follows, which allows a rebate.
        1 => SummaryDeclaration "summary-declaration",
        /// 清单核放、汇总统计: no declaration.
        2 => SummaryStatistics "summary-statistics",
        /// As before, by the four-digit heading.
        3 => Heading "four-digit-heading",
        /// 9710, 9810: a list in place of a declaration.
        4 => B2bList "b2b-list",
        /// As before, by the six-digit subheading.
        5 => B2bSubheading "b2b-six-digit",
    }
}

packed! {
    /// Of a case of export: `Case::export`.
    pub struct ExportState {
        1 => pub way: Way,
        /// FOB value of the ticket in renminbi; absent where no rate is known and none is needed.
        2 => pub value: Option<Fen>,
        /// When its parcel came into the supervised place (507).
        3 => pub arrived: Option<Moment>,
        /// The 607 that it stands in, `agentCode_copNo`.
        4 => pub master_bill: Text,
        /// When it left the country (509).
        5 => pub departed: Option<Moment>,
        /// When it was closed.
        6 => pub closed: Option<Moment>,
        /// It is to be inspected, and has not been yet.
        7 => pub inspect: bool,
        /// Stock of an account book is reserved, or has left (1210).
        8 => pub stock: bool,
        /// Number of the summary that it went into.
        9 => pub summary: Text,
        10 => pub summed: Vec<SummedLine>,
        /// The list before it in the chain of its month.
        11 => pub previous: Option<CaseKey>,
        /// `yyyymm` of the month in which it was closed.
        12 => pub month: u32,
        /// Where it stands in its seller's register of exports: `yyyymm`, and the number of its entry.
        13 => pub taxed_month: u32,
        14 => pub taxed_number: u32,
        /// Of 9810: the lots of stock abroad that its lines became.
        15 => pub abroad: Vec<AbroadAt>,
    }
}

packed! {
    /// Which lot of its item a line became (`Key::AbroadLot`).
    pub struct AbroadAt {
        1 => pub gnum: u32,
        2 => pub number: u64,
        /// Where it moved to; empty where it is still in the list's country.
        3 => pub country: Text,
    }
}

packed! {
    /// Where a line of a list went: declaration and line of the summary.
    pub struct SummedLine {
        1 => pub gnum: u32,
        2 => pub declaration: u32,
        3 => pub line: u32,
    }
}

packed_names! {
    /// What tax exported goods bear that come back (rules.md 5.3).
    pub enum Treatment {
        0 => Undecided "undecided",
        /// No import duty, import VAT or consumption tax (X16).
        1 => TaxFree "tax-free",
        /// As returned goods of the ordinary rules, 4561 退运货物.
        2 => Ordinary "ordinary",
    }
}

packed_names! {
    /// How a line is treated for value-added and consumption tax when it leaves (rules.md 6.5): one of them, never two.
    pub enum ExportTax {
        0 => Undecided "undecided",
        /// 无票免税: exempt without invoice (T103).
        1 => Exempt "exempt",
        /// 出口退税: a rebate is claimed for it.
        2 => Rebate "rebate",
        /// 入区退税: rebated when it entered the special area.
        3 => RebateOnEntry "rebate-on-entry",
        /// Neither: a rebate with a valid invoice, else taxed as a domestic sale (视同内销).
        4 => Ordinary "ordinary",
    }
}

packed! {
    /// `RefundState::export`: a return of exported goods.
    pub struct ReturnState {
        /// The parcel in which they come.
        1 => pub waybill_code: Text,
        2 => pub waybill_no: Text,
        /// Where they enter.
        3 => pub office: Text,
        4 => pub platform: Text,
        5 => pub tallied: Option<Moment>,
        6 => pub treatment: Treatment,
        /// An appeal lets them come until then.
        7 => pub until: Option<Day>,
    }
}

packed! {
    /// `Key::Parcel`: what became of an export parcel, by its waybill, whether or not its list is there yet.
    pub struct ParcelState {
        1 => pub arrived: Option<Moment>,
        2 => pub departed: Option<Moment>,
        /// `agentCode_copNo` of the 607 that names it.
        3 => pub master_bill: Text,
        /// Lists that wait for its waybill.
        4 => pub waiting: Vec<CaseKey>,
        /// The list that was matched with it.
        5 => pub case: Option<CaseKey>,
    }
}

packed! {
    /// `Key::SummaryMonth`: the lists that were closed in a month and are to be declared in summary.
    pub struct SummaryMonthState {
        /// Each list names the one before it.
        1 => pub newest: Option<CaseKey>,
        2 => pub count: u32,
        /// How many of them no summary has taken in yet.
        3 => pub open: u32,
        4 => pub oldest: Option<CaseKey>,
        /// The end of its time stands in the queue.
        5 => pub due: bool,
    }
}

packed! {
    /// `Key::Summary`: a summary application (701) and how far it is.
    pub struct Summary {
        /// 120 being summed up, 399 done.
        1 => pub status: i32,
        2 => pub agent: Text,
        3 => pub ebc: Text,
        4 => pub office: Text,
        5 => pub cop_no: Text,
        6 => pub pre_no: Text,
        /// The transmitter, into whose outbox its results go.
        7 => pub from: Text,
        /// The period, where it names one.
        8 => pub first: Option<Moment>,
        9 => pub last: Option<Moment>,
        /// `yyyymm` of the months whose chains are still to be walked, and the next list of the first.
        10 => pub months: Vec<u32>,
        11 => pub next: Option<CaseKey>,
        /// The lists that it names, and how many of them were looked at.
        12 => pub named: Vec<CaseKey>,
        13 => pub seen: u32,
        14 => pub lists: u32,
        15 => pub list_lines: u32,
        /// What the lists are worth, currency by currency.
        16 => pub values: Vec<CurrencySum>,
        17 => pub declarations: u32,
        /// All lists are in; the results are told.
        18 => pub gathered: bool,
        /// Declarations told, and pages of the next one.
        19 => pub told_declaration: u32,
        20 => pub told_page: u32,
        /// What the results told so far are worth, and how many lines of lists they hold.
        21 => pub told_values: Vec<CurrencySum>,
        22 => pub told_lines: u32,
        /// `msgSeqNo` of the application.
        23 => pub seq: u32,
        24 => pub at: Moment,
        /// By producing or selling unit too (`summaryFlag` 2); by the goods' own names (`itemNameFlag` 1).
        25 => pub by_owner: bool,
        26 => pub by_name: bool,
        27 => pub decl_agent_code: Text,
        28 => pub decl_agent_name: Text,
        29 => pub agent_name: Text,
        30 => pub ebc_name: Text,
        /// A sum was larger than this program reckons with.
        31 => pub out_of_range: bool,
        /// Quantities are compared too (`export.summary_quantities`, when it was applied for): what its lists hold, and
        /// what the results told so far hold.
        32 => pub by_quantity: bool,
        33 => pub quantities: Vec<UnitSum>,
        34 => pub told_quantities: Vec<UnitSum>,
    }
}

impl Summary {
    /// The sum of its lists is the sum of its results: values by currency, quantities by unit, and lines of lists.
    /// Before all results are told it is not.
    pub fn agrees(&self) -> bool {
        self.values == self.told_values
            && self.quantities == self.told_quantities
            && self.list_lines == self.told_lines
            && !self.out_of_range
    }
}

packed! {
    /// Quantities of one unit.
    pub struct UnitSum {
        /// 0 the declared quantity, 1 the first and 2 the second statutory one.
        1 => pub which: u32,
        2 => pub unit: Text,
        3 => pub qty: Quantity,
    }
}

/// Adds a line's quantities, each to the sum of its unit; false where a sum is larger than this program reckons with.
pub fn add_quantities(sums: &mut Vec<UnitSum>, of: [(&Text, Quantity); 3]) -> bool {
    let mut within = true;
    for ((unit, qty), which) in of.into_iter().zip(0..).filter(|((unit, _), _)| !unit.is_empty()) {
        let at = sums.binary_search_by(|sum| (sum.which, &sum.unit).cmp(&(which, unit)));
        let at = at.unwrap_or_else(|at| {
            sums.insert(at, UnitSum { which, unit: unit.clone(), qty: Quantity(0) });
            at
        });
        match sums[at].qty.checked_plus(qty) {
            Some(sum) => sums[at].qty = sum,
            None => within = false,
        }
    }
    within
}

packed! {
    pub struct CurrencySum {
        1 => pub currency: Text,
        2 => pub value: Amount,
    }
}

packed! {
    /// `Key::SummaryHead`: the declaration that lists with one head go into, as long as it has room.
    pub struct SummaryHead {
        1 => pub declaration: u32,
    }
}

packed! {
    /// `Key::SummaryDeclaration`: a declaration that lists were summed up into.
    pub struct Declaration {
        /// `declSeqNo`.
        1 => pub number: Text,
        2 => pub owner: Text,
        3 => pub traf_mode: Text,
        /// Country of arrival (运抵国).
        4 => pub country: Text,
        /// Office of exit (出境关别).
        5 => pub port: Text,
        6 => pub mode: Text,
        /// Its lines so far.
        7 => pub lines: u32,
        8 => pub list_lines: u32,
        9 => pub gross_weight: Quantity,
        10 => pub net_weight: Quantity,
        11 => pub values: Vec<CurrencySum>,
        /// Pages of [`Page`] so far.
        12 => pub pages: u32,
        /// Keys of its lines (`Key::SummaryLine`), in order.
        13 => pub line_keys: Vec<Text>,
    }
}

packed! {
    /// `Key::SummaryLine`: a line of a declaration.
    pub struct DeclarationLine {
        1 => pub declaration: u32,
        2 => pub line: u32,
        3 => pub country: Text,
        4 => pub gcode: Text,
        5 => pub currency: Text,
        6 => pub qty: Quantity,
        7 => pub unit: Text,
        8 => pub qty1: Quantity,
        9 => pub unit1: Text,
        10 => pub qty2: Quantity,
        11 => pub unit2: Text,
        12 => pub value: Amount,
        /// How many lines of lists stand in it.
        13 => pub list_lines: u32,
        14 => pub name: Text,
    }
}

packed! {
    /// `Key::SummaryPage`: lines of lists that went into one declaration, as many as one result message tells.
    pub struct Page {
        1 => pub lines: Vec<crate::receipt::ResultLine>,
    }
}

/// Adds an amount to the sum of its currency; false where the sum is larger than this program reckons with.
pub fn add_value(sums: &mut Vec<CurrencySum>, currency: &str, value: Amount) -> bool {
    let at = match sums.iter().position(|s| s.currency == currency) {
        Some(at) => at,
        None => {
            sums.push(CurrencySum { currency: currency.into(), value: Amount::ZERO });
            sums.sort_by(|a, b| a.currency.cmp(&b.currency));
            sums.iter().position(|s| s.currency == currency).unwrap_or_default()
        }
    };
    match sums[at].value.checked_plus(value) {
        Some(sum) => {
            sums[at].value = sum;
            true
        }
        None => false,
    }
}
