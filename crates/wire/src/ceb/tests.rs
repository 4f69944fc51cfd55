use super::*;
use trade::documents::{Document, MessageKind};

const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/ceb-samples/");

pub(super) fn sample(name: &str) -> Vec<u8> {
    std::fs::read(format!("{SAMPLES}{name}")).unwrap()
}

/// Says that a test is skipped, where the samples do not lie beside the project.
pub(super) fn no_samples() -> bool {
    let absent = !std::path::Path::new(SAMPLES).is_dir();
    if absent {
        eprintln!("skipped: there is no ../shared/data/ceb-samples");
    }
    absent
}

#[test]
fn the_samples_are_read_into_documents() {
    if no_samples() {
        return;
    }
    for (name, kind) in [
        ("CEB311_order.xml", MessageKind::Order),
        ("CEB411_payment.xml", MessageKind::Payment),
        ("CEB511_waybill.xml", MessageKind::Waybill),
        ("CEB621_inventory_signed_rsa_sha1.xml", MessageKind::List),
        ("CEB621_inventory_unsigned.xml", MessageKind::List),
        ("CEB303_order.xml", MessageKind::ExportOrder),
        ("CEB403_receipt_of_payment.xml", MessageKind::ReceiptOfPayment),
        ("CEB505_waybill.xml", MessageKind::ExportWaybill),
        ("CEB603_inventory_unsigned.xml", MessageKind::ExportList),
    ] {
        let message = read(&sample(name), &Nobody).unwrap();
        assert_eq!(message.kind, kind);
        assert_eq!(message.documents.len(), 1);
        let document = message.documents[0].outcome.clone().unwrap();
        assert_eq!(document.kind(), kind, "{name}");
        println!("{name} {:?}", message.notes);
        if let Document::List(list) = document {
            assert_eq!(list.lines.len(), 2);
            assert_eq!(list.gross_weight.to_string(), "2.35");
            assert_eq!(list.buyer.id_check, trade::documents::IdCheck::Valid);
        }
        assert_eq!(check(&sample(name), Mode::Strict).valid, name != "CEB621_inventory_unsigned.xml", "{name}");
    }
}

mod fast;
mod hostile;
mod lenient;

mod receipts {
    use super::super::receipts::{fits, fitted};
    use super::*;
    use proptest::prelude::*;
    use trade::money::{Fen, Quantity};
    use trade::receipt::{Bill, BillLine, ResultLine, Shown, SummaryResult};
    use trade::time::Moment;

    const KINDS: [MessageKind; 23] = [
        MessageKind::OrderReturn,
        MessageKind::PaymentReturn,
        MessageKind::WaybillReturn,
        MessageKind::WaybillStatusReturn,
        MessageKind::ListReturn,
        MessageKind::CancelReturn,
        MessageKind::RefundReturn,
        MessageKind::DeliveryReturn,
        MessageKind::TaxBill,
        MessageKind::TaxBillState,
        MessageKind::FormatReturn,
        MessageKind::ExportOrderReturn,
        MessageKind::ReceiptOfPaymentReturn,
        MessageKind::ExportWaybillReturn,
        MessageKind::ArrivalReturn,
        MessageKind::DepartureReturn,
        MessageKind::ExportListReturn,
        MessageKind::ExportCancelReturn,
        MessageKind::MasterBillReturn,
        MessageKind::ExportRefundReturn,
        MessageKind::TallyReturn,
        MessageKind::SummaryReturn,
        MessageKind::SummaryResult,
    ];

