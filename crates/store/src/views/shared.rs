//! Sums that departments read, and counters that no page has to count itself: trade by month, regime and seller,
//! refusals by month, reason and seller, summary payments, parcels by day, state and regime, settled alarms.

use rusqlite::{Row, Transaction, params};
use trade::record::{AlarmSettled, TaxPayment};
use trade::time::{Day, Moment};

use super::Views;
use super::alarms::AlarmRow;
use crate::StoreError;

/// `stands` is kept by the tables themselves, whoever writes a parcel. A day is that of Beijing (UTC+8).
pub(super) const SQL: &str = "
        CREATE TABLE month_trade (
          month INTEGER NOT NULL, export INTEGER NOT NULL, mode TEXT NOT NULL, ebc TEXT NOT NULL,
          lists INTEGER NOT NULL, value INTEGER NOT NULL, tax INTEGER NOT NULL,
          PRIMARY KEY (month, export, mode, ebc)) STRICT, WITHOUT ROWID;
        CREATE TABLE month_refused (
          month INTEGER NOT NULL, code TEXT NOT NULL, ebc TEXT NOT NULL, lists INTEGER NOT NULL,
          PRIMARY KEY (month, code, ebc)) STRICT, WITHOUT ROWID;
        CREATE TABLE tax_payment (
          number TEXT PRIMARY KEY, agent TEXT NOT NULL, office TEXT NOT NULL, amount INTEGER NOT NULL,
          due_on INTEGER NOT NULL, paid_on INTEGER, overdue INTEGER NOT NULL, surcharge INTEGER NOT NULL)
          STRICT, WITHOUT ROWID;
        CREATE INDEX tax_payment_open ON tax_payment (due_on) WHERE paid_on IS NULL;
        CREATE TABLE alarm_settled (
          revision INTEGER NOT NULL, place INTEGER NOT NULL, at INTEGER NOT NULL, who TEXT NOT NULL,
          entry INTEGER NOT NULL, PRIMARY KEY (revision, place)) STRICT, WITHOUT ROWID;
        CREATE TABLE stands (
          day INTEGER NOT NULL, state TEXT NOT NULL, mode TEXT NOT NULL, lists INTEGER NOT NULL,
          PRIMARY KEY (day, state, mode)) STRICT, WITHOUT ROWID;
        CREATE TRIGGER parcel_came AFTER INSERT ON parcel BEGIN
          INSERT INTO stands VALUES ((new.accepted + 28800000) / 86400000, new.state, new.mode, 1)
            ON CONFLICT (day, state, mode) DO UPDATE SET lists = lists + 1;
        END;
        CREATE TRIGGER parcel_moved AFTER UPDATE ON parcel
          WHEN (old.state, old.mode, old.accepted) IS NOT (new.state, new.mode, new.accepted) BEGIN
          UPDATE stands SET lists = lists - 1
            WHERE day = (old.accepted + 28800000) / 86400000 AND state = old.state AND mode = old.mode;
          INSERT INTO stands VALUES ((new.accepted + 28800000) / 86400000, new.state, new.mode, 1)
            ON CONFLICT (day, state, mode) DO UPDATE SET lists = lists + 1;
        END;";

/// The same trade by the office too, of which the zone's map is drawn.
pub(super) const BY_OFFICE: &str = "
        DROP TABLE month_trade;
        CREATE TABLE month_trade (
          month INTEGER NOT NULL, export INTEGER NOT NULL, mode TEXT NOT NULL, ebc TEXT NOT NULL, office TEXT NOT NULL,
          lists INTEGER NOT NULL, value INTEGER NOT NULL, tax INTEGER NOT NULL,
          PRIMARY KEY (month, export, mode, ebc, office)) STRICT, WITHOUT ROWID;";

/// `yyyymm` of a moment's Beijing day.
fn month(at: Moment) -> i64 {
    let (year, month, _) = at.day().date();
    i64::from(year) * 100 + i64::from(month)
}

/// What was traded in a month under a regime, by one seller or by all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traded {
    /// `yyyymm`
    pub month: u32,
    pub export: bool,
    pub mode: String,
    /// Empty where it is the sum over all sellers.
    pub seller: String,
    pub lists: u64,
    /// Fen: taxable price of imports, value FOB of exports.
    pub value: i64,
    pub tax: i64,
}

/// What was released in a month at one customs office.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OfficeMonth {
    pub office: String,
    pub import_lists: u64,
    /// Fen: taxable price, and tax, of imports.
    pub taxable: i64,
    pub tax: i64,
    pub export_lists: u64,
    /// Fen: value FOB of exports.
    pub fob: i64,
}

/// A summary payment of tax.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PaymentRow {
    pub number: String,
    pub agent: String,
    pub office: String,
    /// Fen.
    pub amount: i64,
    pub due_on: Day,
    pub paid_on: Option<Day>,
    pub overdue: bool,
    pub surcharge: i64,
}

