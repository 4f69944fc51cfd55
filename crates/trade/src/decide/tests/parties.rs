//! Rules 1.1, R01, R05 to R08, R10, M17: who may act on which day.

use super::*;

/// Changes the row of a party.
fn party(zone: &mut Zone, code: &str, change: impl FnOnce(&mut Party)) {
    let mut row: Party = crate::key::read(&zone.facts, &Key::Party(code.into())).unwrap();
    change(&mut row);
    zone.register(RegisterKind::Parties, &[row]);
}

#[test]
fn r01_only_who_is_enrolled_for_it_transmits_a_message() {
    let parcel = Parcel::new(1);
    let invt = "640220260000000001";
    let delivery = Document::Delivery(Delivery {
        head: Head { app_status: "2".into(), ..Head::default() },
        operator_code: "AREA".into(),
        ie_flag: "I".into(),
        waybills: vec!["LG1".into()],
        ..Delivery::default()
    });
    let status = Document::WaybillStatus(WaybillStatus {
        head: Head { app_status: "2".into(), ..Head::default() },
        logistics_code: "CARRIER".into(),
        number: "LG1".into(),
        status: "S".into(),
        ..WaybillStatus::default()
    });
    let [order, payment, waybill, list] = parcel.documents();
    let table: &[(&Document, &[&str], &[&str])] = &[
        (&order, &["PLATFORM", "SELLER", "CARRIER", "POST"], &["PAYER", "AGENT", "AREA"]),
        (&payment, &["PAYER", "CARRIER", "POST"], &["PLATFORM", "SELLER", "AGENT", "AREA"]),
        (&waybill, &["CARRIER", "POST"], &["PLATFORM", "SELLER", "PAYER", "AGENT", "AREA"]),
        (&status, &["CARRIER", "POST"], &["PLATFORM", "SELLER", "PAYER", "AGENT", "AREA"]),
        (&list, &["AGENT", "SELLER"], &["PLATFORM", "PAYER", "CARRIER", "POST", "AREA"]),
        (&cancel(&parcel, invt, "c"), &["AGENT", "SELLER"], &["PLATFORM", "PAYER", "CARRIER", "AREA"]),
        (&refund(&parcel, invt, 1, "r"), &["AGENT", "SELLER"], &["PLATFORM", "PAYER", "CARRIER", "AREA"]),
        (&delivery, &["AREA", "AGENT"], &["PLATFORM", "SELLER", "PAYER", "CARRIER"]),
    ];
    for (document, may, may_not) in table {
        for (cops, allowed) in [(may, true), (may_not, false)] {
            for cop in *cops {
                let mut zone = Zone::new("2026-03-01T14:00");
                zone.cop = (*cop).to_owned();
                let outcome = zone.send((*document).clone());
                let refused = outcome.findings.iter().any(|f| f.code.name() == "PARTY_ROLE" && f.field == "copCode");
                assert_eq!(refused, !allowed, "{} by {cop}: {:?}", document.kind(), codes(&outcome));
                assert!(allowed || outcome.receipts[0].shown.status == -10101);
            }
        }
    }
}

