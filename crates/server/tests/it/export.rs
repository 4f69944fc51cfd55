//! A ticket of export on its page, in search and over the API: what its parties read, and what nobody else does.

use axum::http::StatusCode;
use server::desk::{Caller, Desk, Role, Sight};
use trade::documents::MessageKind;
use trade::policy::Policy;
use trade::policy::rights::Action;
use trade::time::Day;
use traffic::{Export, ExportPlan, Keys, Plan, Sent, Story};

use window::Clock;

use crate::law::{enter, get};
use crate::running::Running;

/// A day of export, taken in; the seller that only looks on has a key too.
async fn exported(traders: &traffic::zone::Zone) -> (Running, Vec<Sent>) {
    let (zone, sent, _) = exported_with(traders, (12, false, 1), &[]).await;
    (zone, sent)
}

/// With messages of these kinds alone, where any is named.
pub async fn exported_with(
    traders: &traffic::zone::Zone,
    (tickets, summary, days): (u64, bool, u32),
    kinds: &[MessageKind],
) -> (Running, Vec<Sent>, Keys) {
    let policy = Policy::sample();
    let day = |text: &str| Day::parse(text).expect("a day");
    let keys = Keys::new(&[3; 32], wire::seal::KeyKind::Sm2, traders, (day("2016-01-01"), day("2099-12-31")));
    let start = day("2026-03-02");
    let registry = traffic::registry(&Story::new(Plan::day(5, 1, start), traders, &policy), &keys);
    let plan = ExportPlan { seed: 4, tickets, per_message: 4, start, days, faults: false, summary };
    let wanted = |sent: &Sent| kinds.is_empty() || kinds.contains(&sent.kind);
    let sent: Vec<_> = Export::new(plan, traders).filter(wanted).collect();
    let mut senders: Vec<&str> = sent.iter().map(|s| s.sender.as_str()).collect();
    senders.push("4602960S01");
    senders.sort_unstable();
    senders.dedup();
    let zone = Running::at("2026-03-02T23:30", &registry, &senders);
    for message in &sent {
        if message.at > zone.clock.now() {
            zone.clock.set(message.at.to_string().leak());
        }
        zone.send(&message.sender, keys.seal(message).expect("sealed")).await;
    }
    zone.settle();
    (zone, sent, keys)
}

