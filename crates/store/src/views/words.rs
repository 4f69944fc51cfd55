//! Words of goods and enterprises, and headings of the tariff: which parcels are meant by 奶粉, by 1901, by a seller's name.
//!
//! What a seller declares repeats itself, so the words are those of its different goods (`item`), each under every pair of
//! neighbouring characters; a parcel adds only one short row (`lot`) for each. Two characters are the shortest word.

use std::cmp::Reverse;
use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, params};
use trade::key::CaseKey;
use trade::registry::Party;

use super::Views;
use super::lists::Filter;
use super::rows::{COLUMNS, ParcelRow, parcel_row};
use crate::StoreError;

pub(super) const SQL: &str = "
        CREATE TABLE item (
          id INTEGER PRIMARY KEY, ebc TEXT NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL, folded TEXT NOT NULL,
          UNIQUE (ebc, code, name)) STRICT;
        CREATE INDEX item_by_code ON item (code);
        CREATE TABLE word (word TEXT NOT NULL, item INTEGER NOT NULL, PRIMARY KEY (word, item)) STRICT, WITHOUT ROWID;
        CREATE TABLE lot (
          item INTEGER NOT NULL, revision INTEGER NOT NULL, order_no TEXT NOT NULL,
          PRIMARY KEY (item, revision, order_no)) STRICT, WITHOUT ROWID;
        CREATE TABLE firm (
          code TEXT PRIMARY KEY, name_zh TEXT NOT NULL, name_en TEXT NOT NULL, folded TEXT NOT NULL)
          STRICT, WITHOUT ROWID;";

/// As words are compared: without blanks and case; a full-width letter is its narrow one.
fn fold(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        c => c,
    };
    text.chars().filter(|c| !c.is_whitespace()).map(narrow).flat_map(char::to_lowercase).collect()
}

/// Every two neighbouring characters.
fn pairs(folded: &str) -> Vec<&str> {
    let ends: Vec<usize> = folded.char_indices().map(|(at, _)| at).chain([folded.len()]).collect();
    ends.windows(3).map(|at| &folded[at[0]..at[2]]).collect()
}

/// The numbers of goods that were met lately, so that a parcel of known goods costs no question.
#[derive(Default)]
pub(super) struct Items(HashMap<[String; 3], i64>);

/// Then they are forgotten; the tables know them.
const REMEMBERED: usize = 50_000;

impl Items {
    pub fn forget(&mut self) {
        self.0.clear();
    }

    /// A list names its goods.
    pub fn lots<'a>(
        &mut self,
        tx: &Connection,
        case: &CaseKey,
        revision: u64,
        lines: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Result<(), StoreError> {
        for (code, name) in lines {
            let item = self.item(tx, [&case.ebc, code, name])?;
            tx.prepare_cached("INSERT OR IGNORE INTO lot VALUES (?1, ?2, ?3)")?.execute(params![
                item,
                revision as i64,
                case.order_no.as_str()
            ])?;
        }
        Ok(())
    }

    fn item(&mut self, tx: &Connection, of: [&str; 3]) -> Result<i64, StoreError> {
        let key = of.map(str::to_owned);
        if let Some(known) = self.0.get(&key) {
            return Ok(*known);
        }
        let [ebc, code, name] = of;
        let known: Option<i64> = tx
            .prepare_cached("SELECT id FROM item WHERE ebc = ?1 AND code = ?2 AND name = ?3")?
            .query_row(params![ebc, code, name], |row| row.get(0))
            .optional()?;
        let item = match known {
            Some(item) => item,
            None => {
                let folded = fold(name);
                tx.prepare_cached("INSERT INTO item (ebc, code, name, folded) VALUES (?1, ?2, ?3, ?4)")?
                    .execute(params![ebc, code, name, folded])?;
                let item = tx.last_insert_rowid();
                for pair in pairs(&folded) {
                    tx.prepare_cached("INSERT OR IGNORE INTO word VALUES (?1, ?2)")?.execute(params![pair, item])?;
                }
                item
            }
        };
        if self.0.len() >= REMEMBERED {
            self.0.clear();
        }
        self.0.insert(key, item);
        Ok(item)
    }
}

/// An enterprise of the registry.
pub(super) fn firm(tx: &Connection, party: &Party) -> Result<(), StoreError> {
    tx.prepare_cached("INSERT OR REPLACE INTO firm VALUES (?1, ?2, ?3, ?4)")?.execute(params![
        party.code.as_str(),
        party.name_zh.as_str(),
        party.name_en.as_str(),
        fold(&format!("{}\n{}", party.name_zh, party.name_en))
    ])?;
    Ok(())
}

/// So many different goods are looked at for one word, and so many of their parcels.
const MOST_ITEMS: usize = 5_000;
const MOST_LOTS: usize = 2_000;

/// Parcels of goods that were asked for by word or heading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Worded {
    /// Newest first.
    pub rows: Vec<ParcelRow>,
    /// There are more, or it was not looked at everything.
    pub more: bool,
}

