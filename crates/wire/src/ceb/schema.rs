//! How the table says what a message holds, and what the official schema demands of one value.

use trade::finding::Code;

/// The namespaces of the family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Space {
    /// No namespace at all.
    None,
    Ceb,
    Dxp,
    Dsig,
    Xsi,
    Xml,
    Other,
}

pub const CEB: &str = "http://www.chinaport.gov.cn/ceb";
pub const DXP: &str = "http://www.chinaport.gov.cn/dxp";
pub const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
pub const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
pub const XML: &str = "http://www.w3.org/XML/1998/namespace";

impl Space {
    pub fn of(uri: &str) -> Space {
        match uri {
            "" => Space::None,
            CEB => Space::Ceb,
            DXP => Space::Dxp,
            DSIG => Space::Dsig,
            XSI => Space::Xsi,
            XML => Space::Xml,
            _ => Space::Other,
        }
    }
}

/// The type of one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// At least and at most so many characters.
    Text(u32, u32),
    /// A text that the prose allows to be longer than the schema: at least, at most, at most by the prose.
    Prose(u32, u32, u32),
    /// A text of which blanks at the ends do not count, nor more than one between words: at least, at most.
    Token(u32, u32),
    /// An empty element stands for this value.
    Or(&'static str, &'static Type),
    /// Eight digits, `YYYYMMDD`; to the schema any 8 characters.
    Day,
    /// Fourteen digits, `YYYYMMDDhhmmss`; to the schema any 14 characters.
    Time,
    /// Seventeen digits, to the millisecond; to the schema any 17 characters.
    Stamp,
    /// N19,5: at most 19 digits, 5 of them after the point.
    Decimal,
    /// A number of 32 bits with at most so many digits.
    Int(u32),
    /// One value only; an empty element stands for it.
    Fixed(&'static str),
    /// One value only.
    Only(&'static str),
    Base64,
    Uri,
    Id,
    Integer,
    DateTime,
    Date,
}

pub const ANY_LENGTH: u32 = u32::MAX;

/// Whether a field may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The schema demands it, and so do we.
    Must,
    /// The schema demands it; neither matching nor tax nor identity needs it, so older clients may leave it out.
    Safe,
    May,
    /// The schema does not have it, the prose does: passed over.
    Extra,
}

/// Where a value goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goes {
    /// Into the document as it is.
    Kept,
    /// Nowhere but the vault, with the original.
    Vault,
    /// Personal: as pseudonyms of this kind.
    Identity,
    Name,
    Telephone,
    Address,
    Account,
}

/// What an element holds.
#[derive(Clone, Copy, Debug)]
pub enum Body {
    Value(Type),
    /// These elements in this order.
    Flat(&'static [Item]),
    /// Elements by a grammar; `mixed` with text between them.
    Grammar {
        mixed: bool,
        rule: &'static Rule,
    },
    /// At most one element of any kind, which nobody looks into.
    AnyOne,
    /// No element and no text.
    Empty,
    /// Anything, with any attributes.
    Anything,
}

/// A content model that is not a plain sequence (XML-DSig has some). Always deterministic.
#[derive(Clone, Copy, Debug)]
pub enum Rule {
    One(&'static Item),
    /// An element of another namespace than XML-DSig, and not of none.
    Other,
    Seq(&'static [Rule]),
    Choice(&'static [Rule]),
    Repeat(&'static Rule, u32, u32),
}

#[derive(Clone, Copy, Debug)]
pub struct Attribute {
    pub name: &'static str,
    pub kind: Type,
    pub required: bool,
}

/// One row of the table: an element, where it may stand and what it is.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    pub name: &'static str,
    /// Its end tag with the prefix that we write, `</ceb:name>`; empty where nobody writes it.
    pub tag: &'static str,
    pub space: Space,
    pub body: Body,
    pub attributes: &'static [Attribute],
    /// How often the schema wants it.
    pub min: u32,
    pub max: u32,
    pub need: Need,
    pub goes: Goes,
    /// The term of the specification.
    pub zh: &'static str,
    pub en: &'static str,
    /// Other spellings that clients took from the prose.
    pub also: &'static [&'static str],
}

impl Item {
    pub const fn field(
        name: &'static str,
        kind: Type,
        need: Need,
        goes: Goes,
        zh: &'static str,
        en: &'static str,
        also: &'static [&'static str],
    ) -> Item {
        let min = matches!(need, Need::Must | Need::Safe) as u32;
        let max = !matches!(need, Need::Extra) as u32;
        Item {
            name,
            tag: "",
            space: Space::Ceb,
            body: Body::Value(kind),
            attributes: &[],
            min,
            max,
            need,
            goes,
            zh,
            en,
            also,
        }
    }

    pub const fn tagged(mut self, tag: &'static str) -> Item {
        self.tag = tag;
        self
    }

    pub const fn node(name: &'static str, of: &'static [Item], min: u32, max: u32) -> Item {
        Item {
            name,
            tag: "",
            space: Space::Ceb,
            body: Body::Flat(of),
            attributes: &[],
            min,
            max,
            need: if min == 0 { Need::May } else { Need::Must },
            goes: Goes::Vault,
            zh: "",
            en: "",
            also: &[],
        }
    }

    pub const fn with(mut self, attributes: &'static [Attribute]) -> Item {
        self.attributes = attributes;
        self
    }

    pub const fn spelled(mut self, also: &'static [&'static str]) -> Item {
        self.also = also;
        self
    }

