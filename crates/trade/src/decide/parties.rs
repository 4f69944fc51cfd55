//! Who may act: the sender of a message, the role that an enterprise holds, and the power that it was given.
//!
//! A194 2, A219 (paraphrase; rules.md 1.1, P1): no document of an enterprise that is not registered for the role, is
//! suspended, or whose licence is past its date. R06: who declares for another is entrusted by it (`registry::Mandate`).

use std::sync::Arc;

use super::{Scene, State, access};
use crate::command::{ActorRole, Message, Register};
use crate::documents::MessageKind;
use crate::finding::{Code, Finding};
use crate::key::Key;
use crate::pack::Pack;
use crate::registry::{Asked, CertificateRow, Entrusted, Mandate, Party, RoleKind, Short};
use crate::time::Day;

/// What holds for every document of a message alike: the signature and the sender (R01; CEB specification 2022-05,
/// signature required on 621, 623, 625, 711).
pub(super) fn gate(message: &Message, day: Day, facts: &dyn State) -> Vec<Finding> {
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
            let held = roles.iter().filter_map(|r| party.role(*r, day)).max_by_key(|r| r.licence_runs(day));
            let finding = |code| Finding::new(code, "A194 2; A219", "copCode").arg("code", cop).arg("day", day);
            match (held, roles.first()) {
                (Some(role), _) if role.licence_runs(day) => {}
                (Some(role), _) => {
                    let until = role.licence_until.unwrap_or(day);
                    found.push(finding(Code::LicenceExpired).arg("role", role.kind).arg("until", until));
                }
                (None, Some(role)) => found.push(finding(Code::PartyRole).arg("role", role)),
                (None, None) => {}
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
    /// The party `code`, where it may act as `role` on `day`; the finding why it may not (P1, R01, M17).
    pub(super) fn role(&self, code: &str, role: RoleKind, field: &str, day: Day) -> Result<Arc<Party>, Finding> {
        let clause = "A194 2; A219";
        let Some(party) = self.party(code) else {
            return Err(Finding::new(Code::PartyUnknown, clause, field).arg("code", code));
        };
        let finding =
            |found: Code| Finding::new(found, clause, field).arg("code", code).arg("role", role).arg("day", day);
        if party.is_suspended(day) {
            return Err(finding(Code::PartySuspended));
        }
        match party.role(role, day) {
            None => Err(finding(Code::PartyRole)),
            Some(held) if !held.licence_runs(day) => {
                let until = held.licence_until.unwrap_or(day);
                Err(finding(Code::LicenceExpired).arg("until", until))
            }
            Some(_) => Ok(party),
        }
    }

    /// Why the party `code` may act as neither of two roles on `day`: what speaks against the first.
    pub(super) fn neither(
        &self,
        code: &str,
        [first, second]: [RoleKind; 2],
        field: &str,
        day: Day,
    ) -> Option<Finding> {
        let finding = self.role(code, first, field, day).err()?;
        self.role(code, second, field, day).is_err().then_some(finding)
    }
}

/// Civil Code (民法典) 165, 171, 173.
const POWER: &str = "民法典 第一百六十五条、第一百七十一条、第一百七十三条 (Civil Code 165, 171, 173)";

impl Scene<'_> {
    /// Whether `principal` has entrusted an agent with what is asked.
    ///
    /// # Errors
    /// What its power by number lacks; `None` where it has none, for which each kind of document has words of its own.
    pub(super) fn entrusted(&self, principal: &Party, asked: &Asked<'_>, field: &str) -> Result<(), Option<Finding>> {
        principal.entrusts(asked).map_err(|nearest| nearest.map(|(short, of)| lacks(principal, short, of, asked, field)))
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

/// A party is registered again: what was given by number since stays as it is.
pub(super) fn keep(scene: &Scene<'_>, row: &mut Party) {
    let Some(before) = scene.party(&row.code) else { return };
    row.agents.extend(before.agents.iter().filter(|of| !of.number.is_empty()).cloned());
}

/// Whether the rows are of the enterprise that files them itself; if not, the outcome says whose they are.
pub(super) fn own(scene: &mut Scene<'_>, rows: &Register) -> bool {
    if rows.by.role != ActorRole::Enterprise {
        return true;
    }
    let code = access::enterprise_of(scene, &rows.by);
    let principals = rows.rows.iter().filter_map(|row| Mandate::unpack(row).ok()).map(|row| row.principal);
    match principals.into_iter().find(|principal| code.as_ref() != Some(principal)) {
        None => true,
        Some(other) => access::refused(scene, Finding::new(Code::MandateNotOwn, POWER, "principal").arg("ebc", other)),
    }
}

/// Gives a power of attorney, or takes one back.
///
/// # Errors
/// The column, and what is wrong in it.
pub(super) fn entrust(scene: &mut Scene<'_>, row: Mandate) -> Result<(), (&'static str, &'static str)> {
    let Mandate { principal, mut of } = row;
    let (today, here) = (scene.setting.at.day(), scene.setting.revision);
    let Some(party) = scene.party(&principal) else { return Err(("principal", "not registered 未注册")) };
    let mut party = Party::clone(&party);
    if of.code == principal || scene.party(&of.code).is_none() {
        return Err(("agent", "not registered, or the principal itself 未注册，或就是委托人"));
    }
    if of.number.is_empty() {
        return Err(("number", "is missing 缺少委托书编号"));
    }
    if of.until.is_none_or(|until| until < of.from) {
        return Err(("until", "a power of attorney has an end, not before its first day 委托书须有期限，且不早于起始日"));
    }
    if of.limit.is_some_and(|limit| limit <= crate::money::Fen::ZERO) {
        return Err(("limit_yuan", "is not above zero 应大于零"));
    }
    match party.agents.iter_mut().find(|known| known.number == of.number) {
        Some(known) if !known.same_as(&of) => {
            return Err(("number", "this number was given otherwise, and is never changed 该编号已作他用，委托书不得改写"));
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
