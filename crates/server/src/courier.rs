//! Receipts that are brought (回执推送): to the addresses of those who subscribed, and to departments by their connectors.
//!
//! The outbox is the journal's: the courier is one more follower of it with a position for each target, so nothing is kept
//! twice and nothing is lost while a target is down. What could not be brought is tried again, ever more seldom; the
//! order stays. A delivery may come twice (a receipt's guid says so), never differ. What a department's system answers
//! becomes a command like what an official types.

pub mod address;
pub mod http;
pub mod simulator;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use trade::command::ActorRole;
use trade::key::Key;
use trade::pack::Text;
use trade::request::Of;
use trade::subscription::Subscriptions;
use trade::time::Moment;

use crate::desk::{Answer, Caller, Desk, Role};
use crate::house::House;
use crate::live::broken;
use crate::requests::{Reply, reply};

/// Receipts of one delivery.
const AT_ONCE: usize = 100;
/// Deliveries to one target in one turn.
const PER_TURN: usize = 50;
/// Targets that are spoken to at the same time.
const ABREAST: usize = 8;
/// Milliseconds before the second try; each later one waits twice as long, an hour at most.
const FIRST_WAIT: i64 = 10_000;
const LONGEST_WAIT: i64 = 3_600_000;
/// Under which positions are kept among the operators' tables.
const NOTES: &str = "courier";

/// Kinds of connectors, and the department whose outbox each brings. Identities are asked about at once and never stored
/// (`crate::identity`), so theirs has none.
pub const KINDS: [(&str, Option<ActorRole>); 5] = [
    ("customs", Some(ActorRole::Officer)),
    ("tax", Some(ActorRole::Tax)),
    ("exchange", Some(ActorRole::Exchange)),
    ("market", Some(ActorRole::Market)),
    ("identity", None),
];

/// A department's system, as the operator's table names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connector {
    pub kind: &'static str,
    pub department: Option<ActorRole>,
    pub address: String,
}

/// Reads the operator's table: `kind,address`, a connector a line.
///
/// # Errors
/// Every line that is none.
pub fn connectors(text: &str) -> Result<Vec<Connector>, Vec<String>> {
    let (mut all, mut faults) = (Vec::<Connector>::new(), Vec::new());
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    for (n, line) in lines.skip(1) {
        let (kind, address) = line.split_once(',').unwrap_or((line, ""));
        match KINDS.iter().find(|(known, _)| *known == kind.trim()) {
            Some((kind, _)) if address.trim().is_empty() || all.iter().any(|of| of.kind == *kind) => {
                faults.push(format!("line {}: {kind} has no address, or two", n + 1));
            }
            Some((kind, department)) => {
                all.push(Connector { kind, department: *department, address: address.trim().to_owned() });
            }
            None => {
                let known = KINDS.map(|(kind, _)| kind).join(" | ");
                faults.push(format!("line {}: {kind:?} is no kind ({known})", n + 1));
            }
        }
    }
    if faults.is_empty() { Ok(all) } else { Err(faults) }
}

/// What goes to a target.
pub struct Delivery<'a> {
    pub address: &'a str,
    /// Where in the outbox it begins: the same for every try.
    pub id: &'a str,
    /// Milliseconds since 1970, part of what is signed.
    pub time: i64,
    pub signature: String,
    pub body: &'a [u8],
}

/// HMAC-SHA-256 over time and body, in hexadecimal digits.
pub fn signature(secret: &[u8; 32], time: i64, body: &[u8]) -> String {
    store::proof::hex(&store::keys::hmac(secret, &[time.to_string().as_bytes(), b".", body]))
}

