//! A command on paper, and one that is held to what its preview said: any message, filing, act or part of an import is
//! decided over a draft of the facts; where that is what was expected, it happens as a whole, else nothing of it does.

use super::{Draft, Scene, Setting, State, alone, bonded, correct, keys_of, outcomes};
use crate::command::{Command, Message, Outcome, Submitted, Verdict};
use crate::correction::{Expected, Impact, expected};
use crate::documents::{Document, MessageKind};
use crate::finding::{Code, Finding};
use crate::key::Facts;
use crate::pack::Pack as _;
use crate::receipt::Shown;

/// What a command would do.
#[derive(Clone, Debug, Default)]
pub struct Foreseen {
    pub outcomes: Vec<Outcome>,
    pub impact: Impact,
    /// Sent along, the command happens only while it would do just this.
    pub expected: Expected,
}

/// What a command would do, over facts that stay as they are.
pub fn foresee(command: &Command, read: &[Option<Document>], setting: Setting<'_>, facts: &dyn Facts) -> Foreseen {
    let mut draft = Draft::over(facts);
    let outcomes = outcomes(command, read, setting, &mut draft);
    let (impact, expected) = expected(facts, &draft, draft.changed(), &outcomes);
    Foreseen { outcomes, impact, expected }
}

pub(super) fn decided(
    command: &Command,
    then: &Expected,
    read: &[Option<Document>],
    setting: Setting<'_>,
    state: &mut dyn State,
) -> Vec<Outcome> {
    if is_unreadable(command) {
        return outcomes(command, read, setting, state);
    }
    if let Command::Message(message) = command
        && is_secret(message)
    {
        let finding = Finding::new(Code::NotPreviewed, "ours", "").arg("message", message.kind);
        return refused(command, setting, state, vec![finding]);
    }
    let foreseen = foresee(command, read, setting, &*state);
    if foreseen.expected != *then {
        let found = correct::moved(then, &foreseen.expected);
        return refused(command, setting, state, found);
    }
    for outcome in &foreseen.outcomes {
        state.apply(&outcome.effects, command.documents());
    }
    foreseen.outcomes
}

/// What cannot be read is answered as ever: nothing comes of it.
fn is_unreadable(command: &Command) -> bool {
    match command {
        Command::Message(message) => !message.faults.is_empty(),
        Command::Bonded(filing) => !filing.faults.is_empty(),
        _ => false,
    }
}

/// A list that came by a door is neither looked at nor held to anything: its refusal would tell what its buyer bought
/// elsewhere, and nothing would say who asked.
fn is_secret(message: &Message) -> bool {
    message.kind == MessageKind::List && !message.sender.is_empty()
}

/// Nothing of it happens; each of its documents is answered.
fn refused(command: &Command, setting: Setting<'_>, state: &dyn State, found: Vec<Finding>) -> Vec<Outcome> {
    let mut numbering = 0;
    let mut one = |about: usize, body: &dyn Fn(&mut Scene<'_>)| {
        let mut scene = Scene::new(setting, state, about as u32, &mut numbering);
        body(&mut scene);
        scene.finish()
    };
    match command {
        Command::Message(message) => {
            let answer = |(about, submitted): (usize, &Submitted)| {
                one(about, &|scene| {
                    scene.from = message.cop_code.clone();
                    let document = Document::unpack(&submitted.document).ok();
                    let keys = document.as_ref().map(keys_of).or_else(|| submitted.keys.as_deref().cloned());
                    let shown = Shown { kind: message.kind.receipt(), ..keys.unwrap_or_default() };
                    scene.refuse(message.kind, shown, found.clone());
                })
            };
            message.documents.iter().enumerate().map(answer).collect()
        }
        Command::Bonded(filing) => {
            let documents = filing.documents.iter().enumerate();
            documents
                .map(|(about, filed)| one(about, &|scene| bonded::refused(scene, filing, filed, found.clone())))
                .collect()
        }
        _ => vec![alone(setting, state, &mut numbering, |scene| {
            scene.outcome.verdict = Verdict::Refused;
            scene.outcome.findings = found;
        })],
    }
}
