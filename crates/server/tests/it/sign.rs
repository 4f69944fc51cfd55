//! Signing in, staying signed in, and what each role may do.

use crate::House;
use crate::sample::{HELD, PASSWORD, RELEASED};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use server::desk::{Act, Desk, Session};
use trade::time::Moment;

#[tokio::test]
async fn a_session_cookie_is_hidden_from_scripts_and_other_sites() {
    let house = House::new();
    let form = format!("name=Officer&password={}&back=%2Fparcels", PASSWORD.replace(' ', "+"));
    let told = house.post_as("", "/zh/login", &form).await;
    assert_eq!((told.status, told.header("location")), (StatusCode::SEE_OTHER, "/zh/parcels"));
    let cookie = told.header("set-cookie");
    assert!(cookie.starts_with("ow_session=") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"));
    assert!(!cookie.contains("Secure"), "not over TLS here");
    let secure = server::Options { secure: true, ..server::Options::default() };
    let house = House { routes: server::router(house.desk.clone(), secure), desk: house.desk.clone() };
    assert!(house.post_as("", "/zh/login", &form).await.header("set-cookie").contains("; Secure"));
}

#[tokio::test]
async fn only_a_hash_of_the_cookie_is_kept() {
    let house = House::new();
    let cookie = house.sign_in("officer").await;
    let secret = cookie.strip_prefix("ow_session=").expect("its name");
    let sessions = house.desk.sessions.lock().expect("lock");
    assert!(sessions.keys().all(|kept| kept.iter().map(|b| format!("{b:02x}")).collect::<String>() != secret));
}

#[tokio::test]
async fn signing_out_and_time_end_a_session() {
    let house = House::new();
    let cookie = house.sign_in("officer").await;
    assert_eq!(house.get_as(&cookie, "/zh/desk").await.status, StatusCode::OK);
    let told = house.post_as(&cookie, "/zh/logout", "").await;
    assert!(told.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(house.get_as(&cookie, "/zh/desk").await.header("location"), "/zh/login?back=%2Fdesk");
    let cookie = house.sign_in("officer").await;
    let end = |s: &mut Session| s.until = Moment(house.desk.now().0);
    house.desk.sessions.lock().expect("lock").values_mut().for_each(end);
    assert_eq!(house.get_as(&cookie, "/zh/desk").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn wrong_passwords_lock_a_name_also_for_the_right_one() {
    let house = House::new();
    for _ in 0..5 {
        let told = house.post_as("", "/en/login", "name=officer&password=guess").await;
        assert_eq!(told.status, StatusCode::UNAUTHORIZED);
        assert!(told.text().contains("aria-invalid") && !told.text().contains("guess"));
    }
    let form = format!("name=officer&password={}", PASSWORD.replace(' ', "+"));
    let told = house.post_as("", "/en/login", &form).await;
    assert_eq!(told.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(told.header("retry-after").parse::<u32>().is_ok_and(|s| s > 800));
    house.sign_in("operator").await;
}

#[tokio::test]
async fn forms_of_other_sites_are_refused() {
    let house = House::new();
    let officer = house.sign_in("officer").await;
    let form = format!("act=release&key={HELD}&reason=x");
    for origin in ["https://evil.example", "null", "http://window.example.evil", ""] {
        let mut request = Request::post("/zh/desk/act")
            .header("host", "window.example")
            .header("cookie", &officer)
            .header("content-type", "application/x-www-form-urlencoded");
        if !origin.is_empty() {
            request = request.header("origin", origin);
        }
        let told = house.ask(request.body(Body::from(form.clone())).expect("a request")).await;
        assert_eq!(told.status, StatusCode::FORBIDDEN, "{origin}");
    }
    assert!(house.desk.acted.lock().expect("lock").is_empty());
}

#[tokio::test]
async fn an_officer_acts_with_a_reason_and_nobody_else_does() {
    let house = House::new();
    let form = format!("act=inspect&key={HELD}&reason=K06+looked+odd&result=as+declared&once=abc");
    for role in ["enterprise", "viewer", "operator"] {
        let cookie = house.sign_in(role).await;
        assert_eq!(house.post_as(&cookie, "/zh/desk/act", &form).await.status, StatusCode::FORBIDDEN, "{role}");
        assert_eq!(house.get_as(&cookie, "/zh/desk").await.status, StatusCode::FORBIDDEN, "{role}");
    }
    assert_eq!(house.post_as("", "/zh/desk/act", &form).await.status, StatusCode::SEE_OTHER);
    assert!(house.desk.acted.lock().expect("lock").is_empty());
    let officer = house.sign_in("officer").await;
    let told = house.post_as(&officer, "/zh/desk/act", &form).await;
    assert_eq!((told.status, told.header("location")), (StatusCode::SEE_OTHER, &*format!("/zh/desk?done={HELD}")));
    let acted = house.desk.acted.lock().expect("lock").clone();
    let (caller, act) = &acted[0];
    assert_eq!((caller.name.as_str(), act.act, act.reason.as_str()), ("officer", Act::Inspect, "K06 looked odd"));
    assert_eq!((act.result.as_str(), act.idempotency.as_deref()), ("as declared", Some("abc")));
}

#[tokio::test]
async fn an_act_without_reason_or_against_the_state_is_told() {
    let house = House::new();
    let officer = house.sign_in("officer").await;
    let told = house.post_as(&officer, "/en/desk/act", &format!("act=release&key={HELD}&reason=+")).await;
    assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(told.text().contains("An act needs a reason"));
    let told = house.post_as(&officer, "/en/desk/act", &format!("act=detain&key={RELEASED}&reason=x")).await;
    assert!(told.text().contains("This list has been released."));
    assert_eq!(house.post_as(&officer, "/en/desk/act", "act=burn&key=1&reason=x").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_journal_is_for_operators_and_officers() {
    let house = House::new();
    for (role, status) in
        [("operator", StatusCode::OK), ("officer", StatusCode::OK), ("enterprise", StatusCode::FORBIDDEN)]
    {
        let cookie = house.sign_in(role).await;
        assert_eq!(house.get_as(&cookie, "/en/zone/journal").await.status, status, "{role}");
    }
    assert_eq!(house.get("/en/zone/journal").await.status, StatusCode::SEE_OTHER);
}
