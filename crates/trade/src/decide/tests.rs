//! Rows that a lawyer can read: one change of a clean parcel, and what follows from it.

mod access;
mod accounts;
mod adoption;
mod appeal;
mod articles;
mod bills;
mod certified;
mod correct;
mod declaration;
mod disown;
mod exchange;
mod export;
mod held;
mod histories;
mod hostile;
mod identify;
mod mandates;
mod matching;
mod parties;
mod requests;
mod returns;
mod review;
mod rights;
mod room;
mod statements;
mod stock;
mod subscriptions;
mod ways;

use std::collections::HashMap;

use super::{Setting, State, decide};
use crate::command::*;
use crate::documents::*;
use crate::effect::Effect;
use crate::key::{CaseKey, Facts, Found, Key, Pair};
use crate::money::{Fen, Price, Quantity};
use crate::pack::{Blob, Pack};
use crate::policy::Policy;
use crate::pseudonym::{Pseudonym, Pseudonyms};
use crate::record::{Case, Counter, Guarantee, Stock};
use crate::registry::*;
use crate::time::{Day, Moment};

#[derive(Default, Clone)]
struct Facts0 {
    map: HashMap<Vec<u8>, Vec<u8>>,
    dues: std::collections::BTreeSet<(Moment, u32, Vec<u8>)>,
}

impl Facts for Facts0 {
    fn look(&self, key: &[u8]) -> Option<Found<'_>> {
        self.map.get(key).map(|v| Found::Lent(v))
    }
}

impl State for Facts0 {
    fn apply(&mut self, effects: &[Effect], documents: &[Submitted]) {
        for effect in effects {
            match effect {
                Effect::Put(e) => drop(self.map.insert(e.0.key().to_vec(), e.value().to_vec())),
                Effect::Keep(e) => {
                    let fact = e.whole(&documents[e.doc()].document);
                    self.map.insert(fact.key().to_vec(), fact.rest().to_vec());
                }
                Effect::Drop(e) => drop(self.map.remove(&e.key[..])),
                Effect::Due(e) => drop(self.dues.insert((e.at, e.kind, e.key.to_vec()))),
                Effect::Undue(e) => drop(self.dues.remove(&(e.at, e.kind, e.key.to_vec()))),
            }
        }
    }
}

/// A zone with one enterprise of each kind, deciding in memory.
#[derive(Clone)]
struct Zone {
    facts: Facts0,
    policy: std::rc::Rc<Policy>,
    now: Moment,
    revision: u64,
    cop: String,
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn who(text: &str) -> Pseudonyms {
    let mut tag = [0u8; 16];
    for (i, b) in text.bytes().enumerate() {
        tag[i % 16] = tag[i % 16].rotate_left(3).wrapping_add(b);
    }
    Pseudonyms(vec![Pseudonym { year: 2026, tag }])
}

/// A step of a certification by an invented body.
fn certified(fact: Certifiable, grade: Grade, from: &str, until: Option<&str>) -> Certified {
    let (by, method, from) = ("BODY".into(), Method::Papers, day(from));
    Certified { fact, grade, by, method, from, until: until.map(day), proof: [5; 32], ..Certified::default() }
}

fn submitted(document: &Document) -> Submitted {
    let mut content = [0; 16];
    let mut bare = document.clone();
    (bare.head_mut().guid, bare.head_mut().sent_at) = Default::default();
    for (i, b) in bare.pack().iter().enumerate() {
        content[i % 16] = u8::wrapping_mul(content[i % 16], 31).wrapping_add(*b);
    }
    Submitted { document: document.pack().into(), content, ..Submitted::default() }
}

/// The sample as it was before it had any row of parameters that speaks of this.
fn sample_before(of: &str) -> Policy {
    let files = crate::policy::SAMPLE.iter().map(|(name, text)| {
        let rows = text.split("[[row]]").filter(|row| *name != "parameters.toml" || !row.contains(of));
        (*name, rows.collect::<Vec<_>>().join("[[row]]"))
    });
    Policy::load(&files.collect::<Vec<_>>()).unwrap()
}

impl Zone {
    fn new(now: &str) -> Zone {
        let mut zone = Zone {
            facts: Facts0::default(),
            policy: Policy::sample().into(),
            now: Moment::parse(now).unwrap(),
            revision: 0,
            cop: String::new(),
        };
        let party = |code: &str, kinds: &[RoleKind]| Party {
            code: code.into(),
            domestic: code != "SELLER",
            roles: kinds
                .iter()
                .map(|k| Role {
                    kind: *k,
                    from: day("2016-01-01"),
                    until: None,
                    licence_until: Some(day("2030-12-31")),
                })
                .collect(),
            agents: vec![Entrusted { code: "AGENT".into(), from: day("2016-01-01"), ..Entrusted::default() }],
            connected_from: Some(day("2019-01-01")),
            ..Party::default()
        };
        use RoleKind::*;
        zone.register(
            RegisterKind::Parties,
            &[
                party("PLATFORM", &[Platform]),
                party("SELLER", &[Seller]),
                party("PAYER", &[Payment]),
                party("CARRIER", &[Express]),
                party("POST", &[Postal]),
                party("AGENT", &[Declarant]),
                party("OTHER", &[Declarant]),
                party("AREA", &[AreaOperator]),
            ],
        );
        zone.register(
            RegisterKind::Guarantees,
            &[GuaranteeRow {
                code: "PLATFORM".into(),
                district: "64".into(),
                limit: Fen::yuan(10_000),
                from: day("2016-01-01"),
                ..GuaranteeRow::default()
            }],
        );
        zone.register(
            RegisterKind::Manifests,
            &[ManifestRow {
                bill_no: "BILL1".into(),
                voyage_no: "XX1".into(),
                traf_no: "B-1".into(),
                pieces: 3,
                ..ManifestRow::default()
            }],
        );
        zone.register(
            RegisterKind::OpeningStock,
            &[StockRow {
                ems_no: "T6402W000001".into(),
                item_record_no: "1".into(),
                area_code: "AREA".into(),
                hs10: "1901101090".into(),
                unit: "122".into(),
                qty: Quantity::whole(10),
                ..StockRow::default()
            }],
        );
        zone
    }

