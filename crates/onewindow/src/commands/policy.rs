//! `onewindow policy`: checks a policy folder, adopts it, and writes out what holds.

use super::law;
use super::remote::{Remote, RemoteArgs};
use crate::clock::Clock;
use crate::say::{Cannot, Done, Exit, Say};
use crate::zone::{ZoneArgs, write_whole};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use trade::policy::{Policy, PolicyFault, SAMPLE};
use window::Window;
use window::filing::NotAdopted;

/// The law as dated tables: checks a folder, adopts it, writes out what holds.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Says everything that is wrong with a policy folder (gaps, overlaps, unknown keys, rows without a clause), and what
    /// is odd in one that loads: contradictions, rows that never apply, each with a declaration that shows it
    Check {
        /// The folder with the tables
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
    /// Says in words how a folder differs from another, or from what a zone has adopted
    Diff {
        /// The folder that it is compared with; the zone's own tables where only one is given
        #[arg(value_name = "DIR", num_args = 1..=2, required = true)]
        folders: Vec<PathBuf>,

        #[command(flatten)]
        zone: ZoneArgs,
    },
    /// Lists the released parcels whose tax by the adopted policy is not what they were told: a rate came after its day
    Reopen {
        #[command(flatten)]
        zone: ZoneArgs,

        /// Writes a file of corrections for each declarant into this folder: `onewindow correct FILE --enterprise CODE`
        /// looks at it and makes it, all or none, with a bill of changes
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
    /// Adopts the tables of a folder: they decide from the next command on; tables that it lacks stay as they are
    Adopt {
        /// The folder with the tables
        #[arg(value_name = "DIR")]
        folder: PathBuf,

        #[command(flatten)]
        zone: ZoneArgs,

        #[command(flatten)]
        remote: RemoteArgs,

        /// Who adopts it; where the law asks for two persons, the first proposes and another adopts the same folder
        #[arg(long, value_name = "NAME", default_value = "command-line", conflicts_with = "url")]
        by: String,

        /// Says what would change, and adopts nothing; the zone may be running
        #[arg(long, conflicts_with = "url")]
        dry_run: bool,
    },
    /// Writes the adopted policy into a folder, to be changed and adopted again; the zone may be running
    Export {
        /// The folder, which must not hold anything
        #[arg(value_name = "DIR")]
        folder: PathBuf,

        #[command(flatten)]
        zone: ZoneArgs,

        /// The sample policy that this program carries, instead of a zone's
        #[arg(long)]
        sample: bool,
    },
}

#[derive(Serialize)]
struct Verdict<'a> {
    folder: &'a str,
    verdict: &'static str,
    files: usize,
    problems: Vec<Problem>,
    /// What is odd in a policy that loads.
    remarks: Vec<law::Remark>,
}

#[derive(Serialize)]
pub struct Problem {
    file: String,
    line: u32,
    column: String,
    zh: String,
    en: String,
}

/// What an adoption did or would do.
#[derive(Serialize)]
struct Adopted<'a> {
    folder: &'a str,
    /// `adopted`, `proposed` (another person has to adopt the same), `would-adopt`, `unchanged` or `invalid`
    verdict: &'static str,
    revision: Option<u64>,
    /// Rows that are marked as invented samples.
    samples: usize,
    changes: Vec<Change>,
    problems: Vec<Problem>,
}

/// How a file differs from the one that was adopted.
#[derive(Serialize)]
pub struct Change {
    file: String,
    pub added: Vec<String>,
    pub removed: Vec<String>,
}

pub fn run(args: &Args, say: &mut Say, clock: &Clock) -> Done {
    match &args.what {
        What::Check { folder } => check(folder, say),
        What::Diff { folders, zone } => law::diff(folders, zone, say, clock),
        What::Reopen { zone, out } => law::reopen(zone, out.as_deref(), say, clock),
        What::Adopt { folder, zone, remote, by, dry_run } => match remote.remote()? {
            Some(remote) => send(folder, &remote, say),
            None => adopt(folder, zone, by, *dry_run, say, clock),
        },
        What::Export { folder, zone, sample } => export(folder, (!sample).then_some(zone), say, clock),
    }
}

