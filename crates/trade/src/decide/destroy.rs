//! Originals whose time is over are destroyed: the key of their month, by which alone they could be read.
//!
//! E-Commerce Law (电子商务法) 31: information on goods and transactions is kept for three years at least from the
//! completion of the transaction. Customs Audit Regulations (海关稽查条例): books and documents for three years from
//! release. PIPL (个人信息保护法) 19 and 47, paraphrase: no longer than is needed, then deleted.
//! Reading, ours: the years are counted from three months after the end of the month in which an original came in; by
//! then a return has come back and its tax is paid or in arrears, which completes the transaction.
//! Not covered: originals that one proceeding still needs, and the documents of bonded goods that are under customs
//! control for longer than that; whoever destroys looks for both.

use super::Scene;
use crate::command::{Act, Verdict};
use crate::finding::{Code, Finding};
use crate::key::Key;
use crate::pack::Text;
use crate::policy::Parameter;
use crate::record::Destroyed;
use crate::time::Day;

/// A month as people write it: `2026-03`.
pub fn month(of: Day) -> Text {
    let (year, month, _) = of.date();
    format!("{year:04}-{month:02}").into()
}

/// In so many months what came in is completed.
const COMPLETED_MONTHS: i64 = 3;

/// The first day on which the originals of a day's month may be destroyed; `None` where no term is adopted.
pub fn kept_until(policy: &crate::policy::Policy, of: Day, today: Day) -> Option<Day> {
    let years = policy.whole(Parameter::TradeRecordYears, today)?;
    let (year, month, _) = of.date();
    let months = i32::try_from(years * 12 + COMPLETED_MONTHS + i64::from(month)).ok()?;
    Day::ymd(year + months / 12, months.rem_euclid(12) as u32 + 1, 1)
}

/// The key is destroyed when this is durable.
///
/// # Errors
/// `STILL_KEPT` before the term is over, and where none is adopted.
pub(super) fn destroy(scene: &mut Scene<'_>, act: &Act) -> Result<(), Finding> {
    let (today, of) = (scene.today(), act.on.unwrap_or(scene.today()));
    let until = kept_until(scene.policy(), of, today);
    let key = Key::Destroyed(month(of));
    if until.is_none_or(|until| today < until) {
        let until = until.map_or_else(|| "-".to_owned(), |until| until.to_string());
        return Err(Finding::new(Code::StillKept, "", "on").arg("month", month(of)).arg("until", until));
    }
    scene.outcome.verdict = Verdict::Done;
    if scene.read::<Destroyed>(&key).is_none() {
        let (at, revision) = (scene.setting.at, scene.setting.revision);
        scene.put(&key, &Destroyed { by: act.by.clone(), at, revision });
    }
    Ok(())
}
