//! Only licences that may be linked into one binary are in the tree (docs/dependencies.md).

#[path = "../../examples/advisories.rs"]
mod advisories;
#[path = "../../examples/sbom.rs"]
mod sbom;

use crate::root;
use serde_json::Value;
use std::process::Command;

const ALLOWED: &[&str] = &[
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "0BSD",
    "ISC",
    "Zlib",
    "Unicode-3.0",
    "Unlicense",
    "CC0-1.0",
    "BSL-1.0",
    "CDLA-Permissive-2.0",
    "MPL-2.0",
    "Apache-2.0 WITH LLVM-exception",
];

/// True where an SPDX expression can be fulfilled with allowed licences alone.
fn may_be_used(expression: &str) -> bool {
    // The old way to say OR.
    let expression = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = expression.split_whitespace().collect();
    let mut place = 0;
    let fits = either(&words, &mut place);
    fits && place == words.len()
}

fn either(words: &[&str], place: &mut usize) -> bool {
    let mut fits = both(words, place);
    while words.get(*place) == Some(&"OR") {
        *place += 1;
        fits |= both(words, place);
    }
    fits
}

fn both(words: &[&str], place: &mut usize) -> bool {
    let mut fits = one(words, place);
    while words.get(*place) == Some(&"AND") {
        *place += 1;
        fits &= one(words, place);
    }
    fits
}

fn one(words: &[&str], place: &mut usize) -> bool {
    let Some(&word) = words.get(*place) else { return false };
    *place += 1;
    if word == "(" {
        let fits = either(words, place);
        *place += 1;
        return fits && words.get(*place - 1) == Some(&")");
    }
    let mut name = word.to_owned();
    if words.get(*place) == Some(&"WITH") {
        name = format!("{word} WITH {}", words.get(*place + 1).unwrap_or(&""));
        *place += 2;
    }
    ALLOWED.contains(&name.as_str())
}

#[test]
fn the_reading_of_licences_can_tell_good_from_bad() {
    for good in [
        "MIT",
        "MIT/Apache-2.0",
        "GPL-3.0 OR MIT",
        "(MIT OR GPL-2.0) AND Unicode-3.0",
        "Apache-2.0 WITH LLVM-exception OR X",
    ] {
        assert!(may_be_used(good), "{good}");
    }
    for bad in ["GPL-3.0", "MIT AND GPL-2.0", "AGPL-3.0-only", "", "(MIT OR GPL-2.0) AND LGPL-2.1", "MIT MIT", "(MIT"] {
        assert!(!may_be_used(bad), "{bad}");
    }
}

/// What `cargo metadata` says of everything that is built here.
fn metadata() -> Value {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    // What is built here is there, without asking the network; other systems' crates need not be.
    let platform = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let metadata = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", &platform])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(metadata.status.success(), "{}", String::from_utf8_lossy(&metadata.stderr));
    serde_json::from_slice(&metadata.stdout).expect("JSON")
}

#[test]
fn every_dependency_has_a_licence_that_may_be_used() {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 50, "the tree was read");
    let bad: Vec<String> = packages
        .iter()
        .filter(|p| !may_be_used(p["license"].as_str().unwrap_or("")))
        .map(|p| format!("{} {}: {}", p["name"], p["version"], p["license"]))
        .collect();
    assert!(bad.is_empty(), "not allowed:\n{}", bad.join("\n"));
}

/// Each direct dependency has its reason in docs/dependencies.md, and nothing else stands there.
#[test]
fn every_direct_dependency_has_its_reason() {
    let manifest: toml::Table = std::fs::read_to_string(root().join("Cargo.toml")).unwrap().parse().unwrap();
    let reasons = std::fs::read_to_string(root().join("docs/dependencies.md")).unwrap();
    let told: Vec<&str> =
        reasons.lines().filter_map(|l| l.strip_prefix("| `")?.split_once('`').map(|(n, _)| n)).collect();
    let own = ["trade", "wire", "store", "window", "server", "traffic"];
    let direct: Vec<&str> = manifest["workspace"]["dependencies"]
        .as_table()
        .unwrap()
        .keys()
        .map(String::as_str)
        .filter(|n| !own.contains(n))
        .collect();
    let untold: Vec<_> = direct.iter().filter(|n| !told.contains(n)).collect();
    let stale: Vec<_> = told.iter().filter(|n| !direct.contains(n)).collect();
    assert!(untold.is_empty(), "without a reason in docs/dependencies.md: {untold:?}");
    assert!(stale.is_empty(), "in docs/dependencies.md, but no dependency: {stale:?}");
}

