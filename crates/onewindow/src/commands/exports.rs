//! `onewindow exports`: an enterprise's exports by tax treatment: months, the register of one, a platform's sellers.

use crate::clock::Clock;
use crate::say::{Cannot, Done, Exit, Say};
use crate::zone::{ZoneArgs, write_statement, write_whole};
use serde_json::{Map, Value, json};
use std::path::PathBuf;
use trade::register::{COLUMNS, Statement, file};
use window::Window;

/// Tells an enterprise's exports by tax treatment: exempt without invoice, rebated, or neither. The zone may be running.
///
/// Without a period: month by month, with the statement of account of the income tax on 4 % of exempt revenue. With a
/// month: its register, row by row. Exit code 1 where a register is not what its statement was made over.
#[derive(clap::Args)]
pub struct Args {
    /// The enterprise's customs code
    enterprise: String,

    /// A month, 2026-03; with --platform a quarter, 2026Q1
    period: Option<String>,

    /// What a platform reports of its sellers in a quarter (State Council Decree 810)
    #[arg(long, requires = "period", conflicts_with = "out")]
    platform: bool,

    /// What lies in overseas warehouses (9810): exported = in stock + sold + lost + returned, with the lots not settled yet
    #[arg(long, conflicts_with_all = ["period", "platform", "out"])]
    abroad: bool,

    /// Writes register.csv, and where the month is over statement.xml with its proof and the public key, into this folder
    #[arg(long, value_name = "DIR", requires = "period")]
    out: Option<PathBuf>,

    #[command(flatten)]
    zone: ZoneArgs,
}

pub fn run(args: &Args, say: &mut Say, clock: &Clock) -> Done {
    let window = args.zone.read(clock)?;
    let done = match &args.period {
        None if args.abroad => abroad(&window, &args.enterprise, say),
        None => months(&window, args, say, clock),
        Some(period) if args.platform => sellers(&window, &args.enterprise, period, say),
        Some(period) => register(&window, args, period, say, clock),
    };
    window.close();
    done
}

fn nothing(what: &str) -> Done {
    Err(Cannot::because(format!("{what}: nothing was exported\n{what}：没有出口")))
}

fn told(window: &Window, args: &Args, clock: &Clock) -> Result<Vec<window::ExportMonth>, Cannot> {
    let policy = window.law_in_force();
    window.export_months(&args.enterprise, clock.now().day(), &policy).map_err(Cannot::because)
}

fn months(window: &Window, args: &Args, say: &mut Say, clock: &Clock) -> Done {
    let months = told(window, args, clock)?;
    for month in &months {
        let place = month.told.map(|at| at.revision);
        say.tell(&json_of(&month.statement, place), || words(&month.statement, place))?;
    }
    if months.is_empty() { nothing(&args.enterprise) } else { Ok(Exit::Well) }
}

fn json_of(of: &Statement, entry: Option<u64>) -> Value {
    json!({
        "month": of.month, "rows": of.rows, "exempt_fen": of.exempt.0, "exempt_back_fen": of.exempt_back.0,
        "rebate_fen": of.rebate.0, "rebate_back_fen": of.rebate_back.0, "on_entry_fen": of.on_entry.0,
        "on_entry_back_fen": of.on_entry_back.0, "ordinary_fen": of.ordinary.0, "ordinary_back_fen": of.ordinary_back.0,
        "rebate_sold_fen": of.rebate_sold.0, "rebate_lost_fen": of.rebate_lost.0, "unvalued": of.unvalued, "year_revenue_fen": of.year.0, "year_income_fen": of.income.0,
        "year_tax_fen": of.tax.0, "tax_due_fen": of.due.0, "small_profit": of.small, "clause": of.clause,
        "entry": entry,
    })
}

fn words(of: &Statement, entry: Option<u64>) -> String {
    let sum = |zh: &str, en: &str, left, back| format!("  {zh} {en}: {left} 元，退回 returned {back} 元\n");
    let mut out = format!("{}  {} rows 行", of.month, of.rows);
    out.push_str(&entry.map_or("  本月未结束 the month goes on\n".to_owned(), |n| format!("  entry 日志 {n}\n")));
    out.push_str(&sum("无票免税", "exempt without invoice", of.exempt, of.exempt_back));
    out.push_str(&sum("出口退税", "rebate claimed", of.rebate, of.rebate_back));
    if of.rebate_sold.0 != 0 || of.rebate_lost.0 != 0 {
        let (sold, lost) = (of.rebate_sold, of.rebate_lost);
        out.push_str(&format!("    海外仓已售（核算）sold abroad, settled {sold} 元，灭失 lost {lost} 元\n"));
    }
    out.push_str(&sum("入区退税", "rebated on entry", of.on_entry, of.on_entry_back));
    out.push_str(&sum("其他", "neither", of.ordinary, of.ordinary_back));
    if of.unvalued > 0 {
        out.push_str(&format!("  {} 行没有汇率，未计入 rows without a rate are not counted\n", of.unvalued));
    }
    let small = if of.small { "，小型微利 small profits" } else { "" };
    out.push_str(&format!(
        "  本年免税收入 exempt revenue of the year {} → 应税所得 income {} → 所得税 tax {}{small}；本月 this month {}  [{}]",
        of.year, of.income, of.tax, of.due, of.clause
    ));
    out
}

