//! A production zone from its founding on: name, law, lists of the law, who may come in.

use crate::zones::text;
use crate::{Said, Serving, curl, onewindow, root};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};

const NOW: &str = "2026-03-01T10:00";

/// The sample policy in a folder of its own, to be changed.
fn law(folder: &Path) -> PathBuf {
    let law = folder.join("law");
    let said = onewindow(&["policy", "export", text(&law), "--sample", "--json"]);
    assert_eq!(
        (said.exit, &said.lines()[0]["files"]),
        (0, &json!(trade::policy::SAMPLE.len())),
        "{}{}",
        said.out,
        said.err
    );
    law
}

fn found(data: &Path, law: &Path) -> Said {
    onewindow(&[
        "found",
        "--data",
        text(data),
        "--policy",
        text(law),
        "--name-zh",
        "某综合试验区",
        "--name-en",
        "Some zone",
        "--window",
        "4711",
        "--now",
        NOW,
        "--json",
    ])
}

#[test]
fn a_production_zone_is_founded_by_one_command_and_one_entry() {
    let folder = tempfile::tempdir().unwrap();
    let (data, law) = (folder.path().join("zone"), law(folder.path()));
    // Whoever starts on an empty folder is told what to do, and nothing is made.
    let sample = root().join("crates/wire/tests/golden/ceb/CEB311_order.xml");
    for command in [&["serve"][..], &["import", "zones", text(&sample)], &["submit", text(&sample)]] {
        let said = onewindow(&[command, &["--data", text(&data)]].concat());
        assert_eq!(said.exit, 2, "{command:?}");
        assert!(said.err.contains("onewindow found") && said.err.contains("开区"), "{}", said.err);
    }
    assert!(!data.exists());

    let said = found(&data, &law);
    assert_eq!(said.exit, 0, "{}{}", said.out, said.err);
    let lines = said.lines();
    assert_eq!((&lines[0]["window"], &lines[0]["policy_files"]), (&json!(4711), &json!(trade::policy::SAMPLE.len())));
    assert!(lines[0]["samples"].as_u64().unwrap() > 0, "invented rows are told");
    for (line, login) in lines[1..].iter().zip(["operator", "security", "auditor"]) {
        assert!(line["login"] == login && line["password"].as_str().unwrap().len() >= 16, "{}", said.out);
    }
    assert_eq!(lines.len(), 4);
    // One entry: a crash leaves all of it or nothing.
    let replayed = onewindow(&["replay", "--data", text(&data), "--json"]);
    assert_eq!((&replayed.lines()[0]["entries"], &replayed.lines()[0]["same"]), (&json!(1), &json!(true)));
    assert_eq!(found(&data, &law).exit, 2, "a zone is founded once");
    // Its policy is there, and it is no sandbox that would trust the samples' certificates.
    let back = folder.path().join("back");
    assert_eq!(onewindow(&["policy", "export", text(&back), "--data", text(&data)]).exit, 0);
    for entry in fs::read_dir(&law).unwrap() {
        let path = entry.unwrap().path();
        assert!(fs::read(&path).unwrap() == fs::read(back.join(path.file_name().unwrap())).unwrap(), "{path:?}");
    }
}

#[test]
fn a_founding_that_never_became_durable_is_begun_again() {
    let folder = tempfile::tempdir().unwrap();
    let (data, law) = (folder.path().join("zone"), law(folder.path()));
    assert_eq!(found(&data, &law).exit, 0);
    // The same folder as a crash before the first sync leaves it: a journal without an entry.
    let segment = fs::read_dir(data.join("journal")).unwrap().map(|e| e.unwrap().path());
    let segment = segment.filter(|p| p.extension().is_some_and(|e| e == "seg")).min().unwrap();
    let bytes = fs::read(&segment).unwrap();
    fs::write(&segment, &bytes[..bytes.len().min(200)]).unwrap();
    for derived in ["state", "views.sqlite", "journal/positions", "journal/tree", "vault"] {
        let path = data.join(derived);
        let _ = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
    }
    let said = onewindow(&["policy", "adopt", text(&law), "--data", text(&data)]);
    assert_eq!(said.exit, 2, "{}{}", said.out, said.err);
    assert!(said.err.contains("onewindow found"), "{}", said.err);
    let said = found(&data, &law);
    assert_eq!(said.exit, 0, "{}{}", said.out, said.err);
}

