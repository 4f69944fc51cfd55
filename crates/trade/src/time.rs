//! Days of the law and moments of the journal. Nobody here asks what time it is.

use crate::packed_newtype;

/// A day of law (Beijing time), as days since 1970-01-01.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

/// An instant, in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(pub i64);

packed_newtype!(Day, i32);
packed_newtype!(Moment, i64);

/// Beijing is eight hours ahead of UTC. (Between 1986 and 1991 it kept summer time; nothing here is that old.)
const BEIJING_MS: i64 = 8 * 3_600_000;
const DAY_MS: i64 = 86_400_000;
pub const HOUR_MS: i64 = 3_600_000;

impl Day {
    /// The day of a Gregorian date, or `None` where there is no such date. Years 1583 to 9999.
    pub fn ymd(year: i32, month: u32, day: u32) -> Option<Day> {
        if !(1583..=9999).contains(&year) || !(1..=12).contains(&month) || day == 0 || day > days_in(year, month) {
            return None;
        }
        // Days from the civil date, counted in years that begin with March.
        let y = if month <= 2 { year - 1 } else { year };
        let era = y.div_euclid(400);
        let year_of_era = y.rem_euclid(400);
        let month_from_march = (month as i32 + 9) % 12;
        let day_of_year = (153 * month_from_march + 2) / 5 + day as i32 - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Some(Day(era * 146_097 + day_of_era - 719_468))
    }

    /// Year, month, day.
    pub fn date(self) -> (i32, u32, u32) {
        let z = self.0 + 719_468;
        let era = z.div_euclid(146_097);
        let day_of_era = z.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let m = (5 * day_of_year + 2) / 153;
        let day = (day_of_year - (153 * m + 2) / 5 + 1) as u32;
        let month = if m < 10 { m + 3 } else { m - 9 } as u32;
        let year = year_of_era + era * 400 + i32::from(month <= 2);
        (year, month, day)
    }

    pub fn year(self) -> i32 {
        self.date().0
    }

    /// Reads `20260301` or `2026-03-01`.
    pub fn parse(text: &str) -> Option<Day> {
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit()).then(|| s.parse().ok()).flatten();
        let (y, m, d) = match text.len() {
            8 if text.is_ascii() => (&text[..4], &text[4..6], &text[6..]),
            10 if text.is_ascii() && &text[4..5] == "-" && &text[7..8] == "-" => (&text[..4], &text[5..7], &text[8..]),
            _ => return None,
        };
        Day::ymd(digits(y)? as i32, digits(m)?, digits(d)?)
    }

    /// The first day of a month that is written as `2026-03`.
    pub fn of_month(text: &str) -> Option<Day> {
        Some(text).filter(|text| text.len() == 7).and_then(|text| Day::parse(&format!("{text}-01")))
    }

    pub fn plus(self, days: i32) -> Day {
        Day(self.0 + days)
    }

    /// The same day number `months` later, or the last day of that month ([ours], rules.md 5.3).
    pub fn plus_months(self, months: i32) -> Day {
        let (y, m, d) = self.date();
        let total = y * 12 + m as i32 - 1 + months;
        let (y, m) = (total.div_euclid(12), total.rem_euclid(12) as u32 + 1);
        Day::ymd(y, m, d.min(days_in(y, m))).unwrap_or(self)
    }

    /// The first instant of this day in Beijing.
    pub fn starts(self) -> Moment {
        Moment(i64::from(self.0) * DAY_MS - BEIJING_MS)
    }

    /// `20260301`, as CEB messages write a date.
    pub fn compact(self) -> String {
        let (y, m, d) = self.date();
        format!("{y:04}{m:02}{d:02}")
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (y, m, d) = self.date();
        write!(f, "{y:04}-{m:02}-{d:02}")
    }
}

impl Moment {
    /// The Beijing day that this instant falls on.
    pub fn day(self) -> Day {
        Day(((self.0 + BEIJING_MS).div_euclid(DAY_MS)) as i32)
    }

    /// Reads `YYYYMMDDhhmmss` (Beijing time), the form of `appTime` and `payTime`; a leap second does not exist.
    pub fn parse_compact(text: &str) -> Option<Moment> {
        let digits: &[u8; 14] = text.as_bytes().try_into().ok()?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let n = |r: std::ops::Range<usize>| digits[r].iter().fold(0, |n, digit| n * 10 + u32::from(digit - b'0'));
        let day = Day::ymd(n(0..4) as i32, n(4..6), n(6..8))?;
        let (h, m, s) = (n(8..10), n(10..12), n(12..14));
        (h < 24 && m < 60 && s < 60).then(|| Moment(day.starts().0 + i64::from((h * 60 + m) * 60 + s) * 1000))
    }

    /// `yyyyMMddHHmmssSSS` in Beijing time, the form of `returnTime`.
    pub fn compact_ms(self) -> String {
        text(self.digits())
    }

    /// `YYYYMMDDhhmmss` in Beijing time.
    pub fn compact(self) -> String {
        let [seconds @ .., _, _, _] = self.digits();
        text::<14>(seconds)
    }

