//! How parties stand, over a running window: conditions met and missing, certification with its history, powers of
//! attorney given and taken back; by page and by interface.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use trade::account::ApiKeyRow;
use trade::command::{ActorRole, RegisterKind};
use window::filing::operator;

use crate::law::{enter, get};
use crate::running::{Running, key_of, post};

/// As a form writes it.
const PASSWORD: &str = "a+made-up+word";
/// Exports by declarant; and a declarant that it does not know yet.
const SELLER: &str = "4602960E01";
const AGENT: &str = "4602980A04";

fn zone() -> Running {
    let registry: Vec<_> = traffic::zone::FILES.iter().map(|(t, text)| (*t, (*text).to_owned())).collect();
    let zone = Running::at("2026-03-02T10:00", &registry, &[SELLER, AGENT]);
    let officer = ApiKeyRow {
        hash: store::proof::sha256(key_of("officer").as_bytes()),
        label: "officer".into(),
        role: ActorRole::Officer,
        ..ApiKeyRow::default()
    };
    zone.house.window().register(&operator("test"), RegisterKind::ApiKeys, &[officer]).expect("registered");
    zone
}

async fn send(zone: &Running, who: &str, path: &str, body: &Value) -> (StatusCode, Value) {
    let request = Request::post(path).header("authorization", format!("Bearer {}", key_of(who)));
    let request = request.header("content-type", "application/json").body(Body::from(body.to_string()));
    let (status, body) = zone.ask(request.expect("a request")).await;
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

#[tokio::test]
async fn a_principal_gives_a_power_and_takes_it_back_on_its_page_and_by_its_program() {
    let zone = zone();
    let seller = enter(&zone, "seller", ActorRole::Enterprise, SELLER).await;
    let (_, page) = get(&zone, &seller, "/en/company/standing").await;
    for words in ["WT-2026-0001", "50,000.00", "taken back from 2026-02-01", "export lists, returns", "can be used"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let form = format!(
        "agent={AGENT}&number=W-9&matter=export-lists&limit=1200.50&from=2026-03-02&until=2026-06-30&password={PASSWORD}"
    );
    let at = "/en/company/standing/mandates";
    // Not without the password, not what cannot be read.
    let (status, _) = zone.ask(post(at, &seller, &form.replace(PASSWORD, "wrong"))).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let (status, page) = zone.ask(post(at, &seller, &form.replace("1200.50", "much"))).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && String::from_utf8_lossy(&page).contains("cannot be read"));
    let (status, page) = zone.ask(post(at, &seller, &form.replace(AGENT, "0000000000"))).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && String::from_utf8_lossy(&page).contains("not registered"));
    assert_eq!(zone.ask(post(at, &seller, &form)).await.0, StatusCode::SEE_OTHER);
    let told = zone.json(AGENT, "/api/v1/standing").await;
    let had = told["had"].as_array().expect("powers").iter().find(|of| of["number"] == "W-9").expect("the power");
    assert_eq!((&had["other"], &had["limit_fen"], &had["holds"]), (&json!(SELLER), &json!(120_050), &json!(true)));
    assert_eq!(had["matters"], json!(["export-lists"]));
    // By program, and its number stays its own.
    let body = json!({"agent": AGENT, "number": "W-9", "from": "2026-03-02", "until": "2026-06-30"});
    let (status, problem) = send(&zone, SELLER, "/api/v1/mandates", &body).await;
    assert_eq!((status, &problem["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("ROW_FAULT")), "{problem}");
    let (status, _) = send(&zone, SELLER, "/api/v1/mandates/revocation", &json!({"number": "none"})).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let form = format!("revoke=W-9&password={PASSWORD}");
    assert_eq!(zone.ask(post("/en/company/standing/mandates/revoke", &seller, &form)).await.0, StatusCode::SEE_OTHER);
    let told = zone.json(SELLER, "/api/v1/standing").await;
    let given = told["given"].as_array().expect("powers").iter().find(|of| of["number"] == "W-9").expect("it stays");
    assert_eq!((&given["revoked"], &given["holds"]), (&json!("2026-03-02"), &json!(false)));
    // Another enterprise's standing is none of its business.
    let (status, _) = zone.get(SELLER, &format!("/api/v1/parties/{AGENT}")).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_official_vouches_and_suspends_and_the_page_shows_every_step() {
    let zone = zone();
    let officer = enter(&zone, "wu", ActorRole::Officer, "").await;
    let seller = enter(&zone, "seller", ActorRole::Enterprise, SELLER).await;
    let at = format!("/en/zone/parties/{SELLER}");
    let before = zone.house.window().journal().last();
    let (_, page) = get(&zone, &officer, &at).await;
    assert!(page.contains("Sanya Bay Exports") && page.contains("can be used"), "{page}");
    assert!(zone.house.window().journal().last() > before, "the look is written down");
    assert_eq!(get(&zone, &seller, &at).await.0, StatusCode::FORBIDDEN);
    assert_eq!(get(&zone, &officer, "/en/zone/parties/0000000000").await.0, StatusCode::NOT_FOUND);
    let (status, _) = get(&zone, &officer, &format!("/en/zone/parties?code={SELLER}")).await;
    assert_eq!(status, StatusCode::SEE_OTHER);

    let form =
        "grade=suspended&by=Haikou+Customs&method=papers&what=customs-filing&from=2026-03-02&until=&proof=&number=";
    let vouch = format!("{at}/certifications");
    assert_eq!(zone.ask(post(&vouch, &seller, form)).await.0, StatusCode::FORBIDDEN, "nobody vouches for himself");
    assert_eq!(zone.ask(post(&vouch, &officer, form)).await.0, StatusCode::SEE_OTHER);
    let (_, page) = get(&zone, &seller, "/zh/company/standing").await;
    assert!(page.contains("不能办理") && page.contains("Haikou Customs") && page.contains("暂停"), "{page}");
    // Filed anew by the enterprise it stays suspended; verified anew it stands.
    let filed = json!({"what": "customs-filing", "number": "N-2", "from": "2026-03-02"});
    assert_eq!(send(&zone, SELLER, "/api/v1/certifications", &filed).await.0, StatusCode::OK);
    let usable = |told: &Value| told["roles"][0]["usable"] == true;
    assert!(!usable(&zone.json(SELLER, "/api/v1/standing").await));
    let mut verified = json!({"what": "customs-filing", "grade": "verified", "by": "Haikou Customs", "method": "papers",
        "from": "2026-03-02", "until": "2027-03-01"});
    let path = format!("/api/v1/parties/{SELLER}/certifications");
    let (status, problem) = send(&zone, "officer", &path, &verified).await;
    assert_eq!((status, &problem["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("ROW_FAULT")), "no proof");
    verified["proof"] = "ab".repeat(32).into();
    assert_eq!(send(&zone, SELLER, &path, &verified).await.0, StatusCode::FORBIDDEN);
    assert_eq!(send(&zone, "officer", &path, &verified).await.0, StatusCode::OK);
    let told = zone.json("officer", &format!("/api/v1/parties/{SELLER}")).await;
    assert!(usable(&told), "{told}");
    let steps = told["certifications"].as_array().expect("steps");
    let of_filing: Vec<_> = steps.iter().filter(|step| step["what"] == "customs-filing").collect();
    let grades: Vec<_> = of_filing.iter().map(|step| step["grade"].as_str().unwrap_or_default()).collect();
    assert_eq!(grades, ["filed", "verified", "suspended", "filed", "verified"], "nothing is written over");
    assert_eq!(of_filing.iter().filter(|step| step["counts"] == true).count(), 1);
    let replayed = window::replay::replay(&zone.house.window().config().place, |_, _| {}).expect("replayed");
    assert!(replayed.same, "{replayed:?}");
}