#[test]
fn a_founding_with_a_faulty_policy_founds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (data, law) = (folder.path().join("zone"), law(folder.path()));
    fs::remove_file(law.join("limits.toml")).unwrap();
    let said = found(&data, &law);
    assert_eq!(said.exit, 1, "{}{}", said.out, said.err);
    assert_eq!(said.lines()[0]["problems"][0]["file"], "limits.toml");
    assert!(!data.exists());
}

#[test]
fn lists_of_the_law_are_imported_as_policy() {
    let folder = tempfile::tempdir().unwrap();
    let (data, law) = (folder.path().join("zone"), law(folder.path()));
    assert_eq!(found(&data, &law).exit, 0);
    let import = |kind: &str, text_of: &str, more: &[&str]| {
        let file = folder.path().join("list.csv");
        fs::write(&file, text_of).unwrap();
        onewindow(&[&["import", kind, text(&file), "--data", text(&data), "--now", NOW, "--json"], more].concat())
    };
    let tariff = fs::read_to_string(law.join("tariff.csv")).unwrap();
    let said = import("tariff", &tariff, &[]);
    assert_eq!(said.exit, 0, "{}{}", said.out, said.err);
    assert!(said.lines()[0].get("changes").is_none(), "the same list is not adopted again: {}", said.out);

    // One rate changes: a dry run says so and leaves all as it was; the import of two persons adopts this file alone.
    let row = tariff.lines().find(|l| l.starts_with("9004100000,") && l.contains("2019-04-01")).expect("sunglasses");
    let changed = tariff.replace(row, &row.replacen(",13%,", ",12%,", 1));
    assert!(tariff != changed);
    let said = import("tariff", &changed, &["--dry-run"]);
    assert_eq!((said.exit, &said.lines()[0]["dry_run"]), (0, &json!(true)), "{}", said.out);
    assert_eq!(said.lines()[0]["changes"]["removed"], json!([row]));
    let entries = || onewindow(&["replay", "--data", text(&data), "--json"]).lines()[0]["entries"].clone();
    assert_eq!(entries(), 1);
    let said = import("tariff", &changed, &[]);
    assert_eq!(said.exit, 0, "{}{}", said.out, said.err);
    assert_eq!(said.lines()[0]["rows"], tariff.lines().filter(|l| !l.starts_with('#')).count() - 1);
    assert_eq!((&said.lines()[0]["proposed"], entries()), (&json!(2), json!(2)));
    let said = import("tariff", &changed, &["--by", "wang"]);
    assert_eq!((said.exit, said.lines()[0].get("proposed"), entries()), (0, None, json!(3)), "{}", said.err);
    let back = folder.path().join("back");
    assert_eq!(onewindow(&["policy", "export", text(&back), "--data", text(&data)]).exit, 0);
    assert!(fs::read_to_string(back.join("tariff.csv")).unwrap() == changed);
    let limits = |folder: &Path| fs::read(folder.join("limits.toml")).unwrap();
    assert_eq!(limits(&back), limits(&law), "the other files stay");

    // Every fault with line and column, also what only shows against another file; nothing is taken then.
    let head = tariff.lines().find(|l| !l.starts_with('#')).unwrap();
    let cells = |edit: &dyn Fn(&mut Vec<&str>)| {
        let mut cells: Vec<_> = row.split(',').collect();
        edit(&mut cells);
        cells.join(",")
    };
    let at = |name: &str| head.split(',').position(|c| c == name).unwrap();
    let wrong = [
        cells(&|c| c[at("duty")] = "dear"),
        cells(&|c| (c[0], c[at("unit1")]) = ("9004100091", "999")),
        cells(&|c| (c[0], c[at("from")]) = ("19", "soon")),
    ];
    let said = import("tariff", &format!("{head}\n{}\n", wrong.join("\n")), &[]);
    assert_eq!((said.exit, &said.lines()[0]["rows"]), (1, &json!(0)), "{}{}", said.out, said.err);
    let problems = said.lines()[0]["problems"].as_array().unwrap().clone();
    let places: Vec<_> =
        problems.iter().map(|p| (p["line"].as_u64().unwrap(), p["column"].as_str().unwrap())).collect();
    for place in [(2, "duty"), (3, "unit1"), (4, "hs10"), (4, "from")] {
        assert!(places.contains(&place), "{place:?} in {problems:?}");
    }
    assert_eq!(entries(), 3);
    // A wrong heading is said once, not on every row.
    let said = import("positive-list", "hs8,colour\n01012100,red\n01012200,red\n", &[]);
    let problems = said.lines()[0]["problems"].as_array().unwrap().clone();
    let of = |column: &str| problems.iter().filter(|p| p["column"] == column).count();
    assert_eq!((said.exit, of("colour"), of("from"), of("hs8")), (1, 1, 1, 0), "{problems:?}");
}

