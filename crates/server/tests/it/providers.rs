//! Sign-in by an identity provider, against a simulated one: who linked an identity comes in by it; what a provider, or
//! whoever stands between, says falsely, again or to another browser lets nobody in and changes nothing.

use axum::Router;
use axum::http::StatusCode;
use serde_json::{Value, json};
use server::Options;
use server::desk::Desk;
use server::providers::simulator::{Said, Signed, Simulated};
use server::providers::{ANSWERED_MS, Provider, Providers};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use trade::time::HOUR_MS;

use crate::House;
use crate::passkeys::{Authenticator, HOME, Told, enter, get, make, post};
use crate::sample::{PASSWORD, Sample};
use crate::sign::code;

const WHO: &str = "made-up-chen";

fn simulated(desk: &Arc<Sample>, rsa: bool) -> Arc<Simulated> {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let pem = include_str!("../../../wire/tests/golden/seal/rsa-2048.key.pem");
    let lines: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let key = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, lines).expect("base64");
    let clock = desk.clone();
    let now = Box::new(move || clock.now());
    let stop = Arc::new(AtomicBool::new(false));
    Simulated::serve(listener, ("window", "a made-up secret"), rsa.then_some(&key[..]), now, stop).expect("it serves")
}

fn named(id: &str, of: &Simulated, second: &[&str]) -> Provider {
    let authority = of.issuer.strip_prefix("http://").expect("no TLS here").to_owned();
    Provider {
        id: id.into(),
        issuer: of.issuer.clone(),
        client: "window".into(),
        secret: "a made-up secret".into(),
        secret_file: None,
        subject: "sub".into(),
        zh: "样例".into(),
        en: "Sample".into(),
        second: second.iter().map(|of| (*of).to_owned()).collect(),
        reach: vec![authority],
    }
}

fn house(desk: &Arc<Sample>, providers: Vec<Provider>) -> House {
    let providers = Some(Arc::new(Providers::new(providers, b"").expect("well named")));
    House { routes: server::router(desk.clone(), Options { providers, ..Options::default() }), desk: desk.clone() }
}

fn one(desk: Sample, second: &[&str], rsa: bool) -> (House, Arc<Simulated>) {
    let desk = Arc::new(desk);
    let provider = simulated(&desk, rsa);
    (house(&desk, vec![named("sample", &provider, second)]), provider)
}

/// Follows somebody to the provider, who is this person there; the way back, in English.
fn at_provider(to: &str, who: &str) -> String {
    let (host, path) = to.strip_prefix("http://").and_then(|rest| rest.split_once('/')).expect("an address");
    let mut stream = TcpStream::connect(host).expect("it answers");
    write!(stream, "GET /{path}&as={who} HTTP/1.0\r\nHost: {host}\r\n\r\n").expect("asked");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("answered");
    let location =
        answer.lines().find_map(|line| line.strip_prefix("location: ")).unwrap_or_else(|| panic!("{answer}"));
    let path = location.strip_prefix(HOME).unwrap_or_else(|| panic!("{location} leads elsewhere"));
    format!("/en{path}")
}

/// Goes to the provider and comes back: ticket, and address with the answer.
async fn away(routes: &Router, question: &str) -> (String, String) {
    let told = get(routes, "", &format!("/en/login/with/{question}")).await;
    assert_eq!(told.status, StatusCode::SEE_OTHER, "{}", told.text);
    (told.cookie, at_provider(&told.location, WHO))
}

async fn sign_in(routes: &Router) -> Told {
    let (ticket, path) = away(routes, "sample").await;
    get(routes, &ticket, &path).await
}

/// Links the person's identity with the account of this session.
async fn link(routes: &Router, cookie: &str, who: &str) -> Told {
    let form = [("provider", "sample"), ("password", PASSWORD)];
    let told = post(routes, cookie, "/en/account/provider", &form).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.text);
    let to = told.text.split(r#"href=""#).find(|rest| rest.starts_with("http://127.0.0.1")).expect("a link");
    let to = to.split('"').next().expect("its end").replace("&#38;", "&").replace("&amp;", "&");
    get(routes, &format!("{cookie}; {}", told.cookie), &at_provider(&to, who)).await
}

fn sessions(house: &House) -> usize {
    house.desk.sign_ins().sessions(None, None, house.desk.now()).len()
}

