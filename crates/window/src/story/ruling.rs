//! The story of a decision about what is no list (a bonded document, personal articles, a filing of goods) and of its
//! appeals: what was decided before and what after, in words.

use serde_json::{Value, json};
use store::StoreError;
use trade::command::{Command, Entry, Outcome, Position};
use trade::finding::{Code, Finding};
use trade::key::{Key, Pair};
use trade::record::{Appeal, AppealEnd, AppealOf, Ruling};
use trade::time::Moment;

use super::appeal::{Both, Heard, both, made_anew, paid_back, said, tell, upheld};
use super::{finding_json, words};
use crate::Window;

/// A ruling, with what happened about it.
#[derive(Clone, Debug, Default)]
pub struct Told {
    pub at: Pair,
    pub ruling: Ruling,
    pub events: Vec<Event>,
    /// Why it was decided so.
    pub reasons: Vec<Finding>,
    pub heard: Vec<Heard>,
}

#[derive(Clone, Debug)]
pub struct Event {
    pub at: Moment,
    pub revision: u64,
    pub said: Both,
    /// An act: its words lie in the vault.
    pub is_act: bool,
}

impl Window {
    /// The ruling with a name, with its story.
    ///
    /// # Errors
    /// If the journal cannot be read.
    pub fn ruling(&self, at: &Pair) -> Result<Option<Told>, StoreError> {
        let Some(ruling) = self.read::<Ruling>(&Key::Ruling(at.clone())) else { return Ok(None) };
        let mut events = Vec::new();
        for place in &ruling.trail {
            let Some((entry, outcome)) = self.decided_at(*place)? else { continue };
            let (_, zh, en) = words(&entry, &outcome);
            let is_act = matches!(entry.command, Some(Command::Act(_)));
            events.push(Event { at: entry.at, revision: place.revision, said: [zh, en], is_act });
        }
        let last = ruling.decided.as_ref().map(|d| d.place).or_else(|| ruling.appeals.last().map(|a| a.against));
        let reasons = match last {
            Some(place) => self.decided_at(place)?.map(|(_, outcome)| reasons(&outcome)).unwrap_or_default(),
            None => Vec::new(),
        };
        let mut heard = Vec::new();
        for appeal in &ruling.appeals {
            let difference = self.difference(appeal)?;
            heard.push(Heard { said: said(appeal), difference, appeal: appeal.clone() });
        }
        Ok(Some(Told { at: at.clone(), ruling, events, reasons, heard }))
    }

    fn decided_at(&self, place: Position) -> Result<Option<(Entry, Outcome)>, StoreError> {
        let Some(entry) = self.entry(place.revision)? else { return Ok(None) };
        let outcome = entry.outcomes.iter().find(|outcome| outcome.about == place.index).cloned();
        Ok(outcome.map(|outcome| (entry, outcome)))
    }

    /// Both decisions side by side, in sentences.
    fn difference(&self, appeal: &Appeal) -> Result<Vec<Both>, StoreError> {
        let before = self.decided_at(appeal.against)?.map(|(_, outcome)| reasons(&outcome)).unwrap_or_default();
        let Some(place) = appeal.decision else { return Ok(Vec::new()) };
        let Some((_, after)) = self.decided_at(place)? else { return Ok(Vec::new()) };
        let mut told = match appeal.end {
            AppealEnd::Upheld => upheld(appeal.of, before.iter()),
            AppealEnd::Allowed if appeal.of == AppealOf::Articles => after
                .findings
                .iter()
                .filter(|f| trade::correction::is_change(f))
                .map(|f| tell("认定", "Found", f))
                .collect(),
            AppealEnd::Allowed => {
                let now = reasons(&after);
                made_anew(appeal.of, &before.iter().collect::<Vec<_>>(), after.verdict, &now.iter().collect::<Vec<_>>())
            }
            _ => Vec::new(),
        };
        if let Some(tax) = &appeal.tax {
            let (was, is) = (&tax.before, &tax.after);
            told.push(both(
                format!("计税价格 {} → {} 元；应缴进口税 {} → {} 元。", was.taxable, is.taxable, was.duty, is.duty),
                format!(
                    "Price for the tax CNY {} → {}; tax to pay CNY {} → {}.",
                    was.taxable, is.taxable, was.duty, is.duty
                ),
            ));
            told.extend((tax.repaid > trade::money::Fen::ZERO).then(|| paid_back(tax.repaid)));
        }
        let number = after.receipts.iter().rev().map(|r| &r.shown.invt_no).find(|number| !number.is_empty());
        if let Some(number) = number.filter(|_| appeal.of == AppealOf::Document && appeal.end == AppealEnd::Allowed) {
            told.push(both(format!("单证编号 {number}。"), format!("The document has the number {number}.")));
        }
        Ok(told)
    }
}

fn reasons(outcome: &Outcome) -> Vec<Finding> {
    outcome.findings.iter().filter(|f| !f.forgiven).cloned().collect()
}

impl Told {
    /// The last that is to be said of it.
    pub fn lead(&self) -> Both {
        let (zh, en) = super::appeal::of_words(self.ruling.of);
        match (&self.ruling.decided, self.heard.last()) {
            (_, Some(heard)) => heard.said.clone(),
            (Some(_), None) => both(format!("{zh}，可以申请复议。"), format!("What stands: {en}. It may be appealed.")),
            (None, None) => both("没有不利的决定。", "Nothing stands against whom it concerns."),
        }
    }

    /// `open`, `stands` or `settled`.
    pub fn state(&self) -> &'static str {
        match (self.ruling.open_appeal(), &self.ruling.decided) {
            (Some(_), _) => "open",
            (None, Some(_)) => "stands",
            (None, None) => "settled",
        }
    }

    /// The reasons of the open appeal's decision that an officer may set aside.
    pub fn reasons_to_set_aside(&self) -> Vec<Code> {
        let open = self.ruling.open_appeal().filter(|appeal| appeal.of == AppealOf::Document);
        let codes = open.iter().flat_map(|_| &self.ruling.codes).filter_map(|name| Code::from_name(name));
        codes.filter(|code| trade::decide::may_be_set_aside_of_bonded(*code)).collect()
    }

    /// As `onewindow explain` prints it.
    pub fn explain(&self) -> Value {
        let [zh, en] = self.lead();
        let event = |event: &Event| {
            let [zh, en] = &event.said;
            json!({ "at": event.at.to_string(), "revision": event.revision, "what": "ruling", "zh": zh, "en": en })
        };
        let decided = self.ruling.decided.as_ref().map(|decided| {
            json!({
                "at": decided.at.to_string(), "revision": decided.place.revision, "verdict": "refused",
                "day": decided.at.day().to_string(), "findings": self.reasons.iter().map(finding_json).collect::<Vec<_>>(),
            })
        });
        json!({
            "key": Ruling::name_of(&self.at), "state": self.state(), "lead": { "zh": zh, "en": en },
            "of": self.ruling.of.name(), "reason": self.ruling.reason,
            "events": self.events.iter().map(event).collect::<Vec<_>>(),
            "decisions": decided.into_iter().collect::<Vec<_>>(),
            "appeals": self.heard.iter().map(Heard::explain).collect::<Vec<_>>(),
        })
    }
}
