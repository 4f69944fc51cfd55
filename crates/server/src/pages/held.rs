//! What customs hold beside lists: transfers, with what somebody has to look at; the central return warehouses, with what
//! is due by when; returns of exports with their tally.

use super::export::{Sheet, is_csv};
use crate::Portal;
use crate::held::{self, Asked, BackLine, BackRow, Listed, Next, RoomLine, RoomRow, Told, TransferLine};
use crate::lang::stamp;
use crate::site::{Frame, Visit, quoted};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use trade::bonded::record::{Held, Leg, TransitRecord};
use trade::finding::Language;
use trade::key::Pair;

/// Rows of one page, and of a file.
const ROWS: usize = 50;
const EXPORTED: usize = 1_000;

#[derive(Deserialize, Default)]
pub struct Page {
    #[serde(default)]
    after: String,
    /// Also what is over.
    #[serde(default)]
    all: String,
}

impl Page {
    pub(super) fn asked(&self, limit: usize) -> Asked<'_> {
        Asked { all: !self.all.is_empty(), after: &self.after, limit }
    }
}

#[derive(Template)]
#[template(path = "transfers.html")]
struct TransfersPage<'a> {
    f: &'a Frame,
    all: bool,
    list: Listed<(String, TransitRecord)>,
}

/// What stands against a transfer, in words.
fn alarms(f: &Frame, of: &TransitRecord) -> Vec<String> {
    held::alarms(of).into_iter().map(|alarm| f.t(&format!("transfer.{}", alarm.name())).to_owned()).collect()
}

fn by(of: &TransitRecord) -> String {
    of.transit.arrive_by.map_or_else(|| "–".to_owned(), stamp)
}

impl TransfersPage<'_> {
    fn alarms(&self, of: &TransitRecord) -> Vec<String> {
        alarms(self.f, of)
    }

    fn by(&self, of: &TransitRecord) -> String {
        by(of)
    }

    fn came(&self, of: &TransitRecord) -> u32 {
        held::arrived(of)
    }

    fn service(&self) -> Option<usize> {
        Some(0)
    }
}

#[derive(Template)]
#[template(path = "transfer.html")]
struct TransferPage<'a> {
    f: &'a Frame,
    number: &'a str,
    told: Told,
}

impl TransferPage<'_> {
    fn service(&self) -> Option<usize> {
        Some(0)
    }

    fn alarms(&self) -> Vec<String> {
        alarms(self.f, &self.told.of)
    }

    fn by(&self) -> String {
        by(&self.told.of)
    }

    fn came(&self) -> u32 {
        held::arrived(&self.told.of)
    }

    fn arrived(&self, leg: &Leg) -> String {
        leg.arrived.map_or_else(|| "–".to_owned(), stamp)
    }

    /// What stands against a vehicle: each with what to do.
    fn faults(&self, leg: &Leg) -> Vec<(String, String)> {
        let language = if self.f.english() { Language::En } else { Language::Zh };
        leg.faults.iter().map(|f| (f.text(language), f.remedy(language))).collect()
    }

    fn holding(&self, held: &Option<Held>) -> String {
        self.f.t(&format!("holding.{}", held::holding(held.as_ref()))).to_owned()
    }

    fn of(&self) -> &TransitRecord {
        &self.told.of
    }

    /// Its list, where there is one: a parcel that comes back has none of its own.
    fn search(&self, parcel: &Pair) -> String {
        self.f.to(format!("/search?q={}", quoted(&parcel.number)))
    }

    fn marked(&self, held: &Option<Held>) -> bool {
        held::marked(held.as_ref())
    }
}

#[derive(Template)]
#[template(path = "returns.html")]
struct ReturnsPage<'a> {
    f: &'a Frame,
    all: bool,
    room: Listed<RoomRow>,
    back: Listed<BackRow>,
}

impl ReturnsPage<'_> {
    fn service(&self) -> Option<usize> {
        Some(0)
    }

    fn next(&self, row: &RoomRow) -> String {
        let (next, by) = row.next(self.f.now.day());
        let words = self.f.t(&format!("room.next.{}", next.name())).to_owned();
        match by {
            Some(day) => format!("{words} {}", self.f.t1("room.by", day)),
            None => words,
        }
    }

    /// It is to be done, and nobody else is to do it first.
    fn due(&self, row: &RoomRow) -> bool {
        row.next(self.f.now.day()).0 == Next::Leave
    }

    fn day(&self, day: &Option<trade::time::Day>) -> String {
        day.map_or_else(|| "–".to_owned(), |day| day.to_string())
    }

    fn stands(&self, row: &BackRow) -> String {
        self.f.t(&format!("back.{}", row.stands())).to_owned()
    }

    fn tallied(&self, row: &BackRow) -> String {
        row.tallied().map_or_else(|| "–".to_owned(), stamp)
    }

    fn treatment(&self, row: &BackRow) -> String {
        self.f.t(&format!("back.treatment.{}", row.treatment().name())).to_owned()
    }

    fn office<'r>(&self, row: &'r BackRow) -> &'r str {
        row.of.export.as_ref().map_or("", |export| export.office.as_str())
    }

    fn waybill<'r>(&self, row: &'r BackRow) -> &'r str {
        row.of.export.as_ref().map_or("", |export| export.waybill_no.as_str())
    }
}

