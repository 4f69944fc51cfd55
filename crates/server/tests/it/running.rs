//! The portal over a running window: what is sent by the programs' door is what the pages, the outbox and the proofs
//! tell. Everything else in this folder stands on a made-up desk.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use server::desk::{Caller, Filter, Sight};
use server::house::House;
use store::Place;
use tower::ServiceExt;
use trade::account::ApiKeyRow;
use trade::command::{ActorRole, Open, RegisterKind};
use trade::policy::Policy;
use trade::policy::rights::Action;
use trade::time::{Day, Moment};
use traffic::{Keys, Plan, Story, Truth};
use window::filing::{operator, security};
use window::{Clock, Config, Window};

/// The time that a test set.
pub struct At(pub std::sync::Mutex<&'static str>);

impl At {
    pub fn set(&self, now: &'static str) {
        *self.0.lock().expect("no panic") = now;
    }
}

impl Clock for At {
    fn now(&self) -> Moment {
        Moment::parse(*self.0.lock().expect("no panic")).expect("a moment")
    }
}

pub struct Running {
    pub clock: Arc<At>,
    pub routes: Router,
    pub house: Arc<House>,
}

/// The key of a sender in these tests.
pub fn key_of(code: &str) -> String {
    format!("ow_test_{code}")
}

impl Running {
    pub fn at(now: &'static str, registry: &[(trade::registry::Table, String)], senders: &[&str]) -> Running {
        let (window, clock) = Running::window(now, registry);
        Running::of(window, clock, senders)
    }

    /// With a verifier of identities.
    pub fn at_verified(
        now: &'static str,
        registry: &[(trade::registry::Table, String)],
        verifier: Box<dyn server::identity::IdentityVerifier>,
    ) -> Running {
        let (window, clock) = Running::window(now, registry);
        let house = Arc::new(House::over(window).expect("views").identified_by(Some(verifier)));
        Running { routes: server::router(house.clone(), server::Options::default()), house, clock }
    }

    fn window(now: &'static str, registry: &[(trade::registry::Table, String)]) -> (Window, Arc<At>) {
        let config = Config::at(Place::in_memory(&store::Disk::memory(), [7; 32]));
        let clock = Arc::new(At(std::sync::Mutex::new(now)));
        let (window, _) = Window::open(config, clock.clone()).expect("an empty zone");
        let open =
            Open {
                name_zh: "试验区".into(), name_en: "test zone".into(), window: 7, sandbox: true, ..Open::default()
            };
        window.found(open, trade::policy::SAMPLE).expect("founded");
        for (table, text) in registry {
            window.import(&operator("test"), *table, text).expect("imported");
        }
        (window, clock)
    }

    /// Over a window that is there.
    pub fn of(window: Window, clock: Arc<At>, senders: &[&str]) -> Running {
        let row = |code: &&str| ApiKeyRow {
            hash: store::proof::sha256(key_of(code).as_bytes()),
            enterprise: (*code).into(),
            label: "test".into(),
            ..ApiKeyRow::default()
        };
        let keys: Vec<ApiKeyRow> = senders.iter().map(row).collect();
        window.register(&security("test"), RegisterKind::ApiKeys, &keys).expect("registered");
        let house = Arc::new(House::over(window).expect("views"));
        Running { routes: server::router(house.clone(), server::Options::default()), house, clock }
    }

    pub async fn ask(&self, request: Request<Body>) -> (StatusCode, Vec<u8>) {
        let response = self.routes.clone().oneshot(request).await.expect("infallible");
        let status = response.status();
        // A stream of events has no end to wait for.
        let endless = response.headers().get("content-type").is_some_and(|kind| kind == "text/event-stream");
        let body = if endless { Body::empty() } else { response.into_body() };
        (status, axum::body::to_bytes(body, 64 << 20).await.expect("a body").to_vec())
    }

    pub async fn send(&self, sender: &str, bytes: Vec<u8>) -> Vec<Value> {
        let request = Request::post("/api/v1/messages").header("authorization", format!("Bearer {}", key_of(sender)));
        let (status, body) = self.ask(request.body(Body::from(bytes)).expect("a request")).await;
        let body = String::from_utf8(body).expect("text");
        assert_eq!(status, StatusCode::OK, "{body}");
        body.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect()
    }

    pub async fn get(&self, sender: &str, path: &str) -> (StatusCode, Vec<u8>) {
        let request = Request::get(path).header("authorization", format!("Bearer {}", key_of(sender)));
        self.ask(request.body(Body::empty()).expect("a request")).await
    }

    pub async fn json(&self, sender: &str, path: &str) -> Value {
        let (status, body) = self.get(sender, path).await;
        assert_eq!(status, StatusCode::OK, "{path}: {}", String::from_utf8_lossy(&body));
        serde_json::from_slice(&body).expect("JSON")
    }

    async fn page(&self, path: &str) -> String {
        let (status, body) = self.ask(Request::get(path).body(Body::empty()).expect("a request")).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        String::from_utf8(body).expect("a page")
    }

    /// The views have seen everything that was decided.
    pub fn settle(&self) {
        let last = self.house.window().journal().last();
        assert_eq!(self.house.views().wait(last, Duration::from_secs(20)), last);
    }
}

/// A form as a page of the window sends it.
pub fn post(path: &str, cookies: &str, form: &str) -> Request<Body> {
    Request::post(path)
        .header("host", "a")
        .header("origin", "http://a")
        .header("cookie", cookies)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(form.to_owned()))
        .expect("a request")
}

