//! Batch transfer of parcels (批量流转): parcels that customs hold go together from one supervised place to another, of the
//! same district or of another one, as a customs transfer does (rules.md 5.4, 8.1).
//!
//! Paraphrase: under seal, by a filed route, within a filed time; what is not there then is an alarm (seven days where
//! none was filed, `bonded.transfer_days`). A transfer may leave on several vehicles (拆分), and one vehicle may carry the
//! parcels of several transfers (拼装).
//!
//! Reading [ours]: any parcel with a known waybill may go that customs have neither stopped nor let go of: of import
//! before its release, of export after its arrival (507) and before it left, of a return while it is under way to its
//! tally. What joins a load has its seal and its place of arrival, and arrives with it: a broken seal stops all of it. A
//! parcel that is on the road is put under no master bill and does not leave the country.
//! Not covered: a list may be released while its parcel is on the road; the seal is opened at arrival in any case. Parcels
//! are not counted as consignments of their place. What never turns up stays marked as missing.

use std::collections::BTreeSet;

use super::super::{Scene, after, papers::CARRIERS};
use super::ports::{TRANSFER, accepted, close, guard, takes, tell};
use super::{Answer, Stage, Taken, misfit, status};
use crate::bonded::record::{Held, Holding, Leg, Load, TransitRecord};
use crate::bonded::{Transit, TransitStep};
use crate::command::Verdict;
use crate::documents::Document;
use crate::finding::{Code, Finding};
use crate::key::{Key, Pair};
use crate::pack::Text;
use crate::policy::Parameter;
use crate::record::{Case, CaseRef, Kept, ParcelState, RefundState, status as case_status};
use crate::registry::RoleKind;
use crate::time::Moment;

/// Parcels of one transfer, so that no entry grows with the trade of a day.
const MOST: usize = 500;

/// Parcels to look among: a joined load may hold those of many transfers.
type Parcels<'a> = BTreeSet<(&'a str, &'a str)>;

fn named(parcel: &Pair) -> (&str, &str) {
    (&parcel.code, &parcel.number)
}

/// TRANSIT with parcels.
pub(super) fn file(scene: &mut Scene<'_>, transit: &Transit) -> Answer {
    let mut transit = transit.clone();
    let days = scene.policy().whole(Parameter::TransferDays, scene.today());
    let last = |days: i64| scene.today().plus(i32::try_from(days).unwrap_or(7));
    transit.arrive_by = transit.arrive_by.or(days.map(|days| Moment(last(days).plus(1).starts().0 - 1)));
    let count = transit.parcels.len() as u32;
    let mut found = Vec::new();
    if transit.route.is_empty() {
        found.push(misfit("route", "", "…"));
    }
    if !transit.bill_no.is_empty() {
        found.push(misfit("billNo", &transit.bill_no, "-"));
    }
    if transit.from_place == transit.place {
        found.push(misfit("placeNo", &transit.place, "another place than fromPlaceNo"));
    }
    for (number, office, field) in
        [(&transit.from_place, &transit.from, "exitOffice"), (&transit.place, &transit.to, "entryOffice")]
    {
        match accepted(scene, number, &[]) {
            Ok(record) if record.place.office != *office => found.push(misfit(field, office, &record.place.office)),
            Ok(_) => {}
            Err(why) => found.push(why),
        }
    }
    if count as usize > MOST {
        found.push(misfit("lines", &count.to_string(), &format!("1 … {MOST}")));
    }
    if transit.pieces != 0 && transit.pieces != count {
        found.push(misfit("packageQty", &transit.pieces.to_string(), &count.to_string()));
    }
    match transit.arrive_by {
        Some(by) if by > scene.setting.at => {}
        by => found.push(misfit("arriveBy", &by.map(|b| b.to_string()).unwrap_or_default(), "a time to come")),
    }
    found.extend(scene.neither(&transit.carrier, CARRIERS, "carrierCode", scene.today()));
    let mut seen = Parcels::new();
    let mut all = Vec::new();
    for parcel in transit.parcels.iter().take(MOST) {
        if !seen.insert(named(parcel)) {
            found.push(Finding::new(Code::ParcelTwice, TRANSFER, "logisticsNo").arg("waybill", &parcel.number));
            continue;
        }
        match at_hand(scene, &transit, parcel) {
            Ok(held) => all.push((parcel.clone(), held)),
            Err(why) => found.push(why),
        }
    }
    scene.clean(found)?;
    transit.pieces = count;
    let number = scene.bonded_number("ZG", &transit.from, "");
    for (parcel, mut held) in all {
        held.transfer = number.clone();
        hold(scene, &parcel, held, Holding::Announced);
    }
    let office = transit.from.clone();
    let etps = transit.head.etps.clone();
    let mut record =
        TransitRecord { transit, state: Stage::Waiting, etps, number: number.clone(), ..TransitRecord::default() };
    scene.walked(&mut record.trail);
    scene.put(&Key::Transit(number.clone()), &record);
    Ok(Taken::waits(&number, &office, format!("批量流转 {count} 票，待出境地海关接受")))
}

