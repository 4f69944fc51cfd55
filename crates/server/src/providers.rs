//! Sign-in by the identity provider of a department (统一身份认证; OpenID Connect Core 1.0): this window is a relying party
//! by the authorization code flow with PKCE (RFC 7636, S256), state and nonce.
//!
//! Which providers there are says the zone's operator at start. What a provider tells of itself (discovery) and its keys
//! are fetched by the one HTTP client, kept for an hour, and fetched again for a key that is not known, at most once a
//! minute. An ID token counts where every check of [`token`] holds. Whose account it opens says a link of provider and
//! subject that the account's owner made here, signed in and with the password again: never a name or an address that a
//! provider tells.
//!
//! A start keeps nothing here: what has to come back with the answer lies sealed by a [`Ticket`] in the browser's cookie,
//! so that an answer that another browser was given opens nothing, and each counts once.
//! Not covered here: signing out at the provider, encrypted tokens, registering by itself.

pub mod simulator;
mod token;

use crate::courier::address::{Address, Guard};
use crate::courier::http::{Ask, Http};
use crate::lang::Lang;
use crate::site::{hex, quoted};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use store::keys::hmac;
use trade::time::{HOUR_MS, Moment};

/// From the start of a sign-in to its answer.
pub const ANSWERED_MS: i64 = 10 * 60_000;
/// A provider has so long for each question.
const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes that are read of an answer.
const MOST: usize = 256 << 10;
/// So long what a provider says of itself, and its keys, are kept.
const KEPT_MS: i64 = HOUR_MS;
/// Keys are fetched anew for an unknown one no sooner than so long after the last time.
const AGAIN_MS: i64 = 60_000;

/// A provider as the operator names it.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// In addresses of this window: small letters, digits, hyphens.
    pub id: String,
    /// Byte for byte as its tokens say it.
    pub issuer: String,
    /// Under which the provider knows this window.
    pub client: String,
    /// What this window proves that by; empty for none.
    #[serde(skip)]
    pub secret: String,
    /// The file that it lies in.
    #[serde(default)]
    pub secret_file: Option<PathBuf>,
    /// The claim that names somebody for ever.
    #[serde(default = "subject")]
    pub subject: String,
    pub zh: String,
    pub en: String,
    /// What says that there were two factors: `amr:VALUE` or `acr:VALUE`. Without, this window asks for its own.
    #[serde(default)]
    pub second: Vec<String>,
    /// `HOST:PORT` that are asked though they are none of the public network, or speak no TLS.
    #[serde(default)]
    pub reach: Vec<String>,
}

fn subject() -> String {
    "sub".into()
}

impl Provider {
    pub fn label(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }

    /// # Errors
    /// What is wrong with it.
    fn check(&self) -> Result<(), String> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if self.id.is_empty() || self.id.len() > 32 || !self.id.bytes().all(plain) {
            return Err("id: small letters, digits and hyphens".into());
        }
        let at = |why: &str| format!("{}: {why}", self.id);
        let address = Address::of(&self.issuer).map_err(|why| at(&format!("issuer: {why}")))?;
        if self.issuer.contains('?') || !self.may_be(&address) {
            return Err(at("issuer: https without a question, or a host that reach names"));
        }
        if self.client.is_empty() || self.subject.is_empty() || self.zh.is_empty() || self.en.is_empty() {
            return Err(at("client, subject, zh and en say something"));
        }
        match self.second.iter().find(|of| !of.starts_with("amr:") && !of.starts_with("acr:")) {
            Some(odd) => Err(at(&format!("second: {odd} begins with amr: or acr:"))),
            None => Ok(()),
        }
    }

    fn may_be(&self, address: &Address) -> bool {
        address.tls || self.reach.contains(&address.authority())
    }
}

/// Why nobody comes in by a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// It cannot be reached, or answers nothing that can be read.
    Down(String),
    /// It says no: somebody turned back there, or it does not know this window.
    Refused,
    /// What it says does not hold; nothing of it is believed.
    False(&'static str),
    /// No answer to a question of this browser, too late, or again.
    Stale,
}

/// What a provider says of itself (OpenID Connect Discovery 1.0, 3).
#[derive(Clone, Deserialize)]
struct Discovered {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

#[derive(Clone, Default)]
struct Kept {
    of_itself: Option<(Discovered, Moment)>,
    keys: Option<(Value, Moment)>,
}

/// Who somebody is by a provider's word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proved {
    pub issuer: String,
    pub subject: String,
    /// There were two factors, by what the operator accepts for that.
    pub second: bool,
}

