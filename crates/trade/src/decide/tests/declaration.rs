//! Rules 1.3 and 2.4: what a list is held to alone, on both sides of each border, and the order of reasons.

use super::*;
use crate::finding::Code;

#[test]
fn r20_the_day_of_declaration_is_that_of_acceptance_give_or_take_one() {
    for (declared, reason) in [
        ("2026-02-27", "DECLARED_DAY"),
        ("2026-02-28", ""),
        ("2026-03-01", ""),
        ("2026-03-02", ""),
        ("2026-03-03", "DECLARED_DAY"),
        ("2025-03-01", "DECLARED_DAY"),
    ] {
        let mut zone = Zone::new("2026-03-01T14:00");
        let mut parcel = Parcel::new(1);
        parcel.list.declared_on = day(declared);
        let found = codes(&zone.clear(&parcel));
        assert_eq!(found, if reason.is_empty() { vec![] } else { vec![reason] }, "{declared}");
    }
    // The last day of a leap year's February, and midnight.
    for (now, declared, reason) in [
        ("2024-03-01T00:00:00", "2024-02-29", ""),
        ("2024-03-01T00:00:00", "2024-02-28", "DECLARED_DAY"),
        ("2024-02-29T23:59:59", "2024-02-28", ""),
        ("2023-03-01T00:00:00", "2023-02-28", ""),
    ] {
        let mut zone = Zone::new(now);
        let mut parcel = Parcel::new(1).at(zone.now);
        parcel.list.declared_on = day(declared);
        assert_eq!(codes(&zone.clear(&parcel)).contains(&"DECLARED_DAY"), !reason.is_empty(), "{now} {declared}");
    }
}

#[test]
fn r11_a_remark_on_the_kind_of_article_needs_a_filing_that_is_approved_in_force_and_of_this_code() {
    type Change = fn(&mut GoodsRow);
    let table: &[(Change, bool)] = &[
        (|_| {}, true),
        (|g| g.approved = false, false),
        (|g| g.until = Some(day("2026-03-01")), true),
        (|g| g.until = Some(day("2026-02-28")), false),
        (|g| g.from = day("2026-03-02"), false),
        (|g| g.hs10 = "3304990099".into(), false),
        (|g| g.tags = vec!["industrial-ink".into()], false),
        (|g| g.tags.clear(), false),
    ];
    for (n, (change, listed)) in table.iter().enumerate() {
        let mut zone = Zone::new("2026-03-01T14:00");
        let mut filed = GoodsRow {
            ebc: "SELLER".into(),
            item_no: "SKU1".into(),
            hs10: "3215190000".into(),
            tags: vec!["household-printer-ink".into()],
            from: day("2026-01-01"),
            approved: true,
            ..GoodsRow::default()
        };
        change(&mut filed);
        zone.register(RegisterKind::Goods, &[filed]);
        let mut parcel = Parcel::new(1).goods("3215190000", "1.6");
        parcel.list.lines[0].item_no = "SKU1".into();
        let found = codes(&zone.clear(&parcel));
        assert_eq!(found, if *listed { vec![] } else { vec!["NOT_ON_POSITIVE_LIST"] }, "row {n}");
    }
}

#[test]
fn r11_what_a_seller_filed_against_its_goods_counts_before_anybody_approves() {
    for approved in [true, false] {
        let mut zone = Zone::new("2026-03-01T14:00");
        let filed = GoodsRow {
            ebc: "SELLER".into(),
            item_no: "SKU1".into(),
            tags: vec!["species".into()],
            approved,
            ..GoodsRow::default()
        };
        zone.register(RegisterKind::Goods, &[filed]);
        let mut parcel = Parcel::new(1).goods("3304990099", "1.6");
        parcel.list.lines[0].item_no = "SKU1".into();
        assert!(codes(&zone.clear(&parcel)).contains(&"NOT_ON_POSITIVE_LIST"), "approved: {approved}");
    }
}

#[test]
fn r14_lines_by_weight_agree_with_the_net_weight_within_one_per_cent() {
    for (net, fits) in [("1.6", true), ("1.61616", true), ("1.61617", false), ("1.58416", true), ("1.58415", false)] {
        let mut zone = Zone::new("2026-03-01T14:00");
        let mut parcel = Parcel::new(1);
        parcel.list.net_weight = Quantity::parse(net).unwrap();
        let found = codes(&zone.clear(&parcel));
        assert_eq!(found, if fits { vec![] } else { vec!["NET_WEIGHT_QUANTITY"] }, "{net}");
    }
    let mut zone = Zone::new("2026-03-01T14:00");
    let mut parcel = Parcel::new(1);
    parcel.list.gross_weight = parcel.list.net_weight;
    parcel.waybill.weight = parcel.list.net_weight;
    assert_eq!(zone.clear(&parcel).verdict, Verdict::Released, "gross may equal net");
}

