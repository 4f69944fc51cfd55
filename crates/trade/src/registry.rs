//! The registry (基础数据): who may act, in which role and from which day; zones, certificates, goods filed, guarantees,
//! manifests, opening stock, blocked identities.
//!
//! Days are days of law; `until` is inclusive, absent where no end is known. Nothing is overwritten by time: a row that
//! ended stays, because an old declaration is judged by the register of its own day. [`table`] reads the CSV form.

use crate::money::{Fen, Quantity};
use crate::pack::Text;
use crate::pseudonym::Pseudonyms;
use crate::statement::CreditClass;
use crate::time::Day;
use crate::{packed, packed_names};

mod certified;
pub mod filing;
mod mandate;
mod table;
pub use certified::{Certifiable, Certification, Certified, Grade, Method};
pub use mandate::{Asked, Entrusted, Mandate, Matter, Short};
pub use table::{Column, Fault, Form, POSITIVE_LIST, Row, TARIFF, Table, read, template};

#[cfg(test)]
mod tests;

/// True where `day` lies in `from ..= until`.
pub fn in_force(from: Day, until: Option<Day>, day: Day) -> bool {
    from <= day && until.is_none_or(|until| day <= until)
}

packed_names! {
    /// What an enterprise may do (rules.md 1.1).
    pub enum RoleKind {
        /// 电商平台企业
        1 => Platform "ebp",
        /// 跨境电子商务企业 (seller)
        2 => Seller "ebc",
        /// 支付企业
        3 => Payment "pay",
        /// 物流企业 with an express licence, enrolled as customs express operator
        4 => Express "logistics-express",
        /// 物流企业 of the post
        5 => Postal "logistics-postal",
        /// 申报/报关企业
        6 => Declarant "agent",
        /// 区内企业
        7 => AreaOperator "area",
        /// 担保企业
        8 => Guarantor "guarantor",
    }
}

packed! {
    /// A role held for a time.
    pub struct Role {
        1 => pub kind: RoleKind,
        2 => pub from: Day,
        3 => pub until: Option<Day>,
        /// Last day of the licence that the role rests on (payment, express), where one is needed.
        4 => pub licence_until: Option<Day>,
    }
}

packed! {
    /// A time in which an enterprise may not act.
    pub struct Span {
        1 => pub from: Day,
        2 => pub until: Option<Day>,
    }
}

packed! {
    /// `Key::Party`: an enterprise with everything it is registered for.
    pub struct Party {
        /// Customs registration code, 10 characters.
        1 => pub code: Text,
        2 => pub name_zh: Text,
        3 => pub name_en: Text,
        /// Unified social credit code; empty for an enterprise abroad.
        4 => pub uscc: Text,
        /// Registered in China. A seller abroad needs a domestic agent (M486).
        5 => pub domestic: bool,
        /// Code of the zone or locality ([`Zone`]) in which it is registered; for an area operator, where its area lies.
        6 => pub place: Text,
        7 => pub roles: Vec<Role>,
        /// Who may declare for it: a seller's registered domestic agent, and all whom it has entrusted.
        8 => pub agents: Vec<Entrusted>,
        9 => pub suspended: Vec<Span>,
        /// Platforms: buyers' identities are authenticated from this day (rules.md 2.3), so payer and buyer may differ.
        10 => pub authenticates_from: Option<Day>,
        /// Platforms: the interface for original payment data is open from this day (A179).
        11 => pub connected_from: Option<Day>,
        /// When customs held it for untrustworthy (失信企业; GACC Decree 251): what is open to others is closed to it.
        12 => pub untrusted: Vec<Span>,
        /// What it was certified for, step by step in the order of the journal.
        13 => pub certified: Vec<Certified>,
        /// Credit classes that recognised bodies gave it, in the order in which they came.
        14 => pub credit: Vec<CreditClass>,
    }
}

impl Party {
    /// The role as it is held on `day`, whether or not its licence still runs.
    pub fn role(&self, kind: RoleKind, day: Day) -> Option<&Role> {
        self.roles.iter().find(|r| r.kind == kind && in_force(r.from, r.until, day))
    }

    pub fn is_suspended(&self, day: Day) -> bool {
        self.suspended.iter().any(|s| in_force(s.from, s.until, day))
    }

    pub fn is_untrusted(&self, day: Day) -> bool {
        self.untrusted.iter().any(|s| in_force(s.from, s.until, day))
    }
}

impl Role {
    pub fn licence_runs(&self, day: Day) -> bool {
        self.licence_until.is_none_or(|last| day <= last)
    }
}

packed_names! {
    pub enum ZoneKind {
        /// 综合试验区
        1 => Zone "zone",
        /// A city or area inside a zone.
        2 => Locality "locality",
        /// 海关 that takes declarations.
        3 => Office "office",
    }
}

packed! {
    /// `Key::Zone`: a zone, a locality or a customs office, with what it was in each time.
    pub struct Zone {
        1 => pub code: Text,
        2 => pub rows: Vec<ZoneRow>,
    }
}

