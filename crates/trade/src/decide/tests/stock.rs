//! Random histories over account books: eight clients file whatever comes to their minds, every document twice, and after
//! every command each item is counted again from nothing but its movements (rules.md 7.5, I1 to I6 and I10).

use std::collections::{BTreeMap, BTreeSet};

use super::histories::Dice;
use super::*;
use crate::bonded::ledger::{Move, Movement, holds};
use crate::bonded::record::{EntryRecord, FormRecord, ListRecord, SlipRecord, State as Stage};
use crate::bonded::{self, Filed, Filing, Kind, ListType, PassType};
use crate::bonded::{period, proof};
use crate::finding::Code;
use crate::pack::Text;

/// Book, its enterprise.
const BOOKS: [(&str, &str); 3] = [("T6402W000001", "AREA"), ("T6402W000002", "AREA"), ("T6402W000003", "BREA")];
const ITEMS: [&str; 3] = ["1", "2", "3"];
const CLIENTS: usize = 8;

/// Book and item.
type Of = (Text, Text);

fn stock_of(facts: &Facts0, of: &Of) -> Stock {
    crate::key::read(facts, &Key::Stock(Pair { code: of.0.clone(), number: of.1.clone() })).unwrap()
}

/// What the movements of an item make.
#[derive(Default, Clone, Debug)]
struct Counted {
    opening: i64,
    moves: u64,
    on_hand: i64,
    by_kind: BTreeMap<u16, i64>,
}

impl Counted {
    fn of(&self, kinds: &[Move]) -> i64 {
        kinds.iter().filter_map(|kind| self.by_kind.get(&kind.number())).sum()
    }
}

struct Books {
    zone: Zone,
    dice: Dice,
    counted: BTreeMap<Of, Counted>,
    /// Document, line, kind, and list, slip or bill of every movement: each once (I2).
    moved: BTreeSet<(Text, u32, u16, Text)>,
    /// Numbers that the window gave, by what they are of, with the client that has them.
    numbers: BTreeMap<Kind, Vec<(Text, usize)>>,
    /// Documents that are to be sent a second time.
    again: Vec<(usize, bonded::Document, Verdict)>,
    commands: Vec<(Moment, Command)>,
    parcels: u32,
    named: u64,
    verdicts: BTreeMap<(Kind, &'static str), u64>,
}

fn whole(n: u64) -> Quantity {
    Quantity::whole(n as i64)
}

impl Books {
    fn new(seed: u64) -> Books {
        let mut zone = Zone::new("2026-03-02T09:00");
        let role = |kind| Role { kind, from: day("2016-01-01"), until: None, licence_until: Some(day("2030-12-31")) };
        let second = Party {
            code: "BREA".into(),
            domestic: true,
            roles: vec![role(RoleKind::AreaOperator)],
            ..Party::default()
        };
        zone.register(RegisterKind::Parties, &[second]);
        // As if the first signed message had been sent.
        let row = CertificateRow {
            fingerprint: [9; 32],
            code: "AGENT".into(),
            from: day("2016-01-01"),
            ..CertificateRow::default()
        };
        zone.facts.map.insert(Key::Certificate([9; 32]).bytes(), row.pack());
        let mut counted = BTreeMap::new();
        let mut rows = Vec::new();
        for (ems_no, area) in BOOKS {
            for item in ITEMS {
                let row = StockRow {
                    ems_no: ems_no.into(),
                    item_record_no: item.into(),
                    area_code: area.into(),
                    qty: whole(40),
                    ..zone.stock().row
                };
                counted.insert(
                    (ems_no.into(), item.into()),
                    Counted { opening: row.qty.0, on_hand: row.qty.0, ..Counted::default() },
                );
                rows.push(row);
            }
        }
        zone.register(RegisterKind::OpeningStock, &rows);
        let mut books = Books {
            zone,
            dice: Dice(seed),
            counted,
            moved: BTreeSet::new(),
            numbers: BTreeMap::new(),
            again: Vec::new(),
            commands: Vec::new(),
            parcels: 0,
            named: 0,
            verdicts: BTreeMap::new(),
        };
        let head = |own: &str| bonded::Head { own_no: own.into(), etps: "GATE".into(), action: "1".into() };
        let place = bonded::Place {
            head: head("place"),
            number: "PLACE".into(),
            office: "6402".into(),
            kinds: vec!["warehouse".into()],
            from: day("2026-01-01"),
            ..bonded::Place::default()
        };
        let result = bonded::Certificate {
            head: head("result"),
            number: "Q1".into(),
            kind: "Q".into(),
            result: "passed".into(),
            from: day("2026-01-01"),
            office: "6402".into(),
            ..bonded::Certificate::default()
        };
        books.send(0, bonded::Document::Place(place));
        books.send(0, bonded::Document::Certificate(result));
        books
    }

    fn head(&mut self, client: usize) -> bonded::Head {
        self.named += 1;
        let etps = BOOKS[client % 3].1;
        bonded::Head { own_no: format!("n{}", self.named).into(), etps: etps.into(), action: "1".into() }
    }

