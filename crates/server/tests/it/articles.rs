//! Personal articles over a running window: declared by the person and by the operator that carries them, read by the
//! person, paid, and proved.

use crate::looks::zone;
use crate::person::{BUYER, Visitor, consumer};
use crate::running::{Running, key_of};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use trade::command::{Act, ActKind, Actor, ActorRole};
use window::filing::security;

const CARRIER: &str = "1199960LG1";

async fn declare(zone: &Running, who: &str, body: &Value) -> (StatusCode, Value) {
    let request = Request::post("/api/v1/articles").header("authorization", format!("Bearer {}", key_of(who)));
    let request = request.header("content-type", "application/json").body(Body::from(body.to_string()));
    let (status, body) = zone.ask(request.expect("a request")).await;
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

fn parcel(waybill: &str, value: &str) -> Value {
    json!({
        "waybill": waybill, "country": "502", "office": "6402", "identity": BUYER,
        "articles": [{"name": "巧克力", "band": "1", "value": value}],
    })
}

#[tokio::test]
async fn a_person_and_an_operator_declare_articles_and_the_window_says_what_they_bear() {
    let Some(zone) = zone().await else { return eprintln!("skipped: there is no ../shared/data/ceb-samples") };
    let window = zone.house.window();
    window.admit_account(&security("test"), &consumer("me"), BUYER).expect("admitted");
    zone.settle();

    // The operator, over the interface: free, taxed, goods, and what is missing.
    let (status, free) = declare(&zone, CARRIER, &parcel("EX1", "384.00")).await;
    assert_eq!((status, &free["fate"], &free["tax_fen"]), (StatusCode::OK, &json!("free"), &json!(4_992)), "{free}");
    let (_, taxed) = declare(&zone, CARRIER, &parcel("EX2", "385.00")).await;
    assert_eq!((&taxed["fate"], &taxed["due_fen"]), (&json!("taxed"), &json!(5_005)), "{taxed}");
    let (status, goods) = declare(&zone, CARRIER, &parcel("EX3", "1000.01")).await;
    assert_eq!((status, &goods["fate"], &goods["state"]), (StatusCode::OK, &json!("goods"), &json!("refused")));
    assert_eq!(goods["findings"][0]["code"], "ARTICLES_OVER_LIMIT");
    let (status, said) = declare(&zone, CARRIER, &parcel("EX4", "ten")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{said}");
    assert!(said.to_string().contains("ARTICLES_FORM"), "{said}");
    let again = declare(&zone, CARRIER, &parcel("EX2", "385.00")).await.1;
    assert_eq!(again["number"], taxed["number"], "a repetition gets the first answer");
    assert_eq!(
        declare(&zone, "1199980AG1", &parcel("EX5", "1.00")).await.0,
        StatusCode::UNPROCESSABLE_ENTITY,
        "no carrier"
    );
    assert_eq!(declare(&zone, "officer", &parcel("EX5", "1.00")).await.0, StatusCode::FORBIDDEN);

    // The person reads what was declared for them, and declares an own parcel by the form.
    let me = Visitor::of(&zone, "me").await;
    let page = me.page("/en/me").await;
    for waybill in ["EX1", "EX2", "EX3"] {
        assert!(page.contains(waybill), "{waybill}: {page}");
    }
    let form = "waybill=EX9&country=110&office=6402&name1=cream&band1=3&value1=800.00&table1=&name2=&band2=1&value2=";
    assert_eq!(me.post("/en/articles", form).await, StatusCode::SEE_OTHER);
    let wrong = "waybill=EX8&country=110&office=6402&name1=cream&band1=3&value1=";
    assert_eq!(me.post("/en/articles", wrong).await, StatusCode::UNPROCESSABLE_ENTITY);
    let person = window.accounts().into_iter().find(|account| account.login == "me").expect("an account").person;
    let mine = window.articles_of(&person, 9).expect("read");
    let waybills: Vec<&str> = mine.iter().map(|of| of.declaration.waybill.as_str()).collect();
    assert_eq!(waybills, ["EX9", "EX3", "EX2", "EX1"]);
    let own = mine[0].state.number.clone();
    let (en, zh) = (me.page(&format!("/en/articles/{own}")).await, me.page(&format!("/zh/articles/{own}")).await);
    assert!(en.contains("CNY 400.00 is to be paid") && zh.contains("应缴进口税 400.00 元"), "{en}");

    // Paid, it is released; the receipt proves the figures, and a changed one does not.
    let officer = Actor { id: "li".into(), role: ActorRole::Officer };
    let act = Act { by: officer, kind: ActKind::Pay, number: own.clone(), ..Act::default() };
    window.act(act, "").expect("paid");
    let en = me.page(&format!("/en/articles/{own}")).await;
    assert!(en.contains("was paid on"), "{en}");
    let xml = me.page(&format!("/en/articles/{own}/receipt.xml")).await;
    let proof = me.page(&format!("/en/articles/{own}/proof.json")).await;
    assert!(xml.contains("<due>400.00</due>") && xml.contains("<fate>taxed</fate>"), "{xml}");
    let keys = window.head_keys().expect("keys").public();
    let verdict = |xml: &str| window::verify::verify(xml.as_bytes(), proof.as_bytes(), &keys).verdict;
    assert!(verdict(&xml).is_ok(), "{:?}", verdict(&xml).err().map(|why| why.words()));
    assert!(verdict(&xml.replace("400.00", "40.00")).is_err());

    let told = window.explain(&own, |_| Vec::new(), |_| Vec::new()).expect("told").remove(0);
    assert_eq!((&told["state"], &told["articles"]["due_fen"]), (&json!("released"), &json!(40_000)));
    let replayed = window::replay::replay(&window.config().place, |_, _| {}).expect("replayed");
    assert!(replayed.same, "{replayed:?}");
}
