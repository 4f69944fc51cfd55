//! Who lets whom in, where one person's word is not enough or reaches only so far.
//!
//! A lost password, or a lost second factor, of an official: one administrator alone cannot come in as another.
//! GB/T 22239-2019 8.1.5 (三员分立, paraphrase): those who administer watch each other. Reading, ours: where the law asks
//! for two persons (`access.recovery_persons`), a new password for an official's account is proposed by one
//! administrator and given by another, within a day and for the same role; then older second factors count no more.
//! Enterprises and persons get theirs from one, with the same effect.
//! Not covered here: who is to be asked whether it is really the account's owner who comes.
//!
//! An enterprise's keys (密钥): it makes, replaces and takes back its own, and no others; a key is never given to another
//! enterprise. GB/T 22239-2019 8.1.4.1 (身份鉴别, paraphrase): what identifies is hard to guess and changed regularly.

use super::{Scene, parties};
use crate::account::{AccountRow, ApiKeyRow, Recovery};
use crate::command::{Actor, ActorRole, Register, RegisterKind, Verdict};
use crate::finding::{Code, Finding};
use crate::key::Key;
use crate::pack::{Pack, Text};
use crate::policy::Parameter;
use crate::record::Founding;
use crate::registry::{GoodsRow, filing};
use crate::time::HOUR_MS;

/// How long a proposal waits for the other administrator.
const WAITS_MS: i64 = 24 * HOUR_MS;

/// Whether rows take force now; if not, the outcome says why, and that one has proposed.
pub(super) fn takes_force(scene: &mut Scene<'_>, rows: &Register) -> bool {
    if rows.kind == RegisterKind::ApiKeys && rows.by.role == ActorRole::Enterprise {
        return own_keys(scene, rows);
    }
    if matches!(rows.kind, RegisterKind::Mandates | RegisterKind::Certifications) {
        return parties::own(scene, rows);
    }
    if rows.kind == RegisterKind::Goods && rows.by.role == ActorRole::Enterprise {
        return own_goods(scene, rows);
    }
    if rows.kind != RegisterKind::Accounts || !two_persons(scene) {
        return true;
    }
    let accounts = rows.rows.iter().filter_map(|row| AccountRow::unpack(row).ok());
    let (one, meant): (bool, Vec<_>) = (rows.rows.len() == 1, accounts.filter(|a| is_recovery(scene, a)).collect());
    match meant.as_slice() {
        [] => begins_anew(scene, rows),
        [account] if one => proposed_or_confirmed(scene, &rows.by, account),
        // Several at once are nobody's lost password.
        several => refused(scene, Finding::new(Code::RecoveryOwn, "", "").arg("account", &several[0].login)),
    }
}

/// The enterprise for which one of its people or programs acts: by an account, or in its own name (an API key, the command
/// line). `None` where the account is closed.
pub(super) fn enterprise_of(scene: &Scene<'_>, by: &Actor) -> Option<Text> {
    match scene.read::<AccountRow>(&Key::Account(by.id.clone())) {
        Some(account) => (!account.closed).then_some(account.enterprise),
        None => Some(by.id.clone()),
    }
}

/// An enterprise files its own goods as the law of their day takes them, all of a file or none.
fn own_goods(scene: &mut Scene<'_>, rows: &Register) -> bool {
    let code = enterprise_of(scene, &rows.by).unwrap_or_default();
    let goods = rows.rows.iter().zip(1..).filter_map(|(row, n)| Some((GoodsRow::unpack(row).ok()?, n)));
    let mut found = Vec::new();
    for (row, n) in goods {
        if row.ebc != code {
            found.push(Finding::new(Code::FilingNotOwn, "", "ebc").line(n).arg("ebc", &row.ebc));
        }
        found.extend(filing::check(&row, n, scene.today(), scene.policy()));
    }
    if found.is_empty() {
        return true;
    }
    scene.outcome.verdict = Verdict::Refused;
    scene.outcome.findings.extend(found);
    false
}