    /// Parties are certified for everything, unless a test takes that away.
    fn register<R: Pack>(&mut self, kind: RegisterKind, rows: &[R]) {
        let rows: Vec<Blob> = rows.iter().map(|r| Blob::from(r.pack())).collect();
        self.run(Command::Register(Register { kind, rows: rows.clone(), ..Register::default() }));
        if kind != RegisterKind::Parties {
            return;
        }
        let parties = rows.iter().map(|row| Party::unpack(row).unwrap().code);
        let all = parties.flat_map(|party| {
            let of = |fact| certified(fact, Grade::Inspected, "2016-01-01", None);
            Certifiable::ALL.iter().map(move |fact| Certification { party: party.clone(), of: of(*fact) })
        });
        let all = all.map(|row| Blob::from(row.pack())).collect();
        let kind = RegisterKind::Certifications;
        self.run(Command::Register(Register { kind, rows: all, ..Register::default() }));
    }

    fn run(&mut self, command: Command) -> Entry {
        self.revision += 1;
        let setting = Setting {
            at: self.now,
            revision: self.revision,
            window: 1,
            policy: &self.policy,
            policy_revision: 1,
            is_mute: false,
        };
        let entry = decide(command, &[], setting, &mut self.facts);
        assert_eq!(Entry::unpack(&entry.pack()), Ok(entry.clone()), "an entry is read back as it was written");
        entry
    }

    fn send(&mut self, document: Document) -> Outcome {
        self.send_together(&[document]).remove(0)
    }

    /// Several documents of one kind in one message.
    fn send_together(&mut self, documents: &[Document]) -> Vec<Outcome> {
        let message = self.message(documents);
        self.run(message).outcomes
    }

    /// The command of a message with these documents, signed by whom it takes.
    fn message(&mut self, documents: &[Document]) -> Command {
        let document = &documents[0];
        let sealed = Seal { certificate: [9; 32], serial: "1".into(), algorithm: "".into() };
        let cop = match document {
            _ if !self.cop.is_empty() => self.cop.as_str(),
            Document::Order(_) => "PLATFORM",
            Document::Payment(_) => "PAYER",
            Document::Waybill(_) | Document::WaybillStatus(_) => "CARRIER",
            Document::Delivery(_) => "AREA",
            _ => "AGENT",
        };
        let cop = cop.to_owned();
        if document.kind().must_be_signed() {
            let row = CertificateRow {
                fingerprint: [9; 32],
                code: cop.clone().into(),
                from: day("2016-01-01"),
                ..CertificateRow::default()
            };
            self.facts.map.entry(Key::Certificate([9; 32]).bytes()).or_insert(row.pack());
        }
        Command::Message(Message {
            cop_code: cop.into(),
            kind: document.kind(),
            seal: document.kind().must_be_signed().then_some(sealed),
            documents: documents.iter().map(submitted).collect(),
            ..Message::default()
        })
    }

    fn clear(&mut self, parcel: &Parcel) -> Outcome {
        self.send(Document::Order(parcel.order.clone()));
        self.send(Document::Payment(parcel.payment.clone()));
        self.send(Document::Waybill(parcel.waybill.clone()));
        self.send(Document::List(parcel.list.clone()))
    }

    fn case(&self, parcel: &Parcel) -> Case {
        crate::key::read(&self.facts, &Key::Case(parcel.key())).unwrap()
    }

    fn used(&self, parcel: &Parcel) -> i64 {
        let case = self.case(parcel);
        let key = case.allowance.unwrap();
        crate::key::read::<Counter>(&self.facts, &Key::Allowance(key)).unwrap_or_default().used
    }

    fn guarantee(&self) -> Guarantee {
        crate::key::read(&self.facts, &Key::Guarantee(Pair { code: "PLATFORM".into(), number: "64".into() })).unwrap()
    }

    fn stock(&self) -> Stock {
        crate::key::read(&self.facts, &Key::Stock(Pair { code: "T6402W000001".into(), number: "1".into() })).unwrap()
    }

    /// Lets everything happen that is due by `now`.
    fn until(&mut self, now: &str) {
        let now = Moment::parse(now).unwrap();
        while let Some((at, kind, key)) = self.facts.dues.first().filter(|d| d.0 <= now).cloned() {
            self.now = at.max(self.now);
            let kind = DueKind::from_number(kind as u16).unwrap();
            self.run(Command::Due(DueNow { kind, key: Blob::from(key), at }));
        }
        self.now = now;
    }

