//! A broken promise of the books: the document that meets it does nothing, its neighbours and the next command go on,
//! and operators and officers are told.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use store::journal::{Journal, Sizes};
use store::{Disk, Place, Sealed};
use trade::account::ApiKeyRow;
use trade::command::{ActorRole, Command, Entry, Open, Outcome, RegisterKind};
use trade::effect::{Effect, Put};
use trade::fact::Fact;
use trade::key::{Key, Pair};
use trade::money::Quantity;
use trade::pack::Pack;
use trade::record::Stock;
use trade::registry::Table;
use window::filing::{operator, security};
use window::{Config, Window};

use crate::law::{enter, get};
use crate::running::{At, Running, key_of, post};

const AREA: &str = "4602960W01";
const BOOK: &str = "T6402W000901";

/// A zone in whose state one item says something else than its movements: no decision writes that, so an entry of the
/// journal is made by hand whose effects do.
fn lying() -> Running {
    let place = Place::in_memory(&Disk::memory(), [7; 32]);
    let clock = Arc::new(At(std::sync::Mutex::new("2026-03-02T10:00")));
    let (window, _) = Window::open(Config::at(place.clone()), clock.clone()).expect("an empty zone");
    let open =
        Open { name_zh: "试验区".into(), name_en: "test zone".into(), window: 7, sandbox: true, ..Open::default() };
    window.found(open, trade::policy::SAMPLE).expect("founded");
    for (table, text) in traffic::zone::FILES {
        window.import(&operator("test"), *table, text).expect("imported");
    }
    let csv = format!(
        "ems_no,item_record_no,area_code,hs10,name,unit,unit1,unit2,qty,origin,price_yuan,entered_on,expires_on\n\
         {BOOK},SOUND,{AREA},1901101090,milk,122,035,,100,609,160.00,2026-03-01,\n\
         {BOOK},LIES,{AREA},1901101090,milk,122,035,,100,609,160.00,2026-03-01,\n"
    );
    window.import(&operator("test"), Table::OpeningStock, &csv).expect("a book");
    let key = Key::Stock(Pair { code: BOOK.into(), number: "LIES".into() });
    let stock: Stock = window.read(&key).expect("the item");
    let stock = Stock { on_hand: Quantity::whole(97), ..stock };
    let at = window.now();
    drop(window);
    let (mut journal, _) = Journal::open(place.disk(), &place.journal(), Sizes::default()).expect("the journal");
    let effects = vec![Effect::Put(Put(Fact::new(&key.bytes(), &stock.pack())))];
    let entry = Entry {
        at,
        command: Some(Command::Register(trade::command::Register::default())),
        outcomes: vec![Outcome { effects, ..Outcome::default() }],
        ..Entry::default()
    };
    let sealed = Sealed { revision: journal.tip().revision + 1, at, body: entry.pack(), receipts: Vec::new() };
    journal.append(&[sealed]).expect("durable");
    drop(journal);
    let (window, _) = Window::open(Config::at(place), clock.clone()).expect("the zone again");
    let officials =
        [("officer", ActorRole::Officer), ("operator", ActorRole::Operator)].map(|(name, role)| ApiKeyRow {
            hash: store::proof::sha256(key_of(name).as_bytes()),
            label: name.into(),
            role,
            ..ApiKeyRow::default()
        });
    window.register(&security("test"), RegisterKind::ApiKeys, &officials).expect("registered");
    Running::of(window, clock, &[AREA])
}

/// Something of an item is to be destroyed.
fn write_off(own: &str, item: &str) -> String {
    format!(
        r#"{{"WRITEOFF": {{"etpsPreentNo": "{own}", "etpsno": "{AREA}", "putrecNo": "{BOOK}", "cause": "destruction",
            "proof": "film", "lines": [{{"gdsMtno": "{item}", "qty": "3"}}]}}}}"#
    )
}