#[tokio::test]
async fn a_ticket_of_export_is_told_to_its_parties_on_page_and_api() {
    let traders = traffic::zone::Zone::sample();
    let (zone, sent) = exported(&traders).await;
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

#[tokio::test]
async fn a_register_is_downloaded_as_it_was_told() {
    let traders = traffic::zone::Zone::sample();
    let (zone, sent) = exported(&traders).await;
    let closed: Vec<_> = sent.iter().flat_map(|m| &m.truths).filter(|t| t.expect == "closed").collect();
    let seller = &closed[0].ebc_code;
    let desk: &dyn Desk = &*zone.house;
    let sight = |code: &str| {
        let name = code.to_owned();
        let caller = Caller { enterprises: vec![name.clone()], name, role: Role::Enterprise, office: String::new() };
        Sight::of(&caller, Action::CompanyRead, &desk.rights(), desk.now().day())
    };
    let months = desk.company(&sight(seller)).expect("its affairs").exports;
    assert_eq!(months.len(), 1);
    assert_eq!((months[0].statement.month, months[0].told), (202_603, None), "the month goes on");
    let register = desk.export_register(&sight(seller), None).expect("its register");
    let orders: std::collections::BTreeSet<&str> = register.rows.iter().map(|row| row[4].as_str()).collect();
    let expected = closed.iter().filter(|t| t.ebc_code == *seller).map(|t| t.order_no.as_str()).collect();
    assert_eq!(orders, expected, "each list that left, and no other");
    let told = (months[0].statement.rows, months[0].statement.digest);
    assert_eq!(trade::register::read(&trade::register::file(&register.rows)), Some(told));
    // Others read nothing of it; its platform reads what it earned.
    let stranger = "4602960S01";
    assert!(desk.company(&sight(stranger)).expect("its affairs").exports.is_empty());
    assert!(desk.export_register(&sight(stranger), Some(202_603)).expect("none").rows.is_empty());
    let platforms = ["4602960P01", "4602960P02", "4601960P03"];
    let earned = |platform: &str| desk.export_sellers(&sight(platform), None).expect("its sellers");
    let orders: u32 = platforms.iter().flat_map(|p| earned(p)).map(|of| of.earned.orders).sum();
    assert!(orders > 0 && orders as usize <= closed.len(), "{orders}");

    // On the page, and as files.
    let house = crate::House::of(crate::sample::Sample::new());
    let cookie = house.sign_in("enterprise").await;
    let page = house.get_as(&cookie, "/en/company").await.text();
    for link in ["/en/company/exports.csv", "/en/company/register.csv?month=202609", "/api/v1/receipts/48213551/0.xml"]
    {
        assert!(page.contains(link), "{link}");
    }
    let csv = house.get_as(&cookie, "/en/company/exports.csv").await;
    assert!(csv.status == StatusCode::OK && csv.text().contains("202609,41,0,1234500,10000,"), "{}", csv.text());
    let rows = house.get_as(&cookie, "/en/company/register.csv?month=202609").await.text();
    assert_eq!(rows, trade::register::file(&[]));
    for path in ["exports.json", "register.json", "abroad.csv", "abroad.json", "sellers.csv", "sellers.json"] {
        assert_eq!(house.get_as(&cookie, &format!("/en/company/{path}")).await.status, StatusCode::OK, "{path}");
    }
}

/// From the number of a summary to its declarations, their lines, the lists in each with what each brought, page by
/// page, and from a list back; whoever has no part in it finds nothing there.
#[tokio::test]
async fn a_summary_opens_to_the_lists_of_each_line_and_a_list_to_its_summary() {
    use server::summaries::{Asked, Part};
    use window::story::summary::Place;
    let traders = traffic::zone::Zone::sample();
    let (zone, sent, _) = exported_with(&traders, (60, true, 1), &[]).await;
    while zone.house.window().tick().expect("dues") > 0 {}
    zone.settle();
    let desk: &dyn Desk = &*zone.house;
    let sight = |code: &str, role, office: &str, action| {
        let enterprises = if role == Role::Enterprise { vec![code.to_owned()] } else { Vec::new() };
        let caller = Caller { enterprises, name: code.to_owned(), role, office: office.to_owned() };
        Sight::of(&caller, action, &desk.rights(), desk.now().day())
    };
    let mut numbers = std::collections::BTreeSet::new();
    for truth in sent.iter().flat_map(|m| &m.truths).filter(|t| t.expect == "closed") {
        let key = format!("{}_{}", truth.ebc_code, truth.order_no);
        let parcel = desk.parcel(&sight(&truth.ebc_code, Role::Enterprise, "", Action::ParcelRead), &key).expect("it");
        let Some(fact) = parcel.facts.iter().find(|fact| fact.code == "sumNo") else { continue };
        assert_eq!(fact.to, format!("/summaries/{}", fact.text.en));
        assert!(parcel.facts.iter().any(|f| f.to.starts_with(&format!("{}/", fact.to))), "each line opens too");
        numbers.insert((truth.ebc_code.clone(), fact.text.en.clone()));
        let operator = desk.parcel(&sight("wang", Role::Operator, "", Action::ParcelRead), &key).expect("it");
        assert!(operator.facts.iter().all(|fact| fact.to.is_empty()), "nobody is led to a closed door");
    }
    assert!(!numbers.is_empty(), "nothing was summed up");
    for (seller, number) in &numbers {
        let read = sight(seller, Role::Enterprise, "", Action::SummaryRead);
        let asked = Asked { number, limit: 2, ..Asked::default() };
        let (mut after, mut lists) = (0, 0);
        let summary = loop {
            let told = desk.summary(&read, &Asked { after, ..asked }).expect("its declarations");
            assert!(told.summary.agrees() && !told.summary.quantities.is_empty(), "{:?}", told.summary);
            let Part::Declarations { rows, next } = told.part else { panic!("declarations") };
            for (n, _) in rows {
                let at = Asked { declaration: Some(n), ..asked };
                let Part::Lines { rows: lines, .. } = desk.summary(&read, &at).expect("its lines").part else {
                    panic!("lines")
                };
                for line in lines {
                    let mut sum = (trade::money::Quantity(0), 0, 0);
                    let mut from = Place::default();
                    loop {
                        let at = Asked { line: Some(line.line), from, ..at };
                        let Part::Lists { rows, next, .. } = desk.summary(&read, &at).expect("lists").part else {
                            panic!("lists")
                        };
                        for row in rows {
                            let of = row.declared.expect("the line of the list");
                            assert_eq!((of.gcode.as_str(), of.gnum), (line.gcode.as_str(), row.told.gnum));
                            sum = (sum.0.plus(of.qty), sum.1 + of.total.0, sum.2 + 1);
                        }
                        let Some(to) = next else { break };
                        from = to;
                    }
                    assert_eq!(sum, (line.qty, line.value.0, line.list_lines), "what opens is what was added");
                    lists += sum.2;
                }
            }
            match next {
                Some(next) => after = next,
                None => break told.summary,
            }
        };
        assert_eq!(lists, summary.list_lines);
        // Its declarant and the office's officer read it; others, and officers elsewhere, do not.
        for (who, role, office, sees) in [
            (summary.agent.as_str(), Role::Enterprise, "", true),
            ("4602960S01", Role::Enterprise, "", false),
            ("zhou", Role::Officer, "6402", true),
            ("zhou", Role::Officer, "6407", false),
            ("wang", Role::Operator, "", false),
        ] {
            let told = desk.summary(&sight(who, role, office, Action::SummaryRead), &asked);
            assert_eq!(told.is_ok(), sees, "{who} {role:?} {office}");
            let found = desk.find(&sight(who, role, office, Action::ParcelList), number).expect("a search");
            assert_eq!(found.summary, sees, "{who} {role:?} {office}");
        }
        for at in [(Some(0), None), (Some(99), None), (Some(1), Some(0)), (Some(1), Some(99))] {
            let none = desk.summary(&read, &Asked { declaration: at.0, line: at.1, ..asked });
            assert!(matches!(none, Err(server::desk::Refused::NotFound)), "{at:?}");
        }
        // It stands in the lists of those who may open it, and in no other.
        for (who, role, office, lists) in [
            (seller.as_str(), Role::Enterprise, "", true),
            (summary.agent.as_str(), Role::Enterprise, "", true),
            ("4602960S01", Role::Enterprise, "", false),
            ("zhou", Role::Officer, "6402", true),
            ("zhou", Role::Officer, "6407", false),
        ] {
            let reads = sight(who, role, office, Action::SummaryRead);
            let (mut after, mut found) = (String::new(), Vec::new());
            loop {
                let page = desk.summaries(&reads, &after, 1).expect("a page");
                found.extend(page.rows.into_iter().map(|(number, _)| number));
                let Some(next) = page.next else { break };
                after = next;
            }
            assert_eq!(found.contains(number), lists, "{who} {office}: {found:?}");
            let each: std::collections::BTreeSet<&String> = found.iter().collect();
            assert_eq!(each.len(), found.len(), "each once, page by page");
        }
        // On the pages: each step leads to the next, down to the lists, and each list to its parcel's page.
        let login = format!("seller-{}", number.to_lowercase());
        let cookies = enter(&zone, &login, trade::command::ActorRole::Enterprise, seller).await;
        let mut at = format!("/en/summaries/{number}");
        for _ in 0..2 {
            let page = get(&zone, &cookies, &at).await.1;
            at = format!("{at}/1");
            assert!(page.contains(&format!("\"{at}\"")), "{at}: {page}");
        }
        let page = get(&zone, &cookies, &at).await.1;
        let told = Asked { declaration: Some(1), line: Some(1), ..asked };
        let Part::Lists { rows, .. } = desk.summary(&read, &told).expect("lists").part else { panic!() };
        let list = &rows.first().expect("a list").told.invt_no;
        assert!(page.contains(&format!("/en/parcels/{list}")), "{list}: {page}");
        let page = get(&zone, &cookies, &format!("/en/parcels/{list}")).await.1;
        assert!(page.contains(&at), "and back: {page}");
        let beyond = Place { page: u32::MAX, offset: usize::MAX };
        let at = Asked { declaration: Some(1), line: Some(1), from: beyond, ..asked };
        let Part::Lists { rows, next, .. } = desk.summary(&read, &at).expect("nothing more").part else { panic!() };
        assert!(rows.is_empty() && next.is_none());
    }
}

/// A parcel comes back and another order replaces it: an enterprise links the two over the interface, and both pages and
/// both stories say so; nobody else can, and no tax follows.
#[tokio::test]
async fn an_exchange_is_told_on_both_parcels() {
    use axum::body::Body;
    use axum::http::Request;
    use trade::documents::Document;
    use trade::key::{CaseKey, Key};
    use trade::record::{Case, Kept};

    let traders = traffic::zone::Zone::sample();
    let (zone, sent, keys) = exported_with(&traders, (24, false, 2), &[]).await;
    let closed: Vec<_> = sent.iter().flat_map(|m| &m.truths).filter(|t| t.expect == "closed").collect();
    let pair = closed.iter().find_map(|old| {
        let later = |new: &&&traffic::Truth| new.ebc_code == old.ebc_code && new.order_no[2..8] > old.order_no[2..8];
        Some((*old, *closed.iter().find(later)?))
    });
    let (old, new) = pair.expect("two of one seller");
    let case = CaseKey { ebc: old.ebc_code.as_str().into(), order_no: old.order_no.as_str().into() };
    let window = zone.house.window();
    let invt_no = window.read::<Case>(&Key::Case(case.clone())).expect("a case").invt_no;
    let kept: Kept = window.read(&Key::List(case)).expect("a list");
    let Some(Document::ExportList(list)) = kept.document else { panic!("no list") };
    let at = window.now();
    let (old_key, new_key) =
        (format!("{}_{}", old.ebc_code, old.order_no), format!("{}_{}", new.ebc_code, new.order_no));
    let body = serde_json::json!({ "key": old_key, "order": new.order_no }).to_string();
    let link = |who: &str| {
        let request = Request::post("/api/v1/exchanges")
            .header("authorization", format!("Bearer {}", crate::running::key_of(who)))
            .header("content-type", "application/json");
        zone.ask(request.body(Body::from(body.clone())).expect("a request"))
    };
    let agent = list.agent_code.to_string();
    let (status, said) = link(&agent).await;
    let said = String::from_utf8(said).expect("text");
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && said.contains("EXCHANGE_NO_RETURN"), "{said}");

    let comes_back = traffic::returned(&list, &invt_no, &traders, at).remove(0);
    zone.send(&comes_back.sender, keys.seal(&comes_back).expect("sealed")).await;
    assert_eq!(link("4602960S01").await.0, StatusCode::NOT_FOUND, "a stranger");
    assert_eq!(link(&agent).await.0, StatusCode::OK);
    assert_eq!(link(&agent).await.0, StatusCode::UNPROCESSABLE_ENTITY, "once");
    zone.settle();

    let first = zone.json(&agent, &format!("/api/v1/explain/{old_key}")).await;
    let second = zone.json(&agent, &format!("/api/v1/explain/{new_key}")).await;
    assert_eq!(first["exchange"]["replaced_by"]["key"], new_key.as_str());
    assert_eq!(second["exchange"]["replaces"]["key"], old_key.as_str());
    assert_eq!(second["exchange"]["replaces"]["state"], "closed");
    for (story, zh) in [(&first, "由同一卖家的订单"), (&second, "替换订单")] {
        assert!(story["lead"]["zh"].as_str().is_some_and(|lead| lead.contains(zh)), "{}", story["lead"]);
        let linked = |e: &serde_json::Value| e["what"] == "act exchange";
        assert!(story["events"].as_array().is_some_and(|events| events.iter().any(linked)), "{}", story["events"]);
    }
    let desk: &dyn Desk = &*zone.house;
    let caller =
        Caller { enterprises: vec![agent.clone()], name: agent, role: Role::Enterprise, office: String::new() };
    let sight = Sight::of(&caller, Action::ParcelRead, &desk.rights(), desk.now().day());
    for (key, name) in [(&old_key, "exchange: replaced by"), (&new_key, "exchange: replaces")] {
        let parcel = desk.parcel(&sight, key).expect("its page");
        let fact = parcel.facts.iter().find(|fact| fact.name.en == name).expect("the other of the two");
        assert!(fact.to.starts_with("/parcels/") && !parcel.may_exchange, "{fact:?}");
    }
    let replayed = window::replay::replay(&window.config().place, |_, _| {}).expect("replayed");
    assert!(replayed.same, "{replayed:?}");
}