/// The list of a parcel, where there is one.
fn list_of(scene: &Scene<'_>, parcel: &Pair) -> Option<Case> {
    let export = scene.read::<ParcelState>(&Key::Parcel(parcel.clone())).and_then(|state| state.case);
    let import = || scene.read::<CaseRef>(&Key::WaybillUse(parcel.clone())).map(|named| named.case);
    export.or_else(import).and_then(|key| scene.case(&key))
}

/// Whether customs hold the parcel, and nothing keeps it where it is.
fn movable(scene: &Scene<'_>, parcel: &Pair) -> Result<Option<Case>, Finding> {
    let finding = |code| Finding::new(code, TRANSFER, "logisticsNo").arg("waybill", &parcel.number);
    let waybill = scene.read::<Kept>(&Key::Waybill(parcel.clone())).filter(|kept| !kept.deleted);
    let returns = scene.read::<Pair>(&Key::ReturnParcel(parcel.clone()));
    let of_return = returns.and_then(|refund| scene.read::<RefundState>(&Key::Refund(refund)));
    let Some(waybill) = waybill else {
        let under_way = of_return.as_ref().is_some_and(|of| of.status == case_status::MATCHED);
        return if under_way { Ok(None) } else { Err(finding(Code::ParcelUnknown)) };
    };
    let case = list_of(scene, parcel);
    let status = case.as_ref().map_or(0, |case| case.status);
    let import = matches!(waybill.document, Some(Document::Waybill(_)));
    let stopped = status == case_status::INSPECTION || case_status::DETAINED.contains(&status);
    let free = status == case_status::CLOSED || import && status == case_status::RELEASED;
    if stopped || free {
        return Err(finding(Code::ParcelNotMovable).arg("state", after::state_words(status)));
    }
    let arrived = || scene.read::<ParcelState>(&Key::Parcel(parcel.clone())).is_some_and(|p| p.arrived.is_some());
    if !import && !arrived() {
        return Err(finding(Code::ParcelNotArrived));
    }
    Ok(case)
}

/// A parcel that may be named on a transfer from its place, and how it is held.
fn at_hand(scene: &Scene<'_>, transit: &Transit, parcel: &Pair) -> Result<Held, Finding> {
    let case = movable(scene, parcel)?;
    let etps = &transit.head.etps;
    let holds = scene.role(etps, RoleKind::AreaOperator, "etpsno", scene.today()).is_ok();
    if parcel.code != *etps && !holds && case.is_none_or(|case| case.agent != *etps) {
        return Err(Finding::new(Code::NotTheDeclarant, TRANSFER, "etpsno").arg("agent", etps));
    }
    let since = scene.read::<ParcelState>(&Key::Parcel(parcel.clone())).and_then(|state| state.arrived);
    let since = since.unwrap_or(scene.setting.at);
    match scene.read::<Held>(&Key::Held(parcel.clone())) {
        None => Ok(Held { place: transit.from_place.clone(), since, ..Held::default() }),
        Some(held) if held.holding == Holding::There && held.place == transit.from_place => Ok(held),
        Some(held) => {
            let finding = Finding::new(Code::ParcelElsewhere, TRANSFER, "logisticsNo").arg("waybill", &parcel.number);
            Err(finding.arg("place", &held.place).arg("transfer", &held.transfer))
        }
    }
}

