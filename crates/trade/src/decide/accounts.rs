//! The bank account of an enterprise (对公账户): by a small transfer that it says back, or by its bank's word.
//!
//! Reading [ours] (services 2.2; there is no clause that we know): the enterprise files its account and says at which
//! bank; that bank, a payment enterprise of the zone that acts by its own key, says which amount it sent there, or that
//! the account is the enterprise's. The account's number and holder are pseudonyms in the journal; both sides have to
//! name the same. The enterprise says the amount back within so many days (`account.answer_days`); so many wrong answers
//! (`account.tries`) end it, and it files anew. What was verified is a step of its certification, by the bank, and counts
//! so many months (`account.valid_months`).
//! The amount stands in the journal as the bank said it, and is shown to nobody.
//! Not covered: the transfer itself, which goes between banks.

use sha2::{Digest, Sha256};

use super::{Scene, access, registry};
use crate::account::{AccountCheck, AccountChecks, AccountSaid, AccountState, AccountStep};
use crate::command::{ActorRole, Verdict};
use crate::finding::{Code, Finding};
use crate::key::Key;
use crate::pack::{Pack, Text};
use crate::policy::Parameter;
use crate::policy::rights::Action;
use crate::registry::{Certifiable, Certified, Grade, Method, Party, RoleKind};
use crate::time::Day;

const CLAUSE: &str = "本项目 (ours)";

pub(super) fn said(scene: &mut Scene<'_>, said: &AccountSaid) {
    let action = match said.step {
        AccountStep::Filed | AccountStep::Answered => Action::AccountOwn,
        AccountStep::Sent | AccountStep::Vouched => Action::AccountBank,
    };
    if !registry::by_right(scene, &said.by, action) {
        return;
    }
    scene.outcome.verdict = Verdict::Done;
    if let Err(found) = taken(scene, said) {
        scene.outcome.verdict = Verdict::Refused;
        scene.outcome.findings.extend(found);
    }
}

fn taken(scene: &mut Scene<'_>, said: &AccountSaid) -> Result<(), Vec<Finding>> {
    let finding = |code| Finding::new(code, CLAUSE, "").arg("code", &said.party);
    let Some(party) = scene.read::<Party>(&Key::Party(said.party.clone())) else {
        return Err(vec![Finding::new(Code::PartyUnknown, CLAUSE, "party").arg("code", &said.party)]);
    };
    let actor = match said.by.role {
        ActorRole::Enterprise => access::enterprise_of(scene, &said.by).unwrap_or_default(),
        _ => said.by.id.clone(),
    };
    let key = Key::BankAccount(said.party.clone());
    let mut checks = scene.read::<AccountChecks>(&key).unwrap_or_default();
    let by_itself = matches!(said.step, AccountStep::Filed | AccountStep::Answered);
    if by_itself && actor != said.party {
        return Err(vec![finding(Code::AccountOther)]);
    }
    if said.step == AccountStep::Filed {
        return file(scene, said, party, checks);
    }
    let today = scene.setting.at.day();
    let Some(check) = checks.all.last_mut().filter(|check| check.is_open()) else {
        return Err(vec![finding(Code::AccountState)]);
    };
    if !by_itself {
        bank(scene, said, check, &actor, today)?;
    }
    match said.step {
        AccountStep::Sent => {
            (check.amount, check.sent, check.sent_in) = (said.amount, Some(today), scene.setting.revision);
        }
        AccountStep::Vouched => verified(scene, party, check, Method::Bank, today),
        _ => {
            let Some(sent) = check.sent else { return Err(vec![finding(Code::AccountState)]) };
            let last = days(scene, Parameter::AccountDays, today).map(|days| sent.plus(days));
            if last.is_some_and(|last| today > last) {
                check.state = AccountState::Late;
                scene.put(&key, &checks);
                return Err(vec![finding(Code::AccountLate).arg("last", last.unwrap_or_default())]);
            }
            if said.amount != check.amount {
                check.wrong += 1;
                let most = days(scene, Parameter::AccountTries, today).and_then(|most| u32::try_from(most).ok());
                let left = most.map(|most| most.saturating_sub(check.wrong));
                if left == Some(0) {
                    check.state = AccountState::Ended;
                }
                scene.put(&key, &checks);
                let left = left.map_or_else(|| "-".to_owned(), |left| left.to_string());
                return Err(vec![finding(Code::AccountWrong).arg("left", left)]);
            }
            verified(scene, party, check, Method::SmallTransfer, today);
        }
    }
    scene.put(&key, &checks);
    Ok(())
}

