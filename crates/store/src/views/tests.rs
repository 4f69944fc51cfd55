use super::*;
use crate::disk::Disk;
use crate::journal::{Journal, Sealed, Sizes};
use trade::time::Moment;

const SCHEMA: &[Migration] = &[Migration {
    number: 1,
    name: "words",
    refill: false,
    sql: "CREATE TABLE word (revision INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;",
}];

struct Words {
    fail_at: Option<u64>,
}

impl Project for Words {
    fn schema(&self) -> &'static [Migration] {
        SCHEMA
    }

    fn entry(&mut self, tx: &Transaction<'_>, entry: &Entry) -> Result<(), StoreError> {
        if self.fail_at.take_if(|at| *at == entry.revision).is_some() {
            return Err(StoreError::Order("on command".into()));
        }
        let text = String::from_utf8_lossy(entry.body());
        tx.prepare_cached("INSERT INTO word VALUES (?1, ?2)")?.execute((entry.revision as i64, text))?;
        Ok(())
    }
}

fn journal(entries: u64, word: &str) -> Journal {
    let sizes = Sizes { segment: 1 << 20, reserve: 0 };
    let (mut journal, _) = Journal::open(&Disk::memory(), Path::new("/j"), sizes).unwrap();
    more(&mut journal, entries, word);
    journal
}

fn more(journal: &mut Journal, entries: u64, word: &str) {
    let last = journal.tip().revision;
    let seal = |revision| Sealed {
        revision,
        at: Moment(0),
        body: format!("{word} {revision}").into_bytes(),
        receipts: vec![],
    };
    journal.append(&(last + 1..=last + entries).map(seal).collect::<Vec<_>>()).unwrap();
}

fn count(views: &Views) -> i64 {
    views.read(|db| Ok(db.query_row("SELECT count(*) FROM word", [], |row| row.get(0))?)).unwrap()
}

#[test]
fn the_tables_follow_the_journal_and_go_on_where_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("views.sqlite");
    let mut journal = journal(10_000, "one");
    let reader = journal.reader();
    let mut words = Words { fail_at: Some(5_000) };
    let (views, found) = Views::open(&path, SCHEMA, &reader, 2).unwrap();
    assert_eq!(found, Found::Fresh("there were none".into()));
    assert_eq!(views.follow(&reader, &mut words).unwrap(), 4096);
    assert!(views.follow(&reader, &mut words).is_err());
    assert_eq!((views.revision(), count(&views)), (4096, 4096), "a group that failed is undone");
    assert_eq!(views.catch_up(&reader, &mut words).unwrap(), 10_000);
    more(&mut journal, 5, "two");
    assert_eq!(views.wait(10_005, Duration::from_millis(1)), 10_000);
    drop(views);
    let (views, found) = Views::open(&path, SCHEMA, &reader, 2).unwrap();
    assert_eq!(found, Found::At(10_000));
    assert_eq!(views.catch_up(&reader, &mut words).unwrap(), 10_005);
    assert_eq!(count(&views), 10_005);
    assert_eq!(count(&Views::open_read(&path).unwrap()), 10_005);
}

#[test]
fn views_that_do_not_fit_are_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("views.sqlite");
    let (one, two) = (journal(10, "one"), journal(10, "two"));
    let fill = |journal: &Journal, schema: &[Migration]| {
        let (views, found) = Views::open(&path, schema, &journal.reader(), 1).unwrap();
        views.catch_up(&journal.reader(), &mut Words { fail_at: None }).unwrap();
        assert_eq!(count(&views), 10);
        found
    };
    fill(&one, SCHEMA);
    assert_eq!(fill(&one, SCHEMA), Found::At(10));
    assert!(matches!(fill(&two, SCHEMA), Found::Fresh(why) if why.contains("another journal")));
    let added = Migration { number: 2, name: "index", refill: false, sql: "CREATE INDEX t ON word (text);" };
    assert_eq!(fill(&two, &[SCHEMA[0], added]), Found::At(10));
    let changed = Migration { sql: "CREATE INDEX u ON word (text);", ..added };
    assert!(matches!(fill(&two, &[SCHEMA[0], changed]), Found::Fresh(why) if why.contains("another one")));
    let refill = Migration { number: 3, refill: true, ..changed };
    let refill = Migration { sql: "CREATE INDEX v ON word (text);", ..refill };
    assert!(matches!(fill(&two, &[SCHEMA[0], changed, refill]), Found::Fresh(why) if why.contains("refill")));
    std::fs::write(&path, "no database at all, but long enough to be looked at as one".repeat(100)).unwrap();
    assert!(matches!(fill(&two, SCHEMA), Found::Fresh(_)));
}

#[test]
fn a_follower_on_its_own_thread_stops_when_told() {
    let mut journal = journal(0, "");
    let views = Views::in_memory(SCHEMA).unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let follower = std::thread::spawn({
        let (views, reader, stop) = (views.clone(), journal.reader(), stop.clone());
        move || views.follow_until(&reader, &mut Words { fail_at: Some(3) }, &stop, |_| {})
    });
    for _ in 0..5 {
        more(&mut journal, 2, "x");
    }
    assert_eq!(views.wait(10, Duration::from_secs(20)), 10);
    stop.store(true, Ordering::Relaxed);
    follower.join().unwrap();
    assert_eq!(count(&views), 10);
}
