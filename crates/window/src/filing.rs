//! Founding a zone and filling its registry: by commands through the same door as everything else.

use std::sync::Arc;

use trade::account::{AccountRow, AccountSaid, ApiKeyRow};
use trade::command::{Actor, ActorRole, Adopt, Command, Open, PolicyFile, Register, RegisterKind};
use trade::identifiers::resident_id;
use trade::key::Key;
use trade::pack::{Blob, Pack};
use trade::policy::{Policy, PolicyFault, SAMPLE};
use trade::pseudonym::{Kind, Pseudonyms};
use trade::record::PolicyRecord;
use trade::registry::{self, BlockedRow, Fault, Party, Row, Table};

use crate::law::{self, Tables};
use crate::{Answer, Refused, Window};

/// Rows that one command takes: an import of a large file is one command a part.
const PART: usize = 1_000;

/// Why an import did not happen.
#[derive(Debug, thiserror::Error)]
pub enum NotImported {
    #[error("{} faults in the file", .0.len())]
    Faulty(Vec<Fault>),
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error(transparent)]
    Store(#[from] store::StoreError),
}

/// Why a policy did not take force.
#[derive(Debug, thiserror::Error)]
pub enum NotAdopted {
    /// All that is wrong with the policy as it would be.
    #[error("{} faults in the policy", .0.len())]
    Faulty(Vec<PolicyFault>),
    #[error(transparent)]
    Refused(#[from] Refused),
}

/// Why no zone was founded.
#[derive(Debug, thiserror::Error)]
pub enum NotFounded {
    #[error("there is a zone already")]
    Already,
    #[error(transparent)]
    Policy(#[from] NotAdopted),
}

/// Why nobody was let in.
#[derive(Debug, thiserror::Error)]
pub enum NotAdmitted {
    #[error(
        "no enterprise {0} is registered; import it first (onewindow import parties)\n企业 {0} 没有登记：请先导入（onewindow import parties）"
    )]
    Unknown(String),
    #[error(
        "a consumer's account is made with the number of an identity document whose check digit fits, and no other with one\n消费者账户须凭通过校验的身份证件号码开立，其他账户不带"
    )]
    Identity,
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error(transparent)]
    Store(#[from] store::StoreError),
}

impl Window {
    /// Opens a new zone by one command: its name, the policy that holds from the first day, and what `open` registers.
    ///
    /// # Errors
    /// All faults of the policy; nothing is opened then.
    pub fn found(&self, open: Open, policy: &[(impl AsRef<str>, impl AsRef<str>)]) -> Result<(), NotFounded> {
        law::read(&tables(policy)).map_err(NotAdopted::Faulty)?;
        if self.journal().last() > 0 {
            return Err(NotFounded::Already);
        }
        self.command(Command::Open(Open { files: policy_files(policy), ..open })).map_err(NotAdopted::Refused)?;
        Ok(())
    }

    /// Adopts policy files by their content; those that are not named stay as they are. Where the policy as a whole
    /// cannot be loaded then, nothing of it is adopted.
    ///
    /// # Errors
    /// All faults at once, with file, line and column.
    pub fn adopt(&self, by: &Actor, files: &[(impl AsRef<str>, impl AsRef<str>)]) -> Result<Answer, NotAdopted> {
        self.would_adopt(files).map_err(NotAdopted::Faulty)?;
        let adopt = Adopt { by: by.clone(), files: policy_files(files) };
        Ok(self.command(Command::Adopt(adopt))?)
    }

    /// The law in force: for whoever looks, not for the walk. Without any rule where nothing was adopted.
    pub fn law_in_force(&self) -> Arc<Policy> {
        law::read(&self.policy()).unwrap_or_else(|_| Arc::new(Policy::none()))
    }

    /// The policy as it would be with these files in place of the adopted ones.
    ///
    /// # Errors
    /// As [`Window::adopt`].
    pub fn would_adopt(&self, files: &[(impl AsRef<str>, impl AsRef<str>)]) -> Result<Policy, Vec<PolicyFault>> {
        let mut whole = self.policy();
        whole.extend(tables(files));
        Policy::load(&whole.into_iter().collect::<Vec<_>>())
    }

    /// The adopted policy: its files by name.
    pub fn policy(&self) -> Tables {
        let text = |name: &str| self.read::<PolicyRecord>(&Key::Policy(name.into())).map(|record| record.text);
        SAMPLE.iter().filter_map(|(name, _)| Some(((*name).to_owned(), text(name)?))).collect()
    }

    /// Imports a CSV file into the registry: read whole first, then as commands of at most a thousand rows.
    /// Returns how many rows went in. Personal values become pseudonyms here and are not kept.
    ///
    /// # Errors
    /// All faults of the file at once; nothing is imported then.
    pub fn import(&self, by: &Actor, table: Table, text: &str) -> Result<u64, NotImported> {
        let parts = self.rows(by, table, text)?;
        let rows = parts.iter().map(|part| part.rows.len() as u64).sum();
        for part in parts {
            self.command(Command::Register(part))?;
        }
        Ok(rows)
    }

