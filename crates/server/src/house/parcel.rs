//! A parcel told from its story.

use trade::command::Verdict;
use trade::finding::{Code, Finding as Found0, Language};
use trade::money::Fen;
use trade::policy::Policy;
use trade::policy::tariff::{self, Amounts};
use trade::record::{AppealOf, status};
use trade::tax::explain_line;
use trade::time::{Day, Moment};
use window::story::{Agreement, Story, state_of, verdict_words, would_pass};

use crate::desk::{
    Act, Allowance, Both, Clause, Compared, Fact, Finding, Outcome, Parcel, ReceiptLink, State, Step, Tax, TaxLine,
    TaxSum, Tone, When,
};

/// The customs office that a parcel was declared at.
pub(super) fn office(story: &Story) -> String {
    let of_export = story.export.as_ref().and_then(|ticket| ticket.list.as_ref()).map(|(list, _)| &list.customs_code);
    story.list.as_ref().map(|(list, _)| &list.customs_code).or(of_export).map(ToString::to_string).unwrap_or_default()
}

pub(super) fn enterprises(story: &Story) -> Vec<String> {
    let mut all = vec![story.key.ebc.clone()];
    if let Some((order, kept)) = &story.order {
        all.extend([order.ebp_code.clone(), kept.from.clone()]);
    }
    if let Some((list, kept)) = &story.list {
        all.extend([list.agent_code.clone(), list.logistics_code.clone(), list.assure_code.clone(), kept.from.clone()]);
    }
    all.extend(story.export.iter().flat_map(|ticket| ticket.parties()));
    all.sort();
    all.dedup();
    all.into_iter().map(String::from).collect()
}

/// A finding's title, for figures and heads.
pub(crate) fn title(code: Code) -> Both {
    Both::words(&format!("title.{}", code.name()))
}

pub(super) fn number_words(kind: &str) -> Both {
    match kind {
        "orderNo" => Both::new("订单编号", "order number"),
        "logisticsNo" => Both::new("运单编号", "waybill number"),
        "payTransactionId" => Both::new("支付交易编号", "payment number"),
        "invtNo" => Both::new("清单编号", "list number"),
        "preNo" => Both::new("预录入编号", "pre-entry number"),
        "copNo" => Both::new("企业内部编号", "enterprise's own number"),
        "billNo" => Both::new("提运单号", "bill number"),
        other => Both::same(other),
    }
}

fn finding(f: &Found0, day: Day) -> Finding {
    let would = would_pass(f).map(|(zh, en)| Both::new(zh, en)).unwrap_or_default();
    Finding {
        code: f.code.name().to_owned(),
        status: if f.forgiven { String::new() } else { f.code.text().status.to_string() },
        title: title(f.code),
        what: Both::new(f.text(Language::Zh), f.text(Language::En)),
        who: Both::new(f.remedy(Language::Zh), f.remedy(Language::En)),
        would,
        clause: Clause {
            text: Both::default(),
            source: Both::same(f.clause.clone()),
            since: None,
            on: day,
            paraphrase: true,
        },
        minor: f.forgiven,
    }
}

fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Released => Tone::Ok,
        Verdict::Waiting => Tone::Wait,
        Verdict::Review | Verdict::Inspection => Tone::Hold,
        Verdict::Refused | Verdict::Failed => Tone::Bad,
        _ => Tone::None,
    }
}

