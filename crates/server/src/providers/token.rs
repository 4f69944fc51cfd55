//! What an ID token has to say (OpenID Connect Core 1.0, 3.1.3.7), and by whose key (RFC 7515, 7517, 7518). It is signed by
//! RS256 or ES256 with a key that the provider shows: never by nothing, never by a secret (RFC 8725, 3.1).

use super::{ANSWERED_MS, Proved, Provider, Why};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey};
use serde_json::Value;
use trade::time::Moment;

/// Clocks may differ by so many seconds.
const SKEW_S: i64 = 60;
/// A subject has at most so many bytes (Core, 2).
const LONGEST: usize = 255;

pub(super) struct Expected<'a> {
    pub provider: &'a Provider,
    pub nonce: &'a str,
    pub now: Moment,
}

impl Expected<'_> {
    /// Who somebody is by this token.
    ///
    /// # Errors
    /// `False` with what does not hold.
    pub fn proved(&self, token: &str, keys: &Value) -> Result<Proved, Why> {
        let mut parts = token.split('.');
        let (Some(head), Some(claims), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Why::False("form"));
        };
        let signed = &token[..head.len() + 1 + claims.len()];
        let [head, claims, signature] =
            [head, claims, signature].map(|part| URL_SAFE_NO_PAD.decode(part).map_err(|_| Why::False("form")));
        let [head, claims] = [head?, claims?].map(|part| serde_json::from_slice::<Value>(&part));
        let (head, claims) = (head.map_err(|_| Why::False("form"))?, claims.map_err(|_| Why::False("form"))?);
        if head.get("crit").is_some() {
            return Err(Why::False("crit"));
        }
        if !is_signed(&head, keys, signed.as_bytes(), &signature?)? {
            return Err(Why::False("signature"));
        }
        self.says(&claims)
    }

    fn says(&self, claims: &Value) -> Result<Proved, Why> {
        let Expected { provider, nonce, now } = self;
        let must = |holds: bool, what: &'static str| if holds { Ok(()) } else { Err(Why::False(what)) };
        must(claims["iss"] == provider.issuer.as_str(), "iss")?;
        // For this window and nobody else: others, to whom it was given too, could hand it on.
        let client = provider.client.as_str();
        must(claims["aud"] == client || claims["aud"] == serde_json::json!([client]), "aud")?;
        must(claims.get("azp").is_none_or(|azp| azp == client), "azp")?;
        let seconds = |name: &'static str| claims[name].as_f64().map(|s| s as i64).ok_or(Why::False(name));
        let now = now.0.div_euclid(1000);
        must(now < seconds("exp")?.saturating_add(SKEW_S), "exp")?;
        let made = seconds("iat")?;
        must(made <= now + SKEW_S && made >= now - ANSWERED_MS / 1000 - SKEW_S, "iat")?;
        must(claims.get("nbf").is_none_or(|_| seconds("nbf").is_ok_and(|from| from <= now + SKEW_S)), "nbf")?;
        must(claims["nonce"] == *nonce, "nonce")?;
        let subject = claims[&provider.subject].as_str().unwrap_or_default();
        must(!subject.is_empty() && subject.len() <= LONGEST, "sub")?;
        let accepted = |kind: &str, value: &Value| {
            value.as_str().is_some_and(|value| provider.second.contains(&format!("{kind}:{value}")))
        };
        let second = accepted("acr", &claims["acr"])
            || claims["amr"].as_array().is_some_and(|all| all.iter().any(|value| accepted("amr", value)));
        Ok(Proved { issuer: provider.issuer.clone(), subject: subject.to_owned(), second })
    }
}

/// Whether one of the keys that the head may mean has signed this.
fn is_signed(head: &Value, keys: &Value, text: &[u8], signature: &[u8]) -> Result<bool, Why> {
    let (kind, algorithm) = match head["alg"].as_str() {
        Some("RS256") => ("RSA", "RS256"),
        Some("ES256") => ("EC", "ES256"),
        _ => return Err(Why::False("alg")),
    };
    let fits = |key: &&Value| {
        key["kty"] == kind
            && key.get("use").is_none_or(|of| of == "sig")
            && key.get("alg").is_none_or(|of| of == algorithm)
            && head.get("kid").is_none_or(|kid| key["kid"] == *kid)
    };
    let meant: Vec<_> = keys["keys"].as_array().into_iter().flatten().filter(fits).collect();
    // Which of several it is has to be said.
    let [key] = meant.as_slice() else { return Err(Why::False("kid")) };
    let value = |name: &str| key[name].as_str().and_then(|text| URL_SAFE_NO_PAD.decode(text).ok()).unwrap_or_default();
    let checked = match kind {
        "RSA" => {
            RsaPublicKeyComponents { n: value("n"), e: value("e") }.verify(&RSA_PKCS1_2048_8192_SHA256, text, signature)
        }
        _ if key["crv"] != "P-256" => return Ok(false),
        _ => {
            let point = [vec![4], value("x"), value("y")].concat();
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(text, signature)
        }
    };
    Ok(checked.is_ok())
}
