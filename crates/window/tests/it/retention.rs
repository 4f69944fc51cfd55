use store::{Disk, StoreError};
use trade::command::{Act, ActKind, Actor, ActorRole, Verdict};
use trade::time::Day;

use crate::zone::Zone;

fn destroy(by: ActorRole) -> Act {
    let on = Day::parse("2026-03-15");
    Act { by: Actor { id: "li".into(), role: by }, kind: ActKind::Destroy, on, ..Act::default() }
}

/// The entry stands, and the process ended before the key did: the next start destroys it.
#[test]
fn a_start_destroys_what_an_entry_says_is_destroyed() {
    let disk = Disk::memory();
    let zone = Zone::at("2026-03-01T14:00", disk.clone());
    let answer = zone.send(b"no message at all, but an original");
    let original = |zone: &Zone| zone.window.original(answer.revision);
    assert!(original(&zone).unwrap().is_some());
    zone.set("2029-07-01T10:00");
    zone.window
        .confirm_time(Actor { id: "li".into(), role: ActorRole::Operator }, Day::parse("2029-07-01").unwrap())
        .unwrap();
    let verdict = |by| zone.window.act(destroy(by), "").unwrap().entry.unwrap().outcomes[0].verdict;
    for role in [ActorRole::Officer, ActorRole::Security, ActorRole::Auditor, ActorRole::Enterprise] {
        assert_eq!(verdict(role), Verdict::Refused, "{role}");
    }
    assert_eq!(verdict(ActorRole::Operator), Verdict::Done);
    assert!(original(&zone).unwrap().is_some(), "the entry alone destroys nothing");
    zone.window.close();
    drop(zone);
    let zone = Zone::at("2029-07-01T10:00", disk);
    assert!(!matches!(original(&zone), Ok(Some(_))));
    assert!(matches!(original(&zone), Ok(None) | Err(StoreError::Gone)));
}
