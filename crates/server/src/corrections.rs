//! Corrections as pages and API show them: what one would do, list by list and in sum, and those that were made.
//!
//! A file that was looked at is held until it is sent, by who looked at it and what was expected, in memory: losing it
//! costs an upload.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use trade::command::{ActorRole, Verdict};
use trade::correction::{Correction, Impact, Matter, Row, Span, file, is_change};
use trade::money::{Fen, Quantity};
use trade::record::{Corrected, status};
use window::Incoming;
use window::corrections::{BillOfChanges, Foreseen, Preview};

use crate::desk::{Answer, Caller, Receipt, Refused, Said, Sight};
use crate::house::House;
use crate::live::{actor, broken, expected, shown};

/// Lists and accounts that a page shows; the API has all.
pub(crate) const SHOWN: usize = 60;
/// Corrections that are told of an enterprise.
const TOLD: usize = 50;
/// Files that are held until they are sent, and their bytes.
const HELD: usize = 32;
const HELD_BYTES: usize = 64 << 20;

/// A file of corrections as somebody hands it over.
#[derive(Clone, Debug, Default)]
pub struct File {
    pub bytes: Vec<u8>,
    /// The declarant's own number; empty where the file has one.
    pub number: String,
    /// For which of the caller's enterprises; its first where none is named.
    pub enterprise: String,
}

/// Before and after of one matter.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Sum {
    /// `tax`, `allowance`, `stock`, `abroad`, `guarantee`, `summary`, `lists`, `exemption`
    pub matter: String,
    /// An account, an item, a payment; empty for the sum of all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Fen, hundred-thousandths of a unit, or lists.
    pub before: i64,
    pub after: i64,
}

impl Sum {
    fn of(matter: Matter, name: &str, span: Span) -> Sum {
        Sum { matter: matter.name().into(), name: name.into(), before: span.before, after: span.after }
    }

    fn matter(&self) -> Matter {
        Matter::from_name(&self.matter).unwrap_or_default()
    }

    /// In yuan, units or lists.
    fn text(&self, sum: i64) -> String {
        match self.matter() {
            Matter::Lists => sum.to_string(),
            matter if matter.is_money() => crate::lang::table_fen(sum),
            _ => Quantity(sum).to_string(),
        }
    }

    pub fn was(&self) -> String {
        self.text(self.before)
    }

    pub fn is(&self) -> String {
        self.text(self.after)
    }

    /// By how much it changes, with its sign.
    pub fn change(&self) -> String {
        let change = self.after.saturating_sub(self.before);
        format!("{}{}", if change > 0 { "+" } else { "" }, self.text(change))
    }

    pub fn is_changed(&self) -> bool {
        self.before != self.after
    }
}

/// What would become of one list, or of one document of a message.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ListLine {
    /// In the file.
    pub line: u32,
    pub list: String,
    /// `amend` or `withdraw`; the receipt's message where a message is looked at.
    pub what: String,
    pub done: bool,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub order: String,
    pub tax_before_fen: i64,
    pub tax_after_fen: i64,
    /// Status afterwards, 0 where it is refused.
    pub status: i32,
    /// What changes; or why it cannot be done.
    pub findings: Vec<Said>,
}

/// What a correction would do.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Previewed {
    pub number: String,
    pub enterprise: String,
    /// Where a message was looked at, the one that answers it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
    pub rows: u32,
    /// How many of them cannot be done; then none is.
    pub refused: u32,
    /// To be sent along with the correction: it is refused where things have moved since.
    pub expect: String,
    /// Why nothing of it can be done, whatever its rows say.
    pub against: Vec<Said>,
    pub sums: Vec<Sum>,
    /// Single accounts, items and payments.
    pub parts: Vec<Sum>,
    pub lists: Vec<ListLine>,
}

impl Previewed {
    pub fn may_be_done(&self) -> bool {
        self.against.is_empty() && self.refused == 0
    }

