//! Founding a zone and filling its registry: by commands through the same door as everything else.

use trade::command::{Actor, ActorRole, Adopt, Command, Open, PolicyFile, Register, RegisterKind};
use trade::pack::{Blob, Pack};
use trade::pseudonym::Kind;
use trade::registry::{self, BlockedRow, Fault, Row, Table};

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

impl Window {
    /// Opens a new zone: its name, and the policy that holds from the first day.
    ///
    /// # Errors
    /// As [`Window::command`].
    pub fn found(&self, open: Open, policy: &[(&str, &str)]) -> Result<(), Refused> {
        self.command(Command::Open(open))?;
        self.adopt(Actor::default(), policy)?;
        Ok(())
    }

    /// Adopts policy files by their content; what cannot be loaded is refused whole, with all faults.
    ///
    /// # Errors
    /// As [`Window::command`].
    pub fn adopt(&self, by: Actor, files: &[(&str, &str)]) -> Result<Answer, Refused> {
        let files = files.iter().map(|(n, t)| PolicyFile { name: (*n).to_owned(), text: (*t).to_owned() }).collect();
        self.command(Command::Adopt(Adopt { by, files }))
    }

    /// Imports a CSV file into the registry: read whole first, then as commands of at most a thousand rows.
    /// Returns how many rows went in. Personal values become pseudonyms here and are not kept.
    ///
    /// # Errors
    /// All faults of the file at once; nothing is imported then.
    pub fn import(&self, by: &Actor, table: Table, text: &str) -> Result<u64, NotImported> {
        let rows = registry::read(table, text).map_err(NotImported::Faulty)?;
        let people = self.people()?;
        let kind = RegisterKind::from_number(table.number()).unwrap_or_default();
        let packed: Vec<Blob> = rows
            .iter()
            .map(|row| match row {
                Row::Blocked(person) => {
                    let id = people.of(Kind::Identity, &person.id_number);
                    BlockedRow { id, reason: person.reason.clone(), from: person.from, until: person.until }.pack()
                }
                other => other.packed().unwrap_or_default(),
            })
            .map(Blob)
            .collect();
        let parts = packed.len().div_ceil(PART) as u32;
        for (part, rows) in packed.chunks(PART).enumerate() {
            let register = Register { by: by.clone(), kind, rows: rows.to_vec(), part: part as u32 + 1, parts };
            self.command(Command::Register(register))?;
        }
        Ok(packed.len() as u64)
    }

    /// Registers single packed rows (accounts, keys).
    ///
    /// # Errors
    /// As [`Window::command`].
    pub fn register(&self, by: &Actor, kind: RegisterKind, rows: &[impl Pack]) -> Result<Answer, Refused> {
        let rows = rows.iter().map(|r| Blob(r.pack())).collect();
        self.command(Command::Register(Register { by: by.clone(), kind, rows, part: 1, parts: 1 }))
    }
}

/// Whoever runs the program on the zone's own machine.
pub fn operator(name: &str) -> Actor {
    Actor { id: name.to_owned(), role: ActorRole::Operator }
}
