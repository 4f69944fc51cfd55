//! Machines that sign in by a certificate, over a running window: who has the key comes in as its enterprise, for an hour;
//! everybody and everything else stays out.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use server::desk::Desk;
use server::machines::statement;
use trade::command::ActorRole;
use trade::registry::Table;
use trade::time::Moment;
use wire::seal::authority::{Authority, Subject};
use wire::seal::{KeyKind, PrivateKey, Signer, SoftwareKey, sign};

use crate::law::{enter, get};
use crate::running::{Running, key_of, post};
use window::filing::operator;

const NOW: &str = "2026-03-02T10:00";
const OWN: &str = "1199980AG1";
const OTHER: &str = "4602980A01";
const HOST: &str = "localhost:8207";

fn validity(from: &str, until: &str) -> (Moment, Moment) {
    (Moment::parse(from).expect("a day"), Moment::parse(until).expect("a day"))
}

/// A key with a certificate of its own; `word` tells one from another.
fn machine(word: &str, valid: (Moment, Moment)) -> SoftwareKey {
    let authority = Authority::new(&[7; 32], validity("2026-01-01", "2036-01-01"));
    authority.enterprise(&Subject { code: word.into(), name: "虚构".into() }, KeyKind::Sm2, valid)
}

fn usual(word: &str) -> SoftwareKey {
    machine(word, validity("2026-01-01", "2036-01-01"))
}

fn rsa() -> SoftwareKey {
    let pem = include_str!("../../../wire/tests/golden/seal/rsa-2048.key.pem");
    let key = PrivateKey::from_pem(pem).expect("a key");
    let valid = validity("2026-01-01", "2036-01-01");
    let subject = Subject { code: OWN.into(), name: "虚构".into() };
    let certificate = Authority::new(&[7; 32], valid).issue(&subject, &key, valid);
    SoftwareKey::new(key, certificate).expect("its own")
}

/// A zone that binds these certificates: key, enterprise, first and last day.
fn zone(bound: &[(&SoftwareKey, &str, &str, &str)]) -> Running {
    let registry: Vec<_> = traffic::zone::FILES.iter().map(|(t, text)| (*t, (*text).to_owned())).collect();
    let zone = Running::at(NOW, &registry, &[OWN, OTHER]);
    bound.iter().for_each(|(key, code, from, until)| bind(&zone, key, code, from, until));
    zone
}

fn bind(zone: &Running, key: &SoftwareKey, code: &str, from: &str, until: &str) {
    let print = key.certificate().fingerprint_hex();
    let csv = format!("fingerprint,code,from,until,serial\n{print},{code},{from},{until},{}\n", &print[..16]);
    zone.house.window().import(&operator("test"), Table::Certificates, &csv).expect("imported");
}

