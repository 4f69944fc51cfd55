use super::soft::SoftModule;
use super::token::{Found, Module, Session, Token, TokenKey, TokenPlace};
use super::*;
use crate::head::Head;
use crate::keys::Keys;
use crate::{Disk, StoreError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use trade::time::Moment;

/// Tokens in folders, with their PINs beside them.
struct Drawer(tempfile::TempDir);

impl Drawer {
    fn new() -> Drawer {
        Drawer(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A token that is made ready, and where its keys are to be made.
    fn token(&self, name: &str, algorithms: &[Algorithm]) -> TokenPlace {
        SoftModule::new(self.path(name)).init(name, "735 521").unwrap();
        let pin_file = self.path(&format!("{name}.pin"));
        std::fs::write(&pin_file, "735 521\nanything\n").unwrap();
        TokenPlace {
            module: format!("soft:{}", self.path(name).display()),
            token: name.into(),
            pin_file,
            label: "sanya".into(),
            algorithms: algorithms.to_vec(),
            sm2_mechanism: None,
            sm2_make: None,
        }
    }

    fn pin(&self, place: &TokenPlace, pin: &str) {
        std::fs::write(&place.pin_file, pin).unwrap();
    }

    fn files(&self, name: &str) -> Vec<String> {
        let files = std::fs::read_dir(self.path(name)).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap());
        let mut files: Vec<_> = files.filter(|name| name != "token.json").collect();
        files.sort();
        files
    }
}

fn keys(disk: &Disk, token: Option<&TokenPlace>) -> Keys {
    Keys::open_with(disk, Path::new("/keys"), None, token.cloned()).unwrap()
}

fn head(size: u64) -> Head {
    Head { size, root: [1; 32], chain: [2; 32], at: Moment(3) }
}

fn unsigned<T>(answer: Result<T, StoreError>) -> Unsigned {
    match answer {
        Err(StoreError::Unsigned(why)) => why,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was signed"),
    }
}

fn sign(keys: &Keys, generation: u32) -> Result<(), StoreError> {
    let keys = keys.head_keys(generation)?;
    assert_eq!(keys.sign(head(7))?.verify(&keys.public()), Ok(()), "what is handed out holds");
    Ok(())
}

#[test]
fn whoever_asks_for_a_head_does_not_know_where_the_keys_lie() {
    use Algorithm::{Ed25519, Sm2};
    for (algorithms, in_token, in_files) in [
        (&[][..], &[][..], &["head-sm2.key", "head.key"][..]),
        (&[Ed25519], &["sanya-head.ed25519"], &["head-sm2.key", "head.token"]),
        (&[Sm2], &["sanya-head-sm2.sm2"], &["head-sm2.token", "head.key"]),
        (&[Ed25519, Sm2], &["sanya-head-sm2.sm2", "sanya-head.ed25519"], &["head-sm2.token", "head.token"]),
    ] {
        let (drawer, disk) = (Drawer::new(), Disk::memory());
        let place = drawer.token("one", algorithms);
        let first = keys(&disk, Some(&place)).head_keys(1).unwrap();
        sign(&keys(&disk, Some(&place)), 1).unwrap();
        assert_eq!(drawer.files("one"), in_token, "{algorithms:?}");
        assert_eq!(disk.list(Path::new("/keys")).unwrap(), in_files, "{algorithms:?}");
        // Where new keys would be made says nothing about those that are there.
        let again = keys(&disk, None).head_keys(1).unwrap();
        assert_eq!(again.public(), first.public());
        let other = Drawer::new().token("other", &Algorithm::ALL);
        assert_eq!(keys(&disk, Some(&other)).head_keys(1).unwrap().public(), first.public());
    }
}

#[test]
fn keys_in_files_stay_there_until_they_are_followed() {
    let (drawer, disk) = (Drawer::new(), Disk::memory());
    let first = keys(&disk, None).head_keys(1).unwrap();
    let place = drawer.token("one", &Algorithm::ALL);
    let keys = keys(&disk, Some(&place));
    assert_eq!(keys.head_keys(1).unwrap().public(), first.public());
    assert!(drawer.files("one").is_empty());
    keys.head_keys(2).unwrap();
    assert_eq!(drawer.files("one"), ["sanya-head-2.ed25519", "sanya-head-sm2-2.sm2"]);
}

#[test]
fn a_wrong_pin_is_not_tried_twice_and_ten_lock_the_token() {
    let (drawer, disk) = (Drawer::new(), Disk::memory());
    let place = drawer.token("one", &Algorithm::ALL);
    sign(&keys(&disk, Some(&place)), 1).unwrap();
    drawer.pin(&place, "735 522");
    let wrong = Unsigned::WrongPin("one".into());
    let running = keys(&disk, None);
    for _ in 0..20 {
        assert_eq!(unsigned(sign(&running, 1)), wrong);
    }
    drawer.pin(&place, "735 521");
    sign(&running, 1).expect("the token was asked once, and is not locked");
    let locked = Unsigned::Locked("one".into());
    for n in 0..10 {
        drawer.pin(&place, &format!("{n}"));
        assert_eq!(unsigned(sign(&keys(&disk, None), 1)), wrong, "{n}");
    }
    drawer.pin(&place, "735 521");
    assert_eq!(unsigned(sign(&keys(&disk, None), 1)), locked, "the right one opens it no more");
    std::fs::remove_file(&place.pin_file).unwrap();
    assert!(matches!(unsigned(sign(&keys(&disk, None), 1)), Unsigned::NoPin(..)));
}

#[test]
fn a_token_that_is_taken_out_signs_again_when_it_is_back() {
    let (drawer, disk) = (Drawer::new(), Disk::memory());
    let place = drawer.token("one", &Algorithm::ALL);
    let running = keys(&disk, Some(&place));
    sign(&running, 1).unwrap();
    std::fs::rename(drawer.path("one"), drawer.path("pocket")).unwrap();
    let known = running.head_keys(1).unwrap().public();
    for keys in [&running, &keys(&disk, None)] {
        assert_eq!(unsigned(sign(keys, 1)), Unsigned::NoToken("one".into()));
        assert_eq!(keys.head_keys(1).unwrap().public(), known, "whom to believe is known without it");
    }
    // Another device under the same name and PIN has no such key; nothing is made in its place.
    drawer.token("one", &Algorithm::ALL);
    assert_eq!(unsigned(sign(&running, 1)), Unsigned::NoKey("sanya-head".into()));
    assert!(drawer.files("one").is_empty());
    std::fs::remove_dir_all(drawer.path("one")).unwrap();
    std::fs::rename(drawer.path("pocket"), drawer.path("one")).unwrap();
    sign(&running, 1).unwrap();
}

#[test]
fn another_key_under_the_same_label_signs_nothing_false() {
    let (drawer, disk) = (Drawer::new(), Disk::memory());
    let place = drawer.token("one", &Algorithm::ALL);
    let running = keys(&disk, Some(&place));
    sign(&running, 1).unwrap();
    std::fs::remove_dir_all(drawer.path("one")).unwrap();
    let planted = drawer.token("one", &Algorithm::ALL);
    sign(&keys(&Disk::memory(), Some(&planted)), 1).unwrap();
    assert_eq!(unsigned(sign(&running, 1)), Unsigned::Wrong("sanya-head".into()));
}

#[test]
fn a_change_of_keys_leads_from_one_token_into_another() {
    let (drawer, disk) = (Drawer::new(), Disk::memory());
    let (old, new) = (drawer.token("old", &Algorithm::ALL), drawer.token("new", &Algorithm::ALL));
    let first = keys(&disk, Some(&old)).head_keys(1).unwrap().public();
    let keys_now = keys(&disk, Some(&new));
    let (from, to) = (keys_now.head_keys(1).unwrap(), keys_now.head_keys(2).unwrap());
    assert_eq!(from.public(), first);
    let statement = to.succeed(&from, head(7), false).unwrap();
    assert_eq!(statement.verify(), Ok(()));
    assert_eq!(drawer.files("new"), ["sanya-head-2.ed25519", "sanya-head-sm2-2.sm2"]);

    // The old token is not there when its keys are to be destroyed: that is made up for at the next start.
    std::fs::rename(drawer.path("old"), drawer.path("pocket")).unwrap();
    assert_eq!(unsigned(keys_now.forget_head(1)), Unsigned::NoToken("old".into()));
    sign(&keys(&disk, None), 2).expect("the zone opens without it");
    std::fs::rename(drawer.path("pocket"), drawer.path("old")).unwrap();
    let keys_later = keys(&disk, Some(&new));
    assert!(drawer.files("old").is_empty());
    keys_later.forget_head(1).expect("once more does nothing");
    assert!(matches!(keys_later.head_keys(1), Err(StoreError::Gone)), "nor is it made again");
    sign(&keys_later, 2).unwrap();
}

#[test]
fn a_token_is_no_token_without_its_pin() {
    let drawer = Drawer::new();
    let place = drawer.token("one", &Algorithm::ALL);
    let module = SoftModule::new(drawer.path("one"));
    assert!(matches!(module.init("one", "1234"), Err(Unsigned::Module(..))), "what is there stays");
    let offers = Algorithm::ALL.to_vec();
    assert_eq!(module.tokens().unwrap(), [Found { label: "one".into(), offers }]);
    assert_eq!(module.open("two", "735 521").err(), Some(Unsigned::NoToken("two".into())));
    let mut session = module.open("one", "735 521").unwrap();
    let public = session.make("a", Algorithm::Sm2).unwrap();
    assert_eq!(session.find("a", Algorithm::Sm2).unwrap(), Some(public));
    assert_eq!(session.find("a", Algorithm::Ed25519).unwrap(), None);
    assert!(session.find("../a", Algorithm::Ed25519).is_err());
    let file = std::fs::read(drawer.path("one").join("a.sm2")).unwrap();
    assert_eq!(file.len(), 12 + 32 + 16, "sealed, and nothing beside it");
    drop((session, place));
}

/// A device that does what it should not.
struct Odd(fn(&[u8]) -> Result<Vec<u8>, Unsigned>);

impl Module for Odd {
    fn tokens(&self) -> Result<Vec<Found>, Unsigned> {
        Ok(vec![])
    }

    fn open(&self, _: &str, _: &str) -> Result<Box<dyn Session>, Unsigned> {
        Ok(Box::new(Odd(self.0)))
    }
}

impl Session for Odd {
    fn find(&mut self, _: &str, _: Algorithm) -> Result<Option<Vec<u8>>, Unsigned> {
        Ok(None)
    }

    fn make(&mut self, _: &str, algorithm: Algorithm) -> Result<Vec<u8>, Unsigned> {
        Err(Unsigned::NoMechanism(algorithm.name().into()))
    }

    fn sign(&mut self, _: &str, _: Algorithm, bytes: &[u8]) -> Result<Vec<u8>, Unsigned> {
        (self.0)(bytes)
    }

    fn destroy(&mut self, _: &str, _: Algorithm) -> Result<(), Unsigned> {
        Ok(())
    }
}

#[test]
fn what_an_odd_device_signs_goes_nowhere() {
    let real = || Software::new(Algorithm::Ed25519, &[7; 32]);
    let wrong = Err(Unsigned::Wrong("a".into()));
    let drawer = Drawer::new();
    let place = drawer.token("one", &[]);
    type Signs = fn(&[u8]) -> Result<Vec<u8>, Unsigned>;
    let cases: [(&str, Signs, Result<(), Unsigned>); 6] = [
        ("as it should", |b| Ok(Software::new(Algorithm::Ed25519, &[7; 32]).sign(b)?.to_vec()), Ok(())),
        ("with another key", |b| Ok(Software::new(Algorithm::Ed25519, &[8; 32]).sign(b)?.to_vec()), wrong.clone()),
        ("other bytes", |_| Ok(Software::new(Algorithm::Ed25519, &[7; 32]).sign(b"other")?.to_vec()), wrong.clone()),
        ("too short", |_| Ok(vec![1; 63]), wrong.clone()),
        ("nothing", |_| Ok(vec![]), wrong),
        ("not at all", |_| Err(Unsigned::NoMechanism("x".into())), Err(Unsigned::NoMechanism("x".into()))),
    ];
    for (how, odd, expected) in cases {
        let token = Arc::new(Token::over(place.clone(), Arc::new(Odd(odd))));
        let key = TokenKey::new(token.clone(), "a".into(), Algorithm::Ed25519, real().public().to_vec());
        assert_eq!(key.sign(b"a head").map(drop), expected, "{how}");
        let made = token.find_or_make("a", Algorithm::Sm2);
        assert_eq!(made, Err(Unsigned::NoMechanism("sm2".into())), "a mechanism that is not offered makes no key");
    }
}
