//! Who may act: the sender of a message, the role that an enterprise holds, and the power that it was given.
//!
//! A194 2, A219 (paraphrase; rules.md 1.1, P1): no document of an enterprise that is not registered for the role, is
//! suspended, or whose licence is past its date. R06: who declares for another is entrusted by it (`registry::Mandate`).

use std::sync::Arc;

use super::{Scene, State, access};
use crate::command::{ActorRole, Message, Register, RegisterKind};
use crate::documents::MessageKind;
use crate::finding::{Code, Finding};
use crate::key::Key;
use crate::pack::Pack;
use crate::policy::Policy;
use crate::registry::{Asked, CertificateRow, Certification, Certified, Entrusted, Grade, Mandate, Party};
use crate::registry::{Role, RoleKind, Short};
use crate::time::Day;

/// What holds for every document of a message alike: the signature and the sender (R01; CEB specification 2022-05,
/// signature required on 621, 623, 625, 711).
pub(super) fn gate(message: &Message, policy: &Policy, day: Day, facts: &dyn State) -> Vec<Finding> {
    let mut found = Vec::new();
    let cop = &message.cop_code;
    if !message.sender.is_empty() && message.sender != *cop {
        found.push(Finding::new(Code::SenderOther, "", "copCode").arg("sender", &message.sender).arg("code", cop));
    }
    match facts.party(cop) {
        None => found.push(Finding::new(Code::PartyUnknown, "A194 2; A219", "copCode").arg("code", cop)),
        Some(party) if party.is_suspended(day) => {
            found.push(Finding::new(Code::PartySuspended, "A219", "copCode").arg("code", cop));
        }
        Some(party) => {
            let roles = senders(message.kind);
            let held: Vec<_> = roles.iter().filter_map(|r| party.role(*r, day)).collect();
            let against: Vec<_> = held.iter().map(|role| lacking(policy, &party, role, "copCode", day)).collect();
            match roles.first() {
                _ if against.iter().any(Vec::is_empty) => {}
                // What stands against the role that is nearest to being held.
                Some(_) if !held.is_empty() => {
                    let nearest = (0..held.len()).max_by_key(|n| held[*n].licence_runs(day)).unwrap_or_default();
                    found.extend(against[nearest].iter().cloned());
                }
                Some(role) => {
                    let finding = Finding::new(Code::PartyRole, "A194 2; A219", "copCode").arg("code", cop);
                    found.push(finding.arg("day", day).arg("role", role));
                }
                None => {}
            }
        }
    }
    match &message.seal {
        None if message.seal_fault.is_some() => found.extend(message.seal_fault.clone()),
        None if message.kind.must_be_signed() => {
            found.push(Finding::new(Code::SignatureRequired, "", "Signature").arg("message", message.kind.root()));
        }
        None => {}
        Some(seal) => match crate::key::read::<CertificateRow>(facts, &Key::Certificate(seal.certificate)) {
            None => {
                found.push(Finding::new(Code::CertificateUnknown, "", "X509Certificate").arg("serial", &seal.serial))
            }
            Some(row) => {
                if row.code != *cop {
                    found.push(
                        Finding::new(Code::CertificateOther, "", "X509Certificate")
                            .arg("owner", &row.code)
                            .arg("code", cop),
                    );
                }
                if day < row.from || row.until.is_some_and(|until| day > until) {
                    let until = row.until.map_or_else(|| "-".to_owned(), |d| d.to_string());
                    found.push(
                        Finding::new(Code::CertificateExpired, "", "X509Certificate")
                            .arg("serial", &seal.serial)
                            .arg("day", day)
                            .arg("from", row.from)
                            .arg("until", until),
                    );
                }
            }
        },
    }
    found
}

/// Who may transmit a message, the one that it is first expected of (CEB specification 2022-05, "sent by"; an express
/// or postal operator may be entrusted with orders and payments).
fn senders(kind: MessageKind) -> &'static [RoleKind] {
    use RoleKind::*;
    match kind {
        MessageKind::Order => &[Platform, Seller, Express, Postal],
        MessageKind::Payment => &[Payment, Express, Postal],
        MessageKind::Waybill | MessageKind::WaybillStatus => &[Express, Postal],
        MessageKind::List | MessageKind::Cancel | MessageKind::Refund => &[Declarant, Seller],
        MessageKind::Delivery => &[AreaOperator, Declarant],
        MessageKind::ExportOrder => &[Platform, Seller, Express, Postal],
        MessageKind::ReceiptOfPayment => &[Payment, Platform, Seller],
        MessageKind::ExportWaybill | MessageKind::Departure => &[Express, Postal],
        MessageKind::Arrival | MessageKind::Tally => &[AreaOperator, Postal, Declarant],
        MessageKind::ExportList
        | MessageKind::ExportCancel
        | MessageKind::MasterBill
        | MessageKind::SummaryApply
        | MessageKind::ExportRefund => &[Declarant, Seller],
        _ => &[],
    }
}

