//! A bonded warehouse with 50,000 items and 1,000,000 movements, filed document by document, then reconciled and proved:
//! `cargo run --release -p window --example warehouse [items] [movements] [records in memory]`.
//!
//! Lists of a hundred lines come in by the first line and go back abroad, each with its pass, the gate and the release of
//! its declaration; a few items are far busier than the rest. In the end the warehouse's system sends its figures, with 25
//! items short. What is printed last are the figures of docs/figures.md.

use std::error::Error;
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use trade::command::{Actor, ActorRole, Open, Verdict};
use trade::money::Quantity;
use trade::policy::SAMPLE;
use trade::registry::Table;
use trade::time::Moment;
use window::filing::operator;
use window::{Clock, Config, Window};

const BOOK: &str = "T6402W000901";
const AREA: &str = "4602960W01";
const LINES: u64 = 100;
/// Every item comes in before any goes out, so that nothing is short.
const OPENING: u64 = 100_000;
const SHORT: u64 = 25;

/// Stands still but for a second at each document.
struct Ticking(AtomicI64);

impl Clock for Ticking {
    fn now(&self) -> Moment {
        Moment(self.0.load(Ordering::Relaxed))
    }
}

struct Filer {
    window: Window,
    clock: Arc<Ticking>,
    own: u64,
}

