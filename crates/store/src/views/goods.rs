//! Filings of goods (商品备案): whose each is and whether it waits for an official. What was filed is read from the state.

use rusqlite::{Connection, OptionalExtension, Params, params};
use trade::documents::MessageKind;
use trade::key::Pair;
use trade::receipt::Shown;
use trade::record::Ruling;
use trade::registry::GoodsRow;

use super::Views;
use crate::StoreError;

pub(super) const SQL: &str = "
        CREATE TABLE goods (
          ebc TEXT NOT NULL, item_no TEXT NOT NULL, open INTEGER NOT NULL, revision INTEGER NOT NULL,
          told INTEGER, told_index INTEGER, PRIMARY KEY (ebc, item_no)) STRICT, WITHOUT ROWID;
        CREATE INDEX goods_open ON goods (open, revision, ebc, item_no);";

/// It waits since the entry in which it was filed last; what was told of it before is of no use any more.
pub(super) fn filed(tx: &Connection, of: &GoodsRow, revision: u64) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO goods VALUES (?1, ?2, ?3, ?4, NULL, NULL) ON CONFLICT (ebc, item_no)
         DO UPDATE SET open = excluded.open, revision = excluded.revision, told = NULL, told_index = NULL",
    )?
    .execute(params![of.ebc.as_str(), of.item_no.as_str(), !of.approved, revision as i64])?;
    Ok(())
}

/// What was refused waits for its enterprise.
pub(super) fn ruled(tx: &Connection, at: &Pair, of: &Ruling) -> Result<(), StoreError> {
    if let (Some(item_no), Some(_)) = (at.number.strip_prefix("GOODS "), &of.decided) {
        tx.prepare_cached("UPDATE goods SET open = 0 WHERE ebc = ?1 AND item_no = ?2")?
            .execute(params![at.code.as_str(), item_no])?;
    }
    Ok(())
}

/// The receipt of its review, by its place in the journal.
pub(super) fn told(tx: &Connection, receipt: &Shown, (revision, index): (u64, u32)) -> Result<(), StoreError> {
    if receipt.kind == MessageKind::FilingReturn {
        tx.prepare_cached("UPDATE goods SET told = ?3, told_index = ?4 WHERE ebc = ?1 AND item_no = ?2")?
            .execute(params![receipt.ebc_code.as_str(), receipt.cop_no.as_str(), revision as i64, index])?;
    }
    Ok(())
}

fn most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