impl Scene<'_> {
    /// The party `code`, where it may act as `role` on `day`; all that speaks against it (P1, R01, M17).
    pub(super) fn role(&self, code: &str, role: RoleKind, field: &str, day: Day) -> Result<Arc<Party>, Vec<Finding>> {
        let clause = "A194 2; A219";
        let Some(party) = self.party(code) else {
            return Err(vec![Finding::new(Code::PartyUnknown, clause, field).arg("code", code)]);
        };
        let finding =
            |found: Code| Finding::new(found, clause, field).arg("code", code).arg("role", role).arg("day", day);
        if party.is_suspended(day) {
            return Err(vec![finding(Code::PartySuspended)]);
        }
        let Some(held) = party.role(role, day) else { return Err(vec![finding(Code::PartyRole)]) };
        let lacking = lacking(self.policy(), &party, held, field, day);
        if lacking.is_empty() { Ok(party) } else { Err(lacking) }
    }

    /// Why the party `code` may not act as `role` on `day`.
    pub(super) fn role_lacks(&self, code: &str, role: RoleKind, field: &str, day: Day) -> Vec<Finding> {
        self.role(code, role, field, day).err().unwrap_or_default()
    }

    /// Why the party `code` may act as neither of two roles on `day`: what speaks against the first.
    pub(super) fn neither(&self, code: &str, [first, second]: [RoleKind; 2], field: &str, day: Day) -> Vec<Finding> {
        let found = self.role_lacks(code, first, field, day);
        if found.is_empty() || self.role(code, second, field, day).is_ok() { Vec::new() } else { found }
    }
}

/// What a role that is held lacks on a day: its licence, and what the law of the day asks it to be certified for.
fn lacking(policy: &Policy, party: &Party, role: &Role, field: &str, day: Day) -> Vec<Finding> {
    let about = |finding: Finding| finding.arg("code", &party.code).arg("role", role.kind).arg("day", day);
    let mut found = Vec::new();
    if !role.licence_runs(day) {
        let until = role.licence_until.unwrap_or(day);
        found.push(about(Finding::new(Code::LicenceExpired, "A194 2; A219", field)).arg("until", until));
    }
    for row in policy.asked_of(party, role.kind, day) {
        let asked = &row.value;
        if party.reaches(asked.fact, asked.grade, day) {
            continue;
        }
        let what = format!("{} {}", asked.zh, asked.en);
        let finding = |code| about(Finding::new(code, &row.clause, field)).arg("what", &what);
        found.push(match party.certified(asked.fact, day) {
            Some(now) if now.grade == Grade::Suspended => {
                finding(Code::CertificationSuspended).arg("by", &now.by).arg("from", now.from)
            }
            now => {
                let state = now.map_or("未备案 not filed", |now| now.grade.words());
                finding(Code::RoleCondition).arg("asked", asked.grade).arg("state", state)
            }
        });
    }
    found
}

/// Civil Code (民法典) 165, 171, 173.
const POWER: &str = "民法典 第一百六十五条、第一百七十一条、第一百七十三条 (Civil Code 165, 171, 173)";

impl Scene<'_> {
    /// Whether `principal` has entrusted an agent with what is asked.
    ///
    /// # Errors
    /// What its power by number lacks; `None` where it has none, for which each kind of document has words of its own.
    pub(super) fn entrusted(&self, principal: &Party, asked: &Asked<'_>, field: &str) -> Result<(), Option<Finding>> {
        principal
            .entrusts(asked)
            .map_err(|nearest| nearest.map(|(short, of)| lacks(principal, short, of, asked, field)))
    }

    /// As [`Scene::entrusted`], of an enterprise that is perhaps not registered.
    pub(super) fn entrusted_by(&self, code: &str, asked: &Asked<'_>, field: &str) -> Result<(), Option<Finding>> {
        self.party(code).map_or(Err(None), |party| self.entrusted(&party, asked, field))
    }
}

fn lacks(principal: &Party, short: Short, of: &Entrusted, asked: &Asked<'_>, field: &str) -> Finding {
    let code = match short {
        Short::Limit => Code::MandateLimit,
        Short::Value => Code::MandateValue,
        Short::Matter => Code::MandateMatter,
        Short::Revoked => Code::MandateRevoked,
        Short::Time => Code::MandateTime,
    };
    let finding = Finding::new(code, POWER, field).arg("number", &of.number).arg("ebc", &principal.code);
    let finding = finding.arg("agent", asked.agent);
    match short {
        Short::Limit => {
            let value = asked.value.unwrap_or_default();
            finding.arg("value", value).arg("limit", of.limit.unwrap_or_default())
        }
        Short::Value => finding.arg("limit", of.limit.unwrap_or_default()),
        Short::Matter => finding.arg("what", asked.matter.words()),
        Short::Revoked => finding.arg("revoked", of.revoked.unwrap_or_default()).arg("day", asked.day),
        Short::Time => {
            let until = of.until.map_or_else(|| "-".to_owned(), |day| day.to_string());
            finding.arg("from", of.from).arg("until", until).arg("day", asked.day)
        }
    }
}

