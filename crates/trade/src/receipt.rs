//! Receipts (回执): what the window answers, as facts. `wire::ceb` writes them as XML and reads them back.

use crate::documents::MessageKind;
use crate::finding::{Finding, Language};
use crate::money::{Fen, Quantity};
use crate::pack::{Field, Pack, Text};
use crate::packed;
use crate::time::Moment;

packed! {
    /// One receipt about one document.
    ///
    /// What a reader of the XML sees is [`Shown`]; the hash over that is the leaf under which the receipt stands in
    /// its journal entry, so a receipt proves itself from its XML alone, however it is laid out.
    pub struct Receipt {
        1 => pub shown: Shown,
        /// The enterprise into whose outbox it goes.
        2 => pub to: Text,
        /// Document of the command that it answers, from 0; for a receipt to another party, the one that caused it.
        3 => pub about: u32,
        /// Why, all of it; the first is the reason that `info` names.
        4 => pub findings: Vec<Finding>,
    }
}

packed! {
    /// Every value of a receipt message, under the element's name where nothing else is said.
    pub struct Shown {
        1 => pub kind: MessageKind,
        /// 36 characters, upper case.
        2 => pub guid: Text,
        /// `returnStatus`; for a tax bill its `status`.
        3 => pub status: i32,
        /// `returnTime`, to the millisecond.
        4 => pub at: Moment,
        /// `returnInfo`.
        5 => pub info: Text,
        6 => pub customs_code: Text,
        7 => pub ebp_code: Text,
        8 => pub ebc_code: Text,
        9 => pub agent_code: Text,
        10 => pub order_no: Text,
        11 => pub pay_code: Text,
        /// `payTransactionId`.
        12 => pub pay_transaction: Text,
        13 => pub logistics_code: Text,
        14 => pub logistics_no: Text,
        /// `logisticsStatus` (514).
        15 => pub logistics_status: Text,
        16 => pub cop_no: Text,
        17 => pub pre_no: Text,
        18 => pub invt_no: Text,
        19 => pub operator_code: Text,
        20 => pub rkd_no: Text,
        /// 816 and 818.
        21 => pub bill: Option<Box<Bill>>,
        /// 900: `oriCopMsgId`, `oriMessageType`. The original text is not repeated: it may be hostile or personal.
        22 => pub original_id: Text,
        23 => pub original_type: Text,
        // Of export.
        24 => pub bill_no: Text,
        /// `statisticsFlag`: A simplified, B summary declaration.
        25 => pub statistics_flag: Text,
        /// `sumNo`, number of the summary.
        26 => pub sum_no: Text,
        /// `msgSeqNo`: which message of those into which it was split.
        27 => pub seq: u32,
        /// 792; its `decState` is `status`, its `opDate` is `at`.
        28 => pub result: Option<Box<SummaryResult>>,
        /// Of a statement of exports.
        29 => pub statement: Option<Box<crate::register::Statement>>,
        /// Of a bill of changes.
        30 => pub changes: Option<Box<crate::correction::Bill>>,
        /// Of a closed period of an account book.
        31 => pub period: Option<Box<crate::bonded::period::Statement>>,
        /// Of personal articles.
        216 => pub articles: Option<Box<crate::articles::Verdict>>,
        /// Of a proof about stock abroad.
        217 => pub abroad: Option<Box<crate::record::AbroadProof>>,
        /// Of a request among departments.
        218 => pub request: Option<Box<crate::request::RequestTold>>,
        /// Of a filing of goods that was reviewed: what was filed.
        219 => pub filing: Option<Box<crate::registry::GoodsRow>>,
    }
}

packed! {
    /// A declaration that lists were summed up into (792, 汇总结果单).
    pub struct SummaryResult {
        /// `declSeqNo`, one for each declaration.
        1 => pub decl_seq_no: Text,
        2 => pub dec_tmp_no: Text,
        3 => pub dec_pre_no: Text,
        4 => pub entry_id: Text,
        5 => pub agent_name: Text,
        6 => pub ebc_name: Text,
        7 => pub decl_agent_code: Text,
        8 => pub decl_agent_name: Text,
        /// Kilograms.
        9 => pub gross_weight: Quantity,
        10 => pub net_weight: Quantity,
        /// Into how many messages the result was split.
        11 => pub msg_count: u32,
        12 => pub lines: Vec<ResultLine>,
    }
}

