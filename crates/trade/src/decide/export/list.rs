//! An export list (603): taken in, held against the law, compared, examined; and cancelled (605).
//!
//! The law is that of the day on which it is accepted: 603 has no `declTime` [ours]. What is decided again on appeal has
//! the law of that day too; a corrected list is judged as one that is declared today.

use super::super::appeal;
use super::super::list::{MOST_WAITING, Wait, is_answered, numbered, waits_until};
use super::super::papers::{CARRIERS, new_only};
use super::{Scene, each_item, give_back, is_live, list_of, parcel_key};
use crate::command::{DueKind, Verdict};
use crate::documents::{Document, ExportCancel, ExportList, ExportOrder, ExportWaybill, MessageKind};
use crate::finding::{Code, Finding};
use crate::key::{CaseKey, Facts, Key, Pair};
use crate::money::Quantity;
use crate::policy::export::{self, Choice, Ticket, TicketLine};
use crate::policy::{Parameter, Policy};
use crate::receipt::Shown;
use crate::record::{Case, CaseRef, ExportState, Kept, ParcelState, Stock, Way, status};
use crate::registry::{Asked, GoodsRow, Matter, RoleKind};
use crate::time::Day;
use crate::verify;

/// CEB603.
pub(super) fn declare(scene: &mut Scene<'_>, list: &ExportList) {
    let key = CaseKey { ebc: list.ebc_code.clone(), order_no: list.order_no.clone() };
    scene.outcome.case = Some(key.clone());
    let shown = list.shown();
    let earlier = scene.case(&key);
    if is_answered(scene, MessageKind::ExportList, &key, earlier.as_ref(), &list.head, &shown) {
        return;
    }
    let today = scene.today();
    let mut trail = earlier.map(|c| c.trail).unwrap_or_default();
    trail.push(scene.here());
    let choice = choose(scene, list, today);
    let export = ExportState {
        way: choice.way,
        value: value(scene.policy(), list, today),
        inspect: needs_inspection(scene, list, today),
        ..ExportState::default()
    };
    let mut case = Case {
        status: status::WAITING,
        accepted: scene.setting.at,
        declared_on: today,
        trail,
        agent: list.agent_code.clone(),
        office: list.customs_code.clone(),
        mode: list.trade_mode.clone(),
        waybill_code: list.logistics_code.clone(),
        waybill_no: list.logistics_no.clone(),
        export: Some(export),
        ..Case::default()
    };
    scene.keep(&Key::List(key.clone()));
    let mut found = against(scene, list, choice.against, today);
    if !found.is_empty() {
        let gathered = Gathered::of(scene, list, &key, today);
        found.extend(gathered.differences(list));
        return refuse(scene, &key, case, shown, found);
    }
    tell_shorter(scene, choice.shorter);
    number(scene, &key, &mut case, list);
    scene.answer(numbered(shown, &case), status::WAITING, format!("新增申报成功[{}]", list.head.guid));
    scene.outcome.verdict = Verdict::Accepted;
    settle(scene, &key, case, list, Wait::Begin);
}

/// Which way would have been shorter, and why it is not open (rules.md 6.1).
fn tell_shorter(scene: &mut Scene<'_>, shorter: Vec<(Way, Vec<Finding>)>) {
    for (way, against) in shorter {
        if against.is_empty() {
            let finding = Finding::new(Code::ShorterWay, "A194 3; A75", "statisticsFlag");
            scene.outcome.findings.push(finding.arg("way", export::words(way)).forgiven());
        }
        scene.outcome.findings.extend(against.into_iter().map(Finding::forgiven));
    }
}

/// Gives the list its numbers.
fn number(scene: &mut Scene<'_>, key: &CaseKey, case: &mut Case, list: &ExportList) {
    let today = scene.today();
    let day = today.compact();
    case.pre_no = format!("B{day}{:09}", scene.next_number(format!("pre/{day}"))).into();
    let (office, year) = (&list.customs_code, today.year());
    case.invt_no = format!("{office}{year:04}E{:09}", scene.next_number(format!("invt/E/{office}/{year}"))).into();
    scene.put(&Key::ListNumber(case.invt_no.clone()), &CaseRef { case: key.clone() });
}

