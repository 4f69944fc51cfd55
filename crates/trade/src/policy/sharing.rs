//! Which data of the window is shared with which department (共享目录): field by field, for which purpose, on which
//! ground, from which day.
//!
//! State Council Decree 716, and the interim rules on sharing government information (国发〔2016〕51号), as we read them:
//! data is shared by a catalogue, for the duties of whoever receives it, and what is in no catalogue is not shared.
//!
//! Reading: a field is shared with a department where a row of the day fits department, set, field (`*` for all of the
//! set) and purpose. Where a zone has adopted no catalogue, its table of rights alone decides, as before there was one.
//! Not covered: conditions of use that follow the data to the department.

use super::load::{Between, Cells, Reader};
use super::rights::Purpose;
use super::{Dated, Row};
use crate::command::ActorRole;
use crate::request::DEPARTMENTS;
use crate::time::Day;

/// The sets of data that the window itself shares, and their fields. What stands in them is written where they are made
/// (`server::boards`).
pub const SETS: &[(&str, &[&str])] = &[
    (
        "figures",
        &[
            "unpaid",
            "unpaid_sum",
            "tax_month",
            "imports_month",
            "exports_month",
            "import_lists",
            "export_lists",
            "refused_goods",
        ],
    ),
    ("payments", &["payment", "declarant", "office", "amount", "surcharge", "due", "state"]),
    ("imports", &["month", "mode", "lists", "taxable", "tax"]),
    ("exports", &["month", "mode", "lists", "fob"]),
    ("importers", &["seller", "lists", "taxable"]),
    ("exporters", &["seller", "lists", "fob"]),
    ("refused", &["reason", "seller", "lists"]),
];

/// Sets that departments have of their own and are asked for, one enterprise at a time (`decide::requests`): the set, who
/// has it, its fields.
pub const ASKED: &[(&str, ActorRole, &[&str])] = &[
    // 海关信用等级、违规记录
    ("credit", ActorRole::Officer, &["class", "violations"]),
    // 欠税、发票风险
    ("arrears", ActorRole::Tax, &["owed", "invoices"]),
    // 外汇分类等级、收汇
    ("receipts", ActorRole::Exchange, &["class", "received"]),
    // 经营者备案
    ("trader", ActorRole::Commerce, &["filed"]),
    // 登记状态、经营异常名录
    ("register", ActorRole::Market, &["status", "abnormal"]),
];

/// Every set and its fields, of the window and of departments.
fn sets() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    SETS.iter().copied().chain(ASKED.iter().map(|(set, _, fields)| (*set, *fields)))
}

/// What a row is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Shared {
    with: ActorRole,
    set: String,
    /// `*` for all of the set.
    field: String,
    purpose: Purpose,
}

impl std::fmt::Display for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} / {} / {} / {}", self.with, self.set, self.field, self.purpose)
    }
}

/// `None` where none was adopted.
#[derive(Debug, Default)]
pub(super) struct Sharing(Option<Vec<(Shared, Dated<()>)>>);

/// How a field stands in the catalogue.
#[derive(Clone, Copy, Debug)]
pub enum Share<'p> {
    /// There is no catalogue.
    Unwritten,
    By(&'p Row<()>),
    No,
}

impl Sharing {
    pub fn of(&self, with: ActorRole, (set, field): (&str, &str), purpose: Purpose, day: Day) -> Share<'_> {
        let Some(rows) = &self.0 else { return Share::Unwritten };
        let fits = |(of, _): &&(Shared, _)| {
            of.with == with && of.set == set && of.purpose == purpose && (of.field == "*" || of.field == field)
        };
        rows.iter().filter(fits).find_map(|(_, rows)| rows.on(day)).map_or(Share::No, Share::By)
    }
}

pub(super) fn load(r: &mut Reader<'_>) -> Sharing {
    // Policies adopted by older programs have none.
    if !r.has("sharing.csv") {
        return Sharing::default();
    }
    let columns = &["department", "set", "field", "purpose"];
    let all = r.table("sharing.csv", columns, Between::GapAllowed, |cells| Some((shared(cells)?, ())));
    let mut rows: Vec<_> = all.into_iter().collect();
    rows.sort_by_key(|(of, _)| of.to_string());
    Sharing(Some(rows))
}

