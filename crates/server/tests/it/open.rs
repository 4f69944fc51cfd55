//! What anybody may read of the window, the homes of departments and operator, and a search that looks once.

use axum::http::StatusCode;
use trade::command::{ActorRole, Command};

use crate::House;
use crate::law::{enter, get};
use crate::looks::zone;
use crate::sample::Sample;
use window::filing::operator;

#[tokio::test]
async fn the_status_is_computed_and_says_when_nothing_can_be_taken_in() {
    let zone = House::new();
    let page = zone.get("/en/status").await.text();
    assert!(page.contains("Everything serves as promised.") && page.contains("Taking messages in"), "{page}");
    let told = zone.get("/en/status.json").await.text();
    let parts: Vec<serde_json::Value> = told.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let names: Vec<_> = parts.iter().map(|part| part["part"].as_str().expect("a name")).collect();
    assert_eq!(names, ["intake", "receipts", "pages", "figures"]);
    assert!(parts.iter().all(|part| part["serves"] == "up"), "{told}");

    let failing = House::of(Sample::new());
    failing.desk.failing.store(true, std::sync::atomic::Ordering::Relaxed);
    let page = failing.get("/zh/status").await;
    if page.status == StatusCode::OK {
        assert!(page.text().contains("中断"), "{}", page.text());
    }
}

#[tokio::test]
async fn the_law_is_read_as_it_stood_on_any_day() {
    let Some(zone) = zone().await else { return };
    let (status, all) = get(&zone, "", "/en/policies?on=2018-12-31").await;
    assert!(status == StatusCode::OK && all.contains("Limits of purchase") && all.contains("limits.toml"), "{all}");
    for (on, single) in [("2018-12-31", "200000"), ("2019-01-01", "500000")] {
        let (_, page) = get(&zone, "", &format!("/en/policies/limits.toml?on={on}")).await;
        assert!(page.contains(single) && page.contains("Caiguanshui") || page.contains("财关税"), "{on}: {page}");
        let other = if single == "200000" { "500000" } else { "200000" };
        assert!(!page.contains(other), "{on}: {page}");
    }
    let (_, page) = get(&zone, "", "/en/policies/limits.toml?on=2016-04-07").await;
    assert!(page.contains("No such row"), "{page}");
    let (_, page) = get(&zone, "", "/zh/policies/tariff.csv?on=2026-03-01&q=1901").await;
    assert!(page.contains("1901101090") && !page.contains("0306149000"), "{page}");
    for nothing in ["/en/policies/nothing.csv", "/en/policies/limits.toml?on=yesterday"] {
        assert_eq!(get(&zone, "", nothing).await.0, StatusCode::NOT_FOUND, "{nothing}");
    }
    let (_, text) = get(&zone, "", "/en/policies/limits.toml/text").await;
    assert_eq!(text, trade::policy::SAMPLE.iter().find(|(name, _)| *name == "limits.toml").expect("there").1);
    let (_, notices) = get(&zone, "", "/en/notices").await;
    assert!(notices.contains("This window is on trial"), "{notices}");
}

