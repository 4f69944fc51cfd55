//! Exported goods come back: the application (213), the tally of what really came (215), and what follows for tax and
//! stock (A44, X16, A167).
//!
//! An application changes nothing but what is under way. When the parcel is tallied, its treatment is found; where a
//! rebate was wanted for one of its goods, customs first has to see that it was paid back or never taken. Only then are
//! quantity and stock restored, all of it or nothing. What is not tallied within the year is refused.

use super::super::after::{self, refund_shown, state_words};
use super::super::appeal;
use super::super::papers::{accepted, new_only};
use super::{Scene, list_of};
use crate::command::{DueKind, Verdict};
use crate::documents::{ExportList, ExportRefund, MessageKind, Tally};
use crate::finding::{Code, Finding};
use crate::key::{CaseKey, Key, Pair};
use crate::money::{Amount, Fen, Quantity};
use crate::pack::Text;
use crate::policy::Policy;
use crate::policy::export_returns::{self, Returning};
use crate::receipt::{Shown, info_of};
use crate::record::{Case, CaseRef, Kept, RefundState, ReturnState, Returned, Treatment, status};
use crate::registry::{Asked, GoodsRow, Matter, RoleKind};
use crate::time::Day;

const A44: &str = "A44";

/// CEB213.
pub(super) fn apply(scene: &mut Scene<'_>, refund: &ExportRefund) {
    let shown = refund.shown();
    let number = Pair { code: refund.agent_code.clone(), number: refund.cop_no.clone() };
    let already = Finding::new(Code::AppliedAlready, A44, "coElNo");
    if after::applied_before(scene, &Key::Refund(number.clone()), MessageKind::ExportRefund, &shown, already) {
        return;
    }
    let mut found = Vec::new();
    match examine(scene, refund, scene.today(), &mut found) {
        Some(application) if found.is_empty() => {
            let head = Kept { content: scene.content(), from: scene.from.clone(), ..Kept::default() };
            stands(scene, &number, refund, application, &head);
        }
        application => {
            scene.refuse(MessageKind::ExportRefund, shown, found);
            if let Some(application) = application {
                appeal::returns::refused(scene, &application.key, &number);
            }
        }
    }
}

/// An appeal was allowed: the application is decided again as of its own day, without the reasons that were set aside;
/// those that did stand against it are given back.
pub(in crate::decide) fn apply_again(
    scene: &mut Scene<'_>,
    number: &Pair,
    refund: &ExportRefund,
    head: &Kept,
    aside: &[Code],
) -> Vec<Finding> {
    let mut found = Vec::new();
    let application = examine(scene, refund, head.accepted.day(), &mut found);
    let (gone, stays): (Vec<_>, Vec<_>) = found.into_iter().partition(|f| aside.contains(&f.code));
    match application {
        Some(application) if stays.is_empty() => {
            let until = Some(appeal::returns::last_day(scene, application.deadline));
            stands(scene, number, refund, Application { until, ..application }, head);
        }
        application => {
            scene.refuse(MessageKind::ExportRefund, refund.shown(), stays);
            if let Some(application) = application {
                appeal::returns::refused(scene, &application.key, number);
            }
        }
    }
    gone
}

/// An application for a return and what it finds.
struct Application {
    key: CaseKey,
    case: Case,
    list: ExportList,
    lines: Vec<Returned>,
    applied: Day,
    deadline: Day,
    /// The last day where an appeal gave another.
    until: Option<Day>,
}

