//! What a change does: the same ledgers before and after it, read off the facts and never kept.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::Expected;
use crate::command::Outcome;
use crate::key::{Facts, Key, read};
use crate::money::Fen;
use crate::pack::{Pack, Text};
use crate::record::{AbroadItem, Case, ExportTax, Guarantee, Stock, SummaryMonthState, TaxMonth, TaxPayment, status};
use crate::{packed, packed_names};

packed_names! {
    /// What an impact is about. Amounts are in fen, quantities in hundred-thousandths.
    pub enum Matter {
        /// What the lists owe.
        1 => Tax "tax",
        /// What they take of their buyers' years.
        2 => Allowance "allowance",
        /// What is free of the items of account books.
        3 => Stock "stock",
        /// What lies in overseas warehouses.
        4 => Abroad "abroad",
        /// What is free of guarantees.
        5 => Guarantee "guarantee",
        /// What summary payments come to (汇总征税).
        6 => Summary "summary",
        /// Lists that wait to be declared in summary (汇总申报).
        7 => Lists "lists",
        /// What a month has of exports without invoice (无票免税).
        8 => Exemption "exemption",
    }
}

impl Matter {
    /// Where its sum stands among all.
    pub fn place(self) -> usize {
        self.number() as usize - 1
    }

    /// In Chinese and English, as findings say it.
    pub fn words(self) -> &'static str {
        match self {
            Matter::Tax => "税款 the tax",
            Matter::Allowance => "占用的年度额度 what is taken of buyers' years",
            Matter::Stock => "账册可用数量 what is free of account book items",
            Matter::Abroad => "海外仓库存 the stock abroad",
            Matter::Guarantee => "担保余额 what is free of guarantees",
            Matter::Summary => "汇总缴款金额 the summary payments",
            Matter::Lists => "待汇总清单 the lists to be declared in summary",
            Matter::Exemption => "无票免税金额 what is exempt without invoice",
        }
    }

    /// True for amounts in fen.
    pub fn is_money(self) -> bool {
        matches!(self, Matter::Tax | Matter::Allowance | Matter::Guarantee | Matter::Summary | Matter::Exemption)
    }
}

packed! {
    #[derive(Copy)]
    pub struct Span {
        1 => pub before: i64,
        2 => pub after: i64,
    }
}

impl Span {
    /// By how much it changes.
    pub fn change(self) -> i64 {
        self.after.saturating_sub(self.before)
    }

    fn add(&mut self, more: Span) {
        self.before = self.before.saturating_add(more.before);
        self.after = self.after.saturating_add(more.after);
    }
}

packed! {
    /// One account, item or payment that changes.
    pub struct Part {
        1 => pub matter: Matter,
        2 => pub name: Text,
        3 => pub span: Span,
    }
}

packed! {
    /// Before and after of everything that a change touches, matter by matter.
    pub struct Impact {
        /// By number of [`Matter`].
        1 => pub sums: Vec<Span>,
        /// Guarantees, items and payments, each by itself.
        2 => pub parts: Vec<Part>,
        /// Lists that it touches.
        3 => pub lists: u32,
    }
}

impl Impact {
    pub fn of(&self, matter: Matter) -> Span {
        self.sums.get(matter.place()).copied().unwrap_or_default()
    }

    pub fn changes(&self) -> Vec<i64> {
        Matter::ALL.iter().map(|matter| self.of(*matter).change()).collect()
    }
}

/// What a case weighs: the tax that it owes, and what it takes of its buyer's year.
pub fn weight(case: Option<&Case>) -> (Fen, Fen) {
    let Some(case) = case else { return (Fen::ZERO, Fen::ZERO) };
    let stands = !matches!(case.status, status::WAITING | status::REFUSED | status::CANCELLED);
    let owed = match (&case.bill, &case.tax) {
        (Some(bill), _) => bill.total(),
        (None, Some(tax)) if stands && case.status != status::SENT_BACK => tax.total(),
        _ => Fen::ZERO,
    };
    let taken = if case.takes_allowance() && case.counts() { case.allowance_used } else { Fen::ZERO };
    (owed, taken)
}