/// An appeal was allowed: the list is decided again over its documents and the registry as they stand, by the law of
/// the day on which it was accepted, without the reasons that were set aside; those that did stand against it are given
/// back.
pub(in crate::decide) fn decide_again(
    scene: &mut Scene<'_>,
    key: &CaseKey,
    mut case: Case,
    list: &ExportList,
    aside: &[Code],
) -> Vec<Finding> {
    let day = case.accepted.day();
    let choice = choose(scene, list, day);
    let mut found = against(scene, list, choice.against, day);
    let gathered = Gathered::of(scene, list, key, day);
    found.extend(gathered.differences(list));
    found.extend(gathered.missing.iter().cloned());
    found.extend(book(scene, list));
    let (gone, stays): (Vec<_>, Vec<_>) = found.into_iter().partition(|finding| aside.contains(&finding.code));
    case.export = Some(ExportState {
        way: choice.way,
        value: value(scene.policy(), list, day),
        inspect: needs_inspection(scene, list, day),
        ..case.export.unwrap_or_default()
    });
    if !stays.is_empty() {
        refuse(scene, key, case, list.shown(), stays);
        return gone;
    }
    tell_shorter(scene, choice.shorter);
    if case.invt_no.is_empty() {
        number(scene, key, &mut case, list);
    }
    let shown = numbered(list.shown(), &case);
    let parcel = scene.read::<ParcelState>(&parcel_key(list)).unwrap_or_default();
    matched(scene, key, case, list, gathered, parcel, shown);
    gone
}

/// A document has come for the list under `key`.
pub(super) fn wake(scene: &mut Scene<'_>, key: &CaseKey) {
    again(scene, key, Wait::Goes);
}

pub(super) fn wait_is_over(scene: &mut Scene<'_>, key: &CaseKey) {
    scene.outcome.case = Some(key.clone());
    again(scene, key, Wait::Over);
}

fn again(scene: &mut Scene<'_>, key: &CaseKey, wait: Wait) {
    let Some(mut case) = scene.case(key).filter(|c| c.status == status::WAITING && c.export.is_some()) else { return };
    let Some((list, from)) = list_of(scene, key) else { return };
    let sender = std::mem::replace(&mut scene.from, from);
    case.trail.push(scene.here());
    settle(scene, key, case, &list, wait);
    scene.from = sender;
}

struct Gathered {
    order: Option<(ExportOrder, Kept)>,
    waybill: Option<(ExportWaybill, Kept)>,
    receipt: Option<Kept>,
    missing: Vec<Finding>,
    wrong: Vec<Finding>,
}

impl Gathered {
    fn of(scene: &Scene<'_>, list: &ExportList, key: &CaseKey, day: Day) -> Gathered {
        let (mut missing, mut wrong) = (Vec::new(), Vec::new());
        let live = |key: &Key| scene.read::<Kept>(key).filter(|k| !k.deleted);
        let mut order = None;
        if let Some(mut kept) = live(&Key::Order(key.clone()))
            && let Some(Document::ExportOrder(o)) = kept.document.take()
        {
            order = Some((o, kept));
        }
        if order.is_none() {
            let finding = Finding::new(Code::OrderMissing, "A194 3; A75", "orderNo");
            missing.push(finding.arg("order", &list.order_no).arg("ebc", &list.ebc_code));
        }
        let pair = Pair { code: list.logistics_code.clone(), number: list.logistics_no.clone() };
        let mut waybill = None;
        if let Some(mut kept) = live(&Key::Waybill(pair.clone()))
            && let Some(Document::ExportWaybill(w)) = kept.document.take()
        {
            waybill = Some((w, kept));
        }
        if waybill.is_none() {
            let finding = Finding::new(Code::WaybillMissing, "A194 3", "logisticsNo");
            missing.push(finding.arg("waybill", &pair.number).arg("carrier", &pair.code));
        }
        let parcel = scene.read::<ParcelState>(&Key::Parcel(pair)).unwrap_or_default();
        if parcel.case.is_some_and(|c| c != *key && scene.case(&c).is_some_and(|c| is_live(&c))) {
            wrong.push(Finding::new(Code::WaybillUsed, "A194 3", "logisticsNo").arg("waybill", &list.logistics_no));
        }
        let receipt = live(&Key::ReceiptOfPayment(key.clone()));
        let demanded = scene.policy().parameter(Parameter::ReceiptRequired, day);
        if let Some(row) = demanded.filter(|row| row.value.as_whole() == Some(1) && receipt.is_none()) {
            // Between enterprises no receipt of payment was ever asked for (rules.md 6.3).
            if matches!(list.trade_mode.as_str(), "9610" | "1210") {
                let finding = Finding::new(Code::ReceiptMissing, &row.clause, "orderNo");
                missing.push(finding.arg("order", &list.order_no));
            }
        }
        Gathered { order, waybill, receipt, missing, wrong }
    }

