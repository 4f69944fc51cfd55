//! Appeals about bonded documents that were refused, by rule or by an official.

use super::super::articles::declaration;
use super::*;
use crate::bonded::record::{BookRecord, FormRecord, ListRecord, State as Stage, WriteOffRecord};
use crate::bonded::{self, Allowed, Book, Decision, Filed, Filing, Form, Item, Kind, Line, ListType};
use crate::bonded::{Cause, CountLine, VerificationList, WriteOff};
use crate::key::read;
use crate::pack::Text;
use crate::record::Ruling;

const BOOK: &str = "T6402W000001";

fn head(own_no: &str) -> bonded::Head {
    bonded::Head { own_no: own_no.into(), etps: "AREA".into(), action: "1".into() }
}

impl Zone {
    fn files(&mut self, by: (&str, ActorRole), document: bonded::Document) -> Outcome {
        let (kind, head) = (document.kind(), document.head().clone());
        let mut content = [0_u8; 16];
        let text = format!("{document:?}");
        for (at, byte) in text.bytes().enumerate() {
            content[at % 16] = content[at % 16].wrapping_mul(31).wrapping_add(byte);
        }
        let (own_no, etps) = (head.own_no, head.etps);
        let filed = Filed { document: Some(document), content, kind, own_no, etps, ..Filed::default() };
        let by = Actor { id: by.0.into(), role: by.1 };
        self.run(Command::Bonded(Filing { by, documents: vec![filed], ..Filing::default() })).outcomes.remove(0)
    }

    fn area(&mut self, document: bonded::Document) -> Outcome {
        self.files(("AREA", ActorRole::Enterprise), document)
    }

    fn official(&mut self, who: &str, number: &str, verdict: bonded::Verdict) -> Outcome {
        let head =
            bonded::Head { own_no: format!("{number}{verdict}").into(), etps: "CUSTOMS".into(), action: "1".into() };
        let decision =
            Decision { head, verdict, number: number.into(), reason: "资料不全".into(), ..Decision::default() };
        self.files((who, ActorRole::Officer), bonded::Document::Decision(decision))
    }

    fn ruled(&mut self, (by, role): (&str, ActorRole), kind: ActKind, about: &str, aside: &str) -> Outcome {
        let by = Actor { id: by.into(), role };
        let ruling = Some(Pair { code: "AREA".into(), number: about.into() });
        let act = Act { by, kind, ruling, number: aside.into(), note: [7; 32], ..Act::default() };
        self.run(Command::Act(act)).outcomes.remove(0)
    }

    fn appeals(&mut self, about: &str) -> Outcome {
        self.ruled(("AREA", ActorRole::Enterprise), ActKind::Appeal, about, "")
    }

    fn allows(&mut self, officer: &str, about: &str, aside: &str) -> Outcome {
        self.ruled((officer, ActorRole::Officer), ActKind::AllowAppeal, about, aside)
    }

    fn ruling(&self, about: &str) -> Ruling {
        read(&self.facts, &Key::Ruling(Pair { code: "AREA".into(), number: about.into() })).unwrap_or_default()
    }

    fn last_of(&self, about: &str) -> Appeal {
        self.ruling(about).appeals.last().cloned().unwrap()
    }
}

fn number(outcome: &Outcome) -> Text {
    outcome.receipts.last().unwrap().shown.invt_no.clone()
}

/// Goods that leave the area abroad.
fn list(zone: &Zone, own_no: &str, qty: i64) -> bonded::Document {
    let row = zone.stock().row;
    let line = Line {
        gnum: 1,
        item_no: "1".into(),
        hs10: row.hs10,
        unit: row.unit,
        qty: Quantity::whole(qty),
        price: crate::money::Price::from_yuan_text("10").unwrap(),
        total: Fen::yuan(10 * qty),
        ..Line::default()
    };
    let list = VerificationList {
        head: head(own_no),
        kind: ListType::TaxedOnce,
        direction: "E".into(),
        ems_no: BOOK.into(),
        office: "6402".into(),
        declared: "1".into(),
        supv_mode: "0110".into(),
        lines: vec![line],
        ..VerificationList::default()
    };
    bonded::Document::List(list)
}

