//! Random histories of export and returns: whatever is sent, in whatever order and however often, the sums hold.
//!
//! A history is written in the words of the scenarios, so that one which goes wrong is a scenario that somebody can
//! read. After every step everything is counted again from the cases alone.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::super::histories::Dice;
use super::*;
use crate::bonded::ledger::holds;
use crate::record::{AbroadLot, ExportTax, Kept, Moved, Returned, SummaryMonthState, Way, Whereabouts};
use crate::register;

/// Steps of one history.
const STEPS: u64 = 80;
const TICKETS: u64 = 9;

struct History {
    play: Play,
    dice: Dice,
    /// The steps so far, as a scenario.
    told: String,
    summaries: u64,
    returns: Vec<String>,
}

impl History {
    fn new(seed: u64, zone: &Zone) -> History {
        let begin = ["2026-03-02T09:00", "2027-12-28T09:00", "2026-09-28T09:00", "2026-01-14T09:00"];
        let mut zone = zone.clone();
        zone.now = Moment::parse(begin[seed as usize % begin.len()]).unwrap();
        let play = Play { sent: 1, ..Play::over(zone) };
        History { play, dice: Dice(seed), told: String::new(), summaries: 0, returns: Vec::new() }
    }

    fn ticket(&mut self) -> u64 {
        1 + self.dice.below(TICKETS)
    }

    /// The fields of a ticket: mostly what its number says, so that its documents agree.
    fn fields(&mut self, n: u64) -> Vec<String> {
        let of = if self.dice.below(12) == 0 { self.dice.below(40) } else { n };
        let mut fields = vec![
            match of % 9 {
                0 => "mode 9610",
                1 | 2 | 6 => "flag B",
                3 => "mode 1210",
                4 => "mode 9710",
                5 => "mode 9810",
                7 => "flag A",
                _ => "country 303",
            }
            .to_owned(),
        ];
        if n == 6 {
            fields.push("line 9503006000 2 10 502".to_owned());
        } else {
            fields.push(format!("line 3926909090 {} 10 502 I{}", 1 + of % 3, n % 3));
            if of.is_multiple_of(4) && of % 9 != 3 {
                fields.push("line 7117190000 2 3.6 303 J".to_owned());
            }
        }
        fields
    }

    fn some(&mut self) -> String {
        let first = self.ticket();
        if self.dice.below(3) > 0 {
            return format!("parcels {first}");
        }
        let more: Vec<String> = (0..self.dice.below(4)).map(|_| self.ticket().to_string()).collect();
        format!("parcels {first} {}", more.join(" ")).trim_end().to_owned()
    }

    /// Parcels that lie in a supervised place, by the number of their ticket.
    fn lying(&self) -> Vec<u64> {
        let there = |n: &u64| {
            let parcel = Key::Parcel(Pair { code: "CARRIER".into(), number: format!("W{n}").into() });
            let state: Option<ParcelState> = crate::key::read(&self.play.zone.facts, &parcel);
            state.is_some_and(|state| state.arrived.is_some() && state.departed.is_none())
        };
        (1..=TICKETS).filter(there).collect()
    }

