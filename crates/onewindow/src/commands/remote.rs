//! A running window as a sender reaches it: plain HTTP, as on the same machine or behind a proxy that speaks TLS.

use crate::say::Cannot;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// More than the receipts of a full message.
const MOST: u64 = 64 << 20;

/// Posts a message; the answer's status and body.
pub fn post(url: &str, path: &str, key: &str, body: &[u8]) -> Result<(u16, String), Cannot> {
    let rest = url.strip_prefix("http://").ok_or_else(|| {
        Cannot::because(format!("{url}: only http:// is spoken here; for TLS send through a proxy on this machine"))
    })?;
    let host = rest.split('/').next().unwrap_or_default();
    let address = if host.contains(':') { host.to_owned() } else { format!("{host}:80") };
    let failed = |error: std::io::Error| Cannot::because(format!("{url}: {error}"));
    if key.contains(|c: char| c.is_control()) {
        return Err(Cannot::because("the key holds what no header may hold"));
    }
    let mut stream = TcpStream::connect(address).map_err(failed)?;
    stream.set_read_timeout(Some(Duration::from_secs(60))).map_err(failed)?;
    // HTTP/1.0: the answer comes whole and ends with the connection.
    let head = format!(
        "POST {path} HTTP/1.0\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\nContent-Type: application/xml\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).map_err(failed)?;
    stream.write_all(body).map_err(failed)?;
    let mut answer = Vec::new();
    stream.take(MOST).read_to_end(&mut answer).map_err(failed)?;
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
        assert!(post("https://example.org", "/", "k", b"").is_err());
    }
}
