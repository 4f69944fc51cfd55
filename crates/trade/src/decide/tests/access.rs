//! A lost password: two administrators, or nobody.

use super::*;
use crate::account::{AccountRow, ApiKeyRow, Recovery};
use crate::registry::GoodsRow;

fn account(login: &str, role: ActorRole, password: &str) -> AccountRow {
    AccountRow { login: login.into(), role, password_hash: password.into(), ..AccountRow::default() }
}

impl Zone {
    fn admits(&mut self, by: &str, rows: &[AccountRow]) -> Vec<&'static str> {
        let by = Actor { id: by.into(), role: ActorRole::Security };
        let rows = rows.iter().map(|row| row.pack().into()).collect();
        let rows = Register { by, kind: RegisterKind::Accounts, rows, part: 1, parts: 1, expected: None };
        let entry = self.run(Command::Register(rows));
        codes(&entry.outcomes[0])
    }

    fn password(&self, login: &str) -> String {
        let key = Key::Account(login.into());
        crate::key::read::<AccountRow>(&self.facts, &key).map_or(String::new(), |a| a.password_hash.to_string())
    }

    fn recovered(&self, login: &str) -> Option<Moment> {
        crate::key::read::<Recovery>(&self.facts, &Key::Recovery(login.into())).and_then(|r| r.since)
    }
}

#[test]
fn one_administrator_alone_never_comes_in_as_another_official() {
    let mut zone = Zone::new("2026-03-01T14:00");
    let officer = |password: &str| [account("zhao", ActorRole::Officer, password)];
    assert_eq!(zone.admits("li", &officer("first")), [""; 0], "a new account is let in by one");
    assert_eq!(zone.admits("li", &officer("second")), ["RECOVERY_PROPOSED"]);
    assert_eq!(zone.admits("li", &officer("third")), ["RECOVERY_SAME_PERSON"]);
    assert_eq!(zone.admits("zhao", &officer("third")), ["RECOVERY_OWN"], "nor the owner, were it an administrator");
    assert_eq!((zone.password("zhao").as_str(), zone.recovered("zhao")), ("first", None));
    // Neither by another role, nor hidden among others, nor by closing and opening again.
    assert_eq!(zone.admits("li", &[account("zhao", ActorRole::Viewer, "x")]), ["RECOVERY_PROPOSED"]);
    let two = [account("new", ActorRole::Viewer, "x"), account("zhao", ActorRole::Officer, "x")];
    assert_eq!(zone.admits("wang", &two), ["RECOVERY_OWN"]);
    let closed = AccountRow { closed: true, ..account("zhao", ActorRole::Officer, "first") };
    assert_eq!(zone.admits("li", &[closed]), [""; 0], "one closes an account");
    assert_eq!(zone.admits("li", &officer("third")), ["RECOVERY_PROPOSED"]);
    assert_eq!(zone.password("zhao"), "first");
    // The other gives the new password, and second factors of before count no more.
    assert_eq!(zone.admits("wang", &officer("fourth")), [""; 0]);
    assert_eq!(zone.password("zhao"), "fourth");
    assert_eq!(zone.recovered("zhao"), Some(zone.now));
    // The next one begins anew, and keeps since when factors count.
    assert_eq!(zone.admits("wang", &officer("fifth")), ["RECOVERY_PROPOSED"]);
    assert!(zone.recovered("zhao").is_some());
}

#[test]
fn a_proposal_waits_a_day_and_enterprises_and_older_laws_need_one() {
    let mut zone = Zone::new("2026-03-01T14:00");
    let officer = |password: &str| [account("zhao", ActorRole::Officer, password)];
    zone.admits("li", &officer("first"));
    assert_eq!(zone.admits("li", &officer("second")), ["RECOVERY_PROPOSED"]);
    zone.now = Moment(zone.now.0 + 24 * crate::time::HOUR_MS);
    assert_eq!(zone.admits("wang", &officer("third")), ["RECOVERY_PROPOSED"], "too late");
    zone.now = Moment(zone.now.0 + 24 * crate::time::HOUR_MS - 1);
    assert_eq!(zone.admits("li", &officer("fourth")), [""; 0]);
    // An enterprise gets one from one administrator, and then its lost second factor counts no more.
    let palm = |password: &str, office: &str| {
        [AccountRow { office: office.into(), ..account("palm", ActorRole::Enterprise, password) }]
    };
    for (by, row, again) in [
        ("li", palm("a", ""), false),
        ("li", palm("a", "6402"), false),
        ("palm", palm("own", "6402"), false),
        ("li", palm("b", "6402"), true),
    ] {
        assert_eq!(zone.admits(by, &row), [""; 0], "{by} {row:?}");
        assert_eq!(zone.recovered("palm"), again.then_some(zone.now), "{by} {row:?}");
    }
    zone.policy = sample_before("recovery_persons").into();
    assert_eq!(zone.admits("li", &officer("fifth")), [""; 0]);
    assert_eq!(zone.password("zhao"), "fifth");
}

