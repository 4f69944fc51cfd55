//! Signatures against other implementations, against forgers, and against our own files.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use trade::time::Moment;
use wire::seal::authority::{Authority, Subject};
use wire::seal::{
    Algorithm, Certificate, Code, Digest, KeyKind, Method, PrivateKey, Signer, SoftwareKey, Tolerance, Verifier, sign,
    verify,
};

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/seal").join(name)
}

/// A sample message of the trade, or `None` with a word on standard error where the samples are absent.
fn sample(name: &str) -> Option<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/ceb-samples").join(name);
    let found = std::fs::read(path).ok();
    if found.is_none() {
        eprintln!("skipped: there is no ../shared/data/ceb-samples/{name}");
    }
    found
}

fn tool(name: &str) -> bool {
    let there =
        Command::new(name).arg("--version").output().is_ok() || Command::new(name).arg("version").output().is_ok();
    if !there {
        eprintln!("skipped: {name} is not installed");
    }
    there
}

fn validity() -> (Moment, Moment) {
    (Moment::parse("2026-01-01").unwrap(), Moment::parse("2036-01-01").unwrap())
}

fn subject() -> Subject {
    Subject { code: "1199980AG1".into(), name: "虚构报关有限公司".into() }
}

fn authority() -> Authority {
    Authority::new(&[7; 32], validity())
}

/// The key of a file of this test, with a certificate of the sandbox's authority.
fn key(name: &str) -> SoftwareKey {
    let key = PrivateKey::from_pem(&std::fs::read_to_string(golden(&format!("{name}.key.pem"))).unwrap()).unwrap();
    let certificate = authority().issue(&subject(), &key, validity());
    SoftwareKey::new(key, certificate).unwrap()
}

/// An unsigned list of `documents` documents; well-formed, canonical, not valid.
fn message(documents: usize) -> String {
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ceb:CEB621Message xmlns:ceb=\"http://www.chinaport.gov.cn/ceb\" \
         guid=\"3040E7D8-D5BF-5A65-9000-3B1902FA97FE\" version=\"1.0\">\n",
    );
    for number in 0..documents {
        text +=
            &format!("  <ceb:Inventory>\n    <ceb:InventoryHead>\n      <ceb:orderNo>EB{number:014}</ceb:orderNo>\n");
        for field in 0..60 {
            text += &format!("      <ceb:field{field}>值 {number}/{field} \"12'\" a=b</ceb:field{field}>\n");
        }
        text += "    </ceb:InventoryHead>\n  </ceb:Inventory>\n";
    }
    text + "  <ceb:BaseTransfer>\n    <ceb:copCode>1199980AG1</ceb:copCode>\n  </ceb:BaseTransfer>\n</ceb:CEB621Message>\n"
}

fn signed(documents: usize, key: &SoftwareKey) -> String {
    String::from_utf8(sign(message(documents).as_bytes(), key).unwrap()).unwrap()
}

fn refused(message: &str) -> Code {
    match verify(message.as_bytes()) {
        Err(fault) => fault.code,
        Ok(found) => panic!("accepted: {found:?}\n{message}"),
    }
}

