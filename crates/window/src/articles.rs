//! Personal articles beside the walk: declaring them, and reading back what was declared and what it came to.

use serde_json::{Value, json};
use store::StoreError;
use trade::articles::{ArticlesState, Declaration, Fate};
use trade::command::{Actor, Command};
use trade::documents::IdCheck;
use trade::finding::Finding;
use trade::identifiers::resident_id;
use trade::key::{Key, Pair};
use trade::pack::Pack;
use trade::pseudonym::{Kind, Pseudonyms};
use trade::record::status;

use crate::read::{Original, sha256};
use crate::story::finding_json;
use crate::{Answer, Given, Refused, Window};

/// A declaration with how it stands.
#[derive(Clone, Debug)]
pub struct Articles {
    pub key: Pair,
    pub state: ArticlesState,
    pub declaration: Declaration,
    /// Why it has to go the way of goods.
    pub findings: Vec<Finding>,
}

impl Articles {
    /// An appeal has changed it: its newest receipt is neither the first one nor that of its payment.
    pub fn was_heard(&self) -> bool {
        self.state.told != self.state.at && self.state.verdict.fate == Fate::Free
    }

    /// Where the decision about it stands, for whoever appeals.
    pub fn ruled_at(&self) -> Pair {
        Pair { code: self.key.code.clone(), number: format!("ARTICLES {}", self.key.number).into() }
    }

    /// The word for how it stands, as `onewindow explain` says it.
    pub fn state_name(&self) -> &'static str {
        status::name(self.state.status)
    }

    /// What became of it and what comes next, Chinese and English.
    pub fn lead(&self) -> [String; 2] {
        let of = &self.state.verdict;
        let (value, tax, due) = (of.value, of.tax, of.due);
        match (of.fate, self.state.paid_on) {
            (Fate::Free, _) => [
                format!("物品计税价格 {value} 元，进口税 {tax} 元，不超过免征额，免税放行。"),
                format!(
                    "The articles are taxed at a price of CNY {value}; the tax of CNY {tax} is not above the free amount: released, nothing to pay."
                ),
            ],
            (Fate::Taxed, None) => [
                format!("物品计税价格 {value} 元，应缴进口税 {due} 元，缴税后放行。"),
                format!(
                    "The articles are taxed at a price of CNY {value}: CNY {due} is to be paid, then the parcel is released."
                ),
            ],
            (Fate::Taxed, Some(day)) => [
                format!("物品计税价格 {value} 元，进口税 {due} 元已于 {day} 缴纳，放行。"),
                format!(
                    "The articles are taxed at a price of CNY {value}; CNY {due} was paid on {day}, and the parcel is released."
                ),
            ],
            (Fate::Goods, _) => [
                format!("物品价值 {value} 元，超出个人物品限值：退运，或按货物申报；申报有误的，改正后重新申报。"),
                format!(
                    "The articles are worth CNY {value}, more than personal articles may be: send them back or declare them as goods; where the declaration was wrong, mend it and declare again."
                ),
            ],
        }
    }

    /// `onewindow explain` of it.
    pub fn explain(&self) -> Value {
        let (state, of, declared) = (&self.state, &self.state.verdict, &self.declaration);
        let [zh, en] = self.lead();
        let line = |(n, article): (usize, &trade::articles::Declared)| {
            json!({
                "n": n + 1, "name": article.name, "band": article.band, "value_fen": article.value.0,
                "table_fen": article.table.map(|table| table.0), "tax_fen": state.taxes.get(n).map(|tax| tax.0),
            })
        };
        json!({
            "key": state.number, "state": self.state_name(), "lead": { "zh": zh, "en": en }, "events": [],
            "decisions": if self.findings.is_empty() { json!([]) } else { json!([{
                "at": state.on.to_string(), "revision": state.at.revision, "verdict": "refused",
                "day": state.on.to_string(), "findings": self.findings.iter().map(finding_json).collect::<Vec<_>>(),
            }]) },
            "numbers": { "logisticsNo": declared.waybill, "number": state.number },
            "money": {},
            "articles": {
                "fate": of.fate.name(), "declarer": self.key.code, "country": declared.country,
                "office": declared.office, "indivisible": declared.indivisible, "value_fen": of.value.0,
                "tax_fen": of.tax.0, "due_fen": of.due.0, "clause": of.clause, "on": state.on.to_string(),
                "paid_on": state.paid_on.map(|day| day.to_string()),
                "lines": declared.articles.iter().enumerate().map(line).collect::<Vec<_>>(),
            },
            "receipts": [{ "revision": state.told.revision, "index": 0, "message": "ART201", "status": state.status.to_string() }],
        })
    }
}

