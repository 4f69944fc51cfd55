//! Passkeys, with an authenticator made here: who has one comes in by it alone; what is forged, replayed, of another
//! origin or of somebody else lets nobody in and changes nothing.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use server::desk::Desk;
use server::passkeys::ANSWERED_MS;
use sha2::{Digest, Sha256};
use std::sync::atomic::Ordering;
use tower::ServiceExt;
use trade::account::AccountRow;
use trade::command::{ActorRole, RegisterKind};

use crate::House;
use crate::running::Running;
use crate::sample::{PASSWORD, Sample};

const HOST: &str = "localhost:8207";
pub const HOME: &str = "http://localhost:8207";

pub struct Told {
    pub status: StatusCode,
    pub location: String,
    pub cookie: String,
    pub text: String,
}

async fn send(routes: &Router, request: Request<Body>) -> Told {
    let response = routes.clone().oneshot(request).await.expect("infallible");
    let header = |name: &str| response.headers().get(name).and_then(|h| h.to_str().ok()).unwrap_or("").to_owned();
    let (status, location, cookie) = (response.status(), header("location"), header("set-cookie"));
    let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.expect("a body");
    Told { status, location, cookie, text: String::from_utf8_lossy(&bytes).into_owned() }
}

pub async fn get(routes: &Router, cookie: &str, path: &str) -> Told {
    let request = Request::get(path).header("host", HOST).header("cookie", cookie);
    send(routes, request.body(Body::empty()).expect("a request")).await
}

pub async fn post(routes: &Router, cookie: &str, path: &str, form: &[(&str, &str)]) -> Told {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_string() } else { format!("%{:02X}", c as u32) };
    let pairs = form.iter().map(|(name, value)| format!("{name}={}", value.chars().map(plain).collect::<String>()));
    let request = Request::post(path)
        .header("host", HOST)
        .header("origin", HOME)
        .header("cookie", cookie)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(pairs.collect::<Vec<_>>().join("&")));
    send(routes, request.expect("a request")).await
}

