use super::*;
use crate::journal::{Journal, Sealed, Sizes};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use trade::pack::Pack;

const SMALL: Sizes = Sizes { segment: 8192, reserve: 0 };

/// A change that owns its bytes, so that it can stand in a journal of the tests.
#[derive(Clone, Debug)]
enum Act {
    Put(u8, Vec<u8>),
    Keep(u8, Vec<u8>),
    Drop(u8),
    Due(u8),
    Undue(u8),
}

fn key(n: u8) -> Vec<u8> {
    format!("key {n}").into_bytes()
}

impl Act {
    fn body(&self) -> Vec<u8> {
        match self {
            Act::Put(k, v) => [&[0, *k], v.as_slice()].concat(),
            Act::Keep(k, v) => [&[1, *k], v.as_slice()].concat(),
            Act::Drop(k) => vec![2, *k],
            Act::Due(k) => vec![3, *k],
            Act::Undue(k) => vec![4, *k],
        }
    }
}

/// Folds what stands in an entry of the tests' journal.
fn fold(state: &State, revision: u64, body: &[u8]) {
    let (key, rest) = (key(body[1]), &body[2..]);
    let due = effect::Due {
        at: Moment(i64::from(body[1] % 5)),
        kind: u32::from(body[1] % 2),
        key: trade::pack::Blob::from(&key[..]),
    };
    let effect = match body[0] {
        0 => Effect::Put(effect::Put(Fact::new(&key, rest))),
        // As it comes from deciding, with the document, or from an entry, without.
        1 if body[1].is_multiple_of(2) => Effect::Keep(effect::Keep::new(Fact::new(&key, b"head"), 0, rest.into())),
        1 => Effect::unpack(&Effect::Keep(effect::Keep::new(Fact::new(&key, b"head"), 0, rest.into())).pack()).unwrap(),
        2 => Effect::Drop(effect::Drop { key: due.key }),
        3 => Effect::Due(due),
        _ => Effect::Undue(due),
    };
    state.fold(revision, &[effect], |_| rest).unwrap();
}

/// The slow obvious state.
#[derive(Default)]
struct Model {
    map: BTreeMap<Vec<u8>, Vec<u8>>,
    dues: BTreeSet<Due>,
}

impl Model {
    fn act(&mut self, act: &Act) {
        let due = |k: u8| Due { at: Moment(i64::from(k % 5)), kind: u32::from(k % 2), key: key(k).into() };
        match act {
            Act::Put(k, v) => drop(self.map.insert(key(*k), v.clone())),
            Act::Keep(k, v) => {
                let mut value = b"head".to_vec();
                trade::pack::put_bytes(&mut value, 1, |out| out.extend_from_slice(v));
                self.map.insert(key(*k), value);
            }
            Act::Drop(k) => drop(self.map.remove(&key(*k))),
            Act::Due(k) => drop(self.dues.insert(due(*k))),
            Act::Undue(k) => drop(self.dues.remove(&due(*k))),
        }
    }

    fn is(&self, state: &State) {
        for n in 0..=255 {
            let expected = self.map.get(&key(n));
            assert_eq!(state.get(&key(n)).unwrap().map(|v| v.to_vec()).as_ref(), expected, "key {n}");
        }
        let dues: Vec<Due> = state.dues().iter().cloned().collect();
        assert_eq!(dues, self.dues.iter().cloned().collect::<Vec<_>>());
        assert_eq!(state.next_due(), self.dues.first().cloned());
    }
}

/// Values of an even length are settled.
fn settled() -> Settled {
    Box::new(|_, value, _| (value.len() % 2 == 0).then_some(value))
}

fn start(disk: &Disk) -> (Journal, State, Recovered) {
    let (journal, _) = Journal::open(disk, Path::new("/zone/journal"), SMALL).unwrap();
    let reader = journal.reader();
    let (state, recovered) = State::open(disk, Path::new("/zone/state"), &reader, settled()).unwrap();
    for entry in reader.after(state.revision()) {
        let entry = entry.unwrap();
        fold(&state, entry.revision, entry.body());
    }
    (journal, state, recovered)
}