#[test]
fn a_policy_folder_is_adopted_after_a_dry_run_has_shown_what_changes() {
    let folder = tempfile::tempdir().unwrap();
    let (data, law) = (folder.path().join("zone"), law(folder.path()));
    assert_eq!(found(&data, &law).exit, 0);
    let adopt = |more: &[&str]| {
        let said = onewindow(&[&["policy", "adopt", text(&law), "--data", text(&data), "--json"], more].concat());
        (said.exit, said.lines()[0].clone())
    };
    assert_eq!(adopt(&[]).1["verdict"], "unchanged");
    let limits = law.join("limits.toml");
    let before = fs::read_to_string(&limits).unwrap();
    fs::write(&limits, before.replace("single_fen = 500000", "single_fen = 600000")).unwrap();
    let (exit, said) = adopt(&["--dry-run"]);
    assert_eq!((exit, &said["verdict"], &said["revision"]), (0, &json!("would-adopt"), &json!(null)), "{said}");
    assert_eq!(said["changes"][0]["file"], "limits.toml");
    assert_eq!(said["changes"][0]["added"], json!(["single_fen = 600000"]));
    let (exit, said) = adopt(&[]);
    assert_eq!((exit, &said["verdict"], &said["revision"]), (0, &json!("proposed"), &json!(2)), "{said}");
    // Not by the same person; the refusal is an entry too.
    let alone = onewindow(&["policy", "adopt", text(&law), "--data", text(&data)]);
    assert_eq!(alone.exit, 2, "{}", alone.out);
    assert!(alone.err.contains("another person") && alone.err.contains("另一人"), "{}", alone.err);
    let (exit, said) = adopt(&["--by", "wang"]);
    assert_eq!((exit, &said["verdict"], &said["revision"]), (0, &json!("adopted"), &json!(4)), "{said}");
    assert_eq!(adopt(&[]).1["verdict"], "unchanged");
    fs::write(&limits, before.replace("clause", "klause")).unwrap();
    let (exit, said) = adopt(&[]);
    assert_eq!((exit, &said["verdict"]), (1, &json!("invalid")), "{said}");
    assert!(said["problems"][0]["line"].as_u64().unwrap() > 0);
    let replayed = onewindow(&["replay", "--data", text(&data), "--json"]);
    assert_eq!((&replayed.lines()[0]["entries"], &replayed.lines()[0]["same"]), (&json!(4), &json!(true)));
}

#[test]
fn a_law_is_checked_for_what_is_odd_and_compared_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let (data, old) = (folder.path().join("zone"), law(folder.path()));
    assert_eq!(found(&data, &old).exit, 0);
    let new = folder.path().join("new");
    fs::create_dir(&new).unwrap();
    for entry in fs::read_dir(&old).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, new.join(path.file_name().unwrap())).unwrap();
    }
    let limits = fs::read_to_string(old.join("limits.toml")).unwrap();
    fs::write(new.join("limits.toml"), limits.replace("annual_fen = 2600000", "annual_fen = 400000")).unwrap();

    let check = |law: &Path| onewindow(&["policy", "check", text(law), "--json"]).lines()[0].clone();
    let (before, after) = (check(&old), check(&new));
    let odd = |said: &serde_json::Value| said["remarks"].as_array().unwrap().len();
    assert_eq!((&after["verdict"], odd(&after)), (&json!("valid"), odd(&before) + 1), "{after}");
    let remark = after["remarks"].as_array().unwrap().iter().find(|r| r["flaw"] == "contradiction").unwrap();
    assert_eq!(remark["example"]["answer"], json!(["GENERAL_TRADE_REQUIRED", "OVER_ANNUAL_LIMIT"]), "{remark}");
    let words = onewindow(&["policy", "check", text(&new)]);
    assert!(words.out.contains("contradiction") && words.out.contains("单次限值"), "{}", words.out);

    let two = onewindow(&["policy", "diff", text(&old), text(&new), "--json"]);
    let [line] = &two.lines()[..] else { panic!("{}{}", two.out, two.err) };
    assert_eq!((&line["change"], &line["cells"]), (&json!("changed"), &json!([["annual_fen", "2600000", "400000"]])));
    let zone = onewindow(&["policy", "diff", text(&new), "--data", text(&data)]);
    assert!(zone.out.contains("yearly limit 26000.00 becomes 4000.00"), "{}{}", zone.out, zone.err);
    assert!(zone.out.contains("年度交易限值由 26000.00 改为 4000.00"), "{}", zone.out);
    let same = onewindow(&["policy", "diff", text(&old), "--data", text(&data)]);
    assert!(same.exit == 0 && same.out.contains("nothing differs"), "{}", same.out);
}

