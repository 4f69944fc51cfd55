//! `onewindow generate`: believable messages and the truth about them.

use crate::clock::Clock;
use crate::say::{Cannot, Done, Exit, Say};
use std::path::PathBuf;
use trade::policy::Policy;
use trade::time::Day;
use wire::seal::KeyKind;

/// Writes believable messages of the sample zone, the registry they need and the truth about them; all made up.
#[derive(clap::Args)]
pub struct Args {
    /// Gets messages/ in sending order, the registry's CSV files, truth.jsonl, and deliveries.jsonl about the 711
    #[arg(long, value_name = "DIR")]
    out: PathBuf,

    /// Parcels that no rule stops
    #[arg(long, default_value_t = 100)]
    parcels: u64,

    /// Tickets of export beside them, by the shares of regimes of the sample zone
    #[arg(long, value_name = "N", default_value_t = 0)]
    exports: u64,

    /// The same seed makes the same story
    #[arg(long, default_value_t = 1)]
    seed: u64,

    /// Its first day; without one the clock's day
    #[arg(long, value_name = "DAY", value_parser = day)]
    start: Option<Day>,

    /// How many days it takes
    #[arg(long, default_value_t = 1)]
    days: u32,

    /// Documents in a message
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u8).range(1..=100))]
    per_message: u8,

    /// No planted faults
    #[arg(long)]
    clean: bool,

    /// Signs with SM2 instead of RSA
    #[arg(long)]
    sm2: bool,
}

fn day(text: &str) -> Result<Day, String> {
    Day::parse(text).ok_or_else(|| "a day like 2026-03-01".into())
}

pub fn run(args: &Args, say: &mut Say, clock: &Clock) -> Done {
    let plan = traffic::Plan {
        seed: args.seed,
        parcels: args.parcels,
        per_message: usize::from(args.per_message),
        start: args.start.unwrap_or(clock.now().day()),
        days: args.days.max(1),
        faults: !args.clean,
        truths: true,
    };
    let exports = (args.exports > 0).then_some(traffic::ExportPlan {
        seed: plan.seed,
        tickets: args.exports,
        per_message: plan.per_message,
        start: plan.start,
        days: plan.days,
        faults: plan.faults,
        summary: true,
    });
    let messages = args.out.join("messages");
    if std::fs::read_dir(&messages).is_ok_and(|mut files| files.next().is_some()) {
        return Err(Cannot::with(
            &messages,
            "is not empty: two stories would be mixed\n不是空文件夹：两批报文会混在一起",
        ));
    }
    let kind = if args.sm2 { KeyKind::Sm2 } else { KeyKind::Rsa { bits: 2048 } };
    let made = traffic::generate(&args.out, plan, exports, &Policy::sample(), kind);
    let made = made.map_err(|error| Cannot::with(&args.out, error))?;
    say.tell(&made, || {
        format!(
            "{}: {} messages with {} documents, {} truths; all made up",
            args.out.display(),
            made.messages,
            made.documents,
            made.truths
        )
    })?;
    Ok(Exit::Well)
}
