//! The steps of a scenario by which a list is corrected, appealed, and decided again.

use super::*;
use crate::correction::{Change, Correction, Field, Row, What};

impl Play {
    /// `the agent corrects 1` with `LINE FIELD VALUE` (line 0 is the head) or `withdraw`, `the agent withdraws return 1`,
    /// `the agent appeals 1`, `the agent exchanges 1 for 2`, `the agent proves 1 for rebate`;
    /// `officer wu allows 1` with `without CODES`; `officer wu rejects 1`.
    pub(super) fn heard(&mut self, words: &str, details: &[&str]) -> Option<Result<(), String>> {
        let parts: Vec<&str> = words.split(' ').collect();
        match parts.as_slice() {
            ["the", "agent", "corrects", n] => Some(self.correct(n, details)),
            ["the", "agent", "withdraws", "return", n] => Some(self.corrected(format!("R{n}").into(), Vec::new())),
            ["the", "agent", "appeals", "return", n] => {
                Some(self.hear("AGENT", ActorRole::Enterprise, ActKind::Appeal, n, &format!("R{n}")))
            }
            ["the", "agent", "appeals", n] => Some(self.hear("AGENT", ActorRole::Enterprise, ActKind::Appeal, n, "")),
            ["the", "agent", "exchanges", n, "for", order] => {
                let order = if self.bought.contains_key(*n) { format!("EB{order}") } else { format!("E{order}") };
                Some(self.hear("AGENT", ActorRole::Enterprise, ActKind::Exchange, n, &order))
            }
            ["the", "agent", "proves", n, "for", what] => {
                Some(self.hear("AGENT", ActorRole::Enterprise, ActKind::ProveAbroad, n, what))
            }
            ["officer", who, act @ ("allows" | "rejects"), n] => {
                let kind = if *act == "allows" { ActKind::AllowAppeal } else { ActKind::RejectAppeal };
                let aside = details.iter().find_map(|d| d.strip_prefix("without ")).unwrap_or_default();
                Some(self.hear(who, ActorRole::Officer, kind, n, aside))
            }
            _ => None,
        }
    }

    pub(super) fn hear(
        &mut self,
        who: &str,
        role: ActorRole,
        kind: ActKind,
        n: &str,
        aside: &str,
    ) -> Result<(), String> {
        let case = self.cases.get(n).cloned().ok_or("no such list")?;
        let by = Actor { id: who.into(), role };
        let act = Act { by, kind, case, number: aside.into(), note: [7; 32], ..Act::default() };
        self.receipts.clear();
        let entry = self.zone.run(Command::Act(act));
        self.followed(entry);
        Ok(())
    }

    fn correct(&mut self, n: &str, details: &[&str]) -> Result<(), String> {
        let key = self.cases.get(n).ok_or("no such list")?;
        let case: Case = crate::key::read(&self.zone.facts, &Key::Case(key.clone())).ok_or("no case")?;
        let mut changes = Vec::new();
        for detail in details.iter().filter(|detail| **detail != "withdraw") {
            let [line, field, value] = detail.split(' ').collect::<Vec<_>>()[..] else {
                return Err(format!("{detail}: LINE FIELD VALUE"));
            };
            let gnum = line.parse().map_err(|_| "a line's number")?;
            let field = Field::from_name(field).ok_or("no such field")?;
            changes.push(Change { gnum, field, value: value.into() });
        }
        self.corrected(case.invt_no, changes)
    }

    /// Without changes it is withdrawn.
    fn corrected(&mut self, list: crate::pack::Text, changes: Vec<Change>) -> Result<(), String> {
        let what = if changes.is_empty() { What::Withdraw } else { What::Amend };
        self.sent += 1;
        let correction = Correction {
            by: Actor { id: "AGENT".into(), role: ActorRole::Enterprise },
            enterprise: "AGENT".into(),
            number: format!("K{}", self.sent).into(),
            rows: vec![Row { list, what, changes, ..Row::default() }],
            content: [self.sent as u8; 16],
            ..Correction::default()
        };
        self.receipts.clear();
        let entry = self.zone.run(Command::Correct(correction));
        self.followed(entry);
        Ok(())
    }
}
