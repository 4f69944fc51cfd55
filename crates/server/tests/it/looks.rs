//! The trace over a running window: a look is durable before the page is sent, its subject reads it, a bulk look needs
//! a case, and an officer of another office sees no more than anybody.

use crate::running::{Running, key_of, sample};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::Value;
use store::proof::sha256;
use trade::account::ApiKeyRow;
use trade::command::{ActorRole, Command, RegisterKind};
use window::filing::{operator, security};

const SENDERS: [&str; 5] = ["1199960EP1", "1199960PY1", "1199960LG1", "1199980AG1", "4602980A01"];
const AGENT: &str = "1199980AG1";
const STRANGER: &str = "4602980A01";
pub const KEY: &str = "1199960EC1_EB20260301000001";

/// The samples' parcel, released; and an officer of all offices, one of another office, an auditor.
pub async fn zone() -> Option<Running> {
    let lists =
        ["CEB311_order.xml", "CEB411_payment.xml", "CEB511_waybill.xml", "CEB621_inventory_signed_rsa_sha1.xml"];
    let samples = lists.iter().map(|n| sample(n)).collect::<Option<Vec<_>>>()?;
    let registry: Vec<_> = traffic::zone::FILES.iter().map(|(t, text)| (*t, (*text).to_owned())).collect();
    let zone = Running::at("2026-03-01T14:00", &registry, &SENDERS);
    let row = |label: &str, role, office: &str| ApiKeyRow {
        hash: sha256(key_of(label).as_bytes()),
        label: label.into(),
        role,
        office: office.into(),
        ..ApiKeyRow::default()
    };
    let officials = [
        row("officer", ActorRole::Officer, ""),
        row("elsewhere", ActorRole::Officer, "9999"),
        row("auditor", ActorRole::Auditor, ""),
        row("operator", ActorRole::Operator, ""),
    ];
    zone.house.window().register(&security("test"), RegisterKind::ApiKeys, &officials).expect("registered");
    for (sender, bytes) in SENDERS.iter().zip(samples) {
        zone.send(sender, bytes).await;
    }
    zone.settle();
    Some(zone)
}

fn looks_of(answer: &Value) -> Vec<(String, String, String)> {
    let word = |look: &Value, name: &str| look[name].as_str().unwrap_or_default().to_owned();
    let list = answer.as_array().expect("looks");
    list.iter().map(|look| (word(look, "who"), word(look, "action"), word(look, "purpose"))).collect()
}

#[tokio::test]
async fn an_officers_look_is_in_the_journal_before_its_page_and_is_read_by_its_subjects() {
    let Some(zone) = zone().await else {
        eprintln!("skipped: there is no ../shared/data/ceb-samples");
        return;
    };
    let last = || zone.house.window().journal().last();
    let before = last();
    let parcel = zone.json("officer", &format!("/api/v1/parcels/{KEY}")).await;
    assert_eq!(parcel["tax_fen"], 2826, "an officer sees it whole");
    assert_eq!(last(), before + 1, "one look, one entry");
    let entry = zone.house.window().entry(last()).expect("read").expect("an entry");
    let Some(Command::Look(look)) = entry.command else { panic!("{:?}", entry.command) };
    assert_eq!((look.by.id.as_str(), look.parcels.len(), look.records), ("officer", 1, 1));
    assert!(look.enterprises.iter().any(|code| code == AGENT) && look.ground.contains("海关法"), "{look:?}");

    // Its subjects: each enterprise that takes part, and nobody else.
    zone.settle();
    let seen = looks_of(&zone.json(AGENT, "/api/v1/looks").await);
    assert_eq!(seen, [("officer".to_owned(), "parcel.read".to_owned(), "clearance".to_owned())]);
    assert!(looks_of(&zone.json(STRANGER, "/api/v1/looks").await).is_empty());
    let explained = zone.json(AGENT, &format!("/api/v1/explain/{KEY}")).await;
    assert_eq!(looks_of(&explained["looks"]), seen);
    assert_eq!(last(), before + 1, "who reads its own is not written down");

    // The consumer, by the parcel's number and the buyer's identity number.
    let ask = |identity: &str| {
        let form = format!("key={KEY}&identity={identity}");
        Request::post("/en/looks")
            .header("host", "a")
            .header("origin", "http://a")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(form))
            .expect("a request")
    };
    let (status, page) = zone.ask(ask("110000197102068020")).await;
    let page = String::from_utf8(page).expect("a page");
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("Customs officer") && page.contains("clearance") && page.contains("海关法"), "{page}");
    assert_eq!(zone.ask(ask("110000197102068021")).await.0, StatusCode::NOT_FOUND);

    // Nothing personal stands in the entry.
    let body = zone.house.window().journal().entry(last()).expect("read").expect("an entry").body().to_vec();
    assert!(!body.windows(18).any(|w| w == b"110000197102068020"));
}

