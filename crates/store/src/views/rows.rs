//! The rows that an entry makes, and the questions that pages ask of them.
//!
//! Everything here is derived and holds no personal value: numbers, states, amounts, codes. A parcel's row is written
//! from the `Case` record that an entry puts, so views and state cannot tell two stories.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension, Row, Transaction, named_params, params};
use trade::account::ApiKeyRow;
use trade::bonded::record::TransitRecord;
use trade::command::{Command, Entry, Outcome, Position};
use trade::documents::{Document, MessageKind};
use trade::effect::Effect;
use trade::key::{CaseKey, Key};
use trade::pack::Pack;
use trade::record::{AlarmSettled, Case, Kept, RefundState, Ruling, Summary, TaxPayment, status};
use trade::registry::{GoodsRow, Party};
use trade::time::Moment;

use super::lists::Reasoned;
use super::migrate::Migration;
use super::{Project, Views};
use crate::StoreError;

/// The tables of the product.
pub const SCHEMA: &[Migration] = &[
    Migration { number: 1, name: "parcels, numbers, outbox, counters", refill: true, sql: PARCELS },
    Migration { number: 2, name: "applications to return and to cancel", refill: true, sql: APPLICATIONS },
    Migration { number: 3, name: "looks", refill: true, sql: super::looks::SQL },
    Migration { number: 4, name: "parcels by declarant", refill: false, sql: BY_AGENT },
    Migration { number: 5, name: "tickets of export", refill: true, sql: "" },
    Migration { number: 6, name: "buyers, and what they disown", refill: true, sql: super::people::SQL },
    Migration { number: 7, name: "open appeals", refill: true, sql: super::people::APPEALS },
    Migration { number: 8, name: "keys of enterprises", refill: true, sql: super::keys::SQL },
    Migration { number: 9, name: "alarms", refill: true, sql: super::alarms::SQL },
    Migration { number: 10, name: "what is overdue", refill: true, sql: super::alarms::OVERDUE },
    Migration { number: 11, name: "summaries of exports", refill: true, sql: super::summaries::SQL },
    Migration { number: 13, name: "what departments read, counters", refill: true, sql: super::shared::SQL },
    Migration { number: 14, name: "what customs hold beside lists", refill: true, sql: super::held::SQL },
    Migration { number: 15, name: "filings of goods", refill: true, sql: super::goods::SQL },
    Migration { number: 16, name: "lists by whose they are, reasons", refill: true, sql: super::lists::SQL },
    Migration { number: 17, name: "persons by batches", refill: true, sql: super::people::PERSONS },
    Migration { number: 18, name: "words of goods and enterprises", refill: true, sql: super::words::SQL },
    Migration { number: 19, name: "runs of what is known, other numbers", refill: true, sql: super::lists::KNOWN },
    Migration { number: 20, name: "trade by office", refill: true, sql: super::shared::BY_OFFICE },
];

/// A declarant's lists and the offices at which it declares.
const BY_AGENT: &str = "CREATE INDEX parcel_by_agent ON parcel (agent, office, state);";

/// Also refused ones, which leave no trace in the parcel's case.
const APPLICATIONS: &str = "
        CREATE TABLE application (
          ebc TEXT NOT NULL, order_no TEXT NOT NULL, revision INTEGER NOT NULL, place INTEGER NOT NULL,
          PRIMARY KEY (ebc, order_no, revision, place)) STRICT, WITHOUT ROWID;";

