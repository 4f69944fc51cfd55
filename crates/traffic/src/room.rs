//! Returns of bonded retail in a central return warehouse (退货中心仓; A70, rules.md 5.1), with the mistakes that are
//! made there. The numbers are those that the window gave, so it is told of what was released.

use serde_json::json;
use trade::command::{Actor, ActorRole};
use trade::documents::MessageKind;
use trade::time::{Day, HOUR_MS, Moment};
use wire::ceb::sheet::Sheet;

use crate::dice::{Dice, mix};
use crate::export::{Diary, Later, LaterTruth, Step};
use crate::paper::transfer;
use crate::story::Sent;
use crate::zone::Zone;

/// The room of the story, and a place that is none.
const ROOM: &str = "CN6402T";
const SHED: &str = "CN6402S";
const OFFICE: &str = "6402";

/// A released list of bonded retail as its declarant knows it, and what the window said of it.
#[derive(Clone, Debug)]
pub struct Sold {
    pub list: Sheet,
    pub invt_no: String,
    pub released: Day,
}

/// The lists of bonded retail that a message declares in the office of the room; none where it declares nothing.
pub fn bonded_lists(sent: &Sent) -> Vec<Sheet> {
    if sent.kind != MessageKind::List {
        return Vec::new();
    }
    let sheets = Sheet::read(&sent.bytes).map(|(sheets, _)| sheets).unwrap_or_default();
    let fits = |list: &Sheet| value(list, "tradeMode") == "1210" && value(list, "customsCode") == OFFICE;
    sheets.into_iter().filter(fits).collect()
}

/// What the head of a list says; its lines are read by [`pieces`].
pub fn value<'s>(list: &'s Sheet, element: &str) -> &'s str {
    let head = list.told().next().unwrap_or_default();
    head.iter().find(|(name, _)| *name == element).map_or("", |(_, value)| value)
}

/// Whole pieces of the first line.
pub fn pieces(list: &Sheet) -> u32 {
    let line = list.told().nth(1).unwrap_or_default();
    let qty = line.iter().find(|(name, _)| *name == "qty").map_or("", |(_, value)| value);
    qty.split('.').next().and_then(|whole| whole.parse().ok()).unwrap_or(0)
}

/// What becomes of released parcels that their buyers do not want: six ways, in turn. The zone has taken in no other
/// returns before.
pub fn sorted_returns(seed: u64, sold: &[Sold], zone: &Zone, start: Day) -> Vec<Later> {
    let mut room = Room { zone, dice: Dice::new(mix(seed ^ 0x726f_6f6d)), diary: Diary::from(start) };
    for (number, kind) in [(ROOM, "central-return"), (SHED, "warehouse")] {
        let body = json!({
            "placeNo": number, "masterCuscd": OFFICE, "kinds": kind, "validBegDate": "2016-01-01",
        });
        room.diary.file(room.diary.at(0, 8), official("GATE"), ("PLACE", body), told("place", "done"));
    }
    // The window numbers what comes in and what goes out one by one.
    let (mut came, mut left) = (0, 0);
    let (mut broken, mut late) = (Vec::new(), Vec::new());
    for (n, one) in sold.iter().enumerate() {
        let at = Moment(room.diary.at(2, 9).0 + n as i64 * 60_000);
        let whole = pieces(&one.list);
        // Where the application came first, the goods come under it.
        let under = if n % 6 == 1 { application(one) } else { String::new() };
        let (place, quality, qty, truth) = match n % 6 {
            2 => (ROOM, "unfit", 1, told("room", "done")),
            3 => (ROOM, "fit", whole + 1, mistake("room", "RETURN_QUANTITY", "room: more comes than was sold")),
            4 => (SHED, "fit", 1, mistake("room", "PLACE_NOT_FIT", "room: the place is no return warehouse")),
            _ => (ROOM, "fit", 1, told("room", "done")),
        };
        came += u32::from(truth.expect == "done");
        room.comes(one, at, (place, quality, qty, &under), truth);
        let number = format!("TH{OFFICE}{:02}I{came:09}", at.day().year() % 100);
        match n % 6 {
            // Goods and application come in either order.
            0 => room.applies(one, room.diary.at(3, 10), 1, told("return", "done")),
            1 => room.applies(one, room.diary.at(1, 10), 1, told("return", "accepted")),
            2 => {
                let truth = mistake("return", "RETURN_QUANTITY", "room: what is broken is applied for");
                room.applies(one, room.diary.at(3, 11), whole, truth);
                broken.push((one, number));
            }
            5 => late.push((one, number)),
            _ => {}
        }
    }
    for (one, number) in &broken {
        left += 1;
        room.leaves(one, number, (room.diary.at(4, 9), left), "abroad");
    }
    for (one, number) in &late {
        // A45: day 30 after the release is the last on which one may apply.
        let at = Moment(one.released.plus(31).starts().0 + 10 * HOUR_MS);
        room.applies(one, at, 1, mistake("return", "RETURN_APPLIED_LATE", "room: applied for on day 31"));
        left += 1;
        room.leaves(one, number, (Moment(at.0 + HOUR_MS), left), "buyer");
    }
    room.diary.told()
}

