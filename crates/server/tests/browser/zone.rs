//! The window under test: the sample zone on a made-up day with every planted fault, served on loopback.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use server::desk::{Caller, Desk, Filter, Role, Sight, State};
use server::house::House;
use server::law::Limits;
use server::sign::hash_password;
use store::{Disk, Place};
use trade::account::AccountRow;
use trade::command::{Act, ActKind, Actor, ActorRole, Open, RegisterKind, Verdict};
use trade::documents::MessageKind;
use trade::key::{CaseKey, Key};
use trade::look::{Look, LookKind};
use trade::money::Fen;
use trade::policy::Policy;
use trade::policy::rights::{Action, Purpose};
use trade::record::{Case, status};
use trade::time::{Day, Moment};
use traffic::{Keys, Plan, Sent, Story};
use window::filing::{operator, security};
use window::{Clock, Config, Incoming, Window};

/// Of every login.
pub const PASSWORD: &str = "a made-up word";

/// The time of the message that is sent last.
pub struct StoryClock(pub AtomicI64);

impl Clock for StoryClock {
    fn now(&self) -> Moment {
        Moment(self.0.load(Ordering::Relaxed))
    }
}

/// A list of the story whose fault one change in it mends.
pub struct Mendable {
    /// `ebcCode_orderNo`: it was refused before it had a number.
    pub key: String,
    pub code: &'static str,
    pub sent: Vec<u8>,
    pub mended: Vec<u8>,
    pub sender: String,
}

type Sign = Box<dyn Fn(&str, Vec<u8>) -> Vec<u8>>;

pub struct Zone {
    pub address: String,
    pub house: Arc<House>,
    pub mendable: Option<Mendable>,
    /// The senders' own tool: signs the list of one of them.
    pub sign: Sign,
    /// A released parcel that the consumer bought.
    pub bought: String,
    /// Customs code of whoever signs in as the enterprise.
    pub enterprise: String,
    disk: Disk,
    stop: Arc<AtomicBool>,
    serving: Option<JoinHandle<()>>,
}

/// A refused account book that is appealed.
pub const RULING: &str = "4602960W01/EMS101/B-1";

fn appealed(window: &Window) {
    let by = Actor { id: "4602960W01".into(), role: ActorRole::Enterprise };
    let book = br#"{"EMS101": {"etpsPreentNo": "B-1", "etpsno": "4602960W01", "dclTypecd": "1", "putrecNo": "T6402W000901",
        "masterCuscd": "6402", "items": [{"gdsMtno": "MILK-1", "gdecd": "9999999999", "gdsNm": "milk", "dclUnitcd": "122",
        "natcd": "609", "dclUprcAmt": "80.00"}]}}"#;
    window.file_bonded(book, by.clone()).expect("answered");
    let ruling = trade::record::Ruling::named(RULING);
    let act = Act { by, kind: ActKind::Appeal, ruling, ..Act::default() };
    let answer = window.act(act, "税则号列昨日公布 the code was published yesterday").expect("answered");
    let outcome = &answer.entry.expect("an entry").outcomes[0];
    assert_eq!(outcome.verdict, Verdict::Accepted, "{:?}", outcome.findings);
}

/// Goods that the enterprise has filed: one is approved, one waits for review.
fn filed(window: &Window, enterprise: &str) {
    let by = Actor { id: enterprise.into(), role: ActorRole::Enterprise };
    let csv = format!(
        "ebc,item_no,version,name_zh,name_en,hs10,model,origin,unit,unit1,qty1,from,approved\n\
         {enterprise},MILK-900,0,婴幼儿配方奶粉,infant formula,1901101090,900 g,609,122,035,0.9,2026-03-01,no\n\
         {enterprise},MILK-400,0,婴幼儿配方奶粉,infant formula,1901101090,400 g,609,122,035,0.4,2026-03-01,no\n\
         {enterprise},MILK-200,0,婴幼儿配方奶粉,infant formula,1901101090,200 g,609,122,035,0.2,2026-03-01,no\n"
    );
    window.import(&by, trade::registry::Table::Goods, &csv).expect("filed");
    let act = Act {
        by: Actor { id: "officer".into(), role: ActorRole::Officer },
        kind: ActKind::Approve,
        case: CaseKey { ebc: enterprise.into(), order_no: "".into() },
        number: "MILK-900".into(),
        value: 1,
        ..Act::default()
    };
    window.act(act, "").expect("approved");
}

