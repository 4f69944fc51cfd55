//! The story of an export ticket: its documents side by side, its way, where it stands at the border, and what its
//! lines were summed up into.

use std::cell::OnceCell;

use serde_json::{Value, json};
use trade::decide::{shorter_ways, treated};
use trade::documents::{Document, ExportList, ExportOrder, ExportWaybill, ReceiptOfPayment};
use trade::finding::{Finding, Language};
use trade::key::{AbroadPart, CaseKey, Key, Pair, SellerMonth, SummaryPart};
use trade::pack::Text;
use trade::policy::export::names;
use trade::policy::{Policy, exemption};
use trade::record::{
    AbroadAt, AbroadLot, Case, Declaration, ExportState, Kept, ParcelState, RefundState, TaxEntry, TaxedLine,
    Treatment, Unmet, Way, status,
};

use super::{Compared, Story, agreement, kept};
use crate::Window;

/// What a story of export has beside that of import.
#[derive(Clone, Debug, Default)]
pub struct Ticket {
    pub order: Option<(ExportOrder, Kept)>,
    pub receipt: Option<(ReceiptOfPayment, Kept)>,
    pub waybill: Option<(ExportWaybill, Kept)>,
    pub list: Option<(ExportList, Kept)>,
    pub state: ExportState,
    /// What is known of its parcel, also before its list.
    pub parcel: ParcelState,
    /// The declarations that its lines went into; in `state.summed` by their place in the summary: line of the list,
    /// `declSeqNo`, line there.
    pub summed: Vec<(u32, String, u32)>,
    /// Until it has left: each shorter way than its own, and what stands against it, by the facts of now and the law of
    /// its declaration.
    pub shorter: Vec<(Way, Vec<Finding>)>,
    /// How its lines are treated for value-added tax; until it has left, as they would be.
    pub taxed: Vec<TaxedLine>,
    /// Of 9810: where the goods of each line are, by country.
    pub abroad: Vec<(Text, AbroadLot)>,
}

impl Window {
    /// The ticket under `key`; `None` where the case is none of export.
    pub(super) fn ticket(&self, key: &CaseKey, case: Option<&Case>) -> Option<Ticket> {
        let order =
            kept(
                self.read(&Key::Order(key.clone())),
                |d| if let Document::ExportOrder(d) = d { Some(d) } else { None },
            );
        let state = case.and_then(|c| c.export.clone());
        if order.is_none() && state.is_none() {
            return None;
        }
        let list =
            kept(self.read(&Key::List(key.clone())), |d| if let Document::ExportList(d) = d { Some(d) } else { None });
        let pair = list
            .as_ref()
            .map(|(l, _): &(ExportList, Kept)| Pair { code: l.logistics_code.clone(), number: l.logistics_no.clone() });
        let waybill = pair.clone().and_then(|pair| {
            kept(self.read(&Key::Waybill(pair)), |d| if let Document::ExportWaybill(d) = d { Some(d) } else { None })
        });
        let receipt = kept(self.read(&Key::ReceiptOfPayment(key.clone())), |d| {
            if let Document::ReceiptOfPayment(d) = d { Some(d) } else { None }
        });
        let state = state.unwrap_or_default();
        let number = |declaration| {
            let part = SummaryPart { sum_no: state.summary.clone(), declaration, page: 0 };
            let of = self.read::<Declaration>(&Key::SummaryDeclaration(part)).unwrap_or_default();
            of.number.to_string()
        };
        let summed = state.summed.iter().map(|l| (l.gnum, number(l.declaration), l.line)).collect();
        let parcel = pair.and_then(|pair| self.read(&Key::Parcel(pair))).unwrap_or_default();
        // Read once, and only for a ticket of which something is still open.
        let law = OnceCell::new();
        let law = || &**law.get_or_init(|| self.law_in_force());
        let taxed = list.as_ref().map(|(list, _)| self.taxed(key, list, &state, case, law)).unwrap_or_default();
        let abroad = list.as_ref().map(|(list, _)| self.lots(list, &state)).unwrap_or_default();
        // When it has left, another way is no question any more.
        let judged = list.as_ref().zip(case).filter(|_| state.closed.is_none());
        let shorter = judged.map(|((list, _), case)| shorter_ways(self, law(), list, (state.way, case.declared_on)));
        let shorter = shorter.unwrap_or_default();
        Some(Ticket { order, receipt, waybill, list, state, parcel, summed, shorter, taxed, abroad })
    }

