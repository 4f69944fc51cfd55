//! Export through a whole window: bytes in, receipts out, the border, the month's summary; closed and opened again on
//! the way, with records that leave memory, and decided again at the end.

use std::collections::BTreeMap;

use serde_json::Value;
use store::Disk;
use trade::command::{Act, ActKind, Actor, ActorRole, Verdict};
use trade::key::{CaseKey, Key};
use trade::policy::Policy;
use trade::record::{Case, Way};
use trade::time::{Day, Moment};
use traffic::{Export, ExportPlan, Later, Plan, Sent, Sold, Step, Story, Truth};
use window::{Config, replay};

use crate::story::{KEYS, POLICY, TRADERS, state_of};
use crate::zone::Zone;

pub fn registry() -> Vec<(trade::registry::Table, String)> {
    let start = Day::ymd(2026, 3, 2).unwrap();
    traffic::registry(&Story::new(Plan::day(1, 1, start), &TRADERS, &POLICY), &KEYS)
}

fn plan(tickets: u64, days: u32, faults: bool) -> ExportPlan {
    let start = Day::ymd(2026, 3, 2).unwrap();
    ExportPlan { seed: 9, tickets, per_message: 20, start, days, faults, summary: true }
}

/// In memory, with so little room that what is settled leaves it.
fn opened(disk: &Disk, now: &str, hot_records: u64) -> Zone {
    let config = Config { hot_records, ..Config::at(store::Place::in_memory(disk, [7; 32])) };
    Zone::open(now, config, &registry())
}

/// Sends a message at its time, and lets happen what is due by then.
fn send(zone: &Zone, sent: &Sent, receipts: &mut BTreeMap<(i32, i32), u64>) -> window::Answer {
    zone.set(&sent.at.to_string());
    let before = zone.window.journal().last();
    let answer = zone.send(&KEYS.seal(sent).unwrap());
    while zone.window.tick().unwrap() > 0 {}
    for revision in before + 1..=zone.window.journal().last() {
        for receipt in zone.window.entry(revision).unwrap().iter().flat_map(|e| &e.outcomes).flat_map(|o| &o.receipts) {
            let shown = &receipt.shown;
            *receipts.entry((shown.kind.number().into(), shown.status)).or_default() += 1;
            let xml = wire::ceb::write_receipts(shown.kind, &shown.guid, std::slice::from_ref(shown));
            assert_eq!(wire::ceb::read_receipts(&xml).as_deref(), Ok(std::slice::from_ref(shown)));
        }
    }
    answer
}

/// Lets happen what becomes of something later, and says what is not as its truth has it.
fn happens(zone: &Zone, later: Later, receipts: &mut BTreeMap<(i32, i32), u64>) -> Option<String> {
    let truth = later.truth;
    let answer = match later.step {
        Step::Message(sent) => send(zone, &sent, receipts),
        Step::File(bytes, by) => {
            zone.set(&later.at.to_string());
            zone.window.file_bonded(&bytes, by).unwrap()
        }
        Step::Act(act) => {
            zone.set(&later.at.to_string());
            zone.window.act(act, "").unwrap()
        }
        Step::Articles(declaration, identity) => {
            zone.set(&later.at.to_string());
            zone.window.declare_articles(declaration, &identity, &[]).unwrap()
        }
    };
    let outcome = answer.entry.unwrap().outcomes.remove(0);
    let found: Vec<_> = outcome.findings.iter().map(|f| f.code.name()).collect();
    let right = outcome.verdict.name() == truth.expect && (truth.reason.is_empty() || found.contains(&truth.reason));
    (!right).then(|| format!("{truth:?}: {} {:?}", outcome.verdict, outcome.findings))
}

fn case_key(truth: &Truth) -> CaseKey {
    CaseKey { ebc: truth.ebc_code.clone().into(), order_no: truth.order_no.clone().into() }
}

/// What is not as the truth has it.
fn wrong(zone: &Zone, truths: &[Truth]) -> Vec<String> {
    let latest: BTreeMap<_, _> = truths.iter().map(|t| (case_key(t).order_no, t)).collect();
    let mut wrong = Vec::new();
    for truth in latest.values() {
        let key = case_key(truth);
        let state = state_of(zone, &key);
        let story = zone.window.story(&key).unwrap().unwrap();
        let codes: Vec<&str> = story.decisions.iter().flat_map(|d| &d.findings).map(|f| f.code.name()).collect();
        if state != truth.expect || truth.reasons.iter().any(|reason| !codes.contains(reason)) {
            wrong.push(format!("{} {:?} is {state}, not {}: {codes:?}", truth.fault, key, truth.expect));
        }
    }
    wrong
}

