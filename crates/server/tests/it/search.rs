//! What a search finds, and for whom.

use axum::http::StatusCode;
use trade::account::AccountRow;
use trade::command::{ActorRole, RegisterKind};

use crate::law::{enter, get, sign_in};
use crate::looks::zone;
use crate::running::Running;
use window::filing::security;

async fn found(zone: &Running, cookies: &str, words: &str) -> (StatusCode, String) {
    let query: String = words.bytes().map(|byte| format!("%{byte:02X}")).collect();
    get(zone, cookies, &format!("/zh/search?q={query}")).await
}

#[tokio::test]
async fn a_parcel_is_found_by_goods_heading_and_person_within_the_reader_s_reach_and_by_nobody_else() {
    let Some(zone) = zone().await else {
        eprintln!("skipped: there is no ../shared/data/ceb-samples");
        return;
    };
    zone.settle();
    let officer = enter(&zone, "zhang", ActorRole::Officer, "").await;
    let elsewhere = AccountRow {
        login: "li".into(),
        role: ActorRole::Officer,
        office: "9999".into(),
        password_hash: server::sign::hash_password(crate::law::PASSWORD).expect("hashed").into(),
        ..AccountRow::default()
    };
    zone.house.window().register(&security("test"), RegisterKind::Accounts, &[elsewhere]).expect("let in");
    let elsewhere = sign_in(&zone, "li").await;
    let seller = enter(&zone, "seller", ActorRole::Enterprise, "1199960EC1").await;
    let agent = enter(&zone, "agent", ActorRole::Enterprise, "1199980AG1").await;
    let stranger = enter(&zone, "stranger", ActorRole::Enterprise, "4602980A01").await;
    // One hit leads to its page. The goods, their heading and code; the buyer's name, telephone and identity number.
    let words = ["奶粉", "婴幼儿配方", "面膜", "1901", "3304990099", "虚构甲", "13000000901", " 110000197102068020 "];
    for word in words {
        for (who, cookies, sees) in [
            ("an officer of all offices", &officer, true),
            ("an officer of another office", &elsewhere, false),
            ("the seller", &seller, true),
            ("the declarant", &agent, true),
            ("another enterprise", &stranger, false),
            ("anybody", &String::new(), false),
        ] {
            let (status, page) = found(&zone, cookies, word).await;
            let wanted = if sees { StatusCode::SEE_OTHER } else { StatusCode::OK };
            assert_eq!(status, wanted, "{who} asks for {word}: {page}");
            assert!(sees || !page.contains("EB20260301000001"), "{who} asks for {word}: {page}");
        }
    }
    // A part of a name, of a telephone or of a number is no person; one character is no word.
    for nothing in ["虚构乙", "1300000090", "11000019710206802", "奶", "190"] {
        let (status, page) = found(&zone, &officer, nothing).await;
        assert!(status == StatusCode::OK && page.contains("没有找到"), "{nothing}: {page}");
    }
}

#[tokio::test]
async fn enterprises_are_found_by_name_and_lead_to_their_lists() {
    let Some(zone) = zone().await else { return };
    zone.settle();
    let officer = enter(&zone, "zhang", ActorRole::Officer, "").await;
    let before = zone.house.window().journal().last();
    let (status, page) = found(&zone, &officer, "虚构跨境电商").await;
    assert!(status == StatusCode::OK && page.contains("1199960EP1"), "{page}");
    assert!(page.contains("/zh/zone/parties/1199960EP1"), "{page}");
    assert_eq!(
        zone.house.window().journal().last(),
        before + 1,
        "where enterprises are named, an official's look stands"
    );
    let (_, page) = found(&zone, &officer, "1199960EC1").await;
    assert!(page.contains("/zh/parcels?seller=1199960EC1"), "{page}");
    let (_, list) = get(&zone, &officer, "/en/parcels?seller=1199960EC1").await;
    assert!(list.contains("1 of 1"), "{list}");
    let (_, list) = get(&zone, &officer, "/en/parcels?seller=1199960EC2").await;
    assert!(!list.contains("EB20260301000001"), "{list}");
    // An enterprise meets those that sell in lists of its own.
    let agent = enter(&zone, "agent", ActorRole::Enterprise, "1199980AG1").await;
    let stranger = enter(&zone, "stranger", ActorRole::Enterprise, "4602980A01").await;
    let (_, page) = found(&zone, &agent, "1199960EC1").await;
    assert!(page.contains("/zh/parcels?seller=1199960EC1") && !page.contains("/zone/parties/"), "{page}");
    let (_, page) = found(&zone, &stranger, "1199960EC1").await;
    assert!(page.contains("没有找到"), "{page}");
}
