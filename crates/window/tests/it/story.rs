//! A day of believable traffic: everything that was planted is found, the journal decides the same again, and every
//! receipt proves itself.

use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;
use std::sync::LazyLock;

use store::{Disk, proof};
use trade::command::Outcome;
use trade::key::{CaseKey, Key};
use trade::pack::Pack;
use trade::policy::Policy;
use trade::record::{Case, Kept, status};
use trade::time::{Day, Moment};
use traffic::{Keys, Plan, Sent, Story, Truth};
use window::replay;
use window::what_if::{Dimension, Draft, Drafted, NoReport, Tally, what_if};

use crate::zone::Zone;

pub static POLICY: LazyLock<Policy> = LazyLock::new(Policy::sample);
pub static TRADERS: LazyLock<traffic::zone::Zone> = LazyLock::new(traffic::zone::Zone::sample);
pub static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let days = (Day::ymd(2016, 1, 1).unwrap(), Day::ymd(2099, 12, 31).unwrap());
    Keys::new(&[3; 32], wire::seal::KeyKind::Rsa { bits: 1024 }, &TRADERS, days)
});

pub fn plan(seed: u64, parcels: u64, per_message: usize) -> Plan {
    let start = Day::ymd(2026, 3, 2).unwrap();
    Plan { seed, parcels, per_message, start, days: 1, faults: true, truths: true }
}

/// The story's messages, signed, and the registry it needs beside the sample zone's.
pub fn messages(plan: Plan) -> (Vec<(trade::registry::Table, String)>, Vec<(Sent, Vec<u8>)>) {
    let story = Story::new(plan, &TRADERS, &POLICY);
    let registry = traffic::registry(&story, &KEYS);
    (
        registry,
        story
            .map(|sent| {
                let bytes = KEYS.seal(&sent).unwrap();
                (sent, bytes)
            })
            .collect(),
    )
}

/// What DESIGN 7 calls the state of a case.
pub fn state_of(zone: &Zone, key: &CaseKey) -> &'static str {
    match zone.window.read::<Case>(&Key::Case(key.clone())).map(|c| c.status) {
        None if zone.window.read::<Kept>(&Key::Order(key.clone())).is_some() => "accepted",
        None => "none",
        Some(status::WAITING) => "waiting",
        Some(status::MATCHED) => "matched",
        Some(status::REVIEW) => "review",
        Some(status::INSPECTION) => "inspection",
        Some(status::EXAMINED) => "finished",
        Some(status::RELEASED) => "released",
        Some(status::CLOSED) => "closed",
        Some(status::SENT_BACK) => "sent_back",
        Some(status::CANCELLED) => "cancelled",
        Some(n) if status::DETAINED.contains(&n) => "detained",
        Some(_) => "refused",
    }
}

/// Where a record lies makes no difference: a day whose settled records leave memory after every message, documents
/// before their lists have come among them, is decided as one whose records all stay.
#[test]
fn a_day_that_is_swept_to_the_disk_all_the_time_is_decided_alike() {
    let (registry, messages) = messages(plan(17, 150, 5));
    let play = |swept: bool| {
        let zone = Zone::with("2026-03-02T00:00", Disk::memory(), &registry);
        for (sent, bytes) in &messages {
            zone.set(&sent.at.to_string());
            zone.send(bytes);
            if swept {
                zone.window.state().sweep().unwrap();
                zone.window.state().merge().unwrap();
            }
        }
        zone
    };
    let (swept, stayed) = (play(true), play(false));
    let (left, last) = (swept.window.state().count(), stayed.window.journal().last());
    assert!(left.cold > 1_000, "{left:?}");
    assert_eq!(swept.window.journal().last(), last);
    for revision in 1..=last {
        let entry = |zone: &Zone| zone.window.entry(revision).unwrap().unwrap().outcomes;
        assert_eq!(entry(&swept), entry(&stayed), "entry {revision}");
    }
    let (mut seen, mut documents) = (0, 0);
    stayed.window.state().each_hot(|key, value| {
        let found = swept.window.state().get(key).unwrap().unwrap();
        assert_eq!(&*found, value, "{:?}", Key::unpack(key));
        seen += 1;
        documents += u64::from(matches!(Key::unpack(key), Ok(Key::Order(_) | Key::Waybill(_))));
    });
    assert!(seen > left.hot && documents > 200, "{seen} records, {documents} documents, {left:?}");
}

