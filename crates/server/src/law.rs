//! Another law at a running window: what-if runs in the background, one at a time, told by number; and what a law that
//! is adopted before its first day will change for an enterprise.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use trade::key::{CaseKey, Key};
use trade::money::Fen;
use trade::policy::PolicyFault;
use trade::policy::ahead::{Coming, for_all, for_goods};
use trade::policy::diff::{Difference, diff};
use trade::policy::hygiene::{Remark, remarks};
use trade::policy::limits::with_limits;
use trade::registry::GoodsRow;
use trade::time::Moment;
use window::what_if::{Dimension, Draft, NoReport, Report, what_if};

use crate::desk::{Answer, Both, Desk, Refused, Sight};
use crate::house::House;
use crate::live::broken;
use crate::traced::Shows;

/// Runs that are kept to be read; older ones are forgotten.
const KEPT: usize = 10;
/// After so long a run that stands still looks whether it may go on.
const PAUSE: Duration = Duration::from_millis(10);
/// Drafts of one run.
pub const MOST_DRAFTS: usize = 3;

/// What one person may buy, as a draft has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub single: Fen,
    pub annual: Fen,
}

/// A run as its page shows it.
#[derive(Clone, Debug)]
pub struct Trial {
    pub number: u32,
    /// Who began it, and when.
    pub by: String,
    pub at: Moment,
    pub drafts: Vec<Limits>,
    /// Entries read, of how many.
    pub done: u64,
    pub of: u64,
    pub state: State,
}

#[derive(Clone, Debug)]
pub enum State {
    Running,
    Done(Arc<Report>),
    Cancelled,
    /// It could not be done; the case stands in the log.
    Failed(String),
}

impl Trial {
    pub fn is_running(&self) -> bool {
        matches!(self.state, State::Running)
    }

    pub fn report(&self) -> Option<&Report> {
        match &self.state {
            State::Done(report) => Some(report),
            _ => None,
        }
    }
}

/// A run while its thread may be at work.
struct Held {
    begun: Trial,
    done: AtomicU64,
    of: AtomicU64,
    stop: AtomicBool,
    state: Mutex<State>,
}

impl Held {
    fn state(&self) -> State {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn told(&self) -> Trial {
        let (done, of) = (self.done.load(Ordering::Relaxed), self.of.load(Ordering::Relaxed));
        Trial { done, of, state: self.state(), ..self.begun.clone() }
    }
}

/// The runs of one window.
#[derive(Default)]
pub struct Trials {
    runs: Mutex<Vec<Arc<Held>>>,
    paused: Arc<AtomicBool>,
}

impl Trials {
    fn all(&self) -> Vec<Arc<Held>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn find(&self, number: u32) -> Answer<Arc<Held>> {
        self.all().into_iter().find(|held| held.begun.number == number).ok_or(Refused::NotFound)
    }

    /// What runs stands still until it goes on or is cancelled: when the machine is wanted for something else.
    pub fn pause(&self, paused: bool) {
        self.paused.store(paused, Ordering::Relaxed);
    }

    /// Ends what runs; nobody will read it.
    pub fn stop(&self) {
        self.all().iter().for_each(|held| held.stop.store(true, Ordering::Relaxed));
    }
}

/// What the adopted law will change after today for an enterprise that has filed goods.
#[derive(Clone, Debug, Default)]
pub struct Ahead {
    /// For everything that is bought by retail import.
    pub all: Vec<Coming>,
    /// The goods for which something changes, in order of their numbers.
    pub goods: Vec<(Goods, Vec<Coming>)>,
    /// Goods that it has filed.
    pub of: usize,
}

/// Goods as their filing (商品备案) has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goods {
    pub ebc: String,
    pub item_no: String,
    pub hs10: String,
    pub name: Both,
}

/// What changes for the goods of the reader's enterprises.
pub(crate) fn ahead(house: &House, sight: &Sight) -> Answer<Ahead> {
    let own = sight.caller.as_ref().map(|c| c.enterprises.clone()).unwrap_or_default();
    let (policy, today) = (house.policy(), house.now().day());
    let mut ahead = Ahead { all: for_all(&policy, today), ..Ahead::default() };
    house.catch_up();
    let mut filed = Vec::new();
    for ebc in &own {
        filed.extend(house.views().goods_of(ebc, "", usize::MAX).map_err(|e| broken(&e.to_string()))?);
    }
    ahead.of = filed.len();
    for row in filed.into_iter().filter_map(|of| house.window().read::<GoodsRow>(&Key::Goods(of))) {
        let coming = for_goods(&policy, &row.hs10, &row.origin, today);
        if !coming.is_empty() {
            let english = if row.name_en.is_empty() { &row.name_zh } else { &row.name_en };
            let name = Both::new(row.name_zh.as_str(), english.as_str());
            let (ebc, item_no, hs10) = (row.ebc.to_string(), row.item_no.to_string(), row.hs10.to_string());
            ahead.goods.push((Goods { ebc, item_no, hs10, name }, coming));
        }
    }
    ahead.goods.sort_by(|(a, _), (b, _)| (&a.ebc, &a.item_no).cmp(&(&b.ebc, &b.item_no)));
    Ok(ahead)
}

/// What a table would be beside what is adopted.
#[derive(Clone, Debug, Default)]
pub struct Compared {
    /// It cannot be adopted.
    pub faults: Vec<PolicyFault>,
    /// What is odd in the law with it, and was not before.
    pub remarks: Vec<Remark>,
    pub differences: Vec<Difference>,
}

