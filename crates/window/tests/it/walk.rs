use store::Disk;
use trade::command::{Command, Verdict};
use trade::key::CaseKey;
use window::Answer;

use crate::zone::Zone;

fn sample(name: &str) -> Option<Vec<u8>> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/ceb-samples").join(name);
    std::fs::read(path).ok()
}

fn statuses(zone: &Zone, answer: &Answer) -> Vec<(String, i32)> {
    let given = zone.window.receipts_of(answer.clone()).unwrap();
    given.iter().map(|g| (g.receipt.shown.kind.name().to_owned(), g.receipt.shown.status)).collect()
}

#[test]
fn the_samples_clear_in_any_order_and_a_repeat_gets_the_first_answer() {
    let names =
        ["CEB311_order.xml", "CEB411_payment.xml", "CEB511_waybill.xml", "CEB621_inventory_signed_rsa_sha1.xml"];
    let Some(samples) = names.iter().map(|n| sample(n)).collect::<Option<Vec<_>>>() else {
        eprintln!("skipped: ../shared is not there");
        return;
    };
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1]] {
        let zone = Zone::at("2026-03-01T14:00", Disk::memory());
        let answers: Vec<Answer> = order.iter().map(|&n| zone.send(&samples[n])).collect();
        let all: Vec<_> = answers.iter().flat_map(|a| statuses(&zone, a)).collect();
        for wanted in [
            ("CEB312", 2),
            ("CEB412", 2),
            ("CEB512", 2),
            ("CEB622", 2),
            ("CEB312", 120),
            ("CEB622", 800),
            ("CEB816", 1),
        ] {
            assert!(
                all.contains(&(wanted.0.to_owned(), wanted.1)),
                "{order:?}: {wanted:?} is missing in {all:?}; {:#?}",
                answers
                    .last()
                    .unwrap()
                    .entry
                    .as_ref()
                    .unwrap()
                    .outcomes
                    .iter()
                    .map(|o| &o.findings)
                    .collect::<Vec<_>>()
            );
        }
        let key = CaseKey { ebc: "1199960EC1".into(), order_no: "EB20260301000001".into() };
        let case: trade::record::Case = zone.window.read(&trade::key::Key::Case(key)).unwrap();
        assert_eq!(case.status, 800);
        assert_eq!(case.tax.unwrap().total().to_string(), "28.26");
        let again = zone.send(&samples[3]);
        assert_eq!(again.entry.as_ref().unwrap().outcomes[0].verdict, Verdict::Repeated);
        let first = answers[order.iter().position(|&n| n == 3).unwrap()].clone();
        assert_eq!(statuses(&zone, &again), statuses(&zone, &first));
        zone.window.close();
    }
}

#[test]
fn a_list_without_its_documents_waits_a_day_and_is_then_refused_with_what_was_missing() {
    let Some(list) = sample("CEB621_inventory_signed_sm2_sm3.xml") else {
        eprintln!("skipped: ../shared is not there");
        return;
    };
    let zone = Zone::at("2026-03-01T14:00", Disk::memory());
    let answer = zone.send(&list);
    assert_eq!(statuses(&zone, &answer), [("CEB622".to_owned(), 2)]);
    assert_eq!(answer.entry.unwrap().outcomes[0].verdict, Verdict::Waiting);
    zone.set("2026-03-02T13:59:59.999");
    assert_eq!(zone.window.tick().unwrap(), 0);
    zone.set("2026-03-02T15:00");
    assert_eq!(zone.window.tick().unwrap(), 1);
    let entry = zone.window.entry(zone.window.journal().last()).unwrap().unwrap();
    assert!(matches!(entry.command, Some(Command::Due(_))));
    assert_eq!(entry.at.to_string(), "2026-03-02T14:00:00.000+08:00", "stamped with its due time");
    let codes: Vec<_> = entry.outcomes[0].findings.iter().map(|f| f.code.name()).collect();
    assert_eq!(codes, ["UNPAID", "ORDER_MISSING", "WAYBILL_MISSING", "WAIT_OVER"]);
    assert_eq!(entry.outcomes[0].receipts[0].shown.status, 100);
}
