//! Until when a released parcel may go back without its tax being levied (625).
//!
//! A45, and before it A194 and GACC 2016 No. 26 (paraphrase): within 30 days from release the return of all or part
//! of a list may be applied for, and the goods must be back in their original supervised place in their original
//! state; since 2020-03-28 they have 45 days from release for the way. Then the tax is not levied and the buyer's
//! yearly amount is adjusted.
//!
//! Reading 1: the day of release is day 0; day 30 and day 45 are in. The rule of the day of release holds for the
//! whole return. A return that comes too late changes nothing: tax and allowance stay.
//! The central return warehouse (`decide::bonded::room`) changes the place and not the time.
//! Not covered: returns to another district.

use super::Row;
use super::load::Cells;
use crate::finding::{Code, Finding};
use crate::time::Day;

/// Days from release, the last one inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Returns {
    pub apply_days: i64,
    pub arrive_days: i64,
}

/// `RETURN_APPLIED_LATE` where the application came after the last day.
pub fn applied_late(rule: &Row<Returns>, released: Day, applied: Day) -> Option<Finding> {
    late(Code::ReturnAppliedLate, rule.value.apply_days, &rule.clause, released, applied)
}

/// `RETURN_ARRIVED_LATE` where the goods were back after the last day.
pub fn arrived_late(rule: &Row<Returns>, released: Day, arrived: Day) -> Option<Finding> {
    late(Code::ReturnArrivedLate, rule.value.arrive_days, &rule.clause, released, arrived)
}

/// The last day on which the goods may be back; from the next one the tax is levied.
pub fn last_arrival(rule: &Row<Returns>, released: Day) -> Day {
    released.plus(i32::try_from(rule.value.arrive_days).unwrap_or(i32::MAX / 2))
}

fn late(code: Code, limit: i64, clause: &str, released: Day, day: Day) -> Option<Finding> {
    let days = i64::from(day.0) - i64::from(released.0);
    (days > limit)
        .then(|| Finding::new(code, clause, "appTime").arg("released", released).arg("days", days).arg("limit", limit))
}

pub(super) const COLUMNS: &[&str] = &["apply_days", "arrive_days"];

pub(super) fn read(cells: &mut Cells<'_>) -> Option<Returns> {
    let apply_days = cells.whole("apply_days");
    let arrive_days = cells.whole("arrive_days");
    let returns = Returns { apply_days: apply_days?, arrive_days: arrive_days? };
    if returns.apply_days < 0 || returns.arrive_days < returns.apply_days || returns.arrive_days > 3_660 {
        cells.fault(
            "arrive_days",
            "天数应为 0 ≤ apply_days ≤ arrive_days ≤ 3660。".into(),
            "days should be 0 <= apply_days <= arrive_days <= 3660".into(),
        );
        return None;
    }
    Some(returns)
}
