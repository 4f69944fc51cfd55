//! `onewindow check`: reads messages and says every fault with path and line.

use super::{bytes_of, files_of};
use crate::say::{Cannot, Done, Exit, Say};
use serde::Serialize;
use std::path::PathBuf;
use trade::documents::MessageKind;
use trade::finding::{Finding, Language};
use wire::ceb;

/// Reads messages and says every fault with its path and line; nothing is taken in.
#[derive(clap::Args)]
pub struct Args {
    /// Messages; a folder stands for the .xml files in it and below, `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// strict: the verdict of the official schema; lenient: what real clients send and the window takes
    #[arg(long, value_enum, default_value_t = Mode::Lenient)]
    mode: Mode,
}

#[derive(Clone, Copy, clap::ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
enum Mode {
    Strict,
    Lenient,
}

#[derive(Serialize)]
struct Checked<'a> {
    file: &'a str,
    message: Option<&'static str>,
    documents: u32,
    mode: Mode,
    verdict: &'static str,
    problems: Vec<Problem>,
}

#[derive(Serialize)]
struct Problem {
    code: &'static str,
    path: String,
    line: u32,
    zh: String,
    en: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    forgiven: bool,
}

pub fn run(args: &Args, say: &mut Say) -> Done {
    let mode = match args.mode {
        Mode::Strict => ceb::Mode::Strict,
        Mode::Lenient => ceb::Mode::Lenient,
    };
    let files = files_of(&args.files)?;
    if files.is_empty() {
        return Err(Cannot::because("no .xml file there"));
    }
    let mut all_valid = true;
    let mut unread = Vec::new();
    for path in &files {
        let bytes = match bytes_of(path, ceb::MAX_BYTES) {
            Ok(bytes) => bytes,
            Err(cannot) => {
                unread.push(cannot.to_string());
                continue;
            }
        };
        let checked = ceb::check(&bytes, mode);
        all_valid &= checked.valid;
        let file = path.to_string_lossy();
        let line = Checked {
            file: &file,
            message: (checked.kind != MessageKind::Unknown).then(|| checked.kind.name()),
            documents: checked.documents,
            mode: args.mode,
            verdict: if checked.valid { "valid" } else { "invalid" },
            problems: checked.problems.iter().map(problem).collect(),
        };
        say.tell(&line, || words(&line))?;
    }
    match unread.is_empty() {
        true => Ok(Exit::when(all_valid)),
        false => Err(Cannot::because(unread.join("\n"))),
    }
}

fn problem(finding: &Finding) -> Problem {
    Problem {
        code: finding.code.name(),
        path: finding.field.clone(),
        line: finding.source_line,
        zh: finding.text(Language::Zh),
        en: finding.text(Language::En),
        forgiven: finding.forgiven,
    }
}

fn words(line: &Checked<'_>) -> String {
    let message = line.message.unwrap_or("no message");
    let mut words = format!("{}: {message}, {} document(s), {}", line.file, line.documents, line.verdict);
    for p in &line.problems {
        let forgiven = if p.forgiven { " (forgiven)" } else { "" };
        words.push_str(&format!("\n  line {} {}{forgiven} {}\n    {}\n    {}", p.line, p.code, p.path, p.en, p.zh));
    }
    words
}
