//! Bank accounts: small transfer and the bank's word, on both sides of each border.

use super::*;
use crate::account::{AccountChecks, AccountSaid, AccountState, AccountStep};

/// PAYER is the bank, SELLER the enterprise.
struct Says<'a> {
    by: &'a str,
    step: AccountStep,
    account: &'a str,
    amount: i64,
}

impl Zone {
    fn account(&mut self, says: &Says<'_>) -> Outcome {
        self.run(Command::Account(AccountSaid {
            by: Actor { id: says.by.into(), role: ActorRole::Enterprise },
            step: says.step,
            party: "SELLER".into(),
            bank: "PAYER".into(),
            account: who(says.account),
            holder: who("holder"),
            amount: says.amount,
        }))
        .outcomes
        .remove(0)
    }

    fn files_account(&mut self) {
        let says = Says { by: "SELLER", step: AccountStep::Filed, account: "6222", amount: 0 };
        assert_eq!(codes(&self.account(&says)), [""; 0]);
    }

    fn sends(&mut self, amount: i64) -> Vec<&'static str> {
        codes(&self.account(&Says { by: "PAYER", step: AccountStep::Sent, account: "6222", amount }))
    }

    fn answers(&mut self, amount: i64) -> Vec<&'static str> {
        codes(&self.account(&Says { by: "SELLER", step: AccountStep::Answered, account: "", amount }))
    }

    fn check(&self) -> AccountState {
        let checks: AccountChecks = crate::key::read(&self.facts, &Key::BankAccount("SELLER".into())).unwrap();
        checks.all.last().unwrap().state
    }

    fn of_account(&self) -> Vec<Certified> {
        let party: Party = crate::key::read(&self.facts, &Key::Party("SELLER".into())).unwrap();
        let entered = |row: &Certified| row.fact == Certifiable::BankAccount && row.by != "BODY";
        party.certified.into_iter().filter(entered).collect()
    }
}

#[test]
fn the_amount_said_back_in_time_verifies_the_account_and_three_wrong_ones_end_it() {
    // The amounts that are said, and what comes of each.
    let table: &[(&[i64], &[&str], AccountState)] = &[
        (&[37], &[""], AccountState::Verified),
        (&[36], &["ACCOUNT_WRONG"], AccountState::Open),
        (&[36, 38, 37], &["ACCOUNT_WRONG", "ACCOUNT_WRONG", ""], AccountState::Verified),
        (&[36, 38, 1], &["ACCOUNT_WRONG"; 3], AccountState::Ended),
        (&[36, 38, 1, 37], &["ACCOUNT_WRONG", "ACCOUNT_WRONG", "ACCOUNT_WRONG", "ACCOUNT_STATE"], AccountState::Ended),
    ];
    for (said, come, state) in table {
        let mut zone = Zone::new("2026-03-01T14:00");
        zone.files_account();
        assert_eq!(zone.answers(37), ["ACCOUNT_STATE"], "nothing was sent yet");
        assert_eq!(zone.sends(37), [""; 0]);
        for (amount, reason) in said.iter().zip(*come) {
            let expected: Vec<&str> = Some(*reason).filter(|r| !r.is_empty()).into_iter().collect();
            assert_eq!(zone.answers(*amount), expected, "{said:?}");
        }
        assert_eq!(zone.check(), *state, "{said:?}");
        let verified = *state == AccountState::Verified;
        let steps = zone.of_account();
        assert_eq!(steps.len(), 1 + usize::from(verified), "filed, and verified by the bank");
        if verified {
            let last = &steps[1];
            assert_eq!((last.grade, last.method, last.by.as_str()), (Grade::Verified, Method::SmallTransfer, "PAYER"));
            assert_eq!((last.from, last.until), (day("2026-03-01"), Some(day("2027-03-01"))));
            assert!(last.proof != [0; 32] && last.entry == zone.revision);
        }
        // It is filed anew, and the history stays.
        zone.files_account();
        let checks: AccountChecks = crate::key::read(&zone.facts, &Key::BankAccount("SELLER".into())).unwrap();
        assert_eq!(checks.all.len(), 2);
    }
}

#[test]
fn an_answer_is_in_time_on_the_tenth_day_and_late_on_the_eleventh() {
    for (on, reason, state) in
        [("2026-03-11T23:59", "", AccountState::Verified), ("2026-03-12T00:00", "ACCOUNT_LATE", AccountState::Late)]
    {
        let mut zone = Zone::new("2026-03-01T14:00");
        zone.files_account();
        zone.sends(37);
        zone.now = Moment::parse(on).unwrap();
        let expected: Vec<&str> = Some(reason).filter(|r| !r.is_empty()).into_iter().collect();
        assert_eq!(zone.answers(37), expected);
        assert_eq!(zone.check(), state);
    }
}

#[test]
fn the_bank_that_was_named_speaks_of_the_account_that_was_filed_and_nobody_else() {
    use AccountStep::{Answered, Filed, Sent, Vouched};
    let says = |by, step, account, amount| Says { by, step, account, amount };
    let table: &[(Says<'_>, &str)] = &[
        (says("PAYER", Vouched, "6222", 0), ""),
        (says("PAYER", Vouched, "6223", 0), "ACCOUNT_DIFFERS"),
        (says("PAYER", Sent, "6223", 5), "ACCOUNT_DIFFERS"),
        (says("PAYER", Sent, "6222", 1), ""),
        (says("PAYER", Sent, "6222", 99), ""),
        (says("PAYER", Sent, "6222", 0), "ACCOUNT_AMOUNT"),
        (says("PAYER", Sent, "6222", 100), "ACCOUNT_AMOUNT"),
        (says("SELLER", Vouched, "6222", 0), "ACCOUNT_OTHER"),
        (says("CARRIER", Sent, "6222", 5), "ACCOUNT_OTHER"),
        (says("PAYER", Answered, "6222", 5), "ACCOUNT_OTHER"),
        (says("OTHER", Filed, "6222", 0), "ACCOUNT_OTHER"),
    ];
    for (n, (said, reason)) in table.iter().enumerate() {
        let mut zone = Zone::new("2026-03-01T14:00");
        zone.files_account();
        let expected: Vec<&str> = Some(*reason).filter(|r| !r.is_empty()).into_iter().collect();
        assert_eq!(codes(&zone.account(said)), expected, "row {n}");
        let vouched = said.step == Vouched && reason.is_empty();
        assert_eq!(zone.of_account().len(), 1 + usize::from(vouched), "row {n}");
        if vouched {
            assert_eq!(zone.of_account()[1].method, Method::Bank);
        }
    }
    // A bank that may not act says nothing that counts.
    let mut zone = Zone::new("2026-03-01T14:00");
    zone.files_account();
    let mut bank: Party = crate::key::read(&zone.facts, &Key::Party("PAYER".into())).unwrap();
    bank.roles[0].licence_until = Some(day("2026-02-28"));
    zone.register(RegisterKind::Parties, &[bank]);
    assert_eq!(zone.sends(5), ["LICENCE_EXPIRED"]);
    let mut zone = Zone::new("2026-03-01T14:00");
    assert_eq!(zone.sends(5), ["ACCOUNT_STATE"], "nothing was filed");
    zone.files_account();
    assert_eq!((zone.sends(5), zone.sends(6)), (vec![], vec!["ACCOUNT_AMOUNT"]), "one transfer");
}
