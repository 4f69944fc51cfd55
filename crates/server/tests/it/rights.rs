//! The matrix: every door as every role, compared with the table of rights; and a door that nobody registered.

use crate::House;
use crate::sample::{self, RELEASED, Sample};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use server::desk::{Desk, Role, Sight};
use server::doors::Door;
use std::collections::BTreeMap;
use trade::policy::rights::{Action, Scope};

/// What came of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Came {
    Allowed,
    /// Let in, and shown less than the whole.
    Filtered,
    Refused,
}

/// What stands on a parcel's page, in its JSON and in a receipt only where it is seen whole.
const WHOLE: [&str; 3] = ["tax_fen", "73.45", "CEB622"];

fn path(door: &Door) -> String {
    let path = door
        .path
        .replace("{key}", RELEASED)
        .replace("{code}", "4602960E01")
        .replace("{revision}", "48213551")
        .replace("{index}", "0")
        .replace("{table}", "parties")
        .replace("{name}", "none.css")
        .replace("{number}", "K1")
        .replace("{n}", "1")
        .replace("{kind}", "CEB311");
    let page = !(path.starts_with("/api/")
        || path.starts_with("/assets/")
        || path.matches('/').count() == 1 && is_watched(&path));
    if page { format!("/en{}", if path == "/" { "" } else { &path }) } else { path }
}

fn is_watched(path: &str) -> bool {
    ["/healthz", "/readyz", "/metrics"].contains(&path)
}