#[test]
fn r15_a_ban_holds_from_its_first_to_its_last_day() {
    // Invented: infant formula of France (305), 2017-12-10 to 2018-03-31.
    for (on, country, banned) in [
        ("2017-12-09", "305", false),
        ("2017-12-10", "305", true),
        ("2018-03-31", "305", true),
        ("2018-04-01", "305", false),
        ("2018-01-01", "609", false),
    ] {
        let mut zone = Zone::new(&format!("{on}T14:00"));
        let mut parcel = Parcel::new(1).at(zone.now);
        parcel.list.lines[0].country = country.into();
        assert_eq!(codes(&zone.clear(&parcel)).contains(&"GOODS_BANNED"), banned, "{on} {country}");
    }
}

/// The sample with these rows instead of a table's own.
fn law_with(file: &str, rows: &str) -> Policy {
    let text = format!("hs_prefix,country,zh,en,from,until,known_from,clause,mark,note\n{rows}");
    let files =
        crate::policy::SAMPLE.iter().map(|(name, own)| (*name, if *name == file { text.as_str() } else { *own }));
    Policy::load(&files.collect::<Vec<_>>()).unwrap()
}

/// What a list of one line of milk powder of this origin is refused with on a day, among these codes.
fn asked_of(policy: &Policy, country: &str, on: &str, bonded: bool, about: Code) -> bool {
    let on = day(on);
    let mut parcel = Parcel::new(1).at(on.starts());
    if bonded {
        parcel = parcel.bonded();
    }
    parcel.list.lines[0].country = country.into();
    let found = crate::verify::list(&parcel.list, on, policy);
    found.iter().any(|finding| finding.code == about && finding.field == "gcode")
}

#[test]
fn direct_parcels_of_goods_under_an_access_list_come_from_its_countries_alone() {
    let policy = law_with(
        "access.csv",
        "19011010,609,婴幼儿配方奶粉,infant formula,2024-01-01,,,示例 (sample),sample,\n\
         19011010,305,婴幼儿配方奶粉,infant formula,2024-01-01,2025-12-31,,示例 (sample),sample,\n",
    );
    for (country, on, bonded, refused) in [
        ("609", "2024-01-01", false, false),
        ("305", "2023-12-31", false, false),
        ("305", "2024-01-01", false, false),
        ("305", "2025-12-31", false, false),
        ("305", "2026-01-01", false, true),
        ("601", "2023-12-31", false, false),
        ("601", "2024-01-01", false, true),
        // Bonded goods were asked when they came in.
        ("601", "2024-01-01", true, false),
    ] {
        let found = asked_of(&policy, country, on, bonded, Code::AccessNotListed);
        assert_eq!(found, refused, "{country} {on} {bonded}");
    }
    let others = law_with("access.csv", "0808,609,苹果,apples,2024-01-01,,,示例 (sample),sample,\n");
    assert!(!asked_of(&others, "601", "2024-01-01", false, Code::AccessNotListed), "goods that no list names");
}

#[test]
fn direct_parcels_hold_nothing_of_the_catalogue_of_what_may_not_be_mailed() {
    let policy = law_with(
        "mail.csv",
        "190110,305,婴幼儿配方奶粉,infant formula,2021-10-20,2025-12-31,,示例 (sample),sample,\n\
         0401,*,生乳,raw milk,2021-10-20,,,示例 (sample),sample,\n",
    );
    for (country, on, bonded, refused) in [
        ("305", "2021-10-19", false, false),
        ("305", "2021-10-20", false, true),
        ("609", "2021-10-20", false, false),
        ("305", "2025-12-31", false, true),
        ("305", "2026-01-01", false, false),
        ("305", "2021-10-20", true, false),
    ] {
        assert_eq!(asked_of(&policy, country, on, bonded, Code::MailBanned), refused, "{country} {on} {bonded}");
    }
    // The sample names cheese and meat from every country, and no milk powder.
    let sample = Policy::sample();
    for (hs, on, banned) in [
        ("0406900000", "2021-10-19", true),
        ("0406900000", "2026-03-01", true),
        ("0201100000", "2016-04-08", true),
        ("0201100000", "2016-04-07", false),
        ("1901101090", "2026-03-01", false),
        ("0402210000", "2026-03-01", false),
    ] {
        assert_eq!(sample.mail_ban(hs, "305", day(on)).is_some(), banned, "{hs} {on}");
    }
    let clause = |on| sample.mail_ban("0406900000", "305", day(on)).map(|row| row.clause.clone()).unwrap_or_default();
    assert!(clause("2021-10-19").contains("1712") && clause("2021-10-20").contains("470"));
    let older: Vec<_> = crate::policy::SAMPLE.iter().filter(|(name, _)| *name != "mail.csv").copied().collect();
    assert!(Policy::load(&older).unwrap().mail_ban("0406900000", "305", day("2026-03-01")).is_none());
}

