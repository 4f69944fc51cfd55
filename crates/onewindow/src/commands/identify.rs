//! `onewindow identify`: checks an identifier and says which rule a wrong one breaks.

use crate::say::{Cannot, Done, Exit, Say};
use serde::{Deserialize, Serialize};
use std::io::BufRead;
use trade::identifiers::{Identified, Kind, identify};

/// Checks an identifier: form, check digits, and which rule a wrong one breaks.
#[derive(clap::Args)]
pub struct Args {
    /// gtin8 gtin12 gtin13 gtin14 gln sscc iso6346 s10 awb imo lei iban uscc resident_id grai gdti gsrn gsin locode
    /// plate; `-` reads lines {"kind","value"} from standard input
    kind: String,
    /// The identifier; blanks, hyphens and dots in it do no harm
    value: Option<String>,
}

#[derive(Deserialize)]
struct Asked {
    kind: String,
    value: String,
}

#[derive(Serialize)]
struct Line<'a> {
    kind: &'a str,
    value: &'a str,
    valid: bool,
    normal: &'a str,
    /// `CHECK_DIGIT: …`; what is odd about a valid one; null where nothing is.
    reason: Option<String>,
}

pub fn run(args: &Args, say: &mut Say) -> Done {
    if args.kind != "-" {
        let value = args.value.as_deref().ok_or_else(|| Cannot::because("which value? identify KIND VALUE"))?;
        return Ok(Exit::when(answer(&args.kind, value, say)?));
    }
    let mut all = true;
    for (number, line) in std::io::stdin().lock().lines().enumerate() {
        let line = line.map_err(Cannot::because)?;
        if line.trim().is_empty() {
            continue;
        }
        let asked: Asked = serde_json::from_str(&line)
            .map_err(|error| Cannot::because(format!("line {}: not {{\"kind\",\"value\"}}: {error}", number + 1)))?;
        all &= answer(&asked.kind, &asked.value, say)?;
    }
    Ok(Exit::when(all))
}

fn answer(kind: &str, value: &str, say: &mut Say) -> Result<bool, Cannot> {
    let Some(Identified { valid, normal, reason }) = identify(kind, value) else {
        let kinds: Vec<_> = Kind::ALL.iter().map(|k| k.name()).collect();
        return Err(Cannot::because(format!("{kind} is no kind; there are {}", kinds.join(" "))));
    };
    let spoken = reason.map(|r| format!("{}: {}", r.code(), r.en()));
    let line = Line { kind, value, valid, normal: &normal, reason: spoken };
    say.tell(&line, || {
        let verdict = if valid { "valid" } else { "invalid" };
        let why = reason.map(|r| format!("\n  {}: {}\n  {}", r.code(), r.en(), r.zh())).unwrap_or_default();
        format!("{kind} {normal}: {verdict}{why}")
    })?;
    Ok(valid)
}
