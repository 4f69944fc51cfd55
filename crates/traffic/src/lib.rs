//! Believable traffic of the sample zone from a seed: enterprises, goods, people, orders, faults with known truth.
//! Never here: a clock, randomness that is not the seed's, anything real: enterprises, people and numbers are made up.
//! Called by `onewindow` for generate, demo and bench, and by tests.

mod articles;
mod bonded;
mod dice;
mod export;
mod faults;
mod generate;
mod keys;
mod paper;
mod people;
mod rhythm;
mod room;
mod story;
pub mod zone;

pub use articles::articles;
pub use bonded::{BondedPlan, BondedTruth, Filing, STOLEN, bonded_week};
pub use export::{Export, ExportPlan, FAULTS_PLANTED as EXPORT_FAULTS, merged, returned};
pub use export::{Gone, Later, LaterTruth, Step, aftermath};
pub use faults::COUNT as FAULTS;
pub use generate::{Generated, generate, registry};
pub use keys::Keys;
pub use people::{Person, person};
pub use rhythm::rate;
pub use room::{Sold, bonded_lists, sorted_returns, value};
pub use story::{DeliveryTruth, Plan, Sent, Story, Truth};

#[cfg(test)]
mod tests;
