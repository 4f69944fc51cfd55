//! What a hostile sender tries: every attempt is a finding, never a panic, and books nothing.

use super::*;

/// Sends a changed parcel, documents in both orders, and says what was found.
fn attempt(name: &str, now: &str, change: impl Fn(&mut Parcel)) -> Vec<&'static str> {
    let mut all = Vec::new();
    for order in [[0, 1, 2, 3], [3, 2, 1, 0]] {
        let mut zone = Zone::new(now);
        // An account book and a year that hold something already.
        let mut first = paid(Parcel::new(9).bonded().at(zone.now), &zone);
        first.list.trade_mode = bonded_mode(&zone).into();
        assert_eq!(zone.clear(&first).verdict, Verdict::Released, "{name}");
        let before = (zone.guarantee(), zone.stock());
        let mut parcel = Parcel::new(1).at(zone.now);
        change(&mut parcel);
        if parcel.list.trade_mode == "1210" {
            parcel.list.trade_mode = bonded_mode(&zone).into();
        }
        let documents = parcel.documents();
        for n in order {
            let outcome = zone.send(documents[n].clone());
            assert_ne!(outcome.verdict, Verdict::Failed, "{name}");
            all.extend(codes(&outcome));
        }
        // Whatever waits is looked at once more.
        while let Some((at, kind, key)) = zone.facts.dues.first().filter(|d| d.1 == 1).cloned() {
            zone.now = at;
            let kind = DueKind::from_number(kind as u16).unwrap();
            all.extend(codes(&zone.run(Command::Due(DueNow { kind, key: key.into(), at })).outcomes[0]));
        }
        let case: Option<Case> = crate::key::read(&zone.facts, &Key::Case(parcel.key()));
        assert!(case.is_none_or(|c| c.status == 100 || c.status < 0), "{name}");
        assert_eq!((zone.guarantee(), zone.stock()), before, "{name}: nothing is booked");
    }
    all
}

/// Before 2020 Sanya was no pilot city of 1210.
fn bonded_mode(zone: &Zone) -> &'static str {
    if zone.now.day() < day("2020-01-17") { "1239" } else { "1210" }
}

/// Paid with the tax that is due on its day.
fn paid(mut parcel: Parcel, zone: &Zone) -> Parcel {
    let tax = crate::verify::assess(&parcel.list, Fen(0), &zone.policy, &mut Vec::new()).unwrap().tax.total();
    parcel.order.tax_total = tax;
    parcel.order.paid = Fen(25_000).plus(tax);
    parcel.payment.amount = parcel.order.paid;
    parcel
}

/// The largest amount that a message can carry.
const LARGEST: Fen = Fen(i64::MAX / 1_000);

/// Makes list and order agree on lines of `qty` at `price`, `n` of them.
fn lines(parcel: &mut Parcel, n: u32, qty: Quantity, price: Price) {
    let (mine, theirs) = (parcel.list.lines[0].clone(), parcel.order.lines[0].clone());
    let total = price.times(qty).unwrap();
    (parcel.list.lines, parcel.order.lines) = (Vec::new(), Vec::new());
    for gnum in 1..=n {
        parcel.list.lines.push(ListLine { gnum, qty, price, total, ..mine.clone() });
        parcel.order.lines.push(OrderLine { gnum, qty, price, total, ..theirs.clone() });
    }
    parcel.order.goods_value = Fen(total.0 * i64::from(n));
}

