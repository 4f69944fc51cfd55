//! `onewindow explain`: the story of a parcel, its decisions, reasons and figures.

use crate::clock::Clock;
use crate::say::{Cannot, Done, Exit, Say};
use crate::zone::ZoneArgs;
use serde_json::Value;
use store::views::lists::Filter;
use store::views::looks::{LookRow, Subject};
use trade::key::CaseKey;
use trade::money::Fen;

/// Tells a parcel's story: every decision with its reasons, clauses and figures. The zone may be running.
#[derive(clap::Args)]
pub struct Args {
    /// A number of a parcel (list, order, ebcCode_orderNo, tax bill, return, waybill, payment), of a summary payment
    /// (entDutyNo), a summary declaration (sumNo), declared articles or a bonded document, or the address of a portal page;
    /// or words of goods (two characters or more), a heading (four digits or more), a person's whole name, telephone or
    /// identity number: then the newest 20
    key: String,

    #[command(flatten)]
    zone: ZoneArgs,
}

pub fn run(args: &Args, say: &mut Say, clock: &Clock) -> Done {
    let window = args.zone.read(clock)?;
    // Numbers that are no keys, and refused applications, are looked up in the views.
    let views = super::views::current(&window);
    let elsewhere = |number: &str| views.as_ref().map(|views| found(&window, views, number)).unwrap_or_default();
    let applications =
        |case: &CaseKey| views.as_ref().and_then(|views| views.applications(case).ok()).unwrap_or_default();
    let mut stories = window.explain(&args.key, elsewhere, applications).map_err(Cannot::because)?;
    for story in &mut stories {
        let looks = views.as_ref().map(|views| looks(views, &story["key"])).unwrap_or_default();
        story["looks"] = looks.into();
    }
    window.close();
    if stories.is_empty() {
        say.tell(&serde_json::json!({"key": args.key, "state": null}), || {
            format!(
                "{}: no list, order, waybill, payment, tax bill, return, summary payment or bonded document of this zone has \
                 this number, and no goods are called so\n{}：本区没有这个清单、订单、运单、支付、税单、退货、汇总缴款或保税单证编号",
                args.key, args.key
            )
        })?;
        return Ok(Exit::Refused);
    }
    for story in &stories {
        say.tell(story, || words(story))?;
    }
    Ok(Exit::Well)
}

/// Parcels that are told at once.
const MOST: usize = 20;

/// By a number; else by a person's whole name, telephone or identity number, by words of goods or a heading.
fn found(window: &window::Window, views: &store::Views, text: &str) -> Vec<CaseKey> {
    let mut rows: Vec<_> = views.find(text, MOST).unwrap_or_default().into_iter().map(|(row, _)| row).collect();
    if let Some(people) = window.people().ok().filter(|_| rows.is_empty()) {
        for (_, person) in people.sought(text) {
            rows.extend(views.parcels_of(&person, MOST).unwrap_or_default());
        }
        let all = Filter { limit: MOST, ..Filter::default() };
        rows.extend(views.worded(text, &all).unwrap_or_default().rows);
    }
    let mut cases = Vec::new();
    for row in rows {
        if !cases.contains(&row.key) && cases.len() < MOST {
            cases.push(row.key);
        }
    }
    cases
}

