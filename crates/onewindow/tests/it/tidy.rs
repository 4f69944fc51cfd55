//! What each crate never holds (ARCHITECTURE.md, "Never there"), read from the sources; every check is shown to be
//! able to fail on a made-up bad piece.

use crate::root;
use std::fs;
use std::path::{Path, PathBuf};

/// What a piece of source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    Code,
    Text,
    Comment,
}

/// Splits Rust source into code, string literals and comments, each with the line on which it begins.
fn pieces(source: &str) -> Vec<(Piece, usize, String)> {
    let bytes: Vec<char> = source.chars().collect();
    let mut out = Vec::new();
    let (mut at, mut line, mut code, mut code_line) = (0, 1, String::new(), 1);
    let starts = |at: usize, what: &str| what.chars().enumerate().all(|(i, c)| bytes.get(at + i) == Some(&c));
    while at < bytes.len() {
        let (from, kind) = (at, bytes[at]);
        let word_before = at > 0 && (bytes[at - 1].is_alphanumeric() || bytes[at - 1] == '_');
        let hashes = bytes[at..].iter().skip(1).take_while(|c| **c == '#').count();
        let piece = if starts(at, "//") {
            at += bytes[at..].iter().take_while(|c| **c != '\n').count();
            Piece::Comment
        } else if starts(at, "/*") {
            let mut depth = 0;
            while at < bytes.len() {
                let (open, close) = (starts(at, "/*"), starts(at, "*/"));
                depth += i32::from(open) - i32::from(close);
                at += if open || close { 2 } else { 1 };
                if depth == 0 {
                    break;
                }
            }
            Piece::Comment
        } else if kind == 'r' && !word_before_letter(&bytes, at) && bytes.get(at + 1 + hashes) == Some(&'"') {
            let end: String = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
            at += 2 + hashes;
            while at < bytes.len() && !starts(at, &end) {
                at += 1;
            }
            at += end.len();
            Piece::Text
        } else if kind == '"' {
            at += 1;
            while at < bytes.len() && bytes[at] != '"' {
                at += if bytes[at] == '\\' { 2 } else { 1 };
            }
            at += 1;
            Piece::Text
        } else if kind == '\'' && !word_before && (bytes.get(at + 1) == Some(&'\\') || bytes.get(at + 2) == Some(&'\''))
        {
            // A character, not a lifetime.
            at += 2;
            while at < bytes.len() && bytes[at] != '\'' {
                at += 1;
            }
            at += 1;
            Piece::Text
        } else {
            code.push(kind);
            line += usize::from(kind == '\n');
            at += 1;
            continue;
        };
        if !code.trim().is_empty() {
            out.push((Piece::Code, code_line, std::mem::take(&mut code)));
        }
        code.clear();
        let text: String = bytes[from..at.min(bytes.len())].iter().collect();
        out.push((piece, line, text.clone()));
        line += text.matches('\n').count();
        code_line = line;
    }
    if !code.trim().is_empty() {
        out.push((Piece::Code, code_line, code));
    }
    out
}

/// `br"…"` is a raw string too; `for"` would not be.
fn word_before_letter(bytes: &[char], at: usize) -> bool {
    let before = |n: usize| at.checked_sub(n).map(|i| bytes[i]);
    match before(1) {
        Some('b') => before(2).is_some_and(|c| c.is_alphanumeric() || c == '_'),
        Some(c) => c.is_alphanumeric() || c == '_',
        None => false,
    }
}

/// The source without its tests, which may read files and tell the time.
fn without_tests(source: &str) -> &str {
    source.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or(source)
}

/// Lines of code in which one of the words stands as a word.
fn words_in_code(source: &str, words: &[&str]) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (piece, line, text) in pieces(without_tests(source)) {
        if piece != Piece::Code {
            continue;
        }
        for (below, row) in text.split('\n').enumerate() {
            for word in words {
                let is_there = row.match_indices(word).any(|(at, _)| {
                    let inside = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
                    !inside(row[..at].chars().next_back()) && !inside(row[at + word.len()..].chars().next())
                });
                if is_there {
                    found.push((line + below, (*word).to_owned()));
                }
            }
        }
    }
    found
}