    fn act(&mut self, kind: ActKind, case: CaseKey, number: &str, on: &str) -> Outcome {
        let on = (!on.is_empty()).then(|| day(on));
        self.run(Command::Act(Act { kind, case, number: number.into(), on, ..Act::default() })).outcomes.remove(0)
    }
}

/// A clean 9610 parcel: two tins of infant formula for 240.00, freight 10.00, tax 22.75 (9.1 %).
#[derive(Clone)]
struct Parcel {
    order: Order,
    payment: Payment,
    waybill: Waybill,
    list: List,
}

impl Parcel {
    fn new(n: u32) -> Parcel {
        let head = |guid: &str, at: &str| Head {
            guid: format!("{guid}{n}").into(),
            action: Action::New,
            sent_at: Moment::parse_compact(at).unwrap(),
            app_status: "2".into(),
        };
        let buyer = Person {
            id_type: "1".into(),
            id: who("id"),
            id_check: IdCheck::Valid,
            name: who("name"),
            telephone: who("tel"),
        };
        let consignee = Consignee { name: who("name"), telephone: who("tel"), address: who("address") };
        let order = Order {
            head: head("o", "20260301101500"),
            order_type: "I".into(),
            number: format!("EB{n}").into(),
            ebp_code: "PLATFORM".into(),
            ebc_code: "SELLER".into(),
            goods_value: Fen(24_000),
            freight: Fen(1_000),
            tax_total: Fen(2_275),
            paid: Fen(27_275),
            currency: "142".into(),
            buyer: buyer.clone(),
            consignee: consignee.clone(),
            lines: vec![OrderLine {
                gnum: 1,
                item_name: "奶粉".into(),
                unit: "122".into(),
                qty: Quantity::whole(2),
                price: Price(12_000_000),
                total: Fen(24_000),
                currency: "142".into(),
                country: "609".into(),
                ..OrderLine::default()
            }],
            ..Order::default()
        };
        let payment = Payment {
            head: head("p", "20260301101600"),
            pay_code: "PAYER".into(),
            transaction: format!("PT{n}").into(),
            order_no: order.number.clone(),
            ebp_code: "PLATFORM".into(),
            payer: buyer.clone(),
            amount: Fen(27_275),
            currency: "142".into(),
            paid_at: Moment::parse_compact("20260301101530").unwrap(),
            ..Payment::default()
        };
        let waybill = Waybill {
            head: head("w", "20260301120000"),
            logistics_code: "CARRIER".into(),
            number: format!("LG{n}").into(),
            order_no: order.number.clone(),
            currency: "142".into(),
            weight: Quantity::parse("2").unwrap(),
            pack_no: 1,
            consignee,
            ..Waybill::default()
        };
        let list = List {
            head: head("l", "20260301130000"),
            order_no: order.number.clone(),
            ebp_code: "PLATFORM".into(),
            ebc_code: "SELLER".into(),
            logistics_no: waybill.number.clone(),
            logistics_code: "CARRIER".into(),
            cop_no: format!("COP{n}").into(),
            assure_code: "PLATFORM".into(),
            ie_flag: "I".into(),
            declared_on: day("2026-03-01"),
            customs_code: "6402".into(),
            port_code: "6402".into(),
            buyer,
            address: who("address"),
            agent_code: "AGENT".into(),
            trade_mode: "9610".into(),
            traf_mode: "5".into(),
            traf_no: "B-1".into(),
            voyage_no: "XX1".into(),
            bill_no: "BILL1".into(),
            country: "609".into(),
            freight: Fen(1_000),
            currency: "142".into(),
            pack_no: 1,
            gross_weight: Quantity::parse("2").unwrap(),
            net_weight: Quantity::parse("1.6").unwrap(),
            lines: vec![ListLine {
                gnum: 1,
                item_name: "奶粉".into(),
                gcode: "1901101090".into(),
                country: "609".into(),
                currency: "142".into(),
                qty: Quantity::whole(2),
                unit: "122".into(),
                qty1: Quantity::parse("1.6").unwrap(),
                unit1: "035".into(),
                price: Price(12_000_000),
                total: Fen(24_000),
                ..ListLine::default()
            }],
            ..List::default()
        };
        Parcel { order, payment, waybill, list }
    }

    fn bonded(mut self) -> Parcel {
        let list = &mut self.list;
        (list.trade_mode, list.country) = ("1210".into(), "142".into());
        (list.traf_no, list.voyage_no, list.bill_no) = Default::default();
        (list.ems_no, list.area_code, list.area_name) = ("T6402W000001".into(), "AREA".into(), "area".into());
        list.lines[0].item_record_no = "1".into();
        self
    }

    /// `n` tins at `price` yuan, no freight, paid with the tax that is due.
    fn priced(mut self, n: i64, price: i64) -> Parcel {
        let goods = Fen::yuan(n * price);
        let tax = Fen((goods.0 * 91 + 500) / 1_000);
        let (mine, theirs) = (&mut self.order.lines[0], &mut self.list.lines[0]);
        for (qty, each, total) in
            [(&mut mine.qty, &mut mine.price, &mut mine.total), (&mut theirs.qty, &mut theirs.price, &mut theirs.total)]
        {
            (*qty, *each, *total) = (Quantity::whole(n), Price(price * 100_000), goods);
        }
        let order = &mut self.order;
        (order.goods_value, order.freight, order.tax_total, order.paid) = (goods, Fen(0), tax, goods.plus(tax));
        self.payment.amount = self.order.paid;
        self.list.freight = Fen(0);
        self
    }

    /// Ordered, paid, sent and declared at `now`.
    fn at(mut self, now: Moment) -> Parcel {
        for head in [&mut self.order.head, &mut self.payment.head, &mut self.waybill.head, &mut self.list.head] {
            head.sent_at = now;
        }
        self.payment.paid_at = now;
        self.list.declared_on = now.day();
        self
    }

    fn bought_by(mut self, id: &str) -> Parcel {
        for person in [&mut self.list.buyer, &mut self.order.buyer, &mut self.payment.payer] {
            person.id = who(id);
        }
        self
    }

    /// Other goods for the same money, taxed at 9.1 % if they bear VAT of 13 % and nothing else.
    fn goods(mut self, gcode: &str, kilograms: &str) -> Parcel {
        let line = &mut self.list.lines[0];
        (line.gcode, line.qty1) = (gcode.into(), Quantity::parse(kilograms).unwrap());
        self.list.net_weight = line.qty1;
        self.list.gross_weight = self.list.net_weight.plus(Quantity::whole(1));
        self.waybill.weight = self.list.gross_weight;
        self
    }

    fn key(&self) -> CaseKey {
        CaseKey { ebc: self.list.ebc_code.clone(), order_no: self.order.number.clone() }
    }

    /// Order, payment, waybill, list.
    fn documents(&self) -> [Document; 4] {
        [
            Document::Order(self.order.clone()),
            Document::Payment(self.payment.clone()),
            Document::Waybill(self.waybill.clone()),
            Document::List(self.list.clone()),
        ]
    }
}

/// A guid of its own, so that a document is not the same message again.
fn again(document: Document, guid: &str, action: Action) -> Document {
    let mut document = document;
    (document.head_mut().guid, document.head_mut().action) = (guid.into(), action);
    document
}

fn manifest(bill: &str, voyage: &str, pieces: u32) -> ManifestRow {
    ManifestRow {
        bill_no: bill.into(),
        voyage_no: voyage.into(),
        traf_no: "B-1".into(),
        pieces,
        ..ManifestRow::default()
    }
}

fn cancel(parcel: &Parcel, invt_no: &str, n: &str) -> Document {
    Document::Cancel(Cancel {
        head: Head { guid: n.into(), action: Action::New, app_status: "2".into(), ..Head::default() },
        order_no: parcel.order.number.clone(),
        ebc_code: "SELLER".into(),
        invt_no: invt_no.into(),
        agent_code: "AGENT".into(),
        cop_no: n.into(),
        ..Cancel::default()
    })
}

fn codes(outcome: &Outcome) -> Vec<&'static str> {
    outcome.findings.iter().map(|f| f.code.name()).collect()
}

