//! Passkeys in Chromium, with an authenticator that its driver plays.

use crate::driver::Browser;
use crate::pages::axe;
use crate::zone::{PASSWORD, Zone};
use serde_json::json;
use server::lang::Lang;
use std::time::{Duration, Instant};

const SIGN: &str = r#"form[action$="/login/passkey"] .btn"#;
const BEGIN: &str = r#"form[action$="/account/passkey"] .btn"#;
const MAKE: &str = r#"form[data-passkey="make"] .btn"#;
const CHOOSE: &str = "input[name=passkey][type=radio]";
const DROP: &str = r#"button[formaction$="/account/passkey/drop"]"#;

/// The page wide and narrow, light and dark: not too wide, nothing for axe to find, and a picture of each.
pub fn looked_at(browser: &Browser, name: &str, lang: Lang) {
    for (scheme, width) in [("light", 390), ("dark", 390), ("dark", 1280), ("light", 1280)] {
        browser.size(width, 900);
        browser.media(scheme, "screen");
        let over = browser.script("return document.documentElement.scrollWidth - innerWidth");
        assert!(over.as_i64() <= Some(0), "{name} is {over} px too wide at {width}, {}", lang.name());
        if let Some(axe) = axe() {
            browser.promised(&format!("{axe};0"));
            let tags = "['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']";
            let found = browser.promised(&format!(
                "axe.run(document, {{runOnly: {tags}}}).then(r => r.violations.map(v => v.id + v.nodes[0].html))"
            ));
            assert_eq!(found, json!([]), "{name} {scheme} {width} {}", lang.name());
        }
        browser.picture(&format!("sign-{name}-{scheme}-{width}-{}", lang.name()));
    }
}

#[test]
fn passkeys_sign_in_alone_and_where_there_is_one_the_password_alone_does_not() {
    let Some(browser) = Browser::open() else { return };
    browser.size(1280, 900);
    let zone = Zone::empty();
    // An authenticator knows windows by name, and this machine's address is none.
    let at = zone.address.replace("127.0.0.1", "localhost");
    let authenticator = browser.authenticator();
    for (lang, account) in [(Lang::Zh, "officer"), (Lang::En, "enterprise")] {
        let go = |path: &str| browser.go(&format!("{at}/{}{path}", lang.name()));
        let is_in = || {
            go("/account");
            browser.url().ends_with("/account")
        };
        let out = || drop(browser.cdp("Network.clearBrowserCookies", json!({})));
        let enter = || {
            go("/login");
            browser.write("#name", account);
            browser.write("#password", PASSWORD);
            browser.click("main form .btn");
        };
        enter();
        assert!(is_in());
        // Nothing is made for who has a session and not the password.
        browser.write("#password2", "guess");
        browser.click(BEGIN);
        assert!(browser.text().contains(lang.t("account.wrong.password")) && !browser.has(MAKE));
        looked_at(&browser, "wrong", lang);
        browser.write("#password2", PASSWORD);
        browser.click(BEGIN);
        looked_at(&browser, "offer", lang);
        browser.click(MAKE);
        assert!(browser.url().ends_with("/account") && browser.has(CHOOSE), "{}", browser.text());
        looked_at(&browser, "made", lang);
        out();
        assert!(!is_in());

        go("/login");
        looked_at(&browser, "login", lang);
        browser.click(SIGN);
        assert!(is_in(), "the passkey alone signs in");
        out();
        enter();
        assert!(browser.text().contains(lang.t("login.wrong")), "the password alone no longer does");
        assert!(!is_in());

        // An authenticator that does not know its owner says nothing.
        browser.knows_owner(&authenticator, false);
        go("/login");
        browser.script(&format!("document.querySelector('{SIGN}').click()"));
        let until = Instant::now() + Duration::from_secs(20);
        while !browser.text().contains(lang.t("passkey.failed")) {
            assert!(Instant::now() < until, "{}", browser.text());
            std::thread::sleep(Duration::from_millis(100));
        }
        assert!(!is_in());
        browser.knows_owner(&authenticator, true);

        // Taken away, with the password and the passkey again: then the password does, as before.
        go("/login");
        browser.click(SIGN);
        assert!(is_in());
        browser.click(CHOOSE);
        browser.write("#password2", PASSWORD);
        browser.click(DROP);
        assert!(!browser.has(CHOOSE) && browser.url().ends_with("/account"), "{}", browser.text());
        out();
        enter();
        assert!(is_in());
        out();
        // What the authenticator still keeps opens nothing.
        go("/login");
        browser.click(SIGN);
        assert!(browser.text().contains(lang.t("passkey.refused")));
        looked_at(&browser, "refused", lang);
        assert!(!is_in());
        browser.forget(&authenticator);
    }
    let own = [at.as_str(), "data:", "chrome:"];
    let inside = |request: &String| own.iter().any(|own| request.starts_with(own));
    let requests = browser.requests();
    assert!(!requests.is_empty() && requests.iter().all(inside), "{requests:?}");
    let complaints = browser.complaints();
    // Chromium asks for a name beside each password, also where the page says whose account it is.
    let expected = ["status of 401", "status of 422", "[DOM] Password forms should have"];
    assert!(complaints.iter().all(|said| expected.iter().any(|known| said.contains(known))), "{complaints:?}");
}

/// Without scripts the page says so, and passwords and codes do; by number no passkey is offered at all.
#[test]
fn passkeys_are_not_offered_without_scripts_nor_by_number_and_other_ways_stay() {
    let Some(browser) = Browser::open() else { return };
    let zone = Zone::empty();
    let at = zone.address.replace("127.0.0.1", "localhost");
    browser.cdp("Emulation.setScriptExecutionDisabled", json!({"value": true}));
    browser.go(&format!("{at}/en/login"));
    assert!(browser.has("#password"));
    browser.cdp("Emulation.setScriptExecutionDisabled", json!({"value": false}));
    let text = browser.text();
    assert!(!text.contains(Lang::En.t("passkey.enter")) && text.contains(Lang::En.t("passkey.noscript")), "{text}");
    browser.go(&format!("{}/en/login", zone.address));
    assert!(browser.has("#password") && !browser.has(SIGN));
}
