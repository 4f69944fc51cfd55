//! How a party stands (主体资质): its roles with what each asks for, what it was certified for step by step, and the powers
//! of attorney that it gave and was given. An enterprise reads its own; an official's look at one is written down.

use serde::Serialize;
use trade::account::AccountChecks;
use trade::key::Key;
use trade::pack::Pack;
use trade::registry::{Certified, Entrusted, Party, in_force};
use trade::time::Day;
use utoipa::ToSchema;

use crate::desk::*;
use crate::house::House;
use crate::statements::Class;
use crate::traced::Shows;

/// A party as it stands on a day.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Standing {
    pub code: String,
    pub name_zh: String,
    pub name_en: String,
    /// Unified social credit code; empty for an enterprise abroad.
    pub credit_code: String,
    pub domestic: bool,
    /// It may do nothing today.
    pub suspended: bool,
    /// Held untrustworthy by customs today.
    pub untrusted: bool,
    pub roles: Vec<RoleStands>,
    /// In the order in which they were entered; nothing is written over.
    pub certifications: Vec<Step>,
    /// Credit classes that recognised bodies gave it, in the order in which they came.
    pub credit: Vec<Class>,
    /// The newest check of its bank account.
    pub account: Option<AccountStands>,
    /// Powers of attorney that it gave.
    pub given: Vec<Power>,
    /// Powers of attorney that others gave it.
    pub had: Vec<Power>,
}

/// A role, and whether it can be used today.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct RoleStands {
    /// `ebp`, `ebc`, `pay`, …
    pub role: String,
    pub from: String,
    pub until: Option<String>,
    pub licence_until: Option<String>,
    /// It is held today, its licence runs, and all its conditions are met.
    pub usable: bool,
    pub conditions: Vec<Asked>,
}

/// What a role asks for, by the law of the day.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Asked {
    pub what: String,
    pub zh: String,
    pub en: String,
    /// `filed`, `verified`, `inspected`
    pub grade: String,
    /// What it has reached; `suspended`, or empty where nothing is there.
    pub reached: String,
    pub met: bool,
    pub clause: String,
}

/// A step of a certification.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Step {
    pub what: String,
    /// `filed`, `verified`, `inspected`, `suspended`
    pub grade: String,
    /// Who vouches.
    pub by: String,
    pub method: String,
    pub number: String,
    pub from: String,
    pub until: Option<String>,
    /// SHA-256 of what it rests on.
    pub proof: Option<String>,
    /// The entry of the journal.
    pub entry: u64,
    /// It is the step that counts today.
    pub counts: bool,
}

/// How the check of a bank account stands. Its number is a pseudonym here, and the amount is shown to nobody.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct AccountStands {
    /// Code of the bank.
    pub bank: String,
    pub filed: String,
    /// The day on which the bank sent an amount.
    pub sent: Option<String>,
    /// `open`, `verified`, `ended`, `late`, `replaced`
    pub state: String,
    /// Wrong answers so far.
    pub wrong: u32,
    pub filed_in: u64,
}

/// A power of attorney, given to or by `other`.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Power {
    /// Empty for a declarant that stands in the table of parties, which may do everything.
    pub number: String,
    pub other: String,
    pub other_zh: String,
    /// What for; everything where nothing is named.
    pub matters: Vec<String>,
    /// The most that one declaration may be worth.
    pub limit_fen: Option<i64>,
    pub from: String,
    pub until: Option<String>,
    pub revoked: Option<String>,
    pub given_in: u64,
    pub revoked_in: u64,
    /// It holds today.
    pub holds: bool,
}

fn text(day: Option<Day>) -> Option<String> {
    day.map(|day| day.to_string())
}

fn power(of: &Entrusted, other: &str, other_zh: &str, today: Day) -> Power {
    Power {
        number: of.number.to_string(),
        other: other.to_owned(),
        other_zh: other_zh.to_owned(),
        matters: of.matters.iter().map(|matter| matter.name().to_owned()).collect(),
        limit_fen: of.limit.map(|limit| limit.0),
        from: of.from.to_string(),
        until: text(of.until),
        revoked: text(of.revoked),
        given_in: of.given_in,
        revoked_in: of.revoked_in,
        holds: of.holds(today),
    }
}