/// A key that is there stays whose it is.
fn own_keys(scene: &mut Scene<'_>, rows: &Register) -> bool {
    let code = enterprise_of(scene, &rows.by);
    let own = |key: &ApiKeyRow| {
        let of_an_enterprise = matches!(key.role, ActorRole::Enterprise | ActorRole::Window);
        of_an_enterprise && !key.enterprise.is_empty() && code.as_ref() == Some(&key.enterprise)
    };
    let keys = rows.rows.iter().filter_map(|row| ApiKeyRow::unpack(row).ok());
    let all = keys.flat_map(|key| [scene.read(&Key::ApiKey(key.hash)), Some(key)]).flatten().collect::<Vec<_>>();
    match all.iter().find(|key| !own(key)) {
        None => true,
        Some(other) => refused(scene, Finding::new(Code::KeyNotOwn, "", "").arg("enterprise", &other.enterprise)),
    }
}

fn is_official(role: ActorRole) -> bool {
    !matches!(role, ActorRole::Enterprise | ActorRole::Consumer | ActorRole::Viewer)
}

/// A new password for an account that is there, of an official or to become one.
fn is_recovery(scene: &Scene<'_>, account: &AccountRow) -> bool {
    let known = scene.read::<AccountRow>(&Key::Account(account.login.clone()));
    let other = known.filter(|known| known.password_hash != account.password_hash && !account.closed);
    other.is_some_and(|known| is_official(known.role) || is_official(account.role))
}

/// Enterprises and persons, who have lost theirs, get a new password from one administrator: second factors of before
/// count no more, as after two for an official. An own new password takes nothing away.
fn begins_anew(scene: &mut Scene<'_>, rows: &Register) -> bool {
    for account in rows.rows.iter().filter_map(|row| AccountRow::unpack(row).ok()) {
        let known = scene.read::<AccountRow>(&Key::Account(account.login.clone()));
        let other = known.is_some_and(|known| known.password_hash != account.password_hash);
        if other && rows.by.id != account.login {
            let (key, since) = (Key::Recovery(account.login.clone()), Some(scene.setting.at));
            let (by, at, revision) = (rows.by.clone(), scene.setting.at, scene.setting.revision);
            scene.put(&key, &Recovery { by, at, revision, role: account.role, since, ..Recovery::default() });
        }
    }
    true
}

fn proposed_or_confirmed(scene: &mut Scene<'_>, by: &Actor, account: &AccountRow) -> bool {
    let (at, revision) = (scene.setting.at, scene.setting.revision);
    let key = Key::Recovery(account.login.clone());
    let before = scene.read::<Recovery>(&key).unwrap_or_default();
    if by.id == account.login {
        return refused(scene, Finding::new(Code::RecoveryOwn, "", "").arg("account", &account.login));
    }
    let same = before.role == account.role && before.office == account.office;
    let waits = before.open && at.0 < before.at.0 + WAITS_MS && same;
    if waits && before.by.id == by.id {
        let finding = Finding::new(Code::RecoverySamePerson, "", "").arg("who", &by.id).arg("entry", before.revision);
        return refused(scene, finding.arg("account", &account.login));
    }
    if waits {
        let done = Recovery { open: false, confirmed_by: Some(by.clone()), since: Some(at), ..before };
        scene.put(&key, &done);
        return true;
    }
    let finding = Finding::new(Code::RecoveryProposed, "", "").arg("who", &by.id).arg("account", &account.login);
    scene.outcome.findings.push(finding.forgiven());
    scene.outcome.verdict = Verdict::Waiting;
    let (role, office, since) = (account.role, account.office.clone(), before.since);
    scene.put(&key, &Recovery { by: by.clone(), at, revision, role, office, open: true, confirmed_by: None, since });
    false
}

pub(super) fn refused(scene: &mut Scene<'_>, finding: Finding) -> bool {
    scene.outcome.verdict = Verdict::Refused;
    scene.outcome.findings.push(finding);
    false
}

/// Where the law in force asks for two, but in a sandbox.
fn two_persons(scene: &Scene<'_>) -> bool {
    let asked = scene.policy().whole(Parameter::RecoveryPersons, scene.today()).is_some_and(|persons| persons > 1);
    let sandbox = scene.read::<Founding>(&Key::Founding(Text::default())).is_some_and(|founding| founding.sandbox);
    asked && !sandbox
}
