//! A policy is adopted by two persons: one proposes, another adopts the same content.

use super::*;
use crate::record::Proposal;

fn limits(single: &str) -> Vec<PolicyFile> {
    let (name, text) = crate::policy::SAMPLE.iter().find(|(name, _)| *name == "limits.toml").unwrap();
    vec![PolicyFile { name: (*name).into(), text: text.replace("single_fen = 500000", single) }]
}

impl Zone {
    fn adopt(&mut self, by: &str, files: Vec<PolicyFile>) -> (Vec<&'static str>, bool) {
        let by = Actor { id: by.into(), role: ActorRole::Operator };
        let entry = self.run(Command::Adopt(Adopt { by, files }));
        (codes(&entry.outcomes[0]), !entry.adopted().is_empty())
    }

    fn proposals(&self) -> Vec<Proposal> {
        let is = |key: &[u8]| matches!(Key::unpack(key), Ok(Key::Proposal(_)));
        self.facts.map.iter().filter(|(key, _)| is(key)).map(|(_, v)| Proposal::unpack(v).unwrap()).collect()
    }

    /// With the whole sample adopted, as a zone is that was opened.
    fn opened(sandbox: bool) -> Zone {
        let mut zone = Zone::new("2026-03-01T14:00");
        let file = |(name, text): &(&str, &str)| PolicyFile { name: (*name).into(), text: (*text).into() };
        let files = crate::policy::SAMPLE.iter().map(file).collect();
        let opened = zone.run(Command::Open(Open { sandbox, files, ..Open::default() }));
        assert_eq!(opened.outcomes[0].verdict, Verdict::Done);
        zone
    }
}

#[test]
fn one_person_proposes_and_another_adopts_the_same_content() {
    let mut zone = Zone::opened(false);
    let changed = || limits("single_fen = 600000");
    assert_eq!(zone.adopt("li", changed()), (vec!["POLICY_PROPOSED"], false));
    let before = zone.facts.map.len();
    assert_eq!(zone.adopt("li", changed()), (vec!["POLICY_SAME_PERSON"], false), "not alone");
    assert_eq!(zone.facts.map.len(), before);
    assert_eq!(zone.adopt("wang", limits("single_fen = 700000")), (vec!["POLICY_PROPOSED"], false), "other content");
    assert_eq!(zone.adopt("wang", changed()), (vec![], true));
    let found = zone.proposals();
    let both: Vec<_> = found.iter().filter(|p| p.adopted > 0).collect();
    assert_eq!(both.len(), 1);
    assert_eq!((both[0].by.id.as_str(), both[0].adopted_by.as_ref().unwrap().id.as_str()), ("li", "wang"));
    // Afterwards the same content is a new proposal.
    assert_eq!(zone.adopt("wang", changed()), (vec!["POLICY_PROPOSED"], false));
    assert_eq!(zone.adopt("li", limits("klause")).0[0], "POLICY_FAULT", "what does not load is not even proposed");
}

#[test]
fn in_a_sandbox_and_under_an_older_law_one_person_adopts() {
    assert_eq!(Zone::opened(true).adopt("li", limits("single_fen = 600000")), (vec![], true));
    let mut older = Zone::opened(false);
    older.policy = sample_before("adoption_persons").into();
    assert_eq!(older.adopt("li", limits("single_fen = 600000")), (vec![], true));
    assert!(older.proposals().is_empty());
}
