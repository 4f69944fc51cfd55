//! Commands that need no running window.

use crate::{onewindow, onewindow_with, root};
use serde_json::{Value, json};

#[test]
fn check_says_every_fault_with_path_and_line() {
    let sample = root().join("crates/wire/tests/golden/ceb/CEB311_order.xml");
    let said = onewindow(&["check", "--json", "--mode", "strict", sample.to_str().unwrap()]);
    assert_eq!(said.exit, 0, "{}{}", said.out, said.err);
    let line = &said.lines()[0];
    assert_eq!(line["message"], "CEB311");
    assert_eq!(line["mode"], "strict");
    assert_eq!(line["verdict"], "valid");
    assert_eq!(line["problems"], json!([]));
    let keys: Vec<_> = line.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["documents", "file", "message", "mode", "problems", "verdict"]);

    let text = std::fs::read_to_string(&sample).unwrap();
    let at = text.lines().position(|l| l.contains("currency>142</")).expect("the sample names its currency") + 1;
    let broken = text.replacen("currency>142</", "currency>RMBYUAN</", 1);
    let said = onewindow_with(&["check", "--json", "-"], &broken);
    assert_eq!(said.exit, 1, "{}", said.err);
    let line = &said.lines()[0];
    assert_eq!(line["file"], "-");
    assert_eq!(line["verdict"], "invalid");
    let problem = &line["problems"][0];
    assert!(problem["path"].as_str().unwrap().ends_with("/OrderHead/currency"), "{problem}");
    assert_eq!(problem["line"], at);
    assert!(!problem["zh"].as_str().unwrap().is_ascii(), "{problem}");
    assert!(problem["en"].as_str().unwrap().is_ascii(), "{problem}");
    assert_eq!(problem.get("forgiven"), None, "{problem}");
}

#[test]
fn check_of_what_is_no_message_is_an_answer_and_of_what_is_not_there_a_failure() {
    let said = onewindow_with(&["check", "--json", "-"], "hello");
    assert_eq!(said.exit, 1);
    assert_eq!(said.lines()[0]["message"], Value::Null);
    assert_eq!(said.lines()[0]["verdict"], "invalid");
    let said = onewindow(&["check", "--json", "/nowhere/at/all.xml"]);
    assert_eq!((said.exit, said.out.as_str()), (2, ""));
    assert!(said.err.contains("all.xml"), "{}", said.err);
}

#[test]
fn check_tells_what_it_forgave() {
    let text = std::fs::read_to_string(root().join("crates/wire/tests/golden/ceb/CEB311_order.xml")).unwrap();
    let said = onewindow_with(&["check", "--json", "-"], &format!("\u{feff}{text}"));
    assert_eq!(said.exit, 0, "{}", said.out);
    let line = &said.lines()[0];
    assert_eq!(line["verdict"], "valid");
    assert_eq!(line["problems"][0]["forgiven"], true, "{line}");
    // A list of export as a client of 2018 sent it: a long number of a parcel.
    let old = root().join("crates/wire/tests/golden/ceb-2018/CEB603_list.xml");
    let said = onewindow(&["check", "--json", old.to_str().unwrap()]);
    assert_eq!((said.exit, &said.lines()[0]["message"]), (0, &json!("CEB603")), "{}", said.out);
    assert_eq!(onewindow(&["check", "--mode", "strict", old.to_str().unwrap()]).exit, 1);
}

#[test]
fn check_reads_folders_in_order() {
    let folder = root().join("crates/wire/tests/golden/ceb");
    let said = onewindow(&["check", "--json", folder.to_str().unwrap()]);
    let files: Vec<_> = said.lines().iter().map(|l| l["file"].as_str().unwrap().to_owned()).collect();
    assert!(files.len() > 10, "{files:?}");
    assert!(files.is_sorted(), "{files:?}");
}

