//! Rows of the registry and entries of the journal, as programs and pages read them.

use trade::command::Command;
use trade::key::Key;
use trade::time::Day;

use crate::desk::{Both, Entry, Table};

pub(super) fn journal_entry(revision: u64, entry: &trade::command::Heading, hash: String) -> Entry {
    let (kind, by, what) = match &entry.command {
        Some(Command::Message(m)) => (
            Both::new("报文", "message"),
            m.cop_code.to_string(),
            Both::same(format!("{} × {}", m.kind, m.documents.len())),
        ),
        Some(Command::Register(r)) => (
            Both::new("登记", "registration"),
            r.by.id.to_string(),
            Both::same(format!("{} × {}", r.kind, r.rows.len())),
        ),
        Some(Command::Act(a)) => {
            (Both::new("办理", "act"), a.by.id.to_string(), Both::same(format!("{} {}", a.kind, a.case.order_no)))
        }
        Some(Command::Bonded(f)) => {
            let kinds: std::collections::BTreeSet<_> = f.documents.iter().map(|d| d.kind.name()).collect();
            let kinds = kinds.into_iter().collect::<Vec<_>>().join(", ");
            (
                Both::new("保税单证", "bonded documents"),
                f.by.id.to_string(),
                Both::same(format!("{kinds} × {}", f.documents.len())),
            )
        }
        Some(Command::Correct(c)) => (
            Both::new("更正", "correction"),
            c.enterprise.to_string(),
            Both::same(format!("{} × {}", c.number, c.rows.len())),
        ),
        Some(Command::Articles(a)) => (
            Both::new("个人物品申报", "personal articles"),
            a.enterprise.to_string(),
            Both::same(a.waybill.to_string()),
        ),
        Some(Command::Identified(i)) => (
            Both::new("实名核验", "identity"),
            i.account.to_string(),
            Both::same(format!("{} {} {}", i.method, i.found, i.verifier)),
        ),
        Some(Command::Account(a)) => {
            (Both::new("对公账户", "bank account"), a.by.id.to_string(), Both::same(format!("{} {}", a.party, a.step)))
        }
        Some(Command::Subscribe(s)) => {
            (Both::new("订阅", "subscription"), s.by.id.to_string(), Both::same(format!("{}{}", s.number, s.address)))
        }
        Some(Command::State(s)) => (
            Both::new("互认声明", "statement of another body"),
            s.by.id.to_string(),
            Both::same(format!("{} {} {}", s.statement.kind, s.statement.body, s.statement.number)),
        ),
        Some(Command::Request(r)) => (
            Both::new("部门间请求", "request among departments"),
            r.by.id.to_string(),
            Both::same(format!("{} {} {}", r.kind, r.step, r.number)),
        ),
        Some(Command::Due(d)) => (Both::new("到期", "due"), String::new(), Both::same(d.kind.name())),
        Some(Command::Adopt(a)) => (
            Both::new("政策采用", "policy adopted"),
            a.by.id.to_string(),
            Both::same(format!("{} 份 files", a.files.len())),
        ),
        Some(Command::Look(l)) => (
            Both::new("查阅", "look"),
            l.by.id.to_string(),
            Both::same(format!("{} {} × {}", l.action, l.purpose, l.records)),
        ),
        Some(Command::Attach(a)) => (
            Both::new("附件", "attachment"),
            a.by.id.to_string(),
            Both::same(format!("{} {} {}", a.to, a.kind, a.size)),
        ),
        Some(Command::Open(_)) => (Both::new("开区", "zone opened"), String::new(), Both::default()),
        None => (Both::default(), String::new(), Both::default()),
    };
    Entry { revision, at: entry.at, kind, by, what, hash }
}

/// A power of attorney as programs read it.
fn mandate_row(of: &trade::registry::Entrusted) -> serde_json::Value {
    let day = |d: Option<Day>| d.map(|d| d.to_string());
    let matters: Vec<_> = of.matters.iter().map(|matter| matter.name()).collect();
    serde_json::json!({
        "number": of.number, "agent": of.code, "matters": matters, "limit_fen": of.limit.map(|fen| fen.0),
        "from": of.from.to_string(), "until": day(of.until), "revoked": day(of.revoked), "given_in": of.given_in,
        "revoked_in": of.revoked.map(|_| of.revoked_in),
    })
}

/// A step of a certification as programs read it.
fn certified_row(of: &trade::registry::Certified) -> serde_json::Value {
    let proof = (of.proof != [0; 32]).then(|| store::proof::hex(&of.proof));
    serde_json::json!({
        "what": of.fact.name(), "grade": of.grade.name(), "by": of.by, "method": of.method.name(), "number": of.number,
        "from": of.from.to_string(), "until": of.until.map(|d| d.to_string()), "proof": proof, "entry": of.entry,
    })
}

