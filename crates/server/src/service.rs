//! How well the window serves now, computed from probes and from its own answers: can it take in, how fast are receipts
//! and pages, how far behind are the figures.

use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use crate::desk::{Answer, Desk, Tone};

/// Pages that are remembered.
const HELD: usize = 1024;

/// How long the last pages took, in milliseconds.
pub struct Times {
    next: AtomicUsize,
    /// One more than the milliseconds; 0 where nothing is held yet.
    held: [AtomicU32; HELD],
}

impl Default for Times {
    fn default() -> Times {
        Times { next: AtomicUsize::new(0), held: [const { AtomicU32::new(0) }; HELD] }
    }
}

impl Times {
    pub fn note(&self, ms: i64) {
        let at = self.next.fetch_add(1, Ordering::Relaxed) % HELD;
        let ms = u32::try_from(ms.max(0)).unwrap_or(u32::MAX - 1);
        self.held[at].store(ms.saturating_add(1), Ordering::Relaxed);
    }

    /// The time within which 95 of 100 of them were made, and of how many.
    pub fn p95(&self) -> Option<(u64, usize)> {
        let held = self.held.iter().map(|ms| ms.load(Ordering::Relaxed)).filter(|ms| *ms > 0);
        let mut all: Vec<u32> = held.map(|ms| ms - 1).collect();
        all.sort_unstable();
        let at = (all.len() * 95).div_ceil(100).checked_sub(1)?;
        Some((u64::from(all[at]), all.len()))
    }
}

/// How a part serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Serves {
    Up,
    /// Slower than promised.
    Slow,
    Down,
}

impl Serves {
    pub fn name(self) -> &'static str {
        match self {
            Serves::Up => "up",
            Serves::Slow => "slow",
            Serves::Down => "down",
        }
    }

    /// Its words in the text tables.
    pub fn key(self) -> &'static str {
        match self {
            Serves::Up => "status.up",
            Serves::Slow => "status.slow",
            Serves::Down => "status.down",
        }
    }

    /// The text of its seal.
    pub fn seal(self) -> &'static str {
        match self {
            Serves::Up => "seal.up",
            Serves::Slow => "seal.slow",
            Serves::Down => "seal.down",
        }
    }

    pub fn tone(self) -> Tone {
        match self {
            Serves::Up => Tone::Ok,
            Serves::Slow => Tone::Wait,
            Serves::Down => Tone::Bad,
        }
    }
}

/// A part of the service: `status.NAME` is its name, `status.NAME.how` how it is measured.
#[derive(Clone, Debug)]
pub struct Part {
    pub name: &'static str,
    pub serves: Serves,
    /// What was measured, in milliseconds; nothing where there was nothing to measure.
    pub measured_ms: Option<u64>,
    pub promised_ms: Option<u64>,
    /// Why it does not work, as the probe said.
    pub why: String,
}

/// Figures that are further behind the journal than this are slow.
const BEHIND_MS: u64 = 5_000;

/// The parts, as they serve now.
pub fn parts(desk: &dyn Desk, pages: &Times) -> Answer<Vec<Part>> {
    let promised = desk.promises();
    let within = |measured: Option<u64>, promised: Option<u64>| match measured.zip(promised) {
        Some((measured, promised)) if measured > promised => Serves::Slow,
        _ => Serves::Up,
    };
    let ready = desk.ready();
    let overview = desk.overview()?;
    let (receipt, page) = (desk.answered_p95(), pages.p95().map(|(ms, _)| ms));
    let part =
        |name, serves, measured_ms, promised_ms| Part { name, serves, measured_ms, promised_ms, why: String::new() };
    let intake = if ready.is_ok() { Serves::Up } else { Serves::Down };
    Ok(vec![
        Part { why: ready.err().unwrap_or_default(), ..part("intake", intake, None, None) },
        part("receipts", within(receipt, promised.receipt_ms), receipt, promised.receipt_ms),
        part("pages", within(page, promised.page_ms), page, promised.page_ms),
        part("figures", within(Some(overview.behind_ms), Some(BEHIND_MS)), Some(overview.behind_ms), Some(BEHIND_MS)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slowest_twentieth_does_not_count() {
        let times = Times::default();
        assert_eq!(times.p95(), None);
        (1..=100).for_each(|ms| times.note(ms));
        assert_eq!(times.p95(), Some((95, 100)));
        (0..HELD as i64).for_each(|_| times.note(7));
        assert_eq!(times.p95(), Some((7, HELD)), "what is older is forgotten");
        times.note(-3);
        assert_eq!(times.p95(), Some((7, HELD)), "a clock that was put back");
    }
}
