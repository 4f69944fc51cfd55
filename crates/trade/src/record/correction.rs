//! What the state holds of corrections: that they were made, and where.

use crate::command::Position;
use crate::pack::Text;
use crate::packed;
use crate::time::Moment;

packed! {
    /// `Key::Correction`: a correction that was made.
    pub struct Corrected {
        /// Of its bill: the last outcome of the entry.
        1 => pub at: Position,
        2 => pub content: [u8; 16],
        3 => pub lists: u32,
        4 => pub moment: Moment,
        /// The number of the declarant's correction before it.
        5 => pub previous: Text,
        /// What the taxes changed by, in fen.
        6 => pub tax: i64,
        /// The bill's number among the receipts of its entry.
        7 => pub receipt: u32,
    }
}

packed! {
    /// `Key::Corrections`: the newest of a declarant's.
    pub struct Corrections {
        1 => pub newest: Text,
        2 => pub count: u32,
    }
}
