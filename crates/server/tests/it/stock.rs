//! Reconciliation with a warehouse's own system over a running window: its figures come as a table, and the three-way
//! report tells differences, reasons and what to do, on the page, as JSON and as CSV.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use trade::account::ApiKeyRow;
use trade::command::{ActorRole, RegisterKind};
use trade::registry::Table;
use window::filing::{operator, security};

use crate::law::{enter, get};
use crate::running::{Running, key_of};

const AREA: &str = "4602960W01";
const BOOK: &str = "T6402W000901";

#[tokio::test]
async fn a_warehouses_table_is_reconciled_and_the_report_says_why_and_what_to_do() {
    let registry: Vec<_> = traffic::zone::FILES.iter().map(|(t, text)| (*t, (*text).to_owned())).collect();
    let zone = Running::at("2026-03-02T10:00", &registry, &[AREA, "4601960W02"]);
    let window = zone.house.window();
    let csv = format!(
        "ems_no,item_record_no,area_code,hs10,name,unit,unit1,unit2,qty,origin,price_yuan,entered_on,expires_on\n\
         {BOOK},MILK-400,{AREA},1901101090,milk,122,035,,240,609,80.00,2026-03-01,\n\
         {BOOK},MILK-900,{AREA},1901101090,milk,122,035,,100,609,160.00,2026-03-01,\n\
         {BOOK},TOYS,{AREA},1901101090,milk,122,035,,5,609,160.00,2026-03-01,\n"
    );
    window.import(&operator("test"), Table::OpeningStock, &csv).expect("a book");
    let csv = format!("code,district,kind,limit_yuan,from,until\n{AREA},64,bank,50000.00,2026-01-01,\n");
    window.import(&operator("test"), Table::Guarantees, &csv).expect("a guarantee");
    let officer = ApiKeyRow {
        hash: store::proof::sha256(key_of("officer").as_bytes()),
        label: "officer".into(),
        role: ActorRole::Officer,
        ..ApiKeyRow::default()
    };
    window.register(&security("test"), RegisterKind::ApiKeys, &[officer]).expect("registered");

    let table =
        format!("SHELF,etpsno,putrecNo,gdsMtno,qty\nS1,{AREA},{BOOK},MILK-900,97\nS1,{AREA},{BOOK},MILK-400,240\n");
    let other = Request::post("/api/v1/messages").header("authorization", format!("Bearer {}", key_of("4601960W02")));
    let other = other.body(Body::from(table.clone())).expect("a request");
    assert_eq!(zone.ask(other).await.0, StatusCode::FORBIDDEN, "another warehouse says nothing of this shelf");
    let told = zone.send(AREA, table.into_bytes()).await;
    assert_eq!(told[0]["status"], "899", "{told:?}");

    let report = zone.json(AREA, &format!("/api/v1/stock/{BOOK}")).await;
    assert_eq!((&report["count"], &report["open"]), (&3.into(), &1.into()), "{report}");
    let of = |item: &str| {
        report["items"].as_array().expect("items").iter().find(|i| i["item"] == item).expect("there").clone()
    };
    let money = ["value", "guarantee", "guarantee_free"].map(|name| report[name].as_str().expect("yuan").to_owned());
    assert_eq!(money, ["36000.00", "50000.00", "50000.00"], "duty is suspended on 240 x 80 and 105 x 160");
    assert_eq!(of("MILK-400")["value"], "19200.00");
    let short = of("MILK-900");
    let three = ["on_hand", "customs_book", "shelf", "difference", "documents_less_book", "shelf_less_book"];
    assert_eq!(three.map(|n| short[n].as_str().expect("text").to_owned()), ["100", "100", "97", "-3", "0", "-3"]);
    let reason = &short["reasons"][0];
    assert_eq!((&reason["code"], &reason["remark"]), (&"SHELF_SHORT".into(), &false.into()), "{short}");
    assert!(
        reason["zh"].as_str().expect("words").contains("STOCKTAKE")
            && reason["en"].as_str().expect("words").contains("has 3 less")
    );
    assert!(of("MILK-400")["reasons"].as_array().expect("none").is_empty());
    let unsaid = &of("TOYS")["reasons"][0];
    assert_eq!((&unsaid["code"], &unsaid["remark"]), (&"SHELF_UNSAID".into(), &true.into()));

    let cookies = enter(&zone, "keeper", ActorRole::Enterprise, AREA).await;
    let (status, page) = get(&zone, &cookies, &format!("/en/stock/{BOOK}")).await;
    assert!(status == StatusCode::OK && page.contains("Shelf is short") && page.contains("count the item"), "{page}");
    assert!(page.contains(&format!("/en/stock/{BOOK}/report.csv")), "{page}");
    assert!(page.contains("¥36,000.00") && page.contains("General guarantee ¥50,000.00"), "{page}");
    let (status, report) = get(&zone, &cookies, &format!("/en/stock/{BOOK}/report.csv")).await;
    let rows: Vec<_> = report.lines().collect();
    assert!(status == StatusCode::OK && rows.len() == 4, "{report}");
    assert!(rows[0].starts_with("item,name,documents,customs_book,shelf,"), "{report}");
    assert!(
        rows[2].starts_with(r#""MILK-900","milk","100","100","97","#) && rows[2].contains("SHELF_SHORT"),
        "{report}"
    );
    let (_, json) = get(&zone, &cookies, &format!("/zh/stock/{BOOK}/report.json")).await;
    assert!(json.lines().count() == 3 && json.contains("盘点该料号"), "{json}");
    let stranger = enter(&zone, "stranger", ActorRole::Enterprise, "4601960W02").await;
    assert_eq!(get(&zone, &stranger, &format!("/en/stock/{BOOK}/report.csv")).await.0, StatusCode::NOT_FOUND);

    // An officer's report is a look like any other.
    let before = window.journal().last();
    let officer = enter(&zone, "inspector", ActorRole::Officer, "").await;
    assert_eq!(get(&zone, &officer, &format!("/en/stock/{BOOK}/report.csv")).await.0, StatusCode::OK);
    assert!(window.journal().last() > before, "written down");
}

#[tokio::test]
async fn a_period_is_closed_and_read_by_page_and_api() {
    let registry: Vec<_> = traffic::zone::FILES.iter().map(|(t, text)| (*t, (*text).to_owned())).collect();
    let zone = Running::at("2026-03-02T10:00", &registry, &[AREA, "4601960W02"]);
    let window = zone.house.window();
    let csv = format!(
        "ems_no,item_record_no,area_code,hs10,name,unit,unit1,unit2,qty,origin,price_yuan,entered_on,expires_on\n\
         {BOOK},MILK-900,{AREA},1901101090,milk,122,035,,100,609,160.00,2026-03-01,\n"
    );
    window.import(&operator("test"), Table::OpeningStock, &csv).expect("a book");
    let take = format!(r#"{{"STOCKTAKE": {{"etpsPreentNo": "T1", "etpsno": "{AREA}", "putrecNo": "{BOOK}"}}}}"#);
    assert_eq!(zone.send(AREA, take.into_bytes()).await[0]["status"], "800");
    zone.clock.set("2026-04-01T09:00");
    let period = |own: &str| {
        format!(
            r#"{{"PERIOD": {{"etpsPreentNo": "{own}", "etpsno": "{AREA}", "putrecNo": "{BOOK}", "periodEnd": "2026-03-31"}}}}"#
        )
    };
    assert_eq!(zone.send(AREA, period("E1").into_bytes()).await[0]["status"], "100", "a stock-taking is open");
    let at = format!("/api/v1/stock/{BOOK}/periods");
    let told = zone.json(AREA, &at).await;
    assert_eq!((&told["open"][0]["kind"], &told["closed"]), (&"STOCKTAKE".into(), &serde_json::Value::Null), "{told}");
    let take = told["open"][0]["number"].as_str().expect("a number").to_owned();
    let decision = format!(
        r#"{{"DECISION": {{"etpsPreentNo": "J1", "etpsno": "CUSTOMS", "verdict": "approve", "number": "{take}"}}}}"#
    );
    let customs = trade::command::Actor { id: "CUSTOMS".into(), role: ActorRole::Officer };
    window.file_bonded(decision.as_bytes(), customs).expect("decided");
    assert_eq!(zone.send(AREA, period("E2").into_bytes()).await[0]["status"], "300");
    window.tick().expect("what is due");
    let told = zone.json(AREA, &at).await;
    let first = &told["periods"][0];
    assert_eq!((&told["closed"], &first["state"]), (&"2026-03-31".into(), &"done".into()), "{told}");
    assert_eq!((&first["closing_value"], &first["rows"]), (&"16000.00".into(), &1.into()), "{told}");

    let keeper = enter(&zone, "keeper", ActorRole::Enterprise, AREA).await;
    let (status, page) = get(&zone, &keeper, &format!("/en/stock/{BOOK}/periods")).await;
    assert!(
        status == StatusCode::OK && page.contains("Closed until 2026-03-31") && page.contains("16000.00"),
        "{page}"
    );
    // Its statement on paper: every figure in words, and the codes that prove them.
    let paper = page.split("/en/receipts/").nth(1).and_then(|rest| rest.split('"').next()).expect("a link to paper");
    for (lang, words) in [("en", ["value at the end, yuan", "last day"]), ("zh", ["期末价值（元）", "期末日"])]
    {
        let (status, page) = get(&zone, &keeper, &format!("/{lang}/receipts/{paper}")).await;
        let said = words.iter().all(|words| page.contains(words));
        assert!(status == StatusCode::OK && said && page.contains("16000.00") && page.contains("2026-03-31"), "{page}");
        assert!(page.contains("class=\"qr\"") && !page.contains("figure."), "{page}");
    }
    let (status, file) = get(&zone, &keeper, &format!("/en/stock/{BOOK}/periods/1/register.csv")).await;
    let digest = trade::bonded::period::read_file(&file).expect("a register").1;
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(status == StatusCode::OK && first["digest"] == digest.as_str(), "{file}");
    let stranger = enter(&zone, "stranger", ActorRole::Enterprise, "4601960W02").await;
    for path in [format!("/en/stock/{BOOK}/periods"), format!("/en/stock/{BOOK}/periods/1/register.csv")] {
        assert_eq!(get(&zone, &stranger, &path).await.0, StatusCode::NOT_FOUND, "{path}");
    }
}
