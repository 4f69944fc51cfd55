//! Every page: whole, in both languages, within its budget, and safe whatever it shows.

use crate::House;
use crate::sample::{ECHO, EVIL, HELD, REFUSED, RELEASED, Sample, press};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use server::lang::Lang;

/// Pages with the role that opens them.
fn pages() -> Vec<(&'static str, String)> {
    let mut all: Vec<(&str, String)> = ["", "/search", "/search?q=6402", "/search?q=zz", "/parcels", "/try", "/verify"]
        .into_iter()
        .chain([
            "/write",
            "/write/CEB311",
            "/write/CEB621",
            "/limits",
            "/interfaces",
            "/login",
            "/parcels?state=refused&reason=%22%3E",
            "/?live=1",
            "/nothing/here",
            "/rights",
            "/looks",
        ])
        .map(|path| ("", path.to_owned()))
        .collect();
    for key in [RELEASED, REFUSED, HELD] {
        all.push(("", format!("/parcels/{key}")));
        all.push(("officer", format!("/parcels/{key}")));
        all.push(("enterprise", format!("/parcels/{key}")));
    }
    all.push(("enterprise", "/company".into()));
    all.push(("enterprise", "/company/correct".into()));
    all.push(("enterprise", "/company/standing".into()));
    all.push(("officer", "/zone/parties".into()));
    all.push(("consumer", "/me/identity".into()));
    for role in ["officer", "enterprise"] {
        all.push((role, "/hooks".into()));
        all.push((role, "/connectors".into()));
        all.push((role, "/requests".into()));
        all.push((role, "/requests/XZ2026-48213908".into()));
    }
    all.push(("officer", "/zone/parties?code=none".into()));
    all.push(("officer", "/zone/parties/4602960W01".into()));
    all.push(("enterprise", "/receipts/48213551/0".into()));
    all.push(("enterprise", format!("/exchange?key={RELEASED}")));
    all.push(("enterprise", "/summaries".into()));
    all.push(("enterprise", "/transfers".into()));
    all.push(("enterprise", "/transfers?all=1".into()));
    all.push(("officer", "/transfers/ZG640226000000001".into()));
    all.push(("officer", "/returns".into()));
    all.push(("enterprise", "/articles".into()));
    all.push(("consumer", "/articles".into()));
    all.push(("officer", "/summaries".into()));
    all.push(("viewer", "/company".into()));
    all.push(("consumer", "/me".into()));
    all.push(("consumer", format!("/me/not-me?key={RELEASED}")));
    all.push(("consumer", "/looks".into()));
    all.push(("officer", "/desk?state=disowned".into()));
    all.push(("officer", "/desk".into()));
    all.push(("officer", format!("/desk?sel={HELD}&done=1")));
    all.push(("operator", "/zone/journal".into()));
    all.push(("operator", "/zone/registry".into()));
    all.push(("operator", "/zone/registry/guarantees?entry=7&rows=2".into()));
    all.push(("viewer", "/desk".into()));
    all.push(("enterprise", "/looks".into()));
    all.push(("auditor", "/looks?unusual=yes".into()));
    all
}

const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'";

/// A page whose figures move, or a form that is checked while it is filled in, has one script of our own.
fn is_scripted(text: &str) -> bool {
    text.contains("data-live=") || text.contains(" data-check>")
}

/// The page without it.
fn without_script(text: &str) -> String {
    let (before, rest) = text.split_once("<script src=\"/assets/").expect("our own script");
    let (_, after) = rest.split_once("\" defer></script>").expect("and nothing in it");
    format!("{before}{after}")
}