pub(super) fn traded(
    tx: &Transaction<'_>,
    at: Moment,
    (export, mode, ebc, office): (bool, &str, &str, &str),
    (value, tax): (i64, i64),
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO month_trade VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6, ?7) ON CONFLICT DO UPDATE
           SET lists = lists + 1, value = value + excluded.value, tax = tax + excluded.tax",
    )?
    .execute(params![month(at), export, mode, ebc, office, value, tax])?;
    Ok(())
}

pub(super) fn refused(tx: &Transaction<'_>, at: Moment, code: &str, ebc: &str) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO month_refused VALUES (?1, ?2, ?3, 1)
           ON CONFLICT (month, code, ebc) DO UPDATE SET lists = lists + 1",
    )?
    .execute(params![month(at), code, ebc])?;
    Ok(())
}

pub(super) fn payment(tx: &Transaction<'_>, number: &str, of: &TaxPayment) -> Result<(), StoreError> {
    tx.prepare_cached("INSERT OR REPLACE INTO tax_payment VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?.execute(
        params![
            number,
            of.agent.as_str(),
            of.office.as_str(),
            of.amount.0,
            of.due_on.0,
            of.paid_on.map(|day| day.0),
            of.overdue,
            of.surcharge.0
        ],
    )?;
    Ok(())
}

pub(super) fn alarm_settled(tx: &Transaction<'_>, case: &str, of: &AlarmSettled) -> Result<(), StoreError> {
    let Some((revision, place)) = AlarmRow::place_of(case) else { return Ok(()) };
    let revision = i64::try_from(revision).unwrap_or(i64::MAX);
    tx.prepare_cached("INSERT OR IGNORE INTO alarm_settled VALUES (?1, ?2, ?3, ?4, ?5)")?.execute(params![
        revision,
        place,
        of.at.0,
        of.by.id.as_str(),
        of.revision as i64
    ])?;
    Ok(())
}

fn payment_row(row: &Row<'_>) -> rusqlite::Result<PaymentRow> {
    Ok(PaymentRow {
        number: row.get(0)?,
        agent: row.get(1)?,
        office: row.get(2)?,
        amount: row.get(3)?,
        due_on: Day(row.get(4)?),
        paid_on: row.get::<_, Option<i32>>(5)?.map(Day),
        overdue: row.get(6)?,
        surcharge: row.get(7)?,
    })
}

impl Views {
    /// Trade by month and regime over all sellers, the newest month first.
    ///
    /// # Errors
    /// Whatever SQL says; so with the next.
    pub fn traded(&self, export: bool, limit: usize) -> Result<Vec<Traded>, StoreError> {
        let sql = "SELECT month, mode, '', sum(lists), sum(value), sum(tax) FROM month_trade WHERE export = ?1
                   GROUP BY month, mode ORDER BY month DESC, mode LIMIT ?2";
        self.trade(sql, export, &[(limit as i64).into()])
    }

    /// The sellers with the most lists in a month, over all regimes.
    pub fn sellers(&self, export: bool, month: u32, limit: usize) -> Result<Vec<Traded>, StoreError> {
        let sql = "SELECT month, '', ebc, sum(lists) AS n, sum(value), sum(tax) FROM month_trade
                   WHERE export = ?1 AND month = ?2 GROUP BY ebc ORDER BY n DESC, ebc LIMIT ?3";
        self.trade(sql, export, &[i64::from(month).into(), (limit as i64).into()])
    }

    /// What was released in a month by customs office, the one with the most lists first.
    pub fn by_office(&self, month: u32) -> Result<Vec<OfficeMonth>, StoreError> {
        let sql = "SELECT office, sum(lists * (1 - export)), sum(value * (1 - export)), sum(tax * (1 - export)),
                     sum(lists * export), sum(value * export)
                   FROM month_trade WHERE month = ?1 GROUP BY office ORDER BY sum(lists) DESC, office";
        self.read(|db| {
            let rows = db
                .prepare_cached(sql)?
                .query_map([i64::from(month)], |row| {
                    Ok(OfficeMonth {
                        office: row.get(0)?,
                        import_lists: row.get::<_, i64>(1)? as u64,
                        taxable: row.get(2)?,
                        tax: row.get(3)?,
                        export_lists: row.get::<_, i64>(4)? as u64,
                        fob: row.get(5)?,
                    })
                })?
                .collect::<Result<Vec<_>, _>>()?;
            Ok(rows)
        })
    }

    fn trade(&self, sql: &str, export: bool, more: &[rusqlite::types::Value]) -> Result<Vec<Traded>, StoreError> {
        let values = std::iter::once(rusqlite::types::Value::from(i64::from(export))).chain(more.iter().cloned());
        self.read(|db| {
            let rows = db
                .prepare_cached(sql)?
                .query_map(rusqlite::params_from_iter(values), |row| {
                    Ok(Traded {
                        month: row.get(0)?,
                        export,
                        mode: row.get(1)?,
                        seller: row.get(2)?,
                        lists: row.get::<_, i64>(3)? as u64,
                        value: row.get(4)?,
                        tax: row.get(5)?,
                    })
                })?
                .collect::<Result<Vec<_>, _>>()?;
            Ok(rows)
        })
    }

