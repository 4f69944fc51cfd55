//! Tests of the wire from outside, in one binary.

#![allow(clippy::unwrap_used)]

mod ceb;
mod memory;
mod seal;