    fn number(&mut self, kind: Kind) -> (Text, usize) {
        match self.numbers.get(&kind) {
            // Mostly what is new, on which much can still happen.
            Some(all) => all[all.len() - 1 - self.dice.below(all.len().min(8) as u64) as usize].clone(),
            None => ("none".into(), 0),
        }
    }

    /// Lines of one or two items.
    fn lines(&mut self) -> Vec<bonded::Line> {
        let count = 1 + self.dice.below(2);
        let line = |(n, item): (u64, &str), qty: u64| bonded::Line {
            gnum: n as u32 + 1,
            item_no: item.into(),
            hs10: "1901101090".into(),
            unit: "122".into(),
            qty: whole(qty),
            price: Price(1_000_000),
            total: Fen::yuan(10 * qty as i64),
            origin: "609".into(),
            ..bonded::Line::default()
        };
        (0..count)
            .map(|n| {
                let item = *self.dice.one(&ITEMS);
                let qty = 1 + self.dice.below(6);
                line((n, item), qty)
            })
            .collect()
    }

    fn slip_lines(&mut self) -> Vec<bonded::SlipLine> {
        let item = *self.dice.one(&ITEMS);
        vec![bonded::SlipLine { gnum: 1, item_no: item.into(), qty: whole(1 + self.dice.below(5)) }]
    }

    fn list(&mut self, client: usize) -> bonded::VerificationList {
        let ems_no = BOOKS[client % 3].0;
        let mut out = self.dice.below(2) == 0;
        let mut lines = self.lines();
        // Now and then one of another deduction mode: reversed, none, none but checked, a bonded warehouse.
        let mode = match self.dice.below(12) {
            0 | 1 => {
                // Of what something came in or left: no more of it, or by chance more.
                let sums = stock_of(&self.zone.facts, &(ems_no.into(), lines[0].item_no.clone())).ledger;
                out = sums.abroad == Quantity(0) || self.dice.below(2) == 0;
                let left = if out { sums.first_line.min(sums.credited) } else { sums.abroad.min(sums.deducted) };
                if left > Quantity(0) && self.dice.below(4) > 0 {
                    lines.truncate(1);
                    (lines[0].qty, lines[0].total) = (left, Fen(left.0 * 1_000 / 100_000));
                }
                if out { "4500" } else { "4561" }
            }
            2 => *self.dice.one(&["9700", "9739", "1233"]),
            3 | 4 if out => "0110",
            _ => "1210",
        };
        bonded::VerificationList {
            head: self.head(client),
            ems_no: ems_no.into(),
            direction: if out { "E" } else { "I" }.into(),
            supv_mode: mode.into(),
            office: "6402".into(),
            declared: "1".into(),
            lines,
            ..bonded::VerificationList::default()
        }
    }

    /// The receiver's half, or the giver's of a half that is there.
    fn transfer(&mut self, client: usize) -> bonded::VerificationList {
        let (number, receiver) = self.number(Kind::List);
        let known: Option<ListRecord> = crate::key::read(&self.zone.facts, &Key::VerificationList(number.clone()));
        let mut list = bonded::VerificationList { kind: ListType::InZone, declared: "2".into(), ..self.list(client) };
        match known
            .filter(|l| l.list.kind == ListType::InZone && l.state == Stage::Waiting && receiver % 3 != client % 3)
        {
            Some(half) => {
                (list.direction, list.other_list, list.other_ems) = ("E".into(), number, half.list.ems_no);
                list.lines = half.list.lines;
                if self.dice.below(6) == 0 {
                    list.lines[0].qty = list.lines[0].qty.plus(whole(1));
                }
            }
            None => {
                list.direction = "I".into();
                list.other_ems = BOOKS[(client + 1) % 3].0.into();
            }
        }
        list
    }

    fn pass(&mut self, client: usize) -> bonded::Pass {
        let kind = *self.dice.one(&[Kind::List, Kind::List, Kind::List, Kind::Slip, Kind::Entry]);
        let (number, _) = self.number(kind);
        let of_list: Option<ListRecord> = crate::key::read(&self.zone.facts, &Key::VerificationList(number.clone()));
        let way = of_list
            .as_ref()
            .map_or_else(|| ["I", "E"][self.dice.below(2) as usize].into(), |l| l.list.direction.clone());
        let parts = kind == Kind::List && self.dice.below(3) == 0;
        let (passport, related, direction) = match kind {
            Kind::List => (if way == "I" { PassType::FirstLine } else { PassType::SecondLine }, "1", way),
            Kind::Slip => (PassType::NoDeclaration, "2", way),
            _ => (PassType::EnterFirst, "3", "I".into()),
        };
        let part = bonded::PassLine { number: number.clone(), gnum: 1, qty: whole(1 + self.dice.below(3)) };
        bonded::Pass {
            head: self.head(client),
            kind: if self.dice.below(12) == 0 { PassType::TwoStep } else { passport },
            bind: if parts { "3" } else { "2" }.into(),
            related: related.into(),
            numbers: vec![number],
            office: "6402".into(),
            direction,
            vehicle: "B1".into(),
            vehicle_weight: whole(900),
            frame_weight: whole(50),
            gross: whole(50),
            total: whole(1_000),
            lines: if parts { vec![part] } else { Vec::new() },
            ..bonded::Pass::default()
        }
    }