#[test]
fn identify_says_which_rule_is_broken() {
    let rows = [
        ("gtin13", "5734152184091", true, "05734152184091", ""),
        ("gtin8", "66392330", true, "00000066392330", ""),
        ("gtin13", "3657176418450", false, "", "CHECK_DIGIT"),
        ("gtin13", "64692469973615", false, "", "LENGTH"),
        ("awb", "02045514836", true, "020-45514836", ""),
        ("imo", "9591002", true, "IMO9591002", ""),
        ("uscc", "914602000t6ppx0e6c", true, "914602000T6PPX0E6C", ""),
        ("resident_id", "440305200304226428", true, "440305200304226428", ""),
        ("plate", "京AI2345", false, "", "LETTERS"),
    ];
    let input: String =
        rows.iter().map(|(kind, value, ..)| json!({ "kind": kind, "value": value }).to_string() + "\n").collect();
    let said = onewindow_with(&["identify", "--json", "-"], &input);
    assert_eq!(said.exit, 1, "{}", said.err);
    let lines = said.lines();
    assert_eq!(lines.len(), rows.len());
    for ((kind, value, valid, normal, reason), line) in rows.iter().zip(&lines) {
        assert_eq!((&line["kind"], &line["value"], &line["valid"]), (&json!(kind), &json!(value), &json!(valid)));
        if *valid {
            assert_eq!(line["normal"], *normal, "{line}");
        }
        assert!(line["reason"].as_str().unwrap_or_default().starts_with(reason), "{line}");
    }
    assert_eq!(onewindow(&["identify", "gtin8", "66392330"]).exit, 0);
    assert_eq!(onewindow(&["identify", "gtin9", "66392330"]).exit, 2);
    assert_eq!(onewindow(&["identify", "gtin8"]).exit, 2);
    assert_eq!(onewindow_with(&["identify", "-"], "no json\n").exit, 2);
}

#[test]
fn tax_reckons_the_worked_cases() {
    let cases = root().join("crates/trade/src/calculator/worked.json");
    let file: Value = serde_json::from_str(&std::fs::read_to_string(&cases).unwrap()).unwrap();
    let said = onewindow(&["tax", "--json", cases.to_str().unwrap()]);
    assert_eq!(said.exit, 0, "{}", said.err);
    let lines = said.lines();
    let expected = file["cases"].as_array().unwrap();
    assert!(expected.len() >= 12);
    assert_eq!(lines.len(), expected.len());
    for (case, line) in expected.iter().zip(&lines) {
        assert_eq!(case["id"], line["id"]);
        for (step, said) in case["steps"].as_array().unwrap().iter().zip(line["steps"].as_array().unwrap()) {
            for (key, value) in step["expected"].as_object().unwrap() {
                assert_eq!(&said[key], value, "{} {key}", case["id"]);
            }
        }
    }
    assert_eq!(onewindow_with(&["tax", "-"], "[").exit, 2);
    let case = r#"{"id": "E", "steps": [{"action": "exemption", "inputs": {"day": "2026-03-02", "seller_place": "460200",
        "office": "6402", "trade_mode": "9610", "hs10": "7113191100"}}, {"action": "articles", "inputs": {"day": "2026-03-02",
        "articles": [{"band": "1", "price_fen": 38500}]}}]}"#;
    let said = onewindow_with(&["tax", "-"], case);
    assert!(said.out.contains("ordinary") && said.out.contains("its rebate was abolished"), "{}", said.out);
    assert!(said.out.contains("taxed, tax 50.05 yuan"), "{}", said.out);
}

#[test]
fn policy_check_names_file_and_line() {
    let folder = root().join("policy");
    let said = onewindow(&["policy", "check", "--json", folder.to_str().unwrap()]);
    assert_eq!((said.exit, &said.lines()[0]["verdict"]), (0, &json!("valid")), "{}", said.out);
    let copy = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, copy.path().join(path.file_name().unwrap())).unwrap();
    }
    let limits = copy.path().join("limits.toml");
    let text = std::fs::read_to_string(&limits).unwrap();
    std::fs::write(&limits, text.replacen("clause", "klause", 1)).unwrap();
    let said = onewindow(&["policy", "check", "--json", copy.path().to_str().unwrap()]);
    assert_eq!(said.exit, 1, "{}", said.err);
    let problem = &said.lines()[0]["problems"][0];
    assert_eq!(problem["file"], "limits.toml");
    assert!(problem["line"].as_u64().unwrap() > 0, "{problem}");
}