    /// One more step.
    fn go_on(&mut self) -> Result<(), String> {
        let n = self.ticket();
        let (mut details, mut line) = (Vec::new(), String::new());
        match self.dice.below(54) {
            0..=4 => {
                details = self.fields(n);
                line = format!("When ticket {n}");
            }
            5 => {
                details = self.fields(n);
                line = format!("When order {n}");
            }
            6 => line = format!("When waybill {n}"),
            7 => {
                details = self.fields(n);
                line = format!("When list {n}");
            }
            8..=10 => {
                let k = self.dice.below(1_000);
                details = vec![self.some()];
                line = format!("When arrival {k}");
            }
            11..=13 => {
                let k = self.dice.below(1_000);
                details = vec![self.some()];
                line = format!("When bill {k}");
            }
            14..=16 => {
                let k = self.dice.below(1_000);
                details = vec![self.some()];
                line = format!("When departure {k}");
            }
            17 => line = format!("When cancel {n}"),
            18..=19 if self.play.cases.contains_key(&n.to_string()) => {
                let act = *self.dice.one(&["inspects", "passes", "passes", "detains", "returns"]);
                line = format!("When customs {act} {n}");
            }
            20..=21 => {
                self.summaries += 1;
                line = format!("When summary {}", self.summaries);
                if self.dice.below(3) == 0 {
                    details = vec![format!("lists {n} {}", self.ticket())];
                } else {
                    let from = self.play.zone.now.day().plus(-(self.dice.below(70) as i32));
                    details = vec![format!("from {from} 00:00"), format!("until {} 23:59", self.play.zone.now.day())];
                }
            }
            22..=24 if self.play.cases.contains_key(&n.to_string()) => {
                let name = format!("{n}x{}", self.dice.below(4));
                line = format!("When return {n}");
                details = vec![format!("as {name}")];
                if self.dice.below(2) == 0 {
                    details.push(format!("line {} {}", 1 + self.dice.below(2), 1 + self.dice.below(3)));
                }
                self.returns.push(name);
            }
            25..=27 if !self.returns.is_empty() => {
                let name = self.dice.one(&self.returns).clone();
                line = format!("When tally {name}");
            }
            28 if !self.returns.is_empty() => {
                let name = self.dice.one(&self.returns).clone();
                line = format!("When customs sees-proof-for {name}");
            }
            34..=37 => {
                details = self.fields(n);
                line = format!("When exported {n}");
            }
            38..=43 => {
                let what = *self.dice.one(&["sold", "sold", "lost", "moved"]);
                line = format!("When {what} {}", self.dice.one(&["I2", "I1", "J"]));
                details = vec![format!("qty {}", 1 + self.dice.below(4))];
                // What moved is sold, lost and moved back from there.
                let (from, to) = *self.dice.one(&[("W", "X"), ("W", "X"), ("X", "W")]);
                details.extend([format!("from {from}"), format!("to {to}")]);
                if self.dice.below(8) == 0 {
                    details.push(format!("on {}", self.play.zone.now.day().plus(1 - self.dice.below(40) as i32)));
                }
            }
            44..=46 => {
                let (from, to) = *self.dice.one(&[("P1", "P2"), ("P1", "P2"), ("P2", "P3"), ("P2", "P1")]);
                let lying = self.lying();
                let n = if lying.is_empty() { n } else { *self.dice.one(&lying) };
                let more = if self.dice.below(2) == 0 { format!(" {}", self.ticket()) } else { String::new() };
                let back =
                    self.returns.last().filter(|_| n == 1).map(|name| format!(" back{name}")).unwrap_or_default();
                line = format!("When AREA transfers {n}{more}{back} from {from} to {to}");
                details = vec![format!("as Z{}", self.dice.below(2))];
            }
            47..=48 => {
                let act = *self.dice.one(&["accepts", "accepts", "accepts", "lets", "lets", "refuses"]);
                line = format!("When customs {act} transfer Z{}", self.dice.below(2));
            }
            49..=53 => {
                let act = *self.dice.one(&["leaves", "arrives"]);
                line = format!("When V{} {act} with Z{}", self.dice.below(2), self.dice.below(2));
                details = vec![format!("seal S{}", self.dice.below(4) / 3)];
                if self.dice.below(4) == 0 {
                    details.push(self.some());
                }
            }
            29 if self.play.last.is_some() => line = "When the same is sent again".to_owned(),
            30..=33 => {
                let hours = [1, 5, 24, 40, 24 * 9, 24 * 32, 24 * 190][self.dice.below(7) as usize];
                let at = Moment(self.play.zone.now.0 + hours * crate::time::HOUR_MS);
                line = format!("Given it is {}", at.to_string()[..16].replace('T', " "));
            }
            _ => {}
        }
        if line.is_empty() {
            return Ok(());
        }
        let _ = writeln!(self.told, "{line}");
        for detail in &details {
            let _ = writeln!(self.told, "  {detail}");
        }
        let details: Vec<&str> = details.iter().map(String::as_str).collect();
        self.play.step(&line, &details)?;
        self.play.adds_up()?;
        super::moved::consistent(&self.play)?;
        counted(&self.play)
    }
}

