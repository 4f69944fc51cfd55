//! The steps of a scenario by which goods that were bought from abroad come back: application (625), arrival in the place
//! that they left, the central return warehouse.

use super::*;
use crate::bonded::{Decision, Leaves, PartOfLine, Place, Quality, ReturnIn, ReturnOut, Sorted};
use crate::pack::Text;

impl Play {
    /// `bought 1` with `mode`, `buyer`, `origin`; `ordered 2`; `the agent applies to return 1` with `line`, `qty`, `code`, `agent`,
    /// `list`, `as`; `goods of return 1 arrive`; `parcel 1 comes into ROOM` with `fit`, `unfit`, `for`, `by`; `parcel 1 leaves`
    /// with `to`, `qty`, `number`; `customs approves|refuses it`; `place ROOM of 6402 is for warehouse`.
    pub(super) fn came_back(&mut self, words: &str, details: &[&str]) -> Option<Result<(), String>> {
        let get = |name: &str| details.iter().find_map(|d| d.strip_prefix(name)?.strip_prefix(' '));
        let parts: Vec<&str> = words.split(' ').collect();
        match parts.as_slice() {
            ["bought", n] => Some(self.buy(n, details, true)),
            ["ordered", n] => Some(self.buy(n, details, false)),
            ["the", "agent", "applies", "to", "return", n] => Some(self.apply(n, details)),
            ["goods", "of", "return", n, "arrive"] => {
                let on = get("on").unwrap_or_default();
                let case = CaseKey { ebc: "AGENT".into(), order_no: "".into() };
                self.receipts.clear();
                let outcome = self.zone.act(ActKind::Arrive, case, &format!("R{n}"), on);
                self.receipts = outcome.receipts.clone();
                self.outcomes = vec![outcome];
                Some(Ok(()))
            }
            [who, "exchanges", n, "for", order] => {
                Some(self.hear(who, ActorRole::Enterprise, ActKind::Exchange, n, &format!("EB{order}")))
            }
            ["parcel", n, "comes", "into", place] => Some(self.comes_in(n, place, details)),
            ["parcel", n, "leaves"] => Some(self.leaves(n, details)),
            ["customs", act @ ("approves" | "refuses"), "it"] => {
                let verdict = if *act == "approves" { bonded::Verdict::Approve } else { bonded::Verdict::Refuse };
                let decision =
                    Decision { head: self.by("CUSTOMS"), verdict, number: self.given.clone(), ..Default::default() };
                Some(self.file(bonded::Document::Decision(decision)))
            }
            ["place", number, "of", office, "is", "for", kinds @ ..] => {
                let number_of = |name| get(name).map_or(Ok(0), |v| v.parse().map_err(|_| format!("{name}: {v}")));
                let (capacity, opens, closes) = match (number_of("capacity"), number_of("opens"), number_of("closes")) {
                    (Ok(capacity), Ok(opens), Ok(closes)) => (capacity, opens, closes),
                    (Err(e), ..) | (_, Err(e), _) | (.., Err(e)) => return Some(Err(e)),
                };
                let place = Place {
                    head: self.by("CUSTOMS"),
                    number: (*number).into(),
                    office: (*office).into(),
                    kinds: kinds.iter().map(|kind| (*kind).into()).collect(),
                    capacity,
                    opens,
                    closes,
                    from: day("2016-01-01"),
                    until: get("until").and_then(Day::parse),
                };
                Some(self.file(bonded::Document::Place(place)))
            }
            ["parcel", n, "has", ..] => {
                let expected = parts[3..].join(" ");
                Some(self.stands(n).and_then(|found| match found == expected {
                    true => Ok(()),
                    false => Err(format!("parcel {n} has {found}")),
                }))
            }
            _ => None,
        }
    }

    pub(super) fn by(&mut self, who: &str) -> bonded::Head {
        bonded::Head { etps: who.into(), ..self.filed(who) }
    }

    /// A parcel of two tins at 250.00 with freight, with its tax of 22.75, all the way to release.
    fn buy(&mut self, n: &str, details: &[&str], all: bool) -> Result<(), String> {
        let get = |name: &str| details.iter().find_map(|d| d.strip_prefix(name)?.strip_prefix(' '));
        let parcel = Parcel::new(n.parse().map_err(|e| format!("{n}: {e}"))?).at(self.zone.now);
        let mut parcel = if get("mode") == Some("9610") { parcel } else { parcel.bonded() };
        if let Some(buyer) = get("buyer") {
            parcel = parcel.bought_by(buyer);
        }
        if let Some(country) = get("origin") {
            parcel.list.lines[0].country = country.into();
        }
        let tax = crate::verify::assess(&parcel.list, Fen(0), &self.zone.policy, &mut Vec::new());
        let tax = tax.ok_or("its tax cannot be reckoned")?.tax.total();
        parcel.order.tax_total = tax;
        parcel.order.paid = Fen(25_000).plus(tax);
        parcel.payment.amount = parcel.order.paid;
        self.receipts.clear();
        self.zone.cop.clear();
        let documents = [
            Document::Order(parcel.order.clone()),
            Document::Payment(parcel.payment.clone()),
            Document::Waybill(parcel.waybill.clone()),
            Document::List(parcel.list.clone()),
        ];
        for document in documents.into_iter().take(if all { 4 } else { 1 }) {
            self.zone.facts.map.remove(&Key::Certificate([9; 32]).bytes());
            self.outcomes = vec![self.zone.send(document)];
        }
        self.receipts = self.outcomes[0].receipts.clone();
        self.sent += 1;
        self.cases.insert(n.to_owned(), parcel.key());
        self.bought.insert(n.to_owned(), parcel);
        Ok(())
    }