#[test]
fn huge_and_negative_numbers_are_findings() {
    type Change = fn(&mut Parcel);
    let table: &[(&str, Change)] = &[
        ("the largest of everything", |p| {
            lines(p, 99, Quantity::whole(1), Price(i64::MAX));
            for amount in [&mut p.order.freight, &mut p.order.tax_total, &mut p.order.paid, &mut p.list.freight] {
                *amount = LARGEST;
            }
            (p.list.insured_fee, p.payment.amount) = (LARGEST, LARGEST);
        }),
        ("much of almost nothing", |p| lines(p, 99, Quantity(i64::MAX), Price(1))),
        ("almost nothing of much", |p| lines(p, 99, Quantity(1), Price(i64::MAX))),
        ("much of almost nothing, bonded", |p| {
            *p = p.clone().bonded();
            lines(p, 99, Quantity(i64::MAX), Price(1));
        }),
        ("half of the largest, twice, bonded", |p| {
            *p = p.clone().bonded();
            lines(p, 3, Quantity(i64::MAX / 2), Price(1));
        }),
        ("statutory quantities that overflow", |p| {
            lines(p, 99, Quantity::whole(1), Price(100_000));
            p.list.lines.iter_mut().for_each(|l| l.qty1 = Quantity(i64::MAX));
        }),
        ("quantities of the year that overflow", |p| {
            lines(p, 99, Quantity::whole(1), Price(100_000));
            for line in &mut p.list.lines {
                (line.gcode, line.qty1) = ("1006302000".into(), Quantity(i64::MAX / 2));
            }
            p.list.net_weight = Quantity(i64::MAX);
            p.list.gross_weight = Quantity(i64::MAX);
        }),
        ("weights at both ends", |p| {
            p.list.gross_weight = Quantity(-i64::MAX);
            p.waybill.weight = Quantity(i64::MAX);
        }),
        ("a waybill of less than nothing", |p| {
            p.list.gross_weight = Quantity(i64::MAX);
            p.waybill.weight = Quantity(-i64::MAX);
        }),
        ("negative carriage", |p| {
            (p.list.freight, p.order.freight, p.order.paid, p.payment.amount) =
                (Fen(-1), Fen(-1), Fen(26_274), Fen(26_274));
        }),
        ("negative insurance beside freight", |p| (p.list.freight, p.list.insured_fee) = (Fen(2_000), Fen(-1_000))),
        ("a deduction below zero", |p| {
            (p.order.discount, p.order.paid, p.payment.amount) = (Fen(-100), Fen(27_375), Fen(27_375));
        }),
        ("a deduction of everything", |p| {
            (p.order.discount, p.order.paid, p.payment.amount) = (Fen(27_275), Fen(0), Fen(0));
        }),
        ("negative tax", |p| p.order.tax_total = Fen(-2_275)),
        ("a negative payment", |p| p.payment.amount = Fen(-LARGEST.0)),
        ("negative quantity and price", |p| lines(p, 1, Quantity::whole(-2), Price(-12_000_000))),
        ("a negative line beside a dear one", |p| {
            lines(p, 2, Quantity::whole(1), Price(12_000_000));
            (p.list.lines[1].qty, p.list.lines[1].total) = (Quantity::whole(-1), Fen(-12_000));
            (p.order.lines[1].qty, p.order.lines[1].total) = (Quantity::whole(-1), Fen(-12_000));
        }),
        ("no lines", |p| {
            p.list.lines.clear();
            p.order.lines.clear();
        }),
        ("line 0", |p| (p.list.lines[0].gnum, p.order.lines[0].gnum) = (0, 0)),
        ("the largest line number", |p| (p.list.lines[0].gnum, p.order.lines[0].gnum) = (u32::MAX, u32::MAX)),
        ("a line twice", |p| {
            lines(p, 2, Quantity::whole(1), Price(12_000_000));
            (p.list.lines[1].gnum, p.order.lines[1].gnum) = (1, 1);
        }),
        ("lines that pair otherwise", |p| {
            lines(p, 3, Quantity::whole(1), Price(8_000_000));
            p.list.lines[2].gnum = 2;
        }),
        ("a parcel of parcels", |p| (p.list.pack_no, p.waybill.pack_no) = (u32::MAX, 0)),
        ("a name with a blank that is none", |p| p.list.lines[0].item_name = "奶\u{200b}粉".into()),
        ("a code in full-width digits", |p| p.list.lines[0].gcode = "１９０１１０１０９０".into()),
        ("a code of another length", |p| p.list.lines[0].gcode = "19011010".into()),
        ("an office with letters", |p| p.list.customs_code = "关".into()),
        ("no identity at all", |p| {
            for person in [&mut p.list.buyer, &mut p.order.buyer, &mut p.payment.payer] {
                (person.id, person.id_check) = (Pseudonyms::default(), IdCheck::Unchecked);
            }
        }),
        ("no buyer's name", |p| p.list.buyer.name = Pseudonyms::default()),
        ("no address", |p| {
            p.list.address = Pseudonyms::default();
            p.order.consignee.address = Pseudonyms::default();
            p.waybill.consignee.address = Pseudonyms::default();
        }),
        ("declared at the end of time", |p| p.list.declared_on = Day::ymd(9999, 12, 31).unwrap()),
        ("declared in the Middle Ages", |p| p.list.declared_on = Day::ymd(1583, 1, 1).unwrap()),
        ("paid at the end of time", |p| p.payment.paid_at = Moment::parse_compact("99991231235959").unwrap()),
    ];
    for (name, change) in table {
        // By the law of today, and by that of 2018, which lets in what is above the limits.
        for now in ["2026-03-01T14:00", "2018-06-18T14:00"] {
            let found = attempt(name, now, change);
            assert!(!found.is_empty(), "{name}");
        }
    }
}