    /// List against order and waybill (CEB, "Business flow"; R40, R46).
    fn differences(&self, list: &ExportList) -> Vec<Finding> {
        let mut found = self.wrong.clone();
        let Some((order, _)) = &self.order else { return found };
        if order.ebp_code != list.ebp_code {
            let finding = Finding::new(Code::PlatformDiffers, "A194 3", "ebpCode");
            found.push(finding.arg("list", &list.ebp_code).arg("order", &order.ebp_code));
        }
        let expected = match list.trade_mode.as_str() {
            "9710" => "B",
            "9810" => "W",
            _ => "E",
        };
        if order.order_type != expected {
            let finding = Finding::new(Code::OrderTypeMode, "A75", "tradeMode");
            found.push(finding.arg("type", &order.order_type).arg("mode", &list.trade_mode));
        }
        for line in &list.lines {
            let differs = |what: &str, mine: &dyn std::fmt::Display, theirs: &dyn std::fmt::Display| {
                let finding = Finding::new(Code::LinesDiffer, "A194 3", "InventoryList").line(line.gnum);
                finding.arg("what", what).arg("list", mine).arg("order", theirs)
            };
            let Some(ordered) = order.lines.iter().find(|l| l.gnum == line.gnum) else {
                found.push(differs("行号 line", &line.gnum, &"-"));
                continue;
            };
            if ordered.item_no != line.item_no {
                found.push(differs("货号 item", &line.item_no, &ordered.item_no));
            }
            if ordered.currency != line.currency {
                found.push(differs("币制 currency", &line.currency, &ordered.currency));
            }
            if list.trade_mode == "9810" {
                if line.qty > ordered.qty {
                    let finding = Finding::new(Code::BookingShort, "A75; A167", "qty").line(line.gnum);
                    found.push(finding.arg("qty", line.qty).arg("booked", ordered.qty));
                }
            } else {
                if ordered.qty != line.qty {
                    found.push(differs("数量 quantity", &line.qty, &ordered.qty));
                }
                if ordered.total != line.total {
                    found.push(differs("总价 total", &line.total, &ordered.total));
                }
            }
        }
        found
    }
}

/// Waits, refuses, or matches and examines.
fn settle(scene: &mut Scene<'_>, key: &CaseKey, case: Case, list: &ExportList, wait: Wait) {
    let shown = numbered(list.shown(), &case);
    let gathered = Gathered::of(scene, list, key, scene.today());
    let until = waits_until(scene, &case);
    let at = parcel_key(list);
    let mut parcel = scene.read::<ParcelState>(&at).unwrap_or_default();
    if !gathered.missing.is_empty() && wait != Wait::Over {
        if !parcel.waiting.contains(key) && parcel.waiting.len() < MOST_WAITING {
            parcel.waiting.push(key.clone());
            scene.put(&at, &parcel);
        }
        if wait == Wait::Begin {
            scene.overlay.due(until, DueKind::MatchWait, &Key::Case(key.clone()));
            scene.outcome.verdict = Verdict::Waiting;
            scene.outcome.findings.extend(gathered.missing.into_iter().map(Finding::forgiven));
        }
        return scene.put(&Key::Case(key.clone()), &case);
    }
    if wait == Wait::Goes {
        scene.overlay.undue(until, DueKind::MatchWait, &Key::Case(key.clone()));
    }
    let mut found = gathered.differences(list);
    if !gathered.missing.is_empty() {
        found.extend(gathered.missing.iter().cloned());
        let hours = verify::match_wait_hours(scene.policy(), case.declared_on);
        found.push(Finding::new(Code::WaitOver, "ours (rules 2.1)", "").arg("hours", hours));
    }
    found.extend(book(scene, list));
    parcel.waiting.retain(|c| c != key);
    if !found.is_empty() {
        scene.put(&at, &parcel);
        return refuse(scene, key, case, shown, found);
    }
    matched(scene, key, case, list, gathered, parcel, shown);
}