/// Papers as PDF by Chromium, as docs/operating.md sets it up.
fn press() -> Option<server::press::Press> {
    let program = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/pdf-worker").canonicalize().ok()?;
    let font = std::process::Command::new("fc-match").args(["--format=%{file}", "Noto Sans CJK SC"]).output().ok();
    let font = font.and_then(|said| String::from_utf8(said.stdout).ok()).filter(|file| !file.is_empty());
    Some(server::press::Press { program, font: font.map(Into::into) })
}

impl Zone {
    /// A day of forty parcels that nothing stops, and one of each fault.
    pub fn busy() -> Zone {
        Zone::founded(true, 11)
    }

    /// Such a day with other parcels.
    pub fn told(seed: u64) -> Zone {
        Zone::founded(true, seed)
    }

    /// Nothing has been sent yet.
    pub fn empty() -> Zone {
        Zone::founded(false, 11)
    }

    fn founded(busy: bool, seed: u64) -> Zone {
        let (traders, policy) = (traffic::zone::Zone::sample(), Policy::sample());
        let always = (Day::ymd(2016, 1, 1).expect("a day"), Day::ymd(2099, 12, 31).expect("a day"));
        let keys = Keys::new(&[3; 32], wire::seal::KeyKind::Sm2, &traders, always);
        let today = Day::ymd(2026, 3, 2).expect("a day");
        let plan = Plan { faults: true, truths: true, per_message: 5, ..Plan::day(seed, 40, today) };
        let story = Story::new(plan, &traders, &policy);
        let registry = traffic::registry(&story, &keys);
        let sent: Vec<Sent> = if busy { story.collect() } else { Vec::new() };
        let wrong = sent.iter().flat_map(|s| &s.truths).find(|t| t.fault == "R09 currency");
        let list =
            wrong.and_then(|t| sent.iter().find(|s| s.kind == MessageKind::List && holds(s, &t.order_no))).cloned();

        let clock = Arc::new(StoryClock(AtomicI64::new(today.starts().0 + 8 * 3_600_000)));
        let disk = Disk::memory();
        let config = Config::at(Place::in_memory(&disk, [7; 32]));
        let (window, _) = Window::open(config, clock.clone()).expect("an empty zone");
        let open = Open {
            name_zh: "三亚样例综合试验区".into(),
            name_en: "Sanya sample zone".into(),
            window: 7,
            sandbox: true,
            ..Open::default()
        };
        window.found(open, trade::policy::SAMPLE).expect("founded");
        for (table, text) in &registry {
            window.import(&operator("test"), *table, text).expect("imported");
        }
        if busy {
            crate::theft::plant(&window, &clock, today);
            appealed(&window);
        }
        let enterprise = list.as_ref().map_or_else(|| "4602980A01".to_owned(), |l| l.sender.clone());
        if busy {
            filed(&window, &enterprise);
        }
        window.register(&security("test"), RegisterKind::Accounts, &accounts(&enterprise)).expect("registered");
        for message in sent.iter().filter(|s| s.at < today.plus(1).starts()) {
            clock.0.fetch_max(message.at.0, Ordering::Relaxed);
            let bytes = keys.seal(message).expect("sealed");
            window.take_in(Incoming { bytes, ..Incoming::default() }).expect("taken in");
        }

        let mendable = wrong.zip(list).map(|(truth, list)| {
            let text = String::from_utf8(list.bytes.clone()).expect("UTF-8");
            assert_eq!(text.matches(">502<").count(), 1, "one currency is wrong");
            Mendable {
                key: format!("{}_{}", truth.ebc_code, truth.order_no),
                code: "CURRENCY_NOT_CNY",
                sent: list.bytes.clone(),
                mended: text.replace(">502<", ">142<").into_bytes(),
                sender: list.sender.clone(),
            }
        });
        let bought = sent.iter().find_map(|s| bought(s).filter(|(key, _)| is_released(&window, key)));
        let identity = bought.as_ref().map_or("110101199003077475", |(_, identity)| identity);
        let row = AccountRow {
            login: "consumer".into(),
            role: ActorRole::Consumer,
            password_hash: hash_password(PASSWORD).expect("hashed").into(),
            ..AccountRow::default()
        };
        window.admit_account(&security("test"), &row, identity).expect("admitted");
        let house = Arc::new(House::over(window).expect("views").printed_by(press()));
        let last = house.window().journal().last();
        assert_eq!(house.views().wait(last, Duration::from_secs(20)), last);
        let mut zone = Zone::serving(house.clone(), house);
        (zone.disk, zone.mendable) = (disk, mendable);
        zone.enterprise = enterprise;
        zone.sign = Box::new(move |sender, bytes| {
            let sent = Sent {
                at: Moment::default(),
                kind: MessageKind::List,
                sender: sender.to_owned(),
                documents: 1,
                bytes,
                truths: Vec::new(),
                delivery: None,
            };
            keys.seal(&sent).expect("sealed")
        });
        let case = bought.and_then(|(key, _)| zone.house.window().find_case(&key, |_| vec![]).pop());
        let number = case.and_then(|case| zone.house.window().read::<Case>(&Key::Case(case)));
        zone.bought = number.map_or_else(String::new, |case| case.invt_no.to_string());
        zone
    }