/// Holds an application against the list and the law of its export; `None` where there is nothing to return.
fn examine(scene: &mut Scene<'_>, refund: &ExportRefund, today: Day, found: &mut Vec<Finding>) -> Option<Application> {
    found.extend(new_only(MessageKind::ExportRefund, refund.head.action));
    if refund.lines.is_empty() {
        found.push(Finding::new(Code::NoLines, "CEB 213", "InvtRefundList"));
    }
    if refund.ie_flag != "I" {
        let finding = Finding::new(Code::ExportFlag, "CEB 213", "ieFlag");
        found.push(finding.arg("flag", &refund.ie_flag).arg("expected", "I"));
    }
    found.extend(scene.neither(&refund.agent_code, [RoleKind::Declarant, RoleKind::Seller], "agentCode", today));
    let Some((key, case, list)) = exported(scene, &refund.invt_no) else {
        found.push(Finding::new(Code::ListNotFound, A44, "invtNo").arg("invt", &refund.invt_no));
        return None;
    };
    scene.outcome.case = Some(key.clone());
    let Some(left) = exported_on(&case).filter(|_| case.status == status::CLOSED) else {
        let finding = Finding::new(Code::ListState, A44, "invtNo").arg("invt", &refund.invt_no);
        found.push(finding.arg("state", state_words(case.status)));
        return None;
    };
    scene.outcome.day = left;
    found.extend(entitled(scene, refund, (&key, &case, &list), today));
    let mode = if case.mode == "1210" { "1261" } else { "9661" };
    if !refund.trade_mode.is_empty() && refund.trade_mode != mode {
        let finding = Finding::new(Code::ReturnMode, "CEB 213", "tradeMode");
        found.push(finding.arg("mode", &refund.trade_mode).arg("expected", mode));
    }
    found.extend(elsewhere(scene, &case, &refund.customs_code, today));
    found.extend(export_returns::late(scene.policy(), left, today));
    let parcel = Pair { code: refund.logistics_code.clone(), number: refund.logistics_no.clone() };
    if under_way(scene, &parcel).is_some() {
        found.push(Finding::new(Code::WaybillUsed, A44, "logisticsNo").arg("waybill", &parcel.number));
    }
    let lines = lines(&case, &list, refund, found);
    found.extend(super::abroad::short(scene, &case, &list, &lines));
    let deadline = export_returns::last_entry(scene.policy(), left).map_or(today, |(last, _)| last);
    Some(Application { key, case, list, lines, applied: today, deadline, until: None })
}

/// The goods may come. `head` is that of the application as it was kept.
fn stands(scene: &mut Scene<'_>, number: &Pair, refund: &ExportRefund, application: Application, head: &Kept) {
    let Application { key: case_key, mut case, list, lines, applied, deadline, until } = application;
    let deadline = until.unwrap_or(deadline);
    after::set_out(&mut case, &lines);
    super::abroad::announce(scene, &case, &list, &lines);
    let parcel = Pair { code: refund.logistics_code.clone(), number: refund.logistics_no.clone() };
    let day = scene.today().compact();
    let state = RefundState {
        case: case_key.clone(),
        status: status::MATCHED,
        applied_on: applied,
        lines,
        pre_no: format!("B{day}{:09}", scene.next_number(format!("pre/{day}"))).into(),
        from: head.from.clone(),
        content: head.content,
        at: scene.here(),
        agent: refund.agent_code.clone(),
        cop_no: refund.cop_no.clone(),
        deadline,
        invt_no: case.invt_no.clone(),
        export: Some(ReturnState {
            waybill_code: parcel.code.clone(),
            waybill_no: parcel.number.clone(),
            office: refund.customs_code.clone(),
            platform: refund.ebp_code.clone(),
            until,
            ..ReturnState::default()
        }),
        came: None,
    };
    let key = Key::Refund(number.clone());
    scene.overlay.due(deadline.plus(1).starts(), DueKind::ReturnOverdue, &key);
    scene.put(&key, &state);
    scene.put(&Key::ReturnParcel(parcel), number);
    appeal::returns::accepted(scene, &case_key, &mut case, number);
    case.trail.push(scene.here());
    scene.put(&Key::Case(case_key), &case);
    scene.outcome.verdict = Verdict::Accepted;
    let shown = Shown { pre_no: state.pre_no.clone(), ..refund.shown() };
    scene.answer(shown.clone(), status::WAITING, format!("新增申报成功[{}]", refund.head.guid));
    scene.answer(shown, status::MATCHED, format!("海关入库，请于{deadline}前入境并理货"));
}

