//! `onewindow correct`: changes or withdraws declared lists, all or none, and says before what that does.

use super::remote::{Remote, RemoteArgs};
use super::submit::{tell, words};
use super::{bytes_of, text_of};
use crate::clock::Clock;
use crate::say::{Cannot, Done, Exit, Say};
use crate::zone::{ZoneArgs, write_public_keys, write_whole};
use server::corrections::{ListLine, Previewed, is_message, summary};
use server::desk::Receipt;
use server::live::shown;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use trade::command::{Actor, Verdict};
use trade::correction::{Expected, file};
use trade::policy::Policy;
use window::{Incoming, Window};

/// Corrects lists that were declared: changes or withdraws up to 10,000 at once, all or none.
///
/// With --preview the file may also be a message or bonded documents (623, 625, a changed order …), which are then sent by
/// submit, with the same --expect. Else it is CSV or JSON with the columns list, what, line, field, value; a line for each value. With --preview nothing
/// happens: it tells tax, allowance, stock, guarantee, summary and exemption before and after, what becomes of each list,
/// and `expect`, which makes the correction only while it would do just that. Exit code 1 where anything is refused.
#[derive(clap::Args)]
pub struct Args {
    /// The corrections; `-` for standard input
    #[arg(required_unless_present = "template")]
    file: Option<PathBuf>,

    /// Prints the columns with their meaning and the fields that may be changed
    #[arg(long)]
    template: bool,

    /// The declarant's own number for this correction; the same again gets the first answer
    #[arg(long, value_name = "TEXT", default_value = "")]
    number: String,

    /// The declarant's customs code; a key knows its own
    #[arg(long, value_name = "CODE", default_value = "")]
    enterprise: String,

    /// Says what it would do; nothing happens, and the zone may be running
    #[arg(long)]
    preview: bool,

    /// What its preview said: it is refused where things have moved since
    #[arg(long, value_name = "TEXT", default_value = "", conflicts_with = "preview", value_parser = super::expected_text)]
    expect: String,

    /// Writes bill.csv and bill.xml with its proof and the public key into this folder
    #[arg(long, value_name = "DIR", conflicts_with_all = ["preview", "url"])]
    out: Option<PathBuf>,

    #[command(flatten)]
    zone: ZoneArgs,

    #[command(flatten)]
    remote: RemoteArgs,
}

pub fn run(args: &Args, say: &mut Say, clock: &Clock) -> Done {
    if args.template {
        let text = file::template();
        let columns: Vec<_> = file::COLUMNS.iter().map(|column| column.name).collect();
        say.tell(&serde_json::json!({ "columns": columns, "template": text }), || text.trim_end().to_owned())?;
        return Ok(Exit::Well);
    }
    let path = args.file.as_deref().unwrap_or(Path::new("-"));
    if path.as_os_str() != "-" {
        // What is no text at all is said before anything is opened.
        text_of(path)?;
    }
    let bytes = bytes_of(path, file::MAX_BYTES)?;
    if let Some(remote) = args.remote.remote()? {
        return over_http(args, &remote, &bytes, say);
    }
    if is_message(&bytes) {
        if !args.preview {
            return Err(Cannot::because("a message is sent by onewindow submit\n报文请用 onewindow submit 发送"));
        }
        let (window, policy) = beside(&args.zone, clock)?;
        let told = window.preview_message(&Incoming { bytes, ..Incoming::default() }, &policy);
        window.close();
        return previewed(&Previewed::of_command(&told.map_err(Cannot::because)?), say);
    }
    if args.enterprise.is_empty() {
        return Err(Cannot::because(
            "--enterprise CODE is needed: whose lists they are\n请用 --enterprise 指明申报企业",
        ));
    }
    let mut correction = file::read(&bytes, Actor::default(), &args.enterprise, &args.number);
    if args.preview {
        let (window, policy) = beside(&args.zone, clock)?;
        let preview = window.preview_correction(&correction, &policy);
        window.close();
        return previewed(&Previewed::of(&correction, &preview), say);
    }
    correction.expected = Expected::parse(&args.expect);
    let window = args.zone.open(false, clock)?;
    let number = correction.number.clone();
    let answer = window.correct(correction, &bytes).map_err(Cannot::because)?;
    let refused = answer.entry.iter().flat_map(|e| &e.outcomes).any(|o| o.verdict == Verdict::Refused);
    for given in window.receipts_of(answer).map_err(Cannot::because)? {
        tell(&shown(&given), say)?;
    }
    if let Some(folder) = args.out.as_deref().filter(|_| !refused) {
        write_bill(&window, &args.enterprise, &number, folder)?;
    }
    window.close();
    Ok(Exit::when(!refused))
}