/// What lies in a browser's cookie between a start and its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ticket {
    /// On the way to a provider.
    Away { secret: String, provider: String, until: i64, back: String, link: Option<String> },
    /// Back, and to prove a second factor here.
    Waits { issuer: String, subject: String, until: i64, back: String, once: String },
}

/// The providers of one window.
pub struct Providers {
    all: Vec<Provider>,
    http: Http,
    kept: Mutex<HashMap<String, Kept>>,
    secret: Option<[u8; 32]>,
}

impl std::fmt::Debug for Providers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.all.iter().map(|provider| &provider.id)).finish()
    }
}

impl Providers {
    /// # Errors
    /// What is wrong with one of them, or with the certificates (`roots`, PEM).
    pub fn new(all: Vec<Provider>, roots: &[u8]) -> Result<Providers, String> {
        for (n, provider) in all.iter().enumerate() {
            provider.check()?;
            if all[..n].iter().any(|other| other.id == provider.id || other.issuer == provider.issuer) {
                return Err(format!("{}: its id or issuer is there already", provider.id));
            }
        }
        let reach = all.iter().flat_map(|provider| provider.reach.clone()).collect();
        let mut secret = [0; 32];
        let secret = getrandom::fill(&mut secret).is_ok().then_some(secret);
        Ok(Providers { all, http: Http::new(Guard::new(reach), roots)?, kept: Mutex::default(), secret })
    }

    pub fn all(&self) -> &[Provider] {
        &self.all
    }

    pub fn named(&self, id: &str) -> Option<&Provider> {
        self.all.iter().find(|provider| provider.id == id)
    }

    pub fn of_issuer(&self, issuer: &str) -> Option<&Provider> {
        self.all.iter().find(|provider| provider.issuer == issuer)
    }

