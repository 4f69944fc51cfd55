//! Export of the sample zone: tickets by regime, the messages that lead them over the border, and the truth.
//!
//! In the morning a seller's order, its carrier's waybill and its declarant's list; in the evening the parcels arrive
//! in the supervised place, are put under master bills and leave. Where it is wished, the month is declared in summary.

use std::collections::{BTreeMap, VecDeque};

use trade::documents::{ExportList, MessageKind};
use trade::money::{Amount, Price, Quantity};
use trade::registry::GoodsRow;
use trade::time::{Day, HOUR_MS, Moment};
use wire::ceb::table::export::{
    arrival_head, arrival_list, departure_head, departure_list, inventory_head, inventory_list, invt_refund_detail,
    invt_refund_head, invt_refund_list, logistics, order_head, order_list, summary_apply_head, way_bill_head,
    way_bill_list,
};

use crate::dice::{Dice, mix, tag};
use crate::paper::{Envelope, Paper, Value, count, digits, head, quantity, set};
use crate::story::{Sent, Truth};
use crate::zone::{Firm, Zone};

const WARES: &str = include_str!("../zone/export_assortment.csv");
const REGIMES: &str = include_str!("../zone/regimes.csv");

/// Parcels in one arrival, master bill or departure.
const PARCELS: usize = 1_000;
/// Where tickets are declared, and the port that they leave from.
const OFFICE: &str = "6402";
const PORT: &str = "6407";

/// What to make.
#[derive(Clone, Copy, Debug)]
pub struct ExportPlan {
    /// The same plan makes the same bytes.
    pub seed: u64,
    /// Tickets that no rule stops.
    pub tickets: u64,
    /// Documents in a message, 1 to 100.
    pub per_message: usize,
    pub start: Day,
    pub days: u32,
    /// Plant every fault that we know.
    pub faults: bool,
    /// Declare in summary what goes that way, on the fifth of the month after the last day.
    pub summary: bool,
}

/// One way to go, and how often it is gone.
#[derive(Clone, Debug)]
struct Regime {
    name: &'static str,
    mode: &'static str,
    flag: &'static str,
    digits: usize,
    share: u64,
}

/// The shares of regimes of one direction, from the data file.
fn regimes(direction: &str) -> Vec<Regime> {
    let rows = REGIMES.lines().filter(|l| !l.starts_with('#')).skip(1);
    let row = |line: &'static str| {
        let cells: Vec<&str> = line.split(',').collect();
        let [of, name, mode, flag, digits, share, ..] = cells[..] else { return None };
        let (digits, share) = (digits.parse().ok()?, share.parse().ok()?);
        (of == direction).then_some(Regime { name, mode, flag, digits, share })
    };
    rows.filter_map(row).collect()
}

/// How many of a hundred parcels of a seller with bonded stock come from it.
pub fn bonded_share() -> u64 {
    regimes("import").iter().find(|r| r.name == "bonded").map_or(0, |r| r.share)
}

/// Goods that an exporter offers.
#[derive(Clone, Debug)]
struct Ware {
    goods: GoodsRow,
    price: Price,
    currency: &'static str,
    gross: Quantity,
    net: Quantity,
    /// How often it is bought; 0 for goods of planted faults.
    weight: u64,
    /// May be declared by four or six digits (A75): no goods of the heading are subject to inspection.
    short: bool,
    /// Account book and book item.
    book: Option<(&'static str, &'static str)>,
}

impl Ware {
    fn rebate(&self) -> bool {
        self.goods.tags.iter().any(|tag| tag == "rebate")
    }
}

/// An exporter with its goods and who works for it.
#[derive(Clone, Debug)]
struct Exporter {
    firm: Firm,
    agent: Firm,
    wares: Vec<Ware>,
}

fn exporters(zone: &Zone) -> Vec<Exporter> {
    let mut all: Vec<Exporter> = Vec::new();
    for line in WARES.lines().filter(|l| !l.starts_with('#')).skip(1) {
        let cells: Vec<&'static str> = line.split(',').collect();
        let [ebc, item_no, price, currency, gross, net, weight, ems_no, record, short] = cells[..] else { continue };
        let Some(goods) = zone.filed(ebc, item_no) else { continue };
        let ware = Ware {
            goods: goods.clone(),
            price: Price::from_yuan_text(price).unwrap_or_default(),
            currency,
            gross: Quantity::parse(gross).unwrap_or_default(),
            net: Quantity::parse(net).unwrap_or_default(),
            weight: weight.parse().unwrap_or(1),
            short: short == "yes",
            book: (!ems_no.is_empty()).then_some((ems_no, record)),
        };
        match all.iter_mut().find(|e| e.firm.code == ebc) {
            Some(exporter) => exporter.wares.push(ware),
            None => {
                all.push(Exporter { firm: zone.firm(ebc), agent: zone.agent_of(ebc), wares: vec![ware] });
            }
        }
    }
    all
}

