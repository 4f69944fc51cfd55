//! Registering: rows of the registry and policies become facts by a command like any other.
//!
//! A row that names a ledger (guarantee, stock, manifest) changes what was registered and keeps what was booked.

use super::appeal::rulings;
use super::{Overlay, Scene, access, after, bonded, list, parties};
use crate::account::{AccountRow, ApiKeyRow, HeadKeysRow};
use crate::bonded::record::BookRecord;
use crate::command::{Actor, ActorRole, Adopt, Open, PolicyFile, Register, RegisterKind, Verdict};
use crate::finding::{Code, Finding};
use crate::key::{Key, Pair};
use crate::money::{Fen, Quantity};
use crate::pack::{Pack, Text};
use crate::packed;
use crate::policy::rights::Action;
use crate::policy::{Parameter, Policy, SAMPLE};
use crate::record::{AbroadItem, AbroadLot, Counter, Founding, Guarantee, Manifest, PolicyRecord, Proposal, Stock};
use crate::registry::{BlockedRow, CertificateRow, Certification, GoodsRow, GuaranteeRow, Mandate, ManifestRow};
use crate::registry::{Method, Party, StockRow, Zone};

use sha2::{Digest, Sha256};

/// Rows that somebody files, where the right is theirs.
pub(super) fn filed(scene: &mut Scene<'_>, rows: &Register) {
    let action = match rows.kind {
        RegisterKind::ApiKeys if rows.by.role == ActorRole::Enterprise => Action::KeyOwn,
        RegisterKind::Mandates if rows.by.role == ActorRole::Enterprise => Action::MandateOwn,
        RegisterKind::Certifications if rows.by.role == ActorRole::Enterprise => Action::CertificationOwn,
        RegisterKind::Certifications => Action::CertificationVouch,
        RegisterKind::Goods if rows.by.role == ActorRole::Enterprise => Action::GoodsFile,
        RegisterKind::Accounts | RegisterKind::ApiKeys => Action::AccessAdmit,
        RegisterKind::HeadKeys => Action::HeadRotate,
        _ => Action::RegistryImport,
    };
    if by_right(scene, &rows.by, action) && access::takes_force(scene, rows) {
        register(scene, rows);
    }
}

/// A policy that somebody adopts, where the right is theirs.
pub(super) fn adopted(scene: &mut Scene<'_>, adoption: &Adopt) {
    if !by_right(scene, &adoption.by, Action::PolicyAdopt) {
        return;
    }
    if !two_persons(scene) {
        return adopt(scene, &adoption.files);
    }
    let (here, at, by) = (scene.setting.revision, scene.setting.at, adoption.by.clone());
    let key = Key::Proposal(content_of(&adoption.files).into());
    match scene.read::<Proposal>(&key).filter(|proposal| proposal.adopted == 0) {
        Some(open) if open.by.id == by.id => {
            let finding = Finding::new(Code::PolicySamePerson, "", "").arg("who", &by.id).arg("entry", open.revision);
            scene.outcome.verdict = Verdict::Refused;
            scene.outcome.findings.push(finding);
        }
        Some(open) => {
            adopt(scene, &adoption.files);
            if scene.outcome.verdict == Verdict::Done {
                let confirmed = Proposal { adopted_by: Some(by), adopted_at: Some(at), adopted: here, ..open };
                scene.put(&key, &confirmed);
            }
        }
        None => {
            if !loads(scene, &adoption.files) {
                return;
            }
            let files = adoption.files.iter().map(|f| f.name.as_str().into()).collect();
            scene.outcome.findings.push(Finding::new(Code::PolicyProposed, "", "").arg("who", &by.id).forgiven());
            scene.outcome.verdict = Verdict::Waiting;
            scene.put(&key, &Proposal { by, at, revision: here, files, ..Proposal::default() });
        }
    }
}

/// Whether a policy takes two persons: where the law in force asks for them, but in a sandbox.
fn two_persons(scene: &Scene<'_>) -> bool {
    let asked = scene.policy().whole(Parameter::AdoptionPersons, scene.today()).is_some_and(|persons| persons > 1);
    let sandbox = scene.read::<Founding>(&Key::Founding(Text::default())).is_some_and(|founding| founding.sandbox);
    asked && !sandbox
}