    pub const fn holding(mut self, body: Body) -> Item {
        self.body = body;
        self
    }

    pub const fn within(mut self, space: Space) -> Item {
        self.space = space;
        self
    }

    pub const fn times(mut self, min: u32, max: u32) -> Item {
        self.min = min;
        self.max = max;
        self.need = if min == 0 { Need::May } else { Need::Must };
        self
    }

    /// The type of a leaf.
    pub fn kind(&self) -> Option<Type> {
        if let Body::Value(kind) = self.body { Some(kind) } else { None }
    }
}

/// What is wrong with a value: a code and the number or word that its text names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    pub code: Code,
    pub length: usize,
    pub bound: u32,
    pub expected: &'static str,
}

impl Wrong {
    fn new(code: Code) -> Wrong {
        Wrong { code, length: 0, bound: 0, expected: "" }
    }

    fn form(expected: &'static str) -> Wrong {
        Wrong { expected, ..Wrong::new(Code::ValueForm) }
    }
}

/// The white space of XML.
pub fn is_blank(b: u8) -> bool {
    matches!(b, b' ' | b'\t' | b'\n' | b'\r')
}

pub fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\n', '\r'])
}

/// The characters of a text, as the schema counts them.
#[inline]
pub fn length(text: &str) -> usize {
    text.bytes().filter(|&b| (b as i8) >= -0x40).count()
}

fn sized(text: &str, min: u32, max: u32) -> Result<(), Wrong> {
    // As many bytes as are allowed characters can never be too many, and any byte is a character or begins one.
    if text.len() <= max as usize && text.len() >= min as usize && (min <= 1 || text.is_ascii()) {
        return Ok(());
    }
    let n = length(text);
    let code = match () {
        () if n >= min as usize && n <= max as usize => return Ok(()),
        () if min == max => Code::LengthWrong,
        () if n < min as usize => Code::TooShort,
        () => Code::TooLong,
    };
    Err(Wrong { length: n, bound: if code == Code::TooShort { min } else { max }, ..Wrong::new(code) })
}

