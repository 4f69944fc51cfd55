//! `onewindow serve` and `onewindow demo`: a running window with its portal, API and watched folder.

use crate::clock::Clock;
use crate::say::{Cannot, Done, Exit, Say};
use crate::zone::{ZoneArgs, open, operator, security};
use serde::Serialize;
use server::courier::Courier;
use server::folder::Folder;
use server::house::House;
use server::providers::simulator::Simulated;
use server::providers::{Provider, Providers};
use server::sign::{hash_password, key_hash};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, Instant};
use trade::account::{AccountRow, ApiKeyRow};
use trade::command::{Act, ActKind, ActorRole, Command, RegisterKind};
use trade::documents::{Document, MessageKind};
use trade::key::{CaseKey, Key};
use trade::pack::Pack;
use trade::policy::Policy;
use trade::record::{Case, Kept, TaxPayment, status};
use traffic::{BondedPlan, Export, ExportPlan, Keys, Plan, Story, merged};
use window::{Config, Incoming, Window};

/// Runs a window: portal, API, watched folder.
#[derive(clap::Args)]
pub struct ServeArgs {
    #[command(flatten)]
    zone: ZoneArgs,

    /// Makes the sample zone if the folder is empty, trusts the sandbox's own certificates, prints logins and keys
    #[arg(long)]
    sandbox: bool,

    /// The address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8207", env = "ONEWINDOW_LISTEN")]
    listen: SocketAddr,

    /// Watches inbox/<sender>/ in this folder and writes receipts to outbox/<sender>/; DATA/exchange without one
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,

    /// A program that looks through each attachment before it is taken: the file on its standard input, 0 for nothing
    /// found, 1 with a line for something; without one files are taken unscanned, and every page says so
    #[arg(long, value_name = "PROGRAM", env = "ONEWINDOW_SCAN")]
    scan: Option<PathBuf>,

    /// A program that makes a PDF of a paper: a page of HTML on its standard input, the PDF on its standard output
    /// (docs/pdf-worker runs Chromium); without one papers are printed from their pages
    #[arg(long, value_name = "PROGRAM", env = "ONEWINDOW_PDF")]
    pdf: Option<PathBuf>,

    /// The font file that those papers are set in, with Chinese characters; without one the program takes what it finds
    #[arg(long, value_name = "FILE", env = "ONEWINDOW_PDF_FONT", requires = "pdf")]
    pdf_font: Option<PathBuf>,

    /// Who knows who people are: http://HOST:PORT/PATH, or a file of invented people for the simulator; in a sandbox the
    /// simulator with its own people. Without one consumers are verified at the counter
    #[arg(long, value_name = "URL|FILE", env = "ONEWINDOW_IDENTITY")]
    identity: Option<String>,

    /// The file with the key by which that verifier knows this window
    #[arg(long, value_name = "FILE")]
    identity_key: Option<PathBuf>,

    /// Identity providers of departments by which accounts may sign in: a table in TOML (docs/operating.md)
    #[arg(long, value_name = "FILE")]
    providers: Option<PathBuf>,

    #[command(flatten)]
    courier: super::courier::CourierArgs,

    /// Cookies only over TLS: the portal is reached through a proxy that speaks it
    #[arg(long)]
    secure: bool,

    /// A name under which the window is reached, with the port where it is not the usual one; may be repeated. Machines
    /// sign in by certificate under these, and on this machine
    #[arg(long, value_name = "NAME")]
    host: Vec<String>,
}

/// Shows a whole zone with made-up parties, goods, people and traffic.
#[derive(clap::Args)]
pub struct DemoArgs {
    /// Parcels of the story
    #[arg(long, value_name = "N", default_value_t = 2_000)]
    parcels: u64,

    /// The same seed tells the same story
    #[arg(long, value_name = "S", default_value_t = 8207)]
    seed: u64,

    /// Runs the story, prints its summary and ends
    #[arg(long)]
    exit: bool,