#[test]
fn export_goes_through_the_window_from_order_to_summary_over_a_restart() {
    let disk = Disk::memory();
    let messages: Vec<Sent> = Export::new(plan(400, 2, true), &TRADERS).collect();
    let (mut truths, mut receipts) = (Vec::new(), BTreeMap::new());
    // The registry alone is more than may stay in memory.
    let mut zone = opened(&disk, "2026-03-02T00:00", 50);
    let mut cold = 0;
    for (i, sent) in messages.iter().enumerate() {
        if i == messages.len() / 2 {
            zone.window.close();
            zone = opened(&disk, &sent.at.to_string(), 50);
        }
        if sent.kind.number() == 701 && !truths.is_empty() {
            let wrong = wrong(&zone, &truths);
            assert!(wrong.is_empty(), "{} are not as they were planned:\n{}", wrong.len(), wrong.join("\n"));
            assert!(truths.iter().filter(|t: &&Truth| t.expect == "closed").count() == 400);
            truths.clear();
        }
        send(&zone, sent, &mut receipts);
        truths.extend(sent.truths.iter().cloned());
        zone.window.state().sweep().unwrap();
        cold = cold.max(zone.window.state().count().cold);
    }
    assert!(cold > 0, "nothing left memory");
    for wanted in [(304, 2), (304, 120), (506, 2), (506, 120), (508, 399), (510, 399), (608, 399), (604, 2), (604, 120)]
    {
        assert!(receipts.contains_key(&wanted), "{wanted:?} is missing: {receipts:?}");
    }
    for wanted in
        [(604, 399), (604, 100), (604, 500), (604, 800), (604, 899), (702, 2), (702, 120), (702, 399), (792, 1)]
    {
        assert!(receipts.contains_key(&wanted), "{wanted:?} is missing: {receipts:?}");
    }

    // Every list that goes by summary opens to its declaration, and the summary to its lists.
    let mut summaries = BTreeMap::new();
    let orders: Vec<CaseKey> = messages.iter().flat_map(|m| &m.truths).map(case_key).collect();
    for key in &orders {
        let case: Case = zone.window.read(&Key::Case(key.clone())).unwrap();
        let export = case.export.unwrap();
        if export.way != Way::SummaryDeclaration || export.closed.is_none() {
            assert!(export.summary.is_empty());
            continue;
        }
        let told = explain(&zone, &format!("{}_{}", key.ebc, key.order_no));
        assert_eq!(told["export"]["sumNo"], export.summary.as_str());
        let lines = told["export"]["summed"].as_array().unwrap();
        assert_eq!(lines.len(), export.summed.len());
        let of = summaries.entry(export.summary.to_string()).or_insert_with(|| explain(&zone, &export.summary));
        for line in lines {
            let here = |l: &&Value| l["invtNo"] == case.invt_no.as_str() && l["gnum"] == line["gnum"];
            let found = of["summary"]["of"].as_array().unwrap().iter().find(here).expect("the list in its summary");
            assert_eq!((&found["declSeqNo"], &found["line"]), (&line["declSeqNo"], &line["line"]));
        }
    }
    assert!(summaries.len() >= 2, "each seller has its own");
    for of in summaries.values() {
        assert_eq!(of["state"], "finished", "{of}");
        assert_eq!(
            (&of["summary"]["agrees"], &of["summary"]["of_lists"]),
            (&true.into(), &of["summary"]["of_results"])
        );
    }

    // March is over: each seller's statement is told, over its register, with each list once.
    assert!(receipts.contains_key(&(9301, 399)), "{receipts:?}");
    let sellers: std::collections::BTreeSet<_> = orders.iter().map(|key| key.ebc.to_string()).collect();
    let (mut left, mut treatments) = (0, std::collections::BTreeSet::new());
    for seller in &sellers {
        let months = zone.window.export_months(seller, Day::ymd(2026, 4, 11).unwrap(), &Policy::none()).unwrap();
        let month = months.iter().find(|m| m.statement.month == 202_603).expect("March");
        let register = zone.window.export_register(seller, 202_603).unwrap();
        assert!(register.agrees);
        let told = (month.statement.rows, month.statement.digest);
        assert_eq!(trade::register::read(&trade::register::file(&register.rows)), Some(told));
        let place = month.told.expect("it was told");
        let given = zone.window.receipt(place.revision, 0).unwrap().unwrap().receipt;
        assert_eq!((given.to.as_str(), given.shown.statement.as_deref()), (seller.as_str(), Some(&month.statement)));
        let exempt: i64 = register.rows.iter().filter(|row| row[15] == "exempt").map(|row| fen(&row[14])).sum();
        assert_eq!(month.statement.exempt.0, exempt);
        assert_eq!(month.statement.income.0, (exempt * 4 + 50) / 100);
        left += register.rows.iter().filter(|row| row[1] == "export" && row[5] == "1").count();
        treatments.extend(register.rows.iter().map(|row| row[15].clone()));
        let row = &register.rows[0];
        let told = explain(&zone, &format!("{seller}_{}", row[4]));
        assert_eq!(told["export"]["taxes"]["lines"][0]["treatment"], row[15].as_str());
    }
    assert_eq!(
        left,
        orders.iter().filter(|key| state_of(&zone, key) == "closed").collect::<std::collections::BTreeSet<_>>().len()
    );
    assert!(treatments.contains("exempt") && treatments.contains("ordinary"), "{treatments:?}");
    // What went by 9810 lies abroad, lot by lot.
    let abroad: Vec<_> = sellers.iter().flat_map(|seller| zone.window.abroad(seller)).collect();
    assert!(!abroad.is_empty(), "nothing lies abroad");
    for of in &abroad {
        assert!(of.item.of.holds() && of.item.of.in_stock == of.item.of.exported, "{of:?}");
        let lots = of.lots.iter().fold(trade::money::Quantity(0), |sum, lot| sum.plus(lot.of.in_stock));
        assert_eq!(lots, of.item.of.in_stock);
        let case = &of.lots[0].case;
        let told = explain(&zone, &format!("{}_{}", case.ebc, case.order_no));
        assert!(!told["export"]["abroad"].as_array().unwrap().is_empty(), "{told}");
    }
    let platforms: u32 = ["4602960P01", "4602960P02", "4601960P03"]
        .iter()
        .flat_map(|platform| zone.window.platform_sellers(platform, 20261))
        .map(|seller| seller.earned.orders)
        .sum();
    assert!(platforms > 0 && platforms as usize <= left, "{platforms} of {left}");

    // Told again, it is answered as before, also after the restart.
    let lists = messages.iter().find(|m| m.kind.number() == 603).unwrap();
    let again = zone.send(&KEYS.seal(lists).unwrap()).entry.unwrap();
    assert!(again.outcomes.iter().all(|o| o.verdict == Verdict::Repeated), "{:?}", again.outcomes[0].verdict);
    zone.window.close();
    let replayed = replay::replay(&zone.window.config().place, |_, _| {}).unwrap();
    assert!(replayed.same, "{replayed:?}");
    assert_eq!(replayed.hash, zone.window.journal().tip().chain);
}

