//! The desk of a running window: pages and API over window, views and ops tables.
//!
//! One's own case is read from the state and the journal; lists, search and counters from the views, which follow a
//! moment behind. Personal values are not shown at all yet: pages say only whether they agree.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use store::views::rows::{self, ParcelRow, Rows as Project};
use store::{StoreError, Views};
use trade::account::{ApiKeyRow, Recovery};
use trade::command::{AttachedTo, Command, Position, Verdict};
use trade::finding::{Code, Finding as Found0, Language};
use trade::key::{CaseKey, Facts, Key, Pair};
use trade::money::Fen;
use trade::pack::Pack as _;
use trade::policy::rights::{Action, Rights, Scope};
use trade::policy::standing::standing;
use trade::policy::tariff::{self, Amounts};
use trade::policy::{Parameter, Policy};
use trade::record::{AppealOf, Case, FirstOfTwo, PolicyRecord, status};
use trade::tax::explain_line;
use trade::time::{Day, Moment};
use window::Window;
use window::retention::Originals;
use window::story::{Agreement, Story, state_of, verdict_words, would_pass};

use crate::appeals;
use crate::desk::*;
use crate::live::{Doors, broken, shown};
use crate::sign_ins::SignIns;
use crate::traced::{Compiled, Shows};
use crate::{held, law, stock, summaries};

/// How long a page waits for the views to have what its reader has seen.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);

const PARAMETERS: &str = "parameters.toml";

/// Texts of the tables of a policy by their names.
type Tables = std::collections::BTreeMap<String, String>;

/// A window with its views, as the server sees it.
pub struct House {
    pub(crate) doors: Doors,
    views: Views,
    zone: Both,
    sandbox: bool,
    sign_ins: SignIns,
    pub(crate) rights: Mutex<Compiled>,
    /// What the law says of second factors, with the record that it was read from.
    factor: Mutex<Option<(Vec<u8>, Day, bool)>>,
    /// The law, with the tables that it was read from.
    law: Mutex<Option<(Tables, Arc<Policy>)>>,
    pub trials: law::Trials,
    pub(crate) uploads: crate::corrections::Uploads,
    scanner: Option<crate::attachments::Scanner>,
    verifier: Option<Box<dyn crate::identity::IdentityVerifier>>,
    /// From a message's coming in to its receipts.
    answered: Arc<crate::service::Times>,
    following: Option<std::thread::JoinHandle<()>>,
    stop: Arc<AtomicBool>,
}

impl House {
    /// With which right a reader does something else too; `None` where there is none.
    fn reads(&self, sight: &Sight, action: Action) -> Option<Sight> {
        let caller = sight.caller.as_ref()?;
        let reads = Sight::of(caller, action, &self.rights_in_force(), self.now().day());
        (reads.right.action == action).then_some(reads)
    }

    /// Opens the views of a window and lets them follow its journal.
    ///
    /// # Errors
    /// If the views cannot be opened.
    pub fn over(window: Window) -> Result<House, StoreError> {
        let place = &window.config().place;
        let views = if place.disk().is_memory() {
            Views::in_memory(rows::SCHEMA)?
        } else {
            Views::open(&place.views(), rows::SCHEMA, window.journal(), 4)?.0
        };
        let (mut zone, mut sandbox) = (Both::new("综合试验区", "Pilot zone"), false);
        if let Some(Command::Open(open)) = window.entry(1)?.and_then(|e| e.command) {
            zone = Both::new(open.name_zh, open.name_en);
            sandbox = open.sandbox;
        }
        let stop = Arc::new(AtomicBool::new(false));
        let (follower, journal, ending) = (views.clone(), window.journal().clone(), stop.clone());
        let follow = move || {
            let mut project = Project;
            // What went wrong before has been logged before.
            let mut told = journal.last();
            while !ending.load(Ordering::Relaxed) {
                journal.wait(follower.revision(), Duration::from_millis(100));
                // Also where nothing came: an operator may have emptied the tables.
                if let Err(error) = follower.follow(&journal, &mut project) {
                    tracing::error!(%error, "the views stand still");
                    std::thread::sleep(Duration::from_secs(1));
                }
                told = crate::alarms::log(&follower, told);
            }
        };
        let following = std::thread::Builder::new().name("views".into()).spawn(follow);
        let following = Some(following.map_err(|e| StoreError::Broken(e.to_string()))?);
        let (rights, trials) = (Mutex::new(None), law::Trials::default());
        let uploads = crate::corrections::Uploads::default();
        let sign_ins = SignIns::new(window.ops().clone(), window.keys().clone());
        let (doors, factor, law) = (Doors(window), Mutex::new(None), Mutex::new(None));
        let (scanner, verifier) = (None, None);
        Ok(House {
            doors,
            views,
            zone,
            sandbox,
            sign_ins,
            rights,
            factor,
            law,
            trials,
            uploads,
            scanner,
            verifier,
            answered: Arc::default(),
            following,
            stop,
        })
    }

    /// The same, with a program that looks through each file before it is taken.
    pub fn scanned_by(mut self, scanner: Option<crate::attachments::Scanner>) -> House {
        self.scanner = scanner;
        self
    }

    /// The same, with a verifier that knows who people are.
    pub fn identified_by(mut self, verifier: Option<Box<dyn crate::identity::IdentityVerifier>>) -> House {
        self.verifier = verifier;
        self
    }

    pub(crate) fn verifier(&self) -> Option<&dyn crate::identity::IdentityVerifier> {
        self.verifier.as_deref()
    }

    pub(crate) fn scanner(&self) -> Option<&crate::attachments::Scanner> {
        self.scanner.as_ref()
    }

    /// The case that a number names, the enterprises that take part in it, and its customs office.
    pub(crate) fn parties_of(&self, key: &str) -> Answer<(CaseKey, Vec<String>, String)> {
        let story = self.story(key)?;
        Ok((story.key.clone(), enterprises(&story), office(&story)))
    }

    pub fn window(&self) -> &Window {
        &self.doors.0
    }

    pub fn views(&self) -> &Views {
        &self.views
    }

    /// Whether the law of today asks officials for a second factor; read once for each adoption and day.
    fn factor_in_force(&self) -> bool {
        let today = self.now().day();
        let Some(found) = Facts::look(self.window(), &Key::Policy(PARAMETERS.into()).bytes()) else { return false };
        let mut read = self.factor.lock().unwrap_or_else(PoisonError::into_inner);
        match read.as_ref() {
            Some((from, day, asked)) if **from == *found && *day == today => *asked,
            _ => {
                let asked = self.policy().whole(Parameter::SecondFactor, today).is_some_and(|asked| asked > 0);
                *read = Some((found.to_vec(), today, asked));
                asked
            }
        }
    }

    /// The law that is adopted, read once for each adoption.
    pub(crate) fn policy(&self) -> Arc<Policy> {
        let adopted = self.window().policy();
        let mut read = self.law.lock().unwrap_or_else(PoisonError::into_inner);
        match read.as_ref() {
            Some((from, policy)) if *from == adopted => policy.clone(),
            _ => {
                let files: Vec<_> = adopted.iter().collect();
                let policy = Arc::new(Policy::load(&files).unwrap_or_else(|_| Policy::none()));
                *read = Some((adopted, policy.clone()));
                policy
            }
        }
    }

    pub(crate) fn cases(&self, key: &str) -> Vec<CaseKey> {
        self.window().find_case(key, |number| {
            let found = self.views.find(number, 20).unwrap_or_default();
            found.into_iter().map(|(row, _)| row.key).collect()
        })
    }

    fn story(&self, key: &str) -> Answer<Story> {
        let case = self.cases(key).into_iter().next().ok_or(Refused::NotFound)?;
        self.story_of(&case)
    }

    pub(crate) fn story_of(&self, case: &CaseKey) -> Answer<Story> {
        let error = |e: StoreError| broken(&e.to_string());
        let applications = self.views.applications(case).map_err(error)?;
        self.window().story_with(case, &applications).map_err(error)?.ok_or(Refused::NotFound)
    }

    /// Today's counters in figures of five minutes.
    fn today(&self) -> (Day, Vec<rows::Minute>) {
        let now = self.window().now().max(self.window().journal().tip().at);
        let minutes = self.views.minutes(now.day().starts(), Moment(now.0 + 60_000)).unwrap_or_default();
        (now.day(), minutes)
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.trials.stop();
        if let Some(thread) = self.following.take() {
            let _ = thread.join();
        }
    }
}

pub(crate) fn row(row: ParcelRow) -> Row {
    let numbered = !row.invt_no.is_empty();
    Row {
        key: if numbered { row.invt_no } else { format!("{}_{}", row.key.ebc, row.key.order_no) },
        state: State::parse(&row.state).unwrap_or(State::Accepted),
        regime: row.mode,
        at: row.at,
        goods: row.goods,
        taxable: (row.taxable != 0).then_some(row.taxable),
        tax: (row.taxable != 0).then_some(row.tax),
        risk: (row.risk != 0).then_some(row.risk),
        rules: row.reasons.split(' ').filter(|r| !r.is_empty()).map(str::to_owned).collect(),
        due: None,
    }
}