#[test]
fn an_enterprise_makes_and_ends_its_own_keys_and_touches_no_others() {
    let mut zone = Zone::new("2026-03-01T14:00");
    let seller = account("shop", ActorRole::Enterprise, "x");
    zone.admits("li", &[AccountRow { enterprise: "460266000A".into(), ..seller }]);
    let key = |n: u8, enterprise: &str| ApiKeyRow {
        hash: [n; 32],
        enterprise: enterprise.into(),
        role: ActorRole::Enterprise,
        ..ApiKeyRow::default()
    };
    let (own, others) = ("460266000A", "460266000B");
    let mut keys = |by: &str, role: ActorRole, rows: &[ApiKeyRow]| {
        let rows = rows.iter().map(|row| row.pack().into()).collect();
        let by = Actor { id: by.into(), role };
        let entry = zone.run(Command::Register(Register {
            by,
            kind: RegisterKind::ApiKeys,
            rows,
            part: 1,
            parts: 1,
            expected: None,
        }));
        let hashes: Vec<u8> = entry.outcomes[0].effects.iter().filter_map(|e| e.key()?.get(1).copied()).collect();
        (codes(&entry.outcomes[0]), hashes.len())
    };
    let enterprise = ActorRole::Enterprise;
    // Who; in which role; which rows; what is said; how many are written.
    assert_eq!(keys("shop", enterprise, &[key(1, own)]), (vec![], 1), "by its account");
    assert_eq!(keys(own, enterprise, &[key(2, own), key(1, own)]), (vec![], 2), "by its key, two at once");
    let nothing = (vec!["KEY_NOT_OWN"], 0);
    assert_eq!(keys("shop", enterprise, &[key(3, others)]), nothing, "no key for another");
    assert_eq!(keys("shop", enterprise, &[key(4, own), key(5, others)]), nothing, "all or none");
    assert_eq!(keys(others, enterprise, &[ApiKeyRow { revoked: true, ..key(1, others) }]), nothing, "not taken over");
    assert_eq!(keys(others, enterprise, &[ApiKeyRow { revoked: true, ..key(1, own) }]), nothing, "nor taken back");
    let officer = ApiKeyRow { role: ActorRole::Officer, ..key(6, own) };
    assert_eq!(keys("shop", enterprise, &[officer]), nothing, "nor one of an official");
    assert_eq!(keys("shop", enterprise, &[key(7, "")]), nothing, "nor one of nobody");
    // Others' keys are for those who let people in.
    assert_eq!(keys("li", ActorRole::Security, &[key(8, others)]), (vec![], 1));
    assert_eq!(keys("zhao", ActorRole::Officer, &[key(9, own)]).0, ["ACTOR_ROLE"]);
    // A closed account makes none.
    let closed = AccountRow { closed: true, enterprise: own.into(), ..account("shop", enterprise, "x") };
    zone.admits("li", &[closed]);
    let rows = vec![key(10, own).pack().into()];
    let by = Actor { id: "shop".into(), role: enterprise };
    let entry = zone.run(Command::Register(Register {
        by,
        kind: RegisterKind::ApiKeys,
        rows,
        part: 1,
        parts: 1,
        expected: None,
    }));
    assert_eq!(codes(&entry.outcomes[0]), ["KEY_NOT_OWN"]);
}

#[test]
fn an_enterprise_files_its_own_goods_all_of_a_file_or_none() {
    let mut zone = Zone::new("2026-03-02T14:00");
    let row = |ebc: &str, item: &str| GoodsRow {
        ebc: ebc.into(),
        item_no: item.into(),
        name_zh: "婴幼儿配方奶粉".into(),
        hs10: "1901101090".into(),
        origin: "609".into(),
        unit: "122".into(),
        unit1: "035".into(),
        qty1: Quantity::parse("0.9").unwrap(),
        from: day("2026-03-02"),
        ..GoodsRow::default()
    };
    let mut files = |role, rows: &[GoodsRow]| {
        let by = Actor { id: "SELLER".into(), role };
        let rows = rows.iter().map(|row| row.pack().into()).collect();
        let rows = Register { by, kind: RegisterKind::Goods, rows, part: 1, parts: 1, expected: None };
        let outcome = zone.run(Command::Register(rows)).outcomes.remove(0);
        let there = |item: &str| {
            let of = Pair { code: "SELLER".into(), number: item.into() };
            crate::key::read::<GoodsRow>(&zone.facts, &Key::Goods(of)).map(|row| (row.version, row.approved))
        };
        (codes(&outcome), there("G-1"))
    };
    let enterprise = ActorRole::Enterprise;
    let wrong = GoodsRow { unit1: "011".into(), ..row("SELLER", "G-2") };
    assert_eq!(files(enterprise, &[row("SELLER", "G-1"), wrong]), (vec!["STATUTORY_UNIT"], None));
    assert_eq!(files(enterprise, &[row("OTHER", "G-1")]), (vec!["FILING_NOT_OWN"], None));
    let approved = GoodsRow { approved: true, ..row("SELLER", "G-1") };
    assert_eq!(files(enterprise, std::slice::from_ref(&approved)), (vec!["FILING_REVIEWED"], None));
    assert_eq!(files(enterprise, &[row("SELLER", "G-1")]), (vec![], Some((1, false))));
    // An operator enters what was reviewed elsewhere; the next version of the enterprise waits again.
    assert_eq!(files(ActorRole::Operator, &[approved]), (vec![], Some((2, true))));
    assert_eq!(files(enterprise, &[row("SELLER", "G-1")]), (vec![], Some((3, false))));
    assert_eq!(files(ActorRole::Consumer, &[row("SELLER", "G-1")]).0, ["ACTOR_ROLE"]);
}
