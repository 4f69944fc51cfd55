//! Scenarios of export that a customs lawyer can read, one file each under `tests/scenarios/export`: what is given, what
//! is done, what follows. A file begins with its title in Chinese and English. Steps begin at the margin; what belongs to
//! one is indented.
//!
//! `Given it is DAY TIME` sets the clock; `When` sends a message with the fields that are named, over a clean ticket;
//! `Then` holds it against what followed. After every step the sums of summaries and stock are checked.
//!
//! `tests/scenarios/returns` tells in the same words what buyers send back ([`back`]), `tests/scenarios/transfers` how
//! parcels go from place to place ([`moved`]).

mod back;
mod heard;
mod histories;
mod moved;
mod summary;

use std::collections::BTreeMap;
use std::fmt::Write;

use super::*;
use crate::bonded;
use crate::finding::Code;
use crate::key::{AbroadPart, PlatformPart, SellerMonth};
use crate::money::Amount;
use crate::record::{
    AbroadItem, Declaration, DeclarationLine, Page, ParcelState, PlatformSeller, RefundState, Summary, TaxEntry,
    TaxMonth, TaxSum, TaxedLine, status,
};
use crate::register::Statement;

struct Play {
    zone: Zone,
    outcomes: Vec<Outcome>,
    /// What was sent last, for sending it again.
    last: Option<(Document, String)>,
    sent: u32,
    cases: BTreeMap<String, CaseKey>,
    /// Parcels that were bought, and the number that the window gave last.
    bought: BTreeMap<String, Parcel>,
    given: crate::pack::Text,
    /// Transfers by the name that they have in a scenario.
    transfers: BTreeMap<String, crate::pack::Text>,
    /// Receipts since the last `When`.
    receipts: Vec<crate::receipt::Receipt>,
}

type Fields<'a> = Vec<(&'a str, &'a str)>;

fn number(text: &str) -> Result<i64, String> {
    Amount::parse(text).map(|a| a.0).map_err(|e| format!("{text}: {e}"))
}

fn time(text: &str) -> Result<Moment, String> {
    let text = text.replace(' ', "T");
    Moment::parse(&text).ok_or_else(|| format!("{text} is no time"))
}

impl Play {
    fn new() -> Play {
        let mut zone = Zone::new("2026-03-02T09:00");
        let stock = [StockRow {
            ems_no: "T6402W000009".into(),
            item_record_no: "7".into(),
            area_code: "AREA".into(),
            hs10: "3926909090".into(),
            unit: "011".into(),
            qty: Quantity::whole(10),
            ..StockRow::default()
        }];
        zone.register(RegisterKind::OpeningStock, &stock);
        Play::over(zone)
    }

    fn over(zone: Zone) -> Play {
        Play {
            zone,
            outcomes: vec![],
            last: None,
            sent: 0,
            cases: BTreeMap::new(),
            bought: BTreeMap::new(),
            given: "".into(),
            transfers: BTreeMap::new(),
            receipts: vec![],
        }
    }

    fn head(&mut self) -> Head {
        self.sent += 1;
        Head {
            guid: format!("00000000-0000-4000-8000-{:012}", self.sent).into(),
            action: Action::New,
            sent_at: self.zone.now,
            app_status: "2".into(),
        }
    }

