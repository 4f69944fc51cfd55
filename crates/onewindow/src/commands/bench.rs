//! `onewindow bench`: what this machine does, side by side with a plain implementation.

use crate::say::{Cannot, Done, Exit, Say};
use indicatif::{ProgressBar, ProgressStyle};
use rustix::time::{ClockId, clock_gettime};
use serde::Serialize;
use server::house::House;
use server::sign::key_hash;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use store::baseline::{Baseline, Plain};
use trade::account::{AccountRow, ApiKeyRow};
use trade::command::{ActorRole, Open, RegisterKind, Verdict};
use trade::documents::{Document, MessageKind};
use trade::key::Key;
use trade::policy::Policy;
use trade::pseudonym::Pseudonyms;
use trade::receipt::Shown;
use trade::record::Kept;
use trade::time::{Day, Moment};
use traffic::{Keys, Plan, Sent, Story, zone::Zone};
use window::{Answer, Config, Incoming, Refused, Window};
use wire::seal::KeyKind;

/// Measures this machine, side by side with a plain implementation
///
/// Messages are made and signed while they are taken in; what that costs stands in each row. Everything lies on the
/// disk of the folder given, synced, and is removed at the end.
#[derive(clap::Args)]
pub struct Args {
    /// Parcels of the main row; each is four documents
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u64).range(100..=50_000_000))]
    parcels: u64,

    /// Which rows: all, or one of them beside the baseline
    #[arg(long, default_value = "all", value_parser = ["all", "whole", "whole-sm2", "single", "latency", "http", "pages"])]
    profile: String,

    /// The folder in which the zones are made, on the disk to be measured
    #[arg(long, value_name = "DIR", default_value = ".")]
    data: PathBuf,
}

/// A line of the result.
#[derive(Clone, Serialize, Default)]
struct Row {
    what: Cow<'static, str>,
    parcels: u64,
    seconds: f64,
    parcels_per_second: f64,
    /// From the bytes at the door (`latency`: from the moment they were due there) to the list's rendered receipt.
    p50_ms: f64,
    /// Of pages alone.
    #[serde(skip_serializing_if = "is_zero")]
    p95_ms: f64,
    p99_ms: f64,
    bytes_per_parcel: u64,
    /// The most that was seen while the row ran.
    rss_mb: u64,
    cores: usize,
    /// Parcels a second, as a multiple of the baseline's of this run.
    ratio: f64,
    /// CPU of the whole process but for making and signing.
    cpu_us_per_parcel: f64,
    make_us_per_parcel: f64,
    sign_us_per_parcel: f64,
    /// Lists that were released at once.
    released: u64,
    receipts: u64,
    /// `views`: how far they lagged when the last message was answered, and what the rest took.
    drain_seconds: f64,
    lag_entries: u64,
}

fn is_zero(ms: &f64) -> bool {
    *ms == 0.0
}

impl Row {
    fn words(&self) -> String {
        if self.what.starts_with('/') {
            let (visits, p50, p95, p99) = (self.parcels, self.p50_ms, self.p95_ms, self.p99_ms);
            return format!("{:<52} {visits:>5} visits, p50 {p50:.1} ms, p95 {p95:.1} ms, p99 {p99:.1} ms", self.what);
        }
        format!(
            "{:<10} {:>9} parcels in {:>7.1} s: {:>8.0}/s ({:.1} x plain), p50 {:.1} ms, p99 {:.1} ms, {} B and {:.1} us \
             of CPU a parcel (making {:.1}, signing {:.1} beside), {} MB, {} cores, {} released at once{}",
            self.what,
            self.parcels,
            self.seconds,
            self.parcels_per_second,
            self.ratio,
            self.p50_ms,
            self.p99_ms,
            self.bytes_per_parcel,
            self.cpu_us_per_parcel,
            self.make_us_per_parcel,
            self.sign_us_per_parcel,
            self.rss_mb,
            self.cores,
            self.released,
            if self.what == "views" {
                format!("; {} entries behind at the end, drained in {:.1} s", self.lag_entries, self.drain_seconds)
            } else {
                String::new()
            }
        )
    }
}

