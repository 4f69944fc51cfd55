//! Appeals about what is no list, over a running window: a refused bonded document, what personal articles came to, a
//! refused filing of goods; by page and by interface, decided by an officer who sees first what it does.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use trade::account::ApiKeyRow;
use trade::command::{Act, ActKind, Actor, ActorRole, RegisterKind};
use trade::key::CaseKey;
use trade::registry::Table;
use window::filing::{operator, security};

use crate::correct::hidden;
use crate::law::{enter, get};
use crate::person::{BUYER, Visitor, consumer};
use crate::running::{Running, key_of, post};

const AREA: &str = "4602960W01";
const CARRIER: &str = "1199960LG1";
const SELLER: &str = "1199960EC1";

fn zone() -> Running {
    let registry: Vec<_> = traffic::zone::FILES.iter().map(|(t, text)| (*t, (*text).to_owned())).collect();
    let zone = Running::at("2026-03-02T10:00", &registry, &[AREA, "4601960W02", CARRIER, SELLER]);
    let officer = |login: &str| ApiKeyRow {
        hash: store::proof::sha256(key_of(login).as_bytes()),
        label: login.into(),
        role: ActorRole::Officer,
        ..ApiKeyRow::default()
    };
    let keys = [officer("officer"), officer("another")];
    zone.house.window().register(&security("test"), RegisterKind::ApiKeys, &keys).expect("registered");
    zone
}

async fn send(zone: &Running, who: &str, path: &str, body: &Value) -> (StatusCode, Value) {
    let request = Request::post(path).header("authorization", format!("Bearer {}", key_of(who)));
    let request = request.header("content-type", "application/json").body(Body::from(body.to_string()));
    let (status, body) = zone.ask(request.expect("a request")).await;
    (status, serde_json::from_slice(&body).unwrap_or_else(|_| String::from_utf8_lossy(&body).into_owned().into()))
}

fn book(own_no: &str, hs: &str) -> Vec<u8> {
    let item = json!({"gdsMtno": "MILK-1", "putrecSeqno": "1", "gdecd": hs, "gdsNm": "milk", "dclUnitcd": "122",
        "lawfUnitcd": "035", "natcd": "609", "dclUprcAmt": "80.00"});
    let book = json!({"EMS101": [{"etpsPreentNo": own_no, "etpsno": AREA, "dclTypecd": "1", "putrecNo": "T6402W000901",
        "masterCuscd": "6402", "items": [item]}]});
    book.to_string().into_bytes()
}

