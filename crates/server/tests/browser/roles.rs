//! What each role comes for, in short: the journeys of a role share a browser and a zone, and each is walked in both
//! languages. What one does, the next one finds done.

use std::io::Write;

use server::desk::State;
use server::lang::Lang;

use crate::driver::{Browser, ENTER, SPACE};
use crate::journeys::{sign_in_by_keys, tab_to};
use crate::zone::Zone;
use crate::{PASSWORD, Visitor, at_home};

/// A way that somebody goes, with a name for its picture.
struct Journey {
    role: &'static str,
    name: &'static str,
    walk: fn(&Visitor<'_>),
}

macro_rules! journeys {
    ($($role:literal $name:literal $walk:expr;)*) => {
        &[$(Journey { role: $role, name: $name, walk: $walk }),*]
    };
}

const JOURNEYS: &[Journey] = journeys! {
    "public" "reads-the-rights" |v| {
        v.go("/");
        v.browser.click(r#".foot a[href$="/rights"]"#);
        v.must_see(v.t("action.goods.file"));
    };
    "public" "large-and-dark-stay" |v| {
        v.go("/notices");
        v.browser.click(r#".util button[name="text"]"#);
        v.browser.click(r#".util button[name="theme"]"#);
        v.go("/limits");
        let seen = v.browser.script("const d = document.documentElement.dataset; return d.text + ' ' + d.theme");
        assert_eq!(seen, "large dark", "the choice holds on other pages");
    };
    "public" "asks-who-looked-and-is-told-what-is-wrong" |v| {
        v.go("/looks");
        v.browser.write("#key", "NO-SUCH-PARCEL");
        v.browser.write("#identity", "110101199003077475");
        v.browser.click("main form .btn");
        assert!(v.browser.has(".errors a[href='#key']"), "{}", v.browser.text());
    };
    "public" "tries-a-message-by-keyboard" |v| {
        v.go("/");
        tab_to(v, r#".foot a[href$="/try"]"#);
        v.browser.press(ENTER);
        tab_to(v, "#text");
        v.browser.press("<x/>");
        tab_to(v, "main form .btn");
        v.browser.press(SPACE);
        assert!(v.browser.has(".errors"), "{}", v.browser.text());
    };
    "enterprise" "files-goods-in-a-form-that-knows-the-law" |v| {
        v.sign_in("enterprise");
        v.go("/company/filings");
        v.browser.click(r#".title a[href$="/filings/new"]"#);
        let write = |of: &str, text: &str| v.browser.write(&format!("#{of}"), text);
        let item = format!("TEA-{}", v.lang.name());
        write("item_no", &item);
        write("name_zh", "婴幼儿配方奶粉");
        write("hs10", "1901101099");
        write("qty1", "0.8");
        v.browser.paste("#unit", "122");
        v.browser.paste("#origin", "609");
        v.browser.click(r#"button[value="check"]"#);
        v.browser.click(r##".errors a[href="#hs10"]"##);
        assert!(v.browser.has("#hs10[aria-invalid]"), "no such code in the tariff");
        v.picture("filing-faults");
        v.browser.paste("#hs10", "1901101090");
        v.browser.click(r#"button[value="check"]"#);
        assert!(v.browser.has(".say.ok"), "{}", v.browser.text());
        assert_eq!(v.browser.script("return document.querySelector('#unit1').value"), "035", "the tariff's unit");
        v.picture("filing-sound");
        v.browser.click(r#"button[value="file"]"#);
        v.must_see(v.t("filings.done.one"));
        v.must_see(&item);
    };
    "enterprise" "files-many-goods-by-spreadsheet" |v| {
        v.sign_in("enterprise");
        v.go("/company/filings/table");
        let mut table = tempfile::Builder::new().suffix(".csv").tempfile().expect("a file");
        let row = |item: &str, qty: &str| format!("{item}-{},奶粉,1901101090,609,122,035,{qty},2026-03-02\n", v.lang.name());
        let csv = format!("item_no,name_zh,hs10,origin,unit,unit1,qty1,from\n{}{}", row("B-1", "0.9"), row("B-2", "much"));
        table.write_all(csv.as_bytes()).expect("written");
        v.browser.write("#file", &table.path().to_string_lossy());
        v.browser.click(r#"button[value="check"]"#);
        v.must_see("G3");
        v.picture("filings-table-faults");
        let mut table = tempfile::Builder::new().suffix(".csv").tempfile().expect("a file");
        table.write_all(csv.replace("much", "0.4").as_bytes()).expect("written");
        v.browser.write("#file", &table.path().to_string_lossy());
        v.browser.click(r#"button[value="send"]"#);
        v.must_see(&format!("B-2-{}", v.lang.name()));
    };
    "enterprise" "makes-a-key-of-its-own" |v| {
        v.sign_in("enterprise");
        v.go("/company/keys");
        v.browser.write("#label", "ERP");
        v.browser.write("#password2", PASSWORD);
        v.browser.click(r#"form[action$="/company/keys"] .btn"#);
        v.must_see(v.t("keys.once"));
    };
    "enterprise" "looks-at-a-correction-of-another-s-list" |v| {
        v.sign_in("enterprise");
        v.go("/company/correct");
        v.browser.write("#list", "640220269999999999");
        v.browser.click(r#"input#w2"#);
        v.browser.click("form[action$='/preview'] .btn");
        assert!(v.browser.has(".errors"), "{}", v.browser.text());
    };
    "enterprise" "reads-what-a-coming-law-changes" |v| {
        v.sign_in("enterprise");
        v.go("/company");
        v.browser.click(r#"main a[href$="/company/ahead"]"#);
        v.must_see(v.t("ahead.title"));
    };
    "enterprise" "files-what-it-is-to-be-certified-for" |v| {
        v.sign_in("enterprise");
        v.go("/company/standing");
        v.browser.write("#paper", &format!("YZ-{}", v.lang.name()));
        v.browser.click("form[action$='/standing/filings'] .btn");
        v.must_see(&format!("YZ-{}", v.lang.name()));
    };
    "enterprise" "exports-its-parcels" |v| {
        v.sign_in("enterprise");
        v.go("/parcels");
        assert!(v.browser.has(r#"main a[href*="/parcels.csv"]"#) && v.browser.has(r#"main a[href*="/parcels.json"]"#));
        v.browser.click(r#"tbody th a"#);
        assert!(v.browser.has("h1"), "{}", v.browser.text());
    };
    "consumer" "declares-personal-articles" |v| {
        v.sign_in("consumer");
        v.browser.click(r#"main a[href$="/articles"]"#);
        let write = |of: &str, text: &str| v.browser.write(&format!("#{of}"), text);
        write("waybill", &format!("EX-{}", v.lang.name()));
        write("country", "502");
        write("office", "6402");
        write("name1", "巧克力");
        write("value1", "20.00");
        v.browser.click("main form .btn");
        v.must_see(&format!("EX-{}", v.lang.name()));
        v.picture("articles-told");
    };
    "consumer" "learns-how-an-identity-is-verified" |v| {
        v.sign_in("consumer");
        v.browser.click(r#"main a[href$="/me/identity"]"#);
        v.must_see(v.t("identity.steps.none"));
    };
    "consumer" "reads-who-looked" |v| {
        v.sign_in("consumer");
        v.browser.click(r#"main a[href$="/looks"]"#);
        v.must_see(v.t("looks.title"));
    };
    "consumer" "reads-an-own-parcel-and-its-tax" |v| {
        v.sign_in("consumer");
        let number = v.zone.bought.clone();
        v.browser.click(&format!(r#"th a[href$="/parcels/{number}"]"#));
        assert!(v.browser.has("table.sum"), "{}", v.browser.text());
    };
    "officer" "reviews-a-filing-of-goods" |v| {
        let item = if v.lang == Lang::Zh { "MILK-400" } else { "MILK-200" };
        v.sign_in("officer");
        v.browser.click(r#"main a[href$="/desk/filings"]"#);
        v.browser.click(&format!(r#"th a[href*="{item}"]"#));
        v.picture("filings-queue-picked");
        v.browser.click(r#"button[value="refuse"]"#);
        assert!(v.browser.has("#reason[aria-invalid]"), "not without a reason");
        v.browser.write("#reason", "规格与品名不符");
        v.browser.click(r#"button[value="refuse"]"#);
        assert!(v.browser.has(".say.ok"), "{}", v.browser.text());
        v.sign_out();
        v.sign_in("enterprise");
        v.go("/company/filings");
        v.browser.click(&format!(r#"th a[href$="{item}"]"#));
        v.must_see("规格与品名不符");
        v.picture("filing-refused");
    };
    "officer" "looks-up-a-party-from-the-desk" |v| {
        v.sign_in("officer");
        v.browser.click(r#"main a[href$="/zone/parties"]"#);
        v.browser.write("#code", "4602960W01");
        v.browser.press(ENTER);
        v.must_see(v.t("standing.roles"));
    };
    "officer" "prints-a-receipt-with-its-proof" |v| {
        v.sign_in("officer");
        let (revision, index) = v.zone.bill();
        v.go(&format!("/receipts/{revision}/{index}"));
        assert!(v.browser.has("svg.qr path"), "{}", v.browser.text());
    };
    "tax" "by-keyboard" |v| department_by_keys(v, "tax");
    "tax" "needs-a-case-for-a-parcel" |v| asks_for_a_case(v, "tax");
    "exchange" "by-keyboard" |v| department_by_keys(v, "exchange");
    "exchange" "needs-a-case-for-a-parcel" |v| asks_for_a_case(v, "exchange");
    "commerce" "by-keyboard" |v| department_by_keys(v, "commerce");
    "commerce" "needs-a-case-for-a-parcel" |v| asks_for_a_case(v, "commerce");
    "market" "by-keyboard" |v| department_by_keys(v, "market");
    "market" "needs-a-case-for-a-parcel" |v| asks_for_a_case(v, "market");
    "operator" "by-keyboard" |v| {
        sign_in_by_keys(v, "operator");
        tab_to(v, r#"main a[href$="/zone/parties"]"#);
        v.browser.press(ENTER);
        tab_to(v, "#code");
        v.browser.press("4602960W01");
        v.browser.press(ENTER);
        v.must_see(v.t("standing.roles"));
    };
    "operator" "takes-rows-of-the-registry-in-as-looked-at" |v| {
        v.sign_in("operator");
        v.browser.click(r#"main a[href$="/zone/registry"]"#);
        v.go("/zone/registry/guarantees");
        v.browser.paste("#text", "code,district,kind,limit_yuan,from\n4602960W01,64,deposit,ten,2026-03-02\n");
        v.browser.click("form[action$='/look'] .btn");
        assert!(v.browser.has(".errors"), "{}", v.browser.text());
        v.browser.paste("#text", "code,district,kind,limit_yuan,from\n4602960W01,64,deposit,1000.00,2026-03-02\n");
        v.browser.click("form[action$='/look'] .btn");
        v.must_see(v.t("correct.impact"));
        v.browser.click("form[action$='/guarantees'] .btn");
        assert!(v.browser.has(".say.ok"), "{}", v.browser.text());
    };
    "operator" "reads-the-journal" |v| {
        v.sign_in("operator");
        v.browser.click(r#"main a[href$="/zone/journal"]"#);
        v.must_see(v.t("journal.older"));
        v.browser.click(r#"main .bar a[href*="before="]"#);
        assert!(v.browser.has("tbody tr"));
    };
    "operator" "reads-which-originals-are-due" |v| {
        v.sign_in("operator");
        v.browser.click(r#"main a[href$="/zone/originals"]"#);
        v.must_see(v.t("originals.title"));
    };
    "security" "by-keyboard" |v| {
        sign_in_by_keys(v, "security");
        tab_to(v, ".util summary");
        v.browser.press(SPACE);
        tab_to(v, r#".util a[href$="/account"]"#);
        v.browser.press(ENTER);
        tab_to(v, "#password, #code");
        // Begun once, it is offered until a code confirms it.
        if !v.browser.has("#code") {
            v.browser.press(PASSWORD);
            v.browser.press(ENTER);
        }
        v.must_see("otpauth://totp/OneWindow");
    };
    "security" "ends-the-sessions-of-another" |v| {
        v.sign_in("viewer");
        v.sign_out();
        v.sign_in("security");
        v.go("/zone/sessions");
        v.must_see("viewer");
        v.picture("sessions");
        v.browser.click(r#"tr:has(input[value="viewer"]) form:has([name="account"]) .btn"#);
        assert!(!v.browser.text_of("tbody").contains("viewer"), "{}", v.browser.text());
    };
    "auditor" "by-keyboard" |v| {
        sign_in_by_keys(v, "auditor");
        tab_to(v, r#".tabs a[href$="unusual=yes"]"#);
        v.browser.press(ENTER);
        v.must_see(v.t("looks.list"));
    };
    "auditor" "reads-an-officer-s-look" |v| {
        v.sign_in("officer");
        v.go(&format!("/parcels/{}", v.zone.parcel(State::Inspection)));
        v.sign_out();
        v.sign_in("auditor");
        v.must_see("officer");
        v.picture("looks-auditor");
        v.browser.go(&v.to("/zone/journal"));
        v.must_see(v.t("nav.journal"));
    };
};

/// A department's own page, the table of rights, and back, without a mouse.
fn department_by_keys(v: &Visitor<'_>, role: &str) {
    sign_in_by_keys(v, role);
    assert!(v.browser.url().ends_with("/department"), "{}", v.browser.url());
    tab_to(v, r#"main a[href$="/rights"]"#);
    v.browser.press(ENTER);
    v.must_see(v.t("rights.title"));
    tab_to(v, ".util summary");
    v.browser.press(SPACE);
    tab_to(v, r#".util a[href$="/department"]"#);
    v.browser.press(ENTER);
    v.must_see(v.t("board.figures"));
}

/// Without the number of a case a department reads no parcel, and is told so; with one it does.
fn asks_for_a_case(v: &Visitor<'_>, role: &str) {
    v.sign_in(role);
    let number = v.zone.parcel(State::Released);
    v.go(&format!("/parcels/{number}"));
    v.must_see(v.t("fault.422.title"));
    v.go(&format!("/parcels/{number}?case=SW-2026-8"));
    assert!(v.browser.has("table.sum"), "{}", v.browser.text());
}

/// Walks all journeys of some roles, in both languages.
fn walked(roles: &[&str]) {
    let Some(browser) = Browser::open() else { return };
    browser.size(1280, 900);
    let zone = Zone::busy();
    for lang in Lang::ALL {
        for journey in JOURNEYS.iter().filter(|journey| roles.contains(&journey.role)) {
            let visitor = Visitor { browser: &browser, zone: &zone, lang };
            eprintln!("{} {} in {}", journey.role, journey.name, lang.name());
            (journey.walk)(&visitor);
            visitor.picture(&format!("journey-{}-{}", journey.role, journey.name));
            visitor.sign_out();
        }
    }
    at_home(&browser.requests(), &zone);
}

#[test]
fn the_public_finds_its_way() {
    walked(&["public"]);
}

#[test]
fn an_enterprise_finds_its_way() {
    walked(&["enterprise"]);
}

#[test]
fn consumers_and_officers_find_their_way() {
    walked(&["consumer", "officer"]);
}

#[test]
fn departments_find_their_way() {
    walked(&["tax", "exchange", "commerce", "market"]);
}

#[test]
fn operator_security_and_audit_find_their_way() {
    walked(&["operator", "security", "auditor"]);
}

/// Journeys that are tests of their own stand in these files.
const ALONE: [&str; 4] =
    [include_str!("journeys.rs"), include_str!("portal.rs"), include_str!("appeal.rs"), include_str!("theft.rs")];

#[test]
fn there_are_forty_journeys_over_all_roles_in_both_languages_and_one_by_keyboard_for_each() {
    let alone =
        |lang: &str| ALONE.iter().map(|text| text.matches(&format!("    journey({lang},")).count()).sum::<usize>();
    let (zh, en) = (alone("Lang::Zh"), alone("Lang::En"));
    let all = zh + en + JOURNEYS.len();
    println!("{all} journeys: {} in both languages each time, {zh} in Chinese and {en} in English", JOURNEYS.len());
    assert!(all >= 55 && JOURNEYS.len() >= 30, "{all}");
    assert!(zh >= 10 && en >= 8, "{zh} {en}");
    let roles = ["public", "enterprise", "consumer", "officer", "tax", "exchange", "commerce", "market", "operator"];
    for role in roles.into_iter().chain(["security", "auditor"]) {
        assert!(JOURNEYS.iter().any(|journey| journey.role == role), "{role} has none");
        let own = JOURNEYS.iter().any(|journey| journey.role == role && journey.name.ends_with("by-keyboard"));
        let alone = ALONE.iter().any(|text| text.contains(&format!("sign_in_by_keys(v, \"{role}\")")));
        assert!(own || alone, "{role} has no journey by keyboard alone");
    }
}