#[test]
fn the_samples_of_the_trade_verify() {
    let (Some(rsa), Some(sm2)) =
        (sample("CEB621_inventory_signed_rsa_sha1.xml"), sample("CEB621_inventory_signed_sm2_sm3.xml"))
    else {
        return;
    };
    let sealed = verify(&rsa).unwrap().unwrap();
    assert_eq!(sealed.algorithm, Algorithm { method: Method::RsaSha1, digest: Digest::Sha1 });
    assert_eq!(sealed.tolerated, []);
    assert!(sealed.canonical.is_none(), "taken as it came");
    let certificate = &sealed.certificate;
    assert_eq!(certificate.kind, KeyKind::Rsa { bits: 2048 });
    assert_eq!(certificate.serial, "0a0b0c01");
    assert_eq!(certificate.subject, "C=CN,O=Test Declarant,CN=ceb-sample-rsa");
    assert_eq!(certificate.issuer, certificate.subject);
    assert_eq!(certificate.not_before, Moment::parse("2026-01-01T00:00:00Z").unwrap());
    assert_eq!(certificate.not_after, Moment::parse("2036-01-01T00:00:00Z").unwrap());

    let sealed = verify(&sm2).unwrap().unwrap();
    assert_eq!(sealed.algorithm, Algorithm { method: Method::Sm2Sm3, digest: Digest::Sm3 });
    assert_eq!(sealed.tolerated, []);
    assert_eq!(sealed.certificate.kind, KeyKind::Sm2);
    assert_eq!(sealed.certificate.serial, "0300000000000001");
    assert!(sealed.certificate.is_issued_by(&sealed.certificate), "signed by itself");

    let unsigned = sample("CEB621_inventory_unsigned.xml").unwrap();
    assert_eq!(verify(&unsigned).unwrap().map(|s| s.signature), None);
}

/// A message signed by an earlier release must verify for ever.
#[test]
fn our_own_signed_files_verify() {
    for (name, with) in
        [("rsa-1024", None), ("rsa-2048", None), ("rsa-4096", None), ("sm2", None), ("sm2-field", Some(()))]
    {
        let path = golden(&format!("{name}.xml"));
        let key_of = key(name.trim_end_matches("-field"));
        let key_of = match with {
            Some(()) => key_of.with(Algorithm { method: Method::Sm2Sm3Field, digest: Digest::Sha1 }).unwrap(),
            None => key_of,
        };
        let now = signed(1, &key_of);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&path, &now).unwrap();
        }
        let kept = std::fs::read(&path).unwrap();
        let sealed = verify(&kept).unwrap().unwrap_or_else(|| panic!("{name} is signed"));
        assert_eq!(sealed.algorithm, key_of.algorithm(), "{name}");
        assert_eq!(sealed.tolerated, [], "{name}");
        assert!(sealed.canonical.is_none(), "{name} goes the fast way");
        assert_eq!(now.as_bytes(), kept, "{name}: the same key signs the same bytes");
        assert!(sealed.certificate.is_issued_by(authority().certificate()), "{name}");
        assert!(!sealed.certificate.is_issued_by(&sealed.certificate), "{name}");
    }
}

#[test]
fn one_changed_byte_is_noticed() {
    for name in ["rsa-2048", "sm2"] {
        let good = signed(1, &key(name)).into_bytes();
        let sealed = verify(&good).unwrap().unwrap();
        let from = good.iter().position(|b| *b == b'\n').unwrap() + 1;
        let end = good.trim_ascii_end().len();
        for at in (from..end).filter(|at| !sealed.signature.contains(at)) {
            let mut bad = good.clone();
            bad[at] ^= 1;
            assert!(verify(&bad).is_err(), "{name}: byte {at} changed unnoticed");
        }
        // In the Signature, what is said of the key may be of another spelling; all else may not.
        let inside = std::str::from_utf8(&good).unwrap();
        let value = inside.find("<ds:SignatureValue>").unwrap();
        for at in (sealed.signature.start..value + 100).step_by(7) {
            let mut bad = good.clone();
            bad[at] ^= 1;
            assert!(!matches!(verify(&bad), Ok(Some(_))), "{name}: byte {at} changed unnoticed");
        }
    }
}

