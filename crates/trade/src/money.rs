//! Money in whole fen, prices and quantities in exact hundred-thousandths.

use crate::packed_newtype;

/// Renminbi in whole fen (100 fen = 1 yuan). May be negative (a refund).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fen(pub i64);

/// A unit price in hundred-thousandths of a yuan: the five decimals that messages allow (type N19,5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Price(pub i64);

/// A quantity or weight in hundred-thousandths of its unit (type N19,5): pieces, kilograms, litres.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity(pub i64);

/// An amount of any currency in hundred-thousandths of its unit (type N19,5). Which currency, stands beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(pub i64);

packed_newtype!(Amount, i64);
packed_newtype!(Fen, i64);
packed_newtype!(Price, i64);
packed_newtype!(Quantity, i64);

/// How many hundred-thousandths make one.
pub const SCALE: i64 = 100_000;

/// Why a decimal text is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    #[error("not a decimal number")]
    Form,
    #[error("more than five decimals, or more than nineteen digits")]
    Digits,
    #[error("larger than this program reckons with")]
    Range,
    #[error("finer than a fen")]
    FinerThanFen,
}

/// Reads an `xsd:decimal` of at most 19 digits, 5 of them after the point, as hundred-thousandths.
/// Leading zeros and trailing zeros of the fraction do not count, as in the schema.
///
/// # Errors
/// `Form`, `Digits`, and `Range` above 92,233,720,368,547.75807 (the schema's largest numbers are larger).
pub fn hundred_thousandths(text: &str) -> Result<i64, AmountError> {
    let (negative, body) = match text.as_bytes() {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let point = body.iter().position(|&b| b == b'.').unwrap_or(body.len());
    let (whole, fraction) = (&body[..point], body.get(point + 1..).unwrap_or(&[]));
    if whole.is_empty() && fraction.is_empty() || !whole.iter().chain(fraction).all(u8::is_ascii_digit) {
        return Err(AmountError::Form);
    }
    let whole = &whole[whole.iter().position(|&b| b != b'0').unwrap_or(whole.len())..];
    let fraction = &fraction[..fraction.iter().rposition(|&b| b != b'0').map_or(0, |i| i + 1)];
    if fraction.len() > 5 || whole.len() + fraction.len() > 19 {
        return Err(AmountError::Digits);
    }
    let mut n: i64 = 0;
    for digit in whole.iter().copied().chain((0..5).map(|i| fraction.get(i).copied().unwrap_or(b'0'))) {
        n = n.checked_mul(10).and_then(|n| n.checked_add(i64::from(digit - b'0'))).ok_or(AmountError::Range)?;
    }
    Ok(if negative { -n } else { n })
}

impl Fen {
    pub const ZERO: Fen = Fen(0);

    /// Whole yuan.
    pub const fn yuan(yuan: i64) -> Fen {
        Fen(yuan * 100)
    }

    /// Reads the decimal yuan of a message: `"300.5"` is 30 050 fen.
    ///
    /// Source: CEB messages, type N19,5.
    ///
    /// # Errors
    /// `FinerThanFen` if a digit below the fen is not zero: we never round what somebody else declared.
    pub fn from_yuan_text(text: &str) -> Result<Fen, AmountError> {
        let n = hundred_thousandths(text)?;
        if n % 1_000 == 0 { Ok(Fen(n / 1_000)) } else { Err(AmountError::FinerThanFen) }
    }

    pub fn plus(self, other: Fen) -> Fen {
        Fen(self.0 + other.0)
    }

    pub fn minus(self, other: Fen) -> Fen {
        Fen(self.0 - other.0)
    }
}

impl std::iter::Sum for Fen {
    fn sum<I: Iterator<Item = Fen>>(amounts: I) -> Fen {
        amounts.fold(Fen::ZERO, Fen::plus)
    }
}

impl std::fmt::Display for Fen {
    /// Yuan with two decimals: `-12.05`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}.{:02}", self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100)
    }
}

impl Price {
    pub fn from_yuan_text(text: &str) -> Result<Price, AmountError> {
        hundred_thousandths(text).map(Price)
    }

    /// Price times quantity, half up to the fen (rules.md 3.4, point 1). `None` out of range.
    pub fn times(self, quantity: Quantity) -> Option<Fen> {
        // 10^-5 yuan * 10^-5 units = 10^-10 yuan; a fen is 10^8 of these.
        let product = i128::from(self.0) * i128::from(quantity.0);
        let fen = (product + 50_000_000).div_euclid(100_000_000);
        i64::try_from(fen).ok().map(Fen)
    }
}

