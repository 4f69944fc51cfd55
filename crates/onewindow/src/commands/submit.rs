//! `onewindow submit`: takes messages in and prints every receipt as it arises.

use super::remote::{Remote, RemoteArgs};
use super::{bytes_of, files_of};
use crate::clock::Clock;
use crate::say::{Cannot, Done, Exit, Say};
use crate::zone::{ZoneArgs, write_public_keys, write_whole};
use server::desk::{Receipt, Said};
use server::live::shown;
use std::path::{Path, PathBuf};
use trade::correction::Expected;
use trade::documents::MessageKind;
use window::{Incoming, Window};

/// Takes messages in and prints every receipt.
#[derive(clap::Args)]
pub struct Args {
    /// Messages in the order of sending; a folder stands for the .xml files in it and below, `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    #[command(flatten)]
    zone: ZoneArgs,

    /// Makes the sample zone if the folder is empty
    #[arg(long, conflicts_with = "url")]
    sandbox: bool,

    #[command(flatten)]
    remote: RemoteArgs,

    /// Writes each receipt with its proof into this folder, and the public key to verify them with
    #[arg(long, value_name = "DIR", conflicts_with = "url")]
    receipts: Option<PathBuf>,

    /// What `onewindow correct FILE --preview` said of the one file: nothing of it happens where it would do something
    /// else by now
    #[arg(long, value_name = "TEXT", default_value = "", value_parser = super::expected_text)]
    expect: String,
}

pub fn run(args: &Args, say: &mut Say, clock: &Clock) -> Done {
    let files = files_of(&args.files)?;
    if !args.expect.is_empty() && files.len() != 1 {
        return Err(Cannot::because("--expect is of one file\n--expect 只对一个文件"));
    }
    if let Some(remote) = args.remote.remote()? {
        return send(&files, &args.expect, &remote, say);
    }
    // A name that is mistyped is said before anything is taken in or made.
    if let Some(missing) = files.iter().find(|file| file.as_os_str() != "-" && !file.exists()) {
        return Err(Cannot::with(missing, std::io::Error::from(std::io::ErrorKind::NotFound)));
    }
    let window = args.zone.open(args.sandbox, clock)?;
    if let Some(folder) = &args.receipts {
        std::fs::create_dir_all(folder).map_err(|error| Cannot::with(folder, error))?;
        write_public_keys(&window, folder)?;
    }
    let mut all_well = true;
    let mut unread = Vec::new();
    for path in &files {
        match bytes_of(path, wire::ceb::MAX_BYTES) {
            Ok(bytes) => {
                let expected = Expected::parse(&args.expect);
                let incoming = Incoming { bytes, expected, ..Incoming::default() };
                all_well &= take_in(&window, incoming, args.receipts.as_deref(), say)?;
            }
            Err(cannot) => unread.push(cannot.to_string()),
        }
    }
    window.close();
    match unread.is_empty() {
        true => Ok(Exit::when(all_well)),
        false => Err(Cannot::because(unread.join("\n"))),
    }
}

/// Sends the messages to a running window, one after the other.
fn send(files: &[PathBuf], expect: &str, remote: &Remote<'_>, say: &mut Say) -> Done {
    let mut all_well = true;
    let to = match expect {
        "" => "/api/v1/messages".to_owned(),
        expect => format!("/api/v1/messages?expect={expect}"),
    };
    for path in files {
        let bytes = bytes_of(path, wire::ceb::MAX_BYTES)?;
        let (status, body) = remote.post(&to, "application/xml", &bytes)?;
        if status >= 500 || status == 401 {
            return Err(Cannot::with(path, format!("the window answered {status}: {}", body.trim())));
        }
        if status >= 300 {
            all_well = false;
            let problem: serde_json::Value = serde_json::from_str(&body).map_err(Cannot::because)?;
            let word = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
            say.tell(&problem, || format!("{} {}\n  {}\n  {}", status, word("code"), word("zh"), word("en")))?;
            continue;
        }
        for line in body.lines().filter(|l| !l.trim().is_empty()) {
            let receipt: Receipt = serde_json::from_str(line).map_err(Cannot::because)?;
            all_well &= !is_refusal(&receipt);
            tell(&receipt, say)?;
        }
        say.flush()?;
    }
    Ok(Exit::when(all_well))
}

/// True where nothing of it was refused.
fn take_in(window: &Window, incoming: Incoming, folder: Option<&Path>, say: &mut Say) -> Result<bool, Cannot> {
    let answer = window.take_in(incoming).map_err(Cannot::because)?;
    let receipts = window.receipts_of(answer).map_err(Cannot::because)?;
    let mut well = true;
    for given in &receipts {
        let receipt = shown(given);
        well &= !is_refusal(&receipt);
        tell(&receipt, say)?;
        if let Some(folder) = folder {
            write(window, &receipt, folder)?;
        }
    }
    say.flush()?;
    Ok(well)
}

fn is_refusal(receipt: &Receipt) -> bool {
    receipt.status == "100" || receipt.status.starts_with('-') || receipt.message == MessageKind::FormatReturn.name()
}

/// Says one receipt.
pub fn tell(receipt: &Receipt, say: &mut Say) -> Result<(), Cannot> {
    say.tell(receipt, || {
        let keys: Vec<_> = receipt.keys.iter().map(|(name, value)| format!("{name} {value}")).collect();
        let mut said = format!("{} {} ({}) {}", receipt.message, receipt.status, keys.join(", "), receipt.text);
        for reason in &receipt.findings {
            said.push_str(&format!("\n  {}", words(reason)));
        }
        said
    })
}

/// Code, clause, words and remedy in both languages.
pub fn words(reason: &Said) -> String {
    let clause = if reason.clause.is_empty() { String::new() } else { format!(" [{}]", reason.clause) };
    let Said { code, zh, en, remedy, .. } = reason;
    format!("{code}{clause} {zh}\n    {}\n    {en}\n    {}", remedy.zh, remedy.en)
}

/// `00000012-0-CEB622-800.xml` and its proof.
fn write(window: &Window, receipt: &Receipt, folder: &Path) -> Result<(), Cannot> {
    let Receipt { message, status, revision, index, xml, .. } = receipt;
    let name = format!("{revision:08}-{index}-{message}-{status}");
    let proof = window.proof(*revision, *index, None).map_err(Cannot::because)?;
    let proof = proof.ok_or_else(|| Cannot::because("a receipt stands in the journal, but has no proof"))?;
    write_whole(&folder.join(format!("{name}.xml")), xml)?;
    let json = serde_json::to_vec_pretty(&proof.to_json()).map_err(Cannot::because)?;
    write_whole(&folder.join(format!("{name}.proof.json")), &json)
}
