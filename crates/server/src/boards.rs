//! What departments and the zone's operator have before them, over the facts that are shared: sums, and matters of
//! their own. Nothing here names a person or a parcel.

use store::StoreError;
use store::views::shared::Traded;
use trade::finding::Code;
use trade::key::Key;
use trade::registry::Party;
use trade::time::Day;

use crate::desk::*;
use crate::house::{House, title};
use crate::live::broken;
use crate::traced::Shows;

/// Rows of a table on a board.
const SHOWN: usize = 12;
/// Why goods themselves are refused: what market supervision looks at.
const OF_GOODS: [Code; 5] =
    [Code::GoodsBanned, Code::NotOnPositiveList, Code::AccessNotListed, Code::ConditionMissing, Code::ExportBanned];

/// `yyyymm`
fn month_of(day: Day) -> u32 {
    trade::register::month_of(day)
}

fn written(month: u32) -> String {
    format!("{:04}-{:02}", month / 100, month % 100)
}

/// An enterprise by its customs code, with its name where it is registered.
fn party(house: &House, code: &str) -> Cell {
    match house.window().read::<Party>(&Key::Party(code.into())) {
        Some(party) => {
            let english = if party.name_en.is_empty() { &party.name_zh } else { &party.name_en };
            Cell::Text(Both::new(format!("{} {code}", party.name_zh), format!("{english} {code}")))
        }
        None => Cell::Code(code.to_owned()),
    }
}

fn trade_rows(rows: Vec<Traded>, export: bool) -> Vec<Vec<Cell>> {
    let row = |of: Traded| {
        let head = [Cell::Code(written(of.month)), Cell::Code(of.mode), Cell::Count(of.lists), Cell::Money(of.value)];
        head.into_iter().chain((!export).then_some(Cell::Money(of.tax))).collect()
    };
    rows.into_iter().map(row).collect()
}

fn imports(house: &House) -> Result<BoardTable, StoreError> {
    let rows = trade_rows(house.views().traded(false, SHOWN)?, false);
    let columns = vec!["board.col.month", "board.col.mode", "board.col.lists", "board.col.taxable", "board.col.tax"];
    Ok(BoardTable { name: "imports", columns, rows })
}

fn exports(house: &House) -> Result<BoardTable, StoreError> {
    let rows = trade_rows(house.views().traded(true, SHOWN)?, true);
    let columns = vec!["board.col.month", "board.col.mode", "board.col.lists", "board.col.fob"];
    Ok(BoardTable { name: "exports", columns, rows })
}

/// The sellers with the most lists of this month; their codes are what the look shows.
fn sellers(house: &House, export: bool, named: &mut Vec<String>) -> Result<BoardTable, StoreError> {
    let rows = house.views().sellers(export, month_of(house.now().day()), SHOWN)?;
    let row = |of: Traded| {
        named.push(of.seller.clone());
        vec![party(house, &of.seller), Cell::Count(of.lists), Cell::Money(of.value)]
    };
    let rows = rows.into_iter().map(row).collect();
    let (name, value) = if export { ("exporters", "board.col.fob") } else { ("importers", "board.col.taxable") };
    Ok(BoardTable { name, columns: vec!["board.col.seller", "board.col.lists", value], rows })
}

/// Of this month: lists and value.
fn this_month(house: &House, export: bool) -> Result<(u64, Fen, Fen), StoreError> {
    let month = month_of(house.now().day());
    let rows = house.views().traded(export, 100)?;
    let of_month = rows.iter().filter(|row| row.month == month);
    Ok(of_month.fold((0, 0, 0), |sum, row| (sum.0 + row.lists, sum.1 + row.value, sum.2 + row.tax)))
}

/// A department's own board, by the reader's role.
pub(crate) fn department(house: &House, sight: &Sight) -> Answer<Board> {
    let role = sight.caller.as_ref().map(|caller| caller.role);
    let mut named = Vec::new();
    let board = match role {
        Some(Role::Tax) => tax(house, &mut named),
        Some(Role::Exchange) => exchange(house, &mut named),
        Some(Role::Commerce) => commerce(house, &mut named),
        Some(Role::Market) => market(house, &mut named),
        _ => return Err(Refused::NotAllowed { what: String::new() }),
    };
    let board = board.map_err(|e| broken(&e.to_string()))?;
    let records = named.len();
    house.trace(sight, Shows { enterprises: named, records, ..Shows::default() })?;
    Ok(board)
}

