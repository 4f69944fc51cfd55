#![allow(clippy::unwrap_used, reason = "all of it is tests")]

use super::*;
use trade::bonded::*;
use trade::documents::MessageKind;
use trade::money::{Fen, Price, Quantity};
use trade::receipt::Shown;
use trade::time::{Day, Moment};

fn list() -> Document {
    let line = |gnum, qty: i64| Line {
        gnum,
        item_no: format!("SKU<{gnum}>").into(),
        hs10: "1901101010".into(),
        unit: "122".into(),
        qty: Quantity(qty),
        price: Price(12_345_600),
        total: Fen(24_691),
        origin: "609".into(),
        book_seq: 7,
        name: "奶粉".into(),
        spec: "900g/罐".into(),
        destination: "142".into(),
        levy_mode: "3".into(),
        ..Line::default()
    };
    Document::List(VerificationList {
        head: Head { own_no: "Q-1 & 2".into(), etps: "4602660001".into(), action: "1".into() },
        ems_no: "T6402W000001".into(),
        kind: ListType::Retail,
        direction: "E".into(),
        declared: "2".into(),
        retail_lists: vec!["64022026I000000001".into(), "64022026I000000002".into()],
        place: "CN6402F".into(),
        seq_no: "123456789012345678".into(),
        declaration_kind: "1".into(),
        generates: "1".into(),
        declaration_type: "X".into(),
        other_entry: "640220261000000001".into(),
        part: "I".into(),
        business: enterprise(""),
        declaring: enterprise(""),
        receiving: enterprise("4601960W02"),
        lines: vec![line(1, 200_000), line(2, 1)],
        ..VerificationList::default()
    })
}

fn enterprise(code: &str) -> Enterprise {
    Enterprise { code: code.into(), uscc: "91460000MA5T000000".into(), name: "海口 <&> 保税".into() }
}

#[test]
fn both_forms_say_the_same_and_come_back_whole() {
    let take = Document::StockTake(StockTake {
        head: Head { own_no: "P1".into(), etps: "4602660001".into(), action: "1".into() },
        ems_no: "T6402W000001".into(),
        blind: true,
        items: vec!["甲".into()],
    });
    let place = Document::Place(Place {
        head: Head { own_no: "S1".into(), etps: "GATE".into(), action: "1".into() },
        number: "CN640201".into(),
        office: "6402".into(),
        kinds: vec!["warehouse".into(), "meat".into()],
        from: Day::parse("2026-01-01").unwrap(),
        ..Place::default()
    });
    let overseas = Document::Overseas(Overseas {
        head: Head { own_no: "O1".into(), etps: "4602960E01".into(), action: "1".into() },
        number: "US-1".into(),
        country: "502".into(),
        tenure: Tenure::Platform,
        from: Day::parse("2026-01-01").unwrap(),
        ..Overseas::default()
    });
    let sold = |what| {
        Document::Abroad(Abroad {
            head: Head { own_no: format!("A-{what}").into(), etps: "4602960E01".into(), action: "1".into() },
            warehouse: "US-1".into(),
            what,
            proof: "FBA-2026-03".into(),
            on: Day::parse("2026-03-09").unwrap(),
            lines: vec![CountLine { item_no: "SHOES-E".into(), qty: Quantity(300_000) }],
            to: "US-2".into(),
        })
    };
    let head = |own: &str| Head { own_no: own.into(), etps: "4602660001".into(), action: "1".into() };
    let fees = Document::Fees(Fees {
        head: head("FE1"),
        year: 2026,
        quarter: 1,
        lines: vec![Fee { seller: "4602960E01".into(), fee: Fen(123_456) }],
    });
    let period = Document::Period(Period {
        head: head("E1"),
        ems_no: "T6402W000001".into(),
        until: Day::parse("2026-03-31").unwrap(),
    });
    let processing = Document::Form(Form {
        head: head("F1"),
        ems_no: "T6402W000001".into(),
        office: "6402".into(),
        from: Day::parse("2026-03-01").unwrap(),
        until: Day::parse("2026-08-31").unwrap(),
        business: Business::SimpleProcessing,
        guarantee: "BG-1".into(),
        guaranteed: Fen(100_000),
        goods: vec![Allowed {
            item_no: "MASK".into(),
            qty: Quantity(1),
            product: "BOX".into(),
            consumption: Quantity(250_000),
        }],
    });
    let book = Document::Book(Book {
        head: head("B1"),
        ems_no: "T6402W000001".into(),
        office: "6402".into(),
        items: vec![Item {
            item_no: "MILK".into(),
            hs10: "1901101090".into(),
            name: "奶粉".into(),
            unit: "122".into(),
            origin: "609".into(),
            spec: "900g/罐".into(),
            currency: "502".into(),
            batch: "L-1".into(),
            ..Item::default()
        }],
        ..Book::default()
    });
    let documents = [list(), book, take, place, overseas, sold(Fate::Sold), sold(Fate::Lost), period, processing, fees];
    for text in [write_xml(&documents), write_json(&documents)] {
        assert!(is_bonded(text.as_bytes()), "{text}");
        let filing = read(text.as_bytes(), Actor::default());
        assert_eq!(filing.faults, vec![], "{text}");
        let read: Vec<_> = filing.documents.iter().map(|f| f.document.clone().ok_or(&f.faults)).collect();
        assert_eq!(read, documents.iter().cloned().map(Ok).collect::<Vec<_>>(), "{text}");
    }
}