// -- what is registered of a party beside its own row --------------------------------------------------------------

/// The party as the rows before this one left it.
fn registered(scene: &Scene<'_>, code: &str) -> Option<Party> {
    scene.read(&Key::Party(code.into()))
}

/// A party is registered again: what was given by number since stays as it is.
pub(super) fn keep(scene: &Scene<'_>, row: &mut Party) {
    let Some(before) = registered(scene, &row.code) else { return };
    row.agents.extend(before.agents.iter().filter(|of| !of.number.is_empty()).cloned());
    row.certified = before.certified;
    row.credit = before.credit;
}

/// Whether the rows are of the enterprise that files them itself; if not, the outcome says whose they are.
pub(super) fn own(scene: &mut Scene<'_>, rows: &Register) -> bool {
    if rows.by.role != ActorRole::Enterprise {
        return true;
    }
    let code = access::enterprise_of(scene, &rows.by).unwrap_or_default();
    let not_own = rows.rows.iter().find_map(|row| match rows.kind {
        RegisterKind::Mandates => {
            let row = Mandate::unpack(row).ok().filter(|row| row.principal != code)?;
            Some(Finding::new(Code::MandateNotOwn, POWER, "principal").arg("ebc", row.principal))
        }
        _ => {
            let own = |row: &Certification| row.party == code && row.of.grade == Grade::Filed && row.of.by == code;
            let row = Certification::unpack(row).ok().filter(|row| !own(row))?;
            Some(Finding::new(Code::CertificationOwn, "A219", "party").arg("party", row.party))
        }
    });
    not_own.is_none_or(|finding| access::refused(scene, finding))
}

/// A step of a certification is put beside those that were there.
///
/// # Errors
/// The column, and what is wrong in it.
pub(super) fn certify(scene: &mut Scene<'_>, row: Certification) -> Result<(), (&'static str, &'static str)> {
    let Certification { party: code, mut of } = row;
    let Some(mut party) = registered(scene, &code) else { return Err(("party", "not registered 未注册")) };
    if of.by.is_empty() {
        return Err(("by", "is missing 缺少认证单位"));
    }
    if of.grade != Grade::Filed && of.by == code {
        return Err(("by", "an enterprise does not vouch for itself 企业不能为自己认证"));
    }
    if matches!(of.grade, Grade::Verified | Grade::Inspected) && of.proof == [0; 32] {
        return Err(("proof", "is missing 缺少依据材料的哈希"));
    }
    if of.until.is_some_and(|until| until < of.from) {
        return Err(("until", "lies before the first day 早于起始日"));
    }
    if party.certified.iter().any(|known| Certified { entry: 0, ..known.clone() } == of) {
        return Ok(());
    }
    of.entry = scene.setting.revision;
    party.certified.push(of);
    scene.put(&Key::Party(code), &party);
    Ok(())
}

/// Gives a power of attorney, or takes one back.
///
/// # Errors
/// The column, and what is wrong in it.
pub(super) fn entrust(scene: &mut Scene<'_>, row: Mandate) -> Result<(), (&'static str, &'static str)> {
    let Mandate { principal, mut of } = row;
    let (today, here) = (scene.setting.at.day(), scene.setting.revision);
    let Some(mut party) = registered(scene, &principal) else { return Err(("principal", "not registered 未注册")) };
    if of.code == principal || registered(scene, &of.code).is_none() {
        return Err(("agent", "not registered, or the principal itself 未注册，或就是委托人"));
    }
    if of.number.is_empty() {
        return Err(("number", "is missing 缺少委托书编号"));
    }
    if of.until.is_none_or(|until| until < of.from) {
        return Err((
            "until",
            "a power of attorney has an end, not before its first day 委托书须有期限，且不早于起始日",
        ));
    }
    if of.limit.is_some_and(|limit| limit <= crate::money::Fen::ZERO) {
        return Err(("limit_yuan", "is not above zero 应大于零"));
    }
    match party.agents.iter_mut().find(|known| known.number == of.number) {
        Some(known) if !known.same_as(&of) => {
            return Err((
                "number",
                "this number was given otherwise, and is never changed 该编号已作他用，委托书不得改写",
            ));
        }
        Some(known) if known.revoked == of.revoked => return Ok(()),
        Some(known) if known.revoked.is_some_and(|revoked| revoked <= today) => {
            return Err(("revoked", "was taken back already 已经撤销"));
        }
        // What was declared by it stands.
        Some(_) if of.revoked.is_none_or(|revoked| revoked < today) => {
            return Err(("revoked", "lies before today 早于今天"));
        }
        Some(known) => (known.revoked, known.revoked_in) = (of.revoked, here),
        None => {
            of.given_in = here;
            of.revoked_in = if of.revoked.is_some() { here } else { 0 };
            party.agents.push(of);
        }
    }
    scene.put(&Key::Party(principal), &party);
    Ok(())
}
