//! The watched folder: whole files only, nothing outside it, nothing lost.

use crate::sample::Sample;
use server::folder::{Folder, Pass};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

struct Yard {
    root: tempfile::TempDir,
    desk: Arc<Sample>,
    folder: Folder,
}

fn yard() -> Yard {
    let root = tempfile::tempdir().expect("a folder");
    let desk = Arc::new(Sample::new());
    let folder = Folder::open(root.path(), desk.clone(), 1000).expect("made");
    fs::create_dir_all(root.path().join("inbox/palm")).expect("made");
    Yard { root, desk, folder }
}

impl Yard {
    fn put(&self, path: &str, text: &str) {
        fs::write(self.root.path().join(path), text).expect("written");
    }

    fn names(&self, path: &str) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.root.path().join(path)) else { return vec![] };
        let mut names: Vec<_> =
            entries.map(|e| e.expect("an entry").file_name().into_string().expect("a name")).collect();
        names.sort();
        names
    }

    fn pass(&mut self) -> Pass {
        self.folder.pass().expect("a pass")
    }
}

#[test]
fn a_whole_file_is_taken_in_and_receipts_appear() {
    let mut yard = yard();
    yard.put("inbox/palm/a.xml", "<CEB621Message/>");
    assert_eq!(yard.pass().done, 0, "it may still grow");
    assert_eq!(yard.names("outbox/palm").iter().filter(|n| n.ends_with(".xml")).count(), 3);
    let pass = yard.pass();
    assert_eq!((pass.done, pass.failed), (1, 0));
    assert_eq!(yard.names("done/palm"), ["a.xml"]);
    assert_eq!(yard.names("inbox/palm"), Vec::<String>::new());
    let taken = yard.desk.taken.lock().expect("lock");
    assert_eq!((taken[0].caller.name.as_str(), &taken[0].bytes[..]), ("enterprise", &b"<CEB621Message/>"[..]));
    let key = taken[0].idempotency.clone().expect("a key");
    assert!(key.starts_with("folder/") && key.len() == 71);
}

#[test]
fn a_growing_or_unfinished_file_waits() {
    let mut yard = yard();
    yard.put("inbox/palm/a.xml", "<CEB");
    yard.put("inbox/palm/b.xml.tmp", "<CEB621Message/>");
    yard.put("inbox/palm/.c.xml", "<CEB621Message/>");
    yard.pass();
    yard.put("inbox/palm/a.xml", "<CEB621Message/>");
    assert_eq!(yard.pass().done, 0);
    assert_eq!(yard.pass().done, 1);
    assert_eq!(yard.names("inbox/palm"), [".c.xml", "b.xml.tmp"]);
}

#[test]
fn what_cannot_be_taken_is_filed_with_its_reason() {
    let mut yard = yard();
    yard.put("inbox/palm/a.xml", "no message");
    yard.put("inbox/palm/b.xml", &"CEB".repeat(1000));
    yard.put("inbox/palm/c.xml", "CEB other-enterprise");
    yard.pass();
    assert_eq!(yard.pass().failed, 3);
    assert_eq!(yard.names("failed/palm").len(), 6);
    let told = |name: &str| fs::read_to_string(yard.root.path().join("failed/palm").join(name)).expect("told");
    assert!(told("a.xml.problem.json").contains("\"code\": \"NOT_A_MESSAGE\""));
    assert!(told("b.xml.problem.json").contains("TOO_LARGE"));
    assert!(told("c.xml.problem.json").contains("NOT_ALLOWED") && told("c.xml.problem.json").contains("4602999999"));
}

#[test]
fn not_now_means_later_and_what_a_crash_left_is_taken_again() {
    let mut yard = yard();
    yard.desk.failing.store(true, Ordering::Relaxed);
    yard.put("inbox/palm/a.xml", "<CEB621Message/>");
    yard.pass();
    assert_eq!(yard.pass().later, 1);
    assert_eq!(yard.names("work/palm"), ["a.xml"]);
    yard.desk.failing.store(false, Ordering::Relaxed);
    let mut again = Folder::open(yard.root.path(), yard.desk.clone(), 1000).expect("opened");
    assert_eq!(again.pass().expect("a pass").done, 1);
    assert_eq!(yard.names("work/palm"), Vec::<String>::new());
}

#[test]
fn the_same_name_twice_keeps_both() {
    let mut yard = yard();
    for text in ["<CEB1/>", "<CEB2/>", "<CEB3/>"] {
        yard.put("inbox/palm/a.xml", text);
        yard.pass();
        yard.pass();
    }
    assert_eq!(yard.names("done/palm"), ["a-2.xml", "a-3.xml", "a.xml"]);
}

#[test]
fn links_and_unknown_senders_lead_nowhere() {
    let mut yard = yard();
    let outside = tempfile::tempdir().expect("a folder");
    let secret = outside.path().join("secret.xml");
    fs::write(&secret, "<CEB secret/>").expect("written");
    let link = |to: &Path, at: &str| std::os::unix::fs::symlink(to, yard.root.path().join(at)).expect("linked");
    link(&secret, "inbox/palm/link.xml");
    link(outside.path(), "inbox/linked");
    for sender in ["stranger", "..hidden", "a b"] {
        fs::create_dir_all(yard.root.path().join("inbox").join(sender)).expect("made");
        yard.put(&format!("inbox/{sender}/a.xml"), "<CEB621Message/>");
    }
    yard.pass();
    yard.pass();
    assert!(yard.desk.taken.lock().expect("lock").is_empty());
    assert!(secret.exists() && yard.names("inbox/palm") == ["link.xml"]);
    assert_eq!(yard.names("outbox"), ["palm"]);
}

#[test]
fn receipts_are_written_once_and_go_on_after_the_cursor() {
    let mut yard = yard();
    assert_eq!(yard.pass().receipts, 3);
    assert_eq!(yard.pass().receipts, 0);
    let names = yard.names("outbox/palm");
    assert!(names.contains(&"000000000001-0-CEB622.xml".to_owned()) && names.contains(&".cursor".to_owned()));
    let mut again = Folder::open(yard.root.path(), yard.desk.clone(), 1000).expect("opened");
    assert_eq!(again.pass().expect("a pass").receipts, 0, "the cursor outlives the program");
}

#[test]
fn a_watched_folder_is_passed_until_it_is_told_to_stop() {
    let yard = yard();
    yard.put("inbox/palm/a.xml", "<CEB621Message/>");
    let Yard { root, desk, mut folder } = yard;
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|threads| {
        let watch = threads.spawn(|| folder.watch(std::time::Duration::from_millis(5), &stop));
        while desk.taken.lock().expect("lock").is_empty() {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        stop.store(true, Ordering::Relaxed);
        watch.join().expect("no panic").expect("watched");
    });
    assert!(root.path().join("done/palm/a.xml").exists());
}
