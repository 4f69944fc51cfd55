//! Release passes (核放单) and the gate (卡口): one vehicle, weighed, its plate and seal read.
//!
//! I3: what stands on passes is at most what the list says, and equality closes it. A vehicle that does not agree with
//! its pass is stopped (rules.md 7.3); an official looks and lets it pass, or the pass is deleted.

use std::collections::BTreeMap;

use super::{
    Answer, Because, Scene, Stage, Taken, books, entry, lists, misfit, mode, not_in, ports, results, slips, transfer,
    unknown,
};
use crate::bonded::ledger::Move;
use crate::bonded::record::{EntryRecord, FormRecord, ListRecord, PassRecord, SlipRecord};
use crate::bonded::{Decision, Gate, Kind, ListType, Pass, PassLine, PassType, Verdict};
use crate::documents::MessageKind;
use crate::exact::Fraction;
use crate::finding::{Code, Finding};
use crate::key::Key;
use crate::money::Quantity;
use crate::pack::Text;
use crate::policy::Parameter;

const CLAUSE: &str = "D256; rules 7.3";

/// SAS121.
pub(super) fn pass(scene: &mut Scene<'_>, pass: &Pass) -> Answer {
    let mut found = Vec::new();
    if pass.vehicle.is_empty() {
        found.push(misfit("vehicleNo", "", "…"));
    }
    let alone = matches!(pass.kind, PassType::GateRegistered | PassType::Empty);
    if alone {
        if !pass.bind.is_empty() || !pass.related.is_empty() || !pass.numbers.is_empty() || !pass.lines.is_empty() {
            found.push(Finding::new(Code::PassMustBeEmpty, "SAS121", "bindTypecd").arg("kind", pass.kind));
        }
    } else {
        found.extend(bound(pass));
    }
    if !["I", "E"].contains(&pass.direction.as_str()) {
        found.push(misfit("ioTypecd", &pass.direction, "I, E"));
    }
    let weights = [pass.vehicle_weight, pass.frame_weight, pass.gross, pass.net, pass.total];
    if weights.iter().any(|w| !(0..=100_000_000_000).contains(&w.0)) {
        found.push(misfit("totalWt", &pass.total.to_string(), "0 … 1000000 kg"));
    } else if pass.total.0 != pass.vehicle_weight.0 + pass.frame_weight.0 + pass.gross.0 {
        let sum = Quantity(pass.vehicle_weight.0 + pass.frame_weight.0 + pass.gross.0);
        found.push(misfit(
            "totalWt",
            &pass.total.to_string(),
            &format!("vehicleWt + vehicleFrameWt + totalGrossWt = {sum}"),
        ));
    }
    scene.clean(found)?;
    let mut record =
        PassRecord { pass: pass.clone(), state: Stage::Passed, etps: pass.head.etps.clone(), ..PassRecord::default() };
    let number = scene.bonded_number("P", &pass.office, &pass.direction);
    record.pass.number = number.clone();
    if !alone {
        load(scene, &number, &mut record)?;
    }
    scene.walked(&mut record.trail);
    scene.put(&Key::Pass(number.clone()), &record);
    Ok(Taken::passed(&number, &pass.office, "核放单通过"))
}

/// Bind type, related type and numbers.
fn bound(pass: &Pass) -> Vec<Finding> {
    let mut found = Vec::new();
    if !["1", "2", "3"].contains(&pass.bind.as_str()) {
        found.push(misfit("bindTypecd", &pass.bind, "1, 2, 3"));
    }
    if !["1", "2", "3"].contains(&pass.related.as_str()) {
        found.push(misfit("rltTbTypecd", &pass.related, "1, 2, 3"));
    }
    let count = pass.numbers.len();
    let fits = if pass.bind == "1" { count >= 1 } else { count == 1 };
    let repeated = pass.numbers.iter().enumerate().any(|(n, no)| pass.numbers[..n].contains(no));
    if !fits || repeated {
        found.push(misfit("rltNo", &count.to_string(), if pass.bind == "1" { ">= 1" } else { "1" }));
    }
    if (pass.bind == "3") == pass.lines.is_empty() {
        found.push(misfit("rltNo", &pass.lines.len().to_string(), "bindTypecd 3: lines"));
    }
    let first = pass.kind == PassType::EnterFirst;
    if first != (pass.related == "3") || first && pass.direction != "I" {
        found.push(misfit("passportTypecd", pass.kind.name(), "1 <=> rltTbTypecd 3, ioTypecd I"));
    }
    found
}

