//! The portal in a real browser: headless Chromium over a window on loopback. Without Chromium every test says
//! "skipped". Pictures of what was seen stand in `target/screenshots`. `ONEWINDOW_LANGUAGES=both` takes every journey
//! in Chinese and in English; by default each is taken in one of them.

mod appeal;
mod driver;
mod journeys;
mod newcomer;
mod pages;
mod papers;
mod passkeys;
mod portal;
mod providers;
mod roles;
mod states;
mod theft;
mod zone;

use driver::Browser;
use server::lang::Lang;
use zone::{PASSWORD, Zone};

/// Somebody in front of a browser.
struct Visitor<'a> {
    browser: &'a Browser,
    zone: &'a Zone,
    lang: Lang,
}

impl Visitor<'_> {
    fn to(&self, path: &str) -> String {
        format!("{}/{}{path}", self.zone.address, self.lang.name())
    }

    fn go(&self, path: &str) {
        self.browser.go(&self.to(path));
    }

    /// The words of the portal for a key, in this visitor's language.
    fn t(&self, key: &'static str) -> &'static str {
        self.lang.t(key)
    }

    #[track_caller]
    fn must_see(&self, text: &str) {
        let seen = self.browser.text();
        assert!(seen.contains(text), "{text:?} is not on {}:\n{seen}", self.browser.url());
    }

    /// Presses an officer's act, reads what it would do, and confirms it where it can be done.
    fn act(&self, act: &str) {
        let button = format!(r#"button[value="{act}"]"#);
        self.browser.click(&button);
        self.must_see(self.t("act.what"));
        if self.browser.has(&button) {
            self.must_see(self.t("matter.allowance"));
            self.browser.click(&button);
        }
    }

    fn sign_in(&self, name: &str) {
        self.go("/login");
        self.enter(name);
    }

    /// Fills the sign-in form that is there.
    fn enter(&self, name: &str) {
        self.browser.write("#name", name);
        self.browser.write("#password", PASSWORD);
        self.browser.click("main form .btn");
    }

    fn sign_out(&self) {
        self.browser.cdp("Network.clearBrowserCookies", serde_json::json!({}));
    }

    fn picture(&self, name: &str) {
        self.browser.picture(&format!("{name}-{}", self.lang.name()));
    }
}

/// Whether every journey is taken in both languages, and every page judged in all its forms (`./test long`).
fn in_full() -> bool {
    std::env::var("ONEWINDOW_LANGUAGES").is_ok_and(|v| v == "both")
}

/// Takes a journey in its own language, or in both where that is asked for.
fn journey(own: Lang, walk: impl Fn(&Visitor<'_>)) {
    let Some(browser) = Browser::open() else { return };
    browser.size(1280, 900);
    for lang in Lang::ALL.into_iter().filter(|lang| in_full() || *lang == own) {
        let zone = Zone::busy();
        let visitor = Visitor { browser: &browser, zone: &zone, lang };
        walk(&visitor);
        visitor.sign_out();
        let requests = browser.requests();
        assert!(!requests.is_empty(), "the log of requests works");
        at_home(&requests, &zone);
    }
}

/// No request left the machine.
fn at_home(requests: &[String], zone: &Zone) {
    for request in requests {
        let inside = ["data:", "about:", "chrome:", "file:"].iter().any(|own| request.starts_with(*own));
        assert!(inside || request.starts_with(&format!("{}/", zone.address)), "{request} left this machine");
    }
}
