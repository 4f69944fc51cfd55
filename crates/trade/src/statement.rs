//! Statements of other bodies (互认声明): another office, another zone's window, a certifying body or a credit authority
//! says by its signature what it found of an enterprise or its goods.
//!
//! Signatures are verified by whoever takes a statement in (`window::statements`); which bodies are recognised, for what,
//! by which keys and on which days is the law's (`policy::bodies`); what becomes of it: `decide::statements`.

use crate::command::{Actor, Position};
use crate::pack::Text;
use crate::time::Day;
use crate::{packed, packed_names};

packed_names! {
    pub enum StatementKind {
        /// 检验检疫结果: a result of inspection, on which a consignment may rely.
        1 => Inspection "inspection",
        /// 认证: a step of an enterprise's certification.
        2 => Certificate "certificate",
        /// 信用等级
        3 => CreditClass "credit-class",
    }
}

packed! {
    /// What a body says, as it was read from the signed bytes; all of it is of an enterprise, nothing of a person.
    pub struct Statement {
        1 => pub body: Text,
        2 => pub kind: StatementKind,
        /// The body's own number; of an inspection the number of the result.
        3 => pub number: Text,
        /// Customs code of the enterprise; of an inspection it may be empty, then the result is whoever's goods it fits.
        4 => pub about: Text,
        5 => pub issued: Day,
        6 => pub from: Day,
        7 => pub until: Option<Day>,
        /// Of an inspection the kind of result, of a certificate what was certified.
        8 => pub what: Text,
        /// `passed`, `failed`; `verified`, `inspected`, `suspended`; the class.
        9 => pub result: Text,
        /// Of an inspection: origin, and first digits of the goods.
        10 => pub country: Text,
        11 => pub hs: Text,
        /// Takes an earlier result of inspection of the same body back, whose number it is.
        12 => pub withdraws: Text,
    }
}

packed! {
    /// A statement is brought.
    pub struct Stated {
        /// Whoever brought it.
        1 => pub by: Actor,
        2 => pub statement: Statement,
        /// The signed bytes, as they came, with their signatures: whoever doubts verifies again.
        3 => pub text: Text,
        /// SHA-256 of the signed bytes.
        4 => pub hash: [u8; 32],
        /// The public keys of the body under which a signature holds, of all that the law ever named.
        5 => pub keys: Vec<Text>,
    }
}

packed! {
    /// `Key::Statement`: a statement that was taken, by body and number.
    pub struct StatementRecord {
        1 => pub hash: [u8; 32],
        2 => pub at: Position,
        3 => pub on: Day,
    }
}

packed! {
    /// The statement by which something stands here.
    pub struct Ground {
        1 => pub body: Text,
        2 => pub number: Text,
        /// The enterprise that it is about.
        3 => pub about: Text,
        /// When it was taken, by which row of the law, and the hash of what was signed.
        4 => pub on: Day,
        5 => pub clause: Text,
        6 => pub hash: [u8; 32],
        7 => pub at: Position,
    }
}

packed! {
    /// A credit class that a body gave an enterprise.
    pub struct CreditClass {
        1 => pub class: Text,
        2 => pub from: Day,
        3 => pub until: Option<Day>,
        4 => pub ground: Ground,
    }
}