/// The value of an attribute of a passkey's form.
fn of_form(page: &str, kind: &str, name: &str) -> String {
    let form = page.split(&format!(r#"data-passkey="{kind}""#)).nth(1).unwrap_or_else(|| panic!("no form in {page}"));
    let form = form.split('>').next().expect("its end");
    form.split(&format!(r#"{name}=""#))
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("the attribute")
        .to_owned()
}

/// What an authenticator and its browser say; each attack changes a part.
#[derive(Clone)]
struct Word {
    kind: &'static str,
    challenge: String,
    origin: String,
    rp: &'static str,
    flags: u8,
    count: u32,
    id: Vec<u8>,
    user: String,
}

pub struct Authenticator {
    id: Vec<u8>,
    pair: EcdsaKeyPair,
}

impl Authenticator {
    pub fn new(id: &str) -> Authenticator {
        let random = SystemRandom::new();
        let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).expect("a key");
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, key.as_ref(), &random).expect("a pair");
        Authenticator { id: id.as_bytes().to_vec(), pair }
    }

    fn word(&self, challenge: String, user: String, count: u32) -> Word {
        let (origin, id) = (HOME.to_owned(), self.id.clone());
        Word { kind: "webauthn.get", challenge, origin, rp: "localhost", flags: 5, count, id, user }
    }

    fn says(&self, word: &Word) -> Vec<(&'static str, String)> {
        let challenge = URL_SAFE_NO_PAD.encode(&word.challenge);
        let client = serde_json::json!({"type": word.kind, "challenge": challenge, "origin": word.origin}).to_string();
        let mut data = [&Sha256::digest(word.rp)[..], &[word.flags], &word.count.to_be_bytes()].concat();
        if word.flags & 0x40 != 0 {
            let point = self.pair.public_key().as_ref();
            data.extend([0; 16]);
            data.extend((word.id.len() as u16).to_be_bytes());
            data.extend(&word.id);
            data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
            data.extend(&point[1..33]);
            data.extend([0x22, 0x58, 0x20]);
            data.extend(&point[33..]);
        }
        let over = [&data[..], &Sha256::digest(&client)[..]].concat();
        let signature = self.pair.sign(&SystemRandom::new(), &over).expect("signed");
        vec![
            ("id", STANDARD.encode(&word.id)),
            ("client", STANDARD.encode(client)),
            ("data", STANDARD.encode(data)),
            ("signature", STANDARD.encode(signature)),
            ("user", word.user.clone()),
        ]
    }
}

fn form<'a>(fields: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
    fields.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

pub async fn enter(routes: &Router, name: &str, password: &str) -> Told {
    post(routes, "", "/en/login", &[("name", name), ("password", password)]).await
}

async fn login_challenge(routes: &Router) -> String {
    of_form(&get(routes, "", "/en/login").await.text, "sign", "data-challenge")
}

/// Signs in by a passkey as it is.
async fn by(routes: &Router, key: &Authenticator, handle: &str, count: u32) -> Told {
    let word = key.word(login_challenge(routes).await, handle.to_owned(), count);
    post(routes, "", "/en/login/passkey", &form(&key.says(&word))).await
}

/// Makes a passkey for whoever has this session and password; the handle.
pub async fn make(routes: &Router, cookie: &str, key: &Authenticator, password: &str, count: u32) -> String {
    let page = post(routes, cookie, "/en/account/passkey", &[("password", password)]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let attribute = |name: &str| of_form(&page.text, "make", name);
    let word =
        Word { kind: "webauthn.create", flags: 0x45, ..key.word(attribute("data-challenge"), String::new(), count) };
    let told = post(routes, cookie, "/en/account/passkey/confirm", &form(&key.says(&word))).await;
    assert_eq!((told.status, &*told.location), (StatusCode::SEE_OTHER, "/en/account"), "{}", told.text);
    attribute("data-handle")
}

fn sessions(house: &House) -> usize {
    house.desk.sign_ins().sessions(None, None, house.desk.now()).len()
}

#[tokio::test]
async fn a_passkey_is_made_by_the_account_s_owner_and_signs_in_alone() {
    let house = House::new();
    let routes = &house.routes;
    let (cookie, elsewhere) = (enter(routes, "officer", PASSWORD).await.cookie, house.sign_in("officer").await);
    // A session alone makes none.
    let guess = post(routes, &cookie, "/en/account/passkey", &[("password", "guess")]).await;
    assert_eq!(guess.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!guess.text.contains("data-passkey"), "{}", guess.text);
    let key = Authenticator::new("one");
    let handle = make(routes, &cookie, &key, PASSWORD, 3).await;
    assert!(!handle.contains("officer") && handle.len() == 24);
    assert_eq!(get(routes, &elsewhere, "/en/desk").await.status, StatusCode::SEE_OTHER, "others have ended");
    assert_eq!(get(routes, &cookie, "/en/desk").await.status, StatusCode::OK);
    // It lets in, to where somebody was going inside.
    let word = key.word(login_challenge(routes).await, handle.clone(), 4);
    let mut fields = form(&key.says(&word)).into_iter().map(|(n, v)| (n, v.to_owned())).collect::<Vec<_>>();
    fields.push(("back", "/parcels".into()));
    let told = post(routes, "", "/en/login/passkey", &form(&fields)).await;
    assert_eq!((told.status, &*told.location), (StatusCode::SEE_OTHER, "/en/parcels"), "{}", told.text);
    assert_eq!(get(routes, &told.cookie, "/en/desk").await.status, StatusCode::OK);
    // Once.
    let again = post(routes, "", "/en/login/passkey", &form(&fields)).await;
    assert_eq!((again.status, &*again.cookie), (StatusCode::UNAUTHORIZED, ""));
    let word = key.word(login_challenge(routes).await, handle.clone(), 5);
    let mut fields = key.says(&word);
    fields.push(("back", "https://evil.example/".into()));
    assert_eq!(post(routes, "", "/en/login/passkey", &form(&fields)).await.location, "/en/desk", "never elsewhere");
    // The password alone no longer does.
    assert_eq!(enter(routes, "officer", PASSWORD).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(enter(routes, "auditor", PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn forged_replayed_and_foreign_words_of_a_passkey_let_nobody_in_and_change_nothing() {
    let house = House::new();
    let routes = &house.routes;
    let cookie = enter(routes, "officer", PASSWORD).await.cookie;
    let (key, thief) = (Authenticator::new("one"), Authenticator::new("one"));
    let handle = make(routes, &cookie, &key, PASSWORD, 7).await;
    let kept = house.desk.sign_ins().passkey(b"one");
    let auditor = enter(routes, "auditor", PASSWORD).await.cookie;
    let other = make(routes, &auditor, &Authenticator::new("two"), PASSWORD, 0).await;
    let before = sessions(&house);
    let good = key.word(login_challenge(routes).await, handle.clone(), 8);
    let request = Request::post("/api/v1/sign-in/challenge").header("host", HOST).body(Body::empty());
    let machine = send(routes, request.expect("a request")).await.text;
    let machine: serde_json::Value = serde_json::from_str(&machine).expect("JSON");
    let page = send(
        routes,
        Request::get("/en/login").header("host", "localhost:8208").body(Body::empty()).expect("a request"),
    )
    .await;
    let elsewhere = of_form(&page.text, "sign", "data-challenge");
    let changed = |change: &dyn Fn(&mut Word)| {
        let mut word = good.clone();
        change(&mut word);
        word
    };
    let machines = machine["challenge"].as_str().expect("a challenge").to_owned();
    let words = [
        ("another site", changed(&|w| w.origin = "https://evil.example".into())),
        ("another port", changed(&|w| w.origin = "http://localhost:8208".into())),
        ("a name that begins so", changed(&|w| w.origin = "http://localhost:8207.evil.example".into())),
        ("no origin", changed(&|w| w.origin = "null".into())),
        ("made for another name", changed(&|w| w.rp = "evil.example")),
        ("another ceremony", changed(&|w| w.kind = "webauthn.create")),
        ("nobody there", changed(&|w| w.flags = 4)),
        ("owner not known", changed(&|w| w.flags = 1)),
        ("no challenge", changed(&|w| w.challenge = String::new())),
        ("a challenge made up", changed(&|w| w.challenge = "ab".repeat(56))),
        ("a challenge for machines", changed(&|w| w.challenge = machines.clone())),
        ("a challenge for another name", changed(&|w| w.challenge = elsewhere.clone())),
        ("a number that nobody has", changed(&|w| w.id = b"three".to_vec())),
        ("the passkey of another", changed(&|w| w.id = b"two".to_vec())),
        ("in the name of another", changed(&|w| w.user = other.clone())),
        ("in nobody's name", changed(&|w| w.user = String::new())),
    ];
    for (what, word) in &words {
        let told = post(routes, "", "/en/login/passkey", &form(&key.says(word))).await;
        assert_eq!((told.status, &*told.cookie), (StatusCode::UNAUTHORIZED, ""), "{what}");
        assert!(told.text.contains("This passkey was not accepted"), "{what}");
    }
    let forged = post(routes, "", "/en/login/passkey", &form(&thief.says(&good))).await;
    assert_eq!(forged.status, StatusCode::UNAUTHORIZED, "signed by another key");
    for name in ["id", "client", "data", "signature"] {
        for value in ["", "%%%", "AAAA", "\"'><script>"] {
            let mut fields = key.says(&good);
            fields.iter_mut().filter(|(n, _)| *n == name).for_each(|(_, v)| *v = value.into());
            let told = post(routes, "", "/en/login/passkey", &form(&fields)).await;
            let nothing = (name, value) == ("id", "");
            let refused = if nothing { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::UNAUTHORIZED };
            assert_eq!(told.status, refused, "{name} {value}");
            assert!(!told.text.contains("<script>"));
        }
    }
    // Another site's form, with a good word in it.
    let request = Request::post("/en/login/passkey").header("host", HOST).header("origin", "https://evil.example");
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(Body::empty());
    assert_eq!(send(routes, request.expect("a request")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(house.desk.sign_ins().passkey(b"one"), kept, "none of it counted");
    assert_eq!(sessions(&house), before);
    // Nothing of all that has used the challenge up, nor locked anybody out.
    assert_eq!(post(routes, "", "/en/login/passkey", &form(&key.says(&good))).await.status, StatusCode::SEE_OTHER);
    assert_eq!(by(routes, &key, &handle, 8).await.status, StatusCode::UNAUTHORIZED, "a copy, which has counted as far");
    assert_eq!(by(routes, &key, &handle, 0).await.status, StatusCode::UNAUTHORIZED, "or stopped counting");
    let late = key.word(login_challenge(routes).await, handle.clone(), 9);
    house.desk.later.store(ANSWERED_MS, Ordering::Relaxed);
    assert_eq!(post(routes, "", "/en/login/passkey", &form(&key.says(&late))).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(by(routes, &key, &handle, 9).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_passkey_is_made_and_taken_away_by_its_own_account_alone() {
    let house = House::new();
    let routes = &house.routes;
    let (officer, auditor) =
        (enter(routes, "officer", PASSWORD).await.cookie, enter(routes, "auditor", PASSWORD).await.cookie);
    let (one, two) = (Authenticator::new("one"), Authenticator::new("two"));
    make(routes, &officer, &one, PASSWORD, 0).await;
    let kept = house.desk.sign_ins().passkey(b"one");
    let page = post(routes, &auditor, "/en/account/passkey", &[("password", PASSWORD)]).await.text;
    let word = |key: &Authenticator| Word {
        kind: "webauthn.create",
        flags: 0x45,
        ..key.word(of_form(&page, "make", "data-challenge"), String::new(), 0)
    };
    let confirm = async |cookie: &str, word: &Word, key: &Authenticator| {
        post(routes, cookie, "/en/account/passkey/confirm", &form(&key.says(word))).await.status
    };
    // A challenge that was offered to somebody else, or to nobody; a word of another site; somebody else's number.
    assert_eq!(confirm(&officer, &word(&two), &two).await, StatusCode::UNPROCESSABLE_ENTITY);
    let made_up = Word { challenge: login_challenge(routes).await, ..word(&two) };
    assert_eq!(confirm(&auditor, &made_up, &two).await, StatusCode::UNPROCESSABLE_ENTITY);
    let page = post(routes, &auditor, "/en/account/passkey", &[("password", PASSWORD)]).await.text;
    let word = |key: &Authenticator| Word {
        kind: "webauthn.create",
        flags: 0x45,
        ..key.word(of_form(&page, "make", "data-challenge"), String::new(), 0)
    };
    let evil = Word { origin: "https://evil.example".into(), ..word(&two) };
    assert_eq!(confirm(&auditor, &evil, &two).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(confirm("", &word(&two), &two).await, StatusCode::SEE_OTHER, "to the sign-in");
    let taken = Word { id: b"one".to_vec(), ..word(&two) };
    assert_eq!(confirm(&auditor, &taken, &two).await, StatusCode::UNPROCESSABLE_ENTITY, "it is not taken over");
    assert_eq!(confirm(&auditor, &word(&two), &two).await, StatusCode::UNPROCESSABLE_ENTITY, "the offer is used up");
    assert_eq!(house.desk.sign_ins().passkey(b"one"), kept);
    assert_eq!(house.desk.sign_ins().passkey(b"two"), None);
    // Another's is not taken away.
    let drop = [("password", PASSWORD), ("passkey", "b25l")];
    let told = post(routes, &auditor, "/en/account/passkey/drop", &drop).await;
    assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(house.desk.sign_ins().passkey(b"one"), kept);
}

#[tokio::test]
async fn who_has_a_passkey_proves_it_before_anything_of_the_sign_in_changes() {
    let house = House::new();
    let routes = &house.routes;
    let cookie = enter(routes, "officer", PASSWORD).await.cookie;
    let (key, other) = (Authenticator::new("one"), Authenticator::new("two"));
    let handle = make(routes, &cookie, &key, PASSWORD, 0).await;
    let auditor = enter(routes, "auditor", PASSWORD).await.cookie;
    make(routes, &auditor, &other, PASSWORD, 0).await;
    let proof = async |key: &Authenticator, user: &str| {
        let page = get(routes, &cookie, "/en/account").await.text;
        let word = key.word(of_form(&page, "sign", "data-challenge"), user.to_owned(), 0);
        [key.says(&word), vec![("password", PASSWORD.to_owned()), ("passkey", "b25l".to_owned())]].concat()
    };
    let status =
        async |path: &str, fields: &[(&'static str, String)]| post(routes, &cookie, path, &form(fields)).await.status;
    let paths = ["/en/account/factor", "/en/account/passkey", "/en/account/passkey/drop"];
    // A session and the password, or with the passkey of another account: nothing. Four wrong ones lock no name yet.
    for path in paths {
        let bare = [("password", PASSWORD.to_owned()), ("passkey", "b25l".to_owned())];
        assert_eq!(status(path, &bare).await, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
    }
    assert_eq!(status(paths[2], &proof(&other, "").await).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(house.desk.sign_ins().passkey(b"one").is_some());
    assert_eq!(house.desk.sign_ins().offered("officer", house.desk.now()), None);
    // With its own; authenticators that are asked for one passkey need not say whose it is.
    assert_eq!(status(paths[0], &proof(&key, "").await).await, StatusCode::SEE_OTHER);
    assert!(house.desk.sign_ins().offered("officer", house.desk.now()).is_some());
    assert_eq!(status(paths[1], &proof(&key, &handle).await).await, StatusCode::OK);
    // A right password does not make room for more wrong codes.
    let bare = [("password", PASSWORD.to_owned())];
    for _ in 0..5 {
        assert_eq!(status(paths[1], &bare).await, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(status(paths[1], &bare).await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(enter(routes, "officer", PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS);
    let in_spite = by(routes, &key, &handle, 0).await;
    assert_eq!(in_spite.status, StatusCode::SEE_OTHER, "who locks a name locks no passkey");
    house.desk.later.store(20 * 60_000, Ordering::Relaxed);
    assert_eq!(status(paths[2], &proof(&key, &handle).await).await, StatusCode::SEE_OTHER);
    assert_eq!(
        get(routes, &in_spite.cookie, "/en/desk").await.status,
        StatusCode::SEE_OTHER,
        "its sessions end with it"
    );
    assert_eq!(by(routes, &key, &handle, 0).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(enter(routes, "officer", PASSWORD).await.status, StatusCode::SEE_OTHER, "as before");
}

#[tokio::test]
async fn a_passkey_is_the_second_factor_that_is_asked_of_an_official() {
    let house = House::of(Sample { factors: true, ..Sample::new() });
    let routes = &house.routes;
    let cookie = enter(routes, "officer", PASSWORD).await.cookie;
    assert_eq!(get(routes, &cookie, "/en/desk").await.location, "/en/account");
    let key = Authenticator::new("one");
    let handle = make(routes, &cookie, &key, PASSWORD, 0).await;
    assert_eq!(get(routes, &cookie, "/en/desk").await.status, StatusCode::OK);
    let told = by(routes, &key, &handle, 0).await;
    assert_eq!(get(routes, &told.cookie, "/en/desk").await.status, StatusCode::OK);
    assert!(!get(routes, &told.cookie, "/en/account").await.text.contains("Set one of them up"));
}

#[tokio::test]
async fn a_new_password_takes_all_passkeys_and_another_office_none() {
    let zone = Running::at("2026-03-01T14:00", &[], &[]);
    let routes = &zone.routes;
    let account = |password: &str, office: &str, closed| {
        let row = AccountRow {
            login: "shop".into(),
            role: ActorRole::Viewer,
            office: office.into(),
            password_hash: password.into(),
            closed,
            ..AccountRow::default()
        };
        zone.house
            .window()
            .register(&window::filing::security("test"), RegisterKind::Accounts, &[row])
            .expect("let in");
    };
    let [first, second] = ["first word", "second word"].map(|word| server::sign::hash_password(word).expect("hashed"));
    account(&first, "", false);
    let cookie = enter(routes, "shop", "first word").await.cookie;
    let key = Authenticator::new("one");
    let handle = make(routes, &cookie, &key, "first word", 0).await;
    assert_eq!(by(routes, &key, &handle, 0).await.status, StatusCode::SEE_OTHER);
    account(&first, "6401", false);
    assert_eq!(get(routes, &cookie, "/en/account").await.status, StatusCode::SEE_OTHER, "the session has ended");
    assert_eq!(enter(routes, "shop", "first word").await.status, StatusCode::UNAUTHORIZED, "nor does the password do");
    assert_eq!(by(routes, &key, &handle, 0).await.status, StatusCode::SEE_OTHER);
    account(&first, "6401", true);
    assert_eq!(by(routes, &key, &handle, 0).await.status, StatusCode::UNAUTHORIZED, "closed");
    account(&second, "6401", false);
    assert_eq!(by(routes, &key, &handle, 0).await.status, StatusCode::UNAUTHORIZED);
    let cookie = enter(routes, "shop", "second word").await.cookie;
    assert!(!get(routes, &cookie, "/en/account").await.text.contains("data-passkey"));
}