impl Window {
    /// Takes a declaration in. `identity` is the number of the identity document of whose articles they are, where an
    /// operator declares for the person; of it only pseudonyms are kept, and `original` lies in the vault.
    ///
    /// # Errors
    /// As [`Window::take_in`].
    pub fn declare_articles(
        &self,
        mut declaration: Declaration,
        identity: &str,
        original: &[u8],
    ) -> Result<Answer, Refused> {
        if !identity.is_empty() {
            let people = self.people().map_err(|error| Refused::Broken(error.to_string()))?;
            declaration.person = people.of(Kind::Identity, identity);
            declaration.id_check = if resident_id(identity).is_ok() { IdCheck::Valid } else { IdCheck::Invalid };
        }
        let bare = Declaration {
            by: Actor::default(),
            person: Pseudonyms(declaration.person.0.last().copied().into_iter().collect()),
            ..declaration.clone()
        };
        declaration.content.copy_from_slice(&sha256(&bare.pack())[..16]);
        self.command_of(Command::Articles(declaration), Original::of(original))
    }

    /// The declaration with a number that this window gave.
    ///
    /// # Errors
    /// If the journal cannot be read.
    pub fn articles(&self, number: &str) -> Result<Option<Articles>, StoreError> {
        match self.read::<Pair>(&Key::ArticlesNumber(number.into())) {
            Some(key) => self.articles_under(key),
            None => Ok(None),
        }
    }

    /// The declaration under its key: who declared, and the waybill.
    ///
    /// # Errors
    /// If the journal cannot be read.
    pub fn articles_under(&self, key: Pair) -> Result<Option<Articles>, StoreError> {
        let Some(state) = self.read::<ArticlesState>(&Key::Articles(key.clone())) else { return Ok(None) };
        let Some(entry) = self.entry(state.at.revision)? else { return Ok(None) };
        let findings = entry.outcomes.into_iter().next().map(|outcome| outcome.findings);
        // An appeal may have found otherwise.
        let findings = findings.filter(|_| state.status == status::REFUSED).unwrap_or_default();
        let Some(Command::Articles(mut declaration)) = entry.command else { return Ok(None) };
        if !state.holds.articles.is_empty() {
            let holds = state.holds.clone();
            (declaration.country, declaration.indivisible) = (holds.country, holds.indivisible);
            declaration.articles = holds.articles;
        }
        Ok(Some(Articles { key, state, declaration, findings }))
    }

    /// What was declared for a person, the newest first, at most `most`.
    ///
    /// # Errors
    /// If the journal cannot be read.
    pub fn articles_of(&self, person: &Pseudonyms, most: usize) -> Result<Vec<Articles>, StoreError> {
        let mut found = Vec::new();
        for pseudonym in &person.0 {
            let mut next = self.read::<Pair>(&Key::ArticlesOf(*pseudonym));
            while let Some(key) = next.take().filter(|_| found.len() < most) {
                let Some(articles) = self.articles_under(key)? else { break };
                next = articles.state.previous.clone();
                found.push(articles);
            }
        }
        found.sort_by_key(|of: &Articles| std::cmp::Reverse(of.state.at.revision));
        Ok(found)
    }

    /// The newest receipt of a declaration.
    ///
    /// # Errors
    /// If the journal cannot be read.
    pub fn articles_receipt(&self, of: &ArticlesState) -> Result<Option<Given>, StoreError> {
        self.receipt(of.told.revision, 0)
    }
}