    /// Refusals of a month for these reasons: code, seller, lists; the most frequent first.
    pub fn refused_for(
        &self,
        month: u32,
        codes: &[&str],
        limit: usize,
    ) -> Result<Vec<(String, String, u64)>, StoreError> {
        let places = vec!["?"; codes.len()].join(", ");
        let sql = format!(
            "SELECT code, ebc, lists FROM month_refused WHERE month = ? AND code IN ({places})
             ORDER BY lists DESC, code, ebc LIMIT ?"
        );
        let mut values: Vec<rusqlite::types::Value> = vec![i64::from(month).into()];
        values.extend(codes.iter().map(|code| (*code).to_owned().into()));
        values.push((limit as i64).into());
        self.read(|db| {
            let rows = db
                .prepare_cached(&sql)?
                .query_map(rusqlite::params_from_iter(values), |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get::<_, i64>(2)? as u64))
                })?
                .collect::<Result<Vec<_>, _>>()?;
            Ok(rows)
        })
    }

    /// Summary payments that are not paid, by the day on which they are due; and how many, of how much in all.
    pub fn unpaid(&self, limit: usize) -> Result<(Vec<PaymentRow>, u64, i64), StoreError> {
        self.read(|db| {
            let (count, sum): (i64, i64) = db
                .prepare_cached("SELECT count(*), coalesce(sum(amount), 0) FROM tax_payment WHERE paid_on IS NULL")?
                .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let rows = db
                .prepare_cached(
                    "SELECT number, agent, office, amount, due_on, paid_on, overdue, surcharge FROM tax_payment
                     WHERE paid_on IS NULL ORDER BY due_on, number LIMIT ?1",
                )?
                .query_map([limit as i64], payment_row)?
                .collect::<Result<Vec<_>, _>>()?;
            Ok((rows, count as u64, sum))
        })
    }

    /// Who settled an alarm, when, and in which entry.
    pub fn settled_alarm(&self, alarm: &AlarmRow) -> Result<Option<(String, Moment, u64)>, StoreError> {
        use rusqlite::OptionalExtension;
        self.read(|db| {
            let found = db
                .prepare_cached("SELECT who, at, entry FROM alarm_settled WHERE revision = ?1 AND place = ?2")?
                .query_row(params![alarm.revision as i64, alarm.place], |row| {
                    Ok((row.get(0)?, Moment(row.get(1)?), row.get::<_, i64>(2)? as u64))
                })
                .optional()?;
            Ok(found)
        })
    }

    /// How many alarms since a time nobody has settled.
    pub fn open_alarms_since(&self, at: Moment) -> Result<u64, StoreError> {
        self.read(|db| {
            let counted: i64 = db
                .prepare_cached(
                    "SELECT count(*) FROM alarm WHERE at >= ?1
                       AND (revision, place) NOT IN (SELECT revision, place FROM alarm_settled)",
                )?
                .query_row([at.0], |row| row.get(0))?;
            Ok(counted as u64)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows::SCHEMA;
    use super::*;

    #[test]
    fn a_month_is_told_by_office_with_imports_and_exports_apart() {
        let views = Views::in_memory(SCHEMA).unwrap();
        // The month is that of Beijing.
        let day = |day: &str| Moment::parse(day).unwrap();
        let (last, first) = (day("2026-02-28T23:59:59.999"), day("2026-03-01"));
        let fill = |db: &rusqlite::Connection| {
            let tx = db.unchecked_transaction()?;
            traded(&tx, last, (false, "9610", "A", "6402"), (5, 5))?;
            for (export, mode, seller, office, sums) in [
                (false, "9610", "A", "6402", (1_000, 91)),
                (false, "1210", "A", "6402", (2_000, 182)),
                (true, "9610", "B", "6402", (30_000, 0)),
                (true, "9610", "B", "6409", (7, 0)),
                (false, "9610", "A", "6402", (4_000, 364)),
            ] {
                traded(&tx, first, (export, mode, seller, office), sums)?;
            }
            Ok(tx.commit()?)
        };
        views.read(fill).unwrap();
        let office = |office: &str, (import_lists, taxable, tax), (export_lists, fob)| OfficeMonth {
            office: office.into(),
            import_lists,
            taxable,
            tax,
            export_lists,
            fob,
        };
        let march = [office("6402", (3, 7_000, 637), (1, 30_000)), office("6409", (0, 0, 0), (1, 7))];
        assert_eq!(views.by_office(202_603).unwrap(), march);
        assert_eq!(views.by_office(202_602).unwrap(), [office("6402", (1, 5, 5), (0, 0))]);
        assert_eq!(views.by_office(202_604).unwrap(), []);
        // What other boards read is the same trade, over all offices.
        let imports = views.traded(false, 10).unwrap();
        assert_eq!(
            imports.iter().map(|of| (of.month, &*of.mode, of.lists)).collect::<Vec<_>>(),
            [(202_603, "1210", 1), (202_603, "9610", 2), (202_602, "9610", 1)]
        );
        assert_eq!(views.sellers(true, 202_603, 10).unwrap()[0].value, 30_007);
    }
}
