//! Random histories: whatever is sent, in whatever order and however often, the ledgers add up (promises 3 and 9).
//!
//! They run over New Year, over the change of the law at the end of 2018, over holidays, and long enough for bills to be
//! summed up, paid or overdue. After every command everything is counted again from the cases alone.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::key::PersonYear;
use crate::pack::Text;
use crate::record::{AppealEnd, AppealOf, CaseRef, Kept, Manifest, Overdue, Payments, TaxPayment, Waiting, status};
use crate::tax::{LineTax, returned_part};

/// A small generator with a fixed sequence (SplitMix64): a number replays the history.
pub(super) struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len() as u64) as usize]
    }
}

/// A buyer's pseudonyms as they are read in `year`: one for each year since 2018.
fn buyer(n: u64, year: i32) -> Pseudonyms {
    let of = |year: i32| {
        let mut tag = [n as u8; 16];
        tag[..2].copy_from_slice(&(year as u16).to_be_bytes());
        Pseudonym { year: year as u16, tag }
    };
    Pseudonyms((2018..=year).rev().map(of).collect())
}

const SUGAR: &str = "1701999000";
const LATE_BILLS: [&str; 2] = ["LATE1", "LATE2"];

struct History {
    zone: Zone,
    dice: Dice,
    /// Of appeals, so that they change nothing of the rest of a history.
    appeals: Dice,
    parcels: Vec<Parcel>,
    refunds: Vec<String>,
    opened: u32,
    named: u32,
}

impl History {
    fn new(seed: u64) -> History {
        let begin = ["2025-12-20T14:00", "2026-03-01T14:00", "2018-12-15T14:00", "2026-08-10T14:00"];
        let mut zone = Zone::new(begin[seed as usize % begin.len()]);
        zone.register(RegisterKind::OpeningStock, &[StockRow { qty: Quantity::whole(400), ..zone.stock().row }]);
        // Now and then too small.
        zone.register(RegisterKind::Guarantees, &[GuaranteeRow { limit: Fen::yuan(12_000), ..zone.guarantee().row }]);
        zone.register(RegisterKind::Manifests, &[manifest("BILL1", "XX1", 30)]);
        let account = |n: u64| super::disown::account(&format!("b{n}"), buyer(n, 2027));
        zone.register(RegisterKind::Accounts, &(0..6).map(account).collect::<Vec<_>>());
        History {
            zone,
            dice: Dice(seed),
            appeals: Dice(seed + 1_000_000),
            parcels: Vec::new(),
            refunds: Vec::new(),
            opened: 0,
            named: 0,
        }
    }

    /// A name that was not used before.
    fn name(&mut self) -> String {
        self.named += 1;
        format!("x{}", self.named)
    }

