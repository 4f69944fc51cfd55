//! Bytes to nouns and back: CEB messages and the signatures in them.
//! Never here: rules, state, files, network, clock; a person's data leaves only as pseudonyms that the caller makes.
//! Called by `window` and `server` for what comes in and goes out, by `traffic` for making messages.

pub mod bonded;
pub mod ceb;
pub mod seal;