#[test]
fn roles_licences_and_suspensions_hold_from_their_first_to_their_last_day() {
    type Change = fn(&mut Party);
    // party, what its row says, and the days 1 and 2 March: declared on the first of these
    let table: &[(&str, Change, &str)] = &[
        ("PLATFORM", |p| p.roles[0].from = day("2026-03-01"), ""),
        ("PLATFORM", |p| p.roles[0].from = day("2026-03-02"), "PARTY_ROLE"),
        ("PLATFORM", |p| p.roles[0].until = Some(day("2026-03-01")), ""),
        ("PLATFORM", |p| p.roles[0].until = Some(day("2026-02-28")), "PARTY_ROLE"),
        ("SELLER", |p| p.roles[0].until = Some(day("2026-02-28")), "PARTY_ROLE"),
        ("AGENT", |p| p.roles[0].until = Some(day("2026-02-28")), "PARTY_ROLE"),
        ("CARRIER", |p| p.roles[0].licence_until = Some(day("2026-03-01")), ""),
        ("CARRIER", |p| p.roles[0].licence_until = Some(day("2026-02-28")), "LICENCE_EXPIRED"),
        ("PAYER", |p| p.roles[0].licence_until = Some(day("2026-03-01")), ""),
        ("PAYER", |p| p.roles[0].licence_until = Some(day("2026-02-28")), "LICENCE_EXPIRED"),
        ("SELLER", |p| p.suspended = vec![Span { from: day("2026-03-01"), until: None }], "PARTY_SUSPENDED"),
        ("SELLER", |p| p.suspended = vec![Span { from: day("2026-03-02"), until: None }], ""),
        ("SELLER", |p| p.suspended = vec![Span { from: day("2026-01-01"), until: Some(day("2026-02-28")) }], ""),
        ("PLATFORM", |p| p.connected_from = Some(day("2026-03-01")), ""),
        ("PLATFORM", |p| p.connected_from = Some(day("2026-03-02")), "PLATFORM_NOT_CONNECTED"),
        ("PLATFORM", |p| p.connected_from = None, "PLATFORM_NOT_CONNECTED"),
        ("SELLER", |p| p.agents[0].until = Some(day("2026-03-01")), ""),
        ("SELLER", |p| p.agents[0].until = Some(day("2026-02-28")), "AGENT_NOT_ENTRUSTED"),
        ("SELLER", |p| p.agents[0].from = day("2026-03-02"), "AGENT_NOT_ENTRUSTED"),
    ];
    for (n, (code, change, reason)) in table.iter().enumerate() {
        let mut zone = Zone::new("2026-03-01T14:00");
        party(&mut zone, code, change);
        let parcel = Parcel::new(1);
        let outcomes: Vec<Outcome> = parcel.documents().into_iter().map(|d| zone.send(d)).collect();
        let all: Vec<&str> = outcomes.iter().flat_map(codes).collect();
        match *reason {
            "" => assert_eq!(zone.case(&parcel).status, 800, "row {n} {code}: {all:?}"),
            reason => {
                assert!(all.contains(&reason), "row {n} {code}: {all:?}");
                assert_ne!(
                    crate::key::read::<Case>(&zone.facts, &Key::Case(parcel.key())).map(|c| c.status),
                    Some(800)
                );
            }
        }
    }
}

#[test]
fn m17_a_payment_enterprise_that_lost_its_licence_by_the_day_of_declaration_refuses() {
    for (last, reason) in [("2026-03-02", ""), ("2026-03-01", "LICENCE_EXPIRED")] {
        let mut zone = Zone::new("2026-03-01T14:00");
        party(&mut zone, "PAYER", |p| p.roles[0].licence_until = Some(day(last)));
        let mut parcel = Parcel::new(1);
        parcel.list.declared_on = day("2026-03-02");
        let [order, payment, waybill, list] = parcel.documents();
        for document in [order, payment, waybill] {
            assert_eq!(zone.send(document).verdict, Verdict::Accepted, "it was licensed when it sent the payment");
        }
        zone.now = Moment::parse("2026-03-02T09:00").unwrap();
        let outcome = zone.send(list);
        assert_eq!(codes(&outcome), if reason.is_empty() { vec![] } else { vec![reason] });
    }
}

#[test]
fn m17_before_2019_no_platform_had_to_be_connected() {
    for (on, reason) in [("2018-12-31", ""), ("2019-01-01", "PLATFORM_NOT_CONNECTED")] {
        let mut zone = Zone::new(&format!("{on}T14:00"));
        party(&mut zone, "PLATFORM", |p| p.connected_from = None);
        let mut parcel = Parcel::new(1).at(zone.now);
        // 16 % then, 11.2 % in all
        (parcel.order.tax_total, parcel.order.paid, parcel.payment.amount) = (Fen(2_800), Fen(27_800), Fen(27_800));
        let outcome = zone.clear(&parcel);
        assert_eq!(codes(&outcome), if reason.is_empty() { vec![] } else { vec![reason] }, "{on}");
    }
}

