//! One test for each thing that is forgiven, and for each that is not.

use super::*;
use trade::finding::{Code, Finding};

/// The order, payment, waybill or list of the samples, with one text in it replaced.
fn with(name: &str, from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8(sample(name)).unwrap();
    assert!(text.contains(from), "{name} has no {from}");
    text.replacen(from, to, 1).into_bytes()
}

const ORDER: &str = "CEB311_order.xml";
const PAYMENT: &str = "CEB411_payment.xml";
const WAYBILL: &str = "CEB511_waybill.xml";
const LIST: &str = "CEB621_inventory_signed_rsa_sha1.xml";

/// Reads, and gives what was forgiven in message and documents.
fn forgiven(bytes: &[u8]) -> Vec<(Code, String)> {
    let strict = check(bytes, Mode::Strict);
    let lenient = check(bytes, Mode::Lenient);
    assert!(lenient.valid, "{:?}", lenient.problems);
    let message = read(bytes, &Nobody).unwrap();
    let mut notes: Vec<Finding> = message.notes;
    for draft in message.documents {
        draft.outcome.unwrap();
        notes.extend(draft.notes);
    }
    assert_eq!(notes.len(), lenient.problems.len(), "check and read tell the same");
    assert!(notes.iter().all(|n| n.forgiven && n.source_line > 0));
    assert!(
        strict.valid == notes.is_empty()
            || strict.valid && notes[0].code == Code::BlanksTrimmed
            || notes[0].code == Code::ByteOrderMark,
        "{notes:?}"
    );
    notes.into_iter().map(|n| (n.code, n.field)).collect()
}

/// Reads, and gives what is wrong with the only document.
fn refused(bytes: &[u8]) -> Vec<(Code, String)> {
    assert!(!check(bytes, Mode::Lenient).valid);
    let message = read(bytes, &Nobody).unwrap();
    let refusal = message.documents[0].outcome.clone().unwrap_err();
    assert!(!refusal.guid.is_empty());
    refusal.findings.into_iter().map(|n| (n.code, n.field)).collect()
}

/// The faults of the whole message.
fn spoiled(bytes: &[u8]) -> Vec<Code> {
    assert!(!check(bytes, Mode::Lenient).valid);
    read(bytes, &Nobody).unwrap_err().into_iter().filter(|f| !f.forgiven).map(|f| f.code).collect()
}

fn list(bytes: &[u8]) -> trade::documents::List {
    match read(bytes, &Nobody).unwrap().documents.remove(0).outcome.unwrap() {
        Document::List(list) => list,
        other => panic!("{other:?}"),
    }
}

const HEAD_621: &str = "/CEB621Message/Inventory[1]/InventoryHead";

#[test]
fn empty_optional_elements_count_as_absent() {
    if no_samples() {
        return;
    }
    let bytes = with(LIST, "<ceb:wrapType>2</ceb:wrapType>", "<ceb:wrapType/>");
    assert_eq!(forgiven(&bytes), [(Code::EmptyTakenAsAbsent, format!("{HEAD_621}/wrapType"))]);
    assert_eq!(list(&bytes).wrap_type, "");
    let bytes = with(LIST, "<ceb:price>120.00", "<ceb:qty2/><ceb:unit2></ceb:unit2><ceb:price>120.00");
    let notes = forgiven(&bytes);
    assert_eq!(notes.len(), 2);
    assert_eq!(notes[0].1, "/CEB621Message/Inventory[1]/InventoryList[1]/qty2");
    assert_eq!(list(&bytes).lines[0].qty2, None);
    // An empty text that the schema takes needs no word.
    assert_eq!(forgiven(&with(LIST, "<ceb:assureCode>", "<ceb:preNo/><ceb:assureCode>")), []);
    // An empty element that matching needs is refused.
    let found = refused(&with(LIST, "<ceb:orderNo>EB20260301000001</ceb:orderNo>", "<ceb:orderNo/>"));
    assert_eq!(found, [(Code::TooShort, format!("{HEAD_621}/orderNo"))]);
}

