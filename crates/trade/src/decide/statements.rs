//! Statements of other bodies, accepted on their signature (互认): a result of inspection that counts for consignments, a
//! step of an enterprise's certification, a credit class.
//!
//! Law of Quality and inspection gives no one rule for it: which bodies are recognised for what is a table of the law
//! (`policy::bodies`), with the ground of each row. Readings [ours]:
//! 1. The rows of the day on which a statement is brought decide, not those of the day that it bears.
//! 2. A number is used once by a body: the same statement again is a repetition, whenever it comes and whatever became
//!    of the key since; another one under that number is refused.
//! 3. A result counts for its enterprise and for those whom that has entrusted with bonded documents, while its body is
//!    recognised; an office that does not want it refuses it (RECOGNITION). Its body may take it back.
//! 4. An enterprise brings what is about itself; officials, departments and the operator bring any.
//!
//! Not covered: whether what a body found is true; and XML signed by certificates (RSA), which no body here sends.

use super::{Scene, access, parties, registry};
use crate::bonded::record::{CertificateRecord, Recognised};
use crate::bonded::{Certificate, Word};
use crate::command::{ActorRole, Verdict};
use crate::finding::{Code, Finding};
use crate::key::{Key, Pair};
use crate::pack::Text;
use crate::policy::rights::Action;
use crate::registry::{Certifiable, Certification, Certified, Grade, Method, Party};
use crate::statement::{CreditClass, Ground, Stated, Statement, StatementKind, StatementRecord};

/// Characters of a value of a statement.
const LONGEST: usize = 60;

pub(super) fn stated(scene: &mut Scene<'_>, said: &Stated) {
    if !registry::by_right(scene, &said.by, Action::StatementBring) {
        return;
    }
    let of = &said.statement;
    let key = Key::Statement(Pair { code: of.body.clone(), number: of.number.clone() });
    let known = scene.read::<StatementRecord>(&key);
    if let Some(first) = known.as_ref().filter(|first| first.hash == said.hash) {
        return scene.repeat(first.at);
    }
    scene.outcome.verdict = Verdict::Done;
    let mut found = against(scene, said);
    if known.is_some() {
        found.push(about(Code::StatementNumber, "", "number", of));
    }
    if found.is_empty()
        && let Err(finding) = take(scene, said)
    {
        found.push(finding);
    }
    if found.is_empty() {
        let (at, on) = (scene.here(), scene.today());
        return scene.put(&key, &StatementRecord { hash: said.hash, at, on });
    }
    scene.outcome.verdict = Verdict::Refused;
    scene.outcome.findings.extend(found);
}

fn about(code: Code, clause: &str, field: &str, of: &Statement) -> Finding {
    Finding::new(code, clause, field).arg("number", &of.number).arg("body", &of.body)
}

fn form(field: &str, what: &str) -> Finding {
    Finding::new(Code::StatementForm, "", field).arg("what", what)
}

/// All that speaks against a statement on the day on which it is brought.
fn against(scene: &Scene<'_>, said: &Stated) -> Vec<Finding> {
    let (of, today) = (&said.statement, scene.today());
    let mut found = malformed(of);
    let own = || access::enterprise_of(scene, &said.by).unwrap_or_default();
    if said.by.role == ActorRole::Enterprise && (of.about.is_empty() || of.about != own()) {
        found.push(
            about(Code::StatementOther, "", "about", of)
                .arg("about", if of.about.is_empty() { "-" } else { &of.about }),
        );
    }
    if !(of.about.is_empty() && of.kind == StatementKind::Inspection)
        && scene.read::<Party>(&Key::Party(of.about.clone())).is_none()
    {
        found.push(Finding::new(Code::PartyUnknown, "", "about").arg("code", &of.about));
    }
    if of.issued > today {
        found.push(form("issued", "签发日期不得晚于今天 the day of issue is not after today"));
    }
    if let Some(until) = of.until.filter(|until| *until < today) {
        found.push(about(Code::StatementExpired, "", "until", of).arg("until", until).arg("day", today));
    }
    found.extend(unsigned(scene, said));
    found
}

fn malformed(of: &Statement) -> Vec<Finding> {
    let fits =
        |text: &str| text.chars().count() <= LONGEST && !text.chars().any(char::is_control) && text.trim() == text;
    let texts = [
        ("body", &of.body, true),
        ("number", &of.number, true),
        ("about", &of.about, false),
        ("what", &of.what, of.kind != StatementKind::CreditClass && of.withdraws.is_empty()),
        ("result", &of.result, of.withdraws.is_empty()),
        ("country", &of.country, false),
        ("hs", &of.hs, false),
        ("withdraws", &of.withdraws, false),
    ];
    let wrong = texts.into_iter().filter(|(_, text, needed)| !fits(text) || (*needed && text.is_empty()));
    let mut found: Vec<Finding> =
        wrong.map(|(field, ..)| form(field, &format!("{field}（60 字以内） {field}, 60 characters at most"))).collect();
    if of.until.is_some_and(|until| until < of.from) {
        found.push(form("until", "截止日不早于起始日 the last day is not before the first"));
    }
    let what = match of.kind {
        _ if !of.withdraws.is_empty() => (of.kind != StatementKind::Inspection)
            .then_some(("withdraws", "仅检验检疫结果可撤回 results of inspection alone are withdrawn")),
        StatementKind::Inspection => {
            (!["passed", "failed"].contains(&of.result.as_str())).then_some(("result", "passed, failed"))
        }
        StatementKind::Certificate if Certifiable::from_name(&of.what).is_none() => {
            Some(("what", "认证事项 what is certified"))
        }
        StatementKind::Certificate => match Grade::from_name(&of.result) {
            None | Some(Grade::Filed) => Some(("result", "verified, inspected, suspended")),
            Some(_) => None,
        },
        StatementKind::CreditClass => None,
    };
    found.extend(what.map(|(field, what)| form(field, what)));
    found
}