#[test]
fn templates_name_every_column_with_its_meaning() {
    for table in [
        "zones",
        "parties",
        "certificates",
        "goods",
        "guarantees",
        "manifests",
        "opening-stock",
        "blocked-identities",
        "mandates",
        "certifications",
        "positive-list",
        "tariff",
    ] {
        let said = onewindow(&["import", table, "--template", "--json"]);
        assert_eq!(said.exit, 0, "{table}: {}", said.err);
        let lines = said.lines();
        assert!(lines.len() >= 3, "{table}");
        let names: Vec<_> = lines.iter().map(|l| l["column"].as_str().unwrap().to_owned()).collect();
        let words = onewindow(&["import", table, "--template"]).out;
        assert_eq!(words.lines().last().unwrap(), names.join(","), "{table}");
    }
    assert_eq!(onewindow(&["import", "cats", "--template"]).exit, 2);
}

#[test]
fn completions_and_man_pages_are_made_from_the_command_line() {
    for shell in ["bash", "zsh", "fish"] {
        let said = onewindow(&["completions", shell]);
        assert_eq!(said.exit, 0);
        assert!(said.out.contains("identify") && said.out.contains("completions"), "{shell}");
    }
    let page = onewindow(&["man"]);
    assert!(page.out.contains(".TH onewindow 1") && page.out.contains("check"), "{}", page.out);
    assert!(onewindow(&["man", "check"]).out.contains("strict"));
    assert!(onewindow(&["man", "policy", "adopt"]).out.contains("dry"));
    assert_eq!(onewindow(&["man", "nonsense"]).exit, 2);
    // Whatever `--help` lists has a page, completions, and help of its own.
    let help = onewindow(&["--help"]).out;
    let listed: Vec<_> = help.lines().skip_while(|l| *l != "Commands:").skip(1).take_while(|l| !l.is_empty()).collect();
    let names: Vec<_> = listed.iter().filter_map(|l| l.split_whitespace().next()).filter(|n| *n != "help").collect();
    assert!(names.len() > 20, "{names:?}");
    let completions = onewindow(&["completions", "bash"]).out;
    for name in names {
        assert!(onewindow(&["man", name]).out.contains(".TH"), "{name}");
        assert_eq!(onewindow(&[name, "--help"]).exit, 0, "{name}");
        assert!(completions.contains(&format!("onewindow__{name}")) || completions.contains(name), "{name}");
    }
}

#[test]
fn wrong_use_ends_with_two() {
    for arguments in
        [&["--nonsense"][..], &["check"], &[], &["check", "--mode", "kind", "-"], &["--now", "soon", "man"]]
    {
        assert_eq!(onewindow(arguments).exit, 2, "{arguments:?}");
    }
    assert_eq!(onewindow(&["--help"]).exit, 0);
}

#[test]
fn what_cannot_run_says_why_in_both_languages_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let said = onewindow(&["submit", &at("none.xml"), "--sandbox", "--data", &at("zone")]);
    assert_eq!(said.exit, 2);
    assert!(said.err.contains("none.xml") && said.err.contains("没有这个文件"), "{}", said.err);
    // The address is taken: no zone is made, no secret is printed.
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for command in [&["serve", "--sandbox"][..], &["demo"]] {
        let said = onewindow(&[command, &["--data", &at("zone"), "--listen", &address]].concat());
        assert_eq!((said.exit, said.out.as_str()), (2, ""), "{command:?} {}", said.err);
        assert!(said.err.contains("地址已被占用"), "{}", said.err);
    }
    assert!(!folder.path().join("zone").exists());
    let said = onewindow(&["import", "zones", "/", "--sandbox", "--data", &at("zone")]);
    assert_eq!(said.exit, 2);
    assert!(said.err.contains("是文件夹"), "{}", said.err);
}

#[test]
fn a_folder_that_another_process_holds_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("zone");
    let serving = crate::Serving::sandbox(&data, "2026-03-01T10:00");
    let data = data.to_str().unwrap();
    let file = folder.path().join("zones.csv");
    std::fs::write(&file, "code,kind,name_zh,from\nX,zone,某区,2020-01-01\n").unwrap();
    let import = ["import", "zones", file.to_str().unwrap(), "--data", data];
    let said = onewindow(&import);
    assert_eq!(said.exit, 2);
    assert!(said.err.contains("--url") && said.err.contains("另一个进程"), "{}", said.err);
    // What only reads works beside it.
    assert_eq!(onewindow(&[&import[..], &["--dry-run"]].concat()).exit, 0);
    for command in [&["explain", "nothing"][..], &["doctor"], &["key", "list"], &["replay"]] {
        let said = onewindow(&[command, &["--data", data]].concat());
        assert_eq!(said.exit, i32::from(command[0] == "explain"), "{command:?} {}{}", said.out, said.err);
    }
    drop(serving);
    assert_eq!(onewindow(&[&import[..], &["--now", "2026-03-01T11:00"]].concat()).exit, 0);
}