/// String literals that are SQL.
fn sql(source: &str) -> Vec<usize> {
    let is_sql = |text: &str| {
        let text = text.to_ascii_lowercase();
        let follows = |first: &str, then: &str| text.split_once(first).is_some_and(|(_, rest)| rest.contains(then));
        let begins = |word: &str| text.trim_start_matches(['"', 'r', 'b', '#', '\\', '\n', ' ']).starts_with(word);
        begins("select ") && follows("select ", " from ")
            || begins("update ") && follows("update ", " set ")
            || text.contains("insert into ")
            || text.contains("delete from ")
            || text.contains("create table ")
            || begins("pragma ")
    };
    pieces(without_tests(source)).into_iter().filter(|(p, _, t)| *p == Piece::Text && is_sql(t)).map(|p| p.1).collect()
}

/// String literals that are HTML.
fn html(source: &str) -> Vec<usize> {
    let tags = ["<html", "<div", "<p>", "<table", "<span", "<body", "text/html", "<!doctype html"];
    let has = |text: &str| tags.iter().any(|tag| text.to_ascii_lowercase().contains(tag));
    pieces(without_tests(source)).into_iter().filter(|(p, _, t)| *p == Piece::Text && has(t)).map(|p| p.1).collect()
}

/// The three sentences with which a crate opens.
fn opens_well(source: &str) -> bool {
    let head: String =
        source.lines().take_while(|l| l.starts_with("//!")).map(|l| l.trim_start_matches("//!")).collect();
    let never = head.find("Never here:");
    let called = head.find("Called by").or_else(|| head.find("Nothing calls it"));
    matches!((never, called), (Some(n), Some(c)) if n > 20 && c > n)
}

/// Rooms that are no rooms: what lies there has no name yet.
fn is_no_room(name: &str) -> bool {
    ["util", "utils", "common", "helper", "helpers", "manager", "managers", "misc"].contains(&name)
}

/// Paths that exist on one machine only.
fn machine_paths(text: &str) -> Vec<usize> {
    let starts = ["/home", "/work", "/root", "/Users"].map(|folder| format!("{folder}/"));
    let is_path = |line: &str| {
        starts.iter().any(|start| {
            line.match_indices(start.as_str()).any(|(at, _)| {
                let before = line[..at].chars().next_back();
                // `target/work/` and `example.org/work/` are no paths from the root.
                !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '/' | '_' | '-' | '}' | '*' | ')'))
            })
        })
    };
    text.lines().enumerate().filter(|(_, l)| is_path(l)).map(|(i, _)| i + 1).collect()
}

// What is true of the house.

/// Files below a folder, with `/` in their names, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return found };
    for entry in entries {
        let path = entry.expect("a folder can be read").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if !["target", ".git", "node_modules"].contains(&name.as_str()) {
                found.extend(files(&path));
            }
        } else if name != ".git" {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn named(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).to_string_lossy().into_owned()
}

const CRATES: [&str; 7] = ["trade", "wire", "store", "window", "server", "onewindow", "traffic"];

/// The sources of a crate that are built into the program.
fn sources(krate: &str) -> Vec<(String, String)> {
    let all = files(&root().join("crates").join(krate).join("src"));
    let sources: Vec<_> = all
        .into_iter()
        .filter(|p| p.extension().is_some_and(|e| e == "rs"))
        .filter(|p| !p.components().any(|c| c.as_os_str() == "tests") && p.file_stem().is_some_and(|s| s != "tests"))
        .map(|p| (named(&p), fs::read_to_string(&p).expect("a source is text")))
        .collect();
    assert!(!sources.is_empty(), "{krate} has sources");
    sources
}

fn expect_none(faults: Vec<String>) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

const FILES: &[&str] = &["std::fs", "fs::File", "std::net", "TcpStream", "std::process", "std::env"];
const TIME: &[&str] = &["SystemTime::now", "Instant::now"];
const CLOCKS: &[&str] = &["SystemTime::now", "UNIX_EPOCH.elapsed", "OffsetDateTime", "Utc::now", "Local::now"];
const CHANCE: &[&str] = &["getrandom", "rand", "OsRng", "thread_rng"];
const WEB: &[&str] = &["axum", "hyper", "reqwest", "tokio"];
const RULES: &[&str] = &["trade::decide", "trade::tax", "trade::matching", "trade::verify", "trade::policy"];

