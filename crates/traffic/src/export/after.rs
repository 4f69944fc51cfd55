//! What becomes of exports when they have left: sales and losses in overseas warehouses, returns, exchanges, and the
//! mistakes that are made with them. The numbers are those that the window gave, so it is made of what has left.

use std::collections::BTreeMap;

use serde_json::json;
use trade::articles::Declaration;
use trade::command::{Act, ActKind, Actor, ActorRole};
use trade::documents::ExportList;
use trade::key::CaseKey;
use trade::money::Quantity;
use trade::time::{Day, HOUR_MS, Moment};

use super::papers::{Comes, refund, tally};
use crate::dice::{Dice, mix};
use crate::paper::{Envelope, Paper};
use crate::story::Sent;
use crate::zone::{Firm, Zone};

/// A list that left, the number that the window gave it, and of 9810 which lot each line became.
#[derive(Clone, Debug)]
pub struct Gone {
    pub list: ExportList,
    pub invt_no: String,
    pub lots: Vec<(u32, u64)>,
}

/// What somebody does, and when.
#[derive(Clone, Debug)]
pub struct Later {
    pub at: Moment,
    pub step: Step,
    pub truth: LaterTruth,
}

#[derive(Clone, Debug)]
pub enum Step {
    Message(Sent),
    /// A bonded document, by whom it is filed.
    File(Vec<u8>, Actor),
    Act(Act),
    /// Personal articles, and whose they are: the number of an identity document.
    Articles(Declaration, String),
}

/// What becomes of it: a line of the truth.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LaterTruth {
    /// `warehouse`, `sale`, `loss`, `return`, `tally`, `proof`, `exchange`, `place`, `transfer`, `room`, `leaves`,
    /// `articles`
    pub what: &'static str,
    /// The list, or the own number of the document.
    pub key: String,
    /// The verdict: `accepted`, `done`, `waiting`, `review`, `inspection`, `refused`.
    pub expect: &'static str,
    /// A code that is among its reasons; empty where there is none.
    pub reason: &'static str,
    /// Which mistake is made; empty where nothing is wrong.
    pub fault: &'static str,
    /// What lies abroad of an item after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub abroad: Option<AbroadTruth>,
    pub from: String,
}

/// An item of a seller in a country, in pieces: exported = in stock + sold + lost + returned.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AbroadTruth {
    pub seller: String,
    pub item: String,
    pub country: String,
    pub exported: u64,
    pub in_stock: u64,
    pub sold: u64,
    pub lost: u64,
    pub returned: u64,
}

/// A line of a list that became a lot abroad.
struct Lot<'g> {
    of: &'g Gone,
    number: u64,
    pieces: u64,
    /// It is the first line of its list.
    first: bool,
}

fn pieces(qty: Quantity) -> u64 {
    (qty.0 / Quantity::whole(1).0).max(0) as u64
}

/// The office through which returns enter that are brought on from there, and the places of the transfer.
const PORT: &str = "5141";
const PLACES: [(&str, &str); 2] = [("CN5141R", PORT), ("CN6402R", "6402")];

/// What is told so far, from a day on.
pub(crate) struct Diary {
    start: Day,
    /// Documents filed: their own numbers are counted.
    serial: u32,
    out: Vec<Later>,
}

impl Diary {
    pub fn from(start: Day) -> Diary {
        Diary { start, serial: 0, out: Vec::new() }
    }

    pub fn at(&self, day: i32, hour: i64) -> Moment {
        Moment(self.start.plus(day).starts().0 + hour * HOUR_MS)
    }

    pub fn add(&mut self, at: Moment, step: Step, truth: LaterTruth) {
        self.out.push(Later { at, step, truth: LaterTruth { from: at.to_string(), ..truth } });
    }

    /// A bonded document of whoever files it.
    pub fn file(&mut self, at: Moment, by: Actor, (kind, mut fields): (&str, serde_json::Value), truth: LaterTruth) {
        self.serial += 1;
        let own_no = format!("{}-{}-{}", truth.what, self.start, self.serial);
        fields["etpsPreentNo"] = json!(own_no);
        fields["etpsno"] = json!(by.id.as_str());
        let body = json!({ kind: fields });
        self.add(at, Step::File(body.to_string().into_bytes(), by), LaterTruth { key: own_no, ..truth });
    }

    /// Everything in the order of its times.
    pub fn told(mut self) -> Vec<Later> {
        self.out.sort_by_key(|later| later.at);
        self.out
    }
}

/// What is made so far.
struct Story<'z> {
    zone: &'z Zone,
    dice: Dice,
    /// Transfers filed: the window numbers those of an office one by one.
    transfers: u32,
    diary: Diary,
}