#[tokio::test]
async fn a_broken_promise_stops_its_document_and_nothing_else_and_alarms() {
    let zone = lying();
    let file = format!("[{}, {}, {}]", write_off("W1", "SOUND"), write_off("W2", "LIES"), write_off("W3", "SOUND"));
    let told = zone.send(AREA, file.into_bytes()).await;
    let statuses: Vec<_> = told.iter().map(|r| r["status"].as_str().expect("a status")).collect();
    assert_eq!(statuses, ["300", "-999999", "300"], "its neighbours go on: {told:?}");
    let revision = zone.house.window().journal().last();
    let case = format!("{revision}-1");
    assert!(told[1].to_string().contains(&case), "the receipt names the case: {}", told[1]);
    let next = zone.send(AREA, write_off("W4", "SOUND").into_bytes()).await;
    assert_eq!(next[0]["status"], "300", "and so does the next command");
    let frozen = |item: &str| {
        let key = Key::Stock(Pair { code: BOOK.into(), number: item.into() });
        zone.house.window().read::<Stock>(&key).expect("there").ledger.frozen
    };
    assert_eq!((frozen("SOUND"), frozen("LIES")), (Quantity::whole(9), Quantity(0)), "nothing of it happened");

    for who in ["operator", "officer"] {
        let before = zone.house.window().journal().last();
        let alarms = zone.json(who, "/api/v1/alarms").await;
        let alarm = &alarms[0];
        assert_eq!(alarms.as_array().expect("a list").len(), 1, "{alarms}");
        let of = |name: &str| alarm[name].as_str().expect("text").to_owned();
        assert_eq!(
            ["case", "key", "command", "document", "by"].map(of),
            [case.clone(), format!("{BOOK} LIES"), "WRITEOFF".into(), "W2".into(), AREA.into()]
        );
        assert_eq!(alarm["what"]["en"], "stock: on hand is not the sum of the movements");
        assert!(alarm["what"]["zh"].as_str().expect("words").contains("结存不等于"));
        assert_eq!(alarm["at"].as_str().map(|at| at.contains("2026-03-02")), Some(true), "{alarm}");
        assert_eq!(zone.house.window().journal().last(), before + 1, "a look like any other");
        let older = zone.json(who, &format!("/api/v1/alarms?before={case}")).await;
        assert_eq!(older, serde_json::json!([]));
    }
    assert_eq!(zone.get(AREA, "/api/v1/alarms").await.0, StatusCode::FORBIDDEN, "an enterprise has its receipt");

    let notice = |page: &str| page.contains("/zone/alarms") && page.contains("1 decisions of the last seven days");
    for (name, role) in [("watch", ActorRole::Operator), ("inspector", ActorRole::Officer)] {
        let cookies = enter(&zone, name, role, "").await;
        let (_, overview) = get(&zone, &cookies, "/en/").await;
        assert!(notice(&overview), "{overview}");
        let (status, page) = get(&zone, &cookies, "/en/zone/alarms").await;
        assert!(
            status == StatusCode::OK && page.contains(&case) && page.contains("LIES") && page.contains("W2"),
            "{page}"
        );
        let (_, page) = get(&zone, &cookies, "/zh/zone/alarms").await;
        assert!(page.contains("库存：结存不等于各笔变动之和"), "{page}");
    }
    let officer = enter(&zone, "second", ActorRole::Officer, "").await;
    assert!(notice(&get(&zone, &officer, "/en/desk").await.1), "and on the desk");
    let keeper = enter(&zone, "keeper", ActorRole::Enterprise, AREA).await;
    assert!(!notice(&get(&zone, &keeper, "/en/").await.1));
    let (_, metrics) = zone.ask(Request::get("/metrics").body(Body::empty()).expect("a request")).await;
    assert!(String::from_utf8_lossy(&metrics).contains("onewindow_alarms_total 1"));

    // Settled by whoever looked into it, once; the words are sealed, and nobody is reminded any more.
    let open = get(&zone, &officer, "/en/zone/alarms").await.1;
    assert!(open.contains(&format!("<option>{case}</option>")) && open.contains(">open<"), "{open}");
    let (status, page) = zone.ask(post("/en/zone/alarms", &officer, &format!("case={case}&words=+"))).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{}", String::from_utf8_lossy(&page));
    for none in [format!("{revision}-7"), "1-0".into(), "x".into()] {
        let (status, _) = zone.ask(post("/en/zone/alarms", &officer, &format!("case={none}&words=seen"))).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{none}");
    }
    let form = format!("case={case}&words=counted+anew");
    assert_eq!(zone.ask(post("/en/zone/alarms", &keeper, &form)).await.0, StatusCode::FORBIDDEN);
    assert_eq!(zone.ask(post("/en/zone/alarms", &officer, &form)).await.0, StatusCode::SEE_OTHER);
    assert_eq!(zone.ask(post("/en/zone/alarms", &officer, &form)).await.0, StatusCode::UNPROCESSABLE_ENTITY, "once");
    zone.settle();
    let page = get(&zone, &officer, "/en/zone/alarms").await.1;
    assert!(page.contains(">settled<") && page.contains("second ·") && !page.contains("<option>"), "{page}");
    assert!(!page.contains("counted anew"));
    assert!(!notice(&get(&zone, &officer, "/en/desk").await.1));
    assert_eq!(zone.json("operator", "/api/v1/alarms").await[0]["settled_by"], "second");

    // A week later the page still has it.
    zone.clock.set("2026-03-10T10:00");
    let cookies = enter(&zone, "later", ActorRole::Operator, "").await;
    assert!(!notice(&get(&zone, &cookies, "/en/").await.1));
    assert!(get(&zone, &cookies, "/en/zone/alarms").await.1.contains(&case));
}

