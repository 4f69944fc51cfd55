//! Where a parcel is held under customs control, and since when: in a supervised place, on a vehicle, in the central
//! return warehouse, or, where nobody has told more, in the charge of an office.

use serde_json::{Value, json};
use trade::bonded::record::{Held, Holding, PlaceRecord, State, TransitRecord};
use trade::bonded::{Document, Filed, Step, TransitStep};
use trade::command::{Command, Entry, Outcome, Verdict};
use trade::key::{Key, Pair};
use trade::record::{Case, status};
use trade::time::Moment;

use super::export::Ticket;
use crate::Window;

/// In which way a parcel is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// By a transfer (批量流转), as [`Holding`] says.
    Transfer(Holding),
    /// Of it something lies in the central return warehouse.
    Room,
    /// It arrived in a supervised place of the office (507).
    Arrived,
    /// Its list was accepted by the office, and nobody has told more.
    Office,
}

/// Where a parcel is held.
#[derive(Clone, Debug)]
pub struct HeldAt {
    pub how: How,
    /// A supervised place, or an office where no place is known.
    pub place: String,
    pub office: String,
    /// Of the central return warehouse the beginning of the day.
    pub since: Moment,
    /// The transfer that it is on, and of it: where to, until when, vehicle and seal; whether that time is over.
    pub transfer: String,
    pub to: String,
    pub by: Option<Moment>,
    pub vehicle: String,
    pub seal: String,
    pub late: bool,
}

impl Window {
    /// A parcel that went from place to place, by its carrier and waybill.
    pub(super) fn moved(&self, parcel: &Pair) -> Option<Held> {
        self.read(&Key::Held(parcel.clone()))
    }

    /// Where a parcel is held now; `None` where customs have let go of it, or nothing is known.
    pub(super) fn held_at(&self, parcel: &Pair, case: Option<&Case>, ticket: Option<&Ticket>) -> Option<HeldAt> {
        let room = case.and_then(|case| case.in_room.iter().rfind(|parcel| !parcel.is_empty()));
        if let Some(room) = room {
            return Some(self.at(How::Room, &room.place, "", room.on.starts()));
        }
        let status = case.map_or(0, |case| case.status);
        let departed = ticket.is_some_and(|ticket| ticket.parcel.departed.is_some());
        let import = ticket.is_none();
        let over = [status::CLOSED, status::CANCELLED, status::SENT_BACK].contains(&status);
        if departed || over || import && status == status::RELEASED {
            return None;
        }
        if let Some(held) = self.on_transfer(parcel) {
            return Some(held);
        }
        let case = case?;
        match ticket.and_then(|ticket| ticket.parcel.arrived) {
            Some(at) => Some(self.at(How::Arrived, "", &case.office, at)),
            // Of an export ticket that has not arrived the seller has the goods.
            None if import => Some(self.at(How::Office, "", &case.office, case.accepted)),
            None => None,
        }
    }

    /// Where a parcel is that went from place to place; also one in which exported goods come back.
    pub(super) fn on_transfer(&self, parcel: &Pair) -> Option<HeldAt> {
        let held = self.moved(parcel)?;
        let of = self.read::<TransitRecord>(&Key::Transit(held.transfer.clone())).unwrap_or_default();
        let at = self.at(How::Transfer(held.holding), &held.place, &of.transit.from, held.since);
        let leg = of.legs.iter().rev().find(|leg| leg.parcels.contains(parcel)).cloned().unwrap_or_default();
        let at = HeldAt { transfer: held.transfer.to_string(), ..at };
        if held.holding == Holding::There {
            return Some(at);
        }
        Some(HeldAt {
            to: of.transit.place.to_string(),
            by: of.transit.arrive_by,
            vehicle: leg.vehicle.to_string(),
            seal: leg.seal.to_string(),
            late: of.state == State::Overdue,
            ..at
        })
    }

    fn at(&self, how: How, place: &str, office: &str, since: Moment) -> HeldAt {
        let known = self.read::<PlaceRecord>(&Key::Place(place.into())).map(|record| record.place.office.to_string());
        HeldAt {
            how,
            place: place.to_owned(),
            office: known.unwrap_or_else(|| office.to_owned()),
            since,
            transfer: String::new(),
            to: String::new(),
            by: None,
            vehicle: String::new(),
            seal: String::new(),
            late: false,
        }
    }
}

/// To the minute, as a page says it.
pub(super) fn minute(at: Moment) -> String {
    at.to_string().chars().take(16).map(|c| if c == 'T' { ' ' } else { c }).collect()
}