#[test]
fn elements_out_of_order_are_put_into_order() {
    if no_samples() {
        return;
    }
    let bytes = with(
        LIST,
        "<ceb:qty1>1.6</ceb:qty1>\n      <ceb:unit1>035</ceb:unit1>",
        "<ceb:unit1>035</ceb:unit1><ceb:qty1>1.6</ceb:qty1>",
    );
    assert_eq!(forgiven(&bytes)[0].0, Code::ElementMisplaced);
    assert_eq!(list(&bytes), list(&sample(LIST)));
    let text = String::from_utf8(sample(ORDER)).unwrap();
    let (from, to) = (text.find("<ceb:BaseTransfer>").unwrap(), text.find("</ceb:CEB311Message>").unwrap());
    let moved = format!("{}{}{}", &text[..from], "", &text[to..]).replacen(
        "<ceb:Order>",
        &format!("{}<ceb:Order>", &text[from..to]),
        1,
    );
    assert_eq!(forgiven(moved.as_bytes()), [(Code::ElementMisplaced, "/CEB311Message/Order".to_owned())]);
}

#[test]
fn fields_that_older_clients_never_sent_may_be_missing() {
    if no_samples() {
        return;
    }
    for (name, from, field) in [
        (ORDER, "<ceb:buyerTelephone>13000000901</ceb:buyerTelephone>", "buyerTelephone"),
        (ORDER, "<ceb:gmodel>虚构牌|800g/罐|3段</ceb:gmodel>", "gmodel"),
        (WAYBILL, "<ceb:orderNo>EB20260301000001</ceb:orderNo>", "orderNo"),
        (LIST, "<ceb:ebpName>虚构跨境电商平台有限公司</ceb:ebpName>", "ebpName"),
    ] {
        let notes = forgiven(&with(name, from, ""));
        assert_eq!(notes.len(), 1);
        assert_eq!(notes[0].0, Code::SafeFieldMissing);
        assert!(notes[0].1.ends_with(field), "{notes:?}");
        let empty = format!("<ceb:{field}/>");
        assert_eq!(forgiven(&with(name, from, &empty))[0].0, Code::SafeFieldMissing, "empty {field}");
    }
    for (name, from) in [
        (ORDER, "<ceb:acturalPaid>333.76</ceb:acturalPaid>"),
        (WAYBILL, "<ceb:consigneeTelephone>13000000901</ceb:consigneeTelephone>"),
        (LIST, "<ceb:buyerIdNumber>110000197102068020</ceb:buyerIdNumber>"),
        (LIST, "<ceb:gcode>1901101090</ceb:gcode>"),
    ] {
        assert_eq!(refused(&with(name, from, ""))[0].0, Code::ElementMissing, "{from}");
    }
}

#[test]
fn a_time_where_a_date_is_meant_gives_its_date() {
    if no_samples() {
        return;
    }
    let bytes = with(LIST, "<ceb:ieDate>20260301<", "<ceb:ieDate>20260301093000<");
    assert_eq!(forgiven(&bytes), [(Code::DatePartTaken, format!("{HEAD_621}/ieDate"))]);
    assert_eq!(list(&bytes).ie_date.unwrap().to_string(), "2026-03-01");
    assert_eq!(refused(&with(LIST, "<ceb:ieDate>20260301<", "<ceb:ieDate>20260301253000<"))[0].0, Code::DateUnreadable);
}

#[test]
fn dates_in_words_are_refused_with_their_form() {
    if no_samples() {
        return;
    }
    let found = refused(&with(PAYMENT, "<ceb:payTime>2026", "<ceb:payTime>Sun Mar 01 10:12:00 CST 2026"));
    assert_eq!(found, [(Code::DateUnreadable, "/CEB411Message/Payment[1]/PaymentHead/payTime".to_owned())]);
    // Fourteen characters are enough for the schema, not for a meaning.
    let words = with(PAYMENT, "<ceb:appTime>2026030110", "<ceb:appTime>morgen 3PM");
    let strict_blind = check(&words, Mode::Strict);
    assert!(strict_blind.valid, "{:?}", strict_blind.problems);
    assert_eq!(refused(&words)[0].0, Code::DateUnreadable);
    // A blank is one character to the schema, and no date.
    assert_eq!(refused(&with(PAYMENT, "<ceb:payTime>2026", "<ceb:payTime>\t026"))[0].0, Code::DateUnreadable);
    assert_eq!(refused(&with(PAYMENT, "<ceb:appType>1", "<ceb:appType>\t"))[0].0, Code::ValueUnknown);
    assert_eq!(refused(&with(LIST, "<ceb:declTime>20260301", "<ceb:declTime>20260231"))[0].0, Code::DateUnreadable);
}

