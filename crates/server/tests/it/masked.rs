//! What of a person is shown to whom, by page and by program: each role, purpose and field over a running window.

use axum::http::StatusCode;
use trade::account::ApiKeyRow;
use trade::command::{ActorRole, RegisterKind};
use trade::masking::Personal;
use window::filing::{operator, security};

use crate::law::{enter, get};
use crate::looks::{KEY, zone};
use crate::person::{BUYER, Visitor, consumer};
use crate::running::key_of;

/// Who takes part in the parcel, and an enterprise that does not.
const AGENT: &str = "1199980AG1";
const STRANGER: &str = "4602980A01";

/// How each kind of value is shown: whole, masked, or nothing.
type Expected = [(Personal, Option<bool>); 4];

const fn all(how: Option<bool>) -> Expected {
    [(Personal::Name, how), (Personal::Identity, how), (Personal::Telephone, how), (Personal::Address, how)]
}

const NONE: Expected = all(None);
const MASKED: Expected = all(Some(false));
const WHOLE: Expected = all(Some(true));

#[tokio::test]
async fn each_role_sees_of_each_value_what_the_law_shows_it_for_its_purpose() {
    let Some(zone) = zone().await else { return eprintln!("skipped: there is no ../shared/data/ceb-samples") };
    let window = zone.house.window();
    window.admit_account(&security("test"), &consumer("me"), BUYER).expect("admitted");
    zone.settle();
    let me = Visitor::of(&zone, "me").await;
    // The values themselves, from the person's own copy, which is whole.
    let copy: serde_json::Value = serde_json::from_str(&me.page("/en/me/copy").await).expect("JSON");
    let documents = copy["parcels"][0]["documents"].as_array().expect("documents");
    let value = |document: usize, field: &str| {
        let value = documents[document]["head"][field].as_str();
        value.unwrap_or_else(|| panic!("{field}: {}", documents[document])).to_owned()
    };
    let values = [
        (Personal::Name, value(3, "buyerName")),
        (Personal::Identity, value(3, "buyerIdNumber")),
        (Personal::Telephone, value(0, "consigneeTelephone")),
        (Personal::Address, value(3, "consigneeAddress")),
    ];
    assert_eq!(values[1].1, BUYER);

    let roles = [
        ActorRole::Tax,
        ActorRole::Exchange,
        ActorRole::Commerce,
        ActorRole::Market,
        ActorRole::Viewer,
        ActorRole::Security,
    ];
    let row = |role: &ActorRole| ApiKeyRow {
        hash: store::proof::sha256(key_of(role.name()).as_bytes()),
        label: role.name().into(),
        role: *role,
        ..ApiKeyRow::default()
    };
    let keys: Vec<_> = roles.iter().map(row).collect();
    window.register(&security("test"), RegisterKind::ApiKeys, &keys).expect("registered");
    let name_and_telephone = [
        (Personal::Name, Some(false)),
        (Personal::Identity, None),
        (Personal::Telephone, Some(false)),
        (Personal::Address, None),
    ];
    let name = [
        (Personal::Name, Some(false)),
        (Personal::Identity, None),
        (Personal::Telephone, None),
        (Personal::Address, None),
    ];
    use ActorRole::*;
    let rows: [(&str, ActorRole, &str, &str, Expected); 15] = [
        ("officer", Officer, "", "", MASKED),
        ("officer", Officer, "", "?purpose=audit&case=JC-1", WHOLE),
        ("officer", Officer, "", "?purpose=appeal&case=FY-1", WHOLE),
        ("officer", Officer, "", "?purpose=emergency&case=YJ-1", WHOLE),
        ("elsewhere", Officer, "9999", "", NONE),
        ("operator", Operator, "", "", NONE),
        ("auditor", Auditor, "", "", NONE),
        ("viewer", Viewer, "", "", NONE),
        ("security", Security, "", "", NONE),
        ("market", Market, "", "?case=SJ-1", name_and_telephone),
        ("tax", Tax, "", "?case=SW-1", name),
        ("exchange", Exchange, "", "?case=WH-1", NONE),
        ("commerce", Commerce, "", "?case=SW-2", NONE),
        (AGENT, Enterprise, AGENT, "", MASKED),
        (STRANGER, Enterprise, STRANGER, "", NONE),
    ];
    let mut cells = 0;
    let mut check = |who: &str, text: &str, expected: Expected| {
        for ((what, value), (of, how)) in values.iter().zip(expected) {
            assert_eq!(*what, of);
            let masked = what.masked(value);
            assert_ne!(masked, *value);
            let (whole_there, masked_there) = (text.contains(value.as_str()), text.contains(&masked));
            assert_eq!((whole_there, masked_there), (how == Some(true), how == Some(false)), "{who}: {what}\n{text}");
            cells += 1;
        }
    };
    for (n, (who, role, enterprise, asked, expected)) in rows.into_iter().enumerate() {
        let path = format!("/api/v1/parcels/{KEY}{asked}");
        let (status, body) = zone.get(who, &path).await;
        assert_eq!(status, StatusCode::OK, "{who} {asked}");
        check(&format!("{who} {asked} by program"), &String::from_utf8_lossy(&body), expected);
        // An officer's account has an office, an enterprise's its code.
        let login = format!("seen{n}");
        let of = if role == Enterprise { enterprise } else { "" };
        let cookies = enter(&zone, &login, role, of).await;
        if who == "elsewhere" {
            continue;
        }
        let (status, page) = get(&zone, &cookies, &format!("/en/parcels/{KEY}{asked}")).await;
        assert_eq!(status, StatusCode::OK, "{who} {asked}");
        check(&format!("{who} {asked} by page"), &page, expected);
    }
    let (_, page) = get(&zone, "", &format!("/en/parcels/{KEY}")).await;
    check("anybody", &page, NONE);
    check("the person", &me.page(&format!("/en/parcels/{KEY}")).await, WHOLE);

    // Neither lists, nor search, nor the story for programs, nor exports name anybody.
    for path in [
        format!("/api/v1/explain/{KEY}"),
        format!("/en/search?q={KEY}"),
        "/en/parcels".into(),
        "/en/parcels.csv".into(),
    ] {
        let (_, body) = zone.get("officer", &path).await;
        check(&path, &String::from_utf8_lossy(&body), NONE);
    }
    assert_eq!(cells, 4 * (15 + 14 + 2 + 4), "cells of role, purpose and field");
}

#[tokio::test]
async fn where_the_law_shows_nothing_the_vault_is_not_read_and_nothing_is_shown() {
    let Some(zone) = zone().await else { return eprintln!("skipped: there is no ../shared/data/ceb-samples") };
    let nothing = "role,purpose,field,show,from,until,known_from,clause,mark,note\n\
                   consumer,person,*,whole,2016-04-08,,,示例 (sample),sample,\n";
    zone.house.window().adopt(&operator("test"), &[("masking.csv", nothing)]).expect("adopted");
    for asked in ["", "?purpose=audit&case=JC-1"] {
        let parcel = zone.json("officer", &format!("/api/v1/parcels/{KEY}{asked}")).await;
        assert!(parcel["persons"].is_null() && parcel["tax_fen"] == 2826, "{parcel}");
    }
}
