//! A consumer over a running window: the own year, "this was not me", and what an officer finds.

use crate::looks::{KEY, zone};
use crate::running::{Running, key_of, post};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::json;
use trade::account::AccountRow;
use trade::command::ActorRole;
use trade::identifiers::{Kind, complete};
use window::filing::{NotAdmitted, security};

/// The buyer of the samples' parcel, as the samples have it.
pub const BUYER: &str = "110000197102068020";
pub const PASSWORD: &str = "a made-up word";

pub fn consumer(login: &str) -> AccountRow {
    let password_hash = server::sign::hash_password(PASSWORD).expect("hashed").into();
    AccountRow { login: login.into(), role: ActorRole::Consumer, password_hash, ..AccountRow::default() }
}

pub struct Visitor<'a>(&'a Running, String);

impl<'a> Visitor<'a> {
    pub async fn of(zone: &'a Running, login: &str) -> Visitor<'a> {
        let form = format!("name={login}&password={}", PASSWORD.replace(' ', "+"));
        let response = post("/en/login", "", &form);
        let response = tower::ServiceExt::oneshot(zone.routes.clone(), response).await.expect("infallible");
        let cookies = response.headers().get_all(header::SET_COOKIE).iter().filter_map(|c| c.to_str().ok());
        let cookies = cookies.map(|c| c.split(';').next().unwrap_or("")).collect::<Vec<_>>().join("; ");
        assert!(response.status().is_redirection(), "{login} may sign in");
        Visitor(zone, cookies)
    }

    pub async fn get(&self, path: &str) -> (StatusCode, String) {
        let request = Request::get(path).header("cookie", &self.1).body(Body::empty()).expect("a request");
        let (status, body) = self.0.ask(request).await;
        (status, String::from_utf8(body).expect("a page"))
    }

    pub async fn page(&self, path: &str) -> String {
        let (status, page) = self.get(path).await;
        assert_eq!(status, StatusCode::OK, "{path}: {page}");
        page
    }

    /// The page that a form leads to.
    pub async fn submit(&self, path: &str, form: &str) -> String {
        let (status, page) = self.0.ask(post(path, &self.1, form)).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        String::from_utf8(page).expect("text")
    }

    pub async fn post(&self, path: &str, form: &str) -> StatusCode {
        self.0.ask(post(path, &self.1, form)).await.0
    }
}

#[tokio::test]
async fn a_person_disowns_a_parcel_the_allowance_comes_back_at_once_and_an_officer_settles_it() {
    let Some(zone) = zone().await else { return eprintln!("skipped: there is no ../shared/data/ceb-samples") };
    let window = zone.house.window();
    let other = complete(Kind::ResidentId, "11000019900101001").expect("a number");
    window.admit_account(&security("test"), &consumer("me"), BUYER).expect("admitted");
    window.admit_account(&security("test"), &consumer("other"), &other).expect("admitted");
    zone.settle();
    let (me, other) = (Visitor::of(&zone, "me").await, Visitor::of(&zone, "other").await);

    let page = me.page("/en/me").await;
    assert!(page.contains("used CNY 310.50, left CNY 25,689.50") && page.contains("28.26"), "{page}");
    let number =
        page.split("/en/parcels/").nth(1).and_then(|rest| rest.split('"').next()).expect("a parcel").to_owned();
    assert!(me.page(&format!("/en/parcels/{number}")).await.contains("28.26"), "the own parcel is seen whole");
    let stranger = other.page("/en/me").await;
    assert!(!stranger.contains(&number) && stranger.contains("used CNY 0.00"), "{stranger}");
    assert!(!other.page(&format!("/en/parcels/{number}")).await.contains("28.26"));

    // What is not one's own is not there.
    assert_eq!(other.get(&format!("/en/me/not-me?key={number}")).await.0, StatusCode::NOT_FOUND);
    for key in [&number, "nothing"] {
        assert_eq!(other.post("/en/me/not-me", &format!("key={key}")).await, StatusCode::NOT_FOUND, "{key}");
    }
    let ask = me.page(&format!("/en/me/not-me?key={number}")).await;
    assert!(ask.contains("310.50") && ask.contains("\u{2212}310.50"), "what it changes stands there first: {ask}");
    let words = "I was abroad then";
    let form = format!("key={number}&words={}", words.replace(' ', "+"));
    assert_eq!(me.post("/en/me/not-me", &form).await, StatusCode::SEE_OTHER);
    let page = me.page("/en/me").await;
    assert!(page.contains("used CNY 0.00") && page.contains("Being looked into, NM2026-"), "{page}");
    assert_eq!(me.post("/en/me/not-me", &form).await, StatusCode::UNPROCESSABLE_ENTITY, "once");
    let last = window.journal().last() - 1;
    let entry = window.journal().entry(last).expect("read").expect("an entry").body().to_vec();
    let holds = |text: &str| entry.windows(text.len()).any(|w| w == text.as_bytes());
    assert!(!holds(BUYER) && !holds(words), "neither the number nor the words stand in the journal");

    // An officer looks into it; the person reads who looked.
    let told = zone.json("officer", &format!("/api/v1/explain/{KEY}")).await;
    assert!(told.to_string().contains(words), "who works on the case reads the words: {told}");
    zone.settle();
    let looks = me.page("/en/looks").await;
    assert!(looks.contains("Customs officer") && !other.page("/en/looks").await.contains("Customs officer"));
    let act = |act: &str| {
        let body = json!({"act": act, "key": number, "reason": "the courier's photograph"}).to_string();
        let request = Request::post("/api/v1/acts").header("authorization", format!("Bearer {}", key_of("officer")));
        request.header("content-type", "application/json").body(Body::from(body)).expect("a request")
    };
    assert_eq!(zone.ask(act("deny")).await.0, StatusCode::OK);
    let page = me.page("/en/me").await;
    assert!(page.contains("used CNY 310.50") && page.contains("Found to be yours"), "{page}");
    assert_eq!(zone.ask(act("uphold")).await.0, StatusCode::UNPROCESSABLE_ENTITY, "settled once");
}

#[tokio::test]
async fn a_consumer_s_account_needs_an_identity_that_fits_and_no_other_has_one() {
    let Some(zone) = zone().await else { return };
    let window = zone.house.window();
    let officer = AccountRow { role: ActorRole::Officer, ..consumer("o") };
    for (row, identity) in [(consumer("a"), ""), (consumer("a"), "110000197102068021"), (officer, BUYER)] {
        let refused = window.admit_account(&security("test"), &row, identity);
        assert!(matches!(refused, Err(NotAdmitted::Identity)), "{identity:?}");
    }
    window.admit_account(&security("test"), &consumer("a"), BUYER).expect("admitted");
    let person = window.accounts().into_iter().find(|row| row.login == "a").expect("an account").person;
    assert!(!person.is_absent());
    let closed = AccountRow { closed: true, person: person.clone(), ..consumer("a") };
    window.admit_account(&security("test"), &closed, "").expect("closed");
    assert_eq!(window.accounts().iter().find(|row| row.login == "a").map(|row| &row.person), Some(&person));
}

/// PIPL 45: the person's own copy holds the plain values of the own documents and of no other person's.
#[tokio::test]
async fn a_person_takes_a_copy_of_all_that_the_window_has_and_others_get_nothing_of_it() {
    let Some(zone) = zone().await else { return eprintln!("skipped: there is no ../shared/data/ceb-samples") };
    let window = zone.house.window();
    let other = complete(Kind::ResidentId, "11000019900101001").expect("a number");
    window.admit_account(&security("test"), &consumer("me"), BUYER).expect("admitted");
    window.admit_account(&security("test"), &consumer("other"), &other).expect("admitted");
    zone.settle();
    let (me, other) = (Visitor::of(&zone, "me").await, Visitor::of(&zone, "other").await);
    assert!(me.page("/en/me").await.contains("/en/me/copy"));
    let copy: serde_json::Value = serde_json::from_str(&me.page("/en/me/copy").await).expect("JSON");
    let parcels = copy["parcels"].as_array().expect("parcels");
    assert_eq!((&copy["form"], parcels.len()), (&json!("onewindow own copy 1"), 1), "{copy}");
    assert_eq!((&parcels[0]["state"], parcels[0]["looks"].is_array()), (&json!("released"), true));
    let documents = parcels[0]["documents"].as_array().expect("documents");
    let messages: Vec<_> = documents.iter().map(|d| d["message"].as_str().unwrap_or_default()).collect();
    assert_eq!(messages, ["CEB311", "CEB411", "CEB511", "CEB621"]);
    for (document, field) in [(0, "buyerIdNumber"), (1, "payerIdNumber"), (3, "buyerIdNumber")] {
        assert_eq!(documents[document]["head"][field], BUYER, "in plain, as it came in: {field}");
    }
    assert!(documents[3]["lines"][0]["gname"].is_string(), "{}", documents[3]);
    assert_eq!(copy["allowance"]["used_fen"], parcels[0]["money"]["allowance_used_fen"]);

    let nothing: serde_json::Value = serde_json::from_str(&other.page("/en/me/copy").await).expect("JSON");
    assert_eq!(nothing["parcels"], json!([]));
    let stranger = zone.ask(Request::get("/en/me/copy").body(Body::empty()).expect("a request")).await;
    assert!(stranger.0.is_redirection() || stranger.0.is_client_error(), "{}", stranger.0);
}
