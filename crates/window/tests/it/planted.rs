//! The truth about planted faults step by step: each state when it begins to hold, with its reasons among those that
//! the window gave, and the tax to the fen.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;

use store::Disk;
use trade::key::{CaseKey, Key};
use trade::policy::Policy;
use trade::record::Case;
use trade::time::{Day, Moment};
use traffic::{Keys, Plan, Story, Truth};
use window::Incoming;
use wire::seal::KeyKind;

use crate::story::state_of;
use crate::zone::Zone;

#[test]
fn every_state_of_a_planted_fault_holds_from_its_moment_with_its_reasons() {
    let day = Day::ymd(2026, 3, 10).unwrap();
    let plan = Plan { faults: true, truths: true, per_message: 10, ..Plan::day(11, 300, day) };
    let (sample, policy) = (traffic::zone::Zone::sample(), Policy::sample());
    let keys =
        Keys::new(&[3; 32], KeyKind::Sm2, &sample, (Day::ymd(2016, 1, 1).unwrap(), Day::ymd(2035, 12, 31).unwrap()));
    let zone = Zone::at("2026-03-09T12:00", Disk::memory());
    let story = Story::new(plan, &sample, &policy);
    for (table, text) in traffic::registry(&story, &keys) {
        zone.window.import(&window::filing::operator("test"), table, &text).unwrap();
    }
    // Reasons so far, by parcel; truths to come, by the moment from which they hold.
    let mut reasons: BTreeMap<(trade::pack::Text, trade::pack::Text), BTreeSet<&'static str>> = BTreeMap::new();
    let mut truths: BTreeMap<(i64, usize), Truth> = BTreeMap::new();
    let mut wrong = Vec::new();
    let mut checked = 0;
    let mut seen = 0;
    let mut look = |zone: &Zone, until: i64, truths: &mut BTreeMap<(i64, usize), Truth>| {
        for revision in seen + 1..=zone.window.journal().last() {
            let entry = zone.window.entry(revision).unwrap().unwrap();
            for outcome in &entry.outcomes {
                let keys = outcome.receipts.iter().map(|r| (r.shown.ebc_code.clone(), r.shown.order_no.clone()));
                let keys = keys.chain(outcome.case.iter().map(|c| (c.ebc.clone(), c.order_no.clone())));
                for key in keys.collect::<BTreeSet<_>>() {
                    reasons.entry(key).or_default().extend(outcome.findings.iter().map(|f| f.code.name()));
                }
            }
        }
        seen = zone.window.journal().last();
        while let Some(first) = truths.first_entry().filter(|e| e.key().0 <= until) {
            let truth = first.remove();
            let key = CaseKey { ebc: truth.ebc_code.clone().into(), order_no: truth.order_no.clone().into() };
            let state = state_of(zone, &key);
            let case: Option<Case> = zone.window.read(&Key::Case(key));
            let found = reasons
                .get(&(truth.ebc_code.clone().into(), truth.order_no.clone().into()))
                .cloned()
                .unwrap_or_default();
            let tax = case.as_ref().and_then(|c| c.tax.as_ref()).map_or(0, |t| t.total().0);
            checked += 1;
            if state != truth.expect
                || !truth.reasons.iter().all(|r| found.contains(r))
                || truth.expect == "released" && tax != truth.tax_fen
            {
                wrong.push(format!(
                    "{} ({}): {} {:?} {} expected, {state} {found:?} {tax} found",
                    truth.fault, truth.order_no, truth.expect, truth.reasons, truth.tax_fen
                ));
            }
        }
    };
    let (mut n, mut unloaded) = (0, 0);
    for sent in story {
        // In the order of time, so that each truth is looked at when it begins to hold.
        while let Some(next) = truths.first_key_value().map(|(k, _)| k.0).filter(|next| *next < sent.at.0) {
            zone.clock.0.store(next + 1, Ordering::SeqCst);
            zone.window.tick().unwrap();
            look(&zone, next, &mut truths);
        }
        zone.clock.0.store(sent.at.0, Ordering::SeqCst);
        zone.window.tick().unwrap();
        let answer = zone.window.take_in(Incoming { bytes: keys.seal(&sent).unwrap(), ..Incoming::default() });
        let answer = answer.unwrap();
        if let Some(truth) = &sent.delivery {
            let status = answer.given().last().map(|g| g.receipt.shown.status);
            let found: Vec<_> =
                answer.given().iter().flat_map(|g| &g.receipt.findings).map(|f| f.code.name()).collect();
            assert_eq!((status == Some(399), found), (truth.expect == "finished", truth.reasons.clone()), "{truth:?}");
            unloaded += 1;
        }
        look(&zone, -1, &mut truths);
        for truth in sent.truths {
            n += 1;
            truths.insert((Moment::parse(&truth.from).unwrap().0, n), truth);
        }
        look(&zone, sent.at.0, &mut truths);
    }
    while let Some(next) = truths.first_key_value().map(|(k, _)| k.0) {
        zone.clock.0.store(next + 1, Ordering::SeqCst);
        zone.window.tick().unwrap();
        look(&zone, next, &mut truths);
    }
    assert!(checked >= 300 + 80 && unloaded >= 2, "{checked} parcels, {unloaded} warehouse-in details");
    assert!(wrong.is_empty(), "{} of {checked}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn clean_parcels_are_released_in_every_time_of_the_law() {
    let (sample, policy) = (traffic::zone::Zone::sample(), Policy::sample());
    let span = (Day::ymd(2016, 1, 1).unwrap(), Day::ymd(2035, 12, 31).unwrap());
    let keys = Keys::new(&[3; 32], KeyKind::Sm2, &sample, span);
    for text in ["2016-05-10", "2018-06-18", "2019-11-11", "2022-12-31", "2026-11-11"] {
        let day = Day::parse(text).unwrap();
        let plan = Plan { truths: true, per_message: 20, ..Plan::day(4, 200, day) };
        let story = Story::new(plan, &sample, &policy);
        let registry = traffic::registry(&story, &keys);
        let zone = Zone::with(text, Disk::memory(), &registry);
        let mut parcels = 0;
        for sent in story {
            zone.clock.0.store(sent.at.0, Ordering::SeqCst);
            let answer = zone.window.take_in(Incoming { bytes: keys.seal(&sent).unwrap(), ..Incoming::default() });
            let entry = answer.unwrap().entry.unwrap();
            for truth in &sent.truths {
                let key = CaseKey { ebc: truth.ebc_code.clone().into(), order_no: truth.order_no.clone().into() };
                let found: Vec<_> = entry.outcomes.iter().flat_map(|o| &o.findings).map(|f| f.code.name()).collect();
                assert_eq!(state_of(&zone, &key), "released", "{text} {}: {found:?}", truth.order_no);
                let case: Case = zone.window.read(&Key::Case(key)).unwrap();
                assert_eq!(case.tax.unwrap().total().0, truth.tax_fen);
                parcels += 1;
            }
        }
        assert_eq!(parcels, 200, "{text}");
    }
}
