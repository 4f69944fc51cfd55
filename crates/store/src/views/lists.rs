//! Lists of parcels: which, the newest first, and how many.
//!
//! A list is read from the ends of sorted runs, one for each state and regime in which its reader has parcels, and these
//! are merged: so a page costs the same whether the reader has ten parcels or five million, however rare the state.
//! `holds` says which runs there are and how long each is.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::types::Value;
use rusqlite::{Connection, Transaction, params, params_from_iter};
use trade::key::CaseKey;

use super::Views;
use super::rows::{COLUMNS, ParcelRow, parcel_row};
use crate::StoreError;

/// `holds` is kept by the table of parcels itself, whoever writes it; the two tables of reasons by [`reasons`].
pub(super) const SQL: &str = "
        DROP INDEX parcel_by_day;
        DROP INDEX parcel_by_state;
        DROP INDEX parcel_by_agent;
        CREATE INDEX parcel_by_state ON parcel (state, mode, revision);
        CREATE INDEX parcel_by_seller ON parcel (ebc, state, mode, revision);
        CREATE INDEX parcel_by_agent ON parcel (agent, office, state, mode, revision);
        CREATE INDEX parcel_by_office ON parcel (office, state, mode, revision);
        CREATE TABLE holds (
          ebc TEXT NOT NULL, agent TEXT NOT NULL, office TEXT NOT NULL, state TEXT NOT NULL, mode TEXT NOT NULL,
          lists INTEGER NOT NULL, PRIMARY KEY (ebc, agent, office, state, mode)) STRICT, WITHOUT ROWID;
        CREATE INDEX holds_by_agent ON holds (agent, office);
        CREATE INDEX holds_by_office ON holds (office);
        CREATE TRIGGER parcel_held AFTER INSERT ON parcel BEGIN
          INSERT INTO holds VALUES (new.ebc, new.agent, new.office, new.state, new.mode, 1)
            ON CONFLICT (ebc, agent, office, state, mode) DO UPDATE SET lists = lists + 1;
        END;
        CREATE TRIGGER parcel_held_otherwise AFTER UPDATE ON parcel
          WHEN (old.agent, old.office, old.state, old.mode) IS NOT (new.agent, new.office, new.state, new.mode) BEGIN
          UPDATE holds SET lists = lists - 1 WHERE ebc = old.ebc AND agent = old.agent AND office = old.office
            AND state = old.state AND mode = old.mode;
          INSERT INTO holds VALUES (new.ebc, new.agent, new.office, new.state, new.mode, 1)
            ON CONFLICT (ebc, agent, office, state, mode) DO UPDATE SET lists = lists + 1;
        END;
        CREATE TABLE reason_of (
          code TEXT NOT NULL, revision INTEGER NOT NULL, order_no TEXT NOT NULL, ebc TEXT NOT NULL,
          agent TEXT NOT NULL, office TEXT NOT NULL, state TEXT NOT NULL, mode TEXT NOT NULL,
          PRIMARY KEY (code, revision, order_no, ebc)) STRICT, WITHOUT ROWID;
        CREATE TABLE refused_of (
          ebc TEXT NOT NULL, agent TEXT NOT NULL, code TEXT NOT NULL, lists INTEGER NOT NULL,
          PRIMARY KEY (ebc, agent, code)) STRICT, WITHOUT ROWID;
        CREATE INDEX refused_of_agent ON refused_of (agent);";

/// Of orders whose list has not come nobody knows declarant and office yet, so no run of these has them.
pub(super) const KNOWN: &str = "
        DROP INDEX parcel_by_agent;
        DROP INDEX parcel_by_office;
        CREATE INDEX parcel_by_agent ON parcel (agent, office, state, mode, revision) WHERE agent <> '';
        CREATE INDEX parcel_by_office ON parcel (office, state, mode, revision) WHERE office <> '';";

