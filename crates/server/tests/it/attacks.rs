//! Attacks on every door, class by class: refused, nothing changed, and no answer that a server should be ashamed of.
//! What each role may read is in `rights.rs`; attacks that need a document of their own stand with what reads it.

use crate::running::{Running, key_of};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use server::desk::Desk;
use server::doors::Door;
use std::collections::BTreeMap;
use trade::account::AccountRow;
use trade::command::ActorRole;
use trade::policy::rights::Action;
use window::filing::security;

const SENDER: &str = "1199980AG1";
const PASSWORD: &str = "a made-up word";
const ROLES: [ActorRole; 6] = [
    ActorRole::Officer,
    ActorRole::Operator,
    ActorRole::Enterprise,
    ActorRole::Viewer,
    ActorRole::Security,
    ActorRole::Auditor,
];

/// Values that stand where a number is expected: SQL, markup, paths, formats, what is not UTF-8, what is long.
fn hostile() -> Vec<String> {
    let mut all: Vec<String> = [
        "%27%20OR%201%3D1%20--",
        "%27%3B%20DROP%20TABLE%20parcel%3B--",
        "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "%22%3E%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E",
        "..%2F..%2F..%2Fetc%2Fpasswd",
        "%2e%2e%2f%2e%2e%2fvault",
        "%7B%7B7*7%7D%7D",
        "%00",
        "%FF%FE",
        "-1",
        "18446744073709551616",
        "%25s%25n",
        "http%3A%2F%2F127.0.0.1%3A1%2F",
        "%0d%0aSet-Cookie%3A%20x%3D1",
    ]
    .map(str::to_owned)
    .to_vec();
    all.push("9".repeat(4_000));
    all
}

/// What a request is made of: session, key, the other site that it comes from.
#[derive(Clone, Default)]
struct Proof {
    cookie: String,
    authorization: String,
    origin: &'static str,
}

async fn ask(zone: &Running, method: &Method, path: &str, proof: &Proof, body: Vec<u8>) -> (StatusCode, String) {
    let json = path.starts_with("/api/") && !path.ends_with("/messages");
    let kind = if json { "application/json" } else { "application/x-www-form-urlencoded" };
    let mut request =
        Request::builder().method(method.clone()).uri(path).header("host", "a").header("content-type", kind);
    for (name, value) in [("cookie", &*proof.cookie), ("authorization", &proof.authorization), ("origin", proof.origin)]
    {
        if !value.is_empty() {
            request = request.header(name, value);
        }
    }
    let Ok(request) = request.body(Body::from(body)) else { return (StatusCode::BAD_REQUEST, String::new()) };
    let (status, body) = zone.ask(request).await;
    (status, String::from_utf8_lossy(&body).into_owned())
}

/// The door's address, with the same value for every parameter; pages in English.
fn path(door: &Door, value: &str) -> String {
    let filled: Vec<&str> = door.path.split('/').map(|part| if part.starts_with('{') { value } else { part }).collect();
    let filled = match filled.last() {
        // `{name}.csv` is a parameter and an ending.
        Some(_) => filled.join("/"),
        None => String::new(),
    };
    let page = !["/api/", "/assets/", "/healthz", "/readyz", "/metrics"].iter().any(|start| filled.starts_with(start));
    if page { format!("/en{}", if filled == "/" { "" } else { &filled }) } else { filled }
}

fn is_api(door: &Door) -> bool {
    door.path.starts_with("/api/")
}

