//! An enterprise's own affairs, as its page tells them: from the views, the ledgers and the journal.

use store::StoreError;
use trade::finding::{Code, Finding, Language};
use trade::key::{BillGroup, Key, Pair};
use trade::record::{BillGroupState, Guarantee, TaxPayment};

use crate::desk::*;
use crate::house::{House, title};
use crate::live::{broken, shown};

/// Rows of each part of the page.
const SHOWN: usize = 10;
/// Days back from today for which tax bills are told: those of the month before are summed up and paid in it.
const BILL_DAYS: i32 = 75;

pub(crate) fn company(house: &House, sight: &Sight) -> Answer<Company> {
    let error = |e: StoreError| broken(&e.to_string());
    let caller = sight.caller.as_ref().ok_or(Refused::NotAllowed { what: String::new() })?;
    let (window, views) = (house.window(), house.views());
    let standing = views.standing(&caller.enterprises).map_err(error)?;
    let refused = Filter { states: vec![State::Refused], limit: SHOWN, ..Filter::default() };
    let reasons = standing.reasons.into_iter().filter_map(|(code, lists)| {
        let known = Code::from_name(&code)?;
        let remedy = Finding::new(known, "", "");
        let remedy = Both::new(remedy.remedy(Language::Zh), remedy.remedy(Language::En));
        Some(Reason { code, title: title(known), remedy, lists })
    });
    let mut receipts = Vec::new();
    for revision in views.newest_receipts(&caller.enterprises, SHOWN).map_err(error)? {
        let Some(entry) = window.entry(revision).map_err(error)? else { continue };
        let given = window::given_in(revision, &entry);
        let mine = given.iter().rev().filter(|g| caller.enterprises.iter().any(|e| *e == g.receipt.to));
        receipts.extend(mine.take(SHOWN - receipts.len()).map(shown));
        if receipts.len() == SHOWN {
            break;
        }
    }
    let mut company = Company {
        counts: standing.states.iter().filter_map(|(s, n)| Some((State::parse(s)?, *n))).collect(),
        refused: house.parcels(sight, &refused)?,
        reasons: reasons.take(SHOWN).collect(),
        receipts,
        ..Company::default()
    };
    company.exports = exports(house, &caller.enterprises).map_err(error)?;
    for code in &caller.enterprises {
        money(house, code, &mut company).map_err(error)?;
    }
    Ok(company)
}

/// The months in which these enterprises exported, the newest first.
fn exports(house: &House, enterprises: &[String]) -> Result<Vec<window::ExportMonth>, StoreError> {
    let (policy, today) = (house.policy(), house.now().day());
    let mut months = Vec::new();
    for code in enterprises {
        months.extend(house.window().export_months(code, today, &policy)?);
    }
    months.sort_by_key(|month| std::cmp::Reverse(month.statement.month));
    Ok(months)
}

/// The register of a month, of the first of the reader's enterprises that has one.
pub(crate) fn export_register(house: &House, sight: &Sight, month: Option<u32>) -> Answer<window::Register> {
    let caller = sight.caller.as_ref().ok_or(Refused::NotAllowed { what: String::new() })?;
    let newest = || exports(house, &caller.enterprises).map(|all| all.first().map(|month| month.statement.month));
    let month = match month {
        None => newest().map_err(|e| broken(&e.to_string()))?,
        month => month,
    };
    let Some(month) = month else { return Ok(window::Register::default()) };
    let mut registers = caller.enterprises.iter().filter_map(|code| house.window().export_register(code, month));
    Ok(registers.next().unwrap_or_default())
}

/// Guarantees and tax bills of a declarant.
fn money(house: &House, code: &str, company: &mut Company) -> Result<(), StoreError> {
    let (window, today) = (house.window(), house.now().day());
    // A guarantee holds in one customs district: the first two digits of the office (rules.md 3.7).
    for district in 0..100 {
        let at = Pair { code: code.into(), number: format!("{district:02}").into() };
        if let Some(held) = window.read::<Guarantee>(&Key::Guarantee(at.clone())) {
            company.guarantees.push(Held {
                code: code.to_owned(),
                district: at.number.to_string(),
                limit: held.row.limit.0,
                reserved: held.reserved.0,
                due: held.due.0,
                free: held.free().0,
            });
        }
    }
    for office in house.views().offices(code)? {
        for released_on in (0..BILL_DAYS).map(|back| today.plus(-back)) {
            let group = BillGroup { agent: code.into(), office: office.as_str().into(), released_on };
            let Some(state) = window.read::<BillGroupState>(&Key::BillGroup(group)) else { continue };
            let payment = window.read::<TaxPayment>(&Key::TaxPayment(state.payment.clone()));
            company.bills.push(Bills {
                office: office.clone(),
                released_on,
                count: state.count,
                payment: payment.map(|p| Payment {
                    number: state.payment.to_string(),
                    amount: p.amount.0,
                    due_on: p.due_on,
                    paid_on: p.paid_on,
                    overdue: p.overdue,
                    surcharge: p.surcharge.0,
                }),
            });
        }
    }
    company.bills.sort_by_key(|b| std::cmp::Reverse(b.released_on));
    Ok(())
}
