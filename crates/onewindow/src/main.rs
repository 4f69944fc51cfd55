//! The program: the command line, the configuration, and the one clock.
//! Never here: rules, messages, storage; every command asks the other crates and words what they say.
//! Called by people, scripts and service managers; nothing calls it from inside.

mod clock;
mod commands;
mod say;
mod zone;

use clap::Parser;
use clock::Clock;
use say::{Exit, Say};
use trade::time::Moment;

/// Messages are made of many small texts that one thread reads and another forgets; the system's allocator pays for
/// that with locks (docs/figures.md).
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// OneWindow: the open single window of a cross-border e-commerce zone.
#[derive(Parser)]
#[command(name = "onewindow", version, about, propagate_version = true, after_help = EXITS)]
pub struct Line {
    /// One JSON object a line on standard output; progress goes to standard error
    #[arg(long, global = true)]
    json: bool,

    /// Starts a running clock at another time, for trying and for samples of another day: 2026-03-01T10:00
    #[arg(long, global = true, value_name = "TIME", value_parser = moment)]
    now: Option<Moment>,

    #[command(subcommand)]
    command: commands::Command,
}

const EXITS: &str = "Exit codes: 0 well; 1 the thing asked about is refused or invalid; 2 used wrongly or cannot run.
Logs go to standard error by ONEWINDOW_LOG (error, warn, info, debug); no personal data is ever logged.";

fn main() -> std::process::ExitCode {
    let line = Line::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_env("ONEWINDOW_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter(filter).init();
    let clock = Clock::starting(line.now);
    let mut say = Say::new(line.json);
    let done = commands::run(line.command, &mut say, &clock).and_then(|exit| say.flush().map(|()| exit));
    match done {
        Ok(Exit::Well) => std::process::ExitCode::SUCCESS,
        Ok(Exit::Refused) => std::process::ExitCode::from(1),
        // A reader that has seen enough (`| head`) is no fault.
        Err(say::Cannot::Unheard) => std::process::ExitCode::SUCCESS,
        Err(cannot) => {
            // What was said before it must not be lost.
            let _ = say.flush();
            eprintln!("onewindow: {cannot}");
            std::process::ExitCode::from(2)
        }
    }
}

fn moment(text: &str) -> Result<Moment, String> {
    Moment::parse(text).ok_or_else(|| "a time like 2026-03-01, 2026-03-01T10:00 (Beijing) or 2026-03-01T02:00Z".into())
}
