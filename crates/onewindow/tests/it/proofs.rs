//! Words that hold without the window: receipts, heads that a witness signs too, and the proof of a fork.

use crate::zones::text;
use crate::{Serving, onewindow};
use std::fs;
use std::path::{Path, PathBuf};

const NOW: &str = "2026-03-01T10:00";

/// Sends something that is no message: it is answered, and the answer is an entry. The receipt, with its proof and the
/// window's keys beside it.
fn sent(folder: &Path, data: &Path, what: &str) -> PathBuf {
    let (file, receipts) = (folder.join("message.xml"), folder.join(format!("receipts of {what}")));
    fs::write(&file, format!("<{what}/>")).expect("a file");
    let said = onewindow(&[
        "submit",
        text(&file),
        "--sandbox",
        "--now",
        NOW,
        "--data",
        text(data),
        "--receipts",
        text(&receipts),
    ]);
    assert_eq!(said.exit, 1, "it is refused: {}{}", said.out, said.err);
    let mut xml = fs::read_dir(&receipts).expect("a file").map(|entry| entry.expect("an entry").path());
    xml.find(|path| path.extension().is_some_and(|e| e == "xml")).expect("a receipt")
}

/// A copy of a zone with its keys: what a window would need that tells two histories.
fn copied(from: &Path, to: &Path) {
    copied_folder(from, to);
    copied_folder(&from.with_extension("keys"), &to.with_extension("keys"));
}

fn copied_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a file");
    for entry in fs::read_dir(from).expect("a file").map(|entry| entry.expect("an entry")) {
        match entry.file_type().expect("a file").is_dir() {
            true => copied_folder(&entry.path(), &to.join(entry.file_name())),
            false => drop(fs::copy(entry.path(), to.join(entry.file_name())).expect("a file")),
        }
    }
}

#[test]
fn a_witness_signs_what_continues_and_proves_a_fork() {
    let folder = tempfile::tempdir().unwrap();
    let zone = |name: &str| folder.path().join(name);
    let (honest, forked, own) = (zone("honest"), zone("forked"), zone("own"));
    let old = sent(folder.path(), &honest, "first");
    sent(folder.path(), &own, "own");
    copied(&honest, &forked);

    let out = zone("witnessed");
    let look = |data: &Path, verdict: &str| {
        let serving = Serving::of(data, &[], NOW);
        let key = old.with_file_name("window.pub");
        let said = onewindow(&[
            "witness",
            "--json",
            "--url",
            &serving.url,
            "--data",
            text(&own),
            "--key",
            text(&key),
            "--out",
            text(&out),
        ]);
        let line = said.lines().into_iter().next().unwrap_or_else(|| panic!("{}{}", said.out, said.err));
        assert_eq!(line["verdict"], verdict, "{line}");
        assert_eq!(said.exit == 0, matches!(verdict, "first" | "continues"), "{line}");
        line
    };
    let first = look(&honest, "first");
    let new = sent(folder.path(), &honest, "second");
    let second = look(&honest, "continues");
    assert_eq!(second["before"], first["size"]);
    assert_eq!(look(&honest, "continues")["size"], second["size"], "nothing new is signed too");
    let seen = PathBuf::from(second["file"].as_str().unwrap());

    // Whoever has the witness's key learns offline that both know the receipt's journal.
    let witness = out.join("witness.pub");
    let verify = |file: &Path, more: &[&str]| {
        let said = onewindow(&[&["verify", "--json", text(file)], more].concat());
        (said.exit, said.lines().into_iter().next().unwrap_or_default())
    };
    let with = ["--witnessed", text(&seen), "--witness-key", text(&witness)];
    let (exit, line) = verify(&new, &with);
    assert_eq!((exit, &line["verdict"]), (0, &"valid".into()), "{line}");
    assert!(line["reason"].as_str().unwrap().ends_with("and the witness signed that head too"), "{line}");
    let (exit, line) = verify(&old, &with);
    assert_eq!((exit, &line["verdict"]), (1, &"invalid".into()), "its proof is under an older head: {line}");
    assert!(line["reason"].as_str().unwrap().contains(&format!("head={}", second["size"])), "{line}");
    let key = new.with_file_name("window.pub");
    let (exit, line) = verify(&new, &["--witnessed", text(&seen), "--witness-key", text(&key)]);
    assert_eq!((exit, &line["verdict"]), (1, &"invalid".into()), "another key: {line}");
    let (exit, line) = verify(&seen, &["--key", text(&key)]);
    assert_eq!((exit, &line["verdict"]), (0, &"valid".into()), "{line}");

    // The copy goes on otherwise, under the same keys.
    look(&forked, "behind");
    for what in ["other", "another", "a-third"] {
        sent(folder.path(), &forked, what);
    }
    let found = look(&forked, "forked");
    let proof = PathBuf::from(found["file"].as_str().unwrap());
    let (exit, line) = verify(&proof, &["--key", text(&key)]);
    assert_eq!((exit, &line["verdict"]), (1, &"forked".into()), "{line}");
    let made_up = fs::read_to_string(&proof).unwrap().replacen("\"at\": ", "\"at\": 1", 1);
    fs::write(&proof, made_up).unwrap();
    let (exit, line) = verify(&proof, &["--key", text(&key)]);
    assert_eq!((exit, &line["verdict"]), (1, &"invalid".into()), "{line}");
    assert_eq!(look(&honest, "continues")["before"], second["size"], "what was signed stands");
}

