//! The one clock of the house. Everybody else gets the time as an argument.

use std::time::{SystemTime, UNIX_EPOCH};
use trade::time::Moment;

/// The time of day, or one that began to run from another moment when the program was started.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    ahead_ms: i64,
}

impl Clock {
    /// A clock that shows `start` now and runs on from there; the real time without one.
    pub fn starting(start: Option<Moment>) -> Clock {
        Clock { ahead_ms: start.map_or(0, |start| start.0 - system_ms()) }
    }

    pub fn now(&self) -> Moment {
        Moment(system_ms() + self.ahead_ms)
    }
}

impl window::Clock for Clock {
    fn now(&self) -> Moment {
        Clock::now(self)
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the system's clock")]
fn system_ms() -> i64 {
    let now = SystemTime::now();
    match now.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        Err(before) => -i64::try_from(before.duration().as_millis()).unwrap_or(i64::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_set_runs_on_from_there() {
        let start = Moment::parse("2026-03-01T10:00").unwrap();
        let clock = Clock::starting(Some(start));
        let first = clock.now();
        std::thread::sleep(std::time::Duration::from_millis(20));
        let second = clock.now();
        assert!(first >= start && second > first && second.0 < start.0 + 60_000, "{first} {second}");
    }
}
