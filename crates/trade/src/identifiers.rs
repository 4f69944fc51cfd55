//! Identifiers of trade and transport: form, check digits, and which rule a wrong one breaks.
//!
//! Blanks, hyphens and dots between the characters are forgiven; what is kept is the bare form in capitals. A check
//! digit finds slips of the pen, it does not prove that the thing exists.

use crate::packed_names;
use crate::time::Day;

mod check;
#[cfg(test)]
mod tests;

packed_names! {
    /// The kinds that `onewindow identify` knows.
    pub enum Kind {
        1 => Gtin8 "gtin8",
        2 => Gtin12 "gtin12",
        3 => Gtin13 "gtin13",
        4 => Gtin14 "gtin14",
        5 => Gln "gln",
        6 => Sscc "sscc",
        7 => Iso6346 "iso6346",
        8 => S10 "s10",
        9 => Awb "awb",
        10 => Imo "imo",
        11 => Lei "lei",
        12 => Iban "iban",
        13 => Uscc "uscc",
        14 => ResidentId "resident_id",
        15 => Grai "grai",
        16 => Gdti "gdti",
        17 => Gsrn "gsrn",
        18 => Gsin "gsin",
        19 => Locode "locode",
        20 => Plate "plate",
    }
}

/// What a value turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identified {
    pub valid: bool,
    /// GTIN in 14 digits, air waybill `NNN-NNNNNNNN`, ship `IMO` + 7 digits, else capitals without separators.
    pub normal: String,
    /// Which rule it breaks; of a valid one, what is odd about it.
    pub reason: Option<IdFault>,
}

/// The rule that an identifier breaks, so that a person can mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IdFault {
    /// Wrong number of characters; what it should have.
    Length(&'static str),
    /// A character that may not stand where it stands.
    Letters,
    CheckDigit,
    /// The birth date is no day of the calendar.
    Date,
    /// Country, region, province or service that is not assigned.
    UnknownPrefix,
    /// Valid, but the organisation code inside (GB 11714) fails its own check; such codes were issued.
    InnerCheck,
    /// Valid, but a serial number with remainder 10 should not have been issued.
    RemainderTen,
}

impl IdFault {
    /// Stable name: `LENGTH`, `LETTERS`, `CHECK_DIGIT`, `DATE`, `UNKNOWN_PREFIX`, `INNER_CHECK`, `REMAINDER_TEN`.
    pub fn code(self) -> &'static str {
        match self {
            IdFault::Length(_) => "LENGTH",
            IdFault::Letters => "LETTERS",
            IdFault::CheckDigit => "CHECK_DIGIT",
            IdFault::Date => "DATE",
            IdFault::UnknownPrefix => "UNKNOWN_PREFIX",
            IdFault::InnerCheck => "INNER_CHECK",
            IdFault::RemainderTen => "REMAINDER_TEN",
        }
    }

    pub fn zh(self) -> String {
        match self {
            IdFault::Length(right) => format!("长度不对，应为 {right} 位"),
            IdFault::Letters => "有不允许的字符，或字母与数字的位置不对".to_owned(),
            IdFault::CheckDigit => "校验位不符，请核对各位".to_owned(),
            IdFault::Date => "其中的出生日期不存在".to_owned(),
            IdFault::UnknownPrefix => "国家、地区、省份或前缀代码不存在".to_owned(),
            IdFault::InnerCheck => "有效；但其中的组织机构代码自身校验位不符（确有这样发放的）".to_owned(),
            IdFault::RemainderTen => "有效；但余数为 10 的序号不应发放".to_owned(),
        }
    }

    pub fn en(self) -> String {
        match self {
            IdFault::Length(right) => format!("wrong length: {right} characters are needed"),
            IdFault::Letters => "a character that is not allowed, or letters and digits in the wrong place".to_owned(),
            IdFault::CheckDigit => "the check digit does not fit: compare every character".to_owned(),
            IdFault::Date => "the birth date in it does not exist".to_owned(),
            IdFault::UnknownPrefix => "the country, region, province or prefix is not assigned".to_owned(),
            IdFault::InnerCheck => {
                "valid, but the organisation code inside fails its own check (such codes were issued)".to_owned()
            }
            IdFault::RemainderTen => "valid, but a serial with remainder 10 should not have been issued".to_owned(),
        }
    }
}

/// A resident identity number that holds (GB 11643). Personal: never logged, masked on pages.
#[derive(Clone, PartialEq, Eq)]
pub struct ResidentId {
    /// 18 characters, the last one possibly `X`.
    pub number: String,
    /// Six digits of GB/T 2260.
    pub region: String,
    pub born: Day,
    pub male: bool,
}

