//! What a search finds: parcels by any number; within the reader's reach also by words of their goods, a heading of the
//! tariff, or a person's whole name, telephone or identity number, which is hashed before it is looked for; and
//! enterprises by name.

use store::views::lists;
use store::views::rows::ParcelRow;
use trade::key::{CaseKey, Key};
use trade::policy::rights::{Action, Scope};
use trade::record::Case;

use super::House;
use super::list::{filter_of, row_for, shows_rows};
use crate::desk::{Answer, Both, Filter, Firm, Found, Hit, Sight};
use crate::live::broken;
use crate::traced::Shows;

/// Parcels that one search shows: as many as a page of a list.
const SHOWN: usize = 25;
/// Parcels of one person that are looked through for those within reach.
const OF_PERSON: usize = 1_000;
const FIRMS: usize = 10;

/// What a word may stand for, beside the numbers.
const WORDS: [(&str, Both2); 5] = [
    ("gname", ("商品名称（两个字起）", "words of goods, of two characters or more")),
    ("gcode", ("税目、商品编码（四位起）", "a heading or code of goods, of four digits or more")),
    ("name", ("订购人、收货人姓名（全）", "a buyer's or consignee's whole name")),
    ("telephone", ("电话（全）", "a whole telephone number")),
    ("identity", ("证件号码（全）", "a whole identity number")),
];
type Both2 = (&'static str, &'static str);

const NUMBERS: [&str; 7] = ["orderNo", "logisticsNo", "payTransactionId", "invtNo", "preNo", "copNo", "billNo"];

fn words(kind: &str) -> Both {
    WORDS
        .iter()
        .find(|(of, _)| *of == kind)
        .map_or_else(|| super::parcel::number_words(kind), |(_, (zh, en))| Both::new(*zh, *en))
}

pub(super) fn find(house: &House, sight: &Sight, query: &str) -> Answer<Found> {
    let query = query.trim();
    let error = |e: store::StoreError| broken(&e.to_string());
    let direct: Vec<CaseKey> = house.window().find_case(query, |_| Vec::new());
    let number = direct.first().and_then(|key| {
        house.window().read::<Case>(&Key::Case(key.clone())).map(|c| c.invt_no).filter(|n| !n.is_empty())
    });
    let mut found = house.views.find(number.as_deref().unwrap_or(query), 50).map_err(error)?;
    let reaches = matches!(sight.right.scope, Scope::Own | Scope::Office | Scope::Zone);
    let (mut firms, mut more) = (Vec::new(), false);
    if found.is_empty() && reaches {
        let reach = filter_of(sight, &Filter::default(), SHOWN);
        (found, more) = by_words(house, &reach, query)?;
        firms = by_name(house, sight, &reach, query)?;
    }
    let mut met = std::collections::HashSet::new();
    found.retain(|(row, _)| met.insert(row.key.clone()));
    // One hit alone leads to its page, which is the look.
    if found.len() > 1 || !firms.is_empty() {
        house.trace(sight, shows_rows(sight, &found.iter().map(|(row, _)| row).collect::<Vec<_>>()))?;
    }
    let hits = found.into_iter().map(|(row, kind)| Hit { row: row_for(sight, row), met: words(&kind) }).collect();
    let summary = house.window().summary(query).is_some_and(|of| {
        house.reads(sight, Action::SummaryRead).is_some_and(|reads| reads.sees([&of.agent, &of.ebc], &of.office))
    });
    let kinds = NUMBERS.into_iter().chain(WORDS.iter().map(|(kind, _)| *kind).filter(|_| reaches));
    Ok(Found { hits, read_as: kinds.map(words).collect(), summary, firms, more })
}

type Hits = (Vec<(ParcelRow, String)>, bool);

fn by_words(house: &House, reach: &lists::Filter, query: &str) -> Answer<Hits> {
    let error = |e: store::StoreError| broken(&e.to_string());
    let mut found = Vec::new();
    for (kind, person) in house.window().people().map_err(error)?.sought(query) {
        let rows = house.views.parcels_of(&person, OF_PERSON).map_err(error)?;
        found.extend(rows.into_iter().filter(|row| reach.has(row)).map(|row| (row, kind.name().to_owned())));
    }
    let told = house.views.worded(query, reach).map_err(error)?;
    let kind = if query.bytes().all(|c| c.is_ascii_digit()) { "gcode" } else { "gname" };
    found.extend(told.rows.into_iter().map(|row| (row, kind.to_owned())));
    let more = told.more || found.len() > SHOWN;
    found.truncate(SHOWN);
    Ok((found, more))
}

/// Enterprises of that name: for an official all, for an enterprise those that sell in lists of its own.
fn by_name(house: &House, sight: &Sight, reach: &lists::Filter, query: &str) -> Answer<Vec<Firm>> {
    let error = |e: store::StoreError| broken(&e.to_string());
    let reads = house.reads(sight, Action::RegistryRead);
    let mut firms = Vec::new();
    for [code, zh, en] in house.views.firms(query, FIRMS).map_err(error)? {
        let of = lists::Filter { seller: Some(code.clone()), limit: 1, ..reach.clone() };
        let (_, parcels) = house.views.parcels(&of).map_err(error)?;
        if parcels > 0 || reach.enterprises.is_none() {
            let name = Both::new(zh.as_str(), if en.is_empty() { zh.as_str() } else { en.as_str() });
            firms.push(Firm { code, name, parcels, opens: reads.is_some() });
        }
    }
    if let Some(reads) = reads.filter(|_| !firms.is_empty()) {
        let enterprises: Vec<String> = firms.iter().map(|firm| firm.code.clone()).collect();
        house.trace(&reads, Shows { records: enterprises.len(), enterprises, ..Shows::default() })?;
    }
    Ok(firms)
}
