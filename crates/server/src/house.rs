//! The desk of a running window: pages and API over window, views and ops tables.
//!
//! One's own case is read from the state and the journal; lists, search and counters from the views, which follow a
//! moment behind. Personal values are not shown at all yet: pages say only whether they agree.

mod list;
mod parcel;
mod registry;
mod search;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use store::views::lists;
use store::views::rows::{self, Rows as Project};
use store::{StoreError, Views};
use trade::account::{ApiKeyRow, Recovery};
use trade::command::{AttachedTo, Command, Position};
use trade::finding::{Code, Finding as Found0, Language};
use trade::key::{CaseKey, Facts, Key, Pair};
use trade::pack::Pack as _;
use trade::policy::rights::{Action, Rights, Scope};
use trade::policy::standing::standing;
use trade::policy::{Parameter, Policy};
use trade::record::{FirstOfTwo, PolicyRecord};
use trade::time::{Day, Moment};
use window::Window;
use window::retention::Originals;
use window::story::Story;

use crate::appeals;
use crate::desk::*;
use crate::live::{Doors, broken, shown};
use crate::sign_ins::SignIns;
use crate::traced::{Compiled, Shows};
use crate::{held, law, stock, summaries};

pub(crate) use list::row;
pub(crate) use parcel::title;

use list::{filter_of, row_for, shows_rows};
use parcel::{enterprises, office, parcel};
use registry::{journal_entry, table_row};

/// How long a page waits for the views to have what its reader has seen.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);