    fn decision(&mut self, client: usize) -> bonded::Decision {
        let kinds =
            [Kind::List, Kind::List, Kind::List, Kind::Pass, Kind::Form, Kind::Form, Kind::StockTake, Kind::WriteOff];
        let kind = *self.dice.one(&kinds);
        use bonded::Verdict as V;
        let verdict = match kind {
            Kind::List => *self.dice.one(&[V::Release, V::Release, V::Release, V::Approve, V::Refuse]),
            Kind::Pass => V::LetPass,
            _ => *self.dice.one(&[V::Approve, V::Approve, V::Approve, V::Refuse]),
        };
        bonded::Decision {
            head: self.head(client),
            verdict,
            number: self.number(kind).0,
            ..bonded::Decision::default()
        }
    }

    fn tally(&mut self, client: usize) -> bonded::Tally {
        let (bill, _) = self.number(Kind::Entry);
        let known: Option<EntryRecord> = crate::key::read(&self.zone.facts, &Key::Entry(bill.clone()));
        let lines = known.map_or(Vec::new(), |e| e.lines).into_iter().map(|l| bonded::TallyLine {
            item_no: l.item_no,
            qty: Quantity((l.passed.0 + self.dice.below(3) as i64 * 100_000 - 100_000).max(0)),
            reason: ["", "short"][self.dice.below(2) as usize].into(),
        });
        bonded::Tally { lines: lines.collect(), head: self.head(client), bill_no: bill, last: self.dice.below(3) > 0 }
    }

    /// A list that gathers what a form's slips or a bill's tally hold.
    fn gathering(&mut self, client: usize) -> bonded::VerificationList {
        let mut list = bonded::VerificationList { declared: "1".into(), ..self.list(client) };
        let mut sums: BTreeMap<Text, i64> = BTreeMap::new();
        if self.dice.below(2) == 0 {
            let (bill, _) = self.number(Kind::Entry);
            let known: Option<EntryRecord> = crate::key::read(&self.zone.facts, &Key::Entry(bill.clone()));
            let Some(known) = known else { return list };
            (list.kind, list.direction, list.bill_no, list.ems_no) =
                (ListType::EnteredFirst, "I".into(), bill, known.entry.ems_no);
            known.lines.iter().for_each(|l| *sums.entry(l.item_no.clone()).or_default() += l.tallied.0);
        } else {
            let (form, _) = self.number(Kind::Form);
            let known: Option<FormRecord> = crate::key::read(&self.zone.facts, &Key::Form(form.clone()));
            let Some(known) = known else { return list };
            (list.kind, list.direction, list.form_no, list.ems_no) =
                (ListType::Batched, "E".into(), form, known.form.ems_no.clone());
            for number in &proof::open_slips(&self.zone.facts, &known, 3) {
                let slip: Option<SlipRecord> = crate::key::read(&self.zone.facts, &Key::Slip(number.clone()));
                let Some(slip) = slip.filter(|s| s.state == Stage::Done) else { continue };
                slip.slip.lines.iter().for_each(|l| *sums.entry(l.item_no.clone()).or_default() += l.qty.0);
                list.slips.push(number.clone());
            }
        }
        let mut template = self.lines();
        template.truncate(1);
        let lines = sums.into_iter().filter(|(_, qty)| *qty > 0).enumerate();
        list.lines = lines
            .map(|(n, (item_no, qty))| bonded::Line {
                gnum: n as u32 + 1,
                item_no,
                qty: Quantity(qty),
                total: Fen(qty * 1_000 / 100_000),
                ..template[0].clone()
            })
            .collect();
        list
    }

    fn counts(&mut self, ems_no: &str) -> Vec<bonded::CountLine> {
        let item = *self.dice.one(&ITEMS);
        let stock = stock_of(&self.zone.facts, &(ems_no.into(), item.into()));
        let qty = stock.on_hand.0 + (self.dice.below(3) as i64 - 1) * 100_000;
        vec![bonded::CountLine { item_no: item.into(), qty: Quantity(qty) }]
    }

    /// Item 1 goes into item 3, two and a half of it into each; at times wrongly.
    fn processing(&mut self, client: usize) -> bonded::VerificationList {
        let made = 1 + self.dice.below(3);
        let mut list = bonded::VerificationList { kind: ListType::Processing, ..self.list(client) };
        (list.direction, list.declared, list.form_no) = ("E".into(), "2".into(), self.number(Kind::Form).0);
        let template = list.lines[0].clone();
        let line = |gnum, item: &str, qty: Quantity, part: &str| bonded::Line {
            gnum,
            item_no: item.into(),
            qty,
            total: Fen(qty.0 * 1_000 / 100_000),
            part: part.into(),
            ..template.clone()
        };
        let used = made as i64 * 250_000 + i64::from(self.dice.below(5) == 0) * 100_000;
        list.lines = vec![line(1, "1", Quantity(used), "I"), line(2, "3", whole(made), "E")];
        list
    }

