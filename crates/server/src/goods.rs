//! Filings of goods (商品备案) as the desk tells them: the own with what was decided about them, those that wait for an
//! official, and the review.

use trade::command::AttachedTo;
use trade::command::{Act, ActKind};
use trade::key::{CaseKey, Key, Pair};
use trade::pack::Pack;
use trade::record::Ruling;
use trade::registry::GoodsRow;

use crate::attachments::held;
use crate::desk::{Answer, Caller, Filing, Refused, Sight};
use crate::house::House;
use crate::live::{actor, taken};
use crate::traced::Shows;

/// Filings that an official reads at once; the next ones come when these are reviewed.
const QUEUE: usize = 100;

/// The filings of the reader's enterprises, in order of their numbers; for an official those that wait for review.
pub(crate) fn filings(house: &House, sight: &Sight) -> Answer<Vec<Filing>> {
    let own = sight.caller.as_ref().map(|caller| caller.enterprises.clone()).unwrap_or_default();
    let official = sight.is_official();
    let mut all: Vec<GoodsRow> = Vec::new();
    // Filings stay in memory, since nothing settles them.
    house.window().state().each_hot(|key, value| {
        if Key::kind(key) == Key::GOODS {
            let wanted =
                |row: &GoodsRow| if official { !row.approved } else { own.iter().any(|code| *code == row.ebc) };
            all.extend(GoodsRow::unpack(value).ok().filter(wanted));
        }
    });
    all.sort_by(|a, b| (&a.ebc, &a.item_no).cmp(&(&b.ebc, &b.item_no)));
    let with = |row: GoodsRow| {
        let of = Pair { code: row.ebc.clone(), number: row.item_no.clone() };
        Filing { refused: refused(house, &row), attached: held(house, AttachedTo::Goods, of), row }
    };
    let mut told: Vec<Filing> = all.into_iter().map(with).collect();
    if official {
        told.retain(|filing| filing.refused.is_none());
        told.truncate(QUEUE);
        let enterprises = told.iter().map(|filing| filing.row.ebc.to_string()).collect();
        house.trace(sight, Shows { enterprises, records: told.len(), ..Shows::default() })?;
    }
    Ok(told)
}

/// What an official has decided against a filing, and wrote to its enterprise.
fn refused(house: &House, row: &GoodsRow) -> Option<(trade::time::Moment, String, String)> {
    let at = Pair { code: row.ebc.clone(), number: format!("GOODS {}", row.item_no).into() };
    let decided = house.window().read::<Ruling>(&Key::Ruling(at)).filter(|_| !row.approved)?.decided?;
    let words = house.window().original(decided.place.revision).ok().flatten().unwrap_or_default();
    Some((decided.at, decided.by.to_string(), String::from_utf8_lossy(&words).into_owned()))
}

/// An official's word on a filing.
pub(crate) fn review(
    house: &House,
    caller: &Caller,
    (ebc, item): (&str, &str),
    approve: bool,
    reason: &str,
) -> Answer<u64> {
    let of = Pair { code: ebc.into(), number: item.into() };
    let waits = house.window().read::<GoodsRow>(&Key::Goods(of)).is_some_and(|row| !row.approved);
    if !waits {
        return Err(Refused::NotFound);
    }
    let act = Act {
        by: actor(caller),
        kind: ActKind::Approve,
        case: CaseKey { ebc: ebc.into(), order_no: "".into() },
        number: item.into(),
        value: i64::from(approve),
        ..Act::default()
    };
    let answer = house.window().act(act, reason)?;
    taken(&answer)?;
    Ok(answer.revision)
}
