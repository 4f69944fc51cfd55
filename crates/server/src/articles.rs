//! Personal articles (进境物品): a person, or the operator that carries the parcel, declares them, and the window says at
//! once whether they are free, taxed with what amount, or to go the way of goods.

use serde::{Deserialize, Serialize};
use trade::articles::{Declaration, Declared};
use trade::command::Verdict;
use trade::money::Fen;
use utoipa::ToSchema;
use window::articles::Articles;

use crate::desk::*;
use crate::house::House;
use crate::live::{actor, broken, refusal};

/// Bytes of a declaration.
pub const MAX_BYTES: usize = 64 << 10;
/// Declarations on a person's page.
const SHOWN: usize = 50;

/// A declaration as it is sent. Amounts are decimal yuan.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub struct Form {
    /// Number of the parcel's waybill.
    pub waybill: String,
    /// Country or region that it was sent from, three-digit customs code.
    pub country: String,
    /// Customs office.
    pub office: String,
    /// Number of the identity document of whose articles they are; only from the operator that declares for a person.
    #[serde(default)]
    pub identity: String,
    /// It is one article that cannot be divided, for own use.
    #[serde(default)]
    pub indivisible: bool,
    pub articles: Vec<ArticleLine>,
}

/// Articles of one kind.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub struct ArticleLine {
    pub name: String,
    /// `1`, `2`, `3`, `medicine`: the band of its rate (`article_rates.csv`).
    pub band: String,
    /// What was paid for all of them, yuan.
    pub value: String,
    /// Price by the official table for all of them, yuan, where it has one.
    #[serde(default)]
    pub table: String,
}

impl Form {
    /// What is declared by whom. An amount that cannot be read becomes none, which is refused with its place.
    pub fn declaration(&self, by: trade::command::Actor, enterprise: &str) -> Declaration {
        let fen = |text: &str| Fen::from_yuan_text(text.trim()).unwrap_or(Fen(-1));
        let line = |of: &ArticleLine| Declared {
            name: of.name.trim().into(),
            band: of.band.trim().into(),
            value: fen(&of.value),
            table: (!of.table.trim().is_empty()).then(|| fen(&of.table)),
        };
        Declaration {
            by,
            enterprise: enterprise.into(),
            waybill: self.waybill.trim().into(),
            country: self.country.trim().into(),
            office: self.office.trim().into(),
            indivisible: self.indivisible,
            articles: self.articles.iter().map(line).collect(),
            ..Declaration::default()
        }
    }

    /// As the vault keeps it.
    pub fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// What a declaration came to, for programs.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Told {
    /// The number that this window gave.
    pub number: String,
    pub waybill: String,
    /// `free`, `taxed`, `goods`
    pub fate: String,
    /// `released`, `finished` (waits for its tax), `refused`
    pub state: String,
    pub value_fen: i64,
    pub tax_fen: i64,
    pub due_fen: i64,
    pub clause: String,
    pub zh: String,
    pub en: String,
    pub findings: Vec<Said>,
    /// Where its receipt stands.
    pub revision: u64,
}

impl Told {
    pub fn of(articles: &Articles) -> Told {
        let of = &articles.state.verdict;
        let [zh, en] = articles.lead();
        Told {
            number: articles.state.number.to_string(),
            waybill: articles.declaration.waybill.to_string(),
            fate: of.fate.name().to_owned(),
            state: articles.state_name().to_owned(),
            value_fen: of.value.0,
            tax_fen: of.tax.0,
            due_fen: of.due.0,
            clause: of.clause.to_string(),
            zh,
            en,
            findings: articles.findings.iter().map(Said::of).collect(),
            revision: articles.state.told.revision,
        }
    }
}

/// Declares; what came of it, also where it has to go the way of goods.
///
/// # Errors
/// `Cannot` where something is missing, or the parcel was declared otherwise before.
pub(crate) fn declare(house: &House, caller: &Caller, form: &Form) -> Answer<Articles> {
    let enterprise = match caller.role {
        Role::Enterprise => caller.enterprises.first().cloned().unwrap_or_default(),
        _ => String::new(),
    };
    let mut by = actor(caller);
    if caller.role == Role::Enterprise {
        by.id = enterprise.as_str().into();
    }
    let identity = if caller.role == Role::Enterprise { form.identity.trim() } else { "" };
    let declaration = form.declaration(by, &enterprise);
    let key = declaration.key();
    let answer = house.window().declare_articles(declaration, identity, &form.bytes())?;
    let outcomes = || answer.entry.iter().flat_map(|entry| &entry.outcomes);
    let told = || house.window().articles_under(key.clone()).map_err(|e| broken(&e.to_string()));
    let refused = outcomes().find(|outcome| outcome.verdict == Verdict::Refused);
    if let Some(outcome) = refused
        && outcome.receipts.iter().all(|receipt| receipt.shown.articles.is_none())
    {
        let first = outcome.findings.first().map(refusal).unwrap_or(Refused::NotFound);
        let problems = outcome.findings.iter().map(crate::live::problem).collect();
        return Err(match first {
            Refused::Cannot { code, said, .. } => Refused::Cannot { code, said, problems },
            other => other,
        });
    }
    told()?.ok_or(Refused::NotFound)
}

/// One's own: what was declared for the person, or by the enterprise.
///
/// # Errors
/// `NotFound` also where it is another's.
pub(crate) fn one(house: &House, sight: &Sight, number: &str) -> Answer<Articles> {
    let caller = sight.caller.as_ref().ok_or(Refused::NotFound)?;
    let found = house.window().articles(number).map_err(|e| broken(&e.to_string()))?.ok_or(Refused::NotFound)?;
    let own = match caller.role {
        Role::Consumer => {
            let person = house.person_of(caller);
            found.key.code == caller.name.as_str() || person.same(&found.declaration.person)
        }
        Role::Enterprise => caller.enterprises.iter().any(|code| *code == *found.state.enterprise),
        _ => false,
    };
    if own { Ok(found) } else { Err(Refused::NotFound) }
}

/// What was declared for the person of the account, the newest first; nothing for others.
pub(crate) fn own(house: &House, sight: &Sight) -> Answer<Vec<Articles>> {
    match sight.caller.as_ref().filter(|caller| caller.role == Role::Consumer) {
        Some(caller) => house.window().articles_of(&house.person_of(caller), SHOWN).map_err(|e| broken(&e.to_string())),
        None => Ok(Vec::new()),
    }
}

/// Its newest receipt, and the proof.
pub(crate) fn receipt(house: &House, sight: &Sight, number: &str) -> Answer<(Receipt, Vec<u8>)> {
    let told = one(house, sight, number)?.state.told;
    let given = house.doors.given(told.revision, 0)?;
    Ok((crate::live::shown(&given), house.doors.proof(told.revision, 0, None)?))
}