const PARCELS: &str = "
        CREATE TABLE parcel (
          ebc TEXT NOT NULL, order_no TEXT NOT NULL, state TEXT NOT NULL, status INTEGER NOT NULL,
          mode TEXT NOT NULL, office TEXT NOT NULL, agent TEXT NOT NULL, invt_no TEXT NOT NULL,
          goods TEXT NOT NULL, accepted INTEGER NOT NULL, at INTEGER NOT NULL, revision INTEGER NOT NULL,
          taxable INTEGER NOT NULL, tax INTEGER NOT NULL, risk INTEGER NOT NULL, reasons TEXT NOT NULL,
          PRIMARY KEY (ebc, order_no)) STRICT, WITHOUT ROWID;
        CREATE INDEX parcel_by_state ON parcel (state, revision);
        CREATE INDEX parcel_by_revision ON parcel (revision);
        CREATE INDEX parcel_by_order ON parcel (order_no);
        CREATE INDEX parcel_by_day ON parcel (accepted, state, mode);
        CREATE TABLE number (
          number TEXT NOT NULL, ebc TEXT NOT NULL, order_no TEXT NOT NULL, kind TEXT NOT NULL,
          PRIMARY KEY (number, ebc, order_no, kind)) STRICT, WITHOUT ROWID;
        CREATE TABLE outbox (
          enterprise TEXT NOT NULL, revision INTEGER NOT NULL,
          PRIMARY KEY (enterprise, revision)) STRICT, WITHOUT ROWID;
        CREATE TABLE minute (
          minute INTEGER PRIMARY KEY, arrived INTEGER NOT NULL, released INTEGER NOT NULL,
          refused INTEGER NOT NULL, taxable INTEGER NOT NULL, tax INTEGER NOT NULL) STRICT;
        CREATE TABLE reason (
          day INTEGER NOT NULL, code TEXT NOT NULL, lists INTEGER NOT NULL,
          PRIMARY KEY (day, code)) STRICT, WITHOUT ROWID;
        CREATE TABLE settled (
          day INTEGER NOT NULL, ms INTEGER NOT NULL, lists INTEGER NOT NULL,
          PRIMARY KEY (day, ms)) STRICT, WITHOUT ROWID;";

/// Writes the rows of entries.
#[derive(Default)]
pub struct Rows {
    persons: super::people::Persons,
    items: super::words::Items,
    list: Option<Came>,
}

/// A list that came, until its parcel's row is written: mostly its case follows, and both make one row.
struct Came {
    key: CaseKey,
    goods: String,
    mode: String,
    at: Moment,
    revision: u64,
}

impl Project for Rows {
    fn schema(&self) -> &'static [Migration] {
        SCHEMA
    }

    fn entry(&mut self, tx: &Transaction<'_>, entry: &crate::Entry) -> Result<(), StoreError> {
        let revision = entry.revision;
        let unpacked = Entry::unpack(entry.body())
            .map_err(|e| StoreError::Order(format!("entry {revision} cannot be read: {e}")))?;
        super::looks::entry(tx, revision, &unpacked)?;
        super::alarms::entry(tx, revision, &unpacked)?;
        let mut counted = Counted::default();
        let mut readers = BTreeSet::new();
        let mut given = 0;
        for outcome in &unpacked.outcomes {
            self.outcome(tx, revision, &unpacked, outcome, &mut counted)?;
            for receipt in &outcome.receipts {
                super::goods::told(tx, &receipt.shown, (revision, given))?;
                given += 1;
            }
            application(tx, revision, &unpacked, outcome)?;
            readers.extend(outcome.receipts.iter().map(|r| r.to.as_str()).filter(|to| !to.is_empty()));
        }
        for enterprise in readers {
            tx.prepare_cached("INSERT OR IGNORE INTO outbox VALUES (?1, ?2)")?
                .execute(params![enterprise, revision as i64])?;
        }
        counted.write(tx, unpacked.at)
    }

    fn undone(&mut self) {
        self.persons.forget();
        self.items.forget();
        self.list = None;
    }
}

/// An application names its parcel, whatever came of it.
fn application(tx: &Transaction<'_>, revision: u64, entry: &Entry, outcome: &Outcome) -> Result<(), StoreError> {
    let (Some(Command::Message(message)), Some(case)) = (&entry.command, &outcome.case) else { return Ok(()) };
    let applies = [MessageKind::Cancel, MessageKind::Refund, MessageKind::ExportCancel, MessageKind::ExportRefund];
    if !applies.contains(&message.kind) || outcome.repeats.is_some() {
        return Ok(());
    }
    let submitted = message.documents.get(outcome.about as usize);
    let cop_no = match submitted.and_then(|s| Document::unpack(&s.document).ok()) {
        Some(Document::Cancel(cancel)) => cancel.cop_no,
        Some(Document::Refund(refund)) => refund.cop_no,
        Some(Document::ExportCancel(cancel)) => cancel.cop_no,
        Some(Document::ExportRefund(refund)) => refund.cop_no,
        _ => return Ok(()),
    };
    if !cop_no.is_empty() {
        tx.prepare_cached("INSERT OR IGNORE INTO number VALUES (?1, ?2, ?3, 'copNo')")?.execute(params![
            cop_no.as_str(),
            case.ebc.as_str(),
            case.order_no.as_str()
        ])?;
    }
    tx.prepare_cached("INSERT OR IGNORE INTO application VALUES (?1, ?2, ?3, ?4)")?.execute(params![
        case.ebc.as_str(),
        case.order_no.as_str(),
        revision as i64,
        outcome.about
    ])?;
    Ok(())
}