#[test]
fn a_fault_has_its_place_and_spoils_no_other_document() {
    let text = r#"{"SAS111": [
        {"etpsPreentNo": "C1", "etpsno": "A", "sasDclNo": "SB1", "stockTypecd": "E", "colour": "red",
         "lines": [{"gdsSeqno": 1, "gdsMtno": "S", "dclQty": 1.000001}, {"gdsSeqno": "x", "gdsMtno": "S", "dclQty": 0.3}]},
        {"etpsPreentNo": "C2", "etpsno": "A", "sasDclNo": "SB1", "stockTypecd": "E",
         "lines": {"gdsSeqno": 1, "gdsMtno": "S", "dclQty": 92233720368547.75807}}]}"#;
    let filing = read(text.as_bytes(), Actor::default());
    let [bad, good] = filing.documents.as_slice() else { panic!("{filing:?}") };
    let places: Vec<_> = bad.faults.iter().map(|f| (f.code.name(), f.field.as_str())).collect();
    let expected = [
        ("UNKNOWN_ELEMENT", "/SAS111/colour"),
        ("TOO_MANY_DIGITS", "/SAS111/lines[1]/dclQty"),
        ("NOT_A_NUMBER", "/SAS111/lines[2]/gdsSeqno"),
    ];
    assert_eq!(places, expected);
    assert_eq!((bad.own_no.as_str(), bad.etps.as_str()), ("C1", "A"));
    let Some(Document::Slip(slip)) = &good.document else { panic!("{good:?}") };
    assert_eq!(slip.lines[0].qty, Quantity(i64::MAX), "no number passes through floating point");
}

#[test]
fn a_pass_in_two_steps_comes_under_its_own_name_with_one_type() {
    for (type_field, fits) in [("", true), (", \"passportTypecd\": 7", true), (", \"passportTypecd\": 2", false)] {
        let text = format!("{{\"SAS251\": {{\"etpsPreentNo\": \"H1\", \"etpsno\": \"A\"{type_field}}}}}");
        assert!(is_bonded(text.as_bytes()) && holds_documents(text.as_bytes()));
        let filing = read(text.as_bytes(), Actor::default());
        let filed = &filing.documents[0];
        let kind = filed.document.as_ref().map(|d| match d {
            Document::Pass(pass) => pass.kind,
            _ => panic!("{d:?}"),
        });
        assert_eq!(kind, fits.then_some(PassType::TwoStep), "{text}");
        assert!(fits || filed.faults[0].field.as_str() == "/SAS251/passportTypecd", "{:?}", filed.faults);
        let again = read(write_xml(filed.document.as_slice()).as_bytes(), Actor::default());
        assert_eq!(again.documents.first().map(|f| f.content), fits.then_some(filed.content));
    }
    for name in ["INV201", "INV202", "INV211", "SAS201", "SAS211", "SAS221", "SAS223", "SAS224", "SAS253", "BND201"] {
        let kind = MessageKind::from_name(name).unwrap();
        let shown = Shown { kind, status: 800, invt_no: "P1".into(), ..Shown::default() };
        let file = write_receipts(kind, "G", [&shown]);
        assert!(answers(&file) && read_receipts(&file) == Ok(vec![shown]), "{name}");
    }
}

