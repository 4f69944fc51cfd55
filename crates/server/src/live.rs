//! The doors of a running window: what of [`crate::desk::Desk`] needs no views.
//!
//! Messages, receipts with their proofs, the head, registry imports, keys, accounts and sessions. The lists, the
//! overview, search and a parcel's story are not here: they need views and a story that the window does not tell yet.

use crate::desk::{
    Account, Admission, Adoption, Answered, Both, Caller, Checked, Head, Holder, Imported, Intake, Mode, Problem,
    Receipt, Receipts, Refused, Role, Said, Table, Verified,
};
use crate::site::case_number;
use store::proof::{hex, leaf_hash};
use trade::account::{AccountRow, ApiKeyRow};
use trade::command::{Actor, Outcome, RegisterKind, Verdict};
use trade::correction::Expected;
use trade::finding::{Code, Finding, Language};
use trade::key::{CaseKey, Key};
use trade::pack::{Pack, Text};
use trade::policy::rights::Action;
use trade::policy::{Policy, PolicyFault};
use trade::registry;
use trade::time::{Day, HOUR_MS};
use window::filing::{NotAdmitted, NotAdopted, NotImported};
use window::retention::NotDestroyed;
use window::succession::NotRotated;
use window::{Given, Incoming, Window};

/// How long a full or busy window asks senders to wait.
const WAIT_S: u32 = 2;

/// The doors of one window.
#[derive(Clone)]
pub struct Doors(pub Window);

impl From<window::Refused> for Refused {
    fn from(refused: window::Refused) -> Refused {
        match refused {
            window::Refused::Busy | window::Refused::Closed => Refused::NotNow { retry_after_s: WAIT_S },
            window::Refused::Full => Refused::NotNow { retry_after_s: 60 },
            window::Refused::TimeJump { last, now } => {
                let [zh, en] = window::jumped(last, now);
                Refused::ClockJumped { said: Both::new(zh, en) }
            }
            window::Refused::Broken(what) => broken(&what),
        }
    }
}

/// What the window signs may be late; everything else that the store says has broken.
pub(crate) fn unkept(error: &store::StoreError) -> Refused {
    let store::StoreError::Unsigned(why) = error else { return broken(&error.to_string()) };
    tracing::error!(%why, "the head is not signed");
    Refused::Unsigned {
        said: Both::new(
            "窗口的签名密钥暂时不可用，树头和证明稍后提供；已收下的单证和回执不受影响。",
            "The keys with which the window signs are away for now; heads and proofs come later. What was taken in, and \
             its receipts, are as they were.",
        ),
    }
}

pub(crate) fn broken(what: &str) -> Refused {
    let case = case_number();
    tracing::error!(case, what, "the store broke");
    Refused::Broken { case }
}

/// Who a caller is in the journal.
pub fn actor(caller: &Caller) -> Actor {
    Actor { id: caller.name.as_str().into(), role: caller.role.actor() }
}

fn enterprises(code: &str) -> Vec<String> {
    if code.is_empty() { vec![] } else { vec![code.to_owned()] }
}

/// A receipt as the doors hand it out: its XML is that of a message with this one receipt.
pub fn shown(given: &Given) -> Receipt {
    let s = &given.receipt.shown;
    let of_case = |part: fn(&CaseKey) -> &Text| given.case.as_ref().map(|case| part(case).clone());
    let keys = [
        ("ebpCode", s.ebp_code.clone()),
        ("ebcCode", of_case(|case| &case.ebc).unwrap_or_else(|| s.ebc_code.clone())),
        ("agentCode", s.agent_code.clone()),
        ("orderNo", of_case(|case| &case.order_no).unwrap_or_else(|| s.order_no.clone())),
        ("payCode", s.pay_code.clone()),
        ("payTransactionId", s.pay_transaction.clone()),
        ("logisticsCode", s.logistics_code.clone()),
        ("logisticsNo", s.logistics_no.clone()),
        ("copNo", s.cop_no.clone()),
        ("preNo", s.pre_no.clone()),
        ("invtNo", s.invt_no.clone()),
        ("operatorCode", s.operator_code.clone()),
        ("rkdNo", s.rkd_no.clone()),
        ("oriCopMsgId", s.original_id.clone()),
        ("taxNo", s.bill.as_ref().map(|bill| bill.tax_no.clone()).unwrap_or_default()),
    ];
    let findings = &given.receipt.findings;
    Receipt {
        message: s.kind.name().to_owned(),
        status: s.status.to_string(),
        code: findings.iter().find(|f| !f.forgiven).map(|f| f.code.to_string()),
        text: s.info.to_string(),
        keys: keys.into_iter().filter(|(_, v)| !v.is_empty()).map(|(k, v)| (k.to_owned(), v.to_string())).collect(),
        revision: given.revision,
        index: given.number,
        findings: findings.iter().map(Said::of).collect(),
        xml: wire::ceb::write_receipts(s.kind, &s.guid, std::slice::from_ref(s)),
        figures: wire::bonded::figures(s).into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect(),
    }
}