    fn lots(&self, list: &ExportList, state: &ExportState) -> Vec<(Text, AbroadLot)> {
        let lot = |at: &AbroadAt| {
            let item_no = list.lines.iter().find(|line| line.gnum == at.gnum)?.item_no.clone();
            let country = if at.country.is_empty() { &list.country } else { &at.country };
            let (ebc, country) = (list.ebc_code.clone(), country.clone());
            let lot =
                self.read(&Key::AbroadLot(AbroadPart { ebc, item_no, country: country.clone(), number: at.number }))?;
            Some((country, lot))
        };
        state.abroad.iter().filter_map(lot).collect()
    }

    /// As its register says, or as it would be by the facts of now and the law of its declaration.
    fn taxed<'l>(
        &self,
        key: &CaseKey,
        list: &ExportList,
        state: &ExportState,
        case: Option<&Case>,
        law: impl Fn() -> &'l Policy,
    ) -> Vec<TaxedLine> {
        let (ebc, month, number) = (key.ebc.clone(), state.taxed_month, state.taxed_number);
        if let Some(entry) = self.read::<TaxEntry>(&Key::TaxEntry(SellerMonth { ebc, month, number })) {
            return entry.lines;
        }
        let open = case.filter(|case| state.closed.is_none() && case.status < status::CLOSED && case.status > 0);
        let Some(case) = open.filter(|case| case.status != status::REFUSED && case.status != status::SENT_BACK) else {
            return Vec::new();
        };
        treated(self, law(), list, case.declared_on)
    }
}

fn explain_shorter((way, against): &(Way, Vec<Finding>)) -> Value {
    let [zh, en] = names(*way);
    let because = |f: &Finding| {
        json!({
            "code": f.code.name(), "clause": f.clause, "gnum": (f.gnum != 0).then_some(f.gnum),
            "zh": f.text(Language::Zh), "en": f.text(Language::En),
        })
    };
    json!({
        "way": way.name(), "zh": zh, "en": en, "open": against.is_empty(),
        "because": against.iter().map(because).collect::<Vec<_>>(),
    })
}

/// How a return of exported goods stands.
pub(super) fn return_words(back: &RefundState) -> [String; 2] {
    let (deadline, number) = (back.deadline, &back.cop_no);
    let tax_free = back.export.as_ref().is_some_and(|export| export.treatment == Treatment::TaxFree);
    match back.status {
        status::MATCHED => [
            format!("退货 {number} 已受理，须于 {deadline} 前进境并理货。"),
            format!("Return {number} is accepted; the goods have to enter and be tallied by {deadline}."),
        ],
        status::REVIEW => [
            format!("退货 {number} 已理货，等待出口货物已补税/未退税证明。"),
            format!("Return {number} is tallied and waits for the proof about the rebate."),
        ],
        status::REFUSED => [
            format!("退货 {number} 未按期进境，不再受理。"),
            format!("Return {number} did not enter in time and may not any more."),
        ],
        _ if tax_free => [
            format!("退货 {number} 已放行，免征进口税收。"),
            format!("Return {number} is released, free of import duty and taxes."),
        ],
        _ => [
            format!("退货 {number} 已放行，按退运货物（4561）办理。"),
            format!("Return {number} is released as returned goods of the ordinary rules (4561)."),
        ],
    }
}

impl Ticket {
    /// Everybody who has a part in it.
    pub fn parties(&self) -> Vec<trade::pack::Text> {
        let mut all = Vec::new();
        if let Some((order, kept)) = &self.order {
            all.extend([order.ebp_code.clone(), kept.from.clone()]);
        }
        if let Some((list, kept)) = &self.list {
            all.extend([list.agent_code.clone(), list.logistics_code.clone(), list.owner_code.clone()]);
            all.push(kept.from.clone());
            all.extend(Some(&list.iac_code).filter(|code| !code.is_empty()).cloned());
        }
        all
    }