#[test]
fn hostile_files_are_refused_and_nothing_else_happens() {
    let deep = "[".repeat(100_000);
    let deep_xml = "<INV101>".repeat(10_000);
    let twice = r#"{"INV101": {"putrecNo": "A", "putrecNo": "B"}}"#;
    let bomb = "<!DOCTYPE a [<!ENTITY b \"c\">]><INV101>&b;</INV101>";
    for text in
        ["", "{", "[]", "{}", "nul", &deep, &deep_xml, twice, bomb, "<INV101><a>1</a>x</INV101>", "{\"a\":\"\\ud800\"}"]
    {
        let filing = read(text.as_bytes(), Actor::default());
        let faulty = !filing.faults.is_empty() || filing.documents.iter().all(|d| d.document.is_none());
        assert!(faulty, "{:?}", &text[..text.len().min(60)]);
    }
    let filing = read(b"{\"WHAT\": {}}", Actor::default());
    assert_eq!(filing.documents[0].faults[0].code, Code::BondedKind);
    for bytes in [&b"<CEB621Message/>"[..], b"hello", b"", b"<?xml version=\"1.0\"?><ceb:CEB311Message>"] {
        assert!(!is_bonded(bytes));
    }
    assert!(is_bonded("\u{feff}<?xml version=\"1.0\"?>\n<!-- x --><b:INV101Message xmlns:b=\"x\">".as_bytes()));
}

#[test]
fn a_receipt_comes_back_and_nothing_can_be_smuggled_into_it() {
    let mut shown = Shown {
        kind: MessageKind::VerificationReturn,
        guid: "ABCD0123-0000-8000-8000-000000000007".into(),
        status: 800,
        at: Moment::parse("2026-03-01T10:15:00.123").unwrap(),
        info: "通过 <&> \u{1}".into(),
        agent_code: "4602660001".into(),
        cop_no: "Q1".into(),
        invt_no: "QD640226E000000001".into(),
        order_no: "hidden".into(),
        ..Shown::default()
    };
    fit(&mut shown);
    assert_eq!(shown.order_no, "");
    let once = shown.clone();
    fit(&mut shown);
    assert_eq!(shown, once);
    let bytes = write_receipts(shown.kind, &shown.guid, std::slice::from_ref(&shown));
    assert_eq!(read_receipts(&bytes), Ok(vec![shown]));
    let text = String::from_utf8(bytes).unwrap();
    for (from, to) in [
        ("</receipt>", "<more>1</more></receipt>"),
        ("<receipt>", "<receipt> "),
        ("<receipt>", "<receipt a=\"1\">"),
        ("<receipt>", "<!-- paid --><receipt>"),
    ] {
        assert!(read_receipts(text.replacen(from, to, 1).as_bytes()).is_err(), "{to}");
    }
}

/// A receipt of ours comes back as it was written; with one of the `refused` changes it is none, with the `other` figure
/// it is read, and is another. What is left of it as a receipt of customs.
fn held(mut shown: Shown, refused: &[(&str, &str)], other: (&str, &str)) -> Shown {
    let bytes = crate::ceb::write_receipts(shown.kind, &shown.guid, std::slice::from_ref(&shown));
    assert_eq!(crate::ceb::read_receipts(&bytes), Ok(vec![shown.clone()]));
    let text = String::from_utf8(bytes).expect("XML is text");
    for (from, to) in refused {
        assert!(text.contains(from), "{from}\n{text}");
        assert!(crate::ceb::read_receipts(text.replacen(from, to, 1).as_bytes()).is_err(), "{to}");
    }
    let other = text.replacen(other.0, other.1, 1);
    let read = crate::ceb::read_receipts(other.as_bytes()).expect("another figure is read");
    assert_ne!(read[0].leaf_bytes(), shown.leaf_bytes());
    shown.kind = MessageKind::OrderReturn;
    crate::ceb::fit(&mut shown);
    shown
}