pub(crate) fn problem(f: &Finding) -> Problem {
    Problem {
        code: f.code.to_string(),
        path: f.field.clone(),
        line: (f.source_line > 0).then_some(f.source_line),
        zh: format!("{} {}", f.text(Language::Zh), f.remedy(Language::Zh)).trim().to_owned(),
        en: format!("{} {}", f.text(Language::En), f.remedy(Language::En)).trim().to_owned(),
        forgiven: f.forgiven,
    }
}

/// What a command is held to. What cannot be read is expected by nobody: it is refused with what would come.
pub(crate) fn expected(text: &str) -> Option<Expected> {
    (!text.is_empty()).then(|| Expected::parse(text).unwrap_or_default())
}

impl Doors {
    /// As [`crate::desk::Desk::take_in`]. A key speaks for one enterprise; a message of another one is `NotAllowed`, and
    /// so is any message of an official but bonded documents, which are filed in an official's own name.
    pub fn take_in(&self, intake: Intake, answered: Answered) {
        // One who is refused at once must be answered here, one who is taken in by the window: whoever is first takes it.
        let answered = std::sync::Arc::new(std::sync::Mutex::new(Some(answered)));
        let tell = move |answered: &std::sync::Mutex<Option<Answered>>, receipts: Receipts| {
            if let Some(hear) = answered.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take() {
                hear(receipts);
            }
        };
        if intake.caller.role != Role::Enterprise && !wire::bonded::is_bonded(&intake.bytes) {
            return tell(&answered, Box::new(|| Err(Refused::NotAllowed { what: "message.send".into() })));
        }
        let sender = intake.caller.enterprises.first().cloned().unwrap_or_default();
        let incoming = Incoming {
            bytes: intake.bytes,
            sender,
            by: (intake.caller.role != Role::Enterprise).then(|| actor(&intake.caller)),
            // A key is the sender's own: two senders may use the same one.
            expected: expected(&intake.expect),
            idempotency_key: intake.idempotency.map_or(String::new(), |key| format!("{}/{key}", intake.caller.name)),
        };
        let (window, later) = (self.0.clone(), answered.clone());
        let then = Box::new(move |answer: Result<window::Answer, window::Refused>| {
            tell(&later, Box::new(move || receipts(&window, answer?)));
        });
        if let Err(refused) = self.0.submit(incoming, false, then) {
            tell(&answered, Box::new(|| Err(refused.into())));
        }
    }

    /// One receipt by its place.
    ///
    /// # Errors
    /// `NotFound` where there is none.
    pub fn given(&self, revision: u64, index: u32) -> Result<Given, Refused> {
        self.0.receipt(revision, index).map_err(|e| broken(&e.to_string()))?.ok_or(Refused::NotFound)
    }

    /// The proof of a receipt, as `onewindow verify` reads it, under the newest head or the one of `head` entries.
    ///
    /// # Errors
    /// As [`Doors::given`].
    pub fn proof(&self, revision: u64, index: u32, head: Option<u64>) -> Result<Vec<u8>, Refused> {
        let proof = self.0.proof(revision, index, head).map_err(|e| unkept(&e))?.ok_or(Refused::NotFound)?;
        Ok(proof.to_json().to_string().into_bytes())
    }