/// Who looked at the parcel, newest first.
fn looks(views: &store::Views, key: &Value) -> Vec<Value> {
    let Some((ebc, order_no)) = text(key).split_once('_') else { return Vec::new() };
    let case = CaseKey { ebc: ebc.into(), order_no: order_no.into() };
    let looks = views.looks_at(&[Subject::Parcel(&case)], u64::MAX, 200).unwrap_or_default();
    let line = |l: LookRow| {
        serde_json::json!({
            "revision": l.revision, "at": l.at.to_string(), "who": l.who, "role": l.role, "kind": l.kind,
            "action": l.action, "purpose": l.purpose, "ground": l.ground, "case": l.case_no, "records": l.records,
            "unusual": l.unusual,
        })
    };
    looks.into_iter().map(line).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// A time without its fractions and zone, which is Beijing's.
fn when(value: &Value) -> String {
    text(value).chars().take(19).map(|c| if c == 'T' { ' ' } else { c }).collect()
}

fn yuan(value: &Value) -> Fen {
    Fen(value.as_i64().unwrap_or(0))
}

fn words(story: &Value) -> String {
    let mut out = format!("{}  {}\n", text(&story["key"]), text(&story["state"]));
    let both = |out: &mut String, indent: &str, said: &Value| {
        for lang in ["zh", "en"] {
            out.push_str(&format!("{indent}{}\n", text(&said[lang])));
        }
    };
    both(&mut out, "  ", &story["lead"]);
    let numbers = story["numbers"].as_object().into_iter().flatten();
    let numbers: Vec<_> =
        numbers.filter(|(_, n)| !text(n).is_empty()).map(|(k, n)| format!("{k} {}", text(n))).collect();
    if !numbers.is_empty() {
        out.push_str(&format!("  {}\n", numbers.join("  ")));
    }
    if list(&story["events"]).next().is_some() {
        out.push_str("\n经过 story\n");
    }
    for event in list(&story["events"]) {
        let (at, what) = (when(&event["at"]), text(&event["what"]));
        out.push_str(&format!("  {at}  {}  {} ({what})\n", text(&event["zh"]), text(&event["en"])));
        for line in text(&event["note"]).lines() {
            out.push_str(&format!("      “{line}”\n"));
        }
    }
    for decision in list(&story["decisions"]).filter(|d| list(&d["findings"]).next().is_some()) {
        out.push_str(&format!(
            "\n理由 reasons  {} {}, 适用 {} 的规定 by the law of {}\n",
            when(&decision["at"]),
            text(&decision["verdict"]),
            text(&decision["day"]),
            text(&decision["day"])
        ));
        for f in list(&decision["findings"]) {
            let clause = text(&f["clause"]);
            let clause = if clause.is_empty() { String::new() } else { format!("  [{clause}]") };
            let minor = if f["forgiven"] == true { "  (不因此退单 no refusal by itself)" } else { "" };
            out.push_str(&format!("  {}{clause}{minor}\n", text(&f["code"])));
            both(&mut out, "    ", f);
            both(&mut out, "    → ", &f["remedy"]);
            if let Some(would) = f.get("would_pass_if") {
                both(&mut out, "    = ", would);
            }
        }
    }
    for (way, said) in [("replaced_by", "换货：由其替换 replaced by"), ("replaces", "换货：替换 replaces")]
    {
        let other = &story["exchange"][way];
        if !other.is_null() {
            let at = when(&other["linked"]);
            out.push_str(&format!("\n{said}  {}  {}  {at}\n", text(&other["key"]), text(&other["state"])));
        }
    }
    out.push_str(&held(&story["held"]));
    out.push_str(&articles(&story["articles"]));
    for r in list(&story["relied"]) {
        let of = |name: &str| text(&r[name]).to_owned();
        let signer = Some(of("signer")).filter(|who| !who.is_empty()).unwrap_or_else(|| "按规定 by rule".to_owned());
        out.push_str(&format!(
            "\n检验检疫结果 result {} ({})  海关 office {} → 认可 recognised by {}  {}  {signer}  [{}]\n",
            of("number"),
            of("kind"),
            of("office"),
            of("recognised_by"),
            of("on"),
            of("ground")
        ));
    }
    out.push_str(&export(&story["export"]));
    out.push_str(&summary(&story["summary"]));
    if list(&story["looks"]).next().is_some() {
        out.push_str("\n查看 looks\n");
    }
    for look in list(&story["looks"]) {
        let [who, role, action, purpose] = ["who", "role", "action", "purpose"].map(|name| text(&look[name]));
        let (at, ground) = (when(&look["at"]), text(&look["ground"]));
        let case =
            Some(text(&look["case"])).filter(|case| !case.is_empty()).map_or(String::new(), |c| format!("  {c}"));
        out.push_str(&format!("  {at}  {role} {who}  {action}  {purpose}{case}  [{ground}]\n"));
    }
    out + &money(story)
}

/// Where it is held, and since when.
fn held(of: &Value) -> String {
    if of.is_null() {
        return String::new();
    }
    format!("\n监管 held\n  {}\n  {}\n", text(&of["zh"]), text(&of["en"]))
}

/// Of personal articles: what each bears.
fn articles(of: &Value) -> String {
    if of.is_null() {
        return String::new();
    }
    let mut out = format!("\n个人物品 articles  [{}]\n", text(&of["clause"]));
    for line in list(&of["lines"]) {
        let tax = line["tax_fen"].as_i64().map_or("-".to_owned(), |fen| Fen(fen).to_string());
        let (n, name, band, value) = (&line["n"], text(&line["name"]), text(&line["band"]), yuan(&line["value_fen"]));
        out.push_str(&format!("  {n}  {name}  档 band {band}  价格 value {value}  税 tax {tax}\n"));
    }
    out.push_str(&format!("  税额 tax {} 元，应缴 due {} 元\n", yuan(&of["tax_fen"]), yuan(&of["due_fen"])));
    out
}

/// Of an export ticket: its way, where it stands at the border, and what it was summed up into.
fn export(of: &Value) -> String {
    if of.is_null() {
        return String::new();
    }
    let mut out = format!(
        "\n出口 export  {}  {} {}\n  离岸价 FOB {} 元\n",
        text(&of["tradeMode"]),
        text(&of["way_zh"]),
        text(&of["way_en"]),
        of["value_fen"].as_i64().map_or("-".to_owned(), |fen| Fen(fen).to_string())
    );
    for shorter in list(&of["shorter"]) {
        let [zh, en] = ["zh", "en"].map(|name| text(&shorter[name]));
        let open = if shorter["open"] == true { "也可走 open too" } else { "不能走 not open" };
        out.push_str(&format!("  更简便 shorter: {zh} {en}  {open}\n"));
        for why in list(&shorter["because"]) {
            for lang in ["zh", "en"] {
                out.push_str(&format!("    {}  [{}]\n", text(&why[lang]), text(&why["clause"])));
            }
        }
    }
    for (name, words) in [("arrived", "运抵 arrived"), ("departed", "离境 left"), ("closed", "结关 closed")] {
        if !of[name].is_null() {
            out.push_str(&format!("  {words} {}\n", when(&of[name])));
        }
    }
    if !text(&of["master_bill"]).is_empty() {
        out.push_str(&format!("  总分单 master bill {}\n", text(&of["master_bill"])));
    }
    let decided = of["taxes"]["decided"] == true;
    for line in list(&of["taxes"]["lines"]) {
        let when = if decided { "" } else { "（离境时确定 decided on departure）" };
        out.push_str(&format!(
            "  第 {} 行 line {}  {} {}{when}\n",
            line["gnum"],
            line["gnum"],
            text(&line["zh"]),
            text(&line["en"])
        ));
        for why in list(&line["because"]) {
            for lang in ["zh", "en"] {
                out.push_str(&format!("    {}  [{}]\n", text(&why[lang]), text(&why["clause"])));
            }
        }
    }
    for lot in list(&of["abroad"]) {
        let [exported, stock, sold, lost, back] =
            ["exported", "in_stock", "sold", "lost", "returned"].map(|name| text(&lot[name]));
        let rebate = if lot["rebate_provisional"] == true { "  退税待核算 rebate provisional" } else { "" };
        let [moved_in, moved_out] = ["moved_in", "moved_out"].map(|name| text(&lot[name]));
        let nothing = |qty: &str| qty.is_empty() || qty == "0";
        let came = if nothing(moved_in) { String::new() } else { format!(" + 移入 moved in {moved_in}") };
        let went = if nothing(moved_out) { String::new() } else { format!(" + 移出 moved out {moved_out}") };
        out.push_str(&format!(
            "  第 {} 行海外仓 line {} abroad ({}): 出口 exported {exported}{came} = 在库 in stock {stock} + 已售 sold {sold} + \
             灭失 lost {lost} + 退运 returned {back}{went}{rebate}\n",
            lot["gnum"],
            lot["gnum"],
            text(&lot["country"])
        ));
    }
    for line in list(&of["summed"]) {
        out.push_str(&format!(
            "  第 {} 行 line {} → 汇总 summary {}，报关单 declaration {}，第 {} 项 line {}\n",
            line["gnum"],
            line["gnum"],
            text(&of["sumNo"]),
            text(&line["declSeqNo"]),
            line["line"],
            line["line"]
        ));
    }
    out
}

/// A summary declaration, line by line, with the lists behind each.
fn summary(of: &Value) -> String {
    if of.is_null() {
        return String::new();
    }
    let mut out = format!(
        "\n汇总 summary  申报企业 declarant {}，收发货人 seller {}，海关 office {}，清单 lists {}\n",
        text(&of["agent"]),
        text(&of["ebc"]),
        text(&of["office"]),
        of["lists"]
    );
    let sums = |of: &Value| {
        list(of).map(|s| format!("{} {}", text(&s["value"]), text(&s["currency"]))).collect::<Vec<_>>().join("、")
    };
    let sign = if of["agrees"] == true { "＝" } else { "≠" };
    out.push_str(&format!(
        "  清单合计 lists {} {sign} 结果单合计 results {}\n",
        sums(&of["of_lists"]),
        sums(&of["of_results"])
    ));
    for declaration in list(&of["declarations"]) {
        let number = text(&declaration["declSeqNo"]);
        out.push_str(&format!(
            "  报关单 declaration {number}  {} 运抵国 country {} 出境关别 port {}\n",
            text(&declaration["mode"]),
            text(&declaration["country"]),
            text(&declaration["portCode"])
        ));
        for line in list(&declaration["lines"]) {
            out.push_str(&format!(
                "    第 {} 项 line {}  {} {} × {} {} = {} {}\n",
                line["line"],
                line["line"],
                text(&line["gcode"]),
                text(&line["name"]),
                text(&line["qty"]),
                text(&line["unit"]),
                text(&line["value"]),
                text(&line["currency"])
            ));
            let here = |l: &&Value| text(&l["declSeqNo"]) == number && l["line"] == line["line"];
            let lists: Vec<String> =
                list(&of["of"]).filter(here).map(|l| format!("{}/{}", text(&l["invtNo"]), l["gnum"])).collect();
            if !lists.is_empty() {
                out.push_str(&format!("      {}\n", lists.join("  ")));
            }
        }
    }
    out
}

/// The figures, with the clauses that they follow from.
fn money(story: &Value) -> String {
    let money = &story["money"];
    let mut out = String::new();
    if money.get("agent").is_some() {
        out.push_str(&format!(
            "\n缴款 payment  {} 元，{} 张税单 bills；申报企业 declarant {}，海关 office {}；滞纳金 late surcharge {} 元\n",
            yuan(&money["amount_fen"]), money["bills"], text(&money["agent"]), text(&money["office"]),
            yuan(&money["surcharge_fen"])
        ));
        for parcel in list(&story["parcels"]) {
            let due = yuan(&parcel["due_fen"]);
            out.push_str(&format!("  {}  {}  {due} 元\n", text(&parcel["taxNo"]), text(&parcel["key"])));
        }
        return out;
    }
    if money["regime"].is_null() {
        return out;
    }
    let part = |of: &Value| {
        format!(
            "计税价格 taxable {}  关税 duty {}  消费税 consumption tax {}  增值税 VAT {}",
            yuan(&of["taxable_fen"]),
            yuan(&of["duty_fen"]),
            yuan(&of["consumption_tax_fen"]),
            yuan(&of["vat_fen"])
        )
    };
    out.push_str(&format!(
        "\n税款 tax  {} 元  [{}]\n  {}\n",
        yuan(&money["tax_fen"]),
        text(&money["clause"]),
        part(money)
    ));
    for line in list(&money["lines"]) {
        let (gnum, gcode, clause) = (&line["gnum"], text(&line["gcode"]), text(&line["clause"]));
        out.push_str(&format!("  第 {gnum} 行 line {gnum}  {gcode}  {}\n    [{clause}]\n", part(line)));
    }
    if !money["paid_fen"].is_null() {
        out.push_str(&format!("  实付 paid {} 元\n", yuan(&money["paid_fen"])));
    }
    let (year, before) = (&money["year"], yuan(&money["year_before_fen"]));
    let used = yuan(&money["allowance_used_fen"]);
    out.push_str(&format!("  {year} 年额度 allowance: 此前 before {before}，本票 this parcel {used}\n"));
    if let Some(bill) = money["bill"].as_object() {
        let state = ["", "已生成 generated", "已汇总 summed up", "作废 void"];
        let state = bill["state"].as_u64().and_then(|n| state.get(n as usize)).unwrap_or(&"");
        let paid = if bill["paid"] == true { "，已缴 paid" } else { "" };
        out.push_str(&format!(
            "  税单 bill {}  {state}{paid}  应缴 due {} 元\n",
            text(&bill["taxNo"]),
            yuan(&bill["due_fen"])
        ));
    }
    for back in list(&money["returned"]) {
        out.push_str(&format!(
            "  第 {} 行退货 returned of line {}: 已运抵 arrived {}，待运抵 pending {}\n",
            back["gnum"],
            back["gnum"],
            text(&back["qty"]),
            text(&back["pending"])
        ));
    }
    out
}