    /// A parcel of one of six buyers, often dear enough to come near a limit.
    fn parcel(&mut self) -> Parcel {
        self.opened += 1;
        let mut parcel = Parcel::new(self.opened).at(self.zone.now);
        let kind = self.dice.below(5);
        if kind < 2 {
            parcel = parcel.bonded();
            parcel.list.trade_mode = if self.zone.now.day() < day("2020-01-17") { "1239" } else { "1210" }.into();
        }
        let (pieces, price) = (1 + self.dice.below(3) as i64, 50 + self.dice.below(1_100) as i64);
        parcel = parcel.priced(pieces, price);
        if kind == 4 {
            let weight = Quantity(20_000 * (1 + self.dice.below(5) as i64)).to_string();
            parcel = parcel.goods(SUGAR, &weight);
        } else if self.dice.below(2) == 0 {
            // A second line at another price, and carriage that does not divide evenly.
            let (mut mine, mut theirs) = (parcel.list.lines[0].clone(), parcel.order.lines[0].clone());
            let (qty, price) = (Quantity::whole(1 + self.dice.below(3) as i64), Price(3_333_000));
            let total = price.times(qty).unwrap();
            (mine.gnum, mine.qty, mine.price, mine.total) = (2, qty, price, total);
            (theirs.gnum, theirs.qty, theirs.price, theirs.total) = (2, qty, price, total);
            (parcel.list.net_weight, parcel.list.gross_weight) = (Quantity(320_000), Quantity(350_000));
            parcel.list.lines.push(mine);
            parcel.order.lines.push(theirs);
            parcel.order.goods_value = parcel.order.goods_value.plus(total);
            (parcel.list.freight, parcel.order.freight) = (Fen(1_001), Fen(1_001));
        }
        let id = buyer(self.dice.below(6), self.zone.now.day().year());
        for person in [&mut parcel.list.buyer, &mut parcel.order.buyer, &mut parcel.payment.payer] {
            person.id = id.clone();
        }
        if kind >= 2 && self.dice.below(8) == 0 {
            parcel.list.bill_no = (*self.dice.one(&LATE_BILLS)).into();
        }
        // Declared for tomorrow or yesterday.
        match self.dice.below(10) {
            0 => parcel.list.declared_on = parcel.list.declared_on.plus(1),
            1 => parcel.list.declared_on = parcel.list.declared_on.plus(-1),
            _ => {}
        }
        let so_far = id.of_year(parcel.list.declared_on.year()).map_or(0, |person| self.used(person, &parcel));
        if let Some(assessed) = crate::verify::assess(&parcel.list, Fen(so_far), &self.zone.policy, &mut Vec::new()) {
            parcel.order.tax_total = assessed.tax.total();
        }
        parcel.order.paid = parcel.order.goods_value.plus(parcel.order.freight).plus(parcel.order.tax_total);
        parcel.payment.amount = parcel.order.paid;
        match self.dice.below(14) {
            0 => parcel.payment.amount = parcel.payment.amount.plus(Fen(1)),
            1 => parcel.list.address = who("elsewhere"),
            2 => parcel.list.lines[0].country = "701".into(),
            3 => parcel.list.lines[0].country = "199".into(),
            4 if self.opened > 1 => parcel.list.logistics_no = format!("LG{}", self.opened - 1).into(),
            _ => {}
        }
        parcel
    }

    fn used(&self, person: Pseudonym, parcel: &Parcel) -> i64 {
        let year = parcel.list.declared_on.year() as u32;
        let key = Key::Allowance(PersonYear { person, year, hs8: "".into() });
        crate::key::read::<Counter>(&self.zone.facts, &key).unwrap_or_default().used
    }

    fn case(&self, parcel: &Parcel) -> Option<Case> {
        crate::key::read(&self.zone.facts, &Key::Case(parcel.key()))
    }

    /// Any document of a parcel, as it is or changed.
    fn send_something_of(&mut self, at: usize) {
        let parcel = self.parcels[at].clone();
        let mut document = parcel.documents()[self.dice.below(4).max(self.dice.below(4)) as usize].clone();
        if self.dice.below(8) == 0 {
            document.head_mut().action = *self.dice.one(&[Action::Change, Action::Delete, Action::New]);
            document.head_mut().guid = self.name().into();
            match &mut document {
                Document::Order(order) => order.batch_numbers = self.dice.below(3).to_string().into(),
                // A payment moves to another order, or is sent for it a second time.
                Document::Payment(payment) => {
                    payment.order_no = self.dice.one(&self.parcels).order.number.clone();
                    payment.payer.telephone = who(&self.dice.below(3).to_string());
                }
                Document::Waybill(waybill) => waybill.freight = Fen(self.dice.below(3) as i64),
                Document::List(list) => {
                    // Refused, it may be declared again today.
                    list.declared_on = self.zone.now.day();
                    list.head.action = Action::New;
                }
                _ => {}
            }
        }
        self.zone.send(document);
    }