#[test]
fn a_changed_receipt_is_refused_with_the_place() {
    let folder = tempfile::tempdir().unwrap();
    let receipt = sent(folder.path(), &folder.path().join("zone"), "first");
    let genuine = fs::read_to_string(&receipt).unwrap();
    let verify = || {
        let said = onewindow(&["verify", "--json", text(&receipt)]);
        (said.exit, said.lines().into_iter().next().unwrap_or_default())
    };
    let (exit, line) = verify();
    assert_eq!((exit, &line["signatures"]), (0, &serde_json::json!(["ed25519", "sm2"])), "{line}");
    fs::write(&receipt, genuine.replace("<oriMessageType>Unknown<", "<oriMessageType>CEB621<")).unwrap();
    let (exit, line) = verify();
    assert_eq!(exit, 1);
    assert_eq!(line["changes"], serde_json::json!([["oriMessageType", "Unknown", "CEB621"]]), "{line}");
    // A proof that tells a lie of what was sealed is not believed.
    let proof = receipt.with_extension("proof.json");
    let text = fs::read_to_string(&proof).unwrap();
    let mut json: serde_json::Value = serde_json::from_str(&text).unwrap();
    json["shown"] = json["shown"].as_str().unwrap().replace("556e6b6e6f776e", "434542363231").into();
    fs::write(&proof, json.to_string()).unwrap();
    let (_, line) = verify();
    assert_eq!((&line["verdict"], &line["changes"]), (&"invalid".into(), &serde_json::Value::Null), "{line}");
    // The key of SM2 is looked at where it is there.
    fs::write(&receipt, genuine).unwrap();
    fs::write(&proof, &text).unwrap();
    json = serde_json::from_str(&text).unwrap();
    let signature = json["head"]["sm2"].as_str().unwrap().to_owned();
    json["head"]["sm2"] = format!("{}{}", &signature[64..], &signature[..64]).into();
    fs::write(&proof, json.to_string()).unwrap();
    assert_eq!(verify().1["reason"], "the head is not signed by this window");
    fs::remove_file(receipt.with_file_name("window.sm2.pub")).unwrap();
    assert_eq!(verify().1["signatures"], serde_json::json!(["ed25519"]));
}

#[test]
fn the_text_of_printed_codes_verifies_and_a_missing_or_changed_code_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let receipt = sent(folder.path(), &folder.path().join("zone"), "first");
    let json = fs::read_to_string(receipt.with_extension("proof.json")).unwrap();
    let proof = store::proof::ReceiptProof::from_json(&serde_json::from_str(&json).unwrap()).unwrap();
    let codes = proof.to_codes(500);
    let paper = receipt.with_file_name("codes.txt");
    let verify = |text_of_codes: &str| {
        fs::write(&paper, text_of_codes).unwrap();
        let said = onewindow(&["verify", "--json", text(&paper)]);
        let line = said.lines().into_iter().next().unwrap_or_else(|| panic!("{}{}", said.out, said.err));
        (said.exit, line["reason"].as_str().unwrap_or_default().to_owned())
    };
    let whole = codes.join("\n");
    assert_eq!(verify(&whole).0, 0, "{:?}", verify(&whole));
    let missing = verify(&codes[1..].join("\n"));
    assert_eq!(missing, (1, "a printed code is missing, or one was not read as it was printed".into()));
    let last = codes.last().unwrap();
    let other = if last.ends_with('0') { "1" } else { "0" };
    assert_eq!(verify(&format!("{}{other}", &whole[..whole.len() - 1])).0, 1);
}

