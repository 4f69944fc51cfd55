//! Any command can be looked at first, and be held to what was seen: it happens as a whole, or nothing of it does.

use super::*;
use crate::correction::{Expected, Matter};
use crate::decide::{Foreseen, foresee};

impl Zone {
    fn foresee(&self, command: &Command) -> Foreseen {
        let setting = Setting {
            at: self.now,
            revision: self.revision + 9,
            window: 0,
            policy: &self.policy,
            policy_revision: 0,
            is_mute: false,
        };
        foresee(command, &[], setting, &self.facts)
    }

    /// Looks at a command, has something else happen, and then sends it held to what was seen.
    fn held(&mut self, mut command: Command, meanwhile: impl FnOnce(&mut Zone)) -> Entry {
        let before = self.facts.map.clone();
        let expected = self.foresee(&command).expected;
        assert_eq!(self.facts.map, before, "looking changes nothing");
        meanwhile(self);
        command.expect(Some(expected));
        self.run(command)
    }
}

fn released() -> (Zone, Parcel, crate::pack::Text) {
    let mut zone = Zone::new("2026-03-01T14:00");
    let parcel = Parcel::new(1).bonded();
    zone.clear(&parcel);
    let invt_no = zone.case(&parcel).invt_no;
    (zone, parcel, invt_no)
}

fn arrive() -> Command {
    let case = CaseKey { ebc: "AGENT".into(), order_no: "".into() };
    let by = Actor { id: "lin".into(), role: ActorRole::Officer };
    Command::Act(Act { by, kind: ActKind::Arrive, case, number: "r1".into(), ..Act::default() })
}

#[test]
fn an_act_does_what_its_preview_said_or_nothing() {
    let (mut zone, parcel, invt_no) = released();
    zone.send(refund(&parcel, &invt_no, 1, "r1"));
    let seen = zone.foresee(&arrive());
    assert_eq!(seen.impact.of(Matter::Tax).change(), -1_138);
    assert_eq!(seen.impact.of(Matter::Stock).change(), Quantity::whole(1).0);
    // Another parcel of the same guarantee and book does not matter: what counts is the change.
    let mut done = zone.clone();
    let entry = done.held(arrive(), |zone| drop(zone.clear(&Parcel::new(2).bonded())));
    assert_eq!((entry.outcomes[0].verdict, done.used(&parcel)), (Verdict::Done, 25_000 + 12_500));
    // Summed up in between: the payment becomes smaller too, which nobody has seen.
    let mut summed = zone.clone();
    let entry = summed.held(arrive(), |zone| zone.until("2026-04-01T09:00"));
    assert_eq!(codes(&entry.outcomes[0]), ["IMPACT_MOVED"]);
    assert!(entry.outcomes[0].findings[0].args.iter().any(|a| a.value.contains("summary payments")));
    // The day has passed in between.
    let entry = zone.held(arrive(), |zone| zone.until("2026-04-16T00:00"));
    assert_eq!(codes(&entry.outcomes[0])[0], "IMPACT_MOVED");
    assert_eq!((zone.used(&parcel), entry.outcomes[0].effects.len()), (25_000, 0));
}

#[test]
fn a_message_is_answered_document_by_document_and_nothing_of_it_happens() {
    let (mut zone, parcel, _) = released();
    let other = Parcel::new(2).bonded();
    let changed = |n: u32| {
        let mut order = Parcel::new(n).order;
        (order.head.action, order.head.guid) = (Action::Change, format!("again{n}").into());
        order.batch_numbers = "7".into();
        Document::Order(order)
    };
    zone.send(Document::Order(other.order.clone()));
    let message = zone.message(&[changed(2), changed(1)]);
    let seen = zone.foresee(&message);
    let told: Vec<_> = seen.outcomes.iter().map(|o| o.verdict).collect();
    assert_eq!(told, [Verdict::Accepted, Verdict::Refused], "the second stands under a released list");
    let facts = zone.facts.map.clone();
    // Sent as it was looked at.
    let mut same = zone.clone();
    let entry = same.held(message.clone(), |_| {});
    assert_eq!(entry.outcomes.iter().map(|o| o.verdict).collect::<Vec<_>>(), told);
    // By now the first has been declared and released as well.
    let entry = zone.held(message.clone(), |zone| drop(zone.clear(&other)));
    assert_ne!(zone.facts.map, facts);
    for (n, outcome) in entry.outcomes.iter().enumerate() {
        assert_eq!((codes(outcome), outcome.effects.len()), (vec!["IMPACT_MOVED"], 0), "{n}");
        let shown = &outcome.receipts[0].shown;
        assert_eq!((shown.kind, shown.status, outcome.about), (MessageKind::OrderReturn, 100, n as u32));
        assert!(shown.order_no == parcel.order.number || shown.order_no == other.order.number);
    }
    // What is no fingerprint of anything is expected by nobody.
    let mut wrong = message;
    wrong.expect(Some(Expected::default()));
    assert_eq!(codes(&zone.run(wrong).outcomes[0]), ["IMPACT_MOVED"]);
}

#[test]
fn a_new_list_that_came_by_a_door_is_held_to_nothing() {
    let mut zone = Zone::new("2026-03-01T14:00");
    let parcel = Parcel::new(1).bonded();
    let [order, payment, waybill, list] = parcel.documents();
    for document in [order, payment, waybill] {
        zone.send(document);
    }
    let Command::Message(message) = zone.message(&[list]) else { panic!("a message") };
    let by_a_door = Message { sender: message.cop_code.clone(), ..message };
    let found = zone.held(Command::Message(by_a_door), |_| {}).outcomes.remove(0);
    assert_eq!(codes(&found), ["NOT_PREVIEWED"], "no way to read a buyer's year unseen");
    assert!(zone.facts.look(&Key::Case(parcel.key()).bytes()).is_none());
}

#[test]
fn rows_of_the_registry_and_bonded_documents_are_held_too() {
    let (mut zone, _, _) = released();
    let row = GuaranteeRow { limit: Fen::yuan(5_000), ..zone.guarantee().row };
    let register = |row: &GuaranteeRow| {
        let rows = vec![row.pack().into()];
        Command::Register(Register { kind: RegisterKind::Guarantees, rows, ..Register::default() })
    };
    let seen = zone.foresee(&register(&row));
    assert_eq!(seen.impact.of(Matter::Guarantee).change(), row.limit.0 - zone.guarantee().row.limit.0);
    let raised = GuaranteeRow { limit: Fen::yuan(6_000), ..row.clone() };
    let entry = zone.held(register(&row), |zone| drop(zone.run(register(&raised))));
    assert_eq!(codes(&entry.outcomes[0]), ["IMPACT_MOVED"]);
    assert_eq!(zone.guarantee().row.limit, raised.limit, "what another did stands");
    let entry = zone.held(register(&row), |_| {});
    assert_eq!((entry.outcomes[0].verdict, zone.guarantee().row.limit), (Verdict::Done, row.limit));

    let filed = crate::bonded::Filed { kind: crate::bonded::Kind::Pass, own_no: "P1".into(), ..Default::default() };
    let mut filing = Command::Bonded(crate::bonded::Filing { documents: vec![filed], ..Default::default() });
    filing.expect(Some(Expected::default()));
    let found = zone.run(filing).outcomes.remove(0);
    assert_eq!((codes(&found), found.effects.len(), found.receipts.len()), (vec!["IMPACT_MOVED"], 0, 1));
}