#[test]
fn crates_hold_nothing_that_has_no_place_in_them() {
    let lists: &[(&str, &[&[&str]])] = &[
        (
            "trade",
            &[FILES, TIME, CHANCE, WEB, &["f32", "f64", "async", "await", "quick_xml", "rusqlite", "std::thread"]],
        ),
        (
            "wire",
            &[FILES, TIME, WEB, &["rusqlite", "async", "await", "trade::decide", "trade::tax", "trade::matching"]],
        ),
        ("store", &[WEB, RULES, &["quick_xml", "wire"]]),
        ("window", &[WEB, &["rusqlite", "std::net", "askama"]]),
        // It may word the arithmetic of a tax (`tax::explain_line`), never reckon one.
        (
            "server",
            &[&["rusqlite"], &["trade::decide", "trade::matching", "trade::verify"], &["assess", "taxable_prices"]],
        ),
        ("onewindow", &[&["rusqlite", "trade::decide", "trade::matching", "trade::verify"]]),
        ("traffic", &[TIME, CHANCE, WEB, &["rusqlite"]]),
    ];
    let mut faults = Vec::new();
    for (krate, lists) in lists {
        let words = lists.concat();
        for (name, source) in sources(krate) {
            faults.extend(words_in_code(&source, &words).into_iter().map(|(line, w)| format!("{name}:{line}: {w}")));
        }
    }
    expect_none(faults);
}

#[test]
fn words_are_found_in_code_alone() {
    let source = "// std::fs\nfn a() {\n  let x = \"std::fs\";\n  my_std::fs_b();\n  std::fs::read(x);\n}\n#[cfg(test)]\nmod tests {\n std::fs::read(x) }";
    assert_eq!(words_in_code(source, &["std::fs"]), [(5, "std::fs".to_owned())]);
    assert_eq!(words_in_code("fn a<'a>(x: &'a str, c: char) { if c == '\"' { f64::from(1) } }", &["f64"]).len(), 1);
    assert_eq!(words_in_code("let x = r#\"f64 \"#; let y: f64; /* f64 /* f64 */ f64 */", &["f64"]).len(), 1);
}

#[test]
fn only_the_program_reads_the_clock() {
    let mut faults = Vec::new();
    for krate in CRATES {
        for (name, source) in sources(krate) {
            if name != "crates/onewindow/src/clock.rs" {
                let found = words_in_code(&source, CLOCKS);
                faults.extend(found.into_iter().map(|(line, _)| format!("{name}:{line} reads a clock")));
            }
        }
    }
    expect_none(faults);
    assert_eq!(words_in_code("let now = SystemTime::now();", CLOCKS).len(), 1);
}

#[test]
fn only_the_store_knows_sql() {
    let mut faults = Vec::new();
    for krate in CRATES.iter().filter(|k| **k != "store") {
        for (name, source) in sources(krate) {
            faults.extend(sql(&source).into_iter().map(|line| format!("{name}:{line}: SQL")));
        }
    }
    expect_none(faults);
    assert_eq!(sql("let a = 1;\nlet q = \"select a from b\";"), [2]);
    assert_eq!(sql("q(r#\"\n  INSERT INTO t VALUES (1)\"#)"), [1]);
    assert!(sql("// select a from b\nlet t = \"Please select a parcel from it\";").is_empty());
}

#[test]
fn only_the_server_writes_pages() {
    let mut faults = Vec::new();
    for krate in CRATES.iter().filter(|k| **k != "server") {
        for (name, source) in sources(krate) {
            faults.extend(html(&source).into_iter().map(|line| format!("{name}:{line}: HTML")));
        }
    }
    expect_none(faults);
    assert_eq!(html("let page = \"<div>\";"), [1]);
}

#[test]
fn every_crate_opens_with_what_is_there_what_never_and_who_calls_it() {
    let mut faults = Vec::new();
    for krate in CRATES {
        let folder = root().join("crates").join(krate).join("src");
        let file = [folder.join("lib.rs"), folder.join("main.rs")].into_iter().find(|f| f.exists()).expect("a root");
        if !opens_well(&fs::read_to_string(&file).unwrap()) {
            faults.push(format!("{}: what lives here; \"Never here: …\"; \"Called by …\"", named(&file)));
        }
    }
    expect_none(faults);
    assert!(opens_well("//! The nouns of trade and their rules.\n//! Never here: files.\n//! Called by all.\n"));
    assert!(!opens_well("//! The nouns of trade and their rules.\n//! Called by all.\n"));
    assert!(!opens_well("pub mod a;"));
}

