//! A window whose keys lie in a token.

use store::signer::soft::SoftModule;
use store::signer::token::TokenPlace;
use store::signer::{Algorithm, Unsigned};
use store::{Disk, Place, StoreError};
use trade::command::{Actor, ActorRole};
use window::Config;
use window::succession::NotRotated;

use crate::zone::Zone;

const NOW: &str = "2026-03-01T10:00";

fn token(folder: &std::path::Path, name: &str) -> TokenPlace {
    SoftModule::new(folder.join(name)).init(name, "4711").unwrap();
    let pin_file = folder.join("pin");
    std::fs::write(&pin_file, "4711").unwrap();
    TokenPlace {
        module: format!("soft:{}", folder.join(name).display()),
        token: name.into(),
        pin_file,
        label: "zone".into(),
        algorithms: Algorithm::ALL.to_vec(),
        sm2_mechanism: None,
        sm2_make: None,
    }
}

/// The token goes in the middle: what comes is taken in, decided and answered; no head and no proof is given, and
/// nothing false; when it is back everything is proved, what was taken in without it too.
#[test]
fn a_token_taken_out_makes_heads_late_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::memory();
    let open = |token: Option<TokenPlace>| {
        Zone::open(NOW, Config::at(Place { token, ..Place::in_memory(&disk, [7; 32]) }), &[])
    };
    let zone = open(Some(token(folder.path(), "old")));
    let before = zone.window.head().unwrap().unwrap();
    let keys = zone.window.head_keys().unwrap().public();
    assert_eq!(before.verify(&keys), Ok(()));

    let (there, away) = (folder.path().join("old"), folder.path().join("pocket"));
    std::fs::rename(&there, &away).unwrap();
    let answer = zone.send(b"<what-is-this/>");
    assert!(answer.revision > before.head.size && !answer.given().is_empty(), "it is answered");
    let gone = |error: StoreError| matches!(error, StoreError::Unsigned(Unsigned::NoToken(_)));
    assert!(gone(zone.window.head().unwrap_err()));
    assert!(gone(zone.window.proof(answer.revision, 0, None).unwrap_err()));
    assert_eq!(zone.window.unsigned(), 2);
    assert_eq!(zone.window.head_of(before.head.size).unwrap(), Some(before), "what was signed last is at hand");
    let by = Actor { id: "security".into(), role: ActorRole::Security };
    let last = zone.window.journal().last();
    let rotated = zone.window.rotate_head_keys(&by, false);
    assert!(matches!(&rotated, Err(NotRotated::Store(StoreError::Unsigned(_)))), "{rotated:?}");
    assert_eq!(zone.window.journal().last(), last, "keys that cannot sign are followed by none");

    // A start without it.
    zone.window.close();
    drop(zone);
    let new = token(folder.path(), "new");
    let zone = open(Some(new));
    assert!(gone(zone.window.head().unwrap_err()));
    assert_eq!(zone.window.own_keys().unwrap(), [(keys.clone(), None)], "whom to believe is known");
    zone.send(b"<what-is-that/>");

    std::fs::rename(&away, &there).unwrap();
    let proof = zone.window.proof(answer.revision, 0, None).unwrap().unwrap();
    let given = zone.window.receipt(answer.revision, 0).unwrap().unwrap();
    let leaf = store::proof::leaf_hash(&given.receipt.shown.leaf_bytes());
    proof.verify(&leaf, &keys).unwrap();
    let shown = zone.window.consistency(before.head.size, zone.window.journal().last()).unwrap().unwrap();
    assert_eq!((shown.verify(&keys), shown.from), (Ok(()), before), "the head of before is the same, byte for byte");

    // From one token into the other.
    zone.window.rotate_head_keys(&by, false).unwrap();
    let next = zone.window.head_keys().unwrap().public();
    assert_ne!(next, keys);
    assert_eq!(zone.window.head().unwrap().unwrap().verify(&next), Ok(()));
    let left = std::fs::read_dir(&there).unwrap().map(|file| file.unwrap().file_name()).collect::<Vec<_>>();
    assert_eq!(left, ["token.json"], "the old keys are gone");
    assert_eq!(zone.window.own_keys().unwrap().len(), 2);
}
