//! What every engine must do, told once: a small zone lives, is copied, dies and comes back.

use crate::journal::Sealed;
use crate::proof::{leaf_hash, sha256};
use crate::vault::{Block, Squeezed, commitment, salt};
use crate::zone::{Place, Reading, Store};
use crate::{Disk, StoreError, backup, proof};
use std::path::Path;
use trade::effect::{Effect, Put};
use trade::fact::Fact;
use trade::time::Moment;

const DAY: i64 = 86_400_000;

fn settled() -> crate::state::Settled {
    Box::new(|_, value, _| value.starts_with(b"closed").then_some(value))
}

fn original(revision: u64) -> Vec<u8> {
    format!("original {revision}, of somebody").into_bytes()
}

/// One entry: half of the keys are opened, the others closed; the body commits to its original.
fn step(store: &mut Store, revision: u64) -> Result<(), StoreError> {
    let at = Moment(1_780_000_000_000 + revision as i64 * DAY);
    let class = (revision % 2) as u16;
    let squeezed = Squeezed::new(&original(revision))?;
    let commitment = commitment(&salt(&store.keys, at, class, revision)?, &sha256(&original(revision)));
    let sealed = Sealed { revision, at, body: commitment.to_vec(), receipts: vec![leaf_hash(&commitment)] };
    fold(store, revision);
    store.vault.append(&[Block { revision, at, class, original: &squeezed }])?;
    store.journal.append(&[sealed])?;
    Ok(())
}

fn put(key: &[u8], value: &[u8]) -> Effect {
    Effect::Put(Put(Fact::new(key, value)))
}

fn fold(store: &Store, revision: u64) {
    let key = (revision / 2).to_be_bytes();
    let value: &[u8] = if revision.is_multiple_of(2) { b"open" } else { b"closed" };
    store.state.fold(revision, &[put(&key, value)], |_| b"").unwrap();
}

fn start(place: &Place) -> Store {
    let store = Store::open(place, settled()).unwrap();
    for entry in store.journal.reader().after(store.state.revision()) {
        fold(&store, entry.unwrap().revision);
    }
    store
}

fn holds(store: &Store, last: u64) {
    assert_eq!(store.journal.tip().revision, last);
    store.journal.reader().check().unwrap();
    for revision in 1..=last {
        let entry = store.journal.reader().entry(revision).unwrap().unwrap();
        let vault = store.vault.reader();
        let bytes = vault.original(revision).unwrap().unwrap();
        assert_eq!(bytes, original(revision));
        let commitment = entry.body().try_into().unwrap();
        assert!(vault.is_committed(&commitment, entry.at, (revision % 2) as u16, revision, &bytes).unwrap());
        let value = store.state.get(&(revision / 2).to_be_bytes()).unwrap().unwrap();
        let is_open = revision == last && revision % 2 == 0;
        assert_eq!(value, if is_open { b"open".as_slice() } else { b"closed" });
    }
}

