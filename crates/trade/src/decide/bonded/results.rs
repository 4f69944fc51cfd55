//! Results of inspection and quarantine, and licences: who registered them, which other office recognises them, and what
//! goods need of them (rules.md 8.2 to 8.5).
//!
//! A result is registered once by the office that made it (CERTIFICATE). Another office relies on it where a row of
//! `recognition.csv` says so, or where an official of it has recognised this one (RECOGNITION), with day and ground;
//! each consignment keeps which office recognised what. A result that stands by another body's signed statement
//! (`decide::statements`) counts at every office, for its enterprise, while that body is recognised. A result that its office has withdrawn, that the relying office
//! refuses, that does not hold yet or no more, counts for nothing.
//!
//! Reading: what is withdrawn or refused after goods were admitted keeps them from going on through the gate; what
//! merely ends after that does not, for then the goods were looked at in time.

use super::{Answer, Scene, Taken, misfit, unknown};
use crate::account::AccountRow;
use crate::bonded::record::{CertificateRecord, Recognised, Relied};
use crate::bonded::{Certificate, Kind, ListType, Recognition, VerificationList, Word};
use crate::command::Actor;
use crate::finding::{Code, Finding};
use crate::key::Key;
use crate::pack::Text;
use crate::policy::inspection::{Elsewhere, QUARANTINE, QUARANTINE_RESULT};
use crate::policy::{Need, Row};
use crate::registry::{Asked, Matter, in_force};
use crate::statement::StatementKind;

const CLAUSE: &str = "rules 8.2";

fn result(scene: &Scene<'_>, number: &str) -> Option<CertificateRecord> {
    scene.read(&Key::InspectionResult(number.into()))
}

/// An official acts for the office of the own account, where that names one.
fn acts_for(scene: &Scene<'_>, by: &Actor, office: &str, number: &str) -> Option<Finding> {
    let own = scene.read::<AccountRow>(&Key::Account(by.id.clone()))?.office;
    let other = !own.is_empty() && own != office;
    other
        .then(|| Finding::new(Code::OfficeOther, CLAUSE, "masterCuscd").arg("number", number).arg("office", office))
        .map(|finding| finding.arg("given", own))
}

/// CERTIFICATE: a result of one office, which the others recognise.
pub(super) fn certificate(scene: &mut Scene<'_>, certificate: &Certificate, by: &Actor) -> Answer {
    let mut found = Vec::new();
    if certificate.number.is_empty() {
        found.push(misfit("certNo", "", "…"));
    }
    if !["passed", "failed"].contains(&certificate.result.as_str()) {
        found.push(misfit("result", &certificate.result, "passed, failed"));
    }
    if scene.policy().recognition_is_law() {
        found.extend(acts_for(scene, by, &certificate.office, &certificate.number));
        let known = result(scene, &certificate.number).map(|record| record.certificate.office);
        if let Some(office) = known.filter(|office| *office != certificate.office) {
            let finding = Finding::new(Code::OfficeOther, CLAUSE, "masterCuscd").arg("number", &certificate.number);
            found.push(finding.arg("office", office).arg("given", &certificate.office));
        }
    }
    scene.clean(found)?;
    let record = CertificateRecord {
        certificate: certificate.clone(),
        at: scene.here(),
        by: scene.from.clone(),
        ..CertificateRecord::default()
    };
    scene.put(&Key::InspectionResult(certificate.number.clone()), &record);
    Ok(Taken::closed(&certificate.number, &certificate.office, "检验检疫结果已登记，各关互认"))
}

