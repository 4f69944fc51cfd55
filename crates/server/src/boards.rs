//! What departments and the zone's operator have before them, over the facts that are shared: sums, and matters of
//! their own. Nothing here names a person or a parcel. What a department sees of it the catalogue says, field by field
//! ([`trade::policy::sharing`]).

use std::collections::BTreeMap;
use std::sync::Arc;

use store::StoreError;
use store::views::shared::{OfficeMonth, Traded};
use trade::finding::Code;
use trade::key::Key;
use trade::policy::Policy;
use trade::policy::rights::Purpose;
use trade::policy::sharing::Share;
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
    Ok(BoardTable { name: "imports", columns, rows, grounds: Vec::new() })
}

fn exports(house: &House) -> Result<BoardTable, StoreError> {
    let rows = trade_rows(house.views().traded(true, SHOWN)?, true);
    let columns = vec!["board.col.month", "board.col.mode", "board.col.lists", "board.col.fob"];
    Ok(BoardTable { name: "exports", columns, rows, grounds: Vec::new() })
}

/// What was released this month, by office; and how many lists in each city that has an office.
fn offices(house: &House) -> Result<(BoardTable, Vec<(String, u64)>), StoreError> {
    let (policy, today) = (house.policy(), house.now().day());
    let rows = house.views().by_office(month_of(today))?;
    let mut cities: BTreeMap<String, u64> = BTreeMap::new();
    for office in policy.offices_on(today).filter(|office| !office.city.is_empty()) {
        cities.entry(office.city.clone()).or_default();
    }
    let row = |of: OfficeMonth| {
        let mut name = Cell::Code(of.office.clone());
        if let Some(office) = policy.office(&of.office, today).map(|row| &row.value) {
            name = Cell::Text(Both::new(
                format!("{} {}", of.office, office.name.zh),
                format!("{} {}", of.office, office.name.en),
            ));
            if let Some(lists) = cities.get_mut(&office.city) {
                *lists += of.import_lists + of.export_lists;
            }
        }
        vec![
            name,
            Cell::Count(of.import_lists),
            Cell::Money(of.taxable),
            Cell::Money(of.tax),
            Cell::Count(of.export_lists),
            Cell::Money(of.fob),
        ]
    };
    let rows = rows.into_iter().map(row).collect();
    let columns = vec![
        "board.col.office",
        "board.fig.import_lists",
        "board.col.taxable",
        "board.col.tax",
        "board.fig.export_lists",
        "board.col.fob",
    ];
    Ok((BoardTable { name: "offices", columns, rows, grounds: Vec::new() }, cities.into_iter().collect()))
}

/// A board as it is made for a department: of each set of data it takes in what the catalogue shares with it today.
struct Shared<'h> {
    house: &'h House,
    with: Role,
    policy: Arc<Policy>,
    today: Day,
    board: Board,
    /// Enterprises that the board names: what its look shows.
    named: Vec<String>,
}

impl<'h> Shared<'h> {
    fn with(house: &'h House, with: Role) -> Shared<'h> {
        let (policy, today) = (house.policy(), house.now().day());
        Shared { house, with, policy, today, board: Board::default(), named: Vec::new() }
    }

    fn share(&self, set: &str, field: &str) -> Share<'_> {
        self.policy.share(self.with.actor(), (set, field), Purpose::Supervision, self.today)
    }

    /// Takes in a figure; its name is that of its words, `board.fig.NAME`.
    fn figure(&mut self, words: &'static str, figure: Cell) {
        let field = words.rsplit('.').next().unwrap_or_default();
        if !matches!(self.share("figures", field), Share::No) {
            self.board.figures.push((words, figure));
        }
    }

    /// Takes in those columns of a table that are shared; `names` are the enterprises in its column of that name.
    fn table(&mut self, mut table: BoardTable, names: (&str, Vec<String>)) {
        let field = |words: &str| words.rsplit('.').next().unwrap_or_default().to_owned();
        let shares: Vec<Share<'_>> = table.columns.iter().map(|words| self.share(table.name, &field(words))).collect();
        let is_shared: Vec<bool> = shares.iter().map(|share| !matches!(share, Share::No)).collect();
        let mut grounds = Vec::new();
        for row in shares.into_iter().filter_map(|share| if let Share::By(row) = share { Some(row) } else { None }) {
            let ground = (row.clause.clone(), row.from);
            if !grounds.contains(&ground) {
                grounds.push(ground);
            }
        }
        let kept = |at: usize| is_shared.get(at).copied().unwrap_or_default();
        let names_are_shared = table.columns.iter().enumerate().any(|(at, words)| kept(at) && field(words) == names.0);
        table.columns = table.columns.into_iter().enumerate().filter(|(at, _)| kept(*at)).map(|(_, of)| of).collect();
        for row in &mut table.rows {
            *row = std::mem::take(row).into_iter().enumerate().filter(|(at, _)| kept(*at)).map(|(_, of)| of).collect();
        }
        if table.columns.is_empty() {
            return;
        }
        if names_are_shared {
            self.named.extend(names.1);
        }
        self.board.tables.push(BoardTable { grounds, ..table });
    }

    fn trade(&mut self, export: bool) -> Result<(), StoreError> {
        let table = if export { exports(self.house)? } else { imports(self.house)? };
        self.table(table, ("", Vec::new()));
        Ok(())
    }

