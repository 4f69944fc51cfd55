//! Attachments (附件): photographs of an inspection, papers to a parcel, pictures to a filing of goods.
//!
//! What a file is was found out from its content at the door (`window::attachment`), where it is scanned too. Here: who
//! may add it, to what, and how much. The journal holds the commitment; the bytes lie in the vault and go with it when
//! the time of their month is over. Numbers and sizes are ours.

use super::Scene;
use super::access::enterprise_of;
use crate::command::{ActorRole, Attach, AttachedTo, Verdict};
use crate::finding::{Code, Finding};
use crate::key::{CaseKey, Key};
use crate::policy::rights::Action;
use crate::record::{Attached, Attachments, Case, Kept};
use crate::registry::GoodsRow;

/// So many files one parcel or filing has.
pub const MOST: usize = 20;
/// Bytes of one of them.
pub const LARGEST: u64 = 5 << 20;

pub(super) fn attach(scene: &mut Scene<'_>, attach: &Attach) {
    match allowed(scene, attach) {
        Ok((key, mut held)) => {
            held.all.push(Attached {
                revision: scene.setting.revision,
                at: scene.setting.at,
                by: attach.by.clone(),
                kind: attach.kind,
                size: attach.size,
                scanned: attach.scanned,
            });
            scene.put(&key, &held);
            scene.outcome.verdict = Verdict::Done;
        }
        Err(finding) => {
            scene.outcome.verdict = Verdict::Refused;
            scene.outcome.findings.push(finding);
        }
    }
}

fn allowed(scene: &Scene<'_>, attach: &Attach) -> Result<(Key, Attachments), Finding> {
    let rights = scene.policy().rights();
    if rights.of(Some(attach.by.role), Action::AttachmentSend, None, scene.today()).is_none() {
        let act = Action::AttachmentSend;
        return Err(Finding::new(Code::ActorRole, "", "").arg("who", attach.by.role).arg("act", act));
    }
    let of = &attach.of;
    let own = |code: &crate::pack::Text| {
        attach.by.role != ActorRole::Enterprise || enterprise_of(scene, &attach.by).as_ref() == Some(code)
    };
    let (key, known) = match attach.to {
        AttachedTo::Case => {
            let case = CaseKey { ebc: of.code.clone(), order_no: of.number.clone() };
            let list = scene.read::<Kept>(&Key::List(case.clone())).and_then(|kept| kept.document);
            let parties = list.as_ref().and_then(|list| list.takes_part());
            let theirs = own(&of.code) || parties.is_some_and(|parties| parties.into_iter().any(own));
            (Key::Attachments(of.clone()), theirs && scene.read::<Case>(&Key::Case(case)).is_some())
        }
        AttachedTo::Goods => {
            let known = scene.read::<GoodsRow>(&Key::Goods(of.clone())).is_some();
            (Key::GoodsAttachments(of.clone()), known && own(&of.code))
        }
    };
    if !known {
        return Err(Finding::new(Code::CaseUnknown, "", "").arg("key", format!("{} {}", of.code, of.number)));
    }
    let held = scene.read::<Attachments>(&key).unwrap_or_default();
    if held.all.len() >= MOST || attach.size == 0 || attach.size > LARGEST {
        let finding = Finding::new(Code::AttachmentLimit, "", "").arg("most", MOST as u64);
        return Err(finding.arg("size", attach.size).arg("largest", LARGEST));
    }
    Ok((key, held))
}