/// The list that a number names, of a case that was not declared anew since.
fn exported(scene: &Scene<'_>, invt_no: &Text) -> Option<(CaseKey, Case, ExportList)> {
    let key = scene.read::<CaseRef>(&Key::ListNumber(invt_no.clone()))?.case;
    let case = scene.case(&key).filter(|c| c.invt_no == *invt_no && c.export.is_some())?;
    let (list, _) = list_of(scene, &key)?;
    Some((key, case, list))
}

/// The day of export: of departure, for goods of a special area of leaving it (X16).
fn exported_on(case: &Case) -> Option<Day> {
    let departed = case.export.as_ref().and_then(|export| export.departed);
    if case.mode == "1210" { case.released.or(departed) } else { departed }.map(|at| at.day())
}

/// Who may bring goods back: the seller, its declarant, or whom it has entrusted (A44).
fn entitled(
    scene: &Scene<'_>,
    refund: &ExportRefund,
    (key, case, list): (&CaseKey, &Case, &ExportList),
    day: Day,
) -> Option<Finding> {
    let agent = &refund.agent_code;
    if refund.ebc_code != key.ebc {
        return Some(Finding::new(Code::NotTheDeclarant, A44, "agentCode").arg("agent", agent));
    }
    if key.ebc == *agent {
        return None;
    }
    let asked = Asked::to(agent, Matter::Returns, day).worth(worth(scene.policy(), list, refund, day));
    after::not_the_declarant(scene, case, key, &asked, A44)
}

/// What comes back is worth in renminbi, by the prices of its list; lines that are not there are other faults.
fn worth(policy: &Policy, list: &ExportList, refund: &ExportRefund, day: Day) -> Option<Fen> {
    let mut sum = Fen::ZERO;
    for line in &refund.lines {
        let Some(of) = list.lines.iter().find(|l| l.gnum == line.gnum && l.qty.0 > 0) else { continue };
        let part = i128::from(of.total.0).checked_mul(i128::from(line.qty.0))? / i128::from(of.qty.0);
        let part = policy.in_renminbi(Amount(i64::try_from(part).ok()?), &of.currency, day)?;
        sum = Fen(sum.0.checked_add(part.0)?);
    }
    Some(sum)
}

/// Goods come back to the customs district that they left, or where the rule of the day lets them go elsewhere.
fn elsewhere(scene: &Scene<'_>, case: &Case, office: &str, day: Day) -> Option<Finding> {
    let district = |office: &str| office.get(..2).unwrap_or_default().to_owned();
    if district(office) == district(&case.office) {
        return None;
    }
    let open = case.mode == "9610" && scene.policy().takes_returns_from_elsewhere(office, day);
    let finding = || Finding::new(Code::ReturnElsewhere, "A167; 2026年3月公告 (notice of 2026-03)", "customsCode");
    (!open).then(|| finding().arg("office", office).arg("of", &case.office).arg("mode", &case.mode))
}

/// The return that a parcel is under way for.
fn under_way(scene: &Scene<'_>, parcel: &Pair) -> Option<(Pair, RefundState)> {
    let refund = scene.read::<Pair>(&Key::ReturnParcel(parcel.clone()))?;
    let state = scene.read::<RefundState>(&Key::Refund(refund.clone()))?;
    matches!(state.status, status::MATCHED | status::REVIEW).then_some((refund, state))
}

/// What of each line comes back: at most what went and has not come back.
fn lines(case: &Case, list: &ExportList, refund: &ExportRefund, found: &mut Vec<Finding>) -> Vec<Returned> {
    let mut lines: Vec<Returned> = Vec::new();
    for line in &refund.lines {
        let same = |l: &&crate::documents::ExportListLine| l.gnum == line.gnum && l.gcode == line.gcode;
        let Some(original) = list.lines.iter().find(same).filter(|l| l.unit == line.unit) else {
            found.push(Finding::new(Code::LineNotFound, A44, "gnum").line(line.gnum));
            continue;
        };
        let left = after::left_of(case, &lines, line.gnum, original.qty);
        if line.qty.0 <= 0 || line.qty > left {
            let finding = Finding::new(Code::ReturnQuantity, A44, "qty").line(line.gnum);
            found.push(finding.arg("qty", line.qty).arg("left", left));
            continue;
        }
        match lines.iter_mut().find(|r| r.gnum == line.gnum) {
            Some(r) => r.pending = r.pending.plus(line.qty),
            None => lines.push(Returned { gnum: line.gnum, qty: Quantity(0), pending: line.qty }),
        }
    }
    lines
}