pub fn run(args: &Args, say: &mut Say) -> Done {
    let folder = args.data.join(format!("onewindow-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|e| Cannot::with(&folder, e))?;
    let done = rows(args, &folder, say);
    let _ = std::fs::remove_dir_all(&folder);
    done.map(|()| Exit::Well)
}

fn rows(args: &Args, folder: &Path, say: &mut Say) -> Result<(), Cannot> {
    let mut plain = baseline(&folder.join("plain.db"), (args.parcels / 20).clamp(100, 2_000))?;
    let base = plain.parcels_per_second;
    plain.ratio = 1.0;
    say.tell(&plain, || plain.words())?;
    say.flush()?;
    // 1,024 bits is what most clients in the field sign with.
    let rsa = KeyKind::Rsa { bits: 1024 };
    let less = |n: u64| (args.parcels / n).max(100);
    let wanted = |what: &str| args.profile == "all" || args.profile == what;
    let mut measure = |run: Run| -> Result<f64, Cannot> {
        let at = folder.join(run.what);
        let measured = match run.what {
            "http" | "pages" => over_http(&at, &run)?,
            _ => whole(&at, &run)?,
        };
        let _ = std::fs::remove_dir_all(&at);
        let _ = std::fs::remove_dir_all(at.with_extension("keys"));
        let rate = measured.first().map_or(0.0, |row| row.parcels_per_second);
        for mut row in measured {
            row.ratio = row.parcels_per_second / base.max(0.001);
            say.tell(&row, || row.words())?;
        }
        say.flush()?;
        Ok(rate)
    };
    let mut rate = 0.0;
    if wanted("whole") || wanted("latency") {
        rate = measure(Run { what: "whole", parcels: args.parcels, per_message: 100, kind: rsa, rate: None })?;
    }
    if wanted("whole-sm2") {
        measure(Run { what: "whole-sm2", parcels: less(2), per_message: 100, kind: KeyKind::Sm2, rate: None })?;
    }
    if wanted("http") {
        measure(Run { what: "http", parcels: less(5), per_message: 100, kind: rsa, rate: None })?;
    }
    if args.profile == "pages" {
        measure(Run { what: "pages", parcels: args.parcels, per_message: 100, kind: rsa, rate: Some(PAGES_RATE) })?;
    }
    if wanted("single") {
        measure(Run { what: "single", parcels: less(5), per_message: 1, kind: rsa, rate: None })?;
    }
    if wanted("latency") {
        let rate = Some(rate / 2.0);
        measure(Run { what: "latency", parcels: less(2), per_message: 100, kind: rsa, rate })?;
    }
    Ok(())
}

/// Parcels a second that come in while pages are read.
const PAGES_RATE: f64 = 2_000.0;
/// How many come in at that pace, which is a minute; the others are there before.
const PAGES_PARCELS: u64 = 120_000;
/// Between two visits.
const PAGES_PACE: Duration = Duration::from_millis(25);
/// Who reads meanwhile: nobody in particular, or an account of this name.
const READERS: [(&str, ActorRole); 10] = [
    ("officer", ActorRole::Officer),
    ("office", ActorRole::Officer),
    ("seller", ActorRole::Enterprise),
    ("declarant", ActorRole::Enterprise),
    ("consumer", ActorRole::Consumer),
    ("operator", ActorRole::Operator),
    ("tax", ActorRole::Tax),
    ("exchange", ActorRole::Exchange),
    ("commerce", ActorRole::Commerce),
    ("market", ActorRole::Market),
];
/// What they read. KEY is the newest parcel; the words sought are 奶粉, 三亚 and a name and a telephone that nobody has.
const PAGES: [(&str, &str); 55] = [
    ("", "/zh/"),
    ("", "/zh/status"),
    ("", "/zh/policies/tariff.csv"),
    ("", "/zh/write/CEB621"),
    ("", "/zh/search?q=NOTHING-LIKE-IT"),
    ("", "/zh/parcels/KEY"),
    ("officer", "/zh/parcels"),
    ("officer", "/zh/parcels?state=refused"),
    ("officer", "/zh/parcels?state=sent_back&regime=1239"),
    ("officer", "/zh/parcels?reason=PAYMENT_AMOUNT"),
    ("officer", "/zh/parcels/KEY"),
    ("officer", "/zh/desk"),
    ("officer", "/zh/desk?state=inspection"),
    ("officer", "/zh/desk/filings"),
    ("officer", "/zh/search?q=%E5%A5%B6%E7%B2%89"),
    ("officer", "/zh/search?q=1901"),
    ("officer", "/zh/search?q=%E4%B8%89%E4%BA%9A"),
    ("officer", "/zh/search?q=%E6%9F%A5%E6%97%A0%E6%AD%A4%E4%BA%BA"),
    ("officer", "/zh/search?q=19900000000"),
    ("officer", "/zh/stock"),
    ("officer", "/zh/summaries"),
    ("officer", "/zh/transfers"),
    ("officer", "/zh/returns"),
    ("officer", "/zh/appeals"),
    ("officer", "/zh/zone/parties"),
    ("office", "/zh/parcels"),
    ("office", "/zh/parcels?state=refused"),
    ("office", "/zh/search?q=%E5%A5%B6%E7%B2%89"),
    ("seller", "/zh/company"),
    ("seller", "/zh/parcels"),
    ("seller", "/zh/parcels?state=refused"),
    ("seller", "/zh/company/filings"),
    ("seller", "/zh/company/ahead"),
    ("seller", "/zh/company/standing"),
    ("seller", "/zh/company/keys"),
    ("seller", "/zh/search?q=%E5%A5%B6%E7%B2%89"),
    ("declarant", "/zh/company"),
    ("declarant", "/zh/parcels"),
    ("declarant", "/zh/parcels?state=refused"),
    ("declarant", "/zh/search?q=1901"),
    ("seller", "/zh/looks"),
    ("seller", "/zh/hooks"),
    ("consumer", "/zh/me"),
    ("consumer", "/zh/looks"),
    ("officer", "/zh/account"),
    ("operator", "/zh/zone"),
    ("operator", "/zh/zone/alarms"),
    ("operator", "/zh/zone/journal"),
    ("operator", "/zh/zone/registry/guarantees"),
    ("operator", "/zh/law/try"),
    ("tax", "/zh/department"),
    ("tax", "/zh/requests"),
    ("exchange", "/zh/department"),
    ("commerce", "/zh/department"),
    ("market", "/zh/department"),
];

/// A row to be measured.
struct Run {
    what: &'static str,
    parcels: u64,
    per_message: usize,
    kind: KeyKind,
    /// Parcels a second that arrive whether or not the window keeps up; without it as many as it takes.
    rate: Option<f64>,
}

impl Run {
    fn plan(&self) -> Plan {
        let start = Day::ymd(2026, 3, 2).expect("a day of the calendar");
        Plan { per_message: self.per_message, faults: true, ..Plan::day(self.parcels, self.parcels, start) }
    }

    /// The story's messages of the day and the night after; returns and payments of the weeks that follow are no
    /// part of a day's intake.
    fn messages<'z>(&self, zone: &'z Zone, policy: &'z Policy) -> impl Iterator<Item = Sent> + Send + use<'z> {
        let ends = self.plan().start.plus(2).starts();
        Story::new(self.plan(), zone, policy).take_while(move |sent| sent.at < ends)
    }

    /// A zone of its own with the registry of this story, and keys for its senders.
    fn zone(&self, at: &Path, zone: &Zone, policy: &Policy) -> Result<(Window, Arc<StoryClock>, Keys), Cannot> {
        let years = (Day::ymd(2016, 1, 1), Day::ymd(2035, 12, 31));
        let (Some(from), Some(until)) = years else { return Err(Cannot::because("the calendar")) };
        let keys = Keys::new(&[7; 32], self.kind, zone, (from, until));
        let clock = Arc::new(StoryClock(AtomicI64::new(self.plan().start.starts().0)));
        let (window, _) = Window::open(Config::new(at), clock.clone()).map_err(Cannot::because)?;
        let open =
            Open { name_zh: "测速区".into(), name_en: "bench".into(), window: 1, sandbox: true, ..Open::default() };
        window.found(open, trade::policy::SAMPLE).map_err(Cannot::because)?;
        for (table, text) in traffic::registry(&Story::new(self.plan(), zone, policy), &keys) {
            window.import(&window::filing::operator("bench"), table, &text).map_err(Cannot::because)?;
        }
        Ok((window, clock, keys))
    }
}

/// The time of the story: what the messages say, so that a day of traffic is decided as that day.
struct StoryClock(AtomicI64);

impl window::Clock for StoryClock {
    fn now(&self) -> Moment {
        Moment(self.0.load(Ordering::Relaxed))
    }
}

/// What the renderer saw.
#[derive(Default)]
struct Seen {
    waits: Vec<f64>,
    released: u64,
    receipts: u64,
    refused: Option<String>,
}

/// A message on its way: when the story sends it, what it is, how many documents it holds, who sends it.
struct Made {
    at: Moment,
    kind: MessageKind,
    documents: u64,
    sender: String,
    bytes: Vec<u8>,
}

/// Makes and signs messages; returns the CPU seconds that both took.
fn make(messages: impl Iterator<Item = Sent>, keys: &Keys, made: &SyncSender<Made>) -> (f64, f64) {
    let (start, mut signing) = (thread_cpu(), 0.0);
    for sent in messages {
        let signed = if sent.kind.must_be_signed() {
            let before = thread_cpu();
            let Ok(signed) = keys.signed(&sent) else { break };
            signing += thread_cpu() - before;
            signed
        } else {
            None
        };
        let Sent { at, kind, sender, documents, bytes, .. } = sent;
        let bytes = signed.unwrap_or(bytes);
        if made.send(Made { at, kind, documents: documents as u64, sender, bytes }).is_err() {
            break;
        }
    }
    (thread_cpu() - start - signing, signing)
}

fn whole(at: &Path, run: &Run) -> Result<Vec<Row>, Cannot> {
    let (zone, policy) = (Zone::sample(), Policy::sample());
    let (window, clock, keys) = run.zone(at, &zone, &policy)?;
    let story = run.messages(&zone, &policy);
    let bar = bar(run.what, run.parcels);
    let (made, messages) = sync_channel(32);
    let (answered, answers) = channel::<(Instant, MessageKind, Result<Answer, Refused>)>();
    let (begun, cpu) = (Instant::now(), process_cpu());
    let mut parcels = 0;
    let mut rss = 0;
    let (seen, (making, signing)) = std::thread::scope(|scope| {
        let keys = &keys;
        let maker = scope.spawn(move || make(story, keys, &made));
        let window_of_receipts = window.clone();
        let renderer = scope.spawn(move || {
            let mut seen = Seen::default();
            for (due, kind, answer) in answers {
                match answer.map_err(|e| e.to_string()).and_then(|a| render(&window_of_receipts, a, &mut seen)) {
                    Ok(()) if kind == MessageKind::List => seen.waits.push(due.elapsed().as_secs_f64() * 1e3),
                    Ok(()) => {}
                    Err(why) => seen.refused = Some(why),
                }
            }
            seen
        });
        let mut documents = 0;
        for Made { at, kind, documents: count, bytes, .. } in messages {
            let mut due = Instant::now();
            if let Some(rate) = run.rate {
                due = begun + Duration::from_secs_f64(documents as f64 / 4.0 / rate.max(1.0));
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
            }
            documents += count;
            clock.0.fetch_max(at.0, Ordering::Relaxed);
            let answered = answered.clone();
            let then = Box::new(move |answer| drop(answered.send((due, kind, answer))));
            if window.submit(Incoming { bytes, ..Incoming::default() }, true, then).is_err() {
                break;
            }
            if kind == MessageKind::List {
                parcels += count;
                bar.set_position(parcels);
                rss = if parcels % 1_000 < count { rss.max(resident_mb()) } else { rss };
            }
        }
        drop(answered);
        let seen = renderer.join().unwrap_or_default();
        (seen, maker.join().unwrap_or_default())
    });
    let seconds = begun.elapsed().as_secs_f64();
    let cpu = process_cpu() - cpu;
    rss = rss.max(resident_mb());
    bar.finish_and_clear();
    if let Some(why) = seen.refused {
        return Err(Cannot::because(why));
    }
    let bytes = size_of(at);
    let mut after = Vec::new();
    if run.what == "whole" {
        after.push(summary(&window, &clock, seen.released)?);
        let house = House::over(window.clone()).map_err(Cannot::because)?;
        after.push(drained(&house, parcels, 0.0));
    }
    window.close();
    let each = |seconds: f64| seconds * 1e6 / parcels.max(1) as f64;
    let (p50_ms, p99_ms) = percentiles(seen.waits);
    let row = Row {
        what: run.what.into(),
        parcels,
        seconds,
        parcels_per_second: parcels as f64 / seconds,
        p50_ms,
        p99_ms,
        bytes_per_parcel: bytes / parcels.max(1),
        rss_mb: rss,
        cores: cores(),
        ratio: 0.0,
        cpu_us_per_parcel: each(cpu - making - signing),
        make_us_per_parcel: each(making),
        sign_us_per_parcel: each(signing),
        released: seen.released,
        receipts: seen.receipts,
        ..Row::default()
    };
    after.insert(0, row);
    Ok(after)
}

/// Day 31: the bills of everything that was released are summed up, and each declarant hears of each.
fn summary(window: &Window, clock: &StoryClock, bills: u64) -> Result<Row, Cannot> {
    let now = Moment(clock.0.load(Ordering::Relaxed)).day();
    clock.0.store(now.plus(31).starts().0, Ordering::Relaxed);
    let (begun, cpu) = (Instant::now(), process_cpu());
    window.tick().map_err(Cannot::because)?;
    let seconds = begun.elapsed().as_secs_f64();
    Ok(Row {
        what: "summary".into(),
        parcels: bills,
        seconds,
        parcels_per_second: bills as f64 / seconds,
        rss_mb: resident_mb(),
        cores: cores(),
        cpu_us_per_parcel: (process_cpu() - cpu) * 1e6 / bills.max(1) as f64,
        ..Row::default()
    })
}

/// The same messages over HTTP on loopback, from four senders at once, with the portal's views following; then how
/// long the views need for the rest.
fn over_http(at: &Path, run: &Run) -> Result<Vec<Row>, Cannot> {
    const SENDERS: usize = 4;
    let (zone, policy) = (Zone::sample(), Policy::sample());
    let (window, clock, keys) = run.zone(at, &zone, &policy)?;
    let mut story = run.messages(&zone, &policy);
    let firms = [&zone.platforms, &zone.payers, &zone.carriers, &zone.agents];
    let sellers = zone.sellers.iter().map(|s| s.firm.code.clone());
    let operators = zone.operators.values().map(|f| f.code.clone());
    let senders = firms.into_iter().flatten().map(|f| f.code.clone()).chain(sellers).chain(operators);
    let rows: Vec<ApiKeyRow> = senders
        .map(|enterprise| ApiKeyRow {
            hash: key_hash(&format!("bench {enterprise}")),
            enterprise: enterprise.into(),
            label: "bench".into(),
            ..ApiKeyRow::default()
        })
        .collect();
    window.register(&window::filing::security("bench"), RegisterKind::ApiKeys, &rows).map_err(Cannot::because)?;
    let before = if run.rate.is_some() { run.parcels.saturating_sub(PAGES_PARCELS) } else { 0 };
    let filled = if before > 0 { fill(&window, &clock, &keys, &mut story, before)? } else { Vec::new() };
    let house = Arc::new(House::over(window.clone()).map_err(Cannot::because)?);
    let listener = TcpListener::bind("127.0.0.1:0").map_err(Cannot::because)?;
    let address = listener.local_addr().map_err(Cannot::because)?;
    let stop = Arc::new(AtomicBool::new(false));
    let bar = bar(run.what, run.parcels - before);
    let (made, messages) = sync_channel::<Made>(8);
    let messages = Mutex::new(messages);
    let paced = AtomicU64::new(0);
    let (begun, cpu) = (Instant::now(), process_cpu());
    let (waits, parcels, (making, signing), rss, read) = std::thread::scope(|scope| -> Result<_, Cannot> {
        let serving = {
            let (house, stop) = (house.clone(), stop.clone());
            scope.spawn(move || server::serve(listener, house, server::Options::default(), stop))
        };
        let keys = &keys;
        let maker = scope.spawn(move || make(story, keys, &made));
        let zone = &zone;
        let reader = run.rate.map(|_| {
            let (house, stop) = (house.clone(), stop.clone());
            scope.spawn(move || visits(address, &house, zone, &stop))
        });
        let senders: Vec<_> = (0..SENDERS)
            .map(|_| {
                let (messages, clock, bar, paced) = (&messages, &clock, &bar, &paced);
                scope.spawn(move || -> Result<(Vec<f64>, u64), Cannot> {
                    let (mut waits, mut parcels) = (Vec::new(), 0);
                    let mut line = Line::to(address)?;
                    loop {
                        let next = messages.lock().unwrap_or_else(|e| e.into_inner()).recv();
                        let Ok(Made { at, kind, documents, sender, bytes }) = next else { break };
                        if let Some(rate) = run.rate {
                            let before = paced.fetch_add(documents, Ordering::Relaxed);
                            let due = begun + Duration::from_secs_f64(before as f64 / 4.0 / rate);
                            std::thread::sleep(due.saturating_duration_since(Instant::now()));
                        }
                        clock.0.fetch_max(at.0, Ordering::Relaxed);
                        let sent = Instant::now();
                        line.post("/api/v1/messages", &format!("bench {sender}"), &bytes)?;
                        if kind == MessageKind::List {
                            waits.push(sent.elapsed().as_secs_f64() * 1e3);
                            parcels += documents;
                            bar.inc(documents);
                        }
                    }
                    Ok((waits, parcels))
                })
            })
            .collect();
        let (mut waits, mut parcels, mut failed) = (Vec::new(), 0, None);
        for sender in senders {
            match sender.join().unwrap_or_else(|_| Err(Cannot::because("a sender broke off"))) {
                Ok((some, count)) => {
                    waits.extend(some);
                    parcels += count;
                }
                Err(cannot) => failed = Some(cannot),
            }
        }
        let rss = resident_mb();
        stop.store(true, Ordering::Relaxed);
        let _ = serving.join();
        let read = reader.map(|reader| reader.join().unwrap_or_else(|_| Err(Cannot::because("a reader broke off"))));
        let read = read.transpose()?.unwrap_or_default();
        // Whoever waits for a sender that failed must not wait for ever.
        drop(messages.lock().map(|m| while m.try_recv().is_ok() {}));
        let spent = maker.join().unwrap_or_default();
        failed.map_or(Ok((waits, parcels, spent, rss, read)), Err)
    })?;
    let seconds = begun.elapsed().as_secs_f64();
    let cpu = process_cpu() - cpu;
    bar.finish_and_clear();
    // From the first message to the last row: the pace at which the views keep up with this traffic.
    let views = drained(&house, parcels, seconds);
    let each = |seconds: f64| seconds * 1e6 / parcels.max(1) as f64;
    let (p50_ms, p99_ms) = percentiles(waits);
    let row = Row {
        what: run.what.into(),
        parcels,
        seconds,
        parcels_per_second: parcels as f64 / seconds,
        p50_ms,
        p99_ms,
        bytes_per_parcel: size_of(at) / parcels.max(1),
        rss_mb: rss,
        cores: cores(),
        cpu_us_per_parcel: each(cpu - making - signing),
        make_us_per_parcel: each(making),
        sign_us_per_parcel: each(signing),
        ..Row::default()
    };
    drop(house);
    window.close();
    Ok([filled, vec![row, views], read].concat())
}

/// Waits until the views show all that is decided, which began so many seconds ago.
fn drained(house: &House, parcels: u64, before: f64) -> Row {
    let (begun, last) = (Instant::now(), house.window().journal().last());
    let lag_entries = last - house.views().revision();
    let bar = bar("views", lag_entries);
    while house.views().revision() < last {
        bar.set_position(lag_entries - (last - house.views().revision()).min(lag_entries));
        std::thread::sleep(Duration::from_millis(5));
    }
    bar.finish_and_clear();
    let drain_seconds = begun.elapsed().as_secs_f64();
    let seconds = before + drain_seconds;
    Row {
        what: "views".into(),
        parcels,
        seconds,
        parcels_per_second: parcels as f64 / seconds,
        drain_seconds,
        lag_entries,
        rss_mb: resident_mb(),
        cores: cores(),
        ..Row::default()
    }
}

/// Takes so many parcels in as quickly as they come, to have them there, and lets the views follow.
fn fill(
    window: &Window,
    clock: &StoryClock,
    keys: &Keys,
    story: &mut (impl Iterator<Item = Sent> + Send),
    parcels: u64,
) -> Result<Vec<Row>, Cannot> {
    let (bar, begun) = (bar("fill", parcels), Instant::now());
    let (made, messages) = sync_channel(32);
    let (mut told, mut listed) = (0, 0);
    let part = story.take_while(move |sent| {
        told += if sent.kind == MessageKind::List { sent.documents as u64 } else { 0 };
        told < parcels
    });
    std::thread::scope(|scope| {
        scope.spawn(move || make(part, keys, &made));
        for Made { at, kind, documents, bytes, .. } in messages {
            clock.0.fetch_max(at.0, Ordering::Relaxed);
            window.submit(Incoming { bytes, ..Incoming::default() }, true, Box::new(drop)).map_err(Cannot::because)?;
            listed += if kind == MessageKind::List { documents } else { 0 };
            bar.set_position(listed);
        }
        Ok::<_, Cannot>(())
    })?;
    window.tick().map_err(Cannot::because)?;
    bar.finish_and_clear();
    let seconds = begun.elapsed().as_secs_f64();
    let row = Row {
        what: "fill".into(),
        parcels: listed,
        seconds,
        parcels_per_second: listed as f64 / seconds,
        rss_mb: resident_mb(),
        cores: cores(),
        ..Row::default()
    };
    let house = House::over(window.clone()).map_err(Cannot::because)?;
    Ok(vec![row, drained(&house, listed, 0.0)])
}

/// Reads each page in turn until the last message is answered; a row for each.
fn visits(address: SocketAddr, house: &House, zone: &Zone, stop: &AtomicBool) -> Result<Vec<Row>, Cannot> {
    let hash = server::sign::hash_password("bench bench").map_err(Cannot::because)?;
    let newest = || -> Result<_, Cannot> {
        let newest = store::views::lists::Filter { limit: 1, ..Default::default() };
        Ok(house.views().parcels(&newest).map_err(Cannot::because)?.0.into_iter().next())
    };
    let list = newest()?.and_then(|row| house.window().read::<Kept>(&Key::List(row.key))?.document);
    let person = match list {
        Some(Document::List(list)) => list.buyer.id,
        _ => Pseudonyms::default(),
    };
    let accounts: Vec<AccountRow> = READERS
        .iter()
        .map(|(login, role)| AccountRow {
            login: (*login).into(),
            role: *role,
            password_hash: hash.as_str().into(),
            enterprise: match *login {
                "seller" => zone.platforms[0].code.as_str().into(),
                "declarant" => zone.agents[0].code.as_str().into(),
                _ => Default::default(),
            },
            office: if *login == "office" { "6402".into() } else { Default::default() },
            person: if *role == ActorRole::Consumer { person.clone() } else { Pseudonyms::default() },
            ..AccountRow::default()
        })
        .collect();
    let by = window::filing::security("bench");
    house.window().register(&by, RegisterKind::Accounts, &accounts).map_err(Cannot::because)?;
    let mut line = Line::to(address)?;
    let mut cookies: BTreeMap<&str, (usize, String)> = BTreeMap::new();
    let mut waits: Vec<Vec<f64>> = vec![Vec::new(); PAGES.len()];
    let mut turn = 0;
    while !stop.load(Ordering::Relaxed) {
        let (reader, page) = PAGES[turn % PAGES.len()];
        // A session ends by the story's clock, which runs faster.
        let cookie = match cookies.get(reader) {
            _ if reader.is_empty() => String::new(),
            Some((since, cookie)) if turn - since < 400 => cookie.clone(),
            _ => {
                let cookie = line.sign_in(&format!("name={reader}&password=bench+bench"))?;
                cookies.insert(reader, (turn, cookie.clone()));
                cookie
            }
        };
        let path = match page.strip_suffix("KEY") {
            Some(before) => match newest()? {
                Some(row) => format!("{before}{}_{}", row.key.ebc, row.key.order_no),
                None => page.to_owned(),
            },
            None => page.to_owned(),
        };
        let begun = Instant::now();
        line.get(&path, &cookie)?;
        waits[turn % PAGES.len()].push(begun.elapsed().as_secs_f64() * 1e3);
        turn += 1;
        std::thread::sleep(PAGES_PACE.saturating_sub(begun.elapsed()));
    }
    let row = |((reader, path), mut waits): ((&str, &str), Vec<f64>)| {
        waits.sort_by(f64::total_cmp);
        let at =
            |share: usize| waits.get((waits.len() * share).div_ceil(100).saturating_sub(1)).copied().unwrap_or(0.0);
        let (p50_ms, p95_ms, p99_ms) = (at(50), at(95), at(99));
        Row {
            what: format!("{path} {reader}").into(),
            parcels: waits.len() as u64,
            p50_ms,
            p95_ms,
            p99_ms,
            ..Row::default()
        }
    };
    Ok(PAGES.into_iter().zip(waits).map(row).collect())
}

/// A connection that is kept open from message to message.
struct Line(BufReader<TcpStream>);

impl Line {
    fn to(address: SocketAddr) -> Result<Line, Cannot> {
        let stream = TcpStream::connect(address).map_err(Cannot::because)?;
        stream.set_nodelay(true).map_err(Cannot::because)?;
        Ok(Line(BufReader::with_capacity(256 << 10, stream)))
    }

    /// Reads a page to its end.
    fn get(&mut self, path: &str, cookie: &str) -> Result<(), Cannot> {
        match self.ask(&format!("GET {path} HTTP/1.1\r\nHost: bench\r\nCookie: {cookie}\r\n\r\n"), b"")?.0 {
            200 => Ok(()),
            // One hit alone leads to its page.
            303 if path.contains("/search?") => Ok(()),
            status => Err(Cannot::because(format!("{path}: {status}"))),
        }
    }

    /// Fills in the form of the portal; the cookie of the session.
    fn sign_in(&mut self, form: &str) -> Result<String, Cannot> {
        let head = format!(
            "POST /zh/login HTTP/1.1\r\nHost: bench\r\nOrigin: http://bench\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
            form.len()
        );
        Ok(self.ask(&head, form.as_bytes())?.1)
    }

    /// Posts and reads the answer to its end.
    fn post(&mut self, path: &str, key: &str, body: &[u8]) -> Result<(), Cannot> {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {key}\r\nContent-Type: application/xml\r\n\
             Content-Length: {}\r\n\r\n",
            body.len()
        );
        self.ask(&head, body).map(drop)
    }

    /// Sends, and reads the answer to its end; the first cookie that it sets.
    fn ask(&mut self, head: &str, body: &[u8]) -> Result<(u16, String), Cannot> {
        let stream = self.0.get_mut();
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body)).map_err(Cannot::because)?;
        let (mut line, mut status, mut length, mut cookie) = (String::new(), String::new(), 0, String::new());
        loop {
            line.clear();
            if self.0.read_line(&mut line).map_err(Cannot::because)? == 0 {
                return Err(Cannot::because("the window hung up"));
            }
            let line = line.trim_end();
            if status.is_empty() {
                line.clone_into(&mut status);
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().map_err(Cannot::because)?;
            } else if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("set-cookie")
                && cookie.is_empty()
            {
                value.trim().split(';').next().unwrap_or_default().clone_into(&mut cookie);
            }
            if line.is_empty() {
                break;
            }
        }
        let mut answer = vec![0; length];
        self.0.read_exact(&mut answer).map_err(Cannot::because)?;
        // A planted stranger is refused at the door, which is an answer too.
        match status.split(' ').nth(1).and_then(|s| s.parse::<u16>().ok()) {
            Some(status @ (200 | 303 | 401 | 403)) => Ok((status, cookie)),
            _ => Err(Cannot::because(format!("{status}: {}", String::from_utf8_lossy(&answer)))),
        }
    }
}

