//! One form for each personal value before it is hashed, so that two spellings of one person stay one.
//!
//! The form decides which pseudonyms agree: a change is a new [`EDITION`], and pseudonyms of two editions must not
//! be compared.

use std::borrow::Cow;
use trade::pseudonym::Kind;

/// Raised whenever one of the forms below changes.
pub const EDITION: u16 = 1;

/// The form of a value that is hashed; empty where nothing is left of it.
///
/// - identity: no blanks, full-width forms folded, letters upper case;
/// - name: trimmed, full-width blanks too;
/// - telephone: ASCII digits only, full-width ones folded, without the country code 86 before a mobile number;
/// - address: no blanks, full-width forms folded (rules.md 2.1, M8);
/// - account: trimmed.
pub fn normalise(kind: Kind, text: &str) -> Cow<'_, str> {
    match kind {
        Kind::Name | Kind::Account => Cow::Borrowed(text.trim()),
        Kind::Identity => rewrite(
            text,
            |b| b.is_ascii_digit() || b.is_ascii_uppercase(),
            |c| (!c.is_whitespace()).then(|| folded(c).to_ascii_uppercase()),
        ),
        Kind::Telephone => {
            let digits = rewrite(text, |b| b.is_ascii_digit(), |c| Some(folded(c)).filter(char::is_ascii_digit));
            if digits.len() != 13 || !digits.starts_with("861") {
                return digits;
            }
            match digits {
                Cow::Borrowed(text) => Cow::Borrowed(&text[2..]),
                Cow::Owned(text) => Cow::Owned(text[2..].to_owned()),
            }
        }
        Kind::Address => {
            let plain = text.chars().all(|c| !c.is_whitespace() && folded(c) == c);
            if plain { Cow::Borrowed(text) } else { text.chars().filter(|c| !c.is_whitespace()).map(folded).collect() }
        }
    }
}

fn rewrite(text: &str, keeps: impl Fn(u8) -> bool, each: impl Fn(char) -> Option<char>) -> Cow<'_, str> {
    if text.bytes().all(keeps) { Cow::Borrowed(text) } else { text.chars().filter_map(each).collect() }
}

/// The ASCII character that a full-width form stands for.
fn folded(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        c => c,
    }
}
