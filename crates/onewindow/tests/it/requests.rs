//! Requests among departments by the command line: into a folder, and over a running window.

use crate::zones::text;
use crate::{Serving, onewindow};
use std::fs;

const NOW: &str = "2026-03-02T10:00";
const SELLER: &str = "4602960E01";

#[test]
fn departments_ask_and_answer_by_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("zone");
    fs::write(folder.path().join("message.xml"), "<x/>").unwrap();
    let message = folder.path().join("message.xml");
    let said = onewindow(&["submit", text(&message), "--sandbox", "--now", NOW, "--data", text(&data)]);
    assert_eq!(said.exit, 1, "{}", said.err);
    let here = |role: &str, arguments: &[&str]| {
        let via = ["--role", role, "--by", role, "--data", text(&data), "--now", NOW, "--json"];
        let said = onewindow(&[&["request"], arguments, &via[..]].concat());
        assert!(said.exit < 2, "{arguments:?}: {}", said.err);
        (said.exit, said.lines())
    };
    let fact = ["ask", "--set", "receipts", "--field", "received", "--about", SELLER, "--case", "SW-1"];
    let (exit, asked) = here("tax", &fact);
    let number = asked[0]["number"].as_str().unwrap_or_else(|| panic!("{exit} {asked:?}")).to_owned();
    assert_eq!(here("tax", &fact).1, asked, "the same question again is the same request");
    let (exit, refused) = here("market", &fact);
    assert_eq!((exit, &refused[0]["code"]), (1, &"REQUEST_NOT_SHARED".into()), "{refused:?}");
    let (exit, refused) = here("market", &["answer", &number, "--value", "1"]);
    assert_eq!((exit, &refused[0]["code"]), (1, &"REQUEST_UNKNOWN".into()), "{refused:?}");
    assert_eq!(here("market", &["show", &number]).0, 1);
    let (_, listed) = here("exchange", &["list"]);
    assert_eq!(
        (&listed[0]["list"], &listed[0]["number"], &listed[0]["state"]),
        (&"received".into(), &number.as_str().into(), &"open".into())
    );
    assert_eq!(here("exchange", &["answer", &number, "--value", "CNY 1200.00"]).0, 0);
    let (_, shown) = here("tax", &["show", &number]);
    assert_eq!((&shown[0]["value"], &shown[0]["state"]), (&"CNY 1200.00".into(), &"answered".into()), "{shown:?}");

    // Over a running window, with a key of the department.
    let key = |role: &str| {
        let said =
            onewindow(&["key", "add", "--role", role, "--label", role, "--data", text(&data), "--now", NOW, "--json"]);
        let file = folder.path().join(format!("{role}.key"));
        fs::write(&file, said.lines()[0]["key"].as_str().expect("a key")).unwrap();
        file
    };
    let (customs, market) = (key("officer"), key("market"));
    let serving = Serving::of(&data, &[], NOW);
    let there = |key: &std::path::Path, arguments: &[&str]| {
        let via = ["--url", &serving.url, "--key-file", text(key), "--json"];
        let said = onewindow(&[&["request"], arguments, &via[..]].concat());
        (said.exit, said.lines(), said.err)
    };
    let words = folder.path().join("words.txt");
    fs::write(&words, "请到经营场所查看 please look at the premises").unwrap();
    let help = [
        "ask",
        "--help-from",
        "market",
        "--case",
        "JC-1",
        "--ground",
        "行政处罚法 第二十六条",
        "--words",
        text(&words),
    ];
    let (exit, asked, why) = there(&customs, &help);
    assert_eq!(exit, 0, "{asked:?} {why}");
    let number = asked[0]["number"].as_str().unwrap().to_owned();
    let (_, shown, _) = there(&market, &["show", &number]);
    assert!(shown[0]["words"].as_str().is_some_and(|words| words.contains("premises")), "{shown:?}");
    let (exit, refused, _) = there(&market, &["decline", &number, "--ground", " "]);
    assert_eq!((exit, &refused[0]["code"]), (1, &"REQUEST_FORM".into()));
    assert_eq!(there(&market, &["decline", &number, "--ground", "not ours 不属本部门职责"]).0, 0);
    let (_, listed, _) = there(&customs, &["list"]);
    assert_eq!((&listed[0]["list"], &listed[0]["state"]), (&"asked".into(), &"declined".into()), "{listed:?}");
}
