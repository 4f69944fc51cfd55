//! `onewindow transfers`: what customs hold beside lists: transfers, central return warehouses, returns of exports.

use crate::clock::Clock;
use crate::say::{Cannot, Done, Exit, Say};
use crate::zone::ZoneArgs;
use serde_json::json;
use server::held::{BackLine, MovedLine, RoomLine, TransferLine, back_row, room_row};
use store::views::held::{HeldRow, What};
use store::views::summaries::Whose;
use trade::bonded::record::{Held, TransitRecord};
use trade::key::Key;
use trade::pack::Text;
use window::Window;

/// Tells the transfers of goods and parcels between districts and places, or one with where each of its parcels is. The
/// zone may be running.
///
/// Exit code 1 where somebody has to look at one: it is late, came under another seal, or is short.
#[derive(clap::Args)]
pub struct Args {
    /// A transfer (转关、批量流转)
    number: Option<String>,

    /// Also what is over
    #[arg(long, conflicts_with = "number")]
    all: bool,

    /// What lies in central return warehouses (退货中心仓), since when, and what is due by when
    #[arg(long, conflicts_with = "number")]
    room: bool,

    /// Returns of exports with their tally
    #[arg(long, conflicts_with_all = ["number", "room"])]
    returns: bool,

    #[command(flatten)]
    zone: ZoneArgs,
}

/// So many as one list tells.
const MOST: usize = 100_000;

pub fn run(args: &Args, say: &mut Say, clock: &Clock) -> Done {
    let window = args.zone.read(clock)?;
    let done = match &args.number {
        Some(number) => one(&window, number, say),
        None => list(&window, args, say, clock),
    };
    window.close();
    done
}

fn list(window: &Window, args: &Args, say: &mut Say, clock: &Clock) -> Done {
    let views = super::views::current(window).ok_or_else(|| Cannot::because("the views cannot be read 视图不可读"))?;
    let what = match () {
        () if args.room => What::Room,
        () if args.returns => What::Return,
        () => What::Transfer,
    };
    let rows = views.held(what, Whose::All, !args.all, None, MOST).map_err(Cannot::because)?;
    let policy = window.law_in_force();
    let today = clock.now().day();
    let mut well = true;
    for row in &rows {
        match what {
            What::Room => {
                let Some(of) = room_row(window, &policy, row) else { continue };
                let line = RoomLine::of(&of, today);
                say.tell(&json!(line), || room(&line))?;
            }
            What::Return => {
                let Some(of) = back_row(window, row) else { continue };
                let line = BackLine::of(&of);
                say.tell(&json!(line), || back(&line))?;
            }
            // Asked for by nobody here.
            What::Ruling | What::Appeal => {}
            What::Transfer => {
                let Some(line) = transfer(window, row) else { continue };
                well &= line.alarms.is_empty();
                say.tell(&json!(line), || words(&line))?;
            }
        }
    }
    if rows.is_empty() {
        say.tell(&json!({ "rows": 0 }), || "nothing 没有".to_owned())?;
    }
    Ok(Exit::when(well))
}

fn transfer(window: &Window, row: &HeldRow) -> Option<TransferLine> {
    let of: TransitRecord = window.read(&Key::Transit(row.number.as_str().into()))?;
    Some(TransferLine::of(&row.number, &of))
}

fn words(line: &TransferLine) -> String {
    let mark = if line.alarms.is_empty() { " " } else { "!" };
    let by = line.arrive_by.as_deref().unwrap_or("-");
    format!(
        "{mark} {}  {} {} → {} {}  {} 件 pieces, 已到 arrived {}  应于此前 by {by}  {}  {}",
        line.transfer_no,
        line.exit_office,
        line.from_place_no,
        line.entry_office,
        line.place_no,
        line.package_qty,
        line.arrived,
        line.state,
        line.alarms.join(" ")
    )
}

fn room(line: &RoomLine) -> String {
    let by = line.next_by.as_deref().map_or_else(String::new, |day| format!(" 不晚于 by {day}"));
    format!(
        "{}  {}  清单 list {}  自 since {}  合格 fit {} 不合格 unfit {} 待出区 leaving {}  下一步 next {}{by}",
        line.return_no, line.place_no, line.invt_no, line.arrived_on, line.fit, line.unfit, line.leaving, line.next
    )
}

fn back(line: &BackLine) -> String {
    let tallied = line.tallied.as_deref().unwrap_or("-");
    format!(
        "{} {}  清单 list {}  数量 qty {}  期限 by {}  理货 tallied {tallied}  税收 tax {}  {}",
        line.agent_code, line.cop_no, line.invt_no, line.qty, line.deadline, line.treatment, line.state
    )
}

fn one(window: &Window, number: &str, say: &mut Say) -> Done {
    let number: Text = number.into();
    let Some(of) = window.read::<TransitRecord>(&Key::Transit(number.clone())) else {
        return Err(Cannot::because(format!(
            "{number}: no transfer of this zone has this number\n{number}：本区没有这个转运编号"
        )));
    };
    let line = TransferLine::of(&number, &of);
    say.tell(&json!(line), || words(&line))?;
    for parcel in &of.transit.parcels {
        let held: Option<Held> = window.read(&Key::Held(parcel.clone()));
        let parcel = MovedLine::of(&(parcel.clone(), held));
        say.tell(&json!(parcel), || {
            let (how, since) = (parcel.held.unwrap_or("-"), parcel.since.as_deref().unwrap_or("-"));
            format!(
                "    {} {}  {how} {}  自 since {since}",
                parcel.logistics_code, parcel.logistics_no, parcel.place_no
            )
        })?;
    }
    Ok(Exit::when(line.alarms.is_empty()))
}