    /// The address of the portal
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8207")]
    listen: SocketAddr,

    /// Keeps the zone in this folder; without it the zone is gone when the demo ends
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl ServeArgs {
    /// What makes PDFs. That it is not there is found out at the start, and not by who wants a paper.
    fn press(&self) -> Result<Option<server::press::Press>, Cannot> {
        let Some(program) = &self.pdf else { return Ok(None) };
        let whole = |path: &PathBuf| std::fs::canonicalize(path).map_err(|error| Cannot::with(path, error));
        let press =
            server::press::Press { program: whole(program)?, font: self.pdf_font.as_ref().map(whole).transpose()? };
        match press.ready() {
            Ok(()) => Ok(Some(press)),
            Err(lacks) => {
                let what = if lacks == server::press::Lacks::Font { self.pdf_font.as_ref() } else { None };
                Err(Cannot::with(what.unwrap_or(program), "is no file that can be used for PDF"))
            }
        }
    }
}

pub fn serve(args: &ServeArgs, say: &mut Say, clock: &Clock) -> Done {
    let config = args.zone.settings()?;
    let data = config.place.data.clone();
    // Before anything is made: an address that is taken, and what cannot be used, is found out first.
    let listener = listen(args.listen)?;
    let (press, table, roots) = (args.press()?, args.courier.table()?, args.courier.roots()?);
    let providers = args.providers.as_deref().map(|file| providers(file, &roots)).transpose()?;
    let window = open(config, args.sandbox, clock)?;
    if args.sandbox {
        logins(&window, None, say)?;
    }
    if let Err(error) = window.head() {
        tracing::warn!(%error, "messages are taken in; heads and proofs come when that is mended");
    }
    let stop = Arc::new(AtomicBool::new(false));
    let address = listener.local_addr().map_err(Cannot::because)?;
    let house = House::over(window.clone()).map_err(Cannot::because)?;
    let house = house.scanned_by(args.scan.clone().map(server::attachments::Scanner)).printed_by(press);
    let (named, key) = (args.identity.as_deref(), args.identity_key.as_deref());
    let house = Arc::new(house.identified_by(super::courier::verifier(named, &table, key, &roots, args.sandbox)?));
    let courier = Courier::new(house.clone(), Box::new(args.courier.line()?), table);
    let exchange = args.folder.clone().unwrap_or_else(|| data.join("exchange"));
    let mut folder = Folder::open(&exchange, house.clone(), 32 << 20).map_err(|e| Cannot::with(&exchange, e))?;
    let watching = {
        let stop = stop.clone();
        std::thread::spawn(move || folder.watch(Duration::from_millis(500), &stop))
    };
    let ticking = {
        let (stop, window) = (stop.clone(), window.clone());
        std::thread::spawn(move || tick(&window, &stop))
    };
    let bringing = {
        let stop = stop.clone();
        std::thread::spawn(move || courier.run(Duration::from_secs(1), &stop))
    };
    end_on_signal(&stop)?;
    say.tell(&serde_json::json!({"listening": format!("http://{address}/"), "folder": exchange}), || {
        format!("portal http://{address}/  folder {}", exchange.display())
    })?;
    say.flush()?;
    let options =
        server::Options { secure: args.secure, hosts: args.host.clone(), providers, ..server::Options::default() };
    let served = server::serve(listener, house, options, stop.clone());
    stop.store(true, Ordering::Relaxed);
    let _ = (watching.join(), ticking.join(), bringing.join());
    window.close();
    served.map(|()| Exit::Well).map_err(Cannot::because)
}

/// The identity providers of a table, with their secrets.
fn providers(file: &Path, roots: &[u8]) -> Result<Arc<Providers>, Cannot> {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Table {
        provider: Vec<Provider>,
    }
    let mut table: Table = toml::from_str(&super::text_of(file)?).map_err(|error| Cannot::with(file, error))?;
    for provider in &mut table.provider {
        if let Some(secret) = &provider.secret_file {
            let secret = file.parent().unwrap_or(Path::new("")).join(secret);
            provider.secret = super::text_of(&secret)?.trim().to_owned();
        }
    }
    Ok(Arc::new(Providers::new(table.provider, roots).map_err(|why| Cannot::with(file, why))?))
}

/// A simulated identity provider of invented people beside a demo.
fn simulated(house: &Arc<House>, stop: &Arc<AtomicBool>) -> Result<Arc<Providers>, Cannot> {
    let listener = listen(SocketAddr::from(([127, 0, 0, 1], 0)))?;
    let (secret, clock) = (secret(24)?, house.clone());
    let known = ("onewindow", secret.as_str());
    let now = Box::new(move || server::desk::Desk::now(&*clock));
    let provider = Simulated::serve(listener, known, None, now, stop.clone()).map_err(Cannot::because)?;
    let reach = vec![provider.issuer.replacen("http://", "", 1)];
    let named = Provider {
        id: "sample".into(),
        issuer: provider.issuer.clone(),
        client: "onewindow".into(),
        secret,
        secret_file: None,
        subject: "sub".into(),
        zh: "样例部门（模拟）".into(),
        en: "Sample department (simulated)".into(),
        second: Vec::new(),
        reach,
    };
    Ok(Arc::new(Providers::new(vec![named], b"").map_err(Cannot::because)?))
}

fn listen(address: SocketAddr) -> Result<TcpListener, Cannot> {
    TcpListener::bind(address).map_err(|error| Cannot::with(Path::new(&address.to_string()), error))
}

/// Lets what is due happen also while nobody sends anything.
fn tick(window: &Window, stop: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_secs(1));
        if let Err(error) = window.tick() {
            tracing::warn!(%error, "what is due could not happen");
        }
    }
}