impl std::fmt::Debug for ResidentId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ResidentId(…)")
    }
}

impl ResidentId {
    /// Full years of age on `day`; a birthday of 29 February is kept on 1 March.
    pub fn age(&self, day: Day) -> i32 {
        let ((by, bm, bd), (y, m, d)) = (self.born.date(), day.date());
        y - by - i32::from((m, d) < (bm, bd))
    }
}

/// Checks `value` as the kind of that name; `None` for a name that is not a kind.
pub fn identify(kind: &str, value: &str) -> Option<Identified> {
    Some(identify_as(Kind::from_name(kind)?, value))
}

/// Checks `value` as a `kind`.
pub fn identify_as(kind: Kind, value: &str) -> Identified {
    let bare = bare(value);
    let (normal, checked) = match kind {
        Kind::Gtin8 => gtin(bare, 8, "8"),
        Kind::Gtin12 => gtin(bare, 12, "12"),
        Kind::Gtin13 => gtin(bare, 13, "13"),
        Kind::Gtin14 => gtin(bare, 14, "14"),
        Kind::Gln => gs1(bare, 13, "13"),
        Kind::Sscc | Kind::Gsrn => gs1(bare, 18, "18"),
        Kind::Gsin => gs1(bare, 17, "17"),
        Kind::Grai => with_serial(bare, "13-30", 16, true),
        Kind::Gdti => with_serial(bare, "13-30", 17, false),
        Kind::Iso6346 => plain(bare, container),
        Kind::S10 => plain(bare, postal),
        Kind::Awb => awb(bare),
        Kind::Imo => imo(bare),
        Kind::Lei => plain(bare, lei),
        Kind::Iban => plain(bare, iban),
        Kind::Uscc => plain(bare, uscc),
        Kind::ResidentId => {
            let checked = resident_id(&bare).map(|_| None);
            (bare, checked)
        }
        Kind::Locode => plain(bare, locode),
        Kind::Plate => plain(bare, plate),
    };
    match checked {
        Ok(odd) => Identified { valid: true, normal, reason: odd },
        Err(fault) => Identified { valid: false, normal, reason: Some(fault) },
    }
}

/// Appends the check digit to a body: the way to make a valid number. `None` where the kind has no check digit at its
/// end, or the body has the wrong form. (An S10 body is `EV06053042JP` without its ninth digit; an IBAN's and an
/// LEI's check digits are not made here.)
pub fn complete(kind: Kind, body: &str) -> Option<String> {
    let digits = || body.bytes().all(|b| b.is_ascii_digit());
    match kind {
        Kind::Gtin8 | Kind::Gtin12 | Kind::Gtin13 | Kind::Gtin14 | Kind::Gln | Kind::Sscc | Kind::Gsrn | Kind::Gsin => {
            digits().then(|| format!("{body}{}", check::gs1(body.as_bytes())))
        }
        Kind::Awb if digits() && body.len() == 10 => {
            let n: u32 = body[3..].parse().ok()?;
            Some(format!("{}-{}{}", &body[..3], &body[3..], n % 7))
        }
        Kind::S10 if body.len() == 12 && body.is_ascii() && body[2..10].bytes().all(|b| b.is_ascii_digit()) => {
            Some(format!("{}{}{}", &body[..10], check::s10(&body.as_bytes()[2..10]), &body[10..]))
        }
        Kind::Uscc => Some(format!("{body}{}", char::from(check::uscc(body.as_bytes())?))),
        Kind::ResidentId if digits() && body.len() == 17 => {
            Some(format!("{body}{}", char::from(check::resident(body.as_bytes()))))
        }
        Kind::Iso6346 => Some(format!("{body}{}", check::container(body.as_bytes())? % 10)),
        _ => None,
    }
}

/// Reads a resident identity number (GB 11643): region, birth date, order, check by ISO 7064 mod 11-2.
/// A withdrawn region code still counts, so only the province is checked.
///
/// # Errors
/// The first rule it breaks; the number itself is never in the error.
pub fn resident_id(text: &str) -> Result<ResidentId, IdFault> {
    let number = bare(text);
    let b = number.as_bytes();
    if number.chars().count() != 18 {
        return Err(IdFault::Length("18"));
    }
    if b.len() != 18 || !b[..17].iter().all(u8::is_ascii_digit) || !(b[17].is_ascii_digit() || b[17] == b'X') {
        return Err(IdFault::Letters);
    }
    // GB/T 2260: provinces; 83 is given to residents from Taiwan.
    let province = two_digits(&b[..2]);
    if !matches!(province, 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83) {
        return Err(IdFault::UnknownPrefix);
    }
    let born = Day::parse(&number[6..14]).filter(|d| d.year() >= 1850).ok_or(IdFault::Date)?;
    if check::resident(&b[..17]) != b[17] {
        return Err(IdFault::CheckDigit);
    }
    Ok(ResidentId { region: number[..6].to_owned(), born, male: b[16] % 2 == 1, number })
}