/// Nothing stands against it: its parcel and stock are its own, and it is examined.
fn matched(
    scene: &mut Scene<'_>,
    key: &CaseKey,
    mut case: Case,
    list: &ExportList,
    gathered: Gathered,
    mut parcel: ParcelState,
    shown: Shown,
) {
    let mut export = case.export.take().unwrap_or_default();
    if list.trade_mode == "1210" {
        each_item(scene, list, |item, qty| item.reserved = item.reserved.up_to_all(qty));
        export.stock = true;
    }
    // Its parcel may have come before it.
    export.arrived = parcel.arrived;
    parcel.case = Some(key.clone());
    scene.put(&parcel_key(list), &parcel);
    let text = |number: &str| format!("逻辑校验通过[{number}]");
    if let Some((order, kept)) = gathered.order {
        case.order = Some(kept.at);
        let info = text(&format!("{}_{}", order.ebc_code, order.number));
        scene.send(kept.from, order.shown(), status::MATCHED, info, Vec::new());
    }
    if let Some((waybill, kept)) = gathered.waybill {
        case.waybill = Some(kept.at);
        let info = text(&format!("{}_{}", waybill.logistics_code, waybill.number));
        scene.send(kept.from, waybill.shown(), status::MATCHED, info, Vec::new());
    }
    case.payment = gathered.receipt.map(|kept| kept.at);
    scene.answer(shown.clone(), status::MATCHED, text(&format!("{}_{}", key.ebc, key.order_no)));
    scene.answer(shown.clone(), status::EXAMINED, format!("海关审结[{}]", case.invt_no));
    case.status = status::EXAMINED;
    scene.outcome.verdict = Verdict::Accepted;
    if export.inspect && export.arrived.is_some() && scene.policy().inspects_first(&case.office, scene.today()) {
        super::border::stop(scene, &mut case, shown);
    }
    case.export = Some(export);
    scene.put(&Key::Case(key.clone()), &case);
}

fn refuse(scene: &mut Scene<'_>, key: &CaseKey, mut case: Case, shown: Shown, found: Vec<Finding>) {
    case.status = status::REFUSED;
    case.decided = appeal::decided(scene, &case, "");
    let shown = if case.invt_no.is_empty() { shown } else { numbered(shown, &case) };
    scene.refuse(MessageKind::ExportList, shown, found);
    scene.put(&Key::Case(key.clone()), &case);
}

/// Stock of the account book that a list from a special area needs (R16 for goods that leave).
pub(super) fn book(scene: &Scene<'_>, list: &ExportList) -> Vec<Finding> {
    let mut found = Vec::new();
    if list.trade_mode != "1210" {
        return found;
    }
    let mut wanted: std::collections::BTreeMap<&str, Quantity> = std::collections::BTreeMap::new();
    for line in &list.lines {
        let finding = |code| {
            Finding::new(code, "GACC 2018 No. 23", "itemRecordNo").line(line.gnum).arg("item", &line.item_record_no)
        };
        let at = Key::Stock(Pair { code: list.ems_no.clone(), number: line.item_record_no.clone() });
        let Some(item) = scene.read::<Stock>(&at) else {
            found.push(finding(Code::ItemNotInBook).arg("book", &list.ems_no));
            continue;
        };
        let sum = wanted.entry(&line.item_record_no).or_default();
        *sum = sum.up_to_all(line.qty);
        if *sum > item.available() {
            found.push(finding(Code::StockShort).arg("available", item.available()).arg("qty", *sum));
        }
    }
    found
}

/// What speaks against a list by itself and by the law of a day; `way` against the way that it goes.
fn against(scene: &Scene<'_>, list: &ExportList, way: Vec<Finding>, day: Day) -> Vec<Finding> {
    let mut found = parties(scene, list, day);
    found.extend(form(list));
    found.extend(lines(scene, list, day));
    found.extend(way);
    found
}