/// RECOGNITION: an official recognises another office's result, refuses it, or withdraws one of the own office.
pub(super) fn recognition(scene: &mut Scene<'_>, word: &Recognition, by: &Actor) -> Answer {
    let Some(mut record) = result(scene, &word.number) else {
        return Err(vec![unknown(Kind::Certificate, &word.number, "certNo")]);
    };
    let mut found: Vec<Finding> = acts_for(scene, by, &word.office, &word.number).into_iter().collect();
    let made_it = record.certificate.office == word.office;
    if made_it != (word.word == Word::Withdraw) {
        let finding = Finding::new(Code::OfficeOther, CLAUSE, "masterCuscd").arg("number", &word.number);
        let needed = if made_it { "…".into() } else { record.certificate.office.clone() };
        found.push(finding.arg("office", needed).arg("given", &word.office));
    }
    if word.reason.is_empty() {
        found.push(misfit("reason", "", "…"));
    }
    found.extend(withdrawn(&record));
    if word.word == Word::Recognise && record.certificate.result != "passed" {
        found.push(misfit("result", &record.certificate.result, "passed"));
    }
    scene.clean(found)?;
    let said = Recognised {
        office: word.office.clone(),
        word: word.word,
        signer: by.id.clone(),
        on: scene.today(),
        ground: word.reason.clone(),
        at: scene.here(),
    };
    let info = match word.word {
        Word::Recognise => format!("海关 {} 认可该结果", word.office),
        Word::Refuse => format!("海关 {} 不认可该结果", word.office),
        Word::Withdraw => "该结果已撤回".to_owned(),
    };
    match word.word {
        Word::Withdraw => record.withdrawn = Some(said),
        _ => {
            // One word an office, the newest.
            record.recognised.retain(|other| other.office != word.office);
            record.recognised.push(said);
        }
    }
    scene.put(&Key::InspectionResult(word.number.clone()), &record);
    Ok(Taken::closed(&word.number, &word.office, info))
}

fn withdrawn(record: &CertificateRecord) -> Option<Finding> {
    let said = record.withdrawn.as_ref()?;
    let finding = Finding::new(Code::ResultWithdrawn, CLAUSE, "certNo").arg("number", &record.certificate.number);
    Some(finding.arg("office", &said.office).arg("day", said.on).arg("why", &said.ground))
}

fn refused(record: &CertificateRecord, office: &str) -> Option<Finding> {
    let said = record.recognised.iter().find(|said| said.office == office && said.word == Word::Refuse)?;
    Some(not_recognised(record, office, &format!("{} {}", said.on, said.ground)))
}

fn not_recognised(record: &CertificateRecord, office: &str, why: &str) -> Finding {
    let c = &record.certificate;
    let finding = Finding::new(Code::ResultNotRecognised, CLAUSE, "certNo").arg("number", &c.number);
    finding.arg("issuer", &c.office).arg("office", office).arg("why", why)
}

/// A result by which goods were admitted was withdrawn, or is refused by the office that relied on it.
pub(super) fn struck(scene: &Scene<'_>, number: &str, office: &str) -> Option<Finding> {
    let record = result(scene, number)?;
    withdrawn(&record).or_else(|| refused(&record, office))
}

/// Whether a result counts as one of this kind at an office, and who recognised it where another made it.
///
/// # Errors
/// Why it does not count there.
fn counts(
    scene: &Scene<'_>,
    record: &CertificateRecord,
    counts_as: &str,
    office: &str,
    hs: &str,
) -> Result<Option<Relied>, Finding> {
    if let Some(finding) = withdrawn(record).or_else(|| refused(record, office)) {
        return Err(finding);
    }
    let c = &record.certificate;
    if !scene.policy().recognition_is_law() || (c.office == office && c.kind == counts_as) {
        return Ok(None);
    }
    let relied = |signer: &Text, on, ground: &str, at| Relied {
        number: c.number.clone(),
        kind: c.kind.clone(),
        country: c.country.clone(),
        issuer: c.issuer.clone(),
        office: c.office.clone(),
        until: c.until,
        by: office.into(),
        signer: signer.clone(),
        on,
        ground: ground.into(),
        at,
    };
    if let Some(ground) = &record.stated {
        let today = scene.today();
        let theirs = ground.about.is_empty() || ground.about == scene.from;
        let asked = Asked::to(&scene.from, Matter::Bonded, today);
        if !theirs && scene.entrusted_by(&ground.about, &asked, "licenceNo").is_err() {
            return Err(not_recognised(record, office, "该结果属于另一企业 made for another enterprise"));
        }
        if scene.policy().body_keys(&ground.body, StatementKind::Inspection, today).next().is_none() {
            return Err(not_recognised(record, office, "该机构已不再互认 its body is not recognised any more"));
        }
        if c.kind == counts_as {
            return Ok(Some(relied(&ground.body, ground.on, &ground.clause, ground.at)));
        }
    }
    let own_word = record.recognised.iter().find(|said| said.office == office && c.kind == counts_as);
    if let Some(said) = own_word {
        return Ok(Some(relied(&said.signer, said.on, &said.ground, said.at)));
    }
    let elsewhere = Elsewhere { kind: &c.kind, counts_as, issuer: &c.office, office, hs };
    let by_rule = |row: &Row<()>| relied(&Text::default(), scene.today(), &row.clause, scene.here());
    match scene.policy().recognised(elsewhere, scene.today()) {
        Some(row) => Ok(Some(by_rule(row))),
        None => Err(not_recognised(record, office, "没有互认规定，也没有认可 no rule and no word of that office")),
    }
}