/// What one entry adds to the counters.
#[derive(Default)]
struct Counted {
    arrived: i64,
    released: i64,
    refused: i64,
    taxable: i64,
    tax: i64,
    reasons: Vec<String>,
    waits: Vec<i64>,
}

impl Counted {
    fn write(self, tx: &Transaction<'_>, at: Moment) -> Result<(), StoreError> {
        if self.arrived + self.released + self.refused > 0 {
            tx.prepare_cached(
                "INSERT INTO minute VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (minute) DO UPDATE SET
                   arrived = arrived + excluded.arrived, released = released + excluded.released,
                   refused = refused + excluded.refused, taxable = taxable + excluded.taxable,
                   tax = tax + excluded.tax",
            )?
            .execute(params![
                at.0.div_euclid(60_000),
                self.arrived,
                self.released,
                self.refused,
                self.taxable,
                self.tax
            ])?;
        }
        let day = at.day().0;
        for code in self.reasons {
            tx.prepare_cached(
                "INSERT INTO reason VALUES (?1, ?2, 1) ON CONFLICT (day, code) DO UPDATE SET lists = lists + 1",
            )?
            .execute(params![day, code])?;
        }
        for ms in self.waits {
            tx.prepare_cached(
                "INSERT INTO settled VALUES (?1, ?2, 1) ON CONFLICT (day, ms) DO UPDATE SET lists = lists + 1",
            )?
            .execute(params![day, ms])?;
        }
        Ok(())
    }
}

impl Rows {
    fn outcome(
        &mut self,
        tx: &Transaction<'_>,
        revision: u64,
        entry: &Entry,
        outcome: &Outcome,
        counted: &mut Counted,
    ) -> Result<(), StoreError> {
        for effect in &outcome.effects {
            let Some(key) = effect.key().and_then(|k| Key::unpack(k).ok()) else { continue };
            match (effect, key) {
                (Effect::Keep(keep), key) => {
                    let Some(Command::Message(message)) = &entry.command else { continue };
                    let Some(submitted) = message.documents.get(keep.doc()) else { continue };
                    let Ok(document) = Document::unpack(&submitted.document) else { continue };
                    self.document(tx, revision, entry.at, &key, &document)?;
                }
                // A list that was corrected.
                (Effect::Put(put), key @ Key::List(_)) => {
                    let Some(document) = Kept::unpack(put.value()).ok().and_then(|kept| kept.document) else {
                        continue;
                    };
                    self.document(tx, revision, entry.at, &key, &document)?;
                }
                (Effect::Put(put), Key::Party(_)) => {
                    if let Ok(party) = Party::unpack(put.value()) {
                        super::words::firm(tx, &party)?;
                    }
                }
                (Effect::Put(put), Key::Goods(_)) => {
                    if let Ok(row) = GoodsRow::unpack(put.value()) {
                        super::goods::filed(tx, &row, revision)?;
                    }
                }
                (Effect::Put(put), Key::ApiKey(_)) => {
                    if let Ok(row) = ApiKeyRow::unpack(put.value()) {
                        super::keys::key(tx, &row)?;
                    }
                }
                (Effect::Put(put), Key::Summary(number)) => {
                    if let Ok(of) = Summary::unpack(put.value()) {
                        super::summaries::summary(tx, &number, &of, revision)?;
                    }
                }
                (Effect::Put(put), Key::Transit(number)) => {
                    if let Ok(of) = TransitRecord::unpack(put.value()) {
                        super::held::transfer(tx, &number, &of, revision)?;
                    }
                }
                (Effect::Put(put), Key::Ruling(at)) => {
                    if let Ok(of) = Ruling::unpack(put.value()) {
                        super::held::ruling(tx, &at, &of, revision)?;
                        super::goods::ruled(tx, &at, &of)?;
                    }
                }
                (Effect::Put(put), Key::Refund(at)) => {
                    if let Ok(of) = RefundState::unpack(put.value()) {
                        super::held::returned(tx, &at, &of, revision)?;
                    }
                }
                (Effect::Put(put), Key::TaxPayment(number)) => {
                    if let Ok(payment) = TaxPayment::unpack(put.value()) {
                        super::shared::payment(tx, &number, &payment)?;
                    }
                }
                (Effect::Put(put), Key::AlarmSettled(case)) => {
                    if let Ok(settled) = AlarmSettled::unpack(put.value()) {
                        super::shared::alarm_settled(tx, &case, &settled)?;
                    }
                }
                (Effect::Put(put), Key::Case(key)) => {
                    let Ok(case) = Case::unpack(put.value()) else { continue };
                    super::held::room(tx, &key, &case, (entry, outcome), revision)?;
                    self.case(tx, revision, entry.at, &key, &case, outcome, counted)?;
                }
                _ => {}
            }
        }
        self.alone(tx)
    }