/// One ticket: what goes where, and by which regime.
struct Ticket<'e> {
    regime: Regime,
    exporter: &'e Exporter,
    platform: &'e Firm,
    carrier: &'e Firm,
    operator: &'e Firm,
    order_no: String,
    waybill_no: String,
    cop_no: String,
    picks: Vec<(&'e Ware, u32)>,
    /// More was ordered than goes (a planted fault).
    ordered_more: u32,
    destination: &'static str,
    at: Moment,
}

/// What may be wrong with a ticket, what becomes of it, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Fault {
    name: &'static str,
    expect: &'static str,
    reason: &'static str,
}

const FAULTS: &[Fault] = &[
    Fault { name: "export: dear for the short way", expect: "refused", reason: "SHORT_FORM_VALUE" },
    Fault { name: "export: rebate on the short way", expect: "refused", reason: "SHORT_FORM_REBATE" },
    Fault { name: "export: goods that may not leave", expect: "refused", reason: "EXPORT_BANNED" },
    Fault { name: "export: other quantity than ordered", expect: "refused", reason: "LINES_DIFFER" },
    Fault { name: "export: no waybill", expect: "waiting", reason: "WAYBILL_MISSING" },
    Fault { name: "export: goods to be inspected", expect: "inspection", reason: "" },
];

/// How many different faults are planted.
pub const FAULTS_PLANTED: usize = FAULTS.len();

/// What a ticket still has to do.
struct Underway {
    carrier: Firm,
    agent: Firm,
    seller: Firm,
    waybill_no: String,
    order_no: String,
    departs: bool,
}

/// The messages of a plan, in sending order.
pub struct Export<'z> {
    plan: ExportPlan,
    zone: &'z Zone,
    exporters: Vec<Exporter>,
    regimes: Vec<Regime>,
    dice: Dice,
    tag: String,
    day: u32,
    made_today: u64,
    chunk: u64,
    serial: u64,
    sheets: u64,
    underway: Vec<Underway>,
    /// When the last list went out.
    clock: Moment,
    /// Declarants and sellers of what goes by summary.
    summed: BTreeMap<(String, String), (Firm, Firm)>,
    ended: bool,
    out: VecDeque<Sent>,
}

impl<'z> Export<'z> {
    /// Tickets of the sample zone.
    pub fn new(plan: ExportPlan, zone: &'z Zone) -> Export<'z> {
        Export {
            plan: ExportPlan { per_message: plan.per_message.clamp(1, 100), days: plan.days.max(1), ..plan },
            zone,
            exporters: exporters(zone),
            regimes: regimes("export"),
            dice: Dice::new(plan.seed ^ 0x6578_706f_7274),
            tag: tag(plan.seed ^ 0x6578_706f),
            day: 0,
            made_today: 0,
            chunk: 0,
            serial: 0,
            sheets: 0,
            underway: Vec::new(),
            clock: Moment::default(),
            summed: BTreeMap::new(),
            ended: false,
            out: VecDeque::new(),
        }
    }

    /// The tickets of one seller by one regime alone.
    pub fn only(mut self, seller: &str, regime: &str) -> Export<'z> {
        self.exporters.retain(|exporter| exporter.firm.code == seller);
        self.regimes.retain(|of| of.name == regime);
        self
    }

    fn today(&self) -> Day {
        self.plan.start.plus(self.day as i32)
    }

    /// Tickets of the day at hand.
    fn of_day(&self) -> u64 {
        let (all, days) = (self.plan.tickets, u64::from(self.plan.days));
        all / days + u64::from(u64::from(self.day) < all % days)
    }

    /// Makes more until there is something to send; false at the end.
    fn more(&mut self) -> bool {
        if self.day < self.plan.days {
            if self.made_today < self.of_day() {
                self.morning(None);
            } else if self.plan.faults && self.day + 1 == self.plan.days {
                for fault in FAULTS {
                    self.morning(Some(*fault));
                }
                self.plan.faults = false;
            } else {
                self.evening();
                (self.day, self.made_today, self.chunk) = (self.day + 1, 0, 0);
            }
            return true;
        }
        if self.ended {
            return false;
        }
        self.ended = true;
        if self.plan.summary {
            self.summaries();
        }
        true
    }

