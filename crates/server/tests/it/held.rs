//! What customs hold beside lists, over a running window: parcels that go in a batch to another district, on page, API and
//! in their own story; what lies in the central return warehouse, and by when something is due.

use axum::http::StatusCode;
use serde_json::Value;
use trade::bonded::record::BookRecord;
use trade::command::{Actor, ActorRole};
use trade::documents::{Document, MessageKind};
use trade::key::{CaseKey, Key};
use trade::pack::Pack;
use trade::policy::Policy;
use trade::record::{Case, Kept, status};
use trade::time::Day;
use window::Clock;

use crate::export::exported_with;
use crate::law::{enter, get};
use crate::running::Running;

fn filed(zone: &Running, role: ActorRole, text: &str) -> Value {
    let by = Actor { id: if role == ActorRole::Officer { "CUSTOMS" } else { "GATE" }.into(), role };
    let answer = zone.house.window().file_bonded(text.as_bytes(), by).expect("taken");
    let outcome = answer.entry.expect("an entry").outcomes.remove(0);
    let codes: Vec<&str> = outcome.findings.iter().map(|f| f.code.name()).collect();
    serde_json::json!({ "verdict": outcome.verdict.name(), "codes": codes })
}

fn place(zone: &Running, number: &str, office: &str, kind: &str) {
    let text = format!(
        r#"{{"PLACE": {{"etpsPreentNo": "{number}", "etpsno": "GATE", "placeNo": "{number}", "masterCuscd": "{office}",
            "kinds": "{kind}", "validBegDate": "2016-01-01"}}}}"#
    );
    assert_eq!(filed(zone, ActorRole::Operator, &text)["verdict"], "done");
}