async fn ask(zone: &Running, host: &str, path: &str, body: &Value) -> (StatusCode, Value) {
    let request = Request::post(path).header("host", host).header("content-type", "application/json");
    let (status, body) = zone.ask(request.body(Body::from(body.to_string())).expect("a request")).await;
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

async fn challenge(zone: &Running, host: &str) -> String {
    let (status, told) = ask(zone, host, "/api/v1/sign-in/challenge", &json!({})).await;
    assert_eq!(status, StatusCode::OK, "{told}");
    told["challenge"].as_str().expect("a challenge").to_owned()
}

/// Answers with what was signed over any text.
async fn answer(
    zone: &Running,
    key: &SoftwareKey,
    host: &str,
    challenge: &str,
    text: &str,
    scopes: &[&str],
) -> (StatusCode, Value) {
    let signature = STANDARD.encode(key.sign(text.as_bytes()).expect("signed"));
    let certificate = key.certificate().pem();
    let body = json!({"certificate": certificate, "challenge": challenge, "signature": signature, "scopes": scopes});
    ask(zone, host, "/api/v1/sign-in/certificate", &body).await
}

async fn sign_in(zone: &Running, key: &SoftwareKey, scopes: &[&str]) -> (StatusCode, Value) {
    let challenge = challenge(zone, HOST).await;
    let wanted: Vec<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    answer(zone, key, HOST, &challenge, &statement(HOST, &challenge, &wanted), scopes).await
}

async fn read(zone: &Running, key: &Value, path: &str) -> StatusCode {
    let bearer = format!("Bearer {}", key.as_str().unwrap_or_default());
    zone.ask(Request::get(path).header("authorization", bearer).body(Body::empty()).expect("a request")).await.0
}

fn refused((status, told): &(StatusCode, Value)) -> (u16, &str) {
    (status.as_u16(), told["code"].as_str().unwrap_or("none"))
}

#[tokio::test]
async fn a_machine_comes_in_by_its_certificate_as_its_enterprise_and_as_far_as_it_asks() {
    let (own, other) = (usual("own"), usual("other"));
    let zone = zone(&[(&own, OWN, "2026-01-01", ""), (&other, OTHER, "2026-01-01", "")]);
    let (status, told) = sign_in(&zone, &own, &[]).await;
    assert_eq!((status, &told["enterprise"]), (StatusCode::OK, &json!(OWN)), "{told}");
    assert_eq!(told["until"], json!("2026-03-02T11:00:00.000+08:00"));
    let whole = &told["key"];
    assert_eq!(read(&zone, whole, "/api/v1/receipts").await, StatusCode::OK);
    assert_eq!(read(&zone, whole, "/api/v1/standing").await, StatusCode::OK);
    // No more than a program of its enterprise, and no key that outlives it.
    assert_eq!(read(&zone, whole, "/api/v1/registry/parties").await, StatusCode::FORBIDDEN);
    let rotation = Request::post("/api/v1/keys/rotation")
        .header("authorization", format!("Bearer {}", whole.as_str().expect("a key")))
        .header("content-type", "application/json")
        .body(Body::from(json!({"hash": "ab".repeat(32)}).to_string()))
        .expect("a request");
    assert_eq!(zone.ask(rotation).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let narrow = sign_in(&zone, &own, &["outbox.read"]).await.1;
    assert_eq!(read(&zone, &narrow["key"], "/api/v1/receipts").await, StatusCode::OK);
    assert_eq!(read(&zone, &narrow["key"], "/api/v1/standing").await, StatusCode::FORBIDDEN);
    // It is no browser's session, and only its hash is kept.
    let cookie = format!("ow_session={}", whole.as_str().expect("a key").trim_start_matches("ows_"));
    assert_eq!(get(&zone, &cookie, "/en/company").await.0, StatusCode::SEE_OTHER);

    // Its enterprise sees and ends it; another one does neither.
    let (mine, theirs) = (
        enter(&zone, "mine", ActorRole::Enterprise, OWN).await,
        enter(&zone, "theirs", ActorRole::Enterprise, OTHER).await,
    );
    let ids: Vec<_> = zone.house.sign_ins().machines(Some(OWN), zone.house.now()).into_iter().map(|m| m.id).collect();
    assert_eq!(ids.len(), 2);
    let page = get(&zone, &mine, "/en/company/keys").await.1;
    assert!(
        ids.iter().all(|id| page.contains(id)) && page.contains(&own.certificate().fingerprint_hex()[..12]),
        "{page}"
    );
    assert!(!get(&zone, &theirs, "/en/company/keys").await.1.contains(&ids[0]));
    for id in &ids {
        zone.ask(post("/en/company/keys/end", &theirs, &format!("id={id}"))).await;
    }
    assert_eq!(read(&zone, whole, "/api/v1/receipts").await, StatusCode::OK);
    for id in &ids {
        assert_eq!(zone.ask(post("/en/company/keys/end", &mine, &format!("id={id}"))).await.0, StatusCode::SEE_OTHER);
    }
    assert_eq!(read(&zone, whole, "/api/v1/receipts").await, StatusCode::UNAUTHORIZED);
    // So does the security administrator, of all.
    let security = enter(&zone, "watch", ActorRole::Security, "").await;
    let again = sign_in(&zone, &other, &[]).await.1;
    assert!(get(&zone, &security, "/en/zone/sessions").await.1.contains(&other.certificate().fingerprint_hex()[..12]));
    zone.ask(post("/en/zone/sessions/end", &security, &format!("account={OTHER}"))).await;
    assert_eq!(read(&zone, &again["key"], "/api/v1/receipts").await, StatusCode::UNAUTHORIZED);
    assert_eq!(zone.get(OWN, "/api/v1/receipts").await.0, StatusCode::OK, "keys are not touched");
    assert_eq!(key_of(OWN), "ow_test_1199980AG1");
}

#[tokio::test]
async fn a_challenge_counts_once_for_its_host_for_two_minutes_and_for_what_was_signed() {
    let own = usual("own");
    let zone = zone(&[(&own, OWN, "2026-01-01", "")]);
    let told = |challenge: &str| statement(HOST, challenge, &[]);
    // Once.
    let first = challenge(&zone, HOST).await;
    assert_eq!(answer(&zone, &own, HOST, &first, &told(&first), &[]).await.0, StatusCode::OK);
    assert_eq!(refused(&answer(&zone, &own, HOST, &first, &told(&first), &[]).await), (401, "CHALLENGE"));
    // Under another name: whoever passes on what was signed for itself, or asked under a name of its own.
    let second = challenge(&zone, HOST).await;
    let evil = statement("evil.example", &second, &[]);
    assert_eq!(refused(&answer(&zone, &own, HOST, &second, &evil, &[]).await), (401, "CERTIFICATE_SIGNATURE"));
    assert_eq!(refused(&answer(&zone, &own, "evil.example", &second, &evil, &[]).await), (421, "OTHER_HOST"));
    assert_eq!(refused(&answer(&zone, &own, "127.0.0.1:8207", &second, &told(&second), &[]).await), (401, "CHALLENGE"));
    let (status, _) = ask(&zone, "evil.example", "/api/v1/sign-in/challenge", &json!({})).await;
    assert_eq!(status, StatusCode::MISDIRECTED_REQUEST);
    // More than was signed, less, another challenge, a made-up one.
    let third = challenge(&zone, HOST).await;
    let narrow = statement(HOST, &third, &["outbox.read".into()]);
    for (text, scopes) in
        [(&narrow, &[][..]), (&narrow, &["message.send"]), (&told(&third), &["outbox.read"]), (&told(&second), &[])]
    {
        let said = answer(&zone, &own, HOST, &third, text, scopes).await;
        assert_eq!(refused(&said), (401, "CERTIFICATE_SIGNATURE"), "{text} {scopes:?}");
    }
    let upper = third.to_uppercase();
    assert_eq!(refused(&answer(&zone, &own, HOST, &upper, &told(&third), &[]).await), (401, "CERTIFICATE_SIGNATURE"));
    for odd in ["", "00", &"ab".repeat(56)] {
        assert_eq!(refused(&answer(&zone, &own, HOST, odd, &told(odd), &[]).await), (401, "CHALLENGE"), "{odd}");
    }
    let wide = statement(HOST, &third, &["access.admit".into()]);
    assert_eq!(refused(&answer(&zone, &own, HOST, &third, &wide, &["access.admit"]).await), (422, "SCOPE"));
    // A refusal has not used it up; time does.
    zone.clock.set("2026-03-02T10:01:59");
    assert_eq!(answer(&zone, &own, HOST, &third, &told(&third), &[]).await.0, StatusCode::OK);
    assert_eq!(answer(&zone, &own, HOST, &second, &told(&second), &[]).await.0, StatusCode::OK);
    let late = challenge(&zone, HOST).await;
    zone.clock.set("2026-03-02T10:03:59");
    assert_eq!(refused(&answer(&zone, &own, HOST, &late, &told(&late), &[]).await), (401, "CHALLENGE"));
}

#[tokio::test]
async fn a_signature_of_a_message_or_of_another_kind_signs_nobody_in() {
    let (own, weak) = (usual("own"), rsa());
    let zone = zone(&[(&own, OWN, "2026-01-01", ""), (&weak, OWN, "2026-01-01", "")]);
    // What stands in a message that the machine signed once: over SignedInfo, which is no statement.
    let message = sign(b"<ceb:CEB621Message xmlns:ceb=\"http://www.chinaport.gov.cn/ceb\"></ceb:CEB621Message>", &own)
        .expect("signed");
    let message = String::from_utf8(message).expect("text");
    let value = message.split("SignatureValue>").nth(1).and_then(|rest| rest.split('<').next()).expect("a value");
    let challenge = challenge(&zone, HOST).await;
    let body = |key: &SoftwareKey, signature: &str| json!({"certificate": key.certificate().pem(), "challenge": challenge, "signature": signature});
    let at = "/api/v1/sign-in/certificate";
    let text = statement(HOST, &challenge, &[]);
    // RSA with SHA-1 signs messages, and nothing else.
    let sha1 = STANDARD.encode(weak.sign(text.as_bytes()).expect("signed"));
    let other = STANDARD.encode(usual("other").sign(text.as_bytes()).expect("signed"));
    for (key, signature) in [(&own, value), (&weak, &*sha1), (&own, &*other), (&own, ""), (&own, "%%"), (&weak, value)]
    {
        let said = ask(&zone, HOST, at, &body(key, signature)).await;
        assert_eq!(refused(&said), (401, "CERTIFICATE_SIGNATURE"), "{signature}");
    }
    let mut odd = body(&own, value);
    for certificate in ["", "-----BEGIN CERTIFICATE-----", "AAAA", &"A".repeat(20_000)] {
        odd["certificate"] = json!(certificate);
        assert_eq!(refused(&ask(&zone, HOST, at, &odd).await), (422, "CERTIFICATE"), "{certificate}");
    }
    assert_eq!(zone.house.sign_ins().machines(None, zone.house.now()), []);
}

/// Nor by the work that the answer takes.
#[tokio::test]
async fn who_has_no_key_learns_nothing_of_a_certificate() {
    let (bound, unbound, thief) = (usual("own"), usual("unbound"), usual("thief"));
    let zone = zone(&[(&bound, OWN, "2026-01-01", "")]);
    let work = async |shown: &SoftwareKey| {
        let challenge = challenge(&zone, HOST).await;
        let signature = thief.sign(statement(HOST, &challenge, &[]).as_bytes()).expect("signed");
        let (certificate, signature) = (shown.certificate().pem(), STANDARD.encode(signature));
        let body = json!({"certificate": certificate, "challenge": challenge, "signature": signature});
        let before = zone.house.window().looked();
        let told = ask(&zone, HOST, "/api/v1/sign-in/certificate", &body).await;
        (told, zone.house.window().looked() - before)
    };
    let told = work(&bound).await;
    assert_eq!((refused(&told.0), &told), ((401, "CERTIFICATE_SIGNATURE"), &work(&unbound).await));
}

/// What the registry says counts on the day of each request.
#[tokio::test]
async fn a_machine_s_session_rests_on_its_certificate_and_its_enterprise() {
    let names = ["own", "unbound", "early", "late", "rebound", "lasting"].map(usual);
    let [own, unbound, early, late, rebound, lasting] = &names;
    let past = machine("past", validity("2026-01-01", "2026-03-01"));
    let zone = zone(&[
        (own, OWN, "2026-03-02", "2026-03-02"),
        (early, OWN, "2026-03-03", ""),
        (late, OWN, "2026-01-01", "2026-03-01"),
        (&past, OWN, "2026-01-01", ""),
        (rebound, OWN, "2026-01-01", ""),
        (lasting, OTHER, "2026-01-01", ""),
    ]);
    for (key, code) in [
        (unbound, "CERTIFICATE_UNBOUND"),
        (early, "CERTIFICATE_DAY"),
        (late, "CERTIFICATE_DAY"),
        // The registry goes on, but it says itself that it has ended.
        (&past, "CERTIFICATE_DAY"),
    ] {
        assert_eq!(refused(&sign_in(&zone, key, &[]).await), (401, code));
    }
    let opened =
        [sign_in(&zone, own, &[]).await, sign_in(&zone, rebound, &[]).await, sign_in(&zone, lasting, &[]).await];
    let keys: Vec<Value> = opened
        .into_iter()
        .map(|(status, told)| {
            assert_eq!(status, StatusCode::OK, "{told}");
            told["key"].clone()
        })
        .collect();
    let live = async || {
        let mut live = Vec::new();
        for key in &keys {
            live.push(read(&zone, key, "/api/v1/receipts").await == StatusCode::OK);
        }
        live
    };
    assert_eq!(live().await, [true; 3]);
    // Revoked: its last day was yesterday. Bound to another: it does not take its sessions along.
    bind(&zone, own, OWN, "2026-01-01", "2026-03-01");
    bind(&zone, rebound, OTHER, "2026-01-01", "");
    assert_eq!(live().await, [false, false, true]);
    bind(&zone, own, OWN, "2026-01-01", "");
    assert_eq!(live().await, [false, false, true], "what has ended does not come back");
    // Suspended from that day on.
    let parties = traffic::zone::FILES.iter().find(|(table, _)| *table == Table::Parties).expect("parties").1;
    let head = parties.lines().find(|line| line.starts_with("code,")).expect("a head");
    let at = head.split(',').position(|name| name == "suspended").expect("a column");
    let rows = parties.lines().filter(|line| line.starts_with(OTHER)).map(|line| {
        let mut cells: Vec<&str> = line.split(',').collect();
        cells[at] = "2026-03-02..2026-03-03";
        cells.join(",") + "\n"
    });
    let suspended = rows.fold(format!("{head}\n"), |text, row| text + &row);
    zone.house.window().import(&operator("test"), Table::Parties, &suspended).expect("imported");
    assert_eq!(live().await, [false; 3]);
    assert_eq!(refused(&sign_in(&zone, lasting, &[]).await), (401, "SUSPENDED"));
    // An hour, and no longer.
    let (_, told) = sign_in(&zone, own, &[]).await;
    zone.clock.set("2026-03-02T10:59:59");
    assert_eq!(read(&zone, &told["key"], "/api/v1/receipts").await, StatusCode::OK);
    zone.clock.set("2026-03-02T11:00");
    assert_eq!(read(&zone, &told["key"], "/api/v1/receipts").await, StatusCode::UNAUTHORIZED);
}
