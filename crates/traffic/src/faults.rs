//! Planted faults: none yet, a story is clean.

use crate::story::Story;

pub const COUNT: usize = 0;

pub(crate) struct Planted(pub usize);

pub(crate) fn plant(_: &mut Story<'_>, _: Planted) {}
