//! `onewindow articles`: declares personal articles, and says at once what they bear.

use super::bytes_of;
use crate::clock::Clock;
use crate::say::{Cannot, Done, Exit, Say};
use crate::zone::ZoneArgs;
use server::articles::{Form, MAX_BYTES, Told};
use server::desk::Said;
use std::path::PathBuf;
use trade::command::{Actor, ActorRole, Verdict};
use trade::finding::Finding;

/// Declares personal articles (个人物品) of one parcel for the person who gets it: free, taxed, or to go as goods.
///
/// The file is JSON: {"waybill","country","office","identity","indivisible","articles":[{"name","band","value","table"}]};
/// country is the three-digit customs code, value and table (where the official price table has one) are in yuan. Exit
/// code 1 where it is refused or has to go the way of goods. Its tax is paid by onewindow act pay NUMBER.
#[derive(clap::Args)]
pub struct Args {
    /// The declaration; `-` for standard input
    file: PathBuf,

    /// Customs code of the postal or express operator that declares
    #[arg(long, value_name = "CODE")]
    by: String,

    #[command(flatten)]
    zone: ZoneArgs,
}

pub fn run(args: &Args, say: &mut Say, clock: &Clock) -> Done {
    let bytes = bytes_of(&args.file, MAX_BYTES)?;
    if bytes.len() > MAX_BYTES {
        return Err(Cannot::with(&args.file, "is too large\n过大"));
    }
    let form: Form = serde_json::from_slice(&bytes).map_err(|error| Cannot::with(&args.file, error))?;
    let window = args.zone.open(false, clock)?;
    let by = Actor { id: args.by.as_str().into(), role: ActorRole::Enterprise };
    let declaration = form.declaration(by, &args.by);
    let key = declaration.key();
    let answer = window.declare_articles(declaration, form.identity.trim(), &bytes).map_err(Cannot::because)?;
    let outcome = answer.entry.iter().flat_map(|entry| &entry.outcomes).next();
    let refused: Vec<Finding> = outcome
        .filter(|o| o.verdict == Verdict::Refused && o.receipts.iter().all(|r| r.shown.articles.is_none()))
        .map(|o| o.findings.clone())
        .unwrap_or_default();
    let told = window.articles_under(key).map_err(Cannot::because);
    window.close();
    if !refused.is_empty() {
        for finding in &refused {
            let reason = Said::of(finding);
            say.tell(&reason, || super::submit::words(&reason))?;
        }
        return Ok(Exit::Refused);
    }
    let told = told?.ok_or_else(|| Cannot::because("nothing came of it"))?;
    let told = Told::of(&told);
    say.tell(&told, || format!("{}\n{}\n{}\n[{}]", told.number, told.zh, told.en, told.clause))?;
    Ok(Exit::when(told.fate != "goods"))
}
