//! `onewindow act`: an officer's or operator's act, as a command like any other.

use super::correct::previewed;
use super::remote::{Remote, RemoteArgs};
use crate::clock::Clock;
use crate::say::{Cannot, Done, Exit, Say};
use crate::zone::ZoneArgs;
use server::corrections::Previewed;
use trade::command::{Act, ActKind, Actor, ActorRole, Command, Verdict};
use trade::correction::Expected;
use trade::key::{CaseKey, Key};
use trade::record::Ruling;
use trade::time::Day;
use window::{Answer, Window};

/// An officer's or operator's act.
///
/// On one parcel, on a summary payment, on filed goods; or the confirmation of the clock, after it has jumped:
/// `onewindow act confirm-time 2026-03-01`.
#[derive(clap::Args)]
pub struct Args {
    /// review, inspect, inspect-passed, detain, release, send-back, arrive, pay, out, approve, confirm-time, appeal,
    /// allow-appeal, reject-appeal, exchange, prove-abroad
    #[arg(value_name = "ACT", value_parser = kind)]
    kind: ActKind,

    /// A list number (invtNo) or EBC/ORDER, of an appeal also what else was decided about: CODE/KIND/NUMBER with the number
    /// that its filer gave (`4601950005/INV101/L-7`, `CODE/ARTICLES/WAYBILL`, `EBC/GOODS/ITEM`); for pay the entDutyNo, for approve EBC/ITEM, for confirm-time the day
    key: String,

    #[command(flatten)]
    zone: ZoneArgs,

    /// Only for `confirm-time`
    #[command(flatten)]
    remote: RemoteArgs,

    /// The login name of the officer; for appeal, exchange and prove-abroad the code of the enterprise
    #[arg(long, value_name = "NAME", default_value = "command-line")]
    by: String,

    /// Of a detention its kind (501, 502, 503, 599); of a payment the amount in fen; of `approve` 1 or 0
    #[arg(long, default_value_t = 0)]
    value: i64,

    /// Of a return that has arrived, or of one that was refused and is appealed about, its number at the enterprise
    /// (copNo); for allow-appeal the codes of the reasons that do not hold, or of a tax the values that do
    /// (`1:price=400.00 1:totalPrice=400.00`; of articles `1:value=400.00`, `1:band=2`, `0:indivisible=yes`); for exchange the number of the order that replaces the parcel;
    /// for prove-abroad what the proof is for: rebate or fx
    #[arg(long, default_value = "")]
    number: String,

    /// The day that counts, where it is not today
    #[arg(long, value_parser = day)]
    on: Option<Day>,

    /// Says what it would do to tax, allowance, stock and guarantee, and does nothing; the zone may be running
    #[arg(long, conflicts_with = "url")]
    preview: bool,

    /// What its preview said: it is refused where it would do something else by now
    #[arg(long, value_name = "TEXT", default_value = "", conflicts_with_all = ["url", "preview"], value_parser = super::expected_text)]
    expect: String,

    /// Words with the act; they are kept in the vault and shown to officers and operators only
    #[arg(long, value_name = "TEXT", default_value = "")]
    note: String,
}

fn kind(name: &str) -> Result<ActKind, String> {
    let names: Vec<_> = ActKind::ALL.iter().map(|k| k.name()).collect();
    ActKind::from_name(name).ok_or_else(|| format!("there are {}", names.join(", ")))
}

fn day(text: &str) -> Result<Day, String> {
    Day::parse(text).ok_or_else(|| "a day like 2026-03-01".into())
}