/// CEB215: the operator of the supervised place has looked at what came. The message has no lines, so it says that the
/// parcel holds what was applied for; what holds something else is not tallied but declared otherwise.
pub(super) fn tally(scene: &mut Scene<'_>, tally: &Tally) {
    let shown = tally.shown();
    let key = Key::Tally(Pair { code: tally.operator_code.clone(), number: tally.cop_no.clone() });
    if let Some(kept) = scene.read::<Kept>(&key) {
        if kept.content == scene.content() {
            return scene.repeat(kept.at);
        }
        let finding = Finding::new(Code::AppliedAlready, A44, "coElNo");
        return scene.refuse(MessageKind::Tally, shown, vec![finding]);
    }
    let mut found = Vec::new();
    match arriving(scene, tally, scene.today(), &mut found) {
        Some(coming) if found.is_empty() => {
            scene.keep(&key);
            tallied(scene, tally, coming, scene.setting.at);
        }
        coming => {
            scene.refuse(MessageKind::Tally, shown, found);
            if let Some(coming) = coming {
                appeal::returns::refused(scene, &coming.key, &coming.refund);
            }
        }
    }
}

/// An appeal was allowed: what was tallied is held against its application again, without the reasons that were set
/// aside; those that did stand against it are given back.
pub(in crate::decide) fn tally_again(
    scene: &mut Scene<'_>,
    tally: &Tally,
    head: &Kept,
    aside: &[Code],
) -> Vec<Finding> {
    let mut found = Vec::new();
    let coming = arriving(scene, tally, head.accepted.day(), &mut found);
    let (gone, stays): (Vec<_>, Vec<_>) = found.into_iter().partition(|f| aside.contains(&f.code));
    match coming {
        Some(coming) if stays.is_empty() => {
            let key = Key::Tally(Pair { code: tally.operator_code.clone(), number: tally.cop_no.clone() });
            scene.put(&key, head);
            tallied(scene, tally, coming, head.accepted);
        }
        coming => {
            scene.refuse(MessageKind::Tally, tally.shown(), stays);
            if let Some(coming) = coming {
                appeal::returns::refused(scene, &coming.key, &coming.refund);
            }
        }
    }
    gone
}

/// A return whose goods have come.
struct Coming {
    refund: Pair,
    key: CaseKey,
    case: Case,
    list: ExportList,
    state: RefundState,
    left: Day,
}

/// Holds a tally of this day against the return that it is for; `None` where nothing is under way.
fn arriving(scene: &mut Scene<'_>, tally: &Tally, today: Day, found: &mut Vec<Finding>) -> Option<Coming> {
    found.extend(new_only(MessageKind::Tally, tally.head.action));
    let place = [RoleKind::AreaOperator, RoleKind::Postal];
    found.extend(scene.neither(&tally.operator_code, place, "operatorCode", today));
    if tally.ie_flag != "I" {
        let finding = Finding::new(Code::ExportFlag, "CEB 215", "ieFlag");
        found.push(finding.arg("flag", &tally.ie_flag).arg("expected", "I"));
    }
    let parcel = Pair { code: tally.logistics_code.clone(), number: tally.logistics_no.clone() };
    let coming = under_way(scene, &parcel).filter(|(_, state)| state.status == status::MATCHED);
    let coming = coming.and_then(|(refund, state)| Some((refund, exported(scene, &state.invt_no)?, state)));
    let Some((refund, (key, case, list), state)) = coming else {
        found.push(Finding::new(Code::ReturnUnknown, A44, "logisticsNo").arg("waybill", &parcel.number));
        return None;
    };
    scene.outcome.case = Some(key.clone());
    let export = state.export.clone().unwrap_or_default();
    let left = exported_on(&case).unwrap_or(today);
    scene.outcome.day = left;
    if !tally.invt_no.is_empty() && tally.invt_no != state.invt_no {
        let finding = Finding::new(Code::TallyList, A44, "invtNo").arg("given", &tally.invt_no);
        found.push(finding.arg("expected", &state.invt_no));
    }
    if tally.customs_code != export.office {
        let finding = Finding::new(Code::ReturnElsewhere, A44, "customsCode").arg("office", &tally.customs_code);
        found.push(finding.arg("of", &export.office).arg("mode", &case.mode));
    }
    let late = export_returns::late(scene.policy(), left, today);
    found.extend(late.filter(|_| export.until.is_none_or(|until| today > until)));
    Some(Coming { refund, key, case, list, state, left })
}