#[test]
fn everything_planted_is_found_and_the_journal_decides_the_same_again() {
    let (registry, messages) = messages(plan(11, 400, 20));
    let disk = Disk::memory();
    let zone = Zone::with("2026-03-02T00:00", disk, &registry);
    let mut truths: Vec<Truth> = Vec::new();
    let mut outcomes: HashMap<CaseKey, Vec<Outcome>> = HashMap::new();
    for (sent, bytes) in &messages {
        zone.set(&sent.at.to_string());
        let answer = zone.send(bytes);
        for outcome in answer.entry.iter().flat_map(|e| &e.outcomes) {
            if let Some(case) = &outcome.case {
                outcomes.entry(case.clone()).or_default().push(outcome.clone());
            }
        }
        truths.extend(sent.truths.iter().cloned());
    }
    let end = truths.iter().filter_map(|t| Moment::parse(&t.from)).max().unwrap();
    zone.set(&Moment(end.0 + 1000).to_string());
    zone.window.tick().unwrap();
    // Where a parcel has several truths, the latest counts.
    let mut latest: BTreeMap<(String, String), Truth> = BTreeMap::new();
    for truth in truths {
        latest.insert((truth.ebc_code.clone(), truth.order_no.clone()), truth);
    }
    let mut wrong = Vec::new();
    for truth in latest.values() {
        let key = CaseKey { ebc: truth.ebc_code.clone().into(), order_no: truth.order_no.clone().into() };
        let state = state_of(&zone, &key);
        let tax = zone
            .window
            .read::<Case>(&Key::Case(key.clone()))
            .and_then(|c| c.bill)
            .map_or(0, |b| if b.state == 3 { 0 } else { b.total().0 });
        if state != truth.expect || (state == "released" && tax != truth.tax_fen) {
            let found: Vec<_> =
                outcomes.get(&key).into_iter().flatten().flat_map(|o| &o.findings).map(|f| f.code.name()).collect();
            wrong.push(format!(
                "{}: {} is {state} with tax {tax}, expected {} with {}: {found:?} for {:?}",
                truth.fault, truth.order_no, truth.expect, truth.tax_fen, truth.reasons
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), latest.len(), wrong.join("\n"));

    let last = zone.window.journal().last();
    for revision in (1..=last).step_by(7) {
        let entry = zone.window.entry(revision).unwrap().unwrap();
        let count: usize = entry.outcomes.iter().map(|o| o.receipts.len()).sum();
        for number in 0..count.min(3) as u32 {
            let given = zone.window.receipt(revision, number).unwrap().unwrap();
            let proof = zone.window.proof(revision, number, None).unwrap().unwrap();
            let key = zone.window.head_keys().unwrap().public();
            let leaf = proof::leaf_hash(&given.receipt.shown.leaf_bytes());
            proof.verify(&leaf, &key).unwrap();
            let shown = &given.receipt.shown;
            let xml = wire::ceb::write_receipts(shown.kind, &shown.guid, std::slice::from_ref(shown));
            assert_eq!(wire::ceb::read_receipts(&xml).as_deref(), Ok(std::slice::from_ref(shown)));
            let mut changed = given.receipt.shown.clone();
            changed.status += 1;
            assert!(proof.verify(&proof::leaf_hash(&changed.leaf_bytes()), &key).is_err());
        }
    }
    let chain = zone.window.journal().tip().chain;
    zone.window.close();
    let replayed = replay::replay(&zone.window.config().place, |_, _| {}).unwrap();
    assert!(replayed.same, "{replayed:?}");
    assert_eq!(replayed.hash, chain);
    assert_eq!(replayed.entries, last);
}

#[test]
fn another_limit_shows_who_would_have_been_refused() {
    let (registry, messages) = messages(plan(12, 120, 20));
    let zone = Zone::with("2026-03-02T00:00", Disk::memory(), &registry);
    for (sent, bytes) in &messages {
        zone.set(&sent.at.to_string());
        zone.send(bytes);
    }
    zone.window.close();
    let files = |limit: &str| -> Vec<(String, String)> {
        let change = |name: &str, text: &str| {
            if name == "limits.toml" { text.replace("500000", limit) } else { text.to_owned() }
        };
        trade::policy::SAMPLE.iter().map(|(n, t)| ((*n).to_owned(), change(n, t))).collect()
    };
    let place = &zone.window.config().place;
    let draft = |name: &str, limit: &str| Draft::load(name, &files(limit)).unwrap();
    let drafts = [draft("same", "500000"), draft("lower", "20000"), draft("lower again", "20000")];
    let mut heard = 0;
    let report = what_if(place, &drafts, |done, of| {
        assert!(done == heard + 1 && done <= of);
        heard = done;
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!((report.revision, report.hash), (heard, zone.window.journal().tip().chain));
    let [same, lower, again] = &report.drafts[..] else { panic!("{report:?}") };

    assert_eq!((same.total.changed, same.voided(), &same.examples), (0, 0, &vec![]));
    assert!(same.total.lists > 100 && same.total.released[0] == same.total.released[1], "{same:?}");
    assert_eq!(same.total.tax_fen[0], same.total.tax_fen[1]);

    assert_eq!(lower.total.released[0], same.total.released[0]);
    assert!(lower.total.released[1] + lower.newly_refused >= lower.total.released[0], "{lower:?}");
    assert!(!lower.reasons.contains_key("LIST_NOT_FOUND"), "{lower:?}");
    assert!(lower.newly_refused > 0 && lower.total.tax_fen[1] < lower.total.tax_fen[0], "{lower:?}");
    assert!(lower.reasons.keys().any(|code| code == "OVER_SINGLE_LIMIT"), "{lower:?}");
    assert_eq!(lower.reasons.values().sum::<u64>(), lower.newly_refused);
    // Every list is in one group of each kind.
    for dimension in [Dimension::Regime, Dimension::Heading, Dimension::Size] {
        let mut sum = Tally::default();
        lower.rows(dimension).iter().for_each(|(_, tally)| sum.add(tally));
        assert_eq!(sum, lower.total, "{dimension:?}");
    }
    assert!(lower.sellers_hit > 0 && lower.sellers_gaining == 0);
    // What stands on a release is void where the parcel is refused.
    assert!(lower.voided() > 0, "{lower:?}");

    // The same content gives the same, whatever it is called.
    assert_eq!(Drafted { name: lower.name.clone(), ..again.clone() }, *lower);
    assert_ne!(same.fingerprint, lower.fingerprint);

    let cancelled =
        what_if(place, &drafts, |done, _| if done < 5 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) });
    assert!(matches!(cancelled, Err(NoReport::Cancelled)));
}