/// Where a page of parcels ended: `revision_ebcCode_orderNo`.
fn after(cursor: &str) -> Option<(u64, CaseKey)> {
    let mut parts = cursor.splitn(3, '_');
    let revision = parts.next()?.parse().ok()?;
    let (ebc, order_no) = (parts.next()?.to_owned(), parts.next()?.to_owned());
    Some((revision, CaseKey { ebc: ebc.into(), order_no: order_no.into() }))
}

/// Whether this reader sees a row whole.
fn sees_row(sight: &Sight, found: &ParcelRow) -> bool {
    sight.sees([found.key.ebc.as_str(), &found.agent], &found.office)
}

/// A row as this reader may see it: whoever has no part in a parcel learns how it stands, as on its page, and neither
/// goods nor amounts.
fn row_for(sight: &Sight, found: ParcelRow) -> Row {
    let whole = sees_row(sight, &found);
    let row = row(found);
    match whole {
        true => row,
        false => Row { goods: String::new(), taxable: None, tax: None, risk: None, rules: Vec::new(), ..row },
    }
}

/// What a list of rows shows of others' data.
fn shows_rows(sight: &Sight, rows: &[&ParcelRow]) -> Shows {
    let mut shows = Shows::default();
    for row in rows.iter().filter(|row| sees_row(sight, row)) {
        shows.parcels.push(row.key.clone());
        shows.enterprises.extend([row.key.ebc.to_string(), row.agent.clone()]);
        shows.records += 1;
    }
    shows
}

/// The filter of a list, compiled from the right by which it is read.
fn filter_of(sight: &Sight, filter: &Filter, limit: usize) -> rows::Filter {
    let caller = sight.caller.as_ref().filter(|_| !sight.sees_all());
    rows::Filter {
        states: filter.states.iter().map(|s| s.name().to_owned()).collect(),
        mode: filter.regime.clone(),
        reason: filter.reason.clone(),
        disowned: filter.disowned,
        appealed: filter.appealed,
        enterprises: caller.filter(|_| sight.right.scope == Scope::Own).map(|c| c.enterprises.clone()),
        office: caller.filter(|_| sight.right.scope == Scope::Office).map(|c| c.office.clone()),
        after: filter.after.as_deref().and_then(after),
        limit,
    }
}

impl Desk for House {
    fn now(&self) -> Moment {
        self.window().now()
    }

    fn dateline(&self) -> Dateline {
        let (day, minutes) = self.today();
        let tip = self.window().journal().tip();
        Dateline {
            zone: self.zone.clone(),
            revision: tip.revision,
            at: tip.at,
            released: minutes.iter().map(|m| m.released).sum(),
            refused: minutes.iter().map(|m| m.refused).sum(),
            median_ms: self.views.times_to_release(day).ok().flatten().map(|(median, _)| median),
            sample: self.sandbox,
        }
    }

    fn ready(&self) -> Result<(), String> {
        if self.window().journal().is_full() { Err("no room on the disk".into()) } else { Ok(()) }
    }

    fn metrics(&self) -> Vec<Metric> {
        let count = self.window().state().count();
        let last = self.window().journal().last();
        let (looks, unusual) = self.views.look_count().unwrap_or_default();
        let alarms = self.views.alarms_since(Moment(i64::MIN)).unwrap_or_default();
        let metric = |name, help, counter, value| Metric { name, help, counter, value };
        vec![
            metric("onewindow_journal_revision", "Last durable entry", true, last as f64),
            metric(
                "onewindow_views_lag_entries",
                "Entries that the views have not shown yet",
                false,
                last.saturating_sub(self.views.revision()) as f64,
            ),
            metric("onewindow_state_hot_records", "Records in memory", false, count.hot as f64),
            metric("onewindow_state_hot_bytes", "Bytes of records in memory", false, count.hot_bytes as f64),
            metric("onewindow_state_cold_records", "Records in the closed-case index", false, count.cold as f64),
            metric("onewindow_looks_total", "Officials' looks at others' data", true, looks as f64),
            metric("onewindow_looks_unusual_total", "Looks that were marked as unusual", true, unusual as f64),
            metric("onewindow_alarms_total", "Promises that a decision would have broken", true, alarms as f64),
            metric("onewindow_dues", "Things that are to fall due", false, count.dues as f64),
        ]
    }

    fn key_holder(&self, key: &[u8; 32]) -> Option<Holder> {
        self.doors.key_holder(key)
    }

    fn own_keys(&self, caller: &Caller) -> Vec<ApiKeyRow> {
        // What has just been done is on the page.
        self.views.wait(self.window().journal().last(), PATIENCE);
        let hashes = caller.enterprises.iter().flat_map(|code| self.views.keys_of(code).unwrap_or_default());
        hashes.filter_map(|hash| self.window().read(&Key::ApiKey(hash))).collect()
    }

    fn folder_owner(&self, name: &str) -> Option<Caller> {
        let party: trade::registry::Party = self.window().read(&Key::Party(name.into()))?;
        let enterprises = vec![party.code.to_string()];
        (!party.is_suspended(self.now().day())).then_some(Caller {
            name: party.code.to_string(),
            role: Role::Enterprise,
            enterprises,
            office: String::new(),
        })
    }

    fn account(&self, name: &str) -> Option<Account> {
        self.doors.account(name)
    }

    fn sign_ins(&self) -> &SignIns {
        &self.sign_ins
    }

    fn recovered(&self, account: &str) -> Option<Moment> {
        self.window().read::<Recovery>(&Key::Recovery(account.into()))?.since
    }

    fn asks_factor(&self, role: Role) -> bool {
        !self.sandbox && !matches!(role, Role::Enterprise | Role::Consumer | Role::Viewer) && self.factor_in_force()
    }

    fn take_in(&self, intake: Intake, answered: Answered) {
        let (window, times, begun) = (self.window().clone(), self.answered.clone(), self.now());
        let timed = move |answer: Answer<Vec<Receipt>>| {
            // What was not taken in has no receipt.
            if answer.is_ok() {
                times.note(window.now().0 - begun.0);
            }
            answered(answer);
        };
        self.doors.take_in(intake, Box::new(timed));
    }

    fn act(&self, caller: &Caller, act: ActOn) -> Answer<Vec<Receipt>> {
        crate::seen::act(self, caller, &act)
    }

    fn preview_act(&self, caller: &Caller, act: &ActOn) -> Answer<crate::corrections::Previewed> {
        crate::seen::preview_act(self, caller, act)
    }

    fn preview_rows(&self, caller: &Caller, table: Table, csv: &[u8]) -> Answer<crate::corrections::Previewed> {
        crate::seen::preview_rows(self, caller, table, csv)
    }

    fn import_as_seen(&self, caller: &Caller, table: Table, csv: &[u8], expect: &str) -> Answer<Imported> {
        crate::seen::import_as_seen(self, caller, table, csv, expect)
    }

    fn table(&self, sight: &Sight, table: Table, after: Option<&str>, limit: usize) -> Answer<TableRows> {
        let mut all: Vec<(String, serde_json::Value)> = Vec::new();
        self.window().state().each_hot(|key, value| {
            if let Some(entry) = table_row(table, key, value) {
                all.push(entry);
            }
        });
        all.sort_by(|a, b| a.0.cmp(&b.0));
        let from = after.map_or(0, |after| all.partition_point(|(key, _)| key.as_str() <= after));
        let page: Vec<_> = all.iter().skip(from).take(limit.clamp(1, 1_000)).cloned().collect();
        let next = page.last().filter(|_| from + page.len() < all.len()).map(|(key, _)| key.clone());
        let whose = |row: &serde_json::Value| {
            let code = ["ebc", "code"].iter().find_map(|name| row[*name].as_str());
            code.unwrap_or_default().to_owned()
        };
        let enterprises = page.iter().map(|(_, row)| whose(row)).collect();
        self.trace(sight, Shows { enterprises, records: page.len(), ..Shows::default() })?;
        Ok(TableRows { rows: page.into_iter().map(|(_, row)| row).collect(), next })
    }

    fn import(&self, caller: &Caller, table: Table, csv: &[u8], idempotency: Option<&str>) -> Answer<Imported> {
        self.doors.import(caller, table, csv, idempotency)
    }

    fn template(&self, table: Table) -> String {
        self.doors.template(table)
    }

    fn adopt(&self, caller: &Caller, files: &[(String, String)], dry_run: bool) -> Answer<Adoption> {
        self.doors.adopt(caller, files, dry_run)
    }

    fn proposals(&self, _: &Sight) -> Answer<Vec<trade::record::Proposal>> {
        let mut all = Vec::new();
        self.window().state().each_hot(|key, value| {
            if let (Ok(Key::Proposal(_)), Ok(proposal)) = (Key::unpack(key), trade::record::Proposal::unpack(value)) {
                all.push(proposal);
            }
        });
        all.sort_by_key(|p: &trade::record::Proposal| std::cmp::Reverse(p.revision.max(p.adopted)));
        Ok(all)
    }

    fn admit(&self, caller: &Caller, who: Admission) -> Answer<Adoption> {
        self.doors.admit(caller, who)
    }

    fn originals(&self) -> Answer<Vec<Originals>> {
        self.window().originals(&self.policy()).map_err(|e| broken(&e.to_string()))
    }

    fn destroy(&self, caller: &Caller, month: Day) -> Answer<u64> {
        self.doors.destroy(caller, month, &self.policy())
    }

    fn confirm_time(&self, caller: &Caller, day: Day) -> Answer<u64> {
        self.doors.confirm_time(caller, day)
    }

