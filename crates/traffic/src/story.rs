//! A stretch of days in the zone: who buys what from whom, and the messages about it in sending order.

use std::collections::VecDeque;
use std::sync::Arc;

use trade::documents::MessageKind;
use trade::money::Fen;
use trade::policy::Policy;
use trade::registry::ManifestRow;
use trade::time::{Day, HOUR_MS, Moment};

use crate::dice::{Dice, mix, tag};
use crate::faults::{self, Planted};
use crate::paper::{self, Envelope, Flight, Paper, Parcel, Pick, day, digits};
use crate::people::{Person, person};
use crate::rhythm::Rhythm;
use crate::zone::{Firm, Item, Zone};

/// What to make.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// The same plan makes the same bytes.
    pub seed: u64,
    /// Parcels that no rule stops.
    pub parcels: u64,
    /// Documents in a message, 1 to 100.
    pub per_message: usize,
    pub start: Day,
    pub days: u32,
    /// Plant every fault that we know, spread over the story.
    pub faults: bool,
    /// Tell the truth about every parcel ([`Sent::truths`]); without it only about planted faults.
    pub truths: bool,
}

impl Plan {
    /// One ordinary day, in messages of 100 documents.
    pub fn day(seed: u64, parcels: u64, start: Day) -> Plan {
        Plan { seed, parcels, per_message: 100, start, days: 1, faults: false, truths: false }
    }
}

/// A message as its sender gives it to the window, not signed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// When; never earlier than the message before.
    pub at: Moment,
    pub kind: MessageKind,
    /// Code of the sender (`copCode`).
    pub sender: String,
    pub documents: usize,
    pub bytes: Vec<u8>,
    pub truths: Vec<Truth>,
    /// Of a warehouse-in detail what becomes of it; it leaves its parcels as they are.
    pub delivery: Option<DeliveryTruth>,
}

/// What becomes of a warehouse-in detail (711): a line of `deliveries.jsonl`.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryTruth {
    pub operator_code: String,
    pub cop_no: String,
    pub bill_no: String,
    /// Parcels that it names.
    pub waybills: usize,
    /// `finished` or `refused`
    pub expect: &'static str,
    pub reasons: Vec<&'static str>,
    /// Which fault was planted; empty for one without.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub fault: &'static str,
}

/// What becomes of a parcel: a line of `truth.jsonl`. Where a parcel has several, the latest that holds counts.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Truth {
    pub order_no: String,
    pub ebc_code: String,
    /// A state of `onewindow explain`.
    pub expect: &'static str,
    /// Codes that are among the reasons of its last decision, or of the refused application about it.
    pub reasons: Vec<&'static str>,
    #[serde(rename = "tax_fen")]
    pub tax_fen: i64,
    /// The moment from which it holds, Beijing time.
    pub from: String,
    /// Which fault was planted; empty for a parcel without one.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub fault: &'static str,
}

/// Parcels under one house bill.
const PIECES: u64 = 2_000;
/// Parcels in one warehouse-in detail.
const UNLOADED: usize = 500;
/// Lists go out when this many further lanes have been sent.
const LAG: usize = 2;
/// A lane is not kept open for longer than this.
const LANE_HOLDS_MS: i64 = 2 * HOUR_MS;

/// The traffic of a plan, message by message.
pub struct Story<'z> {
    plan: Plan,
    zone: &'z Zone,
    policy: &'z Policy,
    pub(crate) dice: Dice,
    rhythm: Rhythm,
    sellers: u64,
    /// Of a hundred parcels so many are bonded.
    bonded: u64,
    /// What a basket may cost, and what a person may buy in a year.
    single: Fen,
    annual: Fen,
    /// What each person has bought this year.
    spent: Vec<u32>,
    year: i32,
    serial: u64,
    direct: u64,
    /// The flight of the direct parcels of now, with its number; and that of parcels which came with none.
    flight: (u64, Arc<Flight>),
    no_flight: Arc<Flight>,
    shelves: Shelves<'z>,
    lanes: Vec<Lane<'z>>,
    lists: VecDeque<Sent>,
    out: VecDeque<Sent>,
    clock: Moment,
    made: u64,
    planted: usize,
    late: Vec<Sent>,
    arrivals: Vec<Arrival<'z>>,
    /// Their own, so that the parcels do not depend on them.
    arrival_dice: Dice,
    arrived: u64,
    ended: bool,
    tag: String,
    /// Lists that pass the checks at declaration, by office: the window numbers them in this order.
    numbered: [u64; 3],
}

