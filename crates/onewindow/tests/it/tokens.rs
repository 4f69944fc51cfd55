//! Keys in a token, by the command line: a folder, and SoftHSM where that is installed.

use crate::zones::text;
use crate::{Said, root};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const NOW: &str = "2026-03-01T10:00";
/// Debian's package `softhsm2`.
const SOFTHSM: &str = "/usr/lib/softhsm/libsofthsm2.so";

struct Bench {
    folder: tempfile::TempDir,
    data: PathBuf,
}

impl Bench {
    fn new() -> Bench {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("zone");
        fs::write(folder.path().join("pin"), "735521\n").expect("a file");
        Bench { folder, data }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn config(&self, name: &str, module: &str, token: &str, keys: &str) -> PathBuf {
        let path = self.path(name);
        let pin = self.path("pin");
        let toml = format!(
            "[token]\nmodule = \"{module}\"\ntoken = \"{token}\"\npin_file = \"{}\"\nlabel = \"zone\"\nkeys = {keys}\n",
            pin.display()
        );
        fs::write(&path, toml).expect("a file");
        path
    }

    /// SoftHSM finds its tokens by this variable.
    fn run(&self, arguments: &[&str]) -> Said {
        let done = Command::new(env!("CARGO_BIN_EXE_onewindow"))
            .args(arguments)
            .env("SOFTHSM2_CONF", self.path("softhsm2.conf"))
            .env_remove("ONEWINDOW_LOG")
            .output()
            .expect("the program starts");
        let words = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Said { exit: done.status.code().unwrap_or(-1), out: words(done.stdout), err: words(done.stderr) }
    }

    fn found(&self, config: &Path) -> Said {
        let policy = root().join("policy");
        let names = ["--name-zh", "某试验区", "--name-en", "Some zone"];
        let zone = ["found", "--data", text(&self.data), "--config", text(config), "--policy", text(&policy)];
        self.run(&[&zone[..], &names, &["--now", NOW]].concat())
    }

    /// A message that is none, whose receipt is proved; what `verify` says under the keys beside it.
    fn proved(&self, what: &str, config: &Path) -> (i32, String) {
        let (file, receipts) = (self.path("message.xml"), self.path(what));
        fs::write(&file, format!("<{what}/>")).expect("a file");
        let zone = ["submit", text(&file), "--data", text(&self.data), "--config", text(config), "--now", NOW];
        let said = self.run(&[&zone[..], &["--receipts", text(&receipts)]].concat());
        if said.exit != 1 {
            return (said.exit, said.err);
        }
        let files = fs::read_dir(&receipts).expect("a folder").map(|file| file.expect("a file").path());
        let xml = files.into_iter().find(|path| path.extension().is_some_and(|e| e == "xml")).expect("a receipt");
        let said = self.run(&["verify", text(&xml)]);
        (said.exit, said.out + &said.err)
    }

    fn rotated(&self, config: &Path) -> Said {
        self.run(&["key", "rotate-head", "--data", text(&self.data), "--config", text(config), "--now", NOW])
    }

    fn keys(&self) -> Vec<String> {
        let keys = self.data.with_extension("keys");
        let names = fs::read_dir(keys).expect("a folder").map(|f| f.expect("a file").file_name());
        let mut names: Vec<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
        names.retain(|name| name.starts_with("head"));
        names.sort();
        names
    }
}

#[test]
fn a_zone_is_founded_with_a_token_and_its_keys_move_into_another() {
    let bench = Bench::new();
    for name in ["one", "two"] {
        let (folder, pin) = (bench.path(name), bench.path("pin"));
        let said = bench.run(&["key", "soft-token", text(&folder), "--label", name, "--pin-file", text(&pin)]);
        assert_eq!(said.exit, 0, "{}", said.err);
    }
    let module = |name: &str| format!("soft:{}", bench.path(name).display());
    let both = "[\"ed25519\", \"sm2\"]";
    let (one, two) =
        (bench.config("one.toml", &module("one"), "one", both), bench.config("two.toml", &module("two"), "two", both));
    let said = bench.run(&["key", "tokens", &module("one"), "--json"]);
    assert_eq!(said.lines()[0]["offers"].to_string(), "[\"ed25519\",\"sm2\"]");

    // Nothing is founded where the keys cannot be made.
    let wrong = bench.config("wrong.toml", &module("one"), "three", both);
    let said = bench.found(&wrong);
    assert!(said.exit == 2 && said.err.contains("no token `three`"), "{}", said.err);
    fs::write(bench.path("pin"), "000000").unwrap();
    let said = bench.found(&one);
    assert!(said.exit == 2 && said.err.contains("refuses its PIN"), "{}", said.err);
    fs::write(bench.path("pin"), "735521").unwrap();
    let said = bench.found(&bench.config("odd.toml", &module("one"), "one", "[\"rsa\"]"));
    assert!(said.exit == 2 && said.err.contains("not `rsa`"), "{}", said.err);
    let said = bench.found(&one);
    assert_eq!(said.exit, 0, "{}", said.err);
    assert_eq!(bench.keys(), ["head-sm2.token", "head.token"], "no secret key that signs lies in a file");

    let (exit, said) = bench.proved("first", &one);
    assert_eq!(exit, 0, "{said}");
    let said = bench.rotated(&two);
    assert_eq!(said.exit, 0, "{}", said.err);
    assert_eq!(bench.keys(), ["head-2.token", "head-sm2-2.token", "head-sm2.gone", "head.gone"]);
    fs::remove_dir_all(bench.path("one")).unwrap();
    let (exit, said) = bench.proved("second", &two);
    assert_eq!(exit, 0, "the first token is needed no more: {said}");
    fs::remove_dir_all(bench.path("two")).unwrap();
    let (exit, said) = bench.proved("third", &two);
    assert!(exit == 2 && said.contains("no token `two`"), "{exit} {said}");
}

/// The same over a real PKCS#11 module, for Ed25519; SoftHSM has no SM2, whose key stays in a file.
#[test]
fn soft_hsm_signs_heads_through_its_pkcs11_module() {
    if !Path::new(SOFTHSM).exists() {
        eprintln!("skipped: there is no {SOFTHSM} (package softhsm2)");
        return;
    }
    let bench = Bench::new();
    fs::create_dir(bench.path("tokens")).unwrap();
    let conf = format!("directories.tokendir = {}\nlog.level = ERROR\n", bench.path("tokens").display());
    fs::write(bench.path("softhsm2.conf"), conf).unwrap();
    let init = |label: &str| {
        let done = Command::new("softhsm2-util")
            .env("SOFTHSM2_CONF", bench.path("softhsm2.conf"))
            .args(["--init-token", "--free", "--label", label, "--so-pin", "12345678", "--pin", "735521"])
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    init("one");
    init("two");
    let said = bench.run(&["key", "tokens", SOFTHSM, "--json"]);
    let mut tokens: Vec<String> = said.lines().iter().map(ToString::to_string).collect();
    tokens.retain(|line| line.contains("ed25519"));
    assert_eq!(tokens.len(), 2, "{}{}", said.out, said.err);

    let ed25519 = "[\"ed25519\"]";
    let one = bench.config("one.toml", SOFTHSM, "one", ed25519);
    let two = bench.config("two.toml", SOFTHSM, "two", ed25519);
    let said = bench.found(&bench.config("sm2.toml", SOFTHSM, "one", "[\"sm2\"]"));
    assert!(said.exit == 2 && said.err.contains("does not offer"), "{}", said.err);
    fs::write(bench.path("pin"), "000000").unwrap();
    let said = bench.found(&one);
    assert!(said.exit == 2 && said.err.contains("refuses its PIN"), "{}", said.err);
    fs::write(bench.path("pin"), "735521").unwrap();
    let said = bench.found(&bench.config("no.toml", "/nowhere/module.so", "one", ed25519));
    assert!(said.exit == 2 && said.err.contains("/nowhere/module.so cannot be used"), "{}", said.err);

    let said = bench.found(&one);
    assert_eq!(said.exit, 0, "{}", said.err);
    assert_eq!(bench.keys(), ["head-sm2.key", "head.token"]);
    let (exit, said) = bench.proved("first", &one);
    assert_eq!(exit, 0, "{said}");
    let said = bench.rotated(&two);
    assert_eq!(said.exit, 0, "{}", said.err);
    assert_eq!(bench.keys(), ["head-2.token", "head-sm2-2.key", "head-sm2.gone", "head.gone"]);
    let (exit, said) = bench.proved("second", &two);
    assert_eq!(exit, 0, "{said}");

    // Taken out, and back.
    fs::rename(bench.path("tokens"), bench.path("pocket")).unwrap();
    let (exit, said) = bench.proved("third", &two);
    assert!(exit == 2 && said.contains("not signed"), "{exit} {said}");
    fs::rename(bench.path("pocket"), bench.path("tokens")).unwrap();
    let (exit, said) = bench.proved("fourth", &two);
    assert_eq!(exit, 0, "{said}");
}
