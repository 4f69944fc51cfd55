//! `onewindow submit`: takes messages in and prints every receipt as it arises.

use super::remote::{Remote, RemoteArgs};
use super::{bytes_of, files_of};
use crate::clock::Clock;
use crate::say::{Cannot, Done, Exit, Say};
use crate::zone::{ZoneArgs, public_key, write_whole};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use trade::documents::MessageKind;
use trade::finding::{Finding, Language};
use trade::pack::Text;
use trade::receipt::Shown;
use window::{Given, Incoming, Window};

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
}

#[derive(Serialize)]
struct Line {
    message: &'static str,
    status: String,
    code: Option<&'static str>,
    text: String,
    keys: BTreeMap<&'static str, Text>,
    revision: u64,
    findings: Vec<Said>,
}

/// A finding as programs read it.
#[derive(Serialize)]
pub struct Said {
    code: &'static str,
    clause: String,
    field: String,
    zh: String,
    en: String,
    remedy: Both,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    forgiven: bool,
}

#[derive(Serialize)]
struct Both {
    zh: String,
    en: String,
}

impl Said {
    pub fn of(finding: &Finding) -> Said {
        Said {
            code: finding.code.name(),
            clause: finding.clause.clone(),
            field: finding.field.clone(),
            zh: finding.text(Language::Zh),
            en: finding.text(Language::En),
            remedy: Both { zh: finding.remedy(Language::Zh), en: finding.remedy(Language::En) },
            forgiven: finding.forgiven,
        }
    }
}

impl Said {
    /// Code, clause, words and remedy in both languages.
    pub fn words(&self) -> String {
        let clause = if self.clause.is_empty() { String::new() } else { format!(" [{}]", self.clause) };
        format!("{}{clause} {}\n    {}\n    {}\n    {}", self.code, self.zh, self.remedy.zh, self.en, self.remedy.en)
    }
}

