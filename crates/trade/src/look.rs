//! A look: an official reads what belongs to others. It is a command, durable before anything is shown, and its
//! subjects can read it (DESIGN 6, promise 6).

use crate::command::Actor;
use crate::key::CaseKey;
use crate::pack::Text;
use crate::packed;
use crate::packed_names;
use crate::policy::rights::{Action, Purpose};
use crate::time::Day;

packed_names! {
    /// By which way something was looked at.
    pub enum LookKind {
        1 => Page "page",
        2 => Api "api",
        3 => Export "export",
    }
}

packed! {
    pub struct Look {
        1 => pub by: Actor,
        2 => pub kind: LookKind,
        /// What was asked for: `parcel.read`, `registry.read`.
        3 => pub action: Action,
        4 => pub purpose: Purpose,
        /// The clause of the right, as the table has it on the day.
        5 => pub ground: Text,
        /// The number of the case that it belongs to; never a person's name.
        6 => pub case: Text,
        /// Parcels that it shows.
        7 => pub parcels: Vec<CaseKey>,
        /// Enterprises whose data it shows, by their codes.
        8 => pub enterprises: Vec<Text>,
        /// Records that it shows.
        9 => pub records: u32,
    }
}

packed! {
    /// `Key::LookCount`: what one official has looked at today.
    pub struct LookCount {
        1 => pub day: Day,
        /// Parcels that were opened one by one.
        2 => pub opened: u32,
        /// Records of lists and exports.
        3 => pub listed: u32,
        /// Alarms ever.
        4 => pub alarms: u32,
    }
}
