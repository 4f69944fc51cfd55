//! The keys of the state, and the one door through which rules read it.

use std::borrow::Cow;

use crate::pack::Pack;
use crate::pseudonym::Pseudonym;
use crate::time::Day;
use crate::{packed, packed_choice};

/// What the rules may know: the facts as they stand before the document at hand is decided.
pub trait Facts {
    /// The value under a packed [`Key`]. Whether it was in memory or on disk does not show.
    fn look(&self, key: &[u8]) -> Option<Cow<'_, [u8]>>;
}

packed! {
    /// A parcel's case: the key of its order and of its list (`orderNo` + `ebcCode`).
    #[derive(Hash, PartialOrd, Ord)]
    pub struct CaseKey {
        1 => pub ebc: String,
        2 => pub order_no: String,
    }
}

packed! {
    /// Two numbers that identify something together: an enterprise and a number of its own.
    pub struct Pair {
        1 => pub code: String,
        2 => pub number: String,
    }
}

packed! {
    pub struct PersonYear {
        1 => pub person: Pseudonym,
        2 => pub year: u32,
        /// Eight digits of HS for quantity limits, empty for the amount.
        3 => pub hs8: String,
    }
}

packed! {
    /// The tax bills of one agent, office and day of release, which are summed up together.
    pub struct BillGroup {
        1 => pub agent: String,
        2 => pub office: String,
        3 => pub released_on: Day,
    }
}

packed_choice! {
    /// A key of the state. Packed, it is the map's key; numbers are kept for ever.
    pub enum Key {
        // Cases. `record::Kept<…>` of the document, or what it has been through.
        1 => Order(CaseKey),
        2 => List(CaseKey),
        /// What a list has been through.
        3 => Case(CaseKey),
        4 => Payment(Pair),
        /// The payments of an order: platform + `orderNo`.
        5 => PaymentsOf(Pair),
        6 => Waybill(Pair),
        /// The live list that uses a waybill.
        7 => WaybillUse(Pair),
        /// From `invtNo` to the case.
        8 => ListNumber(String),
        9 => Refund(Pair),
        10 => Cancel(Pair),
        11 => Delivery(Pair),
        12 => WaybillStatus(Pair),
        /// Lists that wait for the payment of an order (platform + `orderNo`), a waybill, a manifest.
        13 => AwaitPayment(Pair),
        14 => AwaitWaybill(Pair),
        15 => AwaitManifest(String),
        // Ledgers.
        20 => Allowance(PersonYear),
        21 => Guarantee(Pair),
        22 => Stock(Pair),
        23 => BillGroup(BillGroup),
        24 => TaxPayment(String),
        25 => Counter(String),
        26 => Overdue(String),
        // Registry.
        30 => Party(String),
        31 => Certificate([u8; 32]),
        32 => Goods(Pair),
        33 => Manifest(String),
        34 => Blocked(Pseudonym),
        35 => Zone(String),
        36 => Policy(String),
        37 => Account(String),
        38 => ApiKey([u8; 32]),
    }
}

impl Key {
    pub fn bytes(&self) -> Vec<u8> {
        self.pack()
    }
}

/// Reads the record under `key`; `None` where there is none.
///
/// # Panics
/// Never on bytes that this program wrote: a record that cannot be read is a broken store, which recovery finds by
/// its checksums before anything is decided.
pub fn read<R: Pack>(facts: &(impl Facts + ?Sized), key: &Key) -> Option<R> {
    let bytes = facts.look(&key.bytes())?;
    Some(R::unpack(&bytes).expect("a record under a checked journal is readable"))
}