/// What any page must hold, whatever stands on it.
fn sound(told: &crate::Told, what: &str) {
    let text = told.text();
    let scripted = is_scripted(&text);
    let text = if scripted { without_script(&text) } else { text };
    let policy = if scripted { server::LIVE_POLICY } else { POLICY };
    assert_eq!(told.header("content-security-policy"), policy, "{what}");
    assert_eq!(told.header("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(told.header("referrer-policy"), "same-origin", "{what}");
    assert!(text.len() <= 60 * 1024, "{what}: {} bytes", text.len());
    for never in [" style=", "<style", "<script", "javascript:", " onclick", " onerror=", " onload="] {
        // Escaped text may say ` onerror=`; an attribute would follow an unescaped tag.
        let bad = text.match_indices(never).any(|(at, _)| !text[..at].ends_with("src=x") || never != " onerror=");
        assert!(!bad, "{what} holds {never}");
    }
    assert_eq!(text.matches("<h1").count(), 1, "{what}: one h1");
    assert!(text.contains("href=\"#main\"") && text.contains("id=\"main\""), "{what}: skip link");
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || "._".contains(c)));
    for word in words.filter(|w| w.contains('.')) {
        let first = word.split('.').next().unwrap_or("");
        let ours = ["overview", "parcel", "fault", "col", "state", "seal", "verdict", "nav", "finding", "limits"];
        assert!(!ours.contains(&first) || word.ends_with(".html"), "{what} shows the key {word}");
    }
    assert!(!text.contains("{0}") && !text.contains("{1}"), "{what}: a place is not filled");
    let mut ids: Vec<_> = text.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap_or("")).collect();
    ids.sort_unstable();
    let all = ids.len();
    ids.dedup();
    assert_eq!(all, ids.len(), "{what}: an id stands twice");
}

#[tokio::test]
async fn every_page_is_sound_in_both_languages() {
    for (name, desk) in [("full", Sample::new()), ("empty", Sample { empty: true, ..Sample::new() })] {
        let house = House::of(desk);
        let mut cookies = std::collections::HashMap::from([("", String::new())]);
        for role in ["officer", "enterprise", "operator", "viewer", "auditor", "consumer"] {
            cookies.insert(role, house.sign_in(role).await);
        }
        for (role, path) in pages() {
            for lang in ["zh", "en"] {
                let told = house.get_as(&cookies[role], &format!("/{lang}{path}")).await;
                if told.status == StatusCode::SEE_OTHER {
                    continue;
                }
                let what = format!("{name} /{lang}{path} as {role}");
                sound(&told, &what);
                let tag = if lang == "zh" { "lang=\"zh-CN\"" } else { "lang=\"en\"" };
                assert!(told.text().starts_with(&format!("<!doctype html>\n<html {tag}")), "{what}");
                // Sample names stay Chinese on English pages; our own words do not.
                assert_eq!(told.text().contains("跳到正文"), lang == "zh", "{what}");
            }
        }
    }
}

#[tokio::test]
async fn hostile_text_is_never_markup() {
    let house = House::of(Sample { evil: true, ..Sample::new() });
    let officer = house.sign_in("officer").await;
    let query = format!("/search?q={}", "%22%3E%3Cscript%3Ealert(1)%3C/script%3E");
    let evil_paths = [query, "/parcels?reason=%22%3E%3Cscript%3E&regime=%3Cimg%3E".into(), "/%3Cscript%3E".into()];
    let mut seen = 0;
    for path in pages().into_iter().map(|(_, path)| path).chain(evil_paths) {
        for lang in ["zh", "en"] {
            let told = house.get_as(&officer, &format!("/{lang}{path}")).await;
            if told.status == StatusCode::SEE_OTHER {
                continue;
            }
            let text = told.text();
            let text = if is_scripted(&text) { without_script(&text) } else { text };
            assert!(!text.contains("<script") && !text.contains("<img"), "/{lang}{path}");
            seen += text.matches("&#60;script&#62;").count() + text.matches("&lt;script&gt;").count();
        }
    }
    assert!(seen > 100, "the hostile text was shown, escaped: {seen}");
    assert!(EVIL.contains("<script>"));
}

