//! The time of a look-up (时序): whether a name, a key, a number or a person is known does not show in the work that an
//! answer takes. Work is counted, since time on a machine that others use too is not the same twice: checks of passwords
//! and look-ups of records.

use std::time::Instant;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::json;
use trade::account::{AccountRow, ApiKeyRow};
use trade::command::{ActorRole, RegisterKind};
use trade::time::{HOUR_MS, Moment};
use window::filing::security;

use crate::running::{Running, key_of, post};

const NOW: &str = "2026-03-01T14:00";
const SENDER: &str = "1199980AG1";
const PASSWORD: &str = "a made-up word";

fn zone() -> Running {
    let registry: Vec<_> = traffic::zone::FILES.iter().map(|(t, text)| (*t, (*text).to_owned())).collect();
    Running::at(NOW, &registry, &[SENDER, "4602980A01"])
}

/// Passwords that were checked so far, as whoever watches the zone reads it.
async fn checked(zone: &Running) -> u64 {
    let (_, text) = zone.ask(Request::get("/metrics").body(Body::empty()).expect("a request")).await;
    let text = String::from_utf8(text).expect("text");
    let line = text.lines().find_map(|line| line.strip_prefix("onewindow_password_checks_total ")).expect("a figure");
    line.parse().expect("a number")
}

/// Accounts of this name and more of the kind, all with one password.
fn accounts(zone: &Running, name: &str, count: usize) {
    let hash = server::sign::hash_password(PASSWORD).expect("hashed");
    let row = |n: usize| AccountRow {
        login: format!("{name}{n}").into(),
        role: ActorRole::Viewer,
        password_hash: hash.as_str().into(),
        closed: name == "closed",
        ..AccountRow::default()
    };
    let rows: Vec<_> = (0..count).map(row).collect();
    zone.house.window().register(&security("test"), RegisterKind::Accounts, &rows).expect("registered");
}

async fn sign_in(zone: &Running, name: &str, password: &str) -> StatusCode {
    zone.ask(post("/en/login", "", &format!("name={name}&password={}", password.replace(' ', "+")))).await.0
}

#[tokio::test]
async fn a_sign_in_checks_one_password_whether_or_not_there_is_such_an_account() {
    let zone = zone();
    accounts(&zone, "known", 2);
    accounts(&zone, "closed", 1);
    let work = async |name: &str, password: &str| {
        let before = (checked(&zone).await, zone.house.window().looked());
        let status = sign_in(&zone, name, password).await;
        (status, checked(&zone).await - before.0, zone.house.window().looked() - before.1)
    };
    let (status, checks, looks) = work("known0", "guess").await;
    assert_eq!((status, checks), (StatusCode::UNAUTHORIZED, 1));
    for name in ["nobody", "closed0", "known9", "x", "%E6%9D%8E"] {
        for password in ["guess", PASSWORD, ""] {
            assert_eq!(work(name, password).await, (status, checks, looks), "{name}");
        }
    }
    // A name is locked after five wrong tries whether or not it is anybody's, and nothing is checked then.
    for name in ["known1", "unknown1"] {
        for _ in 0..5 {
            assert_eq!(work(name, "guess").await.1, 1);
        }
        let (status, checks, _) = work(name, PASSWORD).await;
        assert_eq!((status, checks), (StatusCode::TOO_MANY_REQUESTS, 0), "{name}");
    }
}

#[tokio::test]
async fn a_key_is_looked_up_by_its_hash_once_whether_or_not_there_is_such_a_key() {
    let zone = zone();
    let over = Some(Moment(Moment::parse(NOW).expect("a moment").0 - HOUR_MS));
    let key = |word: &str, revoked, until| ApiKeyRow {
        hash: server::sign::key_hash(word),
        enterprise: SENDER.into(),
        revoked,
        until,
        ..ApiKeyRow::default()
    };
    let keys = [key("ow_revoked", true, None), key("ow_over", false, over)];
    zone.house.window().register(&security("test"), RegisterKind::ApiKeys, &keys).expect("registered");
    let work = async |key: &str, path: &str| {
        let before = zone.house.window().looked();
        let request = Request::get(path).header("authorization", format!("Bearer {key}")).body(Body::empty());
        let (status, body) = zone.ask(request.expect("a request")).await;
        (status, body, zone.house.window().looked() - before)
    };
    let doors = server::all_doors();
    let asked: Vec<_> = doors
        .iter()
        .filter(|door| door.path.starts_with("/api/") && door.method == axum::http::Method::GET)
        .filter(|door| door.action != trade::policy::rights::Action::Public)
        .map(|door| door.path.replace(['{', '}'], ""))
        .collect();
    assert!(asked.len() > 15, "{asked:?}");
    for path in &asked {
        let unknown = work("ow_nobody", path).await;
        assert_eq!(unknown.0, StatusCode::UNAUTHORIZED, "{path}");
        for key in ["ow_revoked", "ow_over", "ow_nobody2", &"a".repeat(4_000)] {
            assert_eq!(work(key, path).await, unknown, "{path} with {key}");
        }
        // One that begins like a known key is as far away as any other.
        let near = format!("{}x", key_of(SENDER));
        assert_eq!(work(&near, path).await, unknown, "{path}");
    }
    println!("{} doors, 6 keys each", asked.len());
}