const PARAMETERS: &str = "parameters.toml";

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
    pub trials: law::Trials,
    pub(crate) uploads: crate::corrections::Uploads,
    scanner: Option<crate::attachments::Scanner>,
    press: Option<crate::press::Press>,
    verifier: Option<Box<dyn crate::identity::IdentityVerifier>>,
    connectors: std::sync::OnceLock<Vec<crate::courier::Connector>>,
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
            let mut project = Project::default();
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
        let (doors, factor) = (Doors(window), Mutex::new(None));
        let (scanner, press, verifier) = (None, None, None);
        Ok(House {
            doors,
            views,
            zone,
            sandbox,
            sign_ins,
            rights,
            factor,
            trials,
            uploads,
            scanner,
            press,
            verifier,
            connectors: std::sync::OnceLock::new(),
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

    /// The departments' systems to which the courier goes, once it goes.
    pub(crate) fn connect(&self, connectors: &[crate::courier::Connector]) {
        self.connectors.get_or_init(|| connectors.to_vec());
    }

    pub(crate) fn connectors(&self) -> &[crate::courier::Connector] {
        self.connectors.get().map_or(&[], Vec::as_slice)
    }

    pub(crate) fn verifier(&self) -> Option<&dyn crate::identity::IdentityVerifier> {
        self.verifier.as_deref()
    }

    /// Papers are given as PDF by this program; without one by no one.
    pub fn printed_by(mut self, press: Option<crate::press::Press>) -> House {
        self.press = press;
        self
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

    /// Waits until the views show what was done by pages and programs: whoever did it sees it. What messages bring comes
    /// when it comes.
    pub(crate) fn catch_up(&self) {
        self.views.wait(self.window().acted(), PATIENCE);
    }

    /// The law that is adopted.
    pub(crate) fn policy(&self) -> Arc<Policy> {
        self.window().law_in_force()
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
        let mut all = vec![
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
            metric(
                "onewindow_heads_unsigned_total",
                "Heads that were asked for while the keys were away",
                true,
                self.window().unsigned() as f64,
            ),
            metric("onewindow_dues", "Things that are to fall due", false, count.dues as f64),
        ];
        all.extend(crate::connected::metrics(self));
        all
    }

    fn key_holder(&self, key: &[u8; 32]) -> Option<Holder> {
        self.doors.key_holder(key)
    }

    fn own_keys(&self, caller: &Caller) -> Vec<ApiKeyRow> {
        // What has just been done is on the page.
        self.catch_up();
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

    fn bound(&self, certificate: &[u8; 32]) -> Option<Bound> {
        let row: trade::registry::CertificateRow = self.window().read(&Key::Certificate(*certificate))?;
        let today = self.now().day();
        let party: Option<trade::registry::Party> = self.window().read(&Key::Party(row.code.clone()));
        Some(Bound {
            in_force: trade::registry::in_force(row.from, row.until, today),
            active: party.is_some_and(|party| !party.is_suspended(today)),
            enterprise: row.code.to_string(),
        })
    }

    fn recovered(&self, account: &str) -> Option<Moment> {
        self.window().read::<Recovery>(&Key::Recovery(account.into()))?.since
    }

    fn asks_factor(&self, role: Role) -> bool {
        !self.sandbox && !matches!(role, Role::Enterprise | Role::Consumer | Role::Viewer) && self.factor_in_force()
    }

    fn take_in(&self, intake: Intake, answered: Answered) {
        let (window, times, begun) = (self.window().clone(), self.answered.clone(), self.now());
        let timed = move |receipts: Receipts| {
            answered(Box::new(move || {
                let made = receipts();
                // What was not taken in has no receipt.
                if made.is_ok() {
                    times.note(window.now().0 - begun.0);
                }
                made
            }));
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
        let mut more = |key: &[u8], value: &[u8]| all.extend(table_row(table, key, value));
        match registry::kind_of(table) {
            Some(kind) => self.window().state().each_of(kind, more),
            // Filings that wait are on disk where memory is short.
            None if table == Table::Goods => {
                self.catch_up();
                for of in self.views.goods_after("", "", usize::MAX).map_err(|e| broken(&e.to_string()))? {
                    let key = Key::Goods(of).bytes();
                    if let Some(value) = Facts::look(self.window(), &key) {
                        more(&key, &value);
                    }
                }
            }
            None => {}
        }
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
        self.window().state().each_of(Key::PROPOSAL, |_, value| all.extend(trade::record::Proposal::unpack(value)));
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
        let latest = self.views.parcels(&lists::Filter { limit: 10, ..lists::Filter::default() }).map_err(error)?.0;
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

    fn press(&self) -> Option<&crate::press::Press> {
        self.press.as_ref()
    }

    fn scans(&self) -> bool {
        self.scanner.is_some()
    }

    fn filings(&self, sight: &Sight, after: &str, limit: usize) -> Answer<Filings> {
        crate::goods::filings(self, sight, after, limit)
    }

    fn filing(&self, sight: &Sight, ebc: &str, item: &str) -> Answer<Filing> {
        crate::goods::filing(self, sight, ebc, item)
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
        search::find(self, sight, query)
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
        if told.mine || told.look.is_some() || sight.sees(&told.enterprises, &told.office) {
            told.persons = crate::masked::persons(self, sight, &story)?;
        }
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

    fn answered(&self, sight: &Sight, revision: u64, index: u32) -> Answer<(Vec<u8>, u32)> {
        let error = |e: StoreError| broken(&e.to_string());
        let given = self.doors.given(revision, index)?;
        let entry = self.window().entry(revision).map_err(error)?;
        let Some(Command::Message(message)) = entry.and_then(|e| e.command) else { return Err(Refused::NotFound) };
        let own = sight.caller.as_ref().is_some_and(|c| c.enterprises.iter().any(|e| *e == message.cop_code));
        let bytes = if own { self.window().original(revision).map_err(error)? } else { None };
        Ok((bytes.ok_or(Refused::NotFound)?, given.receipt.about))
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

    fn connected(&self, sight: &Sight) -> Answer<Vec<crate::connected::Connected>> {
        crate::connected::list(self, sight)
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

    fn take_statement(&self, caller: &Caller, statement: &[u8]) -> Answer<crate::statements::Taken> {
        crate::statements::take(self, caller, statement)
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
            let Some(entry) = self.window().heading(revision).map_err(error)? else { break };
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
