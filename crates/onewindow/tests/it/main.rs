//! The built program as a person or script uses it, and the house kept tidy.

mod commands;
mod doors;
mod explain;
mod founding;
mod licences;
mod machines;
mod old_law;
mod personal;
mod proofs;
mod requests;
mod statements;
mod tidy;
mod tokens;
mod zones;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// What the program said.
pub struct Said {
    pub exit: i32,
    pub out: String,
    pub err: String,
}

impl Said {
    /// The lines of standard output as JSON.
    pub fn lines(&self) -> Vec<serde_json::Value> {
        self.out.lines().map(|l| serde_json::from_str(l).unwrap_or_else(|e| panic!("{e}: {l}"))).collect()
    }
}

/// Runs the program.
pub fn onewindow(arguments: &[&str]) -> Said {
    onewindow_with(arguments, "")
}

/// Runs the program with something on standard input.
pub fn onewindow_with(arguments: &[&str], input: &str) -> Said {
    let mut child = Command::new(env!("CARGO_BIN_EXE_onewindow"))
        .args(arguments)
        .env_remove("ONEWINDOW_LOG")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("it has an input");
    let input = input.to_owned();
    // A program that does not read its input may have ended already.
    let feeding = std::thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
    let done = child.wait_with_output().expect("it ends");
    feeding.join().expect("feeding does not panic");
    Said {
        exit: done.status.code().unwrap_or(-1),
        out: String::from_utf8(done.stdout).expect("standard output is UTF-8"),
        err: String::from_utf8_lossy(&done.stderr).into_owned(),
    }
}

/// Sends a request to a running window with curl, as any client could: status and body; `None` without curl.
pub fn curl(arguments: &[&str]) -> Option<(u16, String)> {
    let said = Command::new("curl")
        .args(["--silent", "--show-error", "--write-out", "\n%{http_code}"])
        .args(arguments)
        .output()
        .ok()?;
    let text = String::from_utf8(said.stdout).expect("UTF-8");
    let (body, status) = text.rsplit_once('\n').unwrap_or_default();
    Some((status.parse().unwrap_or(0), body.to_owned()))
}

/// A window that runs until this is dropped.
pub struct Serving {
    child: Child,
    pub url: String,
    /// Senders' keys by enterprise and the operator's by its role, of a sandbox.
    pub keys: BTreeMap<String, String>,
    /// Passwords by login, of a sandbox.
    pub logins: BTreeMap<String, String>,
}

impl Serving {
    /// The sample zone.
    pub fn sandbox(data: &Path, now: &str) -> Serving {
        Serving::of(data, &["--sandbox"], now)
    }

    pub fn of(data: &Path, more: &[&str], now: &str) -> Serving {
        let mut command = Command::new(env!("CARGO_BIN_EXE_onewindow"));
        command.args(["serve", "--json", "--listen", "127.0.0.1:0", "--now", now, "--data"]).arg(data).args(more);
        Serving::start(command)
    }

    /// Logs everything that it can, into a file.
    pub fn logging(data: &Path, now: &str, log: std::fs::File) -> Serving {
        let mut command = Command::new(env!("CARGO_BIN_EXE_onewindow"));
        command.args(["serve", "--sandbox", "--json", "--listen", "127.0.0.1:0", "--now", now, "--data"]).arg(data);
        command.env("ONEWINDOW_LOG", "trace").stderr(log);
        Serving::start(command)
    }

    fn start(mut command: Command) -> Serving {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the program starts");
        let lines = std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().expect("it has an output")));
        let mut serving = Serving { child, url: String::new(), keys: BTreeMap::new(), logins: BTreeMap::new() };
        for line in lines {
            let line: serde_json::Value = serde_json::from_str(&line.expect("it can be read")).expect("JSON");
            let word = |name: &str| line[name].as_str().map(str::to_owned);
            if let (Some(enterprise), Some(key)) = (word("enterprise").or(word("role")), word("key")) {
                serving.keys.insert(enterprise, key);
            } else if let (Some(login), Some(password)) = (word("login"), word("password")) {
                serving.logins.insert(login, password);
            } else if let Some(url) = word("listening") {
                serving.url = url.trim_end_matches('/').to_owned();
                break;
            }
        }
        assert!(!serving.url.is_empty(), "it listens");
        serving
    }

    /// Signs in as a browser does, with curl: the file with the cookie, `None` where the window does not let them in.
    pub fn sign_in(&self, login: &str, password: &str, folder: &Path) -> Option<String> {
        let jar = folder.join(format!("{login}.cookies")).to_string_lossy().into_owned();
        let (name, password) = (format!("name={login}"), format!("password={password}"));
        let (address, origin) = (format!("{}/en/login", self.url), format!("Origin: {}", self.url));
        let form = ["--data-urlencode", &name, "--data-urlencode", &password, "-H", &origin, "-c", &jar, &address];
        let (status, _) = curl(&form)?;
        (status == 303).then_some(jar)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The root of the repository.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository is there")
}
