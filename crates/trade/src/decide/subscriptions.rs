//! Who has receipts brought where.
//!
//! Reading [ours]: an enterprise or a department subscribes to its own outbox and to no other; three addresses at most;
//! what was given before the subscription began is fetched, not brought. The address is in the journal, so that it can be
//! shown who was told what; the secret with which a delivery is signed is not.

use super::{Scene, access, registry};
use crate::command::{ActorRole, Verdict};
use crate::finding::{Code, Finding};
use crate::key::Key;
use crate::pack::Text;
use crate::policy::rights::Action;
use crate::subscription::{MOST, Subscribe, Subscription, Subscriptions, is_address, owner};

pub(super) fn subscribe(scene: &mut Scene<'_>, said: &Subscribe) {
    if !registry::by_right(scene, &said.by, Action::HookOwn) {
        return;
    }
    scene.outcome.verdict = Verdict::Done;
    if let Err(finding) = taken(scene, said) {
        scene.outcome.verdict = Verdict::Refused;
        scene.outcome.findings.push(finding);
    }
}

fn taken(scene: &mut Scene<'_>, said: &Subscribe) -> Result<(), Finding> {
    let enterprise = match said.by.role {
        ActorRole::Enterprise => access::enterprise_of(scene, &said.by).unwrap_or_default(),
        _ => Text::default(),
    };
    let none = || Finding::new(Code::HookUnknown, "", "number").arg("number", &said.number);
    let owner = owner(said.by.role, &enterprise).ok_or_else(none)?;
    let key = Key::Subscriptions(owner.clone());
    let mut own = scene.read::<Subscriptions>(&key).unwrap_or_default();
    let at = scene.setting.at;
    if !said.number.is_empty() {
        let one = own.all.iter_mut().find(|of| of.number == said.number && of.is_open()).ok_or_else(none)?;
        one.ended = Some(at);
        scene.put(&key, &own);
        return Ok(());
    }
    if !is_address(&said.address) {
        return Err(Finding::new(Code::HookAddress, "", "address"));
    }
    let open = own.all.iter().filter(|of| of.is_open());
    if open.clone().count() >= MOST || open.clone().any(|of| of.address == said.address) {
        return Err(Finding::new(Code::HookMany, "", "address").arg("most", MOST));
    }
    own.all.push(Subscription {
        number: format!("DY{}-{}", at.day().year(), scene.setting.revision).into(),
        address: said.address.clone(),
        by: said.by.clone(),
        from: at,
        entry: scene.setting.revision,
        ended: None,
    });
    scene.put(&key, &own);
    let everybody = Key::Subscriptions(Text::default());
    let mut all = scene.read::<Subscriptions>(&everybody).unwrap_or_default();
    if !all.owners.contains(&owner) {
        all.owners.push(owner);
        scene.put(&everybody, &all);
    }
    Ok(())
}