    /// Tickets of one seller and carrier: orders, waybills and lists.
    fn morning(&mut self, fault: Option<Fault>) {
        let exporters = std::mem::take(&mut self.exporters);
        let left = self.of_day().saturating_sub(self.made_today);
        let n = if fault.is_some() { 1 } else { (self.plan.per_message as u64).min(left) };
        let whose = match fault.map(|f| f.name) {
            Some("export: rebate on the short way" | "export: goods to be inspected") => 0,
            Some("export: goods that may not leave") => 2,
            _ => self.dice.below(exporters.len() as u64) as usize,
        };
        let exporter = &exporters[whose];
        let carrier = &self.zone.carriers[self.dice.below(2) as usize];
        let platform = &self.zone.platforms[whose % self.zone.platforms.len()];
        // From eight to four o'clock, evenly.
        let share = 8 * HOUR_MS * (self.made_today as i64) / (self.of_day().max(1) as i64);
        let at = Moment(self.today().starts().0 + 8 * HOUR_MS + share).max(self.clock);
        let mut tickets = Vec::with_capacity(n as usize);
        for _ in 0..n {
            tickets.push(self.ticket(exporter, platform, carrier, at, fault));
        }
        if fault.is_none() {
            self.made_today += n;
        }
        self.chunk += 1;
        let no_waybill = fault.is_some_and(|f| f.expect == "waiting");
        let minute = 60_000;
        let papers = tickets.iter().map(|t| order(t, &mut self.dice)).collect::<Vec<_>>();
        self.send(MessageKind::ExportOrder, platform, at, &papers);
        if !no_waybill {
            let papers = tickets.iter().map(|t| waybill(t, &mut self.dice)).collect::<Vec<_>>();
            self.send(MessageKind::ExportWaybill, carrier, Moment(at.0 + minute), &papers);
        }
        let declared = Moment(at.0 + 2 * minute);
        self.clock = declared;
        let papers = tickets.iter().map(|t| list(t, &mut self.dice)).collect::<Vec<_>>();
        self.send(MessageKind::ExportList, &exporter.agent, declared, &papers);
        let truths = tickets.iter().map(|t| {
            let (expect, reason, name) = fault.map_or(("finished", "", ""), |f| match f.expect {
                "inspection" => ("finished", "", f.name),
                expect => (expect, f.reason, f.name),
            });
            truth(&t.order_no, &exporter.firm.code, expect, reason, declared, name)
        });
        let truths: Vec<Truth> = truths.collect();
        if let Some(sent) = self.out.back_mut() {
            sent.truths = truths;
        }
        for t in &tickets {
            if fault.is_some_and(|f| f.expect != "inspection") {
                continue;
            }
            if t.regime.name == "summary-declaration" {
                let key = (exporter.agent.code.clone(), exporter.firm.code.clone());
                self.summed.entry(key).or_insert_with(|| (exporter.agent.clone(), exporter.firm.clone()));
            }
            self.underway.push(Underway {
                carrier: carrier.clone(),
                agent: exporter.agent.clone(),
                seller: exporter.firm.clone(),
                waybill_no: t.waybill_no.clone(),
                order_no: t.order_no.clone(),
                departs: fault.is_none(),
            });
        }
        self.exporters = exporters;
    }

