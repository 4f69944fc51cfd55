//! Sign-in by an identity provider in Chromium, with a simulated provider.

use crate::driver::Browser;
use crate::passkeys::looked_at;
use crate::zone::{PASSWORD, Zone};
use serde_json::json;
use server::Options;
use server::desk::Desk;
use server::lang::Lang;
use server::providers::simulator::Simulated;
use server::providers::{Provider, Providers};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[test]
fn an_identity_of_a_department_is_linked_signs_in_and_is_let_go() {
    let Some(browser) = Browser::open() else { return };
    browser.size(1280, 900);
    let (zone, stop) = (Zone::empty(), Arc::new(AtomicBool::new(false)));
    let clock = zone.house.clone();
    let bound = || TcpListener::bind("127.0.0.1:0").expect("a port");
    let provider =
        Simulated::serve(bound(), ("window", "a made-up secret"), None, Box::new(move || clock.now()), stop.clone());
    let provider = provider.expect("it serves");
    let named = Provider {
        id: "sample".into(),
        issuer: provider.issuer.clone(),
        client: "window".into(),
        secret: "a made-up secret".into(),
        secret_file: None,
        subject: "sub".into(),
        zh: "样例部门（模拟）".into(),
        en: "Sample department (simulated)".into(),
        second: vec![],
        reach: vec![provider.issuer.replace("http://", "")],
    };
    let providers = Some(Arc::new(Providers::new(vec![named], b"").expect("well named")));
    let listener = bound();
    let at = format!("http://{}", listener.local_addr().expect("an address"));
    let (house, ending) = (zone.house.clone(), stop.clone());
    let options = Options { providers, ..Options::default() };
    let serving = std::thread::spawn(move || server::serve(listener, house, options, ending));
    let linked = "#providers ~ div td .code";
    for (lang, account, who) in [(Lang::Zh, "officer", "made-up-chen"), (Lang::En, "enterprise", "made-up-lin")] {
        let go = |path: &str| browser.go(&format!("{at}/{}{path}", lang.name()));
        let is_in = || {
            go("/account");
            browser.url().ends_with("/account")
        };
        let out = || drop(browser.cdp("Network.clearBrowserCookies", json!({})));
        let person = format!(r#"a[href$="as={who}"]"#);
        let by_provider = || {
            go("/login");
            browser.click(r#"a[href*="/login/with/sample"]"#);
            browser.click(&person);
        };
        by_provider();
        assert!(browser.text().contains(lang.t("provider.unlinked")), "{}", browser.text());
        looked_at(&browser, "provider-unlinked", lang);
        go("/login");
        looked_at(&browser, "provider-login", lang);
        browser.write("#name", account);
        browser.write("#password", PASSWORD);
        browser.click("main form .btn");
        assert!(is_in());
        looked_at(&browser, "provider-account", lang);
        browser.click("input[name=provider]");
        browser.write("#password3", PASSWORD);
        browser.click(r#"form[action$="/account/provider"] .btn"#);
        looked_at(&browser, "provider-leaving", lang);
        browser.click(r#"main a[href*="/authorize"]"#);
        browser.click(&person);
        assert!(browser.url().ends_with("/account") && browser.has(linked), "{}", browser.text());
        out();
        by_provider();
        assert!(is_in(), "{}", browser.text());
        out();
        // Whoever turns back there comes to a page with the next step.
        go("/login");
        browser.click(r#"a[href*="/login/with/sample"]"#);
        browser.click(r#"a[href$="as=nobody"]"#);
        assert!(browser.text().contains(lang.t("provider.refused.next")), "{}", browser.text());
        assert!(!is_in());
        by_provider();
        assert!(is_in());
        browser.click("input[name=provider]");
        browser.write("#password3", PASSWORD);
        browser.click(r#"button[formaction$="/account/provider/drop"]"#);
        assert!(!browser.has(linked), "{}", browser.text());
        out();
        by_provider();
        assert!(!is_in());
    }
    let own = [at.as_str(), &provider.issuer, "data:", "chrome:"];
    let inside = |request: &String| own.iter().any(|own| request.starts_with(own));
    let requests = browser.requests();
    assert!(!requests.is_empty() && requests.iter().all(inside), "{requests:?}");
    stop.store(true, Ordering::Relaxed);
    let _ = serving.join();
}
