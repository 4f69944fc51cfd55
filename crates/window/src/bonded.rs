//! Bonded stock beside the walk: filings of officials, proofs of stock and the three-way report.

use trade::bonded::period::{self, Period, Periods};
use trade::bonded::proof::{self, Compared, Proof};
use trade::command::{Actor, Command};
use trade::key::Key;
use trade::pack::Pack;
use trade::policy::Parameter;
use trade::record::Stock;
use trade::time::{HOUR_MS, Moment};

use crate::read::Original;
use crate::{Answer, Refused, Window};

impl Window {
    /// Takes in a file of bonded documents from somebody whom the door knows: an official, the gate, an enterprise.
    ///
    /// # Errors
    /// As [`Window::take_in`].
    pub fn file_bonded(&self, bytes: &[u8], by: Actor) -> Result<Answer, Refused> {
        self.command_of(Command::Bonded(wire::bonded::read(bytes, by)), Original::of(bytes))
    }

    /// Which documents made the stock of an item, and where it went.
    pub fn stock_proof(&self, ems_no: &str, item_no: &str) -> Option<Proof> {
        proof::of_item(self, ems_no, item_no)
    }

    /// How far a book is closed (期末结转), with its oldest hundred open documents, and its periods, the newest first:
    /// with one under way or refused last.
    pub fn book_periods(&self, ems_no: &str) -> (Periods, Vec<Period>) {
        let open = period::open_documents(self, ems_no, 100);
        let of = Periods { open, ..self.read::<Periods>(&Key::Periods(ems_no.into())).unwrap_or_default() };
        let periods = (1..=of.number + 1).rev().filter_map(|n| self.read::<Period>(&period::key(ems_no, n)));
        let periods = periods.collect();
        (of, periods)
    }

    /// The register of a closed period, row by row, and whether it is the one that its statement is over.
    pub fn period_register(&self, ems_no: &str, number: u32) -> Option<(Period, Vec<period::Row>, bool)> {
        let of = self.read::<Period>(&period::key(ems_no, number)).filter(|of| of.told.is_some())?;
        let (rows, agrees) = period::rows(self, &of);
        Some((of, rows, agrees))
    }

    /// What has been in flight since before this moment has to be looked at (rules.md 7.7), by the policy in force.
    pub fn in_flight_since(&self, now: Moment) -> Moment {
        let days = self.law_in_force().whole(Parameter::InFlightDays, now.day()).unwrap_or(3);
        Moment(now.0.saturating_sub(days.saturating_mul(24 * HOUR_MS)))
    }

    /// Documents, customs' book and shelf of every item of the wanted books: item by item, in order.
    pub fn stock_report(&self, wanted: impl Fn(&str) -> bool) -> Vec<Compared> {
        self.stock_items(wanted).iter().map(|stock| proof::compare(self, stock)).collect()
    }

    /// Every item of the wanted books, in order.
    pub fn stock_items(&self, wanted: impl Fn(&str) -> bool) -> Vec<Stock> {
        let mut items = Vec::new();
        self.state().each_of(Key::STOCK, |_, value| {
            if let Ok(stock) = Stock::unpack(value)
                && wanted(&stock.row.ems_no)
            {
                items.push(stock);
            }
        });
        items.sort_by(|a, b| (&a.row.ems_no, &a.row.item_record_no).cmp(&(&b.row.ems_no, &b.row.item_record_no)));
        items
    }
}
