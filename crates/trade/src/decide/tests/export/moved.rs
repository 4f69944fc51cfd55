//! The steps of a scenario by which parcels go together from one supervised place to another (rules.md 5.4).

use super::*;
use crate::bonded::record::{Held, Holding, Load, State, TransitRecord};
use crate::bonded::{Decision, Step, Transit, TransitStep};
use crate::pack::Text;

impl Play {
    /// `AREA transfers 1 2 from P1 to P2` with `exit`, `entry`, `carrier`, `route`, `by`, `as`; `customs accepts transfer Z`,
    /// `customs refuses transfer Z`, `customs lets transfer Z go`; `V1 leaves with Z` and `V1 arrives with Z` with `seal`,
    /// `parcels`, `told`; `transfer Z is moving`; `parcel 1 is held: there P2, since TIME`.
    pub(super) fn moved(&mut self, words: &str, details: &[&str]) -> Option<Result<(), String>> {
        let parts: Vec<&str> = words.split(' ').collect();
        match parts.as_slice() {
            [who, "transfers", parcels @ .., "from", from, "to", to] => {
                Some(self.transfer(who, parcels, (from, to), details))
            }
            ["customs", "accepts", "transfer", name] => Some(self.on_the_way("CUSTOMS", name, Step::Accepted, "", &[])),
            ["customs", act @ ("refuses" | "lets"), "transfer", name, ..] => {
                let verdict = if *act == "lets" { bonded::Verdict::SealWhole } else { bonded::Verdict::Refuse };
                let number = self.transfers.get(*name).cloned().unwrap_or_default();
                let decision = Decision { head: self.by("CUSTOMS"), verdict, number, ..Decision::default() };
                Some(self.file(bonded::Document::Decision(decision)))
            }
            [vehicle, act @ ("leaves" | "arrives"), "with", name] => {
                let step = if *act == "leaves" { Step::Departed } else { Step::Arrived };
                Some(self.on_the_way("CARRIER", name, step, vehicle, details))
            }
            ["transfer", name, "is", state] => {
                let record: Option<TransitRecord> = self
                    .transfers
                    .get(*name)
                    .and_then(|n| crate::key::read(&self.zone.facts, &Key::Transit(n.clone())));
                let found = record.map(|record| record.state.name());
                Some(if found == Some(*state) { Ok(()) } else { Err(format!("transfer {name} is {found:?}")) })
            }
            ["parcel", n, "is", "held:", ..] => {
                let expected = parts[4..].join(" ");
                let held: Option<Held> = crate::key::read(&self.zone.facts, &Key::Held(self.parcel(n)));
                let found = held.map_or("nowhere".to_owned(), |held| {
                    format!("{} {}, since {}", held.holding, held.place, held.since.to_string().replace('T', " "))
                });
                Some(if found.starts_with(&expected) { Ok(()) } else { Err(format!("parcel {n} is held: {found}")) })
            }
            _ => None,
        }
    }

    /// By its waybill: of a parcel that was bought, of one that comes back, of an export ticket.
    fn parcel(&self, n: &str) -> Pair {
        let number = match n.strip_prefix("back") {
            Some(n) => format!("RW{n}"),
            None if self.bought.contains_key(n) => format!("LG{n}"),
            None => format!("W{n}"),
        };
        Pair { code: "CARRIER".into(), number: number.into() }
    }

    fn transfer(
        &mut self,
        who: &str,
        parcels: &[&str],
        (from, to): (&str, &str),
        details: &[&str],
    ) -> Result<(), String> {
        let get = |name: &str| details.iter().find_map(|d| d.strip_prefix(name)?.strip_prefix(' '));
        let office = |place: &str| {
            let key = Key::Place(place.into());
            let place: Option<crate::bonded::record::PlaceRecord> = crate::key::read(&self.zone.facts, &key);
            place.map_or("".into(), |record| record.place.office)
        };
        let transit = Transit {
            from: get("exit").map_or_else(|| office(from), Into::into),
            to: get("entry").map_or_else(|| office(to), Into::into),
            from_place: from.into(),
            place: to.into(),
            carrier: get("carrier").unwrap_or("CARRIER").into(),
            route: get("route").unwrap_or("G98").into(),
            arrive_by: get("by").map(time).transpose()?,
            parcels: parcels.iter().map(|n| self.parcel(n)).collect(),
            pieces: get("pieces").map_or(Ok(0), |n| n.parse().map_err(|_| "how many?"))?,
            head: self.by(who),
            ..Transit::default()
        };
        self.file(bonded::Document::Transit(transit))?;
        self.note_number();
        self.transfers.insert(get("as").unwrap_or("Z").to_owned(), self.given.clone());
        Ok(())
    }

