//! What the desk says of what customs hold beside lists: transfers from place to place with their parcels (转关、批量流转),
//! what lies in central return warehouses (退货中心仓) and by when something is due of it, and returns of exports with their
//! tally. Whoever files or carries reads the own, officers those of their office.

use serde::Serialize;
use store::views::held::{HeldRow, What};
use trade::bonded::record::{Held, Holding, Leg, State, TransitRecord};
use trade::key::{CaseKey, Key, Pair};
use trade::money::Quantity;
use trade::policy::Policy;
use trade::record::{Case, InRoom, RefundState, Treatment, status};
use trade::time::{Day, Moment};
use utoipa::ToSchema;
use window::Window;

use crate::desk::{Answer, Refused, Sight};
use crate::house::House;
use crate::live::broken;
use crate::summaries::{place_of, whose};
use crate::traced::Shows;

/// Which part of a list is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    /// Also what is over.
    pub all: bool,
    /// The place after which it begins: entry and number.
    pub after: &'a str,
    pub limit: usize,
}

/// A page of a list, the newest first.
#[derive(Clone, Debug)]
pub struct Listed<T> {
    pub rows: Vec<T>,
    /// The place after which the next page begins.
    pub next: Option<String>,
}

impl<T> Default for Listed<T> {
    fn default() -> Listed<T> {
        Listed { rows: Vec::new(), next: None }
    }
}

/// What somebody has to look at in a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// Its time is over, and not all has come.
    Late,
    /// A vehicle came otherwise than it left: seal, vehicle, time.
    Stands,
    /// A vehicle came without some of its parcels.
    Short,
}

impl Alarm {
    pub fn name(self) -> &'static str {
        match self {
            Alarm::Late => "late",
            Alarm::Stands => "stands",
            Alarm::Short => "short",
        }
    }
}

/// What stands against a transfer now.
pub fn alarms(of: &TransitRecord) -> Vec<Alarm> {
    let any = |which: fn(&Leg) -> bool| of.legs.iter().any(which);
    let all = [
        (of.state == State::Overdue, Alarm::Late),
        (any(|leg| !leg.faults.is_empty()), Alarm::Stands),
        (any(|leg| !leg.missing.is_empty()), Alarm::Short),
    ];
    all.into_iter().filter_map(|(is, alarm)| is.then_some(alarm)).collect()
}

/// Pieces that have arrived.
pub fn arrived(of: &TransitRecord) -> u32 {
    of.legs.iter().map(Leg::came).sum()
}

/// A transfer with its parcels, as each is held.
#[derive(Clone, Debug, Default)]
pub struct Told {
    pub of: TransitRecord,
    pub parcels: Vec<(Pair, Option<Held>)>,
}

/// A parcel in a central return warehouse.
#[derive(Clone, Debug, Default)]
pub struct RoomRow {
    pub parcel: InRoom,
    pub key: CaseKey,
    pub invt_no: String,
    pub office: String,
    /// Until when it may be applied for, and the last day on which it could have come in (A45).
    pub apply_by: Option<Day>,
    pub arrive_by: Option<Day>,
}

/// What is to be done next with goods in the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// To be applied for (625) until a day.
    Apply,
    /// To leave under customs control: unfit, or the days of the return are over.
    Leave,
    /// An official decides whether it leaves.
    Decide,
    /// Nothing of it is there any more.
    Nothing,
}

impl Next {
    pub fn name(self) -> &'static str {
        match self {
            Next::Apply => "apply",
            Next::Leave => "leave",
            Next::Decide => "decide",
            Next::Nothing => "nothing",
        }
    }
}

impl RoomRow {
    fn sum(&self, fit: bool, which: fn(&trade::record::RoomLine) -> Quantity) -> Quantity {
        let lines = self.parcel.lines.iter().filter(|line| line.fit == fit);
        lines.fold(Quantity(0), |sum, line| sum.plus(which(line)))
    }

