//! An appeal that wins, from refusal to restored allowance; docs/an-appeal.md walks the same way with the pictures.

use server::lang::Lang;

use crate::driver::{ENTER, SPACE};
use crate::journeys::{sign_in_by_keys, tab_to};
use crate::{Visitor, journey};

/// The buyer says "not me", an officer finds that it was: the refusal that is appealed against.
fn refused(v: &Visitor<'_>) -> String {
    let number = v.zone.bought.clone();
    v.sign_in("consumer");
    v.go(&format!("/me/not-me?key={number}"));
    v.browser.click("main form .btn.stop");
    v.sign_out();
    v.sign_in("officer");
    v.go(&format!("/desk?state=disowned&sel={number}"));
    v.browser.write("#reason", "收货电话与订购人一致");
    v.act("deny");
    v.sign_out();
    number
}

#[test]
fn an_appeal_wins_and_the_allowance_is_restored() {
    journey(Lang::Zh, |v| {
        let number = refused(v);
        v.sign_in("consumer");
        assert!(v.browser.has("td .st.bad"), "refused: {}", v.browser.text());
        v.picture("appeal-1-refused");
        v.browser.click(&format!(r#"a[href*="/appeal?key={number}"]"#));
        v.must_see(v.t("appeal.decided_by"));
        v.browser.write("#words", "那天我在国外，收货人不是我");
        v.picture("appeal-2-ground");
        v.browser.click("main form .btn");
        v.must_see(v.t("appeal.title"));
        v.must_see("FY2026-");
        v.sign_out();

        // Whoever denied it may not decide it.
        v.sign_in("officer");
        v.go(&format!("/desk?state=appealed&sel={number}"));
        v.picture("appeal-3-queue");
        v.browser.write("#reason", "维持");
        v.act("reject");
        v.must_see(if v.lang == Lang::Zh { "另一名关员" } else { "another officer" });
        v.picture("appeal-4-four-eyes");
        v.sign_out();

        v.sign_in("reviewer");
        v.go(&format!("/desk?state=appealed&sel={number}"));
        v.browser.write("#reason", "签收照片上是另一个人");
        v.browser.click(r#"button[value="allow"]"#);
        v.picture("appeal-5-impact");
        v.browser.click(r#"button[value="allow"]"#);
        v.must_see(v.t("desk.done").trim());
        v.sign_out();

        v.sign_in("consumer");
        assert!(v.browser.has("td .st.ok"), "{}", v.browser.text());
        v.picture("appeal-6-restored");
        v.go(&format!("/parcels/{number}"));
        v.must_see(v.t("appeal.difference"));
        v.picture("appeal-7-difference");
    });
}

#[test]
fn an_appeal_needs_no_mouse() {
    journey(Lang::En, |v| {
        let number = refused(v);
        sign_in_by_keys(v, "consumer");
        tab_to(v, &format!(r#"a[href*="/appeal?key={number}"]"#));
        v.browser.press(ENTER);
        tab_to(v, "#words");
        v.browser.press("I was abroad");
        tab_to(v, "main form button.btn");
        v.browser.press(SPACE);
        v.must_see("FY2026-");
        v.sign_out();
        sign_in_by_keys(v, "reviewer");
        tab_to(v, r#".tabs a[href$="state=appealed"]"#);
        v.browser.press(ENTER);
        tab_to(v, "tbody th a");
        v.browser.press(ENTER);
        tab_to(v, "#reason");
        v.browser.press("another person signed");
        for _ in ["looked at", "done"] {
            tab_to(v, r#"button[value="allow"]"#);
            v.browser.press(SPACE);
        }
        v.must_see(v.t("desk.done").trim());
    });
}
