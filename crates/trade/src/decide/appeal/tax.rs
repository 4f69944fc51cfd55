//! Appeals about the tax of a released list: its value, its heading or its rate.
//!
//! *Allowed*, the list is taxed again by the law of its own day as it is adopted now (so a rate that came late counts),
//! with the values that the officer found; they are written into the list as a correction would. Nobody is worse off for
//! an appeal (ARL 63, paraphrase): a decision that would levy more is none. What follows is carried through: bill (816
//! anew), guarantee and the summary payment where it is not made yet, otherwise what is to be paid back; the buyer's year
//! and its quantities; what has come back counts by the new tax. The account book keeps the heading under which its item
//! was filed; whoever keeps the book changes that.
//! A surcharge (滞纳金) that the payment bore for being late is paid back as far as it was reckoned from too much.

use super::{Scene, after, decided, end, law, list, tell};
use crate::command::{Act, Verdict};
use crate::correction::{Change, Field, set};
use crate::documents::{Document, List};
use crate::finding::{Code, Finding};
use crate::key::{CaseKey, Key};
use crate::money::{Fen, Quantity};
use crate::record::{AppealEnd, Case, Kept, Levied, Overdue, Returned, TaxChanged, TaxPayment, TaxStatement};
use crate::tax::returned_part;
use crate::verify;

const CLAUSE: &str = "海关法 第六十四条; 关税法 第六十六条";

/// Decides the tax again. `act.number` names what the officer found, as `line:field=value`, line 0 for the head.
///
/// # Errors
/// `APPEAL_VALUE` for what is no such value, `APPEAL_WORSE` where more or nothing else would be levied; what speaks
/// against the list with these values.
pub(super) fn again(
    scene: &mut Scene<'_>,
    act: &Act,
    key: &CaseKey,
    case: &mut Case,
    info: &str,
) -> Result<(), Finding> {
    let at = Key::List(key.clone());
    let kept = scene.read::<Kept>(&at).unwrap_or_default();
    let Some(Document::List(old)) = kept.document.clone() else { return Err(value("-")) };
    let mut document = Document::List(old);
    let mut said = Vec::new();
    for change in &read(&act.number)? {
        let [before, after] = set(&mut document, change)?;
        let code = if change.gnum == 0 { Code::CorrectedHead } else { Code::CorrectedLine };
        let finding = Finding::new(code, CLAUSE, change.field.name()).line(change.gnum);
        said.push(finding.arg("before", before).arg("after", after).forgiven());
    }
    let Document::List(new) = &document else { return Err(value("-")) };
    let mut found = verify::list(new, case.accepted.day(), scene.policy());
    found.extend(list::goods(scene, new));
    let told = case.clone();
    let changed = taxed(scene, case, new, &mut found);
    if let Some((_, TaxChanged { before, after, .. })) = &changed
        && (after.total() > before.total() || after.total() == before.total() && after.taxable >= before.taxable)
    {
        let finding = Finding::new(Code::AppealWorse, CLAUSE, "taxTotal");
        found.push(finding.arg("before", before.total()).arg("after", after.total()));
    }
    let Some((now, mut changed)) = changed.filter(|_| found.is_empty()) else {
        // Nothing of it happens.
        scene.overlay.forget();
        *case = told;
        return Err(found.into_iter().next().unwrap_or_else(|| value("-")));
    };
    scene.put(&at, &Kept { document: Some(document), ..kept });
    if law(scene, case).is_some_and(|law| law.surcharge) && changed.repaid > Fen::ZERO {
        let number = case.bill.as_ref().map(|bill| bill.ent_duty_no.clone()).unwrap_or_default();
        changed.surcharge = after::borne(scene, &number, changed.repaid);
        changed.repaid = changed.repaid.plus(changed.surcharge);
        case.to_repay = case.to_repay.plus(changed.surcharge);
    }
    case.tax_decided = decided(scene, case, &act.by.id);
    end(scene, act, key, case, AppealEnd::Allowed);
    if let Some(appeal) = case.appeals.last_mut() {
        appeal.tax = Some(changed);
    }
    scene.outcome.verdict = Verdict::Done;
    scene.outcome.findings.extend(said);
    scene.outcome.tax = Some(now.clone());
    tell(scene, key, case, info, Vec::new());
    after::tell_bill(scene, key, case, &now);
    Ok(())
}