/// Quarantine at the port was done, and its result holds today at the office that relies on it.
pub(super) fn quarantined(
    scene: &Scene<'_>,
    number: &str,
    office: &str,
    hs: &str,
    relied: &mut Vec<Relied>,
) -> Option<Finding> {
    let today = scene.today();
    let any_kind = !scene.policy().recognition_is_law();
    let good = |r: &CertificateRecord| {
        let c = &r.certificate;
        c.result == "passed" && in_force(c.from, c.until, today) && (any_kind || c.kind == QUARANTINE_RESULT)
    };
    let Some(record) = result(scene, number).filter(good) else {
        let finding = Finding::new(Code::QuarantineMissing, "A194 6; rules 8.4", "quarantineNo");
        return Some(finding.arg("number", if number.is_empty() { "-" } else { number }));
    };
    let counted = counts(scene, &record, QUARANTINE_RESULT, office, hs);
    keep(relied, counted)
}

/// Keeps what an office relied on, each result once.
fn keep(relied: &mut Vec<Relied>, counted: Result<Option<Relied>, Finding>) -> Option<Finding> {
    match counted {
        Ok(Some(one)) if relied.iter().all(|other| other.number != one.number) => relied.push(one),
        Ok(_) => {}
        Err(finding) => return Some(finding),
    }
    None
}

/// Goods from abroad: line, HS code, customs code of their origin.
pub(super) type Goods<'a> = (u32, &'a str, &'a str);

/// Who declares goods with which results.
pub(super) struct Declared<'a> {
    pub licences: &'a [Text],
    /// The office that relies on them.
    pub office: &'a str,
    /// How they come (`trspModecd`).
    pub transport: &'a str,
}

/// Transport by mail (rules.md 9.3).
const MAIL: &str = "6";

/// Whether one of the named results does as a document of this kind for these goods.
///
/// # Errors
/// `None` where none of them is one; else why the one that is does not count.
fn document(
    scene: &Scene<'_>,
    kind: &str,
    (hs, origin): (&str, &str),
    declared: &Declared<'_>,
    relied: &mut Vec<Relied>,
) -> Result<(), Option<Finding>> {
    let today = scene.today();
    let mut why = None;
    for record in declared.licences.iter().filter_map(|number| result(scene, number)) {
        let c = &record.certificate;
        let about_it = hs.starts_with(c.hs.as_str()) && (c.country.is_empty() || c.country == origin);
        let elsewhere = Elsewhere { kind: &c.kind, counts_as: kind, issuer: &c.office, office: declared.office, hs };
        let of_kind = c.kind == kind || scene.policy().recognised(elsewhere, today).is_some();
        if !of_kind || c.result != "passed" || !about_it || !in_force(c.from, c.until, today) {
            continue;
        }
        match keep(relied, counts(scene, &record, kind, declared.office, hs)) {
            None => return Ok(()),
            finding => why = finding,
        }
    }
    Err(why)
}

