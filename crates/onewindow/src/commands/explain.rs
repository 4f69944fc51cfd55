//! `onewindow explain`: the story of a parcel, its decisions, reasons and figures.

use crate::clock::Clock;
use crate::say::{Cannot, Done, Exit, Say};
use crate::zone::ZoneArgs;
use serde_json::Value;

/// Tells a parcel's story: every decision with its reasons, clauses and figures.
#[derive(clap::Args)]
pub struct Args {
    /// A list number, ebcCode_orderNo, any other number of a parcel, an entDutyNo, or the address of a portal page
    key: String,

    #[command(flatten)]
    zone: ZoneArgs,
}

pub fn run(args: &Args, say: &mut Say, clock: &Clock) -> Done {
    let window = args.zone.read(clock)?;
    let found = window.explain(&args.key, |number| {
        // Numbers that are no keys are looked up in the views.
        let views = super::views::current(&window);
        let hits = views.and_then(|views| views.find(number, 10).ok()).unwrap_or_default();
        hits.into_iter().map(|(row, _)| row.key).collect()
    });
    let found = found.map_err(Cannot::because)?;
    window.close();
    let Some(story) = found else {
        say.tell(&serde_json::json!({"key": args.key, "state": null}), || {
            format!("{}: nothing is known of it", args.key)
        })?;
        return Ok(Exit::Refused);
    };
    say.tell(&story, || words(&story))?;
    Ok(Exit::Well)
}

fn words(story: &Value) -> String {
    let text = |v: &Value| v.as_str().unwrap_or("").to_owned();
    let mut out = format!("{}  {}\n", text(&story["key"]), text(&story["state"]));
    for event in story["events"].as_array().into_iter().flatten() {
        out.push_str(&format!(
            "  {}  {}  {} ({})\n",
            text(&event["at"]),
            text(&event["zh"]),
            text(&event["en"]),
            text(&event["what"])
        ));
        for line in text(&event["note"]).lines() {
            out.push_str(&format!("      “{line}”\n"));
        }
    }
    for decision in story["decisions"].as_array().into_iter().flatten() {
        for f in decision["findings"].as_array().into_iter().flatten() {
            out.push_str(&format!(
                "  {} [{}] law of {}\n    {}\n    {}\n",
                text(&f["code"]),
                text(&f["clause"]),
                text(&decision["day"]),
                text(&f["zh"]),
                text(&f["en"])
            ));
            out.push_str(&format!("    → {}\n    → {}\n", text(&f["remedy"]["zh"]), text(&f["remedy"]["en"])));
            if let Some(would) = f.get("would_pass_if") {
                out.push_str(&format!("    = {}\n    = {}\n", text(&would["zh"]), text(&would["en"])));
            }
        }
    }
    out.push_str(&format!("  {}\n", story["money"]));
    out
}
