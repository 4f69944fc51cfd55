//! A newcomer mends refused lists from the pages alone. Twenty are drawn from a story with another seed, whose planted
//! faults nobody chose for it; what was read on each page, and typed into its form, stands in [`MENDED`], with what could
//! not be mended and why ([docs/newcomer.md](../../../../docs/newcomer.md)). The test does again what the newcomer did.

use server::desk::{Desk, Filter, Sight, State};
use server::lang::Lang;
use trade::account::AccountRow;
use trade::command::{ActorRole, RegisterKind};
use trade::key::{CaseKey, Key};
use trade::record::{Case, Kept, status};
use window::filing::security;

use crate::Visitor;
use crate::driver::Browser;
use crate::journeys::downloaded;
use crate::zone::{PASSWORD, Zone};

/// Of the story that is mended, and of the draw; any other would do.
const SEED: u64 = 20_261_128;

/// What a newcomer made of one refused list.
enum Made {
    /// These fields of its form, as the page says; then it was released, or sent to an officer.
    Passes(&'static [(&'static str, &'static str)]),
    /// Nothing that the sender of the list can type: the page says who has to do what.
    Other(&'static str),
}

/// By order number.
const MENDED: &[(&str, Made)] = &[
    ("EB260302RGJA000000004", Made::Other("the zone operator: the seller is suspended")),
    // Direct purchase: the form has a means of transport and no account book.
    ("EB260302RGJA000000010", Made::Passes(&[("h-tradeMode", "9610")])),
    ("EB260302RGJA000000018", Made::Other("the area operator: it knows the number of its account book")),
    // Of the offices that handle 1210, that of the port in the same form.
    ("EB260302RGJA000000024", Made::Passes(&[("h-customsCode", "6402")])),
    ("EB260302RGJA000000036", Made::Passes(&[("h-currency", "142")])),
    ("EB260302RGJA000000038", Made::Passes(&[("h-packNo", "1")])),
    ("EB260302RGJA000000040", Made::Passes(&[("h-buyerIdType", "1")])),
    ("EB260302RGJA000000042", Made::Other("the buyer and the platform: the order has the wrong identity number too")),
    // Both lines weigh 0.7 kg, the other one 0.6 kg.
    ("EB260302RGJA000000060", Made::Passes(&[("l1-qty1", "0.1")])),
    ("EB260302RGJA000000062", Made::Passes(&[("l1-totalPrice", "37.23")])),
    ("EB260302RGJA000000064", Made::Passes(&[("l1-price", "78.2"), ("l1-totalPrice", "156.40")])),
    (
        "EB260302RGJA000000083",
        Made::Other("the platform: no payment came under the order's platform, so the order is wrong"),
    ),
    ("EB260302RGJA000000090", Made::Other("the payment enterprise: a fen too much")),
    ("EB260302RGJA000000091", Made::Other("the platform and the payment enterprise: order and payment")),
    ("EB260302RGJA000000093", Made::Other("the platform: the order's buyer is not shown on the page")),
    ("EB260302RGJA000000098", Made::Passes(&[("l1-itemName", "婴儿纸尿裤 L 64片")])),
    // Payment and tax follow from the carriage, the one figure that is the list's own.
    ("EB260302RGJA000000100", Made::Passes(&[("h-freight", "15.00")])),
    // The declarant itself, as who transmits.
    ("EB260302RGJA000000105", Made::Passes(&[("h-agentCode", "4602980A02")])),
    ("EB260302RGJA000000116", Made::Other("the buyer: more than the law lets one person have in a year")),
    ("EB260302RGJA000000118", Made::Other("the platform: it collected too little tax")),
];

struct Refused {
    key: CaseKey,
    sender: String,
}

/// Twenty refused lists, drawn by the seed.
fn drawn(zone: &Zone) -> Vec<Refused> {
    let filter = Filter { states: vec![State::Refused], limit: 500, ..Filter::default() };
    let desk: &dyn Desk = &*zone.house;
    let rows = desk.parcels(&Sight::nobody(), &filter).expect("a list").rows;
    let window = zone.house.window();
    let mut all: Vec<Refused> = rows
        .iter()
        .filter_map(|row| {
            let key = window.find_case(&row.key, |_| vec![]).pop()?;
            let sender = window.read::<Kept>(&Key::List(key.clone()))?.from.to_string();
            Some(Refused { key, sender })
        })
        .collect();
    all.sort_by(|a, b| a.key.order_no.cmp(&b.key.order_no));
    let mut dice = SEED;
    let mut drawn = Vec::new();
    while drawn.len() < 20 && !all.is_empty() {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        drawn.push(all.swap_remove((dice >> 33) as usize % all.len()));
    }
    drawn
}

fn stands(zone: &Zone, key: &CaseKey) -> i32 {
    zone.house.window().read::<Case>(&Key::Case(key.clone())).map_or(0, |case| case.status)
}

#[test]
fn a_newcomer_mends_refused_lists_from_the_pages_alone() {
    let Some(browser) = Browser::open() else { return };
    browser.size(1280, 900);
    let zone = Zone::told(SEED);
    let v = Visitor { browser: &browser, zone: &zone, lang: Lang::Zh };
    let folder = crate::driver::screenshots().join("newcomer");
    std::fs::create_dir_all(&folder).expect("a folder");
    let files = tempfile::tempdir().expect("a folder");
    let allowed = serde_json::json!({"behavior": "allow", "downloadPath": files.path()});
    browser.cdp("Browser.setDownloadBehavior", allowed);
    let (mut passed, mut others, mut wrong) = (0, 0, Vec::new());
    let all = drawn(&zone);
    for refused in &all {
        let login = format!("s{}", refused.sender.to_lowercase());
        let row = AccountRow {
            login: login.as_str().into(),
            role: ActorRole::Enterprise,
            enterprise: refused.sender.as_str().into(),
            password_hash: server::sign::hash_password(PASSWORD).expect("hashed").into(),
            ..AccountRow::default()
        };
        zone.house.window().register(&security("test"), RegisterKind::Accounts, &[row]).expect("let in");
        let key = format!("{}_{}", refused.key.ebc, refused.key.order_no);
        v.sign_in(&login);
        v.go(&format!("/parcels/{key}"));
        let told = browser.script("return document.querySelector('main').innerText");
        v.go(&format!("/mend/{key}/CEB621"));
        let form = browser.script(
            "return [...document.querySelectorAll('main form input[id]')].map(e => e.id + '=' + e.value).join('\\n')",
        );
        let order = refused.key.order_no.as_str();
        let said = format!("{}\n\n== form ==\n{}\n", told.as_str().unwrap_or(""), form.as_str().unwrap_or(""));
        std::fs::write(folder.join(format!("{order}.txt")), said).expect("kept");
        let typed: &[(&str, &str)] = match MENDED.iter().find(|(of, _)| *of == order).map(|(_, made)| made) {
            None => {
                wrong.push(format!("{order}: nobody has read it"));
                &[]
            }
            Some(Made::Other(who)) => {
                others += 1;
                println!("{order}: {who}");
                &[]
            }
            Some(Made::Passes(typed)) => typed,
        };
        if !typed.is_empty() {
            typed.iter().for_each(|(field, text)| browser.paste(&format!("#{field}"), text));
            browser.click(r#"button[value="file"]"#);
            let made = downloaded(files.path(), "CEB621.xml");
            let signed = files.path().join("signed.xml");
            std::fs::write(&signed, (zone.sign)(&refused.sender, made.into_bytes())).expect("written");
            std::fs::remove_file(files.path().join("CEB621.xml")).expect("there");
            v.go("/write");
            browser.write("#file", &signed.to_string_lossy());
            browser.click(r#"button[formaction$="/send"]"#);
            let now = stands(&zone, &refused.key);
            match [status::RELEASED, status::REVIEW, status::INSPECTION].contains(&now) {
                true => passed += 1,
                false => wrong.push(format!("{order}: {now}\n{}", v.browser.text())),
            }
        }
        v.sign_out();
    }
    println!("{passed} of {} were mended, {others} are for others", all.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!((all.len(), passed, others), (20, 11, 9));
}