#[tokio::test]
async fn a_batch_transfer_is_followed_on_page_api_and_in_each_parcel_s_story() {
    use MessageKind::{Arrival, ExportList, ExportOrder, ExportWaybill, ReceiptOfPayment};
    let traders = traffic::zone::Zone::sample();
    let kinds = [ExportOrder, ReceiptOfPayment, ExportWaybill, ExportList, Arrival];
    let (zone, sent, _) = exported_with(&traders, (12, false, 1), &kinds).await;
    place(&zone, "P1", "6402", "warehouse");
    place(&zone, "P2", "5100", "warehouse");
    // Parcels of one declarant and one carrier that lie in the place.
    let mut lying: Vec<(String, String, String, String)> = Vec::new();
    for truth in sent.iter().flat_map(|m| &m.truths) {
        let agent = traders.agent_of(&truth.ebc_code).code;
        let key = format!("{}_{}", truth.ebc_code, truth.order_no);
        let told = zone.json(&agent, &format!("/api/v1/explain/{key}")).await;
        if told["held"]["how"] == "arrived" && told["state"] == "finished" {
            let of = |name: &str| told["numbers"][name].as_str().expect("a number").to_owned();
            lying.push((agent, of("logisticsCode"), of("logisticsNo"), key));
        }
    }
    let (agent, carrier) = (lying[0].0.clone(), lying[0].1.clone());
    lying.retain(|parcel| parcel.0 == agent && parcel.1 == carrier);
    let [one, other, ..] = &lying[..] else { panic!("two parcels: {lying:?}") };
    let line = |n: &str| format!(r#"{{"logisticsCode": "{carrier}", "logisticsNo": "{n}"}}"#);
    let transit = format!(
        r#"{{"TRANSIT": {{"etpsPreentNo": "Z1", "etpsno": "{agent}", "exitOffice": "6402", "entryOffice": "5100",
            "fromPlaceNo": "P1", "placeNo": "P2", "carrierCode": "{carrier}", "route": "G98",
            "arriveBy": "2026-03-05T18:00", "lines": [{}, {}]}}}}"#,
        line(&one.2),
        line(&other.2)
    );
    assert_eq!(zone.send(&agent, transit.into_bytes()).await[0]["status"], "300");
    zone.settle();
    let list = zone.json(&agent, "/api/v1/transfers").await;
    let number = list["transfers"][0]["transferNo"].as_str().expect("a number").to_owned();
    assert_eq!((&list["transfers"][0]["packageQty"], &list["transfers"][0]["state"]), (&2.into(), &"waiting".into()));
    let step = |own: &str, etps: &str, what: &str, more: &str| {
        format!(
            r#"{{"TRANSIT-STEP": {{"etpsPreentNo": "{own}", "etpsno": "{etps}", "transferNo": "{number}",
                "step": "{what}"{more}}}}}"#
        )
    };
    assert_eq!(filed(&zone, ActorRole::Officer, &step("A1", "CUSTOMS", "accepted", ""))["verdict"], "done");
    let moves = r#", "vehicleNo": "琼A1", "sealNo": "S1""#;
    assert_eq!(zone.send(&agent, step("A2", &agent, "departed", moves).into_bytes()).await[0]["status"], "899");
    let told = zone.json(&agent, &format!("/api/v1/explain/{}", one.3)).await;
    assert_eq!((&told["held"]["how"], &told["held"]["seal"]), (&"moving".into(), &"S1".into()), "{}", told["held"]);

    // Late, and one of them is not there.
    zone.clock.set("2026-03-05T19:00");
    zone.house.window().tick().expect("dues");
    let late = zone.json(&agent, &format!("/api/v1/transfers/{number}")).await;
    assert_eq!((&late["state"], &late["alarms"][0]), (&"overdue".into(), &"late".into()), "{late}");
    let came = format!(r#"{moves}, "lines": [{}]"#, line(&one.2));
    let said = filed(&zone, ActorRole::Officer, &step("A3", "CUSTOMS", "arrived", &came));
    assert_eq!(said["codes"], serde_json::json!(["TRANSIT_LATE", "TRANSFER_SHORT"]), "{said}");
    let told = zone.json(&agent, &format!("/api/v1/transfers/{number}")).await;
    assert_eq!(told["alarms"], serde_json::json!(["late", "stands", "short"]), "{told}");
    let held: Vec<&str> =
        told["parcels"].as_array().expect("both").iter().map(|p| p["held"].as_str().expect("held")).collect();
    assert_eq!(held, ["stands", "missing"], "{told}");
    let told = zone.json(&agent, &format!("/api/v1/explain/{}", one.3)).await;
    let events: Vec<&str> =
        told["events"].as_array().expect("events").iter().filter_map(|e| e["en"].as_str()).collect();
    assert!(events.iter().any(|e| e.contains("sealed with S1, left on vehicle 琼A1")), "{events:?}");
    assert!(told["lead"]["zh"].as_str().expect("words").contains("待海关查验"), "{}", told["lead"]);

    // On the pages: of who filed it, of the office; a stranger finds nothing.
    zone.settle();
    let cookies = enter(&zone, "declarant", ActorRole::Enterprise, &agent).await;
    let (status, page) = get(&zone, &cookies, "/en/transfers").await;
    assert!(status == StatusCode::OK && page.contains(&number) && page.contains("to be looked at"), "{page}");
    let (_, page) = get(&zone, &cookies, &format!("/en/transfers/{number}")).await;
    assert!(
        page.contains(&one.2) && page.contains("missing") && page.contains("was to arrive") | page.contains("after")
    );
    let (_, page) = get(&zone, &cookies, &format!("/zh/parcels/{}", other.3)).await;
    assert!(page.contains(&format!("/zh/transfers/{number}")) && page.contains("短少"), "{page}");
    let (_, csv) = get(&zone, &cookies, "/en/transfers.csv").await;
    assert!(csv.lines().count() == 2 && csv.contains("late stands short"), "{csv}");
    let stranger = enter(&zone, "stranger", ActorRole::Enterprise, "4602960S01").await;
    assert_eq!(get(&zone, &stranger, &format!("/en/transfers/{number}")).await.0, StatusCode::NOT_FOUND);
    assert!(!get(&zone, &stranger, "/en/transfers").await.1.contains(&number));
    let before = zone.house.window().journal().last();
    let officer = enter(&zone, "inspector", ActorRole::Officer, "").await;
    assert!(get(&zone, &officer, "/en/transfers").await.1.contains(&number));
    assert!(zone.house.window().journal().last() > before + 1, "the look is written down");
    let (_, page) = get(&zone, &officer, "/en/zone/alarms").await;
    assert!(page.contains(&number) && page.contains("parcels are missing"), "{page}");

    // An official looks, the other one is found: it is over.
    let decision = format!(
        r#"{{"DECISION": {{"etpsPreentNo": "D1", "etpsno": "CUSTOMS", "verdict": "seal-whole", "number": "{number}"}}}}"#
    );
    assert_eq!(filed(&zone, ActorRole::Officer, &decision)["verdict"], "done");
    let found = format!(r#"{moves}, "lines": [{}]"#, line(&other.2));
    assert_eq!(zone.send(&agent, step("A4", &agent, "arrived", &found).into_bytes()).await[0]["status"], "899");
    let told = zone.json(&agent, &format!("/api/v1/explain/{}", other.3)).await;
    assert_eq!((&told["held"]["how"], &told["held"]["place"]), (&"there".into(), &"P2".into()), "{}", told["held"]);
    zone.settle();
    assert!(zone.json(&agent, "/api/v1/transfers").await["transfers"].as_array().expect("none open").is_empty());
    let all = zone.json(&agent, "/api/v1/transfers?all=true").await;
    assert_eq!(all["transfers"][0]["state"], "done");
    let replayed = window::replay::replay(&zone.house.window().config().place, |_, _| {}).expect("replayed");
    assert!(replayed.same, "{:?}", replayed.first_differences);
}

#[tokio::test]
async fn a_return_warehouse_tells_what_lies_there_and_by_when_something_is_due() {
    let traders = traffic::zone::Zone::sample();
    let policy = Policy::sample();
    let day = |text: &str| Day::parse(text).expect("a day");
    let keys = traffic::Keys::new(&[3; 32], wire::seal::KeyKind::Sm2, &traders, (day("2016-01-01"), day("2099-12-31")));
    let plan = traffic::Plan { per_message: 20, ..traffic::Plan::day(7, 40, day("2026-03-02")) };
    let story = traffic::Story::new(plan, &traders, &policy);
    let registry = traffic::registry(&story, &keys);
    let sent: Vec<_> = story.collect();
    let mut senders: Vec<&str> = sent.iter().map(|s| s.sender.as_str()).collect();
    senders.extend(["4602960W01", "4601960W02", "4602960S01"]);
    senders.sort_unstable();
    senders.dedup();
    let zone = Running::at("2026-03-02T00:00", &registry, &senders);
    for message in &sent {
        if message.at > zone.clock.now() {
            zone.clock.set(message.at.to_string().leak());
        }
        zone.send(&message.sender, keys.seal(message).expect("sealed")).await;
    }
    // A released parcel of bonded retail, and whose book it is.
    let window = zone.house.window();
    let mut released: Vec<(CaseKey, Case)> = Vec::new();
    window.state().each_hot(|key, value| {
        if let (Ok(Key::Case(key)), Ok(case)) = (Key::unpack(key), Case::unpack(value))
            && case.mode == "1210"
            && case.export.is_none()
            && case.status == status::RELEASED
        {
            released.push((key, case));
        }
    });
    released.sort_by(|a, b| a.1.invt_no.cmp(&b.1.invt_no));
    let (key, case) = released.first().expect("a released parcel");
    let kept: Kept = window.read(&Key::List(key.clone())).expect("its list");
    let Some(Document::List(list)) = kept.document else { panic!("its list") };
    let area = window.read::<BookRecord>(&Key::Book(list.ems_no.clone())).expect("its book").etps.to_string();
    let line = &list.lines[0];
    place(&zone, "ROOM", &case.office, "central-return");
    let came = format!(
        r#"{{"RETURN-IN": {{"etpsPreentNo": "R1", "etpsno": "{area}", "placeNo": "ROOM", "logisticsNo": "BACK1",
            "invtNo": "{}", "lines": [{{"gdsSeqno": "{}", "qty": "1", "quality": "fit"}}]}}}}"#,
        case.invt_no, line.gnum
    );
    assert_eq!(zone.send(&area, came.into_bytes()).await[0]["status"], "899");
    zone.settle();
    let released_on = case.released.expect("released").day();
    let by = released_on.plus(30).to_string();
    let told = zone.json(&area, "/api/v1/returns/room").await;
    let row = &told["parcels"][0];
    let said = ["placeNo", "fit", "unfit", "next", "nextBy"].map(|name| row[name].as_str().expect("text").to_owned());
    assert_eq!(said, ["ROOM", "1", "0", "apply", by.as_str()], "{told}");

    let cookies = enter(&zone, "warehouse", ActorRole::Enterprise, &area).await;
    let (status, page) = get(&zone, &cookies, "/en/returns").await;
    assert!(status == StatusCode::OK && page.contains(&format!("apply for the return (625) by {by}")), "{page}");
    let (_, csv) = get(&zone, &cookies, "/zh/returns/room.csv").await;
    assert!(csv.lines().count() == 2 && csv.starts_with("returnNo,placeNo,invtNo,"), "{csv}");
    let parcel = zone.json(&case.agent, &format!("/api/v1/explain/{}", case.invt_no)).await;
    assert_eq!((&parcel["held"]["how"], &parcel["held"]["place"]), (&"room".into(), &"ROOM".into()));
    let stranger = zone.json("4602960S01", "/api/v1/returns/room").await;
    let mine = key.ebc == "4602960S01";
    assert_eq!(stranger["parcels"].as_array().expect("none").is_empty(), !mine);

    // When its days are over it has to leave.
    zone.clock.set(format!("{}T09:00", released_on.plus(31)).leak());
    let cookies = enter(&zone, "warehouse-later", ActorRole::Enterprise, &area).await;
    let (_, page) = get(&zone, &cookies, "/en/returns").await;
    assert!(page.contains("have it leave (RETURN-OUT)"), "{page}");
}