    /// The commands of an import.
    ///
    /// # Errors
    /// As [`Window::import`].
    pub fn rows(&self, by: &Actor, table: Table, text: &str) -> Result<Vec<Register>, NotImported> {
        let rows = registry::read(table, text).map_err(NotImported::Faulty)?;
        let people = self.people()?;
        let kind = RegisterKind::from_number(table.number()).unwrap_or_default();
        let packed: Vec<Blob> = rows
            .iter()
            .map(|row| match row {
                Row::Blocked(person) => {
                    let id = people.of(Kind::Identity, &person.id_number);
                    BlockedRow { id, reason: person.reason.clone().into(), from: person.from, until: person.until }
                        .pack()
                }
                other => other.packed().unwrap_or_default(),
            })
            .map(Blob::from)
            .collect();
        let parts = packed.len().div_ceil(PART) as u32;
        let part = |(n, rows): (usize, &[Blob])| Register {
            by: by.clone(),
            kind,
            rows: rows.to_vec(),
            part: n as u32 + 1,
            parts,
            expected: None,
        };
        Ok(packed.chunks(PART).enumerate().map(part).collect())
    }

    /// Lets senders or officials in by keys, or takes that back: all of them or none. An enterprise must be registered.
    ///
    /// # Errors
    /// `Unknown` where there is no such enterprise; else as [`Window::command`].
    pub fn admit_keys(&self, by: &Actor, rows: &[ApiKeyRow]) -> Result<Answer, NotAdmitted> {
        rows.iter().try_for_each(|row| self.known(row.role, &row.enterprise))?;
        Ok(self.register(by, RegisterKind::ApiKeys, rows)?)
    }

    /// Makes an account, gives it another password or closes it. An enterprise must be registered; a consumer's account
    /// is opened with the number of the identity document that was looked at, which becomes a pseudonym and is not kept.
    ///
    /// # Errors
    /// `Identity` where the number does not fit the role or itself; else as [`Window::admit_keys`].
    pub fn admit_account(&self, by: &Actor, row: &AccountRow, identity: &str) -> Result<Answer, NotAdmitted> {
        self.known(row.role, &row.enterprise)?;
        let row = AccountRow { person: self.person(row, identity)?, ..row.clone() };
        Ok(self.register(by, RegisterKind::Accounts, std::slice::from_ref(&row))?)
    }

    /// Whose account it is. A closed one stays its person's.
    fn person(&self, row: &AccountRow, identity: &str) -> Result<Pseudonyms, NotAdmitted> {
        let wanted = row.role == ActorRole::Consumer && !row.closed;
        match (wanted, identity.is_empty()) {
            (false, true) => Ok(row.person.clone()),
            (true, false) if resident_id(identity).is_ok() => Ok(self.people()?.of(Kind::Identity, identity)),
            _ => Err(NotAdmitted::Identity),
        }
    }

    fn known(&self, role: ActorRole, code: &str) -> Result<(), NotAdmitted> {
        let of_an_enterprise = matches!(role, ActorRole::Enterprise | ActorRole::Window);
        match of_an_enterprise {
            true if self.read::<Party>(&Key::Party(code.into())).is_none() => {
                Err(NotAdmitted::Unknown(code.to_owned()))
            }
            _ => Ok(()),
        }
    }

    /// What an enterprise or a bank says of an account. Number and holder become pseudonyms here and are not kept.
    ///
    /// # Errors
    /// As [`Window::command`].
    pub fn account(&self, said: AccountSaid, number: &str, holder: &str) -> Result<Answer, NotAdmitted> {
        let people = self.people()?;
        let number: String = number.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        let (account, holder) = (people.of(Kind::Account, &number), people.of(Kind::Name, holder));
        Ok(self.command(Command::Account(AccountSaid { account, holder, ..said }))?)
    }

    /// Every key that was ever let in, with who holds it.
    pub fn api_keys(&self) -> Vec<ApiKeyRow> {
        self.rows_of(Key::API_KEY)
    }

    /// Every account.
    pub fn accounts(&self) -> Vec<AccountRow> {
        self.rows_of(Key::ACCOUNT)
    }

    fn rows_of<R: Pack>(&self, kind: u64) -> Vec<R> {
        let mut rows = Vec::new();
        self.state().each_of(kind, |_, value| rows.extend(R::unpack(value)));
        rows
    }

    /// Registers single packed rows (accounts, keys).
    ///
    /// # Errors
    /// As [`Window::command`].
    pub fn register(&self, by: &Actor, kind: RegisterKind, rows: &[impl Pack]) -> Result<Answer, Refused> {
        let rows = rows.iter().map(|r| Blob::from(r.pack())).collect();
        self.command(Command::Register(Register { by: by.clone(), kind, rows, part: 1, parts: 1, expected: None }))
    }
}

fn tables(files: &[(impl AsRef<str>, impl AsRef<str>)]) -> Tables {
    files.iter().map(|(name, text)| (name.as_ref().to_owned(), text.as_ref().to_owned())).collect()
}

fn policy_files(files: &[(impl AsRef<str>, impl AsRef<str>)]) -> Vec<PolicyFile> {
    let file = |name: &str, text: &str| PolicyFile { name: name.into(), text: text.to_owned() };
    files.iter().map(|(name, text)| file(name.as_ref(), text.as_ref())).collect()
}

/// Whoever runs the program on the zone's own machine.
pub fn operator(name: &str) -> Actor {
    Actor { id: name.into(), role: ActorRole::Operator }
}

/// Who lets people and programs in (安全管理员), on the zone's own machine.
pub fn security(name: &str) -> Actor {
    Actor { id: name.into(), role: ActorRole::Security }
}
