//! As much of a WebDriver client as the journeys need: JSON over loopback HTTP to a chromedriver of its own.
//!
//! Chromium starts with a fresh profile, may resolve no name but this machine's, and writes down every request that
//! a page makes. It ends with the session, chromedriver by its own process.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine;
use serde_json::{Value, json};

/// As root in a container, quiet, and deaf to everything but this machine.
const FLAGS: [&str; 12] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
];

/// The member of a found element's JSON that holds its reference (WebDriver, section 12).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

pub struct Browser {
    driver: Child,
    port: u16,
    session: String,
    _profile: tempfile::TempDir,
}

fn program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).flat_map(|dir| names.iter().map(move |name| dir.join(name))).find(|p| p.is_file())
}

impl Browser {
    /// `None`, after saying what to install, where there is no Chromium on this machine.
    pub fn open() -> Option<Browser> {
        let chromium = program(&["chromium", "chromium-browser", "google-chrome"]);
        let (Some(chromium), Some(driver)) = (chromium, program(&["chromedriver"])) else {
            eprintln!("skipped: no Chromium with its driver (apt-get install chromium chromium-driver)");
            return None;
        };
        Some(Browser::start(&chromium, &driver))
    }

    fn start(chromium: &Path, driver: &Path) -> Browser {
        let mut driver = Command::new(driver)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts");
        let mut said = BufReader::new(driver.stdout.take().expect("its output"));
        let port = loop {
            let mut line = String::new();
            assert!(said.read_line(&mut line).expect("chromedriver says its port") > 0, "chromedriver ended");
            let digits = line.trim_end().trim_end_matches('.').rsplit(' ').next().unwrap_or("");
            if let (true, Ok(port)) = (line.contains("started successfully on port"), digits.parse()) {
                break port;
            }
        };
        // What it goes on saying must not fill the pipe.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        let profile = tempfile::tempdir().expect("a folder for the profile");
        let mut args: Vec<String> = FLAGS.iter().map(|f| (*f).to_owned()).collect();
        args.push(format!("--user-data-dir={}", profile.path().display()));
        let mut browser = Browser { driver, port, session: String::new(), _profile: profile };
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": {"binary": chromium, "args": args},
            "goog:loggingPrefs": {"performance": "ALL", "browser": "ALL"},
        }}});
        let made = browser.ask("POST", "/session", &wanted).expect("a session");
        browser.session = made["sessionId"].as_str().expect("its number").to_owned();
        browser
    }

    /// One command; `Err` is WebDriver's own word for what went wrong.
    fn ask(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        let body = if method == "POST" { body.to_string() } else { String::new() };
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).map_err(|e| e.to_string())?;
        stream.set_read_timeout(Some(Duration::from_secs(60))).map_err(|e| e.to_string())?;
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            self.port,
            body.len()
        );
        stream
            .write_all(head.as_bytes())
            .and_then(|()| stream.write_all(body.as_bytes()))
            .map_err(|e| e.to_string())?;
        let mut reader = BufReader::new(stream);
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).map_err(|e| e.to_string())?;
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap_or(0);
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut answer = vec![0; length];
        reader.read_exact(&mut answer).map_err(|e| e.to_string())?;
        let mut json: Value = serde_json::from_slice(&answer).map_err(|e| e.to_string())?;
        let value = json["value"].take();
        match value["error"].as_str() {
            Some(error) => Err(format!("{error}: {}", value["message"].as_str().unwrap_or(""))),
            None => Ok(value),
        }
    }

    fn post(&self, what: &str, body: Value) -> Value {
        let path = format!("/session/{}/{what}", self.session);
        self.ask("POST", &path, &body).unwrap_or_else(|e| panic!("{what} {body}: {e}; at {}", self.try_url()))
    }

    fn get(&self, what: &str) -> Value {
        let path = format!("/session/{}/{what}", self.session);
        self.ask("GET", &path, &Value::Null).unwrap_or_else(|e| panic!("{what}: {e}"))
    }

    fn try_url(&self) -> String {
        let path = format!("/session/{}/url", self.session);
        self.ask("GET", &path, &Value::Null).map_or(String::new(), |url| url.as_str().unwrap_or("").to_owned())
    }

    pub fn go(&self, url: &str) {
        self.post("url", json!({"url": url}));
    }

    pub fn url(&self) -> String {
        self.get("url").as_str().unwrap_or("").to_owned()
    }

    /// The page's whole visible text.
    pub fn text(&self) -> String {
        self.script("return document.body.innerText").as_str().unwrap_or("").to_owned()
    }

    pub fn script(&self, script: &str) -> Value {
        self.post("execute/sync", json!({"script": script, "args": []}))
    }

    /// A command of the Chromium that the driver does not have.
    pub fn cdp(&self, command: &str, params: Value) -> Value {
        self.post("goog/cdp/execute", json!({"cmd": command, "params": params}))
    }

    /// An authenticator that keeps passkeys and knows its owner (Web Authentication, section 11.3).
    pub fn authenticator(&self) -> String {
        let made = self.post(
            "webauthn/authenticator",
            json!({"protocol": "ctap2", "transport": "internal", "hasResidentKey": true, "hasUserVerification": true,
                "isUserConsenting": true, "isUserVerified": true}),
        );
        made.as_str().expect("its number").to_owned()
    }

    pub fn knows_owner(&self, authenticator: &str, knows: bool) {
        self.post(&format!("webauthn/authenticator/{authenticator}/uv"), json!({"isUserVerified": knows}));
    }

    /// Takes all passkeys from an authenticator.
    pub fn forget(&self, authenticator: &str) {
        let path = format!("/session/{}/webauthn/authenticator/{authenticator}/credentials", self.session);
        self.ask("DELETE", &path, &Value::Null).unwrap_or_else(|e| panic!("{e}"));
    }

    fn found(&self, css: &str) -> Result<String, String> {
        let path = format!("/session/{}/element", self.session);
        let found = self.ask("POST", &path, &json!({"using": "css selector", "value": css}))?;
        Ok(found[ELEMENT].as_str().unwrap_or("").to_owned())
    }

    pub fn has(&self, css: &str) -> bool {
        self.found(css).is_ok()
    }

    pub fn text_of(&self, css: &str) -> String {
        let found = self.found(css).unwrap_or_else(|e| panic!("{css}: {e}; at {}", self.url()));
        self.get(&format!("element/{found}/text")).as_str().unwrap_or("").to_owned()
    }

    /// Clicks what a person would click; where that leads to a page, waits until it is there.
    pub fn click(&self, css: &str) {
        let found = self.found(css).unwrap_or_else(|e| panic!("{css}: {e}; at {}\n{}", self.url(), self.text()));
        self.leave("document.querySelector(arguments[0])", css);
        self.post(&format!("element/{found}/click"), json!({}));
        self.loaded();
    }

    /// Marks the document where activating the element will lead to another one: a link that is neither a download
    /// nor within the page, or what submits a form that may be sent (the button `file` downloads). A submission starts
    /// after the act has returned, and until then the old document says that it is complete.
    fn leave(&self, element: &str, css: &str) {
        let script = format!(
            "const e = {element}, link = e.closest('a[href]'), here = location.href.split('#')[0];\
             const sends = e.form && ((e.type === 'submit' && e.value !== 'file') || e.matches('input:not([type=checkbox], [type=radio], [type=file])'));\
             window.left = link ? !link.hasAttribute('download') && !(link.hash && link.href.split('#')[0] === here)\
             : Boolean(sends && (e.formNoValidate || e.form.noValidate || e.form.matches(':valid')))"
        );
        self.post("execute/sync", json!({"script": script, "args": [css]}));
    }

    /// Waits until the document that the last act led to is whole.
    fn loaded(&self) {
        let until = Instant::now() + Duration::from_secs(60);
        let path = format!("/session/{}/execute/sync", self.session);
        let there = json!({"script": "return !window.left && document.readyState === 'complete'", "args": []});
        // Between two documents there is none to ask, which is an error and means: not yet.
        while self.ask("POST", &path, &there) != Ok(Value::Bool(true)) {
            assert!(Instant::now() < until, "{} did not come", self.try_url());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Types into a field, after what is there.
    pub fn write(&self, css: &str, text: &str) {
        let found = self.found(css).unwrap_or_else(|e| panic!("{css}: {e}; at {}", self.url()));
        self.post(&format!("element/{found}/value"), json!({"text": text}));
    }

    /// Puts a long text into a field at once, as pasting does.
    pub fn paste(&self, css: &str, text: &str) {
        let script = "document.querySelector(arguments[0]).value = arguments[1]";
        self.post("execute/sync", json!({"script": script, "args": [css, text]}));
    }

    /// Presses keys where the focus is: letters, or [`TAB`] and its like.
    pub fn press(&self, keys: &str) {
        if keys == ENTER || (keys == SPACE && self.script("return document.activeElement.type") == "submit") {
            self.leave("document.activeElement", "");
        }
        let actions: Vec<Value> = keys
            .chars()
            .flat_map(|c| [json!({"type": "keyDown", "value": c}), json!({"type": "keyUp", "value": c})])
            .collect();
        self.post("actions", json!({"actions": [{"type": "key", "id": "keys", "actions": actions}]}));
        self.loaded();
    }

    /// Width and height of the page's view in CSS pixels, whatever the window has.
    pub fn size(&self, width: u32, height: u32) {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.cdp("Emulation.setDeviceMetricsOverride", metrics);
    }

    /// `light` or `dark` as the system would ask for, on `screen` or `print`.
    pub fn media(&self, scheme: &str, medium: &str) {
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        self.cdp("Emulation.setEmulatedMedia", json!({"media": medium, "features": features}));
    }

    /// The whole page as a PNG under `target/screenshots`.
    pub fn picture(&self, name: &str) {
        let folder = screenshots();
        let whole = json!({"format": "png", "captureBeyondViewport": true});
        let shot = self.cdp("Page.captureScreenshot", whole);
        let bytes = base64::engine::general_purpose::STANDARD.decode(shot["data"].as_str().unwrap_or(""));
        std::fs::write(folder.join(format!("{name}.png")), bytes.expect("base64")).expect("a picture is kept");
    }

    /// The page as a PDF under `target/screenshots`, as the print dialogue makes it; gives its pages.
    pub fn printed(&self, name: &str) -> usize {
        let options =
            json!({"printBackground": false, "preferCSSPageSize": true, "paperWidth": 8.27, "paperHeight": 11.69});
        let pdf = self.cdp("Page.printToPDF", options);
        let bytes =
            base64::engine::general_purpose::STANDARD.decode(pdf["data"].as_str().unwrap_or("")).expect("base64");
        std::fs::write(screenshots().join(format!("{name}.pdf")), &bytes).expect("a print is kept");
        let text = String::from_utf8_lossy(&bytes);
        text.matches("/Type /Page\n").count().max(text.matches("/Type /Page ").count())
    }

    /// What a script that promises something came to, outside the page's content policy.
    pub fn promised(&self, expression: &str) -> Value {
        let asked = json!({"expression": expression, "awaitPromise": true, "returnByValue": true});
        let mut answer = self.cdp("Runtime.evaluate", asked);
        assert!(answer.get("exceptionDetails").is_none(), "{}", answer["exceptionDetails"]);
        answer["result"]["value"].take()
    }

    /// The addresses that pages asked for since this was asked last.
    pub fn requests(&self) -> Vec<String> {
        let logged = self.post("se/log", json!({"type": "performance"}));
        let messages = logged.as_array().into_iter().flatten().filter_map(|entry| {
            let message: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
            Some(message["message"].clone())
        });
        messages
            .filter(|m| m["method"] == "Network.requestWillBeSent")
            .map(|m| m["params"]["request"]["url"].as_str().unwrap_or("").to_owned())
            .collect()
    }

    /// What the console was told: faults of the page, refused by its policy or by the network.
    pub fn complaints(&self) -> Vec<String> {
        let logged = self.post("se/log", json!({"type": "browser"}));
        logged.as_array().into_iter().flatten().map(|e| e["message"].as_str().unwrap_or("").to_owned()).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Ending the session ends Chromium; then its driver, by the process that was started here.
        let _ = self.ask("DELETE", &format!("/session/{}", self.session), &Value::Null);
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// Where pictures go: output of the tests, beside what was built.
pub fn screenshots() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder").join("screenshots");
    std::fs::create_dir_all(&folder).expect("a folder for pictures");
    folder
}

/// Keys that are no letters (WebDriver, section 17.4.2).
pub const TAB: &str = "\u{e004}";
pub const ENTER: &str = "\u{e007}";
pub const SPACE: &str = "\u{e00d}";