    /// Whoever wants to close a book finishes what is open: the oldest paper of it, by whatever may help.
    fn finishing(&mut self, client: usize) -> bonded::Document {
        use bonded::Document as D;
        let ems_no = BOOKS[client % 3].0;
        let Some(oldest) = period::open_documents(&self.zone.facts, ems_no, 1).pop() else {
            return D::Period(bonded::Period {
                head: self.head(client),
                ems_no: ems_no.into(),
                until: self.zone.now.day().plus(-1),
            });
        };
        let decision = |books: &mut Books, verdict| {
            D::Decision(bonded::Decision {
                head: books.head(client),
                verdict,
                number: oldest.number.clone(),
                ..bonded::Decision::default()
            })
        };
        match (oldest.kind, self.dice.below(4)) {
            (Kind::StockTake, _) => decision(self, bonded::Verdict::Approve),
            (Kind::WriteOff, _) => decision(self, bonded::Verdict::Refuse),
            (_, 0) => D::List(bonded::VerificationList {
                number: oldest.number.clone(),
                head: bonded::Head { action: "3".into(), ..self.head(client) },
                ..bonded::VerificationList::default()
            }),
            (_, 1) => decision(self, bonded::Verdict::Release),
            (_, 2) => {
                let list: Option<ListRecord> =
                    crate::key::read(&self.zone.facts, &Key::VerificationList(oldest.number.clone()));
                let way = list.map_or_else(|| "E".into(), |list| list.list.direction);
                let mut pass = self.pass(client);
                (pass.kind, pass.bind, pass.related) = (PassType::SecondLine, "2".into(), "1".into());
                (pass.numbers, pass.direction, pass.lines) = (vec![oldest.number.clone()], way, Vec::new());
                D::Pass(pass)
            }
            _ => D::Gate(bonded::Gate {
                head: self.head(client),
                pass_no: self.number(Kind::Pass).0,
                plate: "B1".into(),
                weight: whole(1_010),
                ..bonded::Gate::default()
            }),
        }
    }

