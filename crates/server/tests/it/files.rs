//! Files that people upload: tables of many documents, photographs and papers.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};
use server::desk::Desk;
use tower::ServiceExt;
use trade::command::{ActorRole, RegisterKind};
use trade::key::Key;
use trade::pack::Pack;
use trade::registry::GoodsRow;
use window::filing::operator;

use crate::law::{enter, get};
use crate::looks::{KEY, zone};
use crate::running::{Running, post};

const PLATFORM: &str = "1199960EP1";
const AGENT: &str = "1199980AG1";

/// A form with a file, as a browser sends it; what came back with its head.
async fn upload(zone: &Running, cookies: &str, path: &str, said: &[(&str, &str)], file: &[u8]) -> Answered {
    let mut body = Vec::new();
    for (name, value) in said {
        body.extend(format!("--X\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    let head = "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"evil.html\"\r\nContent-Type: text/html\r\n\r\n";
    body.extend(head.bytes());
    body.extend(file);
    body.extend(b"\r\n--X--\r\n");
    let request = Request::post(path)
        .header("cookie", cookies)
        .header("host", "window.example")
        .header("origin", "http://window.example")
        .header("content-type", "multipart/form-data; boundary=X")
        .body(Body::from(body))
        .expect("a request");
    Answered::of(zone, request).await
}

struct Answered {
    status: StatusCode,
    heads: header::HeaderMap,
    body: Vec<u8>,
}

impl Answered {
    async fn of(zone: &Running, request: Request<Body>) -> Answered {
        let response = zone.routes.clone().oneshot(request).await.expect("infallible");
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 64 << 20).await.expect("a body").to_vec();
        Answered { status: parts.status, heads: parts.headers, body }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn head(&self, name: &str) -> &str {
        self.heads.get(name).map_or("", |value| value.to_str().expect("ASCII"))
    }
}

async fn fetch(zone: &Running, cookies: &str, path: &str) -> Answered {
    Answered::of(zone, Request::get(path).header("cookie", cookies).body(Body::empty()).expect("a request")).await
}

const ORDERS: &str = "\
orderNo,ebpCode,ebpName,ebcCode,ebcName,goodsValue,freight,discount,taxTotal,acturalPaid,buyerRegNo,buyerName,buyerTelephone,\
buyerIdType,buyerIdNumber,consignee,consigneeTelephone,consigneeAddress,line.itemNo,line.itemName,line.gmodel,line.unit,\
line.qty,line.price,line.totalPrice,line.country
";

/// A row of an order with its head.
fn row(number: &str, qty: &str) -> String {
    format!(
        "{number},{PLATFORM},platform,1199960EC1,seller,240,10,0,22.75,272.75,u1,张三,13800000001,1,110101199003077475,\
         张三,13800000001,北京市某路1号,M1,milk powder,900g,122,{qty},120,240,609\n"
    )
}

#[tokio::test]
async fn a_table_of_orders_is_marked_cell_by_cell_mended_and_sent() {
    let Some(zone) = zone().await else { return };
    let cookies = enter(&zone, "shop", ActorRole::Enterprise, PLATFORM).await;
    let template = fetch(&zone, &cookies, "/en/bulk/CEB311/template.xlsx").await;
    assert!(template.body.starts_with(b"PK") && template.head("content-disposition").contains("CEB311.xlsx"));
    let (_, page) = get(&zone, "", "/zh/bulk/CEB311").await;
    assert!(page.contains("请以企业身份登录") && page.contains("template.csv"), "{page}");

    let said = [("do", "check"), ("copCode", PLATFORM), ("copName", "platform"), ("dxpId", "DXPENT0000012345")];
    let faulty = format!("{ORDERS}{}{}", row("BULK1", "two"), row("BULK2", "2").replace("milk powder", ""));
    let told = upload(&zone, &cookies, "/en/bulk/CEB311", &said, faulty.as_bytes()).await;
    let page = told.text();
    assert!(told.status == StatusCode::OK && page.contains(">W2<") && page.contains("<mark>two</mark>"), "{page}");
    assert!(page.contains(">T3<"), "{page}");
    let marked = [("do", "marked"), ("copCode", PLATFORM), ("copName", "platform"), ("dxpId", "DXPENT0000012345")];
    let back = upload(&zone, &cookies, "/en/bulk/CEB311", &marked, faulty.as_bytes()).await;
    assert!(back.body.starts_with(b"PK") && back.head("content-disposition").contains("CEB311-marked.xlsx"));
    // The marked file is a table like any other: what was wrong in it still is.
    let again = upload(&zone, &cookies, "/en/bulk/CEB311", &said, &back.body).await.text();
    assert!(again.contains(">W2<") && again.contains(">T3<"), "{again}");

    let before = zone.house.window().journal().last();
    let send = [("do", "send"), ("copCode", PLATFORM), ("copName", "platform"), ("dxpId", "DXPENT0000012345")];
    upload(&zone, &cookies, "/en/bulk/CEB311", &send, faulty.as_bytes()).await;
    assert_eq!(zone.house.window().journal().last(), before, "nothing of a faulty table is sent");
    let sound: String =
        std::iter::once(ORDERS.to_owned()).chain((1..=150).map(|n| row(&format!("BULK{n}"), "2"))).collect();
    let told = upload(&zone, &cookies, "/en/bulk/CEB311", &send, sound.as_bytes()).await;
    assert!(told.text().contains("Sent; 150 receipts came back."), "{}", told.text());
    assert_eq!(zone.house.window().journal().last(), before + 2, "a hundred of them, and the rest");
    zone.settle();
    assert!(get(&zone, "", "/en/search?q=BULK150").await.0 == StatusCode::SEE_OTHER);

    let lists = upload(&zone, &cookies, "/en/bulk/CEB621", &send, b"orderNo\nA1\n").await;
    assert!(lists.status == StatusCode::OK && !lists.text().contains("Sent;"), "lists have to be signed");
    for (name, role) in [("li", ActorRole::Officer), ("me", ActorRole::Consumer)] {
        let cookies = enter(&zone, name, role, "").await;
        assert_eq!(upload(&zone, &cookies, "/en/bulk/CEB311", &said, b"x").await.status, StatusCode::FORBIDDEN);
    }
}

fn picture() -> Vec<u8> {
    [[0xff, 0xd8, 0xff, 0xe0].as_slice(), &[7; 4_000], &[0xff, 0xd9]].concat()
}

#[tokio::test]
async fn a_photograph_is_taken_by_content_kept_in_the_vault_and_given_as_a_file_only() {
    let Some(zone) = zone().await else { return };
    let officer = enter(&zone, "zhang", ActorRole::Officer, "").await;
    let place = format!("/en/parcels/{KEY}/attachments");
    let (_, page) = get(&zone, &officer, &format!("/en/parcels/{KEY}")).await;
    assert!(page.contains("No scanner is configured here"), "{page}");
    let told = upload(&zone, &officer, &place, &[], &picture()).await;
    assert_eq!(told.status, StatusCode::SEE_OTHER, "{}", told.text());
    let revision = zone.house.window().journal().last();
    let entry = zone.house.window().entry(revision).expect("read").expect("there").pack();
    assert!(entry.len() < 400, "the journal has its commitment alone: {}", entry.len());
    for bad in [&b"<html><script>alert(1)</script>"[..], b"GIF89a", b""] {
        assert_eq!(upload(&zone, &officer, &place, &[], bad).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let large = [[0xff, 0xd8, 0xff].as_slice(), &vec![7; 5 << 20], &[0xff, 0xd9]].concat();
    assert_eq!(upload(&zone, &officer, &place, &[], &large).await.status, StatusCode::UNPROCESSABLE_ENTITY);

    let before = zone.house.window().journal().last();
    let given = fetch(&zone, &officer, &format!("{place}/{revision}")).await;
    assert_eq!((given.status, given.body), (StatusCode::OK, picture()));
    let answer = fetch(&zone, &officer, &format!("{place}/{revision}")).await;
    assert_eq!(answer.head("content-disposition"), format!("attachment; filename=\"{revision}.jpg\""));
    assert_eq!((answer.head("content-type"), answer.head("x-content-type-options")), ("image/jpeg", "nosniff"));
    assert!(zone.house.window().journal().last() > before, "to read it is a look");
    let (_, page) = get(&zone, &officer, &format!("/en/parcels/{KEY}")).await;
    assert!(page.contains(&format!("/attachments/{revision}")) && page.contains("not scanned"), "{page}");

    let agent = enter(&zone, "agent", ActorRole::Enterprise, AGENT).await;
    assert_eq!(fetch(&zone, &agent, &format!("{place}/{revision}")).await.status, StatusCode::OK, "it takes part");
    let stranger = enter(&zone, "other", ActorRole::Enterprise, "4602980A01").await;
    assert_eq!(fetch(&zone, &stranger, &format!("{place}/{revision}")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(upload(&zone, &stranger, &place, &[], &picture()).await.status, StatusCode::NOT_FOUND);
    assert_eq!(fetch(&zone, &officer, &format!("{place}/1")).await.status, StatusCode::NOT_FOUND, "no other entry");
    let (_, public) = get(&zone, "", &format!("/en/parcels/{KEY}")).await;
    assert!(!public.contains("attachments"), "{public}");
}

#[tokio::test]
async fn goods_that_are_filed_have_pictures_and_a_certificate() {
    let Some(zone) = zone().await else { return };
    let row = GoodsRow {
        ebc: AGENT.into(),
        item_no: "A/1 b".into(),
        name_zh: "奶粉".into(),
        name_en: "milk powder".into(),
        hs10: "1901101090".into(),
        approved: true,
        ..GoodsRow::default()
    };
    zone.house.window().register(&operator("test"), RegisterKind::Goods, &[row]).expect("filed");
    let agent = enter(&zone, "agent", ActorRole::Enterprise, AGENT).await;
    let (_, page) = get(&zone, &agent, "/en/company/filings").await;
    assert!(page.contains("/company/filings/1199980AG1/A%2F1%20b") && page.contains("milk powder"), "{page}");
    let place = "/en/company/filings/1199980AG1/A%2F1%20b";
    let told = upload(&zone, &agent, place, &[], &picture()).await;
    assert_eq!(told.status, StatusCode::SEE_OTHER, "{}", told.text());
    let revision = zone.house.window().journal().last();
    let (_, page) = get(&zone, &agent, place).await;
    assert!(page.contains("Filed goods") && page.contains(&format!("{place}/{revision}")), "{page}");
    assert_eq!(fetch(&zone, &agent, &format!("{place}/{revision}")).await.body, picture());
    let stranger = enter(&zone, "other", ActorRole::Enterprise, "4602980A01").await;
    assert_eq!(get(&zone, &stranger, place).await.0, StatusCode::NOT_FOUND);
    assert_eq!(fetch(&zone, &stranger, &format!("{place}/{revision}")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn figures_move_as_events_and_only_such_a_page_may_have_a_script() {
    use axum::body::HttpBody;
    let Some(zone) = zone().await else { return };
    let page = fetch(&zone, "", "/en/?live=1").await;
    assert!(
        page.text().contains("<noscript><meta http-equiv=\"refresh\"") && page.text().contains("data-fig=\"arrived\"")
    );
    assert!(page.head("content-security-policy").contains("script-src 'self'"));
    assert!(!fetch(&zone, "", "/en/").await.head("content-security-policy").contains("script"));
    let request = Request::get("/en/live").body(Body::empty()).expect("a request");
    let response = zone.routes.clone().oneshot(request).await.expect("infallible");
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut body = response.into_body();
    let first = std::future::poll_fn(|cx| std::pin::Pin::new(&mut body).poll_frame(cx)).await;
    let bytes = first.expect("an event").expect("told").into_data().expect("data");
    let text = String::from_utf8(bytes.to_vec()).expect("text");
    assert!(text.starts_with("data: {") && text.contains("\"arrived\":\"1\""), "{text}");
    assert_ne!(fetch(&zone, "", "/en/desk/live").await.status, StatusCode::OK, "the queue is for officers");
}

/// A filing in the form, with these fields otherwise.
fn filing(otherwise: &[(&str, &str)], wanted: &str) -> String {
    let said = [
        ("item_no", "M-900"),
        ("name_zh", "奶粉"),
        ("name_en", "milk powder"),
        ("hs10", "1901101090"),
        ("origin", "609"),
        ("unit", "122"),
        ("qty1", "0.9"),
        ("from", "2026-03-01"),
    ];
    let value = |name: &str, value: &'static str| {
        let other = otherwise.iter().find(|(field, _)| *field == name).map(|(_, value)| (*value).to_owned());
        other.unwrap_or_else(|| value.to_owned())
    };
    let pairs = said.map(|(name, plain)| format!("{name}={}&", value(name, plain)));
    format!("{}do={wanted}", pairs.concat())
}

#[tokio::test]
async fn goods_are_filed_in_a_form_that_knows_the_law_and_reviewed_by_an_official() {
    let Some(zone) = zone().await else { return };
    let seller = enter(&zone, "seller", ActorRole::Enterprise, AGENT).await;
    let (_, page) = get(&zone, &seller, "/en/company/filings/new").await;
    assert!(page.contains("<option value=\"035\">035 ") && page.contains("<option value=\"609\""), "lists of the law");
    assert!(!page.contains("name=\"approved\"") && !page.contains("name=\"ebc\""), "nobody approves the own filing");
    let send = async |body: String| {
        let (status, bytes) = zone.ask(post("/en/company/filings/new", &seller, &body)).await;
        (status, String::from_utf8(bytes).expect("text"))
    };
    // Everything at once, each at its field.
    let (_, page) = send(filing(&[("hs10", "19011"), ("qty1", "x"), ("item_no", "")], "file")).await;
    for (field, said) in [("hs10", "must be 10 digits"), ("qty1", "at most five decimals"), ("item_no", "not be empty")]
    {
        assert!(page.contains(&format!("id=\"{field}-err\"")) && page.contains(said), "{field}: {page}");
    }
    let (_, page) =
        send(filing(&[("unit1", "011"), ("origin", "000")], "file").replace("&do=", "&unit1=011&do=")).await;
    assert!(page.contains("id=\"unit1-err\"") && page.contains("has to be 035"), "{page}");
    assert!(page.contains("id=\"origin-err\"") && page.contains("country codes"), "{page}");
    let (_, page) = send(filing(&[], "check")).await;
    assert!(page.contains("Nothing is wrong") && page.contains("infant formula"), "{page}");
    assert!(page.contains("<option value=\"035\" selected>"), "the tariff's unit is filled in: {page}");
    let before = zone.house.window().journal().last();
    let (status, _) = send(filing(&[], "file")).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert_eq!(zone.house.window().journal().last(), before + 1);
    let place = "/en/company/filings/1199980AG1/M-900";
    assert!(get(&zone, &seller, place).await.1.contains("class=\"seal wait\""));
    assert!(get(&zone, &seller, &format!("{place}/edit")).await.1.contains("value=\"1901101090\""));

    let officer = enter(&zone, "lin", ActorRole::Officer, "").await;
    let before = zone.house.window().journal().last();
    let (_, page) = get(&zone, &officer, "/en/desk/filings?sel=1199980AG1%2FM-900").await;
    assert!(page.contains("M-900") && page.contains("infant formula"), "{page}");
    assert!(zone.house.window().journal().last() > before, "to read it is a look");
    let word = async |cookies: &str, said: &str| {
        zone.ask(post("/en/desk/filings", cookies, &format!("key=1199980AG1%2FM-900&{said}"))).await.0
    };
    assert_eq!(word(&seller, "do=approve").await, StatusCode::FORBIDDEN);
    assert_eq!(word(&officer, "do=refuse&reason=").await, StatusCode::SEE_OTHER);
    assert!(get(&zone, &seller, place).await.1.contains("class=\"seal wait\""), "not without a reason");
    assert_eq!(word(&officer, "do=refuse&reason=model+is+missing").await, StatusCode::SEE_OTHER);
    let (_, page) = get(&zone, &seller, place).await;
    assert!(page.contains("model is missing") && page.contains("/appeals/one?key="), "{page}");
    assert!(!get(&zone, &officer, "/en/desk/filings").await.1.contains("M-900"), "it waits no more");
    // Filed anew it waits again, and is approved.
    let (status, _) = send(filing(&[], "file").replace("&do=", "&model=900g&do=")).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert_eq!(word(&officer, "do=approve").await, StatusCode::SEE_OTHER);
    let (_, page) = get(&zone, &seller, place).await;
    assert!(page.contains("class=\"seal ok\"") && page.contains("version 2") && page.contains("900g"), "{page}");
}

#[tokio::test]
async fn a_table_of_filings_is_marked_cell_by_cell_mended_and_filed_together() {
    let Some(zone) = zone().await else { return };
    let seller = enter(&zone, "seller", ActorRole::Enterprise, AGENT).await;
    let template = fetch(&zone, &seller, "/en/company/filings/template.xlsx").await;
    assert!(template.body.starts_with(b"PK") && template.head("content-disposition").contains("filings.xlsx"));
    let csv = fetch(&zone, &seller, "/en/company/filings/template.csv").await.text();
    assert!(csv.contains("\"item_no\",\"name_zh\"") && !csv.contains("approved"), "{csv}");
    let at = "/en/company/filings/table";
    let empty = upload(&zone, &seller, at, &[("do", "check")], &template.body).await.text();
    assert!(empty.contains("no rows with data"), "{empty}");

    let head = "item_no,name_zh,hs10,origin,unit,unit1,qty1,from\n";
    let row = |n: usize, unit1: &str, qty: &str| format!("M-{n},奶粉,1901101090,609,122,{unit1},{qty},2026-03-01\n");
    let faulty = [head.to_owned(), row(1, "035", "0.9"), row(2, "035", "much"), row(3, "035", "0.9")].concat();
    let told = upload(&zone, &seller, at, &[("do", "send")], faulty.as_bytes()).await.text();
    assert!(told.contains(">G3<") && told.contains("<mark>much</mark>"), "{told}");
    // Readable, but not as the law has it.
    let faulty = [head.to_owned(), row(1, "035", "0.9"), row(2, "011", "0.9"), row(3, "035", "0")].concat();
    let told = upload(&zone, &seller, at, &[("do", "send")], faulty.as_bytes()).await.text();
    assert!(told.contains(">F3<") && told.contains("<mark>011</mark>") && told.contains(">G4<"), "{told}");
    let back = upload(&zone, &seller, at, &[("do", "marked")], faulty.as_bytes()).await;
    assert!(back.body.starts_with(b"PK") && back.head("content-disposition").contains("filings-marked.xlsx"));
    let again = upload(&zone, &seller, at, &[("do", "check")], &back.body).await.text();
    assert!(again.contains(">F3<") && again.contains(">G4<"), "the marked file is a table like any other: {again}");
    assert!(!get(&zone, &seller, "/en/company/filings").await.1.contains("M-1"), "nothing of a faulty table is filed");

    let sound: String = std::iter::once(head.to_owned()).chain((1..=150).map(|n| row(n, "035", "0.9"))).collect();
    let before = zone.house.window().journal().last();
    let told = upload(&zone, &seller, at, &[("do", "send")], sound.as_bytes()).await;
    assert_eq!(told.status, StatusCode::SEE_OTHER, "{}", told.text());
    assert_eq!(zone.house.window().journal().last(), before + 1, "together");
    // What is filed comes back as a table that can be changed and filed again.
    let own = fetch(&zone, &seller, "/en/company/filings.csv").await.text();
    assert_eq!(own.lines().count(), 151);
    let told = upload(&zone, &seller, at, &[("do", "check")], own.as_bytes()).await.text();
    assert!(told.contains("150 rows, nothing wrong"), "{told}");
    let stranger = enter(&zone, "li", ActorRole::Officer, "").await;
    assert_eq!(upload(&zone, &stranger, at, &[("do", "send")], sound.as_bytes()).await.status, StatusCode::FORBIDDEN);
}

/// `POST /api/v1/goods` of the agent.
async fn program(zone: &Running, goods: &Value) -> (StatusCode, Value) {
    crate::requests::send(zone, AGENT, "/api/v1/goods", &json!({ "goods": goods })).await
}

#[tokio::test]
async fn a_program_files_goods_held_to_the_law_like_the_form_all_or_none() {
    let Some(zone) = zone().await else { return };
    let milk = |item: &str| {
        json!({"item_no": item, "name_zh": "奶粉", "hs10": "1901101090", "origin": "609", "unit": "122", "qty1": "0.9",
            "from": "2026-03-01"})
    };
    let with = |item: &str, field: &str, value: &str| {
        let mut goods = milk(item);
        goods[field] = value.into();
        goods
    };
    let last = || zone.house.window().journal().last();
    let before = last();
    // Each fault with its row and field, all at once; what the form would say.
    let rows = json!([milk("M-1"), with("M-2", "unit1", "011"), with("M-3", "origin", "000")]);
    let (status, told) = program(&zone, &rows).await;
    assert_eq!((status, &told["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("FAULTY_ROWS")), "{told}");
    let places = |told: &Value| {
        let problems = told["problems"].as_array().expect("all").iter();
        let mut places: Vec<_> =
            problems.map(|p| (p["line"].as_u64(), p["path"].as_str().map(str::to_owned))).collect();
        places.sort();
        places
    };
    assert_eq!(places(&told), [(Some(2), Some("unit1".into())), (Some(3), Some("origin".into()))], "{told}");
    let (_, told) = program(&zone, &json!([with("M-1", "hs10", "9999999999")])).await;
    assert_eq!(places(&told), [(Some(1), Some("hs10".into()))], "units follow the code: {told}");
    let (_, told) = program(&zone, &json!([with("M-1", "qty1", "much"), with("", "qty1", "0")])).await;
    assert!(told["problems"].as_array().is_some_and(|all| all.len() >= 2), "{told}");
    // Nobody approves or files for another, and nothing is lost unseen.
    for field in ["approved", "ebc", "colour"] {
        let (status, told) = program(&zone, &json!([with("M-1", field, "yes")])).await;
        assert!(status.is_client_error(), "{field}: {told}");
    }
    assert!(program(&zone, &json!([])).await.0.is_client_error());
    assert_eq!(last(), before, "nothing of it was filed");

    let rows: Vec<Value> = (1..=3).map(|n| milk(&format!("M-{n}"))).collect();
    let (status, told) = program(&zone, &rows.clone().into()).await;
    assert_eq!((status, &told["rows"], last()), (StatusCode::OK, &json!(3), before + 1), "{told}");
    let page = zone.json(AGENT, "/api/v1/goods?limit=2").await;
    assert_eq!((&page["total"], page["goods"].as_array().map(Vec::len)), (&json!(3), Some(2)), "{page}");
    assert_eq!((&page["goods"][0]["unit1"], &page["goods"][0]["state"]), (&json!("035"), &json!("open")), "{page}");
    let next = page["next"].as_str().expect("a next page").replace('/', "%2F");
    let page = zone.json(AGENT, &format!("/api/v1/goods?after={next}")).await;
    assert_eq!((&page["goods"][0]["item_no"], &page["next"]), (&json!("M-3"), &Value::Null), "{page}");
    assert_eq!(
        zone.get("4602980A01", &format!("/api/v1/goods/{AGENT}/M-1")).await.0,
        StatusCode::NOT_FOUND,
        "another's"
    );
    assert_eq!(zone.json("4602980A01", "/api/v1/goods").await["total"], 0);
    // Filed again it is a new version.
    assert_eq!(program(&zone, &json!([milk("M-1")])).await.0, StatusCode::OK);
    assert_eq!(zone.json(AGENT, &format!("/api/v1/goods/{AGENT}/M-1")).await["version"], 2);
    // A browser's session files nothing here, nor does an official.
    let (status, _) = crate::requests::send(&zone, "officer", "/api/v1/goods", &json!({ "goods": rows })).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn filings_that_moved_to_disk_are_listed_and_reviewed_like_those_in_memory() {
    let Some(zone) = zone().await else { return };
    let goods: Vec<Value> = (1..=120)
        .map(|n| {
            json!({"item_no": format!("M-{n:03}"), "name_zh": "奶粉", "hs10": "1901101090", "origin": "609", "unit": "122",
                "qty1": "0.9", "from": "2026-03-01"})
        })
        .collect();
    assert_eq!(program(&zone, &goods.into()).await.0, StatusCode::OK);
    zone.settle();
    let (window, state) = (zone.house.window(), zone.house.window().state());
    let hot = || {
        let mut hot = 0;
        state.each_hot(|key, _| hot += usize::from(Key::kind(key) == Key::GOODS));
        hot
    };
    let before = hot();
    for _ in 0..3 {
        state.sweep().expect("swept");
    }
    assert_eq!(hot() + 120, before, "what waits for review has left memory");

    let seller = enter(&zone, "seller", ActorRole::Enterprise, AGENT).await;
    let (_, page) = get(&zone, &seller, "/en/company/filings").await;
    assert!(page.contains("120 in all") && page.contains("M-001") && page.contains("M-100") && !page.contains("M-101"));
    let (_, page) = get(&zone, &seller, &format!("/en/company/filings?after={AGENT}%2FM-100")).await;
    assert!(page.contains("M-101") && page.contains("M-120") && !page.contains(">M-100<"), "{page}");
    assert_eq!(fetch(&zone, &seller, "/en/company/filings.csv").await.text().lines().count(), 121);
    let table = zone.json("operator", "/api/v1/registry/goods?limit=1000&case=JC-1").await;
    assert!(table.to_string().contains("M-120"), "the registry's table has them too");
    let officer = enter(&zone, "lin", ActorRole::Officer, "").await;
    let (_, page) = get(&zone, &officer, "/en/desk/filings").await;
    assert!(page.contains("M-001") && !page.contains("M-120"), "the oldest first, no more than one looks at: {page}");
    let said = format!("key={AGENT}%2FM-001&do=approve");
    assert_eq!(zone.ask(post("/en/desk/filings", &officer, &said)).await.0, StatusCode::SEE_OTHER);
    assert!(!get(&zone, &officer, "/en/desk/filings").await.1.contains("M-001"));
    let of = trade::key::Pair { code: AGENT.into(), number: "M-001".into() };
    let row: GoodsRow = window.read(&Key::Goods(of)).expect("there");
    assert!(row.approved);
}

#[tokio::test]
async fn a_certificate_of_filing_proves_itself_and_stands_only_for_its_version() {
    let Some(zone) = zone().await else { return };
    let seller = enter(&zone, "seller", ActorRole::Enterprise, AGENT).await;
    let officer = enter(&zone, "lin", ActorRole::Officer, "").await;
    let place = "/en/company/filings/1199980AG1/M-900";
    let file = async || zone.ask(post("/en/company/filings/new", &seller, &filing(&[], "file"))).await.0;
    let word = async |said: &str| {
        zone.ask(post("/en/desk/filings", &officer, &format!("key=1199980AG1%2FM-900&{said}"))).await.0
    };
    let certificate = async |cookies: &str| get(&zone, cookies, &format!("{place}/certificate")).await;
    assert_eq!(file().await, StatusCode::SEE_OTHER);
    assert_eq!(certificate(&seller).await.0, StatusCode::NOT_FOUND, "it waits");
    assert_eq!(word("do=refuse&reason=no").await, StatusCode::SEE_OTHER);
    assert_eq!(certificate(&seller).await.0, StatusCode::NOT_FOUND, "it was refused");
    assert_eq!(file().await, StatusCode::SEE_OTHER);
    assert_eq!(word("do=approve").await, StatusCode::SEE_OTHER);
    assert!(get(&zone, &seller, place).await.1.contains("/M-900/certificate\""), "the page leads to it");
    let (status, page) = certificate(&seller).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("Certificate of filing") && page.contains("version 2") && page.contains("class=\"qr\""));
    let (_, chinese) = get(&zone, &seller, &place.replace("/en/", "/zh/")).await;
    assert!(chinese.contains("商品备案凭证"), "{chinese}");
    // What its codes hold is proved without this window.
    let codes = page.split("codes-text\">").nth(1).and_then(|rest| rest.split("</pre>").next()).expect("codes");
    let codes: Vec<&str> = codes.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let (xml, proof) = window::verify::from_codes(&codes.join("\n")).expect("codes are read");
    let xml = String::from_utf8(xml).expect("text");
    assert!(xml.contains("<gcode>1901101090</gcode>") && xml.contains("<returnStatus>800<"), "{xml}");
    let verified = |xml: &str| zone.house.verify(xml.as_bytes(), &proof).valid;
    assert!(verified(&xml));
    assert!(!verified(&xml.replace("1901101090", "1901101010")), "another code is not what was filed");
    let told = zone.json(AGENT, "/api/v1/goods/1199980AG1/M-900").await;
    let receipt = told["receipt"].as_str().expect("a receipt");
    assert_eq!(zone.json(AGENT, receipt).await["message"], "FIL201");
    let (revision, index) =
        receipt.rsplit_once('/').map(|(rest, n)| (rest.rsplit('/').next().expect("entry"), n)).expect("a place");
    let (_, page) = get(&zone, &seller, &format!("/en/receipts/{revision}/{index}")).await;
    assert!(page.contains("Filing of goods") && page.contains("HS code"), "{page}");
    // Nobody else reads it, and a new version has none before its review.
    let stranger = enter(&zone, "li", ActorRole::Enterprise, "4602980A01").await;
    assert_eq!(certificate(&stranger).await.0, StatusCode::NOT_FOUND);
    assert_eq!(file().await, StatusCode::SEE_OTHER);
    assert_eq!(certificate(&seller).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn homes_lead_to_requests_and_deliveries_where_the_role_may() {
    let Some(zone) = zone().await else { return };
    let homes = [
        ("seller", ActorRole::Enterprise, AGENT, "/en/company"),
        ("lin", ActorRole::Officer, "", "/en/desk"),
        ("shui", ActorRole::Tax, "", "/en/department"),
    ];
    for (login, role, enterprise, home) in homes {
        let cookies = enter(&zone, login, role, enterprise).await;
        let page = get(&zone, &cookies, home).await.1;
        for way in ["/en/requests", "/en/hooks"] {
            assert!(page.contains(&format!("href=\"{way}\"")), "{home} leads to {way}");
            assert_eq!(get(&zone, &cookies, way).await.0, StatusCode::OK, "{login} {way}");
        }
    }
    // Whom no row of the table lets in is not led there.
    let law: String = trade::policy::SAMPLE.iter().find(|(name, _)| *name == "rights.csv").expect("there").1.into();
    let rows = law
        .lines()
        .filter(|line| !line.starts_with("officer,hook.own,") && !line.starts_with("enterprise,request.read,"));
    let fewer = rows.collect::<Vec<_>>().join("\n") + "\n";
    zone.house.window().adopt(&operator("test"), &[("rights.csv", fewer)]).expect("adopted");
    for (login, role, enterprise, home, gone, stays) in [
        ("lin2", ActorRole::Officer, "", "/en/desk", "/en/hooks", "/en/requests"),
        ("seller2", ActorRole::Enterprise, AGENT, "/en/company", "/en/requests", "/en/hooks"),
    ] {
        let cookies = enter(&zone, login, role, enterprise).await;
        let page = get(&zone, &cookies, home).await.1;
        assert!(!page.contains(&format!("href=\"{gone}\"")) && page.contains(&format!("href=\"{stays}\"")), "{home}");
    }
}