    fn step(&mut self) {
        if self.appeals.below(16) == 0 {
            self.appeal();
        }
        let roll = self.dice.below(43);
        if roll <= 4 || self.parcels.is_empty() {
            let parcel = self.parcel();
            // Most come with their documents at once, in any order, one of them perhaps missing.
            let mut documents = parcel.documents().to_vec();
            let most = [4, 4, 3, 3, 1, 0][self.dice.below(6) as usize];
            for _ in 0..most {
                let at = self.dice.below(documents.len() as u64) as usize;
                self.zone.send(documents.swap_remove(at));
            }
            return self.parcels.push(parcel);
        }
        let any = self.dice.below(self.parcels.len() as u64) as usize;
        let parcel = self.parcels[any].clone();
        match roll {
            5..=32 => {
                // Late, repeated, shuffled: of a recent parcel.
                let recent = self.parcels.len().saturating_sub(4);
                let at = recent + self.dice.below((self.parcels.len() - recent) as u64) as usize;
                self.send_something_of(at);
            }
            33 => self.send_something_of(any),
            34 => {
                if let Some(case) = self.case(&parcel) {
                    let n = self.name();
                    self.zone.send(cancel(&parcel, &case.invt_no, &n));
                }
            }
            35 | 36 => {
                if let Some(case) = self.case(&parcel) {
                    let n = self.name();
                    let Document::Refund(mut back) = refund(&parcel, &case.invt_no, 1, &n) else { return };
                    let line = self.dice.one(&parcel.list.lines).clone();
                    (back.lines[0].gnum, back.lines[0].gcode) = (line.gnum, line.gcode);
                    back.lines[0].qty = Quantity::whole(1 + self.dice.below(3) as i64);
                    if self.zone.send(Document::Refund(back)).verdict == Verdict::Accepted {
                        self.refunds.push(n);
                    }
                }
            }
            37 if !self.refunds.is_empty() => {
                let n = self.dice.one(&self.refunds).clone();
                self.zone.act(ActKind::Arrive, CaseKey { ebc: "AGENT".into(), order_no: "".into() }, &n, "");
            }
            // Mostly somebody else's parcel: then nothing happens.
            38 if self.dice.below(2) == 0 => {
                let by = format!("b{}", self.dice.below(6));
                self.zone.disown(&by, &parcel);
                if self.dice.below(3) == 0 {
                    let value = self.dice.below(2) as i64;
                    self.zone.settle(&parcel, value);
                }
            }
            38 => {
                use ActKind::*;
                let act = *self.dice.one(&[Review, InspectPassed, Detain, Release, SendBack, Out, Inspect]);
                self.zone.act(act, parcel.key(), "", "");
            }
            39 => match self.dice.below(3) {
                0 => {
                    let bill = *self.dice.one(&LATE_BILLS);
                    let voyage = *self.dice.one(&["XX1", "XX1", "XX9"]);
                    self.zone.register(RegisterKind::Manifests, &[manifest(bill, voyage, 3)]);
                }
                1 => {
                    let pieces = 20 + 5 * self.dice.below(30) as u32;
                    self.zone.register(RegisterKind::Manifests, &[manifest("BILL1", "XX1", pieces)]);
                }
                _ => {
                    let limit = Fen::yuan(6_000 + 1_000 * self.dice.below(30) as i64);
                    let row = GuaranteeRow { limit, ..self.zone.guarantee().row };
                    self.zone.register(RegisterKind::Guarantees, &[row]);
                }
            },
            40 | 41 => {
                let unpaid: Vec<Text> = self.payments().filter(|p| p.1.paid_on.is_none()).map(|p| p.0).collect();
                for number in unpaid {
                    if self.dice.below(8) > 0 {
                        self.zone.act(ActKind::Pay, CaseKey::default(), &number, "");
                        self.until_hours(0);
                    }
                }
            }
            _ => {
                let hours = match self.dice.below(5) {
                    0 => 24 * (1 + self.dice.below(12) as i64),
                    _ => 1 + self.dice.below(5) as i64,
                };
                self.until_hours(hours);
            }
        }
    }

