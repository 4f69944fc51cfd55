//! A week of two bonded warehouses with mistakes in it: what is filed, by whom, when, and what becomes of it.
//!
//! Books are filed; a list that declares too much is changed before anything moves; a vehicle that weighs too much is
//! stopped and let pass; goods enter before they are declared and are found short and over; the parcels of a day leave
//! grouped; a transfer goes to another area, and three pieces more ride out with it, within what the scales allow. The
//! warehouse's own figure shows them gone, and a blind stock-taking puts the book right.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use trade::command::{Actor, ActorRole, Verdict};
use trade::time::{Day, HOUR_MS, Moment};

use crate::dice::{Dice, tag};

/// The warehouses of the sample zone, in Sanya and in Haikou, with their offices.
const SANYA: (&str, &str) = ("4602960W01", "6402");
const HAIKOU: (&str, &str) = ("4601960W02", "6409");
/// The account book of Sanya from which the parcels of the sample zone are sold.
const RETAIL: &str = "T6402W000001";
const ITEMS: [&str; 3] = ["MILK-900", "MILK-400", "MILK-200"];
/// Fen; a piece weighs a kilogram.
const PRICE: u64 = 16_000;
/// Pieces that ride out undeclared.
pub const STOLEN: u64 = 3;

/// What to make.
#[derive(Clone, Copy, Debug)]
pub struct BondedPlan {
    /// The same plan makes the same bytes, where the window gives the same numbers.
    pub seed: u64,
    /// Its Monday, whatever day of the week that is.
    pub start: Day,
    /// The day of release whose parcels leave the warehouse on its Wednesday.
    pub released: Option<Day>,
}

/// A document that somebody files.
#[derive(Clone, Debug)]
pub struct Filing {
    pub at: Moment,
    pub by: Actor,
    /// How later documents of the week call it.
    pub name: &'static str,
    pub truth: BondedTruth,
    body: String,
}

/// What becomes of a document: a line of the truth.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BondedTruth {
    /// `etpsPreentNo`, `etpsInnerInvtNo`.
    pub own_no: String,
    /// The verdict: `accepted`, `done`, `waiting`, `inspection`, `refused`.
    pub expect: &'static str,
    /// A code that is among its reasons; empty where there is none.
    pub reason: &'static str,
    /// Which mistake was made, or what is hidden in it; empty where nothing is wrong.
    pub fault: &'static str,
    /// Account book and item, and how many pieces of it are not where the documents say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<(String, String, u64)>,
    pub from: String,
}

impl Filing {
    /// The file, with the numbers that the window gave to earlier documents of the week, by their names.
    pub fn bytes(&self, given: &BTreeMap<&'static str, Vec<String>>) -> Vec<u8> {
        let mut body = self.body.clone();
        for (name, numbers) in given {
            let value = match numbers.as_slice() {
                [one] => json!(one),
                many => json!(many),
            };
            body = body.replace(&format!("\"{{{name}}}\""), &value.to_string());
        }
        body.into_bytes()
    }
}

/// Who files.
#[derive(Clone, Copy)]
enum Who {
    Sanya,
    Haikou,
    Customs,
    Gate,
}

struct Week {
    start: Day,
    tag: String,
    out: Vec<Filing>,
}

type Told = (Verdict, &'static str, &'static str);

const DONE: Told = (Verdict::Done, "", "");
const PASSED: Told = (Verdict::Accepted, "", "");
const WAITS: Told = (Verdict::Waiting, "", "");