fn end_on_signal(stop: &Arc<AtomicBool>) -> Result<(), Cannot> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Cannot::because)?;
    let stop = stop.clone();
    std::thread::spawn(move || {
        runtime.block_on(async {
            use tokio::signal::unix::{SignalKind, signal};
            match signal(SignalKind::terminate()) {
                Ok(mut terminate) => {
                    tokio::select! { _ = tokio::signal::ctrl_c() => {}, _ = terminate.recv() => {} }
                }
                Err(_) => drop(tokio::signal::ctrl_c().await),
            }
        });
        stop.store(true, Ordering::Relaxed);
    });
    Ok(())
}

#[derive(Serialize)]
pub struct Login<'a> {
    pub login: &'a str,
    pub password: String,
}

/// The made-up identity number of the buyer in a story's first list.
fn first_buyer(mut story: Story<'_>) -> Option<String> {
    let list = story.find(|sent| sent.kind == MessageKind::List)?;
    let text = String::from_utf8(list.bytes).ok()?;
    let (_, rest) = text.split_once("buyerIdNumber>")?;
    rest.split_once('<').map(|(number, _)| number.to_owned())
}

/// Makes an account of each role and a key for each sender of the samples, and says them once; a consumer's where there
/// is an identity number for it.
fn logins(window: &Window, buyer: Option<&str>, say: &mut Say) -> Result<(), Cannot> {
    let accounts = [
        ("operator", ActorRole::Operator, ""),
        ("officer", ActorRole::Officer, ""),
        ("enterprise", ActorRole::Enterprise, "4602980A01"),
        ("viewer", ActorRole::Viewer, ""),
        ("security", ActorRole::Security, ""),
        ("auditor", ActorRole::Auditor, ""),
        ("tax", ActorRole::Tax, ""),
        ("exchange", ActorRole::Exchange, ""),
        ("commerce", ActorRole::Commerce, ""),
        ("market", ActorRole::Market, ""),
    ];
    let mut rows = Vec::new();
    for (login, role, enterprise) in accounts {
        let password = secret(10)?;
        let password_hash = hash_password(&password).map_err(Cannot::because)?;
        rows.push(AccountRow {
            login: login.into(),
            role,
            enterprise: enterprise.into(),
            password_hash: password_hash.into(),
            ..AccountRow::default()
        });
        say.tell(&Login { login, password: password.clone() }, || format!("login {login}  password {password}"))?;
    }
    window.register(&security(), RegisterKind::Accounts, &rows).map_err(Cannot::because)?;
    if let Some(identity) = buyer {
        let (login, password) = ("consumer", secret(10)?);
        let password_hash = hash_password(&password).map_err(Cannot::because)?.into();
        let row = AccountRow { login: login.into(), role: ActorRole::Consumer, password_hash, ..AccountRow::default() };
        window.admit_account(&security(), &row, identity).map_err(Cannot::because)?;
        say.tell(&Login { login, password: password.clone() }, || format!("login {login}  password {password}"))?;
    }
    let mut keys = Vec::new();
    for code in ["1199960EP1", "1199960PY1", "1199960LG1", "1199980AG1", "4602980A01"] {
        let key = format!("ow_{}", secret(24)?);
        keys.push(ApiKeyRow {
            hash: key_hash(&key),
            enterprise: code.into(),
            label: "sandbox".into(),
            ..ApiKeyRow::default()
        });
        say.tell(&serde_json::json!({"enterprise": code, "key": key}), || format!("key of {code}  {key}"))?;
    }
    for role in [ActorRole::Operator, ActorRole::Security] {
        let key = format!("ow_{}", secret(24)?);
        let (hash, label) = (key_hash(&key), format!("sandbox {role}"));
        keys.push(ApiKeyRow { hash, label: label.into(), role, ..ApiKeyRow::default() });
        say.tell(&serde_json::json!({"role": role.name(), "key": key}), || format!("key of {role}  {key}"))?;
    }
    window.register(&security(), RegisterKind::ApiKeys, &keys).map_err(Cannot::because)?;
    Ok(())
}