#[test]
fn byte_order_mark_blanks_and_other_spellings() {
    if no_samples() {
        return;
    }
    let mut bytes = b"\xef\xbb\xbf".to_vec();
    bytes.extend(sample(ORDER));
    assert_eq!(forgiven(&bytes), [(Code::ByteOrderMark, "/CEB311Message".to_owned())]);
    let draft = read(&bytes, &Nobody).unwrap().documents.remove(0);
    assert!(bytes[draft.span.clone()].starts_with(b"<ceb:Order>") && bytes[draft.span].ends_with(b"</ceb:Order>"));
    assert_eq!(
        forgiven(&with(ORDER, "<ceb:orderNo>EB20260301000001<", "<ceb:orderNo>\n EB20260301000001 <"))[0].0,
        Code::BlanksTrimmed
    );
    assert_eq!(forgiven(&with(ORDER, "<ceb:appType>1<", "<ceb:appType> 1 <"))[0].0, Code::BlanksTrimmed);
    let text = String::from_utf8(sample(WAYBILL)).unwrap().replace("ceb:consignee>", "ceb:consingee>");
    assert_eq!(forgiven(text.as_bytes())[0].0, Code::OtherSpelling);
    let long = with(LIST, "<ceb:itemNo>SKU-MILK-01", "<ceb:itemNo>SKU-MILK-01-0123456789-012345");
    assert_eq!(forgiven(&long)[0].0, Code::LongerThanSchema);
    assert_eq!(forgiven(&with(ORDER, " version=\"1.0\">", ">"))[0].0, Code::AttributeMissing);
}

#[test]
fn another_currency_is_left_to_the_rules() {
    if no_samples() {
        return;
    }
    let bytes = with(ORDER, "<ceb:currency>142<", "<ceb:currency>502<");
    assert_eq!(forgiven(&bytes)[0].0, Code::ValueUnknown);
    let Document::Order(order) = read(&bytes, &Nobody).unwrap().documents.remove(0).outcome.unwrap() else { panic!() };
    assert_eq!(order.currency, "502");
    // An empty element stands for the fixed value, as the schema has it.
    let bytes = with(ORDER, "<ceb:currency>142<", "<ceb:currency><");
    assert_eq!(forgiven(&bytes), []);
    let Document::Order(order) = read(&bytes, &Nobody).unwrap().documents.remove(0).outcome.unwrap() else { panic!() };
    assert_eq!(order.currency, "142");
}

#[test]
fn a_missing_signature_is_told() {
    if no_samples() {
        return;
    }
    let bytes = sample("CEB621_inventory_unsigned.xml");
    assert_eq!(forgiven(&bytes), [(Code::SignatureMissing, "/CEB621Message/Signature".to_owned())]);
    assert!(!read(&bytes, &Nobody).unwrap().signed);
    assert!(read(&sample(LIST), &Nobody).unwrap().signed);
}

#[test]
fn receipts_without_a_namespace_are_checked() {
    let text =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/ceb/CEB622_receipt.xml")).unwrap();
    let bare = text.replace(" xmlns=\"http://www.chinaport.gov.cn/ceb\"", "");
    assert!(!check(bare.as_bytes(), Mode::Strict).valid);
    let lenient = check(bare.as_bytes(), Mode::Lenient);
    assert!(lenient.valid);
    assert_eq!(lenient.problems[0].code, Code::NoNamespace);
    assert_eq!(read(text.as_bytes(), &Nobody).unwrap_err()[0].code, Code::NotAnApplication);
    // 816 of the prose carries two more.
    let text =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/ceb/CEB816_tax_bill.xml")).unwrap();
    let more = text.replace("</TaxHeadRd>", "<orderNo>EB1</orderNo><logisticsNo>LG1</logisticsNo></TaxHeadRd>");
    assert!(!check(more.as_bytes(), Mode::Strict).valid);
    assert!(check(more.as_bytes(), Mode::Lenient).valid);
}

