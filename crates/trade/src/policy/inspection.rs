//! Inspection classes of goods (检验检疫类别), what each asks for, and which office's result another recognises.
//!
//! Commodity inspection law, quarantine law and A194 6 (paraphrase; rules.md 8.2, 8.4, 8.5): goods of the catalogue are
//! inspected when they enter (M, P, R, L) or leave (N, Q, S); retail import is supervised as personal articles, so of
//! its goods necessary quarantine alone is asked; what one office has found is not looked at again by another.
//!
//! Reading 1: a class asks for what the row with the supervision mode says, else for what the row for all modes says,
//! else for nothing. Goods that no row gives a class have none, so the classes have to be entered whole.
//! Reading 2: a result counts at another office where a row of the day fits its kind, what it is to count as, both
//! offices and the goods. What no row fits an official of that office may recognise all the same.

use super::load::{Between, Cells, Reader};
use super::{Dated, Digits, Row};
use crate::packed_names;
use crate::time::Day;

packed_names! {
    pub enum Class {
        /// 进口商品检验
        1 => Imports "M",
        /// 进境动植物检疫
        2 => AnimalsIn "P",
        /// 进口食品卫生监督检验
        3 => FoodIn "R",
        /// 民用商品入境验证 (3C)
        4 => Licence "L",
        /// 出口商品检验
        5 => Exports "N",
        /// 出境动植物检疫
        6 => AnimalsOut "Q",
        /// 出口食品卫生监督检验
        7 => FoodOut "S",
    }
}

impl Class {
    /// It is asked for when goods enter; else when they leave.
    pub fn enters(self) -> bool {
        matches!(self, Class::Imports | Class::AnimalsIn | Class::FoodIn | Class::Licence)
    }
}

/// The need that `quarantineNo` meets; others are kinds of results in `licenceNo`.
pub const QUARANTINE: &str = "quarantine";
/// The kind of a result of quarantine.
pub const QUARANTINE_RESULT: &str = "Q";

/// What a class asks for in a supervision mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// [`QUARANTINE`], or the kind of a registered result.
    pub needs: String,
    pub zh: String,
    pub en: String,
}

#[derive(Debug, Default)]
pub(super) struct Inspection {
    classes: Vec<(String, Class, Dated<()>)>,
    /// By class and supervision mode (`*` for all others); `None` asks for nothing.
    needs: Vec<(Class, String, Dated<Option<Asked>>)>,
}

impl Inspection {
    /// Class and need of goods that enter or leave in a supervision mode.
    pub fn asked<'p>(
        &'p self,
        hs: &'p str,
        enters: bool,
        mode: &'p str,
        day: Day,
    ) -> impl Iterator<Item = (Class, &'p Row<Option<Asked>>)> {
        let has = move |class: &Class| {
            let mut rows = self.classes.iter().filter(|(_, of, _)| of == class);
            rows.any(|(prefix, _, rows)| hs.starts_with(prefix.as_str()) && rows.on(day).is_some())
        };
        let need = move |class: Class| {
            let of = |mode: &str| {
                let mut rows = self.needs.iter().filter(|(c, m, _)| *c == class && m == mode);
                rows.find_map(|(_, _, rows)| rows.on(day))
            };
            of(mode).or_else(|| of("*")).filter(|row| row.value.is_some()).map(|row| (class, row))
        };
        Class::ALL.iter().copied().filter(move |class| class.enters() == enters).filter(has).filter_map(need)
    }
}