/// Each row changes a good message in one way; the refusal is the same by whichever way it is found.
#[test]
fn what_is_refused() {
    let key = key("rsa-2048");
    let good = signed(1, &key);
    let signature = {
        let range = verify(good.as_bytes()).unwrap().unwrap().signature;
        good[range].to_owned()
    };
    let bare = good.replace(&signature, "");
    let with = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        good.replacen(from, to, 1)
    };
    let transform = "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></ds:Transform>";
    let xpath = "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><ds:XPath>1</ds:XPath></ds:Transform>";
    let rows = [
        // Wrapping and moving.
        (Code::Twice, with("</ceb:CEB621Message>", &format!("{signature}</ceb:CEB621Message>"))),
        (Code::Twice, with("<ceb:Inventory>", &format!("{signature}<ceb:Inventory>"))),
        (Code::Misplaced, bare.replacen("<ceb:Inventory>", &format!("{signature}<ceb:Inventory>"), 1)),
        (Code::Misplaced, bare.replacen("</ceb:Inventory>", &format!("{signature}</ceb:Inventory>"), 1)),
        (Code::Misplaced, good.replace("</ceb:CEB621Message>", "<ceb:more></ceb:more></ceb:CEB621Message>")),
        (Code::Misplaced, good.replace("</ceb:CEB621Message>", "more</ceb:CEB621Message>")),
        (
            Code::Misplaced,
            with("<ds:Signature ", "<x><ds:Signature ").replace("</ds:Signature>", "</ds:Signature></x>"),
        ),
        (Code::DigestDiffers, with("<ceb:Inventory>", "<ceb:Inventory></ceb:Inventory><ceb:Inventory>")),
        (Code::NotXml, with("</ceb:CEB621Message>", "</ceb:CEB621Message><evil></evil>")),
        (
            Code::Namespace,
            good.replace("http://www.w3.org/2000/09/xmldsig#\"><ds:SignedInfo", "urn:x\"><ds:SignedInfo"),
        ),
        // Other references, transforms and algorithms.
        (Code::Reference, with("URI=\"\"", "URI=\"#a\"")),
        (Code::Reference, with("URI=\"\"", "URI=\"http://example.com/\"")),
        (Code::Reference, with(" URI=\"\"", "")),
        (Code::References, with("</ds:SignedInfo>", "<ds:Reference URI=\"\"></ds:Reference></ds:SignedInfo>")),
        (Code::Transform, with(transform, xpath)),
        (Code::Transform, with(transform, &format!("{transform}{xpath}"))),
        (Code::Transform, with(transform, "")),
        (Code::Transform, with(transform, &transform.replace("></", "><ds:XPath>1</ds:XPath></"))),
        (Code::Shape, with(&format!("<ds:Transforms>{transform}</ds:Transforms>"), "")),
        (Code::Canonicalization, with("REC-xml-c14n-20010315", "REC-xml-c14n-20010315#WithComments")),
        (Code::Method, with("xmldsig#rsa-sha1", "xmldsig#hmac-sha1")),
        (
            Code::Method,
            with("http://www.w3.org/2000/09/xmldsig#rsa-sha1", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"),
        ),
        (Code::Digest, with("09/xmldsig#sha1", "09/xmldsig#md5")),
        (Code::Digest, with("http://www.w3.org/2000/09/xmldsig#sha1", Digest::Sm3.uri())),
        (Code::KeyDoesNotFit, with(Method::RsaSha1.uri(), Method::Sm2Sm3.uri())),
        // Parts missing, doubled, or broken.
        (Code::Shape, with("<ds:SignedInfo>", "<ds:SignedInfo></ds:SignedInfo><ds:SignedInfo>")),
        (Code::Shape, with("</ds:KeyInfo>", "</ds:KeyInfo><ds:Object></ds:Object>")),
        (Code::Shape, with("<ds:SignedInfo>", "text<ds:SignedInfo>")),
        (Code::CertificateMissing, with("ds:X509Data>", "ds:X509Date>").replace("</ds:X509Data>", "</ds:X509Date>")),
        (Code::CertificateMany, with("</ds:X509Data>", "<ds:X509Certificate>AA==</ds:X509Certificate></ds:X509Data>")),
        (Code::CertificateUnreadable, with("<ds:X509Certificate>MII", "<ds:X509Certificate>MIJ")),
        (Code::NotBase64, with("<ds:DigestValue>", "<ds:DigestValue>*")),
        (Code::NotBase64, with("<ds:SignatureValue>", "<ds:SignatureValue><x></x>")),
        (Code::SignatureWrong, with("ds:SignatureValue>", "ds:SignatureValue>AAAA")),
        // Bytes.
        (Code::Doctype, with("<ceb:CEB621Message ", "<!DOCTYPE a [<!ENTITY b \"c\">]><ceb:CEB621Message ")),
        (Code::Doctype, with("<ceb:CEB621Message ", "<!DOCTYPE a><ceb:CEB621Message ")),
        (Code::NotXml, with("<ceb:orderNo>", "<ceb:orderNo>&b;")),
        (Code::NotXml, good[..good.len() - 30].to_owned()),
        (Code::NotUtf8, with("UTF-8", "GBK")),
        (Code::NotUtf8, with("encoding=\"UTF-8\"", "encoding='UTF-16'")),
        (Code::TooDeep, with("<ceb:Inventory>", &("<a>".repeat(65) + &"</a>".repeat(65) + "<ceb:Inventory>"))),
        (
            Code::TooManyAttributes,
            with(
                "<ceb:Inventory>",
                &format!("<a {}/><ceb:Inventory>", (0..65).map(|i| format!("a{i}='' ")).collect::<String>()),
            ),
        ),
        (
            Code::TooManyNamespaces,
            with(
                "<ceb:Inventory>",
                &format!(
                    "<a {}><a {}></a></a><ceb:Inventory>",
                    (0..60).map(|i| format!("xmlns:a{i}='urn:{i}' ")).collect::<String>(),
                    (0..60).map(|i| format!("xmlns:b{i}='urn:{i}' ")).collect::<String>()
                ),
            ),
        ),
    ];
    for (code, bad) in &rows {
        assert_eq!(refused(bad), *code, "{bad}");
        // And the same with bytes that are surely not canonical.
        if *code != Code::NotUtf8 {
            assert_eq!(refused(&bad.replacen("<ceb:BaseTransfer>", "<ceb:BaseTransfer >", 1)), *code);
        }
    }
}