fn hold(scene: &mut Scene<'_>, parcel: &Pair, mut held: Held, holding: Holding) {
    held.holding = holding;
    scene.walked(&mut held.trail);
    scene.put(&Key::Held(parcel.clone()), &held);
}

/// What is known of a parcel of a transfer changes.
fn held_as(scene: &mut Scene<'_>, parcel: &Pair, holding: Holding, at: Option<(&Text, Moment)>) {
    let mut held = scene.read::<Held>(&Key::Held(parcel.clone())).unwrap_or_default();
    if let Some((place, since)) = at {
        (held.place, held.since) = (place.clone(), since);
    }
    hold(scene, parcel, held, holding);
}

fn not_of(number: &str, parcel: &Pair) -> Finding {
    let finding = Finding::new(Code::NotOfTransfer, TRANSFER, "logisticsNo").arg("waybill", &parcel.number);
    finding.arg("number", number)
}

/// A vehicle leaves with parcels of the transfer, which the caller writes.
pub(super) fn departed(
    scene: &mut Scene<'_>,
    step: &TransitStep,
    record: &mut TransitRecord,
    at: Moment,
) -> Result<Taken, Vec<Finding>> {
    let gone: Parcels<'_> = record.legs.iter().flat_map(|leg| &leg.parcels).map(named).collect();
    let left = record.transit.parcels.iter().filter(|parcel| !gone.contains(&named(parcel)));
    let parcels: Vec<Pair> =
        if step.parcels.is_empty() { left.clone().cloned().collect() } else { step.parcels.clone() };
    let mut left: Parcels<'_> = left.map(named).collect();
    let mut found = Vec::new();
    for parcel in &parcels {
        if !left.remove(&named(parcel)) {
            found.push(not_of(&record.number, parcel));
        } else {
            found.extend(movable(scene, parcel).err());
        }
    }
    let count = parcels.len() as u32;
    if count == 0 {
        found.push(Finding::new(Code::NoLines, TRANSFER, "lines"));
    } else if step.pieces != 0 && step.pieces != count {
        found.push(misfit("packageQty", &step.pieces.to_string(), &count.to_string()));
    }
    if step.seal.is_empty() || step.vehicle.is_empty() {
        found.push(misfit("sealNo", &step.seal, "sealNo, vehicleNo"));
    }
    let key = Key::Load(step.vehicle.clone());
    let mut load = scene.read::<Load>(&key).unwrap_or_else(|| Load { seal: step.seal.clone(), ..Load::default() });
    let joined = load.transfers.first().and_then(|first| scene.read::<TransitRecord>(&Key::Transit(first.clone())));
    if let Some(first) = joined {
        let fits = load.seal == step.seal && first.transit.place == record.transit.place;
        if !fits || load.transfers.contains(&record.number) {
            let finding = Finding::new(Code::LoadOther, TRANSFER, "vehicleNo").arg("vehicle", &step.vehicle);
            found.push(finding.arg("seal", &load.seal).arg("place", &first.transit.place));
        }
    }
    scene.clean(found)?;
    load.transfers.push(record.number.clone());
    scene.put(&key, &load);
    for parcel in &parcels {
        let held = scene.read::<Held>(&Key::Held(parcel.clone())).unwrap_or_default();
        hold(scene, parcel, Held { since: at, ..held }, Holding::Moving);
    }
    let (vehicle, seal) = (step.vehicle.clone(), step.seal.clone());
    record.legs.push(Leg { vehicle, seal, pieces: count, left: at, parcels, ..Leg::default() });
    if record.state == Stage::Passed {
        record.state = Stage::Moving;
    }
    Ok(Taken::closed(&step.number, &record.transit.from, format!("施封 {}，启运 {count} 票", step.seal)))
}

