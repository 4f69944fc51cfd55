//! What is said of a journal under other laws: as JSON, CSV, and in words.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

use serde_json::{Value, json};
use store::proof::hex;
use trade::decide::READING;
use trade::finding::{Language, TEXTS};
use trade::key::CaseKey;
use trade::money::Fen;
use trade::pack::Text;
use trade::policy::READINGS;
use trade::time::Moment;

/// What several drafts would have done with one journal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The last entry that was read.
    pub revision: u64,
    /// The chain's hash up to there: it names everything that was read.
    pub hash: [u8; 32],
    /// When the first and the last entry were made.
    pub first: Moment,
    pub last: Moment,
    pub drafts: Vec<Drafted>,
}

/// Lists, as they ended by the journal and as they end under a draft: `[before, after]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub lists: u64,
    /// Lists that end in another state or with another tax.
    pub changed: u64,
    pub released: [u64; 2],
    pub refused: [u64; 2],
    pub tax_fen: [i64; 2],
}

/// By what lists are put into groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dimension {
    /// Supervision mode (监管方式) and direction: `9610 import`.
    Regime,
    /// Four digits of the line that is worth most (品目).
    Heading,
    /// Sellers by the lists that they have in this journal: `1-10`, `11-100` and so on.
    Size,
    /// The seller's customs code.
    Seller,
}

impl Dimension {
    pub const ALL: [Dimension; 4] = [Dimension::Regime, Dimension::Heading, Dimension::Size, Dimension::Seller];

    pub fn name(self) -> &'static str {
        match self {
            Dimension::Regime => "regime",
            Dimension::Heading => "heading",
            Dimension::Size => "size",
            Dimension::Seller => "seller",
        }
    }
}

/// What one draft would have done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drafted {
    pub name: String,
    pub fingerprint: [u8; 32],
    pub total: Tally,
    pub newly_released: u64,
    pub newly_refused: u64,
    /// Released both ways, with more or with less tax.
    pub taxed_more: u64,
    pub taxed_less: u64,
    /// Commands whose ground is gone, by what they are: an act's name, a message's.
    pub void: BTreeMap<String, u64>,
    /// Why lists are newly refused.
    pub reasons: BTreeMap<String, u64>,
    /// In the order of their names; sellers are the twenty that lose and the twenty that gain most.
    pub groups: BTreeMap<Dimension, Vec<(String, Tally)>>,
    /// Sellers of whose lists fewer are released, or as many with more tax; and the other way round.
    pub sellers_hit: u64,
    pub sellers_gaining: u64,
    /// The first lists that end otherwise, in order: seller and order number.
    pub examples: Vec<(String, String)>,
}

impl Tally {
    pub fn add(&mut self, other: &Tally) {
        self.lists += other.lists;
        self.changed += other.changed;
        for side in 0..2 {
            self.released[side] += other.released[side];
            self.refused[side] += other.refused[side];
            self.tax_fen[side] += other.tax_fen[side];
        }
    }

    /// More released first, then less tax: below zero for who loses.
    fn gain(&self) -> (i64, i64) {
        let more = |[before, after]: [u64; 2]| i64::try_from(after).unwrap_or(0) - i64::try_from(before).unwrap_or(0);
        match more(self.released) {
            0 => (0, self.tax_fen[0] - self.tax_fen[1]),
            more => (more, 0),
        }
    }

    fn json(&self) -> Value {
        json!({
            "of": self.lists, "changed": self.changed,
            "released_before": self.released[0], "released_after": self.released[1],
            "refused_before": self.refused[0], "refused_after": self.refused[1],
            "tax_before_fen": self.tax_fen[0], "tax_after_fen": self.tax_fen[1],
        })
    }
}

/// Groups while they are being added up.
#[derive(Default)]
pub struct Groups {
    regime: BTreeMap<(Text, bool), Tally>,
    heading: BTreeMap<Text, Tally>,
    seller: HashMap<Text, Tally>,
}

/// Sellers that are named on each side.
const NAMED: usize = 20;

impl Groups {
    pub(super) fn add(&mut self, key: &CaseKey, about: Option<(&(Text, bool), &str)>, one: &Tally) {
        if let Some((regime, heading)) = about {
            // Few kinds and millions of lists: what is there already is not copied.
            match self.regime.get_mut(regime) {
                Some(tally) => tally.add(one),
                None => self.regime.entry(regime.clone()).or_default().add(one),
            }
            match self.heading.get_mut(heading) {
                Some(tally) => tally.add(one),
                None => self.heading.entry(heading.into()).or_default().add(one),
            }
        }
        self.seller.entry(key.ebc.clone()).or_default().add(one);
    }