/// Who does not own a number learns neither by the answer nor by the work whether there is such a thing.
#[tokio::test]
async fn what_is_anothers_is_answered_with_the_work_of_what_is_not_there() {
    let zone = zone();
    let book = json!({"EMS101": {
        "etpsPreentNo": "B1", "etpsno": "4602960W01", "putrecNo": "T6402W000777", "masterCuscd": "6402",
        "items": [{"gdsMtno": "N1", "gdecd": "1901101090", "gdsNm": "milk", "dclUnitcd": "122", "natcd": "609"}],
    }});
    let keys = ["4602960W01", "4602980A04"].map(|code| ApiKeyRow {
        hash: server::sign::key_hash(&key_of(code)),
        enterprise: code.into(),
        ..ApiKeyRow::default()
    });
    zone.house.window().register(&security("test"), RegisterKind::ApiKeys, &keys).expect("registered");
    let request = Request::post("/api/v1/messages").header("authorization", format!("Bearer {}", key_of("4602960W01")));
    let request = request.header("content-type", "application/json").body(Body::from(book.to_string()));
    assert_eq!(zone.ask(request.expect("a request")).await.0, StatusCode::OK);
    zone.settle();
    assert_eq!(zone.get("4602960W01", "/api/v1/stock/T6402W000777").await.0, StatusCode::OK, "its own is there");
    let work = async |path: &str| {
        let before = zone.house.window().looked();
        let (status, body) = zone.get("4602980A04", path).await;
        (status, body, zone.house.window().looked() - before)
    };
    for (anothers, nobodys) in [
        ("/api/v1/stock/T6402W000777", "/api/v1/stock/T6402W000778"),
        ("/api/v1/stock/T6402W000777/1", "/api/v1/stock/T6402W000778/1"),
        ("/api/v1/stock/T6402W000777/periods", "/api/v1/stock/T6402W000778/periods"),
        ("/api/v1/stock/T6402W000777/periods/1/register.csv", "/api/v1/stock/T6402W000778/periods/1/register.csv"),
    ] {
        let (told, not_there) = (work(anothers).await, work(nobodys).await);
        assert_eq!(told, not_there, "{anothers}");
        assert_eq!(told.0, StatusCode::NOT_FOUND, "{anothers}");
    }
}

/// The number of a parcel tells anybody how it stands; who bought it, it tells the buyer alone.
#[tokio::test]
async fn a_guessed_identity_takes_the_same_work_whosever_it_is() {
    let Some(zone) = crate::looks::zone().await else {
        return eprintln!("skipped: there is no ../shared/data/ceb-samples");
    };
    // Somebody whom the zone knows, and nobody.
    let known =
        trade::identifiers::complete(trade::identifiers::Kind::ResidentId, "11000019900101001").expect("a number");
    let account = crate::person::consumer("other");
    zone.house.window().admit_account(&security("test"), &account, &known).expect("admitted");
    let work = async |key: &str, identity: &str| {
        let before = zone.house.window().looked();
        let (status, page) = zone.ask(post("/en/looks", "", &format!("key={key}&identity={identity}"))).await;
        (status, page, zone.house.window().looked() - before)
    };
    for key in [crate::looks::KEY, "1199960EC1_EB20260301999999"] {
        let first = work(key, &known).await;
        assert_eq!(first.0, StatusCode::NOT_FOUND);
        for guess in ["460200199003070000", "x", ""] {
            assert_eq!(work(key, guess).await, first, "{guess}");
        }
    }
}

/// The figures of docs/security.md: 2,000 sign-ins of known and unknown names in turn.
#[tokio::test]
#[ignore = "takes minutes: a measurement, no test"]
async fn sign_ins_of_known_and_unknown_names_take_the_same_time() {
    let zone = zone();
    accounts(&zone, "known", 250);
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..1_000 {
        // In turn, and each pair the other way round; four tries lock no name.
        for which in [round % 2, 1 - round % 2] {
            let name = format!("{}{}", ["known", "nobody"][which], round / 4);
            let begun = Instant::now();
            assert_eq!(sign_in(&zone, &name, "guess").await, StatusCode::UNAUTHORIZED);
            times[which].push(begun.elapsed().as_secs_f64() * 1e3);
        }
    }
    let told = times.map(|mut all| {
        all.sort_by(f64::total_cmp);
        let mean = all.iter().sum::<f64>() / all.len() as f64;
        let spread = (all.iter().map(|t| (t - mean).powi(2)).sum::<f64>() / (all.len() - 1) as f64).sqrt();
        let at = |share: usize| all[all.len() * share / 100];
        println!(
            "n {}, mean {mean:.3} ms, sd {spread:.3}, 5 % {:.3}, 50 % {:.3}, 95 % {:.3}",
            all.len(),
            at(5),
            at(50),
            at(95)
        );
        (mean, spread, all.len() as f64)
    });
    let [(known, a, n), (unknown, b, m)] = told;
    let error = (a * a / n + b * b / m).sqrt();
    println!("difference {:.3} ms, standard error {error:.3} ms, t {:.2}", known - unknown, (known - unknown) / error);
}
