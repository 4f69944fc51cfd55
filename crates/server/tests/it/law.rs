//! Another law tried over a running window: in the background, by right, and told to those whom it names.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::Value;
use trade::account::AccountRow;
use trade::command::{ActorRole, Command, RegisterKind};
use trade::policy::rights::Action;
use trade::registry::GoodsRow;
use window::filing::{operator, security};

use crate::looks::{KEY, zone};
use crate::running::{Running, post};

pub const PASSWORD: &str = "a made-up word";

pub async fn get(zone: &Running, cookies: &str, path: &str) -> (StatusCode, String) {
    let request = Request::get(path).header("cookie", cookies).body(Body::empty()).expect("a request");
    let (status, body) = zone.ask(request).await;
    (status, String::from_utf8(body).expect("text"))
}

/// Signs somebody in who was let in as this role.
pub async fn enter(zone: &Running, login: &str, role: ActorRole, enterprise: &str) -> String {
    let password_hash = server::sign::hash_password(PASSWORD).expect("hashed").into();
    let row =
        AccountRow { login: login.into(), role, enterprise: enterprise.into(), password_hash, ..AccountRow::default() };
    zone.house.window().register(&security("test"), RegisterKind::Accounts, &[row]).expect("let in");
    sign_in(zone, login).await
}

/// The cookies of an account that is there.
pub async fn sign_in(zone: &Running, login: &str) -> String {
    let form = format!("name={login}&password={}", PASSWORD.replace(' ', "+"));
    let response = tower::ServiceExt::oneshot(zone.routes.clone(), post("/en/login", "", &form)).await.expect("told");
    let cookies = response.headers().get_all(header::SET_COOKIE).iter().filter_map(|c| c.to_str().ok());
    cookies.map(|c| c.split(';').next().unwrap_or("")).collect::<Vec<_>>().join("; ")
}