/// The hash of what is to be adopted, whatever the order of its files.
fn content_of(files: &[PolicyFile]) -> String {
    let mut files: Vec<&PolicyFile> = files.iter().collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    let mut hash = Sha256::new();
    for file in files {
        for part in [&file.name, &file.text] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn by_right(scene: &mut Scene<'_>, by: &Actor, action: Action) -> bool {
    let allowed = scene.policy().rights().allow(by.role, action, scene.today());
    if !allowed {
        scene.outcome.verdict = Verdict::Refused;
        scene.outcome.findings.push(Finding::new(Code::ActorRole, "", "").arg("who", by.role).arg("act", action));
    }
    allowed
}

fn register(scene: &mut Scene<'_>, register: &Register) {
    scene.outcome.verdict = Verdict::Done;
    for (n, row) in register.rows.iter().enumerate() {
        if let Err(NotTaken { column, what }) = row_into(scene, register.kind, row) {
            let finding = Finding::new(Code::RowFault, "", "").arg("row", n + 1).arg("column", column);
            scene.outcome.findings.push(finding.arg("what", what));
        }
    }
}

/// Why a row changes nothing.
struct NotTaken {
    column: &'static str,
    what: &'static str,
}

impl From<crate::pack::PackError> for NotTaken {
    fn from(_: crate::pack::PackError) -> NotTaken {
        NotTaken { column: "-", what: "unreadable 无法读取" }
    }
}

impl From<(&'static str, &'static str)> for NotTaken {
    fn from((column, what): (&'static str, &'static str)) -> NotTaken {
        NotTaken { column, what }
    }
}

fn row_into(scene: &mut Scene<'_>, kind: RegisterKind, bytes: &[u8]) -> Result<(), NotTaken> {
    match kind {
        RegisterKind::Zones => {
            let row = Zone::unpack(bytes)?;
            scene.put(&Key::Zone(row.code.clone()), &row);
        }
        RegisterKind::Parties => {
            let mut row = Party::unpack(bytes)?;
            parties::keep(scene, &mut row);
            scene.put(&Key::Party(row.code.clone()), &row);
        }
        RegisterKind::Mandates => parties::entrust(scene, Mandate::unpack(bytes)?)?,
        RegisterKind::Certifications => {
            let row = Certification::unpack(bytes)?;
            if row.of.method == Method::Signed {
                return Err(NotTaken {
                    column: "method", what: "is entered by the statement itself 由声明本身登记"
                });
            }
            parties::certify(scene, row)?;
        }
        RegisterKind::Certificates => {
            let row = CertificateRow::unpack(bytes)?;
            scene.put(&Key::Certificate(row.fingerprint), &row);
        }
        RegisterKind::Goods => {
            let mut row = GoodsRow::unpack(bytes)?;
            let key = Key::Goods(Pair { code: row.ebc.clone(), number: row.item_no.clone() });
            let before = scene.read::<GoodsRow>(&key).map_or(0, |r| r.version);
            row.version = before + 1;
            scene.put(&key, &row);
            // What was decided about the version before concerns nobody any more.
            rulings::settled(scene, &rulings::filing_of(&row));
        }
        RegisterKind::Guarantees => {
            let row = GuaranteeRow::unpack(bytes)?;
            let key = Key::Guarantee(Pair { code: row.code.clone(), number: row.district.clone() });
            let before = scene.read::<Guarantee>(&key).unwrap_or_default();
            scene.put(&key, &Guarantee { row, ..before });
        }
        RegisterKind::Manifests => {
            let row = ManifestRow::unpack(bytes)?;
            let bill = row.bill_no.clone();
            let key = Key::Manifest(bill.clone());
            let used = scene.read::<Manifest>(&key).map_or(0, |m| m.used);
            scene.put(&key, &Manifest { row, used });
            list::wake_for_manifest(scene, &bill);
        }
        RegisterKind::OpeningStock => {
            let row = StockRow::unpack(bytes)?;
            if !(0..=crate::bonded::ledger::MOST).contains(&row.qty.0) {
                return Err(NotTaken {
                    column: "qty",
                    what: "below zero, or more than can be reckoned with 数量为负或过大",
                });
            }
            let key = Key::Stock(Pair { code: row.ems_no.clone(), number: row.item_record_no.clone() });
            let before = scene.read::<Stock>(&key);
            let known = before.as_ref().map_or(Quantity(0), |before| before.row.qty);
            if row.qty != known && bonded::period::closed(scene, &row.ems_no).is_some() {
                return Err(NotTaken {
                    column: "qty",
                    what: "the book has a closed period; goods come in by documents 账册已结转，货物须凭单证进出",
                });
            }
            if let Some(column) = not_the_same(scene, before.as_ref(), &row) {
                return Err(NotTaken {
                    column,
                    what: "registered otherwise, and the book is another's or goods have moved 与已登记的不同，账册属他人或商品已有变动",
                });
            }
            let mut stock = match before {
                // Registered again: the difference of the opening quantities is added to what is there.
                Some(before) => {
                    let more = row.qty.0.checked_sub(before.row.qty.0);
                    let on_hand = more.and_then(|more| before.on_hand.0.checked_add(more)).map(Quantity);
                    let stock = on_hand.map(|on_hand| Stock { row, on_hand, ..before });
                    let Some(stock) = stock.filter(|s| s.available() >= Quantity(0)) else {
                        return Err(NotTaken {
                            column: "qty", what: "less than what has left 少于已占用和已出库数量"
                        });
                    };
                    stock
                }
                None => Stock { on_hand: row.qty, row, ..Stock::default() },
            };
            bonded::books::of_registry(scene, &stock.row);
            bonded::period::enrol(scene, &mut stock);
            scene.put(&key, &stock);
        }
        RegisterKind::BlockedIdentities => {
            let row = BlockedRow::unpack(bytes)?;
            for pseudonym in &row.id.0 {
                scene.put(&Key::Blocked(*pseudonym), &row);
            }
        }
        RegisterKind::Accounts => {
            let row = AccountRow::unpack(bytes)?;
            scene.put(&Key::Account(row.login.clone()), &row);
        }
        RegisterKind::ApiKeys => {
            let row = ApiKeyRow::unpack(bytes)?;
            scene.put(&Key::ApiKey(row.hash), &row);
        }
        RegisterKind::HeadKeys => {
            let row = HeadKeysRow::unpack(bytes)?;
            let of = |generation: u32| Key::HeadKeys(format!("{generation}").into());
            let there = |generation: u32| scene.read::<HeadKeysRow>(&of(generation)).is_some();
            let follows = row.generation == 2 || (row.generation > 2 && there(row.generation - 1));
            if !follows || there(row.generation) {
                return Err(NotTaken { column: "generation", what: "does not follow 次序不符" });
            }
            scene.put(&of(row.generation), &row);
        }
    }
    Ok(())
}

/// What of opening stock cannot be registered otherwise (`bonded.opening_stock`): whose book it is; and, once goods of
/// an item have moved or are held, what it is (rules.md 7.2: its number is stable) and how much there was, which
/// documents correct (7.5 I6).
fn not_the_same(scene: &Scene<'_>, before: Option<&Stock>, row: &StockRow) -> Option<&'static str> {
    if scene.policy().whole(Parameter::OpeningStock, scene.today()) != Some(1) {
        return None;
    }
    let book = scene.read::<BookRecord>(&Key::Book(row.ems_no.clone()));
    if book.is_some_and(|book| book.etps != row.area_code) {
        return Some("area_code");
    }
    let moved =
        |stock: &&Stock| stock.ledger.moves > 0 || stock.reserved != Quantity(0) || stock.ledger.frozen != Quantity(0);
    let was = &before.filter(moved)?.row;
    let fixed = [
        ("hs10", was.hs10 != row.hs10),
        ("unit", was.unit != row.unit),
        ("qty", was.qty != row.qty),
        ("expires_on", was.expires_on != row.expires_on),
    ];
    fixed.into_iter().find(|(_, differs)| *differs).map(|(column, _)| column)
}

/// A zone begins with its law and its first registrations, or not at all.
pub(super) fn open(scene: &mut Scene<'_>, open: &Open) {
    scene.outcome.verdict = Verdict::Done;
    // Only where its law asks how many adopt a policy, so that zones of older programs open as they did.
    if open.sandbox && open.files.iter().any(|f| f.text.contains(Parameter::AdoptionPersons.name())) {
        scene.put(&Key::Founding(Text::default()), &Founding { sandbox: true });
    }
    if !open.files.is_empty() {
        adopt(scene, &open.files);
    }
    if scene.outcome.verdict == Verdict::Done {
        for rows in &open.registry {
            register(scene, rows);
        }
    }
}

/// A policy takes force by a command; files that it does not hold stay as they were adopted. Where the whole cannot
/// be loaded then, all of it is refused.
fn adopt(scene: &mut Scene<'_>, files: &[PolicyFile]) {
    if !loads(scene, files) {
        return;
    }
    for file in files {
        let record = PolicyRecord { text: file.text.clone(), adopted: scene.setting.revision };
        scene.put(&Key::Policy(file.name.clone().into()), &record);
    }
    scene.outcome.verdict = Verdict::Done;
}

/// Whether the policy as a whole loads with these files; where it does not, it is refused with all faults.
fn loads(scene: &mut Scene<'_>, files: &[PolicyFile]) -> bool {
    let kept = |name: &str| scene.read::<PolicyRecord>(&Key::Policy(name.into())).map(|record| record.text);
    let mut whole: Vec<(&str, String)> = SAMPLE
        .iter()
        .filter(|(name, _)| files.iter().all(|f| f.name != *name))
        .filter_map(|(name, _)| Some((*name, kept(name)?)))
        .collect();
    whole.extend(files.iter().map(|f| (f.name.as_str(), f.text.clone())));
    if let Err(faults) = Policy::load(&whole) {
        scene.outcome.verdict = Verdict::Refused;
        for fault in faults {
            let finding = Finding::new(Code::PolicyFault, "", "").arg("file", &fault.file).arg("row", fault.line);
            scene.outcome.findings.push(finding.arg("what", format!("{} {}", fault.zh, fault.en)));
        }
        return false;
    }
    true
}

/// A promise that a decision would have broken, and of which thing.
pub(super) struct Broken {
    pub what: &'static str,
    /// Names no person.
    pub key: String,
}

packed! {
    /// What a [`crate::record::Guarantee`] carries; the tags are its own.
    struct Carried {
        2 => reserved: Fen,
        3 => due: Fen,
    }
}

/// Kinds of keys whose records something is promised of.
const PROMISED: &[u64] = &[
    Key::ALLOWANCE,
    Key::STOCK,
    Key::VERIFICATION_LIST,
    Key::ENTRY,
    Key::FORM,
    Key::ABROAD_ITEM,
    Key::ABROAD_LOT,
    Key::GUARANTEE,
];

/// What must hold of everything that was written (promise 3): no counter, stock or guarantee below zero.
pub(super) fn invariants(overlay: &Overlay<'_>) -> Result<(), Broken> {
    overlay
        .put_records(PROMISED)
        .try_for_each(|(key, value)| holds(key, value).map_err(|what| Broken { what, key: named(key) }))
}

/// The key of a broken promise in words that an operator can look for.
fn named(key: &[u8]) -> String {
    match Key::unpack(key) {
        Ok(Key::Stock(of)) => format!("{} {}", of.code, of.number),
        Ok(Key::VerificationList(number) | Key::Entry(number)) => number.into(),
        Ok(Key::AbroadItem(of) | Key::AbroadLot(of)) => format!("{} {} {}", of.ebc, of.item_no, of.country),
        Ok(Key::Guarantee(of)) => format!("{} {}", of.code, of.number),
        // A person's: the year says enough.
        Ok(Key::Allowance(of)) => of.year.to_string(),
        _ => String::new(),
    }
}

fn holds(key: &[u8], value: &[u8]) -> Result<(), &'static str> {
    let counter = |value| Counter::unpack(value).is_ok_and(|c| after::counter_holds(&c));
    let stock = |value| Stock::unpack(value).map_or(Err("stock"), |s| crate::bonded::ledger::holds(&s));
    let guarantee = |value| Carried::unpack(value).is_ok_and(|g| g.reserved >= Fen::ZERO && g.due >= Fen::ZERO);
    match Key::kind(key) {
        Key::ALLOWANCE if !counter(value) => Err("allowance"),
        Key::STOCK => stock(value),
        Key::VERIFICATION_LIST | Key::ENTRY | Key::FORM => super::bonded::holds(key, value),
        Key::ABROAD_ITEM if !AbroadItem::unpack(value).is_ok_and(|item| item.of.holds()) => Err("overseas warehouse"),
        Key::ABROAD_LOT if !AbroadLot::unpack(value).is_ok_and(|lot| lot.of.holds()) => {
            Err("overseas warehouse: a lot")
        }
        Key::GUARANTEE if !guarantee(value) => Err("guarantee"),
        _ => Ok(()),
    }
}