pub(super) fn parcel(story: &Story, policy: &Policy) -> Parcel {
    let state = State::parse(state_of(story.case.as_ref())).unwrap_or(State::Accepted);
    let case = story.case.clone().unwrap_or_default();
    let day = case.declared_on;
    let fact = |zh: &str, en: &str, code: &str, text: String, public| Fact {
        name: Both::new(zh, en),
        code: code.to_owned(),
        text: Both::same(text),
        note: Both::default(),
        to: String::new(),
        public,
    };
    let mut facts = Vec::new();
    if let Some((list, _)) = &story.list {
        facts.extend([
            fact("方式", "regime", "tradeMode", list.trade_mode.to_string(), true),
            fact("申报日期", "declared on", "declTime", list.declared_on.to_string(), true),
            fact("申报海关", "customs office", "customsCode", list.customs_code.to_string(), true),
            fact("电商企业", "seller", "ebcCode", format!("{} {}", list.ebc_name, list.ebc_code), false),
            fact("平台", "platform", "ebpCode", format!("{} {}", list.ebp_name, list.ebp_code), false),
            fact("申报企业", "declarant", "agentCode", format!("{} {}", list.agent_name, list.agent_code), false),
            fact("担保人", "guarantor", "assureCode", list.assure_code.to_string(), false),
            fact("订单", "order", "orderNo", list.order_no.to_string(), false),
            fact("运单", "waybill", "logisticsNo", list.logistics_no.to_string(), false),
        ]);
    } else if let Some((ticket, list)) = story.export.as_ref().and_then(|t| Some((t, &t.list.as_ref()?.0))) {
        facts.extend(export_facts(ticket, list, &fact));
    } else {
        facts.push(fact("订单", "order", "orderNo", story.key.order_no.to_string(), false));
    }
    if let Some(bill) = &case.bill {
        let words = [("", ""), ("已生成", "generated"), ("已汇总", "summed up"), ("作废", "void")];
        let (zh, en) = words.get(bill.state as usize).unwrap_or(&words[0]);
        let text = |state: &str| format!("{} · {state} · {}", bill.tax_no, bill.total());
        let text = Both::new(text(zh), text(en));
        facts.push(Fact { text, ..fact("税单", "tax bill", "taxNo", String::new(), false) });
    }
    if let Some(held) = &story.held {
        let name = fact("监管", "held", "held", held.place.clone(), false);
        let [zh, en] = held.words();
        let to = match held.transfer.as_str() {
            "" => String::new(),
            number => format!("/transfers/{}", crate::site::quoted(number)),
        };
        // The place opens the transfer; where none is known, the office stands for it.
        let place = if held.place.is_empty() { &held.office } else { &held.place };
        facts.push(Fact { text: Both::same(place.clone()), note: Both::new(zh, en), to, ..name });
    }
    for parcel in &case.in_room {
        let of = |which: fn(&trade::record::RoomLine) -> trade::money::Quantity| {
            parcel.lines.iter().fold(trade::money::Quantity(0), |sum, line| sum.plus(which(line)))
        };
        let (came, here, back, gone) =
            (of(|l| l.qty), of(|l| l.free().plus(l.leaving)), of(|l| l.taken), of(|l| l.gone));
        let (place, day) = (&parcel.place, parcel.on);
        let zh = format!("{place}，{day} 起；入 {came} ＝ 在仓 {here} ＋ 回库 {back} ＋ 出区 {gone}");
        let en = format!("{place}, since {day}; {came} came = {here} there + {back} to stock + {gone} left");
        let held = fact("退货中心仓", "return warehouse", "RETURN-IN", String::new(), false);
        facts.push(Fact { text: Both::new(zh, en), note: Both::same(parcel.number.to_string()), ..held });
    }
    for (zh, en, other) in [
        ("换货：由其替换", "exchange: replaced by", &story.replaced_by),
        ("换货：替换", "exchange: replaces", &story.replaces),
    ] {
        let Some(other) = other else { continue };
        let key = format!("{}_{}", other.other.ebc, other.other.order_no);
        let (number, to) = match other.invt_no.as_str() {
            "" => (other.other.order_no.to_string(), key),
            invt_no => (invt_no.to_owned(), invt_no.to_owned()),
        };
        let code = if other.invt_no.is_empty() { "orderNo" } else { "invtNo" };
        let day = other.at.day();
        let note = Both::new(
            format!("{day} 关联，日志第 {} 号", other.revision),
            format!("linked {day}, entry {}", other.revision),
        );
        facts.push(Fact {
            to: format!("/parcels/{}", crate::site::quoted(&to)),
            note,
            ..fact(zh, en, code, number, false)
        });
    }
    let mut steps: Vec<Step> = story
        .events
        .iter()
        .map(|e| Step {
            at: When::At(e.at),
            tone: tone(e.verdict),
            what: Both::new(e.zh.clone(), e.en.clone()),
            code: if e.status == 0 { e.what.clone() } else { format!("{} → {}", e.what, e.status) },
            note: Both::new(format!("日志第 {} 号", e.revision), format!("entry {}", e.revision)),
            words: e.note.clone().unwrap_or_default(),
            correction: String::new(),
        })
        .collect();
    if let (Some(released), Some(bill)) = (case.released, &case.bill)
        && bill.state == 1
    {
        let what = Both::new("税单汇总（放行后第 31 日）", "the tax bill is summed up (day 31 after release)");
        let at = When::On(released.day().plus(31));
        steps.push(Step {
            at,
            tone: Tone::None,
            what,
            code: String::new(),
            note: Both::default(),
            words: String::new(),
            correction: String::new(),
        });
    }
    let compared = story.compared.iter().map(|c| Compared {
        rule: c.rule.to_owned(),
        field: Both::new(format!("{} {}", c.zh, c.field), format!("{} {}", c.en, c.field)),
        cells: c.cells.clone().map(|cell| cell.map(Both::same)),
        outcome: match c.outcome {
            Agreement::Same => Outcome::Same,
            Agreement::Near => Outcome::Near(Both::new("只计入风险分", "only scored")),
            Agreement::Differ => Outcome::Differ,
            Agreement::Missing => Outcome::Missing,
        },
    });
    // Why it stands so, then why applications about it were refused.
    let stands = story.decisions.iter().rfind(|d| !d.of_application);
    let refused = story.decisions.iter().filter(|d| d.of_application);
    let findings =
        stands.into_iter().chain(refused).flat_map(|d| d.findings.iter().map(|f| finding(f, d.day))).collect();
    let allowance = case.tax.as_ref().zip(policy.limits(day)).map(|(t, limits)| Allowance {
        limit: limits.value.annual.0,
        before: t.year_before.0,
        this: t.taxable.0,
    });
    let receipts = story
        .receipts
        .iter()
        .map(|g| {
            let hash = store::proof::hex(&store::proof::leaf_hash(&g.receipt.shown.leaf_bytes()));
            ReceiptLink {
                revision: g.revision,
                index: g.number,
                message: g.receipt.shown.kind.name().to_owned(),
                status: g.receipt.shown.status.to_string(),
                at: g.receipt.shown.at,
                hash: format!("{}…{}", &hash[..8], &hash[60..]),
            }
        })
        .collect();
    let last = story.events.last();
    let of_export = story.export.is_some();
    let disowned = case.disowned.clone();
    let mut acts = match state {
        State::Finished if of_export => vec![Act::Inspect],
        State::Review => vec![Act::Review, Act::Inspect, Act::Release],
        State::Inspection => vec![Act::Inspect, Act::Detain, Act::Release, Act::Refuse],
        State::Detained => vec![Act::Release, Act::Refuse],
        State::Matched | State::Finished => vec![Act::Inspect, Act::Release],
        State::Released if !of_export => {
            let unpaid = case.bill.as_ref().is_some_and(|bill| !bill.paid);
            [(Act::Out, !case.out), (Act::OrderBack, unpaid)]
                .into_iter()
                .filter_map(|(act, may)| may.then_some(act))
                .collect()
        }
        _ => vec![],
    };
    let coming = story.returns.iter().filter(|r| r.export.is_none() && r.status == status::EXAMINED);
    let coming: Vec<String> = coming.map(|r| r.cop_no.to_string()).collect();
    if !coming.is_empty() && state != State::SentBack {
        acts.push(Act::Arrive);
    }
    if disowned.as_ref().is_some_and(|d| d.settled.is_none()) {
        acts.extend([Act::Uphold, Act::Deny]);
    }
    let open = case.open_appeal().is_some();
    if open {
        acts.extend([Act::Allow, Act::Reject]);
    }
    let aside = if open { window::story::appeal::reasons_to_set_aside(story) } else { Vec::new() };
    let [zh, en] = story.lead();
    let verdict = story.decisions.last().map_or(("", ""), |d| verdict_words(d.verdict));
    Parcel {
        key: if case.invt_no.is_empty() {
            format!("{}_{}", story.key.ebc, story.key.order_no)
        } else {
            case.invt_no.to_string()
        },
        state,
        status: if case.status == 0 { verdict.0.to_owned() } else { case.status.to_string() },
        at: last.map_or(case.accepted, |e| e.at),
        revision: last.map_or(0, |e| e.revision),
        lead: Both::new(zh, en),
        facts,
        story: steps,
        compared: compared.collect(),
        tax: tax(story, policy),
        findings,
        allowance,
        receipts,
        enterprises: enterprises(story),
        office: office(story),
        look: None,
        mine: false,
        disowned,
        appeals: Vec::new(),
        may_appeal: Vec::new(),
        may_exchange: false,
        may_prove: false,
        finds_values: case.open_appeal().is_some_and(|appeal| appeal.of == AppealOf::Tax),
        aside: aside.into_iter().map(|code| code.name().to_owned()).collect(),
        acts,
        coming,
        first: None,
        persons: Vec::new(),
        attachments: Vec::new(),
        whole: true,
    }
}

