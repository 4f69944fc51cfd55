//! A decision of 2018 asked again today: the law of its day, the clause, the same bytes.

use crate::zones::text;
use crate::{Said, Serving, curl, onewindow};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const THEN: &str = "2018-06-18";
const TODAY: &str = "2026-11-26";

/// The files of receipts and their proofs of lists, by name.
fn receipts(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(folder).expect("a folder").map(|e| e.expect("a file").path());
    let of_list = files.filter(|p| p.to_string_lossy().ends_with("CEB622-800.xml"));
    let named = |p: &Path| p.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    of_list.map(|p| (named(&p), fs::read(&p).expect("readable"))).collect()
}

fn well(said: Said) -> Said {
    assert_eq!(said.exit, 0, "{}{}", said.out, said.err);
    said
}

#[test]
fn a_decision_of_2018_asked_again_today_has_the_law_of_its_day_and_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let [story, data, first] = ["story", "zone", "first"].map(|name| folder.path().join(name));
    well(onewindow(&["generate", "--out", text(&story), "--parcels", "4", "--start", THEN, "--clean", "--json"]));
    for table in ["certificates", "manifests"] {
        let file = story.join(format!("{table}.csv"));
        let now = format!("{THEN}T08:00");
        well(onewindow(&["import", table, text(&file), "--data", text(&data), "--sandbox", "--now", &now]));
    }
    let submit = |to: &Path, now: &str| {
        let messages = story.join("messages");
        onewindow(&["submit", text(&messages), "--data", text(&data), "--receipts", text(to), "--json", "--now", now])
    };
    well(submit(&first, &format!("{THEN}T23:00")));
    let then = receipts(&first);
    assert!(!then.is_empty(), "a list was released in 2018");
    let list = fs::read_to_string(story.join("truth.jsonl")).unwrap();
    let truth: Value = serde_json::from_str(list.lines().next().expect("a parcel")).unwrap();
    let word = |name: &str| truth[name].as_str().unwrap_or_default().to_owned();
    let key = format!("{}_{}", word("ebcCode"), word("orderNo"));
    let ask = |now: &str| {
        let said = well(onewindow(&["explain", &key, "--data", text(&data), "--json", "--now", now]));
        let mut told = said.lines().remove(0);
        // What came after, such as the summary of its bill, is no part of the decision.
        let decisions = told["decisions"].take();
        let released = |d: &&Value| d["verdict"] == "released";
        (decisions.as_array().and_then(|all| all.iter().find(released).cloned()), told["money"].take())
    };
    let (decision, money) = ask(&format!("{THEN}T23:30"));
    let day = decision.as_ref().map(|d| d["day"].clone());
    assert_eq!(day, Some(json!(THEN)), "{decision:?}");
    let clause = money["clause"].as_str().unwrap_or_default();
    assert!(clause.contains("〔2016〕18号") && !clause.contains("〔2018〕49号"), "the limits of its day: {money}");

    // Eight years on: the clock is confirmed, what fell due has happened, another law is in force.
    well(onewindow(&["act", "confirm-time", TODAY, "--data", text(&data), "--now", &format!("{TODAY}T10:00")]));
    let (decision_today, money_today) = ask(&format!("{TODAY}T11:00"));
    assert_eq!(decision_today, decision, "the same day, findings and revision of the law");
    for figure in ["regime", "clause", "taxable_fen", "tax_fen", "lines", "year_before_fen"] {
        assert_eq!(money_today[figure], money[figure], "{figure}");
    }
    // Its receipts asked for again are those of 2018, byte for byte, and each still proves itself.
    let serving = Serving::of(&data, &["--sandbox"], &format!("{TODAY}T12:00"));
    let key = format!("Authorization: Bearer {}", serving.keys["operator"]);
    for (name, bytes) in &then {
        let place: Vec<u64> = name.split('-').take(2).filter_map(|n| n.parse().ok()).collect();
        let address = format!("{}/api/v1/receipts/{}/{}", serving.url, place[0], place[1]);
        let Some((status, again)) = curl(&["-H", &key, &format!("{address}.xml")]) else { break };
        assert!(status == 200 && again.as_bytes() == bytes, "{name}: {status} {again}");
        let Some((_, proof)) = curl(&["-H", &key, &format!("{address}.proof.json")]) else { break };
        // Beside the first ones, where the window's public key lies.
        let again = first.join("again.xml");
        fs::write(&again, bytes).unwrap();
        fs::write(first.join("again.proof.json"), proof).unwrap();
        let proved = onewindow(&["verify", "--json", text(&again)]);
        assert_eq!(proved.exit, 0, "{name}: {}{}", proved.out, proved.err);
        assert_eq!(proved.lines()[0]["verdict"], "valid", "{name}");
    }
    drop(serving);
    // And decided once more over the same facts, every entry comes out as it stands.
    let replayed = well(onewindow(&["replay", "--data", text(&data), "--json"]));
    assert_eq!((&replayed.lines()[0]["same"], &replayed.lines()[0]["differences"]), (&json!(true), &json!(0)));
}
