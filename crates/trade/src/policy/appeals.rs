//! The clocks of an appeal (行政复议): until when it may be made, decided, and taken to court.
//!
//! Administrative Reconsideration Law (行政复议法, revision in force 2024-01-01) 20 (paraphrase): within 60 days from the
//! day on which the decision became known; 62: decided within 60 days from acceptance; 88: periods are counted as in the
//! Civil Procedure Law. Administrative Litigation Law 45: who does not accept the decision, or got none in time, may go
//! to court within 15 days. Before 2024 the articles were 9 and 31 of the older law, with the same days.
//!
//! Reading 1: the day itself is not counted, the last one is in. A decision is known when its receipt is given, and an
//! appeal is accepted when it is filed. Where the last day to *appeal* is no working day, the next working day is the
//! last (Civil Procedure Law 85). Where the last day to *decide* is none, the text can be read both ways: here the
//! clock is not lengthened, so the desk hears of the silence early, and the days for the court are counted from
//! there, so whoever keeps to them is in time under either reading. Silence changes no decision: the one appealed
//! against stands, and a late decision is still one.
//! Tax: Customs Law (海关法) 64 (paraphrase): who disputes tax with customs pays it, and may then ask for reconsideration.
//! Tariff Law (关税法) 66, in force 2024-12-01 (paraphrase): who disputes heading, price or rate asks for reconsideration
//! first, and only then goes to court. Whether tax has still to be paid before can be read both ways [check]: its row says
//! no from then on, for the article does not repeat it, and here the tax is secured by a guarantee.
//! Not covered: lengthening by 30 days in difficult cases, and the simplified procedure of 30 days.

use super::{Parameter, Policy};
use crate::record::{AppealOf, Case};
use crate::time::Day;

/// The law of appeals of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appeals {
    pub file_days: i32,
    pub decide_days: i32,
    pub court_days: i32,
    /// Lists of export may be appealed too.
    pub exports: bool,
    /// Refused returns may be, and the goods of one that won still come so many days after.
    pub returns: bool,
    pub return_days: i32,
    /// The tax of a released list may be, and whether it is paid before.
    pub tax: bool,
    pub tax_paid_first: Option<String>,
    /// Orders to send back a parcel that was released, or stood under a master bill, may be.
    pub sent_back_late: bool,
    /// A surcharge goes back with the tax that it was reckoned from.
    pub surcharge: bool,
    /// Refused bonded documents may be appealed, what personal articles came to, and refused filings of goods.
    pub bonded: bool,
    pub articles: bool,
    pub filings: bool,
    /// Of the days to appeal, and of the days to decide.
    pub clause: String,
    pub clock_clause: String,
}

/// The law of appeals of a day; `None` where the policy has none, then nothing can be appealed.
pub fn appeals(policy: &Policy, day: Day) -> Option<Appeals> {
    let days = |parameter| policy.whole(parameter, day).and_then(|days| i32::try_from(days).ok());
    let clause = |parameter| policy.parameter(parameter, day).map(|row| row.clause.clone());
    Some(Appeals {
        file_days: days(Parameter::AppealFileDays)?,
        decide_days: days(Parameter::AppealDecideDays)?,
        court_days: days(Parameter::AppealCourtDays)?,
        exports: days(Parameter::AppealExports) == Some(1),
        returns: days(Parameter::AppealReturns) == Some(1),
        return_days: days(Parameter::AppealReturnDays).unwrap_or(0),
        tax: days(Parameter::AppealTax) == Some(1),
        surcharge: days(Parameter::AppealSurcharge) == Some(1),
        bonded: days(Parameter::AppealBonded) == Some(1),
        articles: days(Parameter::AppealArticles) == Some(1),
        filings: days(Parameter::AppealFilings) == Some(1),
        sent_back_late: days(Parameter::AppealSentBackLate) == Some(1),
        tax_paid_first: clause(Parameter::AppealTaxPaid).filter(|_| days(Parameter::AppealTaxPaid) == Some(1)),
        clause: clause(Parameter::AppealFileDays)?,
        clock_clause: clause(Parameter::AppealDecideDays)?,
    })
}

impl Appeals {
    /// Whether it hears an appeal of this kind, which is about no list.
    pub fn hears_ruling(&self, of: AppealOf) -> bool {
        self.hears(of, &Case::default())
    }

    /// Whether it hears an appeal of this kind about such a list.
    pub fn hears(&self, of: AppealOf, case: &Case) -> bool {
        match of {
            AppealOf::Tax => self.tax,
            AppealOf::Return => self.returns,
            AppealOf::Document => self.bonded,
            AppealOf::Articles => self.articles,
            AppealOf::Filing => self.filings,
            AppealOf::SentBack => self.sent_back_late || !case.sent_back_late(),
            _ => true,
        }
    }

    /// The last day on which a decision of `known` may be appealed.
    pub fn last_to_file(&self, policy: &Policy, known: Day) -> Day {
        policy.working_day_from(known.plus(self.file_days))
    }

    /// The last day on which an appeal that was filed on `filed` is decided in time.
    pub fn last_to_decide(&self, filed: Day) -> Day {
        filed.plus(self.decide_days)
    }

    /// The last day for the court: after a decision, or after the last day on which one should have come.
    pub fn last_for_court(&self, from: Day) -> Day {
        from.plus(self.court_days)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn both_sides_of_each_clock() {
        let policy = Policy::sample();
        for (known, last) in [
            // 60 days on, a Friday.
            ("2026-03-10", "2026-05-09"),
            // 2026-05-03 is a holiday: the next working day.
            ("2026-03-04", "2026-05-06"),
            // A Saturday that nobody works.
            ("2026-04-28", "2026-06-29"),
        ] {
            let law = appeals(&policy, day(known)).unwrap();
            assert_eq!(law.last_to_file(&policy, day(known)), day(last), "{known}");
        }
        let law = appeals(&policy, day("2026-03-04")).unwrap();
        assert_eq!(law.last_to_decide(day("2026-03-04")), day("2026-05-03"), "not lengthened by a holiday");
        assert_eq!(law.last_for_court(day("2026-05-03")), day("2026-05-18"));
    }

    #[test]
    fn the_articles_are_those_of_the_day() {
        let policy = Policy::sample();
        let clause = |on| appeals(&policy, day(on)).map(|law| law.clause).unwrap_or_default();
        assert!(clause("2023-12-31").contains("第九条"), "{}", clause("2023-12-31"));
        assert!(clause("2024-01-01").contains("第二十条"), "{}", clause("2024-01-01"));
        assert_eq!(appeals(&policy, day("2016-04-07")), None, "before the first row nothing is known");
    }
}