/// The treatment of what has come at `at`, and whether it is taken back at once.
fn tallied(scene: &mut Scene<'_>, tally: &Tally, coming: Coming, at: crate::time::Moment) {
    let Coming { refund, key: case_key, mut case, list, mut state, left } = coming;
    let (shown, today) = (tally.shown(), at.day());
    let mut export = state.export.take().unwrap_or_default();
    accepted(scene, shown.clone(), &tally.head.guid);
    scene.answer(shown, status::EXAMINED, "海关审结");
    appeal::returns::accepted(scene, &case_key, &mut case, &refund);
    scene.overlay.undue(state.deadline.plus(1).starts(), DueKind::ReturnOverdue, &Key::Refund(refund.clone()));
    let food = |l: &crate::documents::ExportListLine| scene.policy().is_food(&l.gcode, left);
    let comes = |l: &&crate::documents::ExportListLine| state.lines.iter().any(|r| r.gnum == l.gnum);
    let food = list.lines.iter().filter(comes).any(food);
    let (treatment, why) =
        export_returns::treatment(&Returning { exported: left, entered: today, food }, scene.policy());
    export.tallied = Some(at);
    export.treatment = treatment;
    let rebated = |l: &crate::documents::ExportListLine| {
        let at = Key::Goods(Pair { code: case_key.ebc.clone(), number: l.item_no.clone() });
        scene.read::<GoodsRow>(&at).is_some_and(|row| row.tags.iter().any(|tag| tag == "rebate"))
    };
    let rebated = list.lines.iter().filter(comes).any(rebated);
    scene.outcome.findings.push(why.clone());
    state.export = Some(export);
    if rebated {
        let finding = Finding::new(Code::ReturnProof, "X16", "").arg("number", &state.cop_no).forgiven();
        state.status = status::REVIEW;
        scene.outcome.verdict = Verdict::Review;
        scene.outcome.findings.push(finding.clone());
        let info = info_of(std::slice::from_ref(&finding), "");
        let (to, shown) = (state.from.clone(), refund_shown(&state, &case));
        scene.send(to, shown, status::REVIEW, info, vec![finding]);
        case.trail.push(scene.here());
        scene.put(&Key::Case(case_key), &case);
        return scene.put(&Key::Refund(refund), &state);
    }
    take_back(scene, &refund, state, case, &list);
    scene.outcome.verdict = Verdict::Accepted;
}

/// Quantity and stock are restored together, and the return is done: 800.
fn take_back(scene: &mut Scene<'_>, refund: &Pair, mut state: RefundState, mut case: Case, list: &ExportList) {
    super::taxes::back(scene, &state, &case, list);
    super::abroad::back(scene, &state, &case, list);
    for line in &state.lines {
        let Some(back) = case.returned.iter_mut().find(|r| r.gnum == line.gnum) else { continue };
        back.qty = back.qty.plus(line.pending);
        back.pending = back.pending.minus(line.pending);
        let Some(original) = list.lines.iter().find(|l| l.gnum == line.gnum).filter(|_| case.mode == "1210") else {
            continue;
        };
        let document = format!("CEB213 {}", state.cop_no);
        let because = (document, line.gnum, &state.case);
        super::super::bonded::returned(scene, &list.ems_no, &original.item_record_no, line.pending, because);
    }
    state.status = status::RELEASED;
    case.trail.push(scene.here());
    let words = match state.export.as_ref().map(|export| export.treatment) {
        Some(Treatment::TaxFree) => "免征进口税收，原样复运进境",
        _ => "按退运货物（4561）办理",
    };
    let (to, shown) = (state.from.clone(), refund_shown(&state, &case));
    scene.send(to, shown, status::RELEASED, format!("放行：{words}"), Vec::new());
    scene.put(&Key::Case(state.case.clone()), &case);
    scene.put(&Key::Refund(refund.clone()), &state);
}