impl HeldAt {
    /// The word of it that programs read.
    pub fn name(&self) -> &'static str {
        match self.how {
            How::Transfer(holding) => holding.name(),
            How::Room => "room",
            How::Arrived => "arrived",
            How::Office => "office",
        }
    }

    /// Where it is held, in a sentence, in Chinese and English.
    pub fn words(&self) -> [String; 2] {
        let HeldAt { place, office, transfer, to, vehicle, seal, .. } = self;
        let since = minute(self.since);
        let by = self.by.map_or_else(String::new, minute);
        match self.how {
            How::Room => [
                format!("在退货中心仓 {place}，自 {}。", self.since.day()),
                format!("It lies in the central return warehouse {place}, since {}.", self.since.day()),
            ],
            How::Arrived => [
                format!("在 {office} 海关的监管场所，自 {since} 运抵。"),
                format!("It is in a supervised place of office {office}, where it arrived at {since}."),
            ],
            How::Office => [
                format!("由 {office} 海关监管，自 {since} 受理清单。"),
                format!("Office {office} has it under control, since it accepted the list at {since}."),
            ],
            How::Transfer(Holding::There) => [
                format!("在监管场所 {place}（{office}），自 {since}。"),
                format!("It is held in place {place} (office {office}), since {since}."),
            ],
            How::Transfer(Holding::Announced) => [
                format!("在监管场所 {place}（{office}），自 {since}；已列入转运 {transfer}，拟运往 {to}。"),
                format!(
                    "It is held in place {place} (office {office}), since {since}; transfer {transfer} is to take it to {to}."
                ),
            ],
            How::Transfer(Holding::Moving) if self.late => [
                format!(
                    "自 {since} 起在途：转运 {transfer}，车辆 {vehicle}，封志 {seal}，开往 {to}；应于 {by} 前运抵，已逾期。"
                ),
                format!(
                    "On the road since {since}: transfer {transfer}, vehicle {vehicle}, seal {seal}, to {to}; it was to arrive by {by} and is late."
                ),
            ],
            How::Transfer(Holding::Moving) => [
                format!(
                    "自 {since} 起在途：转运 {transfer}，车辆 {vehicle}，封志 {seal}，开往 {to}，应于 {by} 前运抵。"
                ),
                format!(
                    "On the road since {since}: transfer {transfer}, vehicle {vehicle}, seal {seal}, to {to}, by {by}."
                ),
            ],
            How::Transfer(Holding::Stands) => [
                format!("在监管场所 {place}（{office}），自 {since}；转运 {transfer} 的车辆 {vehicle} 待海关查验。"),
                format!(
                    "It came to place {place} (office {office}) at {since}; customs have to look at vehicle {vehicle} of transfer {transfer}."
                ),
            ],
            How::Transfer(Holding::Missing) => [
                format!("转运 {transfer} 的车辆 {vehicle} 运抵 {to} 时短少此件；它于 {since} 从 {place} 启运。"),
                format!(
                    "Vehicle {vehicle} of transfer {transfer} came to {to} without it; it left {place} at {since}."
                ),
            ],
        }
    }

    /// `"held"` of `onewindow explain`.
    pub(super) fn explain(&self) -> Value {
        let [zh, en] = self.words();
        let said = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        json!({
            "how": self.name(), "place": said(&self.place), "office": self.office, "since": self.since.to_string(),
            "transfer": said(&self.transfer), "to": said(&self.to), "by": self.by.map(|at| at.to_string()),
            "vehicle": said(&self.vehicle), "seal": said(&self.seal), "late": self.late, "zh": zh, "en": en,
        })
    }
}

/// Numbers of transfers.
const TRANSFERS: &str = "ZG";

/// Whether an outcome is about a transfer that the parcel went on, which leaves the parcel as it was.
pub(super) fn is_step(entry: &Entry, outcome: &Outcome) -> bool {
    let Some(Command::Bonded(filing)) = &entry.command else { return false };
    let filed = filing.documents.get(outcome.about as usize);
    filed.is_some_and(|filed| words_of_step(filed, outcome.verdict).is_some())
}

/// What a step of a transfer says in a parcel's story; `None` of a document that is none.
pub(super) fn words_of_step(filed: &Filed, verdict: Verdict) -> Option<[String; 2]> {
    Some(match filed.document.as_ref()? {
        Document::Transit(of) => {
            let (from, to, route, count) = (&of.from_place, &of.place, &of.route, of.parcels.len());
            [
                format!("批量流转申报：{count} 票，从 {from} 到 {to}，路线 {route}"),
                format!("batch transfer filed: {count} parcels, from {from} to {to} by route {route}"),
            ]
        }
        Document::TransitStep(step) => {
            let TransitStep { vehicle, seal, .. } = step;
            match step.step {
                Step::Accepted => ["转运已接受".to_owned(), "the transfer is accepted".to_owned()],
                Step::Departed => [
                    format!("施封 {seal}，车辆 {vehicle} 启运"),
                    format!("sealed with {seal}, left on vehicle {vehicle}"),
                ],
                Step::Arrived if verdict == Verdict::Inspection => [
                    format!("车辆 {vehicle} 运抵，待海关查验"),
                    format!("vehicle {vehicle} arrived; customs have to look at it"),
                ],
                Step::Arrived => [format!("车辆 {vehicle} 运抵"), format!("arrived on vehicle {vehicle}")],
            }
        }
        Document::Decision(of) if of.number.starts_with(TRANSFERS) => match of.verdict {
            trade::bonded::Verdict::SealWhole => [
                "海关验看转运车辆后放行".to_owned(),
                "customs looked at the transfer's vehicle and let it go".to_owned(),
            ],
            _ => ["海关不接受转运".to_owned(), "customs do not accept the transfer".to_owned()],
        },
        _ => return None,
    })
}
