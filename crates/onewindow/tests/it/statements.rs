//! Statements between two zones by the command line: one signs with the keys of its heads, the other recognises it.

use crate::onewindow;
use crate::zones::text;
use std::fs;

const NOW: &str = "2026-03-01T10:00";

#[test]
fn a_zone_signs_a_statement_and_another_that_recognises_it_takes_it_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (theirs, ours) = (path("theirs"), path("ours"));
    fs::write(path("message.xml"), "<x/>").unwrap();
    for zone in [&theirs, &ours] {
        let (message, keys) = (path("message.xml"), zone.with_extension("public"));
        let zone = ["submit", text(&message), "--sandbox", "--now", NOW, "--data", text(zone)];
        assert_eq!(onewindow(&[&zone[..], &["--receipts", text(&keys)]].concat()).exit, 1);
    }
    let public = |name: &str| fs::read_to_string(path("theirs.public").join(name)).unwrap().trim().to_owned();
    let mut rows = "body,statement,algorithm,key,zh,en,from,until,known_from,clause,mark,note\n".to_owned();
    for (algorithm, key) in [("ed25519", public("window.pub")), ("sm2", public("window.sm2.pub"))] {
        rows += &format!("HAIKOU,inspection,{algorithm},{key},海口,Haikou,2026-01-01,,,协议 (agreement),ours,\n");
    }
    let statement = r#"{"body":"HAIKOU","kind":"inspection","number":"HK-1","issued":"2026-02-28","from":"2026-02-28","what":"Q","result":"passed"}"#;
    fs::write(path("statement.json"), statement).unwrap();
    let (file, signed) = (path("statement.json"), path("signed.json"));
    let sign = |file: &std::path::Path| {
        onewindow(&["statement", "sign", text(file), "--out", text(&signed), "--data", text(&theirs), "--now", NOW])
    };
    let said = sign(&file);
    assert_eq!(said.exit, 0, "{}{}", said.out, said.err);
    let take = |file: &std::path::Path| {
        let said = onewindow(&["statement", "take", text(file), "--data", text(&ours), "--now", NOW, "--json"]);
        (said.exit, said.lines().first().cloned().unwrap_or_else(|| panic!("{}", said.err)))
    };
    let (exit, line) = take(&signed);
    assert_eq!((exit, &line["code"]), (1, &"STATEMENT_BODY".into()), "{line}");
    let law = path("law");
    fs::create_dir(&law).unwrap();
    fs::write(law.join("bodies.csv"), rows).unwrap();
    let said = onewindow(&["policy", "adopt", text(&law), "--data", text(&ours), "--now", NOW]);
    assert_eq!(said.exit, 0, "{}{}", said.out, said.err);
    let (exit, first) = take(&signed);
    assert_eq!((exit, &first["repeated"]), (0, &false.into()), "{first}");
    let (exit, again) = take(&signed);
    assert_eq!((exit, &again["repeated"], &again["revision"]), (0, &true.into(), &first["revision"]), "{again}");
    let changed = path("changed.json");
    fs::write(&changed, fs::read_to_string(&signed).unwrap().replace("HK-1", "HK-2")).unwrap();
    let (exit, line) = take(&changed);
    assert_eq!((exit, &line["code"]), (1, &"STATEMENT_SIGNATURE".into()), "{line}");
    fs::write(&file, statement.replace("\"number\"", "\"nummer\"")).unwrap();
    let said = sign(&file);
    assert!(said.exit == 2 && said.err.contains("nummer"), "{}", said.err);
}