/// R41, R06, R08: the enterprises of a list.
fn parties(scene: &Scene<'_>, list: &ExportList, day: Day) -> Vec<Finding> {
    let mut found = Vec::new();
    if matches!(list.trade_mode.as_str(), "9610" | "1210") || list.ebp_code != list.ebc_code {
        found.extend(scene.role_lacks(&list.ebp_code, RoleKind::Platform, "ebpCode", day));
    }
    let seller = scene.role(&list.ebc_code, RoleKind::Seller, "ebcCode", day).map_err(|f| found.extend(f)).ok();
    if list.agent_code != list.ebc_code {
        found.extend(scene.role_lacks(&list.agent_code, RoleKind::Declarant, "agentCode", day));
        let worth = value(scene.policy(), list, day);
        let asked = Asked::to(&list.agent_code, Matter::ExportLists, day).worth(worth);
        if let Some(Err(lacking)) = seller.map(|seller| scene.entrusted(&seller, &asked, "agentCode")) {
            let finding = Finding::new(Code::AgentNotEntrusted, "A194 2", "agentCode");
            let nobody = || finding.arg("agent", &list.agent_code).arg("ebc", &list.ebc_code);
            found.push(lacking.unwrap_or_else(nobody));
        }
    }
    found.extend(scene.neither(&list.logistics_code, CARRIERS, "logisticsCode", day));
    if list.trade_mode == "1210" && !list.iac_code.is_empty() {
        found.extend(scene.role_lacks(&list.iac_code, RoleKind::AreaOperator, "iacCode", day));
    }
    found
}

/// R40, R14, and what the specification fixes.
fn form(list: &ExportList) -> Vec<Finding> {
    let mut found = Vec::new();
    if !matches!(list.trade_mode.as_str(), "9610" | "1210" | "9710" | "9810") {
        found.push(Finding::new(Code::ExportMode, "A75", "tradeMode").arg("mode", &list.trade_mode));
    }
    if list.ie_flag != "E" {
        let finding = Finding::new(Code::ExportFlag, "CEB 603", "ieFlag");
        found.push(finding.arg("flag", &list.ie_flag).arg("expected", "E"));
    }
    let (gross, net) = (list.gross_weight, list.net_weight);
    if net.0 <= 0 || gross < net {
        found.push(Finding::new(Code::Weight, "ours (R14)", "netWeight").arg("gross", gross).arg("net", net));
    }
    let bonded = [("emsNo", list.ems_no.is_empty()), ("iacCode", list.iac_code.is_empty())];
    for (field, _) in bonded.iter().filter(|(_, empty)| (list.trade_mode == "1210") == *empty) {
        let code = if list.trade_mode == "1210" { Code::BondedFieldMissing } else { Code::BondedFieldGiven };
        found.push(Finding::new(code, "CEB prose 603", field));
    }
    found.extend(super::super::papers::numbering(list.lines.iter().map(|l| l.gnum)));
    found
}

/// R12 and R13 for goods that leave.
fn lines(scene: &Scene<'_>, list: &ExportList, day: Day) -> Vec<Finding> {
    let mut found = Vec::new();
    for line in &list.lines {
        if line.qty.0 <= 0 || line.price.0 <= 0 || line.total.0 <= 0 || line.qty1.0 <= 0 {
            found.push(Finding::new(Code::ValueNotPositive, "", "price").line(line.gnum));
            continue;
        }
        // Half a hundredth of the currency is rounding (R13).
        let product = i128::from(line.price.0) * i128::from(line.qty.0) / i128::from(crate::money::SCALE);
        if (product - i128::from(line.total.0)).abs() > i128::from(crate::money::SCALE / 200) {
            let expected = i64::try_from(product).map(crate::money::Amount).unwrap_or_default();
            let finding = Finding::new(Code::LineTotal, "ours (R13)", "totalPrice").line(line.gnum);
            found.push(finding.arg("total", line.total).arg("expected", expected));
        }
        if let Some(row) = scene.policy().export_goods(&line.gcode, day) {
            let second = row.value.unit2.as_deref().unwrap_or_default();
            let units = [("unit1", line.unit1.as_str(), row.value.unit1.as_str()), ("unit2", &line.unit2, second)];
            for (field, given, expected) in units.into_iter().filter(|(_, given, expected)| given != expected) {
                let or_none = |unit: &str| if unit.is_empty() { "-".to_owned() } else { unit.to_owned() };
                let finding = Finding::new(Code::StatutoryUnit, &row.clause, field).line(line.gnum);
                found.push(finding.arg("given", or_none(given)).arg("expected", or_none(expected)));
            }
        }
    }
    found
}