#[tokio::test]
async fn an_address_without_language_goes_to_the_readers_own() {
    let house = House::new();
    let ask = |accept: &'static str, cookie: &'static str| {
        let request = Request::get("/parcels/1?a=b").header("accept-language", accept).header("cookie", cookie);
        house.ask(request.body(Body::empty()).expect("a request"))
    };
    assert_eq!(ask("en-GB,en;q=0.9", "").await.header("location"), "/en/parcels/1?a=b");
    assert_eq!(ask("en-GB,en;q=0.9", "ow_lang=zh").await.header("location"), "/zh/parcels/1?a=b");
    assert_eq!(ask("", "").await.header("location"), "/zh/parcels/1?a=b");
    assert_eq!(ask("", "").await.status, StatusCode::SEE_OTHER);
    // A host in the path never becomes one in the answer.
    let told = house.get("//evil.example/x").await;
    assert!(!told.header("location").contains("//evil"), "{}", told.header("location"));
}

#[tokio::test]
async fn the_language_switch_keeps_the_address_and_is_remembered() {
    let house = House::new();
    let told = house.get("/zh/parcels?state=refused").await;
    assert!(told.text().contains("href=\"/en/parcels?state=refused\""));
    assert!(told.header("set-cookie").starts_with("ow_lang=zh; "), "{}", told.header("set-cookie"));
}

#[tokio::test]
async fn large_text_and_dark_are_cookies_set_by_a_form() {
    let house = House::new();
    let told = house.post_as("", "/en/look", "back=%2Fparcels%3Fstate%3Drefused&text=large").await;
    assert_eq!((told.status, told.header("location")), (StatusCode::SEE_OTHER, "/en/parcels?state=refused"));
    assert!(told.header("set-cookie").starts_with("ow_text=large; Path=/; "));
    let told = house.post_as("", "/en/look", "back=%2F%2Fevil.example&theme=dark").await;
    assert_eq!(told.header("location"), "/en/");
    let page = house.get_as("ow_text=large; ow_theme=dark", "/en").await.text();
    assert!(page.contains("data-text=\"large\"") && page.contains("data-theme=\"dark\""));
    let page = house.get_as("ow_theme=\"><script>", "/en").await.text();
    assert!(!page.contains("data-theme") && !page.contains("<script"));
}

