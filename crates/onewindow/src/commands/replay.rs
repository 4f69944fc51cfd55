//! `onewindow replay`: decides the journal again, under its own policy or another.

use crate::say::{Cannot, Done, Exit, Say};
use crate::zone::{ZoneArgs, no_zone};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use std::path::PathBuf;
use window::replay;

/// Folds and decides the journal again: proves its hash and decisions, or shows what another policy would have done.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    zone: ZoneArgs,

    /// Another policy, in place of all that was adopted: who would have been judged otherwise
    #[arg(long, value_name = "DIR")]
    policy: Option<PathBuf>,
}

#[derive(Serialize)]
struct Same {
    entries: u64,
    commands: u64,
    hash: String,
    same: bool,
    differences: u64,
}

#[derive(Serialize)]
struct Otherwise {
    changed: u64,
    void: u64,
    of: u64,
    tax_before_fen: i64,
    tax_after_fen: i64,
    released_before: u64,
    released_after: u64,
    refused_before: u64,
    refused_after: u64,
    /// Seller and order number of the first parcels that change.
    examples: Vec<(String, String)>,
}

pub fn run(args: &Args, say: &mut Say) -> Done {
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
    let Some(policy) = &args.policy else {
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
    };
    let files = super::policy::read(policy)?;
    let found = replay::what_if(&place, &files, step).map_err(Cannot::because)?;
    bar.finish_and_clear();
    let line = Otherwise {
        changed: found.changed,
        void: found.void,
        of: found.of,
        tax_before_fen: found.tax_before_fen,
        tax_after_fen: found.tax_after_fen,
        released_before: found.released_before,
        released_after: found.released_after,
        refused_before: found.refused_before,
        refused_after: found.refused_after,
        examples: found.examples,
    };
    say.tell(&line, || {
        let yuan = |fen: i64| trade::money::Fen(fen).to_string();
        format!(
            "{} of {} parcels would end otherwise; {} acts would have no ground\n  tax {} -> {} yuan\n  released {} -> {}, refused {} -> {}",
            line.changed, line.of, line.void, yuan(line.tax_before_fen), yuan(line.tax_after_fen),
            line.released_before, line.released_after, line.refused_before, line.refused_after
        ) + &line.examples.iter().map(|(ebc, order)| format!("\n  {ebc}/{order}")).collect::<String>()
    })?;
    Ok(Exit::Well)
}

/// A bar on standard error, where that is a terminal.
fn progress(what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} {msg} {eta}") {
        bar.set_style(style);
    }
    bar.set_message(what);
    bar
}