/// Books a released list by another tax: what changed, unless something is found against it; then nothing of what was
/// written may happen.
pub(in crate::decide) fn taxed(
    scene: &mut Scene<'_>,
    case: &mut Case,
    new: &List,
    found: &mut Vec<Finding>,
) -> Option<(TaxStatement, TaxChanged)> {
    let (old, bill) = (case.tax.clone()?, case.bill.clone()?);
    let mut before = sum(&old, &case.returned);
    (before.duty, before.consumption_tax, before.vat) = (bill.duty, bill.consumption_tax, bill.vat);
    after::give_back_year(scene, case);
    let list::Year { tax: mut now, allowance, quantities } = list::year(scene, new, found)?;
    now.year = old.year;
    let after = sum(&now, &case.returned);
    let less = bill.total().minus(after.total());
    let mut changed = TaxChanged { before, after, ..TaxChanged::default() };
    if bill.paid {
        case.to_repay = case.to_repay.plus(less);
        changed.repaid = less;
    } else {
        if less < Fen::ZERO {
            list::guarantee(scene, new, Fen(-less.0), found);
        }
        after::not_levied(scene, case, &bill.ent_duty_no, less);
        changed.payment = bill.ent_duty_no.clone();
        nothing_overdue(scene, &bill.ent_duty_no);
    }
    if let Some(bill) = case.bill.as_mut() {
        (bill.duty, bill.consumption_tax, bill.vat) = (after.duty, after.consumption_tax, after.vat);
    }
    case.allowance = Some(allowance.clone());
    (case.allowance_used, case.quantities, case.tax) = (after.taxable, quantities, Some(now.clone()));
    if case.counts() {
        list::add(scene, &Key::Allowance(allowance), after.taxable.0);
        for q in after::quantities_left(case) {
            list::add(scene, &Key::Allowance(q.counter), q.amount.0);
        }
    }
    Some((now, changed))
}

/// What a list bears, less what has come back of it.
pub(super) fn sum(tax: &TaxStatement, returned: &[Returned]) -> Levied {
    let mut sum = Levied { taxable: tax.taxable, duty: tax.duty, consumption_tax: tax.consumption_tax, vat: tax.vat };
    for line in &tax.lines {
        let back = returned.iter().find(|r| r.gnum == line.tax.gnum).map_or(Quantity(0), |r| r.qty);
        let Some(part) = returned_part(&line.tax, line.qty, Quantity(0), back) else { continue };
        sum.taxable = sum.taxable.minus(part.taxable);
        sum.duty = sum.duty.minus(part.duty);
        sum.consumption_tax = sum.consumption_tax.minus(part.consumption_tax);
        sum.vat = sum.vat.minus(part.vat);
    }
    sum
}

/// Where nothing of a payment is owed any more, it is not overdue either.
fn nothing_overdue(scene: &mut Scene<'_>, number: &str) {
    let at = Key::TaxPayment(number.into());
    let Some(mut payment) = scene.read::<TaxPayment>(&at).filter(|p| p.overdue && p.amount <= Fen::ZERO) else {
        return;
    };
    payment.overdue = false;
    let of = Key::Overdue(payment.agent.clone());
    let mut overdue = scene.read::<Overdue>(&of).unwrap_or_default();
    overdue.payments.retain(|p| p != number);
    scene.put(&of, &overdue);
    scene.put(&at, &payment);
}

fn value(given: &str) -> Finding {
    Finding::new(Code::AppealValue, CLAUSE, "").arg("given", given)
}

/// The values that an officer found.
fn read(text: &str) -> Result<Vec<Change>, Finding> {
    let one = |part: &str| {
        let ((line, field), given) = part.split_once('=').and_then(|(at, given)| Some((at.split_once(':')?, given)))?;
        let field = Field::from_name(field).filter(|field| bears_on_tax(*field))?;
        Some(Change { gnum: line.parse().ok()?, field, value: given.into() })
    };
    let parts = text.split([' ', ',', ';', '，', '；']).filter(|part| !part.is_empty());
    parts.map(|part| one(part).ok_or_else(|| value(part))).collect()
}

/// Value, heading, origin and the quantities that a rate may count.
pub fn bears_on_tax(field: Field) -> bool {
    use Field::*;
    matches!(field, Freight | InsuredFee | Gcode | Country | Price | TotalPrice | Qty1 | Unit1 | Qty2 | Unit2)
}