#[test]
fn a_clock_that_jumped_is_confirmed_by_a_command() {
    let folder = tempfile::tempdir().unwrap();
    let (data, law) = (folder.path().join("zone"), law(folder.path()));
    assert_eq!(found(&data, &law).exit, 0);
    // A day is a jump in this zone.
    let config = folder.path().join("window.toml");
    fs::write(&config, "largest_step_ms = 86400000\n").unwrap();
    let zones = folder.path().join("zones.csv");
    fs::write(&zones, "code,kind,name_zh,from\nX,zone,某区,2020-01-01\n").unwrap();
    let at = |now: &str, arguments: &[&str]| {
        let more = ["--data", text(&data), "--config", text(&config), "--now", now, "--json"];
        onewindow(&[arguments, &more].concat())
    };
    assert_eq!(at("2026-03-02T09:00", &["import", "zones", text(&zones)]).exit, 0);
    let said = at("2026-04-01T09:00", &["import", "zones", text(&zones)]);
    assert_eq!(said.exit, 2, "{}", said.out);
    assert!(said.err.contains("onewindow act confirm-time 2026-04-01") && said.err.contains("时钟"), "{}", said.err);
    // Whoever confirms names the day; another one than the clock shows changes nothing.
    assert_eq!(at("2026-04-01T09:00", &["act", "confirm-time", "2026-03-03"]).exit, 2);
    let said = at("2026-03-02T09:30", &["act", "confirm-time", "2026-03-03"]);
    assert_eq!((said.exit, &said.lines()[0]["code"]), (1, &json!("CLOCK_OTHER_DAY")), "{}{}", said.out, said.err);
    let said = at("2026-04-01T09:00", &["act", "confirm-time", "2026-04-01"]);
    assert_eq!(said.exit, 0, "{}{}", said.out, said.err);
    assert_eq!(at("2026-04-01T09:10", &["import", "zones", text(&zones)]).exit, 0);
    let replayed = onewindow(&["replay", "--data", text(&data), "--json"]);
    assert_eq!(replayed.lines()[0]["same"], true);
}