#[test]
fn a_clean_parcel_is_released_and_taxed() {
    for parcel in [Parcel::new(1), Parcel::new(2).bonded()] {
        let mut zone = Zone::new("2026-03-01T14:00");
        let outcome = zone.clear(&parcel);
        assert_eq!((outcome.verdict, codes(&outcome)), (Verdict::Released, vec![]));
        let tax = zone.case(&parcel).tax.unwrap();
        assert_eq!((tax.taxable, tax.total()), (Fen(25_000), Fen(2_275)));
        let statuses: Vec<_> = outcome.receipts.iter().map(|r| (r.shown.kind.number(), r.shown.status)).collect();
        assert_eq!(
            statuses,
            [(622, 2), (312, 120), (412, 120), (512, 120), (622, 120), (622, 399), (622, 800), (816, 1)]
        );
        assert_eq!((zone.guarantee().reserved, zone.guarantee().due), (Fen(0), Fen(2_275)));
    }
}

/// One change of a clean parcel, the verdict, and a reason that has to be among those given.
#[test]
fn every_check_at_declaration_and_matching_refuses_what_it_must() {
    type Change = fn(&mut Parcel);
    let direct: &[(&str, Change, &str)] = &[
        ("R01 platform unknown", |p| p.list.ebp_code = "NOBODY".into(), "PARTY_UNKNOWN"),
        ("R01 carrier is no platform", |p| p.list.ebp_code = "CARRIER".into(), "PARTY_ROLE"),
        ("R02 general trade", |p| p.list.trade_mode = "0110".into(), "TRADE_MODE"),
        ("R02 office does not do it", |p| p.list.customs_code = "6400".into(), "OFFICE_MODE"),
        ("R03 no bill number", |p| p.list.bill_no = "".into(), "TRANSPORT_MISSING"),
        ("R03 account book given", |p| p.list.ems_no = "T1".into(), "BONDED_FIELD_GIVEN"),
        ("R06 another declarant", |p| p.list.agent_code = "OTHER".into(), "AGENT_NOT_ENTRUSTED"),
        ("R07 payer cannot guarantee", |p| p.list.assure_code = "PAYER".into(), "ASSURE_CODE"),
        ("R07 declarant without a guarantee", |p| p.list.assure_code = "AGENT".into(), "GUARANTEE_MISSING"),
        ("R08 no carrier", |p| p.list.logistics_code = "PAYER".into(), "LOGISTICS_LICENCE"),
        ("R09 dollars", |p| p.list.currency = "502".into(), "CURRENCY_NOT_CNY"),
        ("R09 M14 two parcels", |p| p.list.pack_no = 2, "PACK_NO"),
        ("R10 passport", |p| p.list.buyer.id_type = "2".into(), "ID_TYPE"),
        ("R10 wrong check digit", |p| p.list.buyer.id_check = IdCheck::Invalid, "ID_NUMBER"),
        ("R11 no such code", |p| p.list.lines[0].gcode = "9999999999".into(), "HS_NOT_IN_TARIFF"),
        ("R11 cigarettes", |p| p.list.lines[0].gcode = "2402200000".into(), "NOT_ON_POSITIVE_LIST"),
        ("R12 pieces for kilograms", |p| p.list.lines[0].unit1 = "011".into(), "STATUTORY_UNIT"),
        ("R12 no statutory quantity", |p| p.list.lines[0].qty1 = Quantity(0), "STATUTORY_QUANTITY"),
        ("R12 a second quantity", |p| p.list.lines[0].qty2 = Some(Quantity(1)), "STATUTORY_QUANTITY"),
        ("R13 a fen too much", |p| p.list.lines[0].total = Fen(24_001), "LINE_TOTAL"),
        ("R13 a gift for nothing", |p| p.list.lines[0].price = Price(0), "VALUE_NOT_POSITIVE"),
        ("R14 net above gross", |p| p.list.gross_weight = Quantity::parse("1.5").unwrap(), "WEIGHT"),
        ("R14 lines 1.2 % too light", |p| p.list.net_weight = Quantity::parse("1.62").unwrap(), "NET_WEIGHT_QUANTITY"),
        ("R20 two days ago", |p| p.list.declared_on = day("2026-02-27"), "DECLARED_DAY"),
        ("lines numbered from 2", |p| p.list.lines[0].gnum = 2, "DUPLICATE_LINE"),
        ("an export flag", |p| p.list.ie_flag = "E".into(), "IMPORT_FLAG"),
        ("M4 a fen less was paid", |p| p.payment.amount = Fen(27_274), "PAYMENT_AMOUNT"),
        ("M5 paid in dollars", |p| p.payment.currency = "502".into(), "PAYMENT_CURRENCY"),
        ("M6 another buyer's name", |p| p.list.buyer.name = who("b"), "BUYER_DIFFERS"),
        ("M6 another buyer's identity", |p| p.list.buyer.id = who("b"), "BUYER_DIFFERS"),
        ("M7 somebody else paid", |p| p.payment.payer.id = who("b"), "PAYER_NOT_BUYER"),
        ("M8 another consignee", |p| p.waybill.consignee.name = who("b"), "CONSIGNEE_DIFFERS"),
        ("M8 another telephone", |p| p.waybill.consignee.telephone = who("b"), "CONSIGNEE_DIFFERS"),
        ("M9 another address", |p| p.list.address = who("b"), "ADDRESS_DIFFERS"),
        ("M10 another name of goods", |p| p.list.lines[0].item_name = "茶".into(), "LINES_DIFFER"),
        ("M10 another unit", |p| p.list.lines[0].unit = "140".into(), "LINES_DIFFER"),
        (
            "M11 lines and goods value",
            |p| {
                p.list.lines[0].total = Fen(12_000);
                p.list.lines[0].qty = Quantity::whole(1)
            },
            "GOODS_VALUE_DIFFERS",
        ),
        ("M12 other freight", |p| p.list.freight = Fen(900), "FREIGHT_DIFFERS"),
        (
            "M18 paid after the list",
            |p| p.payment.paid_at = Moment::parse_compact("20260301130001").unwrap(),
            "PAID_AFTER_LIST",
        ),
        (
            "tax collected for a yuan too little",
            |p| {
                p.order.tax_total = Fen(2_175);
                p.order.paid = Fen(27_175);
                p.payment.amount = Fen(27_175)
            },
            "TAX_DIFFERS",
        ),
    ];
    for (name, change, code) in direct {
        let mut parcel = Parcel::new(1);
        change(&mut parcel);
        refused(name, &parcel, code);
    }
    let bonded: &[(&str, Change, &str)] = &[
        ("R04 no area operator", |p| p.list.area_code = "".into(), "BONDED_FIELD_MISSING"),
        ("R04 no item number", |p| p.list.lines[0].item_record_no = "".into(), "BONDED_FIELD_MISSING"),
        ("R04 dispatched from abroad", |p| p.list.country = "609".into(), "BONDED_COUNTRY"),
        ("R04 a voyage", |p| p.list.voyage_no = "XX1".into(), "TRANSPORT_GIVEN"),
        ("R16 no such item", |p| p.list.lines[0].item_record_no = "9".into(), "ITEM_NOT_IN_BOOK"),
        ("R16 another code than the book's", |p| p.list.lines[0].gcode = "1905310000".into(), "ITEM_DIFFERS"),
        (
            "R08 the post may not carry bonded goods",
            |p| {
                p.list.logistics_code = "POST".into();
                p.waybill.logistics_code = "POST".into()
            },
            "LOGISTICS_LICENCE",
        ),
    ];
    for (name, change, code) in bonded {
        let mut parcel = Parcel::new(1).bonded();
        change(&mut parcel);
        refused(name, &parcel, code);
    }
}