#[test]
fn r05_before_hainan_was_widened_sanya_had_only_1239() {
    for (on, mode, reason) in [
        ("2020-01-16", "1210", "NOT_PILOT_CITY"),
        ("2020-01-16", "1239", ""),
        ("2020-01-17", "1210", ""),
        ("2020-01-17", "1239", ""),
        ("2016-11-30", "1239", "TRADE_MODE"),
    ] {
        let mut zone = Zone::new(&format!("{on}T14:00"));
        let mut parcel = Parcel::new(1).bonded().at(zone.now);
        parcel.list.trade_mode = mode.into();
        let outcome = zone.clear(&parcel);
        match reason {
            "" => assert_eq!((outcome.verdict, codes(&outcome)), (Verdict::Released, vec![]), "{on} {mode}"),
            reason => assert!(codes(&outcome).contains(&reason), "{on} {mode}: {:?}", codes(&outcome)),
        }
    }
}

#[test]
fn r07_the_guarantor_is_of_this_list_or_its_seller_registered_in_china() {
    let guarantee = |code: &str, from: &str, until: Option<&str>| GuaranteeRow {
        code: code.into(),
        district: "64".into(),
        limit: Fen::yuan(1_000),
        from: day(from),
        until: until.map(day),
        ..GuaranteeRow::default()
    };
    // guarantor, seller registered in China, first and last day of its guarantee
    let table: &[(&str, bool, &str, Option<&str>, &str)] = &[
        ("CARRIER", false, "2026-01-01", None, ""),
        ("AGENT", false, "2026-01-01", None, ""),
        ("SELLER", false, "2026-01-01", None, "ASSURE_CODE"),
        ("SELLER", true, "2026-01-01", None, ""),
        ("PAYER", false, "2026-01-01", None, "ASSURE_CODE"),
        ("AREA", false, "2026-01-01", None, "ASSURE_CODE"),
        ("AGENT", false, "2026-03-01", Some("2026-03-01"), ""),
        ("AGENT", false, "2026-03-02", None, "GUARANTEE_MISSING"),
        ("AGENT", false, "2026-01-01", Some("2026-02-28"), "GUARANTEE_MISSING"),
    ];
    for (code, domestic, from, until, reason) in table {
        let mut zone = Zone::new("2026-03-01T14:00");
        party(&mut zone, "SELLER", |p| p.domestic = *domestic);
        zone.register(RegisterKind::Guarantees, &[guarantee(code, from, *until)]);
        let mut parcel = Parcel::new(1);
        parcel.list.assure_code = (*code).into();
        let outcome = zone.clear(&parcel);
        let expected: Vec<&str> = Some(*reason).filter(|r| !r.is_empty()).into_iter().collect();
        assert_eq!(codes(&outcome), expected, "{code} {domestic} {from} {until:?}");
    }
    // A guarantee of another district is none here.
    let mut zone = Zone::new("2026-03-01T14:00");
    zone.register(
        RegisterKind::Guarantees,
        &[GuaranteeRow { district: "51".into(), ..guarantee("AGENT", "2026-01-01", None) }],
    );
    let mut parcel = Parcel::new(1);
    parcel.list.assure_code = "AGENT".into();
    assert_eq!(codes(&zone.clear(&parcel)), ["GUARANTEE_MISSING"]);
}

