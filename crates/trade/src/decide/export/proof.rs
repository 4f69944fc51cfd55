//! Proofs about stock abroad (海外仓, 9810; rules.md 6.4): that goods left, and what was sold of them.
//!
//! W3 (paraphrase): for goods to overseas warehouses a rebate may be claimed when they leave, and is reckoned again when
//! they are sold. Huifa [2020] No. 11 (paraphrase): foreign exchange of new trade forms is received on the ground of
//! electronic data of the trade. Rules 6.4: the proof of shipping is the departure, that of the sale the platform's
//! settlement.
//! Reading [ours]: a proof is a receipt, asked for list by list; its amounts are the shares of each line's value with
//! which it left, each rounded half up, and what is in stock is the rest. The price of the sale is the platform's own
//! figure and stands in its settlement; the amount in the list's currency is the share of the declared total.

use super::super::appeal;
use super::{Scene, abroad, list_of};
use crate::command::{Act, Verdict};
use crate::documents::MessageKind;
use crate::finding::{Code, Finding};
use crate::key::CaseKey;
use crate::money::{Amount, Fen, Quantity};
use crate::receipt::Shown;
use crate::record::{AbroadProof, Case, ProofFor, status};
use crate::register::share;

const REBATE: &str = "税务总局公告2025年第3号 (W3)";
const EXCHANGE: &str = "汇发〔2020〕11号 (S11)";

/// Gives the seller a proof about a list of 9810; nothing changes by it.
///
/// # Errors
/// `CASE_UNKNOWN` where the list is none of the enterprise's; `ABROAD_NO_PROOF` where there is nothing to prove.
pub(in crate::decide) fn prove(scene: &mut Scene<'_>, act: &Act, key: &CaseKey, case: &Case) -> Result<(), Finding> {
    if !appeal::concerns(scene, act, key) {
        return Err(Finding::new(Code::CaseUnknown, "", "").arg("key", format!("{} {}", key.ebc, key.order_no)));
    }
    let for_what = ProofFor::from_name(&act.number);
    let (what, clause) = match for_what {
        Some(ProofFor::Exchange) => ("收汇 foreign exchange", EXCHANGE),
        _ => ("退税 a rebate", REBATE),
    };
    let no = |why: &str| {
        let finding = Finding::new(Code::AbroadNoProof, clause, "number").arg("invt", &case.invt_no);
        finding.arg("what", what).arg("why", why)
    };
    let for_what = for_what.ok_or_else(|| no("rebate 或 fx"))?;
    let (list, _) =
        list_of(scene, key).filter(|(list, _)| list.trade_mode == "9810").ok_or_else(|| no("不是 9810 no 9810"))?;
    let gone = case.export.as_ref().filter(|export| export.closed.is_some());
    let departed = gone.and_then(|export| export.departed).ok_or_else(|| no("尚未离境 it has not left"))?;
    let mut proof = AbroadProof {
        for_what,
        left: departed.day(),
        country: list.country.clone(),
        currency: list.lines.first().map(|line| line.currency.clone()).unwrap_or_default(),
        clause: clause.into(),
        ..AbroadProof::default()
    };
    for line in &list.lines {
        let lots = abroad::lots(scene, case, &list, line.gnum);
        let Some((_, first)) = lots.first().filter(|(_, lot)| lot.rebate || for_what == ProofFor::Exchange) else {
            continue;
        };
        let value = first.value.unwrap_or_default();
        let sum = |of: fn(&crate::record::Whereabouts) -> Quantity| {
            lots.iter().fold(Quantity(0), |sum, (_, lot)| sum.plus(of(&lot.of)))
        };
        let worth = |qty| Fen(share(value.0, qty, line.qty));
        let (sold, lost, back) = (sum(|of| of.sold), sum(|of| of.lost), sum(|of| of.returned));
        proof.lines += 1;
        proof.exported = proof.exported.plus(value);
        proof.sold = proof.sold.plus(worth(sold));
        proof.lost = proof.lost.plus(worth(lost));
        proof.returned = proof.returned.plus(worth(back));
        proof.sold_amount = Amount(proof.sold_amount.0.saturating_add(share(line.total.0, sold, line.qty)));
    }
    if proof.lines == 0 {
        return Err(no("没有申请退税的商品 no rebate was claimed"));
    }
    if for_what == ProofFor::Exchange && proof.sold == Fen::ZERO {
        return Err(no("尚未售出 nothing was sold"));
    }
    proof.in_stock = proof.exported.minus(proof.sold).minus(proof.lost).minus(proof.returned);
    let shown = Shown {
        kind: MessageKind::AbroadProof,
        customs_code: list.customs_code.clone(),
        agent_code: list.agent_code.clone(),
        ebc_code: list.ebc_code.clone(),
        cop_no: list.cop_no.clone(),
        invt_no: case.invt_no.clone(),
        abroad: Some(Box::new(proof)),
        ..Shown::default()
    };
    scene.outcome.verdict = Verdict::Done;
    scene.send(list.ebc_code.clone(), shown, status::EXAMINED, format!("海外仓{what}证明"), Vec::new());
    Ok(())
}
