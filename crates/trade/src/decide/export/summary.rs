//! Summary declaration (汇总申报): the lists of a month, merged into declarations (701, 702, 792).
//!
//! A194 section 3 (paraphrase): by the 15th of each month, or the next working day, the lists closed in the month before
//! are merged where consignor, transport, producing or selling unit, country of arrival and office of exit are equal;
//! their lines where final destination, ten-digit code and currency are; quantities and values are added.
//!
//! Reading 1: units that differ cannot be added, so they make lines of their own [ours]. A declaration that is full
//! (`export.summary_lines`) is followed by another of the same head. A list enters one summary. What no summary has
//! taken in by the day stays in the chain of its month and goes over to the next, with an alarm.
//!
//! An entry takes in at most [`STEP`] lists and tells at most [`PAGES`] results; the rest falls due at once, so no
//! entry grows with the trade of a month.

use std::collections::BTreeMap;

use super::super::papers::new_only;
use super::{Scene, list_of, numbered};
use crate::command::{DueKind, Verdict};
use crate::documents::{ExportList, ExportListLine, MessageKind, SummaryApply};
use crate::finding::{Code, Finding};
use crate::key::{CaseKey, Key, Pair, SummaryMonth, SummaryPart};
use crate::money::Quantity;
use crate::pack::Text;
use crate::policy::Parameter;
use crate::receipt::{ResultLine, Shown, SummaryResult, info_of};
use crate::record::{
    Case, CaseRef, Declaration, DeclarationLine, ExportState, Kept, Page, Summary, SummaryHead, SummaryMonthState,
    SummedLine, add_quantities, add_value, status,
};
use crate::time::Day;

/// Lists taken in by one entry.
const STEP: u32 = 500;
/// Results told by one entry.
const PAGES: u32 = 20;
/// Lines of lists in one result message.
const PAGE: usize = 1_000;

fn month_of(day: Day) -> u32 {
    let (year, month, _) = day.date();
    year as u32 * 100 + month
}

fn next_month(month: u32) -> u32 {
    if month % 100 == 12 { (month / 100 + 1) * 100 + 1 } else { month + 1 }
}

/// The last day on which the lists of a month are declared in summary.
fn last_day(scene: &Scene<'_>, month: u32) -> Option<Day> {
    let next = next_month(month);
    let first = Day::ymd((next / 100) as i32, next % 100, 1)?;
    let nth = scene.policy().whole(Parameter::SummaryDay, first).unwrap_or(15);
    Some(scene.policy().working_day_from(first.plus(nth as i32 - 1)))
}

/// A list that goes by summary declaration was closed: it stands in the chain of its month.
pub(super) fn closed(scene: &mut Scene<'_>, key: &CaseKey, case: &Case, export: &mut ExportState) {
    let month = month_of(scene.today());
    let at = SummaryMonth { agent: case.agent.clone(), ebc: key.ebc.clone(), office: case.office.clone(), month };
    let at = Key::SummaryMonth(at);
    let mut state = scene.read::<SummaryMonthState>(&at).unwrap_or_default();
    due(scene, &at, &mut state, month);
    export.previous = state.newest.replace(key.clone());
    export.month = month;
    state.oldest.get_or_insert_with(|| key.clone());
    (state.count, state.open) = (state.count + 1, state.open + 1);
    scene.put(&at, &state);
}

fn due(scene: &mut Scene<'_>, at: &Key, state: &mut SummaryMonthState, month: u32) {
    if !state.due
        && let Some(last) = last_day(scene, month)
    {
        state.due = true;
        scene.overlay.due(last.plus(1).starts(), DueKind::SummaryOverdue, at);
    }
}

