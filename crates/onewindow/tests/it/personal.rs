//! A day of traffic leaves no personal value outside the vault: every place where one could stand is searched for them.

use crate::zones::{files, text};
use crate::{Serving, curl, onewindow};
use std::collections::BTreeSet;
use std::fs;
use std::process::Command;
use std::sync::Arc;
use trade::time::Moment;
use window::{Config, Window};

/// The elements of CEB messages that name a person.
const PERSONAL: [&str; 10] = [
    "buyerName",
    "buyerIdNumber",
    "buyerTelephone",
    "buyerRegNo",
    "payerName",
    "payerIdNumber",
    "telephone",
    "consignee",
    "consigneeTelephone",
    "consigneeAddress",
];

struct Stopped;

impl window::Clock for Stopped {
    fn now(&self) -> Moment {
        Moment::parse("2026-03-03T12:00").expect("a time")
    }
}

/// The values of these elements in a message.
fn values(xml: &str, into: &mut BTreeSet<String>) {
    for name in PERSONAL {
        for part in xml.split(&format!("{name}>")).skip(1).step_by(2) {
            let value = part.split('<').next().unwrap_or_default();
            // A name of one letter is in every text.
            if value.chars().count() > 1 {
                into.insert(value.to_owned());
            }
        }
    }
}

#[test]
fn a_day_of_traffic_leaves_no_personal_value_outside_the_vault() {
    let folder = tempfile::tempdir().unwrap();
    let (story, data, log) = (folder.path().join("story"), folder.path().join("zone"), folder.path().join("log"));
    let made = ["generate", "--out", text(&story), "--parcels", "150", "--start", "2026-03-02", "--json"];
    assert_eq!(onewindow(&made).exit, 0);
    let run = |arguments: &[&str]| {
        let zone = ["--data", text(&data), "--now", "2026-03-02T23:00", "--json"];
        let said = Command::new(env!("CARGO_BIN_EXE_onewindow"))
            .args([arguments, &zone].concat())
            .env("ONEWINDOW_LOG", "trace")
            .output()
            .expect("the program runs");
        String::from_utf8_lossy(&said.stdout).into_owned() + &String::from_utf8_lossy(&said.stderr)
    };
    for table in ["certificates", "manifests"] {
        run(&["import", table, text(&story.join(format!("{table}.csv"))), "--sandbox"]);
    }
    // Everything that is told to somebody who is not the buyer: logs, receipts, faults, pages.
    let mut said = run(&["submit", text(&story.join("messages"))]);
    assert!(said.contains("\"800\"") && said.contains("CEB622"), "something was released");
    let Some(_) = curl(&["--version"]) else { return eprintln!("skipped: there is no curl") };
    let serving = Serving::logging(&data, "2026-03-02T23:30", fs::File::create(&log).unwrap());
    let mut ask = |arguments: &[&str], path: &str| {
        said += &curl(&[arguments, &[&format!("{}{path}", serving.url)]].concat()).unwrap().1;
    };
    let bearer = format!("Authorization: Bearer {}", serving.keys["1199980AG1"]);
    let mut persons = BTreeSet::new();
    for (n, message) in files(&story.join("messages")).iter().enumerate() {
        let xml = fs::read_to_string(message).unwrap();
        values(&xml, &mut persons);
        if n % 20 == 0 {
            // From one who may not, torn in the middle, and from nobody: faults tell places, not values.
            let body = format!("@{}", text(message));
            ask(&["-H", &bearer, "--data-binary", &body], "/api/v1/messages");
            ask(&["--data-binary", &body], "/api/v1/messages");
            let torn = folder.path().join("torn.xml");
            fs::write(&torn, xml.chars().take(xml.chars().count() / 2).collect::<String>()).unwrap();
            ask(&["-H", &bearer, "--data-binary", &format!("@{}", text(&torn))], "/api/v1/messages");
        }
    }
    assert!(persons.len() > 300, "{} personal values", persons.len());
    let one = persons.iter().next().unwrap();
    for path in ["/zh/", "/en/parcels", "/zh/parcels?state=refused", "/metrics", "/healthz", "/zh/interfaces"] {
        ask(&[], path);
    }
    // Whoever searches for a person sees the own question again; the log does not have it.
    let search = format!("{}/zh/search", serving.url);
    curl(&["-G", "--data-urlencode", &format!("q={one}"), &search]).unwrap();
    drop(serving);

    let mut places: Vec<(String, Vec<u8>)> = vec![("what was answered".into(), said.into_bytes())];
    places.push(("the log".into(), fs::read(&log).unwrap()));
    assert!(places.iter().all(|(_, bytes)| bytes.len() > 3_000), "it logs everything");
    let vault = data.join("vault");
    for folder in [data.clone(), data.join("journal"), data.join("state"), vault.clone()] {
        places.extend(files(&folder).iter().map(|f| (f.display().to_string(), fs::read(f).unwrap_or_default())));
    }
    let (window, mut originals) = (Window::beside(Config::new(&data), Arc::new(Stopped)).unwrap(), Vec::new());
    for revision in 1..=window.journal().last() {
        let entry = window.journal().entry(revision).unwrap().unwrap();
        places.push((format!("entry {revision}"), entry.body().to_vec()));
        originals.extend(window.original(revision).unwrap_or_default().unwrap_or_default());
    }
    window.state().each_hot(|key, value| places.push(("the state".into(), [key, value].concat())));
    assert!(places.iter().any(|(place, _)| place.starts_with(text(&vault))), "the vault is searched too");
    let whole = String::from_utf8_lossy(&originals);
    let kept = persons.iter().filter(|person| whole.contains(person.as_str())).count();
    assert!(kept * 10 > persons.len() * 9, "{kept} of {} can be read from the vault with its keys", persons.len());

    let mut found = BTreeSet::new();
    for (place, bytes) in &mut places {
        // Room that is set aside is not worth searching.
        bytes.retain(|byte| *byte != 0);
        let text = String::from_utf8_lossy(bytes);
        found.extend(persons.iter().filter(|p| text.contains(p.as_str())).map(|p| format!("{p} in {place}")));
    }
    assert!(found.is_empty(), "{found:#?}");
}
