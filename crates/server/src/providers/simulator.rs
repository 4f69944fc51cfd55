//! An identity provider on this machine with invented people, that is right or lies, slow or down: for the demo and tests.
//! Whoever comes chooses who to be; there are no passwords.

use super::derived;
use crate::chart::escape;
use crate::site::{hex, quoted};
use axum::Router;
use axum::extract::{Form, Query, State};
use axum::http::header::{self, HeaderMap};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use trade::time::Moment;

/// Invented people: subject, and name as the page shows it.
pub const PEOPLE: [(&str, &str); 2] =
    [("made-up-chen", "陈样例 Chen (made up)"), ("made-up-lin", "林样例 Lin (made up)")];

/// What it says, before it is signed.
pub struct Said {
    pub head: Value,
    pub claims: Value,
    pub signed: Signed,
}

/// By what a token is signed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Signed {
    Own,
    /// By a key that it does not show.
    Other,
    /// By HMAC, with the public key as secret.
    Hmac,
    Nothing,
}

/// How it lies.
pub type Lie = Box<dyn Fn(&mut Said) + Send>;

type Now = Box<dyn Fn() -> Moment + Send + Sync>;

pub struct Simulated {
    pub issuer: String,
    pub client: String,
    pub secret: String,
    now: Now,
    key: EcdsaKeyPair,
    other: EcdsaKeyPair,
    /// In PKCS 8; then it signs by RS256.
    rsa: Option<RsaKeyPair>,
    codes: Mutex<HashMap<String, HashMap<String, String>>>,
    lie: Mutex<Option<Lie>>,
    /// It answers no program.
    pub down: AtomicBool,
    /// What it says of itself, changed.
    document: Mutex<Option<(String, Value)>>,
    /// A token that it says instead of a new one.
    replayed: Mutex<Option<String>>,
    last: Mutex<String>,
}

fn locked<T>(of: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

fn drawn() -> Result<EcdsaKeyPair, String> {
    let random = SystemRandom::new();
    let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).map_err(|e| e.to_string())?;
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.as_ref(), &random).map_err(|e| e.to_string())
}

impl Simulated {
    /// Serves at this listener until `stop` is set; with a key in PKCS 8 it signs by RS256, else by ES256.
    ///
    /// # Errors
    /// There is no randomness, the key is none, or the network cannot be used.
    pub fn serve(
        listener: TcpListener,
        (client, secret): (&str, &str),
        rsa: Option<&[u8]>,
        now: Now,
        stop: Arc<AtomicBool>,
    ) -> Result<Arc<Simulated>, String> {
        let port = listener.local_addr().map_err(|e| e.to_string())?.port();
        let rsa = rsa.map(|key| RsaKeyPair::from_pkcs8(key).map_err(|e| e.to_string())).transpose()?;
        let provider = Arc::new(Simulated {
            issuer: format!("http://127.0.0.1:{port}"),
            client: client.into(),
            secret: secret.into(),
            now,
            key: drawn()?,
            other: drawn()?,
            rsa,
            codes: Mutex::default(),
            lie: Mutex::default(),
            down: AtomicBool::new(false),
            document: Mutex::default(),
            replayed: Mutex::default(),
            last: Mutex::default(),
        });
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.map_err(|e| e.to_string())?;
        listener.set_nonblocking(true).map_err(|e| e.to_string())?;
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/authorize", get(authorize))
            .route("/token", post(token))
            .route("/keys", get(keys))
            .with_state(provider.clone());
        std::thread::spawn(move || {
            runtime.block_on(async move {
                let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
                let serving = tokio::spawn(async move { axum::serve(listener, routes).await });
                while !stop.load(Ordering::Relaxed) && !serving.is_finished() {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                serving.abort();
            });
        });
        Ok(provider)
    }

    /// From now on it lies so; `None` is the truth.
    pub fn lies(&self, lie: Option<Lie>) {
        *locked(&self.lie) = lie;
    }

    /// From now on this stands in its discovery document.
    pub fn documents(&self, changed: Option<(&str, Value)>) {
        *locked(&self.document) = changed.map(|(name, value)| (name.to_owned(), value));
    }

    /// The token that it said last.
    pub fn last(&self) -> String {
        locked(&self.last).clone()
    }

    /// From now on it says this token.
    pub fn replays(&self, token: Option<String>) {
        *locked(&self.replayed) = token;
    }

    fn shown(&self) -> Value {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match &self.rsa {
            // In DER nine bytes stand before the modulus of 2,048 bits.
            Some(rsa) => json!({"kty": "RSA", "kid": "one", "use": "sig", "alg": "RS256",
                "n": text(&rsa.public().as_ref()[9..265]), "e": "AQAB"}),
            None => {
                let point = self.key.public_key().as_ref();
                json!({"kty": "EC", "crv": "P-256", "kid": "one", "use": "sig",
                    "x": text(&point[1..33]), "y": text(&point[33..])})
            }
        }
    }

    fn token(&self, asked: &HashMap<String, String>) -> String {
        let now = (self.now)().0 / 1000;
        let of = |name: &str| asked.get(name).cloned().unwrap_or_default();
        let mut said = Said {
            head: json!({"alg": if self.rsa.is_some() { "RS256" } else { "ES256" }, "kid": "one", "typ": "JWT"}),
            claims: json!({"iss": self.issuer, "aud": self.client, "sub": of("as"), "nonce": of("nonce"),
                "iat": now, "exp": now + 300, "amr": ["pwd"]}),
            signed: Signed::Own,
        };
        if let Some(lie) = &*locked(&self.lie) {
            lie(&mut said);
        }
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", part(&said.head), part(&said.claims));
        let random = SystemRandom::new();
        let by = |key: &EcdsaKeyPair| key.sign(&random, text.as_bytes()).map(|of| of.as_ref().to_vec());
        let signature = match (said.signed, &self.rsa) {
            (Signed::Own, Some(rsa)) => {
                let mut signature = vec![0; rsa.public().modulus_len()];
                rsa.sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature).map(|()| signature)
            }
            (Signed::Own, None) => by(&self.key),
            (Signed::Other, _) => by(&self.other),
            (Signed::Hmac, _) => {
                let key: [u8; 32] = Sha256::digest(self.shown().to_string()).into();
                Ok(store::keys::hmac(&key, &[text.as_bytes()]).to_vec())
            }
            (Signed::Nothing, _) => Ok(Vec::new()),
        };
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature.unwrap_or_default()))
    }
}