impl Type {
    /// The official schema's verdict on a value. White space counts in texts, dates and counts and is left out around
    /// decimal numbers.
    ///
    /// # Errors
    /// What is wrong, in terms of [`Code`].
    pub fn check(self, text: &str) -> Result<(), Wrong> {
        match self {
            Type::Text(min, max) | Type::Prose(min, max, _) => sized(text, min, max),
            Type::Token(min, max) => {
                match text.contains(['\t', '\n', '\r']) || text.contains("  ") || trim(text) != text {
                    true => sized(
                        &text.split([' ', '\t', '\n', '\r']).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" "),
                        min,
                        max,
                    ),
                    false => sized(text, min, max),
                }
            }
            Type::Or(_, _) if text.is_empty() => Ok(()),
            Type::Or(_, other) => other.check(text),
            Type::Day => sized(text, 8, 8),
            Type::Time => sized(text, 14, 14),
            Type::Stamp => sized(text, 17, 17),
            Type::Decimal => decimal(trim(text)),
            // The oracle takes no white space around an xs:int, though the schema language lets it be left out.
            Type::Int(digits) => int(text, digits),
            Type::Fixed(only) if text.is_empty() || text == only => Ok(()),
            Type::Fixed(only) => Err(Wrong { expected: only, ..Wrong::new(Code::ValueUnknown) }),
            Type::Only(only) if text == only => Ok(()),
            Type::Only(only) => Err(Wrong { expected: only, ..Wrong::new(Code::ValueUnknown) }),
            Type::Base64 => base64(text).then_some(()).ok_or(Wrong::form("base64Binary")),
            Type::Uri => uri(trim(text)).then_some(()).ok_or(Wrong::form("anyURI")),
            Type::Id => is_name(trim(text)).then_some(()).ok_or(Wrong::form("ID")),
            Type::Integer => integer(trim(text)).then_some(()).ok_or(Wrong::form("integer")),
            Type::DateTime => date_time(trim(text)).then_some(()).ok_or(Wrong::form("dateTime")),
            Type::Date => date(trim(text)).then_some(()).ok_or(Wrong::form("date")),
        }
    }
}

fn decimal(text: &str) -> Result<(), Wrong> {
    let body = text.strip_prefix(['+', '-']).unwrap_or(text).as_bytes();
    let zeros = body.iter().take_while(|&&b| b == b'0').count();
    let rest = &body[zeros..];
    let whole = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let fraction = match rest.get(whole) {
        None => &[][..],
        Some(b'.') => &rest[whole + 1..],
        Some(_) => return Err(Wrong::new(Code::NotANumber)),
    };
    if !fraction.iter().all(u8::is_ascii_digit) || zeros + whole + fraction.len() == 0 {
        return Err(Wrong::new(Code::NotANumber));
    }
    let kept = fraction.iter().rposition(|&b| b != b'0').map_or(0, |i| i + 1);
    if kept > 5 || whole + kept > 19 {
        return Err(Wrong::new(Code::TooManyDigits));
    }
    Ok(())
}

fn integer(text: &str) -> bool {
    let body = text.strip_prefix(['+', '-']).unwrap_or(text);
    !body.is_empty() && body.bytes().all(|b| b.is_ascii_digit())
}

fn int(text: &str, digits: u32) -> Result<(), Wrong> {
    if !integer(text) {
        return Err(Wrong::new(Code::NotANumber));
    }
    match text.parse::<i32>() {
        Err(_) => Err(Wrong::new(Code::NumberOutOfRange)),
        Ok(n) if n.unsigned_abs().checked_ilog10().map_or(1, |d| d + 1) > digits => {
            Err(Wrong::new(Code::TooManyDigits))
        }
        Ok(_) => Ok(()),
    }
}

/// As the oracle reads it: characters outside the alphabet are passed over, only number and padding count.
fn base64(text: &str) -> bool {
    let (mut n, mut last, mut padding) = (0usize, 0u8, 0);
    for b in text.bytes() {
        last = match b {
            b'A'..=b'Z' => b - b'A',
            b'a'..=b'z' => b - b'a' + 26,
            b'0'..=b'9' => b - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => {
                padding += 1;
                continue;
            }
            _ => continue,
        };
        if padding > 0 {
            return false;
        }
        n += 1;
    }
    match padding {
        0 => n % 4 == 0,
        1 => n % 4 == 3 && last & 0x3 == 0,
        2 => n % 4 == 2 && last & 0xf == 0,
        _ => false,
    }
}

fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c != ':' && super::tree::starts_name(c))
        && chars.all(|c| c != ':' && super::tree::goes_on_name(c))
}

