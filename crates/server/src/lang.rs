//! The two languages: the table of words, and how numbers, money, spans and days are written in each.

use crate::desk::{Both, Fen};
use std::collections::HashMap;
use std::sync::LazyLock;
use trade::time::{Day, Moment};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lang {
    Zh,
    En,
}

/// The tables as they stand in `text/`: `key = words`, one a line, `{0}` `{1}` for what is filled in.
pub(crate) const TABLES: [(Lang, &str); 2] =
    [(Lang::Zh, include_str!("../text/zh.txt")), (Lang::En, include_str!("../text/en.txt"))];

type Words = HashMap<&'static str, &'static str>;

static WORDS: LazyLock<[Words; 2]> = LazyLock::new(|| TABLES.map(|(_, table)| read(table).collect()));

/// Key and words of each line that is neither empty nor a comment.
pub(crate) fn read(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    table
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
        .map(|line| line.split_once('=').map_or((line.trim(), ""), |(key, words)| (key.trim(), words.trim())))
}

impl Lang {
    pub const ALL: [Lang; 2] = [Lang::Zh, Lang::En];

    /// The prefix of its addresses.
    pub fn name(self) -> &'static str {
        match self {
            Lang::Zh => "zh",
            Lang::En => "en",
        }
    }

    /// The tag for `lang` and `hreflang`.
    pub fn tag(self) -> &'static str {
        match self {
            Lang::Zh => "zh-CN",
            Lang::En => "en",
        }
    }

    pub fn other(self) -> Lang {
        match self {
            Lang::Zh => Lang::En,
            Lang::En => Lang::Zh,
        }
    }

    pub fn parse(name: &str) -> Option<Lang> {
        Lang::ALL.into_iter().find(|l| l.name() == name)
    }

    /// The first of `Accept-Language` that we speak, by weight; Chinese where it names none.
    pub fn accepted(header: &str) -> Lang {
        let mut best = (0, Lang::Zh);
        for part in header.split(',').take(20) {
            let mut pieces = part.split(';');
            let tag = pieces.next().unwrap_or("").trim().to_ascii_lowercase();
            let lang = match tag.split('-').next() {
                Some("zh") => Lang::Zh,
                Some("en") => Lang::En,
                _ => continue,
            };
            let weight = pieces.find_map(|p| p.trim().strip_prefix("q=")).map_or(1000, thousandths);
            if weight > best.0 {
                best = (weight, lang);
            }
        }
        best.1
    }

    /// The words for a key. A missing one shows as its key; a test sees to it that none is missing.
    pub fn t(self, key: &str) -> &str {
        WORDS[self as usize].get(key).copied().unwrap_or(key)
    }

    pub fn has(self, key: &str) -> bool {
        WORDS[self as usize].contains_key(key)
    }

    /// The words for a key, with `{0}`, `{1}` ... filled in.
    pub fn fill(self, key: &str, with: &[&str]) -> String {
        let words = self.t(key);
        let mut out = String::with_capacity(words.len() + 32);
        let mut rest = words;
        while let Some(at) = rest.find('{') {
            out.push_str(&rest[..at]);
            let place = rest[at + 1..].find('}').and_then(|end| {
                let n: usize = rest[at + 1..at + 1 + end].parse().ok()?;
                Some((*with.get(n)?, at + end + 2))
            });
            let Some((text, next)) = place else {
                out.push('{');
                rest = &rest[at + 1..];
                continue;
            };
            out.push_str(text);
            rest = &rest[next..];
        }
        out.push_str(rest);
        out
    }

    pub fn of(self, text: &Both) -> &str {
        match self {
            Lang::Zh => &text.zh,
            Lang::En => &text.en,
        }
    }

    /// `¥1,234.56`, `1,234.56 元`
    pub fn money(self, fen: Fen) -> String {
        match self {
            Lang::Zh => format!("{} 元", table_fen(fen)),
            Lang::En if fen < 0 => format!("−¥{}", table_fen(-fen)),
            Lang::En => format!("¥{}", table_fen(fen)),
        }
    }

    /// A total in large units, and the unit: 851.29 万元, 8.51 m CNY.
    pub fn total(self, fen: Fen) -> (String, &'static str) {
        let yuan = fen.unsigned_abs() / 100;
        let two = |unit: u64| {
            let hundredths = (fen.unsigned_abs() + unit / 2) / unit;
            let sign = if fen < 0 { "−" } else { "" };
            format!("{sign}{}.{:02}", group(hundredths / 100), hundredths % 100)
        };
        match self {
            Lang::Zh if yuan >= 100_000_000 => (two(100_000_000), "亿元"),
            // Six figures and two of fen are wider than a column; the list behind the total has the fen.
            Lang::En if (100_000..1_000_000).contains(&yuan) => (two(1_000), "k CNY"),
            Lang::Zh if yuan >= 10_000 => (two(10_000), "万元"),
            Lang::Zh => (table_fen(fen), "元"),
            Lang::En if yuan >= 1_000_000_000 => (two(1_000_000_000), "bn CNY"),
            Lang::En if yuan >= 1_000_000 => (two(1_000_000), "m CNY"),
            Lang::En => (table_fen(fen), "CNY"),
        }
    }

    /// A span, in the two units that tell most: `0.84 秒`, `3 min 42 s`, `2 天 5 小时`.
    pub fn span(self, ms: u64) -> String {
        let (d, h, m, s) = (ms / 86_400_000, ms / 3_600_000 % 24, ms / 60_000 % 60, ms / 1000 % 60);
        let units = match self {
            Lang::Zh => ["天", "小时", "分", "秒", "毫秒"],
            Lang::En => ["d", "h", "min", "s", "ms"],
        };
        if d > 0 {
            format!("{d} {} {h} {}", units[0], units[1])
        } else if h > 0 {
            format!("{h} {} {m} {}", units[1], units[2])
        } else if m > 0 {
            format!("{m} {} {s} {}", units[2], units[3])
        } else if ms >= 100 {
            format!("{}.{:02} {}", ms / 1000, ms % 1000 / 10, units[3])
        } else {
            format!("{ms} {}", units[4])
        }
    }

    /// `2026年11月11日`, `11 November 2026`
    pub fn long_day(self, day: Day) -> String {
        let (y, m, d) = day.date();
        match self {
            Lang::Zh => format!("{y}年{m}月{d}日"),
            Lang::En => format!("{d} {} {y}", MONTHS[m as usize - 1]),
        }
    }

    /// The day with its weekday and the time to the second, for the dateline.
    pub fn dateline(self, at: Moment) -> String {
        // 1970-01-01 was a Thursday.
        let weekday = (at.day().0 + 3).rem_euclid(7) as usize;
        match self {
            Lang::Zh => {
                let name = ["一", "二", "三", "四", "五", "六", "日"][weekday];
                format!("{} 星期{name} {}", self.long_day(at.day()), clock(at))
            }
            Lang::En => format!("{} {}, {}", WEEKDAYS[weekday], self.long_day(at.day()), clock(at)),
        }
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// `q=0.8` is 800. What is no weight counts as none.
fn thousandths(text: &str) -> u32 {
    let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    if !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return 0;
    }
    let fraction: u32 = format!("{fraction:0<3}").get(..3).and_then(|f| f.parse().ok()).unwrap_or(0);
    (whole.parse::<u32>().unwrap_or(0).min(1) * 1000 + fraction).min(1000)
}