    prop_compose! {
        fn any_receipt()(
            kind in 0..KINDS.len(),
            texts in prop::collection::vec("\\PC{0,20}|[A-Z0-9-]{18}|[0-9]{4}|-|[ \\t\\r\\n<&>\"中😀]{1,3}", 34),
            status in -700_000..1_000i32,
            at in 0i64..4_000_000_000_000,
            money in prop::collection::vec(any::<u32>(), 10),
            lines in 1..5usize,
        ) -> Shown {
            let bill_kind = matches!(KINDS[kind], MessageKind::TaxBill | MessageKind::TaxBillState);
            let is_result = KINDS[kind] == MessageKind::SummaryResult;
            let quantity = |i: usize| Quantity(i64::from(money[i]));
            let result_line = |gnum: usize| ResultLine {
                invt_no: "64022026E000000001".into(), logistics_no: "XL1".into(), seq: 1, gnum: gnum as u32,
                gcode: "3926909090".into(),
            };
            let fen = |i: usize| Fen(i64::from(money[i]));
            let line = |gnum: usize| BillLine {
                gnum: gnum as u32, gcode: "1901101090".into(), taxable: fen(3), duty: fen(4), vat: fen(5),
                consumption_tax: fen(6),
            };
            let t = |i: usize| texts[i].clone();
            Shown {
                kind: KINDS[kind],
                guid: "02DF822A-251A-530E-BBA8-6AA076E7B000".into(),
                status: if bill_kind || is_result { status.rem_euclid(10) } else { status },
                at: Moment(at),
                info: t(0).into(), customs_code: t(1).into(), ebp_code: t(2).into(), ebc_code: t(3).into(), agent_code: t(4).into(), order_no: t(5).into(),
                pay_code: t(6).into(), pay_transaction: t(7).into(), logistics_code: t(8).into(), logistics_no: t(9).into(), logistics_status: t(10).into(),
                cop_no: t(11).into(), pre_no: t(12).into(), invt_no: t(13).into(), operator_code: t(14).into(), rkd_no: t(15).into(),
                bill: bill_kind.then(|| Box::new(Bill {
                    tax_no: t(16).into(), duty: fen(0), vat: fen(1), consumption_tax: fen(2), ent_duty_no: t(17).into(),
                    assure_code: t(18).into(), lines: (1..=lines).map(line).collect(),
                })),
                original_id: t(19).into(), original_type: t(20).into(), bill_no: t(21).into(), statistics_flag: t(22).into(), sum_no: t(23).into(),
                seq: money[7] % 1_000_000_000,
                statement: None,
                changes: None,
                period: None, articles: None, abroad: None, request: None, filing: None,
                result: is_result.then(|| Box::new(SummaryResult {
                    decl_seq_no: t(24).into(), dec_tmp_no: t(25).into(), dec_pre_no: t(26).into(), entry_id: t(27).into(), agent_name: t(28).into(),
                    ebc_name: t(29).into(), decl_agent_code: t(30).into(), decl_agent_name: t(31).into(), gross_weight: quantity(8),
                    net_weight: quantity(9), msg_count: 1, lines: (1..=lines).map(result_line).collect(),
                })),
            }
        }
    }

    proptest! {
        #[test]
        fn a_receipt_reads_back_as_it_was_and_is_valid(shown in any_receipt()) {
            let mut quick = shown.clone();
            fit(&mut quick);
            let shown = fitted(shown);
            prop_assert_eq!(&quick, &shown, "the quick way is the long way");
            prop_assert_eq!(&fitted(shown.clone()), &shown, "fitted twice");
            prop_assert!(fits(&shown) || shown.info.is_empty(), "what was fitted fits");
            let bytes = write_receipts(shown.kind, &shown.guid, std::slice::from_ref(&shown));
            let verdict = check(&bytes, Mode::Strict);
            prop_assert!(verdict.valid, "{:?} {}", verdict.problems, String::from_utf8_lossy(&bytes));
            prop_assert_eq!(read_receipts(&bytes).unwrap(), vec![shown]);
        }

        #[test]
        fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            check(&bytes, Mode::Strict);
            let _ = read(&bytes, &Nobody);
            let _ = read_receipts(&bytes);
        }

        #[test]
        fn a_message_with_changed_bytes_never_panics(
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        ) {
            if no_samples() {
                return Ok(());
            }
            let mut bytes = sample("CEB621_inventory_signed_rsa_sha1.xml");
            for (at, to) in changes {
                let at = at.index(bytes.len());
                bytes[at] = to;
            }
            check(&bytes, Mode::Strict);
            let _ = read(&bytes, &Nobody);
        }
    }

    #[test]
    fn where_two_receipts_differ_is_named() {
        let places = |one: &Shown, other: &Shown| {
            differences(one, other).into_iter().map(|d| (d.place, d.one, d.other)).collect::<Vec<_>>()
        };
        let line = |gnum, vat| BillLine { gnum, vat: Fen(vat), gcode: "3304990099".into(), ..BillLine::default() };
        let bill = |lines| Some(Box::new(Bill { tax_no: "T1".into(), lines, ..Bill::default() }));
        let taxed = |lines| Shown { kind: MessageKind::TaxBill, bill: bill(lines), ..Shown::default() };
        let (one, other) = (taxed(vec![line(1, 5)]), taxed(vec![line(1, 6), line(2, 7)]));
        assert_eq!(places(&one, &one), []);
        let text = |words: [&str; 3]| words.map(str::to_owned).into();
        let vat = text(["TaxListRd[1]/valueAddedTax", "0.05", "0.06"]);
        let found = places(&one, &other);
        assert_eq!(found[0], vat);
        assert!(
            found[1..].iter().all(|(place, was, _)| place.starts_with("TaxListRd[2]/") && was.is_empty()),
            "{found:?}"
        );
        let ours = |status| Shown { kind: MessageKind::PassReturn, status, ..Shown::default() };
        assert_eq!(places(&ours(1), &ours(3)), [text(["returnStatus", "1", "3"])]);
        assert_eq!(places(&ours(1), &one), [text(["", "SAS221Message", "CEB816Message"])]);
    }

    #[test]
    fn nothing_is_smuggled_into_a_receipt() {
        let shown = fitted(Shown {
            kind: MessageKind::OrderReturn,
            guid: "02DF822A-251A-530E-BBA8-6AA076E7B000".into(),
            status: 120,
            at: Moment::parse_compact("20260301101500").unwrap(),
            info: "ok".into(),
            ebp_code: "A".into(),
            ebc_code: "B".into(),
            order_no: "EB1".into(),
            ..Shown::default()
        });
        let text = String::from_utf8(write_receipts(shown.kind, &shown.guid, std::slice::from_ref(&shown))).unwrap();
        let bare = text.replace(" xmlns=\"http://www.chinaport.gov.cn/ceb\"", "");
        assert_eq!(read_receipts(bare.as_bytes()).unwrap(), std::slice::from_ref(&shown), "without a namespace");
        let laid_out = text.replace("><", ">\n  <");
        assert_eq!(read_receipts(laid_out.as_bytes()).unwrap(), [shown], "laid out");
        for (from, to) in [
            ("<ebpCode>", "<!-- paid --><ebpCode>"),
            ("<ebpCode>", "<?paid yes?><ebpCode>"),
            ("<ebpCode>", "<ebpCode paid=\"yes\">"),
            ("<ebpCode>", "<paid>yes</paid><ebpCode>"),
            ("<ebpCode>", "paid<ebpCode>"),
            ("<returnStatus>120", "<returnStatus>0120"),
            ("<returnStatus>120", "<returnStatus>+120"),
            ("version=", "paid=\"yes\" version="),
            (
                "<OrderReturn>",
                "<OrderReturn xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"a b\">",
            ),
            ("<returnTime>20260301101500000", "<returnTime>2026030110150000x"),
        ] {
            assert!(text.contains(from), "{from}");
            assert!(read_receipts(text.replacen(from, to, 1).as_bytes()).is_err(), "{to}");
        }
    }
}