#[test]
fn a_statement_of_exports_comes_back_and_no_figure_of_it_can_be_changed() {
    use trade::money::Fen;
    use trade::register::Statement;
    let statement = Statement {
        month: 202_603,
        uscc: "91460200MA9000011G\u{1}".into(),
        rows: 3,
        digest: [0xa7; 32],
        exempt: Fen(123_456_789_012),
        exempt_back: Fen(5),
        year: Fen(-20),
        due: Fen(-1),
        small: true,
        clause: "T36 <&>".into(),
        ..Statement::default()
    };
    let mut shown = Shown {
        kind: MessageKind::ExportStatement,
        guid: "ABCD0123-0000-8000-8000-000000000007".into(),
        status: 399,
        at: Moment::parse("2026-04-01T00:00:00").unwrap(),
        ebc_code: "4602960E01".into(),
        statement: Some(Box::new(statement)),
        ..Shown::default()
    };
    crate::ceb::fit(&mut shown);
    assert_eq!(shown.statement.as_ref().unwrap().uscc, "91460200MA9000011G");
    let refused = [
        ("<exempt>1234567890.12<", "<exempt>1234567890.120<"),
        ("<exempt>1234567890.12<", "<exempt>01234567890.12<"),
        ("<smallProfit>true<", "<smallProfit>yes<"),
        ("<digest>a7", "<digest>A7"),
        ("<digest>a7", "<digest>a7a7"),
        ("<month>202603</month>", ""),
        ("<yearTax>", "<paid>1</paid><yearTax>"),
    ];
    assert_eq!(held(shown, &refused, ("<taxDue>-0.01<", "<taxDue>-0.02<")).statement, None);
}

#[test]
fn a_statement_of_a_period_comes_back_and_no_figure_of_it_can_be_changed() {
    use trade::bonded::period::Statement;
    use trade::money::Fen;
    let statement = |from| Statement {
        number: 2,
        from,
        until: Day::parse("2026-04-30").unwrap(),
        rows: 3,
        digest: [0xa7; 32],
        opening: Fen(123_456),
        closing: Fen(0),
        in_flight: 1,
    };
    for from in [None, Day::parse("2026-04-01")] {
        let mut shown = Shown {
            kind: MessageKind::PeriodStatement,
            guid: "ABCD0123-0000-8000-8000-000000000007".into(),
            status: 899,
            at: Moment::parse("2026-05-02T00:00:00").unwrap(),
            invt_no: "T6402W000901-02".into(),
            period: Some(Box::new(statement(from))),
            ..Shown::default()
        };
        crate::ceb::fit(&mut shown);
        let refused = [
            ("<openingValue>1234.56<", "<openingValue>1234.560<"),
            ("<periodEnd>2026-04-30<", "<periodEnd>20260430<"),
            ("<digest>a7", "<digest>A7"),
            ("<rows>3</rows>", ""),
            ("<inFlight>1<", "<inFlight>01<"),
        ];
        assert_eq!(held(shown, &refused, ("<closingValue>0.00<", "<closingValue>1.00<")).period, None);
    }
}

#[test]
fn what_articles_came_to_comes_back_and_no_figure_of_it_can_be_changed() {
    use trade::articles::{Fate, Verdict};
    use trade::money::Fen;
    for fate in Fate::ALL {
        let of = Verdict {
            fate: *fate,
            kinds: 2,
            value: Fen(38_500),
            tax: Fen(5_005),
            due: Fen(5_005),
            clause: "C11".into(),
        };
        let mut shown = Shown {
            kind: MessageKind::ArticlesReturn,
            guid: "ABCD0123-0000-8000-8000-000000000007".into(),
            status: 399,
            at: Moment::parse("2026-05-02T00:00:00").unwrap(),
            cop_no: "EX1".into(),
            invt_no: "XP2026-7".into(),
            articles: Some(Box::new(of)),
            ..Shown::default()
        };
        crate::ceb::fit(&mut shown);
        let refused = [
            ("<taxable>385.00<", "<taxable>385.0<"),
            ("<kinds>2<", "<kinds>02<"),
            ("<tax>50.05</tax>", ""),
            ("<fate>", "<fate> "),
        ];
        assert_eq!(held(shown, &refused, ("<due>50.05<", "<due>0.00<")).articles, None);
    }
}

