//! What `explain` tells, by every number that somebody may hold.

use crate::onewindow;
use crate::zones::text;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

const EVENING: &str = "2026-03-02T23:55";

/// A zone that has taken in a day with every planted fault, and the truth about its parcels.
fn day(folder: &Path) -> (PathBuf, Vec<Value>) {
    let (story, data) = (folder.join("story"), folder.join("zone"));
    let said =
        onewindow(&["generate", "--out", text(&story), "--parcels", "10", "--seed", "7", "--start", "2026-03-02"]);
    assert_eq!(said.exit, 0, "{}", said.err);
    for table in ["certificates", "manifests"] {
        let file = story.join(format!("{table}.csv"));
        let said =
            onewindow(&["import", table, text(&file), "--data", text(&data), "--sandbox", "--now", "2026-03-01"]);
        assert_eq!(said.exit, 0, "{}{}", said.out, said.err);
    }
    let said = onewindow(&["submit", text(&story.join("messages")), "--data", text(&data), "--now", EVENING]);
    assert_eq!(said.exit, 1, "some are refused: {}", said.err);
    let truth = fs::read_to_string(story.join("truth.jsonl")).expect("the truth");
    (data, truth.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect())
}

fn explain(data: &Path, key: &str) -> Value {
    let said = onewindow(&["explain", key, "--data", text(data), "--json"]);
    assert_eq!(said.exit, 0, "{key}: {}{}", said.out, said.err);
    let lines = said.lines();
    assert_eq!(lines.len(), 1, "{key} names one thing: {}", said.out);
    lines[0].clone()
}

/// The order number of the parcel into which this fault was planted.
fn planted(truth: &[Value], fault: &str) -> String {
    let found = truth.iter().find(|t| t["fault"] == fault).unwrap_or_else(|| panic!("no {fault:?}"));
    found["orderNo"].as_str().unwrap_or_default().to_owned()
}

/// Every reason says its clause and the next step, in both languages.
fn complete(story: &Value) {
    assert!(
        !story["lead"]["zh"].as_str().unwrap_or_default().is_ascii()
            && !story["lead"]["en"].as_str().unwrap_or_default().is_empty()
    );
    for decision in story["decisions"].as_array().expect("a list") {
        for f in decision["findings"].as_array().expect("a list") {
            let words = [&f["clause"], &f["en"], &f["zh"], &f["remedy"]["zh"], &f["remedy"]["en"]];
            assert!(words.iter().all(|w| !w.as_str().unwrap_or_default().is_empty()), "{f}");
            assert!(!f["zh"].as_str().unwrap_or_default().is_ascii(), "{f}");
        }
    }
}

fn codes(story: &Value) -> Vec<&str> {
    let decisions = story["decisions"].as_array().expect("a list").iter();
    decisions
        .flat_map(|d| d["findings"].as_array().expect("a list"))
        .map(|f| f["code"].as_str().unwrap_or_default())
        .collect()
}

#[test]
fn a_parcel_is_explained_by_every_number_that_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let (data, truth) = day(folder.path());
    let order = planted(&truth, "return in time");
    let story = explain(&data, &order);
    let key = story["key"].as_str().unwrap();
    let number = |name: &str| story["numbers"][name].as_str().unwrap().to_owned();
    let payment = story["compared"].as_array().unwrap().iter().find(|c| c["rule"] == "M3").unwrap()["payment"].clone();
    let list = number("invtNo");
    let by = [
        key.to_owned(),
        format!("{}/{order}", number("ebcCode")),
        list.clone(),
        number("preNo"),
        number("taxNo"),
        number("logisticsNo"),
        payment.as_str().unwrap().to_owned(),
        story["returns"][0]["copNo"].as_str().unwrap().to_owned(),
        format!("/zh/parcels/{list}"),
        format!("http://127.0.0.1:8207/en/parcels/{key}?from=list#t"),
        format!("https://window.example/zh/search?q={list}"),
    ];
    for key in by {
        assert_eq!(explain(&data, &key), story, "{key}");
    }

    // The summary payment of day 31, before and after it is paid.
    let at = |now: &str, arguments: &[&str]| onewindow(&[arguments, &["--data", text(&data), "--now", now]].concat());
    assert_eq!(at("2026-04-10T09:00", &["act", "out", &list]).exit, 0);
    let story = explain(&data, &list);
    let duty = story["numbers"]["entDutyNo"].as_str().expect("the bill was summed up").to_owned();
    let payment = explain(&data, &duty);
    assert_eq!((&payment["key"], &payment["state"]), (&Value::from(duty.as_str()), &Value::from("accepted")));
    let parcels = payment["parcels"].as_array().unwrap();
    assert!(parcels.iter().any(|p| p["key"] == story["key"]), "{payment}");
    let sum: i64 = parcels.iter().map(|p| p["due_fen"].as_i64().unwrap()).sum();
    assert_eq!(payment["money"]["amount_fen"], sum, "the bills in it add up");
    assert_eq!(at("2026-04-11T09:00", &["act", "pay", &duty]).exit, 0);
    assert_eq!(explain(&data, &duty)["money"]["paid_on"], "2026-04-11");

    let said = onewindow(&["explain", "nothing", "--data", text(&data)]);
    assert_eq!(said.exit, 1);
    assert!(said.out.contains("本区没有"), "{}", said.out);
}

