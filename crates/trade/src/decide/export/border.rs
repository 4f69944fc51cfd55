//! To the border: arrival in the supervised place (507), master bill (607) and release, departure (509) and closing.
//!
//! Each message is taken in whole or not at all: where one parcel of it may not go, none of it does, and the refusal
//! names each. R47: a list stands in exactly one 607, and leaves after it was released.

use super::super::list::numbered;
use super::super::papers::{accepted, new_only};
use super::{Scene, is_live, list_of};
use crate::command::Verdict;
use crate::documents::{Arrival, Departure, ExportList, Head, MasterBill, MessageKind, ParcelLine};
use crate::finding::{Code, Finding};
use crate::key::{CaseKey, Key, Pair};
use crate::pack::Text;
use crate::receipt::Shown;
use crate::record::{Case, ExportState, Kept, ParcelState, Way, status};
use crate::registry::RoleKind;

/// What the three messages have alike.
struct Sheet<'a> {
    kind: MessageKind,
    key: Key,
    number: String,
    head: &'a Head,
    shown: Shown,
    carrier: &'a Text,
    lines: &'a [ParcelLine],
}

/// A message that was split is known by its number and which part of it this is.
fn numbered_part(cop_no: &str, seq: u32) -> Text {
    if seq <= 1 { cop_no.into() } else { format!("{cop_no}/{seq}").into() }
}

impl Sheet<'_> {
    /// True where it is a repetition or refused already.
    fn known(&self, scene: &mut Scene<'_>) -> bool {
        let Some(kept) = scene.read::<Kept>(&self.key) else { return false };
        if kept.content == scene.content() {
            scene.repeat(kept.at);
        } else {
            let finding = Finding::new(Code::DuplicateKey, "", "copNo");
            let finding = finding.arg("key", &self.number).arg("status", status::EXAMINED);
            scene.refuse(self.kind, self.shown.clone(), vec![finding]);
        }
        true
    }

    fn faults(&self) -> Vec<Finding> {
        let mut found = Vec::from_iter(new_only(self.kind, self.head.action));
        if self.lines.is_empty() {
            found.push(Finding::new(Code::NoLines, "", "logisticsNo"));
        }
        let mut seen = std::collections::BTreeSet::new();
        for line in self.lines.iter().filter(|line| !seen.insert(&line.waybill)) {
            found.push(Finding::new(Code::ParcelTwice, "", "logisticsNo").arg("waybill", &line.waybill));
        }
        found
    }

    fn parcel(&self, line: &ParcelLine) -> Key {
        Key::Parcel(Pair { code: self.carrier.clone(), number: line.waybill.clone() })
    }

    /// The parcel of a line with its live list.
    fn listed(&self, scene: &Scene<'_>, line: &ParcelLine) -> Result<(ParcelState, CaseKey, Case), Finding> {
        let parcel = scene.read::<ParcelState>(&self.parcel(line)).unwrap_or_default();
        let case = parcel.case.clone().and_then(|key| scene.case(&key).filter(is_live).map(|case| (key, case)));
        let none = || Finding::new(Code::ParcelNotListed, "A194 3", "logisticsNo").arg("waybill", &line.waybill);
        case.map(|(key, case)| (parcel, key, case)).ok_or_else(none)
    }

    /// Why it may not go on: it is on a transfer, and has not come.
    fn on_the_way(&self, scene: &Scene<'_>, line: &ParcelLine) -> Option<Finding> {
        let parcel = Pair { code: self.carrier.clone(), number: line.waybill.clone() };
        super::super::bonded::batch::on_the_way(scene, &parcel)
    }

    fn taken(&self, scene: &mut Scene<'_>) {
        scene.keep(&self.key);
        accepted(scene, self.shown.clone(), &self.head.guid);
        scene.answer(self.shown.clone(), status::EXAMINED, "海关审结");
    }
}