/// The day is over: the chain of the month goes over to the next one, whole, with an alarm to the declarant.
pub(super) fn overdue(scene: &mut Scene<'_>, month: &SummaryMonth) {
    let at = Key::SummaryMonth(month.clone());
    let Some(mut state) = scene.read::<SummaryMonthState>(&at).filter(|s| s.open > 0) else { return };
    let (Some(newest), Some(oldest)) = (state.newest.take(), state.oldest.take()) else { return };
    let next = SummaryMonth { month: next_month(month.month), ..month.clone() };
    let next_at = Key::SummaryMonth(next.clone());
    let mut following = scene.read::<SummaryMonthState>(&next_at).unwrap_or_default();
    due(scene, &next_at, &mut following, next.month);
    let Some(mut first) = scene.case(&oldest) else { return };
    if let Some(export) = &mut first.export {
        export.previous = following.newest.take();
    }
    scene.put(&Key::Case(oldest.clone()), &first);
    following.oldest.get_or_insert(oldest);
    following.newest = Some(newest.clone());
    following.count += state.count;
    following.open += state.open;
    let finding = Finding::new(Code::SummaryLate, "A194 3", "").arg("month", month.month).arg("count", state.open);
    let finding = finding.arg("next", next.month);
    (state.count, state.open) = (0, 0);
    scene.put(&at, &state);
    scene.put(&next_at, &following);
    scene.outcome.verdict = Verdict::Done;
    scene.outcome.findings.push(finding.clone());
    scene.outcome.case = Some(newest.clone());
    if let Some(((list, from), case)) = list_of(scene, &newest).zip(scene.case(&newest)) {
        let info = info_of(std::slice::from_ref(&finding), "");
        scene.send(from, numbered(list.shown(), &case), status::CLOSED, info, vec![finding]);
    }
}

/// CEB701: for a period, or for the lists that it names.
pub(super) fn apply(scene: &mut Scene<'_>, apply: &SummaryApply) {
    let shown = apply.shown();
    let cop_no =
        if apply.msg_seq <= 1 { apply.cop_no.clone() } else { format!("{}/{}", apply.cop_no, apply.msg_seq).into() };
    let key = Key::SummaryApplied(Pair { code: apply.agent_code.clone(), number: cop_no });
    if let Some(kept) = scene.read::<Kept>(&key) {
        if kept.content == scene.content() {
            return scene.repeat(kept.at);
        }
        return scene.refuse(MessageKind::SummaryApply, shown, vec![Finding::new(Code::AppliedAlready, "", "copNo")]);
    }
    let mut found = Vec::from_iter(new_only(MessageKind::SummaryApply, apply.head.action));
    let (mut months, mut named) = (Vec::new(), Vec::new());
    match (apply.from, apply.until) {
        (Some(from), Some(until)) if from <= until && until.day() <= from.day().plus(400) => {
            let (mut month, last) = (month_of(from.day()), month_of(until.day()));
            while month <= last {
                months.push(month);
                month = next_month(month);
            }
        }
        (None, None) => {
            let mut seen = std::collections::BTreeSet::new();
            for number in &apply.lists {
                if seen.insert(number) {
                    named.extend(summable(scene, apply, number).map_err(|f| found.push(f)).ok());
                }
            }
        }
        _ => found.push(Finding::new(Code::SummaryPeriod, "CEB 701", "startTime")),
    }
    let open: u32 = months
        .iter()
        .filter_map(|month| scene.read::<SummaryMonthState>(&Key::SummaryMonth(month_key(apply, *month))))
        .map(|state| state.open)
        .sum();
    if found.is_empty() && open == 0 && named.is_empty() {
        found.push(Finding::new(Code::SummaryNothing, "A194 3", "startTime").arg("agent", &apply.agent_code));
    }
    if !found.is_empty() {
        return scene.refuse(MessageKind::SummaryApply, shown, found);
    }
    let today = scene.today();
    let day = today.compact();
    let pre_no = format!("B{day}{:09}", scene.next_number(format!("pre/{day}")));
    let office = &apply.customs_code;
    let number =
        format!("{office}{:04}S{:09}", today.year(), scene.next_number(format!("sum/{office}/{}", today.year())));
    let newest = months
        .first()
        .and_then(|month| scene.read::<SummaryMonthState>(&Key::SummaryMonth(month_key(apply, *month)))?.newest);
    let summary = Summary {
        status: status::MATCHED,
        agent: apply.agent_code.clone(),
        ebc: apply.ebc_code.clone(),
        office: apply.customs_code.clone(),
        cop_no: apply.cop_no.clone(),
        pre_no: pre_no.into(),
        from: scene.from.clone(),
        first: apply.from,
        last: apply.until,
        months: months.clone(),
        next: newest,
        named,
        at: scene.setting.at,
        by_name: apply.item_name_flag == "1",
        by_owner: apply.summary_flag == "2",
        by_quantity: scene.policy().whole(Parameter::SummaryQuantities, today) == Some(1),
        seq: apply.msg_seq,
        decl_agent_code: apply.decl_agent_code.clone(),
        decl_agent_name: apply.decl_agent_name.clone(),
        agent_name: apply.agent_name.clone(),
        ebc_name: apply.ebc_name.clone(),
        ..Summary::default()
    };
    scene.keep(&key);
    let shown = Shown { pre_no: summary.pre_no.clone(), sum_no: number.clone().into(), ..shown };
    scene.outcome.verdict = Verdict::Accepted;
    scene.answer(shown.clone(), status::WAITING, format!("新增申报成功[{}]", apply.head.guid));
    scene.answer(shown, status::MATCHED, "海关入库");
    proceed(scene, &number.into(), summary);
}

