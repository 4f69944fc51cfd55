//! What officials do, in its simplest form: review, inspect, detain, release, send back; and the words of others
//! that a parcel waits for: goods arrived, payment made, parcel out.
//!
//! By default a parcel that no rule stops is released without anybody's act (rules.md 1.2).

use super::{Scene, after, appeal, articles, destroy, disown, exchange, export, list};
use crate::command::{Act, ActKind, ActorRole, Verdict};
use crate::documents::Document;
use crate::finding::{Code, Finding};
use crate::key::{CaseKey, Key, Pair};
use crate::pack::Text;
use crate::policy::Parameter;
use crate::policy::rights::Action;
use crate::record::{AlarmSettled, AppealOf, Case, FirstOfTwo, Kept, status};
use crate::registry::GoodsRow;
use crate::time::Day;

pub(super) fn act(scene: &mut Scene<'_>, act: &Act) {
    if let Err(finding) = permitted(scene, act).and_then(|()| perform(scene, act)) {
        scene.outcome.verdict = Verdict::Refused;
        scene.outcome.findings.push(finding);
    }
}

/// Which role may do what is data (`policy/rights.csv`). The window's own acts come from the command line of whoever
/// runs it; only the clock needs an operator by name.
fn permitted(scene: &Scene<'_>, act: &Act) -> Result<(), Finding> {
    let allowed = match act.kind {
        ActKind::ConfirmTime => act.by.role == ActorRole::Operator,
        kind => {
            let action = Action::of_act(kind);
            let rights = scene.policy().rights();
            act.by.role == ActorRole::Window
                || action.is_some_and(|action| rights.of(Some(act.by.role), action, None, scene.today()).is_some())
        }
    };
    if allowed {
        return Ok(());
    }
    Err(Finding::new(Code::ActorRole, "", "").arg("who", act.by.role).arg("act", act.kind))
}