/// The particulars of an export ticket.
fn export_facts(
    ticket: &window::story::export::Ticket,
    list: &trade::documents::ExportList,
    fact: &impl Fn(&str, &str, &str, String, bool) -> Fact,
) -> Vec<Fact> {
    let state = &ticket.state;
    let [way_zh, way_en] = trade::policy::export::names(state.way);
    let time = |at: Option<Moment>| at.map_or_else(|| "-".to_owned(), |at| at.to_string()[..16].replace('T', " "));
    let mut facts = vec![
        fact("方式", "regime", "tradeMode", list.trade_mode.to_string(), true),
        Fact { text: Both::new(way_zh, way_en), ..fact("通关方式", "way", "statisticsFlag", String::new(), true) },
        fact("申报海关", "customs office", "customsCode", list.customs_code.to_string(), true),
        fact("口岸海关", "port of exit", "portCode", list.port_code.to_string(), true),
        fact("运抵国", "country", "country", list.country.to_string(), true),
        fact("收发货人", "seller", "ebcCode", format!("{} {}", list.ebc_name, list.ebc_code), false),
        fact("平台", "platform", "ebpCode", format!("{} {}", list.ebp_name, list.ebp_code), false),
        fact("申报企业", "declarant", "agentCode", format!("{} {}", list.agent_name, list.agent_code), false),
        fact("离岸价（元）", "value FOB, CNY", "", state.value.map_or("-".into(), |v| v.to_string()), false),
        fact("订单", "order", "orderNo", list.order_no.to_string(), false),
        fact("运单", "waybill", "logisticsNo", list.logistics_no.to_string(), false),
        fact("运抵", "arrived", "CEB507", time(state.arrived.or(ticket.parcel.arrived)), false),
        fact("总分单", "master bill", "CEB607", state.master_bill.to_string(), false),
        fact("离境", "left", "CEB509", time(state.departed), false),
    ];
    for (way, against) in &ticket.shorter {
        let [way_zh, way_en] = trade::policy::export::names(*way);
        let why = |language| against.iter().map(|f| f.text(language)).collect::<Vec<_>>().join(" ");
        let note = match against.is_empty() {
            true => Both::new("也可走", "it is open too"),
            false => Both::new(why(Language::Zh), why(Language::En)),
        };
        let name = fact("更简便的方式", "a shorter way", "statisticsFlag", String::new(), false);
        facts.push(Fact { text: Both::new(way_zh, way_en), note, ..name });
    }
    for line in &ticket.taxed {
        let [zh, en] = trade::policy::exemption::names(line.tax);
        let name = Both::new(format!("第 {} 行税收", line.gnum), format!("line {}, VAT", line.gnum));
        let decided =
            if state.taxed_number > 0 { Both::default() } else { Both::new("离境时确定", "decided on departure") };
        facts.push(Fact { name, text: Both::new(zh, en), note: decided, ..fact("", "", "", String::new(), false) });
    }
    for (country, lot) in &ticket.abroad {
        let of = lot.of;
        let name = Both::new(
            format!("第 {} 行海外仓（{country}）", lot.gnum),
            format!("line {}, abroad ({country})", lot.gnum),
        );
        let (out, stock, sold, lost, back) = (of.exported, of.in_stock, of.sold, of.lost, of.returned);
        let (came, went) = (of.moved_in, of.moved_out);
        let [came_zh, came_en] = match came.0 {
            0 => [String::new(), String::new()],
            _ => [format!(" ＋ 移入 {came}"), format!(" + {came} moved in")],
        };
        let [went_zh, went_en] = match went.0 {
            0 => [String::new(), String::new()],
            _ => [format!(" ＋ 移出 {went}"), format!(" + {went} moved out")],
        };
        let zh = format!("出口 {out}{came_zh} ＝ 在库 {stock} ＋ 已售 {sold} ＋ 灭失 {lost} ＋ 退运 {back}{went_zh}");
        let en = format!(
            "{out} exported{came_en} = {stock} in stock + {sold} sold + {lost} lost + {back} returned{went_en}"
        );
        let provisional = lot.rebate && stock.0 > 0;
        let note = if provisional { Both::new("退税待核算", "rebate provisional") } else { Both::default() };
        facts.push(Fact { name, text: Both::new(zh, en), note, ..fact("", "", "", String::new(), false) });
    }
    if !state.summary.is_empty() {
        let to = format!("/summaries/{}", crate::site::quoted(&state.summary));
        facts.push(Fact { to: to.clone(), ..fact("汇总", "summary", "sumNo", state.summary.to_string(), false) });
        for ((gnum, number, line), at) in ticket.summed.iter().zip(&state.summed) {
            let name = Both::new(format!("第 {gnum} 行汇总"), format!("line {gnum}, summary"));
            let to = format!("{to}/{}/{line}", at.declaration);
            facts.push(Fact { name, to, ..fact("", "", "declSeqNo", format!("{number} / {line}"), false) });
        }
    }
    facts
}