    fn serving(house: Arc<House>, desk: Arc<dyn Desk>) -> Zone {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let stop = Arc::new(AtomicBool::new(false));
        let ending = stop.clone();
        let serving = std::thread::spawn(move || {
            server::serve(listener, desk, server::Options::default(), ending).expect("served");
        });
        let sign = Box::new(|_: &str, bytes| bytes);
        let (disk, serving, none) = (Disk::memory(), Some(serving), String::new());
        Zone { address, house, mendable: None, sign, bought: none.clone(), enterprise: none, disk, stop, serving }
    }

    /// The disk is full from now on, and so is the room that is set aside for looks.
    pub fn fill_disk(&self) {
        self.disk.set_capacity(Some(self.disk.used()));
        let key = |n: u32| CaseKey { ebc: format!("{:x}", n * 7_919).into(), order_no: format!("{:x}", n * 31).into() };
        let look = |n: u32| Look {
            by: Actor { id: "officer".into(), role: ActorRole::Officer },
            kind: LookKind::Export,
            action: Action::ParcelExport,
            purpose: Purpose::Clearance,
            case: "JC-1".into(),
            parcels: (n..n + 3_000).map(key).collect(),
            records: 3_000,
            ..Look::default()
        };
        let written = (0..10_000).take_while(|n| self.house.window().write_look(look(*n)).is_ok()).count();
        assert!(written < 10_000, "the room has an end");
    }

    /// There is room again.
    pub fn free_disk(&self) {
        self.disk.set_capacity(None);
    }

    /// The number of a what-if run that has ended; the first who asks begins one.
    pub fn tried(&self) -> u32 {
        let caller =
            Caller { name: "operator".into(), role: Role::Operator, enterprises: vec![], office: String::new() };
        let desk: &dyn Desk = &*self.house;
        let sight = Sight::of(&caller, Action::LawTry, &desk.rights(), desk.now().day());
        let limits = |single| Limits { single: Fen(single), annual: Fen(2_600_000) };
        let trials = || desk.trials(&sight).expect("runs");
        if trials().is_empty() {
            desk.try_law(&sight, &[limits(10_000), limits(800_000)]).expect("begun");
        }
        while trials()[0].is_running() {
            std::thread::sleep(Duration::from_millis(20));
        }
        trials()[0].number
    }

