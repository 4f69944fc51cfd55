//! Exact fractions: rates and measures as the law writes them, and amounts between formula and rounding.
//!
//! Nothing here rounds but [`Exact::half_up`], once (rules.md 3.5); what grows beyond 128 bits is `None`, never wrong.

/// A rate or a measure as an exact fraction in lowest terms: 13 %, 7/10, 250 yuan for 988 litres, 1.4 litres.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fraction {
    num: i64,
    den: i64,
}

/// An amount that has not been rounded yet: numerator and denominator, not reduced while they fit.
#[derive(Clone, Copy, Debug)]
pub struct Exact {
    num: i128,
    /// Above zero.
    den: i128,
}

impl Fraction {
    pub const ZERO: Fraction = Fraction { num: 0, den: 1 };
    pub const ONE: Fraction = Fraction { num: 1, den: 1 };

    pub const fn whole(n: i64) -> Fraction {
        Fraction { num: n, den: 1 }
    }

    /// `num / den` in lowest terms; `None` where the denominator is not above zero.
    pub fn new(num: i64, den: i64) -> Option<Fraction> {
        if den <= 0 {
            return None;
        }
        // Not above `den`, so within i64; at least 1.
        let common = i64::try_from(gcd(u128::from(num.unsigned_abs()), den as u128)).ok()?;
        Some(Fraction { num: num / common, den: den / common })
    }

    /// Reads `0.13`, `13%`, `7/10`, `25000/988`, `0.912`: at most fifteen digits on each side.
    pub fn parse(text: &str) -> Option<Fraction> {
        let (num, den) = match text.split_once('/') {
            Some((over, under)) => (decimal(over)?, decimal(under)?),
            None => match text.strip_suffix('%') {
                Some(percent) => (decimal(percent)?, (100, 1)),
                None => (decimal(text)?, (1, 1)),
            },
        };
        let top = i128::from(num.0) * i128::from(den.1);
        let bottom = i128::from(num.1) * i128::from(den.0);
        if bottom <= 0 {
            return None;
        }
        let common = i128::try_from(gcd(top.unsigned_abs(), bottom.unsigned_abs())).ok()?;
        Some(Fraction { num: i64::try_from(top / common).ok()?, den: i64::try_from(bottom / common).ok()? })
    }

    pub fn is_zero(self) -> bool {
        self.num == 0
    }

    pub fn is_negative(self) -> bool {
        self.num < 0
    }

    /// The number, where it is a whole one.
    pub fn as_whole(self) -> Option<i64> {
        (self.den == 1).then_some(self.num)
    }

    /// `a / b` in lowest terms.
    pub fn parts(self) -> (i64, i64) {
        (self.num, self.den)
    }

    /// `r / (1 - r)`, the factor that turns a price without a tax inside it into that tax. `None` from 100 % on.
    pub fn inside_out(self) -> Option<Fraction> {
        Fraction::new(self.num, self.den.checked_sub(self.num)?)
    }

    /// One over it; `None` for what is not above zero.
    pub fn inverse(self) -> Option<Fraction> {
        Fraction::new(self.den, self.num)
    }

    pub fn exact(self) -> Exact {
        Exact { num: i128::from(self.num), den: i128::from(self.den) }
    }
}

impl From<crate::money::Quantity> for Fraction {
    fn from(quantity: crate::money::Quantity) -> Fraction {
        Fraction::new(quantity.0, crate::money::SCALE).expect("the scale is above zero")
    }
}

impl PartialOrd for Fraction {
    fn partial_cmp(&self, other: &Fraction) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Fraction {
    fn cmp(&self, other: &Fraction) -> std::cmp::Ordering {
        (i128::from(self.num) * i128::from(other.den)).cmp(&(i128::from(other.num) * i128::from(self.den)))
    }
}

impl std::fmt::Display for Fraction {
    /// A decimal where it has at most six places, otherwise `a/b`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match decimal_text(i128::from(self.num), i128::from(self.den), 6) {
            Some(text) => f.write_str(&text),
            None => write!(f, "{}/{}", self.num, self.den),
        }
    }
}