/// Takes what the vehicle carries off what is left of its lists, slips or bills.
fn load(scene: &mut Scene<'_>, pass_no: &str, record: &mut PassRecord) -> Result<(), Vec<Finding>> {
    let pass = record.pass.clone();
    let mut found = Vec::new();
    for number in &pass.numbers {
        let part = match pass.related.as_str() {
            "1" => of_list(scene, &pass, number),
            "2" => of_slip(scene, pass_no, &pass, number),
            _ => of_bill(scene, &pass, number),
        };
        match part {
            Ok(lines) => record.load.extend(lines),
            Err(more) => found.extend(more),
        }
    }
    scene.clean(found)
}

/// What of a line goes on this vehicle: what the pass says, or all that is left.
fn share(
    pass: &Pass,
    number: &str,
    rest: impl Iterator<Item = (u32, Quantity)>,
) -> Result<Vec<PassLine>, Vec<Finding>> {
    let rest: Vec<(u32, Quantity)> = rest.collect();
    let over = |gnum: u32, qty: Quantity, left: Quantity| {
        let finding = Finding::new(Code::QuantityOver, "rules 7.5 I3", "dclQty").line(gnum).arg("qty", qty);
        finding.arg("left", left).arg("of", number).arg("item", gnum)
    };
    let line = |gnum, qty| PassLine { number: number.into(), gnum, qty };
    let mut found = Vec::new();
    let mut lines = Vec::new();
    if pass.bind == "3" {
        for (n, wanted) in pass.lines.iter().enumerate() {
            let left = rest.iter().find(|(gnum, _)| *gnum == wanted.gnum).map_or(Quantity(0), |(_, left)| *left);
            let twice = pass.lines[..n].iter().any(|other| other.gnum == wanted.gnum);
            if wanted.qty <= Quantity(0) || wanted.qty > left || twice || wanted.number != number {
                found.push(over(wanted.gnum, wanted.qty, left));
            }
            lines.push(line(wanted.gnum, wanted.qty));
        }
    } else {
        lines.extend(rest.iter().filter(|(_, left)| *left > Quantity(0)).map(|(gnum, left)| line(*gnum, *left)));
        if lines.is_empty() {
            found.push(over(0, Quantity(0), Quantity(0)));
        }
    }
    if found.is_empty() { Ok(lines) } else { Err(found) }
}

fn of_list(scene: &mut Scene<'_>, pass: &Pass, number: &str) -> Result<Vec<PassLine>, Vec<Finding>> {
    let key = Key::VerificationList(number.into());
    let Some(mut list) = scene.read::<ListRecord>(&key).filter(|l| l.etps == pass.head.etps) else {
        return Err(vec![unknown(Kind::List, number, "rltNo")]);
    };
    let gate = !list.in_place && !mode::without_gate(list.mode);
    if !matches!(list.state, Stage::Passed | Stage::Moving | Stage::Overdue) || !gate {
        return Err(vec![not_in(list.state, Kind::List, number, "rltNo")]);
    }
    if list.list.direction != pass.direction {
        return Err(vec![misfit("ioTypecd", &pass.direction, &list.list.direction)]);
    }
    if let Some(finding) = results::struck(scene, &list.list.quarantine, &list.list.office) {
        return Err(vec![finding]);
    }
    // Of a transfer, no more comes in than has gone out at the other end (I5).
    let other = match list.pair.is_empty() || pass.direction == "E" {
        true => None,
        false => scene.read::<ListRecord>(&Key::VerificationList(list.pair.clone())),
    };
    let rest = list.list.lines.iter().zip(&list.lines).enumerate().map(|(at, (line, state))| {
        let bound = other.as_ref().and_then(|o| o.lines.get(at)).map_or(line.qty, |out| out.passed.min(line.qty));
        (line.gnum, bound.minus(state.used))
    });
    let lines = share(pass, number, rest)?;
    for part in &lines {
        if let Some(state) = list.lines.get_mut(part.gnum as usize - 1) {
            state.used = state.used.up_to_all(part.qty);
        }
    }
    scene.put(&key, &list);
    Ok(lines)
}

