//! How every kind of document and row is put right: the tables of docs/corrections.md, held against what the rules do.

use std::collections::BTreeMap;

use super::*;
use crate::account::{AccountRow, ApiKeyRow, HeadKeysRow};
use crate::bonded;
use crate::registry::Zone as Place;

/// The rows of a table of docs/corrections.md that name a kind, by it: the cells after the name.
fn table(is: impl Fn(&str) -> bool) -> BTreeMap<String, Vec<String>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/corrections.md");
    let text = std::fs::read_to_string(path).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
    let rows = rows.filter_map(|row| {
        let (name, rest) = row.split_once('`')?;
        let cells = rest.split('|').skip(1).map(|cell| cell.trim().to_owned()).filter(|cell| !cell.is_empty());
        Some((name.to_owned(), cells.collect()))
    });
    rows.filter(|(name, _)| is(name)).collect()
}

/// One document of every kind, empty but for what it asks to be done with itself.
fn messages(action: Action) -> Vec<Document> {
    let head = Head { guid: "g".into(), action, app_status: "2".into(), ..Head::default() };
    macro_rules! all {
        ($($kind:ident),*) => { vec![$(Document::$kind($kind { head: head.clone(), ..$kind::default() })),*] };
    }
    all![
        Order,
        Payment,
        Waybill,
        WaybillStatus,
        List,
        Cancel,
        Refund,
        Delivery,
        ExportOrder,
        ReceiptOfPayment,
        ExportWaybill,
        Arrival,
        Departure,
        ExportList,
        ExportCancel,
        MasterBill,
        SummaryApply,
        ExportRefund,
        Tally
    ]
}

fn bonded_documents(action: &str) -> Vec<bonded::Document> {
    use bonded::{Abroad, Period, Place, Recognition, ReturnIn, ReturnOut, Shelf, Slip, StockTake, Tally, Transit};
    use bonded::{Book, Certificate, Count, Decision, Entry, Explanation, Fees, Form, Gate, Head, Outgoing, Overseas};
    use bonded::{Document, Pass, TransitStep, VerificationList, WriteOff};
    let mut number = 0;
    let mut head = |etps: &str| {
        number += 1;
        Head { own_no: format!("{action}-{number}").into(), etps: etps.into(), action: action.into() }
    };
    macro_rules! all {
        ($($kind:ident($of:ident)),*) => {
            vec![$({
                let etps = match stringify!($kind) {
                    "Overseas" | "Abroad" => "SELLER",
                    "Fees" => "PLATFORM",
                    _ => "AREA",
                };
                Document::$kind($of { head: head(etps), ..$of::default() })
            }),*]
        };
    }
    all![
        Book(Book),
        List(VerificationList),
        Form(Form),
        Slip(Slip),
        Pass(Pass),
        Gate(Gate),
        Decision(Decision),
        Entry(Entry),
        Tally(Tally),
        Outgoing(Outgoing),
        StockTake(StockTake),
        Count(Count),
        Explanation(Explanation),
        WriteOff(WriteOff),
        Shelf(Shelf),
        Transit(Transit),
        TransitStep(TransitStep),
        Place(Place),
        Certificate(Certificate),
        Overseas(Overseas),
        Abroad(Abroad),
        Period(Period),
        ReturnIn(ReturnIn),
        ReturnOut(ReturnOut),
        Recognition(Recognition),
        Fees(Fees)
    ]
}