fn fen(yuan: &str) -> i64 {
    trade::money::Fen::from_yuan_text(yuan).unwrap().0
}

fn explain(zone: &Zone, key: &str) -> Value {
    let mut told = zone.window.explain(key, |_| Vec::new(), |_| Vec::new()).unwrap();
    assert_eq!(told.len(), 1, "{key}");
    told.remove(0)
}

#[test]
fn a_ticket_of_export_explains_itself_where_it_stands() {
    let disk = Disk::memory();
    let zone = opened(&disk, "2026-03-02T00:00", 3_000_000);
    let messages: Vec<Sent> = Export::new(plan(6, 1, true), &TRADERS).collect();
    let mut seen = Vec::new();
    for sent in &messages {
        send(&zone, sent, &mut BTreeMap::new());
        for truth in &sent.truths {
            let key = case_key(truth);
            let told = explain(&zone, &format!("{}_{}", key.ebc, key.order_no));
            let [zh, en] = ["zh", "en"].map(|lang| told["lead"][lang].as_str().unwrap().to_owned());
            assert_eq!(told["state"], truth.expect, "{told}");
            assert!(!zh.is_ascii() && en.is_ascii(), "{zh} {en}");
            assert!(!en.contains("tax") && !zh.contains("三单"), "words of import: {en} {zh}");
            let lines = told["export"]["taxes"]["lines"].as_array().unwrap();
            assert_eq!(lines.is_empty(), truth.expect == "refused" || truth.expect == "cancelled", "{told}");
            assert!(lines.iter().all(|l| (l["treatment"] == "exempt") == l["because"].as_array().unwrap().is_empty()));
            let waits = matches!(truth.expect, "waiting" | "refused");
            assert!(waits || en.contains("exempt without invoice"), "{en}");
            assert!(told["compared"].as_array().unwrap().iter().any(|c| c["rule"] == "R40"));
            assert!(told["events"].as_array().unwrap().iter().all(|e| e["en"] != "message: accepted"), "{told}");
            seen.push(truth.expect);
        }
    }
    for state in ["finished", "closed", "refused", "waiting", "inspection"] {
        assert!(seen.contains(&state), "{state} was not told");
    }
    assert_eq!(zone.window.now(), Moment::parse("2026-04-05T10:00").unwrap());
}