/// Which parcels a list shows.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Empty for all.
    pub states: Vec<String>,
    pub mode: Option<String>,
    /// A finding's code.
    pub reason: Option<String>,
    /// Only parcels of this seller.
    pub seller: Option<String>,
    /// Only parcels in which one of these enterprises has a part, as seller or declarant.
    pub enterprises: Option<Vec<String>>,
    /// Only parcels that their buyers disown and no officer has looked into yet.
    pub disowned: bool,
    /// Only parcels about which an appeal waits for a decision.
    pub appealed: bool,
    /// Only parcels of this customs office.
    pub office: Option<String>,
    /// Only what comes after this parcel and its revision in the order of the list.
    pub after: Option<(u64, CaseKey)>,
    pub limit: usize,
}

/// A condition of SQL and the values of its question marks.
#[derive(Clone, Debug)]
struct Wanted(Vec<String>, Vec<Value>);

impl Wanted {
    fn all() -> Wanted {
        Wanted(vec!["1 = 1".to_owned()], Vec::new())
    }

    fn is(mut self, column: &str, value: &str) -> Wanted {
        self.0.push(format!("{column} = ?"));
        self.1.push(value.to_owned().into());
        self
    }

    fn one_of(mut self, columns: &[&str], all: &[String]) -> Wanted {
        let places = vec!["?"; all.len()].join(", ");
        let either: Vec<String> = columns.iter().map(|column| format!("{column} IN ({places})")).collect();
        self.0.push(format!("({})", either.join(" OR ")));
        columns.iter().for_each(|_| self.1.extend(all.iter().cloned().map(Value::from)));
        self
    }

    /// All parcels of one message have one revision, so a page may end between them.
    fn after(mut self, table: &str, after: Option<&(u64, CaseKey)>) -> Wanted {
        if let Some((revision, key)) = after {
            self.0.push(format!(
                "{table}.revision <= ? AND ({table}.revision < ? OR ({table}.order_no, {table}.ebc) > (?, ?))"
            ));
            let revision = *revision as i64;
            self.1.extend([revision.into(), revision.into()]);
            self.1.extend([key.order_no.to_string().into(), key.ebc.to_string().into()]);
        }
        self
    }

    fn text(&self) -> String {
        self.0.join(" AND ")
    }
}

impl Filter {
    /// What is asked of the columns that `parcel`, `holds` and `reason_of` share.
    fn wanted(&self) -> Wanted {
        let mut wanted = self.reach();
        if !self.states.is_empty() {
            wanted = wanted.one_of(&["state"], &self.states);
        }
        if let Some(mode) = &self.mode {
            wanted = wanted.is("mode", mode);
        }
        wanted
    }

    /// Of that, whose parcels they are.
    fn reach(&self) -> Wanted {
        let mut wanted = Wanted::all();
        if let Some(seller) = &self.seller {
            wanted = wanted.is("ebc", seller);
        }
        if let Some(enterprises) = &self.enterprises {
            wanted = wanted.one_of(&["ebc", "agent"], enterprises);
        }
        if let Some(office) = &self.office {
            wanted = wanted.is("office", office);
        }
        wanted
    }

    fn reaches_all(&self) -> bool {
        self.seller.is_none() && self.enterprises.is_none() && self.office.is_none()
    }

    /// Whether a parcel is in reach, for those that were found by other ways.
    pub fn has(&self, row: &ParcelRow) -> bool {
        let own = |all: &Vec<String>| all.iter().any(|code| row.key.ebc == code.as_str() || row.agent == *code);
        self.seller.as_ref().is_none_or(|seller| row.key.ebc == seller.as_str())
            && self.enterprises.as_ref().is_none_or(own)
            && self.office.as_ref().is_none_or(|office| row.office == *office)
    }
}