/// The goods whose name has these words, or whose code begins with these digits: number and seller.
fn items(db: &Connection, query: &str) -> Result<Vec<(i64, String)>, StoreError> {
    let found = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let heading = (4..=10).contains(&query.len()) && query.bytes().all(|c| c.is_ascii_digit());
    if heading {
        // ':' is what follows '9'.
        let mut ask = db.prepare_cached("SELECT id, ebc FROM item WHERE code >= ?1 AND code < ?1 || ':' LIMIT ?2")?;
        return Ok(ask.query_map(params![query, MOST_ITEMS as i64], found)?.collect::<Result<_, _>>()?);
    }
    // By the rarest of its pairs.
    let mut rarest: Option<(i64, &str)> = None;
    for pair in pairs(query) {
        let many: i64 = db
            .prepare_cached("SELECT count(*) FROM (SELECT 1 FROM word WHERE word = ?1 LIMIT ?2)")?
            .query_row(params![pair, MOST_ITEMS as i64], |row| row.get(0))?;
        if rarest.is_none_or(|(least, _)| many < least) {
            rarest = Some((many, pair));
        }
    }
    let Some((_, pair)) = rarest else { return Ok(Vec::new()) };
    let mut ask = db.prepare_cached(
        "SELECT i.id, i.ebc FROM word w CROSS JOIN item i ON i.id = w.item
         WHERE w.word = ?1 AND instr(i.folded, ?2) > 0 LIMIT ?3",
    )?;
    Ok(ask.query_map(params![pair, query, MOST_ITEMS as i64], found)?.collect::<Result<_, _>>()?)
}

fn question() -> String {
    let columns = COLUMNS.split(", ").map(|c| format!("p.{c}")).collect::<Vec<_>>().join(", ");
    format!(
        "SELECT {columns}, l.revision FROM lot l CROSS JOIN parcel p ON p.ebc = ?2 AND p.order_no = l.order_no
         WHERE l.item = ?1 ORDER BY l.revision DESC LIMIT ?3"
    )
}

impl Views {
    /// The newest parcels within the filter's reach whose goods are called so, or lie under that heading (4 to 10
    /// digits). Of states, regimes and reasons nothing is asked.
    ///
    /// # Errors
    /// Whatever SQL says, as for all questions here.
    pub fn worded(&self, query: &str, filter: &Filter) -> Result<Worded, StoreError> {
        let query = fold(query);
        self.read(|db| {
            let all = items(db, &query)?;
            let mut more = all.len() == MOST_ITEMS;
            let mut newest = Vec::new();
            let mut last =
                db.prepare_cached("SELECT revision FROM lot WHERE item = ?1 ORDER BY revision DESC LIMIT 1")?;
            for (item, ebc) in all {
                if filter.seller.as_ref().is_some_and(|seller| *seller != ebc) {
                    continue;
                }
                if let Some(revision) = last.query_row([item], |row| row.get::<_, i64>(0)).optional()? {
                    newest.push((revision, item, ebc));
                }
            }
            newest.sort_by_key(|(revision, item, _)| (Reverse(*revision), *item));
            let mut found: Vec<(i64, ParcelRow)> = Vec::new();
            let mut looked = 0;
            let mut ask = db.prepare_cached(&question())?;
            for (revision, item, ebc) in newest {
                // What is there is newer than all that is left.
                if found.len() > filter.limit && found[filter.limit].0 >= revision {
                    break;
                }
                if looked >= MOST_LOTS {
                    more = true;
                    break;
                }
                let lots = ask.query_map(params![item, ebc, MOST_LOTS as i64], |row| {
                    Ok((row.get::<_, i64>(14)?, parcel_row(row)?))
                })?;
                let mut kept = 0;
                for lot in lots {
                    let (revision, row) = lot?;
                    looked += 1;
                    if filter.has(&row) && found.iter().all(|(_, other)| other.key != row.key) {
                        found.push((revision, row));
                        kept += 1;
                    }
                    if kept > filter.limit || looked >= MOST_LOTS {
                        break;
                    }
                }
                found.sort_by(|(a, row), (b, other)| (b, &row.key.order_no).cmp(&(a, &other.key.order_no)));
                found.truncate(filter.limit + 1);
            }
            more |= found.len() > filter.limit;
            found.truncate(filter.limit);
            Ok(Worded { rows: found.into_iter().map(|(_, row)| row).collect(), more })
        })
    }

