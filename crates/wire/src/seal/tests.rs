//! Canonical XML against another implementation, and the fast way against the general one.

use std::io::Write;
use std::process::{Command, Stdio};

use roxmltree::Document;
use rsa::rand_core::Rng;

use super::authority::{self, Stream};
use super::{KeyKind, c14n, guard, plain};

/// Draws from a seed, so that a failing number can be repeated.
struct Dice(Stream);

impl Dice {
    fn new(number: u32) -> Dice {
        Dice(Stream::new(&[3; 32], &number.to_string()))
    }

    fn below(&mut self, n: u32) -> u32 {
        self.0.next_u32() % n
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len() as u32) as usize]
    }
}

fn canonical(text: &str) -> Option<String> {
    let text = guard::check(text.as_bytes()).unwrap();
    let document = Document::parse(&text).ok()?;
    Some(String::from_utf8(c14n::document(&document, None).0).unwrap())
}

/// Any well-formed element: all that canonical XML changes, and much that it leaves.
fn element(dice: &mut Dice, depth: u32, comments: bool, out: &mut String) {
    let name = dice.one(&["a", "p:b", "q:c", "p:a", "长"]);
    out.push_str(&format!("<{name}"));
    // The prefixes that the outermost element does not declare already.
    let mut things = Vec::new();
    for prefix in ["xmlns", "xmlns:p", "xmlns:q", "xmlns:r"] {
        if depth == 0 || dice.below(6) == 0 {
            let uri =
                dice.one(if prefix == "xmlns" { &["", "urn:1", "urn:2"] } else { &["urn:1", "urn:2", "urn:3/4"] });
            things.push(format!("{prefix}={uri:?}"));
        }
    }
    for attribute in ["z", "b", "ab", "p:z", "xml:lang", "xml:space", "é"] {
        if dice.below(5) == 0 {
            let quote = dice.one(&["'", "\""]);
            let value = dice.one(&[
                "",
                "x",
                "a b",
                "&lt;&amp;&gt;>",
                "&#10;&#13;&#9;",
                "a\nb\tc",
                "\r\n",
                "&quot;&apos;",
                "值",
            ]);
            things.push(format!("{attribute}{}={}{quote}{value}{quote}", dice.one(&["", " "]), dice.one(&["", "\n"])));
        }
    }
    for at in (1..things.len()).rev() {
        things.swap(at, dice.below(at as u32 + 1) as usize);
    }
    for thing in things {
        out.push_str(dice.one(&[" ", "\n", "  "]));
        out.push_str(&thing);
    }
    out.push_str(dice.one(&["", " ", "\n"]));
    if dice.below(5) == 0 {
        out.push_str("/>");
        return;
    }
    out.push('>');
    for _ in 0..dice.below(5) {
        match dice.below(if comments { 8 } else { 7 }) {
            0..=2 if depth < 5 => element(dice, depth + 1, comments, out),
            6 => out.push_str(dice.one(&["<?pi?>", "<?pi  a b ?>", "<?pi a\r\nb?>", "<?pi &amp;?>"])),
            7 => out.push_str("<!-- c > < & -->"),
            _ => out.push_str(dice.one(&[
                "text",
                "\n  ",
                "\r\n",
                "\r",
                "&#13;",
                "&lt;&gt;&amp;&quot;&apos;",
                "a > b",
                "\"'",
                "<![CDATA[<a>&\r\n]]>",
                "<![CDATA[]]>",
                "价 = \"1\"",
                "&#x4EF7;",
                "\t",
            ])),
        }
    }
    out.push_str(&format!("</{name}{}>", dice.one(&["", " ", "\n"])));
}

fn document(dice: &mut Dice, comments: bool) -> String {
    let mut text = String::from(dice.one(&[
        "",
        "\u{FEFF}",
        "<?xml version='1.0'?>",
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n",
    ]));
    text.push_str(dice.one(&["", "<?top?>\n", "<?top x?>\r\n<?top y?>"]));
    element(dice, 0, comments, &mut text);
    text.push_str(dice.one(&["", "\n", "<?end?>", "\n<?end e?>\n<?end?>\n"]));
    text
}

