//! Who a person is (实名核验): what a verifier said becomes a fact.
//!
//! PIPL (个人信息保护法) 28, 29 (paraphrase): identity and face are sensitive; they are used for what needs them, and with
//! the person's own consent. D716 (国务院令第716号 政务服务): a person is identified once for all.
//! Readings [ours, services 2.2 REG11]: a person asks about the own account, whoever runs the counter about any; what did
//! not fit so often on a day (`identity.tries`) is not asked again on that day; what fits counts so many months
//! (`identity.valid_months`). The identity that was asked about is the one with which the account was made.
//! Not covered: whether the verifier is right. It vouches by name, and the hash of its answer stands in the journal.

use super::{Scene, registry};
use crate::account::{AccountRow, Identified, Identity, IdentityStep};
use crate::command::{ActorRole, Verdict};
use crate::finding::{Code, Finding};
use crate::key::Key;
use crate::policy::Parameter;
use crate::policy::rights::Action;

const CLAUSE: &str = "个人信息保护法 第二十八条、第二十九条 (PIPL 28, 29); 国务院令第716号 (D716)";

pub(super) fn identified(scene: &mut Scene<'_>, found: &Identified) {
    if !registry::by_right(scene, &found.by, Action::IdentityVerify) {
        return;
    }
    if let Err(finding) = taken(scene, found) {
        scene.outcome.verdict = Verdict::Refused;
        scene.outcome.findings.push(finding);
    }
}

fn taken(scene: &mut Scene<'_>, found: &Identified) -> Result<(), Finding> {
    let (today, at) = (scene.today(), scene.setting.at);
    let other = || Finding::new(Code::IdentityOther, CLAUSE, "").arg("account", &found.account);
    let account = scene.read::<AccountRow>(&Key::Account(found.account.clone()));
    let account = account.filter(|account| !account.closed && account.role == ActorRole::Consumer).ok_or_else(other)?;
    let own = found.by.role != ActorRole::Consumer || found.by.id == found.account;
    if !own || !account.person.same(&found.person) {
        return Err(other());
    }
    let key = Key::Identity(found.account.clone());
    let mut identity = scene.read::<Identity>(&key).unwrap_or_default();
    if !identity.may_ask(scene.policy(), today) {
        return Err(Finding::new(Code::IdentityTries, CLAUSE, "").arg("account", &found.account).arg("day", today));
    }
    let months = scene.policy().whole(Parameter::IdentityMonths, today).and_then(|n| i32::try_from(n).ok());
    identity.steps.push(IdentityStep {
        method: found.method,
        found: found.found,
        verifier: found.verifier.clone(),
        person: found.person.clone(),
        answer: found.answer,
        at,
        until: months.map(|months| today.plus_months(months)),
        entry: scene.setting.revision,
    });
    scene.put(&key, &identity);
    scene.outcome.verdict = Verdict::Done;
    Ok(())
}
