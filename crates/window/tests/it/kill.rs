//! The real process, killed under load: nothing answered is lost, nothing happens twice.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use store::{Disk, Place, proof};
use trade::key::Key;
use trade::pack::Pack;
use window::{Answer, Config, Incoming, replay};

use crate::story::{messages, plan};
use crate::zone::Zone;

const PARCELS: u64 = 300;

/// The same story in every process.
fn story() -> (Vec<(trade::registry::Table, String)>, Vec<(traffic::Sent, Vec<u8>)>) {
    messages(plan(77, PARCELS, 3))
}

fn open(dir: &Path, at: &str, registry: &[(trade::registry::Table, String)]) -> Zone {
    Zone::open(at, Config::at(Place { seed: Some([7; 32]), ..Place::on_disk(&dir.join("zone")) }), registry)
}

/// What the sender of a message was told, in one hash.
fn told(zone: &window::Window, answer: &Answer) -> String {
    let given = zone.receipts_of(answer.clone()).unwrap();
    let all: Vec<u8> = given.iter().flat_map(|g| g.receipt.shown.leaf_bytes()).collect();
    proof::hex(&proof::sha256(&all))
}

/// Not a test by itself: the process that is killed. It sends from `ONEWINDOW_KILL_FROM` on, some messages ahead of
/// their answers, and says each answer on its standard output.
#[test]
fn child() {
    let (Ok(dir), Ok(from)) = (std::env::var("ONEWINDOW_KILL_DIR"), std::env::var("ONEWINDOW_KILL_FROM")) else {
        return;
    };
    let (registry, story) = story();
    let zone = open(Path::new(&dir), &story[0].0.at.to_string(), &registry);
    let last = story.last().unwrap().0.at;
    // One time for all: a message that is sent again after a start is not decided by another hour of the day.
    zone.set(&last.to_string());
    let out = Arc::new(Mutex::new(()));
    let (tokens, free) = crossbeam_channel::bounded(16);
    for (number, (_, bytes)) in story.iter().enumerate().skip(from.parse().unwrap()) {
        tokens.send(()).unwrap();
        let (window, out, free) = (zone.window.clone(), out.clone(), free.clone());
        let then = Box::new(move |answer: Result<Answer, window::Refused>| {
            let told = told(&window, &answer.unwrap());
            let _one_line_at_a_time = out.lock().unwrap();
            println!("\nanswered {number} {told}");
            free.recv().unwrap();
        });
        zone.window.submit(Incoming { bytes: bytes.clone(), ..Incoming::default() }, true, then).unwrap();
    }
    zone.window.close();
    println!("\nfinished");
}

#[test]
fn nothing_answered_is_lost_and_nothing_happens_twice_when_the_process_is_killed() {
    let kills: usize = std::env::var("ONEWINDOW_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(3);
    let dir = tempfile::tempdir().unwrap();
    let (registry, story) = story();
    let mut answered: BTreeMap<usize, String> = BTreeMap::new();
    let mut killed = 0;
    let each = story.len() / (kills + 1);
    loop {
        // The sender repeats what was not answered, and some of what was.
        let next = (0..).find(|n| !answered.contains_key(n)).unwrap();
        let from = next.saturating_sub(5);
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["kill::child", "--exact", "--nocapture"])
            .env("ONEWINDOW_KILL_DIR", dir.path())
            .env("ONEWINDOW_KILL_FROM", from.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut seen = 0;
        let mut finished = false;
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            let mut words = line.split(' ');
            match (words.next(), words.next(), words.next()) {
                (Some("answered"), Some(number), Some(hash)) => {
                    let first = answered.entry(number.parse().unwrap()).or_insert_with(|| hash.to_owned());
                    assert_eq!(first, hash, "message {number} was answered otherwise after {killed} kills");
                    seen += 1;
                    if seen == each && killed < kills {
                        child.kill().unwrap(); // SIGKILL
                    }
                }
                (Some("finished"), ..) => finished = true,
                _ => {}
            }
        }
        let status = child.wait().unwrap();
        if finished {
            assert!(status.success());
            break;
        }
        assert!(killed < kills, "it ended without being killed");
        killed += 1;
    }
    assert_eq!((answered.len(), killed), (story.len(), kills));

    // The ledgers are those of a day on which nobody pulled a plug.
    let calm = Zone::with(&story[0].0.at.to_string(), Disk::memory(), &registry);
    calm.set(&story.last().unwrap().0.at.to_string());
    for (_, bytes) in &story {
        calm.send(bytes);
    }
    let after = open(dir.path(), &story.last().unwrap().0.at.to_string(), &registry);
    assert_eq!(ledgers(&after), ledgers(&calm));
    let tip = after.window.journal().tip();
    after.window.close();
    let again = replay::replay(&after.window.config().place, |_, _| {}).unwrap();
    assert!(again.same && again.hash == tip.chain, "{again:?}");
    eprintln!("{} messages, {killed} kills, journal of {} entries", story.len(), tip.revision);
}

fn ledgers(zone: &Zone) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let mut all = BTreeMap::new();
    zone.window.state().each_hot(|key, value| {
        let is_ledger =
            matches!(Key::unpack(key), Ok(Key::Allowance(_) | Key::Guarantee(_) | Key::Stock(_) | Key::Manifest(_)));
        if is_ledger {
            all.insert(key.to_vec(), value.to_vec());
        }
    });
    all
}

/// Promise 2, at rest: whatever a message was answered, sent again after others it is answered so again.
#[test]
fn a_message_sent_again_after_others_gets_its_first_answer() {
    let (registry, story) = story();
    let zone = Zone::with(&story[0].0.at.to_string(), Disk::memory(), &registry);
    zone.set(&story.last().unwrap().0.at.to_string());
    let send = |bytes: &[u8]| {
        let answer = zone.window.take_in(Incoming { bytes: bytes.to_vec(), ..Incoming::default() }).unwrap();
        told(&zone.window, &answer)
    };
    let mut first = Vec::new();
    for (n, (_, bytes)) in story.iter().enumerate() {
        first.push(send(bytes));
        for back in [0, 1, 7, 20].into_iter().filter(|back| *back <= n) {
            let again = send(&story[n - back].1);
            assert_eq!(again, first[n - back], "message {} after message {n}", n - back);
        }
    }
}