fn month_key(apply: &SummaryApply, month: u32) -> SummaryMonth {
    let (agent, ebc) = (apply.agent_code.clone(), apply.ebc_code.clone());
    SummaryMonth { agent, ebc, office: apply.customs_code.clone(), month }
}

/// A list that an application names: closed, by this way, of this seller and declarant, in no summary yet.
fn summable(scene: &Scene<'_>, apply: &SummaryApply, number: &Text) -> Result<CaseKey, Finding> {
    let finding = |code| Finding::new(code, "A194 3", "invtNo").arg("invt", number);
    let key = scene.read::<CaseRef>(&Key::ListNumber(number.clone())).map(|r| r.case);
    let case = key.as_ref().and_then(|key| scene.case(key)).filter(|c| c.invt_no == *number);
    let (Some(key), Some(case)) = (key, case) else { return Err(finding(Code::ListNotFound)) };
    let Some(export) = case.export.filter(|_| case.agent == apply.agent_code && key.ebc == apply.ebc_code) else {
        return Err(finding(Code::ListNotFound));
    };
    if !export.summary.is_empty() {
        return Err(finding(Code::InOtherSummary).arg("summary", &export.summary));
    }
    if export.way != crate::record::Way::SummaryDeclaration || case.status != status::CLOSED {
        return Err(finding(Code::ListState).arg("state", super::super::after::state_words(case.status)));
    }
    Ok(key)
}

/// A due: the summary goes on where the last entry stopped.
pub(super) fn go_on(scene: &mut Scene<'_>, number: &Text) {
    let Some(summary) = scene.read::<Summary>(&Key::Summary(number.clone())) else { return };
    scene.from = summary.from.clone();
    scene.outcome.verdict = Verdict::Accepted;
    proceed(scene, number, summary);
}

fn proceed(scene: &mut Scene<'_>, number: &Text, mut summary: Summary) {
    let done = if summary.gathered { tell(scene, number, &mut summary) } else { gather(scene, number, &mut summary) };
    if !done {
        let at = scene.setting.at;
        scene.overlay.due(at, DueKind::SummaryGoesOn, &Key::Summary(number.clone()));
    }
    scene.put(&Key::Summary(number.clone()), &summary);
}

/// What one entry changes of a summary, written when it is done.
#[derive(Default)]
struct Desk {
    heads: BTreeMap<String, SummaryHead>,
    declarations: BTreeMap<u32, Declaration>,
    lines: BTreeMap<String, DeclarationLine>,
    pages: BTreeMap<(u32, u32), Page>,
    months: BTreeMap<u32, u32>,
}

