//! Parcels in lists, as far as a right reaches.

use store::views::lists;
use store::views::rows::ParcelRow;
use trade::key::CaseKey;
use trade::policy::rights::Scope;

use crate::desk::{Filter, Row, Sight, State};
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
pub(super) fn filter_of(sight: &Sight, filter: &Filter, limit: usize) -> lists::Filter {
    let caller = sight.caller.as_ref().filter(|_| !sight.sees_all());
    lists::Filter {
        seller: filter.seller.clone(),
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