pub(super) fn load(r: &mut Reader<'_>) -> Inspection {
    // Policies adopted by older programs have neither table.
    if !r.has("inspection.csv") || !r.has("inspection_needs.csv") {
        return Inspection::default();
    }
    let names: Vec<_> = Class::ALL.iter().map(|class| (class.name(), *class)).collect();
    let classes = r.table("inspection.csv", &["hs_prefix", "class"], Between::GapAllowed, |cells| {
        let prefix = digits(cells, "hs_prefix");
        let class = cells.one_of("class", &names);
        Some((Named([prefix?, class?.name().into()]), ()))
    });
    let columns = &["class", "supv_mode", "needs", "zh", "en"];
    let needs = r.table("inspection_needs.csv", columns, Between::GapAllowed, |cells| {
        let class = cells.one_of("class", &names);
        let mode = cells.text("supv_mode");
        let needs = cells.text("needs");
        let (zh, en) = (cells.text("zh"), cells.text("en"));
        let asked = Asked { needs: needs?, zh: zh?, en: en? };
        Some((Named([class?.name().into(), mode?]), (asked.needs != "none").then_some(asked)))
    });
    let class = |name: &str| Class::from_name(name).unwrap_or(Class::Imports);
    let mut inspection = Inspection {
        classes: classes.into_iter().map(|(Named([prefix, name]), rows)| (prefix, class(&name), rows)).collect(),
        needs: needs.into_iter().map(|(Named([name, mode]), rows)| (class(&name), mode, rows)).collect(),
    };
    inspection.classes.sort_by(|a, b| (&a.0, a.1.number()).cmp(&(&b.0, b.1.number())));
    inspection.needs.sort_by(|a, b| (a.0.number(), &a.1).cmp(&(b.0.number(), &b.1)));
    inspection
}

/// Columns that a row is about.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Named<const N: usize>([String; N]);

impl<const N: usize> std::fmt::Display for Named<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.join(" / "))
    }
}

fn digits(cells: &mut Cells<'_>, column: &str) -> Option<String> {
    let text = cells.text(column)?;
    if Digits::of(&text).is_none() || text.len() < 2 || text.len() > 10 {
        cells.fault(column, format!("{column} 应为 2 至 10 位数字。"), format!("{column} should be 2 to 10 digits"));
        return None;
    }
    Some(text)
}

/// Rows of who recognises what; `None` where the law has no such table, and every office recognises all.
#[derive(Debug, Default)]
pub(super) struct Recognition(Option<Vec<([String; 5], Dated<()>)>>);

/// A result of one office at another.
#[derive(Clone, Copy, Debug)]
pub struct Elsewhere<'a> {
    pub kind: &'a str,
    /// The kind of result that is asked for.
    pub counts_as: &'a str,
    /// The office that registered it, and the one that is to rely on it.
    pub issuer: &'a str,
    pub office: &'a str,
    /// HS code of the goods; empty where it is not known.
    pub hs: &'a str,
}

impl Recognition {
    pub fn is_law(&self) -> bool {
        self.0.is_some()
    }

    /// The row by which it counts there.
    pub fn on(&self, of: Elsewhere<'_>, day: Day) -> Option<&Row<()>> {
        let given = [of.kind, of.counts_as, of.issuer, of.office, of.hs];
        let fits = |(wanted, _): &&([String; 5], Dated<()>)| {
            let exact = |at: usize| wanted[at] == "*" || wanted[at] == given[at];
            let begins = |at: usize| wanted[at] == "*" || given[at].starts_with(wanted[at].as_str());
            exact(0) && exact(1) && begins(2) && begins(3) && begins(4)
        };
        self.0.iter().flatten().filter(fits).find_map(|(_, rows)| rows.on(day))
    }
}

