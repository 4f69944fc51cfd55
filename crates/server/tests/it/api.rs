//! The programs' door: keys, bodies, limits, and answers that programs can rely on.

use crate::sample::{EVIL, HELD, KEY, OFFICER_KEY, OPERATOR_KEY, RELEASED, Sample};
use crate::{House, Told};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::Value;
use server::desk::{Act, Table};
use std::sync::Arc;
use std::sync::atomic::Ordering;

impl House {
    async fn api(&self, method: Method, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Told {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.ask(request.body(body.into()).expect("a request")).await
    }

    async fn send(&self, key: &str, body: &str) -> Told {
        self.api(Method::POST, "/api/v1/messages", &[("authorization", &format!("Bearer {key}"))], body.to_owned())
            .await
    }

    async fn read(&self, key: &str, path: &str) -> Told {
        self.api(Method::GET, path, &[("authorization", &format!("Bearer {key}"))], "").await
    }
}

impl Told {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).expect("JSON")
    }

    /// Asserts a problem document and gives its code.
    fn problem(&self, status: StatusCode) -> String {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header("content-type"), "application/problem+json");
        let json = self.json();
        assert_eq!(json["status"], status.as_u16());
        assert!(json["zh"].as_str().is_some_and(|t| t.chars().any(|c| c > '\u{4e00}')), "{json}");
        assert!(json["en"].as_str().is_some_and(|t| t.is_ascii() && t.len() > 10), "{json}");
        json["code"].as_str().expect("a code").to_owned()
    }
}

#[tokio::test]
async fn a_message_is_answered_with_a_line_for_each_receipt() {
    let house = House::new();
    let told = house.send(KEY, "<CEB621Message/>").await;
    assert_eq!((told.status, told.header("content-type")), (StatusCode::OK, "application/x-ndjson"));
    let lines: Vec<Value> = told.text().lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["message"], "CEB622");
    assert_eq!(lines[0]["keys"]["orderNo"], "YD20261111000482");
    assert_eq!((lines[1]["revision"].as_u64(), lines[1]["index"].as_u64()), (Some(7), Some(1)));
}