    /// A list that came without its case, or behind it.
    fn alone(&mut self, tx: &Transaction<'_>) -> Result<(), StoreError> {
        let Some(list) = self.list.take() else { return Ok(()) };
        tx.prepare_cached(
            "INSERT INTO parcel VALUES (?1, ?2, 'waiting', 2, ?6, '', '', '', ?3, ?4, ?4, ?5, 0, 0, 0, '')
             ON CONFLICT (ebc, order_no) DO UPDATE SET goods = excluded.goods",
        )?
        .execute(params![
            list.key.ebc.as_str(),
            list.key.order_no.as_str(),
            list.goods,
            list.at.0,
            list.revision as i64,
            list.mode
        ])?;
        Ok(())
    }

    fn document(
        &mut self,
        tx: &Transaction<'_>,
        revision: u64,
        at: Moment,
        key: &Key,
        document: &Document,
    ) -> Result<(), StoreError> {
        let name = |number: &str, ebc: &str, order_no: &str, kind: &str| -> Result<(), StoreError> {
            if !number.is_empty() {
                tx.prepare_cached("INSERT OR IGNORE INTO number VALUES (?1, ?2, ?3, ?4)")?
                    .execute(params![number, ebc, order_no, kind])?;
            }
            Ok(())
        };
        match (key, document) {
            (Key::Order(case), Document::Order(_) | Document::ExportOrder(_)) => {
                let (goods, transaction) = match document {
                    Document::Order(o) => (o.lines.first().map(|l| &l.item_name), o.pay_transaction.as_str()),
                    Document::ExportOrder(o) => (o.lines.first().map(|l| &l.item_name), ""),
                    _ => (None, ""),
                };
                let goods = goods.map_or("", |name| name.as_str());
                tx.prepare_cached(
                    "INSERT OR IGNORE INTO parcel VALUES
                       (?1, ?2, 'accepted', 0, '', '', '', '', ?3, ?4, ?4, ?5, 0, 0, 0, '')",
                )?
                .execute(params![
                    case.ebc.as_str(),
                    case.order_no.as_str(),
                    goods,
                    at.0,
                    revision as i64
                ])?;
                self.persons.named(tx, case, document)?;
                name(transaction, &case.ebc, &case.order_no, "payTransactionId")
            }
            (Key::Payment(pair), Document::Payment(payment)) => {
                name(&pair.number, "", &payment.order_no, "payTransactionId")
            }
            (Key::Waybill(pair), Document::Waybill(waybill)) if !waybill.order_no.is_empty() => {
                name(&pair.number, "", &waybill.order_no, "logisticsNo")
            }
            (Key::ReceiptOfPayment(case), Document::ReceiptOfPayment(receipt)) => {
                name(&receipt.transaction, &case.ebc, &case.order_no, "payTransactionId")
            }
            (Key::List(case), Document::List(_) | Document::ExportList(_)) => {
                let (goods, mode, numbers) = match document {
                    Document::List(l) => {
                        (l.lines.first().map(|l| &l.gname), &l.trade_mode, [&l.logistics_no, &l.cop_no, &l.bill_no])
                    }
                    Document::ExportList(l) => {
                        (l.lines.first().map(|l| &l.gname), &l.trade_mode, [&l.logistics_no, &l.cop_no, &l.bill_no])
                    }
                    _ => return Ok(()),
                };
                self.persons.named(tx, case, document)?;
                let lines: Vec<(&str, &str)> = match document {
                    Document::List(l) => l.lines.iter().map(|l| (l.gcode.as_str(), l.gname.as_str())).collect(),
                    Document::ExportList(l) => l.lines.iter().map(|l| (l.gcode.as_str(), l.gname.as_str())).collect(),
                    _ => Vec::new(),
                };
                self.items.lots(tx, case, revision, lines.into_iter())?;
                self.alone(tx)?;
                self.list = Some(Came {
                    key: case.clone(),
                    goods: goods.map_or("", |name| name.as_str()).to_owned(),
                    mode: mode.to_string(),
                    at,
                    revision,
                });
                for (number, kind) in numbers.into_iter().zip(["logisticsNo", "copNo", "billNo"]) {
                    name(number, &case.ebc, &case.order_no, kind)?;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one row needs all of it, and nobody else calls it")]
    fn case(
        &mut self,
        tx: &Transaction<'_>,
        revision: u64,
        at: Moment,
        key: &CaseKey,
        case: &Case,
        outcome: &Outcome,
        counted: &mut Counted,
    ) -> Result<(), StoreError> {
        let state = status::name(case.status);
        let before = tx
            .prepare_cached(
                "SELECT status, invt_no, revision, agent, office, state, mode, reasons FROM parcel
                 WHERE ebc = ?1 AND order_no = ?2",
            )?
            .query_row(params![key.ebc.as_str(), key.order_no.as_str()], |row| {
                let texts: [String; 6] = [row.get(1)?, row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?, row.get(7)?];
                Ok((row.get::<_, i32>(0)?, row.get::<_, i64>(2)?.unsigned_abs(), texts))
            })
            .optional()?;
        let reasons = outcome.findings.iter().map(|f| f.code.name()).collect::<Vec<_>>().join(" ");
        let (taxable, tax) = case.tax.as_ref().map_or((0, 0), |t| (t.taxable.0, t.total().0));
        tx.prepare_cached(
            "INSERT INTO parcel VALUES
               (:ebc, :order_no, :state, :status, :mode, :office, :agent, :invt_no, coalesce(:goods, ''), :accepted, :at,
                :revision, :taxable, :tax, :risk, :reasons)
             ON CONFLICT (ebc, order_no) DO UPDATE SET
               goods = coalesce(:goods, goods), state = excluded.state, status = excluded.status, mode = excluded.mode,
               office = excluded.office, agent = excluded.agent, invt_no = excluded.invt_no, accepted = excluded.accepted, at = excluded.at,
               revision = excluded.revision, taxable = excluded.taxable, tax = excluded.tax, risk = excluded.risk,
               reasons = excluded.reasons",
        )?
        .execute(named_params! {
            ":ebc": key.ebc.as_str(), ":order_no": key.order_no.as_str(), ":state": state, ":status": case.status, ":mode": case.mode.as_str(),
            ":office": case.office.as_str(), ":agent": case.agent.as_str(), ":invt_no": case.invt_no.as_str(), ":accepted": case.accepted.0,
            ":at": at.0, ":revision": revision as i64, ":taxable": taxable, ":tax": tax, ":risk": case.risk,
            ":reasons": reasons, ":goods": self.list.take_if(|list| list.key == *key).map(|list| list.goods),
        })?;
        if !case.invt_no.is_empty() && case.trail.len() == 1 {
            for (number, kind) in [(&case.invt_no, "invtNo"), (&case.pre_no, "preNo")] {
                tx.prepare_cached("INSERT OR IGNORE INTO number VALUES (?1, ?2, ?3, ?4)")?.execute(params![
                    number.as_str(),
                    key.ebc.as_str(),
                    key.order_no.as_str(),
                    kind
                ])?;
            }
        }
        let now =
            Reasoned { revision, agent: &case.agent, office: &case.office, state, mode: &case.mode, codes: &reasons };
        let was = before.as_ref().map(|(_, revision, [_, agent, office, state, mode, codes])| Reasoned {
            revision: *revision,
            agent,
            office,
            state,
            mode,
            codes,
        });
        super::lists::reasons(tx, key, was.as_ref(), &now)?;
        // Of an earlier list of the same order nothing is counted on.
        let before = before.filter(|(_, _, [invt_no, ..])| *invt_no == *case.invt_no).map(|(status, ..)| status);
        super::people::disowned(tx, key, case)?;
        super::people::appeal(tx, key, case)?;
        if case.trail.len() == 1 || before.is_none() {
            counted.arrived += 1;
        }
        if before == Some(case.status) {
            return Ok(());
        }
        match case.status {
            status::RELEASED => {
                counted.released += 1;
                counted.taxable += taxable;
                counted.tax += tax;
                counted.waits.push((at.0 - case.accepted.0).max(0));
                let exported = case.export.as_ref().map(|export| export.value.unwrap_or_default().0);
                let of = (exported.is_some(), case.mode.as_str(), key.ebc.as_str(), case.office.as_str());
                super::shared::traded(tx, at, of, (exported.unwrap_or(taxable), tax))?;
            }
            status::REFUSED => {
                counted.refused += 1;
                for finding in outcome.findings.iter().filter(|f| !f.forgiven) {
                    super::shared::refused(tx, at, finding.code.name(), &key.ebc)?;
                    counted.reasons.push(finding.code.name().to_owned());
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// A parcel as lists show it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParcelRow {
    pub key: CaseKey,
    pub state: String,
    pub mode: String,
    pub agent: String,
    pub office: String,
    pub invt_no: String,
    pub goods: String,
    pub at: Moment,
    pub revision: u64,
    pub taxable: i64,
    pub tax: i64,
    pub risk: u32,
    /// Codes of findings, separated by blanks.
    pub reasons: String,
}

/// Order numbers stand in the parcels themselves. Another number whose document named no seller finds the parcels of its
/// order number.
fn find_question() -> String {
    let columns = COLUMNS.split(", ").map(|c| format!("p.{c}")).collect::<Vec<_>>().join(", ");
    format!(
        "SELECT {columns}, 'orderNo' FROM parcel p WHERE p.order_no = ?1
         UNION ALL
         SELECT {columns}, n.kind FROM number n JOIN parcel p
           ON p.order_no = n.order_no AND (n.ebc = '' OR p.ebc = n.ebc)
         WHERE n.number = ?1 ORDER BY p.revision DESC LIMIT ?2"
    )
}

pub(super) const COLUMNS: &str =
    "ebc, order_no, state, mode, agent, invt_no, goods, at, revision, taxable, tax, risk, reasons, office";

pub(super) fn parcel_row(row: &Row<'_>) -> rusqlite::Result<ParcelRow> {
    Ok(ParcelRow {
        key: CaseKey { ebc: row.get::<_, String>(0)?.into(), order_no: row.get::<_, String>(1)?.into() },
        state: row.get(2)?,
        mode: row.get(3)?,
        agent: row.get(4)?,
        invt_no: row.get(5)?,
        goods: row.get(6)?,
        at: Moment(row.get(7)?),
        revision: row.get::<_, i64>(8)? as u64,
        taxable: row.get(9)?,
        tax: row.get(10)?,
        risk: row.get(11)?,
        reasons: row.get(12)?,
        office: row.get(13)?,
    })
}

/// One minute of the day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Minute {
    pub minute: i64,
    pub arrived: u64,
    pub released: u64,
    pub refused: u64,
    pub taxable: i64,
    pub tax: i64,
}

impl Views {
    /// The parcels that a number names, with what it is: `orderNo`, `logisticsNo`, `invtNo` …
    pub fn find(&self, number: &str, limit: usize) -> Result<Vec<(ParcelRow, String)>, StoreError> {
        self.read(|db| {
            let question = find_question();
            let rows = db
                .prepare_cached(&question)?
                .query_map(params![number, limit as i64], |row| Ok((parcel_row(row)?, row.get(14)?)))?
                .collect::<Result<Vec<_>, _>>()?;
            Ok(rows)
        })
    }

    /// Parcels by state and mode, of those that came on the day of `from` or later.
    pub fn counts(&self, from: Moment) -> Result<Vec<(String, String, u64)>, StoreError> {
        self.read(|db| {
            let rows = db
                .prepare_cached(
                    "SELECT state, mode, sum(lists) FROM stands WHERE day >= ?1 GROUP BY state, mode
                     HAVING sum(lists) > 0 ORDER BY state, mode",
                )?
                .query_map([from.day().0], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, i64>(2)? as u64)))?
                .collect::<Result<Vec<_>, _>>()?;
            Ok(rows)
        })
    }

    /// The counters of the minutes from `from` up to and without `to`.
    pub fn minutes(&self, from: Moment, to: Moment) -> Result<Vec<Minute>, StoreError> {
        self.read(|db| {
            let rows = db
                .prepare_cached("SELECT * FROM minute WHERE minute >= ?1 AND minute < ?2 ORDER BY minute")?
                .query_map(params![from.0.div_euclid(60_000), to.0.div_euclid(60_000)], |row| {
                    Ok(Minute {
                        minute: row.get(0)?,
                        arrived: row.get::<_, i64>(1)? as u64,
                        released: row.get::<_, i64>(2)? as u64,
                        refused: row.get::<_, i64>(3)? as u64,
                        taxable: row.get(4)?,
                        tax: row.get(5)?,
                    })
                })?
                .collect::<Result<Vec<_>, _>>()?;
            Ok(rows)
        })
    }

    /// The reasons of refusal of a day, the most frequent first.
    pub fn reasons(&self, day: trade::time::Day, limit: usize) -> Result<Vec<(String, u64)>, StoreError> {
        self.read(|db| {
            let rows = db
                .prepare_cached("SELECT code, lists FROM reason WHERE day = ?1 ORDER BY lists DESC, code LIMIT ?2")?
                .query_map(params![day.0, limit as i64], |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as u64)))?
                .collect::<Result<Vec<_>, _>>()?;
            Ok(rows)
        })
    }

    /// From acceptance to release on a day, in milliseconds: the median and the 95th of a hundred.
    pub fn times_to_release(&self, day: trade::time::Day) -> Result<Option<(u64, u64)>, StoreError> {
        let all: Vec<(i64, i64)> = self.read(|db| {
            let rows = db
                .prepare_cached("SELECT ms, lists FROM settled WHERE day = ?1 ORDER BY ms")?
                .query_map([day.0], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<Vec<_>, _>>()?;
            Ok(rows)
        })?;
        let total: i64 = all.iter().map(|(_, n)| n).sum();
        let at = |share: i64| {
            let mut seen = 0;
            let wanted = ((total * share + 99) / 100).max(1);
            all.iter().find(|(_, n)| {
                seen += n;
                seen >= wanted
            })
        };
        Ok(at(50).zip(at(95)).map(|(a, b)| (a.0 as u64, b.0 as u64)))
    }

    /// Where the applications to return or cancel a parcel stand, refused ones too.
    pub fn applications(&self, case: &CaseKey) -> Result<Vec<Position>, StoreError> {
        self.read(|db| {
            let rows = db
                .prepare_cached("SELECT revision, place FROM application WHERE ebc = ?1 AND order_no = ?2")?
                .query_map(params![case.ebc.as_str(), case.order_no.as_str()], |row| {
                    Ok(Position { revision: row.get::<_, i64>(0)? as u64, index: row.get(1)? })
                })?
                .collect::<Result<Vec<_>, _>>()?;
            Ok(rows)
        })
    }

    /// The entries after `revision` that hold receipts for one of these enterprises, oldest first.
    pub fn outbox(&self, enterprises: &[String], revision: u64, limit: usize) -> Result<Vec<u64>, StoreError> {
        let mut all = BTreeSet::new();
        for enterprise in enterprises {
            let some: Vec<i64> = self.read(|db| {
                let rows = db
                    .prepare_cached(
                        "SELECT revision FROM outbox WHERE enterprise = ?1 AND revision > ?2 ORDER BY revision LIMIT ?3",
                    )?
                    .query_map(params![enterprise, revision as i64, limit as i64], |row| row.get(0))?
                    .collect::<Result<Vec<_>, _>>()?;
                Ok(rows)
            })?;
            all.extend(some.into_iter().map(|r| r as u64));
        }
        Ok(all.into_iter().take(limit).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_never_reads_all_parcels() {
        let views = Views::in_memory(SCHEMA).unwrap();
        let plan: Vec<String> = views
            .read(|db| {
                let mut ask = db.prepare(&format!("EXPLAIN QUERY PLAN {}", find_question()))?;
                let steps = ask.query_map(params!["x", 1], |row| row.get(3))?.collect::<Result<_, _>>()?;
                Ok(steps)
            })
            .unwrap();
        assert!(plan.iter().any(|step| step.contains("SEARCH p USING INDEX parcel_by_order")), "{plan:?}");
        assert!(!plan.iter().any(|step| step.starts_with("SCAN")), "{plan:?}");
    }
}