/// A vehicle comes in with all that is joined on it; or parcels that it came without are found. The caller writes the
/// transfer that is named.
pub(super) fn arrived(
    scene: &mut Scene<'_>,
    step: &TransitStep,
    record: &mut TransitRecord,
    at: Moment,
) -> Result<Taken, Vec<Finding>> {
    let office = record.transit.to.clone();
    if !step.parcels.is_empty() && step.parcels.iter().all(|p| record.legs.iter().any(|leg| leg.missing.contains(p))) {
        takes(scene, &record.transit.place, &[]).map_err(|finding| vec![finding])?;
        for leg in &mut record.legs {
            leg.missing.retain(|parcel| !step.parcels.contains(parcel));
        }
        let place = record.transit.place.clone();
        for parcel in &step.parcels {
            held_as(scene, parcel, Holding::There, Some((&place, at)));
        }
        close(scene, record);
        return Ok(Taken::closed(&step.number, &office, format!("短少的 {} 票补到", step.parcels.len())));
    }
    let open = |leg: &Leg| leg.arrived.is_none();
    let by_vehicle = record.legs.iter().find(|leg| open(leg) && leg.vehicle == step.vehicle);
    let Some(leg) = by_vehicle.or_else(|| record.legs.iter().find(|leg| open(leg) && leg.seal == step.seal)) else {
        let finding = Finding::new(Code::TransitVehicle, TRANSFER, "vehicleNo").arg("number", &step.number);
        return Err(vec![finding.arg("vehicle", &step.vehicle).arg("expected", "-")]);
    };
    let vehicle = leg.vehicle.clone();
    let load = scene.read::<Load>(&Key::Load(vehicle.clone())).unwrap_or_default();
    let mut others: Vec<TransitRecord> = Vec::new();
    for number in load.transfers.iter().filter(|number| **number != record.number) {
        others.extend(scene.read::<TransitRecord>(&Key::Transit(number.clone())));
    }
    let on_it = |record: &TransitRecord| {
        let legs = record.legs.iter().filter(|leg| open(leg) && leg.vehicle == vehicle);
        legs.flat_map(|leg| leg.parcels.clone()).collect::<Vec<_>>()
    };
    let all: Vec<Pair> = std::iter::once(&*record).chain(&others).flat_map(on_it).collect();
    let on_board: Parcels<'_> = all.iter().map(named).collect();
    let stray = step.parcels.iter().filter(|parcel| !on_board.contains(&named(parcel)));
    let mut found: Vec<Finding> = stray.map(|parcel| not_of(&record.number, parcel)).collect();
    if step.parcels.is_empty() && step.pieces != 0 && step.pieces as usize != all.len() {
        found.push(misfit("lines", &step.pieces.to_string(), "the waybills that came, where they are not all"));
    }
    scene.clean(found)?;
    takes(scene, &record.transit.place, &[]).map_err(|finding| vec![finding])?;
    let told = if step.parcels.is_empty() { &all } else { &step.parcels };
    let here: Parcels<'_> = told.iter().map(named).collect();
    scene.overlay.drop(&Key::Load(vehicle.clone()));
    let mut faults = came(scene, step, record, (&vehicle, &here, at));
    for mut other in others {
        faults.extend(came(scene, step, &mut other, (&vehicle, &here, at)));
        scene.walked(&mut other.trail);
        scene.put(&Key::Transit(other.number.clone()), &other);
    }
    if faults.is_empty() {
        return Ok(Taken::closed(&step.number, &office, format!("运抵 {} 票，验封无误", told.len())));
    }
    let info = crate::receipt::info_of(&faults, "");
    let taken = Taken::closed(&step.number, &office, info);
    Ok(Taken { status: status::STOPPED, verdict: Verdict::Inspection, findings: faults, ..taken })
}