fn check(folder: &Path, say: &mut Say) -> Done {
    let files = read(folder)?;
    let loaded = Policy::load(&files);
    let remarks = loaded.as_ref().map(law::remarks).unwrap_or_default();
    let faults = loaded.err().unwrap_or_default();
    let verdict = Verdict {
        folder: &folder.to_string_lossy(),
        verdict: if faults.is_empty() { "valid" } else { "invalid" },
        files: files.len(),
        problems: problems(faults),
        remarks,
    };
    say.tell(&verdict, || {
        let remarks: String = verdict.remarks.iter().map(law::Remark::words).collect();
        format!("{}: {}, {} files", verdict.folder, verdict.verdict, verdict.files)
            + &listed(&verdict.problems)
            + &remarks
    })?;
    Ok(Exit::when(verdict.problems.is_empty()))
}

fn adopt(folder: &Path, zone: &ZoneArgs, by: &str, dry_run: bool, say: &mut Say, clock: &Clock) -> Done {
    let files = read(folder)?;
    let window = if dry_run { zone.read(clock)? } else { zone.open(false, clock)? };
    let changes = changes(&window.policy(), &files);
    let loaded = window.would_adopt(&files);
    let mut said = Adopted {
        folder: &folder.to_string_lossy(),
        verdict: if dry_run { "would-adopt" } else { "unchanged" },
        revision: None,
        samples: loaded.as_ref().map_or(0, Policy::samples),
        changes,
        problems: problems(loaded.err().unwrap_or_default()),
    };
    if !said.problems.is_empty() {
        said.verdict = "invalid";
    } else if said.changes.is_empty() {
        said.verdict = "unchanged";
    } else if !dry_run {
        let (revision, proposed) = adopt_files(&window, by, &files)?;
        said.revision = Some(revision);
        said.verdict = if proposed { "proposed" } else { "adopted" };
    }
    window.close();
    tell(&said, say)
}

fn tell(said: &Adopted<'_>, say: &mut Say) -> Done {
    say.tell(said, || {
        let mut words = format!("{}: {}", said.folder, said.verdict);
        if let Some(revision) = said.revision {
            words.push_str(&format!(" by entry {revision}"));
        }
        for change in &said.changes {
            words.push_str(&change.words());
        }
        words + &warning(said.samples) + &listed(&said.problems)
    })?;
    Ok(Exit::when(said.problems.is_empty()))
}

/// Has a running window adopt them, as an operator.
fn send(folder: &Path, remote: &Remote<'_>, say: &mut Say) -> Done {
    let files = read(folder)?;
    let named: Vec<_> = files.iter().map(|(name, text)| json!({"name": name, "text": text})).collect();
    let body = json!({ "files": named }).to_string();
    let answer = remote.command("/api/v1/policy", "application/json", body.as_bytes())?;
    let word = |f: &Value, name: &str| f[name].as_str().unwrap_or_default().to_owned();
    let fault = |f: &Value| {
        let place = word(f, "path");
        let (file, column) = place.split_once('/').unwrap_or((&place, ""));
        let line = f["line"].as_u64().and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
        Problem { file: file.into(), column: column.into(), line, zh: word(f, "zh"), en: word(f, "en") }
    };
    if let Err(problem) = &answer
        && problem["problems"].as_array().is_none_or(Vec::is_empty)
    {
        return Err(Cannot::because(format!("{}\n{}", word(problem, "en"), word(problem, "zh"))));
    }
    let problems: Vec<_> = match &answer {
        Ok(_) => Vec::new(),
        Err(problem) => problem["problems"].as_array().into_iter().flatten().map(fault).collect(),
    };
    let said = Adopted {
        folder: &folder.to_string_lossy(),
        verdict: match &answer {
            Ok(answer) if answer["proposed"] == true => "proposed",
            Ok(_) => "adopted",
            Err(_) => "invalid",
        },
        revision: answer.as_ref().ok().and_then(|a| a["revision"].as_u64()),
        samples: Policy::load(&files).as_ref().map_or(0, Policy::samples),
        changes: Vec::new(),
        problems,
    };
    tell(&said, say)
}

/// Adopts files that were found to load: the revision of the entry, and whether they are only proposed.
pub fn adopt_files(window: &Window, by: &str, files: &[(String, String)]) -> Result<(u64, bool), Cannot> {
    match window.adopt(&window::filing::operator(by), files) {
        Ok(answer) => {
            let outcome = answer.entry.iter().flat_map(|e| &e.outcomes).next();
            let refused = outcome.filter(|o| o.verdict == trade::command::Verdict::Refused);
            match refused.and_then(|o| o.findings.first()) {
                Some(finding) => Err(Cannot::because(super::submit::words(&server::desk::Said::of(finding)))),
                None => Ok((answer.revision, outcome.is_some_and(|o| o.verdict == trade::command::Verdict::Waiting))),
            }
        }
        Err(NotAdopted::Faulty(faults)) => Err(Cannot::because(listed(&problems(faults)))),
        Err(NotAdopted::Refused(refused)) => Err(Cannot::because(refused)),
    }
}