/// The receipts of an answer as XML, as a door gives them out.
fn render(window: &Window, answer: Answer, seen: &mut Seen) -> Result<(), String> {
    let outcomes = answer.entry.iter().flat_map(|e| &e.outcomes);
    seen.released += outcomes.filter(|o| o.verdict == Verdict::Released).count() as u64;
    let given = window.receipts_of(answer).map_err(|e| e.to_string())?;
    seen.receipts += given.len() as u64;
    let mut kinds: BTreeMap<u16, Vec<&Shown>> = BTreeMap::new();
    for shown in given.iter().map(|g| &g.receipt.shown) {
        kinds.entry(shown.kind.number()).or_default().push(shown);
    }
    for shown in kinds.values() {
        let kind = shown[0].kind;
        for part in shown.chunks(wire::ceb::most(kind).max(1)) {
            std::hint::black_box(wire::ceb::write_receipts(kind, &part[0].guid, part.iter().copied()));
        }
    }
    Ok(())
}

/// The plain implementation, in messages of one document, without signatures: it is given the easier work.
fn baseline(at: &Path, parcels: u64) -> Result<Row, Cannot> {
    let (zone, policy) = (Zone::sample(), Policy::sample());
    let run = Run { what: "baseline", parcels, per_message: 1, kind: KeyKind::Sm2, rate: None };
    let mut plain = Baseline::open(at).map_err(Cannot::because)?;
    let bar = bar(run.what, parcels);
    let (mut done, mut released, mut receipts, mut waits) = (0, 0, 0, Vec::new());
    let (mut making, mut working, start) = (0.0, 0.0, Instant::now());
    let (mut lap, mut wall) = (thread_cpu(), 0.0);
    for sent in Story::new(Plan { faults: false, ..run.plan() }, &zone, &policy) {
        making += thread_cpu() - lap;
        lap = thread_cpu();
        let came = Instant::now();
        for draft in wire::ceb::read(&sent.bytes, &wire::ceb::Nobody).map(|m| m.documents).unwrap_or_default() {
            let Ok(document) = draft.outcome else { continue };
            let Some(status) = take_plainly(&mut plain, &document, &sent.bytes)? else { continue };
            receipts += 1;
            released += u64::from(status == 800);
            if sent.kind == MessageKind::List {
                done += 1;
                waits.push(came.elapsed().as_secs_f64() * 1e3);
            }
        }
        wall += came.elapsed().as_secs_f64();
        working += thread_cpu() - lap;
        lap = thread_cpu();
        bar.set_position(done);
        if start.elapsed() > Duration::from_secs(60) {
            break;
        }
    }
    bar.finish_and_clear();
    let (p50_ms, p99_ms) = percentiles(waits);
    let each = |seconds: f64| seconds * 1e6 / done.max(1) as f64;
    Ok(Row {
        what: run.what.into(),
        parcels: done,
        seconds: wall,
        parcels_per_second: done as f64 / wall.max(1e-9),
        p50_ms,
        p99_ms,
        bytes_per_parcel: std::fs::metadata(at).map_or(0, |m| m.len()) / done.max(1),
        rss_mb: resident_mb(),
        cores: cores(),
        cpu_us_per_parcel: each(working),
        make_us_per_parcel: each(making),
        released,
        receipts,
        ..Row::default()
    })
}