/// How many lists lie in each run that the filter reaches: seller, declarant, office, state, regime.
fn runs(db: &Connection, filter: &Filter) -> Result<Vec<([String; 5], u64)>, StoreError> {
    let wanted = filter.wanted();
    let (columns, table) = match filter.reaches_all() {
        // The counters by day are fewer.
        true => ("'', '', '', state, mode, sum(lists)", "stands"),
        false => ("ebc, agent, office, state, mode, sum(lists)", "holds"),
    };
    let question = format!(
        "SELECT {columns} FROM {table} WHERE {} GROUP BY 1, 2, 3, state, mode HAVING sum(lists) > 0",
        wanted.text()
    );
    let mut ask = db.prepare_cached(&question)?;
    let rows = ask.query_map(params_from_iter(wanted.1), |row| {
        let run = [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?];
        Ok((run, row.get::<_, i64>(5)?.unsigned_abs()))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Where runs lie side by side: an index of `parcel`, and its columns before the revision. SQL is told which to use, for
/// without statistics it takes the shortest.
type Side = (&'static str, &'static [&'static str]);

const ALL: Side = ("parcel_by_revision", &[]);
const BY_STATE: Side = ("parcel_by_state", &["state", "mode"]);
const BY_OFFICE: Side = ("parcel_by_office", &["office", "state", "mode"]);
const BY_SELLER: Side = ("parcel_by_seller", &["ebc", "state", "mode"]);
const BY_AGENT: Side = ("parcel_by_agent", &["agent", "office", "state", "mode"]);

/// The first parcels of one run.
fn first(db: &Connection, side: Side, values: &[&str], filter: &Filter) -> Result<Vec<ParcelRow>, StoreError> {
    let run = side.1.iter().zip(values).fold(filter.reach(), |wanted, (column, value)| wanted.is(column, value));
    let wanted = run.after("parcel", filter.after.as_ref());
    let mut ask = db.prepare_cached(&run_question(side, &wanted, filter.limit))?;
    Ok(ask.query_map(params_from_iter(wanted.1), parcel_row)?.collect::<Result<_, _>>()?)
}

fn run_question((index, columns): Side, wanted: &Wanted, limit: usize) -> String {
    // Without these words SQL does not see that such an index has all that is asked for.
    let known = match columns.first() {
        Some(&column) if matches!(column, "agent" | "office") => format!(" AND {column} <> ''"),
        _ => String::new(),
    };
    format!(
        "SELECT {COLUMNS} FROM parcel INDEXED BY {index} WHERE {}{known} ORDER BY revision DESC, order_no, ebc LIMIT {}",
        wanted.text(),
        limit.clamp(1, 1_001)
    )
}

/// By runs: whose they are decides which index has them side by side.
fn by_runs(db: &Connection, filter: &Filter) -> Result<(Vec<ParcelRow>, u64), StoreError> {
    let runs = runs(db, filter)?;
    let total = runs.iter().map(|(_, lists)| lists).sum();
    if filter.reaches_all() && filter.states.is_empty() && filter.mode.is_none() {
        return Ok((first(db, ALL, &[], filter)?, total));
    }
    let own = |code: &str| filter.enterprises.as_ref().is_none_or(|all| all.iter().any(|own| own == code));
    let mut ends: BTreeSet<(Side, Vec<&str>)> = BTreeSet::new();
    for ([ebc, agent, office, state, mode], _) in &runs {
        ends.insert(match filter {
            Filter { seller: None, enterprises: None, office: None, .. } => (BY_STATE, vec![state, mode]),
            Filter { seller: None, enterprises: None, .. } => (BY_OFFICE, vec![office, state, mode]),
            _ if filter.seller.is_some() || own(ebc) => (BY_SELLER, vec![ebc, state, mode]),
            _ => (BY_AGENT, vec![agent, office, state, mode]),
        });
    }
    let mut rows = Vec::new();
    for (side, values) in ends {
        rows.extend(first(db, side, &values, filter)?);
    }
    Ok((rows, total))
}

const APPEALED: &str = "SELECT ebc, order_no FROM appeal";
const DISOWNED: &str = "SELECT ebc, order_no FROM disowned WHERE settled IS NULL";

/// From a small table that knows the parcels; `t` stands for it. `CROSS` keeps it first.
fn by_table(db: &Connection, table: &str, filter: &Filter) -> Result<(Vec<ParcelRow>, u64), StoreError> {
    let mut wanted = filter.wanted();
    if let Some(code) = &filter.reason {
        wanted.0.push("instr(' ' || reasons || ' ', ?) > 0".to_owned());
        wanted.1.push(format!(" {code} ").into());
    }
    let joined = format!("FROM {table} t CROSS JOIN parcel USING (ebc, order_no) WHERE {}", wanted.text());
    let total: i64 = db
        .prepare_cached(&format!("SELECT count(*) {joined}"))?
        .query_row(params_from_iter(&wanted.1), |row| row.get(0))?;
    let columns = COLUMNS.split(", ").map(|c| format!("parcel.{c}")).collect::<Vec<_>>().join(", ");
    let paged = wanted.after("parcel", filter.after.as_ref());
    let question = format!(
        "SELECT {columns} FROM {table} t CROSS JOIN parcel USING (ebc, order_no) WHERE {}
         ORDER BY parcel.revision DESC, parcel.order_no, parcel.ebc LIMIT {}",
        paged.text(),
        filter.limit.clamp(1, 1_001)
    );
    let mut ask = db.prepare_cached(&question)?;
    let rows = ask.query_map(params_from_iter(paged.1), parcel_row)?.collect::<Result<_, _>>()?;
    Ok((rows, total.unsigned_abs()))
}

/// By a finding's code: its table has what is asked for, so parcels are only read to be shown.
fn by_reason(db: &Connection, code: &str, filter: &Filter) -> Result<(Vec<ParcelRow>, u64), StoreError> {
    let wanted = filter.wanted().is("code", code);
    let total: i64 = db
        .prepare_cached(&format!("SELECT count(*) FROM reason_of WHERE {}", wanted.text()))?
        .query_row(params_from_iter(&wanted.1), |row| row.get(0))?;
    let columns = COLUMNS.split(", ").map(|c| format!("p.{c}")).collect::<Vec<_>>().join(", ");
    let paged = wanted.after("reason_of", filter.after.as_ref());
    let question = format!(
        "SELECT {columns} FROM (SELECT ebc, order_no FROM reason_of WHERE {}
           ORDER BY revision DESC, order_no, ebc LIMIT {}) r CROSS JOIN parcel p USING (ebc, order_no)",
        paged.text(),
        filter.limit.clamp(1, 1_001)
    );
    let mut ask = db.prepare_cached(&question)?;
    let rows = ask.query_map(params_from_iter(paged.1), parcel_row)?.collect::<Result<_, _>>()?;
    Ok((rows, total.unsigned_abs()))
}

/// How a parcel stood in the tables of reasons, or stands now.
pub(super) struct Reasoned<'a> {
    pub revision: u64,
    pub agent: &'a str,
    pub office: &'a str,
    pub state: &'a str,
    pub mode: &'a str,
    /// Separated by blanks; one may stand there several times.
    pub codes: &'a str,
}

impl Reasoned<'_> {
    fn codes(&self) -> BTreeSet<&str> {
        self.codes.split_ascii_whitespace().collect()
    }
}

/// Keeps the tables of reasons true when a parcel changes.
pub(super) fn reasons(
    tx: &Transaction<'_>,
    key: &CaseKey,
    before: Option<&Reasoned<'_>>,
    now: &Reasoned<'_>,
) -> Result<(), StoreError> {
    let (ebc, order_no) = (key.ebc.as_str(), key.order_no.as_str());
    let count = |of: &Reasoned<'_>, code: &str, lists: i64| -> Result<(), StoreError> {
        if of.state == "refused" {
            tx.prepare_cached(
                "INSERT INTO refused_of VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (ebc, agent, code) DO UPDATE SET lists = lists + excluded.lists",
            )?
            .execute(params![ebc, of.agent, code, lists])?;
        }
        Ok(())
    };
    for (was, code) in before.into_iter().flat_map(|was| was.codes().into_iter().map(move |code| (was, code))) {
        tx.prepare_cached("DELETE FROM reason_of WHERE code = ?1 AND revision = ?2 AND order_no = ?3 AND ebc = ?4")?
            .execute(params![code, was.revision as i64, order_no, ebc])?;
        count(was, code, -1)?;
    }
    for code in now.codes() {
        tx.prepare_cached("INSERT OR IGNORE INTO reason_of VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?
            .execute(params![code, now.revision as i64, order_no, ebc, now.agent, now.office, now.state, now.mode])?;
        count(now, code, 1)?;
    }
    Ok(())
}

/// How an enterprise's lists stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// By state.
    pub states: BTreeMap<String, u64>,
    /// Codes of findings of those that stand refused, the most frequent first.
    pub reasons: Vec<(String, u64)>,
}

impl Views {
    /// The parcels that the filter lets through, the newest first, and how many there are in all.
    ///
    /// # Errors
    /// Whatever SQL says, as for all questions here.
    pub fn parcels(&self, filter: &Filter) -> Result<(Vec<ParcelRow>, u64), StoreError> {
        let (mut rows, total) = self.read(|db| match filter {
            Filter { appealed: true, disowned: true, .. } => {
                by_table(db, &format!("({DISOWNED} INTERSECT {APPEALED})"), filter)
            }
            Filter { appealed: true, .. } => by_table(db, &format!("({APPEALED})"), filter),
            Filter { disowned: true, .. } => by_table(db, &format!("({DISOWNED})"), filter),
            Filter { reason: Some(code), .. } => by_reason(db, code, filter),
            _ => by_runs(db, filter),
        })?;
        rows.sort_by(|a, b| (b.revision, &a.key.order_no, &a.key.ebc).cmp(&(a.revision, &b.key.order_no, &b.key.ebc)));
        rows.dedup_by(|a, b| a.key == b.key);
        rows.truncate(filter.limit.clamp(1, 1_001));
        Ok((rows, total))
    }

    /// How the lists of these enterprises stand, as seller or declarant, each list once.
    pub fn standing(&self, enterprises: &[String]) -> Result<Standing, StoreError> {
        let Wanted(own, values) = Wanted::all().one_of(&["ebc", "agent"], enterprises);
        let own = own.join(" AND ");
        self.read(|db| {
            let count = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs()));
            let states = db
                .prepare_cached(&format!(
                    "SELECT state, sum(lists) FROM holds WHERE {own} GROUP BY state HAVING sum(lists) > 0"
                ))?
                .query_map(params_from_iter(&values), count)?
                .collect::<Result<_, _>>()?;
            let reasons = db
                .prepare_cached(&format!(
                    "SELECT code, sum(lists) FROM refused_of WHERE {own} GROUP BY code HAVING sum(lists) > 0
                     ORDER BY sum(lists) DESC, code"
                ))?
                .query_map(params_from_iter(&values), count)?
                .collect::<Result<_, _>>()?;
            Ok(Standing { states, reasons })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows::SCHEMA;
    use super::*;

    const STATES: [&str; 4] = ["accepted", "refused", "released", "waiting"];
    const CODES: [&str; 4] = ["", "UNPAID", "PAYMENT_AMOUNT UNPAID", "UNPAID UNPAID"];

    /// How a parcel stood last: entry; declarant, office, state, regime, codes.
    struct Was(u64, [String; 5]);

    impl Was {
        fn reasoned(&self) -> Reasoned<'_> {
            let Was(revision, [agent, office, state, mode, codes]) = self;
            Reasoned { revision: *revision, agent, office, state, mode, codes }
        }
    }

    /// 3,000 parcels of five sellers, three declarants and two offices; some move once more.
    fn filled() -> Views {
        let views = Views::in_memory(SCHEMA).unwrap();
        let mut seed = 7u64;
        let mut pick = |n: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % n
        };
        let mut last: BTreeMap<u64, Was> = BTreeMap::new();
        let fill = |db: &Connection| {
            let tx = db.unchecked_transaction()?;
            for step in 0..4_000u64 {
                let of = if step < 3_000 { step } else { pick(3_000) };
                let key = CaseKey { ebc: format!("S{}", of % 5).into(), order_no: format!("{of:04}").into() };
                let agent = format!("{}{}", if of % 4 == 0 { "S" } else { "D" }, of % 3);
                let state = STATES[pick(4) as usize];
                let codes = CODES[pick(if state == "refused" { 4 } else { 2 }) as usize];
                let mode = if of % 100 == 0 { "1239" } else { "9610" };
                let office = format!("640{}", of % 2);
                let now = Was(step / 10, [&agent, &office, state, mode, codes].map(str::to_owned));
                tx.execute(
                    "INSERT INTO parcel VALUES (?1, ?2, ?3, 0, ?4, ?5, ?6, '', '', 0, 0, ?7, 0, 0, 0, ?8)
                     ON CONFLICT (ebc, order_no) DO UPDATE
                     SET state = excluded.state, revision = excluded.revision, reasons = excluded.reasons",
                    params![
                        key.ebc.as_str(),
                        key.order_no.as_str(),
                        state,
                        mode,
                        office,
                        agent,
                        (step / 10) as i64,
                        codes
                    ],
                )?;
                reasons(&tx, &key, last.get(&of).map(Was::reasoned).as_ref(), &now.reasoned())?;
                last.insert(of, now);
            }
            Ok(tx.commit()?)
        };
        views.read(fill).unwrap();
        views
    }

    fn some(all: &[&str]) -> Option<Vec<String>> {
        Some(all.iter().map(|code| (*code).to_owned()).collect())
    }

    fn filters() -> Vec<Filter> {
        let states = |all: &[&str]| some(all).unwrap_or_default();
        let plain = || Filter { limit: 40, ..Filter::default() };
        let mut all = vec![plain()];
        for (states, mode) in
            [(states(&[]), None), (states(&["refused"]), None), (states(&["waiting", "released"]), Some("1239"))]
        {
            let mode = mode.map(str::to_owned);
            let with = |f: Filter| Filter { states: states.clone(), mode: mode.clone(), ..f };
            all.push(with(plain()));
            all.push(with(Filter { office: Some("6401".into()), ..plain() }));
            all.push(with(Filter { enterprises: some(&["S1"]), ..plain() }));
            all.push(with(Filter { enterprises: some(&["S1", "D2", "S0"]), ..plain() }));
            all.push(with(Filter { enterprises: some(&["NOBODY"]), ..plain() }));
            all.push(with(Filter { seller: Some("S3".into()), ..plain() }));
            all.push(with(Filter { seller: Some("S3".into()), enterprises: some(&["D1"]), ..plain() }));
            all.push(with(Filter { seller: Some("S3".into()), office: Some("6400".into()), ..plain() }));
            for code in ["UNPAID", "PAYMENT_AMOUNT", "NOTHING"] {
                all.push(with(Filter { reason: Some(code.into()), ..plain() }));
                all.push(with(Filter { reason: Some(code.into()), enterprises: some(&["D1", "S2"]), ..plain() }));
            }
        }
        all
    }

    #[test]
    fn a_list_is_what_reading_every_parcel_finds_page_by_page_for_every_filter() {
        let views = filled();
        let every: Vec<ParcelRow> = views
            .read(|db| {
                let all = format!("SELECT {COLUMNS} FROM parcel ORDER BY revision DESC, order_no, ebc");
                Ok(db.prepare(&all)?.query_map([], parcel_row)?.collect::<Result<_, _>>()?)
            })
            .unwrap();
        assert_eq!(every.len(), 3_000);
        let mut met = 0;
        for filter in filters() {
            let wanted: Vec<&ParcelRow> = every
                .iter()
                .filter(|row| filter.has(row))
                .filter(|row| filter.states.is_empty() || filter.states.contains(&row.state))
                .filter(|row| filter.mode.as_ref().is_none_or(|mode| row.mode == *mode))
                .filter(|row| filter.reason.as_ref().is_none_or(|code| row.reasons.split(' ').any(|c| c == code)))
                .collect();
            let mut read = Vec::new();
            let mut after = None;
            loop {
                let (rows, total) = views.parcels(&Filter { after, ..filter.clone() }).unwrap();
                assert_eq!(total, wanted.len() as u64, "{filter:?}");
                let Some(last) = rows.last() else { break };
                after = Some((last.revision, last.key.clone()));
                read.extend(rows);
            }
            assert!(read.iter().eq(wanted.iter().copied()), "{filter:?}: {} and {}", read.len(), wanted.len());
            met += usize::from(!read.is_empty());
        }
        assert!(met >= 20, "most filters let something through: {met}");
    }

    #[test]
    fn how_the_lists_of_enterprises_stand_is_what_counting_them_says() {
        let views = filled();
        for enterprises in [vec!["S1"], vec!["S0", "D1"], vec!["D2"], vec!["NOBODY"]] {
            let own = enterprises.iter().map(|code| (*code).to_owned()).collect::<Vec<_>>();
            let filter = Filter { enterprises: Some(own.clone()), limit: 1_001, ..Filter::default() };
            let standing = views.standing(&own).unwrap();
            for state in STATES {
                let (_, total) = views.parcels(&Filter { states: vec![state.to_owned()], ..filter.clone() }).unwrap();
                assert_eq!(standing.states.get(state).copied().unwrap_or_default(), total, "{enterprises:?} {state}");
            }
            for code in ["UNPAID", "PAYMENT_AMOUNT"] {
                let refused = Filter { states: vec!["refused".into()], reason: Some(code.into()), ..filter.clone() };
                let told = standing.reasons.iter().find(|(of, _)| of == code).map_or(0, |(_, n)| *n);
                assert_eq!(told, views.parcels(&refused).unwrap().1, "{enterprises:?} {code}");
            }
        }
    }

    #[test]
    fn no_list_reads_all_parcels() {
        let views = filled();
        let mut asked = BTreeSet::new();
        for filter in filters() {
            for side in [ALL, BY_STATE, BY_OFFICE, BY_SELLER, BY_AGENT] {
                let run = side.1.iter().fold(filter.reach(), |wanted, column| wanted.is(column, "x"));
                let after = (7, CaseKey::default());
                asked.insert(run_question(side, &run.clone().after("parcel", Some(&after)), 9));
                asked.insert(run_question(side, &run, 9));
            }
        }
        views
            .read(|db| {
                for question in &asked {
                    let mut plan = db.prepare(&format!("EXPLAIN QUERY PLAN {question}"))?;
                    let values = vec![Value::from("x".to_owned()); plan.parameter_count()];
                    let steps: Vec<String> =
                        plan.query_map(params_from_iter(values), |row| row.get(3))?.collect::<Result<_, _>>()?;
                    assert!(
                        steps.iter().all(|step| !step.contains("SCAN") || step.contains("parcel_by_revision")),
                        "{question}: {steps:?}"
                    );
                    assert!(!steps.iter().any(|step| step == "USE TEMP B-TREE FOR ORDER BY"), "{question}: {steps:?}");
                }
                Ok(())
            })
            .unwrap();
    }
}
