//! The tax calculator: cases of purchases, returns and cancels in, outcomes out (rules.md 3.10).
//!
//! It reads JSON and reckons with the very functions that decide a list. Rates stand in the case; limits, relief and
//! times for returns are the policy's of the day, but that limits stated in the file replace the amounts of the law
//! since 2019, so that cases can be written for limits to come. A refusal books nothing.
//!
//! Three actions stand for themselves: `articles` (3.8), `income` (6.6) and `exemption` (6.5), reckoned in `other`.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::exact::{Exact, Fraction};
use crate::finding::{Code, Finding};
use crate::money::{Fen, Price, Quantity, SCALE};
use crate::policy::limits::{Excess, Limits, Regime};
use crate::policy::tariff::{Consumption, Rates};
use crate::policy::{ModeKind, Policy, Row, returns};
use crate::tax::{self, Assessment, LineTax, Rules, Totals};
use crate::time::{Day, Moment};

mod input;
mod other;
#[cfg(test)]
mod tests;

use input::{Case, Declare, Give, Inputs, Step};

/// Where the input is not in the form of rules.md 3.10.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {what}")]
pub struct Malformed {
    /// `cases[3].steps[0].inputs.lines[1].vat_rate`, or a line of the file.
    pub place: String,
    pub what: String,
}

/// What came of a case: `{"id", "steps": [{"outcome", …}]}`, each step with the keys of `expected`.
pub type Outcome = Value;

/// Reckons a whole file `{"about", "limits", "cases": […]}`, or a single case. A case that cannot be understood is
/// an error of its own, in its place, and spoils no other.
///
/// # Errors
/// `Malformed` where the file itself cannot be read.
pub fn run(text: &str, policy: &Policy) -> Result<Vec<Result<Outcome, Malformed>>, Malformed> {
    let file = input::read(text)?;
    Ok(file.cases.into_iter().map(|case| run_case(case?, file.limits, policy)).collect())
}

fn run_case(case: Case, limits: Option<(Fen, Fen)>, policy: &Policy) -> Result<Outcome, Malformed> {
    let mut book = Book {
        policy,
        limits,
        authenticated: case.authenticated,
        years: case.years,
        quantities: HashMap::new(),
        opening_quantity: case.quantity,
        first_year: None,
        lists: HashMap::new(),
    };
    let steps: Vec<Value> = case.steps.into_iter().map(|step| book.take(step)).collect::<Result<_, _>>()?;
    Ok(json!({ "id": case.id, "steps": steps }))
}

/// What a buyer has bought so far in a case.
struct Book<'p> {
    policy: &'p Policy,
    limits: Option<(Fen, Fen)>,
    authenticated: bool,
    /// Amounts by calendar year.
    years: HashMap<i32, Fen>,
    /// Quantities by year and HS8, for quantity limits.
    quantities: HashMap<(i32, String), Exact>,
    /// What was bought before the case: by year where the case says which, otherwise of the first year it touches.
    opening_quantity: HashMap<(Option<i32>, String), Fraction>,
    first_year: Option<i32>,
    lists: HashMap<String, Declared>,
}

/// A list that was accepted.
struct Declared {
    year: i32,
    released: Day,
    lines: Vec<DeclaredLine>,
    is_cancelled: bool,
    /// The inputs as they stood, and what was answered.
    source: Value,
    answer: Value,
}

struct DeclaredLine {
    tax: LineTax,
    qty: Quantity,
    returned: Quantity,
    /// HS8 and content, where the goods have a quantity limit.
    counted: Option<(String, Fraction)>,
}

/// A refusal: its reason and the number that a receipt gives it.
struct Refused {
    findings: Vec<Finding>,
    year: i32,
    /// Where the number is not that of the code's text: a list that is not found is -623003 to a cancel.
    status: Option<i32>,
}

impl<'p> Book<'p> {
    fn take(&mut self, step: Step) -> Result<Value, Malformed> {
        let outcome = match step.inputs {
            Inputs::Declare(inputs) => match step.list.as_ref().and_then(|name| self.lists.get(name)) {
                // The same list again gets its first answer; another one under its name is not a case.
                Some(live) if !live.is_cancelled && live.source == step.source => return Ok(live.answer.clone()),
                Some(live) if !live.is_cancelled => {
                    let what = "this list was accepted already, with other inputs".into();
                    return Err(Malformed { place: format!("{}.list", step.place), what });
                }
                _ => self.declare(step.list, &inputs, step.release, step.source),
            },
            Inputs::Return(inputs) => self.give_back(&inputs),
            Inputs::Cancel { list } => self.cancel(&list),
            Inputs::Articles(inputs) => return Ok(other::articles(&inputs, self.policy)),
            Inputs::Income { day, revenue, encouraged } => {
                return Ok(other::income(day, revenue, encouraged, self.policy));
            }
            Inputs::Exemption(inputs) => return Ok(other::exemption(&inputs, self.policy)),
        };
        Ok(outcome.unwrap_or_else(|refused| {
            // A refusal has at least one finding: every `Refused` is made from one.
            let first = refused.findings.first();
            let code = first.map_or("", |f| f.code.name());
            let status = refused.status.or(first.map(|f| f.code.text().status)).unwrap_or(100);
            self.with_year(
                refused.year,
                [("outcome", json!("reject")), ("reason", json!(code)), ("receipt_code", json!(status.to_string()))],
            )
        }))
    }

