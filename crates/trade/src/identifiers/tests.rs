use super::*;

/// Kind, then values; `!` before a value that is not valid. The vectors of identifiers.md, and what else its words say.
const TABLE: &str = "
gtin8    66392330 21468810 97369936 !58327298 !58048063
gtin12   839705232795 282010276167 124906528632 !03748625702 !929911124229
gtin13   5734152184091 0536656665817 2056734341535 !3657176418450 !64692469973615
gtin14   05432463656015 88308428734674 88994301419006 !64889943166243 !668254347962777
sscc     218378015715098409 956422906005838427 706331724451838255 !861222810862539998 !63421278036139791
gln      2754590960425 2048441761058 2955506493826 !0466832862333 !0090322404291
iso6346  QMOU2935621 PTCJ8239736 WDNZ3227327 !VIFZ8881376 !MQRU3459501 !QMOA2935621 qmou-293562-1
s10      EV060530425JP EM098435123DE CE484370057MY !CY160356385GB !RW594106965SG !EV060530425XX EV_060_530_425_JP
awb      020-45514836 784-03459142 176-99337781 !001-94961045 !020-398146337 02045514836
imo      9591002 IMO_7636999 5533105 !IMO_822426 !IMO_911484 !IMO9591003
lei      226000E8U9SXL9VG9S23 056300KCLF4Z188YXY03 413500IEQGAXYUPHSR59 !622200SB968QJP076I50 !150700O4E5TP6CI3EW865
iban     GB86BXTC47624973847484 NL03OJEG5828395981 AT958629056910616711 !DE31313431244283190503 !PL41478953520583389676958288 !CN03OJEG5828395981
uscc     914602000T6PPX0E6C 12310115LN06P1K74N 11460100W4UXRHE9TJ !91330106T191L1M7J !124600109JBNW4NX1D
resident_id 440305200304226428 310101199901234329 330106200612270287 !3301061998042662363 !110102196111186961 110000197102068020
plate    琼B12345 琼AD12345 京A12345D 粤Z1234港 京A1234挂 !京AI2345 !琼B1234 !京A1234港 !日B12345 琼b·12345 !琼AL12345
locode   CN_SYX CNSYX USNYC !CNSY !CNSY0 !QQSYX
grai     04000001111114SERIAL1 4000001111114 !4000001111118
gdti     4012345111118CERT-7 !4012345111115
gsrn     735005385000000011 !735005385000000012
gsin     12345678901234560 !12345678901234564
";

#[test]
fn every_vector_gets_its_verdict() {
    let mut kinds = std::collections::BTreeSet::new();
    for line in TABLE.lines().filter(|l| !l.is_empty()) {
        let (kind, values) = line.split_once(' ').unwrap();
        kinds.insert(kind);
        for value in values.split_whitespace() {
            let (value, valid) = value.strip_prefix('!').map_or((value, true), |v| (v, false));
            let value = value.replace('_', " ");
            let found = identify(kind, &value).unwrap();
            assert_eq!(found.valid, valid, "{kind} {value}: {:?}", found.reason);
            assert!(valid || found.reason.is_some(), "{kind} {value}: a refusal names its rule");
        }
    }
    assert_eq!(kinds.len(), Kind::ALL.len(), "every kind has vectors");
    assert_eq!(identify("passport", "E12345678"), None);
}

#[test]
fn the_reason_says_which_rule_failed() {
    for (kind, value, fault) in [
        ("gtin12", "03748625702", IdFault::Length("12")),
        ("gtin8", "6639233O", IdFault::Letters),
        ("gtin8", "66392331", IdFault::CheckDigit),
        ("resident_id", "440305200302306428", IdFault::Date),
        ("resident_id", "990305200304226428", IdFault::UnknownPrefix),
        ("resident_id", "44030520030422642X", IdFault::CheckDigit),
        ("iban", "NL03OJEG582839598", IdFault::Length("IBAN")),
        ("iban", "NL030JEG5828395981", IdFault::Letters),
        ("plate", "京AI2345", IdFault::Letters),
        ("uscc", "91460200OT6PPX0E6C", IdFault::Letters),
    ] {
        assert_eq!(identify(kind, value).unwrap().reason, Some(fault), "{kind} {value}");
    }
}

#[test]
fn normal_forms_are_bare_capitals_but_for_three() {
    for (kind, value, normal) in [
        ("gtin8", "6639 2330", "00000066392330"),
        ("gtin12", "839705232795", "00839705232795"),
        ("gtin13", "5-734152-184091", "05734152184091"),
        ("awb", "02045514836", "020-45514836"),
        ("imo", "9591002", "IMO9591002"),
        ("iban", "gb86 bxtc 4762 4973 8474 84", "GB86BXTC47624973847484"),
        ("locode", "cn syx", "CNSYX"),
        ("s10", "EV 06053042 5 JP", "EV060530425JP"),
    ] {
        assert_eq!(identify(kind, value).unwrap().normal, normal);
    }
}

#[test]
fn where_the_method_can_every_single_wrong_digit_is_found() {
    let digits = "0123456789";
    for (kind, value) in [
        ("gtin8", "66392330"),
        ("gtin12", "839705232795"),
        ("gtin13", "5734152184091"),
        ("gtin14", "05432463656015"),
        ("gln", "2754590960425"),
        ("sscc", "218378015715098409"),
        ("gsrn", "735005385000000011"),
        ("gsin", "12345678901234560"),
        ("resident_id", "440305200304226428"),
        ("lei", "226000E8U9SXL9VG9S23"),
        ("iban", "GB86BXTC47624973847484"),
        ("uscc", "914602000T6PPX0E6C"),
    ] {
        for at in (0..value.len()).filter(|&at| value.as_bytes()[at].is_ascii_digit()) {
            for other in digits.bytes().filter(|&d| d != value.as_bytes()[at]) {
                let mut changed = value.as_bytes().to_vec();
                changed[at] = other;
                let changed = String::from_utf8(changed).unwrap();
                assert!(!identify(kind, &changed).unwrap().valid, "{kind} {changed}");
            }
        }
    }
}

#[test]
fn completed_numbers_hold() {
    for (kind, body) in [
        (Kind::Gtin13, "573415218409"),
        (Kind::Awb, "0204551483"),
        (Kind::S10, "EV06053042JP"),
        (Kind::Uscc, "914602000T6PPX0E6"),
        (Kind::ResidentId, "44030520030422642"),
        (Kind::Iso6346, "QMOU293562"),
    ] {
        let whole = complete(kind, body).unwrap();
        assert!(identify_as(kind, &whole).valid, "{kind} {whole}");
    }
}

#[test]
fn a_person_is_a_year_older_on_the_birthday() {
    let id = resident_id("440305200304226428").unwrap();
    assert_eq!(id.born.to_string(), "2003-04-22");
    assert_eq!(id.age(Day::ymd(2021, 4, 21).unwrap()), 17);
    assert_eq!(id.age(Day::ymd(2021, 4, 22).unwrap()), 18);
    assert!(!format!("{id:?}").contains("4403"), "a number is not shown by accident");
}

#[test]
fn hostile_values_are_refused_and_bounded() {
    for kind in Kind::ALL {
        for value in ["", " ", "\u{0}", "🦀🦀🦀🦀🦀🦀🦀🦀", "ß".repeat(40).as_str(), "9".repeat(100_000).as_str()]
        {
            let found = identify_as(*kind, value);
            assert!(!found.valid, "{kind} {value:.20}");
            assert!(found.normal.len() < 300);
        }
    }
}