    /// What lies there: fit to be sold again, or unfit.
    pub fn there(&self, fit: bool) -> Quantity {
        self.sum(fit, |line| line.qty.minus(line.taken).minus(line.gone))
    }

    /// Waits for an official.
    pub fn leaving(&self) -> Quantity {
        self.sum(true, |line| line.leaving).plus(self.sum(false, |line| line.leaving))
    }

    /// The next step, and by when, where the law sets a day.
    pub fn next(&self, today: Day) -> (Next, Option<Day>) {
        let apply = self.apply_by.filter(|day| today <= *day && self.arrive_by.is_none_or(|by| self.parcel.on <= by));
        match () {
            () if self.parcel.is_empty() => (Next::Nothing, None),
            () if apply.is_some() && self.sum(true, trade::record::RoomLine::free) > Quantity(0) => {
                (Next::Apply, apply)
            }
            () if self.leaving() == self.there(true).plus(self.there(false)) => (Next::Decide, None),
            () => (Next::Leave, None),
        }
    }
}

/// A return of exported goods and its tally.
#[derive(Clone, Debug, Default)]
pub struct BackRow {
    pub of: RefundState,
}

impl BackRow {
    /// `coming`, `proof` (tallied, the proof about the rebate is awaited), `done`, `refused`.
    pub fn stands(&self) -> &'static str {
        match self.of.status {
            status::MATCHED => "coming",
            status::REVIEW => "proof",
            status::RELEASED => "done",
            _ => "refused",
        }
    }

    pub fn tallied(&self) -> Option<Moment> {
        self.of.export.as_ref().and_then(|export| export.tallied)
    }

    pub fn treatment(&self) -> Treatment {
        self.of.export.as_ref().map_or(Treatment::Undecided, |export| export.treatment)
    }

    /// All lines together.
    pub fn qty(&self) -> Quantity {
        self.of.lines.iter().fold(Quantity(0), |sum, line| sum.plus(line.qty).plus(line.pending))
    }
}

/// A transfer, as programs read it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TransferLine {
    pub transfer_no: String,
    pub enterprise: String,
    pub carrier_code: String,
    pub from_place_no: String,
    pub place_no: String,
    pub exit_office: String,
    pub entry_office: String,
    pub route: String,
    pub arrive_by: Option<String>,
    pub package_qty: u32,
    pub arrived: u32,
    /// `waiting`, `passed`, `moving`, `done`, `refused`, `overdue`
    pub state: String,
    /// What somebody has to look at: `late`, `stands`, `short`.
    pub alarms: Vec<&'static str>,
}

impl TransferLine {
    pub fn of(number: &str, of: &TransitRecord) -> TransferLine {
        let t = &of.transit;
        TransferLine {
            transfer_no: number.to_owned(),
            enterprise: of.etps.to_string(),
            carrier_code: t.carrier.to_string(),
            from_place_no: t.from_place.to_string(),
            place_no: t.place.to_string(),
            exit_office: t.from.to_string(),
            entry_office: t.to.to_string(),
            route: t.route.to_string(),
            arrive_by: t.arrive_by.map(|at| at.to_string()),
            package_qty: t.pieces,
            arrived: arrived(of),
            state: of.state.name().to_owned(),
            alarms: alarms(of).into_iter().map(Alarm::name).collect(),
        }
    }
}

/// A parcel of a transfer, as programs read it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MovedLine {
    pub logistics_code: String,
    pub logistics_no: String,
    /// `there`, `announced`, `moving`, `stands`, `missing`; absent where another transfer has told later.
    pub held: Option<&'static str>,
    pub place_no: String,
    pub since: Option<String>,
}

impl MovedLine {
    pub fn of((parcel, held): &(Pair, Option<Held>)) -> MovedLine {
        MovedLine {
            logistics_code: parcel.code.to_string(),
            logistics_no: parcel.number.to_string(),
            held: held.as_ref().map(|held| held.holding.name()),
            place_no: held.as_ref().map(|held| held.place.to_string()).unwrap_or_default(),
            since: held.as_ref().map(|held| held.since.to_string()),
        }
    }
}