#[test]
fn r10_an_identity_is_blocked_from_its_first_to_its_last_day() {
    for (from, until, blocked) in [
        ("2026-03-01", None, true),
        ("2026-03-02", None, false),
        ("2026-01-01", Some("2026-03-01"), true),
        ("2026-01-01", Some("2026-02-28"), false),
    ] {
        let mut zone = Zone::new("2026-03-01T14:00");
        let row = BlockedRow { id: who("id"), from: day(from), until: until.map(day), ..BlockedRow::default() };
        zone.register(RegisterKind::BlockedIdentities, &[row]);
        let outcome = zone.clear(&Parcel::new(1));
        assert_eq!(codes(&outcome).contains(&"ID_BLOCKED"), blocked, "{from} {until:?}");
        assert_eq!(outcome.verdict == Verdict::Released, !blocked);
    }
}

#[test]
fn m7_somebody_else_may_pay_from_the_day_on_which_the_platform_authenticates_buyers() {
    for (from, reason) in [(Some("2026-03-01"), ""), (Some("2026-03-02"), "PAYER_NOT_BUYER"), (None, "PAYER_NOT_BUYER")]
    {
        let mut zone = Zone::new("2026-03-01T14:00");
        party(&mut zone, "PLATFORM", |p| p.authenticates_from = from.map(day));
        let mut parcel = Parcel::new(1);
        (parcel.payment.payer.id, parcel.payment.payer.name) = (who("other"), who("another"));
        let outcome = zone.clear(&parcel);
        assert_eq!(codes(&outcome), if reason.is_empty() { vec![] } else { vec![reason] }, "{from:?}");
    }
}

#[test]
fn a_certificate_speaks_for_its_enterprise_from_its_first_to_its_last_day() {
    for (owner, from, until, reason) in [
        ("AGENT", "2026-03-01", Some("2026-03-01"), ""),
        ("AGENT", "2026-03-02", None, "CERTIFICATE_EXPIRED"),
        ("AGENT", "2026-01-01", Some("2026-02-28"), "CERTIFICATE_EXPIRED"),
        ("OTHER", "2026-01-01", None, "CERTIFICATE_OTHER"),
    ] {
        let mut zone = Zone::new("2026-03-01T14:00");
        let row = CertificateRow {
            fingerprint: [9; 32],
            code: owner.into(),
            from: day(from),
            until: until.map(day),
            ..CertificateRow::default()
        };
        zone.register(RegisterKind::Certificates, &[row]);
        let outcome = zone.clear(&Parcel::new(1));
        assert_eq!(codes(&outcome), if reason.is_empty() { vec![] } else { vec![reason] }, "{owner} {from} {until:?}");
        assert!(reason.is_empty() || outcome.receipts[0].shown.status == -621029);
    }
}

#[test]
fn a_buyer_under_age_is_let_in_and_scored() {
    let mut zone = Zone::new("2026-03-01T14:00");
    let mut parcel = Parcel::new(1);
    parcel.list.buyer.id_check = IdCheck::ValidMinor;
    let outcome = zone.clear(&parcel);
    assert_eq!((outcome.verdict, codes(&outcome), outcome.risk), (Verdict::Released, vec!["BUYER_MINOR"], 10));
}

/// 711, and the registry's rows that name a ledger.
#[test]
fn parcels_come_into_the_place_of_a_registered_operator() {
    type Change = fn(&mut Delivery);
    let table: &[(Change, &str)] = &[
        (|_| {}, ""),
        (|d| d.operator_code = "AGENT".into(), ""),
        (|d| d.operator_code = "CARRIER".into(), "PARTY_ROLE"),
        (|d| d.operator_code = "NOBODY".into(), "PARTY_UNKNOWN"),
        (|d| d.ie_flag = "E".into(), "IMPORT_FLAG"),
        (|d| d.waybills.clear(), "NO_LINES"),
        (|d| d.head.action = Action::Change, "ACTION_NOT_POSSIBLE"),
    ];
    for (n, (change, reason)) in table.iter().enumerate() {
        let mut zone = Zone::new("2026-03-01T14:00");
        let mut delivery = Delivery {
            head: Head { app_status: "2".into(), ..Head::default() },
            operator_code: "AREA".into(),
            cop_no: "D1".into(),
            ie_flag: "I".into(),
            waybills: vec!["LG1".into()],
            ..Delivery::default()
        };
        change(&mut delivery);
        let outcome = zone.send(Document::Delivery(delivery.clone()));
        match *reason {
            "" => {
                assert_eq!((outcome.verdict, codes(&outcome)), (Verdict::Accepted, vec![]), "row {n}");
                let statuses: Vec<i32> = outcome.receipts.iter().map(|r| r.shown.status).collect();
                assert_eq!(statuses, [2, 120, 399]);
                assert_eq!(zone.send(Document::Delivery(delivery.clone())).verdict, Verdict::Repeated);
                delivery.waybills.push("LG2".into());
                assert_eq!(codes(&zone.send(Document::Delivery(delivery))), ["DUPLICATE_KEY"]);
            }
            reason => assert_eq!(codes(&outcome), [reason], "row {n}"),
        }
    }
}

