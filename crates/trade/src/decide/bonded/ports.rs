//! Other ports and supervised places (rules.md 8.1, 8.3).
//!
//! Goods may come in at any port of the province and go on under customs control (转关): a registered carrier, its
//! vehicle, a seal, a route and a time. A bill may arrive split over several vehicles. What an office has inspected is
//! not inspected again while its result holds ([`super::results`]) and the seal is whole.

use super::super::papers::CARRIERS;
use super::{Answer, Scene, Stage, Taken, batch, books, misfit, not_in, results, unknown};
use crate::bonded::record::{Leg, PlaceRecord, TransitOfBill, TransitRecord};
use crate::bonded::{Decision, Kind, Place, Step, Transit, TransitStep, Verdict};
use crate::command::{ActorRole, DueKind};
use crate::finding::{Code, Finding};
use crate::key::Key;
use crate::policy::Parameter;
use crate::registry::in_force;
use crate::time::Moment;

pub(super) const TRANSFER: &str = "GACC 2017 No. 48; rules 8.1";

/// PLACE: a supervised place, or what has changed about it.
pub(super) fn place(scene: &mut Scene<'_>, place: &Place) -> Answer {
    if place.number.is_empty() || place.opens > 24 || place.closes > 24 {
        return Err(vec![misfit("placeNo", &place.number, "placeNo; opens, closes 0 … 24")]);
    }
    let key = Key::Place(place.number.clone());
    let inside = scene.read::<PlaceRecord>(&key).map_or(0, |r| r.inside);
    scene.put(&key, &PlaceRecord { place: place.clone(), inside });
    Ok(Taken::closed(&place.number, &place.office, "监管场所已登记"))
}

fn not_fit(number: &str, why: &str) -> Finding {
    let finding = Finding::new(Code::PlaceNotFit, "rules 8.1, 8.3", "placeNo");
    finding.arg("place", if number.is_empty() { "-" } else { number }).arg("why", why)
}

/// A place that is in force today and accepted for its kinds (指定监管场地).
///
/// # Errors
/// Why it may not take them.
pub(super) fn accepted(scene: &Scene<'_>, number: &str, kinds: &[String]) -> Result<PlaceRecord, Finding> {
    let refuse = |why: &str| Err(not_fit(number, why));
    let Some(record) = scene.read::<PlaceRecord>(&Key::Place(number.into())) else {
        return refuse("未登记 not registered");
    };
    let place = &record.place;
    if !in_force(place.from, place.until, scene.today()) {
        return refuse("不在有效期内 not in force today");
    }
    if let Some(kind) = kinds.iter().find(|kind| place.kinds.iter().all(|k| k != kind.as_str())) {
        return refuse(&format!("未经批准用于 {kind} not accepted for {kind}"));
    }
    Ok(record)
}

/// A consignment comes into a place that is open, has room and is accepted for its kinds.
///
/// # Errors
/// Why it may not.
pub(super) fn admit(scene: &mut Scene<'_>, number: &str, kinds: &[String]) -> Result<(), Finding> {
    let mut record = takes(scene, number, kinds)?;
    record.inside += 1;
    scene.put(&Key::Place(number.into()), &record);
    Ok(())
}

/// A place that is open now, has room and is accepted for its kinds.
///
/// # Errors
/// Why it takes nothing in.
pub(super) fn takes(scene: &Scene<'_>, number: &str, kinds: &[String]) -> Result<PlaceRecord, Finding> {
    let record = accepted(scene, number, kinds)?;
    let place = &record.place;
    if place.capacity != 0 && record.inside >= place.capacity {
        return Err(not_fit(number, "已满 full"));
    }
    let hour = (scene.setting.at.0 - scene.today().starts().0) / crate::time::HOUR_MS;
    let (opens, closes) = (place.opens, place.closes);
    if opens != closes && !(opens..closes).contains(&u32::try_from(hour).unwrap_or_default()) {
        return Err(not_fit(number, &format!("开放时间 {opens}–{closes} open from {opens} to {closes}")));
    }
    Ok(record)
}

/// The consignment is declared and no longer in the place's charge.
pub(super) fn leave(scene: &mut Scene<'_>, number: &str) {
    let key = Key::Place(number.into());
    if let Some(mut record) = scene.read::<PlaceRecord>(&key) {
        record.inside = record.inside.saturating_sub(1);
        scene.put(&key, &record);
    }
}