#[tokio::test]
async fn a_refused_book_is_appealed_on_its_page_and_decided_as_it_was_looked_at() {
    let zone = zone();
    let told = zone.send(AREA, book("B-1", "9999999999")).await;
    assert!(told[0].to_string().contains("HS_NOT_IN_TARIFF"), "{told:?}");
    zone.settle();
    let key = format!("{AREA}/EMS101/B-1");
    let at = format!("/en/appeals/one?key={}", key.replace('/', "%2F"));

    // Whom it concerns sees it, and nobody else.
    let keeper = enter(&zone, "keeper", ActorRole::Enterprise, AREA).await;
    let (_, list) = get(&zone, &keeper, "/en/appeals").await;
    assert!(list.contains(&key) && list.contains("May be appealed"), "{list}");
    let (_, page) = get(&zone, &keeper, &at).await;
    assert!(page.contains("Your ground") && page.contains("HS_NOT_IN_TARIFF"), "{page}");
    let stranger = enter(&zone, "stranger", ActorRole::Enterprise, "4601960W02").await;
    assert_eq!(get(&zone, &stranger, &at).await.0, StatusCode::NOT_FOUND);
    assert!(!get(&zone, &stranger, "/en/appeals?all=1").await.1.contains(&key));
    let body = json!({"key": key, "words": "not mine"});
    assert_eq!(send(&zone, "4601960W02", "/api/v1/appeals", &body).await.0, StatusCode::NOT_FOUND);

    // Filed, once.
    let form = format!("key={key}&words=the+code+was+published+yesterday");
    assert_eq!(
        zone.ask(post("/en/appeals", &keeper, &format!("key={key}&words="))).await.0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(zone.ask(post("/en/appeals", &keeper, &form)).await.0, StatusCode::SEE_OTHER);
    assert_eq!(zone.ask(post("/en/appeals", &keeper, &form)).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    zone.settle();

    // The officer's queue; the ground; looked at, and done as it was seen.
    let officer = enter(&zone, "wu", ActorRole::Officer, "").await;
    let before = zone.house.window().journal().last();
    let (_, queue) = get(&zone, &officer, "/en/appeals").await;
    assert!(queue.contains(&key) && queue.contains("Appealed"), "{queue}");
    assert!(zone.house.window().journal().last() > before, "the look is written down");
    let (_, page) = get(&zone, &officer, &at).await;
    assert!(page.contains("the code was published yesterday"), "{page}");
    assert!(page.contains("action=\"/en/desk/look\"") && page.contains("value=\"HS_NOT_IN_TARIFF\""), "{page}");
    let form = format!("act=allow&key={key}&reason=published+and+in+force&aside=HS_NOT_IN_TARIFF");
    let (status, look) = zone.ask(post("/en/desk/look", &officer, &form)).await;
    let look = String::from_utf8(look).expect("text");
    assert!(status == StatusCode::OK && look.contains("published and in force"), "{look}");
    let pressed = format!("{form}&expect={}", hidden(&look, "expect"));
    assert_eq!(zone.ask(post("/en/desk/act", &officer, &pressed)).await.0, StatusCode::SEE_OTHER);
    zone.settle();
    for (lang, words) in [("en", "No longer held"), ("zh", "不再成立")] {
        let (_, page) = get(&zone, &keeper, &at.replace("/en/", &format!("/{lang}/"))).await;
        assert!(page.contains(words) && page.contains("T6402W000901"), "{page}");
    }
    let (_, queue) = get(&zone, &officer, "/en/appeals").await;
    assert!(!queue.contains(&key), "decided: {queue}");
    let told = zone.json(AREA, &format!("/api/v1/explain/{}", key.replace('/', "%2F"))).await;
    assert_eq!(told["state"], "settled", "{told}");
    let appeal = &told["appeals"][0];
    assert_eq!((&appeal["of"], &appeal["end"]), (&json!("document"), &json!("allowed")), "{appeal}");
    assert_eq!(appeal["set_aside"], json!(["HS_NOT_IN_TARIFF"]));
    // And the journal decides it again as it did.
    let replayed = window::replay::replay(&zone.house.window().config().place, |_, _| {}).expect("replayed");
    assert!(replayed.same, "{replayed:?}");
}

#[tokio::test]
async fn articles_and_a_filing_are_appealed_by_whom_they_concern_over_the_interface() {
    let zone = zone();
    let window = zone.house.window();
    window.admit_account(&security("test"), &consumer("me"), BUYER).expect("admitted");
    let parcel = json!({
        "waybill": "EX2", "country": "502", "office": "6402", "identity": BUYER,
        "articles": [{"name": "面霜", "band": "2", "value": "600.00"}],
    });
    let (_, told) = send(&zone, CARRIER, "/api/v1/articles", &parcel).await;
    assert_eq!(told["due_fen"], 12_000, "{told}");
    let number = told["number"].as_str().expect("a number").to_owned();
    zone.settle();
    let key = format!("{CARRIER}/ARTICLES/EX2");
    let at = format!("/en/appeals/one?key={}", key.replace('/', "%2F"));
    let me = Visitor::of(&zone, "me").await;
    let page = me.page(&format!("/en/articles/{number}")).await;
    assert!(page.contains(&format!("/en/appeals/one?key={}", key.replace('/', "%2F"))), "{page}");
    assert!(me.page("/en/appeals").await.contains(&key));
    assert_eq!(me.post("/en/appeals", &format!("key={key}&words=it+cost+less")).await, StatusCode::SEE_OTHER);
    zone.settle();
    let decide = |result: &str| json!({"act": "allow", "key": key, "reason": "the invoice", "result": result});
    let (_, told) = send(&zone, "officer", "/api/v1/acts/preview", &decide("1:value=400.00")).await;
    assert_eq!(told["refused"], 0, "{told}");
    let (status, told) = send(&zone, "officer", "/api/v1/acts", &decide("1:value=700.00")).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && told.to_string().contains("APPEAL_WORSE"), "{told}");
    assert_eq!(send(&zone, "officer", "/api/v1/acts", &decide("1:value=400.00")).await.0, StatusCode::OK);
    let page = me.page(&format!("/en/articles/{number}")).await;
    assert!(page.contains("CNY 80.00 is to be paid"), "{page}");
    let page = me.page(&at).await;
    assert!(page.contains("tax to pay CNY 120.00 → 80.00"), "{page}");
    let told = zone.house.window().explain(&number, |_| Vec::new(), |_| Vec::new()).expect("read");
    assert_eq!(told[0]["appeals"][0]["end"], "allowed", "{}", told[0]);
    let xml = me.page(&format!("/en/articles/{number}/receipt.xml")).await;
    assert!(xml.contains("复议决定") && xml.contains("<due>80.00</due>"), "the newest receipt: {xml}");

    // A filing of goods.
    let csv = "ebc,item_no,version,name_zh,name_en,hs10,model,bar_code,origin,unit,unit1,unit2,qty1,qty2,content,tags,from,until,approved\n\
               1199960EC1,NEW-1,1,面霜,cream,3304990099,虚构牌,无,502,035,035,,1,,1,,2026-01-01,,no\n";
    window.import(&operator("test"), Table::Goods, csv).expect("goods");
    let lin = Actor { id: "lin".into(), role: ActorRole::Officer };
    let case = CaseKey { ebc: SELLER.into(), order_no: "".into() };
    window
        .act(Act { by: lin, kind: ActKind::Approve, case, number: "NEW-1".into(), ..Act::default() }, "")
        .expect("refused");
    zone.settle();
    let list = zone.json(SELLER, "/api/v1/appeals").await;
    let line = &list["rulings"][0];
    assert_eq!((&line["key"], &line["state"]), (&json!(format!("{SELLER}/GOODS/NEW-1")), &json!("stands")), "{list}");
    let body = json!({"key": line["key"], "words": "the model was named"});
    let (status, filed) = send(&zone, SELLER, "/api/v1/appeals", &body).await;
    assert!(status == StatusCode::OK && filed["number"].as_str().is_some_and(|n| n.starts_with("FY2026-")), "{filed}");
    zone.settle();
    let queue = zone.json("officer", "/api/v1/appeals").await;
    assert_eq!(queue["rulings"].as_array().map(Vec::len), Some(1), "{queue}");
    let body = json!({"act": "allow", "key": line["key"], "reason": "named indeed"});
    let (status, told) = send(&zone, "another", "/api/v1/acts", &body).await;
    assert!(status == StatusCode::OK && told.to_string().contains("FIL201"), "{told}");
}