fn form(own_no: &str) -> bonded::Document {
    let goods = vec![Allowed { item_no: "1".into(), qty: Quantity::whole(4), ..Allowed::default() }];
    let (from, until) = (day("2026-03-01"), day("2026-06-30"));
    let business = bonded::Business::Testing;
    let form = Form {
        head: head(own_no),
        ems_no: BOOK.into(),
        office: "6402".into(),
        goods,
        from,
        until,
        business,
        ..Form::default()
    };
    bonded::Document::Form(form)
}

fn book(zone: &Zone, own_no: &str, item: &str, hs10: &str) -> bonded::Document {
    let row = zone.stock().row;
    let item = Item {
        seq_no: 1,
        item_no: item.into(),
        hs10: hs10.into(),
        name: row.name,
        unit: row.unit,
        price: row.price,
        ..Item::default()
    };
    let book =
        Book { head: head(own_no), ems_no: BOOK.into(), office: "6402".into(), items: vec![item], ..Book::default() };
    bonded::Document::Book(book)
}

#[test]
fn a_book_that_a_rule_refused_is_decided_again_without_the_reason_that_did_not_hold() {
    let mut zone = zone();
    let refused = zone.area(book(&zone.clone(), "B1", "new", "9999999999"));
    assert_eq!(codes(&refused), ["HS_NOT_IN_TARIFF"]);
    let about = "EMS101 B1";
    // Nobody else's.
    let other = zone.ruled(("OTHER", ActorRole::Enterprise), ActKind::Appeal, about, "");
    assert_eq!(codes(&other), ["CASE_UNKNOWN"]);
    assert_eq!(codes(&zone.appeals("EMS101 B2")), ["CASE_UNKNOWN"]);
    let filed = zone.appeals(about);
    assert_eq!((filed.verdict, filed.receipts[0].shown.status), (Verdict::Accepted, 100));
    assert!(filed.receipts[0].shown.info.contains("2026-04-30"), "{}", filed.receipts[0].shown.info);
    assert_eq!(codes(&zone.appeals(about)), ["APPEAL_ONCE"]);
    assert_eq!(codes(&zone.allows("wu", about, "STOCK_SHORT")), ["NOT_SET_ASIDE"]);
    zone.until("2026-03-20T09:00");
    let mut silent = zone.clone();
    let done = zone.allows("wu", about, "HS_NOT_IN_TARIFF");
    assert_eq!((done.verdict, codes(&done)), (Verdict::Waiting, vec![]), "it waits for an official like any other");
    let told: Vec<i32> = done.receipts.iter().map(|r| r.shown.status).collect();
    assert_eq!(told, [100, 300], "the decision, then what followed");
    let appeal = zone.last_of(about);
    assert_eq!((appeal.end, &appeal.set_aside[..]), (AppealEnd::Allowed, &["HS_NOT_IN_TARIFF".into()][..]));
    assert_eq!(zone.official("lin", BOOK, bonded::Verdict::Approve).verdict, Verdict::Done);
    let of = Pair { code: BOOK.into(), number: "new".into() };
    assert!(read::<crate::record::Stock>(&zone.facts, &Key::Stock(of)).is_some());
    assert_eq!(codes(&zone.appeals(about)), ["NOT_APPEALABLE"], "nothing stands refused");
    assert!(zone.facts.dues.iter().all(|d| d.1 != u32::from(DueKind::AppealSilent.number())), "the clock stands");

    // Silence is an event; a late decision is still one. Without the reason that holds it is refused again, which may be
    // appealed in its turn, but not be decided by the same official.
    silent.until("2026-05-05T00:00");
    assert!(silent.last_of(about).silent.is_some());
    let again = silent.allows("wu", about, "");
    assert_eq!((again.verdict, codes(&again)), (Verdict::Refused, vec!["HS_NOT_IN_TARIFF"]));
    assert_eq!(silent.appeals(about).verdict, Verdict::Accepted);
    assert_eq!(codes(&silent.allows("wu", about, "HS_NOT_IN_TARIFF")), ["FOUR_EYES"]);
    let upheld = silent.ruled(("he", ActorRole::Officer), ActKind::RejectAppeal, about, "");
    assert_eq!(upheld.verdict, Verdict::Done);
    assert_eq!(codes(&silent.appeals(about)), ["APPEAL_ONCE"], "lost is lost");
}

