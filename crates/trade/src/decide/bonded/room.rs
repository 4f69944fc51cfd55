//! The central return warehouse (退货中心仓): a room of the special area into which the returned parcels of any of its
//! lists come, to be sorted there (A70, GACC 2021 No. 70; rules.md 5.1).
//!
//! Paraphrase: bonded retail (1210) only; what is fit to be sold again is applied for (625) and goes back to stock, what
//! is not leaves again under customs control. The days of A45 stay: 30 to apply, 45 to be back.
//!
//! Reading 1: goods are back on the day on which they come into the room. Application and goods may come in either order;
//! when both are there the return is done, as if an official had seen the goods arrive.
//! Reading 2: unfit goods are no return: tax and allowance stay. They leave the country, are destroyed, or go back to
//! whoever bought them, each by an official's decision. [check: whether tax is given back for unfit goods that leave]
//! Not covered: parcels of another area's lists, which pilots allow and A70 does not (网购保税零售进口跨关区退货).

use super::super::{Scene, after};
use super::{Answer, Stage, Taken, books, not_in, ports, unknown};
use crate::bonded::record::ReturnOutRecord;
use crate::bonded::{Decision, Kind, Leaves, Quality, ReturnIn, ReturnOut, Verdict};
use crate::finding::{Code, Finding};
use crate::key::{CaseKey, Key, Pair};
use crate::money::Quantity;
use crate::policy::Parameter;
use crate::record::{Case, CaseRef, InRoom, RefundState, RoomLine, status};
use crate::time::Day;

const A70: &str = "GACC 2021 No. 70 (A70)";

/// The kind for which the place must have been accepted.
const KIND: &str = "central-return";

/// RETURN-IN: a parcel is in the room and was sorted.
pub(super) fn came_in(scene: &mut Scene<'_>, parcel: &ReturnIn) -> Answer {
    let on = parcel.on.unwrap_or_else(|| scene.today());
    let (key, mut case) = released(scene, &parcel.invt_no)?;
    scene.outcome.case = Some(key.clone());
    let list = after::list_of(scene, &key).unwrap_or_default();
    let mut found = Vec::new();
    found.extend(not_of_this_room(scene, parcel, &case, on));
    if let Err(why) = books::held(scene, &list.ems_no, &parcel.head.etps) {
        found.extend(why);
    }
    let lines = case.tax.as_ref().map_or(&[][..], |tax| &tax.lines);
    let mut sorted: Vec<RoomLine> = Vec::new();
    for line in &parcel.lines {
        let Some(original) = lines.iter().find(|l| l.tax.gnum == line.gnum) else {
            found.push(Finding::new(Code::LineNotFound, A70, "gdsSeqno").line(line.gnum));
            continue;
        };
        let here = sorted.iter().filter(|l| l.gnum == line.gnum).fold(Quantity(0), |sum, l| sum.plus(l.qty));
        let left = with_the_buyer(&case, line.gnum, original.qty).minus(here);
        if line.qty.0 <= 0 || line.qty > left {
            let finding = Finding::new(Code::ReturnQuantity, A70, "qty").line(line.gnum);
            found.push(finding.arg("qty", line.qty).arg("left", left));
            continue;
        }
        let fit = line.quality == Quality::Fit;
        sorted.push(RoomLine { gnum: line.gnum, qty: line.qty, fit, ..RoomLine::default() });
    }
    if parcel.lines.is_empty() {
        found.push(Finding::new(Code::NoLines, A70, "lines"));
    }
    let refund = Pair { code: parcel.agent.clone(), number: parcel.cop_no.clone() };
    if !refund.number.is_empty() && application(scene, &refund, &key).is_none() {
        found.push(Finding::new(Code::RefundNotFound, "A45", "copNo").arg("number", &refund.number));
    }
    scene.clean(found)?;
    ports::admit(scene, &parcel.place, &[KIND.into()]).map_err(|finding| vec![finding])?;
    let number = scene.bonded_number("TH", &case.office, "I");
    case.in_room.push(InRoom {
        number: number.clone(),
        place: parcel.place.clone(),
        waybill: parcel.waybill.clone(),
        on,
        lines: sorted,
    });
    case.trail.push(scene.here());
    let office = case.office.clone();
    scene.put(&Key::Case(key), &case);
    if !refund.number.is_empty() {
        meet(scene, &refund);
    }
    Ok(Taken::closed(&number, &office, "退货已入中心仓并分拣"))
}

