//! Random histories: whatever is sent, in whatever order and however often, the ledgers add up (promises 3 and 9).

use std::collections::BTreeMap;

use super::*;
use crate::key::PersonYear;
use crate::record::{TaxPayment, status};

/// A small generator with a fixed sequence (SplitMix64): a number replays the history.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }
}

struct History {
    zone: Zone,
    dice: Dice,
    parcels: Vec<Parcel>,
    refunds: Vec<String>,
    opened: u32,
}

impl History {
    fn new(seed: u64) -> History {
        let mut zone = Zone::new("2026-03-01T14:00");
        zone.register(RegisterKind::OpeningStock, &[StockRow { qty: Quantity::whole(400), ..zone.stock().row }]);
        zone.register(RegisterKind::Guarantees, &[GuaranteeRow { limit: Fen::yuan(40_000), ..zone.guarantee().row }]);
        let bill = ManifestRow {
            pieces: 100_000,
            bill_no: "BILL1".into(),
            voyage_no: "XX1".into(),
            traf_no: "B-1".into(),
            ..ManifestRow::default()
        };
        zone.register(RegisterKind::Manifests, &[bill]);
        History { zone, dice: Dice(seed), parcels: Vec::new(), refunds: Vec::new(), opened: 0 }
    }

    /// A parcel of one of six buyers, often dear enough to come near a limit.
    fn parcel(&mut self) -> Parcel {
        self.opened += 1;
        let mut parcel = Parcel::new(self.opened);
        if self.dice.below(2) == 0 {
            parcel = parcel.bonded();
        }
        let (pieces, price) = (1 + self.dice.below(3) as i64, 50 + self.dice.below(1_800) as i64);
        parcel = parcel.priced(pieces, price);
        let id = who(&format!("buyer{}", self.dice.below(6)));
        for person in [&mut parcel.list.buyer, &mut parcel.order.buyer, &mut parcel.payment.payer] {
            person.id = id.clone();
        }
        parcel.list.declared_on = self.zone.now.day();
        for head in [&mut parcel.order.head, &mut parcel.payment.head, &mut parcel.waybill.head, &mut parcel.list.head]
        {
            head.sent_at = self.zone.now;
        }
        parcel.payment.paid_at = self.zone.now;
        match self.dice.below(12) {
            0 => parcel.payment.amount = parcel.payment.amount.plus(Fen(1)),
            1 => parcel.list.address = who("elsewhere"),
            2 => parcel.list.lines[0].country = "701".into(),
            _ => {}
        }
        parcel
    }

    fn step(&mut self) {
        let pick = |dice: &mut Dice, n: usize| dice.below(n.max(1) as u64) as usize;
        match self.dice.below(40) {
            0..=4 => {
                let parcel = self.parcel();
                self.parcels.push(parcel);
            }
            5..=33 if !self.parcels.is_empty() => {
                // Late, repeated, shuffled: any document of a recent parcel.
                let recent = self.parcels.len().saturating_sub(4);
                let at = recent + pick(&mut self.dice, self.parcels.len() - recent);
                let parcel = &self.parcels[at];
                let document = match self.dice.below(5) {
                    0 => Document::Order(parcel.order.clone()),
                    1 => Document::Payment(parcel.payment.clone()),
                    2 => Document::Waybill(parcel.waybill.clone()),
                    _ => Document::List(parcel.list.clone()),
                };
                self.zone.send(document);
            }
            34 if !self.parcels.is_empty() => {
                let at = pick(&mut self.dice, self.parcels.len());
                let parcel = self.parcels[at].clone();
                if let Some(case) = crate::key::read::<Case>(&self.zone.facts, &Key::Case(parcel.key())) {
                    let n = format!("c{}", self.dice.below(1_000_000));
                    self.zone.send(Document::Cancel(Cancel {
                        head: Head { guid: n.clone(), action: Action::New, app_status: "2".into(), ..Head::default() },
                        order_no: parcel.order.number.clone(),
                        ebc_code: "SELLER".into(),
                        invt_no: case.invt_no,
                        agent_code: "AGENT".into(),
                        cop_no: n,
                        ..Cancel::default()
                    }));
                }
            }
            35 | 36 if !self.parcels.is_empty() => {
                let at = pick(&mut self.dice, self.parcels.len());
                let parcel = self.parcels[at].clone();
                if let Some(case) = crate::key::read::<Case>(&self.zone.facts, &Key::Case(parcel.key())) {
                    let n = format!("r{}", self.dice.below(1_000_000));
                    let pieces = 1 + self.dice.below(2) as i64;
                    if self.zone.send(refund(&parcel, &case.invt_no, pieces, &n)).verdict == Verdict::Accepted {
                        self.refunds.push(n);
                    }
                }
            }
            37 if !self.refunds.is_empty() => {
                let n = self.refunds[pick(&mut self.dice, self.refunds.len())].clone();
                self.zone.act(ActKind::Arrive, CaseKey { ebc: "AGENT".into(), order_no: String::new() }, &n, "");
            }
            38 if !self.parcels.is_empty() => {
                let at = pick(&mut self.dice, self.parcels.len());
                let key = self.parcels[at].key();
                let acts = [ActKind::InspectPassed, ActKind::Detain, ActKind::Release, ActKind::SendBack, ActKind::Out];
                let act = acts[self.dice.below(5) as usize];
                self.zone.act(act, key, "", "");
            }
            _ => {
                let hours = 1 + self.dice.below(20) as i64;
                let later = Moment(self.zone.now.0 + hours * crate::time::HOUR_MS).to_string();
                self.zone.until(&later);
                let unpaid: Vec<String> = self
                    .records()
                    .filter_map(|(key, value)| match key {
                        Key::TaxPayment(number) => {
                            TaxPayment::unpack(value).ok().filter(|p| p.paid_on.is_none()).map(|_| number)
                        }
                        _ => None,
                    })
                    .collect();
                for number in unpaid {
                    self.zone.act(ActKind::Pay, CaseKey::default(), &number, "");
                }
            }
        }
    }