    pub(super) fn join(&mut self, other: Groups) {
        other.regime.into_iter().for_each(|(regime, tally)| self.regime.entry(regime).or_default().add(&tally));
        other.heading.into_iter().for_each(|(heading, tally)| self.heading.entry(heading).or_default().add(&tally));
        other.seller.into_iter().for_each(|(seller, tally)| self.seller.entry(seller).or_default().add(&tally));
    }

    pub(super) fn into_report(self, found: &mut Drafted) {
        let direction = |export| if export { "export" } else { "import" };
        let regimes = self.regime.into_iter().map(|((mode, export), t)| (format!("{mode} {}", direction(export)), t));
        let mut sizes: BTreeMap<u32, Tally> = BTreeMap::new();
        self.seller.values().for_each(|tally| sizes.entry(size(tally.lists)).or_default().add(tally));
        let mut sellers: Vec<_> = self.seller.into_iter().map(|(code, t)| (code.to_string(), t)).collect();
        sellers.retain(|(_, tally)| tally.gain() != (0, 0));
        sellers.sort_by(|(a, x), (b, y)| x.gain().cmp(&y.gain()).then_with(|| a.cmp(b)));
        found.sellers_hit = sellers.iter().filter(|(_, t)| t.gain() < (0, 0)).count() as u64;
        found.sellers_gaining = sellers.len() as u64 - found.sellers_hit;
        if sellers.len() > 2 * NAMED {
            sellers.drain(NAMED..sellers.len() - NAMED);
        }
        found.groups.insert(Dimension::Regime, regimes.collect());
        found.groups.insert(Dimension::Heading, self.heading.into_iter().map(|(h, t)| (h.to_string(), t)).collect());
        found.groups.insert(Dimension::Size, sizes.into_iter().map(|(s, t)| (size_name(s), t)).collect());
        found.groups.insert(Dimension::Seller, sellers);
    }
}

/// 0 for up to ten lists, 1 for up to a hundred, and so on.
fn size(lists: u64) -> u32 {
    lists.saturating_sub(1).checked_ilog10().unwrap_or(0)
}

fn size_name(size: u32) -> String {
    let most = 10u64.saturating_pow(size + 1);
    let least = if size == 0 { 1 } else { most / 10 + 1 };
    format!("{least}-{most}")
}

impl Drafted {
    /// The sum of `void`.
    pub fn voided(&self) -> u64 {
        self.void.values().sum()
    }

    /// The rows of a dimension.
    pub fn rows(&self, dimension: Dimension) -> &[(String, Tally)] {
        self.groups.get(&dimension).map_or(&[], Vec::as_slice)
    }
}

/// The columns of [`Report::csv_rows`].
pub const COLUMNS: [&str; 11] = [
    "draft",
    "by",
    "group",
    "lists",
    "changed",
    "released_before",
    "released_after",
    "refused_before",
    "refused_after",
    "tax_before_fen",
    "tax_after_fen",
];

impl Report {
    /// One draft with all that names what it stands on; other programs read these fields.
    pub fn json(&self, drafted: &Drafted) -> Value {
        let mut all = drafted.total.json();
        let groups = |dimension: Dimension| -> Vec<Value> {
            let row = |(name, tally): &(String, Tally)| {
                let mut row = tally.json();
                row[dimension.name()] = json!(name);
                row
            };
            drafted.rows(dimension).iter().map(row).collect()
        };
        let more = json!({
            "void": drafted.voided(),
            "examples": drafted.examples,
            "draft": drafted.name,
            "void_by": drafted.void,
            "newly_released": drafted.newly_released,
            "newly_refused": drafted.newly_refused,
            "newly_refused_by": drafted.reasons,
            "taxed_more": drafted.taxed_more,
            "taxed_less": drafted.taxed_less,
            "sellers_hit": drafted.sellers_hit,
            "sellers_gaining": drafted.sellers_gaining,
            "by_regime": groups(Dimension::Regime),
            "by_heading": groups(Dimension::Heading),
            "by_size": groups(Dimension::Size),
            "by_seller": groups(Dimension::Seller),
            "static": true,
            "journal": {
                "revision": self.revision, "hash": hex(&self.hash),
                "first": self.first.to_string(), "last": self.last.to_string(),
            },
            "policy": {"fingerprint": hex(&drafted.fingerprint)},
            "program": {"reading": READING, "readings": READINGS, "texts": TEXTS},
        });
        if let (Some(all), Value::Object(more)) = (all.as_object_mut(), more) {
            all.extend(more);
        }
        all
    }

    /// A row for each draft and group, the whole first; see [`COLUMNS`].
    pub fn csv_rows(&self) -> Vec<[String; 11]> {
        let mut rows = Vec::new();
        for drafted in &self.drafts {
            let mut row = |by: &str, group: &str, t: &Tally| {
                let numbers = [t.lists, t.changed, t.released[0], t.released[1], t.refused[0], t.refused[1]];
                let [lists, changed, r0, r1, f0, f1] = numbers.map(|n| n.to_string());
                let [t0, t1] = t.tax_fen.map(|n| n.to_string());
                rows.push([drafted.name.clone(), by.into(), group.into(), lists, changed, r0, r1, f0, f1, t0, t1]);
            };
            row("all", "", &drafted.total);
            for dimension in Dimension::ALL {
                drafted.rows(dimension).iter().for_each(|(group, tally)| row(dimension.name(), group, tally));
            }
        }
        rows
    }

