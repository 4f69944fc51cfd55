//! When people buy: little at night, most in the evening, many times as much on sale days.

use trade::time::{Day, HOUR_MS, Moment};

/// Parts in a thousand of a day's orders, hour by hour, Beijing time.
const HOURS: [u64; 24] = [28, 15, 9, 6, 5, 6, 11, 22, 36, 48, 56, 55, 52, 50, 50, 52, 52, 50, 52, 62, 80, 88, 72, 43];

/// Sale days, month and day, and how many ordinary days one is worth.
const SALES: [(u32, u32, u64); 5] = [(3, 8, 2), (6, 18, 6), (11, 11, 12), (12, 12, 4), (8, 18, 2)];

/// How busy an hour is: a pure function of time.
pub fn rate(at: Moment) -> u64 {
    let day = at.day();
    let hour = ((at.0 - day.starts().0) / HOUR_MS) as usize;
    let (_, month, date) = day.date();
    let sale = SALES.iter().find(|(m, d, _)| (*m, *d) == (month, date)).map_or(1, |(.., times)| *times);
    // A sale opens at midnight.
    let opening = if sale > 1 && hour < 2 { 8 } else { 1 };
    HOURS[hour.min(23)] * sale * opening
}

/// The moments of `count` orders from `start` over `hours`, ascending, as [`rate`] spreads them.
#[derive(Clone, Debug)]
pub struct Rhythm {
    start: Moment,
    count: u64,
    total: u64,
    /// The hour that the next order falls into, and what all hours before it weigh.
    hour: u64,
    before: u64,
    next: u64,
}

impl Rhythm {
    pub fn new(start: Day, days: u32, count: u64) -> Rhythm {
        let start = start.starts();
        let hours = u64::from(days.max(1)) * 24;
        let total = (0..hours).map(|h| rate(Moment(start.0 + h as i64 * HOUR_MS))).sum();
        Rhythm { start, count: count.max(1), total, hour: 0, before: 0, next: 0 }
    }
}

impl Iterator for Rhythm {
    type Item = Moment;

    fn next(&mut self) -> Option<Moment> {
        if self.next >= self.count {
            return None;
        }
        // In units of one order's share of the whole weight.
        let share = u128::from(self.next) * u128::from(self.total);
        self.next += 1;
        loop {
            let begins = Moment(self.start.0 + self.hour as i64 * HOUR_MS);
            let weight = rate(begins);
            let ends = u128::from(self.before + weight) * u128::from(self.count);
            if share < ends {
                let into = share - u128::from(self.before) * u128::from(self.count);
                let ms = into * HOUR_MS as u128 / (u128::from(weight) * u128::from(self.count));
                return Some(Moment(begins.0 + ms as i64));
            }
            self.before += weight;
            self.hour += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evenings_are_busier_than_nights_and_sale_days_than_both() {
        let at = |text| rate(Moment::parse(text).unwrap());
        assert!(at("2026-03-02T21:00") > 10 * at("2026-03-02T04:00"));
        assert!(at("2026-11-11T21:00") > 10 * at("2026-11-10T21:00"));
    }

    #[test]
    fn moments_ascend_and_fill_the_days() {
        let start = Day::ymd(2026, 11, 10).unwrap();
        let moments: Vec<_> = Rhythm::new(start, 3, 10_000).collect();
        assert_eq!(moments.len(), 10_000);
        assert!(moments.is_sorted());
        let on = |day: Day| moments.iter().filter(|m| m.day() == day).count();
        assert_eq!(on(start) + on(start.plus(1)) + on(start.plus(2)), 10_000);
        assert!(on(start.plus(1)) > 8 * on(start));
    }
}