    /// What a client files next; parcels and time are nobody's documents.
    fn document(&mut self, client: usize) -> bonded::Document {
        use bonded::Document as D;
        let (ems_no, _) = BOOKS[client % 3];
        let cause = *self.dice.one(&[
            bonded::Cause::Theft,
            bonded::Cause::OverDelivered,
            bonded::Cause::ForceMajeure,
            bonded::Cause::Destruction,
        ]);
        match self.dice.below(46) {
            0..=4 => D::List(self.list(client)),
            5 | 6 => D::List(self.transfer(client)),
            7..=10 => D::Pass(self.pass(client)),
            11..=15 => {
                let off = self.dice.below(6) == 0;
                D::Gate(bonded::Gate {
                    head: self.head(client),
                    pass_no: self.number(Kind::Pass).0,
                    plate: "B1".into(),
                    weight: whole(if off { 1_200 } else { 1_010 }),
                    ..bonded::Gate::default()
                })
            }
            16..=19 | 44 | 45 => D::Decision(self.decision(client)),
            20 => D::Entry(bonded::Entry {
                head: self.head(client),
                ems_no: ems_no.into(),
                bill_no: format!("BILL{}", self.named).into(),
                office: "6402".into(),
                port: "6401".into(),
                transport: "2".into(),
                arrived_on: self.zone.now.day(),
                quarantine: "Q1".into(),
                place: "PLACE".into(),
                lines: self.slip_lines(),
                ..bonded::Entry::default()
            }),
            21 => D::Tally(self.tally(client)),
            22 | 23 => D::List(self.gathering(client)),
            24 => {
                let allowed = ITEMS.map(|item| bonded::Allowed {
                    item_no: item.into(),
                    qty: whole(6),
                    ..bonded::Allowed::default()
                });
                let processes = self.dice.below(3) == 0;
                let (business, allowed) = match processes {
                    false => (bonded::Business::Batched, allowed.to_vec()),
                    true => (
                        bonded::Business::SimpleProcessing,
                        vec![bonded::Allowed {
                            item_no: "1".into(),
                            qty: whole(20),
                            product: "3".into(),
                            consumption: Quantity(250_000),
                        }],
                    ),
                };
                D::Form(bonded::Form {
                    head: self.head(client),
                    ems_no: ems_no.into(),
                    office: "6402".into(),
                    business,
                    from: self.zone.now.day(),
                    until: self.zone.now.day().plus(self.dice.below(20) as i32),
                    goods: allowed,
                    // Now and then too little for all that may be out.
                    guarantee: if processes { Text::default() } else { "BG".into() },
                    guaranteed: if processes { Fen::ZERO } else { Fen::yuan(20 + self.dice.below(60) as i64) },
                })
            }
            25 | 42 | 43 => D::Slip(bonded::Slip {
                head: self.head(client),
                form_no: self.number(Kind::Form).0,
                direction: ["E", "E", "I"][self.dice.below(3) as usize].into(),
                lines: self.slip_lines(),
                ..bonded::Slip::default()
            }),
            26 => match self.dice.below(3) {
                2 => {
                    let (number, _) = self.number(Kind::Slip);
                    let known: Option<SlipRecord> = crate::key::read(&self.zone.facts, &Key::Slip(number.clone()));
                    let slip = known.map_or_else(bonded::Slip::default, |slip| slip.slip);
                    D::Slip(bonded::Slip {
                        number,
                        head: bonded::Head { action: "3".into(), ..self.head(client) },
                        ..slip
                    })
                }
                0 => D::List(bonded::VerificationList {
                    number: self.number(Kind::List).0,
                    head: bonded::Head { action: "3".into(), ..self.head(client) },
                    ..bonded::VerificationList::default()
                }),
                _ => D::Pass(bonded::Pass {
                    number: self.number(Kind::Pass).0,
                    head: bonded::Head { action: "3".into(), ..self.head(client) },
                    ..bonded::Pass::default()
                }),
            },
            27 => D::StockTake(bonded::StockTake {
                head: self.head(client),
                ems_no: ems_no.into(),
                ..bonded::StockTake::default()
            }),
            28 => {
                let (take_no, owner) = self.number(Kind::StockTake);
                D::Count(bonded::Count { head: self.head(client), take_no, lines: self.counts(BOOKS[owner % 3].0) })
            }
            29 => {
                let item_no = (*self.dice.one(&ITEMS)).into();
                let lines = vec![bonded::ExplainedLine { item_no, cause }];
                D::Explanation(bonded::Explanation {
                    head: self.head(client),
                    take_no: self.number(Kind::StockTake).0,
                    lines,
                })
            }
            30 => {
                let item_no = (*self.dice.one(&ITEMS)).into();
                let lines = vec![bonded::CountLine { item_no, qty: whole(1 + self.dice.below(3)) }];
                D::WriteOff(bonded::WriteOff {
                    head: self.head(client),
                    ems_no: ems_no.into(),
                    cause,
                    proof: "film".into(),
                    lines,
                })
            }
            31 => D::Period(bonded::Period {
                head: self.head(client),
                ems_no: ems_no.into(),
                until: self.zone.now.day().plus(-(self.dice.below(4) as i32)),
            }),
            32 => D::List(self.processing(client)),
            33 => D::List(bonded::VerificationList {
                number: self.number(Kind::List).0,
                head: bonded::Head { action: "2".into(), ..self.head(client) },
                ..self.list(client)
            }),
            34..=39 => self.finishing(client),
            _ => D::Outgoing(bonded::Outgoing {
                head: self.head(client),
                ems_no: BOOKS[0].0.into(),
                day: self.zone.now.day().plus(-(self.dice.below(2) as i32)),
            }),
        }
    }

    fn run(&mut self, command: Command) -> Entry {
        self.commands.push((self.zone.now, command.clone()));
        let entry = self.zone.run(command);
        self.count(&entry);
        entry
    }

    fn send(&mut self, client: usize, document: bonded::Document) -> Verdict {
        let kind = document.kind();
        let role = match kind {
            Kind::Decision | Kind::Gate | Kind::Place | Kind::Certificate => ActorRole::Officer,
            _ => ActorRole::Enterprise,
        };
        let head = document.head().clone();
        let mut content = [0u8; 16];
        document
            .pack()
            .iter()
            .enumerate()
            .for_each(|(i, b)| content[i % 16] = content[i % 16].wrapping_mul(31).wrapping_add(*b));
        let filed = Filed {
            document: Some(document),
            content,
            kind,
            own_no: head.own_no,
            etps: head.etps.clone(),
            ..Filed::default()
        };
        let by = Actor { id: head.etps, role };
        let filing = Filing { by, documents: vec![filed], ..Filing::default() };
        let entry = self.run(Command::Bonded(filing));
        let outcome = &entry.outcomes[0];
        if matches!(outcome.verdict, Verdict::Accepted | Verdict::Waiting)
            && let Some(receipt) = outcome.receipts.iter().find(|r| !r.shown.invt_no.is_empty())
        {
            self.numbers.entry(kind).or_default().push((receipt.shown.invt_no.clone(), client));
        }
        if kind == Kind::Outgoing && outcome.verdict == Verdict::Done {
            // The lists made of a day's parcels leave by passes like any other.
            let made = outcome.receipts.iter().filter(|r| r.shown.kind == MessageKind::VerificationReturn);
            let made: Vec<_> = made.map(|r| (r.shown.invt_no.clone(), client)).collect();
            self.numbers.entry(Kind::List).or_default().extend(made);
        }
        *self.verdicts.entry((kind, outcome.verdict.name())).or_default() += 1;
        outcome.verdict
    }