    fn receipts_after(&self, caller: &Caller, cursor: Option<&str>, limit: usize) -> Answer<Outbox> {
        // A cursor is the last entry that was read whole, and how many receipts of the next one were.
        let (revision, skip) = cursor
            .and_then(|c| c.split_once('.'))
            .and_then(|(r, n)| Some((r.parse::<u64>().ok()?, n.parse::<usize>().ok()?)))
            .unwrap_or((0, 0));
        let limit = limit.clamp(1, 1_000);
        let error = |e: StoreError| broken(&e.to_string());
        self.views.wait(self.window().journal().last(), PATIENCE);
        let mut outbox = Outbox { receipts: Vec::new(), cursor: format!("{revision}.{skip}") };
        for (n, at) in self.views.outbox(&caller.enterprises, revision, limit).map_err(error)?.into_iter().enumerate() {
            let Some(entry) = self.window().entry(at).map_err(error)? else { continue };
            let given = window::given_in(at, &entry);
            let mine: Vec<_> = given.iter().filter(|g| caller.enterprises.iter().any(|e| *e == g.receipt.to)).collect();
            let start = if n == 0 { skip.min(mine.len()) } else { 0 };
            let room = limit - outbox.receipts.len();
            outbox.receipts.extend(mine[start..].iter().take(room).map(|g| shown(g)));
            if mine.len() - start > room {
                outbox.cursor = format!("{}.{}", at - 1, start + room);
                break;
            }
            outbox.cursor = format!("{at}.0");
        }
        Ok(outbox)
    }

    fn receipt(&self, sight: &Sight, revision: u64, index: u32) -> Answer<Receipt> {
        let given = self.doors.given(revision, index)?;
        let office = given.receipt.shown.customs_code.as_str();
        if !sight.sees([&given.receipt.to], office) {
            return Err(Refused::NotFound);
        }
        let shows = Shows {
            parcels: given.case.clone().into_iter().collect(),
            enterprises: vec![given.receipt.to.to_string()],
            records: 1,
        };
        self.trace(sight, shows)?;
        Ok(shown(&given))
    }

    fn proof(&self, sight: &Sight, revision: u64, index: u32, head: Option<u64>) -> Answer<Vec<u8>> {
        self.receipt(sight, revision, index)?;
        self.doors.proof(revision, index, head)
    }

    fn head(&self, size: Option<u64>) -> Answer<Head> {
        self.doors.head(size)
    }

    fn succession(&self) -> Answer<serde_json::Value> {
        Ok(self.window().successions().iter().map(|statement| statement.to_json()).collect())
    }

    fn rotate_head(&self, caller: &Caller, revoked: bool) -> Answer<Adoption> {
        self.doors.rotate_head(caller, revoked)
    }

    fn consistency(&self, from: u64, to: u64) -> Answer<Vec<u8>> {
        self.doors.consistency(from, to)
    }

    fn keys(&self) -> Answer<(String, String)> {
        self.doors.public_keys()
    }

    fn answered_p95(&self) -> Option<u64> {
        self.answered.p95().map(|(ms, _)| ms)
    }

    fn overview(&self) -> Answer<Overview> {
        const INTERVAL: i64 = 15;
        let error = |e: StoreError| broken(&e.to_string());
        let (day, minutes) = self.today();
        let last_minute = self.window().journal().tip().at.0.div_euclid(60_000);
        let start = day.starts().0.div_euclid(60_000);
        let mut arrivals: Vec<(Moment, u64)> = Vec::new();
        for minute in &minutes {
            let at = Moment((start + (minute.minute - start) / INTERVAL * INTERVAL) * 60_000);
            match arrivals.last_mut().filter(|(last, _)| *last == at) {
                Some((_, n)) => *n += minute.arrived,
                None => arrivals.push((at, minute.arrived)),
            }
        }
        let times = self.views.times_to_release(day).map_err(error)?;
        let states = self.views.counts(day.starts()).map_err(error)?;
        let latest = self.views.parcels(&rows::Filter { limit: 10, ..rows::Filter::default() }).map_err(error)?.0;
        let reasons = self.views.reasons(day, 8).map_err(error)?;
        Ok(Overview {
            day,
            arrived: minutes.iter().map(|m| m.arrived).sum(),
            arrived_last_minute: minutes.iter().filter(|m| m.minute >= last_minute).map(|m| m.arrived).sum(),
            taxable: minutes.iter().map(|m| m.taxable).sum(),
            tax: minutes.iter().map(|m| m.tax).sum(),
            receipt_median_ms: times.map(|t| t.0),
            receipt_p95_ms: times.map(|t| t.1),
            behind_ms: if self.views.revision() < self.window().journal().last() { 1_000 } else { 0 },
            counts: states.into_iter().filter_map(|(s, mode, n)| Some((State::parse(&s)?, mode, n))).collect(),
            arrivals,
            interval_minutes: INTERVAL as u32,
            reasons: reasons
                .into_iter()
                .filter_map(|(code, lists)| {
                    let known = Code::from_name(&code)?;
                    let (title, remedy) = (title(known), Found0::new(known, "", ""));
                    let remedy = Both::new(remedy.remedy(Language::Zh), remedy.remedy(Language::En));
                    Some(Reason { code, title, remedy, lists })
                })
                .collect(),
            latest: latest.into_iter().map(|r| row_for(&Sight::nobody(), r)).collect(),
        })
    }

    fn promises(&self) -> Promises {
        let (policy, today) = (self.policy(), self.now().day());
        let ms = |parameter| policy.whole(parameter, today).and_then(|ms| u64::try_from(ms).ok()).filter(|ms| *ms > 0);
        Promises { receipt_ms: ms(Parameter::ReceiptPromise), page_ms: ms(Parameter::PagePromise) }
    }

    fn law_text(&self) -> std::collections::BTreeMap<String, String> {
        self.window().policy()
    }

    fn notices(&self) -> Vec<(String, Day, trade::policy::Notice)> {
        // Only this table is read: the overview asks on every visit.
        const FILE: &str = "notices.csv";
        let Some(record) = self.window().read::<PolicyRecord>(&Key::Policy(FILE.into())) else { return Vec::new() };
        let table = standing(FILE, &record.text, self.now().day());
        let at = |name: &str| table.columns.iter().position(|column| column == name);
        let notice = |row: &trade::policy::standing::Stood| {
            let [number, zh, en, text_zh, text_en] =
                ["number", "zh", "en", "text_zh", "text_en"].map(|name| at(name).map(|at| row.cells[at].clone()));
            let (zh, en, text_zh, text_en) = (zh?, en?, text_zh?, text_en?);
            Some((number?, Day::parse(&row.from)?, trade::policy::Notice { zh, en, text_zh, text_en }))
        };
        let mut all: Vec<_> = table.rows.iter().filter_map(notice).collect();
        all.sort_by_key(|(_, from, _)| std::cmp::Reverse(*from));
        all
    }

    fn attach(&self, sight: &Sight, key: &str, bytes: &[u8]) -> Answer<u64> {
        crate::attachments::attach(self, sight, key, bytes)
    }

    fn attachment(&self, sight: &Sight, key: &str, revision: u64) -> Answer<(trade::command::MediaKind, Vec<u8>)> {
        crate::attachments::attachment(self, sight, key, revision)
    }

    fn scans(&self) -> bool {
        self.scanner.is_some()
    }

    fn filings(&self, sight: &Sight) -> Answer<Vec<Filing>> {
        crate::goods::filings(self, sight)
    }

    fn review_filing(&self, caller: &Caller, ebc: &str, item: &str, approve: bool, reason: &str) -> Answer<u64> {
        crate::goods::review(self, caller, (ebc, item), approve, reason)
    }

    fn law(&self) -> Arc<Policy> {
        self.policy()
    }

    fn department(&self, sight: &Sight) -> Answer<Board> {
        crate::boards::department(self, sight)
    }

    fn zone_board(&self, sight: &Sight) -> Answer<Board> {
        crate::boards::zone(self, sight)
    }

    fn find(&self, sight: &Sight, query: &str) -> Answer<crate::desk::Found> {
        let query = query.trim();
        let direct: Vec<CaseKey> = self.window().find_case(query, |_| Vec::new());
        let number = direct.first().and_then(|key| {
            self.window().read::<Case>(&Key::Case(key.clone())).map(|c| c.invt_no).filter(|n| !n.is_empty())
        });
        let looked = number.as_deref().unwrap_or(query);
        let mut found = self.views.find(looked, 50).map_err(|e| broken(&e.to_string()))?;
        let mut met = std::collections::HashSet::new();
        found.retain(|(row, _)| met.insert(row.key.clone()));
        if found.len() > 1 {
            self.trace(sight, shows_rows(sight, &found.iter().map(|(row, _)| row).collect::<Vec<_>>()))?;
        }
        let hits =
            found.into_iter().map(|(row, kind)| Hit { row: row_for(sight, row), met: number_words(&kind) }).collect();
        let read_as = ["orderNo", "logisticsNo", "payTransactionId", "invtNo", "preNo", "copNo", "billNo"];
        let summary = self.window().summary(query).is_some_and(|of| {
            self.reads(sight, Action::SummaryRead).is_some_and(|reads| reads.sees([&of.agent, &of.ebc], &of.office))
        });
        Ok(crate::desk::Found { hits, read_as: read_as.into_iter().map(number_words).collect(), summary })
    }