/// The zone as it stands, and its law.
pub fn beside(zone: &ZoneArgs, clock: &Clock) -> Result<(Window, Arc<Policy>), Cannot> {
    let window = zone.read(clock)?;
    let policy = window.law_in_force();
    Ok((window, policy))
}

fn over_http(args: &Args, remote: &Remote<'_>, bytes: &[u8], say: &mut Say) -> Done {
    let json = bytes.trim_ascii_start().first().is_some_and(|first| b"{[".contains(first));
    let kind = if json { "application/json" } else { "text/csv" };
    let query = |name: &str, value: &str| match value.is_empty() {
        true => String::new(),
        false => format!("{name}={}&", encoded(value)),
    };
    let asked = [("number", &args.number), ("enterprise", &args.enterprise), ("expect", &args.expect)];
    let query: String = asked.into_iter().map(|(name, value)| query(name, value)).collect();
    let path = if args.preview { "/api/v1/corrections/preview" } else { "/api/v1/corrections" };
    let (status, body) = remote.post(&format!("{path}?{query}"), kind, bytes)?;
    if status != 200 {
        return Err(Cannot::because(format!("the window answered {status}: {}", body.trim())));
    }
    if args.preview {
        return previewed(&serde_json::from_str(&body).map_err(Cannot::because)?, say);
    }
    let mut well = true;
    for line in body.lines().filter(|line| !line.trim().is_empty()) {
        let receipt: Receipt = serde_json::from_str(line).map_err(Cannot::because)?;
        well &= receipt.status != "100";
        tell(&receipt, say)?;
    }
    Ok(Exit::when(well))
}

/// A value in a query.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// The sums, then each list.
pub fn previewed(previewed: &Previewed, say: &mut Say) -> Done {
    say.tell(&summary(previewed), || {
        let mut out = format!(
            "{} {}: lists 票数 {}, refused 不能办理 {}",
            previewed.enterprise, previewed.number, previewed.rows, previewed.refused
        );
        for said in &previewed.against {
            out.push_str(&format!("\n  {}", words(said)));
        }
        for sum in previewed.sums.iter().chain(&previewed.parts).filter(|sum| sum.is_changed()) {
            let (matter, name) = (trade::correction::Matter::from_name(&sum.matter).unwrap_or_default(), &sum.name);
            out.push_str(&format!("\n  {} {name} {} → {} ({})", matter.words(), sum.was(), sum.is(), sum.change()));
        }
        if !previewed.expect.is_empty() {
            out.push_str(&format!("\n  --expect {}", previewed.expect));
        }
        out
    })?;
    for list in &previewed.lists {
        say.tell(list, || of_list(list))?;
    }
    Ok(Exit::when(previewed.may_be_done()))
}

fn of_list(list: &ListLine) -> String {
    let mut out = format!("{:>6} {} {}", list.line, list.list, list.what);
    for said in &list.findings {
        out.push_str(&format!("\n    {} {}\n      {}", said.code, said.zh, said.en));
        if !list.done && !said.forgiven {
            out.push_str(&format!("\n      {}\n      {}", said.remedy.zh, said.remedy.en));
        }
    }
    out
}

fn write_bill(window: &Window, enterprise: &str, number: &str, folder: &Path) -> Result<(), Cannot> {
    let bill = window.bill_of_changes(enterprise, number).map_err(Cannot::because)?;
    let bill = bill.ok_or_else(|| Cannot::because("a correction was made, but has no bill"))?;
    std::fs::create_dir_all(folder).map_err(|error| Cannot::with(folder, error))?;
    let given = &bill.given;
    let proof = window.proof(given.revision, given.number, None).map_err(Cannot::because)?;
    let proof = proof.ok_or_else(|| Cannot::because("a receipt stands in the journal, but has no proof"))?;
    write_whole(&folder.join("bill.csv"), bill.file().as_bytes())?;
    write_whole(&folder.join("bill.xml"), &shown(given).xml)?;
    write_whole(&folder.join("bill.proof.json"), proof.to_json().to_string().as_bytes())?;
    write_public_keys(window, folder)
}
