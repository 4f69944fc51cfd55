//! The thirty pages that are used most, each wide, narrow, dark, large, printed, empty, failing, and while the disk is
//! full: then what is a look or an act says when to come again, and the rest goes on. The pictures stand in
//! `target/screenshots/states`; what can be asserted of them is: a heading, no sideways scroll, no key in place of words,
//! and where nothing is there or something is wrong, what to do now.

use std::collections::BTreeSet;

use server::desk::State;
use server::lang::Lang;

use crate::Visitor;
use crate::driver::Browser;
use crate::zone::Zone;

/// How a page is made to fail.
enum Fails {
    /// At an address beside it.
    At(String),
    /// By what is filled in, and the button that sends it.
    Sent(&'static [(&'static str, &'static str)], &'static str),
}

use Fails::{At, Sent};

struct Page {
    role: &'static str,
    name: &'static str,
    path: String,
    fails: Fails,
    /// Also there where nothing has been sent yet.
    stands_empty: bool,
}

const CHECK: &str = r#"button[value="check"]"#;
const FIRST: &str = "main form .btn";

fn thirty(zone: &Zone) -> Vec<Page> {
    let at = |path: &str| At(path.to_owned());
    let page = |role, name, path: &str, fails| Page { role, name, path: path.to_owned(), fails, stands_empty: true };
    let keyed = |role, name, path: String, fails| Page { role, name, path, fails, stands_empty: false };
    let of = |state| format!("/parcels/{}", zone.parcel(state));
    let refused = format!("/parcels/{}", zone.refused_for("PAYMENT_AMOUNT"));
    let (revision, index) = zone.bill();
    let book = crate::theft::BOOK;
    vec![
        page("", "overview", "/", at("/nothing/here")),
        page("", "parcels", "/parcels", at("/parcels/NOTHING")),
        keyed("", "parcel-public", refused.clone(), at("/parcels/640220260000000000")),
        page("", "search", "/search?q=1901", at("/search?q=NOTHING-LIKE-IT")),
        page("", "try", "/try", Sent(&[("#text", "<x/>")], FIRST)),
        page("", "form-order", "/write/CEB311", Sent(&[("#h-appTime", "1")], CHECK)),
        page("", "verify", "/verify", Sent(&[("#receipt", "<x/>"), ("#proof", "{}")], FIRST)),
        page("", "login", "/login", Sent(&[("#name", "nobody"), ("#password", "x")], FIRST)),
        page("", "status", "/status", at("/status/yesterday")),
        page("", "policy-limits", "/policies/limits.toml", at("/policies/nothing.toml")),
        page("", "notices", "/notices", at("/notices/99")),
        page("officer", "desk", "/desk", at("/desk?sel=NOTHING")),
        keyed("officer", "desk-picked", format!("/desk?sel={}", zone.parcel(State::Inspection)), at("/zone")),
        keyed("officer", "parcel-refused", refused.clone(), at("/parcels/NOTHING/bill")),
        keyed("officer", "parcel-released", of(State::Released), at("/parcels/NOTHING")),
        keyed("officer", "bill", format!("{}/bill", of(State::Released)), At(format!("{refused}/bill"))),
        keyed("officer", "receipt", format!("/receipts/{revision}/{index}"), at("/receipts/1/99")),
        page("officer", "stock", "/stock", at("/stock/NOTHING")),
        keyed("officer", "stock-item", format!("/stock/{book}/MILK-900"), At(format!("/stock/{book}/NOTHING"))),
        page("officer", "appeals", "/appeals", at("/appeals/one?key=A%2FB%2FC")),
        page("officer", "filings-queue", "/desk/filings", at("/zone/parties?code=x")),
        page("enterprise", "company", "/company", at("/zone")),
        page("enterprise", "filings", "/company/filings", at("/company/filings/4602960W01/NOTHING")),
        page("enterprise", "filing-new", "/company/filings/new", Sent(&[("#hs10", "1")], CHECK)),
        page("enterprise", "correct", "/company/correct", Sent(&[("#list", "640220260000000000")], FIRST)),
        page("consumer", "me", "/me", at("/me/not-me?key=NOTHING")),
        page(
            "consumer",
            "articles",
            "/articles",
            Sent(&[("#waybill", "1"), ("#country", "1"), ("#office", "1")], FIRST),
        ),
        page("tax", "department", "/department", at("/desk")),
        page("operator", "zone", "/zone", at("/desk")),
        page("operator", "law-try", "/law/try", Sent(&[("#single1", "26001")], FIRST)),
    ]
}