    /// [`COLUMNS`] and [`Report::csv_rows`] as a file.
    pub fn csv(&self) -> String {
        let cell = |text: &str| match text.contains([',', '"', '\n', '\r']) {
            true => format!("\"{}\"", text.replace('"', "\"\"")),
            false => text.to_owned(),
        };
        let mut file = COLUMNS.join(",") + "\n";
        for row in self.csv_rows() {
            file += &row.map(|text| cell(&text)).join(",");
            file.push('\n');
        }
        file
    }

    /// For people, in one language.
    pub fn words(&self, language: Language) -> String {
        let mut text = String::new();
        let say = |zh: &'static str, en: &'static str| if language == Language::Zh { zh } else { en };
        for (number, drafted) in self.drafts.iter().enumerate() {
            let total = &drafted.total;
            if number > 0 {
                text.push('\n');
            }
            let _ = match language {
                Language::Zh => write!(
                    text,
                    "{}：{} 票清单中 {} 票结果不同；{} 条指令失去依据",
                    drafted.name,
                    total.lists,
                    total.changed,
                    drafted.voided()
                ),
                Language::En => write!(
                    text,
                    "{}: {} of {} parcels would end otherwise; {} commands would have no ground",
                    drafted.name,
                    total.changed,
                    total.lists,
                    drafted.voided()
                ),
            };
            let yuan = |fen: i64| Fen(fen).to_string();
            let _ = write!(
                text,
                "\n  {} {} -> {}",
                say("税款（元）", "tax, yuan"),
                yuan(total.tax_fen[0]),
                yuan(total.tax_fen[1])
            );
            for (zh, en, [before, after]) in [("放行", "released", total.released), ("退回", "refused", total.refused)]
            {
                let _ = write!(text, "\n  {} {before} -> {after}", say(zh, en));
            }
            for (zh, en, n) in [
                ("新放行", "newly released", drafted.newly_released),
                ("新退回", "newly refused", drafted.newly_refused),
                ("多缴税", "with more tax", drafted.taxed_more),
                ("少缴税", "with less tax", drafted.taxed_less),
                ("受损企业", "sellers that lose", drafted.sellers_hit),
                ("受益企业", "sellers that gain", drafted.sellers_gaining),
            ] {
                let _ = write!(text, "\n  {} {n}", say(zh, en));
            }
            for (code, n) in &drafted.reasons {
                let _ = write!(text, "\n    {code} {n}");
            }
            for (what, n) in &drafted.void {
                let _ = write!(text, "\n  {} {what} {n}", say("失去依据", "without ground"));
            }
            for dimension in Dimension::ALL {
                for (group, t) in drafted.rows(dimension).iter().filter(|(_, t)| t.changed > 0) {
                    let [r0, r1] = t.released;
                    let _ = write!(
                        text,
                        "\n  {} {group}: {} {r0} -> {r1}, {} {} -> {}",
                        dimension_word(dimension, language),
                        say("放行", "released"),
                        say("税款", "tax"),
                        yuan(t.tax_fen[0]),
                        yuan(t.tax_fen[1])
                    );
                }
            }
            for (ebc, order) in &drafted.examples {
                let _ = write!(text, "\n  {ebc}/{order}");
            }
            let _ = write!(text, "\n  {} {}", say("政策指纹", "policy"), hex(&drafted.fingerprint));
        }
        let hash = hex(&self.hash);
        let _ = match language {
            Language::Zh => write!(text, "\n日志至第 {} 条，哈希 {hash}", self.revision),
            Language::En => write!(text, "\njournal up to entry {}, hash {hash}", self.revision),
        };
        let _ = write!(
            text,
            "\n{}",
            say(
                "静态推演：申报均按实际发生时的原样，没有人因此改变做法。",
                "Static: what was declared stays as it was; nobody behaves otherwise.",
            )
        );
        text
    }
}

fn dimension_word(dimension: Dimension, language: Language) -> &'static str {
    match (dimension, language) {
        (Dimension::Regime, Language::Zh) => "监管方式",
        (Dimension::Heading, Language::Zh) => "品目",
        (Dimension::Size, Language::Zh) => "企业规模（票数）",
        (Dimension::Seller, Language::Zh) => "企业",
        (Dimension::Regime, Language::En) => "regime",
        (Dimension::Heading, Language::En) => "heading",
        (Dimension::Size, Language::En) => "sellers by lists",
        (Dimension::Seller, Language::En) => "seller",
    }
}