type Checked = Result<Option<IdFault>, IdFault>;

/// Capitals, without blanks, hyphens and dots between.
fn bare(value: &str) -> String {
    if value.len() <= 64 && value.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) {
        return value.to_owned();
    }
    let separates = |c: char| c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '.' | '·' | '•');
    value.chars().filter(|&c| !separates(c)).flat_map(char::to_uppercase).take(64).collect()
}

fn two_digits(b: &[u8]) -> u8 {
    (b[0] - b'0') * 10 + (b[1] - b'0')
}

fn plain(bare: String, rule: fn(&[u8], &str) -> Checked) -> (String, Checked) {
    let checked = rule(bare.as_bytes(), &bare);
    (bare, checked)
}

/// Digits of a length, the last one the GS1 check.
fn gs1(bare: String, length: usize, said: &'static str) -> (String, Checked) {
    let b = bare.as_bytes();
    let checked = if !b.iter().all(u8::is_ascii_digit) {
        Err(IdFault::Letters)
    } else if b.len() != length {
        Err(IdFault::Length(said))
    } else if check::gs1(&b[..length - 1]) != b[length - 1] - b'0' {
        Err(IdFault::CheckDigit)
    } else {
        Ok(None)
    };
    (bare, checked)
}

fn gtin(bare: String, length: usize, said: &'static str) -> (String, Checked) {
    let (normal, checked) = gs1(bare, length, said);
    if checked.is_ok() { (format!("{normal:0>14}"), checked) } else { (normal, checked) }
}

/// 13 digits with their check, then a serial; a GRAI in its element string has a zero before.
fn with_serial(bare: String, said: &'static str, most: usize, leading_zero: bool) -> (String, Checked) {
    let key_holds = |at: usize| {
        bare.as_bytes().get(at..at + 13).is_some_and(|k| {
            k.iter().all(u8::is_ascii_digit) && check::gs1(&k[..12]) == k[12] - b'0' && bare.len() - at - 13 <= most
        })
    };
    let checked = if !bare.is_ascii() || bare.bytes().take(13).any(|b| !b.is_ascii_digit()) {
        Err(IdFault::Letters)
    } else if bare.len() < 13 || bare.len() > 13 + most + usize::from(leading_zero) {
        Err(IdFault::Length(said))
    } else if leading_zero && bare.starts_with('0') && key_holds(1) || key_holds(0) {
        Ok(None)
    } else {
        Err(IdFault::CheckDigit)
    };
    (bare, checked)
}

/// ISO 6346.
fn container(b: &[u8], _: &str) -> Checked {
    if b.len() != 11 {
        return Err(IdFault::Length("11"));
    }
    if !b[..4].iter().all(u8::is_ascii_uppercase) || !b[4..].iter().all(u8::is_ascii_digit) {
        return Err(IdFault::Letters);
    }
    if !matches!(b[3], b'U' | b'J' | b'Z') {
        return Err(IdFault::UnknownPrefix);
    }
    let remainder = check::container(&b[..10]).ok_or(IdFault::Letters)?;
    if remainder % 10 != b[10] - b'0' {
        return Err(IdFault::CheckDigit);
    }
    Ok((remainder == 10).then_some(IdFault::RemainderTen))
}

/// UPU S10.
fn postal(b: &[u8], text: &str) -> Checked {
    if b.len() != 13 {
        return Err(IdFault::Length("13"));
    }
    let letters = b[..2].iter().chain(&b[11..]).all(u8::is_ascii_uppercase);
    if !letters || !b[2..11].iter().all(u8::is_ascii_digit) {
        return Err(IdFault::Letters);
    }
    if !check::is_country(&text[11..]) {
        return Err(IdFault::UnknownPrefix);
    }
    if check::s10(&b[2..10]) == b[10] - b'0' { Ok(None) } else { Err(IdFault::CheckDigit) }
}

fn awb(bare: String) -> (String, Checked) {
    let b = bare.as_bytes();
    if !b.iter().all(u8::is_ascii_digit) {
        return (bare, Err(IdFault::Letters));
    }
    if b.len() != 11 {
        return (bare, Err(IdFault::Length("3+8")));
    }
    let seven = b[3..10].iter().fold(0u32, |n, d| n * 10 + u32::from(d - b'0'));
    let checked = if seven % 7 == u32::from(b[10] - b'0') { Ok(None) } else { Err(IdFault::CheckDigit) };
    (format!("{}-{}", &bare[..3], &bare[3..]), checked)
}