/// The bill of materials names every package of the lock file, what the registry gave of it, and what it needs.
#[test]
fn the_bill_of_materials_is_whole() {
    let lock: toml::Table = std::fs::read_to_string(root().join("Cargo.lock")).unwrap().parse().unwrap();
    let (metadata, packages) = (metadata(), lock["package"].as_array().unwrap());
    let bom = sbom::bom(&metadata, &lock);
    let (components, needs) = (bom["components"].as_array().unwrap(), bom["dependencies"].as_array().unwrap());
    assert_eq!((components.len() + 1, needs.len()), (packages.len(), packages.len()));
    assert_eq!(bom["metadata"]["component"]["name"], "onewindow");
    let named: Vec<&Value> = components.iter().map(|c| &c["bom-ref"]).collect();
    for package in packages.iter().filter(|package| package.get("checksum").is_some()) {
        let (name, version) = (package["name"].as_str().unwrap(), package["version"].as_str().unwrap());
        let found = components.iter().find(|c| c["name"] == name && c["version"] == version).expect(name);
        assert_eq!(found["hashes"][0]["content"], package["checksum"].as_str().unwrap(), "{name}");
        assert!(named.contains(&&Value::from(format!("pkg:cargo/{name}@{version}"))), "{name}");
    }
    // What is built has a licence; other systems' packages need not be at hand.
    let built = metadata["packages"].as_array().unwrap().iter().filter(|p| p["source"].is_string());
    for package in built {
        let found = components.iter().find(|c| c["name"] == package["name"] && c["version"] == package["version"]);
        assert!(found.is_some_and(|found| found["licenses"][0]["expression"].is_string()), "{}", package["name"]);
    }
    let of = |name: &str| needs.iter().find(|n| n["ref"].as_str().unwrap().starts_with(&format!("pkg:cargo/{name}@")));
    let program = of("onewindow").unwrap()["dependsOn"].as_array().unwrap();
    assert!(["trade", "server", "store"].iter().all(|c| program.iter().any(|d| d.as_str().unwrap().contains(c))));
}

/// A made-up advisory; `more` are lines of its head, `versions` those of its versions.
fn advisory(id: &str, package: &str, date: &str, more: &str, versions: &str) -> String {
    format!(
        "```toml\n[advisory]\nid = \"{id}\"\npackage = \"{package}\"\ndate = \"{date}\"\n{more}\n[versions]\n{versions}\n```\n\n# Made up\n"
    )
}

#[test]
fn a_version_is_affected_between_the_borders_that_an_advisory_names() {
    let ranges = "patched = [\">= 1.0.7, < 1.1.0\", \">= 1.2.3\"]\nunaffected = [\"< 1.0.2\"]";
    let read = |more: &str, versions: &str| {
        advisories::Advisory::read(&advisory("RUSTSEC-2026-0001", "made-up", "2026-01-02", more, versions))
            .expect("read")
    };
    let affects = |advisory: &advisories::Advisory, version: &str| {
        advisory.affects("made-up", &semver::Version::parse(version).expect("a version"))
    };
    let one = read("", ranges);
    for (version, affected) in [
        ("0.9.0", false),
        ("1.0.1", false),
        ("1.0.2", true),
        ("1.0.6", true),
        ("1.0.7", false),
        ("1.0.99", false),
        ("1.1.0", true),
        ("1.2.2", true),
        ("1.2.3-rc.1", true),
        ("1.2.3", false),
        ("2.0.0", false),
    ] {
        assert_eq!(affects(&one, version), affected, "{version}");
    }
    assert!(!one.affects("made-up-too", &semver::Version::new(1, 1, 0)), "another package");
    assert!(affects(&read("", "patched = []"), "99.0.0"), "never patched");
    assert!(!affects(&read("withdrawn = \"2026-01-03\"", "patched = []"), "1.0.0"));
    assert!(read("informational = \"unmaintained\"", "patched = []").notice);
    assert!(!read("informational = \"unsound\"", "patched = []").notice, "that is a weakness");
    for odd in
        ["", "# no front", "```toml\n[advisory]\n```", &advisory("R", "p", "d", "", "patched = [\"not a range\"]")]
    {
        assert!(advisories::Advisory::read(odd).is_err(), "{odd}");
    }
}

/// Over the real lock file: planted advisories on both sides of the version that is built.
#[test]
fn advisories_are_held_against_the_lock_file_without_a_network() {
    let folder = tempfile::tempdir().expect("a folder");
    let lock: toml::Table = std::fs::read_to_string(root().join("Cargo.lock")).unwrap().parse().unwrap();
    let of = |name: &str| {
        let packages = lock["package"].as_array().expect("packages").iter();
        packages.filter(|p| p["name"].as_str() == Some(name)).find_map(|p| p["version"].as_str()).expect("it is built")
    };
    let [thiserror, axum, rsa] = ["thiserror", "axum", "rsa"].map(of);
    let plant = |name: &str, text: &str| {
        let package = folder.path().join("crates").join(name);
        std::fs::create_dir_all(&package).expect("made");
        std::fs::write(package.join("RUSTSEC.md"), text).expect("written");
    };
    let run = || advisories::run(folder.path(), &root().join("Cargo.lock"));
    assert!(run().is_err(), "an empty folder is no database, and not a good word");
    plant("thiserror", &advisory("MADE-1", "thiserror", "2026-01-02", "", &format!("patched = [\">= {thiserror}\"]")));
    plant("rsa", &advisory("RUSTSEC-2023-0071", "rsa", "2023-11-22", "", "patched = []"));
    // A package of this project is not the registry's of the same name.
    plant("trade", &advisory("MADE-2", "trade", "2026-03-04", "", "patched = []"));
    let report = run().expect("read");
    assert_eq!((report.found.len(), report.advisories, report.newest.as_str()), (0, 3, "2026-03-04"));
    assert!(report.packages > 100 && report.told.len() == 1 && report.told[0].contains(rsa), "{:?}", report.told);
    plant("axum", &advisory("MADE-3", "axum", "2026-01-03", "", &format!("patched = [\"> {axum}\"]")));
    assert_eq!(run().expect("read").found, [format!("MADE-3 axum {axum}")]);
    plant("axum", "# what nobody can read");
    assert!(run().is_err_and(|error| error.contains("axum/RUSTSEC.md")));
}
