//! The same parcel through every door: HTTP with curl, the watched folder, the command line.

use crate::zones::text;
use crate::{Serving, curl, onewindow, root};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const NOW: &str = "2026-03-01T10:00";

/// The samples of one parcel in the order of sending; `None` where they are not there.
fn parcel() -> Option<Vec<PathBuf>> {
    let folder = root().join("../shared/data/ceb-samples");
    let names = ["CEB311_order", "CEB411_payment", "CEB511_waybill", "CEB621_inventory_signed_rsa_sha1"];
    let files: Vec<_> = names.iter().map(|name| folder.join(format!("{name}.xml"))).collect();
    if let Some(missing) = files.iter().find(|file| !file.exists()) {
        eprintln!("skipped: there is no {}", missing.display());
        return None;
    }
    Some(files)
}

/// The enterprise that speaks in a message.
fn sender(file: &Path) -> String {
    let xml = fs::read_to_string(file).expect("UTF-8");
    let code = xml.split("copCode>").nth(1).and_then(|rest| rest.split('<').next());
    code.expect("a message names its sender").to_owned()
}

/// Receipts without guids and times, in an order of their own.
fn bare(receipts: Vec<String>) -> Vec<String> {
    let without = |piece: &str| {
        let Some((tag, _)) = piece.split_once('>') else { return piece.to_owned() };
        if let Some((before, after)) = tag.split_once("guid=\"") {
            let after = after.split_once('"').map_or("", |(_, after)| after);
            return format!("{before}{after}>");
        }
        let name = tag.rsplit(':').next().unwrap_or_default().to_lowercase();
        // The element stays, its text goes.
        if name == "guid" || name.ends_with("time") { format!("{tag}>") } else { piece.to_owned() }
    };
    let mut all: Vec<_> =
        receipts.iter().map(|xml| xml.trim_end().split('<').map(without).collect::<Vec<_>>().join("<")).collect();
    all.sort();
    all
}

fn xml_files(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("it can be read").path());
    let xml = entries.filter(|path| path.extension().is_some_and(|e| e == "xml"));
    xml.map(|path| fs::read_to_string(path).expect("UTF-8")).collect()
}

/// The lines that stand for receipts, without the place in the journal: zones were founded in other steps.
fn placeless(lines: impl Iterator<Item = serde_json::Value>) -> Vec<serde_json::Value> {
    let without = |mut line: serde_json::Value| {
        line.as_object_mut().expect("a line is an object").remove("revision").expect("a place");
        line
    };
    lines.map(without).collect()
}

/// The receipts as files; and, sent once more, as lines.
fn by_command_line(folder: &Path, parcel: &[PathBuf]) -> (Vec<String>, Vec<serde_json::Value>) {
    let (data, receipts) = (folder.join("cli"), folder.join("receipts"));
    let files: Vec<_> = parcel.iter().map(|file| text(file)).collect();
    let more = ["--sandbox", "--now", NOW, "--data", text(&data), "--receipts", text(&receipts)];
    let said = onewindow(&[&["submit"], files.as_slice(), &more].concat());
    assert_eq!(said.exit, 0, "{}{}", said.out, said.err);
    let again = onewindow(&[&["submit", "--json"], files.as_slice(), &["--now", NOW, "--data", text(&data)]].concat());
    (xml_files(&receipts), placeless(again.lines().into_iter()))
}

fn by_http(folder: &Path, parcel: &[PathBuf]) -> (Vec<String>, Vec<serde_json::Value>) {
    let serving = Serving::sandbox(&folder.join("http"), NOW);
    let (mut receipts, mut lines) = (Vec::new(), Vec::new());
    for file in parcel {
        let bearer = format!("Authorization: Bearer {}", serving.keys[&sender(file)]);
        let (body, address) = (format!("@{}", text(file)), format!("{}/api/v1/messages", serving.url));
        let accept = ["-H", "Accept: application/xml", "-H", "Content-Type: application/xml"];
        let (status, answer) =
            curl(&[&["-H", &bearer, "--data-binary", &body, &address], &accept[..]].concat()).expect("curl");
        assert_eq!(status, 200, "{answer}");
        // Several receipts come in parts, each with its place.
        receipts.extend(answer.split("<?xml").skip(1).map(|part| {
            let end = part.rfind('>').map_or(part.len(), |at| at + 1);
            let part = part[..end].split("\r\n--").next().unwrap_or_default();
            format!("<?xml{part}")
        }));
    }
    for file in parcel {
        let bearer = format!("Authorization: Bearer {}", serving.keys[&sender(file)]);
        let (body, address) = (format!("@{}", text(file)), format!("{}/api/v1/messages", serving.url));
        let (_, answer) = curl(&["-H", &bearer, "--data-binary", &body, &address]).expect("curl");
        lines.extend(answer.lines().map(|line| serde_json::from_str(line).expect("JSON")));
    }
    (receipts, placeless(lines.into_iter()))
}

fn by_folder(folder: &Path, parcel: &[PathBuf], receipts: usize) -> Vec<String> {
    let data = folder.join("folder");
    let serving = Serving::sandbox(&data, NOW);
    let exchange = data.join("exchange");
    for (n, file) in parcel.iter().enumerate() {
        let inbox = exchange.join("inbox").join(sender(file));
        fs::create_dir_all(&inbox).expect("the sender's folder");
        // Under another name first: nobody reads half a file.
        let name = format!("{n}.xml");
        fs::copy(file, inbox.join(format!(".{name}"))).expect("it can be copied");
        fs::rename(inbox.join(format!(".{name}")), inbox.join(&name)).expect("it can be renamed");
        // One after the other, as by the other doors.
        let begun = Instant::now();
        let done = exchange.join("done").join(sender(file)).join(&name);
        while !done.exists() && begun.elapsed() < Duration::from_secs(30) {
            std::thread::sleep(Duration::from_millis(50));
        }
    }
    let outbox = || {
        let folders = fs::read_dir(exchange.join("outbox")).into_iter().flatten();
        folders.flat_map(|folder| xml_files(&folder.expect("it can be read").path())).collect::<Vec<_>>()
    };
    let begun = Instant::now();
    while outbox().len() < receipts && begun.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(50));
    }
    drop(serving);
    outbox()
}

#[test]
fn a_parcel_gets_the_same_receipts_over_http_by_folder_and_by_command_line() {
    let Some(parcel) = parcel() else { return };
    if curl(&["--version"]).is_none() {
        return eprintln!("skipped: there is no curl");
    }
    let folder = tempfile::tempdir().unwrap();
    let (first, lines) = by_command_line(folder.path(), &parcel);
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for xml in &first {
        let kind = xml.split("CEB").nth(1).map_or("", |rest| &rest[..3]);
        *kinds.entry(kind).or_default() += 1;
    }
    assert!(["312", "412", "512", "622", "816"].iter().all(|kind| kinds.contains_key(kind)), "{kinds:?}");
    assert!(first.iter().any(|xml| xml.contains("<ceb:returnStatus>800<") || xml.contains("<returnStatus>800<")));
    let (http, http_lines) = by_http(folder.path(), &parcel);
    assert!(lines.len() > 8 && lines.iter().any(|l| l["keys"]["taxNo"].is_string()), "{lines:?}");
    assert_eq!(http_lines, lines, "lines over HTTP as by command line");
    let (cli, http) = (bare(first), bare(http));
    assert_eq!(http, cli, "over HTTP as by command line");
    let by_folder = bare(by_folder(folder.path(), &parcel, cli.len()));
    assert_eq!(by_folder, cli, "by folder as by command line");
}
