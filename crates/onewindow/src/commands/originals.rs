//! `onewindow originals`: how long the original messages of each month are kept, and the end of those whose time is over.

use super::correct::beside;
use super::remote::DoorArgs;
use crate::clock::Clock;
use crate::say::{Cannot, Done, Exit, Say};
use serde_json::json;
use trade::command::{Actor, ActorRole, Verdict};
use trade::time::Day;
use window::retention::Originals;

/// Tells how long the original messages of each month are kept; destroys those whose time is over
///
/// What is destroyed can never be read again. Decisions, sums, replay and the proofs of receipts stay as they are.
#[derive(clap::Args)]
pub struct Args {
    /// Destroys those of this month, such as 2026-03; refused before the policy's time is over
    #[arg(long, value_name = "MONTH", value_parser = month)]
    destroy: Option<Day>,

    #[command(flatten)]
    door: DoorArgs,
}

fn month(text: &str) -> Result<Day, String> {
    Day::of_month(text).ok_or_else(|| "a month like 2026-03".into())
}

pub fn run(args: &Args, say: &mut Say, clock: &Clock) -> Done {
    match (args.destroy, args.door.remote.remote()?) {
        (None, None) => list(args, say, clock),
        (None, Some(_)) => {
            Err(Cannot::because("without --destroy it reads the zone's folder, also beside a running window"))
        }
        (Some(month), Some(remote)) => {
            let path = format!("/api/v1/originals/{}/destroy", &month.to_string()[..7]);
            let (answer, well) = match remote.command(&path, "application/json", b"{}")? {
                Ok(answer) => (answer, true),
                Err(problem) => (problem, false),
            };
            say.tell(&answer, || match well {
                true => format!("destroyed by entry {}", answer["revision"]),
                false => ["en", "zh"].map(|lang| answer[lang].as_str().unwrap_or_default()).join("\n"),
            })?;
            Ok(Exit::when(well))
        }
        (Some(month), None) => destroy(args, month, say, clock),
    }
}

fn list(args: &Args, say: &mut Say, clock: &Clock) -> Done {
    let (window, policy) = beside(&args.door.zone, clock)?;
    let months = window.originals(&policy).map_err(Cannot::because)?;
    window.close();
    for Originals { month, kept, until, destroyed } in months {
        let (until, gone) = (until.map(|day| day.to_string()), destroyed.map(|gone| gone.revision));
        let line = json!({ "month": month, "kept": kept, "until": until, "destroyed": gone });
        say.tell(&line, || {
            let until = until.as_deref().unwrap_or("-");
            match gone {
                Some(revision) => format!("{month}  destroyed by entry {revision}"),
                None if kept => format!("{month}  kept, at least until {until}"),
                None => format!("{month}  no originals"),
            }
        })?;
    }
    Ok(Exit::Well)
}

fn destroy(args: &Args, month: Day, say: &mut Say, clock: &Clock) -> Done {
    let (reading, policy) = beside(&args.door.zone, clock)?;
    reading.close();
    let window = args.door.zone.open(false, clock)?;
    let by = Actor { id: args.door.by.clone().into(), role: ActorRole::Operator };
    let answer = window.destroy(by, month, &policy).map_err(Cannot::because)?;
    window.close();
    let outcome = answer.entry.iter().flat_map(|e| &e.outcomes).next();
    if let Some(finding) = outcome.filter(|o| o.verdict == Verdict::Refused).and_then(|o| o.findings.first()) {
        let reason = server::desk::Said::of(finding);
        say.tell(&reason, || super::submit::words(&reason))?;
        return Ok(Exit::Refused);
    }
    say.tell(&json!({ "revision": answer.revision }), || format!("destroyed by entry {}", answer.revision))?;
    Ok(Exit::Well)
}
