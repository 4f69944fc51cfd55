//! The nouns of cross-border trade, and the rules that need nothing but them.
//! Never here: files, network, clock, randomness, SQL, XML, floating point.
//! Called by `window` for the walk, by `wire` and `store` for the nouns.

#![deny(clippy::float_arithmetic)]

pub mod account;
pub mod articles;
pub mod bonded;
pub mod calculator;
pub mod command;
pub mod correction;
pub mod decide;
pub mod documents;
pub mod effect;
pub mod exact;
pub mod fact;
pub mod finding;
pub mod identifiers;
pub mod key;
pub mod look;
pub mod masking;
pub mod matching;
pub mod money;
pub mod pack;
pub mod policy;
pub mod pseudonym;
pub mod receipt;
pub mod record;
pub mod register;
pub mod registry;
pub mod request;
pub mod statement;
pub mod subscription;
pub mod tax;
pub mod time;
pub mod verify;