fn register(window: &Window, args: &Args, period: &str, say: &mut Say, clock: &Clock) -> Done {
    let Some(month) = numbers(period, ['-', '-'], 12).map(|(year, month)| year * 100 + month) else {
        return Err(Cannot::because(format!("{period}: a month like 2026-03 is expected")));
    };
    let Some(register) = window.export_register(&args.enterprise, month) else {
        return nothing(&format!("{} {period}", args.enterprise));
    };
    if let Some(folder) = &args.out {
        std::fs::create_dir_all(folder).map_err(|error| Cannot::with(folder, error))?;
        write_whole(&folder.join("register.csv"), file(&register.rows).as_bytes())?;
        let months = told(window, args, clock)?;
        let place = months.iter().find(|m| m.statement.month == month).and_then(|m| m.told);
        if let Some(at) = place {
            write_statement(window, at.revision, folder)?;
        }
        let statement = place.is_some();
        let said = json!({ "rows": register.rows.len(), "statement": statement, "agrees": register.agrees });
        say.tell(&said, || {
            let how = if statement { "register.csv, statement.xml" } else { "register.csv" };
            format!("{} rows: {how} in {}\n共 {} 行", register.rows.len(), folder.display(), register.rows.len())
        })?;
        return Ok(Exit::when(register.agrees));
    }
    for row in &register.rows {
        let object: Map<String, Value> =
            COLUMNS.iter().zip(row).map(|(name, cell)| ((*name).to_owned(), cell.as_str().into())).collect();
        say.tell(&object, || row.join("  "))?;
    }
    Ok(Exit::when(register.agrees))
}

/// A year, and which of at most `most` parts of it.
fn numbers(period: &str, between: [char; 2], most: u32) -> Option<(u32, u32)> {
    let (year, part) = period.split_once(between)?;
    let (year, part) = (year.parse().ok()?, part.parse().ok()?);
    ((1..10_000).contains(&year) && (1..=most).contains(&part)).then_some((year, part))
}

fn abroad(window: &Window, seller: &str, say: &mut Say) -> Done {
    let items = window.abroad(seller);
    for abroad in &items {
        let (part, of) = (&abroad.part, abroad.item.of);
        let lot = |lot: &trade::record::AbroadLot| {
            json!({
                "list": lot.invt_no, "line": lot.gnum, "left": lot.left.to_string(),
                "exported": lot.of.exported.to_string(), "in_stock": lot.of.in_stock.to_string(),
                "value_fen": lot.value.map(|value| value.0), "rebate_provisional": lot.rebate,
            })
        };
        let said = json!({
            "item": part.item_no, "country": part.country, "goods": abroad.item.name, "unit": abroad.item.unit,
            "exported": of.exported.to_string(), "in_stock": of.in_stock.to_string(), "sold": of.sold.to_string(),
            "lost": of.lost.to_string(), "returned": of.returned.to_string(), "coming_back": of.coming.to_string(),
            "moved_in": of.moved_in.to_string(), "moved_out": of.moved_out.to_string(),
            "lots": abroad.lots.iter().map(lot).collect::<Vec<_>>(),
        });
        say.tell(&said, || {
            let mut out = format!(
                "{} {} → {}: exported 出口 {} + moved in 移入 {} = in stock 在库 {} + sold 已售 {} + lost 灭失 {} + returned 退运 {} \
                 + moved out 移出 {}",
                part.item_no, abroad.item.name, part.country, of.exported, of.moved_in, of.in_stock, of.sold, of.lost,
                of.returned, of.moved_out
            );
            for lot in &abroad.lots {
                let rebate = if lot.rebate { "  退税待核算 rebate provisional" } else { "" };
                let (list, left, stock, all) = (&lot.invt_no, lot.left, lot.of.in_stock, lot.of.exported);
                out.push_str(&format!("\n  {list}/{}  {left}  {stock} / {all}{rebate}", lot.gnum));
            }
            out
        })?;
    }
    if items.is_empty() { nothing(seller) } else { Ok(Exit::Well) }
}

fn sellers(window: &Window, platform: &str, period: &str, say: &mut Say) -> Done {
    let Some(quarter) = numbers(period, ['Q', 'q'], 4).map(|(year, q)| year * 10 + q) else {
        return Err(Cannot::because(format!("{period}: a quarter like 2026Q1 is expected")));
    };
    let sellers = window.platform_sellers(platform, quarter);
    for s in &sellers {
        let e = &s.earned;
        let said = json!({
            "seller": s.code, "name": s.name, "credit_code": s.uscc, "orders": e.orders, "gross_fen": e.gross.0,
            "refunds_fen": e.refunds.0, "fees_fen": e.fees.map(|fees| fees.0), "unvalued": e.unvalued,
        });
        say.tell(&said, || {
            let fees = e.fees.map_or("-".to_owned(), |fees| fees.to_string());
            format!(
                "{} {} {}  orders 订单 {}  gross 收入 {}  refunds 退款 {}  fees 服务费 {fees}",
                s.code, s.name, s.uscc, e.orders, e.gross, e.refunds
            )
        })?;
    }
    if sellers.is_empty() { nothing(&format!("{platform} {period}")) } else { Ok(Exit::Well) }
}