/// A row of the registry as JSON, with its key.
/// The kind of the records that hold a table's rows; those of the policy have none, and filings of goods are listed by the
/// views.
pub(super) fn kind_of(table: Table) -> Option<u64> {
    Some(match table {
        Table::Parties | Table::Mandates | Table::Certifications => Key::PARTY,
        Table::Zones => Key::ZONE,
        Table::Certificates => Key::CERTIFICATE,
        Table::Guarantees => Key::GUARANTEE,
        Table::Manifests => Key::MANIFEST,
        Table::OpeningStock => Key::STOCK,
        Table::BlockedIdentities => Key::BLOCKED,
        Table::Goods | Table::PositiveList | Table::Tariff => return None,
    })
}

pub(super) fn table_row(table: Table, key: &[u8], value: &[u8]) -> Option<(String, serde_json::Value)> {
    use serde_json::json;
    use trade::pack::Pack;
    use trade::registry as r;
    let day = |d: Option<Day>| d.map(|d| d.to_string());
    Some(match (table, Key::unpack(key).ok()?) {
        (Table::Parties, Key::Party(code)) => {
            let p = r::Party::unpack(value).ok()?;
            let roles: Vec<_> = p
                .roles
                .iter()
                .map(|r| json!({"role": r.kind.name(), "from": r.from.to_string(), "until": day(r.until)}))
                .collect();
            (
                code.to_string(),
                json!({"code": p.code, "name_zh": p.name_zh, "name_en": p.name_en, "uscc": p.uscc, "domestic": p.domestic, "place": p.place, "roles": roles}),
            )
        }
        (Table::Mandates, Key::Party(code)) => {
            let p = r::Party::unpack(value).ok()?;
            let given: Vec<_> = p.agents.iter().filter(|of| !of.number.is_empty()).map(mandate_row).collect();
            if given.is_empty() {
                return None;
            }
            (code.to_string(), json!({"code": code, "mandates": given}))
        }
        (Table::Certifications, Key::Party(code)) => {
            let p = r::Party::unpack(value).ok()?;
            let steps: Vec<_> = p.certified.iter().map(certified_row).collect();
            if steps.is_empty() {
                return None;
            }
            (code.to_string(), json!({"code": code, "certifications": steps}))
        }
        (Table::Zones, Key::Zone(code)) => {
            let z = r::Zone::unpack(value).ok()?;
            let rows: Vec<_> = z
                .rows
                .iter()
                .map(|r| json!({"name_zh": r.name_zh, "name_en": r.name_en, "from": r.from.to_string(), "until": day(r.until), "modes": r.modes}))
                .collect();
            (code.to_string(), json!({"code": z.code, "rows": rows}))
        }
        (Table::Certificates, Key::Certificate(print)) => {
            let c = r::CertificateRow::unpack(value).ok()?;
            let print = store::proof::hex(&print);
            (
                print.clone(),
                json!({"fingerprint": print, "code": c.code, "serial": c.serial, "from": c.from.to_string(), "until": day(c.until)}),
            )
        }
        (Table::Goods, Key::Goods(pair)) => {
            let g = r::GoodsRow::unpack(value).ok()?;
            (
                format!("{}/{}", pair.code, pair.number),
                json!({"ebc": g.ebc, "item_no": g.item_no, "version": g.version, "name_zh": g.name_zh, "name_en": g.name_en, "hs10": g.hs10, "origin": g.origin, "approved": g.approved, "from": g.from.to_string(), "until": day(g.until)}),
            )
        }
        (Table::Guarantees, Key::Guarantee(pair)) => {
            let g = trade::record::Guarantee::unpack(value).ok()?;
            (
                format!("{}/{}", pair.code, pair.number),
                json!({"code": pair.code, "district": pair.number, "limit_fen": g.row.limit.0, "reserved_fen": g.reserved.0, "due_fen": g.due.0, "free_fen": g.free().0, "from": g.row.from.to_string(), "until": day(g.row.until)}),
            )
        }
        (Table::Manifests, Key::Manifest(bill)) => {
            let m = trade::record::Manifest::unpack(value).ok()?;
            (
                bill.to_string(),
                json!({"bill_no": bill, "voyage_no": m.row.voyage_no, "traf_no": m.row.traf_no, "pieces": m.row.pieces, "used": m.used}),
            )
        }
        (Table::OpeningStock, Key::Stock(pair)) => {
            let s = trade::record::Stock::unpack(value).ok()?;
            (
                format!("{}/{}", pair.code, pair.number),
                json!({"ems_no": pair.code, "item_record_no": pair.number, "hs10": s.row.hs10, "name": s.row.name, "on_hand": s.on_hand.to_string(), "reserved": s.reserved.to_string(), "sold": s.sold.to_string(), "returned": s.returned.to_string()}),
            )
        }
        _ => return None,
    })
}
