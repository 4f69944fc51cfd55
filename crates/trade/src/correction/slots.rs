//! Where the value of a field stands in a list, and how it is written.

use super::{Change, Field};
use crate::documents::{Document, ExportList, List};
use crate::finding::{Code, Finding};
use crate::money::{Amount, Fen, Price, Quantity};
use crate::pack::Text;
use crate::time::Day;

/// The longest text of the message specification (`gname`, `gmodel`).
const LONGEST: usize = 510;

enum Slot<'a> {
    Text(&'a mut Text),
    Fen(&'a mut Fen),
    Amount(&'a mut Amount),
    Price(&'a mut Price),
    Quantity(&'a mut Quantity),
    /// May be absent.
    Maybe(&'a mut Option<Quantity>),
    Day(&'a mut Day),
    MaybeDay(&'a mut Option<Day>),
}

/// Puts a value into a list and returns the one before, as texts of one form; equal ones are no change.
///
/// # Errors
/// `CORRECTION_FIELD` where such a list has no such field or line, `VALUE_FORM` where it is no value of it.
pub fn set(document: &mut Document, change: &Change) -> Result<[String; 2], Finding> {
    let slot = match document {
        Document::List(list) => of_import(list, change),
        Document::ExportList(list) => of_export(list, change),
        _ => None,
    };
    let finding = |code| Finding::new(code, "", change.field.name()).line(change.gnum);
    let slot = slot.ok_or_else(|| finding(Code::CorrectionField).arg("name", change.field))?;
    let wrong = |form: &str| finding(Code::ValueForm).arg("expected", form);
    let given = change.value.as_str();
    if given.chars().count() > LONGEST || given.chars().any(char::is_control) {
        return Err(wrong("C..510"));
    }
    macro_rules! put {
        ($slot:expr, $new:expr, $text:expr) => {{
            let before = $text(&*$slot);
            *$slot = $new;
            [before, $text(&*$slot)]
        }};
    }
    Ok(match slot {
        Slot::Text(slot) => put!(slot, given.into(), Text::to_string),
        Slot::Fen(slot) => put!(slot, Fen::from_yuan_text(given).map_err(|_| wrong("N19,2"))?, Fen::to_string),
        Slot::Amount(slot) => put!(slot, Amount::parse(given).map_err(|_| wrong("N19,5"))?, Amount::to_string),
        Slot::Price(slot) => put!(slot, Price::from_yuan_text(given).map_err(|_| wrong("N19,5"))?, Price::to_string),
        Slot::Quantity(slot) => put!(slot, Quantity::parse(given).map_err(|_| wrong("N19,5"))?, Quantity::to_string),
        Slot::Maybe(slot) => {
            let new = if given.is_empty() { None } else { Some(Quantity::parse(given).map_err(|_| wrong("N19,5"))?) };
            put!(slot, new, |q: &Option<Quantity>| q.map(|q| q.to_string()).unwrap_or_default())
        }
        Slot::Day(slot) => put!(slot, Day::parse(given).ok_or_else(|| wrong("YYYY-MM-DD"))?, Day::to_string),
        Slot::MaybeDay(slot) => {
            let new = if given.is_empty() { None } else { Some(Day::parse(given).ok_or_else(|| wrong("YYYY-MM-DD"))?) };
            put!(slot, new, |day: &Option<Day>| day.map(|day| day.to_string()).unwrap_or_default())
        }
    })
}

fn of_import<'a>(list: &'a mut List, change: &Change) -> Option<Slot<'a>> {
    if change.gnum == 0 {
        return Some(match change.field {
            Field::AssureCode => Slot::Text(&mut list.assure_code),
            Field::PortCode => Slot::Text(&mut list.port_code),
            Field::IeDate => Slot::MaybeDay(&mut list.ie_date),
            Field::TrafMode => Slot::Text(&mut list.traf_mode),
            Field::TrafNo => Slot::Text(&mut list.traf_no),
            Field::VoyageNo => Slot::Text(&mut list.voyage_no),
            Field::BillNo => Slot::Text(&mut list.bill_no),
            Field::LoctNo => Slot::Text(&mut list.loct_no),
            Field::LicenseNo => Slot::Text(&mut list.license_no),
            Field::Country => Slot::Text(&mut list.country),
            Field::Freight => Slot::Fen(&mut list.freight),
            Field::InsuredFee => Slot::Fen(&mut list.insured_fee),
            Field::WrapType => Slot::Text(&mut list.wrap_type),
            Field::GrossWeight => Slot::Quantity(&mut list.gross_weight),
            Field::NetWeight => Slot::Quantity(&mut list.net_weight),
            _ => return None,
        });
    }
    let line = list.lines.iter_mut().find(|line| line.gnum == change.gnum)?;
    Some(match change.field {
        Field::ItemRecordNo => Slot::Text(&mut line.item_record_no),
        Field::ItemNo => Slot::Text(&mut line.item_no),
        Field::ItemName => Slot::Text(&mut line.item_name),
        Field::Gcode => Slot::Text(&mut line.gcode),
        Field::Gname => Slot::Text(&mut line.gname),
        Field::Gmodel => Slot::Text(&mut line.model),
        Field::BarCode => Slot::Text(&mut line.bar_code),
        Field::Country => Slot::Text(&mut line.country),
        Field::TradeCountry => Slot::Text(&mut line.trade_country),
        Field::Qty => Slot::Quantity(&mut line.qty),
        Field::Unit => Slot::Text(&mut line.unit),
        Field::Qty1 => Slot::Quantity(&mut line.qty1),
        Field::Unit1 => Slot::Text(&mut line.unit1),
        Field::Qty2 => Slot::Maybe(&mut line.qty2),
        Field::Unit2 => Slot::Text(&mut line.unit2),
        Field::Price => Slot::Price(&mut line.price),
        Field::TotalPrice => Slot::Fen(&mut line.total),
        _ => return None,
    })
}

fn of_export<'a>(list: &'a mut ExportList, change: &Change) -> Option<Slot<'a>> {
    if change.gnum == 0 {
        return Some(match change.field {
            Field::PortCode => Slot::Text(&mut list.port_code),
            Field::IeDate => Slot::Day(&mut list.ie_date),
            Field::TrafMode => Slot::Text(&mut list.traf_mode),
            Field::TrafName => Slot::Text(&mut list.traf_name),
            Field::VoyageNo => Slot::Text(&mut list.voyage_no),
            Field::BillNo => Slot::Text(&mut list.bill_no),
            Field::LoctNo => Slot::Text(&mut list.loct_no),
            Field::LicenseNo => Slot::Text(&mut list.license_no),
            Field::Country => Slot::Text(&mut list.country),
            Field::Pod => Slot::Text(&mut list.pod),
            Field::Freight => Slot::Amount(&mut list.freight),
            Field::InsuredFee => Slot::Amount(&mut list.insured_fee),
            Field::WrapType => Slot::Text(&mut list.wrap_type),
            Field::GrossWeight => Slot::Quantity(&mut list.gross_weight),
            Field::NetWeight => Slot::Quantity(&mut list.net_weight),
            Field::StatisticsFlag => Slot::Text(&mut list.statistics_flag),
            _ => return None,
        });
    }
    let line = list.lines.iter_mut().find(|line| line.gnum == change.gnum)?;
    Some(match change.field {
        Field::ItemRecordNo => Slot::Text(&mut line.item_record_no),
        Field::ItemNo => Slot::Text(&mut line.item_no),
        Field::ItemName => Slot::Text(&mut line.item_name),
        Field::Gcode => Slot::Text(&mut line.gcode),
        Field::Gname => Slot::Text(&mut line.gname),
        Field::Gmodel => Slot::Text(&mut line.model),
        Field::BarCode => Slot::Text(&mut line.bar_code),
        Field::Country => Slot::Text(&mut line.country),
        Field::Qty => Slot::Quantity(&mut line.qty),
        Field::Unit => Slot::Text(&mut line.unit),
        Field::Qty1 => Slot::Quantity(&mut line.qty1),
        Field::Unit1 => Slot::Text(&mut line.unit1),
        Field::Qty2 => Slot::Maybe(&mut line.qty2),
        Field::Unit2 => Slot::Text(&mut line.unit2),
        Field::Price => Slot::Price(&mut line.price),
        Field::TotalPrice => Slot::Amount(&mut line.total),
        _ => return None,
    })
}