    fn ticket<'e>(
        &mut self,
        exporter: &'e Exporter,
        platform: &'e Firm,
        carrier: &'e Firm,
        at: Moment,
        fault: Option<Fault>,
    ) -> Ticket<'e>
    where
        'z: 'e,
    {
        self.serial += 1;
        let day = at.compact();
        let mut number = format!("{}{}", &day[2..8], self.tag);
        digits(self.serial, 8, &mut number);
        let name = fault.map_or("", |f| f.name);
        let of = |regimes: &[Regime], name: &str| regimes.iter().find(|r| r.name == name).cloned();
        let mut regime = match name {
            "" => {
                let total: u64 = self.regimes.iter().map(|r| r.share).sum();
                self.dice.heavy(&self.regimes, total.max(1), |r| r.share).map(|at| self.regimes[at].clone())
            }
            "export: goods to be inspected" => of(&self.regimes, "summary-declaration"),
            _ => of(&self.regimes, "summary-statistics"),
        };
        // Who has nothing in the special area sends it the usual way.
        if regime.as_ref().is_some_and(|r| r.mode == "1210") && exporter.wares.iter().all(|w| w.book.is_none()) {
            regime = of(&self.regimes, "summary-statistics");
        }
        let regime =
            regime.unwrap_or(Regime { name: "summary-statistics", mode: "9610", flag: "A", digits: 10, share: 0 });
        let usual = |w: &&Ware| {
            w.weight > 0
                && (regime.mode != "1210" || w.book.is_some())
                && (regime.digits == 10 || w.short)
                && (matches!(regime.name, "summary-declaration" | "b2b-list" | "overseas-warehouse") || !w.rebate())
        };
        let wares: Vec<&Ware> = match name {
            "export: rebate on the short way" => exporter.wares.iter().filter(|w| w.rebate() && w.weight > 0).collect(),
            "export: goods that may not leave" => {
                exporter.wares.iter().filter(|w| w.goods.item_no == "BONE-E").collect()
            }
            "export: goods to be inspected" => exporter.wares.iter().filter(|w| w.goods.item_no == "PLATE-E").collect(),
            _ => exporter.wares.iter().filter(usual).collect(),
        };
        let lines = if regime.mode == "1210" || fault.is_some() { 1 } else { 1 + self.dice.below(2) as usize };
        let total: u64 = wares.iter().map(|w| w.weight.max(1)).sum();
        let mut picks: Vec<(&Ware, u32)> = Vec::new();
        for _ in 0..lines {
            let Some(at) = self.dice.heavy(&wares, total.max(1), |w| w.weight.max(1)) else { continue };
            let ware = wares[at];
            if picks.iter().any(|(w, _)| w.goods.item_no == ware.goods.item_no) {
                continue;
            }
            let bulk = matches!(regime.mode, "9710" | "9810");
            let pieces = if bulk { 6 + self.dice.below(12) as u32 } else { 1 + self.dice.below(4) as u32 };
            picks.push((ware, if name == "export: dear for the short way" { 400 } else { pieces }));
        }
        Ticket {
            regime,
            exporter,
            platform,
            carrier,
            operator: &self.zone.place,
            order_no: format!("EE{number}"),
            waybill_no: format!("EW{number}"),
            cop_no: format!("EL{number}"),
            picks,
            ordered_more: u32::from(name == "export: other quantity than ordered"),
            destination: ["502", "303", "304", "116", "601"][self.dice.below(5) as usize],
            at,
        }
    }

    /// What the day's tickets come to at the border.
    fn evening(&mut self) {
        let day = self.today().starts().0;
        let underway = std::mem::take(&mut self.underway);
        let (arrives, bills, leaves) =
            (Moment(day + 18 * HOUR_MS), Moment(day + 19 * HOUR_MS), Moment(day + 21 * HOUR_MS));
        let mut by_carrier: BTreeMap<String, Vec<&Underway>> = BTreeMap::new();
        for u in &underway {
            by_carrier.entry(u.carrier.code.clone()).or_default().push(u);
        }
        let place = self.zone.place.clone();
        for parcels in by_carrier.values().flat_map(|all| all.chunks(PARCELS)) {
            let (cop_no, carrier) = (self.sheet("EA", arrives), &parcels[0].carrier);
            let paper = arrival(&cop_no, &place, carrier, parcels, arrives, &mut self.dice);
            self.send(MessageKind::Arrival, &place, arrives, &[paper]);
        }
        for parcels in by_carrier.values() {
            let mut by_agent: BTreeMap<&str, Vec<&Underway>> = BTreeMap::new();
            for u in parcels {
                by_agent.entry(&u.agent.code).or_default().push(*u);
            }
            for parcels in by_agent.values().flat_map(|all| all.chunks(PARCELS)) {
                let cop_no = self.sheet("EM", bills);
                let paper = master_bill(&cop_no, &self.tag, parcels, bills, &mut self.dice);
                let agent = parcels[0].agent.clone();
                self.send(MessageKind::MasterBill, &agent, bills, &[paper]);
                let stopped = parcels.iter().filter(|u| !u.departs).map(|u| {
                    let name = "export: goods to be inspected";
                    truth(&u.order_no, &u.seller.code, "inspection", "", bills, name)
                });
                let stopped: Vec<Truth> = stopped.collect();
                if let Some(sent) = self.out.back_mut() {
                    sent.truths = stopped;
                }
            }
        }
        for all in by_carrier.values() {
            let all: Vec<&Underway> = all.iter().copied().filter(|u| u.departs).collect();
            for parcels in all.chunks(PARCELS) {
                let (cop_no, carrier) = (self.sheet("ED", leaves), parcels[0].carrier.clone());
                let paper = departure(&cop_no, &self.tag, parcels, leaves, &mut self.dice);
                self.send(MessageKind::Departure, &carrier, leaves, &[paper]);
                let gone = parcels.iter().map(|u| truth(&u.order_no, &u.seller.code, "closed", "", leaves, ""));
                let gone: Vec<Truth> = gone.collect();
                if let Some(sent) = self.out.back_mut() {
                    sent.truths = gone;
                }
            }
        }
    }

    /// On the fifth of the next month, each declarant for each seller (A194 section 3).
    fn summaries(&mut self) {
        let last = self.plan.start.plus(self.plan.days as i32 - 1);
        let (from, until) = (self.plan.start.starts(), Moment(last.plus(1).starts().0 - 1_000));
        let (year, month, _) = last.date();
        let (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        let Some(day) = Day::ymd(year, month, 5) else { return };
        let at = Moment(day.starts().0 + 10 * HOUR_MS);
        for (agent, seller) in std::mem::take(&mut self.summed).into_values() {
            let cop_no = self.sheet("ES", at);
            let paper = summary(&cop_no, &agent, &seller, (from, until), at, &mut self.dice);
            self.send(MessageKind::SummaryApply, &agent, at, &[paper]);
        }
    }

    /// An own number of an enterprise for a sheet.
    fn sheet(&mut self, letters: &str, at: Moment) -> String {
        self.sheets += 1;
        let mut out = format!("{letters}{}{}", &at.compact()[2..8], self.tag);
        digits(self.sheets, 6, &mut out);
        out
    }

    fn send(&mut self, kind: MessageKind, sender: &Firm, at: Moment, papers: &[Paper<'_>]) {
        let mut envelope = Envelope::new(kind, papers.len(), &mut self.dice);
        for paper in papers {
            envelope.add(paper);
        }
        self.out.push_back(Sent {
            at,
            kind,
            sender: sender.code.clone(),
            documents: papers.len(),
            bytes: envelope.close(sender),
            truths: Vec::new(),
            delivery: None,
        });
    }
}

impl Iterator for Export<'_> {
    type Item = Sent;

    fn next(&mut self) -> Option<Sent> {
        while self.out.is_empty() {
            if !self.more() {
                return None;
            }
        }
        self.out.pop_front()
    }
}