/// What is told so far.
struct Room<'z> {
    zone: &'z Zone,
    dice: Dice,
    diary: Diary,
}

fn told(what: &'static str, expect: &'static str) -> LaterTruth {
    LaterTruth { what, expect, ..LaterTruth::default() }
}

fn mistake(what: &'static str, reason: &'static str, fault: &'static str) -> LaterTruth {
    LaterTruth { reason, fault, ..told(what, "refused") }
}

fn official(id: &str) -> Actor {
    Actor { id: id.into(), role: if id == "GATE" { ActorRole::Operator } else { ActorRole::Officer } }
}

/// Who runs the special area from which a list was sold.
fn area(one: &Sold) -> Actor {
    Actor { id: value(&one.list, "areaCode").into(), role: ActorRole::Enterprise }
}

/// The own number of the application for its return.
fn application(one: &Sold) -> String {
    format!("R{}", value(&one.list, "copNo").get(1..).unwrap_or_default())
}

impl Room<'_> {
    /// Pieces of the first line come into a place and are sorted (RETURN-IN).
    fn comes(&mut self, one: &Sold, at: Moment, came: (&str, &str, u32, &str), truth: LaterTruth) {
        let (place, quality, qty, under) = came;
        let agent = if under.is_empty() { "" } else { value(&one.list, "agentCode") };
        let fields = json!({
            "agentCode": agent, "copNo": under,
            "placeNo": place, "logisticsNo": format!("RT{}", value(&one.list, "logisticsNo")), "invtNo": one.invt_no,
            "lines": [{ "gdsSeqno": "1", "qty": qty.to_string(), "quality": quality }],
        });
        self.diary.file(at, area(one), ("RETURN-IN", fields), truth);
    }

    /// A piece leaves the room (RETURN-OUT), and an official lets it.
    fn leaves(&mut self, one: &Sold, number: &str, (at, serial): (Moment, u32), to: &str) {
        let fields = json!({
            "invtNo": one.invt_no, "returnNo": number, "goesTo": to, "lines": [{ "gdsSeqno": "1", "qty": "1" }],
        });
        self.diary.file(at, area(one), ("RETURN-OUT", fields), told("leaves", "waiting"));
        let number = format!("TC{OFFICE}{:02}E{serial:09}", at.day().year() % 100);
        let fields = json!({ "number": number, "verdict": "approve" });
        self.diary.file(Moment(at.0 + HOUR_MS), official("CUSTOMS"), ("DECISION", fields), told("leaves", "done"));
    }

    /// The declarant applies for the return of pieces of the first line (625).
    fn applies(&mut self, one: &Sold, at: Moment, qty: u32, truth: LaterTruth) {
        let list = &one.list;
        let agent = self.zone.firm(value(list, "agentCode"));
        let Some(mut sheet) = Sheet::begun(MessageKind::Refund, at) else { return };
        for (row, slot) in sheet.message.head.1.iter().zip(&mut sheet.head) {
            match row.name {
                "copNo" => *slot = application(one),
                "invtNo" => slot.clone_from(&one.invt_no),
                "reason" => "七日无理由退货".clone_into(slot),
                "guid" | "preNo" => {}
                name if slot.is_empty() => value(list, name).clone_into(slot),
                _ => {}
            }
        }
        let line = list.told().nth(1).unwrap_or_default();
        for (row, slot) in sheet.message.lines.1.iter().zip(sheet.lines.iter_mut().flatten()) {
            let known = line.iter().find(|(name, _)| *name == row.name).map_or("", |(_, value)| value);
            *slot = if row.name == "qty" { qty.to_string() } else { known.to_owned() };
        }
        let mut guid = || {
            let mut out = String::new();
            self.dice.guid(&mut out);
            out
        };
        let bytes = Sheet::write_all(&[(guid(), &sheet)], &guid(), &transfer(&agent));
        let kind = MessageKind::Refund;
        let sent = Sent { at, kind, sender: agent.code, documents: 1, bytes, truths: Vec::new(), delivery: None };
        self.diary.add(at, Step::Message(sent), LaterTruth { key: one.invt_no.clone(), ..truth });
    }
}
