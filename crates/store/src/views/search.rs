//! What a search meets that is no number: words of goods, headings of the tariff, enterprises, and persons by their
//! pseudonyms. The place of a list among those that met is the entry in which it was declared.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, params};
use trade::documents::Document;
use trade::key::CaseKey;
use trade::pseudonym::Pseudonyms;
use trade::registry::Party;

use super::Views;
use super::rows::{COLUMNS, ParcelRow, parcel_row};
use super::summaries::Whose;
use crate::StoreError;

pub(super) const SQL: &str = "
        CREATE TABLE goods_name (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE met (
          what INTEGER NOT NULL, key BLOB NOT NULL, revision INTEGER NOT NULL, ebc TEXT NOT NULL, order_no TEXT NOT NULL,
          PRIMARY KEY (what, key, revision, ebc, order_no)) STRICT, WITHOUT ROWID;
        CREATE TABLE party (
          code TEXT PRIMARY KEY, name TEXT NOT NULL, name_en TEXT NOT NULL) STRICT, WITHOUT ROWID;";

/// Goods by different names that one word may meet.
const NAMES: usize = 200;
/// Of what met, so many of the newest lists are held to what the reader may see.
const LOOKED_AT: usize = 5_000;

/// What a list is met by.
#[derive(Clone, Copy, Debug)]
pub enum Met<'a> {
    /// A part of the name of its goods.
    Word(&'a str),
    /// Four digits.
    Heading(&'a str),
    /// The buyer's name, and the telephone: whole.
    Name(&'a Pseudonyms),
    Telephone(&'a Pseudonyms),
}

const NAMED: i64 = 1;
const HEADING: i64 = 2;
const PERSON: i64 = 3;

/// A list is declared, or declared otherwise.
pub(super) fn list(tx: &Connection, case: &CaseKey, document: &Document, revision: u64) -> Result<(), StoreError> {
    let mut keys: BTreeSet<(i64, Vec<u8>)> = BTreeSet::new();
    let mut names: BTreeSet<&str> = BTreeSet::new();
    let mut goods = |name, code: &'_ str| {
        names.insert(name);
        keys.extend(code.get(..4).map(|heading| (HEADING, heading.as_bytes().to_vec())));
    };
    match document {
        Document::List(list) => {
            list.lines.iter().for_each(|line| goods(line.gname.as_str(), &line.gcode));
            let persons = [&list.buyer.name, &list.buyer.telephone];
            // As of buyers: the pseudonym under the oldest live key is that of every later value too.
            keys.extend(persons.into_iter().filter_map(|of| of.0.last()).map(|one| (PERSON, tag(one.year, &one.tag))));
        }
        Document::ExportList(list) => list.lines.iter().for_each(|line| goods(line.gname.as_str(), &line.gcode)),
        _ => return Ok(()),
    }
    for name in names.into_iter().filter(|name| !name.is_empty()) {
        keys.insert((NAMED, name_id(tx, name)?.to_be_bytes().to_vec()));
    }
    for (what, key) in keys {
        tx.prepare_cached("INSERT OR IGNORE INTO met VALUES (?1, ?2, ?3, ?4, ?5)")?.execute(params![
            what,
            key,
            revision as i64,
            case.ebc.as_str(),
            case.order_no.as_str()
        ])?;
    }
    Ok(())
}

fn name_id(tx: &Connection, name: &str) -> Result<i64, StoreError> {
    let known = tx
        .prepare_cached("SELECT id FROM goods_name WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?;
    match known {
        Some(id) => Ok(id),
        None => {
            tx.prepare_cached("INSERT INTO goods_name (name) VALUES (?1)")?.execute([name])?;
            Ok(tx.last_insert_rowid())
        }
    }
}

fn tag(year: u16, tag: &[u8; 16]) -> Vec<u8> {
    [&year.to_be_bytes()[..], tag].concat()
}

pub(super) fn party(tx: &Connection, of: &Party) -> Result<(), StoreError> {
    tx.prepare_cached("INSERT OR REPLACE INTO party VALUES (?1, ?2, ?3)")?.execute(params![
        of.code.as_str(),
        of.name_zh.as_str(),
        of.name_en.as_str()
    ])?;
    Ok(())
}

/// A part of a text, for `LIKE`, in which nothing stands for anything else.
fn part(text: &str) -> String {
    let plain = text.chars().flat_map(|c| ['%', '_', '\\'].contains(&c).then_some('\\').into_iter().chain([c]));
    format!("%{}%", plain.collect::<String>())
}

impl Views {
    /// Lists that a search met and this reader sees, the newest first.
    ///
    /// # Errors
    /// Whatever SQL says, as for all questions here.
    pub fn met(&self, met: Met<'_>, whose: Whose<'_>, limit: usize) -> Result<Vec<ParcelRow>, StoreError> {
        let (what, person) = match met {
            Met::Word(_) => (NAMED, None),
            Met::Heading(_) => (HEADING, None),
            Met::Name(of) | Met::Telephone(of) => (PERSON, Some(of)),
        };
        let columns = COLUMNS.split(", ").map(|c| format!("p.{c}")).collect::<Vec<_>>().join(", ");
        let (sees, codes): (&str, Vec<String>) = match whose {
            Whose::All => ("?4 = ''", vec![String::new()]),
            Whose::Office(code) => ("p.office = ?4", vec![code.to_owned()]),
            Whose::Enterprises(codes) => ("?4 IN (p.ebc, p.agent)", codes.to_vec()),
        };
        let question = format!(
            "SELECT {columns} FROM
               (SELECT ebc, order_no, revision FROM met WHERE what = ?1 AND key = ?2 ORDER BY revision DESC LIMIT {LOOKED_AT}) m
             JOIN parcel p ON p.ebc = m.ebc AND p.order_no = m.order_no WHERE {sees} ORDER BY m.revision DESC LIMIT ?3"
        );
        self.read(|db| {
            let keys: Vec<Vec<u8>> = match met {
                Met::Heading(heading) => vec![heading.as_bytes().to_vec()],
                Met::Word(word) => {
                    let mut ask =
                        db.prepare_cached("SELECT id FROM goods_name WHERE name LIKE ?1 ESCAPE '\\' LIMIT ?2")?;
                    let ids = ask.query_map(params![part(word), NAMES as i64], |row| row.get::<_, i64>(0))?;
                    ids.map(|id| id.map(|id| id.to_be_bytes().to_vec())).collect::<Result<_, _>>()?
                }
                _ => person.iter().flat_map(|of| &of.0).map(|one| tag(one.year, &one.tag)).collect(),
            };
            let mut all: Vec<ParcelRow> = Vec::new();
            let mut ask = db.prepare_cached(&question)?;
            for (key, code) in keys.iter().flat_map(|key| codes.iter().map(move |code| (key, code))) {
                let rows = ask.query_map(params![what, key, limit as i64, code], parcel_row)?;
                all.extend(rows.collect::<Result<Vec<_>, _>>()?);
            }
            all.sort_by(|a, b| (b.revision, &a.key).cmp(&(a.revision, &b.key)));
            all.dedup_by(|a, b| a.key == b.key);
            all.truncate(limit);
            Ok(all)
        })
    }

    /// Enterprises by a part of their name, or by their code: code, name, name in English.
    ///
    /// # Errors
    /// As [`Views::met`].
    pub fn parties_named(&self, text: &str, limit: usize) -> Result<Vec<[String; 3]>, StoreError> {
        self.read(|db| {
            let mut ask = db.prepare_cached(
                "SELECT code, name, name_en FROM party WHERE code = ?1 OR name LIKE ?2 ESCAPE '\\'
                 OR name_en LIKE ?2 ESCAPE '\\' ORDER BY code LIMIT ?3",
            )?;
            let row = |row: &rusqlite::Row<'_>| Ok([row.get(0)?, row.get(1)?, row.get(2)?]);
            Ok(ask.query_map(params![text, part(text), limit as i64], row)?.collect::<Result<_, _>>()?)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows::SCHEMA;
    use super::*;
    use trade::documents::{List, ListLine, Person};
    use trade::pseudonym::Pseudonym;

    fn person(name: u8, telephone: u8) -> Person {
        let of =
            |n| Pseudonyms(vec![Pseudonym { year: 2026, tag: [n; 16] }, Pseudonym { year: 2025, tag: [n + 1; 16] }]);
        Person { name: of(name), telephone: of(telephone), ..Person::default() }
    }

    #[test]
    fn lists_are_met_by_words_headings_and_whole_persons_as_far_as_the_reader_sees() {
        let views = Views::in_memory(SCHEMA).unwrap();
        let list_of = |goods: &[(&str, &str)], buyer: Person| {
            let line = |(name, code): &(&str, &str)| ListLine {
                gname: (*name).into(),
                gcode: (*code).into(),
                ..ListLine::default()
            };
            Document::List(List { lines: goods.iter().map(line).collect(), buyer, ..List::default() })
        };
        let lists = [
            ("A", "1", "X", "6401", list_of(&[("婴幼儿奶粉 900g", "1901101090")], person(1, 5))),
            ("A", "2", "Y", "6402", list_of(&[("面霜", "3304990099"), ("奶粉", "1901101090")], person(1, 7))),
            ("B", "3", "X", "6402", list_of(&[("100%_棉", "6109100010")], person(9, 7))),
        ];
        views
            .read(|db| {
                for (at, (ebc, order_no, agent, office, document)) in (3..).zip(&lists) {
                    let key = CaseKey { ebc: (*ebc).into(), order_no: (*order_no).into() };
                    list(db, &key, document, at)?;
                    list(db, &key, document, at + 10)?;
                    db.execute(
                        "INSERT INTO parcel VALUES (?1, ?2, 'released', 800, '1210', ?3, ?4, '', '', 0, 0, ?5, 0, 0, 0, '')",
                        params![ebc, order_no, office, agent, at as i64],
                    )?;
                }
                for (code, zh, en) in [("A", "三亚电商有限公司", "Sanya Trade"), ("B", "海口_物流", "Haikou Freight")] {
                    let of = Party { code: code.into(), name_zh: zh.into(), name_en: en.into(), ..Party::default() };
                    party(db, &of)?;
                }
                Ok(())
            })
            .unwrap();
        let codes = |all: &[&str]| all.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>();
        let found = |met, whose| {
            let rows = views.met(met, whose, 9).unwrap();
            rows.iter().map(|row| row.key.order_no.to_string()).collect::<Vec<_>>().join(" ")
        };
        for (word, expected) in [("奶粉", "2 1"), ("面霜", "2"), ("%_", "3"), ("_", "3"), ("茶叶", ""), ("900G", "1")]
        {
            assert_eq!(found(Met::Word(word), Whose::All), expected, "{word}");
        }
        assert_eq!(found(Met::Heading("1901"), Whose::All), "2 1");
        assert_eq!(found(Met::Heading("1902"), Whose::All), "");
        let (one, other) = (person(1, 7), person(2, 6));
        assert_eq!(found(Met::Name(&one.name), Whose::All), "2 1");
        assert_eq!(found(Met::Telephone(&one.telephone), Whose::All), "3 2");
        // A value that was read under the older key alone has the same tag there.
        let older = Pseudonyms(vec![Pseudonym { year: 2025, tag: [2; 16] }]);
        assert_eq!(found(Met::Name(&older), Whose::All), "2 1");
        assert_eq!(found(Met::Name(&other.name), Whose::All), "", "another's");
        let (seller, agent) = (codes(&["B"]), codes(&["X"]));
        assert_eq!(found(Met::Word("奶粉"), Whose::Enterprises(&seller)), "", "it has no part in them");
        assert_eq!(found(Met::Word("奶粉"), Whose::Enterprises(&agent)), "1");
        assert_eq!(found(Met::Telephone(&one.telephone), Whose::Enterprises(&agent)), "3");
        assert_eq!(found(Met::Heading("1901"), Whose::Office("6402")), "2");
        let parties = |text: &str| {
            let all = views.parties_named(text, 9).unwrap();
            all.into_iter().map(|[code, ..]| code).collect::<Vec<_>>().join(" ")
        };
        for (text, expected) in [("电商", "A"), ("B", "B"), ("freight", "B"), ("公司", "A"), ("_", "B"), ("%", "")]
        {
            assert_eq!(parties(text), expected, "{text}");
        }
    }
}
