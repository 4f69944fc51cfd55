//! Appeals as the desk tells them and takes them: for an enterprise of the list, or its buyer.

use trade::command::{Act, ActKind, Position};
use trade::documents::Document;
use trade::finding::Code;
use trade::key::{CaseKey, Key};
use trade::policy::appeals::appeals;
use trade::record::{Appeal, AppealEnd, AppealOf, Case, Decided, Kept};
use window::story::Story;
use window::story::appeal::{Heard, of_words};

use crate::desk::*;
use crate::house::House;
use crate::live::{actor, taken};

/// Takes an appeal. What is not the caller's is answered like what is not there.
pub(crate) fn file(house: &House, caller: &Caller, key: &str, about: &str, words: &str) -> Answer<String> {
    if let Some((at, _)) = crate::rulings::named(house, key) {
        return crate::rulings::file(house, caller, at, words);
    }
    let own = |case: &CaseKey| concerns(house, caller, case);
    let case = house.cases(key).into_iter().find(own).ok_or(Refused::NotFound)?;
    let command = Act { by: actor(caller), kind: ActKind::Appeal, case: case.clone(), ..Act::default() };
    let command = Act { number: about.into(), ..command };
    let answer = house.window().act(command, words)?;
    taken(&answer)?;
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

/// What of a parcel the reader may appeal against today: how it stands, and each return that was refused.
pub(crate) fn may(house: &House, caller: &Caller, mine: bool, story: &Story) -> Vec<MayAppeal> {
    let (policy, today) = (house.policy(), house.now().day());
    let concerned = mine && caller.role == Role::Consumer || concerns(house, caller, &story.key);
    let Some(case) = story.case.as_ref().filter(|case| concerned && case.open_appeal().is_none()) else {
        return Vec::new();
    };
    let law = appeals(&policy, today).filter(|law| law.exports || case.export.is_none());
    let Some(law) = law else { return Vec::new() };
    let unpaid = law.tax_paid_first.is_some() && !case.bill.as_ref().is_some_and(|bill| bill.paid);
    let of_list =
        case.appealable(caller.role.actor()).filter(|of| law.hears(*of, case) && !(*of == AppealOf::Tax && unpaid));
    let of_list = of_list.map(|of| (of, "", case.decision_of(of)));
    let returns = case.refused_returns.iter().filter(|_| law.returns);
    let returns = returns.map(|refused| (AppealOf::Return, &*refused.number.number, Some(&refused.decided)));
    let one = |(of, about, decided): (AppealOf, &str, Option<&Decided>)| {
        let place = decided.map(|d| d.place).or((of == AppealOf::Tax).then(Position::default));
        if place.is_some_and(|place| case.heard(of, place).is_some()) {
            return None;
        }
        let released = case.released.filter(|_| of == AppealOf::Tax);
        let known = decided.map(|d| d.at).or(released).map(|at| at.day());
        let last = known.map(|day| law.last_to_file(&policy, day));
        let tax = case.bill.as_ref().map(|bill| bill.total()).unwrap_or_default();
        let (zh, en) = match of {
            AppealOf::Tax => (format!("征税 {tax} 元"), format!("the tax of CNY {tax}")),
            AppealOf::Return => (format!("不予退货 {about}"), format!("the refusal of return {about}")),
            of => (of_words(of).0.to_owned(), of_words(of).1.to_owned()),
        };
        last.is_none_or(|last| today <= last).then(|| MayAppeal {
            of: Both::new(zh, en),
            about: about.to_owned(),
            known,
            last,
            decided_by: law.last_to_decide(today),
            clause: law.clause.clone(),
            reasons: of_codes(case, about),
        })
    };
    of_list.into_iter().chain(returns).filter_map(one).collect()
}

fn of_codes(case: &Case, about: &str) -> Vec<Both> {
    let codes = case.refused_return(about).into_iter().flat_map(|refused| &refused.codes);
    codes.filter_map(|name| Code::from_name(name)).map(crate::house::title).collect()
}

/// The appeals about a parcel; which other lists were named only to whom it may be told.
pub(crate) fn told(story: &Story, with_named: bool) -> Vec<Appealed> {
    let named = |heard: &Heard| if with_named { named(&heard.appeal) } else { Vec::new() };
    story.appeals().into_iter().map(|heard| appealed(heard.clone(), named(&heard))).collect()
}

/// An appeal as pages tell it.
pub(crate) fn appealed(heard: Heard, named: Vec<String>) -> Appealed {
    let Heard { appeal, said: [zh, en], difference } = heard;
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
}

fn named(appeal: &Appeal) -> Vec<String> {
    appeal.named.iter().map(|key| format!("{}_{}", key.ebc, key.order_no)).collect()
}
