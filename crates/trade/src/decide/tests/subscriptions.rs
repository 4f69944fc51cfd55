//! Who has receipts brought where.

use super::*;
use crate::subscription::{Subscribe, Subscriptions};

impl Zone {
    fn subscribes(&mut self, by: (&str, ActorRole), number: &str, address: &str) -> String {
        let by = Actor { id: by.0.into(), role: by.1 };
        let said = Subscribe { by, number: number.into(), address: address.into() };
        codes(&self.run(Command::Subscribe(said)).outcomes.remove(0)).join(" ")
    }

    fn subscriptions(&self, owner: &str) -> Subscriptions {
        crate::key::read(&self.facts, &Key::Subscriptions(owner.into())).unwrap_or_default()
    }
}

#[test]
fn everybody_subscribes_to_the_own_outbox_at_three_addresses_and_ends_only_the_own() {
    let mut zone = Zone::new("2026-03-02T10:00");
    let (seller, agent, tax) =
        (("SELLER", ActorRole::Enterprise), ("AGENT", ActorRole::Enterprise), ("shui", ActorRole::Tax));
    for (n, expected) in [(1, ""), (1, "HOOK_MANY"), (2, ""), (3, ""), (4, "HOOK_MANY")] {
        assert_eq!(zone.subscribes(seller, "", &format!("https://example.org/{n}")), expected, "{n}");
    }
    assert_eq!(zone.subscribes(tax, "", "https://example.org/1"), "", "another owner's address");
    assert_eq!(zone.subscribes(agent, "", "https://a@example.org/"), "HOOK_ADDRESS");
    let first = zone.subscriptions("SELLER").all[0].clone();
    assert_eq!(first.entry + 2, zone.subscriptions("SELLER").all[1].entry);
    for other in [agent, tax] {
        assert_eq!(zone.subscribes(other, &first.number, ""), "HOOK_UNKNOWN");
    }
    assert_eq!(zone.subscribes(seller, &first.number, ""), "");
    assert_eq!(zone.subscribes(seller, &first.number, ""), "HOOK_UNKNOWN", "it has ended");
    assert_eq!(zone.subscribes(seller, "", "https://example.org/4"), "", "there is room again");
    assert_eq!(zone.subscriptions("").owners, ["SELLER", "tax"]);
}