#[test]
fn how_a_request_stands_comes_back_and_nothing_of_it_can_be_changed() {
    use trade::command::ActorRole;
    use trade::policy::rights::Purpose;
    use trade::request::{RequestKind, RequestState, RequestTold};
    for (kind, state) in RequestKind::ALL.iter().zip([RequestState::Answered, RequestState::Declined]) {
        let of = RequestTold {
            kind: *kind,
            from: ActorRole::Tax,
            to: ActorRole::Exchange,
            set: "receipts".into(),
            field: "received".into(),
            about: "4602960E01".into(),
            purpose: Purpose::Supervision,
            case: "SW-1".into(),
            ground: "TAL 6 ".into(),
            until: Day::parse("2026-03-16"),
            state,
            silent: true,
            value: "CNY 1,200.00".into(),
            declined: "".into(),
            words: [0xa7; 32],
        };
        let mut shown = Shown {
            kind: MessageKind::RequestReturn,
            guid: "ABCD0123-0000-8000-8000-000000000007".into(),
            status: 2,
            at: Moment::parse("2026-05-02T00:00:00").unwrap(),
            invt_no: "GX2026-7".into(),
            request: Some(Box::new(of)),
            ..Shown::default()
        };
        crate::ceb::fit(&mut shown);
        let refused = [
            ("<until>2026-03-16<", "<until>20260316<"),
            ("<words>a7", "<words>A7"),
            ("<silent>1</silent>", "<silent>yes</silent>"),
            ("<purpose>supervision<", "<purpose>curiosity<"),
        ];
        assert_eq!(held(shown, &refused, ("<value>CNY 1,200.00<", "<value>CNY 9,200.00<")).request, None);
    }
}

#[test]
fn a_certificate_of_filing_comes_back_and_nothing_of_it_can_be_changed() {
    use trade::registry::GoodsRow;
    for (qty2, until) in [(None, None), (Some(Quantity(150_000)), Day::parse("2027-12-31"))] {
        let of = GoodsRow {
            ebc: "4602980A01".into(),
            item_no: "MILK<900>".into(),
            version: 3,
            name_zh: "婴幼儿配方奶粉 ".into(),
            name_en: "infant \u{1}formula".into(),
            hs10: "1901101090".into(),
            model: "900g".into(),
            origin: "609".into(),
            unit: "122".into(),
            unit1: "035".into(),
            qty1: Quantity(90_000),
            qty2,
            tags: vec!["a;b".into(), "".into(), "c".into()],
            from: Day::parse("2026-03-01").unwrap(),
            until,
            approved: true,
            ..GoodsRow::default()
        };
        let mut shown = Shown {
            kind: MessageKind::FilingReturn,
            guid: "ABCD0123-0000-8000-8000-000000000007".into(),
            status: 800,
            at: Moment::parse("2026-05-02T00:00:00").unwrap(),
            cop_no: of.item_no.clone(),
            ebc_code: of.ebc.clone(),
            filing: Some(Box::new(of)),
            ..Shown::default()
        };
        crate::ceb::fit(&mut shown);
        let refused = [
            ("<version>3<", "<version>03<"),
            ("<qty1>0.9<", "<qty1>0.90<"),
            ("<validFrom>2026-03-01<", "<validFrom>20260301<"),
        ];
        assert_eq!(held(shown, &refused, ("<gcode>1901101090<", "<gcode>1901101010<")).filing, None);
    }
}

#[test]
fn a_proof_about_stock_abroad_comes_back_and_no_figure_of_it_can_be_changed() {
    use trade::money::{Amount, Fen};
    use trade::record::{AbroadProof, ProofFor};
    for for_what in ProofFor::ALL {
        let of = AbroadProof {
            for_what: *for_what,
            left: Day::parse("2026-03-02").unwrap(),
            country: "502".into(),
            lines: 1,
            exported: Fen(35_500),
            sold: Fen(14_200),
            lost: Fen(0),
            returned: Fen(7_100),
            in_stock: Fen(14_200),
            currency: "502".into(),
            sold_amount: Amount::parse("20").unwrap(),
            clause: "W3".into(),
        };
        let mut shown = Shown {
            kind: MessageKind::AbroadProof,
            guid: "ABCD0123-0000-8000-8000-000000000007".into(),
            status: 399,
            at: Moment::parse("2026-05-02T00:00:00").unwrap(),
            invt_no: "640220260000000001".into(),
            abroad: Some(Box::new(of)),
            ..Shown::default()
        };
        crate::ceb::fit(&mut shown);
        let refused = [
            ("<exported>355.00<", "<exported>355.0<"),
            ("<left>2026-03-02<", "<left>20260302<"),
            ("<lines>1</lines>", ""),
            ("<lines>1<", "<lines>01<"),
        ];
        assert_eq!(held(shown, &refused, ("<sold>142.00<", "<sold>242.00<")).abroad, None);
    }
}

#[test]
fn the_description_names_every_document_and_every_field() {
    let description = include_str!("../../../../docs/bonded.md");
    for kind in Kind::ALL.iter().filter(|kind| **kind != Kind::Unknown) {
        let row = description.lines().find(|line| line.starts_with(&format!("| `{kind}` |")));
        let row = row.unwrap_or_else(|| panic!("{kind} has no row"));
        for (name, needed) in fields(*kind) {
            let word = if needed { format!("**`{name}`**") } else { format!("`{name}`") };
            assert!(row.contains(&word), "{kind}: {word}");
        }
    }
}

