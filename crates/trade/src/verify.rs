//! What a declaration list can be held to alone: the checks at declaration (rules.md 1.3) that need no other document.
//!
//! Each check stands under its number. R01, R06, R07, R08, R16 to R18 need the state and stand in `decide`. All
//! failures are collected, so that a declarant mends the list in one go. "CEB prose" is the field description of the
//! message specification 2022-05.

use crate::documents::{IdCheck, List, ListLine};
use crate::finding::{Code, Finding};
use crate::matching::WeightTolerance;
use crate::money::{Fen, Quantity, SCALE};
use crate::policy::tariff::{self, Amounts};
use crate::policy::{self, ModeKind, Parameter, Policy};
use crate::record::{TaxLine, TaxStatement};
use crate::tax;
use crate::time::Day;

/// Nobody buys ten thousand million of anything; above it nothing is reckoned [ours].
const LARGEST: Quantity = Quantity::whole(10_000_000_000);

/// Kilogram in the customs unit list.
const KG: &str = "035";

/// Holds a list against the law of its day. `accepted` is the day on which the window took it in.
pub fn list(list: &List, accepted: Day, policy: &Policy) -> Vec<Finding> {
    let mut found = Vec::new();
    let day = list.declared_on;
    declared_day(list, accepted, policy, &mut found);
    let mode = trade_mode(list, policy, &mut found);
    match mode {
        Some(ModeKind::Direct) => direct(list, &mut found),
        Some(ModeKind::Bonded) => bonded(list, policy, &mut found),
        _ => {}
    }
    form(list, &mut found);
    buyer(list, &mut found);
    weights(list, policy, &mut found);
    for line in &list.lines {
        let row = policy.tariff(&line.gcode, day);
        if row.is_none() {
            let finding = Finding::new(Code::HsNotInTariff, "TL; T18", "gcode").line(line.gnum);
            found.push(finding.arg("hs", &line.gcode).arg("day", day));
        }
        if let Some(row) = row {
            let units = [row.value.unit1.as_str(), row.value.unit2.as_deref().unwrap_or_default()];
            statutory_units(line, units, &row.clause, &mut found);
        }
        amounts(line, &mut found);
        let about = |code, clause: &str, name, [zh, en]: [&str; 2]| {
            let finding = Finding::new(code, clause, "gcode").line(line.gnum).arg("hs", &line.gcode);
            finding.arg("country", &line.country).arg("day", day).arg(name, format!("{zh} {en}"))
        };
        // R15
        if let Some(ban) = policy.ban(&line.gcode, &line.country, day) {
            found.push(about(Code::GoodsBanned, &ban.clause, "ban", [&ban.value.zh, &ban.value.en]));
        }
        // Bonded goods were asked when they came in (rules.md 8.3).
        if mode != Some(ModeKind::Direct) {
            continue;
        }
        if let Some(listed) = policy.access_missing(&line.gcode, &line.country, day) {
            found.push(about(Code::AccessNotListed, &listed.clause, "list", [&listed.value.zh, &listed.value.en]));
        }
        // A parcel of direct purchase is mailed to its buyer; bonded goods came as freight (rules.md 8.4).
        if let Some(ban) = policy.mail_ban(&line.gcode, &line.country, day) {
            found.push(about(Code::MailBanned, &ban.clause, "ban", [&ban.value.zh, &ban.value.en]));
        }
    }
    found
}

/// R20 [ours]: `declTime` is the sender's own word and must not choose the law or the year.
fn declared_day(list: &List, accepted: Day, policy: &Policy, found: &mut Vec<Finding>) {
    let tolerance = policy.whole(Parameter::DeclarationToleranceDays, accepted).unwrap_or(1);
    if i64::from((accepted.0 - list.declared_on.0).abs()) > tolerance {
        found.push(
            Finding::new(Code::DeclaredDay, "ours (R20)", "declTime")
                .arg("declared", list.declared_on)
                .arg("accepted", accepted)
                .arg("tolerance", tolerance),
        );
    }
}

/// R02: one of the modes of retail import, and the office handles it.
fn trade_mode(list: &List, policy: &Policy, found: &mut Vec<Finding>) -> Option<ModeKind> {
    let day = list.declared_on;
    let mode = policy.trade_mode(&list.trade_mode, day).map(|row| row.value.kind);
    let Some(mode) = mode.filter(|kind| *kind != ModeKind::Other) else {
        found.push(Finding::new(Code::TradeMode, "A194 1", "tradeMode").arg("mode", &list.trade_mode));
        return None;
    };
    let office = policy.office(&list.customs_code, day);
    if !office.is_some_and(|o| o.value.modes.iter().any(|mode| *mode == list.trade_mode)) {
        found.push(
            Finding::new(Code::OfficeMode, "A194 3", "customsCode")
                .arg("office", &list.customs_code)
                .arg("day", day)
                .arg("mode", &list.trade_mode),
        );
    }
    Some(mode)
}