    /// Somebody appeals and somebody decides, now and then the same officer: against a refusal, a return that was
    /// refused, or the tax.
    fn appeal(&mut self) {
        let after_release = self.appeals.below(2) == 0;
        let appealable = |p: &&Parcel| {
            self.case(p).is_some_and(|c| match after_release {
                true => !c.refused_returns.is_empty() || c.bill.is_some_and(|bill| bill.paid),
                false => c.status == status::REFUSED || c.status == status::RELEASED || c.disowned.is_some(),
            })
        };
        let all: Vec<Parcel> = self.parcels.iter().rev().filter(appealable).take(6).cloned().collect();
        if all.is_empty() {
            return;
        }
        let parcel = self.appeals.one(&all).clone();
        let returns = self.case(&parcel).map(|case| case.refused_returns).unwrap_or_default();
        let about = match returns.is_empty() || self.appeals.below(3) == 0 {
            true => Text::default(),
            false => self.appeals.one(&returns).number.number.clone(),
        };
        if !after_release && about.is_empty() && self.appeals.below(2) == 0 {
            // Ordered back after its release, so that there is something to appeal about.
            self.zone.act(ActKind::SendBack, parcel.key(), "", "");
        }
        match self.appeals.below(2) {
            0 => drop(self.zone.appeal_about("AGENT", ActorRole::Enterprise, &parcel, &about)),
            _ => drop(
                (0..6).map(|by| self.zone.appeal_about(&format!("b{by}"), ActorRole::Consumer, &parcel, &about)).last(),
            ),
        }
        let officer = *self.appeals.one(&["lin", "wu", "he"]);
        let open = self.case(&parcel).and_then(|case| case.open_appeal().map(|appeal| appeal.of));
        let price = format!("1:price={n} 1:totalPrice={}", self.appeals.below(900), n = self.appeals.below(300));
        let freight = format!("0:freight={}", self.appeals.below(12));
        let aside = match open {
            Some(AppealOf::Tax) => *self.appeals.one(&[&*price, &*freight, ""]),
            Some(AppealOf::Return) => {
                *self.appeals.one(&["RETURN_APPLIED_LATE", "RETURN_ARRIVED_LATE RETURN_APPLIED_LATE", ""])
            }
            _ => *self.appeals.one(&["PAYMENT_AMOUNT", "ADDRESS_DIFFERS", "PAYMENT_AMOUNT TAX_DIFFERS", ""]),
        };
        let done = match self.appeals.below(4) {
            0 => self.zone.reject(officer, &parcel),
            1 => return,
            _ => self.zone.allow(officer, &parcel, aside),
        };
        if open == Some(AppealOf::Return) && done.verdict == Verdict::Accepted {
            self.refunds.push(about.to_string());
        }
    }

    fn until_hours(&mut self, hours: i64) {
        let later = Moment(self.zone.now.0 + hours * crate::time::HOUR_MS).to_string();
        self.zone.until(&later);
    }

    fn records(&self) -> impl Iterator<Item = (Key, &Vec<u8>)> {
        self.zone.facts.map.iter().map(|(k, v)| (Key::unpack(k).unwrap(), v))
    }

    fn payments(&self) -> impl Iterator<Item = (Text, TaxPayment)> {
        self.records().filter_map(|(key, value)| match key {
            Key::TaxPayment(number) => Some((number, TaxPayment::unpack(value).unwrap())),
            _ => None,
        })
    }

    /// Counts every ledger again from the cases alone.
    fn check(&self, step: u64) {
        let mut cases: BTreeMap<CaseKey, Case> = BTreeMap::new();
        for (key, value) in self.records() {
            if let Key::Case(key) = key {
                cases.insert(key, Case::unpack(value).unwrap());
            }
        }
        self.check_money_and_goods(step, &cases);
        self.check_links(step, &cases);
    }

