//! Promise 1: answered means durable. The power goes at every single write of a random story; the program starts
//! again, the senders repeat themselves, and the day ends as an undisturbed one.

use std::collections::{BTreeMap, HashMap};

use store::Disk;
use trade::key::Key;
use trade::pack::Pack;
use traffic::Sent;
use window::Refused;

use crate::story::{messages, plan};
use crate::zone::Zone;

/// What a sender knows at the end of the day: for each document, the receipts of its first answer; and the ledgers.
#[derive(Debug, PartialEq, Eq)]
struct Day {
    receipts: BTreeMap<(usize, u32), Vec<String>>,
    ledgers: HashMap<Vec<u8>, Vec<u8>>,
}

/// Plays the story from a founded zone on; the power goes at write `cut`. Returns the day and the writes it took.
fn live(founded: &Disk, story: &[(Sent, Vec<u8>)], cut: Option<u64>, seed: u64) -> (Day, u64) {
    let disk = founded.fork();
    let mut zone = Zone::with(&story[0].0.at.to_string(), disk.clone(), &[]);
    let before = disk.writes();
    if let Some(cut) = cut {
        disk.cut_after(cut);
    }
    let mut answered: BTreeMap<(usize, u32), Vec<String>> = BTreeMap::new();
    let mut next = 0;
    while next < story.len() {
        let (sent, bytes) = &story[next];
        zone.set(&sent.at.to_string());
        match zone.try_send(bytes) {
            Ok(answer) => {
                answered.extend(told(&zone, next, &answer));
                next += 1;
            }
            Err(Refused::Broken(_) | Refused::Closed) => {
                assert!(disk.is_cut(), "only a cut breaks this store");
                drop(zone);
                disk.restart(seed);
                zone = Zone::with(&sent.at.to_string(), disk.clone(), &[]);
                // What was answered is there: the same question gets the same answer.
                for (number, (_, bytes)) in story.iter().enumerate().take(next) {
                    let again = told(&zone, number, &zone.try_send(bytes).unwrap());
                    for (document, receipts) in again {
                        assert_eq!(answered[&document], receipts, "seed {seed}, cut {cut:?}, document {document:?}");
                    }
                }
            }
            Err(other) => panic!("{other}"),
        }
    }
    let writes = disk.writes() - before;
    let mut ledgers = HashMap::new();
    zone.window.state().each_hot(|key, value| {
        let is_ledger = matches!(
            Key::unpack(key),
            Ok(Key::Allowance(_) | Key::Guarantee(_) | Key::Stock(_) | Key::Manifest(_) | Key::Counter(_))
        );
        if is_ledger {
            ledgers.insert(key.to_vec(), value.to_vec());
        }
    });
    (Day { receipts: answered, ledgers }, writes)
}

/// The receipts of each document of a message, without what names their place in the journal and the moment.
fn told(zone: &Zone, message: usize, answer: &window::Answer) -> BTreeMap<(usize, u32), Vec<String>> {
    let mut told: BTreeMap<(usize, u32), Vec<String>> = BTreeMap::new();
    let entry = answer.entry.as_ref().unwrap();
    for outcome in &entry.outcomes {
        let mut receipts = outcome.receipts.clone();
        if let Some(first) = outcome.repeats {
            let first_entry = zone.window.entry(first.revision).unwrap().unwrap();
            receipts = first_entry.outcomes.into_iter().find(|o| o.about == first.index).unwrap().receipts;
        }
        let words = receipts.iter().map(|r| {
            let shown = trade::receipt::Shown { guid: "".into(), at: Default::default(), ..r.shown.clone() };
            format!("{} {shown:?}", r.to)
        });
        told.insert((message, outcome.about), words.collect());
    }
    told
}

#[test]
fn receipts_survive_a_cut_at_any_write() {
    let stories: u64 = std::env::var("ONEWINDOW_CRASH_STORIES").ok().and_then(|n| n.parse().ok()).unwrap_or(3);
    let mut cuts = 0;
    for seed in 1..=stories {
        let (registry, story) = messages(plan(seed, 6 + seed % 5, 1 + seed as usize % 3));
        let story = &story[..story.len().min(40)];
        let founded = Disk::memory();
        drop(Zone::with(&story[0].0.at.to_string(), founded.clone(), &registry));
        let (calm, writes) = live(&founded, story, None, seed);
        assert!(calm.receipts.values().flatten().any(|r| r.contains("800")), "something is released");
        for cut in 0..writes {
            let (day, _) = live(&founded, story, Some(cut), seed + cut);
            assert_eq!(day, calm, "story {seed}, cut at write {cut} of {writes}");
            cuts += 1;
        }
    }
    eprintln!("{stories} stories, {cuts} cuts");
}