type Provided = State<Arc<Simulated>>;

fn away(provider: &Simulated) -> Option<Response> {
    provider.down.load(Ordering::Relaxed).then(|| StatusCode::SERVICE_UNAVAILABLE.into_response())
}

async fn discovery(State(provider): Provided) -> Response {
    if let Some(away) = away(&provider) {
        return away;
    }
    let issuer = &provider.issuer;
    let mut document = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "ES256"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    });
    if let Some((name, value)) = &*locked(&provider.document) {
        document[name] = value.clone();
    }
    axum::Json(document).into_response()
}

async fn keys(State(provider): Provided) -> Response {
    away(&provider).unwrap_or_else(|| axum::Json(json!({"keys": [provider.shown()]})).into_response())
}

/// A page on which one chooses who to be; with `as` the way back.
async fn authorize(State(provider): Provided, Query(asked): Query<HashMap<String, String>>) -> Response {
    let given = |name: &str| asked.get(name).cloned().unwrap_or_default();
    let known = given("client_id") == provider.client
        && given("response_type") == "code"
        && given("code_challenge_method") == "S256"
        && given("scope").split(' ').any(|scope| scope == "openid");
    let back = given("redirect_uri");
    if !known || !back.starts_with("http") {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let (state, issuer) = (quoted(&given("state")), quoted(&provider.issuer));
    let way = match given("as").as_str() {
        "" => {
            let same = asked.iter().map(|(name, value)| format!("{name}={}", quoted(value))).collect::<Vec<_>>();
            let link = |who: &str, name: &str| {
                format!(r#"<li><a href="/authorize?{}&amp;as={who}">{name}</a></li>"#, escape(&same.join("&")))
            };
            let people: String = PEOPLE.iter().map(|(who, name)| link(who, name)).collect();
            let no = link("nobody", "不登录 Turn back");
            return Html(format!(
                "<!doctype html><html lang=\"zh\"><title>Simulated provider</title><main><h1>模拟身份提供方 Simulated identity \
                 provider</h1><p>人物均为虚构 All people are made up</p><ul>{people}{no}</ul></main></html>"
            ))
            .into_response();
        }
        "nobody" => format!("error=access_denied&state={state}&iss={issuer}"),
        _ => {
            let mut code = [0; 16];
            let _ = getrandom::fill(&mut code);
            locked(&provider.codes).insert(hex(&code), asked);
            format!("code={}&state={state}&iss={issuer}", hex(&code))
        }
    };
    let to = HeaderValue::from_str(&format!("{back}?{way}"));
    let to = to.unwrap_or_else(|_| HeaderValue::from_static("/"));
    (StatusCode::FOUND, [(header::LOCATION, to)]).into_response()
}

/// Each code counts once, for whoever shows the secret and what its challenge was made of.
async fn token(State(provider): Provided, headers: HeaderMap, Form(form): Form<HashMap<String, String>>) -> Response {
    if let Some(away) = away(&provider) {
        return away;
    }
    let given = |name: &str| form.get(name).cloned().unwrap_or_default();
    let pair = STANDARD.encode(format!("{}:{}", quoted(&provider.client), quoted(&provider.secret)));
    let basic =
        headers.get(header::AUTHORIZATION).is_some_and(|of| of.as_bytes() == format!("Basic {pair}").as_bytes());
    let asked = locked(&provider.codes).remove(&given("code"));
    let fits = asked.filter(|asked| {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(given("code_verifier")));
        basic
            && given("grant_type") == "authorization_code"
            && asked.get("code_challenge") == Some(&challenge)
            && asked.get("redirect_uri") == Some(&given("redirect_uri"))
    });
    let Some(asked) = fits else {
        return (StatusCode::BAD_REQUEST, axum::Json(json!({"error": "invalid_grant"}))).into_response();
    };
    let token = locked(&provider.replayed).clone().unwrap_or_else(|| provider.token(&asked));
    *locked(&provider.last) = token.clone();
    let access = derived("access", &token);
    axum::Json(json!({"access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": token}))
        .into_response()
}