pub fn sample(name: &str) -> Option<Vec<u8>> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/ceb-samples");
    std::fs::read(folder.join(name)).ok()
}

#[tokio::test]
async fn the_samples_are_released_and_page_outbox_proof_and_explain_tell_the_same() {
    let senders = ["1199960EP1", "1199960PY1", "1199960LG1", "1199980AG1", "4602980A01"];
    for list in ["CEB621_inventory_signed_rsa_sha1.xml", "CEB621_inventory_signed_sm2_sm3.xml"] {
        let names = ["CEB311_order.xml", "CEB411_payment.xml", "CEB511_waybill.xml", list];
        let Some(samples) = names.iter().map(|n| sample(n)).collect::<Option<Vec<_>>>() else {
            eprintln!("skipped: there is no ../shared/data/ceb-samples");
            return;
        };
        let registry: Vec<_> = traffic::zone::FILES.iter().map(|(t, text)| (*t, (*text).to_owned())).collect();
        let zone = Running::at("2026-03-01T14:00", &registry, &senders);
        let mut receipts = Vec::new();
        for (sender, bytes) in senders.iter().zip(samples) {
            receipts = zone.send(sender, bytes).await;
        }
        let told: Vec<(&str, &str)> =
            receipts.iter().filter_map(|r| Some((r["message"].as_str()?, r["status"].as_str()?))).collect();
        for wanted in [("CEB622", "2"), ("CEB622", "120"), ("CEB622", "399"), ("CEB622", "800")] {
            assert!(told.contains(&wanted), "{list}: {wanted:?} is not in {told:?}");
        }
        zone.settle();

        let explained = zone.json("1199980AG1", "/api/v1/explain/1199960EC1_EB20260301000001").await;
        assert_eq!(
            (explained["state"].as_str(), explained["decisions"][0]["findings"].is_array()),
            (Some("released"), true)
        );
        let number = explained["numbers"]["invtNo"].as_str().expect("a list number").to_owned();
        let page = zone.page(&format!("/en/parcels/{number}")).await;
        assert!(page.contains(&number) && !page.contains("28.26"), "anybody sees how it stands, and no amount");
        for query in [&number, "LG202603010001", "EB20260301000001"] {
            let request = Request::get(format!("/zh/search?q={query}")).body(Body::empty()).expect("a request");
            let response = zone.routes.clone().oneshot(request).await.expect("infallible");
            let place = response.headers().get("location").and_then(|l| l.to_str().ok());
            assert_eq!(place, Some(&*format!("/zh/parcels/{number}")), "{query}: one hit leads to its page");
        }
        // Somebody else's agent has no part in it.
        let (status, _) = zone.get("4602980A01", "/api/v1/explain/EB20260301000001").await;
        assert_eq!(status, StatusCode::FORBIDDEN);

        // The order's sender learns of the match by its outbox, and nothing comes twice.
        let outbox = zone.json("1199960EP1", "/api/v1/receipts").await;
        let mine: Vec<_> =
            outbox["receipts"].as_array().expect("receipts").iter().map(|r| r["status"].as_str()).collect();
        assert_eq!(mine, [Some("2"), Some("120")], "{outbox}");

        let at = receipts.iter().find(|r| r["status"] == "800").expect("released");
        let place = format!("/api/v1/receipts/{}/{}", at["revision"], at["index"]);
        let (_, xml) = zone.get("1199980AG1", &format!("{place}.xml")).await;
        let (_, proof) = zone.get("1199980AG1", &format!("{place}.proof.json")).await;
        let desk: &dyn server::desk::Desk = &*zone.house;
        assert!(desk.verify(&xml, &proof).valid, "{}", desk.verify(&xml, &proof).reason.en);
        let forged = String::from_utf8(xml).expect("text").replace(">800<", ">399<");
        assert!(!desk.verify(forged.as_bytes(), &proof).valid, "a changed receipt does not verify");
        assert_eq!(zone.get("4602980A01", &place).await.0, StatusCode::NOT_FOUND, "others' receipts stay theirs");

        let rows_for = |enterprise: &str| {
            let name = enterprise.to_owned();
            let (enterprises, role) = (vec![name.clone()], server::desk::Role::Enterprise);
            let caller = Caller { enterprises, name, role, office: String::new() };
            let sight = Sight::of(&caller, Action::ParcelList, &desk.rights(), desk.now().day());
            let rows = desk.parcels(&sight, &Filter { limit: 9, ..Filter::default() }).expect("a list").rows;
            let hit = desk.find(&sight, "LG202603010001").expect("found").hits.remove(0).row;
            (rows.len(), hit.tax, hit.goods.is_empty())
        };
        assert_eq!(rows_for("1199980AG1"), (1, Some(2826), false));
        assert_eq!(rows_for("4602980A01"), (0, None, true), "who has no part in it sees no amounts and no goods");
        let affairs = |enterprise: &str| {
            let name = enterprise.to_owned();
            let (enterprises, role) = (vec![name.clone()], server::desk::Role::Enterprise);
            let caller = Caller { enterprises, name, role, office: String::new() };
            let sight = Sight::of(&caller, Action::CompanyRead, &desk.rights(), desk.now().day());
            let own = desk.company(&sight).expect("its affairs");
            let receipts: Vec<_> = own.receipts.iter().map(|r| r.status.clone()).collect();
            (own.counts, receipts, own.guarantees.first().map(|g| (g.due, g.limit - g.due - g.free)), own.bills.len())
        };
        let (counts, receipts, held, bills) = affairs("1199980AG1");
        assert_eq!(counts, [(server::desk::State::Released, 1)]);
        assert_eq!(receipts, ["1", "800", "399", "120", "2"], "the newest first");
        assert_eq!((held, bills), (None, 1), "it declared; another stands surety");
        assert_eq!(affairs("1199960EP1").2, Some((2826, 0)), "the tax is due from the guarantee");
        assert_eq!(affairs("4602980A01").0, [], "others' lists are not its own");
        let everybody = desk.parcels(&Sight::nobody(), &Filter { limit: 9, ..Filter::default() }).expect("a list").rows;
        assert_eq!((everybody.len(), everybody[0].taxable, everybody[0].goods.as_str()), (1, None, ""));

        let overview = desk.overview().expect("figures");
        assert_eq!((overview.tax, overview.taxable, overview.arrived), (2826, 31050, 1));
        assert_eq!(overview.count(server::desk::State::Released), 1);
    }
}

