//! Personal articles: free, taxed, or goods; who may declare; once; and paid.

use super::*;
use crate::account::AccountRow;
use crate::articles::{ArticlesState, Declaration, Declared, Fate};

pub(super) fn declaration(who_declares: &str, role: ActorRole, articles: &[(&str, i64)]) -> Declaration {
    let article = |(band, value): &(&str, i64)| Declared {
        name: "零食".into(),
        band: (*band).into(),
        value: Fen(*value),
        ..Declared::default()
    };
    let enterprise = if role == ActorRole::Enterprise { who_declares } else { "" };
    let mut content = [0; 16];
    for (n, (band, value)) in articles.iter().enumerate() {
        content[n % 16] ^= (*value as u8).wrapping_add(band.len() as u8);
    }
    Declaration {
        by: Actor { id: who_declares.into(), role },
        enterprise: enterprise.into(),
        waybill: "EX1".into(),
        person: who("id"),
        id_check: IdCheck::Valid,
        country: "502".into(),
        office: "6402".into(),
        articles: articles.iter().map(article).collect(),
        content,
        ..Declaration::default()
    }
}

impl Zone {
    pub(super) fn articles(&mut self, declaration: Declaration) -> Outcome {
        self.run(Command::Articles(declaration)).outcomes.remove(0)
    }

    pub(super) fn articles_state(&self, code: &str) -> Option<ArticlesState> {
        crate::key::read(&self.facts, &Key::Articles(Pair { code: code.into(), number: "EX1".into() }))
    }
}

#[test]
fn articles_are_free_taxed_or_goods_on_both_sides_of_each_border() {
    type Change = fn(&mut Declaration);
    type Row<'a> = (&'a str, &'a [(&'a str, i64)], Change, &'a str, i64);
    let rows: [Row<'_>; 12] = [
        // rules.md 3.8: 384.00 at 13 % is 49.92, 385.00 is 50.05; 250.00 at 20 % is 50.00.
        ("free", &[("1", 38_400)], |_| {}, "free", 0),
        ("pays the whole", &[("1", 38_500)], |_| {}, "taxed", 5_005),
        ("50.00 is free", &[("2", 25_000)], |_| {}, "free", 0),
        ("50.01 is not", &[("2", 25_003)], |_| {}, "taxed", 5_001),
        ("1,000 from elsewhere is within", &[("3", 100_000)], |_| {}, "taxed", 50_000),
        ("1,000.01 is not", &[("3", 100_001)], |_| {}, "goods", 0),
        ("800 from Hong Kong is within", &[("3", 80_000)], |d| d.country = "110".into(), "taxed", 40_000),
        ("800.01 from Hong Kong is not", &[("3", 80_001)], |d| d.country = "110".into(), "goods", 0),
        ("800.01 from Macao is not", &[("3", 80_001)], |d| d.country = "121".into(), "goods", 0),
        ("800.01 from Taiwan is not", &[("3", 80_001)], |d| d.country = "143".into(), "goods", 0),
        ("one indivisible article", &[("3", 120_000)], |d| d.indivisible = true, "taxed", 60_000),
        ("two are not one", &[("3", 60_000), ("3", 60_000)], |d| d.indivisible = true, "goods", 0),
    ];
    for (what, articles, change, fate, due) in rows {
        let mut zone = Zone::new("2026-03-02T10:00");
        let mut declared = declaration("CARRIER", ActorRole::Enterprise, articles);
        change(&mut declared);
        let outcome = zone.articles(declared);
        let state = zone.articles_state("CARRIER").expect("a state");
        assert_eq!((state.verdict.fate.name(), state.verdict.due), (fate, Fen(due)), "{what}: {outcome:?}");
        let (verdict, status) = match state.verdict.fate {
            Fate::Free => (Verdict::Released, 800),
            Fate::Taxed => (Verdict::Accepted, 399),
            Fate::Goods => (Verdict::Refused, 100),
        };
        assert_eq!((outcome.verdict, state.status), (verdict, status), "{what}");
        let receipt = &outcome.receipts[0];
        assert_eq!((receipt.to.as_str(), receipt.shown.status), ("CARRIER", status), "{what}");
        assert_eq!(receipt.shown.articles.as_deref(), Some(&state.verdict), "the receipt proves the figures");
        if fate == "goods" {
            assert_eq!(codes(&outcome), ["ARTICLES_OVER_LIMIT"], "{what}");
        }
    }
}