/// A story about what has left: three weeks from `start`, each seller's stock abroad, returns and exchanges of its other
/// exports, each with a mistake.
pub fn aftermath(seed: u64, gone: &[Gone], zone: &Zone, start: Day) -> Vec<Later> {
    let mut story = Story { zone, dice: Dice::new(mix(seed ^ 0x6166_7465)), transfers: 0, diary: Diary::from(start) };
    let mut abroad: BTreeMap<(&str, &str, &str), Vec<Lot<'_>>> = BTreeMap::new();
    let mut others: BTreeMap<&str, Vec<&Gone>> = BTreeMap::new();
    for one in gone {
        let list = &one.list;
        for (n, line) in list.lines.iter().enumerate().filter(|_| list.trade_mode == "9810") {
            let key = (list.ebc_code.as_str(), line.item_no.as_str(), list.country.as_str());
            let number = one.lots.iter().find(|lot| lot.0 == line.gnum).map_or(0, |lot| lot.1);
            let pieces = pieces(line.qty);
            abroad.entry(key).or_default().push(Lot { of: one, number, pieces, first: n == 0 });
        }
        if list.trade_mode == "9610" {
            others.entry(list.ebc_code.as_str()).or_default().push(one);
        }
    }
    for (number, office) in PLACES {
        let body = json!({
            "placeNo": number, "masterCuscd": office, "kinds": "warehouse", "validBegDate": "2016-01-01",
        });
        let by = Actor { id: "GATE".into(), role: ActorRole::Operator };
        let truth = LaterTruth { what: "place", expect: "done", ..LaterTruth::default() };
        story.diary.file(story.diary.at(0, 8), by, ("PLACE", body), truth);
    }
    for (n, (item, lots)) in abroad.into_iter().enumerate() {
        story.stock(n as i32, item, lots);
    }
    for (seller, mut lists) in others {
        lists.sort_by(|a, b| a.list.order_no.cmp(&b.list.order_no));
        story.exchange(seller, &lists);
    }
    story.diary.told()
}

