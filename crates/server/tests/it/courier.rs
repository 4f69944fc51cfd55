//! Receipts that are brought: by webhook, signed, and to departments by their connectors, whose systems are slow, wrong,
//! down or say things again.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};
use server::courier::address::Guard;
use server::courier::http::Http;
use server::courier::simulator::{Behaves, Office};
use server::courier::{Courier, Delivery, Line, Turn, connectors, secret, signature};
use server::desk::{Caller, Desk, Role};
use trade::command::ActorRole;
use trade::time::Moment;

use crate::law::{enter, get};
use crate::requests::{send, zone};
use crate::running::{Running, post};

const SELLER: &str = "4602960E01";
const TABLE: &str = "kind,address\ncustoms,officer\ntax,tax\nexchange,exchange\nmarket,market\n";

/// Simulated departments by their address.
#[derive(Clone)]
struct Offices(Arc<HashMap<&'static str, Office>>);

impl Offices {
    fn of(zone: &Running) -> Offices {
        let secret = |owner: &str, kind: &str| secret(&zone.house, owner, kind).expect("a key");
        let office =
            |(name, kind): (&'static str, &str)| (name, Office::new(name, Behaves::Well, Some(secret(name, kind))));
        let all = [("officer", "customs"), ("tax", "tax"), ("exchange", "exchange"), ("market", "market")];
        Offices(Arc::new(all.map(office).into()))
    }

    fn courier(&self, zone: &Running) -> Courier {
        Courier::new(zone.house.clone(), Box::new(self.clone()), connectors(TABLE).expect("a table"))
    }
}

impl Line for Offices {
    fn bring(&self, delivery: &Delivery<'_>) -> Result<Vec<u8>, String> {
        self.0[delivery.address].bring(delivery)
    }
}

/// Minutes after the beginning of the test.
fn at(zone: &Running, minutes: i64) {
    let moment = Moment(Moment::parse("2026-03-02T09:00").expect("a moment").0 + minutes * 60_000);
    zone.clock.set(Box::leak(moment.to_string().replace(' ', "T").into_boxed_str()));
    zone.house.window().tick().expect("what is due");
}

async fn ask(zone: &Running, case: &str) -> String {
    let question = json!({"set": "receipts", "field": "received", "about": SELLER, "case": case});
    let (status, asked) = send(zone, "tax", "/api/v1/requests", &question).await;
    assert_eq!(status, StatusCode::OK, "{asked}");
    asked["number"].as_str().expect("a number").to_owned()
}

/// Guids of all receipts in an outbox, as the journal has them.
fn outbox(zone: &Running, owner: &str) -> Vec<String> {
    let reader =
        Caller { name: owner.into(), role: Role::Enterprise, enterprises: vec![owner.into()], office: String::new() };
    let told = zone.house.receipts_after(&reader, None, 1_000).expect("an outbox");
    let guid = |xml: &[u8]| String::from_utf8_lossy(xml).split("<guid>").nth(1).unwrap_or_default()[..36].to_owned();
    told.receipts.iter().map(|receipt| guid(&receipt.xml)).collect()
}

#[tokio::test]
async fn how_connections_stand_is_told_to_the_operator_and_each_department_about_its_own() {
    let zone = zone("2026-03-02T09:00");
    let row = trade::account::ApiKeyRow {
        hash: store::proof::sha256(crate::running::key_of("operator").as_bytes()),
        label: "operator".into(),
        role: ActorRole::Operator,
        ..Default::default()
    };
    let by = window::filing::security("test");
    zone.house.window().register(&by, trade::command::RegisterKind::ApiKeys, &[row]).expect("registered");
    assert_eq!(zone.json("operator", "/api/v1/connectors").await, json!([]), "none is connected");
    let offices = Offices::of(&zone);
    let table = format!(
        "{TABLE}identity,simulator:ok
"
    );
    let courier = Courier::new(zone.house.clone(), Box::new(offices.clone()), connectors(&table).expect("a table"));
    let of = |all: &Value, kind: &str| {
        all.as_array().expect("a list").iter().find(|of| of["kind"] == kind).cloned().unwrap_or_default()
    };
    let before = zone.json("operator", "/api/v1/connectors").await;
    assert_eq!(before.as_array().map(Vec::len), Some(5));
    assert_eq!((&of(&before, "tax")["state"], &of(&before, "identity")["state"]), (&json!("new"), &json!("direct")));

    ask(&zone, "SW-1").await;
    zone.settle();
    assert_eq!(of(&zone.json("operator", "/api/v1/connectors").await, "exchange")["waiting"], 1);
    offices.0["exchange"].behave(Behaves::Down);
    at(&zone, 1);
    courier.turn().expect("a turn");
    at(&zone, 2);
    courier.turn().expect("a turn");
    let all = zone.json("operator", "/api/v1/connectors").await;
    let (tax, exchange) = (of(&all, "tax"), of(&all, "exchange"));
    assert_eq!((&tax["state"], &tax["waiting"], &tax["failures"]), (&json!("ok"), &json!(0), &json!(0)), "{tax}");
    assert!(tax["last"].as_str().is_some_and(|at| at.starts_with("2026-03-02")) && tax["address"] == "tax", "{tax}");
    assert_eq!((&exchange["state"], &exchange["waiting"]), (&json!("trying"), &json!(1)), "{exchange}");
    assert_eq!((&exchange["failures"], &exchange["why"]), (&json!(2), &json!("no connection: simulated")));
    assert!(exchange["since"].as_str() < exchange["next"].as_str(), "{exchange}");
    let (_, metrics) = zone.get("operator", "/metrics").await;
    let metrics = String::from_utf8_lossy(&metrics).into_owned();
    for line in [
        "connectors_failing 1
",
        "connectors_failing_seconds 60
",
        "connectors_waiting_entries 1
",
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }

    // A department reads about its own, and no address.
    let own = zone.json("exchange", "/api/v1/connectors").await;
    assert_eq!(own.as_array().map(Vec::len), Some(1));
    assert_eq!(
        (&own[0]["kind"], &own[0]["state"], own[0].get("address")),
        (&json!("exchange"), &json!("trying"), None)
    );
    assert_eq!(zone.json("commerce", "/api/v1/connectors").await, json!([]), "none of it is connected");
    assert_eq!(zone.get(SELLER, "/api/v1/connectors").await.0, StatusCode::FORBIDDEN);
    let safe = enter(&zone, "safe", ActorRole::Exchange, "").await;
    let (_, page) = get(&zone, &safe, "/en/connectors").await;
    assert!(page.contains("Foreign exchange") && page.contains("2 failures in a row since"), "{page}");
    assert!(!page.contains("Taxation</th>"), "{page}");
    let (_, home) = get(&zone, &safe, "/en/department").await;
    assert!(home.contains("/en/connectors"));

    // It is back: nothing waits, and since when is forgotten.
    offices.0["exchange"].behave(Behaves::Well);
    at(&zone, 10);
    courier.turn().expect("a turn");
    zone.settle();
    at(&zone, 11);
    courier.turn().expect("a turn");
    let exchange = of(&zone.json("operator", "/api/v1/connectors").await, "exchange");
    assert_eq!(
        (&exchange["state"], &exchange["waiting"], exchange["since"].is_null()),
        (&json!("ok"), &json!(0), true),
        "{exchange}"
    );
}

#[tokio::test]
async fn a_department_is_down_for_a_day_and_nothing_is_lost_deadlines_are_kept_and_the_books_agree() {
    let zone = zone("2026-03-02T09:00");
    let offices = Offices::of(&zone);
    offices.0["exchange"].behave(Behaves::Down);
    let mut courier = offices.courier(&zone);
    let mut numbers = Vec::new();
    for minutes in (0..24 * 60).step_by(10) {
        at(&zone, minutes);
        if minutes % 60 == 0 {
            // It is taken in and stamped all the same.
            numbers.push(ask(&zone, &format!("SW-{minutes}")).await);
        }
        if minutes % 360 == 0 {
            // Whoever brings receipts ends and begins anew.
            courier = offices.courier(&zone);
        }
        courier.turn().expect("a turn");
    }
    let exchange = &offices.0["exchange"];
    assert_eq!(exchange.books(), [""; 0], "nothing came through");
    assert!((20..=35).contains(&exchange.came()), "at first often, then each hour: {}", exchange.came());
    assert_eq!(offices.0["tax"].books().len(), 24, "the others are not held up");
    let standing = server::courier::stands(&zone.house, "exchange", "exchange").expect("a note");
    assert!(standing.failures > 10 && standing.why.contains("no connection"), "{standing:?}");
    let stamped: Vec<_> =
        numbers.iter().map(|of| zone.house.window().request_numbered(of).expect("it stands").at).collect();
    assert!(stamped.windows(2).all(|two| two[1].0 - two[0].0 == 3_600_000), "each at its own hour");

    exchange.behave(Behaves::Well);
    for minutes in (24 * 60..27 * 60).step_by(10) {
        at(&zone, minutes);
        courier.turn().expect("a turn");
    }
    for number in &numbers {
        let of = zone.house.window().request_numbered(number).expect("it stands");
        assert!(!of.is_open() && of.silent.is_none() && of.value == "无 none", "{number}: {of:?}");
        assert!(of.ended.expect("ended").day() <= of.until.expect("a clock"), "{number}");
    }
    // Their books are the window's, receipt for receipt, in order, each once.
    for owner in ["tax", "exchange"] {
        let ours = outbox(&zone, owner);
        assert_eq!(ours.len(), 48, "{owner}: asked and answered");
        assert_eq!(offices.0[owner].books(), ours, "{owner}");
    }
    // A month later nothing has become silent.
    at(&zone, 31 * 24 * 60);
    let silent = zone.house.window().requests(trade::request::Of::Silent, 10);
    assert!(silent.is_empty(), "{silent:?}");
    assert_eq!(courier.turn().expect("a turn"), Turn::default(), "there is nothing left to bring");
}

#[tokio::test]
async fn a_system_that_is_slow_wrong_down_or_says_things_again_changes_nothing_twice() {
    for (behaves, at_once) in [
        (Behaves::Well, true),
        (Behaves::Slow, false),
        (Behaves::Wrong, false),
        (Behaves::Down, false),
        (Behaves::Replaying, true),
    ] {
        let zone = zone("2026-03-02T09:00");
        let offices = Offices::of(&zone);
        let (exchange, courier) = (&offices.0["exchange"], offices.courier(&zone));
        exchange.behave(behaves);
        let first = ask(&zone, "SW-1").await;
        let open = |number: &str| zone.house.window().request_numbered(number).expect("it stands").is_open();
        let turn = courier.turn().expect("a turn");
        assert_eq!(!open(&first), at_once, "{behaves:?}: {turn:?}");
        assert_eq!(turn.failed > 0, matches!(behaves, Behaves::Wrong | Behaves::Down), "{behaves:?}");
        assert_eq!(courier.turn().expect("a turn").waiting, turn.failed, "{behaves:?}: not at once again");
        if matches!(behaves, Behaves::Wrong | Behaves::Down) {
            exchange.behave(Behaves::Well);
        }
        at(&zone, 5);
        courier.turn().expect("a turn");
        assert!(!open(&first), "{behaves:?}");
        let second = ask(&zone, "SW-2").await;
        let (mut refused, mut taken) = (0, 0);
        for minutes in [10, 15, 20] {
            at(&zone, minutes);
            let turn = courier.turn().expect("a turn");
            (refused, taken) = (refused + turn.refused, taken + turn.answers);
        }
        assert!(!open(&second), "{behaves:?}");
        for number in [&first, &second] {
            let of = zone.house.window().request_numbered(number).expect("it stands");
            assert_eq!(of.value, "无 none", "{behaves:?}: another answer to what has ended is not taken");
        }
        assert_eq!(refused > 0, behaves == Behaves::Replaying, "{behaves:?}");
        assert!(taken >= 1, "{behaves:?}");
        assert_eq!(exchange.books(), outbox(&zone, "exchange"), "{behaves:?}");
    }
}

/// Heads and bodies, as they came.
type Heard = Vec<(String, Vec<u8>)>;

/// Answers so many deliveries and hands them on.
fn receiver(status: &'static str, times: usize) -> (String, std::thread::JoinHandle<Heard>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let came = std::thread::spawn(move || {
        let mut all = Vec::new();
        for _ in 0..times {
            let (mut stream, _) = listener.accept().expect("somebody comes");
            let (mut came, mut part) = (Vec::new(), [0u8; 65536]);
            let (head, body) = loop {
                let n = stream.read(&mut part).expect("it is read");
                came.extend_from_slice(&part[..n]);
                let text = String::from_utf8_lossy(&came).into_owned();
                let Some((head, _)) = text.split_once("\r\n\r\n") else { continue };
                let length: usize = header(head, "Content-Length").parse().expect("a length");
                if came.len() >= head.len() + 4 + length {
                    break (head.to_owned(), came[head.len() + 4..].to_vec());
                }
            };
            stream.write_all(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").as_bytes()).expect("answered");
            all.push((head, body));
        }
        all
    });
    (address, came)
}

fn header(head: &str, name: &str) -> String {
    head.lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(of, _)| *of == name)
        .map(|(_, v)| v.to_owned())
        .unwrap_or_default()
}