    fn step(&mut self, line: &str, details: &[&str]) -> Result<(), String> {
        let words = line.split_once(' ').map_or("", |(_, rest)| rest).trim();
        if let Some(at) = words.strip_prefix("it is ").filter(|_| line.starts_with("Given ")) {
            return self.until(time(at)?);
        }
        if let Some(item) = words.strip_prefix("a rebate is filed for ") {
            let row = GoodsRow {
                ebc: "SELLER".into(),
                item_no: item.into(),
                tags: vec!["rebate".into()],
                from: day("2019-01-01"),
                ..GoodsRow::default()
            };
            self.zone.register(RegisterKind::Goods, &[row]);
            return Ok(());
        }
        if let Some(place) = words.strip_prefix("the seller is registered in ") {
            let mut seller = (*self.zone.facts.party("SELLER").ok_or("no seller")?).clone();
            seller.place = if place == "no zone" { "".into() } else { place.into() };
            self.zone.register(RegisterKind::Parties, &[seller]);
            return Ok(());
        }
        if let Some(agent) = words.strip_prefix("the seller entrusts ") {
            let get = |name: &str| details.iter().find_map(|d| d.strip_prefix(name)?.strip_prefix(' '));
            let matters = get("for").into_iter().flat_map(|words| words.split_whitespace());
            let of = Entrusted {
                code: agent.into(),
                number: "W-1".into(),
                from: day(get("from").unwrap_or("2026-01-01")),
                until: Some(day(get("until").unwrap_or("2026-12-31"))),
                matters: matters.filter_map(Matter::from_name).collect(),
                limit: get("up-to").map(|yuan| Fen::from_yuan_text(yuan).unwrap()),
                ..Entrusted::default()
            };
            self.zone.register(RegisterKind::Mandates, &[Mandate { principal: "SELLER".into(), of }]);
            return Ok(());
        }
        if let Some(country) = words.strip_prefix("the seller has a warehouse in ") {
            let (country, number) = country.split_once(" called ").unwrap_or((country, "W"));
            let overseas = bonded::Overseas {
                head: self.filed("OVERSEAS"),
                number: number.into(),
                country: country.into(),
                from: day("2026-01-01"),
                until: Some(day("2026-12-31")),
                ..bonded::Overseas::default()
            };
            return self.file(bonded::Document::Overseas(overseas));
        }
        if let Some((what, item)) = words
            .split_once(' ')
            .filter(|(what, _)| line.starts_with("When ") && matches!(*what, "sold" | "lost" | "moved"))
        {
            let get = |name: &str| details.iter().find_map(|d| d.strip_prefix(name)?.strip_prefix(' '));
            let on = get("on").map_or(Ok(self.zone.now.day()), |d| Day::parse(d).ok_or("no day"))?;
            let qty = Quantity(number(get("qty").unwrap_or("1"))?);
            let abroad = bonded::Abroad {
                head: self.filed("ABROAD"),
                warehouse: get("from").unwrap_or("W").into(),
                what: bonded::Fate::from_name(what).ok_or("sold, lost or moved")?,
                proof: "SETTLED-1".into(),
                to: get("to").unwrap_or_default().into(),
                on,
                lines: vec![bonded::CountLine { item_no: item.into(), qty }],
            };
            return self.file(bonded::Document::Abroad(abroad));
        }
        if let Some(words) = words.strip_prefix("the platform charges ").filter(|_| line.starts_with("When ")) {
            let (whose, period) = words.split_once(" in ").ok_or("charges SELLER 12.00 in 2026Q1")?;
            let (seller, fee) = whose.split_once(' ').ok_or("charges SELLER 12.00 in 2026Q1")?;
            let (year, quarter) = period.split_once('Q').ok_or("a quarter like 2026Q1")?;
            let fee = bonded::Fee { seller: seller.into(), fee: Fen::from_yuan_text(fee).map_err(|_| "no amount")? };
            let (year, quarter) = (year.parse().map_err(|_| "no year")?, quarter.parse().map_err(|_| "no quarter")?);
            let head = bonded::Head { etps: "PLATFORM".into(), ..self.filed("FEES") };
            return self.file(bonded::Document::Fees(bonded::Fees { head, year, quarter, lines: vec![fee] }));
        }
        if words == "the same is sent again" {
            let (document, cop) = self.last.clone().ok_or("nothing was sent")?;
            return self.send(document, &cop);
        }
        if let Some((what, n)) = words.split_once(' ').filter(|(what, _)| {
            line.starts_with("When ")
                && matches!(
                    *what,
                    "order"
                        | "receipt"
                        | "waybill"
                        | "list"
                        | "cancel"
                        | "arrival"
                        | "bill"
                        | "departure"
                        | "summary"
                        | "return"
                        | "tally"
                        | "ticket"
                        | "exported"
                )
        }) {
            let mut fields = Vec::new();
            for detail in details {
                fields.push(detail.split_once(' ').ok_or_else(|| format!("{detail}: name and value"))?);
            }
            if what == "exported" {
                // All the way over the border.
                for step in ["order", "waybill", "list", "arrival", "bill", "departure"] {
                    self.document(step, n, &fields)?;
                }
                return Ok(());
            }
            if what == "ticket" {
                // Order, waybill and list of one parcel, in that order.
                self.document("order", n, &fields)?;
                self.document("waybill", n, &fields)?;
                return self.document("list", n, &fields);
            }
            return self.document(what, n, &fields);
        }
        if let Some(done) = self.heard(words, details).or_else(|| self.came_back(words, details)) {
            return done;
        }
        if let Some(done) = self.moved(words, details) {
            return done;
        }
        if let Some((act, n)) = words.strip_prefix("customs ").and_then(|w| w.split_once(' ')) {
            return self.act(act, n);
        }
        self.follows(words)
    }

    /// Time goes on; what falls due by then happens.
    fn until(&mut self, at: Moment) -> Result<(), String> {
        if self.sent == 0 {
            self.zone.now = at;
        }
        self.outcomes.clear();
        self.receipts.clear();
        while let Some(due) = self.zone.facts.dues.first().filter(|due| due.0 <= at).cloned() {
            self.zone.now = self.zone.now.max(due.0);
            let kind = DueKind::from_number(due.1 as u16).ok_or("a due of no kind")?;
            let entry = self.zone.run(Command::Due(DueNow { kind, key: due.2.into(), at: due.0 }));
            self.followed(entry);
        }
        self.zone.now = self.zone.now.max(at);
        Ok(())
    }

    fn followed(&mut self, entry: Entry) {
        self.receipts.extend(entry.outcomes.iter().flat_map(|o| o.receipts.clone()));
        self.outcomes = entry.outcomes;
    }