/// A way to targets.
pub trait Line: Send + Sync {
    /// Brings a delivery; what the other side answered.
    ///
    /// # Errors
    /// Why it does not count as delivered, in a few words that hold nothing of it.
    fn bring(&self, delivery: &Delivery<'_>) -> Result<Vec<u8>, String>;
}

/// How far a target is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Stands {
    /// In the outbox: what was delivered.
    pub cursor: String,
    /// Failed tries in a row, when the next one is, and why the last one failed.
    pub failures: u32,
    pub next: i64,
    pub why: String,
    /// When the last delivery was taken, and when the first of the failed tries was; 0 where there is none.
    pub last: i64,
    pub since: i64,
}

impl Stands {
    fn failed(&mut self, why: String, now: Moment) {
        if self.failures == 0 {
            self.since = now.0;
        }
        let wait = FIRST_WAIT.saturating_mul(1 << self.failures.min(20)).min(LONGEST_WAIT);
        (self.failures, self.next, self.why) = (self.failures.saturating_add(1), now.0 + wait, why);
    }
}

struct Target {
    owner: Text,
    /// A subscription's number, or a connector's kind.
    name: String,
    address: String,
    /// The entry after which it begins.
    from: u64,
    /// It answers for this department.
    speaks: Option<ActorRole>,
}

impl Target {
    fn note(&self) -> String {
        note(&self.owner, &self.name)
    }
}

fn note(owner: &str, name: &str) -> String {
    format!("{owner}/{name}")
}

/// The secret with which deliveries of a subscription, or to a connector, are signed: made of a key beside the data, kept
/// nowhere.
///
/// # Errors
/// The key cannot be had.
pub fn secret(house: &House, owner: &str, name: &str) -> Answer<[u8; 32]> {
    let key = house.window().keys().get_or_make("webhook").map_err(|e| broken(&e.to_string()))?;
    Ok(store::keys::hmac(key.bytes(), &[owner.as_bytes(), b"/", name.as_bytes()]))
}

/// How a target stands.
pub fn stands(house: &House, owner: &str, name: &str) -> Answer<Stands> {
    let kept = house.window().ops().note(NOTES, &note(owner, name), house.now()).map_err(|e| broken(&e.to_string()))?;
    Ok(kept.and_then(|kept| serde_json::from_slice(&kept).ok()).unwrap_or_default())
}

/// What one turn came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// Receipts that were brought.
    pub brought: usize,
    /// Targets that could not be reached, or did not take what they got.
    pub failed: usize,
    /// Targets whose next try is later.
    pub waiting: usize,
    /// Answers that were taken, and those that were not.
    pub answers: usize,
    pub refused: usize,
}

impl Turn {
    fn and(self, other: Turn) -> Turn {
        Turn {
            brought: self.brought + other.brought,
            failed: self.failed + other.failed,
            waiting: self.waiting + other.waiting,
            answers: self.answers + other.answers,
            refused: self.refused + other.refused,
        }
    }
}

/// Brings receipts. One who begins anew where another ended goes on from the same positions.
pub struct Courier {
    house: Arc<House>,
    line: Box<dyn Line>,
    connectors: Vec<Connector>,
}

impl Courier {
    pub fn new(house: Arc<House>, line: Box<dyn Line>, connectors: Vec<Connector>) -> Courier {
        house.connect(&connectors);
        Courier { house, line, connectors }
    }

    /// Takes turns until `stop` is set; what is being delivered then is the last.
    pub fn run(&self, pause: std::time::Duration, stop: &AtomicBool) {
        while !stop.load(Ordering::Relaxed) {
            if let Err(refused) = self.turn_until(stop) {
                tracing::warn!(?refused, "receipts are not brought now");
            }
            std::thread::sleep(pause);
        }
    }

    /// Goes to every target whose time it is.
    ///
    /// # Errors
    /// The outbox cannot be read, or positions cannot be kept.
    pub fn turn(&self) -> Answer<Turn> {
        self.turn_until(&AtomicBool::new(false))
    }

