//! Who asks, and by which right.

use serde::Serialize;
use sha2::{Digest, Sha256};
use trade::command::ActorRole;
use trade::look::LookKind;
use trade::policy::rights::{Action, NeedsCase, Purpose, Right, Rights, Scope};
use trade::time::{Day, Moment};

/// What somebody may do. Rights are checked here by role, and by the desk against the facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Operator,
    Officer,
    Enterprise,
    Viewer,
    Security,
    Auditor,
    Consumer,
    Tax,
    Exchange,
    Commerce,
    Market,
}

impl Role {
    pub const ALL: [Role; 11] = [
        Role::Operator,
        Role::Officer,
        Role::Enterprise,
        Role::Viewer,
        Role::Security,
        Role::Auditor,
        Role::Consumer,
        Role::Tax,
        Role::Exchange,
        Role::Commerce,
        Role::Market,
    ];

    /// Departments other than customs, which read what is shared with them.
    pub const DEPARTMENTS: [Role; 4] = [Role::Tax, Role::Exchange, Role::Commerce, Role::Market];

    /// The role of an account of the portal; the window itself has none.
    pub fn of(role: ActorRole) -> Option<Role> {
        Role::ALL.into_iter().find(|known| known.actor() == role)
    }

    /// The role in the journal.
    pub fn actor(self) -> ActorRole {
        match self {
            Role::Operator => ActorRole::Operator,
            Role::Officer => ActorRole::Officer,
            Role::Enterprise => ActorRole::Enterprise,
            Role::Viewer => ActorRole::Viewer,
            Role::Security => ActorRole::Security,
            Role::Auditor => ActorRole::Auditor,
            Role::Consumer => ActorRole::Consumer,
            Role::Tax => ActorRole::Tax,
            Role::Exchange => ActorRole::Exchange,
            Role::Commerce => ActorRole::Commerce,
            Role::Market => ActorRole::Market,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Role::Operator => "operator",
            Role::Officer => "officer",
            Role::Enterprise => "enterprise",
            Role::Viewer => "viewer",
            Role::Security => "security",
            Role::Auditor => "auditor",
            Role::Consumer => "consumer",
            Role::Tax => "tax",
            Role::Exchange => "exchange",
            Role::Commerce => "commerce",
            Role::Market => "market",
        }
    }

    /// Its words in the text tables.
    pub fn key(self) -> &'static str {
        match self {
            Role::Operator => "role.operator",
            Role::Officer => "role.officer",
            Role::Enterprise => "role.enterprise",
            Role::Viewer => "role.viewer",
            Role::Security => "role.security",
            Role::Auditor => "role.auditor",
            Role::Consumer => "role.consumer",
            Role::Tax => "role.tax",
            Role::Exchange => "role.exchange",
            Role::Commerce => "role.commerce",
            Role::Market => "role.market",
        }
    }
}

/// Somebody who has proved who they are: by an API key or by signing in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The name in the journal: an account or a sender. Never a person's name.
    pub name: String,
    pub role: Role,
    /// Customs codes of the enterprises that this caller acts for.
    pub enterprises: Vec<String>,
    /// The customs office that an officer works for; empty for the whole zone.
    pub office: String,
}

/// Whoever holds an API key, and what the key opens.
#[derive(Clone, Debug)]
pub struct Holder {
    pub caller: Caller,
    /// What it opens of all that the role may; everything where it names nothing. `None` is an action that this program
    /// does not know.
    pub scopes: Vec<Option<Action>>,
    /// It opens nothing from then on.
    pub until: Option<Moment>,
}

impl Holder {
    pub fn opens(&self, action: Action) -> bool {
        self.scopes.is_empty() || self.scopes.contains(&Some(action))
    }
}

/// What the registry says of a certificate today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// The enterprise whose machines sign with it.
    pub enterprise: String,
    /// Its signatures count today.
    pub in_force: bool,
    /// The enterprise may act today.
    pub active: bool,
}

/// With which right somebody reads, and what for.
#[derive(Clone, Debug)]
pub struct Sight {
    /// Nobody who is known, for what anybody may read.
    pub caller: Option<Caller>,
    pub right: Right,
    /// The clause of the right.
    pub ground: String,
    /// The number of a case, where the reader gave one.
    pub case: String,
    pub kind: LookKind,
}

impl Sight {
    /// What anybody may see.
    pub fn nobody() -> Sight {
        let right = Right {
            role: None,
            action: Action::ParcelRead,
            scope: Scope::Public,
            purpose: Purpose::Public,
            traced: false,
            case: NeedsCase::Never,
        };
        Sight { caller: None, right, ground: String::new(), case: String::new(), kind: LookKind::Page }
    }

    /// What a caller sees by a table of rights; nothing of anybody's where no row allows it.
    pub fn of(caller: &Caller, action: Action, rights: &Rights, day: Day) -> Sight {
        match rights.of(Some(caller.role.actor()), action, None, day) {
            Some(row) => {
                Sight { caller: Some(caller.clone()), right: row.value, ground: row.clause.clone(), ..Sight::nobody() }
            }
            None => Sight { caller: Some(caller.clone()), ..Sight::nobody() },
        }
    }

    /// Whether a thing of these enterprises and this customs office is seen whole.
    pub fn sees(&self, enterprises: impl IntoIterator<Item = impl AsRef<str>>, office: &str) -> bool {
        let Some(caller) = &self.caller else { return false };
        match self.right.scope {
            Scope::Zone => true,
            Scope::Office => caller.office.is_empty() || caller.office == office,
            Scope::Own => enterprises.into_iter().any(|e| caller.enterprises.iter().any(|own| own == e.as_ref())),
            Scope::Public | Scope::Person => false,
        }
    }

    /// Whether everything that this right can reach is seen: then lists need no filter.
    pub fn sees_all(&self) -> bool {
        match self.right.scope {
            Scope::Zone => true,
            Scope::Office => self.caller.as_ref().is_some_and(|c| c.office.is_empty()),
            _ => false,
        }
    }

    /// Whether the words of officials are shown: to officials, never to those who take part.
    pub fn is_official(&self) -> bool {
        matches!(self.right.scope, Scope::Zone | Scope::Office)
    }
}

/// An account of the local sign-in.
#[derive(Clone, Debug)]
pub struct Account {
    pub caller: Caller,
    /// argon2id hash in PHC form ([`crate::sign::is_password_hash`]).
    pub password: String,
}

impl Account {
    /// What its sessions rest on: a hash over role, enterprises, office and password.
    pub fn grounds(&self) -> Vec<u8> {
        let Caller { name, role, enterprises, office } = &self.caller;
        hash_of(&[name, role.name(), &enterprises.join(","), office, &self.password])
    }

    /// What its passkeys rest on: another office takes none away, or the password alone would let in again; a new password,
    /// which others have to give, takes all.
    pub fn password_grounds(&self) -> Vec<u8> {
        hash_of(&[&self.caller.name, &self.password])
    }
}

fn hash_of(parts: &[&str]) -> Vec<u8> {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().to_vec()
}

/// A signed-in browser. Kept in the ops tables under the hash of its token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub caller: Caller,
    pub until: Moment,
    /// Nothing is open to it but setting up the second factor that is asked of its role.
    pub limited: bool,
}