#[test]
fn what_follows_from_a_ledger_is_put_right_there_and_the_list_holds_its_stock_then() {
    let mut zone = zone();
    let there = zone.stock().available();
    let wanted = there.0 / crate::money::SCALE + 1;
    let refused = zone.area(list(&zone.clone(), "L1", wanted));
    assert_eq!(codes(&refused), ["STOCK_SHORT"]);
    let about = "INV101 L1";
    zone.appeals(about);
    let mut short = zone.clone();
    assert_eq!(codes(&short.allows("wu", about, "")), ["STOCK_SHORT"], "nothing is overdrawn");
    assert_eq!(short.stock(), zone.stock());
    let row = zone.stock().row;
    zone.register(RegisterKind::OpeningStock, &[StockRow { qty: Quantity(row.qty.0 + crate::money::SCALE), ..row }]);
    let done = zone.allows("wu", about, "");
    assert_eq!((done.verdict, codes(&done)), (Verdict::Waiting, vec![]));
    let record: ListRecord = read(&zone.facts, &Key::VerificationList(number(&done))).unwrap();
    assert_eq!((record.state, zone.stock().ledger.frozen), (Stage::Waiting, Quantity::whole(wanted)));
    // An official does not consent to the sale inside China: what was held is free, until an appeal that wins.
    let refused = zone.official("lin", &number(&done), bonded::Verdict::Refuse);
    assert_eq!((refused.verdict, zone.stock().ledger.frozen), (Verdict::Done, Quantity(0)));
    assert_eq!(zone.ruling(about).reason, "资料不全");
    zone.appeals(about);
    assert_eq!(codes(&zone.allows("lin", about, "")), ["FOUR_EYES"], "who refused it");
    assert_eq!(codes(&zone.allows("wu", about, "")), ["FOUR_EYES"], "who has decided about it before");
    let done = zone.allows("he", about, "");
    assert_eq!((done.verdict, zone.stock().ledger.frozen), (Verdict::Accepted, Quantity::whole(wanted)));
    let record: ListRecord = read(&zone.facts, &Key::VerificationList(number(&done))).unwrap();
    assert_eq!(record.state, Stage::Passed);
    assert_eq!(done.receipts.last().map(|r| (r.to.as_str(), r.shown.status)), Some(("AREA", 800)));
}

#[test]
fn a_form_that_an_official_refused_is_approved_by_another() {
    let mut zone = zone();
    let waits = zone.area(form("F1"));
    let first = number(&waits);
    zone.official("lin", &first, bonded::Verdict::Refuse);
    let about = "SAS101 F1";
    zone.appeals(about);
    zone.until("2026-03-20T09:00");
    let done = zone.allows("wu", about, "");
    assert_eq!(done.verdict, Verdict::Accepted);
    let now = number(&done);
    let state = |number: &Text| read::<FormRecord>(&zone.facts, &Key::Form(number.clone())).unwrap().state;
    assert_ne!(now, first, "it has a number of its own");
    assert_eq!((state(&first), state(&now)), (Stage::Refused, Stage::Passed));
    assert_eq!(zone.area(form("F1")).verdict, Verdict::Repeated, "the same again gets the first answer");
    // Its time runs.
    zone.until("2026-07-01T00:00");
    assert_ne!(read::<FormRecord>(&zone.facts, &Key::Form(now)).unwrap().state, Stage::Passed);
}

#[test]
fn goods_that_were_not_written_off_are_by_an_appeal_that_wins_and_not_by_one_that_loses() {
    let mut zone = zone();
    let write_off = WriteOff {
        head: head("W1"),
        ems_no: BOOK.into(),
        cause: Cause::ForceMajeure,
        proof: "FIRE-1".into(),
        lines: vec![CountLine { item_no: "1".into(), qty: Quantity::whole(3) }],
    };
    let before = zone.stock().on_hand;
    let waits = zone.area(bonded::Document::WriteOff(write_off));
    assert_eq!(waits.verdict, Verdict::Waiting, "{:?}", codes(&waits));
    zone.official("lin", &number(&waits), bonded::Verdict::Refuse);
    assert_eq!((zone.stock().ledger.frozen, zone.stock().on_hand), (Quantity(0), before));
    let about = "WRITEOFF W1";
    zone.appeals(about);
    let mut lost = zone.clone();
    lost.ruled(("wu", ActorRole::Officer), ActKind::RejectAppeal, about, "");
    assert_eq!(lost.stock(), zone.stock());
    let done = zone.allows("wu", about, "");
    let record: WriteOffRecord = read(&zone.facts, &Key::WriteOff(number(&done))).unwrap();
    assert_eq!((record.state, zone.stock().on_hand), (Stage::Done, before.minus(Quantity::whole(3))));
}