fn take_plainly(plain: &mut Baseline, document: &Document, body: &[u8]) -> Result<Option<i32>, Cannot> {
    let row = match document {
        Document::Order(d) => Plain {
            kind: 311,
            code: &d.ebc_code,
            number: &d.number,
            order_no: &d.number,
            waybill: ("", ""),
            amount: d.paid.0,
            body,
        },
        Document::Payment(d) => Plain {
            kind: 411,
            code: &d.pay_code,
            number: &d.transaction,
            order_no: &d.order_no,
            waybill: ("", ""),
            amount: d.amount.0,
            body,
        },
        Document::Waybill(d) => Plain {
            kind: 511,
            code: &d.logistics_code,
            number: &d.number,
            order_no: &d.order_no,
            waybill: ("", ""),
            amount: d.freight.0,
            body,
        },
        Document::List(d) => Plain {
            kind: 621,
            code: &d.ebc_code,
            number: &d.order_no,
            order_no: &d.order_no,
            waybill: (&d.logistics_code, &d.logistics_no),
            amount: 0,
            body,
        },
        _ => return Ok(None),
    };
    plain.take(&row).map(Some).map_err(Cannot::because)
}

fn bar(what: &'static str, parcels: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{prefix:10} [{bar:40}] {pos}/{len} {per_sec} {eta}");
    ProgressBar::new(parcels).with_prefix(what).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn percentiles(mut waits: Vec<f64>) -> (f64, f64) {
    waits.sort_by(f64::total_cmp);
    let at = |percent: usize| waits.get(waits.len() * percent / 100).or(waits.last()).copied().unwrap_or(0.0);
    (at(50), at(99))
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Bytes of all files below a folder, without the zeros that are set aside at their ends for what is to come.
fn size_of(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let size = |e: std::fs::DirEntry| match e.metadata() {
        Ok(m) if m.is_dir() => size_of(&e.path()),
        Ok(m) => written(&e.path(), m.len()).unwrap_or(m.len()),
        Err(_) => 0,
    };
    entries.map(size).sum()
}

/// The length of a file up to its last byte that is not zero.
fn written(path: &Path, length: u64) -> std::io::Result<u64> {
    let mut file = std::fs::File::open(path)?;
    let (mut end, mut part) = (length, vec![0; 1 << 20]);
    while end > 0 {
        let start = end.saturating_sub(part.len() as u64);
        let part = &mut part[..(end - start) as usize];
        file.seek(SeekFrom::Start(start))?;
        file.read_exact(part)?;
        if let Some(last) = part.iter().rposition(|b| *b != 0) {
            return Ok(start + last as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}

/// CPU seconds of this thread.
fn thread_cpu() -> f64 {
    seconds(ClockId::ThreadCPUTime)
}

/// CPU seconds of this process, user and system.
fn process_cpu() -> f64 {
    seconds(ClockId::ProcessCPUTime)
}

fn seconds(clock: ClockId) -> f64 {
    let time = clock_gettime(clock);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

fn resident_mb() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find(|l| l.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|n| n.parse::<u64>().ok()).unwrap_or(0) / 1024
}