pub fn run(args: &Args, say: &mut Say, clock: &Clock) -> Done {
    let remote = args.remote.remote()?;
    if args.kind == ActKind::ConfirmTime && !args.preview {
        return confirm_time(args, remote, say, clock);
    }
    if remote.is_some() {
        return Err(Cannot::because("over a running window officers act by POST /api/v1/acts or at their desk"));
    }
    let window = if args.preview { args.zone.read(clock)? } else { args.zone.open(false, clock)? };
    let ruling = Ruling::named(&args.key).filter(|at| window.read::<Ruling>(&Key::Ruling(at.clone())).is_some());
    let (case, number) = match args.kind {
        ActKind::Pay => (CaseKey::default(), args.key.clone()),
        ActKind::Approve => {
            let (ebc, item) = args.key.split_once('/').ok_or_else(|| Cannot::because("approve EBC/ITEM"))?;
            (CaseKey { ebc: ebc.into(), order_no: "".into() }, item.to_owned())
        }
        ActKind::Arrive => return_of(&window, args)?,
        _ if ruling.is_some() => (CaseKey::default(), args.number.clone()),
        _ => (case_of(&window, &args.key)?, args.number.clone()),
    };
    let role = match args.kind {
        ActKind::Appeal | ActKind::Exchange | ActKind::ProveAbroad => ActorRole::Enterprise,
        _ => ActorRole::Officer,
    };
    let by = Actor { id: args.by.clone().into(), role };
    let (number, value) = (number.into(), args.value);
    let act = Act { by, kind: args.kind, case, number, value, on: args.on, ruling, ..Act::default() };
    if args.preview {
        // Only whether there are words counts, and they are not written down.
        let act = Act { note: [u8::from(!args.note.trim().is_empty()); 32], ..act };
        let foreseen = window.preview_command(&Command::Act(act), &window.law_in_force());
        window.close();
        return previewed(&Previewed::of_command(&foreseen), say);
    }
    let act = Act { expected: Expected::parse(&args.expect), ..act };
    let answer = window.act(act, args.note.trim()).map_err(Cannot::because)?;
    let done = told(&answer, say);
    window.close();
    done
}

/// The clock is right although it jumped: whoever says so names the day.
fn confirm_time(args: &Args, remote: Option<Remote<'_>>, say: &mut Say, clock: &Clock) -> Done {
    let day = day(&args.key).map_err(Cannot::because)?;
    let Some(remote) = remote else {
        let window = args.zone.open(false, clock)?;
        let by = Actor { id: args.by.clone().into(), role: ActorRole::Operator };
        let answer = window.confirm_time(by, day).map_err(Cannot::because)?;
        let done = told(&answer, say);
        window.close();
        return done;
    };
    let body = serde_json::json!({ "day": day.to_string() }).to_string();
    let (answer, well) = match remote.command("/api/v1/clock", "application/json", body.as_bytes())? {
        Ok(answer) => (answer, true),
        Err(problem) => (problem, false),
    };
    say.tell(&answer, || match well {
        true => format!("{day} is confirmed by entry {}", answer["revision"]),
        false => ["en", "zh"].map(|lang| answer[lang].as_str().unwrap_or_default()).join("\n"),
    })?;
    Ok(Exit::when(well))
}

/// Says the receipts of an act, or why it was refused.
fn told(answer: &Answer, say: &mut Say) -> Done {
    for given in answer.given() {
        super::submit::tell(&server::live::shown(&given), say)?;
    }
    let outcomes = || answer.entry.iter().flat_map(|e| &e.outcomes);
    let refused = outcomes().any(|o| o.verdict == Verdict::Refused);
    for finding in outcomes().filter(|_| refused).flat_map(|o| &o.findings) {
        let reason = server::desk::Said::of(finding);
        say.tell(&reason, || super::submit::words(&reason))?;
    }
    if !refused && answer.given().is_empty() {
        say.tell(&serde_json::json!({"revision": answer.revision}), || format!("done by entry {}", answer.revision))?;
    }
    Ok(Exit::when(!refused))
}

/// The parcel that a number names.
fn case_of(window: &Window, key: &str) -> Result<CaseKey, Cannot> {
    let found = window.find_case(key, |_| Vec::new()).into_iter().next();
    found.ok_or_else(|| Cannot::because(format!("no list has the number {key}; EBC/ORDER names an order")))
}

/// A return by its declarant and number; the parcel's only one where no number was given.
fn return_of(window: &Window, args: &Args) -> Result<(CaseKey, String), Cannot> {
    let case = case_of(window, &args.key)?;
    let story = window.story(&case).map_err(Cannot::because)?.unwrap_or_default();
    let mut named = story.returns.iter().filter(|r| args.number.is_empty() || r.cop_no == args.number);
    match (named.next(), named.next()) {
        (Some(one), None) => Ok((CaseKey { ebc: one.agent.clone(), order_no: "".into() }, one.cop_no.to_string())),
        (None, _) => Err(Cannot::because(format!("{} has no such return", args.key))),
        (Some(_), Some(_)) => Err(Cannot::because(format!("{} has several returns: --number copNo", args.key))),
    }
}