    fn step(&mut self) {
        // Half of all commands are repetitions, late or at once.
        if !self.again.is_empty() && self.dice.below(2) == 0 {
            let at = self.dice.below(self.again.len() as u64) as usize;
            let (client, document, first) = self.again.swap_remove(at);
            let kind = document.kind();
            let before = self.counted.values().map(|c| c.moves).sum::<u64>();
            let second = self.send(client, document);
            if first != Verdict::Refused {
                assert_eq!(second, Verdict::Repeated, "{kind}: the first answer");
                assert_eq!(before, self.counted.values().map(|c| c.moves).sum::<u64>(), "{kind}: moved twice");
            }
            return;
        }
        match self.dice.below(40) {
            0..=2 => {
                self.parcels += 1;
                let pieces = 1 + self.dice.below(2) as i64;
                let mut parcel = Parcel::new(self.parcels).at(self.zone.now).bonded().priced(pieces, 5);
                // Everybody buys once, so that no allowance ends.
                let buyer = who(&format!("b{}", self.parcels));
                for person in [&mut parcel.list.buyer, &mut parcel.order.buyer, &mut parcel.payment.payer] {
                    person.id = buyer.clone();
                }
                for document in parcel.documents() {
                    for _ in 0..2 {
                        let command = self.zone.message(std::slice::from_ref(&document));
                        self.run(command);
                    }
                }
            }
            3 => {
                let to = Moment(self.zone.now.0 + self.dice.below(3 * 86_400_000) as i64);
                while let Some((at, kind, key)) = self.zone.facts.dues.first().filter(|d| d.0 <= to).cloned() {
                    self.zone.now = at.max(self.zone.now);
                    let kind = DueKind::from_number(kind as u16).unwrap();
                    self.run(Command::Due(DueNow { kind, key: Blob::from(key), at }));
                }
                self.zone.now = to;
            }
            _ => {
                let client = self.dice.below(CLIENTS as u64) as usize;
                let document = self.document(client);
                let verdict = self.send(client, document.clone());
                self.again.push((client, document, verdict));
            }
        }
    }

    /// Counts the movements of an entry, and compares with what the ledger says.
    fn count(&mut self, entry: &Entry) {
        let mut touched = BTreeSet::new();
        for outcome in &entry.outcomes {
            let fault = outcome.findings.iter().any(|f| f.code == Code::WindowFault);
            assert!(!fault, "a promise would have been broken: {:?}", outcome.findings);
            for effect in &outcome.effects {
                let Effect::Put(put) = effect else { continue };
                match Key::unpack(put.0.key()).unwrap() {
                    Key::Stock(of) => drop(touched.insert((of.code, of.number))),
                    Key::Movement(key) => {
                        let movement = Movement::unpack(put.value()).unwrap();
                        let of = (key.ems_no, key.item_no);
                        let counted = self.counted.get_mut(&of).unwrap();
                        counted.moves += 1;
                        assert_eq!(key.number, counted.moves, "movements are only added (I6)");
                        assert!(movement.qty > Quantity(0), "{movement:?}");
                        counted.on_hand += movement.kind.shelf() * movement.qty.0;
                        *counted.by_kind.entry(movement.kind.number()).or_default() += movement.qty.0;
                        assert_eq!(movement.on_hand.0, counted.on_hand, "{movement:?}");
                        let line =
                            (movement.document.clone(), movement.line, movement.kind.number(), movement.under.clone());
                        assert!(self.moved.insert(line), "a line moved twice (I2): {movement:?}");
                        touched.insert(of);
                    }
                    _ => {}
                }
            }
        }
        for of in touched {
            let stock = stock_of(&self.zone.facts, &of);
            assert_eq!(holds(&stock), Ok(()), "{of:?}");
            let c = &self.counted[&of];
            use Move as M;
            assert!(c.on_hand >= 0, "{of:?}: below zero");
            assert_eq!(stock.on_hand.0, c.on_hand, "{of:?}: the sum of the movements");
            let book = c.opening
                + c.of(&[M::Found, M::Returned, M::Credited, M::Made, M::AbroadReversed, M::DomesticReversed])
                - c.of(&[M::Lost, M::Destroyed, M::Deducted, M::Used, M::InReversed, M::OpeningReversed]);
            assert_eq!(stock.book().0, book, "{of:?}: customs' book");
            // What reverses is no entry of its own to be credited, and no exit to be deducted.
            let entered = c.of(&[M::FirstLine, M::TransferIn])
                - c.of(&[M::FirstLineReversed, M::Credited, M::AbroadReversed, M::DomesticReversed]);
            let left = c.of(&[M::Sold, M::TransferOut, M::Abroad, M::Domestic, M::FormDeclared])
                - c.of(&[M::Deducted, M::InReversed, M::OpeningReversed]);
            let away = c.of(&[M::FormOut]) - c.of(&[M::FormBack, M::FormDeclared]);
            assert_eq!(c.on_hand - book, entered - left - away, "{of:?}: on hand and book differ by what is in flight");
        }
    }