#[derive(Clone, Debug)]
enum Step {
    Acts(Vec<Act>),
    Sweep,
    Merge,
    Snapshot,
    Restart(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let value = || proptest::collection::vec(any::<u8>(), 0..40);
    let act = prop_oneof![
        4 => (any::<u8>(), value()).prop_map(|(k, v)| Act::Put(k, v)),
        2 => (any::<u8>(), value()).prop_map(|(k, v)| Act::Keep(k, v)),
        4 => any::<u8>().prop_map(Act::Drop),
        2 => any::<u8>().prop_map(Act::Due),
        1 => any::<u8>().prop_map(Act::Undue),
    ];
    prop_oneof![
        6 => proptest::collection::vec(act, 1..60).prop_map(Step::Acts),
        4 => Just(Step::Sweep),
        2 => Just(Step::Merge),
        2 => Just(Step::Snapshot),
        2 => any::<u64>().prop_map(Step::Restart),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Whether a fact is in memory, swept out, merged or recovered never shows.
    #[test]
    fn it_is_a_map_whatever_happens_to_its_records(steps in proptest::collection::vec(step(), 1..40)) {
        let disk = Disk::memory();
        let (mut journal, mut state, _) = start(&disk);
        let mut model = Model::default();
        for step in steps {
            match step {
                Step::Acts(acts) => {
                    let mut group = vec![];
                    for act in acts {
                        model.act(&act);
                        let revision = state.revision() + 1;
                        fold(&state, revision, &act.body());
                        group.push(Sealed { revision, at: Moment(0), body: act.body(), receipts: vec![] });
                    }
                    journal.append(&group).unwrap();
                }
                Step::Sweep => drop(state.sweep().unwrap()),
                Step::Merge => drop(state.merge().unwrap()),
                Step::Snapshot => drop(state.snapshot(&journal.reader()).unwrap()),
                Step::Restart(seed) => {
                    disk.restart(seed);
                    drop((journal, state));
                    let recovered;
                    (journal, state, recovered) = start(&disk);
                    prop_assert_eq!(recovered.skipped, Vec::<String>::new());
                }
            }
            model.is(&state);
        }
    }
}

fn put(state: &State, journal: &mut Journal, k: u8, value: &[u8]) {
    let body = Act::Put(k, value.to_vec()).body();
    let revision = state.revision() + 1;
    fold(state, revision, &body);
    journal.append(&[Sealed { revision, at: Moment(0), body, receipts: vec![] }]).unwrap();
}

#[test]
fn a_start_takes_the_newest_snapshot_and_folds_the_rest() {
    let disk = Disk::memory();
    let (mut journal, state, recovered) = start(&disk);
    assert_eq!(recovered, Recovered::default());
    for n in 0..100 {
        put(&state, &mut journal, n, &[n; 8]);
    }
    assert_eq!(state.snapshot(&journal.reader()).unwrap(), 100);
    assert_eq!(state.sweep().unwrap(), 100);
    assert_eq!(state.count().hot, 0);
    for n in 50..150 {
        put(&state, &mut journal, n, &[n; 7]);
    }
    assert_eq!(state.snapshot(&journal.reader()).unwrap(), 200);
    put(&state, &mut journal, 0, b"later");
    drop((journal, state));
    let (_, state, recovered) = start(&disk);
    assert_eq!(recovered, Recovered { snapshot: Some(200), skipped: vec![] });
    assert_eq!(state.revision(), 201);
    assert_eq!(state.get(&key(0)).unwrap().unwrap(), b"later");
    assert_eq!(state.get(&key(49)).unwrap().unwrap(), [49; 8]);
    assert_eq!(state.get(&key(50)).unwrap().unwrap(), [50; 7]);
    assert_eq!(state.get(&key(200)).unwrap(), None);
    assert_eq!(state.count().cold, 100);
}

#[test]
fn a_damaged_snapshot_falls_back_to_an_older_one_and_then_to_the_journal() {
    let disk = Disk::memory();
    let (mut journal, state, _) = start(&disk);
    for round in 0..3 {
        for n in 0..50 {
            put(&state, &mut journal, n, &[round; 6]);
        }
        state.sweep().unwrap();
        state.snapshot(&journal.reader()).unwrap();
    }
    put(&state, &mut journal, 1, b"odd");
    drop((journal, state));
    let spoil = |name: &str, at: u64| {
        disk.open(&Path::new("/zone/state").join(name), false).unwrap().write_all_at(b"spoilt", at).unwrap()
    };
    let holds = |expected: Option<u64>, skipped: usize| {
        let (_, state, recovered) = start(&disk);
        assert_eq!((recovered.snapshot, recovered.skipped.len()), (expected, skipped), "{recovered:?}");
        assert_eq!(state.get(&key(0)).unwrap().unwrap(), [2; 6]);
        assert_eq!(state.get(&key(1)).unwrap().unwrap(), b"odd");
    };
    holds(Some(150), 0);
    assert!(!disk.exists(&Path::new("/zone/state").join(super::snapshot::name(50))), "two are kept");
    spoil(&super::snapshot::name(150), 30);
    holds(Some(100), 1);
    let cold = disk.list(Path::new("/zone/state")).unwrap().into_iter().find(|n| n.starts_with("cold-")).unwrap();
    let end = disk.open(&Path::new("/zone/state").join(&cold), false).unwrap().len().unwrap();
    spoil(&cold, end - 80);
    holds(None, 2);
}

#[test]
fn a_snapshot_of_another_journal_is_not_taken() {
    let disk = Disk::memory();
    let (mut journal, state, _) = start(&disk);
    for n in 0..10 {
        put(&state, &mut journal, n, b"one");
    }
    state.snapshot(&journal.reader()).unwrap();
    drop((journal, state));
    for name in disk.list(Path::new("/zone/journal")).unwrap() {
        disk.remove(&Path::new("/zone/journal").join(name)).unwrap();
    }
    let (_, state, recovered) = start(&disk);
    assert_eq!((recovered.snapshot, recovered.skipped.len(), state.revision()), (None, 1, 0));
}

/// One thread folds, another sweeps, merges and takes snapshots, a third reads; then a restart.
#[test]
fn folding_goes_on_while_records_leave_and_snapshots_are_taken() {
    let disk = Disk::memory();
    let (mut journal, state, _) = start(&disk);
    let reader = journal.reader();
    let done = Arc::new(AtomicBool::new(false));
    let keeper = std::thread::spawn({
        let (state, done) = (state.clone(), done.clone());
        move || {
            while !done.load(Ordering::Relaxed) {
                state.sweep().unwrap();
                state.merge().unwrap();
                state.snapshot(&reader).unwrap();
            }
        }
    });
    let looker = std::thread::spawn({
        let (state, done) = (state.clone(), done.clone());
        move || {
            let mut seen = 0u64;
            while !done.load(Ordering::Relaxed) {
                // Key 255 is always there and only grows.
                if let Some(value) = state.get(&key(255)).unwrap() {
                    let now = u64::from_le_bytes(value[..8].try_into().unwrap());
                    assert!(now >= seen, "{now} after {seen}");
                    seen = now;
                }
            }
        }
    });
    let mut model = Model::default();
    let mut dice = 1u64;
    for round in 0..400u64 {
        let mut group = vec![];
        for _ in 0..25 {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let k = (dice >> 40) as u8 % 255;
            let act = match dice >> 60 {
                0..4 => Act::Drop(k),
                4 => Act::Due(k),
                5 => Act::Undue(k),
                6 => Act::Put(255, [round.to_le_bytes().as_slice(), &[0; 3][..(dice >> 50) as usize % 3]].concat()),
                n => Act::Put(k, vec![k; n as usize]),
            };
            model.act(&act);
            let revision = state.revision() + 1;
            fold(&state, revision, &act.body());
            group.push(Sealed { revision, at: Moment(0), body: act.body(), receipts: vec![] });
        }
        journal.append(&group).unwrap();
    }
    done.store(true, Ordering::Relaxed);
    keeper.join().unwrap();
    looker.join().unwrap();
    model.is(&state);
    // Whatever changed while it was on its way out leaves with the next sweep.
    state.sweep().unwrap();
    state.each_hot(|key, value| assert_eq!(settled()(key, value, u64::MAX), None, "{key:?}"));
    model.is(&state);
    drop((journal, state));
    disk.restart(0);
    let (_, state, recovered) = start(&disk);
    assert!(recovered.snapshot.is_some_and(|n| n > 0), "{recovered:?}");
    model.is(&state);
}

#[test]
fn kinds_that_can_be_listed_are_listed_wherever_their_records_lie() {
    let disk = Disk::memory();
    let (mut journal, state, _) = start(&disk);
    let key = |code: &str| Key::Party(code.into()).bytes();
    let told = |state: &State| {
        let mut all = vec![];
        state.each_of(Key::PARTY, |key, value| all.push((key.to_vec(), value.to_vec())));
        all
    };
    let mut revision = 0;
    let mut put = |state: &State, code: &str, value: Option<&[u8]>| {
        revision += 1;
        let effect = match value {
            Some(value) => Effect::Put(effect::Put(Fact::new(&key(code), value))),
            None => Effect::Drop(effect::Drop { key: trade::pack::Blob::from(&key(code)[..]) }),
        };
        state.fold(revision, &[effect], |_| b"").unwrap();
        journal.append(&[Sealed { revision, at: Moment(0), body: vec![9, 0], receipts: vec![] }]).unwrap();
    };
    // Values of an even length leave memory, those of an odd one stay.
    put(&state, "C", Some(b"cc"));
    put(&state, "A", Some(b"a"));
    put(&state, "B", Some(b"bb"));
    put(&state, "D", Some(b"d"));
    assert_eq!(state.sweep().unwrap(), 2);
    let is = |code: &str, value: &[u8]| (key(code), value.to_vec());
    assert_eq!(told(&state), [is("A", b"a"), is("B", b"bb"), is("C", b"cc"), is("D", b"d")]);
    put(&state, "B", None);
    put(&state, "D", None);
    assert_eq!(told(&state), [is("A", b"a"), is("C", b"cc")]);
    put(&state, "B", Some(b"b"));
    put(&state, "C", Some(b"ccc"));
    assert_eq!(told(&state), [is("A", b"a"), is("B", b"b"), is("C", b"ccc")]);
    state.snapshot(&journal.reader()).unwrap();
    let reader = journal.reader();
    let (again, recovered) = State::open(&disk, Path::new("/zone/state"), &reader, settled()).unwrap();
    assert_eq!(recovered.snapshot, Some(8));
    assert_eq!(told(&again), told(&state));
}

#[test]
fn what_does_not_follow_is_refused() {
    let disk = Disk::memory();
    let (_, state, _) = start(&disk);
    let put = [Effect::Put(effect::Put(Fact::new(b"k", b"v")))];
    assert!(matches!(state.fold(2, &put, |_| b""), Err(StoreError::Order(_))));
    assert_eq!(state.get(b"k").unwrap(), None);
    state.fold(1, &put, |_| b"").unwrap();
    assert_eq!(state.get(b"k").unwrap().unwrap(), b"v");
}

/// The hash of places is no secret, so keys may be made that have one place; they cost time and nothing else.
#[test]
fn keys_with_one_place_fill_several_blocks_and_are_all_found() {
    let disk = Disk::memory();
    let (_, state, _) = start(&disk);
    // What the hash has come to after the first of two words; the second word can undo any difference.
    let after = |word: u64| {
        let h = (0x2545_f491_4f6c_dd1d ^ 16 ^ word).wrapping_mul(0xff51_afd7_ed55_8ccd);
        h ^ (h >> 32)
    };
    let keys: Vec<Vec<u8>> = (0..2_000u64)
        .map(|n| [n << 8, after(n << 8) ^ after(0), 0].iter().flat_map(|word| word.to_le_bytes()).take(18).collect())
        .collect();
    assert!(keys.iter().all(|key| cold::place(key) == cold::place(&keys[0])));
    for (key, revision) in keys.iter().zip(1..) {
        let value = [&key[..], &[0; 24]].concat();
        state.fold(revision, &[Effect::Put(effect::Put(Fact::new(key, &value)))], |_| b"").unwrap();
    }
    assert_eq!(state.sweep().unwrap(), 2_000);
    for key in &keys {
        assert!(state.get(key).unwrap().unwrap().starts_with(key));
    }
    assert_eq!(state.get(&[1; 18]).unwrap(), None);
}