    fn parcels(&self, sight: &Sight, filter: &Filter) -> Answer<Rows> {
        let limit = filter.limit.clamp(1, 1_000);
        // One more than asked tells whether there is another page.
        let asked = filter_of(sight, filter, limit + 1);
        let (mut found, total) = self.views.parcels(&asked).map_err(|e| broken(&e.to_string()))?;
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more);
        let next = next.map(|r| format!("{}_{}_{}", r.revision, r.key.ebc, r.key.order_no));
        self.trace(sight, shows_rows(sight, &found.iter().collect::<Vec<_>>()))?;
        let due = |key: &CaseKey| match filter.appealed {
            true => self.views.appeal_until(key).map_err(|e| broken(&e.to_string())),
            false => Ok(None),
        };
        let rows = found.into_iter().map(|r| Ok(Row { due: due(&r.key)?, ..row_for(sight, r) }));
        Ok(Rows { rows: rows.collect::<Answer<_>>()?, total, next })
    }

    fn count(&self, sight: &Sight, filter: &Filter) -> Answer<u64> {
        let (_, total) = self.views.parcels(&filter_of(sight, filter, 1)).map_err(|e| broken(&e.to_string()))?;
        Ok(total)
    }

    fn parcel(&self, sight: &Sight, key: &str) -> Answer<Parcel> {
        let mut story = self.story(key)?;
        let mut look = None;
        let (takes_part, office) = (enterprises(&story), office(&story));
        let buyer = story.list.as_ref().map(|(list, _)| &list.buyer.id);
        let person = sight.caller.as_ref().filter(|_| sight.right.scope == Scope::Person).map(|c| self.person_of(c));
        let mine = person.zip(buyer).is_some_and(|(person, buyer)| person.same(buyer));
        if sight.sees(&takes_part, &office) {
            let shows = Shows { parcels: vec![story.key.clone()], enterprises: takes_part, records: 1 };
            look = self.trace(sight, shows)?;
            if sight.is_official() {
                self.window().notes(&mut story).map_err(|e| broken(&e.to_string()))?;
            }
        }
        let mut told = Parcel { look, mine, ..parcel(&story, &self.policy()) };
        if told.look.is_some() || sight.sees(&told.enterprises, &told.office) {
            let of = Pair { code: story.key.ebc.clone(), number: story.key.order_no.clone() };
            if crate::attachments::may_read(self, sight) {
                told.attachments = crate::attachments::held(self, AttachedTo::Case, of);
            }
        }
        if sight.is_official() {
            let first = self.window().read::<FirstOfTwo>(&Key::FirstOfTwo(story.key.clone()));
            told.first = first.map(|first| (first.by.to_string(), first.at));
        }
        let enterprises = sight.caller.as_ref().map_or(&[][..], |caller| &caller.enterprises);
        for (step, event) in told.story.iter_mut().zip(&story.events) {
            let own = event.correction.as_ref().filter(|of| enterprises.iter().any(|own| **own == *of.code));
            step.correction = own.map(|of| of.number.to_string()).unwrap_or_default();
        }
        told.may_appeal =
            sight.caller.as_ref().map(|caller| appeals::may(self, caller, mine, &story)).unwrap_or_default();
        told.may_exchange = sight.caller.as_ref().is_some_and(|caller| crate::exchanges::may(self, caller, &story));
        told.may_prove = sight.caller.as_ref().is_some_and(|caller| crate::exchanges::may_prove(self, caller, &story));
        told.appeals = appeals::told(&story, mine || sight.is_official());
        // Nobody is led to a page that stays closed.
        for (page, action) in [("/summaries", Action::SummaryRead), ("/transfers", Action::HeldRead)] {
            if self.reads(sight, action).is_none() {
                told.facts.iter_mut().filter(|fact| fact.to.starts_with(page)).for_each(|fact| fact.to.clear());
            }
        }
        Ok(told)
    }

    fn person(&self, sight: &Sight) -> Answer<Person> {
        crate::own::person(self, sight)
    }

    fn own_copy(&self, sight: &Sight) -> Answer<serde_json::Value> {
        crate::own::copy(self, sight)
    }

    fn disown(&self, caller: &Caller, key: &str, words: &str) -> Answer<String> {
        crate::own::disown(self, caller, key, words)
    }

    fn appeal(&self, caller: &Caller, key: &str, about: &str, words: &str) -> Answer<String> {
        appeals::file(self, caller, key, about, words)
    }

    fn declare_articles(&self, caller: &Caller, form: &crate::articles::Form) -> Answer<window::articles::Articles> {
        crate::articles::declare(self, caller, form)
    }

    fn articles(&self, sight: &Sight, number: &str) -> Answer<window::articles::Articles> {
        crate::articles::one(self, sight, number)
    }

    fn own_articles(&self, sight: &Sight) -> Answer<Vec<window::articles::Articles>> {
        crate::articles::own(self, sight)
    }

    fn articles_receipt(&self, sight: &Sight, number: &str) -> Answer<(Receipt, Vec<u8>)> {
        crate::articles::receipt(self, sight, number)
    }

    fn article_bands(&self) -> Vec<(String, trade::policy::articles::Band)> {
        self.policy().article_bands(self.now().day())
    }

    fn exchange(&self, caller: &Caller, key: &str, order: &str) -> Answer<u64> {
        crate::exchanges::link(self, caller, key, order)
    }

    fn prove_abroad(&self, caller: &Caller, key: &str, for_what: &str) -> Answer<Receipt> {
        crate::exchanges::prove(self, caller, key, for_what)
    }

    fn company(&self, sight: &Sight) -> Answer<Company> {
        crate::affairs::company(self, sight)
    }

    fn preview_correction(
        &self,
        caller: &Caller,
        file: crate::corrections::File,
    ) -> Answer<crate::corrections::Previewed> {
        crate::corrections::preview(self, caller, file)
    }

    fn correct(
        &self,
        caller: &Caller,
        file: crate::corrections::File,
        expect: &str,
    ) -> Answer<crate::corrections::Sent> {
        crate::corrections::correct(self, caller, file, expect)
    }

    fn corrections(&self, sight: &Sight) -> Answer<Vec<crate::corrections::Made>> {
        crate::corrections::made(self, sight)
    }

    fn bill_of_changes(&self, sight: &Sight, number: &str) -> Answer<window::corrections::BillOfChanges> {
        crate::corrections::bill(self, sight, number)
    }

    fn export_register(&self, sight: &Sight, month: Option<u32>) -> Answer<window::Register> {
        crate::affairs::export_register(self, sight, month)
    }

    fn abroad(&self, sight: &Sight) -> Answer<Vec<window::Abroad>> {
        let caller = sight.caller.as_ref().ok_or(Refused::NotAllowed { what: String::new() })?;
        Ok(caller.enterprises.iter().flat_map(|seller| self.window().abroad(seller)).collect())
    }

    fn export_sellers(&self, sight: &Sight, quarter: Option<u32>) -> Answer<Vec<window::SellerQuarter>> {
        let caller = sight.caller.as_ref().ok_or(Refused::NotAllowed { what: String::new() })?;
        let now = trade::register::quarter_of(trade::register::month_of(self.now().day()));
        let of = |platform: &String| self.window().platform_sellers(platform, quarter.unwrap_or(now));
        Ok(caller.enterprises.iter().flat_map(of).collect())
    }

    fn sent(&self, sight: &Sight, key: &str) -> Answer<Vec<(Vec<u8>, u32)>> {
        let error = |e: StoreError| broken(&e.to_string());
        let mine = sight.caller.iter().flat_map(|c| &c.enterprises).collect::<Vec<_>>();
        let story = self.story(key)?;
        let mut places: Vec<Position> = story.case.iter().flat_map(|c| c.trail.iter().copied()).collect();
        places.extend(story.order.iter().map(|o| o.1.at));
        places.extend(story.payment.iter().map(|p| p.1.at).chain(story.waybill.iter().map(|w| w.1.at)));
        places.sort_by_key(|p| (p.revision, p.index));
        places.dedup();
        let mut sent = Vec::new();
        for place in places {
            let entry = self.window().entry(place.revision).map_err(error)?;
            let Some(Command::Message(message)) = entry.and_then(|e| e.command) else { continue };
            if mine.iter().any(|e| **e == message.cop_code)
                && let Some(bytes) = self.window().original(place.revision).map_err(error)?
            {
                sent.push((bytes, place.index));
            }
        }
        Ok(sent)
    }

    fn books(&self, sight: &Sight) -> Answer<Vec<stock::BookRow>> {
        let books = stock::books(self.window(), sight, self.window().in_flight_since(self.now()));
        self.trace(sight, stock::shows(books.iter().map(|book| book.enterprise.as_str())))?;
        Ok(books)
    }

    fn shelves(&self, sight: &Sight, asked: &stock::Asked<'_>) -> Answer<stock::Shelves> {
        let since = self.window().in_flight_since(self.now());
        let (owner, shelves) = stock::shelves(self.window(), sight, asked, since)?;
        self.trace(sight, stock::shows([owner.as_str()]))?;
        Ok(shelves)
    }

    fn stock_item(&self, sight: &Sight, item: (&str, &str), moves: &stock::Moves) -> Answer<stock::ItemPage> {
        let since = self.window().in_flight_since(self.now());
        let (owner, page) = stock::item(self.window(), sight, item, moves, since)?;
        self.trace(sight, stock::shows([owner.as_str()]))?;
        Ok(page)
    }

    fn closings(&self, sight: &Sight, book: &str) -> Answer<stock::Closings> {
        let (owner, closings) = stock::closings(self.window(), sight, book)?;
        self.trace(sight, stock::shows([owner.as_str()]))?;
        Ok(closings)
    }

    fn period_register(&self, sight: &Sight, book: &str, number: u32) -> Answer<String> {
        let (owner, file) = stock::period_register(self.window(), sight, book, number)?;
        self.trace(sight, stock::shows([owner.as_str()]))?;
        Ok(file)
    }

    fn paper(&self, sight: &Sight, number: &str) -> Answer<stock::Paper> {
        let paper = stock::paper(self.window(), sight, number)?;
        self.trace(sight, stock::shows([paper.enterprise.as_str()]))?;
        Ok(paper)
    }

    fn summary(&self, sight: &Sight, asked: &summaries::Asked<'_>) -> Answer<summaries::Told> {
        let (shows, told) = summaries::summary(self.window(), sight, asked)?;
        self.trace(sight, shows)?;
        Ok(told)
    }

    fn transfers(
        &self,
        sight: &Sight,
        asked: &held::Asked<'_>,
    ) -> Answer<held::Listed<(String, trade::bonded::record::TransitRecord)>> {
        self.transfers_read(sight, asked)
    }

    fn transfer(&self, sight: &Sight, number: &str) -> Answer<held::Told> {
        self.transfer_read(sight, number)
    }

    fn certainty(&self, caller: &Caller) -> Answer<crate::identity::Certainty> {
        crate::identity::certainty(self, caller)
    }

    fn identify(
        &self,
        caller: &Caller,
        method: trade::account::IdentityMethod,
        given: &crate::identity::Given,
    ) -> Answer<trade::account::IdentityFound> {
        crate::identity::identify(self, caller, method, given)
    }

    fn standing(&self, sight: &Sight, code: Option<&str>) -> Answer<crate::standing::Standing> {
        crate::standing::standing(self, sight, code)
    }

    fn hooks(&self, sight: &Sight) -> Answer<Vec<crate::hooks::Hook>> {
        crate::hooks::list(self, sight)
    }

    fn subscribe(&self, caller: &Caller, address: &str) -> Answer<crate::hooks::Made> {
        crate::hooks::subscribe(self, caller, address)
    }

    fn unsubscribe(&self, caller: &Caller, number: &str) -> Answer<()> {
        crate::hooks::unsubscribe(self, caller, number)
    }

    fn requests(&self, sight: &Sight) -> Answer<crate::requests::Requests> {
        crate::requests::list(self, sight)
    }

    fn request(&self, sight: &Sight, number: &str) -> Answer<crate::requests::Sheet> {
        crate::requests::one(self, sight, number)
    }

    fn ask_department(&self, caller: &Caller, question: &crate::requests::Question) -> Answer<String> {
        crate::requests::ask(self, caller, question)
    }

    fn reply_department(&self, caller: &Caller, number: &str, reply: &crate::requests::Reply) -> Answer<()> {
        crate::requests::reply(self, caller, number, reply)
    }

    fn request_receipt(&self, sight: &Sight, number: &str) -> Answer<(Receipt, Vec<u8>)> {
        crate::requests::receipt(self, sight, number)
    }

    fn rulings(&self, sight: &Sight, asked: &held::Asked<'_>) -> Answer<held::Listed<crate::rulings::Line>> {
        self.rulings_read(sight, asked)
    }

    fn ruling(&self, sight: &Sight, key: &str) -> Answer<crate::rulings::Sheet> {
        self.ruling_read(sight, key)
    }

    fn room(&self, sight: &Sight, asked: &held::Asked<'_>) -> Answer<held::Listed<held::RoomRow>> {
        self.room_read(sight, asked)
    }

    fn backs(&self, sight: &Sight, asked: &held::Asked<'_>) -> Answer<held::Listed<held::BackRow>> {
        self.backs_read(sight, asked)
    }

    fn summaries(&self, sight: &Sight, after: &str, limit: usize) -> Answer<summaries::Listed> {
        summaries::listed(self, sight, after, limit)
    }

    fn limits(&self) -> Option<law::Limits> {
        law::limits(self)
    }

    fn ahead(&self, sight: &Sight) -> Answer<law::Ahead> {
        law::ahead(self, sight)
    }

    fn compare_law(&self, _sight: &Sight, file: &str, text: &str) -> Answer<law::Compared> {
        Ok(law::compare(self, file, text))
    }

    fn try_law(&self, sight: &Sight, drafts: &[law::Limits]) -> Answer<u32> {
        law::begin(self, sight, drafts)
    }

    fn trials(&self, _sight: &Sight) -> Answer<Vec<law::Trial>> {
        Ok(law::trials(self))
    }

    fn trial(&self, sight: &Sight, number: u32) -> Answer<law::Trial> {
        law::trial(self, sight, number)
    }

    fn cancel_trial(&self, _sight: &Sight, number: u32) -> Answer<()> {
        law::cancel(self, number)
    }

    fn explain(&self, sight: &Sight, key: &str) -> Answer<serde_json::Value> {
        if trade::record::Ruling::named(key).is_some() {
            return self.ruling_told(sight, key).map(|(_, told)| told.explain());
        }
        if self.window().request_numbered(key).is_some() {
            return crate::requests::explained(self, sight, key);
        }
        let mut story = self.story(key)?;
        let (takes_part, office) = (enterprises(&story), office(&story));
        if !sight.sees(&takes_part, &office) {
            // Who has no part in it learns no more than that it cannot be read.
            return Err(Refused::NotAllowed { what: String::new() });
        }
        let shows = Shows { parcels: vec![story.key.clone()], enterprises: takes_part, records: 1 };
        self.trace(sight, shows)?;
        if sight.is_official() {
            self.window().notes(&mut story).map_err(|e| broken(&e.to_string()))?;
        }
        let mut told = story.explain();
        told["looks"] = serde_json::to_value(self.looks_at_parcel(&story.key)?).unwrap_or_default();
        Ok(told)
    }

    fn journal(&self, sight: &Sight, before: Option<u64>, limit: usize) -> Answer<Vec<Entry>> {
        let last = self.window().journal().last();
        let from = before.map_or(last, |b| b.saturating_sub(1).min(last));
        let mut entries = Vec::new();
        let mut shows = Shows::default();
        for revision in (1..=from).rev().take(limit.clamp(1, 200)) {
            let error = |e: StoreError| broken(&e.to_string());
            let Some(entry) = self.window().entry(revision).map_err(error)? else { break };
            if let Some(Command::Message(message)) = &entry.command {
                shows.enterprises.push(message.cop_code.to_string());
            }
            shows.records += 1;
            let hash = store::proof::hex(&self.window().journal().chain(revision).map_err(error)?);
            entries.push(journal_entry(revision, &entry, hash));
        }
        self.trace(sight, shows)?;
        Ok(entries)
    }

    fn alarms(&self, sight: &Sight, before: &str, limit: usize) -> Answer<Vec<AlarmLine>> {
        self.alarms_read(sight, before, limit)
    }

    fn settle_alarm(&self, caller: &Caller, case: &str, words: &str) -> Answer<u64> {
        self.alarm_settle(caller, case, words)
    }

    fn overdue(&self, sight: &Sight, limit: usize) -> Answer<Vec<OverdueLine>> {
        self.overdue_read(sight, limit)
    }

    fn overdue_now(&self) -> Answer<u64> {
        House::overdue_now(self)
    }

    fn alarms_lately(&self) -> Answer<u64> {
        let since = Moment(self.now().0 - 7 * 86_400_000);
        self.views.open_alarms_since(since).map_err(|e| broken(&e.to_string()))
    }

    fn rights(&self) -> Arc<Rights> {
        self.rights_in_force()
    }

    fn looks(&self, sight: &Sight, unusual: bool, before: Option<u64>, limit: usize) -> Answer<Vec<LookLine>> {
        self.looks_read(sight, unusual, before, limit)
    }

    fn looks_of_person(&self, key: &str, identity: &str) -> Answer<Vec<LookLine>> {
        self.looks_by_person(key, identity)
    }

    fn check(&self, bytes: &[u8], mode: Mode) -> Checked {
        self.doors.check(bytes, mode)
    }

    fn verify(&self, receipt: &[u8], proof: &[u8]) -> Verified {
        self.doors.verify(receipt, proof)
    }
}