/// The first parts of the keys of the text tables.
fn prefixes() -> BTreeSet<&'static str> {
    let keys = include_str!("../../text/en.txt").lines().filter_map(|line| line.split_once(" = "));
    keys.filter_map(|(key, _)| key.split_once('.')).map(|(first, _)| first).collect()
}

/// Words of the page that look like keys of the text tables: names that programs use are marked as code.
fn keys_shown(v: &Visitor<'_>) -> Vec<String> {
    let text = v.browser.script(
        "const body = document.body.cloneNode(true);\
         body.querySelectorAll('.code, code, pre, textarea, script, .cmd, .prove, table.law').forEach(e => e.remove());\
         return body.textContent",
    );
    let (known, text) = (prefixes(), text.as_str().unwrap_or_default().to_owned());
    let is_key = |word: &&str| {
        let mut parts = word.split('.');
        let first = parts.next().unwrap_or_default();
        let rest: Vec<&str> = parts.collect();
        let file = ["toml", "csv", "json", "xml", "html", "xlsx"].iter().any(|end| word.ends_with(end));
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        !file && known.contains(first) && !rest.is_empty() && rest.into_iter().all(plain)
    };
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '_'));
    words.filter(is_key).map(str::to_owned).collect()
}

/// What holds of every page in every state.
fn sound(v: &Visitor<'_>, state: &str, name: &str) -> Option<String> {
    let found = v.browser.script(
        "const h = document.querySelectorAll('h1'), over = document.documentElement.scrollWidth - innerWidth;\
         return [h.length, h.length ? h[0].innerText.trim().length : 0, over]",
    );
    let wrong = |what: String| Some(format!("{name} {state} {}: {what}", v.lang.name()));
    if (found[0].as_i64(), found[1].as_i64() > Some(0)) != (Some(1), true) {
        return wrong(format!("one heading with words: {found}"));
    }
    if state != "print" && found[2].as_i64() > Some(0) {
        return wrong(format!("{} px too wide", found[2]));
    }
    let keys = keys_shown(v);
    if !keys.is_empty() {
        return wrong(format!("keys in place of words: {keys:?}"));
    }
    None
}

fn pictured(v: &Visitor<'_>, name: &str, state: &str) {
    v.browser.picture(&format!("states/{name}-{}-{state}", v.lang.name()));
}

