//! How parties stand, over a running window: conditions met and missing, certification with its history, powers of
//! attorney given and taken back; by page and by interface.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use trade::account::ApiKeyRow;
use trade::command::{ActorRole, RegisterKind};
use window::filing::security;

use crate::law::{enter, get};
use crate::running::{Running, key_of, post};

/// As a form writes it.
const PASSWORD: &str = "a+made-up+word";
/// Exports by declarant; and a declarant that it does not know yet.
const SELLER: &str = "4602960E01";
const AGENT: &str = "4602980A04";

fn zone() -> Running {
    let registry: Vec<_> = traffic::zone::FILES.iter().map(|(t, text)| (*t, (*text).to_owned())).collect();
    let zone = Running::at("2026-03-02T10:00", &registry, &[SELLER, AGENT]);
    let officer = ApiKeyRow {
        hash: store::proof::sha256(key_of("officer").as_bytes()),
        label: "officer".into(),
        role: ActorRole::Officer,
        ..ApiKeyRow::default()
    };
    zone.house.window().register(&security("test"), RegisterKind::ApiKeys, &[officer]).expect("registered");
    zone
}

async fn send(zone: &Running, who: &str, path: &str, body: &Value) -> (StatusCode, Value) {
    let request = Request::post(path).header("authorization", format!("Bearer {}", key_of(who)));
    let request = request.header("content-type", "application/json").body(Body::from(body.to_string()));
    let (status, body) = zone.ask(request.expect("a request")).await;
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

#[tokio::test]
async fn a_principal_gives_a_power_and_takes_it_back_on_its_page_and_by_its_program() {
    let zone = zone();
    let seller = enter(&zone, "seller", ActorRole::Enterprise, SELLER).await;
    let (_, page) = get(&zone, &seller, "/en/company/standing").await;
    for words in ["WT-2026-0001", "50,000.00", "taken back from 2026-02-01", "export lists, returns", "can be used"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let form = format!(
        "agent={AGENT}&number=W-9&matter=export-lists&limit=1200.50&from=2026-03-02&until=2026-06-30&password={PASSWORD}"
    );
    let at = "/en/company/standing/mandates";
    // Not without the password, not what cannot be read.
    let (status, _) = zone.ask(post(at, &seller, &form.replace(PASSWORD, "wrong"))).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let (status, page) = zone.ask(post(at, &seller, &form.replace("1200.50", "much"))).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && String::from_utf8_lossy(&page).contains("cannot be read"));
    let (status, page) = zone.ask(post(at, &seller, &form.replace(AGENT, "0000000000"))).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && String::from_utf8_lossy(&page).contains("not registered"));
    assert_eq!(zone.ask(post(at, &seller, &form)).await.0, StatusCode::SEE_OTHER);
    let told = zone.json(AGENT, "/api/v1/standing").await;
    let had = told["had"].as_array().expect("powers").iter().find(|of| of["number"] == "W-9").expect("the power");
    assert_eq!((&had["other"], &had["limit_fen"], &had["holds"]), (&json!(SELLER), &json!(120_050), &json!(true)));
    assert_eq!(had["matters"], json!(["export-lists"]));
    // By program, and its number stays its own.
    let body = json!({"agent": AGENT, "number": "W-9", "from": "2026-03-02", "until": "2026-06-30"});
    let (status, problem) = send(&zone, SELLER, "/api/v1/mandates", &body).await;
    assert_eq!((status, &problem["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("ROW_FAULT")), "{problem}");
    let (status, _) = send(&zone, SELLER, "/api/v1/mandates/revocation", &json!({"number": "none"})).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let form = format!("revoke=W-9&password={PASSWORD}");
    assert_eq!(zone.ask(post("/en/company/standing/mandates/revoke", &seller, &form)).await.0, StatusCode::SEE_OTHER);
    let told = zone.json(SELLER, "/api/v1/standing").await;
    let given = told["given"].as_array().expect("powers").iter().find(|of| of["number"] == "W-9").expect("it stays");
    assert_eq!((&given["revoked"], &given["holds"]), (&json!("2026-03-02"), &json!(false)));
    // Another enterprise's standing is none of its business.
    let (status, _) = zone.get(SELLER, &format!("/api/v1/parties/{AGENT}")).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_official_vouches_and_suspends_and_the_page_shows_every_step() {
    let zone = zone();
    let officer = enter(&zone, "wu", ActorRole::Officer, "").await;
    let seller = enter(&zone, "seller", ActorRole::Enterprise, SELLER).await;
    let at = format!("/en/zone/parties/{SELLER}");
    let before = zone.house.window().journal().last();
    let (_, page) = get(&zone, &officer, &at).await;
    assert!(page.contains("Sanya Bay Exports") && page.contains("can be used"), "{page}");
    assert!(zone.house.window().journal().last() > before, "the look is written down");
    assert_eq!(get(&zone, &seller, &at).await.0, StatusCode::FORBIDDEN);
    assert_eq!(get(&zone, &officer, "/en/zone/parties/0000000000").await.0, StatusCode::NOT_FOUND);
    let (status, _) = get(&zone, &officer, &format!("/en/zone/parties?code={SELLER}")).await;
    assert_eq!(status, StatusCode::SEE_OTHER);

    let form =
        "grade=suspended&by=Haikou+Customs&method=papers&what=customs-filing&from=2026-03-02&until=&proof=&number=";
    let vouch = format!("{at}/certifications");
    assert_eq!(zone.ask(post(&vouch, &seller, form)).await.0, StatusCode::FORBIDDEN, "nobody vouches for himself");
    assert_eq!(zone.ask(post(&vouch, &officer, form)).await.0, StatusCode::SEE_OTHER);
    let (_, page) = get(&zone, &seller, "/zh/company/standing").await;
    assert!(page.contains("不能办理") && page.contains("Haikou Customs") && page.contains("暂停"), "{page}");
    // Filed anew by the enterprise it stays suspended; verified anew it stands.
    let filed = json!({"what": "customs-filing", "number": "N-2", "from": "2026-03-02"});
    assert_eq!(send(&zone, SELLER, "/api/v1/certifications", &filed).await.0, StatusCode::OK);
    let usable = |told: &Value| told["roles"][0]["usable"] == true;
    assert!(!usable(&zone.json(SELLER, "/api/v1/standing").await));
    let mut verified = json!({"what": "customs-filing", "grade": "verified", "by": "Haikou Customs", "method": "papers",
        "from": "2026-03-02", "until": "2027-03-01"});
    let path = format!("/api/v1/parties/{SELLER}/certifications");
    let (status, problem) = send(&zone, "officer", &path, &verified).await;
    assert_eq!((status, &problem["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("ROW_FAULT")), "no proof");
    verified["proof"] = "ab".repeat(32).into();
    assert_eq!(send(&zone, SELLER, &path, &verified).await.0, StatusCode::FORBIDDEN);
    assert_eq!(send(&zone, "officer", &path, &verified).await.0, StatusCode::OK);
    let told = zone.json("officer", &format!("/api/v1/parties/{SELLER}")).await;
    assert!(usable(&told), "{told}");
    let steps = told["certifications"].as_array().expect("steps");
    let of_filing: Vec<_> = steps.iter().filter(|step| step["what"] == "customs-filing").collect();
    let grades: Vec<_> = of_filing.iter().map(|step| step["grade"].as_str().unwrap_or_default()).collect();
    assert_eq!(grades, ["filed", "verified", "suspended", "filed", "verified"], "nothing is written over");
    assert_eq!(of_filing.iter().filter(|step| step["counts"] == true).count(), 1);
    let replayed = window::replay::replay(&zone.house.window().config().place, |_, _| {}).expect("replayed");
    assert!(replayed.same, "{replayed:?}");
}

#[tokio::test]
async fn a_small_transfer_said_back_verifies_the_account_whose_number_is_nowhere() {
    const BANK: &str = "4602960Y01";
    const NUMBER: &str = "46001234 5678 9012345";
    let registry: Vec<_> = traffic::zone::FILES.iter().map(|(t, text)| (*t, (*text).to_owned())).collect();
    let zone = Running::at("2026-03-02T10:00", &registry, &[SELLER, BANK, AGENT]);
    let seller = enter(&zone, "seller", ActorRole::Enterprise, SELLER).await;
    let form = format!("bank={BANK}&account={}", NUMBER.replace(' ', "+"));
    let before = zone.house.window().journal().last();
    assert_eq!(zone.ask(post("/en/company/standing/account", &seller, &form)).await.0, StatusCode::SEE_OTHER);
    let word = format!("/api/v1/parties/{SELLER}/bank-account");
    let mut sent = json!({"account": "4600123456789012345", "holder": "虚构三亚湾出海贸易有限公司", "amount_fen": 42});
    let (_, problem) = send(&zone, AGENT, &word, &sent).await;
    assert_eq!(problem["code"], "ACCOUNT_OTHER", "it is not the bank: {problem}");
    sent["holder"] = "虚构另一公司".into();
    assert_eq!(send(&zone, BANK, &word, &sent).await.1["code"], "ACCOUNT_DIFFERS");
    sent["holder"] = "虚构三亚湾出海贸易有限公司".into();
    let (status, problem) = send(&zone, BANK, &word, &sent).await;
    assert_eq!(status, StatusCode::OK, "{problem}");
    let (_, page) = get(&zone, &seller, "/en/company/standing").await;
    assert!(page.contains("say which one came") && page.contains("Amount that came"), "{page}");
    let answer = "/zh/company/standing/account/answer";
    let (status, page) = zone.ask(post(answer, &seller, "amount=41")).await;
    let page = String::from_utf8_lossy(&page).into_owned();
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("还可填写 2 次"), "{page}");
    let (status, _) = send(&zone, SELLER, "/api/v1/bank-account", &json!({"amount_fen": 42})).await;
    assert_eq!(status, StatusCode::OK);
    let told = zone.json(SELLER, "/api/v1/standing").await;
    assert_eq!(told["account"]["state"], "verified", "{told}");
    let last = told["certifications"].as_array().and_then(|steps| steps.last()).expect("a step");
    assert_eq!(
        (&last["what"], &last["grade"], &last["by"]),
        (&json!("bank-account"), &json!("verified"), &json!(BANK))
    );
    assert_eq!((&last["method"], &last["until"]), (&json!("small-transfer"), &json!("2027-03-02")));
    let window = zone.house.window();
    for revision in before..=window.journal().last() {
        let bytes = trade::pack::Pack::pack(&window.entry(revision).expect("readable").expect("an entry"));
        assert!(!bytes.windows(8).any(|part| part == b"46001234" || part == b"89012345"), "entry {revision}");
    }
    let replayed = window::replay::replay(&window.config().place, |_, _| {}).expect("replayed");
    assert!(replayed.same, "{replayed:?}");
}

/// A form with a file, as a browser sends it.
fn multipart(path: &str, cookies: &str, fields: &[(&str, &str)], picture: &[u8]) -> Request<Body> {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    body.extend(b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"me.jpg\"\r\n\r\n");
    body.extend(picture);
    body.extend(b"\r\n--x--\r\n");
    Request::post(path)
        .header("host", "a")
        .header("origin", "http://a")
        .header("cookie", cookies)
        .header("content-type", "multipart/form-data; boundary=x")
        .body(Body::from(body))
        .expect("a request")
}

/// The simulator says its first answer again: it bears the nonce of another question, and nothing is written down.
#[tokio::test]
async fn an_answer_that_is_said_again_is_refused_by_its_nonce() {
    use server::identity::{PEOPLE, Simulator};
    let registry: Vec<_> = traffic::zone::FILES.iter().map(|(t, text)| (*t, (*text).to_owned())).collect();
    let zone = Running::at_verified("2026-03-02T10:00", &registry, Box::new(Simulator::of(PEOPLE)));
    let window = zone.house.window();
    let person = PEOPLE.lines().find(|line| line.ends_with(",replaying")).expect("one of them says things again");
    let cells: Vec<&str> = person.split(',').collect();
    let [name, number, card, telephone, ..] = cells[..] else { panic!("{person}") };
    window.admit_account(&security("test"), &crate::person::consumer("again"), number).expect("admitted");
    let form = format!("name=again&password={PASSWORD}");
    let response = tower::ServiceExt::oneshot(zone.routes.clone(), post("/en/login", "", &form)).await.expect("told");
    let cookies = response.headers().get_all("set-cookie").iter().filter_map(|c| c.to_str().ok());
    let cookies = cookies.map(|c| c.split(';').next().unwrap_or("")).collect::<Vec<_>>().join("; ");
    let fields =
        [("method", "bank-card"), ("name", name), ("number", number), ("card", card), ("telephone", telephone)];
    let ask = async || zone.ask(multipart("/en/me/identity", &cookies, &fields, b"")).await;
    assert_eq!(ask().await.0, StatusCode::SEE_OTHER, "the first answer is one");
    let before = window.journal().last();
    for _ in 0..2 {
        let (status, page) = ask().await;
        let page = String::from_utf8_lossy(&page).into_owned();
        assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("no answer that can be used"), "{page}");
    }
    assert_eq!(window.journal().last(), before, "nothing was written down");
}

#[tokio::test]
async fn a_person_is_verified_and_nothing_that_was_given_is_kept() {
    use server::identity::{PEOPLE, Simulator};
    let registry: Vec<_> = traffic::zone::FILES.iter().map(|(t, text)| (*t, (*text).to_owned())).collect();
    let zone = Running::at_verified("2026-03-02T10:00", &registry, Box::new(Simulator::of(PEOPLE)));
    let window = zone.house.window();
    window.admit_account(&security("test"), &crate::person::consumer("me"), crate::person::BUYER).expect("admitted");
    let form = format!("name=me&password={PASSWORD}");
    let response = tower::ServiceExt::oneshot(zone.routes.clone(), post("/en/login", "", &form)).await.expect("told");
    let cookies = response.headers().get_all("set-cookie").iter().filter_map(|c| c.to_str().ok());
    let cookies = cookies.map(|c| c.split(';').next().unwrap_or("")).collect::<Vec<_>>().join("; ");
    let (_, page) = get(&zone, &cookies, "/en/me/identity").await;
    assert!(page.contains("Filed") && page.contains("nobody outside was asked yet"), "{page}");
    let ask = async |method: &str, name: &str, number: &str, card: &str, picture: &[u8]| {
        let fields =
            [("method", method), ("name", name), ("number", number), ("card", card), ("telephone", "13900000001")];
        let (status, body) = zone.ask(multipart("/en/me/identity", &cookies, &fields, picture)).await;
        (status, String::from_utf8_lossy(&body).into_owned())
    };
    let card = "6222020000000000001";
    let buyer = crate::person::BUYER;
    let before = window.journal().last();
    // Nobody is asked about another person, nor with half of what is needed.
    let (status, said) = ask("bank-card", "虚构乙", "330106200612270287", card, b"").await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && said.contains("not the one with which account me"), "{said}");
    let (status, said) = ask("bank-card", "虚构甲", "110000197102068021", card, b"").await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && !said.contains("110000197102068021"), "{said}");
    assert_eq!(ask("bank-card", "虚构甲", buyer, "", b"").await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(window.journal().last() <= before + 1, "at most the refusal is written down");
    // Wrong, then right, then the face.
    assert_eq!(ask("bank-card", "虚构甲", buyer, "6222020000000000009", b"").await.0, StatusCode::SEE_OTHER);
    let (_, page) = get(&zone, &cookies, "/en/me/identity").await;
    assert!(page.contains("differs") && page.contains("Filed"), "{page}");
    assert_eq!(ask("bank-card", "虚构甲", buyer, card, b"").await.0, StatusCode::SEE_OTHER);
    let (_, page) = get(&zone, &cookies, "/en/me/identity").await;
    assert!(page.contains("fits") && page.contains("Verified") && page.contains("simulator"), "{page}");
    assert_eq!(ask("face", "虚构甲", buyer, "", b"\xff\xd8\xff face-of-jia").await.0, StatusCode::SEE_OTHER);
    let (_, page) = get(&zone, &cookies, "/zh/me/identity").await;
    assert!(page.contains("人脸核验") && page.contains("人脸比对"), "{page}");
    // Not in the journal: neither the values nor the picture. There is no original that a vault could hold.
    zone.settle();
    for revision in before..=window.journal().last() {
        let entry = window.entry(revision).expect("readable").expect("an entry");
        let bytes = trade::pack::Pack::pack(&entry);
        for value in ["虚构甲", "虚构乙", buyer, card, "6222020000000000009", "13900000001", "face-of-jia"] {
            assert!(!bytes.windows(value.len()).any(|part| part == value.as_bytes()), "{value} in entry {revision}");
        }
    }
    let replayed = window::replay::replay(&window.config().place, |_, _| {}).expect("replayed");
    assert!(replayed.same, "{replayed:?}");
}