#[test]
fn ninety_nine_lines_are_a_list_like_any_other() {
    let mut zone = Zone::new("2026-03-01T14:00");
    let mut parcel = Parcel::new(1);
    lines(&mut parcel, 99, Quantity::whole(1), Price(1_010_000));
    parcel.list.lines.iter_mut().for_each(|l| l.qty1 = Quantity::parse("0.01").unwrap());
    parcel.list.net_weight = Quantity::parse("0.99").unwrap();
    let tax = crate::verify::assess(&parcel.list, Fen(0), &zone.policy, &mut Vec::new()).unwrap().tax;
    parcel.order.tax_total = tax.total();
    parcel.order.paid = parcel.order.goods_value.plus(Fen(1_000)).plus(tax.total());
    parcel.payment.amount = parcel.order.paid;
    let outcome = zone.clear(&parcel);
    assert_eq!((outcome.verdict, codes(&outcome)), (Verdict::Released, vec![]));
    assert_eq!(tax.taxable, Fen(99 * 1_010 + 1_000), "no fen of the freight is lost");
}

#[test]
fn returns_of_absurd_quantities_are_findings() {
    let mut zone = Zone::new("2026-03-01T14:00");
    let parcel = Parcel::new(1).bonded();
    zone.clear(&parcel);
    let invt_no = zone.case(&parcel).invt_no;
    for (n, quantities) in [
        vec![i64::MAX; 99],
        vec![-i64::MAX; 99],
        vec![i64::MAX, -i64::MAX, i64::MAX],
        vec![100_000, -100_000, 200_000],
        vec![200_000, 1],
    ]
    .into_iter()
    .enumerate()
    {
        let Document::Refund(mut back) = refund(&parcel, &invt_no, 1, &format!("r{n}")) else { panic!() };
        let line = back.lines[0].clone();
        back.lines = quantities.into_iter().map(|q| RefundLine { qty: Quantity(q), ..line.clone() }).collect();
        let found = codes(&zone.send(Document::Refund(back)));
        assert!(found.contains(&"RETURN_QUANTITY"), "{n}: {found:?}");
    }
    assert!(zone.case(&parcel).returned.is_empty());
}

#[test]
fn two_parcels_of_one_buyer_in_one_message_do_not_both_pass_a_limit() {
    let mut zone = Zone::new("2026-03-01T14:00");
    zone.register(RegisterKind::Manifests, &[manifest("BILL1", "XX1", 100)]);
    let parcels: Vec<Parcel> = (1..=7).map(|n| Parcel::new(n).priced(1, 4_000)).collect();
    for parcel in &parcels {
        let [order, payment, waybill, _] = parcel.documents();
        for document in [order, payment, waybill] {
            zone.send(document);
        }
    }
    let lists: Vec<Document> = parcels.iter().map(|p| Document::List(p.list.clone())).collect();
    let verdicts: Vec<Verdict> = zone.send_together(&lists).into_iter().map(|o| o.verdict).collect();
    assert_eq!(verdicts, [[Verdict::Released; 6].as_slice(), &[Verdict::Refused]].concat(), "6 * 4,000 of 26,000");
    assert_eq!(zone.used(&parcels[0]), 2_400_000);
}