/// Sets a table beside the adopted one of that name; nothing is adopted.
pub(crate) fn compare(house: &House, file: &str, text: &str) -> Compared {
    let adopted = house.window().policy();
    let mut changed = adopted.clone();
    changed.insert(file.to_owned(), text.to_owned());
    let differences = match diff(&adopted, &changed) {
        Ok(differences) => differences,
        Err(faults) => return Compared { faults, ..Compared::default() },
    };
    match house.window().would_adopt(&[(file, text)]) {
        Err(faults) => Compared { faults, differences, ..Compared::default() },
        Ok(policy) => {
            let before: Vec<String> = remarks(&house.policy()).into_iter().map(|r| r.en).collect();
            let remarks = remarks(&policy).into_iter().filter(|r| !before.contains(&r.en)).collect();
            Compared { remarks, differences, ..Compared::default() }
        }
    }
}

/// The limits of today.
pub(crate) fn limits(house: &House) -> Option<Limits> {
    let row = house.policy().limits(house.window().now().day())?.value;
    Some(Limits { single: row.single, annual: row.annual })
}

/// Begins a run over drafts that differ from the adopted policy in the limits of today.
pub(crate) fn begin(house: &House, sight: &Sight, drafts: &[Limits]) -> Answer<u32> {
    let by = sight.caller.as_ref().map(|c| c.name.clone()).unwrap_or_default();
    let at = house.window().now();
    let loaded = drafts.iter().map(|limits| draft(house, *limits)).collect::<Answer<Vec<_>>>()?;
    let held = {
        let mut all = house.trials.runs.lock().unwrap_or_else(PoisonError::into_inner);
        if all.iter().any(|held| matches!(held.state(), State::Running)) {
            let zh = "已有一项推演在运行：请等它结束或将其取消。";
            let said = Both::new(zh, "Another run is under way: wait until it ends, or cancel it.");
            return Err(Refused::Cannot { code: "LAW_TRIAL_RUNS".into(), said, problems: Vec::new() });
        }
        let number = all.last().map_or(1, |last| last.begun.number + 1);
        let begun = Trial { number, by, at, drafts: drafts.to_vec(), done: 0, of: 0, state: State::Running };
        let of = AtomicU64::new(house.window().journal().last());
        let (done, stop, state) = (AtomicU64::new(0), AtomicBool::new(false), Mutex::new(State::Running));
        let held = Arc::new(Held { begun, done, of, stop, state });
        all.push(held.clone());
        let forgotten = all.len().saturating_sub(KEPT);
        all.drain(..forgotten);
        held
    };
    let (number, place, running) = (held.begun.number, house.window().config().place.clone(), held.clone());
    let paused = house.trials.paused.clone();
    let run = move || {
        let found = what_if(&place, &loaded, |done, of| {
            running.done.store(done, Ordering::Relaxed);
            running.of.store(of, Ordering::Relaxed);
            while paused.load(Ordering::Relaxed) && !running.stop.load(Ordering::Relaxed) {
                std::thread::sleep(PAUSE);
            }
            if running.stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        let state = match found {
            Ok(report) => State::Done(Arc::new(report)),
            Err(NoReport::Cancelled) => State::Cancelled,
            Err(NoReport::Store(error)) => failed(&error.to_string()),
        };
        *running.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    };
    if let Err(error) = std::thread::Builder::new().name("what-if".into()).spawn(run) {
        *held.state.lock().unwrap_or_else(PoisonError::into_inner) = failed(&error.to_string());
    }
    Ok(number)
}

fn failed(what: &str) -> State {
    match broken(what) {
        Refused::Broken { case } => State::Failed(case),
        _ => State::Failed(String::new()),
    }
}

fn draft(house: &House, limits: Limits) -> Answer<Draft> {
    let mut files = house.window().policy();
    let line = house.policy().limits(house.window().now().day()).map(|row| row.line).ok_or(Refused::NotFound)?;
    let text = files.get("limits.toml").ok_or(Refused::NotFound)?;
    let changed = with_limits(text, line, limits.single, limits.annual);
    files.insert("limits.toml".into(), changed);
    let name = format!("{} / {}", limits.single, limits.annual);
    Draft::load(name, &files.into_iter().collect::<Vec<_>>()).map_err(|faults: Vec<PolicyFault>| {
        let said = faults.first().map(|f| Both::new(f.zh.clone(), f.en.clone())).unwrap_or_default();
        Refused::Cannot { code: "LAW_DRAFT".into(), said, problems: Vec::new() }
    })
}

pub(crate) fn trials(house: &House) -> Vec<Trial> {
    house.trials.all().iter().rev().map(|held| held.told()).collect()
}

/// A run; its report names sellers and parcels, so the look is written down first.
pub(crate) fn trial(house: &House, sight: &Sight, number: u32) -> Answer<Trial> {
    let trial = house.trials.find(number)?.told();
    if let Some(report) = trial.report() {
        let mut shows = Shows::default();
        for drafted in &report.drafts {
            let key = |(ebc, order_no): &(String, String)| CaseKey {
                ebc: ebc.as_str().into(),
                order_no: order_no.as_str().into(),
            };
            shows.parcels.extend(drafted.examples.iter().map(key));
            shows.enterprises.extend(drafted.rows(Dimension::Seller).iter().map(|(code, _)| code.clone()));
        }
        shows.enterprises.extend(shows.parcels.iter().map(|key| key.ebc.to_string()));
        shows.records = shows.parcels.len() + shows.enterprises.len();
        house.trace(sight, shows)?;
    }
    Ok(trial)
}

pub(crate) fn cancel(house: &House, number: u32) -> Answer<()> {
    house.trials.find(number)?.stop.store(true, Ordering::Relaxed);
    Ok(())
}
