//! Another law tried over a running window: in the background, by right, and told to those whom it names.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::Value;
use trade::account::AccountRow;
use trade::command::{ActorRole, Command, RegisterKind};
use trade::policy::rights::Action;
use window::filing::operator;

use crate::looks::{KEY, zone};
use crate::running::Running;

const PASSWORD: &str = "a made-up word";

fn post(path: &str, cookies: &str, form: &str) -> Request<Body> {
    Request::post(path)
        .header("host", "a")
        .header("origin", "http://a")
        .header("cookie", cookies)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(form.to_owned()))
        .expect("a request")
}

async fn get(zone: &Running, cookies: &str, path: &str) -> (StatusCode, String) {
    let request = Request::get(path).header("cookie", cookies).body(Body::empty()).expect("a request");
    let (status, body) = zone.ask(request).await;
    (status, String::from_utf8(body).expect("text"))
}

/// Signs somebody in who was let in as this role.
async fn enter(zone: &Running, login: &str, role: ActorRole, enterprise: &str) -> String {
    let password_hash = server::sign::hash_password(PASSWORD).expect("hashed").into();
    let row =
        AccountRow { login: login.into(), role, enterprise: enterprise.into(), password_hash, ..AccountRow::default() };
    zone.house.window().register(&operator("test"), RegisterKind::Accounts, &[row]).expect("let in");
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
