//! The verifier of identities that a running window asks: over HTTP, or the simulator (docs/operating.md).

use crate::say::Cannot;
use serde_json::{Value, json};
use server::courier::address::Address;
use server::courier::http::{Ask, Http as Client};
use server::identity::{Given, IdentityVerifier, PEOPLE, Said, Simulator};
use std::path::Path;
use std::time::Duration;
use trade::account::{IdentityFound, IdentityMethod};

/// A verifier has so long to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Bytes of an answer.
const MOST: usize = 64 << 10;

/// A verifier, where there is one.
pub type Verifying = Result<Option<Box<dyn IdentityVerifier>>, Cannot>;

/// The one that is meant: an address, a file of invented people, or the sandbox's own.
/// `roots` are certificates (PEM) that are trusted beside those that browsers trust.
pub fn of(named: Option<&str>, key: Option<&Path>, roots: &[u8], sandbox: bool) -> Verifying {
    Ok(match named {
        None if !sandbox => None,
        None => Some(Box::new(Simulator::of(PEOPLE))),
        Some(url) if url.starts_with("http://") || url.starts_with("https://") => {
            let key = key.map(super::text_of).transpose()?.unwrap_or_default().trim().to_owned();
            if key.contains(|c: char| c.is_control()) {
                return Err(Cannot::because("the key holds what no header may hold"));
            }
            let failed = |why: String| Cannot::because(format!("{url}: {why}"));
            let (client, mut address) = (Client::to(url, roots).map_err(failed)?, Address::of(url).map_err(failed)?);
            address.path.truncate(address.path.trim_end_matches('/').len());
            Some(Box::new(Http { name: address.authority(), client, address, key }))
        }
        Some(file) => Some(Box::new(Simulator::of(&super::text_of(Path::new(file))?))),
    })
}

/// Asks `POST URL/METHOD` with what was given as JSON; the answer says `{"found": "fits"}`, `differs` or `unknown`.
struct Http {
    /// Host and port: who vouches.
    name: String,
    client: Client,
    /// Without the method at its end.
    address: Address,
    key: String,
}

impl IdentityVerifier for Http {
    fn name(&self) -> &str {
        &self.name
    }

    fn ask(&self, method: IdentityMethod, given: &Given, nonce: &str) -> Result<Said, String> {
        let mut body = json!({"name": given.name, "number": given.number, "nonce": nonce});
        match method {
            IdentityMethod::BankCard => {
                body["card"] = given.card.as_str().into();
                body["telephone"] = given.telephone.as_str().into();
            }
            IdentityMethod::Register => {}
            IdentityMethod::Face => body["picture_hex"] = store::proof::hex(&given.picture).into(),
        }
        let body = body.to_string();
        let key = if self.key.is_empty() { String::new() } else { format!("Authorization: Bearer {}\r\n", self.key) };
        let headers = format!("{key}Content-Type: application/json\r\n");
        let path = format!("{}/{}", self.address.path, method.name());
        let address = Address { path, ..self.address.clone() };
        let body = body.as_bytes();
        let ask = Ask { method: "POST", address, headers: &headers, body, patience: PATIENCE, most: MOST };
        // What went wrong is said without the answer: it may repeat what was given.
        let (status, answer) = self.client.ask(&ask).map_err(|_| "no answer".to_owned())?;
        let json = serde_json::from_slice::<Value>(&answer).ok().filter(|_| status == 200).unwrap_or_default();
        let found = json["found"].as_str().and_then(IdentityFound::from_name);
        let found = found.ok_or_else(|| format!("status {status} without a finding"))?;
        Ok(Said { found, nonce: json["nonce"].as_str().unwrap_or_default().to_owned(), answer })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};

    /// Answers one request with this, and says what was asked.
    fn answers(with: &'static str) -> (String, std::thread::JoinHandle<String>) {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let asked = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("somebody asks");
            let (mut asked, mut part) = (Vec::new(), [0u8; 4096]);
            while !String::from_utf8_lossy(&asked).ends_with('}') {
                let n = stream.read(&mut part).expect("it is read");
                asked.extend_from_slice(&part[..n]);
            }
            stream.write_all(with.as_bytes()).expect("it is answered");
            String::from_utf8_lossy(&asked).into_owned()
        });
        (format!("http://{address}/v1/"), asked)
    }

    #[test]
    fn an_http_verifier_is_asked_and_its_faults_repeat_nothing() {
        let given = || Given { name: "甲".into(), number: "1".into(), card: "622".into(), ..Given::default() };
        for (answer, found) in [
            ("HTTP/1.0 200 OK\r\n\r\n{\"found\": \"fits\", \"nonce\": \"n7\"}", Ok(IdentityFound::Fits)),
            ("HTTP/1.0 200 OK\r\n\r\n{\"found\": \"unknown\", \"id\": 7}", Ok(IdentityFound::Unknown)),
            ("HTTP/1.0 200 OK\r\n\r\n{\"found\": \"perhaps 622\"}", Err("status 200 without a finding")),
            ("HTTP/1.0 500 Broken\r\n\r\n{\"found\": \"fits\"}", Err("status 500 without a finding")),
        ] {
            let (url, asked) = answers(answer);
            let verifier = of(Some(&url), None, b"", false).ok().flatten().expect("a verifier");
            let told = verifier.ask(IdentityMethod::BankCard, &given(), "n7");
            assert_eq!(told.as_ref().map(|said| said.found).map_err(String::as_str), found, "{answer}");
            if let Ok(said) = &told {
                assert_eq!(
                    said.nonce == "n7",
                    answer.contains("n7"),
                    "an answer without the nonce is none of this question"
                );
            }
            let asked = asked.join().expect("it was asked");
            assert!(
                asked.starts_with("POST /v1/bank-card HTTP/1.0\r\n")
                    && asked.contains("\"card\":\"622\"")
                    && asked.contains("\"nonce\":\"n7\""),
                "{asked}"
            );
        }
        let nobody = of(Some("http://127.0.0.1:9/"), None, b"", false).ok().flatten().expect("a verifier");
        assert_eq!(
            nobody.ask(IdentityMethod::Face, &given(), "n7").map(|said| said.found).err().as_deref(),
            Some("no answer")
        );
        assert!(of(None, None, b"", false).is_ok_and(|none| none.is_none()));
        assert!(of(None, None, b"", true).is_ok_and(|own| own.is_some_and(|own| own.name() == "simulator")));
        let over_tls = of(Some("https://verifier.example/v1"), None, b"", false).ok().flatten().expect("a verifier");
        assert_eq!(over_tls.name(), "verifier.example:443");
        assert!(of(Some("https://"), None, b"", false).is_err());
    }
}
