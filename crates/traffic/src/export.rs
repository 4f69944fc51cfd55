//! Export of the sample zone: tickets by regime, the messages that lead them over the border, and the truth.
//!
//! In the morning a seller's order, its carrier's waybill and its declarant's list; in the evening the parcels arrive
//! in the supervised place, are put under master bills and leave. Where it is wished, the month is declared in summary.

mod after;
mod papers;
mod wares;
pub(crate) use after::Diary;
pub use after::{Gone, Later, LaterTruth, Step, aftermath, returned};
pub use wares::bonded_share;

use std::collections::{BTreeMap, VecDeque};

use trade::documents::MessageKind;
use trade::time::{Day, HOUR_MS, Moment};

use crate::dice::{Dice, tag};
use crate::paper::{Envelope, Paper, digits};
use crate::story::{Sent, Truth};
use crate::zone::{Firm, Zone};
use papers::{arrival, departure, list, master_bill, order, summary, waybill};
use wares::{Exporter, Regime, Ware, exporters, regimes};

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