    /// # Errors
    /// `NotFound` while the journal is empty, or has not so many entries.
    pub fn head(&self, size: Option<u64>) -> Result<Head, Refused> {
        let size = size.unwrap_or_else(|| self.0.journal().last());
        let signed = self.0.head_of(size).map_err(|e| unkept(&e))?.ok_or(Refused::NotFound)?;
        let (key, sm2_key) = self.public_keys()?;
        let store::Head { size, root, chain, at } = signed.head;
        Ok(Head {
            revision: size,
            size,
            root: hex(&root),
            chain: hex(&chain),
            at: at.0,
            key,
            signature: hex(&signed.signature),
            sm2_key,
            sm2: signed.sm2.map(|s| hex(&s)).unwrap_or_default(),
        })
    }

    /// # Errors
    /// `NotFound` where the journal has not so many entries, or `from` is more than `to`.
    pub fn consistency(&self, from: u64, to: u64) -> Result<Vec<u8>, Refused> {
        let shown = self.0.consistency(from, to).map_err(|e| unkept(&e))?.ok_or(Refused::NotFound)?;
        Ok(shown.to_json().to_string().into_bytes())
    }

    /// # Errors
    /// If a key cannot be read.
    pub fn public_keys(&self) -> Result<(String, String), Refused> {
        let (key, sm2) = self.0.head_keys().map_err(|e| unkept(&e))?.public().to_text();
        Ok((key, sm2.unwrap_or_default()))
    }

    /// Checks a message as `onewindow check` does.
    pub fn check(&self, bytes: &[u8], mode: Mode) -> Checked {
        let mode = match mode {
            Mode::Lenient => wire::ceb::Mode::Lenient,
            Mode::Strict => wire::ceb::Mode::Strict,
        };
        let checked = wire::ceb::check(bytes, mode);
        let name = checked.kind.name();
        Checked {
            message: name.starts_with("CEB").then(|| name.to_owned()),
            documents: checked.documents,
            valid: checked.valid,
            problems: checked.problems.iter().map(problem).collect(),
        }
    }

    /// Checks a receipt with its proof against this window's public keys.
    pub fn verify(&self, receipt: &[u8], proof: &[u8]) -> Verified {
        let Ok(keys) = self.0.own_keys() else {
            let reason = Both::new("窗口的公钥读不到。", "The window's public keys cannot be read.");
            return Verified { valid: false, reason, receipt: String::new(), revision: None, root: String::new() };
        };
        let found = window::verify::verify_under(receipt, proof, &keys);
        let reason = match &found.verdict {
            Ok(_) => Both::new(
                "回执在日志里，树头由本窗口签名。",
                "The receipt stands in the journal whose head this window signed.",
            ),
            Err(why) => {
                let (zh, en) = why.words();
                Both::new(zh + "。", sentence(&en))
            }
        };
        Verified {
            valid: found.verdict.is_ok(),
            reason,
            receipt: found.receipt.map(|hash| hex(&hash)).unwrap_or_default(),
            revision: found.proof.as_ref().map(|proof| proof.leaf.revision),
            root: found.proof.as_ref().map(|proof| hex(&proof.head.head.root)).unwrap_or_default(),
        }
    }

    /// The sender of an API key that was not taken back.
    pub fn key_holder(&self, hash: &[u8; 32]) -> Option<Holder> {
        let row: ApiKeyRow = self.0.read(&Key::ApiKey(*hash))?;
        let enterprises = enterprises(&row.enterprise);
        let role = Role::of(row.role).unwrap_or(Role::Enterprise);
        let name = if role == Role::Enterprise { row.enterprise } else { row.label };
        let office = row.office.to_string();
        let scopes = row.scopes.iter().map(|scope| Action::from_name(scope)).collect();
        let caller = Caller { name: name.to_string(), role, enterprises, office };
        (!row.revoked).then_some(Holder { caller, scopes, until: row.until })
    }

    /// An account that is not closed.
    pub fn account(&self, name: &str) -> Option<Account> {
        let row: AccountRow = self.0.read(&Key::Account(name.into()))?;
        let role = Role::of(row.role)?;
        let enterprises = enterprises(&row.enterprise);
        let caller = Caller { enterprises, role, name: row.login.to_string(), office: row.office.to_string() };
        (!row.closed).then_some(Account { caller, password: row.password_hash.to_string() })
    }

