//! How the connections with departments' systems stand, for whoever runs the zone and for each department about its own.

use serde::Serialize;
use trade::command::ActorRole;
use trade::time::Moment;
use utoipa::ToSchema;

use crate::courier::{self, Connector, Stands};
use crate::desk::{Answer, Desk as _, Metric, Refused, Role, Sight};
use crate::house::House;
use crate::live::broken;

/// Entries that are counted; more are just more.
const COUNTED: usize = 1_000;

/// A department's system, and how far it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Connected {
    /// `customs`, `tax`, `exchange`, `market`, `identity`
    pub kind: String,
    /// Told to whoever runs the zone alone.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub address: String,
    /// `ok`, `trying`, `new` where nothing was delivered yet, `direct` where it is asked at once and nothing waits
    pub state: String,
    /// The last entry of the journal whose receipts it has.
    pub delivered: u64,
    /// When it took something last.
    pub last: Option<String>,
    /// Entries with receipts that it has not got yet, 1,000 at most.
    pub waiting: u64,
    /// Failed tries in a row: how many, since when, when the next one is, and why the last failed.
    pub failures: u32,
    pub since: Option<String>,
    pub next: Option<String>,
    pub why: String,
}

/// The last entry whose receipts a system has.
fn delivered(stands: &Stands) -> u64 {
    stands.cursor.split('.').next().and_then(|entry| entry.parse().ok()).unwrap_or(0)
}

fn waiting(house: &House, role: ActorRole, stands: &Stands) -> Answer<u64> {
    let owner = [role.name().to_owned()];
    let entries = house.views().outbox(&owner, delivered(stands), COUNTED).map_err(|e| broken(&e.to_string()))?;
    Ok(entries.len() as u64)
}

fn told(house: &House, connector: &Connector) -> Answer<Connected> {
    let Connector { kind, department, address } = connector;
    let of = Connected { kind: (*kind).to_owned(), address: address.clone(), ..Connected::default() };
    let Some(role) = department else { return Ok(Connected { state: "direct".into(), ..of }) };
    let stands = courier::stands(house, role.name(), kind)?;
    let (delivered, waiting) = (delivered(&stands), waiting(house, *role, &stands)?);
    let at = |ms: i64| (ms > 0).then(|| Moment(ms).to_string());
    let failing = stands.failures > 0;
    let state = match (failing, stands.last) {
        (true, _) => "trying",
        (false, 0) => "new",
        (false, _) => "ok",
    };
    Ok(Connected {
        state: state.to_owned(),
        delivered,
        last: at(stands.last),
        waiting,
        failures: stands.failures,
        since: at(stands.since).filter(|_| failing),
        next: at(stands.next).filter(|_| failing),
        why: stands.why,
        ..of
    })
}

pub(crate) fn list(house: &House, sight: &Sight) -> Answer<Vec<Connected>> {
    let role = sight.caller.as_ref().ok_or(Refused::NotFound)?.role;
    let own = |of: &&Connector| role == Role::Operator || of.department == Some(role.actor());
    let mut all = house.connectors().iter().filter(own).map(|of| told(house, of)).collect::<Answer<Vec<_>>>()?;
    if role != Role::Operator {
        all.iter_mut().for_each(|of| of.address.clear());
    }
    Ok(all)
}

/// For whoever watches: how many fail, since when the longest, and how much waits.
pub(crate) fn metrics(house: &House) -> Vec<Metric> {
    let all: Vec<_> = house.connectors().iter().filter_map(|of| Some((of.department?, of.kind))).collect();
    if all.is_empty() {
        return Vec::new();
    }
    let now = house.now();
    let (mut failing, mut longest, mut behind) = (0, 0, 0);
    for (role, kind) in all {
        let Ok(stands) = courier::stands(house, role.name(), kind) else { continue };
        if stands.failures > 0 {
            failing += 1;
            longest = longest.max(now.0 - stands.since);
        }
        behind += waiting(house, role, &stands).unwrap_or(0);
    }
    let gauge = |name, help, value| Metric { name, help, counter: false, value };
    vec![
        gauge(
            "onewindow_connectors_failing",
            "Departments' systems that do not take what they get",
            f64::from(failing),
        ),
        gauge("onewindow_connectors_failing_seconds", "Since when the longest of them fails", longest as f64 / 1_000.0),
        gauge(
            "onewindow_connectors_waiting_entries",
            "Entries that departments' systems have not got yet",
            behind as f64,
        ),
    ]
}