fn tax(house: &House, named: &mut Vec<String>) -> Result<Board, StoreError> {
    let (unpaid, count, sum) = house.views().unpaid(SHOWN)?;
    let (_, _, tax) = this_month(house, false)?;
    let today = house.now().day();
    let row = |payment: store::views::shared::PaymentRow| {
        named.push(payment.agent.clone());
        let state = match (payment.overdue || payment.due_on < today, payment.due_on == today) {
            (true, _) => Cell::Word("board.overdue", Tone::Bad),
            (_, true) => Cell::Word("board.today", Tone::Wait),
            _ => Cell::Word("board.open", Tone::Wait),
        };
        vec![
            Cell::Code(payment.number),
            party(house, &payment.agent),
            Cell::Code(payment.office),
            Cell::Money(payment.amount),
            Cell::Money(payment.surcharge),
            Cell::On(payment.due_on),
            state,
        ]
    };
    let columns = vec![
        "board.col.payment",
        "board.col.declarant",
        "board.col.office",
        "board.col.amount",
        "board.col.surcharge",
        "board.col.due",
        "board.col.state",
    ];
    let rows = unpaid.into_iter().map(row).collect();
    Ok(Board {
        figures: vec![
            ("board.fig.unpaid", Cell::Count(count)),
            ("board.fig.unpaid_sum", Cell::Money(sum)),
            ("board.fig.tax_month", Cell::Money(tax)),
        ],
        tables: vec![BoardTable { name: "payments", columns, rows }, imports(house)?, exports(house)?],
    })
}

fn exchange(house: &House, named: &mut Vec<String>) -> Result<Board, StoreError> {
    let (out, into) = (this_month(house, true)?, this_month(house, false)?);
    Ok(Board {
        figures: vec![
            ("board.fig.exports_month", Cell::Money(out.1)),
            ("board.fig.imports_month", Cell::Money(into.1)),
            ("board.fig.export_lists", Cell::Count(out.0)),
        ],
        tables: vec![sellers(house, true, named)?, exports(house)?, imports(house)?],
    })
}

fn commerce(house: &House, named: &mut Vec<String>) -> Result<Board, StoreError> {
    let (out, into) = (this_month(house, true)?, this_month(house, false)?);
    Ok(Board {
        figures: vec![
            ("board.fig.import_lists", Cell::Count(into.0)),
            ("board.fig.imports_month", Cell::Money(into.1)),
            ("board.fig.export_lists", Cell::Count(out.0)),
            ("board.fig.exports_month", Cell::Money(out.1)),
        ],
        tables: vec![sellers(house, false, named)?, sellers(house, true, named)?, imports(house)?, exports(house)?],
    })
}

fn market(house: &House, named: &mut Vec<String>) -> Result<Board, StoreError> {
    let month = month_of(house.now().day());
    let refused = house.views().refused_for(month, &OF_GOODS.map(|code| code.name()), SHOWN)?;
    let total = refused.iter().map(|(_, _, lists)| lists).sum();
    let (lists, _, _) = this_month(house, false)?;
    let row = |(code, seller, lists): (String, String, u64)| {
        named.push(seller.clone());
        let what = Code::from_name(&code).map_or(Cell::Code(code), |known| Cell::Text(title(known)));
        vec![what, party(house, &seller), Cell::Count(lists)]
    };
    let rows = refused.into_iter().map(row).collect();
    let columns = vec!["board.col.reason", "board.col.seller", "board.col.lists"];
    Ok(Board {
        figures: vec![("board.fig.refused_goods", Cell::Count(total)), ("board.fig.import_lists", Cell::Count(lists))],
        tables: vec![BoardTable { name: "refused", columns, rows }, sellers(house, false, named)?],
    })
}

/// How the zone stands: what waits for its operator, and what it runs on.
pub(crate) fn zone(house: &House, sight: &Sight) -> Answer<Board> {
    let state = house.window().state().count();
    let behind = house.window().journal().last().saturating_sub(house.views().revision());
    let proposals = house.proposals(sight)?.iter().filter(|p| p.adopted_by.is_none()).count() as u64;
    let error = |e: StoreError| broken(&e.to_string());
    let tables = vec![imports(house).map_err(error)?, exports(house).map_err(error)?];
    Ok(Board {
        figures: vec![
            ("board.fig.alarms", Cell::Count(house.alarms_lately()?)),
            ("board.fig.proposals", Cell::Count(proposals)),
            ("board.fig.dues", Cell::Count(state.dues)),
            ("board.fig.behind", Cell::Count(behind)),
            ("board.fig.hot", Cell::Count(state.hot)),
        ],
        tables,
    })
}