/// Takes lists in; false where more is to be done.
fn gather(scene: &mut Scene<'_>, number: &Text, summary: &mut Summary) -> bool {
    let mut desk = Desk::default();
    for _ in 0..STEP {
        let Some(key) = next(scene, summary) else {
            summary.gathered = true;
            break;
        };
        let case = scene.case(&key);
        if summary.named.is_empty() {
            // Also where a list of the chain is gone, so that the next one is never the same one.
            summary.next = case.as_ref().and_then(|case| case.export.as_ref()?.previous.clone());
        }
        let Some(mut case) = case else { continue };
        let mut export = case.export.take().unwrap_or_default();
        let closed = export.closed;
        // What went over from an earlier month was closed before the period begins.
        let late = summary.first.is_some_and(|from| export.month < month_of(from.day()));
        let within = (late || summary.first.is_none_or(|from| closed >= Some(from)))
            && summary.last.is_none_or(|until| closed <= Some(until));
        if !export.summary.is_empty() || (summary.named.is_empty() && !within) {
            continue;
        }
        let Some((list, _)) = list_of(scene, &key) else { continue };
        export.summed = take(scene, number, summary, &mut desk, &list, &case);
        export.summary = number.clone();
        *desk.months.entry(month_in(scene, summary, &export)).or_default() += 1;
        case.trail.push(scene.here());
        case.export = Some(export);
        scene.put(&Key::Case(key), &case);
        summary.lists += 1;
    }
    for (head, record) in desk.heads {
        scene.put(&Key::SummaryHead(Pair { code: number.clone(), number: head.into() }), &record);
    }
    for (n, record) in desk.declarations {
        scene.put(&declaration_key(number, n), &record);
    }
    for (line, record) in desk.lines {
        scene.put(&Key::SummaryLine(Pair { code: number.clone(), number: line.into() }), &record);
    }
    for ((declaration, page), record) in desk.pages {
        let part = SummaryPart { sum_no: number.clone(), declaration, page };
        scene.put(&Key::SummaryPage(part), &record);
    }
    for (month, taken) in desk.months {
        let (agent, ebc, office) = (summary.agent.clone(), summary.ebc.clone(), summary.office.clone());
        let at = Key::SummaryMonth(SummaryMonth { agent, ebc, office, month });
        if let Some(mut state) = scene.read::<SummaryMonthState>(&at) {
            state.open = state.open.saturating_sub(taken);
            scene.put(&at, &state);
        }
    }
    false
}

/// The month in whose chain the list stands now: it may have been put off.
fn month_in(scene: &Scene<'_>, summary: &Summary, export: &ExportState) -> u32 {
    if let Some(month) = summary.months.first().filter(|_| summary.named.is_empty()) {
        return *month;
    }
    let mut month = export.month;
    let of = |month| {
        let (agent, ebc, office) = (summary.agent.clone(), summary.ebc.clone(), summary.office.clone());
        scene.read::<SummaryMonthState>(&Key::SummaryMonth(SummaryMonth { agent, ebc, office, month }))
    };
    while of(month).is_some_and(|state| state.newest.is_none()) {
        month = next_month(month);
    }
    month
}

/// The next list to look at.
fn next(scene: &Scene<'_>, summary: &mut Summary) -> Option<CaseKey> {
    if !summary.named.is_empty() {
        let key = summary.named.get(summary.seen as usize).cloned();
        summary.seen += 1;
        return key;
    }
    while summary.next.is_none() && summary.months.len() > 1 {
        summary.months.remove(0);
        let (agent, ebc, office) = (summary.agent.clone(), summary.ebc.clone(), summary.office.clone());
        let month = summary.months.first().copied().unwrap_or_default();
        let at = Key::SummaryMonth(SummaryMonth { agent, ebc, office, month });
        summary.next = scene.read::<SummaryMonthState>(&at).and_then(|state| state.newest);
    }
    summary.next.clone()
}

fn declaration_key(number: &Text, declaration: u32) -> Key {
    Key::SummaryDeclaration(SummaryPart { sum_no: number.clone(), declaration, page: 0 })
}

