//! What the state holds of policies that two persons adopt.

use crate::command::Actor;
use crate::pack::Text;
use crate::packed;
use crate::time::Moment;

packed! {
    /// `Key::Proposal`: one person proposed it, and where it was adopted another one.
    pub struct Proposal {
        1 => pub by: Actor,
        2 => pub at: Moment,
        /// The entry that holds its content.
        3 => pub revision: u64,
        /// The names of its files.
        4 => pub files: Vec<Text>,
        5 => pub adopted_by: Option<Actor>,
        6 => pub adopted_at: Option<Moment>,
        /// The entry by which it took force.
        7 => pub adopted: u64,
    }
}

packed! {
    /// `Key::Founding`: in a sandbox one person adopts a policy, for trying.
    pub struct Founding {
        1 => pub sandbox: bool,
    }
}

packed! {
    /// `Key::Destroyed`: who had the originals of a month destroyed, when, and by which entry.
    pub struct Destroyed {
        1 => pub by: Actor,
        2 => pub at: Moment,
        3 => pub revision: u64,
    }
}
