//! Every page, as a page: within its budget, never wider than the telephone, never asking elsewhere.

use crate::driver::Browser;
use crate::zone::Zone;
use crate::{Visitor, at_home, in_full};
use server::desk::State;
use server::lang::Lang;

/// Every page with the role that opens it, and a name for its picture.
fn all(zone: &Zone) -> Vec<(&'static str, &'static str, String)> {
    let plain = [
        ("overview", "/"),
        ("parcels", "/parcels"),
        ("parcels-none", "/parcels?state=sent_back&regime=1239"),
        ("search", "/search"),
        ("search-none", "/search?q=NOTHING-LIKE-IT"),
        ("try", "/try"),
        ("write", "/write"),
        ("form-order", "/write/CEB311"),
        ("form-list", "/write/CEB621"),
        ("verify", "/verify"),
        ("limits", "/limits"),
        ("interfaces", "/interfaces"),
        ("login", "/login"),
        ("overview-live", "/?live=1"),
        ("status", "/status"),
        ("policies", "/policies?on=2018-12-31"),
        ("policy-limits", "/policies/limits.toml?on=2018-12-31"),
        ("policy-tariff", "/policies/tariff.csv"),
        ("policy-none", "/policies/limits.toml?on=2016-01-01"),
        ("notices", "/notices"),
        ("accessibility", "/accessibility"),
        ("bulk", "/bulk"),
        ("bulk-order", "/bulk/CEB311"),
        ("not-found", "/nothing/here"),
    ];
    let mut pages: Vec<_> = plain.into_iter().map(|(name, path)| ("", name, path.to_owned())).collect();
    let of = |state| format!("/parcels/{}", zone.parcel(state));
    let refused = format!("/parcels/{}", zone.refused_for("PAYMENT_AMOUNT"));
    pages.push(("", "parcel-public", refused.clone()));
    pages.push(("officer", "parcel-refused", refused));
    pages.push(("officer", "parcel-released", of(State::Released)));
    pages.push(("officer", "parcel-waiting", of(State::Waiting)));
    pages.push(("officer", "parcel-inspection", of(State::Inspection)));
    pages.push(("officer", "account", "/account".into()));
    pages.push(("officer", "desk", "/desk".into()));
    pages.push(("officer", "desk-picked", format!("/desk?sel={}", zone.parcel(State::Inspection))));
    pages.push(("officer", "desk-live", "/desk?live=1".into()));
    pages.push(("officer", "bill", format!("{}/bill", of(State::Released))));
    let (revision, index) = zone.bill();
    pages.push(("officer", "receipt", format!("/receipts/{revision}/{index}")));
    pages.push(("officer", "stock", "/stock".into()));
    pages.push(("officer", "stock-book", format!("/stock/{}?all=1", crate::theft::BOOK)));
    pages.push(("officer", "stock-item", format!("/stock/{}/MILK-900", crate::theft::BOOK)));
    pages.push(("officer", "stock-followed", format!("/stock/{}/MILK-900?of=1", crate::theft::BOOK)));
    for role in ["tax", "exchange", "commerce", "market"] {
        pages.push((role, role, "/department".into()));
        pages.push((role, role, "/requests".into()));
        pages.push((role, role, "/hooks".into()));
        pages.push((role, role, "/connectors".into()));
    }
    pages.push(("operator", "zone", "/zone".into()));
    pages.push(("operator", "alarms", "/zone/alarms".into()));
    pages.push(("operator", "registry", "/zone/registry/guarantees".into()));
    pages.push(("operator", "journal", "/zone/journal".into()));
    pages.push(("operator", "law-try", "/law/try".into()));
    pages.push(("operator", "compare", "/law/compare".into()));
    pages.push(("operator", "law-trial", format!("/law/try/{}", zone.tried())));
    pages.push(("enterprise", "company", "/company".into()));
    pages.push(("enterprise", "standing", "/company/standing".into()));
    pages.push(("officer", "party", "/zone/parties/4602960W01".into()));
    pages.push(("enterprise", "ahead", "/company/ahead".into()));
    pages.push(("enterprise", "bulk-list", "/bulk/CEB621".into()));
    pages.push(("enterprise", "filings", "/company/filings".into()));
    pages.push(("enterprise", "filing-new", "/company/filings/new".into()));
    let milk = format!("/company/filings/{}/MILK-900", zone.enterprise);
    pages.push(("enterprise", "filing", milk.clone()));
    pages.push(("enterprise", "certificate", format!("{milk}/certificate")));
    pages.push(("enterprise", "hooks", "/hooks".into()));
    pages.push(("enterprise", "requests-about", "/requests".into()));
    pages.push(("enterprise", "filings-table", "/company/filings/table".into()));
    pages.push(("enterprise", "correct", "/company/correct".into()));
    pages.push(("enterprise", "summaries", "/summaries".into()));
    pages.push(("officer", "filings-queue", "/desk/filings".into()));
    pages.push(("officer", "parties", "/zone/parties".into()));
    pages.push(("officer", "transfers", "/transfers".into()));
    pages.push(("officer", "returns", "/returns".into()));
    pages.push(("officer", "appeals", "/appeals".into()));
    pages.push(("officer", "appeal-one", format!("/appeals/one?key={}", crate::zone::RULING.replace('/', "%2F"))));
    pages.push(("consumer", "me", "/me".into()));
    pages.push(("consumer", "identity", "/me/identity".into()));
    pages.push(("consumer", "not-me", format!("/me/not-me?key={}", zone.bought)));
    pages.push(("viewer", "not-allowed", "/desk".into()));
    pages
}