#[test]
fn a_running_window_whose_clock_jumped_says_so_and_is_confirmed() {
    if curl(&["--version"]).is_none() {
        return eprintln!("skipped: there is no curl");
    }
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("zone");
    let config = folder.path().join("window.toml");
    fs::write(&config, "largest_step_ms = 86400000\n").unwrap();
    drop(Serving::sandbox(&data, NOW));
    // Two days on nothing comes in, not even the registrations of `--sandbox`.
    let said = onewindow(&[
        "serve",
        "--sandbox",
        "--data",
        text(&data),
        "--config",
        text(&config),
        "--now",
        "2026-03-04T10:00",
    ]);
    assert_eq!(said.exit, 2, "{}", said.out);
    // So the keys are those of a start that came in time; the clock jumps while the zone is down.
    let serving = Serving::of(&data, &["--sandbox"], "2026-03-01T11:00");
    let (sender, operator) = (serving.keys["1199980AG1"].clone(), serving.keys["operator"].clone());
    drop(serving);
    let serving = Serving::of(&data, &["--config", text(&config)], "2026-03-04T10:00");
    let sample = root().join("crates/wire/tests/golden/ceb/CEB411_payment.xml");
    let send = || {
        let (bearer, body) = (format!("Authorization: Bearer {sender}"), format!("@{}", text(&sample)));
        curl(&["-H", &bearer, "--data-binary", &body, &format!("{}/api/v1/messages", serving.url)]).unwrap()
    };
    let (status, problem) = send();
    assert_eq!(status, 503, "{problem}");
    let problem: serde_json::Value = serde_json::from_str(&problem).unwrap();
    assert_eq!(problem["code"], "CLOCK_JUMPED");
    assert!(problem["en"].as_str().unwrap().contains("confirm-time 2026-03-04"), "{problem}");
    assert!(problem["zh"].as_str().unwrap().contains("confirm-time 2026-03-04"), "{problem}");
    let key_file = folder.path().join("key");
    let confirm = |key: &str, day: &str| {
        fs::write(&key_file, key).unwrap();
        onewindow(&["act", "confirm-time", day, "--url", &serving.url, "--key-file", text(&key_file), "--json"])
    };
    assert_eq!(confirm(&sender, "2026-03-04").exit, 2, "a sender may not");
    assert_eq!(confirm(&operator, "2026-03-05").exit, 2, "the clock shows another day");
    assert_eq!(send().0, 503);
    let said = confirm(&operator, "2026-03-04");
    assert_eq!(said.exit, 0, "{}{}", said.out, said.err);
    assert_eq!(send().0, 200);
}

#[test]
fn an_operator_imports_and_adopts_over_a_running_window() {
    let folder = tempfile::tempdir().unwrap();
    let (data, law) = (folder.path().join("zone"), law(folder.path()));
    let serving = Serving::sandbox(&data, NOW);
    let key_file = folder.path().join("key");
    let over = |key: &str, arguments: &[&str]| {
        fs::write(&key_file, &serving.keys[key]).unwrap();
        onewindow(&[arguments, &["--url", &serving.url, "--key-file", text(&key_file), "--json"]].concat())
    };
    let list = law.join("positive_list.csv");
    let said = over("operator", &["import", "positive-list", text(&list)]);
    assert_eq!(said.exit, 0, "{}{}", said.out, said.err);
    assert!(said.lines()[0]["rows"].as_u64().unwrap() > 5);
    assert_eq!(over("1199980AG1", &["import", "positive-list", text(&list)]).exit, 2, "a sender may not");
    fs::write(&list, "hs8,zh,from,clause,mark\nx,y,2020-01-01,z,sample\n").unwrap();
    let said = over("operator", &["import", "positive-list", text(&list)]);
    assert_eq!((said.exit, &said.lines()[0]["problems"][0]["line"]), (1, &json!(2)), "{}{}", said.out, said.err);
    let said = over("operator", &["policy", "adopt", text(&law)]);
    assert_eq!((said.exit, &said.lines()[0]["verdict"]), (1, &json!("invalid")), "{}{}", said.out, said.err);
    assert_eq!(said.lines()[0]["problems"][0]["file"], "positive_list.csv");
    fs::remove_file(&list).unwrap();
    let said = over("operator", &["policy", "adopt", text(&law)]);
    assert_eq!((said.exit, &said.lines()[0]["verdict"]), (0, &json!("adopted")), "{}{}", said.out, said.err);
}

/// 三员分立: each of the three does the own work and not that of the others.
#[test]
fn the_three_administrators_of_a_new_zone_come_in_and_none_does_anothers_work() {
    let folder = tempfile::tempdir().unwrap();
    let (data, law) = (folder.path().join("zone"), law(folder.path()));
    let names = ["--operator", "zhao", "--security", "qian", "--auditor", "zhao"];
    let begin = |names: &[&str]| {
        let zone = ["found", "--data", text(&data), "--policy", text(&law), "--now", NOW, "--json"];
        onewindow(&[&zone[..], &["--name-zh", "某综合试验区", "--name-en", "Some zone"], names].concat())
    };
    let said = begin(&names);
    assert!(said.exit == 2 && said.err.contains("three names") && !data.exists(), "{}{}", said.out, said.err);
    let said = begin(&[&names[..5], &["sun"]].concat());
    assert_eq!(said.exit, 0, "{}{}", said.out, said.err);
    let logins: Vec<(String, String)> = said.lines()[1..]
        .iter()
        .map(|line| ["login", "password"].map(|name| line[name].as_str().unwrap().to_owned()).into())
        .collect();
    let Some(_) = curl(&["--version"]) else { return eprintln!("skipped: there is no curl") };
    // Codes are asked for first in a production zone; here the law is looked at without them.
    fs::write(law.join("parameters.toml"), without_factor(&law)).unwrap();
    for by in ["zhao", "li"] {
        assert_eq!(onewindow(&["policy", "adopt", text(&law), "--data", text(&data), "--by", by]).exit, 0);
    }
    let serving = Serving::of(&data, &[], "2026-03-01T11:00");
    let opens = |login: usize, page: &str| {
        let (name, password) = &logins[login];
        let jar = serving.sign_in(name, password, folder.path()).expect("the printed password opens");
        curl(&["-b", &jar, &format!("{}/en{page}", serving.url)]).unwrap().0 == 200
    };
    for (page, opened) in [("/zone", [true, false, false]), ("/zone/sessions", [false, true, false])] {
        assert_eq!([0, 1, 2].map(|login| opens(login, page)), opened, "{page}");
    }
    assert!(opens(2, "/looks") && opens(2, "/zone/journal"));
}