impl Story<'_> {
    /// An item in a country: recorded, sold by most, lost by one piece, one piece back, and sold once too often.
    fn stock(&mut self, n: i32, (seller, item, country): (&str, &str, &str), mut lots: Vec<Lot<'_>>) {
        lots.sort_by_key(|lot| lot.number);
        let exported: u64 = lots.iter().map(|lot| lot.pieces).sum();
        let Some(newest) = lots.pop().filter(|lot| lot.pieces >= 4) else { return };
        // Sales take the oldest lots first, so the newest keeps enough for the rest of the story.
        let sold = exported - newest.pieces + 1;
        let warehouse = format!("{seller}-{country}");
        let mut abroad = AbroadTruth {
            seller: seller.to_owned(),
            item: item.to_owned(),
            country: country.to_owned(),
            exported,
            in_stock: exported,
            ..AbroadTruth::default()
        };
        let day = self.diary.start.plus(n % 3);
        let body = json!({
            "warehouseNo": warehouse, "warehouseName": "海外仓", "natcd": country, "tenure": "leased",
            "contractNo": "HT-1", "validBegDate": "2016-01-01",
        });
        let truth = LaterTruth { what: "warehouse", expect: "accepted", ..LaterTruth::default() };
        self.diary.file(self.diary.at(n % 3, 9), enterprise(seller), ("OVERSEAS", body), truth);
        let report = |what: &str, qty: u64, on: Day| {
            json!({
                "warehouseNo": warehouse, "what": what, "settlementNo": format!("{what}-{item}-{on}"),
                "happenedOn": on.to_string(), "lines": [{ "gdsMtno": item, "qty": qty.to_string() }],
            })
        };
        (abroad.sold, abroad.in_stock) = (sold, exported - sold);
        let truth = LaterTruth { what: "sale", expect: "done", abroad: Some(abroad.clone()), ..LaterTruth::default() };
        self.diary.file(self.diary.at(n % 3, 10), enterprise(seller), ("ABROAD", report("sold", sold, day)), truth);
        (abroad.lost, abroad.in_stock) = (1, abroad.in_stock - 1);
        let truth = LaterTruth { what: "loss", expect: "done", abroad: Some(abroad.clone()), ..LaterTruth::default() };
        self.diary.file(self.diary.at(n % 3, 11), enterprise(seller), ("ABROAD", report("lost", 1, day)), truth);
        // An application is made of a list's first line.
        if newest.first {
            (abroad.returned, abroad.in_stock) = (1, abroad.in_stock - 1);
            self.returns(newest.of, n % 3 + 1, 1, Some(abroad.clone()));
        }
        let truth = LaterTruth {
            what: "sale",
            expect: "refused",
            reason: "ABROAD_SHORT",
            fault: "abroad: more sold than lies there",
            abroad: Some(abroad.clone()),
            ..LaterTruth::default()
        };
        self.diary.file(
            self.diary.at(n % 3 + 4, 9),
            enterprise(seller),
            ("ABROAD", report("sold", abroad.in_stock + 1, day.plus(3))),
            truth,
        );
    }

    /// Pieces of a list come back: applied for, and tallied a day later. What a rebate was claimed for waits for the proof
    /// about it.
    fn returns(&mut self, one: &Gone, day: i32, pieces: u32, abroad: Option<AbroadTruth>) {
        let rebated = one.list.lines.first().is_some_and(|line| {
            let filed = self.zone.filed(&one.list.ebc_code, &line.item_no);
            filed.is_some_and(|goods| goods.tags.iter().any(|tag| tag == "rebate"))
        });
        let expect = if rebated { "review" } else { "accepted" };
        let sent = sent(one, self.zone, self.diary.at(day, 9), pieces, &mut self.dice);
        for (message, (what, expect, abroad)) in
            sent.into_iter().zip([("return", "accepted", None), ("tally", expect, abroad.filter(|_| !rebated))])
        {
            let key = one.invt_no.clone();
            let truth = LaterTruth { what, key, expect, abroad, ..LaterTruth::default() };
            self.diary.add(message.at, Step::Message(message), truth);
        }
        if rebated {
            // The proof is seen (出口货物已补税/未退税证明).
            let by = Actor { id: "customs".into(), role: ActorRole::Officer };
            let case = CaseKey { ebc: one.list.agent_code.clone(), order_no: "".into() };
            let number = cop_no(one).into();
            let act = Act { by, kind: ActKind::Arrive, case, number, ..Act::default() };
            let key = one.invt_no.clone();
            let truth = LaterTruth { what: "proof", key, expect: "done", ..LaterTruth::default() };
            self.diary.add(self.diary.at(day + 1, 12), Step::Act(act), truth);
        }
    }

    /// A return came in at another port and is brought to the place of its tally under seal; every other one arrives under
    /// another seal, and an official has to look.
    fn transfer(&mut self, one: &Gone, day: i32) {
        self.transfers += 1;
        let number = format!("ZG{PORT}{:02}{:09}", self.diary.at(day, 9).day().year() % 100, self.transfers);
        let [(from, exit), (to, entry)] = PLACES;
        let operator = enterprise(&self.zone.place.code);
        let customs = Actor { id: "CUSTOMS".into(), role: ActorRole::Officer };
        let broken = self.transfers.is_multiple_of(2);
        let told =
            |expect, reason, fault| LaterTruth { what: "transfer", expect, reason, fault, ..LaterTruth::default() };
        let filed = json!({
            "exitOffice": exit, "entryOffice": entry, "fromPlaceNo": from, "placeNo": to,
            "carrierCode": one.list.logistics_code, "route": "G98", "arriveBy": self.diary.at(day, 22).to_string(),
            "lines": [{
                "logisticsCode": one.list.logistics_code, "logisticsNo": format!("RW{}", one.list.logistics_no),
            }],
        });
        self.diary.file(self.diary.at(day, 10), operator.clone(), ("TRANSIT", filed), told("waiting", "", ""));
        let step = |what: &str, seal: &str| json!({ "transferNo": number, "step": what, "vehicleNo": format!("粤A{}", &number[8..]), "sealNo": seal });
        self.diary.file(
            self.diary.at(day, 11),
            customs.clone(),
            ("TRANSIT-STEP", step("accepted", "")),
            told("done", "", ""),
        );
        self.diary.file(
            self.diary.at(day, 12),
            operator.clone(),
            ("TRANSIT-STEP", step("departed", "S1")),
            told("done", "", ""),
        );
        if !broken {
            self.diary.file(
                self.diary.at(day, 20),
                operator,
                ("TRANSIT-STEP", step("arrived", "S1")),
                told("done", "", ""),
            );
            return;
        }
        let fault = told("inspection", "GATE_SEAL", "transfer: another seal");
        self.diary.file(self.diary.at(day, 20), operator, ("TRANSIT-STEP", step("arrived", "S9")), fault);
        let looked = json!({ "number": number, "verdict": "seal-whole", "reason": "inspected" });
        self.diary.file(self.diary.at(day, 21), customs, ("DECISION", looked), told("done", "", ""));
    }

    /// Of a seller's parcels the first comes back and a later one replaces it; too much is said to come back, and an order
    /// that came before is said to replace another.
    fn exchange(&mut self, seller: &str, lists: &[&Gone]) {
        let first = |one: &&&Gone| one.list.lines.first().is_some_and(|line| line.qty > Quantity(0));
        let Some(old) = lists.iter().find(first).copied() else { return };
        let day_of = |one: &Gone| one.list.order_no.get(2..8).unwrap_or_default().to_owned();
        let (agent, key) = (old.list.agent_code.to_string(), old.invt_no.clone());
        let link = |order: &str| {
            let by = Actor { id: agent.as_str().into(), role: ActorRole::Enterprise };
            let case = CaseKey { ebc: seller.into(), order_no: old.list.order_no.clone() };
            Step::Act(Act { by, kind: ActKind::Exchange, case, number: order.into(), ..Act::default() })
        };
        let truth = |expect, reason, fault| LaterTruth {
            what: "exchange",
            key: key.clone(),
            expect,
            reason,
            fault,
            ..LaterTruth::default()
        };
        let early = "exchange: nothing comes back";
        self.diary.add(self.diary.at(6, 9), link(&old.list.order_no), truth("refused", "EXCHANGE_NO_RETURN", early));
        // Too much: nothing of it is taken in, so the same number can be used again.
        let most = old.list.lines.first().map_or(0, |line| pieces(line.qty) as u32);
        let message = sent(old, self.zone, self.diary.at(6, 10), most + 1, &mut self.dice).remove(0);
        let fault = LaterTruth {
            what: "return",
            key: key.clone(),
            expect: "refused",
            reason: "RETURN_QUANTITY",
            fault: "return: more than went",
            ..LaterTruth::default()
        };
        self.diary.add(message.at, Step::Message(message), fault);
        self.returns(old, 7, 1, None);
        self.transfer(old, 7);
        let same_day = lists.iter().find(|one| day_of(one) == day_of(old) && one.list.order_no != old.list.order_no);
        if let Some(other) = same_day {
            let fault = "exchange: ordered before the parcel was released";
            self.diary.add(
                self.diary.at(9, 9),
                link(&other.list.order_no),
                truth("refused", "EXCHANGE_EARLIER", fault),
            );
        }
        if let Some(new) = lists.iter().find(|one| day_of(one) > day_of(old)) {
            self.diary.add(self.diary.at(9, 10), link(&new.list.order_no), truth("done", "", ""));
            self.diary.add(
                self.diary.at(9, 11),
                link(&new.list.order_no),
                truth("refused", "EXCHANGE_ONCE", "exchange: twice"),
            );
        }
    }
}