#[test]
fn of_a_book_only_what_was_refused_is_approved_and_the_rest_waits_on() {
    let mut zone = zone();
    let hs10 = zone.stock().row.hs10;
    zone.area(book(&zone.clone(), "B1", "one", &hs10));
    zone.official("lin", BOOK, bonded::Verdict::Refuse);
    zone.area(book(&zone.clone(), "B2", "two", &hs10));
    zone.appeals("EMS101 B1");
    assert_eq!(zone.allows("wu", "EMS101 B1", "").verdict, Verdict::Accepted);
    let there = |zone: &Zone, item: &str| {
        let of = Pair { code: BOOK.into(), number: item.into() };
        read::<crate::record::Stock>(&zone.facts, &Key::Stock(of)).is_some()
    };
    assert!(there(&zone, "one") && !there(&zone, "two"));
    let record: BookRecord = read(&zone.facts, &Key::Book(BOOK.into())).unwrap();
    assert_eq!((record.state, record.waiting.len()), (Stage::Passed, 1));
    assert_eq!(zone.official("lin", BOOK, bonded::Verdict::Approve).verdict, Verdict::Done);
    assert!(there(&zone, "two"));

    // A new book.
    let mut fresh = match book(&zone, "B3", "1", &hs10) {
        bonded::Document::Book(book) => book,
        _ => unreachable!(),
    };
    fresh.ems_no = "T6402W000009".into();
    zone.area(bonded::Document::Book(fresh));
    zone.official("lin", "T6402W000009", bonded::Verdict::Refuse);
    zone.appeals("EMS101 B3");
    assert_eq!(zone.allows("wu", "EMS101 B3", "").verdict, Verdict::Accepted);
    let record: BookRecord = read(&zone.facts, &Key::Book("T6402W000009".into())).unwrap();
    assert_eq!(record.state, Stage::Passed);
}

#[test]
fn a_document_that_is_filed_again_and_taken_in_overtakes_the_appeal_and_the_clocks_are_kept() {
    let mut zone = zone();
    let hs10 = zone.stock().row.hs10;
    zone.area(book(&zone.clone(), "B1", "new", "9999999999"));
    let first = zone.ruling("EMS101 B1").decided.unwrap().place;
    zone.area(book(&zone.clone(), "B1", "new", "9999999999"));
    assert_eq!(zone.ruling("EMS101 B1").decided.unwrap().place, first, "the same again is no new decision");
    let mut late = zone.clone();
    zone.appeals("EMS101 B1");
    assert_eq!(zone.area(book(&zone.clone(), "B1", "new", &hs10)).verdict, Verdict::Waiting);
    assert_eq!(zone.last_of("EMS101 B1").end, AppealEnd::Overtaken);
    assert!(zone.facts.dues.iter().all(|d| d.1 != u32::from(DueKind::AppealSilent.number())), "the clock stands");
    assert_eq!(codes(&zone.allows("wu", "EMS101 B1", "")), ["ACT_NOT_POSSIBLE"]);
    // 60 days from 2026-03-01.
    for (on, expected) in [("2026-04-30T23:59", vec![]), ("2026-05-07T00:00", vec!["APPEAL_LATE"])] {
        late.until(on);
        assert_eq!(codes(&late.clone().appeals("EMS101 B1")), expected, "{on}");
    }
}

const PARCEL: &str = "ARTICLES EX1";

impl Zone {
    /// About what somebody declared, or filed.
    fn ruled_of(&mut self, of: (&str, &str), by: (&str, ActorRole), kind: ActKind, found: &str) -> Outcome {
        let (by, ruling) = (Actor { id: by.0.into(), role: by.1 }, Pair { code: of.0.into(), number: of.1.into() });
        let act = Act { by, kind, ruling: Some(ruling), number: found.into(), note: [7; 32], ..Act::default() };
        self.run(Command::Act(act)).outcomes.remove(0)
    }
}

