//! `onewindow stock`: an account book's items by documents, customs' book and shelf, or the proof of one item.

use crate::clock::Clock;
use crate::say::{Cannot, Done, Exit, Say};
use crate::zone::{ZoneArgs, write_statement, write_whole};
use serde_json::{Map, Value, json};
use server::stock::{ItemLine, MovementLine, PartLine, PeriodLine};
use std::path::PathBuf;
use trade::bonded::ledger::Movement;
use trade::bonded::period;
use trade::bonded::proof::{Compared, Proof};
use trade::finding::Finding;
use trade::finding::Language::{En, Zh};
use trade::time::Moment;
use window::Window;

/// Compares documents, customs' book and shelf of a book's items, or proves one item. The zone may be running.
///
/// With an item, every movement is told with the document that made it, oldest first. Exit code 1 where something has
/// to be looked at: a shelf that differs, or something in flight for too long.
#[derive(clap::Args)]
pub struct Args {
    /// The account book (账册编号)
    book: String,

    /// An item of it (料号): its proof of stock
    item: Option<String>,

    /// Where the goods of its Nth movement came from and went, first in, first out
    #[arg(long, value_name = "N", requires = "item")]
    of: Option<u64>,

    /// Only the items that somebody has to look at
    #[arg(long, conflicts_with = "item")]
    open: bool,

    /// Its periods (期末结转), and what is to be finished before the next can be closed
    #[arg(long, conflicts_with_all = ["item", "open"])]
    periods: bool,

    /// The register of a closed period
    #[arg(long, value_name = "N", conflicts_with_all = ["item", "open", "periods"])]
    period: Option<u32>,

    /// Writes register.csv, statement.xml with its proof and the public key into this folder
    #[arg(long, value_name = "DIR", requires = "period")]
    out: Option<PathBuf>,

    #[command(flatten)]
    zone: ZoneArgs,
}

pub fn run(args: &Args, say: &mut Say, clock: &Clock) -> Done {
    let window = args.zone.read(clock)?;
    let done = match &args.item {
        None if args.periods => periods(&window, &args.book, say),
        None if args.period.is_some() => period(&window, args, say),
        Some(item) => match window.stock_proof(&args.book, item) {
            Some(proof) => match args.of {
                Some(number) => follow(&proof, number, say),
                None => prove(&proof, say),
            },
            None => unknown(&format!("{} {item}", args.book)),
        },
        None => {
            let since = window.in_flight_since(window::Clock::now(clock));
            let rows = window.stock_report(|book| book == args.book);
            if rows.is_empty() { unknown(&args.book) } else { compare(&rows, since, args.open, say) }
        }
    };
    window.close();
    done
}

fn unknown(what: &str) -> Done {
    Err(Cannot::because(format!(
        "{what}: no account book of this zone has this number, or it has no such item\n{what}：本区没有这本账册，或账册没有此料号"
    )))
}

fn compare(rows: &[Compared], since: Moment, open_only: bool, say: &mut Say) -> Done {
    let mut open = 0;
    for row in rows {
        let is_open = row.is_open(since);
        open += usize::from(is_open);
        if open_only && !is_open {
            continue;
        }
        say.tell(&json!(ItemLine::of(row, since)), || {
            let shelf = row.shelf.map_or("-".to_owned(), |(qty, _)| qty.to_string());
            let mark = if is_open { "!" } else { " " };
            let reasons = row.reasons(since);
            let reasons = reasons.iter().filter(|reason| is_open && !reason.forgiven);
            let both = |r: &Finding| [Zh, En].map(|l| format!("\n    {} {}", r.text(l), r.remedy(l))).concat();
            let why: String = reasons.map(both).collect();
            format!(
                "{mark} {}  documents 单证 {}  book 账 {}  shelf 实物 {shelf}  difference 差异 {}{}{why}",
                row.item_no,
                row.on_hand,
                row.book,
                row.difference,
                row.in_flight_since.map_or(String::new(), |at| format!("  in flight since 在途自 {at}"))
            )
        })?;
    }
    say.tell(&json!({"items": rows.len(), "open": open}), || {
        format!("{} items, {open} to look at\n共{}项，{open}项待查", rows.len(), rows.len())
    })?;
    Ok(Exit::when(open == 0))
}