/// Forty parcels of 2 March 2026, and a window at some time.
fn day_of_traffic(now: &'static str) -> (Running, Vec<traffic::Sent>, Keys) {
    let (traders, policy) = (traffic::zone::Zone::sample(), Policy::sample());
    let days = (Day::ymd(2016, 1, 1).expect("a day"), Day::ymd(2099, 12, 31).expect("a day"));
    let keys = Keys::new(&[3; 32], wire::seal::KeyKind::Sm2, &traders, days);
    let start = Day::ymd(2026, 3, 2).expect("a day");
    let story = Story::new(Plan { truths: true, ..Plan::day(5, 40, start) }, &traders, &policy);
    let registry = traffic::registry(&story, &keys);
    let sent: Vec<_> = story.collect();
    let senders: std::collections::BTreeSet<&str> = sent.iter().map(|s| s.sender.as_str()).collect();
    let senders: Vec<&str> = senders.into_iter().collect();
    (Running::at(now, &registry, &senders), sent, keys)
}

#[tokio::test]
async fn a_day_of_traffic_stands_on_the_pages_as_it_was_meant() {
    let (zone, sent, keys) = day_of_traffic("2026-03-02T23:30");
    let mut truths: Vec<&Truth> = Vec::new();
    for message in &sent {
        zone.send(&message.sender, keys.seal(message).expect("sealed")).await;
        truths.extend(&message.truths);
    }
    zone.settle();
    assert!(!truths.is_empty());
    let desk: &dyn server::desk::Desk = &*zone.house;
    let mut released = 0;
    for truth in truths {
        let key = format!("{}_{}", truth.ebc_code, truth.order_no);
        let parcel = desk.parcel(&Sight::nobody(), &key).expect("a parcel");
        assert_eq!(parcel.state.name(), truth.expect, "{key}");
        if truth.expect == "released" {
            released += 1;
            assert_eq!(parcel.tax.expect("its tax").total.tax(), truth.tax_fen, "{key}");
        }
    }
    let overview = desk.overview().expect("figures");
    assert_eq!(overview.count(server::desk::State::Released), released);
    let listed = desk.parcels(&Sight::nobody(), &Filter { limit: 7, ..Default::default() }).expect("a list");
    assert_eq!((listed.rows.len(), listed.total), (7, overview.total()));
    let mut seen: Vec<String> = listed.rows.iter().map(|r| r.key.clone()).collect();
    let mut after = listed.next;
    while let Some(cursor) = after {
        let filter = Filter { limit: 7, after: Some(cursor), ..Default::default() };
        let page = desk.parcels(&Sight::nobody(), &filter).expect("a page");
        seen.extend(page.rows.iter().map(|r| r.key.clone()));
        after = page.next;
    }
    let all = seen.len() as u64;
    seen.sort();
    seen.dedup();
    assert_eq!((seen.len() as u64, all), (overview.total(), overview.total()), "each parcel on one page");
}