    fn check_money_and_goods(&self, step: u64, cases: &BTreeMap<CaseKey, Case>) {
        let mut used: BTreeMap<(Pseudonym, u32, Text), i64> = BTreeMap::new();
        let mut due_by_payment: BTreeMap<&str, Fen> = BTreeMap::new();
        let mut on_bill: BTreeMap<&str, u32> = BTreeMap::new();
        let (mut reserved, mut due) = (Fen::ZERO, Fen::ZERO);
        let (mut held, mut sold, mut back) = (Quantity(0), Quantity(0), Quantity(0));
        for (key, case) in cases {
            let Some(tax) = &case.tax else { continue };
            let gone = [status::CANCELLED, status::SENT_BACK].contains(&case.status);
            if let Some(PersonYear { person, year, .. }) = case.allowance.as_ref().filter(|_| case.counts()) {
                *used.entry((*person, *year, Text::default())).or_default() += case.allowance_used.0;
            }
            let returned = |gnum| case.returned.iter().find(|r| r.gnum == gnum).map_or(Quantity(0), |r| r.qty);
            for q in case.quantities.iter().filter(|_| case.counts()) {
                let line = tax.lines.iter().find(|l| l.tax.gnum == q.gnum).unwrap();
                let whole = LineTax { taxable: Fen(q.amount.0), ..LineTax::default() };
                let part = returned_part(&whole, line.qty, Quantity(0), returned(q.gnum)).map_or(0, |p| p.taxable.0);
                let of = (q.counter.person, q.counter.year, q.counter.hs8.clone());
                *used.entry(of).or_default() += q.amount.0 - part;
            }
            let qty = tax.lines.iter().fold(Quantity(0), |q, l| q.plus(l.qty));
            for (sum, parts) in [
                (tax.taxable, tax.lines.iter().map(|l| l.tax.taxable).sum::<Fen>()),
                (tax.total(), tax.lines.iter().map(|l| l.tax.tax()).sum()),
            ] {
                assert_eq!(sum, parts, "step {step}: the lines add up");
            }
            let bonded = case.mode != "9610";
            match &case.bill {
                None if gone => {}
                None => {
                    reserved = reserved.plus(tax.total());
                    held = if bonded { held.plus(qty) } else { held };
                }
                Some(bill) => {
                    if !bill.paid {
                        due = due.plus(bill.total());
                        *due_by_payment.entry(&bill.ent_duty_no).or_default() =
                            due_by_payment.get(&bill.ent_duty_no[..]).copied().unwrap_or_default().plus(bill.total());
                    }
                    if bonded {
                        sold = sold.plus(qty);
                        back = case.returned.iter().fold(back, |q, r| q.plus(r.qty));
                    }
                    let back_home = case.status == status::SENT_BACK;
                    let whole = back_home || tax.lines.iter().all(|l| returned(l.tax.gnum) == l.qty);
                    assert_eq!(whole, case.allowance_used == Fen::ZERO, "step {step}: a full return restores: {key:?}");
                    assert!(!whole || bill.total() == Fen::ZERO, "step {step}: nothing is owed for it: {key:?}");
                    assert_eq!(bill.state == 3, whole && !bill.paid, "step {step}: and its bill is void: {key:?}");
                    let parts = tax.lines.iter().filter_map(|l| {
                        returned_part(&l.tax, l.qty, Quantity(0), returned(l.tax.gnum)).map(|part| part.tax())
                    });
                    let left = tax.total().minus(parts.sum());
                    assert!(back_home || bill.total() == left, "step {step}: what is not returned is owed: {key:?}");
                }
            }
            if !bonded && (!gone || case.bill.is_some()) {
                *on_bill.entry(&case.bill_no).or_default() += 1;
            }
        }
        let guarantee = self.zone.guarantee();
        assert_eq!((guarantee.reserved, guarantee.due), (reserved, due), "step {step}: the guarantee");
        let stock = self.zone.stock();
        assert_eq!((stock.reserved, stock.sold, stock.returned), (held, sold, back), "step {step}: the stock");
        assert_eq!(stock.on_hand, stock.row.qty.minus(sold).plus(back), "step {step}: the shelf");
        assert!(stock.available() >= Quantity(0));
        for (key, value) in self.records() {
            match key {
                Key::Manifest(bill) => {
                    let manifest = Manifest::unpack(value).unwrap();
                    let expected = on_bill.get(&bill[..]).copied().unwrap_or(0);
                    assert_eq!(manifest.used, expected, "step {step}: manifest {bill}");
                }
                Key::Allowance(PersonYear { person, year, hs8 }) => {
                    let counter = Counter::unpack(value).unwrap().used;
                    let of = (person, year, hs8.clone());
                    assert_eq!(counter, used.get(&of).copied().unwrap_or(0), "step {step}: the allowance");
                    assert!(counter >= 0);
                }
                _ => {}
            }
        }
        // A person's year, under whatever keys it was counted: the limit of that year's law is kept.
        let mut by_person: BTreeMap<(u8, u32, &str), i64> = BTreeMap::new();
        for ((person, year, hs8), amount) in &used {
            *by_person.entry((person.tag[15], *year, hs8)).or_default() += amount;
        }
        for ((person, year, hs8), amount) in by_person {
            match hs8 {
                "" if year < 2019 => {} // taxed in full above the limit
                "" => assert!(amount <= 2_600_000, "step {step}: {amount} fen of {person} in {year}"),
                _ => assert!(amount <= Quantity::whole(2).0, "step {step}: {amount} of {hs8} of {person} in {year}"),
            }
        }
        for (number, payment) in self.payments() {
            if payment.paid_on.is_none() {
                let expected = due_by_payment.get(&number[..]).copied().unwrap_or_default();
                assert_eq!(payment.amount, expected, "step {step}: payment {number}");
            }
        }
    }