/// Two stories told at once, in the order of their times.
pub fn merged(a: impl Iterator<Item = Sent>, b: impl Iterator<Item = Sent>) -> impl Iterator<Item = Sent> {
    let (mut a, mut b) = (a.peekable(), b.peekable());
    std::iter::from_fn(move || match (a.peek(), b.peek()) {
        (Some(first), Some(second)) if second.at < first.at => b.next(),
        (Some(_), _) => a.next(),
        (None, _) => b.next(),
    })
}

/// A piece of the first line of an exported list comes back: the application (213), and the tally (215) a day later.
pub fn returned(list: &ExportList, invt_no: &str, zone: &Zone, at: Moment) -> Vec<Sent> {
    let mut dice = Dice::new(mix(list.order_no.len() as u64 ^ at.0 as u64));
    let (agent, place) = (zone.firm(&list.agent_code), &zone.place);
    let waybill = format!("RW{}", &list.logistics_no);
    let mut h = head(invt_refund_head::FIELDS.len(), at, &mut dice);
    set!(
        h,
        invt_refund_head {
            customsCode: list.customs_code.as_str(),
            ebpCode: list.ebp_code.as_str(),
            ebpName: list.ebp_name.as_str(),
            ebcCode: list.ebc_code.as_str(),
            ebcName: list.ebc_name.as_str(),
            logisticsNo: waybill.as_str(),
            logisticsCode: list.logistics_code.as_str(),
            logisticsName: list.logistics_name.as_str(),
            coElNo: format!("ER{}", &list.cop_no),
            invtNo: invt_no,
            tradeMode: if list.trade_mode == "1210" { "1261" } else { "9661" },
            agentCode: agent.code.as_str(),
            agentName: agent.name.as_str(),
            billNo: "999-00000000",
            ieFlag: "I",
            trafMode: "5",
            trafName: "XX航空",
            portCode: list.port_code.as_str(),
            reason: "境外买方退货",
            country: "142",
            voyageNo: "XX1",
        }
    );
    let mut l: Vec<Value<'_>> = vec![Value::default(); invt_refund_list::FIELDS.len()];
    if let Some(line) = list.lines.first() {
        let one =
            |qty: Quantity| quantity(Quantity((i128::from(qty.0) * 100_000 / i128::from(line.qty.0.max(1))) as i64));
        set!(
            l,
            invt_refund_list {
                gnum: count(line.gnum),
                gcode: line.gcode.as_str(),
                gname: line.gname.as_str(),
                gmodel: line.model.as_str(),
                qty: "1",
                qty1: one(line.qty1),
                unit: line.unit.as_str(),
                unit1: line.unit1.as_str(),
            }
        );
        if let Some(qty2) = line.qty2 {
            set!(l, invt_refund_list { qty2: one(qty2), unit2: line.unit2.as_str() });
        }
    }
    let application = Paper { kind: MessageKind::ExportRefund, head: h, lines: vec![l] };
    let tallied = Moment(at.0 + 24 * HOUR_MS);
    let mut h = head(invt_refund_detail::FIELDS.len(), tallied, &mut dice);
    set!(
        h,
        invt_refund_detail {
            customsCode: list.customs_code.as_str(),
            operatorCode: place.code.as_str(),
            operatorName: place.name.as_str(),
            logisticsCode: list.logistics_code.as_str(),
            logisticsName: list.logistics_name.as_str(),
            logisticsNo: waybill.as_str(),
            invtNo: invt_no,
            coElNo: format!("T{}", &list.cop_no[2.min(list.cop_no.len())..]),
            billNo: "999-00000000",
            ieFlag: "I",
            trafMode: "5",
            trafName: "XX航空",
            voyageNo: "XX1",
        }
    );
    let tally = Paper { kind: MessageKind::Tally, head: h, lines: Vec::new() };
    let mut sent = Vec::new();
    for (paper, sender, at) in [(application, &agent, at), (tally, place, tallied)] {
        let kind = paper.kind;
        let mut envelope = Envelope::new(kind, 1, &mut dice);
        envelope.add(&paper);
        let bytes = envelope.close(sender);
        let sender = sender.code.clone();
        sent.push(Sent { at, kind, sender, documents: 1, bytes, truths: Vec::new(), delivery: None });
    }
    sent
}