    fn declare(
        &mut self,
        name: Option<String>,
        inputs: &Declare,
        release: Option<Day>,
        source: Value,
    ) -> Result<Value, Refused> {
        let day = inputs.day;
        let year = day.year();
        self.first_year.get_or_insert(year);
        let mut found = Vec::new();
        let refuse = |findings: Vec<Finding>| Refused { findings, year, status: None };

        // 1: line by line.
        let mode = self.policy.trade_mode(&inputs.trade_mode, day).map_or(ModeKind::Other, |row| row.value.kind);
        for line in &inputs.lines {
            if !line.on_positive_list {
                let finding = Finding::new(Code::NotOnPositiveList, "", "gcode").line(line.gnum);
                found.push(finding.arg("hs", &line.hs8).arg("day", day));
            }
            if line.bonded_only && mode != ModeKind::Bonded {
                let finding = Finding::new(Code::BondedOnly, "", "tradeMode").line(line.gnum);
                found.push(finding.arg("hs", &line.hs8).arg("mode", &inputs.trade_mode));
            }
            if line.price.0 <= 0 || line.qty.0 <= 0 || line.price.times(line.qty) == Some(Fen::ZERO) {
                found.push(Finding::new(Code::ValueNotPositive, "R13", "totalPrice").line(line.gnum));
            }
        }
        // 2 to 4: the payment.
        match &inputs.payment {
            None => {
                found.push(Finding::new(Code::Unpaid, "T18", "orderNo").arg("order", name.as_deref().unwrap_or("")))
            }
            Some(payment) => {
                if payment.currency != "142" {
                    found.push(
                        Finding::new(Code::PaymentCurrency, "A194", "currency").arg("currency", &payment.currency),
                    );
                }
                if !payment.payer_is_buyer && !self.authenticated {
                    found.push(Finding::new(Code::PayerNotBuyer, "A194", "payerIdNumber"));
                }
            }
        }
        // 5: quantities of the year.
        let counted = match self.count(inputs, year) {
            Ok(counted) => counted,
            Err(finding) => {
                found.extend(finding);
                HashMap::new()
            }
        };
        // 6, 7: tax and limits.
        let year_so_far = self.years.get(&year).copied().unwrap_or_default();
        let assessed = match self.assess(inputs, year_so_far) {
            Ok(assessed) => assessed,
            Err(more) => {
                found.extend(
                    more.into_iter()
                        .filter(|f| !found.iter().any(|g| g.code == f.code && g.gnum == f.gnum))
                        .collect::<Vec<_>>(),
                );
                return Err(refuse(found));
            }
        };
        // 8, 9: what was paid, and the guarantee.
        let totals = assessed.totals();
        let Some(due) = assessed.payment_due(inputs.noncash) else {
            found.push(Finding::new(Code::AmountOutOfRange, "", "discount"));
            return Err(refuse(found));
        };
        if let Some(payment) = inputs.payment.as_ref().filter(|payment| payment.amount != due) {
            let finding = Finding::new(Code::PaymentAmount, "M4", "amountPaid");
            found.push(finding.arg("paid", payment.amount).arg("expected", due));
        }
        if let Some(free) = inputs.guarantee.filter(|&free| totals.tax() > free) {
            let finding = Finding::new(Code::GuaranteeInsufficient, "A194 4", "assureCode");
            found.push(finding.arg("assure", "").arg("free", free).arg("tax", totals.tax()));
        }
        let Some(year_then) = year_so_far.0.checked_add(totals.taxable.0).map(Fen) else {
            return Err(refuse(vec![Finding::new(Code::AmountOutOfRange, "", "totalPrice")]));
        };
        if !found.is_empty() {
            return Err(refuse(found));
        }

        self.years.insert(year, year_then);
        self.quantities.extend(counted);
        let answer = self.with_year(
            year,
            [
                ("outcome", json!("accept")),
                ("tax_regime", json!(if assessed.regime == Regime::Reduced { "reduced" } else { "full" })),
                ("lines", json_lines(&assessed.lines)),
                ("totals", json_totals(&totals)),
                ("actual_paid_fen", json!(due.0)),
            ],
        );
        if let Some(name) = name {
            let lines = inputs.lines.iter().zip(assessed.lines);
            let lines = lines
                .map(|(line, tax)| DeclaredLine {
                    tax,
                    qty: line.qty,
                    returned: Quantity(0),
                    counted: line.year_limit.and(line.content).map(|content| (line.hs8.clone(), content)),
                })
                .collect();
            let released = release.unwrap_or(day);
            let answer = answer.clone();
            self.lists.insert(name, Declared { year, released, lines, is_cancelled: false, source, answer });
        }
        Ok(answer)
    }