#[test]
fn the_tax_of_articles_is_lower_by_an_appeal_and_never_higher() {
    let of = ("CARRIER", PARCEL);
    let wu = ("wu", ActorRole::Officer);
    let (carrier, me) = (("CARRIER", ActorRole::Enterprise), ("me", ActorRole::Consumer));
    let mut zone = zone();
    let free = zone.articles(declaration("POST", ActorRole::Enterprise, &[("1", 38_400)]));
    assert_eq!(free.verdict, Verdict::Released);
    let none = zone.ruled_of(("POST", PARCEL), ("POST", ActorRole::Enterprise), ActKind::Appeal, "");
    assert_eq!(codes(&none), ["CASE_UNKNOWN"], "there is nothing against anybody");
    // 600.00 at 20 %: 120.00, by the operator for the person.
    zone.articles(declaration("CARRIER", ActorRole::Enterprise, &[("2", 60_000)]));
    let number = zone.articles_state("CARRIER").unwrap().number;
    assert_eq!(codes(&zone.ruled_of(of, ("other", ActorRole::Consumer), ActKind::Appeal, "")), ["CASE_UNKNOWN"]);
    let mut paid = zone.clone();
    let filed = zone.ruled_of(of, me, ActKind::Appeal, "");
    assert_eq!((filed.verdict, filed.receipts[0].to.as_str()), (Verdict::Accepted, "CARRIER"), "whose they are");
    for (found, code) in [
        ("", "APPEAL_WORSE"),
        ("1:value=700.00", "APPEAL_WORSE"),
        ("1:colour=red", "APPEAL_VALUE"),
        ("2:value=1.00", "APPEAL_VALUE"),
        ("1:value=-1", "APPEAL_VALUE"),
        ("1:value=1000.01", "ARTICLES_OVER_LIMIT"),
    ] {
        let before = zone.articles_state("CARRIER");
        assert_eq!(codes(&zone.ruled_of(of, wu, ActKind::AllowAppeal, found)), [code], "{found}");
        assert_eq!(zone.articles_state("CARRIER"), before, "{found}");
    }
    let mut free = zone.clone();
    let done = zone.ruled_of(of, wu, ActKind::AllowAppeal, "1:value=400.00");
    assert_eq!((done.verdict, codes(&done)), (Verdict::Accepted, vec!["CORRECTED_LINE"]));
    let state = zone.articles_state("CARRIER").unwrap();
    assert_eq!((state.status, state.verdict.due), (399, Fen(8_000)));
    assert_eq!(done.receipts[0].shown.articles.as_deref(), Some(&state.verdict), "the receipt proves the figures");
    zone.act(ActKind::Pay, CaseKey::default(), &number, "");
    assert_eq!(zone.articles_state("CARRIER").unwrap().status, 800);
    // That is a decision in its turn, for another official.
    assert_eq!(zone.ruled_of(of, carrier, ActKind::Appeal, "").verdict, Verdict::Accepted);
    assert_eq!(codes(&zone.ruled_of(of, wu, ActKind::AllowAppeal, "1:band=1")), ["FOUR_EYES"]);
    let done = zone.ruled_of(of, ("he", ActorRole::Officer), ActKind::AllowAppeal, "1:band=1");
    let state = zone.articles_state("CARRIER").unwrap();
    // 400.00 at 13 %: 52.00, paid 80.00.
    assert_eq!((done.verdict, state.verdict.due, state.to_repay), (Verdict::Released, Fen(5_200), Fen(2_800)));
    // 250.00 at 20 %: 50.00 is free.
    let done = free.ruled_of(of, wu, ActKind::AllowAppeal, "1:value=250.00");
    assert_eq!((done.verdict, free.articles_state("CARRIER").unwrap().status), (Verdict::Released, 800));
    assert_eq!(codes(&free.ruled_of(of, me, ActKind::Appeal, "")), ["NOT_APPEALABLE"]);
    // Upheld.
    paid.ruled_of(of, carrier, ActKind::Appeal, "");
    assert_eq!(paid.ruled_of(of, wu, ActKind::RejectAppeal, "").verdict, Verdict::Done);
    assert_eq!(codes(&paid.ruled_of(of, me, ActKind::Appeal, "")), ["APPEAL_ONCE"]);
}