fn journal_entry(revision: u64, entry: &trade::command::Entry, hash: String) -> Entry {
    let (kind, by, what) = match &entry.command {
        Some(Command::Message(m)) => (
            Both::new("报文", "message"),
            m.cop_code.to_string(),
            Both::same(format!("{} × {}", m.kind, m.documents.len())),
        ),
        Some(Command::Register(r)) => (
            Both::new("登记", "registration"),
            r.by.id.to_string(),
            Both::same(format!("{} × {}", r.kind, r.rows.len())),
        ),
        Some(Command::Act(a)) => {
            (Both::new("办理", "act"), a.by.id.to_string(), Both::same(format!("{} {}", a.kind, a.case.order_no)))
        }
        Some(Command::Bonded(f)) => {
            let kinds: std::collections::BTreeSet<_> = f.documents.iter().map(|d| d.kind.name()).collect();
            let kinds = kinds.into_iter().collect::<Vec<_>>().join(", ");
            (
                Both::new("保税单证", "bonded documents"),
                f.by.id.to_string(),
                Both::same(format!("{kinds} × {}", f.documents.len())),
            )
        }
        Some(Command::Correct(c)) => (
            Both::new("更正", "correction"),
            c.enterprise.to_string(),
            Both::same(format!("{} × {}", c.number, c.rows.len())),
        ),
        Some(Command::Articles(a)) => (
            Both::new("个人物品申报", "personal articles"),
            a.enterprise.to_string(),
            Both::same(a.waybill.to_string()),
        ),
        Some(Command::Identified(i)) => (
            Both::new("实名核验", "identity"),
            i.account.to_string(),
            Both::same(format!("{} {} {}", i.method, i.found, i.verifier)),
        ),
        Some(Command::Account(a)) => {
            (Both::new("对公账户", "bank account"), a.by.id.to_string(), Both::same(format!("{} {}", a.party, a.step)))
        }
        Some(Command::Subscribe(s)) => {
            (Both::new("订阅", "subscription"), s.by.id.to_string(), Both::same(format!("{}{}", s.number, s.address)))
        }
        Some(Command::Request(r)) => (
            Both::new("部门间请求", "request among departments"),
            r.by.id.to_string(),
            Both::same(format!("{} {} {}", r.kind, r.step, r.number)),
        ),
        Some(Command::Due(d)) => (Both::new("到期", "due"), String::new(), Both::same(d.kind.name())),
        Some(Command::Adopt(a)) => (
            Both::new("政策采用", "policy adopted"),
            a.by.id.to_string(),
            Both::same(format!("{} 份 files", a.files.len())),
        ),
        Some(Command::Look(l)) => (
            Both::new("查阅", "look"),
            l.by.id.to_string(),
            Both::same(format!("{} {} × {}", l.action, l.purpose, l.records)),
        ),
        Some(Command::Attach(a)) => (
            Both::new("附件", "attachment"),
            a.by.id.to_string(),
            Both::same(format!("{} {} {}", a.to, a.kind, a.size)),
        ),
        Some(Command::Open(_)) => (Both::new("开区", "zone opened"), String::new(), Both::default()),
        None => (Both::default(), String::new(), Both::default()),
    };
    Entry { revision, at: entry.at, kind, by, what, hash }
}