    fn turn_until(&self, stop: &AtomicBool) -> Answer<Turn> {
        let mut turn = Turn::default();
        for some in self.targets().chunks(ABREAST) {
            let told = std::thread::scope(|scope| {
                let going: Vec<_> = some.iter().map(|target| scope.spawn(|| self.visit(target, stop))).collect();
                let came = |going: std::thread::ScopedJoinHandle<'_, _>| {
                    going.join().unwrap_or_else(|_| Err(broken("a delivery")))
                };
                going.into_iter().map(came).collect::<Vec<_>>()
            });
            for one in told {
                turn = turn.and(one?);
            }
        }
        Ok(turn)
    }

    fn targets(&self) -> Vec<Target> {
        let window = self.house.window();
        let of = |owner: &str| window.read::<Subscriptions>(&Key::Subscriptions(owner.into())).unwrap_or_default();
        let mut all = Vec::new();
        for owner in of("").owners {
            all.extend(of(&owner).all.into_iter().filter(|one| one.is_open()).map(|one| Target {
                owner: owner.clone(),
                name: one.number.to_string(),
                address: one.address.to_string(),
                from: one.entry,
                speaks: None,
            }));
        }
        all.extend(self.connectors.iter().filter_map(|connector| {
            let role = connector.department?;
            let (owner, name) = (role.name().into(), connector.kind.to_owned());
            Some(Target { owner, name, address: connector.address.clone(), from: 0, speaks: Some(role) })
        }));
        all
    }

    fn visit(&self, target: &Target, stop: &AtomicBool) -> Answer<Turn> {
        let mut turn = Turn::default();
        let mut stands = stands(&self.house, &target.owner, &target.name)?;
        let now = self.house.now();
        if stands.next > now.0 {
            turn.waiting = 1;
            return Ok(turn);
        }
        if stands.cursor.is_empty() {
            stands.cursor = format!("{}.0", target.from);
        }
        let reader = Caller {
            name: target.owner.to_string(),
            role: Role::Enterprise,
            enterprises: vec![target.owner.to_string()],
            office: String::new(),
        };
        for n in (0..PER_TURN).take_while(|_| !stop.load(Ordering::Relaxed)) {
            let outbox = self.house.receipts_after(&reader, Some(&stands.cursor), AT_ONCE)?;
            // A department with nothing new is still asked, once, where it owes an answer.
            let owes = n == 0 && target.speaks.is_some_and(|role| self.owes(role));
            if outbox.receipts.is_empty() && !owes {
                break;
            }
            let receipts: Vec<Value> = outbox.receipts.iter().map(told).collect();
            let body =
                json!({ "owner": target.owner, "from": stands.cursor, "cursor": outbox.cursor, "receipts": receipts });
            let body = body.to_string().into_bytes();
            // Not before there is something to sign: a window that brings nothing makes no key.
            let secret = secret(&self.house, &target.owner, &target.name)?;
            let signature = signature(&secret, now.0, &body);
            let delivery =
                Delivery { address: &target.address, id: &stands.cursor, time: now.0, signature, body: &body };
            let brought = self.line.bring(&delivery).and_then(|answer| match target.speaks {
                Some(_) => answered(&answer, outbox.receipts.len()),
                None => Ok(Vec::new()),
            });
            match brought {
                Ok(answers) => {
                    turn.brought += outbox.receipts.len();
                    stands = Stands { cursor: outbox.cursor, last: now.0, ..Stands::default() };
                    self.keep(target, &stands)?;
                    for answer in answers {
                        let taken = target.speaks.is_some_and(|role| self.say(role, answer));
                        if taken { turn.answers += 1 } else { turn.refused += 1 }
                    }
                }
                Err(why) => {
                    turn.failed = 1;
                    stands.failed(why.chars().take(200).collect(), now);
                    self.keep(target, &stands)?;
                    break;
                }
            }
        }
        Ok(turn)
    }

    fn keep(&self, target: &Target, stands: &Stands) -> Answer<()> {
        let value = serde_json::to_vec(stands).unwrap_or_default();
        let kept = self.house.window().ops().put_note(NOTES, &target.note(), &value, Moment(i64::MAX));
        kept.map_err(|e| broken(&e.to_string()))
    }

    /// The department has been asked something that it has not answered.
    fn owes(&self, role: ActorRole) -> bool {
        self.house.window().requests(Of::To(role), AT_ONCE).iter().any(|(_, request)| request.is_open())
    }

    /// What a department's system answers becomes a command in its name, as if an official had typed it; whether it was
    /// taken.
    fn say(&self, role: ActorRole, answer: Answered) -> bool {
        let Some(known) = Role::of(role) else { return false };
        let office = String::new();
        let caller = Caller { name: format!("{role}-connector"), role: known, enterprises: Vec::new(), office };
        match reply(&self.house, &caller, &answer.number, &answer.reply) {
            Ok(()) => true,
            Err(refused) => {
                tracing::warn!(%role, number = answer.number, ?refused, "an answer of a connector was not taken");
                false
            }
        }
    }
}