/// R03: 9610 names its transport and no account book.
fn direct(list: &List, found: &mut Vec<Finding>) {
    for (field, value) in [("trafNo", &list.traf_no), ("voyageNo", &list.voyage_no), ("billNo", &list.bill_no)] {
        if value.is_empty() {
            found.push(Finding::new(Code::TransportMissing, "CEB prose 621", field));
        }
    }
    for (field, value) in [("emsNo", &list.ems_no), ("areaCode", &list.area_code)] {
        if !value.is_empty() {
            found.push(Finding::new(Code::BondedFieldGiven, "CEB prose 621", field));
        }
    }
    for line in list.lines.iter().filter(|l| !l.item_record_no.is_empty()) {
        found.push(Finding::new(Code::BondedFieldGiven, "CEB prose 621", "itemRecordNo").line(line.gnum));
    }
}

/// R04: bonded goods name their account book and no transport, and are dispatched from China. R05: 1210 only in a
/// pilot city (M486 and its widenings of 2020 and 2021); elsewhere 1239.
fn bonded(list: &List, policy: &Policy, found: &mut Vec<Finding>) {
    for (field, value) in [("emsNo", &list.ems_no), ("areaCode", &list.area_code), ("areaName", &list.area_name)] {
        if value.is_empty() {
            found.push(Finding::new(Code::BondedFieldMissing, "CEB prose 621", field));
        }
    }
    for line in list.lines.iter().filter(|l| l.item_record_no.is_empty()) {
        found.push(Finding::new(Code::BondedFieldMissing, "CEB prose 621", "itemRecordNo").line(line.gnum));
    }
    for (field, value) in [("trafNo", &list.traf_no), ("voyageNo", &list.voyage_no), ("billNo", &list.bill_no)] {
        if !value.is_empty() {
            found.push(Finding::new(Code::TransportGiven, "CEB prose 621", field));
        }
    }
    if list.country != "142" {
        found.push(Finding::new(Code::BondedCountry, "CEB prose 621", "country").arg("country", &list.country));
    }
    let day = list.declared_on;
    if list.trade_mode == "1210" {
        let city = policy.office(&list.customs_code, day).map(|o| o.value.city.clone()).unwrap_or_default();
        if policy.pilot(&city, day).is_none() {
            let city = if city.is_empty() { list.customs_code.as_str() } else { &city };
            found.push(Finding::new(Code::NotPilotCity, "M486", "customsCode").arg("city", city).arg("day", day));
        }
    }
}

/// R09, and the values that the specification fixes.
fn form(list: &List, found: &mut Vec<Finding>) {
    let currencies = std::iter::once((0, &list.currency)).chain(list.lines.iter().map(|l| (l.gnum, &l.currency)));
    for (gnum, currency) in currencies.filter(|(_, c)| *c != "142") {
        found.push(
            Finding::new(Code::CurrencyNotCny, "A194 4", "currency")
                .line(gnum)
                .arg("field", "currency")
                .arg("currency", currency),
        );
    }
    for (field, amount) in [("freight", list.freight), ("insuredFee", list.insured_fee)] {
        found.extend(not_negative(field, amount));
    }
    // M14 says the same: one list, one parcel.
    if list.pack_no != 1 {
        found.push(Finding::new(Code::PackNo, "CEB prose 621", "packNo").arg("packs", list.pack_no));
    }
    if list.ie_flag != "I" {
        found.push(
            Finding::new(Code::ImportFlag, "CEB prose 621", "ieFlag").arg("field", "ieFlag").arg("flag", &list.ie_flag),
        );
    }
    if list.lines.is_empty() {
        found.push(Finding::new(Code::NoLines, "CEB prose 621", "InventoryList"));
    }
    let mut numbers: Vec<u32> = list.lines.iter().map(|l| l.gnum).collect();
    numbers.sort_unstable();
    if let Some((_, &wrong)) = numbers.iter().enumerate().find(|(i, n)| **n != *i as u32 + 1) {
        found.push(Finding::new(Code::DuplicateLine, "CEB prose 621", "gnum").line(wrong));
    }
}

/// Carriage, deductions and taxes are never below zero [ours].
pub fn not_negative(field: &str, amount: Fen) -> Option<Finding> {
    (amount < Fen::ZERO)
        .then(|| Finding::new(Code::AmountNegative, "ours", field).arg("field", field).arg("value", amount))
}