#[test]
fn a_declaration_says_all_that_it_has_to_by_whom_it_may() {
    type Change = fn(&mut Declaration);
    let rows: [(&str, ActorRole, Change, &[&str]); 12] = [
        ("CARRIER", ActorRole::Enterprise, |_| {}, &[]),
        ("POST", ActorRole::Enterprise, |_| {}, &[]),
        ("AGENT", ActorRole::Enterprise, |_| {}, &["PARTY_ROLE"]),
        ("CARRIER", ActorRole::Enterprise, |d| d.enterprise = "POST".into(), &["ACTOR_ROLE"]),
        ("officer", ActorRole::Officer, |_| {}, &["ACTOR_ROLE"]),
        ("me", ActorRole::Consumer, |_| {}, &[]),
        ("nobody", ActorRole::Consumer, |_| {}, &["ARTICLES_PERSON"]),
        ("CARRIER", ActorRole::Enterprise, |d| d.id_check = IdCheck::Invalid, &["ARTICLES_PERSON"]),
        ("CARRIER", ActorRole::Enterprise, |d| d.waybill = "".into(), &["ARTICLES_FORM"]),
        ("CARRIER", ActorRole::Enterprise, |d| d.country = "X99".into(), &["ARTICLES_FORM"]),
        ("CARRIER", ActorRole::Enterprise, |d| d.articles.clear(), &["ARTICLES_FORM"]),
        (
            "CARRIER",
            ActorRole::Enterprise,
            |d| {
                d.articles[0] = Declared { value: Fen(0), band: "9".into(), ..Declared::default() };
            },
            &["ARTICLES_FORM", "ARTICLES_FORM", "ARTICLES_FORM"],
        ),
    ];
    for (by, role, change, expected) in rows {
        let mut zone = Zone::new("2026-03-02T10:00");
        let me =
            AccountRow { login: "me".into(), role: ActorRole::Consumer, person: who("me"), ..AccountRow::default() };
        zone.facts.map.insert(Key::Account("me".into()).bytes(), me.pack());
        let mut declared = declaration(by, role, &[("1", 1_000)]);
        change(&mut declared);
        assert_eq!(codes(&zone.articles(declared)), expected, "{by}");
    }
}

#[test]
fn a_parcel_is_declared_once_and_released_when_its_tax_is_paid() {
    let mut zone = Zone::new("2026-03-02T10:00");
    let goods = zone.articles(declaration("CARRIER", ActorRole::Enterprise, &[("3", 100_001)]));
    assert_eq!(goods.verdict, Verdict::Refused);
    // Refused, it is mended and sent again under its number.
    let taxed = declaration("CARRIER", ActorRole::Enterprise, &[("1", 38_500)]);
    assert_eq!(zone.articles(taxed.clone()).verdict, Verdict::Accepted);
    let number = zone.articles_state("CARRIER").expect("a state").number;
    assert_eq!(zone.articles(taxed).verdict, Verdict::Repeated);
    let other = zone.articles(declaration("CARRIER", ActorRole::Enterprise, &[("1", 10_000)]));
    assert_eq!(codes(&other), ["DUPLICATE_KEY"]);

    let paid = zone.act(ActKind::Pay, CaseKey::default(), &number, "2026-03-03");
    assert_eq!((paid.verdict, paid.receipts[0].shown.status), (Verdict::Released, 800));
    let state = zone.articles_state("CARRIER").expect("a state");
    assert_eq!((state.status, state.paid_on), (800, Some(day("2026-03-03"))));
    assert_eq!(codes(&zone.act(ActKind::Pay, CaseKey::default(), &number, "")), ["ACT_NOT_POSSIBLE"], "once");

    // The person's declarations are a chain, whoever made them, the newest first.
    let me = AccountRow { login: "me".into(), role: ActorRole::Consumer, person: who("id"), ..AccountRow::default() };
    zone.facts.map.insert(Key::Account("me".into()).bytes(), me.pack());
    assert_eq!(zone.articles(declaration("me", ActorRole::Consumer, &[("1", 100)])).verdict, Verdict::Released);
    let newest: Pair = crate::key::read(&zone.facts, &Key::ArticlesOf(who("id").0[0])).expect("a chain");
    assert_eq!(newest.code, "me");
    assert_eq!(zone.articles_state("me").expect("a state").previous.map(|p| p.code), Some("CARRIER".into()));
}