#[tokio::test]
async fn an_identity_is_linked_by_the_account_s_owner_and_signs_in_until_the_link_ends() {
    for rsa in [false, true] {
        let (house, _provider) = one(Sample::new(), &[], rsa);
        let routes = &house.routes;
        let nobody = sign_in(routes).await;
        assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
        assert!(nobody.text.contains("linked with no account here"), "{}", nobody.text);
        let cookie = enter(routes, "officer", PASSWORD).await.cookie;
        // A session alone links nothing.
        let form = [("provider", "sample"), ("password", "guess")];
        let told = post(routes, &cookie, "/en/account/provider", &form).await;
        assert_eq!((told.status, told.text.contains("/authorize")), (StatusCode::UNPROCESSABLE_ENTITY, false));
        let told = link(routes, &cookie, WHO).await;
        assert_eq!((told.status, &*told.location), (StatusCode::SEE_OTHER, "/en/account"), "{}", told.text);
        // To where somebody was going, inside alone.
        for (back, to) in [
            ("%2Fparcels", "/en/parcels"),
            ("https%3A%2F%2Fevil.example", "/en/desk"),
            ("%2F%2Fevil.example", "/en/desk"),
        ] {
            let (ticket, path) = away(routes, &format!("sample?back={back}")).await;
            let told = get(routes, &ticket, &path).await;
            assert_eq!((told.status, &*told.location), (StatusCode::SEE_OTHER, to), "{}", told.text);
            assert_eq!(get(routes, &told.cookie, "/en/desk").await.status, StatusCode::OK);
        }
        // One identity, one account.
        let auditor = enter(routes, "auditor", PASSWORD).await.cookie;
        assert_eq!(link(routes, &auditor, WHO).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(link(routes, &auditor, "made-up-lin").await.status, StatusCode::SEE_OTHER);
        assert_eq!(sign_in(routes).await.location, "/en/desk");
        // The session rests on what others rest on.
        let session = sign_in(routes).await.cookie;
        *house.desk.office.lock().expect("lock") = "6401".into();
        assert_eq!(get(routes, &session, "/en/desk").await.status, StatusCode::SEE_OTHER);
        house.desk.office.lock().expect("lock").clear();
        // And ends with the link.
        let (cookie, session) = (enter(routes, "officer", PASSWORD).await.cookie, sign_in(routes).await.cookie);
        let form = [("provider", "sample"), ("password", PASSWORD)];
        assert_eq!(post(routes, &cookie, "/en/account/provider/drop", &form).await.status, StatusCode::SEE_OTHER);
        assert_eq!(get(routes, &session, "/en/desk").await.status, StatusCode::SEE_OTHER);
        assert_eq!(sign_in(routes).await.status, StatusCode::UNAUTHORIZED);
    }
}

type Lies = [(&'static str, fn(&mut Said))];

#[tokio::test]
async fn a_token_that_does_not_hold_lets_nobody_in_and_changes_nothing() {
    let lies: &Lies = &[
        ("another issuer", |s| s.claims["iss"] = json!("https://evil.example")),
        ("for another window", |s| s.claims["aud"] = json!("another")),
        ("for others too", |s| s.claims["aud"] = json!(["window", "another"])),
        ("for nobody", |s| s.claims["aud"] = json!([])),
        ("given to another", |s| s.claims["azp"] = json!("another")),
        ("another question's", |s| s.claims["nonce"] = json!("00")),
        ("no question's", |s| s.claims["nonce"] = Value::Null),
        ("over", |s| s.claims["exp"] = json!(s.claims["iat"].as_i64().unwrap_or_default() - 61)),
        ("for ever", |s| s.claims["exp"] = Value::Null),
        ("to be made", |s| s.claims["iat"] = json!(s.claims["iat"].as_i64().unwrap_or_default() + 90)),
        ("made long ago", |s| s.claims["iat"] = json!(s.claims["iat"].as_i64().unwrap_or_default() - 3_600)),
        ("not yet", |s| s.claims["nbf"] = json!(s.claims["iat"].as_i64().unwrap_or_default() + 90)),
        ("of nobody", |s| s.claims["sub"] = json!("")),
        ("of a number", |s| s.claims["sub"] = json!(7)),
        ("signed by nothing", |s| (s.head["alg"], s.signed) = (json!("none"), Signed::Nothing)),
        ("signed by nothing, in capitals", |s| (s.head["alg"], s.signed) = (json!("NONE"), Signed::Nothing)),
        ("not signed at all", |s| s.signed = Signed::Nothing),
        ("by HMAC with the public key", |s| (s.head["alg"], s.signed) = (json!("HS256"), Signed::Hmac)),
        ("by HMAC, named otherwise", |s| s.signed = Signed::Hmac),
        ("by a key that is not shown", |s| s.signed = Signed::Other),
        ("by a key of another number", |s| s.head["kid"] = json!("two")),
        ("with what has to be understood", |s| s.head["crit"] = json!(["exp"])),
        ("by a key that it brings", |s| (s.head["alg"], s.signed) = (json!("ES384"), Signed::Other)),
    ];
    for rsa in [false, true] {
        let (house, provider) = one(Sample::new(), &[], rsa);
        let routes = &house.routes;
        let cookie = enter(routes, "officer", PASSWORD).await.cookie;
        assert_eq!(link(routes, &cookie, WHO).await.status, StatusCode::SEE_OTHER);
        let (before, linked) = (sessions(&house), house.desk.sign_ins().link(&provider.issuer, WHO));
        for (what, lie) in lies {
            let lie = *lie;
            provider.lies(Some(Box::new(lie)));
            let told = sign_in(routes).await;
            assert_eq!(told.status, StatusCode::UNAUTHORIZED, "{what}");
            assert!(told.text.contains("does not hold") && !told.cookie.contains("ow_session"), "{what}");
        }
        provider.lies(None);
        assert!(sign_in(routes).await.cookie.starts_with("ow_session="));
        // One that was said before.
        provider.replays(Some(provider.last()));
        assert_eq!(sign_in(routes).await.status, StatusCode::UNAUTHORIZED);
        provider.replays(None);
        assert_eq!(house.desk.sign_ins().link(&provider.issuer, WHO), linked);
        assert_eq!(sessions(&house), before + 1);
    }
}

#[tokio::test]
async fn an_answer_counts_once_in_time_for_the_browser_that_asked() {
    let (house, _provider) = one(Sample::new(), &[], false);
    let routes = &house.routes;
    let cookie = enter(routes, "officer", PASSWORD).await.cookie;
    assert_eq!(link(routes, &cookie, WHO).await.status, StatusCode::SEE_OTHER);
    let before = sessions(&house);
    let refused = |told: Told, what: &str, word: &str| {
        assert_eq!(told.status, StatusCode::UNAUTHORIZED, "{what}");
        assert!(told.text.contains(word) && !told.cookie.contains("ow_session"), "{what}: {}", told.text);
    };
    let stale = "does not belong";
    let (ticket, path) = away(routes, "sample").await;
    let (other, another) = away(routes, "sample").await;
    refused(get(routes, "", &path).await, "another browser", stale);
    refused(get(routes, &other, &path).await, "another question", stale);
    refused(get(routes, &cookie, &path).await, "a session without ticket", stale);
    refused(get(routes, &ticket.replace('.', "x."), &path).await, "a forged ticket", stale);
    refused(get(routes, &ticket, &path.replace("state=", "state=0")).await, "another state", stale);
    refused(get(routes, &ticket, "/en/login/from/sample").await, "no answer", stale);
    assert!(get(routes, &ticket, &path).await.cookie.starts_with("ow_session="));
    refused(get(routes, &ticket, &path).await, "again", stale);
    // The code of another's answer under the own state: its challenge was another.
    let code_of = |path: &str| path.split("code=").nth(1).and_then(|c| c.split('&').next()).expect("a code").to_owned();
    let (thief, own) = away(routes, "sample").await;
    refused(
        get(routes, &thief, &own.replace(&code_of(&own), &code_of(&another))).await,
        "a code of another",
        "let nobody in",
    );
    let (ticket, path) = away(routes, "sample").await;
    let refusal = format!("{}&error=access_denied", path.replace("code=", "x="));
    refused(get(routes, &ticket, &refusal).await, "turned back", "let nobody in");
    let (ticket, path) = away(routes, "sample").await;
    let evil = path.replace("iss=http", "iss=https");
    refused(get(routes, &ticket, &evil).await, "another provider's answer", "does not hold");
    let (ticket, path) = away(routes, "sample").await;
    house.desk.later.store(ANSWERED_MS, Ordering::Relaxed);
    refused(get(routes, &ticket, &path).await, "too late", stale);
    assert_eq!(sessions(&house), before + 1);
    for path in ["/en/login/with/none", "/en/login/from/none?code=1&state=2"] {
        assert_eq!(get(routes, "", path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn the_answer_of_one_provider_is_never_taken_for_that_of_another() {
    let desk = Arc::new(Sample::new());
    let (good, evil) = (simulated(&desk, false), simulated(&desk, false));
    let house = house(&desk, vec![named("sample", &good, &[]), named("evil", &evil, &[])]);
    let routes = &house.routes;
    let cookie = enter(routes, "officer", PASSWORD).await.cookie;
    assert_eq!(link(routes, &cookie, WHO).await.status, StatusCode::SEE_OTHER);
    // The same subject of another provider is somebody else.
    let (ticket, path) = away(routes, "evil").await;
    let told = get(routes, &ticket, &path).await;
    assert!(told.text.contains("linked with no account here"), "{}", told.text);
    // An answer of the good one, brought to the other's address, so that it would get the code.
    let (ticket, path) = away(routes, "sample").await;
    let told = get(routes, &ticket, &path.replace("/from/sample", "/from/evil")).await;
    assert!(told.text.contains("does not belong"), "{}", told.text);
    // The other says that it were the good one.
    let issuer = good.issuer.clone();
    evil.lies(Some(Box::new(move |said| said.claims["iss"] = json!(issuer))));
    let (ticket, path) = away(routes, "evil").await;
    assert!(get(routes, &ticket, &path).await.text.contains("does not hold"));
}

#[tokio::test]
async fn a_provider_that_is_down_or_says_it_is_another_is_told_with_the_next_step() {
    let desk = Arc::new(Sample::new());
    let provider = simulated(&desk, false);
    let start = async || {
        // Nothing is kept of it yet.
        let house = house(&desk, vec![named("sample", &provider, &[])]);
        get(&house.routes, "", "/en/login/with/sample").await
    };
    assert_eq!(start().await.status, StatusCode::SEE_OTHER);
    // What it says of itself is kept for an hour.
    let kept = house(&desk, vec![named("sample", &provider, &[])]);
    let status = async || get(&kept.routes, "", "/en/login/with/sample").await.status;
    assert_eq!(status().await, StatusCode::SEE_OTHER);
    provider.down.store(true, Ordering::Relaxed);
    for (later, expected) in
        [(HOUR_MS - 1, StatusCode::SEE_OTHER), (HOUR_MS, StatusCode::SERVICE_UNAVAILABLE), (0, StatusCode::SEE_OTHER)]
    {
        desk.later.store(later, Ordering::Relaxed);
        assert_eq!(status().await, expected, "{later}");
    }
    // One that takes the question and says nothing is left after some seconds.
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let authority = silent.local_addr().expect("an address").to_string();
    let silent_one =
        Provider { issuer: format!("http://{authority}"), reach: vec![authority], ..named("silent", &provider, &[]) };
    let told = get(&house(&desk, vec![silent_one]).routes, "", "/en/login/with/silent").await;
    assert_eq!(told.status, StatusCode::SERVICE_UNAVAILABLE);
    let told = start().await;
    assert_eq!(told.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(told.text.contains("does not answer") && told.text.contains("sign in with password"), "{}", told.text);
    provider.down.store(false, Ordering::Relaxed);
    for (name, value) in [
        ("issuer", json!("https://evil.example")),
        ("authorization_endpoint", json!("http://evil.example/authorize")),
        ("token_endpoint", json!("http://169.254.169.254/token")),
        ("jwks_uri", json!("file:///etc/passwd")),
    ] {
        provider.documents(Some((name, value)));
        let told = start().await;
        assert_eq!((told.status, &*told.location), (StatusCode::UNAUTHORIZED, ""), "{name}");
        assert!(told.text.contains("does not hold"), "{name}");
    }
    // By TLS somewhere private: nothing is sent there.
    provider.documents(Some(("token_endpoint", json!("https://127.0.0.1/token"))));
    let house = house(&desk, vec![named("sample", &provider, &[])]);
    let (ticket, path) = away(&house.routes, "sample").await;
    assert_eq!(get(&house.routes, &ticket, &path).await.status, StatusCode::SERVICE_UNAVAILABLE);
    provider.documents(Some(("token_endpoint", Value::Null)));
    assert_eq!(start().await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(sessions(&house), 0);
}

#[tokio::test]
async fn the_own_second_factor_is_asked_unless_the_operator_accepts_the_provider_s() {
    for (second, accepted) in
        [(&[][..], false), (&["amr:otp"][..], false), (&["amr:pwd"][..], true), (&["acr:2"][..], true)]
    {
        let (house, provider) = one(Sample { factors: true, ..Sample::new() }, second, false);
        provider.lies(Some(Box::new(|said| said.claims["acr"] = json!("2"))));
        let routes = &house.routes;
        let cookie = enter(routes, "officer", PASSWORD).await.cookie;
        assert_eq!(link(routes, &cookie, WHO).await.status, StatusCode::SEE_OTHER);
        // Without one here: as after a password, it is set up first.
        let told = sign_in(routes).await;
        assert_eq!(told.status, StatusCode::SEE_OTHER);
        let open = get(routes, &told.cookie, "/en/desk").await.status == StatusCode::OK;
        assert_eq!(open, accepted, "{second:?}");
        let form = [("password", PASSWORD)];
        assert_eq!(post(routes, &cookie, "/en/account/factor", &form).await.status, StatusCode::SEE_OTHER);
        let offer = house.desk.sign_ins().offered("officer", house.desk.now()).expect("an offer");
        let first = code(&house, &offer.secret);
        let told = post(routes, &cookie, "/en/account/factor/confirm", &[("code", &first)]).await;
        assert_eq!(told.status, StatusCode::OK);
        let told = sign_in(routes).await;
        if accepted {
            assert_eq!(told.location, "/en/desk");
            continue;
        }
        assert_eq!((told.status, told.cookie.starts_with("ow_provider=")), (StatusCode::OK, true), "{}", told.text);
        let ticket = told.cookie;
        assert_eq!(get(routes, &ticket, "/en/desk").await.status, StatusCode::SEE_OTHER, "nobody is in yet");
        house.desk.later.store(60_000, Ordering::Relaxed);
        let next = code(&house, &offer.secret);
        for (cookies, tried) in [(&*ticket, "000000"), (&ticket, &first), (&ticket, ""), ("", &next), (&cookie, &next)]
        {
            let told = post(routes, cookies, "/en/login/code", &[("code", tried)]).await;
            assert_eq!(told.status, StatusCode::UNAUTHORIZED, "{tried}");
            assert!(!told.cookie.contains("ow_session"));
        }
        let told = post(routes, &ticket, "/en/login/code", &[("code", &next)]).await;
        assert_eq!((told.status, &*told.location), (StatusCode::SEE_OTHER, "/en/desk"), "{}", told.text);
        assert_eq!(get(routes, &told.cookie, "/en/desk").await.status, StatusCode::OK);
        house.desk.later.store(120_000, Ordering::Relaxed);
        let later = code(&house, &offer.secret);
        let again = post(routes, &ticket, "/en/login/code", &[("code", &later)]).await;
        assert_eq!(again.status, StatusCode::UNAUTHORIZED, "a ticket counts once");
        for _ in 0..5 {
            let (ticket, path) = away(routes, "sample").await;
            let waits = get(routes, &ticket, &path).await.cookie;
            post(routes, &waits, "/en/login/code", &[("code", "000000")]).await;
        }
        let waits = sign_in(routes).await.cookie;
        let told = post(routes, &waits, "/en/login/code", &[("code", "000000")]).await;
        assert_eq!(told.status, StatusCode::TOO_MANY_REQUESTS, "wrong codes lock as those of a sign-in do");
    }
    // Who has a passkey and no codes signs in by that.
    let (house, _provider) = one(Sample::new(), &[], false);
    let routes = &house.routes;
    let cookie = enter(routes, "officer", PASSWORD).await.cookie;
    assert_eq!(link(routes, &cookie, WHO).await.status, StatusCode::SEE_OTHER);
    make(routes, &cookie, &Authenticator::new("one"), PASSWORD, 0).await;
    let told = sign_in(routes).await;
    assert_eq!((told.status, told.cookie.contains("ow_session")), (StatusCode::UNAUTHORIZED, false));
    assert!(told.text.contains("needs its passkey too"), "{}", told.text);
}