/// `1,234,567`
pub fn group(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// Fen as tables show them: `−1,234.56`.
pub fn table_fen(fen: Fen) -> String {
    let all = fen.unsigned_abs();
    format!("{}{}.{:02}", if fen < 0 { "−" } else { "" }, group(all / 100), all % 100)
}

/// `10:41:52`, Beijing time.
pub fn clock(at: Moment) -> String {
    at.to_string()[11..19].to_owned()
}

/// `10:41:52.692`
pub fn clock_ms(at: Moment) -> String {
    at.to_string()[11..23].to_owned()
}

/// `2026-11-11 10:41:52`
pub fn stamp(at: Moment) -> String {
    format!("{} {}", at.day(), clock(at))
}

/// Share of a whole in hundredths of a percent, as text: `99.06%`.
pub fn share(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "–".into();
    }
    let hundredths = (u128::from(part) * 10_000 + u128::from(whole) / 2) / u128::from(whole);
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

/// A list number in its parts: `6409 2026 I 048213551`; anything else as it is.
pub fn parted(key: &str) -> String {
    let official = key.len() == 18
        && key.bytes().enumerate().all(|(i, b)| if i == 8 { matches!(b, b'I' | b'E') } else { b.is_ascii_digit() });
    if official { format!("{} {} {} {}", &key[..4], &key[4..8], &key[8..9], &key[9..]) } else { key.to_owned() }
}

/// A small value, or a reference to one, or a reference to that: templates hand over all three.
pub trait Plain<T> {
    fn plain(&self) -> T;
}

impl<T: Copy> Plain<T> for T {
    fn plain(&self) -> T {
        *self
    }
}

impl<T: Copy> Plain<T> for &T {
    fn plain(&self) -> T {
        **self
    }
}

impl<T: Copy> Plain<T> for &&T {
    fn plain(&self) -> T {
        ***self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_the_language_writes_them() {
        assert_eq!(group(0), "0");
        assert_eq!(group(999), "999");
        assert_eq!(group(48_213_907), "48,213,907");
        assert_eq!(table_fen(-123_456), "−1,234.56");
        assert_eq!(table_fen(5), "0.05");
        assert_eq!(Lang::Zh.money(123_456), "1,234.56 元");
        assert_eq!(Lang::En.money(-123_456), "−¥1,234.56");
        assert_eq!(Lang::Zh.total(851_290_000), ("851.29".into(), "万元"));
        assert_eq!(Lang::Zh.total(608_400_000_000), ("60.84".into(), "亿元"));
        assert_eq!(Lang::En.total(851_290_000), ("8.51".into(), "m CNY"));
        assert_eq!(Lang::En.total(608_400_000_000), ("6.08".into(), "bn CNY"));
        assert_eq!(Lang::Zh.span(840), "0.84 秒");
        assert_eq!(Lang::En.span(222_000), "3 min 42 s");
        assert_eq!(Lang::En.span(7), "7 ms");
        assert_eq!(share(408_934, 412_806), "99.06%");
        assert_eq!(share(1, 0), "–");
    }

    #[test]
    fn a_day_has_its_weekday() {
        let at = Moment::parse("2026-11-11T10:42:07").unwrap();
        assert_eq!(Lang::Zh.dateline(at), "2026年11月11日 星期三 10:42:07");
        assert_eq!(Lang::En.dateline(at), "Wednesday 11 November 2026, 10:42:07");
        assert_eq!(stamp(at), "2026-11-11 10:42:07");
        assert_eq!(clock_ms(Moment(at.0 + 9)), "10:42:07.009");
    }

    #[test]
    fn the_heaviest_known_language_wins() {
        assert_eq!(Lang::accepted("en-GB,en;q=0.9,zh;q=0.8"), Lang::En);
        assert_eq!(Lang::accepted("fr,zh-CN;q=0.5,en;q=0.4"), Lang::Zh);
        assert_eq!(Lang::accepted("en;q=0, zh;q=0.1"), Lang::Zh);
        assert_eq!(Lang::accepted(""), Lang::Zh);
        assert_eq!(Lang::accepted("en;q=é.9x"), Lang::Zh);
        assert_eq!(Lang::accepted(&"x,".repeat(100_000)), Lang::Zh);
    }

    #[test]
    fn only_places_that_were_given_are_filled() {
        assert_eq!(Lang::En.fill("a {0} of {1} {2} {x} {", &["b", "{0}"]), "a b of {0} {2} {x} {");
    }

    #[test]
    fn only_a_list_number_is_parted() {
        assert_eq!(parted("64092026I048213551"), "6409 2026 I 048213551");
        assert_eq!(parted("YD20261111000482"), "YD20261111000482");
        assert_eq!(parted("票票票票票票"), "票票票票票票");
    }
}

#[cfg(test)]
mod table_tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;

    /// Templates and sources, in which every key that is used stands as a quoted word.
    fn sources(dir: &Path, out: &mut String) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, out);
            } else {
                out.push_str(&std::fs::read_to_string(&path).unwrap());
            }
        }
    }

    #[test]
    fn both_tables_have_the_same_keys_and_places_and_no_key_twice() {
        let [zh, en] = TABLES.map(|(_, table)| read(table).collect::<Vec<_>>());
        let keys = |table: &[(&'static str, &str)]| table.iter().map(|(k, _)| *k).collect::<BTreeSet<_>>();
        assert_eq!(zh.len(), keys(&zh).len());
        assert_eq!(en.len(), keys(&en).len());
        assert_eq!(keys(&zh), keys(&en));
        let places = |text: &str| text.matches('{').count();
        for (key, words) in &zh {
            let (_, other) = en.iter().find(|(k, _)| k == key).unwrap();
            let only_valid_differs = ["try.valid"].contains(key);
            assert!(places(words) == places(other) || only_valid_differs, "{key}");
            assert!(!words.is_empty() && (!other.is_empty() || *key == "issue.after"), "{key} has no words");
        }
        for (_, words) in &en {
            let han = words.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
            assert!(!han || *words == "中文", "{words}");
        }
    }

    #[test]
    fn every_key_is_used_and_every_used_key_has_words() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut text = String::new();
        sources(&root.join("src"), &mut text);
        sources(&root.join("templates"), &mut text);
        let keys: BTreeSet<_> = read(TABLES[0].1).map(|(key, _)| key).collect();
        // Built from a prefix and a name: these stand in the code as `prefix.{}`.
        let built = [
            "seal.",
            "state.",
            "regime.",
            "service.",
            "fault.",
            "action.",
            "purpose.",
            "scope.",
            "way.",
            "role.",
            "message.",
            "move.",
            "paper.",
            "figure.",
            "receipt.of.",
            "stage.",
            "matter.",
            "status.",
            "board.",
            "registry.",
            "policies.table.",
            "articles.fate.",
            "transfer.",
            "hook.state.",
            "connector.kind.",
            "connector.state.",
            "request.state.",
            "request.what.",
            "ruling.of.",
            "ruling.state.",
            "holding.",
            "certifiable.",
            "grade.",
            "method.",
            "power.",
            "partyrole.",
            "identity.grade.",
            "identity.found.",
            "identity.method.",
            "room.next.",
            "back.",
        ];
        for code in trade::finding::Code::ALL {
            assert!(keys.contains(&*format!("title.{}", code.name())), "{} has no title", code.name());
        }
        let all = trade::receipt::Shown {
            statement: Some(Box::default()),
            changes: Some(Box::new(trade::correction::Bill {
                sums: vec![Default::default(); trade::correction::Matter::ALL.len()],
                ..Default::default()
            })),
            period: Some(Box::default()),
            articles: Some(Box::default()),
            abroad: Some(Box::default()),
            request: Some(Box::default()),
            filing: Some(Box::default()),
            ..Default::default()
        };
        let figures: BTreeSet<_> =
            wire::bonded::figures(&all).iter().map(|(name, _)| format!("figure.{name}")).collect();
        let worded: BTreeSet<_> =
            keys.iter().filter(|key| key.starts_with("figure.")).map(|key| key.to_string()).collect();
        assert_eq!(figures, worded);
        for message in wire::ceb::table::Message::all().filter(|m| m.kind.is_application()) {
            assert!(keys.contains(&*format!("message.{}", message.kind.number())), "{} has no name", message.kind);
        }
        for key in &keys {
            let used = key.strip_prefix("problem.").is_some_and(|code| text.contains(&format!("\"{code}\"")))
                || key.strip_prefix("title.").is_some_and(|code| trade::finding::Code::from_name(code).is_some())
                || text.contains(&format!("\"{key}\""))
                || built.iter().any(|p| key.starts_with(p));
            assert!(used, "{key} is in the tables and nowhere else");
        }
        for call in [".t(\"", ".t1(\"", ".t2(\"", ".fill(\""] {
            for rest in text.split(call).skip(1) {
                let key = rest.split('"').next().unwrap_or("");
                assert!(keys.contains(key) || key.contains(['{', ' ']), "{key} is used and in no table");
            }
        }
        // What stands between quotes and is UPPER_SNAKE after a problem's status is its code.
        for rest in text.split("Problem::new(StatusCode::").skip(1) {
            let code = rest.split('"').nth(1).unwrap_or("");
            let snake = code.bytes().all(|b| b.is_ascii_uppercase() || b"_0123456789".contains(&b));
            assert!(!snake || keys.contains(&*format!("problem.{code}")), "{code} has no words");
        }
        for state in crate::desk::State::ALL {
            assert!(
                keys.contains(&*format!("seal.{}", state.name())) && keys.contains(&*format!("state.{}", state.name()))
            );
        }
        for kind in ["403", "404", "413", "422", "429", "500", "501", "503"] {
            for part in ["title", "lead", "about", "next"] {
                assert!(keys.contains(&*format!("fault.{kind}.{part}")), "fault.{kind}.{part}");
            }
        }
    }
}