fn export(folder: &Path, zone: Option<&ZoneArgs>, say: &mut Say, clock: &Clock) -> Done {
    let files = match zone {
        Some(zone) => zone.read(clock)?.policy(),
        None => SAMPLE.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect(),
    };
    std::fs::create_dir_all(folder).map_err(|error| Cannot::with(folder, error))?;
    if std::fs::read_dir(folder).map_err(|error| Cannot::with(folder, error))?.next().is_some() {
        return Err(Cannot::with(folder, "is not empty; nothing was written"));
    }
    for (name, text) in &files {
        write_whole(&folder.join(name), text.as_bytes())?;
    }
    say.tell(&json!({"folder": folder, "files": files.len()}), || {
        format!("{}: {} files", folder.display(), files.len())
    })?;
    Ok(Exit::Well)
}

pub fn problems(faults: Vec<PolicyFault>) -> Vec<Problem> {
    let problem = |PolicyFault { file, line, column, zh, en }| Problem { file, line, column, zh, en };
    faults.into_iter().map(problem).collect()
}

/// The problems for people, a line for each language.
pub fn listed(problems: &[Problem]) -> String {
    let one = |p: &Problem| {
        let line = if p.line == 0 { String::new() } else { format!(":{}", p.line) };
        format!("\n  {}{line} {}\n    {}\n    {}", p.file, p.column, p.en, p.zh)
    };
    problems.iter().map(one).collect()
}

/// What has to be said where invented rows are among the law.
pub fn warning(samples: usize) -> String {
    match samples {
        0 => String::new(),
        n => format!(
            "\n  {n} rows are invented samples: nobody may rely on what follows from them\n  \
             有 {n} 行是样例，并非真实规定：由此得出的结论不可作为依据"
        ),
    }
}

/// The files that differ from the adopted ones, by their lines.
pub fn changes(adopted: &BTreeMap<String, String>, files: &[(String, String)]) -> Vec<Change> {
    let mut changes = Vec::new();
    for (name, text) in files {
        let before = adopted.get(name).map_or("", String::as_str);
        if before == text {
            continue;
        }
        // A line that moved has not changed.
        let mut count: BTreeMap<&str, i64> = BTreeMap::new();
        before.lines().for_each(|line| *count.entry(line).or_default() -= 1);
        text.lines().for_each(|line| *count.entry(line).or_default() += 1);
        let removed = left_over(before, -1, &mut count);
        let added = left_over(text, 1, &mut count);
        changes.push(Change { file: name.clone(), added, removed });
    }
    changes
}

/// The lines of which there are more on this side than on the other.
fn left_over<'t>(text: &'t str, sign: i64, count: &mut BTreeMap<&'t str, i64>) -> Vec<String> {
    let mut lines = Vec::new();
    for line in text.lines() {
        let more = count.entry(line).or_default();
        if *more * sign > 0 {
            *more -= sign;
            lines.push(line.to_owned());
        }
    }
    lines
}

impl Change {
    /// For people: the first lines that go and come.
    pub fn words(&self) -> String {
        const MOST: usize = 20;
        let mut words = format!("\n  {}: {} lines go, {} lines come", self.file, self.removed.len(), self.added.len());
        for (sign, lines) in [('-', &self.removed), ('+', &self.added)] {
            for line in lines.iter().take(MOST) {
                words.push_str(&format!("\n    {sign} {line}"));
            }
            if lines.len() > MOST {
                words.push_str(&format!("\n    {sign} … {} more", lines.len() - MOST));
            }
        }
        words
    }
}

/// The policy in a folder.
pub fn load(folder: &Path) -> Result<Policy, Cannot> {
    Policy::load(&read(folder)?).map_err(|faults| Cannot::with(folder, listed(&problems(faults))))
}

/// The tables of a folder, by name.
pub fn read(folder: &Path) -> Result<Vec<(String, String)>, Cannot> {
    let mut files = Vec::new();
    let entries = std::fs::read_dir(folder).map_err(|error| Cannot::with(folder, error))?;
    for entry in entries {
        let path = entry.map_err(|error| Cannot::with(folder, error))?.path();
        if path.is_file() && path.extension().is_some_and(|e| e == "toml" || e == "csv") {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            files.push((name, super::text_of(&path)?));
        }
    }
    files.sort();
    Ok(files)
}
