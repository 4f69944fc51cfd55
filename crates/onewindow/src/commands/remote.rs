//! A running window as a sender reaches it: plain HTTP, as on the same machine or behind a proxy that speaks TLS.

use crate::say::Cannot;
use serde_json::Value;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::time::Duration;

/// A running window, and the key of whoever speaks to it.
#[derive(clap::Args, Clone, Debug)]
pub struct RemoteArgs {
    /// Speaks to a running window instead (http://HOST:PORT); the key stands in ONEWINDOW_KEY or a file
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,

    /// The file with the key
    #[arg(long, value_name = "FILE", requires = "url")]
    key_file: Option<PathBuf>,
}

/// A running window to which a key opens a door.
pub struct Remote<'a> {
    url: &'a str,
    key: String,
}

impl RemoteArgs {
    /// The window that is meant, if it is a running one.
    pub fn remote(&self) -> Result<Option<Remote<'_>>, Cannot> {
        let Some(url) = &self.url else { return Ok(None) };
        let key = match &self.key_file {
            Some(file) => super::text_of(file)?,
            None => std::env::var("ONEWINDOW_KEY").unwrap_or_default(),
        };
        if key.trim().is_empty() {
            return Err(Cannot::because("a key is needed: ONEWINDOW_KEY or --key-file FILE"));
        }
        Ok(Some(Remote { url, key: key.trim().to_owned() }))
    }
}

impl Remote<'_> {
    /// Posts a body of this type; the answer's status and body.
    pub fn post(&self, path: &str, kind: &str, body: &[u8]) -> Result<(u16, String), Cannot> {
        let key = &self.key;
        if key.contains(|c: char| c.is_control()) {
            return Err(Cannot::because("the key holds what no header may hold"));
        }
        let head = format!("Authorization: Bearer {key}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n", body.len());
        ask(self.url, "POST", path, &head, body)
    }

    /// Posts a command of an operator: the answer, or the problem that it was refused with (status 422).
    pub fn command(&self, path: &str, kind: &str, body: &[u8]) -> Result<Result<Value, Value>, Cannot> {
        let (status, body) = self.post(path, kind, body)?;
        let json: Option<Value> = serde_json::from_str(&body).ok();
        match (status, json) {
            (200..300, Some(answer)) => Ok(Ok(answer)),
            (422, Some(problem)) => Ok(Err(problem)),
            (status, json) => {
                let word = |name: &str| json.as_ref().and_then(|j| j[name].as_str()).unwrap_or_default().to_owned();
                let url = self.url;
                Err(Cannot::because(format!("{url}: {status} {}\n{}\n{}", word("code"), word("en"), word("zh"))))
            }
        }
    }
}

/// More than the receipts of a full message.
const MOST: u64 = 64 << 20;

/// What anybody may have of a running window, as JSON.
pub fn get(url: &str, path: &str) -> Result<Value, Cannot> {
    let (status, body) = ask(url, "GET", path, "", b"")?;
    match serde_json::from_str(&body) {
        Ok(json) if status == 200 => Ok(json),
        _ => Err(Cannot::because(format!("{url}{path}: {status} {}", body.trim()))),
    }
}

/// Asks a window something; `headers` are whole lines. The answer's status and body.
fn ask(url: &str, method: &str, path: &str, headers: &str, body: &[u8]) -> Result<(u16, String), Cannot> {
    ask_within(url, method, path, headers, body, Duration::from_secs(60))
}

/// The same of anybody, who has so long for each part of the answer.
pub fn ask_within(
    url: &str,
    method: &str,
    path: &str,
    headers: &str,
    body: &[u8],
    patience: Duration,
) -> Result<(u16, String), Cannot> {
    let rest = url.strip_prefix("http://").ok_or_else(|| {
        Cannot::because(format!("{url}: only http:// is spoken here; for TLS send through a proxy on this machine"))
    })?;
    let host = rest.split('/').next().unwrap_or_default();
    let address = if host.contains(':') { host.to_owned() } else { format!("{host}:80") };
    let failed = |error: std::io::Error| Cannot::with(std::path::Path::new(url), error);
    let mut stream = TcpStream::connect(address).map_err(failed)?;
    stream.set_read_timeout(Some(patience)).map_err(failed)?;
    stream.set_write_timeout(Some(patience)).map_err(failed)?;
    // HTTP/1.0: the answer comes whole and ends with the connection.
    let head = format!("{method} {path} HTTP/1.0\r\nHost: {host}\r\n{headers}\r\n");
    stream.write_all(head.as_bytes()).map_err(failed)?;
    stream.write_all(body).map_err(failed)?;
    let mut answer = Vec::new();
    stream.take(MOST).read_to_end(&mut answer).map_err(failed)?;
    if answer.is_empty() {
        let why =
            "it broke off before it answered; send again, nothing happens twice\n未及回答即中断；请重发，不会重复办理";
        return Err(Cannot::because(format!("{url}: {why}")));
    }
    let answer = String::from_utf8_lossy(&answer).into_owned();
    parsed(&answer).ok_or_else(|| Cannot::because(format!("{url}: that is no answer of a window")))
}

/// Status and body.
fn parsed(answer: &str) -> Option<(u16, String)> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.strip_prefix("HTTP/")?.split(' ').nth(1)?.parse().ok()?;
    Some((status, body.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_has_a_status_and_a_body() {
        assert_eq!(parsed("HTTP/1.0 200 OK\r\na: b\r\n\r\n{}\n"), Some((200, "{}\n".to_owned())));
        assert_eq!(parsed("hello"), None);
        assert_eq!(parsed("HTTP/1.0 yes\r\n\r\n"), None);
        assert!(ask("https://example.org", "POST", "/", "", b"").is_err());
    }
}
