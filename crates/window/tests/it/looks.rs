//! Looks on a full disk: the room that is set aside carries them, and when it is used up nobody looks any more.

use store::Disk;
use trade::command::{Actor, ActorRole, Verdict};
use trade::key::CaseKey;
use trade::look::{Look, LookKind};
use trade::policy::rights::{Action, Purpose};
use window::Refused;

use crate::zone::Zone;

/// A look at many parcels, so that the room is used up soon.
fn look(n: u32) -> Look {
    let key = |i: u32| CaseKey {
        ebc: format!("{:x}", n * 7_919 + i).into(),
        order_no: format!("{:x}", n * 104_729 + i * 31).into(),
    };
    Look {
        by: Actor { id: "lin".into(), role: ActorRole::Officer },
        kind: LookKind::Export,
        action: Action::ParcelExport,
        purpose: Purpose::Clearance,
        case: "JC-1".into(),
        parcels: (0..3_000).map(key).collect(),
        records: 3_000,
        ..Look::default()
    }
}

#[test]
fn when_the_reserved_room_is_full_nobody_looks_any_more() {
    let disk = Disk::memory();
    let zone = Zone::with("2026-03-01T14:00", disk.clone(), &[]);
    let answer = zone.window.write_look(look(0)).unwrap();
    assert_eq!(answer.entry.unwrap().outcomes[0].verdict, Verdict::Done);
    disk.set_capacity(Some(disk.used()));
    let mut written = 0;
    let refused = loop {
        match zone.window.write_look(look(written + 1)) {
            Ok(_) => written += 1,
            Err(refused) => break refused,
        }
        assert!(written < 10_000);
    };
    assert!(matches!(refused, Refused::Full), "{refused:?}");
    assert!(written > 0, "the room set aside carried some");
    assert!(zone.try_send(b"<x/>").is_err(), "and intake had stopped before");
    let act = zone.window.act(trade::command::Act::default(), "");
    assert!(matches!(act, Err(Refused::Full)), "nor does anybody wait who acts");
    let before = std::time::Instant::now();
    assert!(matches!(zone.window.write_look(look(1)), Err(Refused::Full)));
    assert!(before.elapsed().as_secs() < 5, "the next one is refused at once");
    disk.set_capacity(None);
    let mut again = zone.window.write_look(look(2));
    for _ in 0..100 {
        if again.is_ok() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
        again = zone.window.write_look(look(2));
    }
    let last = again.unwrap().revision;
    // What had been decided while there was no room is written too: nothing is lost between.
    assert_eq!(zone.window.journal().last(), last);
    zone.window.close();
    let replayed = window::replay::replay(&zone.window.config().place, |_, _| {}).unwrap();
    assert!(replayed.same, "{replayed:?}");
}