/// A power of attorney as programs read it.
pub(crate) fn mandate_row(of: &trade::registry::Entrusted) -> serde_json::Value {
    let day = |d: Option<Day>| d.map(|d| d.to_string());
    let matters: Vec<_> = of.matters.iter().map(|matter| matter.name()).collect();
    serde_json::json!({
        "number": of.number, "agent": of.code, "matters": matters, "limit_fen": of.limit.map(|fen| fen.0),
        "from": of.from.to_string(), "until": day(of.until), "revoked": day(of.revoked), "given_in": of.given_in,
        "revoked_in": of.revoked.map(|_| of.revoked_in),
    })
}

/// A step of a certification as programs read it.
pub(crate) fn certified_row(of: &trade::registry::Certified) -> serde_json::Value {
    let proof = (of.proof != [0; 32]).then(|| store::proof::hex(&of.proof));
    serde_json::json!({
        "what": of.fact.name(), "grade": of.grade.name(), "by": of.by, "method": of.method.name(), "number": of.number,
        "from": of.from.to_string(), "until": of.until.map(|d| d.to_string()), "proof": proof, "entry": of.entry,
    })
}

/// A row of the registry as JSON, with its key.
fn table_row(table: Table, key: &[u8], value: &[u8]) -> Option<(String, serde_json::Value)> {
    use serde_json::json;
    use trade::pack::Pack;
    use trade::registry as r;
    let day = |d: Option<Day>| d.map(|d| d.to_string());
    Some(match (table, Key::unpack(key).ok()?) {
        (Table::Parties, Key::Party(code)) => {
            let p = r::Party::unpack(value).ok()?;
            let roles: Vec<_> = p
                .roles
                .iter()
                .map(|r| json!({"role": r.kind.name(), "from": r.from.to_string(), "until": day(r.until)}))
                .collect();
            (
                code.to_string(),
                json!({"code": p.code, "name_zh": p.name_zh, "name_en": p.name_en, "uscc": p.uscc, "domestic": p.domestic, "place": p.place, "roles": roles}),
            )
        }
        (Table::Mandates, Key::Party(code)) => {
            let p = r::Party::unpack(value).ok()?;
            let given: Vec<_> = p.agents.iter().filter(|of| !of.number.is_empty()).map(mandate_row).collect();
            if given.is_empty() {
                return None;
            }
            (code.to_string(), json!({"code": code, "mandates": given}))
        }
        (Table::Certifications, Key::Party(code)) => {
            let p = r::Party::unpack(value).ok()?;
            let steps: Vec<_> = p.certified.iter().map(certified_row).collect();
            if steps.is_empty() {
                return None;
            }
            (code.to_string(), json!({"code": code, "certifications": steps}))
        }
        (Table::Zones, Key::Zone(code)) => {
            let z = r::Zone::unpack(value).ok()?;
            let rows: Vec<_> = z
                .rows
                .iter()
                .map(|r| json!({"name_zh": r.name_zh, "name_en": r.name_en, "from": r.from.to_string(), "until": day(r.until), "modes": r.modes}))
                .collect();
            (code.to_string(), json!({"code": z.code, "rows": rows}))
        }
        (Table::Certificates, Key::Certificate(print)) => {
            let c = r::CertificateRow::unpack(value).ok()?;
            let print = store::proof::hex(&print);
            (
                print.clone(),
                json!({"fingerprint": print, "code": c.code, "serial": c.serial, "from": c.from.to_string(), "until": day(c.until)}),
            )
        }
        (Table::Goods, Key::Goods(pair)) => {
            let g = r::GoodsRow::unpack(value).ok()?;
            (
                format!("{}/{}", pair.code, pair.number),
                json!({"ebc": g.ebc, "item_no": g.item_no, "version": g.version, "name_zh": g.name_zh, "name_en": g.name_en, "hs10": g.hs10, "origin": g.origin, "approved": g.approved, "from": g.from.to_string(), "until": day(g.until)}),
            )
        }
        (Table::Guarantees, Key::Guarantee(pair)) => {
            let g = trade::record::Guarantee::unpack(value).ok()?;
            (
                format!("{}/{}", pair.code, pair.number),
                json!({"code": pair.code, "district": pair.number, "limit_fen": g.row.limit.0, "reserved_fen": g.reserved.0, "due_fen": g.due.0, "free_fen": g.free().0, "from": g.row.from.to_string(), "until": day(g.row.until)}),
            )
        }
        (Table::Manifests, Key::Manifest(bill)) => {
            let m = trade::record::Manifest::unpack(value).ok()?;
            (
                bill.to_string(),
                json!({"bill_no": bill, "voyage_no": m.row.voyage_no, "traf_no": m.row.traf_no, "pieces": m.row.pieces, "used": m.used}),
            )
        }
        (Table::OpeningStock, Key::Stock(pair)) => {
            let s = trade::record::Stock::unpack(value).ok()?;
            (
                format!("{}/{}", pair.code, pair.number),
                json!({"ems_no": pair.code, "item_record_no": pair.number, "hs10": s.row.hs10, "name": s.row.name, "on_hand": s.on_hand.to_string(), "reserved": s.reserved.to_string(), "sold": s.sold.to_string(), "returned": s.returned.to_string()}),
            )
        }
        _ => return None,
    })
}

/// The customs office that a parcel was declared at.
fn office(story: &Story) -> String {
    let of_export = story.export.as_ref().and_then(|ticket| ticket.list.as_ref()).map(|(list, _)| &list.customs_code);
    story.list.as_ref().map(|(list, _)| &list.customs_code).or(of_export).map(ToString::to_string).unwrap_or_default()
}

fn enterprises(story: &Story) -> Vec<String> {
    let mut all = vec![story.key.ebc.clone()];
    if let Some((order, kept)) = &story.order {
        all.extend([order.ebp_code.clone(), kept.from.clone()]);
    }
    if let Some((list, kept)) = &story.list {
        all.extend([list.agent_code.clone(), list.logistics_code.clone(), list.assure_code.clone(), kept.from.clone()]);
    }
    all.extend(story.export.iter().flat_map(|ticket| ticket.parties()));
    all.sort();
    all.dedup();
    all.into_iter().map(String::from).collect()
}

/// A finding's title, for figures and heads.
pub(crate) fn title(code: Code) -> Both {
    Both::words(&format!("title.{}", code.name()))
}

fn number_words(kind: &str) -> Both {
    match kind {
        "orderNo" => Both::new("订单编号", "order number"),
        "logisticsNo" => Both::new("运单编号", "waybill number"),
        "payTransactionId" => Both::new("支付交易编号", "payment number"),
        "invtNo" => Both::new("清单编号", "list number"),
        "preNo" => Both::new("预录入编号", "pre-entry number"),
        "copNo" => Both::new("企业内部编号", "enterprise's own number"),
        "billNo" => Both::new("提运单号", "bill number"),
        other => Both::same(other),
    }
}

