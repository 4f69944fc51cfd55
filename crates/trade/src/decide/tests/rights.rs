//! Every command as every role, compared with the table; and what a look needs.

use super::*;
use crate::finding::Code;
use crate::look::{Look, LookCount, LookKind};
use crate::policy::rights::{Action as Doing, Purpose, Rights};

fn actor(role: ActorRole) -> Actor {
    Actor { id: role.name().into(), role }
}

/// True where the command was refused for want of the right, and changed nothing.
fn turned_away(entry: &Entry) -> bool {
    let outcome = &entry.outcomes[0];
    let no_right = outcome.findings.iter().any(|f| f.code == Code::ActorRole);
    assert!(!no_right || (outcome.verdict == Verdict::Refused && outcome.effects.is_empty()), "{outcome:?}");
    no_right
}

/// The matrix: commands x roles.
#[test]
fn every_command_as_every_role_is_what_the_table_says() {
    let zone = Zone::new("2026-03-01T14:00");
    let today = day("2026-03-01");
    let rights = zone.policy.rights().clone();
    let asked = std::cell::Cell::new(0);
    let check = |role: ActorRole, action: Option<Doing>, command: Command| {
        let may = action.is_some_and(|action| rights.of(Some(role), action, None, today).is_some());
        let entry = zone.clone().run(command);
        assert_eq!(turned_away(&entry), !may, "{role}, {action:?}: {:?}", entry.outcomes);
        asked.set(asked.get() + 1);
    };
    for &role in ActorRole::ALL.iter().filter(|r| **r != ActorRole::Window) {
        for &kind in ActKind::ALL {
            let action = Doing::of_act(kind);
            assert!(action.is_some(), "{kind} has no row in policy/rights.csv: nobody may do it");
            let act = Act { by: actor(role), kind, on: Some(today), ..Act::default() };
            check(role, action, Command::Act(act));
        }
        for &kind in RegisterKind::ALL {
            let action = match kind {
                RegisterKind::ApiKeys if role == ActorRole::Enterprise => Doing::KeyOwn,
                RegisterKind::Mandates if role == ActorRole::Enterprise => Doing::MandateOwn,
                RegisterKind::Certifications if role == ActorRole::Enterprise => Doing::CertificationOwn,
                RegisterKind::Certifications => Doing::CertificationVouch,
                RegisterKind::Goods if role == ActorRole::Enterprise => Doing::GoodsFile,
                RegisterKind::HeadKeys => Doing::HeadRotate,
                RegisterKind::Accounts | RegisterKind::ApiKeys => Doing::AccessAdmit,
                _ => Doing::RegistryImport,
            };
            let rows = Register { by: actor(role), kind, ..Register::default() };
            check(role, Some(action), Command::Register(rows));
        }
        let found = crate::account::Identified { by: actor(role), ..crate::account::Identified::default() };
        check(role, Some(Doing::IdentityVerify), Command::Identified(found));
        use crate::account::{AccountSaid, AccountStep};
        for &step in AccountStep::ALL {
            let bank = matches!(step, AccountStep::Sent | AccountStep::Vouched);
            let action = if bank { Doing::AccountBank } else { Doing::AccountOwn };
            let said = AccountSaid { by: actor(role), step, ..AccountSaid::default() };
            check(role, Some(action), Command::Account(said));
        }
        let said = crate::subscription::Subscribe { by: actor(role), ..Default::default() };
        check(role, Some(Doing::HookOwn), Command::Subscribe(said));
        use crate::request::{RequestSaid, RequestStep};
        for &step in RequestStep::ALL {
            let action = if step == RequestStep::Ask { Doing::RequestAsk } else { Doing::RequestAnswer };
            let said = RequestSaid { by: actor(role), step, ..RequestSaid::default() };
            check(role, Some(action), Command::Request(said));
        }
        let said = crate::statement::Stated { by: actor(role), ..Default::default() };
        check(role, Some(Doing::StatementBring), Command::State(said));
        let files = crate::policy::SAMPLE;
        let file = |(name, text): &(&str, &str)| PolicyFile { name: (*name).into(), text: (*text).into() };
        let adopt = Adopt { by: actor(role), files: files.iter().map(file).collect() };
        check(role, Some(Doing::PolicyAdopt), Command::Adopt(adopt));
        for &action in Doing::ALL {
            for &purpose in Purpose::ALL {
                let right = rights.of(Some(role), action, Some(purpose), today).filter(|row| row.value.traced);
                let look =
                    Look { by: actor(role), action, purpose, case: "JC-2026-1".into(), records: 1, ..Look::default() };
                let entry = zone.clone().run(Command::Look(look));
                assert_eq!(turned_away(&entry), right.is_none(), "{role} {action} {purpose}");
                asked.set(asked.get() + 1);
            }
        }
    }
    let asked = asked.get();
    assert!(asked > 1_000, "{asked} cells");
    println!("{asked} cells of commands x roles");
}