#[test]
fn new_keys_follow_the_old_ones_and_revoked_ones_prove_nothing_more() {
    let folder = tempfile::tempdir().unwrap();
    let zone = |name: &str| folder.path().join(name);
    let (data, own, out) = (zone("zone"), zone("own"), zone("witnessed"));
    let first = sent(folder.path(), &data, "first");
    sent(folder.path(), &own, "own");
    // A reader has the first keys, from elsewhere.
    let pinned = zone("pinned.pub");
    fs::copy(first.with_file_name("window.pub"), &pinned).unwrap();
    fs::copy(first.with_file_name("window.sm2.pub"), zone("pinned.sm2.pub")).unwrap();
    let verify = |file: &Path, more: &[&str]| {
        let said = onewindow(&[&["verify", "--json", text(file), "--key", text(&pinned)], more].concat());
        let line = said.lines().into_iter().next().unwrap_or_else(|| panic!("{}{}", said.out, said.err));
        assert_eq!(line["verdict"] == "valid", said.exit == 0, "{line}");
        (said.exit == 0, line["reason"].as_str().unwrap_or_default().to_owned())
    };
    let rotate = |more: &[&str]| {
        let key = ["key", "rotate-head", "--data", text(&data), "--now", NOW, "--json"];
        let said = onewindow(&[&key[..], more].concat());
        assert_eq!(said.exit, 0, "{}{}", said.out, said.err);
    };
    let look = |data: &Path, verdict: &str| {
        let serving = Serving::of(data, &[], NOW);
        let ask = ["witness", "--json", "--url", &serving.url, "--data", text(&own), "--out", text(&out)];
        let said = onewindow(&ask);
        assert_eq!(said.lines()[0]["verdict"], verdict, "{}{}", said.out, said.err);
    };
    look(&data, "first");
    rotate(&[]);
    let keys = |name: &str| data.with_extension("keys").join(name).exists();
    assert!(!keys("head.key") && !keys("head-sm2.key") && keys("head-2.key") && keys("head-sm2-2.key"));

    // What the new keys sign is followed by the statement beside it, and by nothing less.
    let second = sent(folder.path(), &data, "second");
    assert_ne!(fs::read(second.with_file_name("window.pub")).unwrap(), fs::read(&pinned).unwrap());
    assert!(verify(&second, &[]).0);
    let statement = zone("statement.json");
    fs::rename(second.with_file_name("window.succession.json"), &statement).unwrap();
    let (good, why) = verify(&second, &[]);
    assert!(!good && why.contains("not signed"), "{why}");
    assert!(verify(&second, &["--succession", text(&statement)]).0);
    let forged = fs::read_to_string(&statement).unwrap().replace("\"revoked\": false", "\"revoked\": true");
    let changed = zone("forged.json");
    fs::write(&changed, forged).unwrap();
    assert!(!verify(&second, &["--succession", text(&changed)]).0);
    assert!(verify(&first, &[]).0, "what the old ones signed stands");
    look(&data, "continues");

    // The second keys get into other hands: a copy goes on with them after they are revoked.
    let thief = zone("thief");
    copied(&data, &thief);
    rotate(&["--revoke"]);
    let third = sent(folder.path(), &data, "third");
    assert!(verify(&third, &[]).0);
    for what in ["stolen", "stolen-too", "stolen-three"] {
        sent(folder.path(), &thief, what);
    }
    let stolen = folder.path().join("receipts of stolen-three");
    let mut stolen = fs::read_dir(stolen).unwrap().map(|e| e.unwrap().path());
    let stolen = stolen.find(|path| path.extension().is_some_and(|e| e == "xml")).unwrap();
    assert!(verify(&stolen, &[]).0, "who has not heard of it still believes it");
    let heard = third.with_file_name("window.succession.json");
    let (good, why) = verify(&stolen, &["--succession", text(&heard)]);
    assert!(!good && why.contains("revoked"), "{why}");
    assert!(verify(&second, &["--succession", text(&heard)]).0, "what they signed before stands");
    look(&data, "continues");
    let replayed = onewindow(&["replay", "--data", text(&data), "--json"]);
    assert_eq!(replayed.lines()[0]["same"], true, "{}{}", replayed.out, replayed.err);
}
