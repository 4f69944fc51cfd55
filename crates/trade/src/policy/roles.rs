//! What an enterprise must be certified for before it acts in a role (准入条件).
//!
//! A194 2, A219, M486 (paraphrase; rules.md 1.1): an import seller is registered abroad; a platform in China and with
//! customs; a payment enterprise has the licence of its trade; a logistics enterprise that of the post's administration;
//! a declarant is filed with customs; a warehouse is registered in the area and connected.
//!
//! Readings: a row names a role, whether of enterprises of China, of those abroad or of all, and one matter with the
//! grade that it must have reached (`registry::Certified`) on the day for which the enterprise acts. All rows of a role
//! hold together. Where no row speaks of a role, to be registered for it is enough, as in policies of older programs.
//! That a seller has a domestic agent is asked by R06, and that a platform's data interface is open by M17.

use super::load::{Between, Cells, Reader};
use super::{Dated, Row};
use crate::registry::{Certifiable, Grade, Party, RoleKind};
use crate::time::Day;

pub(super) const FILE: &str = "roles.csv";

/// Something that a role asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    pub role: RoleKind,
    /// Only of enterprises of China, or only of those abroad.
    pub domestic: Option<bool>,
    pub fact: Certifiable,
    pub grade: Grade,
    pub zh: String,
    pub en: String,
}

/// In the order of role and matter.
#[derive(Debug, Default)]
pub(super) struct Roles(Vec<Dated<Condition>>);

impl Roles {
    /// What the role asks of this enterprise on a day.
    pub fn on<'a>(&'a self, party: &Party, role: RoleKind, day: Day) -> impl Iterator<Item = &'a Row<Condition>> {
        let domestic = party.domestic;
        let rows = self.0.iter().filter_map(move |dated| dated.on(day));
        rows.filter(move |row| row.value.role == role && row.value.domestic.is_none_or(|asked| asked == domestic))
    }
}

pub(super) fn load(r: &mut Reader<'_>) -> Roles {
    if !r.has(FILE) {
        return Roles::default();
    }
    let columns = &["role", "registered", "what", "grade", "zh", "en"];
    let mut rows: Vec<_> = r.table(FILE, columns, Between::GapAllowed, read).into_iter().collect();
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    Roles(rows.into_iter().map(|(_, rows)| rows).collect())
}

fn read(cells: &mut Cells<'_>) -> Option<(String, Condition)> {
    let role = cells.one_of("role", &RoleKind::ALL.iter().map(|r| (r.name(), *r)).collect::<Vec<_>>());
    let domestic = cells.one_of("registered", &[("any", None), ("china", Some(true)), ("abroad", Some(false))]);
    let fact = cells.one_of("what", &Certifiable::ALL.iter().map(|f| (f.name(), *f)).collect::<Vec<_>>());
    let grades = [Grade::Filed, Grade::Verified, Grade::Inspected];
    let grade = cells.one_of("grade", &grades.map(|g| (g.name(), g)));
    let (zh, en) = (cells.text("zh"), cells.text("en"));
    let condition = Condition { role: role?, domestic: domestic?, fact: fact?, grade: grade?, zh: zh?, en: en? };
    let where_ = condition.domestic.map_or("any", |domestic| if domestic { "china" } else { "abroad" });
    Some((format!("{:02} {where_} {}", condition.role.number(), condition.fact), condition))
}
