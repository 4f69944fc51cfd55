//! `onewindow replay`: decides the journal again, under its own policy or another.

use super::policy::{listed, problems};
use crate::clock::Clock;
use crate::say::{Cannot, Done, Exit, Say};
use crate::zone::{ZoneArgs, no_zone, write_whole};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use std::ops::ControlFlow;
use std::path::PathBuf;
use trade::finding::Language;
use trade::policy::SAMPLE;
use window::replay;
use window::what_if::{Draft, NoReport, what_if};

/// Folds and decides the journal again: proves its hash and decisions, or shows what another policy would have done.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    zone: ZoneArgs,

    /// Another policy, in place of all that was adopted: who would have been judged otherwise. Several are compared;
    /// tables that a folder lacks are those of the zone
    #[arg(long, value_name = "DIR")]
    policy: Vec<PathBuf>,

    /// Writes what the drafts would have done into this file, a row for each draft and group
    #[arg(long, value_name = "FILE", requires = "policy")]
    csv: Option<PathBuf>,
}

#[derive(Serialize)]
struct Same {
    entries: u64,
    commands: u64,
    hash: String,
    same: bool,
    differences: u64,
}

pub fn run(args: &Args, say: &mut Say, clock: &Clock) -> Done {
    let place = args.zone.place()?;
    if !place.exists() {
        return Err(no_zone(&place.data));
    }
    let bar = progress("entries");
    let step = |done: u64, of: u64| {
        if done.is_multiple_of(256) {
            bar.set_length(of);
            bar.set_position(done);
        }
    };
    if args.policy.is_empty() {
        let found = replay::replay(&place, step).map_err(Cannot::because)?;
        bar.finish_and_clear();
        let line = Same {
            entries: found.entries,
            commands: found.commands,
            hash: store::proof::hex(&found.hash),
            same: found.same,
            differences: found.differences,
        };
        say.tell(&line, || {
            let same = if line.same { "the same" } else { "NOT the same" };
            format!("{} entries, {} commands: {same}; hash {}", line.entries, line.commands, line.hash)
                + &found
                    .first_differences
                    .iter()
                    .map(|r| format!("\n  entry {r} came out otherwise"))
                    .collect::<String>()
        })?;
        return Ok(Exit::when(found.same));
    }
    let found = what_if(&place, &drafts(args, clock)?, |done, of| {
        step(done, of);
        ControlFlow::Continue(())
    });
    bar.finish_and_clear();
    let report = found.map_err(|error| match error {
        NoReport::Store(error) => Cannot::because(error),
        error @ NoReport::Cancelled => Cannot::because(error),
    })?;
    if let Some(path) = &args.csv {
        write_whole(path, report.csv().as_bytes())?;
    }
    if say.json {
        for drafted in &report.drafts {
            say.tell(&report.json(drafted), String::new)?;
        }
    } else {
        say.words(&format!("{}\n\n{}", report.words(Language::En), report.words(Language::Zh)))?;
    }
    Ok(Exit::Well)
}

/// The drafts, each a whole policy: what a folder lacks is the zone's own.
fn drafts(args: &Args, clock: &Clock) -> Result<Vec<Draft>, Cannot> {
    let draft = |folder: &PathBuf| {
        let mut files = super::policy::read(folder)?;
        if SAMPLE.iter().any(|(name, _)| files.iter().all(|(n, _)| n != name)) {
            let mut whole = args.zone.read(clock)?.policy();
            whole.extend(files);
            files = whole.into_iter().collect();
        }
        Draft::load(folder.to_string_lossy(), &files).map_err(|f| Cannot::with(folder, listed(&problems(f))))
    };
    args.policy.iter().map(draft).collect()
}

/// A bar on standard error, where that is a terminal.
pub fn progress(what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} {msg} {eta}") {
        bar.set_style(style);
    }
    bar.set_message(what);
    bar
}
