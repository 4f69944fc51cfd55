//! The trace at a running window: a look is written down before its page is sent, and read by its subject.

use std::sync::{Arc, PoisonError};

use store::views::looks::{LookRow, Subject};
use trade::command::Verdict;
use trade::documents::Document;
use trade::finding::Code;
use trade::key::{CaseKey, Facts, Key};
use trade::look::Look;
use trade::policy::RIGHTS;
use trade::policy::rights::{Rights, Scope};
use trade::pseudonym::Kind;
use trade::record::{Kept, PolicyRecord};

use crate::desk::{Answer, LookLine, Refused, Sight};
use crate::house::House;
use crate::live::{actor, broken, refusal};

/// The compiled table, with the record that it was read from: while that stands there, it holds.
pub type Compiled = Option<(Option<Vec<u8>>, Arc<Rights>)>;

/// A person's newest parcels, at which looks are told.
const MOST_OWN: usize = 200;

/// What a look shows.
#[derive(Default)]
pub struct Shows {
    pub parcels: Vec<CaseKey>,
    pub enterprises: Vec<String>,
    pub records: usize,
}

impl House {
    /// Writes a look down where its right says so; the entry in which it stands. Nothing may be shown where this fails.
    ///
    /// # Errors
    /// `Cannot` where the decider refuses it (a case is missing); `NotNow` where it cannot be made durable.
    pub(crate) fn trace(&self, sight: &Sight, shows: Shows) -> Answer<Option<u64>> {
        if !sight.right.traced || shows.records == 0 {
            return Ok(None);
        }
        let not_allowed = || Refused::NotAllowed { what: String::new() };
        let caller = sight.caller.as_ref().ok_or_else(not_allowed)?;
        let Shows { parcels, mut enterprises, records } = shows;
        enterprises.sort();
        enterprises.dedup();
        enterprises.retain(|code| !code.is_empty());
        let look = Look {
            by: actor(caller),
            kind: sight.kind,
            action: sight.right.action,
            purpose: sight.right.purpose,
            ground: sight.ground.clone().into(),
            case: sight.case.clone().into(),
            parcels,
            enterprises: enterprises.into_iter().map(Into::into).collect(),
            records: u32::try_from(records).unwrap_or(u32::MAX),
        };
        let answer = self.window().write_look(look)?;
        let outcomes = answer.entry.iter().flat_map(|e| &e.outcomes);
        for outcome in outcomes {
            if outcome.verdict == Verdict::Refused {
                return Err(outcome.findings.first().map_or_else(not_allowed, refusal));
            }
            for finding in &outcome.findings {
                let revision = answer.revision;
                match finding.code {
                    Code::LookUnusual => tracing::warn!(revision, "unusual looking; the auditor's page has it"),
                    Code::LookEmergency => {
                        tracing::error!(revision, "a look for an emergency; the auditor's page has it")
                    }
                    _ => {}
                }
            }
        }
        Ok(Some(answer.revision))
    }

    /// The rights in force, compiled once for each adoption.
    pub(crate) fn rights_in_force(&self) -> Arc<Rights> {
        let found = Facts::look(self.window(), &Key::Policy("rights.csv".into()).bytes());
        let mut compiled = self.rights.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, rights)) = compiled.as_ref().filter(|(from, _)| from.as_deref() == found.as_deref()) {
            return rights.clone();
        }
        let text = self.window().read::<PolicyRecord>(&Key::Policy("rights.csv".into())).map(|record| record.text);
        // What was adopted was loaded before, so it can be read; if not, nobody may do anything.
        let rights = Arc::new(Rights::read(text.as_deref().unwrap_or(RIGHTS)).unwrap_or_default());
        *compiled = Some((found.map(|found| found.to_vec()), rights.clone()));
        rights
    }

    /// What the views have: a look of just now comes a moment later. Waiting for it would be waiting for every parcel
    /// that came in before it.
    pub(crate) fn looks_read(
        &self,
        sight: &Sight,
        unusual: bool,
        before: Option<u64>,
        limit: usize,
    ) -> Answer<Vec<LookLine>> {
        let before = before.unwrap_or(u64::MAX);
        let error = |e: store::StoreError| broken(&e.to_string());
        let rows = match (sight.right.scope, &sight.caller) {
            (Scope::Zone, _) => self.views().looks(unusual, before, limit).map_err(error)?,
            (Scope::Own, Some(caller)) => {
                let subjects: Vec<_> = caller.enterprises.iter().map(|code| Subject::Enterprise(code)).collect();
                self.views().looks_at(&subjects, before, limit).map_err(error)?
            }
            (Scope::Person, Some(caller)) => {
                let own = self.views().parcels_of(&self.person_of(caller), MOST_OWN).map_err(error)?;
                let subjects: Vec<_> = own.iter().map(|row| Subject::Parcel(&row.key)).collect();
                if subjects.is_empty() {
                    Vec::new()
                } else {
                    self.views().looks_at(&subjects, before, limit).map_err(error)?
                }
            }
            _ => Vec::new(),
        };
        Ok(rows.into_iter().map(line).collect())
    }

    /// The looks at one parcel, newest first.
    pub(crate) fn looks_at_parcel(&self, case: &CaseKey) -> Answer<Vec<LookLine>> {
        let rows = self.views().looks_at(&[Subject::Parcel(case)], u64::MAX, 200);
        Ok(rows.map_err(|e| broken(&e.to_string()))?.into_iter().map(line).collect())
    }

    pub(crate) fn looks_by_person(&self, key: &str, identity: &str) -> Answer<Vec<LookLine>> {
        // Hashed before anything is looked up, and every case is compared, so that the time tells nothing about the buyer.
        let people = self.window().people().map_err(|e| broken(&e.to_string()))?;
        let asking = people.of(Kind::Identity, identity);
        let theirs = |case: &CaseKey| {
            let kept = |key: &Key| self.window().read::<Kept>(key).and_then(|kept| kept.document);
            let buyer = match (kept(&Key::List(case.clone())), kept(&Key::Order(case.clone()))) {
                (Some(Document::List(list)), _) => list.buyer,
                (_, Some(Document::Order(order))) => order.buyer,
                _ => return false,
            };
            buyer.id.same(&asking)
        };
        let mine: Vec<CaseKey> = self.cases(key).into_iter().filter(theirs).collect();
        self.looks_at_parcel(mine.first().ok_or(Refused::NotFound)?)
    }
}

fn line(row: LookRow) -> LookLine {
    LookLine {
        revision: row.revision,
        at: row.at.to_string(),
        who: row.who,
        role: row.role,
        kind: row.kind,
        action: row.action,
        purpose: row.purpose,
        ground: row.ground,
        case: row.case_no,
        records: row.records,
        unusual: row.unusual,
    }
}