    /// Imports a registry table. An idempotency key that was used in the last day is refused: the rows are in.
    ///
    /// # Errors
    /// All faults of the file at once, each with its line.
    pub fn import(
        &self,
        caller: &Caller,
        table: Table,
        csv: &[u8],
        idempotency: Option<&str>,
    ) -> Result<Imported, Refused> {
        let text = std::str::from_utf8(csv).map_err(|_| not_utf8())?;
        if let Some(key) = idempotency {
            let thing = leaf_hash(format!("import/{}/{key}", caller.name).as_bytes());
            let until = trade::time::Moment(self.0.now().0 + 24 * HOUR_MS);
            if !self.0.ops().use_once(&thing, until).map_err(|e| broken(&e.to_string()))? {
                return Err(Refused::KeyReused);
            }
        }
        let table = match place_of(table) {
            PlaceOf::Registry(table) => table,
            PlaceOf::Policy(name, _) => {
                let files = [(name.to_owned(), text.to_owned())];
                let Adoption { revision, proposed } = self.adopt(caller, &files, false)?;
                let rows =
                    text.lines().filter(|l| !l.trim().is_empty() && !l.starts_with('#')).count().saturating_sub(1);
                return Ok(Imported { rows: rows as u64, revision, proposed });
            }
        };
        let rows = self.0.import(&actor(caller), table, text).map_err(faulty_rows)?;
        Ok(Imported { rows, revision: self.0.journal().last(), proposed: false })
    }

    /// The head line of a table's CSV.
    pub fn template(&self, table: Table) -> String {
        let line = |columns: &[registry::Column]| columns.iter().map(|c| c.name).collect::<Vec<_>>().join(",") + "\n";
        match place_of(table) {
            PlaceOf::Registry(table) => registry::template(table),
            PlaceOf::Policy(_, columns) => line(columns),
        }
    }

    /// Adopts policy files, or only says what is wrong with them.
    ///
    /// # Errors
    /// All faults at once, with file, line and column.
    pub fn adopt(&self, caller: &Caller, files: &[(String, String)], dry_run: bool) -> Result<Adoption, Refused> {
        let faulty = |faults: Vec<PolicyFault>| Refused::Cannot {
            code: "FAULTY_POLICY".into(),
            said: Both::new("政策有错，没有采用。", "The policy has faults; nothing was adopted."),
            problems: faults
                .into_iter()
                .take(1000)
                .map(|f| Problem {
                    code: "FAULTY_POLICY".into(),
                    path: format!("{}/{}", f.file, f.column),
                    line: Some(f.line),
                    zh: f.zh,
                    en: f.en,
                    forgiven: false,
                })
                .collect(),
        };
        if dry_run {
            let would = |_| Adoption { revision: self.0.journal().last(), proposed: false };
            return self.0.would_adopt(files).map(would).map_err(faulty);
        }
        match self.0.adopt(&actor(caller), files) {
            Ok(answer) => settled(&answer),
            Err(NotAdopted::Faulty(faults)) => Err(faulty(faults)),
            Err(NotAdopted::Refused(refused)) => Err(refused.into()),
        }
    }

    /// Lets somebody in, or takes that back; the revision of the entry. What an account that is closed had before stays
    /// known.
    ///
    /// # Errors
    /// `Cannot` where the enterprise is not registered, or there is no such account to close.
    pub fn admit(&self, caller: &Caller, who: Admission) -> Result<Adoption, Refused> {
        let by = actor(caller);
        let done = match who {
            Admission::Keys(rows) => self.0.admit_keys(&by, &rows),
            Admission::Account(row, _) if row.closed => {
                let known: Option<AccountRow> = self.0.read(&Key::Account(row.login));
                self.0.admit_account(&by, &AccountRow { closed: true, ..known.ok_or(Refused::NotFound)? }, "")
            }
            Admission::Account(row, identity) => self.0.admit_account(&by, &row, &identity),
            Admission::BankAccount(said, number, holder) => {
                self.0.account(trade::account::AccountSaid { by, ..said }, &number, &holder)
            }
            Admission::Mandate(row) => return self.of_party(&by, RegisterKind::Mandates, &row),
            Admission::Certification(row) => return self.of_party(&by, RegisterKind::Certifications, &row),
        };
        match done {
            Ok(answer) => settled(&answer),
            Err(NotAdmitted::Refused(refused)) => Err(refused.into()),
            Err(NotAdmitted::Store(error)) => Err(broken(&error.to_string())),
            Err(NotAdmitted::Identity) => Err(Refused::Cannot {
                code: "ID_NUMBER".into(),
                said: Both::new(
                    "消费者账户须凭身份证件号码开立，其他账户不带；号码须通过校验。",
                    "A consumer's account is made with the number of an identity document, no other with one; its check digit has to fit.",
                ),
                problems: vec![],
            }),
            Err(NotAdmitted::Unknown(code)) => Err(Refused::Cannot {
                code: "PARTY_UNKNOWN".into(),
                said: Both::new(
                    format!("企业 {code} 没有登记，请先导入。"),
                    format!("No enterprise {code} is registered; import it first."),
                ),
                problems: vec![],
            }),
        }
    }