    fn digits(self) -> [u8; 17] {
        let ms = self.of_day() as u32;
        let (y, m, d) = self.day().date();
        let mut digits = [0; 17];
        fill(&mut digits[..4], y.clamp(0, 9_999) as u32);
        fill(&mut digits[4..6], m);
        fill(&mut digits[6..8], d);
        fill(&mut digits[8..10], ms / HOUR_MS as u32);
        fill(&mut digits[10..12], ms / 60_000 % 60);
        fill(&mut digits[12..14], ms / 1000 % 60);
        fill(&mut digits[14..], ms % 1000);
        digits
    }

    /// Reads `2026-03-01`, `2026-03-01T10:15`, `2026-03-01T10:15:00`, with `Z`, an offset `+08:00`, or
    /// nothing (then it is Beijing time); fractions of a second to the millisecond.
    pub fn parse(text: &str) -> Option<Moment> {
        let (date, rest) = text.split_at_checked(10)?;
        let day = Day::parse(date)?;
        if rest.is_empty() {
            return Some(day.starts());
        }
        let rest = rest.strip_prefix(['T', ' '])?;
        let (clock, offset_ms) = if let Some(clock) = rest.strip_suffix('Z') {
            (clock, 0)
        } else if let Some(at) = rest.rfind(['+', '-']) {
            let sign = if rest[at..].starts_with('-') { -1 } else { 1 };
            let (h, m) = rest[at + 1..].split_once(':')?;
            (&rest[..at], sign * (h.parse::<i64>().ok()? * 60 + m.parse::<i64>().ok()?) * 60_000)
        } else {
            (rest, BEIJING_MS)
        };
        let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
        let mut parts = clock.split(':').map(|p| if p.len() == 2 { p.parse::<i64>().ok() } else { None });
        let (h, m, s) = (parts.next()??, parts.next()??, parts.next().unwrap_or(Some(0))?);
        if parts.next().is_some() || h > 23 || m > 59 || s > 59 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let ms: i64 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
        Some(Moment(i64::from(day.0) * DAY_MS + ((h * 60 + m) * 60 + s) * 1000 + ms - offset_ms))
    }

    /// Milliseconds since midnight in Beijing.
    fn of_day(self) -> i64 {
        (self.0 + BEIJING_MS).rem_euclid(DAY_MS)
    }
}

impl std::fmt::Display for Moment {
    /// `2026-03-01T10:15:00.000+08:00`
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ms = self.of_day();
        write!(
            f,
            "{}T{:02}:{:02}:{:02}.{:03}+08:00",
            self.day(),
            ms / HOUR_MS,
            ms / 60_000 % 60,
            ms / 1000 % 60,
            ms % 1000
        )
    }
}

/// Writes a number in as many digits as there is room for: each message and receipt tells several times.
fn fill(room: &mut [u8], mut n: u32) {
    for place in room.iter_mut().rev() {
        *place = b'0' + (n % 10) as u8;
        n /= 10;
    }
}

fn text<const N: usize>(digits: [u8; N]) -> String {
    std::str::from_utf8(&digits).unwrap_or_default().to_owned()
}

fn days_in(year: i32, month: u32) -> u32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_four_centuries_goes_there_and_back() {
        let mut expected = Day::ymd(1800, 1, 1).unwrap();
        for year in 1800..2200 {
            for month in 1..=12 {
                for day in 1..=days_in(year, month) {
                    assert_eq!(Day::ymd(year, month, day), Some(expected));
                    assert_eq!(expected.date(), (year, month, day));
                    expected = expected.plus(1);
                }
            }
        }
        assert_eq!(Day::ymd(1970, 1, 1), Some(Day(0)));
        assert_eq!(Day::ymd(2023, 2, 29), None);
        assert_eq!(Day::of_month("2026-03"), Day::ymd(2026, 3, 1));
        for no in ["2026-13", "2026-3", "2026-03-01", "202603", "2026/03", "月月月", ""] {
            assert_eq!(Day::of_month(no), None, "{no}");
        }
    }

    #[test]
    fn instants_are_read_and_written_in_beijing_time() {
        let at = Moment::parse_compact("20260301101500").unwrap();
        assert_eq!(at.to_string(), "2026-03-01T10:15:00.000+08:00");
        assert_eq!(at.compact_ms(), "20260301101500000");
        for same in
            ["2026-03-01T10:15", "2026-03-01T02:15:00Z", "2026-03-01 10:15:00.000+08:00", "2026-02-28T21:15:00-05:00"]
        {
            assert_eq!(Moment::parse(same), Some(at), "{same}");
        }
        assert_eq!(Moment::parse("2026-03-01").unwrap().day().to_string(), "2026-03-01");
        assert_eq!(Moment::parse("2026-02-28T23:59:59.999").unwrap().day().to_string(), "2026-02-28");
        for wrong in ["20260301246000", "2026030110150", "20260230101500", "２0260301101500"] {
            assert_eq!(Moment::parse_compact(wrong), None, "{wrong}");
        }
        for wrong in ["2026-13-01", "2026-03-01T25:00", "2026-03-01T1:00", "yesterday", "2026-03-01T10"] {
            assert_eq!(Moment::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_month_later_is_the_same_day_or_the_last_one() {
        let day = |t| Day::parse(t).unwrap();
        assert_eq!(day("2026-08-31").plus_months(6), day("2027-02-28"));
        assert_eq!(day("2026-03-15").plus_months(6), day("2026-09-15"));
        assert_eq!(day("2026-01-15").plus_months(-6), day("2025-07-15"));
    }
}