#[test]
fn a_fault_tells_its_place_and_both_languages() {
    let good = signed(1, &key("rsa-2048"));
    let fault = verify(good.replace("URI=\"\"", "URI=\"#here\"").as_bytes()).unwrap_err();
    assert_eq!(fault.code.name(), "SEAL_REFERENCE_NOT_WHOLE");
    assert_eq!(&good[fault.at..fault.at + 13], "<ds:Reference");
    assert_eq!(fault.line, 1 + good[..fault.at].matches('\n').count());
    assert!(fault.zh().contains("#here") && fault.en().contains("#here"), "{fault}");
    // Line ends of two bytes do not move the place.
    let other = good.replace("URI=\"\"", "URI=\"#here\"").replace('\n', "\r\n");
    let same = verify(other.as_bytes()).unwrap_err();
    assert_eq!((&other[same.at..same.at + 13], same.line), ("<ds:Reference", fault.line));
    let mut names: Vec<_> = Code::ALL.iter().map(|c| c.name()).chain(Tolerance::ALL.iter().map(|t| t.name())).collect();
    for (zh, en) in Code::ALL.iter().map(|c| c.texts()).chain(Tolerance::ALL.iter().map(|t| t.texts())) {
        assert!(!zh.is_ascii() && en.is_ascii(), "{zh} {en}");
    }
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Code::ALL.len() + Tolerance::ALL.len());
}