#[tokio::test]
async fn a_webhook_brings_new_receipts_signed_once_and_nowhere_that_only_this_machine_reaches() {
    let zone = zone("2026-03-02T09:00");
    let (address, came) = receiver("200 OK", 1);
    let url = format!("http://{address}/in");
    let (status, made) = send(&zone, "exchange", "/api/v1/hooks", &json!({"address": url})).await;
    assert_eq!(status, StatusCode::OK, "{made}");
    for (wrong, code) in [
        (url.as_str(), "HOOK_MANY"),
        ("ftp://example.org", "HOOK_ADDRESS"),
        ("https://a:b@example.org", "HOOK_ADDRESS"),
    ] {
        let (status, problem) = send(&zone, "exchange", "/api/v1/hooks", &json!({"address": wrong})).await;
        assert_eq!((status, &problem["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(code)), "{wrong}");
    }
    let number = ask(&zone, "SW-1").await;
    let way = |allowed: Vec<String>| Box::new(Http::new(Guard::new(allowed), b"").expect("a way"));
    // Without the operator's allow-list nothing is sent there.
    let guarded = Courier::new(zone.house.clone(), way(vec![]), vec![]);
    assert_eq!(guarded.turn().expect("a turn").failed, 1);
    let hooks = zone.json("exchange", "/api/v1/hooks").await;
    assert_eq!((&hooks[0]["state"], &hooks[0]["why"]), (&json!("trying"), &json!("only https on its usual ports")));

    at(&zone, 1);
    let open = Courier::new(zone.house.clone(), way(vec![address]), vec![]);
    assert_eq!(open.turn().expect("a turn"), Turn { brought: 1, ..Turn::default() });
    let (head, body) = came.join().expect("it came").remove(0);
    let told: Value = serde_json::from_slice(&body).expect("JSON");
    assert_eq!(told["receipts"].as_array().map(Vec::len), Some(1));
    let receipt = &told["receipts"][0];
    assert_eq!(receipt["message"], "REQ201");
    assert!(receipt["xml"].as_str().is_some_and(|xml| xml.contains(&number)), "{receipt}");
    // The receiver checks it with the secret that was told once.
    let key: [u8; 32] = store::proof::unhex(made["secret"].as_str().expect("a secret")).expect("hexadecimal");
    let time: i64 = header(&head, "X-OneWindow-Time").parse().expect("a time");
    assert_eq!(header(&head, "X-OneWindow-Signature"), format!("v1={}", signature(&key, time, &body)));
    assert!(
        !zone.json("exchange", "/api/v1/hooks").await.to_string().contains(made["secret"].as_str().expect("a secret"))
    );
    assert_eq!(open.turn().expect("a turn"), Turn::default(), "once");

    // Ended by its owner alone; then nothing is brought.
    let mine = made["number"].as_str().expect("a number").to_owned();
    let end = format!("/api/v1/hooks/{mine}/end");
    assert_eq!(send(&zone, "market", &end, &json!({})).await.1["code"], "HOOK_UNKNOWN");
    let safe = enter(&zone, "safe", ActorRole::Exchange, "").await;
    let (_, page) = get(&zone, &safe, "/en/hooks").await;
    assert!(page.contains(&mine) && page.contains("Delivers"), "{page}");
    assert_eq!(zone.ask(post("/en/hooks/end", &safe, &format!("number={mine}"))).await.0, StatusCode::SEE_OTHER);
    ask(&zone, "SW-2").await;
    assert_eq!(open.turn().expect("a turn"), Turn::default());
    let (status, page) = zone.ask(post("/en/hooks", &safe, "address=https%3A%2F%2Fexample.org%2F")).await;
    assert!(status == StatusCode::OK && String::from_utf8_lossy(&page).contains("shown this once"));
}