/// A receipt as it is brought: the line that every door says, and its file.
fn told(receipt: &crate::desk::Receipt) -> Value {
    let mut told = serde_json::to_value(receipt).unwrap_or_default();
    told["xml"] = String::from_utf8_lossy(&receipt.xml).into();
    told
}

/// An answer of a department's system to a request.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Answered {
    number: String,
    #[serde(flatten)]
    reply: Reply,
}

/// What a department's system answered: it says how many receipts it took, and what it answers.
///
/// # Errors
/// It took other than it got.
fn answered(body: &[u8], brought: usize) -> Result<Vec<Answered>, String> {
    #[derive(Deserialize)]
    struct Body {
        taken: usize,
        #[serde(default)]
        answers: Vec<Answered>,
    }
    match serde_json::from_slice::<Body>(body) {
        Ok(body) if body.taken == brought => Ok(body.answers),
        Ok(body) => Err(format!("took {} of {brought}", body.taken)),
        Err(_) => Err("its answer cannot be read".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_come_ever_more_seldom_and_at_least_once_an_hour() {
        let mut stands = Stands::default();
        let mut now = Moment(0);
        let mut waits = Vec::new();
        for _ in 0..30 {
            stands.failed("down".into(), now);
            waits.push((stands.next - now.0) / 1_000);
            now = Moment(stands.next);
        }
        assert_eq!(stands.since, 0, "the first of them");
        assert_eq!(waits[..10], [10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 3_600]);
        assert!(waits[10..].iter().all(|wait| *wait == 3_600), "{waits:?}");
    }

    #[test]
    fn a_table_of_connectors_is_read_with_all_its_faults() {
        let table = "kind,address\n# none\ntax,simulator:ok\nidentity, http://127.0.0.1:9/ask\n";
        let read = connectors(table).expect("it is one");
        assert_eq!(
            read.iter().map(|of| (of.kind, of.department)).collect::<Vec<_>>(),
            [("tax", Some(ActorRole::Tax)), ("identity", None)]
        );
        let faults = connectors("kind,address\nrail,https://a\ntax,\nmarket,a\nmarket,b\n").expect_err("three");
        assert_eq!(faults.len(), 3, "{faults:?}");
        for (kind, department) in KINDS {
            assert_eq!(connectors(&format!("kind,address\n{kind},a")).expect("known")[0].department, department);
        }
    }

    #[test]
    fn a_signature_depends_on_secret_time_and_every_byte() {
        let of = |secret: u8, time, body: &[u8]| signature(&[secret; 32], time, body);
        let one = of(1, 5, b"{}");
        assert_eq!(one.len(), 64);
        for other in [of(2, 5, b"{}"), of(1, 6, b"{}"), of(1, 5, b"{ }"), of(1, 5, b"")] {
            assert_ne!(one, other);
        }
    }
}
