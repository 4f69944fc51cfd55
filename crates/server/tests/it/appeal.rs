//! Appeals over a running window: asked, filed, refused to the same officer, decided by another, read and proved.

use crate::looks::{KEY, zone};
use crate::person::{BUYER, Visitor, consumer};
use crate::running::{Running, key_of};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use trade::account::AccountRow;
use trade::command::ActorRole;
use window::filing::security;

fn api(who: &str, path: &str, body: Value) -> Request<Body> {
    let request = Request::post(path).header("authorization", format!("Bearer {}", key_of(who)));
    request.header("content-type", "application/json").body(Body::from(body.to_string())).expect("a request")
}

async fn act(zone: &Running, who: &str, act: &str) -> (StatusCode, String) {
    let body = json!({"act": act, "key": KEY, "reason": "the courier's photograph shows another person"});
    let (status, body) = zone.ask(api(who, "/api/v1/acts", body)).await;
    (status, String::from_utf8(body).expect("text"))
}

/// What the preview of an act says, to be sent along.
fn looked_at(page: &str) -> String {
    let after = page.split("name=\"expect\" value=\"").nth(1).unwrap_or_else(|| panic!("nothing to press: {page}"));
    after.split('"').next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_person_wins_on_appeal_what_an_officer_had_denied() {
    let Some(zone) = zone().await else { return eprintln!("skipped: there is no ../shared/data/ceb-samples") };
    let window = zone.house.window();
    window.admit_account(&security("test"), &consumer("me"), BUYER).expect("admitted");
    let second = AccountRow { role: ActorRole::Officer, ..consumer("wu") };
    window.admit_account(&security("test"), &second, "").expect("admitted");
    zone.settle();
    let (me, wu) = (Visitor::of(&zone, "me").await, Visitor::of(&zone, "wu").await);
    let page = me.page("/en/me").await;
    assert!(!page.contains("/en/appeal?key="), "nothing to appeal yet");
    let number =
        page.split("/en/parcels/").nth(1).and_then(|rest| rest.split('"').next()).expect("a parcel").to_owned();
    me.post("/en/me/not-me", &format!("key={number}")).await;
    assert_eq!(act(&zone, "officer", "deny").await.0, StatusCode::OK);

    let page = me.page("/en/me").await;
    assert!(page.contains("used CNY 310.50") && page.contains(&format!("/en/appeal?key={number}")), "{page}");
    let ask = me.page(&format!("/en/appeal?key={number}")).await;
    assert!(ask.contains("2026-04-30") && ask.contains("ARL 20"), "until when it is decided, by which clause: {ask}");
    assert_eq!(me.post("/en/appeal", &format!("key={number}&words=")).await, StatusCode::UNPROCESSABLE_ENTITY);
    let form = format!("key={number}&words=I+was+abroad");
    assert_eq!(me.post("/en/appeal", &form).await, StatusCode::SEE_OTHER);
    assert_eq!(me.post("/en/appeal", &form).await, StatusCode::UNPROCESSABLE_ENTITY, "once");
    let page = me.page("/en/me").await;
    assert!(page.contains("is open and to be decided by 2026-04-30"), "{page}");

    // Four eyes: who denied it is refused, with a clear word; another one reads the ground and decides.
    let (status, said) = act(&zone, "officer", "allow").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(said.contains("FOUR_EYES") && said.contains("another officer"), "{said}");
    let queue = wu.page(&format!("/en/desk?state=appealed&sel={number}")).await;
    assert!(queue.contains("value=\"allow\"") && queue.contains("60 d 10 h"), "with the time left: {queue}");
    assert!(!queue.contains("name=\"result\""), "nothing is to be inspected: {queue}");
    let (en, zh) = (wu.page(&format!("/en/parcels/{number}")).await, wu.page(&format!("/zh/parcels/{number}")).await);
    assert!(en.contains("I was abroad"));
    assert!(en.contains("· generated ·") && zh.contains("· 已生成 ·"), "each in its own language: {zh}");
    let form = format!("act=allow&key={number}&reason=the+photograph");
    assert_eq!(wu.post("/en/desk/act", &form).await, StatusCode::UNPROCESSABLE_ENTITY, "looked at before");
    let expect = looked_at(&wu.submit("/en/desk/look", &form).await);
    assert_eq!(wu.post("/en/desk/act", &format!("{form}&expect={expect}")).await, StatusCode::SEE_OTHER);
    assert_eq!(act(&zone, "officer", "reject").await.0, StatusCode::UNPROCESSABLE_ENTITY, "decided once");

    let page = me.page("/en/me").await;
    assert!(page.contains("used CNY 0.00") && page.contains("set aside and made again"), "{page}");
    let page = me.page(&format!("/en/parcels/{number}")).await;
    assert!(page.contains("CNY 310.50 of the year") && page.contains("not counted"), "the difference in words: {page}");
    let told = zone.json("officer", &format!("/api/v1/explain/{KEY}")).await;
    let appeal = &told["appeals"][0];
    assert_eq!((appeal["of"].as_str(), appeal["end"].as_str()), (Some("identity"), Some("allowed")));
    assert_eq!(appeal["enterprise"], Value::Null, "who the buyer is stands nowhere");
    assert!(appeal["difference"][1]["zh"].as_str().is_some_and(|zh| zh.contains("310.50")), "{appeal}");

    // The decision is a receipt like any other: it proves itself.
    let revision = appeal["decision"].as_u64().expect("an entry");
    let given = window.receipt(revision, 0).expect("read").expect("a receipt");
    assert!(given.receipt.shown.info.contains("撤销原决定"), "{}", given.receipt.shown.info);
    let proof = window.proof(revision, 0, None).expect("read").expect("a proof");
    let xml = server::live::shown(&given).xml;
    let keys = window.head_keys().expect("keys").public();
    let verdict = window::verify::verify(&xml, proof.to_json().to_string().as_bytes(), &keys).verdict;
    assert!(verdict.is_ok(), "{:?}", verdict.err().map(|why| why.words()));
    // And the journal decides the appeal again as it did.
    let replayed = window::replay::replay(&window.config().place, |_, _| {}).expect("replayed");
    assert!(replayed.same, "{replayed:?}");
}

#[tokio::test]
async fn an_enterprise_appeals_over_the_interface_and_strangers_find_nothing() {
    let Some(zone) = zone().await else { return };
    let body = |words: &str| json!({"key": KEY, "words": words});
    let file = |who: &'static str, words: &'static str| zone.ask(api(who, "/api/v1/appeals", body(words)));
    let about = json!({"key": KEY, "about": "R-9", "words": "no such return was refused"});
    let (status, said) = zone.ask(api("1199980AG1", "/api/v1/appeals", about)).await;
    let said = String::from_utf8(said).expect("text");
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{said}");
    assert!(said.contains("NOT_APPEALABLE") && said.contains("released"), "{said}");
    assert_eq!(file("1199980AG1", " ").await.0, StatusCode::UNPROCESSABLE_ENTITY, "a ground is needed");
    assert_eq!(file("4602980A01", "not mine").await.0, StatusCode::NOT_FOUND);
    assert_eq!(file("officer", "not mine").await.0, StatusCode::FORBIDDEN);
    // Of a released list its tax is disputed: the freight was none. Before and after, in amounts.
    let (status, said) = file("1199980AG1", "no freight was paid").await;
    assert_eq!(status, StatusCode::OK, "{}", String::from_utf8_lossy(&said));
    let decide = |values: &'static str| {
        let body = json!({"act": "allow", "key": KEY, "result": values, "reason": "the invoice has none"});
        zone.ask(api("officer", "/api/v1/acts", body))
    };
    let (status, said) = decide("").await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && String::from_utf8_lossy(&said).contains("APPEAL_WORSE"));
    assert_eq!(decide("0:freight=0").await.0, StatusCode::OK);
    zone.settle();
    let told = zone.json("1199980AG1", &format!("/api/v1/explain/{KEY}")).await;
    let appeal = &told["appeals"][0];
    assert_eq!((appeal["of"].as_str(), appeal["end"].as_str()), (Some("tax"), Some("allowed")));
    let tax = |when: &str| appeal["tax"][when]["total_fen"].as_i64().unwrap_or_default();
    assert!(tax("before") == 2_826 && tax("after") < 2_740 && tax("after") > 2_730, "{appeal}");
    let difference = appeal["difference"].to_string();
    assert!(difference.contains("310.50 → 300.50") && difference.contains("allowance"), "{difference}");
    assert_eq!(told["state"], json!("released"), "the parcel stays as it was: {told}");
}
