//! A month of 100,000 export lists of one declarant, seller and office, taken in message by message, declared in summary
//! (701), its results (792) taken, and reconciled list by list, on the disk:
//! `cargo run --release -p window --example month [lists] [--json]`.
//!
//! Orders, waybills and lists come on 31 days and leave each evening; on the fifth of the next month the declarant applies
//! for the period. The reconciliation reads every list again and adds up what stands in it, line of declaration by line of
//! declaration. What is printed are the figures of docs/figures.md.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use serde_json::json;
use trade::command::Open;
use trade::documents::{Document, MessageKind};
use trade::key::Key;
use trade::money::Quantity;
use trade::policy::{Policy, SAMPLE};
use trade::record::{CaseRef, Kept, Summary, status};
use trade::time::{Day, Moment};
use traffic::{Export, ExportPlan, Keys, Plan, Story};
use window::story::summary::Place;
use window::{Clock, Config, Incoming, Window};

const SELLER: &str = "4602960E01";

struct Hands(AtomicI64);

impl Clock for Hands {
    fn now(&self) -> Moment {
        Moment(self.0.load(Ordering::Relaxed))
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let lists = std::env::args().skip(1).find_map(|a| a.parse().ok()).unwrap_or(100_000);
    let as_json = std::env::args().any(|a| a == "--json");
    let folder = tempfile::tempdir()?;
    let (policy, traders) = (Policy::sample(), traffic::zone::Zone::sample());
    let start = Day::ymd(2026, 3, 1).ok_or("a day")?;
    let days = (start.plus(-4_000), start.plus(9_000));
    let keys = Keys::new(&[3; 32], wire::seal::KeyKind::Rsa { bits: 1024 }, &traders, days);
    let registry = traffic::registry(&Story::new(Plan::day(1, 1, start), &traders, &policy), &keys);
    let clock = Arc::new(Hands(AtomicI64::new(start.starts().0)));
    let (window, _) = Window::open(Config::new(folder.path().join("zone")), clock.clone())?;
    window.found(Open { window: 1, sandbox: true, ..Open::default() }, SAMPLE)?;
    for (table, text) in &registry {
        window.import(&window::filing::operator("example"), *table, text).map_err(|_| "the registry is refused")?;
    }

    // The month, without the making and signing of its messages.
    let plan = ExportPlan { seed: 7, tickets: lists, per_message: 100, start, days: 31, faults: false, summary: true };
    let (mut taken, mut documents, mut applied) = (0.0, 0, None);
    for sent in Export::new(plan, &traders).only(SELLER, "summary-declaration") {
        clock.0.store(sent.at.0, Ordering::Relaxed);
        let bytes = keys.seal(&sent).map_err(|_| "a message cannot be signed")?;
        let begun = Instant::now();
        if sent.kind == MessageKind::SummaryApply {
            // What fell due before is the month's own; the application is what is measured next.
            while window.tick()? > 0 {}
            taken += begun.elapsed().as_secs_f64();
            applied = Some(bytes);
            break;
        }
        documents += sent.documents;
        window.take_in(Incoming { bytes, ..Incoming::default() })?;
        taken += begun.elapsed().as_secs_f64();
    }
    let (before, from) = (memory("VmRSS"), window.journal().last());

    let begun = Instant::now();
    let answer = window.take_in(Incoming { bytes: applied.ok_or("nothing is summed up")?, ..Incoming::default() })?;
    let receipts = answer.entry.iter().flat_map(|e| &e.outcomes).flat_map(|o| &o.receipts);
    let number = receipts.map(|r| r.shown.sum_no.clone()).find(|n| !n.is_empty()).ok_or("it was refused")?;
    let mut dues = 0;
    let summary: Summary = loop {
        let summary = window.summary(&number).ok_or("the summary is gone")?;
        if summary.status == status::EXAMINED {
            break summary;
        }
        match window.tick()? {
            0 => return Err("nothing is due, and it is not done".into()),
            n => dues += n,
        }
    };
    let summed = begun.elapsed().as_secs_f64();

    let begun = Instant::now();
    let (mut results, mut told, mut size) = (0, 0, 0);
    for revision in from + 1..=window.journal().last() {
        let entry = window.entry(revision)?.ok_or("an entry is gone")?;
        for receipt in entry.outcomes.iter().flat_map(|o| &o.receipts) {
            let shown = &receipt.shown;
            if shown.kind == MessageKind::SummaryResult {
                results += 1;
                told += shown.result.as_ref().map_or(0, |r| r.lines.len());
                size += wire::ceb::write_receipts(shown.kind, &shown.guid, std::slice::from_ref(shown)).len();
            }
        }
    }
    let took_results = begun.elapsed().as_secs_f64();

    // Every list is read again, by the number that the result tells.
    let begun = Instant::now();
    let (mut lines, mut seen, mut wrong) = (0, std::collections::BTreeSet::new(), 0);
    for n in 1..=summary.declarations {
        let of = window.summary_declaration(&number, n).ok_or("a declaration is gone")?;
        let mut sums: BTreeMap<u32, (Quantity, i64, u32)> = BTreeMap::new();
        for told in window.summary_lists(&number, n, None, Place::default(), usize::MAX).0 {
            let at: CaseRef = window.read(&Key::ListNumber(told.invt_no.clone())).ok_or("a list is gone")?;
            let kept: Kept = window.read(&Key::List(at.case)).ok_or("a list is gone")?;
            let Some(Document::ExportList(list)) = kept.document else { return Err("no list of export".into()) };
            let line = list.lines.iter().find(|line| line.gnum == told.gnum).ok_or("a line is gone")?;
            let sum = sums.entry(told.seq).or_insert((Quantity(0), 0, 0));
            *sum = (sum.0.plus(line.qty), sum.1 + line.total.0, sum.2 + 1);
            seen.insert(told.invt_no);
        }
        for line in window.summary_lines(&number, &of) {
            lines += 1;
            let sum = (line.qty, line.value.0, line.list_lines);
            wrong += usize::from(sums.remove(&line.line) != Some(sum));
        }
        wrong += sums.len();
    }
    let reconciled = begun.elapsed().as_secs_f64();
    let agrees = summary.agrees() && wrong == 0 && seen.len() == summary.lists as usize;

    // As the page does: each line of each declaration opened at its first lists, and once at its last.
    let (mut opened, mut slowest) = (0, 0.0_f64);
    for n in 1..=summary.declarations {
        let of = window.summary_declaration(&number, n).unwrap_or_default();
        for seq in 1..=of.lines {
            for from in [Place::default(), Place { page: of.pages.saturating_sub(1), offset: 0 }] {
                let begun = Instant::now();
                window.summary_lists(&number, n, Some(seq), from, 25);
                (opened, slowest) = (opened + 1, slowest.max(begun.elapsed().as_secs_f64()));
            }
        }
    }

    let (peak, disk) = (memory("VmHWM"), window.journal().last());
    let figures = json!({
        "lists": summary.lists, "list_lines": summary.list_lines, "documents": documents, "declarations":
        summary.declarations, "declaration_lines": lines, "results": results, "result_lines": told,
        "result_bytes": size, "entries": disk, "dues": dues, "taken_in_s": taken, "summed_up_s": summed,
        "results_taken_s": took_results, "reconciled_s": reconciled, "pages_opened": opened,
        "slowest_page_s": slowest, "memory_before_mb": before / 1_000, "memory_peak_mb": peak / 1_000,
        "agrees": agrees,
    });
    if as_json {
        println!("{figures:#}");
    } else {
        let (count, many) = (summary.lists, summary.declarations);
        println!("taken in: {documents} documents of {count} lists in {taken:.1} s");
        println!("summed up: {many} declarations with {lines} lines, {dues} dues, in {summed:.2} s");
        println!("results taken: {results} messages with {told} lines, {size} bytes, in {took_results:.2} s");
        println!("reconciled: every list read again, in {reconciled:.2} s; agrees: {agrees}");
        println!("opened: {opened} pages of 25 lists, the slowest in {:.1} ms", slowest * 1_000.0);
        println!("memory: {} MB before the application, {} MB at the most", before / 1_000, peak / 1_000);
    }
    window.close();
    if agrees { Ok(()) } else { Err("the sum of the lists is not the sum of the results".into()) }
}

/// Of this process, in kB; 0 where the system does not tell.
fn memory(what: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(what)?.strip_prefix(':'));
    line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok()).unwrap_or(0)
}