#[test]
fn what_became_of_a_parcel_reads_well() {
    let folder = tempfile::tempdir().unwrap();
    let (data, truth) = day(folder.path());
    let released = truth.iter().find(|t| t["expect"] == "released" && t.get("fault").is_none()).unwrap();
    let released = released["orderNo"].as_str().unwrap().to_owned();
    // State, reasons, and what a reader looks for in the text.
    let rows: &[(String, &str, &[&str], &[&str])] = &[
        (released, "released", &[], &["三单一致", "The documents agree", "增值税 VAT", "税则 (tariff)", "T49"]),
        (planted(&truth, "R09 currency"), "refused", &["CURRENCY_NOT_CNY"], &["退单", "mend it", "→"]),
        (planted(&truth, "M3 R18 no payment"), "waiting", &["UNPAID"], &["2026-03-03 23:55 前", "by 2026-03-03 23:55"]),
        (planted(&truth, "return of too much"), "released", &["RETURN_QUANTITY"], &["退货申请：退单", "45号"]),
        (planted(&truth, "return in time"), "released", &[], &["须于 2026-04-16 前运抵", "待运抵 pending 1"]),
    ];
    for (order, state, reasons, words) in rows {
        let story = explain(&data, order);
        assert_eq!((story["state"].as_str().unwrap(), codes(&story)), (*state, reasons.to_vec()), "{order}");
        complete(&story);
        let said = onewindow(&["explain", order, "--data", text(&data)]).out;
        for word in *words {
            assert!(said.contains(word), "{word:?} in\n{said}");
        }
        assert!(!said.contains("_fen") && !said.contains('{'), "for people, not for programs:\n{said}");
    }

    // The return comes back in time, and what it gave back is told.
    let order = &rows[4].0;
    let key = explain(&data, order)["key"].as_str().unwrap().to_owned();
    // Looked at first: what it will give back, and nothing happens.
    let act = ["act", "arrive", &key, "--data", text(&data), "--now", "2026-03-20T10:00", "--json"];
    let looked = onewindow(&[&act[..], &["--preview"]].concat());
    assert_eq!(looked.exit, 0, "{}{}", looked.out, looked.err);
    let sums: Value = serde_json::from_str(looked.out.lines().next().unwrap()).unwrap();
    let sum = |matter: &str| {
        let sum = sums["sums"].as_array().unwrap().iter().find(|sum| sum["matter"] == matter).unwrap().clone();
        sum["after"].as_i64().unwrap() - sum["before"].as_i64().unwrap()
    };
    assert!(sum("allowance") < 0 && sum("guarantee") > 0 && sum("tax") < 0, "{sums}");
    assert!(!explain(&data, order)["lead"]["en"].as_str().unwrap().contains("has arrived"));
    let said = onewindow(&act);
    assert_eq!(said.exit, 0, "{}{}", said.out, said.err);
    let back = explain(&data, order);
    assert!(back["lead"]["en"].as_str().unwrap().contains("has arrived"), "{}", back["lead"]);
    assert_eq!(back["money"]["returned"][0]["pending"], "0");
    assert!(back["money"]["bill"]["due_fen"].as_i64() < back["money"]["tax_fen"].as_i64());
    // Too late, the tax is levied, judged by the law of the day of release.
    let late = planted(&truth, "return on the last day");
    let said = onewindow(&["act", "out", &key, "--data", text(&data), "--now", "2026-04-20T10:00"]);
    assert_eq!(said.exit, 0, "{}{}", said.out, said.err);
    let story = explain(&data, &late);
    let decision = story["decisions"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&decision["findings"][0]["code"], &decision["day"]),
        (&Value::from("RETURN_ARRIVED_LATE"), &Value::from("2026-03-02"))
    );
}
