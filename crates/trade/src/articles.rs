//! Personal articles of one parcel (进境物品) as they are declared, and what the window says to them.
//!
//! By mail or express, and no e-commerce: nobody compares three documents. A person declares the own parcel, or the
//! operator that carries it declares for the person. The reckoning is [`crate::policy::articles`].

use crate::command::{Actor, Position};
use crate::documents::IdCheck;
use crate::key::Pair;
use crate::money::Fen;
use crate::pack::Text;
use crate::policy::articles::{Article, Assessed};
use crate::pseudonym::Pseudonyms;
use crate::time::Day;
use crate::{packed, packed_names};

/// Kinds of articles in one parcel.
pub const MOST: usize = 50;
/// Characters of a waybill's number, and of an article's name.
pub const LONGEST: usize = 60;

packed! {
    /// What is declared.
    pub struct Declaration {
        1 => pub by: Actor,
        /// The postal or express operator that declares for the person; empty where the person does.
        2 => pub enterprise: Text,
        /// The parcel's waybill: a declarer declares it once.
        3 => pub waybill: Text,
        /// Whose articles they are. Of a person's own declaration the account says it.
        4 => pub person: Pseudonyms,
        5 => pub id_check: IdCheck,
        /// Country or region that it was sent from, customs code.
        6 => pub country: Text,
        7 => pub office: Text,
        /// One article that cannot be divided, for own use.
        8 => pub indivisible: bool,
        9 => pub articles: Vec<Declared>,
        /// Of everything above but who speaks: equal content is a repetition.
        10 => pub content: [u8; 16],
        /// SHA-256 of the original bytes, salted: what the vault holds under this entry's revision.
        11 => pub commitment: [u8; 32],
    }
}

packed! {
    /// Articles of one kind.
    pub struct Declared {
        1 => pub name: Text,
        /// `1`, `2`, `3`, `medicine`: the band of its rate.
        2 => pub band: Text,
        /// All of them together, in fen.
        3 => pub value: Fen,
        /// By the official price table, where it has one.
        4 => pub table: Option<Fen>,
    }
}

impl Declaration {
    /// Its key: who declares, and the waybill.
    pub fn key(&self) -> Pair {
        let code = if self.enterprise.is_empty() { &self.by.id } else { &self.enterprise };
        Pair { code: code.clone(), number: self.waybill.clone() }
    }

    pub fn priced(&self) -> Vec<Article> {
        priced(&self.articles)
    }
}

pub fn priced(articles: &[Declared]) -> Vec<Article> {
    let one = |of: &Declared| Article { band: of.band.to_string(), declared: of.value, table: of.table };
    articles.iter().map(one).collect()
}

packed_names! {
    /// What becomes of the parcel.
    pub enum Fate {
        /// The tax is not more than the free amount: nothing is paid.
        0 => Free "free",
        /// Taxed; released when it is paid.
        1 => Taxed "taxed",
        /// Too much for articles: sent back, or declared as goods.
        2 => Goods "goods",
    }
}

packed! {
    /// What the window reckoned, as its receipt shows it. Amounts in fen.
    pub struct Verdict {
        1 => pub fate: Fate,
        2 => pub kinds: u32,
        /// By the prices that are taxed; of goods, as declared.
        3 => pub value: Fen,
        /// What the rates give.
        4 => pub tax: Fen,
        /// What has to be paid.
        5 => pub due: Fen,
        6 => pub clause: Text,
    }
}

impl Verdict {
    pub fn of(articles: &[Declared], assessed: Option<&Assessed>, clause: &str) -> Verdict {
        let kinds = articles.len() as u32;
        let clause = clause.into();
        match assessed {
            Some(of) => Verdict {
                fate: if of.free { Fate::Free } else { Fate::Taxed },
                kinds,
                value: of.value,
                tax: of.tax,
                due: of.due(),
                clause,
            },
            None => {
                let value = priced(articles).iter().map(Article::price).sum();
                Verdict { fate: Fate::Goods, kinds, value, clause, ..Verdict::default() }
            }
        }
    }
}

packed! {
    /// `Key::Articles`: a declaration and how it stands. The declaration itself is in the entry `at`.
    pub struct ArticlesState {
        /// 399 waits for its tax, 800 released, 100 refused.
        1 => pub status: i32,
        /// The number that this window gave.
        2 => pub number: Text,
        3 => pub at: Position,
        /// The newest receipt.
        4 => pub told: Position,
        5 => pub content: [u8; 16],
        6 => pub verdict: Verdict,
        /// By kind of article.
        7 => pub taxes: Vec<Fen>,
        /// The person's declaration before it.
        8 => pub previous: Option<Pair>,
        9 => pub paid_on: Option<Day>,
        10 => pub on: Day,
        11 => pub office: Text,
        12 => pub enterprise: Text,
        /// Where it may be appealed: whose they are, and what was declared, as it holds now.
        13 => pub person: Pseudonyms,
        14 => pub holds: Priced,
        /// Of a tax that was paid and is lower since an appeal.
        15 => pub to_repay: Fen,
    }
}

packed! {
    /// What the tax is reckoned from.
    pub struct Priced {
        1 => pub country: Text,
        2 => pub indivisible: bool,
        3 => pub articles: Vec<Declared>,
    }
}