/// Why the body's word does not count today: who it is, what it may speak of, and by which keys it signed.
fn unsigned(scene: &Scene<'_>, said: &Stated) -> Option<Finding> {
    let (of, today, policy) = (&said.statement, scene.today(), scene.policy());
    if policy.keys_of_body(&of.body).next().is_none() {
        return Some(about(Code::StatementBody, "", "body", of));
    }
    let mut rows = policy.body_keys(&of.body, of.kind, today).peekable();
    let Some(first) = rows.peek() else {
        return Some(about(Code::StatementNotRecognised, "", "body", of).arg("kind", of.kind).arg("day", today));
    };
    let clause = first.clause.clone();
    let signed = |key: &str| said.keys.iter().any(|held| held == key);
    let missing = rows.find(|row| !signed(&row.value.key))?;
    // It is the body's own word, under a key that does not count any more, or not yet.
    let code = if said.keys.is_empty() { Code::StatementSignature } else { Code::StatementKey };
    Some(about(code, &clause, "signature", of).arg("algorithm", missing.value.algorithm).arg("day", today))
}

fn take(scene: &mut Scene<'_>, said: &Stated) -> Result<(), Finding> {
    let (of, today) = (&said.statement, scene.today());
    let clause: Text = match scene.policy().body_keys(&of.body, of.kind, today).next() {
        Some(row) => row.clause.as_str().into(),
        None => Text::default(),
    };
    let ground = Ground {
        body: of.body.clone(),
        number: of.number.clone(),
        about: of.about.clone(),
        on: today,
        clause,
        hash: said.hash,
        at: scene.here(),
    };
    match of.kind {
        StatementKind::Inspection if !of.withdraws.is_empty() => withdraw(scene, of, ground),
        StatementKind::Inspection => inspection(scene, of, ground),
        StatementKind::Certificate => {
            let step = Certified {
                fact: Certifiable::from_name(&of.what).unwrap_or_default(),
                grade: Grade::from_name(&of.result).unwrap_or_default(),
                by: of.body.clone(),
                method: Method::Signed,
                number: of.number.clone(),
                from: of.from,
                until: of.until,
                proof: said.hash,
                entry: 0,
            };
            let row = Certification { party: of.about.clone(), of: step };
            parties::certify(scene, row).map_err(|(field, what)| form(field, what))
        }
        StatementKind::CreditClass => {
            let key = Key::Party(of.about.clone());
            let Some(mut party) = scene.read::<Party>(&key) else { return Ok(()) };
            party.credit.push(CreditClass { class: of.result.clone(), from: of.from, until: of.until, ground });
            scene.put(&key, &party);
            Ok(())
        }
    }
}

fn inspection(scene: &mut Scene<'_>, of: &Statement, ground: Ground) -> Result<(), Finding> {
    let key = Key::InspectionResult(of.number.clone());
    if scene.read::<CertificateRecord>(&key).is_some() {
        return Err(about(Code::StatementNumber, "", "number", of));
    }
    let certificate = Certificate {
        number: of.number.clone(),
        kind: of.what.clone(),
        country: of.country.clone(),
        issuer: of.body.clone(),
        hs: of.hs.clone(),
        result: of.result.clone(),
        from: of.from,
        until: of.until,
        office: of.body.clone(),
        ..Certificate::default()
    };
    let record = CertificateRecord {
        certificate,
        at: ground.at,
        by: of.body.clone(),
        stated: Some(ground),
        ..CertificateRecord::default()
    };
    scene.put(&key, &record);
    Ok(())
}

fn withdraw(scene: &mut Scene<'_>, of: &Statement, ground: Ground) -> Result<(), Finding> {
    let key = Key::InspectionResult(of.withdraws.clone());
    let own = |record: &CertificateRecord| record.stated.as_ref().is_some_and(|by| by.body == of.body);
    let Some(mut record) = scene.read::<CertificateRecord>(&key).filter(own) else {
        return Err(form("withdraws", "本机构此前声明的结果编号 the number of a result that the same body stated"));
    };
    record.withdrawn = Some(Recognised {
        office: of.body.clone(),
        word: Word::Withdraw,
        signer: of.body.clone(),
        on: ground.on,
        ground: of.number.clone(),
        at: ground.at,
    });
    scene.put(&key, &record);
    Ok(())
}