/// Refused, appealed, decided again by an officer, and told with the difference between both decisions.
#[test]
fn a_refused_ticket_of_export_is_appealed_and_both_decisions_are_told() {
    let disk = Disk::memory();
    let zone = opened(&disk, "2026-03-02T00:00", 3_000_000);
    let (mut again, mut same) = (0, 0);
    for sent in Export::new(plan(40, 1, true), &TRADERS) {
        send(&zone, &sent, &mut BTreeMap::new());
        for truth in sent.truths.iter().filter(|truth| truth.expect == "refused") {
            let key = case_key(truth);
            let case: Case = zone.window.read(&Key::Case(key.clone())).unwrap();
            let act = |kind, id: &str, role, number: &str, note: &str| {
                let by = Actor { id: id.into(), role };
                let act = Act { by, kind, case: key.clone(), number: number.into(), ..Act::default() };
                zone.window.act(act, note).unwrap().entry.unwrap().outcomes[0].verdict
            };
            assert_eq!(act(ActKind::Appeal, &case.agent, ActorRole::Enterprise, "", "why"), Verdict::Accepted);
            let aside =
                |code: &&&str| trade::finding::Code::from_name(code).is_some_and(trade::decide::may_be_set_aside);
            // Every other officer finds that the reasons hold.
            let codes: Vec<&str> = truth.reasons.iter().filter(aside).filter(|_| again == same).copied().collect();
            let verdict = act(ActKind::AllowAppeal, "wu", ActorRole::Officer, &codes.join(" "), "they do not hold");
            let told = explain(&zone, &format!("{}_{}", key.ebc, key.order_no));
            let heard = &told["appeals"].as_array().unwrap()[0];
            let difference: Vec<&str> =
                heard["difference"].as_array().unwrap().iter().map(|words| words["en"].as_str().unwrap()).collect();
            if verdict == Verdict::Accepted {
                assert_eq!(difference.last().unwrap(), &"The list is examined, and may be put under a master bill.");
                assert!(difference.iter().any(|words| words.starts_with("No longer held: ")), "{difference:?}");
                again += 1;
            } else {
                assert_eq!((verdict, told["state"].as_str()), (Verdict::Refused, Some("refused")));
                assert!(difference.iter().any(|words| words.starts_with("Still holds: ")), "{difference:?}");
                same += 1;
            }
        }
    }
    assert!(again > 0 && same > 0, "{again} {same}");
    zone.window.close();
    assert!(replay::replay(&zone.window.config().place, |_, _| {}).unwrap().same);
}