    /// The sellers with the most lists of this month.
    fn sellers(&mut self, export: bool) -> Result<(), StoreError> {
        let house = self.house;
        let rows = house.views().sellers(export, month_of(self.today), SHOWN)?;
        let names = rows.iter().map(|of| of.seller.clone()).collect();
        let row = |of: Traded| vec![party(house, &of.seller), Cell::Count(of.lists), Cell::Money(of.value)];
        let rows = rows.into_iter().map(row).collect();
        let (name, value) = if export { ("exporters", "board.col.fob") } else { ("importers", "board.col.taxable") };
        let columns = vec!["board.col.seller", "board.col.lists", value];
        self.table(BoardTable { name, columns, rows, grounds: Vec::new() }, ("seller", names));
        Ok(())
    }
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
    let not_allowed = || Refused::NotAllowed { what: String::new() };
    let role = sight.caller.as_ref().map(|caller| caller.role).ok_or_else(not_allowed)?;
    let mut shared = Shared::with(house, role);
    let made = match role {
        Role::Tax => tax(&mut shared),
        Role::Exchange => exchange(&mut shared),
        Role::Commerce => commerce(&mut shared),
        Role::Market => market(&mut shared),
        _ => return Err(not_allowed()),
    };
    made.map_err(|e| broken(&e.to_string()))?;
    let Shared { board, named, .. } = shared;
    let records = named.len();
    house.trace(sight, Shows { enterprises: named, records, ..Shows::default() })?;
    Ok(board)
}

fn tax(shared: &mut Shared<'_>) -> Result<(), StoreError> {
    let (house, today) = (shared.house, shared.today);
    let (unpaid, count, sum) = house.views().unpaid(SHOWN)?;
    let (_, _, tax) = this_month(house, false)?;
    let names = unpaid.iter().map(|payment| payment.agent.clone()).collect();
    let row = |payment: store::views::shared::PaymentRow| {
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
    shared.figure("board.fig.unpaid", Cell::Count(count));
    shared.figure("board.fig.unpaid_sum", Cell::Money(sum));
    shared.figure("board.fig.tax_month", Cell::Money(tax));
    shared.table(BoardTable { name: "payments", columns, rows, grounds: Vec::new() }, ("declarant", names));
    shared.trade(false)?;
    shared.trade(true)
}

fn exchange(shared: &mut Shared<'_>) -> Result<(), StoreError> {
    let (out, into) = (this_month(shared.house, true)?, this_month(shared.house, false)?);
    shared.figure("board.fig.exports_month", Cell::Money(out.1));
    shared.figure("board.fig.imports_month", Cell::Money(into.1));
    shared.figure("board.fig.export_lists", Cell::Count(out.0));
    shared.sellers(true)?;
    shared.trade(true)?;
    shared.trade(false)
}

fn commerce(shared: &mut Shared<'_>) -> Result<(), StoreError> {
    let (out, into) = (this_month(shared.house, true)?, this_month(shared.house, false)?);
    shared.figure("board.fig.import_lists", Cell::Count(into.0));
    shared.figure("board.fig.imports_month", Cell::Money(into.1));
    shared.figure("board.fig.export_lists", Cell::Count(out.0));
    shared.figure("board.fig.exports_month", Cell::Money(out.1));
    shared.sellers(false)?;
    shared.sellers(true)?;
    shared.trade(false)?;
    shared.trade(true)
}

fn market(shared: &mut Shared<'_>) -> Result<(), StoreError> {
    let house = shared.house;
    let refused = house.views().refused_for(month_of(shared.today), &OF_GOODS.map(|code| code.name()), SHOWN)?;
    let total = refused.iter().map(|(_, _, lists)| lists).sum();
    let (lists, _, _) = this_month(house, false)?;
    let names = refused.iter().map(|(_, seller, _)| seller.clone()).collect();
    let row = |(code, seller, lists): (String, String, u64)| {
        let what = Code::from_name(&code).map_or(Cell::Code(code), |known| Cell::Text(title(known)));
        vec![what, party(house, &seller), Cell::Count(lists)]
    };
    let rows = refused.into_iter().map(row).collect();
    let columns = vec!["board.col.reason", "board.col.seller", "board.col.lists"];
    shared.figure("board.fig.refused_goods", Cell::Count(total));
    shared.figure("board.fig.import_lists", Cell::Count(lists));
    shared.table(BoardTable { name: "refused", columns, rows, grounds: Vec::new() }, ("seller", names));
    shared.sellers(false)
}

/// How the zone stands: what waits for its operator, and what it runs on.
pub(crate) fn zone(house: &House, sight: &Sight) -> Answer<Board> {
    let state = house.window().state().count();
    let behind = house.window().journal().last().saturating_sub(house.views().revision());
    let proposals = house.proposals(sight)?.iter().filter(|p| p.adopted_by.is_none()).count() as u64;
    let error = |e: StoreError| broken(&e.to_string());
    let (offices, cities) = offices(house).map_err(error)?;
    let tables = vec![offices, imports(house).map_err(error)?, exports(house).map_err(error)?];
    Ok(Board {
        figures: vec![
            ("board.fig.alarms", Cell::Count(house.alarms_lately()?)),
            ("board.fig.proposals", Cell::Count(proposals)),
            ("board.fig.dues", Cell::Count(state.dues)),
            ("board.fig.behind", Cell::Count(behind)),
            ("board.fig.hot", Cell::Count(state.hot)),
        ],
        tables,
        cities,
    })
}