fn perform(scene: &mut Scene<'_>, act: &Act) -> Result<(), Finding> {
    let on = act.on.unwrap_or_else(|| scene.today());
    match act.kind {
        ActKind::Pay => match scene.read::<Pair>(&Key::ArticlesNumber(act.number.clone())) {
            Some(declared) => return articles::pay(scene, &declared, on),
            None => return after::pay(scene, &act.number, on),
        },
        ActKind::Arrive => {
            let refund = Pair { code: act.case.ebc.clone(), number: act.number.clone() };
            return after::arrive(scene, &refund, on, &act.by.id);
        }
        ActKind::Approve => return approve(scene, act),
        ActKind::ConfirmTime => return confirm_time(scene, act),
        ActKind::Destroy => return destroy::destroy(scene, act),
        ActKind::SettleAlarm => return settle_alarm(scene, act),
        _ => {}
    }
    if let Some(of) = &act.ruling {
        return appeal::rulings::act(scene, act, of);
    }
    let key = act.case.clone();
    let unknown =
        || Finding::new(Code::CaseUnknown, "", "").arg("key", format!("{} {}", act.case.ebc, act.case.order_no));
    let mut case = scene.case(&key).ok_or_else(unknown)?;
    scene.outcome.case = Some(key.clone());
    scene.outcome.day = case.declared_on;
    case.trail.push(scene.here());
    let of_appeal = matches!(act.kind, ActKind::Appeal | ActKind::AllowAppeal | ActKind::RejectAppeal);
    let before = case.status;
    let stopped = [status::MATCHED, status::REVIEW, status::INSPECTION, status::EXAMINED].contains(&before);
    let detained = status::DETAINED.contains(&before);
    let done = match act.kind {
        ActKind::ProveAbroad => {
            export::prove(scene, act, &key, &case)?;
            true
        }
        ActKind::Exchange => {
            exchange::link(scene, act, &key, &mut case)?;
            true
        }
        _ if case.export.is_some() && !of_appeal => {
            export::act(scene, act, &key, &mut case)?;
            true
        }
        ActKind::Disown => {
            disown::disown(scene, act, &key, &mut case)?;
            true
        }
        ActKind::SettleDisowned => {
            disown::settle(scene, act, &mut case)?;
            true
        }
        ActKind::Appeal => {
            appeal::file(scene, act, &key, &mut case)?;
            true
        }
        ActKind::AllowAppeal => {
            appeal::allow(scene, act, &key, &mut case)?;
            true
        }
        ActKind::RejectAppeal => {
            appeal::reject(scene, act, &key, &mut case)?;
            true
        }
        ActKind::Review | ActKind::Release if before == status::REVIEW => {
            !agreed(scene, act, &key, &case)? || go_on(scene, &key, &mut case)?
        }
        ActKind::InspectPassed if before == status::INSPECTION => go_on(scene, &key, &mut case)?,
        ActKind::Release if stopped || detained => go_on(scene, &key, &mut case)?,
        ActKind::Inspect if before == status::MATCHED || before == status::REVIEW => {
            tell(scene, &key, &mut case, status::INSPECTION, "[Code:2700;Desc:查验]".into());
            scene.outcome.verdict = Verdict::Inspection;
            true
        }
        ActKind::Detain if before == status::INSPECTION => {
            let to = if status::DETAINED.contains(&(act.value as i32)) { act.value as i32 } else { 599 };
            tell(scene, &key, &mut case, to, format!("扣留，案件编号 {}", act.number));
            scene.outcome.verdict = Verdict::Done;
            true
        }
        ActKind::SendBack if before == status::INSPECTION || detained => {
            after::give_back_bookings(scene, &key, &mut case);
            tell(scene, &key, &mut case, status::SENT_BACK, "退运".into());
            scene.outcome.verdict = Verdict::Done;
            true
        }
        ActKind::SendBack if before == status::RELEASED => {
            after::order_back_released(scene, &key, &mut case)?;
            tell(scene, &key, &mut case, status::SENT_BACK, "退运".into());
            scene.outcome.verdict = Verdict::Done;
            true
        }
        ActKind::Out if before == status::RELEASED && !case.out => {
            case.out = true;
            after::close_if_settled(scene, &key, &mut case);
            scene.outcome.verdict = Verdict::Done;
            true
        }
        _ => false,
    };
    if !done {
        return Err(Finding::new(Code::ActNotPossible, "A194 3", "")
            .arg("state", after::state_words(before))
            .arg("act", act.kind));
    }
    if before == status::REVIEW
        && case.status != before
        && scene.read::<FirstOfTwo>(&Key::FirstOfTwo(key.clone())).is_some()
    {
        scene.overlay.drop(&Key::FirstOfTwo(key.clone()));
    }
    appeal::noted(scene, act, &mut case);
    if !of_appeal && case.status != before {
        case.decided = appeal::decided(scene, &case, &act.by.id);
        // Ordered back, a list has no tax any more.
        let void = case.status == status::SENT_BACK;
        appeal::overtaken(scene, &key, &mut case, |a| appeal::of_the_list(a) || void && a.of == AppealOf::Tax);
    }
    scene.put(&Key::Case(key), &case);
    Ok(())
}

/// Examined and released, if the guarantee still covers (rules.md 1.2).
fn go_on(scene: &mut Scene<'_>, key: &CaseKey, case: &mut Case) -> Result<bool, Finding> {
    disown::not_disowned(case)?;
    after::still_covered(scene, case)?;
    let Some((shown, to)) = shown_of(scene, key, case) else { return Ok(false) };
    scene.from = to;
    list::release(scene, key, case, None, shown);
    Ok(true)
}