/// A body that the door reads.
fn body(door: &Door) -> (&'static str, String) {
    match door.path.as_str() {
        "/api/v1/messages" => ("application/xml", "<CEB621Message/>".into()),
        "/api/v1/registry/{table}" => ("text/csv", "code,name\n1,2\n".into()),
        "/api/v1/acts" => ("application/json", format!(r#"{{"act":"review","key":"{}","reason":"x"}}"#, sample::HELD)),
        "/api/v1/policy" => ("application/json", r#"{"files":[]}"#.into()),
        "/api/v1/clock" => ("application/json", r#"{"day":"2026-11-11"}"#.into()),
        "/api/v1/keys" => ("application/json", format!(r#"{{"hash":"{}","role":"viewer"}}"#, "00".repeat(32))),
        "/api/v1/accounts" => ("application/json", r#"{"login":"x","role":"viewer","closed":true}"#.into()),
        // The only door whose answer depends on more than the right: a password that fits.
        "/login" => (
            "application/x-www-form-urlencoded",
            format!("name=viewer&password={}", sample::PASSWORD.replace(' ', "+")),
        ),
        "/desk/act" => {
            ("application/x-www-form-urlencoded", format!("act=review&key={}&reason=x&expect=00", sample::HELD))
        }
        "/company/correct" => ("application/x-www-form-urlencoded", "expect=x".into()),
        "/api/v1/corrections" | "/api/v1/corrections/preview" => ("text/csv", "list,what\n1,withdraw\n".into()),
        "/me/not-me" => ("application/x-www-form-urlencoded", format!("key={RELEASED}")),
        "/looks" => ("application/x-www-form-urlencoded", format!("key={RELEASED}&identity={}", sample::IDENTITY)),
        _ => ("application/x-www-form-urlencoded", String::new()),
    }
}

async fn ask(house: &House, door: &Door, role: Option<Role>, cookie: &str) -> Came {
    let api = door.path.starts_with("/api/");
    let (kind, body) = body(door);
    let mut request = Request::builder()
        .method(door.method.clone())
        .uri(path(door))
        .header("host", "window.example")
        .header("origin", "http://window.example")
        .header("content-type", kind);
    match role {
        Some(role) if api => request = request.header("authorization", format!("Bearer {}", sample::key_of(role))),
        Some(_) => request = request.header("cookie", cookie),
        None => {}
    }
    let told = house.ask(request.body(Body::from(body)).expect("a request")).await;
    let to_login = told.status == StatusCode::SEE_OTHER && told.header("location").contains("/login");
    if to_login || [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(&told.status) {
        return Came::Refused;
    }
    assert!(
        !told.status.is_server_error() && told.status != StatusCode::METHOD_NOT_ALLOWED,
        "{door:?} as {role:?}: {}",
        told.status
    );
    let text = String::from_utf8_lossy(&told.bytes).into_owned();
    let personal = [Action::ParcelRead, Action::ParcelExplain, Action::ReceiptRead].contains(&door.action);
    match personal {
        true if door.action == Action::ParcelExplain || WHOLE.iter().any(|mark| text.contains(mark)) => Came::Allowed,
        // Explaining is refused, not filtered, and a receipt is not found; the page tells how the parcel stands.
        true => Came::Filtered,
        false => Came::Allowed,
    }
}

/// What the table says; `strangers` have no part in the parcel.
fn meant(desk: &Sample, door: &Door, role: Option<Role>, strangers: bool) -> Came {
    let rights = desk.rights();
    let Some(row) = rights.of(role.map(Role::actor), door.action, None, desk.now().day()) else {
        return Came::Refused;
    };
    // A person asks on the page.
    if door.path.starts_with("/api/") && row.value.scope == Scope::Person {
        return Came::Refused;
    }
    let own = match row.value.scope {
        Scope::Zone => true,
        Scope::Office | Scope::Own => !strangers,
        Scope::Public | Scope::Person => false,
    };
    match door.action {
        Action::ParcelRead | Action::ReceiptRead if !own => Came::Filtered,
        Action::ParcelExplain if !own => Came::Refused,
        _ => Came::Allowed,
    }
}

#[tokio::test]
async fn every_door_as_every_role_is_what_the_table_of_rights_says() {
    let mut counted: BTreeMap<Came, u32> = BTreeMap::new();
    let folder = tempfile::tempdir().expect("a folder");
    for strangers in [false, true] {
        let press = Some(sample::press(folder.path(), "press", sample::ECHO));
        let house = House::of(Sample { strangers, press, ..Sample::new() });
        let mut cookies = vec![(None, String::new())];
        for role in Role::ALL {
            cookies.push((Some(role), house.sign_in(role.name()).await));
        }
        for door in server::all_doors() {
            // What signs somebody out would change what comes after.
            if door.path == "/logout" {
                continue;
            }
            for (role, cookie) in &cookies {
                let came = ask(&house, &door, *role, cookie).await;
                assert_eq!(came, meant(&house.desk, &door, *role, strangers), "{door:?} as {role:?}, {strangers}");
                *counted.entry(came).or_default() += 1;
            }
        }
    }
    println!("{counted:?} of {} doors", server::all_doors().len());
    assert!(counted.values().sum::<u32>() > 500 && counted.len() == 3, "{counted:?}");
}

#[tokio::test]
async fn every_route_of_the_open_api_document_is_registered_and_nothing_else() {
    let house = House::new();
    let api: serde_json::Value = serde_json::from_slice(&house.get("/api/v1/openapi.json").await.bytes).expect("JSON");
    let mut documented: Vec<(String, String)> = Vec::new();
    for (path, methods) in api["paths"].as_object().expect("paths") {
        documented.extend(methods.as_object().expect("methods").keys().map(|m| (path.clone(), m.to_uppercase())));
    }
    documented.sort();
    let mut registered: Vec<(String, String)> = server::all_doors()
        .into_iter()
        .filter(|door| door.path.starts_with("/api/") && door.path != "/api/v1/openapi.json")
        .map(|door| (door.path, door.method.to_string()))
        .collect();
    registered.sort();
    assert_eq!(documented, registered);
}

#[tokio::test]
async fn a_route_that_nobody_registered_stays_closed() {
    let desk = std::sync::Arc::new(Sample::new());
    let stray = axum::Router::new()
        .route("/api/v1/stray", axum::routing::get(async || "open"))
        .route("/en/stray", axum::routing::get(async || "open"))
        // A second method at a door that is known.
        .route("/en/limits", axum::routing::put(async || "open"));
    let house = House { routes: server::router_with(desk.clone(), server::Options::default(), stray), desk };
    let officer = house.sign_in("officer").await;
    for cookies in ["", &officer] {
        for path in ["/api/v1/stray", "/en/stray"] {
            assert_eq!(house.get_as(cookies, path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
    }
    let put = Request::builder().method(Method::PUT).uri("/en/limits").header("host", "a").header("origin", "http://a");
    let told = house.ask(put.body(Body::empty()).expect("a request")).await;
    assert_eq!(told.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn a_browser_session_never_lets_a_program_door_change_anything() {
    let house = House::new();
    let operator = house.sign_in("operator").await;
    // What is open to all looks at no session.
    let closed = |door: &&Door| door.path.starts_with("/api/") && door.action != Action::Public;
    for door in server::all_doors().iter().filter(closed).filter(|door| door.method == Method::POST) {
        let (kind, body) = body(door);
        let request = Request::post(path(door)).header("cookie", &operator).header("content-type", kind);
        let told = house.ask(request.body(Body::from(body)).expect("a request")).await;
        assert_eq!(told.status, StatusCode::UNAUTHORIZED, "{door:?}");
    }
}

#[tokio::test]
async fn a_purpose_that_is_not_the_roles_is_refused() {
    let house = House::new();
    let officer = house.sign_in("officer").await;
    for (purpose, status) in [("clearance", 200), ("audit", 200), ("operation", 403), ("curiosity", 403)] {
        let told = house.get_as(&officer, &format!("/en/parcels/{RELEASED}?purpose={purpose}&case=JC-1")).await;
        assert_eq!(told.status.as_u16(), status, "{purpose}");
    }
    let told = house.get("/en/parcels/1?purpose=audit").await;
    assert_eq!(told.header("location"), "/en/login?back=%2Fparcels%2F1%3Fpurpose%3Daudit");
}

#[tokio::test]
async fn a_person_sees_the_looks_at_an_own_parcel_and_nobody_guesses() {
    let house = House::new();
    let ask = |identity: &'static str| {
        let house = &house;
        async move { house.post_as("", "/en/looks", &format!("key={RELEASED}&identity={identity}")).await }
    };
    assert_eq!(ask(sample::IDENTITY).await.status, StatusCode::OK);
    for _ in 0..5 {
        let told = ask("460200199003070000").await;
        assert_eq!(told.status, StatusCode::NOT_FOUND);
        assert!(!told.text().contains("460200199003070000"), "a wrong identity number is not said again");
    }
    assert_eq!(ask(sample::IDENTITY).await.status, StatusCode::TOO_MANY_REQUESTS);
    let sight = Sight::nobody();
    assert!(!sight.sees(&["4602360011".to_owned()], "6409"));
}