    /// Whereto somebody goes to sign in at a provider, and the ticket for the way back: to `back`, or as link to this
    /// account.
    ///
    /// # Errors
    /// As [`Why`].
    pub fn start(
        &self,
        provider: &Provider,
        home: &str,
        (back, link): (&str, Option<&str>),
        now: Moment,
    ) -> Result<(String, Ticket), Why> {
        let of_itself = self.discovered(provider, now)?;
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(|_| Why::Down("no randomness".into()))?;
        let (secret, until) = (hex(&secret), now.0 + ANSWERED_MS);
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(derived("verifier", &secret)));
        let question = [
            ("response_type", "code".to_owned()),
            ("client_id", provider.client.clone()),
            ("redirect_uri", returns(provider, home)),
            ("scope", "openid".to_owned()),
            ("state", derived("state", &secret)),
            ("nonce", derived("nonce", &secret)),
            ("code_challenge", challenge),
            ("code_challenge_method", "S256".to_owned()),
        ]
        .map(|(name, value)| format!("{name}={}", quoted(&value)))
        .join("&");
        let more = if of_itself.authorization_endpoint.contains('?') { '&' } else { '?' };
        let ticket = Ticket::Away {
            secret,
            provider: provider.id.clone(),
            until,
            back: back.to_owned(),
            link: link.map(str::to_owned),
        };
        Ok((format!("{}{more}{question}", of_itself.authorization_endpoint), ticket))
    }

    /// Who came back with this code, where everything holds. The state has been held against the ticket's before.
    ///
    /// # Errors
    /// As [`Why`].
    pub fn finish(
        &self,
        provider: &Provider,
        home: &str,
        (secret, code, iss): (&str, &str, &str),
        now: Moment,
    ) -> Result<Proved, Why> {
        let of_itself = self.discovered(provider, now)?;
        // RFC 9207: the answer is of the provider that was asked.
        let said = !iss.is_empty() || of_itself.authorization_response_iss_parameter_supported;
        if said && iss != provider.issuer {
            return Err(Why::False("iss"));
        }
        let verifier = derived("verifier", secret);
        let mut form = vec![
            ("grant_type", "authorization_code".to_owned()),
            ("code", code.to_owned()),
            ("redirect_uri", returns(provider, home)),
            ("code_verifier", verifier),
        ];
        let methods = &of_itself.token_endpoint_auth_methods_supported;
        let by_form = !methods.is_empty() && methods.iter().all(|method| method != "client_secret_basic");
        let mut headers = "Content-Type: application/x-www-form-urlencoded\r\nAccept: application/json\r\n".to_owned();
        if provider.secret.is_empty() || by_form {
            form.push(("client_id", provider.client.clone()));
        }
        if !provider.secret.is_empty() && by_form {
            form.push(("client_secret", provider.secret.clone()));
        } else if !provider.secret.is_empty() {
            // RFC 6749, 2.3.1: both are encoded as in a form before.
            let pair = format!("{}:{}", quoted(&provider.client), quoted(&provider.secret));
            headers.push_str(&format!("Authorization: Basic {}\r\n", STANDARD.encode(pair)));
        }
        let form = form.iter().map(|(name, value)| format!("{name}={}", quoted(value))).collect::<Vec<_>>().join("&");
        let answer = self.ask(provider, "POST", &of_itself.token_endpoint, &headers, form.as_bytes())?;
        let token = answer["id_token"].as_str().ok_or(Why::False("id_token"))?;
        let expected = token::Expected { provider, nonce: &derived("nonce", secret), now };
        let keys = self.keys(provider, &of_itself, now, false)?;
        match expected.proved(token, &keys) {
            // It may have changed its keys.
            Err(Why::False("kid")) => expected.proved(token, &self.keys(provider, &of_itself, now, true)?),
            told => told,
        }
    }

    fn discovered(&self, provider: &Provider, now: Moment) -> Result<Discovered, Why> {
        if let Some((of_itself, at)) = self.kept(provider).of_itself
            && now.0 < at.0 + KEPT_MS
        {
            return Ok(of_itself);
        }
        let address = format!("{}/.well-known/openid-configuration", provider.issuer.trim_end_matches('/'));
        let answer = self.ask(provider, "GET", &address, "Accept: application/json\r\n", b"")?;
        let of_itself: Discovered =
            serde_json::from_value(answer).map_err(|_| Why::Down("its discovery document cannot be read".into()))?;
        // Another's document would lead everybody to that other.
        if of_itself.issuer != provider.issuer {
            return Err(Why::False("issuer"));
        }
        for address in [&of_itself.authorization_endpoint, &of_itself.token_endpoint, &of_itself.jwks_uri] {
            let address = Address::of(address).map_err(|_| Why::False("endpoint"))?;
            if !provider.may_be(&address) {
                return Err(Why::False("endpoint"));
            }
        }
        self.keep(provider, |kept| kept.of_itself = Some((of_itself.clone(), now)));
        Ok(of_itself)
    }

    fn keys(&self, provider: &Provider, of_itself: &Discovered, now: Moment, anew: bool) -> Result<Value, Why> {
        let lasts = if anew { AGAIN_MS } else { KEPT_MS };
        if let Some((keys, at)) = self.kept(provider).keys
            && now.0 < at.0 + lasts
        {
            return Ok(keys);
        }
        let keys = self.ask(provider, "GET", &of_itself.jwks_uri, "Accept: application/json\r\n", b"")?;
        self.keep(provider, |kept| kept.keys = Some((keys.clone(), now)));
        Ok(keys)
    }

    fn kept(&self, provider: &Provider) -> Kept {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&provider.id).cloned().unwrap_or_default()
    }

    fn keep(&self, provider: &Provider, change: impl FnOnce(&mut Kept)) {
        change(self.kept.lock().unwrap_or_else(PoisonError::into_inner).entry(provider.id.clone()).or_default());
    }

    fn ask(&self, provider: &Provider, method: &str, url: &str, headers: &str, body: &[u8]) -> Result<Value, Why> {
        let address = Address::of(url).map_err(Why::Down)?;
        let ask = Ask { method, address, headers, body, patience: PATIENCE, most: MOST };
        let (status, answer) = self.http.ask(&ask).map_err(|why| {
            tracing::warn!(provider = provider.id, why, "an identity provider does not answer");
            Why::Down(why)
        })?;
        match status {
            200..300 => serde_json::from_slice(&answer).map_err(|_| Why::Down("its answer is no JSON".into())),
            // RFC 6749, 5.2: the code or this window is not known there.
            400 | 401 => Err(Why::Refused),
            status => Err(Why::Down(format!("status {status}"))),
        }
    }

    /// A ticket as it lies in a cookie; `None` where there is no randomness.
    pub fn sealed(&self, ticket: &Ticket) -> Option<String> {
        let text = URL_SAFE_NO_PAD.encode(serde_json::to_vec(ticket).ok()?);
        let mac = hex(&hmac(self.secret.as_ref()?, &[b"ticket ", text.as_bytes()]));
        Some(format!("{text}.{mac}"))
    }

    /// What a cookie holds, where this window has sealed it and it counts still.
    pub fn unsealed(&self, cookie: &str, now: Moment) -> Option<Ticket> {
        let (text, mac) = cookie.split_once('.')?;
        let mac: [u8; 32] = store::proof::unhex(mac)?;
        let own = hmac(self.secret.as_ref()?, &[b"ticket ", text.as_bytes()]);
        if own.iter().zip(mac).fold(0, |differs, (a, b)| differs | (a ^ b)) != 0 {
            return None;
        }
        let ticket: Ticket = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let (Ticket::Away { until, .. } | Ticket::Waits { until, .. }) = &ticket;
        (now.0 < *until).then_some(ticket)
    }
}