fn step(of: &Certified, party: &Party, today: Day) -> Step {
    Step {
        what: of.fact.name().to_owned(),
        grade: of.grade.name().to_owned(),
        by: of.by.to_string(),
        method: of.method.name().to_owned(),
        number: of.number.to_string(),
        from: of.from.to_string(),
        until: text(of.until),
        proof: (of.proof != [0; 32]).then(|| store::proof::hex(&of.proof)),
        entry: of.entry,
        counts: party.certified(of.fact, today) == Some(of),
    }
}

/// How the party `code` stands, or the first of the reader's own where none is named.
pub(crate) fn standing(house: &House, sight: &Sight, code: Option<&str>) -> Answer<Standing> {
    let caller = sight.caller.as_ref().ok_or(Refused::NotAllowed { what: String::new() })?;
    let code = code.or(caller.enterprises.first().map(String::as_str)).ok_or(Refused::NotFound)?;
    let own = caller.enterprises.iter().any(|own| own == code);
    if caller.role == Role::Enterprise && !own {
        return Err(Refused::NotFound);
    }
    let party: Party = house.window().read(&Key::Party(code.into())).ok_or(Refused::NotFound)?;
    house.trace(sight, Shows { enterprises: vec![code.to_owned()], records: 1, ..Shows::default() })?;
    let (policy, today) = (house.policy(), house.now().day());
    let name = |code: &str| {
        let other: Option<Party> = house.window().read(&Key::Party(code.into()));
        other.map_or(String::new(), |other| other.name_zh.to_string())
    };
    let suspended = party.is_suspended(today);
    let mut roles: Vec<RoleStands> = Vec::new();
    for role in &party.roles {
        let conditions: Vec<Asked> = policy
            .asked_of(&party, role.kind, today)
            .map(|row| {
                let asked = &row.value;
                let reached = party.certified(asked.fact, today).map_or("", |of| of.grade.name());
                Asked {
                    what: asked.fact.name().to_owned(),
                    zh: asked.zh.clone(),
                    en: asked.en.clone(),
                    grade: asked.grade.name().to_owned(),
                    reached: reached.to_owned(),
                    met: party.reaches(asked.fact, asked.grade, today),
                    clause: row.clause.clone(),
                }
            })
            .collect();
        let held = in_force(role.from, role.until, today) && role.licence_runs(today) && !suspended;
        roles.push(RoleStands {
            role: role.kind.name().to_owned(),
            from: role.from.to_string(),
            until: text(role.until),
            licence_until: text(role.licence_until),
            usable: held && conditions.iter().all(|asked| asked.met),
            conditions,
        });
    }
    let checks: AccountChecks = house.window().read(&Key::BankAccount(party.code.clone())).unwrap_or_default();
    let account = checks.all.last().map(|check| AccountStands {
        bank: check.bank.to_string(),
        filed: check.filed.to_string(),
        sent: text(check.sent),
        state: check.state.name().to_owned(),
        wrong: check.wrong,
        filed_in: check.filed_in,
    });
    let mut had = Vec::new();
    house.window().state().each_of(Key::PARTY, |_, value| {
        if let Ok(other) = Party::unpack(value) {
            let to_it = other.agents.iter().filter(|of| *of.code == *code);
            had.extend(to_it.map(|of| power(of, &other.code, &other.name_zh, today)));
        }
    });
    had.sort_by(|a: &Power, b: &Power| (!a.holds, &a.other, &a.number).cmp(&(!b.holds, &b.other, &b.number)));
    let mut given: Vec<Power> = party.agents.iter().map(|of| power(of, &of.code, &name(&of.code), today)).collect();
    given.sort_by(|a, b| (!a.holds, &a.number).cmp(&(!b.holds, &b.number)));
    Ok(Standing {
        code: party.code.to_string(),
        name_zh: party.name_zh.to_string(),
        name_en: party.name_en.to_string(),
        credit_code: party.uscc.to_string(),
        domestic: party.domestic,
        suspended,
        untrusted: party.is_untrusted(today),
        roles,
        certifications: party.certified.iter().map(|of| step(of, &party, today)).collect(),
        credit: party.credit.iter().map(|given| Class::of(given, today)).collect(),
        account,
        given,
        had,
    })
}