    /// The sums that change, and the six that everybody asks for.
    pub fn told(&self) -> impl Iterator<Item = &Sum> {
        const ALWAYS: [&str; 6] = ["tax", "allowance", "stock", "guarantee", "summary", "exemption"];
        self.sums.iter().filter(|sum| sum.is_changed() || ALWAYS.contains(&sum.matter.as_str()))
    }

    /// Single accounts, items and payments, as many as a page has room for; the API has all.
    pub fn single(&self) -> &[Sum] {
        &self.parts[..self.parts.len().min(SHOWN)]
    }

    /// Of a message, a file of bonded documents, an act or rows of the registry, document by document.
    pub fn of_command(foreseen: &Foreseen) -> Previewed {
        let line = |outcome: &trade::command::Outcome| {
            let shown = outcome.receipts.last().map(|receipt| receipt.shown.clone()).unwrap_or_default();
            let done = !matches!(outcome.verdict, Verdict::Refused | Verdict::Failed);
            let numbers = [&shown.invt_no, &shown.cop_no, &shown.order_no, &shown.logistics_no, &shown.pay_transaction];
            let number = numbers.into_iter().find(|number| !number.is_empty());
            ListLine {
                line: outcome.about + 1,
                list: number.map(|number| number.to_string()).unwrap_or_default(),
                what: shown.kind.name().into(),
                done,
                order: outcome.case.as_ref().map(|case| case.order_no.to_string()).unwrap_or_default(),
                findings: outcome.findings.iter().filter(|f| done || !f.forgiven).map(Said::of).collect(),
                ..ListLine::default()
            }
        };
        let lists: Vec<ListLine> = foreseen.outcomes.iter().map(line).collect();
        // Where nothing of it would be done there is nothing to hold it to.
        let expected = lists.iter().any(|list| list.done);
        Previewed {
            rows: lists.len() as u32,
            refused: lists.iter().filter(|list| !list.done).count() as u32,
            message: lists.iter().map(|list| list.what.clone()).find(|what| !what.is_empty()).unwrap_or_default(),
            expect: if expected { foreseen.expected.to_text() } else { String::new() },
            lists,
            ..Previewed::default()
        }
        .with(&foreseen.impact)
    }

    fn with(self, impact: &Impact) -> Previewed {
        Previewed {
            sums: Matter::ALL.iter().map(|matter| Sum::of(*matter, "", impact.of(*matter))).collect(),
            parts: impact.parts.iter().map(|part| Sum::of(part.matter, &part.name, part.span)).collect(),
            ..self
        }
    }

    /// Of a correction that was read.
    pub fn of(correction: &Correction, preview: &Preview) -> Previewed {
        let line = |(row, outcome): (&Row, &trade::command::Outcome)| {
            let weighed = outcome.findings.iter().find(|f| f.code == trade::finding::Code::CorrectionWeighed);
            let arg = |name: &str| {
                let value = weighed.and_then(|f| f.args.iter().find(|a| a.name == name));
                value.map_or("", |a| a.value.as_str())
            };
            let done = !matches!(outcome.verdict, Verdict::Refused | Verdict::Failed);
            let told = outcome.findings.iter().filter(|f| !done || is_change(f) || f.code == TAX);
            ListLine {
                line: row.source_line,
                list: row.list.to_string(),
                what: row.what.name().into(),
                done,
                order: outcome.case.as_ref().map(|case| case.order_no.to_string()).unwrap_or_default(),
                tax_before_fen: Fen::from_yuan_text(arg("tax_before")).map_or(0, |fen| fen.0),
                tax_after_fen: Fen::from_yuan_text(arg("tax_after")).map_or(0, |fen| fen.0),
                status: arg("status").parse().unwrap_or(0),
                findings: told.map(Said::of).collect(),
            }
        };
        Previewed {
            number: correction.number.to_string(),
            enterprise: correction.enterprise.to_string(),
            rows: correction.rows.len() as u32,
            refused: preview.refused() as u32,
            expect: preview.expected.to_text(),
            against: preview.against.iter().map(Said::of).collect(),
            lists: correction.rows.iter().zip(&preview.outcomes).map(line).collect(),
            ..Previewed::default()
        }
        .with(&preview.impact)
    }
}