fn finding(f: &Found0, day: Day) -> Finding {
    let would = would_pass(f).map(|(zh, en)| Both::new(zh, en)).unwrap_or_default();
    Finding {
        code: f.code.name().to_owned(),
        status: if f.forgiven { String::new() } else { f.code.text().status.to_string() },
        title: title(f.code),
        what: Both::new(f.text(Language::Zh), f.text(Language::En)),
        who: Both::new(f.remedy(Language::Zh), f.remedy(Language::En)),
        would,
        clause: Clause {
            text: Both::default(),
            source: Both::same(f.clause.clone()),
            since: None,
            on: day,
            paraphrase: true,
        },
        minor: f.forgiven,
    }
}

fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Released => Tone::Ok,
        Verdict::Waiting => Tone::Wait,
        Verdict::Review | Verdict::Inspection => Tone::Hold,
        Verdict::Refused | Verdict::Failed => Tone::Bad,
        _ => Tone::None,
    }
}

fn parcel(story: &Story, policy: &Policy) -> Parcel {
    let state = State::parse(state_of(story.case.as_ref())).unwrap_or(State::Accepted);
    let case = story.case.clone().unwrap_or_default();
    let day = case.declared_on;
    let fact = |zh: &str, en: &str, code: &str, text: String, public| Fact {
        name: Both::new(zh, en),
        code: code.to_owned(),
        text: Both::same(text),
        note: Both::default(),
        to: String::new(),
        public,
    };
    let mut facts = Vec::new();
    if let Some((list, _)) = &story.list {
        facts.extend([
            fact("方式", "regime", "tradeMode", list.trade_mode.to_string(), true),
            fact("申报日期", "declared on", "declTime", list.declared_on.to_string(), true),
            fact("申报海关", "customs office", "customsCode", list.customs_code.to_string(), true),
            fact("电商企业", "seller", "ebcCode", format!("{} {}", list.ebc_name, list.ebc_code), false),
            fact("平台", "platform", "ebpCode", format!("{} {}", list.ebp_name, list.ebp_code), false),
            fact("申报企业", "declarant", "agentCode", format!("{} {}", list.agent_name, list.agent_code), false),
            fact("担保人", "guarantor", "assureCode", list.assure_code.to_string(), false),
            fact("订单", "order", "orderNo", list.order_no.to_string(), false),
            fact("运单", "waybill", "logisticsNo", list.logistics_no.to_string(), false),
        ]);
    } else if let Some((ticket, list)) = story.export.as_ref().and_then(|t| Some((t, &t.list.as_ref()?.0))) {
        facts.extend(export_facts(ticket, list, &fact));
    } else {
        facts.push(fact("订单", "order", "orderNo", story.key.order_no.to_string(), false));
    }
    if let Some(bill) = &case.bill {
        let words = [("", ""), ("已生成", "generated"), ("已汇总", "summed up"), ("作废", "void")];
        let (zh, en) = words.get(bill.state as usize).unwrap_or(&words[0]);
        let text = |state: &str| format!("{} · {state} · {}", bill.tax_no, bill.total());
        let text = Both::new(text(zh), text(en));
        facts.push(Fact { text, ..fact("税单", "tax bill", "taxNo", String::new(), false) });
    }
    if let Some(held) = &story.held {
        let name = fact("监管", "held", "held", held.place.clone(), false);
        let [zh, en] = held.words();
        let to = match held.transfer.as_str() {
            "" => String::new(),
            number => format!("/transfers/{}", crate::site::quoted(number)),
        };
        // The place opens the transfer; where none is known, the office stands for it.
        let place = if held.place.is_empty() { &held.office } else { &held.place };
        facts.push(Fact { text: Both::same(place.clone()), note: Both::new(zh, en), to, ..name });
    }
    for parcel in &case.in_room {
        let of = |which: fn(&trade::record::RoomLine) -> trade::money::Quantity| {
            parcel.lines.iter().fold(trade::money::Quantity(0), |sum, line| sum.plus(which(line)))
        };
        let (came, here, back, gone) =
            (of(|l| l.qty), of(|l| l.free().plus(l.leaving)), of(|l| l.taken), of(|l| l.gone));
        let (place, day) = (&parcel.place, parcel.on);
        let zh = format!("{place}，{day} 起；入 {came} ＝ 在仓 {here} ＋ 回库 {back} ＋ 出区 {gone}");
        let en = format!("{place}, since {day}; {came} came = {here} there + {back} to stock + {gone} left");
        let held = fact("退货中心仓", "return warehouse", "RETURN-IN", String::new(), false);
        facts.push(Fact { text: Both::new(zh, en), note: Both::same(parcel.number.to_string()), ..held });
    }
    for (zh, en, other) in [
        ("换货：由其替换", "exchange: replaced by", &story.replaced_by),
        ("换货：替换", "exchange: replaces", &story.replaces),
    ] {
        let Some(other) = other else { continue };
        let key = format!("{}_{}", other.other.ebc, other.other.order_no);
        let (number, to) = match other.invt_no.as_str() {
            "" => (other.other.order_no.to_string(), key),
            invt_no => (invt_no.to_owned(), invt_no.to_owned()),
        };
        let code = if other.invt_no.is_empty() { "orderNo" } else { "invtNo" };
        let day = other.at.day();
        let note = Both::new(
            format!("{day} 关联，日志第 {} 号", other.revision),
            format!("linked {day}, entry {}", other.revision),
        );
        facts.push(Fact {
            to: format!("/parcels/{}", crate::site::quoted(&to)),
            note,
            ..fact(zh, en, code, number, false)
        });
    }
    let mut steps: Vec<Step> = story
        .events
        .iter()
        .map(|e| Step {
            at: When::At(e.at),
            tone: tone(e.verdict),
            what: Both::new(e.zh.clone(), e.en.clone()),
            code: if e.status == 0 { e.what.clone() } else { format!("{} → {}", e.what, e.status) },
            note: Both::new(format!("日志第 {} 号", e.revision), format!("entry {}", e.revision)),
            words: e.note.clone().unwrap_or_default(),
            correction: String::new(),
        })
        .collect();
    if let (Some(released), Some(bill)) = (case.released, &case.bill)
        && bill.state == 1
    {
        let what = Both::new("税单汇总（放行后第 31 日）", "the tax bill is summed up (day 31 after release)");
        let at = When::On(released.day().plus(31));
        steps.push(Step {
            at,
            tone: Tone::None,
            what,
            code: String::new(),
            note: Both::default(),
            words: String::new(),
            correction: String::new(),
        });
    }
    let compared = story.compared.iter().map(|c| Compared {
        rule: c.rule.to_owned(),
        field: Both::new(format!("{} {}", c.zh, c.field), format!("{} {}", c.en, c.field)),
        cells: c.cells.clone().map(|cell| cell.map(Both::same)),
        outcome: match c.outcome {
            Agreement::Same => Outcome::Same,
            Agreement::Near => Outcome::Near(Both::new("只计入风险分", "only scored")),
            Agreement::Differ => Outcome::Differ,
            Agreement::Missing => Outcome::Missing,
        },
    });
    // Why it stands so, then why applications about it were refused.
    let stands = story.decisions.iter().rfind(|d| !d.of_application);
    let refused = story.decisions.iter().filter(|d| d.of_application);
    let findings =
        stands.into_iter().chain(refused).flat_map(|d| d.findings.iter().map(|f| finding(f, d.day))).collect();
    let allowance = case.tax.as_ref().zip(policy.limits(day)).map(|(t, limits)| Allowance {
        limit: limits.value.annual.0,
        before: t.year_before.0,
        this: t.taxable.0,
    });
    let receipts = story
        .receipts
        .iter()
        .map(|g| {
            let hash = store::proof::hex(&store::proof::leaf_hash(&g.receipt.shown.leaf_bytes()));
            ReceiptLink {
                revision: g.revision,
                index: g.number,
                message: g.receipt.shown.kind.name().to_owned(),
                status: g.receipt.shown.status.to_string(),
                at: g.receipt.shown.at,
                hash: format!("{}…{}", &hash[..8], &hash[60..]),
            }
        })
        .collect();
    let last = story.events.last();
    let of_export = story.export.is_some();
    let disowned = case.disowned.clone();
    let mut acts = match state {
        State::Finished if of_export => vec![Act::Inspect],
        State::Review => vec![Act::Review, Act::Inspect, Act::Release],
        State::Inspection => vec![Act::Inspect, Act::Detain, Act::Release, Act::Refuse],
        State::Detained => vec![Act::Release, Act::Refuse],
        State::Matched | State::Finished => vec![Act::Inspect, Act::Release],
        State::Released if !of_export => {
            let unpaid = case.bill.as_ref().is_some_and(|bill| !bill.paid);
            [(Act::Out, !case.out), (Act::OrderBack, unpaid)]
                .into_iter()
                .filter_map(|(act, may)| may.then_some(act))
                .collect()
        }
        _ => vec![],
    };
    let coming = story.returns.iter().filter(|r| r.export.is_none() && r.status == status::EXAMINED);
    let coming: Vec<String> = coming.map(|r| r.cop_no.to_string()).collect();
    if !coming.is_empty() && state != State::SentBack {
        acts.push(Act::Arrive);
    }
    if disowned.as_ref().is_some_and(|d| d.settled.is_none()) {
        acts.extend([Act::Uphold, Act::Deny]);
    }
    let open = case.open_appeal().is_some();
    if open {
        acts.extend([Act::Allow, Act::Reject]);
    }
    let aside = if open { window::story::appeal::reasons_to_set_aside(story) } else { Vec::new() };
    let [zh, en] = story.lead();
    let verdict = story.decisions.last().map_or(("", ""), |d| verdict_words(d.verdict));
    Parcel {
        key: if case.invt_no.is_empty() {
            format!("{}_{}", story.key.ebc, story.key.order_no)
        } else {
            case.invt_no.to_string()
        },
        state,
        status: if case.status == 0 { verdict.0.to_owned() } else { case.status.to_string() },
        at: last.map_or(case.accepted, |e| e.at),
        revision: last.map_or(0, |e| e.revision),
        lead: Both::new(zh, en),
        facts,
        story: steps,
        compared: compared.collect(),
        tax: tax(story, policy),
        findings,
        allowance,
        receipts,
        enterprises: enterprises(story),
        office: office(story),
        look: None,
        mine: false,
        disowned,
        appeals: Vec::new(),
        may_appeal: Vec::new(),
        may_exchange: false,
        may_prove: false,
        finds_values: case.open_appeal().is_some_and(|appeal| appeal.of == AppealOf::Tax),
        aside: aside.into_iter().map(|code| code.name().to_owned()).collect(),
        acts,
        coming,
        first: None,
        attachments: Vec::new(),
        whole: true,
    }
}

