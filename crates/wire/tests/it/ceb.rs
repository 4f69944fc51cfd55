//! CEB messages from outside: the official schema as oracle, our seeds as goldens.

use std::path::{Path, PathBuf};
use std::process::Command;
use wire::ceb::{Mode, Nobody, check, read};

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/ceb")
}

fn shared() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared")
}

fn seeds() -> Vec<PathBuf> {
    let mut seeds: Vec<PathBuf> = std::fs::read_dir(golden())
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "xml"))
        .collect();
    seeds.sort();
    assert!(seeds.len() >= 19, "a seed for every kind");
    seeds
}

/// Every seed is valid, and reads into the document that stands beside it; `UPDATE_GOLDEN=1` writes that anew.
#[test]
fn the_seeds_are_valid_and_read_as_they_did() {
    for path in seeds() {
        let bytes = std::fs::read(&path).unwrap();
        let strict = check(&bytes, Mode::Strict);
        let lenient = check(&bytes, Mode::Lenient);
        assert!(strict.valid && lenient.valid, "{}: {:?} {:?}", path.display(), strict.problems, lenient.problems);
        let name = path.file_name().unwrap().to_string_lossy();
        assert_eq!(strict.kind.number().to_string(), name[3..6]);
        let mut text = format!("{:?}, {} documents\n", strict.kind, strict.documents);
        for problem in &lenient.problems {
            text.push_str(&format!("forgiven {} {} line {}\n", problem.code, problem.field, problem.source_line));
        }
        if strict.kind.is_application() {
            let message = read(&bytes, &Nobody).unwrap();
            text.push_str(&format!("{:#?}\n", message.transfer));
            for draft in &message.documents {
                text.push_str(&format!("line {}: {:#?}\n", draft.line, draft.outcome));
            }
        }
        let expected = path.with_extension("txt");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&expected, &text).unwrap();
        }
        let expected = std::fs::read_to_string(&expected).unwrap_or_default();
        assert!(expected == text, "{name} reads differently; UPDATE_GOLDEN=1 writes it anew\n{text}");
    }
}

/// Random mutations of valid messages: strict mode and libxml2 never disagree.
///
/// Another python3 than the first in the path may be the one that has lxml.
fn python() -> String {
    std::env::var("ONEWINDOW_PYTHON").unwrap_or("python3".into())
}

/// Needs python3 with lxml; `ONEWINDOW_MUTATIONS` says how many.
#[test]
fn strict_is_the_verdict_of_the_official_schema() {
    let tool = shared().join("tools/ceb-mutations");
    let able = Command::new(python()).args(["-c", "import lxml"]).output().is_ok_and(|o| o.status.success());
    if !able || !tool.exists() {
        println!("skipped: needs python3 with lxml and the mutation tool");
        return;
    }
    let n = std::env::var("ONEWINDOW_MUTATIONS").unwrap_or("2000".into());
    let seed = std::env::var("ONEWINDOW_SEED").unwrap_or("1".into());
    let out = tempfile::tempdir().unwrap();
    let run = Command::new(python())
        .arg(&tool)
        .args(["--n", &n, "--seed", &seed])
        .arg(out.path())
        .args(seeds())
        .args(samples())
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let verdicts = std::fs::read_to_string(out.path().join("verdicts.jsonl")).unwrap();
    let (mut seen, mut wrong) = (0, Vec::new());
    for line in verdicts.lines() {
        let name = line.split('"').nth(3).unwrap();
        let valid = line.contains("\"valid\": true");
        let bytes = std::fs::read(out.path().join(name)).unwrap();
        let ours = check(&bytes, Mode::Strict);
        seen += 1;
        if ours.valid != valid {
            wrong.push(format!("{name}: libxml2 says {line}, we say {:?}", ours.problems));
        }
        // What the schema takes, lenient reading takes too, but for values that mean nothing.
        let lenient = check(&bytes, Mode::Lenient);
        let form = |f: &trade::finding::Finding| {
            use trade::finding::Code::*;
            !matches!(f.code, DateUnreadable | AmountFinerThanFen | NumberOutOfRange | ValueUnknown)
        };
        if valid && lenient.problems.iter().any(|p| !p.forgiven && form(p)) {
            wrong.push(format!("{name}: valid, but lenient says {:?}", lenient.problems));
        }
    }
    assert_eq!(seen, n.parse::<usize>().unwrap());
    assert!(wrong.is_empty(), "{} disagreements of {seen}:\n{}", wrong.len(), wrong[..wrong.len().min(20)].join("\n"));
    println!("{seen} mutations, no disagreement");
}

fn samples() -> Vec<PathBuf> {
    ["CEB311_order", "CEB411_payment", "CEB511_waybill", "CEB621_inventory_signed_rsa_sha1"]
        .map(|n| shared().join(format!("data/ceb-samples/{n}.xml")))
        .to_vec()
}