#[test]
fn what_cannot_be_understood_safely_spoils_the_message() {
    if no_samples() {
        return;
    }
    let cases: &[(Code, &str, &str)] = &[
        (Code::StrayText, "<ceb:BaseTransfer>", "stray<ceb:BaseTransfer>"),
        (
            Code::ElementTwice,
            "</ceb:BaseTransfer>",
            "</ceb:BaseTransfer><ceb:BaseTransfer><ceb:copCode>1</ceb:copCode></ceb:BaseTransfer>",
        ),
        (Code::GuidLength, "guid=\"02DF", "guid=\"02D"),
        (Code::AttributeMissing, "guid=", "gid="),
        (Code::UnknownElement, "<ceb:BaseTransfer>", "<ceb:other/><ceb:BaseTransfer>"),
        (Code::AttributeUnknown, " guid=", " extra=\"1\" guid="),
    ];
    for (code, from, to) in cases {
        assert!(spoiled(&with(ORDER, from, to)).contains(code), "{to}");
    }
    let text = String::from_utf8(sample(ORDER)).unwrap();
    assert_eq!(spoiled(text.replace("CEB311Message", "CEB399Message").as_bytes()), [Code::WrongRoot]);
    assert_eq!(spoiled(text.replace("chinaport.gov.cn/ceb", "chinaport.gov.cn/x").as_bytes()), [Code::WrongRoot]);
    assert_eq!(
        spoiled(text.replace(" xmlns:ceb=\"http://www.chinaport.gov.cn/ceb\"", "").replace("ceb:", "").as_bytes()),
        [Code::WrongRoot]
    );
    let many = text.replacen("<ceb:Order>", &format!("{}<ceb:Order>", "<ceb:Order/>".repeat(100)), 1);
    assert_eq!(spoiled(many.as_bytes()), [Code::TooManyElements]);
}

#[test]
fn a_faulty_document_leaves_its_neighbours_alone() {
    if no_samples() {
        return;
    }
    let text = String::from_utf8(sample(ORDER)).unwrap();
    let (from, to) = (text.find("<ceb:Order>").unwrap(), text.find("<ceb:BaseTransfer>").unwrap());
    let order = &text[from..to];
    for fault in [
        order.replace("<ceb:goodsValue>300.50", "<ceb:goodsValue>300.505"),
        order.replace("<ceb:goodsValue>300.50", "<ceb:goodsValue>many"),
        order.replace("<ceb:gnum>2<", "<ceb:gnum>-2<"),
        order.replace("<ceb:OrderHead>", "<ceb:unknown/><ceb:OrderHead>"),
        order.replace("<ceb:OrderHead>", "stray<ceb:OrderHead>"),
        order.replace("<ceb:appType>1", "<ceb:appType>9"),
        "<ceb:Order/>\n".to_owned(),
    ] {
        assert_ne!(fault, order);
        let three = text.replacen(order, &format!("{order}{fault}{order}"), 1);
        let message = read(three.as_bytes(), &Nobody).unwrap();
        let outcomes: Vec<bool> = message.documents.iter().map(|d| d.outcome.is_ok()).collect();
        assert_eq!(outcomes, [true, false, true], "{fault}");
        let refusal = message.documents[1].outcome.clone().unwrap_err();
        assert!(refusal.findings.iter().all(|f| f.field.contains("Order[2]")), "{:?}", refusal.findings);
        if fault.len() > 20 {
            assert_eq!(refusal.keys.order_no, "EB20260301000001");
            assert_eq!(refusal.keys.ebc_code, "1199960EC1");
        }
        let span = message.documents[2].span.clone();
        assert_eq!(three[span].trim(), order.trim());
    }
}

