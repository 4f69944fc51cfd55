//! Fields of a verification list that change no quantity (rules.md 7.1): held against their code lists, the registry and
//! the book where that can be, and kept as they came.
//!
//! Reading: `dclcusTypecd`, `genDecFlag`, `decType` speak of the declaration, so they stand only on a list that has one
//! (`dclcusFlag` 1); a declaration that is another's (`rltEntryNo`) goes with 1, linked (关联). Values of `genDecFlag` and
//! `decType` were not at hand and are kept as they are. A name or specification on a line is the book's or none.

use super::{Scene, misfit};
use crate::bonded::{Enterprise, Line, VerificationList};
use crate::finding::{Code, Finding};
use crate::identifiers::{self, Kind};
use crate::record::Stock;

const CLAUSE: &str = "GACC 2018 No. 23; rules 7.1";
/// 征免方式 (rules.md 9.5).
const LEVY_MODES: [&str; 9] = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

pub(super) fn of_head(scene: &Scene<'_>, list: &VerificationList) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut expect = |field: &str, given: &str, fits: bool, expected: &str| {
        if !given.is_empty() && !fits {
            found.push(misfit(field, given, expected));
        }
    };
    let letters = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric());
    expect("seqNo", &list.seq_no, list.seq_no.len() == 18 && letters(&list.seq_no), "18");
    let declared = list.declared == "1";
    let kind = list.declaration_kind.as_str();
    expect("dclcusTypecd", kind, declared && ["1", "2"].contains(&kind), "1, 2; dclcusFlag 1");
    for (field, given) in [("genDecFlag", &list.generates), ("decType", &list.declaration_type)] {
        expect(field, given, declared && letters(given), "dclcusFlag 1");
    }
    expect("rltEntryNo", &list.other_entry, kind == "1" && is_declaration(&list.other_entry), "18; dclcusTypecd 1");
    expect("mtpckEndprdMarkcd", &list.part, ["I", "E"].contains(&list.part.as_str()), "I, E");
    let business = Enterprise { code: list.head.etps.clone(), ..list.business.clone() };
    let declarant = Enterprise { code: list.declarant.clone(), ..list.declaring.clone() };
    found.extend(enterprise(scene, &business, ["bizopEtpsno", "bizopEtpsSccd"]));
    found.extend(enterprise(scene, &declarant, ["dclEtpsno", "dclEtpsSccd"]));
    if !list.receiving.code.is_empty() && !is_customs_code(&list.receiving.code) {
        found.push(misfit("rcvgdEtpsno", &list.receiving.code, "^[0-9]{4}[0-9A-Z]{6}$"));
    }
    found.extend(enterprise(scene, &list.receiving, ["rcvgdEtpsno", "rvsngdEtpsSccd"]));
    found
}

/// 报关单号: customs 4, year 4, 1 import or 0 export, serial 9.
fn is_declaration(text: &str) -> bool {
    text.len() == 18 && text.bytes().all(|b| b.is_ascii_digit()) && matches!(text.as_bytes()[8], b'0' | b'1')
}

fn is_customs_code(text: &str) -> bool {
    let (place, rest) = text.as_bytes().split_at(text.len().min(4));
    text.len() == 10
        && place.iter().all(u8::is_ascii_digit)
        && rest.iter().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
}

/// A credit code holds, and is the one under which the enterprise is registered.
fn enterprise(scene: &Scene<'_>, named: &Enterprise, [code, uscc]: [&str; 2]) -> Option<Finding> {
    if named.uscc.is_empty() {
        // A name alone says of nobody who it is.
        return (!named.name.is_empty() && named.code.is_empty()).then(|| misfit(code, "", "…"));
    }
    if !identifiers::identify_as(Kind::Uscc, &named.uscc).valid {
        return Some(misfit(uscc, &named.uscc, "GB 32100"));
    }
    let registered = scene.party(&named.code).map(|party| party.uscc.clone()).filter(|known| !known.is_empty())?;
    (registered != named.uscc).then(|| misfit(uscc, &named.uscc, &registered))
}

pub(super) fn of_line(scene: &Scene<'_>, line: &Line, stock: &Stock) -> Vec<Finding> {
    let mut found = Vec::new();
    let book = &stock.ledger;
    let known = |n: u32| if n == 0 { String::new() } else { n.to_string() };
    let pairs = [
        ("putrecSeqno", known(line.book_seq), known(book.seq_no)),
        ("gdsNm", line.name.to_string(), stock.row.name.to_string()),
        ("gdsSpcfModelDesc", line.spec.to_string(), book.spec.to_string()),
        ("dclCurrcd", line.currency.to_string(), book.currency.to_string()),
    ];
    for (what, given, book) in pairs {
        if !given.is_empty() && !book.is_empty() && given != book {
            let finding = Finding::new(Code::ItemDiffers, CLAUSE, what).line(line.gnum).arg("item", &line.item_no);
            found.push(finding.arg("what", what).arg("given", given).arg("book", book));
        }
    }
    let destination = &line.destination;
    if !destination.is_empty() && scene.policy().country(destination, scene.today()).is_none() {
        found.push(misfit("destinationNatcd", destination, "countries.csv").line(line.gnum));
    }
    if !line.levy_mode.is_empty() && !LEVY_MODES.contains(&line.levy_mode.as_str()) {
        found.push(misfit("lvyrlfModecd", &line.levy_mode, "1 … 9").line(line.gnum));
    }
    found
}