    fn records(&self) -> impl Iterator<Item = (Key, &Vec<u8>)> {
        self.zone.facts.map.iter().map(|(k, v)| (Key::unpack(k).unwrap(), v))
    }

    /// Counts every ledger again from the cases alone.
    fn check(&self, step: u64) {
        let mut used: BTreeMap<(Pseudonym, u32), i64> = BTreeMap::new();
        let (mut reserved, mut due) = (Fen::ZERO, Fen::ZERO);
        let (mut held, mut sold, mut back, mut declared) = (Quantity(0), Quantity(0), Quantity(0), 0);
        for (key, value) in self.records() {
            let Key::Case(key) = key else { continue };
            let case = Case::unpack(value).unwrap();
            let Some(tax) = &case.tax else { continue };
            let gone = [status::CANCELLED, status::SENT_BACK].contains(&case.status);
            if let Some(PersonYear { person, year, .. }) = &case.allowance {
                *used.entry((*person, *year)).or_default() += case.allowance_used.0;
            }
            let qty = tax.lines.iter().fold(Quantity(0), |q, l| q.plus(l.qty));
            let parts: Fen = tax.lines.iter().map(|l| l.tax.taxable).sum();
            assert_eq!(parts, tax.taxable, "step {step}: the lines add up");
            match &case.bill {
                None if gone => {}
                None => {
                    reserved = reserved.plus(tax.total());
                    held = if case.mode == "1210" { held.plus(qty) } else { held };
                }
                Some(bill) => {
                    if !bill.paid {
                        due = due.plus(bill.total());
                    }
                    assert!(bill.total() >= Fen::ZERO);
                    if case.mode == "1210" {
                        sold = sold.plus(qty);
                        back = case.returned.iter().fold(back, |q, r| q.plus(r.qty));
                    }
                    let whole =
                        tax.lines.iter().all(|l| case.returned.iter().any(|r| r.gnum == l.tax.gnum && r.qty == l.qty));
                    assert_eq!(
                        whole,
                        case.allowance_used == Fen::ZERO,
                        "step {step}: a full return restores exactly: {key:?}"
                    );
                }
            }
            declared += u32::from(case.mode == "9610" && !gone);
        }
        let guarantee = self.zone.guarantee();
        assert_eq!((guarantee.reserved, guarantee.due), (reserved, due), "step {step}: the guarantee");
        assert!(guarantee.free() >= Fen::ZERO, "step {step}: the guarantee is overdrawn");
        let stock = self.zone.stock();
        assert_eq!((stock.reserved, stock.sold, stock.returned), (held, sold, back), "step {step}: the stock");
        assert_eq!(stock.on_hand, stock.row.qty.minus(sold).plus(back), "step {step}: the shelf");
        assert!(stock.available() >= Quantity(0));
        let manifest =
            crate::key::read::<crate::record::Manifest>(&self.zone.facts, &Key::Manifest("BILL1".into())).unwrap();
        assert_eq!(manifest.used, declared, "step {step}: the manifest");
        for (key, value) in self.records() {
            let Key::Allowance(PersonYear { person, year, hs8 }) = key else { continue };
            let counter = Counter::unpack(value).unwrap().used;
            assert!(hs8.is_empty());
            assert_eq!(counter, used.get(&(person, year)).copied().unwrap_or(0), "step {step}: the allowance");
            assert!((0..=2_600_000).contains(&counter), "step {step}: {counter} fen in {year}");
        }
    }
}

#[test]
fn ledgers_add_up_after_every_command_of_random_histories() {
    let commands: u64 = std::env::var("ONEWINDOW_COMMANDS").ok().and_then(|n| n.parse().ok()).unwrap_or(10_000);
    let (mut step, mut released, mut refused) = (0, 0, 0);
    for seed in 0.. {
        let mut history = History::new(seed);
        // Short histories, so that counting everything again after each step stays cheap.
        for _ in 0..1_000 {
            history.step();
            history.check(step);
            step += 1;
        }
        for (key, value) in history.records() {
            if matches!(key, Key::Case(_)) {
                let status = Case::unpack(value).unwrap().status;
                released += u64::from(matches!(status, status::RELEASED | status::CLOSED));
                refused += u64::from(status == status::REFUSED);
            }
        }
        if step >= commands {
            break;
        }
    }
    assert!(released > commands / 100 && refused > commands / 100, "{released} released, {refused} refused");
    eprintln!("{step} commands, {released} released, {refused} refused");
}