#[test]
fn before_the_tariff_law_the_tax_of_articles_was_paid_first() {
    for (on, expected) in [("2024-11-30T10:00", vec!["APPEAL_UNPAID"]), ("2024-12-01T10:00", vec![])] {
        let mut zone = Zone::new(on);
        zone.articles(declaration("CARRIER", ActorRole::Enterprise, &[("2", 60_000)]));
        let by = ("CARRIER", ActorRole::Enterprise);
        assert_eq!(codes(&zone.ruled_of(("CARRIER", PARCEL), by, ActKind::Appeal, "")), expected, "{on}");
        let number = zone.articles_state("CARRIER").unwrap().number;
        zone.act(ActKind::Pay, CaseKey::default(), &number, "");
        let again = zone.ruled_of(("CARRIER", PARCEL), by, ActKind::Appeal, "");
        assert_eq!(again.verdict == Verdict::Accepted, expected.len() == 1, "{on}");
    }
}

#[test]
fn articles_that_were_goods_are_articles_by_an_appeal_or_declared_anew() {
    let (of, by, wu) = (("CARRIER", PARCEL), ("CARRIER", ActorRole::Enterprise), ("wu", ActorRole::Officer));
    let mut zone = zone();
    let goods = declaration("CARRIER", ActorRole::Enterprise, &[("3", 120_000)]);
    assert_eq!(codes(&zone.articles(goods.clone())), ["ARTICLES_OVER_LIMIT"]);
    zone.ruled_of(of, by, ActKind::Appeal, "");
    zone.articles(goods);
    let mut anew = zone.clone();
    assert_eq!(codes(&zone.ruled_of(of, wu, ActKind::AllowAppeal, "")), ["ARTICLES_OVER_LIMIT"], "still open");
    let done = zone.ruled_of(of, wu, ActKind::AllowAppeal, "0:indivisible=yes");
    let state = zone.articles_state("CARRIER").unwrap();
    assert_eq!((done.verdict, state.status, state.verdict.due), (Verdict::Accepted, 399, Fen(60_000)));
    assert!(zone.act(ActKind::Pay, CaseKey::default(), &state.number, "").verdict == Verdict::Released);
    // Declared otherwise meanwhile: the appeal has lost its object.
    anew.articles(declaration("CARRIER", ActorRole::Enterprise, &[("1", 30_000)]));
    let ruling: Ruling = read(&anew.facts, &Key::Ruling(Pair { code: of.0.into(), number: of.1.into() })).unwrap();
    assert_eq!((ruling.appeals[0].end, ruling.decided), (AppealEnd::Overtaken, None));
    assert!(anew.facts.dues.iter().all(|d| d.1 != u32::from(DueKind::AppealSilent.number())), "the clock stands");
}

