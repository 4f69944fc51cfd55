//! A look at others' data: whether the official has the right, whether a case is named, and whether it is unusual.
//!
//! PIPL 6, 34, 51 (paraphrase): a clear purpose, within the duty, with control over who looks. What makes a look bulk
//! or unusual is ours, as dated parameters. An unusual look is not refused: it may be right; it is marked, counted
//! and told to the auditor and to its subject. A look for an emergency (破窗查阅, break-glass) reaches further, needs a
//! case and is always marked (PIPL 13 (4), paraphrase: to protect life, health and property in an emergency).

use super::Scene;
use crate::command::Verdict;
use crate::finding::{Code, Finding};
use crate::key::Key;
use crate::look::{Look, LookCount};
use crate::policy::Parameter;
use crate::policy::rights::{Action, NeedsCase, Purpose};

/// Where no parameter says so: records from which a look needs a case, parcels and listed records that an official
/// looks at in a day before it is unusual.
const BULK_FROM: u32 = 100;
const UNUSUAL_OPENED: u32 = 300;
const UNUSUAL_LISTED: u32 = 5_000;

pub(super) fn look(scene: &mut Scene<'_>, look: &Look) {
    match allowed(scene, look) {
        Ok(()) => {
            scene.outcome.verdict = Verdict::Done;
            count(scene, look);
        }
        Err(finding) => {
            scene.outcome.verdict = Verdict::Refused;
            scene.outcome.findings.push(finding);
        }
    }
}

fn parameter(scene: &Scene<'_>, parameter: Parameter, otherwise: u32) -> u32 {
    let whole = scene.policy().whole(parameter, scene.today());
    whole.and_then(|n| u32::try_from(n).ok()).unwrap_or(otherwise)
}

fn allowed(scene: &Scene<'_>, look: &Look) -> Result<(), Finding> {
    let rights = scene.policy().rights();
    let row = rights.of(Some(look.by.role), look.action, Some(look.purpose), scene.today());
    let Some(row) = row.filter(|row| row.value.traced) else {
        let act = format!("{} {}", look.action, look.purpose);
        return Err(Finding::new(Code::ActorRole, "", "").arg("who", look.by.role).arg("act", act));
    };
    let from = parameter(scene, Parameter::LookBulkFrom, BULK_FROM);
    let needs = match row.value.case {
        NeedsCase::Never => false,
        NeedsCase::Bulk => look.records >= from,
        NeedsCase::Always => true,
    };
    if needs && look.case.trim().is_empty() {
        let finding = Finding::new(Code::LookNeedsCase, &row.clause, "case");
        return Err(finding.arg("records", look.records).arg("purpose", look.purpose));
    }
    Ok(())
}

/// Counts what the official saw today; beyond the measure, and at each multiple of it, the look is unusual.
fn count(scene: &mut Scene<'_>, look: &Look) {
    let key = Key::LookCount(look.by.id.to_string());
    let mut count = scene.read::<LookCount>(&key).unwrap_or_default();
    if count.day != scene.today() {
        count = LookCount { day: scene.today(), alarms: count.alarms, ..LookCount::default() };
    }
    let single = matches!(look.action, Action::ParcelRead | Action::ParcelExplain | Action::ReceiptRead);
    let (seen, measure, otherwise) = match single {
        true => (&mut count.opened, Parameter::LookUnusualOpened, UNUSUAL_OPENED),
        false => (&mut count.listed, Parameter::LookUnusualListed, UNUSUAL_LISTED),
    };
    let before = *seen;
    *seen = seen.saturating_add(look.records);
    let after = *seen;
    let measure = parameter(scene, measure, otherwise).max(1);
    if after / measure > before / measure {
        count.alarms = count.alarms.saturating_add(1);
        let finding = Finding::new(Code::LookUnusual, "", "").arg("who", look.by.role);
        scene.outcome.findings.push(finding.arg("count", after).arg("limit", measure).forgiven());
    }
    if look.purpose == Purpose::Emergency {
        count.alarms = count.alarms.saturating_add(1);
        let finding = Finding::new(Code::LookEmergency, "", "").arg("who", look.by.role).arg("case", &look.case);
        scene.outcome.findings.push(finding.forgiven());
    }
    scene.put(&key, &count);
}
