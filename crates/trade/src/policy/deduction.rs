//! How a verification list changes its book (核扣方式): by its kind, direction and supervision mode.
//!
//! Practice of the special-area system (rules.md 7.1): D add or deduct as the direction says, F reverse, N none, NF
//! none but check, E bonded warehouse. What each does is said at [`Mode`]. No official table was at hand: the rows are
//! ours, and the literal words are all that the readings stand on.
//!
//! Reading: the row with the supervision mode goes before one without, then that with the kind, then that with the
//! direction. Where no row fits, the mode is D. Only lists that move goods by themselves are asked (kinds 0, 7, 9, and no
//! transfer): what gathers other documents is done by these.

use super::load::{Between, Cells, Reader};
use super::{Dated, Row};
use crate::bonded::record::Mode;
use crate::time::Day;

/// The narrowest first.
#[derive(Debug, Default)]
pub(super) struct Deduction(Vec<Fitting>);

#[derive(Debug)]
struct Fitting {
    /// Kind, direction and supervision mode, `*` for all.
    of: [String; 3],
    rows: Dated<Mode>,
}

impl Deduction {
    pub fn on(&self, of: [&str; 3], day: Day) -> Option<&Row<Mode>> {
        let fits =
            |fitting: &&Fitting| fitting.of.iter().zip(of).all(|(wanted, given)| wanted == "*" || wanted == given);
        self.0.iter().filter(fits).find_map(|fitting| fitting.rows.on(day))
    }
}

pub(super) fn load(r: &mut Reader<'_>) -> Deduction {
    // Policies adopted by older programs know D alone.
    if !r.has("deduction.csv") {
        return Deduction::default();
    }
    let columns = &["invt_type", "direction", "supv_mode", "mode"];
    let all = r.table("deduction.csv", columns, Between::GapAllowed, read);
    let mut rows: Vec<_> = all.into_iter().map(|(key, rows): (Key, _)| Fitting { of: key.0, rows }).collect();
    rows.sort_by_key(|fitting| {
        let [kind, direction, supv_mode] = fitting.of.clone();
        let wide = |text: &String| text == "*";
        (wide(&supv_mode), wide(&kind), wide(&direction), supv_mode, kind, direction)
    });
    Deduction(rows)
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Key([String; 3]);

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.join(" / "))
    }
}

fn read(cells: &mut Cells<'_>) -> Option<(Key, Mode)> {
    let kind = cells.one_of("invt_type", &[("*", "*"), ("0", "0"), ("7", "7"), ("9", "9")]);
    let direction = cells.one_of("direction", &[("*", "*"), ("I", "I"), ("E", "E")]);
    let supv_mode = cells.text("supv_mode");
    let modes: Vec<_> = Mode::ALL.iter().map(|mode| (mode.name(), *mode)).collect();
    let mode = cells.one_of("mode", &modes)?;
    let supv_mode = supv_mode?;
    if supv_mode != "*" && (supv_mode.len() != 4 || !supv_mode.bytes().all(|b| b.is_ascii_digit())) {
        let (zh, en) = ("supv_mode 应为四位监管方式代码或 *。", "supv_mode should be four digits or *");
        cells.fault("supv_mode", zh.into(), en.into());
        return None;
    }
    Some((Key([kind?.into(), direction?.into(), supv_mode]), mode))
}

#[cfg(test)]
mod tests {
    use crate::bonded::record::Mode;
    use crate::policy::{Policy, SAMPLE};
    use crate::time::Day;

    #[test]
    fn the_narrowest_row_of_the_day_says_how_a_book_changes() {
        let rows = "invt_type,direction,supv_mode,mode,from,until,known_from,clause,mark,note\n\
            *,*,9900,N,2020-01-01,,,示例 (sample),sample,\n\
            *,I,*,NF,2020-01-01,2020-12-31,,示例 (sample),sample,\n\
            0,E,4500,F,2021-01-01,,,示例 (sample),sample,\n\
            *,E,4500,N,2020-01-01,,,示例 (sample),sample,\n";
        let files = SAMPLE.iter().map(|(name, text)| (*name, if *name == "deduction.csv" { rows } else { *text }));
        let policy = Policy::load(&files.collect::<Vec<_>>()).unwrap();
        for (of, day, mode) in [
            (["0", "E", "4500"], "2020-12-31", Mode::Nothing),
            (["0", "E", "4500"], "2021-01-01", Mode::Reverse),
            (["7", "E", "4500"], "2021-01-01", Mode::Nothing),
            (["0", "I", "1210"], "2020-12-31", Mode::Check),
            (["0", "I", "1210"], "2021-01-01", Mode::Add),
            (["0", "I", "9900"], "2020-06-01", Mode::Nothing),
            (["0", "E", "1210"], "2020-06-01", Mode::Add),
        ] {
            assert_eq!(policy.deduction(of, Day::parse(day).unwrap()), mode, "{of:?} on {day}");
        }
        let older: Vec<_> = SAMPLE.iter().filter(|(name, _)| *name != "deduction.csv").copied().collect();
        let day = Day::parse("2026-03-01").unwrap();
        assert_eq!(Policy::load(&older).unwrap().deduction(["0", "E", "4500"], day), Mode::Add, "as it was decided");
        let wrong = rows.replace("4500,F", "450,F");
        let files = SAMPLE.iter().map(|(name, text)| (*name, if *name == "deduction.csv" { &wrong } else { *text }));
        assert!(Policy::load(&files.collect::<Vec<_>>()).is_err());
    }
}