impl Frame {
    /// A transfer's own address.
    pub fn transfer(&self, number: &str) -> String {
        self.to(format!("/transfers/{}", quoted(number)))
    }
}

pub async fn transfers(State(portal): State<Portal>, visit: Visit, Query(page): Query<Page>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let list = desk.transfers(&f.sight, &page.asked(ROWS))?;
            f.html(&TransfersPage { f, all: !page.all.is_empty(), list })
        })
        .await
}

pub async fn transfer(State(portal): State<Portal>, visit: Visit, Path(number): Path<String>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let told = desk.transfer(&f.sight, &number)?;
            f.html(&TransferPage { f, number: &number, told })
        })
        .await
}

pub async fn returns(State(portal): State<Portal>, visit: Visit, Query(page): Query<Page>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let room = desk.room(&f.sight, &page.asked(ROWS))?;
            let back = desk.backs(&f.sight, &page.asked(ROWS))?;
            f.html(&ReturnsPage { f, all: !page.all.is_empty(), room, back })
        })
        .await
}

/// The cells of a line under these columns.
fn cells<const N: usize>(columns: [&str; N], line: &impl Serialize) -> [Value; N] {
    let line = serde_json::to_value(line).unwrap_or_default();
    columns.map(|name| match &line[name] {
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ").into(),
        value => value.clone(),
    })
}

/// The same transfers as CSV or JSON.
pub async fn export(State(portal): State<Portal>, visit: Visit, Query(page): Query<Page>) -> Response {
    let csv = is_csv(&visit);
    visit
        .page(&portal, move |desk, f| {
            let list = desk.transfers(&f.sight, &page.asked(EXPORTED))?;
            let lines = list.rows.iter().map(|(number, of)| TransferLine::of(number, of));
            let columns = TRANSFER;
            Ok(Sheet { columns, rows: lines.map(|line| cells(columns, &line)).collect() }.answer(csv))
        })
        .await
}

const TRANSFER: [&str; 12] = [
    "transferNo",
    "enterprise",
    "carrierCode",
    "fromPlaceNo",
    "placeNo",
    "exitOffice",
    "entryOffice",
    "arriveBy",
    "packageQty",
    "arrived",
    "state",
    "alarms",
];

/// What lies in central return warehouses, as CSV or JSON.
pub async fn export_room(State(portal): State<Portal>, visit: Visit, Query(page): Query<Page>) -> Response {
    let csv = is_csv(&visit);
    visit
        .page(&portal, move |desk, f| {
            let list = desk.room(&f.sight, &page.asked(EXPORTED))?;
            let today = f.now.day();
            let rows = list.rows.iter().map(|row| cells(ROOM, &RoomLine::of(row, today))).collect();
            Ok(Sheet { columns: ROOM, rows }.answer(csv))
        })
        .await
}

const ROOM: [&str; 13] = [
    "returnNo",
    "placeNo",
    "invtNo",
    "logisticsNo",
    "arrivedOn",
    "fit",
    "unfit",
    "leaving",
    "applyBy",
    "arriveBy",
    "next",
    "nextBy",
    "office",
];

/// Returns of exports with their tally, as CSV or JSON.
pub async fn export_back(State(portal): State<Portal>, visit: Visit, Query(page): Query<Page>) -> Response {
    let csv = is_csv(&visit);
    visit
        .page(&portal, move |desk, f| {
            let list = desk.backs(&f.sight, &page.asked(EXPORTED))?;
            let rows = list.rows.iter().map(|row| cells(BACK, &BackLine::of(row))).collect();
            Ok(Sheet { columns: BACK, rows }.answer(csv))
        })
        .await
}

const BACK: [&str; 11] = [
    "copNo",
    "agentCode",
    "invtNo",
    "logisticsNo",
    "office",
    "appliedOn",
    "deadline",
    "tallied",
    "qty",
    "treatment",
    "state",
];
