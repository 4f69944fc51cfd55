//! Who a person is: what verifiers said, whose word it is, how long it counts and how often they are asked.

use super::*;
use crate::account::{AccountRow, Identified, Identity, IdentityFound, IdentityMethod};

impl Zone {
    fn with_person(now: &str) -> Zone {
        let mut zone = Zone::new(now);
        let row = |login: &str, id: &str, role| AccountRow {
            login: login.into(),
            person: who(id),
            role,
            ..AccountRow::default()
        };
        let rows = [row("me", "mine", ActorRole::Consumer), row("you", "yours", ActorRole::Consumer)];
        zone.register(RegisterKind::Accounts, &rows);
        zone.register(RegisterKind::Accounts, &[row("wu", "", ActorRole::Officer)]);
        zone
    }

    fn says(&mut self, by: (&str, ActorRole), of: (&str, &str), found: (IdentityMethod, IdentityFound)) -> Outcome {
        let (account, person) = of;
        let (method, found) = found;
        self.run(Command::Identified(Identified {
            by: Actor { id: by.0.into(), role: by.1 },
            account: account.into(),
            method,
            found,
            verifier: "simulator".into(),
            person: who(person),
            answer: [3; 32],
        }))
        .outcomes
        .remove(0)
    }

    fn identity(&self, of: &str) -> Identity {
        crate::key::read(&self.facts, &Key::Identity(of.into())).unwrap_or_default()
    }
}

#[test]
fn what_fits_raises_the_grade_until_its_last_day_and_names_who_vouched() {
    use IdentityFound::*;
    use IdentityMethod::*;
    let me = ("me", ActorRole::Consumer);
    for (method, grade) in [(BankCard, Grade::Verified), (Register, Grade::Verified), (Face, Grade::Inspected)] {
        let mut zone = Zone::with_person("2026-03-01T14:00");
        assert_eq!(zone.identity("me").grade(&who("mine"), zone.now.day()), Grade::Filed, "the document was looked at");
        for found in [Differs, Unknown] {
            assert_eq!(codes(&zone.says(me, ("me", "mine"), (method, found))), [""; 0]);
            assert_eq!(zone.identity("me").grade(&who("mine"), zone.now.day()), Grade::Filed);
        }
        assert_eq!(codes(&zone.says(me, ("me", "mine"), (method, Fits))), [""; 0]);
        let identity = zone.identity("me");
        let steps: Vec<_> =
            identity.steps.iter().map(|step| (step.found, step.verifier.as_str(), step.entry)).collect();
        let last = zone.revision;
        assert_eq!(
            steps,
            [(Differs, "simulator", last - 2), (Unknown, "simulator", last - 1), (Fits, "simulator", last)]
        );
        for (on, expected) in
            [("2026-02-28", Grade::Filed), ("2026-03-01", grade), ("2028-03-01", grade), ("2028-03-02", Grade::Filed)]
        {
            assert_eq!(identity.grade(&who("mine"), day(on)), expected, "{method} {on}");
        }
        assert_eq!(identity.grade(&who("another"), day("2026-03-01")), Grade::Filed, "the account changed hands");
    }
}

#[test]
fn a_person_asks_about_the_own_account_and_the_counter_about_any() {
    use IdentityFound::Fits;
    use IdentityMethod::Register;
    let (me, counter) = (("me", ActorRole::Consumer), ("li", ActorRole::Operator));
    // Who asks, about which account and person, and the reason.
    type Asks<'a> = ((&'a str, ActorRole), (&'a str, &'a str), &'a str);
    let table: &[Asks<'_>] = &[
        (me, ("me", "mine"), ""),
        (counter, ("me", "mine"), ""),
        (me, ("you", "yours"), "IDENTITY_OTHER"),
        (me, ("me", "yours"), "IDENTITY_OTHER"),
        (counter, ("me", "yours"), "IDENTITY_OTHER"),
        (counter, ("nobody", "mine"), "IDENTITY_OTHER"),
        (counter, ("wu", ""), "IDENTITY_OTHER"),
        (("wu", ActorRole::Officer), ("me", "mine"), "ACTOR_ROLE"),
        (("SELLER", ActorRole::Enterprise), ("me", "mine"), "ACTOR_ROLE"),
    ];
    for (by, of, reason) in table {
        let mut zone = Zone::with_person("2026-03-01T14:00");
        let outcome = zone.says(*by, *of, (Register, Fits));
        let expected: Vec<&str> = Some(*reason).filter(|r| !r.is_empty()).into_iter().collect();
        assert_eq!(codes(&outcome), expected, "{by:?} {of:?}");
        assert_eq!(outcome.effects.is_empty(), !reason.is_empty());
    }
}

#[test]
fn what_did_not_fit_three_times_is_not_asked_again_on_that_day() {
    use IdentityFound::*;
    let me = ("me", ActorRole::Consumer);
    let mut zone = Zone::with_person("2026-03-01T14:00");
    for _ in 0..3 {
        assert_eq!(codes(&zone.says(me, ("me", "mine"), (IdentityMethod::BankCard, Differs))), [""; 0]);
    }
    assert_eq!(codes(&zone.says(me, ("me", "mine"), (IdentityMethod::Face, Fits))), ["IDENTITY_TRIES"]);
    assert_eq!(codes(&zone.says(("you", me.1), ("you", "yours"), (IdentityMethod::Face, Fits))), [""; 0]);
    zone.now = Moment::parse("2026-03-02T00:00").unwrap();
    assert_eq!(codes(&zone.says(me, ("me", "mine"), (IdentityMethod::Face, Fits))), [""; 0]);
    // A policy that says nothing of it asks as often as one likes.
    let mut zone = Zone::with_person("2026-03-01T14:00");
    zone.policy = sample_before("identity.").into();
    for _ in 0..5 {
        assert_eq!(codes(&zone.says(me, ("me", "mine"), (IdentityMethod::BankCard, Differs))), [""; 0]);
    }
    zone.says(me, ("me", "mine"), (IdentityMethod::BankCard, Fits));
    assert_eq!(zone.identity("me").grade(&who("mine"), day("2099-01-01")), Grade::Verified, "nor ends what fits");
}