/// An official has seen that the rebate was paid back or never taken (出口货物已补税/未退税证明).
///
/// # Errors
/// Where the return does not wait for that.
pub(in crate::decide) fn proved(scene: &mut Scene<'_>, refund: &Pair, state: RefundState) -> Result<(), Finding> {
    let not_possible = Finding::new(Code::ActNotPossible, A44, "coElNo").arg("act", "arrive");
    let waits = state.status == status::REVIEW;
    let found = exported(scene, &state.invt_no).filter(|_| waits);
    let Some((case_key, case, list)) = found else {
        return Err(not_possible.arg("state", state_words(state.status)));
    };
    scene.outcome.case = Some(case_key);
    scene.outcome.day = exported_on(&case).unwrap_or_default();
    scene.outcome.verdict = Verdict::Done;
    take_back(scene, refund, state, case, &list);
    Ok(())
}

/// A year is over, and nothing was tallied: what was applied for may not come any more.
pub(super) fn overdue(scene: &mut Scene<'_>, refund: &Pair, state: RefundState) {
    let Some(case) = scene.case(&state.case).filter(|_| state.status == status::MATCHED) else { return };
    scene.outcome.case = Some(state.case.clone());
    let left = exported_on(&case).unwrap_or_default();
    scene.outcome.day = left;
    let Some(finding) = export_returns::late(scene.policy(), left, scene.today()) else { return };
    super::not_coming(scene, &state, &case);
    after::may_not_come(scene, refund, state, case, finding, "");
}

/// An appeal was allowed: what was not tallied within the year may still come until a later day.
pub(in crate::decide) fn come_again(scene: &mut Scene<'_>, number: &Pair, mut state: RefundState, mut case: Case) {
    let Some((list, _)) = list_of(scene, &state.case) else { return };
    after::set_out(&mut case, &state.lines);
    super::abroad::announce(scene, &case, &list, &state.lines);
    let until = appeal::returns::last_day(scene, state.deadline);
    let mut export = state.export.take().unwrap_or_default();
    let parcel = Pair { code: export.waybill_code.clone(), number: export.waybill_no.clone() };
    export.until = Some(until);
    (state.status, state.deadline, state.export) = (status::MATCHED, until, Some(export));
    scene.put(&Key::ReturnParcel(parcel), number);
    after::comes_again(scene, number, state, case, format!("复议后恢复受理，请于{until}前入境并理货"));
}

/// What speaks against goods that come after all: another return in the same parcel, too little in stock abroad.
pub(in crate::decide) fn against_coming(scene: &Scene<'_>, state: &RefundState, case: &Case) -> Vec<Finding> {
    let export = state.export.clone().unwrap_or_default();
    let parcel = Pair { code: export.waybill_code, number: export.waybill_no };
    let mut found = Vec::new();
    if under_way(scene, &parcel).is_some() {
        found.push(Finding::new(Code::WaybillUsed, A44, "logisticsNo").arg("waybill", &parcel.number));
    }
    if let Some((list, _)) = list_of(scene, &state.case) {
        for line in &state.lines {
            let whole = list.lines.iter().find(|l| l.gnum == line.gnum).map(|l| l.qty).unwrap_or_default();
            found.extend(after::too_many(case, line, whole));
        }
        found.extend(super::abroad::short(scene, case, &list, &state.lines));
    }
    found.extend(exported_on(case).and_then(|left| export_returns::late(scene.policy(), left, scene.today())));
    found
}
