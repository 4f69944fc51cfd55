//! The walk from bytes to receipts, on a store in memory or in a folder of its own.

mod crash;
mod kill;
mod planted;
mod story;
mod walk;
mod zone;