/// What goods from abroad need by their HS code and origin on the day: no ban against them (R15), and each document that
/// the table asks for (8.3 to 8.5), among the registered ones that are named.
pub(super) fn conditions<'a>(
    scene: &Scene<'_>,
    goods: impl Iterator<Item = Goods<'a>>,
    declared: &Declared<'_>,
    relied: &mut Vec<Relied>,
) -> Vec<Finding> {
    let today = scene.today();
    let mut found = Vec::new();
    for (gnum, hs, origin) in goods {
        let about = |code, clause: &str, field| {
            let finding = Finding::new(code, clause, field).line(gnum).arg("hs", hs);
            finding.arg("country", origin).arg("day", today)
        };
        if let Some(ban) = scene.policy().ban(hs, origin, today) {
            let words = format!("{} {}", ban.value.zh, ban.value.en);
            found.push(about(Code::GoodsBanned, &ban.clause, "natcd").arg("ban", words));
        }
        let mailed = declared.transport == MAIL;
        if let Some(ban) = scene.policy().mail_ban(hs, origin, today).filter(|_| mailed) {
            let words = format!("{} {}", ban.value.zh, ban.value.en);
            found.push(about(Code::MailBanned, &ban.clause, "trspModecd").arg("ban", words));
        }
        if let Some(list) = scene.policy().access_missing(hs, origin, today) {
            let words = format!("{} {}", list.value.zh, list.value.en);
            found.push(about(Code::AccessNotListed, &list.clause, "natcd").arg("list", words));
        }
        for condition in scene.policy().conditions(hs, origin, today) {
            let Need::Document(kind) = &condition.value.need else { continue };
            match document(scene, kind, (hs, origin), declared, relied) {
                Ok(()) => {}
                Err(Some(finding)) => found.push(finding.line(gnum)),
                Err(None) => {
                    let words = format!("{} {}", condition.value.zh, condition.value.en);
                    found.push(about(Code::ConditionMissing, &condition.clause, "licenceNo").arg("needs", words));
                }
            }
        }
    }
    found
}

/// What goods of a list need by their inspection class (8.5) when they come in by it, or leave the country.
///
/// Of the first line without a bill the result of quarantine is among it; what came in on a bill named it there.
pub(super) fn inspected(
    scene: &Scene<'_>,
    list: &VerificationList,
    declared: &Declared<'_>,
    relied: &mut Vec<Relied>,
) -> Vec<Finding> {
    let enters = list.direction == "I";
    let mut found = Vec::new();
    for line in &list.lines {
        let (hs, origin) = (line.hs10.as_str(), line.origin.as_str());
        for (class, row) in scene.policy().inspection(hs, enters, &list.supv_mode, scene.today()) {
            let Some(asked) = &row.value else { continue };
            let missing = if asked.needs == QUARANTINE {
                let on_bill = list.kind == ListType::EnteredFirst;
                let missing = quarantined(scene, &list.quarantine, declared.office, hs, relied);
                missing.filter(|_| !on_bill)
            } else {
                let done = document(scene, &asked.needs, (hs, origin), declared, relied);
                let about = || Finding::new(Code::InspectionMissing, &row.clause, "licenceNo").arg("hs", hs);
                let words = format!("{} {}", asked.zh, asked.en);
                let about = || about().arg("class", class.name()).arg("mode", &list.supv_mode).arg("needs", &words);
                done.err().map(|why| why.unwrap_or_else(about))
            };
            found.extend(missing.map(|finding| finding.line(line.gnum)));
        }
    }
    found
}

/// The kinds for which a place has to be accepted, to take these goods in today.
pub(super) fn kinds_of_place<'a>(scene: &Scene<'_>, goods: impl Iterator<Item = Goods<'a>>) -> Vec<String> {
    let today = scene.today();
    let needed =
        goods.flat_map(|(_, hs, origin)| scene.policy().conditions(hs, origin, today).map(|row| &row.value.need));
    let kinds = needed.filter_map(|need| match need {
        Need::Place(kind) => Some(kind.clone()),
        Need::Document(_) => None,
    });
    let kinds: std::collections::BTreeSet<String> = kinds.collect();
    kinds.into_iter().collect()
}