/// The remark that what was collected is not what is due.
const TAX: trade::finding::Code = trade::finding::Code::CorrectionTax;

impl ListLine {
    /// The state's word, where there is one.
    pub fn state(&self) -> Option<crate::desk::State> {
        (self.status != 0).then(|| crate::desk::State::parse(status::name(self.status))).flatten()
    }
}

/// A correction that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    pub enterprise: String,
    pub number: String,
    pub made: Corrected,
}

/// What came of sending one.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    pub receipts: Vec<Receipt>,
    /// Why nothing was done.
    pub refused: Vec<Said>,
}

/// Files that were looked at and are not sent yet.
#[derive(Default)]
pub struct Uploads(Mutex<VecDeque<Arc<Upload>>>);

struct Upload {
    by: String,
    expect: String,
    file: File,
}

impl Uploads {
    pub(crate) fn hold(&self, by: &str, expect: &str, file: File) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|upload| upload.by != by);
        held.push_back(Arc::new(Upload { by: by.to_owned(), expect: expect.to_owned(), file }));
        while held.len() > HELD || held.iter().map(|u| u.file.bytes.len()).sum::<usize>() > HELD_BYTES {
            held.pop_front();
        }
    }

    pub(crate) fn file(&self, by: &str, expect: &str) -> Option<File> {
        self.find(by, expect).map(|held| held.file.clone())
    }

    fn find(&self, by: &str, expect: &str) -> Option<Arc<Upload>> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.iter().find(|upload| upload.by == by && upload.expect == expect).cloned()
    }
}

/// The enterprise in whose name a file is sent: only one of the caller's own.
fn enterprise(caller: &Caller, file: &File) -> Answer<String> {
    let own = caller.enterprises.iter().find(|own| file.enterprise.is_empty() || **own == file.enterprise);
    own.cloned().ok_or(Refused::NotAllowed { what: file.enterprise.clone() })
}

fn read(caller: &Caller, given: &File) -> Answer<Correction> {
    let enterprise = enterprise(caller, given)?;
    let mut by = actor(caller);
    if by.role == ActorRole::Enterprise {
        // In the journal an enterprise is named by its code.
        by.id = enterprise.as_str().into();
    }
    Ok(file::read(&given.bytes, by, &enterprise, &given.number))
}

/// True for a customs message, or a file of bonded documents: it has its own way in.
pub fn is_message(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    text.first() == Some(&b'<') || wire::bonded::holds_documents(bytes)
}

pub(crate) fn preview(house: &House, caller: &Caller, given: File) -> Answer<Previewed> {
    if is_message(&given.bytes) {
        // A message that speaks for another is refused as it would be when it is sent.
        let sender = enterprise(caller, &given)?;
        let incoming = Incoming { bytes: given.bytes.clone(), sender: sender.clone(), ..Incoming::default() };
        let told = house.window().preview_message(&incoming, &house.policy()).map_err(|e| broken(&e.to_string()))?;
        let previewed = Previewed { enterprise: sender, ..Previewed::of_command(&told) };
        house.uploads.hold(&caller.name, &previewed.expect, given);
        return Ok(previewed);
    }
    let correction = read(caller, &given)?;
    let preview = house.window().preview_correction(&correction, &house.policy());
    let previewed = Previewed::of(&correction, &preview);
    house.uploads.hold(&caller.name, &previewed.expect, File { number: previewed.number.clone(), ..given });
    Ok(previewed)
}

