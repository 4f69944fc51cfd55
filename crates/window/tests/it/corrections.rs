//! A correction of many lists over the whole walk: previewed, made, proved, and cut at every write: all or none.

use store::{Disk, proof};
use trade::command::{Actor, Verdict};
use trade::correction::{Correction, Expected, Matter, file};
use trade::documents::Document;
use trade::key::{CaseKey, Key, Pair};
use trade::pack::Pack;
use trade::record::{Case, Corrected, Guarantee, Kept, status};
use window::verify::verify;
use window::{Incoming, Refused};

use crate::story::{messages, plan};
use crate::zone::Zone;

/// A played day on a disk, and when it is over.
fn day(seed: u64, parcels: u64) -> (Disk, String) {
    let (registry, story) = messages(plan(seed, parcels, 5));
    let disk = Disk::memory();
    let zone = Zone::with(&story[0].0.at.to_string(), disk.clone(), &registry);
    let mut last = String::new();
    // Bills of that day are open; what comes later, and is due by then, is not played.
    let until = trade::time::Day::ymd(2026, 3, 4).unwrap();
    for (sent, bytes) in story.iter().filter(|(sent, _)| sent.at.day() < until) {
        last = sent.at.to_string();
        zone.set(&last);
        zone.send(bytes);
    }
    (disk, last)
}

/// Released lists of import of the declarant that has most of them.
fn lists(zone: &Zone) -> (String, Vec<(CaseKey, Case)>) {
    let mut by: std::collections::BTreeMap<String, Vec<(CaseKey, Case)>> = Default::default();
    zone.window.state().each_hot(|key, value| {
        if let Ok(Key::Case(key)) = Key::unpack(key) {
            let case = Case::unpack(value).unwrap();
            let open = case.bill.as_ref().is_some_and(|bill| !bill.paid && bill.state == 1) && case.returned.is_empty();
            if case.status == status::RELEASED && case.export.is_none() && open {
                by.entry(case.agent.to_string()).or_default().push((key, case));
            }
        }
    });
    let mut most = by.into_iter().max_by_key(|(_, lists)| lists.len()).unwrap();
    most.1.sort_by(|a, b| a.1.invt_no.cmp(&b.1.invt_no));
    most
}

fn csv(lists: &[(CaseKey, Case)], place: &str) -> String {
    let rows =
        lists.iter().map(|(_, case)| format!("{},amend,,loctNo,{place}\n{0},,1,barCode,{place}-1\n", case.invt_no));
    std::iter::once("list,what,line,field,value\n".to_owned()).chain(rows).collect()
}

fn read(text: &str, agent: &str, number: &str) -> Correction {
    file::read(text.as_bytes(), Actor::default(), agent, number)
}

/// How many of the lists say `place`.
fn changed(zone: &Zone, lists: &[(CaseKey, Case)], place: &str) -> usize {
    let says = |key: &CaseKey| match zone.window.read::<Kept>(&Key::List(key.clone())).unwrap().document {
        Some(Document::List(list)) => list.loct_no == place && list.lines[0].bar_code == format!("{place}-1"),
        other => panic!("{other:?}"),
    };
    lists.iter().filter(|(key, _)| says(key)).count()
}

