//! `onewindow act`: an officer's or operator's act, as a command like any other.

use crate::clock::Clock;
use crate::say::{Cannot, Done, Exit, Say};
use crate::zone::ZoneArgs;
use trade::command::{Act, ActKind, Actor, ActorRole, Command, Verdict};
use trade::key::{CaseKey, Key};
use trade::record::CaseRef;
use trade::time::Day;
use window::Window;

/// An officer's or operator's act on one parcel.
#[derive(clap::Args)]
pub struct Args {
    /// review, inspect, inspect-passed, detain, release, send-back, arrive, pay, out
    #[arg(value_name = "ACT", value_parser = kind)]
    kind: ActKind,

    /// The list number (invtNo), or the seller's code and the order number: EBC/ORDER; of `pay` the entDutyNo
    key: String,

    #[command(flatten)]
    zone: ZoneArgs,

    /// The login name of the officer
    #[arg(long, value_name = "NAME", default_value = "command-line")]
    by: String,

    /// Of a detention its kind (501, 502, 503, 599); of a payment the amount in fen
    #[arg(long, default_value_t = 0)]
    value: i64,

    /// Of a return that has arrived its number at the enterprise (copNo)
    #[arg(long, default_value = "")]
    number: String,

    /// The day that counts, where it is not today
    #[arg(long, value_parser = day)]
    on: Option<Day>,
}

fn kind(name: &str) -> Result<ActKind, String> {
    let names: Vec<_> = ActKind::ALL.iter().map(|k| k.name()).collect();
    ActKind::from_name(name).ok_or_else(|| format!("there are {}", names.join(", ")))
}

fn day(text: &str) -> Result<Day, String> {
    Day::parse(text).ok_or_else(|| "a day like 2026-03-01".into())
}

pub fn run(args: &Args, say: &mut Say, clock: &Clock) -> Done {
    let window = args.zone.open(false, clock)?;
    let (case, number) = match args.kind {
        ActKind::Pay => (CaseKey::default(), args.key.clone()),
        _ => (case_of(&window, &args.key)?, args.number.clone()),
    };
    let by = Actor { id: args.by.clone(), role: ActorRole::Officer };
    let act = Act { by, kind: args.kind, case, number, value: args.value, on: args.on, ..Act::default() };
    let answer = window.command(Command::Act(act)).map_err(Cannot::because)?;
    for given in answer.given() {
        super::submit::tell(&given, say)?;
    }
    let refused = answer.entry.iter().flat_map(|e| &e.outcomes).any(|o| o.verdict == Verdict::Refused);
    if refused {
        for finding in answer.entry.iter().flat_map(|e| &e.outcomes).flat_map(|o| &o.findings) {
            let said = super::submit::Said::of(finding);
            say.tell(&said, || finding.text(trade::finding::Language::En))?;
        }
    }
    window.close();
    Ok(Exit::when(!refused))
}

/// The parcel that a number names.
pub fn case_of(window: &Window, key: &str) -> Result<CaseKey, Cannot> {
    if let Some(found) = window.read::<CaseRef>(&Key::ListNumber(key.to_owned())) {
        return Ok(found.case);
    }
    let case = key.split_once('/').map(|(ebc, order)| CaseKey { ebc: ebc.to_owned(), order_no: order.to_owned() });
    case.ok_or_else(|| Cannot::because(format!("no list has the number {key}; EBC/ORDER names an order")))
}