const OFFICES: [&str; 3] = ["6402", "6407", "6409"];

/// Documents of parcels that share platform, payment, carrier and declarant.
struct Lane<'z> {
    firms: [&'z Firm; 4],
    envelopes: [Envelope; 4],
    opened: Moment,
    latest: Moment,
    truths: Vec<Truth>,
    offices: Vec<usize>,
    /// Bill's flight and waybill of direct parcels.
    direct: Vec<(Arc<Flight>, String)>,
}

/// What can be bought on a day, seller by seller: first direct, then from bonded stock.
#[derive(Default)]
struct Shelves<'z> {
    day: Option<Day>,
    /// Whether the island has a pilot city on the day.
    pilot: bool,
    of: Vec<[Shelf<'z>; 2]>,
}

/// Goods of one seller, and the sum of their weights.
#[derive(Default)]
struct Shelf<'z> {
    items: Vec<&'z Item>,
    weight: u64,
}

impl<'z> Shelves<'z> {
    fn on(day: Day, zone: &'z Zone, policy: &Policy) -> Shelves<'z> {
        let shelf = |items: &'z [Item], bonded: bool| {
            let fits = |i: &&Item| {
                (if bonded { i.book.is_some() } else { i.direct }) && policy.positive(&i.goods.hs10, day).is_some()
            };
            let items: Vec<_> = items.iter().filter(fits).collect();
            Shelf { weight: items.iter().map(|i| u64::from(i.weight)).sum(), items }
        };
        Shelves {
            day: Some(day),
            // Before 2020 the island had no city on the list of pilots (R05).
            pilot: policy.pilot("460200", day).is_some(),
            of: zone.sellers.iter().map(|s| [shelf(&s.items, false), shelf(&s.items, true)]).collect(),
        }
    }
}

/// Direct parcels of one flight and carrier that came into the supervised place and are not reported yet.
struct Arrival<'z> {
    flight: Arc<Flight>,
    carrier: &'z Firm,
    waybills: Vec<String>,
}

const KINDS: [MessageKind; 4] = [MessageKind::Order, MessageKind::Payment, MessageKind::Waybill, MessageKind::List];

