//! The walk from bytes to receipts, on a store in memory or in a folder of its own.

#![allow(clippy::unwrap_used, clippy::type_complexity, reason = "all of it is tests")]

mod bonded;
mod corrections;
mod crash;
mod export;
mod kill;
mod looks;
mod planted;
mod retention;
mod scenarios;
mod story;
mod tokens;
mod walk;
mod zone;