fn truth(
    order_no: &str,
    ebc: &str,
    expect: &'static str,
    reason: &'static str,
    from: Moment,
    fault: &'static str,
) -> Truth {
    Truth {
        order_no: order_no.to_owned(),
        ebc_code: ebc.to_owned(),
        expect,
        reasons: if reason.is_empty() { Vec::new() } else { vec![reason] },
        tax_fen: 0,
        from: from.to_string(),
        fault,
    }
}

/// An amount of any currency, two decimals.
fn amount(of: Amount) -> Value<'static> {
    of.to_string().into()
}

fn price_text(price: Price) -> Value<'static> {
    Amount(price.0).to_string().into()
}

impl Ticket<'_> {
    fn total(&self, ware: &Ware, pieces: u32) -> Amount {
        Amount(ware.price.0 * i64::from(pieces))
    }

    fn value(&self) -> Amount {
        Amount(self.picks.iter().map(|(ware, pieces)| self.total(ware, *pieces).0).sum())
    }

    fn currency(&self) -> &'static str {
        self.picks.first().map_or("502", |(ware, _)| ware.currency)
    }

    fn weights(&self) -> (Quantity, Quantity) {
        let sum = |of: fn(&Ware) -> Quantity| {
            Quantity(self.picks.iter().map(|(ware, pieces)| of(ware).0 * i64::from(*pieces)).sum())
        };
        (sum(|w| w.gross).plus(Quantity(5_000)), sum(|w| w.net))
    }
}