/// Random letters and digits that nobody confuses.
pub fn secret(letters: usize) -> Result<String, Cannot> {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bytes = vec![0; letters];
    getrandom::fill(&mut bytes).map_err(Cannot::because)?;
    Ok(bytes.iter().map(|b| char::from(ALPHABET[usize::from(b % 32)])).collect())
}

pub fn demo(args: &DemoArgs, say: &mut Say, clock: &Clock) -> Done {
    let listener = if args.exit { None } else { Some(listen(args.listen)?) };
    let temporary = match &args.data {
        Some(_) => None,
        None => Some(Temporary::new()?),
    };
    let data: &Path = match (&args.data, &temporary) {
        (Some(data), _) => data,
        (None, Some(temporary)) => &temporary.0,
        (None, None) => unreachable!("one of the two was just made"),
    };
    let begun = Instant::now();
    eprintln!("All data of this demo is made up: parties, people, goods, identities. Seed {}.", args.seed);
    eprintln!("演示中的企业、人员、商品和证件均为虚构。种子 {}。", args.seed);
    if Config::new(data.join("zone")).place.exists() {
        let why = "holds a zone already: onewindow serve --data DIR/zone shows it\n已有试验区，可用 onewindow serve --data DIR/zone 打开";
        return Err(Cannot::with(data, why));
    }
    if args.data.is_some() {
        let kept = data.join("zone");
        eprintln!("The zone is kept in {0}: onewindow explain KEY --data {0}", kept.display());
        eprintln!("试验区存放在 {0}：onewindow explain 编号 --data {0}", kept.display());
    }
    // Two months ago a few parcels, with what takes weeks (returns, tax bills); then the whole of today.
    let today = clock.now().day();
    let config = Config::new(data.join("zone"));
    let past = today.plus(-60);
    let story_clock =
        Arc::new(StoryClock { real: *clock, story: AtomicI64::new(past.starts().0), live: AtomicBool::new(false) });
    let (window, _) = Window::open(config, story_clock.clone()).map_err(Cannot::because)?;
    let (policy, traders) = (Policy::sample(), traffic::zone::Zone::sample());
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&args.seed.to_be_bytes());
    let span =
        (trade::time::Day::ymd(2016, 1, 1).unwrap_or(today), trade::time::Day::ymd(2099, 12, 31).unwrap_or(today));
    let keys = Keys::new(&seed, wire::seal::KeyKind::Sm2, &traders, span);
    let plan = Plan { faults: true, per_message: 20, ..Plan::day(args.seed, args.parcels.min(100), past) };
    let buyer = first_buyer(Story::new(plan, &traders, &policy));
    let before = Story::new(plan, &traders, &policy);
    let plan = Plan { faults: true, per_message: 20, ..Plan::day(args.seed + 1, args.parcels, today) };
    let story = Story::new(plan, &traders, &policy);
    let mut registry = traffic::registry(&before, &keys);
    for (table, text) in traffic::registry(&story, &keys) {
        if table == trade::registry::Table::Manifests {
            // The flights of the second story, without the head line and the sample's own.
            let known: Vec<String> = registry.iter().filter(|(t, _)| *t == table).map(|(_, t)| t.clone()).collect();
            let more = text.lines().filter(|line| !known[0].lines().any(|k| k == *line)).map(|l| format!("{l}\n"));
            registry.iter_mut().filter(|(t, _)| *t == table).for_each(|(_, t)| t.extend(more.clone()));
        }
    }
    // A tenth as much goes out: of the past with its month's summary, of today up to the border.
    let exports = |seed, parcels: u64, (start, days), summary| {
        let tickets = parcels.div_ceil(10);
        let plan = ExportPlan { seed, tickets, per_message: 20, start, days, faults: true, summary };
        Export::new(plan, &traders)
    };
    let gone = exports(args.seed, args.parcels.min(100) * 4, (past, 2), true);
    let going = exports(args.seed + 1, args.parcels, (today, 1), false);
    crate::zone::found(&window, &registry)?;
    let house = House::over(window.clone()).map_err(Cannot::because)?;
    let house = Arc::new(house.identified_by(super::verifier::of(None, None, b"", true)?));
    let stop = Arc::new(AtomicBool::new(false));
    let serving = if let Some(listener) = listener {
        logins(&window, buyer.as_deref(), say)?;
        let address = listener.local_addr().map_err(Cannot::because)?;
        say.tell(&serde_json::json!({"portal": format!("http://{address}/")}), || format!("portal http://{address}/"))?;
        say.flush()?;
        end_on_signal(&stop)?;
        let options = server::Options { providers: Some(simulated(&house, &stop)?), ..server::Options::default() };
        let (house, stop) = (house.clone(), stop.clone());
        Some(std::thread::spawn(move || server::serve(listener, house, options, stop)))
    } else {
        None
    };
    let bar = indicatif::ProgressBar::new(args.parcels).with_style(
        indicatif::ProgressStyle::with_template("{bar:40} {pos}/{len} lists  {msg}").map_err(Cannot::because)?,
    );
    let mut summary = Summary { seed: args.seed, ..Summary::default() };
    let end = today.plus(1).starts();
    // Later applications name list numbers that the window gave; the second story cannot know them.
    let later = |kind: MessageKind| matches!(kind, MessageKind::Cancel | MessageKind::Refund);
    let past_story = merged(before, gone).filter(|s| s.at < today.starts());
    let todays = merged(story, going).filter(|s| s.at < end && !later(s.kind));
    let all = past_story.chain(todays);
    let mut is_past = true;
    let mut bonded_lists = Vec::new();
    let mut returns = std::collections::VecDeque::new();
    for sent in all {
        // What was released on the first two days may come back.
        if is_past && sent.at >= past.plus(2).starts() && !bonded_lists.is_empty() {
            returns.extend(returned(&window, (args.seed, &traders), std::mem::take(&mut bonded_lists), past.plus(2)));
        }
        let due = returns.partition_point(|later: &traffic::Later| later.at <= sent.at);
        tell(&window, &keys, &story_clock, returns.drain(..due), &mut summary)?;
        if is_past && sent.at >= today.starts() {
            is_past = false;
            // The agents pay what was summed up, in time, before today begins.
            story_clock.story.fetch_max(past.plus(40).starts().0, Ordering::Relaxed);
            pay_everything(&window)?;
            let told = (args.seed, &traders, &keys);
            aftermath(&window, told, &story_clock, past.plus(40), &mut summary)?;
            let plan = BondedPlan { seed: args.seed, start: past.plus(50), released: Some(past) };
            bonded_week(&window, &story_clock, plan, &mut summary)?;
        }
        if stop.load(Ordering::Relaxed) {
            break;
        }
        if is_past {
            bonded_lists.extend(traffic::bonded_lists(&sent));
        }
        story_clock.story.fetch_max(sent.at.0, Ordering::Relaxed);
        summary.messages += 1;
        summary.documents += sent.documents as u64;
        let bytes = keys.seal(&sent).map_err(|fault| Cannot::because(fault.en()))?;
        let answer = window.take_in(Incoming { bytes, ..Incoming::default() }).map_err(Cannot::because)?;
        summary.count(&answer);
        if summary.first_decision_s.is_none() && summary.released > 0 {
            summary.first_decision_s = Some(begun.elapsed().as_secs_f64());
        }
        bar.set_position(summary.lists.min(args.parcels));
        bar.set_message(format!("{} released, {} refused", summary.released, summary.refused));
    }
    bar.finish_and_clear();
    story_clock.live.store(true, Ordering::Relaxed);
    summary.seconds = begun.elapsed().as_secs_f64();
    summary.entries = window.journal().last();
    summary.hash = store::proof::hex(&window.journal().tip().chain);
    say.tell(&summary, || summary.words())?;
    say.flush()?;
    if let Some(serving) = serving {
        eprintln!("The portal stays open; Ctrl-C ends the demo.");
        let _ = serving.join();
    }
    drop(house);
    window.close();
    if args.exit {
        let again = window::replay::replay(&window.config().place, |_, _| {}).map_err(Cannot::because)?;
        say.tell(
            &serde_json::json!({"replay_same": again.same, "entries": again.entries, "differences": again.differences}),
            || format!("replay: {} entries decided again, {} differences", again.entries, again.differences),
        )?;
        return Ok(Exit::when(again.same));
    }
    Ok(Exit::Well)
}

