//! The check of a resident identity number (GB 11643), done while the number can still be read.

use trade::documents::IdCheck;
use trade::identifiers::resident_id;
use trade::time::Day;

/// Checks `number` (normalised) of a paper of kind `id_type` on the day of the document.
///
/// Only resident cards (`1`) have a form that can be checked. A person is a minor until the eighteenth birthday.
pub fn check(id_type: &str, number: &str, on: Day) -> IdCheck {
    if id_type != "1" {
        return IdCheck::Unchecked;
    }
    match resident_id(number) {
        Err(_) => IdCheck::Invalid,
        Ok(card) if card.born > on => IdCheck::Invalid,
        Ok(card) if card.born.plus_months(18 * 12) > on => IdCheck::ValidMinor,
        Ok(_) => IdCheck::Valid,
    }
}
