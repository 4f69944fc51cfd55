//! What is known against what is built (公告核对): `Cargo.lock` against a local copy of the RustSec advisory database,
//! without a network.
//!
//! `git clone https://github.com/RustSec/advisory-db` where there is one, bring the folder here, then
//! `cargo run --release --example advisories -- advisory-db`. It says what was checked and of which day the newest
//! advisory is, and ends with 1 where something is found, with 2 where it could not look at all of it.
//!
//! An advisory is Markdown that begins with TOML (its README): the package, and which versions are patched or were never
//! affected. All other versions are affected. A version before a release (`1.2.3-rc.1`) counts as affected unless a range
//! names it.

use semver::{Version, VersionReq};
use serde::Deserialize;
use std::path::Path;
use std::process::ExitCode;

/// What is known and does not concern us, with the reason.
const ACCEPTED: &[(&str, &str)] = &[(
    "RUSTSEC-2023-0071",
    "rsa signs only for made-up senders of sandboxes and tests; what comes from outside is verified by ring",
)];

#[derive(Deserialize)]
struct Front {
    advisory: Head,
    #[serde(default)]
    versions: Versions,
}

#[derive(Deserialize)]
struct Head {
    id: String,
    package: String,
    date: String,
    informational: Option<String>,
    withdrawn: Option<String>,
}

#[derive(Deserialize, Default)]
struct Versions {
    #[serde(default)]
    patched: Vec<VersionReq>,
    #[serde(default)]
    unaffected: Vec<VersionReq>,
}

/// One advisory of the database.
pub struct Advisory {
    pub id: String,
    pub package: String,
    /// When it was published, `2026-11-20`.
    pub date: String,
    /// A word and no weakness: nobody maintains it any more.
    pub notice: bool,
    withdrawn: bool,
    versions: Versions,
}

impl Advisory {
    /// # Errors
    /// What cannot be read: an advisory that nobody understands may concern us.
    pub fn read(text: &str) -> Result<Advisory, String> {
        let front = text.trim_start().strip_prefix("```toml").and_then(|rest| rest.split_once("\n```"));
        let (front, _) = front.ok_or("it does not begin with ```toml … ```")?;
        let Front { advisory, versions } = toml::from_str(front).map_err(|e| e.message().to_owned())?;
        let Head { id, package, date, informational, withdrawn } = advisory;
        let notice = informational.is_some_and(|kind| kind == "unmaintained" || kind == "notice");
        Ok(Advisory { id, package, date, notice, withdrawn: withdrawn.is_some(), versions })
    }

    pub fn affects(&self, package: &str, version: &Version) -> bool {
        let sound = self.versions.patched.iter().chain(&self.versions.unaffected).any(|range| range.matches(version));
        !self.withdrawn && self.package == package && !sound
    }
}

/// All advisories about crates, in `DIR/crates/*/*.md`.
///
/// # Errors
/// The first that cannot be read, with its path; or that there is none.
pub fn database(folder: &Path) -> Result<Vec<Advisory>, String> {
    let entries = |folder: &Path| {
        let told = |error: std::io::Error| format!("{}: {error}", folder.display());
        let entries = std::fs::read_dir(folder).map_err(told)?;
        entries.map(|entry| entry.map(|entry| entry.path()).map_err(told)).collect::<Result<Vec<_>, _>>()
    };
    let mut all = Vec::new();
    for package in entries(&folder.join("crates"))?.iter().filter(|path| path.is_dir()) {
        for file in entries(package)?.iter().filter(|file| file.extension().is_some_and(|end| end == "md")) {
            let told = |error: String| format!("{}: {error}", file.display());
            let text = std::fs::read_to_string(file).map_err(|error| told(error.to_string()))?;
            all.push(Advisory::read(&text).map_err(told)?);
        }
    }
    if all.is_empty() { Err(format!("{}: no advisories", folder.display())) } else { Ok(all) }
}

/// What was looked at and found.
#[derive(Default)]
pub struct Report {
    /// Packages that came from the registry.
    pub packages: usize,
    pub advisories: usize,
    /// The day of the newest advisory.
    pub newest: String,
    /// Advisory, package, version.
    pub found: Vec<String>,
    /// The same, where it is a notice or accepted with a reason.
    pub told: Vec<String>,
}

/// Holds the packages of a lock file that came from a registry against advisories.
///
/// # Errors
/// A package without name or version.
pub fn check(lock: &toml::Table, advisories: &[Advisory]) -> Result<Report, String> {
    let newest = advisories.iter().map(|advisory| advisory.date.clone()).max().unwrap_or_default();
    let mut report = Report { advisories: advisories.len(), newest, ..Report::default() };
    let packages = lock.get("package").and_then(toml::Value::as_array).ok_or("no packages in the lock file")?;
    for package in packages.iter().filter(|package| package.get("source").is_some()) {
        let word = |name: &str| package.get(name).and_then(toml::Value::as_str);
        let (name, version) = word("name").zip(word("version")).ok_or("a package without name or version")?;
        let parsed = Version::parse(version).map_err(|error| format!("{name} {version}: {error}"))?;
        report.packages += 1;
        for advisory in advisories.iter().filter(|advisory| advisory.affects(name, &parsed)) {
            let line = format!("{} {name} {version}", advisory.id);
            match ACCEPTED.iter().find(|(id, _)| *id == advisory.id) {
                Some((_, reason)) => report.told.push(format!("{line} (accepted: {reason})")),
                None if advisory.notice => report.told.push(format!("{line} (notice)")),
                None => report.found.push(line),
            }
        }
    }
    Ok(report)
}

/// Reads the database and the lock file and says what there is.
///
/// # Errors
/// What could not be read.
pub fn run(database_folder: &Path, lock: &Path) -> Result<Report, String> {
    let text = std::fs::read_to_string(lock).map_err(|error| format!("{}: {error}", lock.display()))?;
    let lock = text.parse().map_err(|error: toml::de::Error| error.message().to_owned())?;
    check(&lock, &database(database_folder)?)
}

#[allow(dead_code)] // where a test reads this file
fn main() -> ExitCode {
    let Some(folder) = std::env::args().nth(1) else {
        eprintln!("which database? cargo run --release --example advisories -- DIR");
        return ExitCode::from(2);
    };
    match run(Path::new(&folder), Path::new("Cargo.lock")) {
        Ok(report) => {
            report.found.iter().for_each(|line| println!("found: {line}"));
            report.told.iter().for_each(|line| println!("told:  {line}"));
            let Report { packages, advisories, newest, found, .. } = &report;
            let count = found.len();
            println!("{packages} packages, {advisories} advisories, the newest of {newest}: {count} found");
            ExitCode::from(u8::from(count > 0))
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}