/// Adds the lines of a list to their declarations.
fn take(
    scene: &mut Scene<'_>,
    number: &Text,
    summary: &mut Summary,
    desk: &mut Desk,
    list: &ExportList,
    case: &Case,
) -> Vec<SummedLine> {
    let owner = if summary.by_owner { list.owner_code.as_str() } else { "" };
    let head = [&list.trade_mode, &list.traf_mode, &list.country, &list.port_code].map(Text::as_str).join("/");
    let head = format!("{head}/{owner}");
    let room = scene.policy().whole(Parameter::SummaryLines, scene.today()).unwrap_or(50) as u32;
    let mut summed = Vec::with_capacity(list.lines.len());
    for line in &list.lines {
        let key = line_key(&head, line, summary.by_name);
        if !desk.lines.contains_key(&key) {
            let at = Key::SummaryLine(Pair { code: number.clone(), number: key.clone().into() });
            let record = match scene.read::<DeclarationLine>(&at) {
                Some(record) => record,
                None => new_line(scene, number, summary, desk, (&head, &key, room), list, line),
            };
            desk.lines.insert(key.clone(), record);
        }
        let Some(record) = desk.lines.get_mut(&key) else { continue };
        let mut within = add(&mut record.qty, line.qty);
        within &= add(&mut record.qty1, line.qty1);
        within &= add(&mut record.qty2, line.qty2.unwrap_or_default());
        record.list_lines += 1;
        let mut sums = vec![crate::record::CurrencySum { currency: line.currency.clone(), value: record.value }];
        within &= add_value(&mut sums, &line.currency, line.total);
        within &= add_value(&mut summary.values, &line.currency, line.total);
        if summary.by_quantity {
            let qty2 = line.qty2.unwrap_or_default();
            let of = [(&line.unit, line.qty), (&line.unit1, line.qty1), (&line.unit2, qty2)];
            within &= add_quantities(&mut summary.quantities, of);
        }
        record.value = sums[0].value;
        summary.list_lines += 1;
        let (declaration, place) = (record.declaration, record.line);
        summed.push(SummedLine { gnum: line.gnum, declaration, line: place });
        declaration_of(scene, number, desk, declaration);
        let Some(of) = desk.declarations.get_mut(&declaration) else { continue };
        of.list_lines += 1;
        if line.gnum == 1 {
            // The weights of a list are told once, with its first line.
            within &= add(&mut of.gross_weight, list.gross_weight);
            within &= add(&mut of.net_weight, list.net_weight);
        }
        summary.out_of_range |= !within;
        let page = (declaration, (of.list_lines - 1) / PAGE as u32);
        of.pages = page.1 + 1;
        let told = desk.pages.entry(page).or_insert_with(|| {
            let part = SummaryPart { sum_no: number.clone(), declaration, page: page.1 };
            scene.read::<Page>(&Key::SummaryPage(part)).unwrap_or_default()
        });
        told.lines.push(ResultLine {
            invt_no: case.invt_no.clone(),
            logistics_no: list.logistics_no.clone(),
            seq: place,
            gnum: line.gnum,
            gcode: line.gcode.clone(),
        });
    }
    summed
}

/// Adds a quantity to a sum; false where the sum is larger than this program reckons with, and then stays as it was.
fn add(sum: &mut Quantity, more: Quantity) -> bool {
    let added = sum.checked_plus(more);
    *sum = added.unwrap_or(*sum);
    added.is_some()
}

fn line_key(head: &str, line: &ExportListLine, by_name: bool) -> String {
    let name = if by_name { line.gname.as_str() } else { "" };
    let units = [&line.unit, &line.unit1, &line.unit2].map(Text::as_str).join(",");
    format!("{head}|{}/{}/{}/{units}/{name}", line.country, line.gcode, line.currency)
}

fn declaration_of(scene: &Scene<'_>, number: &Text, desk: &mut Desk, declaration: u32) {
    desk.declarations
        .entry(declaration)
        .or_insert_with(|| scene.read(&declaration_key(number, declaration)).unwrap_or_default());
}

/// A line that the summary does not have yet, in the declaration of its head that has room.
fn new_line(
    scene: &mut Scene<'_>,
    number: &Text,
    summary: &mut Summary,
    desk: &mut Desk,
    (head, key, room): (&str, &str, u32),
    list: &ExportList,
    line: &ExportListLine,
) -> DeclarationLine {
    if !desk.heads.contains_key(head) {
        let at = Key::SummaryHead(Pair { code: number.clone(), number: head.into() });
        let record = scene.read::<SummaryHead>(&at).unwrap_or_default();
        desk.heads.insert(head.to_owned(), record);
    }
    let mut declaration = desk.heads.get(head).map_or(0, |h| h.declaration);
    if declaration > 0 {
        declaration_of(scene, number, desk, declaration);
    }
    let full = desk.declarations.get(&declaration).is_none_or(|d| d.lines >= room);
    if full {
        summary.declarations += 1;
        declaration = summary.declarations;
        desk.heads.insert(head.to_owned(), SummaryHead { declaration });
        let year = scene.today().year();
        let serial = scene.next_number(format!("decl/{}/{year}", list.customs_code));
        let opened = Declaration {
            number: format!("{}{year:04}D{serial:09}", list.customs_code).into(),
            owner: if summary.by_owner { list.owner_code.clone() } else { Text::default() },
            traf_mode: list.traf_mode.clone(),
            country: list.country.clone(),
            port: list.port_code.clone(),
            mode: list.trade_mode.clone(),
            ..Declaration::default()
        };
        desk.declarations.insert(declaration, opened);
    }
    let place = match desk.declarations.get_mut(&declaration) {
        Some(of) => {
            of.lines += 1;
            of.line_keys.push(key.into());
            of.lines
        }
        None => 1,
    };
    DeclarationLine {
        declaration,
        line: place,
        country: line.country.clone(),
        gcode: line.gcode.clone(),
        currency: line.currency.clone(),
        unit: line.unit.clone(),
        unit1: line.unit1.clone(),
        unit2: line.unit2.clone(),
        name: line.gname.clone(),
        qty: Quantity(0),
        ..DeclarationLine::default()
    }
}