    fn number_of(&self, n: &str) -> Text {
        let case = self.bought.get(n).and_then(|p| crate::key::read::<Case>(&self.zone.facts, &Key::Case(p.key())));
        case.map(|case| case.invt_no).unwrap_or_default()
    }

    fn apply(&mut self, n: &str, details: &[&str]) -> Result<(), String> {
        let get = |name: &str| details.iter().find_map(|d| d.strip_prefix(name)?.strip_prefix(' '));
        let parcel = self.bought.get(n).cloned().ok_or("nothing was bought")?;
        let invt_no = get("list").map_or_else(|| self.number_of(n), Into::into);
        let name = format!("R{}", get("as").unwrap_or(n));
        let Document::Refund(mut refund) = refund(&parcel, &invt_no, 1, &name) else { return Err("no refund".into()) };
        self.sent += 1;
        refund.head.guid = format!("R-{}", self.sent).into();
        refund.agent_code = get("agent").unwrap_or("AGENT").into();
        let line = &mut refund.lines[0];
        line.qty = Quantity(number(get("qty").unwrap_or("2"))?);
        line.gnum = get("line").unwrap_or("1").parse().map_err(|_| "which line?")?;
        if let Some(code) = get("code") {
            line.gcode = code.into();
        }
        if get("empty").is_some() {
            refund.lines.clear();
        }
        self.send(Document::Refund(refund), get("agent").unwrap_or("AGENT"))
    }

    fn comes_in(&mut self, n: &str, place: &str, details: &[&str]) -> Result<(), String> {
        let get = |name: &str| details.iter().find_map(|d| d.strip_prefix(name)?.strip_prefix(' '));
        let gnum = get("line").unwrap_or("1").parse().map_err(|_| "which line?")?;
        let mut lines = Vec::new();
        for (name, quality) in [("fit", Quality::Fit), ("unfit", Quality::Unfit)] {
            if let Some(qty) = get(name) {
                lines.push(Sorted { gnum, qty: Quantity(number(qty)?), quality });
            }
        }
        let parcel = ReturnIn {
            head: self.by(get("by").unwrap_or("AREA")),
            place: place.into(),
            waybill: format!("BACK{n}").into(),
            invt_no: get("list").map_or_else(|| self.number_of(n), Into::into),
            on: get("on").map(|on| Day::parse(on).ok_or("no day")).transpose()?,
            lines,
            agent: get("for").map_or("", |_| "AGENT").into(),
            cop_no: get("for").map(|n| format!("R{n}")).unwrap_or_default().into(),
        };
        self.file(bonded::Document::ReturnIn(parcel))?;
        self.note_number();
        Ok(())
    }

    fn leaves(&mut self, n: &str, details: &[&str]) -> Result<(), String> {
        let get = |name: &str| details.iter().find_map(|d| d.strip_prefix(name)?.strip_prefix(' '));
        let case: Case = self
            .bought
            .get(n)
            .and_then(|p| crate::key::read(&self.zone.facts, &Key::Case(p.key())))
            .ok_or("nothing was bought")?;
        let number_in = case.in_room.last().map(|parcel| parcel.number.clone()).unwrap_or_default();
        let to = match get("to").unwrap_or("abroad") {
            "abroad" => Leaves::Abroad,
            "destroyed" => Leaves::Destroyed,
            "buyer" => Leaves::Buyer,
            to => return Err(format!("to {to}?")),
        };
        let qty = Quantity(number(get("qty").unwrap_or("1"))?);
        let out = ReturnOut {
            head: self.by(get("by").unwrap_or("AREA")),
            invt_no: case.invt_no,
            number: get("number").map_or(number_in, Into::into),
            to,
            lines: if get("qty") == Some("0") { vec![] } else { vec![PartOfLine { gnum: 1, qty }] },
        };
        self.file(bonded::Document::ReturnOut(out))?;
        self.note_number();
        Ok(())
    }

    pub(super) fn note_number(&mut self) {
        if let Some(receipt) = self.receipts.last().filter(|r| !r.shown.invt_no.is_empty()) {
            self.given = receipt.shown.invt_no.clone();
        }
    }

    /// `allowance 250.00, tax 22.75, 2 back, 0 coming, 1 fit and 1 unfit in the room, shelf 8`
    fn stands(&self, n: &str) -> Result<String, String> {
        let parcel = self.bought.get(n).ok_or("nothing was bought")?;
        let case: Case = crate::key::read(&self.zone.facts, &Key::Case(parcel.key())).ok_or("it has no list")?;
        let back = case
            .returned
            .iter()
            .fold((Quantity(0), Quantity(0)), |(qty, pending), line| (qty.plus(line.qty), pending.plus(line.pending)));
        let in_room = |fit: bool| {
            let lines = case.in_room.iter().flat_map(|p| &p.lines).filter(|line| line.fit == fit);
            lines.fold(Quantity(0), |sum, l| sum.plus(l.qty).minus(l.taken).minus(l.gone))
        };
        let tax = case.bill.as_ref().map_or(Fen(0), |bill| bill.total());
        let used = if case.allowance.is_some() { self.zone.used(parcel) } else { 0 };
        let mut found = format!("allowance {}, tax {tax}, {} back, {} coming", Fen(used), back.0, back.1);
        if !case.in_room.is_empty() {
            let _ = write!(found, ", {} fit and {} unfit in the room", in_room(true), in_room(false));
        }
        if case.mode == "1210" {
            let _ = write!(found, ", shelf {}", self.zone.stock().on_hand);
        }
        Ok(found)
    }
}