    fn send(&mut self, document: Document, cop: &str) -> Result<(), String> {
        self.receipts.clear();
        self.zone.cop = cop.into();
        // Each sender signs with a certificate of its own.
        self.zone.facts.map.remove(&Key::Certificate([9; 32]).bytes());
        self.outcomes = vec![self.zone.send(document.clone())];
        self.receipts = self.outcomes[0].receipts.clone();
        self.last = Some((document, cop.to_owned()));
        // A summary goes on by dues of the same instant, and not for ever.
        let mut left = 1_000;
        while let Some(due) = self.zone.facts.dues.first().filter(|due| due.0 <= self.zone.now).cloned() {
            let kind = DueKind::from_number(due.1 as u16).ok_or("a due of no kind")?;
            let entry = self.zone.run(Command::Due(DueNow { kind, key: due.2.into(), at: due.0 }));
            self.receipts.extend(entry.outcomes.iter().flat_map(|o| o.receipts.clone()));
            left -= 1;
            if left == 0 {
                return Err("what is due never ends".into());
            }
        }
        Ok(())
    }

    fn filed(&mut self, kind: &str) -> bonded::Head {
        self.sent += 1;
        bonded::Head { own_no: format!("{kind}-{}", self.sent).into(), etps: "SELLER".into(), action: "1".into() }
    }

    /// A file with one document of its filer.
    fn file(&mut self, document: bonded::Document) -> Result<(), String> {
        self.receipts.clear();
        let by = document.head().etps.clone();
        let role = if by == "CUSTOMS" { ActorRole::Officer } else { ActorRole::Enterprise };
        let by = Actor { id: by, role };
        let filed = bonded::Filed { document: Some(document), ..bonded::Filed::default() };
        let entry = self.zone.run(Command::Bonded(bonded::Filing { by, documents: vec![filed], ..Default::default() }));
        self.followed(entry);
        Ok(())
    }