#[test]
fn opening_stock_is_corrected_by_registration_until_goods_have_moved() {
    type Change = fn(&mut StockRow);
    let register = |zone: &mut Zone, change: Change| {
        let mut row = zone.stock().row;
        change(&mut row);
        let rows = vec![row.pack().into()];
        let command = Command::Register(Register { kind: RegisterKind::OpeningStock, rows, ..Register::default() });
        codes(&zone.run(command).outcomes[0])
    };
    let mut zone = Zone::new("2026-03-01T14:00");
    assert_eq!(register(&mut zone, |r| r.qty = Quantity(crate::bonded::ledger::MOST)), [""; 0]);
    assert_eq!(register(&mut zone, |r| r.qty = Quantity(i64::MAX)), ["ROW_FAULT"], "it could not be reckoned with");
    assert_eq!(register(&mut zone, |r| r.qty = Quantity(-i64::MAX)), ["ROW_FAULT"]);
    assert_eq!(register(&mut zone, |r| r.area_code = "AREA2".into()), ["ROW_FAULT"], "the book is another's");
    assert_eq!(register(&mut zone, |r| r.qty = Quantity::whole(4)), [""; 0]);
    for n in 1..=2 {
        zone.clear(&Parcel::new(n).bonded());
    }
    let changes: [Change; 4] = [
        |r| r.qty = Quantity::whole(5),
        |r| r.hs10 = "1901101010".into(),
        |r| r.unit = "140".into(),
        |r| r.expires_on = Some(day("2027-01-01")),
    ];
    for change in changes {
        assert_eq!(register(&mut zone, change), ["ROW_FAULT"], "four tins have left");
    }
    assert_eq!(register(&mut zone, |_| {}), [""; 0], "the same again changes nothing");
    assert_eq!((zone.stock().on_hand, zone.stock().sold), (Quantity(0), Quantity::whole(4)));
}

/// A journal whose policy has no row for it decides as it did: the difference is added while it can be.
#[test]
fn without_the_row_opening_stock_is_corrected_but_not_below_what_has_left() {
    let mut zone = Zone::new("2026-03-01T14:00");
    zone.policy = sample_before("bonded.opening_stock").into();
    for n in 1..=2 {
        zone.clear(&Parcel::new(n).bonded());
    }
    let correct = |zone: &mut Zone, qty: Quantity| {
        let row = StockRow { qty, ..zone.stock().row };
        let rows = vec![row.pack().into()];
        let command = Command::Register(Register { kind: RegisterKind::OpeningStock, rows, ..Register::default() });
        codes(&zone.run(command).outcomes[0])
    };
    assert_eq!(correct(&mut zone, Quantity::whole(3)), ["ROW_FAULT"], "four tins have left");
    assert_eq!(correct(&mut zone, Quantity::whole(4)), [""; 0]);
    assert_eq!((zone.stock().on_hand, zone.stock().sold), (Quantity(0), Quantity::whole(4)));
}