#[test]
fn r16_two_lines_of_one_book_item_are_counted_together() {
    for (tins, reason) in [(5, ""), (6, "STOCK_SHORT")] {
        let mut zone = Zone::new("2026-03-01T14:00");
        let mut parcel = Parcel::new(1).bonded().priced(5, 120);
        let (mut mine, mut theirs) = (parcel.list.lines[0].clone(), parcel.order.lines[0].clone());
        (mine.gnum, theirs.gnum) = (2, 2);
        (mine.qty, theirs.qty) = (Quantity::whole(tins), Quantity::whole(tins));
        (mine.total, theirs.total) = (Fen::yuan(120 * tins), Fen::yuan(120 * tins));
        parcel.list.lines.push(mine);
        parcel.order.lines.push(theirs);
        parcel.list.net_weight = Quantity::parse("3.2").unwrap();
        parcel.list.gross_weight = Quantity::parse("3.5").unwrap();
        parcel.waybill.weight = parcel.list.gross_weight;
        let goods = Fen::yuan(120 * (5 + tins));
        let tax = Fen(5_460 + 120 * tins * 100 * 91 / 1_000);
        let order = &mut parcel.order;
        (order.goods_value, order.tax_total, order.paid) = (goods, tax, goods.plus(tax));
        parcel.payment.amount = parcel.order.paid;
        let outcome = zone.clear(&parcel);
        assert_eq!(codes(&outcome), if reason.is_empty() { vec![] } else { vec![reason] }, "{tins}");
        let (on_hand, reserved) = (zone.stock().on_hand, zone.stock().reserved);
        assert_eq!((on_hand, reserved), (Quantity::whole(if reason.is_empty() { 0 } else { 10 }), Quantity(0)));
    }
}

#[test]
fn r16_the_book_is_that_of_the_area_operator_and_the_goods_have_not_expired() {
    type Change = fn(&mut StockRow);
    let table: &[(Change, &str)] = &[
        (|s| s.area_code = "AREA2".into(), "ITEM_DIFFERS"),
        (|s| s.unit = "140".into(), "ITEM_DIFFERS"),
        (|s| s.expires_on = Some(day("2026-03-01")), "ITEM_EXPIRED"),
        (|s| s.expires_on = Some(day("2026-03-02")), ""),
        (|s| s.qty = Quantity::whole(2), ""),
        (|s| s.qty = Quantity::parse("1.99999").unwrap(), "STOCK_SHORT"),
    ];
    for (n, (change, reason)) in table.iter().enumerate() {
        let mut zone = Zone::new("2026-03-01T14:00");
        // The registry takes no row into another's book; what older journals hold may be such.
        zone.policy = sample_before("bonded.opening_stock").into();
        let mut row = zone.stock().row;
        change(&mut row);
        zone.register(RegisterKind::OpeningStock, &[row]);
        let found = codes(&zone.clear(&Parcel::new(1).bonded()));
        assert_eq!(found, if reason.is_empty() { vec![] } else { vec![*reason] }, "row {n}");
    }
}

/// 4.1: so much of some goods a person and year, counted and given back like money.
#[test]
fn a_quantity_of_the_year_is_counted_by_person_and_goods() {
    // Two kilograms of sugar a year, twenty of rice.
    let parcel = |n, gcode: &str, kilograms: &str, id: &str, zone: &Zone| {
        Parcel::new(n).goods(gcode, kilograms).bought_by(id).at(zone.now)
    };
    let mut zone = Zone::new("2026-12-31T14:00");
    zone.register(RegisterKind::Manifests, &[manifest("BILL1", "XX1", 100)]);
    let sugar = "1701999000";
    assert_eq!(codes(&zone.clear(&parcel(1, sugar, "1.5", "a", &zone))), [""; 0]);
    assert_eq!(codes(&zone.clear(&parcel(2, sugar, "0.50001", "a", &zone))), ["OVER_ANNUAL_QUANTITY"]);
    assert_eq!(codes(&zone.clear(&parcel(3, sugar, "0.5", "a", &zone))), [""; 0], "exactly two kilograms");
    assert_eq!(codes(&zone.clear(&parcel(4, sugar, "0.1", "a", &zone))), ["OVER_ANNUAL_QUANTITY"]);
    assert_eq!(codes(&zone.clear(&parcel(5, sugar, "2", "b", &zone))), [""; 0], "another person");
    // Returned, it can be bought again.
    let third = parcel(3, sugar, "0.5", "a", &zone);
    let invt_no = zone.case(&third).invt_no;
    let Document::Refund(mut back) = refund(&third, &invt_no, 1, "r1") else { panic!() };
    back.lines[0].gcode = sugar.into();
    assert_eq!(zone.send(Document::Refund(back)).verdict, Verdict::Accepted);
    let arrived = CaseKey { ebc: "AGENT".into(), order_no: "".into() };
    assert_eq!(zone.act(ActKind::Arrive, arrived, "r1", "2026-12-31").verdict, Verdict::Done);
    assert_eq!(codes(&zone.clear(&parcel(6, sugar, "0.25001", "a", &zone))), ["OVER_ANNUAL_QUANTITY"]);
    assert_eq!(codes(&zone.clear(&parcel(7, sugar, "0.25", "a", &zone))), [""; 0], "one of two pieces came back");
    // A new year begins anew.
    zone.now = Moment::parse("2027-01-01T00:00").unwrap();
    assert_eq!(codes(&zone.clear(&parcel(8, sugar, "2", "a", &zone))), [""; 0]);
}