/// ceb-messages.md, "Signature": a client took the digest before it put the Signature in, with line breaks.
#[test]
fn white_space_beside_the_signature_is_forgiven_and_told() {
    use Tolerance::{SpaceAfter, SpaceBefore};
    for name in ["rsa-2048", "sm2"] {
        let good = signed(1, &key(name));
        let range = verify(good.as_bytes()).unwrap().unwrap().signature;
        let put = |before: &str, after: &str| {
            format!("{}{before}{}{after}{}", &good[..range.start], &good[range.clone()], &good[range.end..])
        };
        // Signed over `\n</ceb:CEB621Message>`: one of the two line breaks is the signed one.
        for (before, after, expected) in
            [("", "", &[][..]), ("", "\n", &[SpaceBefore]), ("  \n", "\n", &[SpaceBefore]), ("\n", "", &[])]
        {
            let sent = put(before, after);
            match verify(sent.as_bytes()) {
                Ok(Some(sealed)) => assert_eq!(sealed.tolerated, expected, "{name} {before:?} {after:?}"),
                other => assert_eq!((before, after), ("\n", ""), "{other:?}"),
            }
        }
        // Signed without any: both, one or none may have been added.
        let tight = message(1).replace("\n</ceb:CEB621Message>", "</ceb:CEB621Message>");
        let tight = String::from_utf8(sign(tight.as_bytes(), &key(name)).unwrap()).unwrap();
        for (before, after, expected) in [
            ("", "", &[][..]),
            ("\n", "", &[SpaceBefore]),
            ("", " \n", &[SpaceAfter]),
            ("\n\t", "\n", &[SpaceBefore, SpaceAfter]),
        ] {
            let sent = tight
                .replace("<ds:Signature ", &format!("{before}<ds:Signature "))
                .replace("</ds:Signature>", &format!("</ds:Signature>{after}"));
            for sent in [sent.clone(), sent.replace("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", "<!-- slow -->")] {
                let sealed = verify(sent.as_bytes()).unwrap().unwrap();
                assert_eq!(sealed.tolerated, expected, "{name} {before:?} {after:?}");
            }
        }
        // Nothing but white space is forgiven.
        assert_eq!(refused(&put("", "x")), Code::Misplaced);
        assert_eq!(refused(&put("x", "")), Code::DigestDiffers);
    }
}

#[test]
fn a_key_name_that_is_not_the_serial_is_told() {
    let good = signed(1, &key("rsa-2048"));
    let serial = verify(good.as_bytes()).unwrap().unwrap().certificate.serial.clone();
    for (name, expected) in
        [(serial.to_uppercase(), &[][..]), ("000".to_owned() + &serial, &[]), ("1".into(), &[Tolerance::KeyName])]
    {
        let sent = good.replace(&format!("<ds:KeyName>{serial}"), &format!("<ds:KeyName>{name}"));
        assert_eq!(verify(sent.as_bytes()).unwrap().unwrap().tolerated, expected);
    }
}

/// Forms of one document that XML calls equal verify, and say what exactly was signed.
#[test]
fn other_spellings_of_the_same_document_verify() {
    for name in ["rsa-2048", "sm2"] {
        let good = signed(1, &key(name));
        let range = verify(good.as_bytes()).unwrap().unwrap().signature;
        let signed_bytes =
            [&good[good.find("<ceb:CEB621").unwrap()..range.start], good[range.end..].trim_end()].concat();
        for sent in [
            good.replace('\n', "\r\n"),
            good.replace("<ceb:BaseTransfer>", "<ceb:BaseTransfer >"),
            good.replace("\"1.0\">", "'1.0' >"),
            good.replace("1199980AG1", "<![CDATA[1199980AG1]]>"),
            good.replace("1199980AG1", "11<!-- aside -->99980AG1"),
            good.replace("1199980AG1", "&#49;199980AG1"),
            good.replace("></ds:Transform>", "/>").replace("></ds:DigestMethod>", " />"),
            good.replace("<ceb:Inventory>", "<ceb:Inventory xmlns:ceb=\"http://www.chinaport.gov.cn/ceb\">"),
        ] {
            let sealed = verify(sent.as_bytes()).unwrap_or_else(|e| panic!("{name} {e}\n{sent}")).unwrap();
            assert_eq!(sealed.tolerated, []);
            if let Some(canonical) = sealed.canonical {
                assert_eq!(std::str::from_utf8(&canonical).unwrap(), signed_bytes);
            }
            assert!(sent[sealed.signature.clone()].starts_with("<ds:Signature "));
            assert!(sent[sealed.signature].ends_with("</ds:Signature>"));
        }
        // A name space that is declared in vain is part of what is signed.
        assert_eq!(refused(&good.replacen(" guid=", " xmlns:xsi=\"urn:x\" guid=", 1)), Code::DigestDiffers);
    }
}