/// Where a provider sends the browser back to: one address for each, so that the answer of one is not taken for that of
/// another. `home` is scheme and host.
pub fn returns(provider: &Provider, home: &str) -> String {
    format!("{home}/login/from/{}", provider.id)
}

/// What of a start's secret is told: its state, its nonce, and at last what the code's challenge was made of.
pub fn derived(what: &str, secret: &str) -> String {
    hex(&Sha256::digest(format!("{what} {secret}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider() -> Provider {
        Provider {
            id: "tax".into(),
            issuer: "https://id.example".into(),
            client: "window".into(),
            secret: String::new(),
            secret_file: None,
            subject: subject(),
            zh: "税务".into(),
            en: "Tax".into(),
            second: vec![],
            reach: vec![],
        }
    }

    #[test]
    fn a_provider_is_named_well_and_once_and_reached_by_tls() {
        let fine = |change: &dyn Fn(&mut Provider)| {
            let mut one = provider();
            change(&mut one);
            Providers::new(vec![one], b"").is_ok()
        };
        assert!(fine(&|_| ()));
        assert!(fine(&|p| p.issuer = "https://id.example/realms/a".into()));
        for odd in ["http://id.example", "id.example", "https://id.example?x=1", "https://id.example#x", ""] {
            assert!(!fine(&|p| p.issuer = odd.into()), "{odd}");
        }
        assert!(fine(&|p| (p.issuer, p.reach) = ("http://localhost:1".into(), vec!["localhost:1".into()])));
        assert!(!fine(&|p| (p.issuer, p.reach) = ("http://localhost:2".into(), vec!["localhost:1".into()])));
        for odd in ["", "Tax", "a/b", "税"] {
            assert!(!fine(&|p| p.id = odd.into()), "{odd}");
        }
        assert!(fine(&|p| p.second = vec!["amr:otp".into(), "acr:2".into()]));
        assert!(!fine(&|p| p.second = vec!["otp".into()]));
        assert!(!fine(&|p| p.client.clear()) && !fine(&|p| p.subject.clear()) && !fine(&|p| p.zh.clear()));
        assert!(Providers::new(vec![provider(), provider()], b"").is_err());
        let other = Provider { id: "other".into(), ..provider() };
        assert!(Providers::new(vec![provider(), other], b"").is_err(), "one issuer, one provider");
    }

    #[test]
    fn a_ticket_is_this_window_s_unchanged_and_in_time() {
        let [own, other] = [(); 2].map(|()| Providers::new(vec![provider()], b"").unwrap());
        let ticket =
            Ticket::Away { secret: "ab".into(), provider: "tax".into(), until: 100, back: "/".into(), link: None };
        let sealed = own.sealed(&ticket).unwrap();
        assert_eq!(own.unsealed(&sealed, Moment(99)), Some(ticket));
        assert_eq!(own.unsealed(&sealed, Moment(100)), None);
        assert_eq!(other.unsealed(&sealed, Moment(99)), None);
        let forged = sealed.replacen(|c: char| c.is_ascii_lowercase(), "A", 1);
        for odd in ["", ".", "a.b", &forged, &sealed[1..], &sealed[..sealed.len() - 1]] {
            assert_eq!(own.unsealed(odd, Moment(99)), None, "{odd}");
        }
    }
}