    /// What is asked once a history is over: transfers (I5), retail days (I4), lists and passes (I3), repetition (I10).
    fn end(&self) {
        let facts = &self.zone.facts;
        for (key, value) in &facts.map {
            if Key::kind(key) != Key::VERIFICATION_LIST {
                continue;
            }
            let list = ListRecord::unpack(value).unwrap();
            for (line, state) in list.list.lines.iter().zip(&list.lines) {
                assert!(state.passed <= state.used && state.used <= line.qty, "{} {line:?}", list.list.number);
            }
            if list.list.kind == ListType::InZone && !list.pair.is_empty() && list.list.direction == "I" {
                let other: ListRecord = crate::key::read(facts, &Key::VerificationList(list.pair.clone())).unwrap();
                for (mine, theirs) in list.lines.iter().zip(&other.lines) {
                    assert!(mine.passed <= theirs.passed, "more came in than went out: {}", list.list.number);
                }
                assert_eq!(
                    list.state == Stage::Done,
                    other.state == Stage::Done,
                    "half a transfer: {}",
                    list.list.number
                );
            }
            if list.list.kind == ListType::Retail && list.state != Stage::Deleted {
                let mut sums: BTreeMap<Text, i64> = BTreeMap::new();
                let parcels = proof::parcels_on(facts, &list.list.number, &list);
                assert_eq!(parcels.len(), list.parcels as usize);
                for key in parcels {
                    let kept: crate::record::Kept = crate::key::read(facts, &Key::List(key)).unwrap();
                    let Some(Document::List(retail)) = kept.document else { panic!("a list is kept") };
                    retail.lines.iter().for_each(|l| *sums.entry(l.item_record_no.clone()).or_default() += l.qty.0);
                }
                let lines = list.list.lines.iter().map(|l| (l.item_no.clone(), l.qty.0)).collect();
                assert_eq!(sums, lines, "the parcels make the list again");
            }
        }
        // A form's guarantee is never overdrawn, stands for what is out, and its slips are all in its chain.
        for value in facts.map.iter().filter(|(key, _)| Key::kind(key) == Key::FORM).map(|(_, value)| value) {
            let form = FormRecord::unpack(value).unwrap();
            assert!(form.accounted && form.open.is_empty() && form.drawn() <= form.form.guaranteed, "{form:?}");
            let (mut next, mut undeclared, mut out) = (form.newest.clone(), 0, 0);
            while let Some(slip) = crate::key::read::<SlipRecord>(facts, &Key::Slip(next)) {
                let gone = slip.slip.direction == "E" && slip.state != Stage::Deleted;
                undeclared += u32::from(gone && slip.declared_by.is_empty());
                out += if gone { slip.slip.lines.iter().map(|line| line.qty.0).sum() } else { 0 };
                next = slip.before;
            }
            assert_eq!(form.undeclared, undeclared, "{form:?}");
            if form.form.business != bonded::Business::SimpleProcessing {
                assert_eq!(form.goods.iter().map(|goods| goods.out.0).sum::<i64>(), out, "{form:?}");
            }
            for goods in &form.goods {
                let least = goods.out.0 - goods.returned.0 - goods.declared.0;
                assert!(goods.secured >= Fen::ZERO && goods.secured_qty.0 >= 0, "{form:?}");
                let secures = form.form.guaranteed > Fen::ZERO;
                assert!(!secures || goods.secured_qty.0 >= least, "what is out is secured: {form:?}");
                // Goods may owe nothing; what no goods stand behind is free.
                assert!(goods.secured_qty > Quantity(0) || goods.secured == Fen::ZERO, "{form:?}");
            }
        }
        for of in self.counted.keys() {
            let proof = proof::of_item(facts, &of.0, &of.1).unwrap();
            assert!(proof.agrees, "{of:?}");
            let sum = |of: &dyn Fn(&proof::Part) -> bool| -> i64 {
                proof.parts().iter().filter(|part| of(part)).map(|part| part.qty.0).sum()
            };
            assert_eq!(sum(&|part| part.went.is_none()), proof.on_hand.0, "{of:?}: what is there came from somewhere");
            let newest = proof.movements.len() as u64;
            for (movement, number) in proof.movements.iter().zip(1..).skip(newest.saturating_sub(3) as usize) {
                let all = movement.kind.shelf().abs() * movement.qty.0;
                let parts = sum(&|part| part.came == Some(number) || part.went == Some(number));
                assert_eq!(parts, all, "{of:?}: all of movement {number} came from somewhere and went somewhere");
            }
        }
        // The chain of open documents goes through every record of one, in the order of their days, and no other.
        for (ems_no, _) in BOOKS {
            let open = period::open_documents(facts, ems_no, usize::MAX);
            assert!(open.is_sorted_by_key(|open| open.since), "{ems_no}: {open:?}");
            let chained: BTreeSet<_> = open.iter().map(|open| period::open_key(ems_no, &open.number).bytes()).collect();
            let of_book = |key: &&Vec<u8>| matches!(Key::unpack(key), Ok(Key::OpenDocument(of)) if of.code == ems_no);
            assert_eq!(facts.map.keys().filter(of_book).count(), open.len(), "{ems_no}");
            assert!(chained.iter().all(|key| facts.map.contains_key(key)) && chained.len() == open.len());
            let of: period::Periods = crate::key::read(facts, &Key::Periods(ems_no.into())).unwrap_or_default();
            assert!(of.open.is_empty() && of.newest == open.last().map_or(Text::default(), |open| open.number.clone()));
        }
    }