#[test]
fn a_batch_is_previewed_made_and_proves_itself() {
    let (disk, now) = day(31, 60);
    let zone = Zone::with(&now, disk.clone(), &[]);
    let (agent, lists) = lists(&zone);
    assert!(lists.len() > 10, "{}", lists.len());
    let text = csv(&lists, "L7");
    let none: &[(&str, &str)] = &[];
    let policy = zone.window.would_adopt(none).unwrap();
    let told = zone.window.preview_correction(&read(&text, &agent, "K1"), &policy);
    assert_eq!((told.refused(), told.against.len()), (0, 0), "{:?}", told.outcomes);
    assert!(told.impact.changes().iter().all(|change| *change == 0), "a place changes no sum: {:?}", told.impact);
    assert!(told.impact.of(Matter::Tax).before > 0);
    assert_eq!(changed(&zone, &lists, "L7"), 0, "a preview changes nothing");

    let expected = Some(told.expected.clone());
    let answer = zone.window.correct(Correction { expected, ..read(&text, &agent, "K1") }, text.as_bytes()).unwrap();
    let entry = answer.entry.clone().unwrap();
    assert_eq!(entry.outcomes.last().unwrap().verdict, Verdict::Done);
    assert_eq!(entry.outcomes.len(), lists.len() + 1);
    assert_eq!(changed(&zone, &lists, "L7"), lists.len());
    assert_eq!(zone.window.original(answer.revision).unwrap().unwrap(), text.as_bytes(), "the file is in the vault");

    let bill = zone.window.bill_of_changes(&agent, "K1").unwrap().unwrap();
    assert!(bill.agrees);
    assert_eq!(bill.file().lines().count(), 1 + 2 * lists.len());
    let shown = &bill.given.receipt.shown;
    let xml = wire::ceb::write_receipts(shown.kind, &shown.guid, std::slice::from_ref(shown));
    let keys = zone.window.head_keys().unwrap().public();
    let proof = zone.window.proof(bill.given.revision, bill.given.number, None).unwrap().unwrap();
    let json = proof.to_json().to_string();
    assert!(verify(&xml, json.as_bytes(), &keys).verdict.is_ok());
    let text = String::from_utf8(xml).unwrap();
    for (name, other) in [("<amended>", "<amended>9"), ("<digest>", "<digest>f"), ("<taxAfter>", "<taxAfter>9")] {
        assert!(text.contains(name), "{name} {text}");
        assert!(verify(text.replace(name, other).as_bytes(), json.as_bytes(), &keys).verdict.is_err(), "{name}");
    }
    assert_eq!(proof::leaf_hash(&shown.leaf_bytes()), verify(text.as_bytes(), json.as_bytes(), &keys).receipt.unwrap());

    // What happened to a list is told in its story, and the journal decides the same again.
    let story = zone.window.story(&lists[0].0).unwrap().unwrap();
    assert_eq!(story.events.last().unwrap().what, "correction");
    let codes: Vec<_> = story.decisions.last().unwrap().findings.iter().map(|f| f.code.name()).collect();
    assert_eq!(codes, ["CORRECTED_HEAD", "CORRECTED_LINE", "CORRECTION_WEIGHED"]);
    let made = zone.window.corrections(&agent, 9);
    assert_eq!((made.len(), made[0].0.as_str(), made[0].1.lists as usize), (1, "K1", lists.len()));
    zone.window.close();
    let replayed = window::replay::replay(&zone.window.config().place, |_, _| {}).unwrap();
    assert!(replayed.same, "{replayed:?}");
}

/// A batch of as many lists as a declarant has in a small day; with `ONEWINDOW_LISTS=10000` of so many.
#[test]
fn a_batch_cut_at_any_write_is_all_there_or_not_at_all() {
    let wanted = std::env::var("ONEWINDOW_LISTS").ok().and_then(|n| n.parse::<usize>().ok());
    // Declarants are several: so many parcels that one has enough of them.
    let (played, now) = day(32, wanted.map_or(40, |wanted| 8 * wanted as u64));
    let (agent, lists, text) = {
        let zone = Zone::with(&now, played.fork(), &[]);
        let (agent, mut lists) = lists(&zone);
        lists.truncate(wanted.unwrap_or(lists.len()));
        assert!(wanted.is_none_or(|wanted| lists.len() == wanted), "{} lists", lists.len());
        let text = csv(&lists, "L8");
        (agent, lists, text)
    };
    let ledgers = |zone: &Zone| {
        let mut all = std::collections::BTreeMap::new();
        zone.window.state().each_hot(|key, value| {
            if let Ok(Key::Guarantee(_)) = Key::unpack(key) {
                all.insert(key.to_vec(), Guarantee::unpack(value).unwrap().due);
            }
        });
        all
    };
    let made = |zone: &Zone| {
        let key = Key::Correction(Pair { code: agent.as_str().into(), number: "K1".into() });
        zone.window.read::<Corrected>(&key).is_some()
    };
    let calm = {
        let disk = played.fork();
        let zone = Zone::with(&now, disk.clone(), &[]);
        let before = disk.writes();
        zone.window.correct(read(&text, &agent, "K1"), text.as_bytes()).unwrap();
        assert_eq!(changed(&zone, &lists, "L8"), lists.len());
        (disk.writes() - before, ledgers(&zone))
    };
    let (mut none, mut all) = (0, 0);
    for cut in 0..=calm.0 {
        let disk = played.fork();
        let zone = Zone::with(&now, disk.clone(), &[]);
        disk.cut_after(cut);
        let answered = match zone.window.correct(read(&text, &agent, "K1"), text.as_bytes()) {
            Ok(_) => true,
            Err(Refused::Broken(_) | Refused::Closed) => false,
            Err(other) => panic!("{other}"),
        };
        drop(zone);
        disk.restart(cut);
        let zone = Zone::with(&now, disk.clone(), &[]);
        let (done, is_made) = (changed(&zone, &lists, "L8"), made(&zone));
        assert!(done == 0 && !is_made || done == lists.len() && is_made, "cut {cut}: {done} of {}", lists.len());
        assert!(is_made || !answered, "cut {cut}: answered means durable");
        if is_made {
            all += 1
        } else {
            none += 1
        }
        // The sender repeats itself.
        let answer = zone.window.correct(read(&text, &agent, "K1"), text.as_bytes()).unwrap();
        assert!(!zone.window.receipts_of(answer).unwrap().is_empty());
        assert_eq!((changed(&zone, &lists, "L8"), ledgers(&zone)), (lists.len(), calm.1.clone()), "cut {cut}");
        assert_eq!(zone.window.corrections(&agent, 9).len(), 1, "cut {cut}: once");
    }
    eprintln!("{} lists, cut at {} places: nothing of them {none} times, all {all} times", lists.len(), calm.0 + 1);
    assert!(none > 0 && all > 0, "{none} none, {all} all");
}

