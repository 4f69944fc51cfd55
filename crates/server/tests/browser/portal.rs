//! Journeys through the homes of departments and zone, what anybody may read, files, and what two officers do.

use std::io::Write;

use server::desk::{Caller, Desk, Role, State};
use server::lang::Lang;

use crate::{Visitor, journey};

/// The zone asks for two officers after a manual review.
fn asks_for_two(v: &Visitor<'_>) {
    let text = trade::policy::SAMPLE.iter().find(|(name, _)| *name == "parameters.toml").expect("there").1;
    let one = "key = \"review.persons\"\nvalue = 1";
    assert!(text.contains(one));
    let text = text.replace(one, "key = \"review.persons\"\nvalue = 2");
    let operator = Caller { name: "operator".into(), role: Role::Operator, enterprises: vec![], office: String::new() };
    v.zone.house.adopt(&operator, &[("parameters.toml".into(), text)], false).expect("adopted");
}

#[test]
fn a_review_takes_two_officers() {
    journey(Lang::Zh, |v| {
        asks_for_two(v);
        let number = v.zone.parcel(State::Review);
        let release = |reason: &str| {
            v.go(&format!("/desk?sel={number}"));
            v.browser.write("#reason", reason);
            v.act("release");
        };
        v.sign_in("officer");
        release("单证齐全");
        v.go(&format!("/parcels/{number}"));
        v.must_see("officer");
        v.must_see(v.t("state.review"));
        assert!(v.browser.has(".say.hold"), "it says who passed it and that another has to");
        v.picture("four-eyes-first");
        release("再办一次");
        v.must_see(v.t("act.cannot"));
        v.sign_out();
        v.sign_in("reviewer");
        v.go(&format!("/desk?sel={number}"));
        v.picture("four-eyes-second");
        release("同意");
        v.go(&format!("/parcels/{number}"));
        v.must_see(v.t("state.released"));
    });
}

#[test]
fn each_department_has_a_home_and_reads_a_parcel_with_its_case_only() {
    journey(Lang::En, |v| {
        for role in ["tax", "exchange", "commerce", "market"] {
            v.sign_in(role);
            assert!(v.browser.url().ends_with("/department"), "{role} begins at its own page");
            v.must_see(v.t("board.figures"));
            v.picture(&format!("department-{role}"));
            let number = v.zone.parcel(State::Released);
            v.go(&format!("/parcels/{number}?case=SW-2026-7"));
            assert!(v.browser.has("table.sum"), "{role} reads the tax of a parcel in its case");
            v.go(&format!("/parcels/{number}"));
            v.must_see(v.t("fault.422.title"));
            v.go("/desk");
            v.must_see(v.t("fault.403.title"));
            v.sign_out();
        }
    });
}