    /// Every closed period is still what its statement says, whatever came later: its rows are those of the movements
    /// of its days, and each begins where the one before it ended. Gives how many there are.
    fn periods(&self) -> u64 {
        let facts = &self.zone.facts;
        let mut closed = 0;
        for (ems_no, _) in BOOKS {
            let all: period::Periods = crate::key::read(facts, &Key::Periods(ems_no.into())).unwrap_or_default();
            let mut carried = None;
            for number in 1..=all.number {
                closed += 1;
                let of: period::Period = crate::key::read(facts, &period::key(ems_no, number)).unwrap();
                assert_eq!(of.state, Stage::Done);
                let (rows, agrees) = period::rows(facts, &of);
                assert!(agrees && rows.len() == ITEMS.len(), "{ems_no} {number}: another register");
                assert!(carried.is_none_or(|before| before == of.opening), "{ems_no} {number}: begins otherwise");
                carried = Some(of.closing);
                let (from, over) = (of.from.map(Day::starts), of.until.plus(1).starts());
                for row in &rows {
                    let proof = proof::of_item(facts, ems_no, &row[1]).unwrap();
                    let moved = |from: Option<Moment>| -> i64 {
                        let within =
                            proof.movements.iter().filter(|m| m.moment < over && from.is_none_or(|f| m.moment >= f));
                        within.map(|m| m.kind.shelf() * m.qty.0).sum()
                    };
                    let [opening, closing] = [&row[5], &row[20]].map(|cell| Quantity::parse(cell).unwrap().0);
                    assert_eq!(closing, proof.stock.row.qty.0 + moved(None), "{ems_no} {number} {row:?}");
                    assert_eq!(closing - opening, moved(from), "{ems_no} {number} {row:?}");
                    let cell = |n: usize| Quantity::parse(&row[n]).unwrap().0;
                    let [came, went]: [i64; 2] = [(6..=10).map(cell).sum(), (11..=18).map(cell).sum()];
                    // What is out under a form has left the shelf; declared, it is out for good.
                    let declared: i64 = proof
                        .movements
                        .iter()
                        .filter(|m| {
                            m.kind == Move::FormDeclared && m.moment < over && from.is_none_or(|f| m.moment >= f)
                        })
                        .map(|m| m.qty.0)
                        .sum();
                    assert_eq!(closing - opening, came - went + cell(19), "{ems_no} {number} {row:?} {declared}");
                }
            }
        }
        closed
    }

    /// The same commands make the same state.
    fn repeat(&self, seed: u64) {
        let mut again = Books::new(seed);
        let begun = again.commands.len();
        for (at, command) in &self.commands[begun..] {
            again.zone.now = *at;
            again.zone.run(command.clone());
        }
        assert!(again.zone.facts.map == self.zone.facts.map, "seed {seed}: decided otherwise (I10)");
    }
}

#[test]
fn books_add_up_after_every_command_of_eight_clients_that_send_everything_twice() {
    let commands: usize = std::env::var("ONEWINDOW_COMMANDS").ok().and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let (mut done, mut seen) = (0, BTreeMap::<String, u64>::new());
    for seed in 0.. {
        let mut books = Books::new(seed);
        while books.commands.len() < 2_000 {
            books.step();
        }
        books.end();
        *seen.entry("periods closed".to_owned()).or_default() += books.periods();
        if seed % 20 == 0 {
            books.repeat(seed);
        }
        for ((kind, verdict), n) in &books.verdicts {
            *seen.entry(format!("{kind} {verdict}")).or_default() += n;
        }
        for counted in books.counted.values() {
            for kind in counted.by_kind.keys() {
                let kind = Move::from_number(*kind).unwrap();
                *seen.entry(kind.name().to_owned()).or_default() += 1;
            }
        }
        done += books.commands.len();
        if done >= commands {
            break;
        }
    }
    eprintln!("{done} commands: {seen:?}");
    for what in [
        "first-line",
        "sold",
        "abroad",
        "credited",
        "deducted",
        "lost",
        "form-out",
        "transfer-out",
        "used",
        "made",
        "in-reversed",
        "opening-reversed",
        "abroad-reversed",
        "INV101 repeated",
        "periods closed",
    ] {
        assert!(seen.get(what).is_some_and(|n| *n > 0), "{what} never happened: {seen:?}");
    }
}
