//! Ten thousand released lists corrected by one file, previewed and made, on the disk:
//! `cargo run --release -p window --example corrections [lists]`.
//!
//! A day of made-up traffic without faults comes in first. The file changes the description of the first line of each list
//! and its place; what is printed are the figures of docs/figures.md.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use trade::command::{Actor, Open, Verdict};
use trade::correction::file;
use trade::key::Key;
use trade::pack::Pack;
use trade::policy::{Policy, SAMPLE};
use trade::record::{Case, status};
use trade::time::{Day, Moment};
use traffic::{Keys, Plan, Story};
use window::{Clock, Config, Incoming, Window};

struct Hands(AtomicI64);

impl Clock for Hands {
    fn now(&self) -> Moment {
        Moment(self.0.load(Ordering::Relaxed))
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let wanted: usize = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(10_000);
    let folder = tempfile::tempdir()?;
    let (policy, traders) = (Policy::sample(), traffic::zone::Zone::sample());
    let start = Day::ymd(2026, 3, 2).ok_or("a day")?;
    // Declarants are several: so many parcels that one has enough of them.
    let plan = Plan { faults: false, truths: false, ..Plan::day(7, 8 * wanted as u64, start) };
    let days = (start.plus(-4_000), start.plus(9_000));
    let keys = Keys::new(&[3; 32], wire::seal::KeyKind::Rsa { bits: 1024 }, &traders, days);
    let story = Story::new(plan, &traders, &policy);
    let registry = traffic::registry(&story, &keys);
    let clock = Arc::new(Hands(AtomicI64::new(start.starts().0)));
    let (window, _) = Window::open(Config::new(folder.path().join("zone")), clock.clone())?;
    window.found(Open { window: 1, sandbox: true, ..Open::default() }, SAMPLE)?;
    for (table, text) in &registry {
        window.import(&window::filing::operator("example"), *table, text).map_err(|_| "the registry is refused")?;
    }
    for sent in story {
        clock.0.store(sent.at.0, Ordering::Relaxed);
        let bytes = keys.seal(&sent).map_err(|_| "a message cannot be signed")?;
        window.take_in(Incoming { bytes, ..Incoming::default() })?;
    }

    let mut by: std::collections::BTreeMap<String, Vec<String>> = Default::default();
    window.state().each_hot(|key, value| {
        if let (Ok(Key::Case(_)), Ok(case)) = (Key::unpack(key), Case::unpack(value))
            && case.status == status::RELEASED
            && case.export.is_none()
            && case.returned.is_empty()
        {
            by.entry(case.agent.to_string()).or_default().push(case.invt_no.to_string());
        }
    });
    let (agent, mut lists) = by.into_iter().max_by_key(|(_, lists)| lists.len()).ok_or("nothing is released")?;
    lists.truncate(wanted);
    let mut text = String::from("list,what,line,field,value\n");
    for list in &lists {
        text.push_str(&format!("{list},amend,1,gmodel,corrected\n{list},amend,,loctNo,L7\n"));
    }
    let read = || file::read(text.as_bytes(), Actor::default(), &agent, "EXAMPLE");

    let begun = Instant::now();
    let preview = window.preview_correction(&read(), &policy);
    let previewed = begun.elapsed();
    if preview.refused() > 0 {
        let why = preview.outcomes.iter().flat_map(|o| &o.findings).find(|f| !f.forgiven);
        return Err(format!("{} cannot be corrected: {why:?}", preview.refused()).into());
    }
    let (before, peak) = (memory("VmRSS"), memory("VmHWM"));
    let begun = Instant::now();
    let answer = window
        .correct(trade::correction::Correction { expected: Some(preview.expected), ..read() }, text.as_bytes())?;
    let made = begun.elapsed();
    let entry = answer.entry.as_ref().ok_or("no entry")?;
    if entry.outcomes.last().is_none_or(|last| last.verdict != Verdict::Done) {
        return Err(format!("{:?}", entry.outcomes.last()).into());
    }
    let size = entry.pack().len();
    println!(
        "{} lists: previewed in {:.2} s, made and durable in {:.2} s; file {} KB, entry {} KB; memory {} MB before, peak {} MB before and {} MB after",
        lists.len(),
        previewed.as_secs_f64(),
        made.as_secs_f64(),
        text.len() / 1_000,
        size / 1_000,
        before / 1_000,
        peak / 1_000,
        memory("VmHWM") / 1_000,
    );
    window.close();
    Ok(())
}

/// Of this process, in kB; 0 where the system does not tell.
fn memory(what: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(what)?.strip_prefix(':'));
    line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok()).unwrap_or(0)
}