    /// Who waits is found by what it waits for, and nobody else is; what a list stands on is its own.
    fn check_links(&self, step: u64, cases: &BTreeMap<CaseKey, Case>) {
        let waits = |case: &CaseKey| cases.get(case).is_some_and(|c| c.status == status::WAITING);
        let mut linked: BTreeSet<CaseKey> = BTreeSet::new();
        for (key, value) in self.records() {
            match key {
                Key::AwaitPayment(_) | Key::AwaitWaybill(_) => {
                    let waiting = Waiting::unpack(value).unwrap().cases;
                    assert!(!waiting.is_empty() && waiting.iter().all(waits), "step {step}: a ghost waits");
                }
                Key::AwaitManifest(bill) => {
                    let mut next = Some(CaseRef::unpack(value).unwrap().case);
                    while let Some(key) = next {
                        let case = &cases[&key];
                        assert_eq!(case.waits_for_bill, bill, "step {step}: in the chain of another bill: {key:?}");
                        next = case.next_waiting.clone();
                        assert!(linked.insert(key), "step {step}: twice in a chain");
                    }
                }
                Key::PaymentsOf(of) => {
                    let payments = Payments::unpack(value).unwrap();
                    for taken in &payments.taken {
                        assert!(super::super::papers::is_live(&cases[&taken.case]), "step {step}: taken by nobody");
                        assert!(payments.keys.contains(&taken.payment), "step {step}: taken and gone");
                    }
                    for key in &payments.keys {
                        let kept: Kept = crate::key::read(&self.zone.facts, &Key::Payment(key.clone())).unwrap();
                        let Some(Document::Payment(payment)) = kept.document else { panic!("a payment is kept") };
                        assert_eq!(payment.order_no, of.number, "step {step}: a payment of another order");
                    }
                }
                Key::Overdue(_) => {
                    for number in Overdue::unpack(value).unwrap().payments {
                        let payment: TaxPayment = crate::key::read(&self.zone.facts, &Key::TaxPayment(number)).unwrap();
                        assert!(payment.paid_on.is_none() && payment.overdue, "step {step}: paid and in arrears");
                    }
                }
                _ => {}
            }
        }
        let mut stands_on: BTreeSet<(u64, u32)> = BTreeSet::new();
        for (key, case) in cases {
            assert_eq!(linked.contains(key), !case.waits_for_bill.is_empty(), "step {step}: lost from its chain");
            let live = super::super::papers::is_live(case);
            for at in [case.order, case.payment, case.waybill].into_iter().flatten().filter(|_| live) {
                assert!(stands_on.insert((at.revision, at.index)), "step {step}: two lists stand on one document");
            }
        }
        let waiting: BTreeSet<CaseKey> = cases.keys().filter(|k| waits(k)).cloned().collect();
        let due: BTreeSet<CaseKey> = (self.zone.facts.dues.iter())
            .filter(|d| d.1 == u32::from(DueKind::MatchWait.number()))
            .map(|d| match Key::unpack(&d.2) {
                Ok(Key::Case(key)) => key,
                other => panic!("{other:?} waits"),
            })
            .collect();
        assert_eq!(waiting, due, "step {step}: every wait has an end, and no end is without a wait");
    }
}