/// The parameters of a law that asks for no second factor.
fn without_factor(law: &Path) -> String {
    let text = fs::read_to_string(law.join("parameters.toml")).expect("the law");
    let (before, after) = text.split_once("\"sign_in.second_factor\"").unwrap_or_else(|| panic!("{text}"));
    format!("{before}\"sign_in.second_factor\"{}", after.replacen("value = 1", "value = 0", 1))
}

#[test]
fn senders_and_officials_are_let_in_and_put_out_by_commands() {
    let folder = tempfile::tempdir().unwrap();
    let (data, law) = (folder.path().join("zone"), law(folder.path()));
    assert_eq!(found(&data, &law).exit, 0);
    let run = |arguments: &[&str]| onewindow(&[arguments, &["--data", text(&data), "--json"]].concat());
    // An enterprise that nobody knows gets no key.
    let said = run(&["key", "add", "4602980A01"]);
    assert_eq!(said.exit, 2, "{}", said.out);
    assert!(said.err.contains("没有登记"), "{}", said.err);
    let parties = folder.path().join("parties.csv");
    fs::write(&parties, "code,name_zh,domestic,role,from\n4602980A01,某报关行,yes,agent,2020-01-01\n").unwrap();
    assert_eq!(run(&["import", "parties", text(&parties)]).exit, 0);
    let said = run(&["key", "add", "4602980A01", "--label", "erp"]);
    assert_eq!(said.exit, 0, "{}{}", said.out, said.err);
    let sender = said.lines()[0]["key"].as_str().unwrap().to_owned();
    let official = |role: &str| {
        let said = run(&["key", "add", "--role", role, "--label", role]);
        said.lines()[0]["key"].as_str().unwrap().to_owned()
    };
    let (operator, security) = (official("operator"), official("security"));
    let said = run(&["account", "add", "Inspector", "--role", "officer"]);
    assert_eq!(said.exit, 0, "{}{}", said.out, said.err);
    let password = said.lines()[0]["password"].as_str().unwrap().to_owned();
    assert!(password.len() >= 16);
    assert_eq!(run(&["account", "add", "x", "--role", "enterprise"]).exit, 2, "of which enterprise?");
    assert_eq!(run(&["account", "add", "x", "--role", "king"]).exit, 2);
    let listed = run(&["key", "list"]);
    let hash = |label: &str| {
        let line = listed.lines().into_iter().find(|l| l["label"] == label).unwrap_or_else(|| panic!("{}", listed.out));
        assert_eq!((&line["revoked"], line.get("key")), (&json!(false), None), "a list shows no secret");
        line["hash"].as_str().unwrap()[..12].to_owned()
    };
    let erp = hash("erp");
    assert!(!listed.out.contains(&sender));
    let accounts: Vec<_> = run(&["account", "list"]).lines().iter().map(|l| l["login"].clone()).collect();
    assert_eq!(accounts, ["auditor", "inspector", "operator", "security"]);

    let Some(_) = curl(&["--version"]) else { return eprintln!("skipped: there is no curl") };
    let serving = Serving::of(&data, &[], "2026-03-01T11:00");
    let asks = |key: &str| {
        let bearer = format!("Authorization: Bearer {key}");
        curl(&["-H", &bearer, &format!("{}/api/v1/receipts", serving.url)]).unwrap().0
    };
    assert_eq!((asks(&sender), asks("ow_nobody")), (200, 401));
    assert!(serving.sign_in("Inspector", &password, folder.path()).is_some());
    assert!(serving.sign_in("inspector", "guess", folder.path()).is_none());
    let key_file = folder.path().join("key");
    let over = |arguments: &[&str]| run(&[arguments, &["--url", &serving.url, "--key-file", text(&key_file)]].concat());
    // Who runs the zone lets nobody in: that is another's work.
    fs::write(&key_file, &operator).unwrap();
    assert_eq!(over(&["key", "add", "4602980A01", "--label", "second"]).exit, 2);
    assert_eq!(over(&["account", "add", "passer", "--role", "viewer"]).exit, 2);
    fs::write(&key_file, &security).unwrap();
    let said = over(&["key", "add", "4602980A01", "--label", "second"]);
    assert_eq!(said.exit, 0, "{}{}", said.out, said.err);
    assert_eq!(asks(said.lines()[0]["key"].as_str().unwrap()), 200);
    let said = over(&["key", "revoke", &erp]);
    assert_eq!((said.exit, &said.lines()[0]["revoked"]), (0, &json!(true)), "{}{}", said.out, said.err);
    assert_eq!(asks(&sender), 401, "a revoked key opens nothing");
    // From a machine that has no zone, as from beside it.
    let made = over(&["account", "add", "passer", "--role", "viewer"]);
    assert_eq!(made.exit, 0, "{}{}", made.out, made.err);
    let elsewhere = folder.path().join("nothing");
    let far = ["account", "close", "passer", "--data", text(&elsewhere), "--json", "--url", &serving.url];
    let said = onewindow(&[&far[..], &["--key-file", text(&key_file)]].concat());
    assert_eq!(said.exit, 0, "{}{}", said.out, said.err);
    let said = over(&["account", "close", "inspector"]);
    assert_eq!((said.exit, &said.lines()[0]["closed"]), (0, &json!(true)), "{}{}", said.out, said.err);
    fs::write(&key_file, said.lines()[0]["login"].as_str().unwrap()).unwrap();
    assert_eq!(over(&["account", "add", "y", "--role", "viewer"]).exit, 2, "not by anybody");
}

