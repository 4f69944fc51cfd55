//! Acts of officers and rows of the registry: looked at on a page or by a program, then done as they were seen.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use trade::account::{AccountRow, ApiKeyRow};
use trade::command::ActorRole;
use trade::key::{Key, Pair};
use trade::record::Guarantee;
use window::filing::{operator, security};

use crate::correct::{form_to, hidden, zone};
use crate::law::{enter, get};
use crate::person::consumer;
use crate::running::{Running, key_of, post};

async fn submit(zone: &Running, cookies: &str, path: &str, form: &str) -> (StatusCode, String) {
    let (status, page) = zone.ask(post(path, cookies, form)).await;
    (status, String::from_utf8(page).expect("text"))
}

/// The cell of a matter's change in the table of an impact.
fn change<'p>(page: &'p str, matter: &str) -> &'p str {
    let row = page.split_once(&format!("<th scope=\"row\">{matter}</th>")).map_or("", |(_, rest)| rest);
    row.split_once("</tr>").map_or("", |(row, _)| row)
}

#[tokio::test]
async fn an_officer_sees_what_an_act_does_before_it_is_done_and_it_is_held_to_that() {
    let (zone, _, lists) = zone();
    let officer = enter(&zone, "officer", ActorRole::Officer, "").await;
    let hash = store::proof::sha256(key_of("officer").as_bytes());
    let row = ApiKeyRow { hash, role: ActorRole::Officer, label: "officer".into(), ..ApiKeyRow::default() };
    zone.house.window().admit_keys(&security("test"), &[row]).expect("admitted");
    let key = &lists[0];
    let sheet = get(&zone, &officer, &format!("/en/parcels/{key}")).await.1;
    assert!(sheet.contains("action=\"/en/desk/look\"") && sheet.contains("value=\"order-back\""), "{sheet}");

    // Looking does nothing, is written down, and tells the six matters.
    let before = zone.house.window().journal().last();
    let form = format!("act=order-back&key={key}&reason=the+label+is+missing");
    let (status, page) = submit(&zone, &officer, "/en/desk/look", &form).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    for matter in
        ["Tax owed", "Taken of buyers", "Free in account books", "Free of guarantees", "Summary tax", "Exempt without"]
    {
        assert!(page.contains(matter), "{matter}: {page}");
    }
    assert!(
        page.contains("<a href=\"/zh/desk\" hreflang"),
        "the other language by an address that can be read: {page}"
    );
    assert!(change(&page, "Tax owed for these lists").contains("<strong>−"), "the tax is not levied: {page}");
    assert!(page.contains("the label is missing") && page.contains("Would then stand"), "{page}");
    let told = zone.json("officer", &format!("/api/v1/explain/{key}")).await;
    assert_eq!(told["state"], "released", "{told}");
    assert!(zone.house.window().journal().last() > before, "the look stands in the journal");
    let expect = hidden(&page, "expect").to_owned();

    // Unseen it is not done; nor by what was seen of another parcel: that is told anew.
    assert_eq!(submit(&zone, &officer, "/en/desk/act", &form).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let other = format!("act=order-back&key={}&reason=x&expect={expect}", lists[1]);
    let (status, page) = submit(&zone, &officer, "/en/desk/act", &other).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("Things have moved; nothing was done") && hidden(&page, "expect") != expect, "{page}");

    // As it was seen, once.
    let pressed = format!("{form}&expect={expect}");
    assert_eq!(submit(&zone, &officer, "/en/desk/act", &pressed).await.0, StatusCode::SEE_OTHER);
    let told = zone.json("officer", &format!("/api/v1/explain/{key}")).await;
    assert_eq!(told["state"], "sent_back", "{told}");
    let (status, page) = submit(&zone, &officer, "/en/desk/act", &pressed).await;
    assert!(status == StatusCode::OK && page.contains("It cannot be done"), "{page}");
    assert_eq!(hidden(&page, "expect"), "", "there is nothing to press");

    // By a program alike.
    let ask = |path: &str, body: Value| {
        let request = Request::post(path).header("authorization", format!("Bearer {}", key_of("officer")));
        request.header("content-type", "application/json").body(Body::from(body.to_string())).expect("a request")
    };
    let body = json!({"act": "order-back", "key": lists[1], "reason": "x"});
    let (status, told) = zone.ask(ask("/api/v1/acts/preview", body.clone())).await;
    let told: Value = serde_json::from_slice(&told).expect("JSON");
    assert_eq!((status, &told["refused"]), (StatusCode::OK, &json!(0)), "{told}");
    let held = |expect: &str| json!({"act": "order-back", "key": lists[1], "reason": "x", "expect": expect});
    assert_eq!(zone.ask(ask("/api/v1/acts", held(&expect))).await.0, StatusCode::UNPROCESSABLE_ENTITY, "another's");
    assert_eq!(zone.ask(ask("/api/v1/acts", held(told["expect"].as_str().expect("it")))).await.0, StatusCode::OK);

    // What lies at another office is neither shown nor reckoned.
    let strange = AccountRow { role: ActorRole::Officer, office: "0101".into(), ..consumer("far") };
    zone.house.window().admit_account(&security("test"), &strange, "").expect("admitted");
    let far = crate::person::Visitor::of(&zone, "far").await;
    let form = format!("act=order-back&key={}&reason=x", lists[2]);
    assert_eq!(far.post("/en/desk/look", &form).await, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn rows_of_the_registry_show_their_impact_and_are_taken_in_as_seen() {
    let (zone, agent, _) = zone();
    let runs = enter(&zone, "runs-it", ActorRole::Operator, "").await;
    let of = |district: &str| Key::Guarantee(Pair { code: agent.as_str().into(), number: district.into() });
    let held = |district: &str| zone.house.window().read::<Guarantee>(&of(district));
    let district = (0..100).map(|n| format!("{n:02}")).find(|n| held(n).is_some()).expect("a guarantee");
    let limit = || held(&district).map(|g| g.row.limit.0).unwrap_or_default();
    let head = "code,district,kind,limit_yuan,from,until\n";
    let more = |yuan: i64| format!("{head}{agent},{district},bank,{yuan},2016-01-01,\n");
    let (was, path) = (limit(), "/en/zone/registry/guarantees");
    assert!(get(&zone, &runs, "/en/zone/registry").await.1.contains("registry/opening-stock"));

    let look = async |text: &str| {
        let (status, page) = zone.ask(form_to(&format!("{path}/look"), &runs, &[("file", text)])).await;
        assert_eq!(status, StatusCode::OK);
        String::from_utf8(page).expect("text")
    };
    let page = look(&more(was / 100 + 777)).await;
    assert!(page.contains("+777.00") && page.contains("Take in 1 rows"), "{page}");
    assert_eq!(limit(), was, "looking takes nothing in");
    let expect = hidden(&page, "expect").to_owned();

    // Another operator was quicker: nothing is taken in, and the difference is told.
    let rows = zone.house.window().import(&operator("other"), trade::registry::Table::Guarantees, &more(9));
    assert_eq!(rows.expect("taken in"), 1);
    let pressed = format!("expect={expect}");
    let (status, page) = submit(&zone, &runs, path, &pressed).await;
    assert!(status == StatusCode::OK && page.contains("role=\"alert\"") && limit() == 900, "{page}");

    let page = look(&more(was / 100)).await;
    let pressed = format!("expect={}", hidden(&page, "expect"));
    let elsewhere = submit(&zone, &runs, "/en/zone/registry/goods", &pressed).await;
    assert!(elsewhere.1.contains("no longer held"), "what was seen of one table is not another's: {}", elsewhere.1);
    assert_eq!(submit(&zone, &runs, path, &pressed).await.0, StatusCode::SEE_OTHER);
    assert_eq!(limit(), was);

    // Faults stand at their lines; a file that is too long is to be split; nothing is taken in.
    let page = look(&format!("{head}{agent},{district},gold,1,2016-01-01,\n")).await;
    assert!(page.contains("Line 2") && hidden(&page, "expect").is_empty(), "{page}");
    let rows = (0..1_001).map(|n| format!("46{n:08},{district},bank,1,2016-01-01,\n"));
    let long = std::iter::once(head.to_owned()).chain(rows).collect::<String>();
    assert!(look(&long).await.contains("1001 rows"));
    assert_eq!(get(&zone, &runs, "/en/zone/registry/tariff").await.0, StatusCode::NOT_FOUND, "that is law");
    let trader = enter(&zone, "trader", ActorRole::Enterprise, &agent).await;
    assert_eq!(get(&zone, &trader, path).await.0, StatusCode::FORBIDDEN);
}