/// The list that a number names, released and not declared anew since.
fn released(scene: &Scene<'_>, invt_no: &str) -> Result<(CaseKey, Case), Vec<Finding>> {
    let known = scene.read::<CaseRef>(&Key::ListNumber(invt_no.into())).map(|named| named.case);
    let known = known.and_then(|key| Some((scene.case(&key)?, key)));
    let live = |case: &Case| {
        case.invt_no == invt_no && case.export.is_none() && matches!(case.status, status::RELEASED | status::CLOSED)
    };
    match known.filter(|(case, _)| live(case)) {
        Some((case, key)) => Ok((key, case)),
        None => Err(vec![Finding::new(Code::ListNotFound, A70, "invtNo").arg("invt", invt_no)]),
    }
}

/// Why the goods of a list may not come into this room, or not on that day.
fn not_of_this_room(scene: &Scene<'_>, parcel: &ReturnIn, case: &Case, on: Day) -> Option<Finding> {
    let place = scene.read::<crate::bonded::record::PlaceRecord>(&Key::Place(parcel.place.clone()));
    let elsewhere = place.is_some_and(|record| record.place.office != case.office);
    let open = scene.policy().whole(Parameter::CentralReturns, on) == Some(1);
    let before = case.released.is_some_and(|at| on < at.day());
    let why = match () {
        () if !open => "当日尚无退货中心仓制度 not yet possible on that day",
        () if case.mode != "1210" => "只限网购保税（1210）商品 only goods of bonded retail (1210)",
        () if elsewhere => "清单不属本区 the list is another area's",
        () if on > scene.today() || before => "入仓日期应在放行与今日之间 the day lies between release and today",
        () => return None,
    };
    let finding = Finding::new(Code::ReturnRoom, A70, "invtNo").arg("invt", &parcel.invt_no);
    Some(finding.arg("place", &parcel.place).arg("why", why))
}

/// What of a line is still with the buyer: it has come back neither to the place nor into the room.
fn with_the_buyer(case: &Case, gnum: u32, whole: Quantity) -> Quantity {
    let back = case.returned.iter().find(|r| r.gnum == gnum).map_or(Quantity(0), |r| r.qty);
    let room = in_room(case, gnum).fold(Quantity(0), |sum, line| sum.plus(line.qty).minus(line.taken));
    whole.minus(back).minus(room)
}

fn in_room(case: &Case, gnum: u32) -> impl Iterator<Item = &RoomLine> {
    case.in_room.iter().flat_map(|parcel| &parcel.lines).filter(move |line| line.gnum == gnum)
}

/// What of a line came into the room and cannot be applied for: unfit, or on its way out.
pub(in crate::decide) fn lost_to_returns(case: &Case, gnum: u32) -> Quantity {
    in_room(case, gnum).fold(Quantity(0), |sum, line| {
        let not = if line.fit { line.gone.plus(line.leaving) } else { line.qty };
        sum.plus(not)
    })
}

fn application(scene: &Scene<'_>, refund: &Pair, case: &CaseKey) -> Option<RefundState> {
    let state = scene.read::<RefundState>(&Key::Refund(refund.clone()))?;
    (state.case == *case && state.status == status::EXAMINED).then_some(state)
}

/// An application and the goods that it is about are both there: the goods are back.
pub(in crate::decide) fn meet(scene: &mut Scene<'_>, refund: &Pair) {
    let Some(state) = scene.read::<RefundState>(&Key::Refund(refund.clone())) else { return };
    let Some(mut case) = scene.case(&state.case).filter(|case| !case.in_room.is_empty()) else { return };
    let Some((parcels, on)) = taken(&case, &state) else { return };
    for (before, after) in case.in_room.iter().zip(&parcels) {
        if after.is_empty() && !before.is_empty() {
            ports::leave(scene, &after.place);
        }
    }
    case.in_room = parcels;
    scene.put(&Key::Case(state.case), &case);
    // It waits for its goods and they came in time, so that it is not refused.
    let _ = after::arrive(scene, refund, on, "");
}

/// The parcels in the room less what an application names, oldest first, and the day on which the last of it came;
/// `None` where not all of it lies there or it came too late.
fn taken(case: &Case, state: &RefundState) -> Option<(Vec<InRoom>, Day)> {
    let mut parcels = case.in_room.clone();
    let mut last = None;
    for wanted in &state.lines {
        let mut left = wanted.pending;
        for parcel in parcels.iter_mut().filter(|parcel| parcel.on <= state.deadline) {
            for line in parcel.lines.iter_mut().filter(|line| line.gnum == wanted.gnum && line.fit) {
                let part = line.free().min(left);
                if part > Quantity(0) {
                    line.taken = line.taken.plus(part);
                    left = left.minus(part);
                    last = last.max(Some(parcel.on));
                }
            }
        }
        if left > Quantity(0) {
            return None;
        }
    }
    Some((parcels, last?))
}