#[test]
fn every_failure_of_a_list_is_told_in_one_receipt() {
    let mut zone = Zone::new("2026-03-01T14:00");
    let mut parcel = Parcel::new(1).bonded().priced(11, 500);
    parcel.list.currency = "502".into();
    parcel.list.buyer.id_check = IdCheck::Invalid;
    parcel.list.address = who("elsewhere");
    let outcome = zone.clear(&parcel);
    let found = codes(&outcome);
    for code in ["OVER_SINGLE_LIMIT", "CURRENCY_NOT_CNY", "ID_NUMBER", "ADDRESS_DIFFERS", "STOCK_SHORT"] {
        assert!(found.contains(&code), "{code} is not among {found:?}");
    }
    assert_eq!(found[0], "OVER_SINGLE_LIMIT");
    let receipt = outcome.receipts.last().unwrap();
    assert_eq!(receipt.shown.status, -621005, "the reason's");
    assert!(receipt.shown.info.contains("142") && receipt.shown.info.contains("地址"), "{}", receipt.shown.info);
}

#[test]
fn the_reason_is_the_first_in_the_order_of_the_rules() {
    use crate::finding::Finding;
    let found = |order: &[(&str, u32)]| {
        let code = |name: &str| *crate::finding::Code::ALL.iter().find(|c| c.name() == name).unwrap();
        let mut findings: Vec<Finding> =
            order.iter().map(|(name, gnum)| Finding::new(code(name), "", "").line(*gnum)).collect();
        super::super::order_reasons(&mut findings);
        findings.iter().map(|f| format!("{}/{}", f.code, f.gnum)).collect::<Vec<_>>()
    };
    // The first three are told line by line.
    assert_eq!(
        found(&[("VALUE_NOT_POSITIVE", 1), ("NOT_ON_POSITIVE_LIST", 2), ("BONDED_ONLY", 1), ("UNPAID", 0)]),
        ["BONDED_ONLY/1", "VALUE_NOT_POSITIVE/1", "NOT_ON_POSITIVE_LIST/2", "UNPAID/0"]
    );
    let order = [
        "UNPAID",
        "PAYMENT_CURRENCY",
        "PAYER_NOT_BUYER",
        "OVER_ANNUAL_QUANTITY",
        "OVER_SINGLE_LIMIT",
        "GENERAL_TRADE_REQUIRED",
        "OVER_ANNUAL_LIMIT",
        "PAYMENT_AMOUNT",
        "GUARANTEE_INSUFFICIENT",
        "ADDRESS_DIFFERS",
    ];
    let backwards: Vec<(&str, u32)> = order.iter().rev().map(|c| (*c, 0)).collect();
    assert_eq!(found(&backwards), order.map(|c| format!("{c}/0")));
    let returns = ["LIST_NOT_FOUND", "RETURN_APPLIED_LATE", "LINE_NOT_FOUND", "RETURN_QUANTITY", "RETURN_ARRIVED_LATE"];
    let backwards: Vec<(&str, u32)> = returns.iter().rev().map(|c| (*c, 0)).collect();
    assert_eq!(found(&backwards), returns.map(|c| format!("{c}/0")));
}

#[test]
fn declared_and_reckoned_tax_may_differ_by_a_fen_for_each_line_and_tax() {
    for (more, reason) in [(3, ""), (4, "TAX_DIFFERS"), (-3, ""), (-4, "TAX_DIFFERS")] {
        let mut zone = Zone::new("2026-03-01T14:00");
        let mut parcel = Parcel::new(1);
        for amount in [&mut parcel.order.tax_total, &mut parcel.order.paid, &mut parcel.payment.amount] {
            *amount = amount.plus(Fen(more));
        }
        let found = codes(&zone.clear(&parcel));
        assert_eq!(found.contains(&"TAX_DIFFERS"), !reason.is_empty(), "{more}: {found:?}");
    }
}
