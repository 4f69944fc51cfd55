use super::*;
use crate::head::HeadKeys;
use crate::proof::{leaf_hash, verify_consistency, verify_inclusion};

const SMALL: Sizes = Sizes { segment: 8192, reserve: 4096 };

fn dir() -> PathBuf {
    PathBuf::from("/zone/journal")
}

fn sealed(revision: u64) -> Sealed {
    let body = format!("entry {revision} ").repeat(1 + revision as usize % 7).into_bytes();
    let receipts = (0..revision % 4).map(|i| leaf_hash(&[revision as u8, i as u8])).collect();
    Sealed { revision, at: Moment(1_000 + revision as i64 / 3), body, receipts }
}

fn group(from: u64, to: u64) -> Vec<Sealed> {
    (from..=to).map(sealed).collect()
}

fn open(disk: &Disk) -> (Journal, Opened) {
    Journal::open(disk, &dir(), SMALL).unwrap()
}

/// Everything that a reader shows equals what was sealed.
fn holds(reader: &JournalReader, last: u64) {
    assert_eq!(reader.last(), last);
    let mut n = 0;
    for entry in reader.after(0) {
        let entry = entry.unwrap();
        n += 1;
        let expected = sealed(n);
        assert_eq!((entry.revision, entry.at, entry.body()), (n, expected.at, expected.body.as_slice()));
        assert_eq!(entry.receipts_root, proof::root(&expected.receipts));
    }
    assert_eq!(n, last);
    reader.check().unwrap();
}

#[test]
fn entries_come_back_in_order_and_by_revision() {
    let disk = Disk::memory();
    let (mut journal, _) = open(&disk);
    let mut last = 0;
    for size in [1, 2, 50, 3, 1, 200, 1] {
        last = journal.append(&group(last + 1, last + size)).unwrap();
    }
    holds(&journal.reader(), last);
    for revision in [1, 2, 3, 55, 200, last] {
        assert_eq!(journal.reader().entry(revision).unwrap().unwrap().body(), sealed(revision).body);
    }
    assert!(journal.reader().entry(0).unwrap().is_none());
    assert!(journal.reader().entry(last + 1).unwrap().is_none());
    assert!(disk.list(&dir()).unwrap().iter().filter(|n| n.ends_with(".seg")).count() > 1, "several segments");
    let chain = journal.tip().chain;
    drop(journal);
    let (again, opened) = open(&disk);
    assert_eq!(opened, Opened::default());
    assert_eq!(again.tip().chain, chain);
    holds(&again.reader(), last);
}

#[test]
fn grouping_does_not_change_the_hash() {
    let tips = [vec![10, 10, 10], vec![1; 30], vec![30]].map(|sizes| {
        let (mut journal, _) = open(&Disk::memory());
        let mut last = 0;
        for size in sizes {
            last = journal.append(&group(last + 1, last + size)).unwrap();
        }
        journal.reader().head(last).unwrap()
    });
    assert_eq!(tips[0], tips[1]);
    assert_eq!(tips[0], tips[2]);
}

#[test]
fn a_sequence_with_a_gap_or_going_back_in_time_is_refused() {
    let (mut journal, _) = open(&Disk::memory());
    journal.append(&group(1, 9)).unwrap();
    assert!(matches!(journal.append(&group(11, 12)), Err(StoreError::Order(_))));
    assert!(matches!(journal.append(&group(9, 10)), Err(StoreError::Order(_))));
    assert!(matches!(journal.append(&[Sealed { at: Moment(0), ..sealed(10) }]), Err(StoreError::Order(_))));
    journal.append(&group(10, 10)).unwrap();
    holds(&journal.reader(), 10);
}