fn periods(window: &Window, book: &str, say: &mut Say) -> Done {
    let (of, periods) = window.book_periods(book);
    for period in &periods {
        say.tell(&json!(PeriodLine::of(period)), || {
            let from = period.from.map_or_else(|| "…".to_owned(), |day| day.to_string());
            let entry = period.told.map_or_else(String::new, |at| format!("  entry 日志 {}", at.revision));
            format!(
                "{}  {from} – {}  {}  {} rows 行  value 货值 {} → {}  in flight 在途 {}{entry}",
                period.number,
                period.until,
                period.state,
                period.rows,
                period.opening,
                period.closing,
                period.in_flight
            )
        })?;
    }
    for open in &of.open {
        let said = json!({"open": open.number, "kind": open.kind.name(), "since": open.since.to_string()});
        say.tell(&said, || format!("to finish 待办结  {} {}  {}", open.kind, open.number, open.since))?;
    }
    if periods.is_empty() && of.items == 0 { unknown(book) } else { Ok(Exit::Well) }
}

fn period(window: &Window, args: &Args, say: &mut Say) -> Done {
    let number = args.period.unwrap_or_default();
    let Some((period, rows, agrees)) = window.period_register(&args.book, number) else {
        return Err(Cannot::because(format!(
            "{} {number}: no such period is closed\n{} 第{number}期：没有结转",
            args.book, args.book
        )));
    };
    if let Some(folder) = &args.out {
        std::fs::create_dir_all(folder).map_err(|error| Cannot::with(folder, error))?;
        write_whole(&folder.join("register.csv"), period::file(&rows).as_bytes())?;
        if let Some(at) = period.told {
            write_statement(window, at.revision, folder)?;
        }
        say.tell(&json!({"rows": rows.len(), "agrees": agrees}), || {
            let n = rows.len();
            format!("{n} rows: register.csv, statement.xml in {}\n共 {n} 行", folder.display())
        })?;
        return Ok(Exit::when(agrees));
    }
    for row in &rows {
        let object: Map<String, Value> =
            period::COLUMNS.iter().zip(row).map(|(name, cell)| ((*name).to_owned(), cell.as_str().into())).collect();
        say.tell(&object, || row.join("  "))?;
    }
    Ok(Exit::when(agrees))
}

fn prove(proof: &Proof, say: &mut Say) -> Done {
    let row = &proof.stock.row;
    say.tell(&json!({"opening": row.qty.to_string(), "entered": row.entered_on.to_string()}), || {
        format!("{} {} {}: opening 期初 {} ({})", row.ems_no, row.item_record_no, row.name, row.qty, row.entered_on)
    })?;
    for movement in &proof.movements {
        say.tell(&json!(MovementLine::of(movement)), || words(movement))?;
    }
    let sum = json!({
        "on_hand": proof.stock.on_hand.to_string(), "movements_make": proof.on_hand.to_string(),
        "customs_book": proof.stock.book().to_string(), "agrees": proof.agrees,
    });
    say.tell(&sum, || {
        let agrees = if proof.agrees { "agrees 相符" } else { "DOES NOT AGREE 不符" };
        format!("on hand 结存 {}, movements make 流水合计 {}: {agrees}", proof.stock.on_hand, proof.on_hand)
    })?;
    Ok(Exit::when(proof.agrees))
}

fn follow(proof: &Proof, number: u64, say: &mut Say) -> Done {
    if proof.movement(number).is_none() {
        return unknown(&format!("{number}: {} movements", proof.movements.len()));
    }
    for part in &server::stock::parts(proof, number) {
        say.tell(&json!(PartLine::of(part)), || {
            let (qty, came, went) = part;
            let came =
                came.as_ref().map_or_else(|| "opening 期初".to_owned(), |m| format!("{} {}", m.kind, m.document));
            let went =
                went.as_ref().map_or_else(|| "still there 仍在库".to_owned(), |m| format!("{} {}", m.kind, m.document));
            format!("{qty:>10}  {came} -> {went}")
        })?;
    }
    Ok(Exit::when(proof.agrees))
}

fn words(m: &Movement) -> String {
    let under = if m.under.is_empty() { String::new() } else { format!(" ({})", m.under) };
    format!(
        "{}  {:<20} {:>10}  {}#{}{under}  on hand {}  book {}  entry {}",
        m.moment, m.kind, m.qty, m.document, m.line, m.on_hand, m.book, m.at.revision
    )
}