/// A parcel in a central return warehouse, as programs read it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoomLine {
    pub return_no: String,
    pub place_no: String,
    pub invt_no: String,
    pub logistics_no: String,
    pub arrived_on: String,
    /// What lies there, fit and unfit to be sold again, and what of it an official decides about.
    pub fit: String,
    pub unfit: String,
    pub leaving: String,
    /// The last days of its return (A45): to apply, to have come in.
    pub apply_by: Option<String>,
    pub arrive_by: Option<String>,
    /// `apply`, `leave`, `decide`, `nothing`; and by when, where the law sets a day.
    pub next: &'static str,
    pub next_by: Option<String>,
    pub office: String,
}

impl RoomLine {
    pub fn of(row: &RoomRow, today: Day) -> RoomLine {
        let (next, by) = row.next(today);
        let day = |day: Option<Day>| day.map(|day| day.to_string());
        RoomLine {
            return_no: row.parcel.number.to_string(),
            place_no: row.parcel.place.to_string(),
            invt_no: row.invt_no.clone(),
            logistics_no: row.parcel.waybill.to_string(),
            arrived_on: row.parcel.on.to_string(),
            fit: row.there(true).to_string(),
            unfit: row.there(false).to_string(),
            leaving: row.leaving().to_string(),
            apply_by: day(row.apply_by),
            arrive_by: day(row.arrive_by),
            next: next.name(),
            next_by: day(by),
            office: row.office.clone(),
        }
    }
}

/// A return of exported goods (213) with its tally (215), as programs read it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BackLine {
    pub cop_no: String,
    pub agent_code: String,
    pub invt_no: String,
    pub logistics_no: String,
    pub office: String,
    pub applied_on: String,
    pub deadline: String,
    pub tallied: Option<String>,
    pub qty: String,
    /// `undecided`, `tax-free`, `ordinary`
    pub treatment: String,
    /// `coming`, `proof`, `done`, `refused`
    pub state: &'static str,
}

impl BackLine {
    pub fn of(row: &BackRow) -> BackLine {
        let of = &row.of;
        let export = of.export.clone().unwrap_or_default();
        BackLine {
            cop_no: of.cop_no.to_string(),
            agent_code: of.agent.to_string(),
            invt_no: of.invt_no.to_string(),
            logistics_no: export.waybill_no.to_string(),
            office: export.office.to_string(),
            applied_on: of.applied_on.to_string(),
            deadline: of.deadline.to_string(),
            tallied: export.tallied.map(|at| at.to_string()),
            qty: row.qty().to_string(),
            treatment: export.treatment.name().to_owned(),
            state: row.stands(),
        }
    }
}

/// What lies in a central return warehouse, by the law of the day on which it had been released.
pub fn room_row(window: &Window, policy: &Policy, row: &HeldRow) -> Option<RoomRow> {
    let case: Case = window.read(&Key::Case(row.case.clone()))?;
    let parcel = case.in_room.iter().find(|parcel| parcel.number == row.number.as_str())?.clone();
    let released = case.released.map(|at| at.day());
    let law = released.and_then(|day| policy.returns(day)).map(|law| law.value);
    let after = |days: i64| Some(released?.plus(i32::try_from(days).ok()?));
    Some(RoomRow {
        parcel,
        key: row.case.clone(),
        invt_no: case.invt_no.to_string(),
        office: case.office.to_string(),
        apply_by: law.and_then(|law| after(law.apply_days)),
        arrive_by: law.and_then(|law| after(law.arrive_days)),
    })
}

/// A return of exported goods.
pub fn back_row(window: &Window, row: &HeldRow) -> Option<BackRow> {
    let at = Pair { code: row.by.as_str().into(), number: row.number.as_str().into() };
    window.read(&Key::Refund(at)).map(|of| BackRow { of })
}