    /// How it stands and what comes next; `None` where the words of import fit.
    pub(super) fn lead(&self, story: &Story) -> Option<[String; 2]> {
        let [way_zh, way_en] = names(self.state.way);
        let value = self.state.value.map(|v| v.to_string()).unwrap_or_else(|| "-".to_owned());
        let (zh, en) = match story.state {
            "waiting" | "refused" | "accepted" | "detained" | "sent_back" => return None,
            "finished" if self.state.arrived.is_none() => {
                ("单证一致，已审结，等待货物运抵监管场所。", "The documents agree; it waits for its parcel to arrive.")
            }
            "finished" => ("已审结并运抵，等待总分单。", "It has arrived and waits to be put under a master bill."),
            "inspection" => ("等待查验。", "It waits for inspection."),
            "released" => ("已放行，等待离境。", "It is released and waits to leave the country."),
            "cancelled" => {
                ("清单已撤销，运单和库存已恢复。", "The list is cancelled; waybill and stock are free again.")
            }
            _ => ("已离境结关。", "It has left the country and is closed."),
        };
        let mut said = [
            format!("{zh}通关方式：{way_zh}，离岸价 {value} 元。"),
            format!("{en} It goes by {way_en}, worth CNY {value} FOB."),
        ];
        if self.state.way == Way::SummaryDeclaration && story.state == "closed" {
            if self.state.summary.is_empty() {
                said[0].push_str("尚未汇总申报。");
                said[1].push_str(" It has not been declared in summary yet.");
            } else {
                let number = &self.state.summary;
                said[0].push_str(&format!("已列入汇总 {number}。"));
                said[1].push_str(&format!(" It stands in summary {number}."));
            }
        }
        if story.state == "closed" && !self.abroad.is_empty() {
            let (zh, en) = match self.abroad.iter().any(|(_, lot)| lot.of.in_stock.0 > 0) {
                true => ("海外仓尚有在库货物。", " Some of it is still in stock abroad."),
                false => ("海外仓货物已全部售出、退运或核销。", " Nothing of it is left in stock abroad."),
            };
            said[0].push_str(zh);
            said[1].push_str(en);
        }
        if let Some([zh, en]) = self.exemption() {
            said[0].push_str(&zh);
            said[1].push_str(&format!(" {en}"));
        }
        Some(said)
    }

    /// Whether it is exempt without invoice, or which line is not and why.
    fn exemption(&self) -> Option<[String; 2]> {
        let will = self.state.closed.is_none();
        let Some((line, why)) = self.taxed.iter().find_map(|line| Some((line, *line.unmet.first()?))) else {
            let (zh, en) = if will { ("离境时适用", "will be") } else { ("适用", "are") };
            let said = [format!("全部商品{zh}无票免税。"), format!("All its lines {en} exempt without invoice.")];
            return Some(said).filter(|_| !self.taxed.is_empty());
        };
        let finding = self.why(line, why);
        let zh = format!("第 {} 行：{}", line.gnum, finding.text(Language::Zh));
        Some([zh, format!("Line {}: {}", line.gnum, finding.text(Language::En))])
    }

    fn why(&self, line: &TaxedLine, unmet: Unmet) -> Finding {
        let of = self.list.as_ref().and_then(|(list, _)| list.lines.iter().find(|l| l.gnum == line.gnum));
        exemption::finding(unmet, line.gnum, of.map_or("", |l| l.gcode.as_str()))
    }

    /// `"taxes"` of `onewindow explain`, line by line.
    fn explain_taxes(&self) -> Value {
        let line = |line: &TaxedLine| {
            let [zh, en] = exemption::names(line.tax);
            let because = |unmet: &Unmet| {
                let f = self.why(line, *unmet);
                json!({ "field": f.field, "zh": f.text(Language::Zh), "en": f.text(Language::En), "clause": f.clause })
            };
            json!({
                "gnum": line.gnum, "treatment": line.tax.name(), "zh": zh, "en": en,
                "value_fen": line.value.map(|value| value.0),
                "because": line.unmet.iter().map(because).collect::<Vec<_>>(),
            })
        };
        json!({
            "decided": self.state.taxed_number > 0, "month": Some(self.state.taxed_month).filter(|month| *month > 0),
            "lines": self.taxed.iter().map(line).collect::<Vec<_>>(),
        })
    }