    fn document(&mut self, what: &str, n: &str, fields: &Fields<'_>) -> Result<(), String> {
        let get = |name: &str, otherwise: &str| {
            fields.iter().find(|(f, _)| *f == name).map_or(otherwise, |(_, v)| *v).to_owned()
        };
        let t = |name: &str, otherwise: &str| -> crate::pack::Text { get(name, otherwise).into() };
        let mode = get("mode", "9610");
        let head = self.head();
        let action = match get("action", "new").as_str() {
            "change" => Action::Change,
            "delete" => Action::Delete,
            _ => Action::New,
        };
        let head = Head { action, ..head };
        let default_type = match mode.as_str() {
            "9710" => "B",
            "9810" => "W",
            _ => "E",
        };
        let (ebp, ebc) = (t("platform", "PLATFORM"), t("seller", "SELLER"));
        let order_no: crate::pack::Text = format!("E{n}").into();
        // `line CODE QTY PRICE CURRENCY [ITEM]`, as often as there are lines.
        let mut goods: Vec<Vec<&str>> = (fields.iter().filter(|(f, _)| *f == "line" && what != "return"))
            .map(|(_, v)| v.split_whitespace().collect())
            .collect();
        if goods.is_empty() {
            goods.push(vec!["3926909090", "2", "10", "502"]);
        }
        let parcels = |skip: &str| -> Vec<ParcelLine> {
            get("parcels", if skip.is_empty() { n } else { skip })
                .split_whitespace()
                .map(|n| ParcelLine { waybill: format!("W{n}").into(), ..ParcelLine::default() })
                .collect()
        };
        let mut order_lines = Vec::new();
        let mut lines = Vec::new();
        let mut total = 0;
        for (i, cells) in goods.iter().enumerate() {
            let [code, qty, price, currency, ..] = cells.as_slice() else {
                return Err("line CODE QTY PRICE CURRENCY".into());
            };
            let (qty, price) = (Quantity(number(qty)?), Price(number(price)?));
            let sum = Amount((i128::from(qty.0) * i128::from(price.0) / 100_000) as i64);
            total += sum.0;
            let item: crate::pack::Text =
                cells.get(4).map_or_else(|| format!("I{}", i + 1), |c| (*c).to_owned()).into();
            let currency: crate::pack::Text = (*currency).into();
            let gnum = i as u32 + 1;
            let booked = Quantity(number(&get("booked", &qty.to_string()))?);
            order_lines.push(ExportOrderLine {
                gnum,
                item_no: item.clone(),
                unit: "011".into(),
                currency: currency.clone(),
                qty: if what == "order" { booked } else { qty },
                price,
                total: sum,
                ..ExportOrderLine::default()
            });
            let row = self.zone.policy.export_goods(code, self.zone.now.day());
            let units =
                row.map(|r| (r.value.unit1.clone(), r.value.unit2.clone().unwrap_or_default())).unwrap_or_default();
            lines.push(ExportListLine {
                gnum,
                item_no: item,
                item_record_no: if mode == "1210" { "7".into() } else { "".into() },
                gcode: (*code).into(),
                gname: "goods".into(),
                country: t("destination", "502"),
                currency,
                qty,
                qty1: qty,
                qty2: (!units.1.is_empty()).then_some(qty),
                unit: "011".into(),
                unit1: t("unit1", &units.0),
                unit2: units.1.into(),
                price,
                total: Amount(if fields.iter().any(|(f, _)| *f == "total") {
                    number(&get("total", ""))?
                } else {
                    sum.0
                }),
                ..ExportListLine::default()
            });
        }
        let key = CaseKey { ebc: ebc.clone(), order_no: order_no.clone() };
        let invt_no = |play: &Play, n: &str| -> crate::pack::Text {
            let case =
                play.cases.get(n).and_then(|key| crate::key::read::<Case>(&play.zone.facts, &Key::Case(key.clone())));
            case.map(|c| c.invt_no).unwrap_or_default()
        };
        let (carrier, agent) = (t("carrier", "CARRIER"), t("agent", "AGENT"));
        let document = match what {
            "order" => Document::ExportOrder(ExportOrder {
                head,
                order_type: t("type", default_type),
                number: order_no,
                ebp_code: ebp,
                ebc_code: ebc,
                goods_value: Amount(if fields.iter().any(|(f, _)| *f == "goodsValue") {
                    number(&get("goodsValue", ""))?
                } else {
                    total
                }),
                currency: order_lines[0].currency.clone(),
                lines: order_lines,
                ..ExportOrder::default()
            }),
            "receipt" => Document::ReceiptOfPayment(ReceiptOfPayment {
                head,
                ebp_code: ebp,
                ebc_code: ebc,
                order_no,
                pay_code: "PAYER".into(),
                transaction: format!("P{n}").into(),
                amount: Amount(number(&get("amount", "20"))?),
                currency: "502".into(),
                ..ReceiptOfPayment::default()
            }),
            "waybill" => Document::ExportWaybill(ExportWaybill {
                head,
                logistics_code: carrier,
                number: t("waybill", &format!("W{n}")),
                gross_weight: Quantity::whole(1),
                pack_no: 1,
                ebc_code: ebc,
                ..ExportWaybill::default()
            }),
            "list" => {
                self.cases.insert(n.to_owned(), key);
                Document::ExportList(ExportList {
                    head,
                    customs_code: t("office", "6401"),
                    ebp_code: t("list_platform", &ebp),
                    order_no,
                    logistics_code: carrier,
                    logistics_no: t("waybill", &format!("W{n}")),
                    cop_no: format!("L{n}").into(),
                    ie_flag: t("ieFlag", "E"),
                    port_code: t("port", "6401"),
                    statistics_flag: t("flag", "A"),
                    agent_code: agent,
                    ebc_code: ebc,
                    owner_code: t("owner", "OWNER"),
                    iac_code: if mode == "1210" { "AREA".into() } else { "".into() },
                    ems_no: if mode == "1210" { t("book", "T6402W000009") } else { "".into() },
                    trade_mode: mode.into(),
                    traf_mode: t("transport", "5"),
                    license_no: t("licence", ""),
                    country: t("country", "502"),
                    gross_weight: Quantity(number(&get("gross", "1"))?),
                    net_weight: Quantity(number(&get("net", "0.8"))?),
                    pack_no: 1,
                    lines,
                    ..ExportList::default()
                })
            }
            "cancel" => Document::ExportCancel(ExportCancel {
                head,
                customs_code: "6401".into(),
                cop_no: format!("C{n}").into(),
                invt_no: invt_no(self, n),
                agent_code: agent,
                ebc_code: ebc,
                ..ExportCancel::default()
            }),
            "arrival" => Document::Arrival(Arrival {
                head,
                customs_code: "6401".into(),
                cop_no: format!("A{n}").into(),
                operator_code: "AREA".into(),
                ie_flag: t("ieFlag", "E"),
                logistics_code: carrier,
                msg_count: 1,
                msg_seq: 1,
                lines: parcels(""),
                ..Arrival::default()
            }),
            "bill" => Document::MasterBill(MasterBill {
                head,
                customs_code: "6401".into(),
                cop_no: format!("M{n}").into(),
                agent_code: agent,
                bill_no: "999-1".into(),
                logistics_code: carrier,
                msg_count: 1,
                msg_seq: 1,
                lines: parcels(""),
                ..MasterBill::default()
            }),
            "departure" => Document::Departure(Departure {
                head,
                customs_code: "6401".into(),
                cop_no: format!("D{n}").into(),
                logistics_code: carrier,
                left_at: self.zone.now,
                msg_count: 1,
                msg_seq: 1,
                lines: parcels(""),
                ..Departure::default()
            }),
            "return" => {
                let name = get("as", n);
                let key = self.cases.get(n).cloned().unwrap_or_default();
                let kept: Option<crate::record::Kept> = crate::key::read(&self.zone.facts, &Key::List(key));
                let of = match kept.and_then(|kept| kept.document) {
                    Some(Document::ExportList(list)) => list,
                    _ => ExportList::default(),
                };
                // `line GNUM QTY [CODE]`; otherwise all of it.
                let mut lines: Vec<ExportRefundLine> = Vec::new();
                let back = |gnum: u32, qty: Quantity, gcode: Option<&&str>| {
                    let line = of.lines.iter().find(|l| l.gnum == gnum).cloned().unwrap_or_default();
                    ExportRefundLine {
                        gnum,
                        gcode: gcode.map_or(line.gcode, |code| (*code).into()),
                        qty,
                        unit: line.unit,
                        ..ExportRefundLine::default()
                    }
                };
                for (_, cells) in fields.iter().filter(|(f, _)| *f == "line") {
                    let cells: Vec<&str> = cells.split_whitespace().collect();
                    let [gnum, qty, ..] = cells.as_slice() else { return Err("line GNUM QTY".into()) };
                    let gnum = gnum.parse().map_err(|e| format!("{gnum}: {e}"))?;
                    lines.push(back(gnum, Quantity(number(qty)?), cells.get(2)));
                }
                if lines.is_empty() {
                    lines = of.lines.iter().map(|l| back(l.gnum, l.qty, None)).collect();
                }
                Document::ExportRefund(ExportRefund {
                    head,
                    customs_code: t("office", "6401"),
                    ebp_code: ebp,
                    ebc_code: ebc,
                    logistics_code: carrier,
                    logistics_no: t("waybill", &format!("RW{name}")),
                    cop_no: format!("R{name}").into(),
                    invt_no: invt_no(self, n),
                    trade_mode: t("mode", if of.trade_mode == "1210" { "1261" } else { "9661" }),
                    agent_code: agent,
                    bill_no: "999-2".into(),
                    ie_flag: t("ieFlag", "I"),
                    lines,
                    ..ExportRefund::default()
                })
            }
            "tally" => Document::Tally(Tally {
                head,
                customs_code: t("office", "6401"),
                operator_code: t("operator", "AREA"),
                logistics_code: carrier,
                logistics_no: t("waybill", &format!("RW{n}")),
                invt_no: t("list", ""),
                cop_no: format!("T{n}").into(),
                ie_flag: t("ieFlag", "I"),
                ..Tally::default()
            }),
            _ => Document::SummaryApply(SummaryApply {
                head,
                customs_code: t("office", "6401"),
                cop_no: format!("S{n}").into(),
                agent_code: agent,
                ebc_code: ebc,
                from: fields.iter().find(|(f, _)| *f == "from").map(|(_, v)| time(v)).transpose()?,
                until: fields.iter().find(|(f, _)| *f == "until").map(|(_, v)| time(v)).transpose()?,
                summary_flag: t("summaryFlag", "2"),
                item_name_flag: "2".into(),
                msg_count: 1,
                msg_seq: 1,
                lists: get("lists", "").split_whitespace().map(|n| invt_no(self, n)).collect(),
                ..SummaryApply::default()
            }),
        };
        let cop = match what {
            "order" => "PLATFORM",
            "receipt" => "PAYER",
            "waybill" | "departure" => "CARRIER",
            "arrival" | "tally" => "AREA",
            _ => "AGENT",
        };
        self.send(document, &get("sender", cop))
    }