#[test]
fn every_document_is_changed_and_deleted_as_the_table_says() {
    let known = |name: &str| {
        MessageKind::ALL.iter().any(|kind| kind.name() == name)
            || bonded::Kind::ALL.iter().any(|kind| kind.name() == name)
    };
    let table = table(known);
    let mut told = Vec::new();
    for (place, (action, number)) in [(Action::Change, "2"), (Action::Delete, "3")].into_iter().enumerate() {
        let mut outcomes = Vec::new();
        for document in messages(action) {
            let mut zone = Zone::new("2026-03-01T14:00");
            let name = document.kind().name();
            if matches!(document, Document::Departure(_)) {
                zone.cop = "CARRIER".into();
            }
            outcomes.push((name, codes(&zone.send(document))));
        }
        for document in bonded_documents(number) {
            let mut zone = Zone::new("2026-03-01T14:00");
            let area = Party { code: "AREA".into(), roles: role(RoleKind::AreaOperator), ..Party::default() };
            zone.register(RegisterKind::Parties, &[area]);
            let name = document.kind().name();
            let filed = bonded::Filed { document: Some(document), ..bonded::Filed::default() };
            let filing = bonded::Filing { documents: vec![filed], ..bonded::Filing::default() };
            let outcome = zone.run(Command::Bonded(filing)).outcomes.remove(0);
            let found = codes(&outcome);
            assert!(!found.iter().any(|code| matches!(*code, "ACTOR_ROLE" | "SENDER_UNKNOWN")), "{name}: {found:?}");
            outcomes.push((name, found));
        }
        for (name, found) in outcomes {
            let refused = found.contains(&"ACTION_NOT_POSSIBLE");
            let Some(cells) = table.get(name) else {
                told.push(format!("{name} is not in the table"));
                continue;
            };
            let says = cells[place].as_str();
            if says != if refused { "no" } else { "yes" } {
                told.push(format!("{name} {number}: the table says {says}; {found:?}"));
            }
            if cells.get(3).is_none_or(String::is_empty) {
                told.push(format!("{name}: nothing is said of it"));
            }
        }
    }
    assert!(told.is_empty(), "{}", told.join("\n"));
    assert_eq!(table.len(), messages(Action::New).len() + bonded_documents("1").len(), "a row too many");
}

#[test]
fn a_refused_document_is_appealed_as_the_table_says() {
    let heard = ["CEB603", "CEB621", "CEB625", "CEB213", "CEB215"];
    let says = |name: &str| table(|known| known == name).remove(name).map(|cells| cells[2] == "yes");
    for document in messages(Action::New) {
        let name = document.kind().name();
        assert_eq!(says(name), Some(heard.contains(&name)), "{name}: tests/appeal.rs, tests/appeal/after.rs");
    }
    // With an action that none has.
    for document in bonded_documents("9") {
        let mut zone = Zone::new("2026-03-01T14:00");
        let area = Party { code: "AREA".into(), roles: role(RoleKind::AreaOperator), ..Party::default() };
        zone.register(RegisterKind::Parties, &[area]);
        let (name, head) = (document.kind().name(), document.head().clone());
        let filed = bonded::Filed { document: Some(document), ..bonded::Filed::default() };
        let filing = bonded::Filing { documents: vec![filed], ..bonded::Filing::default() };
        assert_eq!(zone.run(Command::Bonded(filing)).outcomes[0].verdict, Verdict::Refused, "{name}");
        let ruling = Pair { code: head.etps.clone(), number: format!("{name} {}", head.own_no).into() };
        let by = Actor { id: head.etps, role: ActorRole::Enterprise };
        let act = Act { by, kind: ActKind::Appeal, ruling: Some(ruling), note: [7; 32], ..Act::default() };
        let outcome = zone.run(Command::Act(act)).outcomes.remove(0);
        assert_eq!(says(name), Some(outcome.verdict == Verdict::Accepted), "{name}: {:?}", codes(&outcome));
    }
}

fn role(kind: RoleKind) -> Vec<Role> {
    vec![Role { kind, ..Role::default() }]
}