fn days(scene: &Scene<'_>, parameter: Parameter, today: Day) -> Option<i32> {
    scene.policy().whole(parameter, today).and_then(|n| i32::try_from(n).ok())
}

/// An account is filed; a check that was open is over by it.
fn file(
    scene: &mut Scene<'_>,
    said: &AccountSaid,
    mut party: Party,
    mut checks: AccountChecks,
) -> Result<(), Vec<Finding>> {
    let today = scene.setting.at.day();
    let bank = scene.role_lacks(&said.bank, RoleKind::Payment, "bank", today);
    if !bank.is_empty() {
        return Err(bank);
    }
    if said.account.is_absent() || said.holder.is_absent() {
        return Err(vec![Finding::new(Code::AccountOther, CLAUSE, "account").arg("code", &said.party)]);
    }
    if let Some(open) = checks.all.last_mut().filter(|check| check.is_open()) {
        open.state = AccountState::Replaced;
    }
    let here = scene.setting.revision;
    checks.all.push(AccountCheck {
        bank: said.bank.clone(),
        account: said.account.clone(),
        holder: said.holder.clone(),
        filed: today,
        filed_in: here,
        ..AccountCheck::default()
    });
    party.certified.push(Certified {
        fact: Certifiable::BankAccount,
        grade: Grade::Filed,
        by: said.party.clone(),
        method: Method::Statement,
        from: today,
        entry: here,
        ..Certified::default()
    });
    scene.put(&Key::Party(said.party.clone()), &party);
    scene.put(&Key::BankAccount(said.party.clone()), &checks);
    Ok(())
}

/// Whether it is the bank that was named, acts as one today, and speaks of the account that was filed.
fn bank(
    scene: &Scene<'_>,
    said: &AccountSaid,
    check: &AccountCheck,
    actor: &Text,
    today: Day,
) -> Result<(), Vec<Finding>> {
    if *actor != check.bank {
        return Err(vec![Finding::new(Code::AccountOther, CLAUSE, "bank").arg("code", &said.party)]);
    }
    let lacks = scene.role_lacks(actor, RoleKind::Payment, "bank", today);
    if !lacks.is_empty() {
        return Err(lacks);
    }
    if !said.account.same(&check.account) || !said.holder.same(&check.holder) {
        return Err(vec![Finding::new(Code::AccountDiffers, CLAUSE, "account").arg("code", &said.party)]);
    }
    let small = said.step != AccountStep::Sent || (1..=SMALL).contains(&said.amount);
    if !small || (said.step == AccountStep::Sent && check.sent.is_some()) {
        return Err(vec![Finding::new(Code::AccountAmount, CLAUSE, "amount").arg("most", SMALL)]);
    }
    Ok(())
}

/// The most that a small transfer is, in fen.
const SMALL: i64 = 99;

fn verified(scene: &mut Scene<'_>, mut party: Party, check: &mut AccountCheck, method: Method, today: Day) {
    check.state = AccountState::Verified;
    let months = days(scene, Parameter::AccountMonths, today);
    party.certified.push(Certified {
        fact: Certifiable::BankAccount,
        grade: Grade::Verified,
        by: check.bank.clone(),
        method,
        from: today,
        until: months.map(|months| today.plus_months(months)),
        // What it rests on: what was filed and what the bank said of it.
        proof: Sha256::digest(check.pack()).into(),
        entry: scene.setting.revision,
        ..Certified::default()
    });
    let code = party.code.clone();
    scene.put(&Key::Party(code), &party);
}