packed! {
    pub struct ZoneRow {
        1 => pub code: Text,
        2 => pub kind: ZoneKind,
        3 => pub name_zh: Text,
        4 => pub name_en: Text,
        /// The zone that a locality belongs to, the locality that an office stands in.
        5 => pub parent: Text,
        /// Trade modes: what an office handles; for a locality `1210` while it is on the list of pilot cities (R05).
        6 => pub modes: Vec<Text>,
        7 => pub from: Day,
        8 => pub until: Option<Day>,
        9 => pub clause: Text,
    }
}

impl Zone {
    /// What it is on `day`.
    pub fn on(&self, day: Day) -> Option<&ZoneRow> {
        self.rows.iter().find(|r| in_force(r.from, r.until, day))
    }
}

packed! {
    /// `Key::Certificate`: a certificate bound to an enterprise.
    pub struct CertificateRow {
        /// SHA-256 of the DER bytes.
        1 => pub fingerprint: [u8; 32],
        2 => pub code: Text,
        /// The first and last day on which its signatures count.
        3 => pub from: Day,
        4 => pub until: Option<Day>,
        /// What stands on it, for people.
        5 => pub serial: Text,
    }
}

packed! {
    /// `Key::Goods` (seller, item number): goods as the seller has filed them (商品备案).
    pub struct GoodsRow {
        1 => pub ebc: Text,
        2 => pub item_no: Text,
        3 => pub version: u32,
        4 => pub name_zh: Text,
        5 => pub name_en: Text,
        6 => pub hs10: Text,
        7 => pub model: Text,
        8 => pub bar_code: Text,
        /// Three digits, as in messages.
        9 => pub origin: Text,
        10 => pub unit: Text,
        11 => pub unit1: Text,
        12 => pub unit2: Text,
        /// First and second statutory quantity of one unit.
        13 => pub qty1: Quantity,
        14 => pub qty2: Option<Quantity>,
        /// What price thresholds are measured by, in one unit: millilitres, grams, pieces.
        15 => pub content: Quantity,
        /// Kind of article and other words that remarks of the positive list ask for (`household-printer-ink`).
        16 => pub tags: Vec<Text>,
        17 => pub from: Day,
        18 => pub until: Option<Day>,
        /// Approved by an official; a filing that waits for review is kept but not relied on.
        19 => pub approved: bool,
    }
}

packed! {
    /// A guarantee (税款担保); `Key::Guarantee` holds it with its ledger (rules.md 3.7).
    pub struct GuaranteeRow {
        1 => pub code: Text,
        /// Customs district: the first two digits of the office.
        2 => pub district: Text,
        3 => pub kind: GuaranteeKind,
        4 => pub limit: Fen,
        5 => pub from: Day,
        6 => pub until: Option<Day>,
    }
}

packed_names! {
    pub enum GuaranteeKind {
        /// 保证金
        1 => Deposit "deposit",
        /// 银行保函
        2 => BankLetter "bank",
        /// 保险单
        3 => Insurance "insurance",
        /// 非银行金融机构保函
        4 => OtherLetter "nonbank",
    }
}

packed! {
    /// A house bill of a manifest (舱单分提运单); `Key::Manifest` holds it with what of it is used.
    pub struct ManifestRow {
        1 => pub bill_no: Text,
        2 => pub voyage_no: Text,
        3 => pub traf_no: Text,
        4 => pub traf_mode: Text,
        /// Parcels under this bill.
        5 => pub pieces: u32,
        6 => pub arrived_on: Day,
        /// Office of the port of entry.
        7 => pub port: Text,
        /// The supervised place that the goods are brought to.
        8 => pub place: Text,
    }
}

packed! {
    /// An item of an account book at its opening; `Key::Stock` holds it with its movements (rules.md 7.5).
    pub struct StockRow {
        1 => pub ems_no: Text,
        2 => pub item_record_no: Text,
        3 => pub area_code: Text,
        4 => pub hs10: Text,
        5 => pub name: Text,
        6 => pub unit: Text,
        7 => pub unit1: Text,
        8 => pub unit2: Text,
        9 => pub qty: Quantity,
        10 => pub origin: Text,
        /// Of one unit, when it entered.
        11 => pub price: Fen,
        12 => pub entered_on: Day,
        13 => pub expires_on: Option<Day>,
    }
}

packed! {
    /// `Key::Blocked`: an identity that may not be used (stolen, disputed).
    pub struct BlockedRow {
        1 => pub id: Pseudonyms,
        2 => pub reason: Text,
        3 => pub from: Day,
        4 => pub until: Option<Day>,
    }
}

/// A blocked identity as a file names it: personal, so it is never kept; the reader turns it into a [`BlockedRow`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BlockedPerson {
    /// Upper case.
    pub id_number: String,
    pub reason: String,
    pub from: Day,
    pub until: Option<Day>,
}