fn imo(bare: String) -> (String, Checked) {
    let digits = bare.strip_prefix("IMO").unwrap_or(&bare).to_owned();
    let b = digits.as_bytes();
    if !b.iter().all(u8::is_ascii_digit) {
        return (bare, Err(IdFault::Letters));
    }
    if b.len() != 7 {
        return (bare, Err(IdFault::Length("7")));
    }
    let sum: u32 = b[..6].iter().zip([7, 6, 5, 4, 3, 2]).map(|(d, w)| u32::from(d - b'0') * w).sum();
    let checked = if sum % 10 == u32::from(b[6] - b'0') { Ok(None) } else { Err(IdFault::CheckDigit) };
    (format!("IMO{digits}"), checked)
}

/// ISO 17442.
fn lei(b: &[u8], _: &str) -> Checked {
    if b.len() != 20 {
        return Err(IdFault::Length("20"));
    }
    if !b.iter().all(u8::is_ascii_alphanumeric) || !b[18..].iter().all(u8::is_ascii_digit) {
        return Err(IdFault::Letters);
    }
    if (2..=98).contains(&two_digits(&b[18..])) && check::mod_97(b.iter()) == 1 {
        Ok(None)
    } else {
        Err(IdFault::CheckDigit)
    }
}

/// ISO 13616, length and form by country.
fn iban(b: &[u8], text: &str) -> Checked {
    if b.len() < 15 || b.len() > 34 {
        return Err(IdFault::Length("15-34"));
    }
    if !b.iter().all(u8::is_ascii_alphanumeric) || !b[..2].iter().all(u8::is_ascii_uppercase) {
        return Err(IdFault::Letters);
    }
    let form = check::iban_form(&text[..2]).ok_or(IdFault::UnknownPrefix)?;
    if !b[2..4].iter().all(u8::is_ascii_digit) {
        return Err(IdFault::Letters);
    }
    check::iban_body(form, &b[4..])?;
    if (2..=98).contains(&two_digits(&b[2..4])) && check::mod_97(b[4..].iter().chain(&b[..4])) == 1 {
        Ok(None)
    } else {
        Err(IdFault::CheckDigit)
    }
}

/// GB 32100.
fn uscc(b: &[u8], text: &str) -> Checked {
    if text.chars().count() != 18 {
        return Err(IdFault::Length("18"));
    }
    if b.len() != 18 || !b[2..8].iter().all(u8::is_ascii_digit) {
        return Err(IdFault::Letters);
    }
    let right = check::uscc(&b[..17]).ok_or(IdFault::Letters)?;
    if b[17] != right {
        return Err(IdFault::CheckDigit);
    }
    Ok((!check::organisation_code_holds(&b[8..17])).then_some(IdFault::InnerCheck))
}

/// UN/LOCODE: only the country is checked, the list of places is not here.
fn locode(b: &[u8], text: &str) -> Checked {
    if b.len() != 5 {
        return Err(IdFault::Length("5"));
    }
    let place = b[2..].iter().all(|c| matches!(c, b'A'..=b'Z' | b'2'..=b'9'));
    if !b[..2].iter().all(u8::is_ascii_uppercase) || !place {
        return Err(IdFault::Letters);
    }
    if check::is_country(&text[..2]) || &text[..2] == "XZ" { Ok(None) } else { Err(IdFault::UnknownPrefix) }
}

/// GA 36: ordinary plates of 7 characters, new-energy plates of 8.
fn plate(_: &[u8], text: &str) -> Checked {
    const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";
    let c: Vec<char> = text.chars().collect();
    if c.len() != 7 && c.len() != 8 {
        return Err(IdFault::Length("7/8"));
    }
    if !PROVINCES.contains(c[0]) {
        return Err(IdFault::UnknownPrefix);
    }
    let letter = |c: char| c.is_ascii_uppercase() && c != 'I' && c != 'O';
    let mark = |c: char| letter(c) || c.is_ascii_digit();
    let digits = |s: &[char]| s.iter().all(char::is_ascii_digit);
    // D A B C E run on batteries, F G H J K on something else.
    let energy = |c: char| matches!(c, 'A'..='H' | 'J' | 'K');
    let right = letter(c[1])
        && if c.len() == 8 {
            energy(c[2]) && mark(c[3]) && digits(&c[4..]) || digits(&c[2..7]) && energy(c[7])
        } else {
            c[2..6].iter().all(|&x| mark(x))
                && match c[6] {
                    '港' | '澳' => c[0] == '粤' && c[1] == 'Z',
                    last => mark(last) || matches!(last, '挂' | '学' | '警'),
                }
        };
    if right { Ok(None) } else { Err(IdFault::Letters) }
}