/// Months, stock and returns, counted again from the cases.
fn counted(play: &Play) -> Result<(), String> {
    let facts = &play.zone.facts;
    let mut reserved: BTreeMap<String, i64> = BTreeMap::new();
    let mut pending: BTreeMap<CaseKey, BTreeMap<u32, i64>> = BTreeMap::new();
    let mut unsummed = std::collections::BTreeSet::new();
    let mut in_chains: Vec<CaseKey> = Vec::new();
    for (key, value) in &facts.map {
        match Key::unpack(key) {
            Ok(Key::Case(case_key)) => {
                let case = Case::unpack(value).unwrap();
                let Some(export) = &case.export else { continue };
                let kept: Kept = crate::key::read(facts, &Key::List(case_key.clone())).ok_or("no list")?;
                let Some(Document::ExportList(list)) = kept.document else { return Err("no list".into()) };
                if export.stock {
                    for line in &list.lines {
                        *reserved.entry(line.item_record_no.to_string()).or_default() += line.qty.0;
                    }
                }
                let closed = case.status == status::CLOSED && export.way == Way::SummaryDeclaration;
                if closed && export.summary.is_empty() {
                    unsummed.insert(case_key.clone());
                }
                if (case.status == status::CLOSED) != export.closed.is_some() {
                    return Err(format!("{case_key:?} is {} and closed {:?}", case.status, export.closed));
                }
                for Returned { gnum, qty, pending: coming } in &case.returned {
                    let of = list.lines.iter().find(|l| l.gnum == *gnum).ok_or("a line that is not there came back")?;
                    if qty.0 < 0 || coming.0 < 0 || qty.plus(*coming) > of.qty {
                        return Err(format!("of {} came {qty} back and {coming} is coming", of.qty));
                    }
                    *pending.entry(case_key.clone()).or_default().entry(*gnum).or_default() -= coming.0;
                }
            }
            Ok(Key::Refund(_)) => {
                let state = RefundState::unpack(value).unwrap();
                if matches!(state.status, status::MATCHED | status::REVIEW) {
                    for line in &state.lines {
                        *pending.entry(state.case.clone()).or_default().entry(line.gnum).or_default() += line.pending.0;
                    }
                }
            }
            Ok(Key::SummaryMonth(month)) => {
                let state = SummaryMonthState::unpack(value).unwrap();
                let (mut next, mut count, mut open) = (state.newest.clone(), 0, 0);
                while let Some(key) = next {
                    let case: Case = crate::key::read(facts, &Key::Case(key.clone())).ok_or("no case")?;
                    let export = case.export.ok_or("no export")?;
                    count += 1;
                    open += u32::from(export.summary.is_empty());
                    next = export.previous.clone();
                    if next.is_none() && state.oldest.as_ref() != Some(&key) {
                        return Err(format!("the chain of {} ends at {key:?}, not at {:?}", month.month, state.oldest));
                    }
                    in_chains.push(key);
                }
                if (count, open) != (state.count, state.open) {
                    let (all, left) = (state.count, state.open);
                    return Err(format!("{} has {count} lists, {open} open, not {all} and {left}", month.month));
                }
            }
            _ => {}
        }
    }
    registers(play)?;
    abroad(play)?;
    if let Some((case, lines)) = pending.iter().find(|(_, lines)| lines.values().any(|n| *n != 0)) {
        return Err(format!("what is coming back of {case:?} is not what was applied for: {lines:?}"));
    }
    let chained: std::collections::BTreeSet<_> = in_chains.iter().cloned().collect();
    if chained.len() != in_chains.len() {
        return Err("a list stands in two months".into());
    }
    if let Some(lost) = unsummed.iter().find(|key| !chained.contains(*key)) {
        return Err(format!("{lost:?} stands in no month and no summary"));
    }
    let key = Key::Stock(Pair { code: "T6402W000009".into(), number: "7".into() });
    let stock: Stock = crate::key::read(facts, &key).ok_or("no item")?;
    holds(&stock).map_err(str::to_owned)?;
    let expected = reserved.get("7").copied().unwrap_or_default();
    if stock.reserved.0 != expected {
        return Err(format!("{} of item 7 is reserved, by lists {}", stock.reserved, Quantity(expected)));
    }
    let mut play_receipts = play.receipts.iter().filter(|r| r.shown.status == Code::WindowFault.text().status);
    play_receipts.next().map_or(Ok(()), |r| Err(format!("a promise would have been broken: {}", r.shown.info)))
}