fn of_slip(scene: &mut Scene<'_>, pass_no: &str, pass: &Pass, number: &str) -> Result<Vec<PassLine>, Vec<Finding>> {
    let key = Key::Slip(number.into());
    let Some(mut slip) = scene.read::<SlipRecord>(&key).filter(|s| s.etps == pass.head.etps) else {
        return Err(vec![unknown(Kind::Slip, number, "rltNo")]);
    };
    if slip.state != Stage::Passed || !slip.pass_no.is_empty() {
        return Err(vec![not_in(slip.state, Kind::Slip, number, "rltNo")]);
    }
    if slip.slip.direction != pass.direction || pass.bind == "3" {
        return Err(vec![misfit("ioTypecd", &pass.direction, &slip.slip.direction)]);
    }
    // Under a form whose days are over nothing more goes out.
    let form = scene.read::<FormRecord>(&Key::Form(slip.slip.form_no.clone())).filter(|form| form.accounted);
    if let Some(form) = form.filter(|form| pass.direction == "E" && form.state != Stage::Passed) {
        return Err(vec![not_in(form.state, Kind::Form, &slip.slip.form_no, "rltNo")]);
    }
    slip.pass_no = pass_no.into();
    let lines = share(pass, number, slip.slip.lines.iter().map(|l| (l.gnum, l.qty)))?;
    scene.put(&key, &slip);
    Ok(lines)
}

fn of_bill(scene: &mut Scene<'_>, pass: &Pass, number: &str) -> Result<Vec<PassLine>, Vec<Finding>> {
    let key = Key::Entry(number.into());
    let Some(mut record) = scene.read::<EntryRecord>(&key).filter(|e| e.etps == pass.head.etps) else {
        return Err(vec![unknown(Kind::Entry, number, "rltNo")]);
    };
    if !matches!(record.state, Stage::Passed | Stage::Moving | Stage::Overdue) || record.tallied {
        return Err(vec![not_in(record.state, Kind::Entry, number, "rltNo")]);
    }
    // A result that was withdrawn since, or refused by the office in charge: the goods have to be looked at again.
    let struck = || results::struck(scene, &record.entry.quarantine, &record.entry.office);
    if let Some(finding) = ports::stands(scene, number).or_else(struck) {
        return Err(vec![finding]);
    }
    let rest = record.lines.iter().enumerate().map(|(n, l)| (n as u32 + 1, l.billed.minus(l.used)));
    let lines = share(pass, number, rest)?;
    for part in &lines {
        if let Some(line) = record.lines.get_mut(part.gnum as usize - 1) {
            line.used = line.used.up_to_all(part.qty);
        }
    }
    scene.put(&key, &record);
    Ok(lines)
}

/// What the gate read of a vehicle.
pub(super) fn read(scene: &mut Scene<'_>, gate: &Gate) -> Answer {
    let Some(mut record) = scene.read::<PassRecord>(&Key::Pass(gate.pass_no.clone())) else {
        return Err(vec![unknown(Kind::Pass, &gate.pass_no, "passportNo")]);
    };
    if !matches!(record.state, Stage::Passed | Stage::Moving) || !record.stopped.is_empty() {
        return Err(vec![not_in(record.state, Kind::Pass, &gate.pass_no, "passportNo")]);
    }
    scene.walked(&mut record.trail);
    record.measured = gate.weight;
    let office = record.pass.office.clone();
    let stopped = faults(scene, gate, &record.pass);
    if !stopped.is_empty() {
        record.stopped = stopped.clone();
        scene.put(&Key::Pass(gate.pass_no.clone()), &record);
        let info = crate::receipt::info_of(&stopped, "");
        let told = (super::status::STOPPED, info.clone(), stopped.clone());
        let name = scene.answer_name(MessageKind::StoppedReturn, Kind::Pass);
        scene.tell_as(name, &record.etps, &record.pass.head.own_no, &gate.pass_no, told);
        let taken = Taken::closed(&gate.pass_no, &office, info);
        let verdict = crate::command::Verdict::Inspection;
        return Ok(Taken { status: super::status::STOPPED, verdict, findings: stopped, ..taken });
    }
    let first_of_two = record.pass.kind == PassType::TwoStep && record.state == Stage::Passed;
    if first_of_two {
        record.state = Stage::Moving;
        scene.put(&Key::Pass(gate.pass_no.clone()), &record);
        return Ok(Taken::passed(&gate.pass_no, &office, "一道卡口过卡"));
    }
    through(scene, &gate.pass_no, record);
    Ok(Taken::closed(&gate.pass_no, &office, "过卡"))
}