    fn assess(&self, inputs: &Declare, year_so_far: Fen) -> Result<tax::Assessed, Vec<Finding>> {
        let rules = Rules::on(self.policy, inputs.day).map_err(|finding| vec![finding])?;
        let mut limits = rules.limits.clone();
        if let Some((single, annual)) = self.limits
            && limits.value.excess == Excess::OneItemTaxedInFull
        {
            limits.value = Limits { single, annual, ..limits.value };
        }
        let rules = Rules { limits: &limits as &Row<Limits>, ..rules };
        let mut lines = Vec::with_capacity(inputs.lines.len());
        for line in &inputs.lines {
            let Some(goods) = line.price.times(line.qty) else {
                return Err(vec![Finding::new(Code::AmountOutOfRange, "", "totalPrice").line(line.gnum)]);
            };
            lines.push(tax::Line { gnum: line.gnum, price: line.price, qty: line.qty, goods, rates: line.rates });
        }
        let assessment = Assessment {
            day: inputs.day,
            lines: &lines,
            promotion: inputs.promotion,
            freight: inputs.freight,
            insurance: inputs.insurance,
            year_so_far,
        };
        tax::assess(&assessment, &rules)
    }

    /// The year's quantities with this list, of the goods that have a limit.
    fn count(&self, inputs: &Declare, year: i32) -> Result<HashMap<(i32, String), Exact>, Vec<Finding>> {
        let mut counted: HashMap<(i32, String), Exact> = HashMap::new();
        let mut found = Vec::new();
        for line in &inputs.lines {
            let (Some(limit), Some(content)) = (line.year_limit, line.content) else { continue };
            let key = (year, line.hs8.clone());
            let so_far = counted.get(&key).copied().unwrap_or_else(|| self.quantity(&key));
            let Some(sum) = so_far.plus(content.exact()) else {
                found.push(Finding::new(Code::AmountOutOfRange, "", "qty").line(line.gnum));
                continue;
            };
            if sum.is_above(limit) {
                let finding = Finding::new(Code::OverAnnualQuantity, "", "qty").line(line.gnum);
                found.push(finding.arg("hs", &line.hs8).arg("sum", sum).arg("limit", limit));
            }
            counted.insert(key, sum);
        }
        if found.is_empty() { Ok(counted) } else { Err(found) }
    }

    fn quantity(&self, key: &(i32, String)) -> Exact {
        if let Some(&quantity) = self.quantities.get(key) {
            return quantity;
        }
        let (year, hs8) = key;
        let opening = self.opening_quantity.get(&(Some(*year), hs8.clone()));
        let unnamed = || self.opening_quantity.get(&(None, hs8.clone())).filter(|_| self.first_year == Some(*year));
        opening.or_else(unnamed).map_or(Exact::ZERO, |quantity| quantity.exact())
    }

