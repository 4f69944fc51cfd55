//! `onewindow views rebuild`: the tables for pages and searches, dropped and filled again from the journal.

use crate::say::{Cannot, Done, Exit, Say};
use crate::zone::{ZoneArgs, no_zone};
use serde::Serialize;
use std::time::{Duration, Instant};
use store::views::rows::{Rows, SCHEMA};
use store::zone::Lock;
use store::{JournalReader, StoreError, Views, views};
use window::Window;

/// The tables for pages, searches and statistics, which are derived from the journal.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Drops the tables and fills them again from the journal; a window that runs goes on and fills them itself
    Rebuild {
        #[command(flatten)]
        zone: ZoneArgs,
    },
}

#[derive(Serialize)]
struct Rebuilt {
    entries: u64,
    seconds: f64,
    /// A running window filled them.
    running: bool,
}

pub fn run(args: &Args, say: &mut Say) -> Done {
    let What::Rebuild { zone } = &args.what;
    let place = zone.place()?;
    if !place.exists() {
        return Err(no_zone(&place.data));
    }
    let begun = Instant::now();
    let journal = JournalReader::open(place.disk(), &place.journal()).map_err(Cannot::because)?;
    let last = journal.last();
    let mut progress = Progress::new(last);
    let running = match Lock::take(place.disk(), &place.data) {
        Ok(_lock) => {
            views::remove(&place.views()).map_err(Cannot::because)?;
            fill(&place.views(), &journal, &mut progress)?;
            false
        }
        Err(StoreError::Locked(_)) => {
            views::empty(&place.views()).map_err(Cannot::because)?;
            let views = Views::open_read(&place.views()).map_err(Cannot::because)?;
            loop {
                let at = views.mark().map_err(Cannot::because)?.0;
                progress.at(at);
                if at >= last {
                    break;
                }
                // The process may end, or be one that does not follow: then nobody else fills them.
                if let Ok(_lock) = Lock::take(place.disk(), &place.data) {
                    fill(&place.views(), &journal, &mut progress)?;
                    break;
                }
                std::thread::sleep(Duration::from_millis(100));
            }
            true
        }
        Err(error) => return Err(Cannot::because(error)),
    };
    let rebuilt = Rebuilt { entries: last, seconds: begun.elapsed().as_secs_f64(), running };
    say.tell(&rebuilt, || format!("views filled from {} entries in {:.1} s", rebuilt.entries, rebuilt.seconds))?;
    Ok(Exit::Well)
}

/// The views of a zone, for looking a number up: brought up to date here where no other process does it.
pub fn current(window: &Window) -> Option<Views> {
    let place = &window.config().place;
    match Lock::take(place.disk(), &place.data) {
        Ok(_lock) => {
            let (views, _) = Views::open(&place.views(), SCHEMA, window.journal(), 1).ok()?;
            views.catch_up(window.journal(), &mut Rows::default()).ok()?;
            Some(views)
        }
        Err(_) => Views::open_read(&place.views()).ok(),
    }
}

/// Fills the views up to the journal's end of now. The lock is held by the caller.
fn fill(path: &std::path::Path, journal: &JournalReader, progress: &mut Progress) -> Result<(), Cannot> {
    let (views, _) = Views::open(path, SCHEMA, journal, 1).map_err(Cannot::because)?;
    let mut rows = Rows::default();
    loop {
        let at = views.follow(journal, &mut rows).map_err(Cannot::because)?;
        progress.at(at);
        if at >= journal.last() {
            return Ok(());
        }
    }
}

/// A line on standard error for every tenth part.
struct Progress {
    of: u64,
    said: u64,
}

impl Progress {
    fn new(of: u64) -> Progress {
        Progress { of, said: 0 }
    }

    fn at(&mut self, entry: u64) {
        let tenth = (entry * 10).checked_div(self.of).unwrap_or(10).min(10);
        if tenth > self.said {
            self.said = tenth;
            eprintln!("views: {entry} of {} entries", self.of);
        }
    }
}