#[test]
fn a_filing_of_goods_that_was_refused_is_reviewed_by_another() {
    let (of, by) = (("SELLER", "GOODS G-1"), ("SELLER", ActorRole::Enterprise));
    let mut zone = zone();
    let row = GoodsRow { ebc: "SELLER".into(), item_no: "G-1".into(), from: day("2026-01-01"), ..GoodsRow::default() };
    zone.register(RegisterKind::Goods, std::slice::from_ref(&row));
    let filed = |zone: &Zone| {
        let at = Key::Goods(Pair { code: "SELLER".into(), number: "G-1".into() });
        read::<GoodsRow>(&zone.facts, &at).unwrap()
    };
    assert_eq!(codes(&zone.ruled_of(of, by, ActKind::Appeal, "")), ["CASE_UNKNOWN"], "it waits for its review");
    let review = |zone: &mut Zone, who: &str, value: i64| {
        let (by, case) =
            (Actor { id: who.into(), role: ActorRole::Officer }, CaseKey { ebc: "SELLER".into(), order_no: "".into() });
        let act = Act { by, kind: ActKind::Approve, case, number: "G-1".into(), value, ..Act::default() };
        zone.run(Command::Act(act)).outcomes.remove(0)
    };
    review(&mut zone, "lin", 0);
    zone.ruled_of(of, by, ActKind::Appeal, "");
    assert_eq!(codes(&zone.ruled_of(of, ("lin", ActorRole::Officer), ActKind::AllowAppeal, "")), ["FOUR_EYES"]);
    let (mut lost, mut silent, mut anew, mut other) = (zone.clone(), zone.clone(), zone.clone(), zone.clone());
    let done = zone.ruled_of(of, ("wu", ActorRole::Officer), ActKind::AllowAppeal, "");
    assert_eq!((done.verdict, filed(&zone).approved), (Verdict::Accepted, true));
    let told = &done.receipts[0];
    assert_eq!((told.shown.kind, told.to.as_str(), told.shown.status), (MessageKind::FilingReturn, "SELLER", 800));
    lost.ruled_of(of, ("wu", ActorRole::Officer), ActKind::RejectAppeal, "");
    assert!(!filed(&lost).approved);
    silent.until("2026-05-05T00:00");
    let ruling: Ruling = read(&silent.facts, &Key::Ruling(Pair { code: of.0.into(), number: of.1.into() })).unwrap();
    assert!(ruling.appeals[0].silent.is_some() && !filed(&silent).approved);
    // Another version, or another review, takes the place of what was decided.
    anew.register(RegisterKind::Goods, &[row]);
    review(&mut other, "zhao", 1);
    for zone in [&mut anew, &mut other] {
        assert_eq!(
            codes(&zone.ruled_of(of, ("wu", ActorRole::Officer), ActKind::AllowAppeal, "")),
            ["ACT_NOT_POSSIBLE"]
        );
    }
}

#[test]
fn a_policy_without_the_row_notes_nothing() {
    let mut zone = zone();
    let files: Vec<(&str, String)> = crate::policy::SAMPLE
        .iter()
        .map(|(name, text)| (*name, text.replace("\"appeal.bonded\"\nvalue = 1", "\"appeal.bonded\"\nvalue = 0")))
        .collect();
    zone.policy = Policy::load(&files).unwrap().into();
    zone.area(book(&zone.clone(), "B1", "new", "9999999999"));
    assert_eq!(zone.ruling("EMS101 B1"), Ruling::default());
    assert_eq!(codes(&zone.appeals("EMS101 B1")), ["CASE_UNKNOWN"]);
    assert_eq!(Kind::Book.name(), "EMS101");
}

#[test]
fn a_review_of_a_filing_is_answered_with_a_receipt_that_says_what_was_filed_where_the_law_asks_for_it() {
    let row = GoodsRow {
        ebc: "SELLER".into(),
        item_no: "G-1".into(),
        name_zh: "奶粉".into(),
        hs10: "1901101090".into(),
        from: day("2026-01-01"),
        ..GoodsRow::default()
    };
    let silent = |name: &str, all: &str| match name {
        "parameters.toml" => {
            all.replace("key = \"filing.receipts\"\nvalue = 1", "key = \"filing.receipts\"\nvalue = 0")
        }
        _ => all.to_owned(),
    };
    let files: Vec<_> = crate::policy::SAMPLE.iter().map(|(name, all)| (*name, silent(name, all))).collect();
    for (policy, told) in
        [(crate::policy::Policy::sample(), true), (crate::policy::Policy::load(&files).unwrap(), false)]
    {
        let mut zone = zone();
        zone.policy = policy.into();
        zone.register(RegisterKind::Goods, std::slice::from_ref(&row));
        for (value, status) in [(0, 100), (1, 800)] {
            let by = Actor { id: "lin".into(), role: ActorRole::Officer };
            let case = CaseKey { ebc: "SELLER".into(), order_no: "".into() };
            let act = Act { by, kind: ActKind::Approve, case, number: "G-1".into(), value, ..Act::default() };
            let given = zone.run(Command::Act(act)).outcomes.remove(0).receipts;
            assert_eq!(given.len(), usize::from(told));
            for receipt in given {
                assert_eq!((receipt.to.as_str(), receipt.shown.status), ("SELLER", status));
                let filed = receipt.shown.filing.unwrap();
                assert_eq!((filed.version, filed.name_zh.as_str(), filed.approved), (1, "奶粉", value == 1));
            }
        }
    }
}