impl Views {
    /// The receipt of a filing's review, by its place in the journal; none while it waits, or where none was given.
    ///
    /// # Errors
    /// As [`Views::goods_of`].
    pub fn goods_told(&self, of: &Pair) -> Result<Option<(u64, u32)>, StoreError> {
        self.read(|db| {
            let mut ask = db.prepare_cached(
                "SELECT told, told_index FROM goods WHERE ebc = ?1 AND item_no = ?2 AND told IS NOT NULL",
            )?;
            let place = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)? as u64, row.get(1)?));
            Ok(ask.query_row(params![of.code.as_str(), of.number.as_str()], place).optional()?)
        })
    }

    /// The filings of an enterprise after an item's number, in the order of their numbers.
    ///
    /// # Errors
    /// Whatever SQL says, as for all questions here.
    pub fn goods_of(&self, ebc: &str, after: &str, limit: usize) -> Result<Vec<Pair>, StoreError> {
        let question = "SELECT ebc, item_no FROM goods WHERE ebc = ?2 AND item_no > ?3 ORDER BY item_no LIMIT ?1";
        self.goods(question, (most(limit), ebc, after))
    }

    /// All filings after a place, in the order of enterprises and numbers.
    ///
    /// # Errors
    /// As [`Views::goods_of`].
    pub fn goods_after(&self, ebc: &str, item_no: &str, limit: usize) -> Result<Vec<Pair>, StoreError> {
        let question = "SELECT ebc, item_no FROM goods WHERE (ebc, item_no) > (?2, ?3) ORDER BY ebc, item_no LIMIT ?1";
        self.goods(question, (most(limit), ebc, item_no))
    }

    /// Those that wait for an official, the oldest first.
    ///
    /// # Errors
    /// As [`Views::goods_of`].
    pub fn goods_waiting(&self, limit: usize) -> Result<Vec<Pair>, StoreError> {
        let question = "SELECT ebc, item_no FROM goods WHERE open = 1 ORDER BY revision, ebc, item_no LIMIT ?1";
        self.goods(question, (most(limit),))
    }

    fn goods(&self, question: &str, with: impl Params) -> Result<Vec<Pair>, StoreError> {
        self.read(|db| {
            let mut ask = db.prepare_cached(question)?;
            let row = |row: &rusqlite::Row<'_>| {
                Ok(Pair { code: row.get::<_, String>(0)?.into(), number: row.get::<_, String>(1)?.into() })
            };
            Ok(ask.query_map(with, row)?.collect::<Result<_, _>>()?)
        })
    }

    /// How many filings an enterprise has.
    ///
    /// # Errors
    /// As [`Views::goods_of`].
    pub fn goods_count(&self, ebc: &str) -> Result<u64, StoreError> {
        self.read(|db| {
            let mut ask = db.prepare_cached("SELECT count(*) FROM goods WHERE ebc = ?1")?;
            Ok(ask.query_row([ebc], |row| row.get::<_, i64>(0))? as u64)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows::SCHEMA;
    use super::*;
    use trade::command::Position;
    use trade::record::Decided;

    #[test]
    fn filings_are_listed_by_enterprise_and_wait_oldest_first_until_they_are_decided() {
        let views = Views::in_memory(SCHEMA).unwrap();
        let of = |ebc: &str, item: &str, approved| GoodsRow {
            ebc: ebc.into(),
            item_no: item.into(),
            approved,
            ..GoodsRow::default()
        };
        let refused = |yes: bool| Ruling {
            decided: yes.then(|| Decided { place: Position::default(), ..Decided::default() }),
            ..Ruling::default()
        };
        let at = |ebc: &str, number: &str| Pair { code: ebc.into(), number: number.into() };
        let told = |found: Result<Vec<Pair>, StoreError>| {
            found.unwrap().iter().map(|at| format!("{}/{}", at.code, at.number)).collect::<Vec<_>>().join(" ")
        };
        views
            .read(|db| {
                filed(db, &of("B", "2", false), 3)?;
                filed(db, &of("A", "9", false), 4)?;
                filed(db, &of("A", "1", false), 5)?;
                filed(db, &of("B", "3", true), 6)
            })
            .unwrap();
        assert_eq!(told(views.goods_waiting(9)), "B/2 A/9 A/1");
        assert_eq!(told(views.goods_waiting(1)), "B/2");
        assert_eq!(told(views.goods_of("A", "", 9)), "A/1 A/9");
        assert_eq!(told(views.goods_of("A", "1", 9)), "A/9");
        assert_eq!(told(views.goods_after("", "", 9)), "A/1 A/9 B/2 B/3");
        assert_eq!(told(views.goods_after("A", "9", 1)), "B/2");
        assert_eq!((views.goods_count("A").unwrap(), views.goods_count("C").unwrap()), (2, 0));
        views
            .read(|db| {
                filed(db, &of("B", "2", true), 7)?;
                let shown = Shown {
                    kind: MessageKind::FilingReturn,
                    ebc_code: "B".into(),
                    cop_no: "2".into(),
                    ..Shown::default()
                };
                super::told(db, &shown, (7, 1))?;
                ruled(db, &at("A", "GOODS 9"), &refused(true))?;
                ruled(db, &at("A", "GOODS 1"), &refused(false))?;
                ruled(db, &at("A", "BILL 1"), &refused(true))
            })
            .unwrap();
        assert_eq!(told(views.goods_waiting(9)), "A/1", "one was approved, one refused");
        assert_eq!(views.goods_told(&at("B", "2")).unwrap(), Some((7, 1)));
        views.read(|db| filed(db, &of("B", "2", false), 9)).unwrap();
        assert_eq!(views.goods_told(&at("B", "2")).unwrap(), None, "that was the version before");
        views.read(|db| filed(db, &of("B", "2", true), 10)).unwrap();
        views.read(|db| filed(db, &of("A", "9", false), 11)).unwrap();
        assert_eq!(told(views.goods_waiting(9)), "A/1 A/9", "filed anew it waits behind the others");
    }
}