/// TRANSIT: a customs transfer is declared.
pub(super) fn transit(scene: &mut Scene<'_>, transit: &Transit) -> Answer {
    if !transit.parcels.is_empty() {
        return batch::file(scene, transit);
    }
    let (mut found, mut relied) = (Vec::new(), Vec::new());
    let empty = [("billNo", &transit.bill_no), ("vehicleNo", &transit.vehicle), ("route", &transit.route)];
    for (field, _) in empty.into_iter().filter(|(_, value)| value.is_empty()) {
        found.push(misfit(field, "", "…"));
    }
    if transit.from == transit.to {
        found.push(misfit("entryOffice", &transit.to, "another office than exitOffice"));
    }
    if transit.pieces == 0 {
        found.push(Finding::new(Code::ValueNotPositive, "", "packageQty"));
    }
    match transit.arrive_by {
        Some(by) if by > scene.setting.at => {}
        by => found.push(misfit("arriveBy", &by.map(|b| b.to_string()).unwrap_or_default(), "a time to come")),
    }
    found.extend(scene.neither(&transit.carrier, CARRIERS, "carrierCode", scene.today()));
    let quarantine_first = scene.policy().whole(Parameter::QuarantineAtPort, scene.today()) == Some(1);
    if quarantine_first {
        found.extend(results::quarantined(scene, &transit.quarantine, &transit.to, "", &mut relied));
    }
    scene.clean(found)?;
    let number = scene.bonded_number("ZG", &transit.from, "");
    let mut record = TransitRecord {
        transit: transit.clone(),
        state: Stage::Waiting,
        etps: transit.head.etps.clone(),
        number: number.clone(),
        relied,
        ..TransitRecord::default()
    };
    scene.walked(&mut record.trail);
    scene.put(&Key::Transit(number.clone()), &record);
    if quarantine_first {
        scene.put(&Key::TransitOfBill(transit.bill_no.clone()), &TransitOfBill { number: number.clone() });
    }
    Ok(Taken::waits(&number, &transit.from, "转关申报待出境地海关接受"))
}

/// TRANSIT-STEP: accepted at the port, a vehicle left with its seal, a vehicle came in.
pub(super) fn step(scene: &mut Scene<'_>, step: &TransitStep, by: ActorRole) -> Answer {
    let key = Key::Transit(step.number.clone());
    let Some(mut record) = scene.read::<TransitRecord>(&key) else {
        return Err(vec![unknown(Kind::Transit, &step.number, "transferNo")]);
    };
    // The office at the port accepts; what happens on the way is told by the filer, the carrier, or an office.
    let allowed = match (by, step.step) {
        (ActorRole::Officer | ActorRole::Window, _) => true,
        (_, Step::Accepted) => false,
        (ActorRole::Operator, _) => true,
        _ => [&record.etps, &record.transit.carrier].contains(&&step.head.etps),
    };
    if !allowed {
        return Err(vec![Finding::new(Code::ActorRole, TRANSFER, "step").arg("who", by).arg("act", step.step)]);
    }
    let at = step.at.unwrap_or(scene.setting.at);
    let office = record.transit.from.clone();
    let told = match step.step {
        Step::Accepted if record.state == Stage::Waiting => {
            record.state = Stage::Passed;
            if scene.policy().whole(Parameter::TransferDays, scene.today()).is_some() {
                scene.overlay.due(late_from(&record).max(scene.setting.at), DueKind::TransitOverdue, &key);
            }
            Taken::closed(&step.number, &office, "转关已接受")
        }
        Step::Departed if goes_on(record.state) && batch::is(&record) => batch::departed(scene, step, &mut record, at)?,
        Step::Departed if goes_on(record.state) => {
            let left = record.transit.pieces - record.legs.iter().map(|l| l.pieces).sum::<u32>();
            let mut found = Vec::new();
            if step.pieces == 0 || step.pieces > left {
                let finding = Finding::new(Code::QuantityOver, TRANSFER, "packageQty").arg("qty", step.pieces);
                found.push(finding.arg("left", left).arg("of", &step.number).arg("item", "-"));
            }
            if step.seal.is_empty() || step.vehicle.is_empty() {
                found.push(misfit("sealNo", &step.seal, "sealNo, vehicleNo"));
            }
            if record.legs.iter().any(|l| l.vehicle == step.vehicle && l.arrived.is_none()) {
                found.push(misfit("vehicleNo", &step.vehicle, "a vehicle that is not on its way"));
            }
            scene.clean(found)?;
            let leg = Leg {
                vehicle: step.vehicle.clone(),
                seal: step.seal.clone(),
                pieces: step.pieces,
                left: at,
                ..Leg::default()
            };
            record.legs.push(leg);
            if record.state == Stage::Passed {
                record.state = Stage::Moving;
            }
            Taken::closed(&step.number, &office, "施封，启运")
        }
        Step::Arrived if matches!(record.state, Stage::Moving | Stage::Overdue) => match batch::is(&record) {
            true => batch::arrived(scene, step, &mut record, at)?,
            false => arrived(scene, step, &mut record, at)?,
        },
        _ => return Err(vec![not_in(record.state, Kind::Transit, &step.number, "step")]),
    };
    scene.walked(&mut record.trail);
    scene.put(&key, &record);
    Ok(told)
}