#[tokio::test]
async fn each_department_reads_its_own_page_and_what_names_enterprises_is_a_look() {
    let Some(zone) = zone().await else { return };
    zone.settle();
    for (name, role, word) in [
        ("tax-office", ActorRole::Tax, "Summary payments, arrears"),
        ("safe", ActorRole::Exchange, "Payments are not reconciled yet"),
        ("mofcom", ActorRole::Commerce, "by month, regime and enterprise"),
        ("samr", ActorRole::Market, "refused for the goods themselves"),
    ] {
        let cookies = enter(&zone, name, role, "").await;
        let before = zone.house.window().journal().last();
        let (status, page) = get(&zone, &cookies, "/en/department").await;
        assert!(status == StatusCode::OK && page.contains(word), "{name}: {page}");
        let names_sellers = page.contains("1199960EC1");
        let looked = zone.house.window().journal().last() > before;
        assert_eq!(looked, names_sellers, "{name}: {page}");
        if looked {
            let entry = zone.house.window().entry(before + 1).expect("read").expect("there");
            let Some(Command::Look(look)) = entry.command else { panic!("a look") };
            assert_eq!((look.by.role, look.purpose.name()), (role, "supervision"));
        }
        for closed in ["/en/desk", "/en/zone", "/en/company", "/en/zone/journal", "/en/parcels"] {
            let (status, _) = get(&zone, &cookies, closed).await;
            let open = closed == "/en/parcels" && status == StatusCode::UNPROCESSABLE_ENTITY;
            assert!(status == StatusCode::FORBIDDEN || open, "{name} {closed}: {status}");
        }
    }
    let commerce = enter(&zone, "moc", ActorRole::Commerce, "").await;
    let (_, page) = get(&zone, &commerce, "/en/department").await;
    assert!(page.contains("2026-03") && page.contains("9610"), "{page}");
    let operator = enter(&zone, "boss", ActorRole::Operator, "").await;
    let (status, page) = get(&zone, &operator, "/en/zone").await;
    assert!(status == StatusCode::OK && page.contains("Service levels") && page.contains("on trial"), "{page}");
    // The sample parcel, at the office that its list names: its city has it on the map, and no other.
    let map = page.split("<figure class=\"map").nth(1).and_then(|rest| rest.split("</section>").next()).expect("a map");
    assert_eq!(
        (map.matches(">1 lists this month<").count(), map.matches(">0 lists this month<").count()),
        (1, 5),
        "{map}"
    );
    let table = map.split("<tbody>").nth(1).expect("its table");
    assert!(table.contains("<th scope=\"row\">6402 Sanya") && table.matches("<tr>").count() == 1, "{table}");
    assert_eq!(get(&zone, &operator, "/en/department").await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_department_sees_what_the_catalogue_shares_with_it_and_no_more() {
    let Some(zone) = zone().await else { return };
    zone.settle();
    let commerce = enter(&zone, "moc", ActorRole::Commerce, "").await;
    let (_, page) = get(&zone, &commerce, "/en/department").await;
    assert!(page.contains("1199960EC1") && page.contains("E-Commerce Law 6") && page.contains("2016-04-08"), "{page}");
    let imports = |page: &str| page.split("<section").find(|part| part.contains(">Imports</h2>")).map(str::to_owned);
    let before = imports(&page).expect("a table of imports");
    assert!(before.contains("Taxable") && !before.contains(">Tax, CNY<"), "the tax is not shared: {before}");

    // The catalogue is the law of the day: with another, the same page holds other columns, and names nobody.
    let rows = "department,set,field,purpose,from,until,known_from,clause,mark,note\n\
        commerce,imports,month,supervision,2016-04-08,,,示例 (another ground),sample,\n\
        commerce,imports,tax,supervision,2016-04-08,,,示例 (another ground),sample,\n\
        commerce,importers,lists,supervision,2016-04-08,,,示例 (another ground),sample,\n\
        commerce,exporters,seller,supervision,2016-04-08,2016-04-08,,示例 (past),sample,\n";
    zone.house.window().adopt(&operator("test"), &[("sharing.csv", rows)]).expect("adopted");
    let last = zone.house.window().journal().last();
    let (status, page) = get(&zone, &commerce, "/en/department").await;
    assert!(status == StatusCode::OK && page.contains("another ground") && !page.contains("(past)"), "{page}");
    assert!(!page.contains("1199960EC1"), "no seller is shared: {page}");
    let after = imports(&page).expect("a table of imports");
    assert!(after.contains(">Tax, CNY<") && !after.contains("Taxable"), "{after}");
    assert_eq!(zone.house.window().journal().last(), last, "nobody was looked at");
    let market = enter(&zone, "samr", ActorRole::Market, "").await;
    let (_, page) = get(&zone, &market, "/en/department").await;
    assert!(!page.contains("<table"), "{page}");
    let (_, catalogue) = get(&zone, "", "/en/policies/sharing.csv").await;
    assert!(catalogue.contains("Sharing catalogue") && catalogue.contains("another ground"), "{catalogue}");
}

#[test]
fn every_column_of_a_board_is_a_field_of_the_catalogue() {
    let source = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/boards.rs")).expect("its source");
    let words = |prefix: &str| {
        let parts = source.split(prefix).skip(1).filter_map(|rest| rest.split('"').next());
        parts.map(str::to_owned).collect::<std::collections::BTreeSet<_>>()
    };
    let fields = |figures: bool| {
        let sets = trade::policy::sharing::SETS.iter().filter(|(set, _)| (*set == "figures") == figures);
        sets.flat_map(|(_, fields)| fields.iter().map(|of| (*of).to_owned())).collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(words("board.col."), fields(false));
    // The zone's own figures are shared with nobody.
    let own: Vec<_> = words("shared.figure(\"board.fig.").into_iter().filter(|of| !fields(true).contains(of)).collect();
    assert_eq!(own, Vec::<String>::new());
}

#[tokio::test]
async fn a_search_looks_once_and_a_single_hit_leads_to_its_page() {
    let Some(zone) = zone().await else { return };
    zone.settle();
    let officer = enter(&zone, "zhang", ActorRole::Officer, "").await;
    let before = zone.house.window().journal().last();
    let (status, page) = get(&zone, &officer, "/en/search?q=NOTHING-LIKE-IT").await;
    assert!(status == StatusCode::OK && page.contains("NOTHING-LIKE-IT"), "{page}");
    assert_eq!(zone.house.window().journal().last(), before, "nothing was shown");
    let row = zone.house.views().parcels(&store::views::lists::Filter { limit: 1, ..Default::default() });
    let row = row.expect("rows").0.remove(0);
    let (status, _) = get(&zone, &officer, &format!("/en/search?q={}", row.key.order_no)).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert_eq!(zone.house.window().journal().last(), before, "its page is the look");
}