/// RFC 3986 as the oracle reads it: characters that need an escape are taken as if they had one.
fn uri(text: &str) -> bool {
    let bytes = text.as_bytes();
    let escapes_ok = bytes
        .iter()
        .enumerate()
        .all(|(i, &b)| b != b'%' || bytes.get(i + 1..i + 3).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit)));
    let (before, fragment) = text.split_once('#').unwrap_or((text, ""));
    let rest = match before.find([':', '/', '?']) {
        Some(at) if bytes[at] == b':' => {
            let scheme = &bytes[..at];
            let letters = |b: &u8| b.is_ascii_alphanumeric() || b"+-.".contains(b);
            if !scheme.first().is_some_and(u8::is_ascii_alphabetic) || !scheme.iter().all(letters) {
                return false;
            }
            &before[at + 1..]
        }
        _ => before,
    };
    let (host, path) = match rest.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len())),
        None => ("", rest),
    };
    escapes_ok && !fragment.contains(['#', '[', ']']) && !path.contains(['[', ']']) && authority(host)
}

/// `user@host:port`, the host possibly a literal address in brackets.
fn authority(text: &str) -> bool {
    let (user, host) = text.split_once('@').unwrap_or(("", text));
    let (host, port) = match host.strip_prefix('[').map(|h| h.split_once(']')) {
        Some(Some((address, port))) => (address, port),
        Some(None) => return false,
        None => host.split_at(host.find(':').unwrap_or(host.len())),
    };
    let port_ok = port.is_empty() || port.strip_prefix(':').is_some_and(|p| p.bytes().all(|b| b.is_ascii_digit()));
    port_ok && !user.contains(['[', ']']) && !host.contains(['@', '[', ']'])
}

fn date(text: &str) -> bool {
    split_date(text).is_some_and(zone)
}

fn date_time(text: &str) -> bool {
    let Some(rest) = split_date(text).and_then(|r| r.strip_prefix('T')) else { return false };
    let (Some(clock), Some(rest)) = (rest.get(..8), rest.get(8..)) else { return false };
    let b = clock.as_bytes();
    let two = |i: usize| Some(u32::from(digit(b[i])?) * 10 + u32::from(digit(b[i + 1])?));
    let (Some(h), Some(m), Some(s), b':', b':') = (two(0), two(3), two(6), b[2], b[5]) else { return false };
    let rest = match rest.strip_prefix('.') {
        None => rest,
        Some(fraction) => {
            let end = fraction.find(|c: char| !c.is_ascii_digit()).unwrap_or(fraction.len());
            if end == 0 {
                return false;
            }
            &fraction[end..]
        }
    };
    (h < 24 && m < 60 && s < 60 || h == 24 && m == 0 && s == 0) && zone(rest)
}

fn digit(b: u8) -> Option<u8> {
    b.is_ascii_digit().then(|| b - b'0')
}

/// What follows a date that exists in the calendar.
fn split_date(text: &str) -> Option<&str> {
    let year_end = text.strip_prefix('-').unwrap_or(text).find('-')? + usize::from(text.starts_with('-'));
    let year = text.get(..year_end)?.trim_start_matches('-');
    let (md, rest) = (text.get(year_end..year_end + 6)?, text.get(year_end + 6..)?);
    let number = |t: &str| t.bytes().all(|b| b.is_ascii_digit()).then(|| t.parse::<u32>().ok()).flatten();
    if year.len() < 4 || year.len() > 4 && year.starts_with('0') || year.len() > 9 || !md.is_ascii() {
        return None;
    }
    let y = number(year)?;
    let (m, d) = (number(md.strip_prefix('-')?.get(..2)?)?, number(md.get(3..)?.strip_prefix('-')?)?);
    let leap = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
    let days = match m {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    (y != 0 && (1..=days).contains(&d)).then_some(rest)
}

fn zone(text: &str) -> bool {
    match text.as_bytes() {
        [] | [b'Z'] => true,
        [b'+' | b'-', a, b, b':', c, d] => {
            let n = |x: u8, y: u8| Some(u32::from(digit(x)?) * 10 + u32::from(digit(y)?));
            matches!((n(*a, *b), n(*c, *d)), (Some(h), Some(m)) if h < 14 && m < 60 || h == 14 && m == 0)
        }
        _ => false,
    }
}