/// It was accepted, and not all of it has arrived.
fn goes_on(state: Stage) -> bool {
    matches!(state, Stage::Passed | Stage::Moving | Stage::Overdue)
}

/// Guard of 8.1: seal intact, the same vehicle, within the time.
fn arrived(
    scene: &mut Scene<'_>,
    step: &TransitStep,
    record: &mut TransitRecord,
    at: crate::time::Moment,
) -> Result<Taken, Vec<Finding>> {
    let office = record.transit.to.clone();
    let place = record.transit.place.clone();
    let open = |leg: &&mut Leg| leg.arrived.is_none();
    let by_vehicle = record.legs.iter().position(|l| l.arrived.is_none() && l.vehicle == step.vehicle);
    let at_leg = by_vehicle.or_else(|| record.legs.iter().position(|l| l.arrived.is_none() && l.seal == step.seal));
    let Some(leg) = at_leg.and_then(|n| record.legs.get_mut(n)).filter(open) else {
        let finding = Finding::new(Code::TransitVehicle, TRANSFER, "vehicleNo").arg("number", &step.number);
        return Err(vec![finding.arg("vehicle", &step.vehicle).arg("expected", "-")]);
    };
    let mut faults = guard(step, leg, &step.number, record.transit.arrive_by, at);
    if step.pieces != leg.pieces {
        let finding = Finding::new(Code::DifferenceUnreported, TRANSFER, "packageQty").arg("item", &step.number);
        faults.push(finding.arg("counted", step.pieces).arg("expected", leg.pieces));
    }
    leg.arrived = Some(at);
    leg.faults = faults.clone();
    if record.legs.iter().filter(|l| l.arrived.is_some()).count() == 1 {
        admit(scene, &place, &[]).map_err(|finding| vec![finding])?;
    }
    if !faults.is_empty() {
        let info = crate::receipt::info_of(&faults, "");
        let verdict = crate::command::Verdict::Inspection;
        let taken = Taken::closed(&step.number, &office, info);
        return Ok(Taken { status: super::status::STOPPED, verdict, findings: faults, ..taken });
    }
    close(scene, record);
    Ok(Taken::closed(&step.number, &office, "运抵，验封无误"))
}

/// What stands against a vehicle that came: it is another one, its seal is not the one that it left with, it is late.
pub(super) fn guard(step: &TransitStep, leg: &Leg, number: &str, by: Option<Moment>, at: Moment) -> Vec<Finding> {
    let mut faults = Vec::new();
    if leg.vehicle != step.vehicle {
        let finding = Finding::new(Code::TransitVehicle, TRANSFER, "vehicleNo").arg("number", number);
        faults.push(finding.arg("vehicle", &step.vehicle).arg("expected", &leg.vehicle));
    }
    if leg.seal != step.seal {
        let finding = Finding::new(Code::GateSeal, TRANSFER, "sealNo").arg("seal", &leg.seal);
        faults.push(finding.arg("read", if step.seal.is_empty() { "-" } else { &step.seal }));
    }
    if let Some(by) = by.filter(|by| at > *by) {
        let finding = Finding::new(Code::TransitLate, TRANSFER, "arriveBy").arg("number", number);
        faults.push(finding.arg("arrived", at).arg("by", by));
    }
    faults
}