impl House {
    /// A page of what is held of a kind.
    pub(crate) fn held_rows(
        &self,
        sight: &Sight,
        what: What,
        asked: &Asked<'_>,
    ) -> Answer<(Vec<HeldRow>, Option<String>)> {
        self.catch_up();
        let place = place_of(asked.after);
        let found = self.views().held(what, whose(sight), !asked.all, place.as_ref(), asked.limit + 1);
        let mut found = found.map_err(|e| broken(&e.to_string()))?;
        let more = found.len() > asked.limit;
        found.truncate(asked.limit);
        let next = found.last().filter(|_| more).map(|row| format!("{}_{}", row.revision, row.number));
        Ok((found, next))
    }

    pub(crate) fn transfers_read(&self, sight: &Sight, asked: &Asked<'_>) -> Answer<Listed<(String, TransitRecord)>> {
        let (found, next) = self.held_rows(sight, What::Transfer, asked)?;
        let read = |row: HeldRow| Some((row.number.clone(), self.window().read(&Key::Transit(row.number.into()))?));
        let rows: Vec<(String, TransitRecord)> = found.into_iter().filter_map(read).collect();
        let enterprises = rows.iter().map(|(_, of)| of.etps.to_string()).collect();
        self.trace(sight, Shows { enterprises, records: rows.len(), ..Shows::default() })?;
        Ok(Listed { rows, next })
    }

    /// A transfer and where each of its parcels is.
    pub(crate) fn transfer_read(&self, sight: &Sight, number: &str) -> Answer<Told> {
        let of: TransitRecord = self.window().read(&Key::Transit(number.into())).ok_or(Refused::NotFound)?;
        let who = [&of.etps, &of.transit.carrier];
        if !sight.sees(who, &of.transit.from) && !sight.sees(who, &of.transit.to) {
            return Err(Refused::NotFound);
        }
        let held = |parcel: &Pair| (parcel.clone(), self.window().read(&Key::Held(parcel.clone())));
        let parcels: Vec<_> = of.transit.parcels.iter().map(held).collect();
        let enterprises = who.map(|code| code.to_string()).to_vec();
        self.trace(sight, Shows { enterprises, records: 1, ..Shows::default() })?;
        Ok(Told { of, parcels })
    }

    pub(crate) fn room_read(&self, sight: &Sight, asked: &Asked<'_>) -> Answer<Listed<RoomRow>> {
        let (found, next) = self.held_rows(sight, What::Room, asked)?;
        let policy = self.policy();
        let rows: Vec<RoomRow> = found.iter().filter_map(|row| room_row(self.window(), &policy, row)).collect();
        let parcels = rows.iter().map(|row| row.key.clone()).collect();
        self.trace(sight, Shows { parcels, records: rows.len(), ..Shows::default() })?;
        Ok(Listed { rows, next })
    }

    pub(crate) fn backs_read(&self, sight: &Sight, asked: &Asked<'_>) -> Answer<Listed<BackRow>> {
        let (found, next) = self.held_rows(sight, What::Return, asked)?;
        let rows: Vec<BackRow> = found.iter().filter_map(|row| back_row(self.window(), row)).collect();
        let parcels = rows.iter().map(|row| row.of.case.clone()).collect();
        self.trace(sight, Shows { parcels, records: rows.len(), ..Shows::default() })?;
        Ok(Listed { rows, next })
    }
}

/// The word of how a parcel of a transfer is held; of one that is not known, of none.
pub fn holding(held: Option<&Held>) -> &'static str {
    held.map_or("there", |held: &Held| held.holding.name())
}

/// Whether a parcel of a transfer is to be marked.
pub fn marked(held: Option<&Held>) -> bool {
    held.is_some_and(|held| matches!(held.holding, Holding::Stands | Holding::Missing))
}
