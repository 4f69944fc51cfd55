//! Statements of other bodies as programs bring them, and how they stand on a party's page.

use serde::Serialize;
use trade::command::Verdict;
use trade::finding::{Code, Finding};
use trade::registry::in_force;
use trade::statement::CreditClass;
use trade::time::Day;
use utoipa::ToSchema;
use window::statements::NotTaken;

use crate::desk::{Answer, Caller};
use crate::house::House;
use crate::live::{actor, refusal, refused};

/// A statement was taken.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Taken {
    /// The entry of the journal.
    pub revision: u64,
    /// It had been taken before; nothing happened.
    pub repeated: bool,
}

/// A credit class that a body gave.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Class {
    pub class: String,
    /// Who gave it, and the number of its statement.
    pub body: String,
    pub number: String,
    pub from: String,
    pub until: Option<String>,
    /// When it was brought, and by which row of the law it counts.
    pub on: String,
    pub clause: String,
    /// SHA-256 of what the body signed.
    pub proof: String,
    pub entry: u64,
    /// It holds today.
    pub holds: bool,
}

impl Class {
    pub(crate) fn of(given: &CreditClass, today: Day) -> Class {
        let ground = &given.ground;
        Class {
            class: given.class.to_string(),
            body: ground.body.to_string(),
            number: ground.number.to_string(),
            from: given.from.to_string(),
            until: given.until.map(|day| day.to_string()),
            on: ground.on.to_string(),
            clause: ground.clause.to_string(),
            proof: store::proof::hex(&ground.hash),
            entry: ground.at.revision,
            holds: in_force(given.from, given.until, today),
        }
    }
}

impl Taken {
    /// What an answer that was not a refusal says.
    pub fn of(answer: &window::Answer) -> Taken {
        let first = answer.entry.iter().flat_map(|entry| &entry.outcomes).next().and_then(|outcome| outcome.repeats);
        Taken { revision: first.map_or(answer.revision, |first| first.revision), repeated: first.is_some() }
    }
}

pub(crate) fn take(house: &House, caller: &Caller, statement: &[u8]) -> Answer<Taken> {
    let answer = match house.window().take_statement(&actor(caller), statement, &house.policy()) {
        Ok(answer) => answer,
        Err(NotTaken::Refused(why)) => return Err(why.into()),
        Err(NotTaken::Form(what)) => {
            return Err(refusal(&Finding::new(Code::StatementForm, "", "statement").arg("what", what)));
        }
    };
    match answer.entry.iter().flat_map(|entry| &entry.outcomes).next() {
        Some(outcome) if outcome.verdict == Verdict::Refused => Err(refused(outcome)),
        _ => Ok(Taken::of(&answer)),
    }
}