#[test]
fn anybody_reads_the_law_of_a_day_and_how_the_window_does() {
    journey(Lang::En, |v| {
        v.go("/");
        v.browser.click(r#".foot a[href$="/policies"]"#);
        v.browser.click(r#"a[href*="/policies/limits.toml"]"#);
        v.must_see("500000");
        v.browser.script("document.querySelector('#on').value = '2018-12-31'");
        v.browser.click(".ask .btn");
        v.must_see("200000");
        assert!(!v.browser.text().contains("500000"));
        v.picture("policy-of-a-day");
        v.browser.click(r#".foot a[href$="/status"]"#);
        v.must_see(v.t("status.lead.up"));
        v.browser.click(r#".foot a[href$="/accessibility"]"#);
        v.must_see(v.t("access.can"));
        v.browser.click(r#".foot a[href$="/notices"]"#);
        v.must_see("This window is on trial");
    });
}

#[test]
fn the_operator_s_home_leads_to_what_waits() {
    journey(Lang::Zh, |v| {
        v.sign_in("operator");
        assert!(v.browser.url().ends_with("/zone"), "{}", v.browser.url());
        v.must_see(v.t("board.promises"));
        v.picture("zone-home");
        v.browser.click(r#"main a[href$="/zone/alarms"]"#);
        v.must_see(v.t("alarms.none"));
        v.go("/zone");
        v.browser.click(r#"main a[href$="/law/compare"]"#);
        v.must_see(v.t("compare.title"));
    });
}

/// A file that a browser can choose.
fn file(ending: &str, bytes: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::Builder::new().suffix(ending).tempfile().expect("a file");
    file.write_all(bytes).expect("written");
    file
}

#[test]
fn an_enterprise_uploads_a_table_and_reads_what_is_wrong_in_each_cell() {
    journey(Lang::En, |v| {
        v.sign_in("enterprise");
        v.go("/company");
        v.browser.click(r#"a[href$="/bulk"]"#);
        v.browser.click(r#"main a[href$="/bulk/CEB311"]"#);
        let table = file(".csv", b"orderNo,goodsValue,colour,line.itemName,line.qty\nA1,ten,red,milk,two\n");
        v.browser.write("#file", &table.path().to_string_lossy());
        v.browser.click(r#"button[value="check"]"#);
        assert!(v.browser.has(".errors"), "{}", v.browser.text());
        v.must_see("C1");
        v.must_see("B2");
        v.must_see("E2");
        v.picture("bulk-faults");
    });
}

#[test]
fn an_officer_adds_a_photograph_of_an_inspection() {
    journey(Lang::Zh, |v| {
        v.sign_in("officer");
        let number = v.zone.parcel(State::Inspection);
        v.go(&format!("/parcels/{number}"));
        v.must_see(v.t("attach.no_scan"));
        let evil = file(".jpg", b"<html><script>alert(1)</script></html>");
        v.browser.write("#file", &evil.path().to_string_lossy());
        v.browser.click(r#"form[action*="attachments"] .btn"#);
        v.must_see("JPEG");
        v.must_see(v.t("fault.422.title"));
        v.go(&format!("/parcels/{number}"));
        let photo = file(".jpg", &[[0xff, 0xd8, 0xff, 0xe0].as_slice(), &[7; 900], &[0xff, 0xd9]].concat());
        v.browser.write("#file", &photo.path().to_string_lossy());
        v.browser.click(r#"form[action*="attachments"] .btn"#);
        v.must_see(v.t("attach.unscanned"));
        v.picture("attachments");
    });
}

#[test]
fn the_figures_of_the_overview_move_while_it_is_open() {
    journey(Lang::En, |v| {
        v.go("/?live=1");
        let arrived = || v.browser.text_of("[data-fig=arrived]");
        let before = arrived();
        let list = v.zone.mendable.as_ref().expect("a list");
        let signed = (v.zone.sign)(&list.sender, list.mended.clone());
        let incoming = window::Incoming { bytes: signed, ..window::Incoming::default() };
        v.browser.script("window.stays = true");
        v.zone.house.window().take_in(incoming).expect("taken in");
        let refused = || v.browser.text_of("[data-fig=released]");
        let was = refused();
        for _ in 0..100 {
            if arrived() != before || refused() != was {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        assert_eq!(v.browser.script("return window.stays"), true, "nothing was loaded anew");
        assert!(arrived() != before || refused() != was, "{before} {was}");
    });
}

#[test]
fn a_tax_bill_is_printed_with_its_proof() {
    journey(Lang::Zh, |v| {
        v.sign_in("officer");
        let number = v.zone.parcel(State::Released);
        v.go(&format!("/parcels/{number}"));
        v.browser.click(r#"a[href$="/bill"]"#);
        v.must_see(v.t("bill.title"));
        assert!(v.browser.has("svg.qr path"), "it verifies");
        v.browser.media("light", "print");
        let sheets = v.browser.printed("bill-print");
        assert!((1..=4).contains(&sheets), "{sheets}");
        v.browser.media("light", "screen");
    });
}

#[test]
fn a_form_says_what_is_wrong_while_it_is_filled_in() {
    journey(Lang::Zh, |v| {
        v.sign_in("enterprise");
        v.go("/company/filings/new");
        let typed = |field: &str, text: &str| {
            let typed = format!(
                "const e = document.getElementById('{field}'); e.value = '{text}';\
                 e.dispatchEvent(new Event('input', {{bubbles: true}}))"
            );
            v.browser.script(&typed);
        };
        let until = |wanted: &str| {
            for _ in 0..100 {
                if v.browser.has(wanted) {
                    return true;
                }
                std::thread::sleep(std::time::Duration::from_millis(100));
            }
            false
        };
        v.browser.script("window.stays = true");
        typed("hs10", "19011");
        assert!(until("#hs10-err") && v.browser.has("#hs10[aria-invalid][aria-describedby='hs10-err']"));
        assert!(!v.browser.has("#item_no-err"), "nobody has been at it yet");
        assert!(!v.browser.text_of("#check-said").is_empty(), "and it is said aloud");
        v.picture("form-while-typing");
        typed("hs10", "1901101090");
        assert!(until("#hs10:not([aria-invalid])") && !v.browser.has("#hs10-err"), "{}", v.browser.text());
        assert_eq!(v.browser.script("return window.stays"), true, "nothing was loaded anew");
    });
}