/// A receipt as a window writes it, and its leaf.
fn receipt_in(folder: &std::path::Path) -> (std::path::PathBuf, store::proof::Hash) {
    let mut shown = trade::receipt::Shown {
        kind: trade::documents::MessageKind::PaymentReturn,
        guid: "00000000-0000-8000-8000-000000000001".into(),
        status: 2,
        info: "-".into(),
        pay_code: "P".into(),
        pay_transaction: "T".into(),
        ..trade::receipt::Shown::default()
    };
    wire::ceb::fit(&mut shown);
    let path = folder.join("R.xml");
    std::fs::write(&path, wire::ceb::write_receipts(shown.kind, &shown.guid, std::slice::from_ref(&shown)))
        .expect("the receipt is written");
    (path, store::proof::leaf_hash(&shown.leaf_bytes()))
}

#[test]
fn verify_refuses_what_it_cannot_prove() {
    let folder = tempfile::tempdir().unwrap();
    let (receipt, _) = receipt_in(folder.path());
    let path = receipt.to_str().unwrap();
    assert_eq!(onewindow(&["verify", "--json", path]).exit, 2, "without a key nothing can be said");
    // Any key will do: the base point of the curve is one.
    let key = "5866666666666666666666666666666666666666666666666666666666666666";
    std::fs::write(folder.path().join("window.pub"), key).unwrap();
    assert_eq!(onewindow(&["verify", "--json", path]).exit, 2, "without a proof nothing can be said");
    std::fs::write(folder.path().join("R.proof.json"), "{}").unwrap();
    let said = onewindow(&["verify", "--json", path]);
    assert_eq!(said.exit, 1, "{}", said.err);
    let line = &said.lines()[0];
    assert_eq!(line["verdict"], "invalid");
    assert_eq!(line["reason"], "the proof cannot be read");
    assert_eq!(line["receipt"].as_str().unwrap().len(), 64);
}

#[test]
fn verify_tells_a_fork_by_two_proofs() {
    use store::head::{Head, HeadKeys};
    use store::proof::{CHAIN_START, LeafData, ReceiptProof, chain_hash, sha256};
    let folder = tempfile::tempdir().unwrap();
    let (receipt, leaf) = receipt_in(folder.path());
    let key = HeadKeys::new(&[7; 32], &[7; 32]);
    // A journal of one entry whose only receipt is this one.
    let proof = |body: &[u8], key: &HeadKeys| {
        let (revision, at, body) = (1, trade::time::Moment(1_000), sha256(body));
        let chain = chain_hash(&CHAIN_START, revision, at, &body, &leaf);
        let entry = LeafData { revision, at, body, receipts_root: leaf, chain };
        let head = key.sign(Head { size: 1, root: entry.hash(), chain, at }).unwrap();
        ReceiptProof { index: 0, receipts: 1, receipt_path: vec![], leaf: entry, path: vec![], head, shown: vec![] }
    };
    let write = |name: &str, proof: ReceiptProof| {
        let path = folder.path().join(name);
        std::fs::write(&path, proof.to_json().to_string()).unwrap();
        path
    };
    std::fs::write(folder.path().join("window.pub"), key.public().to_text().0).unwrap();
    write("R.proof.json", proof(b"one history", &key));
    let same = write("same.json", proof(b"one history", &key));
    let other = write("other.json", proof(b"another history", &key));
    let made_up = write("made-up.json", proof(b"another history", &HeadKeys::new(&[8; 32], &[8; 32])));
    let path = receipt.to_str().unwrap();
    for (against, exit, verdict, reason) in [
        (same, 0, "valid", "the other proof does not contradict it"),
        (other, 1, "forked", "one key signed two different heads of 1 entries"),
        (made_up, 1, "invalid", "of the other proof: the head is not signed by this window"),
    ] {
        let said = onewindow(&["verify", "--json", path, "--against", against.to_str().unwrap()]);
        let line = &said.lines()[0];
        assert_eq!((said.exit, line["verdict"].as_str().unwrap()), (exit, verdict), "{}{}", said.out, said.err);
        assert!(line["reason"].as_str().unwrap().ends_with(reason), "{line}");
    }
}