    /// One row about a party; what is wrong in it is told like a refusal.
    fn of_party(&self, by: &Actor, kind: RegisterKind, row: &impl Pack) -> Result<Adoption, Refused> {
        let answer = self.0.register(by, kind, std::slice::from_ref(row))?;
        let faults = answer.entry.iter().flat_map(|e| &e.outcomes).flat_map(|o| &o.findings);
        match faults.into_iter().find(|finding| finding.code == Code::RowFault) {
            Some(finding) => Err(refusal(finding)),
            None => settled(&answer),
        }
    }

    /// Puts new keys in the place of those with which the window signs.
    ///
    /// # Errors
    /// `Cannot` where the caller may not.
    pub fn rotate_head(&self, caller: &Caller, revoked: bool) -> Result<Adoption, Refused> {
        match self.0.rotate_head_keys(&actor(caller), revoked) {
            Ok(answer) => settled(&answer),
            Err(NotRotated::Refused(refused)) => Err(refused.into()),
            Err(NotRotated::Store(error)) => Err(unkept(&error)),
        }
    }

    /// Has the originals of a month destroyed; the revision of the entry.
    ///
    /// # Errors
    /// `Cannot` before their time is over.
    pub fn destroy(&self, caller: &Caller, month: Day, policy: &Policy) -> Result<u64, Refused> {
        match self.0.destroy(actor(caller), month, policy) {
            Ok(answer) => match answer.entry.iter().flat_map(|e| &e.outcomes).find_map(|o| o.findings.first()) {
                Some(finding) => Err(refusal(finding)),
                None => Ok(answer.revision),
            },
            Err(NotDestroyed::Refused(refused)) => Err(refused.into()),
            Err(NotDestroyed::Store(error)) => Err(broken(&error.to_string())),
        }
    }

    /// An operator confirms that it is this day; the revision of the entry.
    ///
    /// # Errors
    /// `ClockJumped` where the clock shows another day.
    pub fn confirm_time(&self, caller: &Caller, day: Day) -> Result<u64, Refused> {
        let answer = self.0.confirm_time(actor(caller), day)?;
        match answer.entry.iter().flat_map(|e| &e.outcomes).find_map(|o| o.findings.first()) {
            Some(finding) => Err(refusal(finding)),
            None => Ok(answer.revision),
        }
    }
}

/// What came of a command that may wait for another person.
fn settled(answer: &window::Answer) -> Result<Adoption, Refused> {
    let outcome = answer.entry.iter().flat_map(|e| &e.outcomes).next();
    match outcome.filter(|o| o.verdict == Verdict::Refused).and_then(|o| o.findings.first()) {
        Some(finding) => Err(refusal(finding)),
        None => {
            let proposed = outcome.is_some_and(|o| o.verdict == Verdict::Waiting);
            Ok(Adoption { revision: answer.revision, proposed })
        }
    }
}

/// # Errors
/// The first reason with which a command was refused.
pub(crate) fn taken(answer: &window::Answer) -> Result<(), Refused> {
    let refused = answer.entry.iter().flat_map(|e| &e.outcomes).find(|o| o.verdict == Verdict::Refused);
    refused.and_then(|o| o.findings.first()).map_or(Ok(()), |finding| Err(refusal(finding)))
}