    /// `"export"` of `onewindow explain`.
    pub(super) fn explain(&self) -> Value {
        let state = &self.state;
        let [zh, en] = names(state.way);
        let time = |at: Option<trade::time::Moment>| at.map(|at| at.to_string());
        let list = self.list.as_ref().map(|(list, _)| list);
        json!({
            "way": state.way.name(), "way_zh": zh, "way_en": en, "value_fen": state.value.map(|v| v.0),
            "tradeMode": list.map(|l| &l.trade_mode), "statisticsFlag": list.map(|l| &l.statistics_flag),
            "country": list.map(|l| &l.country), "portCode": list.map(|l| &l.port_code),
            "shorter": self.shorter.iter().map(explain_shorter).collect::<Vec<_>>(),
            "inspect": state.inspect, "arrived": time(state.arrived.or(self.parcel.arrived)),
            "master_bill": state.master_bill, "departed": time(state.departed), "closed": time(state.closed),
            "taxes": self.explain_taxes(),
            "abroad": self.abroad.iter().map(|(country, lot)| json!({
                "gnum": lot.gnum, "country": country, "moved_in": lot.of.moved_in.to_string(),
                "moved_out": lot.of.moved_out.to_string(), "exported": lot.of.exported.to_string(), "in_stock": lot.of.in_stock.to_string(),
                "sold": lot.of.sold.to_string(), "lost": lot.of.lost.to_string(),
                "returned": lot.of.returned.to_string(), "coming": lot.of.coming.to_string(),
                "rebate_provisional": lot.rebate && lot.of.in_stock.0 > 0,
            })).collect::<Vec<_>>(),
            "sumNo": Some(&state.summary).filter(|n| !n.is_empty()),
            "summed": self.summed.iter().map(|(gnum, number, line)| json!({
                "gnum": gnum, "declSeqNo": number, "line": line,
            })).collect::<Vec<_>>(),
        })
    }

    /// Order or booking, receipt of payment, waybill and list, as matching compares them.
    pub(super) fn compare(&self) -> Vec<Compared> {
        let order = self.order.as_ref().map(|o| &o.0);
        let receipt = self.receipt.as_ref().map(|r| &r.0);
        let waybill = self.waybill.as_ref().map(|w| &w.0);
        let list = self.list.as_ref().map(|l| &l.0);
        let text = |t: Option<&trade::pack::Text>| t.filter(|t| !t.is_empty()).map(ToString::to_string);
        let mut rows = Vec::new();
        let mut row = |rule, field: String, zh, en, cells: [Option<String>; 4], same: Option<bool>, tolerant: bool| {
            rows.push(Compared { rule, field, zh, en, cells, outcome: agreement(same, tolerant) });
        };
        row(
            "M1",
            "ebpCode".to_owned(),
            "平台",
            "platform",
            [
                text(order.map(|o| &o.ebp_code)),
                text(receipt.map(|r| &r.ebp_code)),
                None,
                text(list.map(|l| &l.ebp_code)),
            ],
            order.zip(list).map(|(o, l)| o.ebp_code == l.ebp_code),
            false,
        );
        let fits = |o: &ExportOrder, l: &ExportList| {
            o.order_type
                == match l.trade_mode.as_str() {
                    "9710" => "B",
                    "9810" => "W",
                    _ => "E",
                }
        };
        row(
            "R40",
            "orderType".to_owned(),
            "订单类型与贸易方式",
            "kind of order and trade mode",
            [text(order.map(|o| &o.order_type)), None, None, text(list.map(|l| &l.trade_mode))],
            order.zip(list).map(|(o, l)| fits(o, l)),
            false,
        );
        row(
            "M2",
            "logisticsNo".to_owned(),
            "运单编号",
            "waybill number",
            [None, None, text(waybill.map(|w| &w.number)), text(list.map(|l| &l.logistics_no))],
            waybill.zip(list).map(|(w, l)| w.number == l.logistics_no),
            false,
        );
        row(
            "M13",
            "grossWeight".to_owned(),
            "毛重（千克）",
            "gross weight, kg",
            [None, None, waybill.map(|w| w.gross_weight.to_string()), list.map(|l| l.gross_weight.to_string())],
            waybill.zip(list).map(|(w, l)| w.gross_weight == l.gross_weight),
            true,
        );
        let booking = list.is_some_and(|l| l.trade_mode == "9810");
        for line in list.iter().flat_map(|l| &l.lines) {
            let theirs = order.and_then(|o| o.lines.iter().find(|t| t.gnum == line.gnum));
            let same = theirs.map(|t| {
                let goods = t.item_no == line.item_no && t.currency == line.currency;
                goods && if booking { line.qty <= t.qty } else { t.qty == line.qty && t.total == line.total }
            });
            row(
                if booking { "R46" } else { "M10" },
                format!("gnum {}", line.gnum),
                "商品行",
                "line of goods",
                [
                    theirs.map(|t| format!("{} × {} @ {} = {} {}", t.item_no, t.qty, t.price, t.total, t.currency)),
                    None,
                    None,
                    Some(format!(
                        "{} × {} @ {} = {} {}",
                        line.item_no, line.qty, line.price, line.total, line.currency
                    )),
                ],
                same.or(order.map(|_| false)),
                false,
            );
        }
        rows
    }
}