/// FOB, all lines, in renminbi.
fn value(policy: &Policy, list: &ExportList, day: Day) -> Option<crate::money::Fen> {
    let mut sum = 0i64;
    for line in &list.lines {
        sum = sum.checked_add(policy.in_renminbi(line.total, &line.currency, day)?.0)?;
    }
    Some(crate::money::Fen(sum))
}

fn needs_inspection(scene: &Scene<'_>, list: &ExportList, day: Day) -> bool {
    export::needs_inspection(scene.policy(), list.lines.iter().map(|l| l.gcode.as_str()), day)
}

/// A list as the law of its way looks at it.
fn ticket<'a>(facts: &dyn Facts, policy: &Policy, list: &'a ExportList, day: Day) -> Ticket<'a> {
    let city = policy.office(&list.customs_code, day).map(|o| o.value.city.clone()).unwrap_or_default();
    let wants_rebate = |item_no: &str| {
        let key = Key::Goods(Pair { code: list.ebc_code.clone(), number: item_no.into() });
        crate::key::read::<GoodsRow>(facts, &key).is_some_and(|row| row.tags.iter().any(|t| t == "rebate"))
    };
    let lines = list.lines.iter();
    Ticket {
        mode: &list.trade_mode,
        flag: &list.statistics_flag,
        in_zone: policy.pilot(&city, day).is_some(),
        value: value(policy, list, day),
        has_licence: !list.license_no.is_empty(),
        lines: lines.map(|l| TicketLine { gnum: l.gnum, gcode: &l.gcode, rebate: wants_rebate(&l.item_no) }).collect(),
    }
}

fn choose(scene: &Scene<'_>, list: &ExportList, day: Day) -> Choice {
    export::choose(&ticket(&scene.overlay, scene.policy(), list, day), scene.policy(), day)
}

/// Each way that is shorter than the one that the list goes, by this law, and what stands against it (rules.md 6.1).
pub fn shorter_ways(
    facts: &dyn Facts,
    policy: &Policy,
    list: &ExportList,
    (way, day): (Way, Day),
) -> Vec<(Way, Vec<Finding>)> {
    export::shorter(way, &ticket(facts, policy, list, day), policy, day)
}

/// CEB605: until the list stands under a master bill, and not while it is inspected.
pub(super) fn cancel(scene: &mut Scene<'_>, cancel: &ExportCancel) {
    let shown = cancel.shown();
    let key = Key::Cancel(Pair { code: cancel.agent_code.clone(), number: cancel.cop_no.clone() });
    let earlier = scene.read::<Kept>(&key);
    if let Some(kept) = earlier.as_ref().filter(|k| k.content == scene.content()) {
        return scene.repeat(kept.at);
    }
    let refuse = |scene: &mut Scene<'_>, shown, finding| scene.refuse(MessageKind::ExportCancel, shown, vec![finding]);
    if earlier.is_some() {
        return refuse(scene, shown, Finding::new(Code::AppliedAlready, "", "copNo"));
    }
    if let Some(finding) = new_only(MessageKind::ExportCancel, cancel.head.action) {
        return refuse(scene, shown, finding);
    }
    let named = scene.read::<CaseRef>(&Key::ListNumber(cancel.invt_no.clone())).and_then(|r| {
        let case = scene.case(&r.case).filter(|c| c.invt_no == cancel.invt_no && c.export.is_some())?;
        Some((r.case, case))
    });
    let Some((case_key, mut case)) = named else {
        let finding = Finding::new(Code::ListNotFound, "A194 3", "invtNo").arg("invt", &cancel.invt_no);
        return refuse(scene, shown, finding);
    };
    scene.outcome.case = Some(case_key.clone());
    if case.agent != cancel.agent_code {
        let finding = Finding::new(Code::NotTheDeclarant, "A194 3", "agentCode").arg("agent", &cancel.agent_code);
        return refuse(scene, shown, finding);
    }
    let list = match open_list(scene, &case_key, &case) {
        Ok(list) => list,
        Err(finding) => return refuse(scene, shown, finding),
    };
    scene.keep(&key);
    take_back(scene, &case_key, &mut case, &list);
    case.trail.push(scene.here());
    let shown = Shown { pre_no: case.pre_no.clone(), ..shown };
    scene.put(&Key::Case(case_key), &case);
    scene.outcome.verdict = Verdict::Done;
    scene.answer(shown.clone(), status::WAITING, format!("新增申报成功[{}]", cancel.head.guid));
    scene.answer(shown, status::EXAMINED, "海关审结，清单已撤销");
}

