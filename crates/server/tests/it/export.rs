//! A ticket of export on its page, in search and over the API: what its parties read, and what nobody else does.

use axum::http::StatusCode;
use server::desk::{Caller, Desk, Role, Sight};
use trade::policy::Policy;
use trade::policy::rights::Action;
use trade::time::Day;
use traffic::{Export, ExportPlan, Keys, Plan, Story};

use crate::running::Running;

#[tokio::test]
async fn a_ticket_of_export_is_told_to_its_parties_on_page_and_api() {
    let (traders, policy) = (traffic::zone::Zone::sample(), Policy::sample());
    let day = |text: &str| Day::parse(text).expect("a day");
    let keys = Keys::new(&[3; 32], wire::seal::KeyKind::Sm2, &traders, (day("2016-01-01"), day("2099-12-31")));
    let start = day("2026-03-02");
    let registry = traffic::registry(&Story::new(Plan::day(5, 1, start), &traders, &policy), &keys);
    let plan = ExportPlan { seed: 4, tickets: 12, per_message: 4, start, days: 1, faults: false, summary: false };
    let sent: Vec<_> = Export::new(plan, &traders).collect();
    let mut senders: Vec<&str> = sent.iter().map(|s| s.sender.as_str()).collect();
    senders.extend(["4602960S01"]);
    senders.sort_unstable();
    senders.dedup();
    let zone = Running::at("2026-03-02T23:30", &registry, &senders);
    for message in &sent {
        zone.send(&message.sender, keys.seal(message).expect("sealed")).await;
    }
    zone.settle();
    let truth = sent.iter().flat_map(|m| &m.truths).find(|t| t.expect == "closed").expect("one that left");
    let key = format!("{}_{}", truth.ebc_code, truth.order_no);
    let agent = traders.agent_of(&truth.ebc_code).code;

    // A party reads way, value and border; its documents are those of export.
    let desk: &dyn Desk = &*zone.house;
    let sight = |code: &str| {
        let name = code.to_owned();
        let caller = Caller { enterprises: vec![name.clone()], name, role: Role::Enterprise, office: String::new() };
        Sight::of(&caller, Action::ParcelRead, &desk.rights(), desk.now().day())
    };
    let parcel = desk.parcel(&sight(&agent), &key).expect("its page");
    assert_eq!(parcel.state.name(), "closed");
    assert!(parcel.lead.zh.contains("已离境结关") && parcel.lead.en.contains("left the country"), "{:?}", parcel.lead);
    let facts: Vec<&str> = parcel.facts.iter().map(|f| f.code.as_str()).collect();
    assert!(["statisticsFlag", "CEB507", "CEB607", "CEB509"].iter().all(|f| facts.contains(f)), "{facts:?}");
    assert!(parcel.compared.iter().any(|c| c.rule == "R40") && parcel.tax.is_none());
    assert!(parcel.enterprises.contains(&agent) && parcel.office == "6402");

    // Found by waybill and order; told whole to its parties and to nobody else.
    let told = zone.json(&agent, &format!("/api/v1/explain/{key}")).await;
    assert_eq!(told["state"], "closed");
    assert!(told["export"]["departed"].is_string(), "{}", told["export"]);
    let waybill = told["numbers"]["logisticsNo"].as_str().expect("a waybill").to_owned();
    for number in [&waybill, &truth.order_no] {
        assert_eq!(desk.find(&sight(&agent), number).expect("found").hits.len(), 1, "{number}");
    }
    let (status, _) = zone.get("4602960S01", &format!("/api/v1/explain/{key}")).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let anybody = desk.parcel(&Sight::nobody(), &key).expect("its state").for_anybody();
    let facts: Vec<&str> = anybody.facts.iter().map(|f| f.code.as_str()).collect();
    assert!(!facts.contains(&"ebcCode") && facts.contains(&"statisticsFlag"), "{facts:?}");
}