/// RETURN-OUT: goods are to leave the room; they are held until an official has decided.
pub(super) fn to_leave(scene: &mut Scene<'_>, out: &ReturnOut) -> Answer {
    let (key, mut case) = released(scene, &out.invt_no)?;
    scene.outcome.case = Some(key.clone());
    let list = after::list_of(scene, &key).unwrap_or_default();
    books::held(scene, &list.ems_no, &out.head.etps)?;
    let Some(parcel) = case.in_room.iter_mut().find(|parcel| parcel.number == out.number) else {
        return Err(vec![unknown(Kind::ReturnIn, &out.number, "returnNo")]);
    };
    let mut found = Vec::new();
    for wanted in &out.lines {
        let free = parcel.lines.iter().filter(|l| l.gnum == wanted.gnum).fold(Quantity(0), |sum, l| sum.plus(l.free()));
        if wanted.qty.0 <= 0 || wanted.qty > free {
            let finding = Finding::new(Code::ReturnQuantity, A70, "qty").line(wanted.gnum);
            found.push(finding.arg("qty", wanted.qty).arg("left", free));
            continue;
        }
        // What is unfit leaves before what is fit.
        let mut left = wanted.qty;
        for fit in [false, true] {
            for line in parcel.lines.iter_mut().filter(|l| l.gnum == wanted.gnum && l.fit == fit) {
                let part = line.free().min(left);
                line.leaving = line.leaving.plus(part);
                left = left.minus(part);
            }
        }
    }
    if out.lines.is_empty() {
        found.push(Finding::new(Code::NoLines, A70, "lines"));
    }
    scene.clean(found)?;
    let number = scene.bonded_number("TC", &case.office, "E");
    let mut record = ReturnOutRecord {
        out: out.clone(),
        state: Stage::Waiting,
        etps: out.head.etps.clone(),
        ..ReturnOutRecord::default()
    };
    scene.walked(&mut record.trail);
    case.trail.push(scene.here());
    let office = case.office.clone();
    scene.put(&Key::Case(key), &case);
    scene.put(&Key::ReturnOut(number.clone()), &record);
    Ok(Taken::waits(&number, &office, "退货出区待审核"))
}

/// An official lets them leave, or not.
pub(super) fn left(scene: &mut Scene<'_>, decision: &Decision, mut record: ReturnOutRecord) -> Answer {
    if record.state != Stage::Waiting || !matches!(decision.verdict, Verdict::Approve | Verdict::Refuse) {
        return books::not_now(Kind::ReturnOut, decision, record.state);
    }
    let out = record.out.clone();
    let (key, mut case) = released(scene, &out.invt_no)?;
    let approved = decision.verdict == Verdict::Approve;
    let Some(parcel) = case.in_room.iter_mut().find(|parcel| parcel.number == out.number) else {
        return Err(vec![not_in(record.state, Kind::ReturnOut, &decision.number, "number")]);
    };
    for wanted in &out.lines {
        let mut left = wanted.qty;
        for line in parcel.lines.iter_mut().filter(|l| l.gnum == wanted.gnum) {
            let part = line.leaving.min(left);
            line.leaving = line.leaving.minus(part);
            left = left.minus(part);
            if approved {
                line.gone = line.gone.plus(part);
            }
        }
    }
    let emptied = parcel.is_empty().then(|| parcel.place.clone());
    if let Some(place) = emptied {
        ports::leave(scene, &place);
    }
    scene.outcome.case = Some(key.clone());
    case.trail.push(scene.here());
    let office = case.office.clone();
    scene.put(&Key::Case(key), &case);
    record.state = if approved { Stage::Done } else { Stage::Refused };
    scene.walked(&mut record.trail);
    scene.put(&Key::ReturnOut(decision.number.clone()), &record);
    let (status, info) = match (approved, out.to) {
        (false, _) => (100, "不予出区"),
        (true, Leaves::Abroad) => (super::status::CLOSED, "退运出境"),
        (true, Leaves::Destroyed) => (super::status::CLOSED, "已监管销毁"),
        (true, Leaves::Buyer) => (super::status::CLOSED, "退回消费者"),
    };
    let answer = (status, info.to_owned(), Vec::new());
    scene.tell_filer(Kind::ReturnOut, &record.etps, &out.head.own_no, &decision.number, answer);
    Ok(Taken::closed(&decision.number, &office, info))
}