/// Stock abroad, returns and exchanges of a story, with the mistakes made with them: each ends as the truth has it, and
/// what lies abroad of each item is what it says.
#[test]
fn what_becomes_of_exports_later_is_as_the_truth_has_it() {
    use trade::documents::Document;
    use trade::key::AbroadPart;
    use trade::record::{AbroadItem, Kept};
    use traffic::Gone;

    let disk = Disk::memory();
    let zone = opened(&disk, "2026-03-01T12:00", 1_000_000);
    let (mut receipts, mut gone) = (BTreeMap::new(), Vec::new());
    let mut left = Vec::new();
    for sent in Export::new(ExportPlan { summary: false, ..plan(240, 2, false) }, &TRADERS) {
        send(&zone, &sent, &mut receipts);
        left.extend(sent.truths.into_iter().filter(|truth| truth.expect == "closed"));
    }
    for truth in &left {
        let key = case_key(truth);
        let case: Case = zone.window.read(&Key::Case(key.clone())).unwrap();
        let lots = case.export.unwrap().abroad.iter().map(|at| (at.gnum, at.number)).collect();
        let kept: Kept = zone.window.read(&Key::List(key)).unwrap();
        let Some(Document::ExportList(list)) = kept.document else { panic!("no list") };
        gone.push(Gone { list, invt_no: case.invt_no.to_string(), lots });
    }
    let (mut planted, mut wrong) = (BTreeMap::<&str, u32>::new(), Vec::new());
    for later in traffic::aftermath(3, &gone, &TRADERS, Day::ymd(2026, 3, 20).unwrap()) {
        let truth = later.truth.clone();
        wrong.extend(happens(&zone, later, &mut receipts));
        if let Some(abroad) = &truth.abroad {
            let (ebc, item_no) = (abroad.seller.as_str().into(), abroad.item.as_str().into());
            let at = AbroadPart { ebc, item_no, country: abroad.country.as_str().into(), number: 0 };
            let of = zone.window.read::<AbroadItem>(&Key::AbroadItem(at)).unwrap_or_default().of;
            let found = [of.exported, of.in_stock, of.sold, of.lost, of.returned].map(|qty| qty.to_string());
            let told = [abroad.exported, abroad.in_stock, abroad.sold, abroad.lost, abroad.returned];
            if found != told.map(|n| n.to_string()) {
                wrong.push(format!("{truth:?}: {found:?}"));
            }
        }
        *planted.entry(if truth.fault.is_empty() { truth.what } else { truth.fault }).or_default() += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for what in [
        "warehouse",
        "sale",
        "loss",
        "return",
        "tally",
        "exchange",
        "abroad: more sold than lies there",
        "exchange: nothing comes back",
        "exchange: ordered before the parcel was released",
        "exchange: twice",
        "transfer",
        "transfer: another seal",
        "return: more than went",
    ] {
        assert!(planted.contains_key(what), "{what} is not in the story: {planted:?}");
    }
    println!("{planted:?}");
    assert!(replay::replay(&zone.window.config().place, |_, _| {}).unwrap().same);
}

#[test]
fn returns_are_sorted_and_articles_declared_as_the_truth_has_it() {
    use trade::record::status;

    let disk = Disk::memory();
    let start = Day::ymd(2026, 3, 2).unwrap();
    let story = Story::new(Plan { per_message: 20, ..Plan::day(7, 120, start) }, &TRADERS, &POLICY);
    let zone = Zone::open(
        "2026-03-02T00:00",
        Config::at(store::Place::in_memory(&disk, [7; 32])),
        &traffic::registry(&story, &KEYS),
    );
    let (mut receipts, mut lists) = (BTreeMap::new(), Vec::new());
    for sent in story {
        lists.extend(traffic::bonded_lists(&sent));
        send(&zone, &sent, &mut receipts);
    }
    let sold = lists.into_iter().filter_map(|list| {
        let (ebc, order_no) = (traffic::value(&list, "ebcCode").into(), traffic::value(&list, "orderNo").into());
        let case: Case = zone.window.read(&Key::Case(CaseKey { ebc, order_no }))?;
        let released = case.released.filter(|_| case.status == status::RELEASED)?.day();
        Some(Sold { list, invt_no: case.invt_no.to_string(), released })
    });
    let sold: Vec<_> = sold.take(18).collect();
    assert_eq!(sold.len(), 18);
    let (mut planted, mut wrong) = (BTreeMap::<&str, u32>::new(), Vec::new());
    let mut story = traffic::sorted_returns(7, &sold, &TRADERS, start.plus(2));
    story.extend(traffic::articles(7, start.plus(33)));
    for later in story {
        *planted.entry(if later.truth.fault.is_empty() { later.truth.what } else { later.truth.fault }).or_default() +=
            1;
        wrong.extend(happens(&zone, later, &mut receipts));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let told = [
        ("articles", 5),
        ("articles: a band that there is not", 1),
        ("articles: above 1,000 from elsewhere", 1),
        ("articles: above 800 from Hong Kong", 1),
        ("articles: nobody's", 1),
        ("articles: worth nothing", 1),
        ("leaves", 12),
        ("place", 2),
        ("return", 6),
        ("room", 12),
        ("room: applied for on day 31", 3),
        ("room: more comes than was sold", 3),
        ("room: the place is no return warehouse", 3),
        ("room: what is broken is applied for", 3),
    ];
    assert_eq!(planted, BTreeMap::from(told));
    // What was fit and applied for in time is back; nothing lies in the room any more.
    for (n, one) in sold.iter().enumerate() {
        let list = &one.list;
        let (ebc, order_no) = (traffic::value(list, "ebcCode").into(), traffic::value(list, "orderNo").into());
        let case: Case = zone.window.read(&Key::Case(CaseKey { ebc, order_no })).unwrap();
        assert_eq!(case.returned.len(), usize::from(n % 6 < 2), "{n}");
        assert!(case.in_room.iter().all(trade::record::InRoom::is_empty), "{n}");
    }
    assert!(replay::replay(&zone.window.config().place, |_, _| {}).unwrap().same);
}