/// Runs the whole story in an empty place; `aside` is an empty folder for copies.
pub fn run(place: &Place, aside: &Path) {
    assert!(!place.exists());
    assert!(matches!(backup::backup(place, &aside.join("nothing"), false), Err(StoreError::Order(_))));
    let mut store = start(place);
    for revision in 1..=40 {
        step(&mut store, revision).unwrap();
    }
    holds(&store, 40);
    assert!(store.state.sweep().unwrap() > 0);
    store.state.snapshot(&store.journal.reader()).unwrap();
    for revision in 41..=60 {
        step(&mut store, revision).unwrap();
    }

    // A reader beside it sees what is durable.
    let reading = Reading::open(place, settled()).unwrap();
    assert_eq!((reading.journal.last(), reading.state.revision()), (60, 40));
    assert_eq!(reading.vault.original(60).unwrap(), Some(original(60)));

    // A receipt proves itself with the public key alone.
    let key = store.keys.head_keys(1).unwrap();
    let head = key.sign(store.journal.reader().head(60).unwrap().unwrap()).unwrap();
    let commitment: proof::Hash = store.journal.reader().entry(7).unwrap().unwrap().body().try_into().unwrap();
    let proof = store.journal.reader().prove(7, &[leaf_hash(&commitment)], 0, head).unwrap();
    assert_eq!(proof.verify(&leaf_hash(&commitment), &key.public()), Ok(()));

    // Copied while it runs, it comes back elsewhere with the same hash and goes on.
    let copy = aside.join("copy");
    let manifest = backup::backup(place, &copy, true).unwrap();
    assert_eq!(manifest.head, head.head);
    assert!(matches!(backup::backup(place, &copy, true), Err(StoreError::Order(_))));
    step(&mut store, 61).unwrap();
    let other = Place { data: aside.join("other"), keys: aside.join("other.keys"), seed: None, ..place.clone() };
    assert_eq!(backup::restore(&copy, &other).unwrap(), manifest);
    assert!(matches!(backup::restore(&copy, &other), Err(StoreError::Order(_))), "it is not empty any more");
    let mut back = start(&other);
    holds(&back, 60);
    step(&mut back, 61).unwrap();
    assert_eq!(back.journal.tip(), store.journal.tip(), "the same keys and commands, the same hash");
    drop(back);

    // A changed copy is not taken.
    let segment = copy.join("journal").join(format!("{:020}.seg", 1));
    place.disk().open(&segment, false).unwrap().write_all_at(b"x", 300).unwrap();
    let third = Place { data: aside.join("third"), keys: aside.join("third.keys"), ..place.clone() };
    match backup::restore(&copy, &third) {
        Err(StoreError::Corrupt { file, .. }) => assert_eq!(file, segment),
        other => panic!("{other:?}"),
    }

    // Started again it is the same zone; what was deleted stays deleted, and the proofs still hold.
    drop(store);
    let store = start(place);
    holds(&store, 61);
    let entry = store.journal.reader().entry(7).unwrap().unwrap();
    store.vault.reader().forget(crate::keys::Month::of(entry.at), 1).unwrap();
    assert!(matches!(store.vault.reader().original(7), Err(StoreError::Gone)));
    assert_eq!(proof.verify(&leaf_hash(&commitment), &key.public()), Ok(()));
    store.journal.reader().check().unwrap();
}

#[test]
fn a_disk_in_memory_passes() {
    let disk = Disk::memory();
    run(&Place::in_memory(&disk, [5; 32]), Path::new("/aside"));
}

#[test]
fn a_real_disk_passes() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place {
        sizes: crate::journal::Sizes { segment: 8192, reserve: 4096 },
        ..Place::on_disk(&folder.path().join("zone"))
    };
    run(&place, folder.path());
}

#[test]
fn one_process_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::on_disk(folder.path());
    let place = Place { sizes: crate::journal::Sizes { segment: 8192, reserve: 4096 }, ..place };
    assert!(matches!(
        Store::open(&Place { keys: folder.path().join("keys"), ..place.clone() }, settled()),
        Err(StoreError::Order(_))
    ));
    let store = Store::open(&place, settled()).unwrap();
    assert!(matches!(Store::open(&place, settled()), Err(StoreError::Locked(_))));
    Reading::open(&place, settled()).unwrap();
    drop(store);
    Store::open(&place, settled()).unwrap();
    std::fs::remove_dir_all(&place.keys).unwrap();
}

/// Cuts at every single write of a zone's first days; whatever the disk makes of the rest, what was acknowledged
/// is there, everything that is there fits together, and the zone goes on.
#[test]
fn a_zone_survives_a_cut_at_any_write() {
    let story = |disk: &Disk| -> Result<(), u64> {
        let mut store = Store::open(&Place::in_memory(disk, [5; 32]), settled()).map_err(|_| 0u64)?;
        for revision in 1..=12 {
            step(&mut store, revision).map_err(|_| revision - 1)?;
            if revision % 3 == 0 {
                store.state.sweep().map_err(|_| revision)?;
            }
            if revision % 4 == 0 {
                store.state.snapshot(&store.journal.reader()).map_err(|_| revision)?;
                store.state.merge().map_err(|_| revision)?;
            }
        }
        Ok(())
    };
    let calm = Disk::memory();
    story(&calm).unwrap();
    let undisturbed = start(&Place::in_memory(&calm, [5; 32])).journal.tip();
    for n in 0..calm.writes() {
        for seed in 0..4 {
            let disk = Disk::memory();
            disk.cut_after(n);
            let Err(acknowledged) = story(&disk) else { continue }; // the writes of the start after it
            disk.restart(seed);
            let mut store = start(&Place::in_memory(&disk, [5; 32]));
            let last = store.journal.tip().revision;
            assert!(last >= acknowledged, "write {n}, seed {seed}: {last} of {acknowledged}");
            holds(&store, last);
            assert_eq!(store.opened.state.skipped, Vec::<String>::new(), "write {n}, seed {seed}");
            for revision in last + 1..=12 {
                step(&mut store, revision).unwrap();
            }
            holds(&store, 12);
            assert_eq!(store.journal.tip(), undisturbed, "write {n}, seed {seed}");
        }
    }
}
