//! Requests among departments over a running window: by page and by program, with receipts that verify, words for the two
//! alone, silence among the alarms, and the enterprise that reads who asked about it.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use trade::account::ApiKeyRow;
use trade::command::{ActorRole, RegisterKind};
use window::filing::security;

use crate::law::{enter, get};
use crate::running::{Running, key_of, post};

const SELLER: &str = "4602960E01";
const OTHER: &str = "4602980A04";

/// A window with a key for each department.
pub fn zone(now: &'static str) -> Running {
    let registry: Vec<_> = traffic::zone::FILES.iter().map(|(t, text)| (*t, (*text).to_owned())).collect();
    let zone = Running::at(now, &registry, &[SELLER, OTHER]);
    let key = |role: &ActorRole| ApiKeyRow {
        hash: store::proof::sha256(key_of(role.name()).as_bytes()),
        label: role.name().into(),
        role: *role,
        ..ApiKeyRow::default()
    };
    let keys: Vec<_> = trade::request::DEPARTMENTS.iter().map(key).collect();
    zone.house.window().register(&security("test"), RegisterKind::ApiKeys, &keys).expect("registered");
    zone
}

pub async fn send(zone: &Running, who: &str, path: &str, body: &Value) -> (StatusCode, Value) {
    let request = Request::post(path).header("authorization", format!("Bearer {}", key_of(who)));
    let request = request.header("content-type", "application/json").body(Body::from(body.to_string()));
    let (status, body) = zone.ask(request.expect("a request")).await;
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

fn received(case: &str) -> Value {
    json!({"set": "receipts", "field": "received", "about": SELLER, "case": case})
}

#[tokio::test]
async fn a_fact_is_asked_answered_and_proved_and_its_enterprise_reads_who_asked() {
    let zone = zone("2026-03-02T10:00");
    let listed = zone.json("tax", "/api/v1/requests").await;
    let may: Vec<_> = listed["may_ask"].as_array().expect("a list").iter().map(|of| of["set"].clone()).collect();
    assert!(may.contains(&json!("receipts")) && !may.contains(&json!("arrears")), "{listed}");
    let (status, problem) =
        send(&zone, "tax", "/api/v1/requests", &json!({"set": "receipts", "field": "class", "about": "0", "case": ""}))
            .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let codes: Vec<_> = problem["problems"].as_array().expect("all").iter().map(|p| p["code"].clone()).collect();
    assert_eq!(codes, ["REQUEST_FORM", "PARTY_UNKNOWN", "REQUEST_NOT_SHARED"], "{problem}");

    let (status, asked) = send(&zone, "tax", "/api/v1/requests", &received("SW-1")).await;
    assert_eq!(status, StatusCode::OK, "{asked}");
    let number = asked["number"].as_str().expect("a number").to_owned();
    let (_, again) = send(&zone, "tax", "/api/v1/requests", &received("SW-1")).await;
    assert_eq!(again["number"], asked["number"], "a program that asks again has one request");
    let at = format!("/api/v1/requests/{number}");
    for stranger in ["market", "officer", OTHER] {
        assert_eq!(zone.get(stranger, &at).await.0, StatusCode::NOT_FOUND, "{stranger}");
    }
    assert_eq!(send(&zone, "market", &at, &json!({"value": "1"})).await.1["code"], "REQUEST_UNKNOWN");
    let seen = zone.json("exchange", &at).await;
    assert_eq!((&seen["mine"], &seen["until"], &seen["state"]), (&json!(true), &json!("2026-03-16"), &json!("open")));

    // Answered on its page.
    let safe = enter(&zone, "safe", ActorRole::Exchange, "").await;
    let (_, page) = get(&zone, &safe, "/en/requests").await;
    assert!(page.contains(&number) && page.contains("Receipts from abroad") && page.contains("Waits"), "{page}");
    let here = format!("/en/requests/{number}");
    let (status, page) = zone.ask(post(&here, &safe, "step=answer&value=")).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && String::from_utf8_lossy(&page).contains("one line"));
    assert_eq!(zone.ask(post(&here, &safe, "step=answer&value=CNY+1200.00")).await.0, StatusCode::SEE_OTHER);
    let told = zone.json("tax", &at).await;
    assert_eq!(
        (&told["value"], &told["state"], &told["mine"]),
        (&json!("CNY 1200.00"), &json!("answered"), &json!(false))
    );

    // Both have a receipt that verifies; one changed byte does not.
    for (login, role) in [("shui", ActorRole::Tax), ("safe2", ActorRole::Exchange)] {
        let cookies = enter(&zone, login, role, "").await;
        let (_, xml) = get(&zone, &cookies, &format!("{here}/receipt.xml")).await;
        let (_, proof) = get(&zone, &cookies, &format!("{here}/proof.json")).await;
        assert!(xml.contains("<value>CNY 1200.00</value>"), "{xml}");
        for (xml, good) in [(xml.clone(), true), (xml.replace("1200.00", "9200.00"), false)] {
            let form = format!("receipt={}&proof={}", quoted(&xml), quoted(&proof));
            let (_, page) = zone.ask(post("/en/verify", "", &form)).await;
            let page = String::from_utf8_lossy(&page).into_owned();
            assert_eq!(page.contains("seal ok"), good, "{page}");
        }
    }
    // The enterprise reads which fact was asked for, by whom and why; another does not.
    let seller = enter(&zone, "seller", ActorRole::Enterprise, SELLER).await;
    let (_, page) = get(&zone, &seller, "/en/requests").await;
    for words in [&number, "SW-1", "Taxation", "Tax Administration Law 6"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert_eq!(get(&zone, &seller, &here).await.0, StatusCode::OK);
    let (_, none) = zone.get(OTHER, "/api/v1/requests").await;
    assert!(!String::from_utf8_lossy(&none).contains(&number));
    let explained = zone.json("officer", "/api/v1/requests").await;
    assert!(!explained.to_string().contains(&number), "customs had no part in it");
}

#[tokio::test]
async fn help_is_told_to_the_two_alone_and_silence_stands_among_the_alarms() {
    let zone = zone("2026-03-02T10:00");
    let words = "请协查王某某的店铺 a made-up matter";
    let question = json!({"kind": "assistance", "to": "market", "about": SELLER, "case": "JC-7",
        "ground": "行政处罚法 第二十六条", "words": words});
    let (status, asked) = send(&zone, "officer", "/api/v1/requests", &question).await;
    assert_eq!(status, StatusCode::OK, "{asked}");
    let number = asked["number"].as_str().expect("a number").to_owned();
    let at = format!("/api/v1/requests/{number}");
    assert_eq!(zone.json("market", &at).await["words"], words);
    assert_eq!(zone.get("tax", &at).await.0, StatusCode::NOT_FOUND);
    assert_eq!(
        zone.get(SELLER, &at).await.0,
        StatusCode::NOT_FOUND,
        "what help is about is not told to the enterprise"
    );
    // The words are nowhere but in the vault.
    let entry = zone.house.window().entry(zone.house.window().journal().last()).expect("read").expect("there");
    assert!(!format!("{entry:?}").contains("made-up"), "{entry:?}");

    zone.clock.set("2026-03-23T23:59");
    zone.house.window().tick().expect("nothing is due");
    let operator = enter(&zone, "boss", ActorRole::Operator, "").await;
    let (_, page) = get(&zone, &operator, "/en/zone/alarms").await;
    assert!(!page.contains(&number), "its last day is not over: {page}");
    zone.clock.set("2026-03-24T00:01");
    assert_eq!(zone.house.window().tick().expect("due"), 1);
    let (_, page) = get(&zone, &operator, "/en/zone/alarms").await;
    assert!(page.contains(&number) && page.contains("should have answered"), "{page}");
    let overdue = zone.json("officer", "/api/v1/alarms/overdue").await;
    assert_eq!(
        (&overdue[0]["number"], &overdue[0]["kind"], &overdue[0]["open"]),
        (&json!(number), &json!("request"), &json!(true))
    );

    let (status, _) = send(&zone, "market", &at, &json!({"words": "查过了 looked into"})).await;
    assert_eq!(status, StatusCode::OK);
    let told = zone.json("officer", &at).await;
    assert_eq!(
        (&told["answer_words"], &told["state"], &told["silent"]),
        (&json!("查过了 looked into"), &json!("answered"), &json!(true))
    );
    assert_eq!(zone.json("officer", "/api/v1/alarms/overdue").await[0]["open"], json!(false), "it was mended");
    let story = zone.house.window().explain(&number, |_| Vec::new(), |_| Vec::new()).expect("told").remove(0);
    assert_eq!(story["state"], "answered");
    assert_eq!(story["events"].as_array().map(Vec::len), Some(3), "asked, silent, answered: {story}");
}

fn quoted(text: &str) -> String {
    text.bytes().map(|b| format!("%{b:02X}")).collect()
}
