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
    let key = store.keys.head_keys().unwrap();
    let head = key.sign(store.journal.reader().head(60).unwrap().unwrap());
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

/// Run with `cargo test --release -p store -- --ignored --nocapture figures`.
#[test]
#[ignore = "it measures and takes a minute"]
fn figures() {
    use crate::journal::{Journal, Sizes};
    use crate::state::State;
    use crate::vault::Vault;
    use std::time::Instant;
    let folder = tempfile::tempdir().unwrap();
    let place = Place { sizes: Sizes::default(), ..Place::on_disk(&folder.path().join("zone")) };
    let timed = |what: &str, n: u64, f: &mut dyn FnMut()| {
        // Time of this thread on a processor: the machine may be shared.
        let cpu = || -> u64 {
            let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
            text.split_whitespace().next().unwrap().parse().unwrap()
        };
        let (begun, busy) = (Instant::now(), cpu());
        f();
        let (spent, busy) = (begun.elapsed(), cpu() - busy);
        let each = busy as f64 / 1e3 / n as f64;
        println!("{what}: {:.3} s, of it {:.3} s busy, {each:.3} us busy each", spent.as_secs_f64(), busy as f64 / 1e9);
    };
    // Bodies with a repetitive half and a random half, like documents full of numbers and hashes.
    let mut dice = 7u64;
    let mut body = |len: usize| -> Vec<u8> {
        let mut out = Vec::with_capacity(len);
        while out.len() < len {
            dice ^= dice << 13;
            dice ^= dice >> 7;
            dice ^= dice << 17;
            out.extend_from_slice(b"<field>Sanya cross-border pilot zone</field>");
            out.extend_from_slice(&dice.to_le_bytes());
            out.extend_from_slice(&dice.rotate_left(20).to_le_bytes());
        }
        out
    };
    let seal = |revision: u64, body: Vec<u8>| Sealed { revision, at: Moment(0), body, receipts: vec![[1; 32]; 100] };

    let (mut journal, _) = Journal::open(&Disk::real(), &place.journal(), place.sizes).unwrap();
    let big: Vec<Sealed> = (1..=3000).map(|r| seal(r, body(40_000))).collect();
    timed("append, groups of 3 entries of 40 KB (100 receipts each)", 1000, &mut || {
        big.chunks(3).for_each(|group| assert!(journal.append(group).is_ok()));
    });
    let small: Vec<Sealed> = (3001..=1_003_000).map(|r| Sealed { receipts: vec![], ..seal(r, body(200)) }).collect();
    timed("append, a million entries of 200 bytes in groups of 1000, an entry", 1_000_000, &mut || {
        small.chunks(1000).for_each(|group| assert!(journal.append(group).is_ok()));
    });
    drop(journal);
    let mut reader = None;
    timed("open the journal (checksums of all, hashes of the last segment)", 1, &mut || {
        reader = Some(Journal::open(&Disk::real(), &place.journal(), place.sizes).unwrap().0.reader());
    });
    let reader = reader.unwrap();
    let (state, _) = State::open(&Disk::real(), &place.state(), &reader, settled()).unwrap();
    timed("read and fold them all, two puts an entry", reader.last(), &mut || {
        for entry in reader.after(0) {
            let entry = entry.unwrap();
            let body = entry.body();
            let (one, two) = (entry.revision.to_be_bytes(), (entry.revision + (1 << 40)).to_be_bytes());
            state.fold(entry.revision, &[put(&one, &body[..100]), put(&two, b"closed")], |_| b"").unwrap();
        }
    });
    let keys: Vec<[u8; 8]> = (1..=1_000_000u64).map(|n| (n * 7919 % 1_000_000 + 1).to_be_bytes()).collect();
    timed("look up, hot", 1_000_000, &mut || keys.iter().for_each(|k| assert!(state.get(k).unwrap().is_some())));
    timed("snapshot of two million records", 1, &mut || assert!(state.snapshot(&reader).is_ok()));
    timed("sweep of a million records", 1, &mut || assert_eq!(state.sweep().unwrap(), 1_003_000));
    let cold: Vec<[u8; 8]> = (1..=100_000u64).map(|n| (n * 7919 % 1_000_000 + (1 << 40)).to_be_bytes()).collect();
    timed("look up, cold, at random", 100_000, &mut || {
        cold.iter().for_each(|k| assert!(state.get(k).unwrap().is_some()))
    });
    timed("look up, nowhere", 1_000_000, &mut || {
        (0..1_000_000u64).for_each(|n| assert!(state.get(&(n + (1 << 50)).to_be_bytes()).unwrap().is_none()));
    });
    state.snapshot(&reader).unwrap();
    println!("{:?}", state.count());
    timed("start from the snapshot", 1, &mut || {
        let (again, recovered) = State::open(&Disk::real(), &place.state(), &reader, settled()).unwrap();
        assert_eq!((again.count(), recovered.snapshot), (state.count(), Some(reader.last())));
    });
    timed("entries at random", 10_000, &mut || {
        (0..10_000u64).for_each(|n| assert!(reader.entry(n * 7919 % reader.last() + 1).unwrap().is_some()));
    });
    timed("a proof", 1000, &mut || {
        (0..1000u64).for_each(|n| drop(reader.inclusion(n * 7919 % reader.last() + 1, reader.last()).unwrap()));
    });

    let zone_keys = crate::Keys::open(&Disk::real(), &place.keys).unwrap();
    let mut vault = Vault::open(&Disk::real(), &place.vault(), &zone_keys, 0).unwrap();
    let original = body(322_000);
    let mut squeezed = None;
    timed("squeeze a message of 322 KB (a worker does)", 50, &mut || {
        (0..50).for_each(|_| squeezed = Some(Squeezed::new(&original).unwrap()))
    });
    let squeezed = squeezed.unwrap();
    timed("vault, groups of 3 such messages", 300, &mut || {
        for n in 0..300 {
            let blocks: Vec<Block> =
                (1..=3).map(|i| Block { revision: n * 3 + i, at: Moment(0), class: 1, original: &squeezed }).collect();
            vault.append(&blocks).unwrap();
        }
    });
}