#[tokio::test]
async fn receipts_come_as_xml_where_asked() {
    let house = House::new();
    let headers = [("authorization", &*format!("bearer {KEY}")), ("accept", "application/xml")];
    let told = house.api(Method::POST, "/api/v1/messages", &headers, "<CEB621Message/>").await;
    let kind = told.header("content-type").to_owned();
    let mark = kind.strip_prefix("multipart/mixed; boundary=").expect("several receipts");
    assert_eq!(told.text().matches(&format!("--{mark}\r\n")).count(), 2);
    assert_eq!(told.text().matches("Content-Location: /api/v1/receipts/7/").count(), 2);
    let one = house
        .api(
            Method::POST,
            "/api/v1/acts",
            &[
                ("authorization", &format!("Bearer {OFFICER_KEY}")),
                ("accept", "application/xml"),
                ("content-type", "application/json"),
            ],
            format!(r#"{{"act":"release","key":"{HELD}","reason":"clear"}}"#),
        )
        .await;
    assert_eq!(one.header("content-type"), "application/xml");
    assert!(one.text().starts_with("<ceb:CEB622Message"));
}

#[tokio::test]
async fn a_wrapped_message_is_the_same_bytes() {
    let house = House::new();
    let headers = [
        ("authorization", &*format!("Bearer {KEY}")),
        ("content-type", "application/json"),
        ("idempotency-key", "k-1"),
    ];
    let told = house.api(Method::POST, "/api/v1/messages", &headers, r#"{"data":"PENFQjYyMU1lc3NhZ2UvPg=="}"#).await;
    assert_eq!(told.status, StatusCode::OK);
    let taken = house.desk.taken.lock().expect("lock").clone();
    assert_eq!((&taken[0].bytes[..], taken[0].idempotency.as_deref()), (&b"<CEB621Message/>"[..], Some("k-1")));
    for bad in ["{", "{}", r#"{"data":"%%"}"#, "[]", "\u{0}"] {
        let told = house.api(Method::POST, "/api/v1/messages", &headers, bad).await;
        assert_eq!(told.problem(StatusCode::BAD_REQUEST), "BAD_BASE64", "{bad}");
    }
}

#[tokio::test]
async fn without_a_live_key_nothing_is_taken_or_told() {
    let house = House::new();
    for path in ["/api/v1/receipts", "/api/v1/receipts/48213551/0.xml", "/api/v1/registry/parties", "/api/v1/explain/1"]
    {
        assert_eq!(house.get(path).await.problem(StatusCode::UNAUTHORIZED), "UNKNOWN_KEY", "{path}");
        let told = house.read("revoked", path).await;
        assert_eq!(told.problem(StatusCode::UNAUTHORIZED), "UNKNOWN_KEY", "{path}");
        assert_eq!(told.header("www-authenticate"), "Bearer");
    }
    for auth in ["", "Bearer", "Bearer ", "Basic eA==", "Bearer \u{e9}", "Bearer ow_key_palmx"] {
        let told = house.api(Method::POST, "/api/v1/messages", &[("authorization", auth)], "<CEB621Message/>").await;
        assert!(matches!(told.status, StatusCode::UNAUTHORIZED), "{auth}");
    }
    assert!(house.desk.taken.lock().expect("lock").is_empty());
    // A browser's session reads, but never posts messages.
    let cookie = house.sign_in("enterprise").await;
    let told = house.api(Method::POST, "/api/v1/messages", &[("cookie", &cookie)], "<CEB621Message/>").await;
    assert_eq!(told.problem(StatusCode::UNAUTHORIZED), "UNKNOWN_KEY");
}

#[tokio::test]
async fn a_sender_may_not_act_for_others() {
    let house = House::new();
    let told = house.send(KEY, "<CEB621Message other-enterprise/>").await;
    assert_eq!(told.problem(StatusCode::FORBIDDEN), "NOT_ALLOWED");
    assert_eq!(told.json()["about"], "4602999999");
    assert_eq!(house.read(KEY, "/api/v1/registry/parties").await.problem(StatusCode::FORBIDDEN), "NOT_ALLOWED");
    let act = format!(r#"{{"act":"release","key":"{HELD}","reason":"x"}}"#);
    for key in [KEY, OPERATOR_KEY] {
        let headers = [("authorization", &*format!("Bearer {key}")), ("content-type", "application/json")];
        let told = house.api(Method::POST, "/api/v1/acts", &headers, act.clone()).await;
        assert_eq!(told.problem(StatusCode::FORBIDDEN), "NOT_ALLOWED");
    }
    for key in [KEY, OFFICER_KEY] {
        let headers = [("authorization", &*format!("Bearer {key}"))];
        let told = house.api(Method::POST, "/api/v1/registry/parties", &headers, "code\n1\n").await;
        assert_eq!(told.problem(StatusCode::FORBIDDEN), "NOT_ALLOWED");
    }
    assert!(house.desk.imported.lock().expect("lock").is_empty() && house.desk.acted.lock().expect("lock").is_empty());
}

#[tokio::test]
async fn what_cannot_be_taken_has_a_stable_code() {
    let house = House::new();
    assert_eq!(house.send(KEY, "nothing").await.problem(StatusCode::UNPROCESSABLE_ENTITY), "NOT_A_MESSAGE");
    let told = house.send(KEY, "CEB break").await;
    assert_eq!(told.problem(StatusCode::INTERNAL_SERVER_ERROR), "INTERNAL");
    assert_eq!(told.json()["about"], "4f1e90c2");
    assert_eq!(house.send(KEY, &"x".repeat((16 << 20) + 1)).await.problem(StatusCode::PAYLOAD_TOO_LARGE), "TOO_LARGE");
    let headers = [("authorization", &*format!("Bearer {KEY}")), ("idempotency-key", &*"k".repeat(201))];
    let told = house.api(Method::POST, "/api/v1/messages", &headers, "CEB").await;
    assert_eq!(told.problem(StatusCode::BAD_REQUEST), "IDEMPOTENCY_KEY");
    assert_eq!(house.get("/api/v1/nothing").await.problem(StatusCode::NOT_FOUND), "NO_SUCH_ROUTE");
}

#[tokio::test]
async fn full_means_not_now_with_the_time_to_wait() {
    let house = House::new();
    house.desk.failing.store(true, Ordering::Relaxed);
    let told = house.send(KEY, "<CEB621Message/>").await;
    assert_eq!(told.problem(StatusCode::SERVICE_UNAVAILABLE), "NOT_NOW");
    assert_eq!(told.header("retry-after"), "30");
    assert_eq!(house.get("/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(house.get("/healthz").await.text(), "ok\n");
    let desk = Arc::new(Sample::new());
    let none = server::Options { at_once: 0, ..server::Options::default() };
    let house = House { routes: server::router(desk.clone(), none), desk };
    assert_eq!(house.send(KEY, "<CEB621Message/>").await.problem(StatusCode::SERVICE_UNAVAILABLE), "NOT_NOW");
    assert_eq!(house.send("unknown", "x").await.status, StatusCode::UNAUTHORIZED, "strangers take no room");
}

#[tokio::test]
async fn the_outbox_goes_on_after_a_cursor() {
    let house = House::new();
    let page = house.read(KEY, "/api/v1/receipts?limit=2").await.json();
    assert_eq!((page["receipts"].as_array().map(Vec::len), page["cursor"].as_str()), (Some(2), Some("2")));
    let page = house.read(KEY, "/api/v1/receipts?after=3").await.json();
    assert_eq!((page["receipts"].as_array().map(Vec::len), page["cursor"].as_str()), (Some(0), Some("3")));
}

#[tokio::test]
async fn a_receipt_is_sent_byte_for_byte_with_its_proof() {
    let house = House::new();
    let cookie = house.sign_in("enterprise").await;
    let told = house.get_as(&cookie, "/api/v1/receipts/48213551/0.xml").await;
    assert!(told.text().starts_with("<ceb:CEB622Message"));
    assert_eq!(told.header("content-disposition"), "attachment; filename=\"R-48213551-0.xml\"");
    let proof = house.read(KEY, "/api/v1/receipts/48213551/0.proof.json").await;
    assert_eq!(proof.text(), crate::sample::proof().to_json().to_string());
    assert_eq!(house.read(KEY, "/api/v1/receipts/48213551/0").await.json()["status"], "800");
    for none in ["1/0.xml", "48213551/0.exe", "48213551/..%2f0.xml", "48213551/99999999999.xml"] {
        let told = house.read(KEY, &format!("/api/v1/receipts/{none}")).await;
        assert_eq!(told.problem(StatusCode::NOT_FOUND), "NOT_FOUND", "{none}");
    }
    let viewer = house.sign_in("viewer").await;
    assert_eq!(house.get_as(&viewer, "/api/v1/receipts/48213551/0.xml").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_parcel_is_brief_for_strangers_and_whole_for_its_own() {
    let house = House::new();
    let path = format!("/api/v1/parcels/{RELEASED}");
    let brief = house.get(&path).await.json();
    assert_eq!((brief["state"].as_str(), brief.get("tax_fen")), (Some("released"), None));
    assert_eq!(house.read(KEY, &path).await.json()["tax_fen"], 7_345);
    let viewer = house.sign_in("viewer").await;
    let told = house.get_as(&viewer, &format!("/api/v1/explain/{RELEASED}")).await;
    assert_eq!(told.problem(StatusCode::FORBIDDEN), "NOT_ALLOWED");
    assert_eq!(house.read(KEY, &format!("/api/v1/explain/{RELEASED}")).await.json()["state"], "released");
    assert_eq!(house.get("/api/v1/parcels/1").await.problem(StatusCode::NOT_FOUND), "NOT_FOUND");
    assert_eq!(house.get("/api/v1/parcels/panic").await.problem(StatusCode::INTERNAL_SERVER_ERROR), "INTERNAL");
}

#[tokio::test]
async fn acts_and_imports_reach_the_desk() {
    let house = House::new();
    let headers = [("authorization", &*format!("Bearer {OFFICER_KEY}")), ("content-type", "application/json")];
    let act = format!(r#"{{"act":"inspect","key":"{HELD}","reason":"K06","result":"as declared"}}"#);
    assert_eq!(house.api(Method::POST, "/api/v1/acts", &headers, act).await.status, StatusCode::OK);
    assert_eq!(house.desk.acted.lock().expect("lock")[0].1.act, Act::Inspect);
    for (bad, code) in [
        ("{", "BAD_JSON"),
        (r#"{"act":"burn","key":"1","reason":"x"}"#, "BAD_JSON"),
        (r#"{"act":"release","key":"1","reason":" "}"#, "REASON_MISSING"),
    ] {
        let told = house.api(Method::POST, "/api/v1/acts", &headers, bad).await;
        assert!(told.status.is_client_error() && told.json()["code"] == code, "{bad}");
    }
    for table in Table::ALL {
        let path = format!("/api/v1/registry/{}", table.name());
        let headers = [("authorization", &*format!("Bearer {OPERATOR_KEY}")), ("content-type", "text/csv")];
        let told = house.api(Method::POST, &path, &headers, "code,name\n1,a\n2,b\n").await;
        assert_eq!(told.json()["rows"], 2, "{path}");
        assert_eq!(house.read(OPERATOR_KEY, &path).await.json()["rows"][0]["table"], table.name());
        assert!(house.get(&format!("{path}/template.csv")).await.text().starts_with("code,"));
    }
    assert_eq!(house.desk.imported.lock().expect("lock").len(), Table::ALL.len());
    assert_eq!(house.read(OPERATOR_KEY, "/api/v1/registry/x").await.problem(StatusCode::NOT_FOUND), "UNKNOWN_TABLE");
}

#[tokio::test]
async fn the_description_names_every_route() {
    let house = House::new();
    let api = house.get("/api/v1/openapi.json").await.json();
    assert!(api["openapi"].as_str().is_some_and(|v| v.starts_with("3.1")), "{}", api["openapi"]);
    let paths: Vec<_> = api["paths"].as_object().expect("paths").keys().cloned().collect();
    for path in ["messages", "receipts", "receipts/{revision}/{index}", "registry/{table}", "parcels/{key}", "acts"] {
        assert!(paths.contains(&format!("/api/v1/{path}")), "{path} in {paths:?}");
    }
    assert_eq!(api["components"]["securitySchemes"]["key"]["scheme"], "bearer");
}

#[tokio::test]
async fn the_latest_head_and_the_figures_are_public() {
    let house = House::new();
    assert_eq!(house.get("/api/v1/heads/latest").await.json()["revision"], 48_213_907);
    house.send(KEY, "<CEB621Message/>").await;
    let text = house.get("/metrics").await.text();
    assert!(text.contains("# TYPE onewindow_revision counter\nonewindow_revision 48213907\n"), "{text}");
    assert!(text.contains("onewindow_http_messages_total 1\n"));
    assert!(text.contains("onewindow_http_responses_total{class=\"2xx\"} 2\n"));
}

#[tokio::test]
async fn hostile_text_stays_text_in_json() {
    let house = House::of(Sample { evil: true, ..Sample::new() });
    let told = house.send(KEY, "<CEB621Message/>").await;
    let line: Value = serde_json::from_str(told.text().lines().next().expect("a line")).expect("JSON");
    assert_eq!(line["text"], EVIL);
    assert_eq!(told.header("x-content-type-options"), "nosniff");
}

/// Over a real socket: the whole program but the window.
#[test]
fn a_served_portal_answers_and_stops() {
    use std::io::{Read, Write};
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let address = listener.local_addr().expect("its address");
    let stop: Arc<std::sync::atomic::AtomicBool> = Arc::default();
    let stopped = stop.clone();
    let served = std::thread::spawn(move || {
        server::serve(listener, Arc::new(Sample::new()), server::Options::default(), stopped)
    });
    let mut line = std::net::TcpStream::connect(address).expect("connected");
    let body = "<CEB621Message/>";
    let head = format!("authorization: Bearer {KEY}\r\ncontent-length: {}\r\nconnection: close", body.len());
    write!(line, "POST /api/v1/messages HTTP/1.1\r\nhost: w\r\n{head}\r\n\r\n{body}").expect("sent");
    let mut told = String::new();
    line.read_to_string(&mut told).expect("answered");
    assert!(told.starts_with("HTTP/1.1 200") && told.contains("CEB622"), "{told}");
    stop.store(true, Ordering::Relaxed);
    served.join().expect("no panic").expect("served");
}