#[tokio::test]
async fn one_hit_leads_to_it_and_none_says_how_the_number_was_read() {
    let house = House::new();
    let told = house.get("/en/search?q=6409+2026+I+048213551").await;
    assert_eq!((told.status, told.header("location")), (StatusCode::SEE_OTHER, &*format!("/en/parcels/{RELEASED}")));
    let told = house.get("/en/search?q=zz").await;
    assert!(told.text().contains("not a list number: it has not 18 characters"));
    assert_eq!(house.get(&format!("/en/search?q={}", "9".repeat(50_000))).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_stranger_sees_the_state_but_no_amounts_and_no_persons() {
    let house = House::new();
    let stranger = house.get(&format!("/zh/parcels/{RELEASED}")).await.text();
    for hidden in ["649.35", "陈*", "46**", "138****", "椰影", "/api/v1/receipts", "22042100", "17,430.19"] {
        assert!(!stranger.contains(hidden), "{hidden}");
    }
    assert!(stranger.contains("放行") && stranger.contains("10:41:52.692"));
    let viewer = house.sign_in("viewer").await;
    assert!(!house.get_as(&viewer, &format!("/zh/parcels/{RELEASED}")).await.text().contains("649.35"));
    let own = house.sign_in("enterprise").await;
    let whole = house.get_as(&own, &format!("/zh/parcels/{RELEASED}")).await.text();
    for shown in ["649.35", "陈*", "/api/v1/receipts/48213551/0.proof.json", "289.10 ÷ (1 − 10%)", "17,430.19"] {
        assert!(whole.contains(shown), "{shown}");
    }
}

#[tokio::test]
async fn a_refusal_shows_every_reason_with_clause_and_remedy() {
    let house = House::new();
    let officer = house.sign_in("officer").await;
    let text = house.get_as(&officer, &format!("/en/parcels/{REFUSED}")).await.text();
    for shown in
        ["PAYER_NOT_BUYER", "OVER_SINGLE_LIMIT", "−621005", "Caiguanshui [2018] No. 49", "paraphrase", "Would pass if"]
    {
        assert!(text.contains(shown), "{shown}");
    }
    assert!(text.contains("<mark>周** 44…07</mark>") && text.contains("≠ differ"));
}

#[tokio::test]
async fn faults_are_pages_with_a_next_step() {
    let house = House::new();
    let told = house.get("/en/parcels/64092026I000000000").await;
    assert_eq!(told.status, StatusCode::NOT_FOUND);
    let told = house.get("/en/parcels/panic").await;
    assert_eq!(told.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(told.text().contains("Case number"));
    house.desk.failing.store(true, std::sync::atomic::Ordering::Relaxed);
    let told = house.get("/zh").await;
    assert_eq!(told.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(told.text().contains("4f1e90c2"));
    sound(&told, "500");
}

#[tokio::test]
async fn style_sheets_are_cached_for_ever_under_their_content() {
    let house = House::new();
    let page = house.get("/zh").await.text();
    let sheets: Vec<_> = page.split("href=\"/assets/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(sheets.len(), 3);
    for sheet in sheets {
        let told = house.get(&format!("/assets/{sheet}")).await;
        assert_eq!(
            (told.status, told.header("cache-control")),
            (StatusCode::OK, "public, max-age=31536000, immutable")
        );
    }
    assert_eq!(house.get("/assets/base.0000000000000000.css").await.status, StatusCode::NOT_FOUND);
}

fn multipart(fields: &[(&str, &str, &str)]) -> (String, String) {
    let body: String = fields
        .iter()
        .map(|(head, kind, text)| format!("--XX\r\ncontent-disposition: form-data; {head}\r\n{kind}\r\n{text}\r\n"))
        .collect();
    ("multipart/form-data; boundary=XX".into(), format!("{body}--XX--\r\n"))
}

async fn try_message(house: &House, fields: &[(&str, &str, &str)]) -> crate::Told {
    let (kind, body) = multipart(fields);
    let request = Request::post("/en/try")
        .header("host", "w")
        .header("origin", "http://w")
        .header("content-type", kind)
        .body(Body::from(body));
    house.ask(request.expect("a request")).await
}

const MESSAGE: &str = "<ceb:CEB311Message>\n<ceb:appTime>2026-11-11 10:40:12</ceb:appTime>\n<ceb:acturalPaid>425.49</ceb:acturalPaid>\n</ceb:CEB311Message>";

#[tokio::test]
async fn a_tried_message_shows_its_faults_in_place() {
    let house = House::new();
    let told = try_message(&house, &[("name=\"text\"", "", MESSAGE), ("name=\"mode\"", "", "lenient")]).await;
    sound(&told, "try");
    let text = told.text();
    assert!(text.contains("id=\"L2\" data-n=\"2\" class=\"f forgiven\""), "forgiven in its line");
    assert!(text.contains("id=\"L3\" data-n=\"3\" class=\"f\""), "refused in its line");
    assert!(text.contains("but here stands 425.49") && text.contains("Faults: 1, forgiven: 1"));
    let strict = try_message(&house, &[("name=\"text\"", "", MESSAGE), ("name=\"mode\"", "", "strict")]).await.text();
    assert!(strict.contains("Faults: 2, forgiven: 0") && strict.contains("--mode strict"));
    let file = "name=\"file\"; filename=\"../../order<b>.xml\"";
    let told = try_message(&house, &[("name=\"text\"", "", ""), (file, "content-type: text/xml\r\n", MESSAGE)]).await;
    assert!(told.text().contains("order&#60;b&#62;.xml"));
    assert!(house.desk.taken.lock().expect("lock").is_empty(), "nothing was taken in");
}

#[tokio::test]
async fn whatever_is_tried_stays_a_page() {
    let house = House::of(Sample { evil: true, ..Sample::new() });
    for message in
        ["<CEB".to_owned() + &"425.49\n".repeat(200_000), "<".repeat(1 << 20), "\u{0}\u{1}票\r\n".repeat(9_999)]
    {
        let told = try_message(&house, &[("name=\"text\"", "", &message), ("name=\"mode\"", "", "strict")]).await;
        assert_eq!(told.status, StatusCode::OK);
        assert!(!told.text().contains("<script") && told.bytes.len() < 200 * 1024, "{}", told.bytes.len());
    }
    let large = "x".repeat(17 << 20);
    let told = try_message(&house, &[("name=\"text\"", "", &large)]).await;
    assert_eq!(told.status, StatusCode::PAYLOAD_TOO_LARGE);
    let request = Request::post("/en/try").header("host", "w").header("origin", "http://w").body(Body::from("x"));
    assert!(house.ask(request.expect("a request")).await.status.is_client_error());
}

#[tokio::test]
async fn a_receipt_verifies_on_its_page() {
    let house = House::new();
    let told = house.post_as("", "/en/verify", "receipt=%3Cceb%3ACEB622Message%2F%3E&proof=%7B%7D").await;
    assert!(told.text().contains("Genuine") && told.text().contains("48,213,551"));
    let told = house.post_as("", "/en/verify", "receipt=other&proof=%7B%7D").await;
    assert!(told.text().contains("Not genuine"));
    sound(&told, "verify");
}

#[tokio::test]
async fn a_printed_receipt_verifies_by_its_codes_and_a_changed_one_does_not() {
    let house = House::new();
    let cookie = house.sign_in("enterprise").await;
    for lang in ["zh", "en"] {
        let told = house.get_as(&cookie, &format!("/{lang}/receipts/48213551/0")).await;
        sound(&told, "receipt");
        let page = told.text();
        assert!(page.len() < 60 * 1024, "{} bytes", page.len());
        let codes: Vec<&str> = between(&page, "codes-text\">", "</pre>").split_whitespace().collect();
        // What is drawn is what is written beside it.
        let drawn: Vec<&str> = page.split("<svg class=\"qr\"").skip(1).collect();
        assert!(codes.len() == drawn.len() && codes.len() <= 4, "{codes:?}");
        for (code, drawn) in codes.iter().zip(drawn) {
            let meant = qrcodegen::QrCode::encode_text(code, qrcodegen::QrCodeEcc::Low).expect("a code");
            assert!(meant.version().value() <= 21, "{}", meant.version().value());
            let grid = grid(between(drawn, "stroke=\"#000\" d=\"", "\""), meant.size());
            let dark = (0..meant.size()).flat_map(|y| (0..meant.size()).map(move |x| (x, y)));
            assert_eq!(grid, dark.filter(|(x, y)| meant.get_module(*x, *y)).collect());
        }

        // In any order; and nothing else than what was printed.
        let public = crate::sample::head_keys().public();
        let verdict = |text: &str| {
            let (receipt, proof) = window::verify::from_codes(text)?;
            Some(window::verify::verify(&receipt, &proof, &public).verdict)
        };
        let text: Vec<&str> = codes.iter().rev().copied().collect();
        assert_eq!(verdict(&text.join("\n")), Some(Ok(1 << 26)));
        assert_eq!(verdict(codes[1]), None, "a code is missing");
        let whole = codes.join("\n");
        for at in (whole.find(':').expect("a mark") + 1..whole.len()).step_by(7) {
            let was = &whole[at..=at];
            let changed = format!("{}{}{}", &whole[..at], if was == "3" { "4" } else { "3" }, &whole[at + 1..]);
            assert!(!matches!(verdict(&changed), Some(Ok(_))), "{at}: {was} of {whole}");
        }
    }
    // A stranger learns nothing.
    let told = house.get_as(&cookie, "/en/receipts/1/0").await;
    assert_eq!(told.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_paper_is_given_as_pdf_or_its_page_says_what_is_lacking() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = |name: &str, script: &str| Some(press(folder.path(), name, script));
    let with = |press| House::of(Sample { press, ..Sample::new() });
    let good = program("good", ECHO);
    let papers = ["/receipts/48213551/0/paper.pdf".to_owned(), format!("/parcels/{RELEASED}/bill.pdf")];

    let house = with(good.clone());
    let cookies = house.sign_in("enterprise").await;
    for path in &papers {
        let dark = format!("{cookies}; ow_theme=dark; ow_text=large");
        let told = house.get_as(&dark, &format!("/zh{path}")).await;
        assert_eq!((told.status, told.header("content-type")), (StatusCode::OK, "application/pdf"), "{path}");
        assert!(told.header("content-disposition").ends_with(".pdf\""), "{path}");
        let text = told.text();
        assert!(text.starts_with("%PDF-1.7\n<!doctype html>") && text.contains("class=\"qr\""), "{path}");
        // White, of one piece, and what proves it is the same as on the page.
        let html = between(&text, "<html", ">");
        assert!(html.contains("data-theme=\"light\"") && !html.contains("data-text"), "{path}: {html}");
        assert!(!text.contains("<link rel=\"stylesheet\""), "{path}");
        let leads = text.split(" href=\"").nth(1).map(|rest| &rest[..rest.len().min(60)]);
        assert_eq!(leads, None, "{path}: nowhere on paper");
        let page = path.replace("/paper.pdf", "").replace(".pdf", "");
        let page = house.get_as(&cookies, &format!("/zh{page}")).await.text();
        assert!(page.contains(&format!("href=\"/zh{path}\"")), "the page of {path} leads to it");
        let codes = |page: &str| between(page, "codes-text\">", "</pre>").to_owned();
        assert_eq!(codes(&text), codes(&page), "{path}");
    }
    // Who may not see the page gets no paper, and nobody without signing in.
    assert_eq!(house.get_as(&cookies, "/en/receipts/1/0/paper.pdf").await.status, StatusCode::NOT_FOUND);
    assert_eq!(house.get(&format!("/en{}", papers[0])).await.status, StatusCode::SEE_OTHER);

    let missing = server::press::Press { program: folder.path().join("none"), font: None };
    let no_font = good.clone().map(|press| server::press::Press { font: Some(folder.path().join("none")), ..press });
    for (press, lacks) in [
        (None, "pdf.lacks.program"),
        (Some(missing), "pdf.lacks.program"),
        (no_font, "pdf.lacks.font"),
        (program("bad", "cat > /dev/null; exit 1"), "pdf.lacks.answer"),
    ] {
        let (house, none) = (with(press.clone()), press.is_none());
        let cookies = house.sign_in("enterprise").await;
        for (lang, path) in Lang::ALL.into_iter().flat_map(|lang| papers.iter().map(move |path| (lang, path))) {
            let told = house.get_as(&cookies, &format!("/{}{path}", lang.name())).await;
            assert_eq!(told.status, StatusCode::NOT_IMPLEMENTED, "{path} {lacks}");
            let page = told.text();
            assert!(page.contains(lang.t(lacks)) && page.contains(lang.t("fault.501.next")), "{path} {lacks}: {page}");
        }
        let page = house.get_as(&cookies, "/en/receipts/48213551/0").await.text();
        assert_eq!(page.contains("paper.pdf"), !none, "no way is shown where none was set up");
    }
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    text.split(from).nth(1).and_then(|rest| rest.split(to).next()).expect("it stands there")
}

/// The dark modules of a drawn code.
fn grid(path: &str, side: i32) -> std::collections::BTreeSet<(i32, i32)> {
    let mut dark = std::collections::BTreeSet::new();
    for (y, row) in path.split('M').skip(1).enumerate() {
        let (_, steps) = row.split_once(".5").expect("a row");
        let (mut x, mut rest) = (0, steps);
        while !rest.is_empty() {
            let end = rest[1..].find(['h', 'm']).map_or(rest.len(), |end| end + 1);
            let run: i32 = rest[1..end].trim_end_matches(" 0").parse().expect("a run");
            if rest.starts_with('h') {
                dark.extend((x..x + run).map(|x| (x, y as i32)));
            }
            (x, rest) = (x + run, &rest[end..]);
        }
        assert_eq!(x, side);
    }
    dark
}

#[tokio::test]
async fn a_full_window_says_when_to_try_again() {
    let desk = std::sync::Arc::new(Sample::new());
    let none = server::Options { at_once: 0, ..server::Options::default() };
    let house = House { routes: server::router(desk.clone(), none), desk };
    let told = try_message(&house, &[("name=\"text\"", "", MESSAGE)]).await;
    assert_eq!((told.status, told.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "1"));
    sound(&told, "503");
}

#[tokio::test]
async fn a_form_is_small() {
    let house = House::new();
    let form = format!("receipt={}&proof=x", "x".repeat(2 << 20));
    assert_eq!(house.post_as("", "/en/verify", &form).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(house.post_as("", "/en/login", &form).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_list_is_exported_as_data() {
    let house = House::new();
    let told = house.get("/en/parcels.csv?state=refused").await;
    assert_eq!(told.header("content-type"), "text/csv; charset=utf-8");
    let text = told.text();
    let line =
        format!("\"{REFUSED}\",\"refused\",\"9610\",\"2026-11-11T10:38:20.203+08:00\",\"香水 50 毫升\",523600,0\r\n");
    assert_eq!(text, format!("key,state,regime,at,goods,taxable_fen,tax_fen\r\n{line}"));
    let told = house.get("/en/parcels.json?state=released").await;
    let json: serde_json::Value = serde_json::from_str(told.text().trim()).expect("one object");
    assert_eq!((&json["key"], &json["tax_fen"]), (&RELEASED.into(), &7_345.into()));
    let evil = House::of(Sample { evil: true, ..Sample::new() });
    assert!(evil.get("/en/parcels.csv").await.text().contains("\"\"\"'><script>"), "quotes are doubled");
}

#[tokio::test]
async fn every_list_is_given_as_csv_and_json_with_the_same_rows() {
    let house = House::of(Sample { evil: true, ..Sample::new() });
    for (role, list) in [
        ("", "/parcels"),
        ("", "/rights"),
        ("enterprise", "/looks"),
        ("auditor", "/looks"),
        ("consumer", "/me"),
        ("operator", "/zone/journal"),
        ("enterprise", "/summaries"),
        ("enterprise", "/transfers"),
    ] {
        let cookie = if role.is_empty() { String::new() } else { house.sign_in(role).await };
        let page = house.get_as(&cookie, &format!("/en{list}")).await.text();
        for ending in ["csv", "json"] {
            assert!(page.contains(&format!("/en{list}.{ending}")), "{list} as {role} leads to its {ending}");
        }
        let csv = house.get_as(&cookie, &format!("/en{list}.csv")).await;
        let json = house.get_as(&cookie, &format!("/en{list}.json")).await;
        assert_eq!((csv.status, json.status), (StatusCode::OK, StatusCode::OK), "{list}");
        assert!(csv.header("content-type").starts_with("text/csv") && json.header("content-type").contains("ndjson"));
        let mut names: Vec<String> = csv.text().lines().next().expect("a head").split(',').map(str::to_owned).collect();
        names.sort();
        let rows: Vec<serde_json::Value> =
            json.text().lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        assert!(!rows.is_empty(), "{list}");
        for row in &rows {
            let mut keys: Vec<_> = row.as_object().expect("an object").keys().cloned().collect();
            keys.sort();
            assert_eq!(keys, names, "{list}");
        }
        assert_eq!(csv.text().matches("\r\n").count(), rows.len() + 1, "{list}: as many rows");
    }
}