fn shared(cells: &mut Cells<'_>) -> Option<Shared> {
    let with = cells.one_of("department", &DEPARTMENTS.map(|role| (role.name(), role)));
    let sets: Vec<_> = sets().map(|(set, fields)| (set, (set, fields))).collect();
    let set = cells.one_of("set", &sets);
    let field = cells.text("field");
    let purposes: Vec<_> = Purpose::ALL.iter().map(|purpose| (purpose.name(), *purpose)).collect();
    let purpose = cells.one_of("purpose", &purposes);
    let ((set, fields), field) = (set?, field?);
    if field != "*" && !fields.contains(&field.as_str()) {
        let known = fields.join(" | ");
        let (zh, en) = (format!("应为 * | {known}。"), format!("should be * | {known}."));
        cells.fault("field", zh, en);
        return None;
    }
    Some(Shared { with: with?, set: set.into(), field, purpose: purpose? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Policy, SAMPLE};

    fn with(rows: &str) -> Result<Policy, Vec<crate::policy::PolicyFault>> {
        let head = "department,set,field,purpose,from,until,known_from,clause,mark,note\n";
        let text = format!("{head}{rows}");
        let others = SAMPLE.iter().filter(|(name, _)| *name != "sharing.csv").map(|(name, text)| (*name, *text));
        Policy::load(&others.chain([("sharing.csv", text.as_str())]).collect::<Vec<_>>())
    }

    #[test]
    fn a_field_is_shared_with_whom_the_catalogue_says_for_its_purpose_and_days() {
        let policy = with(
            "tax,payments,amount,supervision,2024-01-01,2024-12-31,,示例 (sample),sample,\n\
             tax,imports,*,supervision,2024-01-01,,,示例 (sample),sample,\n",
        )
        .unwrap();
        for (role, set, field, purpose, on, shared) in [
            (ActorRole::Tax, "payments", "amount", Purpose::Supervision, "2023-12-31", false),
            (ActorRole::Tax, "payments", "amount", Purpose::Supervision, "2024-01-01", true),
            (ActorRole::Tax, "payments", "amount", Purpose::Supervision, "2024-12-31", true),
            (ActorRole::Tax, "payments", "amount", Purpose::Supervision, "2025-01-01", false),
            (ActorRole::Tax, "payments", "declarant", Purpose::Supervision, "2024-06-01", false),
            (ActorRole::Tax, "payments", "amount", Purpose::Emergency, "2024-06-01", false),
            (ActorRole::Market, "payments", "amount", Purpose::Supervision, "2024-06-01", false),
            (ActorRole::Tax, "imports", "tax", Purpose::Supervision, "2030-01-01", true),
        ] {
            let share = policy.share(role, (set, field), purpose, Day::parse(on).unwrap());
            assert_eq!(matches!(share, Share::By(_)), shared, "{role} {set} {field} {purpose} on {on}");
            assert!(!matches!(share, Share::Unwritten));
        }
    }

    #[test]
    fn where_no_catalogue_was_adopted_nothing_is_said_of_any_field() {
        let older: Vec<_> = SAMPLE.iter().filter(|(name, _)| *name != "sharing.csv").copied().collect();
        let policy = Policy::load(&older).unwrap();
        let share = policy.share(ActorRole::Tax, ("imports", "tax"), Purpose::Supervision, Day::default());
        assert!(matches!(share, Share::Unwritten));
    }

    #[test]
    fn a_row_about_no_department_set_or_field_is_a_fault_with_what_there_is() {
        for (row, column) in [
            ("operator,imports,tax,supervision", "department"),
            ("tax,register,name,supervision", "field"),
            ("tax,persons,name,supervision", "set"),
            ("tax,imports,buyer,supervision", "field"),
            ("tax,imports,tax,curiosity", "purpose"),
        ] {
            let faults = with(&format!("{row},2024-01-01,,,示例 (sample),sample,\n")).unwrap_err();
            assert!(faults.iter().any(|fault| fault.column == column), "{row}: {faults:?}");
        }
    }
}
