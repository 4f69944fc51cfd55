//! A planted theft: three pieces ride out on a vehicle whose excess stays within what the scales allow. An officer finds
//! item, time, vehicle and weight from the pages alone; docs/finding-a-theft.md walks the same way with the pictures.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};
use server::lang::Lang;
use trade::time::Day;
use window::filing::operator;
use window::{Incoming, Window};

use crate::journey;
use crate::zone::StoryClock;

pub const BOOK: &str = "T6402W000901";

/// The first hour of the warehouse's day; leaves the clock at nine.
pub fn plant(window: &Window, clock: &StoryClock, today: Day) {
    let at = |minute: i64| clock.0.store(today.starts().0 + (8 * 60 + minute) * 60_000, Ordering::Relaxed);
    at(0);
    let mut csv =
        "ems_no,item_record_no,area_code,hs10,name,unit,unit1,unit2,qty,origin,price_yuan,entered_on,expires_on\n"
            .to_owned();
    for (item, qty) in [("MILK-900", 100), ("MILK-400", 240), ("MILK-200", 60)] {
        csv += &format!("{BOOK},{item},4602960W01,1901101090,奶粉 {item},122,035,,{qty},609,160.00,2026-03-01,\n");
    }
    window.import(&operator("test"), trade::registry::Table::OpeningStock, &csv).expect("a book");
    let shelf = |own: &str, milk: u32| {
        let line = |item: &str, qty: u32| json!({"gdsMtno": item, "qty": qty.to_string()});
        let lines = [line("MILK-900", milk), line("MILK-400", 240), line("MILK-200", 60)];
        let body = json!({"SHELF": {"etpsPreentNo": own, "etpsno": "4602960W01", "putrecNo": BOOK, "lines": lines}});
        send(window, body);
    };
    at(5);
    shelf("S1", 100);
    at(20);
    let list = send(
        window,
        json!({"INV101": {
            "etpsInnerInvtNo": "Q1", "bizopEtpsno": "4602960W01", "putrecNo": BOOK, "invtType": "0", "impexpMarkcd": "E",
            "supvModecd": "4561", "dclPlcCuscd": "6402", "dclcusFlag": "1",
            "lines": [{"gdsSeqno": "1", "gdsMtno": "MILK-900", "gdecd": "1901101090", "dclUnitcd": "122", "dclQty": "10",
                "dclUprcAmt": "160.00", "dclTotalAmt": "1600.00", "natcd": "609"}],
        }}),
    );
    let pass = send(
        window,
        json!({"SAS121": {
            "etpsPreentNo": "H1", "etpsno": "4602960W01", "passportTypecd": "2", "bindTypecd": "2", "rltTbTypecd": "1",
            "rltNo": list, "masterCuscd": "6402", "ioTypecd": "E", "vehicleNo": "琼B12345", "vehicleWt": "2400",
            "vehicleFrameWt": "0", "totalGrossWt": "10", "totalWt": "2410",
        }}),
    );
    at(30);
    // Thirteen tins of a kilogram each, where ten were declared.
    send(
        window,
        json!({"GATE": {
            "etpsPreentNo": "K1", "etpsno": "4602960W01", "passportNo": pass, "plateNo": "琼B12345", "measuredWt": "2413",
        }}),
    );
    send(
        window,
        json!({"DECISION": {
            "etpsPreentNo": "J1", "etpsno": "4602960W01", "verdict": "release", "number": list, "entryNo": "640220261000000001",
        }}),
    );
    at(50);
    shelf("S2", 87);
    at(60);
}

fn send(window: &Window, body: Value) -> String {
    let incoming = Incoming { bytes: body.to_string().into_bytes(), ..Incoming::default() };
    let answer = window.take_in(incoming).expect("taken in");
    let given = answer.given();
    let shown = &given.first().expect("a receipt").receipt.shown;
    assert!(shown.status >= 300, "{}: {body}", shown.info);
    shown.invt_no.to_string()
}

#[test]
fn an_officer_finds_three_stolen_pieces_from_the_pages_alone() {
    journey(Lang::Zh, |v| {
        v.sign_in("officer");
        v.go("/stock");
        v.must_see(BOOK);
        v.picture("theft-1-books");
        // One of the books has one item to look at.
        let row = format!(r#"tr:has(a[href$="/stock/{BOOK}"]) td b"#);
        assert_eq!(v.browser.text_of(&row), "1");
        v.browser.click(&format!(r#"a[href$="/stock/{BOOK}"]"#));
        v.must_see("−3");
        assert!(!v.browser.text().contains("MILK-400"), "what agrees needs no look");
        v.picture("theft-2-book");
        v.browser.click(r#"a[href$="/MILK-900"]"#);
        // Between the two figures ten pieces were shipped, and thirteen went.
        v.must_see("08:05");
        v.must_see("08:50");
        v.must_see(v.t("stock.suspect"));
        v.picture("theft-3-item");
        // Where the pieces of a movement came from, and went.
        v.browser.click(r#"a[href*="?of="]"#);
        v.must_see(v.t("stock.followed.how"));
        v.must_see(v.t("stock.opening"));
        v.picture("theft-followed");
        v.go(&format!("/stock/{BOOK}/MILK-900"));
        v.browser.click(r#"a[href*="/stock/document/P"]"#);
        v.must_see("琼B12345");
        v.must_see("2410");
        v.must_see("2413");
        v.picture("theft-4-pass");
        let over = v.browser.text_of("dl.kv");
        assert!(over.contains(v.t("paper.weight_over")), "{over}");
        // Another enterprise is told of none of it.
        v.sign_out();
        v.sign_in("enterprise");
        v.go(&format!("/stock/{BOOK}/MILK-900"));
        assert!(!v.browser.text().contains("MILK-900 "), "another's book is not there");
        v.must_see(v.t("fault.404.title"));
    });
}