#[tokio::test]
async fn refused_lists_are_found_by_their_reason() {
    let (zone, sent, keys) = day_of_traffic("2026-03-20T12:00");
    for message in &sent {
        zone.send(&message.sender, keys.seal(message).expect("sealed")).await;
    }
    zone.settle();
    let desk: &dyn server::desk::Desk = &*zone.house;
    let by = |reason: &str| {
        let filter = Filter { limit: 1_000, reason: Some(reason.into()), ..Default::default() };
        desk.parcels(&Sight::nobody(), &filter).expect("a list")
    };
    let late = by("DECLARED_DAY");
    assert_eq!((late.rows.len(), late.total), (40, 40));
    assert!(late.rows.iter().all(|r| r.state == server::desk::State::Refused));
    assert_eq!((by("DECLARED").total, by("%").total), (0, 0), "a code is meant, not a piece of one");
    let overview = desk.overview().expect("figures");
    let reason = overview.reasons.iter().find(|r| r.code == "DECLARED_DAY").expect("the reason of the day");
    assert_eq!((reason.lists, overview.tax), (40, 0));
}

/// A book is filed as JSON by its enterprise and approved by an officer; nobody acts in another's right.
#[tokio::test]
async fn bonded_documents_come_as_json_and_each_in_the_right_of_the_key_they_come_by() {
    let registry: Vec<_> = traffic::zone::FILES.iter().map(|(t, text)| (*t, (*text).to_owned())).collect();
    let zone = Running::at("2026-03-02T10:00", &registry, &["4602960W01"]);
    let officials = [("officer", ActorRole::Officer), ("operator", ActorRole::Operator), ("viewer", ActorRole::Viewer)];
    let keys = officials.map(|(name, role)| ApiKeyRow {
        hash: store::proof::sha256(key_of(name).as_bytes()),
        label: name.into(),
        role,
        ..ApiKeyRow::default()
    });
    zone.house.window().register(&security("test"), RegisterKind::ApiKeys, &keys).expect("registered");
    let send = |by: &'static str, body: Value| {
        let request = Request::post("/api/v1/messages").header("authorization", format!("Bearer {}", key_of(by)));
        let request = request.header("content-type", "application/json").body(Body::from(body.to_string()));
        zone.ask(request.expect("a request"))
    };
    // The first receipt: that of the document itself.
    let said = |body: Vec<u8>| {
        let mut lines = serde_json::Deserializer::from_slice(&body).into_iter::<Value>();
        lines.next().expect("a receipt").expect("JSON")
    };
    let book = json!({"EMS101": {
        "etpsPreentNo": "B1", "etpsno": "4602960W01", "putrecNo": "T6402W000777", "masterCuscd": "6402",
        "items": [{"gdsMtno": "N1", "gdecd": "1901101090", "gdsNm": "milk", "dclUnitcd": "122", "natcd": "609"}],
    }});
    let (status, body) = send("4602960W01", book).await;
    assert_eq!(status, StatusCode::OK, "{}", String::from_utf8_lossy(&body));
    let waits = said(body);
    assert_eq!((waits["message"].as_str(), waits["status"].as_str()), (Some("BND201"), Some("300")), "{waits}");
    let number = waits["keys"]["invtNo"].as_str().expect("a number").to_owned();
    let approval = |own: &str| json!({"DECISION": {"etpsPreentNo": own, "etpsno": "4602960W01", "verdict": "approve", "number": number}});
    for (n, by) in ["4602960W01", "operator"].into_iter().enumerate() {
        let (status, body) = send(by, approval(&format!("J{n}"))).await;
        let refused = said(body);
        assert_eq!((status, refused["code"].as_str()), (StatusCode::OK, Some("ACTOR_ROLE")), "{by}: {refused}");
    }
    assert_eq!(send("viewer", approval("J3")).await.0, StatusCode::FORBIDDEN);
    // An official files what is customs', and speaks for no enterprise.
    let order = json!({"data": "PENFQjMxMU1lc3NhZ2UvPg=="});
    assert_eq!(send("officer", order).await.0, StatusCode::FORBIDDEN);
    let (_, body) = send("officer", approval("J4")).await;
    let body = String::from_utf8(body).expect("text");
    assert!(body.contains(r#""status":"899""#), "{body}");
    let (status, _) = send("4602960W01", json!({"data": "%%"})).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "what is no document of ours is a message in base64, or wrong");
}