    fn act(&mut self, act: &str, n: &str) -> Result<(), String> {
        let by = Actor { id: "officer".into(), role: ActorRole::Officer };
        if act == "sees-proof-for" {
            let case = CaseKey { ebc: "AGENT".into(), order_no: "".into() };
            let number = format!("R{n}").into();
            self.receipts.clear();
            let entry = self.zone.run(Command::Act(Act { by, kind: ActKind::Arrive, case, number, ..Act::default() }));
            self.followed(entry);
            return Ok(());
        }
        let kind = match act {
            "inspects" => ActKind::Inspect,
            "passes" => ActKind::InspectPassed,
            "detains" => ActKind::Detain,
            "returns" => ActKind::SendBack,
            _ => return Err(format!("customs does not {act}")),
        };
        let case = self.cases.get(n).cloned().ok_or("no such list")?;
        self.receipts.clear();
        let entry = self.zone.run(Command::Act(Act { by, kind, case, ..Act::default() }));
        self.followed(entry);
        Ok(())
    }

    fn follows(&self, words: &str) -> Result<(), String> {
        if let Some((n, state)) = words.strip_prefix("list ").and_then(|w| w.split_once(" is ")) {
            let key = self.cases.get(n).ok_or("no such list")?;
            let case: Case = crate::key::read(&self.zone.facts, &Key::Case(key.clone())).ok_or("no case")?;
            let mut found = status::name(case.status).to_owned();
            let export = case.export.unwrap_or_default();
            if state.contains("way") {
                found = format!("way {}", export.way);
            }
            if state.contains("replaced") {
                let other = case.exchanged.map(|link| link.other.order_no.to_string()).unwrap_or_default();
                found = format!("replaced by {}", other.trim_start_matches('E'));
            }
            if state.contains("worth") {
                found = format!("worth {}", export.value.map_or("-".into(), |v| v.to_string()));
            }
            return if found == state { Ok(()) } else { Err(format!("list {n} is {found}")) };
        }
        if let Some((n, expected)) = words.strip_prefix("the tax of list ").and_then(|w| w.split_once(" is ")) {
            let key = self.cases.get(n).ok_or("no such list")?;
            let case: Case = crate::key::read(&self.zone.facts, &Key::Case(key.clone())).ok_or("no case")?;
            let export = case.export.unwrap_or_default();
            let at = SellerMonth { ebc: key.ebc.clone(), month: export.taxed_month, number: export.taxed_number };
            let entry: TaxEntry = crate::key::read(&self.zone.facts, &Key::TaxEntry(at)).ok_or("no entry")?;
            let of_line = |line: &TaxedLine| {
                let unmet: Vec<&str> = line.unmet.iter().map(|unmet| unmet.name()).collect();
                if unmet.is_empty() { line.tax.to_string() } else { format!("{} ({})", line.tax, unmet.join(" ")) }
            };
            let found = entry.lines.iter().map(of_line).collect::<Vec<_>>().join(", ");
            return if found == expected { Ok(()) } else { Err(format!("the tax of list {n} is {found}")) };
        }
        if let Some((item, expected)) = words.strip_prefix("abroad ").and_then(|w| w.split_once(" has ")) {
            let (item_no, country) = item.split_once(" in ").unwrap_or((item, "502"));
            let part = AbroadPart { ebc: "SELLER".into(), item_no: item_no.into(), country: country.into(), number: 0 };
            let found: AbroadItem = crate::key::read(&self.zone.facts, &Key::AbroadItem(part)).unwrap_or_default();
            let of = found.of;
            let some = |qty: Quantity, words: String| if qty.0 == 0 { String::new() } else { words };
            let coming = some(of.coming, format!(", {} coming back", of.coming));
            let came = some(of.moved_in, format!(" + {} moved in", of.moved_in));
            let went = some(of.moved_out, format!(" + {} moved out", of.moved_out));
            let found = format!(
                "{}{came} = {} in stock + {} sold + {} lost + {} returned{went}{coming}",
                of.exported, of.in_stock, of.sold, of.lost, of.returned
            );
            return if found == expected { Ok(()) } else { Err(format!("abroad {item} has {found}")) };
        }
        if let Some((month, expected)) = words.strip_prefix("the month ").and_then(|w| w.split_once(" has ")) {
            let month = month.replace('-', "").parse().map_err(|_| "the month 2026-03 has …")?;
            let at = SellerMonth { ebc: "SELLER".into(), month, number: 0 };
            let state: TaxMonth = crate::key::read(&self.zone.facts, &Key::TaxMonth(at)).unwrap_or_default();
            let of = |sum: &TaxSum| {
                let abroad = |name, fen: Fen| if fen == Fen::ZERO { String::new() } else { format!(" {name} {fen}") };
                let (sold, lost) = (abroad("sold", sum.sold), abroad("lost", sum.lost));
                format!("{} {} back {}{sold}{lost}", sum.tax, sum.exported, sum.returned)
            };
            let found = state.sums.iter().map(of).collect::<Vec<_>>().join(", ");
            return if found == expected { Ok(()) } else { Err(format!("the month has {found}")) };
        }
        if let Some(expected) = words.strip_prefix("the proof says ") {
            let of = self.receipts.iter().find_map(|r| r.shown.abroad.as_ref()).ok_or("no proof was given")?;
            let (sold, amount, currency) = (of.sold, of.sold_amount, &of.currency);
            let found = format!(
                "{} left {}, exported {}, sold {sold} ({amount} in {currency}), lost {}, returned {}, in stock {}",
                of.for_what, of.left, of.exported, of.lost, of.returned, of.in_stock
            );
            return if found == expected { Ok(()) } else { Err(format!("the proof says {found}")) };
        }
        if let Some(expected) = words.strip_prefix("the statement says ") {
            let told = self.receipts.iter().find_map(|r| r.shown.statement.as_ref()).ok_or("no statement was given")?;
            let Statement { month, year, income, tax, due, .. } = &**told;
            let found = format!("{month}: revenue {year}, income {income}, tax {tax}, due {due}");
            return if found == expected { Ok(()) } else { Err(format!("the statement says {found}")) };
        }
        if let Some((quarter, expected)) =
            words.strip_prefix("the platform reports for ").and_then(|w| w.split_once(": "))
        {
            let quarter = quarter.replace('Q', "").parse().map_err(|_| "the platform reports for 2026Q1: …")?;
            let part = PlatformPart { platform: "PLATFORM".into(), quarter, ebc: "SELLER".into() };
            let of: PlatformSeller = crate::key::read(&self.zone.facts, &Key::PlatformSeller(part)).unwrap_or_default();
            let fees = of.fees.map(|fees| format!(", fees {fees}")).unwrap_or_default();
            let found = format!("{} orders, {}, refunds {}{fees}", of.orders, of.gross, of.refunds);
            return if found == expected { Ok(()) } else { Err(format!("it reports {found}")) };
        }
        if let Some((name, expected)) = words.strip_prefix("return ").and_then(|w| w.split_once(" is ")) {
            let key = Key::Refund(Pair { code: "AGENT".into(), number: format!("R{name}").into() });
            let state: RefundState = crate::key::read(&self.zone.facts, &key).ok_or("no such return")?;
            let treatment = state.export.unwrap_or_default().treatment;
            let found = [status::name(state.status), treatment.name()];
            return if found.contains(&expected) { Ok(()) } else { Err(format!("return {name} is {found:?}")) };
        }
        if let Some((n, expected)) = words.strip_prefix("line 1 of list ").and_then(|w| w.split_once(" has ")) {
            let key = self.cases.get(n).ok_or("no such list")?;
            let case: Case = crate::key::read(&self.zone.facts, &Key::Case(key.clone())).ok_or("no case")?;
            let back = case.returned.iter().find(|r| r.gnum == 1).cloned().unwrap_or_default();
            let found = format!("{} back, {} on the way", back.qty, back.pending);
            return if found == expected { Ok(()) } else { Err(format!("line 1 has {found}")) };
        }
        if let Some((n, expected)) = words.strip_prefix("shorter than list ").and_then(|w| w.split_once(": ")) {
            let key = self.cases.get(n).ok_or("no such list")?;
            let case: Case = crate::key::read(&self.zone.facts, &Key::Case(key.clone())).ok_or("no case")?;
            let kept: crate::record::Kept =
                crate::key::read(&self.zone.facts, &Key::List(key.clone())).ok_or("no list")?;
            let Some(Document::ExportList(list)) = kept.document else { return Err("no list".into()) };
            let of = (case.export.unwrap_or_default().way, case.declared_on);
            let ways = super::super::shorter_ways(&self.zone.facts, &self.zone.policy, &list, of);
            let way = |(way, against): &(crate::record::Way, Vec<crate::finding::Finding>)| {
                let codes: Vec<&str> = against.iter().map(|f| f.code.name()).collect();
                let why = if codes.is_empty() { "open".to_owned() } else { codes.join(" ") };
                format!("{way} {why}")
            };
            let found = if ways.is_empty() {
                "nothing".to_owned()
            } else {
                ways.iter().map(way).collect::<Vec<_>>().join(", ")
            };
            return if found == expected { Ok(()) } else { Err(format!("shorter are {found}")) };
        }
        if let Some(expected) = words.strip_prefix("told are ") {
            let told: Vec<String> =
                self.receipts.iter().map(|r| format!("{}:{}", r.shown.kind.number(), r.shown.status)).collect();
            let missing = expected.split([',', ' ']).find(|c| !c.is_empty() && !told.iter().any(|t| t == c));
            return missing.map_or(Ok(()), |m| Err(format!("{m} is not told: {told:?}")));
        }
        if let Some(expected) = words.strip_prefix("the reasons are ") {
            let mut codes: Vec<&str> =
                self.receipts.iter().flat_map(|r| r.findings.iter().map(|f| f.code.name())).collect();
            codes.extend(self.outcomes.iter().flat_map(|o| o.findings.iter().map(|f| f.code.name())));
            codes.sort_unstable();
            codes.dedup();
            let mut expected: Vec<&str> = expected.split([',', ' ']).filter(|c| !c.is_empty()).collect();
            expected.sort_unstable();
            return if codes == expected { Ok(()) } else { Err(format!("the reasons are {codes:?}")) };
        }
        if let Some(expected) = words.strip_prefix("the summary has ") {
            let found = self.summary()?;
            return if found == expected { Ok(()) } else { Err(format!("the summary has {found}")) };
        }
        if let Some((item, expected)) = words.strip_prefix("item ").and_then(|w| w.split_once(" has ")) {
            let key = Key::Stock(Pair { code: "T6402W000009".into(), number: item.into() });
            let stock: Stock = crate::key::read(&self.zone.facts, &key).ok_or("no item")?;
            let found = format!("on_hand {}, reserved {}, sold {}", stock.on_hand, stock.reserved, stock.sold);
            return if found == expected { Ok(()) } else { Err(format!("item {item} has {found}")) };
        }
        let verdict = self.outcomes.last().map(|o| o.verdict).ok_or("nothing happened")?;
        let expected = match words {
            "it is accepted" => Verdict::Accepted,
            "it waits" => Verdict::Waiting,
            "it is refused" => Verdict::Refused,
            "it is done" => Verdict::Done,
            "it is stopped" => Verdict::Inspection,
            "it goes to review" => Verdict::Review,
            "it gets the first answer" => Verdict::Repeated,
            _ => return Err(format!("no such step: {words}")),
        };
        let codes: Vec<&str> = self.outcomes.iter().flat_map(|o| o.findings.iter().map(|f| f.code.name())).collect();
        if verdict == expected { Ok(()) } else { Err(format!("it is {verdict}: {codes:?}")) }
    }