/// Tells the results (792), a page each; with the last one the sums are compared and the application is done.
fn tell(scene: &mut Scene<'_>, number: &Text, summary: &mut Summary) -> bool {
    let mut told = 0;
    while told < PAGES {
        if summary.told_declaration >= summary.declarations {
            finish(scene, number, summary);
            return true;
        }
        let n = summary.told_declaration + 1;
        let declaration = scene.read::<Declaration>(&declaration_key(number, n)).unwrap_or_default();
        if summary.told_page == 0 {
            // Counted from the lines of the declaration, not from the lists.
            for key in &declaration.line_keys {
                let at = Key::SummaryLine(Pair { code: number.clone(), number: key.clone() });
                let line = scene.read::<DeclarationLine>(&at).unwrap_or_default();
                summary.out_of_range |= !add_value(&mut summary.told_values, &line.currency, line.value);
                if summary.by_quantity {
                    let of = [(&line.unit, line.qty), (&line.unit1, line.qty1), (&line.unit2, line.qty2)];
                    summary.out_of_range |= !add_quantities(&mut summary.told_quantities, of);
                }
            }
        }
        let part = SummaryPart { sum_no: number.clone(), declaration: n, page: summary.told_page };
        let page = scene.read::<Page>(&Key::SummaryPage(part)).unwrap_or_default();
        summary.told_lines += page.lines.len() as u32;
        let shown = Shown {
            kind: MessageKind::SummaryResult,
            customs_code: summary.office.clone(),
            sum_no: number.clone(),
            agent_code: summary.agent.clone(),
            ebc_code: summary.ebc.clone(),
            seq: summary.told_page + 1,
            result: Some(Box::new(SummaryResult {
                decl_seq_no: declaration.number.clone(),
                agent_name: summary.agent_name.clone(),
                ebc_name: summary.ebc_name.clone(),
                decl_agent_code: summary.decl_agent_code.clone(),
                decl_agent_name: summary.decl_agent_name.clone(),
                gross_weight: declaration.gross_weight,
                net_weight: declaration.net_weight,
                msg_count: declaration.pages,
                lines: page.lines,
                ..SummaryResult::default()
            })),
            ..Shown::default()
        };
        scene.answer(shown, 1, "-");
        told += 1;
        summary.told_page += 1;
        if summary.told_page >= declaration.pages {
            (summary.told_declaration, summary.told_page) = (n, 0);
        }
    }
    false
}

/// The sum of the lists equals the sum of the results, line by line, currency by currency and unit by unit, or somebody
/// has to look.
fn finish(scene: &mut Scene<'_>, number: &Text, summary: &mut Summary) {
    summary.status = status::EXAMINED;
    let shown = Shown {
        kind: MessageKind::SummaryReturn,
        agent_code: summary.agent.clone(),
        ebc_code: summary.ebc.clone(),
        cop_no: summary.cop_no.clone(),
        pre_no: summary.pre_no.clone(),
        sum_no: number.clone(),
        seq: summary.seq,
        ..Shown::default()
    };
    if !summary.agrees() {
        let finding = Finding::new(Code::SummaryDiffers, "A194 3", "").arg("summary", number);
        scene.outcome.verdict = Verdict::Failed;
        return scene.refuse(MessageKind::SummaryApply, shown, vec![finding]);
    }
    let sums: Vec<String> = summary.values.iter().map(|s| format!("{} {}", s.value, s.currency)).collect();
    let (lists, declarations, sums) = (summary.lists, summary.declarations, sums.join("、"));
    scene.outcome.verdict = Verdict::Done;
    scene.answer(shown, status::EXAMINED, format!("海关审结：清单{lists}份，报关单{declarations}份，合计{sums}"));
}
