//! What happened to a bonded document, and on whose results of inspection it relied (rules.md 8.2).

use serde_json::{Value, json};
use store::StoreError;
use trade::bonded::record::{
    CertificateRecord, EntryRecord, FormRecord, ListRecord, Relied, State, Trail, TransitRecord,
};
use trade::bonded::{Head, Kind};
use trade::command::{Command, Entry, Outcome};
use trade::key::{Key, Pair};

use super::verdict_words;
use crate::Window;

/// A document as its story is told.
struct Told {
    kind: Kind,
    state: State,
    trail: Trail,
    relied: Vec<Relied>,
    head: Head,
}

impl Window {
    /// The story of a list, form, bill or customs transfer by its number, or of a result of inspection by its own.
    pub(super) fn explain_bonded(&self, number: &str) -> Result<Option<Value>, StoreError> {
        let Some(told) = self.bonded_document(number) else { return Ok(None) };
        let mut events = Vec::new();
        for step in &told.trail.steps {
            let Some(entry) = self.entry(step.revision)? else { continue };
            if let Some(outcome) = entry.outcomes.iter().find(|o| o.about == step.index) {
                events.push(event(step.revision, &entry, outcome, number));
            }
        }
        let [kind, state] = [told.kind.name(), told.state.name()];
        let Head { own_no, etps, .. } = told.head;
        let ruling = self.ruling(&Pair { code: etps, number: format!("{kind} {own_no}").into() })?;
        let appeals = ruling.map_or_else(|| json!([]), |ruling| ruling.explain()["appeals"].take());
        Ok(Some(json!({
            "key": number, "state": state,
            "lead": {"zh": format!("保税单证 {kind}：{state}。"), "en": format!("A bonded document, {kind}: {state}.")},
            "events": events, "decisions": [],
            "appeals": appeals, "relied": told.relied.iter().map(relied).collect::<Vec<_>>(),
        })))
    }

    fn bonded_document(&self, number: &str) -> Option<Told> {
        let told = |kind, state, trail, relied, head| Told { kind, state, trail, relied, head };
        let list = || {
            let r: ListRecord = self.read(&Key::VerificationList(number.into()))?;
            Some(told(Kind::List, r.state, r.trail, r.relied, r.list.head))
        };
        let entry = || {
            let r: EntryRecord = self.read(&Key::Entry(number.into()))?;
            Some(told(Kind::Entry, r.state, r.trail, r.relied, r.entry.head))
        };
        let transit = || {
            let r: TransitRecord = self.read(&Key::Transit(number.into()))?;
            Some(told(Kind::Transit, r.state, r.trail, r.relied, r.transit.head))
        };
        let form = || {
            let r: FormRecord = self.read(&Key::Form(number.into()))?;
            Some(told(Kind::Form, r.state, r.trail, Vec::new(), r.form.head))
        };
        let result = || {
            let r: CertificateRecord = self.read(&Key::InspectionResult(number.into()))?;
            Some(told(Kind::Certificate, r.state(), r.trail(), Vec::new(), r.certificate.head))
        };
        list().or_else(entry).or_else(transit).or_else(form).or_else(result)
    }
}

fn event(revision: u64, entry: &Entry, outcome: &Outcome, number: &str) -> Value {
    let what = match &entry.command {
        Some(Command::Bonded(filing)) => {
            let filed = filing.documents.get(outcome.about as usize);
            filed.map_or("bonded", |f| f.document.as_ref().map_or(f.kind, |d| d.kind()).name()).to_owned()
        }
        Some(Command::Due(due)) => format!("due {}", due.kind),
        _ => "entry".to_owned(),
    };
    let about = outcome.receipts.iter().find(|receipt| receipt.shown.invt_no == number).or(outcome.receipts.first());
    let (zh, en) = verdict_words(outcome.verdict);
    json!({
        "at": entry.at.to_string(), "revision": revision, "what": what, "zh": zh, "en": en,
        "verdict": outcome.verdict.name(), "status": about.map(|receipt| receipt.shown.status.to_string()),
        "note": about.map(|receipt| receipt.shown.info.as_str()).unwrap_or_default(),
    })
}

fn relied(r: &Relied) -> Value {
    json!({
        "number": r.number, "kind": r.kind, "country": r.country, "authority": r.issuer, "office": r.office,
        "until": r.until.map(|day| day.to_string()), "recognised_by": r.by, "signer": r.signer,
        "on": r.on.to_string(), "ground": r.ground, "revision": r.at.revision,
    })
}