/// Pays every summary payment that is open.
fn pay_everything(window: &Window) -> Result<(), Cannot> {
    window.tick().map_err(Cannot::because)?;
    let mut open = Vec::new();
    window.state().each_hot(|key, value| {
        if let (Ok(Key::TaxPayment(number)), Ok(payment)) = (Key::unpack(key), TaxPayment::unpack(value))
            && payment.paid_on.is_none()
        {
            open.push(number);
        }
    });
    for number in open {
        let act = Act { by: operator(), kind: ActKind::Pay, number, ..Act::default() };
        window.command(Command::Act(act)).map_err(Cannot::because)?;
    }
    Ok(())
}

/// A story's seed, the traders of its zone and their keys.
type Told<'z> = (u64, &'z traffic::zone::Zone, &'z Keys);

/// Parcels that were released come back to the central return warehouse, the post declares articles, and the mistakes
/// made with both, from a day on.
fn returned(
    window: &Window,
    (seed, traders): (u64, &traffic::zone::Zone),
    lists: Vec<wire::ceb::sheet::Sheet>,
    from: trade::time::Day,
) -> Vec<traffic::Later> {
    let sold = lists.into_iter().filter_map(|list| {
        let (ebc, order_no) = (traffic::value(&list, "ebcCode").into(), traffic::value(&list, "orderNo").into());
        let case: Case = window.read(&Key::Case(CaseKey { ebc, order_no }))?;
        // What is on its way back already has a story of its own.
        let quiet = case.status == status::RELEASED && case.returned.is_empty();
        let released = case.released.filter(|_| quiet)?.day();
        Some(traffic::Sold { list, invt_no: case.invt_no.to_string(), released })
    });
    let sold: Vec<_> = sold.take(12).collect();
    let mut all = traffic::sorted_returns(seed, &sold, traders, from);
    all.extend(traffic::articles(seed, from.plus(1)));
    all.sort_by_key(|later| later.at);
    all
}

