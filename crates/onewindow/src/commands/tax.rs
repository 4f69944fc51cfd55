//! `onewindow tax`: the calculator: retail import tax, personal articles, income tax of exports, exemption without invoice.

use super::text_of;
use crate::say::{Cannot, Done, Exit, Say};
use serde_json::Value;
use std::path::PathBuf;
use trade::policy::Policy;

/// Reckons tax: cases of purchases, returns and cancels in, outcomes out.
///
/// Beside retail import a step may be `articles` (personal articles by mail or express), `income` (income tax of exempt
/// exports on 4 % of revenue) or `exemption` (whether an exported line is exempt without invoice, and why not).
#[derive(clap::Args)]
pub struct Args {
    /// {"about","limits","cases":[...]} or a single case; `-` for standard input
    file: PathBuf,

    /// The policy folder whose law of the day is applied; the sample policy without one
    #[arg(long, value_name = "DIR")]
    policy: Option<PathBuf>,
}

pub fn run(args: &Args, say: &mut Say) -> Done {
    let policy = match &args.policy {
        Some(folder) => super::policy::load(folder)?,
        None => Policy::sample(),
    };
    let cases = trade::calculator::run(&text_of(&args.file)?, &policy);
    let cases = cases.map_err(|malformed| Cannot::with(&args.file, malformed))?;
    let mut malformed = Vec::new();
    for case in cases {
        match case {
            Ok(outcome) => say.tell(&outcome, || words(&outcome))?,
            Err(error) => malformed.push(error.to_string()),
        }
    }
    // A refusal is an answer of the calculator; only a case that it cannot read is wrong.
    match malformed.is_empty() {
        true => Ok(Exit::Well),
        false => Err(Cannot::with(&args.file, malformed.join("\n"))),
    }
}

fn words(outcome: &Value) -> String {
    let mut words = format!("case {}", outcome["id"].as_str().unwrap_or("(without id)"));
    for step in outcome["steps"].as_array().into_iter().flatten() {
        let said = step["outcome"].as_str().unwrap_or("?");
        words.push_str(&format!("\n  {said}"));
        if let Some(reason) = step["reason"].as_str() {
            words.push_str(&format!(" {reason}"));
        }
        if let Some(tax) = step["totals"]["tax_fen"].as_i64().or(step["due_fen"].as_i64()).or(step["tax_fen"].as_i64())
        {
            words.push_str(&format!(", tax {} yuan", trade::money::Fen(tax)));
        }
        for why in step["because"].as_array().into_iter().flatten() {
            let said = |lang: &str| why[lang].as_str().unwrap_or_default().to_owned();
            words.push_str(&format!("\n    {}\n    {}", said("zh"), said("en")));
        }
        if let Some(restored) = step["restored_fen"].as_i64() {
            words.push_str(&format!(", restored {} yuan", trade::money::Fen(restored)));
        }
    }
    words
}
