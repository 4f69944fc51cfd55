//! Corrections beside the walk: what one would do, seen over the state as it is now; making it; and its bill.

use store::StoreError;
use trade::command::{Command, Outcome, Position, Verdict};
use trade::correction::{self, Correction};
pub use trade::decide::{Foreseen, Preview};
use trade::decide::{Setting, foresee, preview};
use trade::documents::{Document, MessageKind};
use trade::finding::{Code, Finding};
use trade::key::{Key, Pair};
use trade::policy::Policy;
use trade::record::{Corrected, Corrections};

use crate::read::{self, Original};
use crate::{Answer, Given, Incoming, Refused, Window, given_in};

/// A bill of changes: the receipt that proves it, and its rows.
#[derive(Clone, Debug)]
pub struct BillOfChanges {
    pub given: Given,
    /// As its file has them.
    pub rows: Vec<[String; correction::COLUMNS.len()]>,
    /// The rows are those that the receipt is over.
    pub agrees: bool,
}

impl Window {
    /// What a correction would do by the policy in force, and nothing of it happens. Others may change the state in the
    /// meantime: whoever relies on it sends what it expects along.
    pub fn preview_correction(&self, correction: &Correction, policy: &Policy) -> Preview {
        let revision = self.journal().last() + 1;
        let setting = Setting { at: self.now(), revision, window: 0, policy, policy_revision: 0, is_mute: false };
        preview(correction, setting, self)
    }

    /// What a message or a file of bonded documents would do, document by document: a cancellation, a return, a change or
    /// deletion of an order, a verification list. Nothing happens. A list that came by a door is not looked at: its
    /// refusal would tell what its buyer bought elsewhere, and nothing would say who asked.
    ///
    /// # Errors
    /// If the keys cannot be read.
    pub fn preview_message(&self, incoming: &Incoming, policy: &Policy) -> Result<Foreseen, StoreError> {
        let (command, read) = read::command(incoming, &self.people()?, &wire::seal::Verifier::new(16));
        if let Command::Message(message) = &command
            && message.kind == MessageKind::List
            && !incoming.sender.is_empty()
        {
            let finding = Finding::new(Code::NotPreviewed, "ours", "").arg("message", message.kind);
            let refused = Outcome { verdict: Verdict::Refused, findings: vec![finding], ..Outcome::default() };
            return Ok(Foreseen { outcomes: vec![refused], ..Foreseen::default() });
        }
        Ok(self.on_paper(&command, &read, policy))
    }

    /// What a command that is no message would do: the arrival of goods that come back, a detention, a payment; rows of
    /// the registry. Nothing happens.
    pub fn preview_command(&self, command: &Command, policy: &Policy) -> Foreseen {
        self.on_paper(command, &[], policy)
    }

    /// Decides a command over a draft of the facts, which is thrown away.
    fn on_paper(&self, command: &Command, read: &[Option<Document>], policy: &Policy) -> Foreseen {
        let revision = self.journal().last() + 1;
        let setting = Setting { at: self.now(), revision, window: 0, policy, policy_revision: 0, is_mute: false };
        foresee(command, read, setting, self)
    }

    /// Makes a correction, all of it or nothing; `file` is its original.
    ///
    /// # Errors
    /// As [`Window::take_in`].
    pub fn correct(&self, correction: Correction, file: &[u8]) -> Result<Answer, Refused> {
        self.command_of(Command::Correct(correction), Original::of(file))
    }

    /// The newest corrections of a declarant with their numbers, at most `most`.
    pub fn corrections(&self, enterprise: &str, most: usize) -> Vec<(String, Corrected)> {
        let all = self.read::<Corrections>(&Key::Corrections(enterprise.into())).unwrap_or_default();
        let (mut number, mut found) = (all.newest, Vec::new());
        while found.len() < most && !number.is_empty() {
            let key = Key::Correction(Pair { code: enterprise.into(), number: number.clone() });
            let Some(made) = self.read::<Corrected>(&key) else { break };
            let next = made.previous.clone();
            found.push((number.to_string(), made));
            number = next;
        }
        found
    }

    /// The bill of a declarant's correction; `None` where there is no such correction.
    ///
    /// # Errors
    /// If the journal cannot be read.
    pub fn bill_of_changes(&self, enterprise: &str, number: &str) -> Result<Option<BillOfChanges>, StoreError> {
        let key = Key::Correction(Pair { code: enterprise.into(), number: number.into() });
        match self.read::<Corrected>(&key) {
            Some(made) => self.bill_at(made.at),
            None => Ok(None),
        }
    }

    fn bill_at(&self, at: Position) -> Result<Option<BillOfChanges>, StoreError> {
        let Some(entry) = self.entry(at.revision)? else { return Ok(None) };
        let Some(rows) = correction::bill_of(&entry) else { return Ok(None) };
        let Some(given) = given_in(at.revision, &entry).pop() else { return Ok(None) };
        let agrees = given
            .receipt
            .shown
            .changes
            .as_ref()
            .is_some_and(|told| (told.rows, told.digest) == correction::digest(&rows));
        Ok(Some(BillOfChanges { given, rows, agrees }))
    }
}

impl BillOfChanges {
    /// The file of its rows.
    pub fn file(&self) -> String {
        correction::bill_file(&self.rows)
    }
}