/// What becomes of the exports that have left: stock abroad, returns, exchanges, and the mistakes made with them.
fn aftermath(
    window: &Window,
    told: Told<'_>,
    clock: &StoryClock,
    on: trade::time::Day,
    summary: &mut Summary,
) -> Result<(), Cannot> {
    let mut closed = Vec::new();
    window.state().each_hot(|key, value| {
        if let (Ok(Key::Case(key)), Ok(case)) = (Key::unpack(key), Case::unpack(value))
            && let Some(export) = case.export.filter(|export| export.closed.is_some())
        {
            let lots = export.abroad.iter().map(|at| (at.gnum, at.number)).collect();
            closed.push((key, case.invt_no.to_string(), lots));
        }
    });
    closed.sort_by(|a, b| a.1.cmp(&b.1));
    let gone =
        closed.into_iter().filter_map(|(key, invt_no, lots)| match window.read::<Kept>(&Key::List(key))?.document? {
            Document::ExportList(list) => Some(traffic::Gone { list, invt_no, lots }),
            _ => None,
        });
    let gone: Vec<_> = gone.collect();
    tell(window, told.2, clock, traffic::aftermath(told.0, &gone, told.1, on).into_iter(), summary)
}

/// Lets everything happen at its time, and counts what ends otherwise than its truth has it.
fn tell(
    window: &Window,
    keys: &Keys,
    clock: &StoryClock,
    story: impl Iterator<Item = traffic::Later>,
    summary: &mut Summary,
) -> Result<(), Cannot> {
    for later in story {
        clock.story.fetch_max(later.at.0, Ordering::Relaxed);
        let answer = match later.step {
            traffic::Step::Message(sent) => {
                let bytes = keys.seal(&sent).map_err(|fault| Cannot::because(fault.en()))?;
                window.take_in(Incoming { bytes, ..Incoming::default() })
            }
            traffic::Step::File(bytes, by) => window.file_bonded(&bytes, by),
            traffic::Step::Act(act) => window.act(act, ""),
            traffic::Step::Articles(declared, identity) => window.declare_articles(declared, &identity, &[]),
        };
        let answer = answer.map_err(Cannot::because)?;
        summary.count(&answer);
        summary.later += 1;
        let verdict = answer.entry.iter().flat_map(|e| &e.outcomes).next().map(|outcome| outcome.verdict.name());
        summary.later_otherwise += u64::from(verdict != Some(later.truth.expect));
    }
    Ok(())
}