#[test]
fn hostile_bytes_get_a_clear_fault() {
    if no_samples() {
        return;
    }
    let code = |bytes: &[u8]| check(bytes, Mode::Lenient).problems[0].clone();
    let text = String::from_utf8(sample(ORDER)).unwrap();
    assert_eq!(code(b"").code, Code::NotXml);
    assert_eq!(code(&text.as_bytes()[..text.len() / 2]).code, Code::NotXml);
    let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    assert_eq!(code(deep.as_bytes()).code, Code::MessageTooLarge);
    assert_eq!(code(&vec![b'<'; 100 << 20]).code, Code::MessageTooLarge);
    let wide = format!("<a {}/>", (0..1_000).map(|i| format!("a{i}=\"\" ")).collect::<String>());
    assert_eq!(code(wide.as_bytes()).code, Code::MessageTooLarge);
    let huge = text.replace("version=\"1.0\">", &format!("version=\"{}\">", "x".repeat(1 << 20)));
    assert_eq!(code(huge.as_bytes()).code, Code::AttributeValue);
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(code(&utf16).text(trade::finding::Language::En).contains("UTF-16"));
    let marked: Vec<u8> = [0xff, 0xfe].into_iter().chain(utf16).collect();
    assert!(code(&marked).text(trade::finding::Language::En).contains("UTF-16"));
    // 虚构 in GBK, undeclared and declared.
    let gbk = [&text.as_bytes()[..200], b"\xd0\xe9\xb9\xb9", &text.as_bytes()[200..]].concat();
    let ascii: String = text.chars().map(|c| if c.is_ascii() { c } else { 'x' }).collect();
    assert_eq!(code(&gbk).code, Code::EncodingWrong);
    let gbk = ascii.replace("xxx", "\u{1}").into_bytes();
    let gbk: Vec<u8> = gbk.split(|&b| b == 1).collect::<Vec<_>>().join(&b"\xd0\xe9\xb9\xb9"[..]);
    let fault = code(&gbk);
    assert!(fault.text(trade::finding::Language::En).contains("GBK"), "{fault:?}");
    assert!(fault.source_line > 5);
    assert_eq!(code(text.replace("UTF-8", "GB18030").as_bytes()).code, Code::EncodingWrong);
    let doctype = text.replace("?>\n", "?>\n<!DOCTYPE x [<!ENTITY a \"aaaa\">]>\n");
    assert_eq!(code(doctype.as_bytes()).code, Code::DoctypeRefused);
    assert_eq!(code(text.replace(">BUYER901", ">&a;").as_bytes()).code, Code::EntityRefused);
    for broken in [
        "\u{1}",
        "]]>",
        "<",
        "&",
        "<a:b/>",
        "<!-- -- -->",
        "<a b='1' b='2'/>",
        "<a b='<'/>",
        "<a b=1/>",
        "<a b='1'c='2'/>",
        "<?xml version='1.0'?>",
        "<1/>",
        "&#0;",
        "&#xD800;",
    ] {
        let fault = code(text.replace("BUYER901", broken).as_bytes());
        assert!(matches!(fault.code, Code::NotXml | Code::EntityRefused), "{broken}: {fault:?}");
        assert!((20..=22).contains(&fault.source_line) || broken == "<", "{broken}: {fault:?}");
        let what = fault.args.iter().find(|a| a.name == "what");
        assert!(what.is_none_or(|a| trade::finding::in_chinese(&a.value).is_some()), "{broken}: {fault:?}");
    }
    assert_eq!(code(format!("{text}<b/>").as_bytes()).code, Code::NotXml);
    assert_eq!(code(format!("{text}b").as_bytes()).code, Code::NotXml);
}

/// What makes a message unreadable is said in whole Chinese sentences: every phrase of the general parser has its words.
#[test]
fn no_english_stands_in_a_chinese_fault() {
    let source = include_str!("../tree.rs");
    let phrases = [
        "not_xml(\"",
        "too_large(\"",
        "wrong(\"",
        ".arg(\"what\", \"",
        "Error::Syntax(_) => \"",
        "Error::IllFormed(_) => \"",
    ];
    let mut seen = 0;
    for place in phrases {
        for rest in source.split(place).skip(1) {
            let phrase = rest.split('"').next().expect("the phrase");
            assert!(trade::finding::in_chinese(phrase).is_some(), "{phrase:?} has no Chinese words");
            seen += 1;
        }
    }
    assert!(seen > 25, "{seen} phrases were found");
    let cut = check(b"<a>", Mode::Lenient);
    assert_eq!(
        cut.problems[0].text(trade::finding::Language::Zh),
        "报文不是合格的 XML：根元素尚未结束，报文已到末尾。"
    );
}