#[tokio::test]
async fn other_limits_are_tried_in_the_background_and_the_report_names_nobody_unseen() {
    let Some(zone) = zone().await else {
        eprintln!("skipped: there is no ../shared/data/ceb-samples");
        return;
    };
    let cookies = enter(&zone, "boss", ActorRole::Operator, "").await;
    let (status, page) = get(&zone, &cookies, "/en/law/try").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("5,000.00") && page.contains("26,000.00") && page.contains("Static"), "{page}");

    let (status, body) = zone.ask(post("/en/law/try", &cookies, "single1=9000&annual1=x")).await;
    let page = String::from_utf8(body).expect("a page");
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains(r##"href="#annual1""##) && page.contains(r#"value="9000""#), "{page}");

    let form = "single1=1&annual1=26000&single2=8000&annual2=26000";
    let (status, _) = zone.ask(post("/en/law/try", &cookies, form)).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let mut page = String::new();
    for _ in 0..200 {
        page = get(&zone, &cookies, "/en/law/try/1").await.1;
        if !page.contains("<progress") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert!(
        page.contains("Newly refused") && page.contains("Static") && page.contains("<svg class=\"broad\""),
        "{page}"
    );
    assert!(page.contains("Hash of the journal") && page.contains(KEY), "{page}");

    // Who is named reads that somebody looked.
    let last = zone.house.window().journal().last();
    let entry = zone.house.window().entry(last).expect("read").expect("an entry");
    let Some(Command::Look(look)) = entry.command else { panic!("{:?}", entry.command) };
    assert_eq!((look.action, look.by.id.as_str(), look.parcels.len()), (Action::LawTry, "boss", 1));
    assert!(look.enterprises.iter().any(|code| KEY.starts_with(code.as_str())), "{look:?}");

    let (status, json) = get(&zone, &cookies, "/en/law/try/1/report.json").await;
    assert_eq!(status, StatusCode::OK, "{json}");
    let drafts: Vec<Value> = json.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!((&drafts[0]["newly_refused"], &drafts[1]["changed"]), (&1.into(), &0.into()), "{json}");
    assert_eq!((&drafts[0]["of"], &drafts[0]["released_before"]), (&1.into(), &1.into()), "{json}");
    let (_, csv) = get(&zone, &cookies, "/en/law/try/1/report.csv").await;
    assert!(csv.starts_with("draft,by,group,lists,") && csv.contains("\"regime\""), "{csv}");

    // A run that has ended is not cancelled; one that is not there is not found.
    assert_eq!(zone.ask(post("/en/law/try/1/cancel", &cookies, "")).await.0, StatusCode::SEE_OTHER);
    assert_eq!(get(&zone, &cookies, "/en/law/try/1/report.json").await.0, StatusCode::OK);
    assert_eq!(get(&zone, &cookies, "/en/law/try/2").await.0, StatusCode::NOT_FOUND);
    assert!(get(&zone, &cookies, "/zh/law/try").await.1.contains("第 1 次推演"));

    let trader = enter(&zone, "trader", ActorRole::Enterprise, "1199980AG1").await;
    assert_eq!(get(&zone, &trader, "/en/law/try").await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_run_is_cancelled_while_it_runs_and_leaves_room_for_another() {
    let Some(zone) = zone().await else { return eprintln!("skipped: there is no ../shared/data/ceb-samples") };
    let cookies = enter(&zone, "boss", ActorRole::Operator, "").await;
    zone.house.trials.pause(true);
    let form = "single1=8000&annual1=26000";
    assert_eq!(zone.ask(post("/en/law/try", &cookies, form)).await.0, StatusCode::SEE_OTHER);
    let page = get(&zone, &cookies, "/en/law/try/1").await.1;
    assert!(page.contains("<progress") && page.contains("Cancel the run"), "{page}");
    let (status, body) = zone.ask(post("/en/law/try", &cookies, form)).await;
    let page = String::from_utf8(body).expect("a page");
    assert!(!status.is_success() && page.contains("Another run is under way"), "{status} {page}");

    assert_eq!(zone.ask(post("/en/law/try/1/cancel", &cookies, "")).await.0, StatusCode::SEE_OTHER);
    let ended = async |number: u32| {
        for _ in 0..400 {
            let page = get(&zone, &cookies, &format!("/en/law/try/{number}")).await.1;
            if !page.contains("<progress") {
                return page;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("run {number} never ends")
    };
    let page = ended(1).await;
    assert!(page.contains("Cancelled") && !page.contains("Newly refused"), "{page}");
    assert_eq!(get(&zone, &cookies, "/en/law/try/1/report.json").await.0, StatusCode::NOT_FOUND);

    zone.house.trials.pause(false);
    assert_eq!(zone.ask(post("/en/law/try", &cookies, form)).await.0, StatusCode::SEE_OTHER);
    assert!(ended(2).await.contains("Newly refused"));
    assert_eq!(get(&zone, &cookies, "/en/law/try/2/report.json").await.0, StatusCode::OK);
}

#[tokio::test]
async fn an_enterprise_reads_what_a_coming_law_changes_for_its_own_goods() {
    let Some(zone) = zone().await else { return };
    let trader = enter(&zone, "trader", ActorRole::Enterprise, "1199960EC1").await;
    let (_, page) = get(&zone, &trader, "/en/company/ahead").await;
    assert!(page.contains("Nothing is about to change"), "{page}");
    assert!(get(&zone, &trader, "/en/company").await.1.contains("/en/company/ahead"));

    // Goods of this seller and of another, and a law with a coming day: a ban of one code and another single limit.
    let goods = |ebc: &str, item: &str, hs10: &str| GoodsRow {
        ebc: ebc.into(),
        item_no: item.into(),
        name_zh: "虚构奶粉".into(),
        name_en: "made-up formula".into(),
        hs10: hs10.into(),
        origin: "303".into(),
        approved: true,
        ..GoodsRow::default()
    };
    let rows = [goods("1199960EC1", "A-1", "1901101090"), goods("1199960EC1", "A-2", "3304990049")];
    let other = goods("4602980A01", "B-1", "1901101090");
    for row in rows.iter().chain([&other]) {
        zone.house.window().register(&operator("test"), RegisterKind::Goods, std::slice::from_ref(row)).expect("filed");
    }
    let before = get(&zone, &trader, "/en/company/ahead.json").await.1;
    let sample = |name: &str| trade::policy::SAMPLE.iter().find(|(n, _)| *n == name).expect("a table").1.to_owned();
    let bans = sample("bans.csv") + "1901,303,虚构,invented,2026-06-01,,,示例 1 (sample 1),sample,\n";
    let limits = sample("limits.toml");
    let last = limits.rfind("[[row]]").expect("a row");
    let (row, from) = (&limits[last..], "from = \"2019-01-01\"");
    let closed = row.replace(from, &format!("{from}\nuntil = \"2026-12-31\""));
    let next = row.replace("500000", "600000").replace("2019-01-01", "2027-01-01");
    let limits = format!("{}{closed}\n{next}", &limits[..last]);
    let files = [("bans.csv", bans), ("limits.toml", limits)];
    zone.house.window().adopt(&operator("test"), &files).expect("adopted");

    let (status, page) = get(&zone, &trader, "/en/company/ahead").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("A-1") && page.contains("Banned: no → yes") && page.contains("示例 1"), "{page}");
    assert!(!page.contains("B-1") && !page.contains(">A-2<"), "others' goods, and those that stay as they are: {page}");
    assert!(page.contains("Single limit (CNY): 5000.00 → 6000.00"), "{page}");
    let (_, page) = get(&zone, &trader, "/zh/company/ahead").await;
    assert!(page.contains("自 2026-06-01 起") && page.contains("禁止进口：否 → 是"), "{page}");
    let (_, json) = get(&zone, &trader, "/en/company/ahead.json").await;
    assert_eq!((before.as_str(), json.lines().count()), ("", 2), "{json}");
    assert!(get(&zone, &trader, "/en/company/ahead.csv").await.1.contains("\"2027-01-01\",\"\""));
}