/// A week of two bonded warehouses with mistakes in it, each document at its time and with the numbers given before.
fn bonded_week(window: &Window, clock: &StoryClock, plan: BondedPlan, summary: &mut Summary) -> Result<(), Cannot> {
    let mut given = std::collections::BTreeMap::new();
    for filing in traffic::bonded_week(plan) {
        clock.story.fetch_max(filing.at.0, Ordering::Relaxed);
        let answer = window.file_bonded(&filing.bytes(&given), filing.by.clone()).map_err(Cannot::because)?;
        let outcomes = answer.entry.iter().flat_map(|e| &e.outcomes);
        summary.bonded += 1;
        summary.bonded_otherwise +=
            outcomes.filter(|outcome| outcome.verdict.name() != filing.truth.expect).count() as u64;
        // What others are told of it is theirs.
        let own = answer.given().into_iter().map(|g| g.receipt).filter(|r| r.to.is_empty() || r.to == filing.by.id);
        let numbers: std::collections::BTreeSet<String> =
            own.map(|r| r.shown.invt_no.to_string()).filter(|number| !number.is_empty()).collect();
        given.insert(filing.name, numbers.into_iter().collect());
    }
    Ok(())
}

/// The clock of the demo: its story's time while it is told, then the real one.
struct StoryClock {
    real: Clock,
    story: AtomicI64,
    live: AtomicBool,
}