fn refused(name: &str, parcel: &Parcel, code: &str) {
    let mut zone = Zone::new("2026-03-01T14:00");
    let before = (zone.guarantee(), zone.stock());
    let outcome = zone.clear(parcel);
    assert_eq!(outcome.verdict, Verdict::Refused, "{name}: {:?}", codes(&outcome));
    assert!(codes(&outcome).contains(&code), "{name}: {code} is not among {:?}", codes(&outcome));
    assert_eq!((zone.guarantee(), zone.stock()), before, "{name}: a refusal books nothing");
    let receipt = outcome.receipts.last().unwrap();
    assert!(receipt.shown.status == 100 || receipt.shown.status < 0, "{name}");
    assert!(
        outcome.findings.iter().all(|f| !f.text(crate::finding::Language::Zh).contains('?')),
        "{name}: {:?}",
        outcome.findings
    );
}

#[test]
fn limits_on_both_sides_of_their_borders() {
    // day         year so far  pieces  price  => verdict and reason
    let table = "
        2026-03-01        0.00       1   5000  => released
        2026-03-01        0.00       2   2500  => released
        2026-03-01        0.00       2   2501  => OVER_SINGLE_LIMIT
        2026-03-01        0.00       1   5001  => released
        2026-03-01        0.00       1  25999  => released
        2026-03-01        0.00       1  26000  => GENERAL_TRADE_REQUIRED
        2026-03-01    21000.00       1   5000  => released
        2026-03-01    21000.01       1   5000  => OVER_ANNUAL_LIMIT
        2026-03-01    20999.00       1   5001  => released
        2026-03-01    21000.00       1   5001  => OVER_ANNUAL_LIMIT
        2018-12-31        0.00       2   2501  => released
        2018-12-31    19000.00       2   2000  => released
        2016-04-07        0.00       1    100  => HS_NOT_IN_TARIFF
    ";
    for row in table.lines().map(str::trim).filter(|r| !r.is_empty()) {
        let (given, expected) = row.split_once("=>").unwrap();
        let given: Vec<&str> = given.split_whitespace().collect();
        let mut zone = Zone::new(&format!("{}T14:00", given[0]));
        let mut parcel = Parcel::new(1).priced(given[2].parse().unwrap(), given[3].parse().unwrap());
        let on = day(given[0]);
        parcel.list.declared_on = on;
        for head in [&mut parcel.order.head, &mut parcel.payment.head, &mut parcel.waybill.head, &mut parcel.list.head]
        {
            head.sent_at = zone.now;
        }
        parcel.payment.paid_at = zone.now;
        let mut guarantee = zone.guarantee();
        guarantee.row.limit = Fen::yuan(1_000_000);
        let key = Key::Guarantee(Pair { code: "PLATFORM".into(), number: "64".into() });
        zone.facts.map.insert(key.bytes(), guarantee.pack());
        let person = parcel.list.buyer.id.of_year(on.year()).unwrap();
        let counter = Key::Allowance(crate::key::PersonYear { person, year: on.year() as u32, hs8: "".into() });
        let used = Fen::from_yuan_text(given[1]).unwrap().0;
        zone.facts.map.insert(counter.bytes(), Counter { used }.pack());
        // What is collected has to be right: taxed in full the rates are others, so ask first what is due.
        let mut ignored = Vec::new();
        if let Some(assessed) = crate::verify::assess(&parcel.list, Fen(used), &zone.policy, &mut ignored) {
            parcel.order.tax_total = assessed.tax.total();
            parcel.order.paid = parcel.order.goods_value.plus(parcel.order.tax_total);
            parcel.payment.amount = parcel.order.paid;
        }
        let outcome = zone.clear(&parcel);
        match expected.trim() {
            "released" => assert_eq!((outcome.verdict, codes(&outcome)), (Verdict::Released, vec![]), "{row}"),
            code => assert!(codes(&outcome).contains(&code), "{row}: {:?}", codes(&outcome)),
        }
    }
}