impl Week {
    fn file(&mut self, when: (i32, i64), who: Who, (kind, name): (&str, &'static str), fields: Value, told: Told) {
        let at = Moment(self.start.plus(when.0).starts().0 + when.1 / 100 * HOUR_MS + when.1 % 100 * 60_000);
        let (id, role) = match who {
            Who::Sanya => (SANYA.0, ActorRole::Enterprise),
            Who::Haikou => (HAIKOU.0, ActorRole::Enterprise),
            Who::Customs => ("CUSTOMS", ActorRole::Officer),
            Who::Gate => ("GATE", ActorRole::Operator),
        };
        let own_no = format!("{name}-{}", self.tag);
        let (own, etps) =
            if kind == "INV101" { ("etpsInnerInvtNo", "bizopEtpsno") } else { ("etpsPreentNo", "etpsno") };
        let mut all = json!({own: own_no, etps: id});
        if let (Value::Object(all), Value::Object(fields)) = (&mut all, fields) {
            all.extend(fields);
        }
        let (verdict, reason, fault) = told;
        let from = at.to_string();
        let truth = BondedTruth { own_no, expect: verdict.name(), reason, fault, missing: None, from };
        let by = Actor { id: id.into(), role };
        self.out.push(Filing { at, by, name, truth, body: json!({kind: all}).to_string() });
    }

    /// A vehicle with so many pieces, its pass and what the scales say of it more than was declared.
    fn drives(
        &mut self,
        (day, time): (i32, i64),
        (who, office, direction): (Who, &str, &str),
        (pass, gate): (&'static str, &'static str),
        (kind, related, numbers, pieces): (&str, &str, Value, u64),
        (plate, more, told): (&str, u64, Told),
    ) {
        let bind = if kind == "3" && related == "1" && numbers == json!("{O1}") { "1" } else { "2" };
        let total = 2_400 + pieces;
        let fields = json!({
            "passportTypecd": kind, "bindTypecd": bind, "rltTbTypecd": related, "rltNo": numbers, "masterCuscd": office,
            "ioTypecd": direction, "vehicleNo": plate, "vehicleWt": "2400", "vehicleFrameWt": "0",
            "totalGrossWt": pieces.to_string(), "totalWt": total.to_string(),
        });
        self.file((day, time), who, ("SAS121", pass), fields, PASSED);
        let weighed = (total + more).to_string();
        let fields = json!({"passportNo": format!("{{{pass}}}"), "plateNo": plate, "measuredWt": weighed});
        self.file((day, time + 30), Who::Gate, ("GATE", gate), fields, told);
    }

    fn decides(&mut self, when: (i32, i64), name: &'static str, verdict: &str, about: &str, told: Told) {
        let mut fields = json!({"verdict": verdict, "number": format!("{{{about}}}")});
        match verdict {
            "release" => fields["entryNo"] = json!(format!("6402{}", self.start.compact())),
            "let-pass" => fields["reason"] = json!("weighed again: wet pallets 托盘受潮"),
            _ => {}
        }
        self.file(when, Who::Customs, ("DECISION", name), fields, told);
    }
}

/// The lines of a list.
fn lines(of: &[(&str, u64)]) -> Value {
    let line = |((item, qty), n): (&(&str, u64), u32)| {
        json!({
            "gdsSeqno": n.to_string(), "gdsMtno": item, "gdecd": "1901101090", "dclUnitcd": "122",
            "dclQty": qty.to_string(), "dclUprcAmt": yuan(PRICE), "dclTotalAmt": yuan(PRICE * qty), "natcd": "609",
        })
    };
    of.iter().zip(1..).map(line).collect()
}

fn yuan(fen: u64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

fn counted(of: &[(&str, u64)]) -> Value {
    of.iter().map(|(item, qty)| json!({"gdsMtno": item, "qty": qty.to_string()})).collect()
}

/// The week's documents in the order in which they are filed.
pub fn bonded_week(plan: BondedPlan) -> Vec<Filing> {
    let mut dice = Dice::new(plan.seed ^ 0x626f_6e64_6564);
    let tag = tag(plan.seed ^ 0x626f_6e64);
    let serial = 910_000 + dice.below(80_000);
    let (book, other) = (format!("T{}W{serial:06}", SANYA.1), format!("T{}W{serial:06}", HAIKOU.1));
    let plate = |dice: &mut Dice| format!("琼B{:05}", 10_000 + dice.below(80_000));
    let [a, b, c] = [100 + dice.below(100), 200 + dice.below(100), 40 + dice.below(40)];
    let stolen = ITEMS[dice.below(2) as usize];
    let moved = 8 + dice.below(8);
    let bill = format!("BL{tag}");
    let mut week = Week { start: plan.start, tag: tag.clone(), out: Vec::new() };
    let w = &mut week;

    // Monday: two books, and an inward list that is mended before it moves.
    for (who, (book, (name, approved, time), office), items) in [
        (Who::Sanya, (&book, ("B1", "J1", 800), SANYA.1), &ITEMS[..]),
        (Who::Haikou, (&other, ("B2", "J2", 820), HAIKOU.1), &[stolen][..]),
    ] {
        let item = |item: &&str| {
            json!({"gdsMtno": item, "gdecd": "1901101090", "gdsNm": format!("奶粉 {item}"), "dclUnitcd": "122",
                "natcd": "609", "dclUprcAmt": yuan(PRICE)})
        };
        let items: Value = items.iter().map(item).collect();
        let until = plan.start.plus(365).to_string();
        let fields = json!({"putrecNo": book, "masterCuscd": office, "validDate": until, "items": items});
        w.file((0, time), who, ("EMS101", name), fields, WAITS);
        w.decides((0, time + 10), approved, "approve", name, DONE);
    }
    let inward = |qty: u64| {
        json!({"putrecNo": book, "invtType": "0", "impexpMarkcd": "I", "supvModecd": "1210", "dclPlcCuscd": SANYA.1,
            "dclcusFlag": "1", "lines": lines(&[(ITEMS[0], qty), (ITEMS[1], b)])})
    };
    let much = (Verdict::Accepted, "", "bonded: ten pieces too many are declared");
    w.file((0, 900), Who::Sanya, ("INV101", "Q1"), inward(a + 10), much);
    let mut mended = inward(a);
    (mended["dclTypecd"], mended["bondInvtNo"]) = (json!("2"), json!("{Q1}"));
    w.file((0, 920), Who::Sanya, ("INV101", "Q2"), mended, PASSED);
    let heavy = (2_400 + a + b) / 25;
    let stopped = (Verdict::Inspection, "GATE_WEIGHT", "bonded: the vehicle weighs four per cent too much");
    let truck = plate(&mut dice);
    w.drives(
        (0, 1000),
        (Who::Sanya, SANYA.1, "I"),
        ("H1", "K1"),
        ("2", "1", json!("{Q1}"), a + b),
        (&truck, heavy, stopped),
    );
    w.decides((0, 1100), "J3", "let-pass", "H1", DONE);
    w.decides((0, 1130), "J4", "release", "Q1", DONE);

    // Tuesday: goods enter on their bill, two short and one over.
    let fields = json!({"placeNo": format!("CN{tag}"), "masterCuscd": SANYA.1, "kinds": "warehouse",
        "validBegDate": plan.start.to_string()});
    w.file((1, 800), Who::Gate, ("PLACE", "P1"), fields, DONE);
    let fields = json!({"certNo": format!("QT{tag}"), "certKind": "Q", "result": "passed", "masterCuscd": "6407",
        "validBegDate": plan.start.to_string(), "validEndDate": plan.start.plus(90).to_string()});
    w.file((1, 810), Who::Customs, ("CERTIFICATE", "C1"), fields, DONE);
    let billed =
        |item: &str, n: u32, qty: u64| json!({"gdsSeqno": n.to_string(), "gdsMtno": item, "dclQty": qty.to_string()});
    let fields = json!({"putrecNo": book, "billNo": bill, "masterCuscd": SANYA.1, "impexpPortcd": "6407",
        "trspModecd": "5", "arrivedOn": plan.start.to_string(), "quarantineNo": format!("QT{tag}"),
        "placeNo": format!("CN{tag}"), "lines": [billed(ITEMS[2], 1, c), billed(ITEMS[1], 2, 20)]});
    w.file((1, 830), Who::Sanya, ("ENTRY", "E1"), fields, PASSED);
    let truck = plate(&mut dice);
    w.drives((1, 900), (Who::Sanya, SANYA.1, "I"), ("H2", "K2"), ("1", "3", json!(bill), c + 20), (&truck, 0, DONE));
    let entered = [(ITEMS[2], c - 2), (ITEMS[1], 21)];
    let declared = json!({"putrecNo": book, "invtType": "3", "impexpMarkcd": "I", "supvModecd": "1210",
        "dclPlcCuscd": SANYA.1, "dclcusFlag": "1", "billNo": bill, "lines": lines(&entered)});
    let early = (Verdict::Refused, "NOT_TALLIED", "bonded: declared before it was counted");
    w.file((1, 1000), Who::Sanya, ("INV101", "Q3"), declared.clone(), early);
    let tally = |reasons: [&str; 2]| {
        let line = |((item, qty), reason): (&(&str, u64), &str)| {
            let mut line = json!({"gdsMtno": item, "tallyQty": qty.to_string()});
            if !reason.is_empty() {
                line["difference"] = json!(reason);
            }
            line
        };
        let all: Value = entered.iter().zip(reasons).map(line).collect();
        json!({"billNo": bill, "tallyEnd": "true", "lines": all})
    };
    let silent = (Verdict::Refused, "DIFFERENCE_UNREPORTED", "bonded: short and over without a reason");
    w.file((1, 1030), Who::Sanya, ("TALLY", "T1"), tally(["", ""]), silent);
    w.file((1, 1100), Who::Sanya, ("TALLY", "T2"), tally(["short-shipped", "over-shipped"]), DONE);
    w.file((1, 1130), Who::Sanya, ("INV101", "Q4"), declared, PASSED);
    w.decides((1, 1200), "J5", "release", "Q4", DONE);
    let mut stock = [(ITEMS[0], a), (ITEMS[1], b + 21), (ITEMS[2], c - 2)];
    let shelf = |of: &[(&str, u64)]| json!({"putrecNo": book, "lines": counted(of)});
    w.file((1, 1700), Who::Sanya, ("SHELF", "S1"), shelf(&stock), DONE);

    // Wednesday: the parcels of a day leave, once.
    if let Some(day) = plan.released {
        let fields = json!({"putrecNo": RETAIL, "releasedOn": day.to_string()});
        w.file((2, 900), Who::Sanya, ("OUTGOING", "O1"), fields.clone(), DONE);
        let truck = plate(&mut dice);
        w.drives((2, 1000), (Who::Sanya, SANYA.1, "E"), ("H3", "K3"), ("3", "1", json!("{O1}"), 60), (&truck, 0, DONE));
        let again = (Verdict::Refused, "NOTHING_TO_GROUP", "bonded: the parcels of a day are grouped twice");
        w.file((2, 1100), Who::Sanya, ("OUTGOING", "O2"), fields, again);
    }

    // Thursday: a transfer to Haikou, and what rides out with it.
    let half = |own: (&str, &str), theirs: &str, direction: &str, qty: u64| {
        json!({"putrecNo": own.0, "invtType": "0", "impexpMarkcd": direction, "supvModecd": "1210",
            "dclPlcCuscd": own.1, "dclcusFlag": "2", "rltPutrecNo": theirs, "lines": lines(&[(stolen, qty)])})
    };
    w.file((3, 830), Who::Haikou, ("INV101", "Q5"), half((&other, HAIKOU.1), &book, "I", moved), WAITS);
    let giving = |qty| {
        let mut giving = half((&book, SANYA.1), &other, "E", qty);
        giving["rltInvtNo"] = json!("{Q5}");
        giving
    };
    let differs = (Verdict::Refused, "PAIR_DIFFERS", "bonded: one piece more is given than received");
    w.file((3, 840), Who::Sanya, ("INV101", "Q6"), giving(moved + 1), differs);
    w.file((3, 850), Who::Sanya, ("INV101", "Q7"), giving(moved), PASSED);
    let truck = plate(&mut dice);
    let theft = (Verdict::Done, "", "bonded: three pieces ride out undeclared");
    w.drives(
        (3, 900),
        (Who::Sanya, SANYA.1, "E"),
        ("H4", "K4"),
        ("3", "1", json!("{Q7}"), moved),
        (&truck, STOLEN, theft),
    );
    if let Some(filing) = w.out.last_mut() {
        filing.truth.missing = Some((book.clone(), stolen.to_owned(), STOLEN));
    }
    w.drives(
        (3, 1400),
        (Who::Haikou, HAIKOU.1, "I"),
        ("H5", "K5"),
        ("3", "1", json!("{Q5}"), moved),
        (&truck, 0, DONE),
    );
    if let Some(line) = stock.iter_mut().find(|(item, _)| *item == stolen) {
        line.1 -= moved + STOLEN;
    }
    w.file((3, 1700), Who::Sanya, ("SHELF", "S2"), shelf(&stock), DONE);

    // Friday: counted blind, explained, approved.
    w.file((4, 800), Who::Sanya, ("STOCKTAKE", "V1"), json!({"putrecNo": book, "blind": "true"}), PASSED);
    let fields = json!({"takeNo": "{V1}", "lines": counted(&stock)});
    w.file((4, 900), Who::Sanya, ("COUNT", "N1"), fields, DONE);
    let silent = (Verdict::Refused, "DIFFERENCE_UNREPORTED", "bonded: approved before it was explained");
    w.decides((4, 1000), "J6", "approve", "V1", silent);
    let fields = json!({"takeNo": "{V1}", "lines": [{"gdsMtno": stolen, "cause": "theft"}]});
    w.file((4, 1030), Who::Sanya, ("EXPLANATION", "X1"), fields, WAITS);
    w.decides((4, 1100), "J7", "approve", "V1", DONE);
    w.file((4, 1700), Who::Sanya, ("SHELF", "S3"), shelf(&stock), DONE);
    week.out
}