    /// Enterprises whose name has these words, or whose code it is: code, Chinese and English name.
    ///
    /// # Errors
    /// Whatever SQL says, as for all questions here.
    pub fn firms(&self, query: &str, limit: usize) -> Result<Vec<[String; 3]>, StoreError> {
        let folded = fold(query);
        if folded.chars().count() < 2 {
            return Ok(Vec::new());
        }
        self.read(|db| {
            let mut ask = db.prepare_cached(
                "SELECT code, name_zh, name_en FROM firm WHERE instr(folded, ?1) > 0 OR code = ?2 ORDER BY code LIMIT ?3",
            )?;
            let rows =
                ask.query_map(params![folded, query.trim(), limit as i64], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?]))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows::SCHEMA;
    use super::*;

    #[test]
    fn pairs_are_of_characters_not_of_bytes() {
        assert_eq!(pairs(&fold("婴儿 奶粉")), ["婴儿", "儿奶", "奶粉"]);
        assert_eq!(pairs(&fold("ＡB")), ["ab"]);
        assert_eq!(pairs("奶"), [] as [&str; 0]);
        assert_eq!(pairs(""), [] as [&str; 0]);
    }

    fn filled() -> Views {
        let views = Views::in_memory(SCHEMA).unwrap();
        let mut items = Items::default();
        for (revision, ebc, order, agent, office, lines) in [
            (1, "S1", "1", "D1", "6401", vec![("1901101000", "婴儿奶粉")]),
            (2, "S1", "2", "D2", "6402", vec![("1901101000", "婴儿奶粉"), ("3304990039", "面霜 CREAM")]),
            (3, "S2", "3", "D1", "6401", vec![("1901101000", "成人奶粉"), ("1901101000", "成人奶粉")]),
            (4, "S2", "4", "D2", "6401", vec![("2106909090", "粉奶")]),
        ] {
            let case = CaseKey { ebc: ebc.into(), order_no: order.into() };
            views
                .read(|db| {
                    db.execute(
                        "INSERT INTO parcel VALUES (?1, ?2, 'released', 800, '', ?3, ?4, '', '', 0, 0, ?5, 0, 0, 0, '')",
                        params![ebc, order, office, agent, revision + 10],
                    )?;
                    items.lots(db, &case, revision as u64, lines.into_iter())?;
                    items.forget();
                    Ok(())
                })
                .unwrap();
        }
        views
    }

    #[test]
    fn goods_are_found_by_two_characters_and_by_heading_within_reach() {
        let views = filled();
        let found = |query: &str, filter: Filter| {
            let told = views.worded(query, &Filter { limit: 9, ..filter }).unwrap();
            assert!(!told.more);
            told.rows.into_iter().map(|row| row.key.order_no.to_string()).collect::<Vec<_>>()
        };
        let own = |code: &str| Filter { enterprises: Some(vec![code.to_owned()]), ..Filter::default() };
        let office = |office: &str| Filter { office: Some(office.to_owned()), ..Filter::default() };
        let nothing: [&str; 0] = [];
        assert_eq!(found("奶粉", Filter::default()), ["3", "2", "1"]);
        assert_eq!(found("婴儿奶粉", Filter::default()), ["2", "1"]);
        assert_eq!(found("奶婴", Filter::default()), nothing);
        assert_eq!(found("奶", Filter::default()), nothing, "one character is no word");
        assert_eq!(found("霜cream", Filter::default()), ["2"]);
        assert_eq!(found("%", Filter::default()), nothing);
        for (heading, orders) in [
            ("1901", &["3", "2", "1"][..]),
            ("19011010", &["3", "2", "1"]),
            ("1901101000", &["3", "2", "1"]),
            ("1901101001", &[]),
            ("33", &[]),
            ("3304", &["2"]),
        ] {
            assert_eq!(found(heading, Filter::default()), orders, "{heading}");
        }
        assert_eq!(found("奶粉", own("S2")), ["3"], "its own as seller");
        assert_eq!(found("奶粉", own("D1")), ["3", "1"], "its own as declarant");
        assert_eq!(found("奶粉", own("X")), nothing);
        assert_eq!(found("奶粉", office("6401")), ["3", "1"]);
        assert_eq!(found("奶粉", Filter { seller: Some("S1".into()), ..office("6401") }), ["1"]);
    }

    #[test]
    fn the_newest_come_first_over_many_goods_and_more_is_told() {
        let views = filled();
        let told = |limit| views.worded("奶粉", &Filter { limit, ..Filter::default() }).unwrap();
        let orders = |told: &Worded| told.rows.iter().map(|row| row.key.order_no.to_string()).collect::<Vec<_>>();
        assert_eq!((orders(&told(2)), told(2).more), (vec!["3".to_owned(), "2".to_owned()], true));
        assert_eq!((orders(&told(3)).len(), told(3).more), (3, false));
    }

    #[test]
    fn enterprises_are_found_by_their_names_and_code() {
        let views = filled();
        let party = |code: &str, zh: &str, en: &str| Party {
            code: code.into(),
            name_zh: zh.into(),
            name_en: en.into(),
            ..Party::default()
        };
        views
            .read(|db| {
                firm(db, &party("S1", "三亚海购", "Sanya Sea Buy"))?;
                firm(db, &party("S2", "海口优选", "Haikou Choice"))?;
                firm(db, &party("S2", "海口优选", "Haikou Best"))
            })
            .unwrap();
        let found = |query: &str| {
            views.firms(query, 9).unwrap().into_iter().map(|[code, ..]| code).collect::<Vec<_>>().join(" ")
        };
        for (query, codes) in [
            ("三亚", "S1"),
            ("海口", "S2"),
            ("sea buy", "S1"),
            ("choice", ""),
            ("best", "S2"),
            ("S2", "S2"),
            ("海", ""),
        ] {
            assert_eq!(found(query), codes, "{query}");
        }
    }
}