/// Plate, weight and seal against the pass.
fn faults(scene: &Scene<'_>, gate: &Gate, pass: &Pass) -> Vec<Finding> {
    let mut found = Vec::new();
    let plain = |plate: &str| -> String {
        plate.chars().filter(|c| !c.is_whitespace() && *c != '-' && *c != '·').collect::<String>().to_uppercase()
    };
    if plain(&gate.plate) != plain(&pass.vehicle) {
        let finding = Finding::new(Code::GatePlate, CLAUSE, "plateNo");
        found.push(finding.arg("plate", &gate.plate).arg("vehicle", &pass.vehicle));
    }
    let tolerance = tolerance(scene);
    let off = i128::from(gate.weight.0 - pass.total.0).abs();
    let (num, den) = tolerance.parts();
    if !(0..=100_000_000_000).contains(&gate.weight.0)
        || off * i128::from(den) > i128::from(pass.total.0) * i128::from(num)
    {
        let finding = Finding::new(Code::GateWeight, CLAUSE, "measuredWt").arg("measured", gate.weight);
        found.push(finding.arg("declared", pass.total).arg("tolerance", tolerance));
    }
    if !pass.seal.is_empty() && pass.seal != gate.seal {
        let finding = Finding::new(Code::GateSeal, CLAUSE, "sealNo").arg("seal", &pass.seal);
        found.push(finding.arg("read", if gate.seal.is_empty() { "-" } else { &gate.seal }));
    }
    found
}

/// 3 % where the policy says nothing [ours]: districts set it.
fn tolerance(scene: &Scene<'_>) -> Fraction {
    let row = scene.policy().parameter(Parameter::GateToleranceRate, scene.today());
    row.map(|row| row.value).or_else(|| Fraction::new(3, 100)).expect("a hundred is above zero")
}

/// The vehicle is through: what it carries has moved. Each list, slip or bill is read and written once.
fn through(scene: &mut Scene<'_>, pass_no: &str, mut record: PassRecord) {
    record.state = Stage::Done;
    record.passed = Some(scene.setting.at);
    scene.put(&Key::Pass(pass_no.into()), &record);
    let mut by_number: BTreeMap<&Text, Vec<(u32, &PassLine)>> = BTreeMap::new();
    for (part, n) in record.load.iter().zip(1..) {
        by_number.entry(&part.number).or_default().push((n, part));
    }
    for (number, parts) in &by_number {
        match record.pass.related.as_str() {
            "1" => list_lines(scene, pass_no, number, parts),
            "2" => parts.iter().for_each(|(n, part)| {
                slips::through(scene, number, part.gnum, Because::of(Kind::Pass, pass_no, *n, number));
            }),
            _ => entry::through(scene, pass_no, number, parts),
        }
    }
    let told = (super::status::CLOSED, "已过卡".to_owned(), Vec::new());
    let name = scene.answer_name(MessageKind::PassedReturn, Kind::Pass);
    scene.tell_as(name, &record.etps, &record.pass.head.own_no, pass_no, told);
    for number in by_number.into_keys() {
        if let Some(list) = scene.read::<ListRecord>(&Key::VerificationList(number.clone())) {
            lists::complete(scene, number, list);
        }
    }
}