#[test]
fn every_row_of_the_registry_is_put_right_by_the_row_again() {
    let named = |name: &str| RegisterKind::ALL.iter().any(|kind| kind.name() == name);
    let names: Vec<String> = table(named).into_keys().collect();
    let mut all: Vec<&str> = RegisterKind::ALL.iter().map(|kind| kind.name()).collect();
    all.sort_unstable();
    assert_eq!(names, all, "every kind of row stands in the table");

    let mut zone = Zone::new("2026-03-01T14:00");
    // As it was filed, and as it should be; what is read afterwards.
    macro_rules! again {
        ($kind:ident, $key:expr, $type:ty, $row:expr, $field:ident = $value:expr) => {{
            let row = $row;
            zone.register(RegisterKind::$kind, std::slice::from_ref(&row));
            let mut right = row.clone();
            right.$field = $value;
            let mended = right.$field.clone();
            assert_ne!(right, row, stringify!($kind));
            zone.register(RegisterKind::$kind, std::slice::from_ref(&right));
            let read: $type = crate::key::read(&zone.facts, &$key).unwrap();
            (read, mended)
        }};
    }
    let pair = |code: &str, number: &str| Pair { code: code.into(), number: number.into() };
    let row = Place { code: "Z".into(), ..Place::default() };
    let (read, mended) = again!(Zones, Key::Zone("Z".into()), Place, row, rows = vec![ZoneRow::default()]);
    assert_eq!(read.rows, mended);
    let row = Party { code: "P".into(), ..Party::default() };
    let (read, mended) = again!(Parties, Key::Party("P".into()), Party, row, name_zh = "更正".into());
    assert_eq!(read.name_zh, mended);
    let row = CertificateRow { fingerprint: [7; 32], ..CertificateRow::default() };
    let (read, mended) =
        again!(Certificates, Key::Certificate([7; 32]), CertificateRow, row, until = Some(day("2026-03-02")));
    assert_eq!(read.until, mended);
    let row = GoodsRow { ebc: "SELLER".into(), item_no: "G".into(), ..GoodsRow::default() };
    let (read, mended) = again!(Goods, Key::Goods(pair("SELLER", "G")), GoodsRow, row, name_zh = "更正".into());
    assert_eq!((read.name_zh, read.version), (mended, 2));
    let row = GuaranteeRow { code: "G".into(), district: "64".into(), ..GuaranteeRow::default() };
    let (read, mended) = again!(Guarantees, Key::Guarantee(pair("G", "64")), Guarantee, row, limit = Fen::yuan(9));
    assert_eq!(read.row.limit, mended);
    let row = ManifestRow { bill_no: "M".into(), ..ManifestRow::default() };
    let (read, mended) = again!(Manifests, Key::Manifest("M".into()), crate::record::Manifest, row, pieces = 7);
    assert_eq!(read.row.pieces, mended);
    let row = StockRow { ems_no: "B".into(), item_record_no: "1".into(), ..StockRow::default() };
    let (read, mended) = again!(OpeningStock, Key::Stock(pair("B", "1")), Stock, row, qty = Quantity::whole(3));
    assert_eq!((read.row.qty, read.on_hand), (mended, mended));
    let id = who("blocked");
    let row = BlockedRow { id: id.clone(), ..BlockedRow::default() };
    let (read, mended) = again!(BlockedIdentities, Key::Blocked(id.0[0]), BlockedRow, row, reason = "更正".into());
    assert_eq!(read.reason, mended);
    // A power of attorney is never changed, only taken back.
    let of = Entrusted {
        code: "AGENT".into(),
        number: "W".into(),
        from: day("2026-01-01"),
        until: Some(day("2026-12-31")),
        ..Entrusted::default()
    };
    let row = Mandate { principal: "SELLER".into(), of: of.clone() };
    let back = Entrusted { revoked: Some(day("2026-03-02")), ..of };
    let (read, mended) = again!(Mandates, Key::Party("SELLER".into()), Party, row, of = back);
    assert_eq!(read.agents[1].revoked, mended.revoked);
    // Nor is what was certified: another step stands beside it.
    let of = certified(Certifiable::BankAccount, Grade::Verified, "2026-03-02", None);
    let row = Certification { party: "P".into(), of: of.clone() };
    let end = Certified { grade: Grade::Suspended, ..of.clone() };
    let (read, mended) = again!(Certifications, Key::Party("P".into()), Party, row, of = end);
    let last: Vec<Certified> =
        read.certified.iter().rev().take(2).map(|row| Certified { entry: 0, ..row.clone() }).collect();
    assert_eq!(last, [mended, of]);
    let row = AccountRow { login: "a".into(), ..AccountRow::default() };
    let (read, mended) = again!(Accounts, Key::Account("a".into()), AccountRow, row, closed = true);
    assert_eq!(read.closed, mended);
    let row = ApiKeyRow { hash: [9; 32], ..ApiKeyRow::default() };
    let (read, mended) = again!(ApiKeys, Key::ApiKey([9; 32]), ApiKeyRow, row, revoked = true);
    assert_eq!(read.revoked, mended);
    // Keys that have signed are not put right but followed.
    let key = |statement: &str| HeadKeysRow { generation: 2, statement: statement.as_bytes().to_vec().into() };
    zone.register(RegisterKind::HeadKeys, &[key("first")]);
    zone.register(RegisterKind::HeadKeys, &[key("other")]);
    let read: HeadKeysRow = crate::key::read(&zone.facts, &Key::HeadKeys("2".into())).unwrap();
    assert_eq!(read, key("first"), "the first word about a generation stands");
}