/// What left stands in its seller's register once, what came back of it under the treatment under which it left, and
/// never under two; sums and hash of each month are those of its entries.
fn registers(play: &Play) -> Result<(), String> {
    let facts = &play.zone.facts;
    let mut months: BTreeMap<(String, u32), BTreeMap<u32, TaxEntry>> = BTreeMap::new();
    for (key, value) in &facts.map {
        if let Ok(Key::TaxEntry(at)) = Key::unpack(key) {
            let entry = TaxEntry::unpack(value).unwrap();
            months.entry((at.ebc.to_string(), at.month)).or_default().insert(at.number, entry);
        }
    }
    let mut left: BTreeMap<CaseKey, TaxEntry> = BTreeMap::new();
    let mut back: BTreeMap<(CaseKey, u32), (i64, i64)> = BTreeMap::new();
    let mut platforms: BTreeMap<u32, (u32, i64, i64)> = BTreeMap::new();
    for ((ebc, month), entries) in &months {
        let (mut digest, mut row, mut sums) = ([0; 32], 0, BTreeMap::new());
        for (number, entry) in entries {
            let case: Case = crate::key::read(facts, &Key::Case(entry.case.clone())).ok_or("no case")?;
            let kept: Kept = crate::key::read(facts, &Key::List(entry.case.clone())).ok_or("no list")?;
            let Some(Document::ExportList(list)) = kept.document else { return Err("no list".into()) };
            let export = case.export.unwrap_or_default();
            let first = entry.what == Moved::Left;
            let abroad = list.trade_mode == "9810";
            let earns = if abroad { Moved::Sold } else { Moved::Left };
            let refunds = entry.what == Moved::Back && !abroad;
            if first && (export.taxed_month, export.taxed_number) != (*month, *number) {
                return Err(format!("{:?} stands in its register twice, or its case does not know where", entry.case));
            }
            let total = platforms.entry(register::quarter_of(*month)).or_default();
            total.0 += u32::from(first && !abroad);
            for line in &entry.lines {
                row += 1;
                let cells = register::row(row, entry, line, &list, &case.invt_no);
                digest = register::digest(&digest, &register::line(&cells));
                let value = line.value.unwrap_or_default().0;
                let sum = sums.entry(line.tax).or_insert_with(|| TaxSum { tax: line.tax, ..TaxSum::default() });
                sum.lines += 1;
                sum.of(entry.what).0 += value;
                total.1 += if entry.what == earns { value } else { 0 };
                total.2 += if refunds { value } else { 0 };
                if (line.tax == ExportTax::Exempt) != line.unmet.is_empty() {
                    return Err(format!("{} though {:?}", line.tax, line.unmet));
                }
                if !first {
                    let of = back.entry((entry.case.clone(), line.gnum)).or_default();
                    *of = (of.0 + line.qty.0, of.1 + value);
                }
            }
            if first && left.insert(entry.case.clone(), entry.clone()).is_some() {
                return Err(format!("{:?} left twice", entry.case));
            }
        }
        let at = SellerMonth { ebc: ebc.as_str().into(), month: *month, number: 0 };
        let state: TaxMonth = crate::key::read(facts, &Key::TaxMonth(at)).ok_or("no month")?;
        let told: BTreeMap<_, _> = state.sums.iter().map(|sum| (sum.tax, sum.clone())).collect();
        if (state.entries, state.lines, state.digest) != (entries.len() as u32, row, digest) || told != sums {
            return Err(format!("the month {month} is not what its entries are: {state:?}"));
        }
    }
    for ((case, gnum), (qty, value)) in back {
        let of = left.get(&case).and_then(|entry| entry.lines.iter().find(|l| l.gnum == gnum));
        let of = of.ok_or("what never left came back")?;
        let all = of.value.unwrap_or_default().0;
        if qty > of.qty.0 || value > all || (qty == of.qty.0) && value != all {
            return Err(format!("{qty} of {} came back, worth {value} of {all}", of.qty));
        }
    }
    for (quarter, expected) in platforms {
        let part = PlatformPart { platform: "PLATFORM".into(), quarter, ebc: "SELLER".into() };
        let of: PlatformSeller = crate::key::read(facts, &Key::PlatformSeller(part)).unwrap_or_default();
        if (of.orders, of.gross.0, of.refunds.0) != expected {
            return Err(format!("the platform reports {of:?} for {quarter}, not {expected:?}"));
        }
    }
    let gone = |case: &Case| case.export.as_ref().is_some_and(|export| export.closed.is_some());
    let closed =
        facts.map.iter().filter(|(key, value)| Key::kind(key) == 3 && gone(&Case::unpack(value).unwrap())).count();
    if closed == left.len() { Ok(()) } else { Err(format!("{closed} lists left, {} stand in registers", left.len())) }
}