/// The general way signs and verifies what the fast one leaves: no canonical bytes anywhere.
#[test]
fn messages_that_are_not_canonical_are_signed_too() {
    let key = key("sm2");
    for unsigned in [
        message(2).replace('\n', "\r\n"),
        message(2).replace("<ceb:copCode>", "<!-- c --><?pi x?><ceb:copCode a='&lt;' >"),
        message(2).replace(
            "xmlns:ceb",
            "xmlns:xsi=\"urn:x\" xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" xml:lang='zh' xmlns:ceb",
        ),
        message(2).replace("xmlns:ceb", "xmlns:ds=\"urn:other\" xmlns:ceb"),
    ] {
        let sent = sign(unsigned.as_bytes(), &key).unwrap();
        assert_eq!(verify(&sent).unwrap_or_else(|e| panic!("{e}")).unwrap().tolerated, []);
        assert_eq!(sign(&sent, &key).unwrap_err().code, Code::AlreadySigned);
    }
    assert_eq!(sign(b"<a/>", &key).unwrap_err().code, Code::Shape);
    assert_eq!(sign(b"<a>", &key).unwrap_err().code, Code::NotXml);
}

#[test]
fn hostile_bytes_are_answered_quickly() {
    let good = signed(1, &key("sm2"));
    let deep = format!("{}{}Signature{}", "<a>", "<a>".repeat(2_000_000), "</a>".repeat(2_000_000));
    let wide = format!("<a b=\"{}\">Signature</a>", "x".repeat(20 << 20));
    let many = format!("<a>{}Signature</a>", "<b/>".repeat(3_000_000));
    let quotes = format!("<Signature {}", "a='".repeat(1_000_000));
    let names = "<ds:Signature".repeat(500_000) + "</ds:Signature></a>";
    for (bytes, code) in [
        (deep, Some(Code::TooDeep)),
        (wide, None),
        (many, Some(Code::TooLarge)),
        (quotes, Some(Code::NotXml)),
        (format!("<a>{names}"), Some(Code::NotXml)),
    ] {
        match (verify(bytes.as_bytes()), code) {
            (Err(fault), Some(code)) => assert_eq!(fault.code, code),
            (Ok(None), None) => {}
            (other, _) => panic!("{other:?}"),
        }
    }
    for cut in (0..good.len()).step_by(13) {
        let _ = verify(&good.as_bytes()[..cut]);
        let _ = verify(&good.as_bytes()[cut..]);
    }
    let mut broken = good.clone().into_bytes();
    broken[500] = 0xFF;
    assert_eq!(verify(&broken).unwrap_err().code, Code::NotUtf8);
    let utf16: Vec<u8> = good.encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert!(verify(&utf16).unwrap().is_none(), "no message at all, for the reader to say");
}

#[test]
fn a_verifier_remembers_certificates_and_forgets_some() {
    let verifier = Verifier::new(2);
    let messages: Vec<_> = (0..6)
        .map(|n| {
            let who = Subject { code: format!("ENT{n}"), name: "虚构".into() };
            sign(message(1).as_bytes(), &authority().enterprise(&who, KeyKind::Sm2, validity())).unwrap()
        })
        .collect();
    for _ in 0..3 {
        for (n, message) in messages.iter().enumerate() {
            let sealed = verifier.verify(message).unwrap().unwrap();
            assert!(sealed.certificate.subject.contains(&format!("ENT{n}")), "{}", sealed.certificate.subject);
        }
    }
}