/// CEB507. A parcel may come before its list.
pub(super) fn arrival(scene: &mut Scene<'_>, arrival: &Arrival) {
    let number = numbered_part(&arrival.cop_no, arrival.msg_seq);
    let sheet = Sheet {
        kind: MessageKind::Arrival,
        number: format!("{}_{number}", arrival.operator_code),
        key: Key::Arrival(Pair { code: arrival.operator_code.clone(), number }),
        head: &arrival.head,
        shown: arrival.shown(),
        carrier: &arrival.logistics_code,
        lines: &arrival.lines,
    };
    if sheet.known(scene) {
        return;
    }
    let mut found = sheet.faults();
    let today = scene.today();
    let place = [RoleKind::AreaOperator, RoleKind::Declarant];
    found.extend(scene.neither(&arrival.operator_code, place, "operatorCode", today));
    if arrival.ie_flag != "E" {
        let finding = Finding::new(Code::ExportFlag, "CEB 507", "ieFlag");
        found.push(finding.arg("flag", &arrival.ie_flag).arg("expected", "E"));
    }
    if !found.is_empty() {
        return scene.refuse(sheet.kind, sheet.shown, found);
    }
    sheet.taken(scene);
    for line in sheet.lines {
        let at = sheet.parcel(line);
        let mut parcel = scene.read::<ParcelState>(&at).unwrap_or_default();
        parcel.arrived = parcel.arrived.or(Some(scene.setting.at));
        scene.put(&at, &parcel);
        let Ok((_, key, mut case)) = sheet.listed(scene, line) else { continue };
        let Some((list, from)) = list_of(scene, &key) else { continue };
        let mut export = case.export.take().unwrap_or_default();
        export.arrived = parcel.arrived;
        case.trail.push(scene.here());
        // Inspected in bulk when it enters, then loaded without a second look (先查验后装运, A167).
        if case.status == status::EXAMINED && export.inspect && scene.policy().inspects_first(&case.office, today) {
            let shown = numbered(list.shown(), &case);
            let sender = std::mem::replace(&mut scene.from, from);
            stop(scene, &mut case, shown);
            scene.from = sender;
        }
        case.export = Some(export);
        scene.put(&Key::Case(key), &case);
    }
    scene.outcome.verdict = Verdict::Accepted;
}

/// CEB607.
pub(super) fn master_bill(scene: &mut Scene<'_>, bill: &MasterBill) {
    let number = numbered_part(&bill.cop_no, bill.msg_seq);
    let sheet = Sheet {
        kind: MessageKind::MasterBill,
        number: format!("{}_{number}", bill.agent_code),
        key: Key::MasterBill(Pair { code: bill.agent_code.clone(), number }),
        head: &bill.head,
        shown: bill.shown(),
        carrier: &bill.logistics_code,
        lines: &bill.lines,
    };
    if sheet.known(scene) {
        return;
    }
    let mut found = sheet.faults();
    let mut ready = Vec::with_capacity(sheet.lines.len());
    for line in sheet.lines {
        let (parcel, key, mut case) = match sheet.listed(scene, line) {
            Ok(listed) => listed,
            Err(finding) => {
                found.push(finding);
                continue;
            }
        };
        let export = case.export.take().unwrap_or_default();
        let finding = |code| Finding::new(code, "A194 3", "logisticsNo").arg("waybill", &line.waybill);
        if case.agent != bill.agent_code {
            found.push(Finding::new(Code::NotTheDeclarant, "A194 3", "agentCode").arg("agent", &bill.agent_code));
        }
        if !parcel.master_bill.is_empty() {
            found.push(finding(Code::InOtherMasterBill).arg("bill", &parcel.master_bill));
        } else if case.status != status::EXAMINED {
            let state = super::super::after::state_words(case.status);
            found.push(finding(Code::ParcelNotReady).arg("state", state));
        } else if parcel.arrived.is_none() {
            found.push(finding(Code::ParcelNotArrived));
        }
        found.extend(sheet.on_the_way(scene, line));
        ready.push((sheet.parcel(line), parcel, key, case, export));
    }
    if !found.is_empty() {
        return scene.refuse(sheet.kind, sheet.shown, found);
    }
    sheet.taken(scene);
    let sender = scene.from.clone();
    for (at, mut parcel, key, mut case, mut export) in ready {
        let Some((list, from)) = list_of(scene, &key) else { continue };
        parcel.master_bill = sheet.number.clone().into();
        export.master_bill = sheet.number.clone().into();
        case.bill_no = bill.bill_no.clone();
        case.trail.push(scene.here());
        scene.put(&at, &parcel);
        scene.from = from;
        let shown = numbered(list.shown(), &case);
        if export.inspect {
            stop(scene, &mut case, shown);
        } else {
            release(scene, &mut case, &mut export, &list, shown);
        }
        case.export = Some(export);
        scene.put(&Key::Case(key), &case);
    }
    scene.from = sender;
    scene.outcome.verdict = Verdict::Accepted;
}