/// Of every lot: exported = in stock + sold + lost + returned; each is what left less what its register says became of it;
/// an item is the sum of its lots, and what is announced to come back is what returns under way have applied for.
fn abroad(play: &Play) -> Result<(), String> {
    let facts = &play.zone.facts;
    let mut fates: BTreeMap<(CaseKey, u32), BTreeMap<Moved, i64>> = BTreeMap::new();
    let mut items = BTreeMap::new();
    for (key, value) in &facts.map {
        match Key::unpack(key) {
            Ok(Key::TaxEntry(_)) => {
                let entry = TaxEntry::unpack(value).unwrap();
                for line in &entry.lines {
                    let of = fates.entry((entry.case.clone(), line.gnum)).or_default();
                    *of.entry(entry.what).or_default() += line.qty.0;
                }
            }
            Ok(Key::AbroadItem(part)) => {
                let item = AbroadItem::unpack(value).unwrap();
                items.insert((part.item_no.to_string(), part.country.to_string()), (item.of, item.lots));
            }
            _ => {}
        }
    }
    let mut sums: BTreeMap<_, (Whereabouts, u64)> = BTreeMap::new();
    // All lots of a line together are what its register says: what moved is still of it.
    let mut lines: BTreeMap<(CaseKey, u32), Whereabouts> = BTreeMap::new();
    for (key, value) in &facts.map {
        let Ok(Key::AbroadLot(part)) = Key::unpack(key) else { continue };
        let lot = AbroadLot::unpack(value).unwrap();
        if !lot.of.holds() {
            return Err(format!("lot {part:?} is {lot:?}"));
        }
        add(lines.entry((lot.case.clone(), lot.gnum)).or_default(), &lot.of);
        let sum = sums.entry((part.item_no.to_string(), part.country.to_string())).or_default();
        sum.1 += 1;
        add(&mut sum.0, &lot.of);
    }
    for ((case, gnum), of) in &lines {
        let told = fates.remove(&(case.clone(), *gnum)).unwrap_or_default();
        let told =
            [Moved::Left, Moved::Sold, Moved::Lost, Moved::Back].map(|what| told.get(&what).copied().unwrap_or(0));
        let state: Case = crate::key::read(facts, &Key::Case(case.clone())).ok_or("no case")?;
        let back = state.returned.iter().find(|r| r.gnum == *gnum).cloned().unwrap_or_default();
        let is = [of.exported, of.sold, of.lost, of.returned].map(|qty| qty.0);
        if is != told || (of.returned, of.coming) != (back.qty, back.pending) || of.moved_in != of.moved_out {
            return Err(format!("line {gnum} of {case:?} is {of:?}, its register says {told:?}, its case {back:?}"));
        }
    }
    let settled = |of: &BTreeMap<Moved, i64>| of.contains_key(&Moved::Sold) || of.contains_key(&Moved::Lost);
    if let Some((of, _)) = fates.iter().find(|(_, of)| settled(of)) {
        return Err(format!("{of:?} was sold abroad and is no lot"));
    }
    if items == sums { Ok(()) } else { Err(format!("items {items:?} are not the sums of their lots {sums:?}")) }
}

