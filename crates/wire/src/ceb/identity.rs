//! The check of a resident identity number (GB 11643), done while the number can still be read.

use trade::documents::IdCheck;
use trade::time::Day;

/// Checks `number` (normalised) of a paper of kind `id_type` on the day of the document.
///
/// Only resident cards (`1`) have a form that can be checked. A person is a minor until the eighteenth birthday.
pub fn check(id_type: &str, number: &str, on: Day) -> IdCheck {
    if id_type != "1" {
        return IdCheck::Unchecked;
    }
    let Some(born) = birthday(number) else { return IdCheck::Invalid };
    match () {
        () if born > on => IdCheck::Invalid,
        () if born.plus_months(18 * 12) > on => IdCheck::ValidMinor,
        () => IdCheck::Valid,
    }
}

/// The date of birth in a number with a right check character; ISO 7064 MOD 11-2.
fn birthday(number: &str) -> Option<Day> {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let (body, check) = number.as_bytes().split_at_checked(17)?;
    if !body.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let sum: u32 = body.iter().zip(WEIGHTS).map(|(b, w)| u32::from(b - b'0') * w).sum();
    let expected = b"10X98765432"[(sum % 11) as usize];
    if check != [expected] || body[0] == b'0' {
        return None;
    }
    Day::parse(number.get(6..14)?).filter(|d| d.year() >= 1900)
}