impl<'z> Story<'z> {
    /// A story in the sample zone. `policy` gives the rates of the day.
    pub fn new(plan: Plan, zone: &'z Zone, policy: &'z Policy) -> Story<'z> {
        let tag = tag(plan.seed ^ 0x0074_6167);
        let limits = policy.limits(plan.start).map(|row| (row.value.single, row.value.annual));
        let (single, annual) = limits.unwrap_or((Fen::yuan(2_000), Fen::yuan(20_000)));
        let people = (plan.parcels / 3).clamp(2_000, 8_000_000) as usize;
        Story {
            plan: Plan { per_message: plan.per_message.clamp(1, 100), ..plan },
            zone,
            policy,
            dice: Dice::new(plan.seed),
            rhythm: Rhythm::new(plan.start, plan.days, plan.parcels),
            sellers: zone.sellers.iter().map(|s| u64::from(s.weight)).sum(),
            bonded: crate::export::bonded_share(),
            // Carriage has to find room too.
            single: single.minus(Fen::yuan(100)),
            annual,
            spent: vec![0; people],
            year: plan.start.year(),
            serial: 0,
            direct: 0,
            flight: (u64::MAX, Arc::default()),
            no_flight: Arc::default(),
            shelves: Shelves::default(),
            lanes: Vec::new(),
            lists: VecDeque::new(),
            out: VecDeque::new(),
            clock: plan.start.starts(),
            made: 0,
            planted: 0,
            late: Vec::new(),
            arrivals: Vec::new(),
            arrival_dice: Dice::new(mix(plan.seed ^ 0x0711)),
            arrived: 0,
            ended: false,
            tag,
            numbered: [0; 3],
        }
    }

    /// The house bills that the story's flights come with: to be registered before.
    pub fn manifests(&self) -> Vec<ManifestRow> {
        let extra = if self.plan.faults { faults::COUNT as u64 * 4 } else { 0 };
        (0..=(self.plan.parcels + extra) / PIECES)
            .map(|n| {
                let flight = self.flight(n);
                ManifestRow {
                    bill_no: flight.bill_no.into(),
                    voyage_no: flight.voyage_no.into(),
                    traf_no: flight.traf_no.into(),
                    traf_mode: "5".into(),
                    pieces: PIECES as u32,
                    arrived_on: self.plan.start,
                    port: "6402".into(),
                    place: "640201".into(),
                }
            })
            .collect()
    }

    fn flight(&self, n: u64) -> Flight {
        let mut bill_no = format!("9{}", self.tag);
        digits(n, 7, &mut bill_no);
        Flight { bill_no, voyage_no: format!("XX{}", 1_000 + n % 9_000), traf_no: format!("B-{:04}", 100 + n % 900) }
    }

    pub(crate) fn zone(&self) -> &'z Zone {
        self.zone
    }

    /// What follows the letters in the numbers of a parcel.
    fn number(&self, day: &str) -> String {
        let mut out = String::with_capacity(24);
        out.push_str(&day[2..]);
        out.push_str(&self.tag);
        digits(self.serial, 9, &mut out);
        out
    }

    /// A parcel ordered at `ordered`: who, what, from whom. `None` for the buyer's choice.
    pub(crate) fn parcel(&mut self, ordered: Moment, wish: Wish<'z>) -> Option<Parcel<'z>> {
        let zone = self.zone;
        self.serial += 1;
        let at = match wish.seller {
            Some(at) => at,
            None => self.dice.heavy(&zone.sellers, self.sellers, |s| u64::from(s.weight)).unwrap_or(0),
        };
        let seller = &zone.sellers[at];
        if self.shelves.day != Some(ordered.day()) {
            self.shelves = Shelves::on(ordered.day(), zone, self.policy);
        }
        let stocked = self.shelves.pilot && seller.items.iter().any(|i| i.book.is_some());
        let wants_bonded = self.dice.chance(self.bonded);
        let bonded = wish.bonded.unwrap_or(wants_bonded) && (stocked || !wish.picks.is_empty());
        let picks = if wish.picks.is_empty() { self.basket(at, bonded)? } else { wish.picks };
        let bonded = bonded && picks.iter().all(|p| p.item.book.is_some());
        let book = match picks.first().and_then(|p| p.item.book.as_ref()).filter(|_| bonded) {
            Some((ems, _)) => Some((ems.as_str(), zone.operators.get(ems)?)),
            None => None,
        };
        let office = match book {
            Some((ems, _)) if ems.starts_with("T6409") => OFFICES[2],
            Some(_) => OFFICES[0],
            None => OFFICES[at % 2],
        };
        let agent = seller.agent;
        let carrier = if bonded && agent == 2 { 0 } else { agent };
        let platform = wish.platform.unwrap_or(seller.platform);
        let paid = Moment(ordered.0 + 5_000 + self.dice.below(90_000) as i64);
        let shipped = Moment(paid.0 + 60_000 + self.dice.below(900_000) as i64);
        let declared = Moment(shipped.0 + 120_000 + self.dice.below(600_000) as i64);
        let flight = if bonded {
            self.no_flight.clone()
        } else {
            let number = self.direct / PIECES;
            self.direct += 1;
            if self.flight.0 != number {
                self.flight = (number, Arc::new(self.flight(number)));
            }
            self.flight.1.clone()
        };
        let number = self.number(&day(ordered));
        let carriage = [0, 0, 500, 800, 1_000, 1_200, 1_500, 2_350];
        let freight = Fen(wish.freight.unwrap_or(carriage[self.dice.below(8) as usize]));
        let mut parcel = Parcel {
            order_no: ["EB", &number].concat(),
            waybill_no: ["LG", &number].concat(),
            transaction: ["PT", &number].concat(),
            cop_no: ["C", &number].concat(),
            bonded,
            office,
            seller: &seller.firm,
            platform: &zone.platforms[platform],
            payer: &zone.payers[platform % 2],
            carrier: &zone.carriers[carrier],
            agent: &zone.agents[agent],
            book,
            flight,
            buyer: wish.buyer.unwrap_or_default(),
            picks,
            freight,
            discount: Fen::ZERO,
            tax: Fen::ZERO,
            goods: Fen::ZERO,
            taxable: Fen::ZERO,
            ordered,
            paid,
            shipped,
            declared,
        };
        parcel.assess(self.policy, Fen::ZERO)?;
        if self.dice.chance(12) {
            // Points pay a little of it; never all.
            parcel.discount = Fen((parcel.goods.0 / 20).min(2_000));
        }
        Some(parcel)
    }

    fn basket(&mut self, seller: usize, bonded: bool) -> Option<Vec<Pick<'z>>> {
        let Shelf { items, weight: total } = &self.shelves.of[seller][usize::from(bonded)];
        let total = *total;
        if total == 0 {
            return None;
        }
        let lines = [1, 1, 1, 2, 2, 3][self.dice.below(6) as usize];
        let mut picks: Vec<Pick<'z>> = Vec::with_capacity(lines);
        for _ in 0..lines {
            let item = items[self.dice.heavy(items, total, |i| u64::from(i.weight))?];
            if picks.iter().any(|p| std::ptr::eq(p.item, item)) {
                continue;
            }
            let pieces = [1, 1, 1, 2, 2, 3, 4, 6][self.dice.below(8) as usize];
            let price = Fen(item.price.0 / 1_000);
            // Together they stay below the limit of one purchase.
            let most = ((self.single.0 - picks.iter().map(|p| p.goods().0).sum::<i64>()) / price.0.max(1)).max(0);
            let pieces = pieces.min(most as u32);
            if pieces > 0 {
                picks.push(Pick { item, pieces, price });
            }
        }
        (!picks.is_empty()).then_some(picks)
    }

    /// Somebody whose year still has room for so much.
    fn buyer(&mut self, value: Fen, year: i32) -> Person {
        if year != self.year {
            self.year = year;
            self.spent.fill(0);
        }
        let people = self.spent.len() as u64;
        let annual = self.annual.0;
        let room = |spent: u32| i64::from(spent) + value.0 <= annual;
        let mut n = self.dice.unequal(people) as usize;
        let mut step = 0;
        while !room(self.spent[n]) && step < self.spent.len() {
            n = if step < 8 { self.dice.below(people) as usize } else { (n + 1) % self.spent.len() };
            step += 1;
        }
        self.spent[n] = self.spent[n].saturating_add(value.0 as u32);
        person(mix(self.plan.seed) % 100_000_000 + n as u64)
    }

    /// A person whom nobody else in this story is.
    pub(crate) fn stranger(&mut self) -> Person {
        person(200_000_000 + mix(self.plan.seed) % 100_000_000 + self.serial * 7 + self.dice.below(7))
    }

    fn clean(&mut self, ordered: Moment) {
        // Not every seller has goods for every day.
        let Some(mut parcel) = (0..40).find_map(|_| self.parcel(ordered, Wish::default())) else { return };
        parcel.buyer = self.buyer(parcel.taxable, parcel.declared.day().year());
        self.made += 1;
        let truth = self.plan.truths.then(|| Truth::released(&parcel));
        self.join_lane(&parcel, truth);
    }

    fn join_lane(&mut self, p: &Parcel<'z>, truth: Option<Truth>) {
        let firms = [p.platform, p.payer, p.carrier, p.agent];
        let same = |l: &Lane<'_>| l.firms.iter().zip(&firms).all(|(a, b)| std::ptr::eq(*a, *b));
        let at = match self.lanes.iter().position(same) {
            Some(at) => at,
            None => {
                let envelopes = KINDS.map(|kind| Envelope::new(kind, self.plan.per_message, &mut self.dice));
                let (opened, latest) = (p.ordered, p.declared);
                let (truths, offices, direct) = (Vec::new(), Vec::new(), Vec::new());
                self.lanes.push(Lane { firms, envelopes, opened, latest, truths, offices, direct });
                self.lanes.len() - 1
            }
        };
        let papers = [
            paper::order(p, &mut self.dice),
            paper::payment(p, &mut self.dice),
            paper::waybill(p, &mut self.dice),
            paper::list(p, &mut self.dice),
        ];
        let lane = &mut self.lanes[at];
        for (envelope, paper) in lane.envelopes.iter_mut().zip(&papers) {
            envelope.add(paper);
        }
        lane.latest = lane.latest.max(p.declared);
        lane.truths.extend(truth);
        lane.offices.push(office_at(p.office));
        if !p.bonded {
            lane.direct.push((p.flight.clone(), p.waybill_no.clone()));
        }
        if lane.envelopes[0].documents >= self.plan.per_message {
            self.send_lane(at);
        }
    }

    fn send_lane(&mut self, at: usize) {
        let Lane { firms, envelopes, latest, mut truths, offices, direct, .. } = self.lanes.swap_remove(at);
        self.clock = self.clock.max(latest);
        for (envelope, firm) in envelopes.into_iter().zip(firms) {
            let (kind, documents) = (envelope.kind, envelope.documents);
            let bytes = envelope.close(firm);
            let sender = firm.code.clone();
            let mut sent = Sent { at: self.clock, kind, sender, documents, bytes, truths: Vec::new(), delivery: None };
            if kind == MessageKind::List {
                sent.truths = std::mem::take(&mut truths);
                self.lists.push_back(sent);
            } else {
                self.out.push_back(sent);
            }
        }
        for office in offices {
            self.numbered[office] += 1;
        }
        for (flight, waybill) in direct {
            self.unload(flight, firms[2], waybill);
        }
        while self.lists.len() > LAG {
            self.send_list();
        }
    }

    /// A direct parcel has come into the supervised place; its operator reports many at once.
    fn unload(&mut self, flight: Arc<Flight>, carrier: &'z Firm, waybill: String) {
        let same = |a: &Arrival<'_>| std::ptr::eq(a.carrier, carrier) && a.flight.bill_no == flight.bill_no;
        let at = self.arrivals.iter().position(same).unwrap_or_else(|| {
            self.arrivals.push(Arrival { flight, carrier, waybills: Vec::new() });
            self.arrivals.len() - 1
        });
        self.arrivals[at].waybills.push(waybill);
        if self.arrivals[at].waybills.len() >= UNLOADED {
            let full = self.arrivals.swap_remove(at);
            self.report(&full.flight, full.carrier, &full.waybills, None, ("finished", &[], ""));
        }
    }

    /// The warehouse-in detail of these parcels (711), by the operator of the place or by whoever `says` to be it.
    pub(crate) fn report(
        &mut self,
        flight: &Flight,
        carrier: &Firm,
        waybills: &[String],
        says: Option<&Firm>,
        (expect, reasons, fault): (&'static str, &[&'static str], &'static str),
    ) {
        let place = &self.zone.place;
        let operator = says.unwrap_or(place);
        self.arrived += 1;
        let mut cop_no = format!("K{}{}", &self.clock.day().compact()[2..], self.tag);
        digits(self.arrived, 9, &mut cop_no);
        let at = self.clock;
        let paper = paper::delivery(&cop_no, operator, flight, carrier, waybills, at, &mut self.arrival_dice);
        let kind = paper.kind;
        let mut envelope = Envelope::new(kind, 1, &mut self.arrival_dice);
        envelope.add(&paper);
        let delivery = DeliveryTruth {
            operator_code: operator.code.clone(),
            cop_no,
            bill_no: flight.bill_no.clone(),
            waybills: waybills.len(),
            expect,
            reasons: reasons.to_vec(),
            fault,
        };
        self.out.push_back(Sent {
            at,
            kind,
            sender: place.code.clone(),
            documents: 1,
            bytes: envelope.close(place),
            truths: Vec::new(),
            delivery: Some(delivery),
        });
    }

    fn send_list(&mut self) {
        if let Some(mut sent) = self.lists.pop_front() {
            sent.at = self.clock;
            for truth in &mut sent.truths {
                truth.from = self.clock.to_string();
            }
            self.out.push_back(sent);
        }
    }

    /// All lanes and lists go out now.
    pub(crate) fn flush(&mut self) {
        while !self.lanes.is_empty() {
            self.send_lane(0);
        }
        while !self.lists.is_empty() {
            self.send_list();
        }
    }

    /// A message of one document, at once.
    pub(crate) fn send_alone(&mut self, paper: &Paper<'_>, sender: &Firm, at: Moment) {
        let mut envelope = Envelope::new(paper.kind, 1, &mut self.dice);
        envelope.add(paper);
        self.clock = self.clock.max(at);
        let (at, kind, sender_code) = (self.clock, paper.kind, sender.code.clone());
        let bytes = envelope.close(sender);
        self.out.push_back(Sent {
            at,
            kind,
            sender: sender_code,
            documents: 1,
            bytes,
            truths: Vec::new(),
            delivery: None,
        });
    }

    /// The bytes that were sent last, once more.
    pub(crate) fn send_again(&mut self) {
        if let Some(sent) = self.out.back().cloned() {
            self.out.push_back(Sent { truths: Vec::new(), ..sent });
        }
    }

    pub(crate) fn now(&self) -> Moment {
        self.clock
    }

    /// Puts the truth to the message that was sent last.
    pub(crate) fn tell(&mut self, truth: Truth) {
        if let Some(sent) = self.out.back_mut() {
            sent.truths.push(truth);
        }
    }

    /// The number that the window gives to the next list at this office that passes the checks at declaration: right
    /// where this story is all that the window gets.
    pub(crate) fn next_list_number(&mut self, office: &str, year: i32) -> String {
        let n = &mut self.numbered[office_at(office)];
        *n += 1;
        format!("{office}{year:04}I{n:09}")
    }

    /// A message for after the end of the story.
    pub(crate) fn later(&mut self, paper: &Paper<'_>, sender: &Firm, at: Moment, truth: Truth) {
        let mut envelope = Envelope::new(paper.kind, 1, &mut self.dice);
        envelope.add(paper);
        let (kind, sender_code) = (paper.kind, sender.code.clone());
        let bytes = envelope.close(sender);
        self.late.push(Sent {
            at,
            kind,
            sender: sender_code,
            documents: 1,
            bytes,
            truths: vec![truth],
            delivery: None,
        });
    }

    fn plant(&mut self) {
        let planted = Planted(self.planted);
        self.planted += 1;
        // Lists that wait in a lane have their numbers before those that come now.
        self.flush();
        faults::plant(self, planted);
    }

    /// Makes more until there is something to send; false at the end.
    fn more(&mut self) -> bool {
        let total = if self.plan.faults { faults::COUNT } else { 0 };
        match self.rhythm.next() {
            Some(at) => {
                if let Some(old) = self.lanes.iter().position(|l| at.0 - l.opened.0 > LANE_HOLDS_MS) {
                    self.send_lane(old);
                }
                if (self.planted as u64) * (self.plan.parcels / (total as u64 + 1)).max(1) < self.made
                    && self.planted < total
                {
                    self.plant();
                }
                self.clean(at);
                true
            }
            None if self.planted < total => {
                self.plant();
                true
            }
            None if !self.ended => {
                self.ended = true;
                self.flush();
                for rest in std::mem::take(&mut self.arrivals) {
                    self.report(&rest.flight, rest.carrier, &rest.waybills, None, ("finished", &[], ""));
                }
                self.late.sort_by_key(|s| s.at);
                self.out.extend(std::mem::take(&mut self.late));
                true
            }
            None => false,
        }
    }
}

fn office_at(office: &str) -> usize {
    OFFICES.iter().position(|o| *o == office).unwrap_or(0)
}

impl Iterator for Story<'_> {
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

/// What a parcel is to be; what is left out falls by chance.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wish<'z> {
    pub seller: Option<usize>,
    pub platform: Option<usize>,
    pub bonded: Option<bool>,
    pub picks: Vec<Pick<'z>>,
    pub freight: Option<i64>,
    pub buyer: Option<Person>,
}

impl Truth {
    pub(crate) fn released(p: &Parcel<'_>) -> Truth {
        Truth {
            order_no: p.order_no.clone(),
            ebc_code: p.seller.code.clone(),
            expect: "released",
            reasons: Vec::new(),
            tax_fen: p.tax.0,
            from: p.declared.to_string(),
            fault: "",
        }
    }
}