#[test]
fn an_envelope_goes_there_and_back() {
    if no_samples() {
        return;
    }
    use trade::time::Moment;
    let envelope = transport::Envelope {
        id: "MSG & 1".into(),
        sender: "DXPENT0000009001".into(),
        receivers: vec!["DXPEDCCEB0000002".into()],
        kind: "CEB311Message".into(),
        message: sample("CEB311_order.xml"),
    };
    let bytes = transport::wrap(&envelope, Moment(1_772_331_300_000));
    assert!(transport::is_envelope(&bytes) && !transport::is_envelope(&envelope.message));
    assert_eq!(transport::unwrap(&bytes).unwrap(), envelope);
    // Between platforms the whole of it stands in another.
    let text = String::from_utf8(bytes).unwrap();
    let inner = text.split_once("?>\n").unwrap().1;
    let between = format!(
        "<!-- a node --><d:DxpMsgSv xmlns:d=\"http://www.chinaport.gov.cn/dxp\" ver=\"1.0\"><d:SvNo Ver=\"1.0\">\
         <d:MsgId>00000001202603011015000000000001</d:MsgId><d:SendTime>2026-03-01T10:15:00</d:SendTime>\
         <d:EndNode>00000002</d:EndNode><d:StaNode>00000001</d:StaNode></d:SvNo>{inner}</d:DxpMsgSv>"
    );
    assert!(transport::is_envelope(between.as_bytes()));
    assert_eq!(transport::unwrap(between.as_bytes()).unwrap(), envelope);
    // What is said of the message in it is said with its place.
    let verdict = |message: &[u8], mode| {
        let envelope = transport::Envelope { message: message.to_vec(), ..envelope.clone() };
        check(&transport::wrap(&envelope, Moment(0)), mode)
    };
    let whole = verdict(&envelope.message, Mode::Strict);
    assert_eq!((whole.kind, whole.documents, whole.valid), (MessageKind::Order, 1, true));
    let faulty = String::from_utf8(sample("CEB311_order.xml")).unwrap().replace("<ceb:gnum>2<", "<ceb:gnum>two<");
    let found = verdict(faulty.as_bytes(), Mode::Lenient).problems.remove(0);
    assert_eq!(found.field, "/DxpMsg/Data/CEB311Message/Order[1]/OrderList[2]/gnum");
    assert_eq!(found.source_line, check(faulty.as_bytes(), Mode::Lenient).problems[0].source_line);
    assert!(!verdict(b"no message", Mode::Lenient).valid);
    // A name space that is declared and not used makes no envelope of a message.
    let odd = String::from_utf8(sample("CEB311_order.xml"))
        .unwrap()
        .replace(" guid=", " xmlns:dxp=\"http://www.chinaport.gov.cn/dxp\" guid=");
    assert!(!transport::is_envelope(odd.as_bytes()) && check(odd.as_bytes(), Mode::Strict).valid);
    for (from, to) in [
        ("ver=\"1.0\"", "ver=\"2.0\""),
        ("<Data>", "<Data>A"),
        ("<SenderId>DXP", "<SenderId>DXPDXPDXPDXP"),
        ("2026-03-01T", "2026-02-30T"),
        ("<MsgType>", "<x/><MsgType>"),
        ("</Data>", "</Data><Data></Data>"),
        ("<DxpMsg ", "<DxpRep "),
    ] {
        assert!(text.contains(from));
        assert!(transport::unwrap(text.replacen(from, to, 1).as_bytes()).is_err(), "{to}");
    }
}