/// What arrived of one transfer on a vehicle, and what stands against it. The carrier and whoever filed it are told.
fn came(
    scene: &mut Scene<'_>,
    step: &TransitStep,
    record: &mut TransitRecord,
    (vehicle, here, at): (&str, &Parcels<'_>, Moment),
) -> Vec<Finding> {
    let (number, by, place) = (record.number.clone(), record.transit.arrive_by, record.transit.place.clone());
    let mut faults = Vec::new();
    for leg in record.legs.iter_mut().filter(|leg| leg.arrived.is_none() && leg.vehicle == vehicle) {
        let (found, missing): (Vec<Pair>, Vec<Pair>) =
            leg.parcels.iter().cloned().partition(|parcel| here.contains(&named(parcel)));
        leg.missing = missing;
        leg.faults = guard(step, leg, &number, by, at);
        if !leg.missing.is_empty() {
            // So many as a person reads; the page of the transfer has all.
            let some: Vec<&str> = leg.missing.iter().take(10).map(|parcel| parcel.number.as_str()).collect();
            let finding = Finding::new(Code::TransferShort, TRANSFER, "lines").arg("number", &number);
            let finding = finding.arg("vehicle", vehicle).arg("count", leg.missing.len());
            leg.faults.push(finding.arg("waybills", some.join(" ")));
        }
        leg.arrived = Some(at);
        let holding = if leg.faults.is_empty() { Holding::There } else { Holding::Stands };
        for parcel in &found {
            held_as(scene, parcel, holding, Some((&place, at)));
        }
        for parcel in &leg.missing {
            held_as(scene, parcel, Holding::Missing, None);
        }
        faults.extend(leg.faults.clone());
    }
    match faults.is_empty() {
        true => close(scene, record),
        false => tell(scene, record, status::STOPPED, &faults),
    }
    faults
}

/// An official has looked: what came is in its place.
pub(super) fn looked_at(scene: &mut Scene<'_>, record: &TransitRecord) {
    for leg in record.legs.iter().filter(|leg| leg.arrived.is_some()) {
        for parcel in leg.parcels.iter().filter(|parcel| !leg.missing.contains(parcel)) {
            let held = scene.read::<Held>(&Key::Held(parcel.clone())).unwrap_or_default();
            if held.holding == Holding::Stands && held.transfer == record.number {
                hold(scene, parcel, held, Holding::There);
            }
        }
    }
}

/// An official does not accept the transfer: its parcels stay where they are.
pub(super) fn not_accepted(scene: &mut Scene<'_>, record: &TransitRecord) {
    for parcel in &record.transit.parcels {
        held_as(scene, parcel, Holding::There, None);
    }
}

/// The time of the transfer is over: each parcel that has not come says so in its story.
pub(super) fn late(scene: &mut Scene<'_>, record: &TransitRecord) {
    let came = |parcel: &&Pair| {
        record
            .legs
            .iter()
            .any(|leg| leg.arrived.is_some() && leg.parcels.contains(parcel) && !leg.missing.contains(parcel))
    };
    for parcel in record.transit.parcels.iter().filter(|parcel| !came(parcel)) {
        let held = scene.read::<Held>(&Key::Held(parcel.clone())).unwrap_or_default();
        let holding = held.holding;
        hold(scene, parcel, held, holding);
    }
}

/// Why a parcel is put under no master bill and does not leave: it is on the road, or its vehicle stands.
pub(in crate::decide) fn on_the_way(scene: &Scene<'_>, parcel: &Pair) -> Option<Finding> {
    let held = scene.read::<Held>(&Key::Held(parcel.clone()))?;
    let state = match held.holding {
        Holding::There | Holding::Announced => return None,
        Holding::Moving => "在途 on the road",
        Holding::Stands => "待查验 its vehicle stands",
        Holding::Missing => "短少 missing",
    };
    let finding = Finding::new(Code::ParcelOnTheWay, TRANSFER, "logisticsNo").arg("waybill", &parcel.number);
    Some(finding.arg("transfer", &held.transfer).arg("state", state))
}

/// The transfer that a step or a decision is about is one of parcels.
pub(super) fn is(record: &TransitRecord) -> bool {
    !record.transit.parcels.is_empty()
}