#[test]
fn ledgers_add_up_after_every_command_of_random_histories() {
    let commands: u64 = std::env::var("ONEWINDOW_COMMANDS").ok().and_then(|n| n.parse().ok()).unwrap_or(10_000);
    let mut step = 0;
    let mut seen: BTreeMap<&'static str, u64> = BTreeMap::new();
    for seed in 0.. {
        let mut history = History::new(seed);
        // Short histories, so that counting everything again after each step stays cheap.
        for _ in 0..1_250 {
            history.step();
            history.check(step);
            step += 1;
        }
        let mut count = |what: &'static str, is: bool| *seen.entry(what).or_default() += u64::from(is);
        for (key, value) in history.records() {
            match key {
                Key::Case(_) => {
                    let case = Case::unpack(value).unwrap();
                    count(status::name(case.status), true);
                    count("returned in part or whole", case.returned.iter().any(|r| r.qty.0 > 0));
                    count("void", case.bill.as_ref().is_some_and(|b| b.state == 3));
                    count("paid", case.bill.as_ref().is_some_and(|b| b.paid));
                    count(
                        "taxed in full",
                        case.tax.is_some_and(|t| t.regime != crate::policy::limits::Regime::Reduced),
                    );
                    count("quantity of the year", !case.quantities.is_empty());
                    let appeals = |end| case.appeals.iter().any(|a| a.end == end);
                    count("appeal allowed", appeals(AppealEnd::Allowed));
                    count("appeal lost", appeals(AppealEnd::Upheld));
                    count("appeal overtaken", appeals(AppealEnd::Overtaken));
                    count("appeal silent", case.appeals.iter().any(|a| a.silent.is_some()));
                    let of = |of| case.appeals.iter().any(|a| a.of == of && a.end == AppealEnd::Allowed);
                    count("return decided again", of(AppealOf::Return));
                    count("tax put right", of(AppealOf::Tax));
                    let back = case.appeals.iter().filter(|a| a.of == AppealOf::SentBack);
                    let late = |a: &crate::record::Appeal| case.released.is_some_and(|at| at < a.at);
                    count("ordered back in vain", back.into_iter().any(|a| a.end == AppealEnd::Allowed && late(a)));
                    count("to be paid back", case.to_repay > Fen::ZERO);
                    let won = case.appeals.last().is_some_and(|a| a.end == AppealEnd::Allowed);
                    count("released by an appeal", won && case.bill.is_some());
                }
                Key::TaxPayment(_) => count("overdue", TaxPayment::unpack(value).unwrap().overdue),
                _ => {}
            }
        }
        if step >= commands {
            break;
        }
    }
    eprintln!("{step} commands: {seen:?}");
    for what in [
        "released",
        "closed",
        "refused",
        "cancelled",
        "returned in part or whole",
        "void",
        "paid",
        "taxed in full",
        "quantity of the year",
        "overdue",
        "sent_back",
        "appeal allowed",
        "appeal lost",
        "released by an appeal",
        "return decided again",
        "tax put right",
        "ordered back in vain",
        "to be paid back",
    ] {
        let least = if ["released", "refused"].contains(&what) { commands / 100 } else { 1 };
        assert!(seen.get(what).is_some_and(|n| *n >= least), "{what} is too rare: {seen:?}");
    }
}
