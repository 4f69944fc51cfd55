//! Signing in, staying signed in, and what each role may do.

use crate::House;
use crate::sample::{HELD, PASSWORD, RELEASED, Sample};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use server::desk::{Act, Desk};
use std::sync::atomic::Ordering;
use trade::time::HOUR_MS;

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
    let sessions = house.desk.sign_ins().sessions(Some("officer"), None, house.desk.now());
    assert!(sessions.len() == 1 && sessions.iter().all(|kept| !secret.contains(&kept.id)));
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
    house.desk.later.store(8 * HOUR_MS - 1, Ordering::Relaxed);
    assert_eq!(house.get_as(&cookie, "/zh/desk").await.status, StatusCode::OK);
    house.desk.later.store(8 * HOUR_MS, Ordering::Relaxed);
    assert_eq!(house.get_as(&cookie, "/zh/desk").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_session_ends_when_what_the_account_may_do_changes() {
    let house = House::new();
    let cookie = house.sign_in("officer").await;
    assert_eq!(house.get_as(&cookie, "/zh/desk").await.status, StatusCode::OK);
    *house.desk.office.lock().expect("lock") = "6401".into();
    assert_eq!(house.get_as(&cookie, "/zh/desk").await.status, StatusCode::SEE_OTHER);
    // Also when it is changed back: the session is gone.
    house.desk.office.lock().expect("lock").clear();
    assert_eq!(house.get_as(&cookie, "/zh/desk").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn own_sessions_are_seen_and_ended_and_those_of_others_only_by_the_security_administrator() {
    let house = House::new();
    let [first, second, other] =
        [house.sign_in("officer").await, house.sign_in("officer").await, house.sign_in("auditor").await];
    let page = house.get_as(&second, "/en/account").await.text();
    let ids = |account| house.desk.sign_ins().sessions(account, None, house.desk.now());
    let mine = ids(Some("officer"));
    assert!(mine.len() == 2 && mine.iter().all(|s| page.contains(&s.id)), "{page}");
    let theirs = ids(Some("auditor")).remove(0).id;
    assert!(!page.contains(&theirs));
    // Another's session cannot be ended by its number.
    house.post_as(&second, "/en/account/end", &format!("id={theirs}")).await;
    assert_eq!(house.get_as(&other, "/en/zone/journal").await.status, StatusCode::OK);
    house.post_as(&second, "/en/account/end", "").await;
    assert_eq!(house.get_as(&first, "/en/desk").await.status, StatusCode::SEE_OTHER);
    assert_eq!(house.get_as(&second, "/en/desk").await.status, StatusCode::OK);
    for role in ["operator", "auditor", "officer"] {
        let cookie = house.sign_in(role).await;
        for told in [
            house.get_as(&cookie, "/en/zone/sessions").await,
            house.post_as(&cookie, "/en/zone/sessions/end", "account=viewer").await,
        ] {
            assert_eq!(told.status, StatusCode::FORBIDDEN, "{role}");
        }
    }
    let security = house.sign_in("security").await;
    assert!(house.get_as(&security, "/en/zone/sessions").await.text().contains(&theirs));
    house.post_as(&security, "/en/zone/sessions/end", "account=officer").await;
    assert_eq!(house.get_as(&second, "/en/desk").await.status, StatusCode::SEE_OTHER);
    house.post_as(&security, "/en/zone/sessions/end", &format!("id={theirs}")).await;
    assert_eq!(house.get_as(&other, "/en/zone/journal").await.status, StatusCode::SEE_OTHER);
    assert_eq!(house.get_as(&security, "/en/zone/sessions").await.status, StatusCode::OK);
}

/// The code that an authenticator shows for an offered secret.
pub fn code(house: &House, secret: &str) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret.replace(' ', "")).expect("base32");
    let totp = totp_rs::Builder::new().with_secret(secret).build().expect("long enough");
    totp.generate(house.desk.now().0 as u64 / 1000).to_string()
}

#[tokio::test]
async fn an_official_sets_up_one_time_codes_before_anything_else_is_open() {
    let house = House::of(Sample { factors: true, ..Sample::new() });
    let password = format!("password={}", PASSWORD.replace(' ', "+"));
    let cookie = house.sign_in("officer").await;
    for path in ["/en/desk", "/en/parcels", "/en/zone/journal"] {
        assert_eq!(house.get_as(&cookie, path).await.header("location"), "/en/account", "{path}");
    }
    assert_eq!(house.get_as(&cookie, "/api/v1/stock").await.status, StatusCode::FORBIDDEN);
    assert!(house.get_as(&cookie, "/en/account").await.text().contains("needs one-time codes"));
    // A stolen session alone sets up nothing.
    let told = house.post_as(&cookie, "/en/account/factor", "password=guess").await;
    assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
    house.post_as(&cookie, "/en/account/factor", &password).await;
    let offer = house.desk.sign_ins().offered("officer", house.desk.now()).expect("an offer");
    assert!(house.get_as(&cookie, "/en/account").await.text().contains(&offer.secret));
    let wrong = house.post_as(&cookie, "/en/account/factor/confirm", "code=12345").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(house.get_as(&cookie, "/en/desk").await.status, StatusCode::SEE_OTHER);
    let elsewhere = house.sign_in("officer").await;
    let form = format!("code={}", code(&house, &offer.secret));
    let told = house.post_as(&cookie, "/en/account/factor/confirm", &form).await.text();
    assert!(told.contains("not shown again"));
    assert_eq!(house.get_as(&cookie, "/en/desk").await.status, StatusCode::OK);
    assert_eq!(house.get_as(&elsewhere, "/en/desk").await.status, StatusCode::SEE_OTHER, "others have ended");
    assert!(!house.get_as(&cookie, "/en/account").await.text().contains(&offer.secret), "nor the secret");
    // From now on the password alone opens nothing, and which of the two was wrong is not told.
    let enter = async |code: &str| {
        let form = format!("name=officer&{password}&code={code}");
        house.post_as("", "/en/login", &form).await.status
    };
    assert_eq!(enter("").await, StatusCode::UNAUTHORIZED);
    assert_eq!(enter(&code(&house, &offer.secret)).await, StatusCode::UNAUTHORIZED, "used up");
    house.desk.later.store(60_000, Ordering::Relaxed);
    assert_eq!(enter(&code(&house, &offer.secret)).await, StatusCode::SEE_OTHER);
    assert_eq!(enter(&code(&house, &offer.secret)).await, StatusCode::UNAUTHORIZED, "once");
    let codes = told[told.find(r#"<ul class="code"><li>"#).expect("codes")..].to_owned();
    let recovery = &codes[21..40];
    assert_eq!(enter(recovery).await, StatusCode::SEE_OTHER, "{recovery}");
    assert_eq!(enter(recovery).await, StatusCode::UNAUTHORIZED, "once");
    // Two administrators have given a new password: the lost factor counts no more, and a new one is to be set up.
    *house.desk.recovered.lock().expect("lock") = Some(house.desk.now());
    assert_eq!(enter("").await, StatusCode::SEE_OTHER);
    assert_eq!(house.get_as(&cookie, "/en/desk").await.header("location"), "/en/account");
    *house.desk.recovered.lock().expect("lock") = None;
    // Wrong codes lock the name as wrong passwords do.
    for _ in 0..5 {
        enter("000000").await;
    }
    assert_eq!(enter("000000").await, StatusCode::TOO_MANY_REQUESTS);
    // A new secret needs a code of the old one.
    let told = house.post_as(&cookie, "/en/account/factor", &format!("{password}&code=")).await;
    assert_eq!(told.status, StatusCode::TOO_MANY_REQUESTS, "also here");
}

/// Keys ask for the password alone: who knows it and holds a session makes no room for more guesses of the code.
#[tokio::test]
async fn a_right_password_on_the_page_of_keys_forgives_no_wrong_codes() {
    let house = House::new();
    let password = format!("password={}", PASSWORD.replace(' ', "+"));
    let cookie = house.sign_in("enterprise").await;
    house.post_as(&cookie, "/en/account/factor", &password).await;
    let offer = house.desk.sign_ins().offered("enterprise", house.desk.now()).expect("an offer");
    let form = format!("code={}", code(&house, &offer.secret));
    assert!(house.post_as(&cookie, "/en/account/factor/confirm", &form).await.text().contains("not shown again"));
    let guess =
        async || house.post_as("", "/en/login", &format!("name=enterprise&{password}&code=000000")).await.status;
    let proved = async |password: &str| {
        let told = house.post_as(&cookie, "/en/company/keys/revoke", password).await;
        (told.status, told.text().contains("aria-invalid"))
    };
    for _ in 0..4 {
        assert_eq!(guess().await, StatusCode::UNAUTHORIZED);
        assert_eq!(proved(&password).await, (StatusCode::UNPROCESSABLE_ENTITY, false), "let through, to no key");
    }
    assert!(proved("password=guess").await.1, "the fifth");
    assert_eq!(guess().await, StatusCode::TOO_MANY_REQUESTS);
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
    let form = format!("act=inspect&key={HELD}&reason=K06+looked+odd&result=as+declared&once=abc&expect=00");
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
    let told = house.post_as(&officer, "/en/desk/act", &format!("act=detain&key={RELEASED}&reason=x&expect=00")).await;
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