packed! {
    /// A line of a list, and the line of the declaration that it went into.
    pub struct ResultLine {
        1 => pub invt_no: Text,
        2 => pub logistics_no: Text,
        /// `gseqno`: line of the declaration.
        3 => pub seq: u32,
        /// Line of the list.
        4 => pub gnum: u32,
        5 => pub gcode: Text,
    }
}

packed! {
    /// The tax bill of 816; of 818 only the numbers.
    pub struct Bill {
        1 => pub tax_no: Text,
        2 => pub duty: Fen,
        3 => pub vat: Fen,
        4 => pub consumption_tax: Fen,
        /// `entDutyNo`, the summary payment.
        5 => pub ent_duty_no: Text,
        6 => pub assure_code: Text,
        7 => pub lines: Vec<BillLine>,
    }
}

packed! {
    pub struct BillLine {
        1 => pub gnum: u32,
        2 => pub gcode: Text,
        /// `taxPrice`.
        3 => pub taxable: Fen,
        4 => pub duty: Fen,
        5 => pub vat: Fen,
        6 => pub consumption_tax: Fen,
    }
}

impl Shown {
    /// The bytes whose SHA-256 is this receipt's leaf.
    pub fn leaf_bytes(&self) -> Vec<u8> {
        self.pack()
    }
}

/// The [`Shown::leaf_bytes`] of each receipt in a packed [`crate::command::Entry`], in order: they stand there as they
/// are, so what is written is hashed and nothing is packed for that alone.
pub fn leaves_in(entry: &[u8]) -> impl Iterator<Item = &[u8]> {
    // The numbers are the tags of `Entry::outcomes`, `Outcome::receipts` and `Receipt::shown`.
    let receipts = fields(entry, 3).flat_map(|outcome| fields(outcome, 4));
    receipts.map(|receipt| fields(receipt, 1).next().unwrap_or_default())
}

fn fields(mut bytes: &[u8], tag: u32) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || Field::next(&mut bytes).ok().flatten()).filter(move |f| f.tag == tag).map(|f| f.bytes())
}

/// The words of `returnInfo`: the reason that comes first, and how many more there are.
///
/// `[Code:NAME;Desc:text]` is the form that production receipts of lists use with numbers; ours names the finding.
/// At most 1,000 characters, the length of the element.
pub fn info_of(findings: &[Finding], otherwise: &str) -> String {
    let text = match findings.split_first() {
        None => otherwise.to_owned(),
        Some((first, rest)) => {
            let mut text = format!("[Code:{};Desc:{}", first.code, first.text(Language::Zh));
            for more in rest {
                text.push_str(&format!("；{}：{}", more.code, more.text(Language::Zh)));
            }
            text.push(']');
            text
        }
    };
    if text.chars().count() <= 1_000 { text } else { text.chars().take(998).chain("…]".chars()).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{Entry, Outcome};

    #[test]
    fn the_leaves_of_an_entry_are_those_of_its_receipts() {
        let receipt = |status, info: &str| Receipt {
            shown: Shown { kind: MessageKind::ListReturn, status, info: info.repeat(40).into(), ..Shown::default() },
            to: "4601".into(),
            ..Receipt::default()
        };
        let outcomes = vec![
            Outcome { receipts: vec![receipt(2, "a"), receipt(120, "清单")], ..Outcome::default() },
            Outcome::default(),
            Outcome { about: 2, receipts: vec![receipt(100, ""), Receipt::default()], ..Outcome::default() },
        ];
        let entry = Entry { outcomes, ..Entry::default() };
        let expected: Vec<Vec<u8>> =
            entry.outcomes.iter().flat_map(|o| &o.receipts).map(|r| r.shown.leaf_bytes()).collect();
        assert_eq!(leaves_in(&entry.pack()).collect::<Vec<_>>(), expected);
    }
}