/// CEB303: an order, or the booking of an overseas warehouse.
fn order<'p>(p: &'p Ticket<'_>, dice: &mut Dice) -> Paper<'p> {
    let mut h = head(order_head::FIELDS.len(), p.at, dice);
    let kind = match p.regime.mode {
        "9710" => "B",
        "9810" => "W",
        _ => "E",
    };
    let more: i64 = p.picks.iter().map(|(ware, _)| ware.price.0 * i64::from(p.ordered_more)).sum();
    set!(
        h,
        order_head {
            orderType: kind,
            orderNo: p.order_no.as_str(),
            ebpCode: p.platform.code.as_str(),
            ebpName: p.platform.name.as_str(),
            ebcCode: p.exporter.firm.code.as_str(),
            ebcName: p.exporter.firm.name.as_str(),
            goodsValue: amount(Amount(p.value().0 + more)),
            freight: "0",
            currency: p.currency(),
        }
    );
    let line = |(i, (ware, pieces)): (usize, &(&'p Ware, u32))| {
        let pieces = pieces + p.ordered_more;
        let mut l: Vec<Value<'p>> = vec![Value::default(); order_list::FIELDS.len()];
        set!(
            l,
            order_list {
                gnum: count(i as u32 + 1),
                itemNo: ware.goods.item_no.as_str(),
                itemName: ware.goods.name_zh.as_str(),
                unit: ware.goods.unit.as_str(),
                currency: ware.currency,
                qty: count(pieces),
                price: price_text(ware.price),
                totalPrice: amount(p.total(ware, pieces)),
            }
        );
        l
    };
    Paper { kind: MessageKind::ExportOrder, head: h, lines: p.picks.iter().enumerate().map(line).collect() }
}

/// CEB505.
fn waybill<'p>(p: &'p Ticket<'_>, dice: &mut Dice) -> Paper<'p> {
    let mut h = head(logistics::FIELDS.len(), p.at, dice);
    set!(
        h,
        logistics {
            logisticsCode: p.carrier.code.as_str(),
            logisticsName: p.carrier.name.as_str(),
            logisticsNo: p.waybill_no.as_str(),
            freight: "0",
            insuredFee: "0",
            currency: "142",
            grossWeight: quantity(p.weights().0),
            packNo: "1",
            goodsInfo: p.picks.first().map_or("", |(ware, _)| ware.goods.name_zh.as_str()),
            ebcCode: p.exporter.firm.code.as_str(),
            ebcName: p.exporter.firm.name.as_str(),
        }
    );
    Paper { kind: MessageKind::ExportWaybill, head: h, lines: Vec::new() }
}

/// CEB603.
fn list<'p>(p: &'p Ticket<'_>, dice: &mut Dice) -> Paper<'p> {
    let mut h = head(inventory_head::FIELDS.len(), p.at, dice);
    let (gross, net) = p.weights();
    set!(
        h,
        inventory_head {
            customsCode: OFFICE,
            ebpCode: p.platform.code.as_str(),
            ebpName: p.platform.name.as_str(),
            orderNo: p.order_no.as_str(),
            logisticsCode: p.carrier.code.as_str(),
            logisticsName: p.carrier.name.as_str(),
            logisticsNo: p.waybill_no.as_str(),
            copNo: p.cop_no.as_str(),
            ieFlag: "E",
            portCode: PORT,
            ieDate: crate::paper::day(p.at),
            statisticsFlag: p.regime.flag,
            agentCode: p.exporter.agent.code.as_str(),
            agentName: p.exporter.agent.name.as_str(),
            ebcCode: p.exporter.firm.code.as_str(),
            ebcName: p.exporter.firm.name.as_str(),
            ownerCode: p.exporter.firm.code.as_str(),
            ownerName: p.exporter.firm.name.as_str(),
            tradeMode: p.regime.mode,
            trafMode: "5",
            country: p.destination,
            POD: "000",
            freight: "0",
            fCurrency: "142",
            fFlag: "3",
            insuredFee: "0",
            iCurrency: "142",
            iFlag: "3",
            wrapType: "2",
            packNo: "1",
            grossWeight: quantity(gross),
            netWeight: quantity(net),
        }
    );
    if let Some((ems_no, _)) = p.picks.first().and_then(|(ware, _)| ware.book).filter(|_| p.regime.mode == "1210") {
        set!(h, inventory_head { iacCode: p.operator.code.as_str(), iacName: p.operator.name.as_str(), emsNo: ems_no });
    }
    let line = |(i, (ware, pieces)): (usize, &(&'p Ware, u32))| {
        let goods = &ware.goods;
        let times = |one: Quantity| quantity(Quantity(one.0 * i64::from(*pieces)));
        let mut l: Vec<Value<'p>> = vec![Value::default(); inventory_list::FIELDS.len()];
        let gcode = match p.regime.digits {
            10 => goods.hs10.to_string(),
            short => format!("{:0<10}", &goods.hs10[..short]),
        };
        set!(
            l,
            inventory_list {
                gnum: count(i as u32 + 1),
                itemNo: goods.item_no.as_str(),
                itemName: goods.name_zh.as_str(),
                gcode: gcode,
                gname: goods.name_zh.as_str(),
                gmodel: goods.model.as_str(),
                barCode: "无",
                country: p.destination,
                currency: ware.currency,
                qty: count(*pieces),
                qty1: times(goods.qty1),
                unit: goods.unit.as_str(),
                unit1: goods.unit1.as_str(),
                price: price_text(ware.price),
                totalPrice: amount(p.total(ware, *pieces)),
            }
        );
        if let Some((_, record)) = ware.book.filter(|_| p.regime.mode == "1210") {
            set!(l, inventory_list { itemRecordNo: record });
        }
        if let Some(qty2) = goods.qty2 {
            set!(l, inventory_list { qty2: times(qty2), unit2: goods.unit2.as_str() });
        }
        l
    };
    Paper { kind: MessageKind::ExportList, head: h, lines: p.picks.iter().enumerate().map(line).collect() }
}

/// The lines of a sheet that names parcels by their waybills.
macro_rules! numbered {
    ($list:ident, $parcels:expr) => {{
        let line = |(i, parcel): (usize, &&'p Underway)| {
            let mut l: Vec<Value<'p>> = vec![Value::default(); $list::FIELDS.len()];
            set!(l, $list { gnum: count(i as u32 + 1), logisticsNo: parcel.waybill_no.as_str() });
            l
        };
        $parcels.iter().enumerate().map(line).collect()
    }};
}

/// CEB507.
fn arrival<'p>(
    cop_no: &'p str,
    operator: &'p Firm,
    carrier: &'p Firm,
    parcels: &[&'p Underway],
    at: Moment,
    dice: &mut Dice,
) -> Paper<'p> {
    let mut h = head(arrival_head::FIELDS.len(), at, dice);
    set!(
        h,
        arrival_head {
            customsCode: OFFICE,
            copNo: cop_no,
            operatorCode: operator.code.as_str(),
            operatorName: operator.name.as_str(),
            ieFlag: "E",
            trafMode: "5",
            domesticTrafNo: "琼B00000",
            logisticsCode: carrier.code.as_str(),
            logisticsName: carrier.name.as_str(),
            msgCount: "1",
            msgSeqNo: "1",
        }
    );
    Paper { kind: MessageKind::Arrival, head: h, lines: numbered!(arrival_list, parcels) }
}

/// CEB607.
fn master_bill<'p>(cop_no: &'p str, tag: &str, parcels: &[&'p Underway], at: Moment, dice: &mut Dice) -> Paper<'p> {
    let mut h = head(way_bill_head::FIELDS.len(), at, dice);
    let first = parcels[0];
    set!(
        h,
        way_bill_head {
            customsCode: OFFICE,
            copNo: cop_no,
            agentCode: first.agent.code.as_str(),
            agentName: first.agent.name.as_str(),
            trafMode: "5",
            trafName: "XX航空",
            voyageNo: format!("XX{}", &at.compact()[4..8]),
            billNo: format!("9{tag}{}", &cop_no[2..]),
            grossWeight: count(parcels.len() as u32),
            logisticsCode: first.carrier.code.as_str(),
            logisticsName: first.carrier.name.as_str(),
            msgCount: "1",
            msgSeqNo: "1",
        }
    );
    Paper { kind: MessageKind::MasterBill, head: h, lines: numbered!(way_bill_list, parcels) }
}

/// CEB509.
fn departure<'p>(cop_no: &'p str, tag: &str, parcels: &[&'p Underway], at: Moment, dice: &mut Dice) -> Paper<'p> {
    let mut h = head(departure_head::FIELDS.len(), at, dice);
    let first = parcels[0];
    set!(
        h,
        departure_head {
            customsCode: OFFICE,
            copNo: cop_no,
            logisticsCode: first.carrier.code.as_str(),
            logisticsName: first.carrier.name.as_str(),
            trafMode: "5",
            trafName: "XX航空",
            voyageNo: format!("XX{}", &at.compact()[4..8]),
            billNo: format!("9{tag}{}", &cop_no[2..]),
            leaveTime: at.compact(),
            msgCount: "1",
            msgSeqNo: "1",
        }
    );
    Paper { kind: MessageKind::Departure, head: h, lines: numbered!(departure_list, parcels) }
}

/// CEB701, for a period.
fn summary<'p>(
    cop_no: &'p str,
    agent: &'p Firm,
    seller: &'p Firm,
    (from, until): (Moment, Moment),
    at: Moment,
    dice: &mut Dice,
) -> Paper<'p> {
    let mut h = head(summary_apply_head::FIELDS.len(), at, dice);
    set!(
        h,
        summary_apply_head {
            customsCode: OFFICE,
            copNo: cop_no,
            agentCode: agent.code.as_str(),
            agentName: agent.name.as_str(),
            ebcCode: seller.code.as_str(),
            ebcName: seller.name.as_str(),
            declAgentCode: agent.code.as_str(),
            declAgentName: agent.name.as_str(),
            startTime: from.compact(),
            endTime: until.compact(),
            summaryFlag: "1",
            itemNameFlag: "2",
            msgCount: "1",
            msgSeqNo: "1",
        }
    );
    Paper { kind: MessageKind::SummaryApply, head: h, lines: Vec::new() }
}