#[test]
fn a_manifest_an_allowance_a_guarantee_and_a_stock_are_never_overdrawn() {
    // The manifest holds three parcels.
    let mut zone = Zone::new("2026-03-01T14:00");
    for n in 1..=3 {
        assert_eq!(zone.clear(&Parcel::new(n)).verdict, Verdict::Released);
    }
    assert_eq!(codes(&zone.clear(&Parcel::new(4))), ["MANIFEST_EXHAUSTED"]);
    // The book holds ten tins.
    let mut zone = Zone::new("2026-03-01T14:00");
    for n in 1..=5 {
        assert_eq!(zone.clear(&Parcel::new(n).bonded()).verdict, Verdict::Released);
    }
    assert_eq!(codes(&zone.clear(&Parcel::new(6).bonded())), ["STOCK_SHORT"]);
    assert_eq!((zone.stock().on_hand, zone.stock().sold), (Quantity(0), Quantity::whole(10)));
    // The guarantee holds 10,000 yuan; each of these owes 455.
    let mut zone = Zone::new("2026-03-01T14:00");
    let mut refused = 0;
    for n in 1..=30 {
        let mut parcel = Parcel::new(n).bonded().priced(1, 5_000);
        parcel.list.buyer.id = who(&format!("id{n}"));
        parcel.order.buyer.id = parcel.list.buyer.id.clone();
        parcel.payment.payer.id = parcel.list.buyer.id.clone();
        let outcome = zone.clear(&parcel);
        if outcome.verdict == Verdict::Refused {
            refused += 1;
        }
        assert!(zone.guarantee().free() >= Fen::ZERO);
    }
    assert!(refused >= 8, "{refused}");
}

#[test]
fn a_waybill_serves_one_list_and_a_second_payment_refuses() {
    let mut zone = Zone::new("2026-03-01T14:00");
    let first = Parcel::new(1);
    zone.clear(&first);
    let mut second = Parcel::new(2);
    second.list.logistics_no = first.waybill.number.clone();
    let outcome = zone.clear(&second);
    assert!(codes(&outcome).contains(&"WAYBILL_USED"), "{:?}", codes(&outcome));
    let third = Parcel::new(3);
    let mut twice = third.payment.clone();
    twice.transaction = "PT33".into();
    zone.send(Document::Payment(twice));
    assert!(codes(&zone.clear(&third)).contains(&"PAYMENT_NOT_ONE"));
    // The same number for another parcel: within six months refused, after them a new waybill.
    let mut reused = Parcel::new(4).waybill;
    reused.number = first.waybill.number.clone();
    assert_eq!(codes(&zone.send(Document::Waybill(reused.clone()))), ["WAYBILL_REUSED", "DUPLICATE_KEY"]);
    zone.now = Moment::parse("2026-09-01T00:00").unwrap();
    assert_eq!(zone.send(Document::Waybill(reused)).verdict, Verdict::Accepted);
}

#[test]
fn changes_deletions_repeats_and_replacement() {
    let mut zone = Zone::new("2026-03-01T14:00");
    let parcel = Parcel::new(1);
    let order = |action, change: fn(&mut Order)| {
        let mut order = parcel.order.clone();
        order.head.action = action;
        order.head.guid = "again".into();
        change(&mut order);
        Document::Order(order)
    };
    assert_eq!(codes(&zone.send(order(Action::Change, |_| {}))), ["NOTHING_TO_CHANGE"]);
    assert_eq!(zone.send(Document::Order(parcel.order.clone())).verdict, Verdict::Accepted);
    assert_eq!(zone.send(order(Action::New, |_| {})).verdict, Verdict::Repeated);
    assert_eq!(codes(&zone.send(order(Action::New, |o| o.batch_numbers = "7".into()))), ["DUPLICATE_KEY"]);
    assert_eq!(zone.send(order(Action::Change, |o| o.batch_numbers = "7".into())).verdict, Verdict::Accepted);
    assert_eq!(zone.send(order(Action::Delete, |o| o.batch_numbers = "8".into())).verdict, Verdict::Accepted);
    let mut again = parcel.clone();
    again.order.batch_numbers = "9".into();
    assert_eq!(zone.clear(&again).verdict, Verdict::Released, "a deleted order may be sent anew");
    let change = zone.send(order(Action::Change, |o| o.batch_numbers = "10".into()));
    assert_eq!((codes(&change), change.receipts[0].shown.status), (vec!["ORDER_REFERRED"], -301011));
    // The list: the same again is a repetition, another content is refused while it lives.
    let mut list = again.list.clone();
    list.head.guid = "other".into();
    assert_eq!(zone.send(Document::List(list.clone())).verdict, Verdict::Repeated);
    list.gross_weight = Quantity::parse("2.01").unwrap();
    assert_eq!(codes(&zone.send(Document::List(list))), ["DUPLICATE_KEY"]);
    // A refused list may be sent again, mended.
    let mut bad = Parcel::new(2);
    bad.list.currency = "502".into();
    assert_eq!(zone.clear(&bad).verdict, Verdict::Refused);
    assert_eq!(
        zone.send(Document::List(bad.list.clone())).verdict,
        Verdict::Repeated,
        "the very same is answered alike"
    );
    assert_eq!(zone.send(Document::List(Parcel::new(2).list)).verdict, Verdict::Released);
}

