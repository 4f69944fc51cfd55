//! The scanner against the general parser.

use super::*;
use crate::ceb::read::read_generally;
use crate::ceb::scan::scan;
use proptest::prelude::*;
use trade::pseudonym::{Kind, Pseudonym, Pseudonyms};

/// Pseudonyms that differ where the values differ.
struct Plain;

impl Pseudonymise for Plain {
    fn pseudonyms(&self, kind: Kind, normalised: &str) -> Pseudonyms {
        let mut tag = [kind.number() as u8; 16];
        for (i, b) in normalised.bytes().enumerate() {
            tag[1 + i % 15] = tag[1 + i % 15].wrapping_mul(31).wrapping_add(b);
        }
        Pseudonyms(vec![Pseudonym { year: 2026, tag }])
    }
}

const FAST: [&str; 7] = [
    "CEB311_order.xml",
    "CEB411_payment.xml",
    "CEB511_waybill.xml",
    "CEB621_inventory_signed_rsa_sha1.xml",
    "CEB303_order.xml",
    "CEB403_receipt_of_payment.xml",
    "CEB505_waybill.xml",
];

/// What the scanner takes, the general parser takes too and gives the same.
fn agree(bytes: &[u8]) -> bool {
    let Ok(source) = std::str::from_utf8(bytes) else { return false };
    match scan(source, &Plain) {
        None => false,
        Some(fast) => {
            assert_eq!(read_generally(bytes, &Plain).as_ref(), Ok(&fast), "{source}");
            true
        }
    }
}

#[test]
fn plain_messages_take_the_fast_way() {
    if no_samples() {
        return;
    }
    for name in FAST {
        assert!(agree(&sample(name)), "{name}");
        let text = String::from_utf8(sample(name)).unwrap();
        let (from, to) = (text.find("<ceb:").unwrap(), text.len());
        assert!(agree(text[from..to].replace('\n', "").as_bytes()), "{name} without a declaration");
        let bare = text.replace("xmlns:ceb", "xmlns").replace("<ceb:", "<").replace("</ceb:", "</");
        assert!(agree(bare.as_bytes()), "{name} in the default namespace");
    }
}

/// The scanner counts `>` and `<`: none that begins no tag may make up for one in a value.
#[test]
fn a_bracket_in_a_value_is_not_made_up_for_elsewhere() {
    if no_samples() {
        return;
    }
    let text = String::from_utf8(sample(FAST[3])).unwrap();
    let name = text.find("<ceb:buyerName>").unwrap() + "<ceb:buyerName>".len();
    let algorithm = text.find("<ds:SignatureMethod").unwrap();
    for (value, beside) in [("]]>", ""), ("]]>", "<!--<-->"), (">", "<!--<-->"), ("]]>", "<![CDATA[<]]>"), (">", "")] {
        let mut changed = text.clone();
        changed.insert_str(algorithm, beside);
        changed.insert_str(name, value);
        assert!(!agree(changed.as_bytes()), "{value} {beside}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]
    #[test]
    fn the_scanner_never_takes_what_the_general_parser_refuses(
        which in 0..FAST.len(),
        changes in prop::collection::vec(
            (any::<prop::sample::Index>(), 0..3usize, "[<>&\"'/ \\n\\t\\r=:!?x0-9.+中\u{b}-]|</?ceb:[a-zA-Z]{1,6}>|<!--x-->|]]>|&amp;|\u{feff}|\u{ffff}"),
            1..3,
        ),
    ) {
        if no_samples() {
            return Ok(());
        }
        let mut text = String::from_utf8(sample(FAST[which])).unwrap();
        for (at, cut, put) in changes {
            let places: Vec<usize> = text.char_indices().map(|(i, _)| i).collect();
            let i = at.index(places.len());
            let end = places.get(i + cut).copied().unwrap_or(text.len());
            text.replace_range(places[i]..end, &put);
        }
        agree(text.as_bytes());
    }
}

/// Every value changed in turn: the same verdict, and the document changes exactly where the table says it is kept.
#[test]
fn every_row_goes_where_the_table_says() {
    use crate::ceb::schema::{Goes, Type};
    for message in table::Message::all().filter(|m| m.kind.is_application()) {
        let (head, lines) = (message.head.1, message.lines.1);
        let value = |item: &schema::Item, n: usize| match item
            .kind()
            .map(|k| if let Type::Or(_, k) = k { *k } else { k })
            .unwrap()
        {
            _ if item.name == "appType" => (1 + n).to_string(),
            _ if item.name == "buyerIdType" || item.name == "payerIdType" => (1 + n).to_string(),
            Type::Text(min, max) | Type::Prose(min, max, _) | Type::Token(min, max) => {
                format!("{:0>width$}", 5 + n, width = min.max(1).min(max) as usize)
            }
            Type::Day => format!("2026030{}", 1 + n),
            Type::Time => format!("2026030{}101500", 1 + n),
            Type::Fixed(only) => {
                if n == 0 {
                    only.to_owned()
                } else {
                    "502"[..only.len()].to_owned()
                }
            }
            _ => (1 + n).to_string(),
        };
        let plain_head: Vec<String> = head.iter().map(|i| value(i, 0)).collect();
        let plain_line: Vec<String> = lines.iter().map(|i| value(i, 0)).collect();
        let made = |head: &[String], line: &[String]| {
            let mut writer = Writer::new(message.kind, "02DF822A-251A-530E-BBA8-6AA076E7B000").unwrap();
            let head: Vec<&str> = head.iter().map(String::as_str).collect();
            let line: Vec<&str> = line.iter().map(String::as_str).collect();
            writer.document(
                &head,
                if line.is_empty() { &[][..] } else { std::slice::from_ref(&line) }
                    .iter()
                    .map(|l| &l[..])
                    .collect::<Vec<_>>()
                    .as_slice(),
            );
            let bytes = writer.finish(&Transfer { cop_code: "A".into(), cop_name: "B".into(), dxp_id: "C".into() });
            agree(&bytes);
            read(&bytes, &Plain).unwrap().documents.remove(0).outcome.unwrap()
        };
        let plain = made(&plain_head, &plain_line);
        for (rows, is_line) in [(head, false), (lines, true)] {
            for (at, item) in rows.iter().enumerate() {
                let (mut head, mut line) = (plain_head.clone(), plain_line.clone());
                *if is_line { &mut line[at] } else { &mut head[at] } = value(item, 1);
                let changed = made(&head, &line) != plain;
                assert_eq!(changed, item.goes != Goes::Vault, "{:?} {}", message.kind, item.name);
            }
        }
    }
}