/// The particulars of an export ticket.
fn export_facts(
    ticket: &window::story::export::Ticket,
    list: &trade::documents::ExportList,
    fact: &impl Fn(&str, &str, &str, String, bool) -> Fact,
) -> Vec<Fact> {
    let state = &ticket.state;
    let [way_zh, way_en] = trade::policy::export::names(state.way);
    let time = |at: Option<Moment>| at.map_or_else(|| "-".to_owned(), |at| at.to_string()[..16].replace('T', " "));
    let mut facts = vec![
        fact("方式", "regime", "tradeMode", list.trade_mode.to_string(), true),
        Fact { text: Both::new(way_zh, way_en), ..fact("通关方式", "way", "statisticsFlag", String::new(), true) },
        fact("申报海关", "customs office", "customsCode", list.customs_code.to_string(), true),
        fact("口岸海关", "port of exit", "portCode", list.port_code.to_string(), true),
        fact("运抵国", "country", "country", list.country.to_string(), true),
        fact("收发货人", "seller", "ebcCode", format!("{} {}", list.ebc_name, list.ebc_code), false),
        fact("平台", "platform", "ebpCode", format!("{} {}", list.ebp_name, list.ebp_code), false),
        fact("申报企业", "declarant", "agentCode", format!("{} {}", list.agent_name, list.agent_code), false),
        fact("离岸价（元）", "value FOB, CNY", "", state.value.map_or("-".into(), |v| v.to_string()), false),
        fact("订单", "order", "orderNo", list.order_no.to_string(), false),
        fact("运单", "waybill", "logisticsNo", list.logistics_no.to_string(), false),
        fact("运抵", "arrived", "CEB507", time(state.arrived.or(ticket.parcel.arrived)), false),
        fact("总分单", "master bill", "CEB607", state.master_bill.to_string(), false),
        fact("离境", "left", "CEB509", time(state.departed), false),
    ];
    for (way, against) in &ticket.shorter {
        let [way_zh, way_en] = trade::policy::export::names(*way);
        let why = |language| against.iter().map(|f| f.text(language)).collect::<Vec<_>>().join(" ");
        let note = match against.is_empty() {
            true => Both::new("也可走", "it is open too"),
            false => Both::new(why(Language::Zh), why(Language::En)),
        };
        let name = fact("更简便的方式", "a shorter way", "statisticsFlag", String::new(), false);
        facts.push(Fact { text: Both::new(way_zh, way_en), note, ..name });
    }
    for line in &ticket.taxed {
        let [zh, en] = trade::policy::exemption::names(line.tax);
        let name = Both::new(format!("第 {} 行税收", line.gnum), format!("line {}, VAT", line.gnum));
        let decided =
            if state.taxed_number > 0 { Both::default() } else { Both::new("离境时确定", "decided on departure") };
        facts.push(Fact { name, text: Both::new(zh, en), note: decided, ..fact("", "", "", String::new(), false) });
    }
    for (country, lot) in &ticket.abroad {
        let of = lot.of;
        let name = Both::new(
            format!("第 {} 行海外仓（{country}）", lot.gnum),
            format!("line {}, abroad ({country})", lot.gnum),
        );
        let (out, stock, sold, lost, back) = (of.exported, of.in_stock, of.sold, of.lost, of.returned);
        let (came, went) = (of.moved_in, of.moved_out);
        let [came_zh, came_en] = match came.0 {
            0 => [String::new(), String::new()],
            _ => [format!(" ＋ 移入 {came}"), format!(" + {came} moved in")],
        };
        let [went_zh, went_en] = match went.0 {
            0 => [String::new(), String::new()],
            _ => [format!(" ＋ 移出 {went}"), format!(" + {went} moved out")],
        };
        let zh = format!("出口 {out}{came_zh} ＝ 在库 {stock} ＋ 已售 {sold} ＋ 灭失 {lost} ＋ 退运 {back}{went_zh}");
        let en = format!(
            "{out} exported{came_en} = {stock} in stock + {sold} sold + {lost} lost + {back} returned{went_en}"
        );
        let provisional = lot.rebate && stock.0 > 0;
        let note = if provisional { Both::new("退税待核算", "rebate provisional") } else { Both::default() };
        facts.push(Fact { name, text: Both::new(zh, en), note, ..fact("", "", "", String::new(), false) });
    }
    if !state.summary.is_empty() {
        let to = format!("/summaries/{}", crate::site::quoted(&state.summary));
        facts.push(Fact { to: to.clone(), ..fact("汇总", "summary", "sumNo", state.summary.to_string(), false) });
        for ((gnum, number, line), at) in ticket.summed.iter().zip(&state.summed) {
            let name = Both::new(format!("第 {gnum} 行汇总"), format!("line {gnum}, summary"));
            let to = format!("{to}/{}/{line}", at.declaration);
            facts.push(Fact { name, to, ..fact("", "", "declSeqNo", format!("{number} / {line}"), false) });
        }
    }
    facts
}

/// The arithmetic of a decision, from the figures that the decision kept and the tariff rows of its day.
fn tax(story: &Story, policy: &Policy) -> Option<Tax> {
    let case = story.case.as_ref()?;
    let statement = case.tax.as_ref()?;
    let (list, _) = story.list.as_ref()?;
    let relief = policy.relief(case.declared_on)?;
    let mut total = TaxSum::default();
    let mut lines = Vec::new();
    for line in &statement.lines {
        let declared = list.lines.iter().find(|l| l.gnum == line.tax.gnum)?;
        let sum = TaxSum {
            price: declared.total.0,
            promotion: 0,
            carriage: line.tax.taxable.0 - declared.total.0,
            taxable: line.tax.taxable.0,
            duty: line.tax.duty.0,
            consumption: line.tax.consumption_tax.0,
            vat: line.tax.vat.0,
        };
        let statutory =
            [(declared.unit1.as_str(), declared.qty1), (declared.unit2.as_str(), declared.qty2.unwrap_or_default())];
        let amounts = Amounts { declared: (&declared.unit, declared.qty), statutory };
        let how = policy
            .tariff(&line.gcode, case.declared_on)
            .and_then(|row| tariff::rates(&row.value, &amounts))
            .and_then(|rates| explain_line(line.tax.taxable, &rates, statement.regime, &relief.value))
            .map(|(_, steps)| {
                let words = |name: &str, s: &trade::tax::Step| match s.rounded {
                    Some(rounded) => format!("{name}: {} = {} → {rounded}", s.formula, s.exact),
                    None => format!("{name}: {} = {}", s.formula, s.exact),
                };
                steps.iter().map(|s| Both::new(words(s.zh, s), words(s.en, s))).collect()
            })
            .unwrap_or_default();
        total.price += sum.price;
        total.carriage += sum.carriage;
        total.taxable += sum.taxable;
        total.duty += sum.duty;
        total.consumption += sum.consumption;
        total.vat += sum.vat;
        lines.push(TaxLine {
            number: line.tax.gnum,
            goods: declared.gname.to_string(),
            hs: line.gcode.to_string(),
            quantity: format!("{} × {}", declared.qty, declared.price),
            sum,
            how,
        });
    }
    let paid = story.payment.as_ref().map_or(Fen::ZERO, |p| p.0.amount);
    let discount = story.order.as_ref().map_or(Fen::ZERO, |o| o.0.discount);
    let due = Fen(total.taxable + total.tax()).minus(discount);
    let tolerance = 3 * statement.lines.len() as i64;
    let note = match statement.regime.name() {
        "reduced" => Both::new(
            "限值内：关税 0，增值税、消费税按法定应纳税额的 70%",
            "Within the limits: duty 0, VAT and consumption tax at 70 % of the statutory amount",
        ),
        _ => Both::new("超过单次限值的单件商品：全额征税", "One item above the single limit: taxed in full"),
    };
    Some(Tax {
        note,
        source: statement.clause.to_string(),
        lines,
        total,
        paid: paid.0,
        paid_agrees: (paid.0 - due.0).abs() <= tolerance,
    })
}