/// Makes a correction, or sends a message that was looked at. Where no bytes are given, it is the file that the caller looked at last and that would do what is
/// expected.
///
/// # Errors
/// `NotFound` where no such file is held any more.
pub(crate) fn correct(house: &House, caller: &Caller, given: File, expect: &str) -> Answer<Sent> {
    let given = match given.bytes.is_empty() {
        true => house.uploads.file(&caller.name, expect).ok_or(Refused::NotFound)?,
        false => given,
    };
    let answer = if is_message(&given.bytes) {
        let (sender, bytes) = (enterprise(caller, &given)?, given.bytes.clone());
        house.window().take_in(Incoming { bytes, sender, expected: expected(expect), ..Incoming::default() })?
    } else {
        let correction = Correction { expected: expected(expect), ..read(caller, &given)? };
        house.window().correct(correction, &given.bytes)?
    };
    let refused = answer.entry.iter().flat_map(|entry| &entry.outcomes).find(|o| o.verdict == Verdict::Refused);
    let refused = refused.map(|outcome| outcome.findings.iter().map(Said::of).collect()).unwrap_or_default();
    let given = house.window().receipts_of(answer).map_err(|e| broken(&e.to_string()))?;
    Ok(Sent { receipts: given.iter().map(shown).collect(), refused })
}

pub(crate) fn made(house: &House, sight: &Sight) -> Answer<Vec<Made>> {
    let caller = sight.caller.as_ref().ok_or(Refused::NotAllowed { what: String::new() })?;
    let of = |enterprise: &String| {
        let all = house.window().corrections(enterprise, TOLD).into_iter();
        all.map(|(number, made)| Made { enterprise: enterprise.clone(), number, made }).collect::<Vec<_>>()
    };
    let mut all: Vec<Made> = caller.enterprises.iter().flat_map(of).collect();
    all.sort_by_key(|one| std::cmp::Reverse(one.made.at.revision));
    all.truncate(TOLD);
    Ok(all)
}

/// `NotFound` also where it is another's.
pub(crate) fn bill(house: &House, sight: &Sight, number: &str) -> Answer<BillOfChanges> {
    let caller = sight.caller.as_ref().ok_or(Refused::NotAllowed { what: String::new() })?;
    for enterprise in &caller.enterprises {
        let found = house.window().bill_of_changes(enterprise, number).map_err(|e| broken(&e.to_string()))?;
        if let Some(found) = found {
            return Ok(found);
        }
    }
    Err(Refused::NotFound)
}

/// As the command line prints it: the sums, then a line for each list.
pub fn summary(previewed: &Previewed) -> Value {
    json!({
        "number": previewed.number, "enterprise": previewed.enterprise, "rows": previewed.rows,
        "refused": previewed.refused, "expect": previewed.expect, "against": previewed.against,
        "sums": previewed.sums, "parts": previewed.parts,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_held_for_who_looked_at_it_and_the_oldest_go() {
        let uploads = Uploads::default();
        let file = |n: usize| File { bytes: vec![0; n], ..File::default() };
        uploads.hold("a", "1", file(1));
        uploads.hold("b", "1", file(2));
        assert!(
            uploads.find("a", "1").is_some() && uploads.find("a", "2").is_none() && uploads.find("c", "1").is_none()
        );
        uploads.hold("a", "2", file(3));
        assert!(uploads.find("a", "1").is_none(), "one for each");
        uploads.hold("c", "3", file(HELD_BYTES));
        assert!(uploads.find("b", "1").is_none() && uploads.find("c", "3").is_some());
        for n in 0..=HELD {
            uploads.hold(&format!("d{n}"), "4", file(1));
        }
        assert!(uploads.find("d0", "4").is_none() && uploads.find("d1", "4").is_some());
    }

    #[test]
    fn sums_are_told_in_their_own_units() {
        let sum = |matter, before, after| Sum::of(matter, "", Span { before, after });
        assert_eq!(sum(Matter::Tax, 2_275, 1_575).change(), "−7.00");
        assert_eq!(sum(Matter::Lists, 1, 3).change(), "+2");
        assert_eq!(sum(Matter::Stock, 0, 150_000).change(), "+1.5");
    }
}