#[test]
fn an_authority_is_the_same_for_the_same_seed() {
    let (one, other) = (authority(), Authority::new(&[8; 32], validity()));
    assert_eq!(one.certificate().der, authority().certificate().der);
    assert_ne!(one.certificate().der, other.certificate().der);
    let key = one.enterprise(&subject(), KeyKind::Sm2, validity());
    assert_eq!(key.key().to_pem(), authority().enterprise(&subject(), KeyKind::Sm2, validity()).key().to_pem());
    let certificate = key.certificate();
    assert!(certificate.is_issued_by(one.certificate()) && !certificate.is_issued_by(other.certificate()));
    assert_eq!(certificate.serial.len(), 16);
    assert!(certificate.valid_at(validity().0) && !certificate.valid_at(Moment(validity().0.0 - 1)));
    for text in
        [certificate.pem().into_bytes(), certificate.der.clone(), STANDARD.encode(&certificate.der).into_bytes()]
    {
        assert_eq!(&Certificate::parse(&text).unwrap(), certificate);
    }
    for wrong in [&b""[..], b"0\x82", b"-----BEGIN CERTIFICATE-----", b"AAAA", &certificate.der[..100]] {
        assert_eq!(Certificate::parse(wrong), Err(Code::CertificateUnreadable));
    }
    let again = PrivateKey::from_pem(&key.key().to_pem()).unwrap();
    assert!(SoftwareKey::new(again, certificate.clone()).is_ok());
    assert!(SoftwareKey::new(self::key("sm2").key().to_pem().parse_key(), certificate.clone()).is_err());
}

trait ParseKey {
    fn parse_key(&self) -> PrivateKey;
}

impl ParseKey for String {
    fn parse_key(&self) -> PrivateKey {
        PrivateKey::from_pem(self).unwrap()
    }
}

/// RSA keys grow from the seed as well.
#[test]
fn rsa_keys_from_a_seed() {
    let kind = KeyKind::Rsa { bits: 1024 };
    let key = authority().enterprise(&subject(), kind, validity());
    assert_eq!(key.certificate().kind, kind);
    assert_eq!(key.key().to_pem(), authority().enterprise(&subject(), kind, validity()).key().to_pem());
    assert!(verify(signed(1, &key).as_bytes()).unwrap().is_some());
}

// Other implementations.

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("wire-seal-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn run(command: &mut Command) -> Result<String, String> {
    let done = command.output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    if done.status.success() { Ok(said) } else { Err(said) }
}

#[test]
fn xmlsec_verifies_ours_and_we_verify_xmlsec() {
    if !tool("xmlsec1") {
        return;
    }
    let folder = Folder::new("xmlsec");
    for bits in ["rsa-1024", "rsa-2048", "rsa-4096"] {
        let key = key(bits);
        let public = folder.write("public.pem", public_pem(key.key()).as_bytes());
        for unsigned in [
            message(3),
            message(1).replace('\n', "\r\n"),
            message(1).replace("<ceb:copCode>", "<!-- c --><?pi x?><ceb:copCode z='1' a='&lt;&#10;' >"),
            message(1).replace(
                "xmlns:ceb",
                "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xml:lang='zh' xmlns:ceb",
            ),
        ] {
            let ours = folder.write("ours.xml", &sign(unsigned.as_bytes(), &key).unwrap());
            let mut verify_it = Command::new("xmlsec1");
            verify_it.args(["--verify", "--enabled-key-data", "key-name"]);
            verify_it.arg(format!("--pubkey-pem:{}", key.certificate().serial)).arg(&public).arg(&ours);
            run(&mut verify_it).unwrap_or_else(|said| panic!("xmlsec1 refuses ours ({bits}): {said}"));

            let template = unsigned.replace("</ceb:CEB621Message>", &(template(&key) + "</ceb:CEB621Message>"));
            let template = folder.write("template.xml", template.as_bytes());
            let theirs = folder.0.join("theirs.xml");
            let private = folder.write("private.pem", key.key().to_pem().as_bytes());
            let mut sign_it = Command::new("xmlsec1");
            sign_it.arg("--sign").arg("--output").arg(&theirs).arg("--privkey-pem").arg(&private).arg(&template);
            run(&mut sign_it).unwrap_or_else(|said| panic!("xmlsec1 does not sign: {said}"));
            let sealed = verify(&std::fs::read(&theirs).unwrap()).unwrap_or_else(|e| panic!("{bits}: {e}")).unwrap();
            assert_eq!(sealed.tolerated, []);
        }
    }
}

