//! `onewindow policy check`: says what is wrong with a policy folder.

use crate::say::{Cannot, Done, Exit, Say};
use serde::Serialize;
use std::path::{Path, PathBuf};
use trade::policy::{Policy, PolicyFault};

/// The law as dated tables.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Says everything that is wrong with a policy folder: gaps, overlaps, unknown keys, rows without a clause
    Check {
        /// The folder with the tables
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
}

#[derive(Serialize)]
struct Verdict<'a> {
    folder: &'a str,
    verdict: &'static str,
    files: usize,
    problems: Vec<Problem>,
}

#[derive(Serialize)]
struct Problem {
    file: String,
    line: u32,
    zh: String,
    en: String,
}

pub fn run(args: &Args, say: &mut Say) -> Done {
    let What::Check { folder } = &args.what;
    let files = read(folder)?;
    let faults = Policy::load(&files).err().unwrap_or_default();
    let verdict = Verdict {
        folder: &folder.to_string_lossy(),
        verdict: if faults.is_empty() { "valid" } else { "invalid" },
        files: files.len(),
        problems: faults
            .iter()
            .cloned()
            .map(|PolicyFault { file, line, zh, en }| Problem { file, line, zh, en })
            .collect(),
    };
    say.tell(&verdict, || {
        let mut words = format!("{}: {}, {} files", verdict.folder, verdict.verdict, verdict.files);
        for p in &verdict.problems {
            words.push_str(&format!("\n  {}:{}\n    {}\n    {}", p.file, p.line, p.en, p.zh));
        }
        words
    })?;
    Ok(Exit::when(faults.is_empty()))
}

/// The policy in a folder.
pub fn load(folder: &Path) -> Result<Policy, Cannot> {
    Policy::load(&read(folder)?).map_err(|faults| {
        let faults: Vec<_> = faults.iter().map(ToString::to_string).collect();
        Cannot::with(folder, faults.join("\n"))
    })
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