    fn give_back(&mut self, inputs: &Give) -> Result<Value, Refused> {
        let not_found = |year| Refused {
            findings: vec![Finding::new(Code::ListNotFound, "A45", "invtNo").arg("invt", &inputs.list)],
            year,
            status: Some(-625204),
        };
        let applied_year = inputs.applied.year();
        let Some(list) = self.lists.get(&inputs.list) else { return Err(not_found(applied_year)) };
        let year = list.year;
        if list.is_cancelled {
            return Err(not_found(year));
        }
        let refuse = |findings: Vec<Finding>| Refused { findings, year, status: None };
        let Some(rule) = self.policy.returns(list.released) else {
            let finding = Finding::new(Code::NoRuleKnown, "", "appTime");
            return Err(refuse(vec![finding.arg("day", list.released).arg("what", "returns")]));
        };
        let mut found: Vec<Finding> = returns::applied_late(rule, list.released, inputs.applied).into_iter().collect();
        let (mut unknown, mut too_many, mut parts) = (Vec::new(), Vec::new(), Vec::new());
        let mut taken: HashMap<usize, Quantity> = HashMap::new();
        for &(gnum, qty) in &inputs.lines {
            let Some((index, line)) = list.lines.iter().enumerate().find(|(_, line)| line.tax.gnum == gnum) else {
                unknown.push(Finding::new(Code::LineNotFound, "A45", "gnum").line(gnum));
                continue;
            };
            let before = taken.get(&index).copied().unwrap_or(line.returned);
            match tax::returned_part(&line.tax, line.qty, before, qty) {
                Some(part) => {
                    taken.insert(index, before.plus(qty));
                    parts.push(part);
                }
                None => {
                    let finding = Finding::new(Code::ReturnQuantity, "A45", "qty").line(gnum);
                    too_many.push(finding.arg("qty", qty).arg("left", line.qty.minus(before)));
                }
            }
        }
        found.extend(unknown);
        found.extend(too_many);
        found.extend(returns::arrived_late(rule, list.released, inputs.arrived));
        if !found.is_empty() {
            return Err(refuse(found));
        }
        let list = self.lists.get_mut(&inputs.list).expect("found above, and nothing was taken out");
        let mut given: Vec<(String, Exact)> = Vec::new();
        for (index, returned) in taken {
            let line = &mut list.lines[index];
            if let Some((hs8, content)) = &line.counted {
                let of = |q: Quantity| content.exact().times(Fraction::new(q.0, line.qty.0)?);
                let back = of(returned).zip(of(line.returned)).and_then(|(new, old)| new.plus(old.negated()));
                given.extend(back.map(|back| (hs8.clone(), back)));
            }
            line.returned = returned;
        }
        let totals = Totals::of(&parts);
        self.restore(year, totals.taxable, given);
        Ok(self.with_year(
            year,
            [
                ("outcome", json!("accept")),
                ("restored_fen", json!(totals.taxable.0)),
                ("lines", json_lines(&parts)),
                ("tax_not_levied_fen", json!(totals.tax().0)),
            ],
        ))
    }

    fn cancel(&mut self, name: &str) -> Result<Value, Refused> {
        let year = self.lists.get(name).map(|list| list.year);
        let latest = || self.lists.values().map(|list| list.year).chain(self.years.keys().copied()).max().unwrap_or(0);
        let refuse = |code: Code, year| Refused {
            findings: vec![Finding::new(code, "A194 3", "invtNo").arg("invt", name).arg("state", "")],
            year,
            status: (code == Code::ListNotFound).then_some(-623003),
        };
        let Some(year) = year else { return Err(refuse(Code::ListNotFound, latest())) };
        let list = self.lists.get_mut(name).expect("found above");
        if list.is_cancelled || list.lines.iter().any(|line| line.returned.0 > 0) {
            return Err(refuse(Code::ListState, year));
        }
        list.is_cancelled = true;
        let totals = list.lines.iter().map(|line| line.tax.clone()).collect::<Vec<_>>();
        let totals = Totals::of(&totals);
        let given = list.lines.iter().filter_map(|line| line.counted.as_ref());
        let given = given.map(|(hs8, content)| (hs8.clone(), content.exact())).collect();
        self.restore(year, totals.taxable, given);
        Ok(self.with_year(
            year,
            [
                ("outcome", json!("accept")),
                ("restored_fen", json!(totals.taxable.0)),
                ("tax_not_levied_fen", json!(totals.tax().0)),
            ],
        ))
    }

    /// Gives amount and quantities back to the year of the original list.
    fn restore(&mut self, year: i32, amount: Fen, quantities: Vec<(String, Exact)>) {
        let of_year = self.years.entry(year).or_default();
        *of_year = of_year.minus(amount);
        for (hs8, quantity) in quantities {
            let key = (year, hs8);
            if let Some(rest) = self.quantity(&key).plus(quantity.negated()) {
                self.quantities.insert(key, rest);
            }
        }
    }

    fn with_year<const N: usize>(&self, year: i32, fields: [(&str, Value); N]) -> Value {
        let mut step: Map<String, Value> = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        step.insert("ytd_after_fen".into(), json!(self.years.get(&year).copied().unwrap_or_default().0));
        step.insert("ytd_year".into(), json!(year));
        Value::Object(step)
    }
}

fn json_lines(lines: &[LineTax]) -> Value {
    let line = |line: &LineTax| {
        json!({
            "gnum": line.gnum,
            "taxable_fen": line.taxable.0,
            "duty_fen": line.duty.0,
            "consumption_tax_fen": line.consumption_tax.0,
            "vat_fen": line.vat.0,
        })
    };
    lines.iter().map(line).collect()
}

fn json_totals(totals: &Totals) -> Value {
    json!({
        "taxable_fen": totals.taxable.0,
        "duty_fen": totals.duty.0,
        "consumption_tax_fen": totals.consumption_tax.0,
        "vat_fen": totals.vat.0,
        "tax_fen": totals.tax().0,
    })
}