#[test]
fn there_are_no_rooms_without_a_name() {
    let mut faults = Vec::new();
    for path in files(&root().join("crates")) {
        let below = path.strip_prefix(root()).unwrap_or(&path);
        let mut parts = below.iter().map(|p| p.to_string_lossy().split('.').next().unwrap_or("").to_owned());
        if parts.any(|p| is_no_room(&p)) {
            faults.push(named(&path));
        }
    }
    for krate in CRATES {
        for (name, source) in sources(krate) {
            let declared = source.lines().filter_map(|l| {
                l.trim_start_matches("pub ").strip_prefix("mod ")?.split([';', ' ']).next().filter(|m| is_no_room(m))
            });
            faults.extend(declared.map(|m| format!("{name}: mod {m}")));
        }
    }
    expect_none(faults);
    assert!(is_no_room("utils") && !is_no_room("journal"));
}

#[test]
fn nothing_names_a_place_on_one_machine() {
    let mut faults = Vec::new();
    for path in files(&root()) {
        // Some files are no text.
        let Ok(text) = fs::read_to_string(&path) else { continue };
        faults.extend(machine_paths(&text).into_iter().map(|line| format!("{}:{line}", named(&path))));
    }
    expect_none(faults);
    assert_eq!(machine_paths(&format!("a\nsee {}{}", "/home", "/me/x")), [2]);
    assert!(machine_paths("inbox/work/a.xml https://example.org/work/x").is_empty());
}

/// The pages that name tests as evidence.
const EVIDENCE: [&str; 3] = ["ARCHITECTURE.md", "docs/capabilities.md", "docs/security.md"];

#[test]
fn every_test_that_is_named_as_evidence_is_there() {
    let sources: Vec<String> = files(&root().join("crates"))
        .iter()
        .filter(|p| p.extension().is_some_and(|e| e == "rs"))
        .map(|p| fs::read_to_string(p).expect("a source is text"))
        .collect();
    let is_there = |name: &str| sources.iter().any(|source| source.contains(&format!("fn {name}(")));
    let mut faults = Vec::new();
    for page in EVIDENCE {
        let text = fs::read_to_string(root().join(page)).expect("a page is text");
        let named = named_tests(&text);
        assert!(named.len() > 3, "{page} names its tests");
        faults.extend(named.into_iter().filter(|name| !is_there(name)).map(|name| format!("{page}: {name}")));
    }
    expect_none(faults);
    assert_eq!(named_tests("`a_b_c_d` `store::zone` `a_key` `ONE_TWO_THREE_FOUR` `a_b_c_d()`"), ["a_b_c_d"]);
    assert!(!is_there(&["a", "test", "that", "is", "missing"].join("_")));
}

/// Names of four words and more in backticks; shorter ones are other things too.
fn named_tests(text: &str) -> Vec<&str> {
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    text.split('`').filter(|part| part.matches('_').count() >= 3 && part.chars().all(is_name)).collect()
}

#[test]
fn every_golden_file_is_used() {
    let mut faults = Vec::new();
    for krate in CRATES {
        let folder = root().join("crates").join(krate);
        let tests: String = files(&folder)
            .iter()
            .filter(|p| p.extension().is_some_and(|e| e == "rs"))
            .map(|p| fs::read_to_string(p).expect("a source is text"))
            .collect();
        for path in files(&folder.join("tests/golden")) {
            if !is_used(&path, &tests) {
                faults.push(named(&path));
            }
        }
    }
    expect_none(faults);
    assert!(is_used(Path::new("golden/ceb/a.xml"), "read(\"a.xml\")"));
    assert!(is_used(Path::new("golden/ceb/a.xml"), "all(\"tests/golden/ceb\")"));
    assert!(!is_used(Path::new("golden/ceb/a.xml"), "read(\"b.xml\")"));
}

/// Named by a test, by its name or by its folder.
fn is_used(path: &Path, tests: &str) -> bool {
    let part = |p: Option<&std::ffi::OsStr>| p.unwrap_or_default().to_string_lossy().into_owned();
    let (name, stem) = (part(path.file_name()), part(path.file_stem()));
    let folder = path.parent().map(|p| part(p.file_name())).unwrap_or_default();
    name == "README.md"
        || tests.contains(&name)
        || tests.contains(&format!("golden/{folder}"))
        || tests.contains(&format!("\"{stem}\""))
}