/// Until it stands under a master bill, a list may be changed or taken back.
fn open_list(scene: &Scene<'_>, key: &CaseKey, case: &Case) -> Result<ExportList, Finding> {
    let loaded = case.export.as_ref().is_none_or(|export| !export.master_bill.is_empty());
    let open = matches!(case.status, status::WAITING | status::EXAMINED) && !loaded;
    list_of(scene, key).filter(|_| open).map(|(list, _)| list).ok_or_else(|| {
        let finding = Finding::new(Code::ListState, "A194 3", "invtNo").arg("invt", &case.invt_no);
        finding.arg("state", super::super::after::state_words(case.status))
    })
}

fn take_back(scene: &mut Scene<'_>, key: &CaseKey, case: &mut Case, list: &ExportList) {
    if case.status == status::WAITING {
        let until = waits_until(scene, case);
        scene.overlay.undue(until, DueKind::MatchWait, &Key::Case(key.clone()));
    }
    let mut export = case.export.take().unwrap_or_default();
    give_back(scene, key, list, &mut export);
    case.export = Some(export);
    case.status = status::CANCELLED;
}

/// The list is taken back, and with it everything that it holds; the caller writes the case.
///
/// # Errors
/// `LIST_STATE` where it stands under a master bill, or is inspected or done with.
pub(in crate::decide) fn withdraw(scene: &mut Scene<'_>, key: &CaseKey, case: &mut Case) -> Result<(), Finding> {
    let list = open_list(scene, key, case)?;
    take_back(scene, key, case, &list);
    Ok(())
}

/// A list with other values, judged as one that is declared today: a 603 has no day of its own. What an official has
/// ordered to be inspected stays so.
///
/// # Errors
/// What speaks against the list as it is now; then nothing of it happens.
pub(in crate::decide) fn amend(
    scene: &mut Scene<'_>,
    key: CaseKey,
    mut case: Case,
    document: Document,
) -> Result<(), Vec<Finding>> {
    let at = Key::List(key.clone());
    let (Document::ExportList(new), Some(kept)) = (&document, scene.read::<Kept>(&at)) else { return Ok(()) };
    let sender = std::mem::replace(&mut scene.from, kept.from.clone());
    let status_before = case.status;
    withdraw(scene, &key, &mut case).map_err(|_| {
        let what = if status_before == status::INSPECTION { INSPECTED } else { LOADED };
        let finding = Finding::new(Code::CorrectionState, "A194; Order 220 [check]", "list");
        let state = super::super::after::state_words(status_before);
        vec![finding.arg("invt", &case.invt_no).arg("state", state).arg("what", what)]
    })?;
    let new = new.clone();
    scene.put(&at, &Kept { document: Some(document), ..kept });
    let today = scene.today();
    let choice = choose(scene, &new, today);
    let found = against(scene, &new, choice.against, today);
    if !found.is_empty() {
        return Err(found);
    }
    let before = case.export.take().unwrap_or_default();
    let inspect = needs_inspection(scene, &new, today);
    let value = value(scene.policy(), &new, today);
    case.export = Some(ExportState { way: choice.way, value, inspect: before.inspect || inspect, ..before });
    case.status = status::WAITING;
    let said = std::mem::take(&mut scene.outcome.findings);
    scene.outcome.verdict = Verdict::Accepted;
    settle(scene, &key, case, &new, Wait::Begin);
    scene.from = sender;
    if scene.outcome.verdict == Verdict::Refused {
        return Err(scene.outcome.findings.iter().filter(|f| !f.forgiven).cloned().collect());
    }
    scene.outcome.findings.splice(0..0, said);
    Ok(())
}

const INSPECTED: &str = "货物待查验 the goods are to be inspected";
const LOADED: &str = "已列入总单、已离境或已办结 it stands on a master bill, has left, or is done with";