/// A second judge: libxml2. (Its command keeps comments, so none are drawn; and it forgets to escape `&` in
/// the address of a name space, so there is none either.)
#[test]
fn canonical_form_is_that_of_libxml2() {
    if Command::new("xmllint").arg("--version").output().is_err() {
        eprintln!("skipped: xmllint is not installed");
        return;
    }
    for number in 0..250 {
        let text = document(&mut Dice::new(number), false);
        let Some(ours) = canonical(&text) else {
            // Two attributes of one name by two prefixes: for both judges not well-formed.
            assert!(Document::parse(&text).unwrap_err().to_string().contains("already defined"), "{text}");
            continue;
        };
        let mut judge = Command::new("xmllint");
        judge.args(["--c14n", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut judge = judge.spawn().unwrap();
        judge.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let theirs = judge.wait_with_output().unwrap();
        assert!(theirs.status.success(), "number {number}: {}\n{text}", String::from_utf8_lossy(&theirs.stderr));
        assert_eq!(ours, String::from_utf8(theirs.stdout).unwrap(), "number {number}:\n{text}");
    }
}

/// Examples of the recommendation, sections 3.1 to 3.4, less what needs a DTD.
#[test]
fn canonical_form_by_example() {
    for (text, expected) in [
        ("<?xml version=\"1.0\"?>\n<?a   b ?>\n<d>x<!-- c --></d>\n\n<?e  ?>\n<!-- f -->", "<?a b ?>\n<d>x</d>\n<?e?>"),
        ("<d><e1   /><e2 ></e2></d>", "<d><e1></e1><e2></e2></d>"),
        (
            "<e5 a:attr='out' b:attr='sorted' attr2='all' attr='I am' xmlns:b='http://b' xmlns:a='http://a' xmlns='http://c'/>",
            "<e5 xmlns=\"http://c\" xmlns:a=\"http://a\" xmlns:b=\"http://b\" attr=\"I am\" attr2=\"all\" a:attr=\"out\" b:attr=\"sorted\"></e5>",
        ),
        (
            "<e6 xmlns:a='http://w'><e7 xmlns='http://i'><e8 xmlns=''><e9 xmlns='' xmlns:a='http://w'/></e8></e7></e6>",
            "<e6 xmlns:a=\"http://w\"><e7 xmlns=\"http://i\"><e8 xmlns=\"\"><e9></e9></e8></e7></e6>",
        ),
        (
            "<n e='&#13;&#10;&#9;&quot;&lt;>'>&#13;&lt;&gt;\"<![CDATA[&<]]></n>",
            "<n e=\"&#xD;&#xA;&#x9;&quot;&lt;>\">&#xD;&lt;&gt;\"&amp;&lt;</n>",
        ),
    ] {
        assert_eq!(canonical(text).as_deref(), Some(expected), "{text}");
    }
}

/// One element alone carries the name spaces and the `xml:` attributes of its ancestors.
#[test]
fn an_element_alone_carries_what_it_inherits() {
    let text = "<a xmlns='urn:0' xmlns:b='urn:1' xmlns:c='urn:2' xml:lang='zh' xml:space='preserve'>\
                <b:d xmlns:c='urn:3' xml:lang='en' z='1'><i><b:j/></i></b:d></a>";
    let document = Document::parse(text).unwrap();
    let inner = document.descendants().find(|n| n.has_tag_name(("urn:0", "i"))).unwrap();
    assert_eq!(
        String::from_utf8(c14n::element(inner)).unwrap(),
        "<i xmlns=\"urn:0\" xmlns:b=\"urn:1\" xmlns:c=\"urn:3\" xml:lang=\"en\" xml:space=\"preserve\"><b:j></b:j></i>"
    );
}

/// Something between a message as clients write it and any XML: mostly what the fast way takes, now and
/// then what it must leave.
fn nearly_canonical(dice: &mut Dice) -> String {
    fn mostly<'a>(dice: &mut Dice, plain: &[&'a str], odd: &[&'a str]) -> &'a str {
        if dice.below(12) == 0 { dice.one(odd) } else { dice.one(plain) }
    }
    const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
    let prolog = mostly(
        dice,
        &[
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>",
            "<?xml version=\"1.0\"?>\n\n",
            "",
            "\u{FEFF}",
        ],
        &["<?xml version='1.0'?>", "<?pi?>", "<!-- c -->", "<?xml version=\"1.0\"?><?pi?>", "\r\n"],
    );
    let root = mostly(
        dice,
        &[
            " xmlns:c=\"urn:c\" guid=\"1\" version=\"1.0\"",
            " xmlns:c=\"urn:c\" xmlns:xsi=\"urn:x\" guid=\"\"",
            " xmlns=\"urn:d\" xmlns:c=\"urn:c\"",
            " xmlns:c=\"urn:c\" xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"",
        ],
        &[
            " xmlns:xsi=\"urn:x\" xmlns:c=\"urn:c\" guid=\"\"",
            " xmlns:c=\"urn:c\" xmlns=\"\"",
            " xmlns=\"\" xmlns:c=\"urn:c\"",
            " guid=\"1\" xmlns:c=\"urn:c\"",
            " xmlns:c=\"urn:c\" version=\"1.0\" guid=\"1\"",
            " xmlns:c=\"urn:c\" a=\"&#65;\"",
            " xmlns:c=\"urn:c\" a=\"\t\"",
            " xmlns:c=\"urn:c\"  a=\"b\"",
            " xmlns:c=\"urn:c\" a='b'",
            " xmlns:c=\"urn:c\" c:a=\"b\"",
            " xmlns:c=\"urn:c\" a=\">\"",
            " xmlns:c=\"urn:c\" xml:lang=\"zh\"",
            " xmlns:c=\"urn:c\" ",
        ],
    );
    let mut text = format!("{prolog}<c:M{root}>");
    for _ in 0..dice.below(6) {
        let content = mostly(
            dice,
            &[
                "",
                "1",
                " a b ",
                "值",
                "\"L'Oréal\"",
                "a=b",
                "a/b",
                "12\"",
                "\n\t",
                "x =",
                "<c:f>1</c:f>",
                "]]",
                "<e></e>",
            ],
            &[
                "&amp;",
                ">",
                "a>b",
                "/>",
                "<![CDATA[x]]>",
                "<!-- x -->",
                "<?pi?>",
                "\r\n",
                "<c:e/>",
                "<c:e />",
                "<c:e ></c:e>",
                "<c:e></c:e >",
                "<c:e a=\"b\"></c:e>",
                "<c:e a = 'b'></c:e>",
                "<c:e\n></c:e>",
                "<c:e a='>'></c:e>",
                "Signature",
                "<c:e xmlns:c=\"urn:c\"></c:e>",
                "<e xmlns=\"urn:e\"></e>",
                "<c:Signature></c:Signature>",
                "<c:e a\n=\n\"b\"></c:e>",
                "<x:e></x:e>",
                "<c:e></c:f>",
                "<c:e",
                "=\"",
                "a ='b'",
                "= >",
                "</c:M>",
                "\u{1}",
            ],
        );
        text.push_str(&format!("{}<c:e>{content}</c:e>", dice.one(&["", "\n  ", " "])));
    }
    let space = (["", "\n", "\n\n ", "\t"], ["\r\n", "x", "<c:e></c:e>", "<!-- c -->"]);
    text.push_str(mostly(dice, &space.0, &space.1));
    text.push_str(
        &mostly(
            dice,
            &[
                "<ds:Signature xmlns:ds=\"DSIG\"><ds:SignatureValue>1</ds:SignatureValue></ds:Signature>",
                "<ds:Signature xmlns:ds=\"DSIG\"><ds:SignatureValue a='b'/></ds:Signature>",
                "<Signature\nxmlns=\"DSIG\"><SignedInfo>&amp;</SignedInfo></Signature>",
            ],
            &[
                "<ds:Signature xmlns:ds=\"DSIG\"><ds:Signature></ds:Signature></ds:Signature>",
                "<ds:Signature xmlns:ds=\"DSIG\"/>",
                "<ds:Signature xmlns:ds=\"DSIG\"></ds:Signature >",
                "<ds:Signature xmlns:ds=\"DSIG\"></ds:Signature><ds:Signature xmlns:ds=\"DSIG\"></ds:Signature>",
            ],
        )
        .replace("DSIG", DSIG),
    );
    text.push_str(mostly(dice, &space.0, &space.1));
    text.push_str(mostly(
        dice,
        &["</c:M>", "</c:M>\n", "</c:M> \r\n"],
        &["</c:M >", "</c:M><!-- c -->", "</c:M><?pi?>", "</c:M>x"],
    ));
    text
}

/// Whatever the fast way takes, the general way has the same bytes for, if it is well-formed at all.
#[test]
fn both_ways_hash_the_same_bytes() {
    let (mut both, mut general_only) = (0, 0);
    for number in 0..40_000 {
        let text = nearly_canonical(&mut Dice::new(number));
        let parts = plain::parts(text.as_bytes());
        let Ok(document) = Document::parse(&text) else { continue };
        let Some(parts) = parts else {
            general_only += 1;
            continue;
        };
        both += 1;
        let signature = document.root_element().last_element_child().unwrap();
        assert_eq!(signature.range(), parts.signature, "number {number}:\n{text}");
        let (bytes, hole) = c14n::document(&document, Some(signature.id()));
        let piece = |range: &std::ops::Range<usize>| &text[range.clone()];
        let before = [piece(&parts.body), piece(&parts.space_before)].concat();
        let after = [piece(&parts.space_after), piece(&parts.end_tag)].concat();
        assert_eq!(String::from_utf8(bytes).unwrap(), [before.as_str(), &after].concat(), "number {number}:\n{text}");
        assert_eq!(hole, before.len(), "number {number}");
        assert_eq!(parts.body.start, parts.root_tag.start);
    }
    // A test in which one of them never happens would prove nothing.
    assert!(both > 4_000 && general_only > 4_000, "{both} by both ways, {general_only} by the general one only");
}

/// The guard never refuses what the trade sends, and always ends.
#[test]
fn the_guard_lets_ordinary_xml_through() {
    for number in 0..2_000 {
        let text = document(&mut Dice::new(number), true);
        assert!(guard::check(text.as_bytes()).is_ok(), "{text}");
        for cut in 0..text.len() {
            let _ = guard::check(&text.as_bytes()[..cut]);
        }
    }
}

/// Certificates of the older kind write names in UTF-16; what would break a name apart is escaped.
#[test]
fn names_are_read_in_every_spelling() {
    let name = |parts: &[(u8, u8, &[u8])]| {
        let tlv = |tag: u8, content: Vec<u8>| [vec![tag, content.len() as u8], content].concat();
        let parts: Vec<u8> = parts
            .iter()
            .flat_map(|(kind, tag, text)| {
                let part = [vec![6, 3, 0x55, 4, *kind], tlv(*tag, text.to_vec())].concat();
                tlv(0x31, tlv(0x30, part))
            })
            .collect();
        super::certificate::name(&x509_cert::der::Decode::from_der(&tlv(0x30, parts)).unwrap())
    };
    let bmp: Vec<u8> = "证书中心".encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(name(&[(6, 0x13, b"CN"), (10, 0x0C, "海口".as_bytes()), (3, 0x1E, &bmp)]), "CN=证书中心,O=海口,C=CN");
    assert_eq!(name(&[(3, 0x0C, b" a,b=\"c\"\n")]), "CN=\\ a\\,b=\\\"c\\\"\\0a");
    assert_eq!(name(&[(3, 0x1E, &[0x4E])]), "CN=#1e014e");
}

/// A signed message after any change is refused, or still says what was signed, white space beside the
/// Signature apart. And nothing makes the verifier stumble.
#[test]
fn whatever_is_changed_nothing_else_is_believed() {
    let day = |t| trade::time::Moment::parse(t).unwrap();
    let validity = (day("2026-01-01"), day("2036-01-01"));
    let subject = authority::Subject { code: "1199980AG1".into(), name: "虚构".into() };
    let key = authority::Authority::new(&[1; 32], validity).enterprise(&subject, KeyKind::Sm2, validity);
    let unsigned = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<c:M xmlns:c=\"urn:c\" guid=\"1\">\n<c:e>值 1</c:e>\n\
                    <c:f><c:g>2</c:g><c:g>3</c:g></c:f>\n</c:M>\n";
    let good = String::from_utf8(super::sign(unsigned.as_bytes(), &key).unwrap()).unwrap();
    let squeezed = |text: &str| text.replace("\n</c:M>", "</c:M>");
    let expected = squeezed(&canonical(unsigned).unwrap());
    let verifier = super::Verifier::new(4);
    let mut accepted = 0;
    for number in 0..6_000 {
        let mut dice = Dice::new(number);
        let mut changed = good.clone().into_bytes();
        for _ in 0..=dice.below(2) {
            let at = dice.below(changed.len() as u32) as usize;
            let to = (at + dice.below(60) as usize).min(changed.len());
            match dice.below(6) {
                0 => changed[at] = dice.below(256) as u8,
                1 => drop(changed.drain(at..to)),
                2 => {
                    let copy = changed[at..to].to_vec();
                    let elsewhere = dice.below(changed.len() as u32) as usize;
                    changed.splice(elsewhere..elsewhere, copy);
                }
                3 => changed.truncate(at),
                _ => {
                    let added = dice.one(&[
                        " ",
                        "\n",
                        "\r",
                        "<!-- -->",
                        "<?p?>",
                        "<c:e></c:e>",
                        "&#10;",
                        "&amp;",
                        ">",
                        "<",
                        "\"",
                        "=",
                    ]);
                    // Often where it might be overlooked: at a tag.
                    let tag = changed[at..].iter().position(|b| *b == b'<').map_or(at, |n| at + n);
                    changed.splice(tag..tag, added.bytes());
                }
            }
        }
        let Ok(Some(sealed)) = verifier.verify(&changed) else { continue };
        accepted += 1;
        let content = match sealed.canonical {
            Some(canonical) => String::from_utf8(canonical).unwrap(),
            None => {
                let mut changed = String::from_utf8(changed).unwrap();
                changed.replace_range(sealed.signature, "");
                canonical(&changed).unwrap()
            }
        };
        let content = content.replace("<?p?>\n", "").replace("\n<?p?>", "");
        assert_eq!(
            squeezed(content.replace("\n\n</c:M>", "\n</c:M>").replace(" </c:M>", "</c:M>").as_str()),
            expected,
            "number {number}"
        );
    }
    assert!(accepted > 50, "{accepted} accepted: the changes are too wild to prove anything");
}

/// However many certificates come by, only so many are kept.
#[test]
fn certificates_are_forgotten() {
    let day = |t| trade::time::Moment::parse(t).unwrap();
    let validity = (day("2026-01-01"), day("2036-01-01"));
    let authority = authority::Authority::new(&[1; 32], validity);
    let known = super::certificate::Known::new(3);
    for n in 0..20 {
        let subject = authority::Subject { code: format!("ENT{n}"), name: "虚构".into() };
        let certificate =
            authority.issue(&subject, authority.enterprise(&subject, KeyKind::Sm2, validity).key(), validity);
        assert_eq!(*known.certificate(certificate.der.clone()).unwrap(), certificate);
        assert_eq!(*known.certificate(certificate.der.clone()).unwrap(), certificate);
        assert!(known.count() <= 6, "{}", known.count());
    }
}