#[tokio::test]
async fn a_look_for_another_purpose_needs_a_case() {
    let Some(zone) = zone().await else { return };
    let before = zone.house.window().journal().last();
    let (status, body) = zone.get("officer", &format!("/api/v1/explain/{KEY}?purpose=audit")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let problem: Value = serde_json::from_slice(&body).expect("a problem");
    assert_eq!(problem["code"], "LOOK_NEEDS_CASE");
    assert!(!String::from_utf8_lossy(&body).contains("2826"), "nothing was shown");
    zone.json("officer", &format!("/api/v1/explain/{KEY}?purpose=audit&case=JC-2026-1")).await;
    zone.settle();
    let all = zone.json("auditor", "/api/v1/looks").await;
    let audit = all.as_array().expect("looks").iter().find(|l| l["purpose"] == "audit").expect("the audit's look");
    assert_eq!(audit["case"], "JC-2026-1");
    let refused = (before + 1..=zone.house.window().journal().last())
        .filter_map(|r| zone.house.window().entry(r).expect("read"))
        .filter(|e| e.outcomes[0].verdict == trade::command::Verdict::Refused)
        .count();
    assert_eq!(refused, 1, "what was refused stands in the journal too, and in no list");
    assert!(all.as_array().expect("looks").iter().all(|l| l["purpose"] != "audit" || l["case"] != ""));
}

#[tokio::test]
async fn an_officer_of_another_office_sees_what_anybody_sees_and_leaves_no_trace() {
    let Some(zone) = zone().await else { return };
    let before = zone.house.window().journal().last();
    let parcel = zone.json("elsewhere", &format!("/api/v1/parcels/{KEY}")).await;
    assert_eq!((&parcel["state"], parcel.get("tax_fen")), (&Value::from("released"), None));
    assert_eq!(zone.get("elsewhere", &format!("/api/v1/explain/{KEY}")).await.0, StatusCode::FORBIDDEN);
    assert_eq!(zone.house.window().journal().last(), before);
}

/// Break-glass: beyond the own office, with a case, and every time it is marked for the auditor and told to the subject.
#[tokio::test]
async fn a_look_for_an_emergency_reaches_further_needs_a_case_and_always_alarms() {
    let Some(zone) = zone().await else { return };
    let ask = |question: &str| format!("/api/v1/explain/{KEY}{question}");
    assert_eq!(zone.get("elsewhere", &ask("")).await.0, StatusCode::FORBIDDEN, "the usual reach");
    let (status, body) = zone.get("elsewhere", &ask("?purpose=emergency")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{}", String::from_utf8_lossy(&body));
    let told = zone.json("elsewhere", &ask("?purpose=emergency&case=TF-2026-1")).await;
    assert!(told["money"]["tax_fen"].is_i64(), "the whole parcel: {told}");
    zone.settle();
    let looks = zone.json("auditor", "/api/v1/looks?unusual=true").await;
    let looks = looks.as_array().expect("looks").clone();
    assert_eq!(looks.len(), 1, "the first of all is marked: {looks:?}");
    assert_eq!((&looks[0]["purpose"], &looks[0]["case"]), (&Value::from("emergency"), &Value::from("TF-2026-1")));
    let told = zone.json(AGENT, &ask("")).await;
    assert!(told["looks"].as_array().expect("looks").iter().any(|look| look["purpose"] == "emergency"), "{told}");
    // Nobody else has such a reach, and an officer may do nothing by it.
    for other in ["operator", "auditor"] {
        assert_eq!(
            zone.get(other, &ask("?purpose=emergency&case=TF-2026-1")).await.0,
            StatusCode::FORBIDDEN,
            "{other}"
        );
    }
}

#[tokio::test]
async fn rights_that_are_adopted_hold_from_the_next_request() {
    let Some(zone) = zone().await else { return };
    let path = format!("/api/v1/explain/{KEY}");
    assert!(zone.get("officer", &path).await.0.is_success());
    let without: String = trade::policy::RIGHTS
        .lines()
        .filter(|l| !l.starts_with("officer,parcel.explain"))
        .map(|l| format!("{l}\n"))
        .collect();
    zone.house.window().adopt(&operator("test"), &[("rights.csv", without)]).expect("adopted");
    assert_eq!(zone.get("officer", &path).await.0, StatusCode::FORBIDDEN);
    assert!(zone.get(AGENT, &path).await.0.is_success(), "the others keep theirs");
}

/// A book is its enterprise's and its office's business, and a look of an official at it is written down.
#[tokio::test]
async fn a_look_at_an_account_book_is_in_the_journal_and_strangers_find_no_book() {
    let Some(zone) = zone().await else { return };
    let book = "T6402W000901";
    let csv = format!(
        "ems_no,item_record_no,area_code,hs10,name,unit,unit1,unit2,qty,origin,price_yuan,entered_on,expires_on\n\
         {book},MILK-900,4602960W01,1901101090,milk,122,035,,100,609,160.00,2026-03-01,\n"
    );
    let window = zone.house.window();
    window.import(&operator("test"), trade::registry::Table::OpeningStock, &csv).expect("a book");
    let owner = ApiKeyRow {
        hash: sha256(key_of("4602960W01").as_bytes()),
        label: "warehouse".into(),
        role: ActorRole::Enterprise,
        enterprise: "4602960W01".into(),
        ..ApiKeyRow::default()
    };
    window.register(&security("test"), RegisterKind::ApiKeys, &[owner]).expect("registered");
    for path in [format!("/api/v1/stock/{book}"), format!("/api/v1/stock/{book}/MILK-900")] {
        let before = window.journal().last();
        for stranger in [STRANGER, "elsewhere"] {
            assert_eq!(zone.get(stranger, &path).await.0, StatusCode::NOT_FOUND, "{stranger} {path}");
        }
        zone.json("4602960W01", &path).await;
        assert_eq!(window.journal().last(), before, "who reads its own, or nothing, is not written down");
        let told = zone.json("officer", &path).await;
        assert_eq!(told["on_hand"].as_str().or(told["items"][0]["on_hand"].as_str()), Some("100"), "{told}");
        let entry = window.entry(window.journal().last()).expect("read").expect("an entry");
        let Some(Command::Look(look)) = entry.command else { panic!("{path}: {:?}", entry.command) };
        let code: Vec<_> = look.enterprises.iter().map(|code| code.as_str()).collect();
        assert_eq!((look.action.name(), code, look.records), ("stock.read", vec!["4602960W01"], 1), "{path}");
    }
    zone.settle();
    let seen = looks_of(&zone.json("4602960W01", "/api/v1/looks").await);
    assert_eq!(seen.len(), 2, "{seen:?}");
    let (status, body) = zone.get("officer", &format!("/api/v1/stock/{book}?purpose=audit")).await;
    let problem: Value = serde_json::from_slice(&body).expect("a problem");
    assert_eq!((status, &problem["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &Value::from("LOOK_NEEDS_CASE")));
}