/// 500: a person looks at it.
pub(super) fn stop(scene: &mut Scene<'_>, case: &mut Case, shown: Shown) {
    case.status = status::INSPECTION;
    scene.answer(shown, status::INSPECTION, "[Code:2700;Desc:查验]");
}

/// 800: stock leaves the account book.
pub(super) fn release(
    scene: &mut Scene<'_>,
    case: &mut Case,
    export: &mut ExportState,
    list: &ExportList,
    shown: Shown,
) {
    case.status = status::RELEASED;
    case.released = Some(scene.setting.at);
    if export.stock {
        let key = CaseKey { ebc: list.ebc_code.clone(), order_no: list.order_no.clone() };
        super::super::bonded::sold_abroad(scene, &key, &case.invt_no, list);
        export.stock = false;
    }
    scene.answer(shown, status::RELEASED, "[Code:2600;Desc:放行]");
}

/// CEB509.
pub(super) fn departure(scene: &mut Scene<'_>, departure: &Departure) {
    let number = numbered_part(&departure.cop_no, departure.msg_seq);
    let sheet = Sheet {
        kind: MessageKind::Departure,
        number: format!("{}_{number}", departure.logistics_code),
        key: Key::Departure(Pair { code: departure.logistics_code.clone(), number }),
        head: &departure.head,
        shown: departure.shown(),
        carrier: &departure.logistics_code,
        lines: &departure.lines,
    };
    if sheet.known(scene) {
        return;
    }
    let mut found = sheet.faults();
    let mut ready = Vec::with_capacity(sheet.lines.len());
    for line in sheet.lines {
        match sheet.listed(scene, line) {
            Err(finding) => found.push(finding),
            Ok((_, _, case)) if case.status != status::RELEASED => {
                let finding = Finding::new(Code::NotReleased, "A194 3", "logisticsNo").arg("waybill", &line.waybill);
                found.push(finding.arg("state", super::super::after::state_words(case.status)));
            }
            Ok((parcel, key, case)) => {
                found.extend(sheet.on_the_way(scene, line));
                ready.push((sheet.parcel(line), parcel, key, case));
            }
        }
    }
    if !found.is_empty() {
        return scene.refuse(sheet.kind, sheet.shown, found);
    }
    sheet.taken(scene);
    let sender = scene.from.clone();
    for (at, mut parcel, key, mut case) in ready {
        let Some((list, from)) = list_of(scene, &key) else { continue };
        let mut export = case.export.take().unwrap_or_default();
        parcel.departed = Some(departure.left_at);
        export.departed = parcel.departed;
        export.closed = Some(scene.setting.at);
        case.status = status::CLOSED;
        case.trail.push(scene.here());
        scene.put(&at, &parcel);
        scene.from = from;
        scene.answer(numbered(list.shown(), &case), status::CLOSED, "结关");
        if export.way == Way::SummaryDeclaration {
            super::summary::closed(scene, &key, &case, &mut export);
        }
        super::taxes::left(scene, &key, &case, &mut export, &list);
        case.export = Some(export);
        scene.put(&Key::Case(key), &case);
    }
    scene.from = sender;
    scene.outcome.verdict = Verdict::Accepted;
}