#[test]
fn a_lost_password_of_an_official_needs_two_administrators() {
    let folder = tempfile::tempdir().unwrap();
    let (data, law) = (folder.path().join("zone"), law(folder.path()));
    assert_eq!(found(&data, &law).exit, 0);
    let add = |by: &str| {
        onewindow(&["account", "add", "inspector", "--role", "officer", "--by", by, "--data", text(&data), "--json"])
    };
    assert!(add("li").lines()[0]["password"].is_string());
    let said = add("li");
    assert_eq!((said.exit, &said.lines()[0]["proposed"], said.lines()[0].get("password")), (0, &json!(true), None));
    let said = add("li");
    assert_eq!(said.exit, 2, "{}", said.out);
    assert!(said.err.contains("另一名管理员") && said.err.contains("another administrator"), "{}", said.err);
    let said = add("wang");
    let password = said.lines()[0]["password"].as_str().unwrap().to_owned();
    let Some(_) = curl(&["--version"]) else { return eprintln!("skipped: there is no curl") };
    let serving = Serving::of(&data, &[], "2026-03-01T11:00");
    assert!(serving.sign_in("inspector", &password, folder.path()).is_some());
}

#[test]
fn a_key_opens_what_it_names_and_its_enterprise_replaces_it() {
    let folder = tempfile::tempdir().unwrap();
    let (data, law) = (folder.path().join("zone"), law(folder.path()));
    assert_eq!(found(&data, &law).exit, 0);
    let run = |arguments: &[&str]| {
        let said = onewindow(&[arguments, &["--data", text(&data), "--json", "--now", NOW]].concat());
        assert_eq!(said.exit, 0, "{}{}", said.out, said.err);
        said.lines()[0].clone()
    };
    let parties = folder.path().join("parties.csv");
    fs::write(&parties, "code,name_zh,domestic,role,from\n4602980A01,某报关行,yes,agent,2020-01-01\n").unwrap();
    run(&["import", "parties", text(&parties)]);
    let line = run(&["key", "add", "4602980A01", "--label", "erp", "--scope", "outbox.read", "--days", "10"]);
    assert_eq!((&line["scopes"], line["until"].is_string()), (&json!(["outbox.read"]), true), "{line}");
    let narrow = line["key"].as_str().unwrap().to_owned();
    let replaced = run(&["key", "rotate", &line["hash"].as_str().unwrap()[..12], "--keep-days", "0"]);
    assert_eq!(replaced["scopes"], json!(["outbox.read"]), "it opens what the old one did");
    let next = replaced["key"].as_str().unwrap().to_owned();
    let account = run(&["account", "add", "clerk", "--role", "enterprise", "--enterprise", "4602980A01"]);
    let password = account["password"].as_str().unwrap().to_owned();

    let Some(_) = curl(&["--version"]) else { return eprintln!("skipped: there is no curl") };
    let serving = Serving::of(&data, &[], "2026-03-01T11:00");
    let asks = |key: &str, path: &str, more: &[&str]| {
        let (bearer, url) = (format!("Authorization: Bearer {key}"), format!("{}{path}", serving.url));
        curl(&[&["-H", &bearer, &url], more].concat()).unwrap()
    };
    let outbox = |key: &str| asks(key, "/api/v1/receipts", &[]).0;
    assert_eq!((outbox(&narrow), outbox(&next)), (401, 200), "no day was given to the old one");
    let message = ["--data-binary", "<x/>"];
    assert_eq!(asks(&next, "/api/v1/messages", &message).0, 403, "it does not open that");
    assert_eq!(asks(&next, "/api/v1/keys/rotation", &["--json", "{}"]).0, 403, "nor its own replacement");

    // At the page, by whoever proves again to be the account's owner.
    let jar = serving.sign_in("clerk", &password, folder.path()).unwrap();
    let origin = format!("Origin: {}", serving.url);
    let page = |path: &str, form: &[&str]| {
        let address = format!("{}/en/company/keys{path}", serving.url);
        let fields: Vec<&str> = form.iter().flat_map(|field| ["--data-urlencode", *field]).collect();
        curl(&[&["-b", &jar, "-H", &origin, &address], &fields[..]].concat()).unwrap()
    };
    let key_on = |html: &str| {
        let at = html.find("ow_").unwrap_or_else(|| panic!("{html}"));
        html[at..at + 51].to_owned()
    };
    let secret = format!("password={password}");
    assert_eq!(page("", &["label=wms", "password=guess"]).0, 422);
    assert_eq!(page("", &["label=wms", &secret, "scope=policy.adopt"]).0, 422, "no scope of an enterprise");
    let (status, html) = page("", &["label=wms", &secret]);
    assert_eq!(status, 200, "{html}");
    let whole = key_on(&html);
    assert_eq!(outbox(&whole), 200);
    assert!(!page("", &[]).1.contains("ow_"), "it is shown once");
    assert_ne!(asks(&whole, "/api/v1/messages", &message).0, 403, "without scopes it opens all of its role");
    assert_eq!(asks(&whole, "/api/v1/keys", &["--json", "{\"hash\":\"00\",\"role\":\"operator\"}"]).0, 403);

    // A program replaces the key by which it comes; both open until the old one ends.
    let hash = |key: &str| store::proof::hex(&server::sign::key_hash(key));
    let body = json!({ "hash": hash("ow_another"), "keep_days": 1 }).to_string();
    let (status, said) = asks(&whole, "/api/v1/keys/rotation", &["--json", &body]);
    assert_eq!(status, 200, "{said}");
    assert_eq!((outbox(&whole), outbox("ow_another")), (200, 200));
    assert_eq!(asks(&whole, "/api/v1/keys/rotation", &["--json", &body]).0, 422, "that key is known");
    let (status, html) = page("/replace", &[&secret, &format!("hash={}", hash("ow_another")), "days=0"]);
    assert_eq!(status, 200, "{html}");
    let last = key_on(&html);
    assert_eq!((outbox("ow_another"), outbox(&last)), (401, 200));
    assert_eq!(page("/revoke", &[&secret, &format!("hash={}", hash(&last))]).0, 303);
    assert_eq!(outbox(&last), 401);
    assert_eq!(page("/revoke", &[&secret, &format!("hash={}", hash(&next[..20]))]).0, 422, "no such key");
}
