//! Originals by month: how long each month's are kept, and the end of those whose time is over.
//!
//! The entry that says so comes first and is durable, then the key is destroyed; a start finishes what a crash between
//! the two left over. Entries hold hashes and pseudonyms only, so replay and proofs need no original.

use store::StoreError;
use store::keys::Month;
use trade::command::{Act, ActKind, Actor, Verdict};
use trade::decide::destroy::{kept_until, month};
use trade::key::Key;
use trade::policy::Policy;
use trade::pseudonym::Kind;
use trade::record::Destroyed;
use trade::time::Day;

use crate::decider::ORIGINALS;
use crate::{Answer, Refused, Window};

/// The originals that came in during one month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Originals {
    /// `2026-03`
    pub month: String,
    /// There are some that can be read.
    pub kept: bool,
    /// The first day on which they may be destroyed; `None` where the policy has no term.
    pub until: Option<Day>,
    pub destroyed: Option<Destroyed>,
}

impl Window {
    /// Destroys the originals of the month of this day, if their time is over; years later also the keys of that
    /// year's pseudonyms, so that nobody can be traced by them any more.
    ///
    /// # Errors
    /// As [`Window::take_in`]; `Store` where the key could not be destroyed: it is at the next start.
    pub fn destroy(&self, by: Actor, of: Day, policy: &Policy) -> Result<Answer, NotDestroyed> {
        let act = Act { by, kind: ActKind::Destroy, on: Some(of), ..Act::default() };
        let answer = self.act(act, "").map_err(NotDestroyed::Refused)?;
        let done = answer.entry.iter().flat_map(|e| &e.outcomes).any(|o| o.verdict == Verdict::Done);
        if done {
            self.forget(of).and_then(|()| self.forget_year(of.year(), policy)).map_err(NotDestroyed::Store)?;
        }
        Ok(answer)
    }

    /// Every month since the zone was opened, the newest first.
    ///
    /// # Errors
    /// If journal or vault cannot be read.
    pub fn originals(&self, policy: &Policy) -> Result<Vec<Originals>, StoreError> {
        let Some(first) = self.entry(1)? else { return Ok(Vec::new()) };
        let (kept, today) = (self.vault().kept()?, self.now().day());
        let mut all = Vec::new();
        let (mut year, mut of, _) = first.at.day().date();
        while let Some(day) = Day::ymd(year, of, 1).filter(|day| *day <= today) {
            let named = month(day);
            let number = Month::of(day.starts());
            all.push(Originals {
                month: named.to_string(),
                kept: kept.iter().any(|(month, class)| (*month, *class) == (number, ORIGINALS)),
                until: kept_until(policy, day, today),
                destroyed: self.read(&Key::Destroyed(named)),
            });
            (year, of) = if of == 12 { (year + 1, 1) } else { (year, of + 1) };
        }
        all.reverse();
        Ok(all)
    }

    /// Destroys what an entry says is destroyed, wherever a crash came between.
    pub(crate) fn finish_destroying(&self) -> Result<(), StoreError> {
        for (Month(number), _) in self.vault().kept()? {
            let Some(day) = i32::try_from(number / 100).ok().and_then(|year| Day::ymd(year, number % 100, 1)) else {
                continue;
            };
            if self.read::<Destroyed>(&Key::Destroyed(month(day))).is_some() {
                self.forget(day)?;
            }
        }
        Ok(())
    }

    fn forget(&self, of: Day) -> Result<(), StoreError> {
        self.vault().forget(Month::of(of.starts()), ORIGINALS)
    }

    /// The pseudonyms of a year, when the time of its last month is over and no original of it is left.
    fn forget_year(&self, year: i32, policy: &Policy) -> Result<(), StoreError> {
        let today = self.now().day();
        let over = Day::ymd(year, 12, 1).and_then(|last| kept_until(policy, last, today));
        let left = self.vault().kept()?.iter().any(|(month, _)| i64::from(month.0 / 100) == i64::from(year));
        if left || over.is_none_or(|over| today < over) {
            return Ok(());
        }
        Kind::ALL.iter().try_for_each(|kind| self.keys().forget_pseudonyms(kind.name(), year))
    }
}

/// Why nothing, or not everything, is destroyed.
#[derive(Debug, thiserror::Error)]
pub enum NotDestroyed {
    #[error("{0}")]
    Refused(Refused),
    #[error("{0}")]
    Store(StoreError),
}