fn add(sum: &mut Whereabouts, more: &Whereabouts) {
    for (sum, more) in [
        (&mut sum.exported, more.exported),
        (&mut sum.in_stock, more.in_stock),
        (&mut sum.sold, more.sold),
        (&mut sum.lost, more.lost),
        (&mut sum.returned, more.returned),
        (&mut sum.coming, more.coming),
        (&mut sum.moved_in, more.moved_in),
        (&mut sum.moved_out, more.moved_out),
    ] {
        *sum = sum.plus(more);
    }
}

/// `ONEWINDOW_COMMANDS` says how many steps.
#[test]
fn the_sums_of_export_and_returns_hold_after_every_step_of_a_random_history() {
    let steps = std::env::var("ONEWINDOW_COMMANDS").ok().and_then(|n| n.parse().ok()).unwrap_or(10_000u64);
    let mut zone = Play::new().zone;
    let mut stock: Stock = {
        let key = Key::Stock(Pair { code: "T6402W000009".into(), number: "7".into() });
        crate::key::read(&zone.facts, &key).unwrap()
    };
    stock.row.qty = Quantity::whole(25);
    zone.register(RegisterKind::OpeningStock, &[stock.row]);
    let row = |item: &str| GoodsRow {
        ebc: "SELLER".into(),
        item_no: item.into(),
        tags: vec!["rebate".into()],
        from: day("2019-01-01"),
        ..GoodsRow::default()
    };
    zone.register(RegisterKind::Goods, &[row("I1")]);
    let mut seller = (*zone.facts.party("SELLER").unwrap()).clone();
    seller.place = "460100".into();
    zone.register(RegisterKind::Parties, &[seller]);
    let mut first = Play::over(zone);
    let mut warehouse = bonded::Overseas { head: first.filed("OVERSEAS"), number: "W".into(), ..Default::default() };
    (warehouse.country, warehouse.from) = ("502".into(), day("2026-01-01"));
    first.file(bonded::Document::Overseas(warehouse.clone())).unwrap();
    warehouse = bonded::Overseas { head: first.filed("OVERSEAS"), number: "X".into(), ..warehouse };
    warehouse.country = "303".into();
    first.file(bonded::Document::Overseas(warehouse)).unwrap();
    for (number, office) in [("P1", "6401"), ("P2", "5100"), ("P3", "5200")] {
        first.step(&format!("Given place {number} of {office} is for warehouse"), &[]).unwrap();
    }
    let zone = first.zone;
    let (mut reached, mut seen) = (0, BTreeMap::new());
    for seed in 0..steps.div_ceil(STEPS) {
        let mut history = History::new(seed, &zone);
        for step in 0..STEPS {
            if let Err(fault) = history.go_on() {
                panic!("seed {seed}, step {step}: {fault}\n{}", history.told);
            }
            for receipt in &history.play.receipts {
                *seen.entry((receipt.shown.kind.number(), receipt.shown.status)).or_insert(0u64) += 1;
            }
            reached += 1;
        }
    }
    assert!(reached >= steps);
    // They come to everything that can happen.
    for wanted in [
        (604, 800),
        (604, 899),
        (604, 500),
        (606, 399),
        (702, 399),
        (792, 1),
        (214, 800),
        (214, 300),
        (214, 100),
        (9301, 399),
        (9205, 899),
        (9205, 500),
        (9205, 300),
        (9205, 100),
    ] {
        assert!(seen.contains_key(&wanted), "{wanted:?} never happened: {seen:?}");
    }
}