impl Exact {
    pub const ZERO: Exact = Exact { num: 0, den: 1 };

    pub fn fen(fen: crate::money::Fen) -> Exact {
        Exact { num: i128::from(fen.0), den: 1 }
    }

    pub fn times(self, by: Fraction) -> Option<Exact> {
        self.with(by.exact(), |a, b| Some(Exact { num: a.num.checked_mul(b.num)?, den: a.den.checked_mul(b.den)? }))
    }

    pub fn plus(self, other: Exact) -> Option<Exact> {
        self.with(other, |a, b| {
            if a.den == b.den {
                return Some(Exact { num: a.num.checked_add(b.num)?, den: a.den });
            }
            let num = a.num.checked_mul(b.den)?.checked_add(b.num.checked_mul(a.den)?)?;
            Some(Exact { num, den: a.den.checked_mul(b.den)? })
        })
    }

    pub fn negated(self) -> Exact {
        Exact { num: self.num.saturating_neg(), den: self.den }
    }

    /// True where it is more than `limit`; also where the comparison does not fit into 128 bits.
    pub fn is_above(self, limit: Fraction) -> bool {
        let rest = self.plus(limit.exact().negated());
        rest.is_none_or(|rest| rest.num > 0)
    }

    /// Rounded half up to a whole number (of fen). `None` where it is no `i64`.
    pub fn half_up(self) -> Option<i64> {
        // The common case is small; a 64-bit division is several times faster.
        if let (Ok(num), Ok(den)) = (u64::try_from(self.num), u64::try_from(self.den)) {
            let (whole, rest) = (num / den, num % den);
            return i64::try_from(whole + u64::from(rest >= den - rest)).ok();
        }
        let (whole, rest) = (self.num.div_euclid(self.den), self.num.rem_euclid(self.den));
        i64::try_from(whole + i128::from(rest >= self.den - rest)).ok()
    }

    /// Numerator and denominator in lowest terms.
    pub fn parts(self) -> (i128, i128) {
        let small = self.reduced();
        (small.num, small.den)
    }

    /// Works on the numbers as they are, and where that overflows once more on them in lowest terms.
    fn with(self, other: Exact, work: impl Fn(Exact, Exact) -> Option<Exact>) -> Option<Exact> {
        work(self, other).or_else(|| work(self.reduced(), other.reduced()))
    }

    fn reduced(self) -> Exact {
        let common = i128::try_from(gcd(self.num.unsigned_abs(), self.den.unsigned_abs())).unwrap_or(1);
        Exact { num: self.num / common, den: self.den / common }
    }
}

impl std::fmt::Display for Exact {
    /// A decimal where it has at most eight places, otherwise eight places and `…`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (num, den) = self.parts();
        if let Some(text) = decimal_text(num, den, 8) {
            return f.write_str(&text);
        }
        let sign = if num < 0 { "-" } else { "" };
        let (num, den) = (num.unsigned_abs(), den.unsigned_abs());
        write!(f, "{sign}{}.", num / den)?;
        let mut rest = num % den;
        for _ in 0..8 {
            // `rest < den`; where ten times it would not fit, the digits that can be told are told.
            let Some(ten) = rest.checked_mul(10) else { break };
            write!(f, "{}", ten / den)?;
            rest = ten % den;
        }
        f.write_str("…")
    }
}

/// A decimal as numerator and power of ten.
fn decimal(text: &str) -> Option<(i64, i64)> {
    let (negative, body) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = body.split_once('.').unwrap_or((body, ""));
    let digits = whole.len() + fraction.len();
    if digits == 0 || digits > 15 || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let mut num = 0i64;
    for digit in whole.bytes().chain(fraction.bytes()) {
        num = num * 10 + i64::from(digit - b'0');
    }
    Some((if negative { -num } else { num }, 10i64.pow(fraction.len() as u32)))
}

