//! Bytes of valid messages, cut, doubled, moved and changed: always a verdict with a place, never a panic, and the
//! ways of reading agree.

use super::*;
use proptest::prelude::*;
use proptest::sample::Index;

/// The samples, our seeds of every kind, and an envelope.
fn seeds() -> Vec<Vec<u8>> {
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");
    let mut seeds = Vec::new();
    for folder in ["ceb", "dxp"] {
        for entry in std::fs::read_dir(format!("{golden}/{folder}")).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|e| e == "xml") {
                seeds.push(std::fs::read(path).unwrap());
            }
        }
    }
    if !no_samples() {
        seeds.push(sample("CEB621_inventory_signed_rsa_sha1.xml"));
        seeds.push(sample("CEB621_inventory_signed_sm2_sm3.xml"));
    }
    seeds
}

#[derive(Clone, Debug)]
enum Change {
    Byte(Index, u8),
    Insert(Index, Vec<u8>),
    Remove(Index, usize),
    Repeat(Index, usize),
    Move(Index, Index, usize),
    Cut(Index),
}

fn change() -> impl Strategy<Value = Change> {
    let piece = prop_oneof![
        prop::collection::vec(any::<u8>(), 1..6),
        prop::sample::select(vec![
            "<",
            ">",
            "</",
            "/>",
            "<!--",
            "-->",
            "<![CDATA[",
            "]]>",
            "<?x",
            "?>",
            "&amp;",
            "&#x10FFFF;",
            "&#0;",
            "&lt",
            "<!DOCTYPE a>",
            "<!ENTITY b 'c'>",
            "\u{feff}",
            "\u{fffe}",
            "\0",
            "\r",
            "'",
            "\"",
            " xmlns:ceb=''",
            "ceb:",
            "<a b='c' b='d'/>",
            "\u{200b}",
            "９",
            "-",
            "1e9",
            "99999999999999.99999",
            "\u{10ffff}",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, to)| Change::Byte(at, to)),
        (any::<Index>(), piece).prop_map(|(at, piece)| Change::Insert(at, piece)),
        (any::<Index>(), 1..40usize).prop_map(|(at, n)| Change::Remove(at, n)),
        (any::<Index>(), 1..400usize).prop_map(|(at, n)| Change::Repeat(at, n)),
        (any::<Index>(), any::<Index>(), 1..200usize).prop_map(|(from, to, n)| Change::Move(from, to, n)),
        any::<Index>().prop_map(Change::Cut),
    ]
}

fn applied(mut bytes: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    for change in changes {
        if bytes.is_empty() {
            break;
        }
        let len = bytes.len();
        let span = |at: &Index, n: usize| {
            let from = at.index(len);
            from..(from + n).min(len)
        };
        match change {
            Change::Byte(at, to) => bytes[at.index(len)] = *to,
            Change::Insert(at, piece) => drop(bytes.splice(at.index(len)..at.index(len), piece.iter().copied())),
            Change::Remove(at, n) => drop(bytes.drain(span(at, *n))),
            Change::Repeat(at, n) => {
                let piece = bytes[span(at, *n)].to_vec();
                drop(bytes.splice(at.index(len)..at.index(len), piece));
            }
            Change::Move(from, to, n) => {
                let piece: Vec<u8> = bytes.drain(span(from, *n)).collect();
                let to = to.index(bytes.len() + 1);
                drop(bytes.splice(to..to, piece));
            }
            Change::Cut(at) => bytes.truncate(at.index(len)),
        }
    }
    bytes
}

/// Everything that reads bytes from outside, and what must hold between them.
fn read_every_way(bytes: &[u8]) {
    let (strict, lenient) = (check(bytes, Mode::Strict), check(bytes, Mode::Lenient));
    for checked in [&strict, &lenient] {
        assert_eq!(checked.valid, checked.problems.iter().all(|p| p.forgiven));
        assert!(checked.problems.len() <= 501, "the list of findings is bounded");
        for problem in &checked.problems {
            assert!(problem.field.len() < 1_000, "a path is bounded: {}", problem.field);
            let quotes = problem.args.iter().any(|a| a.value.contains('?')) || problem.field.contains('?');
            assert!(quotes || !problem.text(trade::finding::Language::Zh).contains('?'), "{problem:?}");
        }
    }
    if transport::is_envelope(bytes) {
        let _ = transport::unwrap(bytes);
    } else {
        let read = read(bytes, &Nobody);
        if lenient.kind.is_application() {
            let taken = read.as_ref().is_ok_and(|m| m.documents.iter().all(|d| d.outcome.is_ok()));
            assert_eq!(taken, lenient.valid, "check and read say the same");
            let unworded =
                |m: &Message| m.documents.iter().any(|d| d.outcome.as_ref().is_err_and(|r| r.findings.is_empty()));
            assert!(!read.as_ref().is_ok_and(unworded), "nothing is refused without a reason");
        }
    }
    let _ = read_receipts(bytes);
    let _ = crate::seal::verify(bytes);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn changed_messages_get_a_verdict(seed in any::<Index>(), changes in prop::collection::vec(change(), 1..6)) {
        let seeds = seeds();
        read_every_way(&applied(seeds[seed.index(seeds.len())].clone(), &changes));
    }
}

/// `ONEWINDOW_FUZZ` says how many.
fn cases() -> u32 {
    std::env::var("ONEWINDOW_FUZZ").ok().and_then(|n| n.parse().ok()).unwrap_or(500)
}

#[test]
fn a_message_cut_at_any_byte_is_said_to_end_there() {
    for bytes in seeds() {
        let whole = bytes.trim_ascii_end().len();
        for at in 0..whole {
            let cut = &bytes[..at];
            for mode in [Mode::Strict, Mode::Lenient] {
                let checked = check(cut, mode);
                assert!(!checked.valid && checked.problems.len() == 1, "at {at}: {:?}", checked.problems);
                let fault = &checked.problems[0];
                assert_eq!(fault.code, trade::finding::Code::NotXml, "at {at}");
                let lines = 1 + cut.iter().filter(|b| **b == b'\n').count() as u32;
                assert!((1..=lines).contains(&fault.source_line), "at {at}: line {}", fault.source_line);
            }
            assert!(read(cut, &Nobody).is_err());
        }
    }
}

/// One byte of each kind in place of each byte of each message.
#[test]
fn any_one_byte_changed_gets_a_verdict() {
    for bytes in seeds() {
        for to in [b'\t', b'0', b'<', b'&', 0xff] {
            for at in (0..bytes.len()).step_by(3) {
                let mut changed = bytes.clone();
                changed[at] = to;
                read_every_way(&changed);
            }
        }
    }
}
