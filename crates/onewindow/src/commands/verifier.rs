//! The verifier of identities that a running window asks: over HTTP, or the simulator (docs/operating.md).

use super::remote::ask_within;
use crate::say::Cannot;
use serde_json::{Value, json};
use server::identity::{Given, IdentityVerifier, PEOPLE, Said, Simulator};
use std::path::Path;
use std::time::Duration;
use trade::account::{IdentityFound, IdentityMethod};

/// A verifier has so long to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A verifier, where there is one.
pub type Verifying = Result<Option<Box<dyn IdentityVerifier>>, Cannot>;

/// The one that is meant: an address, a file of invented people, or the sandbox's own.
pub fn of(named: Option<&str>, key: Option<&Path>, sandbox: bool) -> Verifying {
    Ok(match named {
        None if !sandbox => None,
        None => Some(Box::new(Simulator::of(PEOPLE))),
        Some(url) if url.starts_with("http://") => {
            let key = key.map(super::text_of).transpose()?.unwrap_or_default().trim().to_owned();
            if key.contains(|c: char| c.is_control()) {
                return Err(Cannot::because("the key holds what no header may hold"));
            }
            let (host, path) = url["http://".len()..].split_once('/').unwrap_or((&url["http://".len()..], ""));
            let (base, path) = (format!("http://{host}"), format!("/{path}").trim_end_matches('/').to_owned());
            Some(Box::new(Http { name: host.to_owned(), base, path, key }))
        }
        Some(url) if url.starts_with("https://") => {
            return Err(Cannot::because("only http:// is spoken here; for TLS ask through a proxy on this machine"));
        }
        Some(file) => Some(Box::new(Simulator::of(&super::text_of(Path::new(file))?))),
    })
}

/// Asks `POST URL/METHOD` with what was given as JSON; the answer says `{"found": "fits"}`, `differs` or `unknown`.
struct Http {
    /// Host and port: who vouches.
    name: String,
    base: String,
    path: String,
    key: String,
}

impl IdentityVerifier for Http {
    fn name(&self) -> &str {
        &self.name
    }

    fn ask(&self, method: IdentityMethod, given: &Given) -> Result<Said, String> {
        let mut body = json!({"name": given.name, "number": given.number});
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
        let head = format!("{key}Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
        let path = format!("{}/{}", self.path, method.name());
        let told = ask_within(&self.base, "POST", &path, &head, body.as_bytes(), PATIENCE);
        // What went wrong is said without the answer: it may repeat what was given.
        let (status, answer) = told.map_err(|_| "no answer".to_owned())?;
        let found = serde_json::from_str::<Value>(&answer).ok().filter(|_| status == 200);
        let found = found.and_then(|answer| IdentityFound::from_name(answer["found"].as_str()?));
        let found = found.ok_or_else(|| format!("status {status} without a finding"))?;
        Ok(Said { found, answer: answer.into_bytes() })
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
            ("HTTP/1.0 200 OK\r\n\r\n{\"found\": \"fits\"}", Ok(IdentityFound::Fits)),
            ("HTTP/1.0 200 OK\r\n\r\n{\"found\": \"unknown\", \"id\": 7}", Ok(IdentityFound::Unknown)),
            ("HTTP/1.0 200 OK\r\n\r\n{\"found\": \"perhaps 622\"}", Err("status 200 without a finding")),
            ("HTTP/1.0 500 Broken\r\n\r\n{\"found\": \"fits\"}", Err("status 500 without a finding")),
        ] {
            let (url, asked) = answers(answer);
            let verifier = of(Some(&url), None, false).ok().flatten().expect("a verifier");
            let told = verifier.ask(IdentityMethod::BankCard, &given());
            assert_eq!(told.as_ref().map(|said| said.found).map_err(String::as_str), found, "{answer}");
            let asked = asked.join().expect("it was asked");
            assert!(
                asked.starts_with("POST /v1/bank-card HTTP/1.0\r\n") && asked.contains("\"card\":\"622\""),
                "{asked}"
            );
        }
        let nobody = of(Some("http://127.0.0.1:9/"), None, false).ok().flatten().expect("a verifier");
        assert_eq!(
            nobody.ask(IdentityMethod::Face, &given()).map(|said| said.found).err().as_deref(),
            Some("no answer")
        );
        assert!(of(None, None, false).is_ok_and(|none| none.is_none()));
        assert!(of(None, None, true).is_ok_and(|own| own.is_some_and(|own| own.name() == "simulator")));
        assert!(of(Some("https://example.org"), None, false).is_err());
    }
}