fn decimal_text(num: i128, den: i128, places: u32) -> Option<String> {
    let scale = (0..=places).find(|&p| 10i128.pow(p) % den == 0)?;
    let n = num.checked_mul(10i128.pow(scale) / den)?;
    let sign = if n < 0 { "-" } else { "" };
    let n = n.unsigned_abs();
    if scale == 0 {
        return Some(format!("{sign}{n}"));
    }
    let unit = 10u128.pow(scale);
    Some(format!("{sign}{}.{:0width$}", n / unit, n % unit, width = scale as usize))
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    // The common case is small; 64-bit divisions are several times faster.
    if let (Ok(mut a), Ok(mut b)) = (u64::try_from(a), u64::try_from(b)) {
        while b != 0 {
            (a, b) = (b, a % b);
        }
        return u128::from(a.max(1));
    }
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fractions_are_read_as_the_law_writes_them() {
        let table = [
            ("0.13", Some((13, 100))),
            ("13%", Some((13, 100))),
            ("6.5%", Some((13, 200))),
            ("7/10", Some((7, 10))),
            ("25000/988", Some((6_250, 247))),
            ("0.912", Some((114, 125))),
            ("-3", Some((-3, 1))),
            ("0", Some((0, 1))),
            ("1/0", None),
            ("1/-2", None),
            ("", None),
            (".", None),
            ("1e3", None),
            ("1/2/3", None),
            ("1234567890123456", None),
        ];
        for (text, expected) in table {
            assert_eq!(Fraction::parse(text).map(Fraction::parts), expected, "{text:?}");
        }
        assert_eq!(Fraction::parse("25000/988").unwrap().to_string(), "6250/247");
        assert_eq!(Fraction::parse("6.50%").unwrap().to_string(), "0.065");
    }

    #[test]
    fn half_a_fen_goes_up() {
        let round = |text: &str| Fraction::parse(text).unwrap().exact().half_up();
        assert_eq!(round("45.5"), Some(46));
        assert_eq!(round("45.499999999"), Some(45));
        assert_eq!(round("-0.5"), Some(0));
        assert_eq!(round("-0.51"), Some(-1));
        assert_eq!(Exact { num: i128::MAX, den: 1 }.half_up(), None);
        assert_eq!(Exact { num: i128::MAX, den: i128::MAX }.half_up(), Some(1));
    }

    #[test]
    fn what_does_not_fit_is_said_and_not_wrong() {
        let big = Fraction::new(i64::MAX, 1).unwrap();
        let twice = big.exact().times(big).unwrap();
        assert!(twice.times(big).is_none());
        assert!(twice.plus(twice).is_some());
        let third = Fraction::new(1, i64::MAX).unwrap();
        assert_eq!(twice.times(third).unwrap().half_up(), Some(i64::MAX));
        assert_eq!(Fraction::parse("1/3").unwrap().exact().to_string(), "0.33333333…");
    }

    proptest! {
        /// The second judge is num-rational.
        #[test]
        fn reckoning_agrees_with_another_library(a in -1_000_000i64..1_000_000, b in 1i64..10_000, c in -1_000_000i64..1_000_000, d in 1i64..10_000) {
            use num_rational::Ratio;
            let (x, y) = (Fraction::new(a, b).unwrap(), Fraction::new(c, d).unwrap());
            let (rx, ry) = (Ratio::new(i128::from(a), i128::from(b)), Ratio::new(i128::from(c), i128::from(d)));
            let sum = rx + ry;
            prop_assert_eq!(x.exact().plus(y.exact()).unwrap().parts(), (*sum.numer(), *sum.denom()));
            let product = rx * ry;
            prop_assert_eq!(x.exact().times(y).unwrap().parts(), (*product.numer(), *product.denom()));
            prop_assert_eq!(x.cmp(&y), rx.cmp(&ry));
            let half_up = (rx + Ratio::new(1, 2)).floor().to_integer();
            prop_assert_eq!(x.exact().half_up().map(i128::from), Some(half_up));
        }
    }
}
