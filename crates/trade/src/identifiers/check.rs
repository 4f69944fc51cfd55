//! The arithmetic of check digits, and the country tables that go with it.

use super::IdFault;

/// From the right of the body, weights 3, 1, 3, 1 …
pub fn gs1(body: &[u8]) -> u8 {
    let sum: u32 =
        body.iter().rev().enumerate().map(|(i, d)| u32::from(d - b'0') * if i % 2 == 0 { 3 } else { 1 }).sum();
    ((10 - sum % 10) % 10) as u8
}

/// Remainder 0 to 10 of a container number's first ten characters; `None` for characters it cannot have.
pub fn container(body: &[u8]) -> Option<u8> {
    if body.len() != 10 {
        return None;
    }
    let mut sum = 0u32;
    for (i, c) in body.iter().enumerate() {
        let value = match c {
            b'0'..=b'9' => u32::from(c - b'0'),
            b'A'..=b'Z' => {
                // A = 10, then up, without the multiples of 11.
                let n = u32::from(c - b'A');
                10 + n + u32::from(n >= 1) + u32::from(n >= 11) + u32::from(n >= 21)
            }
            _ => return None,
        };
        sum += value << i;
    }
    Some((sum % 11) as u8)
}

/// Of the eight digits of a postal item.
pub fn s10(body: &[u8]) -> u8 {
    let sum: u32 = body.iter().zip([8, 6, 4, 2, 3, 5, 9, 7]).map(|(d, w)| u32::from(d - b'0') * w).sum();
    match 11 - sum % 11 {
        10 => 0,
        11 => 5,
        c => c as u8,
    }
}

/// The whole as one number, letters as A = 10 … Z = 35, modulo 97.
pub fn mod_97<'a>(characters: impl Iterator<Item = &'a u8>) -> u32 {
    characters.fold(0, |n, c| match c {
        b'0'..=b'9' => (n * 10 + u32::from(c - b'0')) % 97,
        _ => (n * 100 + u32::from(c.to_ascii_uppercase() - b'A') + 10) % 97,
    })
}

const USCC_ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// Of the first 17 characters; `None` for one outside the alphabet.
pub fn uscc(body: &[u8]) -> Option<u8> {
    if body.len() != 17 {
        return None;
    }
    let (mut sum, mut weight) = (0usize, 1usize);
    for c in body {
        sum += USCC_ALPHABET.iter().position(|a| a == c)? * weight;
        weight = weight * 3 % 31;
    }
    Some(USCC_ALPHABET[(31 - sum % 31) % 31])
}

/// GB 11714, eight characters and a check.
pub fn organisation_code_holds(code: &[u8]) -> bool {
    let value = |c: u8| match c {
        b'0'..=b'9' => u32::from(c - b'0'),
        _ => u32::from(c - b'A') + 10,
    };
    let sum: u32 = code[..8].iter().zip([3, 7, 9, 10, 5, 8, 4, 2]).map(|(&c, w)| value(c) * w).sum();
    let right = match 11 - sum % 11 {
        10 => b'X',
        11 => b'0',
        c => b'0' + c as u8,
    };
    code[8] == right
}

/// ISO 7064 mod 11-2 of the first 17 digits.
pub fn resident(body: &[u8]) -> u8 {
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: usize = body.iter().zip(weights).map(|(d, w)| usize::from(d - b'0') * w).sum();
    b"10X98765432"[sum % 11]
}

/// ISO 3166-1, two letters.
pub fn is_country(code: &str) -> bool {
    const ALL: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR \
        BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER \
        ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL \
        IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD \
        ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF \
        PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX \
        SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA \
        ZM ZW";
    code.len() == 2 && ALL.split_ascii_whitespace().any(|c| c == code)
}

/// The form of a country's account part: runs of `n` digits, `a` letters, `c` either.
pub fn iban_form(country: &str) -> Option<&'static str> {
    const FORMS: &[(&str, &str)] = &[
        ("n8c12", "AD"),
        ("n19", "AE IL SO TL"),
        ("n8c16", "AL CY"),
        ("n16", "AT BA EE LT MN XK"),
        ("a4c20", "AZ"),
        ("n12", "BE"),
        ("a4n6c8", "BG"),
        ("a4c14", "BH"),
        ("n23", "BI DJ MR"),
        ("n23a1c1", "BR"),
        ("c4n4c16", "BY"),
        ("n5c12", "CH LI"),
        ("n18", "CR DE ME RS VA"),
        ("n20", "CZ ES SE SK TN"),
        ("n14", "DK FI FO GL SD"),
        ("c4n20", "DO"),
        ("n25", "EG"),
        ("a2n12", "FK"),
        ("n10c11n2", "FR MC"),
        ("a4n14", "GB IE"),
        ("a2n16", "GE"),
        ("a4c15", "GI"),
        ("n7c16", "GR"),
        ("c24", "GT"),
        ("a4n20", "HN NI SV"),
        ("n17", "HR"),
        ("n24", "HU PL"),
        ("a4n15", "IQ"),
        ("n22", "IS"),
        ("a1n10c12", "IT SM"),
        ("a4n4c18", "JO YE"),
        ("a4c22", "KW"),
        ("n3c13", "KZ LU"),
        ("n4c20", "LB"),
        ("a4c24", "LC"),
        ("a4c13", "LV"),
        ("n21", "LY PT ST"),
        ("c20", "MD"),
        ("n3c10n2", "MK"),
        ("a4n5c18", "MT"),
        ("a4n19a3", "MU"),
        ("a4n10", "NL"),
        ("n11", "NO"),
        ("n3c16", "OM"),
        ("a4c16", "PK RO"),
        ("a4c21", "PS QA"),
        ("n14c15", "RU"),
        ("n2c18", "SA"),
        ("a4n20a3", "SC"),
        ("n15", "SI"),
        ("n6c16", "TR"),
        ("n6c19", "UA"),
        ("a4n16", "VG"),
    ];
    FORMS.iter().find(|(_, countries)| countries.split(' ').any(|c| c == country)).map(|(form, _)| *form)
}

/// Holds the account part against its form.
pub fn iban_body(form: &str, body: &[u8]) -> Result<(), IdFault> {
    let mut rest = body;
    let mut runs = form.as_bytes();
    while let Some((kind, after)) = runs.split_first() {
        let len = after.iter().take_while(|b| b.is_ascii_digit()).count();
        let n: usize = after[..len].iter().fold(0, |n, d| n * 10 + usize::from(d - b'0'));
        runs = &after[len..];
        let (run, more) = rest.split_at_checked(n).ok_or(IdFault::Length("IBAN"))?;
        let fits = |c: &u8| match kind {
            b'n' => c.is_ascii_digit(),
            b'a' => c.is_ascii_uppercase(),
            _ => c.is_ascii_alphanumeric(),
        };
        if !run.iter().all(fits) {
            return Err(IdFault::Letters);
        }
        rest = more;
    }
    if rest.is_empty() { Ok(()) } else { Err(IdFault::Length("IBAN")) }
}