/// A Signature to be filled in, with line breaks and another prefix.
fn template(key: &SoftwareKey) -> String {
    format!(
        r#"<Signature xmlns="http://www.w3.org/2000/09/xmldsig#">
<SignedInfo>
<CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/>
<SignatureMethod Algorithm="http://www.w3.org/2000/09/xmldsig#rsa-sha1"/>
<Reference URI="">
<Transforms><Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/></Transforms>
<DigestMethod Algorithm="http://www.w3.org/2000/09/xmldsig#sha1"/>
<DigestValue></DigestValue>
</Reference>
</SignedInfo>
<SignatureValue/>
<KeyInfo><KeyName>{}</KeyName><X509Data><X509Certificate>{}</X509Certificate></X509Data></KeyInfo>
</Signature>"#,
        key.certificate().serial,
        STANDARD.encode(&key.certificate().der)
    )
}

fn public_pem(key: &PrivateKey) -> String {
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", {
        let base64 = STANDARD.encode(key.public_der());
        base64.as_bytes().chunks(64).map(|l| std::str::from_utf8(l).unwrap()).collect::<Vec<_>>().join("\n")
    })
}

/// Signs with OpenSSL, and keeps what it was asked to sign.
struct OpenSsl {
    folder: Folder,
    certificate: Certificate,
    key: PathBuf,
    asked: Mutex<Vec<u8>>,
}

impl Signer for OpenSsl {
    fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    fn sign(&self, bytes: &[u8]) -> Result<Vec<u8>, String> {
        *self.asked.lock().unwrap() = bytes.to_vec();
        let (text, out) = (self.folder.write("text", bytes), self.folder.0.join("signature"));
        let mut sign_it = Command::new("openssl");
        sign_it.args(["pkeyutl", "-sign", "-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678"]);
        run(sign_it.arg("-inkey").arg(&self.key).arg("-in").arg(text).arg("-out").arg(&out))?;
        let der = std::fs::read(out).map_err(|e| e.to_string())?;
        Ok(sm2::dsa::Signature::from_der(&der).map_err(|e| e.to_string())?.to_vec())
    }
}

#[test]
fn openssl_verifies_our_sm2_and_we_verify_openssl() {
    if !tool("openssl") {
        return;
    }
    let folder = Folder::new("openssl");
    let ours = key("sm2");
    let private = folder.write("private.pem", ours.key().to_pem().as_bytes());
    let public = folder.write("public.pem", public_pem(ours.key()).as_bytes());
    let openssl = OpenSsl { certificate: ours.certificate().clone(), key: private, asked: Mutex::default(), folder };

    let theirs = sign(message(2).as_bytes(), &openssl).unwrap();
    assert_eq!(verify(&theirs).unwrap().unwrap().tolerated, []);

    let signed_info = openssl.asked.lock().unwrap().clone();
    let value = {
        let text = signed(2, &ours);
        let from = text.find("<ds:SignatureValue>").unwrap() + 19;
        STANDARD.decode(&text[from..from + text[from..].find('<').unwrap()]).unwrap()
    };
    assert_eq!(value.len(), 64);
    let der = sm2::dsa::Signature::from_slice(&value).unwrap().to_der();
    let folder = &openssl.folder;
    let (text, der) = (folder.write("ours", &signed_info), folder.write("ours.der", der.as_bytes()));
    let mut verify_it = Command::new("openssl");
    verify_it.args(["pkeyutl", "-verify", "-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678", "-pubin"]);
    run(verify_it.arg("-inkey").arg(public).arg("-in").arg(text).arg("-sigfile").arg(der)).unwrap();

    // And OpenSSL follows the chain of our certificates.
    let ca = folder.write("ca.pem", authority().certificate().pem().as_bytes());
    let leaf = folder.write("leaf.pem", ours.certificate().pem().as_bytes());
    let mut chain = Command::new("openssl");
    chain.args(["verify", "-attime", "1772323200", "-vfyopt", "distid:1234567812345678"]);
    run(chain.arg("-CAfile").arg(ca).arg(leaf)).unwrap();
}