/// R10: a resident identity card with a valid number (T18; GB 11643). Whether it is blocked stands in `decide`.
fn buyer(list: &List, found: &mut Vec<Finding>) {
    if list.buyer.id_type != "1" {
        found.push(
            Finding::new(Code::IdType, "T18", "buyerIdType")
                .arg("field", "buyerIdType")
                .arg("kind", &list.buyer.id_type),
        );
    } else if !matches!(list.buyer.id_check, IdCheck::Valid | IdCheck::ValidMinor) {
        found.push(Finding::new(Code::IdNumber, "T18", "buyerIdNumber"));
    }
}

/// R12: the statutory units are those of the tariff; the second, empty where it has none, is given exactly when it has one.
pub(crate) fn statutory_units(line: &ListLine, units: [&str; 2], clause: &str, found: &mut Vec<Finding>) {
    let [first, second] = units;
    for (field, given, expected) in [("unit1", &line.unit1, first), ("unit2", &line.unit2, second)] {
        if given != expected {
            let or_none = |unit: &str| if unit.is_empty() { "-".to_owned() } else { unit.to_owned() };
            found.push(
                Finding::new(Code::StatutoryUnit, clause, field)
                    .line(line.gnum)
                    .arg("given", or_none(given))
                    .arg("expected", or_none(expected)),
            );
        }
    }
    let second_fits = match line.qty2 {
        Some(qty) => !second.is_empty() && qty.0 > 0,
        None => second.is_empty(),
    };
    for (field, fits) in [("qty1", line.qty1.0 > 0), ("qty2", second_fits)] {
        if !fits {
            found.push(Finding::new(Code::StatutoryQuantity, clause, field).line(line.gnum));
        }
    }
}

/// R13 [ours]: price times quantity is the total to the fen; both above zero (gifts are declared at their price).
fn amounts(line: &ListLine, found: &mut Vec<Finding>) {
    if line.qty.0 <= 0 || line.price.0 <= 0 || line.total <= Fen::ZERO {
        found.push(Finding::new(Code::ValueNotPositive, "A194 4", "price").line(line.gnum));
        return;
    }
    if [line.qty, line.qty1, line.qty2.unwrap_or_default()].into_iter().any(|q| q > LARGEST) {
        found.push(Finding::new(Code::AmountOutOfRange, "", "qty").line(line.gnum));
        return;
    }
    match line.price.times(line.qty) {
        None => found.push(Finding::new(Code::AmountOutOfRange, "", "qty").line(line.gnum)),
        Some(expected) if expected != line.total => found.push(
            Finding::new(Code::LineTotal, "ours (R13)", "totalPrice")
                .line(line.gnum)
                .arg("total", line.total)
                .arg("expected", expected),
        ),
        Some(_) => {}
    }
}

/// R14 [ours]: gross >= net > 0; where all lines are by weight, their kilograms agree with the net weight.
fn weights(list: &List, policy: &Policy, found: &mut Vec<Finding>) {
    let (gross, net) = (list.gross_weight, list.net_weight);
    if net.0 <= 0 || gross < net {
        found.push(Finding::new(Code::Weight, "ours (R14)", "netWeight").arg("gross", gross).arg("net", net));
        return;
    }
    if list.lines.is_empty() || !list.lines.iter().all(|l| l.unit1 == KG) {
        return;
    }
    let sum = list.lines.iter().fold(0i64, |sum, l| sum.saturating_add(l.qty1.0));
    let sum = Quantity(sum);
    let allowed = share_of(net, policy, Parameter::NetWeightToleranceRate, list.declared_on);
    if (i128::from(sum.0) - i128::from(net.0)).abs() > i128::from(allowed.0) {
        found.push(Finding::new(Code::NetWeightQuantity, "ours (R14)", "netWeight").arg("sum", sum).arg("net", net));
    }
}

fn share_of(quantity: Quantity, policy: &Policy, rate: Parameter, day: Day) -> Quantity {
    let Some(row) = policy.parameter(rate, day) else { return Quantity(0) };
    let (n, d) = row.value.parts();
    Quantity(i64::try_from(i128::from(quantity.0) * i128::from(n) / i128::from(d)).unwrap_or(i64::MAX))
}

/// How far the weights of list and waybill may differ before it counts as risk (M13).
pub fn weight_tolerance(policy: &Policy, day: Day) -> WeightTolerance {
    let absolute = policy.parameter(Parameter::WeightToleranceKg, day).map_or((5, 100), |row| row.value.parts());
    let rate = policy.parameter(Parameter::WeightToleranceRate, day).map_or((3, 100), |row| row.value.parts());
    WeightTolerance { absolute: Quantity(absolute.0 * SCALE / absolute.1), share: rate }
}

/// By how many fen declared and reckoned tax of a list may differ: rounding is a convention (3.4, point 6).
pub fn tax_tolerance(list: &List, policy: &Policy) -> i64 {
    let fen = policy.whole(Parameter::TaxDifferenceFen, list.declared_on).unwrap_or(1);
    3 * fen * list.lines.len() as i64
}