pub fn run(args: &Args, say: &mut Say, clock: &Clock) -> Done {
    let files = files_of(&args.files)?;
    if let Some(remote) = args.remote.remote()? {
        return send(&files, &remote, say);
    }
    // A name that is mistyped is said before anything is taken in or made.
    if let Some(missing) = files.iter().find(|file| file.as_os_str() != "-" && !file.exists()) {
        return Err(Cannot::with(missing, std::io::Error::from(std::io::ErrorKind::NotFound)));
    }
    let window = args.zone.open(args.sandbox, clock)?;
    if let Some(folder) = &args.receipts {
        std::fs::create_dir_all(folder).map_err(|error| Cannot::with(folder, error))?;
        write_whole(&folder.join("window.pub"), public_key(&window)?.as_bytes())?;
    }
    let mut all_well = true;
    let mut unread = Vec::new();
    for path in &files {
        match bytes_of(path, wire::ceb::MAX_BYTES) {
            Ok(bytes) => all_well &= take_in(&window, bytes, args.receipts.as_deref(), say)?,
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
fn send(files: &[PathBuf], remote: &Remote<'_>, say: &mut Say) -> Done {
    let mut all_well = true;
    for path in files {
        let bytes = bytes_of(path, wire::ceb::MAX_BYTES)?;
        let (status, body) = remote.post("/api/v1/messages", "application/xml", &bytes)?;
        if status >= 500 || status == 401 {
            return Err(Cannot::with(path, format!("the window answered {status}: {}", body.trim())));
        }
        all_well &= status < 300;
        for line in body.lines().filter(|l| !l.trim().is_empty()) {
            let receipt: serde_json::Value = serde_json::from_str(line).map_err(Cannot::because)?;
            let number = receipt["status"].as_str().and_then(|s| s.parse::<i32>().ok()).unwrap_or(0);
            all_well &= number != 100 && number >= 0 && receipt["message"] != "CEB900";
            say.tell(&receipt, || {
                let word = |name: &str| receipt[name].as_str().unwrap_or_default().to_owned();
                format!("{} {} {}{}", word("message"), word("status"), word("text"), word("en"))
            })?;
        }
        say.flush()?;
    }
    Ok(Exit::when(all_well))
}

/// True where nothing of it was refused.
fn take_in(window: &Window, bytes: Vec<u8>, folder: Option<&Path>, say: &mut Say) -> Result<bool, Cannot> {
    let answer = window.take_in(Incoming { bytes, ..Incoming::default() }).map_err(Cannot::because)?;
    let receipts = window.receipts_of(answer).map_err(Cannot::because)?;
    let mut well = true;
    for given in &receipts {
        well &= !is_refusal(&given.receipt.shown);
        tell(given, say)?;
        if let Some(folder) = folder {
            write(window, given, folder)?;
        }
    }
    say.flush()?;
    Ok(well)
}

fn is_refusal(shown: &Shown) -> bool {
    shown.status == 100 || shown.status < 0 || shown.kind == MessageKind::FormatReturn
}

/// Says one receipt.
pub fn tell(given: &Given, say: &mut Say) -> Result<(), Cannot> {
    let (shown, findings) = (&given.receipt.shown, &given.receipt.findings);
    let line = Line {
        message: shown.kind.name(),
        status: shown.status.to_string(),
        code: findings.iter().find(|f| !f.forgiven).map(|f| f.code.name()),
        text: shown.info.to_string(),
        keys: keys(given),
        revision: given.revision,
        findings: findings.iter().map(Said::of).collect(),
    };
    say.tell(&line, || {
        let keys: Vec<_> = line.keys.iter().map(|(name, value)| format!("{name} {value}")).collect();
        let mut words = format!("{} {} ({}) {}", line.message, line.status, keys.join(", "), line.text);
        for finding in &line.findings {
            words.push_str(&format!("\n  {}", finding.words()));
        }
        words
    })
}

/// The numbers by which its receiver knows the document; what a receipt does not have is left out.
fn keys(given: &Given) -> BTreeMap<&'static str, Text> {
    let shown = &given.receipt.shown;
    let all = [
        ("orderNo", &shown.order_no),
        ("ebcCode", &shown.ebc_code),
        ("ebpCode", &shown.ebp_code),
        ("payCode", &shown.pay_code),
        ("payTransactionId", &shown.pay_transaction),
        ("logisticsCode", &shown.logistics_code),
        ("logisticsNo", &shown.logistics_no),
        ("copNo", &shown.cop_no),
        ("preNo", &shown.pre_no),
        ("invtNo", &shown.invt_no),
        ("rkdNo", &shown.rkd_no),
        ("oriCopMsgId", &shown.original_id),
    ];
    let mut keys: BTreeMap<_, _> =
        all.into_iter().filter(|(_, v)| !v.is_empty()).map(|(n, v)| (n, v.clone())).collect();
    if let Some(case) = &given.case {
        keys.insert("orderNo", case.order_no.clone());
        keys.insert("ebcCode", case.ebc.clone());
    }
    if let Some(bill) = &shown.bill {
        keys.insert("taxNo", bill.tax_no.clone());
    }
    keys
}

/// `00000012-0-CEB622-800.xml` and its proof.
fn write(window: &Window, given: &Given, folder: &Path) -> Result<(), Cannot> {
    let shown = &given.receipt.shown;
    let name = format!("{:08}-{}-{}-{}", given.revision, given.number, shown.kind.name(), shown.status);
    let xml = wire::ceb::write_receipts(shown.kind, &shown.guid, std::slice::from_ref(shown));
    let proof = window.proof(given.revision, given.number).map_err(Cannot::because)?;
    let proof = proof.ok_or_else(|| Cannot::because("a receipt stands in the journal, but has no proof"))?;
    write_whole(&folder.join(format!("{name}.xml")), &xml)?;
    let json = serde_json::to_vec_pretty(&proof.to_json()).map_err(Cannot::because)?;
    write_whole(&folder.join(format!("{name}.proof.json")), &json)
}