impl window::Clock for StoryClock {
    fn now(&self) -> trade::time::Moment {
        let story = trade::time::Moment(self.story.load(Ordering::Relaxed));
        if self.live.load(Ordering::Relaxed) { self.real.now().max(story) } else { story }
    }
}

/// What the demo's story came to.
#[derive(Serialize, Default)]
struct Summary {
    seed: u64,
    messages: u64,
    documents: u64,
    lists: u64,
    released: u64,
    refused: u64,
    waiting: u64,
    stopped: u64,
    tax_fen: i64,
    export_lists: u64,
    exported: u64,
    /// Exported parcels that came back.
    returned: u64,
    /// What became of parcels later: returns sorted in the return warehouse; of exports sales and losses abroad, returns,
    /// exchanges; and what ended otherwise than the story has it.
    later: u64,
    later_otherwise: u64,
    /// Bonded documents filed, and those that ended otherwise than the story has it.
    bonded: u64,
    bonded_otherwise: u64,
    entries: u64,
    hash: String,
    seconds: f64,
    first_decision_s: Option<f64>,
}

impl Summary {
    fn count(&mut self, answer: &window::Answer) {
        use trade::command::Verdict;
        for given in answer.given() {
            let shown = &given.receipt.shown;
            match (shown.kind, shown.status) {
                (MessageKind::ListReturn, 800) => self.released += 1,
                (MessageKind::ListReturn, n) if n == 100 || n < 0 => self.refused += 1,
                (MessageKind::ListReturn, 2) => self.lists += 1,
                (MessageKind::ListReturn, 300 | 500) => self.stopped += 1,
                (MessageKind::ExportListReturn, 2) => self.export_lists += 1,
                (MessageKind::ExportListReturn, 899) => self.exported += 1,
                (MessageKind::ExportRefundReturn, 800) => self.returned += 1,
                (MessageKind::TaxBill, _) => {
                    self.tax_fen += shown.bill.as_ref().map_or(0, |b| b.duty.0 + b.vat.0 + b.consumption_tax.0);
                }
                _ => {}
            }
        }
        let outcomes = answer.entry.iter().flat_map(|e| &e.outcomes);
        self.waiting += outcomes.filter(|o| o.verdict == Verdict::Waiting).count() as u64;
    }

    fn words(&self) -> String {
        format!(
            "{} messages, {} documents, {} lists accepted: {} released, {} refused, {} for officers, {} had to wait\n\
             tax {} yuan; export: {} lists accepted, {} closed, {} returned; {} bonded documents; {} journal entries; {:.1} s, first release after {:.1} s\n\
             journal {}",
            self.messages,
            self.documents,
            self.lists,
            self.released,
            self.refused,
            self.stopped,
            self.waiting,
            trade::money::Fen(self.tax_fen),
            self.export_lists,
            self.exported,
            self.returned,
            self.bonded,
            self.entries,
            self.seconds,
            self.first_decision_s.unwrap_or(self.seconds),
            self.hash
        )
    }
}

/// A folder that goes with the demo.
struct Temporary(PathBuf);

impl Temporary {
    fn new() -> Result<Temporary, Cannot> {
        let path = std::env::temp_dir().join(format!("onewindow-demo-{}", secret(8)?));
        std::fs::create_dir_all(&path).map_err(|e| Cannot::with(&path, e))?;
        Ok(Temporary(path))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