impl Amount {
    pub const ZERO: Amount = Amount(0);

    pub fn parse(text: &str) -> Result<Amount, AmountError> {
        hundred_thousandths(text).map(Amount)
    }

    /// `None` where the sum is larger than this program reckons with.
    pub fn checked_plus(self, other: Amount) -> Option<Amount> {
        self.0.checked_add(other.0).map(Amount)
    }
}

impl Quantity {
    pub const fn whole(n: i64) -> Quantity {
        Quantity(n * SCALE)
    }

    pub fn parse(text: &str) -> Result<Quantity, AmountError> {
        hundred_thousandths(text).map(Quantity)
    }

    pub fn plus(self, other: Quantity) -> Quantity {
        Quantity(self.0 + other.0)
    }

    /// The sum; `None` where it is larger than this program reckons with.
    pub fn checked_plus(self, other: Quantity) -> Option<Quantity> {
        self.0.checked_add(other.0).map(Quantity)
    }

    /// The sum, or the largest quantity there is: for adding up what senders state, which may be any number at all.
    pub fn up_to_all(self, other: Quantity) -> Quantity {
        Quantity(self.0.saturating_add(other.0))
    }

    pub fn minus(self, other: Quantity) -> Quantity {
        Quantity(self.0 - other.0)
    }
}

/// Writes hundred-thousandths without superfluous zeros: `1.6`, `240`, `-0.00001`.
fn write_scaled(n: i64, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    let sign = if n < 0 { "-" } else { "" };
    let (whole, fraction) = (n.unsigned_abs() / SCALE as u64, n.unsigned_abs() % SCALE as u64);
    if fraction == 0 {
        return write!(f, "{sign}{whole}");
    }
    let digits = format!("{fraction:05}");
    write!(f, "{sign}{whole}.{}", digits.trim_end_matches('0'))
}

impl std::fmt::Display for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write_scaled(self.0, f)
    }
}

impl std::fmt::Display for Price {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write_scaled(self.0, f)
    }
}

impl std::fmt::Display for Quantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write_scaled(self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_as_the_schema_reads_them() {
        let table = [
            ("300.5", Ok(30_050_000)),
            ("-0.00001", Ok(-1)),
            ("+5", Ok(500_000)),
            (".5", Ok(50_000)),
            ("5.", Ok(500_000)),
            ("00012.340000000", Ok(1_234_000)),
            ("92233720368547.75807", Ok(i64::MAX)),
            ("92233720368547.75808", Err(AmountError::Range)),
            ("99999999999999.99999", Err(AmountError::Range)),
            ("1.123456", Err(AmountError::Digits)),
            ("12345678901234567890", Err(AmountError::Digits)),
            ("", Err(AmountError::Form)),
            (".", Err(AmountError::Form)),
            ("1e3", Err(AmountError::Form)),
            ("1,5", Err(AmountError::Form)),
            ("--1", Err(AmountError::Form)),
            ("NaN", Err(AmountError::Form)),
            (" 12 ", Err(AmountError::Form)),
        ];
        for (text, expected) in table {
            assert_eq!(hundred_thousandths(text), expected, "{text:?}");
        }
        assert_eq!(Fen::from_yuan_text("300.50"), Ok(Fen(30_050)));
        assert_eq!(Fen::from_yuan_text("300.501"), Err(AmountError::FinerThanFen));
    }

    #[test]
    fn a_price_times_a_quantity_is_rounded_half_up_once() {
        let times = |p: &str, q: &str| Price::from_yuan_text(p).unwrap().times(Quantity::parse(q).unwrap());
        assert_eq!(times("19.99", "3"), Some(Fen(5_997)));
        assert_eq!(times("0.005", "1"), Some(Fen(1)));
        assert_eq!(times("0.00499", "1"), Some(Fen(0)));
        assert_eq!(times("1.33333", "3"), Some(Fen(400)));
        assert_eq!(times("92233720368547", "92233720368547"), None);
    }

    #[test]
    fn amounts_are_written_plainly() {
        assert_eq!(Fen(-1_205).to_string(), "-12.05");
        assert_eq!(Quantity(160_000).to_string(), "1.6");
        assert_eq!(Quantity(-1).to_string(), "-0.00001");
        assert_eq!(Price(12_000_000).to_string(), "120");
    }
}