fn enterprise(code: &str) -> Actor {
    Actor { id: code.into(), role: ActorRole::Enterprise }
}

fn cop_no(one: &Gone) -> String {
    format!("ER{}", one.list.cop_no)
}

/// The application (213) and the tally (215) a day later.
fn sent(one: &Gone, zone: &Zone, at: Moment, pieces: u32, dice: &mut Dice) -> Vec<Sent> {
    let (agent, place) = (zone.firm(&one.list.agent_code), &zone.place);
    let waybill = format!("RW{}", one.list.logistics_no);
    let (list, invt_no, cop_no) = (&one.list, one.invt_no.as_str(), cop_no(one));
    let of = Comes { list, invt_no, agent: &agent, place, waybill, cop_no, pieces };
    let tallied = Moment(at.0 + 24 * HOUR_MS);
    let mut message = |paper: &Paper<'_>, sender: &Firm, at| {
        let mut envelope = Envelope::new(paper.kind, 1, dice);
        envelope.add(paper);
        let (kind, bytes, sender) = (paper.kind, envelope.close(sender), sender.code.clone());
        Sent { at, kind, sender, documents: 1, bytes, truths: Vec::new(), delivery: None }
    };
    let mut own = Dice::new(mix(at.0 as u64 ^ u64::from(pieces)));
    let application = refund(&of, at, &mut own);
    let tally = tally(&of, tallied, &mut own);
    vec![message(&application, &agent, at), message(&tally, place, tallied)]
}

/// A piece of the first line of an exported list comes back: the application (213), and the tally (215) a day later.
pub fn returned(list: &ExportList, invt_no: &str, zone: &Zone, at: Moment) -> Vec<Sent> {
    let one = Gone { list: list.clone(), invt_no: invt_no.to_owned(), lots: Vec::new() };
    sent(&one, zone, at, 1, &mut Dice::new(mix(list.order_no.len() as u64 ^ at.0 as u64)))
}