/// Whether so many officers as the law of today asks for have passed what was held for review (四眼原则); else this one
/// is noted, and it waits for another.
///
/// # Errors
/// `SECOND_OFFICER` where the same officer would be both; what would stop the release is told to the first one too.
fn agreed(scene: &mut Scene<'_>, act: &Act, key: &CaseKey, case: &Case) -> Result<bool, Finding> {
    if scene.policy().whole(Parameter::ReviewPersons, scene.today()).is_none_or(|persons| persons < 2) {
        return Ok(true);
    }
    let at = Key::FirstOfTwo(key.clone());
    match scene.read::<FirstOfTwo>(&at) {
        Some(first) if first.by == act.by.id => Err(Finding::new(Code::SecondOfficer, "", "").arg("who", &first.by)),
        Some(_) => Ok(true),
        None => {
            disown::not_disowned(case)?;
            after::still_covered(scene, case)?;
            let first = FirstOfTwo { by: act.by.id.clone(), at: scene.setting.at, revision: scene.setting.revision };
            scene.put(&at, &first);
            scene.outcome.verdict = Verdict::Review;
            Ok(false)
        }
    }
}

/// Whoever has looked into an alarm says so, once. That there was such an alarm is for the caller to know: alarms are
/// findings in the journal, and no fact rests on them.
fn settle_alarm(scene: &mut Scene<'_>, act: &Act) -> Result<(), Finding> {
    let place = act.number.split_once('-').and_then(|(revision, place)| {
        place.parse::<u32>().ok()?;
        revision.parse::<u64>().ok().filter(|revision| *revision < scene.setting.revision)
    });
    let key = Key::AlarmSettled(act.number.clone());
    if place.is_none() || scene.read::<AlarmSettled>(&key).is_some() {
        return Err(Finding::new(Code::AlarmSettled, "", "").arg("case", &act.number));
    }
    scene.put(&key, &AlarmSettled { by: act.by.clone(), at: scene.setting.at, revision: scene.setting.revision });
    scene.outcome.verdict = Verdict::Done;
    Ok(())
}

fn tell(scene: &mut Scene<'_>, key: &CaseKey, case: &mut Case, to: i32, info: String) {
    case.status = to;
    if let Some((shown, sender)) = shown_of(scene, key, case) {
        scene.send(sender, shown, to, info, Vec::new());
    }
}

pub(super) fn shown_of(scene: &Scene<'_>, key: &CaseKey, case: &Case) -> Option<(crate::receipt::Shown, Text)> {
    let kept = scene.read::<Kept>(&Key::List(key.clone()))?;
    match kept.document? {
        Document::List(list) => Some((list::numbered(list.shown(), case), kept.from)),
        Document::ExportList(list) => Some((list::numbered(list.shown(), case), kept.from)),
        _ => None,
    }
}

/// A goods filing is approved (value 1) or refused (0); S1 in its simple form.
fn approve(scene: &mut Scene<'_>, act: &Act) -> Result<(), Finding> {
    let key = Key::Goods(Pair { code: act.case.ebc.clone(), number: act.number.clone() });
    let mut row = scene
        .read::<GoodsRow>(&key)
        .ok_or_else(|| Finding::new(Code::CaseUnknown, "", "itemNo").arg("key", &act.number))?;
    row.approved = act.value == 1;
    scene.put(&key, &row);
    let filing = appeal::rulings::filing_of(&row);
    match row.approved {
        true => appeal::rulings::settled(scene, &filing),
        false => appeal::rulings::decided(scene, AppealOf::Filing, &filing, &act.by.id, &Text::default()),
    }
    appeal::rulings::reviewed(scene, &row);
    scene.outcome.verdict = Verdict::Done;
    Ok(())
}

/// True where the act confirms that it is this day: then the clock may have jumped to it. Whoever confirms names the
/// day, for journal time never runs back.
pub fn confirms(act: &Act, today: Day) -> bool {
    act.kind == ActKind::ConfirmTime && act.by.role == ActorRole::Operator && act.on == Some(today)
}

/// What it lets happen has happened by the time of its entry.
fn confirm_time(scene: &mut Scene<'_>, act: &Act) -> Result<(), Finding> {
    let today = scene.today();
    if !confirms(act, today) {
        let day = act.on.map_or_else(|| "-".to_owned(), |day| day.to_string());
        return Err(Finding::new(Code::ClockOtherDay, "", "on").arg("day", day).arg("today", today));
    }
    scene.outcome.verdict = Verdict::Done;
    Ok(())
}
