//! Appeals as the desk tells them and takes them: for an enterprise of the list, or its buyer.

use trade::command::{Act, ActKind, Verdict};
use trade::documents::Document;
use trade::key::{CaseKey, Key};
use trade::policy::appeals::appeals;
use trade::record::{Appeal, AppealEnd, Case, Kept};
use window::story::Story;
use window::story::appeal::{Heard, of_words};

use crate::desk::*;
use crate::house::House;
use crate::live::{actor, refusal};

/// Takes an appeal. What is not the caller's is answered like what is not there.
pub(crate) fn file(house: &House, caller: &Caller, key: &str, words: &str) -> Answer<String> {
    let own = |case: &CaseKey| concerns(house, caller, case);
    let case = house.cases(key).into_iter().find(own).ok_or(Refused::NotFound)?;
    let command = Act { by: actor(caller), kind: ActKind::Appeal, case: case.clone(), ..Act::default() };
    let answer = house.window().act(command, words)?;
    let refused = answer.entry.iter().flat_map(|e| &e.outcomes).find(|o| o.verdict == Verdict::Refused);
    if let Some(finding) = refused.and_then(|o| o.findings.first()) {
        return Err(refusal(finding));
    }
    let case: Option<Case> = house.window().read(&Key::Case(case));
    Ok(case.and_then(|c| c.appeals.last().map(|a| a.number.to_string())).unwrap_or_default())
}

pub(crate) fn concerns(house: &House, caller: &Caller, case: &CaseKey) -> bool {
    let Some(list) = house.window().read::<Kept>(&Key::List(case.clone())).and_then(|k| k.document) else {
        return false;
    };
    match (caller.role, &list) {
        (Role::Consumer, Document::List(list)) => house.person_of(caller).same(&list.buyer.id),
        (Role::Enterprise, _) => list
            .takes_part()
            .into_iter()
            .flatten()
            .any(|code| caller.enterprises.iter().any(|own| own == code.as_str())),
        _ => false,
    }
}

/// What of a parcel the reader may appeal against today.
pub(crate) fn may(house: &House, caller: &Caller, mine: bool, story: &Story) -> Option<MayAppeal> {
    let case = story.case.as_ref()?;
    let concerned = mine && caller.role == Role::Consumer || concerns(house, caller, &story.key);
    let of = case.appealable(caller.role.actor()).filter(|_| concerned)?;
    let decided = case.decision_of(of);
    if decided.is_some_and(|d| case.heard(of, d.place).is_some()) {
        return None;
    }
    let (policy, today) = (house.policy(), house.now().day());
    let law = appeals(&policy, today).filter(|law| law.exports || case.export.is_none())?;
    let known = decided.map(|d| d.at.day());
    let last = known.map(|day| law.last_to_file(&policy, day));
    let (zh, en) = of_words(of);
    last.is_none_or(|last| today <= last).then(|| MayAppeal {
        of: Both::new(zh, en),
        known,
        last,
        decided_by: law.last_to_decide(today),
        clause: law.clause,
    })
}

/// The appeals about a parcel; which other lists were named only to whom it may be told.
pub(crate) fn told(story: &Story, with_named: bool) -> Vec<Appealed> {
    let one = |heard: Heard| {
        let Heard { appeal, said: [zh, en], difference } = heard;
        let named = if with_named { named(&appeal) } else { Vec::new() };
        let (of_zh, of_en) = of_words(appeal.of);
        Appealed {
            number: appeal.number.to_string(),
            at: appeal.at,
            of: Both::new(of_zh, of_en),
            said: Both::new(zh, en),
            open: appeal.end == AppealEnd::Open,
            silent: appeal.silent.is_some(),
            won: appeal.end == AppealEnd::Allowed,
            difference: difference.into_iter().map(|[zh, en]| Both::new(zh, en)).collect(),
            named,
        }
    };
    story.appeals().into_iter().map(one).collect()
}

fn named(appeal: &Appeal) -> Vec<String> {
    appeal.named.iter().map(|key| format!("{}_{}", key.ebc, key.order_no)).collect()
}