#[test]
fn a_bill_of_changes_comes_back_and_no_figure_of_it_can_be_changed() {
    use trade::correction::{Bill, Matter, Span};
    let sums = Matter::ALL.iter().map(|m| Span { before: -150_000, after: i64::from(m.number()) }).collect();
    let bill = Bill { rows: 3, digest: [0xa7; 32], amended: 2, withdrawn: 1, sums };
    let mut shown = Shown {
        kind: MessageKind::CorrectionBill,
        guid: "ABCD0123-0000-8000-8000-000000000007".into(),
        status: 399,
        at: Moment::parse("2026-04-01T00:00:00").unwrap(),
        cop_no: "K1".into(),
        changes: Some(Box::new(bill)),
        ..Shown::default()
    };
    crate::ceb::fit(&mut shown);
    let refused = [
        ("<taxBefore>-1500.00<", "<taxBefore>-1500.0<"),
        ("<stockBefore>-1.5<", "<stockBefore>-1.50<"),
        ("<digest>a7", "<digest>a7a7"),
        ("<amended>2</amended>", ""),
        ("<listsAfter>7<", "<listsAfter>+7<"),
    ];
    assert_eq!(held(shown, &refused, ("<taxAfter>0.01<", "<taxAfter>0.02<")).changes, None);
}

#[test]
fn a_warehouses_table_is_the_same_documents_as_its_json() {
    let by = || trade::command::Actor { id: "4602660001".into(), ..Default::default() };
    let table = "\u{feff}SHELF,etpsno,putrecNo,countedAt,gdsMtno,qty\r\n\
                 S1,4602660001,T6402W000001,2026-03-05T09:00,MILK-900,87\r\n\
                 S2,4602660001,T6402W000002,,\"A, 1\",1.5\r\n\
                 S1,4602660001,T6402W000001,2026-03-05T09:00,MILK-400,240\r\n";
    let json = r#"{"SHELF": [
        {"etpsPreentNo": "S1", "etpsno": "4602660001", "putrecNo": "T6402W000001", "countedAt": "2026-03-05T09:00",
            "lines": [{"gdsMtno": "MILK-900", "qty": "87"}, {"gdsMtno": "MILK-400", "qty": "240"}]},
        {"etpsPreentNo": "S2", "etpsno": "4602660001", "putrecNo": "T6402W000002", "lines": [{"gdsMtno": "A, 1", "qty": "1.5"}]}]}"#;
    assert!(is_bonded(table.as_bytes()));
    let filing = read(table.as_bytes(), by());
    assert_eq!((&filing.faults, filing.documents.len()), (&vec![], 2));
    assert_eq!(filing.documents, read(json.as_bytes(), by()).documents);
    let counted = "COUNT,etpsno,takeNo,gdsMtno,qty\nC1,4602660001,PD1,MILK-900,1\n";
    assert!(matches!(read(counted.as_bytes(), by()).documents[0].document, Some(Document::Count(_))));

    let fault = |text: &str| {
        let filing = read(text.as_bytes(), by());
        let found = filing.faults.iter().chain(filing.documents.iter().flat_map(|d| &d.faults));
        found.map(|f| f.code.name()).next().unwrap_or_default().to_owned()
    };
    assert_eq!(fault("SHELF,etpsno,putrecNo,gdsMtno,qty\nS1,A,B,1,1\nS1,A,C,2,1\n"), "ELEMENT_TWICE");
    assert_eq!(fault("SHELF,etpsno,putrecNo,gdsMtno,qty,bin\nS1,A,B,1,1,7\n"), "UNKNOWN_ELEMENT");
    assert_eq!(fault("SHELF,etpsno,putrecNo,gdsMtno,qty\nS1,A,B,1\n"), "NOT_XML");
    assert_eq!(fault("SHELF,etpsno,putrecNo,gdsMtno,qty\nS1,A,B,1,many\n"), "NOT_A_NUMBER");
    assert_eq!(fault("SHELF,etpsno,putrecNo,gdsMtno,qty\n"), "BONDED_KIND", "nothing is in it");
    assert!(!is_bonded(b"SHELFS,etpsno\n") && !is_bonded(b"EMS101,etpsno\n") && !is_bonded(b"code,name\n"));
}