#[test]
fn documents_may_come_in_any_order_and_a_list_waits_for_them_a_day() {
    let orders = [[0, 1, 2, 3], [3, 2, 1, 0], [3, 0, 1, 2], [1, 3, 2, 0], [2, 3, 0, 1], [0, 3, 2, 1]];
    for arrival in orders {
        let mut zone = Zone::new("2026-03-01T14:00");
        let parcel = Parcel::new(1);
        let documents = [
            Document::Order(parcel.order.clone()),
            Document::Payment(parcel.payment.clone()),
            Document::Waybill(parcel.waybill.clone()),
            Document::List(parcel.list.clone()),
        ];
        for n in arrival {
            zone.send(documents[n].clone());
        }
        assert_eq!(zone.case(&parcel).status, 800, "{arrival:?}");
        assert_eq!(zone.facts.dues.iter().filter(|d| d.1 == 1).count(), 0, "nobody waits any more");
    }
    let mut zone = Zone::new("2026-03-01T14:00");
    let mut parcel = Parcel::new(1);
    parcel.list.bill_no = "BILL2".into();
    zone.clear(&parcel);
    assert_eq!(zone.case(&parcel).status, 2, "the manifest is missing");
    zone.register(
        RegisterKind::Manifests,
        &[ManifestRow {
            bill_no: "BILL2".into(),
            voyage_no: "XX1".into(),
            traf_no: "B-1".into(),
            pieces: 1,
            ..ManifestRow::default()
        }],
    );
    assert_eq!(zone.case(&parcel).status, 800, "the manifest woke it");
    let mut late = Parcel::new(2);
    late.list.bill_no = "BILL3".into();
    zone.clear(&late);
    zone.until("2026-03-02T14:00");
    assert_eq!(zone.case(&late).status, 100);
}

#[test]
fn a_cancelled_list_gives_everything_back() {
    let mut zone = Zone::new("2026-03-01T14:00");
    let parcel = Parcel::new(1);
    zone.send(Document::List(parcel.list.clone()));
    let invt_no = zone.case(&parcel).invt_no;
    let cancel = |invt: &str, n: &str| {
        Document::Cancel(Cancel {
            head: Head { guid: n.into(), action: Action::New, app_status: "2".into(), ..Head::default() },
            order_no: parcel.order.number.clone(),
            ebc_code: "SELLER".into(),
            invt_no: invt.into(),
            agent_code: "AGENT".into(),
            cop_no: n.into(),
            ..Cancel::default()
        })
    };
    assert_eq!(codes(&zone.send(cancel("640220269999999999", "c1"))), ["LIST_NOT_FOUND"]);
    let outcome = zone.send(cancel(&invt_no, "c2"));
    assert_eq!((outcome.verdict, zone.case(&parcel).status), (Verdict::Done, 9_623));
    assert_eq!(zone.facts.dues.len(), 0);
    // A released list is not cancelled any more.
    let mut zone = Zone::new("2026-03-01T14:00");
    zone.clear(&parcel);
    let invt_no = zone.case(&parcel).invt_no;
    let outcome = zone.send(cancel(&invt_no, "c3"));
    assert_eq!((codes(&outcome), outcome.receipts[0].shown.status), (vec!["LIST_STATE"], -623005));
}

fn refund(parcel: &Parcel, invt_no: &str, qty: i64, n: &str) -> Document {
    Document::Refund(Refund {
        head: Head { guid: n.into(), action: Action::New, app_status: "2".into(), ..Head::default() },
        order_no: parcel.order.number.clone(),
        ebc_code: "SELLER".into(),
        invt_no: invt_no.into(),
        agent_code: "AGENT".into(),
        cop_no: n.into(),
        lines: vec![RefundLine {
            gnum: 1,
            gcode: "1901101090".into(),
            qty: Quantity::whole(qty),
            unit: "122".into(),
            ..RefundLine::default()
        }],
        ..Refund::default()
    })
}

#[test]
fn a_return_restores_exactly_and_in_time_only() {
    let mut zone = Zone::new("2026-03-01T14:00");
    let parcel = Parcel::new(1).bonded();
    zone.clear(&parcel);
    let invt_no = zone.case(&parcel).invt_no;
    assert_eq!((zone.used(&parcel), zone.guarantee().due), (25_000, Fen(2_275)));
    // day 30 is in
    zone.until("2026-03-31T23:59");
    let first = zone.send(refund(&parcel, &invt_no, 1, "r1"));
    assert_eq!((first.verdict, codes(&first)), (Verdict::Accepted, vec![]));
    assert_eq!(zone.used(&parcel), 25_000, "an application books nothing");
    assert_eq!(codes(&zone.send(refund(&parcel, &invt_no, 2, "r2"))), ["RETURN_QUANTITY"], "one is pending");
    let second = zone.send(refund(&parcel, &invt_no, 1, "r3"));
    assert_eq!(second.verdict, Verdict::Accepted);
    let mut other = refund(&parcel, &invt_no, 1, "r4");
    if let Document::Refund(r) = &mut other {
        r.lines[0].gnum = 7
    }
    assert_eq!(codes(&zone.send(other)), ["LINE_NOT_FOUND"]);
    // day 31: one day late to apply; the bills are summed up
    zone.until("2026-04-01T00:00");
    assert_eq!(codes(&zone.send(refund(&parcel, &invt_no, 1, "r5"))), ["RETURN_APPLIED_LATE", "RETURN_QUANTITY"]);
    assert_eq!(zone.case(&parcel).bill.unwrap().state, 2);
    // day 45 is in
    let key = |n: &str| CaseKey { ebc: "AGENT".into(), order_no: n.into() };
    let done = zone.act(ActKind::Arrive, key("r1"), "r1", "2026-04-15");
    assert_eq!((done.verdict, codes(&done)), (Verdict::Done, vec![]));
    assert_eq!((zone.used(&parcel), zone.stock().on_hand), (12_500, Quantity::whole(9)));
    // day 46: the tax is levied after all
    zone.until("2026-04-16T00:00");
    let late = zone.act(ActKind::Arrive, key("r3"), "r3", "2026-04-16");
    assert_eq!(codes(&late), ["ACT_NOT_POSSIBLE"], "the due has closed it");
    assert_eq!(zone.used(&parcel), 12_500);
    let bill = zone.case(&parcel).bill.unwrap();
    assert_eq!(bill.total(), Fen(2_275 - 1_138), "half of 22.75, rounded once");
}