    /// Lists, declarations, their lines and sums, of the newest summary.
    fn summary(&self) -> Result<String, String> {
        let mut newest: Option<(crate::pack::Text, Summary)> = None;
        for (key, value) in &self.zone.facts.map {
            if let Ok(Key::Summary(number)) = Key::unpack(key)
                && newest.as_ref().is_none_or(|(n, _)| *n < number)
            {
                newest = Some((number, Summary::unpack(value).map_err(|e| e.to_string())?));
            }
        }
        let (_, summary) = newest.ok_or("no summary")?;
        let sums: Vec<String> = summary.values.iter().map(|s| format!("{} {}", s.value, s.currency)).collect();
        let lines = self.zone.facts.map.keys().filter(|k| Key::kind(k) == 100).count();
        Ok(format!(
            "{} lists, {} declarations, {lines} lines, {}",
            summary.lists,
            summary.declarations,
            sums.join(" and ")
        ))
    }

    /// After every step: what the lists of a summary hold is what its declarations hold, line by line, and each line of a
    /// list opens to the line that it went into, and back; a parcel's list is the one that names it.
    fn adds_up(&self) -> Result<(), String> {
        let facts = &self.zone.facts;
        let mut of_lists: BTreeMap<(String, u32, u32), (i128, i128, u32)> = BTreeMap::new();
        for (key, value) in &facts.map {
            match Key::unpack(key) {
                Ok(Key::Case(case_key)) => {
                    let case = Case::unpack(value).unwrap();
                    let Some(export) = case.export.filter(|e| !e.summary.is_empty()) else { continue };
                    let kept: crate::record::Kept = crate::key::read(facts, &Key::List(case_key)).ok_or("no list")?;
                    let Some(Document::ExportList(list)) = kept.document else { return Err("no list".into()) };
                    if export.summed.len() != list.lines.len() {
                        return Err(format!("{} lines of {} are summed up", export.summed.len(), list.lines.len()));
                    }
                    for (line, at) in list.lines.iter().zip(&export.summed) {
                        let sum = of_lists.entry((export.summary.to_string(), at.declaration, at.line)).or_default();
                        *sum = (sum.0 + i128::from(line.qty.0), sum.1 + i128::from(line.total.0), sum.2 + 1);
                    }
                }
                Ok(Key::Parcel(pair)) => {
                    let parcel = ParcelState::unpack(value).unwrap();
                    let Some(case) = parcel.case else { continue };
                    let case: Case = crate::key::read(facts, &Key::Case(case)).ok_or("no case")?;
                    if case.waybill_no != pair.number {
                        return Err(format!("parcel {} belongs to another list", pair.number));
                    }
                }
                _ => {}
            }
        }
        let mut of_results: BTreeMap<(String, u32, u32), (i128, i128, u32)> = BTreeMap::new();
        let mut told: BTreeMap<(String, u32), (u32, u32)> = BTreeMap::new();
        for (key, value) in &facts.map {
            match Key::unpack(key) {
                Ok(Key::SummaryLine(pair)) => {
                    let line = DeclarationLine::unpack(value).unwrap();
                    let at = (pair.code.to_string(), line.declaration, line.line);
                    of_results.insert(at, (line.qty.0.into(), line.value.0.into(), line.list_lines));
                }
                Ok(Key::SummaryPage(part)) => {
                    let page = Page::unpack(value).unwrap();
                    told.entry((part.sum_no.to_string(), part.declaration)).or_default().0 += page.lines.len() as u32;
                }
                Ok(Key::SummaryDeclaration(part)) => {
                    let of = Declaration::unpack(value).unwrap();
                    told.entry((part.sum_no.to_string(), part.declaration)).or_default().1 += of.list_lines;
                }
                _ => {}
            }
        }
        // What was found too large to add up is told to somebody, and is no sum.
        let told_wrong = |at: &str| {
            crate::key::read::<Summary>(facts, &Key::Summary(at.into())).is_some_and(|summary| summary.out_of_range)
        };
        of_lists.retain(|(at, ..), _| !told_wrong(at));
        of_results.retain(|(at, ..), _| !told_wrong(at));
        if of_lists != of_results {
            return Err(format!("lists {of_lists:?} are not results {of_results:?}"));
        }
        match told.iter().find(|(_, (pages, lines))| pages != lines) {
            Some(wrong) => Err(format!("pages and declarations differ: {wrong:?}")),
            None => Ok(()),
        }
    }
}

