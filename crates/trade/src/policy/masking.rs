//! To whom which personal value of a parcel is shown, and how far (脱敏): by role, purpose and field.
//!
//! PIPL (个人信息保护法) 6 and 51 (paraphrase): no more is shown than the purpose needs, and de-identified where that is
//! enough. Reading: what no row says is not shown. A row for one field stands before one for all (`*`). Where a zone has
//! adopted no such table, nothing is shown, as before there was one. That somebody may see the parcel at all, the table of
//! rights has said before; a person's own copy (PIPL 45) is whole and no matter of this table.

use std::collections::HashMap;

use super::Dated;
use super::load::{Between, Cells, Reader};
use super::rights::Purpose;
use crate::command::ActorRole;
use crate::masking::{Personal, Show};
use crate::time::Day;

/// Role, purpose, and field; `None` for all fields.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Of(ActorRole, Purpose, Option<Personal>);

impl std::fmt::Display for Of {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} / {} / {}", self.0, self.1, self.2.map_or("*", Personal::name))
    }
}

#[derive(Debug, Default)]
pub(super) struct Masking(HashMap<Of, Dated<Show>>);

impl Masking {
    pub fn on(&self, role: ActorRole, purpose: Purpose, field: Personal, day: Day) -> Show {
        let of = |field| Some(self.0.get(&Of(role, purpose, field))?.on(day)?.value);
        of(Some(field)).or_else(|| of(None)).unwrap_or_default()
    }
}

pub(super) fn load(r: &mut Reader<'_>) -> Masking {
    // Policies adopted by older programs have none.
    if !r.has("masking.csv") {
        return Masking::default();
    }
    Masking(r.table("masking.csv", &["role", "purpose", "field", "show"], Between::GapAllowed, row))
}

fn row(cells: &mut Cells<'_>) -> Option<(Of, Show)> {
    let roles: Vec<_> = ActorRole::ALL.iter().filter(|role| **role != ActorRole::Window).collect();
    let role = cells.one_of("role", &roles.iter().map(|role| (role.name(), **role)).collect::<Vec<_>>());
    let purpose = cells.one_of("purpose", &Purpose::ALL.iter().map(|p| (p.name(), *p)).collect::<Vec<_>>());
    let fields = std::iter::once(("*", None)).chain(Personal::ALL.iter().map(|of| (of.name(), Some(*of))));
    let field = cells.one_of("field", &fields.collect::<Vec<_>>());
    let show = cells.one_of("show", &Show::ALL.iter().map(|show| (show.name(), *show)).collect::<Vec<_>>());
    Some((Of(role?, purpose?, field?), show?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Policy, SAMPLE};

    fn with(rows: &str) -> Result<Policy, Vec<crate::policy::PolicyFault>> {
        let text = format!("role,purpose,field,show,from,until,known_from,clause,mark,note\n{rows}");
        let others = SAMPLE.iter().filter(|(name, _)| *name != "masking.csv").map(|(name, text)| (*name, *text));
        Policy::load(&others.chain([("masking.csv", text.as_str())]).collect::<Vec<_>>())
    }

    #[test]
    fn a_value_is_shown_as_its_row_of_role_purpose_field_and_day_says() {
        let policy = with(
            "officer,clearance,*,masked,2026-01-01,2026-06-30,,示例 (sample),sample,\n\
             officer,clearance,*,whole,2026-07-01,,,示例 (sample),sample,\n\
             officer,clearance,address,none,2026-03-01,2026-03-31,,示例 (sample),sample,\n",
        )
        .unwrap();
        use ActorRole::{Officer, Operator};
        use Personal::{Address, Name};
        for (role, purpose, field, on, show) in [
            (Officer, Purpose::Clearance, Name, "2025-12-31", Show::Nothing),
            (Officer, Purpose::Clearance, Name, "2026-01-01", Show::Masked),
            (Officer, Purpose::Clearance, Name, "2026-06-30", Show::Masked),
            (Officer, Purpose::Clearance, Name, "2026-07-01", Show::Whole),
            (Officer, Purpose::Clearance, Address, "2026-02-28", Show::Masked),
            (Officer, Purpose::Clearance, Address, "2026-03-01", Show::Nothing),
            (Officer, Purpose::Clearance, Address, "2026-04-01", Show::Masked),
            (Officer, Purpose::Audit, Name, "2026-04-01", Show::Nothing),
            (Operator, Purpose::Clearance, Name, "2026-04-01", Show::Nothing),
        ] {
            assert_eq!(
                policy.shows(role, purpose, field, Day::parse(on).unwrap()),
                show,
                "{role} {purpose} {field} {on}"
            );
        }
    }

    #[test]
    fn a_row_of_no_role_field_or_way_is_a_fault_and_without_the_table_nothing_is_shown() {
        for (row, column) in [
            ("window,clearance,name,masked", "role"),
            ("officer,curiosity,name,masked", "purpose"),
            ("officer,clearance,height,masked", "field"),
            ("officer,clearance,name,half", "show"),
        ] {
            let faults = with(&format!("{row},2024-01-01,,,示例 (sample),sample,\n")).unwrap_err();
            assert!(faults.iter().any(|fault| fault.column == column), "{row}: {faults:?}");
        }
        let older: Vec<_> = SAMPLE.iter().filter(|(name, _)| *name != "masking.csv").copied().collect();
        let policy = Policy::load(&older).unwrap();
        let day = Day::parse("2026-03-01").unwrap();
        assert_eq!(policy.shows(ActorRole::Officer, Purpose::Audit, Personal::Name, day), Show::Nothing);
    }
}