pub(super) fn load_recognition(r: &mut Reader<'_>) -> Recognition {
    if !r.has("recognition.csv") {
        return Recognition::default();
    }
    let columns = &["kind", "counts_as", "issuer", "office", "hs_prefix"];
    let all = r.table("recognition.csv", columns, Between::GapAllowed, |cells| {
        let [kind, counts_as] = ["kind", "counts_as"].map(|column| cells.text(column));
        let mut begins = |column| match cells.text(column)?.as_str() {
            "*" => Some("*".to_owned()),
            _ => digits(cells, column),
        };
        let [issuer, office, hs] = ["issuer", "office", "hs_prefix"].map(&mut begins);
        Some((Named([kind?, counts_as?, issuer?, office?, hs?]), ()))
    });
    let mut rows: Vec<_> = all.into_iter().map(|(Named(of), rows)| (of, rows)).collect();
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    Recognition(Some(rows))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Policy, SAMPLE};

    fn with(changed: &[(&str, &str)]) -> Policy {
        let changed_to = |name: &str| changed.iter().find(|(n, _)| *n == name).map(|(_, text)| *text);
        let files = SAMPLE.iter().map(|(name, text)| (*name, changed_to(name).unwrap_or(text)));
        Policy::load(&files.collect::<Vec<_>>()).unwrap()
    }

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn a_class_asks_by_its_mode_and_day_for_what_its_row_says() {
        let policy = with(&[
            (
                "inspection.csv",
                "hs_prefix,class,from,until,known_from,clause,mark,note\n\
                 0808,P,2020-01-01,,,示例 (sample),sample,\n\
                 0808,Q,2020-01-01,,,示例 (sample),sample,\n\
                 850810,L,2020-01-01,2021-12-31,,示例 (sample),sample,\n\
                 85,M,2020-01-01,,,示例 (sample),sample,\n",
            ),
            (
                "inspection_needs.csv",
                "class,supv_mode,needs,zh,en,from,until,known_from,clause,mark,note\n\
                 P,*,quarantine,检疫,quarantine,2020-01-01,,,示例 (sample),sample,\n\
                 Q,*,B,电子底账,exit,2020-06-01,,,示例 (sample),sample,\n\
                 M,1210,none,免,none,2020-01-01,,,示例 (sample),sample,\n\
                 M,*,A,入境,entry,2020-01-01,,,示例 (sample),sample,\n\
                 L,*,3C,认证,3C,2020-01-01,,,示例 (sample),sample,\n",
            ),
        ]);
        for (hs, enters, mode, on, needs) in [
            ("0808108000", true, "1210", "2020-01-01", "quarantine"),
            ("0808108000", true, "1210", "2019-12-31", ""),
            ("0808108000", false, "1210", "2020-05-31", ""),
            ("0808108000", false, "1210", "2020-06-01", "B"),
            ("0809100000", true, "1210", "2020-06-01", ""),
            ("8508100000", true, "1210", "2021-12-31", "3C"),
            ("8508100000", true, "1210", "2022-01-01", ""),
            ("8508100000", true, "0110", "2021-12-31", "A 3C"),
            ("8509100000", true, "0110", "2021-12-31", "A"),
            ("8509100000", false, "0110", "2021-12-31", ""),
        ] {
            let asked = policy.inspection(hs, enters, mode, day(on));
            let asked: Vec<_> = asked.filter_map(|(_, row)| Some(row.value.as_ref()?.needs.as_str())).collect();
            assert_eq!(asked.join(" "), needs, "{hs} {mode} {on}");
        }
        let older: Vec<_> = SAMPLE.iter().filter(|(name, _)| !name.starts_with("inspection")).copied().collect();
        let older = Policy::load(&older).unwrap();
        assert_eq!(older.inspection("0808108000", true, "1210", day("2026-01-01")).count(), 0, "as it was decided");
    }

    #[test]
    fn a_result_counts_at_another_office_where_a_row_of_the_day_fits() {
        let rows = "kind,counts_as,issuer,office,hs_prefix,from,until,known_from,clause,mark,note\n\
            Q,Q,64,64,*,2020-01-01,2020-12-31,,示例 (sample),sample,\n\
            lab,A,*,6402,3304,2020-01-01,,,示例 (sample),sample,\n";
        let policy = with(&[("recognition.csv", rows)]);
        for (of, on, counts) in [
            (["Q", "Q", "6407", "6402", "1901"], "2019-12-31", false),
            (["Q", "Q", "6407", "6402", "1901"], "2020-01-01", true),
            (["Q", "Q", "6407", "6402", ""], "2020-12-31", true),
            (["Q", "Q", "6407", "6402", "1901"], "2021-01-01", false),
            (["Q", "Q", "5100", "6402", "1901"], "2020-06-01", false),
            (["Q", "Q", "6407", "5100", "1901"], "2020-06-01", false),
            (["lab", "A", "5100", "6402", "3304990099"], "2020-06-01", true),
            (["lab", "A", "5100", "6402", "3305100000"], "2020-06-01", false),
            (["lab", "A", "5100", "6402", ""], "2020-06-01", false),
            (["lab", "lab", "5100", "6402", "3304990099"], "2020-06-01", false),
            (["lab", "A", "5100", "6401", "3304990099"], "2020-06-01", false),
        ] {
            let [kind, counts_as, issuer, office, hs] = of;
            let found = policy.recognised(Elsewhere { kind, counts_as, issuer, office, hs }, day(on));
            assert_eq!(found.is_some(), counts, "{of:?} {on}");
        }
        let older: Vec<_> = SAMPLE.iter().filter(|(name, _)| *name != "recognition.csv").copied().collect();
        assert!(policy.recognition_is_law() && !Policy::load(&older).unwrap().recognition_is_law());
    }
}