    /// The receipt that tells the tax bill of the first parcel that is released.
    pub fn bill(&self) -> (u64, u32) {
        let caller = Caller { name: "officer".into(), role: Role::Officer, enterprises: vec![], office: String::new() };
        let desk: &dyn Desk = &*self.house;
        let sight = Sight::of(&caller, Action::ParcelRead, &desk.rights(), desk.now().day());
        let parcel = desk.parcel(&sight, &self.parcel(State::Released)).expect("there");
        let told = parcel.receipts.iter().find(|receipt| receipt.message == "CEB816").expect("a bill");
        (told.revision, told.index)
    }

    /// The number of the first parcel in a state.
    pub fn parcel(&self, state: State) -> String {
        let filter = Filter { states: vec![state], limit: 1, ..Filter::default() };
        let desk: &dyn Desk = &*self.house;
        desk.parcels(&server::desk::Sight::nobody(), &filter)
            .expect("a list")
            .rows
            .first()
            .unwrap_or_else(|| panic!("no {state:?}"))
            .key
            .clone()
    }

    /// The number of a parcel that was refused for this reason.
    pub fn refused_for(&self, reason: &str) -> String {
        let filter = Filter { reason: Some(reason.into()), limit: 1, ..Filter::default() };
        let desk: &dyn Desk = &*self.house;
        desk.parcels(&server::desk::Sight::nobody(), &filter)
            .expect("a list")
            .rows
            .first()
            .unwrap_or_else(|| panic!("no {reason}"))
            .key
            .clone()
    }
}

impl Drop for Zone {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(serving) = self.serving.take() {
            let _ = serving.join();
        }
    }
}

/// Key and buyer's identity number of the first list in a message.
fn bought(sent: &Sent) -> Option<(String, String)> {
    let text = (sent.kind == MessageKind::List).then(|| String::from_utf8_lossy(&sent.bytes))?;
    let value = |name: &str| text.split_once(&format!("{name}>"))?.1.split_once('<').map(|(v, _)| v.to_owned());
    Some((format!("{}_{}", value("ebcCode")?, value("orderNo")?), value("buyerIdNumber")?))
}

fn is_released(window: &Window, key: &str) -> bool {
    let case = window.find_case(key, |_| vec![]).pop();
    let case = case.and_then(|case| window.read::<Case>(&Key::Case(case)));
    case.is_some_and(|case| case.status == status::RELEASED)
}

fn holds(sent: &Sent, number: &str) -> bool {
    let text = String::from_utf8_lossy(&sent.bytes);
    text.contains(&format!(">{number}<"))
}

fn accounts(enterprise: &str) -> Vec<AccountRow> {
    let password_hash = hash_password(PASSWORD).expect("hashed");
    let of = |login: &str, role, enterprise: &str| AccountRow {
        login: login.into(),
        role,
        enterprise: enterprise.into(),
        password_hash: password_hash.clone().into(),
        ..AccountRow::default()
    };
    vec![
        of("operator", ActorRole::Operator, ""),
        of("officer", ActorRole::Officer, ""),
        of("reviewer", ActorRole::Officer, ""),
        of("enterprise", ActorRole::Enterprise, enterprise),
        of("viewer", ActorRole::Viewer, ""),
        of("tax", ActorRole::Tax, ""),
        of("exchange", ActorRole::Exchange, ""),
        of("commerce", ActorRole::Commerce, ""),
        of("market", ActorRole::Market, ""),
        of("security", ActorRole::Security, ""),
        of("auditor", ActorRole::Auditor, ""),
    ]
}
