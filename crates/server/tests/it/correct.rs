//! Corrections by API and on the page: previewed, sent, refused where things have moved, and read by nobody else.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::Value;
use trade::command::ActorRole;
use trade::key::Key;
use trade::pack::Pack;
use trade::policy::Policy;
use trade::record::{Case, status};
use trade::time::Day;
use traffic::{Keys, Plan, Story};
use window::Incoming;

use crate::law::{enter, get};
use crate::running::{Running, key_of, post};

const OTHER: &str = "4602960S01";

/// A day of import, taken in; the declarant with most released lists, and these.
pub fn zone() -> (Running, String, Vec<String>) {
    let (traders, policy) = (traffic::zone::Zone::sample(), Policy::sample());
    let day = |text: &str| Day::parse(text).expect("a day");
    let keys = Keys::new(&[3; 32], wire::seal::KeyKind::Sm2, &traders, (day("2016-01-01"), day("2099-12-31")));
    let plan = Plan { faults: false, truths: false, ..Plan::day(8, 24, day("2026-03-02")) };
    let story = Story::new(plan, &traders, &policy);
    let registry = traffic::registry(&story, &keys);
    let agents: Vec<String> = traders.signers().into_iter().map(|firm| firm.code).collect();
    let mut senders: Vec<&str> = agents.iter().map(String::as_str).chain([OTHER]).collect();
    senders.sort_unstable();
    senders.dedup();
    let zone = Running::at("2026-03-02T23:30", &registry, &senders);
    for sent in story {
        let bytes = keys.seal(&sent).expect("sealed");
        zone.house.window().take_in(Incoming { bytes, ..Incoming::default() }).expect("taken in");
    }
    zone.settle();
    let mut by: std::collections::BTreeMap<String, Vec<String>> = Default::default();
    zone.house.window().state().each_hot(|key, value| {
        if let (Ok(Key::Case(_)), Ok(case)) = (Key::unpack(key), Case::unpack(value))
            && case.status == status::RELEASED
        {
            by.entry(case.agent.to_string()).or_default().push(case.invt_no.to_string());
        }
    });
    let (agent, mut lists) = by.into_iter().max_by_key(|(_, lists)| lists.len()).expect("a declarant");
    lists.sort();
    assert!(lists.len() >= 3, "{lists:?}");
    (zone, agent, lists)
}

fn csv(lists: &[String], place: &str) -> String {
    let rows = lists.iter().map(|list| format!("{list},,,loctNo,{place}\n"));
    std::iter::once("list,what,line,field,value\n".to_owned()).chain(rows).collect()
}

async fn ask(zone: &Running, sender: &str, path: &str, body: &str) -> (StatusCode, String) {
    let request = Request::post(path).header("authorization", format!("Bearer {}", key_of(sender)));
    let (status, body) = zone.ask(request.body(Body::from(body.to_owned())).expect("a request")).await;
    (status, String::from_utf8(body).expect("text"))
}

#[tokio::test]
async fn a_correction_is_previewed_sent_and_read_back_over_the_api() {
    let (zone, agent, lists) = zone();
    let (status, told) = ask(&zone, &agent, "/api/v1/corrections/preview?number=K1", &csv(&lists, "L7")).await;
    let told: Value = serde_json::from_str(&told).expect("JSON");
    assert_eq!((status, &told["rows"], &told["refused"]), (StatusCode::OK, &lists.len().into(), &0.into()), "{told}");
    let matters: Vec<_> = told["sums"].as_array().expect("sums").iter().map(|s| s["matter"].clone()).collect();
    for matter in ["tax", "allowance", "stock", "guarantee", "summary", "exemption"] {
        assert!(matters.contains(&matter.into()), "{matter}");
    }
    assert_eq!(told["lists"][0]["findings"][0]["code"], "CORRECTED_HEAD", "{told}");

    // Another file than the one that was looked at, then another's lists.
    let expect = told["expect"].as_str().expect("what to expect");
    let path = format!("/api/v1/corrections?number=K1&expect={expect}");
    let (_, moved) = ask(&zone, &agent, &path, &csv(&lists, "L8")).await;
    assert!(moved.contains("\"100\"") && moved.contains("IMPACT_MOVED"), "{moved}");
    let (_, strange) = ask(&zone, OTHER, "/api/v1/corrections?number=K1", &csv(&lists, "L7")).await;
    assert!(strange.contains("\"100\""), "{strange}");
    let (status, _) = ask(&zone, OTHER, &format!("/api/v1/corrections?number=K1&enterprise={agent}"), "list\n").await;
    assert_eq!(status, StatusCode::FORBIDDEN, "in nobody else's name");

    let (status, made) = ask(&zone, &agent, &path, &csv(&lists, "L7")).await;
    let made: Value = serde_json::from_str(made.lines().next_back().expect("a receipt")).expect("JSON");
    assert_eq!(
        (status, &made["message"], &made["status"]),
        (StatusCode::OK, &"COR201".into(), &"399".into()),
        "{made}"
    );
    let (_, again) = ask(&zone, &agent, &path, &csv(&lists, "L7")).await;
    let again: Value = serde_json::from_str(again.lines().next_back().expect("a receipt")).expect("JSON");
    assert_eq!((&again["revision"], &again["index"]), (&made["revision"], &made["index"]), "the first answer again");

    let bill = "/api/v1/corrections/K1/bill.csv";
    let (status, rows) = zone.get(&agent, bill).await;
    let rows = String::from_utf8(rows).expect("text");
    assert_eq!((status, rows.lines().count()), (StatusCode::OK, lists.len() + 1), "{rows}");
    assert!(rows.contains(&lists[0]) && rows.contains("\"L7\""));
    assert_eq!(zone.get(OTHER, bill).await.0, StatusCode::NOT_FOUND);
    let told = zone.json(&agent, &format!("/api/v1/explain/{}", lists[0])).await;
    assert!(told["events"].to_string().contains("correction"), "{}", told["events"]);
    // A message may be looked at, too; one that speaks for another is refused as it would be.
    let (status, told) = ask(&zone, OTHER, "/api/v1/corrections/preview", "<CEB623Message/>").await;
    let told: Value = serde_json::from_str(&told).expect("JSON");
    assert_eq!((status, &told["refused"], &told["expect"]), (StatusCode::OK, &1.into(), &"".into()), "{told}");
    let (status, blank) = zone.get(&agent, "/api/v1/corrections/template.csv").await;
    let blank = String::from_utf8(blank).expect("text");
    assert!(status == StatusCode::OK && blank.contains("list,what,line,field,value") && blank.contains("assureCode"));
}

