//! Parcels in lists, as far as a right reaches.

use store::views::rows::{self, ParcelRow};
use store::views::search::Met;
use trade::key::CaseKey;
use trade::policy::rights::{Action, Scope};
use trade::pseudonym::Kind;

use super::House;
use crate::desk::{Answer, Both, Filter, Row, Sight, State};
use crate::live::broken;
use crate::summaries::whose;
use crate::traced::Shows;

pub(crate) fn row(row: ParcelRow) -> Row {
    let numbered = !row.invt_no.is_empty();
    Row {
        key: if numbered { row.invt_no } else { format!("{}_{}", row.key.ebc, row.key.order_no) },
        state: State::parse(&row.state).unwrap_or(State::Accepted),
        regime: row.mode,
        at: row.at,
        goods: row.goods,
        taxable: (row.taxable != 0).then_some(row.taxable),
        tax: (row.taxable != 0).then_some(row.tax),
        risk: (row.risk != 0).then_some(row.risk),
        rules: row.reasons.split(' ').filter(|r| !r.is_empty()).map(str::to_owned).collect(),
        due: None,
    }
}

/// Where a page of parcels ended: `revision_ebcCode_orderNo`.
fn after(cursor: &str) -> Option<(u64, CaseKey)> {
    let mut parts = cursor.splitn(3, '_');
    let revision = parts.next()?.parse().ok()?;
    let (ebc, order_no) = (parts.next()?.to_owned(), parts.next()?.to_owned());
    Some((revision, CaseKey { ebc: ebc.into(), order_no: order_no.into() }))
}

/// Whether this reader sees a row whole.
fn sees_row(sight: &Sight, found: &ParcelRow) -> bool {
    sight.sees([found.key.ebc.as_str(), &found.agent], &found.office)
}

/// A row as this reader may see it: whoever has no part in a parcel learns how it stands, as on its page, and neither
/// goods nor amounts.
pub(super) fn row_for(sight: &Sight, found: ParcelRow) -> Row {
    let whole = sees_row(sight, &found);
    let row = row(found);
    match whole {
        true => row,
        false => Row { goods: String::new(), taxable: None, tax: None, risk: None, rules: Vec::new(), ..row },
    }
}

/// What a list of rows shows of others' data.
pub(super) fn shows_rows(sight: &Sight, rows: &[&ParcelRow]) -> Shows {
    let mut shows = Shows::default();
    for row in rows.iter().filter(|row| sees_row(sight, row)) {
        shows.parcels.push(row.key.clone());
        shows.enterprises.extend([row.key.ebc.to_string(), row.agent.clone()]);
        shows.records += 1;
    }
    shows
}

/// The filter of a list, compiled from the right by which it is read.
pub(super) fn filter_of(sight: &Sight, filter: &Filter, limit: usize) -> rows::Filter {
    let caller = sight.caller.as_ref().filter(|_| !sight.sees_all());
    rows::Filter {
        states: filter.states.iter().map(|s| s.name().to_owned()).collect(),
        mode: filter.regime.clone(),
        reason: filter.reason.clone(),
        disowned: filter.disowned,
        appealed: filter.appealed,
        enterprises: caller.filter(|_| sight.right.scope == Scope::Own).map(|c| c.enterprises.clone()),
        office: caller.filter(|_| sight.right.scope == Scope::Office).map(|c| c.office.clone()),
        after: filter.after.as_deref().and_then(after),
        limit,
    }
}

/// What a search meets that is no number, as [`super::number_words`] names it.
pub(super) const MET: [&str; 4] = ["gname", "gcode", "buyerName", "buyerTelephone"];
/// Lists, and enterprises, that such a search tells.
const TOLD: usize = 25;

impl House {
    /// Parcels that a search met by words, a heading or a whole name or telephone; only such as the reader sees whole.
    pub(super) fn met(&self, sight: &Sight, query: &str) -> Answer<Vec<(ParcelRow, String)>> {
        let error = |e: store::StoreError| broken(&e.to_string());
        let sees = matches!(sight.right.scope, Scope::Own | Scope::Office | Scope::Zone);
        let letters = query.chars().count();
        if sight.caller.is_none() || !sees || letters < 2 {
            return Ok(Vec::new());
        }
        let people = self.window().people().map_err(error)?;
        let digits = query.bytes().all(|b| b.is_ascii_digit());
        let (name, telephone) = (people.of(Kind::Name, query), people.of(Kind::Telephone, query));
        let [by_name, by_code, by_buyer, by_telephone] = MET;
        let asked = match query.get(..4) {
            Some(heading) if digits && letters <= 10 => {
                vec![(by_code, Met::Heading(heading)), (by_telephone, Met::Telephone(&telephone))]
            }
            _ if digits => vec![(by_telephone, Met::Telephone(&telephone))],
            _ => vec![
                (by_buyer, Met::Name(&name)),
                (by_telephone, Met::Telephone(&telephone)),
                (by_name, Met::Word(query)),
            ],
        };
        let mut all: Vec<(ParcelRow, String)> = Vec::new();
        for (kind, met) in asked {
            let rows = self.views().met(met, whose(sight), TOLD).map_err(error)?;
            let new = rows.into_iter().filter(|row| all.iter().all(|(known, _)| known.key != row.key));
            let new: Vec<_> = new.map(|row| (row, kind.to_owned())).collect();
            all.extend(new);
        }
        all.truncate(TOLD);
        Ok(all)
    }

    /// Enterprises that a search met, for whoever may read the registry.
    pub(super) fn parties_named(&self, sight: &Sight, query: &str) -> Answer<Vec<(String, Both)>> {
        let Some(reads) = self.reads(sight, Action::RegistryRead).filter(|_| query.chars().count() > 1) else {
            return Ok(Vec::new());
        };
        let found = self.views().parties_named(query, TOLD).map_err(|e| broken(&e.to_string()))?;
        let enterprises: Vec<String> = found.iter().map(|[code, ..]| code.clone()).collect();
        if !enterprises.is_empty() {
            self.trace(&reads, Shows { records: enterprises.len(), enterprises, ..Shows::default() })?;
        }
        let named = |[code, zh, en]: [String; 3]| (code, Both::new(zh.clone(), if en.is_empty() { zh } else { en }));
        Ok(found.into_iter().map(named).collect())
    }
}
