//! `onewindow statement`: what another body signed is taken in, and what this window states for others is signed.

use super::remote::DoorArgs;
use super::submit::words;
use crate::clock::Clock;
use crate::say::{Cannot, Done, Exit, Say};
use crate::zone::{ZoneArgs, write_whole};
use serde_json::json;
use server::desk::Said;
use server::statements::Taken;
use std::path::PathBuf;
use trade::command::Verdict;
use window::filing::operator;
use window::statements::{LARGEST, NotTaken};

/// Statements over a signature: results of inspection, certificates and credit classes of recognised bodies
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Takes a signed statement in; the same one again changes nothing
    Take {
        /// The file that the body signed, as it is; `-` for standard input
        file: PathBuf,

        #[command(flatten)]
        door: DoorArgs,
    },
    /// Signs a statement with the keys by which this window signs heads, for another window that recognises it
    Sign {
        /// A JSON object of texts: body, kind, number, about, issued, from, until, what, result, country, hs, withdraws
        file: PathBuf,

        /// Where the signed statement is written; standard output without it
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,

        #[command(flatten)]
        zone: ZoneArgs,
    },
}

pub fn run(args: &Args, say: &mut Say, clock: &Clock) -> Done {
    match &args.what {
        What::Sign { file, out, zone } => {
            let text = super::text_of(file)?;
            let signed = zone.read(clock)?.sign_statement(text.trim()).map_err(Cannot::because)?.to_json();
            match out {
                Some(path) => {
                    write_whole(path, signed.to_string().as_bytes())?;
                    say.tell(&json!({ "signed": path }), || format!("signed: {}", path.display()))?;
                }
                None => say.tell(&signed, || signed.to_string())?,
            }
            Ok(Exit::Well)
        }
        What::Take { file, door } => {
            let bytes = super::bytes_of(file, LARGEST)?;
            let (line, well) = match door.remote.remote()? {
                Some(remote) => match remote.command("/api/v1/statements", "application/json", &bytes)? {
                    Ok(taken) => (taken, true),
                    Err(problem) => (problem, false),
                },
                None => taken_here(&bytes, door, clock)?,
            };
            say.tell(&line, || match well {
                true if line["repeated"] == true => format!("taken before, by entry {}", line["revision"]),
                true => format!("taken, entry {}", line["revision"]),
                false => ["en", "zh"].map(|lang| line[lang].as_str().unwrap_or_default()).join("\n"),
            })?;
            Ok(Exit::when(well))
        }
    }
}

/// Into the zone's folder, where no window runs: what is told of it, and whether it was taken.
fn taken_here(bytes: &[u8], door: &DoorArgs, clock: &Clock) -> Result<(serde_json::Value, bool), Cannot> {
    let window = door.zone.open(false, clock)?;
    let answer = window.take_statement(&operator(&door.by), bytes, &window.law_in_force());
    window.close();
    let answer = match answer {
        Ok(answer) => answer,
        Err(NotTaken::Form(what)) => {
            return Ok((json!({ "code": "STATEMENT_FORM", "en": what.clone(), "zh": what }), false));
        }
        Err(NotTaken::Refused(why)) => return Err(Cannot::because(why)),
    };
    let outcome = answer.entry.iter().flat_map(|entry| &entry.outcomes).next();
    let refused = outcome.filter(|outcome| outcome.verdict == Verdict::Refused);
    if let Some(outcome) = refused {
        let codes: Vec<_> = outcome.findings.iter().map(|finding| finding.code.name()).collect();
        let said: Vec<_> = outcome.findings.iter().map(|finding| words(&Said::of(finding))).collect();
        let line = json!({ "code": codes.first(), "codes": codes, "en": said.join("\n"), "zh": "" });
        return Ok((line, false));
    }
    Ok((json!(Taken::of(&answer)), true))
}