/// A form with a file, as a browser sends it.
fn form(cookies: &str, fields: &[(&str, &str)]) -> Request<Body> {
    form_to("/en/company/correct/preview", cookies, fields)
}

pub fn form_to(path: &str, cookies: &str, fields: &[(&str, &str)]) -> Request<Body> {
    let mut body = String::new();
    for (name, value) in fields {
        let file = if *name == "file" { "; filename=\"c.csv\"" } else { "" };
        body.push_str(&format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{value}\r\n"));
    }
    body.push_str("--x--\r\n");
    Request::post(path)
        .header("host", "a")
        .header("origin", "http://a")
        .header("cookie", cookies)
        .header("content-type", "multipart/form-data; boundary=x")
        .body(Body::from(body))
        .expect("a request")
}

pub fn hidden<'p>(page: &'p str, name: &str) -> &'p str {
    let mark = format!("name=\"{name}\" value=\"");
    let after = page.split_once(&mark).map_or("", |(_, after)| after);
    after.split_once('"').map_or("", |(value, _)| value)
}

#[tokio::test]
async fn an_enterprise_looks_at_a_correction_on_its_page_and_makes_it() {
    let (zone, agent, lists) = zone();
    let cookies = enter(&zone, "trader", ActorRole::Enterprise, &agent).await;
    let (_, page) = get(&zone, &cookies, "/en/company/correct").await;
    assert!(page.contains("No corrections yet") && page.contains("template.csv"), "{page}");
    let prefilled = get(&zone, &cookies, &format!("/en/company/correct?list={}", lists[0])).await.1;
    assert!(prefilled.contains(&format!("value=\"{}\"", lists[0])));

    // Faults stand at their rows, and nothing can be sent.
    let faulty = csv(&lists, "L7").replace(&lists[1], "NONE");
    let (status, page) = zone.ask(form(&cookies, &[("file", &faulty), ("number", "P1")])).await;
    let page = String::from_utf8(page).expect("a page");
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("href=\"#L3\"") && page.contains("id=\"L3\"") && page.contains("not possible"), "{page}");
    assert_eq!(hidden(&page, "expect"), "");
    let (_, page) = zone.ask(form(&cookies, &[("text", "no;such\nfile"), ("number", "P1")])).await;
    assert!(String::from_utf8(page).expect("a page").contains("The file cannot be taken"));

    // One list in the form: previewed, sent, told.
    let one =
        [("list", lists[0].as_str()), ("what", "amend"), ("field", "loctNo"), ("value", "<L9>"), ("number", "P1")];
    let (_, page) = zone.ask(form(&cookies, &one)).await;
    let page = String::from_utf8(page).expect("a page");
    assert!(page.contains("The list can be corrected") && page.contains("&#60;L9&#62;"), "{page}");
    let pressed = format!("expect={}&enterprise={agent}&number=P1", hidden(&page, "expect"));
    let (status, _) = zone.ask(post("/en/company/correct", &cookies, &pressed)).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (_, page) = get(&zone, &cookies, "/en/company/correct?done=P1").await;
    assert!(page.contains("Correction P1 was made") && page.contains("corrections/P1/bill.csv"), "{page}");
    let receipt = page.split_once("/api/v1/receipts/").expect("a receipt").1.split_once(".xml").expect("its end").0;
    let (status, xml) = zone.get(&agent, &format!("/api/v1/receipts/{receipt}.xml")).await;
    assert!(status == StatusCode::OK && String::from_utf8(xml).expect("text").contains("COR201Message"));

    // Things move between looking and sending: nothing is done, and the difference is told.
    let (_, page) = zone.ask(form(&cookies, &[("file", &csv(&lists, "L2")), ("number", "P2")])).await;
    let page = String::from_utf8(page).expect("a page");
    let pressed = format!("expect={}&enterprise={agent}&number=P2", hidden(&page, "expect"));
    let other = format!("list,what,line,field,value\n{},,,loctNo,L3\n", lists[2]);
    let (status, _) = ask(&zone, &agent, "/api/v1/corrections?number=P3", &other).await;
    assert_eq!(status, StatusCode::OK);
    let (status, page) = zone.ask(post("/en/company/correct", &cookies, &pressed)).await;
    let page = String::from_utf8(page).expect("a page");
    assert!(
        status == StatusCode::OK && page.contains("Nothing was done") && page.contains("Things have moved"),
        "{page}"
    );
    let (_, page) = zone.ask(post("/zh/company/correct", &cookies, "expect=00.0&number=P4")).await;
    assert!(String::from_utf8(page).expect("a page").contains("预览已不再保留"));

    let stranger = enter(&zone, "stranger", ActorRole::Enterprise, OTHER).await;
    let (_, page) = get(&zone, &stranger, "/en/company/correct").await;
    assert!(page.contains("No corrections yet"), "another's are not shown");
}