    fn on_the_way(&mut self, who: &str, name: &str, step: Step, vehicle: &str, details: &[&str]) -> Result<(), String> {
        let get = |name: &str| details.iter().find_map(|d| d.strip_prefix(name)?.strip_prefix(' '));
        let step = TransitStep {
            number: self.transfers.get(name).cloned().unwrap_or_else(|| name.into()),
            step,
            vehicle: vehicle.into(),
            seal: get("seal").unwrap_or("S1").into(),
            pieces: get("pieces").map_or(Ok(0), |n| n.parse().map_err(|_| "how many?"))?,
            parcels: get("parcels").unwrap_or_default().split_whitespace().map(|n| self.parcel(n)).collect(),
            head: self.by(get("told").unwrap_or(who)),
            ..TransitStep::default()
        };
        self.file(bonded::Document::TransitStep(step))
    }
}

/// Each parcel is held as the transfer that it is on says: a parcel is on one vehicle at most, and nothing is lost between
/// the two.
pub(super) fn consistent(play: &Play) -> Result<(), String> {
    let mut records: BTreeMap<Text, TransitRecord> = BTreeMap::new();
    let mut held: Vec<(Pair, Held)> = Vec::new();
    let mut loads = Vec::new();
    for (key, value) in &play.zone.facts.map {
        match Key::unpack(key) {
            Ok(Key::Transit(number)) => drop(records.insert(number, TransitRecord::unpack(value).unwrap())),
            Ok(Key::Held(parcel)) => held.push((parcel, Held::unpack(value).unwrap())),
            Ok(Key::Load(vehicle)) => loads.push((vehicle, Load::unpack(value).unwrap())),
            _ => {}
        }
    }
    for (parcel, held) in &held {
        let record = records.get(&held.transfer).ok_or("a parcel is on a transfer that is not there")?;
        let legs: Vec<_> = record.legs.iter().filter(|leg| leg.parcels.contains(parcel)).collect();
        let expected = match legs.as_slice() {
            [] if record.state == State::Refused => Holding::There,
            [] => Holding::Announced,
            [leg] if leg.arrived.is_none() => Holding::Moving,
            [leg] if leg.missing.contains(parcel) => Holding::Missing,
            [leg] if !leg.faults.is_empty() => Holding::Stands,
            [_] => Holding::There,
            _ => return Err(format!("parcel {} left twice", parcel.number)),
        };
        // What was missing and has been found is there, whatever stands against its vehicle.
        let found = held.holding == Holding::There && expected == Holding::Stands;
        if held.holding != expected && !found {
            return Err(format!(
                "parcel {} is {}, and transfer {} has it {expected}",
                parcel.number, held.holding, record.number
            ));
        }
    }
    for (number, record) in &records {
        let came: usize = record
            .legs
            .iter()
            .filter(|leg| leg.arrived.is_some() && leg.faults.is_empty())
            .map(|leg| leg.parcels.len() - leg.missing.len())
            .sum();
        if (record.state == State::Done) != (came == record.transit.parcels.len()) {
            return Err(format!("transfer {number} is {}, and {came} came", record.state));
        }
        let open = record.legs.iter().filter(|leg| leg.arrived.is_none());
        for leg in open {
            let load = loads.iter().find(|(vehicle, _)| *vehicle == leg.vehicle).map(|(_, load)| load);
            if load.is_none_or(|load| load.seal != leg.seal || !load.transfers.contains(number)) {
                return Err(format!("vehicle {} is on its way without the load of {number}", leg.vehicle));
            }
        }
    }
    Ok(())
}
