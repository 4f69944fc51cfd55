//! Step 2: bytes become a command. The signature is verified over the bytes as they came, and what was verified is
//! what is decoded; personal values become pseudonyms; every document is packed as the journal keeps it.

use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender};
use store::keys::Keys;
pub(crate) use store::proof::sha256;
use store::proof::sha256_of;
use store::vault::Squeezed;
use trade::bonded::Filing;
use trade::command::{Actor, ActorRole, Command, Message, Seal, Submitted};
use trade::documents::Document;
use trade::finding::{Code, Finding};
use trade::pack::{Field, Pack};
use wire::ceb;
use wire::seal::{SealFault, Verifier};

use crate::{Clock, Incoming, People, Refused, Shared, Then, decider, lock};

/// A message on its way to be read.
pub struct Task {
    pub ticket: u64,
    pub incoming: Incoming,
    pub then: Then,
}

/// Bytes for the vault, made small by the worker that had them at hand.
pub struct Original {
    pub hash: [u8; 32],
    pub squeezed: Squeezed,
}

impl Original {
    /// `None` for more than the vault takes.
    pub fn of(bytes: &[u8]) -> Option<Original> {
        Squeezed::new(bytes).ok().map(|squeezed| Original { hash: sha256(bytes), squeezed })
    }
}

/// One worker.
pub struct Reader {
    pub keys: Keys,
    pub verifier: Arc<Verifier>,
    pub clock: Arc<dyn Clock>,
    pub shared: Arc<Shared>,
}

impl Reader {
    pub fn run(self, queue: &Receiver<Task>, out: &Sender<(u64, decider::Task)>) {
        let mut people: Option<People> = None;
        for Task { ticket, incoming, then } in queue {
            let now = self.clock.now();
            if !people.as_ref().is_some_and(|p| p.fit(now)) {
                people = match People::at(&self.keys, now) {
                    Ok(people) => Some(people),
                    Err(error) => {
                        *lock(&self.shared.broken) = Some(error.to_string());
                        return then(Err(Refused::Broken(error.to_string())));
                    }
                };
            }
            let Some(people) = &people else { return };
            let (command, read) = command(&incoming, people, &self.verifier);
            // A door takes nothing that the vault could not keep, so this does not fail on what comes in.
            let original = Original::of(&incoming.bytes);
            if out.send((ticket, decider::Task { command, read, original, then })).is_err() {
                return;
            }
        }
    }
}

/// What the journal keeps of what came, and the documents of a message as they were read.
pub fn command(incoming: &Incoming, people: &People, verifier: &Verifier) -> (Command, Vec<Option<Document>>) {
    let (mut command, read) = match wire::bonded::is_bonded(&incoming.bytes) {
        true => (bonded(incoming), Vec::new()),
        false => {
            let (message, read) = message(incoming, people, verifier);
            (Command::Message(message), read)
        }
    };
    command.expect(incoming.expected.clone());
    (command, read)
}

/// Reads one message: what the journal keeps of it, and its documents as they were read. Never fails: what cannot be
/// read is a message with faults.
pub fn message(incoming: &Incoming, people: &People, verifier: &Verifier) -> (Message, Vec<Option<Document>>) {
    let mut documents = Vec::new();
    let mut message = Message {
        sender: incoming.sender.clone().into(),
        length: incoming.bytes.len() as u64,
        idempotency_key: incoming.idempotency_key.clone().into(),
        ..Message::default()
    };
    // A message in a transport envelope is taken out of it; the original is what came.
    let mut inner = None;
    if ceb::transport::is_envelope(&incoming.bytes) {
        match ceb::transport::unwrap(&incoming.bytes) {
            Ok(envelope) => {
                message.envelope_id = envelope.id.into();
                inner = Some(envelope.message);
            }
            Err(faults) => {
                message.faults = faults;
                return (message, documents);
            }
        }
    }
    let bytes = inner.as_deref().unwrap_or(&incoming.bytes);
    let mut canonical = None;
    match verifier.verify(bytes) {
        Ok(None) => {}
        Ok(Some(sealed)) => {
            message.seal = Some(Seal {
                certificate: sealed.certificate.fingerprint,
                serial: sealed.certificate.serial.clone().into(),
                algorithm: sealed.algorithm.method.uri().into(),
            });
            canonical = sealed.canonical;
        }
        Err(fault) => message.seal_fault = Some(seal_finding(&fault)),
    }
    // Only the verified tree is decoded: where the signed form is not the bytes themselves, it is read instead.
    let bytes = canonical.as_deref().unwrap_or(bytes);
    match ceb::read(bytes, people) {
        Err(faults) => {
            message.faults = faults;
        }
        Ok(read) => {
            message.kind = read.kind;
            message.guid = read.guid.into();
            message.cop_code = read.transfer.cop_code.into();
            message.notes = read.notes;
            let mut packed = Vec::new();
            (message.documents, documents) = read.documents.into_iter().map(|d| submitted(d, &mut packed)).unzip();
        }
    }
    (message, documents)
}

/// A file of bonded documents. Where the door knows nobody, it is the window's own command line.
fn bonded(incoming: &Incoming) -> Command {
    let role = if incoming.sender.is_empty() { ActorRole::Window } else { ActorRole::Enterprise };
    let sender = || Actor { id: incoming.sender.as_str().into(), role };
    let by = incoming.by.clone().unwrap_or_else(sender);
    let filing = wire::bonded::read(&incoming.bytes, by);
    Command::Bonded(Filing { idempotency_key: incoming.idempotency_key.clone().into(), ..filing })
}

/// `packed` is room for the packed document, used by each in turn.
fn submitted(draft: ceb::Draft, packed: &mut Vec<u8>) -> (Submitted, Option<Document>) {
    let (start, end) = (draft.span.start as u64, draft.span.end as u64);
    let base = Submitted { notes: draft.notes, start, end, ..Submitted::default() };
    match draft.outcome {
        Ok(document) => {
            packed.clear();
            document.pack_into(packed);
            let content = content_of(&document, packed);
            (Submitted { document: packed.as_slice().into(), content, ..base }, Some(document))
        }
        Err(refusal) => (Submitted { faults: refusal.findings, keys: Some(refusal.keys), ..base }, None),
    }
}

/// The hash of everything that a document says, but for `guid` and `appTime`: equal content is a repetition.
///
/// The head is the first field of every document; it is said first, without the two (its fields 1 and 3).
fn content_of(document: &Document, packed: &[u8]) -> [u8; 16] {
    let mut body = packed;
    let fields = Field::next(&mut body).ok().flatten().map_or(&[][..], |choice| choice.bytes());
    let mut rest = fields;
    let head = match Field::next(&mut rest) {
        Ok(Some(first)) if first.tag == 1 => first.bytes(),
        _ => {
            rest = fields;
            &[]
        }
    };
    let (mut said, mut more) = ([&[][..]; 2], head);
    loop {
        let before = more;
        let Ok(Some(field)) = Field::next(&mut more) else { break };
        let whole = &before[..before.len() - more.len()];
        match field.tag {
            2 => said[0] = whole,
            4 => said[1] = whole,
            _ => {}
        }
    }
    let hash = sha256_of(&[said[0], said[1], &document.kind().number().to_be_bytes(), rest]);
    let mut content = [0; 16];
    content.copy_from_slice(&hash[..16]);
    content
}

fn seal_finding(fault: &SealFault) -> Finding {
    let mut finding =
        Finding::new(Code::SignatureWrong, "", "Signature").arg("what", format!("{} {}", fault.zh(), fault.en()));
    finding.source_line = u32::try_from(fault.line).unwrap_or(u32::MAX);
    finding
}