/// Opens every page as its role, in these languages.
fn each(browser: &Browser, zone: &Zone, langs: &[Lang], mut look: impl FnMut(&Visitor<'_>, &str, &str)) {
    for lang in langs {
        let visitor = Visitor { browser, zone, lang: *lang };
        let mut role = "";
        for (needed, name, path) in all(zone) {
            if needed != role {
                visitor.sign_out();
                if !needed.is_empty() {
                    visitor.sign_in(needed);
                }
                role = needed;
            }
            visitor.go(&path);
            look(&visitor, name, &path);
        }
        visitor.sign_out();
    }
}

#[test]
fn no_page_is_wider_than_a_telephone() {
    let Some(browser) = Browser::open() else { return };
    let zone = Zone::busy();
    each(&browser, &zone, &Lang::ALL, |v, name, path| {
        for (width, large) in [(320, false), (390, false), (390, true)] {
            browser.size(width, 844);
            if large {
                browser.script("document.documentElement.dataset.text = 'large'");
            }
            let over = browser.script("return document.documentElement.scrollWidth - innerWidth");
            assert!(over.as_i64() <= Some(0), "{path} is {over} px too wide at {width}, {}", v.lang.name());
            if width == 390 && !large {
                v.picture(&format!("{name}-390"));
            }
        }
    });
}

#[test]
fn every_page_keeps_its_budget_and_stays_at_home() {
    let Some(browser) = Browser::open() else { return };
    let zone = Zone::busy();
    browser.size(1280, 900);
    each(&browser, &zone, &Lang::ALL, |v, name, path| {
        browser.requests();
        browser.cdp("Network.clearBrowserCache", serde_json::json!({}));
        v.go(path);
        let requests = browser.requests();
        // A page whose figures move has a script and a stream besides, a form that is checked while it is filled in a script.
        let live = path.contains("live=1");
        let form = path.starts_with("/write/") || path.ends_with("/filings/new");
        let most = if live || form { 8 } else { 5 };
        assert!((1..=most).contains(&requests.len()), "{path}: {requests:?}");
        at_home(&requests, &zone);
        let html = browser.script("return document.documentElement.outerHTML").as_str().map_or(0, str::len);
        assert!(html <= 60 * 1024, "{path}: {html} bytes");
        let scripts = browser.script("return document.scripts.length");
        assert_eq!(scripts, i32::from(live || form), "{path} needs no script");
        let complaints = browser.complaints();
        let expected = |c: &&String| c.contains("404") || c.contains("403");
        assert!(complaints.iter().all(|c| expected(&c)), "{path}: {complaints:?}");
        let shift = browser.promised(
            "new Promise(done => { let sum = 0; new PerformanceObserver(list => list.getEntries().forEach(e => sum += e.value))\
             .observe({type: 'layout-shift', buffered: true}); setTimeout(() => done(sum), 50); })",
        );
        assert!(shift.as_f64() < Some(0.01), "{path} shifts by {shift}");
        v.picture(name);
    });
}

/// axe-core's script, which `./test` fetches into `target/axe` where there is npm.
pub fn axe() -> Option<String> {
    let target = crate::driver::screenshots();
    let beside = target.with_file_name("axe").join("node_modules/axe-core/axe.min.js");
    let script = std::fs::read_to_string(beside).ok();
    if script.is_none() {
        eprintln!("skipped: no axe-core (npm install --prefix target/axe axe-core)");
    }
    script
}

/// axe-core finds nothing on any page, in the colours and width of `first`; in full in both colours at both widths.
fn nothing_for_axe_to_find(lang: Lang, first: (&str, u32)) {
    let (Some(axe), Some(browser)) = (axe(), Browser::open()) else { return };
    let zone = Zone::busy();
    let tags = "['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']";
    let run = format!(
        "axe.run(document, {{runOnly: {tags}}}).then(r => r.violations.map(v => \
         v.id + ': ' + v.nodes.map(n => n.html.slice(0, 160) + ' ' + n.any.map(a => a.message).join(' ')).slice(0, 3).join(' | ')))"
    );
    let mut found = Vec::new();
    let ways = [("light", 1280), ("dark", 390), ("dark", 1280), ("light", 390)];
    for (scheme, width) in ways.into_iter().filter(|way| in_full() || *way == first) {
        // Before a page is loaded, or axe judges colours on their way from one scheme to the other.
        browser.size(width, 900);
        browser.media(scheme, "screen");
        let mut looked = 0;
        each(&browser, &zone, &[lang], |v, name, path| {
            browser.promised(&format!("{axe};0"));
            let violations = browser.promised(&run);
            let violations = violations.as_array().expect("a list");
            found.extend(violations.iter().map(|x| format!("{path} {scheme} {width}: {x}")));
            if scheme == "dark" {
                v.picture(&format!("{name}-dark-{width}"));
            }
            looked += 1;
        });
        assert!(looked >= 80, "{looked}");
    }
    assert!(found.is_empty(), "{} violations:\n{}", found.len(), found.join("\n"));
}

#[test]
fn axe_finds_nothing_on_any_chinese_page() {
    nothing_for_axe_to_find(Lang::Zh, ("light", 1280));
}

#[test]
fn axe_finds_nothing_on_any_english_page() {
    nothing_for_axe_to_find(Lang::En, ("dark", 390));
}

#[test]
fn axe_would_find_what_is_wrong() {
    let (Some(axe), Some(browser)) = (axe(), Browser::open()) else { return };
    browser.go("data:text/html,<title>x</title><body><main><img src='data:,'><h1>x</h1></main>");
    browser.promised(&format!("{axe};0"));
    let found = browser.promised("axe.run().then(r => r.violations.map(v => v.id))");
    let found: Vec<_> = found.as_array().expect("a list").iter().filter_map(|v| v.as_str()).collect();
    assert!(found.contains(&"image-alt") && found.contains(&"html-has-lang"), "{found:?}");
}

#[test]
fn pages_print_grow_and_stand_empty() {
    let Some(browser) = Browser::open() else { return };
    let zone = Zone::busy();
    browser.size(1280, 900);
    each(&browser, &zone, &[Lang::Zh], |v, name, path| {
        // First, or it is the page for the screen that is put on paper.
        browser.media("light", "print");
        let sheets = browser.printed(&format!("{name}-print"));
        assert!((1..=9).contains(&sheets), "{path} prints on {sheets} sheets");
        for hidden in [".util", ".six", ".find", ".foot a", "main form"] {
            let shown = browser.script(&format!(
                "return [...document.querySelectorAll('{hidden}')].filter(e => e.offsetParent !== null).length"
            ));
            assert_eq!(shown, 0, "{hidden} is printed on {path}");
        }
        browser.media("dark", "print");
        let ink = browser.script("const s = getComputedStyle(document.body); return s.color + s.backgroundColor");
        assert_eq!(ink, "rgb(0, 0, 0)rgb(255, 255, 255)", "{path} prints black on white");
        v.picture(&format!("{name}-print"));
        browser.media("light", "screen");
        browser.script("document.documentElement.dataset.text = 'large'");
        v.picture(&format!("{name}-large"));
    });
    let zone = Zone::empty();
    for lang in Lang::ALL {
        let v = Visitor { browser: &browser, zone: &zone, lang };
        v.sign_in("officer");
        for (name, path) in [("overview", "/"), ("parcels", "/parcels"), ("desk", "/desk")] {
            v.go(path);
            assert!(browser.has(".blank h3"), "{path} says why it is empty");
            v.picture(&format!("{name}-empty"));
        }
        v.sign_out();
    }
}