fn list_lines(scene: &mut Scene<'_>, pass_no: &str, number: &str, parts: &[(u32, &PassLine)]) {
    let key = Key::VerificationList(number.into());
    let Some(mut record) = scene.read::<ListRecord>(&key) else { return };
    let transfer = !record.list.other_ems.is_empty();
    // Retail goods were sold when their parcels were released.
    let kind = match (record.list.direction.as_str(), record.list.kind) {
        ("E", ListType::Retail) => None,
        ("I", _) if transfer => Some(Move::TransferIn),
        _ if transfer => Some(Move::TransferOut),
        _ => Some(mode::moves(&record.list)),
    };
    for (n, part) in parts {
        let at = part.gnum as usize - 1;
        let (Some(line), Some(state)) = (record.list.lines.get(at), record.lines.get_mut(at)) else { continue };
        state.passed = state.passed.up_to_all(part.qty);
        if let Some(kind) = kind {
            // What goes out was held since the list.
            let thaw = if record.list.direction == "E" { part.qty } else { Quantity(0) };
            let because = Because::of(Kind::Pass, pass_no, *n, number);
            scene.move_stock((&record.list.ems_no, &line.item_no), kind, part.qty, thaw, because);
        }
    }
    if record.state != Stage::Overdue {
        record.state = Stage::Moving;
    }
    scene.walked(&mut record.trail);
    match kind {
        Some(Move::TransferOut) => transfer::left(scene, number, &mut record),
        Some(Move::TransferIn) => transfer::came_in(scene, &mut record),
        _ => {}
    }
    scene.put(&key, &record);
}

/// An official lets a stopped vehicle go.
pub(super) fn decided(scene: &mut Scene<'_>, decision: &Decision, mut record: PassRecord) -> Answer {
    let stands = matches!(record.state, Stage::Passed | Stage::Moving) && !record.stopped.is_empty();
    if decision.verdict != Verdict::LetPass || !stands {
        return books::not_now(Kind::Pass, decision, record.state);
    }
    let office = record.pass.office.clone();
    record.let_pass = true;
    record.stopped.clear();
    scene.walked(&mut record.trail);
    through(scene, &decision.number, record);
    Ok(Taken::closed(&decision.number, &office, format!("人工放行 {}", decision.reason)))
}

/// `dclTypecd` 3: a pass on which nothing has passed the gate; what it held is free for another.
pub(super) fn delete(scene: &mut Scene<'_>, pass: &Pass) -> Answer {
    let key = Key::Pass(pass.number.clone());
    let Some(mut record) = scene.read::<PassRecord>(&key).filter(|p| p.etps == pass.head.etps) else {
        return Err(vec![unknown(Kind::Pass, &pass.number, "passportNo")]);
    };
    if !matches!(record.state, Stage::Passed | Stage::Moving) {
        return Err(vec![not_in(record.state, Kind::Pass, &pass.number, "passportNo")]);
    }
    for part in &record.load {
        let at = part.gnum as usize - 1;
        match record.pass.related.as_str() {
            "1" => {
                let key = Key::VerificationList(part.number.clone());
                let Some(mut list) = scene.read::<ListRecord>(&key) else { continue };
                if let Some(state) = list.lines.get_mut(at) {
                    state.used = state.used.minus(part.qty);
                }
                scene.put(&key, &list);
            }
            "2" => {
                let key = Key::Slip(part.number.clone());
                let Some(mut slip) = scene.read::<SlipRecord>(&key) else { continue };
                slip.pass_no = Text::default();
                scene.put(&key, &slip);
            }
            _ => {
                let key = Key::Entry(part.number.clone());
                let Some(mut entry) = scene.read::<EntryRecord>(&key) else { continue };
                if let Some(line) = entry.lines.get_mut(at) {
                    line.used = line.used.minus(part.qty);
                }
                scene.put(&key, &entry);
            }
        }
    }
    record.state = Stage::Deleted;
    scene.walked(&mut record.trail);
    scene.put(&key, &record);
    Ok(Taken::closed(&pass.number, &record.pass.office, "核放单已删除"))
}