/// Files a document as somebody; the number that it was given, or that it is about.
fn file(zone: &Running, who: &str, role: ActorRole, document: &serde_json::Value) -> String {
    let by = trade::command::Actor { id: who.into(), role };
    let answer = zone.house.window().file_bonded(document.to_string().as_bytes(), by).expect("decided");
    let outcome = answer.entry.expect("an entry").outcomes.into_iter().next().expect("an outcome");
    assert!(outcome.findings.iter().all(|f| f.forgiven), "{document}: {:?}", outcome.findings);
    outcome.receipts.first().expect("a receipt").shown.invt_no.to_string()
}

/// Goods of a form go through the gate.
fn moved(zone: &Running, form: &str, direction: &str, name: &str) {
    use serde_json::json;
    let own = |field: &str| (format!("{field}-{name}"), AREA);
    let (slip_no, etps) = own("S");
    let slip = json!({"SAS111": {"etpsPreentNo": slip_no, "etpsno": etps, "sasDclNo": form, "stockTypecd": direction,
        "lines": [{"gdsSeqno": "1", "gdsMtno": "SOUND", "dclQty": "5"}]}});
    let slip = file(zone, AREA, ActorRole::Enterprise, &slip);
    let pass = json!({"SAS121": {"etpsPreentNo": own("P").0, "etpsno": AREA, "passportTypecd": "4", "bindTypecd": "2",
        "rltTbTypecd": "2", "rltNo": slip, "masterCuscd": "6402", "ioTypecd": direction, "vehicleNo": "B1",
        "vehicleWt": "9000", "vehicleFrameWt": "1000", "totalGrossWt": "2000", "totalWt": "12000"}});
    let pass = file(zone, AREA, ActorRole::Enterprise, &pass);
    let gate = json!({"GATE": {"etpsPreentNo": own("G").0, "etpsno": "GATE", "passportNo": pass, "plateNo": "B1",
        "measuredWt": "12000"}});
    file(zone, "GATE", ActorRole::Operator, &gate);
}

#[tokio::test]
async fn what_is_overdue_stands_on_the_alarm_page_until_it_is_mended() {
    use serde_json::json;
    let zone = lying();
    let form = json!({"SAS101": {"etpsPreentNo": "F1", "etpsno": AREA, "putrecNo": BOOK, "masterCuscd": "6402",
        "businessTypecd": "C", "validBegDate": "2026-03-02", "validEndDate": "2026-03-10", "guaranteeNo": "BG-1",
        "guaranteeAmt": "1000.00", "lines": [{"gdsMtno": "SOUND", "dclQty": "9"}]}});
    let form = file(&zone, AREA, ActorRole::Enterprise, &form);
    let approved = json!({"DECISION": {"etpsPreentNo": "J1", "etpsno": "C", "verdict": "approve", "number": form}});
    file(&zone, "CUSTOMS", ActorRole::Officer, &approved);
    moved(&zone, &form, "E", "out");
    let keeper = enter(&zone, "keeper", ActorRole::Enterprise, AREA).await;
    let (_, page) = get(&zone, &keeper, &format!("/en/stock/document/{form}")).await;
    assert!(page.contains("Of it drawn") && page.contains("1000.00"), "the guarantee and what is drawn: {page}");

    zone.clock.set("2026-03-11T00:00");
    zone.house.window().tick().expect("a tick");
    zone.settle();
    let rows = zone.json("operator", "/api/v1/alarms/overdue").await;
    assert_eq!(rows.as_array().map(Vec::len), Some(1), "{rows}");
    let row = &rows[0];
    assert_eq!((&row["kind"], &row["number"], &row["open"]), (&json!("SAS101"), &json!(form), &json!(true)));
    assert_eq!((&row["enterprise"], &row["reasons"][0]["code"]), (&json!(AREA), &json!("FORM_UNDECLARED")));
    assert_eq!(zone.get(AREA, "/api/v1/alarms/overdue").await.0, StatusCode::FORBIDDEN);
    let watch = enter(&zone, "watch", ActorRole::Operator, "").await;
    let notice = "1 bonded documents are overdue";
    assert!(get(&zone, &watch, "/en/").await.1.contains(notice));
    let (_, page) = get(&zone, &watch, "/en/zone/alarms").await;
    assert!(page.contains(&form) && page.contains("Not settled") && page.contains("neither came back"), "{page}");

    moved(&zone, &form, "I", "back");
    zone.settle();
    let rows = zone.json("operator", "/api/v1/alarms/overdue").await;
    assert_eq!((&rows[0]["open"], rows[0]["settled"].is_u64()), (&json!(false), true), "{rows}");
    assert!(!get(&zone, &watch, "/en/").await.1.contains(notice));
    let (_, page) = get(&zone, &watch, "/zh/zone/alarms").await;
    assert!(page.contains("已了结"), "{page}");
}