/// Plays one text; says on which line it went otherwise.
fn play(text: &str) -> Result<(), String> {
    let mut play = Play::new();
    let lines: Vec<&str> = text.lines().collect();
    let title = lines.first().copied().unwrap_or_default();
    if !title.starts_with("# ") || !title.contains(" / ") || title.is_ascii() {
        return Err("the first line is a title in both languages: # 中文 / English".into());
    }
    let (mut at, mut thens) = (0, 0);
    while at < lines.len() {
        let (line, number) = (lines[at], at + 1);
        at += 1;
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let mut details = Vec::new();
        while let Some(detail) = lines.get(at).filter(|l| l.starts_with(' ')) {
            details.push(detail.trim());
            at += 1;
        }
        thens += usize::from(line.starts_with("Then "));
        let done = play.step(line, &details).and_then(|()| play.adds_up());
        done.map_err(|e| format!("line {number}: {line}\n    {e}"))?;
    }
    if thens == 0 { Err("nothing follows: there is no Then".into()) } else { Ok(()) }
}

/// Plays the files of a folder, at least so many.
fn play_all(folder: &str, least: usize) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios").join(folder);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    let mut faults = String::new();
    for file in &files {
        if let Err(fault) = play(&std::fs::read_to_string(file).unwrap()) {
            let _ = writeln!(faults, "{}: {fault}", file.file_name().unwrap().to_string_lossy());
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
    assert!(files.len() >= least, "scenarios are missing: {}", files.len());
}

#[test]
fn every_scenario_of_export_goes_as_it_is_written() {
    play_all("export", 50);
}

#[test]
fn every_scenario_of_returns_goes_as_it_is_written() {
    play_all("returns", 30);
}

#[test]
fn every_scenario_of_transfers_goes_as_it_is_written() {
    play_all("transfers", 20);
}

#[test]
fn a_scenario_of_export_that_goes_otherwise_is_told_with_its_line() {
    let fault = play("# 一票 / One ticket\n\nWhen ticket 1\nThen list 1 is released\n");
    assert_eq!(fault, Err("line 4: Then list 1 is released\n    list 1 is finished".into()));
    assert!(play("# one language\nWhen ticket 1\nThen it is accepted\n").is_err());
    assert!(play("# 一票 / One\nWhen ticket 1\n").is_err(), "nothing follows");
}