/// Of every message of a day, cancellations and returns among them: the preview says what comes, and changes nothing.
#[test]
fn the_preview_of_a_message_is_what_comes_of_it() {
    let (registry, story) = messages(plan(33, 60, 4));
    let zone = Zone::with(&story[0].0.at.to_string(), Disk::memory(), &registry);
    let none: &[(&str, &str)] = &[];
    let policy = zone.window.would_adopt(none).unwrap();
    let free = || {
        let mut sum = 0;
        zone.window.state().each_hot(|key, value| {
            if let Ok(Key::Guarantee(_)) = Key::unpack(key) {
                sum += Guarantee::unpack(value).unwrap().free().0;
            }
        });
        sum
    };
    let (mut kinds, mut moved) = (std::collections::BTreeSet::new(), 0);
    for (sent, bytes) in &story {
        zone.set(&sent.at.to_string());
        // What is due happens first, by itself.
        zone.window.tick().unwrap();
        let (revision, before) = (zone.window.journal().last(), free());
        let incoming = Incoming { bytes: bytes.clone(), ..Incoming::default() };
        let foreseen = zone.window.preview_message(&incoming, &policy).unwrap();
        let (outcomes, impact) = (foreseen.outcomes, foreseen.impact);
        assert_eq!((zone.window.journal().last(), free()), (revision, before), "nothing happens");
        // Held to another preview, nothing of it happens but the answer; held to its own, just that.
        let other = Expected { fingerprint: [7; 16], ..foreseen.expected.clone() };
        let held = Incoming { expected: Some(other), ..incoming.clone() };
        let entry = zone.window.take_in(held).unwrap().entry.unwrap();
        let effects = entry.outcomes.iter().map(|o| o.effects.len()).sum::<usize>();
        let refused = entry.outcomes.iter().all(|o| o.verdict == Verdict::Refused);
        assert!(effects == 0 && refused && free() == before, "{:?}", entry.outcomes);
        let incoming = Incoming { expected: Some(foreseen.expected), ..incoming };
        let entry = zone.window.take_in(incoming).unwrap().entry.unwrap();
        let told = |all: &[trade::command::Outcome]| -> Vec<_> {
            all.iter().map(|o| (o.verdict, o.findings.clone(), o.case.clone(), o.tax.clone())).collect()
        };
        assert_eq!(told(&outcomes), told(&entry.outcomes));
        assert_eq!(impact.of(Matter::Guarantee).change(), free() - before);
        moved += u32::from(impact.of(Matter::Tax).change() != 0);
        if let Some(trade::command::Command::Message(message)) = &entry.command {
            if message.kind.name() == "CEB621" {
                let sender = message.cop_code.to_string();
                let incoming = Incoming { bytes: bytes.clone(), sender, ..Incoming::default() };
                let outcomes = zone.window.preview_message(&incoming, &policy).unwrap().outcomes;
                let codes: Vec<_> = outcomes[0].findings.iter().map(|f| f.code.name()).collect();
                assert_eq!(codes, ["NOT_PREVIEWED"], "who asks by a door learns nothing of a buyer unseen");
            }
            kinds.insert(message.kind.name());
        }
    }
    assert!(moved > 10, "{moved}");
    assert!(["CEB311", "CEB621", "CEB623", "CEB625"].iter().all(|kind| kinds.contains(kind)), "{kinds:?}");
}