/// What a command was refused with.
pub(crate) fn refusal(finding: &Finding) -> Refused {
    let words = |lang| format!("{} {}", finding.text(lang), finding.remedy(lang));
    Refused::Cannot {
        code: finding.code.name().to_owned(),
        said: Both::new(words(Language::Zh), words(Language::En)),
        problems: vec![],
    }
}

/// Why a command was refused, with all that speaks against it.
pub(crate) fn refused(outcome: &Outcome) -> Refused {
    match outcome.findings.first().map(refusal) {
        Some(Refused::Cannot { code, said, .. }) => {
            Refused::Cannot { code, said, problems: outcome.findings.iter().map(problem).collect() }
        }
        other => other.unwrap_or(Refused::NotFound),
    }
}

pub(crate) fn not_utf8() -> Refused {
    let said =
        Both::new("文件不是 UTF-8。请存为 UTF-8 再传。", "The file is not UTF-8. Save it as UTF-8 and send it again.");
    Refused::Cannot { code: "NOT_UTF8".into(), said, problems: vec![] }
}

/// Why rows were not taken: all faults at once, each with its line.
pub(crate) fn faulty_rows(why: NotImported) -> Refused {
    let faults = match why {
        NotImported::Refused(refused) => return refused.into(),
        NotImported::Store(e) => return broken(&e.to_string()),
        NotImported::Faulty(faults) => faults,
    };
    let problem = |f: registry::Fault| Problem {
        code: "FAULTY_ROW".into(),
        path: f.column,
        line: u32::try_from(f.line).ok(),
        zh: f.zh,
        en: f.en,
        forgiven: false,
    };
    not_taken(faults.into_iter().map(problem))
}

/// Rows with faults, of which none was taken.
pub(crate) fn not_taken(faults: impl Iterator<Item = Problem>) -> Refused {
    Refused::Cannot {
        code: "FAULTY_ROWS".into(),
        said: Both::new("表里有错，一行也没有收。", "The table has faults; no row was taken."),
        problems: faults.take(1000).collect(),
    }
}

/// Where the rows of a table go.
enum PlaceOf {
    Registry(registry::Table),
    /// Tariff and positive list are files of the policy.
    Policy(&'static str, &'static [registry::Column]),
}

/// The table of the registry; `None` for those that are files of the policy.
pub(crate) fn registry_table(table: Table) -> Option<registry::Table> {
    match place_of(table) {
        PlaceOf::Registry(table) => Some(table),
        PlaceOf::Policy(..) => None,
    }
}

fn place_of(table: Table) -> PlaceOf {
    PlaceOf::Registry(match table {
        Table::Zones => registry::Table::Zones,
        Table::Parties => registry::Table::Parties,
        Table::Certificates => registry::Table::Certificates,
        Table::Goods => registry::Table::Goods,
        Table::Guarantees => registry::Table::Guarantees,
        Table::Manifests => registry::Table::Manifests,
        Table::OpeningStock => registry::Table::OpeningStock,
        Table::BlockedIdentities => registry::Table::BlockedIdentities,
        Table::Mandates => registry::Table::Mandates,
        Table::Certifications => registry::Table::Certifications,
        Table::PositiveList => return PlaceOf::Policy("positive_list.csv", registry::POSITIVE_LIST),
        Table::Tariff => return PlaceOf::Policy("tariff.csv", registry::TARIFF),
    })
}

/// The receipts of an answer; a message that speaks for another enterprise than its sender is not allowed.
fn receipts(window: &Window, answer: window::Answer) -> Result<Vec<Receipt>, Refused> {
    let findings = answer.entry.iter().flat_map(|e| &e.outcomes).flat_map(|o| &o.findings);
    if let Some(other) = findings.into_iter().find(|f| f.code == Code::SenderOther) {
        let code = other.args.iter().find(|a| a.name == "code").map_or(String::new(), |a| a.value.clone());
        return Err(Refused::NotAllowed { what: code });
    }
    let given = window.receipts_of(answer).map_err(|e| broken(&e.to_string()))?;
    Ok(given.iter().map(shown).collect())
}

/// With a capital and a full stop.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).chain(['.']).collect()).unwrap_or_default()
}
