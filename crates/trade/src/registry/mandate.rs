//! Powers of attorney (委托书): who may declare for whom, what, up to which value, and until when.
//!
//! Civil Code (民法典) 165 (paraphrase): a power given in writing names the agent, the matters, the extent and the time,
//! and is signed by the principal; 173: it ends when its time is over or the principal takes it back; 171: what was done
//! beyond it does not bind the principal who does not agree.
//! Readings: a power holds for what is declared on a day from its first to its last; taken back, from that day on no
//! more. A declaration that came in before stays as it was declared. Its limit is for one declaration, and a value of
//! exactly the limit is within. What declares no value (to cancel, to appeal) meets every limit.
//! Not covered: whether the signature on the paper is the principal's; ratification (追认).

use super::{Party, in_force};
use crate::money::Fen;
use crate::pack::Text;
use crate::time::Day;
use crate::{packed, packed_names};

packed_names! {
    /// What an agent can be entrusted with (委托事项).
    pub enum Matter {
        /// Lists of retail import, and to cancel them.
        1 => ImportLists "import-lists",
        /// Lists of export.
        2 => ExportLists "export-lists",
        /// Documents of bonded stock.
        3 => Bonded "bonded",
        /// Goods that come back, of import and of export.
        4 => Returns "returns",
        /// Appeals against decisions on what is no list.
        5 => Appeals "appeals",
    }
}

impl Matter {
    /// In both languages, as texts of findings take it.
    pub fn words(self) -> &'static str {
        match self {
            Matter::ImportLists => "进口清单 import lists",
            Matter::ExportLists => "出口清单 export lists",
            Matter::Bonded => "保税单证 bonded documents",
            Matter::Returns => "退货 returns",
            Matter::Appeals => "复议 appeals",
        }
    }
}

packed! {
    /// An agent that an enterprise has entrusted.
    pub struct Entrusted {
        1 => pub code: Text,
        2 => pub from: Day,
        3 => pub until: Option<Day>,
        /// The power's own number. Declarants that stand in the table of parties have none: they may do everything.
        4 => pub number: Text,
        /// What for; all of it where nothing is named.
        5 => pub matters: Vec<Matter>,
        /// The most that one declaration may be worth.
        6 => pub limit: Option<Fen>,
        /// The day from which it holds no more, because the principal took it back.
        7 => pub revoked: Option<Day>,
        /// The entries of the journal that gave it and took it back.
        8 => pub given_in: u64,
        9 => pub revoked_in: u64,
    }
}

packed! {
    /// A row of the table of powers of attorney.
    pub struct Mandate {
        /// Who entrusts.
        1 => pub principal: Text,
        2 => pub of: Entrusted,
    }
}

/// What an agent wants to do for an enterprise on a day.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub agent: &'a str,
    pub matter: Matter,
    /// What the declaration is worth, zero where it declares nothing; `None` where that cannot be reckoned.
    pub value: Option<Fen>,
    pub day: Day,
}

impl<'a> Asked<'a> {
    /// To do what declares no value.
    pub fn to(agent: &'a str, matter: Matter, day: Day) -> Asked<'a> {
        Asked { agent, matter, value: Some(Fen::ZERO), day }
    }

    pub fn worth(self, value: Option<Fen>) -> Asked<'a> {
        Asked { value, ..self }
    }
}

/// What a power lacks for what is asked, the nearest miss first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Short {
    /// The declaration is worth more than its limit.
    Limit,
    /// It has a limit, and what the declaration is worth cannot be reckoned.
    Value,
    /// It is for something else.
    Matter,
    Revoked,
    /// It does not hold yet, or no more.
    Time,
}

impl Entrusted {
    /// What is missing; `None` where the power covers what is asked.
    pub fn short_of(&self, asked: &Asked<'_>) -> Option<Short> {
        if !in_force(self.from, self.until, asked.day) {
            return Some(Short::Time);
        }
        if self.revoked.is_some_and(|revoked| revoked <= asked.day) {
            return Some(Short::Revoked);
        }
        if !self.matters.is_empty() && !self.matters.contains(&asked.matter) {
            return Some(Short::Matter);
        }
        match (self.limit, asked.value) {
            (Some(_), None) => Some(Short::Value),
            (Some(limit), Some(value)) if value > limit => Some(Short::Limit),
            _ => None,
        }
    }

    /// Whether it holds on a day, for whatever it is.
    pub fn holds(&self, day: Day) -> bool {
        in_force(self.from, self.until, day) && self.revoked.is_none_or(|revoked| day < revoked)
    }

    /// The same power as it was given, whatever became of it.
    pub(crate) fn same_as(&self, other: &Entrusted) -> bool {
        let as_given = |of: &Entrusted| Entrusted { revoked: None, given_in: 0, revoked_in: 0, ..of.clone() };
        as_given(self) == as_given(other)
    }
}

impl Party {
    /// Whether the agent may do for this enterprise what is asked (R06): the one place in which that is decided.
    ///
    /// # Errors
    /// Of the powers that the agent has by number, the one that comes nearest and what it lacks; `None` where it has
    /// none such.
    pub fn entrusts(&self, asked: &Asked<'_>) -> Result<(), Option<(Short, &Entrusted)>> {
        let mut nearest: Option<(Short, &Entrusted)> = None;
        for of in self.agents.iter().filter(|of| of.code == asked.agent) {
            let Some(short) = of.short_of(asked) else { return Ok(()) };
            if !of.number.is_empty() && nearest.is_none_or(|(other, _)| short < other) {
                nearest = Some((short, of));
            }
        }
        Err(nearest)
    }
}
