//! The bonded week of `traffic` through a window: each document ends as its truth says, the theft shows where the truth
//! has it, and the stock-taking puts the book right.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use store::Disk;
use trade::command::{ActorRole, Outcome};
use trade::money::Quantity;
use trade::time::Day;
use traffic::{BondedPlan, Filing, STOLEN, bonded_week};
use window::{Incoming, replay};

use crate::story::{KEYS, POLICY, TRADERS};
use crate::zone::Zone;

/// Files a document at its time, and keeps the numbers that it was given.
fn file(zone: &Zone, filing: &Filing, given: &mut BTreeMap<&'static str, Vec<String>>) -> Outcome {
    zone.clock.0.fetch_max(filing.at.0, Ordering::SeqCst);
    let bytes = filing.bytes(given);
    let sender = filing.by.id.to_string();
    let answer = match filing.by.role {
        ActorRole::Enterprise => zone.window.take_in(Incoming { bytes, sender, ..Incoming::default() }),
        _ => zone.window.file_bonded(&bytes, filing.by.clone()),
    };
    let outcome = answer.unwrap().entry.unwrap().outcomes.pop().unwrap();
    // What others are told of it is theirs.
    let own = outcome.receipts.iter().filter(|r| r.to.is_empty() || r.to == filing.by.id);
    let mut numbers: Vec<String> = own.map(|r| r.shown.invt_no.to_string()).collect();
    numbers.retain(|number| !number.is_empty());
    numbers.sort();
    numbers.dedup();
    given.insert(filing.name, numbers);
    outcome
}

#[test]
fn a_bonded_week_with_mistakes_goes_as_its_truth_says() {
    for seed in 1..=5 {
        let disk = Disk::memory();
        let start = Day::ymd(2026, 3, 3).unwrap();
        let plan = traffic::Plan { per_message: 20, ..traffic::Plan::day(seed, 60, start.plus(-1)) };
        let story = traffic::Story::new(plan, &TRADERS, &POLICY);
        let zone = Zone::with("2026-03-02T00:00", disk, &traffic::registry(&story, &KEYS));
        for sent in story {
            zone.clock.0.fetch_max(sent.at.0, Ordering::SeqCst);
            if sent.at < start.starts() {
                zone.send(&KEYS.seal(&sent).unwrap());
            }
        }
        // Parcels that lag are of the next day; the week begins when all is quiet.
        let released = Some(start.plus(-1));
        let week = bonded_week(BondedPlan { seed, start: start.plus(60), released });
        let mut given = BTreeMap::new();
        let (mut wrong, mut thefts) = (Vec::new(), Vec::new());
        for filing in &week {
            let outcome = file(&zone, filing, &mut given);
            let codes: Vec<&str> = outcome.findings.iter().map(|f| f.code.name()).collect();
            let truth = &filing.truth;
            if outcome.verdict.name() != truth.expect || !(truth.reason.is_empty() || codes.contains(&truth.reason)) {
                wrong.push(format!(
                    "{}: {} {codes:?}, not {} {}",
                    truth.own_no, outcome.verdict, truth.expect, truth.reason
                ));
            }
            thefts.extend(truth.missing.clone());
            let [(book, item, qty)] = thefts.as_slice() else { continue };
            assert_eq!(*qty, STOLEN);
            let report = zone.window.stock_report(|of| of == book);
            let off = |row: &&trade::bonded::proof::Compared| row.difference.0 != 0;
            let off: Vec<_> = report.iter().filter(off).map(|row| (row.item_no.as_str(), row.difference)).collect();
            assert!(wrong.is_empty(), "{}", wrong.join("\n"));
            match filing.name {
                "S2" => assert_eq!(off, [(item.as_str(), Quantity::whole(-(*qty as i64)))], "the theft shows"),
                "S3" => {
                    assert!(off.is_empty(), "the book is right again: {off:?}");
                    let proof = zone.window.stock_proof(book, item).unwrap();
                    assert!(proof.agrees && proof.stock.ledger.lost == Quantity::whole(*qty as i64));
                }
                _ => {}
            }
        }
        assert!(wrong.is_empty(), "seed {seed}: {} are not as they were planned:\n{}", wrong.len(), wrong.join("\n"));
        assert_eq!(thefts.len(), 1);
        zone.window.close();
        assert!(replay::replay(&zone.window.config().place, |_, _| {}).unwrap().same);
    }
}