/// All pieces are there and nothing stands against any vehicle: the transfer is closed.
pub(super) fn close(scene: &mut Scene<'_>, record: &mut TransitRecord) {
    let pieces: u32 = record.legs.iter().filter(|leg| leg.faults.is_empty()).map(Leg::came).sum();
    if pieces == record.transit.pieces {
        if record.state != Stage::Overdue {
            let key = Key::Transit(record.number.clone());
            scene.overlay.undue(late_from(record), DueKind::TransitOverdue, &key);
        }
        record.state = Stage::Done;
        let told = (super::status::CLOSED, "转关核销".to_owned(), Vec::new());
        scene.tell_filer(Kind::Transit, &record.etps, &record.transit.head.own_no, &record.number, told);
    }
}

/// Goods of a bill do not go on while a vehicle of their transfer stands for an official to look at: what another office
/// found holds no more (8.2).
pub(super) fn stands(scene: &Scene<'_>, bill_no: &str) -> Option<Finding> {
    let number = scene.read::<TransitOfBill>(&Key::TransitOfBill(bill_no.into()))?.number;
    let record = scene.read::<TransitRecord>(&Key::Transit(number.clone()))?;
    let leg = record.legs.iter().find(|leg| !leg.faults.is_empty())?;
    let finding = Finding::new(Code::TransitStands, "rules 8.2", "rltNo").arg("number", number);
    Some(finding.arg("bill", bill_no).arg("vehicle", &leg.vehicle))
}

/// The first moment at which it is late.
fn late_from(record: &TransitRecord) -> Moment {
    Moment(record.transit.arrive_by.unwrap_or_default().0.saturating_add(1))
}

/// The time that was filed is over and not all has arrived: whoever filed it and the carrier are told, once.
pub(super) fn overdue(scene: &mut Scene<'_>, number: &str) {
    let key = Key::Transit(number.into());
    let on_its_way = |r: &TransitRecord| matches!(r.state, Stage::Passed | Stage::Moving);
    let Some(mut record) = scene.read::<TransitRecord>(&key).filter(on_its_way) else { return };
    let arrived: u32 = record.legs.iter().map(Leg::came).sum();
    let finding = Finding::new(Code::TransitMissing, TRANSFER, "arriveBy").arg("number", number);
    let finding = finding.arg("pieces", record.transit.pieces.saturating_sub(arrived));
    let finding = finding.arg("by", record.transit.arrive_by.unwrap_or_default());
    record.state = Stage::Overdue;
    scene.walked(&mut record.trail);
    scene.outcome.verdict = crate::command::Verdict::Done;
    scene.outcome.findings.push(finding.clone());
    tell(scene, &record, 100, &[finding]);
    batch::late(scene, &record);
    scene.put(&key, &record);
}

/// Whoever filed the transfer and its carrier are told of what stands against it.
pub(super) fn tell(scene: &mut Scene<'_>, record: &TransitRecord, status: i32, faults: &[Finding]) {
    let info = crate::receipt::info_of(faults, "");
    let own_no = &record.transit.head.own_no;
    let carrier = Some(&record.transit.carrier).filter(|carrier| **carrier != record.etps);
    for to in [Some(&record.etps), carrier].into_iter().flatten() {
        scene.tell_filer(Kind::Transit, to, own_no, &record.number, (status, info.clone(), faults.to_vec()));
    }
}

/// An official has looked at a vehicle that did not arrive as it left.
pub(super) fn decided(scene: &mut Scene<'_>, decision: &Decision, mut record: TransitRecord) -> Answer {
    if batch::is(&record) && record.state == Stage::Waiting && decision.verdict == Verdict::Refuse {
        record.state = Stage::Refused;
        batch::not_accepted(scene, &record);
        scene.walked(&mut record.trail);
        scene.put(&Key::Transit(record.number.clone()), &record);
        let told = (100, format!("不予流转 {}", decision.reason), Vec::new());
        scene.tell_filer(Kind::Transit, &record.etps, &record.transit.head.own_no, &record.number, told);
        return Ok(Taken::closed(&record.number, &record.transit.from, "不予流转"));
    }
    let faulty = record.legs.iter().any(|l| !l.faults.is_empty());
    let on_its_way = matches!(record.state, Stage::Moving | Stage::Overdue);
    if decision.verdict != Verdict::SealWhole || !faulty || !on_its_way {
        return books::not_now(Kind::Transit, decision, record.state);
    }
    for leg in &mut record.legs {
        leg.faults.clear();
    }
    batch::looked_at(scene, &record);
    scene.walked(&mut record.trail);
    close(scene, &mut record);
    let office = record.transit.to.clone();
    scene.put(&Key::Transit(record.number.clone()), &record);
    Ok(Taken::closed(&record.number, &office, format!("查验放行 {}", decision.reason)))
}