#[test]
fn the_table_has_a_ground_for_every_row_and_knows_every_action() {
    let today = day("2026-03-01");
    let policy = Policy::sample();
    let rows = policy.rights().on(today);
    assert!(rows.iter().all(|row| !row.clause.is_empty()));
    for &action in Doing::ALL {
        assert!(rows.iter().any(|row| row.value.action == action), "{action} is nobody's");
    }
    let wrong = "role,action,scope,purpose,traced,case,from,clause,mark\nking,parcel.read,zone,audit,yes,no,2016-01-01,x,ours\n";
    assert!(Rights::read(wrong).unwrap_err()[0].en.contains("king"));
}

fn look(by: &str, action: Doing, purpose: Purpose, case: &str, records: u32) -> Look {
    Look {
        by: Actor { id: by.into(), role: ActorRole::Officer },
        kind: LookKind::Page,
        action,
        purpose,
        case: case.into(),
        records,
        ..Look::default()
    }
}

#[test]
fn a_bulk_look_and_another_purpose_need_a_case() {
    let mut zone = Zone::new("2026-03-01T14:00");
    let mut asked = |action, purpose, case: &str, records| {
        let outcome = zone.run(Command::Look(look("lin", action, purpose, case, records))).outcomes.remove(0);
        (outcome.verdict == Verdict::Done, outcome.findings.iter().map(|f| f.code).collect::<Vec<_>>())
    };
    use Doing::*;
    use Purpose::*;
    assert_eq!(asked(ParcelExport, Clearance, "", 99), (true, vec![]));
    assert_eq!(asked(ParcelExport, Clearance, "", 100), (false, vec![Code::LookNeedsCase]));
    assert_eq!(asked(ParcelExport, Clearance, " ", 1_000), (false, vec![Code::LookNeedsCase]));
    assert_eq!(asked(ParcelExport, Clearance, "JC-1", 1_000), (true, vec![]));
    assert_eq!(asked(ParcelRead, Audit, "", 1), (false, vec![Code::LookNeedsCase]));
    assert_eq!(asked(ParcelRead, Audit, "JC-1", 1), (true, vec![]));
    assert_eq!(asked(ParcelRead, Operation, "JC-1", 1), (false, vec![Code::ActorRole]), "not an officer's purpose");
}

#[test]
fn unusual_looking_is_marked_once_and_again_at_each_multiple() {
    let mut zone = Zone::new("2026-03-01T14:00");
    let alarms = |zone: &mut Zone, by: &str, looks: u32| {
        let mut found = Vec::new();
        for n in 1..=looks {
            let one = look(by, Doing::ParcelRead, Purpose::Clearance, "", 1);
            let outcome = zone.run(Command::Look(one)).outcomes.remove(0);
            assert_eq!(outcome.verdict, Verdict::Done, "it is marked, not refused");
            if outcome.findings.iter().any(|f| f.code == Code::LookUnusual && f.forgiven) {
                found.push(n);
            }
        }
        found
    };
    assert_eq!(alarms(&mut zone, "lin", 650), [300, 600]);
    assert_eq!(alarms(&mut zone, "wu", 299), [] as [u32; 0]);
    zone.now = Moment::parse("2026-03-02T09:00").unwrap();
    assert_eq!(alarms(&mut zone, "lin", 299), [] as [u32; 0], "a new day");
    let count: LookCount = crate::key::read(&zone.facts, &Key::LookCount("lin".into())).unwrap();
    assert_eq!((count.opened, count.alarms), (299, 2));
    let export = look("wu", Doing::ParcelExport, Purpose::Clearance, "JC-1", 5_000);
    let outcome = zone.run(Command::Look(export)).outcomes.remove(0);
    assert_eq!(outcome.findings[0].code, Code::LookUnusual);
}
