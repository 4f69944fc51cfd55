//! Bonded transfers on the road (保税间流转; rules.md 5.4): what left one area comes in at the other within the days that
//! the law gives (`bonded.transfer_days`); what has not is told to both enterprises, and both lists are marked.
//!
//! Reading: the days are counted from the first vehicle that left while nothing was on the road, the last day whole.

use super::{Kind, Scene, Stage};
use crate::bonded::record::ListRecord;
use crate::command::{DueKind, Verdict};
use crate::finding::{Code, Finding};
use crate::key::Key;
use crate::money::Quantity;
use crate::policy::Parameter;

const CLAUSE: &str = "rules 5.4";

fn list(scene: &Scene<'_>, number: &str) -> Option<ListRecord> {
    scene.read(&Key::VerificationList(number.into()))
}

/// A vehicle left with goods of the giver's list, which the caller writes.
pub(super) fn left(scene: &mut Scene<'_>, number: &str, giver: &mut ListRecord) {
    let Some(days) = scene.policy().whole(Parameter::TransferDays, scene.today()) else { return };
    if giver.missing_from.is_none() {
        let at = scene.today().plus(i32::try_from(days).unwrap_or(7)).plus(1).starts();
        giver.missing_from = Some(at);
        scene.overlay.due(at, DueKind::TransferOverdue, &Key::VerificationList(number.into()));
    }
}

/// A vehicle came in with goods of the receiver's list, which the caller writes: where nothing is on the road any more,
/// nothing is missing.
pub(super) fn came_in(scene: &mut Scene<'_>, receiver: &mut ListRecord) {
    let Some(mut giver) = list(scene, &receiver.pair) else { return };
    let key = Key::VerificationList(receiver.pair.clone());
    if !on_the_road(&giver, receiver).is_empty() || (giver.missing_from.is_none() && giver.state != Stage::Overdue) {
        return;
    }
    if let Some(at) = giver.missing_from.take() {
        scene.overlay.undue(at, DueKind::TransferOverdue, &key);
    }
    for half in [&mut giver, receiver] {
        if half.state == Stage::Overdue {
            half.state = Stage::Moving;
            scene.walked(&mut half.trail);
        }
    }
    scene.put(&key, &giver);
}

/// Line and quantity of what has left and not come in.
fn on_the_road(giver: &ListRecord, receiver: &ListRecord) -> Vec<(usize, Quantity)> {
    let halves = giver.lines.iter().zip(&receiver.lines).enumerate();
    let missing = halves.map(|(at, (out, into))| (at, out.passed.minus(into.passed)));
    missing.filter(|(_, qty)| *qty > Quantity(0)).collect()
}

/// The days of a transfer are over.
pub(super) fn overdue(scene: &mut Scene<'_>, number: &str) {
    let Some(mut giver) = list(scene, number).filter(|giver| giver.missing_from.is_some()) else { return };
    let Some(receiver) = list(scene, &giver.pair) else { return };
    giver.missing_from = None;
    scene.outcome.verdict = Verdict::Done;
    let missing = on_the_road(&giver, &receiver).into_iter().map(|(at, qty)| {
        let line = &giver.list.lines[at];
        let finding = Finding::new(Code::TransferMissing, CLAUSE, "dclQty").line(line.gnum).arg("list", number);
        finding.arg("item", &line.item_no).arg("qty", qty).arg("to", &giver.list.other_ems)
    });
    let missing: Vec<Finding> = missing.collect();
    scene.outcome.findings.extend(missing.clone());
    let info = crate::receipt::info_of(&missing, "");
    let pair = giver.pair.clone();
    for (number, mut half) in [(number, giver), (&*pair, receiver)] {
        if !missing.is_empty() {
            half.state = Stage::Overdue;
            scene.walked(&mut half.trail);
            let told = (100, info.clone(), missing.clone());
            scene.tell_filer(Kind::List, &half.etps, &half.list.head.own_no, number, told);
        }
        scene.put(&Key::VerificationList(number.into()), &half);
    }
}
