//! A running window as a sender reaches it: over TLS, or in plain HTTP as on the same machine.

use crate::say::Cannot;
use crate::zone::ZoneArgs;
use serde_json::Value;
use server::courier::address::Address;
use server::courier::http::{Ask, Http};
use std::path::PathBuf;
use std::time::Duration;

/// A running window, and the key of whoever speaks to it.
#[derive(clap::Args, Clone, Debug)]
pub struct RemoteArgs {
    /// Speaks to a running window instead (http://HOST:PORT or https://HOST); the key stands in ONEWINDOW_KEY or a file
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,

    /// The file with the key
    #[arg(long, value_name = "FILE", requires = "url")]
    key_file: Option<PathBuf>,
}

/// Who does something, and where: in a zone's folder in which no window runs, or at a running window.
#[derive(clap::Args)]
pub struct DoorArgs {
    /// Who does it; a running window takes the key's name
    #[arg(long, value_name = "NAME", default_value = "command-line", conflicts_with = "url")]
    pub by: String,

    #[command(flatten)]
    pub zone: ZoneArgs,

    #[command(flatten)]
    pub remote: RemoteArgs,
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
        ask(self.url, "POST", path, &format!("Authorization: Bearer {key}\r\nContent-Type: {kind}\r\n"), body)
    }

    /// What the key's owner may read, as JSON; or the problem that it was refused with.
    pub fn read(&self, path: &str) -> Result<Value, Cannot> {
        let (status, body) = ask(self.url, "GET", path, &format!("Authorization: Bearer {}\r\n", self.key), b"")?;
        match serde_json::from_str::<Value>(&body) {
            Ok(json) if status == 200 => Ok(json),
            Ok(problem) => {
                let word = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
                Err(Cannot::because(format!("{}: {status} {}\n{}\n{}", self.url, word("code"), word("en"), word("zh"))))
            }
            Err(_) => Err(Cannot::because(format!("{}{path}: {status}", self.url))),
        }
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
const MOST: usize = 64 << 20;
/// A window has so long to take a message and answer it.
const PATIENCE: Duration = Duration::from_secs(300);

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
    let failed = |why: String| {
        Cannot::because(format!(
            "{url}: {why}; what was not answered may be sent again, nothing happens twice\n\
             {url}：未得到回答；未获回答的可以重发，不会重复办理"
        ))
    };
    let address = Address { path: path.to_owned(), ..Address::of(url.trim_end_matches('/')).map_err(failed)? };
    let http = Http::to(url, b"").map_err(failed)?;
    let asked = http.ask(&Ask { method, address, headers, body, patience: PATIENCE, most: MOST });
    let (status, body) = asked.map_err(failed)?;
    Ok((status, String::from_utf8_lossy(&body).into_owned()))
}
