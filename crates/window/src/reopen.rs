//! Decisions to open again (应重新审定的清单): a rate that was adopted after its first day was not there when lists of
//! that day were decided. What each of them owes by the law as it is adopted now is set beside what it was told.
//!
//! Nothing is changed: whoever levies or pays back does so by a correction that reassesses them (`decide::correct`). Of a list that has been returned in
//! part the whole decision is compared.

use hashbrown::HashMap;
use store::{JournalReader, Place, StoreError};
use trade::command::{Command, Entry};
use trade::documents::{Document, List};
use trade::effect::Effect;
use trade::key::{CaseKey, Key};
use trade::pack::Pack;
use trade::policy::Policy;
use trade::record::{Case, Kept, status};
use trade::time::Day;
use trade::verify;

use crate::replay::read;

/// A released list that would be decided otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reopened {
    pub case: CaseKey,
    /// The declarant, in whose name the list is corrected.
    pub agent: String,
    pub invt_no: String,
    pub declared_on: Day,
    pub was_fen: i64,
    /// `None` where it would be refused by now.
    pub is_fen: Option<i64>,
    /// Of the rows that make the difference, or of what refuses.
    pub clauses: Vec<String>,
    /// Codes of what refuses.
    pub refused_for: Vec<String>,
}

impl Reopened {
    /// What is still to be levied; below zero what is to be paid back.
    pub fn difference_fen(&self) -> i64 {
        self.is_fen.unwrap_or(0) - self.was_fen
    }
}

/// The released lists whose tax by `policy` is not what they were told, in order of seller and order number.
///
/// # Errors
/// If the journal cannot be read.
pub fn reopened(
    place: &Place,
    policy: &Policy,
    mut progress: impl FnMut(u64, u64),
) -> Result<Vec<Reopened>, StoreError> {
    let journal = JournalReader::open(place.disk(), &place.journal())?;
    let end = journal.last();
    let mut told: HashMap<CaseKey, Case> = HashMap::new();
    // The decision needs what the buyer had bought before, which is told with it; so lists wait here for their case.
    let mut lists: HashMap<CaseKey, List> = HashMap::new();
    for kept in journal.after(0).take_while(|kept| kept.as_ref().map_or(true, |k| k.revision <= end)) {
        let kept = kept?;
        take(read(kept.revision, kept.body())?, policy, &mut told, &mut lists);
        progress(kept.revision, end);
    }
    let mut found: Vec<_> = told.into_iter().filter_map(|(key, case)| compared(key, &case, policy, &lists)).collect();
    found.sort_by(|a, b| (&a.case.ebc, &a.case.order_no).cmp(&(&b.case.ebc, &b.case.order_no)));
    Ok(found)
}

fn take(entry: Entry, policy: &Policy, told: &mut HashMap<CaseKey, Case>, lists: &mut HashMap<CaseKey, List>) {
    if let Some(Command::Message(message)) = &entry.command {
        for submitted in &message.documents {
            if let Ok(Document::List(list)) = Document::unpack(&submitted.document) {
                let key = CaseKey { ebc: list.ebc_code.clone(), order_no: list.order_no.clone() };
                lists.insert(key, list);
            }
        }
    }
    for effect in entry.outcomes.iter().flat_map(|o| &o.effects) {
        let Effect::Put(put) = effect else { continue };
        match Key::kind(put.0.key()) {
            Key::CASE => {}
            // A correction has changed it.
            Key::LIST => {
                let kept = Kept::unpack(put.value()).ok().and_then(|kept| kept.document);
                if let (Ok(Key::List(key)), Some(Document::List(list))) = (Key::unpack(put.0.key()), kept) {
                    lists.insert(key, list);
                }
                continue;
            }
            _ => continue,
        }
        let (Ok(Key::Case(key)), Ok(case)) = (Key::unpack(put.0.key()), Case::unpack(put.value())) else { continue };
        // A released list that agrees is done with: only what differs is held in memory.
        if is_released(&case) && compared(key.clone(), &case, policy, lists).is_none() {
            told.remove(&key);
            lists.remove(&key);
        } else {
            told.insert(key, case);
        }
    }
}

fn is_released(case: &Case) -> bool {
    matches!(case.status, status::RELEASED | status::CLOSED)
}

fn compared(key: CaseKey, case: &Case, policy: &Policy, lists: &HashMap<CaseKey, List>) -> Option<Reopened> {
    let (statement, list) = (case.tax.as_ref().filter(|_| is_released(case))?, lists.get(&key)?);
    let mut findings = Vec::new();
    let assessed = verify::assess(list, statement.year_before, policy, &mut findings);
    let was_fen = statement.total().0;
    let mut reopened = Reopened {
        case: key,
        agent: case.agent.to_string(),
        invt_no: case.invt_no.to_string(),
        declared_on: list.declared_on,
        was_fen,
        is_fen: None,
        clauses: Vec::new(),
        refused_for: Vec::new(),
    };
    match assessed.filter(|_| findings.iter().all(|f| f.forgiven)) {
        Some(assessed) if assessed.tax.total().0 == was_fen => return None,
        Some(assessed) => {
            reopened.is_fen = Some(assessed.tax.total().0);
            let pairs = assessed.tax.lines.iter().zip(&statement.lines);
            for (is, was) in pairs.filter(|(is, was)| is.tax.tax() != was.tax.tax()) {
                reopened.clauses.push(is.clause.to_string());
                // The tariff stands where it stood: then the share of it that is levied may be what changed.
                let relief = policy.relief(list.declared_on).filter(|_| is.clause == was.clause);
                reopened.clauses.extend(relief.map(|row| row.clause.clone()));
            }
        }
        None => {
            reopened.refused_for = findings.iter().map(|f| f.code.name().to_owned()).collect();
            reopened.clauses = findings.iter().map(|f| f.clause.clone()).filter(|c| !c.is_empty()).collect();
        }
    }
    reopened.clauses.sort();
    reopened.clauses.dedup();
    Some(reopened)
}