/// The arithmetic of a decision, from the figures that the decision kept and the tariff rows of its day.
fn tax(story: &Story, policy: &Policy) -> Option<Tax> {
    let case = story.case.as_ref()?;
    let statement = case.tax.as_ref()?;
    let (list, _) = story.list.as_ref()?;
    let relief = policy.relief(case.declared_on)?;
    let mut total = TaxSum::default();
    let mut lines = Vec::new();
    for line in &statement.lines {
        let declared = list.lines.iter().find(|l| l.gnum == line.tax.gnum)?;
        let sum = TaxSum {
            price: declared.total.0,
            promotion: 0,
            carriage: line.tax.taxable.0 - declared.total.0,
            taxable: line.tax.taxable.0,
            duty: line.tax.duty.0,
            consumption: line.tax.consumption_tax.0,
            vat: line.tax.vat.0,
        };
        let statutory =
            [(declared.unit1.as_str(), declared.qty1), (declared.unit2.as_str(), declared.qty2.unwrap_or_default())];
        let amounts = Amounts { declared: (&declared.unit, declared.qty), statutory };
        let how = policy
            .tariff(&line.gcode, case.declared_on)
            .and_then(|row| tariff::rates(&row.value, &amounts))
            .and_then(|rates| explain_line(line.tax.taxable, &rates, statement.regime, &relief.value))
            .map(|(_, steps)| {
                let words = |name: &str, s: &trade::tax::Step| match s.rounded {
                    Some(rounded) => format!("{name}: {} = {} → {rounded}", s.formula, s.exact),
                    None => format!("{name}: {} = {}", s.formula, s.exact),
                };
                steps.iter().map(|s| Both::new(words(s.zh, s), words(s.en, s))).collect()
            })
            .unwrap_or_default();
        total.price += sum.price;
        total.carriage += sum.carriage;
        total.taxable += sum.taxable;
        total.duty += sum.duty;
        total.consumption += sum.consumption;
        total.vat += sum.vat;
        lines.push(TaxLine {
            number: line.tax.gnum,
            goods: declared.gname.to_string(),
            hs: line.gcode.to_string(),
            quantity: format!("{} × {}", declared.qty, declared.price),
            sum,
            how,
        });
    }
    let paid = story.payment.as_ref().map_or(Fen::ZERO, |p| p.0.amount);
    let discount = story.order.as_ref().map_or(Fen::ZERO, |o| o.0.discount);
    let due = Fen(total.taxable + total.tax()).minus(discount);
    let tolerance = 3 * statement.lines.len() as i64;
    let note = match statement.regime.name() {
        "reduced" => Both::new(
            "限值内：关税 0，增值税、消费税按法定应纳税额的 70%",
            "Within the limits: duty 0, VAT and consumption tax at 70 % of the statutory amount",
        ),
        _ => Both::new("超过单次限值的单件商品：全额征税", "One item above the single limit: taxed in full"),
    };
    Some(Tax {
        note,
        source: statement.clause.to_string(),
        lines,
        total,
        paid: paid.0,
        paid_agrees: (paid.0 - due.0).abs() <= tolerance,
    })
}