/// How long a list waits for its documents (2.1).
pub fn match_wait_hours(policy: &Policy, day: Day) -> i64 {
    policy.whole(Parameter::MatchWaitHours, day).unwrap_or(24)
}

/// The risk score of a list: the points are the sum of their reasons, each a finding that stops nothing by itself.
pub fn risk(list: &List, remarks: Vec<Finding>, policy: &Policy) -> (u32, Vec<Finding>) {
    let mut because = remarks;
    if list.buyer.id_check == IdCheck::ValidMinor {
        because.push(Finding::new(Code::BuyerMinor, "ours (rules 2.3)", "buyerIdNumber").forgiven());
    }
    let mut points = because
        .iter()
        .map(|f| match f.code {
            Code::WeightDiffers => 20,
            Code::BuyerMinor => 10,
            Code::PaidBeforeOrder => 5,
            _ => 0,
        })
        .sum();
    for (id, row) in policy.risk(list, list.declared_on) {
        points += row.value.points;
        because.push(
            Finding::new(Code::RiskRule, &row.clause, "")
                .arg("rule", id)
                .arg("what", format!("{} {}", row.value.name.zh, row.value.name.en))
                .forgiven(),
        );
    }
    (points, because)
}

/// Points from which a person looks at a parcel, or it is inspected. A zone without them stops nothing.
pub fn risk_threshold(which: Parameter, policy: &Policy, day: Day) -> u32 {
    policy.whole(which, day).and_then(|n| u32::try_from(n).ok()).unwrap_or(u32::MAX)
}

/// A quantity of goods that counts against a person's year (positive list remarks; rules.md 4.1).
pub struct YearQuantity {
    pub gnum: u32,
    pub hs8: String,
    pub amount: Quantity,
}

/// The figures of a list, and the quantities it takes of its buyer's year.
pub struct Assessment {
    pub tax: TaxStatement,
    pub quantities: Vec<YearQuantity>,
}

/// Taxes a list by the law of its day; what stands against it is added to `found`, in the order of rules.md 2.4.
/// `year_so_far` is the taxable price of the buyer's other live lists of that year.
pub fn assess(list: &List, year_so_far: Fen, policy: &Policy, found: &mut Vec<Finding>) -> Option<Assessment> {
    let day = list.declared_on;
    let rules = tax::Rules::on(policy, day).map_err(|f| found.push(f)).ok()?;
    let mut lines = Vec::with_capacity(list.lines.len());
    let mut rows = Vec::with_capacity(list.lines.len());
    let mut quantities = Vec::new();
    for line in &list.lines {
        let row = policy.tariff(&line.gcode, day)?;
        let statutory = [(line.unit1.as_str(), line.qty1), (line.unit2.as_str(), line.qty2.unwrap_or_default())];
        let amounts = Amounts { declared: (&line.unit, line.qty), statutory };
        let Some(rates) = tariff::rates(&row.value, &amounts) else {
            // The tariff asks for litres, kilograms or pieces, and no quantity of the line is in them.
            found.push(Finding::new(Code::StatutoryQuantity, &row.clause, "qty1").line(line.gnum));
            return None;
        };
        lines.push(tax::Line { gnum: line.gnum, price: line.price, qty: line.qty, goods: line.total, rates });
        rows.push(row);
        if let Some((_, unit)) = policy.positive(&line.gcode, day).and_then(|p| p.value.year_limit.as_ref()) {
            let Some(amount) = policy::quantity_in(unit, statutory) else {
                found.push(Finding::new(Code::StatutoryQuantity, &row.clause, "qty1").line(line.gnum));
                return None;
            };
            quantities.push(YearQuantity { gnum: line.gnum, hs8: line.gcode.chars().take(8).collect(), amount });
        }
    }
    let assessment = tax::Assessment {
        day,
        lines: &lines,
        promotion: Fen::ZERO,
        freight: list.freight,
        insurance: list.insured_fee,
        year_so_far,
    };
    let assessed = tax::assess(&assessment, &rules).map_err(|f| found.extend(f)).ok()?;
    let totals = assessed.totals();
    let tax_lines = assessed.lines.into_iter().zip(&list.lines).zip(rows);
    let tax = TaxStatement {
        regime: assessed.regime,
        taxable: totals.taxable,
        duty: totals.duty,
        consumption_tax: totals.consumption_tax,
        vat: totals.vat,
        lines: tax_lines
            .map(|((tax, line), row)| TaxLine {
                tax,
                gcode: line.gcode.clone(),
                qty: line.qty,
                clause: row.clause.clone().into(),
            })
            .collect(),
        clause: rules.limits.clause.clone().into(),
        year_before: year_so_far,
        year_after: year_so_far.plus(totals.taxable),
        year: day.year() as u32,
    };
    Some(Assessment { tax, quantities })
}
