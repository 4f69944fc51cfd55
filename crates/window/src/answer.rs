//! Step 7: receipts, rendered from the committed entry; they may be repeated and never differ.

use std::sync::atomic::Ordering;
use store::head::Consistency;
use store::proof::ReceiptProof;
use store::{SignedHead, StoreError, proof};
use trade::command::{Entry, Position};
use trade::key::CaseKey;
use trade::receipt::Receipt;

use crate::Window;

/// What followed from a command, durable.
#[derive(Clone, Debug)]
pub struct Answer {
    pub revision: u64,
    pub entry: Option<Entry>,
}

/// A receipt and where it stands in the journal: revision, and number among the receipts of its entry.
#[derive(Clone, Debug)]
pub struct Given {
    pub revision: u64,
    pub number: u32,
    /// The parcel that it is about, also where the receipt's own message cannot name it.
    pub case: Option<CaseKey>,
    pub receipt: Receipt,
}

impl Answer {
    pub(crate) fn of(revision: Option<u64>, entry: Option<Entry>) -> Answer {
        Answer { revision: revision.unwrap_or(0), entry }
    }

    /// The receipts that this command made, whoever they are for.
    pub fn given(&self) -> Vec<Given> {
        self.entry.as_ref().map(|e| given_in(self.revision, e)).unwrap_or_default()
    }
}

/// The receipts of an entry with their numbers.
pub fn given_in(revision: u64, entry: &Entry) -> Vec<Given> {
    let receipts = entry.outcomes.iter().flat_map(|o| o.receipts.iter().map(|r| (o.case.clone(), r.clone())));
    receipts.zip(0..).map(|((case, receipt), number)| Given { revision, number, case, receipt }).collect()
}

impl Window {
    /// The receipts with which a message is answered: those of its own documents, the first ones again for a document
    /// that repeats an earlier one.
    ///
    /// # Errors
    /// If the journal cannot be read.
    pub fn receipts_of(&self, answer: Answer) -> Result<Vec<Given>, StoreError> {
        let Some(entry) = answer.entry else { return Ok(Vec::new()) };
        // A receipt is some hundred bytes to move.
        let mut all = Vec::with_capacity(entry.outcomes.iter().map(|o| o.receipts.len()).sum());
        let mut number = 0;
        for outcome in entry.outcomes {
            if let Some(first) = outcome.repeats {
                all.extend(self.first_answer(first)?);
            }
            for receipt in outcome.receipts {
                all.push(Given { revision: answer.revision, number, case: outcome.case.clone(), receipt });
                number += 1;
            }
        }
        Ok(all)
    }

    /// The receipts of one outcome of an earlier entry.
    fn first_answer(&self, at: Position) -> Result<Vec<Given>, StoreError> {
        let Some(entry) = self.entry(at.revision)? else { return Ok(Vec::new()) };
        let before: usize = entry.outcomes.iter().take_while(|o| o.about != at.index).map(|o| o.receipts.len()).sum();
        let count = entry.outcomes.iter().find(|o| o.about == at.index).map_or(0, |o| o.receipts.len());
        Ok(given_in(at.revision, &entry).into_iter().skip(before).take(count).collect())
    }

    /// One receipt by its place.
    ///
    /// # Errors
    /// If the journal cannot be read.
    pub fn receipt(&self, revision: u64, number: u32) -> Result<Option<Given>, StoreError> {
        let Some(entry) = self.entry(revision)? else { return Ok(None) };
        Ok(given_in(revision, &entry).into_iter().nth(number as usize))
    }

    /// The head of the journal as it is durable now, signed; `None` while there is no entry.
    ///
    /// # Errors
    /// If journal or key cannot be read; `Unsigned` where the keys are away: then the head comes later.
    pub fn head(&self) -> Result<Option<SignedHead>, StoreError> {
        self.head_of(self.journal().last())
    }

    /// The head after `size` entries, signed; `None` if there are not so many, or none.
    ///
    /// # Errors
    /// As [`Window::head`].
    pub fn head_of(&self, size: u64) -> Result<Option<SignedHead>, StoreError> {
        let mut last = crate::lock(&self.0.head);
        if let Some(known) = last.filter(|known| known.head.size == size) {
            return Ok(Some(known));
        }
        let head = if size > 0 { self.journal().head(size)? } else { None };
        let Some(head) = head else { return Ok(None) };
        let signed = self.head_keys().and_then(|keys| Ok(keys.sign(head)?));
        if signed.is_err() {
            self.0.shared.unsigned.fetch_add(1, Ordering::Relaxed);
        }
        *last = Some(signed?);
        Ok(*last)
    }

    /// Shows that the journal of `old` entries is the beginning of that of `new`; `None` if there are not so many.
    ///
    /// # Errors
    /// As [`Window::head`].
    pub fn consistency(&self, old: u64, new: u64) -> Result<Option<Consistency>, StoreError> {
        let (Some(from), Some(to)) = (self.head_of(old)?, self.head_of(new)?) else { return Ok(None) };
        if old > new {
            return Ok(None);
        }
        Ok(Some(Consistency { from, to, path: self.journal().consistency(old, new)? }))
    }

    /// The proof of a receipt: with it and the window's public key anyone can check, offline, that the receipt
    /// stands in the journal at this place. `size` asks for it under the head of so many entries, which another may
    /// have countersigned; without, it is the newest. `None` if there is no such receipt under such a head.
    ///
    /// # Errors
    /// If the journal cannot be read.
    pub fn proof(&self, revision: u64, number: u32, size: Option<u64>) -> Result<Option<ReceiptProof>, StoreError> {
        let Some(entry) = self.entry(revision)? else { return Ok(None) };
        let given = given_in(revision, &entry);
        let sealed: Vec<Vec<u8>> = given.iter().map(|g| g.receipt.shown.leaf_bytes()).collect();
        let leaves: Vec<proof::Hash> = sealed.iter().map(|bytes| proof::leaf_hash(bytes)).collect();
        let Some(shown) = sealed.into_iter().nth(number as usize) else { return Ok(None) };
        let size = size.unwrap_or_else(|| self.journal().last());
        let Some(head) = self.head_of(size)?.filter(|_| revision <= size) else { return Ok(None) };
        let proof = self.journal().prove(revision, &leaves, u64::from(number), head)?;
        Ok(Some(ReceiptProof { shown, ..proof }))
    }
}
