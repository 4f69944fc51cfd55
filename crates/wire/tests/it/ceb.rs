//! CEB messages from outside: the official schema as oracle, our seeds as goldens.

use std::path::{Path, PathBuf};
use std::process::Command;
use wire::ceb::transport::check_envelope;
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
    assert!(seeds.len() >= 42, "a seed for every kind");
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
    import_or_export("import.xsd", false);
}

/// The same for the messages of export.
#[test]
fn strict_is_the_verdict_of_the_official_schema_of_export() {
    import_or_export("export.xsd", true);
}

/// What the trial edition of 2018 takes, lenient reading takes.
#[test]
fn lenient_takes_what_is_valid_under_the_trial_edition() {
    let mut files: Vec<PathBuf> = seeds().into_iter().filter(|p| is_export(p)).collect();
    let of_2018 = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/ceb-2018"))
        .unwrap()
        .map(|e| e.unwrap().path());
    let of_2018: Vec<PathBuf> = of_2018.collect();
    for path in &of_2018 {
        let bytes = std::fs::read(path).unwrap();
        assert!(!check(&bytes, Mode::Strict).valid, "{}: nothing of 2018 in it", path.display());
        let lenient = check(&bytes, Mode::Lenient);
        assert!(lenient.valid, "{}: {:?}", path.display(), lenient.problems);
    }
    assert!(of_2018.len() >= 10);
    files.extend(of_2018);
    against_the_oracle("2018/export.xsd", &files, mutations(), |bytes, valid| {
        let lenient = check(bytes, Mode::Lenient);
        let refused = valid && lenient.problems.iter().any(|p| !p.forgiven && is_form(p));
        refused.then(|| format!("lenient says {:?}", lenient.problems))
    });
}

/// A fault of form, not a value that means nothing.
fn is_form(f: &trade::finding::Finding) -> bool {
    use trade::finding::Code::*;
    !matches!(f.code, DateUnreadable | AmountFinerThanFen | NumberOutOfRange | ValueUnknown)
}

fn mutations() -> usize {
    std::env::var("ONEWINDOW_MUTATIONS").ok().and_then(|n| n.parse().ok()).unwrap_or(2_000)
}

fn is_export(path: &Path) -> bool {
    let bytes = std::fs::read(path).unwrap();
    check(&bytes, Mode::Lenient).kind.is_export()
}

fn import_or_export(schema: &str, export: bool) {
    let mut files = seeds();
    files.extend(samples());
    files.retain(|path| is_export(path) == export);
    let Some(seen) = against_the_oracle(schema, &files, mutations(), |bytes, valid| {
        let ours = check(bytes, Mode::Strict);
        if ours.valid != valid {
            return Some(format!("we say {:?}", ours.problems));
        }
        // What the schema takes, lenient reading takes too, but for values that mean nothing.
        let lenient = check(bytes, Mode::Lenient);
        let refused = valid && lenient.problems.iter().any(|p| !p.forgiven && is_form(p));
        refused.then(|| format!("lenient says {:?}", lenient.problems))
    }) else {
        return;
    };
    println!("{seen} mutations, no disagreement");
}

/// The same for the envelope, of clients, between platforms, and of answers.
#[test]
fn an_envelope_is_judged_as_the_transport_schema_does() {
    let files = ["DxpMsg", "DxpMsgSv", "DxpRep"].map(|n| golden().with_file_name("dxp").join(format!("{n}.xml")));
    for path in &files {
        let verdict = check_envelope(&std::fs::read(path).unwrap());
        assert!(verdict.valid, "{}: {:?}", path.display(), verdict.problems);
    }
    let n = std::env::var("ONEWINDOW_MUTATIONS").ok().and_then(|n| n.parse().ok()).map_or(2_000, |n: usize| n / 10);
    against_the_oracle("transport.xsd", &files, n, |bytes, valid| {
        let ours = check_envelope(bytes);
        (ours.valid != valid).then(|| format!("we say {:?}", ours.problems))
    });
}

/// Mutates files `n` times and holds our word against libxml2's; `None` where there is no oracle here.
fn against_the_oracle(
    schema: &str,
    files: &[PathBuf],
    n: usize,
    differs: impl Fn(&[u8], bool) -> Option<String>,
) -> Option<usize> {
    let tool = shared().join("tools/ceb-mutations");
    let able = Command::new(python()).args(["-c", "import lxml"]).output().is_ok_and(|o| o.status.success());
    if !able || !tool.exists() {
        println!("skipped: needs python3 with lxml and the mutation tool");
        return None;
    }
    // The tool knows the two schemas of messages; the transport's is one more.
    let script = format!(
        "import sys; path = sys.argv[1]; sys.argv = sys.argv[1:]; __file__ = path; \
         source = open(path).read(); assert source.count('a.family + \".xsd\"') == 1; \
         exec(compile(source.replace('a.family + \".xsd\"', '\"{schema}\"'), path, 'exec'))"
    );
    let seed = std::env::var("ONEWINDOW_SEED").unwrap_or("1".into());
    let out = tempfile::tempdir().unwrap();
    let run = Command::new(python())
        .args(["-c", &script])
        .arg(&tool)
        .args(["--n", &n.to_string(), "--seed", &seed])
        .arg(out.path())
        .args(files)
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let verdicts = std::fs::read_to_string(out.path().join("verdicts.jsonl")).unwrap();
    let (mut seen, mut taken, mut wrong) = (0, 0, Vec::new());
    for line in verdicts.lines() {
        let name = line.split('"').nth(3).unwrap();
        let valid = line.contains("\"valid\": true");
        let bytes = std::fs::read(out.path().join(name)).unwrap();
        seen += 1;
        taken += usize::from(valid);
        if let Some(ours) = differs(&bytes, valid) {
            wrong.push(format!("{name}: libxml2 says {line}, {ours}"));
        }
    }
    assert_eq!(seen, n);
    assert!((seen / 20..seen).contains(&taken), "{taken} of {seen} are valid");
    assert!(wrong.is_empty(), "{} disagreements of {seen}:\n{}", wrong.len(), wrong[..wrong.len().min(20)].join("\n"));
    Some(seen)
}

fn samples() -> Vec<PathBuf> {
    [
        "CEB311_order",
        "CEB411_payment",
        "CEB511_waybill",
        "CEB621_inventory_signed_rsa_sha1",
        "CEB303_order",
        "CEB403_receipt_of_payment",
        "CEB505_waybill",
        "CEB603_inventory_unsigned",
    ]
    .into_iter()
    .map(|n| shared().join(format!("data/ceb-samples/{n}.xml")))
    .filter(|path| {
        let there = path.is_file();
        if !there {
            eprintln!("skipped: there is no {}", path.display());
        }
        there
    })
    .collect()
}
