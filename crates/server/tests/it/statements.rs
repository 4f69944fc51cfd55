//! Statements of other bodies over a running window: their real signatures, each byte changed, who brings them, and what
//! stands on the party's page then.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use store::head::HeadKeys;
use store::statement::SignedText;
use trade::command::ActorRole;
use window::filing::operator;

use crate::law::{enter, get};
use crate::requests::zone;
use crate::running::{Running, key_of};

const SELLER: &str = "4602960E01";
const OTHER: &str = "4602980A04";

fn body_keys() -> HeadKeys {
    HeadKeys::new(&[21; 32], &[22; 32])
}

/// A body with keys of both algorithms, for everything.
fn recognised(zone: &Running) {
    let (ed25519, sm2) = body_keys().public().to_text();
    let mut rows = "body,statement,algorithm,key,zh,en,from,until,known_from,clause,mark,note\n".to_owned();
    for kind in ["inspection", "certificate", "credit-class"] {
        for (algorithm, key) in [("ed25519", &ed25519), ("sm2", sm2.as_ref().expect("both"))] {
            rows += &format!("CQC,{kind},{algorithm},{key},认证中心,Centre,2026-01-01,,,协议一 (agreement),sample,\n");
        }
    }
    zone.house.window().adopt(&operator("test"), &[("bodies.csv", rows)]).expect("adopted");
}

fn signed(text: &Value, keys: &HeadKeys) -> String {
    SignedText::sign(&text.to_string(), keys).expect("signed").to_json().to_string()
}

async fn bring(zone: &Running, who: &str, statement: &str) -> (StatusCode, Value) {
    let request = Request::post("/api/v1/statements").header("authorization", format!("Bearer {}", key_of(who)));
    let request = request.header("content-type", "application/json").body(Body::from(statement.to_owned()));
    let (status, body) = zone.ask(request.expect("a request")).await;
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

fn class(number: &str, about: &str) -> Value {
    json!({"body": "CQC", "kind": "credit-class", "number": number, "about": about, "issued": "2026-03-01",
        "from": "2026-03-01", "until": "2026-12-31", "result": "AA"})
}

#[tokio::test]
async fn a_statement_is_taken_on_its_signature_and_one_changed_byte_is_refused() {
    let zone = zone("2026-03-02T10:00");
    let statement = signed(&class("K-1", SELLER), &body_keys());
    let (status, problem) = bring(&zone, "officer", &statement).await;
    assert_eq!((status, &problem["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("STATEMENT_BODY")));
    recognised(&zone);
    let last = || zone.house.window().state().revision();

    // Every byte of what was signed, and of both signatures.
    let json: Value = serde_json::from_str(&statement).expect("JSON");
    let text = json["statement"].as_str().expect("a text");
    let mut refused = 0;
    for at in 0..text.len() {
        let mut bytes = text.as_bytes().to_vec();
        bytes[at] ^= 1;
        let Ok(changed) = String::from_utf8(bytes) else { continue };
        let mut json = json.clone();
        json["statement"] = changed.into();
        let (status, problem) = bring(&zone, "officer", &json.to_string()).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "byte {at}: {problem}");
        refused += 1;
    }
    assert!(refused > 100, "{refused}");
    for which in 0..2 {
        let mut json = json.clone();
        let signature = json["signatures"][which]["signature"].as_str().expect("a signature");
        let digit = if signature.ends_with('0') { "1" } else { "0" };
        json["signatures"][which]["signature"] = format!("{}{digit}", &signature[..signature.len() - 1]).into();
        let (_, problem) = bring(&zone, "officer", &json.to_string()).await;
        // The other one holds, and one of both is not enough.
        assert_eq!(problem["code"], "STATEMENT_KEY", "{which}: {problem}");
    }
    let thief = signed(&class("K-1", SELLER), &HeadKeys::new(&[1; 32], &[1; 32]));
    assert_eq!(bring(&zone, "officer", &thief).await.1["code"], "STATEMENT_SIGNATURE");
    for (hostile, name) in
        [("", "nothing"), ("[]", "a list"), ("{\"form\":1}", "no form"), (&"x".repeat(5_000), "too much")]
    {
        let (status, problem) = bring(&zone, "officer", hostile).await;
        assert_eq!((status, &problem["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("STATEMENT_FORM")), "{name}");
    }
    let mut more = class("K-1", SELLER);
    more["remark"] = "and he is a friend".into();
    let (_, problem) = bring(&zone, "officer", &signed(&more, &body_keys())).await;
    assert_eq!(problem["code"], "STATEMENT_FORM", "what is not known is not passed over");
    let standing = zone.json("officer", &format!("/api/v1/parties/{SELLER}")).await;
    assert_eq!(standing["credit"], json!([]), "nothing of it counts");

    // An enterprise brings what is about itself.
    assert_eq!(bring(&zone, OTHER, &statement).await.1["code"], "STATEMENT_OTHER");
    let (status, taken) = bring(&zone, SELLER, &statement).await;
    assert_eq!((status, &taken["repeated"]), (StatusCode::OK, &json!(false)), "{taken}");
    let before = last();
    for who in [SELLER, "officer", "market"] {
        let (status, again) = bring(&zone, who, &statement).await;
        assert_eq!(
            (status, &again["repeated"], &again["revision"]),
            (StatusCode::OK, &json!(true), &taken["revision"])
        );
    }
    assert!(last() > before);
    let standing = zone.json(SELLER, "/api/v1/standing").await;
    let given = &standing["credit"][0];
    assert_eq!(standing["credit"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        (&given["class"], &given["body"], &given["clause"]),
        (&json!("AA"), &json!("CQC"), &json!("协议一 (agreement)"))
    );
    assert_eq!(given["entry"], taken["revision"]);
}

#[tokio::test]
async fn what_a_body_states_stands_on_the_party_s_page_and_market_supervision_reads_it() {
    let zone = zone("2026-03-02T10:00");
    recognised(&zone);
    let certificate = json!({"body": "CQC", "kind": "certificate", "number": "C-9", "about": SELLER, "issued": "2026-03-01",
        "from": "2026-03-01", "what": "premises", "result": "inspected"});
    for statement in [class("K-1", SELLER), certificate] {
        let (status, said) = bring(&zone, "market", &signed(&statement, &body_keys())).await;
        assert_eq!(status, StatusCode::OK, "{said}");
    }
    for (login, role) in [("shichang", ActorRole::Market), ("guan", ActorRole::Officer)] {
        let cookies = enter(&zone, login, role, "").await;
        let (status, page) = get(&zone, &cookies, &format!("/en/zone/parties/{SELLER}")).await;
        assert_eq!(status, StatusCode::OK, "{login}");
        for word in ["Credit classes", "AA", "K-1", "signed by a recognised body", "C-9", "CQC"] {
            assert!(page.contains(word), "{login}: {word}");
        }
    }
    // It is one party and no table of the registry; other departments read neither.
    let shui = enter(&zone, "shui", ActorRole::Tax, "").await;
    assert_eq!(get(&zone, &shui, &format!("/en/zone/parties/{SELLER}")).await.0, StatusCode::FORBIDDEN);
    assert_eq!(zone.get("market", "/api/v1/registry/parties").await.0, StatusCode::FORBIDDEN);
    zone.settle();
    let looks = zone.json(SELLER, "/api/v1/looks").await;
    assert!(looks.to_string().contains("party.read"), "its enterprise reads who looked: {looks}");
}