#[test]
fn a_full_return_in_time_voids_the_bill() {
    let mut zone = Zone::new("2026-03-01T14:00");
    let parcel = Parcel::new(1).bonded();
    zone.clear(&parcel);
    let invt_no = zone.case(&parcel).invt_no;
    zone.send(refund(&parcel, &invt_no, 2, "r1"));
    let done = zone.act(ActKind::Arrive, CaseKey { ebc: "AGENT".into(), order_no: "".into() }, "r1", "2026-03-20");
    assert_eq!(done.verdict, Verdict::Done);
    let case = zone.case(&parcel);
    assert_eq!((case.status, case.bill.unwrap().state), (899, 3));
    assert_eq!((zone.used(&parcel), zone.guarantee().due, zone.stock().on_hand), (0, Fen(0), Quantity::whole(10)));
}

#[test]
fn the_bills_of_a_day_are_summed_up_paid_or_overdue() {
    let mut zone = Zone::new("2026-03-01T14:00");
    for n in 1..=2 {
        zone.clear(&Parcel::new(n));
    }
    zone.until("2026-03-31T23:59:59");
    assert_eq!(zone.case(&Parcel::new(1)).bill.unwrap().state, 1, "day 30");
    zone.until("2026-04-01T00:00");
    let bill = zone.case(&Parcel::new(1)).bill.unwrap();
    for n in 1..=2 {
        assert_eq!(zone.case(&Parcel::new(n)).bill.unwrap().state, 2, "day 31, also where one entry does not hold all");
    }
    let payment = |z: &Zone| {
        crate::key::read::<crate::record::TaxPayment>(&z.facts, &Key::TaxPayment(bill.ent_duty_no.clone())).unwrap()
    };
    assert_eq!(
        (payment(&zone).amount, payment(&zone).bills, payment(&zone).due_on),
        (Fen(4_550), 2, day("2026-04-15"))
    );
    let mut unpaid = zone.clone();
    assert_eq!(zone.act(ActKind::Pay, CaseKey::default(), &bill.ent_duty_no, "2026-04-15").verdict, Verdict::Done);
    zone.until("2026-04-02T00:00");
    assert_eq!((zone.guarantee().due, payment(&zone).surcharge), (Fen(0), Fen(0)));
    assert!((1..=2).all(|n| zone.case(&Parcel::new(n)).bill.unwrap().paid), "one an entry");
    // Unpaid on day 46: the agent's new lists wait for it, and a late payment costs 0.05 % a day.
    unpaid.until("2026-04-16T00:00");
    let mut next = Parcel::new(3);
    next.list.declared_on = day("2026-04-16");
    assert!(codes(&unpaid.clear(&next)).contains(&"AGENT_OVERDUE"));
    unpaid.act(ActKind::Pay, CaseKey::default(), &bill.ent_duty_no, "2026-04-25");
    assert_eq!(payment(&unpaid).surcharge, Fen(23), "45.50 * 0.05 % * 10 days = 0.2275");
    next.list.head.guid = "again".into();
    assert_eq!(unpaid.send(Document::List(next.list)).verdict, Verdict::Released);
}

#[test]
fn rights_of_the_message_as_a_whole() {
    let mut zone = Zone::new("2026-03-01T14:00");
    zone.cop = "NOBODY".into();
    assert_eq!(codes(&zone.send(Document::Order(Parcel::new(1).order))), ["PARTY_UNKNOWN"]);
    zone.cop = "OTHER".into();
    zone.facts.map.insert(
        Key::Certificate([9; 32]).bytes(),
        CertificateRow {
            fingerprint: [9; 32],
            code: "AGENT".into(),
            from: day("2026-03-02"),
            until: Some(day("2026-12-31")),
            ..CertificateRow::default()
        }
        .pack(),
    );
    assert_eq!(codes(&zone.send(Document::List(Parcel::new(1).list))), ["CERTIFICATE_OTHER", "CERTIFICATE_EXPIRED"]);
    zone.facts.map.remove(&Key::Certificate([9; 32]).bytes());
    let unsigned = Message {
        cop_code: "AGENT".into(),
        kind: MessageKind::List,
        documents: vec![Submitted {
            document: Document::List(Parcel::new(1).list).pack().into(),
            ..Submitted::default()
        }],
        ..Message::default()
    };
    assert_eq!(codes(&zone.run(Command::Message(unsigned)).outcomes[0]), ["SIGNATURE_REQUIRED"]);
}

#[test]
fn a_risk_rule_stops_a_parcel_until_an_officer_has_acted() {
    let stopped = |origin: &str| {
        let mut zone = Zone::new("2026-03-01T14:00");
        let mut parcel = Parcel::new(1);
        parcel.list.lines[0].country = origin.into();
        let outcome = zone.clear(&parcel);
        (zone, parcel, outcome)
    };
    assert_eq!(stopped("609").2.verdict, Verdict::Released);
    let (mut zone, parcel, outcome) = stopped("701");
    assert_eq!((outcome.verdict, codes(&outcome), outcome.risk), (Verdict::Inspection, vec!["RISK_RULE"], 100));
    assert_eq!((zone.case(&parcel).status, zone.guarantee().reserved), (500, Fen(2_275)));
    assert_eq!(codes(&zone.act(ActKind::Review, parcel.key(), "", "")), ["ACT_NOT_POSSIBLE"]);
    let mut detained = zone.clone();
    let passed = zone.act(ActKind::InspectPassed, parcel.key(), "", "");
    assert_eq!((passed.verdict, zone.case(&parcel).status), (Verdict::Released, 800));
    detained.act(ActKind::Detain, parcel.key(), "A-1", "");
    assert_eq!(detained.case(&parcel).status, 599);
    detained.act(ActKind::SendBack, parcel.key(), "", "");
    assert_eq!((detained.case(&parcel).status, detained.guarantee().reserved), (700, Fen(0)));
    let by = Actor { id: "trader".into(), role: ActorRole::Enterprise };
    let act = Act { by, kind: ActKind::Release, case: parcel.key(), ..Act::default() };
    assert_eq!(codes(&zone.run(Command::Act(act)).outcomes[0]), ["ACTOR_ROLE"]);
}