#[tokio::test]
async fn every_door_stands_against_every_class_of_attack_and_nothing_changes() {
    let registry: Vec<_> = traffic::zone::FILES.iter().map(|(t, text)| (*t, (*text).to_owned())).collect();
    let zone = Running::at("2026-03-01T14:00", &registry, &[SENDER]);
    let window = zone.house.window();
    let mut cookies = Vec::new();
    for role in ROLES {
        let row = AccountRow {
            login: role.name().into(),
            role,
            enterprise: if role == ActorRole::Enterprise { SENDER.into() } else { "".into() },
            password_hash: server::sign::hash_password(PASSWORD).expect("hashed").into(),
            ..AccountRow::default()
        };
        window.admit_account(&security("test"), &row, "").expect("admitted");
        let form = format!("name={}&password={}", role.name(), PASSWORD.replace(' ', "+"));
        let request = crate::running::post("/en/login", "", &form);
        let response = tower::ServiceExt::oneshot(zone.routes.clone(), request).await.expect("infallible");
        assert!(response.status().is_redirection(), "{role} may sign in");
        let cookie = response.headers().get("set-cookie").and_then(|c| c.to_str().ok()).expect("a session");
        cookies.push((role, cookie.split(';').next().unwrap_or_default().to_owned()));
    }
    zone.settle();
    let (before, today) = (window.journal().last(), zone.house.now().day());
    let mut counted: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    let mut count = |class: &'static str, requests: u32| {
        let (doors, all) = counted.entry(class).or_default();
        (*doors, *all) = (*doors + 1, *all + requests);
    };
    let turned_away = |status: StatusCode| {
        status.is_redirection() || [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(&status)
    };
    let doors = server::all_doors();
    for door in doors.iter().filter(|door| door.action != Action::Public) {
        let (plain, api) = (path(door, "1"), is_api(door));
        // Nobody, or somebody with a key that is none.
        let nobody = ask(&zone, &door.method, &plain, &Proof::default(), vec![]).await.0;
        let open_to_all = zone.house.rights().of(None, door.action, None, today).is_some();
        assert!(open_to_all || turned_away(nobody), "{door:?}: {nobody}");
        count("nobody", 1);
        if api {
            for authorization in
                ["Bearer ow_nobody", "Bearer ", "Basic b3c6b3c=", "bearer null", "Token ow_test_1199980AG1"]
            {
                let proof = Proof { authorization: authorization.into(), ..Proof::default() };
                let status = ask(&zone, &door.method, &plain, &proof, vec![]).await.0;
                assert_eq!(status, StatusCode::UNAUTHORIZED, "{door:?} {authorization}");
            }
            count("a key that is none", 5);
        }
        // A browser's session never lets a program's door change anything, nor does another site's form.
        if door.method != Method::GET {
            for (role, cookie) in &cookies {
                let origins =
                    if api { &["http://a"][..] } else { &["https://evil.example", "null", "http://a.evil", ""] };
                for origin in origins {
                    let proof = Proof { cookie: cookie.clone(), origin, ..Proof::default() };
                    let status = ask(&zone, &door.method, &plain, &proof, b"key=1&reason=x".to_vec()).await.0;
                    assert!(
                        turned_away(status) && status != StatusCode::SEE_OTHER,
                        "{door:?} as {role}, {origin}: {status}"
                    );
                }
            }
            count(
                if api { "a session at a program's door" } else { "another site's form (CSRF)" },
                6 * if api { 1 } else { 4 },
            );
        }
    }
    for door in &doors {
        // What is no number, in every parameter of the address and of the question, by those who leave no trace.
        let known = [ActorRole::Enterprise, ActorRole::Viewer].map(|role| {
            let cookie = cookies.iter().find(|(r, _)| *r == role).map(|(_, c)| c.clone());
            Proof { cookie: cookie.unwrap_or_default(), origin: "http://a", ..Proof::default() }
        });
        let key = Proof { authorization: format!("Bearer {}", key_of(SENDER)), ..Proof::default() };
        let proofs =
            if is_api(door) { vec![Proof::default(), key] } else { [vec![Proof::default()], known.to_vec()].concat() };
        let mut asked = 0;
        if door.method == Method::GET {
            for value in hostile() {
                let question =
                    ["q", "key", "state", "before", "limit", "from", "to", "case", "purpose", "back", "number"]
                        .map(|name| format!("{name}={value}"))
                        .join("&");
                for proof in &proofs {
                    let address = format!("{}?{question}", path(door, &value));
                    let (status, text) = ask(&zone, &Method::GET, &address, proof, vec![]).await;
                    assert!(!status.is_server_error(), "{address}: {status} {text}");
                    assert!(!text.contains("<script>alert(1)") && !text.contains("<img src=x"), "{address}: {text}");
                    let faulty = is_api(door) && status.is_client_error();
                    assert!(!faulty || text.contains("\"code\""), "{address}: {status} {text}");
                    assert!(!text.contains("root:x:0") && !text.contains("SQLITE"), "{address}");
                    asked += 1;
                }
            }
            count("hostile values (injection, paths, formats)", asked);
        }
        // Another way of asking, and more than a form may hold.
        for method in [Method::DELETE, Method::PUT, Method::PATCH] {
            let status = ask(&zone, &method, &path(door, "1"), &proofs[proofs.len() - 1], vec![]).await.0;
            assert!(status.is_client_error() || status.is_redirection(), "{method} {door:?}: {status}");
        }
        count("other methods", 3);
        if door.method != Method::GET && !is_api(door) && door.path != "/logout" {
            let proof = &proofs[proofs.len() - 1];
            let status = ask(&zone, &door.method, &path(door, "1"), proof, vec![b'a'; 300 << 20 >> 2]).await.0;
            assert!(status.is_client_error() || status.is_redirection(), "{door:?} with 75 MB: {status}");
            count("more than a form may hold", 1);
        }
    }
    assert_eq!(window.journal().last(), before, "nothing was decided");
    let requests: u32 = counted.values().map(|(_, requests)| requests).sum();
    for (class, (doors, requests)) in &counted {
        println!("{class}: {doors} doors, {requests} requests");
    }
    println!("{} doors, {requests} requests", doors.len());
    assert!(doors.len() > 100 && requests > 4_500, "{} doors, {requests} requests", doors.len());
}