impl Filer {
    /// Files one document and gives back the number that the window gave it.
    fn file(&mut self, role: ActorRole, kind: &str, fields: &str) -> Result<String, Box<dyn Error>> {
        self.clock.0.fetch_add(1_000, Ordering::Relaxed);
        self.own += 1;
        let named = match kind {
            "INV101" => format!(r#""etpsInnerInvtNo":"N{}","bizopEtpsno":"{AREA}""#, self.own),
            _ => format!(r#""etpsPreentNo":"N{}","etpsno":"{AREA}""#, self.own),
        };
        let body = format!(r#"{{"{kind}":{{{named},{fields}}}}}"#);
        let by = Actor { id: AREA.into(), role };
        let answer = self.window.file_bonded(body.as_bytes(), by)?;
        let given = answer.given();
        let shown = given.first().map(|g| g.receipt.shown.clone()).ok_or("no receipt")?;
        let refused = answer.entry.iter().flat_map(|e| &e.outcomes).any(|o| o.verdict == Verdict::Refused);
        if refused { Err(format!("{kind}: {}", shown.info).into()) } else { Ok(shown.invt_no.to_string()) }
    }

    /// A list of a hundred lines goes its whole way: two movements a line.
    fn shipment(&mut self, direction: &str, items: &[u64]) -> Result<(), Box<dyn Error>> {
        let mode = if direction == "I" { "1210" } else { "4561" };
        let mut lines = String::new();
        for (item, n) in items.iter().zip(1..) {
            let comma = if n == 1 { "" } else { "," };
            write!(
                lines,
                r#"{comma}{{"gdsSeqno":"{n}","gdsMtno":"{}","gdecd":"1901101090","dclUnitcd":"122","dclQty":"2","dclUprcAmt":"160.00","dclTotalAmt":"320.00","natcd":"609"}}"#,
                number(*item)
            )?;
        }
        let list = self.file(
            ActorRole::Enterprise,
            "INV101",
            &format!(
                r#""putrecNo":"{BOOK}","invtType":"0","impexpMarkcd":"{direction}","supvModecd":"{mode}","dclPlcCuscd":"6402","dclcusFlag":"1","lines":[{lines}]"#
            ),
        )?;
        let pass = self.file(
            ActorRole::Enterprise,
            "SAS121",
            &format!(
                r#""passportTypecd":"2","bindTypecd":"2","rltTbTypecd":"1","rltNo":"{list}","masterCuscd":"6402","ioTypecd":"{direction}","vehicleNo":"琼B12345","vehicleWt":"9000","vehicleFrameWt":"0","totalGrossWt":"1000","totalWt":"10000""#
            ),
        )?;
        let gate = format!(r#""passportNo":"{pass}","plateNo":"琼B12345","measuredWt":"10000""#);
        self.file(ActorRole::Operator, "GATE", &gate)?;
        let release = format!(r#""verdict":"release","number":"{list}","entryNo":"640220261000000001""#);
        self.file(ActorRole::Officer, "DECISION", &release)?;
        Ok(())
    }
}

fn number(item: u64) -> String {
    format!("A{item:05}")
}

fn argument(n: usize, otherwise: u64) -> u64 {
    std::env::args().nth(n).and_then(|n| n.parse().ok()).unwrap_or(otherwise)
}

fn main() -> Result<(), Box<dyn Error>> {
    let (items, movements, hot) = (argument(1, 50_000), argument(2, 1_000_000), argument(3, 500_000));
    let folder = tempfile::tempdir()?;
    let start = Moment::parse("2026-03-02T09:00").ok_or("a time")?;
    let clock = Arc::new(Ticking(AtomicI64::new(start.0)));
    let config = || Config { hot_records: hot, ..Config::new(folder.path().join("zone")) };
    let (window, _) = Window::open(config(), clock.clone())?;
    window.found(Open { name_en: "Warehouse".into(), name_zh: "仓库".into(), ..Open::default() }, SAMPLE)?;
    for (table, text) in
        traffic::zone::FILES.iter().filter(|(t, _)| matches!(t, Table::Zones | Table::Parties | Table::Certifications))
    {
        window.import(&operator("example"), *table, text)?;
    }
    let mut csv =
        "ems_no,item_record_no,area_code,hs10,name,unit,unit1,unit2,qty,origin,price_yuan,entered_on,expires_on\n"
            .to_owned();
    for item in 0..items {
        writeln!(
            csv,
            "{BOOK},{},{AREA},1901101090,奶粉 {item},122,035,,{OPENING},609,160.00,2026-03-01,",
            number(item)
        )?;
    }
    window.import(&operator("example"), Table::OpeningStock, &csv)?;

    let mut filer = Filer { window, clock: clock.clone(), own: 0 };
    let (began, shipments) = (Instant::now(), movements / (2 * LINES));
    let mut next = 0;
    for shipment in 0..shipments {
        // One line in twenty is one of the three busiest items; the others take their turn.
        let chosen: Vec<u64> = (0..LINES)
            .map(|line| {
                next += 1;
                if line % 33 == 0 { line / 33 } else { next % items }
            })
            .collect();
        filer.shipment(if shipment % 2 == 0 { "I" } else { "E" }, &chosen)?;
    }
    let documents = filer.own;
    report("filing", documents, began, &format!("{} movements", shipments * LINES * 2));

    let began = Instant::now();
    let stock = filer.window.stock_report(|book| book == BOOK);
    report("report, nothing sent by the warehouse", stock.len() as u64, began, "");
    let line = |(n, row): (usize, &trade::bonded::proof::Compared)| {
        let short = if (n as u64) < SHORT { Quantity::whole(3) } else { Quantity(0) };
        format!(r#"{{"gdsMtno":"{}","qty":"{}"}}"#, row.item_no, row.on_hand.minus(short))
    };
    let lines: Vec<String> = stock.iter().enumerate().map(line).collect();
    let began = Instant::now();
    filer.file(ActorRole::Enterprise, "SHELF", &format!(r#""putrecNo":"{BOOK}","lines":[{}]"#, lines.join(",")))?;
    report("the warehouse's figures", lines.len() as u64, began, "");

    prove(&filer.window, "at the end of the filing")?;
    filer.window.close();
    // The folder is free again when nobody holds the window.
    drop(filer);
    let began = Instant::now();
    let (window, _) = Window::open(config(), clock)?;
    report("start again", 1, began, "");
    prove(&window, "after a start")?;
    window.close();
    Ok(())
}

/// Reconciles the whole book, and proves every item.
fn prove(window: &Window, when: &str) -> Result<(), Box<dyn Error>> {
    let count = window.state().count();
    println!("{when}: {} records in memory, {} on disk", count.hot, count.cold);
    let began = Instant::now();
    let since = window.in_flight_since(window.now());
    let rows = window.stock_report(|book| book == BOOK);
    let open = rows.iter().filter(|row| row.is_open(since)).count();
    report("three-way report", rows.len() as u64, began, &format!("{open} to look at"));
    let (began, mut slowest, mut most) = (Instant::now(), (0.0_f64, 0), 0);
    for row in &rows {
        let one = Instant::now();
        let proof = window.stock_proof(BOOK, &row.item_no).ok_or("an item")?;
        if !proof.agrees {
            return Err(format!("{}: the proof does not hold", row.item_no).into());
        }
        most += proof.movements.len();
        let seconds = one.elapsed().as_secs_f64();
        if seconds > slowest.0 {
            slowest = (seconds, proof.movements.len());
        }
    }
    let (seconds, moves) = slowest;
    report("proofs", rows.len() as u64, began, &format!("{most} movements; the slowest {seconds:.3} s with {moves}"));
    Ok(())
}

fn report(what: &str, count: u64, began: Instant, more: &str) {
    println!("{what}: {count} in {:.2} s; {more}", began.elapsed().as_secs_f64());
}
