//! What sellers and platforms say of exports: overseas warehouses (海外仓; rules.md 6.4), their sales and losses, and what
//! a platform charged its sellers (6.7). The stock itself: `decide::export::abroad`.

use super::super::export::abroad::{relocate, settle};
use super::{Answer, Scene, Taken};
use crate::bonded::{Abroad, Fate, Fees, Overseas};
use crate::finding::{Code, Finding};
use crate::key::{AbroadPart, Key, Pair, PlatformPart};
use crate::money::Fen;
use crate::pack::Text;
use crate::record::{Moved, PlatformSeller, Warehouse};
use crate::registry::in_force;

const CLAUSE: &str = "A167; ours (rules 6.4)";

/// OVERSEAS
pub(super) fn warehouse(scene: &mut Scene<'_>, overseas: &Overseas) -> Answer {
    let record = Warehouse {
        name: overseas.name.clone(),
        country: overseas.country.clone(),
        tenure: overseas.tenure,
        contract: overseas.contract.clone(),
        from: overseas.from,
        until: overseas.until,
    };
    let key = Key::Warehouse(Pair { code: overseas.head.etps.clone(), number: overseas.number.clone() });
    if scene.read::<Warehouse>(&key).is_some_and(|known| known.country != record.country) {
        let finding = Finding::new(Code::WarehouseUnknown, CLAUSE, "natcd").arg("warehouse", &overseas.number);
        return Err(vec![finding.arg("seller", &overseas.head.etps).arg("day", record.from)]);
    }
    scene.put(&key, &record);
    Ok(Taken::passed(&overseas.number, "", "海外仓已登记"))
}

/// ABROAD
pub(super) fn report(scene: &mut Scene<'_>, abroad: &Abroad) -> Answer {
    let warehouse = recorded(scene, abroad, &abroad.warehouse, "warehouseNo").map_err(|finding| vec![finding])?;
    let mut found = Vec::new();
    let to = match abroad.what {
        Fate::Moved => Some(recorded(scene, abroad, &abroad.to, "toWarehouseNo").map_err(|finding| vec![finding])?),
        _ => None,
    };
    if let Some(to) = to.as_ref().filter(|to| to.country == warehouse.country) {
        // Stock is kept by country: within one nothing changes.
        found.push(Finding::new(Code::AbroadMove, CLAUSE, "toWarehouseNo").arg("country", &to.country));
    }
    if abroad.on > scene.today() {
        found.push(Finding::new(Code::AbroadDay, CLAUSE, "happenedOn").arg("day", abroad.on));
    }
    if abroad.lines.is_empty() {
        found.push(Finding::new(Code::NoLines, CLAUSE, "lines"));
    }
    for (n, line) in abroad.lines.iter().enumerate().filter(|(_, line)| line.qty.0 <= 0) {
        let finding = Finding::new(Code::ValueNotPositive, CLAUSE, "qty").line(n as u32 + 1);
        found.push(finding.arg("item", &line.item_no));
    }
    scene.clean(found)?;
    let (what, words) = match abroad.what {
        Fate::Sold => (Moved::Sold, "销售"),
        Fate::Lost => (Moved::Lost, "灭失"),
        Fate::Moved => (Moved::Left, "移仓"),
    };
    let mut found = Vec::new();
    let mut lots = 0;
    let number = scene.bonded_number("HW", "", "E");
    for (n, line) in abroad.lines.iter().enumerate() {
        let item = AbroadPart {
            ebc: abroad.head.etps.clone(),
            item_no: line.item_no.clone(),
            country: warehouse.country.clone(),
            number: 0,
        };
        let done = match &to {
            Some(to) => relocate(scene, &item, (&to.country, abroad.on), line.qty),
            None => settle(scene, &item, (what, abroad.on, &number), line.qty),
        };
        match done {
            Ok(taken) => lots += taken,
            Err(finding) => found.push(finding.line(n as u32 + 1)),
        }
    }
    scene.clean(found)?;
    Ok(Taken::closed(&number, "", format!("海外仓{words}已核销，按先进先出对应 {lots} 批出口，凭证 {}", abroad.proof)))
}

/// A warehouse that the seller has recorded and that is in use on the day of the report.
fn recorded(scene: &Scene<'_>, abroad: &Abroad, number: &Text, field: &str) -> Result<Warehouse, Finding> {
    let key = Key::Warehouse(Pair { code: abroad.head.etps.clone(), number: number.clone() });
    let known = scene.read::<Warehouse>(&key).filter(|w| in_force(w.from, w.until, abroad.on));
    let finding = || Finding::new(Code::WarehouseUnknown, CLAUSE, field).arg("warehouse", number);
    known.ok_or_else(|| finding().arg("seller", &abroad.head.etps).arg("day", abroad.on))
}

/// FEES: what a platform charged its sellers in a quarter. All of it counts, or nothing.
pub(super) fn fees(scene: &mut Scene<'_>, filed: &Fees) -> Answer {
    const P810: &str = "State Council Decree 810 (P810)";
    let mut found = Vec::new();
    if filed.lines.is_empty() {
        found.push(Finding::new(Code::NoLines, P810, "lines"));
    }
    let of = |seller: &Text| {
        let quarter = filed.year.saturating_mul(10).saturating_add(filed.quarter);
        Key::PlatformSeller(PlatformPart { platform: filed.head.etps.clone(), quarter, ebc: seller.clone() })
    };
    let mut said = Vec::new();
    for (n, line) in filed.lines.iter().enumerate() {
        let key = of(&line.seller);
        let Some(mut seller) = scene.read::<PlatformSeller>(&key) else {
            let finding = Finding::new(Code::FeesSeller, P810, "ebcCode").line(n as u32 + 1);
            found.push(finding.arg("seller", &line.seller).arg("quarter", format!("{}Q{}", filed.year, filed.quarter)));
            continue;
        };
        if line.fee < Fen::ZERO {
            let finding = Finding::new(Code::ValueNotPositive, P810, "feeAmt").line(n as u32 + 1);
            found.push(finding.arg("item", &line.seller));
        }
        seller.fees = Some(line.fee);
        said.push((key, seller));
    }
    scene.clean(found)?;
    for (key, seller) in said {
        scene.put(&key, &seller);
    }
    let number = scene.bonded_number("PF", "", "E");
    Ok(Taken::closed(&number, "", "平台服务费已登记"))
}