/// Holds the facts before and after a change against each other, at the keys that it wrote.
///
/// A buyer's year is told as what these lists take of it, for the rest of it is the buyer's affair.
pub fn impact<'k>(before: &dyn Facts, after: &dyn Facts, changed: impl Iterator<Item = &'k [u8]>) -> Impact {
    let mut impact = Impact { sums: vec![Span::default(); Matter::ALL.len()], ..Impact::default() };
    let mut parts: BTreeMap<(Matter, Text), Span> = BTreeMap::new();
    for packed in changed {
        let Ok(key) = Key::unpack(packed) else { continue };
        match &key {
            Key::Case(_) => {
                let (was, is) = (weight(read(before, &key).as_ref()), weight(read(after, &key).as_ref()));
                impact.lists += 1;
                impact.sums[Matter::Tax.place()].add(Span { before: was.0.0, after: is.0.0 });
                impact.sums[Matter::Allowance.place()].add(Span { before: was.1.0, after: is.1.0 });
            }
            other => {
                let Some((matter, name)) = ledger(other) else { continue };
                let at = |facts: &dyn Facts| amount(facts, other).unwrap_or_default();
                let span = Span { before: at(before), after: at(after) };
                if span.change() != 0 {
                    parts.entry((matter, name)).or_default().add(span);
                    impact.sums[matter.place()].add(span);
                }
            }
        }
    }
    impact.parts = parts.into_iter().map(|((matter, name), span)| Part { matter, name, span }).collect();
    impact
}

/// A fingerprint over what a command would do: what is said of each of its documents, how each list that it touches
/// stands then, and by how much each ledger changes. What others do beside it, to the same guarantee for instance, does
/// not show in it, nor do numbers and times that the window gives.
pub fn expected<'k>(
    before: &dyn Facts,
    after: &dyn Facts,
    changed: impl Iterator<Item = &'k [u8]>,
    outcomes: &[Outcome],
) -> (Impact, Expected) {
    let mut changed: Vec<&[u8]> = changed.collect();
    changed.sort_unstable();
    let impact = impact(before, after, changed.iter().copied());
    let mut hash = Sha256::new();
    for outcome in outcomes {
        hash.update(outcome.about.to_le_bytes());
        hash.update([outcome.verdict as u8, outcome.findings.len() as u8]);
        for finding in &outcome.findings {
            hash.update(finding.code.number().to_le_bytes());
            hash.update(finding.gnum.to_le_bytes());
        }
    }
    for packed in changed.iter().filter(|key| Key::kind(key) == Key::CASE) {
        let Ok(key) = Key::unpack(packed) else { continue };
        let (was, is) = (read::<Case>(before, &key), read::<Case>(after, &key));
        let ((tax_was, year_was), (tax, year)) = (weight(was.as_ref()), weight(is.as_ref()));
        hash.update(packed);
        for number in [i64::from(is.map_or(0, |case| case.status)), tax_was.0, tax.0, year.0 - year_was.0] {
            hash.update(number.to_le_bytes());
        }
    }
    for part in &impact.parts {
        hash.update([part.matter as u8, part.name.len() as u8]);
        hash.update(&*part.name);
        hash.update(part.span.change().to_le_bytes());
    }
    let mut fingerprint = [0; 16];
    fingerprint.copy_from_slice(&hash.finalize()[..16]);
    let sums = impact.changes();
    (impact, Expected { fingerprint, sums })
}

/// Which ledger stands under a key, and its name there.
fn ledger(key: &Key) -> Option<(Matter, Text)> {
    Some(match key {
        Key::Stock(at) => (Matter::Stock, format!("{} {}", at.code, at.number).into()),
        Key::AbroadItem(at) => (Matter::Abroad, format!("{} {}", at.item_no, at.country).into()),
        Key::Guarantee(at) => (Matter::Guarantee, format!("{} {}", at.code, at.number).into()),
        Key::TaxPayment(number) => (Matter::Summary, number.clone()),
        Key::SummaryMonth(at) => (Matter::Lists, format!("{} {} {}", at.ebc, at.office, at.month).into()),
        Key::TaxMonth(at) => (Matter::Exemption, format!("{} {}", at.ebc, at.month).into()),
        _ => return None,
    })
}

fn amount(facts: &dyn Facts, key: &Key) -> Option<i64> {
    Some(match key {
        Key::Stock(_) => read::<Stock>(facts, key)?.available().0,
        Key::AbroadItem(_) => read::<AbroadItem>(facts, key)?.of.in_stock.0,
        Key::Guarantee(_) => read::<Guarantee>(facts, key)?.free().0,
        Key::TaxPayment(_) => read::<TaxPayment>(facts, key)?.amount.0,
        Key::SummaryMonth(_) => i64::from(read::<SummaryMonthState>(facts, key)?.open),
        Key::TaxMonth(_) => {
            let exempt = read::<TaxMonth>(facts, key)?.sum(ExportTax::Exempt);
            exempt.exported.0.saturating_sub(exempt.returned.0)
        }
        _ => return None,
    })
}