/// Looks at all thirty in all eight states; what is wrong, all at once.
fn looked_at(lang: Lang) {
    let Some(browser) = Browser::open() else { return };
    let folder = crate::driver::screenshots().join("states");
    std::fs::create_dir_all(&folder).expect("a folder for pictures");
    let mut wrong = Vec::new();
    let (busy, empty) = (Zone::busy(), Zone::empty());
    let pages = thirty(&busy);
    assert_eq!(pages.len(), 30);
    for zone in [&busy, &empty] {
        let v = Visitor { browser: &browser, zone, lang };
        let is_empty = std::ptr::eq(zone, &empty);
        let mut role = "";
        for page in pages.iter().filter(|page| !is_empty || page.stands_empty) {
            browser.size(1280, 900);
            browser.media("light", "screen");
            if page.role != role {
                v.sign_out();
                if !page.role.is_empty() {
                    v.sign_in(page.role);
                }
                role = page.role;
            }
            v.go(&page.path);
            if is_empty {
                wrong.extend(sound(&v, "empty", page.name));
                // A list that is empty says why and what will appear; a form is there to be filled.
                let says = "return [...document.querySelectorAll('.blank')].every(e => e.querySelector('p, a'))\
                            && !document.querySelector('main table tbody:empty')";
                if browser.script(says) != true {
                    wrong.push(format!("{} empty {}: it says not what to do", page.name, lang.name()));
                }
                pictured(&v, page.name, "empty");
                continue;
            }
            for (state, width, scheme, medium) in [
                ("wide", 1680, "light", "screen"),
                ("narrow", 390, "light", "screen"),
                ("dark", 1280, "dark", "screen"),
                ("print", 1280, "light", "print"),
            ] {
                browser.size(width, 900);
                browser.media(scheme, medium);
                wrong.extend(sound(&v, state, page.name));
                pictured(&v, page.name, state);
            }
            browser.media("light", "screen");
            browser.size(390, 844);
            browser.script("document.documentElement.dataset.text = 'large'");
            wrong.extend(sound(&v, "large", page.name));
            pictured(&v, page.name, "large");
            browser.size(1280, 900);
            match &page.fails {
                At(path) => v.go(path),
                Sent(fields, button) => {
                    v.go(&page.path);
                    fields.iter().for_each(|(field, text)| browser.paste(field, text));
                    // What the browser itself would stop is what the server is to be asked about.
                    browser.script("document.querySelectorAll('form').forEach(f => f.noValidate = true)");
                    browser.click(button);
                }
            }
            wrong.extend(sound(&v, "failing", page.name));
            let told = "const m = document.querySelector('main');\
                        return Boolean(m.querySelector('.errors a, .errors p, .blank p, .prose p, .say, .btns a.btn, .field.wrong, .sheet .note, .seal.bad'))";
            if browser.script(told) != true {
                wrong.push(format!("{} failing {}: it says not what to do", page.name, lang.name()));
            }
            pictured(&v, page.name, "failing");
        }
        v.sign_out();
    }
    wrong.extend(in_an_outage(&browser, &busy, lang, &pages));
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// The pages while nothing can be written.
fn in_an_outage(browser: &Browser, zone: &Zone, lang: Lang, pages: &[Page]) -> Vec<String> {
    zone.fill_disk();
    browser.size(1280, 900);
    browser.media("light", "screen");
    let v = Visitor { browser, zone, lang };
    let (mut wrong, mut stopped, mut role) = (Vec::new(), 0, "");
    let told = |name: &str| {
        let text = browser.text();
        let whole = ["fault.503.title", "fault.503.lead", "fault.503.about", "fault.503.next"];
        let missing: Vec<_> = whole.into_iter().filter(|key| !text.contains(lang.t(key))).collect();
        (!missing.is_empty()).then(|| format!("{name} outage {}: {missing:?} is not told", lang.name()))
    };
    let enter = |role: &str| {
        v.sign_out();
        if !role.is_empty() {
            v.sign_in(role);
        }
    };
    for page in pages {
        if page.role != role {
            enter(page.role);
            role = page.role;
        }
        v.go(&page.path);
        wrong.extend(sound(&v, "outage", page.name));
        pictured(&v, page.name, "outage");
        if browser.text().contains(lang.t("fault.503.title")) {
            stopped += 1;
            wrong.extend(told(page.name));
            // Whoever reads the own, or what anybody may, leaves no look.
            if ["", "enterprise", "consumer"].contains(&page.role) {
                wrong.push(format!("{} outage {}: it needs no disk", page.name, lang.name()));
            }
        }
    }
    // Eight of the officer's pages show others' data.
    if stopped < 8 {
        wrong.push(format!("outage {}: {stopped} pages stopped", lang.name()));
    }
    // Whoever acts is told at once too.
    enter("enterprise");
    v.go("/hooks");
    browser.paste("#address", "https://receipts.example/in");
    browser.click(FIRST);
    wrong.extend(told("hooks"));
    enter("consumer");
    v.go(&format!("/me/not-me?key={}", zone.bought));
    browser.click(FIRST);
    wrong.extend(told("not-me"));
    v.sign_out();
    zone.free_disk();
    wrong
}

#[test]
fn thirty_pages_in_eight_states_in_chinese() {
    looked_at(Lang::Zh);
}

#[test]
fn thirty_pages_in_eight_states_in_english() {
    // Other walks open every page in English; this one costs as much as the Chinese.
    if !crate::in_full() {
        eprintln!("skipped: in ./test long");
        return;
    }
    looked_at(Lang::En);
}