#[test]
fn an_entry_of_many_megabytes_goes_in_parts() {
    let disk = Disk::memory();
    let (mut journal, _) = open(&disk);
    let noise: Vec<u8> = (0..11_000_000u64).map(|i| (i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as u8).collect();
    let big = Sealed { revision: 3, at: Moment(1_001), body: noise, receipts: vec![] };
    journal.append(&[sealed(1), sealed(2), big.clone(), sealed(4), sealed(5)]).unwrap();
    drop(journal);
    let (mut journal, _) = open(&disk);
    journal.append(&[sealed(6)]).unwrap();
    let reader = journal.reader();
    assert!(reader.entry(3).unwrap().unwrap().body() == big.body);
    assert_eq!(reader.entry(2).unwrap().unwrap().body(), sealed(2).body);
    assert_eq!(reader.entry(4).unwrap().unwrap().body(), sealed(4).body);
    assert_eq!(reader.entry(6).unwrap().unwrap().body(), sealed(6).body);
    reader.check().unwrap();
}

/// Cuts at every single write; whatever the disk makes of the rest, each acknowledged entry is there, each
/// entry that is there is the right one, and the journal goes on.
#[test]
fn what_was_acknowledged_survives_a_cut_at_any_write() {
    let story = |disk: &Disk| -> u64 {
        let mut last = 0;
        let Ok((mut journal, _)) = Journal::open(disk, &dir(), SMALL) else { return 0 };
        for size in [1, 5, 40, 1, 60, 2, 80] {
            match journal.append(&group(last + 1, last + size)) {
                Ok(done) => last = done,
                Err(_) => return last,
            }
        }
        last
    };
    let calm = Disk::memory();
    assert_eq!(story(&calm), 189);
    for n in 0..calm.writes() {
        for seed in 0..6 {
            let disk = Disk::memory();
            disk.cut_after(n);
            let acknowledged = story(&disk);
            assert!(disk.is_cut(), "write {n}");
            disk.restart(seed);
            let (mut journal, _) = open(&disk);
            let last = journal.tip().revision;
            assert!(last >= acknowledged, "write {n}, seed {seed}: {last} of {acknowledged}");
            holds(&JournalReader::open(&disk, &dir()).unwrap(), last);
            journal.append(&group(last + 1, last + 30)).unwrap();
            drop(journal);
            holds(&open(&disk).0.reader(), last + 30);
        }
    }
}

#[test]
fn a_torn_tail_is_cut_and_reported_and_damage_before_it_stops_the_start() {
    let disk = Disk::memory();
    let (mut journal, _) = open(&disk);
    for n in 0..6 {
        journal.append(&group(n * 4 + 1, n * 4 + 4)).unwrap();
    }
    let reader = journal.reader();
    let place = |revision: u64| Position::read(&reader.0.positions.get(revision - 1).unwrap());
    let (inner, outer) = (place(13), place(21));
    assert_eq!(inner.segment, outer.segment, "both in the last segment");
    let path = frame::segment_path(&dir(), inner.segment);
    let flip = |at: u64| {
        let file = disk.open(&path, false).unwrap();
        let mut byte = [0];
        file.read_exact_at(&mut byte, at).unwrap();
        file.write_all_at(&[!byte[0]], at).unwrap();
    };
    drop(journal);

    flip(inner.offset + 75);
    for result in [Journal::open(&disk, &dir(), SMALL).err(), JournalReader::open(&disk, &dir()).err()] {
        match result {
            Some(StoreError::Corrupt { file, at, .. }) => assert_eq!((file, at), (path.clone(), inner.offset)),
            other => panic!("{other:?}"),
        }
    }
    flip(inner.offset + 75);

    flip(outer.offset + 75);
    let (mut journal, opened) = open(&disk);
    let cut = opened.cut.unwrap();
    assert_eq!((cut.file, cut.at, cut.why), (path, outer.offset, "the checksum is wrong"));
    assert_eq!(journal.tip().revision, 20);
    journal.append(&group(21, 30)).unwrap();
    drop(journal);
    let (journal, opened) = open(&disk);
    assert_eq!(opened.cut, None);
    holds(&journal.reader(), 30);
}

#[test]
fn damage_in_an_earlier_segment_is_named() {
    let disk = Disk::memory();
    let (mut journal, _) = open(&disk);
    for n in 0..100 {
        journal.append(&group(n * 5 + 1, n * 5 + 5)).unwrap();
    }
    drop(journal);
    let first = frame::segment_path(&dir(), 1);
    let file = disk.open(&first, false).unwrap();
    file.write_all_at(&[0xff; 3], 700).unwrap();
    match Journal::open(&disk, &dir(), SMALL).err() {
        Some(StoreError::Corrupt { file, .. }) => assert_eq!(file, first),
        other => panic!("{other:?}"),
    }
    disk.remove(&first).unwrap();
    assert!(matches!(Journal::open(&disk, &dir(), SMALL), Err(StoreError::Corrupt { .. })), "a missing segment");
}

#[test]
fn positions_and_tree_are_made_anew() {
    let disk = Disk::memory();
    let (mut journal, _) = open(&disk);
    for n in 0..100 {
        journal.append(&group(n * 5 + 1, n * 5 + 5)).unwrap();
    }
    let head = journal.reader().head(500).unwrap().unwrap();
    drop(journal);
    let spoil: [&dyn Fn(); 4] = [
        &|| disk.remove(&dir().join("tree")).unwrap(),
        &|| disk.remove(&dir().join("positions")).unwrap(),
        &|| disk.open(&dir().join("tree"), false).unwrap().write_all_at(&[7; 31_000], 0).unwrap(),
        &|| disk.open(&dir().join("positions"), false).unwrap().set_len(96).unwrap(),
    ];
    for (i, spoil) in spoil.iter().enumerate() {
        spoil();
        assert_eq!(JournalReader::open(&disk, &dir()).unwrap().check().unwrap(), head, "{i}, reading only");
        let (journal, opened) = open(&disk);
        assert!(opened.rebuilt, "{i}");
        assert_eq!(journal.reader().check().unwrap(), head);
    }
}

#[test]
fn a_receipt_is_proved_offline_and_a_changed_history_is_not() {
    let disk = Disk::memory();
    let (mut journal, _) = open(&disk);
    journal.append(&group(1, 300)).unwrap();
    let key = HeadKeys::new(&[7; 32], &[7; 32]);
    let reader = journal.reader();
    let head = key.sign(reader.head(300).unwrap().unwrap()).unwrap();
    for revision in [1, 2, 3, 7, 150, 299] {
        let receipts = sealed(revision).receipts;
        for index in 0..receipts.len() as u64 {
            let proof = reader.prove(revision, &receipts, index, head).unwrap();
            let proof = ReceiptProof::from_json(&proof.to_json()).unwrap();
            let receipt = leaf_hash(&[revision as u8, index as u8]);
            assert_eq!(proof.verify(&receipt, &key.public()), Ok(()));
            assert_eq!(proof.verify(&leaf_hash(b"no"), &key.public()), Err(proof::Invalid::Receipt));
            let other = HeadKeys::new(&[8; 32], &[8; 32]).public();
            assert_eq!(proof.verify(&receipt, &other), Err(proof::Invalid::Signature));
            let mut changed = proof.clone();
            changed.leaf.at = Moment(1);
            assert_eq!(changed.verify(&receipt, &key.public()), Err(proof::Invalid::Entry));
        }
    }
    let (old, new) = (reader.head(123).unwrap().unwrap(), head.head);
    assert!(verify_consistency(123, 300, &old.root, &new.root, &reader.consistency(123, 300).unwrap()));
    let path = reader.inclusion(5, 123).unwrap();
    assert!(verify_inclusion(&reader.leaf(5).unwrap().hash(), 4, 123, &path, &old.root));

    let (mut other, _) = open(&Disk::memory());
    let mut forged = group(1, 300);
    forged[99].body.push(b'!');
    other.append(&forged).unwrap();
    let proof = other.reader().prove(150, &sealed(150).receipts, 0, head);
    assert_eq!(
        proof.unwrap().verify(&leaf_hash(&[150, 0]), &key.public()),
        Err(proof::Invalid::Entry),
        "a history changed at 100 does not verify under the signed head"
    );
}

/// A window that shows one history to one party and another to the next, each well signed.
#[test]
fn two_histories_under_one_key_are_proved_by_two_receipts() {
    let (mut journal, _) = open(&Disk::memory());
    journal.append(&group(1, 300)).unwrap();
    let (mut forked, _) = open(&Disk::memory());
    let mut entries = group(1, 300);
    entries[99].body.push(b'!');
    forked.append(&entries).unwrap();
    let key = HeadKeys::new(&[7; 32], &[7; 32]);
    let public = key.public();
    let proof = |journal: &Journal, revision: u64, size: u64| {
        let reader = journal.reader();
        let head = key.sign(reader.head(size).unwrap().unwrap()).unwrap();
        reader.prove(revision, &sealed(revision).receipts, 0, head).unwrap()
    };
    for (one, other, meant) in [
        // Before the fork both are one journal, also under heads of different sizes.
        ((50, 99), (50, 99), None),
        ((50, 99), (61, 300), None),
        ((50, 200), (61, 200), Some(proof::Fork::Head { size: 200 })),
        ((150, 200), (150, 300), Some(proof::Fork::Entry { revision: 150 })),
        // The head of the one says what the entry of the other was chained to.
        ((50, 150), (150, 300), Some(proof::Fork::Entry { revision: 150 })),
        ((150, 300), (50, 150), Some(proof::Fork::Entry { revision: 150 })),
    ] {
        let (a, b) = (proof(&journal, one.0, one.1), proof(&forked, other.0, other.1));
        assert_eq!(a.fork(&b, &public), Ok(meant), "{one:?} {other:?}");
        assert_eq!(b.fork(&a, &public), Ok(meant), "{other:?} {one:?}");
        let honest = proof(&journal, other.0, other.1);
        assert_eq!(a.fork(&honest, &public), Ok(None), "one journal never contradicts itself: {one:?} {other:?}");
    }
    // Whoever makes the second history up has no signature of the window, and proves nothing.
    let mut made_up = proof(&forked, 150, 300);
    made_up.head = HeadKeys::new(&[8; 32], &[8; 32]).sign(made_up.head.head).unwrap();
    assert_eq!(proof(&journal, 150, 300).fork(&made_up, &public), Err(proof::Invalid::Signature));
    let mut moved = proof(&forked, 150, 300);
    moved.leaf.at = Moment(1);
    assert_eq!(proof(&journal, 150, 300).fork(&moved, &public), Err(proof::Invalid::Entry));
}

#[test]
fn a_full_disk_refuses_keeps_everything_and_leaves_the_reserve_for_looks() {
    let disk = Disk::memory();
    let (mut journal, _) = open(&disk);
    disk.set_capacity(Some(disk.used() + 9000));
    let mut last = 0;
    let refused = loop {
        match journal.append(&group(last + 1, last + 8)) {
            Ok(done) => last = done,
            Err(error) => break error,
        }
        assert!(last < 10_000);
    };
    assert!(matches!(refused, StoreError::Full), "{refused:?}");
    assert!(journal.reader().is_full());
    let before = last;
    loop {
        match journal.append_reserved(&group(last + 1, last + 1)) {
            Ok(done) => last = done,
            Err(error) => break assert!(matches!(error, StoreError::Full), "{error:?}"),
        }
    }
    assert!(last > before, "looks found room in the reserve");
    disk.set_capacity(Some(disk.used()));
    assert!(matches!(journal.append(&group(last + 1, last + 1)), Err(StoreError::Full)));
    holds(&journal.reader(), last);
    drop(journal);
    let (mut journal, opened) = open(&disk);
    assert_eq!((opened.cut, journal.tip().revision), (None, last));
    assert!(!journal.make_room());
    disk.set_capacity(None);
    assert!(journal.make_room());
    assert!(!journal.reader().is_full());
    journal.append(&group(last + 1, last + 400)).unwrap();
    holds(&journal.reader(), last + 400);
    assert!(disk.exists(&dir().join(RESERVE)), "a new reserve was set aside");
}

#[test]
fn a_failed_sync_is_the_end() {
    let disk = Disk::memory();
    let (mut journal, _) = open(&disk);
    journal.append(&group(1, 3)).unwrap();
    disk.fail_sync_after(0);
    assert!(matches!(journal.append(&group(4, 5)), Err(StoreError::Broken(_))));
    disk.fail_sync_after(u64::MAX / 2);
    assert!(matches!(journal.append(&group(4, 5)), Err(StoreError::Broken(_))), "it is not tried again");
    assert_eq!(journal.reader().last(), 3, "readers see what is durable");
}

#[test]
fn a_reader_on_another_thread_waits_for_entries() {
    let (mut journal, _) = open(&Disk::memory());
    let reader = journal.reader();
    let follower = std::thread::spawn(move || {
        let mut seen = 0;
        while seen < 100 {
            reader.wait(seen, Duration::from_secs(10));
            for entry in reader.after(seen) {
                seen = entry.unwrap().revision;
            }
        }
        seen
    });
    for n in 0..20 {
        journal.append(&group(n * 5 + 1, n * 5 + 5)).unwrap();
    }
    assert_eq!(follower.join().unwrap(), 100);
}

#[test]
fn a_real_disk_does_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let sizes = Sizes { segment: 64 << 10, reserve: 4096 };
    let (mut journal, _) = Journal::open(&Disk::real(), folder.path(), sizes).unwrap();
    for n in 0..300 {
        journal.append(&group(n * 10 + 1, n * 10 + 10)).unwrap();
    }
    holds(&journal.reader(), 3000);
    holds(&JournalReader::open(&Disk::real(), folder.path()).unwrap(), 3000);
    drop(journal);
    let (journal, opened) = Journal::open(&Disk::real(), folder.path(), sizes).unwrap();
    assert_eq!(opened, Opened::default());
    holds(&journal.reader(), 3000);
}
